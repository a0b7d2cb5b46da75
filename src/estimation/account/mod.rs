//! One estimate: its measurements, what they cost, and what its interval promises.

pub(super) mod cost;
pub(super) mod estimate;
pub(super) mod estimator;
pub(super) mod interval;
pub(super) mod round;
pub(super) mod trial;
