//! Finished cells in a file, a line each: an interrupted curve goes on where it was.

use super::ErrorCurve;
use super::cell::Cell;
use crate::error::Result;
use crate::estimation::problem::experiment::Experiment;
use crate::math::{Checkpoint, Fingerprint, Keeper};

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

/// The curve's file, if it has one, and what it held.
pub(super) struct Kept {
    keeper: Option<Keeper>,
    cells: Vec<Cell>,
}

impl Kept {
    /// Opens the file: anew, or to go on.
    pub fn open(curve: &ErrorCurve<'_>, experiments: &[Experiment]) -> Result<Self> {
        let Some(path) = &curve.checkpoint else {
            return Ok(Kept { keeper: None, cells: Vec::new() });
        };
        let file = Checkpoint::new(path).resume(curve.resume);
        let (keeper, cells) = file.open::<Cell>(KIND, &fingerprint(curve, experiments))?;
        for (k, cell) in cells.iter().enumerate() {
            let (found, wanted) = (cell.repeats.len(), curve.repeats);
            if found != wanted {
                let why = format!("cell {k} has {found} repeats where there should be {wanted}");
                return Err(file.damaged(&why));
            }
        }
        Ok(Kept { keeper: Some(keeper), cells })
    }

    /// The cells that the file held.
    pub fn take_cells(&mut self) -> Vec<Cell> {
        std::mem::take(&mut self.cells)
    }

    /// Adds a finished cell.
    pub fn add(&mut self, cell: &Cell) {
        if let Some(keeper) = &mut self.keeper {
            keeper.add(cell);
        }
    }

    /// Why the file has not all cells, if it has not.
    pub fn into_error(self) -> Option<String> {
        self.keeper.and_then(Keeper::into_error)
    }
}
