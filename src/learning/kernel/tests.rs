//! Kernels against reference data, closed forms and themselves.

use super::*;
use crate::circuit::Circuit;
use crate::circuit::library::Embedding;
use crate::device::{ActsOn, NoiseModel, Pattern, Rule};
use crate::error::Error;
use crate::math::{Domain, Streams};
use crate::noise::Channel;
use crate::simulate::Simulator;
use ndarray::{Array2, ArrayView2, array, s};
use num_complex::Complex64;
use rand::RngExt;
use serde_json::Value;

fn reference(path: &str) -> Option<Value> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/reference/kernels")
        .join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).expect("reference JSON")),
        Err(error) => {
            assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(), "{path}: {error}");
            eprintln!("skipped: reference file {path}: {error}");
            None
        }
    }
}

fn table(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = serde_json::from_value(value.clone()).unwrap();
    let shape = (rows.len(), rows[0].len());
    Array2::from_shape_vec(shape, rows.concat()).unwrap()
}

fn named(name: &str, num_features: usize) -> Embedding {
    Embedding::new(name.parse().unwrap(), num_features).unwrap()
}

fn fidelity(name: &str, num_features: usize) -> FidelityKernel {
    FidelityKernel::new(named(name, num_features), Simulator::new()).unwrap()
}

fn random_rows(rows: usize, features: usize, seed: u64) -> Array2<f64> {
    let mut rng = Streams::new(seed, Domain::Learning).stream(1 << 50);
    Array2::from_shape_fn((rows, features), |_| rng.random_range(-3.0..3.0))
}

#[track_caller]
fn close(a: ArrayView2<f64>, b: ArrayView2<f64>, within: f64) {
    assert_eq!(a.dim(), b.dim());
    for ((at, x), y) in a.indexed_iter().zip(b) {
        assert!((x - y).abs() <= within, "{at:?}: {x} {y}");
    }
}

fn bits(kernel: &Array2<f64>) -> Vec<u64> {
    kernel.iter().map(|k| k.to_bits()).collect()
}

fn lowest(kernel: &Array2<f64>) -> f64 {
    Repair::None.apply(kernel.view()).unwrap().lowest_eigenvalue
}

#[test]
fn fidelity_kernels_are_those_of_the_reference() {
    let Some(data) = reference("zz_feature_map.json") else { return };
    for case in data["cases"].as_array().unwrap() {
        let (n, reps) = (case["n"].as_u64().unwrap(), case["reps"].as_u64().unwrap());
        let (x, expected) = (table(&case["X"]), table(&case["K"]));
        let kernel = fidelity(&format!("zz:{reps}"), n as usize);
        let k = kernel.matrix(x.view()).unwrap();
        close(k.view(), expected.view(), 1e-9);
        assert!(k.diag().iter().all(|&k| k == 1.0) && k == k.t());
        assert!(lowest(&k) > -1e-13);
        let cross = kernel.cross(x.slice(s![..3, ..]), x.view()).unwrap();
        close(cross.view(), expected.slice(s![..3, ..]), 1e-9);
    }
}

fn rbf(x: ArrayView2<f64>, gamma: f64) -> Array2<f64> {
    let distance = |i: usize, j: usize| -> f64 {
        x.row(i).iter().zip(x.row(j)).map(|(a, b)| (a - b) * (a - b)).sum()
    };
    Array2::from_shape_fn((x.nrows(), x.nrows()), |(i, j)| (-gamma * distance(i, j)).exp())
}

#[test]
fn the_ad_hoc_set_has_the_kernel_and_geometric_difference_of_the_reference() {
    let Some(data) = reference("adhoc.json") else { return };
    let case = &data["cases"][0];
    let x = table(&case["train"]);
    let k = fidelity("zz", 2).matrix(x.view()).unwrap();
    close(k.view(), table(&case["kernel_train"]).view(), 1e-9);
    // scikit-learn's gamma="scale".
    let classical = rbf(x.view(), 1.0 / (2.0 * x.var(0.0)));
    let g = geometric_difference(classical.view(), k.view(), 1e-3).unwrap();
    let expected = case["geometric_difference_rbf_to_quantum_lambda_1e-3"].as_f64().unwrap();
    assert!((g / expected - 1.0).abs() < 1e-6, "{g} {expected}");
    // numpy 2.4.6: y @ inv(K + 1e-3) @ K @ inv(K + 1e-3) @ y for labels 0 and 1.
    let labels: Vec<f64> = serde_json::from_value(case["train_labels"].clone()).unwrap();
    let s = model_complexity(k.view(), &labels, 1e-3).unwrap();
    assert!((s / 4.493518215677405 - 1.0).abs() < 1e-7, "{s}");

    // The data that saturate it: s_C = g² s_Q, the quantum kernel's own λ near 0.
    let found = relabelled(classical.view(), k.view(), 1e-3).unwrap();
    assert!((found.geometric_difference / g - 1.0).abs() < 1e-10);
    let s_c = model_complexity(classical.view(), &found.targets, 1e-3).unwrap();
    let s_q = model_complexity(k.view(), &found.targets, 1e-9).unwrap();
    assert!((s_c / (g * g * s_q) - 1.0).abs() < 1e-4, "{s_c} {s_q}");
    assert!(found.labels.iter().zip(&found.targets).all(|(l, t)| l * t >= 0.0 && l.abs() == 1.0));
    // Of all other targets that the quantum kernel can make it is a bound.
    for seed in 0..20 {
        let y = k.dot(&random_rows(40, 1, seed)).into_raw_vec_and_offset().0;
        let s_c = model_complexity(classical.view(), &y, 1e-3).unwrap();
        assert!(s_c <= g * g * model_complexity(k.view(), &y, 1e-9).unwrap() * 1.0001);
    }
}

#[test]
fn product_embeddings_have_their_closed_form() {
    let (x, y) = (random_rows(7, 4, 1), random_rows(5, 4, 2));
    let expected = Array2::from_shape_fn((7, 5), |(i, j)| {
        x.row(i).iter().zip(y.row(j)).map(|(a, b)| (0.5 * (a - b)).cos().powi(2)).product()
    });
    for name in ["angle", "angle-y", "angle-z"] {
        let k = fidelity(name, 4).cross(x.view(), y.view()).unwrap();
        close(k.view(), expected.view(), 1e-13);
    }
    // Basis states are equal or orthogonal, amplitudes have their cosines.
    let rows = array![[0.0, 1.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]];
    let k = fidelity("basis", 3).matrix(rows.view()).unwrap();
    close(k.view(), array![[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]].view(), 1e-15);
    let k = fidelity("amplitude", 4).cross(x.view(), y.view()).unwrap();
    let expected = Array2::from_shape_fn((7, 5), |(i, j)| {
        let (a, b) = (x.row(i), y.row(j));
        a.dot(&b).powi(2) / (a.dot(&a) * b.dot(&b))
    });
    close(k.view(), expected.view(), 1e-13);
}

#[test]
fn entries_are_overlaps_of_states() {
    let kernel = fidelity("iqp:2", 3);
    let x = random_rows(6, 3, 3);
    let state = |row: usize| -> Vec<Complex64> {
        let circuit = kernel.embedding().circuit();
        let values: Vec<_> = circuit.inputs().zip(x.row(row).iter().copied()).collect();
        let state = Simulator::new().state::<f64>(&circuit.bind(&values).unwrap()).unwrap();
        (0..8).map(|i| state.amplitude(i)).collect()
    };
    let expected = Array2::from_shape_fn((6, 6), |(i, j)| {
        let overlap: Complex64 = state(i).iter().zip(state(j)).map(|(a, b)| a.conj() * b).sum();
        overlap.norm_sqr()
    });
    close(kernel.matrix(x.view()).unwrap().view(), expected.view(), 1e-14);
}

#[test]
fn bits_depend_neither_on_threads_nor_on_memory() {
    // Three blocks of 128 rows, the last one short; and two by three.
    let (x, y) = (random_rows(300, 3, 4), random_rows(150, 3, 5));
    let kernel = |threads: usize, bytes: Option<u128>| {
        let simulator = Simulator::new().threads(threads).unwrap();
        let kernel = FidelityKernel::new(named("zz:1", 3), simulator).unwrap();
        let kernel = bytes.into_iter().fold(kernel, FidelityKernel::memory);
        let square = kernel.matrix(x.view()).unwrap();
        let cross = kernel.cross(y.view(), x.view()).unwrap();
        (bits(&square), bits(&cross))
    };
    let expected = kernel(1, None);
    for threads in [2, 4] {
        assert!(kernel(threads, None) == expected, "{threads} threads");
    }
    // Room for nothing, for two blocks and a half, for all but one.
    let block = 16 * 128 * 8;
    for bytes in [0, 5 * block / 2, 4 * block] {
        assert!(kernel(2, Some(bytes)) == expected, "{bytes} bytes");
    }
    // A kernel of rows with themselves is one of rows with others, but for the diagonal's rounding.
    let whole = fidelity("zz:1", 3);
    let cross = whole.cross(x.view(), x.view()).unwrap();
    close(cross.view(), whole.matrix(x.view()).unwrap().view(), 1e-14);
}

#[test]
fn cancelled_kernels_are_interrupted_and_progress_is_in_rows() {
    let simulator = Simulator::new();
    let kernel = FidelityKernel::new(named("zz:1", 2), simulator.clone()).unwrap();
    kernel.matrix(random_rows(20, 2, 1).view()).unwrap();
    assert_eq!(simulator.watch().rows(), 20);
    simulator.watch().cancel();
    let error = kernel.matrix(random_rows(20, 2, 1).view()).unwrap_err();
    assert!(matches!(error, Error::Interrupted));
}

#[test]
fn projected_kernels_are_distances_of_reduced_states() {
    let embedding = named("zz", 3);
    let x = random_rows(5, 3, 6);
    let kernel = ProjectedKernel::new(embedding.clone(), Simulator::new(), 0.7).unwrap();
    let reduced = |row: usize, qubit: usize| {
        let values: Vec<_> = embedding.circuit().inputs().zip(x.row(row).iter().copied()).collect();
        let bound = embedding.circuit().bind(&values).unwrap();
        let state = Simulator::new().state::<f64>(&bound).unwrap();
        state.reduced_density_matrix(&[qubit]).unwrap()
    };
    let expected = Array2::from_shape_fn((5, 5), |(i, j)| {
        let distance: f64 = (0..3).map(|q| (reduced(i, q) - reduced(j, q)).norm_squared()).sum();
        (-0.7 * distance).exp()
    });
    let k = kernel.matrix(x.view()).unwrap();
    close(k.view(), expected.view(), 1e-12);
    assert!(lowest(&k) > 0.0 && k.diag().iter().all(|&k| k == 1.0));
    let cross = kernel.cross(x.slice(s![1..3, ..]), x.view()).unwrap();
    close(cross.view(), k.slice(s![1..3, ..]), 1e-15);

    let scaled = ProjectedKernel::scaled(embedding.clone(), Simulator::new(), x.view()).unwrap();
    let vectors = scaled.pauli_means(x.view()).unwrap() / 2f64.sqrt();
    let distances: f64 = (0..25)
        .map(|k| {
            projected::squared_distance(
                scaled.pauli_means(x.view()).unwrap().row(k / 5),
                scaled.pauli_means(x.view()).unwrap().row(k % 5),
            )
        })
        .sum();
    assert!((scaled.gamma() * distances / 25.0 - 2.0).abs() < 1e-12);
    close(
        scaled.matrix(x.view()).unwrap().view(),
        rbf(vectors.view(), scaled.gamma()).view(),
        1e-13,
    );
    let same = array![[0.3, 0.2, 0.1], [0.3, 0.2, 0.1]];
    let flat = ProjectedKernel::scaled(embedding.clone(), Simulator::new(), same.view()).unwrap();
    assert_eq!(flat.gamma(), 1.0);
    for gamma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(ProjectedKernel::new(embedding.clone(), Simulator::new(), gamma).is_err());
    }
    assert!(kernel.of_means(array![[1.0]].view(), array![[1.0]].view()).is_err());
}

#[test]
fn frequencies_are_binomial_and_their_errors_cover() {
    // 60 × 59/2 pairs of one law: χ² of the counts of 8 shots against Binomial(8, 0.3).
    let size = 60;
    let exact = Array2::from_shape_fn((size, size), |(i, j)| if i == j { 1.0 } else { 0.3 });
    let found = SampledKernel::of_matrix(exact.view(), 8, 1).unwrap();
    assert_eq!(found.kernel, found.kernel.t());
    assert!((0..size).all(|i| found.kernel[[i, i]] == 1.0 && found.standard_errors[[i, i]] == 0.0));
    let pairs = size * (size - 1) / 2;
    assert_eq!(found.total_shots, 8 * pairs as u128);
    let mut counts = [0.0; 9];
    for i in 0..size {
        (i + 1..size).for_each(|j| counts[(8.0 * found.kernel[[i, j]]).round() as usize] += 1.0);
    }
    let (mut law, mut p) = ([0.0f64; 9], 0.7f64.powi(8));
    for (k, place) in law.iter_mut().enumerate() {
        *place = p * pairs as f64;
        p *= (8 - k) as f64 / (k + 1) as f64 * 0.3 / 0.7;
    }
    // The last three are one cell.
    let cells = |c: [f64; 9]| [c[0], c[1], c[2], c[3], c[4], c[5], c[6] + c[7] + c[8]];
    let chi: f64 = cells(counts).iter().zip(cells(law)).map(|(n, e)| (n - e).powi(2) / e).sum();
    assert!(chi < crate::math::statistics::chi_squared_quantile(6.0, 1.0 - 1e-4), "{chi}");

    let cross = SampledKernel::of_cross(exact.slice(s![..2, ..]), 2000, 1).unwrap();
    let deviations: Vec<f64> = cross
        .kernel
        .iter()
        .zip(&cross.standard_errors)
        .zip(exact.slice(s![..2, ..]))
        .filter(|((_, error), _)| **error > 0.0)
        .map(|((k, error), exact)| (k - exact) / error)
        .collect();
    let n = deviations.len() as f64;
    let (mean, square) =
        (deviations.iter().sum::<f64>() / n, deviations.iter().map(|d| d * d).sum::<f64>() / n);
    assert!(mean.abs() < 4.0 / n.sqrt() && (square - 1.0).abs() < 4.0 * (2.0 / n).sqrt());
    // Where an entry is certain all shots agree.
    assert_eq!(cross.kernel[[1, 1]], 1.0);
    let again = SampledKernel::of_cross(exact.slice(s![..2, ..]), 2000, 1).unwrap();
    assert_eq!(again, cross);
    assert_ne!(SampledKernel::of_cross(exact.slice(s![..2, ..]), 2000, 2).unwrap(), cross);
}

#[test]
fn the_circuit_of_a_pair_has_the_law_that_is_drawn_from() {
    // U(y)† U(x) ends in 0…0 with probability K.
    let kernel = fidelity("zz", 2);
    let rows = random_rows(2, 2, 8);
    let bound = |row: usize| {
        let circuit = kernel.embedding().circuit();
        let values: Vec<_> = circuit.inputs().zip(rows.row(row).iter().copied()).collect();
        circuit.bind(&values).unwrap()
    };
    let mut pair = bound(0);
    pair.append(&bound(1).inverse().unwrap());
    let p = Simulator::new().probabilities(&pair).unwrap()[0];
    assert!((p - kernel.matrix(rows.view()).unwrap()[[0, 1]]).abs() < 1e-13);
    let found = kernel.sampled_matrix(rows.view(), 10_000, 3).unwrap();
    assert!((found.kernel[[0, 1]] - p).abs() < 5.0 * (p * (1.0 - p) / 1e4).sqrt());
    assert!(kernel.sampled_cross(rows.view(), rows.view(), 0, 3).is_err());
}

#[test]
fn distances_from_shots_have_the_bias_that_is_said() {
    let kernel = ProjectedKernel::new(named("iqp", 2), Simulator::new(), 0.4).unwrap();
    let rows = array![[0.4, 1.0], [1.3, -0.6]];
    let exact = kernel.matrix(rows.view()).unwrap()[[0, 1]];
    let distance = |k: f64| -k.ln() / 0.4;
    let means = kernel.pauli_means(rows.view()).unwrap();
    let shots = 50;
    // ½ Σ (1 - ⟨P⟩²)/S over both rows.
    let bias = 0.5 * means.iter().map(|m| (1.0 - m * m) / shots as f64).sum::<f64>();
    let repeats = 150;
    let (mut raw, mut corrected, mut said) = (vec![], vec![], 0.0);
    for seed in 0..repeats {
        let found = kernel.sampled_matrix(rows.view(), shots, seed).unwrap();
        raw.push(distance(found.kernel[[0, 1]]));
        corrected.push(distance(found.corrected[[0, 1]]));
        said += found.mean_distance_bias / repeats as f64;
        assert_eq!(found.kernel[[0, 0]], 1.0);
        assert_eq!(found.mean_distance_bias, found.largest_distance_bias);
        assert_eq!(found.total_shots, 2 * 3 * 50);
    }
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let error = |v: &[f64]| crate::math::statistics::variance(v).sqrt() / (v.len() as f64).sqrt();
    assert!((said - bias).abs() < 0.02 * bias, "{said} {bias}");
    assert!((mean(&raw) - distance(exact) - bias).abs() < 4.0 * error(&raw));
    assert!((mean(&corrected) - distance(exact)).abs() < 4.0 * error(&corrected));
    // Without a correction the bias would be seen.
    assert!(mean(&raw) - distance(exact) > 5.0 * error(&raw));

    // Many shots give the means themselves, whatever the basis.
    let found = kernel.sampled_means(rows.view(), 1_000_000, 5).unwrap();
    close(found.view(), means.view(), 6e-3);
    let cross = kernel.sampled_cross(rows.view(), rows.view(), 1_000_000, 5).unwrap();
    assert!(cross.kernel[[0, 0]] < 1.0 && cross.kernel[[0, 0]] > 0.999);
    assert!((cross.corrected[[0, 1]] - exact).abs() < 5e-3);
    assert!(kernel.sampled_matrix(rows.view(), 1, 0).is_err());
}

#[test]
fn repairs_leave_no_negative_eigenvalues() {
    let exact = fidelity("zz", 2).matrix(random_rows(30, 2, 9).view()).unwrap();
    let noisy = SampledKernel::of_matrix(exact.view(), 20, 4).unwrap().kernel;
    let before = lowest(&noisy);
    assert!(before < -0.1, "{before}");
    for repair in Repair::ALL {
        assert_eq!(repair.to_string().parse::<Repair>().unwrap(), repair);
        let repaired = repair.apply(noisy.view()).unwrap();
        assert_eq!((repaired.repair, repaired.lowest_eigenvalue), (repair, before));
        assert!(repaired.num_negative > 1);
        let change = (&repaired.kernel - &noisy).mapv(|d| d * d).sum().sqrt();
        assert!((repaired.change - change).abs() < 1e-12, "{repair}: {change}");
        if repair == Repair::None {
            assert!(repaired.kernel == noisy && repaired.change == 0.0);
            continue;
        }
        assert_eq!(repaired.kernel, repaired.kernel.t());
        assert!(lowest(&repaired.kernel) > -1e-12, "{repair}");
        // Again it does nothing; and a good kernel stays as it is.
        let twice = repair.apply(repaired.kernel.view()).unwrap();
        close(twice.kernel.view(), repaired.kernel.view(), 1e-11);
        let good = repair.apply(exact.view()).unwrap();
        assert!(good.kernel == exact && good.change == 0.0 && good.num_negative == 0);
    }
    // Clip changes least; flip twice as much.
    let change = |repair: Repair| repair.apply(noisy.view()).unwrap().change;
    assert!((change(Repair::Flip) - 2.0 * change(Repair::Clip)).abs() < 1e-12);
    assert!(change(Repair::Clip) < change(Repair::Shift));
    assert!("clop".parse::<Repair>().unwrap_err().to_string().contains("did you mean `clip`?"));
}

#[test]
fn geometric_differences_have_their_closed_forms() {
    let k = fidelity("zz", 2).matrix(random_rows(12, 2, 10).view()).unwrap();
    // Of a kernel with itself it is c/(c + λ) for the largest eigenvalue c; 1 as λ goes to 0.
    let g = geometric_difference(k.view(), k.view(), 1e-9).unwrap();
    assert!((g - 1.0).abs() < 1e-6, "{g}");
    // A multiple is the same kernel.
    let scaled = (&k * 7.0, with_trace((&k * 3.0).view()).unwrap());
    let again = geometric_difference(scaled.0.view(), scaled.1.view(), 1e-9).unwrap();
    assert!((again - g).abs() < 1e-9);
    assert!((scaled.1.diag().sum() - 12.0).abs() < 1e-12);
    // Diagonal kernels: g² = max c q/(c + λ)².
    let (c, q) = (array![[1.5, 0.0], [0.0, 0.5]], array![[0.4, 0.0], [0.0, 1.6]]);
    let g = geometric_difference(c.view(), q.view(), 0.1).unwrap();
    assert!((g - (0.5f64 * 1.6).sqrt() / 0.6).abs() < 1e-14);
    let found = relabelled(c.view(), q.view(), 0.1).unwrap();
    assert!((found.targets[1] - 1.0).abs() < 1e-14 && found.labels == [1.0, 1.0]);
    let s = model_complexity(c.view(), &[1.0, -2.0], 0.1).unwrap();
    assert!((s - (1.5 / 1.6f64.powi(2) + 4.0 * 0.5 / 0.6f64.powi(2))).abs() < 1e-13);
    // For kernels of equal trace it is at least about 1.
    let other = rbf(random_rows(12, 2, 10).view(), 0.3);
    assert!(geometric_difference(other.view(), k.view(), 1e-6).unwrap() > 0.999);

    let singular = array![[1.0, 1.0], [1.0, 1.0]];
    assert!(geometric_difference(singular.view(), k.view(), 0.1).is_err()); // sizes
    assert!(geometric_difference(singular.view(), q.view(), 0.0).is_err());
    assert!(geometric_difference(singular.view(), q.view(), 0.1).is_ok());
    let indefinite = array![[1.0, 2.0], [2.0, 1.0]];
    assert!(geometric_difference(indefinite.view(), q.view(), 0.1).is_err());
    assert!(model_complexity(singular.view(), &[1.0, -1.0], 0.0).is_err());
    assert!(model_complexity(q.view(), &[1.0], 0.1).is_err());
    assert!(model_complexity(q.view(), &[1.0, f64::NAN], 0.1).is_err());
    for lambda in [-0.1, f64::NAN, f64::INFINITY] {
        assert!(geometric_difference(c.view(), q.view(), lambda).is_err());
    }
}

#[test]
fn random_states_are_as_concentrated_as_the_haar_measure_says() {
    // Pairs of normalized Gaussian vectors of 2^4 numbers.
    let mut rng = Streams::new(1, Domain::Learning).stream(0);
    let mut normal = move || {
        let (u, v): (f64, f64) = (rng.random_range(1e-300..1.0), rng.random());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    };
    let states: Vec<Vec<Complex64>> = (0..400)
        .map(|_| {
            let z: Vec<Complex64> = (0..16).map(|_| Complex64::new(normal(), normal())).collect();
            let norm = z.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
            z.into_iter().map(|z| z / norm).collect()
        })
        .collect();
    let k = Array2::from_shape_fn((400, 400), |(i, j)| {
        let overlap: Complex64 = states[i].iter().zip(&states[j]).map(|(a, b)| a.conj() * b).sum();
        overlap.norm_sqr()
    });
    let found = Concentration::of(k.view(), 4).unwrap();
    assert!((found.mean / found.haar_mean - 1.0).abs() < 0.02, "{found:?}");
    assert!((found.variance / found.haar_variance - 1.0).abs() < 0.05, "{found:?}");
    let of_ten = Concentration::of(k.view(), 10).unwrap();
    assert!((of_ten.haar_variance - 9.518e-7).abs() < 1e-10);
    assert!(Concentration::of(array![[1.0]].view(), 1).is_err());
}

#[test]
fn noisy_kernels_are_products_of_density_matrices() {
    let x = random_rows(5, 2, 11);
    let none = NoisyKernel::new(named("zz", 2), &NoiseModel::new(), Simulator::new()).unwrap();
    let exact = fidelity("zz", 2).matrix(x.view()).unwrap();
    close(none.matrix(x.view()).unwrap().view(), exact.view(), 1e-13);
    // One qubit, depolarized: (1-λ)² K + (1 - (1-λ)²)/2, λ = 4p/3.
    let mut model = NoiseModel::new();
    let ry = Pattern::gates(["ry"]).unwrap();
    model.push(Rule::after(ry, Channel::depolarizing(0.09, 1).unwrap(), ActsOn::All).unwrap());
    let noisy = NoisyKernel::new(named("angle-y", 1), &model, Simulator::new()).unwrap();
    let rows = array![[0.3], [1.1], [-2.0]];
    let k = noisy.matrix(rows.view()).unwrap();
    let kept = (1.0f64 - 0.12).powi(2);
    let pure = fidelity("angle-y", 1).matrix(rows.view()).unwrap();
    close(k.view(), (pure * kept + 0.5 * (1.0 - kept)).view(), 1e-13);
    close(noisy.cross(rows.view(), rows.view()).unwrap().view(), k.view(), 1e-15);
}

#[cfg(feature = "npy")]
#[test]
fn files_hold_the_numbers_in_the_order_of_rows() {
    let path = std::env::temp_dir().join(format!("ketlab-kernels-{}.npy", std::process::id()));
    let kernel = array![[1.0, 0.25, 0.5], [0.125, 1.0, 0.75]];
    // Whatever the layout in memory is.
    for view in [kernel.view(), kernel.t().to_owned().t()] {
        save_kernel(view, &path).unwrap();
        let read: Array2<f64> = ndarray_npy::read_npy(&path).unwrap();
        assert_eq!(read, kernel);
    }
    std::fs::remove_file(&path).unwrap();
    assert!(save_kernel(array![[f64::NAN]].view(), &path).is_err());
    let error = save_kernel(kernel.view(), "no/such/folder/k.npy").unwrap_err().to_string();
    assert!(error.contains("no/such/folder/k.npy"), "{error}");
}

#[test]
fn what_is_wrong_is_named() {
    let kernel = fidelity("zz", 2);
    let none = Array2::<f64>::zeros((0, 2));
    let error = kernel.matrix(none.view()).unwrap_err().to_string();
    assert_eq!(error, "the number of rows of a kernel is 0; there must be at least 1");
    let x = array![[0.1, 0.2, 0.3]];
    let error = kernel.matrix(x.view()).unwrap_err().to_string();
    assert!(error.contains("row 0: the number of features of a row is 3"), "{error}");
    assert!(kernel.cross(x.view(), none.view()).is_err());
    let nan = array![[0.1, 0.2], [f64::NAN, 0.3]];
    assert!(kernel.matrix(nan.view()).unwrap_err().to_string().contains("row 1: feature 0"));
    // Too many qubits for a state.
    let wide = fidelity("angle", 60);
    assert!(wide.matrix(Array2::zeros((2, 60)).view()).is_err());
    // A random state.
    let mut c = Circuit::with_clbits(1, 1);
    let x = c.param("x");
    c.rx(x, 0).measure(0, 0).h(0);
    let own = Embedding::from_circuit(c).unwrap();
    let kernel = FidelityKernel::new(own, Simulator::new()).unwrap();
    assert!(matches!(kernel.matrix(array![[0.3]].view()), Err(Error::Unsupported { .. })));
    let lopsided = array![[1.0, 0.5], [0.4, 1.0]];
    assert!(Repair::Clip.apply(lopsided.view()).unwrap_err().to_string().contains("symmetric"));
    assert!(Repair::Clip.apply(array![[1.0, 0.5]].view()).is_err());
    assert!(SampledKernel::of_cross(array![[1.5]].view(), 3, 0).is_err());
    assert!(with_trace(array![[0.0]].view()).is_err());
}
