//! Randomized Kaczmarz: rows by their squared norms, as a quantum memory would give them.

use super::rival::{Accuracy, Rival, Solution};
use crate::advantage::linear_systems::system::{LinearSystem, invalid};
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, Watch};
use rand::RngExt;

/// The most rows that are read.
const MOST: f64 = 2e8;
/// Steps between two looks at the watch.
const ROUND: u64 = 1 << 14;

/// Kaczmarz's projections on rows drawn by their squared norms (Strohmer and Vershynin, Journal of
/// Fourier Analysis and Applications 15, 262 (2009)), the classical algorithm with the access to A that
/// quantum algorithms assume: sampling rows by their norms. Dequantised solvers build on it (Gilyén,
/// Song and Tang, arXiv:2009.07268; Shao and Montanaro, arXiv:2103.10309). It makes as many steps as
/// [`kaczmarz_bound`] needs for (ε/4)².
#[derive(Debug, Clone, Copy)]
pub struct Kaczmarz;

/// The bound of E‖x_k - x‖²/‖x_0 - x‖² after k steps: (1 - 1/κ_F²)^k with κ_F = ‖A‖_F ‖A⁻¹‖
/// (Strohmer and Vershynin 2009, theorem 2). `frobenius` is κ_F².
pub fn kaczmarz_bound(frobenius: f64, steps: u64) -> f64 {
    (steps as f64 * (-1.0 / frobenius).ln_1p()).exp()
}

impl Rival for Kaczmarz {
    fn name(&self) -> &'static str {
        "Kaczmarz"
    }

    fn solve(
        &self,
        system: &LinearSystem,
        accuracy: &Accuracy,
        seed: u64,
        watch: &Watch,
    ) -> Result<Solution> {
        let squares = row_squares(system);
        let frobenius = squares.iter().sum::<f64>() / (accuracy.least * accuracy.least);
        let rate = -(-1.0 / frobenius).ln_1p();
        let needed = (2.0 * (4.0 / accuracy.error).ln() / rate).ceil().max(1.0);
        // Of one row, κ_F is 1 and one step is all.
        let needed = if needed.is_finite() { needed } else { 1.0 };
        if needed > MOST {
            return Err(invalid(
                "the number of rows that Kaczmarz reads",
                needed,
                format!("more than {MOST}: κ_F² is {frobenius:.3e}"),
            ));
        }
        let (x, operations) = project(system, &squares, needed as u64, seed, watch)?;
        Ok(Solution {
            x,
            operations,
            uses: needed / system.size() as f64,
            assumes:
                "rows are drawn by their squared norms; drawing costs nothing, and κ_F is known"
                    .into(),
        })
    }
}

fn row_squares(system: &LinearSystem) -> Vec<f64> {
    system.rows().iter().map(|row| row.iter().map(|(_, a)| a * a).sum()).collect()
}

/// x after so many steps from 0, and the multiplications.
fn project(
    system: &LinearSystem,
    squares: &[f64],
    steps: u64,
    seed: u64,
    watch: &Watch,
) -> Result<(Vec<f64>, u64)> {
    let mut sums: Vec<f64> = squares
        .iter()
        .scan(0.0, |sum, square| {
            *sum += square;
            Some(*sum)
        })
        .collect();
    let total = sums.pop().unwrap_or_default();
    let mut rng = Streams::new(seed, Domain::LinearSystems).stream(2 << 32 | system.size() as u64);
    let mut x = vec![0.0; system.size()];
    let mut operations = 0;
    for step in 0..steps {
        if step % ROUND == 0 && watch.is_cancelled() {
            return Err(Error::Interrupted);
        }
        let drawn = rng.random::<f64>() * total;
        let row = sums.partition_point(|sum| *sum <= drawn);
        let entries = &system.rows()[row];
        let product: f64 = entries.iter().map(|&(c, a)| a * x[c]).sum();
        let shift = (system.rhs()[row] - product) / squares[row];
        entries.iter().for_each(|&(c, a)| x[c] += shift * a);
        operations += 2 * entries.len() as u64 + 1;
    }
    Ok((x, operations))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds_in_the_mean_over_a_thousand_runs() {
        let system = LinearSystem::toeplitz(3.0, -1.0, vec![1.0, 0.5, -2.0, 0.25, 1.0]).unwrap();
        let (least, _) = system.spectrum().unwrap().magnitudes();
        let squares = row_squares(&system);
        let frobenius = squares.iter().sum::<f64>() / (least * least);
        let rhs = nalgebra::DVector::from_row_slice(system.rhs());
        let exact = system.dense().lu().solve(&rhs).unwrap();
        for steps in [5, 20, 80] {
            let mut ratios = Vec::new();
            for seed in 0..1000 {
                let (x, _) = project(&system, &squares, steps, seed, &Watch::default()).unwrap();
                let error: f64 = x.iter().zip(exact.iter()).map(|(x, y)| (x - y).powi(2)).sum();
                ratios.push(error / exact.norm_squared());
            }
            let mean = ratios.iter().sum::<f64>() / 1000.0;
            let bound = kaczmarz_bound(frobenius, steps);
            assert!(mean <= bound && mean > 0.0, "{steps}: {mean} {bound}");
        }
    }

    #[test]
    fn what_would_take_too_long_is_refused() {
        let system = LinearSystem::with_condition(1e6, vec![1.0; 100]).unwrap();
        let (least, most) = system.spectrum().unwrap().magnitudes();
        let accuracy = Accuracy { error: 0.01, condition: most / least, least };
        let refused = Kaczmarz.solve(&system, &accuracy, 0, &Watch::default()).unwrap_err();
        assert!(refused.to_string().contains("κ_F²"), "{refused}");
        let one = LinearSystem::new(&[vec![-2.0]], vec![3.0]).unwrap();
        let accuracy = Accuracy { error: 0.01, condition: 1.0, least: 2.0 };
        let solved = Kaczmarz.solve(&one, &accuracy, 0, &Watch::default()).unwrap();
        assert_eq!(solved.x, [-1.5]);
    }
}
