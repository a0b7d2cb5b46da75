//! Where the error of HHL comes from.

use super::law::{check, evolved, moments};
use super::question::Question;
use super::spectrum::Spectrum;
use super::system::{LinearSystem, invalid};
use crate::circuit::library::{ClockWindow, Evolution, Hhl};
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, Watch, split};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// One imperfection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BudgetItem {
    /// Its name.
    pub name: String,
    /// By how much the answer changes when it is switched on after those before it, over the exact
    /// answer; with its sign.
    pub change: f64,
}

/// The error of x†Mx by HHL, from an ideal run to the real one: imperfections are switched on one after
/// the other, so that the changes add up to the error, and their order is part of what they mean.
///
/// 1. `rotation`: the amplitude C/λ is clipped at 1 for |λ| < C and is 0 for |λ| < C/2.
/// 2. `clock grid`: λ is rounded to the nearest bin.
/// 3. `window`: the clock ends at other bins, too.
/// 4. `evolution`: a product formula instead of e^{iAt}.
/// 5. `post-selection`: of ‖x‖², the flag alone is looked at, whether or not the clock is 0 again.
/// 6. `shots`: a share of runs instead of a probability; this draw, whose standard deviation is
///    `shots_deviation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// N.
    pub size: u64,
    /// Clock qubits.
    pub clock: usize,
    /// The clock's window.
    pub window: ClockWindow,
    /// C.
    pub constant: f64,
    /// Half of the grid: eigenvalues from -grid to grid.
    pub grid: f64,
    /// x†Mx.
    pub exact: f64,
    /// What HHL answers.
    pub answer: f64,
    /// The six items.
    pub items: Vec<BudgetItem>,
    /// The sum of the first five: the error with no end of shots.
    pub bias: f64,
    /// The sum of all.
    pub sum: f64,
    /// The sum of their magnitudes.
    pub sum_of_magnitudes: f64,
    /// The standard deviation of the answer over draws, over the exact answer.
    pub shots_deviation: f64,
    /// The probability that the flag is 1.
    pub success: f64,
    /// C²‖A⁻¹b‖²/‖b‖², which it would be without any imperfection.
    pub ideal_success: f64,
    /// The error with no end of shots of the whole circuit, where one was simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circuit: Option<f64>,
}

impl Budget {
    /// The budget of these settings with so many shots.
    ///
    /// # Errors
    /// If there are no shots, or x†Mx is 0, so that nothing is relative to it; as
    /// [`HhlLaw::new`](super::HhlLaw::new).
    pub fn new(
        hhl: &Hhl,
        system: &LinearSystem,
        question: Question,
        shots: u64,
        seed: u64,
    ) -> Result<Self> {
        let spectrum = system.spectrum()?;
        Self::of_spectrum(hhl, system, &spectrum, question, (shots, seed), &Watch::default())
    }

    pub(super) fn of_spectrum(
        hhl: &Hhl,
        system: &LinearSystem,
        spectrum: &Spectrum,
        question: Question,
        (shots, seed): (u64, u64),
        watch: &Watch,
    ) -> Result<Self> {
        check(hhl, spectrum)?;
        if shots == 0 {
            return Err(invalid("the number of shots", 0, "it must be at least 1"));
        }
        let of = |spectrum: &Spectrum, factors: &[f64]| {
            question.returned(&spectrum.combined(factors), system)
        };
        let each = |f: &dyn Fn(f64) -> f64| {
            spectrum.eigenvalues.iter().map(|l| f(*l)).collect::<Vec<f64>>()
        };
        let ideal = of(spectrum, &each(&|l| hhl.constant / l));
        // C² b†A⁻¹MA⁻¹b of what should be 0 is rounding.
        let all: f64 =
            spectrum.combined(&each(&|l| hhl.constant / l)).iter().map(|a| a.norm_sqr()).sum();
        if ideal <= 1e-24 * all {
            let expected = "errors are relative to it; ask for ‖x‖², or change b";
            return Err(invalid("x†Mx", 0, expected));
        }
        let (first, second) = moments(hhl, spectrum, watch)?;
        let mut ladder = vec![
            ideal,
            of(spectrum, &each(&|l| hhl.amplitude(l))),
            of(spectrum, &each(&|l| hhl.amplitude(nearest(hhl, l)))),
            of(spectrum, &first),
        ];
        let success = if hhl.evolution == Evolution::Exact {
            ladder.push(ladder[3]);
            flagged(spectrum, &second)
        } else {
            let evolved = evolved(hhl, system, spectrum)?;
            let (first, second) = moments(hhl, &evolved, watch)?;
            ladder.push(of(&evolved, &first));
            flagged(&evolved, &second)
        };
        ladder.push(if question == Question::Norm { success } else { ladder[4] });
        let probability = ladder[5].clamp(0.0, 1.0);
        let mut rng = Streams::new(seed, Domain::LinearSystems).stream(shots_stream(system, hhl));
        let yes = split(shots, [1.0 - probability, probability], &mut rng);
        ladder.push(yes as f64 / shots as f64);
        let names = ["rotation", "clock grid", "window", "evolution", "post-selection", "shots"];
        let items: Vec<BudgetItem> = names
            .iter()
            .zip(ladder.windows(2))
            .map(|(name, pair)| BudgetItem {
                name: (*name).into(),
                change: (pair[1] - pair[0]) / ideal,
            })
            .collect();
        let unit = (system.rhs_norm() / hhl.constant).powi(2) * question.scale(system.size());
        let exact = ideal * unit;
        if !exact.is_finite() {
            return Err(Error::NotFinite { what: "x†Mx".into(), value: exact });
        }
        if exact < f64::MIN_POSITIVE {
            let expected = "it is too small for a number; take A or b in other units";
            return Err(invalid("x†Mx", exact, expected));
        }
        Ok(Budget {
            size: system.size() as u64,
            clock: hhl.clock,
            window: hhl.window,
            constant: hhl.constant,
            grid: TAU / 2.0 / hhl.time,
            exact,
            answer: ladder[6] * unit,
            bias: items[..5].iter().map(|item| item.change).sum(),
            sum: items.iter().map(|item| item.change).sum(),
            sum_of_magnitudes: items.iter().map(|item| item.change.abs()).sum(),
            items,
            shots_deviation: (probability * (1.0 - probability) / shots as f64).sqrt() / ideal,
            success,
            ideal_success: all,
            circuit: None,
        })
    }
}

fn flagged(spectrum: &Spectrum, second: &[f64]) -> f64 {
    spectrum.coefficients.iter().zip(second).map(|(c, s)| c.norm_sqr() * s).sum()
}

/// The eigenvalue of the bin next to one.
fn nearest(hhl: &Hhl, eigenvalue: f64) -> f64 {
    let bins = hhl.bins() as i64;
    let at = (eigenvalue * hhl.time / TAU * bins as f64).round() as i64;
    hhl.eigenvalue(at.rem_euclid(bins) as usize)
}

/// Each size and clock has its own draw.
fn shots_stream(system: &LinearSystem, hhl: &Hhl) -> u64 {
    1 << 32 | (system.size() as u64) << 8 | hhl.clock as u64
}

#[cfg(test)]
mod tests;
