//! Pictures, drawn by the crate `kuva`, which is named in this folder alone.

mod dashes;
mod direction;
mod draw;
mod equal;
mod figure;
mod heat;
mod labels;
mod legend;
mod look;
mod marks;
mod text;

use super::axis::Ticks;
use super::check::Frame;
use super::{Axis, Chart, Legend, Scale, Series, Style};
use crate::error::{Error, Result};
use ::kuva::backend::svg::SvgBackend;
use ::kuva::plot::LegendPosition;
use ::kuva::render::layout::{AxisLabelOverlap, Layout, TickFormat};
use ::kuva::render::plots::Plot;
use ::kuva::render::render::{Scene, render_multiple};
use direction::{Direction, with_room};
use draw::{draw, draw_band, draw_bars, draw_spans};
use labels::labelled;
use look::{Entry, Looks};
use marks::marked;
use std::sync::Arc;

/// Any of these is on most systems, and every viewer has the last.
const FONTS: &str = "DejaVu Sans, Verdana, Arial, Helvetica, sans-serif";

impl Chart {
    /// The picture as SVG.
    ///
    /// # Errors
    /// If a series is empty, a band has another length, a value on a logarithmic axis is not
    /// positive, or a heat map is not a rectangle or has a logarithmic axis.
    pub fn to_svg(&self) -> Result<String> {
        Ok(svg(&self.scene()?, self.embed_font))
    }

    /// The picture as PNG, at `scale` times 760 × 540 pixels or a little more; 2 is fit for print.
    /// The font is part of the program.
    ///
    /// # Errors
    /// As [`Chart::to_svg`]; if the scale is outside 0.1..=10.
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>> {
        png(scale, || self.scene())
    }

    fn scene(&self) -> Result<Scene> {
        let frame = self.check()?;
        let looks = Looks::of(std::slice::from_ref(self));
        let mut drawing = self.drawing(&frame, &looks, &PAGE);
        drawing.layout = self.placed(drawing.layout, &frame);
        if self.legend != Legend::Below {
            drawing.layout = self.explained(drawing.layout, &drawing.entries);
            return Ok(self.render(drawing.plots, drawing.layout));
        }
        let mut scene = self.render(drawing.plots, drawing.layout);
        legend::add(&drawing.entries, &mut scene);
        Ok(scene)
    }

    /// All but a legend.
    fn drawing(&self, frame: &Frame, looks: &Looks, page: &Page) -> Drawing {
        let (x, y) = (Direction::new(frame.x), Direction::new(frame.y));
        let mut plots: Vec<Plot> = heat::cells(self.heat_map.as_ref(), &x, &y);
        let mut entries = Vec::new();
        let bars = self.bars();
        for (series, ends) in self.series.iter().zip(&bars.ends) {
            let look = looks.series(series);
            match series.style {
                Style::Bars => {
                    let bars = (bars.half_width, &ends[..]);
                    draw_bars(series, bars, look.color, &x, &y, &mut plots);
                }
                Style::Spans => draw_spans(series, look.color, &x, &y, &mut plots),
                _ => draw_band(series, look.color, &x, &y, &mut plots),
            }
            entries.push(Entry { name: series.name.clone(), look });
        }
        // No band covers a line, and what is compared with covers nothing.
        let is_reference = |entry: &&(&Series, &Entry)| entry.0.style == Style::Reference;
        let is_line = |series: &Series| !matches!(series.style, Style::Bars | Style::Spans);
        let drawn: Vec<_> = self.series.iter().zip(&entries).filter(|(s, _)| is_line(s)).collect();
        let (below, above): (Vec<_>, Vec<_>) = drawn.iter().partition(is_reference);
        for (series, entry) in below.into_iter().chain(above) {
            draw(series, &entry.look, &x, &y, &mut plots);
        }
        let is_nameless = |axis: &Axis| self.is_bare || axis.is_named();
        let name =
            |axis: &Axis| if is_nameless(axis) { String::new() } else { plain(&axis.text()) };
        let mut layout = Layout::auto_from_plots(&plots)
            .with_width(page.width)
            .with_height(page.height)
            .with_font_family(FONTS)
            .with_title_size(page.title_size)
            .with_title_wrap(page.title_wrap)
            .with_label_size(page.label_size)
            .with_x_label(name(&self.x))
            .with_x_label_wrap(page.x_label_wrap)
            .with_y_label(name(&self.y))
            .with_y_label_wrap(page.y_label_wrap)
            // kuva leaves more room below the ticks than below the label.
            .with_x_label_offset(0.0, -7.0)
            .with_x_label_overlap(AxisLabelOverlap::Thin)
            .with_box_axes();
        if !self.title.is_empty() {
            layout = layout.with_title(plain(&self.title));
        }
        if !self.caption.is_empty() {
            let wrapped = layout.with_subtitle_wrap(page.caption_wrap);
            layout =
                wrapped.with_subtitle(plain(&self.caption)).with_subtitle_size(page.caption_size);
        }
        layout = marked(self, looks, layout, [&x, &y], &mut entries);
        layout = with_room(self.ranged(layout, &x, &y), &y);
        Drawing { plots, layout, entries }
    }

    /// A layout whose margins are known, with equal axes, if they are wanted, and with the labels.
    fn placed(&self, mut layout: Layout, frame: &Frame) -> Layout {
        let (x, y) = (Direction::new(frame.x), Direction::new(frame.y));
        let [mut new_x, mut new_y] = [x, y];
        // Other numbers at the axes may need other margins: the second time they are what they were.
        for _ in 0..if self.is_equal { 2 } else { 0 } {
            [new_x, new_y] = self.equalized(&layout, [x, y]);
            layout = self.ranged(layout, &new_x, &new_y);
        }
        labelled(self, layout, &new_x, &new_y)
    }

    fn render(&self, plots: Vec<Plot>, layout: Layout) -> Scene {
        let mut scene = render_multiple(plots, layout);
        if let Some(map) = &self.heat_map {
            heat::name_color_bar(&map.label, &mut scene);
        }
        scene
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
        if x.ticks.are_decades() && y.ticks.are_decades() {
            // At 2 to 9 times each power of ten; kuva has one number for both axes.
            layout = layout.with_minor_ticks(9);
        }
        if self.is_bare {
            let nothing = || TickFormat::Custom(Arc::new(|_| String::new()));
            layout = layout
                .with_show_grid(false)
                .with_x_tick_format(nothing())
                .with_y_tick_format(nothing());
        }
        // Names stand at whole numbers.
        let step = |axis: &Axis, step: f64| if axis.is_named() { step.ceil() } else { step };
        let names = |axis: &Axis| {
            let axis = axis.clone();
            TickFormat::Custom(Arc::new(move |tick| axis.name_at(tick)))
        };
        if let Ticks::Linear { step: own, .. } = x.ticks {
            layout = layout.with_x_tick_step(step(&self.x, own));
        }
        if let Ticks::Linear { step: own, .. } = y.ticks {
            layout = layout.with_y_tick_step(step(&self.y, own));
        }
        if self.x.is_named() && !self.is_bare {
            layout = layout.with_x_tick_format(names(&self.x));
        }
        if self.y.is_named() && !self.is_bare {
            layout = layout.with_y_tick_format(names(&self.y));
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

    fn explained(&self, layout: Layout, entries: &[Entry]) -> Layout {
        let position = match self.legend {
            // A heat map alone is explained by its colour bar.
            _ if entries.is_empty() => return layout,
            Legend::Below | Legend::None => return layout,
            Legend::TopRight => LegendPosition::InsideTopRight,
            Legend::TopLeft => LegendPosition::InsideTopLeft,
            Legend::BottomRight => LegendPosition::InsideBottomRight,
            Legend::BottomLeft => LegendPosition::InsideBottomLeft,
        };
        layout.with_legend_entries(legend::for_kuva(entries)).with_legend_position(position)
    }
}

/// A chart before it is drawn, and what its legend says.
struct Drawing {
    plots: Vec<Plot>,
    layout: Layout,
    entries: Vec<Entry>,
}

/// How large a chart is and its letters are, in pixels, and the letters in a line of text.
struct Page {
    width: f64,
    height: f64,
    title_size: u32,
    title_wrap: usize,
    caption_size: u32,
    caption_wrap: usize,
    label_size: u32,
    x_label_wrap: usize,
    y_label_wrap: usize,
}

/// A chart alone.
const PAGE: Page = Page {
    width: 760.0,
    height: 540.0,
    title_size: 18,
    title_wrap: 60,
    caption_size: 13,
    caption_wrap: 95,
    label_size: 14,
    x_label_wrap: 75,
    y_label_wrap: 50,
};

fn svg(scene: &Scene, embed_font: bool) -> String {
    renumbered(&SvgBackend::new().with_embedded_font(embed_font).render_scene(scene))
}

fn png(scale: f64, scene: impl FnOnce() -> Result<Scene>) -> Result<Vec<u8>> {
    if !(0.1..=10.0).contains(&scale) {
        return Err(Error::Invalid {
            what: "the scale of a picture".into(),
            value: crate::error::shown(scale),
            expected: "it must be from 0.1 to 10".into(),
        });
    }
    let mut scene = scene()?;
    dashes::cut(&mut scene);
    let drawn = ::kuva::RasterBackend::new().with_scale(scale as f32).render_scene(&scene);
    drawn.map_err(|message| Error::Invalid {
        what: "the picture".into(),
        value: "not drawn".into(),
        expected: message,
    })
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
    use super::super::{Axis, Series};
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
    fn a_band_down_to_zero_ends_at_the_axis() {
        let points = [(1.0, 1e-2), (2.0, 1e-3)];
        let chart = |low: f64| {
            let series = Series::line("run", points).with_band([(5e-3, 2e-2), (low, 2e-3)]);
            let y = Axis::new("error").log().range(1e-4, 1.0);
            Chart::new("t", Axis::new("n"), y).series(series).to_svg().unwrap()
        };
        assert_eq!(chart(0.0), chart(1e-4));
        assert_eq!(chart(-3.0), chart(1e-4));
        assert_ne!(chart(0.0), chart(2e-4));
    }

    #[test]
    fn lines_stand_above_all_bands_and_references_below_the_lines() {
        let band = |name| Series::line(name, [(0.0, 1.0), (1.0, 2.0)]).with_band([(0.0, 2.0); 2]);
        let chart = Chart::new("t", Axis::new("x"), Axis::new("y"))
            .series(band("a"))
            .series(band("b"))
            .series(Series::reference("r", [(0.0, 1.0), (1.0, 1.0)]));
        let drawing =
            chart.drawing(&chart.check().unwrap(), &Looks::of(std::slice::from_ref(&chart)), &PAGE);
        let kinds = drawing.plots.iter().map(|plot| match plot {
            Plot::Band(_) => "band",
            Plot::Line(line) if line.color.starts_with("#4D") => "reference",
            _ => "line",
        });
        assert_eq!(kinds.collect::<Vec<_>>(), ["band", "band", "reference", "line", "line"]);
        let names: Vec<_> = drawing.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "r"]);
    }

    #[test]
    fn bars_stand_below_lines_and_are_boxes_in_the_legend() {
        let chart = Chart::new("t", Axis::new("x"), Axis::new("y"))
            .series(Series::line("l", [(1.0, 1.0), (2.0, 2.0)]))
            .series(Series::bars("a", [(1.0, 1.0), (2.0, 0.0)]))
            .series(Series::bars("b", [(1.0, -1.0), (2.0, 3.0)]));
        let frame = chart.check().unwrap();
        let (x, y) = (frame.x.ends(), frame.y.ends());
        assert!(x.0 < 0.6 && x.1 > 2.4 && y.0 < -1.0 && y.1 > 3.0, "{frame:?}");
        let drawing = chart.drawing(&frame, &Looks::of(std::slice::from_ref(&chart)), &PAGE);
        let kinds: Vec<_> =
            drawing.plots.iter().map(|plot| matches!(plot, Plot::Band(_))).collect();
        // A bar of nothing is not drawn.
        assert_eq!(kinds, [true, true, true, false]);
        let look = &drawing.entries[1].look;
        assert!(look.line.is_none() && look.marker.is_none());
        let log = Chart { y: Axis::new("y").log(), ..chart.clone() };
        assert!(log.to_svg().unwrap_err().to_string().contains("must be linear"));
        let band = chart.series(Series::bars("c", [(1.0, 1.0)]).with_band([(0.0, 2.0)]));
        assert!(band.to_svg().unwrap_err().to_string().contains("no band"));
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
    fn marks_outside_the_axes_are_not_in_the_legend() {
        let mut cut = chart();
        cut.y = cut.y.range(0.8, 1.6);
        let found = texts(&cut.to_svg().unwrap());
        assert!(!found.iter().any(|t| t == "exact" || t == "good"), "{found:?}");
    }
}
