//! Devices: what is known of them ([calibrations](Device)), when a circuit's operations happen on them
//! ([schedules](Schedule)), what its operations suffer ([noise models](NoiseModel)), and devices of
//! chips that are designed ([`ChipPlan`]).

mod bundled;
mod calibration;
mod design;
mod gate_name;
mod growth;
pub mod noise_model;
mod schedule;
mod target;
mod transpile;

pub use bundled::BUNDLED;
pub use calibration::json as device_json;
pub use calibration::{
    Coupling, Device, DeviceFile, DeviceNoise, Finding, FindingKind, GateCalibration, GateNoise,
    QubitCalibration, median,
};
pub use design::{
    BuiltChip, ChipPlan, EnvironmentPlan, GatePlan, PairDesign, PatternPlan, QubitDesign,
    ReadoutPlan, Scatter,
};
pub use gate_name::GateName;
pub use noise_model::{
    ActsOn, Coverage, FLAGS, Noise, NoiseModel, Noisy, Operations, Pattern, Place, Relaxation,
    Rule, Uncovered, When, json, noise_from_flags,
};
pub use schedule::{Durations, Schedule, ScheduleKind, Timing, Untimed, ZzCoupling};
pub use target::{Target, Written};
pub use transpile::Transpiled;
