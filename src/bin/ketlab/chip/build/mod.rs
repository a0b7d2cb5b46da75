//! `ketlab chip build`: from a plan to a calibration.

mod document;
mod text;

use crate::document::{Format, Json, Work, write};
use crate::input;
use crate::messages;
use crate::output::{OutputFile, check_extension};
use crate::progress::{Progress, cancel_on_interrupt};
use crate::text::Folded;
use anyhow::{Context, Result};
use document::Document;
use ketlab::chip::LatticeFile;
use ketlab::device::ChipPlan;
use ketlab::math::Watch;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_help = "\
A plan names a lattice; everything else has defaults, which `--json` writes out under `plan`. What `--json` \
wrote is a plan, too: it builds the same chip again. docs/cli.md has the format.

Examples:
  ketlab chip build circuits/chips/line3.json -o device.json
  ketlab run circuits/bell.qasm --device device.json --transpile --shots 1000
  ketlab chip build circuits/chips/falcon27.json --json > built.json
  ketlab chip build built.json -o again.json")]
pub struct Args {
    /// The plan, or what `ketlab chip build --json` or `ketlab chip yield --save-plan` wrote; - reads
    /// standard input
    plan: PathBuf,
    /// Write the calibration, a `ketlab.device`, to this file
    #[arg(short, long, value_name = "DEVICE.json")]
    output: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let began = Instant::now();
    let output = match &args.output {
        None => None,
        Some(path) => {
            check_extension("--output", path, &["json"], &[])?;
            Some(OutputFile::create("--output", path)?)
        }
    };
    let context = || input::name(&args.plan).into_owned();
    let plan = read(&args.plan).with_context(context)?;
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let built = {
        let lattice = plan.lattice().with_context(context)?;
        let rows = lattice.num_qubits() + lattice.couplings().len();
        let _progress = Progress::rows(&watch, rows as u64, "qubits and couplings");
        plan.build(&watch).with_context(context)?
    };
    for warning in &built.warnings {
        messages::warning(warning);
    }
    if let Some(file) = output {
        let text = built.device.to_json()?;
        file.write(|out| Ok(out.write_all(text.as_bytes())?))?;
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let document = Document::of(&plan, &built)?;
        write(&mut out, Format::ChipBuild, &document, &Work::since(began, None))?;
    } else {
        text::print(&mut Folded::new(&mut out), &plan, &built)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A plan, the one in a document that was made of it, or a lattice with frequencies.
fn read(path: &Path) -> Result<ChipPlan> {
    let text = match path.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin())?,
        false => std::fs::read_to_string(path)?,
    };
    let document = serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default();
    let (name, version) = Format::ChipBuild.name_and_version();
    if document["format"] == "ketlab.lattice" {
        return Ok(ChipPlan::from_lattice(&LatticeFile::from_json(&text)?)?);
    }
    let is_built = document["format"] == name && document["version"] == version;
    let plan = if is_built { document["plan"].to_string() } else { text };
    Ok(ChipPlan::from_json(&plan)?)
}
