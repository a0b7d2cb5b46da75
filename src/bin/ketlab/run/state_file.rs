//! NumPy files: the state of `--state`, and the amplitudes of `--initial`.

use anyhow::{Context, Result, bail};
use ketlab::simulate::{AnyState, InitialState};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The file of `--state`, opened before the work so that a wrong path costs nothing. A regular file
/// is written beside its place and moved there when it is complete; anything else (a pipe, a
/// device) is written directly.
pub struct StateFile {
    path: PathBuf,
    file: File,
    /// The name until the file is complete.
    unfinished: Option<PathBuf>,
}

impl StateFile {
    pub fn create(path: &Path) -> Result<Self> {
        if cfg!(not(feature = "npy")) {
            bail!("--state: this ketlab was built without the feature `npy`");
        }
        let context = || format!("--state {}", path.display());
        // A link is followed, so that what it names is replaced and not the link.
        let path = path.canonicalize().unwrap_or_else(|_| path.into());
        let special = path.metadata().is_ok_and(|m| !m.is_file());
        if special {
            let file = OpenOptions::new().write(true).open(&path).with_context(context)?;
            return Ok(StateFile { path, file, unfinished: None });
        }
        if path.exists() {
            // Refuses a file that may not be written.
            OpenOptions::new().append(true).open(&path).with_context(context)?;
        }
        let name = path.file_name().with_context(context)?.to_string_lossy();
        let unfinished = path.with_file_name(format!(".{name}.{}", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&unfinished);
        let file = file.with_context(context)?;
        Ok(StateFile { path, file, unfinished: Some(unfinished) })
    }

    pub fn write(mut self, state: AnyState) -> Result<()> {
        let context = format!("--state {}", self.path.display());
        let mut out = BufWriter::new(&self.file);
        write(state, &mut out).with_context(|| context.clone())?;
        out.flush().with_context(|| context.clone())?;
        drop(out);
        if let Some(unfinished) = self.unfinished.take() {
            std::fs::rename(unfinished, &self.path).with_context(|| context)?;
        }
        Ok(())
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        if let Some(unfinished) = &self.unfinished {
            // The work failed; that this leaves nothing behind is a courtesy.
            let _ = std::fs::remove_file(unfinished);
        }
    }
}

#[cfg(feature = "npy")]
fn write(state: AnyState, out: impl Write) -> Result<()> {
    match state {
        AnyState::F32(mut state) => state.write_npy(out)?,
        AnyState::F64(mut state) => state.write_npy(out)?,
    }
    Ok(())
}

#[cfg(not(feature = "npy"))]
fn write(_: AnyState, _: impl Write) -> Result<()> {
    unreachable!("create refuses")
}

/// The amplitudes of a NumPy file.
#[cfg(feature = "npy")]
pub fn read(path: &str) -> Result<InitialState> {
    let state = ketlab::StateVector::<f64>::read_npy(BufReader::new(File::open(path)?))?;
    Ok(InitialState::Amplitudes(state.to_vec().into()))
}

#[cfg(not(feature = "npy"))]
pub fn read(_: &str) -> Result<InitialState> {
    bail!("not a bit string, and this ketlab was built without the feature `npy`")
}
