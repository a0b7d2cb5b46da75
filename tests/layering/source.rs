//! The sources as the tests of layering read them: without comments and literals, code and tests
//! apart.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub struct Source {
    /// From `src/` on, with `/`.
    pub name: String,
    /// Its module: `["engine", "plan", "cost"]`; a `mod.rs` is its folder.
    pub module: Vec<String>,
    /// What is compiled without tests, comments and literals blanked out.
    pub code: String,
    /// What is compiled for tests alone.
    pub tests: String,
}

impl Source {
    /// `engine` of `engine/plan/cost.rs`, `error` of `error.rs`.
    pub fn room(&self) -> &str {
        self.name.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

/// All of them but `lib.rs`, sorted by name.
pub fn read_all() -> Vec<Source> {
    let root = root().join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    let mut files: Vec<Source> = paths.iter().map(|path| read(&root, path)).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    // A module that is declared for tests alone is one, with all below it.
    let tests: BTreeSet<Vec<String>> = files.iter().flat_map(declared_for_tests).collect();
    for file in &mut files {
        if tests.iter().any(|test| file.module.starts_with(test)) {
            file.tests = std::mem::take(&mut file.code) + &file.tests;
        }
    }
    files.retain(|file| file.name != "lib.rs");
    files
}

/// The text of `lib.rs` without comments.
pub fn library() -> String {
    blank(&fs::read_to_string(root().join("src/lib.rs")).unwrap())
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn read(root: &Path, path: &Path) -> Source {
    let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    let mut module: Vec<String> =
        name.trim_end_matches(".rs").split('/').map(str::to_string).collect();
    if module.len() > 1 && module.last().is_some_and(|last| last == "mod" || last == "main") {
        module.pop();
    }
    let (code, tests) = split(&blank(&fs::read_to_string(path).unwrap()));
    Source { name, module, code, tests }
}

/// The modules that a file declares for tests, in files of their own.
fn declared_for_tests(file: &Source) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in file.tests.match_indices("mod ") {
        let rest = &file.tests[at + 4..];
        let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
        if !name.is_empty() && rest[name.len()..].trim_start().starts_with(';') {
            found.push(file.module.iter().cloned().chain([name]).collect());
        }
    }
    found
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text with spaces for every comment, string and character, so that braces match and no path
/// is found that is none. Lines stay where they are.
pub fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal ends that begins here; `at` if none does.
fn literal_end(chars: &[char], at: usize) -> usize {
    let is =
        |i: usize, text: &str| text.chars().enumerate().all(|(k, c)| chars.get(i + k) == Some(&c));
    if is(at, "//") {
        return chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n);
    }
    if is(at, "/*") {
        let (mut depth, mut i) = (1, at + 2);
        while depth > 0 && i < chars.len() {
            match () {
                () if is(i, "/*") => (depth, i) = (depth + 1, i + 2),
                () if is(i, "*/") => (depth, i) = (depth - 1, i + 2),
                () => i += 1,
            }
        }
        return i;
    }
    let in_a_word = at > 0 && is_word(chars[at - 1]);
    let start =
        if !in_a_word && (is(at, "b\"") || is(at, "br") || is(at, "b'")) { at + 1 } else { at };
    if (!in_a_word || start > at) && is(start, "r") {
        let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
        if is(start + 1 + hashes, "\"") {
            let close = format!("\"{}", "#".repeat(hashes));
            let mut i = start + 2 + hashes;
            while i < chars.len() && !is(i, &close) {
                i += 1;
            }
            return i + close.len();
        }
        return at;
    }
    let quote = match chars.get(start) {
        Some(quote @ ('"' | '\'')) => *quote,
        _ => return at,
    };
    // 'a and '_ are lifetimes, 'a' is a character.
    if quote == '\'' && !is(start + 1, "\\") && chars.get(start + 2) != Some(&'\'') {
        return at;
    }
    let mut i = start + 1;
    while i < chars.len() && chars[i] != quote {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// Code and what `#[cfg(test)]` covers: the one item after it, whatever follows that item.
pub fn split(text: &str) -> (String, String) {
    let (mut code, mut tests) = (String::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let end = at + item_end(&rest[at..]);
        code.push_str(&rest[..at]);
        tests.push_str(&rest[at..end]);
        tests.push('\n');
        rest = &rest[end..];
    }
    code.push_str(rest);
    (code, tests)
}

/// Where an item with its attributes ends: behind its braces, or at its semicolon where it has none
/// or ends with one anyhow.
fn item_end(text: &str) -> usize {
    let mut depth = 0;
    let mut item = String::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                if depth == 0 && c == ']' && item.trim() == "#" {
                    item.clear(); // an attribute
                    continue;
                }
                let head = item.trim_start();
                let head = head.strip_prefix("pub").unwrap_or(head).trim_start();
                let ends_with_semicolon = ["use ", "const ", "static ", "type "]
                    .iter()
                    .any(|word| head.starts_with(word))
                    && !head.starts_with("const fn");
                if depth == 0 && c == '}' && !ends_with_semicolon {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            c if depth == 0 => item.push(c),
            _ => {}
        }
    }
    text.len()
}

#[test]
fn code_after_a_test_module_is_code() {
    let text = "use a;\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n fn f() { \"}\" }\n}\n\
                #[cfg(test)]\npub(crate) use b::{c, d};\nfn g() -> [u8; 2] { '}' }\n\
                #[cfg(test)] fn h(x: [u8; 2]) {}\n// #[cfg(test)]\nmod late {}";
    let (code, tests) = split(&blank(text));
    for part in ["use a;", "fn g()", "mod late"] {
        assert!(code.contains(part) && !tests.contains(part), "{part}\n{code}");
    }
    for part in ["mod tests", "b::{c, d};", "fn h("] {
        assert!(tests.contains(part) && !code.contains(part), "{part}\n{code}");
    }
}

#[test]
fn literals_and_comments_are_blank() {
    let text =
        "a(\"x::y\\\"{\", 'b', '\\'', r#\"q\"{\"#, b'{', b\"}\"); /* { /* { */ */ // {\nf::<'a>(r)";
    let left: String = blank(text).split_whitespace().collect();
    assert_eq!(left, "a(,,,,,);f::<'a>(r)");
}
