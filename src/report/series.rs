//! One line or cloud of points.

use serde::Serialize;

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// A line through the points.
    Line,
    /// A dashed line.
    Dashed,
    /// Marks alone.
    Points,
    /// A line with marks.
    LinePoints,
    /// Bars from 0, stacked on those of the series before it at the same x: positive numbers upwards,
    /// negative ones downwards. Both axes are linear.
    Bars,
    /// A line to compare with, e.g. a slope that theory predicts: thin, dashed and grey, below the
    /// other lines. It takes none of their colours.
    Reference,
}

/// Points (x, y) with a name and, if there is one, a band low..high around them.
///
/// Points that are not finite are not drawn; the line is broken there, and [`super::Chart::skipped`]
/// counts them. Series of one name have one colour; [`Series::slot`] fixes it for several pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub(super) name: String,
    pub(super) style: Style,
    pub(super) points: Vec<(f64, f64)>,
    /// Empty, or one (low, high) a point.
    pub(super) band: Vec<(f64, f64)>,
    /// Its number in the palette, if it is fixed.
    pub(super) slot: Option<usize>,
}

impl Series {
    /// A series in any style.
    pub fn new(
        name: impl Into<String>,
        style: Style,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        let points = points.into_iter().collect();
        Series { name: name.into(), style, points, band: Vec::new(), slot: None }
    }

    /// A line.
    pub fn line(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(name, Style::Line, points)
    }

    /// Marks alone.
    pub fn points(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(name, Style::Points, points)
    }

    /// Stacked bars; see [`Style::Bars`].
    pub fn bars(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(name, Style::Bars, points)
    }

    /// A line to compare with; see [`Style::Reference`].
    pub fn reference(
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        Self::new(name, Style::Reference, points)
    }

    /// Fixes its colour: the number of the palette's colour, whatever else is on the picture, so that
    /// one thing has one colour in many pictures. Numbers that differ by a multiple of the palette's 7
    /// colours differ in dashes and marks. Over a heat map it has no effect.
    pub fn slot(self, slot: usize) -> Self {
        Series { slot: Some(slot), ..self }
    }

    /// The band (low, high) at each point, e.g. a confidence interval; as many as points. On a
    /// logarithmic axis an end that is not positive is drawn at the lower end of the axis.
    pub fn with_band(self, band: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Series { band: band.into_iter().collect(), ..self }
    }
}
