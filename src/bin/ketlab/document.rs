//! `--json`: one document on standard output, which says what it is.
//!
//! Every document begins with `format`, a name, and `version`, an integer that changes when a key is
//! renamed, removed or means something else; new keys do not change it. It ends with `meta`: the
//! program's `version` and how the answer came about. docs/cli.md names all keys, and a test reads
//! both.

use anyhow::Result;
use serde::Serialize;
use std::io::Write;
use std::time::Instant;

/// The documents there are.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    Run,
    Info,
    NoiseChannel,
    Plan,
    Bench,
    Gradient,
    Vqe,
    Qaoa,
    ErrorCurves,
    AmplitudeEstimates,
    Anneal,
    GapCurve,
    TimeToSolution,
    Comparison,
    Encoded,
    Decoded,
    Boltzmann,
    BoltzmannSamples,
    BoltzmannEvaluation,
    Trainability,
    Kernel,
    Learn,
    Predictions,
    ChipTransmon,
    ChipTune,
    ChipReadout,
    ChipCrossResonance,
    ChipYield,
    ChipBuild,
    Device,
    Advantage,
}

impl Format {
    /// The values of `format` and `version`.
    pub fn name_and_version(self) -> (&'static str, u32) {
        match self {
            Format::Run => ("ketlab.run", 1),
            Format::Info => ("ketlab.info", 1),
            Format::NoiseChannel => ("ketlab.noise_channel", 1),
            Format::Plan => ("ketlab.plan", 1),
            Format::Bench => ("ketlab.bench", 1),
            Format::Gradient => ("ketlab.gradient", 1),
            Format::Vqe => ("ketlab.vqe", 1),
            Format::Qaoa => ("ketlab.qaoa", 1),
            Format::ErrorCurves => ("ketlab.error_curves", 1),
            Format::AmplitudeEstimates => ("ketlab.amplitude_estimates", 1),
            Format::Anneal => ("ketlab.anneal", 1),
            Format::GapCurve => ("ketlab.gap_curve", 1),
            Format::TimeToSolution => ("ketlab.time_to_solution", 1),
            Format::Comparison => ("ketlab.comparison", 1),
            Format::Encoded => ("ketlab.encoded", 1),
            Format::Decoded => ("ketlab.decoded", 1),
            Format::Boltzmann => ("ketlab.boltzmann", 1),
            Format::BoltzmannSamples => ("ketlab.boltzmann_samples", 1),
            Format::BoltzmannEvaluation => ("ketlab.boltzmann_evaluation", 1),
            Format::Trainability => ("ketlab.trainability", 1),
            Format::Kernel => ("ketlab.kernel", 1),
            Format::Learn => ("ketlab.learn", 1),
            Format::Predictions => ("ketlab.predictions", 1),
            Format::ChipTransmon => ("ketlab.chip_transmon", 1),
            Format::ChipTune => ("ketlab.chip_tune", 1),
            Format::ChipReadout => ("ketlab.chip_readout", 1),
            Format::ChipCrossResonance => ("ketlab.chip_cross_resonance", 1),
            Format::ChipYield => ("ketlab.chip_yield", 1),
            Format::ChipBuild => ("ketlab.chip_build", 1),
            Format::Device => ("ketlab.device_report", 1),
            Format::Advantage => ("ketlab.advantage", 1),
        }
    }
}

/// The flag, for a subcommand to flatten.
#[derive(clap::Args)]
pub struct Json {
    /// One JSON document instead of text; docs/cli.md names its keys
    #[arg(long)]
    json: bool,
}

impl Json {
    /// Whether a document is asked for.
    pub fn is_wanted(&self) -> bool {
        self.json
    }
}

/// How an answer came about, where that is all there is to say: the part of `meta` beside the
/// program's version.
#[derive(Serialize)]
pub struct Work {
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    threads: usize,
    seconds: f64,
}

impl Work {
    /// Since then, by the threads that run this.
    pub fn since(start: Instant, seed: Option<u64>) -> Self {
        Work::on(rayon::current_num_threads(), start, seed)
    }

    /// Since then, by this many threads.
    pub fn on(threads: usize, start: Instant, seed: Option<u64>) -> Self {
        Work { seed, threads, seconds: start.elapsed().as_secs_f64() }
    }
}

#[derive(Serialize)]
struct Document<'d, B: Serialize, M: Serialize> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    body: &'d B,
    meta: Meta<'d, M>,
}

#[derive(Serialize)]
struct Meta<'d, M: Serialize> {
    version: &'static str,
    #[serde(flatten)]
    rest: &'d M,
}

/// Writes a document: the keys of `body` between `format`, `version` and `meta`, and those of `meta`
/// behind the program's version.
pub fn write(
    out: &mut impl Write,
    format: Format,
    body: &impl Serialize,
    meta: &impl Serialize,
) -> Result<()> {
    let (name, version) = format.name_and_version();
    let meta = Meta { version: env!("CARGO_PKG_VERSION"), rest: meta };
    serde_json::to_writer_pretty(&mut *out, &Document { format: name, version, body, meta })?;
    writeln!(out)?;
    Ok(())
}
