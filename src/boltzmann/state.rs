//! The Gibbs state of a machine, as it is read.

use super::gibbs::{Evaluated, Exponential};
use super::machine::BoltzmannMachine;
use crate::error::Result;
use crate::math::{Bits, Watch};
use crate::pauli::PauliSum;

/// The Gibbs state of a machine.
#[derive(Debug, Clone)]
pub struct GibbsState {
    num_visible: usize,
    beta: f64,
    log_partition_function: f64,
    probabilities: Vec<f64>,
    expectations: Vec<f64>,
    observed: Vec<f64>,
    energy: f64,
}

impl GibbsState {
    /// The part of the largest probability below which others are rounding.
    pub const RESOLVED: f64 = 1e-24;

    /// Of the machine's parameters.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) beyond [`MAX_MIXED_UNITS`](super::MAX_MIXED_UNITS) units, or
    /// [`MAX_DIAGONAL_UNITS`](super::MAX_DIAGONAL_UNITS) of a classical machine.
    pub fn of(machine: &BoltzmannMachine) -> Result<Self> {
        Self::observed(machine, &[], &Watch::default())
    }

    /// The same, with the expectations of more observables; ends with
    /// [`Error::Interrupted`](crate::Error::Interrupted) once the watch is cancelled.
    ///
    /// # Errors
    /// As [`of`](Self::of), and if an observable is on other qubits.
    pub fn observed(
        machine: &BoltzmannMachine,
        observables: &[PauliSum],
        watch: &Watch,
    ) -> Result<Self> {
        let own = machine.terms().len();
        let operators: Vec<_> = machine.operators().into_iter().chain(observables).collect();
        let exponential = Exponential::new(machine.num_units(), &operators)?.watch(watch);
        let mut parameters = machine.parameters().to_vec();
        parameters.resize(operators.len(), 0.0);
        let evaluated = exponential.state(&parameters, machine.beta())?;
        Ok(Self::from_evaluated(machine, &evaluated, own))
    }

    fn from_evaluated(machine: &BoltzmannMachine, evaluated: &Evaluated, own: usize) -> Self {
        let mut expectations = evaluated.expectations();
        let observed = expectations.split_off(own);
        let weighted = machine.parameters().iter().zip(&expectations).map(|(t, o)| t * o);
        GibbsState {
            num_visible: machine.num_visible(),
            beta: machine.beta(),
            log_partition_function: evaluated.log_partition_function(),
            probabilities: evaluated.probabilities(machine.num_visible()),
            energy: -weighted.sum::<f64>(),
            expectations,
            observed,
        }
    }

    /// ln Z = ln Tr e^{-βH}.
    pub fn log_partition_function(&self) -> f64 {
        self.log_partition_function
    }

    /// -ln Z/β, in the unit of H.
    pub fn free_energy(&self) -> f64 {
        -self.log_partition_function / self.beta
    }

    /// ⟨H⟩.
    pub fn energy(&self) -> f64 {
        self.energy
    }

    /// -Tr ρ ln ρ = β⟨H⟩ + ln Z of all units, in nats.
    pub fn entropy(&self) -> f64 {
        self.beta * self.energy + self.log_partition_function
    }

    /// P(v) = ⟨v| Tr_h ρ |v⟩ of all 2^visible strings of the visible units, by their numbers. Where
    /// terms do not commute, those below [`RESOLVED`](Self::RESOLVED) of the largest are rounding.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// P(v).
    pub fn probability(&self, visible: &Bits) -> f64 {
        self.probabilities[visible.value(0, self.num_visible) as usize]
    }

    /// ⟨O_a⟩ of each term.
    pub fn expectations(&self) -> &[f64] {
        &self.expectations
    }

    /// The expectations of the observables that were asked for.
    pub fn observables(&self) -> &[f64] {
        &self.observed
    }
}
