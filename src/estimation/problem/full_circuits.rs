//! Estimators' circuits, written down and run on the state vector.

use super::estimation_problem::EstimationProblem;
use crate::circuit::{Circuit, library};
use crate::error::{Error, Result};
use crate::simulate::{Counts, Simulator};

/// Most steps of Grover's operator in a circuit that is written down.
const MAX_STEPS: u64 = 1 << 20;

/// The circuits of a problem and the simulator that runs them.
#[derive(Debug, Clone)]
pub(in crate::estimation) struct FullCircuits {
    preparation: Circuit,
    step: Circuit,
    problem: EstimationProblem,
    simulator: Simulator,
}

impl FullCircuits {
    pub fn new(problem: &EstimationProblem, simulator: Simulator) -> Result<Self> {
        Ok(FullCircuits {
            preparation: problem.preparation().clone(),
            step: problem.grover_operator()?,
            problem: problem.clone(),
            simulator,
        })
    }

    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// How often Q^k A ends in a good state: all qubits that the predicate looks at are measured.
    pub fn good_count(&self, power: u64, shots: u64, seed: u64) -> Result<u64> {
        check_steps(power)?;
        let qubits = self.problem.good().qubits();
        if qubits.is_empty() {
            return Ok(if self.problem.good().contains(0) { shots } else { 0 });
        }
        let mut circuit = Circuit::with_clbits(self.preparation.num_qubits(), qubits.len());
        let wires: Vec<usize> = (0..circuit.num_qubits()).collect();
        circuit.try_append_on(&self.preparation, &wires, &[])?;
        circuit.try_append_on(&self.step.repeat(power as usize), &wires, &[])?;
        for (clbit, &qubit) in qubits.iter().enumerate() {
            circuit.try_measure(qubit, clbit)?;
        }
        let counts = self.counts(&circuit, shots, seed)?;
        let good = |outcome: u64| {
            let place = |(k, &q): (usize, &usize)| (outcome >> k & 1) << q;
            self.problem.good().contains(qubits.iter().enumerate().map(place).sum())
        };
        Ok(counts.into_iter().filter(|c| good(c.0)).map(|c| c.1).sum())
    }

    /// Outcomes of phase estimation of Q on A|0⟩, evaluation qubit j (of the circuit's qubit n + j)
    /// controlling Q^(2^j).
    pub fn phase_counts(&self, m: u32, shots: u64, seed: u64) -> Result<Vec<(u64, u64)>> {
        let circuit = self.problem.phase_estimation_circuit(m)?;
        self.counts(&circuit, shots, seed)
    }

    fn counts(&self, circuit: &Circuit, shots: u64, seed: u64) -> Result<Vec<(u64, u64)>> {
        let counts: Counts = self.simulator.clone().seed(seed).counts(circuit, shots)?;
        Ok(counts.iter().map(|(bits, n)| (bits.value(0, bits.len()) as u64, n)).collect())
    }
}

impl EstimationProblem {
    /// The circuit Q^k A.
    ///
    /// # Errors
    /// If there are more than 2^20 steps.
    pub fn circuit(&self, power: usize) -> Result<Circuit> {
        check_steps(power as u64)?;
        let mut circuit = self.preparation().clone();
        circuit.try_append(&self.grover_operator()?.repeat(power))?;
        Ok(circuit)
    }

    /// The circuit of phase estimation of Q on A|0⟩ (Brassard et al., quant-ph/0005055, figure 1): evaluation qubit j is
    /// qubit n + j and controls Q^(2^j); only the reflections are under the control. Outcome y < 2^m
    /// is in classical bits 0 to m - 1.
    ///
    /// # Errors
    /// If there are no evaluation qubits, or more than 2^20 steps.
    pub fn phase_estimation_circuit(&self, evaluation_qubits: u32) -> Result<Circuit> {
        if evaluation_qubits == 0 {
            return Err(Error::Invalid {
                what: "the number of evaluation qubits".into(),
                value: "0".into(),
                expected: "phase estimation takes at least 1".into(),
            });
        }
        check_steps((1u64 << evaluation_qubits.min(63)) - 1)?;
        let preparation = self.preparation();
        let (n, m) = (preparation.num_qubits(), evaluation_qubits as usize);
        let mut circuit = Circuit::with_clbits(n + m, m);
        let system: Vec<usize> = (0..n).collect();
        circuit.try_append_on(preparation, &system, &[])?;
        let step = controlled_step(self)?;
        for j in 0..m {
            circuit.try_h(n + j)?;
            // The control is the step's last qubit.
            let wires: Vec<usize> = system.iter().copied().chain([n + j]).collect();
            circuit.try_append_on(&step.repeat(1 << j), &wires, &[])?;
        }
        let evaluation: Vec<usize> = (n..n + m).collect();
        circuit.try_append_on(&library::inverse_qft(m), &evaluation, &[])?;
        for j in 0..m {
            circuit.try_measure(n + j, j)?;
        }
        Ok(circuit)
    }
}

/// Q under the control of qubit n. Only the reflections need the control: without them A A† = 1.
fn controlled_step(problem: &EstimationProblem) -> Result<Circuit> {
    let preparation = problem.preparation();
    let n = preparation.num_qubits();
    let system: Vec<usize> = (0..n).collect();
    let (oracle, reflection) = controlled_reflections(problem)?;
    let mut step = oracle;
    step.try_append_on(&preparation.inverse()?, &system, &[])?;
    step.try_append(&reflection)?;
    step.try_append_on(preparation, &system, &[])?;
    Ok(step)
}

/// S and 2|0⟩⟨0| - 1 under the control of qubit n.
pub(in crate::estimation) fn controlled_reflections(
    problem: &EstimationProblem,
) -> Result<(Circuit, Circuit)> {
    let n = problem.preparation().num_qubits();
    // `control` puts the control before the others.
    let control_last: Vec<usize> = std::iter::once(n).chain(0..n).collect();
    let placed = |circuit: Circuit| -> Result<Circuit> {
        let mut wide = Circuit::new(n + 1);
        wide.try_append_on(&circuit.control(1)?, &control_last, &[])?;
        Ok(wide)
    };
    Ok((placed(problem.good().oracle(n)?)?, placed(library::reflection_about_zero(n))?))
}

/// Refuses circuits that are too long to write down.
fn check_steps(steps: u64) -> Result<()> {
    if steps <= MAX_STEPS {
        return Ok(());
    }
    Err(Error::Unsupported {
        method: "amplitude estimation by circuits",
        operation: format!("a circuit with {steps} steps of Grover's operator"),
        hint: format!("at most {MAX_STEPS} are written down; the exact law has no such limit"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::estimation_problem::EstimationProblem;
    use super::super::good::GoodStates;
    use super::super::law::phase_probability;
    use super::*;
    use crate::math::statistics::chi_squared_quantile;

    fn problem() -> EstimationProblem {
        let mut a = Circuit::new(2);
        a.ry(0.9, 0).cx(0, 1).ry(0.5, 1);
        EstimationProblem::new(a, GoodStates::less_than(&[0, 1], 3).unwrap()).unwrap()
    }

    #[test]
    fn powers_have_the_probability_of_the_law() {
        let problem = problem();
        let circuits = FullCircuits::new(&problem, Simulator::new()).unwrap();
        let law = problem.exact_law().unwrap();
        for power in [0, 1, 2, 7, 40] {
            let (p, shots) = (law.good_probability(power), 20_000);
            let good = circuits.good_count(power, shots, power + 3).unwrap() as f64;
            let deviation = (shots as f64 * p * (1.0 - p)).sqrt().max(1.0);
            assert!((good - shots as f64 * p).abs() < 4.0 * deviation, "{power} {good} {p}");
        }
    }

    #[test]
    fn phase_estimation_has_the_law_of_its_outcomes() {
        // The probabilities themselves, not samples of them.
        let problem = problem();
        let theta = problem.theta().unwrap();
        for m in 1..=5 {
            let circuit = problem.phase_estimation_circuit(m).unwrap();
            let found = Simulator::new().outcome_probabilities(&circuit).unwrap();
            let mut sum = 0.0;
            for (y, p) in found {
                let expected = phase_probability(theta, y.value(0, y.len()) as u64, m);
                assert!((p - expected).abs() < 1e-12, "{m} {y} {p} {expected}");
                sum += p;
            }
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn both_sources_draw_from_one_law() {
        // χ² of two samples, one from circuits and one from the law.
        let problem = problem();
        let shots = 20_000;
        let experiments =
            [problem.exact_law().unwrap(), problem.full_circuits(Simulator::new()).unwrap()];
        let counts = experiments.map(|e| e.begin(11).phase_estimation(4, shots).unwrap());
        let get = |c: &[(u64, u64)], y| c.iter().find(|c| c.0 == y).map_or(0, |c| c.1) as f64;
        let (mut chi2, mut cells) = (0.0, 0.0);
        for y in 0..16 {
            let (a, b) = (get(&counts[0], y), get(&counts[1], y));
            if a + b > 10.0 {
                chi2 += (a - b).powi(2) / (a + b);
                cells += 1.0;
            }
        }
        assert!(cells > 5.0 && chi2 < chi_squared_quantile(cells - 1.0, 0.9999), "{chi2} {cells}");
    }

    #[test]
    fn too_long_circuits_are_refused() {
        let circuits = FullCircuits::new(&problem(), Simulator::new()).unwrap();
        let message = circuits.good_count(1 << 30, 1, 0).unwrap_err().to_string();
        assert!(message.contains("1073741824 steps") && message.contains("exact law"), "{message}");
    }
}
