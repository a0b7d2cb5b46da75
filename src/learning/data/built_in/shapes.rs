//! Classes that are shapes in the plane or clouds in space.

use super::{Points, check_noise, check_rows};
use crate::error::{Error, Result, shown};
use crate::learning::data::DataSet;
use crate::learning::data::streams::{Purpose, stream};
use rand::RngExt;
use std::f64::consts::PI;

/// `number` points from 0 to `end`, with or without it, evenly.
fn spaced(number: usize, end: f64, with_end: bool) -> impl Iterator<Item = f64> {
    let steps = if with_end { number.saturating_sub(1) } else { number }.max(1);
    (0..number).map(move |k| end * k as f64 / steps as f64)
}

/// Two interleaved half circles of radius 1, as scikit-learn's `make_moons`: class 0 is (cos t, sin t),
/// class 1 is (1 - cos t, 1/2 - sin t), t evenly from 0 to π; an odd row is of class 1. The rows are
/// shuffled; `noise` is the standard deviation of normal noise on both features.
///
/// # Errors
/// If there are not 2 rows, the noise is negative or not finite, or the rows do not fit in memory.
pub fn moons(rows: usize, noise: f64, seed: u64) -> Result<DataSet> {
    check_rows("moons", rows, 2, 2)?;
    check_noise("moons", noise)?;
    let mut points = Points::new(2);
    spaced(rows / 2, PI, true).for_each(|t| points.push([t.cos(), t.sin()], 0));
    spaced(rows - rows / 2, PI, true).for_each(|t| points.push([1.0 - t.cos(), 0.5 - t.sin()], 1));
    points.finish(&["0", "1"], noise, seed)
}

/// Two circles about 0, as scikit-learn's `make_circles`: class 0 has radius 1, class 1 radius
/// `factor`, points evenly on each; an odd row is of class 1. The rows are shuffled; `noise` is the
/// standard deviation of normal noise on both features.
///
/// # Errors
/// If there are not 2 rows, the noise is negative or not finite, the factor is not from 0 to 1 (1 is
/// too much), or the rows do not fit in memory.
pub fn circles(rows: usize, noise: f64, factor: f64, seed: u64) -> Result<DataSet> {
    check_rows("circles", rows, 2, 2)?;
    check_noise("circles", noise)?;
    if !(0.0..1.0).contains(&factor) {
        return Err(Error::Invalid {
            what: "the factor of circles".into(),
            value: shown(factor),
            expected: "the inner radius is at least 0 and less than 1, the outer radius".into(),
        });
    }
    let mut points = Points::new(2);
    let circle = |number, radius: f64| {
        spaced(number, 2.0 * PI, false).map(move |t| [radius * t.cos(), radius * t.sin()])
    };
    circle(rows / 2, 1.0).for_each(|point| points.push(point, 0));
    circle(rows - rows / 2, factor).for_each(|point| points.push(point, 1));
    points.finish(&["0", "1"], noise, seed)
}

/// Normal clouds, one a class, as scikit-learn's `make_blobs` in units of 10: their centres are
/// uniform in [-1, 1]^d, d the number of features, and `spread` is the standard deviation of each
/// feature within a class. The first classes have one row more where the division leaves a rest; the
/// rows are shuffled.
///
/// # Errors
/// If there are fewer than 2 centres or no feature, fewer rows than centres, the spread is negative or
/// not finite, or the rows do not fit in memory.
pub fn blobs(
    rows: usize,
    spread: f64,
    centers: usize,
    num_features: usize,
    seed: u64,
) -> Result<DataSet> {
    let few = |what: &str, value: usize, least: usize| Error::Invalid {
        what: format!("the number of {what} of blobs"),
        value: value.to_string(),
        expected: format!("it must be at least {least}"),
    };
    if centers < 2 {
        return Err(few("centres", centers, 2));
    }
    if num_features == 0 {
        return Err(few("features", num_features, 1));
    }
    check_rows("blobs", rows, centers, num_features)?;
    check_noise("blobs", spread)?;
    let mut rng = stream(seed, Purpose::Model);
    let mut points = Points::new(num_features);
    for class in 0..centers {
        let center: Vec<f64> = (0..num_features).map(|_| rng.random_range(-1.0..=1.0)).collect();
        let number = rows / centers + usize::from(class < rows % centers);
        for _ in 0..number {
            points.push(center.iter().copied(), class);
        }
    }
    let names: Vec<String> = (0..centers).map(|k| k.to_string()).collect();
    points.finish(&names.iter().map(String::as_str).collect::<Vec<_>>(), spread, seed)
}

/// Two spirals about 0 that turn `turns` times while their radius grows from 0 to 1 (Archimedes'; of
/// the two spirals' problem of Lang and Witbrock (1988), who take 3 turns): class k is
/// r (cos φ, sin φ), φ = 2π·turns·r + kπ. Radii are the square roots of uniform numbers, so that points
/// are about as dense everywhere; an odd row is of class 1. `noise` is the standard deviation of normal
/// noise on both features; neighbouring arms are 1/(2·turns) apart.
///
/// # Errors
/// If there are not 2 rows, the noise is negative or not finite, the turns are not positive or more
/// than 1000, or the rows do not fit in memory.
pub fn spirals(rows: usize, noise: f64, turns: f64, seed: u64) -> Result<DataSet> {
    check_rows("spirals", rows, 2, 2)?;
    check_noise("spirals", noise)?;
    if !(turns > 0.0 && turns <= 1000.0) {
        return Err(Error::Invalid {
            what: "the turns of spirals".into(),
            value: shown(turns),
            expected: "they are more than 0 and at most 1000".into(),
        });
    }
    let mut rng = stream(seed, Purpose::Rows);
    let mut points = Points::new(2);
    for row in 0..rows {
        let class = usize::from(row >= rows / 2);
        let radius = rng.random::<f64>().sqrt();
        let angle = 2.0 * PI * turns * radius + PI * class as f64;
        points.push([radius * angle.cos(), radius * angle.sin()], class);
    }
    points.finish(&["0", "1"], noise, seed)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{labels, sorted};
    use super::*;

    #[track_caller]
    fn close(data: &DataSet, wanted: &[[f64; 2]], num_of_class_0: usize) {
        let mut wanted: Vec<(usize, Vec<f64>)> = (wanted.iter().enumerate())
            .map(|(k, point)| (usize::from(k >= num_of_class_0), point.to_vec()))
            .collect();
        assert_eq!(data.num_rows(), wanted.len());
        for (label, row) in sorted(data) {
            let near = |p: &(usize, Vec<f64>)| {
                p.0 == label && p.1.iter().zip(&row).all(|(a, b)| (a - b).abs() < 1e-14)
            };
            wanted.remove(wanted.iter().position(near).expect("a row of the reference"));
        }
    }

    #[test]
    fn moons_and_circles_are_those_of_scikit_learn() {
        // make_moons(9, shuffle=False) of scikit-learn 1.9.1.
        let moons_9 = [
            [1.0, 0.0],
            [0.5000000000000001, 0.8660254037844386],
            [-0.4999999999999998, 0.8660254037844387],
            [-1.0, 1.2246467991473532e-16],
            [0.0, 0.5],
            [0.2928932188134524, -0.20710678118654746],
            [0.9999999999999999, -0.5],
            [1.7071067811865475, -0.20710678118654757],
            [2.0, 0.4999999999999999],
        ];
        close(&moons(9, 0.0, 3).unwrap(), &moons_9, 4);
        // make_circles(7, shuffle=False, factor=0.5).
        let circles_7 = [
            [1.0, 0.0],
            [-0.4999999999999998, 0.8660254037844387],
            [-0.5000000000000004, -0.8660254037844384],
            [0.5, 0.0],
            [3.061616997868383e-17, 0.5],
            [-0.5, 6.123233995736766e-17],
            [-9.184850993605148e-17, -0.5],
        ];
        close(&circles(7, 0.0, 0.5, 3).unwrap(), &circles_7, 3);
    }

    #[test]
    fn noise_has_its_size_and_rows_are_shuffled() {
        let radius = |row: ndarray::ArrayView1<f64>| row.dot(&row).sqrt();
        let data = circles(4000, 0.05, 0.4, 1).unwrap();
        let labels = labels(&data);
        for class in 0..2 {
            let of: Vec<f64> = (data.features().rows().into_iter().zip(&labels))
                .filter(|(_, label)| **label == class)
                .map(|(row, _)| radius(row) - [1.0, 0.4][class])
                .collect();
            assert_eq!(of.len(), 2000);
            let square = of.iter().map(|x| x * x).sum::<f64>() / of.len() as f64;
            // The radial part of the noise, and a little of the other; the error of the root of a
            // mean square of 2000 is 1.6 %.
            assert!((square.sqrt() / 0.05 - 1.0).abs() < 0.06, "{class}: {}", square.sqrt());
        }
        let first = labels[..2000].iter().sum::<usize>();
        assert!((850..1150).contains(&first), "{first}");
        assert_eq!(moons(50, 0.1, 9).unwrap(), moons(50, 0.1, 9).unwrap());
        assert_ne!(moons(50, 0.1, 9).unwrap(), moons(50, 0.1, 8).unwrap());
    }

    #[test]
    fn spirals_are_spirals() {
        let data = spirals(301, 0.0, 1.5, 2).unwrap();
        let labels = labels(&data);
        assert_eq!(labels.iter().sum::<usize>(), 151);
        for (row, label) in data.features().rows().into_iter().zip(labels) {
            let radius = row.dot(&row).sqrt();
            let turned = (row[1].atan2(row[0]) - 3.0 * PI * radius) / PI - label as f64;
            assert!(radius <= 1.0 && (turned / 2.0 - (turned / 2.0).round()).abs() < 1e-9);
        }
    }

    #[test]
    fn blobs_are_clouds() {
        let data = blobs(11, 0.0, 3, 4, 2).unwrap();
        let rows = sorted(&data);
        let sizes = [0, 1, 2].map(|class| rows.iter().filter(|row| row.0 == class).count());
        assert_eq!((sizes, data.num_features()), ([4, 4, 3], 4));
        // Without spread, a class is a point, in the box.
        for pair in rows.windows(2) {
            assert_eq!(pair[0].0 == pair[1].0, pair[0].1 == pair[1].1);
        }
        assert!(rows.iter().all(|row| row.1.iter().all(|x| x.abs() <= 1.0)));
        assert_eq!(data.targets().num_classes(), 3);
    }

    #[test]
    fn refusals() {
        let says = |result: Result<DataSet>| result.unwrap_err().to_string();
        assert!(says(moons(1, 0.1, 0)).contains("rows of moons is 1; it must be at least 2"));
        assert!(says(moons(10, -0.1, 0)).contains("noise of moons is -0.1;"));
        assert!(says(moons(10, f64::NAN, 0)).contains("noise of moons is NaN;"));
        assert!(says(moons(usize::MAX, 0.1, 0)).contains("use fewer rows"));
        assert!(says(circles(10, 0.1, 1.0, 0)).contains("factor of circles is 1;"));
        assert!(says(circles(10, f64::INFINITY, 0.5, 0)).contains("noise of circles is inf;"));
        assert!(says(blobs(10, 0.1, 1, 2, 0)).contains("centres of blobs is 1;"));
        assert!(says(blobs(2, 0.1, 3, 2, 0)).contains("rows of blobs is 2;"));
        assert!(says(blobs(10, 0.1, 3, 0, 0)).contains("features of blobs is 0;"));
        assert!(says(spirals(10, 0.1, 0.0, 0)).contains("turns of spirals is 0;"));
    }
}
