//! What is found of a transmon: the document, and what texts and pictures are made of.

use super::args::{Args, Sweep};
use anyhow::{Context, Result};
use ketlab::chip::{
    CoherenceBudget, DISPERSION_EJ_OVER_EC, Decoherence, Transmon, TransmonFormulas,
    TunableTransmon, sweep_energies_ghz,
};
use serde::Serialize;

/// Levels of which the dispersion is said.
const DISPERSIONS: usize = 3;

/// The document of `--json`.
#[derive(Serialize)]
pub struct Answer {
    pub ej_ghz: f64,
    pub ec_ghz: f64,
    pub ej_over_ec: f64,
    pub offset_charge: f64,
    /// Two junctions in a loop.
    #[serde(rename = "loop")]
    pub of_loop: Option<Loop>,
    pub levels_ghz: Vec<f64>,
    pub frequency_ghz: f64,
    pub anharmonicity_ghz: f64,
    pub charge_dispersion_ghz: Vec<f64>,
    /// Rows.
    pub charge_matrix: Vec<Vec<f64>>,
    pub formulas: Option<Formulas>,
    /// Null at a cusp.
    pub coherence: Option<Coherence>,
    pub sweep: Option<Swept>,
    pub warnings: Vec<String>,
}

#[derive(Serialize)]
pub struct Loop {
    pub flux: f64,
    pub asymmetry: f64,
    pub ej_sum_ghz: f64,
    /// Null at a cusp.
    pub frequency_slope_ghz: Option<f64>,
    pub sweet_spots: Vec<Spot>,
}

#[derive(Serialize)]
pub struct Spot {
    pub flux: f64,
    pub frequency_ghz: f64,
    pub curvature_ghz: f64,
}

/// A formula, and a better one where there is one.
#[derive(Serialize)]
pub struct Formula {
    pub first_order: f64,
    pub series: f64,
}

#[derive(Serialize)]
pub struct Formulas {
    pub frequency_ghz: Formula,
    pub anharmonicity_ghz: Formula,
    pub charge_dispersion_ghz: Vec<f64>,
    /// |⟨j+1|n|j⟩|.
    pub charge_elements: Vec<f64>,
}

#[derive(Serialize)]
pub struct Coherence {
    pub t1_us: f64,
    pub t2_us: f64,
    pub t_phi_us: f64,
    pub excited_population: f64,
    pub temperature_mk: f64,
    pub contributions: Vec<Cause>,
}

#[derive(Serialize)]
pub struct Cause {
    pub name: &'static str,
    pub kind: &'static str,
    pub time_us: f64,
}

#[derive(Serialize)]
pub struct Swept {
    pub parameter: &'static str,
    pub values: Vec<f64>,
    /// Of each value the eigenvalues, in GHz.
    pub energies_ghz: Vec<Vec<f64>>,
}

impl Answer {
    pub fn new(args: &Args) -> Result<Self> {
        let mut warnings = Vec::new();
        let environment = args.environment()?;
        let tunable = args
            .loop_of_two()
            .map(|(flux, asymmetry)| {
                let tunable = TunableTransmon::new(args.ej, args.ec, asymmetry)?;
                Ok::<_, ketlab::Error>((tunable.with_offset_charge(args.ng)?, flux))
            })
            .transpose()?;
        let transmon = match &tunable {
            Some((tunable, flux)) => tunable.at_flux(*flux)?,
            None => Transmon::new(args.ej, args.ec)?.with_offset_charge(args.ng)?,
        };
        let of_loop = tunable.map(|(tunable, flux)| Loop::new(&tunable, flux)).transpose()?;
        let is_cusp = of_loop.as_ref().is_some_and(|l: &Loop| l.frequency_slope_ghz.is_none());
        let budget = match &tunable {
            // The spectrum is still right.
            Some(_) if is_cusp => {
                warnings.push(
                    "at this flux equal junctions cancel and the frequency has a cusp: flux noise has no \
                     rate there, and no coherence is said"
                        .into(),
                );
                None
            }
            Some((tunable, flux)) => Some(CoherenceBudget::at_flux(tunable, *flux, &environment)),
            None => Some(CoherenceBudget::of(&transmon, &environment)),
        };
        let budget = budget.transpose().context("coherence")?;
        warnings.extend(budget.iter().flat_map(|budget| budget.warnings.iter().cloned()));
        let formulas = match TransmonFormulas::new(&transmon) {
            Ok(formulas) => {
                warnings.extend(formulas.warning());
                Some(Formulas::new(&formulas, args.levels)?)
            }
            Err(error) => {
                warnings.push(error.to_string());
                None
            }
        };
        let levels_ghz = transmon.levels_ghz(args.levels)?;
        let dispersions = (0..DISPERSIONS).map(|m| transmon.charge_dispersion_ghz(m));
        let dispersions: Vec<f64> = dispersions.collect::<Result<_, _>>()?;
        // Of the elements that rounding leaves.
        let least = 1e-13 * transmon.ej_ghz().max(1.0);
        if dispersions[0] < least {
            warnings.push(format!(
                "the charge dispersion of level 0 is below {least:.0e} GHz, the rounding of its levels: \
                 its digits mean nothing"
            ));
        } else if transmon.ej_over_ec() < DISPERSION_EJ_OVER_EC && formulas.is_some() {
            warnings.push(format!(
                "below EJ/EC = {DISPERSION_EJ_OVER_EC} the formula of the charge dispersion is off by \
                 more than 6 %"
            ));
        }
        let matrix = transmon.charge_matrix(args.levels)?;
        let sweep =
            args.sweep().map(|sweep| Swept::new(args, sweep, tunable.map(|t| t.0), &transmon));
        Ok(Answer {
            ej_ghz: transmon.ej_ghz(),
            ec_ghz: transmon.ec_ghz(),
            ej_over_ec: transmon.ej_over_ec(),
            offset_charge: transmon.offset_charge(),
            of_loop,
            frequency_ghz: levels_ghz[1],
            anharmonicity_ghz: transmon.anharmonicity_ghz(),
            levels_ghz,
            charge_dispersion_ghz: dispersions,
            charge_matrix: matrix.row_iter().map(|row| row.iter().copied().collect()).collect(),
            formulas,
            coherence: budget.map(|budget| Coherence::new(budget, environment.temperature_mk)),
            sweep: sweep.transpose()?,
            warnings,
        })
    }
}

impl Loop {
    fn new(tunable: &TunableTransmon, flux: f64) -> Result<Self> {
        let spots = tunable.sweet_spots()?.into_iter().map(|spot| Spot {
            flux: spot.flux,
            frequency_ghz: spot.frequency_ghz,
            curvature_ghz: spot.curvature_ghz,
        });
        Ok(Loop {
            flux,
            asymmetry: tunable.asymmetry(),
            ej_sum_ghz: tunable.ej_sum_ghz(),
            frequency_slope_ghz: tunable.frequency_slope_ghz(flux).ok(),
            sweet_spots: spots.collect(),
        })
    }
}

impl Formulas {
    fn new(formulas: &TransmonFormulas, levels: usize) -> Result<Self> {
        let dispersions = (0..DISPERSIONS).map(|m| formulas.charge_dispersion_ghz(m));
        Ok(Formulas {
            frequency_ghz: Formula {
                first_order: formulas.frequency_ghz(),
                series: formulas.frequency_series_ghz(),
            },
            anharmonicity_ghz: Formula {
                first_order: formulas.anharmonicity_ghz(),
                series: formulas.anharmonicity_series_ghz(),
            },
            charge_dispersion_ghz: dispersions.collect::<Result<_, _>>()?,
            charge_elements: (0..levels - 1).map(|j| formulas.charge_element(j)).collect(),
        })
    }
}

impl Coherence {
    fn new(budget: CoherenceBudget, temperature_mk: f64) -> Self {
        let cause = |one: ketlab::chip::Contribution| Cause {
            name: one.name,
            kind: match one.kind {
                Decoherence::Relaxation => "relaxation",
                Decoherence::Dephasing => "dephasing",
            },
            time_us: one.time_us,
        };
        Coherence {
            t1_us: budget.t1_us,
            t2_us: budget.t2_us,
            t_phi_us: budget.t_phi_us,
            excited_population: budget.excited_population,
            temperature_mk,
            contributions: budget.contributions.into_iter().map(cause).collect(),
        }
    }
}

impl Swept {
    fn new(
        args: &Args,
        sweep: Sweep,
        tunable: Option<TunableTransmon>,
        transmon: &Transmon,
    ) -> Result<Self> {
        let (low, high) = args.range;
        let step = (high - low) / (args.points - 1) as f64;
        let values: Vec<f64> = (0..args.points).map(|k| low + step * k as f64).collect();
        let at = |&value: &f64| match (sweep, &tunable) {
            (Sweep::Flux, Some(tunable)) => tunable.at_flux(value),
            _ => transmon.with_offset_charge(value),
        };
        let transmons: Vec<Transmon> =
            values.iter().map(at).collect::<Result<_, _>>().context("--range")?;
        let energies_ghz = sweep_energies_ghz(&transmons, args.levels)?;
        Ok(Swept { parameter: sweep.name(), values, energies_ghz })
    }
}
