//! The energy of every configuration.

use super::Ising;
use crate::error::Result;
use crate::math::check_memory;

impl Ising {
    /// The energies of all 2ⁿ configurations, by their index (bit i is spin i, 0 for +1). Spin by
    /// spin, the second half of the list is the first less twice the field that the spin feels: two
    /// additions an energy, however many couplings there are.
    ///
    /// # Errors
    /// If there are more spins than memory.
    pub fn energies(&self) -> Result<Vec<f64>> {
        let n = self.num_spins();
        let needed = u32::try_from(n).ok().and_then(|n| 12u128.checked_shl(n)).unwrap_or(u128::MAX);
        check_memory(format_args!("the list of the energies of {n} spins"), needed, |available| {
            let fits = (available / 12).max(1).ilog2();
            (Some(fits as usize), format!("those of {fits} spins fit; sample larger models"))
        })?;
        let up: f64 = self.couplings().iter().map(|(_, _, w)| w).sum();
        let mut energies = Vec::with_capacity(1 << n);
        energies.push(self.offset() + self.fields().iter().sum::<f64>() + up);
        let mut fields = Vec::with_capacity(1 << n.saturating_sub(1));
        for i in 0..n {
            fields.clear();
            fields.push(self.fields()[i] + self.neighbours(i).iter().map(|(_, w)| w).sum::<f64>());
            let mut couplings = vec![0.0; i];
            for &(j, w) in self.neighbours(i).iter().filter(|(j, _)| *j < i) {
                couplings[j] = w;
            }
            for w in couplings {
                fields.extend_from_within(..);
                let half = fields.len() / 2;
                fields[half..].iter_mut().for_each(|field| *field -= 2.0 * w);
            }
            for x in 0..fields.len() {
                energies.push(energies[x] - 2.0 * fields[x]);
            }
        }
        Ok(energies)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_ising;
    use crate::math::Bits;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn are_those_of_each_configuration(model in any_ising(7)) {
            let n = model.num_spins();
            let energies = model.energies().unwrap();
            prop_assert_eq!(energies.len(), 1 << n);
            for (index, energy) in energies.iter().enumerate() {
                let want = model.energy(&Bits::from_u64(index as u64, n));
                prop_assert!((energy - want).abs() < 1e-9 * (1.0 + want.abs()));
            }
        }
    }
}
