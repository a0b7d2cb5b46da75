//! Sums of a list of octets under several patterns of signs at once: the part of a Walsh-Hadamard
//! transform that is asked for.
//!
//! ```text
//! s(z) = Σ_u (-1)^{|z & u|} value(u),   u = 0 .. 2^bits
//! ```
//!
//! for a set of z. Three bits of u at a time are summed away, lowest first, as octets come: of eight
//! neighbours that the signs of 8 patterns add up to 8 octets, those are kept that some z wants; of
//! eight of them the next three bits of z are summed, and so on. A few z cost little more than one
//! sum, all z cost a full transform, and the sums of a level are an eighth of those before it.

use super::ahead::Ahead;
use super::octet::{Octet, parity_sign};

/// Most levels of three bits; the bits above are summed one octet at a time.
const LEVELS: usize = 3;

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Signs {
    /// For each level, the three-bit patterns that are wanted of each row (as a set of 8 bits); each
    /// becomes a row of the next level.
    levels: Vec<Vec<u8>>,
    /// One for each z: the row after the last level, and the bits of z that are left.
    sums: Vec<(u32, u32)>,
    /// Rows after each level.
    rows: Vec<usize>,
}

impl Signs {
    /// The sums for some z below 2^`bits`, in an order such that they ascend by `order`.
    pub fn new(bits: u32, wanted: &[usize]) -> Self {
        debug_assert!(wanted.windows(2).all(|w| Self::order(w[0]) < Self::order(w[1])));
        let depth = LEVELS.min(bits as usize / 3);
        let mut signs = Signs { levels: Vec::new(), sums: Vec::new(), rows: Vec::new() };
        for level in 0..depth {
            // z that agree on the bits before this level are one row.
            let before = (1usize << (3 * level)) - 1;
            let row = |group: &[usize]| {
                group.iter().fold(0u8, |set, z| set | 1 << (z >> (3 * level) & 7))
            };
            let sets: Vec<u8> = wanted.chunk_by(|a, b| (a ^ b) & before == 0).map(row).collect();
            signs.rows.push(sets.iter().map(|set| set.count_ones() as usize).sum());
            signs.levels.push(sets);
        }
        let below = (1usize << (3 * depth)) - 1;
        let leaves = wanted.chunk_by(|a, b| (a ^ b) & below == 0).enumerate();
        signs.sums = leaves
            .flat_map(|(leaf, group)| {
                group.iter().map(move |z| (leaf as u32, (z >> (3 * depth)) as u32))
            })
            .collect();
        signs
    }

    /// A key by which z must ascend: groups of three bits, lowest first.
    pub fn order(z: usize) -> usize {
        let mut key = z >> (3 * LEVELS);
        for level in (0..LEVELS).rev() {
            key |= (z >> (3 * level) & 7) << (58 - 3 * level);
        }
        key
    }

    /// Whether the only sum is that without signs.
    pub fn is_plain(&self) -> bool {
        self.sums == [(0, 0)] && self.levels.iter().all(|sets| sets[..] == [1])
    }

    /// How many `f64` of memory the sums and what leads to them take.
    pub fn memory(&self) -> usize {
        let rows: usize = self.rows.iter().sum();
        8 * self.sums.len() + 64 * rows
    }

    /// Adds up `count` octets (a power of two, 2^bits). `memory` has [`Signs::memory`] numbers; the
    /// sums are at its beginning. Asks for a part of what is `ahead` every eight octets.
    #[inline(always)]
    pub unsafe fn add_up<O: Octet>(
        &self,
        count: usize,
        values: impl Values<O>,
        memory: *mut f64,
        ahead: &mut Ahead,
    ) {
        for k in 0..self.sums.len() {
            O::splat(0.0).store(memory.add(8 * k));
        }
        let depth = self.levels.len();
        if depth == 0 {
            for u in 0..count {
                let value = values.at(u);
                for (k, &(_, z)) in self.sums.iter().enumerate() {
                    add_signed(memory.add(8 * k), value, parity_sign(z as usize & u));
                }
            }
            return;
        }
        let rows = memory.add(8 * self.sums.len());
        for block in 0..count >> 3 {
            ahead.ask();
            let last = depth == 1;
            let (slot, stride) = if last { (0, 8) } else { (8 * (block & 7), 64) };
            let v = values.eight(8 * block);
            keep(*self.levels.get_unchecked(0).get_unchecked(0), v, rows.add(slot), stride);
            // Where the eight slots of a level are full, the next one sums them.
            let (mut level, mut at, mut from) = (1, block, rows);
            while level < depth && at & 7 == 7 {
                at >>= 3;
                let to = from.add(64 * *self.rows.get_unchecked(level - 1));
                let last = level + 1 == depth;
                let (slot, stride) = if last { (0, 8) } else { (8 * (at & 7), 64) };
                let mut out = to.add(slot);
                for (row, set) in self.levels.get_unchecked(level).iter().enumerate() {
                    let v: [O; 8] = Row(from.add(64 * row)).eight(0);
                    out = keep(*set, v, out, stride);
                }
                from = to;
                level += 1;
            }
            if level == depth {
                for (k, &(leaf, z)) in self.sums.iter().enumerate() {
                    let value = O::load(from.add(8 * leaf as usize));
                    add_signed(memory.add(8 * k), value, parity_sign(z as usize & at));
                }
            }
        }
    }
}

/// Octets by number.
pub(super) trait Values<O: Octet> {
    /// Number `u`.
    unsafe fn at(&self, u: usize) -> O;

    /// Eight of them from number `u` on, a multiple of eight.
    #[inline(always)]
    unsafe fn eight(&self, u: usize) -> [O; 8] {
        [
            self.at(u),
            self.at(u + 1),
            self.at(u + 2),
            self.at(u + 3),
            self.at(u + 4),
            self.at(u + 5),
            self.at(u + 6),
            self.at(u + 7),
        ]
    }
}

/// Octets side by side.
struct Row(*const f64);

impl<O: Octet> Values<O> for Row {
    #[inline(always)]
    unsafe fn at(&self, u: usize) -> O {
        O::load(self.0.add(8 * u))
    }
}

#[inline(always)]
unsafe fn add_signed<O: Octet>(sum: *mut f64, value: O, sign: f64) {
    value.mul_add(O::splat(sign), O::load(sum)).store(sum);
}

/// Stores Σ_j (-1)^{|z & j|} v_j for each z of a set, `stride` numbers apart; returns the place after
/// the last.
#[inline(always)]
unsafe fn keep<O: Octet>(set: u8, v: [O; 8], mut out: *mut f64, stride: usize) -> *mut f64 {
    let [a, b, c, d, e, f, g, h] = v;
    if set & (set - 1) == 0 {
        let z = set.trailing_zeros() as usize;
        let s = O::splat(parity_sign(z & 1));
        let [a, c, e, g] = [b.mul_add(s, a), d.mul_add(s, c), f.mul_add(s, e), h.mul_add(s, g)];
        let s = O::splat(parity_sign(z & 2));
        let [a, e] = [c.mul_add(s, a), g.mul_add(s, e)];
        e.mul_add(O::splat(parity_sign(z & 4)), a).store(out);
        return out.add(stride);
    }
    let [a, b, c, d] = [a.add(b), a.sub(b), c.add(d), c.sub(d)];
    let [e, f, g, h] = [e.add(f), e.sub(f), g.add(h), g.sub(h)];
    let [a, b, c, d] = [a.add(c), b.add(d), a.sub(c), b.sub(d)];
    let [e, f, g, h] = [e.add(g), f.add(h), e.sub(g), f.sub(h)];
    let all = [a.add(e), b.add(f), c.add(g), d.add(h), a.sub(e), b.sub(f), c.sub(g), d.sub(h)];
    let mut left = set;
    while left != 0 {
        all.get_unchecked(left.trailing_zeros() as usize).store(out);
        out = out.add(stride);
        left &= left - 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::portable::Eight;
    use super::*;

    struct List(Vec<f64>);

    impl Values<Eight> for List {
        unsafe fn at(&self, u: usize) -> Eight {
            unsafe { Eight::load(self.0.as_ptr().add(8 * u)) }
        }
    }

    #[test]
    fn sums_are_those_of_the_definition() {
        let mut state = 7u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 33
        };
        for bits in 0..=11 {
            let count = 1usize << bits;
            let values: Vec<f64> =
                (0..8 * count).map(|_| random() as f64 / (1u64 << 31) as f64).collect();
            for share in [1, 2, 17, 300] {
                let mut wanted: Vec<usize> = (0..count).filter(|_| random() % share == 0).collect();
                wanted.sort_by_key(|z| Signs::order(*z));
                let signs = Signs::new(bits, &wanted);
                if wanted.is_empty() {
                    continue;
                }
                let mut memory = vec![f64::NAN; signs.memory()];
                // SAFETY: the portable octet runs everywhere, and the memory has its length.
                unsafe {
                    signs.add_up(
                        count,
                        List(values.clone()),
                        memory.as_mut_ptr(),
                        &mut Ahead::nothing(),
                    )
                };
                for (k, z) in wanted.iter().enumerate() {
                    for lane in 0..8 {
                        let want: f64 =
                            (0..count).map(|u| parity_sign(z & u) * values[8 * u + lane]).sum();
                        assert!((memory[8 * k + lane] - want).abs() < 1e-11);
                    }
                }
            }
        }
    }
}
