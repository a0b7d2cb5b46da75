//! A schedule along a path: A and B as functions of the time, in radians per time.

use super::path::Path;
use super::schedule::{Curve, Schedule};

/// A piece of time in which A and B are smooth.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment {
    pub start: f64,
    pub duration: f64,
    strengths: Strengths,
    /// Whether its end is a moment of the record.
    pub record: bool,
}

/// A and B in radians per time.
#[derive(Debug, Clone, PartialEq)]
enum Strengths {
    /// From the first to the second of each.
    Linear { a: [f64; 2], b: [f64; 2] },
    /// A curve from one s to another, in units that `radians` turns to radians.
    Curved { curve: Curve, s: [f64; 2], radians: f64 },
}

/// The points of Gauss's rule of four, from -1 to 1, and their weights, which sum up to 2
/// (Abramowitz and Stegun, table 25.4): exact for polynomials of degree 7, so that the integral of A
/// is good to the ninth power of a stage.
const GAUSS: [(f64, f64); 4] = [
    (-0.8611363115940526, 0.3478548451374538),
    (-0.3399810435848563, 0.6521451548625461),
    (0.3399810435848563, 0.6521451548625461),
    (0.8611363115940526, 0.3478548451374538),
];

impl Segment {
    /// A and B at a time since its start.
    fn at(&self, time: f64) -> (f64, f64) {
        let part = time / self.duration;
        let between = |ends: [f64; 2]| ends[0] * (1.0 - part) + ends[1] * part;
        match &self.strengths {
            Strengths::Linear { a, b } => (between(*a), between(*b)),
            Strengths::Curved { curve, s, radians } => {
                let (a, b) = curve.at(between(*s).clamp(0.0, 1.0));
                (radians * a, radians * b)
            }
        }
    }

    /// ∫A dt between two times since its start.
    pub fn a_between(&self, from: f64, to: f64) -> f64 {
        match &self.strengths {
            Strengths::Linear { a, .. } => {
                let slope = (a[1] - a[0]) / self.duration;
                (to - from) * (a[0] + 0.5 * slope * (from + to))
            }
            Strengths::Curved { .. } => {
                let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
                let a = |x: f64| self.at(middle + half * x).0;
                half * GAUSS.iter().map(|&(x, weight)| weight * a(x)).sum::<f64>()
            }
        }
    }

    /// B at a time since its start.
    pub fn b_at(&self, time: f64) -> f64 {
        self.at(time).1
    }

    /// ∫(A + rate·B) dt, about.
    pub fn phase(&self, rate: f64) -> f64 {
        let pieces = if matches!(self.strengths, Strengths::Linear { .. }) { 1 } else { 64 };
        let step = self.duration / f64::from(pieces);
        let at = |k: u32| {
            let (a, b) = self.at(step * f64::from(k));
            a + rate * b
        };
        (0..pieces).map(|k| 0.5 * step * (at(k) + at(k + 1))).sum()
    }
}

/// The segments between the points of the path, the knots of the schedule that it passes, and the
/// moments to record, which ascend.
pub(super) fn segments(schedule: &Schedule, path: &Path, moments: &[f64]) -> Vec<Segment> {
    let radians = schedule.units().radians();
    let mut segments = Vec::new();
    let mut moments = moments.iter().copied().peekable();
    for pair in path.points().windows(2) {
        let ((t0, s0), (t1, s1)) = (pair[0], pair[1]);
        // (t, s) of the ends of segments.
        let mut ends = vec![(t0, s0)];
        let inside = |s: f64| s > s0.min(s1) && s < s0.max(s1);
        let mut knots: Vec<f64> = schedule.knots().iter().map(|knot| knot.s).collect();
        knots.retain(|&s| inside(s));
        if s1 < s0 {
            knots.reverse();
        }
        ends.extend(knots.iter().map(|&s| (t0 + (t1 - t0) * (s - s0) / (s1 - s0), s)));
        ends.push((t1, s1));
        ends.dedup_by(|next, last| next.0 <= last.0);
        // A moment within rounding of an end is that end.
        let near = 1e-12 * path.time();
        for end in ends.windows(2) {
            let ((start, from), (stop, to)) = (end[0], end[1]);
            let (at_from, at_to) = (schedule.at(from), schedule.at(to));
            let strengths = |t: f64| {
                let part = ((t - start) / (stop - start)).clamp(0.0, 1.0);
                let between = |x: f64, y: f64| radians * (x * (1.0 - part) + y * part);
                (between(at_from.0, at_to.0), between(at_from.1, at_to.1))
            };
            let s_at = |t: f64| from + (to - from) * ((t - start) / (stop - start)).clamp(0.0, 1.0);
            let mut push = |from: f64, to: f64, record: bool| {
                let strengths = match schedule.curve() {
                    None => {
                        let ((a0, b0), (a1, b1)) = (strengths(from), strengths(to));
                        Strengths::Linear { a: [a0, a1], b: [b0, b1] }
                    }
                    Some(curve) => {
                        let (curve, s) = (curve.clone(), [s_at(from), s_at(to)]);
                        Strengths::Curved { curve, s, radians }
                    }
                };
                segments.push(Segment { start: from, duration: to - from, strengths, record });
            };
            let mut at = start;
            while let Some(t) = moments.next_if(|&t| t < stop - near) {
                if t > at + near {
                    push(at, t, true);
                    at = t;
                }
            }
            let record = moments.next_if(|&t| t <= stop + near).is_some();
            push(at, stop, record);
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annealing::{Knot, Units};
    use std::f64::consts::TAU;

    #[test]
    fn segments_end_at_knots_points_and_moments() {
        let knots = [(0.0, 6.0, 0.0), (0.5, 1.0, 4.0), (1.0, 0.0, 12.0)];
        let knots = knots.map(|(s, a, b)| Knot { s, a, b });
        let schedule = Schedule::try_new(knots, Units::Gigahertz).unwrap();
        // Down to s = 0.25 and up again, with a pause.
        let path: Path = "0:1, 3:0.25, 5:0.25, 8:1".parse().unwrap();
        let moments = [0.0, 2.0, 4.0, 5.0, 8.0];
        let pieces = segments(&schedule, &path, &moments);
        let starts: Vec<f64> = pieces.iter().map(|piece| piece.start).collect();
        assert_eq!(starts, [0.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let recorded: Vec<bool> = pieces.iter().map(|piece| piece.record).collect();
        assert_eq!(recorded, [true, false, true, true, false, true]);
        for piece in &pieces {
            for t in [0.0, piece.duration] {
                let (a, b) = schedule.at(path.at(piece.start + t));
                assert!((piece.at(t).0 - TAU * a).abs() < 1e-12, "{t}");
                assert!((piece.b_at(t) - TAU * b).abs() < 1e-12, "{t}");
            }
        }
        let whole: f64 = pieces.iter().map(|piece| piece.duration).sum();
        assert!((whole - 8.0).abs() < 1e-14);
    }

    #[test]
    fn strengths_inside_are_linear() {
        let path = Path::forward(4.0).unwrap();
        let pieces = segments(&Schedule::linear(), &path, &[]);
        let [piece] = &pieces[..] else { panic!("one segment") };
        assert_eq!((piece.b_at(1.0), piece.b_at(4.0)), (0.5, 2.0));
        // ∫ 2 (1 - t/4) dt from 1 to 3.
        assert!((piece.a_between(1.0, 3.0) - 2.0).abs() < 1e-15);
        assert!((piece.phase(3.0) - (4.0 + 3.0 * 4.0)).abs() < 1e-14);
    }

    #[test]
    fn integrals_of_functions_are_good_to_the_ninth_power() {
        let curve = Schedule::from_functions(|s| (f64::exp(s), s), Units::Gigahertz).unwrap();
        let path = Path::try_new([(0.0, 0.5), (1.0, 1.0), (3.0, 0.0)]).unwrap();
        let pieces = segments(&curve, &path, &[2.0]);
        assert_eq!(pieces.len(), 3);
        // s = 1/2 + t/2 in the first piece: ∫ e^s dt = 2 (e - √e).
        let exact = 2.0 * TAU * (f64::exp(1.0) - f64::exp(0.5));
        let halves = pieces[0].a_between(0.0, 0.5) + pieces[0].a_between(0.5, 1.0);
        let errors = [pieces[0].a_between(0.0, 1.0), halves].map(|x| (x - exact).abs());
        assert!(errors[0] < 1e-10 && errors[1] < 1e-13 * exact, "{errors:?}");
        assert!((pieces[1].b_at(0.5) - TAU * 0.75).abs() < 1e-14);
    }
}
