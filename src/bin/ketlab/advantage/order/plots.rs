//! The phase histogram, time against size, operations against size.

use ketlab::advantage::order_finding::{
    Beauregard, Crossover, Details, OrderFinding, OrderLaw, Study,
};
use ketlab::advantage::{Contender, Kind, Report};
use ketlab::math::statistics::mean;
use ketlab::report::{Axis, Chart, Figure, Series, Style};

/// Points of a law that are drawn: beyond, neighbours that are small are left out.
const SMALL: f64 = 1e-4;

pub fn figure(experiment: &OrderFinding, report: &Report<Details>) -> Figure {
    let verdicts: Vec<&str> = report.claims.iter().map(|judged| judged.text.as_str()).collect();
    let title = match experiment.number {
        Some(number) => format!("Order finding and factoring: {number}"),
        None => "Order finding and factoring".into(),
    };
    let mut figure = Figure::new(title)
        .caption(format!("{}; seed {}", verdicts.join("; "), experiment.seed))
        .columns(2);
    let listed = report
        .details
        .studies
        .iter()
        .find(|s| s.check.as_ref().is_some_and(|c| !c.outcomes.is_empty()));
    let histogram = listed.and_then(histogram);
    let is_alone = report.details.studies.len() == 1 && histogram.is_some();
    if let Some(chart) = histogram {
        figure = figure.panel(chart);
    }
    // One size is no curve.
    if is_alone {
        return figure;
    }
    figure.panel(times(report)).panel(operations(report))
}

/// How often the circuit measured what, with the law.
fn histogram(study: &Study) -> Option<Chart> {
    let check = study.check.as_ref()?;
    let law = OrderLaw::new(check.order, study.clock_bits).ok()?;
    let size = 1u64 << study.clock_bits;
    let place = |y: u64| y as f64 / size as f64;
    let probability = |y: u64| law.probability(y.into());
    let is_seen = |y: u64| {
        let neighbours = [y.wrapping_sub(1), y, y + 1];
        neighbours.iter().any(|&y| y < size && probability(y) > SMALL)
    };
    let curve = (0..size).filter(|&y| y == 0 || y == size - 1 || is_seen(y));
    let curve = curve.map(|y| (place(y), probability(y)));
    let shots = check.shots as f64;
    let counts = check.outcomes.iter().map(|&(y, count)| (place(y), count as f64 / shots));
    let title = format!("{} has the order {} modulo {}", check.base, check.order, study.number);
    let chart = Chart::new(title, Axis::new("y/2^t"), Axis::new("probability"))
        .caption(format!("{} shots, {} clock bits", check.shots, study.clock_bits))
        .series(Series::line("law", curve))
        .series(Series::points("circuit", counts));
    Some(chart)
}

/// Contenders of a quantity by their names, in order.
fn by_name<'r>(report: &'r Report<Details>, quantity: &str) -> Vec<(&'r str, Vec<&'r Contender>)> {
    let mut named: Vec<(&str, Vec<&Contender>)> = Vec::new();
    for contender in report.contenders.iter().filter(|c| c.quantity == quantity) {
        match named.iter_mut().find(|(name, _)| *name == contender.name) {
            Some((_, list)) => list.push(contender),
            None => named.push((&contender.name, vec![contender])),
        }
    }
    named
}

fn times(report: &Report<Details>) -> Chart {
    let mut chart = Chart::new(
        "Seconds on this machine",
        Axis::new("bits of N"),
        Axis::new("time").unit("s").log(),
    );
    let simulated = by_name(report, "seconds")
        .into_iter()
        .filter(|(_, list)| list.iter().any(|contender| contender.kind == Kind::Quantum));
    // Rivals have seconds at all sizes, beside their operations.
    let rivals = by_name(report, "operations").into_iter();
    for (name, list) in simulated.chain(rivals) {
        let points: Vec<(f64, f64)> = list
            .iter()
            .filter_map(|c| Some((c.size as f64, c.cost.seconds.filter(|s| *s > 0.0)?)))
            .collect();
        if !points.is_empty() {
            chart = chart.series(Series::new(name, Style::LinePoints, points));
        }
    }
    chart
}

fn operations(report: &Report<Details>) -> Chart {
    let mut chart = Chart::new(
        "Operations, and where they would cross",
        Axis::new("bits of N"),
        Axis::new("gates or operations").log(),
    );
    let mut last = 4;
    for (name, list) in by_name(report, "operations") {
        let scored = list.iter().filter_map(|c| Some((c.size, c.score?)));
        let scored: Vec<_> = scored.filter(|(_, score)| score.value > 0.0).collect();
        last = scored.iter().map(|(size, _)| *size).fold(last, u64::max);
        let points = scored.iter().map(|(size, score)| (*size as f64, score.value));
        let band = scored.iter().map(|(_, score)| (score.low.max(0.5), score.high));
        if !scored.is_empty() {
            let series = Series::new(name, Style::LinePoints, points.collect::<Vec<_>>());
            chart = chart.series(series.with_band(band));
        }
    }
    let crossovers = &report.details.crossovers;
    let of_best =
        crossovers.iter().filter(|c| c.gate == 1.0).max_by_key(|c| c.bits.unwrap_or(u64::MAX));
    match of_best {
        Some(crossover) => extrapolated(chart, crossover, report, last),
        None => chart,
    }
}

/// Both curves beyond the evidence, for the rival that is caught up with last.
fn extrapolated(
    mut chart: Chart,
    crossover: &Crossover,
    report: &Report<Details>,
    last: u64,
) -> Chart {
    let studies = &report.details.studies;
    let runs: Vec<f64> = studies.iter().filter_map(|s| s.mean_runs).collect();
    let runs = mean(&runs);
    let Some(bits) = crossover.bits else {
        return chart.vertical("the evidence ends; no crossover", last as f64);
    };
    let sizes = || (last..=bits + bits / 8).step_by(2);
    let gates = sizes().map(|n| (n as f64, runs * Beauregard::banded(n, 2 * n).gates as f64));
    let rival =
        sizes().map(|n| (n as f64, (crossover.intercept + crossover.slope * n as f64).exp2()));
    chart = chart
        .series(Series::reference("gates, beyond the evidence", gates))
        .series(Series::reference(format!("{}, extrapolated", crossover.rival), rival));
    chart
        .vertical("the evidence ends", last as f64)
        .vertical("crossover, by extrapolation", bits as f64)
}
