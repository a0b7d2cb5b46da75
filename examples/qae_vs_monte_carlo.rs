//! Quantum amplitude estimation against Monte Carlo, honestly: every use of A is counted, every
//! interval says what it promises, and the classical side may use its best methods too.
//!
//! `cargo run --release --example qae_vs_monte_carlo` writes
//! `target/qae_vs_monte_carlo.svg`, `target/qae_integral.svg` and `target/qae_noise.svg`.

use ketlab::estimation::{
    ErrorCurve, EstimationProblem, Integrand, Measure, Method, NoiseTable, Setup, noise_figure,
};

const BUDGETS: [u64; 7] = [100, 316, 1000, 3162, 10_000, 31_623, 100_000];
/// Where all methods have reached the slopes of their theories.
const LARGE_BUDGETS: [u64; 7] = [1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000];

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
            Method::Iterative,
            Method::Mlae,
            Method::Bayesian,
            Method::Canonical,
            Method::PowerLaw { beta: 0.5 },
            Method::MonteCarlo,
        ])
        .budgets(&LARGE_BUDGETS)?
        .repeats(20)?
        .seed(7)
        .run()?;
    println!("a from 0.15 to 0.25: slopes of the median error against uses of A");
    for curve in &result.curves {
        if let Some(slope) = curve.slope(Measure::MedianAbsolute) {
            let last = curve.points.last().expect("it has a slope");
            println!(
                "  {:<12} {:6.3} [{:.3}, {:.3}]; intervals held the truth {:5.1} % of the time",
                curve.method,
                slope.value,
                slope.low,
                slope.high,
                100.0 * last.coverage
            );
        }
    }
    let sampling = result.curve("monte-carlo").expect("it is one of the methods");
    for curve in &result.curves {
        let last = curve.points.last().expect("all methods fit some budget");
        if let Some(error) = sampling.error_at(last.uses, Measure::MedianAbsolute) {
            let factor = error / last.median_absolute_error;
            println!(
                "  {:<12} {factor:5.1} × smaller error after {:.0} uses",
                curve.method, last.uses
            );
        }
    }
    result.figure(Measure::MedianAbsolute).save(picture("qae_vs_monte_carlo"))
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
            Method::Mlae,
            Method::MonteCarlo,
            Method::ControlVariate,
            Method::Stratified,
            Method::QuasiMonteCarlo,
        ])
        .budgets(&BUDGETS)?
        .repeats(100)?
        .seed(7)
        .run()?;
    for curve in &result.curves {
        let last = curve.points.last().expect("all budgets fit");
        println!("  {:<17} {:.1e} after {:.0} uses", curve.method, last.rmse, last.uses);
    }
    result.figure(Measure::Rmse).save(picture("qae_integral"))
}

/// Depolarizing noise: where the quadratic advantage ends.
fn noise() -> ketlab::Result<()> {
    let mut results = Vec::new();
    for kappa in [1.0, 0.999, 0.99, 0.9] {
        let curve = ErrorCurve::new([EstimationProblem::bernoulli(0.2)?])?
            .setup(Setup { kappa, ..Setup::default() })?
            .methods(&[Method::Mlae, Method::NoiseAware, Method::MonteCarlo])
            .budgets(&BUDGETS)?
            .repeats(100)?
            .seed(7);
        results.push(curve.run()?);
    }
    let epsilons = [0.01, 0.003, 0.001];
    let table = NoiseTable::new(&results, &epsilons);
    println!("the cheapest method, and how many times cheaper than Monte Carlo:");
    for (kappa, row) in table.kappas.iter().zip(&table.best) {
        print!("  κ = {kappa:<6}");
        for (epsilon, best) in epsilons.iter().zip(row) {
            match best {
                Some(b) => print!("  ε = {epsilon}: {} {:.1}×", b.method, b.monte_carlo / b.uses),
                None => print!("  ε = {epsilon}: none"),
            }
        }
        println!();
    }
    noise_figure(&results, Measure::Rmse).save(picture("qae_noise"))
}
