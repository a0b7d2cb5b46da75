//! Pictures of `ketlab kernel`.

use crate::text::plural;
use ketlab::learning::data::Targets;
use ketlab::learning::kernel_study::{Contestant, KernelReport};
use ketlab::report::{Axis, Chart, Figure, HeatMap, Series};
use ndarray::Array2;

/// Cells along a side: of more rows, blocks are averaged.
const MOST_CELLS: usize = 160;
/// Of the line of a contestant; they are 1 apart.
const HALF_BOX: f64 = 0.25;

/// The quantum kernel and the best classical one, rows sorted by class (or target).
pub fn matrices(report: &KernelReport, source: &str) -> Figure {
    let (order, ends) = sorted(&report.train_targets);
    let by = match &report.train_targets {
        Targets::Classes { names, .. } => format!("by class: {}", names.join(", ")),
        Targets::Values(_) => "by target".into(),
    };
    let figure = Figure::new(format!("Kernels of {source}")).caption(format!(
        "{} to learn from, sorted {by}; seed {}",
        plural(order.len(), "row"),
        report.experiment.seed
    ));
    let title = format!("{}, {}", report.quantum.name, report.quantum.setting);
    let figure = figure.panel(matrix(&title, &report.kernel, &order, &ends));
    let Some(kernel) = &report.classical_kernel else { return figure };
    let best =
        report.rivals.iter().find(|rival| Some(&rival.name) == report.best_classical.as_ref());
    let title = best.map_or_else(String::new, |rival| rival.setting.clone());
    figure.panel(matrix(&title, kernel, &order, &ends)).columns(2)
}

/// Rows by class, else by target, and where classes end.
fn sorted(targets: &Targets) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..targets.len()).collect();
    match targets {
        Targets::Values(values) => {
            order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
            (order, vec![])
        }
        Targets::Classes { labels, .. } => {
            order.sort_by_key(|&row| labels[row]);
            let ends = (1..order.len()).filter(|&k| labels[order[k]] != labels[order[k - 1]]);
            let ends = ends.collect();
            (order, ends)
        }
    }
}

fn matrix(title: &str, kernel: &Array2<f64>, order: &[usize], ends: &[usize]) -> Chart {
    let count = order.len();
    let cells = count.min(MOST_CELLS);
    let block = |cell: usize| cell * count / cells..(cell + 1) * count / cells;
    let mean = |i: usize, j: usize| {
        let (rows, columns) = (block(i), block(j));
        let number = (rows.len() * columns.len()) as f64;
        let pairs = rows.flat_map(|r| columns.clone().map(move |c| (r, c)));
        pairs.map(|(r, c)| kernel[[order[r], order[c]]]).sum::<f64>() / number
    };
    let values = (0..cells).map(|i| (0..cells).map(|j| mean(i, j)).collect()).collect();
    let half = count as f64 / cells as f64 / 2.0;
    let range = (half, count as f64 - half);
    let axis = || Axis::new("row").range(0.0, count as f64);
    let mut chart = Chart::new(title, axis(), axis());
    chart = chart.heat_map(HeatMap::new("kernel", range, range, values));
    for &end in ends {
        chart =
            chart.vertical("end of a class", end as f64).horizontal("end of a class", end as f64);
    }
    chart
}

/// What each contestant is worth on training rows and on those that judge.
pub fn scores(report: &KernelReport, source: &str) -> Figure {
    let metric = report.train.metrics.score_name().replace("r2", "R²");
    let all: Vec<&Contestant> = std::iter::once(&report.quantum).chain(&report.rivals).collect();
    let x = Axis::new("who").range(0.5, all.len() as f64 + 0.5);
    let (mut points, mut band) = (Vec::new(), Vec::new());
    for (x, contestant) in (1..).map(f64::from).zip(&all) {
        let (score, error) = (contestant.score(), standard_error(contestant).unwrap_or(0.0));
        // A short line for each, so a box of its standard error about it, and a gap.
        points.extend([(x - HALF_BOX, score), (x + HALF_BOX, score), (x, f64::NAN)]);
        band.extend([(score - error, score + error); 3]);
    }
    let train = (1..).zip(&all).map(|(x, c)| (f64::from(x), c.train.metrics.score()));
    let (judge, rows) = match (&report.test, report.split.test.len()) {
        (Some(_), rows) => ("test rows", format!("{} judge", plural(rows, "row"))),
        (None, _) => ("folds", format!("{} folds judge", report.experiment.folds)),
    };
    let names = (1..).zip(&all).map(|(k, c)| format!("{k} {} {:.3}", c.name, c.score()));
    let chart = Chart::new("", x, Axis::new(&*metric))
        .caption(names.collect::<Vec<_>>().join(", "))
        .series(Series::line(format!("{judge}, standard error"), points).with_band(band).slot(0))
        .series(Series::points("training rows", train.collect::<Vec<_>>()).slot(1));
    Figure::new(format!("Kernels and their rivals on {source}"))
        .caption(format!(
            "{} to learn from, {rows}; learner {}, seed {}",
            plural(report.split.train.len(), "row"),
            report.experiment.learner,
            report.experiment.seed
        ))
        .panel(chart)
}

/// Of an accuracy of rows, or of the mean over folds.
pub fn standard_error(contestant: &Contestant) -> Option<f64> {
    use ketlab::learning::Metrics;
    match (&contestant.test, &contestant.cross_validation) {
        (Some(test), _) => match &test.metrics {
            Metrics::Classification(metrics) => {
                let rows: usize = metrics.confusion.iter().flatten().sum();
                Some((metrics.accuracy * (1.0 - metrics.accuracy) / rows as f64).sqrt())
            }
            Metrics::Regression(_) => None,
        },
        (None, Some(folds)) => folds.standard_error,
        (None, None) => None,
    }
}
