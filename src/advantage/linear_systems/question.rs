//! What is asked of x.

use super::law::HhlLaw;
use super::system::LinearSystem;
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use std::fmt;

/// x†Mx for an M that a quantum computer measures, all contenders are asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// M = 1, ‖x‖²: the probability of the flag.
    #[default]
    Norm,
    /// The sum of squares of the first half of x, rounded up: M is a projector, one qubit read beside
    /// flag and clock.
    FirstHalf,
    /// |Σ x_i/N|², the squared mean: the overlap with the uniform state.
    Mean,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Question::Norm => "‖x‖²",
            Question::FirstHalf => "‖first half of x‖²",
            Question::Mean => "|mean of x|²",
        })
    }
}

impl Question {
    /// Its value for a vector.
    pub fn value(self, x: &[f64]) -> f64 {
        let x: Vec<Complex64> = x.iter().copied().map(Complex64::from).collect();
        self.measured(&x, x.len()) * self.scale(x.len())
    }

    /// The probability that a run of HHL says yes: the flag is 1 and, unless the norm is asked for, the
    /// clock 0 and the system in the subspace of M.
    pub fn probability(self, law: &HhlLaw, system: &LinearSystem) -> f64 {
        match self {
            Question::Norm => law.success,
            _ => self.returned(&law.amplitudes, system),
        }
    }

    /// The same where also the norm waits for the clock to be 0.
    pub(super) fn returned(self, amplitudes: &[Complex64], system: &LinearSystem) -> f64 {
        match self {
            Question::Norm => amplitudes.iter().map(|a| a.norm_sqr()).sum(),
            _ => self.measured(&amplitudes[system.offset()..], system.size()),
        }
    }

    /// The squared norm of what M leaves of the first `size` entries.
    fn measured(self, x: &[Complex64], size: usize) -> f64 {
        let squares = |x: &[Complex64]| x.iter().map(|a| a.norm_sqr()).sum::<f64>();
        match self {
            Question::Norm => squares(&x[..size]),
            Question::FirstHalf => squares(&x[..size.div_ceil(2)]),
            Question::Mean => x[..size].iter().sum::<Complex64>().norm_sqr() / size as f64,
        }
    }

    /// x†Mx over the squared norm of what is measured.
    pub(super) fn scale(self, size: usize) -> f64 {
        match self {
            Question::Norm | Question::FirstHalf => 1.0,
            Question::Mean => 1.0 / size as f64,
        }
    }
}
