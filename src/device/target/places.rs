//! Qubits of circuits and of devices.

/// A circuit's qubits by where they end.
pub(in crate::device) struct Places {
    /// The qubit that ends on each place.
    qubits: Vec<u32>,
}

impl Places {
    /// Of the places where the qubits end, a permutation.
    pub fn of(final_places: &[usize]) -> Self {
        let mut qubits = vec![0; final_places.len()];
        final_places.iter().enumerate().for_each(|(k, &place)| qubits[place] = k as u32);
        Places { qubits }
    }

    /// The qubit that ends there.
    pub fn qubit(&self, place: u32) -> u32 {
        self.qubits[place as usize]
    }
}

/// Swaps that bring what is on qubit k to `to[k]`, a permutation.
pub(in crate::device) fn exchanges(to: &[usize]) -> Vec<(usize, usize)> {
    let (mut swaps, mut to) = (Vec::new(), to.to_vec());
    for k in 0..to.len() {
        // What is on k goes where it belongs, until the right one is there.
        while to[k] != k {
            let other = to[k];
            swaps.push((k, other));
            to.swap(k, other);
        }
    }
    swaps
}
