//! Conjugate gradients.

use super::rival::{Accuracy, Rival, Solution};
use crate::advantage::linear_systems::system::{LinearSystem, invalid, norm};
use crate::error::{Error, Result};
use crate::math::Watch;

/// Conjugate gradients (Hestenes and Stiefel, Journal of Research of the NBS 49, 409 (1952)) from x = 0
/// until ‖r‖ ≤ ‖b‖ε/(4κ), which bounds the relative error of x by ε/4. A that is not symmetric, or that
/// turns out not to be positive (p†Ap ≤ 0; the steps up to there are counted), is solved by its normal
/// equations AᵀA x = Aᵀb, with two products a step.
#[derive(Debug, Clone, Copy)]
pub struct ConjugateGradients;

/// The bound of the error after k steps over the first one, in the norm of A:
/// 2((√κ-1)/(√κ+1))^k (Shewchuk 1994, equation 52; Golub and Van Loan, section 11.3.3).
pub fn conjugate_gradient_bound(condition: f64, steps: u64) -> f64 {
    let root = condition.sqrt();
    2.0 * ((root - 1.0) / (root + 1.0)).powf(steps as f64)
}

impl Rival for ConjugateGradients {
    fn name(&self) -> &'static str {
        "conjugate gradients"
    }

    fn solve(
        &self,
        system: &LinearSystem,
        accuracy: &Accuracy,
        _: u64,
        watch: &Watch,
    ) -> Result<Solution> {
        let target = accuracy.error / (4.0 * accuracy.condition);
        let mut counted = (0, 0);
        if system.is_symmetric() {
            let times = |p: &[f64]| system.times(p);
            let matrix =
                Matrix { times: &times, products: 1, entries: system.num_entries() as u64 };
            if let Some(x) = matrix.solve(
                system.rhs(),
                target,
                accuracy.condition,
                &mut counted,
                watch,
                |_| {},
            )? {
                return Ok(solution(x, counted, "the matrix is symmetric and positive"));
            }
        }
        let times = |p: &[f64]| system.transposed_times(&system.times(p));
        let matrix =
            Matrix { times: &times, products: 2, entries: 2 * system.num_entries() as u64 };
        let rhs = system.transposed_times(system.rhs());
        counted.0 += system.num_entries() as u64;
        counted.1 += 1;
        // Of AᵀA the condition number is κ², and so is that of the residual.
        let (target, condition) = (target / accuracy.condition, accuracy.condition.powi(2));
        let x = matrix.solve(&rhs, target, condition, &mut counted, watch, |_| {})?;
        let x = x.ok_or_else(|| {
            invalid("p†AᵀAp", 0, "A is singular to rounding; conjugate gradients end here")
        })?;
        Ok(solution(x, counted, "normal equations, for a matrix that is not positive"))
    }
}

fn solution(x: Vec<f64>, (operations, products): (u64, u64), assumes: &str) -> Solution {
    let uses = products as f64;
    Solution { x, operations, uses, assumes: format!("{assumes}; its condition number is known") }
}

struct Matrix<'a> {
    times: &'a dyn Fn(&[f64]) -> Vec<f64>,
    products: u64,
    entries: u64,
}

impl Matrix<'_> {
    /// None if the matrix is not positive. Counts operations and products; `see` is shown each iterate.
    fn solve(
        &self,
        rhs: &[f64],
        target: f64,
        condition: f64,
        counted: &mut (u64, u64),
        watch: &Watch,
        mut see: impl FnMut(&[f64]),
    ) -> Result<Option<Vec<f64>>> {
        let size = rhs.len() as u64;
        // As many as the bound asks for, and as many again for rounding.
        let most = 2 * size + 20 + 2 * (condition.sqrt() * (2.0 / target).ln()).min(1e12) as u64;
        let mut x = vec![0.0; rhs.len()];
        let mut r = rhs.to_vec();
        let mut p = r.clone();
        let mut square = dot(&r, &r);
        let goal = (norm(rhs) * target).powi(2);
        for _ in 0..most {
            if square <= goal {
                return Ok(Some(x));
            }
            if watch.is_cancelled() {
                return Err(Error::Interrupted);
            }
            let product = (self.times)(&p);
            let curvature = dot(&p, &product);
            counted.0 += self.entries + 5 * size + 2;
            counted.1 += self.products;
            if curvature.is_nan() || curvature <= 0.0 {
                return Ok(None);
            }
            let alpha = square / curvature;
            x.iter_mut().zip(&p).for_each(|(x, p)| *x += alpha * p);
            r.iter_mut().zip(&product).for_each(|(r, a)| *r -= alpha * a);
            let next = dot(&r, &r);
            let beta = next / square;
            p.iter_mut().zip(&r).for_each(|(p, r)| *p = r + beta * *p);
            square = next;
            see(&x);
        }
        Err(invalid(
            "the number of steps of conjugate gradients",
            most,
            "twice what exact arithmetic needs: the condition number is too large for this accuracy",
        ))
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accuracy(system: &LinearSystem, error: f64) -> Accuracy {
        let (least, most) = system.spectrum().unwrap().magnitudes();
        Accuracy { error, condition: most / least, least }
    }

    fn solved(system: &LinearSystem) -> Vec<f64> {
        let rhs = nalgebra::DVector::from_row_slice(system.rhs());
        system.dense().lu().solve(&rhs).unwrap().iter().copied().collect()
    }

    fn b(size: usize) -> Vec<f64> {
        (0..size).map(|k| ((k * k + 1) as f64).sin()).collect()
    }

    #[test]
    fn as_many_steps_as_there_are_different_eigenvalues() {
        // Diagonal with three values in ten rows.
        let rows: Vec<Vec<f64>> = (0..10)
            .map(|r| (0..10).map(|c| if r == c { [1.0, 4.0, 9.0][r % 3] } else { 0.0 }).collect())
            .collect();
        let system = LinearSystem::new(&rows, b(10)).unwrap();
        let found = ConjugateGradients
            .solve(&system, &accuracy(&system, 1e-10), 0, &Watch::default())
            .unwrap();
        assert_eq!(found.uses, 3.0);
    }

    #[test]
    fn the_bound_holds_at_every_step() {
        for condition in [4.0, 30.0, 1000.0] {
            let system = LinearSystem::with_condition(condition, b(60)).unwrap();
            let exact = solved(&system);
            let energy = |x: &[f64]| {
                let e: Vec<f64> = x.iter().zip(&exact).map(|(x, y)| x - y).collect();
                dot(&e, &system.times(&e)).max(0.0).sqrt()
            };
            let start = energy(&[0.0; 60]);
            let times = |p: &[f64]| system.times(p);
            let matrix = Matrix { times: &times, products: 1, entries: 0 };
            let mut steps = 0;
            matrix
                .solve(system.rhs(), 1e-10, condition, &mut (0, 0), &Watch::default(), |x| {
                    steps += 1;
                    let bound = conjugate_gradient_bound(condition, steps) * start;
                    assert!(
                        energy(x) <= bound * (1.0 + 1e-9) + 1e-12 * start,
                        "{condition} {steps}"
                    );
                })
                .unwrap();
            assert!(steps >= 10);
        }
    }

    #[test]
    fn what_is_not_positive_goes_by_the_normal_equations() {
        let indefinite = LinearSystem::toeplitz(1.5, 2.5, vec![1.0, -2.1, 3.2, -4.3]).unwrap();
        let rows = [vec![1.0, 2.0, 0.0], vec![0.0, -1.0, 0.5], vec![3.0, 0.0, 1.0]];
        let skew = LinearSystem::new(&rows, vec![1.0, -2.0, 0.5]).unwrap();
        for system in [indefinite, skew] {
            let found = ConjugateGradients
                .solve(&system, &accuracy(&system, 1e-6), 0, &Watch::default())
                .unwrap();
            let exact = solved(&system);
            let error: Vec<f64> = found.x.iter().zip(&exact).map(|(x, y)| x - y).collect();
            assert!(norm(&error) <= 1e-6 / 4.0 * norm(&exact), "{found:?}");
            assert!(found.assumes.contains("normal"));
        }
    }

    #[test]
    fn a_cancelled_run_ends() {
        let system = LinearSystem::with_condition(4.0, b(10)).unwrap();
        let watch = Watch::default();
        watch.cancel();
        let ended = ConjugateGradients.solve(&system, &accuracy(&system, 1e-3), 0, &watch);
        assert_eq!(ended.unwrap_err(), Error::Interrupted);
    }
}
