//! The budget as stacked bars, and what all cost against the number of unknowns.

use ketlab::advantage::linear_systems::{Budget, LinearDetails, LinearSystems};
use ketlab::advantage::{Contender, Report};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

pub fn figure(experiment: &LinearSystems, report: &Report<LinearDetails>) -> Figure {
    let verdict = report.claims.first().map_or("", |judged| judged.text.as_str());
    let title = format!("HHL asked for {} to {}", experiment.question, experiment.error);
    let mut figure = Figure::new(title)
        .caption(format!(
            "fewer operations than classical solvers: {verdict}; seed {}",
            experiment.seed
        ))
        .columns(2);
    let smallest = report.details.budgets.iter().map(|budget| budget.size).min();
    let budgets: Vec<&Budget> =
        report.details.budgets.iter().filter(|budget| Some(budget.size) == smallest).collect();
    if !budgets.is_empty() {
        figure = figure.panel(budget(&budgets));
    }
    figure.panel(cost(report))
}

/// Items over clock qubits, with the error without shots of the law and of whole circuits.
fn budget(budgets: &[&Budget]) -> Chart {
    let x = Axis::new("clock qubits");
    let y = Axis::new("change of the answer").unit("%");
    let size = budgets[0].size;
    let mut chart = Chart::new(format!("Error budget at {size} unknowns"), x, y);
    for (k, item) in budgets[0].items.iter().enumerate() {
        let changes = budgets.iter().map(|b| (b.clock as f64, 100.0 * b.items[k].change));
        // What is nothing everywhere needs no place in the legend.
        if budgets.iter().any(|b| b.items[k].change.abs() > 1e-9) {
            chart = chart.series(Series::bars(&item.name, changes));
        }
    }
    let of = |value: fn(&Budget) -> Option<f64>| {
        let points = budgets.iter().filter_map(move |b| Some((b.clock as f64, 100.0 * value(b)?)));
        points.collect::<Vec<_>>()
    };
    chart = chart.series(Series::new("sum without shots", Style::LinePoints, of(|b| Some(b.bias))));
    let circuits = of(|b| b.circuit);
    if !circuits.is_empty() {
        chart = chart.series(Series::points("whole circuit, without shots", circuits));
    }
    chart.horizontal("exact", 0.0)
}

/// Operations of everybody, and of HHL under other assumptions.
fn cost(report: &Report<LinearDetails>) -> Chart {
    let x = Axis::new("unknowns").log();
    let mut chart = Chart::new("Cost", x, Axis::new("operations").log());
    let mut names: Vec<&str> = Vec::new();
    let played = || report.contenders.iter().filter(|c| c.quantity == "operations");
    for contender in played().filter(|c| c.score.is_some()) {
        if !names.contains(&contender.name.as_str()) {
            names.push(&contender.name);
        }
    }
    for name in names {
        let of = |c: &Contender| (c.name == name).then(|| Some((c.size as f64, c.score?.value)))?;
        chart = chart.series(Series::new(name, Style::LinePoints, played().filter_map(of)));
    }
    // From the largest size to where the charitable line crosses.
    let scenarios = &report.details.scenarios;
    let start = report.details.systems.iter().map(|study| study.size as f64).fold(0.0, f64::max);
    let crossed = scenarios.iter().filter_map(|s| Some((s, s.crossover.filter(|n| *n > start)?)));
    for (scenario, end) in crossed {
        let at = scenario.classical * end / start;
        let name = format!(
            "HHL if loading is {} and a use costs {}: {}",
            scenario.loading, scenario.evolution, scenario.reading
        );
        chart = chart.series(Series::new(
            name,
            Style::Dashed,
            [(start, scenario.operations), (end, at)],
        ));
        chart = chart.series(Series::reference(
            format!("{}, extrapolated", scenario.rival),
            [(start, scenario.classical), (end, at)],
        ));
    }
    if let Some(counted) = scenarios.first().filter(|s| s.crossover.is_none()) {
        let rival = &counted.rival;
        chart = chart.caption(format!("as counted, HHL never has fewer operations than {rival}"));
    }
    chart
}
