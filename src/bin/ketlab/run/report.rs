//! What `ketlab run` says: one JSON document, or text for people.

use super::{Args, ROWS, Rows, Told, propagation};
use crate::noise_options::Applied;
use crate::table::table;
use crate::text::{fixed, histogram, plural};

use ketlab::math::Bits;
use ketlab::propagation::Truncation;
use ketlab::simulate::{Method, RunResult, Trajectories};
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
    /// As `--method` takes it, and why; `meta` has what was done in words.
    method: String,
    why: Cow<'static, str>,
    #[serde(flatten)]
    drawn: Drawn,
    /// What `--noise` did.
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<Applied>,
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
    /// What Pauli propagation was to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncation: Option<Truncation>,
    norm: Option<f64>,
}

/// How errors were drawn; nulls where none were.
#[derive(Serialize)]
struct Drawn {
    trajectories: Option<u64>,
    distinct_patterns: Option<u64>,
    no_error_weight: Option<f64>,
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
    told: Told,
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
    let standard_errors = standard_errors(result.trajectories.as_ref(), result.expectations.len());
    let expectations = args.observables.iter().zip(&result.expectations).zip(standard_errors);
    let carried = result.propagation.as_ref();
    let is_truncated = carried.is_some_and(|carried| !carried.truncation.is_exact());
    let drawn = result.trajectories.as_ref();
    let document = Document {
        num_qubits: n,
        method: told.method.to_string(),
        why: meta.reason.clone(),
        drawn: Drawn {
            trajectories: drawn.map(|drawn| drawn.number),
            distinct_patterns: drawn.map(|drawn| drawn.distinct_patterns),
            no_error_weight: drawn.and_then(|drawn| drawn.no_error_weight),
        },
        noise: told.noise,
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
            .enumerate()
            .map(|(k, ((text, e), error))| {
                let mut entry = json!({
                    "observable": text,
                    "value": e.value,
                    "standard_error": if is_truncated { None } else { Some(error) },
                    "variance": e.variance,
                });
                if let Some(mean) = carried.and_then(|carried| carried.means.get(k)) {
                    entry["propagation"] = propagation::entry(mean);
                }
                entry
            })
            .collect(),
        truncation: carried.map(|carried| carried.truncation.clone()),
        norm: result.norm,
    };
    (document, meta)
}

/// Of each mean; 0 where it is exact.
fn standard_errors(drawn: Option<&Trajectories>, number: usize) -> Vec<f64> {
    let estimated = drawn.map(|drawn| drawn.standard_errors.clone());
    // Those of shots alone have none.
    let estimated = estimated.filter(|errors| errors.len() == number);
    estimated.unwrap_or_else(|| vec![0.0; number])
}

pub fn print(
    out: &mut impl Write,
    args: &Args,
    rows: &Rows,
    circuit: &Circuit,
    told: &Told,
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
    let is_noisy = circuit.profile().num_channels > 0;
    let is_approximate = matches!(told.method, Method::Trajectories | Method::PauliPropagation);
    if meta.precision.is_none() || is_noisy || is_approximate {
        writeln!(out, "{} because {}", told.method, meta.reason)?;
    }
    if let Some(drawn) = &result.trajectories {
        let weight = drawn.no_error_weight;
        let weight =
            weight.map_or_else(String::new, |p| format!("; no error has probability {p:.6}"));
        let patterns = match drawn.distinct_patterns {
            1 => "1 pattern of errors".to_string(),
            number => format!("{number} patterns of errors"),
        };
        let cut = if result.interrupted { " (interrupted)" } else { "" };
        let word = if drawn.number == 1 { "trajectory" } else { "trajectories" };
        writeln!(out, "{} {word}{cut}, {patterns}{weight}", drawn.number)?;
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
        let errors = standard_errors(result.trajectories.as_ref(), result.expectations.len());
        let is_estimated = errors.iter().any(|&error| error > 0.0);
        let rows = args.observables.iter().zip(&result.expectations).zip(errors);
        let rows = rows.map(|((text, e), error)| {
            let value = match is_estimated {
                true => estimate(e.value, error),
                false => mean(e.value),
            };
            // That of a truncated sum is not known.
            let variance =
                if e.has_variance() { format!("{:.6e}", e.variance) } else { "-".into() };
            vec![text.clone(), value, variance]
        });
        let heading = if is_estimated { "mean ± standard error" } else { "mean" };
        writeln!(out, "\n{}", table(&["observable", heading, "variance"], rows.collect()))?;
    }
    if let Some(carried) = &result.propagation {
        propagation::print(out, &args.observables, carried)?;
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

/// A mean with its standard error, as many digits as that has a meaning for.
fn estimate(value: f64, error: f64) -> String {
    if !(error > 0.0 && error < 1.0) {
        return format!("{value:.6} ± {error}");
    }
    let decimals = (1.0 - error.log10().floor()).clamp(2.0, 12.0) as usize;
    format!("{value:.decimals$} ± {error:.decimals$}")
}
