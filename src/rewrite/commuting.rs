//! Which gates commute, by their letters on the qubits that they share.

use crate::gate::{Form, Gate, GateOp, StdGate};
use crate::pauli::Pauli;
use smallvec::SmallVec;

/// On each qubit of a gate but those where it is the identity: the letter that it is a function of
/// there; `None` where it is one of no single letter.
pub(super) type Axes = SmallVec<[(u32, Option<Pauli>); 4]>;

/// What is known of a gate's commuting.
#[derive(Debug, Clone)]
pub(super) struct Commuting {
    pub axes: Axes,
    /// Whether it is a function of one Pauli string, that of the axes.
    is_string: bool,
}

impl Commuting {
    pub fn of(op: &GateOp) -> Self {
        let mut axes: Axes = op.controls.iter().map(|c| (c.qubit, Some(Pauli::Z))).collect();
        let mut is_string = op.controls.is_empty();
        match &op.gate {
            Gate::Std(row, _) => {
                is_string &= matches!(row.spec().form, Form::Pauli(_) | Form::Rotation(_))
                    || row.spec().num_qubits == 1 && matches!(row.spec().form, Form::Phase(_));
                axes.extend(row_axes(*row).into_iter().map(|(t, a)| (op.targets[t as usize], a)));
            }
            Gate::PauliRotation(string, _) => {
                axes.extend(string.iter().map(|(t, letter)| (op.targets[t], Some(letter))));
            }
            Gate::Diagonal(_) => axes.extend(op.targets.iter().map(|&t| (t, Some(Pauli::Z)))),
            Gate::Unitary(_) | Gate::Permutation(_) | Gate::Block(_) => {
                axes.extend(op.targets.iter().map(|&t| (t, None)));
            }
        }
        if !matches!(op.gate, Gate::Std(..) | Gate::PauliRotation(..)) {
            is_string = false;
        }
        Commuting { axes, is_string }
    }

    /// Whether two gates are known to commute: on every qubit that both look at they are functions
    /// of the same letter, or both are functions of Pauli strings that commute.
    pub fn with(&self, other: &Commuting) -> bool {
        let mut differing = 0;
        for (qubit, axis) in &self.axes {
            if let Some((_, theirs)) = other.axes.iter().find(|(q, _)| q == qubit)
                && (axis.is_none() || axis != theirs)
            {
                differing += 1;
            }
        }
        differing == 0 || self.is_string && other.is_string && differing % 2 == 0
    }
}

/// The axes of a row on its targets. A product is a function of the letter that all its factors
/// are functions of.
fn row_axes(row: StdGate) -> Axes {
    let all = |letters: &[Pauli]| {
        let named = letters.iter().enumerate().filter(|(_, letter)| **letter != Pauli::I);
        named.map(|(k, letter)| (k as u32, Some(*letter))).collect()
    };
    match &row.spec().form {
        Form::Pauli(letters) | Form::Rotation(letters) => all(letters),
        Form::Phase(_) => all(&[Pauli::Z][..row.spec().num_qubits]),
        Form::Swap => (0..2).map(|k| (k, None)).collect(),
        Form::Composite(steps) => {
            let mut axes = Axes::new();
            for step in *steps {
                let controls = step.controls.iter().map(|&c| (c as u32, Some(Pauli::Z)));
                let targets = row_axes(step.gate).into_iter();
                let targets = targets.map(|(t, axis)| (step.targets[t as usize] as u32, axis));
                for (qubit, axis) in controls.chain(targets) {
                    match axes.iter_mut().find(|(q, _)| *q == qubit) {
                        Some((_, known)) if *known != axis => *known = None,
                        Some(_) => {}
                        None => axes.push((qubit, axis)),
                    }
                }
            }
            axes
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Circuit, Op};

    #[test]
    fn gates_that_are_said_to_commute_do() {
        let mut all = Circuit::new(3);
        all.x(0).z(1).h(2).sx(0).rx(0.3, 0).rz(0.4, 1).p(0.2, 2).cx(0, 1).cx(0, 2).cx(1, 0);
        all.cz(1, 2).swap(0, 1).rxx(0.3, 0, 1).rzz(0.5, 0, 1).ryy(0.2, 1, 0).rzx(0.2, 0, 2);
        all.ccx(0, 1, 2).ccz(2, 1, 0).crz(0.2, 1, 0).ecr(0, 1).iswap(1, 2).fsim(0.1, 0.2, 0, 1);
        all.u(0.1, 0.2, 0.3, 0).r(0.2, 0.1, 1).rccx(0, 1, 2).csx(2, 0);
        all.pauli_rotation(&"Y0 Z1 X2".parse().unwrap(), 0.7);
        let gates: Vec<GateOp> = all
            .ops()
            .iter()
            .map(|op| if let Op::Gate(g) = op { g.clone() } else { unreachable!() })
            .collect();
        let mut found = 0;
        for a in &gates {
            for b in &gates {
                let product = |a: &GateOp, b: &GateOp| {
                    let mut c = Circuit::new(3);
                    c.gate(a.clone()).gate(b.clone());
                    c.matrix().unwrap()
                };
                if Commuting::of(a).with(&Commuting::of(b)) {
                    found += 1;
                    let distance = (product(a, b) - product(b, a)).norm();
                    assert!(distance < 1e-13, "{} {}", a.name(), b.name());
                }
            }
        }
        let of = |k: usize| Commuting::of(&gates[k]);
        assert!(of(7).with(&of(8)) && !of(7).with(&of(9)) && of(12).with(&of(13)));
        assert!(found > 200, "{found} of {}", gates.len() * gates.len());
    }
}
