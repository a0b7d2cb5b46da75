//! Carrying observables through steps.

use super::group::Rules;
use super::memory::Budget;
use super::overlap::Overlap;
use super::packed::{Origin, Tag};
use super::packed_sum::{Packed, PackedSum, mean, packed_terms};
use super::parallel::map_each;
use super::plan::{Pass, Plan, Reach};
use super::reverse::{Adjoint, ReverseScratch, reverse_rotations, reverse_transfer};
use super::run::{Run, run};
use super::{Account, Start, Step, Truncation};
use crate::error::{Error, Result};
use crate::math::{Watch, for_each_in_order, threads};
use crate::pauli::{PauliString, PauliSum};
use std::sync::Arc;

/// Most qubits that the strings of one observable may reach.
pub const MAX_REACHED_QUBITS: usize = 4096;

/// Calls the method for masks of as many words as the qubits reached need.
macro_rules! dispatch {
    ($reach:expr, $self:ident.$method:ident($($argument:expr),*)) => {
        match $reach.qubits.len() {
            0..=64 => $self.$method::<1>($($argument),*),
            65..=128 => $self.$method::<2>($($argument),*),
            129..=256 => $self.$method::<4>($($argument),*),
            257..=512 => $self.$method::<8>($($argument),*),
            513..=1024 => $self.$method::<16>($($argument),*),
            _ => $self.$method::<64>($($argument),*),
        }
    };
}

/// Carries observables through a list of steps, from the last one on.
#[derive(Debug, Clone)]
pub struct Propagator {
    num_qubits: usize,
    steps: Vec<Step>,
    truncation: Truncation,
    memory: Option<u64>,
}

/// An observable before a circuit, U†OU, and what was left out of it.
#[derive(Debug, Clone)]
pub struct Propagated {
    num_qubits: usize,
    sum: Arc<dyn PackedSum>,
    account: Account,
}

/// A mean and its derivatives.
#[derive(Debug, Clone, PartialEq)]
pub struct PropagatedGradient {
    /// The mean of the observable.
    pub value: f64,
    /// Its derivative by the angle of each [`Step::Rotation`], in the order of the steps.
    pub derivatives: Vec<f64>,
    /// What was left out.
    pub account: Account,
}

impl Propagator {
    /// These steps on so many qubits, without truncation.
    ///
    /// # Errors
    /// If a step names a qubit that there is not or one twice, if an angle is not finite, or if a
    /// rotation is about the identity.
    pub fn new(num_qubits: usize, steps: Vec<Step>) -> Result<Self> {
        for step in &steps {
            step.check(num_qubits)?;
        }
        Ok(Propagator { num_qubits, steps, truncation: Truncation::none(), memory: None })
    }

    /// Which strings are left out.
    ///
    /// # Errors
    /// As [`Truncation::check`]; if a protected string has qubits that there are not.
    pub fn truncation(mut self, truncation: Truncation) -> Result<Self> {
        truncation.check()?;
        for string in &truncation.protected {
            check_string(string, self.num_qubits)?;
        }
        self.truncation = truncation;
        Ok(self)
    }

    /// Bytes that strings may take at most; without a word all that there are.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// The steps, in the order of the circuit.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The observable before the steps.
    ///
    /// # Errors
    /// If a string has qubits that there are not; if the light cone of the observable has more than
    /// [`MAX_REACHED_QUBITS`] qubits; [`Error::TooLarge`] if there are more strings than memory;
    /// [`Error::Interrupted`].
    pub fn propagate(&self, observable: &PauliSum, watch: &Watch) -> Result<Propagated> {
        let reach = self.reach(observable, watch)?;
        dispatch!(reach, self.propagate_packed(reach, observable, watch))
    }

    fn propagate_packed<const W: usize>(
        &self,
        reach: Reach,
        observable: &PauliSum,
        watch: &Watch,
    ) -> Result<Propagated> {
        let plan = Plan::<W>::new(&self.steps, &reach, &self.truncation)?;
        let terms = packed_terms::<W, ()>(observable, &reach)?;
        let budget = Budget::new(self.memory);
        let rules = self.rules(false, &budget, watch);
        let Run { blocks, account, .. } = run(&plan, terms, &rules)?;
        let sum = Arc::new(Packed { blocks, qubits: reach.qubits });
        Ok(Propagated { num_qubits: self.num_qubits, sum, account })
    }

    /// What the observable meets.
    fn reach(&self, observable: &PauliSum, watch: &Watch) -> Result<Reach> {
        watch.check()?;
        for (string, _) in observable {
            check_string(string, self.num_qubits)?;
        }
        let reach = Reach::new(&self.steps, self.num_qubits, observable);
        match reach.qubits.len() {
            len if len > MAX_REACHED_QUBITS => Err(Error::Invalid {
                what: "the number of qubits in the light cone of an observable".into(),
                value: len.to_string(),
                expected: format!(
                    "at most {MAX_REACHED_QUBITS}; propagate parts of the observable one by one"
                ),
            }),
            _ => Ok(reach),
        }
    }

    fn rules<'a>(&self, is_gradient: bool, budget: &'a Budget, watch: &'a Watch) -> Rules<'a> {
        let Truncation { min_coefficient, max_weight, max_terms, .. } = self.truncation;
        Rules { min_coefficient, max_weight, max_terms, is_gradient, budget, watch }
    }

    /// Each of these observables before the steps, rows in parallel.
    ///
    /// # Errors
    /// As [`propagate`](Self::propagate).
    pub fn propagate_many(
        &self,
        observables: &[PauliSum],
        watch: &Watch,
    ) -> Result<Vec<Propagated>> {
        let mut rows: Vec<Option<Propagated>> = observables.iter().map(|_| None).collect();
        let mut workers = vec![(); threads().min(observables.len()).max(1)];
        let items = (observables.len(), rows.iter_mut());
        for_each_in_order(&mut workers, items, 1, watch, |(), k, row| {
            *row = Some(self.propagate(&observables[k], watch)?);
            Ok(())
        })?;
        rows.into_iter().collect::<Option<_>>().ok_or(Error::Interrupted)
    }

    /// The mean of an observable after the steps, and its derivatives by their angles. Without
    /// truncation they are exact. With it they are the derivatives of the truncated mean where the same
    /// strings are left out, so they agree with differences where a small change of the angle changes
    /// nothing in that. With a least coefficient, strings of coefficient 0 are left out as others are: a
    /// derivative at the angle 0, where the rotation makes no string, comes out as 0. Without one they
    /// are carried where derivatives go through them, and the account counts them among the strings.
    ///
    /// # Errors
    /// As [`propagate`](Self::propagate) and [`Start::check`].
    pub fn gradient(
        &self,
        observable: &PauliSum,
        start: &Start,
        watch: &Watch,
    ) -> Result<PropagatedGradient> {
        start.check(self.num_qubits)?;
        let reach = self.reach(observable, watch)?;
        dispatch!(reach, self.gradient_packed(reach, observable, start, watch))
    }

    fn gradient_packed<const W: usize>(
        &self,
        reach: Reach,
        observable: &PauliSum,
        start: &Start,
        watch: &Watch,
    ) -> Result<PropagatedGradient> {
        let plan = Plan::<W>::new(&self.steps, &reach, &self.truncation)?;
        let terms = packed_terms::<W, Origin>(observable, &reach)?;
        let budget = Budget::new(self.memory);
        let rules = self.rules(true, &budget, watch);
        let Run { blocks, account, mut tapes, numbers } = run(&plan, terms, &rules)?;
        budget.ask(8 * u64::from(numbers))?;
        let adjoint = Adjoint::new(numbers as usize);
        let overlap = Overlap::new(start, &reach.qubits);
        let value = mean(&blocks, &overlap)?;
        map_each(account.final_terms, blocks.iter(), |(), block| {
            for term in block {
                let (number, gain) = term.tag.origin();
                adjoint.set(number, gain * overlap.mean(&term.x, &term.z));
            }
            Ok(())
        })?;
        drop(blocks);
        let mut by_place = vec![0.0; self.steps.len()];
        while let Some((pass, tape)) = tapes.pop() {
            watch.check()?;
            match &plan.passes[pass] {
                Pass::Rotate(layer) => {
                    let of_shard = |scratch: &mut ReverseScratch, shard| {
                        let mut derivatives = vec![0.0; reach.qubits.len()];
                        reverse_rotations(layer, shard, &adjoint, &mut derivatives, scratch);
                        Ok(derivatives)
                    };
                    for part in map_each(usize::MAX, tape.iter(), of_shard)? {
                        layer.collect(&part, &mut by_place);
                    }
                }
                Pass::Transfer(map) => {
                    map_each(usize::MAX, tape.iter(), |(), shard| {
                        reverse_transfer(map, shard, &adjoint);
                        Ok(())
                    })?;
                }
                Pass::Map(_) | Pass::Scale(_) | Pass::Cut { .. } => {}
            }
            watch.add_passes(1);
        }
        let rotations = self.steps.iter().zip(by_place);
        let rotations = rotations.filter(|(step, _)| matches!(step, Step::Rotation { .. }));
        let derivatives = rotations.map(|(_, derivative)| derivative).collect();
        Ok(PropagatedGradient { value, derivatives, account })
    }
}

impl Propagated {
    /// The mean in a start state.
    ///
    /// # Errors
    /// As [`Start::check`].
    pub fn expectation(&self, start: &Start) -> Result<f64> {
        start.check(self.num_qubits)?;
        self.sum.mean(start)
    }

    /// What was left out.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Number of strings.
    pub fn len(&self) -> usize {
        self.sum.len()
    }

    /// Whether there are no strings.
    pub fn is_empty(&self) -> bool {
        self.sum.len() == 0
    }

    /// Number of qubits of the circuit.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// The strings with their coefficients, in an order that is the same in every run.
    pub fn terms(&self) -> impl Iterator<Item = (PauliString, f64)> + '_ {
        self.sum.terms()
    }

    /// The same as a sum, in the order of strings.
    pub fn to_sum(&self) -> PauliSum {
        let mut terms: Vec<_> = self.terms().collect();
        terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        terms.into_iter().fold(PauliSum::zero(), |mut sum, (string, c)| {
            sum.push(string, c);
            sum
        })
    }
}

fn check_string(string: &PauliString, num_qubits: usize) -> Result<()> {
    match string.num_qubits() {
        needed if needed > num_qubits => {
            Err(Error::QubitOutOfRange { qubit: needed - 1, num_qubits })
        }
        _ => Ok(()),
    }
}
