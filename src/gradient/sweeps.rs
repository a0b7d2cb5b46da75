//! A circuit forwards, and two states backwards: what the adjoint method runs.

use super::Cost;
use super::stage::{Stage, stages};
use crate::circuit::Circuit;
use crate::engine::{Coefficients, PauliMask, Plan, Real, StateVector, bytes_needed};
use crate::error::{Error, Result};
use crate::gate::Angle;
use crate::math::Watch;
use crate::pauli::PauliSum;
use crate::simulate::{Frame, Observable, Simulator, Start, StateView, Unitary, run_watched};
use num_complex::{Complex, Complex64};
use std::collections::HashMap;
use std::time::Instant;

/// The lowered circuit, its plans, and the states that they run on, in either precision.
pub(super) struct Sweeps {
    pub unitary: Unitary,
    pub observables: Vec<Observable>,
    /// The angles of the next run.
    pub slots: Vec<f64>,
    pub cost: Cost,
    /// The values of all parameters, where some have formulas.
    row: Vec<f64>,
    /// The derivatives by all angles of the last run backwards.
    by_slots: Vec<f64>,
    forward: Plan,
    coefficients: Coefficients,
    /// Last cut first.
    stages: Vec<Stage>,
    states: AnyStates,
}

/// ψ, and the pair that runs backwards.
pub(super) struct States<T: Real> {
    start: Start<T>,
    psi: StateVector<T>,
    pair: StateVector<T>,
}

pub(super) enum AnyStates {
    F32(States<f32>),
    F64(States<f64>),
}

impl From<States<f32>> for AnyStates {
    fn from(states: States<f32>) -> Self {
        AnyStates::F32(states)
    }
}

impl From<States<f64>> for AnyStates {
    fn from(states: States<f64>) -> Self {
        AnyStates::F64(states)
    }
}

/// What λ is at the end of the circuit.
pub(super) enum Lambda<'a> {
    /// Σ c P|ψ⟩.
    Sum(&'a [(PauliMask, f64)]),
    /// Each amplitude of ψ times a number.
    Times(&'a [f64]),
    /// Half of these amplitudes.
    HalfOf(&'a [Complex64]),
}

/// Does something with the states, whatever their precision.
macro_rules! with_states {
    ($any:expr, $states:ident => $answer:expr) => {
        match $any {
            AnyStates::F32($states) => $answer,
            AnyStates::F64($states) => $answer,
        }
    };
}

impl Simulator {
    /// [`Sweeps`] at the precision `T`, which is this simulator's, for derivatives by some inputs or
    /// all.
    pub(super) fn sweeps<T: Real>(
        &self,
        circuit: &Circuit,
        observables: &[PauliSum],
        inputs: Option<&[usize]>,
    ) -> Result<Sweeps>
    where
        AnyStates: From<States<T>>,
    {
        let unitary = Unitary::of_ideal(circuit, "the adjoint gradient")?;
        let n = unitary.num_qubits;
        let observables =
            observables.iter().map(|sum| Observable::new(sum, n)).collect::<Result<_>>()?;
        let start = self.start::<T>(n)?;
        let target = self.target();
        let states = States { psi: self.zero_state(n)?, pair: self.zero_state(n + 1)?, start };
        let forward = Plan::try_new(target, n, &unitary.actions)?;
        let coefficients = forward.bind(&vec![0.0; forward.num_slots()])?;
        let memory = self.kept_states(3) * bytes_needed(n, 2 * size_of::<T>());
        let cost = Cost { memory, ..Cost::default() };
        let num_slots = unitary.angles.len();
        Ok(Sweeps {
            stages: stages(target, n, &unitary.actions, &wanted_slots(circuit, &unitary, inputs))?,
            slots: vec![0.0; num_slots],
            row: vec![],
            by_slots: vec![0.0; num_slots],
            unitary,
            observables,
            forward,
            coefficients,
            states: states.into(),
            cost,
        })
    }
}

/// Whether each slot's angle depends on one of these inputs.
pub(super) fn wanted_slots(
    circuit: &Circuit,
    unitary: &Unitary,
    inputs: Option<&[usize]>,
) -> Vec<bool> {
    let Some(inputs) = inputs else { return vec![true; unitary.angles.len()] };
    let depends = circuit.dependents(inputs);
    let wanted = |angle: &Angle| angle.terms().iter().any(|(param, _)| depends[param.0 as usize]);
    unitary.angles.iter().map(wanted).collect()
}

impl Sweeps {
    pub fn num_params(&self) -> usize {
        self.unitary.params.len()
    }

    pub fn num_cuts(&self) -> usize {
        self.stages.len()
    }

    /// The angles at these parameters.
    pub fn set_params(&mut self, params: &[f64]) -> Result<()> {
        self.unitary.slots(params, &mut self.slots, &mut self.row)
    }

    /// To ψ at the end of the circuit.
    pub fn forward(&mut self, watch: &Watch) -> Result<()> {
        let start = Instant::now();
        let Sweeps { forward, coefficients, slots, .. } = self;
        with_states!(&mut self.states, states => {
            states.start.write_to(&mut states.psi)?;
            forward.bind_into(slots, coefficients)?;
            run_watched(watch, forward, coefficients, &mut states.psi)?;
        });
        self.cost.add(1, start);
        Ok(())
    }

    /// The means of all observables in ψ.
    pub fn read_values(&self, values: &mut [f64]) -> Result<()> {
        for (number, value) in values.iter_mut().enumerate() {
            *value = self.value(number)?;
        }
        Ok(())
    }

    /// The mean of an observable in ψ.
    pub fn value(&self, number: usize) -> Result<f64> {
        let observable = &self.observables[number];
        with_states!(&self.states, states => observable.value(&states.psi))
    }

    /// From ψ to the gradient of the mean of an observable, which is added to `gradient`.
    pub fn add_gradient_of(
        &mut self,
        watch: &Watch,
        number: usize,
        gradient: &mut [f64],
    ) -> Result<()> {
        let Sweeps { observables, states, .. } = self;
        let terms = observables[number].terms();
        with_states!(states, states => states.set_pair(Lambda::Sum(terms)))?;
        self.backward(watch, gradient)
    }

    /// The same of the mean of Σ weight · observable.
    pub fn add_gradient_of_sum(
        &mut self,
        watch: &Watch,
        weights: &[f64],
        gradient: &mut [f64],
    ) -> Result<()> {
        if let Some(&value) = weights.iter().find(|w| !w.is_finite()) {
            return Err(Error::NotFinite { what: "a cotangent".into(), value });
        }
        // A string of several observables is applied once.
        let mut terms: Vec<(PauliMask, f64)> = Vec::new();
        let mut places = HashMap::new();
        for (observable, weight) in self.observables.iter().zip(weights) {
            for (mask, c) in observable.terms() {
                let place = *places.entry(*mask).or_insert(terms.len());
                match terms.get_mut(place) {
                    Some(term) => term.1 += weight * c,
                    None => terms.push((*mask, weight * c)),
                }
            }
        }
        self.add_pulled_back(watch, Lambda::Sum(&terms), gradient)
    }

    /// From ψ and λ to the derivatives, which are added to `gradient`.
    pub fn add_pulled_back(
        &mut self,
        watch: &Watch,
        lambda: Lambda<'_>,
        gradient: &mut [f64],
    ) -> Result<()> {
        with_states!(&mut self.states, states => states.set_pair(lambda))?;
        self.backward(watch, gradient)
    }

    /// The value and gradient of the first observable in the circuit with Pauli errors, as their frame
    /// is: some angles have the other sign, and so have some strings of the observable.
    pub fn framed_value_and_gradient(
        &mut self,
        watch: &Watch,
        params: &[f64],
        frame: &Frame,
        gradient: &mut [f64],
    ) -> Result<f64> {
        self.set_params(params)?;
        frame.flips.iter().for_each(|&k| self.slots[k as usize] *= -1.0);
        let num_qubits = self.unitary.num_qubits;
        let observable =
            self.observables[0].reflected(num_qubits, |string| frame.flips_sign(string))?;
        self.forward(watch)?;
        let value = with_states!(&self.states, states => observable.value(&states.psi))?;
        let Sweeps { states, .. } = self;
        with_states!(states, states => states.set_pair(Lambda::Sum(observable.terms())))?;
        self.run_back(watch)?;
        frame.flips.iter().for_each(|&k| self.by_slots[k as usize] *= -1.0);
        gradient.fill(0.0);
        self.unitary.add_by_params(&self.row, &self.by_slots, gradient);
        Ok(value)
    }

    fn backward(&mut self, watch: &Watch, gradient: &mut [f64]) -> Result<()> {
        self.run_back(watch)?;
        self.unitary.add_by_params(&self.row, &self.by_slots, gradient);
        Ok(())
    }

    /// The pair back to the start, and the derivatives by all slots.
    fn run_back(&mut self, watch: &Watch) -> Result<()> {
        let start = Instant::now();
        let Sweeps { stages, slots, by_slots, .. } = self;
        with_states!(&mut self.states, states => {
            for stage in stages {
                stage.run(watch, slots, &mut states.pair, by_slots)?;
            }
        });
        self.cost.add(2, start);
        Ok(())
    }

    /// ψ of the last run forwards.
    pub fn psi(&mut self) -> StateView<'_> {
        with_states!(&mut self.states, states => (&mut states.psi).into())
    }
}

impl<T: Real> States<T> {
    /// |0⟩ψ + |1⟩λ.
    fn set_pair(&mut self, lambda: Lambda<'_>) -> Result<()> {
        let States { psi, pair, .. } = self;
        let lambda: Vec<Complex<T>> = match lambda {
            Lambda::Sum(terms) => return pair.set_pair(psi, terms),
            Lambda::Times(weights) => {
                psi.amplitudes().iter().zip(weights).map(|(a, &w)| scaled(a, w)).collect()
            }
            Lambda::HalfOf(amplitudes) => {
                let half = |z: &Complex64| Complex {
                    re: T::from_f64(z.re * 0.5),
                    im: T::from_f64(z.im * 0.5),
                };
                amplitudes.iter().map(half).collect()
            }
        };
        if let Some(z) = lambda.iter().find(|z| !finite(z)) {
            let value = if z.re.to_f64().is_finite() { z.im } else { z.re }.to_f64();
            return Err(Error::NotFinite { what: "a cotangent".into(), value });
        }
        pair.set_pair_of(psi, &lambda);
        Ok(())
    }
}

fn scaled<T: Real>(z: &Complex<T>, by: f64) -> Complex<T> {
    Complex { re: T::from_f64(z.re.to_f64() * by), im: T::from_f64(z.im.to_f64() * by) }
}

fn finite<T: Real>(z: &Complex<T>) -> bool {
    z.re.to_f64().is_finite() && z.im.to_f64().is_finite()
}
