//! Pictures of `ketlab boltzmann`.

use super::document::Document;
use super::saved::Entry;
use anyhow::Result;
use ketlab::boltzmann::{Distribution, GibbsState, Loss, Model};
use ketlab::report::{Axis, Chart, Figure, HeatMap, Series};
use std::path::Path;

/// Strings that a picture of a law has at most.
const MOST_STRINGS: usize = 64;
/// The most tiles.
const MOST_TILES: usize = 49;
/// A divergence below this is as good as 0 and not drawn on a logarithmic axis.
const LEAST: f64 = 1e-9;

/// Learning curves of all machines, and the law of the trained one against the data.
pub fn training(document: &Document, data: &Distribution, loss: Loss) -> Figure {
    let y = Axis::new("KL divergence").unit("nats").log();
    let mut curves = Chart::new("Learning curves", Axis::new("iteration"), y);
    let rivals = &document.rivals;
    let entries =
        [Some(&document.entry), rivals.classical.as_ref(), rivals.classical_hidden.as_ref()];
    let last = |entry: &Entry| entry.history.last().map_or(0, |step| step.iteration);
    let longest = entries.into_iter().flatten().map(last).max().unwrap_or(0);
    for (slot, entry) in entries.into_iter().enumerate() {
        let Some(entry) = entry else { continue };
        curves = curves.series(curve(entry, longest).slot(slot));
    }
    let title = format!("{}: {}", document.data, document.entry.model);
    let figure = Figure::new(title).caption(format!("trained by {loss}")).panel(curves);
    match law(&document.entry.machine, data) {
        Some(chart) => figure.panel(chart).columns(2),
        None => figure,
    }
}

/// The divergence by iteration; one that has ended stays where it is.
fn curve(entry: &Entry, longest: usize) -> Series {
    let points = entry.history.iter().filter_map(|step| Some((step.iteration as f64, step.kl?)));
    let end = entry.history.last().and_then(|step| Some((longest as f64, step.kl?)));
    let points = points.chain(end);
    let name = format!("{}, {} parameters", entry.model, entry.num_parameters);
    Series::line(name, points.filter(|p| p.1 > LEAST).collect::<Vec<_>>())
}

/// q and P of all strings, where these are few.
fn law(model: &Model, data: &Distribution) -> Option<Chart> {
    let machine = model.machine().filter(|m| 1 << m.num_visible().min(60) <= MOST_STRINGS)?;
    let state = GibbsState::of(&machine).ok()?;
    let mut q = vec![0.0; state.probabilities().len()];
    for (bits, probability) in data.outcomes() {
        q[bits.value(0, data.num_bits()) as usize] = *probability;
    }
    let numbered =
        |values: &[f64]| values.iter().enumerate().map(|(v, p)| (v as f64, *p)).collect::<Vec<_>>();
    let (x, y) = (Axis::new("string, as a number"), Axis::new("probability"));
    let chart = Chart::new("The law", x, y)
        .series(Series::points("data", numbered(&q)).slot(6))
        .series(Series::line("machine", numbered(state.probabilities())).slot(0));
    Some(chart)
}

/// Frequencies of samples against the exact law, where that is small.
pub fn frequencies(file: &Path, model: &Model, samples: &Distribution) -> Result<Figure> {
    let points = |law: &Distribution| {
        let numbered = law.outcomes().iter();
        numbered
            .map(|(bits, p)| (bits.value(0, law.num_bits().min(53)) as f64, *p))
            .collect::<Vec<_>>()
    };
    let (x, y) = (Axis::new("string, as a number"), Axis::new("share of samples"));
    let mut chart =
        Chart::new("Samples", x, y).series(Series::points("samples", points(samples)).slot(2));
    if let Some(machine) = model.machine().filter(|m| 1 << m.num_visible().min(60) <= MOST_STRINGS)
    {
        let state = GibbsState::of(&machine)?;
        let exact = state.probabilities().iter().enumerate().map(|(v, p)| (v as f64, *p));
        chart = chart.series(Series::line("exact law", exact).slot(0));
    }
    Ok(Figure::new(title(file)).panel(chart))
}

/// The most frequent samples as tiles of rows and columns, the most frequent one first.
pub fn tiles(file: &Path, samples: &Distribution, (rows, columns): (usize, usize)) -> Figure {
    let mut order: Vec<_> = samples.outcomes().iter().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    order.truncate(MOST_TILES);
    let across = (1..).find(|a| a * a >= order.len()).unwrap_or(1);
    let down = order.len().div_ceil(across);
    let (height, width) = (down * (rows + 1) - 1, across * (columns + 1) - 1);
    let mut values = vec![vec![f64::NAN; width]; height];
    for (k, (bits, _)) in order.iter().enumerate() {
        let (top, left) = (k / across * (rows + 1), k % across * (columns + 1));
        for r in 0..rows {
            for c in 0..columns {
                // Rows of a heat map go upwards.
                let row = height - 1 - (top + r);
                values[row][left + c] = f64::from(u8::from(bits.bit(r * columns + c)));
            }
        }
    }
    let all: f64 = order.iter().map(|o| o.1).sum();
    let map = HeatMap::new("bit", (0.0, width as f64 - 1.0), (0.0, height as f64 - 1.0), values);
    let caption =
        format!("the {} most frequent strings, {:.1} % of all samples", order.len(), 100.0 * all);
    let chart = Chart::new("Samples", Axis::new("pixels"), Axis::new("pixels")).heat_map(map);
    Figure::new(title(file)).caption(caption).panel(chart)
}

fn title(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
