//! `ketlab boltzmann sample`.

use super::plots;
use super::saved;
use crate::document::{self, Format, Json, Work};
use crate::messages;
use crate::options::{MANY, Seed, Threads, count};
use crate::output::OutputFile;
use crate::progress::{Progress, cancel_on_interrupt};
use crate::text::{Folded, histogram, plural};
use crate::train::check_plot;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::annealing::Path as AnnealPath;
use ketlab::boltzmann::classical::RbmSampler;
use ketlab::boltzmann::{Distribution, Drawn, Model, Sampler, draw_watched};
use ketlab::math::Watch;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Rows of the text's list.
const SHOWN: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// The exact state
    Exact,
    /// Path-integral Monte Carlo in continuous imaginary time
    PathIntegral,
    /// Metropolis at the machine's temperature (without transverse fields)
    Thermal,
    /// Schrödinger's equation along --points, and a measurement
    Anneal,
    /// Gibbs chains of an `rbm`
    Chains,
}

#[derive(clap::Args)]
#[command(after_help = "Examples:
  ketlab boltzmann sample machine.json --reads 10000
  ketlab boltzmann sample machine.json --by path-integral --sweeps 100
  ketlab boltzmann sample machine.json --by anneal --points \"0:0, 20:0.6, 20.5:1\"
  ketlab boltzmann sample machine.json --complete \"1??0\"

The classical inverse temperature that fits samples best is told with its misfit: the root mean \
square of what is left of the moments when each spin is drawn again at that temperature, beside what \
noise alone makes of it. Where the misfit is far above the noise, the samples have no temperature.")]
pub struct Args {
    /// A trained machine: what `ketlab boltzmann train` wrote with -o or --json
    machine: PathBuf,
    /// Where samples come from
    #[arg(long, value_enum, default_value_t = By::Exact)]
    by: By,
    /// Number of samples
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = count::<u64>(1..=1_000_000_000))]
    reads: u64,
    /// Sweeps (of `chains`: Gibbs steps) of each sample, from random units
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = count::<usize>(1..=MANY))]
    sweeps: usize,
    /// The path of an anneal, as t:s points with s from 0 to 1: a late steep rise is a quench
    #[arg(long, default_value = "0:0, 20:1", value_name = "T:S,…")]
    points: String,
    /// Complete this string, whose missing bits are `?`; the rightmost character is bit 0
    #[arg(long, value_name = "BITS")]
    complete: Option<String>,
    /// Draw visible units as tiles of so many rows and columns in the picture, unit r*columns + c in
    /// row r and column c
    #[arg(long, value_name = "ROWSxCOLUMNS", value_parser = shape)]
    tiles: Option<(usize, usize)>,
    /// Write the samples of the visible units, one string and its count a line
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    threads: Threads,
    /// Write the frequencies of the samples, or with --tiles the samples: .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

fn shape(text: &str) -> std::result::Result<(usize, usize), String> {
    let parsed = text.split_once('x').and_then(|(r, c)| Some((r.parse().ok()?, c.parse().ok()?)));
    let fits =
        parsed.filter(|(r, c): &(usize, usize)| (1..=64).contains(r) && (1..=64).contains(c));
    fits.ok_or("it must be ROWSxCOLUMNS, as in 3x3".into())
}

#[derive(Serialize)]
struct Document {
    machine: String,
    model: String,
    num_visible: usize,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<String>,
    reads: u64,
    samples: Vec<Row>,
    beta_effective: Option<f64>,
    beta_standard_error: Option<f64>,
    misfit: Option<f64>,
    misfit_noise: Option<f64>,
    no_temperature: Option<String>,
    total_variation: Option<f64>,
    total_variation_noise: Option<f64>,
    interrupted: bool,
}

#[derive(Serialize)]
struct Row {
    bits: String,
    count: u64,
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| sample(&args))?
}

fn sample(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    check_plot(args.plot.as_deref())?;
    let output = args.output.as_deref().map(|path| OutputFile::create("--output", path));
    let output = output.transpose()?;
    let saved = saved::load(&args.machine)?;
    let model = &saved.machine;
    if args.tiles.is_some() && args.plot.is_none() {
        bail!("--tiles is how --plot draws, which is not given");
    }
    if args.complete.is_some() && args.by != By::Exact {
        bail!("--complete draws exactly where it can; it goes with no other --by");
    }
    if let Some((rows, columns)) = args.tiles.filter(|(r, c)| r * c != model.num_visible()) {
        bail!("--tiles {rows}x{columns}: the machine has {} visible units", model.num_visible());
    }
    let (visible, drawn) = match &args.complete {
        Some(text) => (completed(args, model, text)?, None),
        None => drawn(args, model)?,
    };
    let document = Document::new(args, &saved.model, model, &visible, drawn.as_ref());
    if let Some(path) = &args.plot {
        let figure = match args.tiles {
            Some(shape) => plots::tiles(&args.machine, &visible, shape),
            None => plots::frequencies(&args.machine, model, &visible)?,
        };
        figure.save(path).with_context(|| format!("--plot {}", path.display()))?;
    }
    if let Some(output) = output {
        output.write(|out| {
            for Row { bits, count } in &document.samples {
                writeln!(out, "{bits},{count}")?;
            }
            Ok(())
        })?;
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(start, Some(args.seed.value()));
        document::write(&mut out, Format::BoltzmannSamples, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out), args)?;
    }
    let interrupted = document.interrupted;
    if interrupted {
        messages::note("interrupted: these are the samples that were finished");
    }
    Ok(if interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

/// Samples of the whole machine; those of chains have no energies.
fn drawn(args: &Args, model: &Model) -> Result<(Distribution, Option<Drawn>)> {
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let seed = args.seed.value();
    if args.by == By::Chains {
        let Model::Rbm(rbm) = model else {
            bail!("--by chains is for an `rbm`; sample this machine by `exact` or `path-integral`");
        };
        let _line = Progress::of(&watch, 0, 0);
        let count = usize::try_from(args.reads)?;
        let sampler = RbmSampler::new().steps(args.sweeps).seed(seed).watch(&watch);
        let samples = sampler.sample(rbm, count)?;
        return Ok((Distribution::from_counts(samples.into_iter().map(|bits| (bits, 1)))?, None));
    }
    let Some(machine) = model.machine() else {
        bail!(
            "the machine has {} units, too many but for --by chains",
            model.num_visible() + model.num_hidden()
        );
    };
    let sampler = match args.by {
        By::Exact => Sampler::Exact,
        By::PathIntegral => Sampler::PathIntegral { sweeps: args.sweeps },
        By::Thermal => Sampler::Thermal { sweeps: args.sweeps },
        By::Anneal | By::Chains => {
            let path: AnnealPath = args.points.parse().context("--points")?;
            Sampler::Anneal { path }
        }
    };
    let _line = Progress::reads(&watch, args.reads);
    let drawn = draw_watched(&machine, &sampler, args.reads, seed, &watch)?;
    Ok((drawn.visible.clone(), Some(drawn)))
}

fn completed(args: &Args, model: &Model, text: &str) -> Result<Distribution> {
    let mut known = Vec::with_capacity(text.len());
    for c in text.chars().rev() {
        known.push(match c {
            '0' => Some(false),
            '1' => Some(true),
            '?' => None,
            _ => bail!("--complete {text}: `{c}` is neither 0, 1 nor ?"),
        });
    }
    model
        .complete(&known, args.reads, args.seed.value())
        .with_context(|| format!("--complete {text}"))
}

impl Document {
    fn new(
        args: &Args,
        name: &str,
        model: &Model,
        visible: &Distribution,
        drawn: Option<&Drawn>,
    ) -> Self {
        let counts = visible.counts().unwrap_or_default();
        let rows = visible.outcomes().iter().zip(counts);
        let fit = drawn.and_then(|drawn| drawn.temperature.as_ref().ok());
        let by = args.by.to_possible_value();
        Document {
            machine: args.machine.display().to_string(),
            model: name.into(),
            num_visible: model.num_visible(),
            by: by.map(|value| value.get_name().to_string()).unwrap_or_default(),
            complete: args.complete.clone(),
            reads: counts.iter().sum(),
            samples: rows
                .map(|((bits, _), &count)| Row { bits: bits.to_string(), count })
                .collect(),
            beta_effective: fit.map(|fit| fit.beta),
            beta_standard_error: fit.map(|fit| fit.standard_error),
            misfit: fit.map(|fit| fit.misfit),
            misfit_noise: fit.map(|fit| fit.misfit_noise),
            no_temperature: drawn.and_then(|drawn| drawn.temperature.as_ref().err().cloned()),
            total_variation: drawn.and_then(|drawn| drawn.total_variation),
            total_variation_noise: drawn.and_then(|drawn| drawn.total_variation_noise),
            interrupted: drawn.is_some_and(|drawn| drawn.samples.info.interrupted),
        }
    }

    fn print(&self, out: &mut impl Write, args: &Args) -> Result<()> {
        let Document { machine, model, by, reads, samples, .. } = self;
        let of = match &self.complete {
            Some(text) => format!("completions of {text}"),
            None => format!("by {by}"),
        };
        writeln!(out, "{machine}: {model}, {}, {of}:", plural(*reads as usize, "sample"))?;
        let mut rows: Vec<&Row> = samples.iter().collect();
        rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.bits.cmp(&b.bits)));
        let shown = rows.iter().take(SHOWN);
        histogram(
            out,
            shown.map(|r| (r.bits.clone(), r.count.to_string(), r.count as f64 / *reads as f64)),
        )?;
        if rows.len() > SHOWN {
            writeln!(out, "  and {} more; --json has all", rows.len() - SHOWN)?;
        }
        if let (Some(beta), Some(error)) = (self.beta_effective, self.beta_standard_error) {
            writeln!(
                out,
                "effective classical inverse temperature {beta:.4} ± {error:.4}, misfit of the moments \
                 there {:.4} (noise {:.4})",
                self.misfit.unwrap_or(f64::NAN),
                self.misfit_noise.unwrap_or(f64::NAN)
            )?;
        }
        if let Some(reason) = &self.no_temperature {
            writeln!(out, "no effective temperature: {reason}")?;
        }
        if let (Some(distance), Some(noise)) = (self.total_variation, self.total_variation_noise) {
            writeln!(out, "total variation from the exact law {distance:.4} (noise {noise:.4})")?;
        }
        writeln!(out, "seed {}", args.seed.value())?;
        Ok(())
    }
}
