//! The adjoint method: all derivatives from one run forwards and one backwards of two states
//! (Jones & Gacon, arXiv:2009.02823).
//!
//! With ψ and λ = U_{k+1}† … U_N† H U_N … U_1|0⟩ at one place of the circuit, the derivative of ⟨H⟩
//! by the angle of exp(-iθΠP/2) is Im⟨λ|ΠP|ψ⟩, and by that of exp(iθΠ) it is -2 Im⟨λ|Π|ψ⟩, for a
//! projector Π on the controls. Both states are one register with one qubit more, so that a plan
//! runs on both, and the derivatives at one place are expectations of Pauli strings that share their
//! sweeps ([`CrossTerms`](crate::engine::CrossTerms)).

use super::metric::{MetricTensor, metric_tensor};
use super::source::Source;
use super::sweeps::{Lambda, Sweeps};
use super::{Cost, Gradient, Objective, check_len};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::math::{Fingerprint, Watch};
use crate::pauli::PauliSum;
use crate::simulate::{Frame, Simulator, StateView, Unitary, at_precision};
use num_complex::Complex64;
use serde_json::{Value, json};

/// Values, gradients and pullbacks of one circuit by the adjoint method, for any gates and controls.
/// It keeps three states: ψ, and the pair that runs backwards. [`Simulator::adjoint`] makes it.
///
/// ```
/// use ketlab::{Circuit, Simulator, gradient::Objective};
/// let mut ansatz = Circuit::new(2);
/// let theta = ansatz.param_vector("theta", 2);
/// ansatz.ry(theta[0], 0).cx(0, 1).ry(theta[1], 1);
/// let mut energy = Simulator::new().adjoint(&ansatz, &["Z1".parse()?])?;
/// let mut gradient = [0.0; 2];
/// let value = energy.value_and_gradient(&[0.3, 0.5], &mut gradient)?;
/// assert!((value - 0.3f64.cos() * 0.5f64.cos()).abs() < 1e-12);
/// assert!((gradient[1] + 0.3f64.cos() * 0.5f64.sin()).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct Adjoint {
    simulator: Simulator,
    source: Source,
    sweeps: Sweeps,
}

/// What a derivative is pulled back from: dL for L as a function of the final state.
#[derive(Debug, Clone, Copy)]
pub enum Pullback<'a> {
    /// ∂L/∂E_j by the mean of each observable: any function of their means, by the chain rule.
    Means(&'a [f64]),
    /// ∂L/∂p_i by the probability of each basis state: any cost of the Z-basis distribution.
    Probabilities(&'a [f64]),
    /// The cotangent c of the amplitudes: dL = Re Σ conj(c_i) dψ_i, so that c_i = ∂L/∂Re ψ_i +
    /// i ∂L/∂Im ψ_i.
    Amplitudes(&'a [Complex64]),
}

impl Simulator {
    /// An [`Adjoint`] of a unitary circuit and these observables, with this simulator's precision,
    /// instruction set, initial state, threads and [`watch`](Self::watch). Final measurements are set
    /// aside.
    ///
    /// # Errors
    /// If the circuit is not unitary; if an observable is on a qubit that does not exist or has a
    /// coefficient that is not finite; if the initial state has another size; if there is no memory
    /// for three states.
    pub fn adjoint(&self, circuit: &Circuit, observables: &[PauliSum]) -> Result<Adjoint> {
        self.adjoint_by_some(circuit, observables, None)
    }

    /// The same for derivatives by these inputs alone, given by their places in
    /// [`Circuit::inputs`]: what only the others turn is undone without being read. Derivatives by
    /// the others are 0.
    ///
    /// ```
    /// use ketlab::gradient::Objective;
    /// use ketlab::{Circuit, Simulator};
    /// let mut circuit = Circuit::new(1);
    /// let (x, w) = (circuit.param("x"), circuit.param("w"));
    /// circuit.ry(x, 0).rx(w, 0);
    /// let mut by_w = Simulator::new().adjoint_by(&circuit, &["Z0".parse()?], &[1])?;
    /// let mut gradient = [f64::NAN; 2];
    /// by_w.value_and_gradient(&[0.3, 0.5], &mut gradient)?;
    /// assert_eq!(gradient[0], 0.0);
    /// assert!((gradient[1] + 0.3f64.cos() * 0.5f64.sin()).abs() < 1e-12);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`adjoint`](Self::adjoint); if there is no input of a number.
    pub fn adjoint_by(
        &self,
        circuit: &Circuit,
        observables: &[PauliSum],
        inputs: &[usize],
    ) -> Result<Adjoint> {
        let count = circuit.inputs().count();
        if let Some(input) = inputs.iter().find(|input| **input >= count) {
            return Err(Error::Invalid {
                what: "an input to differentiate by".into(),
                value: input.to_string(),
                expected: format!("the circuit has {count} inputs, numbered from 0"),
            });
        }
        self.adjoint_by_some(circuit, observables, Some(inputs))
    }

    fn adjoint_by_some(
        &self,
        circuit: &Circuit,
        observables: &[PauliSum],
        inputs: Option<&[usize]>,
    ) -> Result<Adjoint> {
        Ok(Adjoint {
            sweeps: at_precision!(self.run_precision(), self.sweeps(circuit, observables, inputs))?,
            source: Source::new(self, circuit, observables),
            simulator: self.clone(),
        })
    }
}

impl Adjoint {
    /// Number of observables.
    pub fn num_observables(&self) -> usize {
        self.sweeps.observables.len()
    }

    /// At how many places of the circuit derivatives are read.
    pub fn num_cuts(&self) -> usize {
        self.sweeps.num_cuts()
    }

    /// What it runs with.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// The mean of every observable, written to `values`.
    ///
    /// # Errors
    /// As [`Objective::value`]; if `values` does not have one number per observable.
    pub fn values(&mut self, params: &[f64], values: &mut [f64]) -> Result<()> {
        self.check_values(values)?;
        self.sweeps.set_params(params)?;
        self.on_threads(|sweeps, watch| {
            sweeps.forward(watch)?;
            sweeps.read_values(values)
        })
    }

    /// The mean of every observable, and the Jacobian: row j has the derivatives of observable j by
    /// every parameter. One run forwards, and one backwards for each observable.
    ///
    /// # Errors
    /// As [`Objective::value_and_gradient`]; if `jacobian` does not have observables × parameters
    /// numbers.
    pub fn values_and_jacobian(
        &mut self,
        params: &[f64],
        values: &mut [f64],
        jacobian: &mut [f64],
    ) -> Result<()> {
        self.check_values(values)?;
        self.sweeps.set_params(params)?;
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
        self.sweeps.slots.copy_from_slice(slots);
        self.jacobian_at_slots(values, jacobian)
    }

    /// The value and gradient of the first observable with Pauli errors in the circuit.
    pub(super) fn framed_value_and_gradient(
        &mut self,
        params: &[f64],
        frame: &Frame,
        gradient: &mut [f64],
    ) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        self.check_observable()?;
        self.on_threads(|sweeps, watch| {
            sweeps.framed_value_and_gradient(watch, params, frame, gradient)
        })
    }

    /// The lowered circuit.
    pub(super) fn unitary(&self) -> &Unitary {
        &self.sweeps.unitary
    }

    fn jacobian_at_slots(&mut self, values: &mut [f64], jacobian: &mut [f64]) -> Result<()> {
        let num_params = self.sweeps.num_params();
        let count = self.num_observables();
        check_len(jacobian, num_params * count)?;
        self.on_threads(|sweeps, watch| {
            sweeps.forward(watch)?;
            sweeps.read_values(values)?;
            jacobian.fill(0.0);
            for number in 0..count {
                let row = &mut jacobian[number * num_params..][..num_params];
                sweeps.add_gradient_of(watch, number, row)?;
            }
            Ok(())
        })
    }

    /// The derivatives by every parameter of functions of the final state (vector-Jacobian products):
    /// row k of `gradients` has those of the function that `from[k]` is the cotangent of. One run
    /// forwards, and one backwards for each function.
    ///
    /// # Errors
    /// As [`Objective::value_and_gradient`]; if there is not one finite cotangent for each observable
    /// or each of the 2^n basis states; if `gradients` does not have functions × parameters numbers.
    pub fn pull_back(
        &mut self,
        params: &[f64],
        from: &[Pullback<'_>],
        gradients: &mut [f64],
    ) -> Result<()> {
        let num_params = self.sweeps.num_params();
        check_len(gradients, from.len() * num_params)?;
        from.iter().try_for_each(|pullback| self.check_cotangents(pullback))?;
        self.sweeps.set_params(params)?;
        self.on_threads(|sweeps, watch| {
            sweeps.forward(watch)?;
            gradients.fill(0.0);
            for (k, pullback) in from.iter().enumerate() {
                let row = &mut gradients[k * num_params..][..num_params];
                match pullback {
                    Pullback::Means(weights) => {
                        sweeps.add_gradient_of_sum(watch, weights, row)?;
                    }
                    Pullback::Probabilities(weights) => {
                        sweeps.add_pulled_back(watch, Lambda::Times(weights), row)?;
                    }
                    Pullback::Amplitudes(c) => {
                        sweeps.add_pulled_back(watch, Lambda::HalfOf(c), row)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// The means, and [`Pullback::Means`] of the cotangents that `loss` writes for them, from the same
    /// run forwards.
    pub(crate) fn pull_back_loss(
        &mut self,
        params: &[f64],
        (means, cotangents): (&mut [f64], &mut [f64]),
        loss: impl FnOnce(&[f64], &mut [f64]) -> f64,
        gradient: &mut [f64],
    ) -> Result<f64> {
        check_len(gradient, self.sweeps.num_params())?;
        self.values(params, means)?;
        let value = loss(means, cotangents);
        gradient.fill(0.0);
        self.on_threads(|sweeps, watch| sweeps.add_gradient_of_sum(watch, cotangents, gradient))?;
        Ok(value)
    }

    fn check_cotangents(&self, from: &Pullback<'_>) -> Result<()> {
        let states = 1usize << self.sweeps.unitary.num_qubits;
        let (got, wanted, of) = match from {
            Pullback::Means(w) => (w.len(), self.num_observables(), "observables"),
            Pullback::Probabilities(w) => (w.len(), states, "basis states"),
            Pullback::Amplitudes(c) => (c.len(), states, "basis states"),
        };
        if got == wanted {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of cotangents".into(),
            value: got.to_string(),
            expected: format!("there are {wanted} {of}"),
        })
    }

    /// The state at these parameters. It is also told after a cancellation, which ends evaluations.
    ///
    /// # Errors
    /// As [`Objective::value`], but for [`Error::Interrupted`].
    pub fn state(&mut self, params: &[f64]) -> Result<StateView<'_>> {
        self.sweeps.set_params(params)?;
        self.on_threads(|sweeps, _| sweeps.forward(&Watch::default()))?;
        Ok(self.sweeps.psi())
    }

    /// The mean of the first observable, also after a cancellation.
    pub(super) fn value_to_the_end(&mut self, params: &[f64]) -> Result<f64> {
        self.check_observable()?;
        self.state(params)?;
        self.sweeps.value(0)
    }

    /// Runs on the simulator's threads, under its watch.
    fn on_threads<R: Send>(&mut self, work: impl FnOnce(&mut Sweeps, &Watch) -> R + Send) -> R {
        let Adjoint { simulator, sweeps, .. } = self;
        // The pair has one qubit more.
        let num_qubits = sweeps.unitary.num_qubits + 1;
        simulator.install_for(num_qubits, || work(sweeps, simulator.watch()))
    }

    fn check_observable(&self) -> Result<()> {
        if self.num_observables() > 0 {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of observables".into(),
            value: "0".into(),
            expected: "a gradient is that of an observable".into(),
        })
    }

    fn check_values(&self, values: &[f64]) -> Result<()> {
        if values.len() == self.num_observables() {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of values asked for".into(),
            value: values.len().to_string(),
            expected: format!("there are {} observables", self.num_observables()),
        })
    }
}

impl Objective for Adjoint {
    fn num_params(&self) -> usize {
        self.sweeps.num_params()
    }

    /// The value of the first observable.
    fn value(&mut self, params: &[f64]) -> Result<f64> {
        self.check_observable()?;
        self.sweeps.set_params(params)?;
        self.on_threads(|sweeps, watch| {
            sweeps.forward(watch)?;
            sweeps.value(0)
        })
    }

    /// The value and gradient of the first observable.
    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        self.check_observable()?;
        self.sweeps.set_params(params)?;
        self.on_threads(|sweeps, watch| {
            sweeps.forward(watch)?;
            let value = sweeps.value(0)?;
            gradient.fill(0.0);
            sweeps.add_gradient_of(watch, 0, gradient)?;
            Ok(value)
        })
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn metric(&mut self, params: &[f64]) -> Result<Vec<f64>> {
        metric_tensor(self, params, MetricTensor::Full)
    }

    fn has_metric(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        self.source.fingerprint()
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost() })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.sweeps.cost.restore(state)
    }
}

impl Gradient for Adjoint {
    fn method(&self) -> &'static str {
        "adjoint"
    }

    fn cost(&self) -> Cost {
        self.sweeps.cost
    }
}
