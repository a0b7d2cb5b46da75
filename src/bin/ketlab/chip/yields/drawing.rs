//! A picture of a chip.

use super::answer::Answer;
use super::args::Args;
use super::values::Drawn;
use crate::text::plural;
use anyhow::Result;
use ketlab::chip::{CollisionType, YieldStudy, frequency_text};
use ketlab::report::{Axis, Chart, Series, Style};

/// Frequencies with a colour each; beyond they are in as many ranges.
const MOST_COLORS: usize = 5;
/// Width by height of the axes.
const ASPECT: f64 = 1.55;
/// The palette's colours, the last of which are free for types of collisions.
const COLORS: usize = 7;
/// What types are drawn apart, as a part of the width.
const APART: f64 = 0.003;

/// Qubits by design frequency, couplings, and the collisions of one chip by type.
pub fn lattice(args: &Args, answer: &Answer, study: &YieldStudy) -> Result<Chart> {
    let Answer { setup, case, .. } = answer;
    let plan = &setup.plan;
    let (frequencies, anharmonicities, which) = match args.chip {
        Drawn::Chip(number) => {
            let (f, a) = study.chip(case, number)?;
            (f, a, format!("chip {number} of seed {}", args.seed.value()))
        }
        Drawn::Design => {
            let (f, a) = (plan.frequencies_ghz(), plan.anharmonicities_ghz());
            (f.to_vec(), a.to_vec(), "the design".into())
        }
    };
    let collisions = plan.collisions_at(&frequencies, &anharmonicities, case.rules())?;
    let places: Vec<(f64, f64)> =
        setup.lattice.places().into_iter().map(|(column, row)| (column, -row)).collect();
    let [x, y] = axes(&places);
    // Lines of several types beside each other. A point that is none breaks the line.
    let path = |qubits: &[usize], aside: f64| -> Vec<(f64, f64)> {
        let place = |&q: &usize| (places[q].0 + aside, places[q].1 + aside);
        qubits.iter().map(place).chain([(f64::NAN, f64::NAN)]).collect()
    };
    let groups = groups(plan.frequencies_ghz());
    let step = APART * x.range.map_or(1.0, |(low, high)| high - low);
    let title = format!("{}: {}", setup.lattice.name(), plural(collisions.len(), "collision"));
    let mut chart = Chart::new(title, x, y).caption(format!(
        "{which}; {}, rules {}",
        plan.name(),
        case.rules()
    ));
    let couplings: Vec<_> =
        plan.couplings().iter().flat_map(|&(j, k)| path(&[j, k], 0.0)).collect();
    if !couplings.is_empty() {
        chart = chart.series(Series::reference("coupling", couplings));
    }
    // Colours that no frequency has, then these with dashes.
    let free = (0..).filter(|slot| (groups.len()..COLORS).contains(&(slot % COLORS)));
    let types = CollisionType::ALL.into_iter().filter(|of| collisions.iter().any(|c| c.of == *of));
    for (k, (of, slot)) in types.zip(free).enumerate() {
        let aside = step * (k as f64 - 1.0);
        // A control with its two neighbours: from one to the other through it.
        let line = |qubits: &Vec<usize>| match qubits[..] {
            [j, k, i] => path(&[k, j, i], aside),
            _ => path(qubits, aside),
        };
        let of_type = collisions.iter().filter(|c| c.of == of);
        let lines: Vec<_> = of_type.flat_map(|c| line(&c.qubits)).collect();
        chart = chart.series(Series::new(of.to_string(), Style::Line, lines).slot(slot));
    }
    for (slot, (name, qubits)) in groups.into_iter().enumerate() {
        let points = qubits.into_iter().map(|q| places[q]);
        chart = chart.series(Series::points(name, points).slot(slot));
    }
    Ok(chart)
}

/// Qubits by frequency, ascending, with what their frequencies are.
fn groups(frequencies: &[f64]) -> Vec<(String, Vec<usize>)> {
    let mut all = frequencies.to_vec();
    all.sort_by(f64::total_cmp);
    all.dedup();
    let size = all.len().div_ceil(MOST_COLORS).max(1);
    let group = |of: &[f64]| {
        let (low, high) = (of[0], of[of.len() - 1]);
        let name = match low == high {
            true => frequency_text(low),
            false => format!("{} to {}", frequency_text(low), frequency_text(high)),
        };
        let qubits = (0..frequencies.len()).filter(|&q| (low..=high).contains(&frequencies[q]));
        (name, qubits.collect())
    };
    all.chunks(size).map(group).collect()
}

/// Axes on which a step to the right is as long as one downwards, about.
fn axes(places: &[(f64, f64)]) -> [Axis; 2] {
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
    };
    let x = ends(&mut places.iter().map(|p| p.0));
    let y = ends(&mut places.iter().map(|p| p.1));
    // Room for marks.
    let (width, height) = (x.1 - x.0 + 1.0, y.1 - y.0 + 1.0);
    let width = width.max(ASPECT * height);
    let height = width / ASPECT;
    let axis = |name: &str, (low, high): (f64, f64), size: f64| {
        let middle = 0.5 * (low + high);
        Axis::new(name).range(middle - 0.5 * size, middle + 0.5 * size)
    };
    [axis("column", x, width), axis("row (downwards)", y, height)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_have_few_colours() {
        let few = groups(&[5.1, 5.0, 5.1]);
        assert_eq!(few, [("5 GHz".into(), vec![1]), ("5.1 GHz".into(), vec![0, 2])]);
        let many: Vec<f64> = (0..23).map(|k| 5.0 + 0.01 * f64::from(k)).collect();
        let many = groups(&many);
        assert_eq!(many.len(), 5);
        assert_eq!(many.iter().map(|(_, qubits)| qubits.len()).sum::<usize>(), 23);
        assert!(many[0].0.contains(" to "));
    }
}
