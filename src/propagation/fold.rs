//! Stretches of Clifford operations as one map of strings.

use super::packed::{Mask, Tag, Term, flip};
use crate::clifford::{CliffordStep, Tableau};
use crate::error::Result;
use crate::math::{Isa, Vectorized, vectorized};
use crate::pauli::{Pauli, PauliString};
use std::collections::HashSet;

/// The image i^exponent X^x Z^z of X or Z on one qubit.
#[derive(Debug, Clone, Copy)]
struct Image<const W: usize> {
    x: Mask<W>,
    z: Mask<W>,
    exponent: u8,
}

/// P → U†PU of a Clifford operation U: a string costs a product for each of its factors that U
/// changes.
#[derive(Debug)]
pub(super) struct FoldedMap<const W: usize> {
    /// The qubits whose X is no longer X of the same qubit; the same for Z.
    changed: [Mask<W>; 2],
    /// Images of X, then of Z, by qubit.
    images: [Vec<Image<W>>; 2],
}

impl<const W: usize> FoldedMap<W> {
    /// The map of steps that strings meet in this order, the last of the circuit first. `None` if it
    /// changes nothing.
    pub fn new(steps: &[CliffordStep]) -> Result<Option<Self>> {
        let mut qubits: Vec<u32> = steps.iter().flat_map(|step| step.qubits()).collect();
        qubits.sort_unstable();
        qubits.dedup();
        let place = |q: u32| qubits.binary_search(&q).unwrap_or(0) as u32;
        let circuit: Vec<_> = steps.iter().rev().map(|step| step.map_qubits(place)).collect();
        let mut tableau = Tableau::new(qubits.len())?;
        tableau.apply(&circuit)?;
        let most = qubits.last().map_or(0, |&q| q as usize + 1);
        let none = Image { x: [0; W], z: [0; W], exponent: 0 };
        let mut map =
            FoldedMap { changed: [[0; W]; 2], images: [vec![none; most], vec![none; most]] };
        for (k, &q) in qubits.iter().enumerate() {
            for (which, letter) in [Pauli::X, Pauli::Z].into_iter().enumerate() {
                let string = PauliString::single(k, letter);
                let (negative, image) = tableau.heisenberg(&string)?;
                if negative || image != string {
                    flip(&mut map.changed[which], q as usize);
                    map.images[which][q as usize] = Image::new(negative, &image, &qubits);
                }
            }
        }
        Ok((map.changed != [[0; W]; 2]).then_some(map))
    }

    /// Terms become their images.
    pub fn apply_all<T: Tag>(&self, terms: &mut [Term<W, T>]) {
        let task = ApplyAll { map: self, terms };
        if W <= WIDEST_VECTORIZED { vectorized(Isa::best(), task) } else { task.run() }
    }

    /// The image of a term.
    #[inline(always)]
    fn apply<T: Tag>(&self, term: &mut Term<W, T>) {
        let [changed_x, changed_z] = &self.changed;
        let (given_x, given_z) = (term.x, term.z);
        let touched =
            (0..W).fold(0, |all, w| all | given_x[w] & changed_x[w] | given_z[w] & changed_z[w]);
        if touched == 0 {
            return;
        }
        let mut exponent = ys(&given_x, &given_z);
        let (mut x, mut z) = (given_x, [0; W]);
        (0..W).for_each(|w| x[w] &= !changed_x[w]);
        let mut multiply = |image: &Image<W>| {
            let crossed = (0..W).fold(0, |all, w| all ^ z[w] & image.x[w]);
            exponent += u32::from(image.exponent) + 2 * (crossed.count_ones() & 1);
            for w in 0..W {
                x[w] ^= image.x[w];
                z[w] ^= image.z[w];
            }
        };
        for w in 0..W {
            let mut left = given_x[w] & changed_x[w];
            while left != 0 {
                multiply(&self.images[0][64 * w + left.trailing_zeros() as usize]);
                left &= left - 1;
            }
        }
        // Z of unchanged qubits comes from the right: no signs. Images of Z commute with it.
        let mut rest = [0; W];
        for w in 0..W {
            rest[w] = given_z[w] & !changed_z[w];
            let mut left = given_z[w] & changed_z[w];
            while left != 0 {
                multiply(&self.images[1][64 * w + left.trailing_zeros() as usize]);
                left &= left - 1;
            }
        }
        (0..W).for_each(|w| z[w] ^= rest[w]);
        // i^exponent X^x Z^z is ± the string with these masks.
        exponent += 3 * ys(&x, &z);
        (term.x, term.z) = (x, z);
        if exponent & 2 != 0 {
            term.c = -term.c;
            term.tag.scale(-1.0);
        }
    }
}

/// The widest masks whose map is compiled for every instruction set.
const WIDEST_VECTORIZED: usize = 4;

struct ApplyAll<'a, const W: usize, T> {
    map: &'a FoldedMap<W>,
    terms: &'a mut [Term<W, T>],
}

impl<const W: usize, T: Tag> Vectorized for ApplyAll<'_, W, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for term in self.terms {
            self.map.apply(term);
        }
    }
}

impl<const W: usize> Image<W> {
    fn new(negative: bool, string: &PauliString, qubits: &[u32]) -> Self {
        let mut image = Image { x: [0; W], z: [0; W], exponent: 2 * u8::from(negative) };
        for (k, letter) in string {
            let (x, z) = letter.bits();
            let q = qubits[k] as usize;
            if x {
                flip(&mut image.x, q);
            }
            if z {
                flip(&mut image.z, q);
            }
            image.exponent += u8::from(x && z);
        }
        image.exponent &= 3;
        image
    }
}

/// The number of factors Y.
#[inline(always)]
fn ys<const W: usize>(x: &Mask<W>, z: &Mask<W>) -> u32 {
    (0..W).map(|w| (x[w] & z[w]).count_ones()).sum()
}

/// What strings meet to carry the generators of a layer to X on a qubit of each; the generators
/// commute. Those that are products of ones before them are left for another layer.
#[derive(Debug, Default)]
pub(super) struct Reduction {
    /// The steps, in the order in which strings meet them.
    pub steps: Vec<CliffordStep>,
    /// The qubits whose X a generator is carried to.
    pivots: HashSet<u32>,
    /// Qubits of the steps.
    touched: HashSet<u32>,
}

impl Reduction {
    /// Carries one more generator: the qubit that it is carried to and whether its sign is -1, or
    /// `None` if it is a product of earlier ones.
    pub fn add(&mut self, generator: &PauliString) -> Result<Option<(u32, bool)>> {
        let mut image = generator.clone();
        let mut negative = false;
        if image.support().any(|q| self.touched.contains(&(q as u32))) {
            for step in &self.steps {
                let sign;
                (sign, image) = conjugate(step, &image)?;
                negative ^= sign;
            }
        }
        let free: Vec<_> =
            image.iter().filter(|(q, _)| !self.pivots.contains(&(*q as u32))).collect();
        let Some(&(pivot, _)) = free.first() else { return Ok(None) };
        let before = self.steps.len();
        for &(q, letter) in &free {
            match letter {
                Pauli::Z => self.steps.push(CliffordStep::H(q as u32)),
                Pauli::Y => self.steps.push(CliffordStep::S(q as u32)),
                _ => {}
            }
        }
        let others = image.support().filter(|&q| q != pivot);
        self.steps.extend(others.map(|q| CliffordStep::CX(pivot as u32, q as u32)));
        for step in &self.steps[before..] {
            let sign;
            (sign, image) = conjugate(step, &image)?;
            negative ^= sign;
        }
        debug_assert_eq!(image, PauliString::single(pivot, Pauli::X));
        self.pivots.insert(pivot as u32);
        self.touched.extend(self.steps[before..].iter().flat_map(|step| step.qubits()));
        Ok(Some((pivot as u32, negative)))
    }

    /// Whether no step is on two qubits, so that weights stay.
    pub fn is_local(&self) -> bool {
        self.steps.iter().all(|step| step.qubits().len() == 1)
    }

    /// What strings meet afterwards, to be where they would be without it.
    pub fn undo(&self) -> impl Iterator<Item = CliffordStep> + '_ {
        self.steps.iter().rev().map(|step| match step {
            CliffordStep::S(q) => CliffordStep::Sdg(*q),
            // H and CX are their own inverses.
            step => step.clone(),
        })
    }
}

/// g†Pg, and whether its sign is -1, for the steps that a [`Reduction`] is made of.
pub(super) fn conjugate(step: &CliffordStep, string: &PauliString) -> Result<(bool, PauliString)> {
    let qubits = step.qubits();
    let place = |q: usize| qubits.iter().position(|&p| p as usize == q);
    if string.support().all(|q| place(q).is_none()) {
        return Ok((false, string.clone()));
    }
    let mut tableau = Tableau::new(qubits.len())?;
    tableau.apply(&[step.map_qubits(|q| place(q as usize).unwrap_or(0) as u32)])?;
    let inside = string.iter().filter_map(|(q, letter)| Some((place(q)?, letter)));
    let (negative, image) = tableau.heisenberg(&PauliString::try_new(inside)?)?;
    let outside = string.iter().filter(|(q, _)| place(*q).is_none());
    let image = image.iter().map(|(k, letter)| (qubits[k] as usize, letter));
    Ok((negative, PauliString::try_new(outside.chain(image))?))
}
