//! Collects the faults of one run and prints them.

use super::Warnings;
use super::ast::Span;
use super::source::Sources;
use crate::error::{Diagnostic, Error, ProgramError};
use ariadne::{Config, IndexType, Label, Report, ReportKind, Source};

/// A fault while it is collected.
#[derive(Debug, Clone)]
pub struct Fault {
    span: Span,
    message: String,
    label: Option<String>,
    help: Option<String>,
}

impl Fault {
    /// Text at the marker.
    pub fn label(&mut self, text: impl Into<String>) -> &mut Self {
        self.label = Some(text.into());
        self
    }

    /// What would be right.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// [`help`](Self::help) where there is one.
    pub fn maybe_help(&mut self, text: Option<String>) -> &mut Self {
        self.help = text.or(self.help.take());
        self
    }
}

/// The faults found so far.
#[derive(Debug)]
pub struct Faults {
    list: Vec<Fault>,
    warnings: Vec<Fault>,
    max: usize,
    /// Takes what is not kept.
    spare: Fault,
}

impl Faults {
    /// An empty list that keeps at most `max` faults.
    pub fn new(max: usize) -> Self {
        let span = Span { file: 0, start: 0, end: 0 };
        let spare = Fault { span, message: String::new(), label: None, help: None };
        Faults { list: vec![], warnings: vec![], max: max.max(1), spare }
    }

    /// Adds a fault. A second one at the same place is a consequence of the first and is dropped.
    #[cold]
    pub fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Fault {
        let fault = Fault { span, message: message.into(), label: None, help: None };
        let known =
            self.list.iter().any(|f| (f.span.file, f.span.start) == (span.file, span.start));
        if known || self.is_full() {
            self.spare = fault;
            return &mut self.spare;
        }
        self.list.push(fault);
        self.list.last_mut().expect("just pushed")
    }

    /// Adds a warning: something that is read, but perhaps not as it was meant.
    #[cold]
    pub fn warning(&mut self, span: Span, message: impl Into<String>) -> &mut Fault {
        let fault = Fault { span, message: message.into(), label: None, help: None };
        let known = self.warnings.iter().any(|w| w.message == fault.message);
        if known || self.warnings.len() >= self.max {
            self.spare = fault;
            return &mut self.spare;
        }
        self.warnings.push(fault);
        self.warnings.last_mut().expect("just pushed")
    }

    /// Adds help to the last fault if it is in the statement that begins at `start` and has none.
    pub fn help_last(&mut self, start: Span, help: String) {
        if let Some(last) = self.list.last_mut()
            && last.help.is_none()
            && (last.span.file, start.start <= last.span.start) == (start.file, true)
        {
            last.help = Some(help);
        }
    }

    /// Whether further faults are dropped, so that going on is of no use.
    pub fn is_full(&self) -> bool {
        self.list.len() >= self.max
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of faults.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The warnings, in order of position.
    pub fn into_warnings(self, sources: &Sources) -> Warnings {
        let (diagnostics, rendered) = printed(self.warnings, sources, ReportKind::Warning);
        Warnings { diagnostics, rendered }
    }

    /// The error that holds all of them, in order of position.
    pub fn into_error(mut self, sources: &Sources) -> Error {
        let list = std::mem::take(&mut self.list);
        let full = list.len() >= self.max;
        let (diagnostics, mut rendered) = printed(list, sources, ReportKind::Error);
        if full {
            rendered.push_str(&format!("stopped after {} errors\n", diagnostics.len()));
        }
        Error::Program(Box::new(ProgramError { diagnostics, rendered }))
    }
}

/// Faults in order of position, as data and as text.
fn printed(mut list: Vec<Fault>, sources: &Sources, kind: ReportKind) -> (Vec<Diagnostic>, String) {
    list.sort_by_key(|f| (f.span.file, f.span.start));
    let mut rendered = String::new();
    let mut diagnostics = vec![];
    for fault in list {
        let (line, column) = sources.position(fault.span);
        rendered.push_str(&render(&fault, sources, line, column, kind));
        diagnostics.push(Diagnostic {
            file: sources.name(fault.span.file).to_owned(),
            line,
            column,
            message: fault.message,
            help: fault.help,
        });
    }
    (diagnostics, rendered)
}

/// Characters of a line that are shown on each side of the fault.
const CONTEXT: usize = 60;
/// Characters of the fault that are marked.
const MARKED: usize = 60;

/// One fault with its line and a marker. Only that line, or the part of it around the fault, is
/// given to the printer: the cost does not grow with the file, and a line of megabytes is not
/// printed. Control characters are replaced, so no input reaches a terminal as a command.
fn render(
    fault: &Fault,
    sources: &Sources,
    line: usize,
    column: usize,
    kind: ReportKind,
) -> String {
    let text = sources.line_text(fault.span);
    let marked = (fault.span.end.saturating_sub(fault.span.start) as usize).max(1);
    // Everything in characters from here.
    let first = (column - 1).saturating_sub(CONTEXT);
    let mut excerpt = String::new();
    if first > 0 {
        excerpt.push('…');
    }
    let (mut start, mut end) = (None, None);
    let mut bytes_in_mark = 0;
    for (i, c) in text.chars().enumerate().skip(first) {
        if i + 1 == column {
            start = Some(excerpt.len());
        }
        if i + 1 >= column && (bytes_in_mark >= marked || i + 1 >= column + MARKED) {
            end.get_or_insert(excerpt.len());
        }
        if i + 1 >= column {
            bytes_in_mark += c.len_utf8();
        }
        if i >= column - 1 + CONTEXT + MARKED {
            excerpt.push('…');
            break;
        }
        let odd =
            c != '\t' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}'));
        excerpt.push(if odd { '\u{FFFD}' } else { c });
    }
    let start = start.unwrap_or_else(|| {
        let at = excerpt.len();
        excerpt.push(' '); // the marker of a fault at the end of its line
        at
    });
    let end = end.unwrap_or(excerpt.len()).max(start + 1);
    let shown_column = excerpt[..start].chars().count() + 1;

    let name = sources.name(fault.span.file);
    let config = Config::default().with_color(false).with_index_type(IndexType::Byte);
    // A label without a text would not be drawn.
    let text = fault.label.as_deref().unwrap_or("here");
    let label = Label::new((name, start..end)).with_message(text);
    let mut report = Report::build(kind, (name, start..end))
        .with_config(config)
        .with_message(&fault.message)
        .with_label(label);
    if let Some(help) = &fault.help {
        report = report.with_help(help);
    }
    let mut out = vec![];
    let written = report.finish().write((name, Source::from(excerpt)), &mut out);
    let out = String::from_utf8_lossy(&out).into_owned();
    if written.is_err() || out.is_empty() {
        return format!("Error: {}\n  at {name}:{line}:{column}\n", fault.message);
    }
    placed(&out, name, line, column, shown_column)
}

/// The printer counts columns and numbers lines in the excerpt: puts in the real ones.
fn placed(out: &str, name: &str, line: usize, column: usize, shown: usize) -> String {
    let number = line.to_string();
    let wider = number.len() - 1;
    let mut placed = String::with_capacity(out.len() + 100);
    for (i, text) in out.lines().enumerate() {
        if i == 1 {
            let from = format!("[ {name}:1:{shown} ]");
            let to = format!("[ {name}:{line}:{column} ]");
            placed.push_str(&" ".repeat(wider));
            placed.push_str(&text.replacen(&from, &to, 1));
        } else if let Some(rest) = text.strip_prefix(" 1 │") {
            placed.push_str(&format!(" {number} │{rest}"));
        } else {
            let filler = if text.starts_with('─') { "─" } else { " " };
            placed.push_str(&filler.repeat(if i == 0 { 0 } else { wider }));
            placed.push_str(text);
        }
        // No blanks at the ends of lines.
        placed.truncate(placed.trim_end_matches(' ').len());
        placed.push('\n');
    }
    placed
}
