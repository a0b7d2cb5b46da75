//! Checkpoint files: JSON, replaced in one step, refused where they do not belong.

use super::control::{Bounds, Control};
use crate::error::{Error, Result, check_checkpoint};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;

const FORMAT: &str = "ketlab optimizer checkpoint 1";

/// What a checkpoint belongs to. A resume needs all of it equal, for only then does it continue
/// as if it had never stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    format: String,
    method: String,
    settings: Value,
    fingerprint: String,
    num_params: usize,
    /// `None` is an open side: JSON has no infinities.
    bounds: Vec<(Option<f64>, Option<f64>)>,
}

#[derive(Serialize, Deserialize)]
struct File<H, R> {
    header: H,
    run: R,
}

impl Header {
    pub(super) fn new<S: Serialize>(
        method: &str,
        settings: &S,
        num_params: usize,
        control: &Control<'_>,
    ) -> Self {
        let finite = |x: f64| x.is_finite().then_some(x);
        let bounds = Bounds::of(control).0;
        Header {
            format: FORMAT.into(),
            method: method.into(),
            settings: serde_json::to_value(settings).unwrap_or(Value::Null),
            fingerprint: control.fingerprint.clone(),
            num_params,
            bounds: bounds.into_iter().map(|(l, u)| (finite(l), finite(u))).collect(),
        }
    }

    /// Says what of `self`, read from a file, differs from `run`.
    fn check(&self, run: &Header) -> Result<()> {
        let pairs = [
            ("format", self.format.clone(), run.format.clone()),
            ("method", self.method.clone(), run.method.clone()),
            ("fingerprint", self.fingerprint.clone(), run.fingerprint.clone()),
            ("number of parameters", self.num_params.to_string(), run.num_params.to_string()),
            ("settings", self.settings.to_string(), run.settings.to_string()),
            ("bounds", format!("{:?}", self.bounds), format!("{:?}", run.bounds)),
        ];
        check_checkpoint(pairs)
    }
}

/// Writes a checkpoint: to a file beside it, synchronized, then renamed over it, so that a crash
/// leaves the old or the new one.
pub(super) fn write<R: Serialize>(path: &Path, header: &Header, run: &R) -> Result<()> {
    let io = |error: std::io::Error| Error::Io {
        path: path.display().to_string(),
        message: error.to_string(),
    };
    let text = serde_json::to_vec(&File { header, run }).map_err(|e| io(e.into()))?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        io(error)
    })
}

/// Reads the checkpoint of the run that `header` describes.
pub(super) fn read<R: DeserializeOwned>(path: &Path, header: &Header) -> Result<R> {
    let broken = |error: serde_json::Error| Error::Invalid {
        what: format!("the file `{}`", path.display()),
        value: "not a checkpoint".into(),
        expected: error.to_string(),
    };
    let text = fs::read(path).map_err(|error| Error::Io {
        path: path.display().to_string(),
        message: error.to_string(),
    })?;
    // The header first: the run of another method would not parse as this one's.
    let file: File<Header, Value> = serde_json::from_slice(&text).map_err(broken)?;
    file.header.check(header)?;
    serde_json::from_value(file.run).map_err(broken)
}

/// Refuses a file whose parts do not fit together, as one that was edited.
pub(super) fn whole(path: &Path, fits: bool) -> Result<()> {
    if fits {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the checkpoint `{}`", path.display()),
        value: "damaged".into(),
        expected: "its vectors must be as long as its number of parameters".into(),
    })
}
