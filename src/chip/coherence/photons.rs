//! Dephasing by photons in the readout resonator.

use crate::error::{Error, Result};
use num_complex::Complex64;
use std::f64::consts::PI;

/// The rate in 1/µs of dephasing by thermal photons, n̄ of them on average, in a resonator of
/// linewidth κ/2π whose frequency differs by 2χ/2π between the states of the qubit:
/// κ/2 Re[√((1 + 2iχ/κ)² + 8iχn̄/κ) - 1], exact for any χ/κ and n̄ (Clerk & Utami 2007, PRA 75,
/// 042302; Rigetti et al. 2012, PRB 86, 100506, eq. 1). The sign of χ does not matter.
///
/// Textbooks have the limit of few photons, see [`photon_dephasing_rate_few_per_us`], often with
/// χ' = 2χ, the full shift; a χ that is meant as the other one costs a factor of up to 4.
///
/// # Errors
/// If the linewidth or the photons are negative, or a number is not finite.
pub fn photon_dephasing_rate_per_us(linewidth_mhz: f64, chi_mhz: f64, photons: f64) -> Result<f64> {
    check(linewidth_mhz, chi_mhz, photons)?;
    if linewidth_mhz == 0.0 {
        return Ok(0.0);
    }
    let x = 2.0 * chi_mhz / linewidth_mhz;
    // √(z² + w) - z = w/(√(z² + w) + z), which few photons do not cancel; Re z = 1.
    let (z, w) = (Complex64::new(1.0, x), Complex64::new(0.0, 4.0 * x * photons));
    let difference = w / ((z * z + w).sqrt() + z);
    Ok(PI * linewidth_mhz * difference.re)
}

/// The limit n̄ ≪ 1 of [`photon_dephasing_rate_per_us`]: κ χ'²/(κ² + χ'²) n̄ with χ' = 2χ, in 1/µs.
///
/// # Errors
/// As there.
pub fn photon_dephasing_rate_few_per_us(
    linewidth_mhz: f64,
    chi_mhz: f64,
    photons: f64,
) -> Result<f64> {
    check(linewidth_mhz, chi_mhz, photons)?;
    if linewidth_mhz == 0.0 {
        return Ok(0.0);
    }
    let x = 2.0 * chi_mhz / linewidth_mhz;
    Ok(2.0 * PI * linewidth_mhz * x * x / (1.0 + x * x) * photons)
}

fn check(linewidth_mhz: f64, chi_mhz: f64, photons: f64) -> Result<()> {
    for (what, value, is_signed) in [
        ("the linewidth of the resonator", linewidth_mhz, false),
        ("χ of the resonator", chi_mhz, true),
        ("the number of photons", photons, false),
    ] {
        if !value.is_finite() {
            return Err(Error::NotFinite { what: what.into(), value });
        }
        // Beyond that the answer is beyond numbers.
        if value.abs() > 1e12 {
            let (what, value) = (what.into(), format!("{value:e}"));
            return Err(Error::Invalid { what, value, expected: "it must be at most 1e12".into() });
        }
        if !is_signed && value < 0.0 {
            let (what, value) = (what.into(), format!("{value}"));
            return Err(Error::Invalid { what, value, expected: "it must not be negative".into() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    /// The slowest decay of the qubit's coherence with a damped resonator in a bath, by the
    /// eigenvalues of what acts on its diagonal in photon numbers.
    fn by_diagonalisation(kappa_mhz: f64, chi_mhz: f64, photons: f64, cut: usize) -> f64 {
        let (kappa, shift) = (2.0 * PI * kappa_mhz, 2.0 * PI * 2.0 * chi_mhz);
        let mut generator = DMatrix::<Complex64>::zeros(cut, cut);
        for n in 0..cut {
            let k = n as f64;
            let out = kappa * ((photons + 1.0) * k + photons * (k + 1.0));
            generator[(n, n)] = Complex64::new(-out, -shift * k);
            if n + 1 < cut {
                generator[(n, n + 1)] = (kappa * (photons + 1.0) * (k + 1.0)).into();
                generator[(n + 1, n)] = (kappa * photons * (k + 1.0)).into();
            }
        }
        let values = generator.schur().complex_eigenvalues_of_triangle();
        values.iter().map(|value| -value.re).fold(f64::INFINITY, f64::min)
    }

    trait Triangle {
        fn complex_eigenvalues_of_triangle(self) -> Vec<Complex64>;
    }

    impl Triangle for nalgebra::Schur<Complex64, nalgebra::Dyn> {
        fn complex_eigenvalues_of_triangle(self) -> Vec<Complex64> {
            let (_, triangle) = self.unpack();
            triangle.diagonal().iter().copied().collect()
        }
    }

    #[test]
    fn it_is_the_decay_of_the_master_equation() {
        for (kappa, chi, photons) in
            [(1.0, 0.5, 0.01), (1.0, 0.5, 0.4), (2.0, -0.1, 0.2), (0.3, 1.5, 0.05)]
        {
            let exact = by_diagonalisation(kappa, chi, photons, 50);
            let found = photon_dephasing_rate_per_us(kappa, chi, photons).unwrap();
            assert!((found / exact - 1.0).abs() < 1e-7, "{kappa} {chi} {photons}: {found} {exact}");
        }
    }

    #[test]
    fn few_photons_are_its_limit() {
        for photons in [1e-2, 1e-4, 1e-8, 1e-14] {
            let exact = photon_dephasing_rate_per_us(1.0, 0.4, photons).unwrap();
            let few = photon_dephasing_rate_few_per_us(1.0, 0.4, photons).unwrap();
            assert!((exact / few - 1.0).abs() < 3.0 * photons + 1e-14, "{photons}: {exact} {few}");
        }
        // With the full shift χ' = 2χ = κ: κ n̄/2.
        let few = photon_dephasing_rate_few_per_us(1.0, 0.5, 1e-3).unwrap();
        assert!((few - PI * 1e-3).abs() < 1e-15);
    }

    #[test]
    fn what_is_no_resonator_is_refused() {
        assert!(photon_dephasing_rate_per_us(-1.0, 1.0, 0.1).is_err());
        assert!(photon_dephasing_rate_per_us(1.0, 1.0, -0.1).is_err());
        assert!(photon_dephasing_rate_per_us(1.0, f64::NAN, 0.1).is_err());
        assert!(
            photon_dephasing_rate_per_us(1.0, 1.0, 1e300).unwrap_err().to_string().contains("1e12")
        );
        assert_eq!(photon_dephasing_rate_per_us(0.0, 1.0, 0.1).unwrap(), 0.0);
        assert_eq!(photon_dephasing_rate_per_us(1.0, 0.0, 0.1).unwrap(), 0.0);
    }
}
