//! Angles as text that evaluates to the very same number.

use super::Angle;
use std::f64::consts::PI;
use std::fmt::Write;

/// Denominators of multiples of π that are written as such, and all powers of two up to 2^20.
const DENOMINATORS: [u32; 25] = [
    1,
    2,
    3,
    4,
    5,
    6,
    8,
    12,
    16,
    24,
    32,
    64,
    1 << 7,
    1 << 8,
    1 << 9,
    1 << 10,
    1 << 11,
    1 << 12,
    1 << 13,
    1 << 14,
    1 << 15,
    1 << 16,
    1 << 18,
    1 << 19,
    1 << 20,
];
/// Largest numerator of such a multiple.
const MAX_NUMERATOR: f64 = 64.0;

/// Appends an angle; `params[k]` is the name of parameter k.
pub(crate) fn push_angle(angle: &Angle, params: &[String], out: &mut String) {
    if let Angle::Fixed(value) = angle {
        return push_number(*value, out);
    }
    let mut first = true;
    for (param, coefficient) in angle.terms() {
        let minus = *coefficient < 0.0;
        match (first, minus) {
            (true, true) => out.push('-'),
            (true, false) => {}
            (false, true) => out.push_str(" - "),
            (false, false) => out.push_str(" + "),
        }
        first = false;
        let name = &params[param.0 as usize];
        let size = coefficient.abs();
        // A power of two divides exactly.
        let inverse = 1.0 / size;
        if size == 1.0 {
            out.push_str(name);
        } else if size < 1.0
            && (2.0..=1e6).contains(&inverse)
            && (inverse as u32).is_power_of_two()
            && inverse.fract() == 0.0
        {
            let _ = write!(out, "{name}/{inverse}");
        } else {
            push_number(size, out);
            out.push('*');
            out.push_str(name);
        }
    }
    let offset = angle.offset();
    if offset != 0.0 {
        out.push_str(if offset < 0.0 { " - " } else { " + " });
        push_number(offset.abs(), out);
    }
}

/// Appends a number: a multiple of π where that evaluates, from left to right in f64, to exactly
/// this number, else the shortest decimal that reads back as it.
fn push_number(value: f64, out: &mut String) {
    match multiple_of_pi(value) {
        Some((numerator, denominator)) => {
            match numerator as i64 {
                1 => out.push_str("pi"),
                -1 => out.push_str("-pi"),
                n => drop(write!(out, "{n}*pi")),
            }
            if denominator > 1 {
                let _ = write!(out, "/{denominator}");
            }
        }
        None => {
            let start = out.len();
            let _ = write!(out, "{value:?}");
            // OpenQASM 2 wants a point before an exponent.
            if let Some(e) = out[start..].find('e')
                && !out[start..].contains('.')
            {
                out.insert_str(start + e, ".0");
            }
        }
    }
}

fn multiple_of_pi(value: f64) -> Option<(f64, u32)> {
    let ratio = value / PI;
    if !(1e-7..=MAX_NUMERATOR).contains(&ratio.abs()) {
        return None;
    }
    DENOMINATORS.into_iter().find_map(|d| {
        let scaled = ratio * f64::from(d);
        let numerator = scaled.round();
        let near = numerator != 0.0
            && numerator.abs() <= MAX_NUMERATOR
            && (scaled - numerator).abs() < 1e-9;
        (near && numerator * PI / f64::from(d) == value).then_some((numerator, d))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Param;

    fn number(value: f64) -> String {
        let mut out = String::new();
        push_number(value, &mut out);
        out
    }

    #[test]
    fn numbers() {
        for (value, expected) in [
            (PI / 2.0, "pi/2"),
            (-PI / 8.0, "-pi/8"),
            (3.0 * PI / 4.0, "3*pi/4"),
            (-2.0 * PI, "-2*pi"),
            (PI / 1024.0, "pi/1024"),
            (0.1, "0.1"),
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (1e-7, "1.0e-7"),
            (1e300, "1.0e300"),
            (0.314159265, "0.314159265"),
        ] {
            assert_eq!(number(value), expected);
        }
        // Near a multiple of π, but not the number that the text would give.
        let off = f64::from_bits((PI / 2.0).to_bits() + 1);
        assert_eq!(number(off).parse(), Ok(off));
    }

    #[test]
    fn linear_functions() {
        let names = ["a".to_string(), "b".to_string()];
        let (a, b) = (Param(0), Param(1));
        let text = |angle: Angle| {
            let mut out = String::new();
            push_angle(&angle, &names, &mut out);
            out
        };
        assert_eq!(text(2.0 * a + 0.5), "2.0*a + 0.5");
        assert_eq!(text(b / 2.0 - a / 2.0), "-a/2 + b/2");
        assert_eq!(text(a - b - PI), "a - b - pi");
        assert_eq!(text(0.3 * a + 0.0), "0.3*a");
    }
}
