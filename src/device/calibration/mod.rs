//! What is known of a device: its qubits, gates and couplings, with units in the names.

mod device;
mod fields;
mod finding;
mod findings;
mod gate_noise;
mod ibm;
#[cfg(test)]
mod ibm_tests;
pub mod json;
mod noise;
mod records;
#[cfg(test)]
mod tests;

pub(super) use device::MAX_QUBITS;
pub use device::median;
pub use finding::{DeviceFile, Finding, FindingKind};
pub use gate_noise::GateNoise;
pub use noise::DeviceNoise;
pub use records::{Coupling, Device, GateCalibration, QubitCalibration};
