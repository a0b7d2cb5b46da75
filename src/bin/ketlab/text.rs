//! Tables and histograms for people.

use comfy_table::{CellAlignment, Table, presets};
use std::io::{ErrorKind, Write};
use std::ops::Range;

/// Widest bar of a histogram, in characters.
const BAR: usize = 40;

/// A histogram: label, number as text, and share of the whole.
pub fn histogram(out: &mut impl Write, rows: &[(String, String, f64)]) -> std::io::Result<()> {
    let label = rows.iter().map(|r| r.0.chars().count()).max().unwrap_or(0);
    let number = rows.iter().map(|r| r.1.chars().count()).max().unwrap_or(0);
    let largest = rows.iter().map(|r| r.2).fold(0.0, f64::max);
    for (name, value, share) in rows {
        writeln!(out, "  {name:>label$}  {value:>number$}  {}", bar(share / largest))?;
    }
    Ok(())
}

/// A bar of eighths of characters.
fn bar(fraction: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (fraction.clamp(0.0, 1.0) * (8 * BAR) as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// `1 gate`, `2 gates`.
pub fn plural(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
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
    // What would round up to 1000 takes the next prefix.
    let fits = |p: &&(f64, &str)| x.abs() * 1.0005 >= p.0;
    let (scale, prefix) = PREFIXES.iter().find(fits).unwrap_or(&PREFIXES[8]);
    format!("{} {prefix}{unit}", digits(x / scale))
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
    if error > 0.0 && error < 1.0 {
        let decimals = (1.0 - error.log10().floor()) as usize;
        format!("{error:.decimals$}")
    } else {
        format!("{error:.2}")
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

/// A table with a heading; the columns from the second on are aligned to the right.
pub fn table(heading: &[&str], rows: Vec<Vec<String>>) -> Table {
    aligned_table(heading, rows, 1..heading.len())
}

/// A table with a heading; these columns are aligned to the right.
pub fn aligned_table(heading: &[&str], rows: Vec<Vec<String>>, right: Range<usize>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heading.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(right.start).take(right.len()) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Whether an error is that nobody reads the output any more.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or(json) == Some(ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!((error(0.0), error(12.3)), ("0.00".into(), "12.30".into()));
        assert_eq!(percent(0.371), "37 %");
        assert_eq!(percent(0.012), "1.2 %");
    }
}
