//! One clause as quadratic terms.

use crate::math::Bits;
use std::ops::Range;

/// The bit of a literal's variable.
pub(super) fn variable(literal: i32) -> usize {
    literal.unsigned_abs() as usize - 1
}

/// The terms of a clause of k distinct literals. With zᵢ = 1 where literal i is false, the clause is
/// broken where Π zᵢ = 1, and with S₁ = Σ zᵢ, S₂ = Σ_{i<j} zᵢ zⱼ
///
/// Π zᵢ = min_w S₂ + Σᵢ wᵢ (cᵢ (2i - S₁) - 1), i = 1 to d = ⌊(k - 1)/2⌋,
///
/// cᵢ = 1 for the last i of an odd k, else 2 (Ishikawa, IEEE TPAMI 33, 1234 (2011), section 3.4, for
/// k ≥ 2).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gadget {
    /// Distinct; `None` where a variable is there with its negation.
    literals: Option<Vec<i32>>,
    /// The first auxiliary bit.
    first: usize,
}

impl Gadget {
    /// The terms of a clause whose auxiliary bits begin at `first`.
    pub fn new(clause: &[i32], first: usize) -> Self {
        let mut literals = clause.to_vec();
        literals.sort_unstable_by_key(|&literal| (variable(literal), literal));
        literals.dedup();
        let always = literals.windows(2).any(|pair| pair[0] == -pair[1]);
        Gadget { literals: (!always).then_some(literals), first }
    }

    pub fn num_auxiliary(&self) -> usize {
        self.literals().len().saturating_sub(1) / 2
    }

    /// The auxiliary bits.
    pub fn auxiliary(&self) -> Range<usize> {
        self.first..self.first + self.num_auxiliary()
    }

    pub fn num_couplings(&self) -> u64 {
        let k = self.literals().len() as u64;
        k * k.saturating_sub(1) / 2 + k * self.num_auxiliary() as u64
    }

    fn literals(&self) -> &[i32] {
        self.literals.as_deref().unwrap_or_default()
    }

    /// cᵢ, and cᵢ 2i - 1.
    fn coefficients(&self, i: usize) -> (f64, f64) {
        let last_of_odd = self.literals().len() % 2 == 1 && i == self.num_auxiliary();
        let c = if last_of_odd { 1.0 } else { 2.0 };
        (c, c * 2.0 * i as f64 - 1.0)
    }

    /// Adds the terms for a penalty of 1.
    pub fn add_to(
        &self,
        linear: &mut [f64],
        quadratic: &mut Vec<(usize, usize, f64)>,
        offset: &mut f64,
    ) {
        let Some(literals) = &self.literals else { return };
        // z = constant + slope x.
        let terms: Vec<(usize, f64, f64)> = literals
            .iter()
            .map(|&literal| {
                let (constant, slope) = if literal > 0 { (1.0, -1.0) } else { (0.0, 1.0) };
                (variable(literal), constant, slope)
            })
            .collect();
        match terms[..] {
            [] => *offset += 1.0,
            [(v, constant, slope)] => {
                *offset += constant;
                linear[v] += slope;
            }
            _ => {}
        }
        for (k, &(u, a, slope)) in terms.iter().enumerate() {
            for &(v, b, other) in &terms[k + 1..] {
                *offset += a * b;
                linear[u] += slope * b;
                linear[v] += a * other;
                quadratic.push((u, v, slope * other));
            }
        }
        for (w, i) in self.auxiliary().zip(1..) {
            let (c, constant) = self.coefficients(i);
            linear[w] += constant;
            for &(v, a, slope) in &terms {
                linear[w] -= c * a;
                quadratic.push((v, w, -c * slope));
            }
        }
    }

    /// Sets the auxiliary bits to where the energy is least.
    pub fn set_best(&self, bits: &mut Bits) {
        let is_false = |&&literal: &&i32| bits.bit(variable(literal)) != (literal > 0);
        let falsehoods = self.literals().iter().filter(is_false).count() as f64;
        for (w, i) in self.auxiliary().zip(1..) {
            let (c, constant) = self.coefficients(i);
            bits.set(w, constant - c * falsehoods < 0.0);
        }
    }
}
