//! The pictures of curves: both errors, and what they cost.

use super::point::{Measure, Point};
use super::result::{Curve, CurveResult};
use crate::error::{Error, Result};
use crate::estimation::kind::EstimatorKind;
use crate::math::statistics::mean;
use crate::report::{Axis, Chart, Figure, Legend, Series, Style, number};

/// The measure of cost along the x axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    Uses,
    Depth,
}

/// The median of |x| for a standard normal x: what turns a standard deviation into a median error.
const NORMAL_MEDIAN: f64 = 0.674_489_750_196_081_7;

impl CurveResult {
    /// Both errors, the root mean square and the median, against uses of A and, below, against the
    /// largest depth, on logarithmic scales that all panels share; `first` stands at the left. A
    /// method has one colour in all pictures, and its slopes are part of its name.
    ///
    /// The median is that of the absolute errors: half of the runs err by more. It does not see rare
    /// large errors, which the root mean square consists of where there are any.
    ///
    /// The reference lines are of what A's outcomes, good or not, can tell: the Cramér-Rao bound of
    /// samples of A, √(a(1-a)/N), and the Heisenberg limit √(a(1-a))/N of N uses in one circuit (the
    /// Fisher information of a is N²/(a(1-a)) there); of a median error, both as for a normal law.
    /// Methods that evaluate an integrand know more, and a grid may be as near to one amplitude as luck
    /// has it: the picture says so. Bands are the middle half of the absolute errors around a median,
    /// and the bootstrap's 95 % of a root mean square.
    ///
    /// # Errors
    /// If all errors are 0, which have no place on a logarithmic axis.
    pub fn figure(&self, first: Measure) -> Result<Figure> {
        let range = range(&[self])?;
        let figure = Figure::new("Amplitude estimation: error against cost")
            .caption(self.caption())
            .columns(2);
        let measures = measures(&[self], first);
        let of = |against| measures.iter().map(move |&m| (m, against));
        let panels = of(Against::Uses).chain(of(Against::Depth));
        Ok(panels.fold(figure, |figure, (measure, against)| {
            let title = match against {
                Against::Uses => format!("{} against uses of A", name(measure)),
                Against::Depth => format!("{} against the largest depth", name(measure)),
            };
            let mut chart = self.axes(&title, against, range, "error of the amplitude");
            let banded = self.curves.len() <= MOST_BANDS;
            let label = |c: &Curve| c.label();
            for curve in &self.curves {
                let series = curve.series(measure, against, Style::LinePoints, &label);
                chart = match series {
                    Some(series) if banded => chart.series(curve.banded(series, measure, against)),
                    Some(series) => chart.series(series),
                    None => chart,
                };
            }
            chart = self.with_references(chart, measure, against);
            // The names below are those above.
            let chart = match against {
                Against::Uses => chart,
                Against::Depth => chart.legend(Legend::None),
            };
            figure.panel(chart)
        }))
    }

    fn axes(&self, title: &str, against: Against, range: (f64, f64), y: &str) -> Chart {
        let x = match against {
            Against::Uses => Axis::new("uses of A"),
            Against::Depth => Axis::new("largest depth").unit("uses of A"),
        };
        let y = Axis { range: Some(range), ..Axis::new(y).log() };
        Chart::new(title, x.log(), y)
    }

    fn with_references(&self, chart: Chart, measure: Measure, against: Against) -> Chart {
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

    /// What was estimated, for captions.
    fn problem(&self) -> String {
        match self.problems.as_slice() {
            [one] if one.starts_with("a = ") => one.clone(),
            [one] => format!("{one}, a = {}", number(self.amplitudes[0])),
            many => {
                let ends = self
                    .amplitudes
                    .iter()
                    .fold((1.0f64, 0.0f64), |(l, h), &a| (l.min(a), h.max(a)));
                format!("{} problems, a from {} to {}", many.len(), number(ends.0), number(ends.1))
            }
        }
    }

    fn caption(&self) -> String {
        let noise = match self.kappa {
            1.0 => "no noise".into(),
            kappa => format!("fidelity {kappa} per Grover step"),
        };
        let ended = if self.interrupted { ", ended early" } else { "" };
        let runs = format!("{} repeats, {noise}, seed {}{ended}", self.repeats, self.seed);
        let mut parts = vec![format!("{}, {runs}", self.problem())];
        if self.curves.len() <= MOST_BANDS {
            parts
                .push("bands: 95 % of the RMSE by bootstrap, the middle half of the errors".into());
        }
        parts.extend(self.warnings());
        parts.join("; ")
    }

    /// What a reader of the picture must know of its curves.
    fn warnings(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.curves.iter().any(|c| c.is_luck) {
            found.push("how near a grid is to one amplitude is luck, also below the limit".into());
        }
        if self.evaluates_integrands() {
            found
                .push("methods that evaluate the integrand are not bound by the grey lines".into());
        }
        found
    }

    /// Whether the problem or a method is such that more than good and bad outcomes are known.
    fn evaluates_integrands(&self) -> bool {
        let needs = |c: &Curve| c.method.parse().is_ok_and(EstimatorKind::needs_integrand);
        self.curves.iter().any(needs)
            || (self.curve("monte-carlo").is_some() && self.problems_have_integrands)
    }

    /// The bounds of good and bad outcomes.
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
            line("Cramér-Rao bound of good/bad outcomes: slope -1/2", 0.5),
            line("Heisenberg limit of good/bad outcomes: slope -1", 1.0),
        ]
    }
}

/// Both errors against uses of A, one panel for each fidelity of a Grover step, all with the same axes:
/// `first` with lines and points, the other dashed.
///
/// # Errors
/// If all errors are 0, which have no place on a logarithmic axis. [`Figure`] refuses more than four
/// fidelities when it is drawn.
pub fn noise_figure(results: &[CurveResult], first: Measure) -> Result<Figure> {
    let all: Vec<&CurveResult> = results.iter().collect();
    let (range, measures) = (range(&all)?, measures(&all, first));
    let caption = results.first().map_or(String::new(), |r| {
        let ended = if results.iter().any(|r| r.interrupted) { ", ended early" } else { "" };
        let mut parts =
            vec![format!("{}, {} repeats, seed {}{ended}", r.problem(), r.repeats, r.seed)];
        parts.extend(r.warnings());
        parts.join("; ")
    });
    let figure = Figure::new("Amplitude estimation under depolarizing noise").caption(caption);
    let figure = figure.columns(results.len().clamp(1, 2));
    Ok(results.iter().fold(figure, |figure, result| {
        let title = match result.kappa {
            1.0 => "no noise".to_string(),
            kappa => format!("fidelity {kappa} per Grover step"),
        };
        let mut chart = result.axes(&title, Against::Uses, range, "error of the amplitude");
        for (&measure, style) in measures.iter().zip([Style::LinePoints, Style::Dashed]) {
            let label = |c: &Curve| {
                let luck = if c.is_luck { ", luck of the grid" } else { "" };
                format!("{}: {}{luck}", c.method, name(measure))
            };
            let curves = result.curves.iter();
            chart = curves
                .filter_map(|c| c.series(measure, Against::Uses, style, &label))
                .fold(chart, Chart::series);
        }
        figure.panel(result.with_references(chart, measures[0], Against::Uses))
    }))
}

/// Most curves with bands: more would only cover one another.
const MOST_BANDS: usize = 7;

fn name(measure: Measure) -> &'static str {
    match measure {
        Measure::Rmse => "RMSE",
        Measure::MedianAbsolute => "median error",
    }
}

fn other(measure: Measure) -> Measure {
    match measure {
        Measure::Rmse => Measure::MedianAbsolute,
        Measure::MedianAbsolute => Measure::Rmse,
    }
}

/// Both, without one that is 0 everywhere.
fn measures(results: &[&CurveResult], first: Measure) -> Vec<Measure> {
    let points = || results.iter().flat_map(|r| &r.curves).flat_map(|c| &c.points);
    let drawn = |m: &Measure| points().any(|p| p.error(*m) > 0.0);
    [first, other(first)].into_iter().filter(drawn).collect()
}

/// From half of the least error to twice the largest.
fn range(results: &[&CurveResult]) -> Result<(f64, f64)> {
    let points = results.iter().flat_map(|r| &r.curves).flat_map(|c| &c.points);
    let errors = points.flat_map(|p| [p.rmse, p.median_absolute_error]).filter(|&e| e > 0.0);
    let (low, high) = errors.fold((f64::INFINITY, 0.0f64), |(l, h), e| (l.min(e), h.max(e)));
    if high > 0.0 {
        return Ok((0.5 * low, 2.0 * high));
    }
    Err(Error::Invalid {
        what: "the picture of an error curve".into(),
        value: "errors that are all 0".into(),
        expected:
            "they have no place on its logarithmic axis; such estimates are exact, as those of \
                   the amplitudes 0 and 1 are, and the table says what they cost"
                .into(),
    })
}

impl Curve {
    /// Its name with its slopes, for legends.
    fn label(&self) -> String {
        if self.is_luck {
            return format!("{}: luck of its grid at one amplitude", self.method);
        }
        let slope = |m| self.slope(m).map(|s| format!("{:.2} ({})", s.value, name(m)));
        let slopes = [Measure::Rmse, Measure::MedianAbsolute].into_iter().filter_map(slope);
        let slopes: Vec<String> = slopes.collect();
        match slopes.is_empty() {
            true => self.method.clone(),
            false => format!("{}: slope {}", self.method, slopes.join(", ")),
        }
    }

    /// The points whose error is above zero, by rising cost.
    fn drawn(&self, measure: Measure, against: Against) -> Vec<(f64, &Point)> {
        let points = self.points.iter().filter(|p| p.error(measure) > 0.0);
        let mut drawn: Vec<(f64, &Point)> = points
            .map(|p| match against {
                Against::Uses => (p.uses, p),
                Against::Depth => (p.depth, p),
            })
            .collect();
        drawn.sort_by(|a, b| a.0.total_cmp(&b.0));
        drawn
    }

    /// Its line; `None` if there is no error above zero.
    fn series(
        &self,
        measure: Measure,
        against: Against,
        style: Style,
        label: &dyn Fn(&Curve) -> String,
    ) -> Option<Series> {
        let drawn = self.drawn(measure, against);
        let at: Vec<(f64, f64)> = drawn.iter().map(|(x, p)| (*x, p.error(measure))).collect();
        let series = || Series::new(label(self), style, at.iter().copied()).slot(self.slot);
        (!at.is_empty()).then(series)
    }

    fn banded(&self, series: Series, measure: Measure, against: Against) -> Series {
        series.with_band(self.drawn(measure, against).into_iter().map(|(_, p)| match measure {
            Measure::MedianAbsolute => p.quartiles,
            Measure::Rmse => self.interval_of_rmse(p),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ErrorCurve;
    use super::*;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::estimation::problem::integrand::Integrand;

    fn curve(problems: Vec<EstimationProblem>, methods: &[EstimatorKind]) -> CurveResult {
        let curve = ErrorCurve::new(problems).unwrap().methods(methods);
        curve.budgets(&[300, 3000]).unwrap().repeats(9).unwrap().run().unwrap()
    }

    fn coin(a: f64) -> EstimationProblem {
        EstimationProblem::bernoulli(a).unwrap()
    }

    #[test]
    fn both_errors_are_drawn_and_luck_is_named() {
        let methods = [EstimatorKind::Canonical, EstimatorKind::Mlae, EstimatorKind::MonteCarlo];
        let one = curve(vec![coin(0.2)], &methods);
        for first in [Measure::Rmse, Measure::MedianAbsolute] {
            let text = one.figure(first).unwrap().to_json().unwrap().to_string();
            for part in ["RMSE against uses", "median error against the largest depth"] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert!(text.contains("canonical: luck of its grid at one amplitude"), "{text}");
            assert!(text.contains("Heisenberg limit of good/bad outcomes"), "{text}");
        }
        let several = curve(vec![coin(0.2), coin(0.3)], &methods);
        let text = several.figure(Measure::Rmse).unwrap().to_json().unwrap().to_string();
        assert!(!text.contains("luck") && text.contains("canonical: slope -"), "{text}");
        let noise = noise_figure(&[one], Measure::Rmse).unwrap().to_json().unwrap().to_string();
        for part in ["canonical: RMSE, luck of the grid", "mlae: median error"] {
            assert!(noise.contains(part), "{part}: {noise}");
        }
    }

    #[test]
    fn bounds_of_outcomes_are_named_over_integrands() {
        let problem = EstimationProblem::integral(Integrand::sine_squared(), 4).unwrap();
        let result = curve(vec![problem], &[EstimatorKind::Mlae, EstimatorKind::Stratified]);
        let text = result.figure(Measure::Rmse).unwrap().to_json().unwrap().to_string();
        assert!(text.contains("are not bound by the grey lines"), "{text}");
    }

    #[test]
    fn exact_estimates_have_no_picture() {
        let zero = curve(vec![coin(0.0)], &[EstimatorKind::MonteCarlo]);
        let error = zero.figure(Measure::Rmse).unwrap_err().to_string();
        assert!(error.contains("errors that are all 0") && error.contains("0 and 1"), "{error}");
        assert!(noise_figure(&[zero], Measure::Rmse).is_err());
    }

    #[cfg(feature = "plot")]
    #[test]
    fn a_method_has_one_colour_in_all_pictures() {
        // The colour of Monte Carlo's line is that of the palette's number 6, alone or last of many.
        let alone = curve(vec![coin(0.2)], &[EstimatorKind::MonteCarlo]);
        let many = curve(
            vec![coin(0.2)],
            &[EstimatorKind::Mlae, EstimatorKind::MonteCarlo, EstimatorKind::Iterative],
        );
        for result in [alone, many] {
            let svg = result.figure(Measure::Rmse).unwrap().to_svg().unwrap().to_uppercase();
            assert!(svg.contains("#444444"), "{svg}");
            assert_eq!(svg.contains("#D55E00"), result.curve("mlae").is_some());
            assert_eq!(svg.contains("#0072B2"), result.curve("iterative").is_some());
        }
    }
}
