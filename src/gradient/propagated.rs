//! ⟨H⟩ and its gradient by Pauli propagation.

use super::source::Source;
use super::{Cost, Gradient, Objective, check_len};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use crate::pauli::PauliSum;
use crate::propagation::Account;
use crate::simulate::{Method, Program, Simulator};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// Values and gradients of one observable by [Pauli propagation](crate::propagation), of circuits of
/// any width, with noise channels and readout errors too: the observable is carried backward through
/// the circuit, and its derivatives by all angles come from one sweep back. Angles are linear in the
/// parameters, and a controlled rotation is several that share its angle.
///
/// Exact where the simulator's [`truncation`](Simulator::truncation) leaves nothing out. A truncated
/// gradient is the derivative of the truncated value as long as no string comes or goes with the
/// parameters; [`account`](Self::account) says how much was left out. With a least coefficient above 0 the
/// string that a rotation by 0 would make is left out, as is one whose parts cancel: derivatives by
/// angles that are 0 come out as 0.
/// [`Simulator::propagation_gradient`] makes it.
///
/// ```
/// use ketlab::gradient::Objective;
/// use ketlab::{Circuit, Simulator};
/// let mut wide = Circuit::new(100);
/// let theta = wide.param("theta");
/// wide.rx(theta, 50).cx(50, 51).rx(0.3, 51);
/// let mut energy = Simulator::new().propagation_gradient(&wide, &"Z51".parse()?)?;
/// let mut gradient = [0.0];
/// energy.value_and_gradient(&[0.4], &mut gradient)?;
/// assert!((gradient[0] + 0.3f64.cos() * 0.4f64.sin()).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct PropagationGradient {
    simulator: Simulator,
    program: Arc<Program>,
    observable: PauliSum,
    source: Source,
    account: Account,
    cost: Cost,
}

impl Simulator {
    /// A [`PropagationGradient`] of a circuit and an observable, with this simulator's truncation,
    /// threads, initial state and [`watch`](Self::watch), whatever its method.
    ///
    /// # Errors
    /// If the observable is on a qubit that does not exist; if there is no memory for the
    /// instructions. What cannot be propagated is refused when it is first asked for.
    pub fn propagation_gradient(
        &self,
        circuit: &Circuit,
        observable: &PauliSum,
    ) -> Result<PropagationGradient> {
        let num_qubits = circuit.num_qubits();
        if observable.num_qubits() > num_qubits {
            return Err(Error::QubitOutOfRange { qubit: observable.num_qubits() - 1, num_qubits });
        }
        let simulator = self.clone().method(Method::PauliPropagation);
        Ok(PropagationGradient {
            source: Source::new(&simulator, circuit, std::slice::from_ref(observable)),
            program: Program::new(circuit)?,
            observable: observable.clone(),
            account: Account::default(),
            cost: Cost::default(),
            simulator,
        })
    }
}

impl PropagationGradient {
    /// How many strings the last call carried, and what it left out.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

impl Objective for PropagationGradient {
    fn num_params(&self) -> usize {
        self.program.params().len()
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        let start = Instant::now();
        let Self { simulator, program, observable, .. } = self;
        let work = || simulator.propagate_mean(program, params, observable);
        let (value, account) = simulator.install(work)?;
        self.account = account;
        self.cost.add(1, start);
        Ok(value)
    }

    /// A value and its gradient; a sweep back counts as a second run.
    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        let start = Instant::now();
        let Self { simulator, program, observable, .. } = self;
        let work = || simulator.propagate_gradient(program, params, observable);
        let (value, derivatives, account) = simulator.install(work)?;
        gradient.copy_from_slice(&derivatives);
        self.account = account;
        self.cost.add(2, start);
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        self.source.fingerprint().with("truncation", self.simulator.run_truncation())
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.cost.restore(state)
    }
}

impl Gradient for PropagationGradient {
    fn method(&self) -> &'static str {
        "pauli-propagation"
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Formula;
    use crate::gate::{GateOp, StdGate};
    use crate::propagation::Truncation;
    use crate::simulate::Accuracy;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::f64::consts::FRAC_PI_2;

    /// Every row of the table with angles, without and with controls, all with parameters.
    fn circuit() -> Circuit {
        let mut circuit = Circuit::new(5);
        let (a, b) = (circuit.param("a"), circuit.param("b"));
        let product = circuit.derived(Formula::Product(a + 0.3, b - 1.0));
        for (k, q) in (0..5).enumerate() {
            circuit.ry(0.3 + k as f64, q).rx(1.1 - 0.2 * k as f64, q);
        }
        for controls in 0..=2 {
            for (k, gate) in StdGate::ALL.iter().enumerate() {
                let spec = gate.spec();
                if spec.angles.is_empty() || spec.num_qubits + controls > 4 || k % 3 != controls {
                    continue;
                }
                let targets: Vec<usize> = (0..spec.num_qubits).map(|t| (t + k) % 5).collect();
                let under = (0..controls).map(|c| (spec.num_qubits + c + k) % 5);
                let factor = 0.2 + 0.1 * k as f64;
                let angles = (0..spec.angles.len()).map(|j| match j % 3 {
                    0 => factor * a,
                    1 => 0.5 * b + 0.1,
                    _ => 0.3 * product + a,
                });
                let op = GateOp::std(*gate, angles, targets).controlled(under);
                circuit.push(crate::circuit::Op::Gate(op));
            }
        }
        circuit
    }

    #[test]
    fn gradients_are_those_of_the_adjoint() {
        let circuit = circuit();
        let sum: PauliSum = "Z0 X1 + 0.5 Y2 - 0.3 Z3 Z4 + 0.25".parse().unwrap();
        let mut adjoint = Simulator::new().adjoint(&circuit, std::slice::from_ref(&sum)).unwrap();
        let mut propagated = Simulator::new().propagation_gradient(&circuit, &sum).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        // Also where angles are Clifford ones, which are rotations all the same.
        let mut points = vec![[0.0, 0.0], [FRAC_PI_2, -FRAC_PI_2]];
        points.push([rng.random_range(-2.0..2.0), rng.random_range(-2.0..2.0)]);
        for point in points {
            let (mut expected, mut got) = ([0.0; 2], [0.0; 2]);
            let value = adjoint.value_and_gradient(&point, &mut expected).unwrap();
            let other = propagated.value_and_gradient(&point, &mut got).unwrap();
            assert!((value - other).abs() < 1e-9, "{value} {other}");
            assert!((value - propagated.value(&point).unwrap()).abs() < 1e-9);
            for (got, expected) in got.iter().zip(expected) {
                assert!((got - expected).abs() < 1e-9, "{got} for {expected} at {point:?}");
            }
        }
        assert!(propagated.account().peak_terms > 10);
    }

    /// Layers of RY, RZ and a chain of CX, each angle a parameter of its own.
    fn ansatz(n: usize, layers: usize) -> Circuit {
        let mut circuit = Circuit::new(n);
        for layer in 0..layers {
            for q in 0..n {
                let (a, b) = (
                    circuit.param(&format!("a{layer}_{q}")),
                    circuit.param(&format!("b{layer}_{q}")),
                );
                circuit.ry(a, q).rz(b, q);
            }
            for q in 1..n {
                circuit.cx(q - 1, q);
            }
        }
        circuit
    }

    fn agrees_with_adjoint(circuit: &Circuit, sum: &PauliSum, points: &[Vec<f64>]) {
        let mut adjoint = Simulator::new().adjoint(circuit, std::slice::from_ref(sum)).unwrap();
        let mut propagated = Simulator::new().propagation_gradient(circuit, sum).unwrap();
        for point in points {
            let (mut expected, mut got) = (vec![0.0; point.len()], vec![0.0; point.len()]);
            let value = adjoint.value_and_gradient(point, &mut expected).unwrap();
            let other = propagated.value_and_gradient(point, &mut got).unwrap();
            assert!((value - other).abs() < 1e-9, "{value} {other}");
            assert!(expected.iter().any(|d| d.abs() > 1e-3));
            for (got, expected) in got.iter().zip(expected) {
                assert!((got - expected).abs() < 1e-9, "{got} for {expected} at {point:?}");
            }
        }
    }

    #[test]
    fn gradients_at_angles_of_zero_and_quarter_turns_are_those_of_the_adjoint() {
        let circuit = ansatz(10, 3);
        let sum: PauliSum = "X0 X1 + 0.5 Z3 X4 + X9 + Z2 + Y6 Z7".parse().unwrap();
        agrees_with_adjoint(&circuit, &sum, &[vec![0.0; 60], vec![FRAC_PI_2; 60]]);
    }

    #[test]
    fn gradients_of_what_cancels_are_those_of_the_adjoint() {
        let mut circuit = Circuit::new(2);
        let (a, b) = (circuit.param("a"), circuit.param("b"));
        circuit.sx(0).rx(a, 0).rx(b, 0);
        let z: PauliSum = "Z0".parse().unwrap();
        agrees_with_adjoint(&circuit, &z, &[vec![0.7, -0.7]]);
        // So with many rotations between the two.
        let mut circuit = Circuit::new(2);
        let (a, b) = (circuit.param("a"), circuit.param("b"));
        circuit.sx(0).rx(a, 0);
        for k in 0..33 {
            let c = circuit.param(&format!("c{k}"));
            circuit.ry(c, 1);
        }
        circuit.rx(b, 0);
        let mut point = vec![0.7, -0.7];
        point.extend((0..33).map(|k| 0.1 * f64::from(k)));
        agrees_with_adjoint(&circuit, &z, &[point]);
    }

    #[test]
    fn gradients_under_noise_are_those_of_the_density_matrix() {
        let mut circuit = Circuit::new(3);
        let theta = circuit.param("theta");
        circuit.ry(theta, 0).amplitude_damping(0.2, 0).crx(2.0 * theta, 0, 1);
        circuit.depolarizing2(0.1, 0, 1).rzz(theta, 1, 2).ry(0.4, 1);
        let error = crate::noise::ReadoutError::new(0.1, 0.2).unwrap();
        circuit.set_readout_error(1, error).unwrap();
        let sum: PauliSum = "Z1 + 0.3 X0 Z2".parse().unwrap();
        let mut exact = Simulator::new().noisy_gradient(&circuit, &sum, Accuracy::Exact).unwrap();
        let mut propagated = Simulator::new().propagation_gradient(&circuit, &sum).unwrap();
        let (mut expected, mut got) = ([0.0], [0.0]);
        let value = exact.value_and_gradient(&[0.7], &mut expected).unwrap();
        let other = propagated.value_and_gradient(&[0.7], &mut got).unwrap();
        assert!((value - other).abs() < 1e-12 && (got[0] - expected[0]).abs() < 1e-12);
    }

    #[test]
    fn truncation_and_bad_input_are_told() {
        let circuit = circuit();
        let z: PauliSum = "Z0".parse().unwrap();
        let none = Truncation { max_terms: Some(0), ..Truncation::none() };
        let simulator = Simulator::new().truncation(none);
        let mut gradient = simulator.propagation_gradient(&circuit, &z).unwrap();
        let error = gradient.value_and_gradient(&[0.1, 0.2], &mut [0.0; 2]).unwrap_err();
        assert!(error.to_string().contains("number of terms"), "{error}");
        assert!(gradient.value(&[0.1]).is_err());
        assert!(gradient.value_and_gradient(&[0.1, 0.2], &mut [0.0]).is_err());
        assert!(Simulator::new().propagation_gradient(&circuit, &"Z9".parse().unwrap()).is_err());
        let some = Truncation { max_terms: Some(20), ..Truncation::none() };
        let simulator = Simulator::new().truncation(some);
        let mut cut = simulator.propagation_gradient(&circuit, &z).unwrap();
        cut.value_and_gradient(&[0.1, 0.2], &mut [0.0; 2]).unwrap();
        assert!(cut.account().dropped_sum > 0.0);
        let whole = Simulator::new().propagation_gradient(&circuit, &z).unwrap();
        assert_ne!(format!("{:?}", cut.fingerprint()), format!("{:?}", whole.fingerprint()));
    }
}
