//! Curves as one number: the root mean square error over the angles.

use super::published::{Measured, PublishedCurve};
use crate::advantage::Score;
use crate::error::Result;
use std::f64::consts::FRAC_PI_2;

/// Fewer angles decide nothing.
pub const LEAST_ANGLES: usize = 5;

/// Angles nearer than this are the same.
const SAME_ANGLE: f64 = 1e-9;

/// The published truth at an angle: its value, and how far off it may be.
pub fn truth(curve: &PublishedCurve, theta: f64) -> Option<(f64, f64)> {
    let at = |list: &[(f64, f64)]| {
        list.iter().find(|(angle, _)| (angle - theta).abs() < SAME_ANGLE).map(|(_, value)| *value)
    };
    if let Some(exact) = at(&curve.exact) {
        return Some((exact, 0.0));
    }
    let (mix, pepo) = (at(&curve.mix)?, at(&curve.pepo)?);
    Some((mix, (mix - pepo).abs()))
}

/// Angles that decide: at multiples of π/2 all gates are Clifford gates, and any method is exact.
pub fn is_judged(theta: f64) -> bool {
    let quarter = theta / FRAC_PI_2;
    (quarter - quarter.round()).abs() > 0.01
}

/// The root mean square of errors, of values at angles whose truth is known, and the number of these;
/// angles that do not decide are left out. None with fewer angles than [`LEAST_ANGLES`].
pub fn error_of(values: &[(f64, f64)], curve: &PublishedCurve) -> Result<Option<Score>> {
    let errors =
        values.iter().filter(|(theta, _)| is_judged(*theta)).filter_map(|&(theta, value)| {
            let (truth, half) = truth(curve, theta)?;
            Some(((value - truth).abs(), half))
        });
    root_mean_square(&errors.collect::<Vec<_>>())
}

/// The same of what the experiment measured, at its own angles, between which the table of true values
/// is interpolated. Where a fit failed, the other one counts.
pub fn error_of_experiment(measured: &[Measured], curve: &PublishedCurve) -> Result<Option<Score>> {
    let errors = measured.iter().filter(|m| is_judged(m.theta)).filter_map(|m| {
        let value = m.exponential.or(m.linear)?.value;
        let (truth, half) = truth_between(curve, m.theta)?;
        Some(((value - truth).abs(), half))
    });
    root_mean_square(&errors.collect::<Vec<_>>())
}

/// Of errors, each with how far off it may be.
fn root_mean_square(errors: &[(f64, f64)]) -> Result<Option<Score>> {
    if errors.len() < LEAST_ANGLES {
        return Ok(None);
    }
    let of = |error: fn(&(f64, f64)) -> f64| {
        let squares: f64 = errors.iter().map(|e| error(e).powi(2)).sum();
        (squares / errors.len() as f64).sqrt()
    };
    let value = of(|(error, _)| *error);
    let low = of(|(error, half)| (error - half).max(0.0));
    let high = of(|(error, half)| error + half);
    if low == high {
        Score::exact(value).map(Some)
    } else {
        Score::between(value, low, high).map(Some)
    }
}

/// The published truth between the angles of its table, by a polynomial through four neighbours, and
/// how far off it may be: what two more neighbours change, and what the best methods differ by.
fn truth_between(curve: &PublishedCurve, theta: f64) -> Option<(f64, f64)> {
    let list = if curve.exact.is_empty() { &curve.mix } else { &curve.exact };
    let (four, six) = (polynomial(list, theta, 4)?, polynomial(list, theta, 6)?);
    let open = match curve.exact.is_empty() {
        true => (four - polynomial(&curve.pepo, theta, 4)?).abs(),
        false => 0.0,
    };
    Some((four, (four - six).abs() + open))
}

/// The polynomial of Lagrange through so many neighbours of an angle; none outside of the table.
fn polynomial(list: &[(f64, f64)], theta: f64, neighbours: usize) -> Option<f64> {
    let (first, last) = (list.first()?.0, list.last()?.0);
    if theta < first - SAME_ANGLE || theta > last + SAME_ANGLE || list.len() < neighbours {
        return None;
    }
    let after = list.partition_point(|(angle, _)| *angle < theta);
    let start = after.saturating_sub(neighbours / 2).min(list.len() - neighbours);
    let near = &list[start..start + neighbours];
    let term = |k: usize| {
        let others = (0..neighbours).filter(|j| *j != k);
        near[k].1 * others.map(|j| (theta - near[j].0) / (near[k].0 - near[j].0)).product::<f64>()
    };
    Some((0..neighbours).map(term).sum())
}

/// A curve at another angle, on a line between its neighbours. None outside of it.
pub fn between(list: &[(f64, f64)], theta: f64) -> Option<f64> {
    let after = list.partition_point(|(angle, _)| *angle < theta - SAME_ANGLE);
    let &(right, above) = list.get(after)?;
    if (right - theta).abs() < SAME_ANGLE {
        return Some(above);
    }
    let &(left, below) = list.get(after.checked_sub(1)?)?;
    Some(below + (above - below) * (theta - left) / (right - left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::kicked_ising::Extrapolation;

    fn curve() -> PublishedCurve {
        let table =
            |f: fn(f64) -> f64| (1..=8).map(|k| 0.1 * f64::from(k)).map(|x| (x, f(x))).collect();
        PublishedCurve {
            mix: table(|x| x * x),
            pepo: table(|x| x * x + 0.02),
            ..Default::default()
        }
    }

    #[test]
    fn errors_are_of_angles_that_decide() {
        let values = |n: u32| -> Vec<(f64, f64)> {
            (1..=n).map(|k| 0.1 * f64::from(k)).map(|x| (x, x * x + 0.03)).collect()
        };
        let curve = curve();
        let score = error_of(&values(5), &curve).unwrap().unwrap();
        assert!((score.value - 0.03).abs() < 1e-12);
        assert!((score.low - 0.01).abs() < 1e-12 && (score.high - 0.05).abs() < 1e-12);
        assert_eq!(error_of(&values(4), &curve).unwrap(), None);
        // Clifford points, and angles that are not in the table, decide nothing.
        let mut more = values(4);
        more.extend([(0.0, 1.0), (FRAC_PI_2, 0.0), (0.55, 0.3)]);
        assert_eq!(error_of(&more, &curve).unwrap(), None);
    }

    #[test]
    fn the_experiment_is_judged_at_its_own_angles() {
        let at = |theta: f64| Measured {
            theta,
            linear: Some(Extrapolation { value: 0.0, error: 0.1 }),
            exponential: Some(Extrapolation { value: theta * theta - 0.05, error: 0.1 }),
        };
        let measured: Vec<Measured> = [0.15, 0.25, 0.35, 0.45, 0.55].map(at).into();
        let score = error_of_experiment(&measured, &curve()).unwrap().unwrap();
        assert!((score.value - 0.05).abs() < 1e-12, "a polynomial of degree 2 is exact");
        assert!((score.high - 0.07).abs() < 1e-12);
    }

    #[test]
    fn lines_go_between_neighbours() {
        let list = [(0.0, 1.0), (0.2, 0.0)];
        assert!((between(&list, 0.05).unwrap() - 0.75).abs() < 1e-12);
        assert_eq!((between(&list, 0.2), between(&list, 0.3)), (Some(0.0), None));
    }
}
