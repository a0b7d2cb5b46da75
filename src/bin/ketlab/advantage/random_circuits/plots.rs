//! Cross entropies against sizes.

use crate::text::plural;
use ketlab::advantage::Report;
use ketlab::advantage::random_circuits::{AtSize, RandomCircuits};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

/// All samplers, and those alone that need no probability of the whole circuit, with the device.
pub fn figure(experiment: &RandomCircuits, report: &Report<Vec<AtSize>>) -> Figure {
    let mut names: Vec<&str> = Vec::new();
    for sampler in report.details.iter().flat_map(|at| &at.samplers) {
        if !names.contains(&sampler.name.as_str()) {
            names.push(&sampler.name);
        }
    }
    let searches: Vec<String> = experiment
        .rivals
        .iter()
        .filter(|rival| rival.needs_amplitudes())
        .map(|rival| rival.to_string())
        .collect();
    let axes = || (Axis::new("qubits"), Axis::new("linear XEB"));
    let (x, y) = axes();
    let mut all = Chart::new("All samplers", x, y).horizontal("samples of a deep circuit", 1.0);
    let (x, y) = axes();
    let mut cheap = Chart::new("Without probabilities of the whole circuit", x, y);
    for (slot, name) in names.into_iter().enumerate() {
        let (mut points, mut ends) = (Vec::new(), Vec::new());
        for at in &report.details {
            for sampler in at.samplers.iter().filter(|sampler| sampler.name == name) {
                points.push((at.qubits as f64, sampler.linear.value));
                ends.push((sampler.linear.low, sampler.linear.high));
            }
        }
        let series = Series::new(name, Style::LinePoints, points).with_band(ends).slot(slot);
        if !searches.iter().any(|search| search == name) {
            cheap = cheap.series(series.clone());
        }
        all = all.series(series);
    }
    let verdict = |k: usize| report.claims.get(k).map_or("", |judged| judged.text.as_str());
    Figure::new(format!("Random circuits of {} cycles", experiment.depth))
        .caption(format!(
            "95 % intervals over {} of each size; noisy device of F = {}; seed {}",
            plural(experiment.circuits, "circuit"),
            experiment.fidelity,
            experiment.seed
        ))
        .panel(all.caption(format!("who scores 1 is the circuit: {}", verdict(0))))
        .panel(cheap)
        .columns(2)
}
