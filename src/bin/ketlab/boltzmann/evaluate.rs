//! `ketlab boltzmann evaluate`.

use super::document::divergence;
use super::saved::{self, Parameters, SavedClassical, finite, parameters};
use super::source::{self, STRINGS};
use crate::document::{self, Format, Json, Work};
use crate::options::{Seed, Threads};
use crate::table::table;
use crate::text::{Folded, fixed};
use anyhow::Result;
use ketlab::boltzmann::{Distribution, Judged, Model};
use serde::Serialize;
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Rows of the text's list of scores.
const SHOWN: usize = 20;

#[derive(clap::Args)]
#[command(after_help = format!("Examples:
  ketlab boltzmann evaluate machine.json bas:2x2
  ketlab boltzmann evaluate machine.json observations.csv --scores

{STRINGS}"))]
pub struct Args {
    /// A trained machine: what `ketlab boltzmann train` wrote with -o or --json
    machine: PathBuf,
    /// Bit strings to judge it on
    data: String,
    /// Tell -ln P of each string, the strangest first
    #[arg(long)]
    scores: bool,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    json: Json,
}

#[derive(Serialize)]
struct Document {
    machine: String,
    data: String,
    #[serde(flatten)]
    of: Evaluated,
    #[serde(skip_serializing_if = "Option::is_none")]
    classical: Option<Evaluated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    classical_hidden: Option<Evaluated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<Vec<Score>>,
}

/// A model on the data.
#[derive(Serialize)]
struct Evaluated {
    model: String,
    num_parameters: usize,
    kl: Option<f64>,
    negative_log_likelihood: Option<f64>,
    /// Of the likelihood, where ln Z is estimated.
    standard_error: Option<f64>,
    data_entropy: f64,
    moment_error: Option<f64>,
    parameters: Parameters,
    history: Vec<Value>,
}

#[derive(Serialize)]
struct Score {
    bits: String,
    probability: f64,
    /// -ln P, in nats.
    score: Option<f64>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| evaluate(&args))?
}

fn evaluate(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    let saved = saved::load(&args.machine)?;
    let data = source::law(&args.data)?;
    let seed = args.seed.value();
    let scores = match args.scores {
        true => Some(scores(&saved.machine, &data, seed)?),
        false => None,
    };
    let rival = |saved: Option<Box<SavedClassical>>| {
        let evaluated =
            |c: Box<SavedClassical>| Evaluated::new(c.model, &c.machine, c.history, &data, seed);
        saved.map(evaluated).transpose()
    };
    let document = Document {
        machine: args.machine.display().to_string(),
        data: args.data.clone(),
        of: Evaluated::new(saved.model, &saved.machine, saved.history, &data, seed)?,
        classical: rival(saved.classical)?,
        classical_hidden: rival(saved.classical_hidden)?,
        scores,
    };
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(start, Some(seed));
        document::write(&mut out, Format::BoltzmannEvaluation, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The strangest first.
fn scores(model: &Model, data: &Distribution, seed: u64) -> Result<Vec<Score>> {
    let surprisal = model.surprisal(data, seed)?;
    let rows = data.outcomes().iter().zip(surprisal);
    let mut scores: Vec<Score> = rows
        .map(|((bits, _), score)| Score {
            bits: bits.to_string(),
            probability: (-score).exp(),
            score: finite(score),
        })
        .collect();
    scores.sort_by(|a, b| {
        let [a_score, b_score] = [a, b].map(|s| s.score.unwrap_or(f64::INFINITY));
        b_score.total_cmp(&a_score).then_with(|| a.bits.cmp(&b.bits))
    });
    Ok(scores)
}

impl Evaluated {
    fn new(
        name: String,
        model: &Model,
        history: Vec<Value>,
        data: &Distribution,
        seed: u64,
    ) -> Result<Self> {
        let Judged { negative_log_likelihood, standard_error, moment_error } =
            model.judge(data, seed)?;
        let entropy = data.entropy();
        Ok(Evaluated {
            model: name,
            num_parameters: model.num_parameters(),
            kl: finite(negative_log_likelihood - entropy),
            negative_log_likelihood: finite(negative_log_likelihood),
            standard_error,
            data_entropy: entropy,
            moment_error,
            parameters: parameters(model),
            history,
        })
    }

    fn row(&self) -> Vec<String> {
        let number = |x: Option<f64>| x.map_or("-".into(), |x| format!("{x:.6}"));
        vec![
            self.model.clone(),
            self.num_parameters.to_string(),
            divergence(self.kl),
            number(self.negative_log_likelihood),
            number(self.moment_error),
        ]
    }
}

impl Document {
    fn print(&self, out: &mut impl Write) -> Result<()> {
        let Document { machine, data, of, classical, classical_hidden, scores } = self;
        writeln!(out, "{machine} on {data}, entropy {:.6} nats", of.data_entropy + 0.0)?;
        let rows = [Some(of), classical.as_ref(), classical_hidden.as_ref()];
        let rows = rows.into_iter().flatten().map(Evaluated::row);
        let heading = ["machine", "parameters", "KL (nats)", "-log-likelihood", "moment error"];
        writeln!(out, "{}", table(&heading, rows.collect()))?;
        if let Some(error) = of.standard_error {
            writeln!(out, "the likelihood is within {error:.4} (ln Z by importance sampling)")?;
        }
        for Score { bits, probability, score } in scores.iter().flatten().take(SHOWN) {
            let score = score.map_or("infinite".into(), |score| fixed(score, 4));
            writeln!(out, "  {bits}  -ln P = {score}  (P = {probability:.3e})")?;
        }
        let left = scores.as_ref().map_or(0, Vec::len).saturating_sub(SHOWN);
        if left > 0 {
            writeln!(out, "  and {left} more; --json has all")?;
        }
        Ok(())
    }
}
