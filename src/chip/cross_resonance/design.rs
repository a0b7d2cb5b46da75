//! What a gate by cross resonance is designed of.

use super::{CrossResonance, Lifetimes, Schedule};

/// What is given of a gate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// The drive is that of the pair.
    Drive,
    /// The whole gate takes this long in ns, with the flanks of its pulses and the turns of an echo; the
    /// weakest drive that does it is found.
    GateTime(f64),
}

/// A gate ZX90 to design: [`gate`](Self::gate) works it out.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossResonanceDesign {
    /// The qubits, their coupling and the drive, which does not count where a gate time is the aim.
    pub pair: CrossResonance,
    /// What is given.
    pub aim: Aim,
    /// One pulse or an echo.
    pub schedule: Schedule,
    /// How long the drive takes to rise, and to fall, along half a period of a cosine, in ns; 0 is a
    /// rectangular pulse. The rotation is counted between the middles of the flanks, the gate time from
    /// their beginning to their end.
    pub flank_ns: f64,
    /// Of the control.
    pub control: Lifetimes,
    /// Of the target.
    pub target: Lifetimes,
}

impl CrossResonanceDesign {
    /// A design with flanks of 15 ns, without echo, whose qubits do not decay.
    pub fn new(pair: CrossResonance, aim: Aim) -> Self {
        CrossResonanceDesign {
            pair,
            aim,
            schedule: Schedule::Direct,
            flank_ns: 15.0,
            control: Lifetimes::default(),
            target: Lifetimes::default(),
        }
    }
}
