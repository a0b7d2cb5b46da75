//! Where a value stands on an axis of kuva.

use super::super::axis::{Ticks, power};
use ::kuva::render::layout::TickFormat;
use std::sync::Arc;

/// One axis as kuva sees it. Its logarithmic ticks start at 1e-10, so smaller values are drawn
/// multiplied by a power of ten, which the labels divide out.
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

    pub fn ends(&self) -> (f64, f64) {
        let (low, high) = self.ticks.ends();
        (self.at(low), self.at(high))
    }

    pub fn format(&self) -> TickFormat {
        let Direction { ticks, factor } = *self;
        TickFormat::Custom(Arc::new(move |value| ticks.label(value / factor)))
    }
}
