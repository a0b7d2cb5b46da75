//! Numbers for people: as many digits as say something.

/// A number with three digits, by powers of ten where it is small or large; whole numbers below a
/// million as they are.
///
/// ```
/// use ketlab::report::number;
/// assert_eq!([0.012345, 1234.5, 1e-300].map(number), ["0.0123", "1234", "1.00e-300"]);
/// ```
pub fn number(x: f64) -> String {
    match x.abs() {
        a if a < 1e6 && x.fract() == 0.0 => format!("{x}"),
        a if !(1e-3..1e6).contains(&a) => format!("{x:.2e}"),
        a if a >= 100.0 => format!("{x:.0}"),
        _ => {
            let decimals = (2 - x.abs().log10().floor() as i32).max(0) as usize;
            format!("{x:.decimals$}")
        }
    }
}

/// A number to the third digit of its uncertainty, by powers of ten where it is small or large.
/// Without an uncertainty (0) it has all its digits.
///
/// ```
/// use ketlab::report::number_within;
/// assert_eq!(number_within(0.3, 1.2e-9), "0.30000000000");
/// assert_eq!(number_within(0.3, 0.05), "0.3000");
/// assert_eq!(number_within(3.0123e307, 1e306), "3.012e307");
/// assert_eq!(number_within(1e-300, 0.0), "1e-300");
/// ```
pub fn number_within(x: f64, uncertainty: f64) -> String {
    if x == 0.0 && !(LEAST_FIXED..MOST_FIXED).contains(&uncertainty) {
        return "0".into();
    }
    if !(uncertainty > 0.0 && uncertainty.is_finite() && x.is_finite()) {
        let fixed = !x.is_finite() || (LEAST_FIXED..MOST_FIXED).contains(&x.abs());
        return if fixed { format!("{x}") } else { format!("{x:e}") };
    }
    // The place of the last digit, as a power of ten.
    let last = exponent(uncertainty) - 2;
    let largest = x.abs().max(uncertainty);
    if (LEAST_FIXED..MOST_FIXED).contains(&largest) && last >= -MOST_DIGITS {
        return format!("{x:.*}", (-last).max(0) as usize);
    }
    let digits = (exponent(x.abs()) - last).clamp(0, MOST_DIGITS);
    format!("{x:.*e}", digits as usize)
}

/// Below this, numbers are written by powers of ten.
const LEAST_FIXED: f64 = 1e-5;
/// From here on, too.
const MOST_FIXED: f64 = 1e9;
/// Digits after the first that an f64 has.
const MOST_DIGITS: i32 = 16;

/// The power of ten of the first digit.
fn exponent(x: f64) -> i32 {
    // Written out, so that powers of ten are exact.
    let text = format!("{x:e}");
    text.rsplit('e').next().and_then(|e| e.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_an_interval_differ() {
        for middle in [0.0, 1e-300, 1e-12, 3e-7, 0.3, 1.0, 105.25, 6e5, 2e12, 1e307] {
            for half in [1e-301, 1e-13, 1e-9, 1e-5, 0.01, 0.5, 17.0, 1e11, 1e306] {
                let (low, high): (f64, f64) = (middle - half, middle + half);
                if high - low < 1e-15 * high.abs().max(low.abs()) {
                    continue;
                }
                let ends = [low, middle, high].map(|x| number_within(x, half));
                assert!(ends[0] != ends[2], "{ends:?}");
                assert!(ends.iter().all(|e| e.len() <= 25), "{ends:?}");
                let read = ends.clone().map(|e| e.parse::<f64>().unwrap());
                assert!(read[0] <= read[1] && read[1] <= read[2], "{ends:?}");
                assert!((read[0] - low).abs() <= 0.006 * half + 1e-15 * low.abs(), "{ends:?}");
            }
        }
    }

    #[test]
    fn extremes_are_short() {
        for x in [1e-300, -1e300, 1e308, f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, f64::NAN] {
            for text in [number(x), number_within(x, 0.0), number_within(x, 1e-9)] {
                assert!(text.len() <= 25, "{x:e}: {text}");
            }
        }
        assert_eq!(number_within(0.0, 0.0), "0");
        assert_eq!(number_within(0.25, 0.0), "0.25");
        assert_eq!(number_within(12345678.0, 20_000.0), "12345678");
    }
}
