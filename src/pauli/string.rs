//! Tensor products of Pauli matrices on any number of qubits.

use super::{Pauli, Phase};
use crate::error::{Error, Result};
use smallvec::SmallVec;
use std::cmp::Ordering;

/// A Pauli string's qubits are below this number.
pub const MAX_QUBITS: usize = 1_000_000;

// x and z of 64 qubits take no more space than a pointer and a length.
type Words = SmallVec<[u64; 2]>;

/// A tensor product of Pauli matrices with sign +1, the identity on every qubit not named.
///
/// The string acts on as many qubits as there are: `X0` is the same string on 1 qubit and on 10.
/// Up to 64 qubits take no allocation. The order is that of the lists of (qubit, letter) pairs,
/// as in a dictionary: `I < X0 < X0 X1 < Z0 < X1`.
///
/// ```
/// use ketlab::pauli::{Pauli, PauliString, Phase};
/// let p = PauliString::new([(0, Pauli::X), (3, Pauli::Z)]);
/// assert_eq!(p.to_string(), "X0 Z3");
/// assert_eq!(p, "ZIIX".parse()?);
/// let (phase, product) = p.mul(&PauliString::single(0, Pauli::Y));
/// assert_eq!((phase, product), (Phase::I, "Z0 Z3".parse()?));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PauliString {
    // x and z of qubits 0 to 63, then of 64 to 127, and so on. The last two words are not both
    // zero, so equal operators are equal in memory.
    words: Words,
}

impl PauliString {
    /// The identity on every qubit.
    pub fn identity() -> Self {
        PauliString { words: Words::new() }
    }

    /// The product of these factors, in any order; identities may be named.
    ///
    /// # Panics
    /// If a qubit is named twice or is not below [`MAX_QUBITS`]; see [`PauliString::try_new`].
    #[track_caller]
    pub fn new(factors: impl IntoIterator<Item = (usize, Pauli)>) -> Self {
        match Self::try_new(factors) {
            Ok(string) => string,
            Err(error) => panic!("{error}"),
        }
    }

    /// The product of these factors, or an error if a qubit is named twice or is not below
    /// [`MAX_QUBITS`].
    pub fn try_new(factors: impl IntoIterator<Item = (usize, Pauli)>) -> Result<Self> {
        let mut builder = Builder::default();
        for (qubit, pauli) in factors {
            if qubit >= MAX_QUBITS {
                return Err(Error::Invalid {
                    what: "a qubit of a Pauli string".into(),
                    value: qubit.to_string(),
                    expected: format!("it must be below {MAX_QUBITS}"),
                });
            }
            if !builder.put(qubit, pauli) {
                return Err(Error::RepeatedQubit { qubit, operation: "Pauli string".into() });
            }
        }
        Ok(builder.build())
    }

    /// `pauli` on one qubit.
    ///
    /// # Panics
    /// If the qubit is not below [`MAX_QUBITS`].
    #[track_caller]
    pub fn single(qubit: usize, pauli: Pauli) -> Self {
        Self::new([(qubit, pauli)])
    }

    /// The string on up to 64 qubits with these bit masks: qubit `q` has X where bit `q` of `x` is
    /// set, Z where that of `z` is, Y where both are.
    pub fn from_masks(x: u64, z: u64) -> Self {
        Self::from_words(Words::from_slice(&[x, z]))
    }

    /// The string with these masks, 64 qubits at a time: (x, z) of qubits 0 to 63 first.
    pub(crate) fn from_pairs(pairs: impl Iterator<Item = (u64, u64)>) -> Self {
        Self::from_words(pairs.flat_map(|(x, z)| [x, z]).collect())
    }

    /// Cuts off trailing identities.
    fn from_words(mut words: Words) -> Self {
        let used = words.iter().rposition(|&word| word != 0).map_or(0, |last| last / 2 * 2 + 2);
        if used < words.len() {
            words.truncate(used);
            words.shrink_to_fit();
        }
        PauliString { words }
    }

    /// The Pauli on one qubit.
    pub fn get(&self, qubit: usize) -> Pauli {
        let (x, z) = self.word(qubit / 64);
        Pauli::from_bits(x >> (qubit % 64) & 1 == 1, z >> (qubit % 64) & 1 == 1)
    }

    /// Whether it is the identity on every qubit.
    pub fn is_identity(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether its matrix is diagonal: only I and Z.
    pub fn is_diagonal(&self) -> bool {
        self.pairs().all(|(x, _)| x == 0)
    }

    /// The number of qubits on which it is not the identity.
    pub fn weight(&self) -> usize {
        self.pairs().map(|(x, z)| (x | z).count_ones() as usize).sum()
    }

    /// The qubits on which it is not the identity, ascending.
    pub fn support(&self) -> impl Iterator<Item = usize> + '_ {
        self.iter().map(|(qubit, _)| qubit)
    }

    /// The highest qubit on which it is not the identity, plus one; 0 for the identity.
    pub fn num_qubits(&self) -> usize {
        let Some((x, z)) = self.pairs().next_back() else { return 0 };
        32 * self.words.len() - (x | z).leading_zeros() as usize
    }

    /// The factors that are not the identity, by ascending qubit.
    pub fn iter(&self) -> Factors<'_> {
        Factors { string: self, word: 0, left: self.support_word(0) }
    }

    /// The qubits with X or Y as a bit mask; `None` if the string needs more than 64 qubits.
    pub fn x_mask(&self) -> Option<u64> {
        Some(self.masks()?.0)
    }

    /// The qubits with Z or Y as a bit mask; `None` if the string needs more than 64 qubits.
    pub fn z_mask(&self) -> Option<u64> {
        Some(self.masks()?.1)
    }

    /// Both masks, (x, z); `None` if the string needs more than 64 qubits.
    pub fn masks(&self) -> Option<(u64, u64)> {
        match self.words[..] {
            [] => Some((0, 0)),
            [x, z] => Some((x, z)),
            _ => None,
        }
    }

    /// What it does to the basis state `index`: P|index⟩ = phase·|image⟩, returned as
    /// (phase, image). `None` if the string needs more than 64 qubits.
    pub fn apply_to_basis_state(&self, index: u64) -> Option<(Phase, u64)> {
        let (x, z) = self.masks()?;
        // Z^z first, then X^x, and a factor i for each Y = iXZ.
        let phase = u64::from((x & z).count_ones()) + 2 * u64::from((z & index).count_ones());
        Some((Phase::power_of_i(phase), index ^ x))
    }

    /// Whether the two operators commute; if not, they anticommute.
    pub fn commutes_with(&self, other: &PauliString) -> bool {
        let odd = self
            .pairs()
            .zip(other.pairs())
            .fold(0, |parity, ((x1, z1), (x2, z2))| parity ^ ((x1 & z2) ^ (z1 & x2)).count_ones());
        odd & 1 == 0
    }

    /// Whether the two agree on every qubit where neither is the identity, so that one product
    /// basis measures both.
    pub fn qubit_wise_commutes_with(&self, other: &PauliString) -> bool {
        self.pairs()
            .zip(other.pairs())
            .all(|((x1, z1), (x2, z2))| (x1 | z1) & (x2 | z2) & ((x1 ^ x2) | (z1 ^ z2)) == 0)
    }

    /// The operator product `self`·`other` = phase·string.
    ///
    /// With P = i^|x∧z| X^x Z^z, moving Z past X gives the exponent
    /// |x₁∧z₁| + |x₂∧z₂| + 2|z₁∧x₂| - |x₃∧z₃| of i (Dehaene and De Moor, Phys. Rev. A 68, 042318
    /// (2003)).
    pub fn mul(&self, other: &PauliString) -> (Phase, PauliString) {
        let length = self.words.len().max(other.words.len());
        let mut words = Words::with_capacity(length);
        let mut exponent = 0u64;
        for i in 0..length / 2 {
            let ((x1, z1), (x2, z2)) = (self.word(i), other.word(i));
            let (x3, z3) = (x1 ^ x2, z1 ^ z2);
            let count = |w: u64| u64::from(w.count_ones());
            exponent += count(x1 & z1) + count(x2 & z2) + 2 * count(z1 & x2) + 3 * count(x3 & z3);
            words.extend([x3, z3]);
        }
        (Phase::power_of_i(exponent), Self::from_words(words))
    }

    /// The same string with qubit `q` renamed to `map(q)`; only qubits of the support are asked.
    ///
    /// # Panics
    /// If two qubits get one name or a name is not below [`MAX_QUBITS`]; see
    /// [`PauliString::try_remap`].
    #[track_caller]
    pub fn remap(&self, map: impl FnMut(usize) -> usize) -> PauliString {
        match self.try_remap(map) {
            Ok(string) => string,
            Err(error) => panic!("{error}"),
        }
    }

    /// The same string with qubit `q` renamed to `map(q)`, or an error if two qubits get one name
    /// or a name is not below [`MAX_QUBITS`].
    pub fn try_remap(&self, mut map: impl FnMut(usize) -> usize) -> Result<PauliString> {
        Self::try_new(self.iter().map(|(qubit, pauli)| (map(qubit), pauli)))
    }

    /// Bytes that it holds outside of itself.
    pub(super) fn heap_bytes(&self) -> usize {
        if self.words.spilled() { 8 * self.words.capacity() } else { 0 }
    }

    /// (x, z) of 64 qubits at a time.
    pub(crate) fn pairs(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> + '_ {
        self.words.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// x and z of qubits 64i to 64i + 63, zero past the end.
    fn word(&self, i: usize) -> (u64, u64) {
        match self.words.get(2 * i..2 * i + 2) {
            Some(pair) => (pair[0], pair[1]),
            None => (0, 0),
        }
    }

    fn support_word(&self, i: usize) -> u64 {
        let (x, z) = self.word(i);
        x | z
    }
}

impl Default for PauliString {
    fn default() -> Self {
        Self::identity()
    }
}

impl Ord for PauliString {
    fn cmp(&self, other: &Self) -> Ordering {
        for i in 0..self.words.len().max(other.words.len()) / 2 {
            let ((x1, z1), (x2, z2)) = (self.word(i), other.word(i));
            let differ = (x1 ^ x2) | (z1 ^ z2);
            if differ == 0 {
                continue;
            }
            let qubit = 64 * i + differ.trailing_zeros() as usize;
            // The side with the identity here goes on with a higher qubit (then it is greater) or
            // has ended (then it is a prefix of the other).
            return match (self.get(qubit), other.get(qubit)) {
                (Pauli::I, _) if self.num_qubits() > qubit => Ordering::Greater,
                (_, Pauli::I) if other.num_qubits() > qubit => Ordering::Less,
                (a, b) => a.cmp(&b),
            };
        }
        Ordering::Equal
    }
}

impl PartialOrd for PauliString {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The factors of a [`PauliString`] that are not the identity, by ascending qubit.
#[derive(Debug, Clone)]
pub struct Factors<'a> {
    string: &'a PauliString,
    word: usize,
    left: u64,
}

impl Iterator for Factors<'_> {
    type Item = (usize, Pauli);

    fn next(&mut self) -> Option<Self::Item> {
        while self.left == 0 {
            self.word += 1;
            if 2 * self.word >= self.string.words.len() {
                return None;
            }
            self.left = self.string.support_word(self.word);
        }
        let qubit = 64 * self.word + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some((qubit, self.string.get(qubit)))
    }
}

impl<'a> IntoIterator for &'a PauliString {
    type Item = (usize, Pauli);
    type IntoIter = Factors<'a>;

    fn into_iter(self) -> Factors<'a> {
        self.iter()
    }
}

/// Collects factors and notices a repeated qubit. The caller checks [`MAX_QUBITS`].
#[derive(Default)]
pub(super) struct Builder {
    words: Words,
    named: SmallVec<[u64; 1]>,
}

impl Builder {
    /// Adds a factor; false if the qubit was there before, identities included.
    #[must_use]
    pub(super) fn put(&mut self, qubit: usize, pauli: Pauli) -> bool {
        let (word, bit) = (qubit / 64, 1 << (qubit % 64));
        if word >= self.named.len() {
            self.named.resize(word + 1, 0);
            self.words.resize(2 * word + 2, 0);
        }
        let new = self.named[word] & bit == 0;
        let (x, z) = pauli.bits();
        self.named[word] |= bit;
        self.words[2 * word] |= if x { bit } else { 0 };
        self.words[2 * word + 1] |= if z { bit } else { 0 };
        new
    }

    pub(super) fn build(self) -> PauliString {
        PauliString::from_words(self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{any_string, kron};
    use super::*;
    use num_complex::Complex64;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const N: usize = 3;

    fn all_on(n: usize) -> impl Iterator<Item = PauliString> {
        (0..1u64 << (2 * n)).map(move |k| PauliString::from_masks(k & ((1 << n) - 1), k >> n))
    }

    fn oracle(p: &PauliString) -> nalgebra::DMatrix<Complex64> {
        kron(&p.to_label(N).unwrap())
    }

    #[test]
    fn products_and_commutation_are_those_of_the_matrices() {
        for a in all_on(N) {
            for b in all_on(N) {
                let (phase, c) = a.mul(&b);
                let (ab, ba) = (oracle(&a) * oracle(&b), oracle(&b) * oracle(&a));
                assert_eq!(ab, oracle(&c) * phase.to_complex(), "{a} · {b}");
                assert_eq!(a.commutes_with(&b), ab == ba, "{a}, {b}");
                let qubit_wise = (0..N).all(|q| {
                    let (p, r) = (a.get(q), b.get(q));
                    p == Pauli::I || r == Pauli::I || p == r
                });
                assert_eq!(a.qubit_wise_commutes_with(&b), qubit_wise, "{a}, {b}");
            }
        }
    }

    #[test]
    fn basis_states_go_where_the_matrix_sends_them() {
        for p in all_on(N) {
            let matrix = oracle(&p);
            for index in 0..1 << N {
                let (phase, image) = p.apply_to_basis_state(index as u64).unwrap();
                assert_eq!(matrix[(image as usize, index)], phase.to_complex(), "{p}, {index}");
            }
        }
    }

    #[test]
    fn accessors() {
        let p = PauliString::new([(70, Pauli::Y), (0, Pauli::X), (64, Pauli::I), (3, Pauli::Z)]);
        assert_eq!((p.weight(), p.num_qubits()), (3, 71));
        assert_eq!(p.support().collect::<Vec<_>>(), [0, 3, 70]);
        assert_eq!((p.get(70), p.get(64), p.get(usize::MAX)), (Pauli::Y, Pauli::I, Pauli::I));
        assert_eq!((p.x_mask(), p.z_mask(), p.apply_to_basis_state(0)), (None, None, None));
        assert!(p.heap_bytes() >= 32 && PauliString::from_masks(!0, !0).heap_bytes() == 0);
        assert_eq!(PauliString::from_masks(0b101, 0b110).masks(), Some((0b101, 0b110)));
        let edge = PauliString::single(63, Pauli::Y);
        assert_eq!((edge.num_qubits(), edge.masks()), (64, Some((1 << 63, 1 << 63))));

        let identity = PauliString::new([(500, Pauli::I)]);
        assert_eq!(identity, PauliString::identity());
        assert!(identity.is_identity() && identity.is_diagonal() && identity.iter().count() == 0);
        assert_eq!((identity.num_qubits(), identity.masks()), (0, Some((0, 0))));
        assert_eq!(identity.heap_bytes(), 0);
        assert!(PauliString::single(9, Pauli::Z).is_diagonal() && !p.is_diagonal());
        assert_eq!(size_of::<PauliString>(), size_of::<SmallVec<[u64; 1]>>());
    }

    #[test]
    fn refuses_repeated_and_absurd_qubits() {
        let repeated = PauliString::try_new([(1, Pauli::I), (1, Pauli::X)]).unwrap_err();
        assert!(matches!(repeated, Error::RepeatedQubit { qubit: 1, .. }), "{repeated}");
        let absurd = PauliString::try_new([(usize::MAX, Pauli::X)]).unwrap_err();
        assert!(absurd.to_string().contains("below 1000000"), "{absurd}");
        let p = PauliString::new([(0, Pauli::X), (5, Pauli::Z)]);
        assert_eq!(p.remap(|q| 5 - q), PauliString::new([(0, Pauli::Z), (5, Pauli::X)]));
        assert!(p.try_remap(|_| 0).is_err() && p.try_remap(|q| q << 30).is_err());
    }

    #[test]
    #[should_panic(expected = "used twice")]
    fn new_panics_on_a_repeated_qubit() {
        PauliString::new([(2, Pauli::X), (2, Pauli::X)]);
    }

    proptest! {
        #[test]
        fn multiplication_is_associative_and_squares_to_one(
            a in any_string(200), b in any_string(200), c in any_string(200)
        ) {
            let (p, ab) = a.mul(&b);
            let (q, ab_c) = ab.mul(&c);
            let (r, bc) = b.mul(&c);
            let (s, a_bc) = a.mul(&bc);
            prop_assert_eq!((p * q, ab_c), (r * s, a_bc));
            prop_assert_eq!(a.mul(&a), (Phase::ONE, PauliString::identity()));
            let (reverse, ba) = b.mul(&a);
            prop_assert_eq!(&ab, &ba);
            prop_assert_eq!(p == reverse, a.commutes_with(&b));
            // (AB)† = BA.
            prop_assert_eq!(p.conj(), reverse);
        }

        #[test]
        fn the_order_is_that_of_the_factors(a in any_string(200), b in any_string(200)) {
            let factors = |p: &PauliString| p.iter().collect::<Vec<_>>();
            prop_assert_eq!(a.cmp(&b), factors(&a).cmp(&factors(&b)));
            prop_assert_eq!(a.cmp(&a), Ordering::Equal);
            prop_assert_eq!(PauliString::new(&a), a.clone());
            let reversed: Vec<_> = factors(&a).into_iter().rev().collect();
            let set = HashSet::from([a, PauliString::new(reversed)]);
            prop_assert_eq!(set.len(), 1);
        }
    }
}
