//! `ketlab noise`: a noise channel in its views.

use crate::document::{self, Format, Json};
use crate::table::{aligned_table, table};
use crate::text::{Folded, plural};
use anyhow::{Context, Result, bail};
use ketlab::noise::{Channel, MAX_MATRIX_QUBITS, named_channels, string_of_number};
use nalgebra::DMatrix;
use num_complex::Complex64;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

/// Errors of a twirl that are shown, the most probable ones.
const ROWS: usize = 16;
/// What is less is rounding.
const ROUNDING: f64 = 1e-15;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab noise \"thermal(t1=100us, t2=80us, t=300ns)\"
  ketlab noise \"depolarizing(p=0.01, qubits=2)\" --json
  ketlab noise \"amplitude_damping(gamma=0.1) then phase_flip(p=0.01)\" --choi
  ketlab noise --list")]
pub struct Args {
    /// The channel, a name with named arguments; several, one after the other, with `then` between
    #[arg(required_unless_present = "list")]
    channel: Option<String>,
    /// The Choi matrix, too
    #[arg(long)]
    choi: bool,
    /// The matrix χ, too
    #[arg(long)]
    chi: bool,
    /// The names of channels and their arguments
    #[arg(long, conflicts_with_all = ["channel", "json", "choi", "chi"])]
    list: bool,
    #[command(flatten)]
    json: Json,
}

/// Rows of [re, im].
type Matrix = Vec<Vec<[f64; 2]>>;

/// The document of `--json`.
#[derive(Serialize)]
struct Document {
    channel: String,
    num_qubits: usize,
    average_fidelity: f64,
    process_fidelity: f64,
    unitarity: Option<f64>,
    /// Label (the rightmost letter is qubit 0) to probability.
    pauli_twirl: Option<BTreeMap<String, f64>>,
    kraus: Option<Vec<Matrix>>,
    ptm: Option<Vec<Vec<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choi: Option<Matrix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chi: Option<Matrix>,
    cptp_deviation: f64,
}

/// The views that exist: matrices do on few qubits.
struct Views {
    channel: Channel,
    unitarity: Option<f64>,
    twirl: Option<Vec<(String, f64)>>,
    kraus: Option<Vec<DMatrix<Complex64>>>,
    ptm: Option<DMatrix<f64>>,
    choi: Option<DMatrix<Complex64>>,
    chi: Option<DMatrix<Complex64>>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let Some(text) = &args.channel else {
        list(&mut Folded::new(&mut out))?;
        return Ok(ExitCode::SUCCESS);
    };
    let channel: Channel = text.parse().context("the channel")?;
    if channel.num_qubits() > MAX_MATRIX_QUBITS && (args.choi || args.chi) {
        bail!(
            "--choi and --chi are matrices of channels on at most {MAX_MATRIX_QUBITS} qubits; `{channel}` \
             is on {}",
            channel.num_qubits()
        );
    }
    let views = Views::new(channel, args.choi, args.chi)?;
    if args.json.is_wanted() {
        let nothing = serde_json::Map::new();
        document::write(&mut out, Format::NoiseChannel, &views.document(), &nothing)?;
    } else {
        views.print(&mut Folded::new(&mut out))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(out: &mut impl Write) -> std::io::Result<()> {
    let row = |(name, arguments): (&str, &[&str])| {
        let arguments = match arguments {
            [] => "Pauli strings with numbers, like ZZ=0.001 (the rightmost letter is qubit 0); qubits"
                .to_string(),
            names => names.join(", "),
        };
        vec![name.to_string(), arguments]
    };
    let rows = named_channels().map(row).collect();
    writeln!(out, "{}", aligned_table(&["channel", "arguments"], rows, 0..0))?;
    writeln!(
        out,
        "\nwritten like \"depolarizing(p=0.01, qubits=2)\"; times have a unit (ns, us, ms, s); `then` \
         joins channels that act one after the other"
    )
}

impl Views {
    fn new(channel: Channel, choi: bool, chi: bool) -> Result<Self> {
        let n = channel.num_qubits();
        let small = n <= MAX_MATRIX_QUBITS;
        Ok(Views {
            unitarity: channel.unitarity().ok(),
            twirl: channel.as_pauli().ok().map(|pauli| {
                let label = |&(string, p): &(u64, f64)| {
                    let label = string_of_number(string).to_label(n);
                    (label.expect("it is on the channel's qubits"), p)
                };
                let rest = (0, 1.0 - pauli.error_probability());
                let all = std::iter::once(&rest).chain(pauli.errors());
                let mut all: Vec<(String, f64)> = all.map(label).collect();
                all.sort_by(|a, b| b.1.total_cmp(&a.1));
                all
            }),
            kraus: small.then(|| channel.canonical_kraus()).transpose()?,
            ptm: small.then(|| channel.ptm()).transpose()?,
            choi: choi.then(|| channel.choi()).transpose()?,
            chi: chi.then(|| channel.chi()).transpose()?,
            channel,
        })
    }

    fn document(&self) -> Document {
        let rows = |m: &DMatrix<f64>| m.row_iter().map(|r| r.iter().copied().collect()).collect();
        Document {
            channel: self.channel.to_string(),
            num_qubits: self.channel.num_qubits(),
            average_fidelity: self.channel.average_gate_fidelity(),
            process_fidelity: self.channel.process_fidelity(),
            unitarity: self.unitarity,
            pauli_twirl: self.twirl.clone().map(|twirl| twirl.into_iter().collect()),
            kraus: self.kraus.as_ref().map(|all| all.iter().map(complex_rows).collect()),
            ptm: self.ptm.as_ref().map(rows),
            choi: self.choi.as_ref().map(complex_rows),
            chi: self.chi.as_ref().map(complex_rows),
            cptp_deviation: self.channel.cptp_deviation(),
        }
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Views { channel, .. } = self;
        let n = channel.num_qubits();
        writeln!(out, "{channel}: a channel on {}", plural(n, "qubit"))?;
        writeln!(out, "  average fidelity  {:.12}", channel.average_gate_fidelity())?;
        writeln!(out, "  process fidelity  {:.12}", channel.process_fidelity())?;
        if let Some(unitarity) = self.unitarity {
            writeln!(out, "  unitarity         {unitarity:.12}")?;
        }
        if let Some(all) = &self.kraus {
            writeln!(out, "\nKraus operators (orthogonal, the largest first)")?;
            for (k, operator) in all.iter().enumerate() {
                writeln!(out, "K{k}")?;
                write_matrix(out, operator)?;
            }
        }
        if let Some(ptm) = &self.ptm {
            writeln!(out, "\nPauli transfer matrix (rows are outputs)")?;
            let names = labels(n);
            let heading: Vec<&str> =
                std::iter::once("").chain(names.iter().map(String::as_str)).collect();
            let row = |(name, row): (&String, usize)| {
                let entries = ptm.row(row).iter().map(|&x| real(x)).collect::<Vec<_>>();
                [vec![name.clone()], entries].concat()
            };
            let rows = names.iter().zip(0..).map(row).collect();
            writeln!(out, "{}", table(&heading, rows))?;
        }
        for (name, matrix) in [
            ("Choi matrix (trace 2^n, the output is the fast factor)", &self.choi),
            ("χ (of Pauli strings, qubit 0 the fastest)", &self.chi),
        ] {
            if let Some(matrix) = matrix {
                writeln!(out, "\n{name}")?;
                write_matrix(out, matrix)?;
            }
        }
        if let Some(twirl) = &self.twirl {
            writeln!(out, "\nPauli twirl (the rightmost letter is qubit 0)")?;
            let row = |(label, p): &(String, f64)| vec![label.clone(), format!("{p:.6e}")];
            let rows = twirl.iter().take(ROWS).map(row).collect();
            writeln!(out, "{}", table(&["string", "probability"], rows))?;
            if twirl.len() > ROWS {
                writeln!(out, "  … {} more; `--json` lists all", twirl.len() - ROWS)?;
            }
        }
        if self.ptm.is_none() {
            writeln!(
                out,
                "\nmatrices are shown of channels on at most {MAX_MATRIX_QUBITS} qubits"
            )?;
        }
        Ok(())
    }
}

/// The Pauli strings of n qubits by their numbers.
fn labels(n: usize) -> Vec<String> {
    let label = |number| string_of_number(number).to_label(n);
    (0..1u64 << (2 * n)).map(|number| label(number).expect("it is on n qubits")).collect()
}

fn complex_rows(matrix: &DMatrix<Complex64>) -> Matrix {
    matrix.row_iter().map(|row| row.iter().map(|z| [z.re, z.im]).collect()).collect()
}

fn write_matrix(out: &mut impl Write, matrix: &DMatrix<Complex64>) -> std::io::Result<()> {
    let cells: Vec<Vec<String>> =
        matrix.row_iter().map(|row| row.iter().map(|&z| complex(z)).collect()).collect();
    let width = cells.iter().flatten().map(|cell| cell.chars().count()).max().unwrap_or(0);
    for row in cells {
        let row: Vec<String> = row.iter().map(|cell| format!("{cell:>width$}")).collect();
        writeln!(out, "  {}", row.join("  "))?;
    }
    Ok(())
}

/// Six digits; what is only rounding is 0.
fn real(x: f64) -> String {
    match x.abs() {
        a if a < ROUNDING => "0".into(),
        a if a < 1e-4 => format!("{x:.3e}"),
        _ if x == x.round() => format!("{x}"),
        _ => format!("{x:.6}"),
    }
}

fn complex(z: Complex64) -> String {
    match (z.re.abs() < ROUNDING, z.im.abs() < ROUNDING) {
        (_, true) => real(z.re),
        (true, false) => format!("{}i", real(z.im)),
        (false, false) => {
            let sign = if z.im < 0.0 { "-" } else { "+" };
            format!("{}{sign}{}i", real(z.re), real(z.im.abs()))
        }
    }
}
