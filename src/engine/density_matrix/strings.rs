//! Means of Pauli strings. All strings with the same X and Y qubits read the same 2^n entries; the
//! signs of many of them are a Walsh-Hadamard transform.

use super::DensityMatrix;
use crate::engine::action::PauliMask;
use crate::engine::kernel::{Real, transform};
use crate::engine::reductions;

impl<T: Real> DensityMatrix<T> {
    /// Tr(ρP). Panics if the string has a qubit that does not exist.
    #[track_caller]
    pub fn expectation(&self, string: PauliMask) -> f64 {
        self.expectations(&[string])[0]
    }

    /// Tr(ρP) of each string, in order. For each set of qubits with X or Y a strided pass over 2^n
    /// entries, and one over 2^n numbers for each string, n at most. Panics if a string has a qubit
    /// that does not exist.
    #[track_caller]
    pub fn expectations(&self, strings: &[PauliMask]) -> Vec<f64> {
        let (n, dim) = (self.num_qubits, self.dim());
        for string in strings {
            assert!(string.support() >> n == 0, "a string on more than {n} qubits");
        }
        let mut order: Vec<usize> = (0..strings.len()).collect();
        order.sort_by_key(|&k| strings[k].x);
        let mut means = vec![0.0; strings.len()];
        // P|r⟩ = i^{#Y} (-1)^{z·r} |r ⊕ x⟩, so that Tr(ρP) = i^{#Y} Σ_r (-1)^{z·r} ρ[r, r ⊕ x].
        let mut parts = [vec![0.0; dim], vec![0.0; dim]];
        for group in order.chunk_by(|&a, &b| strings[a].x == strings[b].x) {
            let x = strings[group[0]].x as usize;
            let [re, im] = &mut parts;
            for r in 0..dim {
                let z = reductions::double(self.vector.buffer[r + ((r ^ x) << n)]);
                (re[r], im[r]) = (z.re, z.im);
            }
            let many = group.len() > n.max(1);
            if many {
                parts.iter_mut().for_each(|part| transform(self.vector.isa, part));
            }
            for &k in group {
                let PauliMask { x, z } = strings[k];
                // i^y times the sum is real, as ρ and P are Hermitian.
                let (part, sign) = match (x & z).count_ones() % 4 {
                    0 => (&parts[0], 1.0),
                    1 => (&parts[1], -1.0),
                    2 => (&parts[0], -1.0),
                    _ => (&parts[1], 1.0),
                };
                means[k] = sign * if many { part[z as usize] } else { signed_sum(part, z) };
            }
        }
        means
    }
}

/// Σ_r (-1)^{z·r} values[r], pairwise.
fn signed_sum(values: &[f64], z: u64) -> f64 {
    const BLOCK: usize = 64;
    let block = |(number, block): (usize, &[f64])| -> f64 {
        let first = number * BLOCK;
        let sign = |k: usize| 1.0 - 2.0 * f64::from(((first + k) as u64 & z).count_ones() & 1);
        block.iter().enumerate().map(|(k, x)| sign(k) * x).sum()
    };
    let sums: Vec<f64> = values.chunks(BLOCK).enumerate().map(block).collect();
    reductions::pairwise(&sums, 0.0)
}
