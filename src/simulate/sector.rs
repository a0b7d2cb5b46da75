//! Sectors of basis states: what a Hamiltonian with conserved numbers of particles does not leave.

use crate::error::{Error, Result};
use crate::math::check_memory;
use crate::pauli::{Pauli, PauliString, PauliSum};

/// The basis states of n qubits that have given numbers of ones on given qubits: under the
/// Jordan-Wigner transform a number of particles, or one for each spin.
///
/// ```
/// use ketlab::simulate::Sector;
/// // Two electrons in four spin orbitals with S_z = 0: one of spin up, one of spin down.
/// let sector = Sector::particles_and_spin(4, 2, 0)?;
/// assert_eq!(sector.dimension(), 4);
/// assert!(sector.contains(0b0011) && !sector.contains(0b0101));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sector {
    num_qubits: usize,
    /// Disjoint sets of qubits, and how many ones each has.
    counts: Vec<(u64, u32)>,
}

impl Sector {
    /// All basis states.
    ///
    /// # Errors
    /// If there are no qubits, or more than 63.
    pub fn all(num_qubits: usize) -> Result<Self> {
        if !(1..=63).contains(&num_qubits) {
            return Err(Error::Invalid {
                what: "the number of qubits of a sector".into(),
                value: num_qubits.to_string(),
                expected: "it must be from 1 to 63".into(),
            });
        }
        Ok(Sector { num_qubits, counts: Vec::new() })
    }

    /// The states with this number of ones: of particles.
    ///
    /// # Errors
    /// As [`all`](Self::all); more particles than qubits.
    pub fn particles(num_qubits: usize, particles: usize) -> Result<Self> {
        Self::all(num_qubits)?.with_ones(0..num_qubits, particles)
    }

    /// The states with this number of particles and this 2 S_z (spins up minus spins down), of
    /// interleaved spin orbitals: even qubits up, odd qubits down.
    ///
    /// # Errors
    /// As [`all`](Self::all); numbers that no state has.
    pub fn particles_and_spin(
        num_qubits: usize,
        particles: usize,
        twice_spin_z: i64,
    ) -> Result<Self> {
        let (n, s) = (particles as i128, i128::from(twice_spin_z));
        let (up, down) = ((n + s) / 2, (n - s) / 2);
        if (n + s) % 2 != 0 || up < 0 || down < 0 {
            return Err(Error::Invalid {
                what: format!("2 S_z of {particles} particles"),
                value: twice_spin_z.to_string(),
                expected: "it is the number of spins up minus that of spins down".into(),
            });
        }
        Self::all(num_qubits)?
            .with_ones((0..num_qubits).step_by(2), up as usize)?
            .with_ones((1..num_qubits).step_by(2), down as usize)
    }

    /// Only the states that have this number of ones on these qubits.
    ///
    /// # Errors
    /// If a qubit is not there or already belongs to another number; if there are more ones than
    /// qubits.
    pub fn with_ones(
        mut self,
        qubits: impl IntoIterator<Item = usize>,
        ones: usize,
    ) -> Result<Self> {
        let mut mask = 0u64;
        for qubit in qubits {
            if qubit >= self.num_qubits {
                return Err(Error::QubitOutOfRange { qubit, num_qubits: self.num_qubits });
            }
            mask |= 1 << qubit;
        }
        if let Some(both) =
            self.counts.iter().map(|(other, _)| other & mask).find(|&both| both != 0)
        {
            let (qubit, operation) = (both.trailing_zeros() as usize, "sector".into());
            return Err(Error::RepeatedQubit { qubit, operation });
        }
        let most = mask.count_ones();
        match u32::try_from(ones) {
            Ok(ones) if ones <= most => self.counts.push((mask, ones)),
            _ => {
                return Err(Error::Invalid {
                    what: "the number of ones of a sector".into(),
                    value: ones.to_string(),
                    expected: format!("its {most} qubits have one each at most"),
                });
            }
        }
        Ok(self)
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// Number of basis states.
    pub fn dimension(&self) -> u64 {
        let taken: u64 = self.counts.iter().map(|(mask, _)| mask).sum();
        let free = self.num_qubits - taken.count_ones() as usize;
        let choices = self.counts.iter().map(|(mask, ones)| binomial(mask.count_ones(), *ones));
        choices.product::<u64>() << free
    }

    /// Whether it has the basis state of this index.
    pub fn contains(&self, index: u64) -> bool {
        self.counts.iter().all(|(mask, ones)| (index & mask).count_ones() == *ones)
            && index >> self.num_qubits == 0
    }

    /// The indices of its basis states in ascending order.
    ///
    /// # Errors
    /// No memory for them.
    pub fn states(&self) -> Result<Vec<u64>> {
        let needed = 8 * u128::from(self.dimension());
        check_memory("the basis states of a sector", needed, |_| {
            (None, "use fewer qubits or a smaller sector".into())
        })?;
        let mut states = Vec::with_capacity(self.dimension() as usize);
        states.extend((0..1u64 << self.num_qubits).filter(|&index| self.contains(index)));
        Ok(states)
    }

    /// Whether an operator leads from states of it to states of it alone, within a relative 1e-8.
    pub fn is_kept_by(&self, operator: &PauliSum) -> bool {
        let most = 1e-8 * operator.one_norm();
        self.counts.iter().all(|(mask, _)| {
            let qubits = (0..self.num_qubits).filter(|q| mask >> q & 1 == 1);
            let z = qubits.map(|q| (PauliString::single(q, Pauli::Z), 1.0));
            operator.i_commutator(&PauliSum::new(z)).simplify(0.0).one_norm() <= most
        })
    }
}

/// n choose k, exact below 2^63.
fn binomial(n: u32, k: u32) -> u64 {
    let k = k.min(n - k);
    (0..k).fold(1u128, |c, i| c * u128::from(n - i) / u128::from(i + 1)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_count_the_states() {
        let sectors = [
            Sector::all(5).unwrap(),
            Sector::particles(6, 3).unwrap(),
            Sector::particles_and_spin(7, 4, 2).unwrap(),
            Sector::all(6).unwrap().with_ones([0, 3], 1).unwrap().with_ones([5], 0).unwrap(),
        ];
        for (sector, expected) in sectors.iter().zip([32, 20, 4 * 3, 2 * 8]) {
            let states = sector.states().unwrap();
            assert_eq!((states.len(), sector.dimension()), (expected, expected as u64));
            assert!(states.iter().all(|&s| sector.contains(s)) && states.is_sorted());
        }
        assert_eq!(Sector::particles(63, 31).unwrap().dimension(), 916_312_070_471_295_267);
        assert_eq!(Sector::particles(3, 0).unwrap().states().unwrap(), [0]);
        assert_eq!(Sector::particles(3, 3).unwrap().states().unwrap(), [7]);
    }

    #[test]
    fn what_no_state_has_is_refused() {
        assert!(Sector::all(0).is_err() && Sector::all(64).is_err());
        assert!(Sector::particles(4, 5).is_err());
        for (particles, spin) in [(2, 1), (2, 4), (4, 6), (1, -3), (usize::MAX, 0)] {
            assert!(Sector::particles_and_spin(4, particles, spin).is_err(), "{particles} {spin}");
        }
        let both = Sector::particles(4, 2).unwrap().with_ones([3], 1).unwrap_err();
        assert_eq!(both, Error::RepeatedQubit { qubit: 3, operation: "sector".into() });
        assert!(Sector::all(2).unwrap().with_ones([2], 1).is_err());
    }

    #[test]
    fn hopping_keeps_particles_and_a_field_does_not() {
        let sector = Sector::particles(3, 1).unwrap();
        assert!(sector.is_kept_by(&"X0 X1 + Y0 Y1 + 0.3 Z2 + 5".parse().unwrap()));
        assert!(!sector.is_kept_by(&"X0 X1 - Y0 Y1".parse().unwrap()));
        assert!(!sector.is_kept_by(&"Z0 + X2".parse().unwrap()));
    }
}
