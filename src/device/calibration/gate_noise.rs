//! The noise of one gate: a residual depolarizing error and relaxation.

use super::finding::{Finding, FindingKind};
use super::records::{Device, GateCalibration, QubitCalibration};
use crate::device::noise_model::Relaxation;
use crate::error::Result;
use crate::noise::Channel;

/// What a gate suffers after it is done: first the depolarizing error on all of its qubits, then
/// relaxation of each.
///
/// A reported error e is the average gate infidelity. Relaxation of the qubits for the duration alone
/// has e_relax; the depolarizing error fills the rest: of ρ → (1-λ)ρ + λ I/d followed by relaxation of
/// average fidelity F_relax = 1 - e_relax the average infidelity is e for
///
/// ```text
/// λ = d (e - e_relax) / (d F_relax - 1)
/// ```
///
/// since tr(PTM) of the product is 1 + (1-λ)(tr R_relax - 1), whichever comes first (Qiskit Aer,
/// `noise/device/models.py`, has the same formula and the same order: depolarizing, then relaxation).
/// For T1 = 100 µs, T2 = 80 µs, 35.5 ns and e = 3e-4, e_relax is 2.0704e-4 and λ 1.85997e-4.
#[derive(Debug, Clone, PartialEq)]
pub struct GateNoise {
    /// λ on all qubits of the gate at once; 0 where relaxation accounts for the whole error.
    pub lambda: f64,
    /// The channel with that λ, if it is not 0.
    pub depolarizing: Option<Channel>,
    /// Relaxation of each qubit for the duration, where there is any.
    pub relaxation: Vec<Option<Channel>>,
    /// The average gate infidelity of relaxation alone.
    pub relaxation_error: f64,
    /// The average gate infidelity of all.
    pub error: f64,
    /// Where it is not what is reported.
    pub finding: Option<Finding>,
}

/// Errors that exceed what channels have by less are rounding.
const ROUNDING: f64 = 1e-12;

impl Device {
    /// What a gate of this device suffers.
    ///
    /// # Errors
    /// If a number of the calibration is out of its range ([`Device::check`]).
    pub fn gate_noise(&self, gate: &GateCalibration) -> Result<GateNoise> {
        let k = gate.qubits.len();
        let d = 2f64.powi(k.min(64) as i32);
        let mut relaxation = Vec::with_capacity(k);
        let mut process_fidelity = 1.0;
        for &q in &gate.qubits {
            let channel = match (self.qubits[q].relaxation(), gate.duration_ns) {
                (Some(relaxation), Some(ns)) if ns > 0.0 => Some(relaxation.channel(ns / 1e9)?),
                _ => None,
            };
            process_fidelity *= channel.as_ref().map_or(1.0, Channel::process_fidelity);
            relaxation.push(channel);
        }
        let average = |process: f64| (d * process + 1.0) / (d + 1.0);
        let fidelity = average(process_fidelity);
        // 1 - F, without its rounding error where F is next to 1.
        let relaxation_error = d * (1.0 - process_fidelity) / (d + 1.0);
        let mut lambda = 0.0;
        let mut finding = None;
        if let Some(reported) = gate.error {
            let of_gate = |what| Finding::of_gate(what, &gate.name, &gate.qubits).value(reported);
            let most = d * d / (d * d - 1.0);
            let (missing, room) = (reported - relaxation_error, d * fidelity - 1.0);
            // Where relaxation is complete nothing makes more of it, and a difference is rounding.
            let wanted = match room > 0.0 && !(room < 1e-6 && missing <= ROUNDING) {
                true => d * missing / room,
                false if missing <= ROUNDING => 0.0,
                false => f64::INFINITY,
            };
            if reported > d / (d + 1.0) + ROUNDING || wanted > most * (1.0 + ROUNDING) {
                lambda = 1.0;
                let error = d * (1.0 - process_of(process_fidelity, lambda, d)) / (d + 1.0);
                finding = Some(of_gate(FindingKind::NotCalibrated).used(error));
            } else if reported + ROUNDING < relaxation_error {
                finding = Some(of_gate(FindingKind::RelaxationAboveError).used(relaxation_error));
            } else {
                lambda = wanted.clamp(0.0, most);
            }
        }
        let depolarizing = match lambda {
            0.0 => None,
            _ => Some(Channel::depolarizing_lambda(lambda, k)?),
        };
        let error = d * (1.0 - process_of(process_fidelity, lambda, d)) / (d + 1.0);
        Ok(GateNoise { lambda, depolarizing, relaxation, relaxation_error, error, finding })
    }
}

/// The process fidelity of both together.
fn process_of(relaxation: f64, lambda: f64, d: f64) -> f64 {
    (1.0 - lambda) * relaxation + lambda / (d * d)
}

impl QubitCalibration {
    /// How it relaxes: with T1 alone T2 is 2 T1, with T2 alone populations do not decay, with neither, or
    /// both infinite, it does not.
    pub fn relaxation(&self) -> Option<Relaxation> {
        let seconds = |us: f64| us / 1e6;
        let (t1, t2) = match (self.t1_us.map(seconds), self.t2_us.map(seconds)) {
            (None, None) => return None,
            // Of microseconds and seconds one may round across the border.
            (Some(t1), Some(t2)) => (t1, t2.min(2.0 * t1)),
            (Some(t1), None) => (t1, 2.0 * t1),
            (None, Some(t2)) => (f64::INFINITY, t2),
        };
        if t1.is_infinite() && t2.is_infinite() {
            return None;
        }
        let excited_population = self.excited_population.unwrap_or(0.0);
        Some(Relaxation { t1, t2, excited_population })
    }
}
