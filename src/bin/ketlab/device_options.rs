//! Devices on the command line: files and names of them, how circuits are scheduled on them, and the
//! noise that they make.

use crate::messages;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::device::{
    BUNDLED, Device, DeviceNoise, Finding, FindingKind, NoiseModel, ScheduleKind,
};
use ketlab::math::closest;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Once;

/// Heading of the help.
pub const NOISE: &str = "Noise";

/// The device whose noise a circuit has.
#[derive(clap::Args, Clone, Default)]
pub struct DeviceOptions {
    /// Noise of a device: a file of its calibration (`ketlab.device`, IBM's backend properties, or Aer's
    /// noise model), or one that comes with ketlab (`ketlab device --list`)
    #[arg(help_heading = NOISE, long, value_name = "FILE|NAME")]
    device: Option<String>,
    /// When operations happen on the device: qubits that wait relax. As late as possible, as soon as
    /// possible, or no schedule: then only delays of the circuit are times [default: alap]
    #[arg(help_heading = NOISE, long, value_enum, requires = "device")]
    schedule: Option<ScheduleArg>,
    /// Which qubits of the device the circuit's are, in order, like 5,3,8 [default: the first ones]
    #[arg(help_heading = NOISE, long, value_name = "QUBITS", value_delimiter = ',', requires = "device")]
    device_qubits: Vec<usize>,
    /// Write circuits in the device's gates, on pairs of qubits that have them, before their noise: gates
    /// that the device does not have are without noise
    #[arg(help_heading = NOISE, long, requires = "device")]
    transpile: bool,
    /// Without the phases that qubits gain from the ZZ interaction with neighbours while they wait
    #[arg(help_heading = NOISE, long, requires = "device")]
    no_crosstalk: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ScheduleArg {
    /// As late as possible
    Alap,
    /// As soon as possible
    Asap,
    /// No schedule
    None,
}

/// What a file or name of a device is.
pub struct Loaded {
    pub name: String,
    /// What was read: `ketlab.device`, `IBM properties`, `Aer noise model`, `bundled`.
    pub source: &'static str,
    pub what: What,
}

/// A device, or the noise model that is all that is known of it.
pub enum What {
    Device { device: Box<Device>, findings: Vec<Finding> },
    Model(Box<NoiseModel>),
}

/// A device by its file or name; `configuration` is IBM's separate file.
pub fn load(given: &str, configuration: Option<&Path>) -> Result<Loaded> {
    let path = Path::new(given);
    if !path.exists() {
        if BUNDLED.contains(&given) {
            let device = Box::new(Device::named(given)?);
            let findings = device.findings()?;
            let what = What::Device { device, findings };
            return Ok(Loaded { name: given.into(), source: "bundled", what });
        }
        let near = closest(given, BUNDLED.iter().copied());
        let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
        bail!(
            "there is no file and no device `{given}`; {near}devices that come with ketlab are {}",
            BUNDLED.join(", ")
        );
    }
    let text = std::fs::read_to_string(path).with_context(|| given.to_string())?;
    let value: Value = serde_json::from_str(&text)
        .with_context(|| format!("{given}: a device is JSON, and this is not"))?;
    let has = |key: &str| value.get(key).is_some();
    let format = value.get("format").and_then(Value::as_str);
    let context = || given.to_string();
    let (source, what) = if let Some(format) = format {
        if format == "ketlab.noise_model" {
            bail!("{given} is a noise model, no device: give it to --noise");
        }
        if matches!(format, "ketlab.chip_plan" | "ketlab.chip_build" | "ketlab.lattice") {
            bail!(
                "{given} is a chip, no device: `ketlab chip build {given} -o DEVICE.json` makes one of it"
            );
        }
        ("ketlab.device", read(Device::from_json(&text)).with_context(context)?)
    } else if has("errors") {
        (
            "Aer noise model",
            What::Model(Box::new(NoiseModel::from_aer(&text).with_context(context)?)),
        )
    } else if has("qubits") && has("gates") {
        let configuration = configuration.map(|path| {
            std::fs::read_to_string(path)
                .with_context(|| format!("--configuration {}", path.display()))
        });
        let configuration = configuration.transpose()?;
        let device = Device::from_ibm_properties(&text, configuration.as_deref());
        ("IBM properties", read(device).with_context(context)?)
    } else {
        bail!(
            "{given} is no device: it has neither `format` (ketlab.device), nor `qubits` and `gates` \
             (IBM's backend properties), nor `errors` (Aer's noise model)"
        );
    };
    let own = match &what {
        What::Device { device, .. } => device.name.clone(),
        What::Model(_) => String::new(),
    };
    Ok(Loaded { name: if own.is_empty() { given.into() } else { own }, source, what })
}

fn read(file: ketlab::Result<ketlab::device::DeviceFile>) -> Result<What> {
    let ketlab::device::DeviceFile { device, findings } = file?;
    Ok(What::Device { device: Box::new(device), findings })
}

/// A device's noise, and what documents say of it.
pub struct DeviceModel {
    pub model: NoiseModel,
    pub name: String,
    pub num_findings: usize,
    /// The qubits of the device that the model's are; none of an Aer noise model.
    pub qubits: Option<Vec<usize>>,
    /// The gates with records; none of a noise model.
    pub gates: Option<BTreeSet<String>>,
}

impl DeviceOptions {
    pub fn is_given(&self) -> bool {
        self.device.is_some()
    }

    /// Beside `--noise`, as given.
    pub fn flags(&self) -> Vec<String> {
        let mut flags: Vec<String> =
            self.device.iter().map(|given| format!("device={given}")).collect();
        if !self.device_qubits.is_empty() {
            let qubits: Vec<String> = self.device_qubits.iter().map(usize::to_string).collect();
            flags.push(format!("device-qubits={}", qubits.join(",")));
        }
        if let Some(schedule) = self.schedule.and_then(|s| s.to_possible_value()) {
            flags.push(format!("schedule={}", schedule.get_name()));
        }
        if self.transpile {
            flags.push("transpile".into());
        }
        if self.no_crosstalk {
            flags.push("no-crosstalk".into());
        }
        flags
    }

    pub fn is_transpiled(&self) -> bool {
        self.transpile
    }

    fn noise(&self) -> DeviceNoise {
        let schedule = match self.schedule {
            None | Some(ScheduleArg::Alap) => Some(ScheduleKind::Alap),
            Some(ScheduleArg::Asap) => Some(ScheduleKind::Asap),
            Some(ScheduleArg::None) => None,
        };
        DeviceNoise {
            schedule,
            transpile: self.transpile,
            crosstalk: !self.no_crosstalk,
            ..DeviceNoise::default()
        }
    }

    /// The noise of the device, if there is one, for circuits on so many qubits, if that is known; findings
    /// are told once.
    pub fn model(&self, num_qubits: Option<usize>) -> Result<Option<DeviceModel>> {
        let Some(given) = &self.device else { return Ok(None) };
        let loaded = load(given, None).context("--device")?;
        let (model, findings, qubits, gates) = match loaded.what {
            What::Device { device, findings } => {
                let (device, qubits) = self.chosen(*device, num_qubits)?;
                let gates = device.gates.iter().map(|gate| gate.name.clone()).collect();
                let model = device.noise_model(&self.noise()).context("--device")?;
                (model, findings, Some(qubits), Some(gates))
            }
            What::Model(model) => {
                if self.schedule.is_some_and(|s| s != ScheduleArg::None) {
                    bail!(
                        "--schedule: {given} is a noise model of Aer, which says no durations; leave \
                         --schedule out"
                    );
                }
                if self.transpile {
                    bail!("--transpile: {given} is a noise model of Aer, which says no couplings");
                }
                if !self.device_qubits.is_empty() {
                    bail!("--device-qubits: {given} is a noise model of Aer and no list of qubits");
                }
                (*model, vec![], None, None)
            }
        };
        tell_findings(&loaded.name, given, &findings);
        let num_findings = findings.len();
        Ok(Some(DeviceModel { model, name: loaded.name, num_findings, qubits, gates }))
    }

    /// The device of the qubits that are given, or else of its first ones, or of others where circuits are
    /// written for the device and its first ones are not connected; and which these are.
    fn chosen(&self, device: Device, num_qubits: Option<usize>) -> Result<(Device, Vec<usize>)> {
        let all: Vec<usize> = (0..device.num_qubits()).collect();
        if !self.device_qubits.is_empty() {
            let part = device.on_qubits(&self.device_qubits).context("--device-qubits")?;
            return Ok((part, self.device_qubits.clone()));
        }
        match num_qubits {
            Some(n) if self.transpile && (1..=all.len()).contains(&n) => {
                let chosen = device.choose_qubits(n).context("--transpile")?;
                if chosen[..] == all[..n] {
                    return Ok((device, all));
                }
                tell_chosen(&chosen);
                Ok((device.on_qubits(&chosen)?, chosen))
            }
            _ => Ok((device, all)),
        }
    }
}

/// Says once on standard error which qubits were taken.
fn tell_chosen(chosen: &[usize]) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let list: Vec<String> = chosen.iter().map(usize::to_string).collect();
        messages::note(format!(
            "the device's first qubits are not connected; the circuit is on qubits {} \
             (--device-qubits takes others)",
            list.join(",")
        ));
    });
}

/// Says once on standard error that there are findings.
fn tell_findings(name: &str, given: &str, findings: &[Finding]) {
    static ONCE: Once = Once::new();
    if findings.is_empty() {
        return;
    }
    ONCE.call_once(|| {
        let parts: Vec<String> = by_kind(findings)
            .into_iter()
            .map(|(kind, n)| format!("{n} × {}", kind.words()))
            .collect();
        // Where nobody can read it, it is not missed.
        let _ = writeln!(
            std::io::stderr(),
            "warning: device {name}: {}; `ketlab device {given}` lists them",
            parts.join("; ")
        );
    });
}

/// How many findings there are of each kind.
pub fn by_kind(findings: &[Finding]) -> BTreeMap<FindingKind, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.what).or_default() += 1;
    }
    counts
}
