//! How s goes with the time.

use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// s as a function of the time t: straight lines through points (t, s). Where s stays the anneal
/// pauses, where it jumps nearly at once it quenches, and where it falls it goes backwards. Times are
/// in the unit of the [`Schedule`](super::Schedule).
///
/// ```
/// use ketlab::annealing::Path;
/// let pause: Path = "0:0, 20:0.4, 120:0.4, 140:1".parse()?;
/// assert_eq!((pause.time(), pause.at(70.0)), (140.0, 0.4));
/// let reverse = Path::try_new([(0.0, 1.0), (10.0, 0.45), (30.0, 0.45), (40.0, 1.0)])?;
/// assert_eq!(reverse.at(5.0), 0.725);
/// assert_eq!(Path::forward(8.0)?.at(2.0), 0.25);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    points: Vec<(f64, f64)>,
}

impl Path {
    /// From s = 0 to s = 1 in this time.
    ///
    /// # Errors
    /// If the time is not positive and finite.
    pub fn forward(time: f64) -> Result<Self> {
        if !(time > 0.0 && time.is_finite()) {
            return Err(Error::Invalid {
                what: "the anneal time".into(),
                value: time.to_string(),
                expected: "it must be positive and finite".into(),
            });
        }
        Self::try_new([(0.0, 0.0), (time, 1.0)])
    }

    /// Through the points (t, s). The first time is 0.
    ///
    /// # Errors
    /// If there are fewer than two points, times do not grow from 0, or an s is not from 0 to 1.
    pub fn try_new(points: impl IntoIterator<Item = (f64, f64)>) -> Result<Self> {
        let points: Vec<(f64, f64)> = points.into_iter().collect();
        let invalid = |what: String, value: f64, expected: &str| {
            Err(Error::Invalid { what, value: value.to_string(), expected: expected.into() })
        };
        if points.len() < 2 {
            let expected = "a path has at least two points (t, s)";
            return invalid("the number of points of a path".into(), points.len() as f64, expected);
        }
        if points[0].0 != 0.0 {
            return invalid("the first time of a path".into(), points[0].0, "it must be 0");
        }
        for (k, &(t, s)) in points.iter().enumerate() {
            if !t.is_finite() {
                return Err(Error::NotFinite { what: format!("time {k} of a path"), value: t });
            }
            if !(0.0..=1.0).contains(&s) {
                return invalid(format!("s at the time {t}"), s, "it must be from 0 to 1");
            }
            if k > 0 && t <= points[k - 1].0 {
                let what = format!("the time that follows t = {}", points[k - 1].0);
                return invalid(what, t, "times must grow from point to point");
            }
        }
        Ok(Path { points })
    }

    /// The points (t, s).
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// How long it takes.
    pub fn time(&self) -> f64 {
        self.points[self.points.len() - 1].0
    }

    /// s at a time.
    ///
    /// # Panics
    /// If the time is not from 0 to [`time`](Self::time).
    #[track_caller]
    pub fn at(&self, t: f64) -> f64 {
        assert!((0.0..=self.time()).contains(&t), "the time {t} is not on the path");
        let next = self.points.partition_point(|point| point.0 <= t).min(self.points.len() - 1);
        let ((t0, s0), (t1, s1)) = (self.points[next - 1], self.points[next]);
        let part = (t - t0) / (t1 - t0);
        s0 * (1.0 - part) + s1 * part
    }

    /// The same path, stretched to take another time.
    ///
    /// # Errors
    /// If the time is not positive and finite.
    pub fn stretched(&self, time: f64) -> Result<Self> {
        let _ = Self::forward(time)?;
        let factor = time / self.time();
        let mut points: Vec<_> = self.points.iter().map(|&(t, s)| (t * factor, s)).collect();
        if let Some(last) = points.last_mut() {
            last.0 = time;
        }
        Self::try_new(points)
    }
}

/// `t:s` pairs with commas between, e.g. `0:0, 10:0.5, 20:0.5, 21:1`.
impl FromStr for Path {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let point = |part: &str| {
            let pair = part.split_once(':').and_then(|(t, s)| Some((number(t)?, number(s)?)));
            pair.ok_or_else(|| Error::Invalid {
                what: "a point of a path".into(),
                value: format!("`{}`", part.trim()),
                expected: "it must be `t:s`, as in `0:0, 10:0.5, 20:0.5, 21:1`".into(),
            })
        };
        Self::try_new(text.split(',').map(point).collect::<Result<Vec<_>>>()?)
    }
}

/// The text that [`FromStr`] reads.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, (t, s)) in self.points.iter().enumerate() {
            write!(f, "{}{t}:{s}", if k == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_points_agree() {
        let path: Path = "0:1,2.5 : 0.25, 1e2:0.25".parse().unwrap();
        assert_eq!(path.points(), [(0.0, 1.0), (2.5, 0.25), (100.0, 0.25)]);
        assert_eq!(path.to_string().parse::<Path>().unwrap(), path);
        assert_eq!((path.at(0.0), path.at(1.25), path.at(100.0)), (1.0, 0.625, 0.25));
        let half = path.stretched(50.0).unwrap();
        assert_eq!((half.time(), half.at(1.25)), (50.0, 0.25));
    }

    #[test]
    fn refuses_with_a_reason() {
        let says = |text: &str| text.parse::<Path>().unwrap_err().to_string();
        assert!(says("").contains("`t:s`"));
        assert!(says("0:0, 1").contains("`1`"));
        assert!(says("0:0").contains("at least two"));
        assert!(says("1:0, 2:1").contains("the first time of a path is 1"));
        assert!(says("0:0, 2:0.5, 2:1").contains("follows t = 2 is 2; times must grow"));
        assert!(says("0:0, 2:1.5").contains("s at the time 2 is 1.5"));
        assert!(says("0:0, 2:NaN").contains("NaN"));
        assert!(says("0:0, inf:1").contains("finite"));
        for time in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Path::forward(time).unwrap_err().to_string();
            assert!(error.contains("the anneal time"), "{error}");
        }
    }
}
