//! Checkpoints: files from which an interrupted run goes on, and which refuse to be another's.
//!
//! A checkpoint belongs to a [`Fingerprint`], all that decides the answer, and says which part
//! differs where a run has another. Each line has a checksum of itself and all before it, so that a
//! file that was damaged or edited is refused. A file that exists is never replaced unless the run
//! goes on from it, and then only while no other run does. Two kinds share all this: a [`Snapshot`]
//! keeps the last state alone, a [`Log`] every record; a [`Checkpoint`] is a log of finished pieces.

mod fingerprint;
mod keeper;
mod lines;

pub use fingerprint::Fingerprint;
pub use keeper::{Checkpoint, Keeper, Kept};

use crate::error::{Error, Result};
use lines::{Chain, Found, Header, fault, io};
use serde::Serialize;
use serde_json::Value;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A checkpoint that is replaced as a whole: a crash leaves the old one or the new one.
#[derive(Debug)]
pub(crate) struct Snapshot {
    path: PathBuf,
    header: Header,
    /// Open as long as the run, since its lock is.
    file: File,
}

impl Snapshot {
    /// Begins a file that does not exist yet, without a record.
    pub fn create(path: &Path, kind: &str, fingerprint: &Fingerprint) -> Result<Self> {
        let header = Header::new(kind, fingerprint);
        let file = create(path, &header)?;
        Ok(Snapshot { path: path.into(), header, file })
    }

    /// Goes on from a file, and says what it held: `None` if the run ended before the first record.
    pub fn resume(
        path: &Path,
        kind: &str,
        fingerprint: &Fingerprint,
    ) -> Result<(Self, Option<Value>)> {
        let header = Header::new(kind, fingerprint);
        let (path, file, found) = open(path, &header)?;
        let snapshot = Snapshot { path, header, file };
        snapshot.last(found).map(|last| (snapshot, last))
    }

    /// What a file holds, which stays as it is.
    pub fn read(path: &Path, kind: &str, fingerprint: &Fingerprint) -> Result<Option<Value>> {
        let header = Header::new(kind, fingerprint);
        let file = regular(path)?;
        let found = lines::read(path, &file, &header)?;
        Snapshot { path: path.into(), header, file }.last(found)
    }

    /// The only record.
    fn last(&self, found: Found) -> Result<Option<Value>> {
        // It is written whole or not at all.
        if found.torn || found.records.len() > 1 {
            let what = if found.torn { "its end is missing" } else { "it has lines too many" };
            return Err(damaged(&self.path, what));
        }
        Ok(found.records.into_iter().next())
    }

    /// Removes the file of a run that ended before there was anything to keep.
    pub fn discard(self) {
        // At worst a file without a record stays, from which a run can go on.
        let _ = fs::remove_file(&self.path);
    }

    /// Replaces what the file holds.
    pub fn replace(&mut self, record: &impl Serialize) -> Result<()> {
        let mut chain = Chain::default();
        let text = chain
            .seal(&self.header)
            .and_then(|header| Ok(header + &chain.seal(record)?))
            .map_err(|e| io(&self.path, &e.into()))?;
        self.file = place(&self.path, &text)?;
        Ok(())
    }
}

/// A checkpoint that grows record by record. What could not be written is written with the next one.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    chain: Chain,
    /// Bytes of its complete lines.
    length: u64,
    /// Lines that wait.
    pending: String,
}

impl Log {
    /// Begins a file that does not exist yet, without records.
    pub fn create(path: &Path, kind: &str, fingerprint: &Fingerprint) -> Result<Self> {
        let header = Header::new(kind, fingerprint);
        let file = create(path, &header)?;
        let mut chain = Chain::default();
        let line = chain.seal(&header).map_err(|e| io(path, &e.into()))?;
        let length = line.len() as u64;
        Ok(Log { path: path.into(), file, chain, length, pending: String::new() })
    }

    /// Goes on from a file, and says what it held. A line that the interruption cut off is dropped.
    pub fn resume(
        path: &Path,
        kind: &str,
        fingerprint: &Fingerprint,
    ) -> Result<(Self, Vec<Value>)> {
        let (path, file, found) = open(path, &Header::new(kind, fingerprint))?;
        let Found { records, chain, length, .. } = found;
        Ok((Log { path, file, chain, length, pending: String::new() }, records))
    }

    /// Adds a record, and those that could not be written before.
    pub fn append(&mut self, record: &impl Serialize) -> Result<()> {
        let line = self.chain.seal(record).map_err(|e| io(&self.path, &e.into()))?;
        self.pending.push_str(&line);
        // What is written to a removed file is lost without an error.
        if !self.path.exists() {
            return Err(fault(&self.path, "the file was removed while the run went on"));
        }
        let end = self.length;
        let written = self
            .file
            .set_len(end)
            .and_then(|()| self.file.seek(SeekFrom::Start(end)))
            .and_then(|_| self.file.write_all(self.pending.as_bytes()))
            .and_then(|()| self.file.sync_data());
        written.map_err(|e| {
            // Nothing half written stays.
            let _ = self.file.set_len(end);
            io(&self.path, &e)
        })?;
        self.length += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }
}

/// Refuses a file whose checksums are right and whose content is not: `why` says what is wrong.
pub(crate) fn damaged(path: &Path, why: &str) -> Error {
    fault(
        path,
        &format!(
            "the checkpoint is damaged: {why}; restore the file, or name another one to begin anew"
        ),
    )
}

/// A file that holds only its header; none may be there.
fn create(path: &Path, header: &Header) -> Result<File> {
    // Links that lead nowhere are there too.
    if fs::symlink_metadata(path).is_ok() {
        let message = if lines::is_checkpoint(path) {
            "the file exists: it is the checkpoint of another run and is left as it is; go on from \
             it by resuming (`--resume`), or name another file to begin anew"
        } else {
            "the file exists and is not a checkpoint; it is left as it is: name another file"
        };
        return Err(fault(path, message));
    }
    let text = Chain::default().seal(header).map_err(|e| io(path, &e.into()))?;
    place(path, &text)
}

/// Opens a checkpoint to go on from it: where it really is, locked, and what it holds.
fn open(path: &Path, header: &Header) -> Result<(PathBuf, File, Found)> {
    // A link is followed, so that what it names is replaced and not the link.
    let path = path.canonicalize().map_err(|e| io(path, &e))?;
    regular(&path)?;
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(|e| io(&path, &e))?;
    lock(&path, &file)?;
    let found = lines::read(&path, &file, header)?;
    // Of a run that was killed while it wrote.
    let _ = fs::remove_file(unfinished(&path));
    Ok((path, file, found))
}

fn regular(path: &Path) -> Result<File> {
    let metadata = fs::metadata(path).map_err(|e| io(path, &e))?;
    if !metadata.is_file() {
        return Err(fault(path, "not a checkpoint, and not even a regular file"));
    }
    File::open(path).map_err(|e| io(path, &e))
}

/// Where a file is written until it is complete.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".ketlab.tmp");
    path.with_file_name(name)
}

/// Writes a file beside its place, synchronized, then moves it there. It stays locked while it is
/// open.
fn place(path: &Path, text: &str) -> Result<File> {
    let temporary = unfinished(path);
    if let Ok(leftover) = File::open(&temporary) {
        // No one's any more, unless somebody is writing it.
        lock(path, &leftover)?;
        let _ = fs::remove_file(&temporary);
    }
    let new = OpenOptions::new().read(true).write(true).create_new(true).open(&temporary);
    let mut file = new.map_err(|e| io(path, &e))?;
    let written = lock(path, &file).and_then(|()| {
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&temporary, path))
            .map_err(|e| io(path, &e))
    });
    match written {
        Ok(()) => Ok(file),
        Err(error) => {
            let _ = fs::remove_file(&temporary);
            Err(error)
        }
    }
}

/// Takes the lock of a checkpoint. Where the system has no locks, there is none to take.
fn lock(path: &Path, file: &File) -> Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(fault(path, "another run is writing this checkpoint; wait for it, or end it"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
