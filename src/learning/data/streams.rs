//! Which random streams the data of learning draw from.
//!
//! The streams of [`Domain::Learning`] are shared with starts, mini-batches and shots; data have the
//! block of those whose upper 16 bits are `0xda7a`.

use crate::math::{Domain, Streams};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What a stream of data is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Rows of built-in data.
    Rows = 0,
    /// The noise on them.
    Noise = 1,
    /// Their order.
    Order = 2,
    /// What all rows have in common, such as centres.
    Model = 3,
    /// Training, validation and test part.
    Split = 4,
    /// Folds of cross-validation.
    Folds = 5,
}

const BLOCK: u64 = 0xda7a << 48;

/// The stream of this seed for this.
pub(super) fn stream(seed: u64, purpose: Purpose) -> ChaCha8Rng {
    Streams::new(seed, Domain::Learning).stream(BLOCK | purpose as u64)
}

/// Brings a list into random order (Fisher and Yates; Durstenfeld, Commun. ACM 7, 420 (1964)).
/// Written out, so that the order does not depend on the version of a library.
pub(super) fn shuffle<T>(list: &mut [T], rng: &mut ChaCha8Rng) {
    for last in (1..list.len()).rev() {
        list.swap(last, rng.random_range(0..=last as u64) as usize);
    }
}
