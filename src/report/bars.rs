//! Where bars begin and end.

use super::{Chart, Series, Style};

/// The bars of a chart, stacked.
#[derive(Debug, Default)]
pub(super) struct Bars {
    /// Half the width of each.
    pub half_width: f64,
    /// For each series of the chart the (low, high) of its bars; empty of what is none.
    pub ends: Vec<Vec<(f64, f64)>>,
}

impl Chart {
    /// Stacks bars at the same x in the order of their series: those of positive numbers upwards from 0,
    /// those of negative ones downwards.
    pub(super) fn bars(&self) -> Bars {
        let is_bars = |series: &&Series| series.style == Style::Bars;
        let mut places: Vec<f64> = self
            .series
            .iter()
            .filter(is_bars)
            .flat_map(|series| series.points.iter().map(|p| p.0))
            .filter(|x| x.is_finite())
            .collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        let closest = places.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        // What is on top so far: x, downwards, upwards.
        let mut tops: Vec<(f64, f64, f64)> = places.iter().map(|x| (*x, 0.0, 0.0)).collect();
        let mut stack = |(x, y): (f64, f64)| {
            let Some(top) = tops.iter_mut().find(|top| top.0 == x && y.is_finite()) else {
                return (f64::NAN, f64::NAN);
            };
            let (low, high) = if y < 0.0 { (top.1 + y, top.1) } else { (top.2, top.2 + y) };
            if y < 0.0 {
                top.1 = low
            } else {
                top.2 = high
            }
            (low, high)
        };
        let ends = self.series.iter().map(|series| match series.style {
            Style::Bars => series.points.iter().map(|point| stack(*point)).collect(),
            _ => Vec::new(),
        });
        Bars {
            ends: ends.collect(),
            half_width: if closest.is_finite() { 0.4 * closest } else { 0.4 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Axis;
    use super::*;

    #[test]
    fn bars_stack_away_from_zero() {
        let nan = f64::NAN;
        let chart = Chart::new("t", Axis::new("x"), Axis::new("y"))
            .series(Series::bars("a", [(1.0, 2.0), (3.0, -1.0)]))
            .series(Series::line("l", [(1.0, 9.0)]))
            .series(Series::bars("b", [(3.0, 0.5), (1.0, 1.0), (1.5, nan)]))
            .series(Series::bars("c", [(3.0, -2.0)]));
        let bars = chart.bars();
        assert_eq!(bars.half_width, 0.2);
        assert_eq!(bars.ends[0], [(0.0, 2.0), (-1.0, 0.0)]);
        assert!(bars.ends[1].is_empty());
        assert_eq!(bars.ends[2][..2], [(0.0, 0.5), (2.0, 3.0)]);
        assert!(bars.ends[2][2].0.is_nan());
        assert_eq!(bars.ends[3], [(-3.0, -1.0)]);
    }
}
