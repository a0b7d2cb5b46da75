//! Whether a chart can be drawn, and the ranges of its axes.

use super::axis::{Scale, Ticks};
use super::chart::Mark;
use super::series::SPAN;
use super::{Axis, Chart, HeatMap, Series, Style};
use crate::error::{Error, Result};

/// The ticks of both axes of a chart that can be drawn.
#[derive(Debug)]
pub(super) struct Frame {
    pub x: Ticks,
    pub y: Ticks,
}

impl Series {
    /// Whether point `k` and what belongs to it can be drawn.
    pub(super) fn is_drawn(&self, k: usize) -> bool {
        let (x, y) = self.points[k];
        let band = self.band.get(k).is_none_or(|(low, high)| low.is_finite() && high.is_finite());
        x.is_finite() && y.is_finite() && band
    }

    fn drawn(&self) -> impl Iterator<Item = usize> {
        (0..self.points.len()).filter(|&k| self.is_drawn(k))
    }
}

impl Chart {
    /// How many points and cells are not drawn because a number of theirs is not finite.
    pub fn skipped(&self) -> usize {
        let points: usize = self.series.iter().map(|s| s.points.len() - s.drawn().count()).sum();
        let cells = self.heat_map.iter().flat_map(|map| map.values.iter().flatten());
        points + cells.filter(|v| !v.is_finite()).count()
    }

    /// Refuses what has no picture, with the reason.
    pub(super) fn check(&self) -> Result<Frame> {
        if self.series.is_empty() && self.heat_map.is_none() {
            return Err(refused(&self.title, "it has neither a series nor a heat map"));
        }
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        // A band down to zero ends at the lower end of a logarithmic axis: it does not say where.
        let below = |v: f64| self.y.scale == Scale::Log && v.is_finite() && v <= 0.0;
        let bars = self.bars();
        for (series, ends) in self.series.iter().zip(&bars.ends) {
            check_series(series)?;
            if series.style == Style::Bars {
                self.check_bars(series)?;
                for k in series.drawn() {
                    xs.extend([-1.0, 1.0].map(|side| series.points[k].0 + side * bars.half_width));
                    ys.extend([ends[k].0, ends[k].1]);
                }
                continue;
            }
            if series.style == Style::Spans {
                self.check_spans(series)?;
                for k in series.drawn() {
                    xs.extend([series.band[k].0, series.band[k].1]);
                    ys.extend([-SPAN, SPAN].map(|side| series.points[k].1 + side));
                }
                continue;
            }
            for k in series.drawn() {
                xs.push(series.points[k].0);
                ys.push(series.points[k].1);
                let ends = series.band.get(k).into_iter().flat_map(|&(low, high)| [low, high]);
                ys.extend(ends.filter(|&v| !below(v)));
            }
        }
        for (name, mark) in &self.marks {
            let values = match *mark {
                Mark::Horizontal(y) => (&mut ys, [y, y]),
                Mark::Vertical(x) => (&mut xs, [x, x]),
                Mark::Band(a, b) if below(a) && !below(b) => (&mut ys, [b, b]),
                Mark::Band(a, b) if below(b) && !below(a) => (&mut ys, [a, a]),
                Mark::Band(a, b) => (&mut ys, [a, b]),
                Mark::VerticalBand(a, b) => (&mut xs, [a, b]),
            };
            for value in values.1 {
                if !value.is_finite() {
                    return Err(Error::NotFinite { what: format!("`{name}`"), value });
                }
                values.0.push(value);
            }
        }
        if let Some(map) = &self.heat_map {
            check_heat_map(map, [&self.x, &self.y])?;
            let [x, y] = map.edges();
            let fixed = |axis: &Axis, ends| ticks(axis, &[], Some(axis.range.unwrap_or(ends)));
            return Ok(Frame { x: fixed(&self.x, x)?, y: fixed(&self.y, y)? });
        }
        Ok(Frame { x: ticks(&self.x, &xs, self.x.range)?, y: ticks(&self.y, &ys, self.y.range)? })
    }

    /// Boxes are as high everywhere, and each has its ends.
    fn check_spans(&self, series: &Series) -> Result<()> {
        if self.y.scale == Scale::Log {
            let expected =
                format!("boxes are equally high: the axis `{}` must be linear", self.y.label);
            return Err(refused(&series.name, expected));
        }
        match series.band.is_empty() {
            false => Ok(()),
            true => Err(refused(&series.name, "a box needs a band, which is its ends along x")),
        }
    }

    /// Bars are as wide everywhere, and begin at 0.
    fn check_bars(&self, series: &Series) -> Result<()> {
        if let Some(axis) = [&self.x, &self.y].into_iter().find(|axis| axis.scale == Scale::Log) {
            let expected = format!("bars begin at 0: the axis `{}` must be linear", axis.label);
            return Err(refused(&series.name, expected));
        }
        match series.band.is_empty() {
            true => Ok(()),
            false => Err(refused(&series.name, "bars have no band; add points with one")),
        }
    }
}

fn refused(name: &str, expected: impl Into<String>) -> Error {
    Error::Invalid {
        what: format!("`{name}`"),
        value: "not drawn".into(),
        expected: expected.into(),
    }
}

fn check_series(series: &Series) -> Result<()> {
    let (points, band) = (series.points.len(), series.band.len());
    if points == 0 {
        return Err(refused(&series.name, "the series is empty"));
    }
    if band != 0 && band != points {
        return Err(refused(
            &series.name,
            format!(
                "its band has {band} entries; it must have one for each of the {points} points"
            ),
        ));
    }
    let labels = series.labels.len();
    if labels != 0 && labels != points {
        return Err(refused(
            &series.name,
            format!("it has {labels} labels; it must have one for each of the {points} points"),
        ));
    }
    let places = series.away_from.len();
    if places != 0 && places != points {
        return Err(refused(
            &series.name,
            format!(
                "it has {places} places beside labels; it must have one for each of the {points} points"
            ),
        ));
    }
    if series.style == Style::Segments && points % 2 == 1 {
        let expected = format!("each line has two ends, but there are {points} points");
        return Err(refused(&series.name, expected));
    }
    if series.drawn().next().is_none() {
        return Err(refused(&series.name, format!("none of its {points} points is finite")));
    }
    Ok(())
}

fn check_heat_map(map: &HeatMap, axes: [&Axis; 2]) -> Result<()> {
    let columns = map.values.first().map_or(0, Vec::len);
    if columns == 0 {
        return Err(refused(&map.label, "the heat map is empty"));
    }
    if let Some(row) = map.values.iter().position(|row| row.len() != columns) {
        let expected = format!(
            "row {row} has {} values; it must have {columns} as row 0 has",
            map.values[row].len()
        );
        return Err(refused(&map.label, expected));
    }
    if !map.values.iter().flatten().any(|v| v.is_finite()) {
        return Err(refused(&map.label, "none of its values is finite"));
    }
    for ((low, high), count) in [(map.x, columns), (map.y, map.values.len())] {
        if !(low.is_finite() && high.is_finite() && (low < high || count == 1)) {
            let expected = format!("its axis goes from {low} to {high}; it must rise");
            return Err(refused(&map.label, expected));
        }
    }
    match axes.iter().find(|axis| axis.scale == Scale::Log) {
        Some(axis) => Err(refused(
            &map.label,
            format!("the cells of a heat map are equal: the axis `{}` must be linear", axis.label),
        )),
        None => Ok(()),
    }
}

/// The ticks for these values, or for a range that is given.
fn ticks(axis: &Axis, values: &[f64], range: Option<(f64, f64)>) -> Result<Ticks> {
    let label = &axis.label;
    if let Some((low, high)) = range
        && !(low.is_finite() && high.is_finite() && low < high)
    {
        return Err(refused(label, format!("its range is {low} to {high}; it must rise")));
    }
    let fold = |start: f64, f: fn(f64, f64) -> f64| values.iter().copied().fold(start, f);
    let data = (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max));
    let (low, high) = range.unwrap_or(data);
    if axis.scale == Scale::Linear {
        return Ok(Ticks::linear(low, high, range.is_some()));
    }
    // Also what a given range would cut off: it has no place on the axis.
    let smallest = data.0.min(low);
    if smallest <= 0.0 {
        let expected = format!("the axis is logarithmic, but a value is {smallest}");
        return Err(refused(label, expected));
    }
    if low < 1e-290 || high > 1e290 || high / low > 1e180 {
        let expected = format!("{low:e} to {high:e} is too wide for a logarithmic axis");
        return Err(refused(label, expected));
    }
    Ok(Ticks::log(low, high, range.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: &[(f64, f64)]) -> Chart {
        let series = Series::line("run", points.iter().copied());
        Chart::new("title", Axis::new("time"), Axis::new("error")).series(series)
    }

    fn says(chart: Chart) -> String {
        chart.check().unwrap_err().to_string()
    }

    #[test]
    fn refuses_with_a_reason() {
        let log = |points: &[(f64, f64)]| {
            let mut chart = chart(points);
            chart.y = chart.y.log();
            chart
        };
        assert!(says(Chart::new("t", Axis::new("x"), Axis::new("y"))).contains("neither"));
        assert!(says(chart(&[])).contains("`run` is not drawn; the series is empty"));
        assert!(says(chart(&[(0.0, f64::NAN)])).contains("none of its 1 points"));
        assert!(says(log(&[(0.0, 1.0), (1.0, 0.0)])).contains("logarithmic, but a value is 0"));
        assert!(says(log(&[(0.0, 1.0), (1.0, -2.0)])).contains("a value is -2"));
        assert!(says(log(&[(0.0, 1.0)]).horizontal("exact", -1.0)).contains("a value is -1"));
        assert!(says(log(&[(0.0, 1e-200), (0.0, 1e200)])).contains("too wide"));
        let mut ranged = log(&[(0.0, -1.0), (1.0, 2.0)]);
        ranged.y = ranged.y.range(1.0, 10.0);
        assert!(says(ranged).contains("a value is -1"));
        let mut falling = chart(&[(0.0, 1.0)]);
        falling.x = falling.x.range(3.0, 2.0);
        assert!(says(falling).contains("must rise"));
        assert!(
            says(chart(&[(0.0, 1.0)]).horizontal("exact", f64::NAN)).contains("`exact` is NaN")
        );
        let band = Series::line("run", [(0.0, 1.0), (1.0, 1.0)]).with_band([(0.0, 2.0)]);
        assert!(says(chart(&[(0.0, 1.0)]).series(band)).contains("band has 1 entries"));
    }

    #[test]
    fn boxes_and_lines_between_two_points_need_their_ends() {
        let on = |series: Series| Chart::new("t", Axis::new("x"), Axis::new("y")).series(series);
        let boxes = on(Series::spans("job", [(1.0, 3.0, 0.0), (4.0, 5.0, 2.0)]));
        let frame = boxes.check().unwrap();
        assert!(frame.x.ends().0 < 1.0 && frame.x.ends().1 > 5.0, "{frame:?}");
        assert!(frame.y.ends().0 < -SPAN && frame.y.ends().1 > 2.0 + SPAN, "{frame:?}");
        assert!(says(on(Series::new("job", Style::Spans, [(0.0, 1.0)]))).contains("needs a band"));
        let log = Chart { y: Axis::new("y").log(), ..boxes };
        assert!(says(log).contains("must be linear"));
        let edge = [(0.0, 0.0), (1.0, 1.0)];
        assert!(on(Series::segments("edges", [edge])).check().is_ok());
        let half = Series::new("edges", Style::Segments, [(0.0, 1.0)]);
        assert!(says(on(half)).contains("two ends, but there are 1 points"));
        let named = Series::points("cities", edge).with_labels(["a".into()]);
        assert!(says(on(named)).contains("has 1 labels"));
    }

    #[test]
    fn a_band_down_to_zero_is_cut_on_a_logarithmic_axis() {
        let series =
            Series::line("run", [(0.0, 1e-3), (1.0, 1e-1)]).with_band([(0.0, 1e-2), (-1.0, 1.0)]);
        let on = |axis: Axis| Chart::new("t", Axis::new("x"), axis).series(series.clone());
        let chart = on(Axis::new("y").log());
        // The ends of the axis follow from the positive values, with a little room.
        let (low, high) = chart.check().unwrap().y.ends();
        assert!((5e-4..1e-3).contains(&low) && (1.0..2.0).contains(&high), "{low} {high}");
        assert_eq!(chart.skipped(), 0);
        assert!(on(Axis::new("y")).check().unwrap().y.ends().0 < -1.0);
        let stripe = chart.clone().band("good", 0.0, 2e-3).check().unwrap();
        assert_eq!(stripe.y.ends(), (low, high));
        assert!(says(chart.clone().band("good", -1.0, 0.0)).contains("a value is -1"));
        assert!(says(chart.band("good", f64::NEG_INFINITY, 1.0)).contains("`good` is -inf"));
    }

    #[test]
    fn refuses_heat_maps_with_a_reason() {
        let map = |x, y, values| {
            Chart::new("t", Axis::new("γ"), Axis::new("β"))
                .heat_map(HeatMap::new("cut", x, y, values))
        };
        assert!(says(map((0.0, 1.0), (0.0, 1.0), vec![])).contains("empty"));
        assert!(says(map((0.0, 1.0), (0.0, 1.0), vec![vec![1.0], vec![]])).contains("row 1 has 0"));
        assert!(says(map((1.0, 0.0), (0.0, 1.0), vec![vec![1.0; 2]; 2])).contains("must rise"));
        assert!(says(map((0.0, 1.0), (0.0, 1.0), vec![vec![f64::NAN]])).contains("finite"));
        let mut log = map((0.0, 1.0), (0.0, 1.0), vec![vec![1.0; 2]; 2]);
        log.x = log.x.log();
        assert!(says(log).contains("`γ` must be linear"));
        let good = map((0.0, 1.0), (0.0, 2.0), vec![vec![1.0, f64::NAN]; 2]);
        assert_eq!(good.skipped(), 2);
        assert_eq!(good.check().unwrap().x.ends(), (-0.5, 1.5));
    }

    #[test]
    fn counts_what_is_skipped_and_takes_marks_and_bands_into_the_range() {
        let nan = f64::NAN;
        let series = Series::line("run", [(0.0, 1.0), (nan, 1.0), (2.0, 2.0), (3.0, 2.0)])
            .with_band([(0.5, 1.5), (0.0, 9.0), (-4.0, 2.0), (nan, 3.0)]);
        let chart =
            chart(&[(0.0, f64::INFINITY), (5.0, 1.0)]).series(series).horizontal("top", 8.0);
        assert_eq!(chart.skipped(), 3);
        let frame = chart.check().unwrap();
        let wider = chart.clone().vertical_band("bad", -5.0, 2.0).check().unwrap();
        assert!(wider.x.ends().0 < -5.0 && wider.x.ends().1 > 5.0, "{wider:?}");
        let endless = chart.clone().vertical_band("bad", 0.0, f64::INFINITY).check();
        assert!(endless.unwrap_err().to_string().contains("`bad` is inf"));
        // Three hundredths of room at each end.
        let close = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-9;
        assert!(close(frame.x.ends(), (-0.15, 5.15)), "{frame:?}");
        assert!(close(frame.y.ends(), (-4.36, 8.36)), "{frame:?}");
    }
}
