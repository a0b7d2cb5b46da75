//! How trainable and how expressive circuits are.
//!
//! | you want | call |
//! |---|---|
//! | the variance of a derivative against qubits and depths, without or with noise | [`GradientVariance`] |
//! | what it is where circuits are two-designs, and other closed forms | [`two_design_variance`], [`product_variance`] |
//! | how fast a variance falls, with an interval | [`Fit`] |
//! | how much of the space of states an ansatz reaches, and how entangled they are | [`Expressibility`] |
//! | which frequencies a model has of a feature, and how large | [`FourierSpectrum`] |
//!
//! Circuits by name are [`Ansatz`]; what is measured at their end is a [`Cost`]. Weights are uniform in
//! [0, 2π). The same seed gives the same bits at any number of threads.

mod ansatz;
mod closed_forms;
mod cost;
mod expressibility;
mod fit;
mod fourier;
mod frequencies;
mod gradient_variance;
mod layer_noise;
mod moments;
mod prepared;
mod random_circuit;
#[cfg(test)]
mod tests;

pub use ansatz::Ansatz;
pub use closed_forms::{product_variance, two_design_variance};
pub use cost::Cost;
pub use expressibility::{Expressed, Expressibility, haar_divergence};
pub use fit::{Against, Fit, Line};
pub use fourier::{Fourier, FourierSpectrum, Harmonic, fourier_coefficients, reuploading};
pub use frequencies::Frequencies;
pub use gradient_variance::{GradientScan, GradientVariance, Point};
pub use layer_noise::Noise;
pub use random_circuit::random_pauli_layers;
