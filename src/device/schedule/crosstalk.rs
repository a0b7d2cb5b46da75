//! Phases of qubits that interact while they idle.

use super::timed::{NOTHING_NS, Timed, push, qubits_of};
use super::timing::ZzCoupling;
use crate::circuit::{ChannelOp, Op};
use crate::device::gate_name::is_virtual;
use crate::error::Result;
use crate::gate::Qubits;
use crate::noise::Channel;
use nalgebra::DMatrix;
use num_complex::Complex64;
use smallvec::smallvec;
use std::sync::Arc;

/// The phases that pairs have gathered and that are not yet written.
pub(super) struct Phases {
    pairs: Vec<Pair>,
    /// The pairs of each qubit.
    of_qubit: Vec<Vec<usize>>,
    /// Until when each qubit is in an operation.
    busy_until: Vec<f64>,
    /// Channels that were written.
    pub count: usize,
}

struct Pair {
    coupling: ZzCoupling,
    /// When the phase was written last.
    since: f64,
    /// How long both have been in operations since.
    both_busy: f64,
}

impl Phases {
    pub fn new(couplings: &[ZzCoupling], num_qubits: usize) -> Self {
        let within = couplings.iter().filter(|c| c.qubits[1] < num_qubits && c.zz_khz != 0.0);
        let pairs: Vec<Pair> =
            within.map(|&coupling| Pair { coupling, since: 0.0, both_busy: 0.0 }).collect();
        let mut of_qubit = vec![vec![]; num_qubits];
        for (k, pair) in pairs.iter().enumerate() {
            pair.coupling.qubits.iter().for_each(|&q: &usize| of_qubit[q].push(k));
        }
        Phases { pairs, of_qubit, busy_until: vec![0.0; num_qubits], count: 0 }
    }

    /// Writes what must be before an operation, the next in time, and counts in the operation.
    pub fn before(&mut self, next: &Timed, out: &mut Vec<Op>) -> Result<()> {
        if self.pairs.is_empty()
            || matches!(next.op, Op::Delay { .. } | Op::Barrier(_) | Op::Assign(_))
        {
            return Ok(());
        }
        let on = qubits_of(&next.op, self.of_qubit.len());
        // Diagonal gates and measurements commute with the phases.
        let commutes = match &next.op {
            Op::Gate(g) => on.is_empty() || is_virtual(g),
            Op::Measure { .. } => true,
            _ => false,
        };
        if !commutes {
            for &q in &on {
                for k in self.of_qubit[q].clone() {
                    self.write(k, next.start, out)?;
                }
            }
        }
        let length = next.end - next.start;
        if length <= 0.0 {
            return Ok(());
        }
        for (at, &q) in on.iter().enumerate() {
            for &k in &self.of_qubit[q] {
                let pair = &mut self.pairs[k];
                let [a, b] = pair.coupling.qubits;
                let other = if a == q { b } else { a };
                if on.contains(&other) {
                    pair.both_busy += if on[..at].contains(&other) { 0.0 } else { length };
                } else {
                    let both = self.busy_until[other].min(next.end) - next.start;
                    pair.both_busy += both.max(0.0);
                }
            }
        }
        on.iter().for_each(|&q| self.busy_until[q] = next.end);
        Ok(())
    }

    /// Writes what is left at the end, but between qubits that have both been measured.
    pub fn at_end(&mut self, time: f64, is_done: &[bool], out: &mut Vec<Op>) -> Result<()> {
        for k in 0..self.pairs.len() {
            let [a, b] = self.pairs[k].coupling.qubits;
            if !(is_done[a] && is_done[b]) {
                self.write(k, time, out)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, k: usize, time: f64, out: &mut Vec<Op>) -> Result<()> {
        let pair = &mut self.pairs[k];
        let ns = time - pair.since - pair.both_busy;
        (pair.since, pair.both_busy) = (time, 0.0);
        if ns <= NOTHING_NS {
            return Ok(());
        }
        let [a, b] = pair.coupling.qubits;
        let channel = Arc::new(phase(pair.coupling.zz_khz, ns)?);
        self.count += 1;
        let qubits: Qubits = smallvec![a as u32, b as u32];
        push(out, Op::Channel(Box::new(ChannelOp { channel, qubits })))
    }
}

/// exp(-2πi ζ t |11⟩⟨11|) of ζ in kHz and t in ns.
fn phase(zz_khz: f64, ns: f64) -> Result<Channel> {
    // Whole turns go first, exactly.
    let turns = (zz_khz * 1e-6 * ns).fract();
    let mut matrix = DMatrix::identity(4, 4);
    matrix[(3, 3)] = Complex64::from_polar(1.0, -std::f64::consts::TAU * turns);
    Channel::unitary(matrix)
}
