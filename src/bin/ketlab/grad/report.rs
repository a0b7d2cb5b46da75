//! What `ketlab grad` says: one JSON document, or tables for people.

use super::methods::{Derivatives, Found};
use super::{GradientKind, Question};
use crate::table::table;
use crate::text::plural;
use crate::truncation_options::in_words;
use anyhow::Result;
use ketlab::propagation::{Account, Truncation};
use serde::Serialize;
use std::io::Write;

/// The document of `--json`.
#[derive(Serialize)]
pub struct Document {
    file: String,
    num_qubits: usize,
    method: String,
    params: Vec<Param>,
    /// Inputs that had to take their values, without a derivative.
    constants: Vec<Param>,
    observables: Vec<ObservableGradient>,
    circuits: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    shots: Option<Shots>,
    /// What Pauli propagation was to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncation: Option<Truncation>,
    #[serde(skip)]
    is_approximate: bool,
}

#[derive(Serialize)]
struct Param {
    name: String,
    value: f64,
}

impl From<(&String, &f64)> for Param {
    fn from((name, &value): (&String, &f64)) -> Self {
        Param { name: name.clone(), value }
    }
}

impl Param {
    /// The value, in few characters where it is very large or small.
    fn at(&self) -> String {
        let size = self.value.abs();
        let is_plain = size == 0.0 || (1e-4..1e6).contains(&size);
        if is_plain { self.value.to_string() } else { format!("{:e}", self.value) }
    }
}

/// The account of shots.
#[derive(Serialize)]
struct Shots {
    per_estimate: u64,
    total: u64,
}

#[derive(Serialize)]
struct ObservableGradient {
    observable: String,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_error: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exact_value: Option<f64>,
    gradient: Vec<Derivative>,
    /// What was carried and left out, by Pauli propagation.
    #[serde(skip_serializing_if = "Option::is_none")]
    propagation: Option<Account>,
}

#[derive(Serialize)]
struct Derivative {
    param: String,
    derivative: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_error: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exact: Option<f64>,
}

impl Document {
    pub fn new(file: &str, question: &Question, found: Found) -> Self {
        let params: Vec<String> = question.circuit.inputs().cloned().collect();
        let total = found.shots;
        Document {
            file: file.into(),
            num_qubits: question.circuit.num_qubits(),
            method: question.method.name(),
            params: params.iter().zip(&question.values).map(Param::from).collect(),
            constants: question
                .constants
                .iter()
                .map(|(name, value)| (name, value).into())
                .collect(),
            observables: question
                .observables
                .iter()
                .zip(found.derivatives)
                .map(|((text, _), derivatives)| {
                    ObservableGradient::new(text, &params, &derivatives)
                })
                .collect(),
            circuits: found.circuits,
            shots: question.shots.map(|(per_estimate, _)| Shots { per_estimate, total }),
            is_approximate: question.method == GradientKind::FiniteDifference
                || question.method == GradientKind::Pauli && !question.truncation.is_exact(),
            truncation: (question.method == GradientKind::Pauli)
                .then(|| question.truncation.clone()),
        }
    }

    pub fn print(&self, out: &mut impl Write) -> Result<()> {
        let how = match (&self.shots, self.is_approximate) {
            (Some(_), _) => "from shots",
            (None, true) => "approximate",
            (None, false) => "exact",
        };
        writeln!(
            out,
            "{}: {}, {}; {}, {how}",
            self.file,
            plural(self.num_qubits, "qubit"),
            plural(self.params.len(), "parameter"),
            self.method
        )?;
        if let Some(truncation) = &self.truncation {
            writeln!(out, "{}", in_words(truncation))?;
        }
        for observable in &self.observables {
            writeln!(out, "\n⟨{}⟩", observable.observable)?;
            observable.print(out, &self.params)?;
            if let Some(account) = &observable.propagation {
                writeln!(
                    out,
                    "at most {} strings, {} left out: Σ|c| = {:.3e}, Σc² = {:.3e}",
                    account.peak_terms,
                    account.dropped_terms,
                    account.dropped_sum,
                    account.dropped_squares
                )?;
            }
        }
        match &self.shots {
            None => writeln!(out, "\nran {}", circuits(self.circuits))?,
            Some(shots) => writeln!(
                out,
                "\nran {} with {} shots in all, {} for each value and each shifted circuit",
                circuits(self.circuits),
                shots.total,
                shots.per_estimate
            )?,
        }
        Ok(())
    }
}

fn circuits(n: u64) -> String {
    plural(usize::try_from(n).unwrap_or(usize::MAX), "circuit")
}

impl ObservableGradient {
    fn new(text: &str, params: &[String], found: &Derivatives) -> Self {
        let exact = found.exact.as_ref();
        let derivative = |k: usize| Derivative {
            param: params[k].clone(),
            derivative: found.gradient[k],
            standard_error: exact.map(|e| e.gradient_errors[k]),
            exact: exact.map(|e| e.gradient[k]),
        };
        ObservableGradient {
            observable: text.into(),
            value: found.value,
            standard_error: exact.map(|e| e.value_error),
            exact_value: exact.map(|e| e.value),
            gradient: (0..params.len()).map(derivative).collect(),
            propagation: found.account,
        }
    }

    fn print(&self, out: &mut impl Write, params: &[Param]) -> Result<()> {
        if let (Some(error), Some(exact)) = (self.standard_error, self.exact_value) {
            let row = |name: &str, at: String, estimate: f64, error: f64, exact: f64| {
                let estimate = format!("{:.6}", estimate + 0.0);
                vec![name.into(), at, estimate, format!("{error:.6}"), number(exact)]
            };
            let mut rows = vec![row("value", String::new(), self.value, error, exact)];
            rows.extend(self.gradient.iter().zip(params).map(|(d, param)| {
                let (error, exact) = (d.standard_error.unwrap_or(0.0), d.exact.unwrap_or(0.0));
                row(&format!("d/d {}", d.param), param.at(), d.derivative, error, exact)
            }));
            let heading = ["", "at", "estimate", "standard error", "exact"];
            writeln!(out, "{}", table(&heading, rows))?;
            return Ok(());
        }
        let mut rows = vec![vec!["value".into(), String::new(), number(self.value)]];
        rows.extend(
            self.gradient.iter().zip(params).map(|(d, param)| {
                vec![format!("d/d {}", d.param), param.at(), number(d.derivative)]
            }),
        );
        writeln!(out, "{}", table(&["", "at", ""], rows))?;
        Ok(())
    }
}

/// With twelve decimals, and no sign where they are all 0.
fn number(x: f64) -> String {
    let text = format!("{x:.12}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|b| b == b'0' || b == b'.') => digits.into(),
        _ => text,
    }
}
