//! One block of a Hamiltonian, scaled so that its levels are between -1 and 1.

use super::structure::{Flips, Structure};
use crate::error::Result;
use crate::math::Lanczos;

/// Columns that are worked on together.
pub(super) const LANES: usize = 8;
/// The same entry of several columns.
pub(super) type Row = [f64; LANES];
/// Rows that are worked on together: with AVX2 their sums take half of the registers, and four chains of
/// additions hide the time of one.
pub(super) const TOGETHER: usize = 4;

/// Coefficients below this, relative to the largest, are rounding.
const NEGLIGIBLE: f64 = 1e-18;
/// The lowest level is searched for to this part of the norm, and the interval widened by as much:
/// Chebyshev polynomials grow outside of it.
const LEVEL_TOLERANCE: f64 = 1e-6;

/// Where the lowest level is taken to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lowest {
    /// Where no level can be below. Exponentials are relative to e^{-β·this/2}: if all levels are far
    /// above, they are rounded away.
    Bounded,
    /// Searched for.
    Searched,
}

/// A block A = (H - center)/radius, and e^{-βH/2} as a sum of Chebyshev polynomials of A.
#[derive(Debug)]
pub(super) struct Block {
    /// The number of the block: the values of the bits that are not mixed.
    pub number: usize,
    diagonal: Vec<f64>,
    /// Classes of flips with one number for all rows.
    uniform: Vec<(f64, Vec<usize>)>,
    /// Flips with a number for each row.
    signed: Vec<(usize, Vec<f64>)>,
    radius: f64,
    /// Exponentials are multiplied by e^{β·lowest/2}, so that the largest is near 1.
    pub lowest: f64,
    /// Of T_0, T_1, …
    pub coefficients: Vec<f64>,
}

impl Block {
    /// Block `number`, whose part of the diagonal this is.
    pub fn new(
        (structure, flips): (&Structure, &[Flips]),
        number: usize,
        diagonal: &[f64],
        (parameters, beta): (&[f64], f64),
        lowest: Lowest,
    ) -> Result<Self> {
        let mut block = Block {
            number,
            diagonal: diagonal.to_vec(),
            uniform: Vec::new(),
            signed: Vec::new(),
            radius: 1.0,
            lowest: 0.0,
            coefficients: Vec::new(),
        };
        block.gather_flips(structure, flips, parameters);
        // Gershgorin's discs.
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (y, d) in diagonal.iter().enumerate() {
            let reach = block.reach(y);
            (low, high) = (low.min(d - reach), high.max(d + reach));
        }
        block.lowest = match lowest {
            Lowest::Bounded => low,
            Lowest::Searched => {
                let norm = low.abs().max(high.abs());
                (block.lowest_level()? - LEVEL_TOLERANCE * norm).max(low)
            }
        };
        block.scale(high, beta);
        Ok(block)
    }

    /// How far row `y` reaches beside its diagonal.
    fn reach(&self, y: usize) -> f64 {
        let uniform = self.uniform.iter().map(|(c, masks)| c.abs() * masks.len() as f64);
        let signed = self.signed.iter().map(|(_, table)| table[y].abs());
        uniform.sum::<f64>() + signed.sum::<f64>()
    }

    /// The lowest level, before the block is scaled.
    fn lowest_level(&self) -> Result<f64> {
        let rows = self.rows();
        let found = Lanczos::new(1).tolerance(LEVEL_TOLERANCE).real().run(rows, |x, hx| {
            for y in 0..rows {
                let mut sum = x[y] * self.diagonal[y];
                for (c, masks) in &self.uniform {
                    masks.iter().for_each(|m| sum += x[y ^ m] * *c);
                }
                for (mask, table) in &self.signed {
                    sum += x[y ^ mask] * table[y];
                }
                hx[y] = sum;
            }
            Ok(())
        })?;
        Ok(found.values.first().copied().unwrap_or(f64::NEG_INFINITY))
    }

    /// The numbers of the flips, in units of the energy.
    fn gather_flips(&mut self, structure: &Structure, flips: &[Flips], parameters: &[f64]) {
        let rows = structure.rows();
        let mixed = rows as u64 - 1;
        let others = (self.number as u64) << structure.mixed;
        for Flips { masks, signed } in flips {
            let mask = masks[0];
            let mut table = vec![0.0; if *signed { rows } else { 1 }];
            for (strings, theta) in structure.terms.iter().zip(parameters) {
                for string in strings.iter().filter(|s| s.x as usize == mask) {
                    let outside = parity(string.z & others);
                    for (y, number) in table.iter_mut().enumerate() {
                        let sign = outside * parity(string.z & mixed & (y ^ mask) as u64);
                        *number -= theta * string.factor * sign;
                    }
                }
            }
            if *signed {
                self.signed.push((mask, table));
            } else {
                self.uniform.push((table[0], masks.clone()));
            }
        }
    }

    /// Levels between -1 and 1, and the coefficients that follow.
    fn scale(&mut self, highest: f64, beta: f64) {
        // Where all levels are one, the exponential still has a derivative.
        self.radius = (0.5 * (highest - self.lowest)).max(0.5 / beta);
        let center = self.lowest + self.radius;
        let by = 1.0 / self.radius;
        self.diagonal.iter_mut().for_each(|d| *d = (*d - center) * by);
        self.uniform.iter_mut().for_each(|u| u.0 *= by);
        self.signed.iter_mut().flat_map(|s| &mut s.1).for_each(|c| *c *= by);
        self.coefficients = exponential(0.5 * beta * self.radius);
    }

    /// Rows of a column.
    pub fn rows(&self) -> usize {
        self.diagonal.len()
    }

    /// dA/dH.
    pub fn inverse_radius(&self) -> f64 {
        1.0 / self.radius
    }

    /// The rows from `first` on of A times columns.
    #[inline(always)]
    pub fn products(&self, columns: &[Row], first: usize) -> Rows {
        let mut uniform = self.uniform.iter();
        // The first class is multiplied before there is another sum, so that machines with one field
        // need no more registers.
        let mut sums = match uniform.next() {
            Some((coefficient, masks)) => flipped(columns, first, masks).times(*coefficient),
            None => Rows::ZERO,
        };
        let d = &self.diagonal[first..first + TOGETHER];
        sums = sums.plus_each([d[0], d[1], d[2], d[3]], Rows::at(columns, first));
        for (coefficient, masks) in uniform {
            sums = sums.plus(flipped(columns, first, masks).times(*coefficient));
        }
        for (mask, table) in &self.signed {
            let t = &table[first..first + TOGETHER];
            let flipped = Rows::ZERO.plus_flipped(columns, first, *mask);
            sums = sums.plus_each([t[0], t[1], t[2], t[3]], flipped);
        }
        sums
    }
}

/// [`TOGETHER`] rows. They are named one by one, since the compiler keeps an array of them in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows(pub Row, pub Row, pub Row, pub Row);

impl Rows {
    pub const ZERO: Rows = Rows([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);

    /// Those from `first` on.
    #[inline(always)]
    pub fn at(columns: &[Row], first: usize) -> Self {
        let rows = &columns[first..first + TOGETHER];
        Rows(rows[0], rows[1], rows[2], rows[3])
    }

    #[inline(always)]
    pub fn put(self, columns: &mut [Row], first: usize) {
        let rows = &mut columns[first..first + TOGETHER];
        (rows[0], rows[1], rows[2], rows[3]) = (self.0, self.1, self.2, self.3);
    }

    #[inline(always)]
    pub fn times(self, c: f64) -> Self {
        Rows(times(c, &self.0), times(c, &self.1), times(c, &self.2), times(c, &self.3))
    }

    #[inline(always)]
    pub fn plus(self, b: Rows) -> Self {
        Rows(sum(self.0, b.0), sum(self.1, b.1), sum(self.2, b.2), sum(self.3, b.3))
    }

    #[inline(always)]
    pub fn minus(self, b: Rows) -> Self {
        self.plus(b.times(-1.0))
    }

    /// With a number for each row.
    #[inline(always)]
    fn plus_each(self, c: [f64; TOGETHER], b: Rows) -> Self {
        self.plus(Rows(times(c[0], &b.0), times(c[1], &b.1), times(c[2], &b.2), times(c[3], &b.3)))
    }

    /// Products of entries.
    #[inline(always)]
    pub fn products(self, b: Rows) -> Self {
        let product = |mut a: Row, b: Row| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a *= b);
            a
        };
        Rows(product(self.0, b.0), product(self.1, b.1), product(self.2, b.2), product(self.3, b.3))
    }

    /// The sum of the rows.
    #[inline(always)]
    pub fn total(self) -> Row {
        sum(sum(self.0, self.1), sum(self.2, self.3))
    }

    /// With columns[y ^ mask] for the rows y from `first` on.
    #[inline(always)]
    pub fn plus_flipped(self, columns: &[Row], first: usize, mask: usize) -> Self {
        let start = first ^ (mask & !(TOGETHER - 1));
        let rows = &columns[start..start + TOGETHER];
        let row = |j: usize| rows[(mask ^ j) & (TOGETHER - 1)];
        self.plus(Rows(row(0), row(1), row(2), row(3)))
    }
}

/// Σ columns[y ^ mask] over masks for the rows y from `first` on.
#[inline(always)]
pub(super) fn flipped(columns: &[Row], first: usize, masks: &[usize]) -> Rows {
    let mut sums = Rows::ZERO;
    for mask in masks {
        sums = sums.plus_flipped(columns, first, *mask);
    }
    sums
}

#[inline(always)]
pub(super) fn times(factor: f64, row: &Row) -> Row {
    let mut out = *row;
    out.iter_mut().for_each(|x| *x *= factor);
    out
}

#[inline(always)]
pub(super) fn add(sum: &mut Row, row: &Row) {
    sum.iter_mut().zip(row).for_each(|(a, b)| *a += b);
}

#[inline(always)]
fn sum(mut a: Row, b: Row) -> Row {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    a
}

/// 1, or -1 for an odd number of bits.
#[inline(always)]
pub(super) fn parity(bits: u64) -> f64 {
    if bits.count_ones() & 1 == 1 { -1.0 } else { 1.0 }
}

/// The coefficients of e^{-a(x + 1)} = Σ c_k T_k(x) on [-1, 1]: c_0 = e^{-a} I_0(a) and
/// c_k = 2 (-1)^k e^{-a} I_k(a) (DLMF 10.35.5), as far as they count. The Bessel functions are those
/// of Miller's recurrence downward, whose sum is e^a (DLMF 3.6(iii), 10.35.5 at x = 1).
fn exponential(a: f64) -> Vec<f64> {
    // They fall like e^{-k²/2a}, for small a faster.
    let count = 24 + (12.0 * a.sqrt()) as usize;
    let mut bessel = vec![0.0; count + 24];
    let last = bessel.len() - 1;
    let (mut above, mut here) = (0.0, f64::MIN_POSITIVE * 1e16);
    for k in (0..=last).rev() {
        bessel[k] = here;
        (above, here) = (here, above + 2.0 * k.max(1) as f64 / a * here);
        if here > 1e200 {
            bessel[k..].iter_mut().for_each(|b| *b *= 1e-200);
            above *= 1e-200;
            here *= 1e-200;
        }
    }
    let sum = bessel[0] + 2.0 * bessel[1..].iter().sum::<f64>();
    let mut coefficients: Vec<f64> = bessel
        .iter()
        .enumerate()
        .map(|(k, b)| b / sum * if k == 0 { 1.0 } else { 2.0 } * parity(k as u64 & 1))
        .collect();
    let count = coefficients.iter().rposition(|c| c.abs() > NEGLIGIBLE).map_or(1, |k| k + 1);
    coefficients.truncate(count.max(2));
    coefficients
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Σ c_k cos(kφ) at x = cos φ.
    #[test]
    fn chebyshev_sums_are_exponentials() {
        for a in [1e-3, 0.25, 1.0, 7.3, 40.0, 300.0, 2e4] {
            let coefficients = exponential(a);
            for k in 0..=50 {
                let x = -1.0 + 2.0 * f64::from(k) / 50.0;
                let phi = f64::acos(x);
                let sum: f64 =
                    coefficients.iter().enumerate().map(|(k, c)| c * (k as f64 * phi).cos()).sum();
                let expected = (-a * (x + 1.0)).exp();
                assert!((sum - expected).abs() < 1e-13, "a = {a}, x = {x}: {sum} {expected}");
            }
        }
    }
}
