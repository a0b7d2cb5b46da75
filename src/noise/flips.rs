//! Channels of Pauli errors.

use super::channel::{Channel, Form, qubits_alone};
use super::limits::probability;
use super::pauli_channel::PauliChannel;
use super::strings::label;
use crate::error::{Result, shown};
use crate::pauli::PauliString;

impl Channel {
    /// A mixture of Pauli strings on `num_qubits` qubits with these probabilities; the identity has
    /// what is left, and where it is given, it must be that. Equal strings add up.
    ///
    /// ```
    /// use ketlab::noise::Channel;
    /// let noise = Channel::pauli([("X0".parse()?, 0.01), ("Z0 Z1".parse()?, 0.02)], 2)?;
    /// assert_eq!(noise.to_string(), "pauli(IX=0.01, ZZ=0.02)");
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a probability is none, their sum is above 1, or a string has more qubits.
    pub fn pauli(
        errors: impl IntoIterator<Item = (PauliString, f64)>,
        num_qubits: usize,
    ) -> Result<Self> {
        Ok(Self::from_pauli(PauliChannel::from_strings(errors, num_qubits)?))
    }

    /// The channel of a mixture of Pauli strings.
    pub fn from_pauli(channel: PauliChannel) -> Self {
        let num_qubits = channel.num_qubits();
        let text = written(&channel);
        Self::new(num_qubits, Form::Pauli(channel), text)
    }

    /// The sparse Pauli-Lindblad channel of these rates; see
    /// [`PauliChannel::from_lindblad_rates`].
    ///
    /// # Errors
    /// Those of [`PauliChannel::from_lindblad_rates`].
    pub fn pauli_lindblad(
        rates: impl IntoIterator<Item = (PauliString, f64)>,
        num_qubits: usize,
    ) -> Result<Self> {
        Ok(Self::from_pauli(PauliChannel::from_lindblad_rates(rates, num_qubits)?))
    }

    /// X with probability p.
    ///
    /// # Errors
    /// If `p` is no probability.
    pub fn bit_flip(p: f64) -> Result<Self> {
        flip("bit_flip", "bit flip", 1, p)
    }

    /// Z with probability p: coherences × (1-2p).
    ///
    /// # Errors
    /// If `p` is no probability.
    pub fn phase_flip(p: f64) -> Result<Self> {
        flip("phase_flip", "phase flip", 3, p)
    }

    /// Y with probability p.
    ///
    /// # Errors
    /// If `p` is no probability.
    pub fn bit_phase_flip(p: f64) -> Result<Self> {
        flip("bit_phase_flip", "bit-phase flip", 2, p)
    }
}

fn flip(name: &str, words: &str, letter: u64, p: f64) -> Result<Channel> {
    let p = probability(&format!("the probability p of a {words}"), p)?;
    let text = format!("{name}(p={})", shown(p));
    Ok(Channel::new(1, Form::Pauli(one_error(letter, p)), text))
}

/// One letter with a probability.
pub(super) fn one_error(letter: u64, p: f64) -> PauliChannel {
    PauliChannel::unchecked(1, if p > 0.0 { vec![(letter, p)] } else { vec![] })
}

/// `pauli(IX=0.01, ZZ=0.02)`: labels of all letters, the rightmost is qubit 0; of many the first.
fn written(channel: &PauliChannel) -> String {
    let k = channel.num_qubits();
    if channel.errors().is_empty() {
        return format!("pauli({})", qubits_alone(k));
    }
    let one = |&(string, p): &(u64, f64)| format!("{}={}", label(string, k), shown(p));
    let errors: Vec<String> = channel.errors().iter().map(one).collect();
    format!("pauli({})", errors.join(", "))
}
