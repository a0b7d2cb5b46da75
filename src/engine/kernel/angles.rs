//! Sine and cosine of many half-angles.
//!
//! The angle is reduced by multiples of π/2 in three parts (Cody and Waite, Software Manual for the
//! Elementary Functions, 1980, chapter 8), and sine and cosine are polynomials on [-π/4, π/4]: those
//! of FreeBSD's msun (`k_sin.c`, `k_cos.c`), with errors below 2^-57. Plain code without branches,
//! which the compiler vectorizes.

use super::isa::instantiate;
use super::{Isa, Vector};
use num_complex::Complex64;
use std::f64::consts::FRAC_2_PI;

/// Larger angles are reduced by the standard library.
const LARGEST: f64 = 1e5;

/// π/2 in parts of 33 bits, so that products with integers below 2^20 are exact.
const PARTS: [f64; 3] =
    [1.570_796_326_734_125_6, 6.077_100_506_303_966e-11, 2.022_266_248_795_950_6e-21];

/// `out[k]` = e^{iθ/2} for θ = `angles[k]`. Both have the same length; the angles are finite.
pub(crate) fn half_angles(angles: &[f64], out: &mut [Complex64]) {
    assert_eq!(angles.len(), out.len());
    half_angles_in(Isa::best(), angles, out);
}

fn half_angles_in(isa: Isa, angles: &[f64], out: &mut [Complex64]) {
    half_angles_of::<f64>(isa, angles, out);
    for (angle, out) in angles.iter().zip(out) {
        if angle.abs() > LARGEST {
            *out = Complex64::cis(0.5 * angle);
        }
    }
}

instantiate! {
    half_angles_of = half_angles_generic(angles: &[f64], out: &mut [Complex64])
}

#[inline(always)]
unsafe fn half_angles_generic<V: Vector>(angles: &[f64], out: &mut [Complex64]) {
    // Adding this rounds to an integer in the lowest bits of the sum.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    for (angle, out) in angles.iter().zip(out) {
        let x = 0.5 * angle;
        let shifted = x * FRAC_2_PI + SHIFT;
        let (turns, quadrant) = (shifted - SHIFT, shifted.to_bits());
        let r = ((x - turns * PARTS[0]) - turns * PARTS[1]) - turns * PARTS[2];
        let z = r * r;
        let sin = r + r
            * z
            * (-1.666_666_666_666_663_2e-1
                + z * (8.333_333_333_322_49e-3
                    + z * (-1.984_126_982_985_795e-4
                        + z * (2.755_731_370_707_007e-6
                            + z * (-2.505_076_025_340_686_4e-8 + z * 1.589_690_995_211_55e-10)))));
        let tail = z
            * z
            * (4.166_666_666_666_66e-2
                + z * (-1.388_888_888_887_411e-3
                    + z * (2.480_158_728_947_673e-5
                        + z * (-2.755_731_435_139_066_4e-7
                            + z * (2.087_572_321_298_175e-9 + z * -1.135_964_755_778_819_5e-11)))));
        // 1 - z/2 + tail, with what is lost in 1 - z/2.
        let half = 0.5 * z;
        let w = 1.0 - half;
        let cos = w + (((1.0 - w) - half) + tail);
        let (c, s) = if quadrant & 1 == 1 { (sin, cos) } else { (cos, sin) };
        let re = if (quadrant + 1) & 2 == 2 { -c } else { c };
        let im = if quadrant & 2 == 2 { -s } else { s };
        *out = Complex64::new(re, im);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_library() {
        let mut angles = vec![0.0, -0.0, 1e-300, 1e5, -1e5, 1e9, -3e15, 1e16, 1e22, -1e100, 1e308];
        angles.extend([f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::MIN, 1e5f64.next_up()]);
        // Near the largest that is reduced here, and the multiples of π/2 that are hardest there.
        angles.extend((0..4000).map(|k| 1e5 - 0.007 * f64::from(k)));
        angles.extend((31_000..32_000).map(|k| std::f64::consts::PI * f64::from(k)));
        angles.extend((-4000..4000).map(|k| 0.1 * f64::from(k)));
        angles.extend((-4000..4000).map(|k| std::f64::consts::FRAC_PI_2 * f64::from(k)));
        angles.extend((0..4000).map(|k| 24.999_7 * f64::from(k)));
        for &isa in Isa::available() {
            let mut out = vec![Complex64::ZERO; angles.len()];
            half_angles_in(isa, &angles, &mut out);
            for (angle, c) in angles.iter().zip(out) {
                let d = (c - Complex64::cis(0.5 * angle)).norm();
                assert!(d < 2.3e-16, "{isa}: {angle}: {d:e}");
            }
        }
    }
}
