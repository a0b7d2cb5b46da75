//! How the drive of a gate is applied.

/// How the drive is applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule {
    /// One pulse.
    Direct,
    /// Two halves of opposite sign, with a turn of the control over after each (Sheldon et al., PRA
    /// 93, 060302, 2016).
    Echoed {
        /// How long a turn of the control takes, in ns.
        pulse_ns: f64,
    },
}

impl Schedule {
    /// How many pulses of the drive there are.
    pub(super) fn num_pulses(self) -> f64 {
        match self {
            Schedule::Direct => 1.0,
            Schedule::Echoed { .. } => 2.0,
        }
    }

    /// What the gate takes besides the rotation, in ns: a pulse lasts one flank longer than between the
    /// middles of its flanks, and an echo has two turns of the control.
    pub(super) fn added_ns(self, flank_ns: f64) -> f64 {
        let turns = match self {
            Schedule::Direct => 0.0,
            Schedule::Echoed { pulse_ns } => 2.0 * pulse_ns,
        };
        turns + self.num_pulses() * flank_ns
    }
}
