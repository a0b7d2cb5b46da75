//! Characteristic values of Mathieu's equation y'' + (a - 2q cos 2z) y = 0, by integrating it.
//!
//! The levels of a transmon are EC times such values at q = -EJ/2EC (Koch et al. 2007, PRA 76,
//! 042319, eq. 2.2), an oracle that shares nothing with the charge basis. The equation is solved by
//! Taylor series from z = 0 to π/2; the angle of (y', y) there grows with a and says, with the zeros
//! of y on the way, on which side of a characteristic value a is (Sturm; Prüfer's angle). Notation
//! is that of the DLMF, chapter 28.2: a_r belongs to even functions, b_r to odd ones, with the
//! period π where r is even and 2π (antiperiodic over π) where it is odd.

use crate::error::{Error, Result};
use std::f64::consts::{FRAC_PI_2, PI};

/// Terms of the series of one step.
const ORDER: usize = 24;
/// Beyond these a step would be too small, and rounding too large.
const MAX_ORDER: usize = 1000;
const MAX_Q: f64 = 1e6;

/// The characteristic value a_r(q) of the even function ce_r, for r ≥ 0.
///
/// # Errors
/// If q is not finite or beyond ±1e6, or r beyond 1000.
pub fn mathieu_a(r: usize, q: f64) -> Result<f64> {
    check(r, q)?;
    Ok(value(Condition { is_even: true, is_antiperiodic: r % 2 == 1, zeros: r / 2 }, r, q))
}

/// The characteristic value b_r(q) of the odd function se_r, for r ≥ 1.
///
/// # Errors
/// If q is not finite or beyond ±1e6, or r is 0 or beyond 1000.
pub fn mathieu_b(r: usize, q: f64) -> Result<f64> {
    check(r, q)?;
    if r == 0 {
        return Err(Error::Invalid {
            what: "the order of b".into(),
            value: "0".into(),
            expected: "from 1: there is no odd function of order 0".into(),
        });
    }
    Ok(value(Condition { is_even: false, is_antiperiodic: r % 2 == 1, zeros: (r - 1) / 2 }, r, q))
}

/// E_m/h in GHz of a transmon at any offset charge by Mathieu's equation: the value a for which a
/// solution is multiplied by e^{2πi ng} over the period π of z, in the m-th band. At ng = 0 and ½
/// these are a_r and b_r.
///
/// # Errors
/// If EJ/2EC is beyond 1e6, m beyond 999, or a number is not finite.
pub fn mathieu_energy_ghz(ej_ghz: f64, ec_ghz: f64, ng: f64, m: usize) -> Result<f64> {
    let q = -0.5 * ej_ghz / ec_ghz;
    check(m.saturating_add(1), q)?;
    if !ng.is_finite() {
        return Err(Error::NotFinite { what: "the offset charge".into(), value: ng });
    }
    // Where q < 0 the values are a_0 < a_1 < b_1 < b_2 < a_2 < a_3 < …, and bands are between a value
    // of period π and one of period 2π: (a_0, a_1), (b_1, b_2), (a_2, a_3), …
    let periodic = if m.is_multiple_of(2) { mathieu_a(m, q)? } else { mathieu_b(m + 1, q)? };
    let antiperiodic = if m.is_multiple_of(2) { mathieu_a(m + 1, q)? } else { mathieu_b(m, q)? };
    // At the ends themselves the discriminant may touch 1 or -1, and say little.
    match (ng - ng.round()).abs() {
        0.0 => return Ok(ec_ghz * periodic),
        0.5 => return Ok(ec_ghz * antiperiodic),
        _ => {}
    }
    let wanted = (2.0 * PI * ng).cos();
    let (mut at_one, mut at_minus_one) = (periodic, antiperiodic);
    // The discriminant falls from 1 at the periodic end to -1 at the other.
    for _ in 0..200 {
        let middle = at_one + 0.5 * (at_minus_one - at_one);
        if middle == at_one || middle == at_minus_one {
            break;
        }
        let discriminant = discriminant(middle, q);
        if discriminant > wanted { at_one = middle } else { at_minus_one = middle }
    }
    Ok(ec_ghz * (at_one + 0.5 * (at_minus_one - at_one)))
}

/// What is asked of y at the ends of the quarter period, and its zeros between them.
struct Condition {
    is_even: bool,
    is_antiperiodic: bool,
    zeros: usize,
}

fn check(r: usize, q: f64) -> Result<()> {
    if !q.is_finite() {
        return Err(Error::NotFinite { what: "q of Mathieu's equation".into(), value: q });
    }
    if q.abs() > MAX_Q {
        return Err(Error::Invalid {
            what: "q of Mathieu's equation".into(),
            value: format!("{q:e}"),
            expected: format!("within ±{MAX_Q:e}; the charge basis has no such limit"),
        });
    }
    if r > MAX_ORDER {
        return Err(Error::Invalid {
            what: "the order of a characteristic value".into(),
            value: r.to_string(),
            expected: format!("at most {MAX_ORDER}"),
        });
    }
    Ok(())
}

fn value(condition: Condition, r: usize, q: f64) -> f64 {
    let Condition { is_even, is_antiperiodic, zeros } = condition;
    // y' = 0 at π/2 for even functions of period π and odd ones of period 2π, else y = 0.
    let target = match is_even != is_antiperiodic {
        true => PI * (zeros as f64 + 0.5),
        false => PI * (zeros as f64 + 1.0),
    };
    let mut low = -2.0 * q.abs() - 1.0;
    let mut high = ((r + 1) as f64).powi(2) + 2.0 * q.abs() + 1.0;
    for _ in 0..200 {
        let middle = low + 0.5 * (high - low);
        if middle == low || middle == high {
            break;
        }
        if quarter(middle, q, is_even).angle < target { low = middle } else { high = middle }
    }
    low + 0.5 * (high - low)
}

/// y(π) of the even solution, the cosine of the phase that a solution gets over π.
fn discriminant(a: f64, q: f64) -> f64 {
    let (even, odd) = (quarter(a, q, true), quarter(a, q, false));
    // Scales are powers of 2.
    let scale = ((even.log2_scale + odd.log2_scale) as f64).exp2();
    // Both forms are equal by the Wronskian; the one with the smaller product loses less.
    let (one, other) = (even.y * odd.slope * scale, even.slope * odd.y * scale);
    if one.abs() < other.abs() { 2.0 * one - 1.0 } else { 1.0 + 2.0 * other }
}

/// A solution at π/2: y and y' over a power of 2, and Prüfer's angle atan2(y, y') followed from the
/// start.
struct Quarter {
    y: f64,
    slope: f64,
    log2_scale: i32,
    angle: f64,
}

/// Integrates from y = 1, y' = 0 (even) or y = 0, y' = 1.
fn quarter(a: f64, q: f64, is_even: bool) -> Quarter {
    let wave = (a.abs() + 2.0 * q.abs()).sqrt();
    let steps = 16.max((FRAC_PI_2 * wave).ceil() as usize);
    let h = FRAC_PI_2 / steps as f64;
    let (mut y, mut slope) = if is_even { (1.0, 0.0) } else { (0.0, 1.0) };
    let (mut log2_scale, mut crossings) = (0, 0usize);
    let mut was_positive = true;
    for step in 0..steps {
        (y, slope) = taylor_step(a, q, h * step as f64, h, (y, slope));
        let is_positive = if y == 0.0 { slope > 0.0 } else { y > 0.0 };
        crossings += usize::from(is_positive != was_positive);
        was_positive = is_positive;
        let size = y.abs().max(slope.abs());
        if !(1e-3..1e3).contains(&size) {
            let power = size.log2().floor() as i32;
            let factor = f64::from(-power).exp2();
            (y, slope, log2_scale) = (y * factor, slope * factor, log2_scale + power);
        }
    }
    // The angle less the crossings of y = 0, each of which is a multiple of π.
    let sign = if was_positive { 1.0 } else { -1.0 };
    let angle = PI * crossings as f64 + (sign * y).atan2(sign * slope);
    Quarter { y, slope, log2_scale, angle }
}

/// (y, y') at z + h by the Taylor series around z: (k+1)(k+2) y_{k+2} = -a y_k + 2q Σ c_j y_{k-j} with
/// the series c of cos 2z.
fn taylor_step(a: f64, q: f64, z: f64, h: f64, (y, slope): (f64, f64)) -> (f64, f64) {
    // Everything in powers of h.
    let (sin, cos) = (2.0 * z).sin_cos();
    let mut c = [0.0; ORDER];
    let mut power = 1.0;
    for (k, c) in c.iter_mut().enumerate() {
        let derivative = [cos, -sin, -cos, sin][k % 4];
        *c = power * derivative;
        power *= 2.0 * h / (k + 1) as f64;
    }
    let mut series = [0.0; ORDER];
    (series[0], series[1]) = (y, h * slope);
    for k in 0..ORDER - 2 {
        let product: f64 = (0..=k).map(|j| c[j] * series[k - j]).sum();
        let right = h * h * (2.0 * q * product - a * series[k]);
        series[k + 2] = right / ((k + 1) * (k + 2)) as f64;
    }
    let y = series.iter().rev().sum();
    let slope: f64 = series.iter().enumerate().rev().map(|(k, s)| k as f64 * s).sum();
    (y, slope / h)
}

#[cfg(test)]
mod tests {
    use super::super::Transmon;
    use super::*;

    #[test]
    fn published_values() {
        // Abramowitz & Stegun, table 20.1 (eight digits), and SciPy 1.17 (scipy.special.mathieu_a and
        // mathieu_b) for more digits and negative q.
        for (r, q, a) in [
            (0, 0.0, 0.0),
            (0, 5.0, -5.800046020851508),
            (0, 25.0, -40.25677954656679),
            (0, 1000.0, -1937.0054469363963),
            (1, 5.0, 1.8581875415477505),
            (1, 25.0, -21.314899690665726),
            (2, 5.0, 7.449109739529178),
            (2, 25.0, -3.5221647271582954),
            (3, -7.5, 8.845648816974823),
            (4, -50.0, 15.945233593019664),
            (5, 10.0, 27.703768733939278),
            (10, 25.0, 103.23020480449483),
        ] {
            let found = mathieu_a(r, q).unwrap();
            assert!((found - a).abs() < 1e-12 * (1.0 + q.abs()), "a_{r}({q}) = {found}, {a}");
        }
        for (r, q, b) in [
            (1, 5.0, -5.790080598637771),
            (1, 25.0, -40.25677898468416),
            (2, 5.0, 2.0994604454866654),
            (2, 25.0, -21.314860622249853),
            (3, -7.5, 13.7811138319941),
            (4, -50.0, -7.7449363754641745),
            (5, 25.0, 28.062765899454337),
            (10, 5.0, 100.12636921560184),
        ] {
            let found = mathieu_b(r, q).unwrap();
            assert!((found - b).abs() < 1e-12 * (1.0 + q.abs()), "b_{r}({q}) = {found}, {b}");
        }
    }

    #[test]
    fn they_are_squares_without_potential() {
        for r in 1..30 {
            assert!((mathieu_a(r, 0.0).unwrap() - (r * r) as f64).abs() < 1e-11);
            assert!((mathieu_b(r, 0.0).unwrap() - (r * r) as f64).abs() < 1e-11);
        }
    }

    #[test]
    fn levels_are_those_of_the_charge_basis() {
        for (ej, ec) in
            [(15.0, 0.3), (30.02, 1.2), (12.5, 0.25), (1.0, 1.0), (0.2, 2.0), (60.0, 0.2)]
        {
            for ng in [0.0, 0.5, 0.25, 0.1, -0.37, 1.8] {
                let transmon = Transmon::new(ej, ec).unwrap().with_offset_charge(ng).unwrap();
                for (m, level) in transmon.energies_ghz(8).unwrap().into_iter().enumerate() {
                    let mathieu = mathieu_energy_ghz(ej, ec, ng, m).unwrap();
                    assert!(
                        (mathieu - level).abs() < 1e-10,
                        "{ej} {ec} {ng} {m}: {mathieu} {level}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_has_no_value_is_refused() {
        assert!(mathieu_a(0, f64::NAN).is_err());
        assert!(mathieu_a(0, 1e9).unwrap_err().to_string().contains("1e6"));
        assert!(mathieu_a(5000, 1.0).unwrap_err().to_string().contains("1000"));
        assert!(mathieu_b(0, 1.0).unwrap_err().to_string().contains("from 1"));
        assert!(mathieu_energy_ghz(1.0, 1.0, f64::INFINITY, 0).is_err());
        assert!(mathieu_energy_ghz(1.0, 0.0, 0.0, 0).is_err());
        assert!(mathieu_energy_ghz(1.0, 1.0, 0.0, usize::MAX).is_err());
    }
}
