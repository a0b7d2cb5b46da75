//! Which bits of a basis state the terms of a machine mix, and the blocks that they leave apart.

use crate::engine::walsh_hadamard;
use crate::error::{Error, Result};
use crate::math::Isa;
use crate::pauli::{PauliString, PauliSum};

/// Blocks have at least 2 to the power of this rows, but for diagonal machines.
const LEAST_MIXED: u32 = 2;

/// A Pauli string with a real matrix: ⟨y ^ x|P|y⟩ = factor·(-1)^|y & z|.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RealString {
    pub x: u64,
    pub z: u64,
    pub factor: f64,
}

/// A string of a mask: its operator, its signs, the bits of its factor.
type Occurrence = (usize, u64, u64);

/// Masks of bits that strings flip together. Without signs on mixed bits those whose strings are the
/// same but for the mask are one class: one number each in H, and one sum in each trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flips {
    pub masks: Vec<usize>,
    /// Whether a string has signs on mixed bits; then there is one mask.
    pub signed: bool,
}

/// Operators O_a of one Hamiltonian H = -Σ θ_a O_a on basis states whose bits are in another order:
/// first those that some string flips, the *mixed* ones, then the others, on which H is diagonal. So
/// H is a block for each value of the others.
#[derive(Debug, Clone)]
pub(super) struct Structure {
    /// Bits of an index; one more than there are qubits where H is complex.
    pub num_bits: usize,
    /// How many of them are mixed.
    pub mixed: usize,
    /// Whether matrices of twice the size stand for complex ones, or for those of one qubit, so that
    /// traces double.
    pub doubled: bool,
    /// The strings of each operator.
    pub terms: Vec<Vec<RealString>>,
    /// The place of each bit in the caller's order.
    places: Vec<usize>,
}

impl Structure {
    /// Of operators on so many qubits; where `all_mixed`, H is one block whatever they are.
    ///
    /// A Hermitian matrix R + iS is the real symmetric matrix [[R, -S], [S, R]] of twice the size. A
    /// string with an odd number of Y is an iS, so it gets one more factor, -Y, on a qubit of its own.
    pub fn new(num_qubits: usize, operators: &[&PauliSum], all_mixed: bool) -> Result<Self> {
        let mut doubled = false;
        let mut terms = Vec::with_capacity(operators.len());
        for operator in operators {
            let mut strings = Vec::with_capacity(operator.len());
            for (string, coefficient) in operator.terms() {
                let real = real_string(string, *coefficient, num_qubits)?;
                doubled |= real.x >> num_qubits & 1 == 1;
                strings.push(real);
            }
            terms.push(strings);
        }
        let mut num_bits = num_qubits + usize::from(doubled);
        let mut flipped = terms.iter().flatten().fold(0u64, |all, s| all | s.x);
        if all_mixed {
            flipped = (1 << num_bits) - 1;
        }
        // Rows are worked on several at a time: bits that are not mixed, or a further one, help out.
        while flipped != 0 && flipped.count_ones() < LEAST_MIXED {
            let free = (0..num_bits).find(|bit| flipped >> bit & 1 == 0);
            let bit = free.unwrap_or(num_bits);
            if free.is_none() {
                num_bits += 1;
                doubled = true;
            }
            flipped |= 1 << bit;
        }
        let is_mixed = |bit: &usize| flipped >> bit & 1 == 1;
        let places: Vec<usize> =
            (0..num_bits).filter(is_mixed).chain((0..num_bits).filter(|b| !is_mixed(b))).collect();
        let moved = |mask: u64| {
            let bits = places.iter().enumerate();
            bits.fold(0, |new, (k, &place)| new | (mask >> place & 1) << k)
        };
        for string in terms.iter_mut().flatten() {
            *string = RealString { x: moved(string.x), z: moved(string.z), ..*string };
        }
        let mixed = flipped.count_ones() as usize;
        Ok(Structure { num_bits, mixed, doubled, terms, places })
    }

    /// Rows of a block.
    pub fn rows(&self) -> usize {
        1 << self.mixed
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        1 << (self.num_bits - self.mixed)
    }

    /// The basis state of an index in the caller's order of bits.
    pub fn state(&self, index: usize) -> usize {
        let bits = self.places.iter().enumerate();
        bits.fold(0, |state, (k, &place)| state | (index >> k & 1) << place)
    }

    /// The flips of all strings, in classes.
    pub fn flips(&self) -> Vec<Flips> {
        let inside = self.rows() as u64 - 1;
        let mut masks: Vec<u64> =
            self.terms.iter().flatten().map(|s| s.x).filter(|x| *x != 0).collect();
        masks.sort_unstable();
        masks.dedup();
        let mut classes: Vec<(Vec<Occurrence>, Flips)> = Vec::new();
        for mask in masks {
            let terms = self.terms.iter().enumerate();
            let of_mask: Vec<Occurrence> = terms
                .flat_map(|(a, strings)| strings.iter().map(move |s| (a, s)))
                .filter(|(_, s)| s.x == mask)
                .map(|(a, s)| (a, s.z, s.factor.to_bits()))
                .collect();
            let signed = of_mask.iter().any(|(_, z, _)| z & inside != 0);
            match classes.iter_mut().find(|c| !signed && !c.1.signed && c.0 == of_mask) {
                Some(class) => class.1.masks.push(mask as usize),
                None => classes.push((of_mask, Flips { masks: vec![mask as usize], signed })),
            }
        }
        classes.into_iter().map(|class| class.1).collect()
    }

    /// The diagonal of H by index.
    pub fn diagonal(&self, isa: Isa, parameters: &[f64]) -> Vec<f64> {
        let mut diagonal = vec![0.0; 1 << self.num_bits];
        for (strings, theta) in self.terms.iter().zip(parameters) {
            for string in strings.iter().filter(|s| s.x == 0) {
                diagonal[string.z as usize] -= theta * string.factor;
            }
        }
        walsh_hadamard(isa, &mut diagonal);
        diagonal
    }
}

fn real_string(string: &PauliString, coefficient: f64, num_qubits: usize) -> Result<RealString> {
    let masks = string.masks().filter(|(x, z)| (x | z) >> num_qubits == 0);
    let Some((x, z)) = masks else {
        let qubit = string.num_qubits().saturating_sub(1);
        return Err(Error::QubitOutOfRange { qubit, num_qubits });
    };
    let ys = (x & z).count_ones();
    let extra = u64::from(ys & 1) << num_qubits;
    // i^|Y|, and for an odd number the factor -Y, whose matrix is -i times [[0, 1], [-1, 0]]^T.
    let sign = match ys % 4 {
        0 => 1.0,
        // i·(-1)·i = 1
        1 => 1.0,
        2 => -1.0,
        // i³·(-1)·i = -1
        _ => -1.0,
    };
    Ok(RealString { x: x | extra, z: z | extra, factor: sign * coefficient })
}
