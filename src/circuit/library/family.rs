//! The circuits that ketlab is measured with.

use super::{
    Mixer, TrotterOrder, ghz, grover_iterations, grover_search, hardware_efficient_ansatz,
    qaoa_ansatz, qft, quantum_volume, random_clifford_t, ripple_carry_adder, supremacy, trotter,
};
use crate::circuit::Circuit;
use crate::ising::Graph;
use crate::math::{Domain, Streams};
use crate::pauli::{Boundary, Pauli, PauliString, PauliSum, ising_chain};
use rand::RngExt;
use std::f64::consts::TAU;
use std::fmt;

/// A family of benchmark circuits, one member a number of qubits, at the sizes that ketlab's
/// figures are given for. Members have gates only, no parameters, and are the same every time.
///
/// ```
/// use ketlab::circuit::library::Family;
/// for family in Family::ALL {
///     let circuit = family.circuit(8);
///     println!("{family}: {} gates; {}", circuit.ops().len(), family.description());
/// }
/// assert_eq!(Family::from_name("qft"), Some(Family::Qft));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// [`supremacy`] of depth 20 on the most square grid.
    Random,
    /// [`qft`] of the basis state 01…01 (that of 00…00 has no phases).
    Qft,
    /// [`hardware_efficient_ansatz`] of 6 layers at random angles.
    Hea,
    /// [`quantum_volume`] as deep as wide.
    QuantumVolume,
    /// [`ghz`].
    Ghz,
    /// [`qaoa_ansatz`] of 4 layers for the cut of a random 3-regular graph, γ rising from 0.3 to 0.6 and β
    /// falling from 0.6 to 0.3.
    Qaoa,
    /// 100 first-order [`trotter`] steps of 0.05 of the open transverse-field Ising chain with
    /// J = h = 1.
    Trotter,
    /// [`grover_search`], 10 rounds or as many as are best where those are fewer.
    Grover,
    /// [`ripple_carry_adder`] that adds 1 to the number of all ones: the longest carry.
    Adder,
    /// [`random_clifford_t`] of depth 40 with a fifth of T gates.
    CliffordT,
}

impl Family {
    /// The seed of all random members; QAOA's graph is [`Graph::random_regular`]`(n, 3, Family::SEED)`.
    pub const SEED: u64 = 2026;

    /// All of them.
    pub const ALL: [Family; 10] = [
        Family::Random,
        Family::Qft,
        Family::Hea,
        Family::QuantumVolume,
        Family::Ghz,
        Family::Qaoa,
        Family::Trotter,
        Family::Grover,
        Family::Adder,
        Family::CliffordT,
    ];

    /// Its name on command lines and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Family::Random => "random",
            Family::Qft => "qft",
            Family::Hea => "hea",
            Family::QuantumVolume => "quantum-volume",
            Family::Ghz => "ghz",
            Family::Qaoa => "qaoa",
            Family::Trotter => "trotter",
            Family::Grover => "grover",
            Family::Adder => "adder",
            Family::CliffordT => "clifford-t",
        }
    }

    /// The family of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Family> {
        Family::ALL.into_iter().find(|family| family.name() == name)
    }

    /// What its members are, in a line.
    pub fn description(self) -> &'static str {
        match self {
            Family::Random => "√X, √Y, √W and CZ on a grid, depth 20",
            Family::Qft => "quantum Fourier transform of 01…01 as plain gates, swaps included",
            Family::Hea => "RY, RZ and a ring of CX, 6 layers",
            Family::QuantumVolume => "Haar-random SU(4) on random pairs as 3 CX each, depth n",
            Family::Ghz => "H and a chain of CX",
            Family::Qaoa => "MaxCut on a random 3-regular graph, p = 4, RZZ and RX",
            Family::Trotter => "transverse-field Ising chain, 100 first-order steps, RZZ and RX",
            Family::Grover => "search with multi-controlled Z, at most 10 rounds",
            Family::Adder => "Cuccaro's ripple-carry adder, 11…1 + 1",
            Family::CliffordT => "random H, S, CX and T, depth 40, a fifth of them T",
        }
    }

    /// Whether there is a member of this many qubits: an even number from 4 on for QAOA (a 3-regular
    /// graph) and the adder, from 2 to 64 for Grover's search, any number from 2 on otherwise.
    pub fn accepts(self, num_qubits: usize) -> bool {
        match self {
            Family::Qaoa | Family::Adder => num_qubits >= 4 && num_qubits.is_multiple_of(2),
            Family::Grover => (2..=64).contains(&num_qubits),
            _ => num_qubits >= 2,
        }
    }

    /// The member of this many qubits.
    ///
    /// # Panics
    /// There is none; see [`accepts`](Self::accepts).
    #[track_caller]
    pub fn circuit(self, num_qubits: usize) -> Circuit {
        assert!(self.accepts(num_qubits), "{self} has no circuit of {num_qubits} qubits");
        match self {
            Family::Random => {
                let rows = rows_of_grid(num_qubits);
                supremacy(rows, num_qubits / rows, 20, Self::SEED)
            }
            Family::Qft => {
                let mut c = Circuit::new(num_qubits);
                for q in (0..num_qubits).step_by(2) {
                    c.x(q);
                }
                c.append(&qft(num_qubits));
                c
            }
            Family::Hea => {
                let mut rng = Streams::new(Self::SEED, Domain::Circuit).stream(0);
                bound(&hardware_efficient_ansatz(num_qubits, 6), |_| rng.random_range(0.0..TAU))
            }
            Family::QuantumVolume => quantum_volume(num_qubits, num_qubits, Self::SEED),
            Family::Ghz => ghz(num_qubits),
            Family::Qaoa => {
                let graph = Graph::random_regular(num_qubits, 3, Self::SEED);
                let layers = 4;
                bound(&qaoa_ansatz(&cut(&graph), layers, &Mixer::X), |k| match k {
                    gamma if gamma < layers => 0.3 + 0.1 * gamma as f64,
                    beta => 0.6 - 0.1 * (beta - layers) as f64,
                })
            }
            Family::Trotter => {
                let chain = ising_chain(num_qubits, 1.0, 1.0, Boundary::Open);
                chain
                    .and_then(|h| trotter(&h, 100.0 * 0.05, 100, TrotterOrder::First))
                    .unwrap_or_else(|e| panic!("{e}"))
            }
            Family::Grover => {
                // Marked: 01…01, so that half of the oracle's controls are negative.
                let marked = 0x5555_5555_5555_5555 & (u64::MAX >> (64 - num_qubits));
                grover_search(num_qubits, marked, grover_iterations(num_qubits).min(10))
            }
            Family::Adder => {
                let num_bits = num_qubits / 2 - 1;
                let adder = ripple_carry_adder(num_bits);
                let mut c = Circuit::new(num_qubits);
                for a in 0..num_bits {
                    c.x(1 + a);
                }
                c.x(1 + num_bits).append(&adder);
                c
            }
            Family::CliffordT => random_clifford_t(num_qubits, 40, 0.2, Self::SEED),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The cut of a graph without its constant, which would be a global phase: Σ -w Z Z'/2.
fn cut(graph: &Graph) -> PauliSum {
    let pair = |u, v| PauliString::new([(u, Pauli::Z), (v, Pauli::Z)]);
    PauliSum::new(graph.edges().iter().map(|&(u, v, w)| (pair(u, v), -w / 2.0)))
}

/// The largest divisor that is not above the square root.
fn rows_of_grid(num_qubits: usize) -> usize {
    let below = (1..=num_qubits).take_while(|r| r * r <= num_qubits);
    below.filter(|r| num_qubits.is_multiple_of(*r)).max().unwrap_or(1)
}

/// The circuit with `value(k)` for parameter k.
fn bound(circuit: &Circuit, value: impl FnMut(usize) -> f64) -> Circuit {
    let values = (0..circuit.params().len()).map(value);
    let named: Vec<(&String, f64)> = circuit.params().iter().zip(values).collect();
    circuit.bind(&named).expect("every parameter has a finite value")
}
