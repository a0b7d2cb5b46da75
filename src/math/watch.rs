//! Progress, cancellation and limits of a run.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Rounds that the loops of one path through a circuit may take in all.
pub const DEFAULT_MAX_LOOP_ROUNDS: u64 = 1_000_000;

/// What a run reports to others and asks of them. Clones share the same counters, and so do clones
/// of a simulator: once cancelled, none of them runs any more; make a new simulator.
#[derive(Debug, Clone)]
pub struct Watch {
    cancelled: Arc<AtomicBool>,
    passes: Arc<AtomicU64>,
    shots: Arc<AtomicU64>,
    rows: Arc<AtomicU64>,
    pub(crate) max_loop_rounds: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Watch {
            cancelled: Arc::default(),
            passes: Arc::default(),
            shots: Arc::default(),
            rows: Arc::default(),
            max_loop_rounds: DEFAULT_MAX_LOOP_ROUNDS,
        }
    }
}

impl Watch {
    /// Asks the run to stop; it returns [`Error::Interrupted`], or what it has finished.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Passes over the state, or sweeps of a Monte Carlo run over its spins, finished so far.
    pub fn passes(&self) -> u64 {
        self.passes.load(Ordering::Relaxed)
    }

    pub(crate) fn add_passes(&self, passes: u64) {
        self.passes.fetch_add(passes, Ordering::Relaxed);
    }

    /// Shots drawn so far. A cancelled run of a circuit with measurements in the middle keeps at
    /// least about half of them, and one without these all or none.
    pub fn shots(&self) -> u64 {
        self.shots.load(Ordering::Relaxed)
    }

    pub(crate) fn add_shots(&self, shots: u64) {
        self.shots.fetch_add(shots, Ordering::Relaxed);
    }

    /// Rows of batches, or reads of a solver, finished so far.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    pub(crate) fn add_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Interrupted) } else { Ok(()) }
    }
}
