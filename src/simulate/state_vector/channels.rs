//! Operators of noise channels on a state vector.

use super::super::flow::Site;
use super::super::representation::Sides;
use crate::engine::{Action, Kind, PauliMask, Real, StateVector};
use crate::error::{Error, Result};
use crate::noise::Operator;
use nalgebra::{DMatrix, DVector};
use num_complex::Complex64;
use smallvec::SmallVec;

/// The probabilities of all operators of a channel.
pub(super) fn sides<T: Real>(state: &StateVector<T>, site: &Site) -> Result<Sides> {
    site.check_few()?;
    Ok(site.unraveling.sides(|| local(state, site))?.into())
}

/// The same, given that the bound of the channel was passed.
pub(super) fn look<T: Real>(state: &StateVector<T>, site: &Site) -> Result<Sides> {
    Ok(site.unraveling.look(|| local(state, site))?.into())
}

/// The state after one operator of a channel, normalized.
pub(super) fn take<T: Real>(state: &mut StateVector<T>, site: &Site, side: u64) -> Result<()> {
    if let Some(action) = action(site, side) {
        state.apply(&action, &[]);
    }
    if !site.unraveling.is_mixed_unitary() {
        normalize(state)?;
    }
    Ok(())
}

/// The density matrix of the channel's qubits, as far as its operators look at it.
fn local<T: Real>(state: &StateVector<T>, site: &Site) -> Result<DMatrix<Complex64>> {
    let qubits: SmallVec<[usize; 4]> = site.op.qubits.iter().map(|&q| q as usize).collect();
    if !site.unraveling.looks_at_diagonal() {
        return state.reduced_density_matrix(&qubits);
    }
    let populations = match qubits[..] {
        [qubit] => {
            let one = state.probability_of_one(qubit);
            vec![state.norm() - one, one]
        }
        _ => state.try_marginal(&qubits)?,
    };
    let diagonal = populations.into_iter().map(Complex64::from);
    Ok(DMatrix::from_diagonal(&DVector::from_iterator(1 << qubits.len(), diagonal)))
}

/// Divides a state by its norm.
pub(super) fn normalize<T: Real>(state: &mut StateVector<T>) -> Result<()> {
    let norm = state.norm();
    if !(norm > 0.0 && norm.is_finite()) {
        return Err(Error::Invalid {
            what: "the probability of an operator of a noise channel".into(),
            value: norm.to_string(),
            expected: "an operator that is taken is possible".into(),
        });
    }
    state.scale(Complex64::new(1.0 / norm.sqrt(), 0.0));
    Ok(())
}

/// The operator of a side as an action; `None` for a multiple of the identity.
pub(super) fn action(site: &Site, side: u64) -> Option<Action> {
    let targets = &site.op.qubits;
    let kind = match site.unraveling.operator(side) {
        Operator::Pauli { x: 0, z: 0 } => return None,
        Operator::Pauli { x, z } => {
            let place = |mask: u64| {
                targets.iter().enumerate().fold(0, |m, (k, &q)| m | (mask >> k & 1) << q)
            };
            Kind::Pauli(PauliMask { x: place(x), z: place(z) })
        }
        Operator::Matrix(m) => match targets[..] {
            [target] => {
                Kind::Dense1 { target, matrix: [m[(0, 0)], m[(0, 1)], m[(1, 0)], m[(1, 1)]] }
            }
            _ => Kind::Dense {
                targets: targets.iter().copied().collect(),
                matrix: m.transpose().as_slice().into(),
            },
        },
    };
    Some(Action::new(kind))
}
