//! How deep inside of its window each type of collision is: the formulas, written once for one chip
//! and for many side by side.

use super::{CollisionType, Rules, Straddling};

/// Types of a pair and of a triple.
pub(in crate::chip) const DEPTHS_OF_PAIR: usize = 4;
pub(in crate::chip) const DEPTHS_OF_TRIPLE: usize = 3;

/// The rules as numbers without branches, in MHz.
#[derive(Debug, Clone, Copy)]
pub(in crate::chip) struct Limits {
    half_widths: [f64; 7],
    /// 0 where type 2 looks at the target too, else what makes its distance infinite.
    two_photon_other: f64,
    /// How much of |α_k| the control may lie below the target.
    below: f64,
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

impl Limits {
    pub fn new(rules: &Rules) -> Self {
        Limits {
            half_widths: rules.half_widths_mhz,
            two_photon_other: if rules.two_photon_either { 0.0 } else { f64::INFINITY },
            below: if rules.straddling == Straddling::Either { 1.0 } else { 0.0 },
        }
    }

    /// The window's half-width less the distance, of types 1 to 4: positive where they collide. `f` and
    /// `a` are the frequency and the anharmonicity of control and target. Type 4 is how far the target
    /// is outside of the allowed region.
    #[inline(always)]
    pub fn pair(&self, [fj, fk]: [f64; 2], [aj, ak]: [f64; 2]) -> [f64; DEPTHS_OF_PAIR] {
        let w = &self.half_widths;
        let detuning = fj - fk;
        let two_photon = smaller(
            (detuning + 0.5 * aj).abs(),
            (detuning - 0.5 * ak).abs() + self.two_photon_other,
        );
        let leakage = smaller((detuning - ak).abs(), (detuning + aj).abs());
        let outside = larger(self.below * ak - detuning, detuning + aj);
        [w[0] - detuning.abs(), w[1] - two_photon, w[2] - leakage, w[3] + outside]
    }

    /// The same of types 5 to 7, of a control and two of its neighbours.
    #[inline(always)]
    pub fn triple(
        &self,
        [fj, fk, fi]: [f64; 3],
        [aj, ak, ai]: [f64; 3],
    ) -> [f64; DEPTHS_OF_TRIPLE] {
        let w = &self.half_widths;
        let detuning = fk - fi;
        let leakage = smaller((detuning - ai).abs(), (detuning + ak).abs());
        let two_photon = (fj + fj + aj - fk - fi).abs();
        [w[4] - detuning.abs(), w[5] - leakage, w[6] - two_photon]
    }

    /// A depth as the distance between the frequencies that meet; for type 4 how far outside.
    pub fn distance(&self, of: CollisionType, depth: f64) -> f64 {
        match of {
            CollisionType::OutsideStraddling => depth,
            _ => self.half_widths[of as usize] - depth,
        }
    }
}
