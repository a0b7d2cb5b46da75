//! Quantum volume circuits.

use crate::circuit::Circuit;
use crate::math::{Domain, Streams};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// A quantum volume circuit (Cross et al., Phys. Rev. A 100, 032328 (2019)): in each of `depth`
/// layers the qubits are shuffled and a Haar-random two-qubit unitary acts on each pair of
/// neighbours; with an odd number one qubit rests. The volume's own circuits have
/// `depth == num_qubits`.
///
/// Each unitary is drawn as its Cartan decomposition and written with plain gates: `u3` on both
/// qubits, three CX with `rz`, `ry` and `ry` between them, `u3` on both qubits. The `u3` are Haar
/// random in SU(2). The angles between the CX are the coordinates (c₁, c₂, c₃) of
/// exp(i/2 Σ cⱼ σⱼ⊗σⱼ), drawn with the density ∏ |sin(cⱼ + cₖ) sin(cⱼ - cₖ)| that Haar measure has
/// there (Watts, O'Connor and Vala, Entropy 15, 1963 (2013)), so that the whole is Haar random in
/// SU(4), up to a global phase. The same seed gives the same circuit.
///
/// ```
/// use ketlab::circuit::library::quantum_volume;
/// let c = quantum_volume(5, 5, 1);
/// assert_eq!(c.count_ops()["cx"], 3 * 2 * 5);
/// ```
pub fn quantum_volume(num_qubits: usize, depth: usize, seed: u64) -> Circuit {
    let mut rng = Streams::new(seed, Domain::Circuit).stream(0);
    let mut c = Circuit::new(num_qubits);
    let mut qubits: Vec<usize> = (0..num_qubits).collect();
    for _ in 0..depth {
        qubits.shuffle(&mut rng);
        for pair in qubits.chunks_exact(2) {
            random_su4(&mut c, pair[0], pair[1], &mut rng);
        }
    }
    c
}

/// Appends a Haar-random unitary on two qubits.
fn random_su4(c: &mut Circuit, a: usize, b: usize, rng: &mut impl Rng) {
    random_su2(c, a, rng);
    random_su2(c, b, rng);
    canonical(c, random_coordinates(rng), a, b);
    random_su2(c, a, rng);
    random_su2(c, b, rng);
}

/// Appends a Haar-random unitary on one qubit: sin²(θ/2) is uniform.
fn random_su2(c: &mut Circuit, q: usize, rng: &mut impl Rng) {
    let theta = 2.0 * rng.random::<f64>().sqrt().asin();
    c.u3(theta, rng.random_range(0.0..TAU), rng.random_range(0.0..TAU), q);
}

/// RZ(π/2) on a · exp(i/2 Σ cⱼ σⱼ⊗σⱼ) · RZ(-π/2) on b, up to a global phase (Vatan and Williams,
/// Phys. Rev. A 69, 032315 (2004), figure 6, without its outer rotations: the Haar-random unitaries
/// beside them take them in).
fn canonical(c: &mut Circuit, [c1, c2, c3]: [f64; 3], a: usize, b: usize) {
    c.cx(b, a).rz(FRAC_PI_2 - c3, a).ry(FRAC_PI_2 - c1, b);
    c.cx(a, b).ry(c2 - FRAC_PI_2, b).cx(b, a);
}

/// Rejection from the uniform density on [0, π)³. sin(x + y) sin(x - y) = sin²x - sin²y, and the
/// product of the three differences of numbers in [0, 1] is at most 1/4.
fn random_coordinates(rng: &mut impl Rng) -> [f64; 3] {
    loop {
        let c: [f64; 3] = std::array::from_fn(|_| rng.random_range(0.0..PI));
        let [x, y, z] = c.map(|c| c.sin().powi(2));
        if 0.25 * rng.random::<f64>() < ((x - y) * (y - z) * (z - x)).abs() {
            return c;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_cx_make_the_canonical_gate() {
        let [c1, c2, c3] = [0.3, 1.1, 2.4];
        let mut found = Circuit::new(2);
        found.rz(FRAC_PI_2, 1);
        canonical(&mut found, [c1, c2, c3], 0, 1);
        found.rz(-FRAC_PI_2, 0);
        let mut expected = Circuit::new(2);
        expected.rxx(-c1, 0, 1).ryy(-c2, 0, 1).rzz(-c3, 0, 1);
        assert!(found.equals_up_to_phase(&expected, 1e-12).unwrap());
    }

    #[test]
    fn mean_entangling_power_is_that_of_haar_measure() {
        // Zanardi, Zalka and Faoro 2000: 1/5 in the mean, and e = 2/9·(1 - |G₁|) with Makhlin's
        // |G₁| = ∏ cos² + ∏ sin² of the coordinates; so the mean of |G₁| is 1/10.
        let mut rng = Streams::new(5, Domain::Circuit).stream(0);
        let samples = 40_000;
        let values: Vec<f64> = (0..samples)
            .map(|_| random_coordinates(&mut rng).map(|c| c.sin().powi(2)))
            .map(|[x, y, z]| (1.0 - x) * (1.0 - y) * (1.0 - z) + x * y * z)
            .collect();
        let mean = values.iter().sum::<f64>() / samples as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / samples as f64;
        let sigma = (variance / samples as f64).sqrt();
        assert!((mean - 0.1).abs() < 4.0 * sigma, "{mean} ± {sigma}");
    }
}
