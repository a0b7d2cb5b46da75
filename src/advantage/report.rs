//! What an experiment came to.

use super::claim::Claim;
use super::contender::Contender;
use super::judge::Judged;
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything to run an experiment again, written before anything ran. A claim that was changed
/// afterwards has another fingerprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The experiment's settings.
    pub settings: Value,
    /// SHA-256 of the claims, as they were.
    pub claims: Fingerprint,
}

impl Manifest {
    pub(super) fn new(settings: &impl Serialize, claims: &[Claim]) -> Result<Self> {
        let settings = serde_json::to_value(settings).map_err(|error| Error::Invalid {
            what: "the settings of an experiment".into(),
            value: "without JSON".into(),
            expected: error.to_string(),
        })?;
        Ok(Manifest { settings, claims: Fingerprint::new().with("claims", claims) })
    }
}

/// Claims with their verdicts, everybody who played, and where the evidence ends.
#[derive(Debug, Clone, Serialize)]
pub struct Report<D> {
    /// The experiment's name.
    pub experiment: &'static str,
    /// The claims and what became of them.
    pub claims: Vec<Judged>,
    /// Who played, at which size, and what came of it.
    pub contenders: Vec<Contender>,
    /// Up to where this says anything.
    pub evidence_ends_at: String,
    /// What this experiment has beside.
    pub details: D,
    /// What was not played because the budget was spent or the run was cancelled.
    pub not_played: Vec<String>,
    /// Whether the run was cancelled.
    pub interrupted: bool,
    /// From which it runs again to the same bits, but for seconds.
    pub manifest: Manifest,
    /// Pieces that the checkpoint had.
    #[serde(skip)]
    pub resumed: u64,
    /// Why the checkpoint has not all pieces, if it has not.
    #[serde(skip)]
    pub checkpoint_error: Option<String>,
}
