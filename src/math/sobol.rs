//! Sobol' points: integrals estimated from them converge faster than from random points.

use crate::error::{Error, Result};
use rand::Rng;

/// Binary digits of a coordinate.
const BITS: usize = 53;
/// Points of the sequence.
const MAX_POINTS: u64 = 1 << BITS;

/// The Sobol' sequence in up to 64 dimensions, plain or scrambled, in Gray-code order (Antonov and
/// Saleev, USSR Comput. Math. Math. Phys. 19, 252 (1979)), with the direction numbers
/// `new-joe-kuo-6` of Joe and Kuo, SIAM J. Sci. Comput. 30, 2635 (2008). Coordinates are multiples
/// of 2^-53 in [0, 1); there are 2^53 points.
///
/// Take 2^m points from the start, the first included: each coordinate then has one point in every
/// cell of width 2^-m. Other numbers of points, and leaving out the first, lose accuracy (Owen,
/// "On dropping the first Sobol' point", arXiv:2008.08051).
///
/// ```
/// use ketlab::math::sobol::Sobol;
/// use rand::SeedableRng;
/// let mut points = Sobol::scrambled(2, &mut rand_chacha::ChaCha8Rng::seed_from_u64(1))?;
/// let (mut sum, mut x) = (0.0, [0.0; 2]);
/// for _ in 0..1024 {
///     points.next_point(&mut x)?;
///     sum += x[0] * x[1];
/// }
/// assert!((sum / 1024.0 - 0.25).abs() < 1e-3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sobol {
    dimension: usize,
    /// Direction `k` of coordinate `j` is at `k * dimension + j`; its highest digit is bit 52.
    directions: Vec<u64>,
    /// Point 0.
    shift: Vec<u64>,
    /// Point `index`, but the last one at the end of the sequence.
    state: Vec<u64>,
    index: u64,
}

impl Sobol {
    /// Most coordinates of a point.
    pub const MAX_DIMENSION: usize = NUMBERS.len() + 1;

    /// The sequence without randomization. Its first point is 0.
    ///
    /// # Errors
    /// If the dimension is not from 1 to 64.
    pub fn new(dimension: usize) -> Result<Self> {
        if !(1..=Self::MAX_DIMENSION).contains(&dimension) {
            return Err(Error::Invalid {
                what: "the dimension of Sobol' points".into(),
                value: dimension.to_string(),
                expected: format!("it must be from 1 to {}", Self::MAX_DIMENSION),
            });
        }
        let mut directions = vec![0; BITS * dimension];
        for j in 0..dimension {
            for (k, direction) in coordinate_directions(j).into_iter().enumerate() {
                directions[k * dimension + j] = direction;
            }
        }
        let shift = vec![0; dimension];
        Ok(Sobol { dimension, directions, state: shift.clone(), shift, index: 0 })
    }

    /// The sequence under a random linear scramble and a digital shift, independent for each
    /// coordinate (Matoušek, J. Complexity 14, 527 (1998); Owen, ACM Trans. Model. Comput. Simul.
    /// 13, 363 (2003)): its digits are multiplied by a random lower triangular matrix over GF(2)
    /// with ones on the diagonal, then added to random digits.
    ///
    /// Every point is uniform on [0, 1)^d to 53 digits, like the numbers of `rand`, so the mean of
    /// a function over any of the points is an unbiased estimate of its integral. What holds for
    /// the cells of the plain sequence holds still. Any two points are distributed together as
    /// under the nested uniform scrambling of Owen (1995), so the variance is the same: for smooth
    /// functions almost n^-3 (Owen, Ann. Stat. 25, 1541 (1997)). To estimate the error, repeat with
    /// independent scrambles.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn scrambled(dimension: usize, rng: &mut impl Rng) -> Result<Self> {
        let mut sobol = Self::new(dimension)?;
        for j in 0..dimension {
            let mut digits = || rng.next_u64() >> (64 - BITS);
            sobol.shift[j] = digits();
            // What a digit of the plain point adds: itself, and at random those after it.
            let columns: [u64; BITS] =
                std::array::from_fn(|bit| 1 << bit | digits() & ((1 << bit) - 1));
            for direction in sobol.directions.iter_mut().skip(j).step_by(dimension) {
                *direction = ones(*direction).fold(0, |sum, bit| sum ^ columns[bit]);
            }
        }
        sobol.reset();
        Ok(sobol)
    }

    /// Number of coordinates of a point.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Writes the next point, each coordinate in [0, 1).
    ///
    /// # Errors
    /// If `out` is not as long as a point, or all 2^53 points are used.
    pub fn next_point(&mut self, out: &mut [f64]) -> Result<()> {
        if out.len() != self.dimension {
            return Err(Error::Invalid {
                what: "the length of the slice for a Sobol' point".into(),
                value: out.len().to_string(),
                expected: format!("it must be the dimension, {}", self.dimension),
            });
        }
        if self.index == MAX_POINTS {
            return Err(out_of_points(MAX_POINTS));
        }
        for (out, &digits) in out.iter_mut().zip(&self.state) {
            *out = digits as f64 / MAX_POINTS as f64;
        }
        self.index += 1;
        if self.index < MAX_POINTS {
            // The Gray code of a number differs in this one bit from that of the number before.
            self.add_direction(self.index.trailing_zeros() as usize);
        }
        Ok(())
    }

    /// Goes to the point number `index`, from 0, so that threads can share a sequence.
    ///
    /// # Errors
    /// If there is no such point: the index is 2^53 or more.
    pub fn seek(&mut self, index: u64) -> Result<()> {
        if index >= MAX_POINTS {
            return Err(out_of_points(index));
        }
        self.index = index;
        self.state.copy_from_slice(&self.shift);
        ones(index ^ index >> 1).for_each(|k| self.add_direction(k));
        Ok(())
    }

    /// Goes back to the first point, under the same scramble.
    pub fn reset(&mut self) {
        self.index = 0;
        self.state.copy_from_slice(&self.shift);
    }

    fn add_direction(&mut self, k: usize) {
        let direction = &self.directions[k * self.dimension..][..self.dimension];
        self.state.iter_mut().zip(direction).for_each(|(digits, d)| *digits ^= d);
    }
}

/// The directions of coordinate `j`, by the recurrence of Joe and Kuo.
fn coordinate_directions(j: usize) -> [u64; BITS] {
    // The first coordinate is the sequence of van der Corput.
    let mut v: [u64; BITS] = std::array::from_fn(|k| 1 << (BITS - 1 - k));
    if j > 0 {
        let (polynomial, initial) = NUMBERS[j - 1];
        let degree = initial.len();
        for k in 0..BITS {
            v[k] = if k < degree {
                u64::from(initial[k]) << (BITS - 1 - k)
            } else {
                // The polynomial's coefficient of x^(degree - i) is for the direction i before.
                let taps = (1..=degree).filter(|i| polynomial >> (degree - i) & 1 == 1);
                taps.fold(v[k - degree] >> degree, |sum, i| sum ^ v[k - i])
            };
        }
    }
    v
}

/// The places of the ones of `bits`.
fn ones(bits: u64) -> impl Iterator<Item = usize> {
    (0..u64::BITS as usize).filter(move |k| bits >> k & 1 == 1)
}

fn out_of_points(index: u64) -> Error {
    Error::Invalid {
        what: "the index of a Sobol' point".into(),
        value: index.to_string(),
        expected: format!("there are {MAX_POINTS} points, numbered from 0"),
    }
}

/// For each coordinate after the first, the primitive polynomial over GF(2), with bit i for x^i, and
/// the initial direction numbers m_1, m_2, …: `new-joe-kuo-6` of Joe and Kuo (2008), as SciPy
/// 1.17.1 has it in `_sobol_direction_numbers.npz`.
#[rustfmt::skip]
const NUMBERS: [(u16, &[u16]); 63] = [
    (3, &[1]),
    (7, &[1, 3]),
    (11, &[1, 3, 1]),
    (13, &[1, 1, 1]),
    (19, &[1, 1, 3, 3]),
    (25, &[1, 3, 5, 13]),
    (37, &[1, 1, 5, 5, 17]),
    (41, &[1, 1, 5, 5, 5]),
    (47, &[1, 1, 7, 11, 19]),
    (55, &[1, 1, 5, 1, 1]),
    (59, &[1, 1, 1, 3, 11]),
    (61, &[1, 3, 5, 5, 31]),
    (67, &[1, 3, 3, 9, 7, 49]),
    (91, &[1, 1, 1, 15, 21, 21]),
    (97, &[1, 3, 1, 13, 27, 49]),
    (103, &[1, 1, 1, 15, 7, 5]),
    (109, &[1, 3, 1, 15, 13, 25]),
    (115, &[1, 1, 5, 5, 19, 61]),
    (131, &[1, 3, 7, 11, 23, 15, 103]),
    (137, &[1, 3, 7, 13, 13, 15, 69]),
    (143, &[1, 1, 3, 13, 7, 35, 63]),
    (145, &[1, 3, 5, 9, 1, 25, 53]),
    (157, &[1, 3, 1, 13, 9, 35, 107]),
    (167, &[1, 3, 1, 5, 27, 61, 31]),
    (171, &[1, 1, 5, 11, 19, 41, 61]),
    (185, &[1, 3, 5, 3, 3, 13, 69]),
    (191, &[1, 1, 7, 13, 1, 19, 1]),
    (193, &[1, 3, 7, 5, 13, 19, 59]),
    (203, &[1, 1, 3, 9, 25, 29, 41]),
    (211, &[1, 3, 5, 13, 23, 1, 55]),
    (213, &[1, 3, 7, 3, 13, 59, 17]),
    (229, &[1, 3, 1, 3, 5, 53, 69]),
    (239, &[1, 1, 5, 5, 23, 33, 13]),
    (241, &[1, 1, 7, 7, 1, 61, 123]),
    (247, &[1, 1, 7, 9, 13, 61, 49]),
    (253, &[1, 3, 3, 5, 3, 55, 33]),
    (285, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (299, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (301, &[1, 3, 1, 11, 11, 11, 77, 249]),
    (333, &[1, 3, 1, 11, 27, 43, 71, 9]),
    (351, &[1, 1, 7, 15, 21, 11, 81, 45]),
    (355, &[1, 3, 7, 3, 25, 31, 65, 79]),
    (357, &[1, 3, 1, 1, 19, 11, 3, 205]),
    (361, &[1, 1, 5, 9, 19, 21, 29, 157]),
    (369, &[1, 3, 7, 11, 1, 33, 89, 185]),
    (391, &[1, 3, 3, 3, 15, 9, 79, 71]),
    (397, &[1, 3, 7, 11, 15, 39, 119, 27]),
    (425, &[1, 1, 3, 1, 11, 31, 97, 225]),
    (451, &[1, 1, 1, 3, 23, 43, 57, 177]),
    (463, &[1, 3, 7, 7, 17, 17, 37, 71]),
    (487, &[1, 3, 1, 5, 27, 63, 123, 213]),
    (501, &[1, 1, 3, 5, 11, 43, 53, 133]),
    (529, &[1, 3, 5, 5, 29, 17, 47, 173, 479]),
    (539, &[1, 3, 3, 11, 3, 1, 109, 9, 69]),
    (545, &[1, 1, 1, 5, 17, 39, 23, 5, 343]),
    (557, &[1, 3, 1, 5, 25, 15, 31, 103, 499]),
    (563, &[1, 1, 1, 11, 11, 17, 63, 105, 183]),
    (601, &[1, 1, 5, 11, 9, 29, 97, 231, 363]),
    (607, &[1, 1, 5, 15, 19, 45, 41, 7, 383]),
    (617, &[1, 3, 7, 7, 31, 19, 83, 137, 221]),
    (623, &[1, 1, 1, 3, 23, 15, 111, 223, 83]),
    (631, &[1, 1, 5, 13, 31, 15, 55, 25, 161]),
    (637, &[1, 1, 3, 13, 25, 47, 39, 87, 257]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn scrambled(dimension: usize, seed: u64) -> Sobol {
        Sobol::scrambled(dimension, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap()
    }

    fn points(sobol: &mut Sobol, count: usize) -> Vec<Vec<f64>> {
        let mut next = || {
            let mut x = vec![f64::NAN; sobol.dimension()];
            sobol.next_point(&mut x).unwrap();
            x
        };
        (0..count).map(|_| next()).collect()
    }

    // Expected values of the next two tests: `scipy.stats.qmc.Sobol(64, scramble=False)`, SciPy
    // 1.17.1.
    #[test]
    fn points_are_those_of_scipy() {
        let points = points(&mut Sobol::new(64).unwrap(), 1000);
        for (i, j, expected) in [
            (0, 63, 0.0),
            (1, 0, 0.5),
            (3, 1, 0.75),
            (5, 2, 0.125),
            (100, 20, 0.7578125),
            (500, 37, 0.720703125),
            (999, 9, 0.6318359375),
            (999, 63, 0.6337890625),
        ] {
            assert_eq!(points[i][j], expected, "coordinate {j} of point {i}");
        }
        // All of them, in units of 2^-10, weighted by where they are.
        let sum: u64 =
            points.concat().iter().zip(1..).map(|(x, at)| (x * 1024.0) as u64 * at).sum();
        assert_eq!(sum, 1_048_616_069_504);
    }

    #[test]
    fn directions_are_those_of_scipy() {
        // `_sv` with `bits=53`, coordinate by coordinate, summed modulo 2^64 with weights 1, 2, ….
        let sobol = Sobol::new(64).unwrap();
        let at = |i: usize| sobol.directions[i % BITS * 64 + i / BITS];
        let sum =
            (0..64 * BITS).fold(0u64, |sum, i| sum.wrapping_add(at(i).wrapping_mul(i as u64 + 1)));
        assert_eq!(sum, 0xf7db_15e5_0995_a130);
        // From the same `_sv`: a point beyond 2^52.
        let mut sobol = sobol;
        sobol.seek((1 << 52) + 12_345_678_901_234).unwrap();
        assert_eq!((sobol.state[0], sobol.state[9]), (7322277315915267, 8346818847997397));
        assert_eq!((sobol.state[37], sobol.state[63]), (7489780496957185, 5366293080777745));
    }

    #[test]
    fn a_block_has_one_point_in_every_cell_of_a_coordinate() {
        for mut sobol in [Sobol::new(64).unwrap(), scrambled(64, 1), scrambled(64, 2)] {
            for m in [0, 1, 3, 6, 10] {
                let n = 1usize << m;
                sobol.reset();
                for block in points(&mut sobol, 3 * n).chunks(n) {
                    for j in 0..64 {
                        let mut cells: Vec<_> =
                            block.iter().map(|x| (x[j] * n as f64) as usize).collect();
                        cells.sort_unstable();
                        assert!(cells.into_iter().eq(0..n), "coordinate {j}, 2^{m} points");
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_two_coordinates_are_nets_of_quality_0() {
        for mut sobol in [Sobol::new(2).unwrap(), scrambled(2, 3), scrambled(2, 4)] {
            const M: i32 = 10;
            for block in points(&mut sobol, 4 << M).chunks(1 << M) {
                for a in 0..=M {
                    let cell = |x: f64, bits: i32| (x * 2f64.powi(bits)) as usize;
                    let mut cells: Vec<_> = block
                        .iter()
                        .map(|x| cell(x[0], a) << (M - a) | cell(x[1], M - a))
                        .collect();
                    cells.sort_unstable();
                    assert!(cells.into_iter().eq(0..1 << M), "cells 2^-{a} wide");
                }
            }
        }
    }

    /// Mean and standard deviation over 200 scrambles of the estimate of ∫ f = 1 from n points.
    fn estimates(f: fn(&[f64]) -> f64, n: usize) -> (f64, f64) {
        let estimate = |seed| points(&mut scrambled(4, seed), n).iter().map(|x| f(x)).sum::<f64>();
        let values: Vec<f64> = (0..200).map(|seed| estimate(seed) / n as f64).collect();
        let mean = values.iter().sum::<f64>() / 200.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 199.0;
        (mean, variance.sqrt())
    }

    const INTEGRANDS: [fn(&[f64]) -> f64; 3] = [
        |x| x.iter().sum::<f64>() / 2.0,
        |x| x.iter().map(|x| x + 0.5).product(),
        |x| x.iter().map(|x| 3.0 * x * x).product(),
    ];

    #[test]
    fn estimates_are_unbiased() {
        for f in INTEGRANDS {
            for n in [1, 3, 8, 64] {
                let (mean, deviation) = estimates(f, n);
                let error = deviation / 200f64.sqrt();
                assert!((mean - 1.0).abs() < 4.0 * error, "{n}: {mean} ± {error}");
            }
        }
    }

    #[test]
    fn deviations_fall_almost_as_n_to_the_minus_three_halves() {
        // Random points: -1/2. Products have logarithms, which a sum has not. SciPy 1.17.1's
        // scramble over 1000 seeds: -1.49, -1.28, -1.14.
        for (f, bound) in INTEGRANDS.into_iter().zip([-1.4, -1.2, -1.1]) {
            let log = |n| estimates(f, n).1.log2();
            let slope = (log(4096) - log(64)) / 6.0;
            assert!(slope < bound, "{slope}");
        }
    }

    #[test]
    fn seeks_and_resets() {
        let mut sobol = scrambled(5, 6);
        let all = points(&mut sobol, 300);
        for start in [0, 1, 63, 64, 255] {
            sobol.seek(start).unwrap();
            assert_eq!(points(&mut sobol, 20), all[start as usize..][..20]);
        }
        sobol.reset();
        assert_eq!(points(&mut sobol, 300), all);
    }

    #[test]
    fn refuses_dimensions_lengths_and_what_is_after_the_end() {
        let text = |error: Error| error.to_string();
        assert_eq!(
            text(Sobol::new(65).unwrap_err()),
            "the dimension of Sobol' points is 65; it must be from 1 to 64"
        );
        assert!(Sobol::new(0).is_err());
        let mut sobol = scrambled(2, 7);
        let message = text(sobol.next_point(&mut [0.0; 3]).unwrap_err());
        assert!(message.ends_with("is 3; it must be the dimension, 2"), "{message}");
        assert!(sobol.seek(MAX_POINTS).is_err());
        sobol.seek(MAX_POINTS - 1).unwrap();
        let mut x = [0.0; 2];
        sobol.next_point(&mut x).unwrap();
        assert!(x.iter().all(|x| (0.0..1.0).contains(x)));
        let message = text(sobol.next_point(&mut x).unwrap_err());
        assert!(message.ends_with("there are 9007199254740992 points, numbered from 0"));
    }

    #[test]
    fn coordinates_stay_below_1() {
        let mut sobol = Sobol::new(1).unwrap();
        sobol.state[0] = MAX_POINTS - 1;
        assert_eq!(points(&mut sobol, 1)[0][0], 1.0 - f64::EPSILON / 2.0);
    }
}
