//! The inverse temperature that samples look as if they had, and how well it fits them.

use crate::error::{Error, Result};
use crate::ising::{Ising, SampleSet};
use crate::math::Bits;
use serde::Serialize;

/// Steps of the search; each halves the interval at worst.
const STEPS: usize = 200;

/// The β at which e^{-βE} is most likely to have given samples, by their pseudo-likelihood, and the
/// misfit. The fit always gives a number: samples of a quantum annealer that froze in a transverse
/// field are no classical Boltzmann samples at any β (Amin, Phys. Rev. A 92, 052323 (2015); Marshall,
/// Rieffel and Hen, Phys. Rev. Applied 8, 064025 (2017)), which the misfit tells.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EffectiveTemperature {
    /// β, in the inverse of the model's unit of energy.
    pub beta: f64,
    /// Its standard error from the scatter of the samples.
    pub standard_error: f64,
    /// Root mean square, over the fields and couplings of the model, of the derivative of the mean
    /// log-pseudo-likelihood by each: what is left of ⟨s_i⟩ and ⟨s_i s_j⟩ when every spin is drawn
    /// again at β among its neighbours. 0 for Boltzmann samples, but for noise; at most 2.
    pub misfit: f64,
    /// What sampling alone makes of it.
    pub misfit_noise: f64,
}

impl EffectiveTemperature {
    /// Fits samples of a model; a spin i has P(s_i | others) = 1/(1 + e^{2β s_i f_i}) in its field
    /// f_i = h_i + Σ J_ij s_j (Besag, J. R. Stat. Soc. B 37, 192 (1975)).
    ///
    /// # Errors
    /// If there are fewer than two samples, the model has no fields or couplings, or the samples are
    /// all local minima, so that no β is large enough.
    pub fn fit(model: &Ising, samples: &SampleSet) -> Result<Self> {
        let invalid = |value: String, expected: &str| {
            let what = "the samples that a temperature is fitted to".into();
            Err(Error::Invalid { what, value, expected: expected.into() })
        };
        if samples.reads() < 2 {
            return invalid(format!("{} of them", samples.reads()), "at least 2");
        }
        let rows: Vec<Row> = (0..samples.len()).map(|row| Row::of(model, samples, row)).collect();
        let scale = rows.iter().flat_map(|r| &r.aligned).fold(0.0f64, |m, a| m.max(a.abs()));
        if scale == 0.0 {
            return invalid("of a model without energies".into(), "fields or couplings that act");
        }
        // Spins with and against their field, or the likelihood grows without end.
        let any = |sign: f64| rows.iter().flat_map(|r| &r.aligned).any(|a| sign * a > 0.0);
        if !any(1.0) || !any(-1.0) {
            return invalid(
                "all with, or all against their fields".into(),
                "spins of both kinds, else the likelihood grows with β without end",
            );
        }
        let slope = |beta: f64| rows.iter().map(|r| r.weight * r.slope(beta)).sum::<f64>();
        // Concave: the maximum is where the slope changes sign.
        let (mut low, mut high) = (-1.0 / scale, 1.0 / scale);
        for _ in 0..STEPS {
            if slope(low) < 0.0 {
                low *= 2.0;
            } else if slope(high) > 0.0 {
                high *= 2.0;
            } else {
                break;
            }
        }
        for _ in 0..STEPS {
            let middle = 0.5 * (low + high);
            if slope(middle) > 0.0 { low = middle } else { high = middle }
        }
        let beta = 0.5 * (low + high);
        let curvature: f64 = rows.iter().map(|r| r.weight * r.curvature(beta)).sum();
        let scatter: f64 = rows.iter().map(|r| r.weight * r.slope(beta).powi(2)).sum();
        let (misfit, misfit_noise) = misfit(model, &rows, beta, samples.reads());
        let standard_error = scatter.sqrt() / curvature.abs();
        Ok(EffectiveTemperature { beta, standard_error, misfit, misfit_noise })
    }
}

/// A sample: its spins and 2 s_i f_i.
struct Row {
    bits: Bits,
    weight: f64,
    aligned: Vec<f64>,
}

impl Row {
    fn of(model: &Ising, samples: &SampleSet, row: usize) -> Self {
        let bits = samples.bits(row);
        // Flipping spin i changes the energy by -2 s_i f_i.
        let aligned = (0..model.num_spins()).map(|i| -model.energy_delta(&bits, i)).collect();
        Row { bits, weight: samples.occurrences(row) as f64, aligned }
    }

    /// d/dβ of -Σ ln(1 + e^{βa}).
    fn slope(&self, beta: f64) -> f64 {
        -self.aligned.iter().map(|a| a / (1.0 + (-beta * a).exp())).sum::<f64>()
    }

    fn curvature(&self, beta: f64) -> f64 {
        let of_spin = |a: &f64| {
            let p = 1.0 / (1.0 + (-beta * a).exp());
            -a * a * p * (1.0 - p)
        };
        self.aligned.iter().map(of_spin).sum()
    }

    fn spin(&self, i: usize) -> f64 {
        if self.bits.bit(i) { -1.0 } else { 1.0 }
    }

    /// s_i - tanh(-β f_i) = 2 s_i P(-s_i | others).
    fn surprise(&self, i: usize, beta: f64) -> f64 {
        2.0 * self.spin(i) / (1.0 + (-beta * self.aligned[i]).exp())
    }
}

/// Root mean squares of the scores and of their standard errors.
fn misfit(model: &Ising, rows: &[Row], beta: f64, reads: u64) -> (f64, f64) {
    let fields = model.fields().iter().enumerate().filter(|(_, h)| **h != 0.0);
    let of_fields = fields.map(|(i, _)| (i, None));
    let pairs = model.couplings().iter().map(|&(i, j, _)| (i, Some(j)));
    let (mut square, mut variance, mut count) = (0.0, 0.0, 0.0);
    for (i, partner) in of_fields.chain(pairs) {
        let (mut sum, mut squares) = (0.0, 0.0);
        for row in rows {
            let score = match partner {
                None => row.surprise(i, beta),
                Some(j) => {
                    0.5 * (row.surprise(i, beta) * row.spin(j)
                        + row.surprise(j, beta) * row.spin(i))
                }
            };
            sum += row.weight * score;
            squares += row.weight * score * score;
        }
        let mean = sum / reads as f64;
        square += mean * mean;
        variance += (squares / reads as f64 - mean * mean) / reads as f64;
        count += 1.0;
    }
    (f64::sqrt(square / count), f64::sqrt(variance / count))
}
