//! From one place where derivatives are read back to the one before it.

use super::cuts::cuts;
use super::inverse::inverse;
use crate::engine::{
    Action, Coefficients, ControlMask, CrossTerms, Kind, PauliMask, Plan, Real, Scalar,
    StateVector, Target,
};
use crate::error::Result;
use crate::math::Watch;
use crate::simulate::run_watched;
use std::collections::HashMap;

/// Controls up to which a projector is written as a sum of strings.
const MOST_EXPANDED: u32 = 4;

/// From one cut back to the one before it.
pub(super) struct Stage {
    /// The actions after the cut, undone; which slots theirs are, and these slots' values.
    undo: Plan,
    coefficients: Coefficients,
    slots: Vec<u32>,
    bound: Vec<f64>,
    cross: CrossTerms,
    values: Vec<f64>,
    /// For the derivative by each slot: weights of values.
    reads: Vec<(u32, Read)>,
}

enum Read {
    /// Σ weight · value.
    Strings(Vec<(u32, f64)>),
    /// A string under many controls, with its factor.
    Where(PauliMask, ControlMask, f64),
}

/// The cuts of a circuit on n qubits, from the last to the first, for the derivatives by the slots
/// that are `wanted`.
pub(super) fn stages(
    target: Target,
    n: usize,
    actions: &[Action],
    wanted: &[bool],
) -> Result<Vec<Stage>> {
    let mut stages = Vec::new();
    for cut in cuts(actions, |slot| wanted[slot as usize]) {
        let mut slots = Vec::new();
        let undo: Vec<Action> =
            cut.undo.iter().map(|&k| inverse(&actions[k], &mut slots)).collect();
        let undo = Plan::try_new(target, n + 1, &undo)?;
        let (strings, reads) = reads(&cut.reads, actions);
        let cross = CrossTerms::new(n, &strings)?;
        let bound = vec![0.0; slots.len()];
        let coefficients = undo.bind(&bound)?;
        let values = vec![0.0; strings.len()];
        stages.push(Stage { undo, coefficients, slots, bound, cross, values, reads });
    }
    Ok(stages)
}

impl Stage {
    /// What is left to undo behind the last of the [`stages`], without a place to read.
    pub fn rest(target: Target, n: usize, actions: &[Action], wanted: &[bool]) -> Result<Stage> {
        let mut left = vec![true; actions.len()];
        for cut in cuts(actions, |slot| wanted[slot as usize]) {
            cut.undo.iter().for_each(|&k| left[k] = false);
        }
        let mut slots = Vec::new();
        let places = (0..actions.len()).rev().filter(|&k| left[k]);
        let undo: Vec<Action> = places.map(|k| inverse(&actions[k], &mut slots)).collect();
        let undo = Plan::try_new(target, n + 1, &undo)?;
        let bound = vec![0.0; slots.len()];
        Ok(Stage {
            coefficients: undo.bind(&bound)?,
            undo,
            slots,
            bound,
            cross: CrossTerms::new(n, &[])?,
            values: Vec::new(),
            reads: Vec::new(),
        })
    }
}

/// The strings that are read at a cut, and what they are read for.
fn reads(read: &[usize], actions: &[Action]) -> (Vec<PauliMask>, Vec<(u32, Read)>) {
    let mut strings = Vec::new();
    let mut places = HashMap::new();
    let mut place = |p: PauliMask| {
        *places.entry(p).or_insert_with(|| {
            strings.push(p);
            strings.len() as u32 - 1
        })
    };
    let read_of = |&k: &usize| {
        let action = &actions[k];
        let (p, factor, slot) = match action.kind {
            Kind::Rotation(p, Scalar::Slot(slot)) => (p, 1.0, slot),
            Kind::Phase(Scalar::Slot(slot)) => (PauliMask::default(), -2.0, slot),
            _ => unreachable!("an angle of this action is a slot"),
        };
        let controls = action.controls;
        if controls.mask.count_ones() > MOST_EXPANDED {
            return (slot, Read::Where(p, controls, factor));
        }
        // Π (1 ± Z)/2 over the controls, as a sum over their subsets.
        let share = factor * 0.5f64.powi(controls.mask.count_ones() as i32);
        let mut weights = Vec::new();
        let mut subset = controls.mask;
        loop {
            let minus = (subset & controls.value).count_ones() % 2 == 1;
            let weight = if minus { -share } else { share };
            weights.push((place(PauliMask { x: p.x, z: p.z ^ subset }), weight));
            if subset == 0 {
                break;
            }
            subset = (subset - 1) & controls.mask;
        }
        (slot, Read::Strings(weights))
    };
    let reads = read.iter().map(read_of).collect();
    (strings, reads)
}

impl Stage {
    /// Takes the pair back to the cut and reads what is read there.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn run<T: Real>(
        &mut self,
        watch: &Watch,
        slots: &[f64],
        pair: &mut StateVector<T>,
        by_slots: &mut [f64],
    ) -> Result<()> {
        if self.undo.num_actions() > 0 {
            for (bound, slot) in self.bound.iter_mut().zip(&self.slots) {
                *bound = -slots[*slot as usize];
            }
            self.undo.bind_into(&self.bound, &mut self.coefficients)?;
            run_watched(watch, &self.undo, &self.coefficients, pair)?;
        }
        self.cross.imaginary(pair, &mut self.values);
        for (slot, read) in &self.reads {
            by_slots[*slot as usize] = match read {
                Read::Strings(weights) => {
                    weights.iter().map(|&(k, weight)| weight * self.values[k as usize]).sum()
                }
                Read::Where(p, controls, factor) => factor * pair.imaginary_where(*p, *controls),
            };
        }
        Ok(())
    }
}
