//! A mean of a program and its derivatives, for gradients.

use super::super::expectation::{finite, without_identity};
use super::super::misread::observed;
use super::super::program::Program;
use super::super::simulator::Simulator;
use super::checks::start;
use super::code::Code;
use super::lower::Parameters;
use crate::error::Result;
use crate::pauli::PauliSum;
use crate::propagation::{Account, PropagatedGradient, Propagator, Start, Step, Truncation};

impl Simulator {
    /// What Pauli propagation leaves out.
    pub(crate) fn run_truncation(&self) -> &Truncation {
        &self.truncation
    }

    /// The mean of an observable of a program at its inputs, and what was carried for it.
    pub(crate) fn propagate_mean(
        &self,
        program: &Program,
        inputs: &[f64],
        observable: &PauliSum,
    ) -> Result<(f64, Account)> {
        let row = program.inputs.row(inputs)?;
        let code = Code::new(&program.flow, &row)?;
        let (propagator, start, sum, shift) = self.propagator(program, code.steps, observable)?;
        let carried = propagator.propagate(&sum, &self.watch)?;
        Ok((finite(carried.expectation(&start)? + shift)?, *carried.account()))
    }

    /// The same, and the derivatives by the inputs.
    pub(crate) fn propagate_gradient(
        &self,
        program: &Program,
        inputs: &[f64],
        observable: &PauliSum,
    ) -> Result<(f64, Vec<f64>, Account)> {
        let row = program.inputs.row(inputs)?;
        let Code { steps, angles, .. } = Code::with(&program.flow, &row, Parameters::Kept)?;
        let (propagator, start, sum, shift) = self.propagator(program, steps, observable)?;
        let PropagatedGradient { value, derivatives, account } =
            propagator.gradient(&sum, &start, &self.watch)?;
        // The chain rule: angles are linear in the parameters.
        let mut by_params = vec![0.0; program.inputs.num_params()];
        for (angle, derivative) in angles.iter().zip(&derivatives) {
            for &(param, factor) in angle {
                by_params[param.0 as usize] += factor * derivative;
            }
        }
        by_params.iter().try_for_each(|derivative| finite(*derivative).map(drop))?;
        Ok((finite(value + shift)?, program.inputs.pulled_back(&row, by_params), account))
    }

    /// What carries an observable, the start, what is read of the observable without the identity, and
    /// the identity's coefficient.
    fn propagator(
        &self,
        program: &Program,
        steps: Vec<Step>,
        observable: &PauliSum,
    ) -> Result<(Propagator, Start, PauliSum, f64)> {
        let n = program.num_qubits();
        let start = start(&self.initial, n)?;
        let sum = observed(&program.flow, observable)?;
        let (terms, shift) = without_identity(&sum, |string, c| Ok((string.clone(), c)))?;
        let propagator = Propagator::new(n, steps)?.truncation(self.truncation.clone())?;
        Ok((propagator, start, PauliSum::try_new(terms)?, shift))
    }
}
