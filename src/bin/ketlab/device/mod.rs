//! `ketlab device`: a calibration, what is odd in it, and what noise a circuit gets from it.

mod document;
mod text;

use crate::device_options::{Loaded, What, load};
use crate::document::{Format, Json, write};
use crate::input::Reading;
use crate::output::{OutputFile, check_extension};
use crate::text::Folded;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use document::{Covered, document};
use ketlab::device::{DeviceNoise, NoiseModel, ScheduleKind};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab device --list
  ketlab device invented27
  ketlab device props_kyiv.json --configuration conf_kyiv.json -o kyiv.json
  ketlab device kyiv.json --circuit circuits/ghz_12.qasm --json
  ketlab device invented5 --to noise-model -o invented5_noise.json")]
pub struct Args {
    /// A calibration (`ketlab.device` or IBM's backend properties), a noise model of Aer's, or the name
    /// of a device that comes with ketlab
    #[arg(required_unless_present = "list", value_name = "FILE|NAME")]
    device: Option<String>,
    /// The devices that come with ketlab; all are invented
    #[arg(long, conflicts_with_all = ["device", "json", "circuit", "output", "configuration"])]
    list: bool,
    /// The configuration file that belongs to IBM's properties, with the coupling map
    #[arg(long, value_name = "FILE.json")]
    configuration: Option<PathBuf>,
    /// What noise this circuit gets, and how long it takes
    #[arg(long, value_name = "FILE")]
    circuit: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// How the circuit is scheduled [default: alap]
    #[arg(long, value_enum)]
    schedule: Option<ScheduleArg>,
    /// Write the device, or its noise model, to this file
    #[arg(short, long, value_name = "OUT.json")]
    output: Option<PathBuf>,
    /// What is written [default: device; noise-model of what is one]
    #[arg(long, value_enum, requires = "output")]
    to: Option<Target>,
    #[command(flatten)]
    json: Json,
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// `ketlab.device`
    Device,
    /// `ketlab.noise_model`, with the schedule
    NoiseModel,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let Some(given) = &args.device else {
        text::list(&mut Folded::new(&mut out))?;
        return Ok(ExitCode::SUCCESS);
    };
    if args.circuit.is_none() && args.reading.is_given() {
        bail!("values of parameters and the language are of a circuit; give it with --circuit");
    }
    if let Some(path) = args.output.as_deref().filter(|path| path.as_os_str() != "-") {
        check_extension("--output", path, &["json"], &[("json", "--output")])?;
    }
    let loaded = load(given, args.configuration.as_deref())?;
    if args.configuration.is_some() && loaded.source != "IBM properties" {
        bail!("--configuration belongs to IBM's properties, and {given} is {}", loaded.source);
    }
    let model = args.model(&loaded)?;
    let coverage = args.coverage(&model)?;
    if let Some(path) = &args.output {
        let text = args.written(&loaded, &model)?;
        if path.as_os_str() == "-" {
            out.write_all(text.as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        OutputFile::create("--output", path)?.write(|out| Ok(out.write_all(text.as_bytes())?))?;
    }
    if args.json.is_wanted() {
        let document = document(loaded, &model, coverage)?;
        write(&mut out, Format::Device, &document, &serde_json::Map::new())?;
    } else {
        text::print(&mut Folded::new(&mut out), &loaded, &model, coverage.as_ref())?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn model(&self, loaded: &Loaded) -> Result<NoiseModel> {
        let schedule = match self.schedule {
            None | Some(ScheduleArg::Alap) => Some(ScheduleKind::Alap),
            Some(ScheduleArg::Asap) => Some(ScheduleKind::Asap),
            Some(ScheduleArg::None) => None,
        };
        match &loaded.what {
            What::Model(_) if self.schedule.is_some_and(|s| s != ScheduleArg::None) => bail!(
                "--schedule: {} is a noise model of Aer, which says no durations; leave --schedule out",
                loaded.name
            ),
            What::Model(model) => Ok((**model).clone()),
            What::Device { device, .. } => {
                Ok(device.noise_model(&DeviceNoise { schedule, ..DeviceNoise::default() })?)
            }
        }
    }

    fn coverage(&self, model: &NoiseModel) -> Result<Option<Covered>> {
        let Some(file) = &self.circuit else { return Ok(None) };
        let circuit = self.reading.circuit(file)?;
        let context = || format!("--circuit {}", file.display());
        let noisy = model.apply(&circuit).with_context(context)?;
        Ok(Some(Covered::new(noisy.coverage, noisy.schedule)))
    }

    fn written(&self, loaded: &Loaded, model: &NoiseModel) -> Result<String> {
        match (&loaded.what, self.to) {
            (What::Device { device, .. }, None | Some(Target::Device)) => Ok(device.to_json()?),
            (What::Model(_), Some(Target::Device)) => {
                bail!("--to device: {} is a noise model, which says no calibration", loaded.name)
            }
            _ => Ok(model.to_json()?),
        }
    }
}
