//! Circuits with noise against the law and against closed forms.

use super::estimation_problem::EstimationProblem;
use super::experiment::Experiment;
use super::good::GoodStates;
use super::law::phase_probability;
use crate::circuit::Circuit;
use crate::device::{ActsOn, NoiseModel, Pattern, Rule};
use crate::error::Result;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::Guarantee;
use crate::estimation::classical::monte_carlo::MonteCarlo;
use crate::estimation::quantum::bayesian::Bayesian;
use crate::estimation::quantum::canonical::Canonical;
use crate::estimation::quantum::faster::Faster;
use crate::estimation::quantum::iterative::Iterative;
use crate::estimation::quantum::maximum_likelihood::MaximumLikelihood;
use crate::estimation::quantum::noise_aware::NoiseAware;
use crate::estimation::quantum::schedule::Schedule;
use crate::noise::{Channel, ReadoutError};
use crate::rewrite::Basis;
use crate::simulate::{Method, Simulator};
use proptest::prelude::*;

/// Problems on 1 to 4 qubits, some with qubits that no predicate looks at.
fn problems() -> Vec<EstimationProblem> {
    let coin = EstimationProblem::bernoulli(0.3).unwrap();
    let mut two = Circuit::new(2);
    two.ry(0.9, 0).cx(0, 1).ry(0.5, 1);
    let mut three = Circuit::new(3);
    three.ry(0.7, 0).ry(1.1, 1).cx(0, 2).rz(0.4, 1).cx(1, 2).ry(0.3, 2).h(1);
    let mut four = Circuit::new(4);
    four.h(0).ry(0.4, 1).cx(0, 1).cry(0.8, 1, 2).cz(2, 3).ry(1.3, 3).cx(3, 0);
    let good = [
        GoodStates::less_than(&[0, 1], 3).unwrap(),
        GoodStates::less_than(&[1, 2], 2).unwrap(),
        GoodStates::at_least(&[3, 0, 2], 5).unwrap(),
    ];
    let made = [two, three, four].into_iter().zip(good);
    std::iter::once(coin).chain(made.map(|(a, g)| EstimationProblem::new(a, g).unwrap())).collect()
}

fn circuits(problem: &EstimationProblem, kappa: f64) -> Experiment {
    problem.full_circuits(Simulator::new()).unwrap().depolarizing(kappa).unwrap()
}

/// κ^k sin²((2k+1)θ) + (1-κ^k) d with θ and d from the basis states one by one.
fn expected(problem: &EstimationProblem, power: u64, kappa: f64) -> f64 {
    let p = Simulator::new().probabilities(problem.preparation()).unwrap();
    let good = |s: &usize| problem.good().contains(*s as u64);
    // Where all states are good, rounding may leave more than 1.
    let a: f64 = (0..p.len()).filter(good).map(|s| p[s]).sum::<f64>().min(1.0);
    let d = (0..p.len()).filter(good).count() as f64 / p.len() as f64;
    let visible = (0..power).map(|_| kappa).product::<f64>();
    let pure = ((2 * power + 1) as f64 * a.sqrt().asin()).sin().powi(2);
    visible * pure + (1.0 - visible) * d
}

#[test]
fn depolarized_powers_have_the_probability_of_the_law() {
    for problem in problems() {
        for kappa in [1.0, 0.999, 0.9, 0.5, 0.01, 0.0] {
            let experiment = circuits(&problem, kappa);
            for power in [0, 1, 2, 3, 7] {
                let found = experiment.circuit_probability(power).unwrap();
                let wanted = expected(&problem, power, kappa);
                let law = experiment.good_probability(power);
                assert!((found - wanted).abs() < 1e-12, "{kappa} {power} {found} {wanted}");
                assert!((found - law).abs() < 1e-12, "{kappa} {power} {found} {law}");
            }
        }
    }
}

#[test]
fn depolarized_phase_estimation_has_the_law_of_its_outcomes() {
    for problem in problems() {
        let theta = problem.theta().unwrap();
        for (kappa, m) in [(0.95, 1), (0.9, 2), (0.99, 3), (0.0, 2), (1.0, 3)] {
            let circuit = circuits(&problem, kappa).phase_estimation_circuit(m).unwrap();
            let simulator = Simulator::new().method(Method::DensityMatrix);
            let found = simulator.outcome_probabilities(&circuit).unwrap();
            let visible = kappa.powi((1 << m) - 1);
            let mut sum = 0.0;
            for (bits, p) in found {
                let pure = phase_probability(theta, bits.value(0, bits.len()) as u64, m);
                let wanted = visible * pure + (1.0 - visible) / f64::from(1u32 << m);
                assert!((p - wanted).abs() < 1e-12, "{kappa} {m} {bits} {p} {wanted}");
                sum += p;
            }
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_preparation_has_the_law(
        angles in prop::collection::vec(-3.0..3.0f64, 6),
        bound in 0..=8u64,
        kappa in 0.0..=1.0f64,
        power in 0..6u64,
    ) {
        let mut a = Circuit::new(3);
        for (q, pair) in angles.chunks(2).enumerate() {
            a.ry(pair[0], q).rz(pair[1], q).cx(q, (q + 1) % 3);
        }
        let good = GoodStates::less_than(&[2, 0, 1], bound).unwrap();
        let problem = EstimationProblem::new(a, good).unwrap();
        let found = circuits(&problem, kappa).circuit_probability(power).unwrap();
        prop_assert!((found - expected(&problem, power, kappa)).abs() < 1e-12);
    }
}

#[test]
fn a_certain_event_has_the_law_although_its_probability_is_rounded() {
    let mut a = Circuit::new(3);
    let turns = [0.0, 1.3928125496978119, 0.0, 2.0691674969529186, 0.5687646490086801, 0.0];
    for (q, pair) in turns.chunks(2).enumerate() {
        a.ry(pair[0], q).rz(pair[1], q).cx(q, (q + 1) % 3);
    }
    let good = GoodStates::less_than(&[2, 0, 1], 4).unwrap();
    let problem = EstimationProblem::new(a, good).unwrap();
    for power in [0, 1, 5] {
        let experiment = circuits(&problem, 1.0);
        let found = experiment.circuit_probability(power).unwrap();
        assert!((found - 1.0).abs() < 1e-12, "{power} {found}");
        assert!((experiment.good_probability(power) - 1.0).abs() < 1e-12);
    }
}

#[test]
fn trajectories_and_density_matrices_draw_from_the_law() {
    let shots = 20_000;
    for problem in &problems()[1..] {
        for method in [Method::Automatic, Method::Trajectories, Method::DensityMatrix] {
            let simulator = Simulator::new().method(method);
            let experiment = problem.full_circuits(simulator).unwrap().depolarizing(0.9).unwrap();
            for power in [1, 4] {
                let p = expected(problem, power, 0.9);
                let good = experiment.begin(power).measure(power, shots).unwrap() as f64;
                let deviation = (shots as f64 * p * (1.0 - p)).sqrt();
                assert!(
                    (good - shots as f64 * p).abs() < 4.0 * deviation,
                    "{method} {power} {good} {p}"
                );
            }
            // Of phase estimation, y = 0 is enough.
            let p = 0.9f64.powi(7) * phase_probability(problem.theta().unwrap(), 0, 3)
                + (1.0 - 0.9f64.powi(7)) / 8.0;
            let outcomes = experiment.begin(5).phase_estimation(3, shots).unwrap();
            let zeros = outcomes.iter().find(|o| o.0 == 0).map_or(0, |o| o.1) as f64;
            let deviation = (shots as f64 * p * (1.0 - p)).sqrt();
            assert!((zeros - shots as f64 * p).abs() < 4.0 * deviation, "{method} {zeros} {p}");
        }
    }
}

#[test]
fn scaled_problems_keep_their_noise() {
    let problem = &problems()[1];
    let experiment = circuits(problem, 0.8).scaled(0.25).unwrap();
    let scaled = problem.scaled(0.25).unwrap();
    let found = experiment.circuit_probability(2).unwrap();
    assert!((found - expected(&scaled, 2, 0.8)).abs() < 1e-12);
}

/// A channel on each qubit of each gate, virtual ones too.
fn on_all_gates(lambda: f64) -> NoiseModel {
    let mut model = NoiseModel::new();
    let gates = Pattern::all_gates().and_virtual();
    let channel = Channel::depolarizing_lambda(lambda, 1).unwrap();
    model.push(Rule::after(gates, channel, ActsOn::Each).unwrap());
    model
}

fn under(problem: &EstimationProblem, model: &NoiseModel) -> Result<Experiment> {
    problem.full_circuits_with_noise(Simulator::new(), model)
}

#[test]
fn noise_of_gates_and_readout_on_one_qubit_has_its_closed_form() {
    // On one qubit, depolarizing commutes with every gate: (1-λ)^G of the state is left of G gates.
    let (coin, lambda) = (&problems()[0], 0.02);
    let (p1_given_0, p0_given_1) = (0.03, 0.08);
    let mut model = on_all_gates(lambda);
    for read in [false, true] {
        if read {
            model.set_readout_error(ReadoutError { p1_given_0, p0_given_1 }).unwrap();
        }
        let experiment = under(coin, &model).unwrap();
        for power in 0..5 {
            let circuit = coin.circuit(power as usize).unwrap();
            let gates = |c: &Circuit| -> usize {
                c.count_ops().iter().filter(|o| *o.0 != "gphase").map(|o| o.1).sum()
            };
            let left = (1.0 - lambda).powi(gates(&circuit) as i32);
            assert!(power == 0 || left < 0.95);
            let p = left * expected(coin, power, 1.0) + 0.5 * (1.0 - left);
            let p = if read { p * (1.0 - p0_given_1) + (1.0 - p) * p1_given_0 } else { p };
            let found = experiment.circuit_probability(power).unwrap();
            assert!((found - p).abs() < 1e-12, "{read} {power} {found} {p}");
            let shots = 20_000;
            let good = experiment.begin(power).measure(power, shots).unwrap() as f64;
            let deviation = (shots as f64 * p * (1.0 - p)).sqrt();
            assert!((good - shots as f64 * p).abs() < 4.0 * deviation, "{power} {good} {p}");
        }
        assert!(experiment.good_probability(1).is_nan());
    }
}

#[test]
fn readout_errors_are_those_of_the_measured_qubits() {
    // Of a product state each bit is misread by itself; the predicate is on qubits 2 and 0.
    let mut a = Circuit::new(3);
    a.ry(0.8, 0).ry(2.0, 1).ry(1.4, 2);
    let problem = EstimationProblem::new(a, GoodStates::at_least(&[2, 0], 3).unwrap()).unwrap();
    let mut model = NoiseModel::new();
    let (a0, b0, a2, b2) = (0.1, 0.2, 0.05, 0.3);
    let error = |p1_given_0, p0_given_1| ReadoutError { p1_given_0, p0_given_1 };
    model.set_readout_error_of(0, error(a0, b0)).unwrap();
    model.set_readout_error_of(1, error(0.5, 0.5)).unwrap();
    model.set_readout_error_of(2, error(a2, b2)).unwrap();
    let one = |angle: f64, a: f64, b: f64| {
        let p = (0.5 * angle).sin().powi(2);
        p * (1.0 - b) + (1.0 - p) * a
    };
    let wanted = one(0.8, a0, b0) * one(1.4, a2, b2);
    let found = under(&problem, &model).unwrap().circuit_probability(0).unwrap();
    assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
}

/// One estimate by every kind of estimator.
fn estimators() -> Vec<Box<dyn AmplitudeEstimator>> {
    vec![
        Box::new(MonteCarlo::new(500).unwrap()),
        Box::new(Iterative::new(0.05, 0.05).unwrap()),
        Box::new(MaximumLikelihood::new(Schedule::Exponential, 3).unwrap()),
        Box::new(NoiseAware::new(Schedule::Exponential, 3).unwrap()),
        Box::new(Faster::new(3, 0.05).unwrap()),
        Box::new(Faster::new(3, 0.05).unwrap().scaled_by_quarter()),
        Box::new(Bayesian::with_budget(500, 0.05).unwrap().kappa(0.95).unwrap()),
        Box::new(Canonical::new(3).unwrap()),
    ]
}

#[test]
fn intervals_under_a_noise_model_promise_nothing() {
    let problem = &problems()[1];
    let noisy = under(problem, &on_all_gates(0.01)).unwrap();
    let clean = problem.full_circuits(Simulator::new()).unwrap();
    for estimator in estimators() {
        let result = estimator.estimate(&noisy, 1).unwrap();
        assert_eq!(result.confidence_interval.guarantee, Guarantee::NoiseNotModelled, "{result}");
        assert!(result.noise_model && result.kappa == 1.0, "{result}");
        let result = estimator.estimate(&clean, 1).unwrap();
        assert!(!result.noise_model);
        // The Bayesian method was told of noise that is not there.
        let promise = result.confidence_interval.guarantee;
        let told = result.method.starts_with("Bayesian");
        assert_eq!(promise == Guarantee::NoiseNotModelled, told, "{result}");
    }
}

#[test]
fn depolarized_circuits_keep_the_promises_of_methods_that_model_it() {
    let experiment = circuits(&problems()[1], 0.95);
    for estimator in estimators() {
        let result = estimator.estimate(&experiment, 1).unwrap();
        assert!(!result.noise_model && result.kappa == 0.95);
        let promise = match &result.method {
            // A alone has no noise.
            name if name.starts_with("Monte Carlo") => Guarantee::FiniteSample,
            name if name.starts_with("noise-aware") => Guarantee::Asymptotic,
            name if name.starts_with("Bayesian") => Guarantee::Bayesian,
            _ => Guarantee::NoiseNotModelled,
        };
        assert_eq!(result.confidence_interval.guarantee, promise, "{result}");
    }
}

#[test]
fn noise_costs_nothing_more() {
    let problem = &problems()[2];
    let estimator = MaximumLikelihood::new(Schedule::Exponential, 4).unwrap();
    let cost = |e: &Experiment| estimator.estimate(e, 3).unwrap().cost;
    let law = cost(&problem.exact_law().unwrap());
    assert!(law.uses > 0 && law.two_qubit_gates > Some(0));
    let model = on_all_gates(0.01);
    let noisy = under(problem, &model).unwrap();
    let in_basis = under(problem, &model).unwrap().in_basis(&Basis::named("ibm-cx").unwrap());
    for experiment in [circuits(problem, 0.9), noisy, in_basis.unwrap()] {
        assert_eq!(cost(&experiment), law);
    }
}

#[test]
fn a_model_without_effect_says_so() {
    // No gate of A or Q is a swap, and the predicate does not look at qubit 0.
    let problem = &problems()[2];
    let mut model = NoiseModel::new();
    let swaps = Pattern::gates(["swap"]).unwrap();
    model.push(Rule::after(swaps, Channel::depolarizing(0.1, 2).unwrap(), ActsOn::All).unwrap());
    let experiment = under(problem, &model).unwrap();
    let coverage = experiment.coverage().unwrap();
    assert!(coverage.is_none() && coverage.unmatched == [0], "{coverage:?}");
    let text = coverage.to_string();
    assert!(text.contains("no noise from this model") && text.contains("rule 0"), "{text}");
    model.set_readout_error_of(0, ReadoutError { p1_given_0: 0.1, p0_given_1: 0.2 }).unwrap();
    let experiment = under(problem, &model).unwrap();
    for power in [0, 3] {
        let found = experiment.circuit_probability(power).unwrap();
        assert!((found - expected(problem, power, 1.0)).abs() < 1e-12);
        assert_eq!(
            experiment.good_probability(power),
            circuits(problem, 1.0).good_probability(power)
        );
    }
    let result = Iterative::new(0.05, 0.05).unwrap().estimate(&experiment, 1).unwrap();
    assert_eq!(result.confidence_interval.guarantee, Guarantee::FiniteSample);
    assert!(!result.noise_model);
    // The Fourier transform of phase estimation swaps.
    let result = Canonical::new(3).unwrap().estimate(&experiment, 1).unwrap();
    assert_eq!(result.confidence_interval.guarantee, Guarantee::NoiseNotModelled);
    // Without a model there is nothing to cover.
    assert!(circuits(problem, 0.9).coverage().is_none());
    assert!(problem.exact_law().unwrap().coverage().is_none());
}

#[test]
fn a_basis_brings_a_device_s_gates() {
    let problem = &problems()[3];
    let mut model = NoiseModel::new();
    let sx = Pattern::gates(["sx"]).unwrap();
    model.push(Rule::after(sx, Channel::amplitude_damping(0.01).unwrap(), ActsOn::All).unwrap());
    let experiment = under(problem, &model).unwrap();
    assert!(experiment.coverage().unwrap().is_none());
    let basis = Basis::named("ibm-cx").unwrap();
    let written = experiment.in_basis(&basis).unwrap();
    let coverage = written.coverage().unwrap();
    assert!(coverage.num_noisy_gates > 10 && coverage.unmatched.is_empty(), "{coverage}");
    let off = written.circuit_probability(1).unwrap() - expected(problem, 1, 1.0);
    assert!(off.abs() > 1e-3, "{off}");
    // Depolarizing noise is behind steps, however they are written.
    let written = circuits(problem, 0.9).in_basis(&basis).unwrap();
    assert!(written.circuit(2).unwrap().count_ops().contains_key("cx"));
    let found = written.circuit_probability(2).unwrap();
    assert!((found - expected(problem, 2, 0.9)).abs() < 1e-12);
    let phases = written.phase_estimation_circuit(2).unwrap();
    let simulator = Simulator::new().method(Method::DensityMatrix);
    for (y, p) in simulator.outcome_probabilities(&phases).unwrap() {
        let pure = phase_probability(problem.theta().unwrap(), y.value(0, y.len()) as u64, 2);
        assert!((p - (0.729 * pure + 0.271 / 4.0)).abs() < 1e-12, "{y} {p}");
    }
}

#[test]
fn circuits_of_a_law_are_those_that_follow_it() {
    let problem = &problems()[1];
    let law = problem.exact_law().unwrap().depolarizing(0.7).unwrap();
    let found = law.circuit_probability(3).unwrap();
    assert!((found - law.good_probability(3)).abs() < 1e-12);
    assert_eq!(law.circuit(3).unwrap(), circuits(problem, 0.7).circuit(3).unwrap());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let problem = &problems()[1];
    let model = on_all_gates(0.01);
    let error = under(problem, &model).unwrap().depolarizing(0.9).unwrap_err().to_string();
    assert!(error.contains("0.9") && error.contains("one kind of noise"), "{error}");
    assert!(under(problem, &model).unwrap().depolarizing(1.0).is_ok());
    // A device that is too small for the qubit of the scaling.
    let mut model = model;
    model.set_num_qubits(2).unwrap();
    let error = under(problem, &model).unwrap().scaled(0.25).unwrap_err().to_string();
    assert!(error.contains("3") && error.contains("device with 2"), "{error}");
    let error = under(&problems()[2], &model).unwrap_err().to_string();
    assert!(error.contains("device with 2"), "{error}");
    // Noise of the preparation itself would have no effect.
    let mut a = Circuit::new(1);
    a.h(0).set_readout_error(0, ReadoutError { p1_given_0: 0.1, p0_given_1: 0.1 }).unwrap();
    let error = EstimationProblem::new(a, GoodStates::qubit(0)).unwrap_err().to_string();
    assert!(error.contains("readout error") && error.contains("noise model"), "{error}");
}
