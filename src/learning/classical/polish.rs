//! Newton steps on the variables between their bounds, for tolerances that pairs reach slowly.
//!
//! Sequential minimal optimization finds out soon which variables are at their bounds, and then creeps
//! where the kernel is ill-conditioned, as smooth ones are. With the others held, the rest is one linear
//! system for the free coefficients and the bias. It is solved with a small multiple μ of the identity
//! on the kernel, which makes each step a proximal one (Rockafellar, SIAM J. Control Optim. 14, 877
//! (1976)): it decreases the objective whatever the rank, and repeated steps undo the μ.

use super::smo::Dual;
use nalgebra::{DMatrix, DVector};

/// μ, relative to the mean diagonal of the kernel.
const PROXIMAL: f64 = 1e-10;
/// Above this many free variables a factorization costs more than the steps that it saves.
const MAX_FREE: usize = 600;
/// Steps at a time.
const ROUNDS: usize = 8;

impl Dual<'_> {
    /// Moves the free variables towards the minimum with the others held, until their F differ by no
    /// more than half of the tolerance or one after another is held, and leaves u as α has it. Whether
    /// anything has changed; nothing does where there are too many or the kernel between them is
    /// indefinite.
    pub(super) fn polish(&self, alpha: &mut [f64], sums: &mut [f64], tolerance: f64) -> bool {
        let mut changed = false;
        for _ in 0..ROUNDS {
            let is_free = |t: &usize| alpha[*t] > 0.0 && alpha[*t] < self.upper[*t];
            let free: Vec<usize> = (0..alpha.len()).filter(is_free).collect();
            if free.len() < 2 || free.len() > MAX_FREE {
                return changed;
            }
            let f = DVector::from_fn(free.len(), |k, _| self.f(free[k], sums));
            if f.max() - f.min() <= 0.5 * tolerance {
                return changed;
            }
            let Some(step) = self.newton(&free, &f) else { return changed };
            let room = |k: usize| {
                let (t, step) = (free[k], self.signs[free[k]] * step[k]);
                let way = if step > 0.0 { self.upper[t] - alpha[t] } else { alpha[t] };
                if step == 0.0 { f64::INFINITY } else { way / step.abs() }
            };
            let rooms: Vec<f64> = (0..free.len()).map(room).collect();
            let share = rooms.iter().fold(1.0f64, |share, room| share.min(*room));
            for (k, &t) in free.iter().enumerate() {
                let step = self.signs[t] * step[k];
                alpha[t] = match (rooms[k] <= share, step > 0.0) {
                    (true, true) => self.upper[t],
                    (true, false) => 0.0,
                    _ => (alpha[t] + share * step).clamp(0.0, self.upper[t]),
                };
            }
            self.refresh(alpha, sums);
            changed = true;
        }
        changed
    }

    /// The change v of s α that solves (K + μ) v = F - b with Σ v = 0; `None` where K + μ is not
    /// positive definite.
    fn newton(&self, free: &[usize], f: &DVector<f64>) -> Option<DVector<f64>> {
        let n = free.len();
        let entry = |i: usize, j: usize| self.kernel[[self.rows[free[i]], self.rows[free[j]]]];
        let mu = PROXIMAL * (0..n).map(|i| entry(i, i)).sum::<f64>() / n as f64;
        let matrix = DMatrix::from_fn(n, n, |i, j| entry(i, j) + if i == j { mu } else { 0.0 });
        let factor = matrix.cholesky()?;
        let (of_f, of_one) = (factor.solve(f), factor.solve(&DVector::repeat(n, 1.0)));
        let bias = of_f.sum() / of_one.sum();
        let mut step = of_f - of_one * bias;
        // What rounding leaves of the sum, which the equality forbids.
        step.add_scalar_mut(-step.mean());
        step.iter().all(|v| v.is_finite()).then_some(step)
    }
}
