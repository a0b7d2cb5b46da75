//! `ketlab chip tune`: from what is wanted of a transmon to its energies and circuit elements, and back.

use super::quantities::{capacitance, energy, gap, ghz, number, resistance};
use crate::document::{self, Format, Json};
use crate::messages;
use crate::table::table;
use anyhow::{Result, bail};
use ketlab::chip::{
    ALUMINIUM_GAP_UEV, Transmon, TransmonFormulas, capacitance_ff, charging_energy_ghz,
    critical_current_na, frequency_text, josephson_energy_ghz, junction_inductance_nh,
    junction_resistance_kohm, relative_frequency_spread,
};
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "\
Either what is wanted, --frequency and --anharmonicity, or what is built: of the junction --resistance or \
--ej, of the capacitance --capacitance or --ec. The resistance is that of the normal state just above the \
transition, by Ambegaokar and Baratoff at temperature 0; at room temperature it is some 10 to 20 % less. \
Bare numbers of --ej and --ec are in GHz.

Examples:
  ketlab chip tune --frequency 4.97GHz --anharmonicity -330MHz
  ketlab chip tune --resistance 8kohm --capacitance 65fF
  ketlab chip tune --frequency 5GHz --anharmonicity -300MHz --resistance-spread 0.02 --json")]
#[command(group = clap::ArgGroup::new("junction").args(["resistance", "ej"]))]
#[command(group = clap::ArgGroup::new("charging").args(["capacitance", "ec"]))]
pub struct Args {
    /// The frequency f01 that is wanted
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true,
        requires = "anharmonicity", conflicts_with_all = ["junction", "charging"])]
    frequency: Option<f64>,
    /// The anharmonicity f12 - f01 that is wanted, negative
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true,
        requires = "frequency", conflicts_with_all = ["junction", "charging"])]
    anharmonicity: Option<f64>,
    /// Resistance of the junction in the normal state
    #[arg(long, value_name = "RESISTANCE", value_parser = resistance, allow_hyphen_values = true, requires = "charging")]
    resistance: Option<f64>,
    /// Josephson energy EJ/h; GHz, or with its unit
    #[arg(long, value_name = "ENERGY", value_parser = energy, allow_hyphen_values = true, requires = "charging")]
    ej: Option<f64>,
    /// Capacitance of the island to the rest, all in all
    #[arg(long, value_name = "CAPACITANCE", value_parser = capacitance, allow_hyphen_values = true, requires = "junction")]
    capacitance: Option<f64>,
    /// Charging energy EC/h; GHz, or with its unit
    #[arg(long, value_name = "ENERGY", value_parser = energy, allow_hyphen_values = true, requires = "junction")]
    ec: Option<f64>,
    /// Gap of the superconductor [default: 180ueV, aluminium]
    #[arg(long, value_name = "ENERGY", value_parser = gap, allow_hyphen_values = true)]
    gap: Option<f64>,
    /// Standard deviation of the junctions' resistances, over their mean
    #[arg(long, value_name = "PART", default_value = "0.02", value_parser = number, allow_hyphen_values = true)]
    resistance_spread: f64,
    #[command(flatten)]
    json: Json,
}

/// The document of `--json`.
#[derive(Serialize)]
struct Answer {
    ej_ghz: f64,
    ec_ghz: f64,
    ej_over_ec: f64,
    frequency_ghz: f64,
    anharmonicity_ghz: f64,
    charge_dispersion_ghz: Vec<f64>,
    capacitance_ff: f64,
    resistance_kohm: f64,
    inductance_nh: f64,
    critical_current_na: f64,
    gap_uev: f64,
    resistance_spread: f64,
    /// Standard deviation of f01 by that.
    frequency_spread_ghz: f64,
    /// Of its logarithm with that of EJ.
    frequency_exponent: f64,
    /// By the law σ_f/f = σ_R/2R.
    frequency_spread_formula_ghz: f64,
    warnings: Vec<String>,
}

impl Answer {
    fn new(args: &Args) -> Result<Self> {
        let gap_uev = args.gap.unwrap_or(ALUMINIUM_GAP_UEV);
        let transmon = match (args.frequency, args.anharmonicity) {
            (Some(frequency), Some(anharmonicity)) => {
                Transmon::from_frequency(frequency, anharmonicity)?
            }
            _ => {
                let resistance =
                    args.resistance.map(|resistance| josephson_energy_ghz(resistance, gap_uev));
                let capacitance = args.capacitance.map(charging_energy_ghz);
                let (Some(ej), Some(ec)) =
                    (args.ej.or(resistance.transpose()?), args.ec.or(capacitance.transpose()?))
                else {
                    bail!(
                        "say what is wanted, --frequency and --anharmonicity, or what is built: \
                         --resistance or --ej, and --capacitance or --ec"
                    );
                };
                Transmon::new(ej, ec)?
            }
        };
        let warnings = match TransmonFormulas::new(&transmon) {
            Ok(formulas) => formulas.warning().into_iter().collect(),
            Err(error) => vec![error.to_string()],
        };
        let dispersions = (0..3).map(|m| transmon.charge_dispersion_ghz(m));
        let (ej, frequency) = (transmon.ej_ghz(), transmon.frequency_ghz());
        let by_law = relative_frequency_spread(args.resistance_spread)?;
        let by_ej = transmon.frequency_by_ej()?;
        Ok(Answer {
            ej_ghz: ej,
            ec_ghz: transmon.ec_ghz(),
            ej_over_ec: transmon.ej_over_ec(),
            frequency_ghz: frequency,
            anharmonicity_ghz: transmon.anharmonicity_ghz(),
            charge_dispersion_ghz: dispersions.collect::<Result<_, _>>()?,
            capacitance_ff: capacitance_ff(transmon.ec_ghz())?,
            resistance_kohm: junction_resistance_kohm(ej, gap_uev)?,
            inductance_nh: junction_inductance_nh(ej)?,
            critical_current_na: critical_current_na(ej)?,
            gap_uev,
            resistance_spread: args.resistance_spread,
            frequency_spread_ghz: args.resistance_spread * ej * by_ej,
            frequency_exponent: ej * by_ej / frequency,
            frequency_spread_formula_ghz: frequency * by_law,
            warnings,
        })
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let dispersion = |m: usize| frequency_text(self.charge_dispersion_ghz[m]);
        let rows = [
            ("f01", format!("{:.9} GHz", self.frequency_ghz)),
            ("anharmonicity", format!("{:.6} MHz", 1e3 * self.anharmonicity_ghz)),
            ("EJ", format!("{:.9} GHz", self.ej_ghz)),
            ("EC", format!("{:.6} MHz", 1e3 * self.ec_ghz)),
            ("EJ/EC", format!("{:.4}", self.ej_over_ec)),
            ("charge dispersion of levels 0, 1", format!("{}, {}", dispersion(0), dispersion(1))),
            ("capacitance", format!("{:.4} fF", self.capacitance_ff)),
            ("resistance of the junction", format!("{:.4} kohm", self.resistance_kohm)),
            ("inductance of the junction", format!("{:.4} nH", self.inductance_nh)),
            ("critical current", format!("{:.4} nA", self.critical_current_na)),
            ("gap", format!("{} µeV", self.gap_uev)),
            (
                "spread of f01",
                format!(
                    "{} by {} of the resistance",
                    frequency_text(self.frequency_spread_ghz),
                    self.resistance_spread
                ),
            ),
            ("by the law of one half", frequency_text(self.frequency_spread_formula_ghz)),
        ];
        let rows = rows.map(|(name, value)| vec![name.to_string(), value]).into();
        writeln!(out, "{}", table(&["a transmon with", ""], rows))
    }
}

pub fn main(args: Args) -> Result<ExitCode> {
    let answer = Answer::new(&args)?;
    for warning in &answer.warnings {
        messages::warning(warning);
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let nothing = serde_json::Map::new();
        document::write(&mut out, Format::ChipTune, &answer, &nothing)?;
    } else {
        answer.print(&mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}
