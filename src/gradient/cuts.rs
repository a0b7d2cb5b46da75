//! In which order a circuit is undone, and where derivatives are read: at as few places as possible.
//!
//! The derivative by the angle of an action is read from the two states right before or after it, or
//! at any place that is reached past actions that its generator commutes with. So actions are undone
//! from the end, and those whose derivative is not read yet wait. When every action that could be
//! undone next is in the way of one that waits, all that wait are read, and also those that come
//! next and commute: a layer of RY and RZ on each qubit is read at one place, between the two.

use crate::engine::{Action, Kind, PauliMask, Scalar};

/// What is undone before a place, in this order, and the actions whose angles are read there.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Cut {
    pub undo: Vec<usize>,
    pub reads: Vec<usize>,
}

/// What an action does on each qubit: letters of a Pauli string, Z for controls, or anything.
#[derive(Clone, Copy)]
struct Footprint {
    letters: PauliMask,
    anything: u64,
}

impl Footprint {
    fn of(action: &Action) -> Self {
        let (letters, anything) = match &action.kind {
            Kind::Phase(_) => (PauliMask::default(), 0),
            Kind::Pauli(p) | Kind::Rotation(p, _) => (*p, 0),
            Kind::Diagonal { .. } => (PauliMask { x: 0, z: action.kind.support() }, 0),
            other => (PauliMask::default(), other.support()),
        };
        let letters = PauliMask { x: letters.x, z: letters.z | action.controls.mask };
        Footprint { letters, anything }
    }

    fn support(self) -> u64 {
        self.letters.support() | self.anything
    }

    /// Whether it commutes, qubit by qubit, with strings that have these letters or none.
    fn commutes(self, letters: PauliMask) -> bool {
        let shared = self.letters.support() & letters.support();
        self.anything & letters.support() == 0
            && ((self.letters.x ^ letters.x) | (self.letters.z ^ letters.z)) & shared == 0
    }
}

/// The actions as they are on each qubit, the last one on top.
struct Stacks<'a> {
    footprints: &'a [Footprint],
    on: Vec<Vec<usize>>,
}

impl Stacks<'_> {
    fn top(&self, qubit: u32) -> Option<usize> {
        self.on[qubit as usize].last().copied()
    }

    /// Whether nothing comes after the action.
    fn is_last(&self, action: usize) -> bool {
        bits(self.footprints[action].support()).all(|q| self.top(q) == Some(action))
    }

    fn pop(&mut self, action: usize) {
        for q in bits(self.footprints[action].support()) {
            self.on[q as usize].pop();
        }
    }

    fn push(&mut self, action: usize) {
        for q in bits(self.footprints[action].support()) {
            self.on[q as usize].push(action);
        }
    }

    /// The wanted actions after which only wanted ones come that they commute with.
    fn next_layer(&mut self, wanted: &[bool]) -> Vec<usize> {
        let mut layer = Vec::new();
        let mut letters = PauliMask::default();
        let mut work: Vec<u32> = (0..64).rev().collect();
        while let Some(qubit) = work.pop() {
            let Some(action) = self.top(qubit) else { continue };
            let footprint = self.footprints[action];
            if wanted[action] && self.is_last(action) && footprint.commutes(letters) {
                self.pop(action);
                layer.push(action);
                letters.x |= footprint.letters.x;
                letters.z |= footprint.letters.z;
                work.extend(bits(footprint.support()));
            }
        }
        layer.iter().rev().for_each(|&action| self.push(action));
        layer
    }
}

fn bits(mask: u64) -> impl Iterator<Item = u32> {
    (0..64).filter(move |q| mask >> q & 1 == 1)
}

/// From the last place to the first, of the angles whose slots are `wanted`; what comes before the
/// first is not undone.
pub(super) fn cuts(actions: &[Action], wanted: impl Fn(u32) -> bool) -> Vec<Cut> {
    let footprints: Vec<Footprint> = actions.iter().map(Footprint::of).collect();
    let is_wanted = |a: &Action| matches!(a.scalar(), Some(Scalar::Slot(slot)) if wanted(slot));
    let mut unread: Vec<bool> = actions.iter().map(is_wanted).collect();
    let mut left = unread.iter().filter(|unread| **unread).count();
    let mut stacks = Stacks { footprints: &footprints, on: vec![Vec::new(); 64] };
    // Angles of global phases are read anywhere, and nothing has to be undone for them.
    let mut waiting = Vec::new();
    for (k, footprint) in footprints.iter().enumerate() {
        bits(footprint.support()).for_each(|q| stacks.on[q as usize].push(k));
        if footprint.support() == 0 && unread[k] {
            waiting.push(k);
        }
    }
    let mut cuts = Vec::new();
    while left > 0 {
        let mut cut = Cut { undo: Vec::new(), reads: std::mem::take(&mut waiting) };
        // The letters of those that wait.
        let mut letters = PauliMask::default();
        let mut work: Vec<u32> = (0..64).rev().collect();
        while let Some(qubit) = work.pop() {
            let Some(action) = stacks.top(qubit) else { continue };
            if !stacks.is_last(action) || !footprints[action].commutes(letters) {
                continue;
            }
            stacks.pop(action);
            cut.undo.push(action);
            work.extend(bits(footprints[action].support()));
            if unread[action] {
                let PauliMask { x, z } = footprints[action].letters;
                letters = PauliMask { x: letters.x | x, z: letters.z | z };
                cut.reads.push(action);
            }
        }
        cut.reads.extend(stacks.next_layer(&unread));
        left -= cut.reads.len();
        cut.reads.iter().for_each(|&action| unread[action] = false);
        cuts.push(cut);
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ControlMask;

    /// RY and RZ on each qubit and a ring of CX: one place a layer, between RY and RZ.
    #[test]
    fn one_cut_a_layer() {
        let n = 5;
        let rotation =
            |x, z, slot| Action::new(Kind::Rotation(PauliMask { x, z }, Scalar::Slot(slot)));
        let mut actions = vec![Action::new(Kind::Phase(Scalar::Slot(30)))];
        let mut slot = 0;
        for _ in 0..3 {
            for q in 0..n {
                actions.push(rotation(1 << q, 1 << q, slot));
                actions.push(rotation(0, 1 << q, slot + 1));
                slot += 2;
            }
            for q in 0..n {
                let controls = ControlMask { mask: 1 << q, value: 1 << q };
                let x = Action::new(Kind::Pauli(PauliMask { x: 1 << ((q + 1) % n), z: 0 }));
                actions.push(x.controlled(controls));
            }
        }
        let all = |_| true;
        let cuts = cuts(&actions, all);
        assert_eq!(cuts.iter().map(|c| c.reads.len()).collect::<Vec<_>>(), [11, 10, 10]);
        // The rings and RZ; then also RY; the first RY are not undone.
        assert_eq!(cuts.iter().map(|c| c.undo.len()).collect::<Vec<_>>(), [10, 15, 15]);
        // The middle layer alone is one place.
        let middle = super::cuts(&actions, |slot| (10..20).contains(&slot));
        assert_eq!(middle.len(), 1);
        assert_eq!((middle[0].reads.len(), middle[0].undo.len()), (10, 25));
    }
}
