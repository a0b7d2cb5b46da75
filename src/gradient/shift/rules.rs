//! The shifted circuits of a gradient, and how their values make derivatives.

use super::rule::ShiftRule;
use super::source_shift::SourceShift;
use crate::circuit::{Circuit, Op};
use crate::engine::{Action, Scalar};
use crate::error::Result;
use crate::gate::{Angle, Form, Gate, GateOp};
use crate::simulate::{Estimate, ExpectationSource, Unitary};

/// The rules of all angles of a circuit: what hardware runs for its gradient.
///
/// A parameter may stand in several angles, and each is shifted alone. So what is evaluated is the
/// [`circuit`](Self::circuit) with a parameter for every angle, at rows of angles.
///
/// ```
/// use ketlab::gradient::{Objective, ShiftRules};
/// use ketlab::simulate::ExpectationFn;
/// use ketlab::{Circuit, PauliSum, Simulator};
/// let mut ansatz = Circuit::new(2);
/// let theta = ansatz.param("theta");
/// ansatz.ry(theta, 0).cx(0, 1).ry(2.0 * theta, 1);
/// let rules = ShiftRules::new(&ansatz)?;
/// assert_eq!((rules.num_angles(), rules.num_circuits()), (2, 4));
///
/// // Stands for what asks hardware: it gets circuits without parameters.
/// let circuit = rules.circuit()?;
/// let z: PauliSum = "Z1".parse()?;
/// let names: Vec<String> = circuit.params().to_vec();
/// let ask = ExpectationFn::new(rules.num_angles(), move |angles: &[f64]| {
///     let values: Vec<_> = names.iter().zip(angles).map(|(name, x)| (name.as_str(), *x)).collect();
///     let found = Simulator::new().expectation(&circuit.bind(&values)?, &z)?;
///     Ok(found.value)
/// });
/// let mut gradient = [0.0];
/// let value = rules.with_source(ask)?.value_and_gradient(&[0.3], &mut gradient)?;
/// assert!((value - 0.3f64.cos() * 0.6f64.cos()).abs() < 1e-12);
/// let exact = -0.3f64.sin() * 0.6f64.cos() - 2.0 * 0.3f64.cos() * 0.6f64.sin();
/// assert!((gradient[0] - exact).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct ShiftRules {
    pub(super) unitary: Unitary,
    circuit: Circuit,
    rules: Vec<ShiftRule>,
}

impl ShiftRules {
    /// Those of a circuit. Final measurements are set aside. Noise channels, which depend on no
    /// parameter, and readout errors stay in their places in the [`circuit`](Self::circuit) that is
    /// evaluated: a mean is linear in the density matrix, so that the rules are the same.
    ///
    /// # Errors
    /// If it is not unitary but for noise.
    pub fn new(circuit: &Circuit) -> Result<Self> {
        let is_noisy = |op: &Op| matches!(op, Op::Channel(_));
        let mut rules = match circuit.ops().iter().any(is_noisy) {
            true => Self::without_noise(&circuit.without_channels())?,
            false => Self::without_noise(circuit)?,
        };
        rules.circuit = circuit.clone();
        Ok(rules)
    }

    /// Those of a circuit that has no noise channels.
    pub(super) fn without_noise(circuit: &Circuit) -> Result<Self> {
        let unitary = Unitary::new(circuit, "the parameter-shift rule")?;
        Ok(ShiftRules { rules: rules(&unitary), unitary, circuit: circuit.clone() })
    }

    /// The rule of each angle, in the order of the gates.
    pub fn rules(&self) -> &[ShiftRule] {
        &self.rules
    }

    /// Number of angles that depend on parameters.
    pub fn num_angles(&self) -> usize {
        self.rules.len()
    }

    /// How many shifted circuits a gradient takes: what it would cost on hardware, times the groups
    /// of the observable and the shots.
    pub fn num_circuits(&self) -> u64 {
        self.rules.iter().map(|rule| rule.terms().len() as u64).sum()
    }

    /// The angles at these parameters (radians), in the order of the gates.
    ///
    /// # Errors
    /// If there is not one finite value per parameter, or an angle is not finite.
    pub fn angles(&self, params: &[f64]) -> Result<Vec<f64>> {
        let mut angles = Vec::new();
        self.unitary.slots(params, &mut angles, &mut Vec::new())?;
        Ok(angles)
    }

    /// The circuit with parameters angle\[0\], angle\[1\], … in place of its angles. Composite gates
    /// are their factors where these have angles.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn circuit(&self) -> Result<Circuit> {
        let mut free = Circuit::with_clbits(self.circuit.num_qubits(), self.circuit.num_clbits());
        let mut angles = free.param_vector("angle", self.num_angles()).into_iter();
        let mut next = || Angle::from(angles.next().expect("there is one for each angle"));
        for (qubit, error) in self.circuit.readout_errors() {
            free.set_readout_error(qubit, error)?;
        }
        for op in self.circuit.ops() {
            match op {
                Op::Gate(op) => push_free(&mut free, op, &mut next)?,
                other => drop(free.try_push(other.clone())?),
            }
        }
        Ok(free)
    }

    /// The circuit as it was given.
    pub(super) fn given(&self) -> &Circuit {
        &self.circuit
    }

    /// The gradient of what a source gives for rows of [angles](Self::angles): one observable of the
    /// [`circuit`](Self::circuit).
    ///
    /// # Errors
    /// If the source does not have one parameter for each angle, and one observable.
    pub fn with_source<S: ExpectationSource>(self, source: S) -> Result<SourceShift<S>> {
        SourceShift::new(self, source)
    }

    /// The derivatives by parameters, and their variances, from the values at the shifted angles, at
    /// the `row` of [`Unitary::slots`].
    pub(super) fn combine(
        &self,
        row: &[f64],
        shifted: &[[Estimate; 4]],
        gradient: &mut [f64],
        variances: &mut [f64],
    ) {
        let (mut by_slots, mut variances_by_slots) = (Vec::new(), Vec::new());
        for (rule, values) in self.rules.iter().zip(shifted) {
            // Shots of different circuits are independent.
            let terms = || rule.terms().iter().zip(values);
            by_slots.push(terms().map(|((c, _), e)| c * e.value).sum::<f64>());
            let variance = terms().map(|((c, _), e)| c * c * e.variance_of_mean).sum::<f64>();
            variances_by_slots.push(variance);
        }
        gradient.fill(0.0);
        self.unitary.add_by_params(row, &by_slots, gradient);
        variances.fill(0.0);
        if variances_by_slots.iter().any(|v| *v != 0.0) {
            self.unitary.add_variances(row, &variances_by_slots, variances);
        }
    }
}

/// The rule of every slot.
pub(in crate::gradient) fn rules(unitary: &Unitary) -> Vec<ShiftRule> {
    let has_slot = |action: &&Action| matches!(action.scalar(), Some(Scalar::Slot(_)));
    unitary.actions.iter().filter(has_slot).map(ShiftRule::of).collect()
}

/// Appends a gate with the next angles in place of those that depend on parameters, in the order in
/// which lowering meets them.
fn push_free(circuit: &mut Circuit, op: &GateOp, next: &mut impl FnMut() -> Angle) -> Result<()> {
    let gate = &op.gate;
    let is_composite = match gate {
        Gate::Std(gate, _) => matches!(gate.spec().form, Form::Composite(_)),
        Gate::Block(_) => true,
        _ => false,
    };
    if !gate.is_parameterized() {
        circuit.try_push(Op::Gate(op.clone()))?;
    } else if is_composite && let Some(steps) = op.steps() {
        steps.iter().try_for_each(|step| push_free(circuit, step, next))?;
    } else {
        // Rotations and phases have one angle.
        let angle = next();
        let free = GateOp { gate: gate.map_angles(&|_| angle.clone()), ..op.clone() };
        circuit.try_push(Op::Gate(free))?;
    }
    Ok(())
}
