//! State vectors of the part of the circuit that an observable can see.

use super::observable::KickedObservable;
use crate::circuit::Circuit;
use crate::circuit::library::heavy_hex_127;
use crate::error::Result;
use crate::math::Watch;
use crate::pauli::{Pauli, PauliString, PauliSum};
use crate::simulate::{Method, Simulator};
use std::collections::BTreeSet;
use std::f64::consts::FRAC_PI_2;

/// A circuit on the qubits of a light cone, and the string there.
pub struct LightCone {
    /// The circuit.
    pub circuit: Circuit,
    /// The string.
    pub string: PauliString,
}

/// Kicked qubits, and couplings behind them.
type Layer = (Vec<usize>, Vec<(usize, usize)>);

/// What of the circuit a string sees. A coupling commutes with a string that has I or Z on both of its
/// qubits, and else makes its support larger; a kick makes Y of Z.
pub fn light_cone(
    observable: KickedObservable,
    string: &PauliString,
    theta: f64,
) -> Result<LightCone> {
    let edges = heavy_hex_127();
    // Qubits with any letter, and those that may have X or Y.
    let mut support: BTreeSet<usize> = string.support().collect();
    let mut flips: BTreeSet<usize> =
        string.iter().filter(|(_, pauli)| *pauli != Pauli::Z).map(|(qubit, _)| qubit).collect();
    // Layers from the last one on.
    let mut layers: Vec<Layer> = Vec::new();
    if observable.has_last_kicks() {
        layers.push((support.iter().copied().collect(), Vec::new()));
        flips.clone_from(&support);
    }
    for _ in 0..observable.steps() {
        let seen: Vec<(usize, usize)> =
            edges.iter().copied().filter(|(a, b)| flips.contains(a) || flips.contains(b)).collect();
        support.extend(seen.iter().flat_map(|&(a, b)| [a, b]));
        layers.push((support.iter().copied().collect(), seen));
        flips.clone_from(&support);
    }
    let qubits: Vec<usize> = support.into_iter().collect();
    let place = |qubit: usize| qubits.partition_point(|&q| q < qubit);
    let mut circuit = Circuit::new(qubits.len());
    for (kicks, couplings) in layers.iter().rev() {
        for &qubit in kicks {
            circuit.try_rx(theta, place(qubit))?;
        }
        for &(a, b) in couplings {
            circuit.try_rzz(-FRAC_PI_2, place(a), place(b))?;
        }
    }
    let string = PauliString::new(string.iter().map(|(qubit, pauli)| (place(qubit), pauli)));
    Ok(LightCone { circuit, string })
}

/// The largest light cone of an observable's strings, in qubits.
pub fn largest_cone(observable: KickedObservable) -> Result<usize> {
    let mut sizes = observable
        .strings()
        .into_iter()
        .map(|string| light_cone(observable, &string, 0.0).map(|cone| cone.circuit.num_qubits()));
    sizes.try_fold(0, |most, size| Ok(most.max(size?)))
}

/// The mean by state vectors, exact to rounding.
pub fn mean(observable: KickedObservable, theta: f64, watch: &Watch) -> Result<f64> {
    let simulator = Simulator::new().method(Method::StateVector).with_watch(watch);
    let strings = observable.strings();
    let mut sum = 0.0;
    for string in &strings {
        let cone = light_cone(observable, string, theta)?;
        let operator = PauliSum::new([(cone.string, 1.0)]);
        sum += simulator.expectation(&cone.circuit, &operator)?.value;
    }
    Ok(sum / strings.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cones_grow_as_counted() {
        // Of Z62 after 1, 2, … steps, from breadth-first search on the map.
        let z = PauliString::single(62, Pauli::Z);
        let size = |observable| light_cone(observable, &z, 0.3).unwrap().circuit.num_qubits();
        assert_eq!(size(KickedObservable::Magnetization), 19);
        assert_eq!(size(KickedObservable::Z62Steps9), 65);
        assert_eq!(size(KickedObservable::Z62Steps20), 127);
        // Fewer than the 37 and 68 that are within reach: couplings that commute are left out.
        assert_eq!(largest_cone(KickedObservable::Weight10).unwrap(), 30);
        assert_eq!(largest_cone(KickedObservable::Weight17).unwrap(), 59);
    }
}
