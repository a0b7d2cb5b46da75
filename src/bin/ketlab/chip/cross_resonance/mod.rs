//! `ketlab chip cross-resonance`: a gate by cross resonance.

mod document;
mod plots;
mod text;
mod windows;

use super::quantities::{ghz, mhz, ns, us};
use crate::document::{Format, Json, Work, write};
use crate::messages;
use crate::text::Folded;
use crate::train::check_plot;
use anyhow::Result;
use document::Document;
use ketlab::chip::{Aim, CrossResonance, CrossResonanceDesign, Ladder, Lifetimes, Schedule};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Levels of the control, which is driven, and of the target.
const LEVELS: (usize, usize) = (6, 4);

#[derive(clap::Args)]
#[command(after_help = "\
Terms are coefficients of P/2, the control's letter first, as of Magesan and Gambetta (2020); a ZX90 takes \
1/(4 |ZX|), the flanks of its pulses and the turns of an echo. zz is that without drive, E11 - E10 - E01 + E00.

Examples:
  ketlab chip cross-resonance --control 5.1GHz --target 5.0GHz --anharmonicity -330MHz --j 2MHz --drive 50MHz
  ketlab chip cross-resonance --control 5.1GHz --target 5.0GHz --anharmonicity -330MHz --j 2MHz --gate-time 300ns --t1 100us --t2 80us --echo
  ketlab chip cross-resonance --control 5.1GHz --target 5.0GHz --anharmonicity -330MHz --j 2MHz --drive 50MHz --plot gate.svg")]
pub struct Args {
    /// Frequency of the control, the qubit that is driven
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true)]
    control: f64,
    /// Frequency of the target
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true)]
    target: f64,
    /// Frequency from 1 to 2 less that from 0 to 1, of both qubits; negative of transmons
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true)]
    anharmonicity: f64,
    /// That of the target, where it is another
    #[arg(long, value_name = "FREQUENCY", value_parser = ghz, allow_hyphen_values = true)]
    target_anharmonicity: Option<f64>,
    /// Exchange of the two
    #[arg(long, value_name = "FREQUENCY", value_parser = mhz, allow_hyphen_values = true)]
    j: f64,
    /// Amplitude of the drive
    #[arg(
        long,
        value_name = "FREQUENCY",
        value_parser = mhz,
        allow_hyphen_values = true,
        required_unless_present = "gate_time",
        conflicts_with = "gate_time"
    )]
    drive: Option<f64>,
    /// Find the weakest drive whose gate takes this long, with flanks and echo
    #[arg(long, value_name = "TIME", value_parser = ns, allow_hyphen_values = true)]
    gate_time: Option<f64>,
    /// Two halves of opposite sign, with the control turned over after each
    #[arg(long)]
    echo: bool,
    /// How long it takes to turn the control over
    #[arg(long, value_name = "TIME", default_value = "35ns", value_parser = ns, allow_hyphen_values = true,
        requires = "echo")]
    echo_pulse: f64,
    /// How long the drive takes to rise, and to fall
    #[arg(long, value_name = "TIME", default_value = "15ns", value_parser = ns, allow_hyphen_values = true)]
    flank: f64,
    /// T1 of both qubits [default: they do not decay]
    #[arg(long, value_name = "TIME", value_parser = us, allow_hyphen_values = true)]
    t1: Option<f64>,
    /// T2 of both qubits [default: 2 T1]
    #[arg(long, value_name = "TIME", value_parser = us, allow_hyphen_values = true)]
    t2: Option<f64>,
    /// T1 of the target, where it is another
    #[arg(long, value_name = "TIME", value_parser = us, allow_hyphen_values = true)]
    target_t1: Option<f64>,
    /// T2 of the target, where it is another
    #[arg(long, value_name = "TIME", value_parser = us, allow_hyphen_values = true)]
    target_t2: Option<f64>,
    /// Write the picture (.svg, .png) or its numbers (.csv, .json): ZX against drive, the errors, ZX and
    /// ZZ against detuning with frequency collisions shaded
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let began = Instant::now();
    check_plot(args.plot.as_deref())?;
    let design = args.design()?;
    let gate = design.gate()?;
    if let Some(path) = &args.plot {
        plots::figure(&design, &gate)?.save(path)?;
    }
    for warning in &gate.warnings {
        messages::warning(warning);
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let document = Document::of(&design, &gate);
        let work = Work::since(began, None);
        write(&mut out, Format::ChipCrossResonance, &document, &work)?;
    } else {
        text::print(&mut Folded::new(&mut out), &design, &gate)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn design(&self) -> Result<CrossResonanceDesign> {
        let target_anharmonicity = self.target_anharmonicity.unwrap_or(self.anharmonicity);
        let pair = CrossResonance {
            control: Ladder::duffing(self.control, self.anharmonicity, LEVELS.0)?,
            target: Ladder::duffing(self.target, target_anharmonicity, LEVELS.1)?,
            j_mhz: self.j,
            drive_mhz: self.drive.unwrap_or(0.0),
        };
        let aim = self.gate_time.map_or(Aim::Drive, Aim::GateTime);
        let schedule = match self.echo {
            true => Schedule::Echoed { pulse_ns: self.echo_pulse },
            false => Schedule::Direct,
        };
        Ok(CrossResonanceDesign {
            schedule,
            flank_ns: self.flank,
            control: Lifetimes { t1_us: self.t1, t2_us: self.t2 },
            target: Lifetimes {
                t1_us: self.target_t1.or(self.t1),
                t2_us: self.target_t2.or(self.t2),
            },
            ..CrossResonanceDesign::new(pair, aim)
        })
    }
}
