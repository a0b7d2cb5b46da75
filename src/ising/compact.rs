//! A model for Monte Carlo kernels: sparse rows of narrow numbers in a unit of their own.

use super::{Ising, coloring};
use crate::error::{Error, Result};
use std::ops::{Add, AddAssign, Mul, Neg};

/// Of so many sweeps one doubts flips that cost about nothing.
const DOUBTING: u64 = 8;

/// Whether this sweep takes flips that cost nothing with probability ½ only. Always taken, in a fixed
/// order, they would leave configurations out: a ring without fields would never reach most of them. Taken
/// in every sweep with ½, they would slow the search.
pub(crate) fn is_doubting(sweep: u64) -> bool {
    sweep.is_multiple_of(DOUBTING)
}

/// The size of exponents below which a flip is doubted in this sweep.
pub(crate) fn doubt<T: Number>(sweep: u64) -> T {
    if is_doubting(sweep) { T::of(0.125) } else { T::ZERO }
}

/// The numbers that a kernel computes with.
pub(crate) trait Number:
    Copy
    + Send
    + Sync
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Mul<Output = Self>
    + Neg<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    fn of(x: f64) -> Self;
    fn wide(x: f32) -> Self;

    /// What an exponential random number is compared with, to take a flip or not that adds `self` to the
    /// exponent of the Boltzmann weight: probability min(1, e^-x) (Metropolis et al., J. Chem. Phys. 21,
    /// 1087 (1953)), and half of it where |x| is below [`doubt`].
    ///
    /// The half is the same for a flip and its opposite, so that the law stays.
    #[inline(always)]
    fn with_doubt(self, doubt: Self) -> Self {
        let is_near = -doubt < self && self < doubt;
        let uphill = if self > Self::ZERO { self } else { Self::ZERO };
        let doubtful = uphill + Self::of(std::f64::consts::LN_2);
        if is_near { doubtful } else { self }
    }
}

macro_rules! number {
    ($real:ty) => {
        impl Number for $real {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn of(x: f64) -> Self {
                x as $real
            }
            #[inline(always)]
            fn wide(x: f32) -> Self {
                x as $real
            }
        }
    };
}
number!(f32);
number!(f64);

/// Fields and couplings divided by the unit, a power of two.
#[derive(Debug)]
pub(crate) struct Compact<T> {
    pub fields: Vec<T>,
    /// The order of a sweep: class by class, none of a class coupled to another of it.
    pub order: Vec<u32>,
    starts: Vec<u32>,
    neighbours: Vec<(u32, T)>,
}

impl<T: Number> Compact<T> {
    pub fn new(model: &Ising, scale: &Scale) -> Self {
        let number = |x: f64| T::of(x / scale.unit);
        let mut starts = vec![0];
        let mut neighbours = Vec::with_capacity(2 * model.couplings().len());
        for i in 0..model.num_spins() {
            neighbours.extend(model.neighbours(i).iter().map(|&(j, w)| (j as u32, number(w))));
            starts.push(neighbours.len() as u32);
        }
        let fields = model.fields().iter().map(|&h| number(h)).collect();
        let order = coloring::classes(model).concat();
        Compact { fields, order, starts, neighbours }
    }

    #[inline(always)]
    pub fn neighbours(&self, i: usize) -> &[(u32, T)] {
        &self.neighbours[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}

/// What is to be known of a model's coefficients before it is sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// A power of two, not less than `largest` and at most twice it.
    pub unit: f64,
    /// The largest |hᵢ| + Σⱼ |Jᵢⱼ|: half of what the costliest flip can cost.
    pub largest: f64,
    /// Half of the least that a flip which costs anything can cost, as far as that is known, and of
    /// how many spins: see [`least_field`].
    pub least: f64,
    pub with_least: usize,
    /// Whether sums of coefficients in this unit are exact in `f32`.
    pub is_exact: bool,
}

impl Scale {
    /// # Errors
    /// If the coefficients of a spin add up to more than a number can hold, or there are more
    /// couplings than a kernel can count.
    pub fn of(model: &Ising) -> Result<Self> {
        if model.couplings().len() >= 1 << 31 {
            return Err(Error::Invalid {
                what: "the number of couplings".into(),
                value: model.couplings().len().to_string(),
                expected: "at most 2^31 - 1 can be sampled".into(),
            });
        }
        let (mut largest, mut least, mut with_least) = (0.0f64, f64::INFINITY, 0);
        for i in 0..model.num_spins() {
            let coefficients = || {
                let couplings = model.neighbours(i).iter().map(|&(_, w)| w);
                couplings.chain([model.fields()[i]]).map(f64::abs).filter(|&w| w > 0.0)
            };
            let total: f64 = coefficients().sum();
            if 4.0 * total == f64::INFINITY {
                let what = format!("four times the coefficients of spin {i}, added up,");
                return Err(Error::NotFinite { what, value: f64::INFINITY });
            }
            largest = largest.max(total);
            let field = least_field(coefficients);
            if field < least {
                (least, with_least) = (field, 0);
            }
            with_least += usize::from(field == least && field.is_finite());
        }
        // 2^e with largest <= 2^e, within what has a reciprocal
        let unit =
            if largest > 0.0 { largest.log2().ceil().clamp(-1000.0, 1023.0).exp2() } else { 1.0 };
        let grid = |w: f64| (w / unit * f64::from(1 << 22)).fract() == 0.0;
        let is_exact = model.fields().iter().all(|&h| grid(h))
            && model.couplings().iter().all(|&(_, _, w)| grid(w));
        Ok(Scale { unit, largest, least, with_least, is_exact })
    }

    /// Whether `f32` is enough up to this β: either it is exact, or it moves an exponent β ΔE by no
    /// more than some 1e-3.
    pub fn fits_f32(&self, beta: f64) -> bool {
        // Rounding of ΔE between two refreshments of the fields, with room: 2^-20 of the largest.
        self.is_exact || beta * self.largest <= 1e-3 * f64::from(1 << 20)
    }

    /// The β range by the rule of D-Wave's `dwave-samplers`: at first the costliest flip is taken
    /// with probability 1/2; at last, of all spins whose cheapest flip is the cheapest there is,
    /// 1/100 is excited in the mean.
    pub fn beta_range(&self) -> (f64, f64) {
        if self.largest == 0.0 {
            return (1.0, 1.0); // every configuration has the same energy
        }
        // A tiny coefficient beside large ones must not make β overflow.
        let least = self.least.max(1e-9 * self.largest);
        // Nor do coefficients that are hardly numbers any more.
        let first = (2f64.ln() / (2.0 * self.largest)).min(1e300);
        let last = (100.0 * self.with_least as f64).ln() / (2.0 * least);
        (first, last.clamp(first, 1e300))
    }
}

/// The least |Σ ±wₖ| > 0 that these w > 0 allow: their smallest, or, where all are odd multiples of
/// it and even in number, twice that, because the sum is even.
fn least_field<I: Iterator<Item = f64>>(coefficients: impl Fn() -> I) -> f64 {
    let smallest = coefficients().fold(f64::INFINITY, f64::min);
    let is_odd = |w: f64| (w / smallest) % 2.0 == 1.0;
    let even = coefficients().count().is_multiple_of(2);
    if even && smallest.is_finite() && coefficients().all(is_odd) {
        2.0 * smallest
    } else {
        smallest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_and_ranges() {
        // A ring with ±1: sums are even, -2, 0 or 2.
        let ring = Ising::new(vec![0.0; 4], (0..4).map(|i| (i, (i + 1) % 4, 1.0)), 0.0);
        let scale = Scale::of(&ring).unwrap();
        assert_eq!((scale.unit, scale.largest, scale.least, scale.with_least), (2.0, 2.0, 2.0, 4));
        assert!(scale.is_exact && scale.fits_f32(1e300));
        let (first, last) = scale.beta_range();
        assert!(
            (2f64.ln() / 4.0 - first).abs() < 1e-15 && (400f64.ln() / 4.0 - last).abs() < 1e-15
        );
        // With a field sums are odd.
        let fields = Ising::new(vec![1.0, 0.0], [(0, 1, 1.0)], 0.0);
        assert_eq!(Scale::of(&fields).unwrap().least, 1.0);
        let real = Scale::of(&Ising::new(vec![0.1, 0.3], [], 0.0)).unwrap();
        assert!(!real.is_exact && real.fits_f32(100.0) && !real.fits_f32(1e5));
        for huge in [1e308, 1e-308, 5e-324] {
            let model = Ising::new(vec![huge / 8.0, 0.0], [(0, 1, huge / 8.0)], 0.0);
            let (scale, compact) =
                (Scale::of(&model).unwrap(), |scale| Compact::<f32>::new(&model, scale));
            assert!(compact(&scale).fields[0].is_finite() && scale.beta_range().0 > 0.0);
        }
        let over = Ising::new(vec![1e308, 0.0], [(0, 1, 1e308)], 0.0);
        assert!(Scale::of(&over).unwrap_err().to_string().contains("spin 0"));
        let flat = Scale::of(&Ising::new(vec![0.0; 3], [], 1.0)).unwrap();
        assert_eq!(flat.beta_range(), (1.0, 1.0));
        assert_eq!(Scale::of(&Ising::new(vec![], [], 1.0)).unwrap().unit, 1.0);
    }
}
