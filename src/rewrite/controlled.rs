//! Gates on one and two qubits under controls, by X under them, phases exact.
//!
//! The references are A. Barenco et al., "Elementary gates for quantum computation",
//! arXiv:quant-ph/9503016.

use super::product::Product;
use crate::gate::{Angle, Control, GateOp, StdGate};
use crate::pauli::Pauli;
use std::f64::consts::{FRAC_PI_2, PI};

/// A Pauli matrix under controls, by X under them; X itself by a phase, where the header has no
/// name for it.
pub(crate) fn pauli(letter: Pauli, num_controls: usize, x_has_name: bool) -> Vec<GateOp> {
    let mut product = Product::new(num_controls);
    let (before, after) = match letter {
        Pauli::Y => (Some(StdGate::Sdg), Some(StdGate::S)),
        Pauli::Z if x_has_name => (Some(StdGate::H), Some(StdGate::H)),
        Pauli::X if !x_has_name => (Some(StdGate::H), Some(StdGate::H)),
        _ => (None, None),
    };
    before.into_iter().for_each(|gate| product.free(gate, None, 0));
    match letter {
        Pauli::Y => product.core(StdGate::X, [], Some(0), []),
        Pauli::X | Pauli::Z if x_has_name => product.core(StdGate::X, [], Some(0), []),
        Pauli::X | Pauli::Z => product.core(StdGate::P, [PI.into()], Some(0), []),
        Pauli::I => {}
    }
    after.into_iter().for_each(|gate| product.free(gate, None, 0));
    product.ops
}

/// Exchanges two qubits: three CX, of which only the middle one needs the controls.
pub(crate) fn swap(num_controls: usize) -> Vec<GateOp> {
    let mut product = Product::new(num_controls);
    product.free_cx(1, 0);
    product.core(StdGate::X, [], Some(1), [Control::on(0)]);
    product.free_cx(1, 0);
    product.ops
}

/// RZ(φ)·RY(θ)·RZ(λ) = A·X·B·X·C with A·B·C = 1 (lemma 4.3, 5.1 and 7.9): the controls are those
/// of the two X.
pub(crate) fn u3([theta, phi, lambda]: [Angle; 3], num_controls: usize) -> Vec<GateOp> {
    let mut product = Product::new(num_controls);
    product.free(StdGate::RZ, Some((lambda.clone() - phi.clone()) / 2.0), 0);
    product.core(StdGate::X, [], Some(0), []);
    product.free(StdGate::RZ, Some((lambda + phi.clone()) / -2.0), 0);
    product.free(StdGate::RY, Some(theta.clone() / -2.0), 0);
    product.core(StdGate::X, [], Some(0), []);
    product.free(StdGate::RY, Some(theta / 2.0), 0);
    product.free(StdGate::RZ, Some(phi), 0);
    product.ops
}

/// e^{iγ} where all controls hold, as a phase on one of them under the others; there is a control.
pub(crate) fn phase_on_a_control(gamma: Angle, controls: &[Control]) -> Vec<GateOp> {
    // A positive one needs no X before and after.
    let last = controls.iter().rposition(|c| c.positive).unwrap_or(controls.len() - 1);
    let mut others = controls.to_vec();
    let target = others.remove(last);
    let on_target = |gate, angles: Vec<Angle>| GateOp::std(gate, angles, [target.qubit as usize]);
    let phase = on_target(StdGate::P, vec![gamma]).controlled(others);
    let flip = on_target(StdGate::X, vec![]);
    match target.positive {
        true => vec![phase],
        false => vec![flip.clone(), phase, flip],
    }
}

/// CX by ECR = X₀·RZX(π/2): e^{iπ/4}·RZ₀(π/2)·RX₁(π/2)·RZX(-π/2), with RZX(-π/2) = ECR·X₀.
pub(super) fn ecr_as_cx() -> Vec<GateOp> {
    let quarter = || Angle::Fixed(FRAC_PI_2);
    vec![
        GateOp::std(StdGate::X, [], [0]),
        GateOp::std(StdGate::Ecr, [], [0, 1]),
        GateOp::std(StdGate::RZ, [quarter()], [0]),
        GateOp::std(StdGate::RX, [quarter()], [1]),
        GateOp::std(StdGate::GlobalPhase, [quarter() / 2.0], []),
    ]
}
