//! The reference files, for tests.

use serde_json::Value;
use std::path::PathBuf;

/// A file of the reference data, or `None` with a word about it where it is missing.
pub fn reference_json(path: &str) -> Option<Value> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference").join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).expect("reference JSON")),
        Err(error) => {
            assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(), "{path}: {error}");
            eprintln!("skipped: reference file {path}: {error}");
            None
        }
    }
}
