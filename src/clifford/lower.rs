//! Gate → steps of a tableau. Branches on a gate's form, never on its name.

use super::local::LocalMap;
use super::recognize::{CLIFFORD_TOLERANCE, MAX_RECOGNIZED_QUBITS, recognize};
use super::step::{CliffordMap, CliffordStep, QuarterTurn};
use crate::error::{Error, Result, shown};
use crate::gate::{Angle, CliffordImage, Control, Form, Gate, GateOp, StdGate};
use crate::math::push;
use crate::pauli::Pauli;
use smallvec::SmallVec;
use std::f64::consts::FRAC_PI_2;
use std::sync::OnceLock;

/// Larger angles are no multiples of anything: their rounding is larger than the tolerance.
const MAX_ANGLE: f64 = 8192.0;

/// Deepest nesting of blocks that is lowered.
const MAX_DEPTH: usize = 1_000;

/// For refusals.
const STEPS: &str = "the list of the Clifford steps of a circuit";
const FEWER: &str = "simulate fewer gates at once";
const METHOD: &str = "the stabilizer method";

/// Appends the steps of a gate, up to a global phase, where parameter k is `values[k]`.
///
/// Clifford gates are: rows of the gate table with [images](crate::gate::GateSpec::clifford);
/// Pauli strings, also under one control; rotations by multiples of π/2 (under one control of π,
/// under two of 2π), phases likewise; exchanges; composite rows and blocks of such; and every gate
/// on at most [`MAX_RECOGNIZED_QUBITS`] qubits, controls included, whose matrix takes Pauli strings
/// to Pauli strings. All within [`CLIFFORD_TOLERANCE`]; angles beyond ±8192 rad do not count.
///
/// # Errors
/// [`Error::Unsupported`] for every other gate; it names the gate with its angles. The steps are
/// then as they were before. [`Error::Invalid`] if definitions are nested too deep,
/// [`Error::TooLarge`] if there is no memory for the steps.
///
/// # Panics
/// If a parameter has no value.
///
/// ```
/// use ketlab::clifford::{CliffordStep, lower};
/// use ketlab::{GateOp, StdGate};
/// let mut steps = vec![];
/// lower(&GateOp::std(StdGate::X, [], [1]).controlled([0]), &[], &mut steps)?;
/// assert_eq!(steps, [CliffordStep::CX(0, 1)]);
/// let refusal = lower(&GateOp::std(StdGate::T, [], [2]), &[], &mut steps).unwrap_err();
/// assert!(refusal.to_string().contains("`t` on qubit 2"));
/// # Ok::<(), ketlab::Error>(())
/// ```
pub fn lower(op: &GateOp, values: &[f64], steps: &mut Vec<CliffordStep>) -> Result<()> {
    if op.controls.is_empty()
        && let Gate::Std(gate, _) = &op.gate
        && let [step] = &fixed_rows()[*gate as usize][..]
    {
        return push(steps, step.map_qubits(|q| op.targets[q as usize]), STEPS, FEWER);
    }
    let before = steps.len();
    let done = Lowering { values, steps }.push(op, 0);
    if done.is_err() {
        steps.truncate(before);
    }
    done
}

/// The steps of the table's rows that have images, on qubits 0, 1, …; nothing for other rows.
fn fixed_rows() -> &'static [SmallVec<[CliffordStep; 1]>] {
    static ROWS: OnceLock<Vec<SmallVec<[CliffordStep; 1]>>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let row = |gate: &StdGate| gate.spec().clifford.and_then(step_of_images);
        StdGate::ALL.iter().map(|gate| row(gate).into_iter().collect()).collect()
    })
}

/// The step with these images: a named one if there is one.
fn step_of_images(images: &'static [CliffordImage]) -> Option<CliffordStep> {
    use CliffordStep::*;
    let pairs: SmallVec<[(&str, &str); 2]> = images.iter().map(|i| (i.x, i.z)).collect();
    Some(match pairs[..] {
        [("X", "Z")] => return None,
        [("X", "-Z")] => X(0),
        [("-X", "-Z")] => Y(0),
        [("-X", "Z")] => Z(0),
        [("Z", "X")] => H(0),
        [("Y", "Z")] => S(0),
        [("-Y", "Z")] => Sdg(0),
        [("X", "-Y")] => SX(0),
        [("X", "Y")] => SXdg(0),
        [("IX", "IZ"), ("XI", "ZI")] => Swap(0, 1),
        _ => {
            let pull_back = LocalMap::of_table(images)?.inverse();
            let qubits = (0..images.len() as u32).collect();
            Map(Box::new(CliffordMap { qubits, pull_back }))
        }
    })
}

/// k mod 8 of an angle kπ/2.
fn quarters(angle: f64) -> Option<u8> {
    let k = (angle / FRAC_PI_2).round();
    let near = angle.abs() <= MAX_ANGLE && (angle - k * FRAC_PI_2).abs() <= CLIFFORD_TOLERANCE;
    near.then(|| (k as i64).rem_euclid(8) as u8)
}

type Factors = SmallVec<[(u32, Pauli); 2]>;

struct Lowering<'a> {
    values: &'a [f64],
    steps: &'a mut Vec<CliffordStep>,
}

impl Lowering<'_> {
    fn push(&mut self, op: &GateOp, depth: usize) -> Result<()> {
        // Between flips of its qubit a negative control is a positive one.
        self.flip_negative(&op.controls)?;
        self.push_positive(op, depth)?;
        self.flip_negative(&op.controls)
    }

    fn flip_negative(&mut self, controls: &[Control]) -> Result<()> {
        let negative = controls.iter().filter(|c| !c.positive);
        negative.map(|c| CliffordStep::X(c.qubit)).try_for_each(|step| self.step(step))
    }

    fn push_positive(&mut self, op: &GateOp, depth: usize) -> Result<()> {
        let place = |letters: &[Pauli]| -> Factors {
            let on = letters.iter().zip(&op.targets).map(|(&letter, &target)| (target, letter));
            on.filter(|factor| factor.1 != Pauli::I).collect()
        };
        let done = match &op.gate {
            Gate::Std(gate, angles) => match &gate.spec().form {
                Form::Pauli(letters) => self.pauli(&place(letters), &op.controls)?,
                Form::Rotation(letters) => {
                    self.rotation(place(letters), &angles[0], &op.controls)?
                }
                Form::Phase(map) => {
                    let angle = map.of(angles);
                    let ones =
                        op.controls.iter().map(|c| c.qubit).chain(op.targets.iter().copied());
                    self.phase(&angle, &ones.collect::<SmallVec<[u32; 4]>>())?
                }
                Form::Swap if op.controls.is_empty() => {
                    self.step(CliffordStep::Swap(op.targets[0], op.targets[1]))?;
                    true
                }
                Form::Swap => false,
                Form::Composite(_) => match &fixed_rows()[*gate as usize][..] {
                    [step] if op.controls.is_empty() => {
                        self.step(step.map_qubits(|q| op.targets[q as usize]))?;
                        true
                    }
                    _ => return self.composite(op, depth),
                },
            },
            Gate::PauliRotation(string, angle) => {
                let on = string.iter().map(|(k, letter)| (op.targets[k], letter));
                self.rotation(on.collect(), angle, &op.controls)?
            }
            Gate::Unitary(_) | Gate::Diagonal(_) | Gate::Permutation(_) => self.recognized(op)?,
            Gate::Block(_) => return self.composite(op, depth),
        };
        if done { Ok(()) } else { Err(self.refusal(op)) }
    }

    fn step(&mut self, step: CliffordStep) -> Result<()> {
        push(self.steps, step, STEPS, FEWER)
    }

    /// A string, or a string that one control decides about. False if it is not Clifford, as below.
    fn pauli(&mut self, factors: &[(u32, Pauli)], controls: &[Control]) -> Result<bool> {
        match controls {
            _ if factors.is_empty() => {}
            [] => {
                let steps =
                    factors.iter().filter_map(|&(q, letter)| CliffordStep::pauli(letter, q));
                steps.into_iter().try_for_each(|step| self.step(step))?;
            }
            [control] => {
                factors.iter().try_for_each(|&(q, letter)| match letter {
                    Pauli::I => Ok(()),
                    Pauli::X => self.step(CliffordStep::CX(control.qubit, q)),
                    Pauli::Z => self.step(CliffordStep::CZ(control.qubit, q)),
                    Pauli::Y => {
                        self.step(CliffordStep::Sdg(q))?;
                        self.step(CliffordStep::CX(control.qubit, q))?;
                        self.step(CliffordStep::S(q))
                    }
                })?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// exp(-iθP/2). Under controls its phases count: -1 at θ = 2π, -iP at π.
    fn rotation(&mut self, factors: Factors, angle: &Angle, controls: &[Control]) -> Result<bool> {
        let controlled: SmallVec<[u32; 4]> = controls.iter().map(|c| c.qubit).collect();
        if factors.is_empty() {
            return self.phase(&(angle.clone() * -0.5), &controlled);
        }
        let Some(quarters) = quarters(angle.at(self.values)) else { return Ok(false) };
        match (quarters, controls) {
            (0, _) => Ok(true),
            (4, _) => self.minus_one(&controlled),
            (2 | 6, []) => self.pauli(&factors, controls),
            (2 | 6, [control]) => {
                let (q, minus_i) = (control.qubit, quarters == 2);
                self.step(if minus_i { CliffordStep::Sdg(q) } else { CliffordStep::S(q) })?;
                self.pauli(&factors, controls)
            }
            (_, []) => {
                let inverse = quarters % 4 == 3;
                let step = match (&factors[..], inverse) {
                    (&[(q, Pauli::Z)], false) => CliffordStep::S(q),
                    (&[(q, Pauli::Z)], true) => CliffordStep::Sdg(q),
                    (&[(q, Pauli::X)], false) => CliffordStep::SX(q),
                    (&[(q, Pauli::X)], true) => CliffordStep::SXdg(q),
                    _ => CliffordStep::Rotation(Box::new(QuarterTurn { factors, inverse })),
                };
                self.step(step)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// -1 where these qubits are all 1.
    fn minus_one(&mut self, ones: &[u32]) -> Result<bool> {
        match *ones {
            [] => {}
            [q] => self.step(CliffordStep::Z(q))?,
            [a, b] => self.step(CliffordStep::CZ(a, b))?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// e^{iλ} where these qubits are all 1.
    fn phase(&mut self, angle: &Angle, ones: &[u32]) -> Result<bool> {
        if ones.is_empty() {
            return Ok(true);
        }
        match (quarters(angle.at(self.values)).map(|k| k % 4), ones) {
            (Some(0), _) => Ok(true),
            (Some(2), _) => self.minus_one(ones),
            (Some(1), &[q]) => self.step(CliffordStep::S(q)).map(|()| true),
            (Some(3), &[q]) => self.step(CliffordStep::Sdg(q)).map(|()| true),
            _ => Ok(false),
        }
    }

    /// By its matrix, controls among the qubits.
    fn recognized(&mut self, op: &GateOp) -> Result<bool> {
        let qubits: SmallVec<[u32; 3]> =
            op.targets.iter().copied().chain(op.controls.iter().map(|c| c.qubit)).collect();
        if qubits.len() > MAX_RECOGNIZED_QUBITS {
            return Ok(false);
        }
        let positive = op.controls.iter().map(|c| Control { positive: true, ..*c }).collect();
        let op = GateOp { controls: positive, ..op.clone() };
        let Some(pull_back) = recognize(&op, &qubits, self.values) else { return Ok(false) };
        self.step(CliffordStep::Map(Box::new(CliffordMap { qubits, pull_back })))?;
        Ok(true)
    }

    /// By its factors; where one of them is no Clifford gate the whole may be one.
    fn composite(&mut self, named: &GateOp, depth: usize) -> Result<()> {
        if depth >= MAX_DEPTH {
            return Err(Error::Invalid {
                what: "the nesting of gate definitions".into(),
                value: format!("deeper than {MAX_DEPTH}"),
                expected: "flatten them with `decompose`".into(),
            });
        }
        let positive = named.controls.iter().map(|c| Control { positive: true, ..*c }).collect();
        let op = GateOp { controls: positive, ..named.clone() };
        let factors = op.steps().ok_or_else(|| Error::Unsupported {
            method: METHOD,
            operation: format!("the opaque gate `{}`", op.gate.name()),
            hint: "an opaque gate has no meaning; give it a definition".into(),
        })?;
        let before = self.steps.len();
        let refusal = match factors.iter().try_for_each(|factor| self.push(factor, depth + 1)) {
            Err(refusal @ Error::Unsupported { .. }) => refusal,
            done => return done,
        };
        self.steps.truncate(before);
        if self.recognized(&op)? {
            return Ok(());
        }
        // A row is named itself, a block by the gate in it that is the reason.
        Err(if matches!(op.gate, Gate::Block(_)) { refusal } else { self.refusal(named) })
    }

    fn refusal(&self, op: &GateOp) -> Error {
        let angles: Vec<String> =
            op.gate.angles().iter().map(|a| shown(a.at(self.values))).collect();
        let angles =
            if angles.is_empty() { String::new() } else { format!("({})", angles.join(", ")) };
        let qubits: Vec<String> = op.qubits().map(|q| q.to_string()).collect();
        let plural = if qubits.len() == 1 { "" } else { "s" };
        let hint = match &op.gate {
            _ if !op.gate.angles().is_empty() && op.controls.is_empty() => {
                "only multiples of π/2, up to ±8192 rad, make it a Clifford gate; simulate the state vector"
            }
            Gate::Unitary(_) | Gate::Diagonal(_) | Gate::Permutation(_)
                if op.qubits().count() > MAX_RECOGNIZED_QUBITS =>
            {
                "only on at most 3 qubits are matrices recognized as Clifford gates; give it as \
                 gates, or simulate the state vector"
            }
            _ => "it is no Clifford gate; simulate the state vector",
        };
        Error::Unsupported {
            method: METHOD,
            operation: format!("`{}{angles}` on qubit{plural} {}", op.name(), qubits.join(", ")),
            hint: hint.into(),
        }
    }
}
