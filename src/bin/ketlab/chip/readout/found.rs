//! What `ketlab chip readout` found.

use ketlab::chip::{Assignment, ExactShift, Readout, ReadoutDesign};

/// What was worked out.
pub struct Found {
    pub design: ReadoutDesign,
    pub readout: Readout,
    pub exact: Option<ExactShift>,
    pub best: Option<Assignment>,
    pub best_kappa: Option<(f64, Assignment)>,
    pub at_time: Option<Assignment>,
    pub curve: Vec<Assignment>,
}
