//! The document of `ketlab chip cross-resonance --json`.

use ketlab::chip::{
    CrossResonanceDesign, CrossResonanceGate, ErrorBudget, LargestZx, Lifetimes, Schedule, ZxIx,
};
use serde::Serialize;

#[derive(Serialize)]
pub struct Document<'g> {
    control: Qubit,
    target: Qubit,
    j_mhz: f64,
    detuning_mhz: f64,
    drive_mhz: f64,
    drive_ghz: f64,
    calibrated_drive_ghz: f64,
    schedule: &'static str,
    echo_pulse_ns: Option<f64>,
    flank_ns: f64,
    gate_time_ns: f64,
    rotation_ns: f64,
    zx_mhz: f64,
    zz_khz: f64,
    terms: Terms,
    formulas: Formulas,
    largest_zx: LargestZx,
    overlap: f64,
    population_above_one: f64,
    errors: ErrorBudget,
    warnings: &'g [String],
}

#[derive(Serialize)]
struct Qubit {
    frequency_ghz: f64,
    anharmonicity_mhz: Option<f64>,
    t1_us: Option<f64>,
    t2_us: Option<f64>,
}

/// Coefficients of P/2 under the drive.
#[derive(Serialize)]
struct Terms {
    zx_mhz: f64,
    ix_mhz: f64,
    zy_mhz: f64,
    iy_mhz: f64,
    zz_mhz: f64,
    iz_mhz: f64,
    zi_mhz: f64,
}

#[derive(Serialize)]
struct Formulas {
    first_order: ZxIx,
    third_order: ZxIx,
    linear_in_j: ZxIx,
    /// Infinite at a pole, which JSON has no number for.
    zz_khz: f64,
    zz_validity: f64,
}

impl<'g> Document<'g> {
    pub fn of(design: &CrossResonanceDesign, gate: &'g CrossResonanceGate) -> Self {
        let qubit = |ladder: &ketlab::chip::Ladder, lifetimes: &Lifetimes| Qubit {
            frequency_ghz: ladder.frequency_ghz(),
            anharmonicity_mhz: ladder.anharmonicity_ghz().map(|ghz| 1e3 * ghz),
            t1_us: lifetimes.t1_us,
            t2_us: lifetimes.t2_us,
        };
        let (schedule, echo_pulse_ns) = match design.schedule {
            Schedule::Direct => ("direct", None),
            Schedule::Echoed { pulse_ns } => ("echoed", Some(pulse_ns)),
        };
        let e = &gate.effective;
        Document {
            control: qubit(&design.pair.control, &design.control),
            target: qubit(&design.pair.target, &design.target),
            j_mhz: design.pair.j_mhz,
            detuning_mhz: gate.detuning_mhz,
            drive_mhz: gate.drive_mhz,
            drive_ghz: e.drive_ghz,
            calibrated_drive_ghz: e.calibrated_drive_ghz(),
            schedule,
            echo_pulse_ns,
            flank_ns: design.flank_ns,
            gate_time_ns: gate.gate_time_ns,
            rotation_ns: gate.rotation_ns,
            zx_mhz: gate.zx_mhz(),
            zz_khz: gate.zz_khz(),
            terms: Terms {
                zx_mhz: e.zx_mhz,
                ix_mhz: e.ix_mhz,
                zy_mhz: e.zy_mhz,
                iy_mhz: e.iy_mhz,
                zz_mhz: e.zz_mhz,
                iz_mhz: e.iz_mhz,
                zi_mhz: e.zi_mhz,
            },
            formulas: Formulas {
                first_order: gate.first_order,
                third_order: gate.third_order,
                linear_in_j: gate.linear_in_j,
                zz_khz: gate.static_zz.formula_khz,
                zz_validity: gate.static_zz.validity,
            },
            largest_zx: gate.largest_zx,
            overlap: e.overlap,
            population_above_one: e.population_above_one,
            errors: gate.errors,
            warnings: &gate.warnings,
        }
    }
}
