//! An anneal as a circuit.

use super::drive::segments;
use super::evolution::Initial;
use super::path::Path;
use super::schedule::Schedule;
use super::splitting::Splitting;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::ising::Ising;

/// The circuit of an anneal: Hadamard gates (or X where a configuration has a 1), then for each stage
/// of the splitting R_X on all spins and R_Z, R_ZZ for the fields and couplings. It is what
/// [`SchroedingerAnnealing`](super::SchroedingerAnnealing) does with as many steps, gate by gate, up
/// to the global phase of the offset, which is left out. Each stretch between kinks of the schedule
/// has at least one step. Nothing is measured.
///
/// ```
/// use ketlab::annealing::{Initial, Path, Schedule, Splitting, trotter_circuit};
/// use ketlab::ising::Ising;
/// let pair = Ising::new(vec![0.0; 2], [(0, 1, -1.0)], 0.0);
/// let path = Path::forward(1.0)?;
/// let circuit =
///     trotter_circuit(&pair, &Schedule::linear(), &path, Splitting::Strang, 3, &Initial::Plus)?;
/// assert_eq!(circuit.count_ops()["rzz"], 3);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If there is no step or no spin, or a wrong number of bits to begin with.
pub fn trotter_circuit(
    model: &Ising,
    schedule: &Schedule,
    path: &Path,
    splitting: Splitting,
    steps: usize,
    initial: &Initial,
) -> Result<Circuit> {
    let n = model.num_spins();
    for (what, value) in [("steps", steps), ("spins", n)] {
        if value == 0 {
            return Err(Error::Invalid {
                what: format!("the number of {what}"),
                value: "0".into(),
                expected: "it must be at least 1".into(),
            });
        }
    }
    let mut circuit = Circuit::new(n);
    match initial {
        Initial::Plus => (0..n).for_each(|q| {
            circuit.h(q);
        }),
        Initial::Classical(bits) => {
            model.check_bits(bits)?;
            for q in (0..n).filter(|&q| bits.bit(q)) {
                circuit.x(q);
            }
        }
    }
    let nodes = splitting.nodes();
    let mut alpha = 0.0;
    for piece in segments(schedule, path, &[]) {
        let count = (steps as f64 * piece.duration / path.time()).round().max(1.0);
        let step = piece.duration / count;
        let mut from = 0.0;
        for k in 0..count as usize {
            for &(end, share) in &nodes {
                let to = (k as f64 + end) * step;
                alpha += piece.a_between(from, to);
                let beta = share * step * piece.b_at(to);
                (0..n).try_for_each(|q| circuit.try_rx(-alpha, q).map(drop))?;
                for (q, h) in model.fields().iter().enumerate().filter(|(_, h)| **h != 0.0) {
                    circuit.try_rz(beta * h, q)?;
                }
                for &(i, j, w) in model.couplings() {
                    circuit.try_rzz(beta * w, i, j)?;
                }
                (alpha, from) = (0.0, to);
            }
        }
        alpha += piece.a_between(from, piece.duration);
    }
    (0..n).try_for_each(|q| circuit.try_rx(-alpha, q).map(drop))?;
    Ok(circuit)
}
