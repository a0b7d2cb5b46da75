//! Charts and figures as files.

use super::{Chart, Figure};
use crate::error::{Error, Result};
use std::path::Path;

impl Chart {
    /// Writes the chart by the extension: `.svg` or `.png` the picture, `.csv` or `.json` the
    /// numbers.
    ///
    /// # Errors
    /// If the extension is another, the chart cannot be drawn, the build is without the feature
    /// `plot`, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let writers = Writers {
            what: "a chart",
            csv: Self::to_csv,
            json: Self::to_json,
            #[cfg(feature = "plot")]
            svg: Self::to_svg,
            #[cfg(feature = "plot")]
            png: Self::to_png,
        };
        writers.save(self, path.as_ref())
    }
}

impl Figure {
    /// Writes the figure by the extension, as [`Chart::save`].
    ///
    /// # Errors
    /// As [`Chart::save`]; if there is no panel or more than four.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let writers = Writers {
            what: "a figure",
            csv: Self::to_csv,
            json: Self::to_json,
            #[cfg(feature = "plot")]
            svg: Self::to_svg,
            #[cfg(feature = "plot")]
            png: Self::to_png,
        };
        writers.save(self, path.as_ref())
    }
}

/// The scale of a `.png`: fit for print.
#[cfg(feature = "plot")]
const SCALE: f64 = 2.0;

/// What is saved, and what writes each kind of file.
struct Writers<T> {
    what: &'static str,
    csv: fn(&T) -> Result<String>,
    json: fn(&T) -> Result<String>,
    #[cfg(feature = "plot")]
    svg: fn(&T) -> Result<String>,
    #[cfg(feature = "plot")]
    png: fn(&T, f64) -> Result<Vec<u8>>,
}

impl<T> Writers<T> {
    fn save(&self, drawn: &T, path: &Path) -> Result<()> {
        let text = |write: fn(&T) -> Result<String>| write(drawn).map(String::into_bytes);
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let bytes = match extension.as_deref() {
            Some("csv") => text(self.csv)?,
            Some("json") => text(self.json)?,
            #[cfg(feature = "plot")]
            Some("svg") => text(self.svg)?,
            #[cfg(feature = "plot")]
            Some("png") => (self.png)(drawn, SCALE)?,
            // What is wrong with the numbers is said first.
            #[cfg(not(feature = "plot"))]
            Some(kind @ ("svg" | "png")) => text(self.csv).and(Err(no_pictures(kind)))?,
            _ => {
                return Err(Error::Invalid {
                    what: format!("the file of {}", self.what),
                    value: format!("`{}`", path.display()),
                    expected: "its name must end in .svg, .png, .csv or .json".into(),
                });
            }
        };
        std::fs::write(path, bytes).map_err(|error| Error::io(path, error))
    }
}

#[cfg(not(feature = "plot"))]
fn no_pictures(kind: &str) -> Error {
    Error::Unsupported {
        method: "this build",
        operation: format!("a picture (.{kind})"),
        hint: "build with the cargo feature `plot`, or write .csv or .json".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Series};
    use super::*;

    fn assert_saves(head: &str, folder: &Path, save: impl Fn(&Path) -> Result<()>) {
        let written = |name: &str| {
            let path = folder.join(name);
            save(&path).map(|()| std::fs::read(&path).unwrap())
        };
        assert!(written("a.csv").unwrap().starts_with(head.as_bytes()));
        assert!(written("a.JSON").unwrap().starts_with(b"{"));
        if cfg!(feature = "plot") {
            assert!(written("a.svg").unwrap().starts_with(b"<svg"));
            assert!(written("a.png").unwrap().starts_with(b"\x89PNG"));
        } else {
            let message = written("a.svg").unwrap_err().to_string();
            assert!(message.contains("(.svg)") && message.contains("feature `plot`"));
        }
        for name in ["a.pdf", "a"] {
            let message = written(name).unwrap_err().to_string();
            assert!(message.contains(".svg, .png, .csv or .json"));
        }
        assert!(written("none/a.csv").unwrap_err().to_string().contains("none"));
    }

    #[test]
    fn the_extension_decides() {
        let chart = Chart::new("t", Axis::new("x"), Axis::new("y"))
            .series(Series::line("a", [(0.0, 1.0), (1.0, 2.0)]));
        let figure = Figure::new("f").panel(chart.clone());
        let folder = std::env::temp_dir().join(format!("ketlab-report-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_saves("series,x,y", &folder, |path| chart.save(path));
        assert_saves("panel,series,x,y", &folder, |path| figure.save(path));
        assert!(Figure::new("f").save(folder.join("a.svg")).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
