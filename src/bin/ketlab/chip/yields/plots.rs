//! Curves of `ketlab chip yield`.

use super::answer::Answer;
use super::args::Args;
use super::scan::{Curve, Point};
use super::values::Against;
use crate::text::plural;
use ketlab::chip::{CollisionType, frequency_text};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

/// A part of the chips that is more than a line's width.
const VISIBLE: f64 = 0.003;

/// For each curve the yield, and the part of chips that each type of collision meets.
pub fn curves(args: &Args, answer: &Answer) -> Figure {
    let setup = &answer.setup;
    let mut figure = Figure::new("Yield without frequency collisions").caption(format!(
        "{}, {}, rules {}, {} a point, seed {}",
        setup.lattice.name(),
        setup.plan.name(),
        answer.case.rules(),
        plural(args.chips as usize, "chip"),
        args.seed.value()
    ));
    for curve in &answer.curves {
        figure = figure.panel(yields(args, answer, curve)).panel(types(curve));
    }
    figure.columns(2)
}

fn x(curve: &Curve) -> Axis {
    let name = match curve.against {
        Against::Spacing => "spacing of frequencies",
        Against::Sigma => "spread of frequencies",
    };
    Axis::new(name).unit("MHz")
}

fn yields(args: &Args, answer: &Answer, curve: &Curve) -> Chart {
    let at = |mhz: f64| frequency_text(1e-3 * mhz);
    let spacing = answer.setup.spacing().map(|ghz| 1e3 * ghz);
    let sigma = args.sigma_r.is_none().then(|| 1e3 * args.sigma());
    let (fixed, here) = match curve.against {
        Against::Spacing => (sigma.map(|s| format!("spread {}", at(s))), spacing),
        Against::Sigma => (spacing.map(|s| format!("spacing {}", at(s))), sigma),
    };
    let title = fixed.unwrap_or_else(|| "yield".into());
    let points = curve.points.iter().map(|p| (p.mhz, p.found.value));
    let ends = curve.points.iter().map(|p| p.found.interval);
    let mut chart = Chart::new(title, x(curve), Axis::new("yield").range(0.0, 1.0)).series(
        Series::new("Monte Carlo, 95 %", Style::LinePoints, points)
            .with_band(ends.collect::<Vec<_>>())
            .slot(0),
    );
    let product: Vec<(f64, f64)> =
        curve.points.iter().filter_map(|p| Some((p.mhz, p.product?))).collect();
    if !product.is_empty() {
        chart = chart.series(Series::reference("product of marginals", product));
    }
    let (first, last) = (curve.points[0].mhz, curve.points[curve.points.len() - 1].mhz);
    match here.filter(|mhz| (first..=last).contains(mhz)) {
        Some(mhz) => chart.vertical("as asked", mhz),
        None => chart,
    }
}

fn types(curve: &Curve) -> Chart {
    let y = Axis::new("part of the chips").range(0.0, 1.0);
    let mut chart = Chart::new("Chips with each type of collision", x(curve), y);
    for (slot, of) in CollisionType::ALL.into_iter().enumerate() {
        let part = |chips: u64, all: u64| chips as f64 / all as f64;
        let points: Vec<(f64, f64)> = curve
            .points
            .iter()
            .map(|p| (p.mhz, part(p.found.by_type[slot].chips, p.found.chips)))
            .collect();
        if points.iter().any(|&(_, part)| part > VISIBLE) {
            chart = chart.series(Series::line(of.to_string(), points).slot(slot));
        }
    }
    let is_visible = |p: &Point| (p.found.good as f64) < (1.0 - VISIBLE) * p.found.chips as f64;
    if !curve.points.iter().any(is_visible) {
        // A chart has a series.
        let none = curve.points.iter().map(|p| (p.mhz, 0.0));
        chart = chart.series(Series::line("no collision", none));
    }
    chart
}
