//! A quantum processor with errors, simulated.

use super::problem::{Problem, strings};
use crate::circuit::library::Sycamore;
use crate::circuit::{Circuit, Op};
use crate::error::{Error, Result, shown};
use crate::math::split;
use crate::noise::ReadoutError;
use crate::simulate::{Method, Simulator};
use serde::{Deserialize, Serialize};

const STREAM: u64 = 0;

/// Draws of a processor whose errors make noise of the whole register: with probability F a string of
/// the circuit, else a uniform one. The law is exactly F·p + (1 - F)/D.
///
/// # Errors
/// If F is no probability; if there is too little memory; if it was cancelled.
pub fn mixture(problem: &Problem, fidelity: f64, samples: u64) -> Result<Vec<u64>> {
    check_probability("the fidelity of the noisy device", fidelity)?;
    let mut rng = problem.stream(STREAM);
    let from_circuit = split(samples, [1.0 - fidelity, fidelity], &mut rng);
    let mut drawn = strings(samples)?;
    if from_circuit > 0 {
        drawn.extend(problem.exact(from_circuit, &mut rng)?);
    }
    let uniform = samples - drawn.len() as u64;
    problem.draw(&mut drawn, uniform, || problem.uniform(&mut rng))?;
    Ok(drawn)
}

/// Errors of gates and of the readout, as probabilities of a Pauli error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GateErrors {
    /// Of a gate on one qubit: a Pauli operator, each with a third.
    pub one: f64,
    /// Of a gate on two qubits: a pair of Pauli operators, each with a fifteenth.
    pub two: f64,
    /// Of reading a qubit.
    pub readout: f64,
}

impl GateErrors {
    /// What Sycamore had in the mean with all qubits at work (Arute et al. 2019, figure 2):
    /// 0.0016, 0.0062, 0.038.
    pub const SYCAMORE: GateErrors = GateErrors { one: 0.0016, two: 0.0062, readout: 0.038 };

    pub(super) fn check(&self) -> Result<()> {
        check_probability("the error of a gate on one qubit", self.one)?;
        check_probability("the error of a gate on two qubits", self.two)?;
        check_probability("the error of reading a qubit", self.readout)
    }

    /// The probability that no error happened in a run of this circuit, Π(1 - e) over gates and qubits:
    /// what Arute et al. (2019) predict F by; it needs errors that are weak and gates that scramble.
    pub fn predicted_fidelity(&self, circuit: &Sycamore) -> f64 {
        let c = circuit.circuit();
        let gates = |qubits: usize| {
            let is_of = |op: &&Op| matches!(op, Op::Gate(g) if g.targets.len() + g.controls.len() == qubits);
            c.ops().iter().filter(is_of).count() as f64
        };
        ((-self.one).ln_1p() * gates(1)
            + (-self.two).ln_1p() * gates(2)
            + (-self.readout).ln_1p() * c.num_qubits() as f64)
            .exp()
    }

    /// The circuit with its channels and measured at the end.
    fn apply(&self, circuit: &Circuit) -> Result<Circuit> {
        let mut noisy = Circuit::new(circuit.num_qubits());
        for op in circuit.ops() {
            noisy.try_push(op.clone())?;
            let Op::Gate(gate) = op else { continue };
            let qubits: Vec<usize> = gate
                .targets
                .iter()
                .copied()
                .chain(gate.controls.iter().map(|control| control.qubit))
                .map(|q| q as usize)
                .collect();
            match qubits[..] {
                [q] if self.one > 0.0 => noisy.try_depolarizing(self.one, q)?,
                [a, b] if self.two > 0.0 => noisy.try_depolarizing2(self.two, a, b)?,
                _ => continue,
            };
        }
        Ok(noisy)
    }
}

/// Draws of a processor whose gates have errors: a trajectory with errors at random for each string, those
/// with equal errors run once. Time goes with the number of different patterns of errors, each about half
/// a run of the circuit.
///
/// # Errors
/// If an error is no probability; if there is too little memory; if it was cancelled.
pub fn trajectories(problem: &Problem, errors: &GateErrors, samples: u64) -> Result<Vec<u64>> {
    errors.check()?;
    let mut noisy = errors.apply(&problem.circuit.circuit())?;
    noisy.try_measure_all()?;
    if errors.readout > 0.0 {
        let misread = ReadoutError::new(errors.readout, errors.readout)?;
        for q in 0..problem.num_qubits() {
            noisy.set_readout_error(q, misread)?;
        }
    }
    let simulator = Simulator::new()
        .method(Method::Trajectories)
        .seed(problem.seed())
        .with_watch(&problem.watch);
    let counts = simulator.counts(&noisy, samples)?;
    if counts.shots() < samples {
        return Err(Error::Interrupted);
    }
    let n = problem.num_qubits();
    let counts = counts.iter().map(|(bits, count)| (bits.value(0, n) as u64, count));
    super::problem::expanded(counts, samples)
}

pub(super) fn check_probability(what: &str, value: f64) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: what.into(),
        value: shown(value),
        expected: "it is from 0 to 1".into(),
    })
}
