//! The description of a picture.

use super::{Axis, Series};

/// Where the legend stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Legend {
    /// Below the axes: covers no data.
    #[default]
    Below,
    /// In a corner of the axes.
    TopRight,
    /// In a corner of the axes.
    TopLeft,
    /// In a corner of the axes.
    BottomRight,
    /// In a corner of the axes.
    BottomLeft,
    /// Nowhere.
    None,
}

/// A value on a grid, as colours, e.g. the landscape of a cost.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    pub(super) label: String,
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
    pub(super) values: Vec<Vec<f64>>,
    pub(super) show_values: bool,
}

impl HeatMap {
    /// `values[row][column]` with x from `x.0` at the first column to `x.1` at the last, and y from
    /// `y.0` at the first row to `y.1` at the last: the places where the values were taken, at the
    /// centres of their cells. `label` names the value, with its unit.
    pub fn new(
        label: impl Into<String>,
        x: (f64, f64),
        y: (f64, f64),
        values: Vec<Vec<f64>>,
    ) -> Self {
        HeatMap { label: label.into(), x, y, values, show_values: false }
    }

    /// Writes its number, with two decimals, into each cell that has room for it.
    pub fn with_values(self) -> Self {
        HeatMap { show_values: true, ..self }
    }

    /// The outer edges along x and y: half a cell beyond the first and the last centre.
    pub(super) fn edges(&self) -> [(f64, f64); 2] {
        let columns = self.values.first().map_or(0, Vec::len);
        [(self.x, columns), (self.y, self.values.len())].map(|((first, last), count)| {
            let half = if count > 1 { (last - first) / (count - 1) as f64 / 2.0 } else { 0.5 };
            (first - half, last + half)
        })
    }
}

/// Something constant: a line, or a stripe of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mark {
    Horizontal(f64),
    Vertical(f64),
    Band(f64, f64),
    /// A stripe of values of x.
    VerticalBand(f64, f64),
}

#[cfg(feature = "plot")]
impl Mark {
    /// Whether it is a stripe, which is drawn as an area.
    pub(super) fn is_band(self) -> bool {
        matches!(self, Mark::Band(..) | Mark::VerticalBand(..))
    }
}

/// A picture and its numbers; see the [module](super).
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub(super) title: String,
    pub(super) caption: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
    pub(super) marks: Vec<(String, Mark)>,
    pub(super) heat_map: Option<HeatMap>,
    pub(super) legend: Legend,
    pub(super) embed_font: bool,
    pub(super) is_bare: bool,
    pub(super) is_equal: bool,
}

impl Chart {
    /// A chart with nothing on it yet.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Chart {
            title: title.into(),
            caption: String::new(),
            x,
            y,
            series: Vec::new(),
            marks: Vec::new(),
            heat_map: None,
            legend: Legend::default(),
            embed_font: false,
            is_bare: false,
            is_equal: false,
        }
    }

    /// The line under the title that says what was run: sizes, shots, seed.
    pub fn caption(self, caption: impl Into<String>) -> Self {
        Chart { caption: caption.into(), ..self }
    }

    /// Adds a series.
    pub fn series(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// Adds a dashed line at a value of y. Marks outside a range that is set are not drawn.
    pub fn horizontal(self, name: impl Into<String>, y: f64) -> Self {
        self.mark(name, Mark::Horizontal(y))
    }

    /// Adds a dashed line at a value of x.
    pub fn vertical(self, name: impl Into<String>, x: f64) -> Self {
        self.mark(name, Mark::Vertical(x))
    }

    /// Adds a stripe of values of y, e.g. chemical accuracy around the exact energy.
    pub fn band(self, name: impl Into<String>, low: f64, high: f64) -> Self {
        self.mark(name, Mark::Band(low, high))
    }

    /// Adds a stripe of values of x, e.g. where something must not be. Stripes of one name are one entry
    /// of the legend.
    pub fn vertical_band(self, name: impl Into<String>, low: f64, high: f64) -> Self {
        self.mark(name, Mark::VerticalBand(low, high))
    }

    /// Sets the heat map; series are drawn over it.
    pub fn heat_map(self, heat_map: HeatMap) -> Self {
        Chart { heat_map: Some(heat_map), ..self }
    }

    /// Places the legend.
    pub fn legend(self, legend: Legend) -> Self {
        Chart { legend, ..self }
    }

    /// Whether an SVG carries its font, for viewers without any; that adds about 3 MB. A PNG needs
    /// none.
    pub fn embed_font(self, embed_font: bool) -> Self {
        Chart { embed_font, ..self }
    }

    /// Draws neither numbers at the axes nor a grid: where places mean nothing, as in the drawing of a
    /// graph.
    pub fn bare(self) -> Self {
        Chart { is_bare: true, ..self }
    }

    /// Makes lengths equal along both linear axes, as on a map: one of them then reaches farther than its
    /// range. Has no effect where an axis is logarithmic.
    pub fn equal(self) -> Self {
        Chart { is_equal: true, ..self }
    }

    fn mark(mut self, name: impl Into<String>, mark: Mark) -> Self {
        self.marks.push((name.into(), mark));
        self
    }
}
