//! A channel as a random choice of operators, for trajectories.

use super::channel::{Channel, Form};
use crate::error::Result;
use nalgebra::DMatrix;
use num_complex::Complex64;
use rand::{Rng, RngExt};
use std::sync::Arc;

/// A channel as operators of which one comes about. Operator 0, the default, has at least the
/// probability [`bound`](Self::bound) whatever the state is, so that it can be drawn without a look
/// at the state: a uniform number below the bound takes it. What is drawn else is a side, known
/// already where no probability depends on the state, or a look at the state (the idea of qsim's
/// trajectories, Isakov et al., arXiv:2111.02396).
#[derive(Debug, Clone)]
pub struct Unraveling {
    num_qubits: usize,
    bound: f64,
    tail: Tail,
}

/// What there is beside the default.
#[derive(Debug, Clone)]
enum Tail {
    /// Pauli strings by their numbers, with the sums of their conditional probabilities up to each.
    Paulis(Vec<(u64, f64)>),
    /// Any Pauli string but the identity, all equally likely.
    AnyPauli,
    /// Unitaries, operator 0 first, with the sums of the conditional probabilities up to each of the
    /// others.
    Unitaries { all: Vec<Arc<DMatrix<Complex64>>>, sums: Vec<f64> },
    /// Kraus operators, the default first, and K†K of each.
    Kraus { all: Vec<Arc<DMatrix<Complex64>>>, effects: Vec<DMatrix<Complex64>> },
}

/// One operator, not normalized.
#[derive(Debug, Clone, PartialEq)]
pub enum Operator {
    /// A Pauli string on the channel's qubits: X where only `x` has the bit, Z where only `z` has it,
    /// Y where both do; the identity where neither does.
    Pauli {
        /// Qubits with X or Y.
        x: u64,
        /// Qubits with Z or Y.
        z: u64,
    },
    /// A matrix.
    Matrix(Arc<DMatrix<Complex64>>),
}

/// What a draw came to that is not the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Draw {
    /// The state decides, by [`Unraveling::look`].
    Look,
    /// This side, whatever the state is.
    Side(u64),
}

impl Unraveling {
    /// That of a channel.
    pub fn new(channel: &Channel) -> Self {
        let num_qubits = channel.num_qubits();
        let sums = |probabilities: &mut dyn Iterator<Item = f64>, total: f64| -> Vec<f64> {
            let mut sum = 0.0;
            let next = |p: f64| {
                sum += p / total;
                sum
            };
            probabilities.map(next).collect()
        };
        let (bound, tail) = match channel.form() {
            Form::Pauli(pauli) => {
                let total = pauli.error_probability();
                let sums = sums(&mut pauli.errors().iter().map(|e| e.1), total);
                let tail = pauli.errors().iter().zip(sums).map(|(e, sum)| (e.0, sum)).collect();
                (1.0 - total, Tail::Paulis(tail))
            }
            Form::Depolarizing { lambda } => {
                let strings = 4f64.powi(num_qubits as i32);
                (1.0 - lambda * (strings - 1.0) / strings, Tail::AnyPauli)
            }
            Form::MixedUnitary(unitaries) => {
                let mut order: Vec<_> = unitaries.iter().collect();
                // The likeliest first; ties as they are given.
                order.sort_by(|a, b| b.0.total_cmp(&a.0));
                let total = order[1..].iter().map(|u| u.0).sum();
                let sums = sums(&mut order[1..].iter().map(|u| u.0), total);
                let all = order.iter().map(|u| Arc::new(u.1.clone())).collect();
                (1.0 - total, Tail::Unitaries { all, sums })
            }
            Form::Kraus(kraus) => {
                let effect = |k: &DMatrix<Complex64>| k.adjoint() * k;
                let mut order: Vec<_> =
                    kraus.operators().iter().map(|k| (least_eigenvalue(effect(k)), k)).collect();
                order.sort_by(|a, b| b.0.total_cmp(&a.0));
                let all: Vec<_> = order.iter().map(|k| Arc::new(k.1.clone())).collect();
                let effects = all.iter().map(|k| effect(k)).collect();
                (order[0].0, Tail::Kraus { all, effects })
            }
        };
        Unraveling { num_qubits, bound: bound.clamp(0.0, 1.0), tail }
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// The least probability of operator 0.
    pub fn bound(&self) -> f64 {
        self.bound
    }

    /// Whether no probability depends on the state, so that all operators are unitary.
    pub fn is_mixed_unitary(&self) -> bool {
        !matches!(self.tail, Tail::Kraus { .. })
    }

    /// Whether all operators are Pauli strings.
    pub fn is_pauli(&self) -> bool {
        matches!(self.tail, Tail::Paulis(_) | Tail::AnyPauli)
    }

    /// Whether the probabilities depend on those of the basis states alone, so that a density matrix
    /// need not be right off its diagonal.
    pub fn looks_at_diagonal(&self) -> bool {
        match &self.tail {
            Tail::Kraus { effects, .. } => effects.iter().all(is_diagonal),
            _ => true,
        }
    }

    /// Number of sides, the default among them; `None` where it is beyond 2^63.
    pub fn num_sides(&self) -> Option<u64> {
        match &self.tail {
            Tail::Paulis(errors) => Some(1 + errors.len() as u64),
            Tail::AnyPauli => {
                1u64.checked_shl(2 * self.num_qubits as u32).filter(|_| self.num_qubits < 32)
            }
            Tail::Unitaries { all, .. } | Tail::Kraus { all, .. } => Some(all.len() as u64),
        }
    }

    /// Draws what there is beside the default, given that a uniform number was not below the bound.
    pub fn draw_tail(&self, rng: &mut impl Rng) -> Draw {
        let place =
            |sums: &mut dyn Iterator<Item = f64>, u: f64| sums.take_while(|s| *s <= u).count();
        match &self.tail {
            Tail::Paulis(errors) => {
                let at = place(&mut errors.iter().map(|e| e.1), rng.random());
                Draw::Side(1 + at.min(errors.len() - 1) as u64)
            }
            Tail::AnyPauli => {
                // A side is the number of its string.
                let mask = u64::MAX >> (64 - 2 * self.num_qubits.min(32));
                loop {
                    match rng.random::<u64>() & mask {
                        0 => {}
                        string => return Draw::Side(string),
                    }
                }
            }
            Tail::Unitaries { sums, .. } => {
                let at = place(&mut sums.iter().copied(), rng.random());
                Draw::Side(1 + at.min(sums.len() - 1) as u64)
            }
            Tail::Kraus { .. } => Draw::Look,
        }
    }

    /// The probabilities of all sides, of sum 1. There must be few. `rho` gives the density matrix of
    /// the channel's qubits, where they depend on it.
    ///
    /// # Errors
    /// Those of `rho`.
    pub fn sides(&self, rho: impl FnOnce() -> Result<DMatrix<Complex64>>) -> Result<Vec<f64>> {
        let mut sides = vec![self.bound];
        match &self.tail {
            Tail::Paulis(errors) => {
                sides.extend(differences(errors.iter().map(|e| e.1), 1.0 - self.bound))
            }
            Tail::AnyPauli => {
                let errors = (1u64 << (2 * self.num_qubits)) - 1;
                sides.extend((0..errors).map(|_| (1.0 - self.bound) / errors as f64));
            }
            Tail::Unitaries { sums, .. } => {
                sides.extend(differences(sums.iter().copied(), 1.0 - self.bound))
            }
            Tail::Kraus { effects, .. } => {
                let rho = rho()?;
                let p = |effect: &DMatrix<Complex64>| {
                    // tr(K†K ρ)
                    let trace = |(r, row): (usize, _)| -> f64 {
                        let row: nalgebra::RowDVector<Complex64> = row;
                        (0..row.len()).map(|c| (row[c] * rho[(c, r)]).re).sum()
                    };
                    effect.row_iter().map(|r| r.into_owned()).enumerate().map(trace).sum::<f64>()
                };
                sides = effects.iter().map(|e| p(e).max(0.0)).collect();
                let total: f64 = sides.iter().sum();
                sides.iter_mut().for_each(|p| *p /= total);
            }
        }
        Ok(sides)
    }

    /// The probabilities of all sides given that the bound was passed: the default's is what it has
    /// beyond the bound.
    ///
    /// # Errors
    /// Those of `rho`.
    pub fn look(&self, rho: impl FnOnce() -> Result<DMatrix<Complex64>>) -> Result<Vec<f64>> {
        let mut sides = self.sides(rho)?;
        let rest = 1.0 - self.bound;
        sides[0] = (sides[0] - self.bound).max(0.0);
        sides.iter_mut().for_each(|p| *p /= rest);
        let total: f64 = sides.iter().sum();
        sides.iter_mut().for_each(|p| *p /= total);
        Ok(sides)
    }

    /// The operator of a side; that of side 0 is the default.
    pub fn operator(&self, side: u64) -> Operator {
        match &self.tail {
            Tail::Paulis(_) | Tail::AnyPauli if side == 0 => Operator::Pauli { x: 0, z: 0 },
            Tail::Paulis(errors) => pauli_of(errors[side as usize - 1].0),
            Tail::AnyPauli => pauli_of(side),
            Tail::Unitaries { all, .. } | Tail::Kraus { all, .. } => matrix_of(&all[side as usize]),
        }
    }
}

/// From sums to their parts.
fn differences(sums: impl Iterator<Item = f64>, total: f64) -> impl Iterator<Item = f64> {
    let mut last = 0.0;
    sums.map(move |sum| total * (sum - std::mem::replace(&mut last, sum)))
}

/// The string of a number of two bits a letter.
fn pauli_of(string: u64) -> Operator {
    let (mut x, mut z) = (0, 0);
    for q in 0..32 {
        let letter = string >> (2 * q) & 3;
        x |= u64::from(letter == 1 || letter == 2) << q;
        z |= u64::from(letter >= 2) << q;
    }
    Operator::Pauli { x, z }
}

/// A matrix, or nothing where it is a multiple of the identity: that only scales the state.
fn matrix_of(matrix: &Arc<DMatrix<Complex64>>) -> Operator {
    let first = matrix[(0, 0)];
    let is_multiple = matrix
        .iter()
        .enumerate()
        .all(|(at, z)| *z == if at % (matrix.nrows() + 1) == 0 { first } else { Complex64::ZERO });
    if is_multiple { Operator::Pauli { x: 0, z: 0 } } else { Operator::Matrix(matrix.clone()) }
}

fn least_eigenvalue(hermitian: DMatrix<Complex64>) -> f64 {
    hermitian.symmetric_eigenvalues().min()
}

fn is_diagonal(matrix: &DMatrix<Complex64>) -> bool {
    let dim = matrix.nrows();
    matrix.iter().enumerate().all(|(at, z)| at % (dim + 1) == 0 || *z == Complex64::ZERO)
}
