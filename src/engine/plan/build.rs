//! Planning. X and SWAP change the layout and vanish; runs of one-qubit actions on one qubit
//! become one pass, also across actions on other qubits and across what they commute with.

use super::factor::{self, Factor};
use super::hash::Fnv;
use super::pass::Pass;
use super::schedule::schedule;
use super::split::SPLIT;
use super::{Form, Plan, Rule, Tiling, rotation_values};
use crate::engine::action::{Action, Kind, PauliMask, Scalar};
use crate::engine::layout::{Layout, Located};
use crate::engine::memory;
use crate::error::Result;
use num_complex::Complex64;

const ZERO: Complex64 = Complex64::new(0.0, 0.0);
const ONE: Complex64 = Complex64::new(1.0, 0.0);

pub(super) fn build(num_qubits: usize, actions: &[Action], tiling: &Tiling) -> Result<Plan> {
    if num_qubits > 64 {
        return Err(memory::refusal::<f64>("a state vector", num_qubits));
    }
    let mut builder = Builder {
        plan: Plan {
            num_qubits,
            num_slots: 0,
            steps: Vec::new(),
            rules: Vec::new(),
            factors: Vec::new(),
            constants: Vec::new(),
            layout: Layout::identity(num_qubits),
            hash: 0,
        },
        passes: Vec::new(),
        groups: Vec::new(),
        open: [None; 64],
    };
    let mut hash = Fnv::new();
    hash.word(num_qubits as u64);
    for action in actions {
        action.check(num_qubits)?;
        if let Some(Scalar::Slot(slot)) = action.scalar() {
            builder.plan.num_slots = builder.plan.num_slots.max(slot as usize + 1);
        }
        hash.action(action);
        builder.add(action);
    }
    builder.close_all();
    let mut plan = builder.plan;
    let (steps, split) = schedule(num_qubits, builder.passes, tiling);
    plan.steps = steps;
    plan.split(&split);
    plan.steps.iter().for_each(|step| step.hash(&mut hash));
    hash.layout(&plan.layout);
    plan.hash = hash.finish();
    Ok(plan)
}

struct Builder {
    plan: Plan,
    passes: Vec<Pass>,
    /// Runs of factors; a closed one is empty.
    groups: Vec<Group>,
    /// The open group of each physical bit.
    open: [Option<usize>; 64],
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
                return self.plan.layout.swap(a as usize, b as usize);
            }
            Kind::Pauli(p) if free => return self.pauli(p),
            _ => {}
        }
        let located = action.relocated(&self.plan.layout);
        match Factor::of(&located) {
            Some((bit, factor)) if self.plan.num_qubits > 0 => self.factor(bit, factor),
            _ => self.pass(located),
        }
    }

    /// A Pauli string is its Z part, then flips: P = i^{#Y} X Z.
    fn pauli(&mut self, p: PauliMask) {
        let (located, minus) = self.plan.layout.pauli(p);
        self.plan.layout.x_mask(p.x);
        let turns = [ONE, Complex64::i(), -ONE, -Complex64::i()];
        let c = turns[((p.x & p.z).count_ones() % 4) as usize] * if minus { -ONE } else { ONE };
        match located.z.count_ones() {
            0 => {}
            1 => {
                let bit = located.z.trailing_zeros();
                self.factor(Some(bit), Factor::Const([c, ZERO, ZERO, -c]));
            }
            _ => {
                self.close(located.z, located.z);
                let at = self.constants(&[c, -c]);
                self.emit(Pass::Parity {
                    z: located.z,
                    controls: Default::default(),
                    at,
                    unitary: true,
                });
            }
        }
    }

    /// Appends to the open group of the bit; a global factor goes to any.
    fn factor(&mut self, bit: Option<u32>, factor: Factor) {
        let bit = match bit {
            Some(bit) => bit as usize,
            None => self.open.iter().position(Option::is_some).unwrap_or(0),
        };
        let group = *self.open[bit].get_or_insert_with(|| {
            self.groups.push(Group { factors: Vec::new(), diagonal: true });
            self.groups.len() - 1
        });
        let group = &mut self.groups[group];
        group.diagonal &= factor.is_diagonal();
        match (group.factors.last_mut(), factor) {
            (Some(Factor::Const(m)), Factor::Const(new)) => *m = factor::multiply(&new, m),
            (_, factor) => group.factors.push(factor),
        }
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
        let pass = match *kind {
            Kind::Phase(angle) => {
                let at = self.constants(&[ONE; 2]);
                match angle {
                    Scalar::Slot(slot) => self.plan.rules.push(Rule::Phase { slot, at }),
                    Scalar::Const(lambda) => {
                        self.plan.constants[at as usize..].fill(Complex64::cis(lambda));
                    }
                }
                Pass::Parity { z: 0, controls, at, unitary: true }
            }
            Kind::Rotation(p, angle) => {
                let diagonal = p.x == 0;
                let at = self.constants(&[ONE; 2]);
                match angle {
                    Scalar::Slot(slot) => {
                        self.plan.rules.push(Rule::Rotation { slot, negated, diagonal, at });
                    }
                    Scalar::Const(theta) => {
                        let half = if negated { -0.5 * theta } else { 0.5 * theta };
                        let values = rotation_values(Complex64::cis(half), diagonal);
                        self.plan.constants[at as usize..].copy_from_slice(&values);
                    }
                }
                if diagonal {
                    Pass::Parity { z: p.z, controls, at, unitary: true }
                } else {
                    Pass::Mix { p, controls, at }
                }
            }
            Kind::Pauli(p) => {
                let sign = if negated { -ONE } else { ONE };
                if p.x == 0 {
                    let at = self.constants(&[sign, -sign]);
                    Pass::Parity { z: p.z, controls, at, unitary: true }
                } else {
                    let at = self.constants(&[ZERO, sign]);
                    Pass::Mix { p, controls, at }
                }
            }
            Kind::Dense1 { target, matrix } => {
                let at = self.constants(&matrix);
                Pass::Dense1 { target, controls, at, unitary: false }
            }
            _ => Pass::Fixed(Box::new(located)),
        };
        self.emit(pass);
    }

    fn emit(&mut self, pass: Pass) {
        self.passes.push(pass);
    }

    fn constants(&mut self, values: &[Complex64]) -> u32 {
        let at = self.plan.constants.len() as u32;
        self.plan.constants.extend_from_slice(values);
        at
    }

    /// Emits the open groups of the bits, but not a diagonal one where the coming action is diagonal
    /// too: the two commute, so the group may wait for more.
    fn close(&mut self, bits: u64, diagonal: u64) {
        let mut left = bits;
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            if let Some(group) = self.open[bit as usize]
                && !(self.groups[group].diagonal && diagonal >> bit & 1 == 1)
            {
                self.emit_group(bit);
            }
        }
    }

    /// Emits all open groups in the order in which they were opened.
    fn close_all(&mut self) {
        let mut bits: Vec<u32> = (0..64).filter(|&b| self.open[b as usize].is_some()).collect();
        bits.sort_by_key(|&bit| self.open[bit as usize]);
        bits.into_iter().for_each(|bit| self.emit_group(bit));
    }

    fn emit_group(&mut self, bit: u32) {
        let Some(group) = self.open[bit as usize].take() else { return };
        let diagonal = self.groups[group].diagonal;
        let factors = std::mem::take(&mut self.groups[group].factors);
        let unitary = factors.iter().all(Factor::is_unitary);
        let count = match (diagonal, unitary) {
            (true, _) => 2,
            (false, false) => 4,
            (false, true) => SPLIT,
        };
        let at = self.constants(&[ZERO; SPLIT][..count]);
        match factors[..] {
            [Factor::Const(m)] => {
                let form = if diagonal { Form::Diagonal } else { Form::Matrix };
                form.write(&m, &mut self.plan.constants[at as usize..]);
                if diagonal && m[0] == ONE && m[3] == ONE {
                    return;
                }
            }
            _ => {
                let start = self.plan.factors.len() as u32;
                self.plan.factors.extend(factors);
                let factors = start..self.plan.factors.len() as u32;
                let form = if diagonal { Form::Diagonal } else { Form::Matrix };
                self.plan.rules.push(Rule::Product { factors, form, at });
            }
        }
        let controls = Default::default();
        self.emit(if diagonal {
            Pass::Parity { z: 1 << bit, controls, at, unitary }
        } else {
            Pass::Dense1 { target: bit, controls, at, unitary }
        });
    }
}
