//! Products of real vectors with a diagonal and the sum of all flips of one bit.

use super::isa::instantiate;
use super::octet::Octet;
use super::{Isa, Vector};

/// Octets that a step holds: the flips of two bits go from one to another in registers.
const HELD: usize = 4;
/// Numbers of a step.
const STEP: usize = 8 * HELD;

/// A stretch of a vector, the same stretch of its partners under flips, and what the product is:
/// (diagonal · d + shift) x + flip · (Σ flips of x) + keep · out.
#[derive(Clone, Copy)]
pub(crate) struct Flips<'a> {
    /// 2^k numbers x; the flips of their k bits stay among them.
    pub own: &'a [f64],
    /// The stretches to which the other bits lead.
    pub others: &'a [&'a [f64]],
    /// A stretch that is read from its end, and its factor.
    pub mirror: Option<(&'a [f64], f64)>,
    /// The diagonal d.
    pub energies: &'a [f64],
    pub diagonal: f64,
    pub shift: f64,
    pub flip: f64,
    pub keep: f64,
}

/// Writes the product to `out`; where nothing is kept, what was there does not matter.
pub(crate) fn flips(isa: Isa, of: &Flips, out: &mut [f64]) {
    let len = out.len();
    let mirror = of.mirror.map(|(stretch, _)| stretch);
    let mut stretches = of.others.iter().copied().chain([of.own, of.energies]).chain(mirror);
    assert!(len.is_power_of_two() && stretches.all(|stretch| stretch.len() == len));
    if len < STEP { few(of, out) } else { many::<f64>(isa, of, out) }
}

fn few(of: &Flips, out: &mut [f64]) {
    let len = out.len();
    for (i, out) in out.iter_mut().enumerate() {
        let inside: f64 = (0..len.ilog2()).map(|q| of.own[i ^ 1 << q]).sum();
        let outside: f64 = of.others.iter().map(|other| other[i]).sum();
        let mirrored = of.mirror.map_or(0.0, |(mirror, sign)| sign * mirror[len - 1 - i]);
        let kept = if of.keep == 0.0 { 0.0 } else { of.keep * *out };
        let diagonal = of.diagonal * of.energies[i] + of.shift;
        *out = diagonal * of.own[i] + of.flip * (inside + outside + mirrored) + kept;
    }
}

instantiate! {
    many = many_generic(of: &Flips, out: &mut [f64])
}

#[inline(always)]
unsafe fn many_generic<V: Vector>(of: &Flips, out: &mut [f64]) {
    let (len, out) = (out.len(), out.as_mut_ptr());
    let (one, three) = (V::Octet::shuffle(1), V::Octet::shuffle(3));
    let (four, seven) = (V::Octet::shuffle(4), V::Octet::shuffle(7));
    let (diagonal, shift) = (V::Octet::splat(of.diagonal), V::Octet::splat(of.shift));
    let (flip, keep) = (V::Octet::splat(of.flip), V::Octet::splat(of.keep));
    for start in (0..len).step_by(STEP) {
        let at = of.own.as_ptr().add(start);
        let (a, b) = (V::Octet::load(at), V::Octet::load(at.add(8)));
        let (c, d) = (V::Octet::load(at.add(16)), V::Octet::load(at.add(24)));
        let (outer, inner) = (a.add(d), b.add(c));
        let mut sums = [inner, outer, outer, inner];
        for (sum, x) in sums.iter_mut().zip([a, b, c, d]) {
            // x₀ + x₃ and x₁ + x₂ of each four, at the places of the other sum.
            let pairs = x.add(x.permute(three)).permute(one);
            *sum = sum.add(pairs.add(x.permute(four)));
        }
        let mut add = |from: *const f64| {
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum = sum.add(V::Octet::load(from.add(8 * k)));
            }
        };
        let mut bit = STEP;
        while bit < len {
            add(of.own.as_ptr().add(start ^ bit));
            bit *= 2;
        }
        for other in of.others {
            add(other.as_ptr().add(start));
        }
        if let Some((mirror, sign)) = of.mirror {
            let (end, sign) = (mirror.as_ptr().add(len - 8 - start), V::Octet::splat(sign));
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum = V::Octet::load(end.sub(8 * k)).permute(seven).mul_add(sign, *sum);
            }
        }
        for (k, (sum, x)) in sums.into_iter().zip([a, b, c, d]).enumerate() {
            let energy = V::Octet::load(of.energies.as_ptr().add(start + 8 * k));
            let product = energy.mul_add(diagonal, shift).mul(x);
            let product = sum.mul_add(flip, product);
            let to = out.add(start + 8 * k);
            if of.keep == 0.0 {
                product.store(to);
            } else {
                V::Octet::load(to).mul_add(keep, product).store(to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every entry against its definition, in every instruction set.
    #[test]
    fn are_the_sums_that_they_are_said_to_be() {
        let numbers = |len: usize, seed: usize| -> Vec<f64> {
            (0..len).map(|i| ((i * i * 7 + seed * i + seed) % 101) as f64 / 50.0 - 1.0).collect()
        };
        for len in (0..9).map(|k| 1usize << k) {
            let (own, energies, mirror) = (numbers(len, 1), numbers(len, 2), numbers(len, 3));
            let others: Vec<Vec<f64>> = (4..7).map(|seed| numbers(len, seed)).collect();
            let others: Vec<&[f64]> = others.iter().map(Vec::as_slice).collect();
            let before = numbers(len, 8);
            for (others, mirror, keep) in [
                (&others[..0], None, 0.0),
                (&others[..], Some((&mirror[..], -1.0)), 0.0),
                (&others[..1], Some((&mirror[..], 1.0)), -0.7),
            ] {
                let (own, energies) = (&own[..], &energies[..]);
                let (diagonal, shift, flip) = (0.3, 0.2, -1.1);
                let of = Flips { own, others, mirror, energies, diagonal, shift, flip, keep };
                for isa in Isa::available() {
                    // What is not kept is not looked at.
                    let mut out = if keep == 0.0 { vec![f64::NAN; len] } else { before.clone() };
                    flips(*isa, &of, &mut out);
                    for i in 0..len {
                        let mut sum: f64 = (0..len.ilog2()).map(|q| own[i ^ 1 << q]).sum();
                        sum += others.iter().map(|other| other[i]).sum::<f64>();
                        sum += mirror.map_or(0.0, |(x, sign)| sign * x[len - 1 - i]);
                        let want = (diagonal * energies[i] + shift) * own[i] + flip * sum;
                        let off = out[i] - want - keep * before[i];
                        assert!(off.abs() < 1e-13, "{isa}, {len} numbers, {i}: {off:e}");
                    }
                }
            }
        }
    }
}
