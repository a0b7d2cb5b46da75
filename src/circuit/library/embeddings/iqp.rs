//! Data as angles of an instantaneous quantum polynomial circuit.

use super::sizes::{check_features, check_gates, check_parameters};
use crate::circuit::library::Entanglement;
use crate::circuit::{Circuit, Formula};
use crate::error::Result;

/// IQP embedding: `reps` times H on every qubit, RZ(x_k) on qubit k, and RZZ(x_a x_b) on the pairs
/// of `entanglement`. PennyLane's `IQPEmbedding`, whose pattern is [`Entanglement::Full`] unless
/// said otherwise; after Havlíček et al., Nature 567, 209 (2019). One feature a qubit; inputs are
/// `x[0]`, ….
///
/// ```
/// use ketlab::circuit::library::{Entanglement, iqp_embedding};
/// let c = iqp_embedding(3, 2, Entanglement::Full);
/// assert_eq!((c.inputs().count(), c.count_ops()["rzz"]), (3, 2 * 3));
/// ```
///
/// # Panics
/// See [`try_iqp_embedding`].
#[track_caller]
pub fn iqp_embedding(num_features: usize, reps: usize, entanglement: Entanglement) -> Circuit {
    try_iqp_embedding(num_features, reps, entanglement).unwrap_or_else(|e| panic!("{e}"))
}

/// [`iqp_embedding`] that returns the error.
///
/// # Errors
/// If there are no features, more than 65,536 features and products, or more than 2^24 gates.
pub fn try_iqp_embedding(
    num_features: usize,
    reps: usize,
    entanglement: Entanglement,
) -> Result<Circuit> {
    check_features(num_features)?;
    let num_pairs = entanglement.num_pairs(num_features);
    check_parameters(num_features.saturating_add(num_pairs))?;
    check_gates(reps, num_pairs.saturating_add(2 * num_features))?;
    let mut c = Circuit::new(num_features);
    let x = c.param_vector("x", num_features);
    let mut products = Vec::with_capacity(num_pairs);
    for (a, b) in entanglement.pairs(num_features) {
        products.push((a, b, c.try_derived(Formula::Product(x[a].into(), x[b].into()))?));
    }
    for _ in 0..reps {
        for (k, &x) in x.iter().enumerate() {
            c.try_h(k)?.try_rz(x, k)?;
        }
        for &(a, b, product) in &products {
            c.try_rzz(product, a, b)?;
        }
    }
    Ok(c)
}
