//! The flags of `ketlab chip yield`.

use super::values::{Drawn, Scan, chip, frequency, percent, range};
use crate::document::Json;
use crate::options::{Seed, Threads, count};
use ketlab::chip::{Pattern, Rules};
use std::path::PathBuf;

const PLAN: &str = "Frequencies";
const PICTURES: &str = "Curves and pictures";

#[derive(clap::Args)]
#[command(after_help = "\
Frequencies have a unit: GHz, MHz, kHz or Hz. The same seed makes the same chips for every spacing, spread \
and table of rules, so that their yields differ by what they are and not by chance.

Examples:
  ketlab chip yield --lattice falcon27 --spacing 60MHz --sigma 14MHz
  ketlab chip yield --lattice eagle127 --sigma 10MHz --rules brink-2018 --json
  ketlab chip yield --spacing 60MHz --sigma 14MHz --plot yield.svg --draw-lattice chip.svg
  ketlab chip yield --scan spacing=40MHz..90MHz --points 51 --sigma 14MHz --plot spacing.svg
  ketlab chip yield --lattice grid3x4 --greedy --sigma 8MHz
  ketlab chip yield --lattice heavy-hex5 --sigma-r 0.4%")]
pub struct Args {
    /// line5, ring6, grid3x4, heavy-hex5 (with any numbers), falcon27, eagle127, or a file
    /// (`ketlab.lattice` in docs/cli.md)
    #[arg(long, value_name = "NAME|FILE", default_value = "falcon27")]
    pub lattice: String,
    /// What a collision is: brink-2018 or hertzberg-2021
    #[arg(long, value_name = "NAME", default_value = "hertzberg-2021", value_parser = parsed::<Rules>)]
    pub rules: Rules,
    /// Standard deviation of the frequencies of chips about the design [default: 14MHz]
    #[arg(
        long,
        value_name = "FREQUENCY",
        value_parser = frequency,
        conflicts_with = "sigma_r",
        allow_hyphen_values = true
    )]
    sigma: Option<f64>,
    /// Relative standard deviation of junction resistances instead, like 2%: f is proportional to the
    /// root of 1/R, so that of a frequency is half of it
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub sigma_r: Option<f64>,
    /// Standard deviation of anharmonicities
    #[arg(
        long,
        value_name = "FREQUENCY",
        default_value = "0MHz",
        value_parser = frequency,
        allow_hyphen_values = true
    )]
    pub alpha_sigma: f64,
    /// Chips to be made
    #[arg(long, value_name = "N", default_value = "100000", value_parser = count::<u64>(1..=10_000_000_000))]
    pub chips: u64,
    /// auto, heavy-hex (controls between f1 and f2), distinct (all neighbours differ) or alternating (two
    /// frequencies) [default: auto; the file's frequencies, if it has some]
    #[arg(
        help_heading = PLAN,
        long,
        value_name = "NAME",
        value_parser = parsed::<Pattern>,
        conflicts_with_all = ["greedy", "frequencies"]
    )]
    pub pattern: Option<Pattern>,
    /// From one frequency of the pattern to the next [default: 60MHz]
    #[arg(
        help_heading = PLAN,
        long,
        value_name = "FREQUENCY",
        value_parser = frequency,
        conflicts_with_all = ["greedy", "frequencies"],
        allow_hyphen_values = true
    )]
    pub spacing: Option<f64>,
    /// The middle of the pattern's frequencies [default: 5.12GHz]
    #[arg(
        help_heading = PLAN,
        long,
        value_name = "FREQUENCY",
        value_parser = frequency,
        conflicts_with_all = ["greedy", "frequencies"],
        allow_hyphen_values = true
    )]
    pub center: Option<f64>,
    /// Anharmonicity of all qubits [default: -330MHz; the file's, if it has some]
    #[arg(
        help_heading = PLAN,
        long,
        value_name = "FREQUENCY",
        value_parser = frequency,
        allow_hyphen_values = true
    )]
    pub alpha: Option<f64>,
    /// Own frequencies: a text file with one for each qubit in order, with their units
    #[arg(help_heading = PLAN, long, value_name = "FILE", conflicts_with = "greedy")]
    pub frequencies: Option<PathBuf>,
    /// Choose frequencies out of a range, qubit by qubit, by the yield of their surroundings (after Li,
    /// Ding and Xie 2020)
    #[arg(help_heading = PLAN, long)]
    pub greedy: bool,
    /// The range to choose from
    #[arg(
        help_heading = PLAN,
        long,
        value_name = "LOW..HIGH",
        default_value = "5GHz..5.34GHz",
        value_parser = range,
        requires = "greedy"
    )]
    pub band: (f64, f64),
    /// From one frequency of the range to the next
    #[arg(
        help_heading = PLAN,
        long,
        value_name = "FREQUENCY",
        default_value = "10MHz",
        value_parser = frequency,
        requires = "greedy"
    )]
    pub step: f64,
    /// Write the plan as a lattice with frequencies, which --lattice reads
    #[arg(help_heading = PLAN, long, value_name = "FILE")]
    pub save_plan: Option<PathBuf>,
    /// A curve of the yield against `spacing` or `sigma`, like spacing=40MHz..90MHz; may be repeated
    /// [default: with --plot both]
    #[arg(help_heading = PICTURES, long, value_name = "WHAT[=LOW..HIGH]", value_parser = parsed::<Scan>)]
    pub scan: Vec<Scan>,
    /// Points of a curve
    #[arg(
        help_heading = PICTURES,
        long,
        value_name = "N",
        default_value = "41",
        value_parser = count::<usize>(2..=1000)
    )]
    pub points: usize,
    /// Write the curves (.svg, .png) or their numbers (.csv, .json)
    #[arg(help_heading = PICTURES, long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Write a picture of a chip: its qubits by design frequency, its collisions by type
    #[arg(help_heading = PICTURES, long, value_name = "FILE")]
    pub draw_lattice: Option<PathBuf>,
    /// The number of the chip that is drawn, or `design`
    #[arg(
        help_heading = PICTURES,
        long,
        value_name = "N|design",
        default_value = "0",
        value_parser = chip,
        requires = "draw_lattice"
    )]
    pub chip: Drawn,
    #[command(flatten)]
    pub seed: Seed,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub json: Json,
}

/// In GHz.
const SIGMA: f64 = 0.014;

impl Args {
    /// The spread of frequencies, where it is not one of resistances.
    pub fn sigma(&self) -> f64 {
        self.sigma.unwrap_or(SIGMA)
    }
}

fn parsed<T: std::str::FromStr<Err = ketlab::Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: ketlab::Error| error.to_string())
}
