//! Many transmons at once, on all threads.

use super::model::Transmon;
use crate::error::Result;
use crate::math::map_in_order;

/// What `work` makes of each transmon, in order, on all threads: the same bits at any number of them.
///
/// ```
/// use ketlab::chip::{Transmon, sweep_transmons};
/// let charges = (0..=100).map(|k| f64::from(k) / 100.0);
/// let transmons: Vec<Transmon> = charges
///     .map(|ng| Transmon::new(5.0, 1.0)?.with_offset_charge(ng))
///     .collect::<Result<_, _>>()?;
/// let frequencies = sweep_transmons(&transmons, |transmon| Ok(transmon.frequency_ghz()))?;
/// assert!(frequencies[0] > frequencies[50]);
/// assert!((frequencies[0] - frequencies[100]).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// That of the first transmon that has one.
pub fn sweep_transmons<R: Send>(
    transmons: &[Transmon],
    work: impl Fn(&Transmon) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    map_in_order(transmons.len(), |index| work(&transmons[index]))
}

/// The lowest `count` eigenvalues of each transmon in GHz; see [`Transmon::energies_ghz`].
///
/// # Errors
/// If `count` is not from 1 to [`MAX_LEVELS`](super::MAX_LEVELS).
pub fn sweep_energies_ghz(transmons: &[Transmon], count: usize) -> Result<Vec<Vec<f64>>> {
    sweep_transmons(transmons, |transmon| transmon.energies_ghz(count))
}
