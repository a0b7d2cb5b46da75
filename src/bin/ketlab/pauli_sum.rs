//! Pauli sums on the command line: a file, or the text itself.

use anyhow::{Context, Result};
use ketlab::pauli::PauliText;
use std::ffi::OsStr;
use std::path::Path;

/// The sum of a file, or, where there is no such file, of the text.
pub fn read(text: &OsStr) -> Result<PauliText> {
    let path = Path::new(text);
    if !path.is_file() {
        return Ok(PauliText::parse(&text.to_string_lossy())?);
    }
    let bytes = std::fs::read(path).with_context(|| text.display().to_string())?;
    parse(&text.to_string_lossy(), &bytes)
}

/// The sum of a file's content.
pub fn parse(file: &str, content: &[u8]) -> Result<PauliText> {
    let content = std::str::from_utf8(content)
        .with_context(|| format!("{file}: not a text of Pauli terms"))?;
    PauliText::parse(content).with_context(|| file.to_string())
}
