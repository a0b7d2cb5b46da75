//! A program with memory to run in, for one row of parameters after another.

use super::super::branches::for_each_branch;
use super::super::counts::Counts;
use super::super::expectation::finite;
use super::super::initial::Start;
use super::super::machine::{Job, Machine, Stop};
use super::super::program::Program;
use super::super::simulator::random_state;
use super::super::terminal::sample_final;
use super::super::tree::sample;
use super::code::BoundCode;
use super::observable::Observable;
use crate::engine::{Real, StateVector};
use crate::error::Result;
use crate::math::Watch;
use num_complex::Complex;
use std::sync::Arc;

/// One state and one set of coefficients. Circuits without a random choice in the middle run in
/// them; branches take states of their own.
#[derive(Debug)]
pub(in super::super) struct Worker<T: Real> {
    program: Arc<Program>,
    code: BoundCode,
    machine: Machine<StateVector<T>>,
    start: Arc<Start<T>>,
    watch: Watch,
    max_branches: usize,
}

impl<T: Real> Worker<T> {
    /// Runs of `program` from `start`.
    ///
    /// # Errors
    /// If there are more qubits than a state can have, an opaque gate, or no memory for a state.
    pub fn new(
        program: &Arc<Program>,
        start: Arc<Start<T>>,
        watch: &Watch,
        max_branches: usize,
    ) -> Result<Self> {
        // At zeros; not at what formulas make of zeros, which may be no numbers.
        let code = program.state_vector()?.bind(&vec![0.0; program.inputs.num_params()])?;
        let machine = Machine::new(&program.flow, start.state()?);
        // Now, so that calls allocate nothing.
        code.coefficients(machine.state.target())?;
        let (program, watch) = (program.clone(), watch.clone());
        Ok(Worker { program, code, machine, start, watch, max_branches })
    }

    /// Means of observables, one number each.
    pub fn expectations(
        &mut self,
        params: &[f64],
        observables: &[Observable],
        means: &mut [f64],
    ) -> Result<()> {
        means.fill(0.0);
        let mut total = 0.0;
        self.for_each_branch(params, &mut |weight, state| {
            total += weight;
            for (mean, observable) in means.iter_mut().zip(observables) {
                *mean += weight * observable.mean(state);
            }
        })?;
        for (mean, observable) in means.iter_mut().zip(observables) {
            *mean = finite(observable.shift + *mean / total)?;
        }
        Ok(())
    }

    /// Probabilities of the 2^n basis states.
    pub fn probabilities(&mut self, params: &[f64], out: &mut [f64]) -> Result<()> {
        out.fill(0.0);
        self.for_each_branch(params, &mut |weight, state| {
            for (sum, a) in out.iter_mut().zip(state.amplitudes()) {
                let (re, im) = (a.re.to_f64(), a.im.to_f64());
                *sum += weight * (re * re + im * im);
            }
        })
    }

    /// The 2^n amplitudes.
    pub fn state(&mut self, params: &[f64], out: &mut [Complex<T>]) -> Result<()> {
        match self.run(params)? {
            Stop::End => out.copy_from_slice(self.machine.state.amplitudes()),
            Stop::Choice(_) | Stop::Span(_) => return Err(random_state()),
        }
        Ok(())
    }

    /// Counts of the outcomes; of fewer shots when cancelled.
    pub fn counts(&mut self, params: &[f64], shots: u64, seed: u64) -> Result<Counts> {
        self.prepare(params)?;
        let (machine, job) = self.parts();
        if job.flow.is_static() {
            machine.advance(job)?;
            return sample_final(machine, job, shots, seed);
        }
        Ok(sample(machine, job, shots, seed)?.counts)
    }

    fn prepare(&mut self, params: &[f64]) -> Result<()> {
        self.code.rebind(&self.program.inputs.row(params)?)?;
        self.start.write_to(&mut self.machine.state)?;
        self.machine.rewind();
        Ok(())
    }

    fn parts(&mut self) -> (&mut Machine<StateVector<T>>, Job<'_, StateVector<T>>) {
        let job =
            Job { flow: &self.program.flow, code: &self.code, watch: &self.watch, draws: false };
        (&mut self.machine, job)
    }

    /// To the end or to the first random choice.
    fn run(&mut self, params: &[f64]) -> Result<Stop> {
        self.prepare(params)?;
        let (machine, job) = self.parts();
        machine.advance(job)
    }

    /// Calls `leaf` with the weight and the state of every branch.
    fn for_each_branch(
        &mut self,
        params: &[f64],
        leaf: &mut dyn FnMut(f64, &mut StateVector<T>),
    ) -> Result<()> {
        if self.run(params)? == Stop::End {
            leaf(1.0 - self.machine.take_dropped(), &mut self.machine.state);
            return Ok(());
        }
        let max_branches = self.max_branches;
        let (machine, job) = self.parts();
        let mut each = |weight, mut machine: Machine<StateVector<T>>| {
            leaf(weight, &mut machine.state);
            Ok(())
        };
        for_each_branch(machine.try_clone()?, job, max_branches, &mut each)?;
        Ok(())
    }
}
