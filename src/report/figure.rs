//! Several charts as one picture.

use super::Chart;
use super::check::Frame;
use crate::error::{Error, Result};

/// The most panels that a figure has.
const MOST: usize = 6;

/// One to six charts side by side, with one legend below them all.
///
/// A series has the colour of its name in every panel, and the legend names it once. The legend of
/// a panel is not drawn; what is on a panel with [`Legend::None`](super::Legend::None) is not in
/// that of the figure either.
///
/// ```
/// use ketlab::report::{Axis, Chart, Figure, Series};
/// let panel = |title: &str, axis: &str, cost: f64| {
///     let points = [1.0, 10.0, 100.0].map(|n| (cost * n, 0.1 / n));
///     Chart::new(title, Axis::new(axis).log(), Axis::new("error").log())
///         .series(Series::line("iterative", points))
///         .series(Series::reference("slope -1", [(cost, 0.2), (100.0 * cost, 0.002)]))
/// };
/// let figure = Figure::new("Amplitude estimation")
///     .caption("a = 0.3, 100 runs, seed 7")
///     .panel(panel("Cost", "uses of A", 4.0))
///     .panel(panel("Depth", "largest depth", 2.0));
/// assert!(figure.to_csv()?.contains("\n2,iterative,2.0,0.1,,\n"));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub(super) title: String,
    pub(super) caption: String,
    pub(super) panels: Vec<Chart>,
    pub(super) columns: usize,
}

impl Figure {
    /// A figure without panels yet; they will stand in one row.
    pub fn new(title: impl Into<String>) -> Self {
        Figure { title: title.into(), caption: String::new(), panels: Vec::new(), columns: MOST }
    }

    /// The line under the title that says what was run: sizes, shots, seed.
    pub fn caption(self, caption: impl Into<String>) -> Self {
        Figure { caption: caption.into(), ..self }
    }

    /// Adds a panel, at the right of the last one or below.
    pub fn panel(mut self, chart: Chart) -> Self {
        self.panels.push(chart);
        self
    }

    /// How many panels stand side by side; the others follow in rows below.
    pub fn columns(self, columns: usize) -> Self {
        Figure { columns, ..self }
    }

    /// How many points and cells are not drawn; see [`Chart::skipped`].
    pub fn skipped(&self) -> usize {
        self.panels.iter().map(Chart::skipped).sum()
    }

    /// The frames of the panels, or the reason why there is no picture.
    pub(super) fn check(&self) -> Result<Vec<Frame>> {
        let refused = |value: String, expected: String| {
            Err(Error::Invalid { what: format!("the figure `{}`", self.title), value, expected })
        };
        let count = self.panels.len();
        if !(1..=MOST).contains(&count) {
            return refused(format!("{count} panels"), format!("it must have 1 to {MOST}"));
        }
        if self.columns == 0 {
            return refused("0 columns".into(), "it must have at least one".into());
        }
        self.panels.iter().map(Chart::check).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Series};
    use super::*;

    fn panel() -> Chart {
        Chart::new("t", Axis::new("x"), Axis::new("y"))
            .series(Series::line("a", [(0.0, 1.0), (1.0, f64::NAN)]))
    }

    #[test]
    fn refuses_with_a_reason() {
        let says = |figure: Figure| figure.check().unwrap_err().to_string();
        assert!(says(Figure::new("f")).contains("0 panels"));
        let four = (0..4).fold(Figure::new("f"), |figure, _| figure.panel(panel()));
        assert_eq!(four.check().unwrap().len(), 4);
        assert_eq!(four.skipped(), 4);
        assert!(four.clone().panel(panel()).panel(panel()).check().is_ok());
        let seven = four.clone().panel(panel()).panel(panel()).panel(panel());
        assert!(says(seven).contains("it must have 1 to 6"));
        assert!(says(four.columns(0)).contains("0 columns"));
        let empty = panel().series(Series::line("empty", []));
        assert!(says(Figure::new("f").panel(panel()).panel(empty)).contains("`empty`"));
    }
}
