//! The lowest levels of a Hamiltonian that changes little from one search to the next.
//!
//! Subspace iteration with Chebyshev filters (Zhou, Saad, Tiago and Chelikowsky, J. Comput. Phys. 219,
//! 172 (2006), algorithms 4.1 and 4.3): polynomials of H that are small on all of the spectrum above a
//! cut and large below it, applied to a block of vectors which then is made orthonormal and rotated
//! to its Ritz vectors. The block has every copy of a level, up to its size; it begins with the vectors
//! of the search before, and nothing but the block is orthogonalized. (`math/lanczos.rs` begins anew
//! each time and searches once more for multiplicities; the two were not timed against each other.)

use super::block::Block;
use super::hamiltonian::{Combination, Hamiltonian};
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::math::{Domain, Streams};
use nalgebra::DMatrix;
use rand::RngExt;

/// Vectors beyond the levels asked for, which set the cut.
const GUARDS: usize = 2;
/// The weight of a random vector that is mixed to the last guard of a search that begins with earlier
/// vectors: levels of another symmetry are found when they come down.
const FRESH: f64 = 0.03;
/// The least distance of the cut from the levels asked for, as a share of the spectrum.
const ROOM: f64 = 0.005;
/// The largest degree of one filter.
const MOST_DEGREE: f64 = 60.0;

/// A search for the lowest levels, and its vectors.
pub(super) struct Lowest {
    block: Block,
    /// H times the block.
    product: Block,
    wanted: usize,
    streams: Streams,
    draws: u64,
    begun: bool,
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
            wanted,
            streams: Streams::new(seed, Domain::Eigenvectors),
            draws: 0,
            begun: false,
            products: 0,
        })
    }

    /// Bytes that a search takes.
    pub fn memory(wanted: usize, dimension: u128) -> u128 {
        16u128.saturating_mul((wanted + GUARDS) as u128).saturating_mul(dimension)
    }

    /// Until the residuals are at most `tolerance` times the norm of H, or rounding or the number of
    /// filters is in the way.
    pub fn search(
        &mut self,
        hamiltonian: &Hamiltonian,
        tolerance: f64,
        watch: &Watch,
    ) -> Result<Found> {
        let (least, most) = hamiltonian.bounds();
        let scale = least.abs().max(most.abs()).max(f64::MIN_POSITIVE);
        self.begin();
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
            let (fastest, slowest) = (growth(values[0]), growth(values[self.wanted - 1]));
            let needed = (6.0 * worst / limit).max(2.0).ln() / slowest.max(1e-3);
            // The lowest level must not drown the others before they are told apart.
            let room = if worst > 1e-3 * scale { 11.0 } else { 25.0 };
            let degree = needed.min(room / fastest.max(1e-3)).clamp(4.0, MOST_DEGREE).ceil();
            self.filter(hamiltonian, done, degree as usize, (values[0], cut, most));
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

    fn begin(&mut self) {
        let (count, dimension) = (self.block.count, self.block.dimension());
        if self.begun {
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
            self.begun = true;
        }
        self.draw_replacements();
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

    /// The scaled Chebyshev polynomial of a degree of H, for the vectors from number `first` on.
    fn filter(
        &mut self,
        hamiltonian: &Hamiltonian,
        first: usize,
        degree: usize,
        (lowest, cut, most): (f64, f64, f64),
    ) {
        let (half, centre) = (0.5 * (most - cut), 0.5 * (most + cut));
        let mut sigma = half / (lowest - centre);
        let double = 2.0 / sigma;
        // The first degree is made of the products that are there.
        let (run, factor) = (self.block.run, sigma / half);
        let (block, tile) = (&self.block.data, self.block.tile());
        self.product.for_tiles(|c, out| {
            let x = &block[c * tile..][..tile];
            for (out, x) in out.iter_mut().zip(x).skip(first * run) {
                *out = factor * (*out - centre * x);
            }
        });
        let (mut now, mut last) = (&mut self.product, &mut self.block);
        for _ in 1..degree {
            let next = 1.0 / (double - sigma);
            let factor = 2.0 * next / half;
            let by = Combination { factor, shift: -factor * centre, keep: -sigma * next };
            hamiltonian.combine(now, last, first, by);
            (now, last) = (last, now);
            sigma = next;
        }
        self.products += ((degree - 1) * (self.block.count - first)) as u64;
        if degree % 2 == 1 {
            // The filtered vectors are in the other block; those before `first` stayed.
            let (block, product) = (&mut self.block, &self.product.data);
            block.for_tiles(|c, out| {
                out[first * run..].copy_from_slice(&product[c * tile..][first * run..tile]);
            });
        }
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
