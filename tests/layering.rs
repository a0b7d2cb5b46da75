//! The rooms and layers of ARCHITECTURE.md: a room imports only from lower layers.

use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: [(&str, u32); 21] = [
    ("error", 0),
    ("math", 0),
    ("report", 1),
    ("optimize", 1),
    ("pauli", 1),
    ("ising", 2),
    ("gate", 2),
    ("engine", 2),
    ("clifford", 3),
    ("circuit", 3),
    ("chemistry", 4),
    ("rewrite", 4),
    ("qasm", 5),
    ("draw", 5),
    ("simulate", 6),
    ("gradient", 7),
    ("variational", 8),
    ("estimation", 8),
    ("annealing", 8),
    ("boltzmann", 9),
    ("bin", 10),
];

fn layer(room: &str) -> Option<u32> {
    LAYERS.iter().find(|l| l.0 == room).map(|l| l.1)
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Each file's room and its lines of code, without comments and what follows its tests.
fn rooms() -> Vec<(PathBuf, String, Vec<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let read = |path: PathBuf| {
        let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
        let room = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_string();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.lines().take_while(|l| l.trim() != "#[cfg(test)]");
        let code = code.filter(|l| !l.trim_start().starts_with("//")).map(str::to_string).collect();
        (path, room, code)
    };
    files.into_iter().map(read).filter(|(_, room, _)| room != "lib").collect()
}

#[test]
fn rooms_import_only_from_lower_layers() {
    let mut imports = 0;
    for (path, room, code) in rooms() {
        if path.ends_with("tests.rs") {
            continue;
        }
        let own = layer(&room)
            .unwrap_or_else(|| panic!("{room} has no layer: add it here and to ARCHITECTURE.md"));
        let text = code.join(" ");
        // A grouped import would hide rooms from this test.
        assert!(!text.contains("crate::{"), "{}: import from one room a line", path.display());
        for part in text.split("crate::").skip(1) {
            let name: String =
                part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name == room || name == "error" || name.is_empty() {
                continue;
            }
            // The ground floor: errors suggest names with math, and math has errors.
            if room == "error" && name == "math" {
                continue;
            }
            if room == "bin" {
                continue; // modules of the program itself
            }
            let other = layer(&name).unwrap_or_else(|| {
                panic!("{}: crate::{name} is no room; import from its room", path.display())
            });
            assert!(other < own, "{} (layer {own}) imports {name} (layer {other})", path.display());
            imports += 1;
        }
    }
    assert!(imports > 30, "only {imports} imports found: does this test still read the sources?");
}

#[test]
fn unsafe_code_lives_in_the_kernels_and_is_explained() {
    let mut blocks = 0;
    for (path, _, code) in rooms() {
        let name = path.to_string_lossy().replace('\\', "/");
        let in_kernels =
            name.contains("/engine/kernel/") || name.ends_with("src/math/vectorized.rs");
        let uses =
            code.iter().filter(|l| l.contains("unsafe ") && !l.contains("unsafe_code")).count();
        assert!(in_kernels || uses == 0, "{}: unsafe outside of engine/kernel", path.display());
        blocks += uses;
    }
    assert!(blocks > 0, "no unsafe code found: does this test still read the sources?");
}

#[test]
fn rayon_is_named_where_parallelism_belongs() {
    for (path, room, code) in rooms() {
        if code.iter().any(|l| l.contains("rayon::") || l.contains("rayon;")) {
            assert!(
                ["math", "engine", "simulate", "gradient", "estimation", "annealing", "bin"]
                    .contains(&room.as_str()),
                "{}: parallelism belongs to the engine, to batches and to repeats; other rooms \
                 share out their work by math's helper",
                path.display()
            );
        }
    }
}
