//! The flags of `ketlab chip transmon`.

use crate::chip::quantities::{energy, ghz, mhz, number, range, temperature, us};
use crate::document::Json;
use crate::options::{Threads, count};
use anyhow::Result;
use clap::ValueEnum;
use ketlab::chip::{Environment, OneOverF, QualityFactor, ReadoutResonator};
use std::path::PathBuf;

/// Headings of the help.
const SWEEP: &str = "Sweep and picture";
const COHERENCE: &str = "Coherence";

/// What levels are swept against.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Sweep {
    /// Offset charge, in Cooper pairs
    Ng,
    /// Flux through the loop of two junctions, in flux quanta
    Flux,
}

impl Sweep {
    pub fn name(self) -> &'static str {
        match self {
            Sweep::Ng => "ng",
            Sweep::Flux => "flux",
        }
    }
}

#[derive(clap::Args)]
#[command(after_help = "\
H = 4 EC (n - ng)^2 - EJ cos(phi). Bare numbers of --ej and --ec are in GHz. Levels are exact for any EJ/EC; \
formulas for transmons stand beside them where EJ/EC is at least 1.

Coherence is that of the noise stated, by default the amplitudes that scqubits assumes. A qubit of 5 GHz \
has the energy of 0.24 K: it is cold at 15 mK, and not at 2 K.

Examples:
  ketlab chip transmon --ej 15 --ec 0.3
  ketlab chip transmon --ej 15GHz --ec 300MHz --ng 0.25 --levels 4 --json
  ketlab chip transmon --ej 5 --ec 1 --sweep ng --plot charge.svg
  ketlab chip transmon --ej 20 --ec 0.3 --asymmetry 0.2 --flux 0.1 --sweep flux --plot flux.png
  ketlab chip transmon --ej 15 --ec 0.3 --resonator 7GHz --g 70MHz --kappa 1MHz --temperature 30mK")]
pub struct Args {
    /// Josephson energy EJ/h, of both junctions together with --flux; GHz, or with its unit
    #[arg(long, value_name = "ENERGY", value_parser = energy, allow_hyphen_values = true)]
    pub ej: f64,
    /// Charging energy EC/h = e^2/2Ch; GHz, or with its unit
    #[arg(long, value_name = "ENERGY", value_parser = energy, allow_hyphen_values = true)]
    pub ec: f64,
    /// Offset charge in Cooper pairs
    #[arg(long, value_name = "N", default_value = "0", value_parser = number, allow_hyphen_values = true)]
    pub ng: f64,
    /// How many levels are shown
    #[arg(long, value_name = "N", default_value = "6", value_parser = count::<usize>(3..=100))]
    pub levels: usize,
    /// Two junctions in a loop with this flux, in flux quanta
    #[arg(long, value_name = "PHI0", value_parser = number, allow_hyphen_values = true)]
    flux: Option<f64>,
    /// Asymmetry |EJ1 - EJ2|/(EJ1 + EJ2) of two junctions in a loop [default: 0 with --flux]
    #[arg(long, value_name = "D", value_parser = number, allow_hyphen_values = true)]
    asymmetry: Option<f64>,
    /// Levels against offset charge or flux [default with --plot: flux of two junctions, else ng]
    #[arg(help_heading = SWEEP, long, value_enum)]
    sweep: Option<Sweep>,
    /// Ends of the sweep
    #[arg(help_heading = SWEEP, long, value_name = "LOW,HIGH", default_value = "-1,1", value_parser = range,
        allow_hyphen_values = true)]
    pub range: (f64, f64),
    /// Points of the sweep
    #[arg(help_heading = SWEEP, long, value_name = "N", default_value = "401", value_parser = count::<usize>(2..=100_000))]
    pub points: usize,
    /// Write a picture of the sweep; .svg, .png, .csv or .json
    #[arg(help_heading = SWEEP, long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    coherence: Coherence,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub json: Json,
}

/// What the transmon stands in.
#[derive(clap::Args)]
#[command(next_help_heading = COHERENCE)]
struct Coherence {
    /// Temperature
    #[arg(long, value_name = "TEMPERATURE", default_value = "15mK", value_parser = temperature, allow_hyphen_values = true)]
    temperature: f64,
    /// Quality factor of the capacitance at all frequencies [default: 1e6 (6 GHz/f)^0.7]
    #[arg(long, value_name = "Q", value_parser = number, allow_hyphen_values = true)]
    quality: Option<f64>,
    /// Amplitude of 1/f flux noise, in flux quanta
    #[arg(long, value_name = "PHI0", default_value = "1e-6", value_parser = number, allow_hyphen_values = true)]
    flux_noise: f64,
    /// Amplitude of 1/f charge noise, in Cooper pairs
    #[arg(long, value_name = "N", default_value = "1e-4", value_parser = number, allow_hyphen_values = true)]
    charge_noise: f64,
    /// Amplitude of 1/f noise of the critical current, over that current
    #[arg(long, value_name = "PART", default_value = "1e-7", value_parser = number, allow_hyphen_values = true)]
    current_noise: f64,
    /// How long an experiment takes: 1/f noise acts from 1 Hz to its inverse
    #[arg(long, value_name = "TIME", default_value = "10us", value_parser = us)]
    experiment: f64,
    /// Frequency of a readout resonator
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, requires_all = ["g", "kappa"])]
    resonator: Option<f64>,
    /// Its coupling g/2π to the qubit
    #[arg(long, value_name = "FREQUENCY", value_parser = mhz, requires = "resonator")]
    g: Option<f64>,
    /// Its linewidth κ/2π
    #[arg(long, value_name = "FREQUENCY", value_parser = mhz, requires = "resonator")]
    kappa: Option<f64>,
    /// Half of its shift between the states of the qubit, χ/2π [default: g²/Δ α/(Δ+α)]
    #[arg(long, value_name = "FREQUENCY", value_parser = mhz, requires = "resonator", allow_hyphen_values = true)]
    chi: Option<f64>,
    /// Photons in it on average [default: those of the temperature]
    #[arg(long, value_name = "N", value_parser = number, requires = "resonator", allow_hyphen_values = true)]
    photons: Option<f64>,
}

impl Args {
    /// Flux and asymmetry, if there are two junctions.
    pub fn loop_of_two(&self) -> Option<(f64, f64)> {
        let is_loop =
            self.flux.is_some() || self.asymmetry.is_some() || self.sweep == Some(Sweep::Flux);
        is_loop.then(|| (self.flux.unwrap_or(0.0), self.asymmetry.unwrap_or(0.0)))
    }

    pub fn sweep(&self) -> Option<Sweep> {
        self.sweep.or_else(|| {
            self.plot.as_ref()?;
            Some(if self.loop_of_two().is_some() { Sweep::Flux } else { Sweep::Ng })
        })
    }

    pub fn environment(&self) -> Result<Environment> {
        let Coherence { temperature, quality, flux_noise, charge_noise, .. } = self.coherence;
        let Coherence { current_noise, experiment, resonator, chi, photons, .. } = self.coherence;
        let resonator = resonator.map(|frequency_ghz| ReadoutResonator {
            frequency_ghz,
            coupling_mhz: self.coherence.g.unwrap_or(0.0),
            linewidth_mhz: self.coherence.kappa.unwrap_or(0.0),
            chi_mhz: chi,
            photons,
            purcell_filtered: false,
        });
        Ok(Environment {
            temperature_mk: temperature,
            quality: quality.map_or_else(QualityFactor::default, QualityFactor::Constant),
            flux_noise,
            charge_noise,
            critical_current_noise: current_noise,
            one_over_f: OneOverF { experiment_us: experiment, ..OneOverF::default() },
            resonator,
        })
    }
}
