//! What a circuit's outcomes are like, from all of its probabilities.

use super::estimators::{EULER, Estimator};
use crate::error::Result;
use crate::math::map_in_order;
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_2;

/// Amplitudes that are added up at once: sums do not depend on the number of threads.
const CHUNK: usize = 1 << 14;
/// How far DΣp² - 1 of a deep circuit may be from that of random states, as a part of it.
const DEEP: f64 = 0.1;

/// Moments of the probabilities p of a circuit's D = 2^n strings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Law {
    /// DΣp²: 2D/(D + 1) in the mean over random states, with a deviation of about 2/√D; D where one
    /// string has all.
    pub collision: f64,
    /// ln D + γ + Σ p ln p: 1 for the exponential law.
    pub logarithmic: f64,
    /// The probability of heavy strings, p > ln 2/D: (1 + ln 2)/2 = 0.84657 for the exponential law.
    pub heavy: f64,
    /// The parts of the strings with p > t/D for t = 1, 2, 3, 4: e^{-t} for the exponential law.
    pub above: [f64; 4],
}

impl Law {
    /// Of all amplitudes.
    pub fn of(amplitudes: &[Complex64]) -> Self {
        let d = amplitudes.len() as f64;
        let part = |k: usize| {
            let chunk = &amplitudes[k * CHUNK..];
            let mut sums = Sums::default();
            for amplitude in &chunk[..chunk.len().min(CHUNK)] {
                sums.add(d * amplitude.norm_sqr());
            }
            Ok(sums)
        };
        let parts: Result<Vec<Sums>> = map_in_order(amplitudes.len().div_ceil(CHUNK), part);
        let parts = parts.expect("no part fails");
        let total = |of: fn(&Sums) -> f64| parts.iter().map(of).sum::<f64>() / d;
        Law {
            collision: total(|s| s.squares),
            // Σ p ln p = Σ p ln(D p) - ln D, as the probabilities add up to 1.
            logarithmic: EULER + total(|s| s.entropy),
            heavy: total(|s| s.heavy),
            above: std::array::from_fn(|t| {
                parts.iter().map(|s| s.above[t]).sum::<u64>() as f64 / d
            }),
        }
    }

    /// What samples of the circuit itself score in the mean.
    pub fn exact(&self, by: Estimator) -> f64 {
        match by {
            Estimator::Linear => self.collision - 1.0,
            Estimator::Logarithmic => self.logarithmic,
            Estimator::Heavy => (2.0 * self.heavy - 1.0) / LN_2,
        }
    }

    /// What the variance of D·p of one string is taken to be at least, whatever was seen: few strings may
    /// be all alike by chance, and are no exact answer for that. It is that of uniform strings, DΣp² - 1,
    /// where this is below the 1 of the exponential law at F = 0.
    pub(super) fn least_variance(&self) -> f64 {
        (self.collision - 1.0).clamp(0.0, Estimator::Linear.variance(0.0))
    }

    /// DΣp² in the mean over random states of D = 2^n: 2D/(D + 1).
    pub fn random_collision(num_qubits: u32) -> f64 {
        2.0 / (1.0 + 0.5f64.powi(num_qubits as i32))
    }

    /// Whether DΣp² - 1 is that of random states to a tenth, so that the linear cross entropy of a
    /// mixture is its F to a tenth. Of a shallow circuit it is F·(DΣp² - 1), which can be anything;
    /// random states of few qubits scatter by 2/√D themselves.
    pub fn is_deep(&self, num_qubits: u32) -> bool {
        let random = Self::random_collision(num_qubits) - 1.0;
        (self.collision - 1.0 - random).abs() <= DEEP * random
    }
}

#[derive(Default)]
struct Sums {
    squares: f64,
    entropy: f64,
    heavy: f64,
    above: [u64; 4],
}

impl Sums {
    fn add(&mut self, weight: f64) {
        self.squares += weight * weight;
        if weight > 0.0 {
            self.entropy += weight * weight.ln();
        }
        if weight > LN_2 {
            self.heavy += weight;
        }
        for (t, above) in (1..).zip(&mut self.above) {
            *above += u64::from(weight > f64::from(t));
        }
    }
}
