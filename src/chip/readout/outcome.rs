//! What a design of a readout comes to.

use super::{Assignment, Dispersive, PointerStates, ReadoutDesign};
use crate::chip::range::{refused, within};
use crate::error::Result;

/// Photons in the resonator as a part of the smaller critical number, where none are given.
const PHOTONS: f64 = 0.2;

impl ReadoutDesign {
    /// Shifts and pointer states: what measurements of any length follow from.
    ///
    /// # Errors
    /// As [`dispersive`](Self::dispersive); if no photons are given and none keep the dispersive
    /// regime with the qubit in 1.
    pub fn readout(&self) -> Result<Readout> {
        let mut dispersive = self.dispersive()?;
        let critical = dispersive.least_critical_photons();
        let photons = match self.photons {
            Some(photons) => photons,
            None if critical > 0.0 => PHOTONS * critical,
            None => {
                let expected = "with the qubit in 1 none keep the dispersive regime: move the resonator away \
                                from the transition 1-2, or say how many photons there are";
                return Err(refused("the critical number of photons", critical, "", expected));
            }
        };
        let mut warnings = std::mem::take(&mut dispersive.warnings);
        let states =
            PointerStates { chi_mhz: dispersive.chi_mhz, kappa_mhz: self.kappa_mhz, photons };
        let peak = states.peak_photons();
        if peak > critical {
            let state = usize::from(critical < dispersive.critical_photons);
            warnings.push(format!(
                "{photons:.1} photons in the steady state, {peak:.1} at most, are more than the critical \
                 {critical:.1} of the qubit in {state}: the dispersive regime is left"
            ));
        }
        let counts = self.purcell && !self.purcell_filtered;
        let purcell = counts.then_some(dispersive.purcell_t1_us);
        let t1_us = match (self.t1_us, purcell) {
            (Some(a), Some(b)) => Some(a * b / (a + b)),
            (a, b) => a.or(b),
        };
        if let (Some(t1), false) = (self.t1_us, self.purcell || self.purcell_filtered)
            && t1 > dispersive.purcell_t1_us
        {
            warnings.push(format!(
                "T1 of {t1} us is above the {:.2} us of decay through the resonator: it takes a filter",
                dispersive.purcell_t1_us
            ));
        }
        Ok(Readout { dispersive, photons, t1_us, efficiency: self.efficiency, states, warnings })
    }
}

/// A readout worked out: [`at`](Self::at) is a measurement of a length, [`best`](Self::best) the best
/// one.
#[derive(Debug, Clone, PartialEq)]
pub struct Readout {
    /// Shifts and limits; their warnings are in `warnings`.
    pub dispersive: Dispersive,
    /// Photons in the steady state.
    pub photons: f64,
    /// T1 during the readout in µs, Purcell decay in it where it counts; `None`: no decay.
    pub t1_us: Option<f64>,
    /// Efficiency of the detection.
    pub efficiency: f64,
    /// The field in the resonator, with χ by formula.
    pub states: PointerStates,
    /// What to mind, as sentences.
    pub warnings: Vec<String>,
}

impl Readout {
    /// The measurement that takes this long.
    ///
    /// # Errors
    /// If the time is not in 1e-3..=1e9 ns.
    pub fn at(&self, time_ns: f64) -> Result<Assignment> {
        within("the time of the measurement", time_ns, (1e-3, 1e9), "ns")?;
        Ok(self.at_unchecked(time_ns))
    }

    pub(super) fn at_unchecked(&self, time_ns: f64) -> Assignment {
        self.states.assignment(time_ns, self.efficiency, self.t1_us.map(|us| 1e3 * us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn purcell_decay_adds_and_limits_are_said() {
        let base = ReadoutDesign::new(5.0, -0.3, 7.0, 100.0, 1.0);
        let t1 = |t1_us, purcell| {
            let design = ReadoutDesign { t1_us, purcell, ..base.clone() };
            design.readout().unwrap().t1_us
        };
        assert!((t1(None, true).unwrap() - 63.662).abs() < 1e-3);
        assert!((t1(Some(100.0), true).unwrap() - 38.898).abs() < 1e-3);
        assert_eq!((t1(Some(100.0), false), t1(None, false)), (Some(100.0), None));
        let design = ReadoutDesign { t1_us: Some(100.0), purcell: false, ..base.clone() };
        assert!(design.readout().unwrap().warnings[0].contains("takes a filter"));
        for purcell in [false, true] {
            let filtered = ReadoutDesign { purcell, purcell_filtered: true, ..design.clone() };
            let readout = filtered.readout().unwrap();
            assert_eq!((readout.t1_us, readout.warnings), (Some(100.0), vec![]));
        }
        let many = ReadoutDesign { photons: Some(120.0), ..base.clone() };
        let said = &many.readout().unwrap().warnings[0];
        assert!(said.contains("critical 43.8 of the qubit in 1"), "{said}");
        let readout = base.readout().unwrap();
        assert!((readout.photons - 8.75).abs() < 1e-12 && readout.warnings.is_empty());
        // Between the critical numbers of both states.
        let some = ReadoutDesign { photons: Some(60.0), ..base.clone() };
        assert_eq!(some.readout().unwrap().warnings.len(), 1);
        // A fifth of what is critical of a resonator below the qubit.
        let below = ReadoutDesign::new(5.0, -0.33, 4.5, 60.0, 1.0);
        assert!((below.readout().unwrap().photons - 0.06713).abs() < 1e-5);
        let none = ReadoutDesign { g_mhz: 100.0, ..below };
        assert!(none.readout().unwrap_err().to_string().contains("how many photons"));
        assert!(ReadoutDesign { photons: Some(0.1), ..none }.readout().is_ok());
        for bad in [0.0, -1.0, f64::NAN, 1e12] {
            assert!(readout.at(bad).is_err());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn probabilities_are_some_and_more_signal_is_better(
            chi in 0.05..5.0f64, kappa in 0.1..10.0f64, photons in 0.1..80.0f64,
            time in 1.0..2e4f64, t1 in 1.0..300.0f64, efficiency in 0.05..0.9f64,
        ) {
            let states = PointerStates { chi_mhz: chi, kappa_mhz: kappa, photons };
            let at = |states: PointerStates, efficiency: f64| {
                states.assignment(time, efficiency, Some(1e3 * t1))
            };
            let found = at(states, efficiency);
            for p in [found.p1_given_0, found.p0_given_1] {
                prop_assert!((0.0..=1.0).contains(&p), "{found:?}");
            }
            prop_assert!(found.measurement_fidelity > -1e-12);
            // The sign of the shift is which side 1 is on.
            let turned = at(PointerStates { chi_mhz: -chi, ..states }, efficiency);
            prop_assert!((turned.p0_given_1 - found.p0_given_1).abs() < 1e-10);
            let more = at(states, 1.1 * efficiency);
            prop_assert!(more.measurement_fidelity >= found.measurement_fidelity - 1e-9);
        }
    }
}
