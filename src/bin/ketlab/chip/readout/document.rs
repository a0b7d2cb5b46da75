//! The document of `ketlab chip readout --json`.

use super::found::Found;
use ketlab::chip::Assignment;
use serde::Serialize;

#[derive(Serialize)]
pub struct Document<'f> {
    qubit_ghz: f64,
    anharmonicity_ghz: f64,
    resonator_ghz: f64,
    g_mhz: f64,
    kappa_mhz: f64,
    detuning_mhz: f64,
    chi_mhz: f64,
    chi_exact_mhz: Option<f64>,
    chi_whole_mhz: Option<f64>,
    lamb_shift_mhz: f64,
    shifted_resonator_ghz: f64,
    critical_photons: f64,
    critical_photons_of_one: f64,
    photons: f64,
    peak_photons: f64,
    efficiency: f64,
    purcell: bool,
    purcell_t1_us: f64,
    t1_us: Option<f64>,
    optimum: Option<Assignment>,
    at_time: Option<Assignment>,
    best_kappa: Option<BestKappa>,
    fidelity: &'f [Assignment],
    warnings: &'f [String],
}

#[derive(Serialize)]
struct BestKappa {
    kappa_mhz: f64,
    over_two_chi: f64,
    optimum: Assignment,
}

impl<'f> Document<'f> {
    pub fn of(found: &'f Found) -> Self {
        let Found { design, readout, .. } = found;
        let shifts = &readout.dispersive;
        Document {
            qubit_ghz: design.qubit_ghz,
            anharmonicity_ghz: design.anharmonicity_ghz,
            resonator_ghz: design.resonator_ghz,
            g_mhz: design.g_mhz,
            kappa_mhz: design.kappa_mhz,
            detuning_mhz: shifts.detuning_mhz,
            chi_mhz: shifts.chi_mhz,
            chi_exact_mhz: found.exact.map(|exact| exact.rotating_wave_mhz),
            chi_whole_mhz: found.exact.map(|exact| exact.whole_mhz),
            lamb_shift_mhz: shifts.lamb_shift_mhz,
            shifted_resonator_ghz: shifts.resonator_ghz,
            critical_photons: shifts.critical_photons,
            critical_photons_of_one: shifts.critical_photons_of_one,
            photons: readout.photons,
            peak_photons: readout.states.peak_photons(),
            efficiency: readout.efficiency,
            purcell: design.purcell,
            purcell_t1_us: shifts.purcell_t1_us,
            t1_us: readout.t1_us,
            optimum: found.best,
            at_time: found.at_time,
            best_kappa: found.best_kappa.map(|(kappa_mhz, optimum)| BestKappa {
                kappa_mhz,
                over_two_chi: kappa_mhz / (2.0 * shifts.chi_mhz.abs()),
                optimum,
            }),
            fidelity: &found.curve,
            warnings: &readout.warnings,
        }
    }
}
