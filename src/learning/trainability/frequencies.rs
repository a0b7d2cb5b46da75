//! The frequencies that a circuit can have of one of its parameters.

use crate::circuit::Circuit;
use crate::engine::{Kind, Scalar};
use crate::error::{Error, Result};
use crate::simulate::Unitary;

/// Who reads circuits, for messages.
const METHOD: &str = "a Fourier spectrum";
/// A higher degree is none that anybody samples.
const MOST_DEGREE: usize = 1 << 14;
/// Coefficients that agree so far are equal.
const TOLERANCE: f64 = 1e-9;

/// The frequencies that the mean of any observable can have as a function of one parameter x of a circuit
/// (Schuld, Sweke and Meyer, Phys. Rev. A 103, 032430 (2021), equations 9 and 10): all sums of one difference of
/// eigenvalues of each generator. A rotation by c·x has the differences 0 and ±c, as a phase has; under
/// controls it has ±c/2 too.
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::learning::trainability::Frequencies;
/// let mut c = Circuit::new(2);
/// let x = c.param("x");
/// c.rx(x, 0).rx(3.0 * x, 1);
/// let found = Frequencies::of(&c, "x")?;
/// assert_eq!((found.unit, found.degree), (1.0, 4));
/// assert_eq!(found.multiples, [0, 1, 2, 3, 4]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Frequencies {
    /// All frequencies are multiples of it: the period is 2π/unit. 1 where x has no effect.
    pub unit: f64,
    /// The largest multiple: the degree of the Fourier series.
    pub degree: usize,
    /// The multiples from 0 to the degree that there are, in order; their negatives are there too.
    pub multiples: Vec<usize>,
}

impl Frequencies {
    /// Of a parameter by its name.
    ///
    /// # Errors
    /// If the circuit is not unitary or has no such parameter; if it has formulas of parameters; if the
    /// factors of x have no common unit, or the degree is more than 16,384.
    pub fn of(circuit: &Circuit, feature: &str) -> Result<Self> {
        let place = place_of(circuit, feature)?;
        let unitary = Unitary::of_ideal(circuit, METHOD)?;
        unitary.check_linear(METHOD)?;
        let gates = differences(&unitary, place);
        let unit = common_unit(gates.iter().flatten().copied())?;
        let mut reached = vec![true];
        for differences in &gates {
            let steps: Vec<usize> =
                differences.iter().map(|d| (d / unit).round() as usize).collect();
            let degree = reached.len() / 2 + steps.iter().copied().max().unwrap_or(0);
            if degree > MOST_DEGREE {
                return Err(too_fine(degree.to_string()));
            }
            reached = sums(&reached, &steps, degree);
        }
        let degree = reached.len() / 2;
        let multiples = (0..=degree).filter(|k| reached[degree + k]).collect();
        Ok(Frequencies { unit, degree, multiples })
    }
}

fn too_fine(value: String) -> Error {
    Error::Invalid {
        what: "the degree of a Fourier series".into(),
        value,
        expected: format!(
            "at most {MOST_DEGREE}; let the factors of the parameter be small multiples of one number"
        ),
    }
}

/// The number of a parameter among the inputs of a circuit.
pub(super) fn place_of(circuit: &Circuit, feature: &str) -> Result<usize> {
    circuit.inputs().position(|name| name == feature).ok_or_else(|| Error::UnknownParameter {
        name: feature.into(),
        known: circuit.inputs().cloned().collect(),
    })
}

/// For each gate with x, the positive differences of eigenvalues of its generator.
fn differences(unitary: &Unitary, place: usize) -> Vec<Vec<f64>> {
    let factor = |slot: u32| {
        let terms = unitary.angles[slot as usize].terms().iter();
        terms.filter(|(param, _)| param.0 as usize == place).map(|(_, c)| c.abs()).sum::<f64>()
    };
    let all = unitary.actions.iter().filter_map(|action| {
        let is_controlled = action.controls.mask != 0;
        let found = match action.kind {
            // A global phase is seen by nothing.
            Kind::Phase(Scalar::Slot(_)) if !is_controlled => Vec::new(),
            Kind::Phase(Scalar::Slot(slot)) => vec![factor(slot)],
            Kind::Rotation(p, _) if p.support() == 0 && !is_controlled => Vec::new(),
            // Eigenvalues ∓c/2, and 0 where the controls are not as they should be.
            Kind::Rotation(p, Scalar::Slot(slot)) if is_controlled => match p.support() {
                0 => vec![0.5 * factor(slot)],
                _ => vec![0.5 * factor(slot), factor(slot)],
            },
            Kind::Rotation(_, Scalar::Slot(slot)) => vec![factor(slot)],
            _ => return None,
        };
        Some(Vec::from_iter(found.into_iter().filter(|&d| d > 0.0)))
    });
    all.filter(|found| !found.is_empty()).collect()
}

/// The largest number of which all are multiples; 1 of none.
fn common_unit(numbers: impl Iterator<Item = f64> + Clone) -> Result<f64> {
    let largest = numbers.clone().fold(0.0, f64::max);
    if largest == 0.0 {
        return Ok(1.0);
    }
    let unit = numbers.fold(0.0, |unit: f64, number| {
        // Euclid's algorithm, until what is left is rounding.
        let (mut a, mut b) = (unit.max(number), unit.min(number));
        while b > TOLERANCE * largest {
            let left = a - b * (a / b).round();
            (a, b) = (b, left.abs());
        }
        a
    });
    match largest / unit {
        ratio if ratio <= MOST_DEGREE as f64 => Ok(unit),
        ratio => Err(too_fine(format!("{ratio:.3e}"))),
    }
}

/// All sums of a number of `reached`, from -k to k for the middle one 0, and one of ±steps or 0.
fn sums(reached: &[bool], steps: &[usize], degree: usize) -> Vec<bool> {
    let mut all = vec![false; 2 * degree + 1];
    let shift = degree - reached.len() / 2;
    for (k, _) in reached.iter().enumerate().filter(|(_, is)| **is) {
        all[shift + k] = true;
        for step in steps {
            all[shift + k - step] = true;
            all[shift + k + step] = true;
        }
    }
    all
}
