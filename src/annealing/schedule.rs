//! How strong the transverse field and the problem are: A(s) and B(s).

use super::units::Units;
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use std::fmt;
use std::sync::Arc;

/// A(s) and B(s) of H = -A(s)/2 Σ Xᵢ + B(s)/2 (Σ hᵢ Zᵢ + Σ Jᵢⱼ Zᵢ Zⱼ), s from 0 to 1, with their
/// [`Units`]. Both are linear between knots, or any smooth functions. How s goes with the time is a
/// [`Path`](super::Path).
///
/// ```
/// use ketlab::annealing::{Schedule, Units};
/// // H = -(1 - s) Σ X + s (Σ h Z + Σ J ZZ).
/// assert_eq!(Schedule::linear().at(0.25), (1.5, 0.5));
/// let device = Schedule::from_csv("s,A,B\n0,6.0,0.0\n0.5,1.0,5.0\n1,0.0,12.0\n")?;
/// assert_eq!(device.units(), Units::Gigahertz);
/// assert_eq!(device.at(0.25), (3.5, 2.5));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    knots: Vec<Knot>,
    units: Units,
    curve: Option<Curve>,
}

/// (A(s), B(s)) as functions.
#[derive(Clone)]
pub(super) struct Curve(Arc<dyn Fn(f64) -> (f64, f64) + Send + Sync>);

impl Curve {
    pub fn at(&self, s: f64) -> (f64, f64) {
        self.0(s)
    }
}

impl fmt::Debug for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Curve")
    }
}

/// Functions are equal if they are the same one.
impl PartialEq for Curve {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A point of a [`Schedule`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knot {
    /// From 0 to 1.
    pub s: f64,
    /// The transverse field, A(s).
    pub a: f64,
    /// The scale of the problem, B(s).
    pub b: f64,
}

impl Schedule {
    /// A = 2 (1 - s) and B = 2 s, dimensionless: H = -(1 - s) ΣX + s (Σ h Z + Σ J ZZ).
    pub fn linear() -> Self {
        let knots = vec![Knot { s: 0.0, a: 2.0, b: 0.0 }, Knot { s: 1.0, a: 0.0, b: 2.0 }];
        Schedule { knots, units: Units::Dimensionless, curve: None }
    }

    /// The schedule with (A(s), B(s)) = `strengths(s)`, smooth for s from 0 to 1: an anneal integrates
    /// A by quadrature and takes the strengths to have derivatives of the order of its splitting.
    ///
    /// # Errors
    /// If a strength at s = 0, 0.01, … 1 is negative, NaN or infinite.
    pub fn from_functions(
        strengths: impl Fn(f64) -> (f64, f64) + Send + Sync + 'static,
        units: Units,
    ) -> Result<Self> {
        let knot = |k: u32| {
            let s = f64::from(k) / 100.0;
            let (a, b) = strengths(s);
            Knot { s, a, b }
        };
        let checked = Self::try_new((0..=100).map(knot), units)?;
        let knots = vec![checked.knots[0], checked.knots[100]];
        Ok(Schedule { knots, units, curve: Some(Curve(Arc::new(strengths))) })
    }

    /// The schedule through these knots.
    ///
    /// # Errors
    /// If s does not grow from exactly 0 to exactly 1, or a strength is negative, NaN or infinite.
    pub fn try_new(knots: impl IntoIterator<Item = Knot>, units: Units) -> Result<Self> {
        let knots: Vec<Knot> = knots.into_iter().collect();
        let invalid = |what: String, value: f64, expected: &str| {
            Err(Error::Invalid { what, value: value.to_string(), expected: expected.into() })
        };
        let (Some(first), Some(last)) = (knots.first(), knots.last()) else {
            let (what, expected) =
                ("the number of knots", "a schedule has at least two, s = 0 and 1");
            return invalid(what.into(), 0.0, expected);
        };
        for knot in &knots {
            for (name, value) in [("A", knot.a), ("B", knot.b)] {
                if !value.is_finite() {
                    return Err(Error::NotFinite {
                        what: format!("{name}(s = {})", knot.s),
                        value,
                    });
                }
                if value < 0.0 {
                    let what = format!("{name}(s = {})", knot.s);
                    return invalid(what, value, "strengths are not negative");
                }
            }
        }
        if first.s != 0.0 {
            return invalid("the first s of a schedule".into(), first.s, "it must be 0");
        }
        if last.s != 1.0 {
            return invalid("the last s of a schedule".into(), last.s, "it must be 1");
        }
        for pair in knots.windows(2) {
            if pair[1].s.is_nan() || pair[1].s <= pair[0].s {
                let what = format!("the s that follows s = {}", pair[0].s);
                return invalid(what, pair[1].s, "s must grow from knot to knot");
            }
        }
        Ok(Schedule { knots, units, curve: None })
    }

    /// Its units.
    pub fn units(&self) -> Units {
        self.units
    }

    /// Its knots, in order; of functions, both ends.
    pub fn knots(&self) -> &[Knot] {
        &self.knots
    }

    /// (A(s), B(s)), in its units.
    ///
    /// # Panics
    /// If s is not from 0 to 1.
    #[track_caller]
    pub fn at(&self, s: f64) -> (f64, f64) {
        assert!((0.0..=1.0).contains(&s), "s is {s}; it must be from 0 to 1");
        if let Some(curve) = &self.curve {
            return curve.at(s);
        }
        let next = self.knots.partition_point(|knot| knot.s <= s).min(self.knots.len() - 1);
        let (left, right) = (self.knots[next - 1], self.knots[next]);
        let part = (s - left.s) / (right.s - left.s);
        let between = |x: f64, y: f64| x * (1.0 - part) + y * part;
        (between(left.a, right.a), between(left.b, right.b))
    }

    /// The same physics in dimensionless numbers: strengths times 2π where they are in GHz, with
    /// times whose numbers stay what they are in ns.
    pub fn dimensionless(&self) -> Self {
        let turn = self.units.radians();
        let knots = self.knots.iter().map(|k| Knot { s: k.s, a: k.a * turn, b: k.b * turn });
        let curve = self.curve.clone().map(|curve| {
            let turned = move |s: f64| {
                let (a, b) = curve.at(s);
                (turn * a, turn * b)
            };
            Curve(Arc::new(turned))
        });
        Schedule { knots: knots.collect(), units: Units::Dimensionless, curve }
    }

    /// What decides the strengths; of functions, what they are at s = 0, 0.01, … 1.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let knots: Vec<_> = match &self.curve {
            None => self.knots.iter().map(|knot| (knot.s, knot.a, knot.b)).collect(),
            Some(curve) => (0..=100)
                .map(|k| {
                    let s = f64::from(k) / 100.0;
                    let (a, b) = curve.at(s);
                    (s, a, b)
                })
                .collect(),
        };
        let form = if self.curve.is_some() { "functions" } else { "linear between knots" };
        Fingerprint::new()
            .with("units", &self.units)
            .with("form of the schedule", form)
            .with("schedule", &knots)
    }

    pub(super) fn curve(&self) -> Option<&Curve> {
        self.curve.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knot(s: f64, a: f64, b: f64) -> Knot {
        Knot { s, a, b }
    }

    #[test]
    fn is_linear_between_its_knots() {
        let knots = [knot(0.0, 4.0, 0.0), knot(0.25, 1.0, 1.0), knot(1.0, 0.0, 7.0)];
        let schedule = Schedule::try_new(knots, Units::Gigahertz).unwrap();
        for k in knots {
            assert_eq!(schedule.at(k.s), (k.a, k.b));
        }
        assert_eq!(schedule.at(0.125), (2.5, 0.5));
        assert_eq!(schedule.at(0.625), (0.5, 4.0));
        let twin = schedule.dimensionless();
        assert_eq!(twin.units(), Units::Dimensionless);
        assert_eq!(twin.at(0.125).0, 2.5 * std::f64::consts::TAU);
        assert_eq!(Schedule::linear().dimensionless(), Schedule::linear());
        let curved = Schedule::from_functions(|s| (1.0 - s * s, s), Units::Gigahertz).unwrap();
        assert_eq!(curved.at(0.5), (0.75, 0.5));
        assert_eq!(curved.dimensionless().at(0.5).0, 0.75 * std::f64::consts::TAU);
        assert_eq!(curved.clone(), curved);
        let bad = Schedule::from_functions(|s| (1.0 - 2.0 * s, s), Units::Gigahertz).unwrap_err();
        assert!(bad.to_string().contains("A(s = 0.51) is -0.02"), "{bad}");
    }

    #[test]
    fn refuses_with_a_reason() {
        let says = |knots: &[Knot]| {
            Schedule::try_new(knots.iter().copied(), Units::Dimensionless).unwrap_err().to_string()
        };
        let end = knot(1.0, 0.0, 2.0);
        assert!(says(&[]).contains("at least two"));
        assert!(says(&[end]).contains("the first s of a schedule is 1; it must be 0"));
        assert!(says(&[knot(0.0, 2.0, 0.0)]).contains("the last s"));
        assert!(says(&[knot(0.0, 2.0, 0.0), knot(1.2, 0.0, 2.0)]).contains("is 1.2; it must be 1"));
        let middle = [knot(0.0, 2.0, 0.0), knot(0.5, 1.0, 1.0), knot(0.5, 0.0, 2.0), end];
        assert!(says(&middle).contains("follows s = 0.5 is 0.5; s must grow"));
        let nan = [knot(0.0, 2.0, 0.0), knot(f64::NAN, 1.0, 1.0), end];
        assert!(says(&nan).contains("NaN; s must grow"));
        assert!(says(&[knot(0.0, f64::NAN, 0.0), end]).contains("A(s = 0) is NaN"));
        assert!(says(&[knot(0.0, 2.0, -0.5), end]).contains("B(s = 0) is -0.5; strengths"));
    }
}
