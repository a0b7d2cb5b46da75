//! Executes a bound program up to the next random choice.

use super::initial::{InitialState, Start};
use super::program::{BoundProgram, Instruction};
use crate::engine::{Isa, Real, StateVector};
use crate::error::{Error, Result};
use crate::math::{Bits, Watch};

/// Outcomes of at most this probability are taken for rounding and not followed; results say what
/// they come to. Amplitudes are wrong by 1e-12 in f64 and 1e-6 in f32 where circuits are long.
fn impossible<T: Real>() -> f64 {
    if size_of::<T>() == 4 { 1e-12 } else { 1e-24 }
}

/// A state in the middle of a program.
#[derive(Debug)]
pub(super) struct Machine<T: Real> {
    pub state: StateVector<T>,
    pub bits: Bits,
    at: usize,
    rounds: u64,
    /// Probability, relative to that of the path, of outcomes that were taken for impossible.
    dropped: f64,
    /// Passes over the state.
    passes: u64,
}

/// Where a machine stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stop {
    /// The program is done.
    End,
    /// A qubit is measured or reset, and neither outcome is certain: the probabilities of 0 and 1.
    /// Both are given, since 1 - p loses a small one.
    Choice([f64; 2]),
}

impl<T: Real> Machine<T> {
    /// The initial state at the start of the program.
    pub fn start(bound: &BoundProgram, initial: &InitialState, isa: Isa) -> Result<Self> {
        Ok(Self::new(bound, initial.state(bound.program.num_qubits, isa)?))
    }

    /// A state at the start of the program.
    pub fn new(bound: &BoundProgram, state: StateVector<T>) -> Self {
        let bits = Bits::zeros(bound.program.num_clbits);
        Machine { state, bits, at: 0, rounds: 0, dropped: 0.0, passes: 0 }
    }

    /// Goes back to the start of the program, in the memory it has.
    pub fn restart(&mut self, start: &Start<T>) -> Result<()> {
        start.write_to(&mut self.state)?;
        self.bits.set_value(0, self.bits.len(), 0);
        (self.at, self.rounds) = (0, 0);
        (self.dropped, self.passes) = (0.0, 0);
        Ok(())
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
        })
    }

    /// Runs to the end or to the next choice; certain outcomes are no choice.
    pub fn advance(&mut self, bound: &BoundProgram, watch: &Watch) -> Result<Stop> {
        while let Some(instruction) = bound.program.code.get(self.at) {
            match instruction {
                Instruction::Run(k) => {
                    self.passes += bound.run(*k, &mut self.state, watch)?;
                }
                Instruction::Measure { qubit, .. } | Instruction::Reset(qubit) => {
                    // Both are summed: 1 - p1 would lose a small p0.
                    let outcomes = self.state.try_marginal(&[*qubit as usize])?;
                    let norm = outcomes[0] + outcomes[1];
                    let p = [outcomes[0] / norm, outcomes[1] / norm];
                    if p[0] > impossible::<T>() && p[1] > impossible::<T>() {
                        return Ok(Stop::Choice(p));
                    }
                    self.dropped += (1.0 - self.dropped) * p[0].min(p[1]);
                    self.choose(bound, p[1] > p[0])?;
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
    pub fn choose(&mut self, bound: &BoundProgram, outcome: bool) -> Result<()> {
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
