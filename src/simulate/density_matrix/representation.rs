//! A density matrix under the control flow.

use super::super::dense_lists;
use super::super::expectation::Expectation;
use super::super::flow::{Choice, Flow};
use super::super::initial::InitialState;
use super::super::options::SMALL_BELOW;
use super::super::outcomes;
use super::super::representation::{Account, Representation, Sides};
use super::super::request::Request;
use super::super::state_vector::tally_sampled;
use super::super::tally::Tally;
use super::code::{Code, Place};
use super::initial::start;
use super::observable::Observable;
use crate::clifford::OutcomeSpace;
use crate::engine::{
    DensityMatrix, Isa, Precision, Real, Target, bytes_needed, check_density, density_bytes,
    max_qubits,
};
use crate::error::{Error, Result};
use crate::math::{Bits, Watch, check_memory};
use crate::pauli::PauliSum;
use rand::Rng;
use smallvec::smallvec;

/// Nominal seconds for an entry in a pass over the matrix.
const PER_ENTRY: f64 = 1e-9;

impl<T: Real> Representation for DensityMatrix<T> {
    type Code = Code;
    type Observable = Observable;

    const NAME: &str = "density matrix";

    const PRECISION: Option<Precision> =
        Some(if size_of::<T>() == 4 { Precision::F32 } else { Precision::F64 });

    const SPARSE: bool = false;

    // Probabilities are entries: wrong by some roundings, and not by their squares.
    const ROUNDING: f64 = if size_of::<T>() == 4 { 1e-6 } else { 1e-14 };

    const TAKES_CHANNELS: bool = true;

    fn is_small(num_qubits: usize) -> bool {
        2 * num_qubits < SMALL_BELOW
    }

    fn seconds_a_pass(num_qubits: usize) -> f64 {
        PER_ENTRY * 4f64.powi(num_qubits as i32)
    }

    fn seconds_a_choice(_: usize) -> f64 {
        3e-7
    }

    fn check(flow: &Flow, request: &Request) -> Result<()> {
        check_density::<T>("a density matrix", flow.num_qubits)?;
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
        start(initial, flow.num_qubits, isa)
    }

    fn try_clone(&self) -> Result<Self> {
        DensityMatrix::try_clone(self)
    }

    fn run(&mut self, code: &Code, stretch: usize, watch: &Watch) -> Result<u64> {
        code.run(Place::Stretch(stretch), self, watch)
    }

    fn run_span(&mut self, code: &Code, span: usize, watch: &Watch) -> Result<u64> {
        code.run(Place::Span(span), self, watch)
    }

    fn sides(&self, _: &Flow, choice: Choice) -> Result<Sides> {
        match choice {
            Choice::Measure { qubit, .. } => {
                let [zero, one] = self.outcomes_of(qubit as usize).map(|p| p.max(0.0));
                let norm = zero + one;
                Ok(smallvec![zero / norm, one / norm])
            }
            // A channel without a choice: one side is certain.
            Choice::Reset(_) => Ok(smallvec![1.0, 0.0]),
            Choice::Channel(_) => unreachable!("spans take them"),
        }
    }

    fn take_side(&mut self, _: &Flow, choice: Choice, side: usize) -> Result<()> {
        match choice {
            Choice::Measure { qubit, .. } => self.collapse(qubit as usize, side == 1).map(drop),
            Choice::Reset(qubit) => {
                self.reset(qubit as usize);
                Ok(())
            }
            Choice::Channel(_) => unreachable!("spans take them"),
        }
    }

    fn norm(&self) -> f64 {
        self.trace()
    }

    fn observable(sum: &PauliSum, num_qubits: usize) -> Result<Observable> {
        Observable::new(sum, num_qubits)
    }

    fn shift(observable: &Observable) -> f64 {
        observable.shift
    }

    fn expectation(&self, observable: &Observable) -> Result<Expectation> {
        Ok(observable.mean_and_variance(self))
    }

    fn largest(&self, at_most: usize) -> Result<Vec<(u64, f64)>> {
        self.top(at_most)
    }

    fn add_probabilities(&self, weight: f64, sum: &mut Vec<f64>) -> Result<()> {
        let probabilities = || self.probabilities();
        dense_lists::add_probabilities(self.num_qubits(), probabilities, weight, sum)
    }

    fn for_each_outcome(
        &self,
        qubits: &[usize],
        _: &Watch,
        visit: &mut dyn FnMut(&Bits, f64) -> Result<()>,
    ) -> Result<()> {
        dense_lists::for_each_outcome(qubits.len(), self.marginal(qubits)?, visit)
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
        if flow.readout.is_empty() {
            return tally.add(written.clone(), shots);
        }
        let sampled = self.sample_watched(shots, rng, &|| !watch.is_cancelled())?;
        tally_sampled(sampled, self.num_qubits(), flow, written, tally)
    }

    fn account(code: &Code, flow: &Flow, isa: Isa) -> Result<Account> {
        let target = Target::of::<T>(isa);
        Ok(Account {
            passes: code.num_passes(target)?,
            hash: code.hash(target)?,
            state_bytes: density_bytes::<T>(flow.num_qubits),
        })
    }
}

fn no_outcome_space() -> Error {
    Error::Unsupported {
        method: "the density matrix",
        operation: "outcomes as an affine space".into(),
        hint: "ask for the distribution of the outcomes, or use the stabilizer method".into(),
    }
}
