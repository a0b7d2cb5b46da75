//! Powers of i.

use num_complex::Complex64;
use std::{fmt, ops};

/// A power of the imaginary unit: 1, i, -1 or -i.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phase(u8);

impl Phase {
    /// 1.
    pub const ONE: Phase = Phase(0);
    /// i.
    pub const I: Phase = Phase(1);
    /// -1.
    pub const MINUS_ONE: Phase = Phase(2);
    /// -i.
    pub const MINUS_I: Phase = Phase(3);

    /// i to the power `k`.
    pub fn power_of_i(k: u64) -> Self {
        Phase((k & 3) as u8)
    }

    /// The exponent k of i^k, 0 to 3.
    pub fn exponent(self) -> u8 {
        self.0
    }

    /// Whether it is 1 or -1.
    pub fn is_real(self) -> bool {
        self.0 & 1 == 0
    }

    /// The complex conjugate, which is also the inverse.
    pub fn conj(self) -> Self {
        Phase(self.0.wrapping_neg() & 3)
    }

    /// Its real part: 1, 0 or -1.
    pub fn re(self) -> f64 {
        [1.0, 0.0, -1.0, 0.0][usize::from(self.0)]
    }

    /// Its imaginary part: 1, 0 or -1.
    pub fn im(self) -> f64 {
        [0.0, 1.0, 0.0, -1.0][usize::from(self.0)]
    }

    /// As a complex number.
    pub fn to_complex(self) -> Complex64 {
        Complex64::new(self.re(), self.im())
    }

    /// `z` times this phase, exactly.
    pub(super) fn times(self, z: Complex64) -> Complex64 {
        match self.0 {
            0 => z,
            1 => Complex64::new(-z.im, z.re),
            2 => -z,
            _ => Complex64::new(z.im, -z.re),
        }
    }
}

impl ops::Mul for Phase {
    type Output = Phase;

    fn mul(self, other: Phase) -> Phase {
        Phase((self.0 + other.0) & 3)
    }
}

impl From<Phase> for Complex64 {
    fn from(phase: Phase) -> Complex64 {
        phase.to_complex()
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(["1", "i", "-1", "-i"][usize::from(self.0)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_group_of_powers_of_i() {
        for a in 0..4 {
            let p = Phase::power_of_i(a);
            assert_eq!(p.to_complex(), Complex64::I.powu(a as u32));
            assert_eq!(p * p.conj(), Phase::ONE);
            assert_eq!(p.is_real(), p.im() == 0.0);
            let z = Complex64::new(0.25, -3.0);
            assert_eq!(p.times(z), p.to_complex() * z);
            for b in 0..4 {
                let q = Phase::power_of_i(b);
                assert_eq!((p * q).to_complex(), p.to_complex() * q.to_complex());
            }
        }
        assert_eq!(Phase::MINUS_I.to_string(), "-i");
    }
}
