//! What a checkpoint belongs to: everything that decides the answer, by name.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;

/// Text up to this many bytes is kept as it is, so that a refusal can show it.
const SHORT: usize = 80;

/// Everything that decides an answer, part by part: a short part as its JSON text, a long one as the
/// SHA-256 of that text. Equal on every machine, at any number of threads, in any build.
///
/// ```
/// use ketlab::math::Fingerprint;
/// let of = |penalty: f64| Fingerprint::new().with("penalty", &penalty).with("layers", &2);
/// assert_eq!(of(0.5), of(0.5));
/// assert_ne!(of(0.5), of(1.0));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint {
    parts: Vec<(String, String)>,
}

impl Fingerprint {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part. Its JSON must not depend on chance, as the order of a `HashMap` does.
    ///
    /// # Panics
    /// If the value has no JSON: see [`try_with`](Self::try_with).
    pub fn with<T: Serialize + ?Sized>(self, what: &str, value: &T) -> Self {
        self.try_with(what, value).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Adds a part.
    ///
    /// # Errors
    /// If the value has no JSON, as a map whose keys are not text.
    pub fn try_with<T: Serialize + ?Sized>(mut self, what: &str, value: &T) -> Result<Self> {
        let mut sink = Sink { hash: Sha256::new(), start: Vec::new(), len: 0 };
        serde_json::to_writer(&mut sink, value).map_err(|error| Error::Invalid {
            what: format!("the part `{what}` of a fingerprint"),
            value: "without JSON".into(),
            expected: error.to_string(),
        })?;
        self.parts.push((what.into(), sink.text()));
        Ok(self)
    }

    /// Adds the parts of another.
    pub fn and(mut self, other: Fingerprint) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// The first part of `self`, found in a file, that differs from this run's: its name, and what
    /// both have.
    pub(super) fn difference<'a>(
        &'a self,
        run: &'a Fingerprint,
    ) -> Option<(&'a str, String, String)> {
        let number = self.parts.len().max(run.parts.len());
        let differs = (0..number).find(|&k| self.parts.get(k) != run.parts.get(k))?;
        // By name: a part that one of them lacks shifts those that follow.
        let (found, wanted) = (self.parts.get(differs), run.parts.get(differs));
        let (name, _) = wanted.or(found)?;
        let of = |parts: &[(String, String)]| {
            let part = parts.iter().skip(differs).find(|(n, _)| n == name);
            part.map_or("nothing".to_string(), |(_, value)| shown(value))
        };
        Some((name, of(&self.parts), of(&run.parts)))
    }
}

/// A part's value for a message: quotation marks of JSON and most of a hash tell nothing.
fn shown(value: &str) -> String {
    match value.strip_prefix("sha256:") {
        Some(hash) => format!("sha256:{}…", hash.get(..12).unwrap_or(hash)),
        None => value.trim_matches('"').to_string(),
    }
}

/// Hashes what is written to it, and keeps its beginning.
struct Sink {
    hash: Sha256,
    start: Vec<u8>,
    len: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.hash.update(bytes);
        let room = SHORT.saturating_sub(self.start.len()).min(bytes.len());
        self.start.extend_from_slice(&bytes[..room]);
        self.len += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(self) -> String {
        match String::from_utf8(self.start) {
            Ok(text) if self.len <= SHORT => text,
            _ => format!("sha256:{}", hex(&self.hash.finalize())),
        }
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_parts_are_their_sha256() {
        // FIPS 180-2, appendix B.3: a million letters a. As JSON there are quotation marks around
        // them, so their hash is of another text: sha256sum of "aaa…a" with these.
        let million = "a".repeat(1_000_000);
        let print = Fingerprint::new().with("text", &million);
        let (_, value) = &print.parts[0];
        let mut reference = Sha256::new();
        reference.update(format!("\"{million}\""));
        assert_eq!(*value, format!("sha256:{}", hex(&reference.finalize())));
        assert_eq!(
            hex(&Sha256::digest(million.as_bytes())),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        );
    }

    #[test]
    fn the_first_difference_is_named() {
        let base = || Fingerprint::new().with("method", "adam").with("seed", &0);
        let of = |other: &Fingerprint| {
            let there = base();
            there.difference(other).map(|(name, a, b)| (name.to_string(), a, b))
        };
        let named = |name: &str, a: &str, b: &str| Some((name.to_string(), a.into(), b.into()));
        assert_eq!(of(&base()), None);
        let seed = Fingerprint::new().with("method", "adam").with("seed", &9);
        assert_eq!(of(&seed), named("seed", "0", "9"));
        let more = base().with("noise", &0.5);
        assert_eq!(of(&more), named("noise", "nothing", "0.5"));
        let less = Fingerprint::new().with("method", "adam");
        assert_eq!(of(&less), named("seed", "0", "nothing"));
        let between = Fingerprint::new().with("method", "adam").with("noise", &1).with("seed", &0);
        assert_eq!(of(&between), named("noise", "nothing", "1"));
    }
}
