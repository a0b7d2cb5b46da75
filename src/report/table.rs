//! The numbers behind a picture.

use super::chart::Mark;
use super::{Axis, Chart};
use crate::error::Result;
use serde_json::{Value, json};
use std::fmt::Write;

impl Chart {
    /// One row a point: `series,x,y,low,high` under the labels of the axes, the band empty where
    /// there is none. A constant line leaves the other coordinate empty; a heat map has its value in
    /// a sixth column. Numbers are written so that they read back to the bit.
    ///
    /// # Errors
    /// As the picture: an empty series, a nonpositive value on a logarithmic axis.
    pub fn to_csv(&self) -> Result<String> {
        self.check()?;
        let (x, y) = (quoted(&self.x.text()), quoted(&self.y.text()));
        let mut text = format!("series,{x},{y},low,high");
        // Without a heat map, a column of nothing would only be in the way.
        let end = if self.heat_map.is_some() { ",\n" } else { "\n" };
        if let Some(map) = &self.heat_map {
            let _ = write!(text, ",{}", quoted(&map.label));
        }
        text.push('\n');
        for series in &self.series {
            let name = quoted(&series.name);
            for (k, (x, y)) in series.points.iter().enumerate() {
                let band = series.band.get(k);
                let band = band.map_or(",".into(), |(low, high)| format!("{low:?},{high:?}"));
                let _ = write!(text, "{name},{x:?},{y:?},{band}{end}");
            }
        }
        for (name, mark) in &self.marks {
            let name = quoted(name);
            let _ = match mark {
                Mark::Horizontal(y) => write!(text, "{name},,{y:?},,{end}"),
                Mark::Vertical(x) => write!(text, "{name},{x:?},,,{end}"),
                Mark::Band(low, high) => write!(text, "{name},,,{low:?},{high:?}{end}"),
            };
        }
        if let Some(map) = &self.heat_map {
            let place = |(first, last): (f64, f64), k: usize, count: usize| match count {
                1 => first,
                _ => first + (last - first) * k as f64 / (count - 1) as f64,
            };
            for (r, row) in map.values.iter().enumerate() {
                let y = place(map.y, r, map.values.len());
                for (c, value) in row.iter().enumerate() {
                    let x = place(map.x, c, row.len());
                    let _ = writeln!(text, "{},{x:?},{y:?},,,{value:?}", quoted(&map.label));
                }
            }
        }
        Ok(text)
    }

    /// The whole description as JSON, format `ketlab.chart`, version 1. A number that is not finite
    /// is `null`.
    ///
    /// # Errors
    /// As [`Chart::to_csv`].
    pub fn to_json(&self) -> Result<String> {
        self.check()?;
        let axis = |axis: &Axis| json!(axis);
        let series = self.series.iter().map(|series| {
            let xs: Vec<f64> = series.points.iter().map(|p| p.0).collect();
            let ys: Vec<f64> = series.points.iter().map(|p| p.1).collect();
            let mut value = json!({"name": series.name, "style": series.style, "x": xs, "y": ys});
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
        Ok(format!("{document}\n"))
    }
}

/// A field as RFC 4180 wants it.
fn quoted(text: &str) -> String {
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
    }

    #[test]
    fn csv_has_every_number() {
        let expected = "series,n,\"error, relative (%)\",low,high\n\
                        \"a \"\"b\"\"\",1.0,0.1,,\n\"a \"\"b\"\"\",2.0,NaN,,\nc,1.5,2.0,1.0,3.0\n\
                        exact,,0.25,,\nhere,4.0,,,\ngood,,,-1.0,1e-300\n";
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
    fn empty_is_refused() {
        let empty = Chart::new("t", Axis::new("n"), Axis::new("e")).series(Series::line("a", []));
        assert!(empty.to_csv().is_err() && empty.to_json().is_err());
    }
}
