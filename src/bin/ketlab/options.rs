//! Options that several subcommands have.

use anyhow::{Context, Result};
use clap::ValueEnum;
use clap::builder::TypedValueParser;
use ketlab::Precision;
use ketlab::engine::Isa;
use ketlab::math::closest;
use std::fmt::Display;
use std::ops::RangeInclusive;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrecisionArg {
    F32,
    F64,
}

impl PrecisionArg {
    pub fn name(self) -> &'static str {
        match self {
            PrecisionArg::F32 => "f32",
            PrecisionArg::F64 => "f64",
        }
    }
}

impl From<PrecisionArg> for Precision {
    fn from(precision: PrecisionArg) -> Self {
        match precision {
            PrecisionArg::F32 => Precision::F32,
            PrecisionArg::F64 => Precision::F64,
        }
    }
}

/// The instruction set of the kernels.
#[derive(clap::Args)]
pub struct InstructionSet {
    /// Instruction set of the kernels [default: the largest of this machine, or of the environment
    /// variable KETLAB_ISA]
    #[arg(help_heading = EXECUTION, long, value_name = "portable|neon|avx2|avx512", value_parser = isa)]
    isa: Option<Isa>,
}

impl InstructionSet {
    pub fn get(&self) -> Isa {
        self.isa.unwrap_or_else(Isa::best)
    }
}

/// An instruction set that may be used here.
fn isa(name: &str) -> Result<Isa, String> {
    let isa: Isa = name.parse().map_err(|error: ketlab::Error| error.to_string())?;
    if Isa::available().contains(&isa) {
        return Ok(isa);
    }
    let available: Vec<String> = Isa::available().iter().map(Isa::to_string).collect();
    Err(format!("this machine has {}", available.join(", ")))
}

/// Headings of the help, behind what people use first.
pub const READING: &str = "Reading the circuit";
pub const EXECUTION: &str = "Execution";
pub const CHECKPOINTS: &str = "Checkpoints";

#[derive(clap::Args)]
pub struct Threads {
    /// Number of threads [default: one per core]
    #[arg(help_heading = EXECUTION, long, value_name = "N", value_parser = count::<usize>(1..=1024))]
    threads: Option<usize>,
}

impl Threads {
    /// Makes this many threads the ones that everything runs on; without a number, one per core.
    /// Those that cannot be had are an error here, where they would be a panic later.
    pub fn start(&self) -> Result<()> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.unwrap_or(0));
        pool.build_global().with_context(|| match self.threads {
            Some(threads) => format!("--threads {threads}: the system does not give them"),
            None => "the system gives no threads; ask for fewer (`--threads`)".into(),
        })
    }

    /// Does work on these threads.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> Result<R> {
        self.start()?;
        Ok(rayon::scope(|_| work()))
    }
}

/// What to say of a text that is neither a file nor one of these names.
pub fn no_such(text: &str, names: &[String]) -> String {
    let near = closest(text, names.iter().map(String::as_str));
    let meant = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    format!("no such file; {meant}the names are {}", names.join(", "))
}

/// One rule for all that draws random numbers: the seed is 0 unless another is given, and what is
/// printed says which.
#[derive(clap::Args)]
pub struct Seed {
    /// Seed of the random numbers: the same seed gives the same answer at any number of threads;
    /// `random` draws one and says which
    #[arg(long, value_name = "N|random", default_value = "0", value_parser = seed)]
    seed: u64,
}

impl Seed {
    pub fn value(&self) -> u64 {
        self.seed
    }
}

fn seed(text: &str) -> Result<u64, String> {
    if text == "random" {
        // Few enough digits to be typed again.
        return Ok(rand::random::<u32>().into());
    }
    whole_number(text, 0..=u64::MAX).map_err(|error| format!("{error}, or `random`"))
}

/// A finite number without a unit.
pub fn finite_number(text: &str) -> Result<f64, String> {
    text.trim().parse().map_or_else(|_| Err("it is no number".into()), finite)
}

/// Refuses NaN and infinities.
pub fn finite(number: f64) -> Result<f64, String> {
    if number.is_finite() {
        Ok(number)
    } else {
        Err(format!("it is {number}, not a finite number"))
    }
}

/// A number of things within these bounds, as people write them: `1000000`, `1_000_000` or `1e6`.
pub fn count<T>(range: RangeInclusive<u64>) -> impl TypedValueParser<Value = T>
where
    T: TryFrom<u64, Error: Display> + Clone + Send + Sync + 'static,
{
    move |text: &str| {
        let number = whole_number(text, range.clone())?;
        T::try_from(number).map_err(|error| error.to_string())
    }
}

/// The largest number of things where nothing else bounds it.
pub const MANY: u64 = u64::MAX;

/// See [`count`].
pub fn whole_number(text: &str, range: RangeInclusive<u64>) -> Result<u64, String> {
    let (low, high) = (*range.start(), *range.end());
    let bounds = match high {
        u64::MAX => format!("of at least {low}"),
        _ => format!("from {low} to {high}"),
    };
    let wanted = format!("write a whole number {bounds}, like 1000, 1_000 or 1e3");
    match exact(text.trim()) {
        Ok(number) if range.contains(&number) => Ok(number),
        Ok(_) => Err(format!("it must be a whole number {bounds}")),
        Err(Wrong::NoNumber) => Err(wanted),
        Err(Wrong::Negative) => Err(format!("it is negative; {wanted}")),
        Err(Wrong::Fraction) => Err(format!("it is not a whole number; {wanted}")),
        Err(Wrong::Large) => Err(format!("it is too large; the most is {high}")),
    }
}

enum Wrong {
    NoNumber,
    Negative,
    Fraction,
    Large,
}

/// The value of decimal digits, `_` between them, with a point and an exponent, without rounding.
fn exact(text: &str) -> Result<u64, Wrong> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()),
        None => (text, Some(0)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let well_formed = |part: &str| {
        part.is_empty()
            || part.split('_').all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let digits: String = [whole, fraction].concat().replace('_', "");
    let (Some(exponent), true) =
        (exponent, well_formed(whole) && well_formed(fraction) && !digits.is_empty())
    else {
        return Err(Wrong::NoNumber);
    };
    let point = fraction.replace('_', "").len() as i64 - i64::from(exponent);
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(0);
    }
    if negative {
        return Err(Wrong::Negative);
    }
    // `point` of the digits are behind the point.
    let (digits, zeros) = match usize::try_from(point) {
        Ok(behind) => {
            let (whole, rest) = digits.split_at(digits.len().saturating_sub(behind));
            if rest.bytes().any(|b| b != b'0') || whole.is_empty() {
                return Err(Wrong::Fraction);
            }
            (whole, 0)
        }
        Err(_) => (digits, point.unsigned_abs()),
    };
    if digits.len() as u64 + zeros > 20 {
        return Err(Wrong::Large);
    }
    let scale = 10u128.pow(zeros as u32);
    let value = digits.parse::<u128>().ok().map(|d| d * scale);
    value.and_then(|v| v.try_into().ok()).ok_or(Wrong::Large)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_people_write_them() {
        let read = |text| whole_number(text, 0..=MANY);
        for (text, value) in [
            ("0", 0),
            ("007", 7),
            ("-0", 0),
            ("+5", 5),
            ("1_000", 1000),
            ("1e6", 1_000_000),
            ("1E6", 1_000_000),
            ("1e+6", 1_000_000),
            ("1.5e3", 1500),
            ("2.50e1", 25),
            ("1000e-3", 1),
            ("5.0", 5),
            ("0e99", 0),
            ("18446744073709551615", u64::MAX),
            ("1.8446744073709551615e19", u64::MAX),
        ] {
            assert_eq!(read(text), Ok(value), "{text}");
        }
        for (text, says) in [
            ("1.5", "not a whole number"),
            ("1e-1", "not a whole number"),
            ("0.001", "not a whole number"),
            ("1e30", "too large"),
            ("18446744073709551616", "too large"),
            ("1e2147483647", "too large"),
            ("-1", "negative"),
            ("-1e3", "negative"),
            ("", "write a whole number"),
            ("1__0", "write a whole number"),
            ("_1", "write a whole number"),
            ("1e", "write a whole number"),
            ("1e1.5", "write a whole number"),
            (".", "write a whole number"),
            ("NaN", "write a whole number"),
            ("inf", "write a whole number"),
            ("0x10", "write a whole number"),
            ("ten", "write a whole number"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
        let error = whole_number("2000", 1..=1024).unwrap_err();
        assert!(error.contains("from 1 to 1024"), "{error}");
    }
}
