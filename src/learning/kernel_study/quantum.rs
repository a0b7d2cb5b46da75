//! Quantum kernels as a study asks for them: exact, from shots, under noise.

use super::settings::{KernelKind, KernelStudy};
use crate::circuit::library::Embedding;
use crate::error::Result;
use crate::learning::kernel::{
    FidelityKernel, NoisyKernel, ProjectedKernel, Repair, SampledKernel,
};
use crate::math::{Domain, Streams};
use crate::simulate::Simulator;
use ndarray::{Array2, ArrayView2};
use rand::RngExt;

/// Streams from this number on are seeds of shots.
const SHOTS: u64 = 1 << 42;

/// A kernel of one bandwidth.
pub(super) struct Quantum<'a> {
    study: &'a KernelStudy,
    of: Of,
    /// Which of the draws of shots of a study.
    draw: u64,
}

enum Of {
    Fidelity(FidelityKernel),
    Projected(ProjectedKernel),
    Noisy(NoisyKernel),
}

/// A kernel of training rows, as it is learned from.
pub(super) struct Gram {
    pub kernel: Array2<f64>,
    pub sampled: Option<Sampled>,
}

/// What shots did, and the repair.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampled {
    pub shots: Option<u64>,
    pub total_shots: u128,
    /// Mean of the standard errors of entries off the diagonal.
    pub mean_standard_error: Option<f64>,
    /// By how much squared distances are too large before they are corrected.
    pub mean_distance_bias: Option<f64>,
    pub lowest_eigenvalue: f64,
    pub num_negative: usize,
    pub change: f64,
}

impl<'a> Quantum<'a> {
    /// `rows` are the training rows, which set γ where it is not given.
    pub fn new(
        study: &'a KernelStudy,
        embedding: &Embedding,
        simulator: &Simulator,
        rows: ArrayView2<f64>,
        draw: u64,
    ) -> Result<Self> {
        let (embedding, simulator) = (embedding.clone(), simulator.clone());
        let of = match (study.kind, study.noise_model()?) {
            (KernelKind::Projected, _) => Of::Projected(match study.gamma {
                Some(gamma) => ProjectedKernel::new(embedding, simulator, gamma)?,
                None => ProjectedKernel::scaled(embedding, simulator, rows)?,
            }),
            (KernelKind::Fidelity, Some(noise)) => {
                Of::Noisy(NoisyKernel::new(embedding, &noise, simulator)?)
            }
            (KernelKind::Fidelity, None) => {
                Of::Fidelity(FidelityKernel::new(embedding, simulator)?)
            }
        };
        Ok(Quantum { study, of, draw })
    }

    /// γ of a projected kernel.
    pub fn gamma(&self) -> Option<f64> {
        match &self.of {
            Of::Projected(kernel) => Some(kernel.gamma()),
            _ => None,
        }
    }

    /// The exact kernel of rows with themselves.
    pub fn exact(&self, rows: ArrayView2<f64>) -> Result<Array2<f64>> {
        match &self.of {
            Of::Fidelity(kernel) => kernel.matrix(rows),
            Of::Projected(kernel) => kernel.matrix(rows),
            Of::Noisy(kernel) => kernel.matrix(rows),
        }
    }

    /// The kernel of rows with themselves as it is learned from: from shots if so, and repaired.
    pub fn matrix(&self, rows: ArrayView2<f64>) -> Result<Gram> {
        let mut sampled = Sampled {
            shots: self.study.shots,
            total_shots: 0,
            mean_standard_error: None,
            mean_distance_bias: None,
            lowest_eigenvalue: 0.0,
            num_negative: 0,
            change: 0.0,
        };
        let kernel = match (&self.of, self.study.shots) {
            (Of::Projected(kernel), Some(shots)) => {
                let found = kernel.sampled_matrix(rows, shots, self.seed(0))?;
                sampled.total_shots = found.total_shots;
                sampled.mean_distance_bias = Some(found.mean_distance_bias);
                found.corrected
            }
            (_, Some(shots)) => {
                let exact = self.exact(rows)?;
                let found = SampledKernel::of_matrix(exact.view(), shots, self.seed(0))?;
                sampled.total_shots = found.total_shots;
                let pairs = exact.len() - exact.nrows();
                let mean = found.standard_errors.sum() / pairs.max(1) as f64;
                sampled.mean_standard_error = Some(mean);
                found.kernel
            }
            (_, None) => self.exact(rows)?,
        };
        if self.study.shots.is_none() && self.study.repair == Repair::None {
            return Ok(Gram { kernel, sampled: None });
        }
        let repaired = self.study.repair.apply(kernel.view())?;
        sampled.lowest_eigenvalue = repaired.lowest_eigenvalue;
        sampled.num_negative = repaired.num_negative;
        sampled.change = repaired.change;
        Ok(Gram { kernel: repaired.kernel, sampled: Some(sampled) })
    }

    /// The kernel of other rows with those of training, as it is predicted from.
    pub fn cross(&self, rows: ArrayView2<f64>, train: ArrayView2<f64>) -> Result<Array2<f64>> {
        let exact = || match &self.of {
            Of::Fidelity(kernel) => kernel.cross(rows, train),
            Of::Projected(kernel) => kernel.cross(rows, train),
            Of::Noisy(kernel) => kernel.cross(rows, train),
        };
        match (&self.of, self.study.shots) {
            (_, None) => exact(),
            (Of::Projected(kernel), Some(shots)) => {
                Ok(kernel.sampled_cross(rows, train, shots, self.seed(1))?.corrected)
            }
            (_, Some(shots)) => {
                Ok(SampledKernel::of_cross(exact()?.view(), shots, self.seed(1))?.kernel)
            }
        }
    }

    fn seed(&self, side: u64) -> u64 {
        let streams = Streams::new(self.study.seed, Domain::Learning);
        streams.stream(SHOTS + 2 * self.draw + side).random()
    }
}
