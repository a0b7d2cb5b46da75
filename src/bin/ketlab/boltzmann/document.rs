//! What `ketlab boltzmann train` says: one JSON document, or text.

use super::saved::Entry;
use crate::table::table;
use crate::text::{fixed, plural};
use anyhow::Result;
use ketlab::boltzmann::Verdict;
use ketlab::math::Fingerprint;
use serde::Serialize;
use std::io::Write;

/// Parameters that the text lists.
const SHOWN: usize = 40;

/// The document: that of the trained machine, with what else there is.
#[derive(Serialize)]
pub struct Document {
    pub data: String,
    pub objective: &'static str,
    pub value: Option<f64>,
    #[serde(flatten)]
    pub entry: Entry,
    #[serde(flatten)]
    pub rivals: Rivals,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_out: Option<HeldOut>,
    pub warnings: Vec<String>,
    pub manifest: Manifest,
    pub interrupted: bool,
    /// An objective, or a way of chains.
    #[serde(skip)]
    pub trained_by: String,
}

/// Classical models trained beside a quantum one.
#[derive(Serialize, Default)]
pub struct Rivals {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classical: Option<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classical_hidden: Option<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mixture: Option<Mixture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

#[derive(Serialize)]
pub struct Mixture {
    pub components: usize,
    pub num_parameters: usize,
    pub kl: f64,
}

/// On observations that were kept apart.
#[derive(Serialize)]
pub struct HeldOut {
    pub observations: u64,
    pub negative_log_likelihood: Option<f64>,
    pub classical_negative_log_likelihood: Option<f64>,
}

/// What gives the same numbers again.
#[derive(Serialize)]
pub struct Manifest {
    /// After `ketlab`.
    pub arguments: Vec<String>,
    pub data: Fingerprint,
    pub seed: u64,
}

impl Document {
    pub fn print(&self, out: &mut impl Write) -> Result<()> {
        let Document { data, entry, rivals, .. } = self;
        writeln!(
            out,
            "{data}: {} of {} and {}, trained by {}",
            entry.model,
            plural(entry.num_visible, "visible unit"),
            plural(entry.num_hidden, "hidden unit"),
            self.trained_by,
        )?;
        let of = if entry.relative_entropy.is_some() { "what is measured" } else { "the data" };
        writeln!(out, "entropy of {of} {:.6} nats", entry.data_entropy)?;
        let mut rows = vec![entry.row()];
        for rival in [&rivals.classical, &rivals.classical_hidden].into_iter().flatten() {
            rows.push(rival.row());
        }
        if let Some(mixture) = &rivals.mixture {
            let name = format!("mixture of {}", mixture.components);
            rows.push(vec![
                name,
                mixture.num_parameters.to_string(),
                divergence(Some(mixture.kl)),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
        // The last column but one is of states alone.
        let of_state = entry.relative_entropy.is_some();
        for row in rows.iter_mut().filter(|_| !of_state) {
            row.remove(row.len() - 2);
        }
        let mut heading = vec!["machine", "parameters", "KL (nats)", "-log-likelihood"];
        heading.extend(of_state.then_some("relative entropy"));
        heading.push("iterations");
        writeln!(out, "{}", table(&heading, rows))?;
        if let Some(verdict) = &rivals.verdict {
            writeln!(out, "{verdict}")?;
        }
        if let Some(held_out) = &self.held_out {
            let of = |x: Option<f64>| x.map_or("-".into(), |x| format!("{x:.6}"));
            write!(
                out,
                "on {} kept apart: -log-likelihood {}",
                plural(held_out.observations as usize, "observation"),
                of(held_out.negative_log_likelihood)
            )?;
            match held_out.classical_negative_log_likelihood {
                Some(classical) => writeln!(out, ", bm {}", of(Some(classical)))?,
                None => writeln!(out)?,
            }
        }
        let names: Vec<String> = entry
            .parameters
            .0
            .iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", fixed(value.as_f64()?, 4))))
            .collect();
        if !names.is_empty() {
            let shown = names.len().min(SHOWN);
            let more = match names.len() - shown {
                0 => String::new(),
                more => format!(" and {more} more; --json has all"),
            };
            writeln!(out, "parameters: {}{more}", names[..shown].join(", "))?;
        }
        for warning in &self.warnings {
            writeln!(out, "note: {warning}")?;
        }
        writeln!(out, "seed {}", self.manifest.seed)?;
        Ok(())
    }
}

/// A KL divergence for people; below this it is rounding.
pub fn divergence(kl: Option<f64>) -> String {
    const ROUNDING: f64 = 1e-13;
    match kl {
        None => "-".into(),
        Some(kl) if kl.abs() < ROUNDING => "0".into(),
        Some(kl) if kl.abs() < 1e-3 => format!("{kl:.3e}"),
        Some(kl) => format!("{kl:.6}"),
    }
}
