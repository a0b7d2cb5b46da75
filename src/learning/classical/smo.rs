//! Sequential minimal optimization of the dual problem of support vector machines.
//!
//! ```text
//! minimize ½ αᵀQα + pᵀα   with   Σ s_t α_t = 0,  0 ≤ α_t ≤ C_t,   Q_tu = s_t s_u K_tu
//! ```
//!
//! Each step moves the two variables that promise most, by second-order working-set selection: Fan,
//! Chen and Lin, J. Mach. Learn. Res. 6, 1889 (2005), algorithm 2 (WSS 2). In terms of
//! F_t = -s_t ∂/∂α_t = -s_t p_t - u_t, u = Σ_s s_s α_s K_s, a point is optimal if no F of a variable
//! that may grow along s exceeds one of a variable that may shrink (their equation 6); the excess is
//! the *violation*, and u is all that a step has to keep up. Where many steps have not been enough,
//! Newton steps on the free variables come between them (`polish.rs`).

use ndarray::ArrayView2;

/// The curvature along a pair that has none, or a negative one as indefinite kernels have: the step
/// then ends at a bound (Fan, Chen and Lin, equation 9 and their τ).
const TAU: f64 = 1e-12;
/// How often u is computed anew where its rounding errors stand between the steps and the tolerance.
const MAX_REFRESHES: usize = 20;
/// How often Newton steps are tried where pairs take long.
const MAX_POLISHES: usize = 30;

/// The problem.
pub(super) struct Dual<'a> {
    /// Square, its rows contiguous.
    pub kernel: ArrayView2<'a, f64>,
    /// Which row of the kernel each variable has.
    pub rows: Vec<usize>,
    /// s: 1 or -1.
    pub signs: Vec<f64>,
    /// p
    pub linear: Vec<f64>,
    /// C, positive.
    pub upper: Vec<f64>,
}

/// What was found.
pub(super) struct Solution {
    pub alpha: Vec<f64>,
    /// The multiplier of the equality, which is the bias of the machine: the mean of F over the
    /// variables between their bounds; where there is none, the middle of what is allowed.
    pub bias: f64,
    /// ½ αᵀQα + pᵀα
    pub objective: f64,
    pub iterations: usize,
    /// By how much the conditions of optimality are violated, computed anew at the end.
    pub violation: f64,
    pub converged: bool,
}

/// The pair to move, and the violation.
struct Selection {
    pair: Option<(usize, usize)>,
    highest: f64,
    lowest: f64,
}

impl Dual<'_> {
    /// Solves it until the violation is at most `tolerance`.
    pub fn solve(&self, tolerance: f64, max_iterations: usize) -> Solution {
        let mut alpha = vec![0.0; self.rows.len()];
        let mut sums = vec![0.0; self.kernel.nrows()];
        let diagonal = self.kernel.diag().to_vec();
        let (mut iterations, mut refreshes) = (0, 0);
        // Whether `sums` are computed from `alpha`, not updated.
        let mut fresh = true;
        let (mut steps, mut polishes) = (0, 0);
        let end = loop {
            let selection = self.select(&alpha, &sums, &diagonal);
            let violation = selection.highest - selection.lowest;
            // A comparison that NaN fails, as it would make all that follow.
            let open = violation > tolerance && iterations < max_iterations;
            if open && polishes < MAX_POLISHES && steps > (1 + polishes) * (400 + 4 * sums.len()) {
                (steps, polishes) = (0, polishes + 1);
                if self.polish(&mut alpha, &mut sums, tolerance) {
                    (iterations, fresh) = (iterations + 1, true);
                    continue;
                }
            }
            let moved = match selection.pair {
                Some(pair) if open => self.step(pair, &mut alpha, &mut sums),
                _ => false,
            };
            if moved {
                (iterations, steps, fresh) = (iterations + 1, steps + 1, false);
            } else if fresh || refreshes == MAX_REFRESHES {
                break selection;
            } else {
                self.refresh(&alpha, &mut sums);
                (fresh, refreshes) = (true, refreshes + 1);
            }
        };
        let end = if fresh {
            end
        } else {
            self.refresh(&alpha, &mut sums);
            self.select(&alpha, &sums, &diagonal)
        };
        let violation = (end.highest - end.lowest).max(0.0);
        let free = (0..alpha.len()).filter(|&t| alpha[t] > 0.0 && alpha[t] < self.upper[t]);
        let (count, sum) =
            free.fold((0, 0.0), |(count, sum), t| (count + 1, sum + self.f(t, &sums)));
        let bias =
            if count > 0 { sum / f64::from(count) } else { 0.5 * (end.highest + end.lowest) };
        let objective = (0..alpha.len())
            .map(|t| alpha[t] * (0.5 * self.signs[t] * sums[self.rows[t]] + self.linear[t]))
            .sum();
        let converged = violation <= tolerance && (end.highest - end.lowest) <= tolerance;
        Solution { alpha, bias, objective, iterations, violation, converged }
    }

    pub(super) fn f(&self, t: usize, sums: &[f64]) -> f64 {
        -self.signs[t] * self.linear[t] - sums[self.rows[t]]
    }

    /// Whether s_t α_t may grow, and whether it may shrink.
    fn room(&self, t: usize, alpha: f64) -> (bool, bool) {
        let (below, above) = (alpha < self.upper[t], alpha > 0.0);
        if self.signs[t] > 0.0 { (below, above) } else { (above, below) }
    }

    fn row(&self, t: usize) -> &[f64] {
        let row = self.kernel.row(self.rows[t]);
        row.to_slice().expect("contiguous rows")
    }

    /// WSS 2: i has the highest F, and j of those below it promises the greatest decrease.
    fn select(&self, alpha: &[f64], sums: &[f64], diagonal: &[f64]) -> Selection {
        let (mut highest, mut first) = (f64::NEG_INFINITY, None);
        for t in 0..alpha.len() {
            let f = self.f(t, sums);
            if self.room(t, alpha[t]).0 && f > highest {
                (highest, first) = (f, Some(t));
            }
        }
        let mut lowest = f64::INFINITY;
        let Some(i) = first else { return Selection { pair: None, highest, lowest } };
        let row = self.row(i);
        let own = row[self.rows[i]];
        let (mut gain, mut second) = (f64::NEG_INFINITY, None);
        for t in 0..alpha.len() {
            if !self.room(t, alpha[t]).1 {
                continue;
            }
            let f = self.f(t, sums);
            lowest = lowest.min(f);
            let slope = highest - f;
            if slope > 0.0 {
                let k = self.rows[t];
                let decrease = slope * slope / curvature(own, diagonal[k], row[k]);
                if decrease > gain {
                    (gain, second) = (decrease, Some(t));
                }
            }
        }
        Selection { pair: second.map(|j| (i, j)), highest, lowest }
    }

    /// Moves s_i α_i up and s_j α_j down by the same, to the minimum along this line or to the first
    /// bound. Whether anything has changed.
    fn step(&self, (i, j): (usize, usize), alpha: &mut [f64], sums: &mut [f64]) -> bool {
        let (up, down) = (self.row(i), self.row(j));
        let (k, l) = (self.rows[i], self.rows[j]);
        let slope = self.f(i, sums) - self.f(j, sums);
        let wish = slope / curvature(up[k], down[l], up[l]);
        let way = |t: usize, grows: bool| if grows { self.upper[t] - alpha[t] } else { alpha[t] };
        let (i_grows, j_grows) = (self.signs[i] > 0.0, self.signs[j] < 0.0);
        let (room_i, room_j) = (way(i, i_grows), way(j, j_grows));
        let step = wish.min(room_i).min(room_j);
        let moved = |t: usize, grows: bool, room: f64| {
            // Bounds are met exactly: what is at one must be known as such.
            match (step >= room, grows) {
                (true, true) => self.upper[t],
                (true, false) => 0.0,
                (false, true) => (alpha[t] + step).min(self.upper[t]),
                (false, false) => (alpha[t] - step).max(0.0),
            }
        };
        let (new_i, new_j) = (moved(i, i_grows, room_i), moved(j, j_grows, room_j));
        if new_i == alpha[i] && new_j == alpha[j] {
            return false;
        }
        (alpha[i], alpha[j]) = (new_i, new_j);
        for ((sum, up), down) in sums.iter_mut().zip(up).zip(down) {
            *sum += step * (up - down);
        }
        true
    }

    /// u from α.
    pub(super) fn refresh(&self, alpha: &[f64], sums: &mut [f64]) {
        sums.fill(0.0);
        for t in 0..alpha.len() {
            let factor = self.signs[t] * alpha[t];
            if factor != 0.0 {
                for (sum, k) in sums.iter_mut().zip(self.row(t)) {
                    *sum += factor * k;
                }
            }
        }
    }
}

/// K_ii + K_jj - 2 K_ij, or τ where it is not positive.
fn curvature(ii: f64, jj: f64, ij: f64) -> f64 {
    let curvature = ii + jj - 2.0 * ij;
    if curvature > 0.0 { curvature } else { TAU }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn dual(kernel: &Array2<f64>, signs: &[f64], c: f64) -> Dual<'static> {
        let n = signs.len();
        let kernel: &'static Array2<f64> = Box::leak(Box::new(kernel.clone()));
        Dual {
            kernel: kernel.view(),
            rows: (0..n).collect(),
            signs: signs.to_vec(),
            linear: vec![-1.0; n],
            upper: vec![c; n],
        }
    }

    /// Two points at distance d on a line: α = 2/d², as the margin is the middle between them.
    #[test]
    fn two_points_have_a_closed_form() {
        let kernel = array![[1.0, -3.0], [-3.0, 9.0]]; // at 1 and -3
        let solution = dual(&kernel, &[1.0, -1.0], 10.0).solve(1e-12, 100);
        assert!(solution.converged);
        assert_eq!(solution.iterations, 1);
        assert!((solution.alpha[0] - 0.125).abs() < 1e-15 && (solution.bias - 0.5).abs() < 1e-15);
        assert!((solution.objective + 0.125).abs() < 1e-15);
        // Held by the bound, and the bias in the middle of what is allowed: F is -s p - u, 1 - u_0 and
        // -1 - u_1 with u = 0.1·(1 + 3) and 0.1·(-3 - 9).
        let solution = dual(&kernel, &[1.0, -1.0], 0.1).solve(1e-12, 100);
        assert!(solution.converged);
        assert_eq!(solution.alpha, [0.1, 0.1]);
        assert!((solution.bias - 0.5 * (0.6 + 0.2)).abs() < 1e-15, "{}", solution.bias);
    }

    #[test]
    fn a_pair_without_curvature_goes_to_a_bound() {
        // The same point in both classes, and a kernel that is no kernel.
        for kernel in [array![[1.0, 1.0], [1.0, 1.0]], array![[0.0, 1.0], [1.0, 0.0]]] {
            let solution = dual(&kernel, &[1.0, -1.0], 5.0).solve(1e-10, 100);
            assert!(solution.converged && solution.iterations == 1);
            assert_eq!(solution.alpha, [5.0, 5.0]);
        }
    }

    /// Pairs alone take 300,000 steps here for 1e-6, as they do in libsvm.
    #[test]
    fn smooth_kernels_are_solved_to_the_end() {
        let point = |i: usize| {
            let (radius, angle) = ([0.4, 1.2][i % 2], 0.7 * i as f64);
            [radius * angle.cos(), radius * angle.sin()]
        };
        let kernel = Array2::from_shape_fn((40, 40), |(i, j)| {
            let (x, y) = (point(i), point(j));
            (-0.0125 * ((x[0] - y[0]).powi(2) + (x[1] - y[1]).powi(2))).exp()
        });
        let signs: Vec<f64> = (0..40).map(|i| if i % 2 == 0 { -1.0 } else { 1.0 }).collect();
        let solution = dual(&kernel, &signs, 1000.0).solve(1e-9, 20_000);
        assert!(solution.converged, "{} {}", solution.iterations, solution.violation);
        let sum: f64 = solution.alpha.iter().zip(&signs).map(|(alpha, sign)| alpha * sign).sum();
        assert!(sum.abs() < 1e-9);
    }

    #[test]
    fn the_limit_of_iterations_is_said() {
        let points: [f64; 6] = [1.0, 2.0, -1.5, 0.5, -0.25, 3.0];
        let kernel =
            Array2::from_shape_fn((6, 6), |(i, j)| (-(points[i] - points[j]).powi(2)).exp());
        let problem = dual(&kernel, &[1.0, -1.0, 1.0, -1.0, 1.0, -1.0], 10.0);
        let solution = problem.solve(1e-10, 2);
        assert!(!solution.converged && solution.iterations == 2 && solution.violation > 1e-10);
        assert!(problem.solve(1e-10, 10_000).converged);
    }
}
