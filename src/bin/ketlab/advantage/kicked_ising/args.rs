//! The flags.

use crate::advantage::common::Common;
use crate::options::count;
use anyhow::{Context, Result, bail};
use ketlab::advantage::kicked_ising::{KickedIsing, KickedObservable, KickedRival};
use std::f64::consts::PI;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(clap::Args)]
#[command(after_help = "\
Observables, as Kim et al. measured them (Nature 618, 500 (2023)): mz-5, w10-5, w17-5, w17-5+1, z62-9 \
and z62-20. FOLDER holds exact.csv, mix.csv, pepo.csv and spd.csv of the repository \
tbegusic/arxiv-2308.05077-data (MIT) and, in kim2023/, the text files of \
youngseok-kim1/Evidence-for-the-utility-of-quantum-computing-before-fault-tolerance (CC BY-SA 4.0); \
without it there is nobody to compare with.

Examples:
  ketlab advantage kicked-ising --observables z62-9 --angles 5 --min-coefficient 1e-4
  ketlab advantage kicked-ising --published FOLDER --plot kicked.svg
  ketlab advantage kicked-ising --observables z62-20 --theta 0.7 --rivals pauli-propagation")]
pub struct Args {
    /// What is measured [default: all six]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = parsed::<KickedObservable>)]
    observables: Vec<KickedObservable>,
    /// Only observables after these numbers of steps
    #[arg(long, value_name = "STEPS,…", value_delimiter = ',', value_parser = count::<usize>(1..=20))]
    size: Vec<usize>,
    /// Number of angles from 0 to π/2; the published exact values are at 17
    #[arg(long, value_name = "N", default_value = "17", value_parser = count::<usize>(2..=10_001))]
    angles: usize,
    /// These angles instead, in radians
    #[arg(long, value_name = "RADIANS,…", value_delimiter = ',', conflicts_with = "angles")]
    theta: Vec<f64>,
    /// Who computes them [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = parsed::<KickedRival>)]
    rivals: Vec<KickedRival>,
    /// Pauli propagation leaves out strings with smaller coefficients [default: 1e-5 to 1e-3, by the
    /// observable]
    #[arg(long, value_name = "DELTA")]
    min_coefficient: Option<f64>,
    /// It leaves out strings of larger weight [default: 9 for z62-20, 13 for z62-9]
    #[arg(long, value_name = "W", value_parser = count::<usize>(1..=127))]
    max_weight: Option<usize>,
    /// It keeps no more strings than this
    #[arg(long, value_name = "N", value_parser = count::<usize>(1..=10_000_000_000))]
    max_terms: Option<usize>,
    /// Light cones of more qubits are not simulated
    #[arg(long, value_name = "QUBITS", default_value = "20", value_parser = count::<usize>(1..=40))]
    max_cone: usize,
    /// Values whose trend over truncations 1, 2 and 4 times as coarse spans more have not converged
    #[arg(long, value_name = "NUMBER", default_value_t = 5e-3)]
    tolerance: f64,
    /// Published values to compare with
    #[arg(long, value_name = "FOLDER")]
    published: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

fn parsed<T: FromStr<Err = ketlab::Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: ketlab::Error| error.to_string())
}

impl Args {
    /// The experiment that the flags say.
    pub fn experiment(&self) -> Result<KickedIsing> {
        let mut experiment = KickedIsing::new();
        if !self.observables.is_empty() {
            experiment.observables.clone_from(&self.observables);
        }
        if !self.size.is_empty() {
            experiment.observables.retain(|observable| self.size.contains(&observable.steps()));
            if experiment.observables.is_empty() {
                bail!("--size: no observable is measured after these steps; there are 5, 9 and 20");
            }
        }
        experiment.angles = match self.theta.is_empty() {
            true => {
                (0..self.angles).map(|k| k as f64 * (PI / 2.0) / (self.angles - 1) as f64).collect()
            }
            false => self.theta.clone(),
        };
        if !self.rivals.is_empty() {
            experiment.rivals.clone_from(&self.rivals);
        }
        experiment.min_coefficient = self.min_coefficient;
        experiment.max_weight = self.max_weight;
        experiment.max_terms = self.max_terms;
        experiment.max_cone = self.max_cone;
        experiment.tolerance = self.tolerance;
        match &self.published {
            Some(folder) => experiment.with_published(folder).context("--published"),
            None => Ok(experiment),
        }
    }
}
