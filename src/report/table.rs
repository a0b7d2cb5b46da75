//! The numbers behind a picture.

use super::chart::Mark;
use super::{Axis, Chart, Figure};
use crate::error::Result;
use serde_json::{Value, json};
use std::fmt::Write;

impl Chart {
    /// One row per point: `series,x,y,low,high` under the labels of the axes, the band empty where
    /// there is none. A constant line leaves the other coordinate empty; a stripe of x has a row for each
    /// of its ends; a heat map has its value in
    /// a sixth column. Numbers are written so that they read back to the bit.
    ///
    /// # Errors
    /// As the picture: if a series is empty, or a value on a logarithmic axis is not positive.
    pub fn to_csv(&self) -> Result<String> {
        self.check()?;
        let mut text = head("series", std::slice::from_ref(self));
        self.write_rows("", self.heat_map.is_some(), &mut text);
        Ok(text)
    }

    /// The rows, each after `start`; `cells` asks for the sixth column.
    fn write_rows(&self, start: &str, cells: bool, text: &mut String) {
        // Without a heat map, a column of nothing would only be in the way.
        let end = if cells { ",\n" } else { "\n" };
        for series in &self.series {
            let name = quoted(&series.name);
            for (k, (x, y)) in series.points.iter().enumerate() {
                let band = series.band.get(k);
                let band = band.map_or(",".into(), |(low, high)| format!("{low:?},{high:?}"));
                let _ = write!(text, "{start}{name},{x:?},{y:?},{band}{end}");
            }
        }
        for (name, mark) in &self.marks {
            let name = quoted(name);
            let _ = match mark {
                Mark::Horizontal(y) => write!(text, "{start}{name},,{y:?},,{end}"),
                Mark::Vertical(x) => write!(text, "{start}{name},{x:?},,,{end}"),
                Mark::Band(low, high) => write!(text, "{start}{name},,,{low:?},{high:?}{end}"),
                Mark::VerticalBand(low, high) => {
                    write!(text, "{start}{name},{low:?},,,{end}{start}{name},{high:?},,,{end}")
                }
            };
        }
        let Some(map) = &self.heat_map else { return };
        let name = quoted(&map.label);
        let place = |(first, last): (f64, f64), k: usize, count: usize| match count {
            1 => first,
            _ => first + (last - first) * k as f64 / (count - 1) as f64,
        };
        for (r, row) in map.values.iter().enumerate() {
            let y = place(map.y, r, map.values.len());
            for (c, value) in row.iter().enumerate() {
                let x = place(map.x, c, row.len());
                let _ = writeln!(text, "{start}{name},{x:?},{y:?},,,{value:?}");
            }
        }
    }

    /// The whole description as JSON, format `ketlab.chart`, version 1. A number that is not finite
    /// is `null`.
    ///
    /// # Errors
    /// As [`Chart::to_csv`].
    pub fn to_json(&self) -> Result<String> {
        self.check()?;
        Ok(format!("{}\n", self.document()))
    }

    fn document(&self) -> Value {
        let axis = |axis: &Axis| json!(axis);
        let series = self.series.iter().map(|series| {
            let xs: Vec<f64> = series.points.iter().map(|p| p.0).collect();
            let ys: Vec<f64> = series.points.iter().map(|p| p.1).collect();
            let mut value = json!({"name": series.name, "style": series.style, "x": xs, "y": ys});
            if !series.labels.is_empty() {
                value["labels"] = json!(series.labels);
            }
            if !series.band.is_empty() {
                value["low"] = series.band.iter().map(|b| b.0).collect();
                value["high"] = series.band.iter().map(|b| b.1).collect();
            }
            value
        });
        let marks = self.marks.iter().map(|(name, mark)| match mark {
            Mark::Horizontal(y) => json!({"name": name, "y": y}),
            Mark::Vertical(x) => json!({"name": name, "x": x}),
            Mark::Band(low, high) => json!({"name": name, "low": low, "high": high}),
            Mark::VerticalBand(low, high) => {
                json!({"name": name, "x_low": low, "x_high": high})
            }
        });
        let mut document = json!({
            "format": "ketlab.chart",
            "version": 1,
            "title": self.title,
            "caption": self.caption,
            "x": axis(&self.x),
            "y": axis(&self.y),
            "series": series.collect::<Vec<Value>>(),
            "marks": marks.collect::<Vec<Value>>(),
            "skipped": self.skipped(),
        });
        if let Some(map) = &self.heat_map {
            document["heat_map"] =
                json!({"label": map.label, "x": map.x, "y": map.y, "values": map.values});
        }
        document
    }
}

impl Figure {
    /// The rows of all panels as in [`Chart::to_csv`], after a first column `panel`: the number of
    /// the panel, from 1. Where panels have other labels on their axes, the head names them all.
    ///
    /// # Errors
    /// As [`Chart::to_csv`]; if there is no panel or more than four.
    pub fn to_csv(&self) -> Result<String> {
        self.check()?;
        let mut text = head("panel,series", &self.panels);
        let cells = self.panels.iter().any(|panel| panel.heat_map.is_some());
        for (k, panel) in self.panels.iter().enumerate() {
            panel.write_rows(&format!("{},", k + 1), cells, &mut text);
        }
        Ok(text)
    }

    /// The whole description as JSON, format `ketlab.figure`, version 1; the panels are the
    /// documents of [`Chart::to_json`].
    ///
    /// # Errors
    /// As [`Figure::to_csv`].
    pub fn to_json(&self) -> Result<String> {
        self.check()?;
        let document = json!({
            "format": "ketlab.figure",
            "version": 1,
            "title": self.title,
            "caption": self.caption,
            "columns": self.columns.min(self.panels.len()),
            "panels": self.panels.iter().map(Chart::document).collect::<Vec<Value>>(),
            "skipped": self.skipped(),
        });
        Ok(format!("{document}\n"))
    }
}

/// The first line of a table: what is different between charts is joined by ` / `.
fn head(first: &str, charts: &[Chart]) -> String {
    let joined = |texts: &mut dyn Iterator<Item = String>| {
        let mut seen: Vec<String> = Vec::new();
        for text in texts {
            if !seen.contains(&text) {
                seen.push(text);
            }
        }
        quoted(&seen.join(" / "))
    };
    let x = joined(&mut charts.iter().map(|chart| chart.x.text()));
    let y = joined(&mut charts.iter().map(|chart| chart.y.text()));
    let mut maps = charts.iter().filter_map(|chart| chart.heat_map.as_ref()).peekable();
    let sixth = match maps.peek() {
        Some(_) => format!(",{}", joined(&mut maps.map(|map| map.label.clone()))),
        None => String::new(),
    };
    format!("{first},{x},{y},low,high{sixth}\n")
}

/// A field as RFC 4180 wants it.
pub(crate) fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HeatMap, Series};
    use super::*;

    fn chart() -> Chart {
        Chart::new("t", Axis::new("n"), Axis::new("error, relative").unit("%"))
            .caption("seed 1")
            .series(Series::line("a \"b\"", [(1.0, 0.1), (2.0, f64::NAN)]))
            .series(Series::points("c", [(1.5, 2.0)]).with_band([(1.0, 3.0)]))
            .horizontal("exact", 0.25)
            .vertical("here", 4.0)
            .band("good", -1.0, 1e-300)
            .vertical_band("bad", 2.0, 2.5)
    }

    #[test]
    fn csv_has_every_number() {
        let expected = "series,n,\"error, relative (%)\",low,high\n\
                        \"a \"\"b\"\"\",1.0,0.1,,\n\"a \"\"b\"\"\",2.0,NaN,,\nc,1.5,2.0,1.0,3.0\n\
                        exact,,0.25,,\nhere,4.0,,,\ngood,,,-1.0,1e-300\n\
                        bad,2.0,,,\nbad,2.5,,,\n";
        assert_eq!(chart().to_csv().unwrap(), expected);
    }

    #[test]
    fn csv_of_a_heat_map_has_rows_of_one_length() {
        let map = HeatMap::new("cut", (0.0, 1.0), (2.0, 4.0), vec![vec![1.0, 2.0], vec![3.0, 4.0]]);
        let text = chart().heat_map(map).to_csv().unwrap();
        assert!(text.ends_with(
            "cut,0.0,2.0,,,1.0\ncut,1.0,2.0,,,2.0\ncut,0.0,4.0,,,3.0\ncut,1.0,4.0,,,4.0\n"
        ));
        assert!(text.lines().skip(1).all(|line| line.matches(',').count() == 5), "{text}");
    }

    #[test]
    fn json_has_every_number() {
        let document: Value = serde_json::from_str(&chart().to_json().unwrap()).unwrap();
        assert_eq!(document["format"], "ketlab.chart");
        assert_eq!(
            document["y"],
            json!({"label": "error, relative", "unit": "%", "scale": "linear", "range": null})
        );
        assert_eq!(
            document["series"][0],
            json!({"name": "a \"b\"", "style": "line", "x": [1.0, 2.0], "y": [0.1, null]})
        );
        assert_eq!(document["series"][1]["high"], json!([3.0]));
        assert_eq!(document["marks"][2], json!({"name": "good", "low": -1.0, "high": 1e-300}));
        assert_eq!(document["skipped"], 1);
    }

    #[test]
    fn a_figure_has_the_numbers_of_all_panels() {
        let other = Chart::new("u", Axis::new("depth"), Axis::new("error, relative").unit("%"))
            .series(Series::reference("r", [(1.0, 2.0)]));
        let figure = Figure::new("f").panel(chart()).panel(other.clone());
        let text = figure.to_csv().unwrap();
        assert!(text.starts_with("panel,series,n / depth,\"error, relative (%)\",low,high\n"));
        assert!(text.contains("\n1,exact,,0.25,,\n") && text.ends_with("\n2,r,1.0,2.0,,\n"));
        let map = HeatMap::new("cut", (0.0, 1.0), (0.0, 1.0), vec![vec![1.0, 2.0]]);
        let mapped = figure.clone().panel(other.clone().heat_map(map)).to_csv().unwrap();
        assert!(mapped.ends_with("\n3,cut,1.0,0.0,,,2.0\n"), "{mapped}");
        let document: Value = serde_json::from_str(&figure.to_json().unwrap()).unwrap();
        assert_eq!(document["format"], "ketlab.figure");
        assert_eq!((&document["columns"], &document["skipped"]), (&json!(2), &json!(1)));
        let panel: Value = serde_json::from_str(&other.to_json().unwrap()).unwrap();
        assert_eq!(panel["series"][0]["style"], "reference");
        assert_eq!(document["panels"][1], panel);
        assert!(Figure::new("f").to_csv().is_err() && Figure::new("f").to_json().is_err());
    }

    #[test]
    fn empty_is_refused() {
        let empty = Chart::new("t", Axis::new("n"), Axis::new("e")).series(Series::line("a", []));
        assert!(empty.to_csv().is_err() && empty.to_json().is_err());
    }
}
