//! `ketlab convert`: a circuit in another format.

use crate::input::Input;
use crate::noise_options::NoiseOptions;
use crate::output::{OutputFile, check_extension};
use anyhow::{Context, Result};
use clap::ValueEnum;
use ketlab::Circuit;
use ketlab::qasm::Export;
use ketlab::rewrite::{Basis, cancel_gates, to_basis};
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Extensions of what others write, and how to ask for it.
const FLAGS: [(&str, &str); 5] = [
    ("json", "--to json"),
    ("qasm", "--to qasm3"),
    ("svg", "ketlab draw --svg"),
    ("png", "ketlab draw --png"),
    ("tex", "ketlab draw --latex"),
];

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab convert circuits/adder_4.qasm --to qasm3
  ketlab convert circuits/ansatz_4.json --to qasm3 -o ansatz.qasm
  ketlab convert circuits/bell.qasm --noise depolarizing=0.001 --to json -o noisy.json
  ketlab convert circuits/adder_4.qasm --to qasm3 --basis ibm-cz --cancel")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// The format to write
    #[arg(long, value_enum)]
    to: Format,
    /// Write the circuit in these gates: a list like `rz,sx,x,cx`, or `u-cx`, `ibm-cx`, `ibm-cz`,
    /// `ibm-ecr`, `rz-ry-cz`, `ion-trap`, `clifford-t`; phases stay exact, no qubits are added
    #[arg(long, value_name = "GATES")]
    basis: Option<Basis>,
    /// Leave out gates that undo each other and add up rotations about the same axis
    #[arg(long)]
    cancel: bool,
    #[command(flatten)]
    noise: NoiseOptions,
    /// Write to this file instead of standard output (`-`); one that is there is replaced when the new
    /// one is complete
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// OpenQASM 2, with what it lacks spelled out
    Qasm2,
    /// OpenQASM 3
    Qasm3,
    /// ketlab's versioned JSON
    Json,
}

pub fn main(args: Args) -> Result<ExitCode> {
    if let Some(path) = args.output.as_deref().filter(|path| path.as_os_str() != "-") {
        let (right, json) = (["qasm", "qasm2", "qasm3", "inc"], ["json"]);
        let right = if matches!(args.to, Format::Json) { &json[..] } else { &right[..] };
        check_extension("--output", path, right, &FLAGS)?;
    }
    let mut circuit = args.input.circuit()?;
    let name = || args.input.name().to_string();
    if args.cancel {
        circuit = cancel_gates(&circuit);
    }
    if let Some(basis) = &args.basis {
        circuit = to_basis(&circuit, basis).with_context(name)?;
        if args.cancel {
            // Of T and S the sum may be a phase that the basis has no name for.
            circuit = to_basis(&cancel_gates(&circuit), basis).with_context(name)?;
        }
    }
    // Last, so that it is the noise of the gates that are written.
    let (circuit, _) = args.noise.apply(circuit)?;
    let program = Converted::new(&circuit, args.to).with_context(name)?;
    match &args.output {
        Some(path) if path.as_os_str() != "-" => {
            OutputFile::create("--output", path)?.write(|out| program.write(out))?
        }
        _ => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            program.write(&mut out)?;
            out.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What can be written without an error of its own.
enum Converted<'c> {
    Qasm(Box<Export<'c>>),
    Json(&'c Circuit),
}

impl<'c> Converted<'c> {
    fn new(circuit: &'c Circuit, format: Format) -> Result<Self> {
        Ok(match format {
            Format::Qasm2 => Converted::Qasm(Box::new(Export::qasm2(circuit)?)),
            Format::Qasm3 => Converted::Qasm(Box::new(Export::qasm3(circuit)?)),
            Format::Json => Converted::Json(circuit),
        })
    }

    fn write(&self, out: &mut impl Write) -> Result<()> {
        match self {
            Converted::Qasm(program) => write!(out, "{program}")?,
            Converted::Json(circuit) => {
                serde_json::to_writer(&mut *out, circuit)?;
                writeln!(out)?;
            }
        }
        Ok(())
    }
}
