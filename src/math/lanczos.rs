//! The lowest eigenvalues of a large Hermitian operator that is known by its products alone.

use super::memory::check_memory;
use super::stream::{Domain, Streams};
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use num_complex::Complex64;
use rand::{Rng, RngExt};

/// The lowest eigenpairs of a Hermitian operator, by the Lanczos method with thick restarts (Wu and
/// Simon, SIAM J. Matrix Anal. Appl. 22, 602 (2000)), every new vector orthogonalized against all
/// others twice.
///
/// One Krylov space holds one vector of each eigenspace, so degenerate levels would be found once.
/// Here pairs that have converged are locked, and a search with a new random start follows in their
/// orthogonal complement, until such a search finds nothing below the highest level asked for: then
/// levels and their multiplicities are complete, but for the chance, which random starts make
/// negligible, that all starts are orthogonal to one.
///
/// A pair has converged when its residual ‖Av - λv‖ is at most [`tolerance`](Self::tolerance) ×
/// ‖A‖, ‖A‖ estimated from below by the products met. An eigenvalue is no farther from λ than the
/// residual, and near an isolated one only by about its square over the gap.
///
/// ```
/// use ketlab::math::Lanczos;
/// // A diagonal operator whose lowest level is twofold.
/// let diagonal = [3.0, -1.0, 0.5, -1.0, 2.0];
/// let found = Lanczos::new(3).run(5, |x, ax| {
///     ax.iter_mut().zip(x).zip(diagonal).for_each(|((ax, x), d)| *ax = x * d);
///     Ok(())
/// })?;
/// assert!(found.converged);
/// let expected = [-1.0, -1.0, 0.5];
/// assert!(found.values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Lanczos {
    count: usize,
    tolerance: f64,
    max_products: usize,
    basis: usize,
    seed: u64,
    real: bool,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigenpairs {
    /// Eigenvalues in ascending order, each as often as its multiplicity; fewer than asked for where
    /// the dimension is less.
    pub values: Vec<f64>,
    /// An orthonormal eigenvector of each.
    pub vectors: Vec<Vec<Complex64>>,
    /// ‖Av - λv‖ of each, computed from the vector.
    pub residuals: Vec<f64>,
    /// Products with the operator.
    pub products: usize,
    /// Whether all pairs are within the tolerance and none below them is missing. If not, the limit
    /// of products ended the search.
    pub converged: bool,
}

impl Lanczos {
    /// For this many eigenpairs, with a tolerance of 1e-10, at most 100,000 products, seed 0.
    pub fn new(count: usize) -> Self {
        let basis = count.saturating_mul(2).saturating_add(24);
        Lanczos { count, tolerance: 1e-10, max_products: 100_000, basis, seed: 0, real: false }
    }

    /// The largest residual, relative to ‖A‖. Below 1e-13 rounding is in the way.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Ends the search after this many products.
    pub fn max_products(mut self, limit: usize) -> Self {
        self.max_products = limit;
        self
    }

    /// Vectors of the Krylov basis that are kept (2 × count + 24 unless set, at least count + 2):
    /// fewer take less memory and more products.
    pub fn basis(mut self, vectors: usize) -> Self {
        self.basis = vectors;
        self
    }

    /// The seed of the start vectors. The same one gives the same bits.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Begins with real vectors, which a real symmetric operator keeps real.
    pub fn real(mut self) -> Self {
        self.real = true;
        self
    }

    /// Bytes that a search in this dimension takes at most, without what the operator takes. (A level
    /// of more than the usual multiplicity takes a vector more for each copy beyond the count.)
    pub fn memory(&self, dimension: usize) -> u128 {
        let vectors = self.basis_in(dimension) + self.count.min(dimension) + 3;
        16 * vectors as u128 * dimension as u128
    }

    fn basis_in(&self, dimension: usize) -> usize {
        self.basis.max(self.count.saturating_add(2)).min(dimension)
    }

    /// Searches. `apply` writes the product of the operator and its first argument to its second;
    /// both have `dimension` numbers, and the first is normalized.
    ///
    /// # Errors
    /// If no pair is asked for, the dimension is 0 or the tolerance is not positive; if the memory is
    /// not there; if a product is not finite; those of `apply`.
    pub fn run(
        &self,
        dimension: usize,
        apply: impl FnMut(&[Complex64], &mut [Complex64]) -> Result<()>,
    ) -> Result<Eigenpairs> {
        for (what, value) in [("eigenvalues asked for", self.count), ("dimensions", dimension)] {
            if value == 0 {
                return Err(Error::Invalid {
                    what: format!("the number of {what}"),
                    value: "0".into(),
                    expected: "it must be at least 1".into(),
                });
            }
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return Err(Error::Invalid {
                what: "the tolerance of an eigenvalue search".into(),
                value: self.tolerance.to_string(),
                expected: "it must be positive and finite".into(),
            });
        }
        let what = format!("a search for {} eigenvalues in {dimension} dimensions", self.count);
        check_memory(&what, self.memory(dimension), |_| {
            (None, "ask for fewer, keep a smaller basis, or restrict it to a sector".into())
        })?;
        let mut search = Search {
            settings: self,
            dimension,
            apply,
            locked: Vec::new(),
            scale: 0.0,
            products: 0,
            starts: 0,
        };
        let complete = search.complete()?;
        let Search { mut locked, products, scale, .. } = search;
        locked.sort_by(|a, b| a.value.total_cmp(&b.value));
        locked.truncate(self.count);
        let within = |pair: &Pair| pair.residual <= self.tolerance * scale;
        Ok(Eigenpairs {
            converged: complete && locked.iter().all(within),
            values: locked.iter().map(|pair| pair.value).collect(),
            residuals: locked.iter().map(|pair| pair.residual).collect(),
            vectors: locked.into_iter().map(|pair| pair.vector).collect(),
            products,
        })
    }
}

struct Pair {
    value: f64,
    vector: Vec<Complex64>,
    residual: f64,
}

struct Search<'a, A> {
    settings: &'a Lanczos,
    dimension: usize,
    apply: A,
    locked: Vec<Pair>,
    /// The largest norm of a product so far: ‖A‖ from below.
    scale: f64,
    products: usize,
    starts: u64,
}

/// A Krylov basis V and the projection V†AV on it.
struct Krylov {
    basis: Vec<Vec<Complex64>>,
    projection: DMatrix<Complex64>,
    /// How many columns of the projection are known.
    known: usize,
    /// The norm of what the last product has outside of the basis.
    remainder: f64,
}

impl<A: FnMut(&[Complex64], &mut [Complex64]) -> Result<()>> Search<'_, A> {
    /// Whether all levels asked for are locked.
    fn complete(&mut self) -> Result<bool> {
        loop {
            let (have, want) = (self.locked.len(), self.settings.count);
            if have >= self.dimension {
                return Ok(true);
            }
            let (pairs, converged) = self.search(want.saturating_sub(have).max(1))?;
            if have >= want {
                // Nothing below the highest level: the levels are complete.
                let mut values: Vec<f64> = self.locked.iter().map(|pair| pair.value).collect();
                values.sort_by(f64::total_cmp);
                let highest = values[want - 1] - self.settings.tolerance * self.scale;
                if converged && pairs.first().is_none_or(|pair| pair.value >= highest) {
                    return Ok(true);
                }
            }
            self.locked.extend(pairs);
            if !converged {
                return Ok(false);
            }
        }
    }

    /// The lowest pairs in the complement of the locked ones, as far as one Krylov space has them,
    /// and whether they converged.
    fn search(&mut self, want: usize) -> Result<(Vec<Pair>, bool)> {
        let room = self.dimension - self.locked.len();
        let most = self.settings.basis_in(self.dimension).min(room);
        let Some(start) = self.start() else { return Ok((Vec::new(), true)) };
        let projection = DMatrix::zeros(most, most);
        let mut krylov = Krylov { basis: vec![start], projection, known: 0, remainder: 0.0 };
        loop {
            let next = self.expand(&mut krylov)?;
            let known = krylov.known;
            let (full, out) = (known == most, self.products >= self.settings.max_products);
            let closed = next.is_none();
            // The eigenvalues of the projection take time that grows with its cube.
            if !(full || out || closed || known.is_multiple_of(8)) {
                krylov.basis.extend(next);
                continue;
            }
            let (values, vectors) = krylov.ritz();
            let residual = |k: usize| krylov.remainder * vectors[(known - 1, k)].norm();
            let count = want.min(known);
            let limit = 0.5 * self.settings.tolerance * self.scale;
            let converged = (0..count).all(|k| residual(k) <= limit) && (known >= want || closed);
            if converged || closed || out {
                let pairs = (0..count).map(|k| self.pair(&krylov.combine(&vectors, k)));
                return Ok((pairs.collect::<Result<_>>()?, converged || closed));
            }
            if full {
                // A thick restart keeps the wanted vectors and half of the others.
                let keep = (want + (most - want.min(most)) / 2).min(most - 1);
                krylov.restart(&values, &vectors, keep);
            }
            krylov.basis.extend(next);
        }
    }

    /// A random unit vector in the complement of the locked ones; `None` where that is empty to
    /// rounding.
    fn start(&mut self) -> Option<Vec<Complex64>> {
        let mut rng = Streams::new(self.settings.seed, Domain::Eigenvectors).stream(self.starts);
        self.starts += 1;
        let real = self.settings.real;
        let mut vector: Vec<Complex64> =
            (0..self.dimension).map(|_| entry(&mut rng, real)).collect();
        let before = norm(&vector);
        for _ in 0..2 {
            self.leave_locked(&mut vector);
        }
        let after = norm(&vector);
        if after <= 1e-12 * before {
            return None;
        }
        scale_by(&mut vector, 1.0 / after);
        Some(vector)
    }

    fn leave_locked(&self, vector: &mut [Complex64]) {
        for pair in &self.locked {
            subtract(vector, inner(&pair.vector, vector), &pair.vector);
        }
    }

    fn product(&mut self, x: &[Complex64]) -> Result<Vec<Complex64>> {
        let mut product = vec![Complex64::ZERO; self.dimension];
        (self.apply)(x, &mut product)?;
        self.products += 1;
        let norm = norm(&product);
        if !norm.is_finite() {
            return Err(Error::NotFinite { what: "the norm of a product".into(), value: norm });
        }
        self.scale = self.scale.max(norm);
        Ok(product)
    }

    /// Another column of the projection; the next vector of the basis, if there is one.
    fn expand(&mut self, krylov: &mut Krylov) -> Result<Option<Vec<Complex64>>> {
        let column = krylov.known;
        let mut next = self.product(&krylov.basis[column])?;
        // Twice is enough (Giraud et al., Numer. Math. 101, 87 (2005)).
        for _ in 0..2 {
            self.leave_locked(&mut next);
            for (row, vector) in krylov.basis.iter().enumerate() {
                let c = inner(vector, &next);
                subtract(&mut next, c, vector);
                krylov.projection[(row, column)] += c;
            }
        }
        for row in 0..column {
            let c = krylov.projection[(row, column)];
            krylov.projection[(column, row)] = c.conj();
        }
        krylov.known += 1;
        krylov.remainder = norm(&next);
        if krylov.remainder <= 1e-13 * self.scale {
            // The space is invariant: all its pairs are exact.
            krylov.remainder = 0.0;
            return Ok(None);
        }
        scale_by(&mut next, 1.0 / krylov.remainder);
        Ok((krylov.basis.len() < self.dimension - self.locked.len()).then_some(next))
    }

    /// A unit vector as a pair, with its own residual.
    fn pair(&mut self, vector: &[Complex64]) -> Result<Pair> {
        let mut vector = vector.to_vec();
        self.leave_locked(&mut vector);
        let length = norm(&vector);
        scale_by(&mut vector, 1.0 / length);
        let mut product = self.product(&vector)?;
        let value = inner(&vector, &product).re;
        subtract(&mut product, Complex64::from(value), &vector);
        Ok(Pair { value, residual: norm(&product), vector })
    }
}

impl Krylov {
    /// The eigenpairs of the projection, lowest first.
    fn ritz(&self) -> (Vec<f64>, DMatrix<Complex64>) {
        lowest_first(self.projection.view((0, 0), (self.known, self.known)).into_owned())
    }

    /// V times column `k`.
    fn combine(&self, columns: &DMatrix<Complex64>, k: usize) -> Vec<Complex64> {
        let mut sum = vec![Complex64::ZERO; self.basis[0].len()];
        for (row, vector) in self.basis.iter().take(self.known).enumerate() {
            subtract(&mut sum, -columns[(row, k)], vector);
        }
        sum
    }

    /// The first `keep` Ritz vectors become the basis, in the memory that it has.
    fn restart(&mut self, values: &[f64], vectors: &DMatrix<Complex64>, keep: usize) {
        let mut entries = vec![Complex64::ZERO; keep];
        for i in 0..self.basis[0].len() {
            for (k, entry) in entries.iter_mut().enumerate() {
                let column = vectors.column(k);
                *entry = column.iter().zip(&self.basis).map(|(c, vector)| c * vector[i]).sum();
            }
            self.basis.iter_mut().zip(&entries).for_each(|(vector, entry)| vector[i] = *entry);
        }
        self.basis.truncate(keep);
        self.projection.fill(Complex64::ZERO);
        for (k, value) in values.iter().take(keep).enumerate() {
            self.projection[(k, k)] = Complex64::from(*value);
        }
        self.known = keep;
    }
}

/// The eigenvalues of a small Hermitian matrix in ascending order, and their eigenvectors as columns.
pub(crate) fn lowest_first(matrix: DMatrix<Complex64>) -> (Vec<f64>, DMatrix<Complex64>) {
    let eigen = matrix.symmetric_eigen();
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[a].total_cmp(&eigen.eigenvalues[b]));
    let values = order.iter().map(|&k| eigen.eigenvalues[k]).collect();
    (values, eigen.eigenvectors.select_columns(&order))
}

fn entry(rng: &mut impl Rng, real: bool) -> Complex64 {
    let mut part = || rng.random_range(-1.0..1.0);
    Complex64::new(part(), if real { 0.0 } else { part() })
}

fn norm(x: &[Complex64]) -> f64 {
    x.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}

fn inner(a: &[Complex64], b: &[Complex64]) -> Complex64 {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

/// y - c x, in place.
fn subtract(y: &mut [Complex64], c: Complex64, x: &[Complex64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y -= c * x);
}

fn scale_by(x: &mut [Complex64], factor: f64) {
    x.iter_mut().for_each(|x| *x *= factor);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dense(
        matrix: &DMatrix<Complex64>,
    ) -> impl FnMut(&[Complex64], &mut [Complex64]) -> Result<()> {
        move |x, ax| {
            let product = matrix * nalgebra::DVector::from_column_slice(x);
            ax.copy_from_slice(product.as_slice());
            Ok(())
        }
    }

    fn diagonal(values: &[f64]) -> impl FnMut(&[Complex64], &mut [Complex64]) -> Result<()> {
        move |x, ax| {
            ax.iter_mut().zip(x).zip(values).for_each(|((ax, x), d)| *ax = x * d);
            Ok(())
        }
    }

    fn random_hermitian(n: usize, seed: u64) -> DMatrix<Complex64> {
        let mut rng = Streams::new(seed, Domain::Circuit).stream(0);
        let a = DMatrix::from_fn(n, n, |_, _| entry(&mut rng, false));
        &a + a.adjoint()
    }

    /// Against a dense solver, which shares nothing with it but the small projections.
    #[test]
    fn agrees_with_dense_matrices() {
        for (n, count) in [(1, 1), (2, 2), (5, 9), (60, 4), (300, 6)] {
            let matrix = random_hermitian(n, n as u64);
            let mut expected = matrix.symmetric_eigenvalues().as_slice().to_vec();
            expected.sort_by(f64::total_cmp);
            let found = Lanczos::new(count).run(n, dense(&matrix)).unwrap();
            assert!(found.converged, "{n}");
            assert_eq!(found.values.len(), count.min(n));
            let scale = expected.iter().fold(0.0f64, |most, e| most.max(e.abs()));
            for (k, value) in found.values.iter().enumerate() {
                assert!(
                    (value - expected[k]).abs() < 1e-11 * scale,
                    "{n}: {value} {}",
                    expected[k]
                );
                assert!(found.residuals[k] <= 1e-10 * scale);
                for other in &found.vectors[..k] {
                    assert!(inner(other, &found.vectors[k]).norm() < 1e-10);
                }
                assert!((norm(&found.vectors[k]) - 1.0).abs() < 1e-12);
            }
        }
    }

    /// More copies of a level than one Krylov space could have, above and among the wanted ones.
    #[test]
    fn multiplicities_are_complete() {
        let mut values = vec![-2.0; 7];
        values.extend([-1.0; 3]);
        values.extend((0..190).map(|k| 0.1 * f64::from(k)));
        let found = Lanczos::new(12).run(200, diagonal(&values)).unwrap();
        assert!(found.converged);
        let expected = [[-2.0; 7].as_slice(), &[-1.0; 3], &[0.0, 0.1]].concat();
        for (value, expected) in found.values.iter().zip(&expected) {
            assert!((value - expected).abs() < 1e-10, "{:?}", found.values);
        }
        // A part of a degenerate level is enough where no more is asked for.
        let found = Lanczos::new(4).run(200, diagonal(&values)).unwrap();
        assert!(found.converged && found.values.iter().all(|v| (v + 2.0).abs() < 1e-10));
    }

    /// 1 - cos has a gap of 5e-6 at the lower end of its spectrum.
    #[test]
    fn restarts_resolve_small_gaps() {
        let n = 1000;
        let level = |k: usize| 1.0 - (std::f64::consts::PI * k as f64 / n as f64).cos();
        let values: Vec<f64> = (0..n).map(level).collect();
        let found = Lanczos::new(3).run(n, diagonal(&values)).unwrap();
        assert!(found.converged && found.products > 60, "{}", found.products);
        for k in 0..3 {
            assert!((found.values[k] - level(k)).abs() < 1e-12);
        }
    }

    #[test]
    fn zero_and_multiples_of_one_are_operators() {
        for value in [0.0, 1e-200, -7.0] {
            let found = Lanczos::new(3).run(40, diagonal(&[value; 40])).unwrap();
            assert!(found.converged && found.values.len() == 3);
            assert!(found.values.iter().all(|v| (v - value).abs() <= 1e-15 * value.abs()));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_and_real_stays_real() {
        let values: Vec<f64> = (0..100).map(|k| f64::from(k * k % 37)).collect();
        let run = |lanczos: Lanczos| lanczos.run(100, diagonal(&values)).unwrap();
        assert_eq!(run(Lanczos::new(2).seed(3)), run(Lanczos::new(2).seed(3)));
        assert_ne!(run(Lanczos::new(2).seed(3)).vectors, run(Lanczos::new(2).seed(4)).vectors);
        let real = run(Lanczos::new(5).real());
        assert!(real.vectors.iter().flatten().all(|z| z.im == 0.0));
        assert!(run(Lanczos::new(5)).vectors.iter().flatten().any(|z| z.im != 0.0));
    }

    #[test]
    fn limits_are_kept_and_said() {
        let values: Vec<f64> = (0..500).map(|k| 1e-4 * f64::from(k)).collect();
        let found = Lanczos::new(2).max_products(5).run(500, diagonal(&values)).unwrap();
        assert!(!found.converged && found.products <= 8);
        // An upper bound all the same.
        assert!(found.values[0] > 0.0);
        let error = |lanczos: Lanczos, n| lanczos.run(n, diagonal(&[])).unwrap_err().to_string();
        assert!(error(Lanczos::new(0), 5).contains("eigenvalues asked for is 0"));
        assert!(error(Lanczos::new(1), 0).contains("dimensions is 0"));
        assert!(error(Lanczos::new(1).tolerance(0.0), 5).contains("tolerance"));
        if crate::math::available_memory().is_some() {
            assert!(error(Lanczos::new(1), 1 << 50).contains("smaller basis"));
        }
        let nan = Lanczos::new(1).run(3, diagonal(&[f64::NAN; 3])).unwrap_err();
        assert!(matches!(nan, Error::NotFinite { .. }));
        let stopped = Lanczos::new(1).run(3, |_, _| Err(Error::Interrupted));
        assert_eq!(stopped.unwrap_err(), Error::Interrupted);
    }
}
