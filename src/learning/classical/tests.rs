//! Against scikit-learn 1.9.1 with NumPy 2.4.6 in double precision, and the conditions of optimality.
//!
//! libsvm keeps its kernel in single precision, so that its numbers are good to some 1e-7. Those called
//! exact are from its active set: the linear system of the free coefficients and the bias, solved in
//! double precision by `numpy.linalg.solve`.

use super::*;
use crate::error::Error;
use crate::learning::ClassWeights;
use crate::math::{Domain, Streams, on_threads};
use ndarray::{Array1, Array2, ArrayView2, array, s};
use rand::RngExt;
use serde_json::Value;
use std::path::PathBuf;

/// A file of the reference data, or `None` with a word about it where it is missing.
fn reference_json(path: &str) -> Option<Value> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference").join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).expect("reference JSON")),
        Err(error) => {
            assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(), "{path}: {error}");
            eprintln!("skipped: reference file {path}: {error}");
            None
        }
    }
}

/// 30 training rows, 5 test rows, a number for each training row.
struct Problem {
    x: Array2<f64>,
    values: Vec<f64>,
    kernel: Array2<f64>,
    test: Array2<f64>,
    test_kernel: Array2<f64>,
}

fn problem() -> Problem {
    let x = Array2::from_shape_fn((30, 2), |(i, j)| {
        let (i, j) = (i as f64, j as f64);
        (1.3 * i + 2.1 * j + 0.7 * i * j).sin()
    });
    let test = Array2::from_shape_fn((5, 2), |(i, j)| (0.9 * i as f64 + 1.7 * j as f64).cos());
    let value = |i: usize| x[[i, 0]] + 0.5 * x[[i, 1]].powi(2) + 0.3 * (5.0 * i as f64).sin();
    let values = (0..30).map(value).collect();
    let rbf = ClassicalKernel::Rbf { gamma: 2.0 };
    let kernel = rbf.gram(x.view(), x.view()).unwrap();
    let test_kernel = rbf.gram(test.view(), x.view()).unwrap();
    Problem { x, values, kernel, test, test_kernel }
}

impl Problem {
    fn binary(&self) -> Vec<usize> {
        self.values.iter().map(|v| usize::from(*v > 0.4)).collect()
    }

    fn ternary(&self) -> Vec<usize> {
        self.values.iter().map(|v| usize::from(*v >= -0.2) + usize::from(*v >= 0.6)).collect()
    }
}

fn close<'a>(values: impl IntoIterator<Item = &'a f64>, expected: &[f64], relative: f64) {
    let values: Vec<f64> = values.into_iter().copied().collect();
    assert_eq!(values.len(), expected.len());
    for (a, b) in values.iter().zip(expected) {
        assert!((a - b).abs() <= relative * b.abs().max(1.0), "{values:?} is not {expected:?}");
    }
}

fn strict(c: f64, class_weights: ClassWeights) -> SvmSettings {
    SvmSettings { c, class_weights, tolerance: 1e-10, ..SvmSettings::default() }
}

/// SVC(kernel="precomputed", C, tol=1e-10, class_weight) and its exact active set.
#[test]
fn a_classifier_is_that_of_scikit_learn() {
    let problem = problem();
    let labels = problem.binary();
    // C, weights, the dual objective and decision values of scikit-learn, support vectors; exact
    // decision values, bias and first coefficients.
    #[allow(clippy::type_complexity)]
    let cases: [(f64, ClassWeights, f64, [f64; 5], usize, [f64; 5], f64, [f64; 8]); 4] = [
        (
            1.0,
            ClassWeights::Equal,
            6.135632330803955,
            [
                0.3545848675944904,
                0.6892823734477711,
                -1.1435957983226783,
                -0.9943602989118032,
                -1.0742331009964319,
            ],
            16,
            [
                0.3545848913609322,
                0.6892823511785322,
                -1.1435958073266592,
                -0.9943603016644434,
                -1.074233099993425,
            ],
            -0.3852995772166752,
            [
                -0.019039394079316763,
                0.12404054621741108,
                -1.0,
                0.0,
                0.0,
                0.0,
                0.8120005822250477,
                -0.17966507436224474,
            ],
        ),
        (
            100.0,
            ClassWeights::Equal,
            8.95891759028058,
            [
                1.1617721881295557,
                1.1924207108388378,
                -1.1860442138474496,
                -1.0016573826395696,
                -1.0882911526752816,
            ],
            10,
            [
                1.1617722541255964,
                1.1924208452312421,
                -1.1860442567368532,
                -1.0016573873897958,
                -1.088291149857676,
            ],
            -0.34304286405961987,
            [0.0, 0.0, -5.453045434107651, 0.0, 0.0, 0.0, 0.2979767307317013, 0.0],
        ),
        (
            1.0,
            ClassWeights::Balanced,
            6.3668621743913425,
            [
                0.9418792412723707,
                0.7628400815972249,
                -1.1480365492498714,
                -1.0051294514819107,
                -1.0862818933935545,
            ],
            15,
            [
                0.9418792288671275,
                0.7628400900108688,
                -1.1480365569264293,
                -1.0051294554330248,
                -1.0862818925119102,
            ],
            -0.3180483726393376,
            [
                -0.518486260565426,
                0.0,
                -0.7142857142857143,
                0.0,
                0.0,
                -0.24193826511107172,
                0.5504302248315022,
                -0.7142857142857143,
            ],
        ),
        (
            1.0,
            ClassWeights::Given(vec![2.0, 0.5]),
            5.336598017515661,
            [
                -0.0033628191868307344,
                0.44796282528491954,
                -1.1068440244735447,
                -0.9873156188609205,
                -1.0730558571837576,
            ],
            15,
            [
                -0.0033628337104616435,
                0.44796281226939433,
                -1.1068440355064761,
                -0.9873156210476906,
                -1.0730558565348873,
            ],
            -0.4422022420605603,
            [0.0, 0.5, -1.7928348617658638, 0.0, 0.0, 0.0, 0.5, 0.0],
        ),
    ];
    for (c, weights, dual, decision, support, exact, bias, coefficients) in cases {
        let settings = strict(c, weights);
        let machine =
            SupportVectorClassifier::fit(problem.kernel.view(), &labels, 2, &settings).unwrap();
        assert!(machine.converged() && machine.machines()[0].violation <= 1e-10);
        let found = machine.decision(problem.test_kernel.view()).unwrap();
        close(&found, &decision, 1e-6);
        close([&machine.dual_objective()], &[dual], 1e-6);
        assert_eq!(machine.num_support_vectors(), support);
        close(&found, &exact, 1e-8);
        close(&machine.bias(), &[bias], 1e-8);
        close(machine.coefficients().slice(s![0, ..8]), &coefficients, 1e-7);
        let signs: Vec<usize> = decision.iter().map(|d| usize::from(*d > 0.0)).collect();
        assert_eq!(machine.predict(problem.test_kernel.view()).unwrap(), signs);
    }
}

/// OneVsRestClassifier(SVC(kernel="precomputed", C=1, tol=1e-10, class_weight)).
#[test]
fn one_against_the_rest_is_that_of_scikit_learn() {
    let problem = problem();
    let labels = problem.ternary();
    let plain = [
        -0.9389810613581349,
        0.16792763292543125,
        -0.3513510468891351,
        -1.0677171109365582,
        -0.6765723288135811,
        0.6960450927793443,
        -0.8117737956305546,
        0.8516455208409022,
        -1.1366543050020876,
        1.3621120653303256,
        -1.3813325214795216,
        -0.994521476419162,
        0.03607712740543323,
        -0.05716169907723589,
        -1.0690487025909996,
    ];
    let balanced = [
        -0.9296212781452666,
        0.0615744688997482,
        -0.0008812665551247711,
        -1.1678609057181342,
        -0.6742987435549502,
        0.7758500272248315,
        -0.6644103220873043,
        0.777029067179186,
        -1.1482802839269168,
        1.6895530443329718,
        -1.3602005684123262,
        -0.9974575036017839,
        0.39244728859852446,
        -0.0709050855063212,
        -1.081803118536652,
    ];
    let cases = [
        (ClassWeights::Equal, plain, 22.67760813440054),
        (ClassWeights::Balanced, balanced, 23.223512643074955),
    ];
    for (weights, decision, dual) in cases {
        let settings = strict(1.0, weights);
        let fit = |labels: &[usize], classes| {
            SupportVectorClassifier::fit(problem.kernel.view(), labels, classes, &settings).unwrap()
        };
        let machine = on_threads(1, || fit(&labels, 3));
        assert_eq!(on_threads(2, || fit(&labels, 3)), machine);
        let rows = problem.test_kernel.view();
        close(&machine.decision(rows).unwrap(), &decision, 1e-6);
        close([&machine.dual_objective()], &[dual], 1e-6);
        assert_eq!(machine.predict(rows).unwrap(), [1, 2, 1, 0, 0]);
        // Classes of no row change nothing but the numbers of the others.
        let sparse: Vec<usize> = labels.iter().map(|label| 2 * label + 1).collect();
        let other = fit(&sparse, 7);
        assert_eq!((other.classes(), other.machines()), (&[1, 3, 5][..], machine.machines()));
        assert_eq!(other.predict(rows).unwrap(), [3, 5, 3, 1, 1]);
    }
}

/// SVR(kernel="precomputed", C=10, epsilon=0.05, tol=1e-10).
#[test]
fn a_regressor_is_that_of_scikit_learn() {
    let problem = problem();
    let settings =
        SvrSettings { c: 10.0, epsilon: 0.05, tolerance: 1e-10, ..SvrSettings::default() };
    let model =
        SupportVectorRegressor::fit(problem.kernel.view(), &problem.values, &settings).unwrap();
    let machine = model.machine();
    assert!(machine.converged);
    close(
        &model.predict(problem.test_kernel.view()).unwrap(),
        &[
            0.4619530542654902,
            0.8435359500891919,
            0.28509310523158443,
            -0.620797939968952,
            -0.46706558287980166,
        ],
        1e-6,
    );
    close(
        [&machine.dual_objective, &machine.bias],
        &[1.4427540380401533, 0.3160882705480588],
        1e-6,
    );
    // Exact: libsvm's are good to 4e-5 here.
    let coefficients = [
        2.1736279841676347,
        0.0,
        0.0,
        0.0,
        0.17125361515980939,
        0.0,
        0.9026086559305072,
        -0.13380469623804972,
    ];
    close(&machine.coefficients[..8], &coefficients, 1e-7);
    close([&machine.bias], &[0.3160882309927487], 1e-8);
    assert_eq!(model.num_support_vectors(), 20);
}

/// The quantum kernel of the ad hoc data, of rank 16: SVC(kernel="precomputed", C, tol=1e-10).
#[test]
fn the_ad_hoc_kernel_is_learned_as_by_scikit_learn() {
    let Some(file) = reference_json("kernels/adhoc.json") else { return };
    let case = &file["cases"][0];
    let rows: Vec<Vec<f64>> = serde_json::from_value(case["kernel_train"].clone()).unwrap();
    let labels: Vec<usize> = serde_json::from_value(case["train_labels"].clone()).unwrap();
    let n = rows.len();
    let kernel = Array2::from_shape_vec((n, n), rows.concat()).unwrap();
    let cases = [
        (
            1.0,
            9.150419166007715,
            -0.06851277649990219,
            [
                -1.4807123122765156,
                -0.5438664235868022,
                -0.9999999937098617,
                -1.0000000285806436,
                -0.4733651303858881,
                -1.2473594740693206,
            ],
        ),
        (
            1e6,
            13.010774452077948,
            -0.07765997995588131,
            [
                -1.9340982061414007,
                -1.0000000391487083,
                -1.400384012512338,
                -1.000000120883226,
                -0.9999999503620456,
                -1.6629241703504023,
            ],
        ),
    ];
    for (c, dual, bias, decision) in cases {
        let settings = strict(c, ClassWeights::Equal);
        let machine = SupportVectorClassifier::fit(kernel.view(), &labels, 2, &settings).unwrap();
        assert!(machine.converged(), "{:?}", machine.machines()[0].violation);
        let found = machine.decision(kernel.view()).unwrap();
        close(found.slice(s![..6, 0]), &decision, 1e-6);
        close([&machine.dual_objective(), &machine.bias()[0]], &[dual, bias], 1e-6);
        if c == 1e6 {
            assert_eq!(machine.predict(kernel.view()).unwrap(), labels);
        }
    }
}

/// A random problem: a kernel, which `noise` makes indefinite, and labels of either class.
fn random(index: u64, noise: f64) -> (Array2<f64>, Vec<usize>) {
    let mut rng = Streams::new(11, Domain::Learning).stream(index);
    let n = rng.random_range(6..40usize);
    let features = rng.random_range(1..5usize);
    let x = Array2::from_shape_fn((n, features), |_| rng.random_range(-1.0..1.0));
    let kernels = ClassicalKernel::family(x.view()).unwrap();
    let kernel = kernels[rng.random_range(0..kernels.len())];
    let mut gram = kernel.gram(x.view(), x.view()).unwrap();
    for i in 0..n {
        for j in 0..i {
            gram[[i, j]] += noise * rng.random_range(-1.0..1.0);
            gram[[j, i]] = gram[[i, j]];
        }
    }
    let mut labels: Vec<usize> = (0..n).map(|_| rng.random_range(0..2)).collect();
    (labels[0], labels[1]) = (0, 1);
    (gram, labels)
}

/// Conditions of Karush, Kuhn and Tucker, said of the margins: those of rows without a coefficient are
/// at least 1, of rows at C at most 1, of others 1.
fn assert_optimal(kernel: ArrayView2<'_, f64>, labels: &[usize], c: f64, tolerance: f64) {
    let settings = SvmSettings { c, tolerance, ..SvmSettings::default() };
    let machine = SupportVectorClassifier::fit(kernel, labels, 2, &settings).unwrap();
    assert!(machine.converged(), "{:?}", machine.machines()[0].violation);
    let decision = machine.decision(kernel).unwrap();
    let coefficients = &machine.machines()[0].coefficients;
    // In the scale of the numbers that are added.
    let scale = coefficients.iter().map(|b| b.abs()).sum::<f64>()
        * kernel.iter().fold(0.0f64, |a, b| a.max(b.abs()));
    let slack = 2.0 * tolerance + 1e-13 * scale;
    for (row, label) in labels.iter().enumerate() {
        let sign = if *label == 1 { 1.0 } else { -1.0 };
        let (alpha, margin) = (sign * coefficients[row], sign * decision[[row, 0]]);
        assert!((0.0..=c).contains(&alpha), "{alpha}");
        assert!(alpha > 0.0 || margin >= 1.0 - slack, "{row}: {margin}");
        assert!(alpha < c || margin <= 1.0 + slack, "{row}: {margin}");
        let free = alpha > 0.0 && alpha < c;
        assert!(!free || (margin - 1.0).abs() <= slack, "{row}: {margin}");
    }
    assert!(coefficients.iter().sum::<f64>().abs() <= 1e-12 * c * labels.len() as f64);
}

#[test]
fn solutions_of_random_problems_are_optimal() {
    for index in 0..30 {
        let (kernel, labels) = random(index, 0.0);
        let c = [0.1, 1.0, 30.0][index as usize % 3];
        assert_optimal(kernel.view(), &labels, c, 1e-6);
    }
}

#[test]
fn indefinite_kernels_end_at_a_stationary_point() {
    for index in 0..30 {
        let (kernel, labels) = random(index, 0.5);
        assert_optimal(kernel.view(), &labels, [0.1, 1.0, 30.0][index as usize % 3], 1e-6);
    }
}

#[test]
fn errors_of_a_regressor_are_within_epsilon_where_nothing_holds_it() {
    for index in 0..20 {
        let (kernel, labels) = random(index, 0.0);
        let targets: Vec<f64> =
            labels.iter().enumerate().map(|(i, l)| *l as f64 + 0.1 * (i as f64).sin()).collect();
        let settings = SvrSettings { c: 1.0, tolerance: 1e-6, ..SvrSettings::default() };
        let model = SupportVectorRegressor::fit(kernel.view(), &targets, &settings).unwrap();
        assert!(model.machine().converged);
        let predicted = model.predict(kernel.view()).unwrap();
        for (row, beta) in model.machine().coefficients.iter().enumerate() {
            let error = targets[row] - predicted[row];
            assert!(beta.abs() <= 1.0);
            // Outside of the tube only at the bound, and on its side.
            assert!(error.abs() <= 0.1 + 2e-6 || beta.abs() == 1.0, "{error} {beta}");
            assert!(*beta == 0.0 || (error * beta.signum() >= 0.1 - 2e-6), "{error} {beta}");
        }
    }
}

/// KernelRidge(kernel="precomputed", alpha=0.1), Ridge(alpha=0.5).
#[test]
fn ridges_are_those_of_scikit_learn() {
    let problem = problem();
    let targets = Array2::from_shape_fn((30, 1), |(i, _)| problem.values[i]);
    let model = KernelRidge::fit(problem.kernel.view(), targets.view(), 0.1).unwrap();
    close(
        model.coefficients().slice(s![0, ..4]),
        &[0.6954303672788075, 0.28263847010939785, 0.10080340226707789, 0.22950921163214638],
        1e-12,
    );
    close(
        &model.predict(problem.test_kernel.view()).unwrap(),
        &[
            0.47780969622138075,
            0.8137253022701875,
            0.25582784907344464,
            -0.6195223143759246,
            -0.4499641828387377,
        ],
        1e-12,
    );
    let model = LinearRidge::fit(problem.x.view(), targets.view(), 0.5).unwrap();
    close(model.map().weights(), &[0.6798220255545233, 0.04530990922605332], 1e-12);
    close(model.map().intercepts(), &[0.25326929217613536], 1e-12);
}

#[test]
fn a_kernel_ridge_classifies() {
    let problem = problem();
    let labels = problem.ternary();
    let model = KernelRidge::fit_classes(problem.kernel.view(), &labels, 3, 1e-6).unwrap();
    assert_eq!(model.predict_classes(problem.kernel.view()).unwrap(), labels);
    assert_eq!(model.predict_classes(problem.test_kernel.view()).unwrap(), [1, 2, 1, 0, 0]);
}

#[test]
fn least_squares_take_the_smallest_weights_of_features_that_depend() {
    // The second feature is twice the first: weights (1, 2)/5 · 3 of y = 3 x_0.
    let x = array![[1.0, 2.0], [2.0, 4.0], [4.0, 8.0]];
    let y = x.slice(s![.., ..1]).mapv(|x| 3.0 * x + 1.0);
    let model = LinearRidge::fit(x.view(), y.view(), 0.0).unwrap();
    close(model.map().weights(), &[0.6, 1.2], 1e-12);
    close(model.map().intercepts(), &[1.0], 1e-12);
    // More features than rows, and one that is constant.
    let x = array![[1.0, 5.0, 0.0], [2.0, 5.0, 1.0]];
    let y = array![[1.0], [3.0]];
    let model = LinearRidge::fit(x.view(), y.view(), 0.0).unwrap();
    close(&model.predict(x.view()).unwrap(), &[1.0, 3.0], 1e-12);
    close(model.map().weights(), &[1.0, 0.0, 1.0], 1e-12);
}

/// LogisticRegression(C, class_weight, solver="newton-cholesky", tol=1e-12).
#[test]
fn logistic_regression_is_that_of_scikit_learn() {
    let problem = problem();
    let fit = |labels: &[usize], classes, c, class_weights| {
        let settings =
            LogisticSettings { c, class_weights, tolerance: 1e-9, ..LogisticSettings::default() };
        let model = LogisticRegression::fit(problem.x.view(), labels, classes, &settings).unwrap();
        assert!(model.fit_record().converged, "{:?}", model.fit_record());
        model
    };
    let model = fit(&problem.binary(), 2, 10.0, ClassWeights::Equal);
    close(model.map().weights(), &[5.867464408478289, 0.2238058681051054], 1e-6);
    close(model.map().intercepts(), &[-3.076960783027756], 1e-6);
    let p = model.probabilities(problem.test.slice(s![..2, ..])).unwrap();
    let expected = [0.05943108742443404, 0.940568912575566, 0.4064798393628002, 0.5935201606371998];
    close(&p, &expected, 1e-7);
    let model = fit(&problem.ternary(), 3, 10.0, ClassWeights::Equal);
    let weights = [
        -4.629536361468232,
        -1.0523059279634248,
        -0.22751348556182682,
        0.5567200837453957,
        4.857049847030061,
        0.4955858442180313,
    ];
    close(model.map().weights(), &weights, 1e-6);
    close(
        model.map().intercepts(),
        &[-1.2189728904847874, 2.147479438833197, -0.9285065483484094],
        1e-6,
    );
    let model = fit(&problem.ternary(), 3, 1.0, ClassWeights::Balanced);
    let weights = [
        -1.8331224730447913,
        -0.5846493218986879,
        -0.09750036362399266,
        0.41999510453275984,
        1.9306228366687834,
        0.16465421736592795,
    ];
    close(model.map().weights(), &weights, 1e-6);
    let p = model.probabilities(problem.test.slice(s![..2, ..])).unwrap();
    let expected = [
        0.017317923535240913,
        0.1977530642227525,
        0.7849290122420066,
        0.09830716904282365,
        0.28011670975922837,
        0.621576121197948,
    ];
    close(&p, &expected, 1e-7);
    // A class of no row has probability 0.
    let sparse: Vec<usize> = problem.binary().iter().map(|label| 2 * label).collect();
    let model = fit(&sparse, 3, 10.0, ClassWeights::Equal);
    let p = model.probabilities(problem.test.slice(s![..1, ..])).unwrap();
    close(&p, &[0.05943108742443404, 0.0, 0.940568912575566], 1e-7);
}

#[test]
fn bad_input_is_refused_by_name() {
    fn says<T: std::fmt::Debug>(result: Result<T, Error>, part: &str) {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let kernel = array![[1.0, 0.5], [0.5, 1.0]];
    let settings = SvmSettings::default();
    let svm = |kernel: &Array2<f64>, labels: &[usize], settings: &SvmSettings| {
        SupportVectorClassifier::fit(kernel.view(), labels, 2, settings)
    };
    says(svm(&array![[1.0, 0.5]], &[0], &settings), "1 × 2");
    says(svm(&array![[1.0, 0.5], [0.4, 1.0]], &[0, 1], &settings), "entries (1, 0) and (0, 1)");
    says(svm(&array![[1.0, f64::NAN], [0.5, 1.0]], &[0, 1], &settings), "kernel entry 1 of row 0");
    says(svm(&Array2::zeros((0, 0)), &[], &settings), "number of rows");
    says(svm(&kernel, &[1, 1], &settings), "classes that occur is 1");
    says(svm(&kernel, &[0, 2], &settings), "label of row 1");
    says(svm(&kernel, &[0], &settings), "2 rows");
    for c in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        says(svm(&kernel, &[0, 1], &SvmSettings { c, ..settings.clone() }), "C is");
    }
    says(svm(&kernel, &[0, 1], &SvmSettings { tolerance: 0.0, ..settings.clone() }), "tolerance");
    for weights in [vec![1.0], vec![1.0, 0.0]] {
        let class_weights = ClassWeights::Given(weights);
        says(svm(&kernel, &[0, 1], &SvmSettings { class_weights, ..settings.clone() }), "weight");
    }
    let huge = kernel.mapv(|k| k * 1e300);
    let result = svm(&huge, &[0, 1], &SvmSettings { c: 1e300, ..settings.clone() });
    assert!(result.is_ok_and(|m| m.dual_objective().is_finite()));
    let machine = svm(&kernel, &[0, 1], &settings).unwrap();
    says(machine.predict(array![[1.0]].view()), "m_test × m_train");
    assert_eq!(machine.predict(Array2::zeros((0, 2)).view()).unwrap(), [0; 0]);

    let svr = |targets: &[f64], epsilon| {
        let settings = SvrSettings { epsilon, ..SvrSettings::default() };
        SupportVectorRegressor::fit(kernel.view(), targets, &settings)
    };
    says(svr(&[1.0, f64::INFINITY], 0.1), "target of row 1");
    says(svr(&[1.0], 0.1), "number of targets");
    says(svr(&[1.0, 2.0], -0.1), "epsilon");
    // All within the tube: no coefficient, the middle of the targets.
    let flat = svr(&[1.0, 1.5], 1.0).unwrap();
    assert_eq!((flat.num_support_vectors(), flat.machine().bias), (0, 1.25));

    let indefinite = array![[0.0, 1.0], [1.0, 0.0]];
    let y = array![[1.0], [2.0]];
    says(KernelRidge::fit(indefinite.view(), y.view(), 0.5), "repair the kernel");
    assert!(KernelRidge::fit(indefinite.view(), y.view(), 1.5).is_ok());
    says(KernelRidge::fit(kernel.view(), y.view(), -1.0), "lambda");
    says(LinearRidge::fit(kernel.view(), y.view(), f64::NAN), "lambda");
    says(LinearRidge::fit(kernel.view(), array![[1.0]].view(), 0.0), "2 rows");
    let zero = LogisticSettings { c: 0.0, ..LogisticSettings::default() };
    says(LogisticRegression::fit(kernel.view(), &[0, 1], 2, &zero), "C is");
    let constant = Array1::from(vec![1.0; 4]).into_shape_with_order((4, 1)).unwrap();
    let model =
        LogisticRegression::fit(constant.view(), &[0, 1, 0, 1], 2, &LogisticSettings::default());
    assert!(model.unwrap().fit_record().converged);
}
