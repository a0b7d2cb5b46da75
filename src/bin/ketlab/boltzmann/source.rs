//! Data from a file or by a name.

use anyhow::{Context, Result, bail};
use ketlab::boltzmann::data::{
    DensityMatrix, MAX_STATE_QUBITS, NAMES, from_name, ground_state, read_distribution,
    thermal_state,
};
use ketlab::boltzmann::{Distribution, Target};
use ketlab::pauli::PauliSum;
use std::path::Path;

/// What is said of bit strings in help.
pub const STRINGS: &str = "\
DATA is a file: bit strings, one a line (the rightmost character is bit 0), with counts or \
probabilities behind a comma if there are any; or columns of 0 and 1 (the leftmost one is bit 0), as \
two fields of one character each are, too; a NumPy array of rows (column 0 is bit 0); JSON of `ketlab \
run --json`, or a map from strings to counts. Or a name: bas:2x2 (bars and stripes), parity:4, \
cardinality:4:2, bernoulli:4:4,7,2,2:0.9 (Bernoulli modes of Amin et al.).";

/// And of states.
pub const STATES: &str = "\
With --state, DATA is a density matrix of shape (2^n, 2^n) as .npy; thermal:BETA:\"-Z0 Z1 - X0\" and \
ground:\"-Z0 Z1 - X0\" are the states of a sum of Pauli strings.";

/// The data, a law or a state.
pub fn target(text: &str, is_state: bool) -> Result<Target> {
    if let Some(rest) = text.strip_prefix("thermal:") {
        let Some((beta, sum)) = rest.split_once(':') else {
            bail!("{text}: it must be thermal:BETA:SUM, as in thermal:1:\"-Z0 Z1 - X0\"");
        };
        let beta: f64 = beta.parse().with_context(|| format!("{text}: the inverse temperature"))?;
        let sum = operator(text, sum)?;
        return Ok(thermal_state(&sum, sum.num_qubits(), beta)?.into());
    }
    if let Some(sum) = text.strip_prefix("ground:") {
        let sum = operator(text, sum)?;
        return Ok(ground_state(&sum, sum.num_qubits())?.into());
    }
    if is_state {
        return state(text);
    }
    Ok(law(text)?.into())
}

/// A Hamiltonian of small states.
fn operator(text: &str, sum: &str) -> Result<PauliSum> {
    let sum: PauliSum = sum.parse().with_context(|| text.to_string())?;
    match sum.num_qubits() {
        0 => bail!("{text}: the sum acts on no qubit"),
        n if n > MAX_STATE_QUBITS => bail!(
            "{text}: {n} qubits; states by name have at most {MAX_STATE_QUBITS}, larger ones come as \
             a file: --state FILE.npy"
        ),
        _ => Ok(sum),
    }
}

/// A law of strings.
pub fn law(text: &str) -> Result<Distribution> {
    if let Some(law) = from_name(text)? {
        return Ok(law);
    }
    if !Path::new(text).exists() {
        let forms: Vec<_> = NAMES.iter().map(|name| name.2).collect();
        bail!("{text}: no such file; laws with names are, for example, {}", forms.join(", "));
    }
    Ok(read_distribution(text)?)
}

#[cfg(feature = "npy")]
fn state(text: &str) -> Result<Target> {
    Ok(DensityMatrix::load_npy(text)?.into())
}

#[cfg(not(feature = "npy"))]
fn state(_: &str) -> Result<Target> {
    bail!("--state reads .npy files, and this program was built without the feature `npy`")
}
