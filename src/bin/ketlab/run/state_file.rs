//! NumPy files: the state of `--state`, and the amplitudes of `--initial`.

use crate::output::{OutputFile, check_extension};
use anyhow::{Result, bail};
use ketlab::simulate::{AnyState, InitialState};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The file of `--state`.
pub struct StateFile(OutputFile);

impl StateFile {
    pub fn create(path: &Path) -> Result<Self> {
        if cfg!(not(feature = "npy")) {
            bail!("--state: this ketlab was built without the feature `npy`");
        }
        check_extension("--state", path, &["npy"], &[("json", "--json")])?;
        Ok(StateFile(OutputFile::create("--state", path)?))
    }

    pub fn write(self, state: AnyState) -> Result<()> {
        self.0.write(|out| write(state, out))
    }
}

#[cfg(feature = "npy")]
fn write(state: AnyState, out: impl Write) -> Result<()> {
    match state {
        AnyState::F32(mut state) => state.write_npy(out)?,
        AnyState::F64(mut state) => state.write_npy(out)?,
        AnyState::DensityF32(state) => state.write_npy(out)?,
        AnyState::DensityF64(state) => state.write_npy(out)?,
        AnyState::Stabilizer(_) => unreachable!("the program refuses"),
    }
    Ok(())
}

#[cfg(not(feature = "npy"))]
fn write(_: AnyState, _: impl Write) -> Result<()> {
    unreachable!("create refuses")
}

/// The amplitudes of a NumPy file.
#[cfg(feature = "npy")]
pub fn read(path: &Path) -> Result<InitialState> {
    let state = ketlab::StateVector::<f64>::read_npy(File::open(path)?)?;
    Ok(state.into())
}

#[cfg(not(feature = "npy"))]
pub fn read(_: &Path) -> Result<InitialState> {
    bail!("not a bit string, and this ketlab was built without the feature `npy`")
}
