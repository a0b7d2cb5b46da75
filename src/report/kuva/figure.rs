//! The panels of a figure in one scene.

use super::super::check::Frame;
use super::super::{Chart, Figure, Legend};
use super::heat::COLOR_BAR_NAME;
use super::look::Looks;
use super::{Drawing, Page, legend, png, svg, text};
use crate::error::Result;
use ::kuva::render::layout::ComputedLayout;
use ::kuva::render::render::{Primitive, Scene, TextAnchor};

/// A chart as a panel.
const PANEL: Page = Page {
    width: 560.0,
    height: 480.0,
    title_size: 15,
    title_wrap: 50,
    caption_size: 11,
    caption_wrap: 72,
    label_size: 13,
    x_label_wrap: 58,
    y_label_wrap: 44,
};
/// Between panels and around them.
const GAP: f64 = 12.0;
const TITLE: u32 = 20;
const CAPTION: u32 = 13;
/// From base line to base line, in sizes of the letters.
const LEADING: f64 = 1.3;

impl Figure {
    /// The picture as SVG. It carries its font if that of one of the panels would.
    ///
    /// # Errors
    /// As [`Chart::to_svg`]; if there is no panel or more than four.
    pub fn to_svg(&self) -> Result<String> {
        Ok(svg(&self.scene()?, self.panels.iter().any(|panel| panel.embed_font)))
    }

    /// The picture as PNG, at `scale` times 560 × 480 pixels a panel and what titles and legend
    /// need; 2 is fit for print. The font is part of the program.
    ///
    /// # Errors
    /// As [`Figure::to_svg`]; if the scale is outside 0.1..=10.
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>> {
        png(scale, || self.scene())
    }

    fn scene(&self) -> Result<Scene> {
        let frames = self.check()?;
        let looks = Looks::of(&self.panels);
        let columns = self.columns.min(self.panels.len());
        let mut scene = Scene::new(GAP + columns as f64 * (PANEL.width + GAP), 0.0);
        scene.font_family = Some(super::FONTS.into());
        let mut entries = Vec::new();
        self.add_title(&mut scene);
        let mut drawings = self.panels.iter().zip(&frames).map(|(panel, frame)| {
            let mut drawing = panel.drawing(frame, &looks, &PANEL);
            if panel.heat_map.is_some() {
                drawing.layout = drawing.layout.with_width(PANEL.width - COLOR_BAR_NAME);
            }
            (panel, frame, drawing)
        });
        for _ in 0..self.panels.len().div_ceil(columns) {
            let row: Vec<_> = drawings.by_ref().take(columns).collect();
            let (top, bottom) = margins(&row);
            for (column, (panel, frame, mut drawing)) in row.into_iter().enumerate() {
                let at = (GAP + column as f64 * (PANEL.width + GAP), scene.height);
                if panel.legend != Legend::None {
                    entries.append(&mut drawing.entries);
                }
                let layout = drawing.layout.with_force_margins_y(top, bottom);
                drawing.layout = panel.placed(layout, frame);
                place(panel, drawing, at, &mut scene);
            }
            scene.height += PANEL.height + GAP;
        }
        legend::add(&entries, &mut scene);
        Ok(scene)
    }

    /// Adds title and caption at the top.
    fn add_title(&self, scene: &mut Scene) {
        scene.height = GAP;
        for (words, size, color) in
            [(&self.title, TITLE, None), (&self.caption, CAPTION, Some("#555555"))]
        {
            if words.is_empty() {
                continue;
            }
            for words in text::wrap(words, scene.width - 2.0 * GAP, size) {
                scene.height += LEADING * f64::from(size);
                let at = (scene.width / 2.0, scene.height - 0.3 * f64::from(size));
                let mut line = text::line(&words, at, size, TextAnchor::Middle);
                if let Primitive::Text { color: of_line, .. } = &mut line {
                    *of_line = color.map(Into::into);
                }
                scene.add(line);
            }
        }
        scene.height += GAP / 2.0;
    }
}

/// What the panel of one row needs above and below its axes that needs most: so all axes of the row
/// are level.
fn margins(row: &[(&Chart, &Frame, Drawing)]) -> (f64, f64) {
    let margins = row.iter().map(|(_, _, drawing)| {
        let computed = ComputedLayout::from_layout(&drawing.layout);
        (computed.margin_top, computed.margin_bottom)
    });
    margins.fold((0.0, 0.0), |(a, b), (c, d)| (f64::max(a, c), f64::max(b, d)))
}

/// Draws a panel with its upper left corner at `at`.
fn place(panel: &Chart, drawing: Drawing, at: (f64, f64), scene: &mut Scene) {
    let drawn = panel.render(drawing.plots, drawing.layout);
    scene.defs.extend(drawn.defs);
    let transform = Some(format!("translate({},{})", at.0, at.1));
    scene.add(Primitive::GroupStart { transform, title: None, extra_attrs: None });
    drawn.elements.into_iter().for_each(|element| scene.add(element));
    scene.add(Primitive::GroupEnd);
}

#[cfg(test)]
mod tests {
    use super::super::super::{Axis, HeatMap, Series, Style};
    use super::*;
    use roxmltree::{Document, Node};

    fn panel(title: &str) -> Chart {
        let methods = ["iterative (Clopper-Pearson)", "iterative (Chernoff)", "maximum likelihood"];
        let chart = Chart::new(title, Axis::new("uses of A").log(), Axis::new("error").log());
        let chart = methods.iter().enumerate().fold(chart, |chart, (k, name)| {
            let points = [1e2, 1e4, 1e6].map(|n| (n, (k + 1) as f64 / n));
            let band = points.map(|(n, e)| (if n > 1e5 { 0.0 } else { 0.5 * e }, 2.0 * e));
            let name = format!("{name}: slope -1.00");
            chart.series(Series::new(name, Style::LinePoints, points).with_band(band))
        });
        chart.series(Series::reference("Heisenberg", [(1e2, 1e-3), (1e6, 1e-7)]))
    }

    fn figure() -> Figure {
        Figure::new("a < b & $c$").caption("seed 7").panel(panel("left")).panel(panel("right"))
    }

    fn number(node: Node, name: &str) -> f64 {
        node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
    }

    /// Where the group of a node stands: nothing else is moved.
    fn origin(node: Node) -> (f64, f64) {
        let moved = node.ancestors().filter_map(|n| n.attribute("transform"));
        let moved = moved.filter_map(|text| text.strip_prefix("translate(")?.strip_suffix(")"));
        let pair = |text: &str| text.split_once(',').map(|(x, y)| (x.parse(), y.parse()));
        moved.filter_map(pair).fold((0.0, 0.0), |sum, (x, y)| {
            (sum.0 + x.unwrap_or(f64::NAN), sum.1 + y.unwrap_or(f64::NAN))
        })
    }

    /// Level texts: what they say, and left, right and base line.
    fn texts(svg: &str) -> Vec<(String, [f64; 3])> {
        let document = Document::parse(svg).expect("SVG is XML");
        let nodes = document.descendants().filter(|node| node.has_tag_name("text"));
        let level = nodes.filter(|n| !n.attribute("transform").is_some_and(|t| t.contains("rot")));
        level
            .map(|node| {
                let words: String = node.descendants().filter_map(|n| n.text()).take(1).collect();
                let wide = text::width(&words, number(node, "font-size") as u32);
                let shift = match node.attribute("text-anchor") {
                    Some("middle") => wide / 2.0,
                    Some("end") => wide,
                    _ => 0.0,
                };
                let (dx, dy) = origin(node);
                let left = dx + number(node, "x") - shift;
                (words, [left, left + wide, dy + number(node, "y")])
            })
            .collect()
    }

    /// That no text is cut off and none stands on another.
    fn assert_apart(svg: &str) {
        let document = Document::parse(svg).expect("SVG is XML");
        let root = document.root_element();
        let (width, height) = (number(root, "width"), number(root, "height"));
        let texts = texts(svg);
        assert!(texts.len() > 5 && width > 0.0);
        for (k, (words, [left, right, base])) in texts.iter().enumerate() {
            let inside = *left >= 0.0 && *right <= width && *base >= 10.0 && *base <= height - 4.0;
            assert!(inside, "{words}: {left} {right} {base} in {width} x {height}");
            for (other, [l, r, b]) in &texts[..k] {
                let apart = right + 4.0 < *l || r + 4.0 < *left || (base - b).abs() >= 11.0;
                assert!(apart, "{words} is on {other}");
            }
        }
    }

    #[test]
    fn the_legend_names_each_series_once() {
        let svg = figure().to_svg().unwrap();
        let found = texts(&svg);
        let count = |words: &str| found.iter().filter(|(text, _)| text == words).count();
        for words in ["a < b & $c$", "seed 7", "left", "right", "Heisenberg"] {
            assert_eq!(count(words), 1, "{words}: {found:?}");
        }
        assert_eq!(count("iterative (Clopper-Pearson): slope -1.00"), 1);
        assert_eq!(count("uses of A"), 2);
        assert_apart(&svg);
        assert_eq!(svg, figure().to_svg().unwrap());
        // Without the entries of a panel that wants no legend.
        let mut other = panel("other").series(Series::line("hidden", [(1e2, 1.0), (1e3, 1.0)]));
        other = other.legend(Legend::None);
        assert!(!figure().panel(other).to_svg().unwrap().contains("hidden"));
    }

    #[test]
    fn a_series_has_one_colour_in_both_panels() {
        let other = Chart::new("other", Axis::new("x").log(), Axis::new("error").log())
            .series(Series::line("maximum likelihood: slope -1.00", [(1.0, 1.0), (9.0, 2.0)]));
        let svg = Figure::new("t").panel(panel("left")).panel(other).to_svg().unwrap();
        // The third colour, in the panels and the entry of the legend.
        let document = Document::parse(&svg).expect("SVG is XML");
        let strokes = document.descendants().filter(|n| n.attribute("stroke") == Some("#009e73"));
        assert_eq!(strokes.filter(|n| n.has_tag_name("path")).count(), 3, "{svg}");
    }

    #[test]
    fn twelve_long_names_fit() {
        for (count, columns) in [(1, 1), (2, 2), (4, 2)] {
            let many = (0..12).fold(panel("many"), |chart, k| {
                let name = format!("iterative (Clopper-Pearson), {k}: slope -1.00");
                chart.series(Series::line(name, [(1e2, 1e-2), (1e6, 1e-6)]))
            });
            let endless = Series::points("one name of no end ".repeat(12), [(1e3, 1e-3)]);
            let many = many.series(endless);
            assert_apart(&many.to_svg().unwrap());
            let figure =
                (0..count).fold(Figure::new("t ".repeat(100)), |f, _| f.panel(many.clone()));
            assert_apart(&figure.columns(columns).to_svg().unwrap());
        }
    }

    #[test]
    fn labels_of_logarithmic_axes_are_apart_and_enough() {
        for (k, decades) in (0..=60).map(|k| (k, 1.0 + 0.1 * f64::from(k))) {
            for start in [-9.3, -4.0, -2.6, 0.0, 1.9] {
                let end = |d: f64| 10f64.powf(start + d);
                let line =
                    Series::line("s", [(end(0.0), end(8.0 - decades)), (end(decades), end(0.0))]);
                let chart =
                    Chart::new("t", Axis::new("x").log(), Axis::new("y").log()).series(line);
                let svg = Figure::new("f").panel(chart).to_svg().unwrap();
                assert_apart(&svg);
                let bottom =
                    texts(&svg).into_iter().find(|(t, _)| t == "x").map_or(0.0, |(_, p)| p[2]);
                let labels = texts(&svg);
                let along_x = labels
                    .iter()
                    .filter(|(t, p)| t != "x" && (bottom - p[2]).abs() < 30.0 && p[2] < bottom);
                assert!(along_x.count() >= 2, "{k} {start}: {labels:?}");
                // The label of y stands on its side, left of all that is written level.
                let document = Document::parse(&svg).expect("SVG is XML");
                let aside = |n: &Node| n.attribute("transform").is_some_and(|t| t.contains("rot"));
                let found = document.descendants().find(aside).expect("a label of y");
                let right = origin(found).0 + number(found, "x") + 4.0;
                let left =
                    labels.iter().map(|(_, p)| p[0]).filter(|x| *x > GAP).fold(99.0, f64::min);
                assert!(left > right + 2.0, "{k} {start}: {left} {right} {labels:?}");
            }
        }
    }

    #[test]
    fn axes_of_a_row_are_level_whatever_stands_above() {
        let tall = panel("right").caption("a caption of many words ".repeat(8));
        let map = HeatMap::new("cut", (0.0, 1.0), (0.0, 1.0), vec![vec![1.0, 2.0]; 2]);
        let heat = Chart::new("map", Axis::new("γ"), Axis::new("β")).heat_map(map);
        let figure = Figure::new("t").panel(panel("left")).panel(tall).panel(heat);
        let svg = figure.to_svg().unwrap();
        assert_apart(&svg);
        let document = Document::parse(&svg).expect("SVG is XML");
        let clips = document.descendants().filter(|n| n.has_tag_name("clipPath"));
        let rects: Vec<_> = clips.filter_map(|n| n.first_element_child()).collect();
        assert_eq!(rects.len(), 3);
        for rect in &rects {
            assert_eq!(number(*rect, "y"), number(rects[0], "y"));
            assert_eq!(number(*rect, "height"), number(rects[0], "height"));
        }
    }

    #[test]
    fn a_png_has_the_size_of_its_panels() {
        let size = |figure: Figure| {
            let png = figure.to_png(1.0).unwrap();
            let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
            (word(16), word(20))
        };
        let (wide, low) = size(figure());
        let (narrow, high) = size(figure().columns(1));
        assert_eq!((wide, narrow), (2 * 560 + 36, 560 + 24));
        assert!((520..680).contains(&low) && high > low + 480, "{low} {high}");
        assert_eq!(size(figure().columns(9)), (wide, low));
        assert!(figure().to_png(20.0).is_err());
        assert!(Figure::new("f").to_svg().is_err() && figure().columns(0).to_png(1.0).is_err());
    }
}
