//! Pictures of `ketlab anneal`.

use super::compare::unit;
use super::document::Answer;
use super::schroedinger::{EvolutionShown, MomentShown};
use crate::model::Loaded;
use crate::text::plural;
use ketlab::annealing::{AnnealTime, Compared, Contender, GapCurve, Instance, Optimum};
use ketlab::ising::SampleSet;
use ketlab::report::{Axis, Chart, Figure, Legend, Series, Style, number};
use std::path::Path;

/// The most bars of a histogram.
const BARS: f64 = 40.0;

/// What was run, under a title.
fn caption(file: &Path, loaded: &Loaded, more: &str) -> String {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let model = &loaded.model;
    let (n, pairs) =
        (plural(model.num_spins(), "spin"), plural(model.couplings().len(), "coupling"));
    format!("{name}: {n}, {pairs}; {more}")
}

/// Of one anneal: success and energy along it, and the energies of the samples.
pub fn anneal(file: &Path, loaded: &Loaded, method: &str, answer: &Answer) -> Figure {
    let time = answer.units.time();
    let (what, more) = match (&answer.evolution, answer.samples.info.sweeps) {
        (Some(evolution), _) => ("Annealing by Schrödinger's equation", evolution.caption(time)),
        (None, Some(sweeps)) => ("Samples", format!("{method}, {sweeps} sweeps (no time)")),
        (None, None) if answer.degeneracy.is_some() => ("Ground states", method.to_string()),
        (None, None) => ("Samples", method.to_string()),
    };
    let reads = plural(answer.samples.reads() as usize, "read");
    let figure = Figure::new(what).caption(caption(file, loaded, &format!("{more}; {reads}")));
    let along = answer.evolution.as_ref().filter(|evolution| !evolution.moments.is_empty());
    let figure = match along {
        Some(evolution) => {
            let [success, energy] = moments(evolution, time);
            figure.panel(success).panel(energy)
        }
        None => figure,
    };
    figure.panel(energies(&answer.samples)).columns(2)
}

fn moments(evolution: &EvolutionShown, time: &'static str) -> [Chart; 2] {
    let forward = evolution.is_forward();
    let x = || if forward { Axis::new("s") } else { Axis::new("time").unit(time) };
    let series = |name: &str, y: fn(&MomentShown) -> f64| {
        let point = |m: &MomentShown| (if forward { m.s } else { m.time }, y(m));
        Series::line(name, evolution.moments.iter().map(point))
    };
    let success = Chart::new("Success", x(), Axis::new("probability").range(0.0, 1.0))
        .series(series("success probability", |m| m.success_probability).slot(0));
    let energy =
        Chart::new("Energy of the model", x(), Axis::new("energy").unit("the file's unit"))
            .series(series("mean energy", |m| m.model_energy).slot(1))
            .horizontal("lowest energy", evolution.ground_energy());
    [success, energy]
}

/// A histogram of the energies that were read: bars as an outline.
fn energies(samples: &SampleSet) -> Chart {
    let mut rows: Vec<(f64, u64)> =
        (0..samples.len()).map(|row| (samples.energy(row), samples.occurrences(row))).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (low, high) = (rows[0].0, rows[rows.len() - 1].0);
    let range = high - low;
    let gaps = rows.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let least = gaps.filter(|gap| *gap > 1e-9 * range).fold(f64::INFINITY, f64::min);
    let width = match range > 0.0 {
        true => least.max(range / BARS),
        false => (0.05 * low.abs()).max(0.5),
    };
    let count = (range / width).round() as usize + 1;
    let mut shares = vec![0.0; count];
    for (energy, occurrences) in rows {
        let bar = ((energy - low) / width).round() as usize;
        shares[bar.min(count - 1)] += occurrences as f64 / samples.reads() as f64;
    }
    let edge = |bar: usize| low + (bar as f64 - 0.5) * width;
    let mut outline = vec![(edge(0), 0.0)];
    for (bar, share) in shares.iter().enumerate() {
        outline.extend([(edge(bar), *share), (edge(bar + 1), *share)]);
    }
    outline.push((edge(count), 0.0));
    Chart::new(
        "Energies of the samples",
        Axis::new("energy").unit("the file's unit"),
        Axis::new("share of reads"),
    )
    .series(Series::line("samples", outline).slot(2))
}

/// The spectrum with the smallest gap marked, and the gap.
pub fn gap(file: &Path, loaded: &Loaded, schedule: &str, curve: &GapCurve) -> Figure {
    let unit = curve.units.energy();
    let least = curve.points.iter().map(|point| point.levels.len()).min().unwrap_or(0);
    let smallest = format!("smallest gap {} at s = {:.4}", number(curve.minimum_gap), curve.at);
    let mut levels = Chart::new(
        "Levels above the lowest",
        Axis::new("s"),
        Axis::new("energy above the ground level").unit(unit),
    )
    .vertical(smallest.clone(), curve.at);
    for k in 1..least {
        let points = curve.points.iter();
        let above = points.map(|p| (p.s, p.levels[k].energy - p.levels[0].energy));
        let series = Series::line("levels 1, 2, …", above).slot(6);
        levels = levels.series(series);
    }
    let gaps = || curve.points.iter().map(|point| (point.s, point.gap));
    let name = match curve.above_ground_space {
        true => "gap to the first level above the ground space",
        false => "gap E1 - E0",
    };
    let levels = levels.series(Series::line(name, gaps()).slot(3));
    let gap = Chart::new("Gap", Axis::new("s"), Axis::new("gap").unit(unit))
        .series(Series::line(name, gaps()).slot(3))
        .series(Series::points(smallest, [(curve.at, curve.minimum_gap)]).slot(1));
    let more = format!("{schedule} schedule, energies: {unit}; degeneracy {}", curve.degeneracy);
    Figure::new("Spectrum along the anneal")
        .caption(caption(file, loaded, &more))
        .panel(levels)
        .panel(gap)
}

/// The time to solution against the time of one anneal.
pub fn tts(
    file: &Path,
    loaded: &Loaded,
    what: &str,
    unit: &str,
    points: &[AnnealTime],
    best: Option<&Optimum>,
) -> Chart {
    let solved = || points.iter().filter(|point| point.time_to_solution.value.is_some());
    let values = || solved().filter_map(|p| Some((p.time, p.time_to_solution.value?)));
    let largest = solved().filter_map(|p| p.time_to_solution.high).fold(0.0, f64::max);
    let largest = values().map(|p| p.1).fold(largest, f64::max);
    // What has no upper end goes on beyond the picture.
    let band = solved().map(|p| {
        let tts = &p.time_to_solution;
        (tts.low, tts.high.unwrap_or(10.0 * largest))
    });
    let target = points.first().map_or(0.99, |point| point.time_to_solution.target);
    let chart = Chart::new(
        "Time to solution",
        Axis::new("one anneal").unit(unit).log(),
        Axis::new(format!("time to solution at {target}")).unit(unit).log(),
    )
    .caption(caption(file, loaded, what))
    .series(Series::new("time to solution", Style::LinePoints, values()).with_band(band).slot(0));
    let once = values().map(|(time, _)| (time, time));
    let chart = chart.series(Series::reference("one anneal", once));
    match best {
        Some(best) if best.at_edge => {
            chart.vertical("shortest, at the edge of the grid", best.time).legend(Legend::Below)
        }
        Some(best) => chart.vertical("shortest", best.time),
        None => chart,
    }
}

/// The effort to solution by instance and method: spin updates, and beside them the time of
/// Schrödinger's equation, on an axis of its own.
pub fn compare(found: &[(&Instance, Compared)], target: f64) -> Figure {
    let names = found.iter().enumerate().map(|(k, (instance, found))| {
        let barrier = found.barrier.as_ref().map_or("no trap".into(), |barrier| {
            format!("barrier {} high, {} wide", number(barrier.height), barrier.width)
        });
        format!("{} {} ({barrier})", k + 1, instance.name)
    });
    let names: Vec<String> = names.collect();
    let efforts = |contenders: &[usize], title: &str, unit: &str| {
        let x = Axis::new("instance").range(0.5, found.len() as f64 + 0.5);
        let y = Axis::new(format!("effort to solution at {target}")).unit(unit).log();
        let ends = found.iter().flat_map(|(_, found)| {
            contenders.iter().map(|&c| &found.contenders[c].effort_to_solution)
        });
        let largest = ends
            .map(|tts| tts.low.max(tts.value.unwrap_or(0.0)).max(tts.high.unwrap_or(0.0)))
            .fold(0.0, f64::max);
        let mut chart = Chart::new(title, x, y);
        for &c in contenders {
            let name = Contender::ALL[c].name();
            let shift = 0.16 * (c as f64 - 0.5 * (contenders.len() - 1) as f64);
            let shift = if contenders.len() == 1 { 0.0 } else { shift };
            let at = |k: usize| (k + 1) as f64 + shift;
            let all = || found.iter().enumerate().map(|(k, f)| (at(k), &f.1.contenders[c]));
            let values = all().filter_map(|(x, tuned)| Some((x, tuned.effort_to_solution.value?)));
            let values: Vec<_> = values.collect();
            // Without a success there are lower ends alone.
            if !values.is_empty() {
                chart = chart.series(Series::points(name, values).slot(2 * c));
            }
            for (x, tuned) in all() {
                let tts = &tuned.effort_to_solution;
                // What has no upper end goes on to the top.
                let ends = [(x, tts.low), (x, tts.high.unwrap_or(10.0 * largest))];
                chart = chart.series(Series::line(name, ends).slot(2 * c));
            }
        }
        chart
    };
    Figure::new("Thermal hopping, path integrals and Schrödinger's equation")
        .caption(names.join("; "))
        .panel(efforts(&[0, 1], "Sampling", unit(Contender::Thermal)))
        .panel(efforts(&[2], "Schrödinger's equation", unit(Contender::Schroedinger)))
        .columns(2)
}
