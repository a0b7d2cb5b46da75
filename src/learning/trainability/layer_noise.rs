//! Gradients under noise, exactly.

use super::ansatz::Ansatz;
use super::cost::Cost;
use super::prepared::{check_parameter, rotation_by, uniform_weights};
use crate::circuit::Circuit;
use crate::device::NoiseModel;
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::simulate::{Accuracy, ExpectationSource, NoisyEvaluator, Simulator};
use rand::Rng;
use std::f64::consts::FRAC_PI_2;

/// The noise of a study of gradients.
#[derive(Debug, Clone, PartialEq)]
pub enum Noise {
    /// After each layer a depolarizing channel on each qubit; the number is the probability of an error,
    /// of X, Y and Z with a third each.
    Layers(f64),
    /// A model of gates and readout.
    Model(NoiseModel),
}

/// A density matrix of more qubits takes too long for many samples.
pub(super) const MOST_NOISY_QUBITS: usize = 10;

impl Noise {
    /// log₂ of the factor that the bound on |gradients| has for each layer of depolarizing noise (Wang,
    /// Fontana, Cerezo, Sharma, Sone, Cincio and Coles, Nat. Commun. 12, 6961 (2021), theorem 1): q =
    /// 1 - 4p/3, by which the channel shrinks Pauli strings. Variances fall twice as fast. `None` of a
    /// model, whose layers are not known.
    pub fn bound_slope(&self) -> Option<f64> {
        match self {
            Noise::Layers(p) => Some((1.0 - 4.0 * p / 3.0).abs().log2()),
            Noise::Model(_) => None,
        }
    }

    /// Refuses what is no probability.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Noise::Layers(p) if !(0.0..=1.0).contains(p) => Err(Error::Invalid {
                what: "the probability of an error after each layer".into(),
                value: p.to_string(),
                expected: "it is from 0 to 1".into(),
            }),
            _ => Ok(()),
        }
    }

    fn apply(&self, ansatz: Ansatz, circuit: &Circuit, depth: usize) -> Result<Circuit> {
        let p = match self {
            Noise::Model(model) => return Ok(model.apply(circuit)?.circuit),
            Noise::Layers(p) => *p,
        };
        let n = circuit.num_qubits();
        let mut ends = ansatz.layer_ends(n, depth, circuit.ops().len()).into_iter().peekable();
        let mut noisy = Circuit::new(n);
        circuit.params().iter().for_each(|name| {
            noisy.param(name);
        });
        for (k, op) in circuit.ops().iter().enumerate() {
            noisy.try_push(op.clone())?;
            // A layer may be empty, and then ends where the one before it does.
            while ends.next_if_eq(&(k + 1)).is_some() {
                noisy.try_depolarizing(p, 0..n)?;
            }
        }
        Ok(noisy)
    }
}

/// Derivatives of one point under noise, one thread's.
pub(super) struct NoisyPoint<'n> {
    ansatz: Ansatz,
    num_qubits: usize,
    depth: usize,
    parameter: usize,
    noise: &'n Noise,
    cost: &'n Cost,
    simulator: Simulator,
    /// Of a circuit that all samples share.
    same: Option<(Evaluator, f64)>,
}

struct Evaluator {
    means: NoisyEvaluator,
    num_weights: usize,
}

impl<'n> NoisyPoint<'n> {
    pub fn new(
        ansatz: Ansatz,
        (num_qubits, depth): (usize, usize),
        parameter: usize,
        (cost, noise): (&'n Cost, &'n Noise),
        rng: &mut impl Rng,
    ) -> Result<Self> {
        if num_qubits > MOST_NOISY_QUBITS {
            return Err(Error::Invalid {
                what: "the number of qubits of gradients under noise".into(),
                value: num_qubits.to_string(),
                expected: format!(
                    "at most {MOST_NOISY_QUBITS}, since they are exact, of density matrices"
                ),
            });
        }
        let simulator = Simulator::new();
        let mut point =
            NoisyPoint { ansatz, num_qubits, depth, parameter, noise, cost, simulator, same: None };
        let first = point.evaluator(rng)?;
        if !ansatz.is_random() {
            point.same = Some(first);
        }
        Ok(point)
    }

    /// The evaluator of a circuit, and d angle/d weight.
    fn evaluator(&self, rng: &mut impl Rng) -> Result<(Evaluator, f64)> {
        let circuit = self.ansatz.circuit(self.num_qubits, self.depth, rng)?;
        let num_weights = circuit.inputs().count();
        check_parameter(self.parameter, num_weights)?;
        let coefficient = rotation_by(&circuit, self.parameter)?;
        let noisy = self.noise.apply(self.ansatz, &circuit, self.depth)?;
        let cost = [self.cost.observable(self.num_qubits)?];
        let means = self.simulator.noisy_evaluator(&noisy, &cost, Accuracy::Exact)?;
        Ok((Evaluator { means, num_weights }, coefficient))
    }

    /// The derivative of a sample. The noise does not depend on the weights, so that the rule for two
    /// shifts holds as it does without.
    pub fn derivative(&mut self, rng: &mut impl Rng, watch: &Watch) -> Result<f64> {
        let mut own = match self.same {
            Some(_) => None,
            None => Some(self.evaluator(rng)?),
        };
        let (evaluator, coefficient) =
            own.as_mut().or(self.same.as_mut()).expect("it is one or the other");
        let mut weights = uniform_weights(evaluator.num_weights, rng);
        let angle = weights[self.parameter];
        let mut at = |shift: f64| {
            watch.check()?;
            weights[self.parameter] = angle + shift / *coefficient;
            Ok::<f64, Error>(evaluator.means.estimate(&weights)?.value)
        };
        let difference = at(FRAC_PI_2)? - at(-FRAC_PI_2)?;
        Ok(0.5 * *coefficient * difference)
    }
}
