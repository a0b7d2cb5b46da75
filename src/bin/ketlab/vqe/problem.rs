//! What is minimized: a molecule from a file or by name.

use anyhow::{Context, Result};
use ketlab::pauli::Molecule;
use std::path::Path;

/// From a file, or by name where there is no such file.
pub fn molecule(name: &str) -> Result<Molecule> {
    if !Path::new(name).exists()
        && let Ok(molecule) = Molecule::bundled(name)
    {
        return Ok(molecule);
    }
    let text = std::fs::read_to_string(name)
        .with_context(|| format!("{name} (built in are {})", Molecule::BUNDLED.join(", ")))?;
    Molecule::from_json(&text).with_context(|| name.to_string())
}
