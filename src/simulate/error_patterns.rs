//! What noise that takes no look at the state does to a circuit: patterns of errors, drawn before
//! anything runs, and the unitary circuit that each of them makes.

use super::flow::{Span, Step};
use super::patterns::{Event, EventLaw};
use super::pauli_frame::Frame;
use super::state_vector::{Lowered, check_size};
use crate::circuit::{ChannelOp, Circuit, Op};
use crate::engine::{Action, PauliMask};
use crate::error::{Error, Result};
use crate::gate::{Gate, GateOp, Qubits, StdGate, UnitaryGate};
use crate::noise::{Draw, Operator, ReadoutError, Unraveling, measured};
use crate::pauli::PauliSum;
use rand::Rng;
use smallvec::SmallVec;
use std::sync::Arc;

/// The law of the errors of a circuit whose channels are mixtures of unitaries.
pub(crate) struct ErrorPatterns {
    circuit: Circuit,
    /// Those of the channels, in order.
    operators: Vec<Arc<Unraveling>>,
    law: EventLaw,
    /// For each channel whose likeliest operator does nothing, how many actions are before it in the
    /// circuit where no error happens, and its qubits.
    places: Vec<Option<(usize, Qubits)>>,
}

/// What happens at the channels of a circuit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct ErrorPattern(SmallVec<[Event; 1]>);

impl ErrorPatterns {
    /// Those of a circuit, for `method`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if a channel is no mixture of unitaries.
    pub fn new(circuit: &Circuit, method: &'static str) -> Result<Self> {
        check_size(circuit.num_qubits())?;
        let mut operators: Vec<Arc<Unraveling>> = Vec::new();
        let mut known: Option<&ChannelOp> = None;
        for op in circuit.ops() {
            let Op::Channel(site) = op else { continue };
            let same = known.replace(site).filter(|k| Arc::ptr_eq(&k.channel, &site.channel));
            let unraveling = match (same, operators.last()) {
                (Some(_), Some(last)) => last.clone(),
                _ => Arc::new(Unraveling::new(&site.channel)),
            };
            if !unraveling.is_mixed_unitary() {
                return Err(depends_on_the_state(site, method));
            }
            operators.push(unraveling);
        }
        let places = places(circuit, &operators)?;
        let steps = (0..operators.len()).map(Step::Channel).collect();
        let law = EventLaw::new(&Span { steps }, |number| operators[number].clone());
        Ok(ErrorPatterns { circuit: circuit.clone(), operators, law, places })
    }

    /// The probability that every channel takes its likeliest operator.
    pub fn no_error(&self) -> f64 {
        self.law.no_event()
    }

    /// The probability that one does not.
    pub fn some_error(&self) -> f64 {
        self.law.some_event()
    }

    /// Draws patterns of at least one error each: different ones, with how often they came up.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn draw(&self, number: u64, rng: &mut impl Rng) -> Result<Vec<(ErrorPattern, u64)>> {
        let groups = self.law.draw(number, true, rng)?;
        Ok(groups.into_iter().map(|group| (ErrorPattern(group.events), group.shots)).collect())
    }

    /// What a pattern is the same as in the circuit where no error happens, given its actions; `None`
    /// where it has an error that is no Pauli string, or meets a gate that does not keep it one.
    pub fn frame(&self, pattern: &ErrorPattern, actions: &[Action]) -> Option<Frame> {
        let error = |event: &Event| {
            let number = event.step as usize;
            let Draw::Side(side) = event.draw else { return None };
            let (before, qubits) = self.places[number].as_ref()?;
            let Operator::Pauli { x, z } = self.operators[number].operator(side) else {
                return None;
            };
            let spread = |bits: u64| -> u64 {
                qubits.iter().enumerate().map(|(k, q)| (bits >> k & 1) << q).sum()
            };
            Some((*before, PauliMask { x: spread(x), z: spread(z) }))
        };
        let errors: SmallVec<[(usize, PauliMask); 4]> =
            pattern.0.iter().map(error).collect::<Option<_>>()?;
        Frame::new(actions, &errors)
    }

    /// The circuit with the operators of a pattern in place of its channels, without readout errors.
    pub fn inserted(&self, pattern: &ErrorPattern) -> Circuit {
        let mut events = pattern.0.iter().peekable();
        let mut number = 0;
        let mut ops = Vec::with_capacity(self.circuit.ops().len());
        for op in self.circuit.ops() {
            let Op::Channel(site) = op else {
                ops.push(op.clone());
                continue;
            };
            let event = events.next_if(|event| event.step as usize == number);
            let side = match event.map(|event| event.draw) {
                None => 0,
                Some(Draw::Side(side)) => side,
                Some(Draw::Look) => unreachable!("no channel looks at the state"),
            };
            push_operator(&mut ops, site, self.operators[number].operator(side));
            number += 1;
        }
        self.circuit.without_noise().with_ops(ops)
    }
}

/// What is measured of an observable on average where the circuit's qubits are misread.
///
/// # Errors
/// If it becomes too long.
pub(crate) fn as_read(circuit: &Circuit, observable: &PauliSum) -> Result<PauliSum> {
    if circuit.readout_errors().len() == 0 {
        return Ok(observable.clone());
    }
    let errors: Vec<ReadoutError> =
        (0..circuit.num_qubits()).map(|q| circuit.readout_error(q)).collect();
    measured(observable, &errors)
}

/// See [`ErrorPatterns::places`].
fn places(
    circuit: &Circuit,
    operators: &[Arc<Unraveling>],
) -> Result<Vec<Option<(usize, Qubits)>>> {
    const NOTHING: Operator = Operator::Pauli { x: 0, z: 0 };
    let (mut lowered, mut places) = (Lowered::default(), Vec::new());
    for op in circuit.ops() {
        match op {
            Op::Gate(gate) => lowered.push(gate)?,
            Op::Channel(site) => {
                let default = operators[places.len()].operator(0);
                let place = (lowered.actions.len(), site.qubits.clone());
                places.push((default == NOTHING).then_some(place));
                let mut inserted = Vec::new();
                push_operator(&mut inserted, site, default);
                for op in &inserted {
                    if let Op::Gate(gate) = op {
                        lowered.push(gate)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(places)
}

fn push_operator(ops: &mut Vec<Op>, site: &ChannelOp, operator: Operator) {
    match operator {
        Operator::Pauli { x, z } => {
            for (k, &qubit) in site.qubits.iter().enumerate() {
                let letter = match (x >> k & 1, z >> k & 1) {
                    (0, 0) => continue,
                    (1, 0) => StdGate::X,
                    (1, _) => StdGate::Y,
                    _ => StdGate::Z,
                };
                ops.push(Op::Gate(GateOp::std(letter, [], [qubit as usize])));
            }
        }
        Operator::Matrix(matrix) => {
            let gate = UnitaryGate { name: "error".into(), matrix: (*matrix).clone() };
            let qubits = site.qubits.iter().map(|&q| q as usize);
            ops.push(Op::Gate(GateOp::new(Gate::Unitary(Arc::new(gate)), qubits)));
        }
    }
}

fn depends_on_the_state(site: &ChannelOp, method: &'static str) -> Error {
    Error::Unsupported {
        method,
        operation: format!(
            "the channel `{}`: how likely its operators are depends on the state and so on the \
             parameters, which the gradient along a path leaves out, so that the average is biased",
            site.channel
        ),
        hint: "ask for `Accuracy::Exact` (the density matrix), replace the channel by its \
               `pauli_twirl`, or shift the angles of a `noisy_evaluator` (`ShiftRules::with_source`)"
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Channel;
    use crate::simulate::{Accuracy, ExpectationSource, Simulator};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn the_circuits_of_patterns_average_to_the_density_matrix() {
        let mut c = Circuit::new(2);
        c.h(0).depolarizing(0.2, 0).cx(0, 1).depolarizing2(0.1, 0, 1).ry(0.3, 1);
        c.channel(Channel::bit_flip(0.1).unwrap(), [1]).rx(0.4, 0);
        let z = "Z0 Z1 + 0.3 X0 + 0.2 Y1 X0".parse().unwrap();
        let patterns = ErrorPatterns::new(&c, "a test").unwrap();
        let no_error = 0.8 * 0.9 * 0.9;
        assert!((patterns.no_error() - no_error).abs() < 1e-14);
        assert!((patterns.some_error() - (1.0 - no_error)).abs() < 1e-14);
        let mean = |circuit: &Circuit| {
            let noise_free = Simulator::new();
            noise_free.expectation(circuit, &z).unwrap().value
        };
        let number = 1 << 16;
        let drawn = patterns.draw(number, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        assert_eq!(drawn.iter().map(|d| d.1).sum::<u64>(), number);
        assert!(drawn.iter().all(|d| !d.0.0.is_empty()));
        let sum: f64 = drawn.iter().map(|(p, k)| *k as f64 * mean(&patterns.inserted(p))).sum();
        let found = no_error * mean(&patterns.inserted(&ErrorPattern::default()))
            + (1.0 - no_error) * sum / number as f64;
        let mut exact = Simulator::new()
            .noisy_evaluator(&c, std::slice::from_ref(&z), Accuracy::Exact)
            .unwrap();
        // A value is at most 1.5, so the error is at most 0.36 · 1.5/2^8; this is three of it.
        let bound = 3.0 * 0.36 * 1.5 / 256.0;
        assert!((found - exact.estimate(&[]).unwrap().value).abs() < bound);
    }

    #[test]
    fn a_mixture_whose_default_is_no_identity_has_it_inserted() {
        let mut c = Circuit::new(1);
        c.channel(Channel::over_rotation(&"X0".parse().unwrap(), 0.3).unwrap(), [0]);
        let patterns = ErrorPatterns::new(&c, "a test").unwrap();
        assert_eq!(patterns.some_error(), 0.0);
        let circuit = patterns.inserted(&ErrorPattern::default());
        let mean = Simulator::new().expectation(&circuit, &"Z0".parse().unwrap()).unwrap().value;
        assert!((mean - 0.3f64.cos()).abs() < 1e-12);
    }

    #[test]
    fn channels_that_look_at_the_state_are_refused() {
        let mut c = Circuit::new(1);
        c.h(0).amplitude_damping(0.1, 0);
        let error = ErrorPatterns::new(&c, "a test").err().unwrap().to_string();
        for part in ["amplitude_damping(gamma=0.1)", "biased", "Accuracy::Exact", "pauli_twirl"] {
            assert!(error.contains(part), "{error}");
        }
    }
}
