//! Executes a program up to the next random choice, whatever the method.

use super::flow::{Choice, Flow, Instruction};
use super::representation::{Representation, Sides};
use crate::error::{Error, Result};
use crate::math::{Bits, Watch};
use crate::noise::ReadoutError;
use smallvec::{SmallVec, smallvec};
use std::ops::Range;

/// A program with the code of one method, and who watches its run.
pub(super) struct Job<'a, R: Representation> {
    pub flow: &'a Flow<'a>,
    pub code: &'a R::Code,
    pub watch: &'a Watch,
    /// Whether machines stop at spans of channels that a representation draws beforehand, instead of
    /// at each channel.
    pub draws: bool,
}

impl<R: Representation> Clone for Job<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Representation> Copy for Job<'_, R> {}

/// A state in the middle of a program.
#[derive(Debug)]
pub(super) struct Machine<R> {
    pub state: R,
    pub bits: Bits,
    at: usize,
    rounds: u64,
    /// Probability, relative to that of the path, of outcomes that were taken for impossible.
    dropped: f64,
    /// Passes over the state.
    passes: u64,
    /// The sides of the choice at which it stopped.
    stopped_at: Option<Sides>,
}

/// Where a machine stopped.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stop {
    /// The program is done.
    End,
    /// A random choice of which no side is certain: the probabilities of its sides.
    Choice(Sides),
    /// The span with this number begins, whose channels are drawn beforehand.
    Span(usize),
}

impl<R: Representation> Machine<R> {
    /// A state at the start of the program.
    pub fn new(flow: &Flow, state: R) -> Self {
        let bits = Bits::zeros(flow.num_clbits);
        Machine { state, bits, at: 0, rounds: 0, dropped: 0.0, passes: 0, stopped_at: None }
    }

    /// Goes back to the start of the program, with a state that was made the initial one.
    pub fn rewind(&mut self) {
        self.bits.set_value(0, self.bits.len(), 0);
        (self.at, self.rounds) = (0, 0);
        (self.dropped, self.passes, self.stopped_at) = (0.0, 0, None);
    }

    /// The share of this path's probability that belongs to outcomes which were taken for impossible
    /// since it was asked last.
    pub fn take_dropped(&mut self) -> f64 {
        std::mem::take(&mut self.dropped)
    }

    /// Passes over the state since it was asked last.
    pub fn take_passes(&mut self) -> u64 {
        std::mem::take(&mut self.passes)
    }

    /// A copy, if there is memory for it.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(Machine {
            state: self.state.try_clone()?,
            bits: self.bits.clone(),
            at: self.at,
            rounds: self.rounds,
            dropped: self.dropped,
            passes: 0,
            stopped_at: self.stopped_at.clone(),
        })
    }

    /// Runs to the end or to the next choice; a certain side is no choice.
    pub fn advance(&mut self, job: Job<R>) -> Result<Stop> {
        if let Some(sides) = &self.stopped_at {
            return Ok(Stop::Choice(sides.clone()));
        }
        // Stretches with nothing but jumps and classical bits between them run together.
        let mut waiting: SmallVec<[usize; 8]> = SmallVec::new();
        while let Some(instruction) = job.flow.code.get(self.at) {
            if needs_the_state(instruction, self.at) {
                self.run(job, &mut waiting)?;
            }
            match instruction {
                Instruction::Run(k) => waiting.push(*k),
                Instruction::Span { number, end } if R::TAKES_CHANNELS => {
                    self.passes += self.state.run_span(job.code, *number, job.watch)?;
                    self.at = *end;
                    continue;
                }
                Instruction::Span { number, .. } if R::DRAWS_CHANNELS && job.draws => {
                    return Ok(Stop::Span(*number));
                }
                Instruction::Span { .. } => {}
                Instruction::Choose(choice) => {
                    let mut sides = self.state.sides(job.flow, *choice)?;
                    if let Some(error) = misread(job.flow, *choice) {
                        sides = with_records(&sides, error);
                    }
                    let is_only = sides.iter().filter(|p| **p != 0.0).count() == 1;
                    let certain = self.drop_impossible(&mut sides);
                    match certain {
                        Some(side) => self.take_side(job.flow, *choice, side, is_only)?,
                        None => {
                            self.stopped_at = Some(sides.clone());
                            return Ok(Stop::Choice(sides));
                        }
                    }
                }
                Instruction::JumpUnless { condition, to } => {
                    if condition.eval(&self.bits)? == 0 {
                        self.at = *to;
                        continue;
                    }
                }
                Instruction::Jump { to } => {
                    if *to <= self.at {
                        self.count_round(job.watch)?;
                    }
                    self.at = *to;
                    continue;
                }
                Instruction::Assign(a) => {
                    let value = a.value.eval(&self.bits)?;
                    for (k, &clbit) in a.clbits.iter().enumerate() {
                        self.bits.set(clbit as usize, k < 128 && value >> k & 1 == 1);
                    }
                }
            }
            self.at += 1;
        }
        self.run(job, &mut waiting)?;
        Ok(Stop::End)
    }

    /// Runs stretches that wait, in order.
    fn run(&mut self, job: Job<R>, waiting: &mut SmallVec<[usize; 8]>) -> Result<()> {
        if !waiting.is_empty() {
            self.passes += self.state.run_all(job.code, waiting, job.watch)?;
            waiting.clear();
        }
        Ok(())
    }

    /// Takes a side of the choice at which the machine stopped.
    pub fn choose(&mut self, job: Job<R>, side: usize) -> Result<()> {
        match job.flow.code[self.at] {
            Instruction::Choose(choice) => self.take_side(job.flow, choice, side, false)?,
            ref other => unreachable!("{other:?} is no choice"),
        }
        self.stopped_at = None;
        self.at += 1;
        Ok(())
    }

    /// Runs steps of the span at which the machine stopped; see
    /// [`Representation::run_steps`].
    pub fn run_steps(
        &mut self,
        job: Job<R>,
        span: usize,
        steps: Range<usize>,
        sides: &[(usize, u64)],
    ) -> Result<()> {
        if !steps.is_empty() {
            let passes = self.state.run_steps(job.flow, job.code, span, steps, sides, job.watch)?;
            self.passes += passes;
        }
        Ok(())
    }

    /// Takes a side of a channel in the span at which the machine stopped.
    pub fn take_channel(&mut self, flow: &Flow, channel: usize, side: usize) -> Result<()> {
        self.state.take_side(flow, Choice::Channel(channel as u32), side)
    }

    /// Goes on behind the span at which the machine stopped, whose steps were all run.
    pub fn leave_span(&mut self, flow: &Flow) {
        match flow.code[self.at] {
            Instruction::Span { end, .. } => self.at = end,
            ref other => unreachable!("{other:?} is no span"),
        }
    }

    fn take_side(&mut self, flow: &Flow, choice: Choice, side: usize, is_only: bool) -> Result<()> {
        let (side, recorded) = match misread(flow, choice) {
            Some(_) => (side & 1, side >> 1),
            None => (side, side),
        };
        match is_only {
            true => self.state.take_only_side(flow, choice, side)?,
            false => self.state.take_side(flow, choice, side)?,
        }
        if let Choice::Measure { clbit, .. } = choice {
            self.bits.set(clbit as usize, recorded == 1);
        }
        Ok(())
    }

    /// Takes sides that are rounding out of a choice, and returns the one side that is left, if it is
    /// one.
    fn drop_impossible(&mut self, sides: &mut Sides) -> Option<usize> {
        if sides.len() == 1 {
            return Some(0);
        }
        if sides.iter().all(|&p| p > R::ROUNDING) {
            return None;
        }
        let (likeliest, _) = sides
            .iter()
            .enumerate()
            .rev()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .expect("a choice has sides");
        let mut possible = 0;
        let mut rest = 0.0;
        for (side, p) in sides.iter_mut().enumerate() {
            if *p > R::ROUNDING || side == likeliest {
                possible += 1;
            } else {
                rest += std::mem::take(p);
            }
        }
        self.dropped += (1.0 - self.dropped) * rest;
        if possible == 1 {
            return Some(likeliest);
        }
        sides.iter_mut().for_each(|p| *p /= 1.0 - rest);
        None
    }

    fn count_round(&mut self, watch: &Watch) -> Result<()> {
        self.rounds += 1;
        if self.rounds > watch.max_loop_rounds {
            return Err(Error::Invalid {
                what: "the number of rounds of the circuit's loops".into(),
                value: format!("more than {}", watch.max_loop_rounds),
                expected:
                    "check that the loop ends, or raise `max_loop_rounds` (`--max-loop-rounds`)"
                        .into(),
            });
        }
        watch.check()
    }
}

/// Whether what runs before an instruction has to be done when it comes: jumps forwards and classical
/// bits look at no state. A loop's rounds are ended, so that little waits.
fn needs_the_state(instruction: &Instruction, at: usize) -> bool {
    match instruction {
        Instruction::Run(_) | Instruction::JumpUnless { .. } | Instruction::Assign(_) => false,
        Instruction::Jump { to } => *to <= at,
        Instruction::Span { .. } | Instruction::Choose(_) => true,
    }
}

/// How a measurement is misread, if it may be.
fn misread(flow: &Flow, choice: Choice) -> Option<ReadoutError> {
    let Choice::Measure { qubit, .. } = choice else { return None };
    flow.readout_errors.get(qubit as usize).copied().filter(|error| !error.is_none())
}

/// From the probabilities of outcomes to those of outcome and record; side number outcome + 2·record.
fn with_records(outcomes: &[f64], error: ReadoutError) -> Sides {
    let [p0, p1] = [outcomes[0], outcomes[1]];
    let ReadoutError { p1_given_0, p0_given_1 } = error;
    smallvec![p0 * (1.0 - p1_given_0), p1 * p0_given_1, p0 * p1_given_0, p1 * (1.0 - p0_given_1)]
}
