//! Parts of a register: reduced density matrices and entanglement.

use super::index_map::{BLOCK, IndexMap};
use super::kernel::{Real, is_large};
use super::reductions;
use super::state_vector::StateVector;
use crate::error::{Error, Result, bytes};
use crate::math::{check_memory, list_of};
use nalgebra::DMatrix;
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

/// Most qubits of a reduced density matrix: its 4^12 entries take 256 MiB.
const MAX_REDUCED: usize = 12;
/// log2 of the most partial matrices.
const MAX_PARTS_LOG: usize = 6;
/// Environment states whose outer products are summed at once.
const BATCH: usize = 32;
/// Dimension from which the columns of one matrix are worth sharing among threads.
const PARALLEL_DIM: usize = 128;

impl<T: Real> StateVector<T> {
    /// ρ of some qubits, the others traced out: 2^k × 2^k for k qubits, `qubits[0]` being the least
    /// significant bit of its indices. ρ_ab = Σ_e ψ_ae ψ*_be over the basis states e of the other
    /// qubits (Nielsen & Chuang, *Quantum Computation and Quantum Information*, §2.4.3), summed in
    /// `f64`, with the same bits at any number of threads. Exactly Hermitian; its trace is the norm
    /// Σ|a|² of the state. It takes 2^(n+k-1) complex multiplications.
    ///
    /// [`Error::QubitOutOfRange`], [`Error::RepeatedQubit`]; [`Error::Invalid`] for more than 12
    /// qubits; [`Error::TooLarge`].
    ///
    /// ```
    /// use ketlab::{Circuit, Simulator};
    /// let mut bell = Circuit::new(2);
    /// bell.h(0).cx(0, 1);
    /// let rho = Simulator::new().state::<f64>(&bell)?.reduced_density_matrix(&[1])?;
    /// assert!((rho[(0, 0)].re - 0.5).abs() < 1e-15 && rho[(0, 1)].norm() < 1e-15);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn reduced_density_matrix(&self, qubits: &[usize]) -> Result<DMatrix<Complex64>> {
        let what = "reduced density matrix";
        let chosen = self.subset(qubits, what)?;
        if qubits.len() > MAX_REDUCED {
            return Err(Error::Invalid {
                what: format!("the number of qubits of a {what}"),
                value: qubits.len().to_string(),
                expected: format!(
                    "at most {MAX_REDUCED} are possible ({}); keep fewer qubits, or ask for their \
                     `marginal` probabilities",
                    bytes(16 << (2 * MAX_REDUCED))
                ),
            });
        }
        let (n, k) = (self.num_qubits(), qubits.len());
        let dim = 1usize << k;
        // Each part of the environment fills a matrix of its own; together they are not larger than
        // the state. The number of parts depends on the sizes alone.
        let num_blocks = (1usize << (n - k)).div_ceil(BLOCK);
        let part_envs =
            (1usize << (n - k)) >> MAX_PARTS_LOG.min(n.saturating_sub(2 * k)).min(n - k);
        let num_parts = (1usize << (n - k)) / part_envs;
        let what = format!("a {what} of {k} qubits");
        let hint = "keep fewer qubits";
        // The matrices, and the rows of a batch for each thread.
        let needed = (16 * dim * dim * num_parts + size_of::<Rows>() * dim) as u128;
        check_memory(&what, needed, |_| (None, hint.into()))?;
        // From the basis states of the environment, in order of the places, to places …
        let layout = self.layout();
        let inside = layout.mask(chosen);
        let outside = (0..n).map(|bit| 1u64 << bit).filter(|bit| inside & bit == 0).collect();
        let envs = IndexMap::new(outside, layout.flips() & inside);
        let bases: Vec<_> = (0..num_blocks).map(|block| envs.block(block)).collect();
        // … and from the basis states of the qubits to what is added to them.
        let images = qubits.iter().map(|&q| layout.mask(1 << q)).collect();
        let within = IndexMap::new(images, 0);
        let (_, within) = within.block(0);

        let large = is_large::<Complex<T>>(self.buffer.len());
        let part = |part: usize| -> Result<Vec<Complex64>> {
            let mut rho = list_of(&what, dim * dim, hint)?;
            rho.resize(dim * dim, Complex64::new(0.0, 0.0));
            let mut panel = list_of(&what, dim, hint)?;
            panel.resize(dim, Rows::default());
            let end = (part + 1) * part_envs;
            for first in (part * part_envs..end).step_by(BATCH) {
                let (base, in_block) = bases[first / BLOCK];
                let start = first % BLOCK;
                let in_block = &in_block[start..(start + BATCH.min(end - first))];
                for (rows, &inner) in panel.iter_mut().zip(within) {
                    for (i, outer) in in_block.iter().enumerate() {
                        let a = reductions::double(self.buffer[(base ^ outer ^ inner) as usize]);
                        (rows.re[i], rows.im[i]) = (a.re, a.im);
                    }
                }
                // The lower triangle; a column is contiguous.
                let add = |(b, column): (usize, &mut [Complex64])| {
                    for a in b..dim {
                        column[a] += panel[a].dot_conj(&panel[b]);
                    }
                };
                if large && dim >= PARALLEL_DIM {
                    rho.par_chunks_mut(dim).enumerate().for_each(add);
                } else {
                    rho.chunks_mut(dim).enumerate().for_each(add);
                }
            }
            Ok(rho)
        };
        let mut parts = reductions::blocks(num_parts, large, 1, part).into_iter();
        let mut sum = parts.next().expect("there is at least one part")?;
        for rho in parts {
            sum.iter_mut().zip(rho?).for_each(|(sum, entry)| *sum += entry);
        }
        let mut rho = DMatrix::from_vec(dim, dim, sum);
        for b in 0..dim {
            for a in b + 1..dim {
                rho[(b, a)] = rho[(a, b)].conj();
            }
        }
        Ok(rho)
    }

    /// Von Neumann entropy -tr ρ log₂ ρ of the reduced state of some qubits, in bits: their
    /// entanglement with the others, from 0 (a product) to the number of qubits on the smaller side
    /// of the cut (Nielsen & Chuang, §11.3). A state whose norm is not 1 counts as renormalized.
    ///
    /// Computed from the eigenvalues of the [reduced density
    /// matrix](Self::reduced_density_matrix) of the smaller side; those below rounding (2^k·ε)
    /// count as 0. The eigenvalues take about 8^k operations.
    ///
    /// [`Error::QubitOutOfRange`], [`Error::RepeatedQubit`]; [`Error::Invalid`] if the smaller side
    /// has more than 12 qubits, or the norm is zero or not finite; [`Error::TooLarge`].
    pub fn entropy(&self, qubits: &[usize]) -> Result<f64> {
        let n = self.num_qubits();
        let chosen = self.subset(qubits, "entropy")?;
        let others: Vec<usize> = (0..n).filter(|q| chosen >> q & 1 == 0).collect();
        let side = if qubits.len() <= others.len() { qubits } else { &others };
        if side.len() > MAX_REDUCED {
            return Err(Error::Invalid {
                what: "the number of qubits on the smaller side of an entropy's cut".into(),
                value: side.len().to_string(),
                expected: format!(
                    "at most {MAX_REDUCED} are possible; choose fewer qubits, or more than {}",
                    n - MAX_REDUCED - 1
                ),
            });
        }
        let rho = self.reduced_density_matrix(side)?;
        let trace = rho.trace().re;
        if !(trace > 0.0 && trace.is_finite()) {
            return Err(Error::Invalid {
                what: "the norm Σ|a|² of the state".into(),
                value: trace.to_string(),
                expected: "an entropy needs a state that can be normalized".into(),
            });
        }
        let rounding = rho.nrows() as f64 * f64::EPSILON;
        let eigenvalues = (rho / Complex64::new(trace, 0.0)).symmetric_eigenvalues();
        let terms = eigenvalues.iter().filter(|&&p| p > rounding).map(|p| -p * p.log2());
        Ok(terms.sum::<f64>().max(0.0))
    }

    /// |⟨self|other⟩|², for normalized states from 0 to 1 but for rounding. Panics if the numbers of
    /// qubits differ, as [`inner_product`](Self::inner_product) does.
    #[track_caller]
    pub fn fidelity(&self, other: &Self) -> f64 {
        self.inner_product(other).norm_sqr()
    }

    /// The qubits as a mask.
    fn subset(&self, qubits: &[usize], operation: &str) -> Result<u64> {
        let num_qubits = self.num_qubits();
        let mut mask = 0u64;
        for &qubit in qubits {
            if qubit >= num_qubits {
                return Err(Error::QubitOutOfRange { qubit, num_qubits });
            }
            if mask >> qubit & 1 == 1 {
                return Err(Error::RepeatedQubit { qubit, operation: operation.into() });
            }
            mask |= 1 << qubit;
        }
        Ok(mask)
    }
}

/// The amplitudes of one basis state of the chosen qubits for some states of the environment; zeros
/// where there are fewer than [`BATCH`].
#[derive(Clone)]
struct Rows {
    re: [f64; BATCH],
    im: [f64; BATCH],
}

impl Default for Rows {
    fn default() -> Self {
        Rows { re: [0.0; BATCH], im: [0.0; BATCH] }
    }
}

impl Rows {
    /// Σ self_e conj(other_e), in four lanes.
    #[inline]
    fn dot_conj(&self, other: &Self) -> Complex64 {
        let (mut re, mut im) = ([0.0; 4], [0.0; 4]);
        for first in (0..BATCH).step_by(4) {
            for lane in 0..4 {
                let e = first + lane;
                re[lane] += self.re[e] * other.re[e] + self.im[e] * other.im[e];
                im[lane] += self.im[e] * other.re[e] - self.re[e] * other.im[e];
            }
        }
        Complex64::new(reductions::pairwise(&re, 0.0), reductions::pairwise(&im, 0.0))
    }
}
