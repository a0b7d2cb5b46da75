//! `ketlab predict`: a trained model applied to other rows.

use crate::document::{self, Format, Json, Work};
use crate::learn::saved;
use crate::options::{Threads, count};
use crate::output::{OutputFile, check_extension};
use crate::table::table;
use crate::text::{Folded, fixed, plural};
use anyhow::{Context, Result, bail};
use ketlab::learning::data::{DataSet, Targets, built_in, read_table};
use ketlab::learning::{Evaluation, Predictor, Scored};
use ndarray::Array2;
use serde::Serialize;
use serde::ser::SerializeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Rows that the text shows.
const SHOWN: usize = 20;

#[derive(clap::Args)]
#[command(after_help = "\
Columns are found by their names, in any order; others are passed over. Where the target is among them, \
the predictions are judged by it. Shots and noise are those of the training.

Examples:
  ketlab predict model.json new.csv
  ketlab predict model.json new.csv -o predictions.csv
  ketlab predict model.json moons:500:0.1 --seed 7 --json")]
pub struct Args {
    /// A trained model: what `ketlab learn` wrote with -o or --json
    model: PathBuf,
    /// Rows to predict: a file, or built-in data by their name
    data: String,
    /// Exact means, without the shots or the noise of the training
    #[arg(long)]
    exact: bool,
    /// Seed of built-in data, of shots and of trajectories [default: that of the training]
    #[arg(long, value_name = "N", value_parser = count::<u64>(0..=u64::MAX))]
    seed: Option<u64>,
    #[command(flatten)]
    threads: Threads,
    /// Write the predictions, a row each, to this .csv
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

#[derive(Serialize)]
struct Document {
    model: String,
    data: Source,
    target: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    classes: Vec<String>,
    /// By the targets, where the rows have them.
    metrics: Option<Scored>,
    predictions: Vec<Prediction>,
}

#[derive(Serialize)]
struct Source {
    source: String,
    rows: usize,
}

/// What is predicted for a row.
#[derive(Serialize)]
#[serde(untagged)]
enum Prediction {
    Value { value: f64 },
    Class { class: String, probabilities: Probabilities },
}

/// By the name of the class, in their order.
struct Probabilities(Vec<(String, f64)>);

impl Serialize for Probabilities {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, p) in &self.0 {
            map.serialize_entry(name, p)?;
        }
        map.end()
    }
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| predict(&args))?
}

fn predict(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    if let Some(path) = &args.output {
        check_extension("--output", path, &["csv"], &[("json", "--json")])?;
    }
    let (predictor, mut manifest) = saved::load(&args.model)?;
    if let Some(seed) = args.seed {
        manifest.experiment.seed = seed;
    }
    let seed = manifest.experiment.seed;
    let output = args.output.as_deref().map(|path| OutputFile::create("--output", path));
    let output = output.transpose()?;
    let (features, targets) = rows(args, &predictor, seed)?;
    let simulator = crate::learn::simulator(&manifest)?;
    crate::progress::cancel_on_interrupt(simulator.watch());
    let evaluation = match args.exact {
        true => Evaluation::Exact,
        false => manifest.experiment.evaluation()?,
    };
    let (metrics, predictions) = match targets {
        Some(targets) => {
            let data = DataSet::new(features, targets)?;
            let (scored, predictions) = predictor.score(&evaluation, &simulator, &data)?;
            (Some(scored), predictions)
        }
        None => (None, predictor.predict(&evaluation, &simulator, features.view())?),
    };
    if let Some(output) = output {
        output.write(|out| write_csv(out, &predictor, &predictions))?;
    }
    let document = Document {
        model: args.model.display().to_string(),
        data: Source { source: args.data.clone(), rows: predictions.nrows() },
        metrics,
        predictions: all(&predictor, &predictions),
        target: predictor.target,
        classes: predictor.classes,
    };
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(start, Some(seed));
        document::write(&mut out, Format::Predictions, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The model's features of the rows, and their targets, where they have them.
fn rows(args: &Args, model: &Predictor, seed: u64) -> Result<(Array2<f64>, Option<Targets>)> {
    let classes = (!model.classes.is_empty()).then_some(&model.classes[..]);
    let context = || format!("{} learned from other columns", args.model.display());
    if let Some(data) = built_in(&args.data, seed)? {
        let name = |name: &String| data.feature_names().iter().position(|known| known == name);
        let places: Option<Vec<usize>> = model.features.iter().map(name).collect();
        let Some(places) = places else {
            bail!(
                "{}: the model's features are {}; these data have {}",
                args.data,
                model.features.join(", "),
                data.feature_names().join(", ")
            );
        };
        let features = data.features().select(ndarray::Axis(1), &places);
        let fits =
            data.target_name() == model.target && data.class_names() == model.classes.as_slice();
        return Ok((features, fits.then(|| data.targets().clone())));
    }
    if !Path::new(&args.data).exists() {
        bail!("{}: no such file", args.data);
    }
    let table = read_table(&args.data)?;
    let features = table.features(&model.features).with_context(context)?;
    let targets = table.targets(&model.target, &model.features, classes)?;
    Ok((features, targets))
}

fn all(model: &Predictor, predictions: &Array2<f64>) -> Vec<Prediction> {
    if model.classes.is_empty() {
        return predictions.iter().map(|&value| Prediction::Value { value }).collect();
    }
    let classes = model.classes_of(predictions.view());
    let row = |(class, row): (&str, ndarray::ArrayView1<'_, f64>)| Prediction::Class {
        class: class.into(),
        probabilities: Probabilities(
            model.classes.iter().cloned().zip(row.iter().copied()).collect(),
        ),
    };
    classes.into_iter().zip(predictions.rows()).map(row).collect()
}

fn write_csv(out: impl Write, model: &Predictor, predictions: &Array2<f64>) -> Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let mut heading = vec![model.target.clone()];
    heading.extend(model.classes.iter().map(|class| format!("probability of {class}")));
    csv.write_record(&heading)?;
    for prediction in all(model, predictions) {
        match prediction {
            Prediction::Value { value } => csv.write_record([value.to_string()])?,
            Prediction::Class { class, probabilities } => {
                let numbers = probabilities.0.iter().map(|(_, p)| p.to_string());
                csv.write_record(std::iter::once(class).chain(numbers))?;
            }
        }
    }
    csv.flush()?;
    Ok(())
}

impl Document {
    fn print(&self, out: &mut impl Write) -> Result<()> {
        let rows = plural(self.data.rows, "row");
        writeln!(out, "{} on {}: {rows}, {} predicted", self.model, self.data.source, self.target)?;
        match &self.metrics {
            None => writeln!(out, "the rows have no `{}` to judge by", self.target)?,
            Some(scored) => {
                let entries = scored.metrics.entries();
                let named = |(name, value): &(&str, f64)| {
                    format!("{} {}", name.replace('_', " "), fixed(*value, 4))
                };
                let metrics: Vec<String> = entries.iter().map(named).collect();
                writeln!(out, "loss {}, {}", fixed(scored.loss, 6), metrics.join(", "))?;
            }
        }
        let mut heading = vec!["row".to_string(), self.target.clone()];
        heading.extend(self.classes.iter().map(|class| format!("P({class})")));
        let cells = |(k, prediction): (usize, &Prediction)| {
            let mut row = vec![k.to_string()];
            match prediction {
                Prediction::Value { value } => row.push(fixed(*value, 6)),
                Prediction::Class { class, probabilities } => {
                    row.push(class.clone());
                    row.extend(probabilities.0.iter().map(|(_, p)| format!("{p:.4}")));
                }
            }
            row
        };
        let shown = self.predictions.iter().enumerate().take(SHOWN).map(cells).collect();
        let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
        writeln!(out, "{}", table(&heading, shown))?;
        let left = self.predictions.len().saturating_sub(SHOWN);
        if left > 0 {
            writeln!(out, "and {left} more; -o and --json have all")?;
        }
        Ok(())
    }
}
