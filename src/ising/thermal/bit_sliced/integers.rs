//! Which models bit-sliced annealing takes: coefficients that are small multiples of one number.

use crate::ising::Ising;

/// The most that the |hᵢ| and |Jᵢⱼ| of a spin may add up to, in the unit.
pub(super) const MOST: i32 = 255;

/// The number that all coefficients are whole multiples of, the largest such, where no spin's add up to more
/// than [`MOST`] of it. All of this is exact: what is a multiple but for rounding is none.
pub(super) fn unit(model: &Ising) -> Option<f64> {
    let totals = (0..model.num_spins()).map(|i| {
        let couplings = model.neighbours(i).iter().map(|(_, w)| w.abs());
        couplings.sum::<f64>() + model.fields()[i].abs()
    });
    let largest = totals.fold(0.0, f64::max);
    if largest == 0.0 {
        return Some(1.0);
    }
    let least = largest / f64::from(2 * MOST);
    let couplings = model.couplings().iter().map(|&(_, _, w)| w);
    let mut unit = 0.0;
    for w in couplings.chain(model.fields().iter().copied()) {
        unit = common_divisor(w.abs(), unit, least)?;
    }
    let in_units = |w: f64| (w / unit) as i64;
    let fits = (0..model.num_spins()).all(|i| {
        let couplings = model.neighbours(i).iter().map(|&(_, w)| in_units(w.abs()));
        couplings.sum::<i64>() + in_units(model.fields()[i].abs()) <= i64::from(MOST)
    });
    fits.then_some(unit)
}

/// Euclid's algorithm, as long as there is hope of a divisor of at least `least`. Remainders of
/// floating-point numbers are exact.
fn common_divisor(mut a: f64, mut b: f64, least: f64) -> Option<f64> {
    while b > 0.0 {
        (a, b) = (b, a % b);
        if a < least {
            return None;
        }
    }
    Some(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[f64], couplings: &[f64]) -> Option<f64> {
        let n = fields.len() + couplings.len() + 1;
        let mut all = fields.to_vec();
        all.resize(n, 0.0);
        unit(&Ising::new(all, couplings.iter().enumerate().map(|(i, &w)| (i, i + 1, w)), 0.0))
    }

    #[test]
    fn the_largest_common_divisor_is_found() {
        for (fields, couplings, expected) in [
            (&[][..], &[][..], Some(1.0)),
            (&[0.0], &[0.0], Some(1.0)),
            (&[], &[1.0, -1.0], Some(1.0)),
            (&[6.0], &[-4.0, 10.0], Some(2.0)),
            (&[0.5], &[-0.75, 3.0], Some(0.25)),
            (&[], &[f64::from(1 << 30) * 1024.0, f64::from(1 << 30) * 3072.0], Some(2f64.powi(40))),
            (&[5e-324], &[1e-323], Some(5e-324)),
            (&[1e-300], &[1e-300], Some(1e-300)),
            (&[1e307], &[1e307], Some(1e307)),
            // Not the thrice of 0.1, and the twice of it, in binary.
            (&[0.1], &[0.3], None),
            (&[0.1], &[0.2], Some(0.1)),
            (&[1.0], &[std::f64::consts::PI], None),
            (&[1.0], &[2f64.powi(40)], None),
            (&[255.0, 1.0], &[], Some(1.0)),
            (&[256.0, 1.0], &[], None),
            (&[127.0], &[128.0], Some(1.0)),
            (&[128.0], &[128.0, 127.0], None),
        ] {
            assert_eq!(of(fields, couplings), expected, "{fields:?} {couplings:?}");
        }
    }
}
