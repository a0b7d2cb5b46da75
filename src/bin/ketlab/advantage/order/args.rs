//! Its flags.

use super::super::common::Common;
use super::super::follow::{Shown, follow};
use super::{plots, text};
use crate::options::{MANY, count};
use anyhow::Result;
use ketlab::advantage::order_finding::{OrderFinding, Rival};
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "\
Numbers of up to 16 bits are factored by the circuit with one control qubit. Larger ones stand for a
quantum computer that is not there: outcomes are drawn from the exact law, by an order that is
computed from the factors.

Examples:
  ketlab advantage order
  ketlab advantage order --number 21 --base 2 --clock 9
  ketlab advantage order --size 8,12,16 --rivals pollard-rho --plot order.svg
  ketlab advantage order --size 8,10 -o report.json
  ketlab advantage order --rerun report.json")]
pub struct Args {
    /// Factor this number, which is odd and has two different prime factors or more
    #[arg(long, value_name = "N", value_parser = count::<u64>(0..=MANY), conflicts_with = "size")]
    number: Option<u64>,
    /// Factor a random product of two primes of each of these numbers of bits
    #[arg(
        long, value_name = "BITS,…", value_delimiter = ',',
        default_value = "6,8,10,12,14,16,24,32,40,48,56,62",
        value_parser = count::<u64>(0..=MANY)
    )]
    size: Vec<u64>,
    /// The number whose order is found, with --number [default: from the seed]
    #[arg(long, value_name = "A", value_parser = count::<u64>(0..=MANY), requires = "number")]
    base: Option<u64>,
    /// Clock bits [default: twice the bits of N]
    #[arg(long, value_name = "T", value_parser = count::<u32>(0..=u64::from(u32::MAX)))]
    clock: Option<u32>,
    /// Outcomes from which success is estimated beside the law, and shots that are compared with it
    #[arg(long, value_name = "RUNS", value_parser = count::<u64>(0..=MANY), default_value = "1000")]
    runs: u64,
    /// Who plays against it: pollard-rho, trial-division, baby-step
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        default_value = "pollard-rho,trial-division,baby-step"
    )]
    rivals: Vec<String>,
    #[command(flatten)]
    common: Common,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let of_flags = || {
        let rivals = args.rivals.iter().map(|name| Rival::by_key(name));
        Ok(OrderFinding {
            number: args.number,
            base: args.base,
            // One number has one size.
            sizes: if args.number.is_some() { Vec::new() } else { args.size.clone() },
            clock_bits: args.clock,
            runs: args.runs,
            rivals: rivals.collect::<Result<_, _>>()?,
            seed: args.common.seed.value(),
            ..OrderFinding::new()
        })
    };
    follow(&args.common, of_flags, Shown { details: text::details, figure: plots::figure })
}
