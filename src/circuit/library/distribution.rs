//! Probability distributions and functions as amplitudes: what amplitude estimation starts from.

use super::multiplexed::multiplex;
use super::sizes::check_num_gates;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::StdGate;

/// A distribution as a state: from |0…0⟩ of n qubits it makes Σ_i √p_i |i⟩, with amplitudes that
/// are real and not negative. `probabilities[i]` for the 2^n states i are divided by their sum. The
/// tree of Grover and Rudolph, quant-ph/0208112 (2002): a multiplexed RY for each qubit, n-1 first,
/// splits the probability of the qubits before it.
///
/// At most 2^n - 1 RY and 2^n - 2 CX, and for large n far fewer if the distribution is smooth, as
/// rotations by nothing are left out; a basis state or a product of one-qubit distributions needs
/// no CX.
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::distribution;
/// let p = Simulator::new().probabilities(&distribution(&[1.0, 2.0, 0.0, 5.0]))?;
/// assert!((p[1] - 0.25).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_distribution`].
#[track_caller]
pub fn distribution(probabilities: &[f64]) -> Circuit {
    try_distribution(probabilities).unwrap_or_else(|e| panic!("{e}"))
}

/// [`distribution`] that returns the error.
///
/// # Errors
/// If the number of probabilities is not 2^n for n from 1 to 24, one of them is negative or not
/// finite, or all are zero.
pub fn try_distribution(probabilities: &[f64]) -> Result<Circuit> {
    let n = num_qubits("probabilities", probabilities.len(), 2)?;
    if let Some((i, &p)) = find(probabilities, |p| (0.0..f64::INFINITY).contains(&p)) {
        return Err(refused(format!("probability {i}"), p, "finite and not negative"));
    }
    let largest = probabilities.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Err(refused("the largest probability".into(), 0.0, "more than 0"));
    }
    // levels[l][j] is the probability that the qubits from l on are in state j. In units of the
    // largest, no sum overflows.
    let mut levels = vec![probabilities.iter().map(|p| p / largest).collect::<Vec<_>>()];
    for l in 0..n - 1 {
        levels.push(levels[l].chunks_exact(2).map(|pair| pair[0] + pair[1]).collect());
    }
    let mut c = Circuit::new(n);
    for (target, level) in levels.iter().enumerate().rev() {
        let controls: Vec<usize> = (target + 1..n).collect();
        multiplex(&mut c, StdGate::RY, &split_angles(level), &controls, target)?;
    }
    Ok(c)
}

/// For each pair of probabilities the angle of the RY that makes it from |0⟩.
fn split_angles(level: &[f64]) -> Vec<f64> {
    let pairs = level.chunks_exact(2);
    let angles = pairs.map(|p| (p[0] + p[1] > 0.0).then(|| angle(p[0], p[1])));
    let angles: Vec<Option<f64>> = angles.collect();
    // What is never reached may turn by any angle. By its neighbour's, more rotations are zero.
    let mut last = angles.iter().copied().flatten().next().unwrap_or(0.0);
    let mut or_last = |angle: Option<f64>| {
        last = angle.unwrap_or(last);
        last
    };
    angles.into_iter().map(&mut or_last).collect()
}

/// A function as an amplitude: on n + 1 qubits, |i⟩|0⟩ → |i⟩(√(1-f_i)|0⟩ + √f_i|1⟩) with
/// f_i = `values[i]` for the 2^n states i of qubits 0 to n-1, and qubit n, the objective, last.
/// After [`distribution`] the objective is 1 with probability Σ_i p_i f_i: the mean that amplitude
/// estimation finds (Rebentrost, Gupt and Bromley, arXiv:1805.00109 (2018), their R). One
/// multiplexed RY by 2 arcsin √f_i: at most 2^n RY and 2^n CX, fewer for a smooth function (n + 1
/// RY and 2n CX where arcsin √f_i is linear in i).
///
/// ```
/// use ketlab::{Circuit, Simulator};
/// use ketlab::circuit::library::{amplitude_function, distribution};
/// let mut c = Circuit::new(3);
/// c.append(&distribution(&[0.1, 0.2, 0.3, 0.4]));
/// c.append(&amplitude_function(&[0.0, 0.5, 1.0, 0.25]));
/// let one: f64 = Simulator::new().probabilities(&c)?[4..].iter().sum();
/// assert!((one - (0.2 * 0.5 + 0.3 + 0.4 * 0.25)).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_amplitude_function`].
#[track_caller]
pub fn amplitude_function(values: &[f64]) -> Circuit {
    try_amplitude_function(values).unwrap_or_else(|e| panic!("{e}"))
}

/// [`amplitude_function`] that returns the error.
///
/// # Errors
/// If the number of values is not 2^n for n up to 24, or a value is not from 0 to 1.
pub fn try_amplitude_function(values: &[f64]) -> Result<Circuit> {
    let n = num_qubits("values of a function", values.len(), 1)?;
    if let Some((i, &value)) = find(values, |f| (0.0..=1.0).contains(&f)) {
        return Err(refused(format!("value {i} of a function"), value, "from 0 to 1"));
    }
    let angles: Vec<f64> = values.iter().map(|&f| angle(1.0 - f, f)).collect();
    let controls: Vec<usize> = (0..n).collect();
    let mut c = Circuit::new(n + 1);
    multiplex(&mut c, StdGate::RY, &angles, &controls, n)?;
    Ok(c)
}

/// RY by this angle takes |0⟩ to √zero|0⟩ + √one|1⟩ over √(zero + one). Unlike an arcsine it is
/// exact to rounding everywhere.
fn angle(zero: f64, one: f64) -> f64 {
    2.0 * one.sqrt().atan2(zero.sqrt())
}

/// n of 2^n values, at least `least` values.
fn num_qubits(what: &str, count: usize, least: usize) -> Result<usize> {
    if !count.is_power_of_two() || count < least {
        return Err(Error::Invalid {
            what: format!("the number of {what}"),
            value: count.to_string(),
            expected: format!("it must be a power of two, at least {least}"),
        });
    }
    check_num_gates(count, 1)?;
    Ok(count.ilog2() as usize)
}

/// The first value that is not as it should be.
fn find(values: &[f64], is_right: impl Fn(f64) -> bool) -> Option<(usize, &f64)> {
    values.iter().enumerate().find(|&(_, &value)| !is_right(value))
}

fn refused(what: String, value: f64, expected: &str) -> Error {
    if !value.is_finite() {
        return Error::NotFinite { what, value };
    }
    let expected = format!("it must be {expected}");
    Error::Invalid { what, value: value.to_string(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Simulator;
    use proptest::prelude::*;

    fn count(c: &Circuit, name: &str) -> usize {
        c.count_ops().get(name).copied().unwrap_or(0)
    }

    /// ‖Δψ‖ of the state that the circuit makes and Σ √p_i |i⟩.
    fn error_of(c: &Circuit, probabilities: impl ExactSizeIterator<Item = f64>) -> f64 {
        let state = Simulator::new().state::<f64>(c).unwrap();
        assert_eq!(1 << c.num_qubits(), probabilities.len());
        let differences = probabilities.zip(0..).map(|(p, i)| state.amplitude(i) - p.sqrt());
        differences.map(|d| d.norm_sqr()).sum::<f64>().sqrt()
    }

    fn prepares(weights: &[f64]) -> Circuit {
        let c = distribution(weights);
        let sum: f64 = weights.iter().sum();
        let error = error_of(&c, weights.iter().map(|w| w / sum));
        assert!(error < 1e-13, "{error} {weights:?}");
        c
    }

    /// Uniform, zero, or of any order of magnitude.
    fn weight() -> impl Strategy<Value = f64> {
        prop_oneof![0.0..1.0, Just(0.0), (-40.0f64..3.0).prop_map(|e| 10f64.powf(e))]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]
        #[test]
        fn amplitudes_are_square_roots(
            n in 1u32..=6,
            mut weights in prop::collection::vec(weight(), 64),
            at in 0usize..64,
        ) {
            weights.truncate(1 << n);
            weights[at % (1 << n)] = 0.7; // not all zero
            let c = prepares(&weights);
            prop_assert!(count(&c, "ry") < 1 << n && count(&c, "cx") <= (1 << n) - 2);
            prop_assert_eq!(count(&c, "ry") + count(&c, "cx"), c.ops().len());
        }

        #[test]
        fn functions_are_amplitudes_of_the_objective(
            n in 0u32..=5,
            mut values in prop::collection::vec(
                prop_oneof![0.0..=1.0, Just(0.0), Just(1.0), 0.0..1e-12], 32),
            mut weights in prop::collection::vec(0.1..1.0, 32),
        ) {
            values.truncate(1 << n);
            weights.truncate(1 << n);
            let f = amplitude_function(&values);
            prop_assert!(count(&f, "ry") <= 1 << n && count(&f, "cx") <= 1 << n);
            let mut c = Circuit::new(n as usize + 1);
            if n > 0 {
                c.append(&distribution(&weights));
            } else {
                weights[0] = 1.0;
            }
            c.append(&f);
            let sum: f64 = weights.iter().sum();
            let joint = |f: fn(f64) -> f64| {
                weights.iter().zip(&values).map(move |(w, &v)| w / sum * f(v)).collect::<Vec<_>>()
            };
            let expected = [joint(|v| 1.0 - v), joint(|v| v)].concat();
            prop_assert!(error_of(&c, expected.into_iter()) < 1e-13);
        }
    }

    #[test]
    fn a_full_distribution_has_a_rotation_less_than_states() {
        for n in 1..=6 {
            // Every rotation of every level is by some angle.
            let c = prepares(&(0..1 << n).map(|i| 1.0 / (1.0 + i as f64)).collect::<Vec<_>>());
            assert_eq!((count(&c, "ry"), count(&c, "cx")), ((1 << n) - 1, (1 << n) - 2), "{n}");
        }
    }

    #[test]
    fn what_is_simple_has_no_cx() {
        for i in 0..16 {
            let mut weights = [0.0; 16];
            weights[i] = 3.0;
            let c = prepares(&weights);
            assert_eq!((count(&c, "ry"), count(&c, "cx")), (i.count_ones() as usize, 0));
        }
        assert_eq!(count(&prepares(&[1.0; 16]), "cx"), 0);
        assert_eq!(count(&prepares(&[0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 3.0, 6.0]), "cx"), 0);
        let product: Vec<f64> = (0..64u32).map(|i| 0.3f64.powi(i.count_ones() as i32)).collect();
        let c = prepares(&product);
        assert_eq!((count(&c, "ry"), count(&c, "cx")), (6, 0));
    }

    #[test]
    fn smooth_distributions_have_few_rotations() {
        // A normal distribution: the angles of the last levels are nearly linear.
        let density = |i: usize| (-0.5 * ((i as f64 / 4096.0 - 0.4) / 0.1).powi(2)).exp();
        let c = prepares(&(0..1 << 12).map(density).collect::<Vec<_>>());
        assert!(count(&c, "ry") < 1500 && count(&c, "cx") < 2000);
    }

    #[test]
    fn extremes_are_finite() {
        prepares(&[1.0, 0.0]);
        prepares(&[0.0, 7.0]);
        prepares(&[-0.0, -0.0, 1.0, -0.0]);
        prepares(&[1e-300, 1.0, 0.0, 1e-17]);
        prepares(&[5e-324; 4]);
        let c = distribution(&[f64::MAX; 4]);
        assert!(error_of(&c, [0.25; 4].into_iter()) < 1e-15);
    }

    #[test]
    fn constant_functions_are_one_rotation() {
        let counts = |c: Circuit| (count(&c, "ry"), count(&c, "cx"));
        assert_eq!(counts(amplitude_function(&[0.0; 8])), (0, 0));
        assert_eq!(counts(amplitude_function(&[-0.0; 8])), (0, 0));
        assert_eq!(counts(amplitude_function(&[0.3; 8])), (1, 0));
        assert_eq!(counts(amplitude_function(&[1.0])), (1, 0));
    }

    #[test]
    fn refuses_what_is_no_distribution() {
        let text = |weights: &[f64]| try_distribution(weights).unwrap_err().to_string();
        assert_eq!(
            text(&[0.2; 3]),
            "the number of probabilities is 3; it must be a power of two, at least 2"
        );
        assert!(try_distribution(&[]).is_err() && try_distribution(&[1.0]).is_err());
        assert_eq!(text(&[0.0; 4]), "the largest probability is 0; it must be more than 0");
        assert_eq!(text(&[0.5, -0.5]), "probability 1 is -0.5; it must be finite and not negative");
        assert_eq!(text(&[f64::NAN, 0.5]), "probability 0 is NaN; it must be a finite number");
        assert_eq!(text(&[f64::INFINITY, 0.5]), "probability 0 is inf; it must be a finite number");
        assert!(try_distribution(&vec![1.0; 1 << 25]).is_err());
    }

    #[test]
    fn refuses_what_is_no_fraction() {
        let text = |values: &[f64]| try_amplitude_function(values).unwrap_err().to_string();
        assert_eq!(text(&[0.5, 1.5]), "value 1 of a function is 1.5; it must be from 0 to 1");
        assert!(text(&[-0.1]).contains("value 0 of a function is -0.1"));
        assert!(text(&[f64::NAN]).contains("finite"));
        assert_eq!(
            text(&[]),
            "the number of values of a function is 0; it must be a power of two, at least 1"
        );
    }
}
