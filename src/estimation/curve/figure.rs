//! The picture of a curve.

use super::{Curve, CurveResult, Measure, Point};
use crate::math::statistics::mean;
use crate::report::{Axis, Chart, Figure, Legend, Series, Style};

/// The measure of cost along the x axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    Uses,
    Depth,
}

/// The median of |x| for a standard normal x: what turns a standard deviation into a median error.
const NORMAL_MEDIAN: f64 = 0.674_489_750_196_081_7;

impl CurveResult {
    /// Errors against uses of A and, beside it, against the largest depth, on logarithmic scales.
    /// The reference lines are the Cramér-Rao bound of samples of A, √(a(1-a)/N), and the Heisenberg
    /// limit √(a(1-a))/N of N uses in one circuit (the Fisher information of a is N²/(a(1-a)) there);
    /// of a median error, both as for a normal law. Bands are the middle half of the absolute errors
    /// around a median, and the bootstrap's 95 % of a root mean square.
    pub fn figure(&self, measure: Measure) -> Figure {
        let beside = "Error against the largest depth";
        Figure::new("Amplitude estimation: error against cost")
            .caption(self.caption(measure))
            .panel(self.panel("Error against uses of A", measure, Against::Uses, true, None))
            .panel(self.panel(beside, measure, Against::Depth, true, None).legend(Legend::None))
    }

    /// The curves against one measure of cost; their slopes can be part of their names.
    fn panel(
        &self,
        title: &str,
        measure: Measure,
        against: Against,
        slopes: bool,
        range: Option<(f64, f64)>,
    ) -> Chart {
        let x = match against {
            Against::Uses => Axis::new("uses of A"),
            Against::Depth => Axis::new("largest depth").unit("uses of A"),
        };
        let name = match measure {
            Measure::Rmse => "root mean squared error",
            Measure::MedianAbsolute => "median absolute error",
        };
        let y = Axis { range, ..Axis::new(format!("{name} of the amplitude")).log() };
        let chart = Chart::new(title, x.log(), y);
        let banded = self.curves.len() <= MOST_BANDS;
        let series = self.curves.iter().filter_map(|c| c.series(measure, against, slopes, banded));
        let chart = series.fold(chart, Chart::series);
        let chart = match self.grid_error() {
            Some(error) => chart.horizontal("error of the grid", error),
            None => chart,
        };
        match against {
            Against::Uses => self.references(measure).into_iter().fold(chart, Chart::series),
            // At one depth an error can be made as small as one likes, by more shots.
            Against::Depth => chart,
        }
    }

    /// What the bands of the picture are; nothing if it has none.
    fn bands(&self, measure: Measure) -> &'static str {
        match measure {
            _ if self.curves.len() > MOST_BANDS => "",
            Measure::Rmse => "bands: 95 % by bootstrap",
            Measure::MedianAbsolute => "bands: the middle half of the errors",
        }
    }

    /// What was estimated, for captions.
    fn problem(&self) -> String {
        match self.problems.as_slice() {
            [one] if one.starts_with("a = ") => one.clone(),
            [one] => format!("{one}, a = {:.4}", self.amplitudes[0]),
            many => {
                let ends = self
                    .amplitudes
                    .iter()
                    .fold((1.0f64, 0.0f64), |(l, h), &a| (l.min(a), h.max(a)));
                format!("{} problems, a from {:.4} to {:.4}", many.len(), ends.0, ends.1)
            }
        }
    }

    fn caption(&self, measure: Measure) -> String {
        let noise = match self.kappa {
            1.0 => "no noise".into(),
            kappa => format!("fidelity {kappa} a Grover step"),
        };
        let ended = if self.interrupted { ", ended early" } else { "" };
        let runs = format!("{} repeats, {noise}, seed {}{ended}", self.repeats, self.seed);
        let bands = self.bands(measure);
        format!("{}, {runs}; {bands}", self.problem()).trim_end_matches("; ").into()
    }

    fn references(&self, measure: Measure) -> Vec<Series> {
        let places: Vec<f64> = self.curves.iter().flat_map(|c| &c.points).map(|p| p.uses).collect();
        let (low, high) =
            places.iter().fold((f64::INFINITY, 0.0f64), |(l, h), &x| (l.min(x), h.max(x)));
        let variances: Vec<f64> = self.amplitudes.iter().map(|a| a * (1.0 - a)).collect();
        let deviation = match measure {
            Measure::Rmse => mean(&variances).sqrt(),
            Measure::MedianAbsolute => {
                NORMAL_MEDIAN * mean(&variances.iter().map(|v| v.sqrt()).collect::<Vec<_>>())
            }
        };
        if !(deviation > 0.0 && high > low) {
            return Vec::new();
        }
        let line = |name: &str, power: f64| {
            let at = [low, high].map(|n| (n, deviation * n.powf(-power)));
            Series::reference(name, at)
        };
        vec![
            line("Cramér-Rao bound of samples of A: slope -1/2", 0.5),
            line("Heisenberg limit of A: slope -1", 1.0),
        ]
    }
}

/// Errors against uses of A, one panel for each fidelity of a Grover step, all with the same axes.
///
/// # Errors
/// When it is drawn, those of [`Figure`]: if there are more than four fidelities.
pub fn noise_figure(results: &[CurveResult], measure: Measure) -> Figure {
    let caption = results.first().map_or(String::new(), |r| {
        let ended = if results.iter().any(|r| r.interrupted) { ", ended early" } else { "" };
        let runs = format!("{}, {} repeats, seed {}{ended}", r.problem(), r.repeats, r.seed);
        format!("{runs}; {}", r.bands(measure)).trim_end_matches("; ").into()
    });
    let figure = Figure::new("Amplitude estimation under depolarizing noise").caption(caption);
    let figure = figure.columns(results.len().clamp(1, 2));
    let errors = results.iter().flat_map(|r| &r.curves).flat_map(|c| &c.points);
    let errors = errors.map(|p| p.error(measure)).filter(|&e| e > 0.0);
    let (low, high) = errors.fold((f64::INFINITY, 0.0f64), |(l, h), e| (l.min(e), h.max(e)));
    results.iter().fold(figure, |figure, result| {
        let title = match result.kappa {
            1.0 => "no noise".to_string(),
            kappa => format!("fidelity {kappa} a Grover step"),
        };
        let range = (high > 0.0).then_some((0.5 * low, 2.0 * high));
        figure.panel(result.panel(&title, measure, Against::Uses, false, range))
    })
}

/// Most curves with bands: more would only cover one another.
const MOST_BANDS: usize = 7;

impl Curve {
    /// The points whose error is above zero; `None` if there is none.
    fn series(
        &self,
        measure: Measure,
        against: Against,
        slopes: bool,
        banded: bool,
    ) -> Option<Series> {
        let mut points: Vec<&Point> =
            self.points.iter().filter(|p| p.error(measure) > 0.0).collect();
        if points.is_empty() {
            return None;
        }
        let place = |p: &Point| match against {
            Against::Uses => p.uses,
            Against::Depth => p.depth,
        };
        points.sort_by(|a, b| place(a).total_cmp(&place(b)));
        let name = match self.slope(measure).filter(|_| slopes) {
            Some(slope) => format!("{}: slope {:.2}", self.method, slope.value),
            None => self.method.clone(),
        };
        let at = points.iter().map(|p| (place(p), p.error(measure)));
        let band = points.iter().map(|p| match measure {
            Measure::MedianAbsolute => p.quartiles,
            Measure::Rmse => self.interval_of_rmse(p),
        });
        let series = Series::new(name, Style::LinePoints, at);
        Some(if banded { series.with_band(band) } else { series })
    }
}
