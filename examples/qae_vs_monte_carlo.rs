//! Quantum amplitude estimation against Monte Carlo, honestly: every use of A is counted, every
//! interval says what it promises, and the classical side may use its best methods too.
//!
//! `cargo run --release --example qae_vs_monte_carlo` writes
//! `target/qae_vs_monte_carlo.svg`, `target/qae_integral.svg` and `target/qae_noise.svg`.

use ketlab::estimation::{
    CurveResult, ErrorCurve, EstimationProblem, EstimatorKind, Integrand, Measure, NoiseTable,
    noise_figure,
};
use ketlab::math::statistics::{mean, student_quantile, variance};

const BUDGETS: [u64; 7] = [100, 316, 1000, 3162, 10_000, 31_623, 100_000];
/// Where all methods have reached the slopes of their theories.
const LARGE_BUDGETS: [u64; 7] = [1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000];

/// What a typical run errs by, and what one pays for on average.
const MEASURES: [(&str, Measure); 2] =
    [("RMSE", Measure::Rmse), ("median error", Measure::MedianAbsolute)];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/target"))?;
    coin()?;
    integral()?;
    noise()?;
    Ok(())
}

/// Where a picture goes.
fn picture(name: &str) -> String {
    format!("{}/target/{name}.svg", env!("CARGO_MANIFEST_DIR"))
}

/// Bare amplitudes: all that A gives is a good or a bad outcome. Twenty of them near 0.2, since
/// canonical estimates lie on a grid, and how near it is to one amplitude is luck.
fn coin() -> ketlab::Result<()> {
    let coins: Vec<EstimationProblem> = (0..20)
        .map(|k| EstimationProblem::bernoulli(0.15 + 0.005 * f64::from(k)))
        .collect::<ketlab::Result<_>>()?;
    let result = ErrorCurve::new(coins)?
        .methods(&[
            EstimatorKind::Iterative,
            EstimatorKind::Mlae,
            EstimatorKind::Bayesian,
            EstimatorKind::Canonical,
            EstimatorKind::PowerLaw { beta: 0.5 },
            EstimatorKind::MonteCarlo,
        ])
        .budgets(&LARGE_BUDGETS)?
        .repeats(20)?
        .seed(7)
        .run()?;
    println!("a from 0.15 to 0.25: slopes against uses of A, with 95 % by bootstrap");
    for curve in &result.curves {
        print!("  {:<12}", curve.method);
        for (name, measure) in MEASURES {
            if let Some(slope) = curve.slope(measure) {
                print!(" {name} {:6.3} [{:.3}, {:.3}]", slope.value, slope.low, slope.high);
            }
        }
        let last = curve.points.last().expect("all methods fit some budget");
        println!(
            "; at the end misses {:.2} % of size {:.1e}, intervals held the truth {:5.1} % of the time",
            100.0 * last.misses.share,
            last.misses.rmse,
            100.0 * last.coverage
        );
    }
    for curve in &result.curves {
        for (name, measure) in MEASURES {
            if let Some(gain) = result.gain(&curve.method, "monte-carlo", measure)
                && curve.method != "monte-carlo"
            {
                println!(
                    "  {:<12} {:5.1} × [{:.1}, {:.1}] smaller {name} after {:.0} uses",
                    curve.method, gain.factor, gain.low, gain.high, gain.uses
                );
            }
        }
    }
    result.figure(Measure::Rmse)?.save(picture("qae_vs_monte_carlo"))
}

/// A smooth integral: the function itself can be evaluated, so classical methods know more than good
/// and bad, and the grid that the quantum methods load it on has an error of its own.
fn integral() -> ketlab::Result<()> {
    let problem = EstimationProblem::integral(Integrand::sine_squared(), 8)?;
    println!(
        "∫ sin² x dx: the grid of 2^8 points is off by {:.1e}",
        problem.amplitude()? - problem.exact_law()?.truth()
    );
    let result = ErrorCurve::new([problem])?
        .methods(&[
            EstimatorKind::Mlae,
            EstimatorKind::MonteCarlo,
            EstimatorKind::ControlVariate,
            EstimatorKind::Stratified,
            EstimatorKind::QuasiMonteCarlo,
        ])
        .budgets(&BUDGETS)?
        .repeats(100)?
        .seed(7)
        .run()?;
    for curve in &result.curves {
        let last = curve.points.last().expect("all budgets fit");
        println!(
            "  {:<17} RMSE {:.1e}, median error {:.1e} after {:.0} uses",
            curve.method, last.rmse, last.median_absolute_error, last.uses
        );
    }
    result.figure(Measure::Rmse)?.save(picture("qae_integral"))
}

/// Depolarizing noise: where the quadratic advantage ends. The gains are means over ten seeds, with
/// Student's interval of the mean.
fn noise() -> ketlab::Result<()> {
    let kappas = [1.0, 0.999, 0.99, 0.9];
    let epsilons = [0.01, 0.003, 0.001];
    let curves = |seed: u64| -> ketlab::Result<Vec<CurveResult>> {
        let curve = |&kappa: &f64| {
            ErrorCurve::new([EstimationProblem::bernoulli(0.2)?])?
                .kappa(kappa)?
                .methods(&[
                    EstimatorKind::Mlae,
                    EstimatorKind::NoiseAware,
                    EstimatorKind::MonteCarlo,
                ])
                .budgets(&BUDGETS)?
                .repeats(if cfg!(debug_assertions) { 10 } else { 100 })?
                .seed(seed)
                .run()
        };
        kappas.iter().map(curve).collect()
    };
    let first = curves(7)?;
    let mut tables = vec![NoiseTable::new(&first, &epsilons)];
    let seeds = if cfg!(debug_assertions) { 2 } else { 10 };
    for seed in 8..7 + seeds {
        tables.push(NoiseTable::new(&curves(seed)?, &epsilons));
    }
    println!(
        "the cheapest method, and how many times cheaper than Monte Carlo, over {seeds} seeds:"
    );
    for (row, kappa) in kappas.iter().enumerate() {
        print!("  κ = {kappa:<6}");
        for (column, epsilon) in epsilons.iter().enumerate() {
            let best: Vec<_> = tables.iter().filter_map(|t| t.best[row][column].as_ref()).collect();
            let gains: Vec<f64> = best.iter().map(|b| b.gain).collect();
            // Reached with every seed or not at all: a mean of the lucky ones would say too much.
            if gains.len() < tables.len() {
                print!("  ε = {epsilon}: not reached");
                continue;
            }
            let n = gains.len() as f64;
            let reach = student_quantile(n - 1.0, 0.975) * (variance(&gains) / n).sqrt();
            let mean = mean(&gains);
            let name = &best[0].method;
            print!(
                "  ε = {epsilon}: {name} {mean:.1} × [{:.1}, {:.1}]",
                mean - reach,
                mean + reach
            );
        }
        println!();
    }
    noise_figure(&first, Measure::Rmse)?.save(picture("qae_noise"))
}
