//! T1 and T2 of a transmon in an environment, and what each cause takes of them.

use super::super::constants::MILLIKELVIN_PER_GHZ;
use super::super::regime::check_dispersive;
use super::super::{Transmon, TunableTransmon, sweep_transmons};
use super::dielectric::dielectric_rate_per_us;
use super::environment::{Environment, ReadoutResonator};
use super::one_over_f::second_order_rate_per_us;
use super::photons::photon_dephasing_rate_per_us;
use super::purcell::purcell_rate_per_us;
use super::thermal::{excited_population, thermal_factor, thermal_photons};
use crate::error::Result;

/// Offset charges among which the one with the largest slope is looked for.
const CHARGES: u8 = 16;

/// The population of 1 in equilibrium from which a qubit is too hot to be used.
const HOT: f64 = 0.1;

/// What a cause takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoherence {
    /// Population: a part of 1/T1.
    Relaxation,
    /// Phase: a part of 1/Tφ.
    Dephasing,
}

/// One cause of decoherence.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Which one, like `dielectric loss`.
    pub name: &'static str,
    /// What it takes away.
    pub kind: Decoherence,
    /// T1 or Tφ if there were nothing else, in µs; infinite where it does not act.
    pub time_us: f64,
}

/// T1, T2 and what they consist of.
///
/// ```
/// use ketlab::chip::{CoherenceBudget, Environment, Transmon};
/// let transmon = Transmon::new(15.0, 0.3)?;
/// let budget = CoherenceBudget::of(&transmon, &Environment::default())?;
/// assert!(budget.t2_us <= 2.0 * budget.t1_us);
/// let causes: Vec<&str> = budget.contributions.iter().map(|one| one.name).collect();
/// assert_eq!(causes, ["dielectric loss", "charge noise", "critical current noise"]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CoherenceBudget {
    /// One over the sum of all relaxation rates, in µs.
    pub t1_us: f64,
    /// 1/T2 = 1/(2 T1) + 1/Tφ, in µs.
    pub t2_us: f64,
    /// One over the sum of all dephasing rates, in µs. Those of 1/f noise fall as Gaussians, and
    /// are added like the others (as scqubits' `t2_effective` does).
    pub t_phi_us: f64,
    /// P(1) at the temperature of the environment.
    pub excited_population: f64,
    /// Each cause, relaxation first.
    pub contributions: Vec<Contribution>,
    /// What to mind, as sentences: where the formulas of a resonator are off.
    pub warnings: Vec<String>,
}

impl CoherenceBudget {
    /// Of a transmon without a loop: dielectric loss, charge noise and noise of the critical
    /// current, and by the resonator, if there is one, Purcell decay (unless a filter prevents it) and thermal photons.
    ///
    /// Offset charges drift: charge noise is that at the offset charge where it is worst.
    ///
    /// # Errors
    /// If something of the environment is not what it must be, or the resonator is as near to the
    /// transitions 0-1 or 1-2 as their coupling; the error names it.
    pub fn of(transmon: &Transmon, environment: &Environment) -> Result<Self> {
        CoherenceBudget::with(transmon, None, environment)
    }

    /// Of a tunable one at this flux: as [`of`](Self::of), with flux noise to first and second order.
    ///
    /// # Errors
    /// As [`of`](Self::of), and where the frequency has no slope with flux.
    pub fn at_flux(
        tunable: &TunableTransmon,
        flux: f64,
        environment: &Environment,
    ) -> Result<Self> {
        let slope = tunable.frequency_slope_ghz(flux)?;
        let curvature = tunable.frequency_curvature_ghz(flux)?;
        CoherenceBudget::with(&tunable.at_flux(flux)?, Some((slope, curvature)), environment)
    }

    /// The totals of these contributions, without warnings.
    pub fn from_contributions(contributions: Vec<Contribution>, excited_population: f64) -> Self {
        let total = |kind| {
            let rates =
                contributions.iter().filter(|one| one.kind == kind).map(|one| 1.0 / one.time_us);
            1.0 / rates.sum::<f64>()
        };
        let (t1_us, t_phi_us) = (total(Decoherence::Relaxation), total(Decoherence::Dephasing));
        let t2_us = t2_us(t1_us, t_phi_us);
        CoherenceBudget {
            t1_us,
            t2_us,
            t_phi_us,
            excited_population,
            contributions,
            warnings: Vec::new(),
        }
    }

    fn with(
        transmon: &Transmon,
        by_flux: Option<(f64, f64)>,
        environment: &Environment,
    ) -> Result<Self> {
        use Decoherence::{Dephasing, Relaxation};
        let Environment { temperature_mk, quality, one_over_f, .. } = environment;
        let frequency = transmon.frequency_ghz();
        let population = excited_population(frequency, *temperature_mk)?;
        let mut warnings = Vec::new();
        if population > HOT {
            warnings.push(format!(
                "at {temperature_mk} mK the qubit is in 1 by {:.0} % in equilibrium: its {frequency:.3} GHz are \
                 {:.0} mK, and the stage that qubits are at has 10 to 100 mK",
                100.0 * population,
                MILLIKELVIN_PER_GHZ * frequency
            ));
        }
        let mut rates = vec![(
            "dielectric loss",
            Relaxation,
            dielectric_rate_per_us(transmon, quality, *temperature_mk)?,
        )];
        let resonator = environment.resonator.as_ref();
        if let Some(resonator) = resonator.filter(|r| !r.purcell_filtered) {
            let ReadoutResonator { frequency_ghz, coupling_mhz, linewidth_mhz, .. } = *resonator;
            let detuning = frequency - frequency_ghz;
            let alpha = transmon.anharmonicity_ghz();
            warnings.extend(check_dispersive(coupling_mhz, 1e3 * detuning, 1e3 * alpha)?);
            // Down and up together, as of dielectric loss: 1/T1 is their sum.
            let rate = purcell_rate_per_us(linewidth_mhz, coupling_mhz, detuning)?
                * thermal_factor(frequency, *temperature_mk)?;
            rates.push(("Purcell decay", Relaxation, rate));
        }
        if let Some((slope, curvature)) = by_flux {
            let rate = one_over_f.rate_per_us(environment.flux_noise, slope)?
                + second_order_rate_per_us(environment.flux_noise, curvature)?;
            rates.push(("flux noise", Dephasing, rate));
        }
        let slope = steepest_with_charge(transmon)?;
        let rate = one_over_f.rate_per_us(environment.charge_noise, slope)?;
        rates.push(("charge noise", Dephasing, rate));
        let slope = transmon.ej_ghz() * transmon.frequency_by_ej()?;
        let rate = one_over_f.rate_per_us(environment.critical_current_noise, slope)?;
        rates.push(("critical current noise", Dephasing, rate));
        if let Some(resonator) = resonator {
            let rate = photon_rate(transmon, frequency, resonator, *temperature_mk)?;
            rates.push(("thermal photons", Dephasing, rate));
        }
        let contribution = |(name, kind, rate)| Contribution { name, kind, time_us: 1.0 / rate };
        let contributions = rates.into_iter().map(contribution).collect();
        let budget = CoherenceBudget::from_contributions(contributions, population);
        Ok(CoherenceBudget { warnings, ..budget })
    }
}

/// T2 of T1 and Tφ: 1/T2 = 1/(2 T1) + 1/Tφ; infinite times are such without decay.
pub fn t2_us(t1_us: f64, t_phi_us: f64) -> f64 {
    1.0 / (0.5 / t1_us + 1.0 / t_phi_us)
}

fn photon_rate(
    transmon: &Transmon,
    frequency: f64,
    resonator: &ReadoutResonator,
    temperature_mk: f64,
) -> Result<f64> {
    let photons = match resonator.photons {
        Some(photons) => photons,
        None => thermal_photons(resonator.frequency_ghz, temperature_mk)?,
    };
    let chi = match resonator.chi_mhz {
        Some(chi) => chi,
        None => {
            let (detuning, alpha) =
                (frequency - resonator.frequency_ghz, transmon.anharmonicity_ghz());
            1e-3 * resonator.coupling_mhz.powi(2) / detuning * alpha / (detuning + alpha)
        }
    };
    photon_dephasing_rate_per_us(resonator.linewidth_mhz, chi, photons)
}

/// The largest |∂f01/∂ng| over the offset charges, in GHz per Cooper pair.
fn steepest_with_charge(transmon: &Transmon) -> Result<f64> {
    // The slope is odd about 0 and ½.
    let charges = (1..CHARGES).map(|k| 0.5 * f64::from(k) / f64::from(CHARGES));
    let transmons: Vec<Transmon> =
        charges.map(|ng| transmon.with_offset_charge(ng)).collect::<Result<_>>()?;
    let slopes = sweep_transmons(&transmons, |one| Ok(one.frequency_by_charge_ghz()?.abs()))?;
    Ok(slopes.into_iter().fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::QualityFactor;

    #[test]
    fn totals_are_those_of_the_contributions() {
        let tunable = TunableTransmon::new(20.0, 0.3, 0.2).unwrap();
        let resonator = ReadoutResonator {
            frequency_ghz: 7.0,
            coupling_mhz: 70.0,
            linewidth_mhz: 1.0,
            chi_mhz: None,
            photons: None,
            purcell_filtered: false,
        };
        let environment = Environment {
            resonator: Some(resonator),
            temperature_mk: 40.0,
            ..Environment::default()
        };
        let budget = CoherenceBudget::at_flux(&tunable, 0.2, &environment).unwrap();
        let names: Vec<&str> = budget.contributions.iter().map(|one| one.name).collect();
        assert_eq!(
            names,
            [
                "dielectric loss",
                "Purcell decay",
                "flux noise",
                "charge noise",
                "critical current noise",
                "thermal photons"
            ]
        );
        let time = |k: usize| budget.contributions[k].time_us;
        assert!((1.0 / budget.t1_us - 1.0 / time(0) - 1.0 / time(1)).abs() < 1e-15);
        let dephasing: f64 = (2..6).map(|k| 1.0 / time(k)).sum();
        assert!((1.0 / budget.t_phi_us - dephasing).abs() < 1e-15);
        let rate = 0.5 / budget.t1_us + dephasing;
        assert!((1.0 / budget.t2_us - rate).abs() < 1e-15);
        let transmon = tunable.at_flux(0.2).unwrap();
        let expected = excited_population(transmon.frequency_ghz(), 40.0).unwrap();
        assert_eq!(budget.excited_population, expected);
        // χ by the formula, given.
        let detuning = transmon.frequency_ghz() - 7.0;
        let alpha = transmon.anharmonicity_ghz();
        let chi_mhz = Some(4.9 / detuning * alpha / (detuning + alpha));
        let given = Environment {
            resonator: Some(ReadoutResonator { chi_mhz, ..resonator }),
            ..environment
        };
        let again = CoherenceBudget::at_flux(&tunable, 0.2, &given).unwrap();
        assert!((again.contributions[5].time_us / time(5) - 1.0).abs() < 1e-12);
        // A filter takes Purcell decay away, and nothing else.
        let filtered = Environment {
            resonator: Some(ReadoutResonator { purcell_filtered: true, ..resonator }),
            ..environment
        };
        let with_filter = CoherenceBudget::at_flux(&tunable, 0.2, &filtered).unwrap();
        let mut others = budget.contributions.clone();
        others.remove(1);
        assert_eq!(with_filter.contributions, others);
        assert!((with_filter.t1_us / time(0) - 1.0).abs() < 1e-15);
    }

    fn at_resonator(frequency_ghz: f64, temperature_mk: f64) -> Result<CoherenceBudget> {
        let resonator = ReadoutResonator {
            frequency_ghz,
            coupling_mhz: 70.0,
            linewidth_mhz: 1.0,
            chi_mhz: None,
            photons: None,
            purcell_filtered: false,
        };
        let environment =
            Environment { resonator: Some(resonator), temperature_mk, ..Environment::default() };
        CoherenceBudget::of(&Transmon::new(15.0, 0.3).unwrap(), &environment)
    }

    #[test]
    fn a_warm_resonator_excites_as_well() {
        let transmon = Transmon::new(15.0, 0.3).unwrap();
        let time = |temperature| at_resonator(7.0, temperature).unwrap().contributions[1].time_us;
        let photons = thermal_photons(transmon.frequency_ghz(), 120.0).unwrap();
        assert!(photons > 0.1);
        assert!((time(0.0) / time(120.0) - (2.0 * photons + 1.0)).abs() < 1e-12);
        // κ (g/Δ)² at temperature 0.
        let ratio = 0.07 / (transmon.frequency_ghz() - 7.0);
        assert!((time(0.0) * std::f64::consts::TAU * ratio * ratio - 1.0).abs() < 1e-12);
        // In balance with what decays: P(1) is that of the temperature.
        let (down, up) = (photons + 1.0, photons);
        let population = at_resonator(7.0, 120.0).unwrap().excited_population;
        assert!((up / (up + down) - population).abs() < 1e-12);
    }

    #[test]
    fn resonators_near_the_qubit_are_warned_of_and_refused() {
        assert!(at_resonator(7.0, 15.0).unwrap().warnings.is_empty());
        // f01 is 5.683 GHz: g/Δ is 0.6, and T1 is half of what two modes have.
        let near = at_resonator(5.8, 15.0).unwrap();
        assert!(near.warnings[0].contains("is 0.596"), "{:?}", near.warnings);
        // f12 is 5.338 GHz.
        let on = at_resonator(5.338, 15.0).unwrap_err().to_string();
        assert!(on.contains("1-2 and the resonator"), "{on}");
        let on = at_resonator(5.7, 15.0).unwrap_err().to_string();
        assert!(on.contains("the detuning of qubit and resonator"), "{on}");
    }

    #[test]
    fn sweet_spots_live_longer_and_nothing_else_is_infinite() {
        let tunable = TunableTransmon::new(20.0, 0.3, 0.2).unwrap();
        let environment = Environment::default();
        let budget = |flux| CoherenceBudget::at_flux(&tunable, flux, &environment).unwrap();
        let by_flux = |flux| budget(flux).contributions[1].time_us;
        assert_eq!(budget(0.0).contributions[1].name, "flux noise");
        assert!(by_flux(0.0) > 100.0 * by_flux(0.25) && by_flux(0.5) > 100.0 * by_flux(0.25));
        assert!(by_flux(0.0).is_finite() && budget(0.0).t2_us > budget(0.25).t2_us);
        let silent = Environment {
            charge_noise: 0.0,
            critical_current_noise: 0.0,
            ..Environment::default()
        };
        let transmon = Transmon::new(15.0, 0.3).unwrap();
        let budget = CoherenceBudget::of(&transmon, &silent).unwrap();
        assert_eq!(budget.t_phi_us, f64::INFINITY);
        assert!((budget.t2_us / budget.t1_us - 2.0).abs() < 1e-15);
        assert_eq!(t2_us(f64::INFINITY, f64::INFINITY), f64::INFINITY);
    }

    #[test]
    fn charge_noise_is_that_of_the_worst_offset_charge() {
        // ε/2 cos 2πng of f01: the steepest is π ε.
        let transmon = Transmon::new(9.0, 0.3).unwrap();
        let f01 = |ng| transmon.with_offset_charge(ng).unwrap().frequency_ghz();
        let slope = steepest_with_charge(&transmon).unwrap();
        let expected = std::f64::consts::PI * (f01(0.5) - f01(0.0)).abs();
        assert!((slope / expected - 1.0).abs() < 0.02, "{slope} {expected}");
        // Whatever its own offset charge.
        let moved = transmon.with_offset_charge(0.1).unwrap();
        assert_eq!(steepest_with_charge(&moved).unwrap(), slope);
    }

    #[test]
    fn a_qubit_in_liquid_helium_is_too_hot() {
        let transmon = Transmon::new(15.0, 0.3).unwrap();
        let warnings = |temperature_mk| {
            let environment = Environment { temperature_mk, ..Environment::default() };
            CoherenceBudget::of(&transmon, &environment).unwrap().warnings
        };
        assert!(warnings(100.0).is_empty());
        let said = warnings(4000.0);
        assert!(said[0].contains("48 %") && said[0].contains("273 mK"), "{said:?}");
    }

    #[test]
    fn what_is_no_environment_is_refused() {
        let transmon = Transmon::new(15.0, 0.3).unwrap();
        let usual = Environment::default();
        let resonator = ReadoutResonator {
            frequency_ghz: transmon.frequency_ghz(),
            coupling_mhz: 70.0,
            linewidth_mhz: 1.0,
            chi_mhz: None,
            photons: None,
            purcell_filtered: false,
        };
        for bad in [
            Environment { temperature_mk: -1.0, ..usual },
            Environment { quality: QualityFactor::Constant(0.0), ..usual },
            Environment { charge_noise: f64::NAN, ..usual },
            Environment { critical_current_noise: -1e-7, ..usual },
            Environment { resonator: Some(resonator), ..usual },
        ] {
            assert!(CoherenceBudget::of(&transmon, &bad).is_err(), "{bad:?}");
        }
    }
}
