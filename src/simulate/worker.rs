//! A program with memory to run in, for one row of parameters after another.

use super::branches::for_each_branch;
use super::counts::Counts;
use super::initial::Start;
use super::machine::{Machine, Stop};
use super::observable::{Observable, finite};
use super::program::{BoundProgram, Program};
use super::readout::sample_state;
use super::simulator::random_state;
use super::tree::sample;
use crate::engine::{Real, StateVector};
use crate::error::Result;
use crate::math::Watch;
use num_complex::Complex;
use std::sync::Arc;

/// One state and one set of coefficients. Circuits without a random choice in the middle run in
/// them; branches take states of their own.
#[derive(Debug)]
pub(super) struct Worker<T: Real> {
    bound: BoundProgram,
    machine: Machine<T>,
    start: Arc<Start<T>>,
    watch: Watch,
    max_branches: usize,
}

impl<T: Real> Worker<T> {
    /// Runs of `program` from `start`.
    ///
    /// # Errors
    /// If there is no memory for a state.
    pub fn new(
        program: &Arc<Program>,
        start: Arc<Start<T>>,
        watch: &Watch,
        max_branches: usize,
    ) -> Result<Self> {
        let bound = program.unbound()?;
        let machine = Machine::new(&bound, start.state()?);
        // Now, so that calls allocate nothing.
        bound.coefficients(machine.state.target())?;
        Ok(Worker { bound, machine, start, watch: watch.clone(), max_branches })
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
            Stop::Choice(_) => return Err(random_state()),
        }
        Ok(())
    }

    /// Counts of the outcomes; of fewer shots when cancelled.
    pub fn counts(&mut self, params: &[f64], shots: u64, seed: u64) -> Result<Counts> {
        if self.bound.program().is_static() {
            self.run(params)?;
            return sample_state(&self.machine, &self.bound, shots, seed, &self.watch);
        }
        self.prepare(params)?;
        Ok(sample(&mut self.machine, &self.bound, shots, seed, &self.watch)?.counts)
    }

    fn prepare(&mut self, params: &[f64]) -> Result<()> {
        self.bound.rebind(params)?;
        self.machine.restart(&self.start)
    }

    /// To the end or to the first random choice.
    fn run(&mut self, params: &[f64]) -> Result<Stop> {
        self.prepare(params)?;
        self.machine.advance(&self.bound, &self.watch)
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
        let root = self.machine.try_clone()?;
        let mut each = |weight, mut machine: Machine<T>| {
            leaf(weight, &mut machine.state);
            Ok(())
        };
        for_each_branch(root, &self.bound, &self.watch, self.max_branches, &mut each)?;
        Ok(())
    }
}
