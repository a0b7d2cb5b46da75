//! Gaussian elimination.

use super::band;
use super::rival::{Accuracy, Rival, Solution};
use crate::advantage::linear_systems::system::{LinearSystem, invalid};
use crate::error::{Error, Result};
use crate::math::Watch;
use nalgebra::DVector;

/// LU with partial pivoting (Golub and Van Loan, sections 3.4 and 4.3.3). Of a matrix with a band, p
/// entries below the diagonal and q above, only the band is worked on, with about N p(p + q)
/// multiplications; of any other one all, with N³/3. It is what runs that is counted and timed. Each row
/// is read once, as in one product with A.
#[derive(Debug, Clone, Copy)]
pub struct Lu;

impl Rival for Lu {
    fn name(&self) -> &'static str {
        "LU"
    }

    fn solve(
        &self,
        system: &LinearSystem,
        _: &Accuracy,
        _: u64,
        watch: &Watch,
    ) -> Result<Solution> {
        if watch.is_cancelled() {
            return Err(Error::Interrupted);
        }
        let (below, above) = band::bandwidths(system);
        if 2 * below + above + 1 < system.size() {
            let (x, operations) = band::solve(system, (below, above)).ok_or_else(singular)?;
            let assumes = format!(
                "elimination within a band of {below} below and {above} above the diagonal; as it is \
                 counted, so it is timed"
            );
            return Ok(Solution { x, operations, uses: 1.0, assumes });
        }
        let rhs = DVector::from_row_slice(system.rhs());
        let solved = system.dense().lu().solve(&rhs).ok_or_else(singular)?;
        let n = system.size() as u64;
        // Σ k² + k over the steps with k rows below, and both substitutions.
        let elimination = (n - 1) * n * (2 * n - 1) / 6 + n * (n - 1) / 2;
        Ok(Solution {
            x: solved.iter().copied().collect(),
            operations: elimination + n * n,
            uses: 1.0,
            assumes: "the matrix is dense; its zeros save nothing".into(),
        })
    }
}

fn singular() -> Error {
    invalid("a pivot of LU", 0, "A is singular; take one without the eigenvalue 0")
}
