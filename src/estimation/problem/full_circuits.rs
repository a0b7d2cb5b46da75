//! Estimators' circuits, written down and run.

use super::estimation_problem::EstimationProblem;
use super::writing::{Writing, has_effect};
use crate::circuit::{Circuit, library};
use crate::device::Coverage;
use crate::error::{Error, Result};
use crate::simulate::{Counts, Simulator};

/// Most steps of Grover's operator in a circuit that is written down.
const MAX_STEPS: u64 = 1 << 20;

/// The circuits of a problem and the simulator that runs them.
#[derive(Debug, Clone)]
pub(in crate::estimation) struct FullCircuits {
    problem: EstimationProblem,
    simulator: Simulator,
    writing: Writing,
    /// A in the gates of the basis.
    preparation: Circuit,
    /// Q likewise, with the depolarizing noise behind it.
    step: Circuit,
    /// What the noise model does to Q A and its measurement.
    coverage: Option<Coverage>,
}

impl FullCircuits {
    pub fn new(
        problem: &EstimationProblem,
        simulator: Simulator,
        writing: Writing,
    ) -> Result<Self> {
        writing.check()?;
        let mut step = writing.in_basis(problem.grover_operator()?)?;
        writing.depolarize(&mut step)?;
        let mut circuits = FullCircuits {
            problem: problem.clone(),
            simulator,
            preparation: writing.in_basis(problem.preparation().clone())?,
            step,
            writing,
            coverage: None,
        };
        if circuits.writing.model.is_some() {
            circuits.coverage = circuits.circuit(1)?.1;
        }
        Ok(circuits)
    }

    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    pub fn writing(&self) -> &Writing {
        &self.writing
    }

    /// What the noise model does to Q A and its measurement; `None` without a model.
    pub fn coverage(&self) -> Option<&Coverage> {
        self.coverage.as_ref()
    }

    /// Q^k A with its noise and the measurement of all qubits that the predicate looks at, the lowest
    /// into classical bit 0; and what the noise model did, if there is one.
    pub fn circuit(&self, power: u64) -> Result<(Circuit, Option<Coverage>)> {
        check_steps(power)?;
        let qubits = self.problem.good().qubits();
        let mut circuit = Circuit::with_clbits(self.preparation.num_qubits(), qubits.len());
        let wires: Vec<usize> = (0..circuit.num_qubits()).collect();
        circuit.try_append_on(&self.preparation, &wires, &[])?;
        circuit.try_append_on(&self.step.repeat(power as usize), &wires, &[])?;
        for (clbit, &qubit) in qubits.iter().enumerate() {
            circuit.try_measure(qubit, clbit)?;
        }
        self.writing.with_model(circuit)
    }

    /// Phase estimation of Q on A|0⟩ with its noise; and what the noise model did.
    pub fn phase_circuit(&self, m: u32) -> Result<(Circuit, Option<Coverage>)> {
        self.writing.with_model(phase_circuit(&self.problem, &self.writing, m)?)
    }

    /// How often Q^k A ends in a good state: all qubits that the predicate looks at are measured. And
    /// whether the noise model did anything to the circuit.
    pub fn good_count(&self, power: u64, shots: u64, seed: u64) -> Result<(u64, bool)> {
        if self.problem.good().qubits().is_empty() {
            check_steps(power)?;
            return Ok((if self.is_good(0) { shots } else { 0 }, false));
        }
        let (circuit, coverage) = self.circuit(power)?;
        let counts = self.counts(&circuit, shots, seed)?;
        let good = counts.into_iter().filter(|c| self.is_good(c.0)).map(|c| c.1).sum();
        Ok((good, is_noisy(coverage)))
    }

    /// The exact probability that Q^k A is measured in a good state.
    pub fn good_probability(&self, power: u64) -> Result<f64> {
        if self.problem.good().qubits().is_empty() {
            return Ok(if self.is_good(0) { 1.0 } else { 0.0 });
        }
        let outcomes = self.simulator.outcome_probabilities(&self.circuit(power)?.0)?;
        let good = |bits: &crate::math::Bits| self.is_good(bits.value(0, bits.len()) as u64);
        Ok(outcomes.iter().filter(|o| good(&o.0)).map(|o| o.1).sum())
    }

    /// Outcomes of phase estimation of Q on A|0⟩, evaluation qubit j (of the circuit's qubit n + j)
    /// controlling Q^(2^j). And whether the noise model did anything to the circuit.
    pub fn phase_counts(&self, m: u32, shots: u64, seed: u64) -> Result<(Vec<(u64, u64)>, bool)> {
        let (circuit, coverage) = self.phase_circuit(m)?;
        Ok((self.counts(&circuit, shots, seed)?, is_noisy(coverage)))
    }

    /// Whether the measured bits are those of good states.
    fn is_good(&self, outcome: u64) -> bool {
        let qubits = self.problem.good().qubits();
        let place = |(k, &q): (usize, &usize)| (outcome >> k & 1) << q;
        self.problem.good().contains(qubits.iter().enumerate().map(place).sum())
    }

    fn counts(&self, circuit: &Circuit, shots: u64, seed: u64) -> Result<Vec<(u64, u64)>> {
        let counts: Counts = self.simulator.clone().seed(seed).counts(circuit, shots)?;
        Ok(counts.iter().map(|(bits, n)| (bits.value(0, bits.len()) as u64, n)).collect())
    }
}

fn is_noisy(coverage: Option<Coverage>) -> bool {
    coverage.is_some_and(|coverage| has_effect(&coverage))
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
        phase_circuit(self, &Writing::default(), evaluation_qubits)
    }
}

/// The circuit of phase estimation, with depolarizing noise on all of its qubits behind every step of
/// Q under control. It does not have the model's noise.
fn phase_circuit(
    problem: &EstimationProblem,
    writing: &Writing,
    evaluation_qubits: u32,
) -> Result<Circuit> {
    if evaluation_qubits == 0 {
        return Err(Error::Invalid {
            what: "the number of evaluation qubits".into(),
            value: "0".into(),
            expected: "phase estimation takes at least 1".into(),
        });
    }
    check_steps((1u64 << evaluation_qubits.min(63)) - 1)?;
    let preparation = problem.preparation();
    let (n, m) = (preparation.num_qubits(), evaluation_qubits as usize);
    let mut circuit = Circuit::with_clbits(n + m, m);
    let system: Vec<usize> = (0..n).collect();
    let all: Vec<usize> = (0..n + m).collect();
    circuit.try_append_on(preparation, &system, &[])?;
    let step = controlled_step(problem)?;
    for j in 0..m {
        circuit.try_h(n + j)?;
        // The control is the step's last qubit.
        let wires: Vec<usize> = system.iter().copied().chain([n + j]).collect();
        let mut wide = Circuit::new(n + m);
        wide.try_append_on(&step, &wires, &[])?;
        writing.depolarize(&mut wide)?;
        circuit.try_append_on(&wide.repeat(1 << j), &all, &[])?;
    }
    let evaluation: Vec<usize> = (n..n + m).collect();
    circuit.try_append_on(&library::inverse_qft(m), &evaluation, &[])?;
    for j in 0..m {
        circuit.try_measure(n + j, j)?;
    }
    writing.in_basis(circuit)
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

    fn full(problem: &EstimationProblem, writing: Writing) -> FullCircuits {
        FullCircuits::new(problem, Simulator::new(), writing).unwrap()
    }

    #[test]
    fn powers_have_the_probability_of_the_law() {
        let problem = problem();
        let circuits = full(&problem, Writing::default());
        let law = problem.exact_law().unwrap();
        for power in [0, 1, 2, 7, 40] {
            let (p, shots) = (law.good_probability(power), 20_000);
            let good = circuits.good_count(power, shots, power + 3).unwrap().0 as f64;
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
        let circuits = full(&problem(), Writing::default());
        let message = circuits.good_count(1 << 30, 1, 0).unwrap_err().to_string();
        assert!(message.contains("1073741824 steps") && message.contains("exact law"), "{message}");
    }
}
