//! How the frequency of a transmon depends on what fluctuates.

use super::Transmon;
use crate::error::Result;

impl Transmon {
    /// ∂f01/∂ng in GHz per Cooper pair, -8 EC (⟨1|n|1⟩ - ⟨0|n|0⟩) by the theorem of Hellmann and
    /// Feynman.
    ///
    /// # Errors
    /// None but of memory.
    pub fn frequency_by_charge_ghz(&self) -> Result<f64> {
        let charges = self.charge_matrix(2)?;
        Ok(-8.0 * self.ec_ghz() * (charges[(1, 1)] - charges[(0, 0)]))
    }

    /// ∂f01/∂EJ, ⟨0|cos φ|0⟩ - ⟨1|cos φ|1⟩.
    ///
    /// # Errors
    /// None but of memory.
    pub fn frequency_by_ej(&self) -> Result<f64> {
        Ok(self.states(2)?.frequency_by_ej(0, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_differences() {
        let at = |ej, ng| Transmon::new(ej, 0.3).unwrap().with_offset_charge(ng).unwrap();
        let (f, h) = (|ej, ng| at(ej, ng).frequency_ghz(), 1e-4);
        for (ej, ng) in [(3.0, 0.2), (3.0, 0.0), (15.0, 0.3)] {
            let by_charge = (f(ej, ng + h) - f(ej, ng - h)) / (2.0 * h);
            assert!((at(ej, ng).frequency_by_charge_ghz().unwrap() - by_charge).abs() < 1e-6);
            let by_ej = (f(ej + h, ng) - f(ej - h, ng)) / (2.0 * h);
            assert!((at(ej, ng).frequency_by_ej().unwrap() - by_ej).abs() < 1e-7);
        }
    }
}
