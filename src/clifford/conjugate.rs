//! Pauli strings through the circuit that prepared a state, and what the state says about them.

use super::bit_matrix::BitMatrix;
use super::row::{self, isa};
use super::tableau::Tableau;
use crate::error::{Error, Result};
use crate::math::{Vectorized, Watch, list_of, vectorized};
use crate::pauli::{Pauli, PauliString};

/// A sign and a Pauli string: -P if true.
pub type SignedString = (bool, PauliString);

/// U†PU = i^exponent X^x Z^z, in a row.
struct PullBack<'a> {
    tableau: &'a Tableau,
    string: &'a PauliString,
}

impl Vectorized for PullBack<'_> {
    type Output = (u8, Vec<u64>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let mut image = vec![0; self.tableau.row_words];
        let exponent = self.tableau.pull_back_row(self.string.iter(), &mut image);
        (exponent, image)
    }
}

impl Tableau {
    fn pull_back(&self, string: &PauliString) -> Result<(u8, Vec<u64>)> {
        let num_qubits = self.num_qubits;
        if string.num_qubits() > num_qubits {
            return Err(Error::QubitOutOfRange { qubit: string.num_qubits() - 1, num_qubits });
        }
        Ok(vectorized(isa(), PullBack { tableau: self, string }))
    }

    /// ⟨P⟩: 1, -1, or 0. Costs O(weight·n/64) words.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`].
    pub fn expectation(&self, string: &PauliString) -> Result<i8> {
        let (exponent, image) = self.pull_back(string)?;
        let is_diagonal = image[..image.len() / 2].iter().all(|&word| word == 0);
        Ok(match (is_diagonal, exponent) {
            (false, _) => 0,
            (true, 0) => 1,
            (true, _) => -1,
        })
    }

    /// U†PU for the U of this tableau: the observable P in the Heisenberg picture. U is the product
    /// of the steps applied to |0…0⟩; after a [`collapse`](Tableau::collapse) it is a Clifford
    /// operation that prepares the state.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`].
    pub fn heisenberg(&self, string: &PauliString) -> Result<SignedString> {
        let (exponent, image) = self.pull_back(string)?;
        let negative = row::is_negative(&image, exponent);
        let (x, z) = image.split_at(image.len() / 2);
        Ok((negative, PauliString::from_pairs(x.iter().copied().zip(z.iter().copied()))))
    }

    /// UPU†: what P before U is after it. Costs O(n²/64) words.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`].
    pub fn conjugate(&self, string: &PauliString) -> Result<SignedString> {
        let num_qubits = self.num_qubits;
        if string.num_qubits() > num_qubits {
            return Err(Error::QubitOutOfRange { qubit: string.num_qubits() - 1, num_qubits });
        }
        let mut given = vec![0; self.row_words];
        for (i, (x, z)) in string.pairs().enumerate() {
            (given[i], given[self.row_words / 2 + i]) = (x, z);
        }
        // The image anticommutes with Q where P does with U†QU.
        let factors = (0..num_qubits as u32).map(|q| {
            let x = row::anticommute(self.row(self.z(q)), &given);
            let z = row::anticommute(self.row(self.x(q)), &given);
            (q as usize, Pauli::from_bits(x, z))
        });
        let image = PauliString::try_new(factors)?;
        // P = U†(±image)U
        let (exponent, given) = self.pull_back(&image)?;
        Ok((row::is_negative(&given, exponent), image))
    }

    /// Generators of the stabilizer group, UZ_kU† for each qubit k: independent, each with the
    /// expectation +1. Costs O(n³/64) words.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if there is no memory for them.
    pub fn stabilizers(&self) -> Result<Vec<SignedString>> {
        self.images_of(0)
    }

    /// UX_kU† for each qubit k: string k anticommutes with stabilizer k alone.
    ///
    /// # Errors
    /// As [`Tableau::stabilizers`].
    pub fn destabilizers(&self) -> Result<Vec<SignedString>> {
        self.images_of(self.row_words / 2)
    }

    /// The image of a Z_k anticommutes with Q where U†QU has an x bit at k; that of X_k where it has
    /// a z bit. So the images are columns of that half of the rows.
    fn images_of(&self, half: usize) -> Result<Vec<SignedString>> {
        const WHAT: &str = "the stabilizers of a state";
        let n = self.num_qubits;
        let columns = |place: &dyn Fn(u32) -> usize| {
            let row = |q| &self.row(place(q))[half..half + self.row_words / 2];
            let rows: Vec<&[u64]> = (0..n as u32).map(row).collect();
            BitMatrix::from_rows(&rows, n)?.transposed()
        };
        let (x, z) = (columns(&|q| self.z(q))?, columns(&|q| self.x(q))?);
        let mut images = list_of(WHAT, n, "use fewer qubits")?;
        for k in 0..n {
            let pairs = x.row(k).iter().copied().zip(z.row(k).iter().copied());
            let image = PauliString::from_pairs(pairs);
            let (exponent, generator) = self.pull_back(&image)?;
            images.push((row::is_negative(&generator, exponent), image));
        }
        Ok(images)
    }

    /// The entanglement entropy of some qubits with all others, in bits: the rank of their rows'
    /// parts that act on |0…0⟩ less the number of qubits (Fattal et al., arXiv:quant-ph/0406168). A
    /// qubit that is named twice counts once.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`]; [`Error::TooLarge`] if there is no memory for a matrix of these
    /// rows.
    pub fn entanglement_entropy(&self, qubits: &[usize]) -> Result<usize> {
        qubits.iter().try_for_each(|&q| self.check_qubit(q))?;
        let mut qubits = qubits.to_vec();
        qubits.sort_unstable();
        qubits.dedup();
        let places = qubits.iter().flat_map(|&q| [self.x(q as u32), self.z(q as u32)]);
        let rows: Vec<&[u64]> =
            places.map(|place| &self.row(place)[..self.row_words / 2]).collect();
        let mut matrix = BitMatrix::from_rows(&rows, self.num_qubits)?;
        Ok(matrix.reduce(&Watch::default())?.len() - qubits.len())
    }
}
