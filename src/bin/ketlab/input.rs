//! Circuits from files and standard input, and values for their parameters.

use crate::messages;
use crate::options::{MANY, READING, count};
use crate::text::{plural, time};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::circuit::Circuit;
use ketlab::math::closest;
use ketlab::qasm;
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Input {
    /// An OpenQASM 2 or 3 file, a circuit as ketlab's JSON (it begins with `{`), or `-` for standard
    /// input
    file: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

/// How a circuit is read.
#[derive(clap::Args)]
pub struct Reading {
    /// Value of a parameter or of an `input`: a number or an expression like `pi/2`; may be given
    /// several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// The language of a program whose first line does not state it [default: by what it uses]
    #[arg(help_heading = READING, long, value_enum, value_name = "VERSION")]
    qasm: Option<Language>,
    /// Accept only what the OpenQASM specification allows
    #[arg(help_heading = READING, long)]
    strict: bool,
    /// Which gates `include "qelib1.inc"` provides
    #[arg(help_heading = READING, long, value_enum, default_value_t = Header::Extended)]
    qelib1: Header,
    /// Let `include` read files outside of the program's folder
    #[arg(help_heading = READING, long)]
    allow_outside_includes: bool,
    /// Maximum number of gates that definitions and whole registers may add to those the text spells out
    #[arg(help_heading = READING, long, value_name = "N", default_value_t = qasm::Limits::default().expansion, value_parser = count::<u64>(0..=MANY))]
    max_expansion: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    /// OpenQASM 2.0
    #[value(name = "2")]
    Qasm2,
    /// OpenQASM 3.0 and 3.1
    #[value(name = "3")]
    Qasm3,
}

#[derive(Clone, Copy, ValueEnum)]
enum Header {
    /// The one that today's tools write for, with swap, cu, rxx and others
    Extended,
    /// The one of the OpenQASM 2 paper
    Original,
}

impl Input {
    /// The circuit with the given parameters bound; those without a value stay.
    pub fn circuit(&self) -> Result<Circuit> {
        self.reading.circuit(&self.file)
    }

    /// The circuit with its parameters free, and the values that are given for them.
    pub fn parametric(&self) -> Result<Parametric> {
        self.reading.parametric(&self.file)
    }

    /// The name of the input, for headings.
    pub fn name(&self) -> Cow<'_, str> {
        name(&self.file)
    }
}

/// A circuit whose parameters stay free.
pub struct Parametric {
    pub circuit: Circuit,
    /// Values for its parameters.
    pub free: Vec<(String, f64)>,
    /// The `input`s that had to take their values.
    pub constants: Vec<(String, f64)>,
}

/// The name of a file, for headings.
pub fn name(file: &Path) -> Cow<'_, str> {
    if is_stdin(file) { "standard input".into() } else { file.to_string_lossy() }
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

impl Reading {
    /// Whether values of parameters are given, which only a circuit has.
    pub fn has_params(&self) -> bool {
        !self.params.is_empty()
    }

    /// Whether something is said that only a circuit has: values of parameters, or its language.
    pub fn is_given(&self) -> bool {
        self.has_params()
            || self.qasm.is_some()
            || self.strict
            || self.allow_outside_includes
            || matches!(self.qelib1, Header::Original)
            || self.max_expansion != qasm::Limits::default().expansion
    }

    /// The circuit in a file with the given parameters bound; those without a value stay.
    pub fn circuit(&self, file: &Path) -> Result<Circuit> {
        let start = Instant::now();
        let values = self.values()?;
        let (circuit, inputs) = told(self.read(file, &values)?);
        // What an `input` has taken is no parameter any more.
        let rest: Vec<_> = values.into_iter().filter(|(name, _)| !inputs.contains(name)).collect();
        let circuit = if rest.is_empty() { circuit } else { circuit.bind(&rest)? };
        tell(file, start, &circuit);
        Ok(circuit)
    }

    /// The circuit in a file with its parameters free, and the values that are given for them. An
    /// `input` in which the angles are not linear, or on which the circuit's shape depends, such as
    /// the end of a loop, takes its value.
    fn parametric(&self, file: &Path) -> Result<Parametric> {
        let start = Instant::now();
        let mut free = self.values()?;
        let mut taken = Vec::new();
        let read = match self.read(file, &taken) {
            // Standard input is read once.
            Err(_) if !is_stdin(file) && !free.is_empty() => {
                let mut read = self.read(file, &free)?;
                (taken, free) = (free, Vec::new());
                for name in taken.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>() {
                    let (one, rest): (Vec<_>, Vec<_>) =
                        taken.iter().cloned().partition(|(other, _)| *other == name);
                    if let Ok(without) = self.read(file, &rest) {
                        (read, taken) = (without, rest);
                        free.extend(one);
                    }
                }
                read
            }
            read => read?,
        };
        let (circuit, _) = told(read);
        tell(file, start, &circuit);
        Ok(Parametric { circuit, free, constants: taken })
    }

    /// The values of `--param`, each name once.
    fn values(&self) -> Result<Vec<(String, f64)>> {
        let values = self.params.iter().map(|p| parameter(p)).collect::<Result<Vec<_>>>()?;
        for (k, (name, _)) in values.iter().enumerate() {
            if values[..k].iter().any(|(earlier, _)| earlier == name) {
                bail!("--param {name} is given twice; give it one value");
            }
        }
        Ok(values)
    }

    /// The circuit, the `input`s that took one of the values, and warnings.
    fn read(&self, file: &Path, values: &[(String, f64)]) -> Result<qasm::Imported> {
        let mut options = qasm::Options {
            strict: self.strict,
            qelib1: match self.qelib1 {
                Header::Extended => qasm::Qelib1::Extended,
                Header::Original => qasm::Qelib1::Original,
            },
            allow_outside_includes: self.allow_outside_includes,
            version: self.qasm.map(|v| match v {
                Language::Qasm2 => qasm::Version::V2,
                Language::Qasm3 => qasm::Version::V3,
            }),
            inputs: values.iter().cloned().collect(),
            limits: qasm::Limits { expansion: self.max_expansion, ..qasm::Limits::default() },
            ..qasm::Options::default()
        };
        if is_stdin(file) {
            let mut text = Vec::new();
            std::io::stdin().lock().read_to_end(&mut text).context("standard input")?;
            if text.trim_ascii_start().starts_with(b"{") {
                return json("standard input", &text);
            }
            options.file_name = "<stdin>".into();
            options.include_dir = Some(".".into());
            return Ok(qasm::read(text.as_slice(), &options)?);
        }
        check_there(file)?;
        if is_json(file) {
            let text = std::fs::read(file).with_context(|| file.display().to_string())?;
            return json(&name(file), &text);
        }
        Ok(qasm::read_file(file, &options)?)
    }
}

/// Says what was read, for those who asked.
fn tell(file: &Path, start: Instant, circuit: &Circuit) {
    messages::detail(|| {
        format!(
            "read {} in {}: {}, {}, {} without a value",
            name(file),
            time(start.elapsed().as_secs_f64()),
            plural(circuit.num_qubits(), "qubit"),
            plural(circuit.ops().len(), "operation"),
            plural(circuit.params().len(), "parameter")
        )
    });
}

/// The circuit; its warnings go to standard error.
fn told(imported: qasm::Imported) -> (Circuit, Vec<String>) {
    eprint!("{}", imported.warnings.rendered);
    (imported.circuit, imported.inputs)
}

/// Refuses a file that is not there, with the one that may be meant, and a folder.
fn check_there(file: &Path) -> Result<()> {
    if file.is_dir() {
        bail!("{}: this is a folder; give one of its files", file.display());
    }
    // What may not be looked at is an error of reading it.
    if !matches!(file.try_exists(), Ok(false)) {
        return Ok(());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let names = std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten();
    let names: Vec<String> =
        names.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let near = closest(&name, names.iter().map(String::as_str));
    match near.map(|near| file.with_file_name(near)) {
        Some(near) => bail!("{}: no such file; did you mean {}?", file.display(), near.display()),
        None => bail!("{}: no such file", file.display()),
    }
}

/// Whether a file is called `.json` or begins with `{`, as no OpenQASM program does.
fn is_json(path: &Path) -> bool {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
        return true;
    }
    let mut start = [0; 64];
    // A pipe must not lose its beginning; what cannot be read is an error later.
    let read = path.is_file().then(|| File::open(path)?.read(&mut start));
    matches!(read, Some(Ok(n)) if start[..n].trim_ascii_start().starts_with(b"{"))
}

fn json(name: &str, text: &[u8]) -> Result<qasm::Imported> {
    let text = text.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(text);
    let circuit = serde_json::from_slice(text)
        .with_context(|| format!("{name}: not a circuit of ketlab's JSON"))?;
    Ok(qasm::Imported { circuit, inputs: vec![], warnings: qasm::Warnings::default() })
}

fn parameter(text: &str) -> Result<(String, f64)> {
    let (name, value) = text.split_once('=').with_context(|| {
        format!("--param {text}: write NAME=VALUE, for example theta=0.5 or theta=pi/2")
    })?;
    let name = name.trim();
    let value = match value.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => value,
        Ok(value) => {
            let what = format!("parameter `{name}`");
            return Err(ketlab::Error::NotFinite { what, value }.into());
        }
        Err(_) => qasm::number(value).with_context(|| format!("--param {text}"))?,
    };
    Ok((name.to_string(), value))
}
