//! The adjoint method: all derivatives from one run forwards and one backwards of two states
//! (Jones & Gacon, arXiv:2009.02823).
//!
//! With ψ and λ = U_{k+1}† … U_N† H U_N … U_1|0⟩ at one place of the circuit, the derivative of ⟨H⟩
//! by the angle of exp(-iθΠP/2) is Im⟨λ|ΠP|ψ⟩, and by that of exp(iθΠ) it is -2 Im⟨λ|Π|ψ⟩, for a
//! projector Π on the controls. Both states are one register with one qubit more, so that a plan
//! runs on both, and the derivatives at one place are expectations of Pauli strings that share their
//! sweeps ([`CrossTerms`](crate::engine::CrossTerms)).

use super::source::Source;
use super::stage::{Stage, stages};
use super::{Cost, Gradient, check_len};
use crate::circuit::Circuit;
use crate::engine::{Coefficients, PauliMask, Plan, Real, StateVector, Target, bytes_needed};
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use crate::pauli::PauliSum;
use crate::simulate::{Observable, Unitary};
use num_complex::{Complex, Complex64};
use serde_json::Value;
use std::collections::HashMap;
use std::time::Instant;

/// Values, gradients and pullbacks of one circuit by the adjoint method, for any gates and controls.
/// It keeps three states: ψ, and the pair that runs backwards.
///
/// ```
/// use ketlab::{Circuit, gradient::{Adjoint, Gradient}};
/// let mut ansatz = Circuit::new(2);
/// let theta = ansatz.param_vector("theta", 2);
/// ansatz.ry(theta[0], 0).cx(0, 1).ry(theta[1], 1);
/// let mut energy = Adjoint::<f64>::new(&ansatz, &["Z1".parse()?])?;
/// let mut gradient = [0.0; 2];
/// let value = energy.value_and_gradient(&[0.3, 0.5], &mut gradient)?;
/// assert!((value - 0.3f64.cos() * 0.5f64.cos()).abs() < 1e-12);
/// assert!((gradient[1] + 0.3f64.cos() * 0.5f64.sin()).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct Adjoint<T: Real = f64> {
    source: Source,
    unitary: Unitary,
    observables: Vec<Observable>,
    forward: Plan,
    coefficients: Coefficients,
    /// Last cut first.
    stages: Vec<Stage>,
    start: Option<StateVector<T>>,
    psi: StateVector<T>,
    pair: StateVector<T>,
    slots: Vec<f64>,
    /// The values of all parameters, where some have formulas.
    row: Vec<f64>,
    by_slots: Vec<f64>,
    cost: Cost,
}

/// What a derivative is pulled back from: dL for L as a function of the final state.
#[derive(Debug, Clone, Copy)]
pub enum Pullback<'a, T> {
    /// ∂L/∂E_j by the mean of each observable: any function of their means, by the chain rule.
    Means(&'a [f64]),
    /// ∂L/∂p_i by the probability of each basis state: any cost of the Z-basis distribution.
    Probabilities(&'a [f64]),
    /// The cotangent c of the amplitudes: dL = Re Σ conj(c_i) dψ_i, so that c_i = ∂L/∂Re ψ_i +
    /// i ∂L/∂Im ψ_i.
    Amplitudes(&'a [Complex<T>]),
}

impl<T: Real> Adjoint<T> {
    /// For a circuit and observables.
    ///
    /// # Errors
    /// If the circuit is not unitary; if an observable is on a qubit that does not exist or has a
    /// coefficient that is not finite; if there is no memory for three states.
    pub fn new(circuit: &Circuit, observables: &[PauliSum]) -> Result<Self> {
        let unitary = Unitary::new(circuit, "the adjoint gradient")?;
        let n = unitary.num_qubits;
        let source = Source::new::<T>(circuit, observables);
        let observables =
            observables.iter().map(|sum| Observable::new(sum, n)).collect::<Result<_>>()?;
        let psi = StateVector::zero(n)?;
        let pair = StateVector::zero(n + 1)?;
        let forward = Plan::try_new(Target::best::<T>(), n, &unitary.actions)?;
        let coefficients = forward.bind(&vec![0.0; forward.num_slots()])?;
        let cost = Cost { memory: 3 * bytes_needed(n, 2 * size_of::<T>()), ..Cost::default() };
        let num_slots = unitary.angles.len();
        Ok(Adjoint {
            source,
            stages: stages(Target::best::<T>(), &unitary)?,
            slots: vec![0.0; num_slots],
            row: vec![],
            by_slots: vec![0.0; num_slots],
            unitary,
            observables,
            forward,
            coefficients,
            start: None,
            psi,
            pair,
            cost,
        })
    }

    /// Starts from another state than |0…0⟩.
    ///
    /// # Errors
    /// If it has another number of qubits.
    pub fn with_initial_state(mut self, mut state: StateVector<T>) -> Result<Self> {
        let (got, expected) = (state.num_qubits(), self.unitary.num_qubits);
        if got != expected {
            return Err(Error::Invalid {
                what: "the number of qubits of the initial state".into(),
                value: got.to_string(),
                expected: format!("the circuit has {expected}"),
            });
        }
        self.cost.memory += bytes_needed(got, 2 * size_of::<T>());
        self.source.start_from(&mut state);
        self.start = Some(state);
        Ok(self)
    }

    /// Number of observables.
    pub fn num_observables(&self) -> usize {
        self.observables.len()
    }

    /// At how many places of the circuit derivatives are read.
    pub fn num_cuts(&self) -> usize {
        self.stages.len()
    }

    /// The mean of every observable, written to `values`.
    ///
    /// # Errors
    /// As [`Gradient::value`]; if `out` does not have one number per observable.
    pub fn values(&mut self, params: &[f64], values: &mut [f64]) -> Result<()> {
        self.check_values(values)?;
        self.slots_of(params)?;
        self.forward()?;
        self.read_values(values)
    }

    /// The mean of every observable, and the Jacobian: row j has the derivatives of observable j by
    /// every parameter. One run forwards, and one backwards for each observable.
    ///
    /// # Errors
    /// As [`Gradient::value_and_gradient`]; if `jacobian` does not have observables × parameters
    /// numbers.
    pub fn values_and_jacobian(
        &mut self,
        params: &[f64],
        values: &mut [f64],
        jacobian: &mut [f64],
    ) -> Result<()> {
        self.check_values(values)?;
        self.slots_of(params)?;
        self.jacobian_at_slots(values, jacobian)
    }

    /// As [`values_and_jacobian`](Self::values_and_jacobian), with one value for each *slot* (an
    /// angle that depends on parameters, in the order of gates) instead: what shifts of single gates
    /// are made of.
    pub(super) fn at_slots(
        &mut self,
        slots: &[f64],
        values: &mut [f64],
        jacobian: &mut [f64],
    ) -> Result<()> {
        self.slots.copy_from_slice(slots);
        self.jacobian_at_slots(values, jacobian)
    }

    /// The lowered circuit.
    pub(super) fn unitary(&self) -> &Unitary {
        &self.unitary
    }

    fn jacobian_at_slots(&mut self, values: &mut [f64], jacobian: &mut [f64]) -> Result<()> {
        let num_params = self.unitary.params.len();
        check_len(jacobian, num_params * self.observables.len())?;
        self.forward()?;
        self.read_values(values)?;
        jacobian.fill(0.0);
        for number in 0..self.observables.len() {
            let terms = self.observables[number].terms();
            self.pair.set_pair(&mut self.psi, terms)?;
            self.backward()?;
            let row = &mut jacobian[number * num_params..][..num_params];
            self.unitary.add_by_params(&self.row, &self.by_slots, row);
        }
        Ok(())
    }

    /// The derivative by every parameter of a function of the final state (a vector-Jacobian
    /// product), written to `gradient`.
    ///
    /// # Errors
    /// As [`Gradient::value_and_gradient`]; if there is not one finite cotangent for each of the
    /// 2^n basis states.
    pub fn pull_back(
        &mut self,
        params: &[f64],
        from: Pullback<'_, T>,
        gradient: &mut [f64],
    ) -> Result<()> {
        check_len(gradient, self.unitary.params.len())?;
        let states = 1usize << self.unitary.num_qubits;
        let (got, wanted, of) = match from {
            Pullback::Means(w) => (w.len(), self.observables.len(), "observables"),
            Pullback::Probabilities(w) => (w.len(), states, "basis states"),
            Pullback::Amplitudes(c) => (c.len(), states, "basis states"),
        };
        if got != wanted {
            return Err(Error::Invalid {
                what: "the number of cotangents".into(),
                value: got.to_string(),
                expected: format!("there are {wanted} {of}"),
            });
        }
        self.slots_of(params)?;
        self.forward()?;
        let lambda: Vec<Complex<T>> = match from {
            Pullback::Means(weights) => return self.backward_from_means(weights, gradient),
            Pullback::Probabilities(weights) => {
                self.psi.amplitudes().iter().zip(weights).map(|(a, &w)| scaled(a, w)).collect()
            }
            Pullback::Amplitudes(c) => c.iter().map(|c| scaled(c, 0.5)).collect(),
        };
        if let Some(z) = lambda.iter().find(|z| !finite(z)) {
            let value = if z.re.to_f64().is_finite() { z.im } else { z.re }.to_f64();
            return Err(Error::NotFinite { what: "a cotangent".into(), value });
        }
        self.pair.set_pair_of(&mut self.psi, &lambda);
        self.backward()?;
        gradient.fill(0.0);
        self.unitary.add_by_params(&self.row, &self.by_slots, gradient);
        Ok(())
    }

    /// [`Pullback::Means`] whose cotangents are a function of the means, from the same run forwards.
    pub(super) fn pull_back_means(
        &mut self,
        params: &[f64],
        cotangents: impl FnOnce(&[f64], &mut [f64]),
        gradient: &mut [f64],
    ) -> Result<()> {
        check_len(gradient, self.unitary.params.len())?;
        self.slots_of(params)?;
        self.forward()?;
        let mut means = vec![0.0; self.observables.len()];
        self.read_values(&mut means)?;
        let mut weights = vec![0.0; means.len()];
        cotangents(&means, &mut weights);
        self.backward_from_means(&weights, gradient)
    }

    /// From ψ to the gradient of the mean of Σ weight · observable.
    fn backward_from_means(&mut self, weights: &[f64], gradient: &mut [f64]) -> Result<()> {
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
        self.pair.set_pair(&mut self.psi, &terms)?;
        self.backward()?;
        gradient.fill(0.0);
        self.unitary.add_by_params(&self.row, &self.by_slots, gradient);
        Ok(())
    }

    /// The state at these parameters.
    ///
    /// # Errors
    /// As [`Gradient::value`].
    pub fn state(&mut self, params: &[f64]) -> Result<&mut StateVector<T>> {
        self.slots_of(params)?;
        self.forward()?;
        Ok(&mut self.psi)
    }

    /// The state that the circuit starts from.
    pub(super) fn initial_state(&self) -> Result<StateVector<T>> {
        match &self.start {
            None => StateVector::zero(self.unitary.num_qubits),
            Some(state) => state.try_clone(),
        }
    }

    fn slots_of(&mut self, params: &[f64]) -> Result<()> {
        self.unitary.slots(params, &mut self.slots, &mut self.row)
    }

    fn check_values(&self, values: &[f64]) -> Result<()> {
        if values.len() == self.observables.len() {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of values asked for".into(),
            value: values.len().to_string(),
            expected: format!("there are {} observables", self.observables.len()),
        })
    }

    fn forward(&mut self) -> Result<()> {
        let start = Instant::now();
        match &self.start {
            None => self.psi.set_basis(0)?,
            Some(state) => self.psi.copy_from(state),
        }
        self.forward.bind_into(&self.slots, &mut self.coefficients)?;
        self.forward.run(&self.coefficients, &mut self.psi);
        self.cost.add(1, start);
        Ok(())
    }

    fn read_values(&self, values: &mut [f64]) -> Result<()> {
        for (value, observable) in values.iter_mut().zip(&self.observables) {
            *value = observable.value(&self.psi)?;
        }
        Ok(())
    }

    /// From the pair at the end of the circuit to the derivatives by slots.
    fn backward(&mut self) -> Result<()> {
        let start = Instant::now();
        for stage in &mut self.stages {
            stage.run(&self.slots, &mut self.pair, &mut self.by_slots)?;
        }
        self.cost.add(2, start);
        Ok(())
    }
}

impl<T: Real> Gradient for Adjoint<T> {
    fn method(&self) -> &'static str {
        "adjoint"
    }

    fn num_params(&self) -> usize {
        self.unitary.params.len()
    }

    /// The value of the first observable.
    fn value(&mut self, params: &[f64]) -> Result<f64> {
        let mut values = vec![0.0; self.observables.len()];
        self.values(params, &mut values)?;
        values.first().copied().ok_or_else(no_observable)
    }

    /// The value and gradient of the first observable.
    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        if self.observables.len() == 1 {
            let mut value = [0.0];
            self.values_and_jacobian(params, &mut value, gradient)?;
            return Ok(value[0]);
        }
        let count = self.observables.len();
        let (mut values, mut jacobian) = (vec![0.0; count], vec![0.0; count * self.num_params()]);
        self.values_and_jacobian(params, &mut values, &mut jacobian)?;
        gradient.copy_from_slice(jacobian.get(..gradient.len()).ok_or_else(no_observable)?);
        Ok(values[0])
    }

    fn cost(&self) -> Cost {
        self.cost
    }

    fn fingerprint(&self) -> Fingerprint {
        self.source.fingerprint()
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.cost.restore(state)
    }
}

fn no_observable() -> Error {
    Error::Invalid {
        what: "the number of observables".into(),
        value: "0".into(),
        expected: "a gradient is that of an observable".into(),
    }
}

fn scaled<T: Real>(z: &Complex<T>, by: f64) -> Complex<T> {
    Complex { re: T::from_f64(z.re.to_f64() * by), im: T::from_f64(z.im.to_f64() * by) }
}

fn finite<T: Real>(z: &Complex<T>) -> bool {
    z.re.to_f64().is_finite() && z.im.to_f64().is_finite()
}

/// ψ as double-precision amplitudes.
pub(super) fn amplitudes<T: Real>(state: &mut StateVector<T>) -> Vec<Complex64> {
    let double = |z: &Complex<T>| Complex64::new(z.re.to_f64(), z.im.to_f64());
    state.amplitudes().iter().map(double).collect()
}
