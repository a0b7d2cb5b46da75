//! Division by all odd numbers up to the square root.

use super::split::Split;
use crate::error::Result;
use crate::math::Watch;

/// More would take more than a second or two.
pub const MOST_DIVISIONS: u64 = 1 << 28;
/// Divisions between two looks at the watch.
const AT_ONCE: u64 = 1 << 16;

/// The smallest factor of an odd composite number, by division by 3, 5, 7 and so on; none if there is none
/// among the first [`MOST_DIVISIONS`].
///
/// # Errors
/// If the watch was cancelled.
///
/// # Panics
/// If the number is prime, below 4 or even.
pub fn trial_division(n: u64, watch: &Watch) -> Result<Option<Split>> {
    let (mut d, mut operations) = (3, 0);
    while operations < MOST_DIVISIONS {
        watch.check()?;
        for _ in 0..AT_ONCE {
            operations += 1;
            if n.is_multiple_of(d) && d < n {
                return Ok(Some(Split { factor: d, operations }));
            }
            d += 2;
            assert!(d <= n, "{n} has no odd factor");
        }
    }
    Ok(None)
}
