//! What a gap curve says: the lowest levels along an anneal, the gap, and estimates from it.

use super::gap_log::or_infinite;
use super::hamiltonian::Parity;
use super::units::Units;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// How closely the place of the smallest gap is found.
pub(super) const WIDTH: f64 = 1e-5;

/// A level of H(s).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Without the model's offset, in the schedule's unit of energy.
    pub energy: f64,
    /// ‖Hψ - Eψ‖: an eigenvalue is no farther from the energy than this, and as a rule by about its
    /// square over the distance to the levels that were not computed.
    pub residual: f64,
    /// Of a model without fields, the eigenvalue of ΠX.
    pub parity: Option<Parity>,
}

/// The spectrum at one s.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GapPoint {
    /// From 0 to 1.
    pub s: f64,
    /// The lowest levels in ascending order, each as often as its multiplicity.
    pub levels: Vec<Level>,
    /// From the lowest level to the first that does not end in the ground space of the model: with a
    /// ground space of g states, to number g (from 0), counted in each parity by itself.
    #[serde(with = "or_infinite")]
    pub gap: f64,
    /// E₁ - E₀, which closes where the ground space is degenerate.
    #[serde(with = "or_infinite")]
    pub first_gap: f64,
    /// The gap as an anneal from |+…+⟩ meets it: in the sector of ΠX = +1, in which it stays where
    /// there are no fields; else the same as `gap`.
    #[serde(with = "or_infinite")]
    pub sector_gap: f64,
    /// max |⟨k|dH/ds|0⟩| / (E_k - E₀)² over the levels computed above the ground space, in 1/energy.
    #[serde(with = "or_infinite")]
    pub adiabaticity: f64,
    /// Whether all residuals are within the tolerance.
    pub converged: bool,
}

/// The lowest levels along an anneal.
#[derive(Debug, Clone, PartialEq)]
pub struct GapCurve {
    /// In ascending order of s, those of the refinement included.
    pub points: Vec<GapPoint>,
    /// The smallest [`gap`](GapPoint::gap) met.
    pub minimum_gap: f64,
    /// The s of the smallest gap, to 1e-5 where it lies between points; a dip that is narrower than
    /// the points are far apart can be missed.
    pub at: f64,
    /// How many configurations have the lowest energy of the model.
    pub degeneracy: usize,
    /// Whether the gap is to a level above the whole ground space. False where that has more states
    /// than levels are computed, or is all there is: then gaps are E₁ - E₀.
    pub above_ground_space: bool,
    /// The schedule's units.
    pub units: Units,
    /// |d(E₁ - E₀)/ds| far from the avoided crossing, from the curvature of the gap at its minimum;
    /// `None` where the smallest gap is at an end.
    pub slope: Option<f64>,
    /// Products of H with a vector.
    pub products: u64,
    /// Whether it was cancelled: the points are those that were finished, and the smallest gap is
    /// that of these.
    pub interrupted: bool,
}

/// Near an avoided crossing gap² = Δ² + slope² (s - s*)².
pub(super) fn slope(points: &[GapPoint], at: f64, gap: f64) -> Option<f64> {
    let near = |left: bool| {
        let sides = points.iter().filter(|p| if left { p.s < at } else { p.s > at });
        // Beyond the refinement's points, whose gaps differ from Δ by little more than rounding.
        let far = sides.filter(|p| (p.s - at).abs() > 100.0 * WIDTH);
        far.min_by(|p, q| (p.s - at).abs().total_cmp(&(q.s - at).abs()))
    };
    let square = |p: &GapPoint| (p.gap * p.gap - gap * gap) / (p.s - at).powi(2);
    let (left, right) = (near(true)?, near(false)?);
    let mean = 0.5 * (square(left) + square(right));
    (mean > 0.0).then(|| mean.sqrt())
}

impl GapCurve {
    /// An estimate of the success probability of an anneal of this time (in the schedule's unit) with s
    /// in proportion to the time, from the smallest gap alone: 1 - exp(-π Δ² / 2v), v the slope of the
    /// gap in time (Landau, Phys. Z. Sowjetunion 2, 46 (1932); Zener, Proc. R. Soc. A 137, 696 (1932)).
    /// It holds for one avoided crossing of two levels, passed from far on one side to far on the
    /// other. `None` where the smallest gap is at an end.
    pub fn landau_zener(&self, time: f64) -> Option<f64> {
        let rate = PI * self.units.radians() * self.minimum_gap.powi(2) / (2.0 * self.slope?);
        Some(-(-rate * time).exp_m1())
    }

    /// An estimate of the time (in the schedule's unit) that an anneal should be long against, s in
    /// proportion to the time: the largest |⟨k|dH/ds|0⟩| / (E_k - E₀)² on the curve (Messiah, Quantum
    /// Mechanics, XVII.13). No bound: those have further terms.
    pub fn adiabatic_time(&self) -> f64 {
        let largest = self.points.iter().map(|point| point.adiabaticity).fold(0.0, f64::max);
        largest / self.units.radians()
    }
}

#[cfg(test)]
mod tests {
    use super::super::GapSearch;
    use super::super::gap_search::tests::curve;
    use crate::ising::Ising;
    use std::f64::consts::PI;

    /// One spin: E = ± √((1 - s)² + s²), an avoided crossing that Landau and Zener's formula fits.
    #[test]
    fn estimates_of_one_spin() {
        let found = curve(&Ising::new(vec![0.01], [], 0.0), GapSearch::new().points(201));
        // gap² = 4 (1 - s)² + 4e-4 s²: least at s = 1/(1 + 1e-4).
        let place = 1.0 / (1.0 + 1e-4);
        let gap2 = |s: f64| 4.0 * (1.0 - s).powi(2) + 4e-4 * s * s;
        assert!((found.minimum_gap - gap2(place).sqrt()).abs() < 1e-7);
        let spin = curve(&Ising::new(vec![1.0], [], 0.0), GapSearch::new().points(41));
        assert!((spin.slope.unwrap() - 8f64.sqrt()).abs() < 1e-3, "{:?}", spin.slope);
        let success = spin.landau_zener(3.0).unwrap();
        assert!((success - (1.0 - (-PI * 2.0 * 3.0 / (2.0 * 8f64.sqrt())).exp())).abs() < 1e-3);
        // |⟨1|dH/ds|0⟩| = 1/√(2) · 2 … at s = 1/2: dH/ds = X + Z, field along X + Z turned by 90°.
        let middle = spin.points.iter().find(|p| p.s == 0.5).unwrap();
        assert!((middle.adiabaticity - 2f64.sqrt() / 2.0).abs() < 1e-6, "{}", middle.adiabaticity);
        assert!((spin.adiabatic_time() - middle.adiabaticity).abs() < 1e-3);
    }
}
