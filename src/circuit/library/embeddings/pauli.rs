//! Pauli feature maps: data as angles of Pauli rotations.

use super::sizes::{check_features, check_gates, check_parameters};
use crate::circuit::library::Entanglement;
use crate::circuit::{Circuit, Formula};
use crate::error::{Error, Result};
use crate::gate::Param;
use std::f64::consts::PI;

/// The ZZ feature map of Havlíček et al., Nature 567, 209 (2019): `reps` times H on every qubit,
/// P(2 x_k) on qubit k, and on the pairs (a, b) of `entanglement` CX · P(2 (π - x_a)(π - x_b)) · CX.
/// Qiskit's `zz_feature_map`, which has 2 repetitions and [`Entanglement::Full`] unless said
/// otherwise. One feature a qubit; inputs are `x[0]`, ….
///
/// ```
/// use ketlab::circuit::library::{Entanglement, zz_feature_map};
/// let c = zz_feature_map(3, 2, Entanglement::Full);
/// assert_eq!(c.inputs().count(), 3);
/// assert_eq!((c.count_ops()["p"], c.count_ops()["cx"]), (2 * (3 + 3), 2 * 2 * 3));
/// ```
///
/// # Panics
/// See [`try_zz_feature_map`].
#[track_caller]
pub fn zz_feature_map(num_features: usize, reps: usize, entanglement: Entanglement) -> Circuit {
    try_zz_feature_map(num_features, reps, entanglement).unwrap_or_else(|e| panic!("{e}"))
}

/// [`zz_feature_map`] that returns the error.
///
/// # Errors
/// As [`try_pauli_feature_map`]; a single feature has no pairs and is no error.
pub fn try_zz_feature_map(
    num_features: usize,
    reps: usize,
    entanglement: Entanglement,
) -> Result<Circuit> {
    let paulis = if num_features > 1 { &["Z", "ZZ"][..] } else { &["Z"] };
    try_pauli_feature_map(num_features, reps, paulis, entanglement, 2.0)
}

/// A Pauli feature map: `reps` times H on every qubit and then, for each word P of `paulis` in turn
/// and each block S of as many qubits that `entanglement` has, exp(-iα φ_S(x)/2 P_S) up to its
/// phase, with φ = x_k on one qubit and Π_{k∈S}(π - x_k) on several. Qiskit's `pauli_feature_map`,
/// gate by gate: to the basis of Z, a ladder of CX, P(α φ), and back; its default is
/// `["Z", "ZZ"]` with α = `alpha` = 2. Words are Pauli letters, the **rightmost** on the first
/// qubit of the block; a letter I counts in φ and has no gate. One feature a qubit; inputs are
/// `x[0]`, ….
///
/// Blocks of [`Entanglement::Linear`] are runs of neighbours, of [`Entanglement::Full`] all
/// subsets; blocks of one qubit are all qubits, also with [`Entanglement::None`], which has no
/// others.
///
/// ```
/// use ketlab::circuit::library::{Entanglement, pauli_feature_map};
/// let c = pauli_feature_map(3, 1, &["X", "ZY"], Entanglement::Linear, 2.0);
/// assert_eq!((c.count_ops()["p"], c.count_ops()["sx"]), (3 + 2, 2));
/// ```
///
/// # Panics
/// See [`try_pauli_feature_map`].
#[track_caller]
pub fn pauli_feature_map<S: AsRef<str>>(
    num_features: usize,
    reps: usize,
    paulis: &[S],
    entanglement: Entanglement,
    alpha: f64,
) -> Circuit {
    try_pauli_feature_map(num_features, reps, paulis, entanglement, alpha)
        .unwrap_or_else(|e| panic!("{e}"))
}

/// [`pauli_feature_map`] that returns the error.
///
/// # Errors
/// If there are no features, more than 65,536 parameters (features and products) or more than 2^24
/// gates; if a word is empty, has other letters than I, X, Y, Z, or more letters than there are
/// qubits; if `alpha` is not finite.
pub fn try_pauli_feature_map<S: AsRef<str>>(
    num_features: usize,
    reps: usize,
    paulis: &[S],
    entanglement: Entanglement,
    alpha: f64,
) -> Result<Circuit> {
    check_features(num_features)?;
    if !alpha.is_finite() {
        return Err(Error::NotFinite { what: "alpha of a Pauli feature map".into(), value: alpha });
    }
    let (mut num_products, mut num_gates) = (0usize, num_features);
    for word in paulis {
        let len = check_word(word.as_ref(), num_features)?;
        let blocks = entanglement.num_blocks(num_features, len);
        // Each block has a product for all but its first letter.
        num_products = num_products.saturating_add(blocks.saturating_mul(len - 1));
        num_gates = num_gates.saturating_add(blocks.saturating_mul(4 * len));
    }
    check_parameters(num_features.saturating_add(num_products))?;
    check_gates(reps, num_gates)?;
    let mut c = Circuit::new(num_features);
    let x = c.param_vector("x", num_features);
    let mut rotations = Vec::new();
    for word in paulis {
        // Qiskit's words are read from the right.
        let letters: Vec<u8> = word.as_ref().bytes().rev().collect();
        for block in entanglement.blocks(num_features, letters.len()) {
            let angle = data_map(&mut c, &x, &block)?;
            let on = block.into_iter().zip(letters.iter().copied());
            rotations.push((on.filter(|&(_, letter)| letter != b'I').collect::<Vec<_>>(), angle));
        }
    }
    for _ in 0..reps {
        for k in 0..num_features {
            c.try_h(k)?;
        }
        for (factors, angle) in &rotations {
            push_rotation(&mut c, factors, *angle, alpha)?;
        }
    }
    Ok(c)
}

/// How many letters a word has.
fn check_word(word: &str, num_features: usize) -> Result<usize> {
    let invalid = |expected: String| {
        let what = "a word of a Pauli feature map".into();
        Err(Error::Invalid { what, value: format!("`{word}`"), expected })
    };
    if word.is_empty() || !word.bytes().all(|letter| b"IXYZ".contains(&letter)) {
        return invalid("words are letters I, X, Y, Z, such as `Z` and `YY`".into());
    }
    if word.len() > num_features {
        return invalid(format!("there are {num_features} qubits, one a feature"));
    }
    Ok(word.len())
}

/// x_k of one qubit, Π(π - x_k) of several.
fn data_map(c: &mut Circuit, x: &[Param], block: &[usize]) -> Result<Param> {
    let Some((first, others)) = block.split_first() else { unreachable!("a word has letters") };
    let mut product: Option<Param> = None;
    for &k in others {
        let before = product.map_or(PI - x[*first], Into::into);
        product = Some(c.try_derived(Formula::Product(before, PI - x[k]))?);
    }
    Ok(product.unwrap_or(x[*first]))
}

/// exp(-iαφ/2 P) up to its phase, as Qiskit writes it.
fn push_rotation(c: &mut Circuit, factors: &[(usize, u8)], phi: Param, alpha: f64) -> Result<()> {
    let Some(&(last, _)) = factors.last() else { return Ok(()) };
    to_basis_of_z(c, factors, false)?;
    for pair in factors.windows(2) {
        c.try_cx(pair[0].0, pair[1].0)?;
    }
    c.try_p(alpha * phi, last)?;
    for pair in factors.windows(2).rev() {
        c.try_cx(pair[0].0, pair[1].0)?;
    }
    to_basis_of_z(c, factors, true)
}

fn to_basis_of_z(c: &mut Circuit, factors: &[(usize, u8)], back: bool) -> Result<()> {
    for &(qubit, letter) in factors {
        match letter {
            b'X' => _ = c.try_h(qubit)?,
            b'Y' if back => _ = c.try_sxdg(qubit)?,
            b'Y' => _ = c.try_sx(qubit)?,
            _ => {}
        }
    }
    Ok(())
}
