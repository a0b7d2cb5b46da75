//! What the numbers of a schedule are measured in.

use serde::Serialize;
use std::f64::consts::TAU;
use std::fmt;

/// The units of energies A(s), B(s) and of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Units {
    /// ħ = 1: an energy times a time is an angle in radians.
    #[default]
    Dimensionless,
    /// Energies divided by Planck's constant, in GHz, and times in ns: an energy times a time is a
    /// number of turns, 2π radians each.
    Gigahertz,
}

impl Units {
    /// The phase in radians that energy 1 collects in time 1: the only place of the factor 2π.
    pub fn radians(self) -> f64 {
        match self {
            Units::Dimensionless => 1.0,
            Units::Gigahertz => TAU,
        }
    }

    /// The unit of energies, for labels and documents.
    pub fn energy(self) -> &'static str {
        match self {
            Units::Dimensionless => "dimensionless",
            Units::Gigahertz => "GHz",
        }
    }

    /// The unit of times, for labels and documents.
    pub fn time(self) -> &'static str {
        match self {
            Units::Dimensionless => "dimensionless, ħ = 1",
            Units::Gigahertz => "ns",
        }
    }
}

/// As in `energies in GHz, times in ns`.
impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Units::Dimensionless => f.write_str("dimensionless energies and times, ħ = 1"),
            Units::Gigahertz => f.write_str("energies in GHz, times in ns"),
        }
    }
}
