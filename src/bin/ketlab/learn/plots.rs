//! Pictures of `ketlab learn`.

use super::boundary::{self, means, shown};
use super::job::{Job, simulator};
use super::report::name;
use crate::text::plural;
use anyhow::Result;
use ketlab::learning::data::Targets;
use ketlab::learning::{Metrics, Report};
use ketlab::report::{Axis, Chart, Figure, HeatMap, Series};
use ndarray::Array2;

/// Places along a curve.
const POINTS: usize = 201;
/// Colours of parts of the rows and of models, the same on all panels.
const TRAIN: usize = 0;
const VALIDATION: usize = 4;
const TEST: usize = 1;
const MODEL: usize = 6;

pub fn figure(job: &Job, report: &Report) -> Result<Figure> {
    let data = &job.data;
    let caption = format!(
        "{}, {}; {}, {}, loss {}, seed {}",
        job.manifest.source,
        plural(data.num_rows(), "row"),
        plural(report.predictor.model.circuit().num_qubits(), "qubit"),
        plural(report.predictor.model.num_parameters(), "parameter"),
        report.predictor.loss,
        job.experiment().seed,
    );
    let mut figure = Figure::new(format!("Learning: {}", name(job)))
        .caption(caption)
        .panel(losses(report))
        .columns(3);
    match data.targets() {
        Targets::Values(values) => {
            if data.num_features() == 1 {
                figure = figure.panel(fit(job, report, values)?);
            }
            figure = figure.panel(residuals(job, report, values));
        }
        Targets::Classes { labels, .. } => {
            match data.num_features() {
                1 => figure = figure.panel(probabilities(job, report, labels)?),
                2 => figure = figure.panel(boundary::chart(job, report)?),
                _ => {}
            }
            figure = figure.panel(confusion(job, report));
        }
    }
    Ok(figure)
}

fn losses(report: &Report) -> Chart {
    let history = &report.history;
    let curve = |loss: fn(&ketlab::learning::Epoch) -> Option<f64>| -> Vec<(f64, f64)> {
        history.iter().filter_map(|epoch| Some((epoch.epoch as f64, loss(epoch)?))).collect()
    };
    let (train, validation) = (curve(|e| Some(e.train_loss)), curve(|e| e.validation_loss));
    let is_positive = train.iter().chain(&validation).all(|point| point.1 > 0.0);
    let y = Axis::new(format!("{} loss", report.predictor.loss));
    let y = if is_positive { y.log() } else { y };
    let mut chart =
        Chart::new("Loss", Axis::new("epoch"), y).series(Series::line("train", train).slot(TRAIN));
    if !validation.is_empty() {
        chart = chart.series(Series::line("validation", validation).slot(VALIDATION));
    }
    chart.vertical("best epoch", report.best_epoch as f64)
}

/// The parts of the rows, with their colours.
fn parts(report: &Report) -> [(&'static str, &[usize], usize); 3] {
    let split = &report.split;
    [
        ("train", &split.train[..], TRAIN),
        ("validation", &split.validation, VALIDATION),
        ("test", &split.test, TEST),
    ]
}

/// The features of a curve over the only one.
fn along(job: &Job) -> Array2<f64> {
    let features = job.data.features();
    let low = features.iter().copied().fold(f64::INFINITY, f64::min);
    let high = features.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Array2::from_shape_fn((POINTS, 1), |(k, _)| low + (high - low) * k as f64 / (POINTS - 1) as f64)
}

/// The function that was learned, the rows, and what others made of them.
fn fit(job: &Job, report: &Report, values: &[f64]) -> Result<Chart> {
    let data = &job.data;
    let x = along(job);
    let y = report.predictor.predict(&means(job)?, &simulator(&job.manifest)?, x.view())?;
    let axis = |name: &str| Axis::new(name);
    let mut chart = Chart::new("Fit", axis(&data.feature_names()[0]), axis(data.target_name()));
    for (part, rows, slot) in parts(report).into_iter().filter(|part| !part.1.is_empty()) {
        let points: Vec<_> = rows.iter().map(|&k| (data.features()[[k, 0]], values[k])).collect();
        chart = chart.series(Series::points(part, points).slot(slot));
    }
    let mut order: Vec<usize> = (0..data.num_rows()).collect();
    order.sort_by(|&a, &b| data.features()[[a, 0]].total_cmp(&data.features()[[b, 0]]));
    for beside in &report.baselines {
        let points = order.iter().map(|&k| (data.features()[[k, 0]], beside.predictions[[k, 0]]));
        chart = chart.series(Series::reference(beside.name.clone(), points.collect::<Vec<_>>()));
    }
    let curve: Vec<_> = x.iter().copied().zip(y.iter().copied()).collect();
    Ok(chart.series(Series::line("the model", curve).slot(MODEL)))
}

fn residuals(job: &Job, report: &Report, values: &[f64]) -> Chart {
    let target = job.data.target_name();
    let x = Axis::new(format!("predicted {target}"));
    let y = Axis::new(format!("{target} - predicted {target}"));
    let mut chart = Chart::new("Residuals", x, y);
    for (part, rows, slot) in parts(report).into_iter().filter(|part| !part.1.is_empty()) {
        let of = |&k: &usize| {
            let predicted = report.predictions[[k, 0]];
            (predicted, values[k] - predicted)
        };
        let points: Vec<_> = rows.iter().map(of).collect();
        chart = chart.series(Series::points(part, points).slot(slot));
    }
    chart.horizontal("as predicted", 0.0)
}

/// Probabilities of classes over one feature; the rows of each class lie below or above.
fn probabilities(job: &Job, report: &Report, labels: &[usize]) -> Result<Chart> {
    let data = &job.data;
    let x = along(job);
    let y = report.predictor.predict(&means(job)?, &simulator(&job.manifest)?, x.view())?;
    let axes = (Axis::new(data.feature_names()[0].clone()), Axis::new("probability"));
    let mut chart = Chart::new("Probabilities of classes", axes.0, axes.1);
    for (class, name) in report.predictor.classes.iter().enumerate() {
        let name = shown(data.target_name(), name);
        let curve: Vec<_> = x.iter().copied().zip(y.column(class).iter().copied()).collect();
        let rows = (0..labels.len()).filter(|&k| labels[k] == class);
        let height = -0.05 * (class + 1) as f64;
        let points: Vec<_> = rows.map(|k| (data.features()[[k, 0]], height)).collect();
        chart = chart
            .series(Series::line(name.clone(), curve).slot(class))
            .series(Series::points(format!("rows, {name}"), points).slot(class));
    }
    Ok(chart)
}

/// Which part of the rows of each class is taken for which.
fn confusion(job: &Job, report: &Report) -> Chart {
    let names = &report.predictor.classes;
    let Metrics::Classification(metrics) = &report.decisive().metrics else {
        unreachable!("classes have the metrics of classes")
    };
    let (part, rows) = match (report.split.test.len(), report.split.validation.len()) {
        (0, 0) => ("training", report.split.train.len()),
        (0, rows) => ("validation", rows),
        (rows, _) => ("test", rows),
    };
    let share = |row: &Vec<usize>| -> Vec<f64> {
        let total: usize = row.iter().sum();
        row.iter().map(|&n| n as f64 / total.max(1) as f64).collect()
    };
    let values = metrics.confusion.iter().map(share).collect();
    let last = names.len() as f64 - 1.0;
    let map = HeatMap::new("part of the true class", (0.0, last), (0.0, last), values);
    let hits: usize = (0..names.len()).map(|k| metrics.confusion[k][k]).sum();
    let mut caption = format!("{hits} of {rows} {part} rows right");
    // Axes have numbers.
    if names.iter().enumerate().any(|(k, name)| *name != k.to_string()) {
        let key = names.iter().enumerate().map(|(k, name)| format!("{k}: {name}"));
        caption += &format!("; {}", key.collect::<Vec<_>>().join(", "));
    }
    let target = job.data.target_name();
    Chart::new(
        "Confusion",
        Axis::new(format!("predicted {target}")),
        Axis::new(format!("true {target}")),
    )
    .heat_map(map.with_values())
    .caption(caption)
}
