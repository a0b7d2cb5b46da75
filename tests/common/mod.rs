//! What several test files share.
#![allow(dead_code)] // each test file uses a part

pub mod fuzz;
pub mod naive;
pub mod oracle;
pub mod printer;
pub mod random_circuit;
pub mod statistics;
pub mod syntax;

use std::path::{Path, PathBuf};

/// A file or folder of the reference data: in the folder that `KETLAB_REFERENCE` names, else in
/// `../shared/reference` beside the repository; `None`, with a message, where it is missing.
pub fn reference(path: &str) -> Option<PathBuf> {
    let roots = [
        std::env::var_os("KETLAB_REFERENCE").map(PathBuf::from),
        Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference")),
    ];
    let found = roots.into_iter().flatten().map(|r| r.join(path)).find(|p| p.exists());
    if found.is_none() {
        let required = std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_some();
        assert!(!required, "no reference data `{path}`, and KETLAB_REQUIRE_REFERENCE is set");
        eprintln!("skipped: no reference data `{path}` (set KETLAB_REFERENCE)");
    }
    found
}

/// Every file below `folder` with that extension, sorted.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut out = vec![];
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}
