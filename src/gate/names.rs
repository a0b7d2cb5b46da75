//! The second small table: names that stand for a row under controls, and the look-up of names.

use super::StdGate;

/// A name that stands for a row with positive controls; the controls come first among the qubits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedGate {
    /// The row.
    pub gate: StdGate,
    /// How many of the leading qubits are controls.
    pub num_controls: usize,
}

impl NamedGate {
    /// Qubits in all.
    pub fn num_qubits(&self) -> usize {
        self.num_controls + self.gate.spec().num_qubits
    }
}

/// Names with controls: name, row, number of controls. The first name of a pair is the one to
/// print.
pub static CONTROLLED_NAMES: &[(&str, StdGate, usize)] = &[
    ("cx", StdGate::X, 1),
    ("cnot", StdGate::X, 1),
    ("CX", StdGate::X, 1),
    ("ccx", StdGate::X, 2),
    ("toffoli", StdGate::X, 2),
    ("c3x", StdGate::X, 3),
    ("c4x", StdGate::X, 4),
    ("cy", StdGate::Y, 1),
    ("cz", StdGate::Z, 1),
    ("ccz", StdGate::Z, 2),
    ("ch", StdGate::H, 1),
    ("cs", StdGate::S, 1),
    ("csdg", StdGate::Sdg, 1),
    ("csx", StdGate::SX, 1),
    ("c3sqrtx", StdGate::SX, 3),
    ("c3sx", StdGate::SX, 3),
    ("cp", StdGate::P, 1),
    ("cu1", StdGate::P, 1),
    ("cphase", StdGate::P, 1),
    ("crx", StdGate::RX, 1),
    ("cry", StdGate::RY, 1),
    ("crz", StdGate::RZ, 1),
    ("cu3", StdGate::U, 1),
    ("cu", StdGate::PhasedU, 1),
    ("cswap", StdGate::Swap, 1),
    ("fredkin", StdGate::Swap, 1),
];

/// The gate of a name, from the table, its aliases and [`CONTROLLED_NAMES`].
pub fn lookup(name: &str) -> Option<NamedGate> {
    let plain =
        StdGate::ALL.iter().find(|g| g.spec().name == name || g.spec().aliases.contains(&name));
    plain.map(|&gate| NamedGate { gate, num_controls: 0 }).or_else(|| {
        let &(_, gate, num_controls) = CONTROLLED_NAMES.iter().find(|row| row.0 == name)?;
        Some(NamedGate { gate, num_controls })
    })
}

/// The printed name of a row under that many positive controls, if it has one.
pub fn controlled_name(gate: StdGate, num_controls: usize) -> Option<&'static str> {
    if num_controls == 0 {
        return Some(gate.spec().name);
    }
    let row = CONTROLLED_NAMES.iter().find(|r| r.1 == gate && r.2 == num_controls)?;
    Some(row.0)
}
