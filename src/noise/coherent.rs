//! Coherent errors and mixtures of unitaries.

use super::channel::{Channel, Form, qubits_behind};
use super::kraus::complete;
use super::limits::{MAX_MATRIX_QUBITS, invalid, matrix_qubits, probability, qubits_of_rows};
use super::strings::{label, matrix, string_number};
use crate::error::{Error, Result, shown};
use crate::math::matrix::unitarity_deviation;
use crate::pauli::PauliString;
use nalgebra::DMatrix;
use num_complex::Complex64;

/// Unitaries may be off by this much in an entry of |U†U - 1|.
const UNITARY_TOLERANCE: f64 = 1e-9;

impl Channel {
    /// ρ → UρU†, U on 1 to 3 qubits, 2^k × 2^k.
    ///
    /// # Errors
    /// If the size does not fit or the matrix is not unitary.
    pub fn unitary(matrix: DMatrix<Complex64>) -> Result<Self> {
        let (k, matrix) = checked(matrix)?;
        let text = format!("unitary(matrices=1{})", qubits_behind(k));
        Ok(Self::new(k, Form::MixedUnitary(vec![(1.0, matrix)]), text))
    }

    /// exp(-i·angle·P/2) for a Pauli string on 1 to 3 qubits, angle in radians: what a rotation about
    /// P does too much. Its number of qubits is that of the string.
    ///
    /// # Errors
    /// If the angle is not finite, or the string is the identity or has a letter beyond qubit 2.
    pub fn over_rotation(axis: &PauliString, angle: f64) -> Result<Self> {
        if !angle.is_finite() {
            return Err(Error::NotFinite {
                what: "the angle of an over-rotation".into(),
                value: angle,
            });
        }
        if axis.is_identity() {
            let expected = format!("it has a letter on one of 1 to {MAX_MATRIX_QUBITS} qubits");
            return Err(invalid("the axis of an over-rotation", "the identity", expected));
        }
        let k = matrix_qubits("the axis of an over-rotation", axis.num_qubits())?;
        let string = string_number(axis)?;
        let (sin, cos) = (angle / 2.0).sin_cos();
        let identity = DMatrix::identity(1 << k, 1 << k);
        let u = identity * Complex64::from(cos) - matrix(string, k) * Complex64::new(0.0, sin);
        let text = format!("over_rotation(axis={}, angle={})", label(string, k), shown(angle));
        Ok(Self::new(k, Form::MixedUnitary(vec![(1.0, u)]), text))
    }

    /// One of several unitaries on 1 to 3 qubits, with these probabilities of sum 1.
    ///
    /// # Errors
    /// If there are none, their sizes differ or do not fit, one is not unitary, a probability is none,
    /// or their sum is not 1 to 1e-9.
    pub fn mixed_unitary(
        unitaries: impl IntoIterator<Item = (f64, DMatrix<Complex64>)>,
    ) -> Result<Self> {
        let given: Vec<_> = unitaries.into_iter().collect();
        let Some(first) = given.first() else {
            let expected = "at least one comes about";
            return Err(invalid("the number of unitaries of a mixture", "0", expected));
        };
        let rows = first.1.nrows();
        let (mut sum, mut k, mut unitaries) = (0.0, 1, vec![]);
        for (p, u) in given {
            let p = probability("the probability of a unitary of a mixture", p)?;
            sum += p;
            let (qubits, u) = checked(u)?;
            if u.nrows() != rows {
                let size = format!("{rows} × {rows} and {0} × {0}", u.nrows());
                return Err(invalid("the sizes of the unitaries", size, "all have the same"));
            }
            k = qubits;
            unitaries.push((p, u));
        }
        if (sum - 1.0).abs() > 1e-9 {
            let expected = "it is 1: add the identity for what is left";
            return Err(invalid("the sum of the probabilities of unitaries", shown(sum), expected));
        }
        unitaries.retain(|u| u.0 > 0.0);
        unitaries.iter_mut().for_each(|u| u.0 /= sum);
        Ok(Self::of_unitaries(k, unitaries))
    }

    pub(super) fn of_unitaries(k: usize, unitaries: Vec<(f64, DMatrix<Complex64>)>) -> Self {
        let text = format!("mixed_unitary(matrices={}{})", unitaries.len(), qubits_behind(k));
        Self::new(k, Form::MixedUnitary(unitaries), text)
    }
}

/// Its number of qubits, and the unitary with its rounding corrected.
fn checked(u: DMatrix<Complex64>) -> Result<(usize, DMatrix<Complex64>)> {
    let k = qubits_of_rows("the unitary of a channel", u.nrows(), u.ncols())?;
    let deviation = unitarity_deviation(&u);
    if deviation > UNITARY_TOLERANCE {
        return Err(Error::NotUnitary { deviation, tolerance: UNITARY_TOLERANCE });
    }
    let mut one = [u];
    complete(&mut one);
    let [u] = one;
    Ok((k, u))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_over_rotation_turns_the_bloch_vector() {
        let theta = 0.3;
        let ptm = Channel::over_rotation(&"Z0".parse().unwrap(), theta).unwrap().ptm().unwrap();
        // X → cos X + sin Y
        assert!((ptm[(1, 1)] - theta.cos()).abs() < 1e-15);
        assert!((ptm[(2, 1)] - theta.sin()).abs() < 1e-15);
        assert!((ptm[(1, 2)] + theta.sin()).abs() < 1e-15);
        let zz = Channel::over_rotation(&"Z0 Z1".parse().unwrap(), theta).unwrap();
        assert_eq!(
            (zz.num_qubits(), zz.to_string().as_str()),
            (2, "over_rotation(axis=ZZ, angle=0.3)")
        );
        // Average infidelity of a coherent error: d/(d+1) sin²(θ/2).
        let expected = 1.0 - 0.8 * (theta / 2.0).sin().powi(2);
        assert!((zz.average_gate_fidelity() - expected).abs() < 1e-15);
        assert!((zz.unitarity().unwrap() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn rounded_unitaries_are_corrected() {
        // H with the factor that is printed with ten digits.
        let factor = (0.5f64.sqrt() * 1e10).floor() * 1e-10;
        let h = DMatrix::from_row_slice(2, 2, &[1.0, 1.0, 1.0, -1.0]).map(Complex64::from);
        let rounded = Channel::unitary(h * Complex64::from(factor)).unwrap();
        assert!(rounded.cptp_deviation() < 1e-15);
        assert!(rounded.process_fidelity() < 1e-15);
    }

    #[test]
    fn bad_unitaries_are_refused() {
        let one = DMatrix::<Complex64>::identity(2, 2);
        assert!(Channel::unitary(one.clone() * Complex64::from(1.001)).is_err());
        assert!(Channel::unitary(DMatrix::identity(3, 3)).is_err());
        assert!(Channel::unitary(DMatrix::zeros(2, 4)).is_err());
        assert!(Channel::unitary(DMatrix::identity(1, 1)).is_err());
        let error = Channel::unitary(DMatrix::identity(16, 16)).unwrap_err().to_string();
        assert!(error.contains('4') && error.contains("1 to 3"), "{error}");
        let nan = one.clone() * Complex64::from(f64::NAN);
        assert!(Channel::unitary(nan).is_err());
        assert!(Channel::mixed_unitary([]).is_err());
        let error = Channel::mixed_unitary([(0.5, one.clone())]).unwrap_err().to_string();
        assert!(error.contains("0.5"), "{error}");
        let sizes = [(0.5, one), (0.5, DMatrix::identity(4, 4))];
        assert!(Channel::mixed_unitary(sizes).is_err());
        assert!(Channel::over_rotation(&PauliString::identity(), 0.1).is_err());
        assert!(Channel::over_rotation(&"X3".parse().unwrap(), 0.1).is_err());
        assert!(Channel::over_rotation(&"X0".parse().unwrap(), f64::INFINITY).is_err());
    }
}
