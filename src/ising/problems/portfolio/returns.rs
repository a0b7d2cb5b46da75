//! Assets by what they returned.

use super::Assets;
use super::assets::check_number;
use crate::error::{Error, Result};
use crate::ising::files;
use std::path::Path;

/// Names of a first column that says when a row was.
const WHEN: [&str; 8] = ["", "date", "time", "period", "day", "week", "month", "year"];

impl Assets {
    /// Assets by their returns, a row a period: the means, and the covariance Σ (r - mean)(r' - mean') over
    /// one less than the number of rows.
    ///
    /// # Errors
    /// If there are fewer than two rows, or one has not as many returns as there are names; as
    /// [`Assets::try_new`].
    pub fn from_returns(names: Vec<String>, rows: &[Vec<f64>]) -> Result<Self> {
        let n = names.len();
        check_number(n)?;
        if rows.len() < 2 {
            return Err(Error::Invalid {
                what: "the number of rows of returns".into(),
                value: rows.len().to_string(),
                expected: "a covariance needs at least two".into(),
            });
        }
        if let Some(k) = rows.iter().position(|row| row.len() != n) {
            return Err(Error::Invalid {
                what: format!("row {k} of the returns"),
                value: format!("of {} entries", rows[k].len()),
                expected: format!("there are {n} assets"),
            });
        }
        let periods = rows.len() as f64;
        let mean = |i: usize| rows.iter().map(|row| row[i]).sum::<f64>() / periods;
        let means: Vec<f64> = (0..n).map(mean).collect();
        let mut covariance = vec![vec![0.0; n]; n];
        let mut centred = vec![0.0; n];
        for row in rows {
            centred.iter_mut().zip(row.iter().zip(&means)).for_each(|(c, (r, mean))| *c = r - mean);
            for (sums, a) in covariance.iter_mut().zip(&centred) {
                sums.iter_mut().zip(&centred).for_each(|(sum, b)| *sum += a * b);
            }
        }
        covariance.iter_mut().flatten().for_each(|sum| *sum /= periods - 1.0);
        Assets::try_new(names, means, covariance)
    }

    /// Reads a table of returns, as [`Assets::from_returns`] takes them: a first line with the names of the
    /// assets, then a line a period, with commas, semicolons or tabs between. A first column without a
    /// name, or called `date`, `time`, `period`, `day`, `week`, `month` or `year`, is not read.
    ///
    /// # Errors
    /// If a line has not as many fields as the first, or a field is no finite number (in which line); as
    /// [`Assets::from_returns`].
    pub fn from_returns_csv(text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
        let header = text.lines().next().unwrap_or_default();
        let separator = [';', '\t', ','].into_iter().find(|&s| header.contains(s)).unwrap_or(',');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator as u8)
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let broken = |error: csv::Error| Error::Invalid {
            what: "the table of returns".into(),
            value: "not CSV".into(),
            expected: error.to_string(),
        };
        let header = reader.headers().map_err(broken)?.clone();
        let when = header.get(0).is_some_and(|name| WHEN.contains(&name.to_lowercase().as_str()));
        let names: Vec<String> = header.iter().skip(usize::from(when)).map(Into::into).collect();
        if !names.is_empty() && names.iter().all(|name| name.parse::<f64>().is_ok()) {
            return Err(Error::Invalid {
                what: "the first line of the returns".into(),
                value: format!("`{}`", names.join(",").chars().take(60).collect::<String>()),
                expected: "expected the names of the assets".into(),
            });
        }
        check_number(names.len())?;
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let line = record.position().map_or(0, csv::Position::line) as usize;
            let error = |expected: String| {
                Error::line(line, &record.iter().collect::<Vec<_>>().join(","), expected)
            };
            if record.len() != header.len() {
                return Err(error(format!(
                    "found {} fields; the first line has {}",
                    record.len(),
                    header.len()
                )));
            }
            let numbers =
                record.iter().skip(usize::from(when)).map(|field| match field.parse::<f64>() {
                    Ok(value) if value.is_finite() => Ok(value),
                    _ => Err(error(format!("`{field}` is not a finite number"))),
                });
            rows.push(numbers.collect::<Result<Vec<f64>>>()?);
        }
        Assets::from_returns(names, &rows)
    }

    /// Reads a file: `.csv` and `.tsv` as [`Assets::from_returns_csv`], `.json` as this type is
    /// serialized, others as [`Assets::from_or_library`].
    ///
    /// # Errors
    /// As there, and if the file cannot be read or is larger than
    /// [`MAX_FILE_BYTES`](crate::ising::MAX_FILE_BYTES).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, extension| match extension {
            "csv" | "tsv" => Self::from_returns_csv(text),
            "json" => serde_json::from_str(text).map_err(|error| Error::Invalid {
                what: "the JSON of assets".into(),
                value: "not valid".into(),
                expected: error.to_string(),
            }),
            _ => Self::from_or_library(text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_covariance_of_a_table() {
        // numpy.cov of the columns.
        let text = "date,A,\"B, Inc\"\n2020-01,1,2\n2020-02,2,0\n# a note\n2020-03,6,1\n";
        let assets = Assets::from_returns_csv(text).unwrap();
        assert_eq!(assets.names(), ["A", "B, Inc"]);
        assert_eq!(assets.expected_returns(), [3.0, 1.0]);
        assert_eq!(assets.covariance(), [[7.0, -0.5], [-0.5, 1.0]]);
        let plain = Assets::from_returns_csv("A;B, Inc\n1;2\n2;0\n6;1\n").unwrap();
        assert_eq!(plain, assets);
        let path = std::env::temp_dir().join(format!("ketlab-assets-{}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        assert_eq!(Assets::read(&path).unwrap(), assets);
        let json = path.with_extension("json");
        std::fs::write(&json, serde_json::to_string(&assets).unwrap()).unwrap();
        assert_eq!(Assets::read(&json).unwrap(), assets);
        std::fs::remove_file(&path).unwrap();
        std::fs::remove_file(&json).unwrap();
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, says) in [
            ("", "1 to 4096"),
            ("A,B\n", "at least two"),
            ("A,B\n1,2\n", "at least two"),
            ("A,B\n1,2\n1\n", "line 3"),
            ("A,B\n1,2\n1,2,3\n", "the first line has 2"),
            ("A,B\n1,2\n1,x\n", "`x` is not a finite"),
            ("A,B\n1,inf\n1,2\n", "line 2"),
            ("A,B\n1,\n1,2\n", "`` is not"),
            ("A,A\n1,1\n1,2\n", "has this name already"),
            ("1,2\n1,1\n1,2\n", "names of the assets"),
        ] {
            let error = Assets::from_returns_csv(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text:?}: {error}");
        }
        assert!(Assets::from_returns(vec!["A".into()], &[vec![1.0], vec![]]).is_err());
        assert!(Assets::from_returns(vec!["A".into()], &[vec![1e300], vec![-1e300]]).is_err());
    }
}
