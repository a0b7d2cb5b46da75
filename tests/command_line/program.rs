//! The program as tests run it: in the project's folder, with nothing to read.

use serde_json::Value;
use std::process::{Command, Output};

pub fn ketlab(args: &[&str]) -> Output {
    let root = env!("CARGO_MANIFEST_DIR");
    Command::new(env!("CARGO_BIN_EXE_ketlab")).args(args).current_dir(root).output().unwrap()
}

/// What it prints.
pub fn text(args: &[&str]) -> String {
    let output = ketlab(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Its document.
pub fn json(args: &[&str]) -> Value {
    serde_json::from_str(&text(&[args, &["--json"]].concat())).unwrap()
}

/// The message of a failure with exit code 1.
pub fn failure(args: &[&str]) -> String {
    let output = ketlab(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The path of a file of these tests.
pub fn written(name: &str, content: &str) -> String {
    let path = std::env::temp_dir().join(format!("ketlab-program-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}
