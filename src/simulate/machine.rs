//! Executes a bound program up to the next random choice.

use super::initial::{InitialState, Start};
use super::program::{Bound, Instruction};
use super::watch::Watch;
use crate::engine::{Real, StateVector};
use crate::error::{Error, Result};
use crate::math::Bits;

/// Outcomes of at most this probability are rounding and count as impossible: states agree with
/// exact ones to 1e-12 in f64, 1e-5 in f32.
fn impossible<T: Real>() -> f64 {
    if size_of::<T>() == 4 { 1e-10 } else { 1e-24 }
}

/// A state in the middle of a program.
#[derive(Debug)]
pub(super) struct Machine<T: Real> {
    pub state: StateVector<T>,
    pub bits: Bits,
    at: usize,
    rounds: u64,
}

/// Where a machine stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stop {
    /// The program is done.
    End,
    /// A qubit is measured or reset; `p1` is the probability of 1, and neither outcome is certain.
    Choice { p1: f64 },
}

impl<T: Real> Machine<T> {
    /// The initial state at the start of the program.
    pub fn start(bound: &Bound, initial: &InitialState) -> Result<Self> {
        Ok(Self::new(bound, initial.state(bound.program.num_qubits)?))
    }

    /// A state at the start of the program.
    pub fn new(bound: &Bound, state: StateVector<T>) -> Self {
        Machine { state, bits: Bits::zeros(bound.program.num_clbits), at: 0, rounds: 0 }
    }

    /// Goes back to the start of the program, in the memory it has.
    pub fn restart(&mut self, start: &Start<T>) -> Result<()> {
        start.write_to(&mut self.state)?;
        self.bits.set_value(0, self.bits.len(), 0);
        (self.at, self.rounds) = (0, 0);
        Ok(())
    }

    /// A copy, if there is memory for it.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(Machine {
            state: self.state.try_clone()?,
            bits: self.bits.clone(),
            at: self.at,
            rounds: self.rounds,
        })
    }

    /// Runs to the end or to the next choice; certain outcomes are no choice.
    pub fn advance(&mut self, bound: &Bound, watch: &Watch) -> Result<Stop> {
        while let Some(instruction) = bound.program.code.get(self.at) {
            match instruction {
                Instruction::Run(k) => {
                    let plan = &bound.program.plans[*k];
                    watch.run(plan, &bound.coefficients[*k], &mut self.state)?;
                }
                Instruction::Measure { qubit, .. } | Instruction::Reset(qubit) => {
                    // Both are summed: 1 - p1 would lose a small p0.
                    let outcomes = self.state.marginal(&[*qubit as usize]);
                    let norm = outcomes[0] + outcomes[1];
                    if outcomes.iter().all(|p| *p > impossible::<T>() * norm) {
                        return Ok(Stop::Choice { p1: outcomes[1] / norm });
                    }
                    self.choose(bound, outcomes[1] > outcomes[0])?;
                    continue;
                }
                Instruction::JumpUnless { condition, to } => {
                    if condition.eval(&self.bits)? == 0 {
                        self.at = *to;
                        continue;
                    }
                }
                Instruction::Jump { to } => {
                    if *to <= self.at {
                        self.count_round(watch)?;
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
        Ok(Stop::End)
    }

    /// Takes an outcome of the measurement or reset at which the machine stopped.
    pub fn choose(&mut self, bound: &Bound, outcome: bool) -> Result<()> {
        match bound.program.code[self.at] {
            Instruction::Measure { qubit, clbit } => {
                self.state.collapse(qubit as usize, outcome)?;
                self.bits.set(clbit as usize, outcome);
            }
            Instruction::Reset(qubit) => {
                self.state.collapse(qubit as usize, outcome)?;
                if outcome {
                    self.state.flip(qubit as usize);
                }
            }
            ref other => unreachable!("{other:?} is no choice"),
        }
        self.at += 1;
        Ok(())
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
