//! Pauli errors carried to the end of a circuit: P·exp(-iθQ/2) = exp(∓iθQ/2)·P, so that an error is
//! a sign of each later angle whose generator anticommutes with it, and a Pauli string at the end.
//! Clifford gates map the string; its sign is a global phase.

use crate::engine::{Action, Kind, PauliMask, Scalar};
use num_complex::Complex64;
use smallvec::SmallVec;
use std::f64::consts::FRAC_PI_2;

/// What Pauli errors in a circuit are the same as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Frame {
    /// Slots whose angles change their sign, ascending.
    pub flips: SmallVec<[u32; 8]>,
    /// Qubits with X or Y at the end.
    pub x: u64,
    /// Qubits with Z or Y at the end.
    pub z: u64,
}

impl Frame {
    /// That of errors, each before the action with its number (ascending; behind all of them is the
    /// number of actions); `None` where one meets an action that makes no Pauli string of it and is no
    /// rotation by a slot.
    pub fn new(actions: &[Action], errors: &[(usize, PauliMask)]) -> Option<Frame> {
        let mut frame = Frame::default();
        let mut errors = errors.iter().peekable();
        let mut at = errors.peek().map_or(actions.len(), |error| error.0);
        loop {
            while let Some((_, error)) = errors.next_if(|error| error.0 == at) {
                frame.x ^= error.x;
                frame.z ^= error.z;
            }
            let Some(action) = actions.get(at) else { return Some(frame) };
            frame.carry(action)?;
            at += 1;
        }
    }

    /// Whether every Pauli string passes an action: all do if X and Z on each of its qubits do.
    pub fn passes(action: &Action) -> bool {
        let on = action.kind.support() | action.controls.mask;
        let bits = (0..64).map(|q| 1u64 << q).filter(|bit| on & bit != 0);
        let strings = bits.flat_map(|bit| [(bit, 0), (0, bit)]);
        strings
            .map(|(x, z)| Frame { x, z, ..Frame::default() })
            .all(|mut f| f.carry(action).is_some())
    }

    /// Whether a string changes its sign by the frame.
    pub fn flips_sign(&self, string: PauliMask) -> bool {
        (self.x & string.z ^ self.z & string.x).count_ones() % 2 == 1
    }

    /// Multiplies by a string.
    fn times(&mut self, string: PauliMask) {
        self.x ^= string.x;
        self.z ^= string.z;
    }

    /// Behind a matrix.
    fn turn(&mut self, targets: &[u32], matrix: &[Complex64]) -> Option<()> {
        let local = |bits: u64| -> u64 {
            targets.iter().enumerate().map(|(k, t)| (bits >> t & 1) << k).sum()
        };
        let (x, z) = image(matrix, local(self.x), local(self.z))?;
        for (k, t) in targets.iter().enumerate() {
            self.x = self.x & !(1 << t) | (x >> k & 1) << t;
            self.z = self.z & !(1 << t) | (z >> k & 1) << t;
        }
        Some(())
    }

    /// Behind an action.
    fn carry(&mut self, action: &Action) -> Option<()> {
        let controls = action.controls.mask;
        if (action.kind.support() | controls) & (self.x | self.z) == 0 {
            return Some(());
        }
        // The controls are left alone by what is diagonal on them.
        let free = self.x & controls == 0;
        match &action.kind {
            Kind::Pauli(p) => match controls.count_ones() {
                0 => {}
                1 => {
                    // Only the part on the targets counts, for p is on these.
                    let flips = self.flips_sign(*p);
                    if !free {
                        self.times(*p);
                    }
                    if flips {
                        self.z ^= controls;
                    }
                }
                _ => (free && !self.flips_sign(*p)).then_some(())?,
            },
            Kind::Rotation(p, angle) => {
                if !free {
                    return None;
                }
                if self.flips_sign(*p) {
                    match angle {
                        Scalar::Slot(slot) => self.flips.push(*slot),
                        Scalar::Const(angle) if controls == 0 => {
                            if quarters(*angle)? % 2 != 0 {
                                self.times(*p);
                            }
                        }
                        Scalar::Const(_) => return None,
                    }
                }
            }
            Kind::Phase(_) if free => {}
            Kind::Phase(angle) => match (controls.count_ones(), angle) {
                (1, Scalar::Slot(slot)) => self.flips.push(*slot),
                (1, Scalar::Const(angle)) => {
                    if quarters(*angle)? % 2 != 0 {
                        self.z ^= controls;
                    }
                }
                (2, Scalar::Const(angle)) => match quarters(*angle)?.rem_euclid(4) {
                    0 => {}
                    2 => {
                        let (low, high) = (controls & controls.wrapping_neg(), controls);
                        let high = high ^ low;
                        let both = [(low, high), (high, low)];
                        let x = self.x;
                        both.iter().filter(|(a, _)| x & a != 0).for_each(|(_, b)| self.z ^= b);
                    }
                    _ => return None,
                },
                _ => return None,
            },
            Kind::Swap(a, b) if controls == 0 => {
                let swapped = |bits: u64| {
                    let differ = (bits >> a ^ bits >> b) & 1;
                    bits ^ (differ << a | differ << b)
                };
                (self.x, self.z) = (swapped(self.x), swapped(self.z));
            }
            Kind::Dense1 { target, matrix } if controls == 0 => self.turn(&[*target], matrix)?,
            Kind::Dense { targets, matrix } if controls == 0 && targets.len() == 2 => {
                self.turn(targets, matrix)?;
            }
            _ => return None,
        }
        Some(())
    }
}

/// Whether a rotation by an angle is a Clifford gate.
pub(super) fn is_quarter_turn(angle: f64) -> bool {
    quarters(angle).is_some()
}

/// How many quarter turns an angle is, if it is a whole number of them.
fn quarters(angle: f64) -> Option<i64> {
    let turns = (angle / FRAC_PI_2).round();
    let is_whole = (angle - turns * FRAC_PI_2).abs() <= 1e-15 * angle.abs().max(1.0);
    (is_whole && turns.abs() < 1e9).then_some(turns as i64)
}

/// The string that M·P·M† is, if it is one but for its phase; M is row-major, on few qubits.
fn image(m: &[Complex64], x: u64, z: u64) -> Option<(u64, u64)> {
    let dim = m.len().isqrt();
    let sign = |z: u64, index: usize| match (z & index as u64).count_ones() % 2 {
        0 => 1.0,
        _ => -1.0,
    };
    // P takes column c to row c ^ x with a sign, but for a phase of all of it.
    let image = |row: usize, column: usize| -> Complex64 {
        let term =
            |c: usize| m[row * dim + (c ^ x as usize)] * sign(z, c) * m[column * dim + c].conj();
        (0..dim).map(term).sum()
    };
    let all = (0..dim as u64).flat_map(|x| (0..dim as u64).map(move |z| (x, z)));
    all.into_iter().find(|&(x, z)| {
        let overlap: Complex64 = (0..dim).map(|c| image(c ^ x as usize, c) * sign(z, c)).sum();
        (overlap.norm() / dim as f64 - 1.0).abs() < 1e-13
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Circuit, Op};
    use crate::gate::{GateOp, StdGate};
    use crate::pauli::PauliSum;
    use crate::simulate::{Simulator, Unitary};

    /// A circuit with a Pauli put in before an operation, and what the frame makes of it: equal means.
    fn check(circuit: &Circuit, at: &[f64]) -> usize {
        let n = circuit.num_qubits();
        let strings = ["X0 Y1", "Z0 Z2", "Y0 X2", "X1 Z2", "Z1", "Y2", "X0 X1 X2", "Y0 Z1"];
        let mut carried = 0;
        for before in 0..=circuit.ops().len() {
            let first = circuit.with_ops(circuit.ops()[..before].to_vec());
            let place = Unitary::new(&first, "a test").unwrap().actions.len();
            for (qubit, letter) in (0..n).flat_map(|q| (1..4).map(move |l| (q, l))) {
                let gate = [StdGate::X, StdGate::Y, StdGate::Z][letter - 1];
                let bit = 1u64 << qubit;
                let error = PauliMask {
                    x: if letter < 3 { bit } else { 0 },
                    z: if letter > 1 { bit } else { 0 },
                };
                let unitary = Unitary::new(circuit, "a test").unwrap();
                let Some(frame) = Frame::new(&unitary.actions, &[(place, error)]) else { continue };
                carried += 1;
                let mut ops = circuit.ops().to_vec();
                ops.insert(before, Op::Gate(GateOp::std(gate, [], [qubit])));
                let inserted = circuit.with_ops(ops);
                // Each parameter is one slot, in order.
                let flipped: Vec<f64> = at
                    .iter()
                    .enumerate()
                    .map(|(k, x)| if frame.flips.contains(&(k as u32)) { -x } else { *x })
                    .collect();
                for string in strings {
                    let sum: PauliSum = string.parse().unwrap();
                    let mean = |circuit: &Circuit, at: &[f64]| {
                        let names = circuit.params().to_vec();
                        let values: Vec<_> =
                            names.iter().map(String::as_str).zip(at.iter().copied()).collect();
                        let bound = circuit.bind(&values).unwrap();
                        Simulator::new().expectation(&bound, &sum).unwrap().value
                    };
                    let mask = crate::simulate::pauli_mask(&sum.terms()[0].0, n).unwrap();
                    let sign = if frame.flips_sign(mask) { -1.0 } else { 1.0 };
                    let (found, expected) = (sign * mean(circuit, &flipped), mean(&inserted, at));
                    assert!((found - expected).abs() < 1e-12, "{before} {error:?} {string}");
                }
            }
        }
        carried
    }

    #[test]
    fn errors_are_signs_and_a_string_at_the_end() {
        let mut c = Circuit::new(3);
        let t = c.param_vector("t", 7);
        c.h(0).ry(t[0], 0).rx(t[1], 1).cx(0, 1).rz(t[2], 1).cz(1, 2).s(2).sx(0).swap(0, 2);
        c.rzz(t[3], 0, 1)
            .p(t[4], 2)
            .cy(2, 0)
            .rxx(t[5], 1, 2)
            .sdg(1)
            .h(2)
            .ry(t[6], 2)
            .y(1)
            .iswap(0, 1);
        c.rx(FRAC_PI_2, 0).ry(-FRAC_PI_2, 1).cx(2, 1).rz(2.0 * FRAC_PI_2, 0);
        let at = [0.3, -0.8, 1.1, 0.5, 0.9, -0.4, 0.7];
        // Nine Pauli errors at each place.
        assert_eq!(check(&c, &at), 9 * (c.ops().len() + 1));
    }

    #[test]
    fn what_is_no_clifford_gate_is_not_passed_but_where_it_commutes() {
        let mut c = Circuit::new(3);
        let t = c.param_vector("t", 1);
        c.ry(0.3, 0)
            .ry(0.4, 1)
            .ry(0.5, 2)
            .t(0)
            .ccx(0, 1, 2)
            .crz(t[0], 0, 1)
            .cp(0.3, 0, 2)
            .rx(0.2, 1);
        c.h(0).h(1).h(2);
        let carried = check(&c, &[0.8]);
        assert!((20..100).contains(&carried), "{carried}");
    }
}
