//! HHL on one system: its settings, its law, its circuit, its cost.

use super::budget::Budget;
use super::cost::HhlCost;
use super::law::HhlLaw;
use super::question::Question;
use super::spectrum::Spectrum;
use super::system::{LinearSystem, norm};
use crate::circuit::library::{ClockWindow, Evolution, Hhl, MAX_CLOCK_QUBITS};
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::simulate::Simulator;
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// What is asked of HHL at every size; what is none follows from the system.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub question: Question,
    pub error: f64,
    pub clock: Option<usize>,
    pub window: ClockWindow,
    pub grid: Option<f64>,
    pub constant: Option<f64>,
    pub evolution: Evolution,
    pub circuit_qubits: usize,
}

impl Asked {
    /// The whole circuit, if it is not too large.
    pub fn circuit(
        &self,
        system: &LinearSystem,
        hhl: &Hhl,
        law: &HhlLaw,
    ) -> Result<Option<CircuitRun>> {
        let qubits = system.hermitian_size().ilog2() as usize + hhl.clock + 1;
        if qubits > self.circuit_qubits {
            return Ok(None);
        }
        CircuitRun::new(self, system, hhl, law).map(Some)
    }
}

/// A whole circuit beside the law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CircuitRun {
    /// Qubits: system, clock and flag.
    pub qubits: usize,
    /// Gates of the circuit, e^{iAt·2^j} being one each if it is exact.
    pub gates: usize,
    /// Depth.
    pub depth: usize,
    /// The probability that the flag is 1.
    pub success: f64,
    /// The largest difference of an amplitude, where flag is 1 and clock 0, from the law.
    pub amplitude_difference: f64,
    /// The difference of the probability of the flag from the law.
    pub success_difference: f64,
    /// The probability that a run says yes to the question.
    pub probability: f64,
    /// Of the simulation, building the circuit included.
    pub seconds: f64,
}

/// HHL on one system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// N.
    pub size: u64,
    /// Rows of the Hermitian system that is solved: N, doubled if A is not symmetric, up to a power of
    /// two.
    pub hermitian_size: u64,
    /// Entries of A that are not 0.
    pub entries: u64,
    /// The condition number of A.
    pub condition: f64,
    /// x†Mx.
    pub exact: f64,
    /// ‖x‖.
    pub norm: f64,
    /// ‖x‖ by HHL with no end of shots.
    pub hhl_norm: f64,
    /// |mean of x|.
    pub mean: f64,
    /// |mean of x| by HHL with no end of shots.
    pub hhl_mean: f64,
    /// |⟨x|x_HHL⟩|² of the states.
    pub fidelity: f64,
    /// Clock qubits.
    pub clock: usize,
    /// Half of the grid of eigenvalues.
    pub grid: f64,
    /// C.
    pub constant: f64,
    /// Whether C is above the smallest magnitude of an eigenvalue, so that amplitudes are clipped.
    pub is_clipped: bool,
    /// The probability that the flag is 1.
    pub success: f64,
    /// The probability that a run says yes to the question.
    pub probability: f64,
    /// The relative error of x†Mx with no end of shots.
    pub bias: f64,
    /// The standard deviation by shots, relative to x†Mx.
    pub shots_deviation: f64,
    /// What it costs.
    pub cost: HhlCost,
    /// The whole circuit, if it fits.
    pub circuit: Option<CircuitRun>,
    /// The rival with the fewest operations on the same system, if any got there.
    pub best_rival: Option<String>,
    /// Its operations.
    pub classical_operations: Option<u64>,
}

impl Study {
    /// The settings that these come to for a system: without a number of clock qubits, the
    /// fewest whose imperfections but shots come, in magnitude, to at most half of the error that is
    /// asked for. None if 20 do not do.
    ///
    /// # Errors
    /// As [`HhlLaw::new`]; if x†Mx is 0.
    pub(super) fn settings(
        asked: &Asked,
        system: &LinearSystem,
        spectrum: &Spectrum,
        watch: &Watch,
    ) -> Result<Option<Hhl>> {
        let (least, most) = spectrum.magnitudes();
        let constant = asked.constant.unwrap_or(least);
        let grid = asked.grid.unwrap_or(1.1 * most);
        let with = |clock: usize| {
            let Asked { window, evolution, .. } = *asked;
            Hhl { window, evolution, ..Hhl::new(clock, grid, constant) }
        };
        if let Some(clock) = asked.clock {
            return Ok(Some(with(clock)));
        }
        for clock in 2..=MAX_CLOCK_QUBITS {
            if watch.is_cancelled() {
                return Err(Error::Interrupted);
            }
            let hhl = with(clock);
            let budget =
                Budget::of_spectrum(&hhl, system, spectrum, asked.question, (1, 0), watch)?;
            // Errors that cancel by chance are none to build on.
            let bound: f64 = budget.items[..5].iter().map(|item| item.change.abs()).sum();
            if bound <= asked.error / 2.0 {
                return Ok(Some(hhl));
            }
        }
        Ok(None)
    }

    /// The study of these settings; `budget` is theirs.
    ///
    /// # Errors
    /// As [`HhlLaw::new`]; those of the simulator.
    pub(super) fn new(
        asked: &Asked,
        system: &LinearSystem,
        spectrum: &Spectrum,
        hhl: &Hhl,
        shots: u64,
        (budget, watch): (&Budget, &Watch),
    ) -> Result<Self> {
        let law = HhlLaw::of_spectrum(hhl, system, spectrum, watch)?;
        let (least, most) = spectrum.magnitudes();
        let inverse: Vec<f64> = spectrum.eigenvalues.iter().map(|l| 1.0 / l).collect();
        let x: Vec<f64> = spectrum.combined(&inverse)[system.offset()..][..system.size()]
            .iter()
            .map(|x| x.re * system.rhs_norm())
            .collect();
        Ok(Study {
            size: system.size() as u64,
            hermitian_size: system.hermitian_size() as u64,
            entries: system.num_entries() as u64,
            condition: most / least,
            exact: budget.exact,
            norm: norm(&x),
            hhl_norm: law.norm(),
            mean: (x.iter().sum::<f64>() / x.len() as f64).abs(),
            hhl_mean: law.mean(),
            fidelity: law.fidelity(&x),
            clock: hhl.clock,
            grid: budget.grid,
            constant: hhl.constant,
            is_clipped: hhl.constant > least * (1.0 + 1e-12),
            success: law.success,
            probability: asked.question.probability(&law, system),
            bias: budget.bias,
            shots_deviation: budget.shots_deviation,
            cost: HhlCost::new(hhl, system, shots)?,
            circuit: asked.circuit(system, hhl, &law)?,
            best_rival: None,
            classical_operations: None,
        })
    }
}

impl CircuitRun {
    /// Simulates the circuit.
    ///
    /// # Errors
    /// Those of the circuit and of the simulator.
    pub(super) fn new(
        asked: &Asked,
        system: &LinearSystem,
        hhl: &Hhl,
        law: &HhlLaw,
    ) -> Result<Self> {
        let start = Instant::now();
        let (matrix, rhs) = system.hermitian()?;
        let rhs: Vec<Complex64> = rhs.iter().map(|v| Complex64::from(*v)).collect();
        let circuit = hhl.circuit(&matrix.map(Complex64::from), &rhs)?;
        let mut state = Simulator::new().state::<f64>(&circuit)?;
        let amplitudes = state.amplitudes();
        let flagged = &amplitudes[amplitudes.len() / 2..];
        let returned = &flagged[..rhs.len()];
        let success: f64 = flagged.iter().map(|a| a.norm_sqr()).sum();
        let differences = returned.iter().zip(&law.amplitudes).map(|(a, b)| (a - b).norm());
        let question = asked.question;
        Ok(CircuitRun {
            qubits: circuit.num_qubits(),
            gates: circuit.ops().len(),
            depth: circuit.depth(),
            success,
            amplitude_difference: differences.fold(0.0, f64::max),
            success_difference: (success - law.success).abs(),
            probability: match question {
                Question::Norm => success,
                _ => question.returned(returned, system),
            },
            seconds: start.elapsed().as_secs_f64(),
        })
    }
}

/// The window's name in words.
pub(super) fn window_name(window: ClockWindow) -> &'static str {
    match window {
        ClockWindow::Uniform => "uniform",
        ClockWindow::Sine => "sine",
    }
}
