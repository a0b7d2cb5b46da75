//! The joint distribution of measurements of a stabilizer state.

use super::bit_matrix::BitMatrix;
use super::row::{self, isa};
use super::tableau::Tableau;
use crate::error::{Error, Result};
use crate::math::{Bits, Vectorized, Watch, vectorized};
use std::fmt;

/// What measurements of Z on several qubits of a stabilizer state give together: each of the 2^r
/// strings offset ⊕ (a sum of basis strings) with the probability 2^-r, and no other string.
///
/// The basis is in reduced echelon form: string j has a highest bit, its pivot, which no other string
/// has, nor the offset; pivots ascend. So equal distributions are equal in every bit, the bits at pivots
/// are independent fair coins, and each other bit is the parity of pivots above it, or its opposite.
///
/// Building it for m qubits of n costs O(m·n·r/512) words and, for the offset, O((m - r)·r·n/32) at
/// most; memory is m·n/4 bytes.
///
/// ```
/// use ketlab::clifford::{CliffordStep, OutcomeSpace, Tableau};
/// let mut ghz = Tableau::new(3)?;
/// ghz.apply(&[CliffordStep::H(0), CliffordStep::CX(0, 1), CliffordStep::CX(1, 2)])?;
/// let outcomes = OutcomeSpace::new(&ghz, &[0, 1, 2])?;
/// assert_eq!(outcomes.dimension(), 1);
/// let all: Vec<String> = outcomes.iter().map(|bits| bits.to_string()).collect();
/// assert_eq!(all, ["000", "111"]);
/// assert_eq!(outcomes.probability(&"111".parse()?), 0.5);
/// let shots = outcomes.sample(1000, 7)?;
/// assert!((0..1000).all(|shot| shots.bit(shot, 0) == shots.bit(shot, 2)));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct OutcomeSpace {
    pub(super) num_bits: usize,
    pub(super) offset: Bits,
    pub(super) basis: BitMatrix,
    pub(super) pivots: Vec<u32>,
}

impl PartialEq for OutcomeSpace {
    fn eq(&self, other: &Self) -> bool {
        self.offset == other.offset
            && self.pivots == other.pivots
            && (0..self.dimension()).all(|j| self.basis.row(j) == other.basis.row(j))
    }
}

impl OutcomeSpace {
    /// Outcomes of measurements of these qubits: bit k is that of `qubits[k]`. A qubit may be named
    /// again.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`]; [`Error::TooLarge`] if there is no memory for the basis.
    // The strings R_k = U†Z_kU commute. A product of them without X letters is certain, so relations
    // are the left kernel of the matrix of their x bits, and the span that fulfils them is its column
    // space. What a relation is equal to is the sign of the product.
    pub fn new(tableau: &Tableau, qubits: &[usize]) -> Result<Self> {
        Self::new_watched(tableau, qubits, &Watch::default())
    }

    /// As [`OutcomeSpace::new`].
    ///
    /// # Errors
    /// As there; [`Error::Interrupted`] if the watch is cancelled before the end.
    pub fn new_watched(tableau: &Tableau, qubits: &[usize], watch: &Watch) -> Result<Self> {
        qubits.iter().try_for_each(|&q| tableau.check_qubit(q))?;
        let half = tableau.row_words / 2;
        let rows: Vec<&[u64]> =
            qubits.iter().map(|&q| &tableau.row(tableau.z(q as u32))[..half]).collect();
        let mut basis = BitMatrix::from_rows(&rows, tableau.num_qubits())?.transposed()?;
        let pivots = basis.reduce(watch)?;
        let offset = Bits::zeros(qubits.len());
        let mut space = OutcomeSpace { num_bits: qubits.len(), offset, basis, pivots };
        let columns = space.basis.transposed()?;
        let signs = Signs { tableau, qubits, space: &space, columns: &columns, watch };
        space.offset = vectorized(isa(), signs);
        watch.check()?;
        Ok(space)
    }

    /// The bits that are no pivots.
    fn dependent_bits(&self) -> impl Iterator<Item = usize> + '_ {
        let mut pivots = self.pivots.iter().peekable();
        (0..self.num_bits).filter(move |&k| pivots.next_if(|&&p| p as usize == k).is_none())
    }

    /// A bit that is no pivot and the pivots whose parity it is, up to a sign: those of the basis
    /// strings in its column.
    #[inline(always)]
    fn relation<'a>(
        &'a self,
        bit: usize,
        columns: &'a BitMatrix,
    ) -> impl Iterator<Item = usize> + 'a {
        let strings = row::ones(columns.row(bit).iter().copied());
        [bit].into_iter().chain(strings.map(|j| self.pivots[j] as usize))
    }

    /// Number of bits of an outcome.
    pub fn num_bits(&self) -> usize {
        self.num_bits
    }

    /// r: the number of outcomes is 2^r, and each has the probability 2^-r.
    pub fn dimension(&self) -> usize {
        self.pivots.len()
    }

    /// The smallest outcome.
    pub fn offset(&self) -> &Bits {
        &self.offset
    }

    /// Basis strings by ascending pivot.
    pub fn basis(&self) -> impl ExactSizeIterator<Item = Bits> + '_ {
        (0..self.dimension()).map(|j| Bits::from_words(self.basis.row(j), self.num_bits))
    }

    /// The highest bit of each basis string.
    pub fn pivots(&self) -> &[u32] {
        &self.pivots
    }

    /// The probability of an outcome: 2^-r or 0 (0 too for a string of another length). Below 2^-1074
    /// it is rounded to 0; [`OutcomeSpace::contains`] is exact.
    pub fn probability(&self, outcome: &Bits) -> f64 {
        if self.contains(outcome) { (-(self.dimension() as f64)).exp2() } else { 0.0 }
    }

    /// Whether an outcome is possible.
    pub fn contains(&self, outcome: &Bits) -> bool {
        outcome.len() == self.num_bits && {
            let mut nearest: Vec<u64> = self.offset.words().collect();
            for (j, &pivot) in self.pivots.iter().enumerate() {
                if outcome.bit(pivot as usize) {
                    nearest.iter_mut().zip(self.basis.row(j)).for_each(|(to, from)| *to ^= *from);
                }
            }
            nearest.into_iter().eq(outcome.words())
        }
    }

    /// The parity of some bits, if it is certain. Bits that there are not count as 0.
    pub fn parity(&self, bits: &[usize]) -> Option<bool> {
        let odd = |words: &[u64]| {
            let inside = bits.iter().filter(|&&k| k < self.num_bits);
            inside.fold(false, |odd, &k| odd ^ row::bit(words, k))
        };
        let certain = (0..self.dimension()).all(|j| !odd(self.basis.row(j)));
        certain.then(|| odd(&self.offset.words().collect::<Vec<_>>()))
    }

    /// A basis of all parities that are certain: the bits of each, ascending, and the parity. There are
    /// m - r, one for each bit that is no pivot; it comes first, and pivots follow.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if there is no memory for another matrix like the basis.
    pub fn relations(&self) -> Result<impl Iterator<Item = (Vec<usize>, bool)> + '_> {
        let columns = self.basis.transposed()?;
        Ok(self
            .dependent_bits()
            .map(move |k| (self.relation(k, &columns).collect(), self.offset.bit(k))))
    }

    /// The distribution of some of the bits: bit k is `bits[k]` of this one. A bit may be named again.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a bit that there is not; [`Error::TooLarge`] if there is no memory.
    pub fn marginal(&self, bits: &[usize]) -> Result<OutcomeSpace> {
        if let Some(bit) = bits.iter().find(|&&k| k >= self.num_bits) {
            return Err(Error::Invalid {
                what: "a bit of an outcome".into(),
                value: bit.to_string(),
                expected: format!("there are {} bits", self.num_bits),
            });
        }
        let columns = self.basis.transposed()?;
        let rows: Vec<&[u64]> = bits.iter().map(|&k| columns.row(k)).collect();
        let mut basis = BitMatrix::from_rows(&rows, self.dimension())?.transposed()?;
        let pivots = basis.reduce(&Watch::default())?;
        let mut offset = Bits::zeros(bits.len());
        bits.iter().enumerate().for_each(|(k, &bit)| offset.set(k, self.offset.bit(bit)));
        let mut words: Vec<u64> = offset.words().collect();
        for (j, &pivot) in pivots.iter().enumerate() {
            if row::bit(&words, pivot as usize) {
                words.iter_mut().zip(basis.row(j)).for_each(|(to, from)| *to ^= *from);
            }
        }
        let offset = Bits::from_words(&words, bits.len());
        Ok(OutcomeSpace { num_bits: bits.len(), offset, basis, pivots })
    }

    /// The same bits among others that are certain: bit k comes to place `places[k]`, ascending, of a
    /// string that is `certain` elsewhere.
    ///
    /// # Errors
    /// If there is no memory for the strings.
    pub fn among(&self, certain: &Bits, places: &[usize]) -> Result<OutcomeSpace> {
        let num_bits = certain.len();
        let placed = |start: Bits, bits: &Bits| {
            let mut all = start;
            places.iter().enumerate().for_each(|(k, &place)| all.set(place, bits.bit(k)));
            all
        };
        let strings: Vec<Vec<u64>> = self
            .basis()
            .map(|string| placed(Bits::zeros(num_bits), &string).words().collect())
            .collect();
        let rows: Vec<&[u64]> = strings.iter().map(Vec::as_slice).collect();
        Ok(OutcomeSpace {
            num_bits,
            offset: placed(certain.clone(), &self.offset),
            basis: BitMatrix::from_rows(&rows, num_bits)?,
            pivots: self.pivots.iter().map(|&p| places[p as usize] as u32).collect(),
        })
    }

    /// All outcomes, ascending: 2^r of them.
    pub fn iter(&self) -> Outcomes<'_> {
        let next = Some(self.offset.words().collect());
        Outcomes { space: self, chosen: vec![0; self.dimension() / 64 + 1], next }
    }
}

/// The dimension and, behind it, the offset.
impl fmt::Display for OutcomeSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dimension() {
            0 => write!(f, "one outcome: {}", self.offset),
            r => write!(
                f,
                "2^{r} outcomes of {} bits, all equally likely: an affine space of dimension {r} \
                 with the offset {}",
                self.num_bits, self.offset
            ),
        }
    }
}

impl<'a> IntoIterator for &'a OutcomeSpace {
    type Item = Bits;
    type IntoIter = Outcomes<'a>;

    fn into_iter(self) -> Outcomes<'a> {
        self.iter()
    }
}

/// The outcomes of an [`OutcomeSpace`], ascending.
#[derive(Debug, Clone)]
pub struct Outcomes<'a> {
    space: &'a OutcomeSpace,
    /// Which basis strings are in the next outcome: a binary counter. Pivots ascend, so outcomes do.
    chosen: Vec<u64>,
    next: Option<Vec<u64>>,
}

impl Iterator for Outcomes<'_> {
    type Item = Bits;

    fn next(&mut self) -> Option<Bits> {
        let words = self.next.as_mut()?;
        let outcome = Bits::from_words(words, self.space.num_bits);
        for j in 0..=self.space.dimension() {
            if j == self.space.dimension() {
                self.next = None;
                break;
            }
            words.iter_mut().zip(self.space.basis.row(j)).for_each(|(to, from)| *to ^= *from);
            self.chosen[j / 64] ^= 1 << (j % 64);
            if row::bit(&self.chosen, j) {
                break;
            }
        }
        Some(outcome)
    }
}

/// The offset: 0 at pivots, elsewhere the sign of a product of rows.
struct Signs<'a> {
    tableau: &'a Tableau,
    qubits: &'a [usize],
    space: &'a OutcomeSpace,
    /// The basis transposed.
    columns: &'a BitMatrix,
    watch: &'a Watch,
}

impl Vectorized for Signs<'_> {
    type Output = Bits;

    #[inline(always)]
    fn run(self) -> Bits {
        let t = self.tableau;
        let mut offset = Bits::zeros(self.qubits.len());
        let mut product = vec![0; t.row_words];
        for bit in self.space.dependent_bits().take_while(|_| !self.watch.is_cancelled()) {
            product.fill(0);
            let exponent = self.space.relation(bit, self.columns).fold(0, |exponent, k| {
                let place = t.z(self.qubits[k] as u32);
                (exponent + row::multiply(&mut product, t.row(place)) + t.exponents[place]) & 3
            });
            offset.set(bit, exponent == 2);
        }
        offset
    }
}
