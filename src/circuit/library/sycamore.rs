//! Circuits as the Sycamore processor ran them, whole, in patches and elided.

use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, FRAC_PI_6};

/// The axes of √X, √W and √Y as angles φ from X towards Y, W = (X + Y)/√2; the gates are
/// exp(-iπ/4 (cos φ X + sin φ Y)).
const AXES: [f64; 3] = [0.0, FRAC_PI_4, FRAC_PI_2];

/// The patterns by turns, eight cycles long.
const SEQUENCE: [Pattern; 8] = [
    Pattern::A,
    Pattern::B,
    Pattern::C,
    Pattern::D,
    Pattern::C,
    Pattern::D,
    Pattern::A,
    Pattern::B,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    A,
    B,
    C,
    D,
}

/// The gate on two neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coupler {
    /// fSim(π/2, π/6): what Sycamore's gates were in the mean.
    Fsim,
    /// CZ, as in Boixo et al., Nature Physics 14, 595 (2018).
    Cz,
}

/// Which of the gates across the cut are there. The cut is in the middle of the columns: the first
/// ⌊columns/2⌋ are one patch, the others the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Links {
    /// All: the circuit itself.
    All,
    /// None: two patches that know nothing of each other.
    Cut,
    /// Only those from this cycle on: the elided circuit.
    From(usize),
}

/// Circuits as those of Arute et al., Nature 574, 505 (2019), on a grid of `rows` × `columns` qubits,
/// qubit `row * columns + column` at (row, column).
///
/// Each of the `depth` cycles has a gate on every qubit, in their order, and then one on pairs of
/// neighbours; a last layer of gates on single qubits ends it. The gate on a qubit is one of √X, √Y, √W
/// (W = (X + Y)/√2) with equal probability, but never what the qubit had before; it is written as `r`.
/// Pairs follow the patterns A B C D C D A B by turns: A is of pairs in a column whose upper qubit is at
/// an even row + column, B of those at an odd one, C of pairs in a row whose left qubit is at an odd one,
/// D of those at an even one. A grid of one row or one column is a line, where the pairs that begin at an
/// even qubit take turns with those that begin at an odd one. The same seed gives the same circuit, and
/// circuits that differ in their [`Links`] have the same gates otherwise.
///
/// ```
/// use ketlab::circuit::library::{Links, Sycamore};
/// let whole = Sycamore::new(3, 4, 8)?.seed(1);
/// let patches = whole.links(Links::Cut);
/// assert_eq!(whole.circuit().count_ops()["r"], 12 * 9);
/// let links = |s: &Sycamore| s.circuit().count_ops()["fsim"];
/// assert!(links(&patches) < links(&whole));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sycamore {
    rows: usize,
    columns: usize,
    depth: usize,
    coupler: Coupler,
    links: Links,
    seed: u64,
}

impl Sycamore {
    /// All links, fSim, seed 0.
    ///
    /// # Errors
    /// If there are fewer than two qubits or no cycles.
    pub fn new(rows: usize, columns: usize, depth: usize) -> Result<Self> {
        let num_qubits = rows.saturating_mul(columns);
        if num_qubits < 2 {
            return Err(Error::Invalid {
                what: "the grid of a random circuit".into(),
                value: format!("{rows} × {columns}"),
                expected: "it has at least two qubits".into(),
            });
        }
        if u32::try_from(num_qubits).is_err() {
            return Err(Error::Invalid {
                what: "the grid of a random circuit".into(),
                value: format!("{rows} × {columns}"),
                expected: format!("a circuit has at most {} qubits", u32::MAX),
            });
        }
        if depth == 0 {
            return Err(Error::Invalid {
                what: "the depth of a random circuit".into(),
                value: "0".into(),
                expected: "take at least one cycle".into(),
            });
        }
        Ok(Sycamore { rows, columns, depth, coupler: Coupler::Fsim, links: Links::All, seed: 0 })
    }

    /// On the most square grid of so many qubits that is full, with no more rows than columns; a prime
    /// number of qubits is a line.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_size(num_qubits: usize, depth: usize) -> Result<Self> {
        let rows = (1..=num_qubits)
            .take_while(|rows| rows.saturating_mul(*rows) <= num_qubits)
            .filter(|rows| num_qubits.is_multiple_of(*rows))
            .max()
            .unwrap_or(1);
        Self::new(rows, num_qubits / rows, depth)
    }

    /// The gate on two neighbours.
    pub fn coupler(self, coupler: Coupler) -> Self {
        Sycamore { coupler, ..self }
    }

    /// Which of the gates across the cut are there.
    pub fn links(self, links: Links) -> Self {
        Sycamore { links, ..self }
    }

    /// Draws other gates.
    pub fn seed(self, seed: u64) -> Self {
        Sycamore { seed, ..self }
    }

    /// Rows of the grid.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of the grid.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Qubits of the grid.
    pub fn num_qubits(&self) -> usize {
        self.rows * self.columns
    }

    /// The qubits on either side of the cut, in ascending order; the first list is empty where there is
    /// one column, and then the cut goes through the middle of the rows instead.
    pub fn patches(&self) -> [Vec<usize>; 2] {
        let side = |second: bool| {
            (0..self.num_qubits()).filter(|&q| self.is_in_second(q) == second).collect()
        };
        [side(false), side(true)]
    }

    fn is_in_second(&self, q: usize) -> bool {
        match self.columns {
            1 => q >= self.rows / 2,
            columns => q % columns >= columns / 2,
        }
    }

    /// The pairs of each cycle, in their order.
    pub fn pairs(&self) -> Vec<Vec<(usize, usize)>> {
        (0..self.depth).map(|cycle| self.pairs_of(cycle)).collect()
    }

    fn pairs_of(&self, cycle: usize) -> Vec<(usize, usize)> {
        let is_there = |&(a, b): &(usize, usize)| {
            let crosses = self.is_in_second(a) != self.is_in_second(b);
            match self.links {
                Links::All => true,
                Links::Cut => !crosses,
                Links::From(first) => !crosses || cycle >= first,
            }
        };
        if self.rows == 1 || self.columns == 1 {
            let ends = self.num_qubits() - 1;
            return (cycle % 2..ends).step_by(2).map(|q| (q, q + 1)).filter(is_there).collect();
        }
        let (in_column, parity) = match SEQUENCE[cycle % SEQUENCE.len()] {
            Pattern::A => (true, 0),
            Pattern::B => (true, 1),
            Pattern::C => (false, 1),
            Pattern::D => (false, 0),
        };
        let pair = |q: usize| {
            let (row, column) = (q / self.columns, q % self.columns);
            let fits = if in_column { row + 1 < self.rows } else { column + 1 < self.columns };
            let other = if in_column { q + self.columns } else { q + 1 };
            (fits && (row + column) % 2 == parity).then_some((q, other))
        };
        (0..self.num_qubits()).filter_map(pair).filter(is_there).collect()
    }

    /// The circuit, without measurements.
    ///
    /// # Panics
    /// More qubits than a circuit can have.
    #[track_caller]
    pub fn circuit(&self) -> Circuit {
        let all: Vec<usize> = (0..self.num_qubits()).collect();
        self.circuit_on(&all)
    }

    /// What acts on these qubits alone, which become the qubits 0, 1, … in the order of the list; pairs
    /// with one qubit elsewhere are left out. With one of the [`patches`](Self::patches) it is half of
    /// the circuit with [`Links::Cut`], on half of the qubits. Qubits that the grid does not have are
    /// left out, too.
    #[track_caller]
    pub fn circuit_on(&self, qubits: &[usize]) -> Circuit {
        let n = self.num_qubits();
        let mut place = vec![None; n];
        for (k, &q) in qubits.iter().enumerate().filter(|(_, q)| **q < n) {
            place[q] = Some(k);
        }
        let mut rng = Streams::new(self.seed, Domain::Circuit).stream(0);
        let mut last: Vec<Option<usize>> = vec![None; n];
        let mut c = Circuit::new(qubits.len());
        for cycle in 0..=self.depth {
            for (q, last) in last.iter_mut().enumerate() {
                // Drawn for all qubits, so that those that are left out change nothing.
                let root = match *last {
                    None => rng.random_range(0..AXES.len()),
                    Some(before) => (before + rng.random_range(1..AXES.len())) % AXES.len(),
                };
                *last = Some(root);
                if let Some(q) = place[q] {
                    c.r(FRAC_PI_2, AXES[root], q);
                }
            }
            if cycle == self.depth {
                break;
            }
            for (a, b) in self.pairs_of(cycle) {
                if let (Some(a), Some(b)) = (place[a], place[b]) {
                    match self.coupler {
                        Coupler::Fsim => c.fsim(FRAC_PI_2, FRAC_PI_6, a, b),
                        Coupler::Cz => c.cz(a, b),
                    };
                }
            }
        }
        c
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Op;
    use crate::gate::{Angle, Gate, StdGate};
    use crate::simulate::Simulator;

    /// The axis of each gate on a qubit, and the pairs, in their order.
    fn axes(c: &Circuit) -> Vec<Vec<u64>> {
        let mut axes = vec![Vec::new(); c.num_qubits()];
        for op in c.ops() {
            let Op::Gate(op) = op else { panic!("{op:?}") };
            let Gate::Std(StdGate::R, angles) = &op.gate else { continue };
            let [Angle::Fixed(theta), Angle::Fixed(phi)] = angles[..] else { panic!("{op:?}") };
            assert_eq!(theta, FRAC_PI_2);
            axes[op.targets[0] as usize].push(phi.to_bits());
        }
        axes
    }

    #[test]
    fn no_gate_comes_twice_and_links_change_no_other_gate() {
        let whole = Sycamore::new(3, 4, 10).unwrap().seed(5);
        let all = axes(&whole.circuit());
        for of_qubit in &all {
            assert_eq!(of_qubit.len(), 11);
            assert!(of_qubit.windows(2).all(|two| two[0] != two[1]));
        }
        assert_ne!(all, axes(&whole.seed(6).circuit()));
        for links in [Links::Cut, Links::From(4)] {
            assert_eq!(all, axes(&whole.links(links).circuit()));
        }
        let number = |s: Sycamore| s.circuit().count_ops()["fsim"];
        let counts = [Links::Cut, Links::From(4), Links::From(0), Links::All];
        let counts = counts.map(|links| number(whole.links(links)));
        assert!(counts[0] < counts[1] && counts[1] < counts[2] && counts[2] == counts[3]);
        // Three rows have three links across the cut, in C or D.
        let crossing: usize = counts[3] - counts[0];
        assert_eq!(crossing, (0..10).map(|k| [0, 0, 1, 2, 1, 2, 0, 0][k % 8]).sum::<usize>());
    }

    #[test]
    fn four_patterns_have_every_pair_of_neighbours_once() {
        for (rows, columns) in [(2, 2), (3, 4), (4, 5)] {
            let grid = Sycamore::new(rows, columns, 8).unwrap();
            let pairs = grid.pairs();
            let mut once: Vec<_> = pairs[..4].iter().flatten().copied().collect();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), rows * (columns - 1) + columns * (rows - 1));
            assert_eq!(once.len(), pairs[..4].iter().map(Vec::len).sum::<usize>());
            assert_eq!([&pairs[4..6], &pairs[6..]], [&pairs[2..4], &pairs[..2]]);
            for cycle in &pairs {
                let mut used: Vec<_> = cycle.iter().flat_map(|&(a, b)| [a, b]).collect();
                used.sort_unstable();
                assert!(used.windows(2).all(|two| two[0] != two[1]));
            }
        }
        let line = Sycamore::of_size(7, 2).unwrap();
        assert_eq!((line.rows(), line.columns()), (1, 7));
        assert_eq!(line.pairs(), [vec![(0, 1), (2, 3), (4, 5)], vec![(1, 2), (3, 4), (5, 6)]]);
        assert_eq!(Sycamore::new(7, 1, 2).unwrap().pairs(), line.pairs());
    }

    #[test]
    fn the_law_of_patches_is_a_product() {
        for (rows, columns) in [(2, 3), (1, 5), (4, 1)] {
            let whole = Sycamore::new(rows, columns, 6).unwrap().seed(2);
            let [left, right] = whole.patches();
            let simulator = Simulator::new();
            let part = |side: &[usize]| simulator.probabilities(&whole.circuit_on(side)).unwrap();
            let (p, q) = (part(&left), part(&right));
            let both = simulator.probabilities(&whole.links(Links::Cut).circuit()).unwrap();
            let bits = |x: usize, side: &[usize]| -> usize {
                side.iter().enumerate().map(|(k, q)| (x >> q & 1) << k).sum()
            };
            for (x, both) in both.iter().enumerate() {
                assert!((both - p[bits(x, &left)] * q[bits(x, &right)]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_grid_without_a_pair_and_no_depth_are_refused() {
        assert!(Sycamore::new(1, 1, 3).is_err());
        assert!(Sycamore::of_size(0, 3).is_err());
        assert!(Sycamore::new(usize::MAX, 2, 3).is_err());
        assert!(Sycamore::new(2, 2, 0).unwrap_err().to_string().contains("depth"));
    }
}
