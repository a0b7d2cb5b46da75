//! The text of a checkpoint: a line of JSON for the header and one for each record, each with a
//! checksum of itself and of all lines before it.

use super::fingerprint::{Fingerprint, hex};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

const FORMAT: &str = "ketlab.checkpoint";
const VERSION: u32 = 1;

/// A first line is shorter than this; what has none that ends is no checkpoint.
const LONGEST_HEADER: u64 = 1 << 20;

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Header {
    format: String,
    version: u32,
    /// What runs are kept: `optimizer`, `error curve`.
    kind: String,
    meta: Meta,
    belongs_to: Fingerprint,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Meta {
    /// Of ketlab.
    version: String,
}

impl Header {
    pub fn new(kind: &str, fingerprint: &Fingerprint) -> Self {
        Header {
            format: FORMAT.into(),
            version: VERSION,
            kind: kind.into(),
            meta: Meta { version: env!("CARGO_PKG_VERSION").into() },
            belongs_to: fingerprint.clone(),
        }
    }

    /// Says what of `self`, read from a file, differs from `run`.
    fn check(&self, path: &Path, run: &Header) -> Result<()> {
        let next = |path: &Path| {
            format!(
                "go on from {} as it was begun, or name another file to begin anew",
                path.display()
            )
        };
        if self.kind != run.kind {
            return Err(Error::Invalid {
                what: "the checkpoint's kind".into(),
                value: format!("`{}`", self.kind),
                expected: format!("this run has `{}`; {}", run.kind, next(path)),
            });
        }
        match self.belongs_to.difference(&run.belongs_to) {
            None => Ok(()),
            Some((what, found, wanted)) => Err(Error::Invalid {
                what: format!("the checkpoint's {what}"),
                value: format!("`{found}`"),
                expected: format!("this run has `{wanted}`; {}", next(path)),
            }),
        }
    }
}

/// The checksum of all lines so far: each is hashed with the one before it, so that none can be
/// left out, repeated or moved.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain(Vec<u8>);

impl Chain {
    fn next(&mut self, content: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.0);
        hash.update(content.as_bytes());
        self.0 = hash.finalize().to_vec();
        hex(&self.0)
    }

    /// A line of this content, with its end.
    pub fn seal(&mut self, content: &impl Serialize) -> serde_json::Result<String> {
        let content = serde_json::to_string(content)?;
        let sum = self.next(&content);
        Ok(format!("{{\"sha256\":\"{sum}\",\"content\":{content}}}\n"))
    }
}

/// Checksum and content of a line without its end, if it is one of a checkpoint.
fn parts(line: &str) -> Option<(&str, &str)> {
    let (sum, rest) = line.strip_prefix("{\"sha256\":\"")?.split_at_checked(64)?;
    Some((sum, rest.strip_prefix("\",\"content\":")?.strip_suffix('}')?))
}

/// What a file holds.
pub(super) struct Found {
    pub records: Vec<Value>,
    pub chain: Chain,
    /// Bytes of its complete lines.
    pub length: u64,
    /// Whether its last line was cut off.
    pub torn: bool,
}

/// Reads the checkpoint of the run that `header` describes.
pub(super) fn read(path: &Path, file: &File, header: &Header) -> Result<Found> {
    let mut reader = BufReader::new(file);
    let first = first_line(path, &mut reader)?;
    let mut chain = Chain::default();
    let mut length = first.len() as u64;
    let found: Header = content(path, &first, 1, &mut chain)?;
    found.check(path, header)?;
    let (mut records, mut torn) = (Vec::new(), false);
    loop {
        let mut bytes = Vec::new();
        reader.read_until(b'\n', &mut bytes).map_err(|e| io(path, &e))?;
        if bytes.is_empty() {
            break;
        }
        if bytes.last() != Some(&b'\n') {
            torn = true;
            break;
        }
        let number = records.len() + 2;
        let line = String::from_utf8(bytes).map_err(|_| damaged(path, number))?;
        records.push(content(path, &line, number, &mut chain)?);
        length += line.len() as u64;
    }
    Ok(Found { records, chain, length, torn })
}

/// Whether a file is a checkpoint, of whatever.
pub(super) fn is_checkpoint(path: &Path) -> bool {
    // A pipe or a device is not even opened.
    path.is_file()
        && File::open(path).is_ok_and(|file| first_line(path, &mut BufReader::new(file)).is_ok())
}

/// The first line with its end, if the file is a checkpoint of this version.
fn first_line(path: &Path, reader: &mut impl BufRead) -> Result<String> {
    let mut bytes = Vec::new();
    let read = reader.take(LONGEST_HEADER).read_until(b'\n', &mut bytes);
    read.map_err(|e| io(path, &e))?;
    let text = String::from_utf8_lossy(&bytes);
    // How the two formats before this one began.
    let old = ["ketlab optimizer checkpoint", "ketlab error curve checkpoint"];
    let start = text.get(..100).unwrap_or(&text);
    if old.iter().any(|old| start.contains(old)) {
        return Err(fault(
            path,
            "a checkpoint of an earlier ketlab, which did not keep all that it belongs to; finish \
             it with that version, or name another file to begin anew",
        ));
    }
    let header = |text: &str| -> Option<Value> {
        let (_, content) = parts(text.strip_suffix('\n')?)?;
        serde_json::from_str::<Value>(content).ok().filter(|v| v["format"] == FORMAT)
    };
    let Some(header) = header(&text) else {
        return Err(fault(
            path,
            "not a checkpoint; it is left as it is: name another file to begin anew",
        ));
    };
    if header["version"] != VERSION {
        return Err(fault(
            path,
            &format!(
                "a checkpoint of format version {}; this ketlab reads version {VERSION}",
                header["version"]
            ),
        ));
    }
    Ok(text.into_owned())
}

/// The content of a line whose checksum is right.
fn content<T: serde::de::DeserializeOwned>(
    path: &Path,
    line: &str,
    number: usize,
    chain: &mut Chain,
) -> Result<T> {
    let broken = || damaged(path, number);
    let (sum, content) = line.strip_suffix('\n').and_then(parts).ok_or_else(broken)?;
    if chain.next(content) != sum {
        return Err(broken());
    }
    serde_json::from_str(content).map_err(|_| broken())
}

pub(super) fn io(path: &Path, error: &std::io::Error) -> Error {
    fault(path, &error.to_string())
}

pub(super) fn fault(path: &Path, message: &str) -> Error {
    Error::Io { path: path.display().to_string(), message: message.into() }
}

fn damaged(path: &Path, line: usize) -> Error {
    fault(
        path,
        &format!(
            "the checkpoint is damaged or was edited: the checksum of line {line} is wrong; restore \
             the file, or name another one to begin anew"
        ),
    )
}
