//! The angles that fill a plan's slots, flattened: slot = Σ coefficient·parameter + offset.

use crate::gate::Angle;

/// Linear angles in arrays, one angle a slot. Most are one parameter, so every angle's first term
/// has arrays of its own; the others are a list.
#[derive(Debug)]
pub(super) struct LinearAngles {
    params: Vec<u32>,
    coefficients: Vec<f64>,
    rest: Vec<Term>,
    offsets: Vec<f64>,
}

/// coefficient·parameter, a term of a slot's angle.
#[derive(Debug)]
struct Term {
    slot: u32,
    param: u32,
    coefficient: f64,
}

impl LinearAngles {
    /// Panics if an angle has no term: lowering makes it a constant.
    pub fn new(angles: &[Angle]) -> Self {
        let mut flat = LinearAngles {
            params: Vec::with_capacity(angles.len()),
            coefficients: Vec::with_capacity(angles.len()),
            rest: Vec::new(),
            offsets: angles.iter().map(Angle::offset).collect(),
        };
        for (slot, angle) in angles.iter().enumerate() {
            let (first, rest) = angle.terms().split_first().expect("a slot depends on a parameter");
            flat.params.push(first.0.0);
            flat.coefficients.push(first.1);
            flat.rest.extend(rest.iter().map(|&(param, coefficient)| Term {
                slot: slot as u32,
                param: param.0,
                coefficient,
            }));
        }
        flat
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.params.len()
    }

    /// The angles where parameter k is `values[k]`, in radians, written to the first
    /// [`len`](Self::len) numbers of `memory`. The sums are in the order of [`Angle::at`], so that
    /// the bits are the same.
    pub fn at<'m>(&self, values: &[f64], memory: &'m mut [f64]) -> &'m [f64] {
        let slots = &mut memory[..self.len()];
        for ((slot, &param), &c) in slots.iter_mut().zip(&self.params).zip(&self.coefficients) {
            *slot = c * values[param as usize];
        }
        for term in &self.rest {
            slots[term.slot as usize] += term.coefficient * values[term.param as usize];
        }
        for (slot, offset) in slots.iter_mut().zip(&self.offsets) {
            *slot += offset;
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Param;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn flattened_angles_have_the_bits_of_angles(
            angles in prop::collection::vec(
                (prop::collection::vec((0u32..5, -3.0..3.0f64), 1..4), -7.0..7.0f64),
                0..20,
            ),
            values in prop::collection::vec(-7.0..7.0f64, 5),
        ) {
            let angles: Vec<Angle> = angles
                .into_iter()
                .map(|(terms, offset)| {
                    Angle::linear(terms.into_iter().map(|(p, c)| (Param(p), c)), offset)
                })
                .filter(|angle| angle.fixed().is_none())
                .collect();
            let flat = LinearAngles::new(&angles);
            let mut memory = vec![f64::NAN; 20];
            let slots = flat.at(&values, &mut memory);
            prop_assert_eq!(slots.len(), angles.len());
            for (slot, angle) in slots.iter().zip(&angles) {
                prop_assert_eq!(slot.to_bits(), angle.at(&values).to_bits());
            }
        }
    }
}
