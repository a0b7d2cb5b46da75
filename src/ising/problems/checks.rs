//! Checks of numbers, and words about them, that several problems need.

use crate::error::{Error, Result};
use crate::math::Bits;

/// Refuses NaN, infinities and negative numbers.
pub(super) fn check_not_negative(what: &str, value: f64) -> Result<()> {
    if !value.is_finite() {
        return Err(Error::NotFinite { what: what.into(), value });
    }
    if value >= 0.0 {
        return Ok(());
    }
    let (what, value) = (what.into(), value.to_string());
    Err(Error::Invalid { what, value, expected: "it must not be negative".into() })
}

/// Refuses numbers whose sum leaves no room for a penalty beside it.
pub(super) fn check_total(what: &str, values: &[f64]) -> Result<()> {
    let total = 64.0 * values.iter().map(|value| value.abs()).sum::<f64>();
    if total.is_finite() {
        return Ok(());
    }
    Err(Error::NotFinite { what: format!("64 times the sum of {what}"), value: total })
}

/// The penalty where nobody says otherwise: its bound and this part of it more, or somewhat above,
/// with six binary digits, so that its products with integers are exact. 1 above a bound of 0.
pub(super) fn above(bound: f64, margin: f64) -> f64 {
    let least = (1.0 + margin) * bound;
    if least < f64::MIN_POSITIVE {
        return 1.0;
    }
    let unit = least.log2().floor().exp2() / 32.0;
    (least / unit).ceil() * unit
}

/// The bits that are 1 at these places, each named once.
pub(super) fn chosen(what: &str, places: &[usize], n: usize) -> Result<Bits> {
    let mut bits = Bits::zeros(n);
    for &place in places {
        let expected = match place {
            _ if place >= n => format!("there are {n}, numbered from 0"),
            _ if bits.bit(place) => "it is named twice".into(),
            _ => {
                bits.set(place, true);
                continue;
            }
        };
        return Err(Error::Invalid { what: what.into(), value: place.to_string(), expected });
    }
    Ok(bits)
}

/// A number with all its digits, by powers of ten where it is extreme.
pub(super) fn digits(x: f64) -> String {
    let is_plain = x == 0.0 || !x.is_finite() || (1e-5..1e15).contains(&x.abs());
    if is_plain { x.to_string() } else { format!("{x:e}") }
}

/// Numbers with commas; long lists in part.
pub(super) fn list(numbers: &[usize]) -> String {
    const SHOWN: usize = 20;
    let shown = numbers.iter().take(SHOWN).map(usize::to_string).collect::<Vec<_>>().join(", ");
    match numbers.len() {
        0..=SHOWN => shown,
        many => format!("{shown} and {} more", many - SHOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn penalties_are_round_numbers_above_the_bound() {
        for bound in [1e-300, 0.3, 1.0, 4.0, 5.0, 6.4, 7.0, 1e9, 1e300] {
            let penalty = above(bound, 0.25);
            assert!(penalty >= 1.25 * bound && penalty <= 1.3 * bound, "{bound}: {penalty}");
        }
        let quarter = |bound| above(bound, 0.25);
        assert_eq!(
            (quarter(0.0), quarter(4.0), quarter(5.0), quarter(6.01)),
            (1.0, 5.0, 6.25, 7.625)
        );
    }

    #[test]
    fn extreme_numbers_are_short() {
        let shown = [0.0, -7.0, 0.1, 1e307, -1.5e-300, f64::INFINITY].map(digits);
        assert_eq!(shown, ["0", "-7", "0.1", "1e307", "-1.5e-300", "inf"]);
    }

    #[test]
    fn lists_are_short() {
        assert_eq!((list(&[]), list(&[3, 1])), (String::new(), "3, 1".into()));
        assert!(list(&[7; 25]).ends_with("7 and 5 more"));
    }
}
