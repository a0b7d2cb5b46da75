//! What the outputs of a model mean: numbers or the evidence for classes, and the loss of either.

use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// The last layer of a classical model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Head {
    /// Numbers as they are; half of the squared error.
    Linear,
    /// One output, the logarithm of p(class 1)/p(class 0); cross-entropy.
    Logistic,
    /// An output a class, whose exponentials are in proportion to the probabilities; cross-entropy.
    Softmax,
}

impl Head {
    /// That of so many classes, and the number of its outputs.
    pub fn of_classes(num_classes: usize) -> (Self, usize) {
        if num_classes == 2 { (Head::Logistic, 1) } else { (Head::Softmax, num_classes) }
    }

    /// The targets of classes as the loss takes them: rows × outputs, 1 or 0.
    pub fn encode(self, labels: &[usize], outputs: usize) -> Array2<f64> {
        Array2::from_shape_fn((labels.len(), outputs), |(row, k)| match self {
            Head::Logistic => labels[row] as f64,
            _ => f64::from(u8::from(labels[row] == k)),
        })
    }

    /// Values (rows × outputs) or probabilities (rows × classes) from outputs.
    pub fn predictions(self, mut outputs: Array2<f64>) -> Array2<f64> {
        match self {
            Head::Linear => outputs,
            Head::Logistic => Array2::from_shape_fn((outputs.nrows(), 2), |(row, class)| {
                let evidence = outputs[[row, 0]];
                sigmoid(if class == 1 { evidence } else { -evidence })
            }),
            Head::Softmax => {
                self.replace(&mut outputs);
                outputs
            }
        }
    }

    /// Outputs become what the model predicts of each: its derivative of the loss is this less the
    /// target.
    fn replace(self, outputs: &mut Array2<f64>) {
        match self {
            Head::Linear => {}
            Head::Logistic => outputs.mapv_inplace(sigmoid),
            Head::Softmax => {
                for mut row in outputs.outer_iter_mut() {
                    let highest = row.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
                    row.mapv_inplace(|x| (x - highest).exp());
                    let sum = row.sum();
                    row.mapv_inplace(|x| x / sum);
                }
            }
        }
    }

    /// The weighted mean loss of outputs, which become its derivatives by themselves. `weights` are
    /// those of the rows, 1 each if empty; the sum is divided by the sum of the weights.
    pub fn loss(
        self,
        outputs: &mut Array2<f64>,
        targets: ArrayView2<'_, f64>,
        weights: &[f64],
    ) -> f64 {
        let weight = |row: usize| weights.get(row).copied().unwrap_or(1.0);
        let total: f64 = (0..outputs.nrows()).map(weight).sum();
        let mut loss = 0.0;
        for (row, (outputs, targets)) in outputs.outer_iter().zip(targets.outer_iter()).enumerate()
        {
            let pairs = || outputs.iter().zip(targets.iter());
            let of_row: f64 = match self {
                Head::Linear => pairs().map(|(o, t)| 0.5 * (o - t) * (o - t)).sum(),
                Head::Logistic => pairs().map(|(o, t)| softplus(*o) - t * o).sum(),
                Head::Softmax => {
                    let highest = outputs.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
                    let sum: f64 = outputs.iter().map(|o| (o - highest).exp()).sum();
                    highest + sum.ln() - pairs().map(|(o, t)| o * t).sum::<f64>()
                }
            };
            loss += weight(row) * of_row;
        }
        self.replace(outputs);
        *outputs -= &targets;
        for (row, mut outputs) in outputs.axis_iter_mut(Axis(0)).enumerate() {
            let share = weight(row) / total;
            outputs.mapv_inplace(|x| x * share);
        }
        loss / total
    }
}

/// 1/(1 + e⁻ˣ) without overflow.
fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// ln(1 + eˣ) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn losses_are_finite_far_out_and_their_derivatives_are_theirs() {
        let outputs = array![[0.3, -0.2, 1.1], [800.0, -800.0, 0.0]];
        let weights = [2.0, 0.5];
        for (head, columns) in [(Head::Linear, 3), (Head::Logistic, 1), (Head::Softmax, 3)] {
            let outputs = outputs.slice(ndarray::s![.., ..columns]).to_owned();
            let targets = head.encode(&[1, 0], columns);
            let of = |outputs: &Array2<f64>| {
                let mut outputs = outputs.clone();
                (head.loss(&mut outputs, targets.view(), &weights), outputs)
            };
            let (loss, derivatives) = of(&outputs);
            assert!(loss.is_finite());
            for k in 0..columns {
                let at = |step: f64| {
                    let mut moved = outputs.clone();
                    moved[[0, k]] += step;
                    of(&moved).0
                };
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                let derivative = derivatives[[0, k]];
                assert!((difference - derivative).abs() < 1e-4 * loss.max(1e-5), "{head:?}");
            }
            if head != Head::Linear {
                let sums = head.predictions(outputs).sum_axis(Axis(1));
                assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-15), "{sums}");
            }
        }
    }
}
