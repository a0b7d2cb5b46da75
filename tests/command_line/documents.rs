//! What the documents say works: every command of their shell blocks that can run as it stands,
//! every link to a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// README.md, ARCHITECTURE.md, … and all of docs/.
fn documents() -> Vec<PathBuf> {
    let markdown = |folder: &Path| -> Vec<PathBuf> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|e| e == "md")).collect()
    };
    let mut all = markdown(Path::new(ROOT));
    all.extend(markdown(&Path::new(ROOT).join("docs")));
    all.sort();
    assert!(all.len() >= 6, "{all:?}");
    all
}

/// The lines of the blocks in this language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let (mut inside, mut lines) = (false, Vec::new());
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(tag) => inside = tag == language,
            None if inside => lines.push(line.to_string()),
            None => {}
        }
    }
    lines
}

/// Whether a command has a placeholder, such as FILE, where a reader puts something, or writes to
/// the reader's home.
fn has_placeholder(command: &str) -> bool {
    let word = |w: &&str| w.len() > 1 && w.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    command.split_whitespace().any(|w| word(&w)) || command.contains('…') || command.contains('~')
}

#[test]
fn commands_run() {
    let folder = std::env::temp_dir().join(format!("ketlab-documents-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(Path::new(ROOT).join("circuits"), folder.join("circuits")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_ketlab")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut ran = 0;
    for document in documents() {
        for line in blocks(&fs::read_to_string(&document).unwrap(), "sh") {
            let command = line.split(" #").next().unwrap().trim();
            let measures = command.starts_with("ketlab bench");
            if !command.contains("ketlab ") || command.starts_with("cargo") || measures {
                continue;
            }
            if has_placeholder(command) {
                continue;
            }
            let output = Command::new("sh")
                .args(["-c", command])
                .current_dir(&folder)
                .env("PATH", &path)
                .output()
                .unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: `{command}`\n{errors}", document.display());
            ran += 1;
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(ran >= 12, "{ran} commands were found");
}

#[test]
fn links_lead_somewhere() {
    let mut followed = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#', ' ']).next().unwrap();
            if target.is_empty() || target.contains("://") || target.starts_with("crate::") {
                continue;
            }
            let file = document.parent().unwrap().join(target);
            assert!(file.exists(), "{} links to {target}", document.display());
            followed += 1;
        }
    }
    assert!(followed >= 10, "{followed} links were found");
}
