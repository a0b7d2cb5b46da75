//! Charts as files.

use super::Chart;
use crate::error::{Error, Result};
use std::path::Path;

impl Chart {
    /// Writes the chart by the extension: `.svg` or `.png` the picture, `.csv` or `.json` the
    /// numbers.
    ///
    /// # Errors
    /// Another extension, a chart that cannot be drawn, a picture in a build without the feature
    /// `plot`, or a file that cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let bytes = match extension.as_deref() {
            Some("csv") => self.to_csv()?.into_bytes(),
            Some("json") => self.to_json()?.into_bytes(),
            Some(kind @ ("svg" | "png")) => self.picture(kind)?,
            _ => {
                return Err(Error::Invalid {
                    what: "the file of a chart".into(),
                    value: format!("`{}`", path.display()),
                    expected: "its name must end in .svg, .png, .csv or .json".into(),
                });
            }
        };
        std::fs::write(path, bytes).map_err(|error| Error::Io {
            path: path.display().to_string(),
            message: error.to_string(),
        })
    }

    #[cfg(feature = "plot")]
    fn picture(&self, kind: &str) -> Result<Vec<u8>> {
        match kind {
            "svg" => self.to_svg().map(String::into_bytes),
            _ => self.to_png(2.0),
        }
    }

    #[cfg(not(feature = "plot"))]
    fn picture(&self, kind: &str) -> Result<Vec<u8>> {
        self.check()?;
        Err(Error::Unsupported {
            method: "this build",
            operation: format!("a picture (.{kind})"),
            hint: "build with the cargo feature `plot`, or write .csv or .json".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Series};
    use super::*;

    #[test]
    fn the_extension_decides() {
        let chart = Chart::new("t", Axis::new("x"), Axis::new("y"))
            .series(Series::line("a", [(0.0, 1.0), (1.0, 2.0)]));
        let folder = std::env::temp_dir().join(format!("ketlab-report-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let written = |name: &str| {
            let path = folder.join(name);
            chart.save(&path).map(|()| std::fs::read(&path).unwrap())
        };
        assert!(written("a.csv").unwrap().starts_with(b"series,x,y"));
        assert!(written("a.JSON").unwrap().starts_with(b"{"));
        if cfg!(feature = "plot") {
            assert!(written("a.svg").unwrap().starts_with(b"<svg"));
            assert!(written("a.png").unwrap().starts_with(b"\x89PNG"));
        } else {
            assert!(written("a.svg").unwrap_err().to_string().contains("feature `plot`"));
        }
        for name in ["a.pdf", "a"] {
            assert!(written(name).unwrap_err().to_string().contains(".svg, .png, .csv or .json"));
        }
        assert!(written("none/a.csv").unwrap_err().to_string().contains("none"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
