//! The picture of `ketlab decode`: the best solution, where its kind has a drawing, and the energies of
//! all samples.

use super::drawings;
use super::energies::histogram;
use crate::text::{number, plural};
use anyhow::{Context, Result};
use ketlab::ising::SampleSet;
use ketlab::ising::problems::{AnyProblem, AnySolution, Best, Encode, Encoded};
use ketlab::report::Figure;
use std::path::Path;

pub fn decoded(
    file: &Path,
    encoded: &Encoded<AnyProblem>,
    samples: &SampleSet,
    best: Option<&Best<AnySolution>>,
) -> Result<Figure> {
    let problem = encoded.problem();
    let rows = samples.iter().map(|sample| {
        let is_feasible = problem.decode(&sample.bits).is_feasible();
        (encoded.qubo().energy(&sample.bits), sample.occurrences, is_feasible)
    });
    let energies = histogram(rows.collect()).context("there are no samples to draw")?;
    let objective = problem.objective();
    let found = match best {
        Some(best) => {
            format!("best {} {}", objective.name.replace('_', " "), number(best.objective))
        }
        None => "nothing feasible".into(),
    };
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let (bits, reads) =
        (plural(problem.num_variables(), "bit"), plural(samples.reads() as usize, "read"));
    let caption = format!("{name}: {} of {bits}; {reads}, {found}", problem.kind());
    let figure = Figure::new("Decoded samples").caption(caption).columns(2);
    let drawing = best.and_then(|best| drawings::drawing(problem, &best.solution));
    let figure = drawing.into_iter().fold(figure, Figure::panel);
    Ok(figure.panel(energies))
}
