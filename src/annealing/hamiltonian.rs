//! The Hamiltonian of an anneal as a real symmetric operator, without its matrix.

use super::block::Block;
use crate::engine::{Flips, flips};
use crate::math::Isa;

/// The eigenvalue of ΠX, which a model without fields keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Parity {
    /// +1, that of |+…+⟩.
    Even,
    /// -1.
    Odd,
}

/// -a/2 ΣX + b/2 E(Z), in all of the space or in a sector of one parity. There, (|x⟩ ± |x̄⟩)/√2 stands
/// for x and its complement x̄: the last spin is up, and flipping it is flipping all others, with the
/// sign of the parity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hamiltonian<'a> {
    /// E of each basis state of the space.
    pub energies: &'a [f64],
    pub a: f64,
    pub b: f64,
    pub parity: Option<Parity>,
}

/// The numbers of (factor·H + shift) x + keep·out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Combination {
    pub factor: f64,
    pub shift: f64,
    pub keep: f64,
}

impl Combination {
    /// The product alone.
    pub const PRODUCT: Combination = Combination { factor: 1.0, shift: 0.0, keep: 0.0 };
}

impl Hamiltonian<'_> {
    pub fn dimension(&self) -> usize {
        self.energies.len()
    }

    /// Spins, as many as flips.
    pub fn num_spins(&self) -> usize {
        self.dimension().ilog2() as usize + usize::from(self.parity.is_some())
    }

    /// Where the whole spectrum lies, by the norms of both parts.
    pub fn bounds(&self) -> (f64, f64) {
        let field = 0.5 * self.a * self.num_spins() as f64;
        let least = self.energies.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.energies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (0.5 * self.b * least - field, 0.5 * self.b * most + field)
    }

    /// out = (factor·H + shift) x + keep·out for the vectors of a block from number `first` on.
    pub fn combine(&self, x: &Block, out: &mut Block, first: usize, by: Combination) {
        let (run, stride, tile) = (x.run, x.stride, x.tile());
        let tiles = self.dimension() / run;
        let high = tiles.ilog2() as usize;
        let sign = self.parity.map(|parity| if parity == Parity::Even { 1.0 } else { -1.0 });
        let isa = Isa::best();
        out.for_tiles(|c, out| {
            let energies = &self.energies[c * run..][..run];
            let mut others: [&[f64]; usize::BITS as usize] = [&[]; _];
            for k in first..x.count {
                let stretch = |c: usize| &x.data[c * tile + k * stride..][..run];
                others[..high].iter_mut().enumerate().for_each(|(q, x)| *x = stretch(c ^ 1 << q));
                let of = Flips {
                    own: stretch(c),
                    others: &others[..high],
                    // Flipping all bits is reading from the end.
                    mirror: sign.map(|sign| (stretch(tiles - 1 - c), sign)),
                    energies,
                    diagonal: 0.5 * by.factor * self.b,
                    shift: by.shift,
                    flip: -0.5 * by.factor * self.a,
                    keep: by.keep,
                };
                flips(isa, &of, &mut out[k * stride..][..run]);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{PauliMask, SumOperator};
    use crate::ising::Ising;
    use num_complex::Complex64;

    fn filled(count: usize, dimension: usize) -> Block {
        let mut block = Block::zeros(count, dimension).unwrap();
        let entry = |i: usize| ((i * i * 7 + 3 * i) % 101) as f64 / 50.0 - 1.0;
        block.data.iter_mut().enumerate().for_each(|(i, x)| *x = entry(i));
        block
    }

    /// Against the engine's products with the Pauli sum.
    #[test]
    fn is_the_pauli_sum() {
        for n in [1, 2, 3, 6, 13] {
            let h: Vec<f64> = (0..n).map(|i| 0.3 * i as f64 - 0.5).collect();
            let couplings = (1..n).map(|i| (i - 1, i, 1.0 - 0.3 * i as f64));
            let model = Ising::new(h, couplings, 0.0);
            let energies = model.energies().unwrap();
            let (a, b) = (1.4, 0.6);
            let mut terms: Vec<(PauliMask, f64)> =
                (0..n).map(|q| (PauliMask { x: 1 << q, z: 0 }, -0.5 * a)).collect();
            let fields = model.fields().iter().enumerate();
            terms.extend(fields.map(|(q, h)| (PauliMask { x: 0, z: 1 << q }, 0.5 * b * h)));
            let pairs = model.couplings().iter();
            terms.extend(
                pairs.map(|&(i, j, w)| (PauliMask { x: 0, z: 1 << i | 1 << j }, 0.5 * b * w)),
            );
            let operator = SumOperator::new(n, &terms).unwrap();
            let hamiltonian = Hamiltonian { energies: &energies, a, b, parity: None };
            let (x, mut out) = (filled(2, 1 << n), filled(2, 1 << n));
            let mut before = filled(2, 1 << n);
            before.copy_from(&out);
            let by = Combination { factor: 2.0, shift: 0.25, keep: -1.0 };
            hamiltonian.combine(&x, &mut out, 0, by);
            for k in 0..2 {
                let vector: Vec<Complex64> =
                    (0..1 << n).map(|i| Complex64::from(x.data[x.place(k, i)])).collect();
                let mut product = vec![Complex64::ZERO; 1 << n];
                operator.apply(&vector, &mut product);
                for i in 0..1 << n {
                    let place = x.place(k, i);
                    let want = 2.0 * product[i].re + 0.25 * x.data[place] - before.data[place];
                    assert!((out.data[place] - want).abs() < 1e-12, "{n} {i}");
                }
            }
        }
    }

    /// A vector of a sector is one of the whole space.
    #[test]
    fn sectors_are_parts_of_the_whole() {
        for n in [1, 2, 5, 13] {
            let couplings = (1..n).map(|i| (i - 1, i, 1.0 - 0.3 * i as f64));
            let energies = Ising::new(vec![0.0; n], couplings, 0.0).energies().unwrap();
            for (parity, sign) in [(Parity::Even, 1.0), (Parity::Odd, -1.0)] {
                let half = 1 << (n - 1);
                let x = filled(1, half);
                let mut whole = Block::zeros(1, 2 * half).unwrap();
                for i in 0..half {
                    let (here, there) = (whole.place(0, i), whole.place(0, 2 * half - 1 - i));
                    whole.data[here] = x.data[x.place(0, i)];
                    whole.data[there] = sign * x.data[x.place(0, i)];
                }
                let sector = Hamiltonian {
                    energies: &energies[..half],
                    a: 0.7,
                    b: 1.9,
                    parity: Some(parity),
                };
                assert_eq!(sector.num_spins(), n);
                let all = Hamiltonian { energies: &energies, parity: None, ..sector };
                let (mut part, mut full) =
                    (Block::zeros(1, half).unwrap(), Block::zeros(1, 2 * half).unwrap());
                sector.combine(&x, &mut part, 0, Combination::PRODUCT);
                all.combine(&whole, &mut full, 0, Combination::PRODUCT);
                for i in 0..half {
                    let (a, b) = (part.data[part.place(0, i)], full.data[full.place(0, i)]);
                    assert!((a - b).abs() < 1e-13, "{n} {i} {a} {b}");
                }
            }
        }
    }
}
