//! Runs that keep what they have finished, piece by piece.

use super::fingerprint::Fingerprint;
use super::{Log, damaged};
use crate::error::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::PathBuf;

/// A file that keeps what a run has finished, so that another can go on from it.
///
/// ```no_run
/// use ketlab::ising::{Ising, SimulatedAnnealing};
/// use ketlab::math::Checkpoint;
/// let model = Ising::new(vec![0.0; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// // The first time all reads are run, and after an interruption those that the file lacks.
/// let file = Checkpoint::new("reads.jsonl").resume(true);
/// let kept = SimulatedAnnealing::new().reads(1_000_000).run_kept(&model, &file)?;
/// println!("{} reads, {} of them from the file", kept.answer.len(), kept.resumed);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    path: PathBuf,
    resume: bool,
}

/// What a run came to that kept its pieces: reads, or points.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<T> {
    /// The same as of a run that was not interrupted.
    pub answer: T,
    /// Pieces of the answer that the file had.
    pub resumed: u64,
    /// Pieces that were added.
    pub added: u64,
    /// Why the file has not all pieces, if it has not. The answer has them.
    pub error: Option<String>,
}

impl<T> Kept<T> {
    /// The same with another answer.
    pub fn map<U>(self, answer: impl FnOnce(T) -> U) -> Kept<U> {
        let Kept { resumed, added, error, .. } = self;
        Kept { answer: answer(self.answer), resumed, added, error }
    }
}

impl Checkpoint {
    /// This file, which must not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Checkpoint { path: path.into(), resume: false }
    }

    /// Goes on from the file, if there is one.
    pub fn resume(self, resume: bool) -> Self {
        Checkpoint { resume, ..self }
    }

    /// Opens the file for runs of this kind: what pieces are added with, and those that it has, in
    /// the order in which they were added.
    ///
    /// # Errors
    /// If the file exists and is not to be resumed, is no checkpoint, is damaged or of another kind or
    /// fingerprint, if another run is writing it, or it cannot be read or written.
    pub fn open<T: DeserializeOwned>(
        &self,
        kind: &str,
        fingerprint: &Fingerprint,
    ) -> Result<(Keeper, Vec<T>)> {
        if !(self.resume && self.path.exists()) {
            let log = Log::create(&self.path, kind, fingerprint)?;
            return Ok((Keeper { log, error: None }, Vec::new()));
        }
        let (log, records) = Log::resume(&self.path, kind, fingerprint)?;
        let piece = |record| {
            serde_json::from_value(record).map_err(|error| self.damaged(&error.to_string()))
        };
        let pieces = records.into_iter().map(piece).collect::<Result<_>>()?;
        Ok((Keeper { log, error: None }, pieces))
    }

    /// Refuses a file whose checksums are right and whose content is not.
    pub(crate) fn damaged(&self, why: &str) -> crate::error::Error {
        damaged(&self.path, why)
    }
}

/// Adds pieces to a [`Checkpoint`], a line each. That one cannot be written ends no run, which is
/// worth more: the last error is kept until the file has all pieces again.
#[derive(Debug)]
pub struct Keeper {
    log: Log,
    error: Option<String>,
}

impl Keeper {
    /// Adds a finished piece.
    pub fn add(&mut self, piece: &impl Serialize) {
        self.error = self.log.append(piece).err().map(|error| error.to_string());
    }

    /// Why the file has not all pieces, if it has not.
    pub fn into_error(self) -> Option<String> {
        self.error
    }
}
