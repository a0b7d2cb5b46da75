//! Memory for strings, asked for before it is taken.

use crate::error::{Error, Result};
use crate::math::check_memory;
use std::sync::atomic::{AtomicU64, Ordering};

/// What strings take.
#[derive(Debug)]
pub(super) struct Budget {
    limit: Option<u64>,
    held: AtomicU64,
    /// What was held when the system was asked, and what it may become until it is asked again.
    asked: AtomicU64,
}

const WHAT: &str = "the strings of a Pauli propagation";
const HINT: &str = "give a larger least coefficient, a largest weight or a largest number of terms";
/// The system is asked each so many bytes.
const STEP: u64 = 32 << 20;
/// And is not asked for less than this.
const FREE: u64 = 1 << 20;

impl Budget {
    pub fn new(limit: Option<u64>) -> Self {
        Budget { limit, held: AtomicU64::new(0), asked: AtomicU64::new(FREE) }
    }

    /// Says that so many bytes are about to be taken, and kept.
    pub fn take(&self, bytes: u64) -> Result<()> {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.check(held, bytes)
    }

    /// Asks for so many bytes that are given back at once.
    pub fn ask(&self, bytes: u64) -> Result<()> {
        self.check(self.held.load(Ordering::Relaxed).saturating_add(bytes), bytes)
    }

    /// Says how many bytes are held now.
    pub fn settle(&self, held: u64) {
        self.held.store(held, Ordering::Relaxed);
        self.asked.fetch_min(held + STEP, Ordering::Relaxed);
    }

    fn check(&self, held: u64, more: u64) -> Result<()> {
        let advice = |_: u128| (None, HINT.into());
        if let Some(limit) = self.limit
            && held > limit
        {
            return Err(Error::TooLarge {
                what: WHAT.into(),
                needed: held.into(),
                available: limit.into(),
                max_qubits: None,
                hint: HINT.into(),
            });
        }
        if held <= self.asked.load(Ordering::Relaxed) {
            return Ok(());
        }
        check_memory(WHAT, u128::from(more.max(STEP)), advice)?;
        self.asked.fetch_max(held - more + STEP, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_kept_and_named() {
        let budget = Budget::new(Some(1000));
        budget.take(600).unwrap();
        let text = budget.take(600).unwrap_err().to_string();
        assert!(text.contains("least coefficient"), "{text}");
        budget.settle(300);
        budget.take(600).unwrap();
        assert!(budget.ask(200).is_err());
        assert!(Budget::new(None).ask(u64::MAX / 2).is_err() || !cfg!(target_os = "linux"));
    }
}
