//! The records of a calibration.

use crate::noise::ReadoutError;

/// A device and its calibration. What is `None` was not said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Device {
    /// What it is called.
    pub name: String,
    /// Its qubits, by their numbers.
    pub qubits: Vec<QubitCalibration>,
    /// Its gates, one record for each place where one can act.
    pub gates: Vec<GateCalibration>,
    /// Pairs of qubits that interact.
    pub couplings: Vec<Coupling>,
    /// A sample of its electronics, the unit `dt` of durations.
    pub dt_ns: Option<f64>,
}

/// What is known of a qubit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct QubitCalibration {
    /// Of the transition from 0 to 1.
    pub frequency_ghz: Option<f64>,
    /// Of the transition from 1 to 2 less that from 0 to 1; negative for transmons.
    pub anharmonicity_ghz: Option<f64>,
    /// Populations decay by e^{-t/T1}.
    pub t1_us: Option<f64>,
    /// Coherences decay by e^{-t/T2}.
    pub t2_us: Option<f64>,
    /// The population of 1 in equilibrium; 0 if it is not said.
    pub excited_population: Option<f64>,
    /// How it is misread.
    pub readout: Option<ReadoutError>,
    /// How long a measurement takes.
    pub readout_duration_ns: Option<f64>,
    /// How long a reset takes.
    pub reset_duration_ns: Option<f64>,
}

/// What is known of a gate on certain qubits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GateCalibration {
    /// Its name in the gate table, with controls, like `sx` or `cx`.
    pub name: String,
    /// On which it acts, controls first.
    pub qubits: Vec<usize>,
    /// Its average gate infidelity.
    pub error: Option<f64>,
    /// How long it takes; 0 of a virtual gate.
    pub duration_ns: Option<f64>,
}

/// Two qubits that interact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coupling {
    /// The smaller number first.
    pub qubits: [usize; 2],
    /// The static ZZ interaction E11 - E10 - E01 + E00 over h, where it is known.
    pub zz_khz: Option<f64>,
}
