//! What studies find, for reports and pictures.

use ketlab::learning::trainability::{Expressed, Fourier, Point};

/// What the variance of a point is without noise, by a formula.
pub fn expected(point: &Point) -> Option<f64> {
    point.closed_form.or(point.two_design)
}

/// How expressive an ansatz is at one depth.
pub struct Expressive {
    pub depth: usize,
    pub of: Expressed,
}

impl Expressive {
    /// The mean of Meyer and Wallach's Q over all states.
    pub fn random_entanglement(&self) -> f64 {
        let states = (self.of.num_qubits as f64).exp2();
        (states - 2.0) / (states + 1.0)
    }
}

/// The spectrum of the model of one size.
pub struct Spectrum {
    pub num_qubits: usize,
    pub depth: usize,
    pub of: Fourier,
}
