//! The data of Havlíček et al. (2019), which a quantum kernel separates by construction.

use super::{Points, check_rows};
use crate::error::{Error, Result, shown};
use crate::learning::data::DataSet;
use crate::learning::data::streams::{Purpose, stream};
use num_complex::Complex64;
use rand::RngExt;
use rand_distr::{Distribution as _, StandardNormal};
use std::f64::consts::PI;

/// The most features (qubits) of [`ad_hoc`].
pub const MAX_AD_HOC_FEATURES: usize = 5;
/// Rows that are drawn for each that is wanted, before the gap is held to be too large.
const MAX_DRAWS: usize = 20_000;

/// Rows x uniform in (0, 2π]^n, n features, whose class is the sign of
/// ⟨Φ(x)| V† Z⊗…⊗Z V |Φ(x)⟩, where V is one random unitary (Haar's measure) for all rows, and
/// |Φ(x)⟩ is the state of the ZZ feature map with two layers: U(x) H^⊗n U(x) H^⊗n |0⟩,
/// U(x) = exp(-i Σ_q x_q Z_q - i Σ_{q<p} (π - x_q)(π - x_p) Z_q Z_p) (Havlíček et al., Nature 567, 209
/// (2019), equations 1 and 2 and supplement, who take n = 2 and a gap of 0.3). Rows whose mean is
/// within `gap` of 0 are left out. Classes are `-1` and `1`, equally many (an odd row is of `1`), in
/// random order; there is no noise.
///
/// qiskit-machine-learning's `ad_hoc_data` draws from the same law for n = 2, up to the sign of the
/// exponent, which is that of the complex conjugate states, and up to its V and its grid of points.
///
/// # Errors
/// If there are not 2 to [`MAX_AD_HOC_FEATURES`] features, not 2 rows, the gap is not from 0 to 1 (1
/// is too much), so few points lie beyond it that they are not found, or the rows do not fit in
/// memory.
pub fn ad_hoc(rows: usize, gap: f64, num_features: usize, seed: u64) -> Result<DataSet> {
    if !(2..=MAX_AD_HOC_FEATURES).contains(&num_features) {
        return Err(Error::Invalid {
            what: "the number of features of the ad hoc data".into(),
            value: num_features.to_string(),
            expected: format!("it must be from 2 to {MAX_AD_HOC_FEATURES}"),
        });
    }
    check_rows("the ad hoc data", rows, 2, num_features)?;
    if !(0.0..1.0).contains(&gap) {
        return Err(Error::Invalid {
            what: "the gap of the ad hoc data".into(),
            value: shown(gap),
            expected: "it must be at least 0 and less than 1".into(),
        });
    }
    let unitary = random_unitary(1 << num_features, seed);
    let mut rng = stream(seed, Purpose::Rows);
    let wanted = [rows / 2, rows - rows / 2];
    let mut points = Points::new(num_features);
    let mut found = [0, 0];
    let mut in_vain = 0;
    while found != wanted {
        // 1 - u is in (0, 1].
        let x: Vec<f64> =
            (0..num_features).map(|_| 2.0 * PI * (1.0 - rng.random::<f64>())).collect();
        let mean = mean_parity(&unitary, &zz_state(&x, 2));
        let class = usize::from(mean > 0.0);
        if mean.abs() > gap && found[class] < wanted[class] {
            found[class] += 1;
            in_vain = 0;
            points.push(x, class);
            continue;
        }
        in_vain += 1;
        if in_vain == MAX_DRAWS {
            return Err(Error::Invalid {
                what: "the gap of the ad hoc data".into(),
                value: shown(gap),
                expected: format!(
                    "none of {MAX_DRAWS} points of the class that was missing lies beyond it; use a \
                     smaller gap or another seed"
                ),
            });
        }
    }
    points.finish(&["-1", "1"], 0.0, seed)
}

/// The state of the ZZ feature map, of as many layers; qubit q is feature q, the q-th least
/// significant bit.
fn zz_state(x: &[f64], layers: usize) -> Vec<Complex64> {
    let n = x.len();
    let sign = |b: usize, q: usize| if b >> q & 1 == 1 { -1.0 } else { 1.0 };
    let phase = |b: usize| {
        let singles: f64 = (0..n).map(|q| x[q] * sign(b, q)).sum();
        let pairs: f64 = (0..n)
            .flat_map(|p| (0..p).map(move |q| (q, p)))
            .map(|(q, p)| (PI - x[q]) * (PI - x[p]) * sign(b, q) * sign(b, p))
            .sum();
        Complex64::from_polar(1.0, -singles - pairs)
    };
    let phases: Vec<Complex64> = (0..1 << n).map(phase).collect();
    let mut state = vec![Complex64::ZERO; 1 << n];
    state[0] = Complex64::ONE;
    for _ in 0..layers {
        for q in 0..n {
            for b in (0..1 << n).filter(|b| b >> q & 1 == 0) {
                let (low, high) = (state[b], state[b | 1 << q]);
                state[b] = (low + high) * 0.5f64.sqrt();
                state[b | 1 << q] = (low - high) * 0.5f64.sqrt();
            }
        }
        for (amplitude, phase) in state.iter_mut().zip(&phases) {
            *amplitude *= phase;
        }
    }
    state
}

/// ⟨ψ| V† Z⊗…⊗Z V |ψ⟩, V by its rows.
fn mean_parity(unitary: &[Vec<Complex64>], state: &[Complex64]) -> f64 {
    let probability = |row: &Vec<Complex64>| {
        row.iter().zip(state).map(|(v, amplitude)| v * amplitude).sum::<Complex64>().norm_sqr()
    };
    let sign = |b: usize| if b.count_ones() % 2 == 1 { -1.0 } else { 1.0 };
    unitary.iter().enumerate().map(|(b, row)| sign(b) * probability(row)).sum()
}

/// The rows of a unitary drawn from Haar's measure: normal numbers, made orthonormal by Gram and
/// Schmidt, whose triangular factor has the positive diagonal that makes the law Haar's (Mezzadri,
/// Notices AMS 54, 592 (2007)). Its determinant is some phase, which no mean depends on.
fn random_unitary(size: usize, seed: u64) -> Vec<Vec<Complex64>> {
    let mut rng = stream(seed, Purpose::Model);
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let mut rows: Vec<Vec<Complex64>> = Vec::with_capacity(size);
    while rows.len() < size {
        let mut row: Vec<Complex64> =
            (0..size).map(|_| Complex64::new(normal(), normal())).collect();
        // Twice is enough for orthogonality to rounding.
        for earlier in rows.iter().chain(&rows) {
            let overlap: Complex64 = earlier.iter().zip(&row).map(|(e, r)| e.conj() * r).sum();
            row.iter_mut().zip(earlier).for_each(|(r, e)| *r -= overlap * e);
        }
        let norm = row.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        rows.push(row.into_iter().map(|z| z / norm).collect());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::tests::labels;
    use super::*;
    use crate::learning::data::testing::reference_json;
    use crate::math::matrix::unitarity_deviation;
    use nalgebra::DMatrix;
    use serde_json::Value;

    fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    }

    fn kernel(a: &[f64], b: &[f64], layers: usize) -> f64 {
        let (a, b) = (zz_state(a, layers), zz_state(b, layers));
        a.iter().zip(&b).map(|(a, b)| a.conj() * b).sum::<Complex64>().norm_sqr()
    }

    #[test]
    fn states_are_those_of_the_reference() {
        let Some(data) = reference_json("kernels/zz_feature_map.json") else { return };
        let mut compared = 0;
        for case in data["cases"].as_array().unwrap() {
            let layers = case["reps"].as_u64().unwrap() as usize;
            let rows: Vec<Vec<f64>> = case["X"].as_array().unwrap().iter().map(numbers).collect();
            for (a, wanted) in rows.iter().zip(case["K"].as_array().unwrap()) {
                for (b, wanted) in rows.iter().zip(numbers(wanted)) {
                    assert!((kernel(a, b, layers) - wanted).abs() < 1e-9);
                    compared += 1;
                }
            }
        }
        assert!(compared > 100);
    }

    #[test]
    fn a_random_unitary_is_unitary() {
        for n in 2..=MAX_AD_HOC_FEATURES {
            let rows = random_unitary(1 << n, 4);
            let matrix = DMatrix::from_fn(1 << n, 1 << n, |i, j| rows[i][j]);
            assert!(unitarity_deviation(&matrix) < 1e-13);
        }
    }

    #[test]
    fn means_of_all_rows_follow_from_those_of_few() {
        // ⟨O⟩ is linear in the density matrix, which for two qubits has 16 real numbers: 40 rows
        // determine O, and the labels of all others.
        let data = ad_hoc(400, 0.3, 2, 11).unwrap();
        let classes = labels(&data);
        assert_eq!(classes.iter().sum::<usize>(), 200);
        let density = |row: usize| {
            let state = zz_state(&data.features().row(row).to_vec(), 2);
            let entry = |i: usize, j: usize| state[i] * state[j].conj();
            (0..16)
                .map(|k| {
                    let z = entry(k / 4, k % 4);
                    if k / 4 <= k % 4 { z.re } else { z.im }
                })
                .collect::<Vec<f64>>()
        };
        let unitary = random_unitary(4, 11);
        let mean = |row| mean_parity(&unitary, &zz_state(&data.features().row(row).to_vec(), 2));
        let few = DMatrix::from_fn(40, 16, |i, j| density(i)[j]);
        let means = nalgebra::DVector::from_fn(40, |i, _| mean(i));
        let observable = few.svd(true, true).solve(&means, 1e-10).unwrap();
        for row in 0..400 {
            let x = density(row);
            let predicted: f64 = x.iter().zip(&observable).map(|(a, b)| a * b).sum();
            assert!(predicted.abs() > 0.3 && (predicted > 0.0) == (classes[row] == 1), "{row}");
            let inside = data.features().row(row).iter().all(|x| *x > 0.0 && *x <= 2.0 * PI);
            assert!(inside && predicted.abs() <= 1.0 + 1e-9);
        }
    }

    #[test]
    fn sizes_seeds_and_refusals() {
        for n in 2..=MAX_AD_HOC_FEATURES {
            let data = ad_hoc(21, 0.3, n, 1).unwrap();
            assert_eq!((data.num_features(), labels(&data).iter().sum::<usize>()), (n, 11));
        }
        assert_eq!(ad_hoc(20, 0.3, 2, 5).unwrap(), ad_hoc(20, 0.3, 2, 5).unwrap());
        assert_ne!(ad_hoc(20, 0.3, 2, 5).unwrap(), ad_hoc(20, 0.3, 2, 6).unwrap());
        let says = |result: Result<DataSet>| result.unwrap_err().to_string();
        assert!(says(ad_hoc(20, 0.3, 1, 0)).contains("data is 1; it must be from 2 to 5"));
        assert!(says(ad_hoc(1, 0.3, 2, 0)).contains("must be at least 2"));
        assert!(says(ad_hoc(20, f64::NAN, 2, 0)).contains("gap of the ad hoc data is NaN;"));
        assert!(says(ad_hoc(20, 1.0, 2, 0)).contains("less than 1"));
        assert!(says(ad_hoc(20, 1.0 - 1e-12, 2, 0)).contains("use a smaller gap or another seed"));
    }
}
