//! Pauli sums applied to states: Σ c P|ψ⟩.
//!
//! With P|i> = i^{#Y} (-1)^{|z & i|} |i ^ x>, all strings with one x are one diagonal and one move of
//! the amplitudes. A block of the result stays in the first cache while all that it is made of is
//! added up.

use super::action::PauliMask;
use super::kernel::{self, Isa, Real, is_large, parity_sign};
use super::layout::Layout;
use super::memory;
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
        check_finite(terms)?;
        let located = Term::sorted(layout, terms.iter().map(|(p, _)| *p))
            .unwrap_or_else(|error| panic!("{error}"));
        fill(self.isa, terms, &located, &self.buffer, out);
        Ok(())
    }
}

/// A Pauli sum Σ c P as a linear operator on amplitudes, normalized or not: what a search for
/// eigenvalues or an integrator calls again and again. It allocates nothing of the state's size.
///
/// ```
/// use ketlab::engine::{PauliMask, SumOperator};
/// use num_complex::Complex64;
/// // 2 X on one qubit.
/// let operator = SumOperator::new(1, &[(PauliMask { x: 1, z: 0 }, 2.0)])?;
/// let mut product = [Complex64::ZERO; 2];
/// operator.apply(&[Complex64::ONE, Complex64::I], &mut product);
/// assert_eq!(product, [2.0 * Complex64::I, Complex64::from(2.0)]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug)]
pub struct SumOperator {
    terms: Vec<(PauliMask, f64)>,
    located: Vec<Term>,
    num_qubits: usize,
    isa: Isa,
}

impl SumOperator {
    /// Prepares a sum for states of `num_qubits` qubits.
    /// [`Error::QubitOutOfRange`] if a string acts on another one, [`Error::NotFinite`] for a
    /// coefficient that is not, [`Error::TooLarge`] if no machine has such states.
    pub fn new(num_qubits: usize, terms: &[(PauliMask, f64)]) -> Result<Self> {
        if num_qubits > 58 {
            return Err(memory::refusal::<f64>("a state vector", num_qubits));
        }
        check_finite(terms)?;
        let located = Term::sorted(&Layout::identity(num_qubits), terms.iter().map(|(p, _)| *p))?;
        Ok(SumOperator { terms: terms.to_vec(), located, num_qubits, isa: Isa::best() })
    }

    /// Writes Σ c P|x⟩ to `out`; the same bits at any number of threads. Panics if one of them has not
    /// 2^n amplitudes.
    #[track_caller]
    pub fn apply<T: Real>(&self, x: &[Complex<T>], out: &mut [Complex<T>]) {
        assert_eq!(x.len(), 1 << self.num_qubits, "the number of amplitudes");
        assert_eq!(out.len(), x.len(), "the number of amplitudes of the product");
        fill(self.isa, &self.terms, &self.located, x, out);
    }
}

fn check_finite(terms: &[(PauliMask, f64)]) -> Result<()> {
    match terms.iter().find(|(_, c)| !c.is_finite()) {
        Some((_, c)) => Err(Error::NotFinite { what: "a Pauli coefficient".into(), value: *c }),
        None => Ok(()),
    }
}

/// Σ c P|x⟩, block by block.
fn fill<T: Real>(
    isa: Isa,
    terms: &[(PauliMask, f64)],
    located: &[Term],
    x: &[Complex<T>],
    out: &mut [Complex<T>],
) {
    let block_len = out.len().min(1 << BLOCK_LOG);
    let blocks = Blocks { isa, terms, located, x };
    let fill = |(block, out): (usize, &mut [Complex<T>])| blocks.fill(block, out);
    if is_large::<Complex<T>>(out.len()) {
        out.par_chunks_mut(block_len).enumerate().for_each(fill);
    } else {
        out.chunks_mut(block_len).enumerate().for_each(fill);
    }
}

struct Blocks<'a, T: Real> {
    isa: Isa,
    terms: &'a [(PauliMask, f64)],
    located: &'a [Term],
    x: &'a [Complex<T>],
}

impl<T: Real> Blocks<'_, T> {
    fn fill(&self, block: usize, out: &mut [Complex<T>]) {
        let (len, log) = (out.len(), out.len().ilog2());
        let mut sums = vec![Complex64::ZERO; len];
        let mut diagonal = [Vec::new(), Vec::new()];
        for group in self.located.chunk_by(|a, b| a.x == b.x) {
            let (x_high, x_low) = (group[0].x >> log, group[0].x & (len - 1));
            let from = block ^ x_high;
            let amplitudes = &self.x[from * len..][..len];
            let coefficient =
                |t: &Term| self.terms[t.index].1 * t.sign * parity_sign(t.z >> log & from);
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
