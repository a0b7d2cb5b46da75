//! Time of one estimate: each method by the exact law, and the workloads on which qiskit-algorithms
//! 0.4 is measured (a coin of 0.2 on one qubit, 1024 shots per round; its own times are printed by
//! `bench_qae.py` of the peers' scripts).
//!
//! `cargo bench --bench estimation`. Medians over seeds, one thread.

use ketlab::Simulator;
use ketlab::estimation::{
    AmplitudeEstimator, EstimationProblem, EstimatorKind, Experiment, Integrand, Iterative,
    MaximumLikelihood, Schedule, Setup, Target,
};
use ketlab::math::statistics::median;
use std::time::Instant;

fn main() {
    let coin = EstimationProblem::bernoulli(0.2).unwrap();
    let law = coin.exact_law().unwrap();
    let circuits = coin.full_circuits(Simulator::new().threads(1).unwrap()).unwrap();
    println!(
        "{:<44}{:>12}{:>12}{:>14}",
        "as qiskit-algorithms is measured", "time", "uses of A", "median error"
    );
    let iterative = Iterative::new(0.01, 0.05).unwrap();
    let wide = iterative.clone().shots(1024).unwrap();
    let schedule = MaximumLikelihood::new(Schedule::Exponential, 6).unwrap().shots(1024).unwrap();
    for (name, estimator, experiment) in [
        ("iterative, ε = 0.01, full circuits", &iterative as &dyn AmplitudeEstimator, &circuits),
        ("iterative, 1024 shots, full circuits", &wide, &circuits),
        ("mlae, 6 powers, 1024 shots, full circuits", &schedule, &circuits),
        ("iterative, ε = 0.01, exact law", &iterative, &law),
        ("mlae, 6 powers, 1024 shots, exact law", &schedule, &law),
    ] {
        row(name, estimator, experiment, 0.2);
    }
    println!(
        "\n{:<44}{:>12}{:>12}{:>14}",
        "exact law, budget 100,000", "time", "uses of A", "median error"
    );
    let integral = EstimationProblem::integral(Integrand::sine_squared(), 8).unwrap();
    let integral = integral.exact_law().unwrap();
    for method in EstimatorKind::ALL {
        let estimator = method.estimator(Target::Budget(100_000), &Setup::default()).unwrap();
        let experiment = if method.needs_integrand() { &integral } else { &law };
        row(&method.to_string(), &*estimator, experiment, experiment.truth());
    }
}

fn row(name: &str, estimator: &dyn AmplitudeEstimator, experiment: &Experiment, truth: f64) {
    let (mut times, mut uses, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..51 {
        let start = Instant::now();
        let result = estimator.estimate(experiment, seed).unwrap();
        times.push(start.elapsed().as_secs_f64());
        uses.push(result.cost.uses as f64);
        errors.push((result.estimation - truth).abs());
    }
    println!(
        "{name:<44}{:>9.1} µs{:>12.0}{:>14.1e}",
        1e6 * median(&times),
        median(&uses),
        median(&errors)
    );
}
