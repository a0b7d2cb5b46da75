//! Four of fourteen assets at several risk aversions: encoded with a penalty that is proven to be enough,
//! annealed and solved exactly, decoded, and what a penalty that is too small does. The returns are
//! synthetic: a market, four sectors and a part of each asset's own. Writes target/portfolio.svg and .png.

use ketlab::ising::SimulatedAnnealing;
use ketlab::ising::problems::{Assets, Encode, Encoded, Holdings, PenaltyRule, Portfolio};
use ketlab::math::{Bits, Domain, Streams};
use ketlab::report::{Axis, Chart, Series, Style};
use rand::RngExt;
use rand_distr::StandardNormal;

const ASSETS: usize = 14;
const HELD: usize = 4;
const MONTHS: usize = 120;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let assets = synthetic()?;
    println!(
        "{HELD} of {ASSETS} synthetic assets, returns of {MONTHS} months, 64 reads of 200 sweeps"
    );
    println!("     q  penalty    bound  feasible   annealed      exact  return %  risk %  assets");
    let (mut exact, mut annealed) = (Vec::new(), Vec::new());
    for q in [0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 8.0, 64.0] {
        let encoded = Encoded::new(Portfolio::try_new(assets.clone(), q, HELD)?, None)?;
        let PenaltyRule::Above { bound, .. } = encoded.penalty_rule() else { unreachable!() };
        let model = encoded.to_ising()?;
        let samples = SimulatedAnnealing::new().reads(64).sweeps(200).seed(1).run(&model)?;
        let assessed = encoded.assess(&samples)?;
        let ground = encoded.decode(&model.ground_state()?.bits)?;
        let (best, least) = ground.solution.ok_or("the penalty is enough, so this is feasible")?;
        let found = assessed.best.as_ref().ok_or("no read is feasible")?;
        exact.push(risk_and_return(&best));
        annealed.push(risk_and_return(&found.solution));
        let (risk, mean) = risk_and_return(&found.solution);
        println!(
            "{q:6.1} {:8.4} {bound:8.4} {:7.1} % {:10.5} {least:10.5} {mean:9.3} {risk:7.3}  {}",
            encoded.penalty().unwrap_or_default(),
            100.0 * assessed.feasibility().unwrap_or_default(),
            found.objective,
            found.solution.names.join(" ")
        );
    }
    too_small(&assets)?;
    let chart = Chart::new(
        format!("{HELD} of {ASSETS} synthetic assets"),
        Axis::new("standard deviation of the mean return").unit("% a month"),
        Axis::new("expected return").unit("% a month"),
    )
    .series(Series::points(format!("all choices of {HELD}"), all_choices(&assets)?).slot(2))
    .series(Series::new("least q xᵀΣx - μᵀx", Style::LinePoints, exact).slot(0))
    .series(Series::points("annealed, decoded", annealed).slot(1));
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        chart.save(format!("{folder}/target/portfolio.{extension}"))?;
    }
    Ok(())
}

/// A penalty of a tenth of its bound: the model prefers to hold more.
fn too_small(assets: &Assets) -> ketlab::Result<()> {
    let portfolio = Portfolio::try_new(assets.clone(), 0.5, HELD)?;
    let PenaltyRule::Above { bound, .. } = portfolio.penalty_rule() else { unreachable!() };
    let encoded = Encoded::new(portfolio, Some(bound / 10.0))?;
    let samples =
        SimulatedAnnealing::new().reads(64).sweeps(200).seed(1).run(&encoded.to_ising()?)?;
    let assessed = encoded.assess(&samples)?;
    println!("\na penalty of a tenth of its bound, at q = 0.5:");
    println!("  feasible before repair: {} of {} reads", assessed.feasible_reads, assessed.reads);
    for violation in &assessed.violations_of_lowest {
        println!("  the lowest: {violation}");
    }
    for suspicion in &assessed.suspicions {
        println!("  {suspicion}");
    }
    if let Some(best) = &assessed.best_repaired {
        println!("  the best after repair: {:.5}", best.objective);
    }
    Ok(())
}

/// Months of returns of a market, four sectors and each asset, with assets that pay for their risk.
fn synthetic() -> ketlab::Result<Assets> {
    let mut rng = Streams::new(22, Domain::Instances).stream(0);
    let mut normal = |deviation: f64| deviation * rng.sample::<f64, _>(StandardNormal);
    let rows: Vec<Vec<f64>> = (0..MONTHS)
        .map(|_| {
            let market = normal(0.03);
            let sectors: Vec<f64> = (0..4).map(|_| normal(0.02)).collect();
            let asset = |i: usize| {
                let weight = 0.4 + 0.1 * i as f64;
                0.004 * weight
                    + weight * (market + sectors[i % 4])
                    + normal(0.02 + 0.002 * i as f64)
            };
            (0..ASSETS).map(asset).collect()
        })
        .collect();
    Assets::from_returns((0..ASSETS).map(|i| format!("A{i}")).collect(), &rows)
}

/// Standard deviation and mean of the return of equal parts, in percent.
fn risk_and_return(holdings: &Holdings) -> (f64, f64) {
    let parts = holdings.assets.len() as f64;
    (100.0 * holdings.variance.sqrt() / parts, 100.0 * holdings.expected_return / parts)
}

fn all_choices(assets: &Assets) -> ketlab::Result<Vec<(f64, f64)>> {
    let portfolio = Portfolio::try_new(assets.clone(), 1.0, HELD)?;
    let all = (0..1u64 << ASSETS).filter(|x| x.count_ones() as usize == HELD);
    let held = all.filter_map(|x| portfolio.decode(&Bits::from_u64(x, ASSETS)).solution);
    Ok(held.map(|(holdings, _)| risk_and_return(&holdings)).collect())
}
