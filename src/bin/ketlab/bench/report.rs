//! What `ketlab bench` says: rows as they are measured, or one JSON document.

use crate::table::table;
use crate::text::{Folded, columns, digits, percent, plural, quantity, time};
use ketlab::engine::{MachineLimits, Place};
use ketlab::error::bytes;
use serde::Serialize;
use std::io::Write;

/// The document of `--json`.
#[derive(Serialize)]
pub struct Document {
    machine: Machine,
    pub rows: Vec<Row>,
    pub interrupted: bool,
}

#[derive(Serialize)]
struct Machine {
    instruction_set: String,
    threads: usize,
    sweeps: Vec<Sweeps>,
    arithmetic: Vec<Arithmetic>,
}

#[derive(Serialize)]
struct Sweeps {
    place: &'static str,
    buffer_bytes: usize,
    threads: usize,
    bytes_per_second: f64,
}

#[derive(Serialize)]
struct Arithmetic {
    precision: &'static str,
    threads: usize,
    flops_per_second: f64,
}

/// A circuit, measured or skipped.
#[derive(Serialize)]
pub struct Row {
    /// Null where no state of this size fits, whatever the family.
    pub family: Option<&'static str>,
    pub num_qubits: usize,
    pub precision: &'static str,
    pub state_bytes: Option<u128>,
    /// Why it was not measured.
    pub skipped: Option<String>,
    #[serde(flatten)]
    pub figures: Option<Figures>,
}

/// What was measured.
#[derive(Serialize)]
pub struct Figures {
    pub gates: usize,
    pub actions: usize,
    pub sweeps: usize,
    pub flops: f64,
    pub bytes: f64,
    pub plan_seconds: f64,
    pub repetitions: usize,
    pub median_seconds: f64,
    pub min_seconds: f64,
    pub max_seconds: f64,
    pub gates_per_second: f64,
    pub ns_per_gate_amplitude: f64,
    pub limit_seconds: f64,
    pub share_of_limit: f64,
}

impl Document {
    pub fn new(limits: MachineLimits) -> Self {
        let place = |place| match place {
            Place::Memory => "memory",
            Place::SharedCache => "shared cache",
            Place::OwnCache => "own cache",
        };
        let sweeps = limits.sweeps.iter().map(|limit| Sweeps {
            place: place(limit.place),
            buffer_bytes: limit.bytes,
            threads: limit.threads,
            bytes_per_second: limit.bytes_per_second,
        });
        let arithmetic = limits.arithmetic.iter().map(|limit| Arithmetic {
            precision: limit.precision,
            threads: limit.threads,
            flops_per_second: limit.flops_per_second,
        });
        Document {
            machine: Machine {
                instruction_set: limits.isa.to_string(),
                threads: limits.threads,
                sweeps: sweeps.collect(),
                arithmetic: arithmetic.collect(),
            },
            rows: Vec::new(),
            interrupted: false,
        }
    }

    /// The limits as a table, with a column for one thread and one for all.
    pub fn print_limits(&self, out: &mut impl Write) -> std::io::Result<()> {
        let machine = &self.machine;
        let threads = [1, machine.threads].map(|n| plural(n, "thread"));
        let mut heading = vec!["this machine's limits", &threads[0]];
        if machine.threads > 1 {
            heading.push(&threads[1]);
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut add = |name: String, rate: String| match rows.iter_mut().find(|r| r[0] == name) {
            Some(row) => row.push(rate),
            None => rows.push(vec![name, rate]),
        };
        for limit in &machine.sweeps {
            let size = bytes(limit.buffer_bytes as u128);
            let each = if limit.place == "own cache" { " each" } else { "" };
            let name = format!("read + write in place, {}, {size}{each}", limit.place);
            add(name, quantity(limit.bytes_per_second, "B/s"));
        }
        for limit in &machine.arithmetic {
            let name = format!("multiply + add, {}, {}", limit.precision, machine.instruction_set);
            add(name, quantity(limit.flops_per_second, "flop/s"));
        }
        writeln!(out, "{}\n", table(&heading, rows))
    }
}

/// The columns of the rows: name, width, and rank; where the terminal is narrow, those of the lowest
/// rank are left out first.
const COLUMNS: [(&str, usize, u8); 10] = [
    ("family", 14, 9),
    ("qubits", 9, 9),
    ("gates", 7, 3),
    ("sweeps", 7, 2),
    ("planned", 9, 1),
    ("median", 9, 8),
    ("(min … max)", 23, 0),
    ("gates/s", 8, 4),
    ("ns/gate/a", 10, 6),
    ("of limit", 9, 7),
];

/// Which columns fit.
fn shown(columns: Option<usize>) -> [bool; COLUMNS.len()] {
    let mut shown = [true; COLUMNS.len()];
    let width = |shown: &[bool]| {
        let widths = COLUMNS.iter().zip(shown).filter(|c| *c.1).map(|c| c.0.1 + 1);
        widths.sum::<usize>().saturating_sub(1)
    };
    while columns.is_some_and(|columns| width(&shown) > columns) {
        let left = (0..COLUMNS.len()).filter(|&k| shown[k] && COLUMNS[k].2 < 8);
        let Some(least) = left.min_by_key(|&k| COLUMNS[k].2) else { break };
        shown[least] = false;
    }
    shown
}

/// The headings of the rows' columns.
pub fn print_heading(out: &mut impl Write) -> std::io::Result<()> {
    let left_out = shown(columns()).iter().filter(|shown| !**shown).count();
    if left_out > 0 {
        let columns = plural(left_out, "column");
        writeln!(out, "({columns} left out; `--json` has all)")?;
    }
    line(out, &COLUMNS.map(|column| column.0.to_string()))
}

fn line(out: &mut impl Write, cells: &[String; COLUMNS.len()]) -> std::io::Result<()> {
    let shown = shown(columns());
    let cells = cells.iter().zip(COLUMNS).zip(shown).filter(|cell| cell.1).enumerate();
    let texts: Vec<String> = cells
        .map(|(k, ((text, (_, width, _)), _))| match k {
            0 => format!("{text:<width$}"),
            _ => format!("{text:>width$}"),
        })
        .collect();
    writeln!(out, "{}", texts.join(" "))
}

impl Row {
    pub fn is_measured(&self) -> bool {
        self.figures.is_some()
    }

    pub fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let size = format!("{} {}", self.num_qubits, self.precision);
        let family = self.family.unwrap_or("all");
        let Some(figures) = &self.figures else {
            let why = self.skipped.as_deref().unwrap_or_default();
            return writeln!(Folded::new(out), "{family:<14} {size:>9}   not measured: {why}");
        };
        let range = format!("({} … {})", time(figures.min_seconds), time(figures.max_seconds));
        let cells = [
            family.to_string(),
            size,
            figures.gates.to_string(),
            figures.sweeps.to_string(),
            time(figures.plan_seconds),
            time(figures.median_seconds),
            if figures.repetitions > 1 { range } else { "(1 run)".into() },
            quantity(figures.gates_per_second, "").trim_end().replace(' ', ""),
            digits(figures.ns_per_gate_amplitude),
            percent(figures.share_of_limit),
        ];
        line(out, &cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_terminals_have_fewer_columns() {
        assert_eq!(shown(None), [true; 10]);
        assert_eq!(shown(Some(114)), [true; 10]);
        assert!(!shown(Some(113))[6]);
        let names = |columns| {
            let shown = COLUMNS.iter().zip(shown(Some(columns))).filter(|c| c.1);
            shown.map(|c| c.0.0).collect::<Vec<_>>()
        };
        assert_eq!(names(40), ["family", "qubits", "median"]);
        assert_eq!(names(60), ["family", "qubits", "median", "ns/gate/a", "of limit"]);
        assert_eq!(names(1), ["family", "qubits", "median"]);
    }
}
