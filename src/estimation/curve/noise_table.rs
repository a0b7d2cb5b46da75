//! Where the quadratic advantage ends: the best method for each noise and precision.

use super::point::Measure;
use super::result::CurveResult;
use serde::Serialize;

/// The cheapest method that reaches a precision under a noise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Best {
    /// Its name.
    pub method: String,
    /// Uses of A that it takes.
    pub uses: f64,
    /// Uses of A that Monte Carlo takes, √(a(1-a)/N) = ε solved for N; noise does not reach it, since
    /// it runs A alone.
    pub monte_carlo: f64,
    /// How many times fewer uses it takes than Monte Carlo.
    pub gain: f64,
    /// The middle 95 % of the gain when the repeats are drawn anew; 0 at its lower end where the
    /// precision is then not reached.
    pub gain_interval: (f64, f64),
}

/// For each fidelity κ of a Grover step and each precision ε, the method that reaches a root mean
/// squared error of ε with the fewest uses of A, among those that the curves went to; `None` where
/// none reaches it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoiseTable {
    /// Fidelities, one per row.
    pub kappas: Vec<f64>,
    /// Precisions, one per column.
    pub epsilons: Vec<f64>,
    /// The best method, by rows.
    pub best: Vec<Vec<Option<Best>>>,
}

impl NoiseTable {
    /// The table of one curve for each fidelity, whose errors are looked up between their points. Monte Carlo
    /// takes part by its closed form, up to the largest uses that any method of the curve took.
    pub fn new(curves: &[CurveResult], epsilons: &[f64]) -> Self {
        let row = |result: &CurveResult| epsilons.iter().map(|&e| best(result, e)).collect();
        NoiseTable {
            kappas: curves.iter().map(|c| c.kappa).collect(),
            epsilons: epsilons.to_vec(),
            best: curves.iter().map(row).collect(),
        }
    }

    /// The finest precision at which a method other than Monte Carlo is at least `factor` times
    /// cheaper, for each fidelity; `None` where there is none.
    pub fn advantage_ends(&self, factor: f64) -> Vec<Option<f64>> {
        let finest = |row: &Vec<Option<Best>>| {
            let ahead = row.iter().zip(&self.epsilons).filter(|(best, _)| {
                best.as_ref().is_some_and(|b| b.method != "monte-carlo" && b.gain >= factor)
            });
            ahead.map(|(_, &e)| e).min_by(f64::total_cmp)
        };
        self.best.iter().map(finest).collect()
    }
}

fn best(result: &CurveResult, epsilon: f64) -> Option<Best> {
    let variances: Vec<f64> = result.amplitudes.iter().map(|a| a * (1.0 - a)).collect();
    let monte_carlo = (crate::math::statistics::mean(&variances) / (epsilon * epsilon)).max(1.0);
    let sampled = Best {
        method: "monte-carlo".into(),
        uses: monte_carlo,
        monte_carlo,
        gain: 1.0,
        gain_interval: (1.0, 1.0),
    };
    // How near a grid is to one amplitude is luck, and wins nothing.
    let curves = result.curves.iter().filter(|c| c.method != "monte-carlo" && !c.is_luck);
    let found = curves.filter_map(|c| {
        let uses = c.uses_for(epsilon, Measure::Rmse)?;
        let within = c.interval_of_uses_for(epsilon, Measure::Rmse).unwrap_or((uses, uses));
        let gain = |uses: f64| if uses < 1e300 { monte_carlo / uses } else { 0.0 };
        let gain_interval = (gain(within.1), gain(within.0));
        let (method, gain) = (c.method.clone(), gain(uses));
        Some(Best { method, uses, monte_carlo, gain, gain_interval })
    });
    // Beyond what the others were given, it would win for want of a rival.
    let most = result.curves.iter().flat_map(|c| &c.points).map(|p| p.uses).fold(0.0, f64::max);
    let sampled = Some(sampled).filter(|s| s.uses <= most);
    found.chain(sampled).min_by(|a, b| a.uses.total_cmp(&b.uses))
}
