//! Pauli sums applied to states: Σ c P|ψ⟩.
//!
//! With P|i> = i^{#Y} (-1)^{|z & i|} |i ^ x>, all strings with one x are one diagonal and one move of
//! the amplitudes. A block of the result stays in the first cache while all that it is made of is
//! added up.

use super::action::PauliMask;
use super::kernel::{self, Real, is_large, parity_sign};
use super::layout::Layout;
use super::state_vector::StateVector;
use super::string_sweeps::Term;
use crate::error::{Error, Result};
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

/// log2 of the amplitudes of a block.
const BLOCK_LOG: usize = 10;
/// From this many strings with one x on, their diagonal is made by a transform.
const MANY: usize = 4;

impl<T: Real> StateVector<T> {
    /// Σ c P|ψ⟩ as a new, not normalized state; its norm is ⟨ψ|H²|ψ⟩.
    /// [`Error::TooLarge`] if a second state does not fit. Panics if a string acts on a qubit
    /// that does not exist.
    #[track_caller]
    pub fn apply_pauli_sum(&self, terms: &[(PauliMask, f64)]) -> Result<Self> {
        let mut out = Self::empty("the product of a Pauli sum and a state", self.num_qubits())?;
        out.layout = self.layout;
        out.isa = self.isa;
        self.write_pauli_sum(terms, &self.layout, &mut out.buffer)?;
        Ok(out)
    }

    /// The amplitudes of Σ c P|ψ⟩, as they lie in this state's layout.
    #[track_caller]
    pub(super) fn write_pauli_sum(
        &self,
        terms: &[(PauliMask, f64)],
        layout: &Layout,
        out: &mut [Complex<T>],
    ) -> Result<()> {
        if let Some((_, c)) = terms.iter().find(|(_, c)| !c.is_finite()) {
            return Err(Error::NotFinite { what: "a Pauli coefficient".into(), value: *c });
        }
        let located = Term::sorted(layout, terms.iter().map(|(p, _)| *p))
            .unwrap_or_else(|error| panic!("{error}"));
        let block_len = out.len().min(1 << BLOCK_LOG);
        let fill = |(block, out): (usize, &mut [Complex<T>])| {
            self.fill_block(terms, &located, block, out);
        };
        if is_large::<Complex<T>>(out.len()) {
            out.par_chunks_mut(block_len).enumerate().for_each(fill);
        } else {
            out.chunks_mut(block_len).enumerate().for_each(fill);
        }
        Ok(())
    }

    fn fill_block(
        &self,
        terms: &[(PauliMask, f64)],
        located: &[Term],
        block: usize,
        out: &mut [Complex<T>],
    ) {
        let (len, log) = (out.len(), out.len().ilog2());
        let mut sums = vec![Complex64::ZERO; len];
        let mut diagonal = [Vec::new(), Vec::new()];
        for group in located.chunk_by(|a, b| a.x == b.x) {
            let (x_high, x_low) = (group[0].x >> log, group[0].x & (len - 1));
            let from = block ^ x_high;
            let amplitudes = &self.buffer[from * len..][..len];
            let coefficient = |t: &Term| terms[t.index].1 * t.sign * parity_sign(t.z >> log & from);
            if group.len() < MANY {
                for t in group {
                    let (c, z) = (coefficient(t), t.z & (len - 1));
                    let add = if t.imaginary { kernel::add_imaginary } else { kernel::add_real };
                    add(self.isa, &mut sums, amplitudes, x_low, z, c);
                }
                continue;
            }
            // The diagonal Σ c i^{#Y} (-1)^{|z & i|} on the block that it comes from.
            for part in &mut diagonal {
                part.clear();
                part.resize(len, 0.0);
            }
            for t in group {
                diagonal[usize::from(t.imaginary)][t.z & (len - 1)] += coefficient(t);
            }
            let [re, im] = &mut diagonal;
            kernel::transform(self.isa, re);
            if group.iter().any(|t| t.imaginary) {
                kernel::transform(self.isa, im);
            }
            kernel::add_diagonal(self.isa, &mut sums, amplitudes, x_low, re, im);
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = Complex { re: T::from_f64(sum.re), im: T::from_f64(sum.im) };
        }
    }
}
