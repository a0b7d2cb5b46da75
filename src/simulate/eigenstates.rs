//! The lowest eigenvalues and eigenstates of a Pauli sum, without its matrix.

use super::sector::Sector;
use super::state_vector::pauli_mask;
use crate::engine::{SumOperator, bytes_needed};
use crate::error::{Error, Result};
use crate::math::{Lanczos, Watch, check_memory};
use crate::pauli::PauliSum;
use num_complex::Complex64;

/// The lowest eigenvalues of a Hamiltonian with their multiplicities, by [`Lanczos`] with the
/// engine's products, in all of the space or in a [`Sector`]. The vectors of the search are as long as
/// the sector; beside them there are two whole states.
///
/// ```
/// use ketlab::chemistry::Molecule;
/// use ketlab::simulate::{Eigensolver, Sector};
/// let h2 = Molecule::bundled("h2_0.735")?;
/// let solver = Eigensolver::new(2).sector(Sector::particles_and_spin(4, 2, 0)?);
/// let found = solver.run(h2.hamiltonian(), 4)?;
/// assert!((found.values[0] - h2.fci().unwrap()).abs() < 1e-10);
/// // The triplet.
/// assert!((found.values[1] + 0.5246155554).abs() < 1e-9);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Eigensolver {
    lanczos: Lanczos,
    count: usize,
    sector: Option<Sector>,
    watch: Watch,
}

/// What an [`Eigensolver`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigenstates {
    /// In ascending order, each as often as its multiplicity; fewer than asked for where the sector
    /// has fewer states.
    pub values: Vec<f64>,
    /// ‖Hψ - Eψ‖ of each: an eigenvalue is no farther than this from the value.
    pub residuals: Vec<f64>,
    /// Products of the Hamiltonian and a state.
    pub products: usize,
    /// Whether all are within the tolerance and none below them is missing.
    pub converged: bool,
    /// The indices of the basis states that the vectors are in; `None`: of all.
    states: Option<Vec<u64>>,
    vectors: Vec<Vec<Complex64>>,
    num_qubits: usize,
}

impl Eigensolver {
    /// For this many eigenvalues of the whole space, with the tolerance 1e-10 and the seed 0.
    pub fn new(count: usize) -> Self {
        let (lanczos, watch) = (Lanczos::new(count), Watch::default());
        Eigensolver { lanczos, count, sector: None, watch }
    }

    /// Only in this sector, which the Hamiltonian must not leave.
    pub fn sector(mut self, sector: Sector) -> Self {
        self.sector = Some(sector);
        self
    }

    /// The largest residual, relative to the norm of the Hamiltonian (without its identity).
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.lanczos = self.lanczos.tolerance(tolerance);
        self
    }

    /// Seed of the start vectors.
    pub fn seed(mut self, seed: u64) -> Self {
        self.lanczos = self.lanczos.seed(seed);
        self
    }

    /// Ends the search, not converged, after this many products (100,000 unless set).
    pub fn max_products(mut self, limit: usize) -> Self {
        self.lanczos = self.lanczos.max_products(limit);
        self
    }

    /// Vectors of the search that are kept; see [`Lanczos::basis`].
    pub fn basis(mut self, vectors: usize) -> Self {
        self.lanczos = self.lanczos.basis(vectors);
        self
    }

    /// Looks at this watch before every product.
    pub fn watch(mut self, watch: &Watch) -> Self {
        self.watch = watch.clone();
        self
    }

    /// Searches on a register of `num_qubits`.
    ///
    /// # Errors
    /// If the Hamiltonian has a term on a qubit that is not there or a coefficient that is not
    /// finite; if it leaves the sector, or the sector is of another register; if the memory is not
    /// there; those of [`Lanczos::run`]; [`Error::Interrupted`].
    pub fn run(&self, hamiltonian: &PauliSum, num_qubits: usize) -> Result<Eigenstates> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        let (mut terms, mut shift, mut real) = (Vec::new(), 0.0, true);
        for (string, c) in hamiltonian.terms() {
            let mask = pauli_mask(string, num_qubits)?;
            if string.is_identity() {
                shift += c;
            } else {
                real &= (mask.x & mask.z).count_ones().is_multiple_of(2);
                terms.push((mask, *c));
            }
        }
        if let Some(sector) = &self.sector {
            if sector.num_qubits() != num_qubits {
                let expected = format!("the register has {num_qubits}");
                let value = sector.num_qubits().to_string();
                return invalid("the number of qubits of the sector", value, expected);
            }
            if !sector.is_kept_by(hamiltonian) {
                let expected = "it must keep the numbers of ones that the sector fixes; search in \
                                another sector, or in all of the space";
                let what = "whether the Hamiltonian stays in the sector";
                return invalid(what, "no".into(), expected.into());
            }
        }
        let operator = SumOperator::new(num_qubits, &terms)?;
        let dimension = match &self.sector {
            Some(sector) => sector.dimension() as usize,
            None => 1usize << num_qubits,
        };
        // All that follows, before the first of it is taken.
        let whole = bytes_needed(num_qubits, 16);
        let beside = if self.sector.is_some() { 2 * whole + 8 * dimension as u128 } else { 0 };
        let needed = self.lanczos.memory(dimension).saturating_add(beside);
        let what = format!("a search for {} eigenvalues on {num_qubits} qubits", self.count);
        check_memory(&what, needed, |_| {
            (None, "ask for fewer, keep a smaller basis, or restrict it to a sector".into())
        })?;
        let states = self.sector.as_ref().map(Sector::states).transpose()?;
        let lanczos = if real { self.lanczos.clone().real() } else { self.lanczos.clone() };
        let len = if states.is_some() { 1 << num_qubits } else { 0 };
        let (mut psi, mut image) = (vec![Complex64::ZERO; len], vec![Complex64::ZERO; len]);
        let found = lanczos.run(dimension, |x, product| {
            self.watch.check()?;
            let Some(states) = &states else {
                operator.apply(x, product);
                return Ok(());
            };
            states.iter().zip(x).for_each(|(&index, x)| psi[index as usize] = *x);
            operator.apply(&psi, &mut image);
            product.iter_mut().zip(states).for_each(|(p, &index)| *p = image[index as usize]);
            Ok(())
        })?;
        Ok(Eigenstates {
            values: found.values.iter().map(|value| value + shift).collect(),
            residuals: found.residuals,
            products: found.products,
            converged: found.converged,
            states,
            vectors: found.vectors,
            num_qubits,
        })
    }
}

impl Eigenstates {
    /// The amplitudes of eigenstate `k`, of all 2^n basis states.
    ///
    /// # Errors
    /// If there is no such eigenstate, or no memory for its amplitudes.
    pub fn state(&self, k: usize) -> Result<Vec<Complex64>> {
        let vector = self.vectors.get(k).ok_or_else(|| Error::Invalid {
            what: "the number of an eigenstate".into(),
            value: k.to_string(),
            expected: format!("there are {}, numbered from 0", self.vectors.len()),
        })?;
        let Some(states) = &self.states else { return Ok(vector.clone()) };
        let needed = bytes_needed(self.num_qubits, 16);
        check_memory("an eigenstate", needed, |_| (None, "use fewer qubits".into()))?;
        let mut amplitudes = vec![Complex64::ZERO; 1 << self.num_qubits];
        states.iter().zip(vector).for_each(|(&index, x)| amplitudes[index as usize] = *x);
        Ok(amplitudes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pauli::{Boundary, ising_chain, xxz_chain};

    /// Against the dense matrix, all levels.
    #[test]
    fn agrees_with_dense_diagonalization() {
        let field: PauliSum = "Y0 Z2 + 0.5 X1 Y2 - 0.3 X0 + 2 Z1 - 7".parse().unwrap();
        let ring = xxz_chain(6, 1.0, 0.7, Boundary::Periodic).unwrap();
        for (h, n) in [(field, 3), (ring, 6)] {
            let dense = h.to_dense(n).unwrap();
            let mut levels = dense.symmetric_eigenvalues().as_slice().to_vec();
            levels.sort_by(f64::total_cmp);
            let found = Eigensolver::new(1 << n).run(&h, n).unwrap();
            assert!(found.converged);
            assert_eq!(found.values.len(), levels.len());
            for (k, level) in levels.iter().enumerate() {
                assert!(
                    (found.values[k] - level).abs() < 1e-10,
                    "{k}: {} {level}",
                    found.values[k]
                );
                let psi = nalgebra::DVector::from_vec(found.state(k).unwrap());
                assert!((&dense * &psi - &psi * Complex64::from(*level)).norm() < 1e-8);
            }
            assert!(found.state(levels.len()).is_err());
        }
    }

    /// A critical chain in closed form: J = h = 1, open, E = 1 - 1/sin(π/(2(2n + 1))) (Pfeuty 1970).
    #[test]
    fn the_critical_chain_is_pfeutys() {
        for n in [1, 2, 7, 10] {
            let h = ising_chain(n, 1.0, 1.0, Boundary::Open).unwrap();
            let found = Eigensolver::new(1).run(&h, n).unwrap();
            let exact = 1.0 - 1.0 / (std::f64::consts::PI / (2.0 * (2 * n + 1) as f64)).sin();
            assert!((found.values[0] - exact).abs() < 1e-11, "{n}: {}", found.values[0]);
        }
    }

    #[test]
    fn sectors_are_kept_or_refused() {
        // One particle hops on a ring of 5: -2 cos(2πk/5), each k and -k twofold.
        let hop: PauliSum = "-0.5 X0 X1 - 0.5 Y0 Y1 - 0.5 X1 X2 - 0.5 Y1 Y2 - 0.5 X2 X3 - 0.5 Y2 Y3
             - 0.5 X3 X4 - 0.5 Y3 Y4 - 0.5 X4 X0 - 0.5 Y4 Y0"
            .replace('\n', " ")
            .parse()
            .unwrap();
        let solver = Eigensolver::new(9).sector(Sector::particles(5, 1).unwrap());
        let found = solver.run(&hop, 5).unwrap();
        let cosine = |k: f64| -2.0 * (std::f64::consts::TAU * k / 5.0).cos();
        let expected = [cosine(0.0), cosine(1.0), cosine(1.0), cosine(2.0), cosine(2.0)];
        assert_eq!(found.values.len(), 5);
        assert!(found.values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
        let state = found.state(1).unwrap();
        assert!(state.iter().enumerate().all(|(i, a)| i.count_ones() == 1 || a.norm() == 0.0));
        let error = solver.run(&"X0".parse().unwrap(), 5).unwrap_err().to_string();
        assert!(error.contains("another sector"), "{error}");
        assert!(solver.run(&hop, 6).unwrap_err().to_string().contains("the register has 6"));
        assert!(Eigensolver::new(1).run(&hop, 4).is_err());
        assert!(Eigensolver::new(1).run(&hop, 200).is_err());
        if crate::math::available_memory().is_some() {
            let error = Eigensolver::new(1).run(&hop, 45).unwrap_err();
            assert!(matches!(error, Error::TooLarge { .. }), "{error}");
        }
        let watch = Watch::default();
        watch.cancel();
        let error = solver.watch(&watch).run(&hop, 5).unwrap_err();
        assert_eq!(error, Error::Interrupted);
    }
}
