//! Classes of bit patterns, whose features are 0 and 1.

use super::{Points, check_noise, check_rows};
use crate::error::{Error, Result};
use crate::learning::data::DataSet;
use crate::learning::data::streams::{Purpose, shuffle, stream};
use rand::RngExt;

/// The most bits of [`parity`].
pub const MAX_PARITY_BITS: usize = 20;
/// The most rows, and the most columns, of bars and stripes.
const MAX_SIDE: usize = 16;

/// Pictures of `height` × `width` pixels, 0 or 1, with normal noise of the standard deviation `noise`
/// on each: in the class `bars` every column has one colour, in the class `stripes` every row. Both
/// classes have equally many rows (an odd one is of `stripes`); colours are random, but not all the
/// same, which would be both. Pixel (r, c) is feature r·width + c. (MacKay, Information Theory,
/// Inference and Learning Algorithms (2003), section 43.2.)
///
/// # Errors
/// If height or width are not from 2 to 16, there are not 2 rows, the noise is negative or not finite,
/// or the rows do not fit in memory.
pub fn bars_and_stripes(
    height: usize,
    width: usize,
    rows: usize,
    noise: f64,
    seed: u64,
) -> Result<DataSet> {
    for (what, side) in [("height", height), ("width", width)] {
        if !(2..=MAX_SIDE).contains(&side) {
            return Err(Error::Invalid {
                what: format!("the {what} of bars and stripes"),
                value: side.to_string(),
                expected: format!("it must be from 2 to {MAX_SIDE}"),
            });
        }
    }
    check_rows("bars and stripes", rows, 2, height * width)?;
    check_noise("bars and stripes", noise)?;
    let mut rng = stream(seed, Purpose::Rows);
    let mut points = Points::new(height * width);
    for row in 0..rows {
        let class = usize::from(row >= rows / 2);
        let lines = [width, height][class];
        // Neither no line nor all.
        let colours = rng.random_range(1..(1u32 << lines) - 1);
        let pixel = |k: usize| f64::from(colours >> [k % width, k / width][class] & 1);
        points.push((0..height * width).map(pixel), class);
    }
    points.finish(&["bars", "stripes"], noise, seed)
}

/// Bit strings as features 0 and 1 (feature k is bit k), with normal noise of the standard deviation
/// `noise`, whose class is the parity of their number of ones: `even` or `odd`. Strings come in random
/// order, none for the second time before all were there once; so 2^`num_bits` rows are all of them,
/// and a test part of at most as many has none that was learned. Both classes are there.
///
/// # Errors
/// If there are not 1 to [`MAX_PARITY_BITS`] bits, there are not 2 rows, the noise is negative or not
/// finite, or the rows do not fit in memory.
pub fn parity(num_bits: usize, rows: usize, noise: f64, seed: u64) -> Result<DataSet> {
    if !(1..=MAX_PARITY_BITS).contains(&num_bits) {
        return Err(Error::Invalid {
            what: "the number of bits of parity".into(),
            value: num_bits.to_string(),
            expected: format!("it must be from 1 to {MAX_PARITY_BITS}"),
        });
    }
    check_rows("parity", rows, 2, num_bits)?;
    check_noise("parity", noise)?;
    let mut rng = stream(seed, Purpose::Rows);
    let mut strings: Vec<u32> = (0..1 << num_bits).collect();
    let mut points = Points::new(num_bits);
    let odd = |x: u32| x.count_ones() as usize % 2;
    let mut ones = 0;
    for row in 0..rows {
        let place = row % strings.len();
        if place == 0 {
            shuffle(&mut strings, &mut rng);
        }
        // The last string is of the class that would be missing, if one would.
        if row + 1 == rows && (ones == 0 || ones == row) {
            let class = usize::from(ones == 0);
            let other = strings[place..].iter().position(|x| odd(*x) == class);
            strings.swap(place, place + other.unwrap_or(0));
        }
        let x = strings[place];
        ones += odd(x);
        points.push((0..num_bits).map(|k| f64::from(x >> k & 1)), odd(x));
    }
    points.finish(&["even", "odd"], noise, seed)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{labels, sorted};
    use super::*;

    #[test]
    fn pictures_are_bars_or_stripes() {
        let data = bars_and_stripes(3, 4, 401, 0.0, 1).unwrap();
        let labels = labels(&data);
        assert_eq!((data.num_features(), labels.iter().sum::<usize>()), (12, 201));
        for (picture, label) in data.features().rows().into_iter().zip(labels) {
            let pixel = |r: usize, c: usize| picture[4 * r + c];
            let bars = (0..4).all(|c| (1..3).all(|r| pixel(r, c) == pixel(0, c)));
            let stripes = (0..3).all(|r| (1..4).all(|c| pixel(r, c) == pixel(r, 0)));
            assert_eq!((bars, stripes), (label == 0, label == 1));
            assert!(picture.iter().all(|x| *x == 0.0 || *x == 1.0));
        }
        // 2^4 - 2 bars and 2^3 - 2 stripes, all met in 400 draws (the rarest is missing with a
        // probability of 14 e^(-14)).
        let mut different = sorted(&data);
        different.dedup();
        assert_eq!(different.len(), 14 + 6);
    }

    #[test]
    fn parity_has_every_string_once() {
        let data = parity(4, 16, 0.0, 3).unwrap();
        let rows = sorted(&data);
        let mut strings: Vec<u32> = Vec::new();
        for (label, row) in rows {
            let string = row.iter().enumerate().map(|(k, x)| (*x as u32) << k).sum::<u32>();
            assert_eq!(label, row.iter().sum::<f64>() as usize % 2);
            strings.push(string);
        }
        strings.sort_unstable();
        assert_eq!(strings, (0..16).collect::<Vec<_>>());
        assert_eq!(parity(2, 10, 0.0, 0).unwrap().num_rows(), 10);
        for seed in 0..50 {
            let few = labels(&parity(3, 2, 0.0, seed).unwrap());
            assert_eq!(few.iter().sum::<usize>(), 1);
            let few = labels(&parity(1, 2, 0.0, seed).unwrap());
            assert_eq!(few.iter().sum::<usize>(), 1);
        }
        assert_ne!(parity(4, 8, 0.1, 0).unwrap(), parity(4, 8, 0.1, 1).unwrap());
    }

    #[test]
    fn refusals() {
        let says = |result: Result<DataSet>| result.unwrap_err().to_string();
        assert!(
            says(bars_and_stripes(1, 2, 10, 0.0, 0)).contains("height of bars and stripes is 1")
        );
        assert!(
            says(bars_and_stripes(2, 17, 10, 0.0, 0)).contains("width of bars and stripes is 17")
        );
        assert!(says(bars_and_stripes(2, 2, 0, 0.0, 0)).contains("rows of bars and stripes is 0"));
        assert!(
            says(parity(0, 10, 0.0, 0)).contains("bits of parity is 0; it must be from 1 to 20")
        );
        assert!(says(parity(4, 10, -1.0, 0)).contains("noise of parity is -1;"));
    }
}
