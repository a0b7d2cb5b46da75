//! The plans of a program's unitary stretches, one set for each target that was asked for.

use crate::engine::{Action, Plan, Target};
use crate::error::Result;
use std::ops::Deref;
use std::sync::OnceLock;

/// From this many qubits on a plan is worth its time for one run.
pub(super) const PLANNED_FROM: usize = 12;

/// What there is one of for each target, made when it is first asked for. Boxed: a program that is
/// compiled for one run moves all places of this list, and fills none or one.
#[derive(Debug, Clone)]
pub(in super::super) struct PerTarget<V>([OnceLock<Box<V>>; Target::COUNT]);

impl<V> PerTarget<V> {
    /// Nothing yet.
    pub fn new() -> Self {
        PerTarget([const { OnceLock::new() }; Target::COUNT])
    }

    /// That of a target.
    pub fn get_or_init(&self, target: Target, make: impl FnOnce() -> V) -> &V {
        self.0[target.index()].get_or_init(|| Box::new(make()))
    }

    /// Those that were made, each with what another list has for the same target.
    pub fn made_with<'a, W>(
        &'a mut self,
        others: &'a PerTarget<W>,
    ) -> impl Iterator<Item = (&'a mut V, &'a W)> {
        let pairs = self.0.iter_mut().zip(&others.0);
        pairs.filter_map(|(one, other)| Some((&mut **one.get_mut()?, &**other.get()?)))
    }
}

/// The plans of a program's unitary stretches for the states of one [`Target`], in their order.
#[derive(Debug)]
pub struct Plans {
    list: Vec<Plan>,
}

impl Plans {
    pub(super) fn new<'a>(
        target: Target,
        num_qubits: usize,
        stretches: impl Iterator<Item = &'a [Action]>,
    ) -> Result<Self> {
        let plan = |actions| Plan::try_new(target, num_qubits, actions);
        Ok(Plans { list: stretches.map(plan).collect::<Result<_>>()? })
    }

    /// Passes over the state in all plans; a loop's are counted once.
    pub fn num_passes(&self) -> usize {
        self.list.iter().map(Plan::len).sum()
    }

    /// A hash of all plans: equal on every machine for equal circuits.
    pub fn hash(&self) -> u64 {
        self.list.iter().fold(0, |h, plan| h.rotate_left(7) ^ plan.hash())
    }
}

impl Deref for Plans {
    type Target = [Plan];
    fn deref(&self) -> &[Plan] {
        &self.list
    }
}
