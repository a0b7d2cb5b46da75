//! Finished cells in a file, a line each: an interrupted curve goes on where it was.

use super::ErrorCurve;
use super::run::Cell;
use crate::error::{Error, Result, check_checkpoint};
use crate::estimation::{Experiment, Source};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

const FORMAT: &str = "ketlab error curve checkpoint 2";

/// The first line: what the cells belong to.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Header {
    format: String,
    problems: Vec<String>,
    truths: Vec<f64>,
    repeats: usize,
    seed: u64,
    alpha: Option<f64>,
    kappa: f64,
    source: Source,
}

impl Header {
    fn of(curve: &ErrorCurve<'_>, experiments: &[Experiment]) -> Self {
        let name = |e: &Experiment| format!("{} (a = {})", e.problem().name(), e.amplitude());
        Header {
            format: FORMAT.into(),
            problems: experiments.iter().map(name).collect(),
            truths: experiments.iter().map(Experiment::truth).collect(),
            repeats: curve.repeats,
            seed: curve.seed,
            alpha: curve.alpha,
            kappa: curve.kappa,
            source: curve.source(),
        }
    }

    /// Says what of `self`, read from a file, differs from `run`.
    fn check(&self, run: &Header) -> Result<()> {
        let alpha = |a: Option<f64>| a.map_or("that of error curves".into(), |a| a.to_string());
        let pairs = [
            ("format", self.format.clone(), run.format.clone()),
            ("problems", self.problems.join(", "), run.problems.join(", ")),
            ("truths", format!("{:?}", self.truths), format!("{:?}", run.truths)),
            ("number of repeats", self.repeats.to_string(), run.repeats.to_string()),
            ("seed", self.seed.to_string(), run.seed.to_string()),
            ("alpha", alpha(self.alpha), alpha(run.alpha)),
            ("fidelity of a Grover step", self.kappa.to_string(), run.kappa.to_string()),
            ("source", format!("{:?}", self.source), format!("{:?}", run.source)),
        ];
        check_checkpoint(pairs)
    }
}

/// The file and what it held.
pub(super) struct Checkpoint {
    file: Option<(PathBuf, File)>,
    cells: Vec<Cell>,
}

impl Checkpoint {
    /// Opens the curve's file, if it has one: anew, or to go on.
    pub fn open(curve: &ErrorCurve<'_>, experiments: &[Experiment]) -> Result<Self> {
        let Some(path) = &curve.checkpoint else {
            return Ok(Checkpoint { file: None, cells: vec![] });
        };
        let header = Header::of(curve, experiments);
        if curve.resume && path.exists() {
            let (cells, length) = read(path, &header)?;
            let file = OpenOptions::new().append(true).open(path).map_err(|e| io(path, e))?;
            // A line that the interruption cut off is written again.
            file.set_len(length).map_err(|e| io(path, e))?;
            return Ok(Checkpoint { file: Some((path.clone(), file)), cells });
        }
        if path.exists() {
            return Err(Error::Io {
                path: path.display().to_string(),
                message: "the file exists; go on from it by resuming, or remove it".into(),
            });
        }
        let file = File::create_new(path).map_err(|e| io(path, e))?;
        let mut checkpoint = Checkpoint { file: Some((path.clone(), file)), cells: vec![] };
        checkpoint.line(&header)?;
        Ok(checkpoint)
    }

    /// The cells that the file held.
    pub fn take_cells(&mut self) -> Vec<Cell> {
        std::mem::take(&mut self.cells)
    }

    /// Adds a finished cell.
    pub fn add(&mut self, cell: &Cell) -> Result<()> {
        self.line(cell)
    }

    fn line(&mut self, value: &impl Serialize) -> Result<()> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        let mut text = serde_json::to_string(value).map_err(|e| damaged(path, &e.to_string()))?;
        text.push('\n');
        file.write_all(text.as_bytes()).map_err(|e| io(path, e))
    }
}

/// The cells of a file and the length of its complete lines.
fn read(path: &Path, header: &Header) -> Result<(Vec<Cell>, u64)> {
    let bytes = std::fs::read(path).map_err(|e| io(path, e))?;
    let complete = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let text = str::from_utf8(&bytes[..complete]).map_err(|e| damaged(path, &e.to_string()))?;
    let mut lines = text.lines();
    let first = lines.next().ok_or_else(|| damaged(path, "its first line is not complete"))?;
    let found: Header = serde_json::from_str(first).map_err(|e| damaged(path, &e.to_string()))?;
    found.check(header)?;
    let cells =
        lines.map(|line| serde_json::from_str(line).map_err(|e| damaged(path, &e.to_string())));
    let cells: Vec<Cell> = cells.collect::<Result<_>>()?;
    if let Some(cell) = cells.iter().find(|c| c.repeats.len() != header.repeats) {
        let found = format!(
            "a cell of {} repeats where there should be {}",
            cell.repeats.len(),
            header.repeats
        );
        return Err(damaged(path, &found));
    }
    Ok((cells, complete as u64))
}

fn io(path: &Path, error: std::io::Error) -> Error {
    Error::Io { path: path.display().to_string(), message: error.to_string() }
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::Io {
        path: path.display().to_string(),
        message: format!("not a checkpoint of an error curve: {why}"),
    }
}
