//! What is measured, after how many steps.

use crate::circuit::Circuit;
use crate::circuit::library::{heavy_hex_127, try_kicked_ising};
use crate::error::{Error, Result};
use crate::pauli::{Pauli, PauliString, PauliSum};
use crate::propagation::Truncation;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Qubits of the device.
pub const NUM_QUBITS: usize = 127;

/// An observable with its number of steps, as the experiment measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KickedObservable {
    /// The mean of Z over all qubits after 5 steps (figure 3a).
    #[serde(rename = "mz-5")]
    Magnetization,
    /// A string of weight 10 after 5 steps (figure 3b).
    #[serde(rename = "w10-5")]
    Weight10,
    /// A string of weight 17 after 5 steps (figure 3c).
    #[serde(rename = "w17-5")]
    Weight17,
    /// A string of weight 17 after 5 steps and a further layer of kicks (figure 4a).
    #[serde(rename = "w17-5+1")]
    Weight17Kicked,
    /// Z of qubit 62 after 9 steps.
    #[serde(rename = "z62-9")]
    Z62Steps9,
    /// Z of qubit 62 after 20 steps (figure 4b).
    #[serde(rename = "z62-20")]
    Z62Steps20,
}

use KickedObservable::*;

impl KickedObservable {
    /// All of them, by the number of steps.
    pub const ALL: [KickedObservable; 6] =
        [Magnetization, Weight10, Weight17, Weight17Kicked, Z62Steps9, Z62Steps20];

    /// `mz-5`, `w10-5`, `w17-5`, `w17-5+1`, `z62-9` or `z62-20`.
    pub fn name(self) -> &'static str {
        match self {
            Magnetization => "mz-5",
            Weight10 => "w10-5",
            Weight17 => "w17-5",
            Weight17Kicked => "w17-5+1",
            Z62Steps9 => "z62-9",
            Z62Steps20 => "z62-20",
        }
    }

    /// In words.
    pub fn description(self) -> &'static str {
        match self {
            Magnetization => "the mean of Z over 127 qubits after 5 steps",
            Weight10 => "a Pauli string of weight 10 after 5 steps",
            Weight17 => "a Pauli string of weight 17 after 5 steps",
            Weight17Kicked => "a Pauli string of weight 17 after 5 steps and one layer of kicks",
            Z62Steps9 => "Z of qubit 62 after 9 steps",
            Z62Steps20 => "Z of qubit 62 after 20 steps",
        }
    }

    /// Complete steps, kicks and couplings.
    pub fn steps(self) -> usize {
        match self {
            Magnetization | Weight10 | Weight17 | Weight17Kicked => 5,
            Z62Steps9 => 9,
            Z62Steps20 => 20,
        }
    }

    /// Whether a layer of kicks follows the steps.
    pub fn has_last_kicks(self) -> bool {
        self == Weight17Kicked
    }

    /// Layers of kicks: what is called size here.
    pub fn depth(self) -> u64 {
        (self.steps() + usize::from(self.has_last_kicks())) as u64
    }

    /// The strings whose mean it is the mean of.
    pub fn strings(self) -> Vec<PauliString> {
        let string = |x: &[usize], y: &[usize], z: &[usize]| {
            let of = |qubits: &[usize], pauli| qubits.iter().map(move |&q| (q, pauli)).collect();
            let parts: [Vec<_>; 3] = [of(x, Pauli::X), of(y, Pauli::Y), of(z, Pauli::Z)];
            vec![PauliString::new(parts.concat())]
        };
        match self {
            Magnetization => (0..NUM_QUBITS).map(|q| PauliString::single(q, Pauli::Z)).collect(),
            Weight10 => string(&[13, 29, 31], &[9, 30], &[8, 12, 17, 28, 32]),
            Weight17 => {
                string(&[37, 41, 52, 56, 57, 58, 62, 79], &[75], &[38, 40, 42, 63, 72, 80, 90, 91])
            }
            Weight17Kicked => {
                string(&[37, 41, 52, 56, 57, 58, 62, 79], &[38, 40, 42, 63, 72, 80, 90, 91], &[75])
            }
            Z62Steps9 | Z62Steps20 => string(&[], &[], &[62]),
        }
    }

    /// As an operator.
    pub fn sum(self) -> PauliSum {
        let strings = self.strings();
        let share = 1.0 / strings.len() as f64;
        PauliSum::new(strings.into_iter().map(|string| (string, share)))
    }

    /// The circuit with kicks by θ.
    ///
    /// # Errors
    /// If θ is not finite.
    pub fn circuit(self, theta: f64) -> Result<Circuit> {
        let mut circuit = try_kicked_ising(&heavy_hex_127(), NUM_QUBITS, theta, self.steps())?;
        if self.has_last_kicks() {
            for qubit in 0..NUM_QUBITS {
                circuit.try_rx(theta, qubit)?;
            }
        }
        Ok(circuit)
    }

    /// What Pauli propagation leaves out unless another truncation is asked for: as little as takes a
    /// second or two at the hardest angle.
    pub fn truncation(self) -> Truncation {
        let (min_coefficient, max_weight) = match self {
            Magnetization => (1e-5, None),
            Weight10 => (3e-4, None),
            Weight17 | Weight17Kicked => (1e-3, None),
            Z62Steps9 => (1e-4, Some(13)),
            Z62Steps20 => (1e-5, Some(9)),
        };
        Truncation { min_coefficient, max_weight, ..Truncation::none() }
    }

    /// The column of the tables of Begušić, Gray and Chan.
    pub(super) fn column(self) -> &'static str {
        match self {
            Magnetization => "4a",
            Weight10 => "4b",
            Weight17 => "4c",
            Weight17Kicked => "4d",
            Z62Steps9 => "5a",
            Z62Steps20 => "5b",
        }
    }

    /// The figure of Kim et al., if they measured it.
    pub(super) fn figure(self) -> Option<&'static str> {
        match self {
            Magnetization => Some("fig3a"),
            Weight10 => Some("fig3b"),
            Weight17 => Some("fig3c"),
            Weight17Kicked => Some("fig4a"),
            Z62Steps9 => None,
            Z62Steps20 => Some("fig4b"),
        }
    }
}

impl fmt::Display for KickedObservable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KickedObservable {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|observable| observable.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            Error::unknown_name("observable", name, "the observables are", &names)
        })
    }
}
