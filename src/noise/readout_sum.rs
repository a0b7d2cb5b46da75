//! Readout errors of observables, exactly, by rewriting them.

use super::limits::invalid;
use super::readout::ReadoutError;
use crate::error::Result;
use crate::math::push;
use crate::pauli::{Pauli, PauliString, PauliSum};

/// An observable under readout errors may have this many terms before equal ones are merged.
pub const MAX_READOUT_TERMS: usize = 1 << 22;

/// The observable whose ideal expectation is what misread measurements of `sum` come to on average:
/// on each qubit Z → (1-a-b) Z + (b-a), a = P(1|0) and b = P(0|1) of `errors[q]`, and X and Y
/// likewise, since they are measured as Z after a change of basis. Qubits beyond the list are read as
/// they are. A string of w letters with a ≠ b becomes 2^w strings; equal strings are merged.
///
/// ```
/// use ketlab::noise::{ReadoutError, measured};
/// let error = ReadoutError::new(0.1, 0.3)?;
/// let read = measured(&"2 X0 Z5".parse()?, &[error])?;
/// assert!((read - "1.2 X0 Z5 + 0.4 Z5".parse()?).simplify(1e-15).is_empty());
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If there would be more than [`MAX_READOUT_TERMS`] terms, or the memory is not there.
pub fn measured(sum: &PauliSum, errors: &[ReadoutError]) -> Result<PauliSum> {
    let error = |qubit: usize| errors.get(qubit).copied().unwrap_or_default();
    let expands = |qubit: &usize| {
        let (factor, constant) = error(*qubit).letter();
        factor != 0.0 && constant != 0.0
    };
    let terms = sum.terms().iter().map(|(string, _)| {
        1u64.checked_shl(string.support().filter(expands).count() as u32).unwrap_or(u64::MAX)
    });
    let terms = terms.fold(0u64, u64::saturating_add);
    if terms > MAX_READOUT_TERMS as u64 {
        let expected = format!(
            "it is at most {MAX_READOUT_TERMS}: a string of w letters becomes 2^w where P(1|0) and \
             P(0|1) differ; give fewer letters, or equal probabilities, or sample instead"
        );
        let what = "the number of terms of the observable under readout errors";
        return Err(invalid(what, terms.to_string(), expected));
    }
    let mut out = vec![];
    let mut letters: Vec<(usize, Pauli)> = vec![];
    let hint = "give an observable of fewer letters";
    let mut parts: Vec<(Vec<(usize, Pauli)>, f64)> = vec![];
    for (string, coefficient) in sum.terms() {
        parts.clear();
        parts.push((vec![], *coefficient));
        letters.clear();
        letters.extend(string.iter().filter(|(_, letter)| *letter != Pauli::I));
        for &(qubit, letter) in &letters {
            let (factor, constant) = error(qubit).letter();
            let there = parts.len();
            for at in 0..there {
                if factor != 0.0 && constant != 0.0 {
                    let other = (parts[at].0.clone(), parts[at].1 * constant);
                    push(&mut parts, other, "an observable under readout errors", hint)?;
                }
                let (kept, weight) = &mut parts[at];
                if factor == 0.0 {
                    *weight *= constant;
                } else {
                    *weight *= factor;
                    kept.push((qubit, letter));
                }
            }
        }
        for (kept, weight) in parts.drain(..) {
            let string = PauliString::try_new(kept)?;
            push(&mut out, (string, weight), "an observable under readout errors", hint)?;
        }
    }
    Ok(PauliSum::try_new(out)?.simplify(0.0))
}

#[cfg(test)]
mod tests {
    use super::super::readout::confuse_distribution;
    use super::*;

    fn sum(text: &str) -> PauliSum {
        text.parse().unwrap()
    }

    /// Σ coefficient × parity of diagonal strings.
    fn mean(sum: &PauliSum, distribution: &[f64]) -> f64 {
        let value = |(string, c): &(PauliString, f64), i: usize| {
            let odd = (string.z_mask().unwrap() & i as u64).count_ones() % 2 == 1;
            if odd { -c } else { *c }
        };
        let all = |i: usize| sum.terms().iter().map(|t| value(t, i)).sum::<f64>();
        distribution.iter().enumerate().map(|(i, p)| p * all(i)).sum()
    }

    #[test]
    fn the_mean_is_that_of_the_misread_distribution() {
        let cases = [(0.1, 0.2), (0.04, 0.04), (0.0, 0.3), (0.5, 0.5), (0.7, 0.3), (0.0, 0.0)];
        let errors = cases.map(|(a, b)| ReadoutError::new(a, b).unwrap());
        let weights: Vec<f64> = (0..64).map(|i| ((i * 37 + 11) % 29) as f64).collect();
        let total: f64 = weights.iter().sum();
        let ideal: Vec<f64> = weights.iter().map(|w| w / total).collect();
        let mut read = ideal.clone();
        confuse_distribution(&mut read, &errors).unwrap();
        for text in ["Z0 Z1", "Z0", "1.5 Z2 Z4 - 0.5 Z0 Z1 Z2 Z3 + 2", "Z3 Z5", "Z0 Z1 Z2 Z3 Z4 Z5"]
        {
            let observable = sum(text);
            let rewritten = measured(&observable, &errors).unwrap();
            assert!((mean(&rewritten, &ideal) - mean(&observable, &read)).abs() < 1e-14, "{text}");
        }
    }

    #[test]
    fn letters_of_other_bases_keep_their_letter() {
        let errors = [ReadoutError::new(0.1, 0.2).unwrap(); 2];
        let read = measured(&sum("X0 Y1"), &errors).unwrap();
        let expected = sum("0.49 X0 Y1 + 0.07 X0 + 0.07 Y1 + 0.01");
        let difference = (read.clone() - expected).simplify(1e-15);
        assert!(difference.is_empty(), "{read}");
    }

    #[test]
    fn many_letters_are_refused_only_where_they_expand() {
        let long = PauliSum::new([(PauliString::new((0..40).map(|q| (q, Pauli::Z))), 1.0)]);
        let error = measured(&long, &[ReadoutError::new(0.1, 0.2).unwrap(); 40]).unwrap_err();
        assert!(error.to_string().contains("1099511627776"), "{error}");
        let same = measured(&long, &[ReadoutError::new(0.1, 0.1).unwrap(); 40]).unwrap();
        assert_eq!(same.len(), 1);
        assert!((same.terms()[0].1 / 0.8f64.powi(40) - 1.0).abs() < 1e-14);
        let gone = measured(&long, &[ReadoutError::new(0.75, 0.25).unwrap(); 40]).unwrap();
        assert!((gone.identity_coefficient() / 2f64.powi(-40) - 1.0).abs() < 1e-14);
        assert_eq!(measured(&long, &[]).unwrap(), long);
    }
}
