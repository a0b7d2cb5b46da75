//! Pictures, drawn by the crate `kuva`, which is named in this folder alone.

mod direction;
mod draw;

use super::axis::Ticks;
use super::chart::{Legend, Mark};
use super::{Chart, Scale};
use crate::error::{Error, Result};
use ::kuva::backend::svg::SvgBackend;
use ::kuva::plot::{ColorMap, Heatmap, LegendEntry, LegendPosition, LegendShape};
use ::kuva::render::annotations::{ReferenceLine, ShadedRegion};
use ::kuva::render::layout::{Layout, TickFormat};
use ::kuva::render::plots::Plot;
use ::kuva::render::render::{Primitive, Scene, TextAnchor, render_multiple};
use direction::Direction;
use draw::{draw, entry};
use std::sync::Arc;

/// Colours that people with any colour vision tell apart (Okabe and Ito, 2008), the darkest first.
const COLORS: [&str; 7] =
    ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#444444"];
/// Those over a heat map: none of them is in its colours.
const OVER_COLORS: [&str; 4] = ["#D55E00", "#FFFFFF", "#CC79A7", "#000000"];
const MARK_COLORS: [&str; 3] = ["#222222", "#8C564B", "#7F7F7F"];
const BAND_COLOR: &str = "#009E73";
/// [`BAND_COLOR`] as its opacity makes it look on white.
const PALE_BAND_COLOR: &str = "#C7EAE0";
/// Cells without a finite value.
const NO_VALUE: &str = "#b9bbbc";
/// Any of these is on most systems, and every viewer has the last.
const FONTS: &str = "DejaVu Sans, Verdana, Arial, Helvetica, sans-serif";
const DASHES: &str = "7 4";

impl Chart {
    /// The picture as SVG.
    ///
    /// # Errors
    /// An empty series, a band of another length, a nonpositive value on a logarithmic axis, a heat
    /// map that is not a rectangle or has a logarithmic axis.
    pub fn to_svg(&self) -> Result<String> {
        let scene = self.scene()?;
        let svg = SvgBackend::new().with_embedded_font(self.embed_font).render_scene(&scene);
        Ok(renumbered(&svg))
    }

    /// The picture as PNG, at `scale` times 760 × 540 pixels or a little more; 2 is fit for print.
    /// The font is part of the program.
    ///
    /// # Errors
    /// As [`Chart::to_svg`], and a scale outside 0.1..=10.
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>> {
        if !(0.1..=10.0).contains(&scale) {
            return Err(Error::Invalid {
                what: "the scale of a picture".into(),
                value: scale.to_string(),
                expected: "it must be from 0.1 to 10".into(),
            });
        }
        let scene = self.scene()?;
        let drawn = ::kuva::RasterBackend::new().with_scale(scale as f32).render_scene(&scene);
        drawn.map_err(|message| Error::Invalid {
            what: "the picture".into(),
            value: "not drawn".into(),
            expected: message,
        })
    }

    fn scene(&self) -> Result<Scene> {
        let frame = self.check()?;
        let (x, y) = (Direction::new(frame.x), Direction::new(frame.y));
        let mut plots: Vec<Plot> = self.cells(&x, &y);
        let mut legend = Vec::new();
        for (k, series) in self.series.iter().enumerate() {
            let colors: &[&str] = if self.heat_map.is_some() { &OVER_COLORS } else { &COLORS };
            let color = colors[k % colors.len()];
            draw(series, color, &x, &y, &mut plots);
            legend.push(entry(&series.name, color, series.style));
        }
        let mut layout = Layout::auto_from_plots(&plots)
            .with_width(760.0)
            .with_height(540.0)
            .with_font_family(FONTS)
            .with_title(plain(&self.title))
            .with_title_wrap(60)
            .with_x_label(plain(&self.x.text()))
            .with_y_label(plain(&self.y.text()))
            .with_box_axes();
        if !self.caption.is_empty() {
            layout = layout.with_subtitle(plain(&self.caption)).with_subtitle_wrap(95);
        }
        layout = self.marked(layout, &x, &y, &mut legend);
        layout = self.ranged(layout, &x, &y);
        let mut scene = render_multiple(plots, self.explained(layout, legend));
        if let Some(map) = &self.heat_map {
            name_color_bar(&map.label, &mut scene);
        }
        Ok(scene)
    }

    fn cells(&self, x: &Direction, y: &Direction) -> Vec<Plot> {
        let Some(map) = &self.heat_map else { return Vec::new() };
        let [x_edges, y_edges] = map.edges();
        let finite = |v: f64| if v.is_finite() { v } else { f64::NAN };
        let values = map.values.iter().map(|row| row.iter().map(|&v| finite(v)).collect());
        let color = |t: f64| match t.is_nan() {
            true => NO_VALUE.into(),
            false => ColorMap::Viridis.map(t),
        };
        let heatmap = Heatmap::new()
            .with_data(values.collect::<Vec<Vec<f64>>>())
            .with_x_range(x.at(x_edges.0), x.at(x_edges.1))
            .with_y_range(y.at(y_edges.0), y.at(y_edges.1))
            .with_cell_size(1.0)
            .with_color_map(ColorMap::Custom(Arc::new(color)));
        vec![Plot::Heatmap(heatmap)]
    }

    /// Adds lines and stripes.
    fn marked(
        &self,
        mut layout: Layout,
        x: &Direction,
        y: &Direction,
        legend: &mut Vec<LegendEntry>,
    ) -> Layout {
        let mut colors = MARK_COLORS.iter().cycle();
        for (name, mark) in &self.marks {
            // kuva would draw outside the axes.
            let Some(mark) = visible(*mark, x.ticks.ends(), y.ticks.ends()) else { continue };
            let color = match mark {
                Mark::Band(..) => BAND_COLOR,
                _ => colors.next().unwrap_or(&BAND_COLOR),
            };
            let line = |line: ReferenceLine| {
                line.with_color(color).with_stroke_width(1.6).with_dasharray(DASHES)
            };
            let shape = match mark {
                Mark::Horizontal(value) => {
                    layout =
                        layout.with_reference_line(line(ReferenceLine::horizontal(y.at(value))));
                    LegendShape::Line
                }
                Mark::Vertical(value) => {
                    layout = layout.with_reference_line(line(ReferenceLine::vertical(x.at(value))));
                    LegendShape::Line
                }
                Mark::Band(low, high) => {
                    let region = ShadedRegion::horizontal(y.at(low), y.at(high));
                    let region = region.with_color(color).with_opacity(0.22);
                    layout = layout.with_shaded_region(region);
                    LegendShape::Rect
                }
            };
            let is_line = matches!(shape, LegendShape::Line);
            legend.push(LegendEntry {
                label: plain(name),
                color: if is_line { color } else { PALE_BAND_COLOR }.into(),
                shape,
                dasharray: is_line.then(|| DASHES.into()),
            });
        }
        layout
    }

    /// Sets the ranges and how ticks are written.
    fn ranged(&self, mut layout: Layout, x: &Direction, y: &Direction) -> Layout {
        let (x_ends, y_ends) = (x.ends(), y.ends());
        layout = layout
            .with_x_axis_min(x_ends.0)
            .with_x_axis_max(x_ends.1)
            .with_y_axis_min(y_ends.0)
            .with_y_axis_max(y_ends.1)
            .with_x_tick_format(x.format())
            .with_y_tick_format(y.format());
        if self.x.scale == Scale::Log {
            layout = layout.with_log_x();
        }
        if self.y.scale == Scale::Log {
            layout = layout.with_log_y();
        }
        if let Ticks::Linear { step, .. } = x.ticks {
            layout = layout.with_x_tick_step(step);
        }
        if let Ticks::Linear { step, .. } = y.ticks {
            layout = layout.with_y_tick_step(step);
        }
        if let Some(map) = &self.heat_map {
            let values = map.values.iter().flatten().copied().filter(|v| v.is_finite());
            let low = values.clone().fold(f64::INFINITY, f64::min);
            let high = values.fold(f64::NEG_INFINITY, f64::max);
            // kuva chooses the ticks of the colour bar, five or so: decimals enough for them.
            let ticks = Ticks::Linear { low, high, step: ((high - low) / 40.0).max(1e-300) };
            let label = move |v: f64| ticks.label(v);
            layout = layout
                .with_show_grid(false)
                .with_colorbar_tick_format(TickFormat::Custom(Arc::new(label)));
        }
        layout
    }

    fn explained(&self, layout: Layout, entries: Vec<LegendEntry>) -> Layout {
        let position = match self.legend {
            // A heat map alone is explained by its colour bar.
            _ if entries.is_empty() => return layout,
            Legend::None => return layout,
            Legend::Below => LegendPosition::OutsideBottomColumns,
            Legend::TopRight => LegendPosition::InsideTopRight,
            Legend::TopLeft => LegendPosition::InsideTopLeft,
            Legend::BottomRight => LegendPosition::InsideBottomRight,
            Legend::BottomLeft => LegendPosition::InsideBottomLeft,
        };
        let layout = layout.with_legend_entries(entries).with_legend_position(position);
        match self.legend {
            // kuva puts the label of the x axis on the edge of this legend.
            Legend::Below => layout.with_legend_box(false).with_x_label_offset(0.0, -12.0),
            _ => layout,
        }
    }
}

/// The part of a mark within the axes.
fn visible(mark: Mark, x: (f64, f64), y: (f64, f64)) -> Option<Mark> {
    let inside = |value: f64, (low, high): (f64, f64)| (low..=high).contains(&value);
    match mark {
        Mark::Horizontal(value) => inside(value, y).then_some(mark),
        Mark::Vertical(value) => inside(value, x).then_some(mark),
        Mark::Band(a, b) => {
            let (low, high) = (a.min(b).max(y.0), a.max(b).min(y.1));
            (low <= high).then_some(Mark::Band(low, high))
        }
    }
}

/// kuva does not name the colour bar of a heat map: a strip at the right does.
fn name_color_bar(label: &str, scene: &mut Scene) {
    scene.width += 26.0;
    scene.add(Primitive::Text {
        x: scene.width - 12.0,
        y: scene.height / 2.0,
        content: label.into(),
        size: 14,
        anchor: TextAnchor::Middle,
        rotate: Some(-90.0),
        bold: false,
        color: None,
    });
}

/// Text as it stands: for kuva, `$` starts a formula.
fn plain(text: &str) -> String {
    text.replace('$', "\\$")
}

/// kuva numbers its clip paths through the life of the program; numbered from 0, the same chart is
/// the same text.
fn renumbered(svg: &str) -> String {
    const NAME: &str = "kuva-clip-";
    let mut seen: Vec<&str> = Vec::new();
    let mut pieces = svg.split(NAME);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        let (number, rest) = piece.split_at(end);
        let at = seen.iter().position(|s| *s == number).unwrap_or_else(|| {
            seen.push(number);
            seen.len() - 1
        });
        text.push_str(&format!("{NAME}{at}{rest}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::axis::power;
    use super::super::{Axis, HeatMap, Series};
    use super::*;

    fn texts(svg: &str) -> Vec<String> {
        let document = roxmltree::Document::parse(svg).expect("SVG is XML");
        let nodes = document.descendants().filter(|node| node.tag_name().name() == "text");
        nodes
            .map(|n| n.descendants().filter(|t| t.is_text()).filter_map(|t| t.text()).collect())
            .collect()
    }

    fn chart() -> Chart {
        Chart::new("a < b & $c$", Axis::new("n"), Axis::new("energy").unit("Ha"))
            .caption("seed 7")
            .series(Series::line("run", [(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 1.0)]))
            .horizontal("exact", 0.5)
            .band("good", 0.4, 0.6)
    }

    #[test]
    fn every_text_is_there_and_the_same_twice() {
        let svg = chart().to_svg().unwrap();
        let found = texts(&svg);
        for text in ["a < b & $c$", "seed 7", "n", "energy (Ha)", "run", "exact", "good", "1.5"] {
            assert!(found.iter().any(|t| t == text), "{text}: {found:?}");
        }
        assert!(svg.contains("sans-serif") && !svg.contains("@font-face"));
        assert_eq!(svg, chart().to_svg().unwrap());
        assert!(chart().embed_font(true).to_svg().unwrap().contains("@font-face"));
        let without = texts(&chart().legend(Legend::None).to_svg().unwrap());
        assert!(!without.iter().any(|t| t == "exact"));
    }

    #[test]
    fn small_numbers_have_ticks_on_a_logarithmic_axis() {
        let points = (0..17).map(|k| (f64::from(k), power(-k)));
        let chart = Chart::new("t", Axis::new("n"), Axis::new("error").log());
        let found = texts(&chart.series(Series::line("run", points)).to_svg().unwrap());
        for text in ["10⁻¹⁶", "10⁻¹⁰", "10⁰"] {
            assert!(found.iter().any(|t| t == text), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_heat_map_names_its_colours_and_shows_missing_values() {
        let values = vec![vec![1.0, 2.0], vec![f64::NAN, 4.0]];
        let map = HeatMap::new("cut", (0.0, 1.0), (0.0, 1.0), values);
        let svg = Chart::new("t", Axis::new("γ"), Axis::new("β")).heat_map(map).to_svg().unwrap();
        assert!(texts(&svg).iter().any(|t| t == "cut") && svg.contains(NO_VALUE));
        let flat = HeatMap::new("cut", (0.0, 0.0), (0.0, 0.0), vec![vec![1.0]]);
        assert!(Chart::new("t", Axis::new("γ"), Axis::new("β")).heat_map(flat).to_svg().is_ok());
    }

    #[test]
    fn a_png_has_the_size_asked_for_and_letters() {
        let png = chart().to_png(1.0).unwrap();
        let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(word(16), 760);
        assert!((540..700).contains(&word(20)));
        // A title changes the pixels: letters are drawn, without any font of the system.
        let mut other = chart();
        other.title = "b".into();
        assert_ne!(png, other.to_png(1.0).unwrap());
        assert!(chart().to_png(0.0).is_err() && chart().to_png(f64::NAN).is_err());
    }

    #[test]
    fn extremes_are_drawn_or_refused() {
        let big = f64::MAX;
        for points in [[(0.0, -big), (1.0, big)], [(0.0, 1e-308), (1e-308, 0.0)], [(5.0, 5.0); 2]] {
            let chart = Chart::new("t", Axis::new("x"), Axis::new("y"));
            assert!(chart.series(Series::line("run", points)).to_svg().is_ok(), "{points:?}");
        }
    }

    #[test]
    fn marks_stay_within_the_axes() {
        let (x, y) = ((0.0, 1.0), (2.0, 3.0));
        assert_eq!(visible(Mark::Horizontal(1.0), x, y), None);
        assert_eq!(visible(Mark::Vertical(1.5), x, y), None);
        assert_eq!(visible(Mark::Vertical(0.5), x, y), Some(Mark::Vertical(0.5)));
        assert_eq!(visible(Mark::Band(9.0, 2.5), x, y), Some(Mark::Band(2.5, 3.0)));
        assert_eq!(visible(Mark::Band(0.0, 1.0), x, y), None);
        let mut cut = chart();
        cut.y = cut.y.range(0.8, 1.6);
        let found = texts(&cut.to_svg().unwrap());
        assert!(!found.iter().any(|t| t == "exact" || t == "good"), "{found:?}");
    }
}
