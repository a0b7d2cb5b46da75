//! Distributions and functions that are given as tables, e.g. in a file.

mod csv;
mod json;
mod row;

pub use row::TableKind;

use crate::error::{Error, Result};
use crate::estimation::problem::estimation_problem::EstimationProblem;
use crate::estimation::problem::integrand::Integrand;
use crate::estimation::problem::post_processing::PostProcessing;
use row::Row;
use std::collections::HashMap;

/// Pairs (x, probability) or (x, f(x)), one per line of a text, or as JSON.
///
/// ```
/// use ketlab::estimation::{EstimationProblem, Table, TableKind};
/// let prices = "price, probability\n90, 0.2\n100, 0.5\n110, 0.3\n";
/// let table = Table::parse("prices.csv", prices, TableKind::Distribution)?;
/// // The mean payoff of a call at 95: 0.5 · 5 + 0.3 · 15.
/// let problem = EstimationProblem::of_distribution(&table, |price| (price - 95.0).max(0.0))?;
/// let mean = problem.post().value(problem.amplitude()?);
/// assert!((mean - 7.0).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    name: String,
    kind: TableKind,
    points: Vec<(f64, f64)>,
}

impl Table {
    /// Reads a table; `name` is what errors call it.
    ///
    /// A text has two columns with a comma, a semicolon, a tab or blanks between, perhaps names of the
    /// columns in its first line, and comments after `#`. JSON is a list of pairs `[x, y]` or of objects
    /// `{"x": …, "probability": …}` (`"f"` for a function), or one object of two lists.
    ///
    /// # Errors
    /// If something is not such a table, by its line: an x or a number that is not finite, a negative
    /// probability, an x for the second time; no line at all; only probabilities of 0.
    pub fn parse(name: &str, text: &str, kind: TableKind) -> Result<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let rows = match text.trim_start().starts_with(['[', '{']) {
            true => json::rows(text, kind),
            false => csv::rows(text, kind),
        };
        let refused = |message: String| Error::Io { path: name.into(), message };
        let rows = rows.map_err(refused)?;
        let mut seen = HashMap::new();
        for (k, row) in rows.iter().enumerate() {
            // -0 is 0.
            if let Some(first) = seen.insert((row.x + 0.0).to_bits(), k) {
                let place = |k: usize, row: &Row| match row.line {
                    Some(line) => format!("line {line}"),
                    None => format!("entry {}", k + 1),
                };
                return Err(refused(format!(
                    "{}: x = {} for the second time, after {}; give each x once",
                    place(k, row),
                    row.x,
                    place(first, &rows[first])
                )));
            }
        }
        if rows.is_empty() {
            return Err(refused("there is no line with two numbers".into()));
        }
        let points: Vec<(f64, f64)> = rows.iter().map(|row| (row.x, row.y)).collect();
        if kind == TableKind::Distribution && points.iter().all(|p| p.1 == 0.0) {
            return Err(refused("all probabilities are 0; one must be above".into()));
        }
        Ok(Table { name: name.into(), kind, points })
    }

    /// What errors call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The pairs, in their order.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The sum of the second column: 1 of probabilities that are normalized.
    pub fn total(&self) -> f64 {
        self.points.iter().map(|p| p.1).sum()
    }

    /// How many points there are on the qubits that hold them: those of the table, and others of
    /// probability 0 up to a power of two, 2 at least.
    pub fn padded_len(&self) -> usize {
        self.points.len().next_power_of_two().max(2)
    }

    /// The second column at an x of the table.
    ///
    /// # Errors
    /// If there is no such x.
    pub fn at(&self, x: f64) -> Result<f64> {
        let found = self.points.iter().find(|p| p.0 == x).map(|p| p.1);
        found.ok_or_else(|| Error::Io {
            path: self.name.clone(),
            message: format!("there is no x = {x}; it must have each x of the distribution"),
        })
    }
}

impl EstimationProblem {
    /// The mean of `payoff` under a distribution: loaded on qubits, padded with points of probability
    /// 0 to a power of two; see [`expectation`](Self::expectation). Classical methods draw an x and
    /// evaluate the payoff, as its [`Integrand`] by the inverse of the distribution function.
    ///
    /// # Errors
    /// If the table is of a function, a payoff or their range is not finite, or there are more than
    /// 2^24 points.
    pub fn of_distribution(table: &Table, payoff: impl Fn(f64) -> f64) -> Result<Self> {
        if table.kind != TableKind::Distribution {
            return Err(Error::Invalid {
                what: format!("the table `{}`", table.name),
                value: "one of a function".into(),
                expected: "a distribution is a table of x and probability".into(),
            });
        }
        let values = table.points.iter().map(|p| payoff(p.0)).collect();
        let largest = table.points.iter().map(|p| p.1).fold(0.0, f64::max);
        // In units of the largest, no sum overflows.
        let weights = table.points.iter().map(|p| p.1 / largest).collect();
        of_points(table, weights, values)
    }

    /// The mean of a function over the points of its table, all equally likely.
    ///
    /// # Errors
    /// If the table is of a distribution, the range of the values is not finite, or there are more than
    /// 2^24 points.
    pub fn of_function(table: &Table) -> Result<Self> {
        if table.kind != TableKind::Function {
            return Err(Error::Invalid {
                what: format!("the table `{}`", table.name),
                value: "one of a distribution".into(),
                expected: "a function is a table of x and f(x)".into(),
            });
        }
        let values = table.points.iter().map(|p| p.1).collect();
        of_points(table, vec![1.0; table.points.len()], values)
    }
}

/// The mean of the values under weights.
fn of_points(table: &Table, weights: Vec<f64>, values: Vec<f64>) -> Result<EstimationProblem> {
    let size = table.padded_len();
    let padded = |list: &[f64], with: f64| {
        let rest = std::iter::repeat_n(with, size - list.len());
        list.iter().copied().chain(rest).collect::<Vec<f64>>()
    };
    // The value of a point that never comes does not widen the range.
    let problem =
        EstimationProblem::expectation(&padded(&weights, 0.0), &padded(&values, values[0]))?;
    let problem = problem.named(table.name());
    let PostProcessing::Affine { scale, offset } = *problem.post() else { return Ok(problem) };
    let scaled: Vec<f64> = values.iter().map(|v| ((v - offset) / scale).clamp(0.0, 1.0)).collect();
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().zip(&scaled).map(|(w, v)| w * v).sum::<f64>() / total;
    let mut sum = 0.0;
    let until: Vec<f64> = weights
        .iter()
        .map(|w| {
            sum += w;
            sum / total
        })
        .collect();
    let last = weights.iter().rposition(|&w| w > 0.0).unwrap_or(0);
    let integrand = Integrand::new(table.name(), 1, move |u| {
        // The first point whose distribution function is above u; by rounding, none may be.
        scaled[until.partition_point(|&p| p <= u[0]).min(last)]
    })?;
    Ok(problem.with_integrand(integrand.with_mean(mean)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::account::estimator::AmplitudeEstimator;
    use crate::estimation::classical::monte_carlo::MonteCarlo;
    use crate::estimation::classical::stratified::Stratified;
    use crate::estimation::quantum::iterative::Iterative;

    fn distribution(text: &str) -> Result<Table> {
        Table::parse("t", text, TableKind::Distribution)
    }

    #[test]
    fn all_notations_are_one_table() {
        let points = [(90.0, 0.25), (100.0, 0.5), (110.0, 0.25)];
        for text in [
            "90,0.25\n100,0.5\n110,0.25",
            "\u{feff}x;probability\r\n90;0.25\r\n100;0.5\r\n110;0.25\r\n",
            "# prices\n\n\"price\"\t\"p\"\n90\t0.25 # low\n100\t0.5\n110\t0.25\n",
            "90 .25\r100   5e-1\r110 0.25",
            "probability, x\n0.25, 90\n0.5, 100\n0.25, 110\n",
            "[[90, 0.25], [100, 0.5], [110, 0.25]]",
            r#" [{"x": 90, "p": 0.25}, {"probability": 0.5, "x": 1e2}, {"x": 110, "p": 0.25}]"#,
            r#"{"x": [90, 100, 110], "probability": [0.25, 0.5, 0.25]}"#,
        ] {
            assert_eq!(distribution(text).unwrap().points(), points, "{text}");
        }
    }

    #[test]
    fn faults_are_named_by_their_line() {
        for (text, parts) in [
            ("90,0.2\n\n100,-0.5", &["line 3", "probability is -0.5", "0 or more"][..]),
            ("90,0.2\n100,nan", &["line 2", "probability is NaN", "finite"]),
            ("90,0.2\ninf,0.1", &["line 2", "x is inf"]),
            ("90,0.2\n100", &["line 2", "two columns"]),
            ("90,0.2\n100,0.3,7", &["line 2", "two columns"]),
            ("90,0.2\n100,much", &["line 2", "`much`", "a number"]),
            ("x,p\nprice,probability", &["line 2", "`price`"]),
            ("90,0.2\n91,0.1\n90,0.3", &["line 3", "x = 90 for the second time, after line 1"]),
            ("0,0.2\n-0,0.1", &["line 2", "second time"]),
            ("", &["no line with two numbers"]),
            ("# nothing\n", &["no line with two numbers"]),
            ("1,0\n2,0", &["all probabilities are 0"]),
            ("[[1, 0.5],\n [2, -0.5]]", &["line 2", "probability is -0.5"]),
            ("[[1, 0.5],\n [2, NaN]]", &["line 2"]),
            ("[[1, 0.5],\n [2, null]]", &["line 2", "number"]),
            ("[[1, 0.5],\n [2]]", &["line 2", "two numbers"]),
            ("[[1, 0.5],\n [2, 3, 4]]", &["line 2", "two numbers"]),
            ("[[1, 0.5], [1, 0.5]]", &["entry 2", "after entry 1"]),
            ("[{\"x\": 1,\n \"q\": 2}]", &["line 2", "`q`"]),
            ("{\"x\": [1, 2],\n \"p\": [0.5]}", &["2 values of x", "1 of probability"]),
            ("{\"x\": [1, 2]}", &["probability"]),
            ("{\"p\": [0.1, -1],\n \"x\": [1, 2]}", &["line 1", "probability is -1"]),
            ("[]", &["no line with two numbers"]),
        ] {
            let error = distribution(text).unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "{text}: {part}: {error}");
            }
        }
        let negative = Table::parse("t", "1,-2", TableKind::Function).unwrap();
        assert_eq!(negative.points(), [(1.0, -2.0)]);
    }

    #[test]
    fn means_are_those_of_the_sums() {
        let table = distribution("90,1\n100,2\n110,4\n120,0\n130,1").unwrap();
        assert_eq!((table.total(), table.padded_len()), (8.0, 8));
        let problem = EstimationProblem::of_distribution(&table, |x| (95.0 - x).max(0.0)).unwrap();
        let mean = |p: &EstimationProblem| p.post().value(p.amplitude().unwrap());
        assert!((mean(&problem) - 5.0 / 8.0).abs() < 1e-12);
        let shares = EstimationProblem::of_distribution(&table, |x| x).unwrap();
        assert!((mean(&shares) - (90.0 + 200.0 + 440.0 + 130.0) / 8.0).abs() < 1e-10);
        // What never comes may be as large as it likes, but for the range.
        let f = Table::parse("f", "1,-2\n2,4\n3,5", TableKind::Function).unwrap();
        let function = EstimationProblem::of_function(&f).unwrap();
        assert!((mean(&function) - 7.0 / 3.0).abs() < 1e-12);
        assert!((f.at(2.0).unwrap(), f.at(9.0).is_err()) == (4.0, true));
        for problem in [problem, shares, function] {
            let experiment = problem.exact_law().unwrap();
            assert!((experiment.truth() - experiment.amplitude()).abs() < 1e-12);
            let methods: [Box<dyn AmplitudeEstimator>; 3] = [
                Box::new(Iterative::new(0.01, 1e-6).unwrap()),
                Box::new(MonteCarlo::new(2000).unwrap().alpha(1e-6).unwrap()),
                Box::new(Stratified::new(2000).unwrap().alpha(1e-6).unwrap()),
            ];
            for method in methods {
                let result = method.estimate(&experiment, 3).unwrap();
                let truth = experiment.truth();
                assert!(result.confidence_interval.contains(truth), "{result} {truth}");
            }
        }
        assert!(EstimationProblem::of_function(&table).is_err());
        assert!(EstimationProblem::of_distribution(&f, |x| x).is_err());
        assert!(EstimationProblem::of_distribution(&table, |x| 1.0 / (x - 90.0)).is_err());
    }

    #[test]
    fn small_tables_are_padded() {
        let one = distribution("7,1").unwrap();
        let problem = EstimationProblem::of_distribution(&one, |x| x).unwrap();
        assert_eq!(problem.post().value(problem.amplitude().unwrap()), 7.0);
        assert_eq!(problem.preparation().num_qubits(), 2);
        let huge = distribution("1,1e308\n2,1e308\n3,1e308").unwrap();
        let problem = EstimationProblem::of_distribution(&huge, |x| x).unwrap();
        assert!((problem.post().value(problem.amplitude().unwrap()) - 2.0).abs() < 1e-12);
    }
}
