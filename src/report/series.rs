//! One line or cloud of points.

use serde::Serialize;

/// Half the height of a box of [`Style::Spans`].
pub(super) const SPAN: f64 = 0.36;

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
    /// Lines from each point of an even number to the one after it, e.g. the edges of a graph.
    Segments,
    /// Boxes around a value of y, as wide as the band, which is one of x; e.g. what a machine does when.
    /// The axis of y is linear.
    Spans,
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
    /// Empty, or one a point.
    pub(super) labels: Vec<String>,
    /// Empty, or for each point a place: its label stands at the other side.
    pub(super) away_from: Vec<(f64, f64)>,
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
        let (band, labels, away_from) = Default::default();
        Series { name: name.into(), style, points, band, labels, away_from, slot: None }
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

    /// Lines between two points each; see [`Style::Segments`].
    pub fn segments(
        name: impl Into<String>,
        ends: impl IntoIterator<Item = [(f64, f64); 2]>,
    ) -> Self {
        Self::new(name, Style::Segments, ends.into_iter().flatten())
    }

    /// Boxes (low, high, y), from `low` to `high` along x; see [`Style::Spans`]. A point is in the middle
    /// of its box.
    pub fn spans(
        name: impl Into<String>,
        spans: impl IntoIterator<Item = (f64, f64, f64)>,
    ) -> Self {
        let (points, band): (Vec<_>, Vec<_>) = spans
            .into_iter()
            .map(|(low, high, y)| ((low / 2.0 + high / 2.0, y), (low, high)))
            .unzip();
        Self::new(name, Style::Spans, points).with_band(band)
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

    /// A text above each point, or in the middle of each box, e.g. the number of a vertex; as many as
    /// points.
    pub fn with_labels(self, labels: impl IntoIterator<Item = String>) -> Self {
        Series { labels: labels.into_iter().collect(), ..self }
    }

    /// Puts each label beside its point, on the side that is away from a place of its own, such as the
    /// middle of a circle, or a point between two lines that end there: so it stands on neither. On axes
    /// that are not linear the labels stay above.
    pub fn labels_away_from(self, places: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Series { away_from: places.into_iter().collect(), ..self }
    }

    /// The band (low, high) at each point, e.g. a confidence interval; as many as points. On a
    /// logarithmic axis an end that is not positive is drawn at the lower end of the axis.
    pub fn with_band(self, band: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Series { band: band.into_iter().collect(), ..self }
    }
}
