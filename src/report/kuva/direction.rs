//! Where a value stands on an axis of kuva.

use super::super::axis::{Ticks, power};
use super::text;
use ::kuva::render::layout::{ComputedLayout, Layout, TickFormat};
use ::kuva::render::render_utils::generate_ticks_log;
use std::sync::Arc;

/// One axis as kuva sees it. Its logarithmic ticks start at 1e-10, so smaller values are drawn
/// multiplied by a power of ten, which the labels divide out.
#[derive(Debug, Clone, Copy)]
pub struct Direction {
    pub ticks: Ticks,
    factor: f64,
}

impl Direction {
    pub fn new(ticks: Ticks) -> Self {
        let factor = match ticks {
            Ticks::Log { low, .. } if low < 1e-9 => power(-9 - low.log10().floor() as i32),
            _ => 1.0,
        };
        Direction { ticks, factor }
    }

    pub fn at(&self, value: f64) -> f64 {
        value * self.factor
    }

    /// The lower end of the axis for what is below a logarithmic one.
    pub fn at_or_low(&self, value: f64) -> f64 {
        match self.ticks {
            Ticks::Linear { .. } => self.at(value),
            Ticks::Log { low, .. } => self.at(value.max(low)),
        }
    }

    pub fn ends(&self) -> (f64, f64) {
        let (low, high) = self.ticks.ends();
        (self.at(low), self.at(high))
    }

    /// The text at a tick of kuva.
    pub fn label(&self, tick: f64) -> String {
        self.ticks.label(tick / self.factor)
    }

    pub fn format(&self) -> TickFormat {
        let direction = *self;
        TickFormat::Custom(Arc::new(move |tick| direction.label(tick)))
    }
}

/// Room at the left for the labels of a logarithmic axis: kuva measures its own instead.
pub fn with_room(layout: Layout, y: &Direction) -> Layout {
    if let Ticks::Linear { .. } = y.ticks {
        return layout;
    }
    let (low, high) = y.ends();
    let labels = generate_ticks_log(low, high).into_iter().map(|tick| y.label(tick));
    let widest = labels.map(|label| text::width(&label, layout.tick_size)).fold(0.0, f64::max);
    let computed = ComputedLayout::from_layout(&layout);
    // And a little more than kuva leaves between them and the label of the axis.
    let more = widest - computed.y_tick_label_px + 4.0;
    // The label goes along with the axes, but kuva keeps it half its height from the edge.
    let moved = more.max(-0.16 * f64::from(layout.label_size));
    layout
        .with_force_margins(computed.margin_left + more, computed.margin_right)
        .with_y_label_offset(-moved, 0.0)
}
