//! What order finding would take on hardware, in gates that are counted.

use serde::{Deserialize, Serialize};

/// Gates of Beauregard's circuit for n bits (Quantum Information and Computation 3, 175 (2003),
/// quant-ph/0205095) with one control qubit and t rounds, counted from how it is built, a phase of any
/// angle under at most two controls being one gate. No gate is decomposed, and no error corrected. Other
/// circuits have fewer gates.
///
/// With exact Fourier transforms there are about 8n⁴ of 2n rounds; without their smallest rotations
/// 16n³·log2 n (Barenco, Ekert, Suominen and Törmä, Physical Review A 54, 139 (1996); Beauregard's
/// section 2.4).
///
/// Counts beyond 64 bits are the largest of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beauregard {
    /// 2n + 3.
    pub qubits: u64,
    /// Phases without a control.
    pub phases: u64,
    /// Phases with one control.
    pub controlled_phases: u64,
    /// Phases with two controls.
    pub doubly_controlled_phases: u64,
    /// Hadamard gates.
    pub hadamards: u64,
    /// X and CX.
    pub nots: u64,
    /// Controlled swaps.
    pub controlled_swaps: u64,
    /// All gates.
    pub gates: u64,
    /// Rotations of the Fourier transforms are by 2π/2^k up to this k; none if all are there.
    pub smallest_rotation: Option<u64>,
}

/// More bits are counted as so many: products of two still fit.
const MOST_BITS: u64 = 1 << 30;

impl Beauregard {
    /// For n bits and t rounds, with exact Fourier transforms.
    pub fn new(n: u64, rounds: u64) -> Self {
        Self::counted(n, rounds, None)
    }

    /// Without rotations by less than 2π/2^k, k = ⌈log2 4n⌉. Qubits have one to each of their k - 1 next
    /// ones then, as Barenco et al. (1996) recommend at log2 n + 2.
    pub fn banded(n: u64, rounds: u64) -> Self {
        let k = 66 - n.max(1).saturating_sub(1).leading_zeros();
        Self::counted(n, rounds, Some(k.into()))
    }

    fn counted(n: u64, rounds: u64, smallest_rotation: Option<u64>) -> Self {
        // A Fourier transform of the n + 1 qubits of an adder, or its inverse. Qubits at a distance of d,
        // of which there are n + 1 - d pairs, have a rotation by 2π/2^(d + 1).
        let n = n.min(MOST_BITS);
        let transform_h = n + 1;
        let farthest = smallest_rotation.map_or(n, |k| (k - 1).min(n));
        let transform_phases = farthest * (n + 1) - farthest * (farthest + 1) / 2;
        // Addition of a constant after a transform: a phase on each of n + 1 qubits.
        let addition = n + 1;
        // A modular adder: three additions of a under two controls, one of N without and
        // one with a control, four transforms, two CX and two X.
        let per_adder = Beauregard {
            phases: addition,
            controlled_phases: addition + 4 * transform_phases,
            doubly_controlled_phases: 3 * addition,
            hadamards: 4 * transform_h,
            nots: 4,
            ..Self::none()
        };
        // A controlled multiplication: n modular adders between two transforms. A
        // controlled U_a: two of them and n controlled swaps.
        let transforms = Beauregard {
            controlled_phases: 2 * transform_phases,
            hadamards: 2 * transform_h,
            ..Self::none()
        };
        let multiplication = per_adder.times(n).plus(transforms);
        let swaps = Beauregard { controlled_swaps: n, ..Self::none() };
        let unitary = multiplication.times(2).plus(swaps);
        // A round beside it: two H, and as one phase what earlier outcomes say.
        let round = unitary.plus(Beauregard { hadamards: 2, phases: 1, ..Self::none() });
        let mut all = round.times(rounds);
        all.qubits = 2 * n + 3;
        all.smallest_rotation = smallest_rotation;
        all.gates = [
            all.phases,
            all.controlled_phases,
            all.doubly_controlled_phases,
            all.hadamards,
            all.nots,
            all.controlled_swaps,
        ]
        .into_iter()
        .fold(0, u64::saturating_add);
        all
    }

    fn none() -> Self {
        Beauregard {
            qubits: 0,
            phases: 0,
            controlled_phases: 0,
            doubly_controlled_phases: 0,
            hadamards: 0,
            nots: 0,
            controlled_swaps: 0,
            gates: 0,
            smallest_rotation: None,
        }
    }

    fn times(self, k: u64) -> Self {
        Beauregard {
            phases: k.saturating_mul(self.phases),
            controlled_phases: k.saturating_mul(self.controlled_phases),
            doubly_controlled_phases: k.saturating_mul(self.doubly_controlled_phases),
            hadamards: k.saturating_mul(self.hadamards),
            nots: k.saturating_mul(self.nots),
            controlled_swaps: k.saturating_mul(self.controlled_swaps),
            ..self
        }
    }

    fn plus(self, other: Self) -> Self {
        let add = u64::saturating_add;
        Beauregard {
            phases: add(self.phases, other.phases),
            controlled_phases: add(self.controlled_phases, other.controlled_phases),
            doubly_controlled_phases: add(
                self.doubly_controlled_phases,
                other.doubly_controlled_phases,
            ),
            hadamards: add(self.hadamards, other.hadamards),
            nots: add(self.nots, other.nots),
            controlled_swaps: add(self.controlled_swaps, other.controlled_swaps),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_orders_are_those_of_the_paper() {
        // 2n rounds of 2n modular adders, each with four transforms of n²/2 controlled phases: 8n⁴.
        let n = 1 << 12;
        let count = Beauregard::new(n, 2 * n);
        let leading = 8.0 * (n as f64).powi(4);
        assert!((count.gates as f64 / leading - 1.0).abs() < 0.01);
        assert_eq!(count.qubits, 2 * n + 3);
        // 3(n + 1) doubly controlled phases an adder, 4n² adders.
        assert_eq!(count.doubly_controlled_phases, 12 * n * n * (n + 1));
        assert_eq!(count.controlled_swaps, 2 * n * n);
    }
    #[test]
    fn small_rotations_are_left_out() {
        // n = 8: k is 5, and qubits five places farther on would have 2π/2^6.
        let (banded, exact) = (Beauregard::banded(8, 16), Beauregard::new(8, 16));
        assert_eq!((banded.smallest_rotation, exact.smallest_rotation), (Some(5), None));
        let pairs = |most: u64| -> u64 {
            (0..9u64).map(|a| (a + 1..9).filter(|b| b - a < most).count() as u64).sum()
        };
        let transforms = 16 * 2 * (8 * 4 + 2);
        let left_out = transforms * (pairs(9) - pairs(5));
        assert_eq!(exact.controlled_phases - banded.controlled_phases, left_out);
        assert_eq!(exact.gates - banded.gates, left_out);
        // So few that all are there.
        assert_eq!(Beauregard::banded(3, 6).gates, Beauregard::new(3, 6).gates);
        // 16n³ log2 n to leading order: 4n² adders of four transforms with n·k phases.
        let n = 1u64 << 16;
        let leading = 16.0 * (n as f64).powi(3) * 18.0;
        let found = Beauregard::banded(n, 2 * n).gates as f64;
        assert!((found / leading - 1.0).abs() < 0.2, "{}", found / leading);
    }

    #[test]
    fn counts_that_do_not_fit_are_the_largest() {
        assert!(Beauregard::banded(100_000, 200_000).gates < u64::MAX);
        assert!(Beauregard::new(30_000, 60_000).gates < u64::MAX);
        for n in [50_000, u64::MAX] {
            assert_eq!(Beauregard::new(n, 100_000.max(n)).gates, u64::MAX);
        }
        assert!(Beauregard::banded(0, 0).gates == 0);
    }
}
