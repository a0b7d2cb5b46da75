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
            .caption(self.caption())
            .panel(self.panel("Error against uses of A", measure, Against::Uses, true))
            .panel(self.panel(beside, measure, Against::Depth, true).legend(Legend::None))
    }

    /// The curves against one measure of cost; their slopes can be part of their names.
    fn panel(&self, title: &str, measure: Measure, against: Against, slopes: bool) -> Chart {
        let x = match against {
            Against::Uses => Axis::new("uses of A"),
            Against::Depth => Axis::new("largest depth").unit("uses of A"),
        };
        let name = match measure {
            Measure::Rmse => "root mean squared error",
            Measure::MedianAbsolute => "median absolute error",
        };
        let chart = Chart::new(title, x.log(), Axis::new(format!("{name} of the amplitude")).log());
        let series = self.curves.iter().filter_map(|c| c.series(measure, against, slopes));
        let chart = series.fold(chart, Chart::series);
        match against {
            Against::Uses => self.references(measure).into_iter().fold(chart, Chart::series),
            // At one depth an error can be made as small as one likes, by more shots.
            Against::Depth => chart,
        }
    }

    fn caption(&self) -> String {
        let problem = match self.problems.as_slice() {
            [one] if one.starts_with("a = ") => one.clone(),
            [one] => format!("{one}, a = {:.4}", self.amplitudes[0]),
            many => format!("{} problems", many.len()),
        };
        let noise = match self.kappa {
            1.0 => "no noise".into(),
            kappa => format!("fidelity {kappa} a Grover step"),
        };
        let ended = if self.interrupted { ", ended early" } else { "" };
        format!("{problem}, {} repeats, {noise}, seed {}{ended}", self.repeats, self.seed)
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

/// Errors against uses of A, one panel for each of up to four fidelities of a Grover step.
pub fn noise_figure(results: &[CurveResult], measure: Measure) -> Figure {
    let caption = results
        .first()
        .map_or(String::new(), |r| format!("{} repeats, seed {}", r.repeats, r.seed));
    let figure = Figure::new("Amplitude estimation under depolarizing noise").caption(caption);
    let figure = figure.columns(results.len().min(2));
    results.iter().take(4).fold(figure, |figure, result| {
        let title = match result.kappa {
            1.0 => "no noise".to_string(),
            kappa => format!("fidelity {kappa} a Grover step"),
        };
        figure.panel(result.panel(&title, measure, Against::Uses, false))
    })
}

impl Curve {
    /// The points whose error is above zero; `None` if there is none.
    fn series(&self, measure: Measure, against: Against, slopes: bool) -> Option<Series> {
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
        Some(Series::new(name, Style::LinePoints, at).with_band(band))
    }
}
