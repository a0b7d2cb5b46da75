//! The rooms and layers of ARCHITECTURE.md, compared exactly with what the sources import, and the
//! circles of files inside of rooms.

mod circles;
mod paths;
mod rooms;
mod source;

use rooms::{ROOMS, Room};
use source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

type Imports = BTreeMap<String, BTreeSet<String>>;

/// The rooms that some code imports from, and the files that do. The names that `lib.rs` hands on are
/// those of their rooms.
fn imports(
    sources: &[Source],
    of: &str,
    code: impl Fn(&Source) -> &str,
    root: &Imports,
) -> Imports {
    let mut found = Imports::new();
    for file in sources.iter().filter(|file| file.room() == of) {
        // The program's own modules are `crate` there, and the library is `ketlab`.
        let start = if of == "bin" { "ketlab" } else { "crate" };
        for (_, path) in paths::paths(code(file), start) {
            let Some(name) = path.get(1) else { continue };
            let rooms = match root.get(name) {
                Some(rooms) => rooms.clone(),
                None => BTreeSet::from([name.clone()]),
            };
            for room in rooms.into_iter().filter(|room| room != of) {
                found.entry(room).or_default().insert(file.name.clone());
            }
        }
    }
    found
}

/// The rooms of the names that `lib.rs` hands on.
fn handed_on() -> Imports {
    let mut found = Imports::new();
    let library = source::library();
    for room in ROOMS {
        for (_, path) in paths::paths(&library, room.name).into_iter().filter(|p| p.1.len() == 2) {
            found.entry(path[1].clone()).or_default().insert(room.name.into());
        }
    }
    found
}

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

#[test]
fn rooms_import_what_the_list_says() {
    let sources = source::read_all();
    for file in &sources {
        let (room, name) = (file.room(), &file.name);
        assert!(self::room(room).is_some(), "{name}: {room} is no room of tests/layering/rooms.rs");
        // Names that lib.rs hands on hide the room that they are from.
        let text: String = file.code.split_whitespace().collect();
        assert!(!text.contains("crate::{"), "{name}: import from one room a line");
        for (_, path) in paths::paths(&file.code, "crate").iter().filter(|_| room != "bin") {
            let from = path.get(1).map_or("", String::as_str);
            assert!(
                self::room(from).is_some(),
                "{name}: crate::{from} is no room; import from its room"
            );
        }
    }
    let root = handed_on();
    let mut wrong = Vec::new();
    for room in ROOMS {
        let code = imports(&sources, room.name, |file| &file.code, &root);
        let tests = imports(&sources, room.name, |file| &file.tests, &root);
        for (other, files) in &code {
            if !room.imports().any(|listed| listed == *other) {
                wrong
                    .push(format!("{} imports {other}, which is not listed: {files:?}", room.name));
            }
        }
        for (other, files) in &tests {
            if !room.imports().chain(room.in_tests()).any(|listed| listed == *other) {
                wrong.push(format!("{}'s tests import {other}, not listed: {files:?}", room.name));
            }
        }
        let unused = room.imports().filter(|listed| !code.contains_key(*listed));
        let unused = unused.chain(room.in_tests().filter(|listed| !tests.contains_key(*listed)));
        wrong.extend(unused.map(|other| format!("{} imports no {other}, as is listed", room.name)));
    }
    assert!(wrong.is_empty(), "tests/layering/rooms.rs says otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn imports_lead_to_lower_layers() {
    for room in ROOMS {
        for name in room.imports() {
            let other = self::room(name).unwrap_or_else(|| panic!("{name} is no room"));
            let ground = [("error", "math"), ("math", "error")].contains(&(room.name, name));
            assert!(
                other.layer < room.layer || ground,
                "{} (layer {}) imports {name} (layer {})",
                room.name,
                room.layer,
                other.layer
            );
        }
        for name in room.in_tests() {
            assert!(
                !room.imports().any(|other| other == name),
                "{}: {name} is listed twice",
                room.name
            );
        }
    }
}

#[test]
fn the_table_of_rooms_is_that_of_the_list() {
    let text = fs::read_to_string(source::root().join("ARCHITECTURE.md")).unwrap();
    let rows = text.lines().skip_while(|line| !line.starts_with("| room | layer |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells[1].trim_matches('`').trim_end_matches('/').trim_end_matches(".rs");
        (name.split('/').next().unwrap().to_string(), cells[2].parse().unwrap())
    });
    let mut rows: Vec<(String, u32)> = rows.collect();
    let mut listed: Vec<(String, u32)> =
        ROOMS.iter().map(|room| (room.name.to_string(), room.layer)).collect();
    rows.sort();
    listed.sort();
    assert_eq!(rows, listed, "ARCHITECTURE.md and tests/layering/rooms.rs");
}

#[test]
fn unsafe_code_lives_in_the_kernels_and_is_explained() {
    let mut blocks = 0;
    for file in source::read_all() {
        let in_kernels =
            file.name.starts_with("engine/kernel/") || file.name == "math/vectorized.rs";
        let uses = file.code.lines().filter(|l| l.contains("unsafe ")).count();
        assert!(in_kernels || uses == 0, "{}: unsafe outside of engine/kernel", file.name);
        blocks += uses;
    }
    assert!(blocks > 0, "no unsafe code found: does this test still read the sources?");
}

#[test]
fn rayon_is_named_where_parallelism_belongs() {
    for file in source::read_all() {
        if file.code.contains("rayon::") || file.code.contains("rayon;") {
            assert!(
                ["math", "engine", "simulate", "gradient", "estimation", "annealing", "bin"]
                    .contains(&file.room()),
                "{}: parallelism belongs to the engine, to batches and to repeats; other rooms \
                 share out their work by math's helper",
                file.name
            );
        }
    }
}
