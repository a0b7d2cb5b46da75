//! Channels that multiply strings by numbers.

use super::packed::{Mask, Tag, Term, bit, mask_of, ones};
use super::step::Transfer;

/// Operations with diagonal transfer matrices, done together.
pub(super) struct ScaleLayer<const W: usize> {
    mask: Mask<W>,
    channels: Vec<Channel>,
    /// Those on each qubit.
    by_qubit: Vec<Vec<u32>>,
}

struct Channel {
    qubits: Vec<usize>,
    /// By the number of the string on these qubits.
    factors: Vec<f64>,
}

impl<const W: usize> ScaleLayer<W> {
    pub fn new<'a>(maps: impl Iterator<Item = &'a Transfer>, place: &dyn Fn(u32) -> usize) -> Self {
        let channel = |map: &Transfer| Channel {
            qubits: map.qubits().iter().map(|&q| place(q)).collect(),
            factors: map.matrix().diag().to_vec(),
        };
        let channels: Vec<Channel> = maps.map(channel).collect();
        let most = channels.iter().flat_map(|c| &c.qubits).max().map_or(0, |q| q + 1);
        let mut by_qubit = vec![Vec::new(); most];
        for (k, channel) in channels.iter().enumerate() {
            channel.qubits.iter().for_each(|&q| by_qubit[q].push(k as u32));
        }
        ScaleLayer {
            mask: mask_of((0..most).filter(|&q| !by_qubit[q].is_empty())),
            channels,
            by_qubit,
        }
    }

    /// Multiplies the term by what the channels on its qubits say.
    pub fn apply<T: Tag>(&self, term: &mut Term<W, T>) {
        let mut support = [0; W];
        (0..W).for_each(|w| support[w] = (term.x[w] | term.z[w]) & self.mask[w]);
        let mut factor = 1.0;
        for q in ones(support) {
            for &k in &self.by_qubit[q] {
                let channel = &self.channels[k as usize];
                // Once for each channel: where its first factor is.
                if channel.qubits.iter().find(|&&p| bit(&support, p)) == Some(&q) {
                    factor *= channel.factors[number(&term.x, &term.z, &channel.qubits)];
                }
            }
        }
        term.c *= factor;
        term.tag.scale(factor);
    }
}

/// The number of a string on some qubits: letters I, X, Y, Z are digits, that of the first qubit last.
#[inline(always)]
pub(super) fn number<const W: usize>(x: &Mask<W>, z: &Mask<W>, qubits: &[usize]) -> usize {
    qubits.iter().enumerate().fold(0, |number, (k, &q)| {
        let (x, z) = (usize::from(bit(x, q)), usize::from(bit(z, q)));
        // I, X, Y, Z have (x, z) = 00, 10, 11, 01.
        number | (2 * z + (x ^ z)) << (2 * k)
    })
}
