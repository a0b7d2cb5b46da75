//! Paths in the sources, and the files that they lead to.

use crate::source::{Source, is_word};
use std::collections::{BTreeMap, BTreeSet};

/// All paths that begin with `start` (`crate`, `super`, …), one for each leaf of a group, as names.
pub fn paths(code: &str, start: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let begins = |at: &usize| {
        let before = code[..*at].chars().next_back();
        let after = code[at + start.len()..].trim_start();
        !before.is_some_and(|c| is_word(c) || c == ':') && after.starts_with("::")
    };
    for (at, _) in code.match_indices(start).filter(|(at, _)| begins(at)) {
        let mut leaves = Vec::new();
        tree(&code[at..], Vec::new(), &mut leaves);
        found.extend(leaves.into_iter().map(|leaf| (at, leaf)));
    }
    found
}

/// Reads a path or a tree of a `use`; how many bytes it took.
fn tree(text: &str, mut path: Vec<String>, out: &mut Vec<Vec<String>>) -> usize {
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let word: String = text[at..].chars().take_while(|c| is_word(*c)).collect();
        if text[at..].starts_with('{') {
            at += 1;
            loop {
                at += tree(&text[at..], path.clone(), out);
                let gap = text[at..].len() - text[at..].trim_start().len();
                match text[at + gap..].chars().next() {
                    Some(',') => at += gap + 1,
                    _ => return at + gap + 1,
                }
            }
        }
        if word.is_empty() {
            if text[at..].starts_with('*') {
                path.push("*".into());
                at += 1;
            }
            break;
        }
        at += word.len();
        if word != "self" || path.is_empty() {
            path.push(word);
        }
        if let Some(rest) = text[at..].strip_prefix(" as ") {
            at += 4 + rest.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
        }
        if !text[at..].starts_with("::") {
            break;
        }
        at += 2;
    }
    if !path.is_empty() {
        out.push(path);
    }
    at
}

/// Where `crate` is: the program has its own beside the library's.
fn root_of(module: &[String]) -> Vec<String> {
    if module[0] == "bin" { module[..2].to_vec() } else { Vec::new() }
}

/// The files by their modules, and which names they hand on from other modules.
pub struct Modules<'s> {
    files: BTreeMap<&'s [String], &'s Source>,
    /// All modules, those without a file of their own too.
    all: BTreeSet<&'s [String]>,
    /// The names that a module hands on, and the modules where they are.
    handed_on: BTreeMap<&'s [String], BTreeMap<String, Vec<String>>>,
}

impl<'s> Modules<'s> {
    pub fn new(sources: &'s [Source]) -> Self {
        let files = sources.iter().map(|file| (&file.module[..], file)).collect();
        let all =
            sources.iter().flat_map(|f| (1..=f.module.len()).map(|n| &f.module[..n])).collect();
        let mut modules = Modules { files, all, handed_on: BTreeMap::new() };
        for file in sources {
            for statement in uses(&file.code).into_iter().filter(|u| u.public) {
                let mut leaves = Vec::new();
                tree(statement.tree, Vec::new(), &mut leaves);
                for leaf in leaves {
                    let name = leaf.last().unwrap().clone();
                    let (base, rest) = modules.walk(&file.module, 0, &leaf);
                    if rest.len() <= 1 {
                        modules.handed_on.entry(&file.module[..]).or_default().insert(name, base);
                    }
                }
            }
        }
        modules
    }

    /// The deepest module with a file on the way, and the names that are left.
    fn walk(&self, from: &[String], inner: usize, path: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut base, mut left) = (from.to_vec(), path);
        let mut inner = inner;
        match left.first().map(String::as_str) {
            Some("crate") => (base, left) = (root_of(from), &left[1..]),
            Some("self") => left = &left[1..],
            _ => {}
        }
        while left.first().is_some_and(|name| name == "super") {
            if inner > 0 {
                inner -= 1;
            } else {
                base.pop();
            }
            left = &left[1..];
        }
        while let Some(name) = left.first() {
            let child: Vec<String> = base.iter().cloned().chain([name.clone()]).collect();
            if !self.all.contains(&child[..]) {
                break;
            }
            (base, left) = (child, &left[1..]);
        }
        (base, left.to_vec())
    }

    /// The file where what a path names is defined. `inner` modules are around it in its own file.
    fn file(&self, from: &[String], inner: usize, path: &[String]) -> Option<&'s Source> {
        let (mut base, left) = self.walk(from, inner, path);
        let handed_on = |base: &[String]| self.handed_on.get(base)?.get(left.first()?);
        while let Some(next) = handed_on(&base).filter(|next| **next != base) {
            base.clone_from(next);
        }
        self.files.get(&base[..]).copied()
    }

    /// The files of its room that a file's code needs.
    pub fn needs(&self, file: &'s Source) -> BTreeSet<&'s str> {
        let mut needed = BTreeSet::new();
        let handing_on: Vec<(usize, usize)> =
            uses(&file.code).into_iter().filter(|u| u.public).map(|u| u.range).collect();
        let inner = inner_modules(&file.code);
        let children: Vec<&String> = self
            .files
            .keys()
            .filter(|m| m.len() == file.module.len() + 1 && m.starts_with(&file.module))
            .map(|m| m.last().unwrap())
            .collect();
        let starts = ["crate", "super", "self"].into_iter().map(str::to_string);
        for start in starts.chain(children.into_iter().cloned()) {
            for (at, path) in paths(&file.code, &start) {
                if handing_on.iter().any(|&(from, to)| (from..to).contains(&at)) {
                    continue;
                }
                let depth = inner.iter().filter(|&&(from, to)| (from..to).contains(&at)).count();
                if let Some(other) = self.file(&file.module, depth, &path)
                    && other.room() == file.room()
                    && other.name != file.name
                {
                    needed.insert(&other.name[..]);
                }
            }
        }
        needed
    }
}

struct Use<'t> {
    public: bool,
    tree: &'t str,
    range: (usize, usize),
}

/// The `use` statements of a file.
fn uses(code: &str) -> Vec<Use<'_>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        if code[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        let end = code[at..].find(';').map_or(code.len(), |n| at + n);
        let line = code[..at].rfind('\n').map_or(0, |n| n + 1);
        let public = code[line..at].trim_start().starts_with("pub");
        found.push(Use { public, tree: &code[at + 4..end], range: (at, end) });
    }
    found
}

/// The modules with a body in a file.
fn inner_modules(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("mod ") {
        let rest = &code[at + 4..];
        let name = rest.chars().take_while(|c| is_word(*c)).count();
        let open = rest[name..].trim_start();
        if code[..at].chars().next_back().is_some_and(is_word) || !open.starts_with('{') {
            continue;
        }
        let from = code.len() - open.len();
        let mut depth = 0;
        let close = open.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0
        });
        found.push((from, from + close.map_or(open.len(), |c| c.0)));
    }
    found
}

#[test]
fn groups_are_read_to_their_leaves() {
    let code = "use crate::a::{b, c::{self, D as E}, f::*};\nlet x = crate::g::h::<T>(crate::i);";
    let found: Vec<String> = paths(code, "crate").into_iter().map(|p| p.1.join("::")).collect();
    let expected = [
        "crate::a::b",
        "crate::a::c",
        "crate::a::c::D",
        "crate::a::f::*",
        "crate::g::h",
        "crate::i",
    ];
    assert_eq!(found, expected);
}
