//! Readout errors of a circuit's qubits.

use super::Circuit;
use crate::error::{Error, Result};
use crate::noise::ReadoutError;
use std::collections::BTreeMap;

impl Circuit {
    /// From now on every measurement of the qubit, also those before, is misread like this: a
    /// property of the device that runs the circuit. It holds for measurements in the middle and at
    /// the end, and for observables, which are then what such a device measures on average.
    ///
    /// # Errors
    /// If the qubit does not exist, or a number is no probability.
    pub fn set_readout_error(&mut self, qubit: usize, error: ReadoutError) -> Result<&mut Self> {
        let num_qubits = self.num_qubits();
        if qubit >= num_qubits {
            return Err(Error::QubitOutOfRange { qubit, num_qubits });
        }
        let error = ReadoutError::new(error.p1_given_0, error.p0_given_1)?;
        if error.is_none() {
            self.readout_errors.remove(&(qubit as u32));
        } else {
            self.readout_errors.insert(qubit as u32, error);
        }
        Ok(self)
    }

    /// The readout errors of another circuit whose qubit k is this one's `qubits[k]`: this one's, and
    /// the other's on qubits that have none.
    ///
    /// # Errors
    /// If both have one for a qubit and they differ.
    pub(super) fn merged_readout(
        &self,
        other: &Circuit,
        qubits: &[usize],
    ) -> Result<BTreeMap<u32, ReadoutError>> {
        let mut all = self.readout_errors.clone();
        for (&qubit, &theirs) in &other.readout_errors {
            let at = qubits[qubit as usize];
            let ours = *all.entry(at as u32).or_insert(theirs);
            if ours != theirs {
                let probabilities = |e: ReadoutError| format!("{}, {}", e.p1_given_0, e.p0_given_1);
                return Err(Error::Invalid {
                    what: format!("the readout error of qubit {at} in an appended circuit"),
                    value: probabilities(theirs),
                    expected: format!(
                        "this circuit has {} there, and a qubit has one: make them equal with \
                         `set_readout_error`, or append the circuit `without_noise`",
                        probabilities(ours)
                    ),
                });
            }
        }
        Ok(all)
    }

    /// How measurements misread a qubit.
    pub fn readout_error(&self, qubit: usize) -> ReadoutError {
        self.readout_errors.get(&(qubit as u32)).copied().unwrap_or_default()
    }

    /// The qubits that measurements misread, ascending, with how they do.
    pub fn readout_errors(&self) -> impl ExactSizeIterator<Item = (usize, ReadoutError)> {
        self.readout_errors.iter().map(|(&qubit, &error)| (qubit as usize, error))
    }
}
