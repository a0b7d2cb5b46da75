//! Depolarizing channels, named after their parameter.

use super::channel::{Channel, Form, qubits_behind};
use super::limits::{channel_qubits, invalid, probability};
use crate::error::{Result, shown};

impl Channel {
    /// Depolarizing on k qubits with the total probability `p` of a Pauli error; each of the 4^k - 1
    /// has p/(4^k - 1), as in Cirq, qsim, Qulacs and PennyLane. In ρ → (1-λ)ρ + λ I/d,
    /// λ = p·4^k/(4^k - 1). On two qubits this is one channel of 15 errors, not one on each qubit.
    ///
    /// # Errors
    /// If `p` is no probability or the number of qubits is not from 1 to 32.
    pub fn depolarizing(p: f64, num_qubits: usize) -> Result<Self> {
        channel_qubits(num_qubits)?;
        let p = probability("the probability p of a depolarizing channel", p)?;
        let form = Form::Depolarizing { lambda: p * most_lambda(num_qubits) };
        let text = format!("depolarizing(p={}{})", shown(p), qubits_behind(num_qubits));
        Ok(Self::new(num_qubits, form, text))
    }

    /// ρ → (1-λ)ρ + λ I/d on k qubits, d = 2^k: each Pauli string but the identity with the
    /// probability λ/4^k, as in Qiskit Aer. The same formula is global depolarizing, where `num_qubits`
    /// is all of the register ([`global_depolarizing_lambda`](Self::global_depolarizing_lambda)).
    ///
    /// # Errors
    /// If λ is not between 0 and 4^k/(4^k - 1) or the number of qubits is not from 1 to 32.
    pub fn depolarizing_lambda(lambda: f64, num_qubits: usize) -> Result<Self> {
        channel_qubits(num_qubits)?;
        let most = most_lambda(num_qubits);
        if !(0.0..=most).contains(&lambda) {
            let expected = format!(
                "on {num_qubits} qubits it is between 0 and 4^k/(4^k - 1) = {most}, where all Pauli \
                 errors have a total probability of 1"
            );
            return Err(invalid("λ of a depolarizing channel", shown(lambda), expected));
        }
        let lambda = lambda.abs();
        let text = format!("depolarizing(lambda={}{})", shown(lambda), qubits_behind(num_qubits));
        Ok(Self::new(num_qubits, Form::Depolarizing { lambda }, text))
    }

    /// Depolarizing on all n qubits of a register at once: [`depolarizing_lambda`](Self::depolarizing_lambda).
    ///
    /// # Errors
    /// Those of [`depolarizing_lambda`](Self::depolarizing_lambda).
    pub fn global_depolarizing_lambda(lambda: f64, num_qubits: usize) -> Result<Self> {
        Self::depolarizing_lambda(lambda, num_qubits)
    }

    /// The depolarizing channel whose average gate infidelity is `error`, as calibrations report it:
    /// λ = e·d/(d-1), d = 2^k.
    ///
    /// # Errors
    /// If e is not between 0 and d/(d+1) or the number of qubits is not from 1 to 32.
    pub fn depolarizing_from_gate_error(error: f64, num_qubits: usize) -> Result<Self> {
        channel_qubits(num_qubits)?;
        let d = 2f64.powi(num_qubits as i32);
        let most = d / (d + 1.0);
        if !(0.0..=most).contains(&error) {
            let expected = format!(
                "on {num_qubits} qubits a depolarizing channel has an average gate infidelity \
                 between 0 and d/(d+1) = {most}"
            );
            return Err(invalid("a gate error", shown(error), expected));
        }
        let error = error.abs();
        let lambda = (error * d / (d - 1.0)).min(most_lambda(num_qubits));
        let text =
            format!("depolarizing(gate_error={}{})", shown(error), qubits_behind(num_qubits));
        Ok(Self::new(num_qubits, Form::Depolarizing { lambda }, text))
    }
}

/// 4^k/(4^k - 1), the largest λ.
fn most_lambda(num_qubits: usize) -> f64 {
    let strings = 4f64.powi(num_qubits as i32);
    strings / (strings - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lambda(channel: Channel) -> f64 {
        match channel.form() {
            Form::Depolarizing { lambda } => *lambda,
            form => panic!("{form:?}"),
        }
    }

    #[test]
    fn parameters_are_what_others_mean_by_them() {
        // p = 3/4 and 15/16 are complete; Aer's λ = 1.
        assert_eq!(lambda(Channel::depolarizing(0.75, 1).unwrap()), 1.0);
        assert_eq!(lambda(Channel::depolarizing(15.0 / 16.0, 2).unwrap()), 1.0);
        // p = (d+1)/d e: randomized benchmarking's error and the total probability.
        let by_error = lambda(Channel::depolarizing_from_gate_error(0.008, 2).unwrap());
        let by_p = lambda(Channel::depolarizing(0.01, 2).unwrap());
        assert!((by_error - by_p).abs() < 1e-16);
        // λ of tens of qubits.
        let channel = Channel::global_depolarizing_lambda(0.125, 24).unwrap();
        assert_eq!(lambda(channel.clone()), 0.125);
        let d = 2f64.powi(24);
        let fidelity = 1.0 - 0.125 * (d - 1.0) / d;
        assert!((channel.average_gate_fidelity() - fidelity).abs() < 1e-15);
    }

    #[test]
    fn ends_of_the_ranges() {
        for k in [1, 2, 3, 10, 32] {
            let d = 2f64.powi(k as i32);
            Channel::depolarizing(1.0, k).unwrap();
            Channel::depolarizing_lambda(d * d / (d * d - 1.0), k).unwrap();
            let all = Channel::depolarizing_from_gate_error(d / (d + 1.0), k).unwrap();
            assert!(all.process_fidelity().abs() < 1e-15, "{}", all.process_fidelity());
            assert!(Channel::depolarizing_lambda(1.0000001 * d * d / (d * d - 1.0), k).is_err());
            for bad in [-1e-9, f64::NAN, f64::INFINITY] {
                assert!(Channel::depolarizing(bad, k).is_err());
                assert!(Channel::depolarizing_lambda(bad, k).is_err());
                assert!(Channel::depolarizing_from_gate_error(bad, k).is_err());
            }
        }
        let error = Channel::depolarizing_lambda(1.5, 1).unwrap_err().to_string();
        assert!(error.contains("1.5") && error.contains("1.3333"), "{error}");
        let error = Channel::depolarizing(0.1, 33).unwrap_err().to_string();
        assert!(error.contains("33") && error.contains("32"), "{error}");
        assert!(Channel::depolarizing(0.1, 0).is_err());
    }
}
