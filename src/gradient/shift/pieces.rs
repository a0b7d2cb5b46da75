//! All shifted circuits of one set of parameters, with the states before shifted angles reused.

use super::reading::Reading;
use super::rule::ShiftRule;
use crate::engine::{Coefficients, Kind, Plan, Real, Scalar, StateVector, Target};
use crate::error::{Error, Result};
use crate::math::{Watch, for_each_in_order};
use crate::simulate::{
    Estimate, Register, SMALL_BELOW, Simulator, StateView, Unitary, run_watched, with_register,
};
use std::ops::Range;

/// Circuits are cut into this many pieces, so that the state before a shifted angle is reused.
const PIECES: usize = 8;
/// A thread takes at most this many angles at once.
const ANGLES_AT_ONCE: usize = 32;

/// The values at the shifted angles of every slot; a rule has four terms at most.
pub(super) type Shifted = Vec<[Estimate; 4]>;

/// A circuit in a few pieces.
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    /// The state before a piece.
    before: Register,
}

struct Piece {
    plan: Plan,
    slots: Range<usize>,
    bound: Coefficients,
}

impl Pieces {
    /// Those of a circuit.
    ///
    /// # Errors
    /// If the initial state has another size, or there is no memory for a state and the plans.
    pub fn new(simulator: &Simulator, unitary: &Unitary) -> Result<Self> {
        let before = simulator.register(unitary.num_qubits)?;
        Ok(Pieces { pieces: pieces(simulator.target(), unitary)?, before })
    }

    /// Binds all pieces at these angles, and puts the initial state before the first.
    pub fn start(&mut self, slots: &[f64]) -> Result<()> {
        for piece in &mut self.pieces {
            piece.plan.bind_into(&slots[piece.slots.clone()], &mut piece.bound)?;
        }
        self.before.restart()
    }

    /// From the initial state to the end.
    pub fn run(&mut self, watch: &Watch) -> Result<()> {
        let Pieces { pieces, before } = self;
        pieces.iter().try_for_each(|piece| before.run(watch, &piece.plan, &piece.bound))
    }

    /// From the initial state to the end, and on the way every shifted circuit: what is read of each,
    /// by slot and number of the shift.
    pub fn run_shifted(
        &mut self,
        simulator: &Simulator,
        slots: &[f64],
        rules: &[ShiftRule],
        reading: &Reading<'_>,
    ) -> Result<Shifted> {
        let watch = simulator.watch();
        let mut rows = vec![[Estimate::default(); 4]; rules.len()];
        let Pieces { pieces, before } = self;
        for (number, piece) in pieces.iter().enumerate() {
            let these = &mut rows[piece.slots.clone()];
            let (from, angles) = (&pieces[number..], (slots, rules));
            with_register!(&*before, at => {
                shifted(simulator, from, &at.state, angles, reading, these)?
            });
            before.run(watch, &piece.plan, &piece.bound)?;
        }
        Ok(rows)
    }

    /// The state at the end of the last run.
    pub fn state(&mut self) -> StateView<'_> {
        self.before.view()
    }
}

/// The shifted circuits of the angles of the first piece, from the state before it: on a thread each
/// where states are small.
fn shifted<T: Real>(
    simulator: &Simulator,
    pieces: &[Piece],
    before: &StateVector<T>,
    (slots, rules): (&[f64], &[ShiftRule]),
    reading: &Reading<'_>,
    rows: &mut [[Estimate; 4]],
) -> Result<()> {
    let (piece, rest) = pieces.split_first().expect("there is a piece");
    if rows.is_empty() {
        return Ok(());
    }
    let watch = simulator.watch();
    let threads = if before.num_qubits() < SMALL_BELOW { simulator.num_threads() } else { 1 };
    let worker = |_| -> Result<_> {
        let shifted = slots[piece.slots.clone()].to_vec();
        Ok((before.try_clone()?, piece.bound.clone(), shifted))
    };
    let mut workers: Vec<_> = (0..threads.min(rows.len())).map(worker).collect::<Result<_>>()?;
    let finished = for_each_in_order(
        &mut workers,
        (rows.len(), rows.iter_mut()),
        ANGLES_AT_ONCE,
        watch,
        |(state, coefficients, shifted), k, row| {
            let slot = piece.slots.start + k;
            for (number, (_, shift)) in rules[slot].terms().iter().enumerate() {
                shifted[k] = slots[slot] + shift;
                piece.plan.bind_into(shifted, coefficients)?;
                state.copy_from(before);
                run_watched(watch, &piece.plan, coefficients, state)?;
                for piece in rest {
                    run_watched(watch, &piece.plan, &piece.bound, state)?;
                }
                row[number] = reading.of_shifted(slot, number, state)?;
            }
            shifted[k] = slots[slot];
            Ok(())
        },
    )?;
    if finished.contains(&false) { Err(Error::Interrupted) } else { Ok(()) }
}

/// The circuit in a few pieces.
fn pieces(target: Target, unitary: &Unitary) -> Result<Vec<Piece>> {
    let len = unitary.actions.len();
    let mut ends: Vec<usize> = (1..PIECES).map(|k| k * len / PIECES).collect();
    ends.push(len);
    ends.dedup();
    let (mut first, mut first_slot) = (0, 0);
    let mut pieces = Vec::new();
    for end in ends {
        let mut actions = unitary.actions[first..end].to_vec();
        let mut last_slot = first_slot;
        for action in &mut actions {
            if let Kind::Phase(Scalar::Slot(slot)) | Kind::Rotation(_, Scalar::Slot(slot)) =
                &mut action.kind
            {
                last_slot = *slot as usize + 1;
                *slot -= first_slot as u32;
            }
        }
        let plan = Plan::try_new(target, unitary.num_qubits, &actions)?;
        let bound = plan.bind(&vec![0.0; plan.num_slots()])?;
        pieces.push(Piece { plan, slots: first_slot..last_slot, bound });
        (first, first_slot) = (end, last_slot);
    }
    Ok(pieces)
}
