//! Counts of outcomes that are equally likely on an affine space.

use super::super::tally::Tally;
use crate::clifford::OutcomeSpace;
use crate::error::Result;
use crate::math::{Bits, Watch, split};
use rand::{Rng, RngExt};

/// Shots that are packed at a time.
const AT_ONCE: u64 = 1 << 16;

/// Adds shots of a space.
pub(super) fn sample(
    space: &OutcomeSpace,
    mut shots: u64,
    rng: &mut impl Rng,
    watch: &Watch,
    tally: &mut Tally,
) -> Result<()> {
    // Where there are at least as many shots as outcomes, they are divided among these.
    if space.dimension() < 64 && 1 << space.dimension() <= shots {
        let basis: Vec<Bits> = space.basis().collect();
        return divide(space.offset(), &basis, shots, rng, watch, tally);
    }
    while shots > 0 {
        watch.check()?;
        let here = shots.min(AT_ONCE);
        let packed = space.sample(here as usize, rng.random())?;
        if space.num_bits() <= 64 {
            tally.add_integers(packed.rows().map(|row| (row[0], 1)).collect())?;
        } else {
            (0..packed.len()).try_for_each(|shot| tally.add(packed.bits(shot), 1))?;
        }
        shots -= here;
    }
    Ok(())
}

/// Divides shots among the outcomes `offset` plus sums of basis strings: half of them, but for
/// chance, has the last string.
fn divide(
    offset: &Bits,
    basis: &[Bits],
    shots: u64,
    rng: &mut impl Rng,
    watch: &Watch,
    tally: &mut Tally,
) -> Result<()> {
    if shots == 0 {
        return Ok(());
    }
    let Some((last, others)) = basis.split_last() else {
        watch.check()?;
        return tally.add(offset.clone(), shots);
    };
    let with = split(shots, [0.5, 0.5], rng);
    divide(offset, others, shots - with, rng, watch, tally)?;
    divide(&offset.xor(last), others, with, rng, watch, tally)
}
