//! Actions on one qubit as one matrix.

use crate::engine::{Action, Kind, PauliMask, Scalar};
use num_complex::Complex64;

type Matrix = [Complex64; 4];

const ZERO: Complex64 = Complex64::ZERO;
const ONE: Complex64 = Complex64::ONE;

/// The product of actions whose angles are numbers, if all are on one qubit alone: one pass over the
/// state instead of one each.
pub(super) fn one_qubit(actions: &[Action]) -> Option<Action> {
    let mut product: Option<(u32, Matrix)> = None;
    for action in actions {
        let (target, [a, b, c, d]) = matrix(action)?;
        let [e, f, g, h] = match product {
            None => [ONE, ZERO, ZERO, ONE],
            Some((before, product)) if before == target => product,
            Some(_) => return None,
        };
        let next = [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
        product = Some((target, next));
    }
    let (target, matrix) = product?;
    Some(Action::new(Kind::Dense1 { target, matrix }))
}

/// The qubit of an action on one qubit, and its matrix by rows.
fn matrix(action: &Action) -> Option<(u32, Matrix)> {
    let controls = action.controls;
    if let Kind::Phase(Scalar::Const(angle)) = action.kind {
        let one = controls.mask.is_power_of_two() && controls.value == controls.mask;
        return one
            .then(|| (controls.mask.trailing_zeros(), [ONE, ZERO, ZERO, Complex64::cis(angle)]));
    }
    if controls.mask != 0 {
        return None;
    }
    match action.kind {
        Kind::Dense1 { target, matrix } => Some((target, matrix)),
        Kind::Pauli(p) => pauli(p),
        Kind::Rotation(p, Scalar::Const(theta)) => {
            let (target, [a, b, c, d]) = pauli(p)?;
            let (cos, sin) = ((0.5 * theta).cos(), Complex64::new(0.0, -(0.5 * theta).sin()));
            Some((target, [cos + sin * a, sin * b, sin * c, cos + sin * d]))
        }
        _ => None,
    }
}

fn pauli(p: PauliMask) -> Option<(u32, Matrix)> {
    let bit = p.x | p.z;
    let i = Complex64::I;
    let matrix = match (p.x != 0, p.z != 0) {
        (true, true) => [ZERO, -i, i, ZERO],
        (true, false) => [ZERO, ONE, ONE, ZERO],
        _ => [ONE, ZERO, ZERO, -ONE],
    };
    bit.is_power_of_two().then(|| (bit.trailing_zeros(), matrix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ControlMask, StateVector};

    #[test]
    fn the_product_does_what_the_actions_do() {
        let mask = |x, z| PauliMask { x, z };
        let phase = Action::new(Kind::Phase(Scalar::Const(0.7)));
        let s = 0.5f64.sqrt();
        let h = [s, s, s, -s].map(Complex64::from);
        let list = [
            Action::new(Kind::Dense1 { target: 1, matrix: h }),
            phase.clone().controlled(ControlMask { mask: 2, value: 2 }),
            Action::new(Kind::Rotation(mask(2, 2), Scalar::Const(1.1))),
            Action::new(Kind::Rotation(mask(2, 0), Scalar::Const(-0.4))),
            Action::new(Kind::Rotation(mask(0, 2), Scalar::Const(2.9))),
            Action::new(Kind::Pauli(mask(2, 2))),
            Action::new(Kind::Pauli(mask(0, 2))),
        ];
        let run = |actions: &[Action]| {
            let mut state = StateVector::<f64>::zero(3).unwrap();
            state.apply(&Action::new(Kind::Dense1 { target: 0, matrix: h }), &[]);
            actions.iter().for_each(|action| state.apply(action, &[]));
            state.to_vec()
        };
        let product = one_qubit(&list).unwrap();
        for (a, b) in run(&list).iter().zip(run(&[product])) {
            assert!((a - b).norm() < 1e-15, "{a} {b}");
        }
        let other = Action::new(Kind::Pauli(mask(1, 0)));
        assert!(one_qubit(&[list[0].clone(), other]).is_none());
        let negative = phase.controlled(ControlMask { mask: 2, value: 0 });
        assert!(one_qubit(&[negative]).is_none());
        assert!(one_qubit(&[Action::new(Kind::Pauli(mask(6, 0)))]).is_none());
        assert!(one_qubit(&[]).is_none());
    }
}
