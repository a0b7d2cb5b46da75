//! Clifford maps of a few qubits as images of X and Z.

use crate::gate::CliffordImage;
use crate::pauli::Pauli;
use smallvec::SmallVec;

/// ±P on at most 8 qubits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LocalPauli {
    pub x: u8,
    pub z: u8,
    pub negative: bool,
}

/// P → images of P: those of X and Z on each qubit, X first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct LocalMap {
    images: SmallVec<[LocalPauli; 4]>,
}

impl LocalPauli {
    /// X or Z on one qubit.
    fn generator(index: usize) -> Self {
        let bit = 1 << (index / 2);
        let is_x = index.is_multiple_of(2);
        LocalPauli { x: if is_x { bit } else { 0 }, z: if is_x { 0 } else { bit }, negative: false }
    }

    fn anticommutes(self, other: LocalPauli) -> bool {
        ((self.x & other.z) ^ (self.z & other.x)).count_ones() & 1 == 1
    }

    /// i^exponent·`self`·`other` as i^exponent·P, the formula of `PauliString::mul`.
    fn times(self, other: LocalPauli, exponent: u32) -> (LocalPauli, u32) {
        let (x, z) = (self.x ^ other.x, self.z ^ other.z);
        let signs = 2 * (u32::from(self.negative) + u32::from(other.negative));
        let exponent = exponent
            + signs
            + (self.x & self.z).count_ones()
            + (other.x & other.z).count_ones()
            + 2 * (self.z & other.x).count_ones()
            + 3 * (x & z).count_ones();
        (LocalPauli { x, z, negative: false }, exponent & 3)
    }

    /// The images as the gate table writes them: `-YX` is -Y on qubit 0 times X on qubit 1.
    fn read(text: &str) -> LocalPauli {
        let (negative, letters) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let plus = LocalPauli { x: 0, z: 0, negative };
        letters.chars().enumerate().fold(plus, |p, (k, letter)| {
            let (x, z) = Pauli::from_letter(letter).map_or((false, false), Pauli::bits);
            LocalPauli { x: p.x | u8::from(x) << k, z: p.z | u8::from(z) << k, ..p }
        })
    }
}

impl LocalMap {
    /// The map with these images, X and Z of qubit 0 first; `None` if it is not one of a Clifford
    /// operation: images must anticommute where their originals do.
    pub fn new(images: SmallVec<[LocalPauli; 4]>) -> Option<Self> {
        let agrees = |a: usize, b: usize| {
            images[a].anticommutes(images[b])
                == LocalPauli::generator(a).anticommutes(LocalPauli::generator(b))
        };
        let all = 0..images.len();
        let good = all.clone().all(|a| all.clone().all(|b| agrees(a, b)));
        good.then_some(LocalMap { images })
    }

    /// The conjugation P → gPg† of a row of the gate table.
    pub fn of_table(images: &[CliffordImage]) -> Option<Self> {
        Self::new(images.iter().flat_map(|i| [i.x, i.z]).map(LocalPauli::read).collect())
    }

    /// Images of X and Z of each qubit in turn.
    pub fn images(&self) -> &[LocalPauli] {
        &self.images
    }

    /// The image of a product.
    pub fn apply(&self, p: LocalPauli) -> LocalPauli {
        let start = LocalPauli { x: 0, z: 0, negative: false };
        let exponent = (p.x & p.z).count_ones() + 2 * u32::from(p.negative);
        let (image, exponent) =
            self.images.iter().enumerate().fold((start, exponent), |(sum, e), (index, &image)| {
                let mask = if index.is_multiple_of(2) { p.x } else { p.z };
                if mask >> (index / 2) & 1 == 1 { sum.times(image, e) } else { (sum, e) }
            });
        LocalPauli { negative: exponent == 2, ..image }
    }

    /// The inverse map.
    pub fn inverse(&self) -> LocalMap {
        let images = (0..self.images.len()).map(|index| {
            // P anticommutes with Q where the generator does with the image of Q.
            let generator = LocalPauli::generator(index);
            let letters = self.images.iter().enumerate().fold(
                LocalPauli { x: 0, z: 0, negative: false },
                |p, (other, &image)| {
                    let bit = u8::from(generator.anticommutes(image)) << (other / 2);
                    if other.is_multiple_of(2) {
                        LocalPauli { z: p.z | bit, ..p }
                    } else {
                        LocalPauli { x: p.x | bit, ..p }
                    }
                },
            );
            LocalPauli { negative: self.apply(letters).negative, ..letters }
        });
        LocalMap { images: images.collect() }
    }
}
