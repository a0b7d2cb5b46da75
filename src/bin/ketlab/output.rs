//! Files that are written.

use anyhow::{Context, Result, bail};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file to write, opened before the work so that a wrong path costs nothing. A regular file is
/// written beside its place and moved there when it is complete, so that a failure loses nothing;
/// anything else (a pipe, a device) is written directly.
pub struct OutputFile {
    /// The option that named it, for messages.
    option: &'static str,
    path: PathBuf,
    file: File,
    /// The name until the file is complete.
    unfinished: Option<PathBuf>,
}

impl OutputFile {
    pub fn create(option: &'static str, path: &Path) -> Result<Self> {
        let context = || format!("{option} {}", path.display());
        // A link is followed, so that what it names is replaced and not the link.
        let path = path.canonicalize().unwrap_or_else(|_| path.into());
        let special = path.metadata().is_ok_and(|m| !m.is_file());
        if special {
            let file = OpenOptions::new().write(true).open(&path).with_context(context)?;
            return Ok(OutputFile { option, path, file, unfinished: None });
        }
        if path.exists() {
            // Refuses a file that may not be written.
            OpenOptions::new().append(true).open(&path).with_context(context)?;
        }
        let name = path.file_name().with_context(context)?.to_string_lossy();
        let unfinished = path.with_file_name(format!(".{name}.{}", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&unfinished);
        let file = file.with_context(context)?;
        Ok(OutputFile { option, path, file, unfinished: Some(unfinished) })
    }

    /// Writes the content and puts the file in its place.
    pub fn write(
        mut self,
        content: impl FnOnce(&mut BufWriter<&File>) -> Result<()>,
    ) -> Result<()> {
        let context = format!("{} {}", self.option, self.path.display());
        let mut out = BufWriter::new(&self.file);
        content(&mut out).with_context(|| context.clone())?;
        out.flush().with_context(|| context.clone())?;
        drop(out);
        if let Some(unfinished) = self.unfinished.take() {
            std::fs::rename(unfinished, &self.path).with_context(|| context)?;
        }
        Ok(())
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some(unfinished) = &self.unfinished {
            // The work failed; that this leaves nothing behind is a courtesy.
            let _ = std::fs::remove_file(unfinished);
        }
    }
}

/// Refuses a name whose extension says that something else is in the file than what is `right`;
/// `flags` are what writes others. A name without an extension says nothing, and neither does that
/// of a pipe or device.
pub fn check_extension(
    option: &str,
    path: &Path,
    right: &[&str],
    flags: &[(&str, &str)],
) -> Result<()> {
    let is_special = path.metadata().is_ok_and(|m| !m.is_file());
    let Some(extension) = path.extension().filter(|_| !is_special) else { return Ok(()) };
    let is = |wanted: &str| extension.eq_ignore_ascii_case(wanted);
    if right.iter().any(|wanted| is(wanted)) {
        return Ok(());
    }
    let name = path.display();
    let other = match flags.iter().find(|(other, _)| is(other)) {
        Some((other, flag)) => format!("; `{flag}` writes .{other}"),
        None => String::new(),
    };
    bail!("{option} {name}: the name must end in .{}{other}", right.join(" or ."))
}

/// Refuses two options that name one file, and an option whose folder is not there.
pub fn check_different(files: &[(&str, &Option<PathBuf>)]) -> Result<()> {
    for (k, (option, path)) in files.iter().enumerate() {
        let Some(path) = path else { continue };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            bail!("{option} {}: there is no folder {}", path.display(), folder.display());
        }
        if let Some((other, _)) = files[..k].iter().find(|other| other.1.as_ref() == Some(path)) {
            bail!("{other} and {option} both name {}; give each a file", path.display());
        }
    }
    Ok(())
}

/// Refuses a file to write that is the one that is read: it would be lost.
pub fn check_not_input(option: &str, path: &Path, input: &Path) -> Result<()> {
    let is_same = match (path.canonicalize(), input.canonicalize()) {
        (Ok(a), Ok(b)) => a == b && a.metadata().is_ok_and(|m| m.is_file()),
        _ => false,
    };
    if is_same {
        bail!("{option} {}: it is the file that is read; write another", path.display());
    }
    Ok(())
}
