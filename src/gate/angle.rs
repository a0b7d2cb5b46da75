//! Angles: numbers, or linear functions of named parameters.

use smallvec::SmallVec;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::sync::Arc;

/// A parameter of a circuit, by its index there; `Circuit::param` makes it from a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Param(pub u32);

/// An angle in radians: a number, or Σ coefficient·parameter + offset. There is no symbolic
/// algebra: products of parameters are not angles.
#[derive(Debug, Clone, PartialEq)]
pub enum Angle {
    /// Known.
    Fixed(f64),
    /// Known when the parameters are bound.
    Linear(Arc<LinearAngle>),
}

/// Σ coefficient·parameter + offset, parameters distinct and ascending.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearAngle {
    /// The parameters and their coefficients.
    pub terms: SmallVec<[(Param, f64); 1]>,
    /// Radians.
    pub offset: f64,
}

/// The angles of one gate.
pub type Angles = SmallVec<[Angle; 3]>;

impl Angle {
    /// Σ coefficient·parameter + offset; equal parameters are added, a sum without parameters is
    /// [`Angle::Fixed`].
    pub fn linear(terms: impl IntoIterator<Item = (Param, f64)>, offset: f64) -> Angle {
        let mut sorted: SmallVec<[(Param, f64); 1]> = terms.into_iter().collect();
        sorted.sort_by_key(|t| t.0);
        sorted.dedup_by(|next, kept| {
            next.0 == kept.0 && {
                kept.1 += next.1;
                true
            }
        });
        sorted.retain(|t| t.1 != 0.0);
        if sorted.is_empty() {
            Angle::Fixed(offset)
        } else {
            Angle::Linear(Arc::new(LinearAngle { terms: sorted, offset }))
        }
    }

    /// The number, if no parameter is in it.
    pub fn fixed(&self) -> Option<f64> {
        match self {
            Angle::Fixed(value) => Some(*value),
            Angle::Linear(_) => None,
        }
    }

    /// Parameters and coefficients.
    pub fn terms(&self) -> &[(Param, f64)] {
        match self {
            Angle::Fixed(_) => &[],
            Angle::Linear(l) => &l.terms,
        }
    }

    /// The part without parameters.
    pub fn offset(&self) -> f64 {
        match self {
            Angle::Fixed(value) => *value,
            Angle::Linear(l) => l.offset,
        }
    }

    /// Its value where parameter k is `values[k]`.
    pub fn at(&self, values: &[f64]) -> f64 {
        self.terms().iter().map(|(p, c)| c * values[p.0 as usize]).sum::<f64>() + self.offset()
    }

    /// The same angle with other parameters.
    pub fn map_params(&self, map: impl Fn(Param) -> Param) -> Angle {
        Angle::linear(self.terms().iter().map(|&(p, c)| (map(p), c)), self.offset())
    }
}

impl Default for Angle {
    fn default() -> Self {
        Angle::Fixed(0.0)
    }
}

macro_rules! from_number {
    ($($t:ty),*) => {$(
        impl From<$t> for Angle {
            fn from(value: $t) -> Self {
                Angle::Fixed(value as f64)
            }
        }
    )*};
}
from_number!(f64, f32, i32);

impl From<Param> for Angle {
    fn from(param: Param) -> Self {
        Angle::linear([(param, 1.0)], 0.0)
    }
}

impl From<&Angle> for Angle {
    fn from(angle: &Angle) -> Self {
        angle.clone()
    }
}

fn sum(a: Angle, b: Angle, factor: f64) -> Angle {
    let scaled = b.terms().iter().map(|&(p, c)| (p, c * factor));
    let terms: Vec<_> = a.terms().iter().copied().chain(scaled).collect();
    Angle::linear(terms, a.offset() + factor * b.offset())
}

fn scale(a: Angle, factor: f64) -> Angle {
    match a {
        Angle::Fixed(value) => Angle::Fixed(factor * value),
        Angle::Linear(l) => {
            Angle::linear(l.terms.iter().map(|&(p, c)| (p, c * factor)), l.offset * factor)
        }
    }
}

macro_rules! arithmetic {
    ($($t:ty),*) => {$(
        impl<T: Into<Angle>> Add<T> for $t {
            type Output = Angle;
            fn add(self, other: T) -> Angle {
                sum(self.into(), other.into(), 1.0)
            }
        }
        impl<T: Into<Angle>> Sub<T> for $t {
            type Output = Angle;
            fn sub(self, other: T) -> Angle {
                sum(self.into(), other.into(), -1.0)
            }
        }
        impl Mul<f64> for $t {
            type Output = Angle;
            fn mul(self, factor: f64) -> Angle {
                scale(self.into(), factor)
            }
        }
        impl Mul<$t> for f64 {
            type Output = Angle;
            fn mul(self, angle: $t) -> Angle {
                scale(angle.into(), self)
            }
        }
        impl Div<f64> for $t {
            type Output = Angle;
            fn div(self, divisor: f64) -> Angle {
                scale(self.into(), 1.0 / divisor)
            }
        }
        impl Add<$t> for f64 {
            type Output = Angle;
            fn add(self, angle: $t) -> Angle {
                sum(self.into(), angle.into(), 1.0)
            }
        }
        impl Sub<$t> for f64 {
            type Output = Angle;
            fn sub(self, angle: $t) -> Angle {
                sum(self.into(), angle.into(), -1.0)
            }
        }
        impl Neg for $t {
            type Output = Angle;
            fn neg(self) -> Angle {
                scale(self.into(), -1.0)
            }
        }
    )*};
}
arithmetic!(Angle, Param);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_arithmetic() {
        let (a, b) = (Param(0), Param(1));
        let angle = 2.0 * a + 0.5 - b / 4.0 + a;
        assert_eq!(angle.terms(), [(a, 3.0), (b, -0.25)]);
        assert_eq!(angle.at(&[1.0, 2.0]), 3.0);
        assert_eq!((angle.clone() - angle).fixed(), Some(0.0));
        assert_eq!((1.0 - a).at(&[0.25]), 0.75);
        assert_eq!((-(a + b)).at(&[1.0, 2.0]), -3.0);
    }
}
