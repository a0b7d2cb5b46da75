//! Models as Fourier series of a feature.

use super::frequencies::{Frequencies, place_of};
use super::prepared::{MOST_SAMPLES, Prepared, Samples, Use, Worker, uniform_weights};
use crate::circuit::Circuit;
use crate::circuit::library::{
    check_layers, check_num_qubits, num_parameters, try_strongly_entangling_layers,
};
use crate::engine::PauliObservable;
use crate::error::{Error, Result};
use crate::math::statistics::{mean, variance};
use crate::math::{Watch, check_memory, for_each_in_order};
use crate::pauli::PauliSum;
use crate::simulate::pauli_mask;
use num_complex::Complex64;
use std::f64::consts::TAU;

/// The model that encodes a feature again and again (Schuld, Sweke and Meyer, Phys. Rev. A 103, 032430 (2021),
/// figure 1): `layers` times W, then RX(x) on each qubit, and W once more, each W
/// [strongly entangling layers](crate::circuit::library::strongly_entangling_layers), of two layers where
/// there is more than one qubit. Its parameters are `x` and the weights `theta[0]`, …; its degree is n·layers.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, no layers, or more than 65,536 weights.
pub fn reuploading(num_qubits: usize, layers: usize) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    check_layers(layers)?;
    let in_block = if num_qubits > 1 { 2 } else { 1 };
    num_parameters(layers.saturating_add(1), 3 * num_qubits * in_block)?;
    let all = try_strongly_entangling_layers(num_qubits, in_block * (layers + 1))?;
    let block = all.ops().len() / (layers + 1);
    let mut c = Circuit::new(num_qubits);
    // Weights have the numbers that they have there.
    c.param_vector("theta", all.params().len());
    let x = c.param("x");
    for (k, ops) in all.ops().chunks(block).enumerate() {
        if k > 0 {
            (0..num_qubits).for_each(|q| {
                c.rx(x, q);
            });
        }
        for op in ops {
            c.try_push(op.clone())?;
        }
    }
    Ok(c)
}

/// The coefficients c_k for k = 0 … degree of the mean of an observable, Σ c_k e^{ik·unit·x} over k from
/// -degree to degree with c_{-k} = c_k*, at these values of all parameters (that of the feature is of no
/// effect): exact, by a discrete Fourier transform of 2·degree + 1 values.
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::learning::trainability::fourier_coefficients;
/// // cos x
/// let mut c = Circuit::new(1);
/// let x = c.param("x");
/// c.rx(x, 0);
/// let found = fourier_coefficients(&c, "x", &"Z0".parse()?, &[0.0])?;
/// assert!(found[0].norm() < 1e-15 && (found[1].re - 0.5).abs() < 1e-15);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// As [`Frequencies::of`]; if there is not one finite value for each parameter; if the observable is on a
/// qubit that does not exist; if there is no memory for the states.
pub fn fourier_coefficients(
    circuit: &Circuit,
    feature: &str,
    observable: &PauliSum,
    params: &[f64],
) -> Result<Vec<Complex64>> {
    let mut worker = Worker::new(circuit.num_qubits())?;
    let model = Model::new(circuit, feature, observable, &worker)?;
    model.coefficients(params, &mut worker)
}

/// Fourier spectra of a model over random weights.
///
/// ```
/// use ketlab::learning::trainability::{FourierSpectrum, reuploading};
/// let found = FourierSpectrum::new().samples(20).run(&reuploading(2, 1)?, "x", &"Z0".parse()?)?;
/// assert_eq!(found.frequencies.degree, 2);
/// // A mean of Z lies in ±1, and so does each amplitude.
/// assert!(found.harmonics.iter().all(|h| h.mean_magnitude <= 1.0));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FourierSpectrum {
    samples: usize,
    seed: u64,
    watch: Watch,
}

/// One frequency of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Harmonic {
    /// As a multiple of the unit.
    pub multiple: usize,
    /// In radians per unit of the feature.
    pub frequency: f64,
    /// Whether the encoding has it; where it has not, c = 0.
    pub is_accessible: bool,
    /// The mean of |c| over the weights.
    pub mean_magnitude: f64,
    /// The variance of |c| over the weights.
    pub variance: f64,
}

/// What came of a [`FourierSpectrum`].
#[derive(Debug, Clone, PartialEq)]
pub struct Fourier {
    /// The frequencies that the encoding has.
    pub frequencies: Frequencies,
    /// From 0 to the degree.
    pub harmonics: Vec<Harmonic>,
    /// Rows of weights.
    pub samples: usize,
}

impl Default for FourierSpectrum {
    fn default() -> Self {
        FourierSpectrum { samples: 200, seed: 0, watch: Watch::default() }
    }
}

impl FourierSpectrum {
    /// 200 rows of weights.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rows of weights.
    pub fn samples(mut self, samples: usize) -> Self {
        self.samples = samples;
        self
    }

    /// The seed of the weights.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who may cancel it, and sees how many rows are done ([`Watch::rows`]).
    pub fn watch(mut self, watch: &Watch) -> Self {
        self.watch = watch.clone();
        self
    }

    /// Of a circuit, whose parameters but the feature are weights, uniform in [0, 2π).
    ///
    /// # Errors
    /// As [`fourier_coefficients`]; if there are not from 2 to 2³² rows; [`Error::Interrupted`].
    pub fn run(&self, circuit: &Circuit, feature: &str, observable: &PauliSum) -> Result<Fourier> {
        if !(2..=MOST_SAMPLES).contains(&self.samples) {
            return Err(Error::Invalid {
                what: "the number of samples".into(),
                value: self.samples.to_string(),
                expected: "a variance needs at least 2, and there are streams for 2^32".into(),
            });
        }
        let num_qubits = circuit.num_qubits();
        let mut workers = Worker::several(num_qubits, self.samples)?;
        let model = Model::new(circuit, feature, observable, &workers[0])?;
        let count = model.frequencies.degree + 1;
        let needed = (self.samples as u128) * (count as u128) * 8;
        check_memory("the magnitudes of all samples", needed, |_| {
            (None, "take fewer samples".into())
        })?;
        let mut magnitudes = vec![0.0; self.samples * count];
        let items = (self.samples, magnitudes.chunks_exact_mut(count));
        let samples = Samples::new(self.seed, num_qubits, 0);
        let finished =
            for_each_in_order(&mut workers, items, 16, &self.watch, |worker, sample, out| {
                let mut rng = samples.stream(sample);
                let weights = uniform_weights(model.prepared.num_weights(), &mut rng);
                let found = model.coefficients(&weights, worker)?;
                out.iter_mut().zip(found).for_each(|(out, c)| *out = c.norm());
                Ok(())
            })?;
        if finished.contains(&false) {
            return Err(Error::Interrupted);
        }
        let Frequencies { unit, multiples, .. } = &model.frequencies;
        let harmonic = |multiple: usize| {
            let column: Vec<f64> =
                magnitudes.iter().skip(multiple).step_by(count).copied().collect();
            Harmonic {
                multiple,
                frequency: multiple as f64 * unit,
                is_accessible: multiples.binary_search(&multiple).is_ok(),
                mean_magnitude: mean(&column),
                variance: variance(&column),
            }
        };
        let harmonics = (0..count).map(harmonic).collect();
        Ok(Fourier { harmonics, samples: self.samples, frequencies: model.frequencies })
    }
}

/// A function of a feature and of weights.
struct Model {
    prepared: Prepared,
    observable: PauliObservable,
    frequencies: Frequencies,
    /// The number of the feature among the parameters.
    place: usize,
}

impl Model {
    fn new(
        circuit: &Circuit,
        feature: &str,
        observable: &PauliSum,
        worker: &Worker,
    ) -> Result<Self> {
        let n = circuit.num_qubits();
        let term = |(string, c): &(_, f64)| match c.is_finite() {
            true => Ok((pauli_mask(string, n)?, *c)),
            false => {
                Err(Error::NotFinite { what: "a coefficient of the observable".into(), value: *c })
            }
        };
        let terms: Vec<_> = observable.terms().iter().map(term).collect::<Result<_>>()?;
        Ok(Model {
            frequencies: Frequencies::of(circuit, feature)?,
            place: place_of(circuit, feature)?,
            prepared: Prepared::whole(circuit, Use::Often, worker)?,
            observable: PauliObservable::new(n, &terms)?,
        })
    }

    /// c_0 … c_degree.
    fn coefficients(&self, params: &[f64], worker: &mut Worker) -> Result<Vec<Complex64>> {
        let Frequencies { unit, degree, .. } = self.frequencies;
        let count = 2 * degree + 1;
        let mut params = params.to_vec();
        let mut values = Vec::with_capacity(count);
        for k in 0..count {
            if let Some(x) = params.get_mut(self.place) {
                *x = TAU * k as f64 / (count as f64 * unit);
            }
            self.prepared.run(&params, worker)?;
            values.push(self.observable.expectation(&worker.state));
        }
        let coefficient = |frequency: usize| {
            let term = |(k, value): (usize, &f64)| {
                // Whole turns are taken off first, where they are exact.
                let turn = (k * frequency % count) as f64 / count as f64;
                Complex64::cis(-TAU * turn) * value
            };
            values.iter().enumerate().map(term).sum::<Complex64>() / count as f64
        };
        Ok((0..=degree).map(coefficient).collect())
    }
}
