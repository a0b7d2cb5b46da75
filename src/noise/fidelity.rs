//! How far a channel is from the identity and from another.

use super::channel::{Channel, Form};
use super::pauli_channel::PauliChannel;
use super::strings::matrix;
use crate::error::Result;
use std::borrow::Cow;

impl Channel {
    /// The fidelity of the Choi state with that of the identity, tr R/d² = Σ_j |tr K_j|²/d²: in closed
    /// form for any number of qubits.
    pub fn process_fidelity(&self) -> f64 {
        let d2 = 4f64.powi(self.num_qubits() as i32);
        match self.form() {
            Form::Pauli(pauli) => 1.0 - pauli.error_probability(),
            Form::Depolarizing { lambda } => 1.0 - lambda * ((d2 - 1.0) / d2),
            Form::MixedUnitary(unitaries) => {
                unitaries.iter().map(|(p, u)| p * u.trace().norm_sqr()).sum::<f64>() / d2
            }
            Form::Kraus(set) => {
                set.operators().iter().map(|k| k.trace().norm_sqr()).sum::<f64>() / d2
            }
        }
    }

    /// The mean fidelity ⟨ψ|E(ψ)|ψ⟩ over all pure states, (d F + 1)/(d + 1) of the process fidelity F
    /// (Nielsen, Phys. Lett. A 303, 249, eq. 3). The gate error of calibrations is 1 minus it.
    pub fn average_gate_fidelity(&self) -> f64 {
        let d = 2f64.powi(self.num_qubits() as i32);
        (d * self.process_fidelity() + 1.0) / (d + 1.0)
    }

    /// How coherent its errors are: tr(T†T)/(d² - 1) of the transfer matrix T without the identity's row
    /// and column (Wallman et al., New J. Phys. 17, 113020, eq. 10). 1 for unitaries, (1-λ)² for
    /// depolarizing.
    ///
    /// # Errors
    /// If there are more than 3 qubits and it is neither depolarizing nor a Pauli channel.
    pub fn unitarity(&self) -> Result<f64> {
        let d2 = 4f64.powi(self.num_qubits() as i32);
        Ok(match self.form() {
            Form::Depolarizing { lambda } => (1.0 - lambda).powi(2),
            Form::Pauli(pauli) => {
                // Σ_Q f_Q² = d² Σ_P p_P² (Parseval).
                let rest = 1.0 - pauli.error_probability();
                let squares = pauli.errors().iter().fold(rest * rest, |sum, e| sum + e.1 * e.1);
                (d2 * squares - 1.0) / (d2 - 1.0)
            }
            _ => {
                let ptm = self.ptm()?;
                let rows = ptm.nrows() - 1;
                ptm.view((1, 1), (rows, rows)).norm_squared() / (d2 - 1.0)
            }
        })
    }

    /// The largest entry of the difference of two Choi matrices.
    ///
    /// # Errors
    /// If the numbers of qubits differ, or there are more than 3 and not both are depolarizing.
    pub fn distance(&self, other: &Channel) -> Result<f64> {
        self.check_same_qubits(other)?;
        if let (Form::Depolarizing { lambda: a }, Form::Depolarizing { lambda: b }) =
            (self.form(), other.form())
        {
            // Off the diagonal the Choi matrix has 1-λ, on it less changes.
            return Ok((a - b).abs());
        }
        let difference = self.choi()? - other.choi()?;
        Ok(difference.iter().map(|z| z.norm()).fold(0.0, f64::max))
    }

    /// The channel averaged over conjugation with all Pauli strings: a mixture of Pauli strings P with
    /// probabilities Σ_j |tr(P K_j)|²/d², the diagonals of χ. Its transfer matrix is the diagonal of
    /// this one's. Depolarizing channels are their own.
    ///
    /// # Errors
    /// If there are more than 3 qubits and it is neither depolarizing nor a Pauli channel.
    pub fn pauli_twirl(&self) -> Result<Channel> {
        if matches!(self.form(), Form::Pauli(_) | Form::Depolarizing { .. }) {
            return Ok(self.clone());
        }
        let (k, operators) = (self.check_matrix()?, self.kraus_operators()?);
        let d2 = (1 << (2 * k)) as f64;
        let probability = |string: u64| {
            let pauli = matrix(string, k);
            operators.iter().map(|o| pauli.dotc(o).norm_sqr()).sum::<f64>() / d2
        };
        let all = (1..1 << (2 * k)).map(|string| (string, probability(string)));
        let errors = all.filter(|e| e.1 > 1e-30).collect();
        Ok(Self::from_pauli(PauliChannel::unchecked(k, errors)))
    }

    /// The mixture of Pauli strings that a Pauli or depolarizing channel is, and the twirl of others.
    ///
    /// # Errors
    /// If a depolarizing channel has more strings than
    /// [`MAX_PAULI_ERRORS`](super::MAX_PAULI_ERRORS); those of [`pauli_twirl`](Self::pauli_twirl).
    pub fn as_pauli(&self) -> Result<Cow<'_, PauliChannel>> {
        match self.form() {
            Form::Pauli(pauli) => Ok(Cow::Borrowed(pauli)),
            Form::Depolarizing { lambda } => {
                PauliChannel::depolarizing(*lambda, self.num_qubits()).map(Cow::Owned)
            }
            _ => match self.pauli_twirl()?.form() {
                Form::Pauli(pauli) => Ok(Cow::Owned(pauli.clone())),
                _ => unreachable!("twirls are mixtures of Pauli strings"),
            },
        }
    }
}
