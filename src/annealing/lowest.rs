//! The lowest levels of a Hamiltonian that changes little from one search to the next.
//!
//! Subspace iteration with Chebyshev filters (Zhou, Saad, Tiago and Chelikowsky, J. Comput. Phys. 219,
//! 172 (2006), algorithms 4.1 and 4.3): polynomials of H that are small on all of the spectrum above a
//! cut and large below it, applied to a block of vectors which then is made orthonormal and rotated
//! to its Ritz vectors. The block has every copy of a level, up to its size; it begins with the vectors
//! of the last two searches, extrapolated, and nothing but the block is orthogonalized.
//!
//! Lanczos with thick restarts, as in `math/lanczos.rs` but of real vectors, with this product, a basis
//! of 20 and the sum of the last vectors to begin with, takes fewer products and more time, which goes
//! to orthogonalization. For the curve of 51 points of 16 spins it took 11,000 products and 21 s
//! against 22,400 and 1.9 s with all pairs coupled by ±1 and fields (the model of `cargo bench --bench
//! annealing -- "gap n=16 fields"`), 20,500 and 12.7 s against 57,800 and 2.4 s on a ferromagnetic
//! ring, 33,800 and 22 s against 117,100 and 5.3 s of MaxCut on a cubic graph: processor time of one
//! thread, Zen 4 with AVX-512, and the filters' figures have the refinement of the smallest gap, too.

use super::block::Block;
use super::hamiltonian::{Combination, Hamiltonian};
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, Watch};
use nalgebra::DMatrix;
use rand::RngExt;

/// Vectors beyond the levels asked for, which set the cut.
const GUARDS: usize = 2;
/// The weight of a random vector that is mixed to the last guard of a search that begins with earlier
/// vectors: levels of another symmetry are found when they come down.
const FRESH: f64 = 0.03;
/// The least distance of the cut from the levels asked for, as a share of the spectrum.
const ROOM: f64 = 0.005;
/// The least cosine of the angle between a vector and its predecessor for both to be one that turns:
/// at a crossing another one takes its place.
const CLOSE: f64 = 0.9;
/// The farthest that vectors are extrapolated, in distances of the last two searches.
const FARTHEST: f64 = 1.5;
/// The largest degree of one filter.
const MOST_DEGREE: f64 = 60.0;

/// A search for the lowest levels, and its vectors.
pub(super) struct Lowest {
    block: Block,
    /// H times the block.
    product: Block,
    /// What the search before the last one found.
    earlier: Block,
    /// The places of the last search and of that before it.
    places: [Option<f64>; 2],
    wanted: usize,
    streams: Streams,
    draws: u64,
    /// Products with single vectors so far.
    pub products: u64,
}

/// Levels in ascending order, each as often as its multiplicity.
pub(super) struct Found {
    pub values: Vec<f64>,
    /// ‖Hψ - Eψ‖.
    pub residuals: Vec<f64>,
    pub converged: bool,
}

impl Lowest {
    /// For the `wanted` lowest levels in a dimension, a power of two.
    pub fn new(wanted: usize, dimension: usize, seed: u64) -> Result<Self> {
        let wanted = wanted.min(dimension);
        let count = (wanted + GUARDS).min(dimension);
        Ok(Lowest {
            block: Block::zeros(count, dimension)?,
            product: Block::zeros(count, dimension)?,
            earlier: Block::zeros(count, dimension)?,
            places: [None; 2],
            wanted,
            streams: Streams::new(seed, Domain::Eigenvectors),
            draws: 0,
            products: 0,
        })
    }

    /// Bytes that a search takes.
    pub fn memory(wanted: usize, dimension: u128) -> u128 {
        24u128.saturating_mul((wanted + GUARDS) as u128).saturating_mul(dimension)
    }

    /// At a place on the way, until the residuals are at most `tolerance` times the norm of H, or
    /// rounding or the number of filters is in the way.
    pub fn search(
        &mut self,
        hamiltonian: &Hamiltonian,
        place: f64,
        tolerance: f64,
        watch: &Watch,
    ) -> Result<Found> {
        let (least, most) = hamiltonian.bounds();
        let scale = least.abs().max(most.abs()).max(f64::MIN_POSITIVE);
        self.begin(place);
        let (mut values, mut residuals) = self.rotate_to_ritz(hamiltonian)?;
        for filters in 0.. {
            let limit = tolerance * scale;
            let done = residuals[..self.wanted].iter().take_while(|r| **r <= limit).count();
            let all = done == self.wanted || self.block.count == self.block.dimension();
            if all || filters == 200 {
                values.truncate(self.wanted);
                residuals.truncate(self.wanted);
                return Ok(Found { values, residuals, converged: all });
            }
            if watch.is_cancelled() {
                return Err(Error::Interrupted);
            }
            let worst = residuals[..self.wanted].iter().copied().fold(0.0, f64::max);
            // Levels of more copies than the block has vectors, or a band of many levels, leave no
            // distance to the last guard; then those just above are let through, too.
            let highest = values[self.wanted - 1];
            let cut = values[values.len() - 1].max(highest + ROOM * (most - highest));
            // Rounding may leave no room above the cut where nearly all is in the block.
            let most = most.max(cut + 1e-3 * scale);
            let half = 0.5 * (most - cut);
            // Vectors at x below the cut grow by e^growth with each degree.
            let growth = |value: f64| (1.0 + (cut - value).max(0.0) / half).acosh();
            let fastest = growth(values[0]);
            let needed = |residual: f64, value: f64| {
                (6.0 * residual / limit).max(2.0).ln() / growth(value).max(1e-3)
            };
            // The lowest level must not drown the others before they are told apart.
            let room = if worst > 1e-3 * scale { 11.0 } else { 25.0 };
            let most_degree = (room / fastest.max(1e-3)).min(MOST_DEGREE);
            let mut degrees = vec![0; self.block.count];
            let mut degree = 4.0f64;
            for k in done..self.block.count {
                if k < self.wanted {
                    degree = degree.max(needed(residuals[k], values[k]).min(most_degree).ceil());
                }
                degrees[k] = degree as usize;
            }
            self.filter(hamiltonian, done, &degrees, (values[0], cut, most));
            self.draw_replacements();
            (values, residuals) = self.rotate_to_ritz(hamiltonian)?;
        }
        unreachable!("the loop returns")
    }

    /// ⟨k|D|0⟩ for each wanted k, D another Hamiltonian.
    pub fn matrix_elements(&mut self, derivative: &Hamiltonian) -> Vec<f64> {
        derivative.combine(&self.block, &mut self.product, 0, Combination::PRODUCT);
        self.products += self.block.count as u64;
        let elements = self.block.products(&self.product);
        (0..self.wanted).map(|k| elements[(k, 0)]).collect()
    }

    fn begin(&mut self, place: f64) {
        let (count, dimension) = (self.block.count, self.block.dimension());
        if let [Some(last), before] = self.places {
            let share = before.map_or(0.0, |before| (place - last) / (last - before));
            self.extrapolate(if share.abs() <= FARTHEST { share } else { 0.0 });
            if count > self.wanted {
                self.add_random(count - 1, FRESH);
            }
        } else {
            // The field's ground state, and random ones.
            for index in 0..dimension {
                let place = self.block.place(0, index);
                self.block.data[place] = 1.0;
            }
            (1..count).for_each(|k| self.add_random(k, 1.0));
        }
        self.places = [Some(place), self.places[0]];
        self.draw_replacements();
    }

    /// Moves the wanted vectors on by a share of what they changed by between the last two searches.
    /// Levels that are degenerate or close turn into each other, so the earlier vectors are turned to
    /// where they are closest to the last ones (Schönemann, Psychometrika 31, 1 (1966)).
    fn extrapolate(&mut self, share: f64) {
        let (count, wanted) = (self.block.count, self.wanted);
        self.product.copy_from(&self.block);
        if share != 0.0 {
            let overlaps = self.earlier.products(&self.block);
            let svd = overlaps.view((0, 0), (wanted, wanted)).into_owned().svd(true, true);
            let (left, right) = (svd.u.expect("asked for"), svd.v_t.expect("asked for"));
            let shares = svd.singular_values.map(|c| if c < CLOSE { 0.0 } else { share });
            let shares = DMatrix::from_diagonal(&shares);
            // X + (X V - Y U) shares V' of the last vectors X and the earlier ones Y, Y'X = U cos V'.
            let mut of_last = DMatrix::identity(count, count);
            let mut of_earlier = DMatrix::zeros(count, count);
            let mut turned = of_last.view_mut((0, 0), (wanted, wanted));
            turned += right.transpose() * &shares * &right;
            of_earlier.view_mut((0, 0), (wanted, wanted)).copy_from(&(-left * shares * right));
            self.product.rotate(&of_last);
            self.product.add_combinations(&self.earlier, &of_earlier);
        }
        std::mem::swap(&mut self.block, &mut self.product);
        std::mem::swap(&mut self.earlier, &mut self.product);
    }

    /// Adds a random vector of about this norm.
    fn add_random(&mut self, k: usize, norm: f64) {
        add_random(&mut self.block, k, norm, self.streams, &mut self.draws);
    }

    /// Makes the block orthonormal; vectors that are lost begin anew.
    fn draw_replacements(&mut self) {
        let (streams, draws) = (self.streams, &mut self.draws);
        self.block.orthonormalize(|block, k| add_random(block, k, 1.0, streams, draws));
    }

    /// Rayleigh and Ritz: the Ritz values of the block and the residuals of its vectors.
    fn rotate_to_ritz(&mut self, hamiltonian: &Hamiltonian) -> Result<(Vec<f64>, Vec<f64>)> {
        hamiltonian.combine(&self.block, &mut self.product, 0, Combination::PRODUCT);
        self.products += self.block.count as u64;
        let projection = self.block.products(&self.product);
        if let Some(value) = projection.iter().find(|x| !x.is_finite()) {
            return Err(Error::NotFinite { what: "a matrix element of H".into(), value: *value });
        }
        let eigen = (0.5 * (&projection + projection.transpose())).symmetric_eigen();
        let mut order: Vec<usize> = (0..self.block.count).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[a].total_cmp(&eigen.eigenvalues[b]));
        let values: Vec<f64> = order.iter().map(|&k| eigen.eigenvalues[k]).collect();
        let vectors: DMatrix<f64> = eigen.eigenvectors.select_columns(&order);
        self.block.rotate(&vectors);
        self.product.rotate(&vectors);
        let residuals = self.block.distances(&self.product, &values);
        Ok((values, residuals))
    }

    /// The scaled Chebyshev polynomial of a degree of H for each vector from number `first` on, the
    /// degrees in ascending order.
    fn filter(
        &mut self,
        hamiltonian: &Hamiltonian,
        first: usize,
        degrees: &[usize],
        (lowest, cut, most): (f64, f64, f64),
    ) {
        let (half, centre) = (0.5 * (most - cut), 0.5 * (most + cut));
        let mut sigma = half / (lowest - centre);
        let double = 2.0 / sigma;
        // The first degree is made of the products that are there.
        let (stride, factor) = (self.block.stride, sigma / half);
        let (block, tile) = (&self.block.data, self.block.tile());
        self.product.for_tiles(|c, out| {
            let x = &block[c * tile..][..tile];
            for (out, x) in out.iter_mut().zip(x).skip(first * stride) {
                *out = factor * (*out - centre * x);
            }
        });
        let (mut now, mut last) = (&mut self.product, &mut self.block);
        for degree in 2..=degrees[degrees.len() - 1] {
            let next = 1.0 / (double - sigma);
            let factor = 2.0 * next / half;
            let by = Combination { factor, shift: -factor * centre, keep: -sigma * next };
            let rest = first + degrees[first..].partition_point(|d| *d < degree);
            hamiltonian.combine(now, last, rest, by);
            self.products += (degrees.len() - rest) as u64;
            (now, last) = (last, now);
            sigma = next;
        }
        // The vectors of odd degrees are in the other block; those before `first` stayed.
        let odd = |k: usize| k >= first && degrees[k] % 2 == 1;
        let (block, product) = (&mut self.block, &self.product.data);
        block.for_tiles(|c, out| {
            for (k, out) in out.chunks_mut(stride).enumerate().filter(|(k, _)| odd(*k)) {
                out.copy_from_slice(&product[c * tile + k * stride..][..stride]);
            }
        });
    }
}

fn add_random(block: &mut Block, k: usize, norm: f64, streams: Streams, draws: &mut u64) {
    let mut rng = streams.stream(*draws);
    *draws += 1;
    // Uniform numbers from -1 to 1 have the variance 1/3.
    let factor = norm * (3.0 / block.dimension() as f64).sqrt();
    for index in 0..block.dimension() {
        let place = block.place(k, index);
        block.data[place] += factor * rng.random_range(-1.0..1.0);
    }
}
