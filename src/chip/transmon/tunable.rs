//! A transmon of two junctions, tuned by the flux through their loop.

use super::Transmon;
use crate::error::{Error, Result};
use std::f64::consts::PI;

/// Levels that virtual transitions go to: further ones are coupled by less than rounding of the rest.
const VIRTUAL_LEVELS: usize = 16;

/// EJ over that at flux 0 below which it has a cusp with flux, whatever the asymmetry.
const CUSP: f64 = 1e-9;

/// A transmon with two junctions in a loop: its Josephson energy at the flux Φ is
/// EJΣ √(cos²(πΦ/Φ0) + d² sin²(πΦ/Φ0)), EJΣ the sum and d = |EJ1 - EJ2|/EJΣ the asymmetry (Koch et al.
/// 2007, PRA 76, 042319, eq. 2.18). Flux is in flux quanta Φ0 = h/2e.
///
/// ```
/// use ketlab::chip::TunableTransmon;
/// let tunable = TunableTransmon::new(20.0, 0.3, 0.1)?;
/// let highest = tunable.frequency_ghz(0.0)?;
/// let lowest = tunable.frequency_ghz(0.5)?;
/// assert!(lowest < highest && tunable.frequency_slope_ghz(0.25)? < 0.0);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TunableTransmon {
    ej_sum_ghz: f64,
    asymmetry: f64,
    /// At flux 0.
    transmon: Transmon,
}

/// A flux at which the frequency does not change to first order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweetSpot {
    /// In flux quanta.
    pub flux: f64,
    /// f01 there, in GHz.
    pub frequency_ghz: f64,
    /// ∂²f01/∂Φ² there, in GHz per square of a flux quantum.
    pub curvature_ghz: f64,
}

impl TunableTransmon {
    /// # Errors
    /// If the energies are none of a [`Transmon`], or the asymmetry is not from 0 to 1.
    pub fn new(ej_sum_ghz: f64, ec_ghz: f64, asymmetry: f64) -> Result<Self> {
        let transmon = Transmon::new(ej_sum_ghz, ec_ghz)?;
        if asymmetry.is_nan() || !(0.0..=1.0).contains(&asymmetry) {
            return Err(Error::Invalid {
                what: "the asymmetry of the junctions".into(),
                value: format!("{asymmetry}"),
                expected: "|EJ1 - EJ2|/(EJ1 + EJ2), from 0 (equal junctions) to 1 (a single one)"
                    .into(),
            });
        }
        Ok(TunableTransmon { ej_sum_ghz, asymmetry, transmon })
    }

    /// The same at this offset charge.
    ///
    /// # Errors
    /// As [`Transmon::with_offset_charge`].
    pub fn with_offset_charge(self, ng: f64) -> Result<Self> {
        Ok(TunableTransmon { transmon: self.transmon.with_offset_charge(ng)?, ..self })
    }

    /// The sum of the Josephson energies, EJ at flux 0, in GHz.
    pub fn ej_sum_ghz(&self) -> f64 {
        self.ej_sum_ghz
    }

    /// EC/h in GHz.
    pub fn ec_ghz(&self) -> f64 {
        self.transmon.ec_ghz()
    }

    /// |EJ1 - EJ2|/(EJ1 + EJ2).
    pub fn asymmetry(&self) -> f64 {
        self.asymmetry
    }

    /// EJ at this flux in GHz.
    ///
    /// # Errors
    /// If the flux is not finite or beyond ±1e6.
    pub fn ej_ghz(&self, flux: f64) -> Result<f64> {
        let (cos, sin) = turned(flux)?;
        Ok(self.ej_sum_ghz * cos.hypot(self.asymmetry * sin))
    }

    /// The transmon at this flux, in flux quanta. Of equal junctions none of the Josephson energy is
    /// left at half a flux quantum; levels are those of free charges there.
    ///
    /// # Errors
    /// As [`ej_ghz`](Self::ej_ghz).
    pub fn at_flux(&self, flux: f64) -> Result<Transmon> {
        Ok(self.transmon.with_ej(self.ej_ghz(flux)?))
    }

    /// f01 at this flux in GHz.
    ///
    /// # Errors
    /// As [`ej_ghz`](Self::ej_ghz).
    pub fn frequency_ghz(&self, flux: f64) -> Result<f64> {
        Ok(self.at_flux(flux)?.frequency_ghz())
    }

    /// ∂f01/∂Φ in GHz per flux quantum, by the theorem of Hellmann and Feynman.
    ///
    /// # Errors
    /// As [`ej_ghz`](Self::ej_ghz), or where EJ has a cusp: at half a flux quantum of equal
    /// junctions.
    pub fn frequency_slope_ghz(&self, flux: f64) -> Result<f64> {
        let [_, slope, _] = self.ej_derivatives_ghz(flux)?;
        Ok(self.at_flux(flux)?.states(2)?.frequency_by_ej(0, 1) * slope)
    }

    /// ∂²f01/∂Φ² in GHz per square of a flux quantum, by perturbation theory to second order.
    ///
    /// # Errors
    /// As [`frequency_slope_ghz`](Self::frequency_slope_ghz).
    pub fn frequency_curvature_ghz(&self, flux: f64) -> Result<f64> {
        let [_, slope, curvature] = self.ej_derivatives_ghz(flux)?;
        let states = self.at_flux(flux)?.states(VIRTUAL_LEVELS)?;
        let second = states.curvature_by_ej(1) - states.curvature_by_ej(0);
        Ok(states.frequency_by_ej(0, 1) * curvature + second * slope * slope)
    }

    /// Where the frequency does not change with flux to first order, in [0, 1): at 0, the highest
    /// frequency, and at ½, the lowest; equal junctions have a cusp there, and a single one does
    /// not change at all: it has no sweet spots.
    ///
    /// # Errors
    /// None but of memory.
    pub fn sweet_spots(&self) -> Result<Vec<SweetSpot>> {
        let fluxes: &[f64] = match self.asymmetry {
            1.0 => &[],
            d if d < CUSP => &[0.0],
            _ => &[0.0, 0.5],
        };
        let spot = |&flux: &f64| {
            Ok(SweetSpot {
                flux,
                frequency_ghz: self.frequency_ghz(flux)?,
                curvature_ghz: self.frequency_curvature_ghz(flux)?,
            })
        };
        fluxes.iter().map(spot).collect()
    }

    /// EJ and its first and second derivatives with flux.
    fn ej_derivatives_ghz(&self, flux: f64) -> Result<[f64; 3]> {
        let (cos, sin) = turned(flux)?;
        let d2 = self.asymmetry * self.asymmetry;
        let root = cos.hypot(self.asymmetry * sin);
        if root < CUSP {
            return Err(Error::Invalid {
                what: "the flux".into(),
                value: format!("{flux}"),
                expected:
                    "there the junctions cancel and the frequency has a cusp, no slope; stay \
                           away from half a flux quantum, or give the junctions an asymmetry"
                        .into(),
            });
        }
        // s² = cos² + d² sin²: s s' = -π(1 - d²) sin cos, s'² + s s'' = -π²(1 - d²)(cos² - sin²).
        let first = -PI * (1.0 - d2) * sin * cos / root;
        let second = (-PI * PI * (1.0 - d2) * (cos * cos - sin * sin) - first * first) / root;
        Ok([root, first, second].map(|x| self.ej_sum_ghz * x))
    }
}

/// cos and sin of πΦ/Φ0, exact at multiples of a half.
fn turned(flux: f64) -> Result<(f64, f64)> {
    if !flux.is_finite() {
        return Err(Error::NotFinite { what: "the flux".into(), value: flux });
    }
    if flux.abs() > 1e6 {
        return Err(Error::Invalid {
            what: "the flux".into(),
            value: format!("{flux}"),
            expected: "within ±1e6 flux quanta; everything has the period 1".into(),
        });
    }
    // Signs do not matter together: EJ depends on squares and on the product of both.
    let rest = flux - flux.round();
    Ok(match rest.abs() {
        0.5 => (0.0, rest.signum()),
        _ => ((PI * rest).cos(), (PI * rest).sin()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_follow_the_flux() {
        let tunable = TunableTransmon::new(20.0, 0.3, 0.3).unwrap();
        assert_eq!(tunable.ej_ghz(0.0).unwrap(), 20.0);
        assert_eq!(tunable.ej_ghz(0.5).unwrap(), 6.0);
        assert_eq!(tunable.ej_ghz(-1.5).unwrap(), 6.0);
        let quarter = 20.0 * (0.5f64 * (1.0 + 0.09)).sqrt();
        assert!((tunable.ej_ghz(0.25).unwrap() - quarter).abs() < 1e-13);
        // Two junctions, added as vectors: |EJ1 + EJ2 e^{2πiΦ}|.
        for flux in [0.1, 0.37, 0.8, 3.3] {
            let (one, two) = (13.0f64, 7.0f64);
            let angle = 2.0 * PI * flux;
            let sum = (one + two * f64::cos(angle)).hypot(two * f64::sin(angle));
            assert!((tunable.ej_ghz(flux).unwrap() - sum).abs() < 1e-12);
        }
    }

    #[test]
    fn the_lowest_frequency_tends_to_the_root_of_the_asymmetry() {
        for d in [0.05f64, 0.3, 0.7] {
            let mut last = f64::INFINITY;
            for ec in [0.1, 1e-3, 1e-5] {
                let tunable = TunableTransmon::new(50.0, ec, d).unwrap();
                let ratio =
                    tunable.frequency_ghz(0.5).unwrap() / tunable.frequency_ghz(0.0).unwrap();
                let off = (ratio - d.sqrt()).abs();
                assert!(off < 0.5 * last);
                last = off;
            }
            assert!(last < 1e-3, "{last}");
        }
    }

    #[test]
    fn slopes_and_curvatures_are_those_of_differences() {
        for (ec, d, ng) in [(0.3, 0.1, 0.0), (0.3, 0.5, 0.2), (2.0, 0.2, 0.3)] {
            let tunable =
                TunableTransmon::new(20.0, ec, d).unwrap().with_offset_charge(ng).unwrap();
            for flux in [0.0, 0.1, 0.25, 0.4, 0.45, 0.5, 0.7, 1.1] {
                let (f, h) = (|x| tunable.frequency_ghz(x).unwrap(), 1e-4);
                let slope = (f(flux + h) - f(flux - h)) / (2.0 * h);
                let curvature = (f(flux + h) - 2.0 * f(flux) + f(flux - h)) / (h * h);
                let found = tunable.frequency_slope_ghz(flux).unwrap();
                assert!(
                    (found - slope).abs() < 1e-4 * (1.0 + slope.abs()),
                    "{flux}: {found} {slope}"
                );
                let found = tunable.frequency_curvature_ghz(flux).unwrap();
                let off = (found - curvature).abs();
                assert!(off < 2e-4 * (1.0 + curvature.abs()), "{flux}: {found} {curvature}");
            }
        }
    }

    #[test]
    fn sweet_spots() {
        let spots = |d| TunableTransmon::new(20.0, 0.3, d).unwrap().sweet_spots().unwrap();
        let [highest, lowest] = spots(0.2)[..] else { panic!("two of them") };
        assert_eq!((highest.flux, lowest.flux), (0.0, 0.5));
        assert!(highest.frequency_ghz > lowest.frequency_ghz);
        assert!(highest.curvature_ghz < 0.0 && lowest.curvature_ghz > 0.0);
        let tunable = TunableTransmon::new(20.0, 0.3, 0.2).unwrap();
        assert_eq!(tunable.frequency_slope_ghz(0.0).unwrap(), 0.0);
        assert_eq!(tunable.frequency_slope_ghz(0.5).unwrap(), 0.0);
        // Equal junctions, and some that no derivative tells from them.
        for d in [0.0, 1e-300, 1e-10, 0.99e-9] {
            let found = spots(d);
            assert_eq!((found.len(), found[0].flux), (1, 0.0), "{d}");
            let tunable = TunableTransmon::new(20.0, 0.3, d).unwrap();
            assert!(
                tunable.frequency_curvature_ghz(0.5).is_err()
                    && tunable.frequency_slope_ghz(0.1).is_ok()
            );
        }
        for d in [1e-9, 1e-6] {
            assert_eq!(spots(d).len(), 2, "{d}");
        }
        assert_eq!(spots(1.0), []);
    }

    #[test]
    fn equal_junctions_cancel_at_half_a_flux_quantum() {
        let tunable = TunableTransmon::new(20.0, 0.3, 0.0).unwrap();
        assert_eq!(tunable.at_flux(0.5).unwrap().ej_ghz(), 0.0);
        assert!((tunable.frequency_ghz(0.5).unwrap() - 1.2).abs() < 1e-14);
        assert!(tunable.frequency_slope_ghz(0.5).unwrap_err().to_string().contains("cusp"));
        for bad in [-0.1, 1.1, f64::NAN] {
            let error = TunableTransmon::new(20.0, 0.3, bad).unwrap_err().to_string();
            assert!(error.contains("from 0"), "{error}");
        }
        assert!(tunable.at_flux(f64::NAN).is_err());
        assert!(tunable.at_flux(1e9).unwrap_err().to_string().contains("period 1"));
    }
}
