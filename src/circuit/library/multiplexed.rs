//! Multiplexed (uniformly controlled) rotations.

use super::sizes::{check_num_gates, check_num_qubits};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::{GateOp, StdGate, check_qubits, index};

/// A multiplexed RY: RY(`angles[j]`) on `target` where the `controls` are in state j, `controls[0]`
/// the least significant; 2^k angles (radians) for k controls. The Gray-code decomposition of
/// Möttönen, Vartiainen, Bergholm and Salomaa, quant-ph/0404089 (2004), into 2^k RY and 2^k CX
/// (none for k = 0), its angles by a fast Walsh-Hadamard transform.
///
/// Rotations whose angles are zero to within rounding are left out, and CX between the others
/// cancel: k + 1 rotations are left where the angle is a linear function of j, one and no CX where
/// it is constant. What is left out changes the angles by no more than 2(k+1)·2^-52 of their size,
/// both in root mean square.
///
/// ```
/// use ketlab::circuit::library::multiplexed_ry;
/// let c = multiplexed_ry(&[0.1, 0.7, 0.2, 1.5], &[0, 1], 2, 3);
/// assert_eq!((c.count_ops()["ry"], c.count_ops()["cx"]), (4, 4));
/// ```
///
/// # Panics
/// See [`try_multiplexed_ry`].
#[track_caller]
pub fn multiplexed_ry(
    angles: &[f64],
    controls: &[usize],
    target: usize,
    num_qubits: usize,
) -> Circuit {
    try_multiplexed_ry(angles, controls, target, num_qubits).unwrap_or_else(|e| panic!("{e}"))
}

/// [`multiplexed_ry`] that returns the error.
///
/// # Errors
/// If the number of angles is not 2^k for k controls, an angle is not finite, a qubit is repeated
/// or out of range, or there are no qubits, more than a circuit can have, or more than 24 controls.
pub fn try_multiplexed_ry(
    angles: &[f64],
    controls: &[usize],
    target: usize,
    num_qubits: usize,
) -> Result<Circuit> {
    checked(StdGate::RY, "multiplexed_ry", angles, controls, target, num_qubits)
}

/// A multiplexed RZ: RZ(`angles[j]`) on `target` where the `controls` are in state j. See
/// [`multiplexed_ry`], of which everything else holds.
///
/// ```
/// use ketlab::circuit::library::multiplexed_rz;
/// let c = multiplexed_rz(&[0.1, 0.2, 0.3, 0.4], &[0, 1], 2, 3); // linear
/// assert_eq!((c.count_ops()["rz"], c.count_ops()["cx"]), (3, 4));
/// ```
///
/// # Panics
/// See [`try_multiplexed_ry`].
#[track_caller]
pub fn multiplexed_rz(
    angles: &[f64],
    controls: &[usize],
    target: usize,
    num_qubits: usize,
) -> Circuit {
    try_multiplexed_rz(angles, controls, target, num_qubits).unwrap_or_else(|e| panic!("{e}"))
}

/// [`multiplexed_rz`] that returns the error.
///
/// # Errors
/// As [`try_multiplexed_ry`].
pub fn try_multiplexed_rz(
    angles: &[f64],
    controls: &[usize],
    target: usize,
    num_qubits: usize,
) -> Result<Circuit> {
    checked(StdGate::RZ, "multiplexed_rz", angles, controls, target, num_qubits)
}

fn checked(
    rotation: StdGate,
    name: &str,
    angles: &[f64],
    controls: &[usize],
    target: usize,
    num_qubits: usize,
) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    let qubits = controls.iter().chain([&target]);
    check_qubits(qubits.map(|&q| index(q)), num_qubits, || name.into())?;
    let shift = controls.len().try_into().unwrap_or(u32::MAX);
    let expected = 1usize.checked_shl(shift).unwrap_or(usize::MAX);
    if angles.len() != expected {
        let (gate, got) = (name.into(), angles.len());
        return Err(Error::WrongNumberOfAngles { gate, expected, got });
    }
    if let Some((j, &value)) = angles.iter().enumerate().find(|(_, angle)| !angle.is_finite()) {
        return Err(Error::NotFinite { what: format!("angle {j} of `{name}`"), value });
    }
    check_num_gates(angles.len(), 1)?;
    let mut c = Circuit::new(num_qubits);
    multiplex(&mut c, rotation, angles, controls, target)?;
    Ok(c)
}

/// Appends a multiplexed `rotation`, RY or RZ, with 2^k finite angles for k controls.
pub(super) fn multiplex(
    c: &mut Circuit,
    rotation: StdGate,
    angles: &[f64],
    controls: &[usize],
    target: usize,
) -> Result<()> {
    debug_assert_eq!(angles.len(), 1 << controls.len());
    let angles = walsh_hadamard(angles);
    let negligible = negligible(&angles, controls.len());
    // X·R(θ)·X = R(-θ): a rotation turns the other way where an odd number of the controls with
    // their CX before it are 1. The i-th has those in the Gray code of i before it.
    let mut flipped = 0;
    for gray in (0..angles.len()).map(|i| i ^ i >> 1).filter(|&gray| !negligible[gray]) {
        flip(c, controls, flipped ^ gray, target)?;
        c.try_gate(GateOp::std(rotation, [angles[gray].into()], [target]))?;
        flipped = gray;
    }
    flip(c, controls, flipped, target)
}

/// CX from the controls in `mask`. Those with one target commute, so only their parity counts.
fn flip(c: &mut Circuit, controls: &[usize], mask: usize, target: usize) -> Result<()> {
    for (k, &control) in controls.iter().enumerate() {
        if mask >> k & 1 == 1 {
            c.try_cx(control, target)?;
        }
    }
    Ok(())
}

/// 2^-k Σ_j (-1)^(i·j) `values[j]` for each i, with i·j the number of ones in i & j.
pub(super) fn walsh_hadamard(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    let mut half = 1;
    while half < values.len() {
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                // Halved first, so that no finite angle overflows.
                let (x, y) = (0.5 * *a, 0.5 * *b);
                (*a, *b) = (x + y, x - y);
            }
        }
        half *= 2;
    }
    values
}

/// Which of the transformed angles are zero to within rounding: the smallest ones, as many as have
/// together a norm of 2(k+1)·2^-52 of the norm of all. An error of the transform is about that:
/// half an ulp in each of k steps, and an ulp or two in the angles given. By Parseval's theorem
/// norms of transformed angles are root mean squares of the angles.
fn negligible(angles: &[f64], num_controls: usize) -> Vec<bool> {
    let largest = angles.iter().fold(0f64, |m, a| m.max(a.abs()));
    let mut negligible = vec![largest == 0.0; angles.len()];
    if largest > 0.0 {
        let square = |i: usize| (angles[i] / largest).powi(2);
        let mut order: Vec<usize> = (0..angles.len()).collect();
        order.sort_unstable_by(|&i, &j| square(i).total_cmp(&square(j)));
        let total: f64 = order.iter().map(|&i| square(i)).sum();
        let allowed = (2.0 * (num_controls + 1) as f64 * f64::EPSILON).powi(2) * total;
        let mut left_out = 0.0;
        for i in order {
            left_out += square(i);
            if left_out > allowed {
                break;
            }
            negligible[i] = true;
        }
    }
    negligible
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Control;
    use crate::simulate::Simulator;
    use proptest::prelude::*;

    fn count(c: &Circuit, name: &str) -> usize {
        c.count_ops().get(name).copied().unwrap_or(0)
    }

    /// The meaning: one controlled rotation for each state of the controls.
    fn by_definition(
        rotation: StdGate,
        angles: &[f64],
        controls: &[usize],
        target: usize,
        num_qubits: usize,
    ) -> Circuit {
        let mut c = Circuit::new(num_qubits);
        for (j, &angle) in angles.iter().enumerate() {
            let state = controls.iter().enumerate().map(|(k, &q)| match j >> k & 1 {
                1 => Control::on(q),
                _ => Control::off(q),
            });
            c.gate(GateOp::std(rotation, [angle.into()], [target]).controlled(state));
        }
        c
    }

    /// ‖Δψ‖ of two circuits from a state without symmetry.
    fn distance(a: &Circuit, b: &Circuit) -> f64 {
        let state = |circuit: &Circuit| {
            let mut c = Circuit::new(circuit.num_qubits());
            for q in 0..c.num_qubits() {
                let x = q as f64;
                c.u(0.4 + 0.3 * x, 0.2 - 0.5 * x, 1.1 * x, q);
            }
            circuit.ops().iter().for_each(|op| _ = c.push(op.clone()));
            Simulator::new().state::<f64>(&c).unwrap()
        };
        let (a, b) = (state(a), state(b));
        let pairs = a.to_vec().into_iter().zip(b.to_vec());
        pairs.map(|(a, b)| (a - b).norm_sqr()).sum::<f64>().sqrt()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn it_is_a_controlled_rotation_for_each_state(
            order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
            k in 0usize..6,
            about_z: bool,
            mut angles in prop::collection::vec(-7.0..7.0, 32),
        ) {
            let (controls, target) = (&order[..k], order[5]);
            angles.truncate(1 << k);
            let (rotation, name, c) = if about_z {
                (StdGate::RZ, "rz", multiplexed_rz(&angles, controls, target, 6))
            } else {
                (StdGate::RY, "ry", multiplexed_ry(&angles, controls, target, 6))
            };
            let definition = by_definition(rotation, &angles, controls, target, 6);
            prop_assert!(distance(&c, &definition) < 1e-13);
            prop_assert_eq!(count(&c, name), 1 << k);
            prop_assert_eq!(count(&c, "cx"), if k == 0 { 0 } else { 1 << k });
        }
    }

    #[test]
    fn gates_come_in_the_order_of_the_gray_code() {
        // Rotation i has the sign (-1)^(j·g) of angle j, with g the Gray code of i.
        let angles = [0.1, 0.7, 0.2, 1.5];
        let sum = |signs: [f64; 4]| (0..4).map(|j| 0.25 * signs[j] * angles[j]).sum::<f64>();
        let c = multiplexed_ry(&angles, &[0, 1], 2, 3);
        let mut expected = Circuit::new(3);
        expected.ry(sum([1.0; 4]), 2).cx(0, 2).ry(sum([1.0, -1.0, 1.0, -1.0]), 2).cx(1, 2);
        expected.ry(sum([1.0, -1.0, -1.0, 1.0]), 2).cx(0, 2);
        expected.ry(sum([1.0, 1.0, -1.0, -1.0]), 2).cx(1, 2);
        assert_eq!(c.ops().len(), expected.ops().len());
        for (got, want) in c.ops().iter().zip(expected.ops()) {
            let one = |op: &crate::circuit::Op| {
                let mut c = Circuit::new(3);
                c.push(op.clone());
                c
            };
            assert!(distance(&one(got), &one(want)) < 1e-14, "{got:?} {want:?}");
        }
    }

    #[test]
    fn rotations_by_nothing_are_left_out() {
        let controls: Vec<usize> = (0..10).collect();
        let counts = |f: &dyn Fn(usize) -> f64| {
            let angles: Vec<f64> = (0..1 << 10).map(f).collect();
            let c = multiplexed_ry(&angles, &controls, 10, 11);
            let definition = by_definition(StdGate::RY, &angles, &controls, 10, 11);
            assert!(distance(&c, &definition) < 1e-12);
            (count(&c, "ry"), count(&c, "cx"))
        };
        assert_eq!(counts(&|_| 0.0), (0, 0));
        assert_eq!(counts(&|_| 1.3), (1, 0));
        assert_eq!(counts(&|j| if j >> 7 & 1 == 1 { 0.3 } else { 0.1 }), (2, 2));
        assert_eq!(counts(&|j| if j >> 7 & 1 == 1 { 0.3 } else { -0.3 }), (1, 2));
        // Linear: the mean and one for each control; between two of them both controls change.
        assert_eq!(counts(&|j| 0.1 + 0.003 * j as f64), (11, 20));
        // Each of the 1024 rotations is small, yet none is left out.
        assert_eq!(counts(&|j| if j == 77 { 1.0 } else { 0.0 }), (1024, 1024));
    }

    #[test]
    fn sizes_of_angles_do_not_matter() {
        let c = multiplexed_ry(&[f64::MAX, f64::MAX, f64::MIN, f64::MAX], &[0, 1], 2, 3);
        assert_eq!((count(&c, "ry"), count(&c, "cx")), (4, 4));
        let c = multiplexed_ry(&[1e-300, 2e-300, -5e-300, 1e-300], &[0, 1], 2, 3);
        assert_eq!((count(&c, "ry"), count(&c, "cx")), (4, 4));
        assert!(multiplexed_ry(&[-0.0, 0.0], &[0], 1, 2).ops().is_empty());
    }

    #[test]
    fn refuses_what_is_no_multiplexed_rotation() {
        let error = |angles: &[f64], controls: &[usize], target, num_qubits| {
            try_multiplexed_ry(angles, controls, target, num_qubits).unwrap_err()
        };
        assert_eq!(
            error(&[0.1; 2], &[2], 0, 2),
            Error::QubitOutOfRange { qubit: 2, num_qubits: 2 }
        );
        assert_eq!(
            error(&[0.1; 2], &[0], 7, 2),
            Error::QubitOutOfRange { qubit: 7, num_qubits: 2 }
        );
        let repeated = |qubit| Error::RepeatedQubit { qubit, operation: "multiplexed_ry".into() };
        assert_eq!(error(&[0.1; 4], &[1, 1], 0, 3), repeated(1));
        assert_eq!(error(&[0.1; 4], &[1, 2], 2, 3), repeated(2));
        assert_eq!(
            error(&[0.1; 3], &[0, 1], 2, 3),
            Error::WrongNumberOfAngles { gate: "multiplexed_ry".into(), expected: 4, got: 3 }
        );
        assert!(try_multiplexed_rz(&[], &[], 0, 1).is_err());
        let many: Vec<usize> = (0..100).collect();
        assert!(matches!(error(&[0.1], &many, 100, 101), Error::WrongNumberOfAngles { .. }));
        let nan = try_multiplexed_rz(&[0.1, f64::NAN], &[0], 1, 2).unwrap_err().to_string();
        assert_eq!(nan, "angle 1 of `multiplexed_rz` is NaN; it must be a finite number");
        assert!(matches!(error(&[f64::INFINITY], &[], 0, 1), Error::NotFinite { .. }));
        assert!(try_multiplexed_ry(&[0.1], &[], 0, 0).is_err());
        assert!(try_multiplexed_ry(&[0.1], &[], 0, usize::MAX).is_err());
    }
}
