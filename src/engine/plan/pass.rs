//! One pass over the amplitudes: of a state, or of a tile of it.

use super::hash::Fnv;
use crate::engine::action::{ControlMask, Kind, PauliMask};
use crate::engine::execute::execute;
use crate::engine::kernel::{self, Buffer, Diagonal, Isa, Pair, Real, extract};
use crate::engine::layout::Located;
use num_complex::Complex64;

/// One pass, on physical bits or on those of a tile. `at` is where its values begin; `unitary`: for
/// all slots, and not only perhaps.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pass {
    /// Multiplies amplitude i by value |z & i| mod 2 of two.
    Parity { z: u64, controls: ControlMask, at: u32, unitary: bool },
    /// value 0 + value 1 · P, for P with at least one X or Y.
    Mix { p: PauliMask, controls: ControlMask, at: u32 },
    /// The 2×2 matrix of four values. If it is unitary and has no controls there is space for the
    /// values of its [split](super::split) form.
    Dense1 { target: u32, controls: ControlMask, at: u32, unitary: bool },
    /// Anything without angles.
    Fixed(Box<Located>),
}

impl Pass {
    /// The condition under which it does something.
    pub fn controls(&self) -> ControlMask {
        match self {
            Pass::Parity { controls, .. }
            | Pass::Mix { controls, .. }
            | Pass::Dense1 { controls, .. } => *controls,
            Pass::Fixed(located) => located.action.controls,
        }
    }

    /// All bits that it looks at.
    pub fn support(&self) -> u64 {
        self.controls().mask
            | match self {
                Pass::Parity { z, .. } => *z,
                Pass::Mix { p, .. } => p.support(),
                Pass::Dense1 { target, .. } => 1 << target,
                Pass::Fixed(located) => located.action.kind.support(),
            }
    }

    /// The bits that it may change; on the others of its support it is diagonal.
    pub fn mixes(&self) -> u64 {
        match self {
            Pass::Parity { .. } => 0,
            Pass::Mix { p, .. } => p.x,
            Pass::Dense1 { target, .. } => 1 << target,
            Pass::Fixed(located) => match located.action.kind {
                Kind::Diagonal { .. } => 0,
                _ => located.action.kind.support(),
            },
        }
    }

    /// The bits that a tile must have for it.
    pub fn needs(&self) -> u64 {
        match self {
            Pass::Fixed(located) => located.action.kind.support(),
            _ => self.mixes(),
        }
    }

    /// The bits of its parity, which may lie outside of a tile.
    fn parity(&self) -> u64 {
        match self {
            Pass::Parity { z, .. } => *z,
            Pass::Mix { p, .. } => p.z,
            _ => 0,
        }
    }

    /// Runs on all amplitudes. `odd`: bits outside of the buffer make the parity an odd one.
    #[inline]
    pub fn run<T: Real>(&self, isa: Isa, buffer: &mut Buffer<T>, values: &[Complex64], odd: bool) {
        match self {
            Pass::Parity { z, controls, at, .. } => {
                let at = *at as usize;
                let (even, odd) = (values[at + usize::from(odd)], values[at + usize::from(!odd)]);
                kernel::diagonal(isa, buffer, &Diagonal::new(*z, [even, odd], *controls));
            }
            Pass::Mix { p, controls, at } => {
                let at = *at as usize;
                let other = if odd { -values[at + 1] } else { values[at + 1] };
                kernel::pair(isa, buffer, &Pair::pauli(values[at], other, *p, *controls));
            }
            Pass::Dense1 { target, controls, at, .. } => {
                let m = values[*at as usize..][..4].try_into().expect("four values");
                kernel::pair(isa, buffer, &Pair::dense1(*target, m, *controls));
            }
            Pass::Fixed(located) => execute(isa, buffer, located, &[]),
        }
    }

    pub fn hash(&self, hash: &mut Fnv) {
        let words = match self {
            Pass::Parity { z, at, .. } => [0, *z, (*at).into(), 0],
            Pass::Mix { p, at, .. } => [1, p.x, p.z, (*at).into()],
            Pass::Dense1 { target, at, .. } => [2, (*target).into(), (*at).into(), 0],
            // Its constants come from the actions.
            Pass::Fixed(located) => [3, located.negated.into(), located.action.kind.support(), 0],
        };
        words.into_iter().for_each(|word| hash.word(word));
        hash.controls(self.controls());
    }
}

/// A diagonal on at most two bits of a tile.
pub(super) enum Phase {
    /// Bit 0 stands for a number.
    One(usize, [Complex64; 2]),
    Two([usize; 2], [Complex64; 4]),
}

/// A pass on the bits of a tile, and what it depends on outside.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TilePass {
    pass: Pass,
    /// Where the tile is touched at all.
    controls: ControlMask,
    parity: u64,
}

impl TilePass {
    /// What `pass` does in tiles of the given bits, among which are those that it needs.
    pub fn new(mut pass: Pass, bits: u64) -> Self {
        let all = pass.controls();
        let controls = ControlMask { mask: all.mask & !bits, value: all.value & !bits };
        let parity = pass.parity() & !bits;
        let inside = |mask| extract(mask, bits);
        let place = |bit: &mut u32| *bit = inside(1 << *bit).trailing_zeros();
        let controls_of = match &mut pass {
            Pass::Parity { z, controls, .. } => {
                *z = inside(*z);
                controls
            }
            Pass::Mix { p, controls, .. } => {
                *p = PauliMask { x: inside(p.x), z: inside(p.z) };
                controls
            }
            Pass::Dense1 { target, controls, .. } => {
                place(target);
                controls
            }
            Pass::Fixed(located) => {
                match &mut located.action.kind {
                    Kind::Diagonal { targets, .. }
                    | Kind::Dense { targets, .. }
                    | Kind::Permutation { targets, .. } => targets.iter_mut().for_each(place),
                    Kind::Swap(a, b) => [a, b].into_iter().for_each(place),
                    other => unreachable!("{} has a pass of its own kind", other.name()),
                }
                &mut located.action.controls
            }
        };
        *controls_of = ControlMask { mask: inside(all.mask), value: inside(all.value) };
        TilePass { pass, controls, parity }
    }

    /// All bits of the tile that it looks at.
    pub fn inside(&self) -> u64 {
        self.pass.support()
    }

    /// Whether it can be a factor of a [`Diagonal`](super::layers::Diagonal): what is different from tile to tile is on one bit.
    pub fn is_phase(&self) -> bool {
        matches!(self.pass, Pass::Parity { unitary: true, .. })
            && self.inside().count_ones() <= if self.depends_on_tile() { 1 } else { 2 }
    }

    /// Whether it is not the same in all tiles.
    pub fn depends_on_tile(&self) -> bool {
        self.controls.mask | self.parity != 0
    }

    /// The bit and the place of the values, if it can be split.
    pub fn turn(&self) -> Option<(u32, u32)> {
        match self.pass {
            Pass::Dense1 { target, at, unitary: true, controls }
                if controls.mask | self.controls.mask == 0 =>
            {
                Some((target, at))
            }
            _ => None,
        }
    }

    /// The factor that it is in a tile, and its bits of the tile.
    pub fn phase(&self, values: &[Complex64], base: u64) -> Option<Phase> {
        let Pass::Parity { z, controls, at, .. } = self.pass else {
            unreachable!("was asked whether it is a phase");
        };
        if base & self.controls.mask != self.controls.value {
            return None;
        }
        let entry = |x: u64| {
            if x & controls.mask == controls.value {
                let parity = (base & self.parity).count_ones() + (x & z).count_ones();
                values[at as usize + (parity & 1) as usize]
            } else {
                Complex64::ONE
            }
        };
        let support = self.inside();
        let (high, low) = (support & support.wrapping_sub(1), support & support.wrapping_neg());
        let bit = |mask: u64| mask.trailing_zeros() as usize;
        Some(if support == 0 {
            Phase::One(0, [entry(0); 2])
        } else if high == 0 {
            Phase::One(bit(low), [entry(0), entry(low)])
        } else {
            let entries = [entry(0), entry(low), entry(high), entry(support)];
            Phase::Two([bit(low), bit(high)], entries)
        })
    }

    /// Runs on the tile whose bits outside are those of `base`.
    pub fn run<T: Real>(&self, isa: Isa, tile: &mut Buffer<T>, values: &[Complex64], base: u64) {
        if base & self.controls.mask == self.controls.value {
            let odd = (base & self.parity).count_ones() & 1 == 1;
            self.pass.run(isa, tile, values, odd);
        }
    }

    pub fn hash(&self, hash: &mut Fnv) {
        self.pass.hash(hash);
        hash.controls(self.controls);
        hash.word(self.parity);
    }
}
