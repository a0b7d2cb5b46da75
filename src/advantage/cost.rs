//! What an answer cost.

use serde::{Deserialize, Serialize};

/// What a contender took. Only what was counted is there. Seconds are of this machine's clock,
/// set-up included, and are the one part that another run does not repeat to the bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Wall time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Threads that worked for this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// Memory at the peak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Samples drawn, or shots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
    /// Uses of what is counted by uses: an oracle, a row of a matrix, a time evolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queries: Option<u64>,
}
