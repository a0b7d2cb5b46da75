//! `--noise` and what belongs to it: the model that the flags say, put into a circuit.

mod applied;
mod means;

pub use crate::device_options::NOISE;
pub use applied::{Applied, Uncovered};
pub use means::{NoisyMeans, Sampling, Training};

use crate::device_options::{DeviceModel, DeviceOptions};
use anyhow::{Context, Result, bail};
use ketlab::device::{Coverage, NoiseModel, noise_from_flags};
use ketlab::{Circuit, Error};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

/// The noise of a circuit's operations.
#[derive(clap::Args, Clone)]
pub struct NoiseOptions {
    /// Noise of the operations; may be given several times: `depolarizing=P` on each qubit that a
    /// gate touches, `depolarizing-pair=P` (the 15 Pauli errors after gates on two qubits),
    /// `thermal=T1,T2` like 100us,80us (with --gate-time), `readout=P(1|0),P(0|1)`, or a file of
    /// noise rules, FILE.json
    #[arg(help_heading = NOISE, long = "noise", value_name = "NOISE|FILE.json")]
    noise: Vec<String>,
    /// How long operations take, for the relaxation of `thermal`: gates on one and on two qubits and
    /// measurements, `1q=35ns,2q=300ns,measure=1us`; `3q`, … and `reset` may be there
    #[arg(help_heading = NOISE, long = "gate-time", value_name = "TIMES", requires = "noise")]
    gate_time: Vec<String>,
    #[command(flatten)]
    device: DeviceOptions,
    /// What is known of the device once the model was made.
    #[arg(skip)]
    told: OnceLock<ToldDevice>,
}

/// What documents say of a device.
#[derive(Clone)]
struct ToldDevice {
    name: String,
    num_findings: usize,
    qubits: Option<Vec<usize>>,
    /// How many rules are those of `--noise`; the device's are behind them.
    num_own_rules: usize,
    /// The gates with records; none of a noise model.
    gates: Option<BTreeSet<String>>,
}

impl NoiseOptions {
    /// Whether there is a model.
    pub fn is_given(&self) -> bool {
        !self.noise.is_empty() || self.device.is_given()
    }

    /// The model that the flags say together: the noise of `--noise`, then that of `--device`.
    pub fn model(&self) -> Result<Option<NoiseModel>> {
        self.model_for(None)
    }

    /// The same for circuits on so many qubits, if that is known.
    pub fn model_for(&self, num_qubits: Option<usize>) -> Result<Option<NoiseModel>> {
        let device = self.device.model(num_qubits)?;
        let own = self.own_model()?;
        let Some(DeviceModel { model, name, num_findings, qubits, gates }) = device else {
            return Ok(own);
        };
        let mut joined = own.unwrap_or_default();
        let num_own_rules = joined.rules().len();
        joined.extend(model).context("--noise and --device")?;
        // The same each time.
        let _ = self.told.set(ToldDevice { name, num_findings, qubits, num_own_rules, gates });
        Ok(Some(joined))
    }

    /// That of `--noise`.
    fn own_model(&self) -> Result<Option<NoiseModel>> {
        if self.noise.is_empty() {
            return Ok(None);
        }
        let flags = || format!("--noise {}", self.noise.join(" --noise "));
        for times in &self.gate_time {
            check_times(times)?;
        }
        let is_thermal = |flag: &&String| flag.trim().starts_with("thermal=");
        let has_times = |flag: &String| flag.split(',').any(|item| item.trim().starts_with("1q="));
        if let Some(thermal) = self.noise.iter().find(is_thermal)
            && !self.noise.iter().chain(&self.gate_time).any(has_times)
        {
            bail!(
                "--noise {thermal}: qubits relax while gates and measurements last, and how long that \
                 is is missing; add `--gate-time 1q=35ns,2q=300ns,measure=1us`"
            );
        }
        let all: Vec<&String> = self.noise.iter().chain(&self.gate_time).collect();
        // What went wrong with a file is said with its name.
        let mut unread = None;
        let mut read = |path: &str| {
            std::fs::read_to_string(Path::new(path)).map_err(|error| {
                let text = format!("{path}: {error}");
                unread = Some(text.clone());
                Error::Invalid {
                    what: "a noise model".into(),
                    value: format!("`{path}`"),
                    expected: error.to_string(),
                }
            })
        };
        let model = noise_from_flags(&all, &mut read);
        match (model, unread) {
            (_, Some(text)) => bail!("--noise {text}"),
            (model, None) => Ok(Some(model.with_context(flags)?)),
        }
    }

    /// The circuit with the noise of the flags, and what it did, which is told on standard error.
    pub fn apply(&self, circuit: Circuit) -> Result<(Circuit, Option<Applied>)> {
        let Some(model) = self.model_for(Some(circuit.num_qubits()))? else {
            return Ok((circuit, None));
        };
        let (circuit, applied) = self.apply_model(&model, &circuit)?;
        applied.tell();
        Ok((circuit, Some(applied)))
    }

    /// Says what a model did somewhere else.
    pub fn tell(&self, model: Option<&NoiseModel>, coverage: &Coverage) {
        if let Some(model) = model {
            Applied::new(self, model, coverage.clone(), None).tell();
        }
    }

    /// The same of a model at hand, told to nobody.
    pub fn apply_model(&self, model: &NoiseModel, circuit: &Circuit) -> Result<(Circuit, Applied)> {
        let context = if self.device.is_given() { "--device" } else { "--noise" };
        let noisy = model.apply(circuit).context(context)?;
        let applied = match self.device.is_given() {
            // Of a large device only what is of the circuit's qubits.
            true => {
                let model = model.on_first(circuit.num_qubits());
                let applied = Applied::new(self, &model, noisy.coverage, noisy.schedule.as_ref());
                applied.on(self.told.get(), circuit.num_qubits(), noisy.places)
            }
            false => Applied::new(self, model, noisy.coverage, noisy.schedule.as_ref()),
        };
        Ok((noisy.circuit, applied))
    }
}

/// Refuses what is no time of an operation: it would be noise that nobody asked for.
fn check_times(times: &str) -> Result<()> {
    for item in times.split(',') {
        let name = item.split('=').next().unwrap_or_default().trim();
        let digits = name.strip_suffix('q').filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let is_number = digits.is_some_and(|n| n.parse::<usize>().is_ok_and(|n| n > 0));
        if !(is_number || name == "measure" || name == "reset") || !item.contains('=') {
            bail!(
                "--gate-time {times}: `{}` is no time of an operation; write \
                 1q=35ns,2q=300ns,measure=1us",
                item.trim()
            );
        }
    }
    Ok(())
}

/// Whether a circuit has noise itself.
pub fn is_noisy(circuit: &Circuit) -> bool {
    circuit.profile().num_channels > 0 || circuit.readout_errors().len() > 0
}
