//! Two islands with a capacitance between them.

use super::super::constants::{ELEMENTARY_CHARGE, PLANCK};
use super::super::range::{finite, within};
use crate::error::Result;

/// e²/2h in GHz·fF: of 1 fF the charging energy e²/2C is 19.37 GHz.
const CHARGING_GHZ_FF: f64 = 1e6 * ELEMENTARY_CHARGE * ELEMENTARY_CHARGE / (2.0 * PLANCK);
/// Capacitances that are taken, in fF.
const CAPACITANCE_FF: (f64, f64) = (1e-6, 1e6);
const FREQUENCY_GHZ: (f64, f64) = (1e-6, 1e3);

/// Two islands, each with a capacitance to ground (that of its junction and shunt), and one between
/// them.
///
/// The charging energy is 4 Σ E_ab n_a n_b with E_ab = e²/2·(C⁻¹)_ab, where C is the matrix of the
/// nodes' capacitances: C_aa the sum of those at node a, C_12 = -C_g (Krantz et al., Appl. Phys.
/// Rev. 6, 021318, 2019, section II.D).
///
/// ```
/// use ketlab::chip::CapacitivePair;
/// let pair = CapacitivePair { first_ff: 65.0, second_ff: 65.0, between_ff: 0.05 };
/// assert!((pair.exchange_mhz(5.1, 5.0)? - 1.9407).abs() < 1e-4);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacitivePair {
    /// Of the first island to ground, in fF.
    pub first_ff: f64,
    /// Of the second island to ground, in fF.
    pub second_ff: f64,
    /// Between them, in fF; it may be 0.
    pub between_ff: f64,
}

impl CapacitivePair {
    fn check(&self) -> Result<()> {
        within("the capacitance to ground", self.first_ff, CAPACITANCE_FF, "fF")?;
        within("the capacitance to ground", self.second_ff, CAPACITANCE_FF, "fF")?;
        let between = (0.0, CAPACITANCE_FF.1);
        within("the capacitance between the islands", self.between_ff, between, "fF")?;
        Ok(())
    }

    /// E_C of the first island, of the second, and the mutual E_12, in GHz: exact, by the inverse of
    /// the capacitance matrix.
    ///
    /// # Errors
    /// If a capacitance to ground is not in 1e-6..=1e6 fF, or that between is negative or above.
    pub fn charging_energies_ghz(&self) -> Result<[f64; 3]> {
        self.check()?;
        let (a, b, c) = (self.first_ff, self.second_ff, self.between_ff);
        // (a + c)(b + c) - c², without the difference.
        let determinant = a * b + c * (a + b);
        Ok([b + c, a + c, c].map(|minor| CHARGING_GHZ_FF * minor / determinant))
    }

    /// The exchange J in MHz in the harmonic limit, J = ½·C_g/√(C_1 C_2)·√(f_1 f_2) with C_1, C_2 the
    /// sums of the capacitances at the nodes (Krantz et al. 2019, eq. 32). The frequencies are in GHz,
    /// strictly those of the plasma, √(8 E_J E_C).
    ///
    /// # Errors
    /// As [`charging_energies_ghz`](Self::charging_energies_ghz); if a frequency is not positive.
    pub fn exchange_mhz(&self, first_ghz: f64, second_ghz: f64) -> Result<f64> {
        self.check()?;
        for f in [first_ghz, second_ghz] {
            within("the frequency of a qubit", f, FREQUENCY_GHZ, "GHz")?;
        }
        let (first, second) = (self.first_ff + self.between_ff, self.second_ff + self.between_ff);
        let ratio = self.between_ff / (first * second).sqrt();
        Ok(500.0 * ratio * (first_ghz * second_ghz).sqrt())
    }

    /// The exchange J = 8 E_12 ⟨0|n_1|1⟩⟨0|n_2|1⟩ in MHz, with the charge matrix elements of the
    /// qubits, which have the charging energies of
    /// [`charging_energies_ghz`](Self::charging_energies_ghz): without the harmonic limit. Its
    /// magnitude: the sign is that of the states, which is free.
    ///
    /// # Errors
    /// As [`charging_energies_ghz`](Self::charging_energies_ghz); if an element is not finite.
    pub fn exchange_of_charges_mhz(&self, first: f64, second: f64) -> Result<f64> {
        let [_, _, mutual] = self.charging_energies_ghz()?;
        for n in [first, second] {
            finite("the matrix element of the charge", n)?;
        }
        Ok(1e3 * 8.0 * mutual * (first * second).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Matrix2;

    const PAIR: CapacitivePair =
        CapacitivePair { first_ff: 60.0, second_ff: 75.0, between_ff: 3.0 };

    #[test]
    fn the_matrix_is_inverted() {
        let c = Matrix2::new(63.0, -3.0, -3.0, 78.0).try_inverse().unwrap();
        let found = PAIR.charging_energies_ghz().unwrap();
        for (a, b) in found.into_iter().zip([c[(0, 0)], c[(1, 1)], c[(0, 1)]]) {
            assert!((a - CHARGING_GHZ_FF * b).abs() < 1e-14);
        }
        assert!((CHARGING_GHZ_FF - 19.3702).abs() < 1e-4);
    }

    #[test]
    fn charges_of_harmonic_qubits_give_the_formula() {
        let [first, second, _] = PAIR.charging_energies_ghz().unwrap();
        let (ej1, ej2) = (14.0, 11.0);
        let plasma = |ej: f64, ec: f64| (8.0 * ej * ec).sqrt();
        let charge = |ej: f64, ec: f64| (ej / (8.0 * ec)).powf(0.25) / 2f64.sqrt();
        let formula = PAIR.exchange_mhz(plasma(ej1, first), plasma(ej2, second)).unwrap();
        let exact = PAIR.exchange_of_charges_mhz(charge(ej1, first), -charge(ej2, second)).unwrap();
        assert!((formula / exact - 1.0).abs() < 1e-12, "{formula} {exact}");
    }

    #[test]
    fn what_is_no_capacitance_is_refused() {
        for (pair, part) in [
            (CapacitivePair { first_ff: 0.0, ..PAIR }, "is 0 fF; it must be from 0.000001 to"),
            (CapacitivePair { second_ff: f64::NAN, ..PAIR }, "finite"),
            (CapacitivePair { between_ff: -1.0, ..PAIR }, "between the islands is -1 fF"),
        ] {
            let message = pair.exchange_mhz(5.0, 5.0).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
        assert!(PAIR.exchange_mhz(0.0, 5.0).is_err());
        let none = CapacitivePair { between_ff: 0.0, ..PAIR };
        assert_eq!(none.exchange_of_charges_mhz(1.0, 1.0).unwrap(), 0.0);
    }
}
