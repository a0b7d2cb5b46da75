//! A channel, as its kind and its parameters.

use super::kraus::KrausSet;
use super::limits::channel_qubits;
use super::pauli_channel::PauliChannel;
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use num_complex::Complex64;
use std::fmt;

/// A noise channel on k qubits. Qubit 0 of the channel is the least significant bit of the indices of
/// its matrices.
///
/// ```
/// use ketlab::noise::Channel;
/// let relaxation = Channel::thermal_relaxation(100e-6, 80e-6, 300e-9, 0.0)?;
/// assert_eq!(relaxation, "thermal(t1=100us, t2=80us, t=300ns)".parse()?);
/// let noise = Channel::depolarizing(0.001, 1)?.then(&relaxation)?;
/// assert!(noise.average_gate_fidelity() < relaxation.average_gate_fidelity());
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    num_qubits: usize,
    form: Form,
    /// As it is written.
    text: String,
}

/// What a channel does.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Form {
    /// A Pauli string comes about with some probability, whatever the state.
    Pauli(PauliChannel),
    /// ρ → (1-λ)ρ + λ I/d on all of its qubits at once, of any number.
    Depolarizing {
        /// λ, between 0 and d²/(d²-1) for d = 2^k.
        lambda: f64,
    },
    /// One of several unitaries comes about, each with a probability of its own, of sum 1.
    MixedUnitary(Vec<(f64, DMatrix<Complex64>)>),
    /// ρ → Σ_j K_j ρ K_j†.
    Kraus(KrausSet),
}

impl Channel {
    pub(crate) fn new(num_qubits: usize, form: Form, text: String) -> Self {
        Channel { num_qubits, form, text }
    }

    /// The channel that does nothing.
    ///
    /// # Errors
    /// If there are no qubits or more than [`MAX_CHANNEL_QUBITS`](super::MAX_CHANNEL_QUBITS).
    pub fn identity(num_qubits: usize) -> Result<Self> {
        channel_qubits(num_qubits)?;
        let form = Form::Pauli(PauliChannel::unchecked(num_qubits, vec![]));
        Ok(Self::new(num_qubits, form, format!("identity({})", qubits_alone(num_qubits))))
    }

    /// Number of qubits that it acts on.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// What it does.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Whether it is seen from its form to do nothing.
    pub fn is_identity(&self) -> bool {
        match &self.form {
            Form::Pauli(pauli) => pauli.errors().is_empty(),
            Form::Depolarizing { lambda } => *lambda == 0.0,
            Form::MixedUnitary(_) | Form::Kraus(_) => false,
        }
    }

    /// Refuses another channel on another number of qubits.
    pub(super) fn check_same_qubits(&self, other: &Channel) -> Result<()> {
        if self.num_qubits == other.num_qubits {
            return Ok(());
        }
        let (operation, expected) = (self.text.clone(), self.num_qubits);
        Err(Error::WrongNumberOfQubits { operation, expected, got: other.num_qubits })
    }
}

/// `qubits=2`, the only argument; nothing for one qubit.
pub(super) fn qubits_alone(num_qubits: usize) -> String {
    if num_qubits == 1 { String::new() } else { format!("qubits={num_qubits}") }
}

/// `, qubits=2` behind other arguments; nothing for one qubit.
pub(super) fn qubits_behind(num_qubits: usize) -> String {
    if num_qubits == 1 { String::new() } else { format!(", qubits={num_qubits}") }
}

/// As it is written: `depolarizing(p=0.01)`. Channels that have a name and numbers are read back
/// from it; what is made of matrices says so and how many there are.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
