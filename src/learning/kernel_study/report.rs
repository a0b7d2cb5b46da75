//! What a study of a kernel found.

use super::settings::KernelStudy;
use super::verdict::Verdict;
use crate::learning::classical::CrossValidated;
use crate::learning::data::{Split, Targets};
use crate::learning::experiment::{Scored, Tried};
use crate::learning::kernel::Concentration;
use crate::learning::paired::Paired;
use crate::math::Fingerprint;
use ndarray::Array2;
use serde::Serialize;

/// A quantum kernel, what it is worth, and what stands beside it.
#[derive(Debug, Clone, Serialize)]
pub struct KernelReport {
    /// The share of the test rows whose class is predicted, or without test rows its mean over folds;
    /// none of numbers.
    pub accuracy: Option<f64>,
    /// The training rows.
    pub train: Scored,
    /// The test rows, if there are any.
    pub test: Option<Scored>,
    /// The quantum kernel with its tuning.
    pub quantum: Contestant,
    /// Number of qubits of the map.
    pub num_qubits: usize,
    /// The smallest geometric difference of the equally tuned classical kernels and the quantum one,
    /// over the training rows, among those that can fit what the quantum one can (a
    /// [`training_difference`](Contestant::training_difference) of at most √N/10); if none can, of the
    /// one that fits best.
    pub geometric_difference: Option<f64>,
    /// The classical kernel that it is of.
    pub nearest: Option<String>,
    /// Whether that one can fit what the quantum kernel can.
    pub nearest_fits: bool,
    /// λ of it.
    pub lambda: f64,
    /// What it is compared with: the kinds of classical kernels, a linear model, the map without
    /// entanglement.
    pub rivals: Vec<Contestant>,
    /// The name of the classical kernel that its tuning scores highest.
    pub best_classical: Option<String>,
    /// How the quantum kernel fares against that one.
    pub verdict: Option<Verdict>,
    /// Entries beside those of random states, of a fidelity kernel.
    pub concentration: Option<Concentrated>,
    /// What shots and the repair did.
    pub sampled: Option<SampledReport>,
    /// Labels made for the quantum kernel.
    pub relabelled: Option<RelabelledReport>,
    /// Why something is not there.
    pub notes: Vec<String>,
    /// Whether it was interrupted: the quantum kernel is judged, of the others those that were done.
    pub interrupted: bool,
    /// The bits of the training kernel.
    pub kernel_fingerprint: Fingerprint,
    /// Which rows were for what.
    pub split: Split,
    /// The settings.
    pub experiment: KernelStudy,
    /// The kernel of the training rows, as it was learned from: rows × rows.
    #[serde(skip)]
    pub kernel: Array2<f64>,
    /// That of the test rows: test × training rows.
    #[serde(skip)]
    pub test_kernel: Option<Array2<f64>>,
    /// That of the classical kernel that its tuning scores highest, of training rows.
    #[serde(skip)]
    pub classical_kernel: Option<Array2<f64>>,
    /// Targets of the training rows.
    #[serde(skip)]
    pub train_targets: Targets,
}

/// What learned, and what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contestant {
    /// Its name.
    pub name: String,
    /// The kernel that was chosen.
    pub setting: String,
    /// What scaled features are multiplied with, of a quantum kernel.
    pub bandwidth: Option<f64>,
    /// γ of a projected kernel.
    pub gamma: Option<f64>,
    /// The strength that was chosen: C or λ.
    pub strength: f64,
    /// The training rows.
    pub train: Scored,
    /// The test rows.
    pub test: Option<Scored>,
    /// The name of the loss.
    #[serde(rename = "loss_name")]
    pub loss: &'static str,
    /// The score of the chosen setting over the folds of training rows: accuracy, or the negative mean
    /// squared error of standardized targets.
    pub tuning_score: CrossValidated,
    /// Settings that were tried, with their scores, and the best one's place.
    pub tuning: Option<Tried>,
    /// Accuracy, or R², of folds of all rows, where there are no test rows.
    pub cross_validation: Option<CrossValidated>,
    /// Training rows with a coefficient, of a support vector machine.
    pub num_support_vectors: Option<usize>,
    /// Whether the learner met its optimum.
    pub converged: bool,
    /// g of this kernel and the quantum one.
    pub geometric_difference: Option<f64>,
    /// g_tra of both, which bounds the training error of ridge regression on this kernel with λ, Σ r² ≤
    /// g_tra² s_Q: where it is of the order of √N, a small g says nothing, as of a linear kernel.
    pub training_difference: Option<f64>,
    /// The model complexity of this kernel for the training targets: the mean over the classes of one
    /// against the rest, if there are more than two.
    pub model_complexity: Option<f64>,
    /// By how much the quantum kernel is ahead of it.
    pub advantage: Option<Paired>,
}

impl Contestant {
    /// Accuracy or R² of the rows that judge.
    pub fn score(&self) -> f64 {
        match (&self.test, &self.cross_validation) {
            (Some(test), _) => test.metrics.score(),
            (None, Some(folds)) => folds.mean,
            (None, None) => self.train.metrics.score(),
        }
    }
}

/// [`Concentration`], for JSON.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Concentrated {
    /// Mean of the entries off the diagonal.
    pub mean: f64,
    /// Their variance.
    pub variance: f64,
    /// That mean of random states.
    pub haar_mean: f64,
    /// That variance of random states.
    pub haar_variance: f64,
}

impl From<Concentration> for Concentrated {
    fn from(found: Concentration) -> Self {
        let Concentration { mean, variance, haar_mean, haar_variance } = found;
        Concentrated { mean, variance, haar_mean, haar_variance }
    }
}

/// What shots did to the training kernel, and what its repair did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampledReport {
    /// Shots of each entry, or of each circuit of a row.
    pub shots: Option<u64>,
    /// Shots of the training kernel together; saturates.
    pub total_shots: u64,
    /// Mean of the standard errors of entries off the diagonal, of a fidelity kernel.
    pub mean_standard_error: Option<f64>,
    /// By how much squared distances of a projected kernel came out too large, on average; the kernel
    /// is that of corrected ones.
    pub mean_distance_bias: Option<f64>,
    /// The lowest eigenvalue before the repair.
    pub lowest_eigenvalue: f64,
    /// How many eigenvalues were negative.
    pub num_negative: usize,
    /// The repair.
    pub repair: &'static str,
    /// The Frobenius norm of its change.
    pub change: f64,
}

/// How both fare on labels that are made for the quantum kernel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelabelledReport {
    /// The classical kernel that the labels are made against.
    pub against: String,
    /// g over all rows.
    pub geometric_difference: f64,
    /// Accuracy of the quantum kernel on the test rows.
    pub accuracy: f64,
    /// The classical kernel that its tuning by the new labels scores highest.
    pub classical: String,
    /// Its accuracy.
    pub classical_accuracy: f64,
    /// By how much the quantum kernel is ahead.
    pub advantage: Paired,
}
