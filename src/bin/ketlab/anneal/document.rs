//! What `ketlab anneal FILE` says: one JSON document, or text.

use super::drive::UnitsShown;
use super::flags::Account;
use super::run::Annealer;
use super::schroedinger::EvolutionShown;
use super::solver;
use crate::model::Loaded;
use crate::text::{fixed, histogram, number_within, plural};
use anyhow::Result;
use ketlab::ising::{SampleInfo, SampleSet};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Rows of the text's list.
const SHOWN: usize = 10;

/// What a method found.
pub struct Answer {
    pub samples: SampleSet,
    pub units: UnitsShown,
    pub evolution: Option<EvolutionShown>,
    /// How many configurations have the lowest energy, where all were looked at.
    pub degeneracy: Option<u64>,
    pub account: Account,
}

#[derive(Serialize)]
pub struct Document {
    file: String,
    problem: String,
    num_spins: usize,
    method: String,
    seed: u64,
    units: UnitsShown,
    lowest_energy: Option<f64>,
    mean_sample_energy: Option<f64>,
    reads: u64,
    samples: Vec<SampleShown>,
    #[serde(flatten)]
    evolution: Option<EvolutionShown>,
    #[serde(rename = "degeneracy", skip_serializing_if = "Option::is_none")]
    exact_degeneracy: Option<u64>,
    solver: SampleInfo,
    #[serde(flatten)]
    account: Account,
    interrupted: bool,
    #[serde(skip)]
    shown: Vec<(String, String, f64)>,
}

#[derive(Serialize)]
struct SampleShown {
    /// ±1, the first spin first.
    spins: Vec<i8>,
    energy: f64,
    occurrences: u64,
}

impl Document {
    pub fn new(file: &Path, loaded: &Loaded, method: Annealer, seed: u64, answer: Answer) -> Self {
        let Answer { samples, units, evolution, degeneracy, account } = answer;
        let samples = samples.aggregated().sorted();
        let n = samples.num_spins();
        let row = |row: usize| SampleShown {
            spins: (0..n).map(|i| samples.spin(row, i)).collect(),
            energy: samples.energy(row),
            occurrences: samples.occurrences(row),
        };
        let reads = samples.reads();
        let shown = (0..samples.len().min(SHOWN)).map(|row| {
            let label = format!("{}  {}", samples.bits(row), value(loaded, samples.energy(row)));
            let occurrences = samples.occurrences(row);
            (label, occurrences.to_string(), occurrences as f64 / reads as f64)
        });
        Document {
            file: file.display().to_string(),
            problem: loaded.problem.name(),
            num_spins: n,
            method: method.name(),
            seed,
            units,
            lowest_energy: samples.lowest().map(|sample| sample.energy),
            mean_sample_energy: samples.mean_energy(),
            reads,
            samples: (0..samples.len()).map(row).collect(),
            evolution,
            exact_degeneracy: degeneracy,
            account,
            interrupted: samples.info.interrupted,
            shown: shown.collect(),
            solver: samples.info,
        }
    }

    /// Says how it ended.
    pub fn end(&self) -> ExitCode {
        let finished = match self.method.as_str() {
            "population" => "sweeps of the population",
            _ => "reads",
        };
        self.account.end(self.interrupted, finished)
    }

    pub fn print(&self, out: &mut impl Write, loaded: &Loaded) -> Result<()> {
        let Document { file, problem, num_spins, method, seed, .. } = self;
        writeln!(out, "{file}: {problem} of {}, {method}", plural(*num_spins, "spin"))?;
        let name = name(loaded);
        if let Some(evolution) = &self.evolution {
            for line in evolution.lines(&self.units) {
                writeln!(out, "{line}")?;
            }
            let (mean, best) = (evolution.mean_energy(), evolution.ground_energy());
            let mean = fixed(sign(loaded) * mean + 0.0, 6);
            writeln!(out, "mean {name} {mean}, the best there is {}", value(loaded, best))?;
        }
        let lowest = self.lowest_energy.unwrap_or(f64::NAN);
        let best = value(loaded, lowest);
        match (self.exact_degeneracy, self.mean_sample_energy) {
            (Some(degeneracy), _) => {
                let configurations = plural(degeneracy as usize, "configuration");
                writeln!(
                    out,
                    "best {name} {best} of all 2^{num_spins}; {configurations} with it:"
                )?;
            }
            (None, mean) => {
                let mean = fixed(sign(loaded) * mean.unwrap_or(lowest) + 0.0, 6);
                let reads = plural(self.reads as usize, "read");
                let sweeps = self.solver.sweeps.map(|sweeps| {
                    format!(", {} each (no unit of time)", plural(sweeps as usize, "sweep"))
                });
                let sweeps = sweeps.unwrap_or_default();
                writeln!(out, "best {name} {best}, mean {mean}, of {reads}{sweeps}:")?;
            }
        }
        histogram(out, self.shown.iter().cloned())?;
        if self.samples.len() > SHOWN {
            writeln!(out, "  and {} more; --json has all", self.samples.len() - SHOWN)?;
        }
        for line in solver::lines(&self.solver) {
            writeln!(out, "{line}")?;
        }
        if method != "exact" {
            writeln!(out, "seed {seed}")?;
        }
        Ok(())
    }
}

/// Cuts are maximized, energies minimized.
fn sign(loaded: &Loaded) -> f64 {
    if loaded.graph.is_some() { -1.0 } else { 1.0 }
}

fn name(loaded: &Loaded) -> &'static str {
    if loaded.graph.is_some() { "cut" } else { "energy" }
}

fn value(loaded: &Loaded, energy: f64) -> String {
    number_within(sign(loaded) * energy + 0.0, 0.0)
}
