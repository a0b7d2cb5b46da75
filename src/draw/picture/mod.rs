//! Pictures of circuits: SVG, PNG, LaTeX.

mod font;
mod frames;
mod latex;
mod metrics;
mod page;
mod paint;
#[cfg(feature = "png")]
mod png;
mod save;
mod scene;
mod svg;
mod tex;
mod theme;

#[cfg(test)]
mod tests;

pub use theme::Theme;

use super::layout::Layout;
use super::{MAX_COLUMNS, label};
use crate::circuit::Circuit;
use scene::Scene;

/// Width at which a picture folds, if nothing else is said, in points.
pub const PICTURE_WIDTH: f64 = 1000.0;
/// What the last line may be longer by then, lest a few gates need a line of their own.
const SLACK: f64 = 1.2;
/// More wires than these are not folded: nobody looks at such a picture line by line, and every
/// line repeats all wires.
const MAX_FOLDED_WIRES: usize = 10_000;

/// A circuit as a picture; [`Circuit::picture`] makes it.
///
/// ```
/// use ketlab::{Circuit, draw::Theme};
/// let mut bell = Circuit::new(2);
/// bell.h(0).cx(0, 1).measure_all();
/// let svg = bell.picture().theme(Theme::Dark).to_svg();
/// assert!(svg.starts_with("<svg"));
/// let latex = bell.picture().to_latex();
/// assert!(latex.contains(r"\ctrl{1}"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    circuit: &'a Circuit,
    theme: Theme,
    width: Option<Option<f64>>,
    max_columns: Option<usize>,
    #[cfg_attr(not(feature = "png"), allow(dead_code))]
    scale: Option<f64>,
}

impl<'a> Picture<'a> {
    /// What [`Circuit::picture`] gives.
    pub fn new(circuit: &'a Circuit) -> Self {
        Picture {
            circuit,
            theme: Theme::default(),
            width: None,
            max_columns: Some(MAX_COLUMNS),
            scale: None,
        }
    }

    /// The colours of SVG and PNG; LaTeX is black on white.
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// Folds at this many points (a gate's box is 30 wide), `None` for never; about
    /// [`PICTURE_WIDTH`] if not called. A picture is wider only where a single column is;
    /// more than 10,000 wires are not folded.
    pub fn width(mut self, points: impl Into<Option<f64>>) -> Self {
        self.width = Some(points.into());
        self
    }

    /// Draws this many columns of gates and then says how many operations are left, `None` for all;
    /// [`MAX_COLUMNS`] if not called.
    pub fn max_columns(mut self, columns: impl Into<Option<usize>>) -> Self {
        self.max_columns = columns.into();
        self
    }

    /// Pixels a point in a PNG; 2 if not called, or as many from 1 on as its size allows.
    pub fn scale(mut self, pixels: f64) -> Self {
        self.scale = Some(pixels);
        self
    }

    /// As SVG, one point a pixel. Letters are outlines, so it looks the same everywhere; the same
    /// circuit gives the same bytes.
    pub fn to_svg(&self) -> String {
        svg::write(&self.scene())
    }

    /// As PNG.
    ///
    /// # Errors
    /// If the scale is not a positive number, or the picture has more than 16,384 pixels per side
    /// or 64 Mi in all.
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> crate::error::Result<Vec<u8>> {
        png::write(&self.scene(), self.scale)
    }

    /// As a LaTeX document of its own, with one environment a fold, for the package quantikz in
    /// the syntax of its version 0.9.6 (`quantikz.sty`, not the TikZ library `quantikz2`).
    /// On large circuits (`circuits/qft_20.qasm` is one) pdflatex runs out of memory; try lualatex.
    /// Letters that plain LaTeX does not set are written as `[U+91CF]`.
    pub fn to_latex(&self) -> String {
        latex::write(&self.layout(), self.limits())
    }

    /// The limits of all lines but the last one, and of the last.
    fn limits(&self) -> [f64; 2] {
        let wires = self.circuit.num_qubits() + self.circuit.clbits().iter().count();
        match self.width {
            _ if wires > MAX_FOLDED_WIRES => [f64::INFINITY; 2],
            Some(width) => [width.filter(|w| !w.is_nan()).unwrap_or(f64::INFINITY); 2],
            None => [PICTURE_WIDTH, SLACK * PICTURE_WIDTH],
        }
    }

    fn layout(&self) -> Layout {
        Layout::new(self.circuit, self.max_columns.unwrap_or(usize::MAX))
    }

    fn scene(&self) -> Scene {
        let layout = self.layout();
        paint::scene(&layout, self.limits(), self.theme.palette(), self.description())
    }

    fn description(&self) -> String {
        let many = |n: usize, what: &str| {
            format!("{} {what}{}", label::count(n), if n == 1 { "" } else { "s" })
        };
        format!(
            "{}, {}, {}",
            many(self.circuit.num_qubits(), "qubit"),
            many(self.circuit.num_clbits(), "classical bit"),
            many(self.circuit.ops().len(), "operation")
        )
    }
}

impl Circuit {
    /// The circuit as a picture: SVG, PNG or LaTeX.
    pub fn picture(&self) -> Picture<'_> {
        Picture::new(self)
    }
}
