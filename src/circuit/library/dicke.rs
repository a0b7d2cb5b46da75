//! Dicke states.

use super::sizes::{check_num_gates, check_num_qubits};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::{GateOp, StdGate};

/// The Dicke state: the equal superposition of all basis states with `ones` qubits in |1⟩, made
/// without measurement by Bärtschi and Eidenbenz, arXiv:1904.07358 (2019), in O(n·ones) gates.
/// With one 1 it is [`w`](super::w).
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::dicke;
/// let p = Simulator::new().probabilities(&dicke(4, 2))?;
/// assert!((p[0b0101] - 1.0 / 6.0).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_dicke`].
#[track_caller]
pub fn dicke(num_qubits: usize, ones: usize) -> Circuit {
    try_dicke(num_qubits, ones).unwrap_or_else(|e| panic!("{e}"))
}

/// [`dicke`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, more ones than qubits, or more than 2^24
/// steps.
pub fn try_dicke(num_qubits: usize, ones: usize) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    if ones > num_qubits {
        return Err(Error::Invalid {
            what: "the number of ones of a Dicke state".into(),
            value: ones.to_string(),
            expected: format!("it must be at most the number of qubits, {num_qubits}"),
        });
    }
    check_num_gates(num_qubits, ones)?;
    let mut c = Circuit::new(num_qubits);
    for q in num_qubits - ones..num_qubits {
        c.x(q);
    }
    // The paper's "split and cyclic shift" for m = n, n - 1, …, its qubit m being m - 1 here: it
    // acts on |0^{m-l}1^l⟩ for every l ≤ ones at once. The amplitude that the last qubit is 1 is
    // √(l/m).
    for m in (2..=num_qubits).rev() {
        let last = m - 1;
        for l in 1..=ones.min(m - 1) {
            let angle = 2.0 * (l as f64 / m as f64).sqrt().acos();
            let target = m - 1 - l;
            c.cx(target, last);
            let rotation = GateOp::std(StdGate::RY, [angle.into()], [target]).controlled([last]);
            // Only for one 1 is there no further 1 beside the target.
            c.gate(if l == 1 { rotation } else { rotation.controlled([target + 1]) });
            c.cx(target, last);
        }
    }
    Ok(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulator;
    use crate::circuit::library::w;

    #[test]
    fn all_states_with_so_many_ones_are_equal() {
        for n in 1..=6usize {
            for ones in 0..=n {
                let state = Simulator::new().state::<f64>(&dicke(n, ones)).unwrap();
                let has = |index: &u64| index.count_ones() as usize == ones;
                let count = (0..1u64 << n).filter(has).count() as f64;
                for index in 0..1u64 << n {
                    let expected = if has(&index) { count.sqrt().recip() } else { 0.0 };
                    let amplitude = state.amplitude(index);
                    assert!((amplitude - expected).norm() < 1e-12, "{n} {ones} {index:b}");
                }
            }
        }
    }

    #[test]
    fn with_one_1_it_is_w() {
        let p = |c: &Circuit| Simulator::new().probabilities(c).unwrap();
        let pairs = p(&dicke(5, 1)).into_iter().zip(p(&w(5)));
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn refuses_sizes() {
        assert!(try_dicke(0, 0).is_err() && try_dicke(3, 4).is_err());
        assert!(try_dicke(1 << 20, 1 << 19).is_err() && try_dicke(usize::MAX, 0).is_err());
    }
}
