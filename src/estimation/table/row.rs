//! What a row of a table is.

/// What the second column of a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Probabilities of the values x, or weights or counts that are proportional to them.
    Distribution,
    /// Values f(x) of a function.
    Function,
}

impl TableKind {
    /// Names that the second column may have.
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            TableKind::Distribution => {
                &["probability", "probabilities", "p", "weight", "weights", "count", "counts"]
            }
            TableKind::Function => &["f", "f(x)", "value", "values", "payoff", "y"],
        }
    }

    /// Why a number cannot stand in the second column.
    pub(super) fn check(self, y: f64) -> std::result::Result<f64, String> {
        match self {
            TableKind::Distribution if y < 0.0 => {
                Err(format!("the probability is {y}; it must be 0 or more"))
            }
            TableKind::Distribution => finite("the probability", y),
            TableKind::Function => finite("the value of the function", y),
        }
    }
}

/// Refuses infinities and what is no number.
pub(super) fn finite(what: &str, x: f64) -> std::result::Result<f64, String> {
    if x.is_finite() { Ok(x) } else { Err(format!("{what} is {x}; it must be a finite number")) }
}

/// A pair and its line, if that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub line: Option<usize>,
    pub x: f64,
    pub y: f64,
}
