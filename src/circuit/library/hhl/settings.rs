//! What a run of the algorithm is set to.

use super::super::trotter::TrotterOrder;
use super::window::{ClockWindow, check_clock};
use crate::error::{Error, Result, shown};
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};

/// Which eigenvalue a clock stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockReading {
    /// Two's complement: clock k of T is k below T/2 and k - T from there on, so that eigenvalues from
    /// -π/t to π/t have their signs.
    #[default]
    Signed,
    /// Clock k is k: eigenvalues from 0 to 2π/t, of a positive matrix, on a grid twice as fine.
    Positive,
}

/// How e^{iAt} is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evolution {
    /// As a matrix, to rounding.
    Exact,
    /// By a product formula over A's Pauli strings, `steps` steps for each e^{iAt}, so that the 2^j-th
    /// power has 2^j times as many.
    Trotter {
        /// Which formula.
        order: TrotterOrder,
        /// Steps for a time t.
        steps: usize,
    },
}

/// The algorithm of Harrow, Hassidim and Lloyd (arXiv:0811.3171): its clock, its rotation and its
/// evolution. The amplitude of success is C/λ; see [`circuit`](Self::circuit).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hhl {
    /// Qubits of the clock, m; T = 2^m.
    pub clock: usize,
    /// t of e^{iAt}, in the unit of A's eigenvalues to the power -1. The bins of the clock are
    /// 2π/(Tt) apart.
    pub time: f64,
    /// The state of the clock before phase estimation.
    pub window: ClockWindow,
    /// Which eigenvalue a clock stands for.
    pub reading: ClockReading,
    /// C, in the unit of A's eigenvalues: at most the smallest magnitude of an eigenvalue if nothing is
    /// to be clipped.
    pub constant: f64,
    /// How e^{iAt} is applied.
    pub evolution: Evolution,
}

impl Hhl {
    /// On a grid of eigenvalues from -`grid` to `grid`, that is t = π/grid, with a sine window and exact
    /// evolution.
    pub fn new(clock: usize, grid: f64, constant: f64) -> Self {
        Hhl {
            clock,
            time: PI / grid,
            window: ClockWindow::default(),
            reading: ClockReading::default(),
            constant,
            evolution: Evolution::Exact,
        }
    }

    /// T, the number of times and of bins (of settings that are refused, at most what can be counted).
    pub fn bins(&self) -> usize {
        1usize.checked_shl(self.clock.min(99) as u32).unwrap_or(usize::MAX)
    }

    /// The eigenvalue that clock `k` stands for.
    pub fn eigenvalue(&self, k: usize) -> f64 {
        let bins = self.bins();
        let signed = match self.reading {
            ClockReading::Signed if k >= bins / 2 => k as f64 - bins as f64,
            _ => k as f64,
        };
        signed * (TAU / (bins as f64 * self.time))
    }

    /// The amplitude of success for an eigenvalue: C/λ, at most 1 in magnitude, and 0 below C/2, where
    /// nothing is to be inverted.
    pub fn amplitude(&self, eigenvalue: f64) -> f64 {
        match eigenvalue.abs() < self.constant / 2.0 || eigenvalue == 0.0 {
            true => 0.0,
            false => (self.constant / eigenvalue).clamp(-1.0, 1.0),
        }
    }

    /// Refuses settings without meaning.
    ///
    /// # Errors
    /// If there is no clock qubit or more than
    /// [`MAX_CLOCK_QUBITS`](super::MAX_CLOCK_QUBITS); the time or C is not a positive
    /// number; there is no Trotter step.
    pub fn check(&self) -> Result<()> {
        check_clock(self.clock)?;
        let positive =
            [("the time of an evolution e^{iAt}", self.time), ("C of HHL", self.constant)];
        for (what, value) in positive {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::Invalid {
                    what: what.into(),
                    value: shown(value),
                    expected: "it must be positive and finite".into(),
                });
            }
        }
        match self.evolution {
            Evolution::Trotter { steps: 0, .. } => Err(Error::Invalid {
                what: "the number of Trotter steps".into(),
                value: "0".into(),
                expected: "it must be at least 1".into(),
            }),
            _ => Ok(()),
        }
    }

    /// Whether the grid holds eigenvalues from `low` to `high`.
    ///
    /// # Errors
    /// If it does not, with the time that does.
    pub fn check_range(&self, low: f64, high: f64) -> Result<()> {
        let (from, to) = match self.reading {
            ClockReading::Signed => (-PI / self.time, PI / self.time),
            ClockReading::Positive => (0.0, TAU / self.time),
        };
        if low >= from && high < to {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the grid of the clock".into(),
            value: format!("{} to {}", shown(from), shown(to)),
            expected: format!(
                "eigenvalues are from {} to {}, and others are read as their aliases; take a \
                 {} that holds them",
                shown(low),
                shown(high),
                if self.reading == ClockReading::Positive && low < 0.0 {
                    "signed clock"
                } else {
                    "shorter time, which is a wider grid,"
                }
            ),
        })
    }
}
