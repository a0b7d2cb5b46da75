//! Gates as products of simpler gates, phases exact, under any number of positive controls.
//!
//! A product acts on local qubits: the controls are 0..k, the gate's targets come after them.
//! Only the factors that must be controlled are: V†·core·V needs controls on its core alone.
//! The references are A. Barenco et al., "Elementary gates for quantum computation",
//! arXiv:quant-ph/9503016.

use crate::gate::{Angle, Control, Form, Gate, GateOp, StdGate};
use crate::pauli::Pauli;
use std::f64::consts::PI;

/// A product of gates in order of execution, all under the same controls.
pub(super) struct Product {
    pub ops: Vec<GateOp>,
    num_controls: usize,
}

impl Product {
    pub fn new(num_controls: usize) -> Self {
        Product { ops: Vec::new(), num_controls }
    }

    /// The local qubit of a target.
    fn qubit(&self, target: usize) -> usize {
        self.num_controls + target
    }

    /// The controls.
    fn controls(&self) -> impl Iterator<Item = Control> + use<> {
        (0..self.num_controls).map(Control::on)
    }

    /// A row that needs no controls, because what is around it undoes it.
    pub fn free(&mut self, gate: StdGate, angle: Option<Angle>, target: usize) {
        let target = self.qubit(target);
        self.ops.push(GateOp::std(gate, angle, [target]));
    }

    /// CX between targets, likewise.
    pub fn free_cx(&mut self, control: usize, target: usize) {
        let (control, target) = (self.qubit(control), self.qubit(target));
        self.ops.push(GateOp::std(StdGate::X, [], [target]).controlled([control]));
    }

    /// A row under the controls and more controls among the targets.
    pub fn core(
        &mut self,
        gate: StdGate,
        angles: impl IntoIterator<Item = Angle>,
        target: Option<usize>,
        more: impl IntoIterator<Item = Control>,
    ) {
        let op = GateOp::std(gate, angles, target.map(|t| self.qubit(t)));
        let more = more
            .into_iter()
            .map(|c| Control { qubit: c.qubit + self.num_controls as u32, positive: c.positive });
        let controls: Vec<Control> = self.controls().chain(more).collect();
        self.ops.push(op.controlled(controls));
    }

    /// A factor on the targets, under the controls.
    pub fn factor(&mut self, step: &GateOp) {
        let mut op = step.map_qubits(|q| q + self.num_controls as u32);
        op.controls = self.controls().chain(op.controls).collect();
        self.ops.push(op);
    }
}

/// exp(-iθP/2) for letters other than I: a basis change to Z's, their parity on the last qubit, a
/// rotation there, and back.
pub(super) fn rotation(letters: &[Pauli], theta: &Angle, num_controls: usize) -> Vec<GateOp> {
    let mut product = Product::new(num_controls);
    let row = match letters {
        [Pauli::Z] => Some(StdGate::RZ),
        [Pauli::Y] => Some(StdGate::RY),
        _ => None,
    };
    if let Some(row) = row.filter(|_| num_controls > 0) {
        // X R(-θ/2) X = R(θ/2) (lemma 5.4).
        product.free(row, Some(theta.clone() / 2.0), 0);
        product.core(StdGate::X, [], Some(0), []);
        product.free(row, Some(theta.clone() / -2.0), 0);
        product.core(StdGate::X, [], Some(0), []);
        return product.ops;
    }
    let last = letters.len() - 1;
    for (k, letter) in letters.iter().enumerate() {
        match letter {
            Pauli::X => product.free(StdGate::H, None, k),
            Pauli::Y => {
                // (H S†)† Z (H S†) = Y.
                product.free(StdGate::Sdg, None, k);
                product.free(StdGate::H, None, k);
            }
            _ => {}
        }
    }
    (0..last).for_each(|k| product.free_cx(k, last));
    product.core(StdGate::RZ, [theta.clone()], Some(last), []);
    (0..last).rev().for_each(|k| product.free_cx(k, last));
    for (k, letter) in letters.iter().enumerate() {
        match letter {
            Pauli::X => product.free(StdGate::H, None, k),
            Pauli::Y => {
                product.free(StdGate::H, None, k);
                product.free(StdGate::S, None, k);
            }
            _ => {}
        }
    }
    product.ops
}

/// A Pauli matrix under controls, by X under them; X itself by a phase, where the header has no
/// name for it.
pub(super) fn pauli(letter: Pauli, num_controls: usize, x_has_name: bool) -> Vec<GateOp> {
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
pub(super) fn swap(num_controls: usize) -> Vec<GateOp> {
    let mut product = Product::new(num_controls);
    product.free_cx(1, 0);
    product.core(StdGate::X, [], Some(1), [Control::on(0)]);
    product.free_cx(1, 0);
    product.ops
}

/// RZ(φ)·RY(θ)·RZ(λ) = A·X·B·X·C with A·B·C = 1 (lemma 4.3, 5.1 and 7.9): the controls are those
/// of the two X.
pub(super) fn u3([theta, phi, lambda]: [Angle; 3], num_controls: usize) -> Vec<GateOp> {
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

/// P(λ) under k ≥ 2 controls, without an ancilla (lemma 7.5, unrolled): with A the controls but the
/// last and B the last one, λ·ABT = λ/2·(BT - (A⊕B)T + AT). Each A⊕B is an X under the other
/// controls, for which `x` makes a gate that may borrow T: quadratic in k.
pub(super) fn phase(
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

/// X of qubit m under controls 0..m, m ≥ 5, with qubit m+1 borrowed and given back as it was: four
/// X of half as many controls (lemma 7.3), which borrow each other's qubits. Linear in m.
pub(super) fn x_with_borrowed(m: usize) -> Vec<GateOp> {
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

/// θ, φ, λ, γ of a row on one qubit whose factors are e^{iγ}·P(φ)·RY(θ)·P(λ), in this order.
pub(super) fn as_u(gate: &Gate) -> Option<[Angle; 4]> {
    let zero = || Angle::Fixed(0.0);
    let mut found = [zero(), zero(), zero(), zero()];
    let mut turned = false;
    collect(gate, &mut found, &mut turned)?;
    turned.then_some(found)
}

fn collect(gate: &Gate, found: &mut [Angle; 4], turned: &mut bool) -> Option<()> {
    let Gate::Std(row, angles) = gate else { return None };
    let mut add = |k: usize, angle: Angle| found[k] = std::mem::take(&mut found[k]) + angle;
    // Before the RY a phase belongs to λ, after it to φ.
    let side = if *turned { 1 } else { 2 };
    match &row.spec().form {
        Form::Phase(map) if row.spec().num_qubits == 0 => add(3, map.of(angles)),
        Form::Phase(map) => add(side, map.of(angles)),
        Form::Pauli([Pauli::Z]) => add(side, PI.into()),
        Form::Rotation([Pauli::Z]) => {
            add(side, angles[0].clone());
            add(3, angles[0].clone() / -2.0);
        }
        Form::Rotation([Pauli::Y]) if !*turned => {
            add(0, angles[0].clone());
            *turned = true;
        }
        Form::Composite(_) => {
            for step in gate.steps()?.iter() {
                if !step.controls.is_empty() {
                    return None;
                }
                collect(&step.gate, found, turned)?;
            }
        }
        _ => return None,
    }
    Some(())
}

/// Angle of a row that exp(-iθP/2) is, where there is one.
pub(super) fn rotation_row(letters: &[Pauli]) -> Option<StdGate> {
    let is_row =
        |gate: &&StdGate| matches!(gate.spec().form, Form::Rotation(own) if own == letters);
    StdGate::ALL.iter().find(is_row).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn one_qubit_rows_as_u() {
        let angles = |gate: &Gate| as_u(gate).map(|found| found.map(|a| a.fixed().unwrap()));
        let u3 = Gate::Std(StdGate::U3, [0.1, 0.2, 0.4].map(Angle::from).into_iter().collect());
        let found = angles(&u3).unwrap();
        assert_eq!(found[..3], [0.1, 0.2, 0.4]);
        assert!((found[3] + 0.3).abs() < 1e-15);
        assert_eq!(angles(&Gate::fixed(StdGate::H)), Some([FRAC_PI_2, 0.0, PI, 0.0]));
        assert_eq!(angles(&Gate::fixed(StdGate::SX)), None);
        assert_eq!(rotation_row(&[Pauli::Z, Pauli::X]), Some(StdGate::RZX));
    }

    #[test]
    fn borrowed_qubits_are_given_back() {
        for m in 5..10 {
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
