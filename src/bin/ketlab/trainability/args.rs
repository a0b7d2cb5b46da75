//! The flags of `ketlab trainability`.

use super::numbers::{Numbers, numbers};
use crate::document::Json;
use crate::noise_options::{NOISE, NoiseOptions};
use crate::options::{MANY, Seed, Threads, count};
use anyhow::{Result, bail};
use ketlab::learning::trainability::{Ansatz, Cost};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "\
Weights are uniform in [0, 2π). A point has the same samples in any study that it is in. Random circuits \
of n qubits are near to two-designs from some 10n layers on.

Examples:
  ketlab trainability --qubits 2..8 --depth 40 --plot variance.svg
  ketlab trainability --ansatz product --cost global --qubits 1..8 --samples 1000
  ketlab trainability --ansatz hardware-efficient --cost local --qubits 4 --depth 1,2,4,8 --layer-noise 0.02
  ketlab trainability --expressibility --ansatz real-amplitudes --qubits 4 --depth 1..5
  ketlab trainability --spectrum --qubits 2 --depth 3
  ketlab trainability --list")]
pub struct Args {
    /// The circuits, by name; `--list` has them [default: random]
    #[arg(long, value_name = "NAME", value_parser = ansatz)]
    ansatz: Option<Ansatz>,
    /// Numbers of qubits: a range with both ends, a list, or both [default: 2..8; 4 with
    /// --expressibility, 2 with --spectrum or noise]
    #[arg(long, value_name = "2..12|N,…", value_parser = numbers)]
    qubits: Option<Numbers>,
    /// Numbers of layers [default: 100 of random, else 10; 1..5 with --expressibility, 3 with --spectrum]
    #[arg(long, visible_alias = "depths", value_name = "N|N,…", value_parser = numbers)]
    depth: Option<Numbers>,
    /// Circuits or rows of weights for each point; with --expressibility pairs of states [default:
    /// 200; of pairs 5000]
    #[arg(long, value_name = "N", value_parser = count::<usize>(0..=MANY))]
    samples: Option<usize>,
    /// What is differentiated: `global` (1 - |<0|psi>|^2), `local` (1 - mean P(qubit is 0)), `zz`
    /// (Z0 Z1) or a Pauli sum; with --spectrum what is measured [default: zz; with --spectrum Z0]
    #[arg(long, value_name = "COST", value_parser = cost)]
    cost: Option<Cost>,
    /// The weight that is differentiated by, counted from 0 [default: of a rotation on qubit 0 in the
    /// middle layer]
    #[arg(long, value_name = "K", value_parser = count::<usize>(0..=MANY))]
    pub parameter: Option<usize>,
    /// How much of the space of states the ansatz reaches, and how entangled they are, instead of
    /// gradients
    #[arg(long, conflicts_with_all = ["spectrum", "cost", "parameter", "noise", "layer_noise"])]
    pub expressibility: bool,
    /// The Fourier spectrum of a model that encodes a feature with RX on each qubit in each layer,
    /// instead of gradients
    #[arg(long, conflicts_with_all = ["ansatz", "parameter", "noise", "layer_noise"])]
    pub spectrum: bool,
    /// The ansätze and the costs by name
    #[arg(long, exclusive = true)]
    pub list: bool,
    #[command(flatten)]
    pub noise: NoiseOptions,
    /// After each layer a depolarizing error on each qubit with this probability: noise whose bound is
    /// known
    #[arg(
        help_heading = NOISE,
        long,
        value_name = "P",
        conflicts_with = "noise",
        allow_negative_numbers = true
    )]
    pub layer_noise: Option<f64>,
    #[command(flatten)]
    pub seed: Seed,
    #[command(flatten)]
    pub threads: Threads,
    /// Write the picture (.svg, .png) or its numbers (.csv, .json)
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub json: Json,
}

fn ansatz(text: &str) -> Result<Ansatz, String> {
    text.parse().map_err(|error: ketlab::Error| error.to_string())
}

fn cost(text: &str) -> Result<Cost, String> {
    text.parse().map_err(|error: ketlab::Error| error.to_string())
}

/// Pairs of states of the paper.
const PAIRS: usize = 5000;

impl Args {
    pub fn ansatz(&self) -> Ansatz {
        self.ansatz.unwrap_or(Ansatz::Random)
    }

    /// What is differentiated, or measured.
    pub fn cost(&self) -> Cost {
        match &self.cost {
            Some(cost) => cost.clone(),
            None if self.spectrum => Cost::Observable("Z0".parse().expect("it is a Pauli string")),
            None => Cost::Zz,
        }
    }

    pub fn is_noisy(&self) -> bool {
        self.noise.is_given() || self.layer_noise.is_some()
    }

    pub fn qubits(&self) -> Vec<usize> {
        match &self.qubits {
            Some(given) => given.0.clone(),
            None if self.expressibility => vec![4],
            None if self.spectrum || self.is_noisy() => vec![2],
            None => (2..=8).collect(),
        }
    }

    pub fn depths(&self) -> Vec<usize> {
        match &self.depth {
            Some(given) => given.0.clone(),
            None if self.spectrum => vec![3],
            None if !self.ansatz().has_depth() => vec![1],
            None if self.expressibility => (1..=5).collect(),
            None if self.ansatz().is_random() => vec![100],
            None => vec![10],
        }
    }

    pub fn samples(&self) -> usize {
        self.samples.unwrap_or(if self.expressibility { PAIRS } else { 200 })
    }

    /// Each pair of a number of qubits and a depth, by depth.
    pub fn sizes(&self) -> Vec<(usize, usize)> {
        let qubits = self.qubits();
        let at = |depth| qubits.iter().map(move |&n| (n, depth));
        self.depths().into_iter().flat_map(at).collect()
    }

    /// Refuses sizes that are there twice, which the library does for gradients.
    pub fn check_sizes(&self) -> Result<()> {
        let sizes = self.sizes();
        for (k, size) in sizes.iter().enumerate() {
            if sizes[..k].contains(size) {
                bail!("--qubits, --depth: {} qubits at depth {} are there twice", size.0, size.1);
            }
        }
        Ok(())
    }
}
