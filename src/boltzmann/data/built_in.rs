//! Laws that are known by formula.

use super::{Distribution, MAX_DENSE_BITS};
use crate::error::{Error, Result};
use crate::math::{Bits, list_of};

/// The most strings of a built-in law.
const MAX_STRINGS: u64 = 1 << MAX_DENSE_BITS;
/// The most rows, and the most columns, of bars and stripes.
const MAX_SIDE: usize = 16;
const HINT: &str = "use fewer bits";

/// The mean of one product law a mode: a string has the probability p^a (1-p)^d of a mode with which
/// it agrees in a bits and from which it differs in d (Amin et al., Phys. Rev. X 8, 021050 (2018), who
/// take p = 0.9 and random modes). Bit i of a mode is bit i of the string; a mode that is named twice
/// counts twice.
///
/// # Errors
/// If there are not 1 to [`MAX_DENSE_BITS`] bits, there is no mode, one has more bits, p is not from 0
/// to 1, or the 2^n strings do not fit in memory.
pub fn bernoulli_mixture(num_bits: usize, modes: &[u64], p: f64) -> Result<Distribution> {
    check_bits("a Bernoulli mixture", num_bits)?;
    if modes.is_empty() {
        let expected = "there must be at least one".into();
        return Err(invalid("the modes of a Bernoulli mixture", "none", expected));
    }
    if let Some(mode) = modes.iter().find(|mode| **mode >> num_bits != 0) {
        let expected = format!("a mode of {num_bits} bits is below {}", 1u64 << num_bits);
        return Err(invalid("a mode of a Bernoulli mixture", mode, expected));
    }
    // Written so that NaN is refused.
    if !(0.0..=1.0).contains(&p) {
        let expected = "a probability is from 0 to 1".into();
        return Err(invalid("the p of a Bernoulli mixture", p, expected));
    }
    let power = |differing: u32| {
        p.powi((num_bits as u32 - differing) as i32) * (1.0 - p).powi(differing as i32)
    };
    let powers: Vec<f64> = (0..=num_bits as u32).map(power).collect();
    let mut law = list_of("a Bernoulli mixture", 1 << num_bits, HINT)?;
    law.extend((0..1u64 << num_bits).map(|x| {
        let sum: f64 = modes.iter().map(|mode| powers[(x ^ mode).count_ones() as usize]).sum();
        sum / modes.len() as f64
    }));
    Distribution::from_dense(&law)
}

/// Bars and stripes: the pictures of `rows` × `columns` pixels in which every row, or every column,
/// has one colour, all equally likely. There are 2^rows + 2^columns - 2 of them. Pixel (r, c) is bit
/// r·columns + c. (MacKay, Information Theory, Inference and Learning Algorithms (2003), section 43.2.)
///
/// # Errors
/// If rows or columns are not from 1 to 16.
pub fn bars_and_stripes(rows: usize, columns: usize) -> Result<Distribution> {
    for (what, side) in [("rows", rows), ("columns", columns)] {
        if !(1..=MAX_SIDE).contains(&side) {
            let what = format!("the number of {what} of bars and stripes");
            return Err(invalid(&what, side, format!("it must be from 1 to {MAX_SIDE}")));
        }
    }
    let picture = |colour: &dyn Fn(usize, usize) -> bool| {
        let mut bits = Bits::zeros(rows * columns);
        for (r, c) in (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))) {
            bits.set(r * columns + c, colour(r, c));
        }
        bits
    };
    let bars = (0..1u32 << rows).map(|x| picture(&|r, _| x >> r & 1 == 1));
    let stripes = (0..1u32 << columns).map(|x| picture(&|_, c| x >> c & 1 == 1));
    let mut pictures: Vec<_> = bars.chain(stripes).collect();
    pictures.sort();
    pictures.dedup();
    let number = pictures.len() as u64;
    uniform(number, pictures.into_iter())
}

/// All strings with an even number of ones, equally likely. Pairwise fields and couplings cannot tell
/// them from others if there are three bits or more.
///
/// # Errors
/// If there are not 1 to [`MAX_DENSE_BITS`] bits.
pub fn even_parity(num_bits: usize) -> Result<Distribution> {
    check_bits("even parity", num_bits)?;
    let even = (0..1u64 << num_bits).filter(|x| x.count_ones() % 2 == 0);
    uniform(1 << (num_bits - 1), even.map(|x| Bits::from_u64(x, num_bits)))
}

/// All strings with exactly `ones` ones, equally likely.
///
/// # Errors
/// If there are not 1 to 64 bits, there are more ones than bits, or there are more than 2²⁶ such
/// strings.
pub fn cardinality(num_bits: usize, ones: usize) -> Result<Distribution> {
    if !(1..=64).contains(&num_bits) {
        let expected = "it must be from 1 to 64".into();
        return Err(invalid("the number of bits of a cardinality", num_bits, expected));
    }
    if ones > num_bits {
        let expected = format!("there are {num_bits} bits");
        return Err(invalid("the number of ones", ones, expected));
    }
    // Every partial product is a binomial number.
    let number =
        (0..ones as u128).fold(1u128, |product, k| product * (num_bits as u128 - k) / (k + 1));
    if number > u128::from(MAX_STRINGS) {
        let what = format!("the number of strings of {num_bits} bits with {ones} ones");
        return Err(invalid(&what, number, format!("at most {MAX_STRINGS} are listed")));
    }
    // The next larger number with as many ones (Gosper, HAKMEM, item 175).
    let next = |x: &u128| {
        if *x == 0 {
            return None;
        }
        let low = x & x.wrapping_neg();
        let carried = x + low;
        Some(carried | (((x ^ carried) >> 2) / low))
    };
    let first = (1u128 << ones) - 1;
    let strings = std::iter::successors(Some(first), next).take(number as usize);
    uniform(number as u64, strings.map(|x| Bits::from_u64(x as u64, num_bits)))
}

/// Different strings, equally likely.
fn uniform(number: u64, strings: impl Iterator<Item = Bits>) -> Result<Distribution> {
    let mut law = list_of("the strings of a law", number as usize, HINT)?;
    law.extend(strings.map(|bits| (bits, 1.0 / number as f64)));
    Distribution::from_probabilities(law)
}

fn check_bits(of: &str, num_bits: usize) -> Result<()> {
    if (1..=MAX_DENSE_BITS).contains(&num_bits) {
        return Ok(());
    }
    let what = format!("the number of bits of {of}");
    Err(invalid(&what, num_bits, format!("it must be from 1 to {MAX_DENSE_BITS}")))
}

fn invalid(what: &str, value: impl ToString, expected: String) -> Error {
    Error::Invalid { what: what.into(), value: value.to_string(), expected }
}

#[cfg(test)]
mod tests {
    use super::super::testing::reference_json;
    use super::*;

    fn strings(law: &Distribution) -> Vec<u64> {
        let n = law.num_bits();
        let p = law.outcomes()[0].1;
        assert!(law.outcomes().iter().all(|o| o.1 == p) && law.counts().is_none());
        law.outcomes().iter().map(|(bits, _)| bits.value(0, n) as u64).collect()
    }

    #[test]
    fn mixtures_are_those_of_the_reference() {
        let Some(data) = reference_json("gibbs/qbm_amin.json") else { return };
        let cases = data["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 2);
        for case in cases {
            let modes: Vec<u64> =
                case["modes"].as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect();
            let n = case["N"].as_u64().unwrap() as usize;
            let law = bernoulli_mixture(n, &modes, case["p"].as_f64().unwrap()).unwrap();
            let law = law.to_dense().unwrap();
            let expected = case["data"].as_array().unwrap();
            assert_eq!(law.len(), expected.len());
            for (x, (q, expected)) in law.iter().zip(expected).enumerate() {
                assert!((q - expected.as_f64().unwrap()).abs() < 1e-15, "{x}: {q} {expected}");
            }
        }
    }

    #[test]
    fn mixtures_of_one_mode_are_products() {
        let law = bernoulli_mixture(2, &[0b01], 0.75).unwrap();
        // Bit 0 is 1 with 3/4, bit 1 is 0 with 3/4.
        assert_eq!(law.to_dense().unwrap(), [3.0 / 16.0, 9.0 / 16.0, 1.0 / 16.0, 3.0 / 16.0]);
        let certain = bernoulli_mixture(3, &[0b110, 0b110, 0b110, 0b001], 1.0).unwrap();
        assert_eq!(certain.to_dense().unwrap(), [0.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.75, 0.0]);
    }

    #[test]
    fn bars_and_stripes_are_those_of_the_reference() {
        assert_eq!(strings(&bars_and_stripes(2, 2).unwrap()), [0, 3, 5, 10, 12, 15]);
        assert_eq!(strings(&bars_and_stripes(1, 2).unwrap()), [0, 1, 2, 3]);
        assert_eq!(strings(&bars_and_stripes(1, 1).unwrap()), [0, 1]);
        for (side, patterns) in [(2, 6.0f64), (3, 14.0), (4, 30.0)] {
            let law = bars_and_stripes(side, side).unwrap();
            assert!((law.entropy() - patterns.ln()).abs() < 1e-14, "{side}");
        }
        let large = bars_and_stripes(16, 3).unwrap();
        assert_eq!((large.num_bits(), large.outcomes().len()), (48, 65536 + 8 - 2));
        assert_eq!(bars_and_stripes(9, 9).unwrap().num_bits(), 81);
        let Some(data) = reference_json("gibbs/bars_and_stripes.json") else { return };
        let sets = data["sets"].as_array().unwrap();
        assert!(sets.len() >= 4);
        for set in sets {
            let side = |key: &str| set[key].as_u64().unwrap() as usize;
            let patterns: Vec<u64> =
                set["patterns"].as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect();
            let (rows, columns) = (side("rows"), side("cols"));
            let law = bars_and_stripes(rows, columns).unwrap();
            assert_eq!(strings(&law), patterns, "{rows} × {columns}");
        }
    }

    #[test]
    fn strings_are_told_by_their_ones() {
        assert_eq!(strings(&even_parity(1).unwrap()), [0]);
        assert_eq!(strings(&even_parity(3).unwrap()), [0, 3, 5, 6]);
        assert_eq!(strings(&cardinality(4, 2).unwrap()), [3, 5, 6, 9, 10, 12]);
        for (n, ones) in [(1, 0), (1, 1), (5, 0), (5, 5), (9, 4)] {
            let law = cardinality(n, ones).unwrap();
            let all = (0..1u64 << n).filter(|x| x.count_ones() as usize == ones);
            assert_eq!(strings(&law), all.collect::<Vec<_>>(), "{n} {ones}");
        }
        let wide = strings(&cardinality(64, 2).unwrap());
        assert_eq!((wide.len(), wide[0], wide[2015]), (2016, 3, 3 << 62));
        assert_eq!(strings(&cardinality(64, 64).unwrap()), [u64::MAX]);
        assert_eq!(strings(&cardinality(64, 63).unwrap()).len(), 64);
    }

    #[test]
    fn refusals_say_what_is_possible() {
        let says = |law: Result<Distribution>| law.unwrap_err().to_string();
        for n in [0, 27] {
            let text = says(bernoulli_mixture(n, &[0], 0.9));
            assert!(text.contains("bits of a Bernoulli mixture") && text.contains("1 to 26"));
            let text = says(even_parity(n));
            assert!(text.contains("bits of even parity") && text.contains("1 to 26"), "{text}");
        }
        assert!(says(bernoulli_mixture(2, &[], 0.9)).contains("is none; there must be"));
        assert!(
            says(bernoulli_mixture(2, &[1, 4], 0.9)).contains("is 4; a mode of 2 bits is below 4")
        );
        for p in [-0.1, 1.1, f64::NAN] {
            assert!(says(bernoulli_mixture(2, &[1], p)).contains("a probability is from 0 to 1"));
        }
        assert!(says(bars_and_stripes(0, 2)).contains("number of rows of bars and stripes is 0"));
        assert!(
            says(bars_and_stripes(2, 17)).contains("number of columns of bars and stripes is 17")
        );
        for n in [0, 65] {
            assert!(says(cardinality(n, 0)).contains("it must be from 1 to 64"));
        }
        assert!(says(cardinality(3, 4)).contains("the number of ones is 4; there are 3 bits"));
        let text = says(cardinality(64, 32));
        assert!(text.contains("is 1832624140942590534; at most 67108864 are listed"), "{text}");
    }
}
