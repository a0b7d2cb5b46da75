//! Finished cells in a file, a line each: an interrupted curve goes on where it was.

use super::ErrorCurve;
use super::run::Cell;
use crate::error::Result;
use crate::estimation::Experiment;
use crate::math::Fingerprint;
use crate::math::checkpoint::{Log, damaged};

const KIND: &str = "error curve";

/// What the cells belong to. Methods and targets are named in each cell, since they may be new.
fn fingerprint(curve: &ErrorCurve<'_>, experiments: &[Experiment]) -> Fingerprint {
    let name = |e: &Experiment| format!("{} (a = {})", e.problem().name(), e.amplitude());
    let problems: Vec<String> = experiments.iter().map(name).collect();
    let truths: Vec<f64> = experiments.iter().map(Experiment::truth).collect();
    let mut print = Fingerprint::new()
        .with("problems", &problems.join(", "))
        .with("truths", &truths)
        .with("number of repeats", &curve.repeats)
        .with("seed", &curve.seed)
        .with("alpha", &curve.alpha)
        .with("fidelity of a Grover step", &curve.kappa)
        .with("source", &curve.source());
    for experiment in experiments {
        print = print.and(experiment.problem().fingerprint());
    }
    match &curve.full_circuits {
        None => print,
        Some(simulator) => print.and(simulator.fingerprint()),
    }
}

/// The file and what it held. That a cell cannot be written does not end the curve, which is worth
/// more: the last error is kept until the file has all cells again.
pub(super) struct Checkpoint {
    log: Option<Log>,
    cells: Vec<Cell>,
    error: Option<String>,
}

impl Checkpoint {
    /// Opens the curve's file, if it has one: anew, or to go on.
    pub fn open(curve: &ErrorCurve<'_>, experiments: &[Experiment]) -> Result<Self> {
        let mut checkpoint = Checkpoint { log: None, cells: vec![], error: None };
        let Some(path) = &curve.checkpoint else { return Ok(checkpoint) };
        let print = fingerprint(curve, experiments);
        if !(curve.resume && path.exists()) {
            checkpoint.log = Some(Log::create(path, KIND, &print)?);
            return Ok(checkpoint);
        }
        let (log, records) = Log::resume(path, KIND, &print)?;
        for (k, record) in records.into_iter().enumerate() {
            let cell: Cell =
                serde_json::from_value(record).map_err(|e| damaged(path, &e.to_string()))?;
            let (found, wanted) = (cell.repeats.len(), curve.repeats);
            if found != wanted {
                let why = format!("cell {k} has {found} repeats where there should be {wanted}");
                return Err(damaged(path, &why));
            }
            checkpoint.cells.push(cell);
        }
        checkpoint.log = Some(log);
        Ok(checkpoint)
    }

    /// The cells that the file held.
    pub fn take_cells(&mut self) -> Vec<Cell> {
        std::mem::take(&mut self.cells)
    }

    /// Adds a finished cell.
    pub fn add(&mut self, cell: &Cell) {
        if let Some(log) = &mut self.log {
            self.error = log.append(cell).err().map(|error| error.to_string());
        }
    }

    /// Why the file has not all cells, if it has not.
    pub fn into_error(self) -> Option<String> {
        self.error
    }
}
