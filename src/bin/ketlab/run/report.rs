//! What `ketlab run` says: one JSON document, or text for people.

use super::{Args, ROWS};
use crate::text::{histogram, table};

use clap::ValueEnum;
use ketlab::math::Bits;
use ketlab::simulate::RunResult;
use ketlab::{Circuit, Precision};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::io::Write;

/// The document of `--json`.
#[derive(Serialize)]
pub struct Document {
    num_qubits: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<ketlab::Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probabilities: Option<Probabilities>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<Value>,
    norm: Option<f64>,
    meta: Meta,
}

/// A map from bit string to probability, written entry by entry: there may be 2^n of them.
struct Probabilities {
    num_qubits: usize,
    list: Vec<(u64, f64)>,
}

impl Serialize for Probabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let label = |index: u64| Bits::from_u64(index, self.num_qubits).to_string();
        serializer.collect_map(self.list.iter().map(|&(index, p)| (label(index), p)))
    }
}

/// How the answer came about, for whoever wants to repeat it.
#[derive(Serialize)]
pub struct Meta {
    pub ketlab: &'static str,
    pub file: String,
    pub method: &'static str,
    pub precision: Precision,
    pub threads: usize,
    pub shots: Option<u64>,
    pub seed: Option<u64>,
    pub num_clbits: usize,
    pub num_gates: usize,
    pub branches: usize,
    pub neglected: f64,
    pub passes: usize,
    pub plan_hash: String,
    pub state_bytes: u128,
    pub seconds: f64,
    pub interrupted: bool,
}

pub fn document(args: &Args, circuit: &Circuit, result: RunResult, meta: Meta) -> Document {
    let n = circuit.num_qubits();
    let expectations = args.observables.iter().zip(&result.expectations);
    Document {
        num_qubits: n,
        counts: result.counts,
        probabilities: result.probabilities.map(|list| Probabilities { num_qubits: n, list }),
        expectations: expectations
            .map(|(text, e)| json!({"observable": text, "value": e.value, "variance": e.variance}))
            .collect(),
        norm: result.norm,
        meta,
    }
}

pub fn print(
    out: &mut impl Write,
    args: &Args,
    circuit: &Circuit,
    result: &RunResult,
    meta: &Meta,
) -> anyhow::Result<()> {
    let plural =
        |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    writeln!(
        out,
        "{}: {}, {}, {}",
        meta.file,
        plural(circuit.num_qubits(), "qubit"),
        plural(circuit.num_clbits(), "classical bit"),
        plural(meta.num_gates, "gate"),
    )?;
    writeln!(
        out,
        "{} in {}: {}, {}, {:.3} s",
        meta.method,
        args.precision.to_possible_value().expect("it is not skipped").get_name(),
        ketlab::error::bytes(meta.state_bytes),
        plural(meta.threads, "thread"),
        meta.seconds
    )?;
    if result.branches > 1 {
        writeln!(out, "averaged over {} branches of measurements", result.branches)?;
    }
    if let Some(counts) = &result.counts {
        let whole = if meta.interrupted {
            format!(" of {} (interrupted)", args.shots.unwrap_or(0))
        } else {
            String::new()
        };
        let shots = counts.shots();
        writeln!(
            out,
            "\n{shots} shots{whole}, seed {}, {}",
            meta.seed.unwrap_or(0),
            plural(counts.len(), "outcome")
        )?;
        if circuit.num_clbits() == 0 {
            writeln!(out, "the circuit measures nothing: all qubits were measured at the end")?;
        }
        let row = |(bits, n): (&Bits, u64)| {
            let share = n as f64 / shots as f64;
            (bits.to_string(), format!("{n}  {:5.1} %", 100.0 * share), share)
        };
        let rows: Vec<_> = counts.most_common(ROWS).into_iter().map(row).collect();
        histogram(out, &rows)?;
        rest(out, counts.len().saturating_sub(ROWS), "outcomes", "`--json` lists all")?;
    }
    if let (Some(list), Some(at_most)) = (&result.probabilities, args.at_most()) {
        writeln!(out, "\nprobabilities before the final measurements")?;
        let n = circuit.num_qubits();
        let row =
            |&(index, p): &(u64, f64)| (Bits::from_u64(index, n).to_string(), probability(p), p);
        histogram(out, &list.iter().map(row).collect::<Vec<_>>())?;
        if list.len() == at_most {
            let rest = 1.0 - list.iter().map(|(_, p)| p).sum::<f64>();
            writeln!(
                out,
                "  the rest has probability {}; `--probabilities all` lists it",
                probability(rest.max(0.0))
            )?;
        }
    }
    if !result.expectations.is_empty() {
        let rows = args.observables.iter().zip(&result.expectations);
        let rows = rows.map(|(text, e)| {
            vec![text.clone(), format!("{:.12}", e.value), format!("{:.6e}", e.variance)]
        });
        writeln!(out, "\n{}", table(&["observable", "mean", "variance"], rows.collect()))?;
    }
    if let Some(path) = &args.state {
        writeln!(out, "\nstate written to {}", path.display())?;
    }
    Ok(())
}

fn rest(out: &mut impl Write, left: usize, what: &str, hint: &str) -> std::io::Result<()> {
    if left > 0 { writeln!(out, "  … {left} more {what}; {hint}") } else { Ok(()) }
}

/// A probability with digits also where it is small.
fn probability(p: f64) -> String {
    if p < 1e-4 { format!("{p:.3e}") } else { format!("{p:.6}") }
}
