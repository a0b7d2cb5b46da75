//! The checkpoint of a minimization: what it belongs to, and when it is written.

use super::objective::Objective;
use super::stopping::{Bounds, Stopping};
use crate::error::Result;
use crate::math::Fingerprint;
use crate::math::checkpoint::{Snapshot, damaged};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

const KIND: &str = "optimizer";

/// What a checkpoint belongs to. A resume needs all of it equal, for only then does it continue as if
/// it had never stopped. Limits and tolerances may change: they decide when a run ends, not how it
/// goes.
pub(super) fn fingerprint<S: Serialize>(
    method: &str,
    settings: &S,
    start: &[f64],
    objective: &dyn Objective,
    stopping: &Stopping<'_>,
) -> Result<Fingerprint> {
    // `None` is an open side: JSON has no infinities.
    let finite = |x: f64| x.is_finite().then_some(x);
    let bounds = Bounds::of(stopping).0.into_iter().map(|(l, u)| (finite(l), finite(u)));
    let mut print = Fingerprint::new()
        .with("method", method)
        .with("number of parameters", &start.len())
        .and(objective.fingerprint());
    if !stopping.fingerprint.is_empty() {
        print = print.with("fingerprint", &stopping.fingerprint);
    }
    Ok(print
        .try_with("settings", settings)?
        .with("bounds", &bounds.collect::<Vec<_>>())
        .with("start", start))
}

/// Writes the checkpoint of a run. That it cannot be written does not end the run, which is worth
/// more: the last error is kept until the file is whole again.
#[derive(Debug)]
pub(super) struct Keeper {
    snapshot: Option<Snapshot>,
    interval: usize,
    is_empty: bool,
    error: Option<String>,
}

impl Keeper {
    /// Opens the files that the limits name, before anything is evaluated: the run that it resumes
    /// from, if there is one, and a place for this one.
    pub fn open<S: Serialize, R: DeserializeOwned>(
        method: &str,
        settings: &S,
        start: &[f64],
        objective: &dyn Objective,
        stopping: &Stopping<'_>,
    ) -> Result<(Self, Option<R>)> {
        let (checkpoint, resume) = (&stopping.checkpoint, &stopping.resume);
        let mut keeper = Keeper { snapshot: None, interval: 1, is_empty: true, error: None };
        if checkpoint.is_none() && resume.is_none() {
            return Ok((keeper, None));
        }
        let print = fingerprint(method, settings, start, objective, stopping)?;
        let mut last = None;
        if let Some((path, interval)) = checkpoint {
            keeper.interval = *interval;
            let snapshot = match resume {
                Some(from) if is_same(from, path) => {
                    let (snapshot, record) = Snapshot::resume(from, KIND, &print)?;
                    (keeper.is_empty, last) = (false, record);
                    snapshot
                }
                Some(from) => {
                    last = Snapshot::read(from, KIND, &print)?;
                    Snapshot::create(path, KIND, &print)?
                }
                None => Snapshot::create(path, KIND, &print)?,
            };
            keeper.snapshot = Some(snapshot);
        } else if let Some(from) = resume {
            last = Snapshot::read(from, KIND, &print)?;
        }
        let Some(last) = last else { return Ok((keeper, None)) };
        let from = resume.as_deref().unwrap_or(Path::new(""));
        let run = serde_json::from_value(last).map_err(|e| damaged(from, &e.to_string()))?;
        Ok((keeper, Some(run)))
    }

    /// Writes the run after every so many iterations.
    pub fn iteration_done(&mut self, iteration: usize, run: &impl Serialize) {
        if iteration.is_multiple_of(self.interval) {
            self.save(run);
        }
    }

    /// Writes the run.
    pub fn save(&mut self, run: &impl Serialize) {
        if let Some(snapshot) = &mut self.snapshot {
            self.error = snapshot.replace(run).err().map(|error| error.to_string());
            self.is_empty &= self.error.is_some();
        }
    }

    /// Gives up: a file that holds nothing is removed.
    pub fn abandon(self) {
        if let Some(snapshot) = self.snapshot.filter(|_| self.is_empty) {
            snapshot.discard();
        }
    }

    /// Why the file does not hold the last state, if it does not.
    pub fn into_error(self) -> Option<String> {
        self.error
    }
}

fn is_same(a: &PathBuf, b: &PathBuf) -> bool {
    a == b || a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// Refuses a run whose parts do not fit together.
pub(super) fn whole(stopping: &Stopping<'_>, fits: bool) -> Result<()> {
    if fits {
        return Ok(());
    }
    let path = stopping.resume.as_deref().unwrap_or(Path::new(""));
    Err(damaged(path, "its vectors must be as long as its number of parameters"))
}
