//! Channels one after the other and side by side.

use super::channel::{Channel, Form};
use super::kraus::KrausSet;
use super::limits::{channel_qubits, matrix_qubits};
use super::pauli_channel::PauliChannel;
use super::strings::matrix;
use crate::error::Result;
use nalgebra::DMatrix;
use num_complex::Complex64;

/// Mixtures of more unitaries than this become Kraus operators, of which there are at most 4^k.
const MAX_UNITARIES: usize = 16;

impl Channel {
    /// This channel, then `next`, on the same qubits. Its Pauli transfer matrix is
    /// `next.ptm() * self.ptm()`. Depolarizing and Pauli channels stay what they are, on any number of
    /// qubits; few unitaries stay unitaries; what else there is becomes what
    /// [`from_superoperator`](Self::from_superoperator) makes of it.
    ///
    /// # Errors
    /// If the numbers of qubits differ, or there are more than 3 where matrices are needed.
    pub fn then(&self, next: &Channel) -> Result<Channel> {
        self.check_same_qubits(next)?;
        let k = self.num_qubits();
        let text = format!("{self} then {next}");
        let form = match (self.form(), next.form()) {
            (Form::Depolarizing { lambda: a }, Form::Depolarizing { lambda: b }) => {
                // 1-λ multiplies, for any order and sign.
                Form::Depolarizing { lambda: a + b - a * b }
            }
            _ if self.is_identity() => next.form().clone(),
            _ if next.is_identity() => self.form().clone(),
            (
                Form::Pauli(_) | Form::Depolarizing { .. },
                Form::Pauli(_) | Form::Depolarizing { .. },
            ) => Form::Pauli(self.as_pauli()?.then(&*next.as_pauli()?)?),
            _ => {
                self.check_matrix()?;
                match (self.unitaries(), next.unitaries()) {
                    (Some(a), Some(b)) if a.len() * b.len() <= MAX_UNITARIES => {
                        let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
                        Form::MixedUnitary(pairs.map(|(a, b)| (a.0 * b.0, &b.1 * &a.1)).collect())
                    }
                    _ => {
                        let both = next.superoperator()? * self.superoperator()?;
                        Self::from_superoperator(&both)?.form().clone()
                    }
                }
            }
        };
        Ok(Self::new(k, form, text))
    }

    /// This channel on the low qubits beside `high` on those above.
    ///
    /// # Errors
    /// If there are more than 32 qubits together, or more than 3 where matrices are needed.
    pub fn tensor(&self, high: &Channel) -> Result<Channel> {
        let k = channel_qubits(self.num_qubits() + high.num_qubits())?;
        // The higher qubits on the left, as in strings of bits.
        let text = format!("{high} ⊗ {self}");
        if let (
            Form::Pauli(_) | Form::Depolarizing { .. },
            Form::Pauli(_) | Form::Depolarizing { .. },
        ) = (self.form(), high.form())
        {
            let both = self.as_pauli()?.tensor(&*high.as_pauli()?)?;
            return Ok(Self::new(k, Form::Pauli(both), text));
        }
        matrix_qubits(&format!("`{text}`"), k)?;
        let form = match (self.unitaries(), high.unitaries()) {
            (Some(low), Some(high)) if low.len() * high.len() <= MAX_UNITARIES => {
                let pairs = high.iter().flat_map(|h| low.iter().map(move |l| (h, l)));
                Form::MixedUnitary(pairs.map(|(h, l)| (h.0 * l.0, h.1.kronecker(&l.1))).collect())
            }
            _ => {
                let (low, high) = (self.kraus_operators()?, high.kraus_operators()?);
                let pairs = high.iter().flat_map(|h| low.iter().map(move |l| h.kronecker(l)));
                Form::Kraus(KrausSet::unchecked(pairs.collect()))
            }
        };
        Ok(Self::new(k, form, text))
    }

    /// Unitaries with probabilities, where no probability depends on the state; few qubits.
    fn unitaries(&self) -> Option<Vec<(f64, DMatrix<Complex64>)>> {
        match self.form() {
            Form::MixedUnitary(unitaries) => Some(unitaries.clone()),
            Form::Pauli(pauli) => Some(of_strings(pauli)),
            Form::Depolarizing { .. } => Some(of_strings(&*self.as_pauli().ok()?)),
            Form::Kraus(_) => None,
        }
    }
}

fn of_strings(pauli: &PauliChannel) -> Vec<(f64, DMatrix<Complex64>)> {
    let rest = (0, 1.0 - pauli.error_probability());
    let all = std::iter::once(&rest).chain(pauli.errors()).filter(|e| e.1 > 0.0);
    all.map(|&(string, p)| (p, matrix(string, pauli.num_qubits()))).collect()
}
