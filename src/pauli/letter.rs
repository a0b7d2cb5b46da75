//! The four Pauli matrices.

use nalgebra::Matrix2;
use num_complex::Complex64;
use std::fmt;

/// One of the Pauli matrices, the identity among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pauli {
    /// The identity.
    I,
    /// Bit flip.
    X,
    /// iXZ.
    Y,
    /// Phase flip.
    Z,
}

impl Pauli {
    /// All four, in order.
    pub const ALL: [Pauli; 4] = [Pauli::I, Pauli::X, Pauli::Y, Pauli::Z];

    /// Its (x, z) bits: X is (true, false), Z is (false, true), Y is both.
    pub fn bits(self) -> (bool, bool) {
        (matches!(self, Pauli::X | Pauli::Y), matches!(self, Pauli::Y | Pauli::Z))
    }

    /// The Pauli with these (x, z) bits.
    pub fn from_bits(x: bool, z: bool) -> Self {
        match (x, z) {
            (false, false) => Pauli::I,
            (true, false) => Pauli::X,
            (true, true) => Pauli::Y,
            (false, true) => Pauli::Z,
        }
    }

    /// The Pauli of a capital letter.
    pub fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'I' => Pauli::I,
            'X' => Pauli::X,
            'Y' => Pauli::Y,
            'Z' => Pauli::Z,
            _ => return None,
        })
    }

    /// Its capital letter.
    pub fn letter(self) -> char {
        match self {
            Pauli::I => 'I',
            Pauli::X => 'X',
            Pauli::Y => 'Y',
            Pauli::Z => 'Z',
        }
    }

    /// Its 2×2 matrix.
    pub fn matrix(self) -> Matrix2<Complex64> {
        let (o, l, i) = (Complex64::ZERO, Complex64::ONE, Complex64::I);
        match self {
            Pauli::I => Matrix2::new(l, o, o, l),
            Pauli::X => Matrix2::new(o, l, l, o),
            Pauli::Y => Matrix2::new(o, -i, i, o),
            Pauli::Z => Matrix2::new(l, o, o, -l),
        }
    }
}

impl fmt::Display for Pauli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.letter().encode_utf8(&mut [0; 4]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_agree() {
        for p in Pauli::ALL {
            let (x, z) = p.bits();
            assert_eq!(Pauli::from_bits(x, z), p);
            assert_eq!(Pauli::from_letter(p.letter()), Some(p));
            // P = i^{xz} X^x Z^z.
            let mut product = Pauli::I.matrix();
            if x {
                product *= Pauli::X.matrix();
            }
            if z {
                product *= Pauli::Z.matrix();
            }
            if x && z {
                product *= Complex64::I;
            }
            assert_eq!(product, p.matrix());
        }
        assert_eq!(Pauli::from_letter('x'), None);
    }
}
