//! The best time to measure for, and the best linewidth.

use super::maximum::maximum;
use super::{Assignment, PointerStates, Readout, ReadoutDesign};
use crate::error::Result;

/// Points of the scan that brackets an optimum.
const SCAN: usize = 24;

impl Readout {
    /// The time with the largest F_m; `None` where nothing decays, so that longer is better.
    pub fn best(&self) -> Option<Assignment> {
        let t1_ns = 1e3 * self.t1_us?;
        let fastest = 1.0 / super::assignment::angular(self.states.kappa_mhz);
        let low = (1e-2 * fastest).min(1e-2 * t1_ns);
        let found = maximum(low, 10.0 * t1_ns, SCAN, 1e-4, |time| {
            Ok(self.at_unchecked(time).measurement_fidelity)
        });
        found.ok().map(|time| self.at_unchecked(time))
    }
}

impl ReadoutDesign {
    /// The linewidth κ in MHz whose best measurement has the largest F_m, and that measurement, with
    /// the largest number of photons that is ever in the resonator as it is here. Purcell decay changes
    /// with κ. `None` where nothing decays.
    ///
    /// In the long run the signal grows fastest at κ = 2|χ| for photons given; the rise of the signal
    /// and Purcell decay move the best.
    ///
    /// # Errors
    /// As [`readout`](Self::readout).
    pub fn best_kappa(&self) -> Result<Option<(f64, Assignment)>> {
        let start = self.readout()?;
        let peak = start.states.peak_photons();
        let best = |kappa_mhz: f64| -> Result<Option<Assignment>> {
            let states = PointerStates { kappa_mhz, ..start.states };
            let photons = Some(peak / states.overshoot());
            let design = ReadoutDesign { kappa_mhz, photons, ..self.clone() };
            Ok(design.readout()?.best())
        };
        if start.best().is_none() {
            return Ok(None);
        }
        let twice = 2.0 * start.dispersive.chi_mhz.abs();
        let (low, high) = ((0.02 * twice).max(1e-6), (50.0 * twice).min(1e5));
        let kappa = maximum(low, high, 12, 1e-3, |kappa| {
            Ok(best(kappa)?.map_or(f64::NEG_INFINITY, |found| found.measurement_fidelity))
        })?;
        Ok(best(kappa)?.map(|found| (kappa, found)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design() -> ReadoutDesign {
        let base = ReadoutDesign::new(5.0, -0.33, 7.0, 100.0, 1.4);
        ReadoutDesign { t1_us: Some(60.0), purcell: false, efficiency: 0.5, ..base }
    }

    #[test]
    fn no_other_time_is_better() {
        let readout = design().readout().unwrap();
        let best = readout.best().unwrap();
        assert!(best.measurement_fidelity > 0.9, "{best:?}");
        for part in [0.5, 0.8, 0.95, 1.05, 1.3, 2.0] {
            let other = readout.at(part * best.time_ns).unwrap();
            assert!(other.measurement_fidelity < best.measurement_fidelity, "{part}");
        }
        // It is where decay stops it: with a longer T1 it is later and better.
        let longer = ReadoutDesign { t1_us: Some(600.0), ..design() }.readout().unwrap();
        let later = longer.best().unwrap();
        assert!(later.time_ns > best.time_ns);
        assert!(later.measurement_fidelity > best.measurement_fidelity);
        let forever = ReadoutDesign { t1_us: None, ..design() };
        assert!(forever.readout().unwrap().best().is_none());
        assert!(forever.best_kappa().unwrap().is_none());
    }

    #[test]
    fn the_best_linewidth_is_near_twice_chi() {
        let design = design();
        let (kappa, best) = design.best_kappa().unwrap().unwrap();
        let twice = 2.0 * design.dispersive().unwrap().chi_mhz.abs();
        // The rise favours more than the steady state does.
        assert!(kappa > twice && kappa < 4.0 * twice, "{kappa} {twice}");
        let peak = design.readout().unwrap().states.peak_photons();
        for part in [0.8, 1.25] {
            let chi_mhz = design.dispersive().unwrap().chi_mhz;
            let states = PointerStates { chi_mhz, kappa_mhz: part * kappa, photons: 1.0 };
            let photons = Some(peak / states.peak_photons());
            let other = ReadoutDesign { kappa_mhz: part * kappa, photons, ..design.clone() };
            let other = other.readout().unwrap().best().unwrap();
            assert!(other.measurement_fidelity < best.measurement_fidelity);
        }
    }
}
