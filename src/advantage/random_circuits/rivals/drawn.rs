//! What a sampler hands over.

/// What a sampler drew, and what it took but for the time.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The strings; qubit 0 is the lowest bit.
    pub strings: Vec<u64>,
    /// Bytes of the states that it had.
    pub bytes: u64,
    /// Probabilities of the whole circuit that it asked for one by one.
    pub amplitudes: Option<u64>,
    /// Output qubits that are not uniform, where the sampler chooses some.
    pub outputs: Option<u64>,
    /// The linear cross entropy that it has in the mean, where a formula says so.
    pub expected: Option<f64>,
}
