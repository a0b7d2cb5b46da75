//! The errors of a gate by cross resonance.

use super::rotation::Rotation;
use super::{CrossResonance, EffectiveHamiltonian, Lifetimes, Schedule};
use crate::error::Result;
use serde::Serialize;
use std::f64::consts::{FRAC_PI_2, TAU};

/// Parts of the average gate infidelity of a ZX90 and their sum, which is right where they are small.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ErrorBudget {
    /// By T1 and T2 of both qubits over the gate: 1 - (4F+1)/5 with F = Π (1 + e^(-t/T1) +
    /// 2e^(-t/T2))/4, the product of the qubits' process fidelities. 0 where no lifetime is given.
    pub relaxation: f64,
    /// Coherent, by ZZ: 1 - (4F+1)/5 with F = |Tr(U†V)/4|² of the ideal gate and the one that ZX, IX and
    /// ZZ make together, with the drive at the calibrated frequency
    /// ([`EffectiveHamiltonian::calibrated_drive_ghz`]), where IZ is none.
    pub zz: f64,
    /// Population of the control that the flanks of the pulse leave above level 1.
    pub leakage: f64,
    /// The control turned over by the flanks of a drive that is off its resonance: 4/5 of the
    /// probability.
    pub flip: f64,
    /// Their sum.
    pub total: f64,
}

/// 1 - F_average of a process fidelity of two qubits.
fn infidelity(process: f64) -> f64 {
    (0.8 * (1.0 - process)).max(0.0)
}

/// Relaxation over the gate.
pub(super) fn relaxation(lifetimes: [&Lifetimes; 2], gate_time_ns: f64) -> Result<f64> {
    let a = lifetimes[0].process_loss("control", gate_time_ns)?;
    let b = lifetimes[1].process_loss("target", gate_time_ns)?;
    Ok(infidelity(1.0 - (a + b - a * b)))
}

/// The coherent error of a gate of this effective Hamiltonian.
///
/// The drive's frequency is calibrated so that IZ is none, the control's ZI is undone by a turn of
/// its frame. Without echo a turn of the target after the gate undoes IX, as far as that commutes with the
/// rest: it does with ZX, but not with ZZ. An echo
/// turns the control over in the middle, with perfect pulses, and the sign of the drive with it: IX and
/// ZI change sign and ZX stays, and so does IZ; what is even in the drive and odd in the control, ZZ,
/// changes sign.
pub(super) fn coherent(e: &EffectiveHamiltonian, schedule: Schedule) -> f64 {
    let drive_ns = 1e3 / (4.0 * e.zx_mhz.abs());
    let angle = |mhz: f64| TAU * 1e-3 * mhz * drive_ns;
    let ideal = |c: f64| Rotation::of_angles(c * e.zx_mhz.signum() * FRAC_PI_2, 0.0);
    let made = |c: f64| match schedule {
        Schedule::Direct => {
            let (ix, zx, zz) = (angle(e.ix_mhz), angle(e.zx_mhz), angle(e.zz_mhz));
            Rotation::of_angles(-ix, 0.0) * Rotation::of_angles(ix + c * zx, c * zz)
        }
        Schedule::Echoed { .. } => {
            let half = |ix: f64, zz: f64| {
                let (x, z) = (angle(ix + c * e.zx_mhz), angle(c * zz));
                Rotation::of_angles(0.5 * x, 0.5 * z)
            };
            half(-e.ix_mhz, -e.zz_mhz) * half(e.ix_mhz, e.zz_mhz)
        }
    };
    let overlap = 0.5 * [1.0, -1.0].map(|c| ideal(c).overlap(made(c))).iter().sum::<f64>();
    infidelity(overlap * overlap)
}

impl CrossResonance {
    /// What two flanks of each pulse lose: leakage and flips, the phase between flanks averaged.
    ///
    /// # Errors
    /// As [`flank_loss`](Self::flank_loss).
    pub(super) fn flank_errors(&self, flank_ns: f64, schedule: Schedule) -> Result<(f64, f64)> {
        let loss = self.flank_loss(flank_ns)?;
        let flanks = 2.0 * schedule.num_pulses();
        Ok((flanks * loss.leakage, 0.8 * flanks * loss.flip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Matrix4;
    use num_complex::Complex64;

    fn terms(zx: f64, zz: f64, ix: f64) -> EffectiveHamiltonian {
        EffectiveHamiltonian {
            zx_mhz: zx,
            ix_mhz: ix,
            zy_mhz: 0.0,
            iy_mhz: 0.0,
            zz_mhz: zz,
            iz_mhz: 0.0,
            zi_mhz: 0.0,
            drive_ghz: 5.0,
            overlap: 1.0,
            population_above_one: 0.0,
        }
    }

    const ECHO: Schedule = Schedule::Echoed { pulse_ns: 0.0 };

    /// Σ ν P/2 as a matrix, the control's bit the slow one.
    fn hamiltonian(ix: f64, zx: f64, zz: f64) -> Matrix4<Complex64> {
        Matrix4::from_fn(|a, b| {
            let (control, same) = (if a < 2 { 1.0 } else { -1.0 }, a / 2 == b / 2);
            let target = if a % 2 == 0 { 1.0 } else { -1.0 };
            match (a == b, same) {
                (true, _) => 0.5 * zz * control * target,
                (_, true) => 0.5 * (ix + control * zx),
                _ => 0.0,
            }
            .into()
        })
    }

    fn evolved(h: Matrix4<Complex64>, ns: f64) -> Matrix4<Complex64> {
        // The series of the exponential after halving eight times.
        let x = h * Complex64::new(0.0, -TAU * 1e-3 * ns / 256.0);
        let mut term = Matrix4::identity();
        let mut sum: Matrix4<Complex64> = Matrix4::identity();
        for k in 1..20 {
            term = term * x / Complex64::from(f64::from(k));
            sum += term;
        }
        (0..8).fold(sum, |u, _| u * u)
    }

    fn by_matrices(ix: f64, zx: f64, zz: f64, echoed: bool) -> f64 {
        let t = 1e3 / (4.0 * zx.abs());
        let ideal = evolved(hamiltonian(0.0, zx, 0.0), t);
        let flip = Matrix4::from_fn(|a, b| Complex64::from(f64::from(a ^ b == 2)));
        let made = if echoed {
            let half = |sign: f64| evolved(hamiltonian(sign * ix, sign * zx, zz), 0.5 * t);
            flip * half(-1.0) * flip * half(1.0)
        } else {
            // IX is there, and undone after.
            evolved(hamiltonian(-ix, 0.0, 0.0), t) * evolved(hamiltonian(ix, zx, zz), t)
        };
        let process = ((ideal.adjoint() * made).trace() / 4.0).norm_sqr();
        1.0 - (4.0 * process + 1.0) / 5.0
    }

    #[test]
    fn the_coherent_error_is_that_of_the_matrices() {
        for (zx, zz, ix) in [(-1.2, 0.02, 0.44), (0.6, -0.1, 1.0), (1.0, 0.3, -0.7)] {
            let e = terms(zx, zz, ix);
            let direct = coherent(&e, Schedule::Direct);
            assert!((direct - by_matrices(ix, zx, zz, false)).abs() < 1e-12, "{direct}");
            // IX turns some of ZZ away.
            let alone = coherent(&terms(zx, zz, 0.0), Schedule::Direct);
            assert!((direct / alone - 1.0).abs() > 1e-3, "{direct} {alone}");
            let echoed = coherent(&e, ECHO);
            assert!((echoed - by_matrices(ix, zx, zz, true)).abs() < 1e-12, "{echoed}");
        }
        for schedule in [Schedule::Direct, ECHO] {
            assert!(coherent(&terms(1.0, 0.0, 0.5), schedule) < 1e-15);
        }
        let e = terms(1.0, 0.05, 0.0);
        assert!(coherent(&e, ECHO) < 0.7 * coherent(&e, Schedule::Direct));
    }

    #[test]
    fn relaxation_is_the_closed_form() {
        let life = Lifetimes { t1_us: Some(100.0), t2_us: Some(80.0) };
        // Of two qubits alike in 300 ns, by the device model: 4.18709077e-3.
        let error = relaxation([&life, &life], 300.0).unwrap();
        assert!((error - 4.18709077e-3).abs() < 1e-11, "{error}");
        assert_eq!(relaxation([&Lifetimes::default(); 2], 300.0).unwrap(), 0.0);
        let only = Lifetimes { t1_us: Some(100.0), t2_us: None };
        let double = Lifetimes { t1_us: Some(100.0), t2_us: Some(200.0) };
        let error = |life: Lifetimes| relaxation([&life; 2], 200.0);
        assert_eq!(error(only).unwrap(), error(double).unwrap());
        for (life, part) in [
            (Lifetimes { t1_us: Some(-1.0), t2_us: None }, "T1 of the control is -1 us"),
            (Lifetimes { t1_us: Some(f64::NAN), t2_us: None }, "finite"),
            (Lifetimes { t1_us: Some(10.0), t2_us: Some(21.0) }, "2 T1, 20 us"),
        ] {
            let message = error(life).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
