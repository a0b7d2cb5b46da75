//! Text for people: numbers, histograms and sentences that fit the terminal.

pub use ketlab::report::{number, number_within};

use std::io::Write;

/// Widest bar of a histogram, in characters, and the narrowest that still says something.
const BAR: usize = 40;
const NARROWEST_BAR: usize = 6;
/// The narrowest column in which sentences are folded.
pub const NARROWEST_TEXT: usize = 24;

/// Columns that the output has: what `COLUMNS` says, else those of the terminal; `None` where it
/// goes elsewhere, which has no width.
pub fn columns() -> Option<usize> {
    let stated = std::env::var("COLUMNS").ok().and_then(|text| text.trim().parse().ok());
    stated.filter(|&columns| columns > 0).or_else(|| {
        let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
        Some(width.0.into())
    })
}

/// Characters of the widest line.
pub fn width(text: &str) -> usize {
    text.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or(0)
}

/// A writer of sentences: lines that are wider than the terminal go on in the next one, further in.
pub struct Folded<W: Write> {
    to: W,
    columns: Option<usize>,
    line: Vec<u8>,
}

impl<W: Write> Folded<W> {
    pub fn new(to: W) -> Self {
        Folded { to, columns: columns(), line: Vec::new() }
    }
}

impl<W: Write> Write for Folded<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let Some(columns) = self.columns else { return self.to.write(bytes) };
        for &byte in bytes {
            self.line.push(byte);
            if byte == b'\n' {
                let line = String::from_utf8_lossy(&self.line).into_owned();
                self.line.clear();
                self.to.write_all(fold(&line, columns).as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.write_all(&std::mem::take(&mut self.line))?;
        self.to.flush()
    }
}

/// A line, folded at spaces where it is wider. Words are never broken.
pub fn fold(line: &str, columns: usize) -> String {
    let text = line.trim_end();
    if text.chars().count() <= columns {
        return line.into();
    }
    let margin = text.chars().take_while(|c| *c == ' ').count();
    let indent = " ".repeat((margin + 2).min(columns / 2));
    let (mut folded, mut at) = (" ".repeat(margin), margin);
    let (mut gap, mut is_first) = (0, true);
    for word in text[margin..].split(' ') {
        let width = word.chars().count();
        if width == 0 {
            gap += 1;
            continue;
        }
        if !is_first && at + gap + width > columns {
            folded += "\n";
            folded += &indent;
            at = indent.len();
        } else {
            folded += &" ".repeat(gap);
            at += gap;
        }
        folded += word;
        at += width;
        (gap, is_first) = (1, false);
    }
    folded + "\n"
}

/// A histogram: label, number as text, and share of the whole. Rows are made anew each time they are
/// needed, since there may be millions.
pub fn histogram(
    out: &mut impl Write,
    rows: impl Iterator<Item = (String, String, f64)> + Clone,
) -> std::io::Result<()> {
    let (mut label, mut number, mut largest) = (0, 0, 0.0f64);
    for (name, value, share) in rows.clone() {
        label = label.max(name.chars().count());
        number = number.max(value.chars().count());
        largest = largest.max(share);
    }
    let text = label + number + 4;
    let left = columns().map_or(BAR, |columns| columns.saturating_sub(text + 2).min(BAR));
    let most = if left < NARROWEST_BAR { 0 } else { left };
    // A label that leaves no place gets a line of its own.
    let is_wide = columns().is_some_and(|columns| text > columns);
    for (name, value, share) in rows {
        let bar = bar(share / largest, most);
        let value = padded(&value, number);
        let line = match is_wide {
            true => format!("{name}\n  {value}"),
            false => format!("  {}  {value}  {bar}", padded(&name, label)),
        };
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Text with spaces before it, to a width in characters; a formatter's own stops at 65,535.
fn padded(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.chars().count())) + text
}

/// A bar of eighths of characters, this wide if it is full.
fn bar(fraction: f64, most: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (fraction.clamp(0.0, 1.0) * (8 * most) as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// `1 gate`, `2 gates`, `3 passes`.
pub fn plural(n: usize, what: &str) -> String {
    // The ch of an epoch is a k.
    let hisses = what.ends_with('s') || (what.ends_with("ch") && !what.ends_with("epoch"));
    match (n, hisses) {
        (1, _) => format!("1 {what}"),
        (_, true) => format!("{n} {what}es"),
        (_, false) => format!("{n} {what}s"),
    }
}

/// A time with three digits: `9.50 ms`.
pub fn time(seconds: f64) -> String {
    if seconds >= 999.5 { format!("{seconds:.0} s") } else { quantity(seconds, "s") }
}

/// A number with three digits and a prefix of the SI before the unit: `56.0 GB/s`.
pub fn quantity(x: f64, unit: &str) -> String {
    const PREFIXES: [(f64, &str); 9] = [
        (1e15, "P"),
        (1e12, "T"),
        (1e9, "G"),
        (1e6, "M"),
        (1e3, "k"),
        (1.0, ""),
        (1e-3, "m"),
        (1e-6, "µ"),
        (1e-9, "n"),
    ];
    if x.fract() == 0.0 && x.abs() < 1000.0 {
        return format!("{x} {unit}");
    }
    if x.abs() >= 1e18 || x.is_nan() {
        return format!("{} {unit}", number(x));
    }
    // What would round up to 1000 takes the next prefix.
    let fits = |p: &&(f64, &str)| x.abs() * 1.0005 >= p.0;
    let (scale, prefix) = PREFIXES.iter().find(fits).unwrap_or(&PREFIXES[8]);
    format!("{} {prefix}{unit}", digits(x / scale))
}

/// A number with this many decimals, by powers of ten where it is extreme.
pub fn fixed(x: f64, decimals: usize) -> String {
    // What would lose half of its digits.
    let least = 10f64.powi(-(decimals as i32 / 2));
    if x != 0.0 && x.is_finite() && !(least..1e9).contains(&x.abs()) {
        return format!("{x:.*e}", decimals.min(6));
    }
    format!("{x:.decimals$}")
}

/// Three digits of a number from 0.001 to 1000.
pub fn digits(x: f64) -> String {
    match x.abs() {
        a if a >= 99.95 => format!("{x:.0}"),
        a if a >= 9.995 => format!("{x:.1}"),
        a if a >= 0.9995 => format!("{x:.2}"),
        _ => format!("{x:.3}"),
    }
}

/// A standard error with two digits.
pub fn error(error: f64) -> String {
    if error == 0.0 {
        "0 (every shot gave the same)".into()
    } else if error > 0.0 && error < 1.0 {
        let decimals = (1.0 - error.log10().floor()) as usize;
        format!("{error:.decimals$}")
    } else {
        format!("{error:.2}")
    }
}

/// Two numbers that are compared, in short where that tells them apart, else with all their digits.
pub fn apart(a: f64, b: f64) -> (String, String) {
    let short = (number(a), number(b));
    if a == b || short.0 != short.1 {
        short
    } else {
        (number_within(a, 0.0), number_within(b, 0.0))
    }
}

/// A share of the whole: `37 %`.
pub fn percent(share: f64) -> String {
    if share < 0.0995 {
        format!("{:.1} %", 100.0 * share)
    } else {
        format!("{:.0} %", 100.0 * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_differ_are_told_apart() {
        let shown = |a, b| {
            let (a, b) = apart(a, b);
            format!("{a} {b}")
        };
        assert_eq!(shown(1146.4, 1146.0), "1146.4 1146");
        assert_eq!(shown(1e18, 1e18 + 256.0), "1e18 1.0000000000000003e18");
        assert_eq!(shown(7.0, 7.0), "7 7");
        assert_eq!(shown(0.1234, 2.0), "0.123 2");
    }

    #[test]
    fn sentences_are_folded_between_words() {
        assert_eq!(fold("short\n", 40), "short\n");
        assert_eq!(fold("one two three four\n", 9), "one two\n  three\n  four\n");
        assert_eq!(fold("  one two three\n", 9), "  one two\n    three\n");
        assert_eq!(fold("  n    12 three\n", 10), "  n    12\n    three\n");
        // Words are never broken, and nothing is lost.
        assert_eq!(fold("a 000000000000000 b\n", 8), "a\n  000000000000000\n  b\n");
        let text = "the mean of a million numbers is 0.5 and their spread 0.25\n";
        for columns in 1..60 {
            let words = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
            let folded = fold(text, columns);
            assert_eq!(words(&folded), words(text));
            assert!(folded.ends_with('\n') && (columns < 10 || width(&folded) <= columns));
        }
    }

    #[test]
    fn bars_are_of_eighths() {
        assert_eq!(bar(1.0, 3), "███");
        assert_eq!(bar(0.5, 3), "█▌");
        assert_eq!(bar(f64::NAN, 3), "");
        assert_eq!(bar(0.7, 0), "");
    }

    #[test]
    fn quantities_have_three_digits() {
        assert_eq!(time(9.5e-3), "9.50 ms");
        assert_eq!(time(0.0), "0 s");
        assert_eq!(time(4990.0), "4990 s");
        assert_eq!(quantity(24.0, "flop"), "24 flop");
        assert_eq!(time(3e-10), "0.300 ns");
        assert_eq!(quantity(56.04e9, "B/s"), "56.0 GB/s");
        assert_eq!(quantity(999.9, "B"), "1.00 kB");
        assert_eq!(quantity(1234.0, "flop"), "1.23 kflop");
        assert_eq!(error(0.00412), "0.0041");
        assert_eq!(error(0.25), "0.25");
        assert_eq!(error(12.3), "12.30");
        assert!(error(0.0).starts_with("0 (every shot"));
        assert_eq!(fixed(-1.25, 3), "-1.250");
        assert_eq!(
            [fixed(1e300, 12), fixed(1e-7, 12), fixed(1e-3, 4), fixed(0.0, 2)],
            ["1.000000e300", "1.000000e-7", "1.0000e-3", "0.00"]
        );
        assert_eq!(quantity(1e300, "B"), "1.00e300 B");
        assert_eq!(percent(0.371), "37 %");
        assert_eq!(percent(0.012), "1.2 %");
    }
}
