//! From an amplitude to the user's units.

use std::fmt;
use std::sync::Arc;

/// A monotone function from the amplitude to the quantity that the user is after, e.g. from a
/// normalized payoff to money.
#[derive(Clone)]
pub enum PostProcessing {
    /// `offset + scale · a`.
    Affine {
        /// Units of the quantity per unit of amplitude; may be negative.
        scale: f64,
        /// The quantity at amplitude 0.
        offset: f64,
    },
    /// Any monotone function on [0, 1].
    Monotone(Arc<dyn Fn(f64) -> f64 + Send + Sync>),
}

impl Default for PostProcessing {
    fn default() -> Self {
        Self::identity()
    }
}

impl PostProcessing {
    /// The amplitude as it is.
    pub fn identity() -> Self {
        PostProcessing::Affine { scale: 1.0, offset: 0.0 }
    }

    /// The quantity at amplitude `a`.
    pub fn value(&self, a: f64) -> f64 {
        match self {
            PostProcessing::Affine { scale, offset } => offset + scale * a,
            PostProcessing::Monotone(f) => f(a),
        }
    }

    /// The standard error of the quantity at amplitude `a`, to first order: |f'(a)| times that of
    /// the amplitude, the slope over one standard error to both sides.
    pub fn standard_error(&self, a: f64, error: f64) -> f64 {
        match self {
            PostProcessing::Affine { scale, .. } => scale.abs() * error,
            PostProcessing::Monotone(f) => {
                let (low, high) = ((a - error).max(0.0), (a + error).min(1.0));
                if high > low { (f(high) - f(low)).abs() / (high - low) * error } else { 0.0 }
            }
        }
    }

    /// This, then `offset` + `scale` times it.
    pub fn then_affine(self, scale: f64, offset: f64) -> Self {
        match self {
            PostProcessing::Affine { scale: s, offset: o } => {
                PostProcessing::Affine { scale: scale * s, offset: offset + scale * o }
            }
            PostProcessing::Monotone(f) => {
                PostProcessing::Monotone(Arc::new(move |a| offset + scale * f(a)))
            }
        }
    }

    /// Whether the amplitude stays as it is.
    pub fn is_identity(&self) -> bool {
        matches!(self, PostProcessing::Affine { scale, offset } if *scale == 1.0 && *offset == 0.0)
    }
}

impl fmt::Debug for PostProcessing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PostProcessing::Affine { scale, offset } => write!(f, "{offset} + {scale}·a"),
            PostProcessing::Monotone(_) => f.write_str("f(a)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_scaled_by_the_slope() {
        let put = PostProcessing::Affine { scale: -10.0, offset: 4.0 };
        assert!((put.standard_error(0.2, 0.01) - 0.1).abs() < 1e-12);
        let square = PostProcessing::Monotone(Arc::new(|a| a * a));
        assert!((square.standard_error(0.5, 0.01) - 0.01).abs() < 1e-12);
    }
}
