//! A qubit of a chip: its transmon, its lifetimes, its readout.

use super::plan::ChipPlan;
use crate::chip::{
    Assignment, CoherenceBudget, Environment, QualityFactor, Readout, ReadoutDesign,
    ReadoutResonator, Transmon,
};
use crate::error::Result;

/// A qubit as it follows from a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct QubitDesign {
    /// Of this chip, scatter included.
    pub frequency_ghz: f64,
    /// Of this chip, scatter included.
    pub anharmonicity_ghz: f64,
    /// The transmon with both.
    pub transmon: Transmon,
    /// T1, T2 and what they consist of.
    pub coherence: CoherenceBudget,
    /// The resonator with the qubit.
    pub readout: Readout,
    /// The measurement that the device does.
    pub measurement: Assignment,
}

impl QubitDesign {
    pub(super) fn new(plan: &ChipPlan, frequency_ghz: f64, anharmonicity_ghz: f64) -> Result<Self> {
        let transmon = Transmon::from_frequency(frequency_ghz, anharmonicity_ghz)?;
        let of = &plan.readout;
        let design = ReadoutDesign {
            photons: of.photons,
            efficiency: of.efficiency,
            purcell: false,
            purcell_filtered: of.purcell_filter,
            ..ReadoutDesign::new(
                frequency_ghz,
                anharmonicity_ghz,
                of.resonator_ghz,
                of.g_mhz,
                of.kappa_mhz,
            )
        };
        let resonator = ReadoutResonator {
            frequency_ghz: of.resonator_ghz,
            coupling_mhz: of.g_mhz,
            linewidth_mhz: of.kappa_mhz,
            chi_mhz: Some(design.dispersive()?.chi_mhz),
            photons: plan.environment.resonator_photons,
            purcell_filtered: of.purcell_filter,
        };
        let environment = Environment {
            temperature_mk: plan.environment.temperature_mk,
            quality: QualityFactor::Constant(plan.environment.quality_factor),
            charge_noise: plan.environment.charge_noise,
            critical_current_noise: plan.environment.critical_current_noise,
            resonator: Some(resonator),
            ..Environment::default()
        };
        let coherence = CoherenceBudget::of(&transmon, &environment)?;
        // Purcell decay, if any, is part of T1 already.
        let readout = ReadoutDesign { t1_us: Some(coherence.t1_us), ..design }.readout()?;
        let measurement = match of.time_ns {
            Some(time_ns) => readout.at(time_ns)?,
            None => match readout.best() {
                Some(best) => best,
                // Without decay longer is better: as long as the signal takes to be there.
                None => readout.at(1e3 / of.kappa_mhz)?,
            },
        };
        Ok(QubitDesign {
            frequency_ghz,
            anharmonicity_ghz,
            transmon,
            coherence,
            readout,
            measurement,
        })
    }
}
