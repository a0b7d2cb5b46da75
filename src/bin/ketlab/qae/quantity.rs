//! Own quantities: options on a share, and means under tables from files.

use super::args::Integral;
use crate::input;
use crate::messages;
use crate::options::count;
use crate::progress::Progress;
use crate::text::{number_within, plural};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::estimation::{
    AmplitudeEstimator, BlackScholes, ControlVariate, EstimationProblem, Integrand, PostProcessing,
    Table, TableKind,
};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The share and the option of `--integral european-call` and `asian-call`, and payoffs of tables.
#[derive(clap::Args)]
#[command(next_help_heading = "Own quantities")]
pub struct Quantity {
    /// Price of the share now, of an option [default: 100]
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    spot: Option<f64>,
    /// Strike of an option [default: 105], or of a payoff of --distribution
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    strike: Option<f64>,
    /// Riskless rate per year, continuously compounded, of an option [default: 0.05]
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    rate: Option<f64>,
    /// Volatility of the share, per root of a year, of an option [default: 0.2]
    #[arg(long, value_name = "SIGMA", allow_negative_numbers = true)]
    volatility: Option<f64>,
    /// Years until an option is paid [default: 1]
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    years: Option<f64>,
    /// Largest payoff of an option, which amplitudes are in units of [default: twice the spot]
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    cap: Option<f64>,
    /// Dates that an Asian call averages over [default: 2]
    #[arg(long, value_name = "N", value_parser = count::<usize>(0..=64))]
    dates: Option<usize>,
    /// The mean under a distribution: a CSV or JSON file with pairs of x and probability (or weights,
    /// which are normalized), or `-` for standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["file", "integral", "amplitude", "grid_qubits"]
    )]
    distribution: Option<PathBuf>,
    /// The mean of a function: a CSV or JSON file with pairs of x and f(x), equally likely or under
    /// --distribution
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["file", "integral", "amplitude", "grid_qubits", "payoff"]
    )]
    function: Option<PathBuf>,
    /// What is averaged under --distribution [default: mean, or call if --strike is given]
    #[arg(long, value_enum, requires = "distribution")]
    payoff: Option<Payoff>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Payoff {
    /// x itself
    Mean,
    /// max(x - strike, 0)
    Call,
    /// max(strike - x, 0)
    Put,
    /// 1 where x is at least the strike
    Digital,
}

impl Quantity {
    /// Refuses flags that have no meaning for what is estimated.
    pub fn check(&self, integral: Option<Integral>) -> Result<()> {
        let option = matches!(integral, Some(Integral::EuropeanCall | Integral::AsianCall));
        let of_options = [
            ("--spot", self.spot.is_some()),
            ("--rate", self.rate.is_some()),
            ("--volatility", self.volatility.is_some()),
            ("--years", self.years.is_some()),
            ("--cap", self.cap.is_some()),
        ];
        if let Some((flag, _)) = of_options.iter().find(|f| f.1 && !option) {
            bail!("{flag} is of an option; give --integral european-call or asian-call");
        }
        if self.dates.is_some() && integral != Some(Integral::AsianCall) {
            bail!("--dates are of an Asian call; give --integral asian-call");
        }
        let strikes = option || self.distribution.is_some() && self.function.is_none();
        if self.strike.is_some() && !strikes {
            bail!("--strike is of an option or of a payoff; give --integral or --distribution");
        }
        match self.payoff {
            Some(Payoff::Mean) if self.strike.is_some() => {
                bail!("--payoff mean has no strike; leave out --strike, or ask for call or put")
            }
            Some(Payoff::Call | Payoff::Put | Payoff::Digital) if self.strike.is_none() => {
                bail!(
                    "--strike says from where on the payoff pays; give one, for example --strike 100"
                )
            }
            _ => Ok(()),
        }
    }

    /// The mean under a table, if one is given.
    pub fn of_table(&self) -> Result<Option<EstimationProblem>> {
        let function =
            self.function.as_deref().map(|f| read(f, TableKind::Function)).transpose()?;
        let Some(file) = &self.distribution else {
            return function
                .as_ref()
                .map(|table| {
                    say_padding(table);
                    Ok(EstimationProblem::of_function(table)?)
                })
                .transpose();
        };
        if file == Path::new("-") && self.function.as_ref() == Some(file) {
            bail!("--distribution and --function cannot both be standard input");
        }
        let table = read(file, TableKind::Distribution)?;
        let total = table.total();
        if (total - 1.0).abs() > 1e-9 {
            messages::note(format!(
                "{}: the sum of all is {}: they are taken as weights and divided by it",
                table.name(),
                number_within(total, 0.0)
            ));
        }
        say_padding(&table);
        if let Some(function) = &function {
            // Each x is looked up before any is used.
            for &(x, _) in table.points() {
                function.at(x)?;
            }
            let value = |x| function.at(x).unwrap_or(f64::NAN);
            return Ok(Some(EstimationProblem::of_distribution(&table, value)?));
        }
        let strike = self.strike.unwrap_or(0.0);
        if !strike.is_finite() {
            bail!("--strike is {strike}; it must be a finite number");
        }
        let payoff = self.payoff.unwrap_or(match self.strike {
            Some(_) => Payoff::Call,
            None => Payoff::Mean,
        });
        let value = |x: f64| match payoff {
            Payoff::Mean => x,
            Payoff::Call => (x - strike).max(0.0),
            Payoff::Put => (strike - x).max(0.0),
            Payoff::Digital => f64::from(u8::from(x >= strike)),
        };
        Ok(Some(EstimationProblem::of_distribution(&table, value)?))
    }

    /// An integral, with its units.
    pub fn of_integral(&self, integral: Integral) -> Result<(Integrand, PostProcessing)> {
        let share = BlackScholes {
            spot: self.spot.unwrap_or(100.0),
            rate: self.rate.unwrap_or(0.05),
            volatility: self.volatility.unwrap_or(0.2),
            years: self.years.unwrap_or(1.0),
        };
        let strike = self.strike.unwrap_or(105.0);
        let cap = self.cap.unwrap_or(2.0 * share.spot);
        match integral {
            Integral::Sine => Ok((Integrand::sine_squared(), PostProcessing::identity())),
            Integral::EuropeanCall => Ok(Integrand::european_call(&share, strike, cap)?),
            Integral::AsianCall => {
                let dates = self.dates.unwrap_or(2);
                let (f, money) = Integrand::asian_call(&share, dates, strike, cap)?;
                let f = if f.mean().is_some() { f } else { referred(f)? };
                Ok((f, money))
            }
        }
    }
}

/// A table in a file.
fn read(file: &Path, kind: TableKind) -> Result<Table> {
    let name = input::name(file);
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|found| bytes = found)
    }
    .with_context(|| name.to_string())?;
    // What is no text is no number either, and is named by its line.
    Ok(Table::parse(&name, &String::from_utf8_lossy(&bytes), kind)?)
}

fn say_padding(table: &Table) {
    let (points, size) = (table.points().len(), table.padded_len());
    if size > points {
        messages::note(format!(
            "{}: {} and {} of probability 0, to fill {}",
            table.name(),
            plural(points, "point"),
            size - points,
            plural(size.ilog2() as usize, "qubit")
        ));
    }
}

/// Samples of a mean that has no closed form, and in how many parts they come.
const REFERENCE_SAMPLES: u64 = 2_000_000;
const PARTS: u64 = 20;

/// An integrand without a closed form gets its mean from samples with a control variate.
fn referred(integrand: Integrand) -> Result<Integrand> {
    messages::note(format!(
        "{}: no closed form; its mean comes from {REFERENCE_SAMPLES} samples first",
        integrand.name()
    ));
    let bar = Progress::bar(PARTS, "parts");
    // The grid is not asked for: one cell per dimension is the least.
    let sampled = EstimationProblem::integral(integrand.clone(), 1)?.exact_law()?;
    let method = ControlVariate::new(REFERENCE_SAMPLES / PARTS)?;
    let (mut sum, mut squares) = (0.0, 0.0);
    for part in 0..PARTS {
        let estimate = method.estimate(&sampled, part)?;
        sum += estimate.estimation;
        squares += estimate.confidence_interval.half_width().powi(2);
        bar.done(part + 1, PARTS);
    }
    drop(bar);
    let (mean, half_width) = (sum / PARTS as f64, squares.sqrt() / PARTS as f64);
    messages::note(format!(
        "{}: errors are measured against {} ± {}",
        integrand.name(),
        number_within(mean, half_width),
        number_within(half_width, half_width)
    ));
    Ok(integrand.with_mean(mean))
}
