//! Constants of nature, exact in the SI of 2019 (CODATA 2018), and what follows from them.

/// Planck's constant h in J s.
pub const PLANCK: f64 = 6.626_070_15e-34;
/// The elementary charge e in C.
pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Boltzmann's constant k in J/K.
pub const BOLTZMANN: f64 = 1.380_649e-23;
/// The flux quantum Φ0 = h/2e in Wb.
pub const FLUX_QUANTUM: f64 = PLANCK / (2.0 * ELEMENTARY_CHARGE);
/// The resistance quantum h/e² (von Klitzing's constant) in Ω.
pub const VON_KLITZING_OHM: f64 = PLANCK / (ELEMENTARY_CHARGE * ELEMENTARY_CHARGE);
/// h·1 GHz/k in mK: 1 GHz is 48 mK, and 5 GHz are 240 mK.
pub const MILLIKELVIN_PER_GHZ: f64 = PLANCK / BOLTZMANN * 1e12;
