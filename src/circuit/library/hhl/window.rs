//! The state that a clock starts in.

use super::super::qft::qft;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_2, PI};

/// The most clock qubits: their rotation has 2^m angles.
pub const MAX_CLOCK_QUBITS: usize = 20;

/// The amplitudes of the T = 2^m times of a clock before phase estimation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockWindow {
    /// All alike, 1/√T: the textbook's phase estimation, whose probabilities fall off as 1/distance²
    /// from the phase. As 1/λ is summed over them, answers need not converge with more clock qubits
    /// (Ginzburg and Marzolino, arXiv:2410.18736).
    Uniform,
    /// √(2/T) sin(π(τ + ½)/T) of Harrow, Hassidim and Lloyd, whose probabilities fall off as
    /// 1/distance⁴.
    #[default]
    Sine,
}

/// Prepares a clock of `clock` qubits in its window, qubit 0 the least significant.
///
/// The sine window is the Fourier transform of one qubit, turned by half a step of frequency: with
/// e^{iπ/T}|1⟩ - |0⟩ on qubit 0, qft, and e^{-iπτ/T} by one phase a qubit, the amplitude at τ is
/// 2i·sin(π(τ + ½)/T) up to a constant. That is exact, with m² / 2 gates.
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::{ClockWindow, try_clock_window};
/// let p = Simulator::new().probabilities(&try_clock_window(ClockWindow::Sine, 3)?)?;
/// let sine = (std::f64::consts::PI * 2.5 / 8.0).sin();
/// assert!((p[2] - sine * sine / 4.0).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If there are no qubits or more than [`MAX_CLOCK_QUBITS`].
pub fn try_clock_window(window: ClockWindow, clock: usize) -> Result<Circuit> {
    check_clock(clock)?;
    let mut c = Circuit::new(clock);
    match window {
        ClockWindow::Uniform => {
            for qubit in 0..clock {
                c.try_h(qubit)?;
            }
        }
        ClockWindow::Sine => {
            let step = PI / (1u64 << clock) as f64;
            c.try_h(0)?.try_p(PI + step, 0)?;
            c.try_append(&qft(clock))?;
            for qubit in 0..clock {
                c.try_p(-step * (1u64 << qubit) as f64, qubit)?;
            }
            c.try_gphase(FRAC_PI_2 - step / 2.0)?;
        }
    }
    Ok(c)
}

pub(super) fn check_clock(clock: usize) -> Result<()> {
    if (1..=MAX_CLOCK_QUBITS).contains(&clock) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of clock qubits".into(),
        value: clock.to_string(),
        expected: format!("it must be from 1 to {MAX_CLOCK_QUBITS}"),
    })
}
