//! A design, how its chips scatter, and what a collision is.

use crate::chip::FrequencyPlan;
use crate::chip::collisions::{Rules, check_spread};
use crate::error::{Error, Result, shown};

/// Standard deviations that a qubit's numbers have up to where it is no transmon: one of 10⁹ is beyond.
const DEVIATIONS: f64 = 6.0;

/// What a yield is asked of: frequencies of chips are normal about a plan's, independent of each other;
/// collisions are by a table of rules. The scatter is one that makes transmons: anharmonicities stay
/// negative, and less than frequencies, within six standard deviations.
#[derive(Debug, Clone, PartialEq)]
pub struct YieldCase {
    plan: FrequencyPlan,
    rules: Rules,
    /// One a qubit.
    spreads_ghz: Vec<f64>,
    anharmonicity_spread_ghz: f64,
}

impl YieldCase {
    /// All frequencies with one standard deviation in GHz.
    ///
    /// # Errors
    /// If it is negative or not finite, or so large that some qubits would be no transmons; the error of
    /// [`Rules::check`].
    pub fn new(plan: FrequencyPlan, rules: Rules, spread_ghz: f64) -> Result<Self> {
        check_spread("the spread of frequencies", spread_ghz)?;
        rules.check()?;
        let spreads_ghz = vec![spread_ghz; plan.lattice().num_qubits()];
        YieldCase { plan, rules, spreads_ghz, anharmonicity_spread_ghz: 0.0 }.of_transmons()
    }

    /// Frequencies scatter as the junctions' resistances do, whose relative standard deviation is σ_R:
    /// f ∝ R^(-1/2), so σ_f = f σ_R / 2.
    ///
    /// # Errors
    /// If σ_R is negative or above 1, or so large that some qubits would be no transmons; the error of
    /// [`Rules::check`].
    pub fn of_resistances(plan: FrequencyPlan, rules: Rules, relative: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&relative) {
            return Err(Error::Invalid {
                what: "the relative spread of resistances".into(),
                value: relative.to_string(),
                expected: "it is from 0 to 1, like 0.02".into(),
            });
        }
        rules.check()?;
        let spreads_ghz = plan.frequencies_ghz().iter().map(|f| 0.5 * relative * f).collect();
        YieldCase { plan, rules, spreads_ghz, anharmonicity_spread_ghz: 0.0 }.of_transmons()
    }

    /// Anharmonicities scatter too, independently, with this standard deviation in GHz.
    ///
    /// # Errors
    /// If it is negative or not finite, or a sixth of an anharmonicity or more, so that some of a chip
    /// would not be negative.
    pub fn anharmonicity_spread(self, spread_ghz: f64) -> Result<Self> {
        check_spread("the spread of anharmonicities", spread_ghz)?;
        YieldCase { anharmonicity_spread_ghz: spread_ghz, ..self }.of_transmons()
    }

    /// The same with another standard deviation of all frequencies in GHz.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_spread(&self, spread_ghz: f64) -> Result<Self> {
        check_spread("the spread of frequencies", spread_ghz)?;
        let spreads_ghz = vec![spread_ghz; self.spreads_ghz.len()];
        YieldCase { spreads_ghz, ..self.clone() }.of_transmons()
    }

    /// Refuses scatter that makes other qubits than transmons, for which the rules are not.
    fn of_transmons(self) -> Result<Self> {
        let all = self.plan.frequencies_ghz().iter().zip(self.plan.anharmonicities_ghz());
        let anharmonicity_spread = self.anharmonicity_spread_ghz;
        for (qubit, ((&frequency, &anharmonicity), &spread)) in
            all.zip(&self.spreads_ghz).enumerate()
        {
            let size = -anharmonicity;
            if size < DEVIATIONS * anharmonicity_spread {
                return Err(Error::Invalid {
                    what: "the spread of anharmonicities".into(),
                    value: format!("{} MHz", shown(1e3 * anharmonicity_spread)),
                    expected: format!(
                        "it is at most a sixth of the anharmonicity, {:.6} MHz of qubit {qubit}: with more \
                         some would not be negative, and no transmon's",
                        1e3 * size / DEVIATIONS
                    ),
                });
            }
            if frequency - size < DEVIATIONS * spread.hypot(anharmonicity_spread) {
                return Err(Error::Invalid {
                    what: format!("the spread of the frequency of qubit {qubit}"),
                    value: format!("{} MHz", shown(1e3 * spread)),
                    expected: format!(
                        "six of it are at most {:.6} GHz, the frequency less the anharmonicity: with more \
                         some would not be positive",
                        frequency - size
                    ),
                });
            }
        }
        Ok(self)
    }

    /// The design.
    pub fn plan(&self) -> &FrequencyPlan {
        &self.plan
    }

    /// What a collision is.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The standard deviation of each qubit's frequency.
    pub fn spreads_ghz(&self) -> &[f64] {
        &self.spreads_ghz
    }

    /// That of anharmonicities.
    pub fn anharmonicity_spread_ghz(&self) -> f64 {
        self.anharmonicity_spread_ghz
    }

    /// The product of the probabilities that each coupling (types 1 to 4) and each triple (types 5 and
    /// 6, and type 7) has no collision, in closed form. It would be the yield if these were independent;
    /// they share qubits, so it is an estimate: a little low on heavy-hexagon lattices, too high on square
    /// ones. `None` where anharmonicities differ or scatter.
    pub fn product_of_marginals(&self) -> Option<f64> {
        let all = self.plan.anharmonicities_ghz();
        let anharmonicity = 1e3 * all.first()?;
        if self.anharmonicity_spread_ghz > 0.0 || all.iter().any(|&a| a != all[0]) {
            return None;
        }
        let f = |q: usize| 1e3 * self.plan.frequencies_ghz()[q];
        let variance = |q: usize| (1e3 * self.spreads_ghz[q]).powi(2);
        let (rules, checks) = (&self.rules, self.plan.checks());
        let pairs = checks.pairs().iter().map(|&(j, k)| {
            let deviation = (variance(j) + variance(k)).sqrt();
            rules.pair_free(f(j) - f(k), deviation, anharmonicity)
        });
        let triples = checks.triples().iter().map(|triple| {
            let (j, [k, i]) = (triple.control, triple.neighbors);
            let near = (variance(k) + variance(i)).sqrt();
            let all = (4.0 * variance(j) + variance(k) + variance(i)).sqrt();
            rules.neighbors_free(f(k) - f(i), near, anharmonicity)
                * rules.two_photon_free(2.0 * f(j) - f(k) - f(i), all, anharmonicity)
        });
        Some(pairs.chain(triples).product())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{Design, Lattice, Pattern};

    fn falcon(spacing_ghz: f64) -> FrequencyPlan {
        let design = Design::default().spacing(spacing_ghz);
        design.plan(&Lattice::falcon27(), Pattern::Auto).unwrap()
    }

    /// The estimates of the research page, section 5.7, here with more digits from SciPy.
    #[test]
    fn products_of_marginals_are_those_of_the_page() {
        for (spacing, spread, expected) in [
            (60.0, 6.0, 0.9999923570834395),
            (60.0, 10.0, 0.9609397645769988),
            (60.0, 14.0, 0.6298279631952017),
            (60.0, 18.5, 0.2273310398749599),
            (60.0, 50.0, 0.000280508903564862),
            (70.0, 6.0, 0.963843926887984),
            (70.0, 14.0, 0.5348503248541304),
            (70.0, 50.0, 0.0008985047780736549),
            (50.0, 14.0, 0.2936555040593037),
        ] {
            let rules = Rules::hertzberg_2021();
            let case = YieldCase::new(falcon(1e-3 * spacing), rules, 1e-3 * spread).unwrap();
            let found = case.product_of_marginals().unwrap();
            assert!((found / expected - 1.0).abs() < 1e-8, "{spacing} {spread}: {found}");
        }
    }

    #[test]
    fn spreads_follow_resistances() {
        let rules = Rules::hertzberg_2021();
        let case = YieldCase::of_resistances(falcon(0.06), rules.clone(), 0.02).unwrap();
        // f/2 times 2 %
        assert!((case.spreads_ghz()[1] - 0.0506).abs() < 1e-12);
        for bad in [-0.01, 1.5, f64::NAN] {
            assert!(YieldCase::of_resistances(falcon(0.06), rules.clone(), bad).is_err());
            let spread = if bad == 1.5 { f64::INFINITY } else { bad };
            assert!(YieldCase::new(falcon(0.06), rules.clone(), spread).is_err());
            let case = YieldCase::new(falcon(0.06), rules.clone(), 0.01).unwrap();
            assert!(case.anharmonicity_spread(spread).is_err());
        }
        let scattered = case.anharmonicity_spread(0.002).unwrap();
        assert_eq!(scattered.product_of_marginals(), None);
    }

    #[test]
    fn scatter_makes_transmons() {
        let case = |spread| YieldCase::new(falcon(0.06), Rules::hertzberg_2021(), spread);
        let says = |result: Result<YieldCase>| result.unwrap_err().to_string();
        let small = case(0.01).unwrap();
        // A sixth of 330 MHz.
        assert!(small.clone().anharmonicity_spread(0.0549).is_ok());
        for spread in [0.0551, 0.2, 5.0] {
            let message = says(small.clone().anharmonicity_spread(spread));
            assert!(message.contains("spread of anharmonicities"), "{message}");
            assert!(message.contains("55.0") && message.contains("qubit 0"), "{message}");
        }
        // The lowest frequency is 5.06 GHz, 4.73 above the anharmonicity.
        assert!(case(0.788).is_ok());
        let resistances =
            |part| YieldCase::of_resistances(falcon(0.06), Rules::hertzberg_2021(), part);
        for message in [
            says(case(0.79)),
            says(small.with_spread(2.0)),
            says(resistances(0.5)),
            says(case(0.788).unwrap().anharmonicity_spread(0.05)),
        ] {
            assert!(message.contains("spread of the frequency of qubit"), "{message}");
        }
        // All that is allowed makes chips that a picture can show.
        let most = case(0.78).unwrap().anharmonicity_spread(0.05).unwrap();
        let study = crate::chip::YieldStudy::new().chips(2000);
        for chip in 0..2000 {
            let (f, a) = study.chip(&most, chip).unwrap();
            assert!(most.plan().collisions_at(&f, &a, most.rules()).is_ok());
        }
    }
}
