//! What a gradient is of, for fingerprints.

use crate::circuit::Circuit;
use crate::engine::{Real, StateVector};
use crate::math::Fingerprint;
use crate::pauli::PauliSum;

/// The circuit, where it starts, and its observables.
pub(super) struct Source {
    circuit: Circuit,
    observables: Vec<PauliSum>,
    /// The type of the amplitudes.
    precision: &'static str,
    initial: Fingerprint,
}

impl Source {
    pub fn new<T>(circuit: &Circuit, observables: &[PauliSum]) -> Self {
        Source {
            circuit: circuit.clone(),
            observables: observables.to_vec(),
            precision: std::any::type_name::<T>(),
            initial: Fingerprint::new(),
        }
    }

    /// Another state than |0…0⟩ before the circuit.
    pub fn start_from<T: Real>(&mut self, state: &mut StateVector<T>) {
        let double = |z: &num_complex::Complex<T>| [z.re.to_f64(), z.im.to_f64()];
        let amplitudes: Vec<[f64; 2]> = state.amplitudes().iter().map(double).collect();
        self.initial = Fingerprint::new().with("initial state", &amplitudes);
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new()
            .with("observable", &self.observables)
            .with("circuit", &self.circuit)
            .with("precision", self.precision)
            .and(self.initial.clone())
    }
}
