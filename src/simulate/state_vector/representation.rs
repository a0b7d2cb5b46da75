//! The state vector under the control flow.

use super::super::dense_lists;
use super::super::expectation::Expectation;
use super::super::flow::{Choice, Flow};
use super::super::initial::InitialState;
use super::super::options::SMALL_BELOW;
use super::super::outcomes;
use super::super::patterns::EventLaw;
use super::super::representation::{Account, Representation, Sides};
use super::super::request::Request;
use super::super::tally::Tally;
use super::channels;
use super::code::{BoundCode, check_size};
use super::framed;
use super::observable::Observable;
use super::readout::read_out;
use crate::clifford::OutcomeSpace;
use crate::engine::{
    Isa, Precision, Real, StateVector, Target, bytes_needed, hash_of_actions, max_qubits,
};
use crate::error::{Error, Result};
use crate::math::{Bits, Streams, Watch, check_memory};
use crate::pauli::PauliSum;
use rand::Rng;
use smallvec::{SmallVec, smallvec};
use std::ops::Range;

/// Nominal seconds for an amplitude in a pass over the state.
const PER_AMPLITUDE: f64 = 1e-9;

impl<T: Real> Representation for StateVector<T> {
    type Code = BoundCode;
    type Observable = Observable;

    const NAME: &str = "state vector";

    const PRECISION: Option<Precision> =
        Some(if size_of::<T>() == 4 { Precision::F32 } else { Precision::F64 });

    const SPARSE: bool = false;

    // Amplitudes are wrong by 1e-12 in f64 and 1e-6 in f32 where circuits are long.
    const ROUNDING: f64 = if size_of::<T>() == 4 { 1e-12 } else { 1e-24 };

    fn is_small(num_qubits: usize) -> bool {
        num_qubits < SMALL_BELOW
    }

    fn seconds_a_pass(num_qubits: usize) -> f64 {
        PER_AMPLITUDE * 2f64.powi(num_qubits as i32)
    }

    fn seconds_a_choice(_: usize) -> f64 {
        3e-7
    }

    fn check(flow: &Flow, request: &Request) -> Result<()> {
        check_size(flow.num_qubits)?;
        check_variances::<T>(flow.num_qubits, &request.observables)?;
        if request.outcomes {
            let qubits = flow.read_qubits().len();
            let bytes = outcomes::bytes_per_outcome(flow);
            let what = format!("the distribution of {qubits} measured qubits");
            check_memory(&what, bytes_needed(qubits, bytes), |available| {
                (Some(max_qubits(available, bytes)), outcomes::HINT.into())
            })?;
        }
        if request.outcome_space {
            return Err(no_outcome_space());
        }
        Ok(())
    }

    fn start(flow: &Flow, initial: &InitialState, isa: Isa) -> Result<Self> {
        initial.state(flow.num_qubits, isa)
    }

    fn try_clone(&self) -> Result<Self> {
        StateVector::try_clone(self)
    }

    fn run(&mut self, code: &BoundCode, stretch: usize, watch: &Watch) -> Result<u64> {
        code.run(stretch, self, watch)
    }

    fn run_all(&mut self, code: &BoundCode, stretches: &[usize], watch: &Watch) -> Result<u64> {
        code.run_all(stretches, self, watch)
    }

    const DRAWS_CHANNELS: bool = true;

    fn sample_frames(
        &self,
        flow: &Flow,
        code: &BoundCode,
        laws: &[EventLaw],
        shots: u64,
        streams: Streams,
        watch: &Watch,
    ) -> Result<Option<(Tally, u64)>> {
        framed::sample(flow, code, laws, self, shots, streams, watch)
    }

    fn block_starts<'c>(flow: &Flow, code: &'c BoundCode, span: usize) -> &'c [usize] {
        code.spans(flow)[span].starts()
    }

    fn run_steps(
        &mut self,
        flow: &Flow,
        code: &BoundCode,
        span: usize,
        steps: Range<usize>,
        sides: &[(usize, u64)],
        watch: &Watch,
    ) -> Result<u64> {
        let side = |&(step, side): &(usize, u64)| {
            (step, channels::action(&flow.channels[flow.spans[span].channel(step)], side))
        };
        let sides: SmallVec<[_; 2]> = sides.iter().map(side).collect();
        code.spans(flow)[span].run(self, steps, &sides, watch)
    }

    fn look(&self, flow: &Flow, channel: usize) -> Result<Sides> {
        channels::look(self, &flow.channels[channel])
    }

    fn sides(&self, flow: &Flow, choice: Choice) -> Result<Sides> {
        let qubit = match choice {
            Choice::Measure { qubit, .. } | Choice::Reset(qubit) => qubit,
            Choice::Channel(number) => {
                return channels::sides(self, &flow.channels[number as usize]);
            }
        };
        // Both are summed: 1 - p1 would lose a small p0.
        let outcomes = self.try_marginal(&[qubit as usize])?;
        let norm = outcomes[0] + outcomes[1];
        Ok(smallvec![outcomes[0] / norm, outcomes[1] / norm])
    }

    fn take_side(&mut self, flow: &Flow, choice: Choice, side: usize) -> Result<()> {
        let qubit = match choice {
            Choice::Measure { qubit, .. } | Choice::Reset(qubit) => qubit,
            Choice::Channel(number) => {
                return channels::take(self, &flow.channels[number as usize], side as u64);
            }
        };
        self.collapse(qubit as usize, side == 1)?;
        if let (Choice::Reset(_), 1) = (choice, side) {
            self.flip(qubit as usize);
        }
        Ok(())
    }

    fn take_only_side(&mut self, flow: &Flow, choice: Choice, side: usize) -> Result<()> {
        match (choice, side) {
            (Choice::Reset(qubit), 1) => self.flip(qubit as usize),
            (Choice::Reset(_) | Choice::Measure { .. }, _) => {}
            (Choice::Channel(_), _) => return self.take_side(flow, choice, side),
        }
        Ok(())
    }

    fn norm(&self) -> f64 {
        StateVector::norm(self)
    }

    fn observable(sum: &PauliSum, num_qubits: usize) -> Result<Observable> {
        Observable::new(sum, num_qubits)
    }

    fn shift(observable: &Observable) -> f64 {
        observable.shift
    }

    fn expectation(&self, observable: &Observable) -> Result<Expectation> {
        observable.mean_and_variance(self)
    }

    fn largest(&self, at_most: usize) -> Result<Vec<(u64, f64)>> {
        self.try_top(at_most)
    }

    fn add_probabilities(&self, weight: f64, sum: &mut Vec<f64>) -> Result<()> {
        let probabilities = || self.try_probabilities();
        dense_lists::add_probabilities(self.num_qubits(), probabilities, weight, sum)
    }

    fn for_each_outcome(
        &self,
        qubits: &[usize],
        _: &Watch,
        visit: &mut dyn FnMut(&Bits, f64) -> Result<()>,
    ) -> Result<()> {
        dense_lists::for_each_outcome(qubits.len(), self.try_marginal(qubits)?, visit)
    }

    fn outcome_space(&self, _: &Flow, _: &Bits, _: &Watch) -> Result<OutcomeSpace> {
        Err(no_outcome_space())
    }

    fn read_out(
        &self,
        flow: &Flow,
        written: &Bits,
        shots: u64,
        rng: &mut impl Rng,
        watch: &Watch,
        tally: &mut Tally,
    ) -> Result<()> {
        read_out(self, flow, written, shots, rng, watch, tally)
    }

    fn account(code: &BoundCode, flow: &Flow, isa: Isa) -> Result<Account> {
        let target = Target::of::<T>(isa);
        let state_bytes = bytes_needed(flow.num_qubits, 2 * size_of::<T>());
        if !flow.spans.is_empty() {
            let (mut passes, spans) = (0, code.spans(flow));
            for span in spans {
                passes +=
                    span.plans(target, flow.num_qubits)?.iter().map(|p| p.0.len()).sum::<usize>();
            }
            let actions = spans.iter().flat_map(|span| span.actions());
            let hash = hash_of_actions(flow.num_qubits, actions);
            return Ok(Account { passes, hash, state_bytes });
        }
        Ok(Account {
            passes: code.code().num_passes(target)?,
            hash: code.code().hash_of_run(target)?,
            state_bytes,
        })
    }
}

/// The variance of a sum takes a second state.
fn check_variances<T: Real>(num_qubits: usize, sums: &[PauliSum]) -> Result<()> {
    let strings = |sum: &PauliSum| sum.terms().iter().filter(|(s, _)| !s.is_identity()).count();
    if sums.iter().all(|sum| strings(sum) < 2) {
        return Ok(());
    }
    let bytes = 2 * 2 * size_of::<T>();
    let what = format!("the variance of an observable on {num_qubits} qubits");
    check_memory(&what, bytes_needed(num_qubits, bytes), |available| {
        let fits = max_qubits(available, bytes);
        let hint = format!(
            "it takes a second state: {fits} qubits fit; observables of one term take none"
        );
        (Some(fits), hint)
    })
}

fn no_outcome_space() -> Error {
    Error::Unsupported {
        method: "the state vector",
        operation: "outcomes as an affine space".into(),
        hint: "ask for the distribution of the outcomes, or use the stabilizer method".into(),
    }
}
