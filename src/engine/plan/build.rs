//! Actions → passes. X and SWAP change the layout and vanish. Actions on one bit gather in a group,
//! also across actions on other bits and across what they commute with; a group becomes a rotation
//! between two diagonals, and the second diagonal waits for the next group where it can.

use super::cost::Costs;
use super::factor::{Factor, Sources, ratio};
use super::fuse::fuse;
use super::hash::Fnv;
use super::pass::Pass;
use super::schedule::schedule;
use super::values::{Values, rotation_values};
use super::{Plan, Tiling};
use crate::engine::action::{Action, ControlMask, Kind, PauliMask, Scalar};
use crate::engine::layout::{Layout, Located};
use crate::engine::memory;
use crate::engine::target::Target;
use crate::error::Result;
use num_complex::Complex64;
use std::hash::{Hash, Hasher};

const ZERO: Complex64 = Complex64::ZERO;
const ONE: Complex64 = Complex64::ONE;

pub(super) fn build(
    target: Target,
    num_qubits: usize,
    actions: &[Action],
    tiling: &Tiling,
) -> Result<Plan> {
    if num_qubits > 64 {
        return Err(memory::refusal::<f64>("a state vector", num_qubits));
    }
    let mut builder = Builder {
        layout: Layout::identity(num_qubits),
        values: Values::default(),
        passes: Vec::new(),
        groups: Vec::new(),
        open: [None; 64],
        global: Vec::new(),
    };
    let mut hash = Fnv::new();
    hash.word(target.index() as u64);
    hash.word(num_qubits as u64);
    let mut num_slots = 0;
    for action in actions {
        action.check(num_qubits)?;
        if let Some(Scalar::Slot(slot)) = action.scalar() {
            num_slots = num_slots.max(slot as usize + 1);
        }
        hash.action(action);
        builder.add(action);
    }
    builder.finish();
    let Builder { layout, mut values, passes, .. } = builder;
    let costs = Costs::of(target);
    let passes = fuse(num_qubits, passes, &costs, &mut values);
    let steps = schedule(num_qubits, passes, tiling, &costs, &mut values);
    steps.hash(&mut hash);
    hash.layout(&layout);
    let num_actions = actions.len();
    Ok(Plan {
        target,
        num_qubits,
        num_slots,
        num_actions,
        steps,
        values,
        layout,
        hash: hash.finish(),
    })
}

struct Builder {
    layout: Layout,
    values: Values,
    passes: Vec<Pass>,
    /// Runs of factors; a closed one is empty.
    groups: Vec<Group>,
    /// The open group of each physical bit.
    open: [Option<usize>; 64],
    /// Factors of all amplitudes.
    global: Vec<Factor>,
}

/// Factors on one bit that wait for more.
struct Group {
    factors: Vec<Factor>,
    diagonal: bool,
}

impl Builder {
    fn add(&mut self, action: &Action) {
        let free = action.controls.mask == 0;
        match action.kind {
            Kind::Swap(a, b) if free => {
                return self.layout.swap(a as usize, b as usize);
            }
            Kind::Pauli(p) if free => return self.pauli(p),
            _ => {}
        }
        let located = action.relocated(&self.layout);
        match Factor::of(&located) {
            Some((bit, factors)) => {
                factors.into_iter().flatten().for_each(|factor| self.factor(bit, factor));
            }
            None => match located.action {
                Action { kind: Kind::Phase(Scalar::Const(lambda)), controls }
                    if controls.mask.count_ones() == 2 && controls.value != controls.mask =>
                {
                    self.phase_on_zeros(lambda, controls);
                }
                _ => self.pass(located),
            },
        }
    }

    /// A phase under two controls that are not both 1, as a flipped qubit makes them: that under
    /// both at 1, and phases on single bits, which merge with what is there. So a Fourier transform
    /// looks the same whatever is flipped. With x̄ = 1 - x, λ x̄ y = λ y - λ x y and so on.
    fn phase_on_zeros(&mut self, lambda: f64, controls: ControlMask) {
        let zeros = controls.mask & !controls.value;
        let mut signed = |on: u64, sign: f64| {
            let kind = Kind::Phase(Scalar::Const(sign * lambda));
            let controls = ControlMask { mask: on, value: on };
            let located = Located { action: Action { kind, controls }, negated: false };
            match Factor::of(&located) {
                Some((bit, factors)) => {
                    factors.into_iter().flatten().for_each(|factor| self.factor(bit, factor));
                }
                None => self.pass(located),
            }
        };
        // All subsets of the bits at 0, beside the bits at 1.
        let mut subset = zeros;
        loop {
            let sign = if subset.count_ones() % 2 == 1 { -1.0 } else { 1.0 };
            signed(controls.value | subset, sign);
            if subset == 0 {
                break;
            }
            subset = (subset - 1) & zeros;
        }
    }

    /// A Pauli string is its Z part, then flips: P = i^{#Y} X Z.
    fn pauli(&mut self, p: PauliMask) {
        let (located, minus) = self.layout.pauli(p);
        self.layout.x_mask(p.x);
        let turns = [ONE, Complex64::I, -ONE, -Complex64::I];
        let c = turns[((p.x & p.z).count_ones() % 4) as usize] * if minus { -ONE } else { ONE };
        match located.z.count_ones() {
            0 => {}
            1 => {
                let bit = located.z.trailing_zeros();
                self.factor(Some(bit), Factor::Const([c, ZERO, ZERO, -c]));
            }
            _ => {
                self.close(located.z, located.z);
                let at = self.values.constants(&[c, -c]);
                let controls = Default::default();
                self.passes.push(Pass::Parity { z: located.z, controls, at, unitary: true });
            }
        }
    }

    /// Appends to the open group of the bit.
    fn factor(&mut self, bit: Option<u32>, factor: Factor) {
        let Some(bit) = bit else { return push(&mut self.global, factor) };
        let group = *self.open[bit as usize].get_or_insert_with(|| {
            self.groups.push(Group { factors: Vec::new(), diagonal: true });
            self.groups.len() - 1
        });
        let group = &mut self.groups[group];
        group.diagonal &= factor.is_diagonal();
        push(&mut group.factors, factor);
    }

    /// An action of its own.
    fn pass(&mut self, located: Located) {
        let Located { action: Action { ref kind, controls }, negated } = located;
        let support = kind.support();
        let diagonal = match kind {
            Kind::Phase(_) | Kind::Diagonal { .. } => support,
            Kind::Pauli(p) | Kind::Rotation(p, _) => p.z & !p.x,
            _ => 0,
        };
        self.close(support | controls.mask, diagonal | controls.mask);
        let values = &mut self.values;
        let pass = match *kind {
            Kind::Phase(angle) => {
                let at = match angle {
                    Scalar::Slot(slot) => values.phase(slot),
                    Scalar::Const(lambda) => values.constants(&[Complex64::cis(lambda); 2]),
                };
                Pass::Parity { z: 0, controls, at, unitary: true }
            }
            Kind::Rotation(p, angle) => {
                let diagonal = p.x == 0;
                let at = match angle {
                    Scalar::Slot(slot) => values.rotation(slot, negated, diagonal),
                    Scalar::Const(theta) => {
                        let half = if negated { -0.5 * theta } else { 0.5 * theta };
                        values.constants(&rotation_values(Complex64::cis(half), diagonal))
                    }
                };
                if diagonal {
                    Pass::Parity { z: p.z, controls, at, unitary: true }
                } else {
                    Pass::Mix { p, controls, at }
                }
            }
            Kind::Pauli(p) => {
                let sign = if negated { -ONE } else { ONE };
                if p.x == 0 {
                    let at = values.constants(&[sign, -sign]);
                    Pass::Parity { z: p.z, controls, at, unitary: true }
                } else if p.z == 0 && p.x.is_power_of_two() && !negated {
                    Pass::Flip { bit: p.x.trailing_zeros(), controls }
                } else {
                    Pass::Mix { p, controls, at: values.constants(&[ZERO, sign]) }
                }
            }
            Kind::Dense1 { target, matrix } => {
                Pass::Dense1 { target, controls, at: values.constants(&matrix) }
            }
            _ => Pass::Fixed(Box::new(located)),
        };
        self.passes.push(pass);
    }

    /// Emits the open groups of the bits. Where the coming action is diagonal, what commutes with it
    /// may wait for more: a diagonal group, and the last diagonal of another.
    fn close(&mut self, bits: u64, diagonal: u64) {
        let mut left = bits;
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            let Some(number) = self.open[bit as usize] else { continue };
            let stays = diagonal >> bit & 1 == 1;
            if stays && self.groups[number].diagonal {
                continue;
            }
            let group = &mut self.groups[number];
            group.diagonal = true;
            let factors = std::mem::take(&mut group.factors);
            let after = self.emit(bit, factors);
            if stays && !after.is_empty() {
                self.groups[number].factors = after;
            } else {
                self.open[bit as usize] = None;
                self.phase(bit, &after);
            }
        }
    }

    /// Emits all open groups in the order in which they were opened, and what is left for all
    /// amplitudes.
    fn finish(&mut self) {
        let mut bits: Vec<u32> = (0..64).filter(|&b| self.open[b as usize].is_some()).collect();
        bits.sort_by_key(|&bit| self.open[bit as usize]);
        bits.into_iter().for_each(|bit| self.close(1 << bit, 0));
        let global = std::mem::take(&mut self.global);
        let all_const = global.iter().all(|f| matches!(f, Factor::Const(_)));
        if all_const && ratio(&global, Sources { halves: &[], values: &[] }).1 == ONE {
            return;
        }
        // The ratio of a factor of all amplitudes is 1; its scale is the second value.
        let at = self.values.diagonal(&global) + 1;
        self.passes.push(Pass::Scale { at });
    }

    /// Emits a group but for its last diagonal, which is returned.
    fn emit(&mut self, bit: u32, mut factors: Vec<Factor>) -> Vec<Factor> {
        if factors.iter().all(Factor::is_diagonal) {
            return factors;
        }
        if !factors.iter().all(Factor::is_unitary) {
            let at = self.values.matrix(&factors);
            self.passes.push(Pass::Dense1 { target: bit, controls: Default::default(), at });
            return Vec::new();
        }
        // One rotation about Y between diagonals needs no product of matrices at binding.
        let middle = factors.iter().position(|f| !f.is_diagonal()).expect("it is not diagonal");
        let last = factors.iter().rposition(|f| !f.is_diagonal()).expect("likewise");
        match factors[middle] {
            Factor::Turn { slot, negated } if middle == last => {
                self.phase(bit, &factors[..middle]);
                let at = self.values.turn(slot, negated);
                self.passes.push(Pass::Turn { bit, at, scale: at + 1 });
                factors.split_off(middle + 1)
            }
            _ => {
                let mut rest = factors.split_off(last + 1);
                let before = factors[..middle].to_vec();
                let at = self.values.split(&factors[middle..]);
                let mut first = before;
                push_value(&self.values, &mut first, at + 2);
                self.phase(bit, &first);
                self.passes.push(Pass::Turn { bit, at, scale: at + 1 });
                let mut after = Vec::new();
                push_value(&self.values, &mut after, at + 3);
                after.append(&mut rest);
                after
            }
        }
    }

    /// Emits the product of diagonal factors on a bit.
    fn phase(&mut self, bit: u32, factors: &[Factor]) {
        if factors.is_empty() {
            return;
        }
        let controls = Default::default();
        if !factors.iter().all(Factor::is_unitary) {
            // An entry may be zero.
            let m = self.values.matrix(factors);
            return self.passes.push(match [m, m + 3].map(|at| self.values.constant(at)) {
                [Some(zero), Some(one)] => {
                    let at = self.values.constants(&[zero, one]);
                    Pass::Parity { z: 1 << bit, controls, at, unitary: false }
                }
                _ => Pass::Dense1 { target: bit, controls, at: m },
            });
        }
        let at = self.values.diagonal(factors);
        let (ratio, factor) = (self.values.constant(at), self.values.constant(at + 1));
        let keeps = factors.iter().all(Factor::keeps_zero) || factor == Some(ONE);
        let scale = (!keeps).then_some(at + 1);
        match (ratio, scale) {
            (Some(ONE), None) => {}
            (Some(ONE), Some(at)) => self.passes.push(Pass::Scale { at }),
            _ => self.passes.push(Pass::Phase { bit, at, scale }),
        }
    }
}

/// Appends a factor; constants merge.
fn push(factors: &mut Vec<Factor>, factor: Factor) {
    match (factors.last_mut(), factor) {
        (Some(Factor::Const(m)), Factor::Const(new)) => *m = super::factor::multiply(&new, m),
        (_, factor) => factors.push(factor),
    }
}

/// Appends diag(1, value).
fn push_value(values: &Values, factors: &mut Vec<Factor>, at: u32) {
    match values.constant(at) {
        Some(ONE) => {}
        Some(z) => push(factors, Factor::Const([ONE, ZERO, ZERO, z])),
        None => factors.push(Factor::Value { at }),
    }
}
