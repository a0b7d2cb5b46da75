//! Tables on standard output and in a file, row by row.

use crate::TOLERANCE;
use crate::measure::{Measured, Times, clear_progress};
use crate::sections::with_section;
use crate::states::StateRow;
use ketlab::engine::Isa;
use std::fmt::Write;
use std::io;
use std::path::PathBuf;

/// A row of the table of tasks.
pub struct TaskRow {
    /// What is computed.
    pub task: &'static str,
    /// Number of qubits.
    pub n: usize,
    /// ketlab's time of a call.
    pub ketlab: Measured,
    /// prism-q's time of a call.
    pub prism: Measured,
    /// How far their answers are apart.
    pub agreement: Result<Agreement, String>,
    /// For a gradient, ketlab's time of a value alone.
    pub value: Option<Measured>,
}

/// How far two answers are apart.
#[derive(Debug, Clone, Copy)]
pub enum Agreement {
    /// Largest difference of a value.
    Difference(f64),
    /// By how many standard deviations the samples of each are off the exact mean, and how many
    /// are too many.
    Sigmas(f64, f64, f64),
    /// By how many standard errors the means of the two samples are apart, and how many are too
    /// many.
    Apart(f64, f64),
}

impl TaskRow {
    /// A row from the two times and the agreement, or from what kept them all from being found.
    pub fn new(
        task: &'static str,
        n: usize,
        found: Result<(Measured, Measured, Result<Agreement, String>), String>,
    ) -> Self {
        let (ketlab, prism, agreement) =
            found.unwrap_or_else(|e| (Err(e.clone()), Err(e.clone()), Err(e)));
        TaskRow { task, n, ketlab, prism, agreement, value: None }
    }

    /// [`new`](Self::new) with a difference of values.
    pub fn from(
        task: &'static str,
        n: usize,
        found: Result<(Measured, Measured, Result<f64, String>), String>,
    ) -> Self {
        let with = |(ours, theirs, d): (_, _, Result<f64, String>)| {
            (ours, theirs, d.map(Agreement::Difference))
        };
        Self::new(task, n, found.map(with))
    }

    /// Whether the two say something different.
    pub fn is_wrong(&self) -> bool {
        match self.agreement {
            Ok(Agreement::Difference(d)) => d.is_nan() || d > TOLERANCE,
            Ok(Agreement::Sigmas(a, b, most)) => ![a, b].iter().all(|off| off.abs() <= most),
            // One that is no number is wrong.
            Ok(Agreement::Apart(off, most)) => !matches!(off.abs(), off if off <= most),
            Err(_) => false,
        }
    }
}

const STATES: &[&str] = &[
    "family",
    "n",
    "gates",
    "ketlab",
    "prism-q",
    "ratio",
    "difference",
    "ketlab f32",
    "ketlab compiled",
];
const TASKS: &[&str] = &["task", "n", "ketlab", "prism-q", "ratio", "agreement", "ketlab value"];

/// The tables so far.
pub struct Report {
    file: Option<PathBuf>,
    head: Vec<(&'static str, String)>,
    states: Vec<String>,
    tasks: Vec<String>,
    wrong: usize,
    is_finished: bool,
}

impl Report {
    /// No rows yet.
    pub fn new(file: Option<PathBuf>, head: Vec<(&'static str, String)>) -> Self {
        for (name, value) in &head {
            println!("{name}: {value}");
        }
        println!();
        Report { file, head, states: Vec::new(), tasks: Vec::new(), wrong: 0, is_finished: false }
    }

    /// Adds a row to the table of states.
    pub fn state(&mut self, row: StateRow) -> io::Result<()> {
        let is_wrong = row.is_wrong();
        let difference = match &row.difference {
            Ok(d) => format!("{d:.1e}"),
            Err(error) => cell(error),
        };
        let difference = match row.single_is_off {
            Some(off) => format!("{difference}, f32 {off:.1e}"),
            None => difference,
        };
        let cells = [
            row.family.to_string(),
            row.n.to_string(),
            row.gates.to_string(),
            figure(&row.ketlab),
            figure(&row.prism),
            ratio(&row.ketlab, &row.prism),
            if is_wrong { format!("**WRONG: {difference}**") } else { difference },
            figure(&row.single),
            figure(&row.compiled),
        ];
        let line = line(&cells);
        print_row(STATES, &line, self.states.is_empty());
        self.states.push(line);
        self.wrong += usize::from(is_wrong);
        self.save()
    }

    /// Adds a row to the table of tasks.
    pub fn task(&mut self, row: TaskRow) -> io::Result<()> {
        let is_wrong = row.is_wrong();
        let agreement = match &row.agreement {
            Ok(Agreement::Difference(d)) => format!("{d:.1e}"),
            Ok(Agreement::Sigmas(a, b, _)) => format!("{a:.1} σ and {b:.1} σ off"),
            Ok(Agreement::Apart(off, _)) => format!("{off:.1} σ apart"),
            Err(error) => cell(error),
        };
        let cells = [
            row.task.to_string(),
            row.n.to_string(),
            figure(&row.ketlab),
            figure(&row.prism),
            ratio(&row.ketlab, &row.prism),
            if is_wrong { format!("**WRONG: {agreement}**") } else { agreement },
            row.value.as_ref().map_or_else(String::new, |value| times_as_long(&row.ketlab, value)),
        ];
        let line = line(&cells);
        print_row(TASKS, &line, self.tasks.is_empty());
        self.tasks.push(line);
        self.wrong += usize::from(is_wrong);
        self.save()
    }

    /// Notes that all rows are there; returns how many of them do not agree.
    pub fn finish(&mut self) -> io::Result<usize> {
        self.is_finished = true;
        clear_progress();
        self.save()?;
        Ok(self.wrong)
    }

    /// Writes what there is, so that an interrupted run keeps it.
    fn save(&self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        // Renamed when it is whole: an interruption leaves the last whole one.
        let partial = file.with_extension("md.partial");
        let before = match std::fs::read_to_string(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        std::fs::write(&partial, with_section(&before, &Isa::best().to_string(), &self.text()))?;
        std::fs::rename(&partial, file)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if !self.is_finished {
            text.push_str("**Interrupted, or still running: rows are missing.**\n\n");
        }
        text.push_str("| | |\n|---|---|\n");
        for (name, value) in &self.head {
            let _ = writeln!(text, "| {name} | {} |", value.replace('|', "\\|"));
        }
        for (title, head, rows) in [("States", STATES, &self.states), ("Tasks", TASKS, &self.tasks)]
        {
            if !rows.is_empty() {
                let _ = writeln!(text, "\n### {title}\n\n{}", heading(head));
                for row in rows {
                    let _ = writeln!(text, "{row}");
                }
            }
        }
        text
    }
}

fn print_row(head: &[&str], line: &str, is_first: bool) {
    clear_progress();
    if is_first {
        println!("{}", heading(head));
    }
    println!("{line}");
}

fn heading(names: &[&str]) -> String {
    format!("| {} |\n|{}", names.join(" | "), "---|".repeat(names.len()))
}

fn line(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Median and range, in one unit.
fn figure(measured: &Measured) -> String {
    match measured {
        Ok(Times { median, min, max }) => {
            let (unit, name) = match *median {
                s if s < 1e-3 => (1e-6, "µs"),
                s if s < 1.0 => (1e-3, "ms"),
                _ => (1.0, "s"),
            };
            let digits = |seconds: f64| match seconds / unit {
                v if v < 10.0 => format!("{v:.2}"),
                v if v < 100.0 => format!("{v:.1}"),
                v => format!("{v:.0}"),
            };
            format!("{} {name} ({}..{})", digits(*median), digits(*min), digits(*max))
        }
        Err(error) => cell(error),
    }
}

/// How many times as long the other takes.
fn ratio(one: &Measured, other: &Measured) -> String {
    match (one, other) {
        (Ok(one), Ok(other)) => format!("{:.2}", other.median / one.median),
        _ => "-".into(),
    }
}

/// What a value takes, and how many times as long its gradient takes.
fn times_as_long(gradient: &Measured, value: &Measured) -> String {
    match (gradient, value) {
        (Ok(_), Ok(_)) => format!("{}; gradient {}×", figure(value), ratio(value, gradient)),
        _ => figure(value),
    }
}

/// A message on one line of a table.
fn cell(message: &str) -> String {
    let text: String = message.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    match text.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_one_unit() {
        let times = |median, min, max| Ok(Times { median, min, max });
        assert_eq!(figure(&times(1.234e-3, 0.999e-3, 12.3e-3)), "1.23 ms (1.00..12.3)");
        assert_eq!(figure(&times(4.5e-7, 4.4e-7, 4.6e-7)), "0.45 µs (0.44..0.46)");
        assert_eq!(figure(&Err("not\nread: a | b".into())), "not read: a \\| b");
        assert_eq!(ratio(&times(2.0, 1.0, 3.0), &times(5.0, 1.0, 9.0)), "2.50");
        assert_eq!(ratio(&times(2.0, 1.0, 3.0), &Err("x".into())), "-");
        let value = times_as_long(&times(5.0, 1.0, 9.0), &times(2.0, 1.0, 3.0));
        assert_eq!(value, "2.00 s (1.00..3.00); gradient 2.50×");
    }

    #[test]
    fn a_difference_that_is_no_number_is_wrong() {
        let row = |d| TaskRow::new("", 2, Ok((Err(String::new()), Err(String::new()), Ok(d))));
        assert!(row(Agreement::Difference(f64::NAN)).is_wrong());
        assert!(row(Agreement::Sigmas(1.0, f64::NAN, 5.0)).is_wrong());
        assert!(!row(Agreement::Sigmas(1.0, -2.0, 5.0)).is_wrong());
        assert!(row(Agreement::Apart(f64::NAN, 5.0)).is_wrong());
        assert!(row(Agreement::Apart(-5.1, 5.0)).is_wrong());
        assert!(!row(Agreement::Apart(-4.9, 5.0)).is_wrong());
        assert!(!row(Agreement::Difference(1e-12)).is_wrong());
    }
}
