//! Numbers in two parts with sums as near as can be.

use super::checks::{chosen, digits};
use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use super::terms::Terms;
use crate::error::{Error, Result};
use crate::ising::Qubo;
use crate::ising::files::{self, content};
use crate::math::Bits;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Numbers a in two parts, so that the difference of their sums |Σ s a| is as small as can be,
/// after Lucas, Front. Phys. 2, 5 (2014), section 2.1: bit i is the part of number i, s = ±1. The
/// energy is the **square** of the difference.
///
/// Energies, which are squares, must be exact, so that parts with nearly equal sums are told apart:
/// integers, or fractions with a common power of two below the line, whose sizes are at most 2^25
/// in total, in units of the largest power of two that divides all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct NumberPartition {
    numbers: Vec<f64>,
}

/// The largest sum of sizes, in units: coefficients are at most 8 times its square, 2^53.
const MOST_UNITS: f64 = (1u64 << 25) as f64;

/// The smallest unit, whose square is far from underflow.
const LEAST_UNIT: f64 = 1e-150;

/// A problem of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    numbers: Vec<f64>,
}

impl TryFrom<Parts> for NumberPartition {
    type Error = Error;

    fn try_from(Parts { numbers }: Parts) -> Result<Self> {
        NumberPartition::new(numbers)
    }
}

/// Numbers in two parts, each number by its place in the list, from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Partition {
    /// The part that number 0 is in, growing.
    pub first: Vec<usize>,
    /// The other part, growing.
    pub second: Vec<usize>,
    /// The difference of their sums, ≥ 0.
    pub difference: f64,
}

impl NumberPartition {
    /// The partitions of these numbers.
    ///
    /// # Errors
    /// If a number is not finite, or energies are not exact.
    pub fn new(numbers: Vec<f64>) -> Result<Self> {
        for (i, &value) in numbers.iter().enumerate() {
            if !value.is_finite() {
                return Err(Error::NotFinite { what: format!("number {i} of a partition"), value });
            }
        }
        let unit = numbers.iter().map(|&number| unit(number)).fold(f64::INFINITY, f64::min);
        let total: f64 = numbers.iter().map(|number| number.abs()).sum();
        let refused = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if total == 0.0 {
            return Ok(NumberPartition { numbers });
        }
        // Not by a product, which may overflow.
        if total / unit > MOST_UNITS {
            return refused(
                "the sum of the numbers of a partition",
                format!(
                    "{total:?}, {:?} times the largest power of two that divides all",
                    total / unit
                ),
                format!(
                    "at most {MOST_UNITS} times is allowed, so that energies, which are squares, are \
                     exact; divide integers by a common factor or round them, and make fractions \
                     integers, such as cents of prices"
                ),
            );
        }
        if unit < LEAST_UNIT || !(64.0 * total * total).is_finite() {
            return refused(
                "the sum of the numbers of a partition",
                digits(total),
                "energies, which are squares, leave the range of numbers; take another unit".into(),
            );
        }
        Ok(NumberPartition { numbers })
    }

    /// Reads numbers between blanks, commas or ends of lines; `#`, `%` and `//` begin comments.
    ///
    /// # Errors
    /// If something is no number, with its line, or as [`NumberPartition::new`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut numbers = Vec::new();
        for line in content(text) {
            let words = line.text.split(|c: char| c == ',' || c.is_whitespace());
            for word in words.filter(|word| !word.is_empty()) {
                numbers.push(line.number(word)?);
            }
        }
        NumberPartition::new(numbers)
    }

    /// Reads a file, as [`NumberPartition::parse`] does.
    ///
    /// # Errors
    /// If the file cannot be read, is too large, or is not such a text.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, _| NumberPartition::parse(text))
    }

    /// The numbers.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// With `is_second` of every number.
    fn partition(&self, is_second: impl Fn(usize) -> bool) -> Partition {
        let flip = !self.numbers.is_empty() && is_second(0);
        let (second, first) = (0..self.numbers.len()).partition(|&i| is_second(i) != flip);
        let sum = |part: &Vec<usize>| part.iter().map(|&i| self.numbers[i]).sum::<f64>();
        let difference = (sum(&first) - sum(&second)).abs();
        Partition { first, second, difference }
    }
}

/// The largest power of two that a number is an integer multiple of; infinite for 0.
fn unit(number: f64) -> f64 {
    if number == 0.0 {
        return f64::INFINITY;
    }
    let bits = number.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let exponent = (bits >> 52 & 0x7ff) as i32;
    // The last bit of a number counts 2^(exponent - 1075), those without an exponent 2^-1074.
    let (mantissa, last) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    f64::from(last + mantissa.trailing_zeros() as i32).exp2()
}

impl Encode for NumberPartition {
    type Solution = Partition;

    fn kind(&self) -> &'static str {
        "number-partition"
    }

    fn objective(&self) -> Objective {
        Objective { name: "difference", sense: Sense::Minimize }
    }

    /// Its square.
    fn energy_of(&self, objective: f64) -> f64 {
        objective * objective
    }

    fn num_variables(&self) -> usize {
        self.numbers.len()
    }

    fn variable(&self, i: usize) -> String {
        format!("part of number {i}")
    }

    fn penalty_rule(&self) -> PenaltyRule {
        PenaltyRule::None { reason: "every choice of a part for each number is a partition".into() }
    }

    fn qubo(&self, _penalty: f64) -> Result<Qubo> {
        let n = self.numbers.len();
        let mut terms = Terms::new(n, (n as u128).pow(2) / 2)?;
        let both: Vec<(usize, f64)> =
            self.numbers.iter().enumerate().map(|(i, a)| (i, -2.0 * a)).collect();
        terms.square(self.numbers.iter().sum(), &both, 1.0);
        terms.into_qubo()
    }

    fn decode(&self, bits: &Bits) -> Decoded<Partition> {
        let partition = self.partition(|i| bits.bit(i));
        let difference = partition.difference;
        Decoded::feasible(partition, difference)
    }

    /// The difference is not looked at: it follows from the parts.
    fn assignment(&self, solution: &Partition) -> Result<Bits> {
        let n = self.numbers.len();
        let both = [&solution.first[..], &solution.second].concat();
        chosen("a number of a partition", &both, n)?;
        if both.len() == n {
            return chosen("a number of a partition", &solution.second, n);
        }
        Err(Error::Invalid {
            what: "the number of numbers in both parts".into(),
            value: both.len().to_string(),
            expected: format!("each of {n} is in one of them"),
        })
    }

    /// The differencing method (Karmarkar and Karp, report UCB/CSD 82/113 (1982)): the two largest
    /// numbers go to different parts, and their difference stands for both, until one is left.
    fn constructed(&self) -> Option<Partition> {
        // A number stands for the items of a tree; `true` where they are on the other side.
        type Side = Vec<(usize, bool)>;
        let sized = |(i, &a): (usize, &f64)| (a.abs(), vec![(i, a < 0.0)]);
        let mut left: Vec<(f64, Side)> = self.numbers.iter().enumerate().map(sized).collect();
        left.sort_by(|a, b| a.0.total_cmp(&b.0));
        while left.len() > 1 {
            let mut two = left.split_off(left.len() - 2);
            let ((largest, mut side), (next, other)) = (two.remove(1), two.remove(0));
            side.extend(other.into_iter().map(|(i, there)| (i, !there)));
            let difference = largest - next;
            let at = left.partition_point(|(size, _)| *size < difference);
            left.insert(at, (difference, side));
        }
        let mut is_second = vec![false; self.numbers.len()];
        left.into_iter().flat_map(|(_, side)| side).for_each(|(i, there)| is_second[i] = there);
        Some(self.partition(|i| is_second[i]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::is_encoded_right;
    use super::*;
    use proptest::prelude::*;

    /// By the set of all sums that a part can have.
    fn least_difference(numbers: &[i64]) -> f64 {
        let mut sums = std::collections::BTreeSet::from([0i64]);
        for &number in numbers {
            sums = sums.iter().flat_map(|&sum| [sum + number, sum - number]).collect();
        }
        sums.into_iter().map(i64::abs).min().unwrap() as f64
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn every_partition_is_encoded_right(numbers in prop::collection::vec(-20i64..100, 0..9)) {
            let problem = NumberPartition::new(numbers.iter().map(|&a| a as f64).collect()).unwrap();
            is_encoded_right(&problem, Some(least_difference(&numbers)));
            let quarters = NumberPartition::new(numbers.iter().map(|&a| a as f64 / 4.0).collect());
            is_encoded_right(&quarters.unwrap(), Some(least_difference(&numbers) / 4.0));
        }

        #[test]
        fn no_text_panics(text in "([0-9eE .,#-]{0,9}\n){0,5}") {
            let _ = NumberPartition::parse(&text);
        }

        #[test]
        fn a_unit_divides(mantissa in 1u64..1 << 53, power in -1074i32..900) {
            let odd = (mantissa | 1) as f64;
            let number = odd * f64::from(power).exp2();
            if power >= -1022 || odd == 1.0 {
                prop_assert_eq!(unit(number), f64::from(power).exp2(), "{}", number);
            }
        }
    }

    /// At the largest sum, energies are squares to the last digit.
    #[test]
    fn energies_are_exact_at_the_limit() {
        let numbers =
            [11184811.0, 7829365.0, 5592403.0, -3355443.0, 2236961.0, 1677721.0, 1677728.0];
        for unit in [1.0, 0.125, 1e-9f64.log2().floor().exp2()] {
            let problem = NumberPartition::new(numbers.map(|a| unit * a).to_vec()).unwrap();
            assert_eq!(numbers.iter().map(|a| a.abs()).sum::<f64>(), MOST_UNITS);
            let qubo = problem.qubo(1.0).unwrap();
            for index in 0..1 << numbers.len() {
                let bits = Bits::from_u64(index, numbers.len());
                let difference = problem.decode(&bits).solution.unwrap().1;
                assert_eq!(qubo.energy(&bits), difference * difference, "{bits}");
            }
        }
    }

    /// The example of the differencing method: 8, 7, 6, 5, 4 leave 2, though 0 can be reached.
    #[test]
    fn differencing_is_a_simple_rule() {
        let problem = NumberPartition::parse("8 7 6\n5, 4 # five\n").unwrap();
        let found = problem.constructed().unwrap();
        assert_eq!(found.difference, 2.0);
        assert_eq!(least_difference(&[8, 7, 6, 5, 4]), 0.0);
        let exact = problem.qubo(1.0).unwrap().ground_state().unwrap();
        let parts = problem.decode(&exact.bits).solution.unwrap().0;
        assert_eq!((exact.energy, parts.first, parts.second), (0.0, vec![0, 1], vec![2, 3, 4]));
    }

    #[test]
    fn bad_numbers_are_refused() {
        let says = |text: &str| NumberPartition::parse(text).unwrap_err().to_string();
        assert!(says("1 2\n3 x\n").contains("line 2") && says("x").contains("not a number"));
        assert!(says("1 inf").contains("not a finite number"));
        assert!(says("0.1 0.2 0.3").contains("cents"));
        assert!(says("9007199254740992 1").contains("common factor"));
        assert!(says("5e-324 1e-323").contains("another unit"), "{}", says("5e-324 1e-323"));
        assert!(says("33554432 1").contains("at most 33554432 times"), "{}", says("33554432 1"));
        assert!(NumberPartition::parse("33554431 1").is_ok());
        assert!(NumberPartition::parse("0 -0 0").is_ok());
        assert!(NumberPartition::new(vec![f64::NAN]).unwrap_err().to_string().contains("NaN"));
        assert!(
            NumberPartition::new(vec![600f64.exp2()])
                .unwrap_err()
                .to_string()
                .contains("another unit")
        );
        assert!(NumberPartition::parse("").unwrap().numbers().is_empty());
        assert!(serde_json::from_str::<NumberPartition>(r#"{"numbers":[0.1,0.2,7]}"#).is_err());
        let problem = NumberPartition::parse("1 2 3").unwrap();
        let says = |first: &[usize], second: &[usize]| {
            let (first, second) = (first.to_vec(), second.to_vec());
            let partition = Partition { first, second, difference: 0.0 };
            problem.assignment(&partition).unwrap_err().to_string()
        };
        assert!(says(&[0, 1], &[]).contains("each of 3"));
        assert!(says(&[0, 1], &[1, 2]).contains("twice"));
        assert!(says(&[0, 1], &[3]).contains("there are 3"));
    }
}
