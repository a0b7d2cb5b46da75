//! Stratified sampling: Cochran, "Sampling Techniques", 3rd edition (1977), chapter 5.

use super::sample::{BELOW_ONE, Running, check_budget, make_samples, student_interval};
use crate::error::Result;
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::check_alpha;
use crate::estimation::problem::experiment::Experiment;
use rand::RngExt;

/// Divides the cube into a grid of equal cells and draws two points or more in each, so that only
/// the variance within the cells is left, which the points of each cell also tell.
///
/// The grid is as fine as a budget of n permits, with cells of equal number in each dimension or
/// one more in the first ones. For smooth functions the standard error falls as n^(-1/2 - 1/d):
/// n^(-3/2) in one dimension. In high dimension the gain vanishes: where n is less than 2^(d+1),
/// only the first dimensions are divided, in two halves each, and in the others points are as in
/// plain Monte Carlo.
///
/// The whole budget is used: where it does not divide evenly, some cells, spread evenly over the
/// grid, have one point more. The estimate is unbiased. With as many points in all cells its
/// variance is at most that of plain Monte Carlo, for any function; else at most half more.
///
/// The interval is Student's, with the degrees of freedom of Satterthwaite (Biometrics Bull. 2, 110
/// (1946)). Details are `strata`, the number of cells, and `divided_dimensions`.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, Integrand, Stratified};
/// let f = Integrand::new("x²", 1, |x| x[0] * x[0])?.with_mean(1.0 / 3.0);
/// let problem = EstimationProblem::integral(f, 4)?.exact_law()?;
/// let result = Stratified::new(10_000)?.estimate(&problem, 1)?;
/// assert!((result.estimation - 1.0 / 3.0).abs() < 1e-5);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Stratified {
    budget: u64,
    alpha: f64,
}

impl Stratified {
    /// So many evaluations, with an interval at 95 %.
    ///
    /// # Errors
    /// If there are fewer than 4 evaluations.
    pub fn new(budget: u64) -> Result<Self> {
        let why = "two in each of two strata";
        check_budget("stratified sampling", budget, 4, why)?;
        Ok(Stratified { budget, alpha: 0.05 })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(Stratified { alpha, ..self })
    }
}

impl AmplitudeEstimator for Stratified {
    fn name(&self) -> String {
        "stratified".into()
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let f = trial.integrand("stratified sampling", "divides the domain of an integrand")?;
        let mut grid = Grid::new(self.budget, f.dimension());
        let (mut cell, mut left) = (Running::default(), grid.points());
        let (mut means, mut variance, mut fourth) = (Running::default(), 0.0, 0.0);
        make_samples(&mut trial, f, self.budget, 1, |x, rng| {
            grid.place(x, || rng.random());
            cell.push(f.evaluate(x)?);
            left -= 1;
            if left == 0 {
                means.push(cell.mean());
                let part = cell.variance_of_mean();
                variance += part;
                fourth += part * part / (cell.count() as f64 - 1.0);
                grid.advance();
                (cell, left) = (Running::default(), grid.points());
            }
            Ok(())
        })?;
        let degrees = if fourth > 0.0 { variance * variance / fourth } else { f64::INFINITY };
        let error = variance.sqrt() / grid.strata as f64;
        let interval = student_interval(means.mean(), error, degrees, self.alpha);
        let result = trial.finish(self.name(), means.mean(), interval);
        let divided = grid.cells.iter().filter(|&&m| m > 1).count();
        Ok(result.detail("strata", grid.strata as f64).detail("divided_dimensions", divided as f64))
    }
}

/// The cells of the cube, one after another, with the number of points in each.
#[derive(Debug)]
struct Grid {
    /// In each dimension.
    cells: Vec<u64>,
    strata: u64,
    /// Where the present cell is.
    index: Vec<u64>,
    budget: u64,
    /// Points that are due, in units of 1/`strata`, beyond the same whole number in all cells.
    due: u64,
}

impl Grid {
    fn new(budget: u64, dimension: usize) -> Self {
        let most = budget / 2;
        let fits = |m: u64| m.checked_pow(dimension as u32).is_some_and(|all| all <= most);
        let mut m = (most as f64).powf(1.0 / dimension as f64).round() as u64;
        while m > 1 && !fits(m) {
            m -= 1;
        }
        let (mut cells, mut strata) = (vec![m; dimension], m.pow(dimension as u32));
        for cells in &mut cells {
            if strata / m * (m + 1) > most {
                break;
            }
            (*cells, strata) = (m + 1, strata / m * (m + 1));
        }
        let index = vec![0; dimension];
        Grid { cells, strata, index, budget, due: budget % strata }
    }

    /// Points of the present cell, at least 2.
    fn points(&self) -> u64 {
        self.budget / self.strata + u64::from(self.due >= self.strata)
    }

    fn place(&self, x: &mut [f64], mut random: impl FnMut() -> f64) {
        for ((x, &m), &i) in x.iter_mut().zip(&self.cells).zip(&self.index) {
            *x = ((i as f64 + random()) / m as f64).min(BELOW_ONE);
        }
    }

    fn advance(&mut self) {
        if self.due >= self.strata {
            self.due -= self.strata;
        }
        self.due += self.budget % self.strata;
        for (i, &m) in self.index.iter_mut().zip(&self.cells) {
            *i += 1;
            if *i < m {
                break;
            }
            *i = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::testing::*;
    use super::*;

    fn method(budget: u64) -> Stratified {
        Stratified::new(budget).unwrap()
    }

    #[test]
    fn it_is_unbiased_and_its_interval_covers() {
        assert_unbiased(&method(4), &square(), 2000);
        assert_unbiased(&method(77), &product(3).0, 1000);
        assert_unbiased(&method(40), &product(8).0, 1000);
        assert_covers(&method(40), &square());
        assert_covers(&method(200), &square());
        assert_covers(&method(100), &product(2).0);
    }

    #[test]
    fn the_error_falls_as_n_to_the_minus_three_halves_in_one_dimension() {
        let deviation = |n| spread(&method(n), &square(), 400).1.sqrt().log2();
        let slope = (deviation(1024) - deviation(16)) / 6.0;
        assert!((-1.55..-1.45).contains(&slope), "{slope}");
    }

    #[test]
    fn it_beats_monte_carlo_less_in_more_dimensions() {
        let ratio = |d| {
            let (on, variance) = product(d);
            spread(&method(512), &on, 400).1 * 512.0 / variance
        };
        let ratios = [1, 2, 8, 16].map(ratio);
        assert!(ratios.windows(2).all(|r| r[0] < r[1]), "{ratios:?}");
        assert!(ratios[0] < 1e-4 && ratios[2] < 0.5 && ratios[3] < 0.9, "{ratios:?}");
    }

    #[test]
    fn grids_fit_the_budget() {
        for budget in [4, 5, 7, 16, 99, 1000, 100_000] {
            for dimension in [1, 2, 3, 7, 20, 64] {
                let mut grid = Grid::new(budget, dimension);
                assert_eq!(grid.cells.iter().product::<u64>(), grid.strata);
                assert!(grid.strata <= budget / 2 && grid.strata > budget / 2 / 2);
                let (mut points, least) = (0, budget / grid.strata);
                for _ in 0..grid.strata {
                    assert!((least..=least + 1).contains(&grid.points()) && least >= 2);
                    points += grid.points();
                    grid.advance();
                }
                assert_eq!(points, budget);
                assert!(grid.index.iter().all(|&i| i == 0));
            }
        }
        assert_eq!(Grid::new(2000, 3).cells, [10, 10, 10]);
        assert_eq!(Grid::new(2200, 3).cells, [11, 10, 10]);
        assert_eq!(Grid::new(9, 4).cells, [2, 2, 1, 1]);
    }

    #[test]
    fn each_cell_has_its_points() {
        use std::sync::{Arc, Mutex};
        let seen = Arc::new(Mutex::new(vec![0; 12]));
        let count = seen.clone();
        let f = move |x: &[f64]| {
            count.lock().unwrap()[(x[0] * 4.0) as usize + 4 * (x[1] * 3.0) as usize] += 1;
            0.5
        };
        let on = on(2, f, 0.5);
        seen.lock().unwrap().fill(0);
        let result = method(25).estimate(&on, 1).unwrap();
        assert_eq!(result.details, [("strata", 12.0), ("divided_dimensions", 2.0)]);
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.iter().filter(|&&n| n == 2).count(), 11, "{seen:?}");
        assert_eq!(seen.iter().filter(|&&n| n == 3).count(), 1, "{seen:?}");
    }

    #[test]
    fn uses_are_evaluations() {
        assert_eq!(counted_uses(&method(10_001), 1), 10_001);
        assert_eq!(counted_uses(&method(1_234), 5), 1_234);
    }

    #[test]
    fn faults_are_named() {
        assert_sound(&method(100));
        let error = Stratified::new(3).unwrap_err().to_string();
        assert!(error.contains("is 3; it must be at least 4: two in each of two strata"));
        assert!(method(4).alpha(2.0).is_err());
    }
}
