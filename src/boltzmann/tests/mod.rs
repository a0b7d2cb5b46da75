//! Gibbs states and gradients against dense matrices, which share nothing with them.

mod sampling;
mod training;

use super::data::testing::reference_json;
use super::data::{DensityMatrix, Distribution};
use super::gibbs::Exponential;
use super::loss::{Likelihood, LikelihoodBound, RelativeEntropy};
use super::*;
use crate::math::{Bits, Domain, Isa, Streams, Watch, on_threads};
use crate::pauli::PauliSum;
use nalgebra::{DMatrix, SymmetricEigen};
use num_complex::Complex64;
use rand::RngExt;
use serde_json::Value;

/// The matrix of an operator, entry by entry.
fn matrix(operator: &PauliSum, qubits: usize) -> DMatrix<Complex64> {
    let mut matrix = DMatrix::zeros(1 << qubits, 1 << qubits);
    for (string, factor) in operator.terms() {
        for index in 0..1u64 << qubits {
            let (phase, image) = string.apply_to_basis_state(index).unwrap();
            matrix[(image as usize, index as usize)] += phase.to_complex() * factor;
        }
    }
    matrix
}

/// e^{-βH} by its eigenvectors.
fn exponential(h: &DMatrix<Complex64>, beta: f64) -> DMatrix<Complex64> {
    let SymmetricEigen { eigenvectors, eigenvalues } = h.clone().symmetric_eigen();
    let diagonal = eigenvalues.map(|e| Complex64::from((-beta * e).exp()));
    &eigenvectors * DMatrix::from_diagonal(&diagonal) * eigenvectors.adjoint()
}

fn random_parameters(machine: &mut BoltzmannMachine, seed: u64, size: f64) {
    let mut rng = Streams::new(seed, Domain::Boltzmann).stream(9);
    let values: Vec<f64> = machine.terms().iter().map(|_| rng.random_range(-size..size)).collect();
    machine.set_parameters(&values).unwrap();
}

fn random_law(bits: usize, seed: u64, keep: f64) -> Distribution {
    let mut rng = Streams::new(seed, Domain::Boltzmann).stream(8);
    let weights: Vec<f64> = (0..1 << bits)
        .map(|_| if rng.random::<f64>() < keep { rng.random::<f64>() } else { 0.0 })
        .collect();
    let sum: f64 = weights.iter().sum();
    let law = weights.iter().enumerate().map(|(v, w)| (Bits::from_u64(v as u64, bits), w / sum));
    Distribution::from_probabilities(law).unwrap()
}

/// Machines of every kind: visible and hidden, restricted, with signs on flips, complex, classical.
fn machines() -> Vec<BoltzmannMachine> {
    let term = |name: &str, operator: &str| Term {
        name: name.into(),
        operator: operator.parse().unwrap(),
    };
    let mut machines = vec![
        Architecture::quantum(3, 0).machine().unwrap(),
        Architecture::quantum(2, 2).with_own_fields().machine().unwrap(),
        Architecture::semi_restricted(3, 2).machine().unwrap(),
        Architecture::restricted(2, 2).machine().unwrap().at_beta(1.7).unwrap(),
        Architecture::quantum(3, 1).classical().machine().unwrap(),
        BoltzmannMachine::try_new(
            3,
            1,
            vec![
                term("xx", "X0 X1 + 0.5 X2 X3"),
                term("yy", "Y0 Y1 - Y1 Y3"),
                term("xz", "X0 Z2 + Z1 X3"),
                term("z", "Z0 Z1 Z2 + 0.3 Z3"),
            ],
        )
        .unwrap(),
        BoltzmannMachine::try_new(
            2,
            1,
            vec![
                term("y", "Y0 + Y2"),
                term("zy", "Z0 Y1 - 0.7 Y1 Y2 Y0"),
                term("x", "X0 + X1 X2"),
                term("z", "Z0 + Z1 Z2"),
            ],
        )
        .unwrap(),
    ];
    for (k, machine) in machines.iter_mut().enumerate() {
        random_parameters(machine, k as u64, 1.3);
    }
    machines
}

#[test]
fn gibbs_states_are_those_of_dense_matrices() {
    for machine in machines() {
        let n = machine.num_units();
        let dense = exponential(&matrix(&machine.hamiltonian(), n), machine.beta());
        let z = dense.trace().re;
        let extra: PauliSum = "X0 Z1 + Y0 Y1 - 2 X1".parse().unwrap();
        let watch = Watch::default();
        let state = GibbsState::observed(&machine, std::slice::from_ref(&extra), &watch).unwrap();
        assert!((state.log_partition_function() - z.ln()).abs() < 1e-12);
        for (v, p) in state.probabilities().iter().enumerate() {
            let step = 1 << machine.num_visible();
            let expected: f64 = (v..1 << n).step_by(step).map(|x| dense[(x, x)].re).sum();
            assert!((p - expected / z).abs() < 1e-13, "{v}: {p} {}", expected / z);
        }
        let mean = |operator: &PauliSum| (matrix(operator, n) * &dense).trace().re / z;
        for (term, o) in machine.terms().iter().zip(state.expectations()) {
            assert!((o - mean(&term.operator)).abs() < 1e-12, "{}", term.name);
        }
        assert!((state.observables()[0] - mean(&extra)).abs() < 1e-12);
        assert!((state.energy() - mean(&machine.hamiltonian())).abs() < 1e-11);
        assert!(state.entropy() > 0.0 && state.entropy() < n as f64);
    }
}

/// A random mixed state, full rank or not.
fn random_state(qubits: usize, seed: u64, rank: usize) -> DensityMatrix {
    let mut rng = Streams::new(seed, Domain::Boltzmann).stream(7);
    let mut number =
        |_, _| Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0));
    let factor = DMatrix::from_fn(1 << qubits, rank, &mut number);
    let product = &factor * factor.adjoint();
    let trace = product.trace();
    DensityMatrix::try_new(product / trace).unwrap()
}

/// [`f(x + h) - f(x - h)]/2h, extrapolated from h and h/2.
fn slope(f: impl Fn(f64) -> f64) -> f64 {
    let difference = |h: f64| (f(h) - f(-h)) / (2.0 * h);
    (4.0 * difference(5e-4) - difference(1e-3)) / 3.0
}

fn check_gradient(at: &[f64], value: impl Fn(&[f64]) -> f64, gradient: &[f64], what: &str) {
    let largest = gradient.iter().fold(1e-2f64, |m, g| m.max(g.abs()));
    for (a, g) in gradient.iter().enumerate() {
        let numerical = slope(|h| {
            let mut x = at.to_vec();
            x[a] += h;
            value(&x)
        });
        assert!((g - numerical).abs() < 1e-8 * largest, "{what}, {a}: {g} and {numerical}");
    }
}

#[test]
fn gradients_are_central_differences_also_where_levels_coincide() {
    for (k, machine) in machines().into_iter().enumerate() {
        let data = random_law(machine.num_visible(), k as u64, 0.7);
        let watch = Watch::default();
        let likelihood = Likelihood::new(&machine, &data, &watch).unwrap();
        let bound = LikelihoodBound::new(&machine, &data, &watch).unwrap();
        // All zero: one level. Integers: many.
        let own = machine.parameters().to_vec();
        let whole: Vec<f64> = own.iter().map(|x| x.round()).collect();
        for at in [own, whole, vec![0.0; machine.parameters().len()]] {
            let found = likelihood.evaluate(&at, true).unwrap().gradient.unwrap();
            let value = |x: &[f64]| likelihood.evaluate(x, false).unwrap().value;
            check_gradient(&at, value, &found, &format!("likelihood of machine {k}"));
            let found = bound.evaluate(&at, true).unwrap();
            let value = |x: &[f64]| bound.evaluate(x, false).unwrap().value;
            check_gradient(&at, value, &found.gradient.unwrap(), &format!("bound {k}"));
            // Golden and Thompson.
            assert!(found.value >= likelihood.evaluate(&at, false).unwrap().value - 1e-12);
        }
    }
}

#[test]
fn the_likelihood_is_that_of_the_measured_law() {
    for (k, machine) in machines().into_iter().enumerate() {
        let data = random_law(machine.num_visible(), 50 + k as u64, 0.8);
        let state = GibbsState::of(&machine).unwrap();
        let expected: f64 =
            data.outcomes().iter().map(|(v, q)| -q * state.probability(v).ln()).sum();
        let likelihood = Likelihood::new(&machine, &data, &Watch::default()).unwrap();
        let found = likelihood.evaluate(machine.parameters(), false).unwrap().value;
        assert!((found - expected).abs() < 1e-12);
    }
}

/// S(η‖ρ) by dense matrices.
#[test]
fn relative_entropies_and_their_gradients_are_those_of_dense_matrices() {
    for (k, machine) in machines().into_iter().enumerate() {
        let (visible, n) = (machine.num_visible(), machine.num_units());
        let states = [
            random_state(visible, k as u64, 1 << visible),
            random_state(visible, k as u64, 2),
            DensityMatrix::diagonal(&random_law(visible, k as u64, 0.6)).unwrap(),
        ];
        for state in states {
            let target = Target::from(state.clone());
            let loss = RelativeEntropy::new(&machine, &target, &Watch::default()).unwrap();
            let at = machine.parameters();
            let found = loss.evaluate(at, true).unwrap();
            let dense = exponential(&matrix(&machine.hamiltonian(), n), machine.beta());
            let size = 1usize << visible;
            let mut marginal = DMatrix::<Complex64>::zeros(size, size);
            for hidden in 0..1usize << machine.num_hidden() {
                marginal += dense.view((hidden * size, hidden * size), (size, size));
            }
            marginal /= dense.trace();
            let SymmetricEigen { eigenvectors, eigenvalues } = marginal.symmetric_eigen();
            let logarithm = &eigenvectors
                * DMatrix::from_diagonal(&eigenvalues.map(|e| Complex64::from(e.ln())))
                * eigenvectors.adjoint();
            let expected = -state.entropy() - (state.matrix() * logarithm).trace().re;
            assert!((found.value - expected).abs() < 1e-11, "{k}: {} {expected}", found.value);
            assert!(found.value > 0.0);
            let value = |x: &[f64]| loss.evaluate(x, false).unwrap().value;
            let what = format!("relative entropy of machine {k}");
            check_gradient(at, value, &found.gradient.unwrap(), &what);
            let zero = vec![0.0; at.len()];
            let found = loss.evaluate(&zero, true).unwrap().gradient.unwrap();
            check_gradient(&zero, value, &found, &what);
        }
    }
}

/// H = -X - Z/2 (research notes of the project, section 6.7).
#[test]
fn bounds_of_one_qubit_have_their_closed_form() {
    let mut machine = Architecture::quantum(1, 0).machine().unwrap();
    machine.set_parameters(&[1.0, 0.5]).unwrap();
    for (v, expected) in [(0, 0.4869580), (1, 0.1791418)] {
        let law = Distribution::from_counts([(Bits::from_u64(v, 1), 1)]).unwrap();
        let bound = LikelihoodBound::new(&machine, &law, &Watch::default()).unwrap();
        let found = (-bound.evaluate(&[1.0, 0.5], false).unwrap().value).exp();
        assert!((found - expected).abs() < 1e-7, "{found}");
    }
}

/// Low temperatures, where e^{-βH} ranges over hundreds of orders of magnitude.
#[test]
fn cold_states_are_exact() {
    let mut machine = Architecture::quantum(4, 0).machine().unwrap().at_beta(40.0).unwrap();
    random_parameters(&mut machine, 3, 2.0);
    let n = machine.num_units();
    let h = matrix(&machine.hamiltonian(), n);
    let lowest = h.clone().symmetric_eigen().eigenvalues.min();
    let shifted = &h - DMatrix::identity(1 << n, 1 << n) * Complex64::from(lowest);
    let dense = exponential(&shifted, 40.0);
    let z = dense.trace().re;
    let state = GibbsState::of(&machine).unwrap();
    assert!((state.log_partition_function() - (z.ln() - 40.0 * lowest)).abs() < 1e-9);
    for (v, p) in state.probabilities().iter().enumerate() {
        assert!((p - dense[(v, v)].re / z).abs() < 1e-12, "{v}: {p} {}", dense[(v, v)].re / z);
    }
}

/// Without fields all probabilities are exact; with fields the smallest are refused, not guessed.
#[test]
fn probabilities_below_rounding_are_exact_or_unresolved() {
    let mut machine = Architecture::quantum(3, 0).machine().unwrap();
    let biases = [0.0, 45.0, 40.0, 50.0, 0.0, 0.0, 0.0];
    machine.set_parameters(&biases).unwrap();
    let state = GibbsState::of(&machine).unwrap();
    for v in 0..8u64 {
        let bits = [45.0, 40.0, 50.0].iter().enumerate();
        let expected: f64 = bits.map(|(i, b)| if v >> i & 1 == 1 { -2.0 * b } else { 0.0 }).sum();
        let found = state.probabilities()[v as usize].ln();
        assert!((found - expected).abs() < 1e-9, "{v}: {found} {expected}");
    }
    machine.set_parameters(&[1e-6, 45.0, 40.0, 50.0, 0.0, 0.0, 0.0]).unwrap();
    let model = Model::from(machine);
    let error = model.complete(&[Some(true), Some(true), Some(true)], 5, 1).unwrap_err();
    assert!(error.to_string().contains("rounding"), "{error}");
    let all = Distribution::from_counts((0..8).map(|v| (Bits::from_u64(v, 3), 1))).unwrap();
    let scores = model.surprisal(&all, 1).unwrap();
    assert!(scores[0].abs() < 1e-3 && scores[7].is_infinite());
}

#[test]
fn answers_depend_neither_on_threads_nor_on_the_instruction_set() {
    let mut machine = Architecture::quantum(5, 1).machine().unwrap();
    random_parameters(&mut machine, 1, 1.0);
    let operators = machine.operators();
    let answers = |isa: Isa, threads: usize| {
        on_threads(threads, || {
            let exponential = Exponential::new(6, &operators).unwrap().isa(isa);
            let at = exponential.evaluate(machine.parameters(), 1.0).unwrap();
            let weights = |x: usize| (x % 7) as f64;
            (at.expectations(), at.probabilities(5), exponential.derivatives(&at, weights).unwrap())
        })
    };
    let reference = answers(Isa::best(), 1);
    for isa in Isa::available() {
        for threads in [1, 2, 3] {
            assert_eq!(answers(*isa, threads), reference, "{isa:?}, {threads} threads");
        }
    }
}

/// Independently computed: eigenvectors and SciPy's `expm`.
#[test]
fn gibbs_states_are_those_of_the_reference() {
    let Some(document) = reference_json("gibbs/gibbs_small.json") else { return };
    let numbers = |value: &Value| -> Vec<f64> {
        value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    };
    for case in document["cases"].as_array().unwrap() {
        let n = case["n"].as_u64().unwrap() as usize;
        let mut operators: Vec<String> = Vec::new();
        let mut parameters = Vec::new();
        for pair in case["zz_i_j_w"].as_array().unwrap() {
            let pair = numbers(pair);
            operators.push(format!("Z{} Z{}", pair[0], pair[1]));
            parameters.push(-pair[2]);
        }
        for (letter, key) in [("X", "x_coeff"), ("Z", "z_coeff")] {
            for (i, c) in numbers(&case[key]).into_iter().enumerate() {
                operators.push(format!("{letter}{i}"));
                parameters.push(-c);
            }
        }
        let terms = operators
            .iter()
            .map(|o| Term { name: o.clone(), operator: o.parse().unwrap() })
            .collect();
        let machine = BoltzmannMachine::try_new(n, 0, terms).unwrap();
        let mut machine = machine.at_beta(case["beta"].as_f64().unwrap()).unwrap();
        machine.set_parameters(&parameters).unwrap();
        let state = GibbsState::of(&machine).unwrap();
        let near = |a: f64, key: &str| assert!((a - case[key].as_f64().unwrap()).abs() < 1e-10);
        near(state.log_partition_function(), "log_Z");
        near(state.energy(), "energy");
        near(state.entropy(), "entropy_nats");
        let expected: Vec<f64> =
            ["ZZ", "X_i", "Z_i"].iter().flat_map(|key| numbers(&case[*key])).collect();
        for (found, expected) in state.expectations().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-10);
        }
        for (p, q) in state.probabilities().iter().zip(numbers(&case["diagonal_probabilities"])) {
            assert!((p - q).abs() < 1e-10);
        }
    }
}
