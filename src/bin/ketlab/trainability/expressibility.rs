//! Expressibility and entangling capability of an ansatz.

use super::args::Args;
use super::found::Expressive;
use super::manifest::{BINS, Manifest};
use super::{plots, report};
use crate::document::{self, Format, Work};
use crate::messages;
use crate::progress::Progress;
use crate::table::table;
use crate::text::{Folded, plural};
use anyhow::Result;
use ketlab::Error;
use ketlab::learning::trainability::Expressibility;
use ketlab::math::Watch;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Serialize)]
struct Document {
    study: &'static str,
    ansatz: &'static str,
    points: Vec<PointShown>,
    interrupted: bool,
    manifest: Manifest,
}

#[derive(Serialize)]
struct PointShown {
    num_qubits: usize,
    depth: usize,
    samples: usize,
    expressibility: f64,
    standard_error: f64,
    bias: f64,
    entangling_capability: f64,
    entangling_error: f64,
    random_entanglement: f64,
    histogram: Vec<f64>,
    haar: Vec<f64>,
}

impl From<&Expressive> for PointShown {
    fn from(found: &Expressive) -> Self {
        let of = &found.of;
        PointShown {
            num_qubits: of.num_qubits,
            depth: found.depth,
            samples: of.pairs,
            expressibility: of.divergence,
            standard_error: of.standard_error,
            bias: of.bias,
            entangling_capability: of.entangling_capability,
            entangling_error: of.entangling_error,
            random_entanglement: found.random_entanglement(),
            histogram: of.histogram.clone(),
            haar: of.haar.clone(),
        }
    }
}

pub fn run(args: &Args, watch: &Watch) -> Result<ExitCode> {
    let began = Instant::now();
    args.check_sizes()?;
    let sizes = args.sizes();
    let study =
        Expressibility::new().pairs(args.samples()).bins(BINS).seed(args.seed.value()).watch(watch);
    let bar = Progress::bar(sizes.len() as u64, "points");
    let (mut all, mut interrupted) = (Vec::new(), false);
    for &(num_qubits, depth) in &sizes {
        match study.run_ansatz(args.ansatz(), num_qubits, depth) {
            Ok(of) => all.push(Expressive { depth, of }),
            Err(Error::Interrupted) if !all.is_empty() => {
                interrupted = true;
                break;
            }
            Err(error) => return Err(error.into()),
        }
        bar.done(all.len() as u64, sizes.len() as u64);
        messages::detail(|| format!("{num_qubits} qubits, depth {depth} done"));
    }
    drop(bar);
    report::plot(args, |path| plots::expressibility(args, &all).save(path))?;
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let manifest = Manifest::of(args, None);
        let document = Document {
            study: manifest.study(),
            ansatz: args.ansatz().name(),
            points: all.iter().map(PointShown::from).collect(),
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

fn print(out: &mut impl Write, args: &Args, all: &[Expressive]) -> Result<()> {
    writeln!(
        out,
        "ansatz {}, {} a point, {BINS} bins, seed {}",
        args.ansatz(),
        plural(args.samples(), "pair"),
        args.seed.value()
    )?;
    let row = |found: &Expressive| {
        let of = &found.of;
        vec![
            of.num_qubits.to_string(),
            found.depth.to_string(),
            format!("{:.4}", of.divergence),
            format!("{:.4}", of.standard_error),
            format!("{:.4}", of.bias),
            format!("{:.4}", of.entangling_capability),
            format!("{:.4}", of.entangling_error),
            format!("{:.4}", found.random_entanglement()),
        ]
    };
    let heading =
        ["qubits", "depth", "expressibility", "±", "bias", "entangling", "±", "random states"];
    writeln!(out, "{}", table(&heading, all.iter().map(row).collect()))?;
    writeln!(
        out,
        "expressibility is the Kullback-Leibler divergence of the fidelities from those of random states, \
         less is more expressive; finite samples make it too large by about the bias. Entangling is the \
         mean of Meyer and Wallach's Q."
    )?;
    Ok(())
}
