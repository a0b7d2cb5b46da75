//! `ketlab decode`: what samples of an encoded problem stand for, and what they violate.

mod document;
mod drawings;
mod energies;
mod plots;

use crate::document::{self as documents, Format, Json, Work};
use crate::messages;
use crate::text::{Folded, number, plural};
use crate::train::check_plot;
use anyhow::{Context, Result};
use document::Document;
use ketlab::ising::problems::{AnyProblem, Encoded};
use ketlab::ising::{SampleInfo, SampleSet};
use ketlab::math::Bits;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode max-cut circuits/graphs/petersen.txt -o cut.json
  ketlab anneal cut.json --method anneal --json > samples.json
  ketlab decode cut.json samples.json --plot cut.svg
  ketlab decode cut.json --bits 0110110010

Files of samples:
  what `ketlab anneal --json` writes, sample sets of ketlab (ketlab.sample_set) and of dimod \
(`SampleSet.to_serializable`, without packed bits). dimod has s = 2x - 1, ketlab s = 1 - 2x: of its variables, BINARY or \
SPIN, the energies tell which is meant.

Samples are decoded as they are. What they violate is listed; a repaired sample is named as such and is \
never the answer. Where what has the lowest energy is infeasible, the penalty or the sampler is suspected, \
with the reason. That samples are infeasible is an answer: the exit code is 0.")]
pub struct Args {
    /// What `ketlab encode` wrote
    encoded: PathBuf,
    /// Samples of its QUBO
    #[arg(required_unless_present = "bits", conflicts_with = "bits")]
    samples: Option<PathBuf>,
    /// One sample instead of a file: the QUBO's bits, the first at the right; several times for several
    #[arg(long, value_name = "BITS")]
    bits: Vec<Bits>,
    /// Write a picture of the best solution and of the samples' energies; .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let began = Instant::now();
    check_plot(args.plot.as_deref())?;
    let encoded = Encoded::read(&args.encoded)?;
    let samples = samples(&args, &encoded)?;
    let assessment = encoded.assess(&samples)?;
    let document =
        Document::new(&args.encoded, args.samples.as_deref(), &encoded, &samples, assessment);
    for suspicion in document.suspicions() {
        messages::warning(suspicion);
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        documents::write(&mut out, Format::Decoded, &document, &Work::on(1, began, None))?;
    } else {
        document.print(&mut Folded::new(&mut out))?;
    }
    out.flush()?;
    if let Some(path) = &args.plot {
        let figure = plots::decoded(&args.encoded, &encoded, &samples, document.best());
        let context = || format!("--plot {}", path.display());
        figure.and_then(|figure| Ok(figure.save(path)?)).with_context(context)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The samples, with the energies that the problem gives them.
fn samples(args: &Args, encoded: &Encoded<AnyProblem>) -> Result<SampleSet> {
    let model = encoded.to_ising()?;
    let Some(path) = &args.samples else {
        let bits = args.bits.iter().cloned();
        let set = SampleSet::new(&model, bits, SampleInfo::default());
        return set.with_context(|| format!("--bits for {}", args.encoded.display()));
    };
    let set = SampleSet::read_for(path, &model)?;
    if let Some(warning) = other_energies(path, encoded, &set) {
        messages::warning(warning);
    }
    Ok(set)
}

/// What to say where the energies of the file are not those of the problem.
fn other_energies(path: &Path, encoded: &Encoded<AnyProblem>, set: &SampleSet) -> Option<String> {
    let qubo = encoded.qubo();
    let pairs = qubo.quadratic().iter().map(|(_, _, b)| b.abs());
    let scale =
        qubo.linear().iter().map(|a| a.abs()).chain(pairs).fold(qubo.offset().abs(), f64::max);
    let differences = set.iter().map(|sample| (sample.energy, qubo.energy(&sample.bits)));
    let mut wrong = differences.filter(|(a, b)| (a - b).abs() > 1e-6 * scale.max(b.abs()));
    let (theirs, own) = wrong.next()?;
    let rows = 1 + wrong.count();
    Some(format!(
        "{}: {} of {} with another energy than the problem gives (the first has {}, here {}): are they of \
         another file, or in another convention? Here the problem's energies count",
        path.display(),
        plural(rows, "row"),
        set.len(),
        number(theirs),
        number(own),
    ))
}
