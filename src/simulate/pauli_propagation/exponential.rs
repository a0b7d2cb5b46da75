//! Gates as exponentials of commuting strings.

use crate::gate::{Angle, Form, Gate, GateOp};
use crate::pauli::Pauli;
use smallvec::SmallVec;
use std::f64::consts::PI;

/// Letters on qubits, none the identity.
pub(super) type Factors = SmallVec<[(u32, Pauli); 4]>;

/// exp(-iθ/2 · Σ w Q · Π (1 + s P)/2), where all strings commute: `terms` are the Q with their w,
/// `projectors` the P with their s = ±1.
pub(super) struct Exponential {
    pub terms: SmallVec<[(Factors, f64); 4]>,
    pub projectors: SmallVec<[(Factors, f64); 4]>,
    pub angle: Angle,
}

impl Exponential {
    /// How many rotations it is, at most.
    pub fn num_rotations(&self) -> usize {
        let subsets = 1usize.checked_shl(self.projectors.len() as u32).unwrap_or(usize::MAX);
        subsets.saturating_mul(self.terms.len())
    }

    /// Of a gate with its controls; `None` for what has no such form.
    pub fn of(op: &GateOp) -> Option<Self> {
        let on = |letters: &[Pauli]| -> Factors {
            let placed = op.targets.iter().copied().zip(letters.iter().copied());
            placed.filter(|factor| factor.1 != Pauli::I).collect()
        };
        let one = |factors: Factors| SmallVec::from_iter([(factors, 1.0)]);
        // (1 - Z)/2 where a control is 1, (1 + Z)/2 where it is 0.
        let mut projectors: SmallVec<[(Factors, f64); 4]> = op
            .controls
            .iter()
            .map(|c| {
                let z = SmallVec::from_slice(&[(c.qubit, Pauli::Z)]);
                (z, if c.positive { -1.0 } else { 1.0 })
            })
            .collect();
        let (terms, angle) = match &op.gate {
            Gate::PauliRotation(string, angle) => {
                let factors = string.iter().map(|(k, letter)| (op.targets[k], letter)).collect();
                (one(factors), angle.clone())
            }
            Gate::Std(gate, angles) => match &gate.spec().form {
                Form::Rotation(letters) => (one(on(letters)), angles[0].clone()),
                // e^{iλ} = exp(iλ Π (1 - Z)/2).
                Form::Phase(map) => {
                    let ones = op.targets.iter();
                    let z = |&q: &u32| (SmallVec::from_slice(&[(q, Pauli::Z)]), -1.0);
                    projectors.extend(ones.map(z));
                    (one(Factors::new()), map.of(angles) * -2.0)
                }
                // P = exp(iπ (1 - P)/2).
                Form::Pauli(letters) => {
                    let factors = on(letters);
                    if !factors.is_empty() {
                        projectors.push((factors, -1.0));
                    }
                    let quarter = if letters.iter().all(|l| *l == Pauli::I) { 0.0 } else { PI };
                    (one(Factors::new()), Angle::Fixed(-2.0 * quarter))
                }
                // exp(iπ (1 - SWAP)/2), and (1 - SWAP)/2 = (1 - XX - YY - ZZ)/4.
                Form::Swap => {
                    let pair = |letter: Pauli| op.targets.iter().map(|&q| (q, letter)).collect();
                    let mut terms = SmallVec::from_iter([(Factors::new(), 0.25)]);
                    terms.extend([Pauli::X, Pauli::Y, Pauli::Z].map(|l| (pair(l), -0.25)));
                    (terms, Angle::Fixed(-2.0 * PI))
                }
                Form::Composite(_) => return None,
            },
            _ => return None,
        };
        Some(Exponential { terms, projectors, angle })
    }
}
