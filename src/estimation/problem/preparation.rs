//! A, written down when somebody asks for it.

use super::integrand::Integrand;
use crate::circuit::{Circuit, library};
use crate::error::Result;
use crate::math::Fingerprint;
use std::sync::{Arc, OnceLock};

/// The circuit A of a problem.
#[derive(Debug, Clone)]
pub(in crate::estimation) enum Preparation {
    Circuit(Circuit),
    Grid(Arc<Grid>),
}

/// Values of an integrand on a grid of equally likely points, and the circuit that loads them: one
/// rotation per point, which classical methods have no use for.
#[derive(Debug)]
pub(in crate::estimation) struct Grid {
    values: Vec<f64>,
    circuit: OnceLock<Circuit>,
}

impl Preparation {
    /// The values at the midpoints of 2^`qubits` cells per dimension.
    pub fn on_grid(integrand: &Integrand, qubits: usize) -> Result<Self> {
        let values = integrand.on_grid(qubits)?;
        Ok(Preparation::Grid(Arc::new(Grid { values, circuit: OnceLock::new() })))
    }

    pub fn circuit(&self) -> &Circuit {
        match self {
            Preparation::Circuit(circuit) => circuit,
            Preparation::Grid(grid) => grid.circuit.get_or_init(|| load(&grid.values)),
        }
    }

    /// What decides the circuit, without writing it down.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Preparation::Circuit(circuit) => Fingerprint::new().with("circuit", circuit),
            Preparation::Grid(grid) => Fingerprint::new().with("values on the grid", &grid.values),
        }
    }

    /// Whether the circuit has not been asked for yet.
    #[cfg(test)]
    pub fn is_unwritten(&self) -> bool {
        matches!(self, Preparation::Grid(grid) if grid.circuit.get().is_none())
    }

    /// The amplitudes' θ where it is known without a simulation: a is the mean of a grid's values.
    pub fn theta(&self) -> Option<f64> {
        let Preparation::Grid(grid) = self else { return None };
        // From both probabilities, so that it is exact at either end.
        let good: f64 = grid.values.iter().sum();
        let bad: f64 = grid.values.iter().map(|f| 1.0 - f).sum();
        Some(good.sqrt().atan2(bad.sqrt()))
    }
}

/// All points equally likely, the value in the probability of the last qubit.
fn load(values: &[f64]) -> Circuit {
    let encode = library::amplitude_function(values);
    let n = encode.num_qubits() - 1;
    let mut circuit = Circuit::new(n + 1);
    for q in 0..n {
        circuit.h(q);
    }
    circuit.append(&encode);
    circuit
}
