//! What each version of the language has names for.

use crate::gate::{CONTROLLED_NAMES, StdGate};
use crate::qasm::Qelib1;

/// A version of OpenQASM to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V2,
    V3,
}

/// The gates of `stdgates.inc` of OpenQASM 3 (openqasm.com, standard library).
const STDGATES: [&str; 32] = [
    "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz",
    "cp", "crx", "cry", "crz", "ch", "swap", "ccx", "cswap", "cu", "CX", "phase", "cphase", "id",
    "u1", "u2", "u3",
];

/// Most controls in a name of either header, plus one.
const CONTROLS: usize = 5;

impl Version {
    /// How errors call the export.
    pub fn method(self) -> &'static str {
        match self {
            Version::V2 => "the export to OpenQASM 2",
            Version::V3 => "the export to OpenQASM 3",
        }
    }

    /// The first lines of a program.
    pub fn header(self) -> &'static str {
        match self {
            Version::V2 => "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n",
            Version::V3 => "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n",
        }
    }

    /// Whether the header has a gate of that name.
    pub fn provides(self, name: &str) -> bool {
        match self {
            Version::V2 => Qelib1::Extended.provides(name),
            Version::V3 => STDGATES.contains(&name),
        }
    }

    /// The header's name of a row under this many positive controls.
    fn name(self, gate: StdGate, num_controls: usize) -> Option<&'static str> {
        match (self, gate, num_controls) {
            // The two headers in circulation disagree about `cu3`; `cu` says the same without doubt.
            (_, StdGate::U, 1) => return None,
            // Part of the language.
            (Version::V3, StdGate::GlobalPhase, 0) => return Some(gate.spec().name),
            _ => {}
        }
        let spec = gate.spec();
        let plain = std::iter::once(&spec.name).chain(spec.aliases).filter(|_| num_controls == 0);
        let controlled = CONTROLLED_NAMES.iter().filter(|r| (r.1, r.2) == (gate, num_controls));
        plain.chain(controlled.map(|r| &r.0)).copied().find(|name| self.provides(name))
    }
}

/// Whether tools disagree about the global phase of a name: Qiskit's reader leaves out those that
/// `stdgates.inc` gives `u2` and `u3`. Where it could be observed, other gates say the same.
pub(super) fn has_doubtful_phase(version: Version, gate: StdGate) -> bool {
    version == Version::V3 && matches!(gate, StdGate::U2 | StdGate::U3)
}

/// The header's names of all rows, looked up once.
pub(super) struct Spellings(Vec<[Option<&'static str>; CONTROLS]>);

impl Spellings {
    pub fn new(version: Version) -> Self {
        let row = |&gate: &StdGate| std::array::from_fn(|k| version.name(gate, k));
        Spellings(StdGate::ALL.iter().map(row).collect())
    }

    /// The name of a row under this many positive controls.
    #[inline]
    pub fn of(&self, gate: StdGate, num_controls: usize) -> Option<&'static str> {
        self.0[gate as usize].get(num_controls).copied().flatten()
    }
}
