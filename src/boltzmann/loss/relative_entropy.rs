//! The quantum relative entropy of a state to the machine's.

use super::super::gibbs::{Evaluated, Exponential};
use super::super::machine::BoltzmannMachine;
use super::super::target::Target;
use super::Evaluation;
use crate::error::{Error, Result};
use crate::math::Watch;
use nalgebra::{DMatrix, SymmetricEigen};
use num_complex::Complex64;

/// The most units of a machine with hidden ones, whose whole exponential is kept.
pub(in super::super) const MAX_WHOLE_UNITS: usize = 10;
/// Levels of the marginal nearer than this, relatively, are one.
const NEAR: f64 = 1e-4;
/// Levels below this part of the largest are rounding, and count as that much.
const LEAST_PART: f64 = 1e-16;

/// S(η‖ρ) = Tr η ln η - Tr η ln ρ, of the visible units.
#[derive(Debug, Clone)]
pub(in super::super) struct RelativeEntropy {
    exponential: Exponential,
    entropy: f64,
    num_visible: usize,
    beta: f64,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Tr η O_a: without hidden units -ln ρ = βH + ln Z, and no more of η is needed.
    Visible(Vec<f64>),
    /// η as a real matrix, of twice the size where H is complex, with the hidden bits of a basis
    /// state, if any, between the visible ones and the one that doubles.
    Hidden { target: DMatrix<f64>, num_hidden: usize },
}

impl RelativeEntropy {
    pub fn new(machine: &BoltzmannMachine, target: &Target, watch: &Watch) -> Result<Self> {
        let (num_visible, num_hidden) = (machine.num_visible(), machine.num_hidden());
        let units = machine.num_units();
        let operators = machine.operators();
        let (exponential, kind) = if num_hidden == 0 {
            let terms = machine.terms().iter();
            let means =
                terms.map(|term| target.expectation(&term.operator)).collect::<Result<_>>()?;
            (Exponential::new(units, &operators)?, Kind::Visible(means))
        } else {
            if units > MAX_WHOLE_UNITS {
                return Err(Error::Invalid {
                    what: "the number of units of a machine with hidden ones, trained by relative \
                           entropy"
                        .into(),
                    value: units.to_string(),
                    expected: format!(
                        "at most {MAX_WHOLE_UNITS}, {} MiB of columns; train by the likelihood of what is \
                         measured, or without hidden units",
                        (8u64 << (2 * MAX_WHOLE_UNITS)) >> 20
                    ),
                });
            }
            let exponential = Exponential::whole(units, &operators)?;
            let doubled = exponential.num_bits() > units;
            let target = real(&target.matrix()?, doubled);
            (exponential, Kind::Hidden { target, num_hidden })
        };
        Ok(RelativeEntropy {
            exponential: exponential.watch(watch),
            entropy: target.entropy(),
            num_visible,
            beta: machine.beta(),
            kind,
        })
    }

    pub fn evaluate(&self, parameters: &[f64], gradient: bool) -> Result<Evaluation> {
        match &self.kind {
            Kind::Visible(means) => {
                let at = self.exponential.evaluate(parameters, self.beta)?;
                let energy: f64 = means.iter().zip(parameters).map(|(o, theta)| -theta * o).sum();
                let value = self.beta * energy + at.log_partition_function() - self.entropy;
                let gradient = gradient.then(|| {
                    let free = at.expectations();
                    free.iter().zip(means).map(|(o, mean)| self.beta * (o - mean)).collect()
                });
                Ok(Evaluation {
                    value,
                    gradient,
                    probabilities: at.probabilities(self.num_visible),
                })
            }
            Kind::Hidden { target, num_hidden } => {
                self.with_hidden(parameters, target, *num_hidden, gradient)
            }
        }
    }

    /// With M = Tr_h e^{-βH}, -Tr η ln(M/Z): its derivative is -Tr W ∂M + β⟨O_a⟩ with
    /// W = U (L ∘ Uᵀ η U) Uᵀ, where U has the eigenvectors of M and L the divided differences of ln
    /// at its levels μ, 1/μ where they coincide (Daleckiĭ and Kreĭn 1965; Higham, Functions of
    /// Matrices, 2008, theorem 3.11). W is a sum over its eigenvectors φ, so that the columns that
    /// begin as φ with each state of the hidden units give all derivatives.
    fn with_hidden(
        &self,
        parameters: &[f64],
        target: &DMatrix<f64>,
        num_hidden: usize,
        gradient: bool,
    ) -> Result<Evaluation> {
        let (at, columns) = self.exponential.columns(parameters, self.beta)?;
        let size = target.nrows();
        let dimension = 1usize << self.exponential.num_bits();
        let marginal = self.marginal(&columns, num_hidden, size, dimension);
        let SymmetricEigen { eigenvectors: u, eigenvalues } = marginal.symmetric_eigen();
        let least = LEAST_PART * eigenvalues.max();
        let levels = eigenvalues.map(|mu| mu.max(least));
        let rotated = u.transpose() * target * &u;
        let copies = (size >> self.num_visible) as f64;
        let logarithm: f64 = (0..size).map(|k| rotated[(k, k)] * levels[k].ln()).sum();
        let partition = self.scaled_partition_function(&at) / copies;
        let value = partition.ln() - logarithm / copies - self.entropy;
        let probabilities = at.probabilities(self.num_visible);
        if !gradient {
            return Ok(Evaluation { value, gradient: None, probabilities });
        }
        let weighted = DMatrix::from_fn(size, size, |k, l| {
            rotated[(k, l)] * slope_of_ln(levels[k], levels[l])
        });
        let SymmetricEigen { eigenvectors: phi, eigenvalues: weights } =
            (&u * weighted * u.transpose()).symmetric_eigen();
        let mut vectors = Vec::with_capacity(dimension);
        for (k, weight) in weights.iter().enumerate() {
            for hidden in 0..1 << num_hidden {
                let mut vector = vec![0.0; dimension];
                for row in 0..size {
                    vector[self.index(row, hidden, num_hidden)] = phi[(row, k)];
                }
                vectors.push((vector, -weight / copies));
            }
        }
        let raised = self.exponential.derivatives_of(&at, &vectors)?;
        let free = at.expectations();
        let gradient = free.iter().zip(raised).map(|(o, r)| self.beta * o + r).collect();
        Ok(Evaluation { value, gradient: Some(gradient), probabilities })
    }

    /// The basis state of a row of the visible matrix and a state of the hidden units.
    fn index(&self, row: usize, hidden: usize, num_hidden: usize) -> usize {
        let visible = row & ((1 << self.num_visible) - 1);
        let above = row >> self.num_visible;
        visible | hidden << self.num_visible | above << (self.num_visible + num_hidden)
    }

    /// M by inner products of columns of e^{-βH/2}: positive whatever is rounded.
    fn marginal(
        &self,
        columns: &[f64],
        num_hidden: usize,
        size: usize,
        dimension: usize,
    ) -> DMatrix<f64> {
        let mut marginal = DMatrix::zeros(size, size);
        for hidden in 0..1 << num_hidden {
            let of_state = DMatrix::from_fn(dimension, size, |x, row| {
                columns[self.index(row, hidden, num_hidden) * dimension + x]
            });
            marginal += of_state.tr_mul(&of_state);
        }
        marginal
    }

    fn scaled_partition_function(&self, at: &Evaluated) -> f64 {
        at.marginal(0)[0]
    }
}

/// (ln a - ln b)/(a - b), 1/a where they coincide.
fn slope_of_ln(a: f64, b: f64) -> f64 {
    let x = (b - a) / (a + b);
    // ln(b/a) = 2 artanh x.
    if x.abs() < NEAR { 2.0 * (1.0 + x * x / 3.0) / (a + b) } else { (b / a).ln() / (b - a) }
}

/// A Hermitian matrix R + iS as R where the machine is real, which knows nothing of S, else as
/// [[R, -S], [S, R]].
fn real(matrix: &DMatrix<Complex64>, doubled: bool) -> DMatrix<f64> {
    let size = matrix.nrows();
    DMatrix::from_fn(size << usize::from(doubled), size << usize::from(doubled), |i, j| {
        let entry = matrix[(i % size, j % size)];
        match (i / size, j / size) {
            (0, 1) => -entry.im,
            (1, 0) => entry.im,
            _ => entry.re,
        }
    })
}
