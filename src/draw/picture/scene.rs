//! A picture as a list of a few kinds of shapes, for any medium. Lengths are points, y downwards.

use super::font::Segment;
use super::theme::Rgb;

/// Shapes in the order in which they are painted.
pub(super) struct Scene {
    pub width: f64,
    pub height: f64,
    pub background: Rgb,
    /// What it shows, for those who do not see it.
    pub description: String,
    pub items: Vec<Item>,
}

pub(super) enum Item {
    Path { segments: Vec<Segment>, paint: Paint },
    Rect { x: f64, y: f64, width: f64, height: f64, radius: f64, paint: Paint },
    Circle { x: f64, y: f64, radius: f64, paint: Paint },
    Text(Text),
}

/// One line of text in one size.
pub(super) struct Text {
    /// Left end.
    pub x: f64,
    /// Baseline.
    pub y: f64,
    pub size: f64,
    pub text: String,
    pub colour: Rgb,
}

/// How a shape is filled and outlined.
#[derive(Clone, Copy, Default)]
pub(super) struct Paint {
    pub fill: Option<Rgb>,
    /// The opacity of the fill.
    pub opacity: Option<f64>,
    pub stroke: Option<Stroke>,
}

#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub colour: Rgb,
    pub width: f64,
    pub dash: Option<[f64; 2]>,
}

impl Paint {
    pub fn fill(colour: Rgb) -> Self {
        Paint { fill: Some(colour), ..Paint::default() }
    }

    pub fn line(colour: Rgb, width: f64) -> Self {
        Paint::default().edge(colour, width)
    }

    pub fn edge(self, colour: Rgb, width: f64) -> Self {
        Paint { stroke: Some(Stroke { colour, width, dash: None }), ..self }
    }

    pub fn dashed(mut self, dash: [f64; 2]) -> Self {
        if let Some(stroke) = &mut self.stroke {
            stroke.dash = Some(dash);
        }
        self
    }
}

impl Scene {
    pub fn line(&mut self, from: [f64; 2], to: [f64; 2], paint: Paint) {
        self.path(vec![Segment::Move(from), Segment::Line(to)], paint);
    }

    pub fn path(&mut self, segments: Vec<Segment>, paint: Paint) {
        if !segments.is_empty() {
            self.items.push(Item::Path { segments, paint });
        }
    }

    pub fn rect(&mut self, [x0, x1]: [f64; 2], [y0, y1]: [f64; 2], radius: f64, paint: Paint) {
        let (width, height) = (x1 - x0, y1 - y0);
        self.items.push(Item::Rect { x: x0, y: y0, width, height, radius, paint });
    }

    pub fn circle(&mut self, [x, y]: [f64; 2], radius: f64, paint: Paint) {
        self.items.push(Item::Circle { x, y, radius, paint });
    }

    pub fn text(&mut self, [x, y]: [f64; 2], size: f64, text: impl Into<String>, colour: Rgb) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.items.push(Item::Text(Text { x, y, size, text, colour }));
        }
    }
}
