//! The exact ground state of a small model, by looking at every configuration.

use super::walk::Walk;
use super::{Ising, Qubo};
use crate::error::{Error, Result};
use crate::math::Bits;

/// The most spins of which [`Ising::ground_state`] looks at all 2ⁿ configurations.
pub const MAX_EXACT_SPINS: usize = 24;

/// The lowest energy and who has it.
#[derive(Debug, Clone, PartialEq)]
pub struct GroundState {
    /// The lowest energy.
    pub energy: f64,
    /// The configuration with that energy whose bits are the smallest number.
    pub bits: Bits,
    /// How many configurations have it, to 1e-9 of the sum of all |coefficients|.
    pub degeneracy: u64,
}

impl Ising {
    /// The ground state, by brute force: 2ⁿ configurations in Gray code order, one flip each.
    ///
    /// # Errors
    /// If there are more than [`MAX_EXACT_SPINS`] spins.
    pub fn ground_state(&self) -> Result<GroundState> {
        let n = self.num_spins();
        if n > MAX_EXACT_SPINS {
            return Err(Error::Invalid {
                what: "the number of spins of an exact ground state".into(),
                value: n.to_string(),
                expected: format!(
                    "all 2^n configurations are looked at up to n = {MAX_EXACT_SPINS}; beyond, \
                     `SimulatedAnnealing` finds low energies without proof"
                ),
            });
        }
        let scale: f64 = self.fields().iter().map(|h| h.abs()).sum::<f64>()
            + self.couplings().iter().map(|(_, _, w)| w.abs()).sum::<f64>();
        let tolerance = 1e-9 * scale;
        let mut walk = Walk::new(self, &Bits::zeros(n));
        let (mut lowest, mut best, mut degeneracy) = (walk.energy(), 0u64, 1u64);
        for step in 1..1u64 << n {
            // Configuration `step` of the reflected Gray code is step ^ (step >> 1); it differs
            // from the one before in the lowest set bit of `step`.
            walk.flip(step.trailing_zeros() as usize);
            let index = step ^ step >> 1;
            if step % 4096 == 0 {
                // Rounding must not add up over 2^24 flips.
                walk = Walk::new(self, &Bits::from_u64(index, n));
            }
            if walk.energy() < lowest - tolerance {
                (lowest, best, degeneracy) = (walk.energy(), index, 1);
            } else if walk.energy() <= lowest + tolerance {
                degeneracy += 1;
                best = best.min(index);
            }
        }
        let bits = Bits::from_u64(best, n);
        Ok(GroundState { energy: self.energy(&bits), bits, degeneracy })
    }
}

impl Qubo {
    /// [`Ising::ground_state`] of the same problem.
    ///
    /// # Errors
    /// If there are more than [`MAX_EXACT_SPINS`] variables, or a coefficient overflows.
    pub fn ground_state(&self) -> Result<GroundState> {
        let found = self.to_ising()?.ground_state()?;
        Ok(GroundState { energy: self.energy(&found.bits), ..found })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Graph;
    use super::super::testing::{any_ising, reference_json, spin_glass};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_minimum_of_the_list(model in any_ising(7)) {
            let energies: Vec<f64> =
                (0..128).map(|index| model.energy(&Bits::from_u64(index, 7))).collect();
            let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
            let ground = model.ground_state().unwrap();
            prop_assert!((ground.energy - lowest).abs() < 1e-7);
            let near = energies.iter().filter(|&&e| e < lowest + 1e-7).count();
            prop_assert_eq!(ground.degeneracy, near as u64);
            let qubo = model.to_qubo().unwrap().ground_state().unwrap();
            prop_assert!((qubo.energy - lowest).abs() < 1e-7);
        }
    }

    #[test]
    fn small_and_large() {
        let empty = Ising::new(vec![], [], 1.5).ground_state().unwrap();
        assert_eq!((empty.energy, empty.bits.len(), empty.degeneracy), (1.5, 0, 1));
        let free = Ising::new(vec![0.0; 3], [], 0.0).ground_state().unwrap();
        assert_eq!((free.bits.to_string().as_str(), free.degeneracy), ("000", 8));
        let says = Ising::new(vec![0.0; 25], [], 0.0).ground_state().unwrap_err().to_string();
        assert!(says.contains("n = 24") && says.contains("Annealing"), "{says}");
    }

    /// Exact energies and degeneracies of ±J spin glasses by another method (transfer matrices).
    #[test]
    fn spin_glasses_of_the_reference() {
        let Some(data) = reference_json("spinglass/pmJ.json") else { return };
        let mut checked = 0;
        for instance in data["instances"].as_array().unwrap() {
            let n = instance["n"].as_u64().unwrap() as usize;
            let Some(model) = spin_glass(instance) else { continue };
            if n > 20 {
                continue;
            }
            let ground = model.ground_state().unwrap();
            let expected = instance["ground_energy"].as_f64().unwrap();
            assert!((ground.energy - expected).abs() < 1e-9, "{}", instance["name"]);
            if let Some(degeneracy) = instance["degeneracy"].as_u64() {
                assert_eq!(ground.degeneracy, degeneracy, "{}", instance["name"]);
            }
            checked += 1;
        }
        assert!(checked > 0);
    }

    /// The files that come with the program.
    #[test]
    fn files_of_the_program() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits/graphs");
        let cut = |name: &str| {
            let graph = Graph::read(folder.join(name)).unwrap();
            assert_eq!(graph.is_regular(), Some(3), "{name}");
            -graph.max_cut().ground_state().unwrap().energy
        };
        assert_eq!(cut("petersen.txt"), 12.0);
        // Bipartite: every edge is cut.
        assert_eq!(cut("moebius_kantor.gset"), 24.0);
        let model = Ising::read(folder.join("sherrington_kirkpatrick_10.coo")).unwrap();
        let ground = model.ground_state().unwrap();
        // Counted apart from this program.
        assert_eq!((ground.energy, ground.degeneracy), (-19.0, 2));
    }
}
