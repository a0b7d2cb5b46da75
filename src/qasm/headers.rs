//! What `include "qelib1.inc";` and `include "stdgates.inc";` provide, and what needs no header.
//!
//! Of `qelib1.inc` two versions are in circulation: the original of the specification (arXiv:1707.03429,
//! listing 3) and the extended one that today's tools write. They are not texts here but names
//! with the rows of the gate table that they mean, so a gate of the header costs no expansion and
//! is drawn, inverted and differentiated as what it is. The rows equal the headers' definitions
//! up to a global phase, which OpenQASM 2 cannot observe.

use super::Version;
use super::ast::Library;
use crate::gate::{NamedGate, StdGate, lookup};
use crate::rewrite::Basis;

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

/// The gates of `stdgates.inc` (OpenQASM 3 specification, "Standard library"). Each equals a row,
/// its global phase included.
const STANDARD: [&str; 31] = [
    "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz",
    "cp", "crx", "cry", "crz", "ch", "swap", "ccx", "cswap", "CX", "phase", "cphase", "id", "u1",
    "u2", "u3",
];

impl Library {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Library::Qelib1 => "qelib1.inc",
            Library::Stdgates => "stdgates.inc",
        }
    }

    /// Its gates.
    pub fn gates(self, qelib1: Qelib1) -> Vec<HeaderGate> {
        match self {
            Library::Qelib1 => qelib1.gates().collect(),
            // `cu` has four angles in every header.
            Library::Stdgates => {
                STANDARD.into_iter().chain(["cu"]).map(|name| qelib1.gate(name)).collect()
            }
        }
    }

    /// Whether it provides that name.
    pub fn provides(self, name: &str, qelib1: Qelib1) -> bool {
        match self {
            Library::Qelib1 => qelib1.provides(name),
            Library::Stdgates => STANDARD.contains(&name) || name == "cu",
        }
    }
}

/// The gates that need no header. The row of OpenQASM 3's `U(θ, φ, λ)` = e^{iθ/2}·P(φ)·RY(θ)·P(λ)
/// has a fourth angle, which is then θ/2.
pub fn builtin(version: Version) -> Vec<HeaderGate> {
    let named = |gate, num_controls| NamedGate { gate, num_controls };
    let u = match version {
        Version::V2 => HeaderGate { name: "U", meaning: named(StdGate::U3, 0), num_angles: 3 },
        Version::V3 => HeaderGate { name: "U", meaning: named(StdGate::PhasedU, 0), num_angles: 3 },
    };
    let second = match version {
        Version::V2 => HeaderGate { name: "CX", meaning: named(StdGate::X, 1), num_angles: 0 },
        Version::V3 => {
            HeaderGate { name: "gphase", meaning: named(StdGate::GlobalPhase, 0), num_angles: 1 }
        }
    };
    vec![u, second]
}

/// Every gate that a program of that version can get from the language or a header.
pub fn all(version: Version, qelib1: Qelib1) -> Vec<HeaderGate> {
    let mut gates = builtin(version);
    gates.extend(Library::Qelib1.gates(qelib1));
    if version == Version::V3 {
        gates.extend(Library::Stdgates.gates(qelib1));
    }
    gates
}

impl Qelib1 {
    /// Its gates.
    pub fn gates(self) -> impl Iterator<Item = HeaderGate> {
        let more: &[&str] = if self == Qelib1::Extended { &EXTENDED } else { &[] };
        ORIGINAL.iter().chain(more).map(move |&name| self.gate(name))
    }

    /// Its gates as a basis: in the extended header's, a circuit has the gates with which
    /// [`Circuit::to_qasm2`](crate::Circuit::to_qasm2) writes it. Without `cu3`, about which the
    /// two headers disagree.
    ///
    /// ```
    /// use ketlab::{Circuit, qasm::Qelib1, rewrite::to_basis};
    /// let mut c = Circuit::new(3);
    /// c.ryy(0.4, 0, 1).ccx(0, 1, 2);
    /// let written = to_basis(&c, &Qelib1::Extended.basis())?;
    /// assert_eq!(written.count_ops()["cx"], 2);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn basis(self) -> Basis {
        let gates = self.gates().filter(|gate| gate.name != "cu3");
        Basis::new(gates.map(|gate| (gate.meaning.gate, gate.meaning.num_controls)))
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
