//! The kicked Ising model.

use crate::chip::Lattice;
use crate::circuit::{Circuit, MAX_QUBITS};
use crate::error::{Error, Result};
use crate::gate::Angle;
use std::f64::consts::FRAC_PI_2;

/// Most gates of the model: about 2 GiB.
const MAX_GATES: u128 = 1 << 24;

/// `steps` steps of the kicked Ising model at its self-dual coupling, each RX(θ) on all qubits, then
/// RZZ(-π/2) on all pairs of `edges` (Kim et al., Nature 618, 500 (2023), eq. 1, with θ_J = -π/2 and
/// θ = θ_h in radians). At θ = 0 and π/2 all gates are Clifford gates; with the pairs of
/// [`heavy_hex_127`] it is the experiment's circuit.
///
/// ```
/// use ketlab::circuit::library::{heavy_hex_127, kicked_ising};
/// let circuit = kicked_ising(&heavy_hex_127(), 127, 0.7, 5);
/// assert_eq!((circuit.count_ops()["rx"], circuit.count_ops()["rzz"]), (635, 720));
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_kicked_ising`].
#[track_caller]
pub fn kicked_ising(
    edges: &[(usize, usize)],
    num_qubits: usize,
    theta: f64,
    steps: usize,
) -> Circuit {
    try_kicked_ising(edges, num_qubits, theta, steps).unwrap_or_else(|e| panic!("{e}"))
}

/// [`kicked_ising`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, or no steps; if θ is not finite; if a pair is
/// a qubit with itself or has one that there is not; if there are more than 2^24 gates.
pub fn try_kicked_ising(
    edges: &[(usize, usize)],
    num_qubits: usize,
    theta: f64,
    steps: usize,
) -> Result<Circuit> {
    let invalid = |what: &str, value: u128, expected: String| Error::Invalid {
        what: format!("the number of {what} of a kicked Ising model"),
        value: value.to_string(),
        expected,
    };
    if num_qubits == 0 || num_qubits > MAX_QUBITS {
        let expected = format!("it must be from 1 to {MAX_QUBITS}");
        return Err(invalid("qubits", num_qubits as u128, expected));
    }
    if steps == 0 {
        return Err(invalid("steps", 0, "it must be at least 1".into()));
    }
    if !theta.is_finite() {
        return Err(Error::NotFinite { what: "the kick θ".into(), value: theta });
    }
    let gates = steps as u128 * (num_qubits as u128 + edges.len() as u128);
    if gates > MAX_GATES {
        let expected = format!("it must be at most {MAX_GATES}: take fewer steps");
        return Err(invalid("gates", gates, expected));
    }
    let mut circuit = Circuit::new(num_qubits);
    for _ in 0..steps {
        kicked_ising_step(&mut circuit, edges, theta)?;
    }
    Ok(circuit)
}

/// Appends one step to a circuit; θ may depend on parameters.
///
/// # Errors
/// As [`try_kicked_ising`].
pub fn kicked_ising_step(
    circuit: &mut Circuit,
    edges: &[(usize, usize)],
    theta: impl Into<Angle>,
) -> Result<()> {
    let theta = theta.into();
    for qubit in 0..circuit.num_qubits() {
        circuit.try_rx(theta.clone(), qubit)?;
    }
    for &(a, b) in edges {
        circuit.try_rzz(-FRAC_PI_2, a, b)?;
    }
    Ok(())
}

/// The 144 couplings of 127 qubits on heavy hexagons, numbered as IBM's Eagle processors are: those of
/// [`Lattice::eagle127`].
pub fn heavy_hex_127() -> Vec<(usize, usize)> {
    Lattice::eagle127().couplings().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Simulator;
    use std::path::Path;

    #[test]
    fn a_step_is_kicks_then_couplings() {
        let circuit = kicked_ising(&[(0, 1), (1, 2)], 3, 0.4, 2);
        let names: Vec<String> = circuit
            .ops()
            .iter()
            .map(|op| match op {
                crate::circuit::Op::Gate(gate) => gate.name().into_owned(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names, ["rx", "rx", "rx", "rzz", "rzz"].repeat(2));
        // One step from |0…0⟩: kicks alone show in Z, and couplings are diagonal.
        let one = kicked_ising(&[(0, 1), (1, 2)], 3, 0.4, 1);
        let z = Simulator::new().expectation(&one, &"Z1".parse().unwrap()).unwrap().value;
        assert!((z - 0.4f64.cos()).abs() < 1e-14);
        // At 0 nothing happens, and at π all spins are flipped in each step.
        for (theta, expected) in [(0.0, 1.0), (std::f64::consts::PI, -1.0)] {
            let circuit = kicked_ising(&[(0, 1), (1, 2)], 3, theta, 3);
            let z = Simulator::new().expectation(&circuit, &"Z1".parse().unwrap()).unwrap().value;
            assert!((z - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn what_is_no_model_is_refused() {
        assert!(try_kicked_ising(&[], 0, 0.1, 1).is_err());
        assert!(try_kicked_ising(&[], 2, 0.1, 0).is_err());
        assert!(try_kicked_ising(&[(0, 2)], 2, 0.1, 1).is_err());
        assert!(try_kicked_ising(&[(1, 1)], 2, 0.1, 1).is_err());
        assert!(try_kicked_ising(&[(0, 1)], 2, f64::NAN, 1).is_err());
        let error = try_kicked_ising(&[(0, 1)], 2, 0.1, usize::MAX).unwrap_err().to_string();
        assert!(error.contains("fewer steps"), "{error}");
    }

    #[test]
    fn the_map_is_that_of_the_experiment() {
        let path = "../shared/reference/kicked_ising/heavy_hex_127_map.json";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let Ok(text) = std::fs::read_to_string(&path) else {
            let required = std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_some();
            assert!(!required, "no map of the experiment, and KETLAB_REQUIRE_REFERENCE is set");
            eprintln!("skipped: no reference data");
            return;
        };
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut expected: Vec<(usize, usize)> = value["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                let [a, b] = [0, 1].map(|k| pair[k].as_u64().unwrap() as usize);
                (a.min(b), a.max(b))
            })
            .collect();
        let mut got: Vec<(usize, usize)> =
            heavy_hex_127().into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
        expected.sort_unstable();
        got.sort_unstable();
        assert_eq!(got.len(), 144);
        assert_eq!(got, expected);
    }
}
