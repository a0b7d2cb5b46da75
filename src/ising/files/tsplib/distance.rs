//! Distances between coordinates, in the integers of TSPLIB (Reinelt, TSPLIB 95, section 2).

use crate::error::{Error, Result};

/// How distances are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metric {
    Explicit,
    Euclidean,
    Ceiling,
    Manhattan,
    Maximum,
    /// Of the instances att48 and att532.
    Att,
    Geo,
}

impl Metric {
    pub const ALL: [Metric; 7] = [
        Metric::Explicit,
        Metric::Euclidean,
        Metric::Ceiling,
        Metric::Manhattan,
        Metric::Maximum,
        Metric::Att,
        Metric::Geo,
    ];

    /// The value of EDGE_WEIGHT_TYPE.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Explicit => "EXPLICIT",
            Metric::Euclidean => "EUC_2D",
            Metric::Ceiling => "CEIL_2D",
            Metric::Manhattan => "MAN_2D",
            Metric::Maximum => "MAX_2D",
            Metric::Att => "ATT",
            Metric::Geo => "GEO",
        }
    }

    /// All distances, row by row; 0 from a city to itself.
    pub fn all(self, points: &[(f64, f64)]) -> Result<Vec<f64>> {
        let n = points.len();
        let mut distances = vec![0.0; n * n];
        // Angles once for each city.
        let angles: Vec<_> = match self {
            Metric::Geo => points.iter().map(|&(x, y)| (radians(x), radians(y))).collect(),
            _ => points.to_vec(),
        };
        for i in 0..n {
            for j in i + 1..n {
                let d = self.between(angles[i], angles[j]);
                if !d.is_finite() {
                    let what = format!("the distance from city {} to city {}", i + 1, j + 1);
                    return Err(Error::NotFinite { what, value: d });
                }
                (distances[i * n + j], distances[j * n + i]) = (d, d);
            }
        }
        Ok(distances)
    }

    fn between(self, a: (f64, f64), b: (f64, f64)) -> f64 {
        let (dx, dy) = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
        match self {
            Metric::Explicit => f64::NAN,
            Metric::Euclidean => nearest((dx * dx + dy * dy).sqrt()),
            Metric::Ceiling => (dx * dx + dy * dy).sqrt().ceil(),
            Metric::Manhattan => nearest(dx + dy),
            Metric::Maximum => nearest(dx).max(nearest(dy)),
            Metric::Att => {
                let r = ((dx * dx + dy * dy) / 10.0).sqrt();
                let near = nearest(r);
                if near < r { near + 1.0 } else { near }
            }
            Metric::Geo => {
                const RADIUS: f64 = 6378.388;
                let q1 = (a.1 - b.1).cos();
                let q2 = (a.0 - b.0).cos();
                let q3 = (a.0 + b.0).cos();
                let cosine = 0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3);
                // Of one place twice it may be rounded past 1.
                (RADIUS * cosine.clamp(-1.0, 1.0).acos() + 1.0).floor()
            }
        }
    }
}

/// To the nearest integer, halves up, as `(int) (x + 0.5)` does.
fn nearest(x: f64) -> f64 {
    (x + 0.5).floor()
}

/// Degrees of the form degrees.minutes.
fn decimal(x: f64) -> f64 {
    let degrees = x.trunc();
    degrees + 5.0 * (x - degrees) / 3.0
}

/// TSPLIB's own value of π: another one changes distances.
fn radians(x: f64) -> f64 {
    #[allow(clippy::approx_constant)]
    const PI: f64 = 3.141592;
    PI * decimal(x) / 180.0
}

/// (Longitude, latitude) in degrees of (latitude, longitude) in degrees.minutes.
pub(super) fn degrees(place: (f64, f64)) -> (f64, f64) {
    (decimal(place.1), decimal(place.0))
}
