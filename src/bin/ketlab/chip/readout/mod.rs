//! `ketlab chip readout`: what a dispersive readout tells, and in which time.

mod document;
mod found;
mod plots;
mod text;

use super::quantities::{ghz, mhz, ns, us};
use crate::document::{Format, Json, Work, write};
use crate::messages;
use crate::options::count;
use crate::text::Folded;
use crate::train::check_plot;
use anyhow::Result;
use document::Document;
use found::Found;
use ketlab::chip::{Ladder, ReadoutDesign, exact_shift};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Levels of the qubit in the exact shift.
const LEVELS: usize = 6;

#[derive(clap::Args)]
#[command(after_help = "\
The resonator is at f_r' + chi with the qubit in 1 and at f_r' - chi with the qubit in 0; chi and kappa are \
over 2 pi. The fidelity of the table is that of assignment, 1 - (P(1|0) + P(0|1))/2.

Examples:
  ketlab chip readout --qubit 5GHz --anharmonicity -330MHz --resonator 7GHz --g 100MHz --kappa 1MHz
  ketlab chip readout --qubit 5GHz --anharmonicity -330MHz --resonator 7GHz --g 100MHz --kappa 1.5MHz --t1 100us --no-purcell --plot readout.svg
  ketlab chip readout --qubit 5GHz --anharmonicity -330MHz --resonator 7GHz --g 60MHz --kappa 1MHz --t1 80us --photons 30 --efficiency 0.4 --time 500ns --json")]
pub struct Args {
    /// Frequency of the qubit, from level 0 to 1
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true)]
    qubit: f64,
    /// Frequency from 1 to 2 less that from 0 to 1, negative of a transmon
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true)]
    anharmonicity: f64,
    /// Frequency of the resonator without the qubit
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true)]
    resonator: f64,
    /// Coupling of qubit and resonator
    #[arg(long, value_name = "FREQUENCY", value_parser = mhz, allow_hyphen_values = true)]
    g: f64,
    /// Linewidth of the resonator
    #[arg(long, value_name = "FREQUENCY", value_parser = mhz, allow_hyphen_values = true)]
    kappa: f64,
    /// T1 of the qubit; decay through the resonator comes on top [default: that decay alone]
    #[arg(long, value_name = "TIME", value_parser = us, allow_hyphen_values = true)]
    t1: Option<f64>,
    /// No decay through the resonator (Purcell) on top of T1: T1 was measured, or a filter prevents it
    #[arg(long)]
    no_purcell: bool,
    /// Photons in the resonator in the steady state [default: a fifth of the smaller critical number]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    photons: Option<f64>,
    /// Efficiency of the detection, 0 to 1
    #[arg(long, value_name = "PART", default_value_t = 0.5, allow_negative_numbers = true)]
    efficiency: f64,
    /// Say what a measurement of this time tells, too
    #[arg(long, value_name = "TIME", value_parser = ns, allow_hyphen_values = true)]
    time: Option<f64>,
    /// The longest time of the curve [default: three times the best]
    #[arg(long, value_name = "TIME", value_parser = ns, allow_hyphen_values = true)]
    until: Option<f64>,
    /// Points of the curve
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = count::<usize>(2..=10_000))]
    points: usize,
    /// Write the picture (.svg, .png) or its numbers (.csv, .json): signal to noise and fidelity
    /// against time
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let began = Instant::now();
    check_plot(args.plot.as_deref())?;
    let found = work_out(&args)?;
    if let Some(path) = &args.plot {
        plots::figure(&found).save(path)?;
    }
    for warning in &found.readout.warnings {
        messages::warning(warning);
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let document = Document::of(&found);
        write(&mut out, Format::ChipReadout, &document, &Work::since(began, None))?;
    } else {
        text::print(&mut Folded::new(&mut out), &found)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn work_out(args: &Args) -> Result<Found> {
    let design = ReadoutDesign {
        qubit_ghz: args.qubit,
        anharmonicity_ghz: args.anharmonicity,
        resonator_ghz: args.resonator,
        g_mhz: args.g,
        kappa_mhz: args.kappa,
        photons: args.photons,
        efficiency: args.efficiency,
        t1_us: args.t1,
        purcell: !args.no_purcell,
        purcell_filtered: false,
    };
    let mut readout = design.readout()?;
    let qubit = Ladder::duffing(args.qubit, args.anharmonicity, LEVELS)?;
    let exact = match exact_shift(&qubit, args.resonator, args.g) {
        Ok(exact) => Some(exact),
        Err(error) => {
            readout.warnings.push(format!("no exact shift: {error}"));
            None
        }
    };
    let best = readout.best();
    let until = match (args.until, best) {
        (Some(until), _) => until,
        (None, Some(best)) => 3.0 * best.time_ns,
        // Some lifetimes of a photon: there is no best time.
        (None, None) => 1e4 / args.kappa,
    };
    // Refused here if it is no time.
    readout.at(until)?;
    let at = |k: usize| readout.at((until * k as f64 / args.points as f64).max(1e-3));
    let curve = (1..=args.points).map(at).collect::<ketlab::Result<Vec<_>>>()?;
    let at_time = args.time.map(|time| readout.at(time)).transpose()?;
    let best_kappa = design.best_kappa()?;
    Ok(Found { best, best_kappa, at_time, curve, exact, readout, design })
}
