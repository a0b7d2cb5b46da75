//! A coupled pair of a chip: its gate by cross resonance and its static ZZ.

use super::plan::{ChipPlan, DRIVE_MHZ};
use super::qubit::QubitDesign;
use crate::chip::{
    Aim, CrossResonance, CrossResonanceDesign, CrossResonanceGate, Ladder, Lifetimes, Schedule,
    StaticZz,
};
use crate::error::Result;

/// Levels of a driven control and of a target.
const LEVELS: (usize, usize) = (6, 4);

/// A coupled pair as it follows from a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PairDesign {
    /// The qubit with the higher design frequency.
    pub control: usize,
    /// The other one.
    pub target: usize,
    /// The static ZZ, or why there is none.
    pub static_zz: std::result::Result<StaticZz, String>,
    /// The gate by cross resonance, or why there is none.
    pub gate: std::result::Result<CrossResonanceGate, String>,
}

impl PairDesign {
    pub(super) fn new(
        plan: &ChipPlan,
        qubits: &[QubitDesign],
        pair: (usize, usize),
    ) -> Result<Self> {
        let (control, target) = pair;
        let ladder = |q: usize, levels| Ladder::of_transmon(&qubits[q].transmon, levels);
        let lifetimes = |q: usize| {
            let finite = |us: f64| us.is_finite().then_some(us);
            let coherence = &qubits[q].coherence;
            Lifetimes { t1_us: finite(coherence.t1_us), t2_us: finite(coherence.t2_us) }
        };
        let of = &plan.gates;
        let resonance = CrossResonance {
            control: ladder(control, LEVELS.0)?,
            target: ladder(target, LEVELS.1)?,
            j_mhz: plan.exchange_mhz,
            drive_mhz: of.drive_mhz.unwrap_or(DRIVE_MHZ),
        };
        let schedule = match of.echo {
            true => Schedule::Echoed { pulse_ns: of.pulse_ns },
            false => Schedule::Direct,
        };
        // A chip that came out badly has pairs without a gate, and is a chip all the same.
        let static_zz = resonance.static_zz().map_err(|error| error.to_string());
        let design = CrossResonanceDesign {
            aim: of.cross_resonance_ns.map_or(Aim::Drive, Aim::GateTime),
            schedule,
            flank_ns: of.flank_ns,
            control: lifetimes(control),
            target: lifetimes(target),
            ..CrossResonanceDesign::new(resonance, Aim::Drive)
        };
        let gate = design.gate().map_err(|error| error.to_string());
        Ok(PairDesign { control, target, static_zz, gate })
    }
}
