//! A transmon by its two energies and its offset charge: its levels.

use super::charge_basis::Hamiltonian;
use super::states::TransmonStates;
use crate::error::{Error, Result};
use nalgebra::DMatrix;

/// The most levels that are asked for at once.
pub const MAX_LEVELS: usize = 1000;
/// The largest EJ/EC; there the charge basis has some 10⁴ states.
pub const MAX_EJ_OVER_EC: f64 = 1e12;
/// Bounds of EC and EJ in GHz.
const MIN_ENERGY_GHZ: f64 = 1e-9;
const MAX_ENERGY_GHZ: f64 = 1e9;
/// Beyond it the fraction of an offset charge, the part that matters, is rounded visibly.
const MAX_OFFSET_CHARGE: f64 = 1e6;

/// A transmon, H = 4 EC (n - ng)² - EJ cos φ (Koch et al. 2007, PRA 76, 042319, eq. 2.1): a junction
/// with Josephson energy EJ and a charging energy EC = e²/2C, both E/h in GHz, and an offset charge
/// ng in Cooper pairs.
///
/// Levels are exact to rounding for any EJ/EC, also that of a Cooper pair box: the number of charge
/// states is chosen for the levels asked for.
///
/// ```
/// use ketlab::chip::Transmon;
/// let transmon = Transmon::new(15.0, 0.3)?;
/// let levels = transmon.levels_ghz(3)?;
/// assert_eq!(levels[0], 0.0);
/// assert!((levels[1] - 5.682575677295).abs() < 1e-11);
/// assert!((transmon.anharmonicity_ghz() + 0.344766908767).abs() < 1e-11);
/// // What the levels move with a stray charge.
/// assert!((transmon.charge_dispersion_ghz(1)? - 1.17205e-5).abs() < 1e-9);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transmon {
    ej_ghz: f64,
    ec_ghz: f64,
    offset_charge: f64,
}

impl Transmon {
    /// With offset charge 0.
    ///
    /// # Errors
    /// If an energy is not from 1e-9 to 1e9 GHz, or EJ/EC is beyond [`MAX_EJ_OVER_EC`].
    pub fn new(ej_ghz: f64, ec_ghz: f64) -> Result<Self> {
        check_energy("EC", ec_ghz)?;
        check_energy("EJ", ej_ghz)?;
        if ej_ghz / ec_ghz > MAX_EJ_OVER_EC {
            return Err(Error::Invalid {
                what: "EJ/EC".into(),
                value: format!("{:e}", ej_ghz / ec_ghz),
                expected: format!("at most {MAX_EJ_OVER_EC:e}; are both energies in GHz?"),
            });
        }
        Ok(Transmon { ej_ghz, ec_ghz, offset_charge: 0.0 })
    }

    /// The same with another Josephson energy, which may be 0: two junctions can cancel.
    pub(super) fn with_ej(self, ej_ghz: f64) -> Self {
        Transmon { ej_ghz, ..self }
    }

    /// The same at this offset charge ng, in Cooper pairs; levels have the period 1.
    ///
    /// # Errors
    /// If it is not finite, or beyond ±1e6.
    pub fn with_offset_charge(self, ng: f64) -> Result<Self> {
        if !ng.is_finite() {
            return Err(Error::NotFinite { what: "the offset charge".into(), value: ng });
        }
        if ng.abs() > MAX_OFFSET_CHARGE {
            return Err(Error::Invalid {
                what: "the offset charge".into(),
                value: format!("{ng}"),
                expected: format!(
                    "within ±{MAX_OFFSET_CHARGE:e} Cooper pairs; levels have the period 1"
                ),
            });
        }
        Ok(Transmon { offset_charge: ng, ..self })
    }

    /// Josephson energy EJ/h in GHz.
    pub fn ej_ghz(&self) -> f64 {
        self.ej_ghz
    }

    /// Charging energy EC/h = e²/2Ch in GHz.
    pub fn ec_ghz(&self) -> f64 {
        self.ec_ghz
    }

    /// Offset charge ng in Cooper pairs.
    pub fn offset_charge(&self) -> f64 {
        self.offset_charge
    }

    /// EJ/EC: above some 50 levels hardly move with charge.
    pub fn ej_over_ec(&self) -> f64 {
        self.ej_ghz / self.ec_ghz
    }

    /// The lowest `count` eigenvalues of H, E/h in GHz, ascending.
    ///
    /// # Errors
    /// If `count` is not from 1 to [`MAX_LEVELS`].
    pub fn energies_ghz(&self, count: usize) -> Result<Vec<f64>> {
        check_count(count)?;
        Ok(self.lowest(count))
    }

    /// The lowest `count` levels above the ground level, which is the first of them, in GHz.
    ///
    /// # Errors
    /// As [`energies_ghz`](Self::energies_ghz).
    pub fn levels_ghz(&self, count: usize) -> Result<Vec<f64>> {
        let mut levels = self.energies_ghz(count)?;
        let ground = levels[0];
        levels.iter_mut().for_each(|level| *level -= ground);
        Ok(levels)
    }

    /// f01 = (E1 - E0)/h in GHz.
    pub fn frequency_ghz(&self) -> f64 {
        let energies = self.lowest(2);
        energies[1] - energies[0]
    }

    /// α = f12 - f01 in GHz: negative in a transmon, about -EC.
    pub fn anharmonicity_ghz(&self) -> f64 {
        let energies = self.lowest(3);
        (energies[2] - energies[1]) - (energies[1] - energies[0])
    }

    /// The peak-to-peak dispersion of level m with charge, |E_m(ng = ½) - E_m(ng = 0)|/h in GHz, of
    /// the eigenvalues themselves (not of their distances from the ground level). Whatever the
    /// offset charge of this transmon; rounding makes it uncertain by some 1e-15 EJ.
    ///
    /// # Errors
    /// If `m` is not below [`MAX_LEVELS`].
    pub fn charge_dispersion_ghz(&self, m: usize) -> Result<f64> {
        check_count(m.saturating_add(1))?;
        let energy = |offset_charge| Transmon { offset_charge, ..*self }.lowest(m + 1)[m];
        Ok((energy(0.5) - energy(0.0)).abs())
    }

    /// ⟨i|n|j⟩ of the lowest `count` levels: the charge in Cooper pairs, real and symmetric. Signs
    /// of the states are such that every ⟨j|n|j+1⟩ is positive where it is not 0; the levels of
    /// definite parity, at ng = 0 and ½, have elements that are exactly 0.
    ///
    /// # Errors
    /// As [`energies_ghz`](Self::energies_ghz).
    pub fn charge_matrix(&self, count: usize) -> Result<DMatrix<f64>> {
        Ok(self.states(count)?.charge_matrix())
    }

    /// The lowest `count` levels with their states.
    ///
    /// # Errors
    /// As [`energies_ghz`](Self::energies_ghz).
    pub fn states(&self, count: usize) -> Result<TransmonStates> {
        check_count(count)?;
        Ok(TransmonStates::of(&self.hamiltonian(), count))
    }

    /// [`energies_ghz`](Self::energies_ghz) of a `count` from 1 to [`MAX_LEVELS`].
    fn lowest(&self, count: usize) -> Vec<f64> {
        self.hamiltonian().lowest(count)
    }

    fn hamiltonian(&self) -> Hamiltonian {
        let Transmon { ej_ghz: ej, ec_ghz: ec, offset_charge } = *self;
        Hamiltonian { ej, ec, offset_charge }
    }
}

fn check_count(count: usize) -> Result<()> {
    if (1..=MAX_LEVELS).contains(&count) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of levels".into(),
        value: count.to_string(),
        expected: format!("from 1 to {MAX_LEVELS}"),
    })
}

/// That an energy is a number a junction or capacitor can have.
fn check_energy(what: &str, ghz: f64) -> Result<()> {
    if !ghz.is_finite() {
        return Err(Error::NotFinite { what: what.into(), value: ghz });
    }
    if (MIN_ENERGY_GHZ..=MAX_ENERGY_GHZ).contains(&ghz) {
        return Ok(());
    }
    let expected = if ghz <= 0.0 {
        "it must be above 0: an energy E/h in GHz".into()
    } else {
        format!("it must be from {MIN_ENERGY_GHZ:e} to {MAX_ENERGY_GHZ:e} GHz")
    };
    Err(Error::Invalid { what: what.into(), value: format!("{ghz:?} GHz"), expected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SymmetricTridiagonal;

    /// Eigenvalues in a basis that is much larger than needed.
    fn in_large_basis(transmon: &Transmon, count: usize, cut: i32) -> Vec<f64> {
        let ng = transmon.offset_charge().rem_euclid(1.0);
        let diagonal: Vec<f64> =
            (-cut..=cut).map(|n| 4.0 * transmon.ec_ghz() * (f64::from(n) - ng).powi(2)).collect();
        let off = vec![-0.5 * transmon.ej_ghz(); 2 * cut as usize];
        SymmetricTridiagonal::new(diagonal, off).unwrap().lowest_eigenvalues(count)
    }

    #[test]
    fn a_much_larger_basis_changes_nothing() {
        for ratio in [1e-3, 0.3, 1.0, 5.0, 20.0, 50.0, 300.0, 1e4, 1e6] {
            for ng in [0.0, 1e-7, 0.1, 0.25, 0.4999, 0.5, -0.3, 7.5, 12.0] {
                for count in [1, 2, 3, 6, 13, 40] {
                    let transmon = Transmon::new(0.3 * ratio, 0.3).unwrap();
                    let transmon = transmon.with_offset_charge(ng).unwrap();
                    let energies = transmon.energies_ghz(count).unwrap();
                    let expected = in_large_basis(&transmon, count, 300);
                    let scale = transmon.ej_ghz().max(expected[count - 1].abs()).max(0.3);
                    for (a, b) in energies.iter().zip(&expected) {
                        assert!((a - b).abs() < 4e-15 * scale, "{ratio} {ng} {count}: {a} {b}");
                    }
                    let states = transmon.states(count).unwrap();
                    for (a, b) in states.energies_ghz().iter().zip(&energies) {
                        assert_eq!(a, b);
                    }
                }
            }
        }
    }

    #[test]
    fn free_charges_have_parabolas() {
        let free = Transmon::new(1.0, 0.25).unwrap().with_ej(0.0);
        for (ng, expected) in [
            (0.0, [0.0, 1.0, 1.0, 4.0]),
            (0.25, [0.0625, 0.5625, 1.5625, 3.0625]),
            (0.5, [0.25, 0.25, 2.25, 2.25]),
        ] {
            let energies = free.with_offset_charge(ng).unwrap().energies_ghz(4).unwrap();
            for (energy, expected) in energies.iter().zip(expected) {
                assert!((energy - expected).abs() < 1e-15 * (1.0 + expected), "{ng}: {energies:?}");
            }
        }
        let free = free.with_offset_charge(0.5).unwrap();
        assert!((free.charge_matrix(2).unwrap()[(0, 1)].abs() - 0.5).abs() < 1e-15);
    }

    #[test]
    fn matrix_elements_are_those_of_the_states() {
        for ng in [0.0, 0.5, 1.5, -0.5, 0.2, 3.2, 1e-9] {
            for ej in [0.5, 5.0, 15.0, 60.0] {
                let transmon = Transmon::new(ej, 0.3).unwrap().with_offset_charge(ng).unwrap();
                let n = transmon.charge_matrix(6).unwrap();
                let levels = transmon.levels_ghz(6).unwrap();
                assert_eq!(n, n.transpose());
                for j in 0..5 {
                    assert!(n[(j, j + 1)] > 0.0, "{ng} {ej} {j}");
                }
                // dE/dng = -8 EC (⟨n⟩ - ng), by a difference.
                let step = 1e-4;
                let at =
                    |d: f64| transmon.with_offset_charge(ng + d).unwrap().energies_ghz(6).unwrap();
                if ng == 0.2 || ng == 3.2 {
                    for j in 0..6 {
                        let slope = (at(step)[j] - at(-step)[j]) / (2.0 * step);
                        let exact = -8.0 * 0.3 * (n[(j, j)] - ng);
                        assert!((slope - exact).abs() < 1e-5, "{ng} {ej} {j}: {slope} {exact}");
                    }
                }
                // Sum rule of [n, [H, n]] = -EJ cos φ·…: Σ_j (E_j - E_0) |n_0j|² = EJ ⟨cos φ⟩/2.
                let all = transmon.states(12).unwrap();
                let (charges, energies) = (all.charge_matrix(), all.levels_ghz());
                let sum: f64 = (0..12).map(|j| energies[j] * charges[(0, j)].powi(2)).sum();
                let expected = 0.5 * ej * all.mean_cos_phi(0);
                assert!((sum - expected).abs() < 1e-9 * expected, "{ng} {ej}: {sum} {expected}");
                assert!((levels[1] - energies[1]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn derivatives_are_hellmann_feynman() {
        let (ej, ec, h) = (12.0, 0.4, 1e-4);
        let energies = |ej, ec| Transmon::new(ej, ec).unwrap().energies_ghz(4).unwrap();
        let states = Transmon::new(ej, ec).unwrap().states(4).unwrap();
        for j in 0..4 {
            let by_ej = (energies(ej + h, ec)[j] - energies(ej - h, ec)[j]) / (2.0 * h);
            let by_ec = (energies(ej, ec + h)[j] - energies(ej, ec - h)[j]) / (2.0 * h);
            assert!((by_ej + states.mean_cos_phi(j)).abs() < 1e-7);
            assert!((by_ec - 4.0 * states.mean_square_charge(j)).abs() < 1e-6);
        }
    }

    #[test]
    fn what_is_no_transmon_is_refused() {
        let error = |ej, ec| Transmon::new(ej, ec).unwrap_err().to_string();
        assert!(error(f64::NAN, 0.3).starts_with("EJ is NaN"));
        assert!(error(15.0, f64::INFINITY).starts_with("EC is inf"));
        assert!(error(-1.0, 0.3).contains("above 0"));
        assert!(error(0.0, 0.3).contains("above 0"));
        assert!(error(1e300, 0.3).contains("1e9 GHz"));
        assert!(error(1.0, 1e-30).contains("1e-9"));
        assert!(error(1e9, 1e-9).contains("EJ/EC"));
        let transmon = Transmon::new(15.0, 0.3).unwrap();
        assert!(transmon.with_offset_charge(f64::NAN).is_err());
        assert!(transmon.with_offset_charge(1e7).unwrap_err().to_string().contains("1e6"));
        for count in [0, 1001, usize::MAX] {
            assert!(transmon.energies_ghz(count).unwrap_err().to_string().contains("1000"));
        }
        assert!(transmon.charge_dispersion_ghz(1000).is_err());
        // The largest that is allowed is still computed.
        let largest = Transmon::new(1e6, 1e-6).unwrap().with_offset_charge(0.3).unwrap();
        assert!(largest.energies_ghz(3).is_ok());
        let many = Transmon::new(15.0, 0.3).unwrap().energies_ghz(1000).unwrap();
        assert!((many[999] / (4.0 * 0.3 * 500f64.powi(2)) - 1.0).abs() < 1e-4);
    }
}
