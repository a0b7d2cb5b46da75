//! Gates on two qubits of the circuits that estimators run.

use super::estimation_problem::EstimationProblem;
use super::full_circuits::controlled_reflections;
use crate::circuit::{Circuit, Op, library};
use crate::error::Result;
use crate::gate::{Gate, GateOp, StdGate};
use crate::qasm::Qelib1;
use crate::rewrite::to_basis;

/// Gates on two qubits of the parts of a problem's circuits.
#[derive(Debug, Clone, Copy)]
pub(in crate::estimation) struct GateCounts {
    preparation: u64,
    step: u64,
    controlled_step: u64,
}

impl GateCounts {
    pub fn new(problem: &EstimationProblem) -> Result<Self> {
        let n = problem.preparation().num_qubits();
        let preparation = two_qubit_gates(problem.preparation())?;
        let both = preparation + two_qubit_gates(&problem.preparation().inverse()?)?;
        let oracle = two_qubit_gates(&problem.good().oracle(n)?)?;
        let reflection = two_qubit_gates(&library::reflection_about_zero(n))?;
        let (oracle_under_control, reflection_under_control) = controlled_reflections(problem)?;
        let controlled =
            two_qubit_gates(&oracle_under_control)? + two_qubit_gates(&reflection_under_control)?;
        Ok(GateCounts {
            preparation,
            step: both + oracle + reflection,
            controlled_step: both + controlled,
        })
    }

    /// The gates of Q^k A.
    pub fn of_power(&self, power: u64) -> u64 {
        self.preparation.saturating_add(power.saturating_mul(self.step))
    }

    /// The gates of phase estimation with m evaluation qubits: 2^m - 1 controlled steps and an
    /// inverse Fourier transform, whose swaps are read off backwards.
    pub fn of_phase(&self, m: u32) -> u64 {
        let fourier = u64::from(m) * u64::from(m - 1) / 2;
        let steps = ((1u64 << m) - 1).saturating_mul(self.controlled_step);
        self.preparation.saturating_add(steps).saturating_add(fourier)
    }
}

/// Gates on two qubits of a circuit, written in the gates of `qelib1.inc` without ancillas.
///
/// # Errors
/// If the circuit cannot be written in these gates.
fn two_qubit_gates(circuit: &Circuit) -> Result<u64> {
    let written = to_basis(circuit, &Qelib1::Extended.basis())?;
    Ok(written.ops().iter().map(|op| if let Op::Gate(g) = op { count(g) } else { 0 }).sum())
}

/// The header's own definitions of gates on more qubits, in controlled X gates.
fn count(op: &GateOp) -> u64 {
    match op.qubits().count() {
        0 | 1 => 0,
        2 => 1,
        // A controlled swap is a Toffoli gate between two controlled X.
        3 if matches!(op.gate, Gate::Std(StdGate::Swap, _)) => 8,
        3 => 6,
        4 => 14,
        _ => 36,
    }
}

#[cfg(test)]
mod tests {
    use super::super::good::GoodStates;
    use super::*;

    #[test]
    fn gates_on_two_qubits_are_counted_as_written() {
        let mut c = Circuit::new(4);
        c.h(0).cx(0, 1).cp(0.3, 1, 2).ccx(0, 1, 2);
        assert_eq!(two_qubit_gates(&c).unwrap(), 1 + 1 + 6);
        let mut many = Circuit::new(8);
        many.mcz(&(0..7).map(crate::Control::on).collect::<Vec<_>>(), 7);
        // More than for three qubits, by expansion into Toffoli gates.
        assert!(two_qubit_gates(&many).unwrap() > 36, "{}", two_qubit_gates(&many).unwrap());
        assert_eq!(two_qubit_gates(&Circuit::new(2)).unwrap(), 0);
    }

    #[test]
    fn counts_of_the_parts_are_those_of_the_circuits() {
        let mut a = Circuit::new(3);
        a.ry(0.7, 0).cx(0, 1).cry(0.4, 1, 2).ccx(0, 1, 2);
        let good = GoodStates::less_than(&[0, 1, 2], 5).unwrap();
        let problem = EstimationProblem::new(a, good).unwrap();
        let counts = GateCounts::new(&problem).unwrap();
        for power in [0, 1, 4] {
            let circuit = problem.circuit(power).unwrap();
            assert_eq!(counts.of_power(power as u64), two_qubit_gates(&circuit).unwrap());
        }
        for m in 1..=3 {
            let circuit = problem.phase_estimation_circuit(m).unwrap();
            // Its Fourier transform swaps m/2 pairs, which reading backwards would save.
            let swaps = u64::from(m / 2);
            assert_eq!(counts.of_phase(m) + swaps, two_qubit_gates(&circuit).unwrap(), "{m}");
        }
    }

    /// The gates of an OpenQASM 2 text, its definitions expanded.
    fn in_text(circuit: &Circuit) -> u64 {
        fn of(op: &GateOp) -> u64 {
            match &op.gate {
                Gate::Block(b) => b.definition.iter().flatten().map(of).sum(),
                _ => count(op),
            }
        }
        let written = crate::qasm::parse(&circuit.to_qasm2().unwrap()).unwrap();
        written.ops().iter().map(|op| if let Op::Gate(g) = op { of(g) } else { 0 }).sum()
    }

    #[test]
    fn the_export_to_openqasm_2_has_as_many() {
        // Published figures count gates by this convention.
        let mut circuits = vec![];
        for n in 0..=9usize {
            let controls: Vec<_> = (0..n).map(crate::Control::on).collect();
            for row in StdGate::ALL {
                let spec = row.spec();
                let mut c = Circuit::new(n + spec.num_qubits);
                let angles = (0..spec.angles.len()).map(|k| (0.3 + k as f64).into());
                let targets = n..n + spec.num_qubits;
                c.gate(GateOp::std(*row, angles, targets).controlled(controls.clone()));
                circuits.push(c);
            }
            if n == 0 {
                continue;
            }
            circuits.push(library::reflection_about_zero(n));
            circuits.push(
                GoodStates::less_than(&(0..n).collect::<Vec<_>>(), 3).unwrap().oracle(n).unwrap(),
            );
            if n <= 6 {
                let states: Vec<u64> = (0..1 << n).filter(|b| b % 5 < 2).collect();
                let mut c = Circuit::new(n + 1);
                c.permutation((0..2u32 << n).rev().collect(), &(0..=n).collect::<Vec<_>>());
                c.oracle(
                    |x| u32::from(states.contains(&u64::from(x))),
                    &(0..n).collect::<Vec<_>>(),
                    &[n],
                );
                let phases = (0..1u32 << n)
                    .map(|b| num_complex::Complex64::from_polar(1.0, f64::from(b * b)));
                c.diagonal(phases.collect(), &(0..n).collect::<Vec<_>>());
                circuits.push(c.clone());
                circuits.push(c.control(2).unwrap());
            }
        }
        for circuit in circuits {
            assert_eq!(two_qubit_gates(&circuit).unwrap(), in_text(&circuit), "{circuit:?}");
        }
    }
}
