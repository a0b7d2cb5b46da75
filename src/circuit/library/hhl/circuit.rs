//! The whole circuit.

use super::super::qft::inverse_qft;
use super::super::trotter::trotter;
use super::super::try_multiplexed_ry;
use super::prepare::try_amplitudes;
use super::settings::{Evolution, Hhl};
use super::window::try_clock_window;
use crate::circuit::Circuit;
use crate::error::{Error, Result, shown};
use crate::gate::{Gate, GateOp};
use crate::pauli::PauliSum;
use nalgebra::{DMatrix, SymmetricEigen};
use num_complex::Complex64;

/// The most qubits of a system whose evolution is written out as a matrix.
const MAX_SYSTEM_QUBITS: usize = 10;
/// The most Pauli rotations of the evolution of a circuit.
const MAX_ROTATIONS: u128 = 1 << 24;
/// An eigenvalue of this size relative to the largest is zero.
const SINGULAR: f64 = 1e-13;

impl Hhl {
    /// The circuit for A x = b on n + m + 1 qubits: `system` from 0, `clock` from n, `flag` last. A is
    /// Hermitian, 2^n × 2^n, and b has 2^n entries.
    ///
    /// It prepares b and the clock's window, applies e^{iAt·2^j} controlled by clock qubit j, an
    /// inverse Fourier transform, a rotation of the flag to amplitude C/λ̃ by the value λ̃ of the clock
    /// ([`amplitude`](Self::amplitude)), and undoes the estimation. Where the flag is 1 and the clock
    /// 0, the amplitudes are C/‖b‖ times x; the flag is 1 with probability C²‖A⁻¹b‖²/‖b‖², both as
    /// far as the clock resolves eigenvalues.
    ///
    /// ```
    /// use ketlab::Simulator;
    /// use ketlab::circuit::library::{ClockReading, ClockWindow, Hhl};
    /// use nalgebra::DMatrix;
    /// use num_complex::Complex64;
    /// let a = DMatrix::from_row_slice(2, 2, &[1.0, -0.25, -0.25, 1.0]).map(Complex64::from);
    /// let mut hhl = Hhl::new(3, 2.0, 0.75); // eigenvalues 3/4 and 5/4 on a grid of 1/4 below 2
    /// (hhl.reading, hhl.window) = (ClockReading::Positive, ClockWindow::Uniform);
    /// hhl.time *= 2.0;
    /// let circuit = hhl.circuit(&a, &[1.0, 0.0].map(Complex64::from))?;
    /// let p = Simulator::new().probabilities(&circuit)?;
    /// let success: f64 = p[16..].iter().sum();
    /// assert!((success - 0.68).abs() < 1e-10); // (3/4)² · (1.0667² + 0.2667²)
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If shapes do not fit, an entry is not finite, A is not Hermitian or has an eigenvalue of zero,
    /// eigenvalues are outside of the clock's grid, b is zero, or the evolution would have too many
    /// gates; as [`check`](Self::check).
    pub fn circuit(&self, matrix: &DMatrix<Complex64>, rhs: &[Complex64]) -> Result<Circuit> {
        self.check()?;
        let n = num_system_qubits(matrix, rhs)?;
        let eigen = decomposed(matrix)?;
        let (low, high) = (eigen.eigenvalues.min(), eigen.eigenvalues.max());
        self.check_range(low, high)?;
        let m = self.clock;
        let mut estimation = Circuit::new(n + m);
        let clock: Vec<usize> = (n..n + m).collect();
        estimation.try_append_on(&try_clock_window(self.window, m)?, &clock, &[])?;
        self.evolve(&mut estimation, matrix, &eigen, n)?;
        estimation.try_append_on(&inverse_qft(m), &clock, &[])?;
        let angles: Vec<f64> =
            (0..self.bins()).map(|k| 2.0 * self.amplitude(self.eigenvalue(k)).asin()).collect();

        let mut c = Circuit::empty();
        c.try_add_qubits("system", n)?;
        c.try_add_qubits("clock", m)?;
        c.try_add_qubits("flag", 1)?;
        let system: Vec<usize> = (0..n).collect();
        let both: Vec<usize> = (0..n + m).collect();
        c.try_append_on(&try_amplitudes(rhs)?, &system, &[])?;
        c.try_append_on(&estimation, &both, &[])?;
        c.try_append(&try_multiplexed_ry(&angles, &clock, n + m, n + m + 1)?)?;
        c.try_append_on(&estimation.inverse()?, &both, &[])?;
        Ok(c)
    }

    /// e^{iAt·2^j} controlled by clock qubit j, for each.
    fn evolve(
        &self,
        c: &mut Circuit,
        matrix: &DMatrix<Complex64>,
        eigen: &SymmetricEigen<Complex64, nalgebra::Dyn>,
        n: usize,
    ) -> Result<()> {
        match self.evolution {
            Evolution::Exact => {
                for j in 0..self.clock {
                    let time = self.time * (1u64 << j) as f64;
                    let turned = eigen.eigenvalues.map(|l| Complex64::from_polar(1.0, l * time));
                    let vectors = &eigen.eigenvectors;
                    let power = vectors * DMatrix::from_diagonal(&turned) * vectors.adjoint();
                    let gate = Gate::unitary(format!("exp(iAt*{})", 1u64 << j), power)?;
                    c.try_gate(GateOp::new(gate, 0..n).controlled([n + j]))?;
                }
            }
            Evolution::Trotter { order, steps } => {
                let sum = PauliSum::from_dense(matrix, 1e-14 * matrix.norm())?;
                let rotations = sum.len() as u128 * steps as u128 * 2 * self.bins() as u128;
                if rotations > MAX_ROTATIONS {
                    return Err(Error::Invalid {
                        what: "the number of Pauli rotations of the evolution".into(),
                        value: rotations.to_string(),
                        expected: format!(
                            "it must be at most {MAX_ROTATIONS}; take fewer clock qubits or steps, \
                             or the exact evolution"
                        ),
                    });
                }
                // exp(-iHt) for -t.
                let once = trotter(&sum, -self.time, steps, order)?;
                let mut wide = Circuit::new(n);
                wide.try_append_on(&once, &(0..once.num_qubits()).collect::<Vec<_>>(), &[])?;
                let controlled = wide.control(1)?;
                // The control of a controlled circuit is its first qubit.
                for j in 0..self.clock {
                    let qubits: Vec<usize> = [n + j].into_iter().chain(0..n).collect();
                    c.try_append_on(&controlled.repeat(1 << j), &qubits, &[])?;
                }
            }
        }
        Ok(())
    }
}

/// n of a system that fits.
fn num_system_qubits(matrix: &DMatrix<Complex64>, rhs: &[Complex64]) -> Result<usize> {
    let (rows, columns) = matrix.shape();
    let invalid = |what: &str, value: String, expected: String| {
        Err(Error::Invalid { what: what.into(), value, expected })
    };
    if rows != columns || !rows.is_power_of_two() || rows < 2 {
        let expected = "it must be square, with a power of two of rows, at least 2".into();
        return invalid("the shape of A", format!("{rows} × {columns}"), expected);
    }
    if rows.ilog2() as usize > MAX_SYSTEM_QUBITS {
        let expected = format!("a circuit has at most {}", 1 << MAX_SYSTEM_QUBITS);
        return invalid("the number of rows of A", rows.to_string(), expected);
    }
    if rhs.len() != rows {
        let expected = format!("it must have {rows}, as A has rows");
        return invalid("the length of b", rhs.len().to_string(), expected);
    }
    Ok(rows.ilog2() as usize)
}

/// Eigenvalues and vectors of a Hermitian matrix without the eigenvalue 0.
fn decomposed(matrix: &DMatrix<Complex64>) -> Result<SymmetricEigen<Complex64, nalgebra::Dyn>> {
    if let Some(z) = matrix.iter().find(|z| !z.re.is_finite() || !z.im.is_finite()) {
        let value = if z.re.is_finite() { z.im } else { z.re };
        return Err(Error::NotFinite { what: "an entry of A".into(), value });
    }
    let largest = matrix.iter().map(|z| z.norm()).fold(0.0, f64::max);
    let skew = (matrix - matrix.adjoint()).iter().map(|z| z.norm()).fold(0.0, f64::max);
    if skew > 1e-12 * largest {
        return Err(Error::Invalid {
            what: "the largest entry of |A - A†|".into(),
            value: shown(skew),
            expected: "A must be Hermitian; solve [[0, A], [A†, 0]] (0, x) = (b, 0) instead".into(),
        });
    }
    let eigen = SymmetricEigen::new(matrix.clone());
    let magnitudes = eigen.eigenvalues.map(f64::abs);
    if magnitudes.min() <= SINGULAR * magnitudes.max() {
        return Err(Error::Invalid {
            what: "the smallest eigenvalue of A, in magnitude,".into(),
            value: shown(magnitudes.min()),
            expected: "A is singular and has no inverse; take one without the eigenvalue 0".into(),
        });
    }
    Ok(eigen)
}

#[cfg(test)]
mod tests;
