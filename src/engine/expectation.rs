//! Expectations of Pauli strings and sums, and sums applied to states.
//!
//! With P|i> = i^{#Y} (-1)^{|z & i|} |i ^ x>,
//!
//! ```text
//! <ψ|P|ψ> = Σ_i i^{#Y} (-1)^{|z & i|} conj(ψ[i ^ x]) ψ[i].
//! ```
//!
//! All strings with one x share the product conj(ψ[i ^ x]) ψ[i]; the sums over its signs for all z
//! within a block are one Walsh-Hadamard transform. So a sum costs one sweep for each distinct x,
//! however many z there are.

use super::action::PauliMask;
use super::index_map::{BLOCK, BLOCK_LOG};
use super::kernel::{self, Real, is_large};
use super::layout::Layout;
use super::reduce::{self, double};
use super::state_vector::StateVector;
use crate::error::{Error, Result};
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

/// Partial sums of an expectation: a fixed number, so that the result does not depend on threads.
const PARTS: usize = 64;

/// A string on physical bits, times a power of i.
#[derive(Debug, Clone, Copy)]
struct Term {
    x: usize,
    z: usize,
    /// The sign from flipped bits, and from i^{#Y} = ±1 or ±i.
    sign: f64,
    /// Whether the number of Y is odd: the factor is ±i.
    imaginary: bool,
    /// Position in the caller's list.
    index: usize,
}

impl Term {
    fn new(layout: &Layout, index: usize, p: PauliMask) -> Self {
        let (located, minus) = layout.pauli(p);
        let ys = (p.x & p.z).count_ones();
        let sign = if minus ^ (ys % 4 >= 2) { -1.0 } else { 1.0 };
        let imaginary = ys % 2 == 1;
        Term { x: located.x as usize, z: located.z as usize, sign, imaginary, index }
    }
}

fn parity_sign(bits: usize) -> f64 {
    if bits.count_ones() % 2 == 1 { -1.0 } else { 1.0 }
}

impl<T: Real> StateVector<T> {
    /// Σ c ⟨ψ|P|ψ⟩, accumulated in double precision; one sweep for each distinct X part. Panics if a
    /// string acts on a qubit that does not exist.
    #[track_caller]
    pub fn expectation(&self, terms: &[(PauliMask, f64)]) -> f64 {
        let strings: Vec<PauliMask> = terms.iter().map(|(p, _)| *p).collect();
        let values = self.pauli_expectations(&strings);
        let weighted: Vec<f64> = values.iter().zip(terms).map(|(v, (_, c))| v * c).collect();
        reduce::pairwise(&weighted, 0.0)
    }

    /// ⟨ψ|P|ψ⟩ of each string. Panics if a string acts on a qubit that does not exist.
    #[track_caller]
    pub fn pauli_expectations(&self, strings: &[PauliMask]) -> Vec<f64> {
        let terms = self.located_terms(strings.iter().copied());
        let block_len = self.buffer.len().min(BLOCK);
        let num_blocks = self.buffer.len() / block_len;
        let num_parts = num_blocks.min(PARTS);
        let per_part = num_blocks / num_parts;
        let part = |part: usize| {
            let mut sums = vec![0.0; terms.len()];
            let mut products = vec![0.0; block_len];
            for block in part * per_part..(part + 1) * per_part {
                // All strings on one block while it is in cache.
                let mut sums = &mut sums[..];
                for group in terms.chunk_by(|a, b| (a.x, a.imaginary) == (b.x, b.imaginary)) {
                    let (mine, rest) = sums.split_at_mut(group.len());
                    self.add_block(block, group, &mut products, mine);
                    sums = rest;
                }
            }
            sums
        };
        let large = is_large::<Complex<T>>(self.buffer.len());
        let parts = reduce::blocks(num_parts, large, part);
        let mut values = vec![0.0; strings.len()];
        for (k, t) in terms.iter().enumerate() {
            let column: Vec<f64> = parts.iter().map(|sums| sums[k]).collect();
            values[t.index] = t.sign * reduce::pairwise(&column, 0.0);
        }
        values
    }

    /// The strings on physical bits, sorted by x.
    #[track_caller]
    fn located_terms(&self, strings: impl Iterator<Item = PauliMask>) -> Vec<Term> {
        let mut terms: Vec<Term> = strings
            .enumerate()
            .map(|(index, p)| {
                let top = 64 - p.support().leading_zeros() as usize;
                if top > 0 {
                    self.check_qubit(top - 1);
                }
                Term::new(&self.layout, index, p)
            })
            .collect();
        terms.sort_by_key(|t| (t.x, t.imaginary, t.index));
        terms
    }

    /// Adds the contribution of one block to the sums of strings that share x and the parity of the
    /// number of Y. `products` is memory of a block's length.
    fn add_block(&self, block: usize, group: &[Term], products: &mut [f64], sums: &mut [f64]) {
        let Term { x, imaginary, .. } = group[0];
        let block_len = products.len();
        let (x_high, x_low) = (x >> BLOCK_LOG, x & (block_len - 1));
        let partner = block ^ x_high;
        if partner < block {
            // The products of a pair of blocks are conjugates: counted twice with the other one.
            return;
        }
        let weight = if x_high == 0 { 1.0 } else { 2.0 };
        let here = &self.buffer[block * block_len..][..block_len];
        let there = &self.buffer[partner * block_len..][..block_len];
        // With an odd number of Y, i conj(b) a and its conjugate: -Im(conj(b) a) each.
        kernel::products(self.isa, here, there, x_low, imaginary, products);
        // A transform costs log2(block) additions an index, a string alone costs one.
        let transformed = group.len() > block_len.ilog2() as usize / 2;
        if transformed {
            kernel::transform(self.isa, products);
        }
        for (sum, t) in sums.iter_mut().zip(group) {
            let sign = weight * parity_sign(t.z >> BLOCK_LOG & block);
            let z = t.z & (block_len - 1);
            *sum += sign
                * if transformed { products[z] } else { kernel::signed_sum(self.isa, products, z) };
        }
    }

    /// Σ c P|ψ⟩ as a new, not normalized state; its norm is ⟨ψ|H²|ψ⟩.
    /// [`Error::TooLarge`] if a second state does not fit. Panics if a string acts on a qubit
    /// that does not exist.
    #[track_caller]
    pub fn apply_pauli_sum(&self, terms: &[(PauliMask, f64)]) -> Result<Self> {
        if let Some((_, c)) = terms.iter().find(|(_, c)| !c.is_finite()) {
            return Err(Error::NotFinite { what: "a Pauli coefficient".into(), value: *c });
        }
        let located = self.located_terms(terms.iter().map(|(p, _)| *p));
        let mut out = Self::empty("the product of a Pauli sum and a state", self.num_qubits())?;
        out.layout = self.layout;
        out.isa = self.isa;
        let block_len = self.buffer.len().min(BLOCK);
        let fill = |block: usize, out: &mut [Complex<T>]| {
            let zero = Complex64::new(0.0, 0.0);
            let (mut re, mut im) = (vec![0.0; block_len], vec![0.0; block_len]);
            let mut sums = vec![zero; block_len];
            for group in located.chunk_by(|a, b| a.x == b.x) {
                let (x_high, x_low) = (group[0].x >> BLOCK_LOG, group[0].x & (block_len - 1));
                let from = block ^ x_high;
                // The diagonal Σ c i^{#Y} (-1)^{|z & i|} on the block that it comes from.
                re.fill(0.0);
                im.fill(0.0);
                for t in group {
                    let c = terms[t.index].1 * t.sign * parity_sign(t.z >> BLOCK_LOG & from);
                    let part = if t.imaginary { &mut im } else { &mut re };
                    part[t.z & (block_len - 1)] += c;
                }
                kernel::transform(self.isa, &mut re);
                if group.iter().any(|t| t.imaginary) {
                    kernel::transform(self.isa, &mut im);
                }
                let amplitudes = &self.buffer[from * block_len..][..block_len];
                for (i, a) in amplitudes.iter().enumerate() {
                    sums[i ^ x_low] += Complex64::new(re[i], im[i]) * double(*a);
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = Complex { re: T::from_f64(sum.re), im: T::from_f64(sum.im) };
            }
        };
        if is_large::<Complex<T>>(self.buffer.len()) {
            out.buffer.par_chunks_mut(block_len).enumerate().for_each(|(b, out)| fill(b, out));
        } else {
            out.buffer.chunks_mut(block_len).enumerate().for_each(|(b, out)| fill(b, out));
        }
        Ok(out)
    }
}
