//! What a classifier says between the rows: over two features.

use super::job::Job;
use anyhow::Result;
use ketlab::learning::data::Targets;
use ketlab::learning::{Evaluation, Report};
use ketlab::report::{Axis, Chart, HeatMap, Series};
use ndarray::Array2;

/// Points along each axis, and fewer where a point takes long.
const GRID: usize = 60;
const COARSE: usize = 24;
/// Part of the range that is shown beyond the rows.
const MARGIN: f64 = 0.06;
/// From so many qubits on a point takes long.
const WIDE: usize = 11;

/// The probability of the second of two classes, or which of more is likeliest, with the rows.
pub fn chart(job: &Job, report: &Report) -> Result<Chart> {
    let (data, predictor) = (&job.data, &report.predictor);
    let names = &predictor.classes;
    let evaluation = means(job)?;
    let is_slow = matches!(evaluation, Evaluation::Noise(..))
        || predictor.model.circuit().num_qubits() >= WIDE;
    let count = if is_slow { COARSE } else { GRID };
    let ends = |column: usize| {
        let values = data.features();
        let values = values.column(column);
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let margin = if low < high { MARGIN * (high - low) } else { 1.0 };
        (low - margin, high + margin)
    };
    let (x, y) = (ends(0), ends(1));
    let at = |(low, high): (f64, f64), k: usize| low + (high - low) * k as f64 / (count - 1) as f64;
    let grid = Array2::from_shape_fn((count * count, 2), |(k, column)| match column {
        0 => at(x, k % count),
        _ => at(y, k / count),
    });
    let predicted =
        predictor.predict(&evaluation, &super::simulator(&job.manifest)?, grid.view())?;
    let two = names.len() == 2;
    let likeliest = ketlab::learning::most_probable(predicted.view());
    let value = |k: usize| if two { predicted[[k, 1]] } else { likeliest[k] as f64 };
    let values = (0..count).map(|row| (0..count).map(|c| value(row * count + c)).collect());
    let label = match two {
        true => format!("probability of {}", shown(data.target_name(), &names[1])),
        false => "number of the likeliest class".into(),
    };
    let map = HeatMap::new(label, x, y, values.collect());
    let axis = |k: usize| Axis::new(data.feature_names()[k].clone());
    let mut chart = Chart::new("Decision boundary", axis(0), axis(1)).heat_map(map);
    if let Targets::Classes { labels, .. } = data.targets() {
        for (class, name) in names.iter().enumerate() {
            let rows = (0..labels.len()).filter(|&k| labels[k] == class);
            let points = rows.map(|k| (data.features()[[k, 0]], data.features()[[k, 1]]));
            chart = chart.series(Series::points(
                shown(data.target_name(), name),
                points.collect::<Vec<_>>(),
            ));
        }
    }
    Ok(chart)
}

/// A class with what it is a class of: names are often numbers.
pub fn shown(target: &str, class: &str) -> String {
    format!("{target} = {class}")
}

/// How a picture is evaluated: without shots, whose scatter would be all that is seen.
pub fn means(job: &Job) -> Result<Evaluation> {
    Ok(match job.experiment().evaluation()? {
        Evaluation::Shots(_) => Evaluation::Exact,
        other => other,
    })
}
