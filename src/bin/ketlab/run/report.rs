//! What `ketlab run` says: one JSON document, or text for people.

use super::{Args, ROWS, Rows};
use crate::table::table;
use crate::text::{fixed, histogram, plural};

use ketlab::math::Bits;
use ketlab::simulate::RunResult;
use ketlab::{Circuit, Precision};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::io::Write;

/// Most qubits whose probabilities may all be listed.
const MOST_LISTED: usize = 30;

/// The document of `--json`.
#[derive(Serialize)]
pub struct Document {
    num_qubits: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<ketlab::Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probabilities: Option<Probabilities>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcomes: Option<Outcomes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome_space: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<Value>,
    norm: Option<f64>,
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

/// A map from outcome to probability, the largest first.
struct Outcomes(Vec<(Bits, f64)>);

impl Serialize for Outcomes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(bits, p)| (bits.to_string(), p)))
    }
}

/// How the answer came about: the library's part, and what the program adds.
#[derive(Serialize)]
pub struct Meta {
    file: String,
    num_clbits: usize,
    num_scratch_bits: usize,
    num_gates: usize,
    shots: Option<u64>,
    branches: usize,
    neglected: f64,
    interrupted: bool,
    method: Cow<'static, str>,
    reason: Cow<'static, str>,
    instruction_set: String,
    precision: Option<Precision>,
    seed: u64,
    threads: usize,
    passes: usize,
    plan_hash: String,
    state_bytes: u128,
    seconds: f64,
}

/// The largest probabilities of outcomes, ties in ascending order.
fn largest(mut list: Vec<(Bits, f64)>, at_most: usize) -> Vec<(Bits, f64)> {
    list.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list.truncate(at_most);
    list
}

pub fn document(
    args: &Args,
    rows: &Rows,
    circuit: &Circuit,
    result: RunResult,
) -> (Document, Meta) {
    let n = circuit.num_qubits();
    // All of it, so that nothing is forgotten that the library adds.
    let ketlab::simulate::Meta {
        version: _,
        method,
        reason,
        instruction_set,
        precision,
        seed,
        threads,
        passes,
        plan_hash,
        state_bytes,
        seconds,
    } = result.meta;
    let meta = Meta {
        file: args.input.name().into(),
        num_clbits: circuit.num_clbits(),
        num_scratch_bits: circuit.num_clbits() - circuit.num_outcome_bits(),
        num_gates: circuit.profile().num_gates,
        shots: result.counts.as_ref().map(ketlab::Counts::shots),
        branches: result.branches,
        neglected: result.neglected,
        interrupted: result.interrupted,
        method,
        reason,
        instruction_set,
        precision,
        seed,
        threads,
        passes,
        plan_hash,
        state_bytes,
        seconds,
    };
    let expectations = args.observables.iter().zip(&result.expectations);
    let document = Document {
        num_qubits: n,
        counts: result.counts,
        probabilities: result.probabilities.map(|list| Probabilities { num_qubits: n, list }),
        outcomes: result
            .outcomes
            .map(|list| Outcomes(largest(list, rows.outcomes.unwrap_or(usize::MAX)))),
        outcome_space: result.outcome_space.map(|space| {
            let basis: Vec<String> = space.basis().map(|v| v.to_string()).collect();
            json!({
                "dimension": space.dimension(),
                "offset": space.offset().to_string(),
                "basis": basis,
            })
        }),
        expectations: expectations
            .map(|(text, e)| json!({"observable": text, "value": e.value, "variance": e.variance}))
            .collect(),
        norm: result.norm,
    };
    (document, meta)
}

pub fn print(
    out: &mut impl Write,
    args: &Args,
    rows: &Rows,
    circuit: &Circuit,
    result: RunResult,
) -> anyhow::Result<()> {
    let meta = &result.meta;
    let scratch = match circuit.num_clbits() - circuit.num_outcome_bits() {
        0 => String::new(),
        n => format!(" and {n} of scratch"),
    };
    writeln!(
        out,
        "{}: {}, {}{scratch}, {}",
        args.input.name(),
        plural(circuit.num_qubits(), "qubit"),
        plural(circuit.num_outcome_bits(), "classical bit"),
        plural(circuit.profile().num_gates, "gate"),
    )?;
    let precision = meta.precision.map_or_else(String::new, |precision| format!(" in {precision}"));
    writeln!(
        out,
        "{}{precision}: {}, {}, {:.3} s",
        meta.method,
        ketlab::error::bytes(meta.state_bytes),
        plural(meta.threads, "thread"),
        meta.seconds
    )?;
    if meta.precision.is_none() {
        writeln!(out, "this method because {}", meta.reason)?;
    }
    if result.branches > 1 {
        writeln!(out, "averaged over {} branches of measurements", result.branches)?;
    }
    if result.neglected > args.rounding() {
        writeln!(
            out,
            "left out: branches and outcomes of a probability of {:.3e}",
            result.neglected
        )?;
    }
    if let Some(counts) = &result.counts {
        let whole = if result.interrupted {
            format!(" of {} (interrupted)", args.shots.unwrap_or(0))
        } else {
            String::new()
        };
        let shots = counts.shots();
        writeln!(
            out,
            "\n{shots} shots{whole}, seed {}, {}",
            meta.seed,
            plural(counts.len(), "outcome")
        )?;
        if circuit.num_outcome_bits() == 0 {
            writeln!(
                out,
                "the circuit has no classical bits to show: all qubits were measured at the end"
            )?;
        }
        let row = |(bits, n): (Bits, u64)| {
            let share = n as f64 / shots as f64;
            (bits.to_string(), format!("{n}  {}", probability(share)), share)
        };
        histogram(out, counts.most_common(ROWS).into_iter().map(row))?;
        rest(out, counts.len().saturating_sub(ROWS), "outcomes", "`--json` lists all")?;
    }
    if let (Some(list), Some(at_most)) = (result.outcomes, rows.outcomes) {
        writeln!(out, "\nprobabilities of the outcomes")?;
        let all = list.len();
        let shown = largest(list, at_most);
        let row = |(bits, p): &(Bits, f64)| (bits.to_string(), probability(*p), *p);
        histogram(out, shown.iter().map(row))?;
        let left = all - shown.len();
        rest(out, left, "outcomes", "`--outcomes all` lists them")?;
    }
    if let (Some(list), Some(at_most)) = (&result.probabilities, rows.probabilities) {
        writeln!(out, "\nprobabilities before the final measurements")?;
        let n = circuit.num_qubits();
        let row =
            |&(index, p): &(u64, f64)| (Bits::from_u64(index, n).to_string(), probability(p), p);
        histogram(out, list.iter().map(row))?;
        if list.len() == at_most {
            let rest = 1.0 - list.iter().map(|(_, p)| p).sum::<f64>();
            // A list of more has no room anywhere.
            let all = if n <= MOST_LISTED { "; `--probabilities all` lists it" } else { "" };
            writeln!(out, "  the rest has probability {}{all}", probability(rest.max(0.0)))?;
        }
    }
    if let Some(space) = &result.outcome_space {
        writeln!(out, "\n{space}")?;
    }
    if !result.expectations.is_empty() {
        let rows = args.observables.iter().zip(&result.expectations);
        let rows =
            rows.map(|(text, e)| vec![text.clone(), mean(e.value), format!("{:.6e}", e.variance)]);
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

/// A mean with digits also where it is small or large.
fn mean(value: f64) -> String {
    fixed(value, 12)
}
