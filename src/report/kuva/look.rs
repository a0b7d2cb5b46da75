//! Which colour, dashes and marks a series has.

use super::super::chart::Mark;
use super::super::{Chart, Series, Style};
use super::plain;
use ::kuva::plot::scatter::MarkerShape;
use ::kuva::plot::{LegendEntry, LegendShape};

/// Colours that people with any colour vision tell apart (Okabe and Ito, 2008), the darkest first.
const COLORS: [&str; 7] =
    ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#444444"];
/// Those over a heat map: none of them is in its colours.
const OVER_COLORS: [&str; 4] = ["#D55E00", "#FFFFFF", "#CC79A7", "#000000"];
const MARK_COLORS: [&str; 3] = ["#222222", "#8C564B", "#7F7F7F"];
pub const BAND_COLOR: &str = "#009E73";
/// [`BAND_COLOR`] as its opacity makes it look on white.
const PALE_BAND_COLOR: &str = "#C7EAE0";
pub const VERTICAL_BAND_COLOR: &str = "#D55E00";
const PALE_VERTICAL_BAND_COLOR: &str = "#F6DCC7";
pub const DASHES: &str = "7 4";
/// What tells series of one colour apart, once there are more of them than colours.
const LINES: [Option<&str>; 4] = [None, Some("2 2.5"), Some("9 3 2 3"), Some("14 3")];
const DASHED: [&str; 4] = [DASHES, "4 2 1.5 2", "13 5", "9 2 1.5 2 1.5 2"];
const MARKERS: [MarkerShape; 4] =
    [MarkerShape::Circle, MarkerShape::Square, MarkerShape::Triangle, MarkerShape::Diamond];
/// Three greys and four dashes: twelve lines that differ.
const GREYS: [&str; 3] = ["#4D4D4D", "#9A9A9A", "#737373"];
const REFERENCES: [&str; 4] = ["6 3", "1.5 2.5", "9 3 1.5 3", "3 1.5"];

/// How a series or a mark is drawn. One with neither line nor marker is a stripe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    pub color: &'static str,
    /// Width and dashes.
    pub line: Option<(f64, Option<&'static str>)>,
    pub marker: Option<MarkerShape>,
}

/// One line of a legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub name: String,
    pub look: Look,
}

impl Entry {
    /// For a legend that kuva draws.
    pub fn for_kuva(&self) -> LegendEntry {
        let (shape, dasharray) = match (self.look.line, self.look.marker) {
            (Some((_, dash)), _) => (LegendShape::Line, dash.map(str::to_owned)),
            (None, Some(marker)) => (LegendShape::Marker(marker), None),
            (None, None) => (LegendShape::Rect, None),
        };
        LegendEntry { label: plain(&self.name), color: self.look.color.into(), shape, dasharray }
    }
}

/// The names in some charts in the order in which they take colours: one name, one colour.
#[derive(Debug, Default)]
pub struct Looks<'a> {
    lines: Vec<&'a str>,
    /// Names whose colour is fixed, with their style and their number in the palette.
    fixed: Vec<(&'a str, Style, usize)>,
    over: Vec<&'a str>,
    references: Vec<&'a str>,
    marks: Vec<&'a str>,
}

impl<'a> Looks<'a> {
    pub fn of(charts: &'a [Chart]) -> Self {
        let mut looks = Looks::default();
        let add = |names: &mut Vec<&'a str>, name: &'a str| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        for chart in charts {
            for series in &chart.series {
                if let (Some(slot), None) = (series.slot, &chart.heat_map) {
                    looks.fix(series, slot);
                    continue;
                }
                let names = match (series.style, &chart.heat_map) {
                    (Style::Reference, _) => &mut looks.references,
                    (_, None) => &mut looks.lines,
                    (_, Some(_)) => &mut looks.over,
                };
                add(names, &series.name);
            }
            for (name, mark) in &chart.marks {
                if !mark.is_band() {
                    add(&mut looks.marks, name);
                }
            }
        }
        // What stands over a heat map in one panel has that colour in all.
        looks.lines.retain(|name| !looks.over.contains(name));
        looks
    }

    /// Gives a name its number, or the next one with the same colour that no other name of this style
    /// has.
    fn fix(&mut self, series: &'a Series, mut slot: usize) {
        let (name, style) = (series.name.as_str(), series.style);
        if self.fixed.iter().any(|f| (f.0, f.1) == (name, style)) {
            return;
        }
        while self.fixed.iter().any(|f| (f.1, f.2) == (style, slot)) {
            slot += COLORS.len();
        }
        self.fixed.push((name, style, slot));
    }

    pub fn series(&self, series: &Series) -> Look {
        let at = |names: &[&str]| names.iter().position(|name| *name == series.name);
        if series.style == Style::Reference {
            let k = at(&self.references).unwrap_or(0);
            let dash = REFERENCES[k % REFERENCES.len()];
            let color = GREYS[k % GREYS.len()];
            return Look { color, line: Some((1.3, Some(dash))), marker: None };
        }
        let fixed = self.fixed.iter().find(|f| (f.0, f.1) == (series.name.as_str(), series.style));
        let (color, round) = match at(&self.over) {
            None if fixed.is_some() => {
                let slot = fixed.map_or(0, |f| f.2);
                (COLORS[slot % COLORS.len()], slot / COLORS.len())
            }
            Some(k) => (OVER_COLORS[k % OVER_COLORS.len()], k / OVER_COLORS.len()),
            None => {
                // Without those that mean something else in this figure.
                let taken = &OVER_COLORS[..self.over.len().min(OVER_COLORS.len())];
                let free: Vec<_> = COLORS.into_iter().filter(|c| !taken.contains(c)).collect();
                let k = at(&self.lines).unwrap_or(0);
                (free[k % free.len()], k / free.len())
            }
        };
        let dash = match series.style {
            Style::Dashed => Some(DASHED[round % DASHED.len()]),
            _ => LINES[round % LINES.len()],
        };
        let marker = MARKERS[round % MARKERS.len()];
        Look {
            color,
            line: (!matches!(series.style, Style::Points | Style::Bars | Style::Spans))
                .then_some((if series.style == Style::Segments { 1.2 } else { 2.0 }, dash)),
            marker: matches!(series.style, Style::Points | Style::LinePoints).then_some(marker),
        }
    }

    pub fn mark(&self, name: &str, mark: Mark) -> Look {
        if mark.is_band() {
            let is_vertical = matches!(mark, Mark::VerticalBand(..));
            let color = if is_vertical { PALE_VERTICAL_BAND_COLOR } else { PALE_BAND_COLOR };
            return Look { color, line: None, marker: None };
        }
        let k = self.marks.iter().position(|other| *other == name).unwrap_or(0);
        let color = MARK_COLORS[k % MARK_COLORS.len()];
        Look { color, line: Some((1.6, Some(DASHES))), marker: None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Axis, HeatMap};
    use super::*;

    fn chart(names: &[String], style: Style) -> Chart {
        let chart = Chart::new("t", Axis::new("x"), Axis::new("y"));
        names.iter().fold(chart, |c, name| c.series(Series::new(name, style, [(0.0, 1.0)])))
    }

    fn looks(charts: &[Chart]) -> Vec<Look> {
        let looks = Looks::of(charts);
        charts.iter().flat_map(|c| &c.series).map(|s| looks.series(s)).collect()
    }

    #[test]
    fn many_series_all_look_different() {
        for (style, count) in [
            (Style::Line, 28),
            (Style::Dashed, 28),
            (Style::Points, 28),
            (Style::LinePoints, 28),
            (Style::Reference, 12),
        ] {
            let names: Vec<_> = (0..count).map(|k| format!("s{k}")).collect();
            let found = looks(&[chart(&names, style)]);
            for (k, look) in found.iter().enumerate() {
                assert!(!found[..k].contains(look), "{style:?} {k}: {look:?}");
            }
        }
    }

    #[test]
    fn a_name_has_one_colour_and_a_reference_takes_none() {
        let names = ["a", "b", "c"].map(String::from);
        let left = chart(&names, Style::Line).series(Series::reference("r", [(0.0, 1.0)]));
        let right = Chart::new("t", Axis::new("x"), Axis::new("y"))
            .series(Series::reference("r", [(0.0, 2.0)]))
            .series(Series::points("c", [(0.0, 1.0)]))
            .series(Series::line("d", [(0.0, 1.0)]));
        let found = looks(&[left, right]);
        assert_eq!(found[3], found[4]);
        assert_eq!(GREYS[0], found[4].color);
        assert_eq!((found[2].color, found[2].marker), (found[5].color, None));
        assert_eq!((found[5].line, found[6].color), (None, COLORS[3]));
    }

    #[test]
    fn a_fixed_colour_does_not_depend_on_the_others() {
        let names = ["a", "b", "c"].map(String::from);
        let fixed = |name: &str, style, slot| Series::new(name, style, [(0.0, 1.0)]).slot(slot);
        let one = chart(&names, Style::Line).series(fixed("m", Style::Line, 6));
        let two = chart(&[], Style::Line).series(fixed("m", Style::Line, 6));
        assert_eq!(looks(&[one])[3], looks(&[two])[0]);
        // Another name of this number differs in its dashes, another style only in its style.
        let three = chart(&[], Style::Line)
            .series(fixed("m", Style::Line, 6))
            .series(fixed("n", Style::Line, 6))
            .series(fixed("m", Style::Dashed, 6));
        let found = looks(&[three]);
        assert!(found.iter().all(|look| look.color == COLORS[6]));
        assert!(found[0] != found[1] && found[0] != found[2] && found[1] != found[2]);
    }

    #[test]
    fn colours_over_a_heat_map_are_not_given_twice() {
        let map = HeatMap::new("cut", (0.0, 1.0), (0.0, 1.0), vec![vec![1.0; 2]; 2]);
        let over = chart(&["path".into()], Style::Line).heat_map(map);
        let names = ["a", "b", "path"].map(String::from);
        let found = looks(&[chart(&names, Style::Line), over]);
        assert_eq!(found[2], found[3]);
        assert_eq!(found[2].color, OVER_COLORS[0]);
        assert_eq!([found[0].color, found[1].color], [COLORS[0], COLORS[2]]);
    }
}
