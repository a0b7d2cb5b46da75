//! From the plan of a chip to the calibration of a device.

mod built;
mod pair;
mod plan;
mod qubit;
mod scatter;
#[cfg(test)]
mod tests;

pub use built::BuiltChip;
pub use pair::PairDesign;
pub use plan::{ChipPlan, EnvironmentPlan, GatePlan, PatternPlan, ReadoutPlan, Scatter};
pub use qubit::QubitDesign;
