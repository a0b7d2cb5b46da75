//! Bringing the qubits of a state home.

use super::action::{ControlMask, PauliMask};
use super::kernel::{self, Pair, Real, Workspace};
use super::layout::Layout;
use super::state_vector::StateVector;
use num_complex::Complex64;

/// Up to this many qubits, bits are exchanged pair by pair: preparing a sweep takes longer.
const PAIR_BY_PAIR: usize = 10;

impl<T: Real> StateVector<T> {
    /// Moves the amplitudes so that the layout is the identity: one sweep for flips, one for qubits
    /// that are exchanged in pairs, and two for any others; small states one for each exchange.
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
        if self.num_qubits() <= PAIR_BY_PAIR {
            return self.settle_pair_by_pair();
        }
        for partner in exchanges(&self.layout) {
            if partner.iter().enumerate().all(|(k, p)| k == *p) {
                continue;
            }
            let bits = kernel::exchange_tile_bits(&partner);
            match Workspace::new(bits) {
                Some(workspace) => {
                    kernel::exchange_bits(&mut self.buffer, &partner, &workspace);
                }
                None => panic!("there is no memory for a tile of 2^{bits} amplitudes"),
            }
        }
        self.layout = Layout::identity(self.num_qubits());
    }

    fn settle_pair_by_pair(&mut self) {
        for bit in 0..self.num_qubits() {
            let at = self.layout.position(bit);
            if at == bit {
                continue;
            }
            let job = Pair::swap(bit as u32, at as u32, ControlMask::default());
            kernel::pair(self.isa, &mut self.buffer, &job);
            let other = (bit..).find(|&qubit| self.layout.position(qubit) == bit);
            self.layout.swap(bit, other.expect("a qubit is at each bit"));
        }
    }
}

/// Two exchanges of bits, one after the other, that bring all qubits home: each cycle of bits is a
/// product of two reflections. The second does nothing if all cycles are pairs.
fn exchanges(layout: &Layout) -> [Vec<usize>; 2] {
    let n = layout.num_qubits();
    let mut partners = [0, 1].map(|_| (0..n).collect::<Vec<usize>>());
    let mut seen = 0u64;
    for first in 0..n {
        // What is at a bit of the cycle is to come to the next one: qubit b's content to bit b.
        let mut cycle = Vec::new();
        let mut qubit = first;
        while seen >> qubit & 1 == 0 {
            seen |= 1 << qubit;
            cycle.push(qubit);
            qubit = layout.position(qubit);
        }
        cycle.reverse();
        let len = cycle.len();
        for k in 0..len {
            partners[0][cycle[k]] = cycle[len - 1 - k];
            partners[1][cycle[k]] = cycle[(len - k) % len];
        }
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, seq::SliceRandom};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn every_amplitude_comes_home() {
        let rng = &mut ChaCha8Rng::seed_from_u64(5);
        for n in [0, 1, 2, 5, 9, 10, 11, 14, 15, 17, 18] {
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
