//! The NumPy file of `--state`.

use anyhow::{Context, Result, bail};
use ketlab::simulate::AnyState;
use std::path::{Path, PathBuf};

/// The file of `--state`, opened before the work so that a wrong path costs nothing. It is written
/// under another name and moved into place when it is complete.
pub struct StateFile {
    path: PathBuf,
    unfinished: PathBuf,
}

impl StateFile {
    pub fn create(path: &Path) -> Result<Self> {
        if cfg!(not(feature = "npy")) {
            bail!("--state: this ketlab was built without the feature `npy`");
        }
        let name =
            path.file_name().with_context(|| format!("--state {}: not a file", path.display()))?;
        let mut unfinished = name.to_os_string();
        unfinished.push(".unfinished");
        let unfinished = path.with_file_name(unfinished);
        std::fs::File::create(&unfinished)
            .with_context(|| format!("--state {}", path.display()))?;
        Ok(StateFile { path: path.into(), unfinished })
    }

    #[cfg(feature = "npy")]
    pub fn write(&self, state: AnyState) -> Result<()> {
        let written = match state {
            AnyState::F32(mut s) => ndarray_npy::write_npy(&self.unfinished, &s.view()),
            AnyState::F64(mut s) => ndarray_npy::write_npy(&self.unfinished, &s.view()),
        };
        let context = || format!("--state {}", self.path.display());
        written.with_context(context)?;
        std::fs::rename(&self.unfinished, &self.path).with_context(context)
    }

    #[cfg(not(feature = "npy"))]
    pub fn write(&self, _: AnyState) -> Result<()> {
        unreachable!("create refuses")
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        // After success it has been moved away and this does nothing.
        let _ = std::fs::remove_file(&self.unfinished);
    }
}
