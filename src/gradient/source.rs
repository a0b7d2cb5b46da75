//! What a gradient is of, for fingerprints.

use crate::circuit::Circuit;
use crate::math::Fingerprint;
use crate::pauli::PauliSum;
use crate::simulate::{InitialState, Simulator};

/// The circuit, its observables, and what of a simulator decides the answer.
pub(super) struct Source {
    circuit: Circuit,
    observables: Vec<PauliSum>,
    precision: String,
    initial: InitialState,
}

impl Source {
    pub fn new(simulator: &Simulator, circuit: &Circuit, observables: &[PauliSum]) -> Self {
        Source {
            circuit: circuit.clone(),
            observables: observables.to_vec(),
            precision: simulator.run_precision().to_string(),
            initial: simulator.run_start().clone(),
        }
    }

    pub fn fingerprint(&self) -> Fingerprint {
        let print = Fingerprint::new()
            .with("observable", &self.observables)
            .with("circuit", &self.circuit)
            .with("precision", &self.precision);
        const INITIAL: &str = "initial state";
        match &self.initial {
            InitialState::Zero => print,
            InitialState::Bits(bits) => print.with(INITIAL, &bits.to_string()),
            InitialState::Amplitudes(amplitudes) => {
                let pairs: Vec<[f64; 2]> = amplitudes.iter().map(|z| [z.re, z.im]).collect();
                print.with(INITIAL, &pairs)
            }
            // No gradient starts from one.
            InitialState::Stabilizer(_) | InitialState::Density(_) => {
                print.with(INITIAL, &format!("{:?}", self.initial))
            }
        }
    }
}
