//! `--start` and `--restarts`, as `vqe` and `qaoa` have them.

use crate::options::{count, no_such};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::math::{Domain, Streams};
use ketlab::optimize::{Outcome, Stationary, StopReason};
use rand::RngExt;
use serde::Serialize;
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What `--start` names: a way of the subcommand's own, or a file of numbers.
#[derive(Clone)]
pub enum Start<N> {
    Named(N),
    File(PathBuf),
}

impl<N: ValueEnum> Start<N> {
    pub fn name(&self) -> String {
        match self {
            Start::Named(named) => name(named),
            Start::File(path) => path.display().to_string(),
        }
    }
}

fn name<N: ValueEnum>(named: &N) -> String {
    named.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default()
}

/// The value of `--start`: a name, else what can be a file.
pub fn parse<N: ValueEnum>(value: OsString) -> Result<Start<N>, String> {
    let text = value.to_string_lossy();
    if let Ok(named) = N::from_str(&text, false) {
        return Ok(Start::Named(named));
    }
    if Path::new(&value).exists() || text.contains(['.', '/', '\\']) {
        return Ok(Start::File(value.into()));
    }
    let names: Vec<String> = N::value_variants().iter().map(name).collect();
    Err(no_such(&text, &names))
}

#[derive(clap::Args)]
pub struct Restarts {
    /// Minimize this many times more, from random starts with the seeds that follow --seed, and keep
    /// the best
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = count::<u64>(0..=1_000_000))]
    restarts: u64,
}

impl Restarts {
    pub fn number(&self) -> u64 {
        self.restarts
    }
}

/// The parameters of a file: a JSON list, or a document of this program that has `keys` somewhere
/// (all of them, one after the other), or numbers with spaces, commas or line ends between.
pub fn from_file(path: &Path, keys: &[&str], len: usize) -> Result<Vec<f64>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("--start {}", path.display()))?;
    let numbers = match serde_json::from_str::<Value>(&text) {
        Ok(Value::Array(list)) => list_of_numbers(&list),
        Ok(Value::Number(number)) => number.as_f64().map(|x| vec![x]),
        Ok(document) => {
            let found = keys.iter().map(|key| search(&document, key));
            found.collect::<Option<Vec<_>>>().map(|lists| lists.concat())
        }
        Err(_) => {
            let words =
                text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
            words.map(|word| word.parse().ok().filter(|x: &f64| x.is_finite())).collect()
        }
    };
    let Some(numbers) = numbers else {
        bail!(
            "--start {}: it must be a list of {len} finite numbers (JSON, or with spaces between), \
             or a document of --json with `{}`",
            path.display(),
            keys.join("` and `")
        );
    };
    if numbers.len() != len {
        bail!(
            "--start {}: there are {} numbers, and {len} parameters",
            path.display(),
            numbers.len()
        );
    }
    Ok(numbers)
}

fn list_of_numbers(list: &[Value]) -> Option<Vec<f64>> {
    list.iter().map(|v| v.as_f64().filter(|x| x.is_finite())).collect()
}

/// The first list of numbers of this name, in the order in which documents are written.
fn search(value: &Value, key: &str) -> Option<Vec<f64>> {
    match value {
        Value::Object(map) => {
            let own = map.get(key).and_then(Value::as_array).and_then(|list| list_of_numbers(list));
            own.or_else(|| map.values().find_map(|value| search(value, key)))
        }
        Value::Array(list) => list.iter().find_map(|value| search(value, key)),
        _ => None,
    }
}

/// Random numbers, number i within ±`most[i]`.
pub fn random(seed: u64, most: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut rng = Streams::new(seed, Domain::Optimizer).stream(0);
    most.into_iter().map(|most| rng.random_range(-most..most)).collect()
}

/// A start without gradient, in documents.
#[derive(Serialize)]
pub struct StationaryStart {
    gradient_norm: f64,
    curvature: f64,
    left: bool,
}

impl From<Stationary> for StationaryStart {
    fn from(found: Stationary) -> Self {
        let Stationary { gradient_norm, curvature, lower } = found;
        StationaryStart { gradient_norm, curvature, left: lower.is_some() }
    }
}

impl StationaryStart {
    /// A line for people.
    pub fn line(&self) -> String {
        let curvature = self.curvature;
        if self.left {
            format!("no gradient at the start, but a curvature of {curvature:.1e}: left downhill")
        } else {
            format!(
                "no gradient at the start, and no negative curvature (the lowest is {curvature:.1e}): \
                 a minimum, or flat; `--start random` begins elsewhere"
            )
        }
    }
}

/// A minimization among several, in documents.
#[derive(Serialize)]
pub struct Tried {
    /// `hf`, `random`, … or a file.
    pub start: String,
    /// Of a random start: `--start random --seed` this gives it again.
    pub seed: Option<u64>,
    pub value: f64,
    pub evaluations: usize,
    pub stop: StopReason,
    /// Whether it is the one that was kept.
    pub kept: bool,
}

impl Tried {
    pub fn new(start: String, seed: Option<u64>, value: f64, outcome: &Outcome) -> Self {
        let (evaluations, stop) = (outcome.evaluations, outcome.stop.clone());
        Tried { start, seed, value, evaluations, stop, kept: false }
    }

    /// A line for people; `value` as they read it.
    pub fn line(&self, value: &str) -> String {
        let seed = self.seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
        let kept = if self.kept { "   kept" } else { "" };
        format!("  {}{seed}: {value}, {}{kept}", self.start, self.stop)
    }
}

/// Marks the lowest as kept and returns its number.
pub fn keep_lowest(tried: &mut [Tried]) -> usize {
    let by_value = tried.iter().enumerate().min_by(|a, b| a.1.value.total_cmp(&b.1.value));
    let best = by_value.map_or(0, |(k, _)| k);
    if let Some(kept) = tried.get_mut(best) {
        kept.kept = true;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_lists_texts_and_documents() {
        let path = std::env::temp_dir().join(format!("ketlab-start-{}", std::process::id()));
        let read = |text: &str, keys: &[&str], len| {
            std::fs::write(&path, text).unwrap();
            from_file(&path, keys, len)
        };
        assert_eq!(read("[1, -2.5]", &["params"], 2).unwrap(), [1.0, -2.5]);
        assert_eq!(read("1, -2.5\n3e0", &["params"], 3).unwrap(), [1.0, -2.5, 3.0]);
        assert_eq!(read("7", &["params"], 1).unwrap(), [7.0]);
        let document = r#"{"states": [{"params": null}, {"x": 1, "params": [1, 2]}]}"#;
        assert_eq!(read(document, &["params"], 2).unwrap(), [1.0, 2.0]);
        let document = r#"{"betas": [3, 4], "gammas": [1, 2]}"#;
        assert_eq!(read(document, &["gammas", "betas"], 4).unwrap(), [1.0, 2.0, 3.0, 4.0]);
        for (text, says) in [
            ("[1]", "there are 1 numbers, and 2 parameters"),
            ("[1, null]", "list of 2 finite numbers"),
            ("one two", "list of 2 finite numbers"),
            ("NaN 1", "list of 2 finite numbers"),
            ("{}", "with `params`"),
        ] {
            let error = read(text, &["params"], 2).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
        std::fs::remove_file(&path).unwrap();
        let error = format!("{:#}", from_file(&path, &["params"], 2).unwrap_err());
        assert!(error.contains("--start"), "{error}");
    }
}
