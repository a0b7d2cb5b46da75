//! The numbers of a plan's passes, and the rules that fill those that depend on slots.

use super::block::block;
use super::factor::{Factor, Sources, product, ratio};
use super::pass::Pass;
use super::split::{scaled, split};
use crate::engine::kernel::{Real, half_angles};
use crate::engine::target::Precision;
use num_complex::{Complex, Complex64};
use std::ops::Range;

/// Fills values from slots and from values before them.
#[derive(Debug, Clone, PartialEq)]
enum Rule {
    /// A phase, twice.
    Phase { slot: u32, at: u32 },
    /// A rotation about a string of several Pauli matrices: [e^{-iθ/2}, e^{iθ/2}] if it is diagonal,
    /// else [cos, -i sin].
    Rotation { slot: u32, negated: bool, diagonal: bool, at: u32 },
    /// exp(∓iθY/2): [p + iq, scale] as in [`split`](super::split).
    Turn { slot: u32, negated: bool, at: u32 },
    /// The product of diagonal factors: [ratio, scale].
    Diagonal { factors: Range<u32>, at: u32 },
    /// The parts of a unitary: [turn, scale, before, after].
    Split { factors: Range<u32>, at: u32 },
    /// All of a matrix.
    Matrix { factors: Range<u32>, at: u32 },
    /// The matrix of a block.
    Block { passes: Range<u32>, at: u32 },
    /// The product of other values.
    Times { places: Range<u32>, at: u32 },
}

/// Values of all passes: constants, and what is filled at binding.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    constants: Vec<Complex64>,
    rules: Vec<Rule>,
    factors: Vec<Factor>,
    places: Vec<u32>,
    /// The passes of blocks, on bits 0 and 1.
    passes: Vec<Pass>,
    /// Which of the values are constants is needed while planning only.
    filled: Vec<bool>,
}

/// The two values of a rotation whose angle has the half-angle number c = cos θ/2 + i sin θ/2.
pub(super) fn rotation_values(c: Complex64, diagonal: bool) -> [Complex64; 2] {
    if diagonal { [c.conj(), c] } else { [c.re.into(), Complex64::new(0.0, -c.im)] }
}

impl Values {
    /// Places for constants.
    pub fn constants(&mut self, values: &[Complex64]) -> u32 {
        let at = self.constants.len() as u32;
        self.constants.extend_from_slice(values);
        self.filled.extend(values.iter().map(|_| false));
        at
    }

    fn rule(&mut self, count: usize, rule: impl FnOnce(u32) -> Rule) -> u32 {
        let at = self.constants.len() as u32;
        self.constants.resize(at as usize + count, Complex64::ZERO);
        self.filled.resize(at as usize + count, true);
        self.rules.push(rule(at));
        at
    }

    fn factors(&mut self, factors: &[Factor]) -> Range<u32> {
        let start = self.factors.len() as u32;
        self.factors.extend_from_slice(factors);
        start..self.factors.len() as u32
    }

    /// A constant, or `None` if it depends on slots.
    pub fn constant(&self, at: u32) -> Option<Complex64> {
        (!self.filled[at as usize]).then(|| self.constants[at as usize])
    }

    /// e^{iλ}, twice.
    pub fn phase(&mut self, slot: u32) -> u32 {
        self.rule(2, |at| Rule::Phase { slot, at })
    }

    /// See [`rotation_values`].
    pub fn rotation(&mut self, slot: u32, negated: bool, diagonal: bool) -> u32 {
        self.rule(2, |at| Rule::Rotation { slot, negated, diagonal, at })
    }

    /// [turn, scale] of a rotation about Y.
    pub fn turn(&mut self, slot: u32, negated: bool) -> u32 {
        self.rule(2, |at| Rule::Turn { slot, negated, at })
    }

    /// [ratio, scale] of diagonal factors.
    pub fn diagonal(&mut self, factors: &[Factor]) -> u32 {
        if factors.iter().all(|f| matches!(f, Factor::Const(_))) {
            let (ratio, scale) = ratio(factors, Sources { halves: &[], values: &[] });
            return self.constants(&[ratio, scale]);
        }
        let factors = self.factors(factors);
        self.rule(2, |at| Rule::Diagonal { factors, at })
    }

    /// [turn, scale, before, after] of unitary factors.
    pub fn split(&mut self, factors: &[Factor]) -> u32 {
        if let [Factor::Const(m)] = factors {
            let parts = split(m);
            return self.constants(&[parts.turn, parts.scale, parts.before, parts.after]);
        }
        let factors = self.factors(factors);
        self.rule(4, |at| Rule::Split { factors, at })
    }

    /// The matrix of factors.
    pub fn matrix(&mut self, factors: &[Factor]) -> u32 {
        if let [Factor::Const(m)] = factors {
            return self.constants(m);
        }
        let factors = self.factors(factors);
        self.rule(4, |at| Rule::Matrix { factors, at })
    }

    /// The matrix of passes on bits 0 and 1, row-major.
    pub fn block(&mut self, passes: Vec<Pass>) -> u32 {
        if passes.iter().all(|pass| pass.is_constant(self)) {
            let matrix = block(&passes, &self.constants);
            return self.constants(&matrix);
        }
        let start = self.passes.len() as u32;
        self.passes.extend(passes);
        let passes = start..self.passes.len() as u32;
        self.rule(16, |at| Rule::Block { passes, at })
    }

    /// The product of values; `None` if it is always 1.
    pub fn times(&mut self, places: &[u32]) -> Option<u32> {
        let constant = |at: &u32| self.constant(*at);
        let known: Complex64 = places.iter().filter_map(constant).product();
        let unknown: Vec<u32> =
            places.iter().copied().filter(|at| self.constant(*at).is_none()).collect();
        match unknown[..] {
            [] if known == Complex64::ONE => None,
            [] => Some(self.constants(&[known])),
            _ => {
                let known = self.constants(&[known]);
                let start = self.places.len() as u32;
                self.places.push(known);
                self.places.extend(unknown);
                let places = start..self.places.len() as u32;
                Some(self.rule(1, |at| Rule::Times { places, at }))
            }
        }
    }

    /// Space for the values of one row of slots.
    pub fn row(&self, num_slots: usize, precision: Precision) -> Row {
        let single = match precision {
            Precision::F32 => self.constants.iter().map(|z| single(*z)).collect(),
            Precision::F64 => Vec::new(),
        };
        let halves = vec![Complex64::ZERO; num_slots];
        Row { halves, double: self.constants.clone(), single }
    }

    /// Fills a row of this plan.
    pub fn fill(&self, slots: &[f64], row: &mut Row) {
        if self.rules.is_empty() {
            return;
        }
        half_angles(slots, &mut row.halves);
        for rule in &self.rules {
            self.apply(rule, &row.halves, &mut row.double);
        }
        for (single_, double) in row.single.iter_mut().zip(&row.double) {
            *single_ = single(*double);
        }
    }

    fn apply(&self, rule: &Rule, halves: &[Complex64], values: &mut [Complex64]) {
        let list = |range: &Range<u32>| &self.factors[range.start as usize..range.end as usize];
        match *rule {
            Rule::Phase { slot, at } => {
                let h = halves[slot as usize];
                values[at as usize..][..2].fill(h * h);
            }
            Rule::Rotation { slot, negated, diagonal, at } => {
                let h = halves[slot as usize];
                let c = if negated { h.conj() } else { h };
                values[at as usize..][..2].copy_from_slice(&rotation_values(c, diagonal));
            }
            Rule::Turn { slot, negated, at } => {
                let h = halves[slot as usize];
                let (turn, scale) = scaled(if negated { h.conj() } else { h });
                values[at as usize..][..2].copy_from_slice(&[turn, scale.into()]);
            }
            Rule::Diagonal { ref factors, at } => {
                let (ratio, scale) = ratio(list(factors), Sources { halves, values });
                values[at as usize..][..2].copy_from_slice(&[ratio, scale]);
            }
            Rule::Split { ref factors, at } => {
                let parts = split(&product(list(factors), Sources { halves, values }));
                let parts = [parts.turn, parts.scale, parts.before, parts.after];
                values[at as usize..][..4].copy_from_slice(&parts);
            }
            Rule::Matrix { ref factors, at } => {
                let m = product(list(factors), Sources { halves, values });
                values[at as usize..][..4].copy_from_slice(&m);
            }
            Rule::Block { ref passes, at } => {
                let passes = &self.passes[passes.start as usize..passes.end as usize];
                let matrix = block(passes, values);
                values[at as usize..][..16].copy_from_slice(&matrix);
            }
            Rule::Times { ref places, at } => {
                let places = &self.places[places.start as usize..places.end as usize];
                values[at as usize] = places.iter().map(|&at| values[at as usize]).product();
            }
        }
    }
}

/// The values for one row of slots, in double precision and, for states in single precision, in
/// that too.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// e^{iθ/2} for each slot.
    halves: Vec<Complex64>,
    pub double: Vec<Complex64>,
    pub single: Vec<Complex<f32>>,
}

impl Row {
    /// The values at the precision of a state.
    pub fn at_precision<T: Real>(&self) -> &[Complex<T>] {
        T::select(&self.double, &self.single)
    }
}

fn single(z: Complex64) -> Complex<f32> {
    Complex { re: z.re as f32, im: z.im as f32 }
}
