//! What is to be estimated.

use super::good::GoodStates;
use super::integrand::Integrand;
use super::post_processing::PostProcessing;
use super::preparation::Preparation;
use crate::circuit::{Circuit, Op, library};
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use crate::report::number_within;
use crate::simulate::{Method, Simulator};
use std::sync::Arc;

/// The probability a = sin²θ that A|0⟩ is found in a good state, 0 ≤ θ ≤ π/2.
///
/// Q = A (2|0⟩⟨0| - 1) A† S with S = -1 on good states and 1 on others. On the plane of A|0⟩ =
/// sin θ |good⟩ + cos θ |bad⟩ it rotates by 2θ, with eigenvalues e^{±2iθ}, so Q^k A|0⟩ is good with
/// probability sin²((2k + 1)θ) (Brassard et al., quant-ph/0005055, section 2).
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::estimation::{EstimationProblem, GoodStates};
/// let mut a = Circuit::new(2);
/// a.h(0).ry(0.4, 1).cx(0, 1);
/// let problem = EstimationProblem::new(a, GoodStates::qubit(1))?;
/// assert!((problem.amplitude()? - 0.5).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct EstimationProblem {
    name: String,
    preparation: Preparation,
    good: GoodStates,
    post: PostProcessing,
    integrand: Option<Arc<Integrand>>,
}

impl EstimationProblem {
    /// The probability that `preparation`, run on |0…0⟩, ends in a good state.
    ///
    /// # Errors
    /// If the preparation has measurements, resets, classical control or noise of its own, parameters
    /// without a value, or no inverse; if the good states are on qubits that it does not have.
    pub fn new(preparation: Circuit, good: GoodStates) -> Result<Self> {
        let undo = |operation: &str| Error::Unsupported {
            method: "amplitude estimation",
            operation: format!("a preparation with {operation}"),
            hint:
                "A must be unitary, since Grover's operator runs it backwards; leave out all that \
                   is not a gate (estimators measure by themselves; see \
                   `Circuit::without_final_measurements`)"
                    .into(),
        };
        for op in preparation.ops() {
            match op {
                Op::Gate(_) | Op::Barrier(_) | Op::Delay { .. } => {}
                Op::Measure { .. } => return Err(undo("a measurement")),
                Op::Reset(_) => return Err(undo("a reset")),
                Op::Channel(_) => return Err(noise_of_its_own("a noise channel")),
                Op::If(_) | Op::While(_) | Op::Assign(_) => return Err(undo("classical control")),
            }
        }
        if preparation.readout_errors().len() > 0 {
            return Err(noise_of_its_own("a readout error"));
        }
        if !preparation.params().is_empty() {
            return Err(Error::UnboundParameters {
                names: preparation.inputs().cloned().collect(),
            });
        }
        preparation.inverse()?;
        if let Some(&qubit) = good.qubits().iter().find(|&&q| q >= preparation.num_qubits()) {
            return Err(Error::QubitOutOfRange { qubit, num_qubits: preparation.num_qubits() });
        }
        // Classical bits have no part in it.
        let mut gates = Circuit::new(preparation.num_qubits());
        for op in preparation.ops() {
            gates.try_push(op.clone())?;
        }
        let post = PostProcessing::identity();
        let preparation = Preparation::Circuit(gates);
        Ok(EstimationProblem { name: "A".into(), preparation, good, post, integrand: None })
    }

    /// One qubit that is 1 with probability `a`.
    ///
    /// # Errors
    /// If `a` is outside [0, 1].
    pub fn bernoulli(a: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&a) {
            return Err(Error::Invalid {
                what: "the amplitude".into(),
                value: crate::error::shown(a),
                expected: "it is a probability, from 0 to 1".into(),
            });
        }
        let mut circuit = Circuit::new(1);
        circuit.ry(2.0 * a.sqrt().atan2((1.0 - a).sqrt()), 0);
        Ok(Self::new(circuit, GoodStates::qubit(0))?
            .named(format!("a = {}", number_within(a, 0.0))))
    }

    /// The mean Σ p_i v_i of `values` under `probabilities` (of 2^n outcomes, normalized): loaded on
    /// n qubits (Grover and Rudolph, quant-ph/0208112), with the value, scaled to [0, 1], in the
    /// probability of one more qubit (Rebentrost et al., arXiv:1805.00109). Post-processing gives
    /// back the units.
    ///
    /// # Errors
    /// If the lists differ in length or their length is not a power of two; if a probability is
    /// negative or none is above 0; if a number is not finite.
    pub fn expectation(probabilities: &[f64], values: &[f64]) -> Result<Self> {
        if probabilities.len() != values.len() {
            return Err(Error::Invalid {
                what: "the number of values".into(),
                value: values.len().to_string(),
                expected: format!("there are {} probabilities", probabilities.len()),
            });
        }
        if let Some(&value) = values.iter().find(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "a value".into(), value });
        }
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let scale = if high > low { high - low } else { 1.0 };
        if !scale.is_finite() {
            return Err(Error::NotFinite { what: "the range of the values".into(), value: scale });
        }
        let scaled: Vec<f64> = values.iter().map(|v| (v - low) / scale).collect();
        let load = library::try_distribution(probabilities)?;
        let n = load.num_qubits();
        let mut circuit = Circuit::new(n + 1);
        circuit.try_append_on(&load, &(0..n).collect::<Vec<_>>(), &[])?;
        circuit.try_append(&library::try_amplitude_function(&scaled)?)?;
        let problem = Self::new(circuit, GoodStates::qubit(n))?;
        Ok(problem.post_processing(PostProcessing::Affine { scale, offset: low }))
    }

    /// The mean of an integrand over the unit cube: on a grid of 2^m midpoints a dimension (m =
    /// `qubits_per_dimension`), all equally likely, with its value in the probability of one more
    /// qubit. The classical methods draw from the cube itself; errors of all are measured against
    /// the integrand's own mean where it is known, so that the grid's error is part of what the
    /// quantum methods are charged with. The circuit is written down when a quantum method asks for
    /// it.
    ///
    /// # Errors
    /// If there are more than 24 qubits in all, or a value or the stated mean is outside [0, 1].
    pub fn integral(integrand: Integrand, qubits_per_dimension: usize) -> Result<Self> {
        if let Some(mean) = integrand.mean().filter(|m| !(0.0..=1.0).contains(m)) {
            return Err(Error::Invalid {
                what: format!("the stated mean of the integrand `{}`", integrand.name()),
                value: mean.to_string(),
                expected: "its values are from 0 to 1, and so is their mean".into(),
            });
        }
        if let Some(value) = integrand.control().map(|c| c.mean).filter(|m| !m.is_finite()) {
            return Err(Error::NotFinite { what: "the mean of the control variate".into(), value });
        }
        let preparation = Preparation::on_grid(&integrand, qubits_per_dimension)?;
        let good = GoodStates::qubit(integrand.dimension() * qubits_per_dimension);
        let (name, post) = (integrand.name().into(), PostProcessing::identity());
        let integrand = Some(Arc::new(integrand));
        Ok(EstimationProblem { name, preparation, good, post, integrand })
    }

    /// The same, with the integrand whose mean the amplitude is, for classical methods.
    pub(in crate::estimation) fn with_integrand(self, integrand: Integrand) -> Self {
        EstimationProblem { integrand: Some(Arc::new(integrand)), ..self }
    }

    /// Sets the name, for tables and pictures.
    pub fn named(self, name: impl Into<String>) -> Self {
        EstimationProblem { name: name.into(), ..self }
    }

    /// Sets how an amplitude becomes the quantity that is wanted.
    pub fn post_processing(self, post: PostProcessing) -> Self {
        EstimationProblem { post, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A.
    pub fn preparation(&self) -> &Circuit {
        self.preparation.circuit()
    }

    /// Which states are good.
    pub fn good(&self) -> &GoodStates {
        &self.good
    }

    /// How an amplitude becomes the quantity that is wanted.
    pub fn post(&self) -> &PostProcessing {
        &self.post
    }

    /// The integrand, if the problem was made of one.
    pub fn integrand(&self) -> Option<&Integrand> {
        self.integrand.as_deref()
    }

    /// All that decides its estimates, for checkpoints.
    pub(in crate::estimation) fn fingerprint(&self) -> Fingerprint {
        let print = self.preparation.fingerprint().with("good states", self.good.patterns());
        match &self.integrand {
            None => print,
            Some(integrand) => print.and(integrand.fingerprint()),
        }
    }

    /// Q, on the preparation's qubits.
    ///
    /// # Errors
    /// None for a problem that was made.
    pub fn grover_operator(&self) -> Result<Circuit> {
        let oracle = self.good.oracle(self.preparation().num_qubits())?;
        library::grover_operator(&oracle, self.preparation())
    }

    /// The exact θ: by one simulation of A, or from the values on an integral's grid.
    ///
    /// # Errors
    /// If A has more qubits than fit in memory.
    pub fn theta(&self) -> Result<f64> {
        match self.preparation.theta() {
            Some(theta) => Ok(theta),
            None => self.theta_with(&Simulator::new()),
        }
    }

    /// [`theta`](Self::theta), on this simulator.
    pub(in crate::estimation) fn theta_with(&self, simulator: &Simulator) -> Result<f64> {
        let qubits = self.good.qubits();
        // A has no noise here, whatever method noisy circuits are run by.
        let simulator = simulator.clone().method(Method::StateVector);
        let state = simulator.state::<f64>(self.preparation())?;
        let place = |outcome: usize| -> u64 {
            let bit = |(k, &q): (usize, &usize)| (outcome as u64 >> k & 1) << q;
            qubits.iter().enumerate().map(bit).sum()
        };
        let (mut good, mut bad) = (0.0, 0.0);
        for (outcome, p) in state.marginal(&qubits).into_iter().enumerate() {
            *(if self.good.contains(place(outcome)) { &mut good } else { &mut bad }) += p;
        }
        // From both probabilities, so that it is exact at either end.
        Ok(good.sqrt().atan2(bad.sqrt()))
    }

    /// The exact amplitude a = sin²θ, by one simulation of A.
    ///
    /// # Errors
    /// If there are more qubits than fit in memory.
    pub fn amplitude(&self) -> Result<f64> {
        Ok(self.theta()?.sin().powi(2))
    }

    /// The same amplitude times `factor`, by one more qubit that is 1 with this probability: a state
    /// is good if it was and the new qubit is 1.
    ///
    /// # Errors
    /// If the factor is outside [0, 1].
    pub fn scaled(&self, factor: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&factor) {
            return Err(Error::Invalid {
                what: "the factor of an amplitude".into(),
                value: crate::error::shown(factor),
                expected: "it must be from 0 to 1".into(),
            });
        }
        let n = self.preparation().num_qubits();
        let mut circuit = Circuit::new(n + 1);
        circuit.try_append_on(self.preparation(), &(0..n).collect::<Vec<_>>(), &[])?;
        circuit.ry(2.0 * factor.sqrt().asin(), n);
        let good = self.good.and(&GoodStates::qubit(n))?;
        Ok(EstimationProblem { preparation: Preparation::Circuit(circuit), good, ..self.clone() })
    }
}

fn noise_of_its_own(what: &str) -> Error {
    Error::Unsupported {
        method: "amplitude estimation",
        operation: format!("a preparation with {what}"),
        hint: "A must be unitary; take the circuit `without_noise` and give the noise to its \
               experiment: a noise model to `EstimationProblem::full_circuits_with_noise`, or \
               depolarizing noise to `Experiment::depolarizing`"
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    fn problem() -> EstimationProblem {
        let mut a = Circuit::new(3);
        a.ry(0.7, 0).ry(1.1, 1).cx(0, 2).rz(0.4, 1).cx(1, 2).ry(0.3, 2).h(1);
        EstimationProblem::new(a, GoodStates::less_than(&[1, 2], 2).unwrap()).unwrap()
    }

    #[test]
    fn grover_rotates_by_twice_theta_with_its_sign() {
        let problem = problem();
        let (theta, q) = (problem.theta().unwrap(), problem.grover_operator().unwrap());
        let simulator = Simulator::new();
        let start = simulator.state::<f64>(problem.preparation()).unwrap();
        let good: Vec<bool> = (0..8).map(|s| problem.good().contains(s)).collect();
        let part = |want: bool| -> Vec<Complex64> {
            let norm = if want { theta.sin() } else { theta.cos() };
            let part =
                |(s, x): (usize, Complex64)| if good[s] == want { x / norm } else { 0.0.into() };
            start.to_vec().into_iter().enumerate().map(part).collect()
        };
        let (on, off) = (part(true), part(false));
        let mut circuit = problem.preparation().clone();
        for k in 0..6 {
            // Q^k A|0⟩ = sin((2k+1)θ)|good⟩ + cos((2k+1)θ)|bad⟩, without any further phase.
            let state = simulator.state::<f64>(&circuit).unwrap();
            let angle = (2 * k + 1) as f64 * theta;
            for s in 0..8 {
                let expected = angle.sin() * on[s] + angle.cos() * off[s];
                assert!((state.amplitude(s as u64) - expected).norm() < 1e-12, "{k} {s}");
            }
            circuit.append(&q);
        }
    }

    #[test]
    fn grover_is_its_matrix() {
        // Products of matrices written out from the definition, column by column.
        let problem = problem();
        let columns = |c: &Circuit| -> Vec<Vec<Complex64>> {
            let column = |s: u64| {
                let simulator = Simulator::new();
                let simulator = simulator.initial_state(crate::simulate::InitialState::Bits(
                    crate::math::Bits::from_u64(s, 3),
                ));
                simulator.state::<f64>(c).unwrap().to_vec()
            };
            (0..8).map(column).collect()
        };
        let a = columns(problem.preparation());
        let q = columns(&problem.grover_operator().unwrap());
        for s in 0..8usize {
            // A (2|0⟩⟨0| - 1) A† S|s⟩ = sign (2 conj(A_{s0}) A|0⟩ - |s⟩).
            let sign = if problem.good().contains(s as u64) { -1.0 } else { 1.0 };
            for r in 0..8 {
                let delta = if r == s { 1.0 } else { 0.0 };
                let expected = sign * (2.0 * a[0][s].conj() * a[0][r] - delta);
                assert!((q[s][r] - expected).norm() < 1e-12, "{s} {r}");
            }
        }
    }

    #[test]
    fn means_under_distributions_have_their_units() {
        let (p, v) = ([0.1, 0.2, 0.3, 0.4], [-1.0, 5.0, 2.0, 0.0]);
        let problem = EstimationProblem::expectation(&p, &v).unwrap();
        let mean = problem.post().value(problem.amplitude().unwrap());
        assert!((mean - 1.5).abs() < 1e-12, "{mean}");
        let constant = EstimationProblem::expectation(&[0.5, 0.5], &[3.0, 3.0]).unwrap();
        assert!((constant.post().value(constant.amplitude().unwrap()) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn an_integral_is_written_down_when_a_quantum_method_asks_for_it() {
        use crate::estimation::account::estimator::AmplitudeEstimator;
        use crate::estimation::classical::monte_carlo::MonteCarlo;
        use crate::estimation::classical::problems::BlackScholes;
        use crate::estimation::quantum::iterative::Iterative;
        let share = BlackScholes { spot: 100.0, rate: 0.05, volatility: 0.2, years: 1.0 };
        let (f, _) = Integrand::asian_call(&share, 2, 105.0, 200.0).unwrap();
        let problem = EstimationProblem::integral(f, 3).unwrap();
        let experiment = problem.exact_law().unwrap();
        MonteCarlo::new(1000).unwrap().estimate(&experiment, 1).unwrap();
        assert!(problem.preparation.is_unwritten());
        // The mean of the grid's values is what the circuit gives.
        let simulated = problem.theta_with(&Simulator::new()).unwrap();
        assert!((problem.theta().unwrap() - simulated).abs() < 1e-14);
        assert!(!problem.preparation.is_unwritten());
        let result = Iterative::new(0.01, 0.05).unwrap().estimate(&experiment, 1).unwrap();
        assert!(result.cost.two_qubit_gates.is_some());
    }

    #[test]
    fn scaling_multiplies_the_amplitude() {
        let problem = problem();
        let a = problem.amplitude().unwrap();
        let scaled = problem.scaled(0.25).unwrap().amplitude().unwrap();
        assert!((scaled - 0.25 * a).abs() < 1e-14);
    }

    #[test]
    fn what_cannot_be_estimated_is_refused() {
        let mut measured = Circuit::with_clbits(1, 1);
        measured.h(0).measure(0, 0);
        let error =
            |c: Circuit| EstimationProblem::new(c, GoodStates::qubit(0)).unwrap_err().to_string();
        assert!(error(measured).contains("a measurement"));
        let mut reset = Circuit::new(1);
        reset.h(0).reset(0);
        assert!(error(reset).contains("a reset"));
        let mut open = Circuit::new(1);
        let x = open.param("x");
        open.ry(x, 0);
        assert!(error(open).contains("`x` has no value"));
        assert!(error(Circuit::new(0)).contains("out of range"));
        for a in [-0.1, 1.1, f64::NAN] {
            assert!(
                EstimationProblem::bernoulli(a).unwrap_err().to_string().contains("from 0 to 1")
            );
        }
        assert!(EstimationProblem::expectation(&[1.0], &[1.0, 2.0]).is_err());
    }

    #[test]
    fn ends_are_exact() {
        for a in [0.0, 1.0] {
            let theta = EstimationProblem::bernoulli(a).unwrap().theta().unwrap();
            assert!((theta - a * std::f64::consts::FRAC_PI_2).abs() < 1e-15, "{theta}");
        }
        let none = EstimationProblem::new(Circuit::new(1), GoodStates::none()).unwrap();
        assert_eq!(none.amplitude().unwrap(), 0.0);
    }
}
