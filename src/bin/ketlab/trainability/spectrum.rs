//! Fourier spectra of models that encode a feature again and again.

use super::args::Args;
use super::found::Spectrum;
use super::manifest::Manifest;
use super::{plots, report};
use crate::document::{self, Format, Work};
use crate::progress::Progress;
use crate::table::table;
use crate::text::{Folded, plural};
use anyhow::Result;
use ketlab::Error;
use ketlab::learning::trainability::{FourierSpectrum, Harmonic, reuploading};
use ketlab::math::Watch;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Serialize)]
struct Document {
    study: &'static str,
    cost: String,
    points: Vec<PointShown>,
    interrupted: bool,
    manifest: Manifest,
}

#[derive(Serialize)]
struct PointShown {
    num_qubits: usize,
    depth: usize,
    samples: usize,
    degree: usize,
    unit: f64,
    harmonics: Vec<HarmonicShown>,
}

#[derive(Serialize)]
struct HarmonicShown {
    frequency: f64,
    is_accessible: bool,
    mean_magnitude: f64,
    variance: f64,
}

impl From<&Harmonic> for HarmonicShown {
    fn from(harmonic: &Harmonic) -> Self {
        HarmonicShown {
            frequency: harmonic.frequency,
            is_accessible: harmonic.is_accessible,
            mean_magnitude: harmonic.mean_magnitude,
            variance: harmonic.variance,
        }
    }
}

pub fn run(args: &Args, watch: &Watch) -> Result<ExitCode> {
    let began = Instant::now();
    args.check_sizes()?;
    let (sizes, cost) = (args.sizes(), args.cost());
    let study = FourierSpectrum::new().samples(args.samples()).seed(args.seed.value()).watch(watch);
    let bar = Progress::bar(sizes.len() as u64, "models");
    let (mut all, mut interrupted) = (Vec::new(), false);
    for &(num_qubits, depth) in &sizes {
        let observable = cost.observable(num_qubits)?;
        match study.run(&reuploading(num_qubits, depth)?, "x", &observable) {
            Ok(of) => all.push(Spectrum { num_qubits, depth, of }),
            Err(Error::Interrupted) if !all.is_empty() => {
                interrupted = true;
                break;
            }
            Err(error) => return Err(error.into()),
        }
        bar.done(all.len() as u64, sizes.len() as u64);
    }
    drop(bar);
    report::plot(args, |path| plots::spectrum(args, &all).save(path))?;
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let manifest = Manifest::of(args, None);
        let point = |found: &Spectrum| PointShown {
            num_qubits: found.num_qubits,
            depth: found.depth,
            samples: found.of.samples,
            degree: found.of.frequencies.degree,
            unit: found.of.frequencies.unit,
            harmonics: found.of.harmonics.iter().map(HarmonicShown::from).collect(),
        };
        let document = Document {
            study: manifest.study(),
            cost: cost.to_string(),
            points: all.iter().map(point).collect(),
            interrupted,
            manifest,
        };
        let work = Work::since(began, Some(args.seed.value()));
        document::write(&mut out, Format::Trainability, &document, &work)?;
    } else {
        print(&mut Folded::new(&mut out), args, &all)?;
    }
    out.flush()?;
    Ok(report::end(interrupted))
}

fn print(out: &mut impl Write, args: &Args, all: &[Spectrum]) -> Result<()> {
    writeln!(
        out,
        "mean of {} as a Fourier series of x, {} of weights, seed {}",
        args.cost(),
        plural(args.samples(), "row"),
        args.seed.value()
    )?;
    for found in all {
        let (qubits, layers) = (plural(found.num_qubits, "qubit"), plural(found.depth, "layer"));
        writeln!(out, "\n{qubits}, {layers}: degree {}", found.of.frequencies.degree)?;
        let row = |harmonic: &Harmonic| {
            vec![
                format!("{}", harmonic.frequency),
                format!("{:.5}", harmonic.mean_magnitude),
                format!("{:.3e}", harmonic.variance),
            ]
        };
        let rows = found.of.harmonics.iter().map(row).collect();
        writeln!(out, "{}", table(&["frequency", "mean |c|", "variance of |c|"], rows))?;
    }
    Ok(())
}
