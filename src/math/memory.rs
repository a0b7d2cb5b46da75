//! How much memory is left, and a refusal before it is exceeded.

use super::headroom::{Headroom, is_limited};
use crate::error::{Error, Result};
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that this process can still take: the system's available memory, the process's cgroup
/// limits and its own limits (`ulimit -v`, `ulimit -d`), whichever is least. `None` where the system
/// does not say (not Linux).
pub fn available_memory() -> Option<u128> {
    Headroom::now().map(|headroom| headroom.bytes)
}

/// Whether this process has a limit of its own (`ulimit -v`, `ulimit -d`).
pub fn is_memory_limited() -> bool {
    is_limited()
}

/// Smaller requests are not worth asking the system about, which takes as long as simulating a small
/// circuit; the allocation itself can still fail.
const SMALL: u128 = 16 << 20;
/// The same for a process with a limit of its own, where a failure is near.
const SMALL_UNDER_LIMIT: u128 = 256 << 10;

fn is_small(needed: u128) -> bool {
    needed < if is_limited() { SMALL_UNDER_LIMIT } else { SMALL }
}

/// Refuses `needed` bytes for `what` when they are not available; `advice` says from what is
/// available how many qubits would fit, where that can be said, and the next step. Where the system
/// does not say how much there is, everything passes, and so does less than 16 MiB (256 KiB where
/// the process has a limit of its own).
///
/// # Errors
/// [`Error::TooLarge`].
pub fn check_memory(
    what: impl Display,
    needed: u128,
    advice: impl FnOnce(u128) -> (Option<usize>, String),
) -> Result<()> {
    if is_small(needed) {
        return Ok(());
    }
    match Headroom::now() {
        Some(headroom) if needed > headroom.bytes => {
            Err(refusal(what, needed, Some(headroom), advice))
        }
        _ => Ok(()),
    }
}

/// The error of `needed` bytes for `what` that were asked for and not given.
pub fn too_large(
    what: impl Display,
    needed: u128,
    advice: impl FnOnce(u128) -> (Option<usize>, String),
) -> Error {
    refusal(what, needed, Headroom::now(), advice)
}

fn refusal(
    what: impl Display,
    needed: u128,
    headroom: Option<Headroom>,
    advice: impl FnOnce(u128) -> (Option<usize>, String),
) -> Error {
    let available = headroom.map_or(0, |headroom| headroom.bytes);
    let (max_qubits, mut hint) = advice(available);
    if let Some(reason) = headroom.and_then(Headroom::reason) {
        hint = format!("{hint} ({reason})");
    }
    Error::TooLarge { what: what.to_string(), needed, available, max_qubits, hint }
}

/// An empty list with room for `len` items, asked for first; `hint` is the next step for whoever
/// cannot have it.
///
/// # Errors
/// [`Error::TooLarge`].
pub fn list_of<T>(what: &str, len: usize, hint: &str) -> Result<Vec<T>> {
    let mut list = Vec::new();
    reserve(&mut list, len, what, hint)?;
    Ok(list)
}

/// Room for `more` items in a list, asked for first.
///
/// # Errors
/// [`Error::TooLarge`].
pub fn reserve<T>(list: &mut Vec<T>, more: usize, what: &str, hint: &str) -> Result<()> {
    if list.capacity() - list.len() >= more {
        return Ok(());
    }
    // A list that grows doubles, and old and new are there at once.
    let len = list.len().saturating_add(more).max(2 * list.len());
    let needed = (len as u128).saturating_mul(size_of::<T>() as u128);
    let advice = |_| (None, hint.into());
    check_memory(what, needed, advice)?;
    list.try_reserve_exact(len - list.len()).map_err(|_| too_large(what, needed, advice))
}

/// Appends to a list that may grow large.
///
/// # Errors
/// [`Error::TooLarge`].
#[inline]
pub fn push<T>(list: &mut Vec<T>, item: T, what: &str, hint: &str) -> Result<()> {
    if list.len() == list.capacity() {
        reserve(list, 4, what, hint)?;
    }
    list.push(item);
    Ok(())
}

/// Counts bytes that are taken in many small pieces, and asks the system about every few MiB.
#[derive(Debug)]
pub struct Meter {
    what: String,
    hint: &'static str,
    taken: AtomicU64,
    asked: AtomicU64,
}

impl Meter {
    /// Nothing taken yet, for `what`; `hint` is the next step for whoever cannot have it.
    pub fn new(what: impl Into<String>, hint: &'static str) -> Self {
        let (taken, asked) = (AtomicU64::new(0), AtomicU64::new(0));
        Meter { what: what.into(), hint, taken, asked }
    }

    /// Says that `bytes` more are about to be taken.
    ///
    /// # Errors
    /// [`Error::TooLarge`]: what was taken and this do not fit.
    pub fn take(&self, bytes: u64) -> Result<()> {
        let before = self.taken.fetch_add(bytes, Ordering::Relaxed);
        let taken = before.saturating_add(bytes);
        // Until it is asked again, as much may be taken as is asked for now.
        let ahead = (if is_limited() { SMALL_UNDER_LIMIT } else { SMALL }) as u64;
        if taken.saturating_sub(self.asked.load(Ordering::Relaxed)) < ahead {
            return Ok(());
        }
        self.asked.store(taken, Ordering::Relaxed);
        let needed = u128::from(bytes + ahead);
        match Headroom::now() {
            Some(headroom) if needed > headroom.bytes => {
                let needed = u128::from(taken).saturating_add(u128::from(ahead));
                let bytes = headroom.bytes + u128::from(before);
                let headroom = Headroom { bytes, ..headroom };
                let advice = |_| (None, self.hint.into());
                Err(refusal(&self.what, needed, Some(headroom), advice))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_more_than_there_is() {
        let hint = "use fewer qubits";
        let text = list_of::<u64>("a list", usize::MAX / 2, hint).unwrap_err().to_string();
        assert!(text.contains("a list needs") && text.contains(hint), "{text}");
        let mut list = vec![1u8];
        assert!(reserve(&mut list, usize::MAX / 4, "a list", hint).is_err());
        push(&mut list, 2, "a list", hint).unwrap();
        assert_eq!(list, [1, 2]);
        if available_memory().is_none() {
            return;
        }
        assert!(check_memory("nothing", 0, |_| (None, String::new())).is_ok());
        let error = check_memory("a state", u128::MAX, |_| (Some(3), hint.into())).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("a state needs") && text.contains(hint), "{text}");
    }

    #[test]
    fn many_small_pieces_are_refused_together() {
        if available_memory().is_none() {
            return;
        }
        let meter = Meter::new("a tree", "take fewer shots");
        meter.take(1 << 20).unwrap();
        let text = meter.take(1 << 60).unwrap_err().to_string();
        assert!(text.contains("a tree needs") && text.contains("take fewer shots"), "{text}");
    }
}
