//! Taking, from a list of passes, those that can run together on few bits: on a tile, or in
//! registers.

use super::pass::Pass;

/// Passes that a selection may leave behind before its search ends: this many, and some more for
/// each that it takes. So planning is linear, and a layer of the largest states fits.
const LEFT_BEHIND: usize = 128;
const LEFT_FOR_EACH: usize = 4;

/// Bits that passes can be done on together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capacity {
    /// How many bits.
    pub bits: usize,
    /// How many of the lowest bits are always among them.
    pub low: usize,
    /// How many passes at the most.
    pub passes: usize,
}

/// Passes that wait, in their order: a linked list.
pub(super) struct Waiting {
    passes: Vec<Pass>,
    /// `next[k]` follows pass k - 1; 0 comes before all.
    next: Vec<u32>,
    /// All bits of the index.
    all: u64,
}

impl Waiting {
    /// Passes on this many bits.
    pub fn new(passes: Vec<Pass>, num_bits: usize) -> Self {
        let next = (0..=passes.len() as u32).collect();
        let all = u64::MAX.checked_shr(64 - num_bits as u32).unwrap_or(0);
        Waiting { passes, next, all }
    }

    /// The first pass that still waits.
    pub fn first(&self) -> Option<&Pass> {
        self.passes.get(self.next[0] as usize)
    }

    /// Takes the first pass, whatever it is.
    pub fn take_first(&mut self) -> Option<Pass> {
        let here = self.next[0] as usize;
        let pass = self.passes.get_mut(here)?.take();
        self.next[0] = self.next[here + 1];
        Some(pass)
    }

    /// Takes the first pass, and all after it that commute with those left behind, are `fit` and
    /// whose bits are within the capacity; the bits grow by what the passes need, first come, first
    /// served. If the first is too large, it comes alone.
    pub fn select(&mut self, capacity: &Capacity, fit: impl Fn(&Pass) -> bool) -> (u64, Vec<Pass>) {
        let most = capacity.bits.min(self.all.count_ones() as usize);
        let mut bits = (1u64 << capacity.low.min(most)) - 1;
        let mut taken = Vec::new();
        // The bits that the passes left behind change, and those that they look at.
        let (mut changed, mut looked_at) = (0u64, 0u64);
        let mut allowance = LEFT_BEHIND;
        let mut before = 0;
        while let Some(pass) = self.passes.get_mut(self.next[before] as usize) {
            let here = self.next[before] as usize;
            let (mixes, support) = (pass.mixes(), pass.support());
            let commutes = mixes & looked_at == 0 && support & changed == 0;
            let wanted = bits | pass.needs();
            let fits = wanted.count_ones() as usize <= most && fit(pass);
            if commutes && (fits || taken.is_empty()) {
                taken.push(pass.take());
                self.next[before] = self.next[here + 1];
                if !fits || taken.len() == capacity.passes {
                    // The first one is too large, or there are enough.
                    break;
                }
                bits = wanted;
                allowance += LEFT_FOR_EACH;
            } else {
                changed |= mixes;
                looked_at |= support;
                allowance -= 1;
                if changed == self.all || allowance == 0 {
                    break;
                }
                before = here + 1;
            }
        }
        // Longer runs are quicker to load.
        while (bits.count_ones() as usize) < most {
            bits |= 1 << bits.trailing_ones();
        }
        (bits, taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::action::ControlMask;

    fn turn(bit: u32) -> Pass {
        Pass::Turn { bit, at: bit, scale: 0 }
    }

    fn flip(control: u32, bit: u32) -> Pass {
        Pass::Flip { bit, controls: ControlMask { mask: 1 << control, value: 1 << control } }
    }

    #[test]
    fn takes_what_fits_and_commutes() {
        let capacity = Capacity { bits: 3, low: 1, passes: 10 };
        // Bits 0, 2 and 4 fill the capacity. The flip on 5 stays, and so does what follows on 4 and
        // 5; a control on 4 needs no place; the last rotation commutes with all that stays.
        let passes =
            vec![turn(2), turn(4), flip(2, 5), turn(5), flip(4, 2), flip(5, 4), turn(4), turn(0)];
        let mut waiting = Waiting::new(passes, 8);
        let (bits, taken) = waiting.select(&capacity, |_| true);
        assert_eq!(bits, 0b10101);
        assert_eq!(taken, [turn(2), turn(4), turn(0)]);
        let (bits, taken) = waiting.select(&capacity, |_| true);
        // 5 and 2 and the lowest.
        assert_eq!((bits, taken.len()), (0b100101, 3));
        assert_eq!(waiting.select(&capacity, |_| true).1, [flip(5, 4), turn(4)]);
        assert!(waiting.first().is_none());
    }

    #[test]
    fn takes_one_that_is_too_large_alone() {
        let capacity = Capacity { bits: 1, low: 0, passes: 10 };
        let p = crate::engine::action::PauliMask { x: 0b110, z: 0 };
        let mix = Pass::Mix { p, controls: ControlMask::default(), at: 0 };
        let mut waiting = Waiting::new(vec![mix.clone(), turn(1)], 3);
        assert_eq!(waiting.select(&capacity, |_| true).1, [mix]);
        assert_eq!(waiting.select(&capacity, |_| true), (0b10, vec![turn(1)]));
    }
}
