//! A folder of a test, in which the program runs.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that is removed in the end, and the subcommand that runs in it, if it is one.
pub struct Folder {
    path: PathBuf,
    subcommand: Option<&'static str>,
}

impl Folder {
    /// For any subcommand.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ketlab-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder { path, subcommand: None }
    }

    /// For one alone.
    pub fn of(subcommand: &'static str, name: &str) -> Self {
        let mut folder = Folder::new(&format!("{subcommand}-{name}"));
        folder.subcommand = Some(subcommand);
        folder
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path.join(name), content).unwrap();
    }

    pub fn run(&self, args: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_ketlab"));
        program.current_dir(&self.path).args(self.subcommand).args(args).output().unwrap()
    }

    pub fn text(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    pub fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[args, &["--json"]].concat())).unwrap()
    }

    /// What a refusal says.
    pub fn failure(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", text(&output.stdout));
        text(&output.stderr)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It may be gone.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
