//! How likely one scattered coupling, or one triple, has no collision: closed forms.

use super::{CollisionType, Rules, Straddling};
use crate::error::{Error, Result};
use crate::math::statistics::normal_between;

/// The probability that a normal variable lies outside of all these intervals, which may overlap.
fn outside(mut intervals: Vec<(f64, f64)>, mean: f64, deviation: f64) -> f64 {
    if deviation == 0.0 {
        // The ends of a window are allowed.
        return if intervals.iter().any(|&(a, b)| a < mean && mean < b) { 0.0 } else { 1.0 };
    }
    intervals.retain(|&(a, b)| a < b);
    intervals.sort_by(|x, y| x.0.total_cmp(&y.0));
    let (mut from, mut sum) = (f64::NEG_INFINITY, 0.0);
    let place = |x: f64| (x - mean) / deviation;
    for (a, b) in intervals.into_iter().chain([(f64::INFINITY, f64::INFINITY)]) {
        if a > from {
            sum += normal_between(place(from), place(a));
        }
        from = from.max(b);
    }
    f64::min(sum, 1.0)
}

fn around(center: f64, half_width: f64) -> (f64, f64) {
    (center - half_width, center + half_width)
}

impl Rules {
    /// The detunings f_j - f_k that types 1 to 4 forbid where both have this anharmonicity, in MHz.
    fn forbidden_detunings(&self, anharmonicity: f64) -> Vec<(f64, f64)> {
        let w = |of| self.half_width_mhz(of);
        let size = anharmonicity.abs();
        let (slow, two_photon) = (w(CollisionType::OutsideStraddling), w(CollisionType::TwoPhoton));
        let leakage = w(CollisionType::Leakage);
        let least = match self.straddling {
            Straddling::ControlAbove => 0.0,
            Straddling::Either => -size,
        };
        let mut all = vec![
            around(0.0, w(CollisionType::Resonant)),
            around(0.5 * size, two_photon),
            around(size, leakage),
            around(-size, leakage),
            (f64::NEG_INFINITY, least + slow),
            (size - slow, f64::INFINITY),
        ];
        if self.two_photon_either {
            all.push(around(-0.5 * size, two_photon));
        }
        all
    }

    /// The probability that a coupling has no collision of types 1 to 4 where its detuning
    /// (control - target) is normal with this mean and deviation and both qubits have this
    /// anharmonicity; MHz.
    pub(in crate::chip) fn pair_free(&self, mean: f64, deviation: f64, anharmonicity: f64) -> f64 {
        outside(self.forbidden_detunings(anharmonicity), mean, deviation)
    }

    /// The probability that two neighbours of a control have none of types 5 and 6, as above with
    /// their own detuning.
    pub(in crate::chip) fn neighbors_free(
        &self,
        mean: f64,
        deviation: f64,
        anharmonicity: f64,
    ) -> f64 {
        let leakage = self.half_width_mhz(CollisionType::SpectatorLeakage);
        let forbidden = vec![
            around(0.0, self.half_width_mhz(CollisionType::Spectator)),
            around(anharmonicity, leakage),
            around(-anharmonicity, leakage),
        ];
        outside(forbidden, mean, deviation)
    }

    /// The probability that there is none of type 7, where 2 f_j - f_k - f_i has this mean and
    /// deviation.
    pub(in crate::chip) fn two_photon_free(
        &self,
        mean: f64,
        deviation: f64,
        anharmonicity: f64,
    ) -> f64 {
        let half_width = self.half_width_mhz(CollisionType::SpectatorTwoPhoton);
        outside(vec![around(-anharmonicity, half_width)], mean, deviation)
    }

    /// The probability that one coupling has no collision of types 1 to 4, in closed form: the detuning
    /// control - target is normal about that of the design with the variance 2σ², and both qubits have
    /// one anharmonicity. All in GHz, as elsewhere.
    ///
    /// ```
    /// # use ketlab::chip::Rules;
    /// let edge = Rules::hertzberg_2021().edge_yield(0.060, 0.014, -0.330)?;
    /// assert!((edge - 0.985066).abs() < 1e-6);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a number is not finite, the spread negative, or the anharmonicity not negative.
    pub fn edge_yield(
        &self,
        detuning_ghz: f64,
        spread_ghz: f64,
        anharmonicity_ghz: f64,
    ) -> Result<f64> {
        self.check()?;
        if !detuning_ghz.is_finite() {
            return Err(Error::NotFinite { what: "the detuning".into(), value: detuning_ghz });
        }
        check_spread("the spread of frequencies", spread_ghz)?;
        if !(anharmonicity_ghz < 0.0 && anharmonicity_ghz.is_finite()) {
            return Err(Error::Invalid {
                what: "the anharmonicity".into(),
                value: format!("{anharmonicity_ghz} GHz"),
                expected: "that of a transmon is negative".into(),
            });
        }
        let deviation = std::f64::consts::SQRT_2 * 1e3 * spread_ghz;
        Ok(self.pair_free(1e3 * detuning_ghz, deviation, 1e3 * anharmonicity_ghz))
    }
}

/// A standard deviation in GHz that can be.
pub(in crate::chip) fn check_spread(what: &str, spread_ghz: f64) -> Result<()> {
    if (0.0..=1e3).contains(&spread_ghz) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: what.into(),
        value: format!("{spread_ghz} GHz"),
        expected: "a standard deviation is finite and not negative, like 0.014".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::find_collisions;

    /// The table of the research page, section 5.7: detunings by spreads, SciPy's normal law over 17 to
    /// 163 and 167 to 300 MHz.
    #[test]
    fn edge_yields_are_those_of_the_table() {
        let spreads = [5.0, 6.0, 14.0, 18.5, 50.0, 132.0];
        let rules = Rules::hertzberg_2021();
        for (detuning, row) in [
            (50.0, [0.999998, 0.999950, 0.952218, 0.896400, 0.673421, 0.472837]),
            (60.0, [1.000000, 1.000000, 0.985066, 0.949845, 0.720605, 0.484508]),
            (70.0, [1.000000, 1.000000, 0.996284, 0.978521, 0.763507, 0.495292]),
            (140.0, [0.999496, 0.997373, 0.963646, 0.961364, 0.926001, 0.540851]),
        ] {
            for (spread, expected) in spreads.into_iter().zip(row) {
                let found = rules.edge_yield(1e-3 * detuning, 1e-3 * spread, -0.33).unwrap();
                assert!((found - expected).abs() < 1e-6, "{detuning} {spread}: {found}");
            }
        }
    }

    /// Without scatter the closed forms say what is found on a chip, wherever the frequencies are.
    #[test]
    fn windows_are_those_that_collisions_are_found_by() {
        for rules in [Rules::hertzberg_2021(), Rules::brink_2018()] {
            for step in 0..900 {
                let detuning = -450.0 + 1.003 * f64::from(step);
                let f = [5.0, 5.0 - 1e-3 * detuning];
                let found = find_collisions(&[(0, 1)], &f, &[-0.33; 2], &rules).unwrap();
                let free = rules.pair_free(detuning, 0.0, -330.0);
                assert_eq!(free == 1.0, found.is_empty(), "{} {detuning}", rules.name);
                let f = [5.0, 4.9, 4.9 - 1e-3 * detuning];
                let found = find_collisions(&[(0, 1), (0, 2)], &f, &[-0.33; 3], &rules).unwrap();
                let none = |types: &[CollisionType]| !found.iter().any(|c| types.contains(&c.of));
                let near = [CollisionType::Spectator, CollisionType::SpectatorLeakage];
                assert_eq!(rules.neighbors_free(detuning, 0.0, -330.0) == 1.0, none(&near));
                let free = rules.two_photon_free(200.0 + detuning, 0.0, -330.0);
                assert_eq!(free == 1.0, none(&[CollisionType::SpectatorTwoPhoton]), "{detuning}");
            }
        }
    }

    #[test]
    fn overlapping_windows_count_once() {
        let free = outside(vec![(0.0, 2.0), (1.0, 3.0), (-1.0, 0.0), (1.2, 1.3)], 1.0, 1.0);
        let direct = 1.0 - normal_between(-2.0, 2.0);
        assert!((free - direct).abs() < 1e-15, "{free} {direct}");
        // Far tails keep their digits.
        let free = outside(vec![(f64::NEG_INFINITY, 20.0)], 0.0, 1.0);
        assert!((free / 2.753624118606234e-89 - 1.0).abs() < 1e-9, "{free}");
        assert_eq!(outside(vec![], 0.0, 1.0), 1.0);
    }

    #[test]
    fn numbers_that_cannot_be_are_errors() {
        let rules = Rules::hertzberg_2021();
        for (detuning, spread, anharmonicity) in [
            (f64::NAN, 0.01, -0.3),
            (0.05, -0.01, -0.3),
            (0.05, f64::INFINITY, -0.3),
            (0.05, 0.01, 0.3),
            (0.05, 0.01, f64::NEG_INFINITY),
        ] {
            assert!(rules.edge_yield(detuning, spread, anharmonicity).is_err());
        }
    }
}
