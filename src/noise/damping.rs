//! Loss of energy and of phase, and resets.

use super::channel::{Channel, Form};
use super::flips::one_error;
use super::kraus::KrausSet;
use super::limits::{probability, sum_of_probabilities};
use crate::error::{Result, shown};
use nalgebra::DMatrix;
use num_complex::Complex64;

impl Channel {
    /// |1⟩ decays to |0⟩ with probability γ = 1 - e^{-t/T1}; coherences × √(1-γ) (Nielsen and
    /// Chuang, eq. 8.108).
    ///
    /// # Errors
    /// If γ is no probability.
    pub fn amplitude_damping(gamma: f64) -> Result<Self> {
        let gamma = probability("γ of an amplitude damping", gamma)?;
        let form = relaxation(gamma, 0.0, (1.0 - gamma).sqrt(), 0.0);
        Ok(Self::new(1, form, format!("amplitude_damping(gamma={})", shown(gamma))))
    }

    /// Damping towards a mixture with `excited_population` in |1⟩: the populations come nearer to it
    /// by the factor 1-γ; coherences × √(1-γ) (Nielsen and Chuang, eq. 8.116).
    ///
    /// # Errors
    /// If γ or the population is no probability.
    pub fn generalized_amplitude_damping(gamma: f64, excited_population: f64) -> Result<Self> {
        let gamma = probability("γ of an amplitude damping", gamma)?;
        let excited =
            probability("the excited population of an amplitude damping", excited_population)?;
        let determinant = gamma * gamma * excited * (1.0 - excited);
        let form = relaxation(gamma, excited, (1.0 - gamma).sqrt(), determinant);
        let text = format!(
            "generalized_amplitude_damping(gamma={}, population={})",
            shown(gamma),
            shown(excited)
        );
        Ok(Self::new(1, form, text))
    }

    /// Coherences × √(1-λ), populations as they are: Aer's and Cirq's convention. As a mixture, Z
    /// with the probability (1 - √(1-λ))/2.
    ///
    /// # Errors
    /// If λ is not between 0 and 1.
    pub fn phase_damping(lambda: f64) -> Result<Self> {
        let lambda = probability("λ of a phase damping", lambda)?;
        let text = format!("phase_damping(lambda={})", shown(lambda));
        Ok(Self::new(1, Form::Pauli(one_error(3, half_loss(lambda))), text))
    }

    /// The qubit becomes |0⟩ with probability p0, |1⟩ with p1, and stays as it is otherwise.
    ///
    /// # Errors
    /// If a probability is none or their sum is above 1.
    pub fn reset(p0: f64, p1: f64) -> Result<Self> {
        let p0 = probability("p0 of a reset", p0)?;
        let p1 = probability("p1 of a reset", p1)?;
        sum_of_probabilities("p0 and p1 of a reset", p0 + p1)?;
        let text = format!("reset(p0={}, p1={})", shown(p0), shown(p1));
        let most = (p0 + p1).max(1.0);
        Ok(Self::new(1, flips_and_resets(0.0, p0 / most, p1 / most), text))
    }
}

/// (1 - √(1-λ))/2 without cancellation.
fn half_loss(lambda: f64) -> f64 {
    lambda / (2.0 * (1.0 + (1.0 - lambda).sqrt()))
}

/// Identity, Z with `p_z`, resets to |0⟩ and |1⟩: the identity comes first.
pub(super) fn flips_and_resets(p_z: f64, p0: f64, p1: f64) -> Form {
    if p0 == 0.0 && p1 == 0.0 {
        return Form::Pauli(one_error(3, p_z));
    }
    let p_none = (1.0 - p_z - p0 - p1).max(0.0);
    let operators = [
        (p_none, [1.0, 0.0, 0.0, 1.0]),
        (p_z, [1.0, 0.0, 0.0, -1.0]),
        (p0, [1.0, 0.0, 0.0, 0.0]),
        (p0, [0.0, 1.0, 0.0, 0.0]),
        (p1, [0.0, 0.0, 1.0, 0.0]),
        (p1, [0.0, 0.0, 0.0, 1.0]),
    ];
    real_kraus(&operators)
}

/// What happens to one qubit whose populations come nearer to (1-x, x) by the factor 1-γ and whose
/// coherences are multiplied by c: the canonical Kraus operators in closed form. The Choi matrix has
/// the block [[1-γx, c], [c, 1-γ(1-x)]] on |00⟩, |11⟩, whose `determinant` the caller knows without
/// cancellation, and the weights of the two jumps.
pub(super) fn relaxation(gamma: f64, excited: f64, coherence: f64, determinant: f64) -> Form {
    if gamma == 0.0 {
        return Form::Pauli(one_error(3, (1.0 - coherence) / 2.0));
    }
    let (up, down) = (gamma * excited, gamma * (1.0 - excited));
    let (zero, one) = (1.0 - up, 1.0 - down);
    let (mean, half) = ((zero + one) / 2.0, (zero - one) / 2.0);
    let large = mean + half.hypot(coherence);
    let small = (determinant / large).max(0.0);
    let (sin, cos) = (0.5 * coherence.atan2(half)).sin_cos();
    real_kraus(&[
        (large, [cos, 0.0, 0.0, sin]),
        (small, [-sin, 0.0, 0.0, cos]),
        (down, [0.0, 1.0, 0.0, 0.0]),
        (up, [0.0, 0.0, 1.0, 0.0]),
    ])
}

/// Operators √weight × a real matrix, row by row; those of no weight are left out.
fn real_kraus(operators: &[(f64, [f64; 4])]) -> Form {
    let one = |(weight, rows): &(f64, [f64; 4])| {
        DMatrix::from_row_iterator(2, 2, rows.iter().map(|x| Complex64::from(weight.sqrt() * x)))
    };
    let kept = operators.iter().filter(|o| o.0 > 1e-16).map(one);
    Form::Kraus(KrausSet::unchecked(kept.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ptm(channel: Channel) -> Vec<f64> {
        channel.ptm().unwrap().transpose().as_slice().to_vec()
    }

    fn close(got: &[f64], expected: &[f64]) {
        for (a, b) in got.iter().zip(expected) {
            assert!((a - b).abs() < 1e-15, "{got:?} {expected:?}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn transfer_matrices_are_the_known_ones() {
        // Rows I X Y Z of the output.
        let (g, x) = (0.3f64, 0.2f64);
        let s = (1.0 - g).sqrt();
        close(&ptm(Channel::amplitude_damping(g).unwrap()),
              &[1., 0., 0., 0.,  0., s, 0., 0.,  0., 0., s, 0.,  g, 0., 0., 1. - g]);
        close(&ptm(Channel::generalized_amplitude_damping(g, x).unwrap()),
              &[1., 0., 0., 0.,  0., s, 0., 0.,  0., 0., s, 0.,  g * (1. - 2. * x), 0., 0., 1. - g]);
        close(&ptm(Channel::phase_damping(g).unwrap()),
              &[1., 0., 0., 0.,  0., s, 0., 0.,  0., 0., s, 0.,  0., 0., 0., 1.]);
        close(&ptm(Channel::reset(0.2, 0.1).unwrap()),
              &[1., 0., 0., 0.,  0., 0.7, 0., 0.,  0., 0., 0.7, 0.,  0.2 - 0.1, 0., 0., 0.7]);
        close(&ptm(Channel::amplitude_damping(1.0).unwrap()),
              &[1., 0., 0., 0.,  0., 0., 0., 0.,  0., 0., 0., 0.,  1., 0., 0., 0.]);
        close(&ptm(Channel::reset(0.0, 1.0).unwrap()),
              &[1., 0., 0., 0.,  0., 0., 0., 0.,  0., 0., 0., 0.,  -1., 0., 0., 0.]);
    }

    #[test]
    fn operators_are_as_few_as_can_be() {
        let count = |channel: Channel| match channel.form() {
            Form::Kraus(set) => set.operators().len(),
            _ => 0,
        };
        assert_eq!(count(Channel::amplitude_damping(0.1).unwrap()), 2);
        assert_eq!(count(Channel::generalized_amplitude_damping(0.1, 0.3).unwrap()), 4);
        assert_eq!(count(Channel::generalized_amplitude_damping(0.1, 1.0).unwrap()), 2);
        assert_eq!(count(Channel::amplitude_damping(0.0).unwrap()), 0);
        assert_eq!(count(Channel::reset(0.1, 0.0).unwrap()), 3);
        assert_eq!(count(Channel::reset(1.0, 0.0).unwrap()), 2);
    }

    #[test]
    fn small_numbers_keep_their_digits() {
        let Form::Pauli(pauli) = Channel::phase_damping(1e-14).unwrap().form().clone() else {
            panic!()
        };
        assert!((pauli.error_probability() / 2.5e-15 - 1.0).abs() < 1e-13);
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        for bad in [-0.1, 1.1, f64::NAN] {
            assert!(Channel::amplitude_damping(bad).is_err());
            assert!(Channel::generalized_amplitude_damping(0.1, bad).is_err());
            assert!(Channel::generalized_amplitude_damping(bad, 0.1).is_err());
            assert!(Channel::phase_damping(bad).is_err());
            assert!(Channel::reset(bad, 0.0).is_err());
            assert!(Channel::reset(0.0, bad).is_err());
            assert!(Channel::bit_flip(bad).is_err());
        }
        let error = Channel::reset(0.6, 0.5).unwrap_err().to_string();
        assert!(error.contains("1.1") && error.contains("at most 1"), "{error}");
    }
}
