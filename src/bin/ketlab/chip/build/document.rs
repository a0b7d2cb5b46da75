//! The document of `ketlab chip build --json`.

use crate::chip::collisions::CollisionShown;
use anyhow::Result;
use ketlab::chip::{CrossResonanceGate, Decoherence, ErrorBudget};
use ketlab::device::{BuiltChip, ChipPlan, PairDesign, QubitDesign};
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
pub struct Document<'b> {
    /// Defaults written out.
    plan: Value,
    lattice: String,
    num_qubits: usize,
    collisions: Vec<CollisionShown>,
    qubits: Vec<Qubit>,
    pairs: Vec<Pair>,
    device: Value,
    warnings: &'b [String],
}

#[derive(Serialize)]
struct Qubit {
    qubit: usize,
    design_ghz: f64,
    frequency_ghz: f64,
    anharmonicity_mhz: f64,
    ej_ghz: f64,
    ec_ghz: f64,
    t1_us: f64,
    t2_us: f64,
    excited_population: f64,
    contributions: Vec<Cause>,
    chi_mhz: f64,
    critical_photons: f64,
    critical_photons_of_one: f64,
    photons: f64,
    readout_ns: f64,
    p1_given_0: f64,
    p0_given_1: f64,
}

#[derive(Serialize)]
struct Cause {
    name: &'static str,
    kind: &'static str,
    /// Null where it does not act.
    time_us: f64,
}

#[derive(Serialize)]
struct Pair {
    control: usize,
    target: usize,
    detuning_mhz: f64,
    zz_khz: Option<f64>,
    gate: Option<Gate>,
    why_no_gate: Option<String>,
}

#[derive(Serialize)]
struct Gate {
    drive_mhz: f64,
    zx_mhz: f64,
    cross_resonance_ns: f64,
    cx_ns: Option<f64>,
    cx_error: Option<f64>,
    errors: ErrorBudget,
}

impl Qubit {
    fn new(qubit: usize, design_ghz: f64, of: &QubitDesign) -> Self {
        let causes = of.coherence.contributions.iter().map(|one| Cause {
            name: one.name,
            kind: match one.kind {
                Decoherence::Relaxation => "relaxation",
                Decoherence::Dephasing => "dephasing",
            },
            time_us: one.time_us,
        });
        Qubit {
            qubit,
            design_ghz,
            frequency_ghz: of.frequency_ghz,
            anharmonicity_mhz: 1e3 * of.anharmonicity_ghz,
            ej_ghz: of.transmon.ej_ghz(),
            ec_ghz: of.transmon.ec_ghz(),
            t1_us: of.coherence.t1_us,
            t2_us: of.coherence.t2_us,
            excited_population: of.coherence.excited_population,
            contributions: causes.collect(),
            chi_mhz: of.readout.dispersive.chi_mhz,
            critical_photons: of.readout.dispersive.critical_photons,
            critical_photons_of_one: of.readout.dispersive.critical_photons_of_one,
            photons: of.readout.photons,
            readout_ns: of.measurement.time_ns,
            p1_given_0: of.measurement.p1_given_0,
            p0_given_1: of.measurement.p0_given_1,
        }
    }
}

impl Pair {
    fn new(built: &BuiltChip, of: &PairDesign) -> Self {
        let frequency = |q: usize| built.qubits[q].frequency_ghz;
        let cx = built.device.gate("cx", &[of.control, of.target]);
        let gate = |gate: &CrossResonanceGate| Gate {
            drive_mhz: gate.drive_mhz,
            zx_mhz: gate.zx_mhz(),
            cross_resonance_ns: gate.gate_time_ns,
            cx_ns: cx.and_then(|cx| cx.duration_ns),
            cx_error: cx.and_then(|cx| cx.error),
            errors: gate.errors,
        };
        Pair {
            control: of.control,
            target: of.target,
            detuning_mhz: 1e3 * (frequency(of.control) - frequency(of.target)),
            zz_khz: of.static_zz.as_ref().ok().map(|zz| zz.exact_khz),
            gate: of.gate.as_ref().ok().map(gate),
            why_no_gate: of.gate.as_ref().err().cloned(),
        }
    }
}

impl<'b> Document<'b> {
    pub fn of(plan: &ChipPlan, built: &'b BuiltChip) -> Result<Self> {
        let qubits = built.qubits.iter().zip(built.design.frequencies_ghz()).enumerate();
        Ok(Document {
            plan: serde_json::from_str(&plan.to_json())?,
            lattice: built.design.lattice().name().into(),
            num_qubits: built.qubits.len(),
            collisions: built.collisions.iter().map(CollisionShown::from).collect(),
            qubits: qubits.map(|(q, (of, &design))| Qubit::new(q, design, of)).collect(),
            pairs: built.pairs.iter().map(|pair| Pair::new(built, pair)).collect(),
            device: serde_json::from_str(&built.device.to_json()?)?,
            warnings: &built.warnings,
        })
    }
}
