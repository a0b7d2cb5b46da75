//! From one form to the other with x = (1 - s)/2, and to diagonal Pauli sums.

use super::quadratic::Quadratic;
use super::{Ising, Qubo};
use crate::error::{Error, Result};
use crate::pauli::{Pauli, PauliString, PauliSum};

impl Ising {
    /// The QUBO with the same energy for the same bits: s = 1 - 2x.
    ///
    /// # Errors
    /// If a coefficient overflows.
    pub fn to_qubo(&self) -> Result<Qubo> {
        let Quadratic { linear: h, pairs, offset, .. } = &self.form;
        let mut linear: Vec<f64> = h.iter().map(|h| -2.0 * h).collect();
        for &(i, j, coupling) in pairs {
            linear[i] -= 2.0 * coupling;
            linear[j] -= 2.0 * coupling;
        }
        let constant = h.iter().chain(pairs.iter().map(|(_, _, w)| w)).sum::<f64>() + offset;
        Qubo::try_new(linear, pairs.iter().map(|&(i, j, w)| (i, j, 4.0 * w)), constant)
    }

    /// offset·I + Σ hᵢ Zᵢ + Σ Jᵢⱼ Zᵢ Zⱼ: spin i is qubit i. Zero terms are left out.
    pub fn to_pauli_sum(&self) -> PauliSum {
        let fields = self.fields().iter().enumerate();
        let fields = fields.map(|(i, &h)| (PauliString::single(i, Pauli::Z), h));
        let pair = |i, j| PauliString::new([(i, Pauli::Z), (j, Pauli::Z)]);
        let couplings = self.couplings().iter().map(|&(i, j, w)| (pair(i, j), w));
        let terms = std::iter::once((PauliString::identity(), self.offset()));
        PauliSum::new(terms.chain(fields).chain(couplings).filter(|&(_, c)| c != 0.0))
    }

    /// The model of a sum of I, Z and ZZ on `num_spins` qubits.
    ///
    /// # Errors
    /// If a term has X or Y, is on more than two qubits, or on a qubit that does not exist.
    pub fn from_pauli_sum(sum: &PauliSum, num_spins: usize) -> Result<Self> {
        super::quadratic::check_size("the spins", num_spins)?;
        let (mut h, mut couplings, mut offset) = (vec![0.0; num_spins], Vec::new(), 0.0);
        for (string, c) in sum {
            let support: Vec<usize> = string.support().take(3).collect();
            if let Some(&qubit) = support.iter().find(|&&q| q >= num_spins) {
                return Err(Error::QubitOutOfRange { qubit, num_qubits: num_spins });
            }
            match (string.is_diagonal(), &support[..]) {
                (true, []) => offset += c,
                (true, &[i]) => h[i] += c,
                (true, &[i, j]) => couplings.push((i, j, *c)),
                _ => {
                    return Err(Error::Unsupported {
                        method: "an Ising model",
                        operation: format!("the term `{string}`"),
                        hint: "its terms are I, Z and ZZ".into(),
                    });
                }
            }
        }
        Self::try_new(h, couplings, offset)
    }
}

impl Qubo {
    /// The Ising model with the same energy for the same bits: x = (1 - s)/2.
    ///
    /// # Errors
    /// If a coefficient overflows.
    pub fn to_ising(&self) -> Result<Ising> {
        let Quadratic { linear, pairs, offset, .. } = &self.form;
        let mut h: Vec<f64> = linear.iter().map(|a| -a / 2.0).collect();
        let mut constant = offset + linear.iter().map(|a| a / 2.0).sum::<f64>();
        for &(i, j, b) in pairs {
            h[i] -= b / 4.0;
            h[j] -= b / 4.0;
            constant += b / 4.0;
        }
        Ising::try_new(h, pairs.iter().map(|&(i, j, b)| (i, j, b / 4.0)), constant)
    }

    /// The diagonal operator with these energies: variable i is qubit i, x = (1 - Z)/2.
    ///
    /// # Errors
    /// As [`Qubo::to_ising`].
    pub fn to_pauli_sum(&self) -> Result<PauliSum> {
        Ok(self.to_ising()?.to_pauli_sum())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{any_ising, any_qubo};
    use super::*;
    use crate::math::Bits;
    use proptest::prelude::*;

    fn all_bits(n: usize) -> impl Iterator<Item = Bits> {
        (0..1 << n).map(move |index| Bits::from_u64(index, n))
    }

    /// The diagonal entry of `sum` at a basis state, from the strings alone.
    fn diagonal(sum: &PauliSum, bits: &Bits) -> f64 {
        let sign = |string: &PauliString| {
            let ones = string.support().filter(|&q| bits.bit(q)).count();
            if ones % 2 == 1 { -1.0 } else { 1.0 }
        };
        sum.terms().iter().map(|(string, c)| sign(string) * c).sum()
    }

    proptest! {
        #[test]
        fn both_ways_keep_every_energy(ising in any_ising(5), qubo in any_qubo(5)) {
            let (as_qubo, as_ising) = (ising.to_qubo().unwrap(), qubo.to_ising().unwrap());
            for bits in all_bits(5) {
                prop_assert!((ising.energy(&bits) - as_qubo.energy(&bits)).abs() < 1e-12);
                prop_assert!((qubo.energy(&bits) - as_ising.energy(&bits)).abs() < 1e-12);
            }
        }

        #[test]
        fn the_pauli_sum_has_the_energies_on_its_diagonal(ising in any_ising(4)) {
            let sum = ising.to_pauli_sum();
            prop_assert!(sum.is_diagonal());
            for bits in all_bits(4) {
                prop_assert!((ising.energy(&bits) - diagonal(&sum, &bits)).abs() < 1e-12);
            }
            prop_assert_eq!(Ising::from_pauli_sum(&sum, 4).unwrap(), ising);
        }
    }

    #[test]
    fn bit_one_is_spin_down() {
        let up = Ising::new(vec![1.0], [], 0.0);
        assert_eq!(up.to_pauli_sum(), "Z0".parse().unwrap());
        assert_eq!(up.energy(&Bits::from_u64(1, 1)), -1.0);
        let x = Qubo::new(vec![1.0], [], 0.0);
        assert_eq!(x.to_pauli_sum().unwrap(), "0.5 - 0.5 Z0".parse().unwrap());
    }

    #[test]
    fn other_operators_are_refused() {
        let says =
            |text: &str| Ising::from_pauli_sum(&text.parse().unwrap(), 3).unwrap_err().to_string();
        assert!(says("X0").contains("`X0`"));
        assert!(says("Z0 Z1 Z2").contains("I, Z and ZZ"));
        assert!(says("Z0 Z3").contains("qubit 3"));
    }
}
