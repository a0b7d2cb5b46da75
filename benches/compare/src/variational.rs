//! Expectation values of circuits with parameters, and their gradients.

use crate::measure::{Settings, guarded, in_turn, run};
use crate::report::TaskRow;
use crate::source::{both, parametric, read};
use ketlab::circuit::library::{Family, hardware_efficient_ansatz};
use ketlab::gradient::{Adjoint, Objective};
use ketlab::ising::Graph;
use ketlab::pauli::{Boundary, Pauli, ising_chain};
use ketlab::simulate::{Evaluator, Program};
use ketlab::{PauliSum, Simulator};
use ndarray::Array2;
use prism_q::{
    BackendKind, Circuit, ExpectationGradient, Parameters, PauliObservable, PauliTerm,
    PreparedCircuit, simulate,
};
use std::sync::Arc;

/// Layers of the ansatz.
const LAYERS: usize = 6;
/// Rows of parameters in one call of [`rows`].
const ROWS: usize = 1000;

/// The energy of the transverse-field Ising chain in the ansatz's state: other parameters at every
/// call, on a circuit that was prepared once.
pub fn hea_energy(n: usize, settings: &Settings) -> TaskRow {
    let task = "energy of the 6-layer ansatz, re-bound at every call";
    TaskRow::from(
        task,
        n,
        guarded(|| {
            let ansatz = Ansatz::new(n)?;
            let rows = parameter_rows(ansatz.num_params, 16);
            let difference = guarded(|| {
                let (mut energy, mut prepared) = (ansatz.evaluator()?, ansatz.prepared()?);
                let mut worst = 0.0f64;
                for row in &rows {
                    let ours = ansatz.ours(&mut energy, row)?;
                    worst = worst.max((ours - ansatz.theirs(&mut prepared, row)?).abs());
                }
                Ok(worst)
            });
            let (mut energy, mut prepared) = (ansatz.evaluator()?, ansatz.prepared());
            let (mut next, mut next_of_theirs) = (rows.iter().cycle(), rows.iter().cycle());
            let [ketlab, prism] = in_turn(
                [
                    run(|| ansatz.ours(&mut energy, next.next().expect("it is endless"))),
                    run(|| {
                        let prepared = prepared.as_mut().map_err(|e| e.clone())?;
                        ansatz.theirs(prepared, next_of_theirs.next().expect("it is endless"))
                    }),
                ],
                settings,
            );
            Ok((ketlab, prism, difference))
        }),
    )
}

/// The energy of [`hea_energy`] and its derivative by every parameter; both by the adjoint method.
pub fn gradient(n: usize, settings: &Settings) -> TaskRow {
    let task = "energy and gradient of the 6-layer ansatz, re-bound at every call";
    let mut value = None;
    let found = guarded(|| {
        let ansatz = Ansatz::new(n)?;
        let rows = parameter_rows(ansatz.num_params, 4);
        let mut gradient = vec![0.0; ansatz.num_params];
        let difference = guarded(|| {
            let (mut adjoint, mut prepared) = (ansatz.adjoint()?, ansatz.prepared()?);
            let mut worst = 0.0f64;
            for row in &rows {
                let energy = ansatz.our_gradient(&mut adjoint, row, &mut gradient)?;
                let theirs = ansatz.their_gradient(&mut prepared, row)?;
                if theirs.gradient.len() != gradient.len() {
                    return Err(format!("prism-q has {} derivatives", theirs.gradient.len()));
                }
                let pairs = gradient.iter().zip(&theirs.gradient);
                for (a, b) in pairs.chain([(&energy, &theirs.value)]) {
                    let off = (a - b).abs();
                    worst = if off > worst || off.is_nan() { off } else { worst };
                }
            }
            Ok(worst)
        });
        let (mut adjoint, mut prepared) = (ansatz.adjoint()?, ansatz.prepared());
        let mut energy = ansatz.evaluator()?;
        let (mut next, mut next_of_theirs) = (rows.iter().cycle(), rows.iter().cycle());
        let mut next_alone = rows.iter().cycle();
        let [ketlab, prism, alone] = in_turn(
            [
                run(|| {
                    let row = next.next().expect("it is endless");
                    ansatz.our_gradient(&mut adjoint, row, &mut gradient)
                }),
                run(|| {
                    let prepared = prepared.as_mut().map_err(|e| e.clone())?;
                    let row = next_of_theirs.next().expect("it is endless");
                    ansatz.their_gradient(prepared, row)
                }),
                run(|| ansatz.ours(&mut energy, next_alone.next().expect("it is endless"))),
            ],
            settings,
        );
        value = Some(alone);
        Ok((ketlab, prism, difference))
    });
    TaskRow { value, ..TaskRow::from(task, n, found) }
}

/// The energies of many rows of parameters, in one call.
pub fn rows(n: usize, settings: &Settings) -> TaskRow {
    let task = "energies of the 6-layer ansatz at 1,000 rows of parameters";
    TaskRow::from(
        task,
        n,
        guarded(|| {
            let ansatz = Ansatz::new(n)?;
            let rows = parameter_rows(ansatz.num_params, ROWS);
            let table = Array2::from_shape_fn((ROWS, ansatz.num_params), |(r, k)| rows[r][k]);
            let batch = ansatz.simulator.batch(&ansatz.program);
            let mut prepared = ansatz.prepared();
            let ours = || -> Result<Vec<f64>, String> {
                let found = batch.expectations(&table, std::slice::from_ref(&ansatz.energy));
                let energies = found.and_then(|found| found.complete());
                Ok(energies.map_err(|e| e.to_string())?.into_raw_vec_and_offset().0)
            };
            let mut theirs = || -> Result<Vec<f64>, String> {
                let prepared = prepared.as_mut().map_err(|e| e.clone())?;
                let found = prepared.observable_expectation_many(&rows, &ansatz.their_energy, 1);
                Ok(found.map_err(|e| e.to_string())?.iter().map(|found| found.mean).collect())
            };
            let difference = guarded(|| {
                let (ours, theirs) = (ours()?, theirs()?);
                Ok(ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(
                    0.0,
                    |worst: f64, off| if off > worst || off.is_nan() { off } else { worst },
                ))
            });
            let [ketlab, prism] = in_turn([run(ours), run(theirs)], settings);
            Ok((ketlab, prism, difference))
        }),
    )
}

/// The expected cut of the QAOA family's circuit, from the circuit.
pub fn qaoa_cost(n: usize, settings: &Settings) -> TaskRow {
    let task = "expected cut of QAOA, p = 4";
    TaskRow::from(
        task,
        n,
        guarded(|| {
            let cost = -Graph::random_regular(n, 3, Family::SEED).max_cut().to_pauli_sum();
            let their_cost = observable(&cost)?;
            let both = both(&Family::Qaoa.circuit(n))?;
            let ours = || {
                let ours = read(&both.ketlab)?;
                let value = || {
                    let program = Program::new(ours)?;
                    let costs = std::slice::from_ref(&cost);
                    Simulator::new().evaluator(&program, costs)?.expectation(&[])
                };
                value().map_err(|e: ketlab::Error| e.to_string())
            };
            let theirs = || {
                let simulation =
                    simulate(read(&both.prism)?).backend(BackendKind::Statevector).seed(1);
                let found = simulation.observable_expectation(&their_cost);
                Ok(found.map_err(|e| e.to_string())?.mean)
            };
            let difference = guarded(|| Ok((ours()? - theirs()?).abs()));
            let [ketlab, prism] = in_turn([run(ours), run(theirs)], settings);
            Ok((ketlab, prism, difference))
        }),
    )
}

/// The ansatz and its energy, prepared on both sides.
struct Ansatz {
    circuit: ketlab::Circuit,
    program: Arc<Program>,
    num_params: usize,
    energy: PauliSum,
    template: Result<(Circuit, Parameters), String>,
    their_energy: PauliObservable,
    simulator: Simulator,
}

impl Ansatz {
    fn new(n: usize) -> Result<Self, String> {
        let read = parametric(&hardware_efficient_ansatz(n, LAYERS))?;
        let num_params = read.ketlab.params().len();
        let energy = ising_chain(n, 1.0, 1.0, Boundary::Open).map_err(|e| e.to_string())?;
        Ok(Ansatz {
            program: Program::new(&read.ketlab).map_err(|e| e.to_string())?,
            num_params,
            their_energy: observable(&energy)?,
            energy,
            template: read.prism,
            simulator: Simulator::new(),
            circuit: read.ketlab,
        })
    }

    fn evaluator(&self) -> Result<Evaluator, String> {
        let energies = std::slice::from_ref(&self.energy);
        self.simulator.evaluator(&self.program, energies).map_err(|e| e.to_string())
    }

    fn adjoint(&self) -> Result<Adjoint, String> {
        let energies = std::slice::from_ref(&self.energy);
        self.simulator.adjoint(&self.circuit, energies).map_err(|e| e.to_string())
    }

    /// On the state vector: with automatic dispatch the template's angles would decide.
    fn prepared(&self) -> Result<PreparedCircuit, String> {
        let (circuit, parameters) = read(&self.template)?.clone();
        PreparedCircuit::with_backend(circuit, parameters, BackendKind::Statevector)
            .map_err(|e| e.to_string())
    }

    fn ours(&self, energy: &mut Evaluator, row: &[f64]) -> Result<f64, String> {
        energy.expectation(row).map_err(|e| e.to_string())
    }

    fn theirs(&self, prepared: &mut PreparedCircuit, row: &[f64]) -> Result<f64, String> {
        let found = prepared.observable_expectation(row, &self.their_energy, 1);
        Ok(found.map_err(|e| e.to_string())?.mean)
    }

    fn our_gradient(
        &self,
        adjoint: &mut Adjoint,
        row: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64, String> {
        adjoint.value_and_gradient(row, gradient).map_err(|e| e.to_string())
    }

    /// A prepared circuit has no gradient of its own: it binds, and a simulation differentiates.
    fn their_gradient(
        &self,
        prepared: &mut PreparedCircuit,
        row: &[f64],
    ) -> Result<ExpectationGradient, String> {
        let (_, parameters) = read(&self.template)?;
        let bound = prepared.bind(row).map_err(|e| e.to_string())?;
        let simulation = simulate(bound).backend(BackendKind::Statevector).seed(1);
        let found = simulation.expectation_gradient(self.their_energy.terms(), parameters);
        found.map_err(|e| e.to_string())
    }
}

/// A ketlab observable as one of prism-q's.
fn observable(sum: &PauliSum) -> Result<PauliObservable, String> {
    let factor = |(qubit, pauli): (usize, Pauli)| match pauli {
        Pauli::I => None,
        Pauli::X => Some(PauliTerm::x(qubit)),
        Pauli::Y => Some(PauliTerm::y(qubit)),
        Pauli::Z => Some(PauliTerm::z(qubit)),
    };
    let terms =
        sum.terms().iter().map(|(string, c)| (*c, string.iter().filter_map(factor).collect()));
    PauliObservable::from_terms(terms).map_err(|e| e.to_string())
}

/// Angles that differ from row to row and from parameter to parameter.
fn parameter_rows(num_params: usize, rows: usize) -> Vec<Vec<f64>> {
    let angle = |row: usize, k: usize| 0.1 + 0.37 * k as f64 + 0.11 * (row * (k % 7 + 1)) as f64;
    (0..rows).map(|row| (0..num_params).map(|k| angle(row, k)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_agree() {
        let settings = Settings { reps: 1, sample_seconds: 1e-6 };
        let all = [
            hea_energy(4, &settings),
            gradient(4, &settings),
            qaoa_cost(6, &settings),
            rows(3, &settings),
        ];
        for row in all {
            assert!(row.ketlab.is_ok() && row.prism.is_ok(), "{}: {:?}", row.task, row.prism);
            assert!(!row.is_wrong(), "{}: {:?}", row.task, row.agreement);
        }
    }
}
