//! Numbers with a unit as text: `35ns`, `4.97 GHz`.

/// Why a text is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAQuantity {
    /// It ends in none of the units.
    Unit,
    /// What is before the unit is no number.
    Number,
    /// It is beyond what a number can hold.
    TooLarge,
}

/// The number nearest to what is written, in the unit of power 0. `units` are suffixes with their
/// powers of ten, longer ones first; the powers are put into the exponent, so that 35 ns are exactly
/// 35e-9 s.
pub fn parse_quantity(text: &str, units: &[(&str, i32)]) -> Result<f64, NotAQuantity> {
    let trimmed = text.trim();
    let (number, power) = units
        .iter()
        .find_map(|(unit, power)| Some((trimmed.strip_suffix(unit)?, *power)))
        .ok_or(NotAQuantity::Unit)?;
    let number = number.trim_end();
    let (digits, exponent) = match number.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()),
        None => (number, Some(0)),
    };
    // "inf" and "nan" are numbers to `parse`; a number has a digit.
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'));
    let value = exponent
        .filter(|_| plain)
        .and_then(|e| format!("{digits}e{}", e.saturating_add(power)).parse::<f64>().ok())
        .ok_or(NotAQuantity::Number)?;
    if value.is_infinite() { Err(NotAQuantity::TooLarge) } else { Ok(value) }
}
