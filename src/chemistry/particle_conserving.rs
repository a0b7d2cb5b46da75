//! A brickwork that keeps the number of ones.

use super::coupled_cluster::try_hartree_fock;
use super::excitations::Excitation;
use crate::circuit::Circuit;
use crate::circuit::library::{check_layers, check_num_qubits, num_parameters};
use crate::error::Result;

/// A particle-conserving ansatz on a line of qubits, from exchange gates as in Barkoutsos et al.,
/// Phys. Rev. A 98, 022322 (2018): X on the first `num_particles` qubits, then `layers` times a
/// gate on the pairs (0, 1), (2, 3), … and then on (1, 2), (3, 4), …. The gate is the Givens
/// rotation exp(θ(a†_b a_a - a†_a a_b)) of neighbours a < b, which takes |01⟩ (a filled) to
/// cos θ|01⟩ + sin θ|10⟩, and then CP(φ). Givens rotations alone reach states of free fermions
/// only; the phase is an interaction.
///
/// Parameters are `theta[0]`, … in the order of the gates: θ, φ a pair; there are
/// 2(n - 1)·layers, or none where no particle or every qubit is filled, which is one state. The number of ones is kept, the spin S_z of interleaved spin orbitals is not:
/// for that see [`uccsd`](super::uccsd).
///
/// ```
/// use ketlab::chemistry::particle_conserving;
/// let c = particle_conserving(6, 3, 4);
/// assert_eq!(c.params().len(), 2 * 5 * 4);
/// ```
///
/// # Panics
/// See [`try_particle_conserving`].
#[track_caller]
pub fn particle_conserving(num_qubits: usize, num_particles: usize, layers: usize) -> Circuit {
    try_particle_conserving(num_qubits, num_particles, layers).unwrap_or_else(|e| panic!("{e}"))
}

/// [`particle_conserving`] that returns the error.
///
/// # Errors
/// If there are no qubits, or more than a circuit can have; more particles than qubits; no layers; or
/// more than 65,536 parameters.
pub fn try_particle_conserving(
    num_qubits: usize,
    num_particles: usize,
    layers: usize,
) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    check_layers(layers)?;
    if num_particles == 0 || num_particles >= num_qubits {
        // Nothing can move: one state, without parameters (or none, if there are more).
        return try_hartree_fock(num_qubits, num_particles);
    }
    let count = num_parameters(layers, 2 * (num_qubits - 1))?;
    let mut c = try_hartree_fock(num_qubits, num_particles)?;
    let theta = c.param_vector("theta", count);
    let (even, odd) = ((1..num_qubits).step_by(2), (2..num_qubits).step_by(2));
    let uppers = even.chain(odd).collect::<Vec<_>>().repeat(layers);
    for (upper, angles) in uppers.into_iter().zip(theta.chunks_exact(2)) {
        Excitation::try_single(upper, upper - 1)?.append_to(&mut c, angles[0])?;
        c.cp(angles[1], upper - 1, upper);
    }
    Ok(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulator;

    #[test]
    fn keeps_the_number_of_ones() {
        let c = particle_conserving(6, 2, 4);
        let names = c.params().iter().enumerate();
        let named: Vec<_> = names.map(|(k, name)| (name, 0.4 + k as f64)).collect();
        let p = Simulator::new().probabilities(&c.bind(&named).unwrap()).unwrap();
        for (state, p) in p.iter().enumerate() {
            match state.count_ones() {
                2 => assert!(*p > 1e-6, "{state:06b} is reached"),
                _ => assert!(*p < 1e-25, "{state:06b}"),
            }
        }
    }

    #[test]
    fn gates_are_givens_rotations_and_phases() {
        let c = particle_conserving(2, 1, 1);
        let (theta, phi) = (0.3f64, 0.8);
        let bound = c.bind(&[("theta[0]", theta), ("theta[1]", phi)]).unwrap();
        let m = bound.matrix().unwrap();
        // Columns after the X on qubit 0: |00⟩ → |01⟩ → cos|01⟩ + sin|10⟩; |10⟩ → |11⟩.
        assert!((m[(0b01, 0b00)].re - theta.cos()).abs() < 1e-12);
        assert!((m[(0b10, 0b00)].re - theta.sin()).abs() < 1e-12);
        assert!((m[(0b11, 0b10)].arg() - phi).abs() < 1e-12);
        assert_eq!(particle_conserving(4, 2, 1).count_ops()["cp"], 3);
    }

    #[test]
    fn what_cannot_move_is_one_state() {
        for (n, particles) in [(4, 4), (4, 0), (1, 1), (1, 0)] {
            let one_state = try_hartree_fock(n, particles).unwrap();
            assert_eq!(particle_conserving(n, particles, 3), one_state);
        }
        assert!(try_particle_conserving(4, 5, 1).is_err());
        assert!(try_particle_conserving(0, 0, 1).is_err());
        assert!(try_particle_conserving(4, 2, 0).is_err());
        assert!(try_particle_conserving(4, 2, usize::MAX).is_err());
    }
}
