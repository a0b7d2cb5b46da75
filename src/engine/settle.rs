//! Bringing the qubits of a state home.

use super::action::{ControlMask, PauliMask};
use super::kernel::{self, Pair, Real, Workspace};
use super::state_vector::StateVector;
use num_complex::Complex64;

/// log2 of the amplitudes that are moved together, and of those that lie side by side.
const TILE_BITS: u32 = 14;
const RUN_BITS: usize = 6;

impl<T: Real> StateVector<T> {
    /// Moves the amplitudes so that the layout is the identity: one sweep for flips, and one for
    /// some four qubits or more that are not at their places.
    pub fn settle(&mut self) {
        if self.layout.is_identity() {
            return;
        }
        let flips = PauliMask { x: self.layout.flips(), z: 0 };
        if flips.x != 0 {
            let (zero, one) = (Complex64::ZERO, Complex64::ONE);
            let job = Pair::pauli(zero, one, flips, ControlMask::default());
            kernel::pair(self.isa, &mut self.buffer, &job);
            self.layout.clear_flips();
        }
        while !self.layout.is_identity() {
            let (bits, from) = self.exchanges();
            match Workspace::new(bits.count_ones()) {
                Some(workspace) => {
                    kernel::move_bits(&mut self.buffer, bits as usize, &from, &workspace);
                }
                None => panic!("there is no memory for a tile of 2^{TILE_BITS} amplitudes"),
            }
        }
    }

    /// Exchanges of qubits, done in the layout, that bring as many home as fit in a tile: the bits
    /// of the tile, and which of them each one's content comes from.
    fn exchanges(&mut self) -> (u64, Vec<usize>) {
        let n = self.num_qubits();
        let mut bits = (1u64 << RUN_BITS.min(n)) - 1;
        // What is at a bit comes from this one.
        let mut sources: Vec<usize> = (0..n).collect();
        for qubit in 0..n {
            let here = self.layout.position(qubit);
            let wanted = bits | 1 << here | 1 << qubit;
            if here != qubit && wanted.count_ones() <= TILE_BITS {
                bits = wanted;
                sources.swap(here, qubit);
                self.layout.swap_positions(here, qubit);
            }
        }
        let rank = |bit: usize| (bits & ((1 << bit) - 1)).count_ones() as usize;
        let inside = (0..n).filter(|bit| bits >> bit & 1 == 1);
        (bits, inside.map(|bit| rank(sources[bit])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, seq::SliceRandom};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn every_amplitude_comes_home() {
        let rng = &mut ChaCha8Rng::seed_from_u64(5);
        for n in [0, 1, 5, 9, 14, 15, 17, 18] {
            let mut state = StateVector::<f32>::zero(n).unwrap();
            state.buffer.iter_mut().enumerate().for_each(|(i, a)| a.re = i as f32);
            let mut qubits: Vec<usize> = (0..n).collect();
            qubits.shuffle(rng);
            qubits.chunks_exact(2).for_each(|pair| state.layout.swap(pair[0], pair[1]));
            qubits.windows(2).step_by(3).for_each(|pair| state.layout.swap(pair[0], pair[1]));
            state.layout.x_mask(rng.random_range(0..1 << n));
            let want = state.to_vec();
            state.settle();
            assert!(state.layout.is_identity() && want == state.buffer[..], "{n} qubits");
        }
    }
}
