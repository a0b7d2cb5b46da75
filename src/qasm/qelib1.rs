//! What `include "qelib1.inc";` provides.
//!
//! Two versions are in circulation: the original of the specification (arXiv:1707.03429,
//! listing 3) and the extended one that today's tools write. They are not texts here but names
//! with the rows of the gate table that they mean, so a gate of the header costs no expansion and
//! is drawn, inverted and differentiated as what it is. The rows equal the headers' definitions
//! up to a global phase, which OpenQASM 2 cannot observe.

use crate::gate::{NamedGate, StdGate, lookup};

/// A version of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Qelib1 {
    /// 23 gates.
    Original,
    /// The original's and `u`, `p`, `u0`, `sx`, `sxdg`, `swap`, `cswap`, `crx`, `cry`, `cp`, `csx`,
    /// `cu`, `rxx`, `rzz`, `rccx`, `rc3x`, `c3x`, `c3sqrtx`, `c4x`. Its `cu3` differs from the
    /// original's by a phase (φ+λ)/2 on the control, which is observable.
    #[default]
    Extended,
}

/// A gate of the header or of the language.
#[derive(Debug, Clone, Copy)]
pub struct HeaderGate {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub meaning: NamedGate,
    /// Angles that it is called with; more than its row's are ignored (`u0` has a duration).
    pub num_angles: usize,
}

const ORIGINAL: [&str; 23] = [
    "u3", "u2", "u1", "cx", "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz",
    "cz", "cy", "ch", "ccx", "crz", "cu1", "cu3",
];

const EXTENDED: [&str; 19] = [
    "u", "p", "u0", "sx", "sxdg", "swap", "cswap", "crx", "cry", "cp", "csx", "cu", "rxx", "rzz",
    "rccx", "rc3x", "c3x", "c3sqrtx", "c4x",
];

/// The two gates that need no header.
pub fn builtin() -> [HeaderGate; 2] {
    let named = |gate, num_controls| NamedGate { gate, num_controls };
    [
        HeaderGate { name: "U", meaning: named(StdGate::U3, 0), num_angles: 3 },
        HeaderGate { name: "CX", meaning: named(StdGate::X, 1), num_angles: 0 },
    ]
}

impl Qelib1 {
    /// Its gates.
    pub fn gates(self) -> impl Iterator<Item = HeaderGate> {
        let more: &[&str] = if self == Qelib1::Extended { &EXTENDED } else { &[] };
        ORIGINAL.iter().chain(more).map(move |&name| self.gate(name))
    }

    fn gate(self, name: &'static str) -> HeaderGate {
        let row = |gate, num_controls| NamedGate { gate, num_controls };
        let meaning = match name {
            "u0" => row(StdGate::I, 0),
            "cu3" if self == Qelib1::Original => row(StdGate::U3, 1),
            _ => lookup(name).expect("the table has every gate of the header"),
        };
        let num_angles = if name == "u0" { 1 } else { meaning.gate.spec().angles.len() };
        HeaderGate { name, meaning, num_angles }
    }

    /// Whether the header provides that name.
    pub fn provides(self, name: &str) -> bool {
        ORIGINAL.contains(&name) || self == Qelib1::Extended && EXTENDED.contains(&name)
    }
}
