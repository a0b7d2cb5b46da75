//! Phases and X under many controls, without ancillas and with exact phases (A. Barenco et al.,
//! "Elementary gates for quantum computation", arXiv:quant-ph/9503016).

use super::product::Product;
use crate::gate::{Angle, Gate, GateOp, StdGate};
use std::collections::HashMap;

/// P(λ) under k ≥ 2 controls, without an ancilla (lemma 7.5, unrolled): with A the controls but the
/// last and B the last one, λ·ABT = λ/2·(BT - (A⊕B)T + AT). Each A⊕B is an X under the other
/// controls, for which `x` makes a gate that may borrow T: quadratic in k.
pub(crate) fn phase(
    lambda: &Angle,
    num_controls: usize,
    mut x: impl FnMut(usize, usize) -> GateOp,
) -> Vec<GateOp> {
    let target = num_controls;
    let cp = |angle: Angle, c| GateOp::std(StdGate::P, [angle], [target]).controlled([c]);
    let mut ops = Vec::new();
    let mut angle = lambda.clone();
    for last in (1..num_controls).rev() {
        angle = angle / 2.0;
        ops.push(cp(angle.clone(), last));
        ops.push(x(last, target));
        ops.push(cp(-angle.clone(), last));
        ops.push(x(last, target));
    }
    ops.push(cp(angle, 0));
    ops
}

/// Most controls of a phase that [`phase_by_parities`] does in fewer CX than [`phase`].
pub(super) const MAX_GRAY_PHASE: usize = 8;
/// Most controls of an X that it does in fewer CX than [`Borrowing::x`].
pub(super) const MAX_GRAY_X: usize = 6;

/// P(λ) under k controls by 2^(k+1) - 2 CX: x_0·…·x_k is 2^-k times the sum of the parities of all
/// sets of an odd number of bits, less those of an even number (lemma 6.1).
pub(super) fn phase_by_parities(lambda: &Angle, num_controls: usize) -> Vec<GateOp> {
    let mut product = Product::new(0);
    for top in 0..=num_controls {
        product.parities(StdGate::P, top, |below| Some(share(lambda, below, num_controls)));
    }
    product.ops
}

/// RY or RZ under k controls by 2^k CX: likewise.
pub(super) fn rotation_by_parities(
    row: StdGate,
    theta: &Angle,
    num_controls: usize,
) -> Vec<GateOp> {
    let mut product = Product::new(0);
    product.parities(row, num_controls, |below| Some(share(theta, below, num_controls)));
    product.ops
}

/// What a parity with these other bits has of an angle.
fn share(angle: &Angle, below: usize, num_controls: usize) -> Angle {
    let sign = if below.count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
    angle.clone() * (sign / (1u64 << num_controls) as f64)
}

/// X of qubits under controls with a qubit to borrow, each a block that is made once.
#[derive(Default)]
pub(crate) struct Borrowing(HashMap<usize, Gate>);

impl Borrowing {
    /// X of qubit m under controls 0..m, m ≥ 3, with another qubit to borrow.
    pub fn x(&mut self, m: usize, borrowed: usize) -> GateOp {
        let make = || {
            let ops = x_with_borrowed(m);
            let name = format!("c{m}_x_borrow");
            Gate::block(name, m + 2, [], Some(ops)).expect("its qubits are in range")
        };
        let gate = self.0.entry(m).or_insert_with(make).clone();
        GateOp::new(gate, (0..=m).chain([borrowed]))
    }
}

/// X of qubit m under controls 0..m, m ≥ 3, with qubit m+1 borrowed and given back as it was: four
/// X of half as many controls (lemma 7.3), which borrow each other's qubits. Linear in m.
fn x_with_borrowed(m: usize) -> Vec<GateOp> {
    let (target, borrowed) = (m, m + 1);
    let half = m.div_ceil(2);
    let first: Vec<usize> = (0..half).collect();
    let second: Vec<usize> = (half..m).chain([borrowed]).collect();
    let idle_first: Vec<usize> = (half..m).chain([target]).collect();
    let mut ops = Vec::new();
    for _ in 0..2 {
        x_with_many_borrowed(&first, borrowed, &idle_first, &mut ops);
        x_with_many_borrowed(&second, target, &first, &mut ops);
    }
    ops
}

/// X under m controls with m - 2 borrowed qubits: 4(m - 2) Toffoli gates (lemma 7.2).
fn x_with_many_borrowed(
    controls: &[usize],
    target: usize,
    borrowed: &[usize],
    ops: &mut Vec<GateOp>,
) {
    let x = |controls: &[usize], target: usize| {
        GateOp::std(StdGate::X, [], [target]).controlled(controls.iter().copied())
    };
    let m = controls.len();
    if m <= 2 {
        ops.push(x(controls, target));
        return;
    }
    // Down from the target to the first two controls, and up again; the second time without the
    // gate on the target.
    let mut down = vec![x(&[controls[m - 1], borrowed[m - 3]], target)];
    for k in (2..m - 1).rev() {
        down.push(x(&[controls[k], borrowed[k - 2]], borrowed[k - 1]));
    }
    let bottom = x(&controls[..2], borrowed[0]);
    for from in [0, 1] {
        ops.extend_from_slice(&down[from..]);
        ops.push(bottom.clone());
        ops.extend(down[from..].iter().rev().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borrowed_qubits_are_given_back() {
        for m in 3..10 {
            for start in 0..1usize << (m + 2) {
                let mut bits = start;
                for op in x_with_borrowed(m) {
                    if op.controls.iter().all(|c| bits >> c.qubit & 1 == 1) {
                        bits ^= 1 << op.targets[0];
                    }
                }
                let all = start & ((1 << m) - 1) == (1 << m) - 1;
                assert_eq!(bits, start ^ usize::from(all) << m);
            }
        }
    }
}
