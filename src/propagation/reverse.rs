//! The way back of a gradient.
//!
//! Each term has a number and a derivative λ of the mean by its coefficient when it was made. A group
//! takes the λ of what came out of it to those of what went in, by the transposed butterflies, and a
//! rotation's derivative is λ_Y c_Z - λ_Z c_Y, summed over its pairs after it; λ is 0 where a
//! coefficient was left out. So this is the derivative of the truncated map, with the choice of what
//! is left out held fixed. Strings of coefficient 0 that derivatives go through are terms as others are
//! ([`Floor`](super::dropped::Floor)): where sin θ or cos θ is 0, the string that the rotation makes of
//! one whose coefficient is not 0; of what has the coefficient 0 itself, what entries that are not 0
//! make. So at all angles 0, N strings and R rotations take no more than N(R + 1) terms.

use super::butterfly::{Subset, Turn, rotated, turned, with_derivatives};
use super::rotation::RotationLayer;
use super::tape::{GroupView, ShardTape};
use super::transfer::LocalTransfer;
use std::sync::atomic::{AtomicU64, Ordering};

/// The λ of all terms by their numbers. Each is written once and read afterwards, by another pass.
pub(super) struct Adjoint(Vec<AtomicU64>);

impl Adjoint {
    pub fn new(len: usize) -> Self {
        Adjoint((0..len).map(|_| AtomicU64::new(0)).collect())
    }

    #[inline(always)]
    fn get(&self, number: u32) -> f64 {
        f64::from_bits(self.0[number as usize].load(Ordering::Relaxed))
    }

    #[inline(always)]
    pub fn set(&self, number: u32, value: f64) {
        self.0[number as usize].store(value.to_bits(), Ordering::Relaxed);
    }
}

const NONE: u32 = u32::MAX;

/// A pair of partners that a rotation met.
struct Visit {
    /// Their coefficients afterwards, before any was left out.
    after: [f64; 2],
    /// Where they came from in the list before, and where they went to in the one after.
    from: [u32; 2],
    to: [u32; 2],
}

/// Vectors that a thread works on.
#[derive(Default)]
pub(super) struct ReverseScratch {
    qubits: Vec<u32>,
    turns: Vec<Turn>,
    narrow: Replay<u64>,
    wide: Replay<u128>,
    lambda: [Vec<f64>; 2],
}

#[derive(Default)]
struct Replay<S> {
    /// Subset, coefficient, and at the beginning the number of the member.
    list: Vec<(S, f64, u32)>,
    next: [Vec<(S, f64, u32)>; 2],
    origin: Vec<u32>,
    visits: Vec<Visit>,
    /// After each rotation: where its visits end, and how many have bit 0 not set.
    ends: Vec<(usize, u32)>,
}

/// A layer of rotations: derivatives by angle, by the numbers of qubits.
pub(super) fn reverse_rotations<const W: usize>(
    layer: &RotationLayer<W>,
    tape: &ShardTape<W>,
    adjoint: &Adjoint,
    derivatives: &mut [f64],
    scratch: &mut ReverseScratch,
) {
    let ReverseScratch { qubits, turns, narrow, wide, lambda } = scratch;
    for group in tape.groups(false) {
        layer.turns_of(&group.record.z, qubits, turns);
        let task = Group { group: &group, turns, qubits, adjoint };
        match turns.len() {
            0..=64 => task.reverse(narrow, lambda, derivatives),
            _ => task.reverse(wide, lambda, derivatives),
        }
    }
}

struct Group<'a, const W: usize> {
    group: &'a GroupView<'a, W>,
    turns: &'a [Turn],
    qubits: &'a [u32],
    adjoint: &'a Adjoint,
}

impl<const W: usize> Group<'_, W> {
    fn reverse<S: Subset>(
        &self,
        replay: &mut Replay<S>,
        [lambda, before]: &mut [Vec<f64>; 2],
        derivatives: &mut [f64],
    ) {
        self.replay(replay);
        let Replay { origin, visits, ends, .. } = replay;
        let first = self.group.first;
        lambda.clear();
        lambda.extend((0..self.group.record.emitted).map(|e| self.adjoint.get(first + e)));
        for (j, turn) in self.turns.iter().enumerate().rev() {
            let begin = if j == 0 { 0 } else { ends[j - 1].0 };
            let (end, zeros) = ends[j];
            before.clear();
            let mut derivative = 0.0;
            for visit in &visits[begin..end] {
                let at = |to: u32, offset: u32| match to {
                    NONE => 0.0,
                    to => lambda[(to + offset) as usize],
                };
                let (l0, l1) = (at(visit.to[0], 0), at(visit.to[1], zeros));
                derivative += l1 * visit.after[0] - l0 * visit.after[1];
                let back = [turn.cos * l0 + turn.sin * l1, turn.cos * l1 - turn.sin * l0];
                for side in 0..2 {
                    if visit.from[side] != NONE {
                        before.push(back[side]);
                    }
                }
            }
            derivatives[self.qubits[j] as usize] += turn.sign * derivative;
            std::mem::swap(lambda, before);
        }
        for (&member, &l) in origin.iter().zip(&*lambda) {
            let member = &self.group.members[member as usize];
            self.adjoint.set(member.number, member.gain * l);
        }
    }

    /// The butterflies once more, with what they met. Their arithmetic is that of `sparse` and `dense`.
    fn replay<S: Subset>(&self, replay: &mut Replay<S>) {
        let Replay { list, next: [list0, list1], origin, visits, ends } = replay;
        let floor = self.group.record.floor;
        let k = self.turns.len() as u32;
        let mut protected: Vec<S> = self.group.protected.iter().map(|&p| S::from_wide(p)).collect();
        list.clear();
        let members = self.group.members.iter().enumerate();
        list.extend(members.map(|(i, m)| (S::from_wide(self.group.subset(i)), m.c, i as u32)));
        list.sort_unstable_by_key(|entry| entry.0);
        origin.clear();
        origin.extend(list.iter().map(|entry| entry.2));
        visits.clear();
        ends.clear();
        for turn in self.turns {
            protected.iter_mut().for_each(|p| *p = turned(*p, k));
            list0.clear();
            list1.clear();
            let mut i = 0;
            while i < list.len() {
                let (s, v, _) = list[i];
                let mut given = [0.0, 0.0];
                let mut from = [NONE; 2];
                let side = usize::from(s.is_odd());
                (given[side], from[side]) = (v, i as u32);
                i += 1;
                if side == 0 && i < list.len() && list[i].0 == s.odd() {
                    (given[1], from[1]) = (list[i].1, i as u32);
                    i += 1;
                }
                let (v0, v1) = rotated(given[0], given[1], turn);
                let after = [v0, v1];
                let s0 = s.halved();
                let s1 = s0.with(k - 1);
                let mut to = [NONE; 2];
                let is_large = after.map(|v| v.abs() >= floor.least);
                let keep = match floor.keeps_zeros {
                    true => with_derivatives(given, from.map(|at| at != NONE), turn),
                    false => {
                        let stays = |v: f64, s: &S| v != 0.0 && protected.contains(s);
                        [is_large[0] || stays(v0, &s0), is_large[1] || stays(v1, &s1)]
                    }
                };
                let kept = |side: usize| match floor.keeps_zeros && !is_large[side] {
                    true => 0.0,
                    false => after[side],
                };
                if keep[0] {
                    to[0] = list0.len() as u32;
                    list0.push((s0, kept(0), 0));
                }
                if keep[1] {
                    to[1] = list1.len() as u32;
                    list1.push((s1, kept(1), 0));
                }
                visits.push(Visit { after, from, to });
            }
            ends.push((visits.len(), list0.len() as u32));
            std::mem::swap(list, list0);
            list.extend_from_slice(list1);
        }
    }
}

/// A transfer.
pub(super) fn reverse_transfer<const W: usize>(
    map: &LocalTransfer<W>,
    tape: &ShardTape<W>,
    adjoint: &Adjoint,
) {
    let mut out = vec![0.0; map.side()];
    for group in tape.groups(true) {
        let given = group.kept.iter().zip(group.first..);
        let given = given.map(|(&j, number)| (j as usize, adjoint.get(number)));
        map.apply(given, true, &mut out);
        for (k, member) in group.members.iter().enumerate() {
            adjoint.set(member.number, member.gain * out[group.subset(k) as usize]);
        }
    }
}
