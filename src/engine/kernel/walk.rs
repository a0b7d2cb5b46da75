//! Running through the indices that have some bits fixed.

/// Spreads the low bits of `i` over the zero bits of `fixed`.
#[inline(always)]
pub fn deposit(mut i: usize, mut fixed: usize) -> usize {
    // Insert a zero at each fixed bit, lowest first.
    while fixed != 0 {
        let below = (1 << fixed.trailing_zeros()) - 1;
        i = (i & below) | (i & !below) << 1;
        fixed &= fixed - 1;
    }
    i
}

/// The index that comes after `i` among those without the bits of `fixed`.
#[inline(always)]
pub fn after(i: usize, fixed: usize) -> usize {
    // With these bits set, the carry passes over them.
    (i | fixed).wrapping_add(1) & !fixed
}

/// How many indices ahead a walk over registers asks for memory (2 KiB with 64-byte registers; see
/// the benchmark `kernels`).
pub const AHEAD: usize = 32;

/// The indices whose bits in `fixed` equal `value`, in ascending order, in runs of consecutive
/// ones.
pub struct Runs {
    next: usize,
    left: usize,
    fixed: usize,
    value: usize,
    /// Length of a run.
    pub run: usize,
}

impl Runs {
    /// The indices number `start` to `start + count`, both multiples of some power of two. Runs end
    /// at every change of a bit in `breaks` or `fixed`; `value` is a subset of `fixed`.
    #[inline(always)]
    pub fn new(start: usize, count: usize, fixed: usize, value: usize, breaks: usize) -> Self {
        let marks = fixed | breaks;
        // Runs are no longer than the way that a walk looks ahead, so that this way is the same for
        // all of a run.
        let longest = 1 << marks.trailing_zeros().min(AHEAD.ilog2());
        Runs { next: deposit(start, fixed), left: count, fixed, value, run: longest.min(count) }
    }

    /// The index before number `end`.
    #[inline(always)]
    pub fn last(&self, end: usize) -> usize {
        deposit(end - 1, self.fixed) | self.value
    }

    /// First index of the next run.
    #[inline(always)]
    pub fn next(&mut self) -> Option<usize> {
        if self.left == 0 {
            return None;
        }
        self.left -= self.run;
        let first = self.next;
        // With the fixed bits set, the carry passes over them.
        self.next = (first | self.fixed).wrapping_add(self.run) & !self.fixed;
        Some(first | self.value)
    }

    /// The index that comes [`AHEAD`] indices after the first of a run; those of the others have the
    /// same distance.
    #[inline(always)]
    pub fn ahead(&self, first: usize) -> usize {
        (first | self.fixed).wrapping_add(AHEAD) & !self.fixed | self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_the_matching_indices_in_order() {
        for (fixed, value, breaks) in
            [(0, 0, 0), (1, 1, 0), (0b100, 0, 0), (0b1010, 0b1000, 0), (8, 8, 2), (0, 0, 4)]
        {
            let expected: Vec<usize> = (0..64).filter(|i| i & fixed == value).collect();
            for chunk in [4, 8, 64].map(|c: usize| c.min(expected.len())) {
                let mut seen = Vec::new();
                for start in (0..expected.len()).step_by(chunk) {
                    let mut runs = Runs::new(start, chunk, fixed, value, breaks);
                    while let Some(first) = runs.next() {
                        assert_eq!((first ^ (first + runs.run - 1)) & breaks, 0);
                        seen.extend(first..first + runs.run);
                    }
                }
                assert_eq!(seen, expected);
            }
        }
    }
}
