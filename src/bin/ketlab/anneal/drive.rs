//! How an anneal is driven: the flags of its schedule and its path, and the units that follow.

use anyhow::{Context, Result};
use ketlab::annealing::{Path, Schedule, Units};
use serde::Serialize;
use std::path::PathBuf;

/// How long an anneal takes where nothing says it, in the schedule's unit.
const TIME: f64 = 20.0;

#[derive(clap::Args)]
pub struct Strengths {
    /// A(s) and B(s): `linear` (A = 2(1 - s), B = 2s, ħ = 1), or a CSV of s, A, B in GHz
    /// [default: linear]
    #[arg(long, value_name = "linear|FILE.csv")]
    schedule: Option<PathBuf>,
}

impl Strengths {
    pub fn is_given(&self) -> bool {
        self.schedule.is_some()
    }

    pub fn name(&self) -> String {
        self.schedule.as_ref().map_or("linear".into(), |path| path.display().to_string())
    }

    pub fn read(&self) -> Result<Schedule> {
        match &self.schedule {
            Some(path) if path.as_os_str() != "linear" => {
                Schedule::read(path).context("--schedule")
            }
            _ => Ok(Schedule::linear()),
        }
    }
}

/// How s goes with the time.
#[derive(clap::Args)]
pub struct Points {
    /// s at times, straight between: pauses, quenches, and reverse annealing where s falls
    #[arg(long, value_name = "t:s,…", allow_hyphen_values = true)]
    points: Option<String>,
}

impl Points {
    pub fn is_given(&self) -> bool {
        self.points.is_some()
    }

    /// The path; with a time, in that time.
    pub fn path(&self, time: Option<f64>) -> Result<Path> {
        let Some(points) = &self.points else {
            return Path::forward(time.unwrap_or(TIME)).context("--time");
        };
        let path: Path = points.parse().context("--points")?;
        match time {
            Some(time) => path.stretched(time).context("--time"),
            None => Ok(path),
        }
    }
}

/// What the numbers of an answer are measured in.
#[derive(Serialize)]
pub struct UnitsShown {
    /// Energies of samples and of the model.
    energy: &'static str,
    /// Energies of H(s); none where there is no H(s).
    hamiltonian: Option<&'static str>,
    /// How long one anneal is.
    time: &'static str,
}

/// Of energies of the model.
const OF_THE_FILE: &str = "that of the file's coefficients";

impl UnitsShown {
    /// Of an anneal in time.
    pub fn of(units: Units) -> Self {
        let (hamiltonian, time) = (Some(units.energy()), units.time());
        UnitsShown { energy: OF_THE_FILE, hamiltonian, time }
    }

    /// Of a Markov chain, with a Hamiltonian or without.
    pub fn sweeps(units: Option<Units>) -> Self {
        let hamiltonian = units.map(Units::energy);
        UnitsShown { energy: OF_THE_FILE, hamiltonian, time: "sweeps (no physical time)" }
    }

    /// Where nothing takes time.
    pub fn timeless() -> Self {
        UnitsShown { energy: OF_THE_FILE, hamiltonian: None, time: "none" }
    }

    pub fn time(&self) -> &'static str {
        self.time
    }
}
