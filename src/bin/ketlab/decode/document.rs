//! What `ketlab decode` says: one JSON document, or text.

use crate::text::{apart, number, number_within, percent, plural};
use anyhow::Result;
use ketlab::ising::SampleSet;
use ketlab::ising::problems::{
    AnyProblem, AnySolution, Assessment, Best, Encode, Encoded, PenaltyRule, Sense, Suspicion,
    Violation,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// The most violations that the text lists.
const SHOWN: usize = 10;

#[derive(Serialize)]
pub struct Document {
    file: String,
    samples: Option<String>,
    kind: &'static str,
    num_variables: usize,
    feasible: bool,
    violations: Vec<Violation>,
    objective: ObjectiveShown,
    solution: Option<AnySolution>,
    bits: Option<String>,
    energy: Option<f64>,
    reads: u64,
    feasible_reads: u64,
    feasibility: Option<f64>,
    reads_by_violation: BTreeMap<String, u64>,
    lowest: Option<Lowest>,
    repaired: Option<Repaired>,
    penalty: Option<PenaltyShown>,
    suspicions: Vec<Suspicion>,
    #[serde(skip)]
    best: Option<Best<AnySolution>>,
}

#[derive(Serialize)]
struct ObjectiveShown {
    name: &'static str,
    sense: Sense,
    value: Option<f64>,
}

/// The sample of the lowest energy.
#[derive(Serialize)]
struct Lowest {
    bits: String,
    energy: f64,
    feasible: bool,
    violations: Vec<Violation>,
}

#[derive(Serialize)]
struct Repaired {
    solution: AnySolution,
    objective: f64,
}

#[derive(Serialize)]
struct PenaltyShown {
    value: f64,
    bound: Option<f64>,
    is_enough: bool,
    reason: String,
}

impl Document {
    pub fn new(
        file: &Path,
        samples_file: Option<&Path>,
        encoded: &Encoded<AnyProblem>,
        samples: &SampleSet,
        assessment: Assessment<AnySolution>,
    ) -> Self {
        let problem = encoded.problem();
        let objective = problem.objective();
        let energy = |row: usize| encoded.qubo().energy(&samples.bits(row));
        let rows = 0..samples.len();
        let lowest_row = rows.min_by(|&a, &b| energy(a).total_cmp(&energy(b)));
        let feasibility = assessment.feasibility();
        let Assessment { reads, feasible_reads, best, suspicions, reads_by_violation, .. } =
            assessment;
        let lowest = lowest_row.map(|row| Lowest {
            bits: samples.bits(row).to_string(),
            energy: energy(row),
            feasible: assessment.violations_of_lowest.is_empty(),
            violations: assessment.violations_of_lowest.clone(),
        });
        let shown = best.as_ref().map(|best| best.row).or(lowest_row);
        let rule = encoded.penalty_rule();
        let bound = match &rule {
            PenaltyRule::Above { bound, .. } => Some(*bound),
            _ => None,
        };
        Document {
            file: file.display().to_string(),
            samples: samples_file.map(|path| path.display().to_string()),
            kind: problem.kind(),
            num_variables: problem.num_variables(),
            feasible: best.is_some(),
            violations: match best {
                Some(_) => Vec::new(),
                None => assessment.violations_of_lowest,
            },
            objective: ObjectiveShown {
                name: objective.name,
                sense: objective.sense,
                value: best.as_ref().map(|best| best.objective),
            },
            solution: best.as_ref().map(|best| best.solution.clone()),
            bits: shown.map(|row| samples.bits(row).to_string()),
            energy: shown.map(energy),
            reads,
            feasible_reads,
            feasibility,
            reads_by_violation,
            lowest,
            repaired: assessment
                .best_repaired
                .map(|best| Repaired { solution: best.solution, objective: best.objective }),
            penalty: encoded.penalty().map(|value| PenaltyShown {
                value,
                bound,
                is_enough: encoded.is_penalty_enough(),
                reason: rule.reason().into(),
            }),
            suspicions,
            best,
        }
    }

    /// The best feasible sample.
    pub fn best(&self) -> Option<&Best<AnySolution>> {
        self.best.as_ref()
    }

    /// As sentences.
    pub fn suspicions(&self) -> impl Iterator<Item = String> {
        self.suspicions.iter().map(Suspicion::to_string)
    }

    pub fn print(&self, out: &mut impl Write) -> Result<()> {
        let Document { file, kind, num_variables, objective, .. } = self;
        writeln!(out, "{file}: {kind} of {}", plural(*num_variables, "bit"))?;
        let Some(feasibility) = self.feasibility else {
            writeln!(out, "there are no samples")?;
            return Ok(());
        };
        let (reads, found) = (plural(self.reads as usize, "read"), self.feasible_reads);
        writeln!(out, "{reads}; feasible, violating nothing: {found} ({})", percent(feasibility))?;
        for (constraint, reads) in &self.reads_by_violation {
            writeln!(out, "  {constraint}: violated by {}", plural(*reads as usize, "read"))?;
        }
        let name = objective.name.replace('_', " ");
        let aim = if objective.sense.sign() > 0.0 { "smaller" } else { "larger" };
        let energy = self.energy.map(number).unwrap_or_default();
        match (objective.value, &self.solution) {
            (Some(value), Some(solution)) => {
                let value = digits(value);
                writeln!(out, "best {name} {value} ({aim} is better), energy {energy}:")?;
                print_solution(out, solution)?;
            }
            _ => {
                writeln!(
                    out,
                    "nothing feasible; the lowest energy is {energy}, and its sample violates:"
                )?;
                list(out, &self.violations)?;
            }
        }
        if let (Some(lowest), true) = (&self.lowest, self.feasible)
            && !lowest.feasible
        {
            let energy = number(lowest.energy);
            writeln!(out, "the lowest energy is {energy}, of a sample that violates:")?;
            list(out, &lowest.violations)?;
        }
        if let Some(Repaired { solution, objective }) = &self.repaired {
            let objective = digits(*objective);
            writeln!(out, "the best {name} after repair of infeasible samples is {objective}:")?;
            print_solution(out, solution)?;
        }
        if let Some(PenaltyShown { value, bound, is_enough, .. }) = &self.penalty {
            let (value, than) = apart(*value, bound.unwrap_or(0.0));
            let not = if *is_enough { "" } else { "not " };
            writeln!(out, "penalty {value}, {not}above the bound {than}")?;
        }
        Ok(())
    }
}

fn list(out: &mut impl Write, violations: &[Violation]) -> Result<()> {
    for violation in violations.iter().take(SHOWN) {
        writeln!(out, "  {violation}")?;
    }
    if violations.len() > SHOWN {
        writeln!(out, "  and {} more; --json has more", violations.len() - SHOWN)?;
    }
    Ok(())
}

/// A number without the noise of sums.
fn digits(value: f64) -> String {
    number_within(value, 1e-9 * value.abs())
}

/// Its keys, one a line; lists of numbers without brackets.
fn print_solution(out: &mut impl Write, solution: &AnySolution) -> Result<()> {
    let value = serde_json::to_value(solution)?;
    for (key, value) in value.as_object().into_iter().flatten().filter(|(key, _)| *key != "kind") {
        let shown = match value {
            Value::Array(items)
                if items.iter().all(|item| !item.is_array() && !item.is_object()) =>
            {
                let items: Vec<String> = items.iter().map(plain).collect();
                if items.is_empty() { "none".into() } else { items.join(" ") }
            }
            Value::Array(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| format!("\n    {}", row(item))).collect();
                items.concat()
            }
            other => plain(other),
        };
        let line = format!("  {}: {shown}", key.replace('_', " "));
        writeln!(out, "{}", line.replace(": \n", ":\n"))?;
    }
    Ok(())
}

/// One item of a list of lists or of objects.
fn row(item: &Value) -> String {
    match item {
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => plain(other),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            number.as_f64().map_or_else(String::new, digits)
        }
        Value::Object(keys) => {
            // Values of JSON have their keys by the alphabet: these are those of a turn on a machine.
            const ORDER: [&str; 4] = ["start", "end", "job", "operation"];
            let place = |key: &str| ORDER.iter().position(|k| *k == key).unwrap_or(ORDER.len());
            let mut pairs: Vec<(&String, &Value)> = keys.iter().collect();
            pairs.sort_by_key(|(key, _)| place(key));
            let pairs: Vec<String> =
                pairs.iter().map(|(k, v)| format!("{k} {}", plain(v))).collect();
            format!("({})", pairs.join(", "))
        }
        other => other.to_string(),
    }
}
