//! How large an encoding may become.

use crate::error::{Error, Result};
use crate::ising::MAX_VARIABLES;

/// The most couplings of an encoded problem: they take 1 to 2 GB of memory.
const MAX_COUPLINGS: u64 = 1 << 24;

/// Refuses more bits than a model may have, before they are made; `next` is what can be done.
pub(super) fn check_bits(kind: &str, bits: usize, next: &str) -> Result<()> {
    if bits <= MAX_VARIABLES {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the number of bits of this {kind}"),
        value: bits.to_string(),
        expected: format!("at most {MAX_VARIABLES} are supported; {next}"),
    })
}

/// Refuses more couplings than fit, before they are made; `next` is what can be done.
pub(super) fn check_couplings(kind: &str, couplings: u64, next: &str) -> Result<()> {
    if couplings <= MAX_COUPLINGS {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the number of couplings of this {kind}"),
        value: couplings.to_string(),
        expected: format!("at most {MAX_COUPLINGS} are supported; {next}"),
    })
}
