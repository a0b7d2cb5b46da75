//! How often intervals at 95 % hold the truth, over 2,000 repeats each: the table of
//! `docs/interval_coverage.md`.
//!
//! `cargo run --release --example interval_coverage > docs/interval_coverage.md`

use ketlab::estimation::{
    AmplitudeEstimator, Bayesian, Canonical, EstimationProblem, Experiment, Faster, Guarantee,
    Iterative, MaximumLikelihood, MonteCarlo, NoiseAware, PhaseRule, Schedule,
};

const AMPLITUDES: [f64; 6] = [0.001, 0.01, 0.2, 0.5, 0.7, 0.99];
const ALPHA: f64 = 0.05;

fn main() -> ketlab::Result<()> {
    // The program's tests run examples too: a few repeats there, all of them for the table.
    let repeats: u64 = if cfg!(debug_assertions) { 50 } else { 2000 };
    let error = (ALPHA * (1.0 - ALPHA) / repeats as f64).sqrt();
    let exponential = || MaximumLikelihood::new(Schedule::Exponential, 7);
    let methods: Vec<(&str, Box<dyn AmplitudeEstimator>)> = vec![
        ("iterative, Clopper-Pearson", Box::new(Iterative::new(0.01, ALPHA)?)),
        (
            "iterative, Chernoff-Hoeffding",
            Box::new(
                Iterative::new(0.01, ALPHA)?
                    .bound(ketlab::estimation::ConfidenceBound::ChernoffHoeffding),
            ),
        ),
        (
            "iterative, last round again (Miyamoto)",
            Box::new(Iterative::new(0.01, ALPHA)?.bias_correction(true)),
        ),
        ("iterative, looks not paid for", Box::new(Iterative::new(0.01, ALPHA)?.looks_paid(false))),
        ("canonical, one shot", Box::new(Canonical::new(8)?)),
        (
            "canonical, median of 15",
            Box::new(Canonical::new(8)?.shots(15)?.rule(PhaseRule::Median)),
        ),
        (
            "canonical, likelihood of 15",
            Box::new(Canonical::new(8)?.shots(15)?.rule(PhaseRule::MaximumLikelihood)),
        ),
        ("faster, 4 rounds", Box::new(Faster::new(4, ALPHA)?)),
        ("maximum likelihood, likelihood ratio", Box::new(exponential()?)),
        ("maximum likelihood, Fisher", Box::new(exponential()?.fisher_interval())),
        ("maximum likelihood, 10 shots, likelihood ratio", Box::new(exponential()?.shots(10)?)),
        (
            "maximum likelihood, 10 shots, Fisher",
            Box::new(exponential()?.shots(10)?.fisher_interval()),
        ),
        ("noise-aware, profile likelihood", Box::new(NoiseAware::new(Schedule::Exponential, 7)?)),
        ("Bayesian, 10,000 uses", Box::new(Bayesian::with_budget(10_000, ALPHA)?)),
        ("Monte Carlo, 1,000 samples", Box::new(MonteCarlo::new(1000)?)),
    ];
    println!("# Coverage of 95 % intervals\n");
    println!(
        "Share of {repeats} repeats (seeds from 0) whose interval held the amplitude, by the exact \
         law without noise; `cargo run --release --example interval_coverage` makes this table. An \
         asterisk marks what is more than three standard errors below 95 % (under {:.1} %). A promise \
         for finite samples is kept everywhere; asymptotic intervals and posteriors make none, and \
         fall short where there are few shots or the amplitude is near an end.\n",
        100.0 * (1.0 - ALPHA - 3.0 * error)
    );
    let heading: Vec<String> = AMPLITUDES.iter().map(|a| format!("a = {a}")).collect();
    println!("| interval | promise | {} |", heading.join(" | "));
    println!("|---|---|{}", "---|".repeat(AMPLITUDES.len()));
    let coins: Vec<Experiment> = AMPLITUDES
        .iter()
        .map(|&a| EstimationProblem::bernoulli(a)?.exact_law())
        .collect::<ketlab::Result<_>>()?;
    for (name, estimator) in methods {
        let mut cells = Vec::new();
        let mut promise = "";
        for (coin, a) in coins.iter().zip(AMPLITUDES) {
            let mut held = 0;
            for seed in 0..repeats {
                let interval = estimator.estimate(coin, seed)?.confidence_interval;
                held += u64::from(interval.contains(a));
                promise = match interval.guarantee {
                    Guarantee::FiniteSample => "finite sample",
                    Guarantee::Asymptotic => "asymptotic",
                    Guarantee::Bayesian => "posterior",
                    Guarantee::NoiseNotModelled => "none",
                };
            }
            let share = held as f64 / repeats as f64;
            let mark = if share < 1.0 - ALPHA - 3.0 * error { " *" } else { "" };
            cells.push(format!("{:.1} %{mark}", 100.0 * share));
        }
        println!("| {name} | {promise} | {} |", cells.join(" | "));
    }
    Ok(())
}
