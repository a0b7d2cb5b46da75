//! The files of a program, where a byte stands in them, and which files a program may include.

use super::ast::Span;
use super::encoding::{Decoded, decode};
use super::lexer::clip;
use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// One text.
#[derive(Debug)]
struct SourceFile {
    /// As the user named it.
    name: String,
    text: Arc<str>,
    /// The first byte that was not UTF-8: its place and its value.
    odd: Option<(u32, u8)>,
    /// Byte at which each line starts; made when a fault is printed.
    lines: OnceCell<Vec<u32>>,
    /// Folder that its includes are relative to; `None` for text that is not a file.
    folder: Option<PathBuf>,
    /// The resolved path, for cycles.
    path: Option<PathBuf>,
}

/// Every text that a program consists of; 0 is the program itself.
#[derive(Debug)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Includes must be in here.
    root: Option<PathBuf>,
    /// Bytes read so far.
    bytes: u64,
}

/// What the reader may include.
#[derive(Debug, Clone, Copy)]
pub struct IncludeRules {
    /// Files outside of the program's folder, too.
    pub allow_outside: bool,
    /// Number of files.
    pub files: usize,
    /// Bytes of all files together.
    pub bytes: u64,
}

/// Reads a file as text, at most `max` bytes; directories, pipes and devices are refused.
pub fn read_text(path: &Path, max: u64) -> Result<Decoded, String> {
    let meta = fs::metadata(path).map_err(|e| e.to_string())?;
    if !meta.is_file() {
        return Err("not a regular file".into());
    }
    let too_large = || format!("larger than the limit of {max} bytes (`Limits::source_bytes`)");
    if meta.len() > max {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize);
    let file = File::open(path).map_err(|e| e.to_string())?;
    file.take(max + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > max {
        return Err(too_large());
    }
    if u32::try_from(bytes.len()).is_err() {
        return Err("larger than 4 GiB".into());
    }
    decode(bytes)
}

impl Sources {
    /// The program `text`. Includes are relative to `folder` and stay in it.
    pub fn new(name: &str, text: Decoded, folder: Option<&Path>, path: Option<&Path>) -> Self {
        let folder = folder.map(|f| if f.as_os_str().is_empty() { Path::new(".") } else { f });
        let root = folder.and_then(|f| f.canonicalize().ok());
        let bytes = text.text.len() as u64;
        let path = path.and_then(|p| p.canonicalize().ok());
        let file = SourceFile {
            name: name.to_owned(),
            text: text.text.into(),
            odd: text.odd,
            lines: OnceCell::new(),
            folder: root.clone(),
            path,
        };
        Sources { files: vec![file], root, bytes }
    }

    /// The text of a file.
    pub fn text(&self, file: u32) -> Arc<str> {
        self.files[file as usize].text.clone()
    }

    /// Where the bytes of a file were not UTF-8 first, and the byte.
    pub fn odd_byte(&self, file: u32) -> Option<(u32, u8)> {
        self.files[file as usize].odd
    }

    /// The name of a file.
    pub fn name(&self, file: u32) -> &str {
        &self.files[file as usize].name
    }

    fn lines(&self, file: u32) -> &[u32] {
        let file = &self.files[file as usize];
        file.lines.get_or_init(|| {
            let bytes = file.text.as_bytes();
            let ends = |i: &usize| match bytes[*i] {
                b'\n' => true,
                b'\r' => bytes.get(i + 1) != Some(&b'\n'),
                _ => false,
            };
            std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|i| i as u32 + 1)).collect()
        })
    }

    fn line_index(&self, span: Span) -> usize {
        self.lines(span.file).partition_point(|&start| start <= span.start) - 1
    }

    /// Line and column of the start of a span, both from 1; columns are characters.
    pub fn position(&self, span: Span) -> (usize, usize) {
        let line = self.line_index(span);
        let start = self.lines(span.file)[line] as usize;
        let text = &self.files[span.file as usize].text;
        let column = text.as_bytes()[start..span.start as usize]
            .iter()
            .filter(|&&b| b & 0xC0 != 0x80) // not a continuation byte
            .count();
        (line + 1, column + 1)
    }

    /// `file:line:column` of a span, as a note names it.
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.position(span);
        format!("{}:{line}:{column}", self.name(span.file))
    }

    /// The line in which a span starts, without its end of line.
    pub fn line_text(&self, span: Span) -> &str {
        let (lines, line) = (self.lines(span.file), self.line_index(span));
        let text = &self.files[span.file as usize].text;
        let end = lines.get(line + 1).map_or(text.len(), |&next| next as usize);
        text[lines[line] as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// Resolves and reads the file that `includer` includes under `name`, and returns its number.
    /// `open` are the files whose includes are being read, the program first.
    pub fn include(
        &mut self,
        includer: u32,
        name: &str,
        open: &[u32],
        rules: IncludeRules,
    ) -> Result<u32, IncludeError> {
        let refuse = |message: String, help: &str| {
            Err(IncludeError { message, help: Some(help.to_owned()).filter(|h| !h.is_empty()) })
        };
        let (Some(folder), Some(root)) = (&self.files[includer as usize].folder, &self.root) else {
            return refuse(
                format!(
                    "cannot include `{}`: this text is not a file in a folder",
                    clip(name, 100)
                ),
                "only `qelib1.inc` and `stdgates.inc` can be included here; or save the program to a file, or set \
                 `Options::include_dir`",
            );
        };
        let shown = clip(name, 100);
        if name.is_empty() || name.contains('\0') {
            return refuse("the name of an included file is empty or odd".into(), "");
        }
        const OUTSIDE: &str = "a program may include files of its own folder and of folders in \
            it; `--allow-outside-includes` (`Options::allow_outside_includes`) lifts this";
        let relative = Path::new(name);
        let joined = folder.join(relative);
        // First by the text of the path, so that nothing outside is even looked at.
        if !rules.allow_outside && !normalized(&joined).starts_with(root) {
            return refuse(
                format!("`{shown}` is outside of the program's folder and is not included"),
                OUTSIDE,
            );
        }
        let path = match joined.canonicalize() {
            Ok(path) => path,
            Err(e) => return refuse(format!("cannot include `{shown}`: {e}"), ""),
        };
        if !rules.allow_outside && !path.starts_with(root) {
            return refuse(
                format!("`{shown}` is a link out of the program's folder and is not included"),
                OUTSIDE,
            );
        }
        if open.iter().any(|&f| self.files[f as usize].path.as_ref() == Some(&path)) {
            return refuse(format!("`{shown}` includes itself"), "remove one of the includes");
        }
        if self.files.len() > rules.files {
            return refuse(
                format!("more than {} included files (`Limits::include_files`)", rules.files),
                "",
            );
        }
        let text = match read_text(&path, rules.bytes.saturating_sub(self.bytes)) {
            Ok(text) => text,
            Err(e) => return refuse(format!("cannot include `{shown}`: {e}"), ""),
        };
        self.bytes += text.text.len() as u64;
        self.files.push(SourceFile {
            name: shown,
            text: text.text.into(),
            odd: text.odd,
            lines: OnceCell::new(),
            folder: path.parent().map(Path::to_owned),
            path: Some(path),
        });
        Ok(self.files.len() as u32 - 1)
    }
}

/// Why a file was not included.
#[derive(Debug)]
pub struct IncludeError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// The path with `.` and `..` worked out by text alone.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
