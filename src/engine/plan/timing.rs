//! How long each sweep of a plan takes.

use super::{Coefficients, Plan};
use crate::engine::kernel::Real;
use crate::engine::state_vector::StateVector;
use crate::error::Result;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

impl Plan {
    /// As [`run`](Plan::run), and returns the seconds that each sweep took, in order. `go_on` is asked
    /// before each of them; once it says no, the run stops as in [`run_watched`](Plan::run_watched).
    ///
    /// # Errors
    /// As [`run_watched`](Plan::run_watched). Panics as [`run`](Plan::run) does.
    #[track_caller]
    pub fn run_timed<T: Real>(
        &self,
        coefficients: &Coefficients,
        state: &mut StateVector<T>,
        go_on: impl Fn() -> bool + Sync,
    ) -> Result<Vec<f64>> {
        let moments = Mutex::new(Vec::with_capacity(self.len() + 1));
        self.run_watched(coefficients, state, &|_, _| {
            moments.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
            go_on()
        })?;
        let moments = moments.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(moments.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect())
    }
}
