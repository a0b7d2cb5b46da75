//! Rotations that are one pass with the diagonal factors before or after them, as in the stages of a
//! quantum Fourier transform: each of these factors acts where the rotated bit is 1.

use super::cost::Costs;
use super::diagonal::{Factor, factor, is_factor};
use super::layers::Sizes;
use super::pass::Pass;
use super::values::{Row, Values};
use crate::engine::kernel::{self, Buffer, Isa, Phases, Real, Stages};
use num_complex::Complex64;
use smallvec::SmallVec;

const ONE: Complex64 = Complex64::ONE;

/// Bits of the smallest tile, and of the smallest part of one, that the kernel works on.
const SMALLEST: usize = 6;

/// Factors that may wait for a rotation: so planning is linear.
const MOST_PENDING: usize = 256;

/// A rotation and factors on one bit of a tile.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) struct Butterfly {
    pub bit: u32,
    /// Where the rotation's value is.
    at: u32,
    /// Z comes before the rotation.
    reflected: bool,
    /// The factors come before the rotation.
    factors_first: bool,
    /// Factors that are the same in all tiles.
    factors: Vec<Pass>,
    /// Others: numbers in each tile.
    by_tile: Vec<Pass>,
    /// A real constant by which all amplitudes are multiplied.
    scale: Option<u32>,
}

/// Butterflies that run one after the other on each part of a tile.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) struct Butterflies {
    list: Vec<Butterfly>,
    /// log2 of the amplitudes in a part.
    part_bits: usize,
}

/// A butterfly, with what its passes leave to others; or a pass.
pub(super) enum Part {
    Pass(Pass),
    Butterfly { butterfly: Butterfly, scales: Vec<u32> },
}

/// Passes in an order that does the same, with butterflies where they cost less than their passes in
/// registers; `None` if there are none.
pub(super) fn butterflies(
    passes: &[Pass],
    sizes: Sizes,
    costs: &Costs,
    values: &Values,
) -> Option<Vec<Part>> {
    if sizes.tile < SMALLEST || sizes.tile > Phases::MOST_BITS {
        return None;
    }
    let mut finder =
        Finder { sizes, costs, values, parts: Vec::new(), open: None, pending: Vec::new() };
    passes.iter().for_each(|pass| finder.add(pass.clone()));
    finder.flush();
    let parts = finder.parts;
    parts.iter().any(|part| matches!(part, Part::Butterfly { .. })).then_some(parts)
}

/// The parts that were found, then a rotation that may take factors, then factors that wait for the
/// next one.
struct Finder<'a> {
    sizes: Sizes,
    costs: &'a Costs,
    values: &'a Values,
    parts: Vec<Part>,
    open: Option<Open>,
    pending: Vec<Pass>,
}

struct Open {
    turn: Pass,
    bit: u32,
    /// Factors, or Z alone.
    before: Vec<Pass>,
    reflected: bool,
    after: Vec<Pass>,
}

impl Finder<'_> {
    fn add(&mut self, pass: Pass) {
        if is_factor(&pass, self.sizes.inside()) {
            return match &mut self.open {
                Some(open) if open.takes_after() && acts_where_one(&pass, open.bit) => {
                    open.after.push(pass);
                }
                _ => {
                    self.pending.push(pass);
                    if self.pending.len() > MOST_PENDING {
                        self.flush();
                    }
                }
            };
        }
        let Pass::Turn { bit, .. } = pass else {
            self.flush();
            return self.parts.push(Part::Pass(pass));
        };
        self.close();
        let mut before = Vec::new();
        for factor in std::mem::take(&mut self.pending) {
            if factor.support() >> bit & 1 == 0 {
                self.pending.push(factor);
            } else if acts_where_one(&factor, bit) {
                before.push(factor);
            } else {
                self.parts.push(Part::Pass(factor));
            }
        }
        let reflected = match before[..] {
            [Pass::Phase { at, scale: None, .. }] => self.values.constant(at) == Some(-ONE),
            _ => false,
        };
        self.open = Some(Open { turn: pass, bit, before, reflected, after: Vec::new() });
    }

    fn flush(&mut self) {
        self.close();
        self.parts.extend(self.pending.drain(..).map(Part::Pass));
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let passes = || open.before.iter().chain([&open.turn]).chain(&open.after);
        let apart: f64 = passes().map(|pass| self.costs.in_registers(pass)).sum();
        if apart <= self.costs.of_butterfly(open.bit, self.sizes.all) {
            return self.parts.extend(passes().cloned().map(Part::Pass));
        }
        let scales = passes().filter_map(Pass::scale).collect();
        self.parts.push(Part::Butterfly { butterfly: open.butterfly(self.sizes), scales });
    }
}

impl Open {
    fn takes_after(&self) -> bool {
        self.before.is_empty() || self.reflected
    }

    fn butterfly(self, sizes: Sizes) -> Butterfly {
        let Pass::Turn { bit, at, .. } = self.turn else { unreachable!("a rotation opened it") };
        let factors_first = !self.takes_after();
        let factors = if factors_first { self.before } else { self.after };
        let (by_tile, factors) =
            factors.into_iter().partition(|pass| pass.support() & !sizes.inside() != 0);
        Butterfly {
            bit,
            at,
            reflected: self.reflected,
            factors_first,
            factors,
            by_tile,
            scale: None,
        }
    }
}

/// Whether a factor multiplies amplitudes only where the bit is 1.
fn acts_where_one(pass: &Pass, bit: u32) -> bool {
    match *pass {
        Pass::Phase { bit: other, .. } => other == bit,
        Pass::Parity { z, controls, .. } => z >> bit & 1 == 0 && controls.value >> bit & 1 == 1,
        _ => false,
    }
}

/// What a factor multiplies where the bit is 1: a number, and another where a second bit is 1 too.
fn twiddle(
    pass: &Pass,
    bit: u32,
    row: &Row,
    outside: u64,
    inside: u64,
) -> (Complex64, Option<(usize, Complex64)>) {
    match factor(pass, &row.double, outside, inside) {
        None => (ONE, None),
        Some(Factor::One(_, [_, one])) => (one, None),
        Some(Factor::Two([low, high], [_, first, second, both])) => {
            if low == bit as usize {
                (first, Some((high, both / first)))
            } else {
                (second, Some((low, both / second)))
            }
        }
    }
}

impl Butterfly {
    /// Multiplies all amplitudes by a real constant.
    fn set_scale(&mut self, at: u32) -> bool {
        let free = self.scale.is_none();
        self.scale = self.scale.or(Some(at));
        free
    }

    fn bound(&self, row: &Row) -> kernel::Butterfly {
        let scale = self.scale.map_or(1.0, |at| row.double[at as usize].re);
        let mut turn = row.double[self.at as usize] * scale;
        let (mut c, mut factors) = (ONE, [ONE; Phases::MOST_BITS]);
        if self.reflected {
            // [[p, -q], [q, p]] Z = Z [[p, q], [-q, p]]
            (turn, c) = (turn.conj(), -ONE);
        }
        for pass in &self.factors {
            let (one, other) = twiddle(pass, self.bit, row, 0, u64::MAX);
            c *= one;
            if let Some((bit, ratio)) = other {
                factors[bit] *= ratio;
            }
        }
        kernel::Butterfly {
            bit: self.bit as usize,
            turn,
            twiddles_first: self.factors_first,
            factors,
            c,
        }
    }

    /// What its factors are in a tile besides.
    fn in_tile(&self, row: &Row, outside: u64, inside: u64) -> Complex64 {
        self.by_tile.iter().map(|pass| twiddle(pass, self.bit, row, outside, inside).0).product()
    }
}

impl Butterflies {
    /// How many run together at the most.
    const MOST: usize = kernel::Butterfly::MOST;

    /// One of them, on tiles and parts of these sizes.
    pub fn of(butterfly: Butterfly, sizes: Sizes) -> Self {
        let part_bits = Self::part_bits(&butterfly, sizes);
        Butterflies { list: vec![butterfly], part_bits }
    }

    fn part_bits(butterfly: &Butterfly, sizes: Sizes) -> usize {
        let part = sizes.part.clamp(SMALLEST, sizes.tile);
        if (butterfly.bit as usize) < part { part } else { sizes.tile }
    }

    /// Appends one if it can run on the same parts; else it is returned.
    pub fn push(&mut self, butterfly: Butterfly, sizes: Sizes) -> Option<Butterfly> {
        let fits =
            self.list.len() < Self::MOST && Self::part_bits(&butterfly, sizes) == self.part_bits;
        if fits {
            self.list.push(butterfly);
            return None;
        }
        Some(butterfly)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Butterfly> {
        self.list.iter()
    }

    /// Multiplies all amplitudes by a real constant; false if that is not possible.
    pub fn scale(&mut self, at: u32) -> bool {
        self.list.last_mut().is_some_and(|last| last.set_scale(at))
    }

    /// Prepares what is the same in all tiles of `tile_bits` bits.
    pub fn prepare<T: Real>(&self, isa: Isa, row: &Row, tile_bits: usize) -> Stages<T> {
        let list: SmallVec<[kernel::Butterfly; Self::MOST]> =
            self.list.iter().map(|butterfly| butterfly.bound(row)).collect();
        Stages::new(isa, &list, tile_bits, self.part_bits)
    }

    /// Runs on the tile whose index has the bits of `outside` above its own.
    pub fn run<T: Real>(
        &self,
        isa: Isa,
        tile: &mut Buffer<T>,
        stages: &Stages<T>,
        row: &Row,
        outside: u64,
    ) {
        let inside = tile.len() as u64 - 1;
        let numbers: SmallVec<[Complex64; Self::MOST]> =
            self.list.iter().map(|butterfly| butterfly.in_tile(row, outside, inside)).collect();
        let part = 1 << self.part_bits;
        for first in (0..tile.len()).step_by(part) {
            stages.run(isa, tile, &numbers, first..first + part);
        }
    }
}

impl Butterfly {
    /// The factors in it, and the rotation.
    pub fn operations(&self) -> usize {
        1 + self.factors.len() + self.by_tile.len() + usize::from(self.reflected)
    }
}
