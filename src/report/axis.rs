//! Axes: what they measure, their range and their ticks.

use serde::Serialize;

/// How values are placed along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// In proportion to the value.
    Linear,
    /// In proportion to its logarithm; values must be positive.
    Log,
}

/// One axis of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// What it measures.
    pub label: String,
    /// In which unit; `None` for a pure number.
    pub unit: Option<String>,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// The ends, if they are not to follow from the data. What lies outside is cut off.
    pub range: Option<(f64, f64)>,
    /// What stands at 0, 1, … instead of numbers, e.g. machines; empty for numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl Axis {
    /// A linear axis of pure numbers whose range follows from the data.
    pub fn new(label: impl Into<String>) -> Self {
        Axis {
            label: label.into(),
            unit: None,
            scale: Scale::Linear,
            range: None,
            names: Vec::new(),
        }
    }

    /// Names the unit.
    pub fn unit(self, unit: impl Into<String>) -> Self {
        Axis { unit: Some(unit.into()), ..self }
    }

    /// Makes the axis logarithmic.
    pub fn log(self) -> Self {
        Axis { scale: Scale::Log, ..self }
    }

    /// Sets the ends.
    pub fn range(self, low: f64, high: f64) -> Self {
        Axis { range: Some((low, high)), ..self }
    }

    /// Names what stands at 0, 1, …; the axis has no other ticks then, and its label is not drawn. Has no
    /// effect on a logarithmic axis.
    pub fn names(self, names: impl IntoIterator<Item = String>) -> Self {
        Axis { names: names.into_iter().collect(), ..self }
    }

    /// Whether names stand at it.
    pub(super) fn is_named(&self) -> bool {
        self.scale == Scale::Linear && !self.names.is_empty()
    }

    /// The name at a tick; nothing between them.
    #[cfg(feature = "plot")]
    pub(super) fn name_at(&self, tick: f64) -> String {
        let place = tick.round();
        let is_whole = (tick - place).abs() < 1e-6 && place >= 0.0;
        self.names.get(place as usize).filter(|_| is_whole).cloned().unwrap_or_default()
    }

    /// Label and unit, e.g. `energy (Ha)`.
    pub fn text(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} ({unit})", self.label),
            None => self.label.clone(),
        }
    }
}

/// The share of an axis that is left free at each end, so that no mark is cut off.
const ROOM: f64 = 0.03;

/// The numbers along an axis, all written in one way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ticks {
    Linear { low: f64, high: f64, step: f64 },
    Log { low: f64, high: f64 },
}

impl Ticks {
    /// A little room around the data, and a step of 1, 2 or 5 times a power of ten.
    pub fn linear(low: f64, high: f64, fixed: bool) -> Self {
        // The difference of two huge numbers must not overflow.
        let (mut low, mut high) = (low.max(-f64::MAX / 8.0), high.min(f64::MAX / 8.0));
        if high - low <= 1e-12 * low.abs().max(high.abs()) {
            let room = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
            (low, high) = (low - room, high + room);
        } else if !fixed {
            let room = ROOM * (high - low);
            (low, high) = (low - room, high + room);
        }
        Ticks::Linear { low, high, step: Ticks::step_of(high - low) }
    }

    /// The step of a linear axis of this length.
    pub fn step_of(length: f64) -> f64 {
        round_step(length / 8.0)
    }

    /// A little room around the data or, where fewer than three ticks would be seen, ends at 1, 2
    /// or 5 times a power of ten.
    pub fn log(low: f64, high: f64, fixed: bool) -> Self {
        if fixed {
            return Ticks::Log { low, high };
        }
        if high / low > 30.0 {
            let room = (high / low).powf(ROOM);
            return Ticks::Log { low: low / room, high: high * room };
        }
        let steps =
            |v: f64| [0.5, 1.0, 2.0, 5.0, 10.0, 20.0].map(|m| m * power(v.log10().floor() as i32));
        let below = |v: f64| steps(v).into_iter().rfind(|&t| t < v * (1.0 - 1e-9));
        let above = |v: f64| steps(v).into_iter().find(|&t| t > v * (1.0 + 1e-9));
        Ticks::Log { low: below(low).unwrap_or(low), high: above(high).unwrap_or(high) }
    }

    pub fn ends(&self) -> (f64, f64) {
        match *self {
            Ticks::Linear { low, high, .. } | Ticks::Log { low, high } => (low, high),
        }
    }

    /// Whether the ticks are powers of ten and few enough for smaller ones between them: kuva puts
    /// them at 1, 2 and 5 times a power of ten in up to three decades, counted whole.
    pub fn are_decades(&self) -> bool {
        let Ticks::Log { low, high } = *self else { return false };
        (4.0..=10.0).contains(&(high.log10().ceil() - low.log10().floor()))
    }

    /// The text at a tick. All ticks of one axis look alike: fixed decimals with, for very large or
    /// small numbers, one common power of ten.
    pub fn label(&self, value: f64) -> String {
        match *self {
            Ticks::Linear { low, high, step } => {
                linear_label(value, low.abs().max(high.abs()), step)
            }
            Ticks::Log { low, high } => log_label(value, low, high),
        }
    }
}

/// 10^exponent, as exact as it can be written.
pub(super) fn power(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

fn round_step(wanted: f64) -> f64 {
    let decade = power(wanted.log10().floor() as i32);
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * decade >= wanted * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * decade
}

fn linear_label(value: f64, largest: f64, step: f64) -> String {
    // The tick at zero comes as a rounding error of the step.
    let value = if value.abs() < 1e-6 * step { 0.0 } else { value };
    let exponent = |v: f64| (v.log10() + 1e-9).floor() as i32;
    let common = exponent(largest);
    if (-3..6).contains(&common) {
        return format!("{value:.*}", (-exponent(step)).max(0) as usize);
    }
    if value == 0.0 {
        return "0".into();
    }
    let decimals = (common - exponent(step)).max(0) as usize;
    format!("{:.decimals$}×10{}", value / power(common), superscript(common))
}

fn log_label(value: f64, low: f64, high: f64) -> String {
    let exponent = (value.log10() + 1e-9).floor() as i32;
    let factor = (value / power(exponent)).round() as i32;
    // Few enough to read where there are many decades; kuva draws one tick a decade there.
    let decades = (high / low).log10();
    let every = ((decades / 9.0).ceil() as i32).max(1);
    if exponent.rem_euclid(every) != 0 {
        return String::new();
    }
    if low >= 0.999e-3 && high <= 1.001e4 {
        return format!("{value:.*}", (-exponent).max(0) as usize);
    }
    match factor {
        1 => format!("10{}", superscript(exponent)),
        _ => format!("{factor}×10{}", superscript(exponent)),
    }
}

fn superscript(exponent: i32) -> String {
    let digit = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // ⁰ and ⁴ to ⁹ are consecutive in Unicode.
        c => char::from_u32(0x2070 + c as u32 - '0' as u32).unwrap_or(c),
    };
    exponent.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: Ticks, values: &[f64]) -> Vec<String> {
        values.iter().map(|&v| ticks.label(v)).collect()
    }

    #[test]
    fn linear_ends_leave_room_and_steps_are_round() {
        for (low, high, expected) in [
            (0.0, 100.0, (-3.0, 103.0, 20.0)),
            (0.5, 5.5, (0.35, 5.65, 1.0)),
            (-1.1, -0.9, (-1.106, -0.894, 0.05)),
            (3.0, 3.0, (2.7, 3.3, 0.1)),
            (0.0, 0.0, (-1.0, 1.0, 0.5)),
        ] {
            let Ticks::Linear { low: a, high: b, step } = Ticks::linear(low, high, false) else {
                panic!()
            };
            let close = |x: f64, y: f64| (x - y).abs() < 1e-9;
            assert!(
                close(a, expected.0) && close(b, expected.1) && close(step, expected.2),
                "{low} {high}: {a} {b} {step}"
            );
        }
        assert_eq!(Ticks::linear(0.1, 0.7, true).ends(), (0.1, 0.7));
        let (low, high) = Ticks::linear(-f64::MAX, f64::MAX, false).ends();
        assert!(low.is_finite() && high.is_finite());
    }

    #[test]
    fn labels_of_one_axis_look_alike() {
        let ticks = Ticks::linear(0.0, 2e7, false);
        assert_eq!(labels(ticks, &[0.0, 5e6, 2e7]), ["0", "0.5×10⁷", "2.0×10⁷"]);
        let ticks = Ticks::linear(-1.0, 1.0, false);
        assert_eq!(labels(ticks, &[-0.5, -1e-17, 1.0]), ["-0.5", "0.0", "1.0"]);
        assert_eq!(labels(Ticks::linear(0.0, 4e-5, false), &[2e-5]), ["2×10⁻⁵"]);
        assert_eq!(labels(Ticks::linear(0.0, 500.0, false), &[100.0]), ["100"]);
        let ticks = Ticks::log(1.0, 1e8, false);
        assert_eq!(labels(ticks, &[1.0, 1e4, 1e7]), ["10⁰", "10⁴", "10⁷"]);
        assert_eq!(labels(Ticks::log(0.01, 10.0, false), &[0.02, 1.0, 10.0]), ["0.02", "1", "10"]);
        assert_eq!(labels(Ticks::log(1e-6, 1e-5, false), &[2e-6]), ["2×10⁻⁶"]);
        let many = Ticks::log(1e-16, 1.0, false);
        assert_eq!(labels(many, &[1e-16, 1e-15, 1e-14]), ["10⁻¹⁶", "", "10⁻¹⁴"]);
    }

    #[test]
    fn few_decades_have_more_than_powers_of_ten() {
        let are_decades = |low, high| Ticks::log(low, high, true).are_decades();
        assert!(are_decades(0.9, 1e3) && are_decades(1e-9, 1.0));
        assert!(!are_decades(1.0, 1e3) && !are_decades(1e-9, 11.0));
        assert!(!Ticks::linear(0.9, 1e3, true).are_decades());
    }

    #[test]
    fn log_ends_hold_the_data() {
        let (low, high) = Ticks::log(1e-5, 1e-1, false).ends();
        assert!((low / 10f64.powf(-5.12) - 1.0).abs() < 1e-9, "{low}");
        assert!((high / 10f64.powf(-0.88) - 1.0).abs() < 1e-9, "{high}");
        assert_eq!(Ticks::log(3.0, 4.0, false).ends(), (2.0, 5.0));
        assert_eq!(Ticks::log(5.0, 5.0, false).ends(), (2.0, 10.0));
        assert_eq!(Ticks::log(1e-300, 1e-250, true).ends(), (1e-300, 1e-250));
    }
}
