//! Tables and histograms for people.

use comfy_table::{CellAlignment, Table, presets};
use std::io::{ErrorKind, Write};

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

/// A table with a heading; the columns from the second on are aligned to the right.
pub fn table(heading: &[&str], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heading.iter().copied());
    rows.into_iter().for_each(|row| drop(table.add_row(row)));
    for column in table.column_iter_mut().skip(1) {
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
