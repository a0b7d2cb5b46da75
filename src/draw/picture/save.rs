//! Pictures of circuits as files.

use super::Picture;
use crate::error::{Error, Result};
use std::path::Path;

impl Picture<'_> {
    /// Writes the picture by the extension: `.svg`, `.png` or `.tex`.
    ///
    /// # Errors
    /// If the extension is another, the picture cannot be a PNG (see [`to_png`](Self::to_png); a
    /// build without the feature `png` writes none), or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let bytes = match extension.as_deref() {
            Some("svg") => self.to_svg().into_bytes(),
            Some("tex") => self.to_latex().into_bytes(),
            #[cfg(feature = "png")]
            Some("png") => self.to_png()?,
            #[cfg(not(feature = "png"))]
            Some("png") => {
                return Err(Error::Unsupported {
                    method: "this build",
                    operation: "a picture (.png)".into(),
                    hint: "build with the cargo feature `png`, or write .svg or .tex".into(),
                });
            }
            _ => {
                return Err(Error::Invalid {
                    what: "the file of a picture".into(),
                    value: format!("`{}`", path.display()),
                    expected: "its name must end in .svg, .png or .tex".into(),
                });
            }
        };
        std::fs::write(path, bytes).map_err(|error| Error::io(path, error))
    }
}

#[cfg(test)]
mod tests {
    use crate::Circuit;

    #[test]
    fn the_extension_decides() {
        let mut bell = Circuit::new(2);
        bell.h(0).cx(0, 1);
        let folder = std::env::temp_dir().join(format!("ketlab-picture-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let starts = [("bell.svg", "<svg".as_bytes()), ("bell.TEX", b"% ")];
        let png = cfg!(feature = "png").then_some(("bell.png", b"\x89PNG".as_slice()));
        for (name, start) in starts.into_iter().chain(png) {
            let path = folder.join(name);
            bell.picture().save(&path).unwrap();
            assert!(std::fs::read(&path).unwrap().starts_with(start), "{name}");
        }
        for name in ["bell", "bell.pdf", "bell.svg.gz"] {
            let message = bell.picture().save(folder.join(name)).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(".svg, .png or .tex"), "{message}");
        }
        let message = bell.picture().save(folder.join("none/bell.svg")).unwrap_err().to_string();
        assert!(message.contains("none"), "{message}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
