//! `--noise` and what belongs to it: the model that the flags say, put into a circuit, and what it did
//! there; how means under noise are estimated.

use crate::device_options::{DeviceModel, DeviceOptions};
use crate::messages;
use crate::options::{MANY, count};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::device::{Coverage, NoiseModel, Schedule, Untimed, noise_from_flags};
use ketlab::simulate::{Accuracy, Trajectories};
use ketlab::{Circuit, Error, Request};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

pub use crate::device_options::NOISE;

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

/// How means under noise are estimated.
#[derive(clap::Args, Clone)]
pub struct Sampling {
    /// Estimate means from this many random trajectories of the noisy circuit [default: 1024 where
    /// that is the method]
    #[arg(help_heading = NOISE, long, value_name = "N", value_parser = count::<u64>(1..=MANY), conflicts_with = "standard_error")]
    pub trajectories: Option<u64>,
    /// Estimate means from as many trajectories as it takes for every standard error to be at most
    /// this
    #[arg(help_heading = NOISE, long, value_name = "E", value_parser = positive)]
    pub standard_error: Option<f64>,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        Ok(_) => Err("a standard error is positive and finite, like 0.001".into()),
        Err(_) => Err("write a number, like 0.001".into()),
    }
}

impl Sampling {
    /// The request with what these say.
    pub fn ask(&self, mut request: Request) -> Request {
        if let Some(number) = self.trajectories {
            request = request.trajectories(number);
        }
        if let Some(error) = self.standard_error {
            request = request.standard_error(error);
        }
        request
    }

    /// The flag that is given.
    pub fn flag(&self) -> Option<&'static str> {
        match (self.trajectories, self.standard_error) {
            (Some(_), _) => Some("--trajectories"),
            (None, Some(_)) => Some("--standard-error"),
            (None, None) => None,
        }
    }
}

/// How the means of a minimization under noise come about.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NoisyMethod {
    /// By the density matrix, unless a number of trajectories or a standard error is given
    Auto,
    /// Exact means and gradients
    DensityMatrix,
    /// Estimates from random trajectories
    Trajectories,
}

impl Sampling {
    /// How accurate means are to be, where there is a noise model.
    pub fn accuracy(&self, method: NoisyMethod) -> Result<Accuracy> {
        Ok(match (method, self.trajectories, self.standard_error) {
            (NoisyMethod::DensityMatrix, None, None) => Accuracy::Exact,
            (NoisyMethod::DensityMatrix, _, _) => bail!(
                "{} with --method density-matrix: its means are exact; leave one of the two out",
                self.flag().unwrap_or_default()
            ),
            (_, Some(number), _) => Accuracy::Trajectories(number),
            (_, None, Some(error)) => Accuracy::StandardError(error),
            (NoisyMethod::Trajectories, None, None) => Accuracy::default(),
            (NoisyMethod::Auto, None, None) => Accuracy::Exact,
        })
    }
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

/// What a model did to a circuit: the key `noise` of documents.
#[derive(Serialize, Clone)]
pub struct Applied {
    /// As they were given, `--gate-time` behind `--noise`.
    flags: Vec<String>,
    /// The name of the device of `--device`.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// How many findings there are in its calibration.
    #[serde(skip_serializing_if = "Option::is_none")]
    num_findings: Option<usize>,
    /// How circuits are scheduled, and how long this one takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    makespan_ns: Option<f64>,
    /// Operations that the schedule knows no duration of.
    #[serde(skip_serializing_if = "Option::is_none")]
    untimed: Option<Vec<Untimed>>,
    /// The qubits of the device that the circuit's are, by number; written for the device, those that each
    /// of them begins and ends on.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_qubits: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_places: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    final_places: Option<Vec<usize>>,
    /// The rules and readout errors; null where a channel is too large to be written.
    model: Option<Value>,
    /// Whether nothing in the circuit has noise from it.
    no_effect: bool,
    num_gates: usize,
    num_noisy_gates: usize,
    gates_without_noise: Vec<Uncovered>,
    num_measurements: usize,
    num_noisy_measurements: usize,
    num_misread_qubits: usize,
    num_channels: usize,
    unmatched_rules: Vec<usize>,
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    warnings: Vec<String>,
}

#[derive(Serialize, Clone)]
struct Uncovered {
    name: String,
    num_qubits: usize,
    count: usize,
    is_virtual: bool,
}

impl Applied {
    fn new(
        options: &NoiseOptions,
        model: &NoiseModel,
        coverage: Coverage,
        schedule: Option<&Schedule>,
    ) -> Self {
        let device = options.told.get();
        let no_effect = coverage.is_none();
        let mut warnings = match device {
            Some(device) => lacking(device, options, model, &coverage),
            None => untimed_by_model(&coverage).into_iter().collect(),
        };
        if warnings.is_empty() {
            let none_noisy = coverage.num_noisy_gates == 0 && coverage.num_gates > 0;
            warnings.extend(if no_effect {
                Some(
                    "the noise model changes nothing in this circuit: all of it is without noise"
                        .into(),
                )
            } else if none_noisy && has_rules(model) {
                Some("the noise model touches no gate of this circuit".to_owned())
            } else {
                without_time(options, &coverage)
            });
        }
        // The rules of flags are not the user's, who knows them by no number.
        let mut told = coverage.clone();
        if !options.noise.iter().any(|flag| flag.trim().ends_with(".json")) {
            told.unmatched.clear();
        }
        if let Some(device) = device {
            told.unmatched.retain(|&rule| rule < device.num_own_rules);
        }
        let unmatched_rules = match device {
            Some(_) => told.unmatched.clone(),
            None => coverage.unmatched,
        };
        let mut text = told.to_string();
        if let Some(schedule) = schedule {
            text = format!("{text}; {schedule}");
        }
        let gates = coverage.without.into_iter().map(|left| Uncovered {
            name: left.name,
            num_qubits: left.num_qubits,
            count: left.count,
            is_virtual: left.is_virtual,
        });
        Applied {
            flags: {
                let noise = options.noise.iter().chain(&options.gate_time).cloned();
                noise.chain(options.device.flags()).collect()
            },
            device: device.map(|device| device.name.clone()),
            num_findings: device.map(|device| device.num_findings),
            schedule: model.timing().map(|timing| timing.kind.to_string()),
            makespan_ns: schedule.map(|schedule| schedule.makespan_ns),
            device_qubits: None,
            initial_places: None,
            final_places: None,
            untimed: model.timing().map(|_| coverage.untimed),
            model: model.to_json().ok().and_then(|text| serde_json::from_str(&text).ok()),
            no_effect,
            num_gates: coverage.num_gates,
            num_noisy_gates: coverage.num_noisy_gates,
            gates_without_noise: gates.collect(),
            num_measurements: coverage.num_measurements,
            num_noisy_measurements: coverage.num_noisy_measurements,
            num_misread_qubits: coverage.num_misread_qubits,
            num_channels: coverage.num_channels,
            unmatched_rules,
            text,
            warnings,
        }
    }

    /// With where on the device the circuit is.
    fn on(
        mut self,
        device: Option<&ToldDevice>,
        num_qubits: usize,
        places: Option<[Vec<usize>; 2]>,
    ) -> Self {
        if let Some(qubits) = device.and_then(|device| device.qubits.as_ref()) {
            let of = |places: Vec<usize>| places.into_iter().map(|q| qubits[q]).collect();
            self.device_qubits = qubits.get(..num_qubits).map(<[usize]>::to_vec);
            let [begin, end] = places.map_or([None, None], |places| places.map(Some));
            (self.initial_places, self.final_places) = (begin.map(of), end.map(of));
        }
        self
    }

    /// `3 of 5 gates have noise; none: 2 rz (virtual)`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Says it on standard error; what a person should look at even with `--quiet`.
    pub fn tell(&self) {
        self.warnings.iter().for_each(messages::warning);
        messages::note(format!("noise: {}", self.text));
    }
}

/// Gates that do not relax since nobody said how long they take.
fn without_time(options: &NoiseOptions, coverage: &Coverage) -> Option<String> {
    if !options.noise.iter().any(|flag| flag.trim().starts_with("thermal=")) {
        return None;
    }
    let left = coverage.without.iter().find(|left| !left.is_virtual)?;
    Some(format!(
        "{} {} on {} qubits: no noise, since how long it takes is not said; add {}q=… to --gate-time, \
         or write the circuit in gates on one and two qubits (`ketlab convert --basis`)",
        left.count, left.name, left.num_qubits, left.num_qubits
    ))
}

/// Operations without time under a model of the user's own that schedules circuits.
fn untimed_by_model(coverage: &Coverage) -> Option<String> {
    let list = coverage.untimed.iter().map(|u| format!("{} {}", u.count, u.name));
    let list: Vec<String> = list.collect();
    let text = || {
        format!(
            "no time for {}: the schedule of the noise model says no duration of them on their qubits",
            list.join(", ")
        )
    };
    (!list.is_empty()).then(text)
}

/// What the circuit has and a device says nothing of, or nothing but that it is perfect.
fn lacking(
    device: &ToldDevice,
    options: &NoiseOptions,
    model: &NoiseModel,
    coverage: &Coverage,
) -> Vec<String> {
    let name = &device.name;
    let left = coverage.without.iter().filter(|left| !left.is_virtual);
    let Some(gates) = &device.gates else {
        let list: Vec<String> = left.map(|l| format!("{} {}", l.count, l.name)).collect();
        return match list.is_empty() {
            true => vec![],
            false => vec![format!(
                "no noise for {}: the noise model {name} has none of them on their qubits",
                list.join(", ")
            )],
        };
    };
    let is_scheduled = model.timing().is_some();
    let advice = match options.device.is_transpiled() {
        true => "",
        false => "; write the circuit in its gates (--transpile)",
    };
    // Without noise and time; without noise; perfect; one of both.
    let (mut unknown, mut perfect, mut either) = (vec![], vec![], vec![]);
    let mut untimed = coverage.untimed.clone();
    for left in left {
        let mut rest = left.count;
        let is_same = |u: &&mut Untimed| u.name == left.name && u.num_qubits == left.num_qubits;
        if let Some(u) = untimed.iter_mut().find(is_same) {
            let both = rest.min(u.count);
            unknown.push(format!("{both} {}", left.name));
            u.count -= both;
            rest -= both;
        }
        let text = format!("{rest} {}", left.name);
        match (rest, is_scheduled, gates.contains(&left.name)) {
            (0, _, _) => {}
            (_, true, _) => perfect.push(text),
            (_, false, true) => either.push(text),
            (_, false, false) => unknown.push(text),
        }
    }
    let (mut foreign, mut times) = (vec![], vec![]);
    for Untimed { name, count, .. } in untimed.iter().filter(|u| u.count > 0) {
        let is_known = gates.contains(name) || name == "measure" || name == "reset";
        if is_known { &mut times } else { &mut foreign }.push(format!("{count} {name}"));
    }
    let mut warnings = Vec::new();
    let mut tell = |list: &[String], what: &str, why: String| {
        if !list.is_empty() {
            warnings.push(format!("{what} for {}: {why}", list.join(", ")));
        }
    };
    let what = if is_scheduled { "no noise and no time" } else { "no noise" };
    let why =
        format!("device {name} has no record of their error or duration on their qubits{advice}");
    tell(&unknown, what, why);
    let why = format!("device {name} has no record of them{advice}");
    tell(&foreign, "no noise of the device and no time", why);
    let why = format!(
        "device {name} has no record of them on their qubits, or one without noise{advice}"
    );
    tell(&either, "no noise", why);
    let why = format!("the records of device {name} say that they have none");
    tell(&perfect, "no noise", why);
    let why = format!("device {name} says no duration of them on their qubits");
    tell(&times, "no time", why);
    warnings
}

/// Whether a model has noise for operations, not only readout errors.
fn has_rules(model: &NoiseModel) -> bool {
    !model.rules().is_empty()
}

/// Noise of a minimization, by the same flags wherever something is minimized.
#[derive(clap::Args, Clone)]
pub struct Training {
    #[command(flatten)]
    pub noise: NoiseOptions,
    /// How means and gradients under noise come about
    #[arg(help_heading = NOISE, long, value_enum, default_value_t = NoisyMethod::Auto)]
    method: NoisyMethod,
    #[command(flatten)]
    sampling: Sampling,
}

impl Training {
    /// Whether means under noise are estimates, not exact.
    pub fn is_estimated(&self) -> bool {
        self.method == NoisyMethod::Trajectories || self.sampling.flag().is_some()
    }

    /// The model and how accurate means are to be; `None` without noise, that of a circuit that has
    /// some itself included.
    pub fn model(
        &self,
        is_noisy: bool,
        num_qubits: usize,
    ) -> Result<Option<(NoiseModel, Accuracy)>> {
        let own = is_noisy.then(NoiseModel::new);
        let Some(model) = self.noise.model_for(Some(num_qubits))?.or(own) else {
            let flag = self.sampling.flag();
            let flag = flag.or((self.method != NoisyMethod::Auto).then_some("--method"));
            if let Some(flag) = flag {
                bail!("{flag} is of means under noise; give the --noise, too");
            }
            return Ok(None);
        };
        Ok(Some((model, self.sampling.accuracy(self.method)?)))
    }
}

/// How means under noise came about, in documents: the keys `method`, `why`, `noise`.
#[derive(Serialize, Clone)]
pub struct NoisyMeans {
    method: &'static str,
    why: String,
    trajectories: Option<u64>,
    distinct_patterns: Option<u64>,
    no_error_weight: Option<f64>,
    /// What `--noise` did.
    noise: Option<Applied>,
}

impl NoisyMeans {
    /// Of means with this accuracy, whose last draw of errors was `drawn`.
    pub fn new(noise: Option<Applied>, accuracy: Accuracy, drawn: Option<&Trajectories>) -> Self {
        let why = match accuracy {
            Accuracy::Exact => {
                "they are exact unless trajectories or a standard error are asked for".to_string()
            }
            Accuracy::Trajectories(number) => format!("{number} trajectories were asked for"),
            Accuracy::StandardError(error) => {
                format!("standard errors of at most {error} were asked for")
            }
        };
        NoisyMeans {
            method: if accuracy.is_exact() { "density-matrix" } else { "trajectories" },
            why,
            trajectories: drawn.map(|drawn| drawn.number),
            distinct_patterns: drawn.map(|drawn| drawn.distinct_patterns),
            no_error_weight: drawn.and_then(|drawn| drawn.no_error_weight),
            noise,
        }
    }

    /// Lines for people.
    pub fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "means under noise: {} because {}", self.method, self.why)?;
        if let (Some(number), Some(patterns)) = (self.trajectories, self.distinct_patterns) {
            let weight = self.no_error_weight;
            let weight =
                weight.map_or_else(String::new, |p| format!("; no error has probability {p:.6}"));
            writeln!(
                out,
                "last gradient: {number} trajectories, {patterns} patterns of errors{weight}"
            )?;
        }
        Ok(())
    }
}
