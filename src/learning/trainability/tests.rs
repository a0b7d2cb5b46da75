//! Studies against references, closed forms and each other.

use super::fourier::{fourier_coefficients, reuploading};
use super::prepared::{Circuits, Prepared, Samples, Use, Worker, uniform_weights};
use super::*;
use crate::circuit::Circuit;
use crate::device::NoiseModel;
use crate::error::Error;
use crate::math::{Watch, on_threads};
use serde_json::Value;
use std::f64::consts::{FRAC_PI_2, PI, TAU};
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

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * b.abs()
}

fn sizes() -> impl Iterator<Item = (Ansatz, usize, usize)> {
    let all = Ansatz::ALL.into_iter();
    all.flat_map(|ansatz| [(2, 1), (3, 1), (3, 2), (4, 5)].map(|(n, depth)| (ansatz, n, depth)))
        .map(|(ansatz, n, depth)| (ansatz, n, if ansatz.has_depth() { depth } else { 1 }))
}

#[test]
fn derivatives_are_those_of_differences() {
    let costs = ["global", "local", "zz", "0.3 + X0 Y1 - 0.5 Z1"];
    for (ansatz, n, depth) in sizes() {
        for cost in costs.map(|cost| cost.parse::<Cost>().unwrap()) {
            let mut worker = Worker::new(n).unwrap();
            let mut rng = Samples::new(1, n, depth).stream(0);
            let circuit = ansatz.circuit(n, depth, &mut rng).unwrap();
            let parameter = ansatz.middle_parameter(n, depth);
            let prepared = cost.prepare(n).unwrap();
            let weights = uniform_weights(circuit.inputs().count(), &mut rng);
            for used in [Use::Once, Use::Often] {
                let cut = Prepared::cut(&circuit, parameter, used, &worker).unwrap();
                let whole = Prepared::whole(&circuit, used, &worker).unwrap();
                let mut at = |shift: f64| {
                    let mut weights = weights.clone();
                    weights[parameter] += shift;
                    whole.run(&weights, &mut worker).unwrap();
                    prepared.of(&worker.state)
                };
                let h = 1e-5;
                let difference = (at(h) - at(-h)) / (2.0 * h);
                let found = cut.derivative(&prepared, &weights, &mut worker).unwrap();
                assert!((found - difference).abs() < 1e-9, "{ansatz} {n} {depth} {cost}");
            }
        }
    }
}

#[test]
fn the_product_ansatz_has_the_variances_of_cerezo_et_al() {
    // Its derivatives have degree 1 in each angle and their squares 2, so that means over three angles
    // each are integrals.
    let exact = |n: usize, cost: &Cost| {
        let mut worker = Worker::new(n).unwrap();
        let circuit = Ansatz::Product.circuit(n, 1, &mut Samples::new(0, 0, 0).stream(0)).unwrap();
        let prepared = Prepared::cut(&circuit, 0, Use::Often, &worker).unwrap();
        let cost = cost.prepare(n).unwrap();
        let (mut sum, mut squares) = (0.0, 0.0);
        let all = 3usize.pow(n as u32);
        for place in 0..all {
            let angle = |q: u32| TAU * ((place / 3usize.pow(q)) % 3) as f64 / 3.0;
            let weights = Vec::from_iter((0..n as u32).map(angle));
            let derivative = prepared.derivative(&cost, &weights, &mut worker).unwrap();
            sum += derivative;
            squares += derivative * derivative;
        }
        assert!((sum / all as f64).abs() < 1e-14);
        squares / all as f64
    };
    let sum = Cost::Observable("0.5 Z0 Y1 + 0.25 Z0 Z2 - X0 + 2 Z1 + 0.1 Y0".parse().unwrap());
    assert!(close(exact(3, &sum), product_variance(&sum, 3, 0), 1e-12));
    assert!(close(exact(3, &Cost::Zz), product_variance(&Cost::Zz, 3, 0), 1e-12));
    let Some(reference) = reference_json("barren/cerezo_local_global.json") else { return };
    for row in reference["rows"].as_array().unwrap() {
        let n = row["n"].as_u64().unwrap() as usize;
        for (cost, key) in [(Cost::Global, "global_variance"), (Cost::Local, "local_variance")] {
            let expected = row[key].as_f64().unwrap();
            assert!(close(product_variance(&cost, n, n - 1), expected, 1e-12), "{n} {key}");
            if n <= 6 {
                assert!(close(exact(n, &cost), expected, 1e-12), "{n} {key}");
            }
        }
    }
}

#[test]
fn samples_of_the_product_ansatz_have_its_variance() {
    for cost in [Cost::Global, Cost::Local, Cost::Zz] {
        let study =
            GradientVariance::new(Ansatz::Product, cost.clone()).qubits(2..=5).samples(2000);
        for point in study.seed(5).run().unwrap().points {
            let exact = point.closed_form.unwrap();
            assert_eq!(point.two_design, None);
            assert!(
                (point.variance - exact).abs() < 3.0 * point.standard_error,
                "{cost} {point:?}"
            );
            assert!(point.mean.abs() < 4.0 * (exact / 2000.0).sqrt());
        }
    }
}

#[test]
fn random_circuits_have_the_variances_of_mcclean_et_al() {
    let Some(reference) = reference_json("barren/mcclean.json") else { return };
    for row in reference["rows"].as_array().unwrap() {
        let (n, depth) =
            (row["n"].as_u64().unwrap() as usize, row["depth"].as_u64().unwrap() as usize);
        let formula = row["two_design_formula"].as_f64().unwrap();
        assert!(close(two_design_variance(&Cost::Zz, n), formula, 1e-12));
        let study = GradientVariance::new(Ansatz::Random, Cost::Zz).qubits([n]).depths([depth]);
        let found = study.samples(600).run().unwrap();
        let point = &found.points[0];
        assert_eq!(point.parameter, n * (depth / 2));
        let (variance, error) = (
            row["variance_mid_layer_parameter"].as_f64().unwrap(),
            row["standard_error"].as_f64().unwrap(),
        );
        let both = (error * error + point.standard_error * point.standard_error).sqrt();
        assert!((point.variance - variance).abs() < 3.0 * both, "{point:?}");
        assert!((point.variance - formula).abs() < 3.0 * point.standard_error, "{point:?}");
        assert_eq!(point.two_design, Some(two_design_variance(&Cost::Zz, n)));
    }
}

#[test]
fn circuits_that_are_no_two_designs_yet_have_the_variances_of_numpy() {
    // 3,000 circuits of 5 qubits and 30 layers by state vectors in NumPy 2.4.6, shifts of the same rotation.
    let (variance, error): (f64, f64) = (0.019690, 0.000511);
    let study = GradientVariance::new(Ansatz::Random, Cost::Zz).qubits([5]).depths([30]);
    let point = study.samples(1000).run().unwrap().points.remove(0);
    let both = (error * error + point.standard_error * point.standard_error).sqrt();
    assert!((point.variance - variance).abs() < 3.0 * both, "{point:?}");
    assert!(point.variance - point.two_design.unwrap() > 3.0 * point.standard_error, "{point:?}");
}

#[test]
fn two_designs_have_these_variances_for_every_cost() {
    for cost in ["global", "local", "0.5 X0 + 0.25 Z1 Y2 + 3"].map(|c| c.parse::<Cost>().unwrap()) {
        let study = GradientVariance::new(Ansatz::Random, cost.clone()).qubits([3]).depths([40]);
        let point = study.samples(800).seed(2).run().unwrap().points.remove(0);
        let exact = two_design_variance(&cost, 3);
        assert!(
            (point.variance - exact).abs() < 3.0 * point.standard_error,
            "{cost} {point:?} {exact}"
        );
        // Σ c² of the Pauli sum is Tr(O²)/N.
        let sum = cost.observable(3).unwrap();
        let norm: f64 = sum.terms().iter().filter(|t| !t.0.is_identity()).map(|t| t.1 * t.1).sum();
        assert!(close(cost.squared_norm(3), norm, 1e-12));
    }
}

#[test]
fn slopes_are_those_of_the_laws() {
    let study = GradientVariance::new(Ansatz::Random, Cost::Zz).qubits(2..=6).depths([60]);
    let found = study.samples(200).run().unwrap();
    let [fit] = &found.fits[..] else { panic!("{:?}", found.fits) };
    assert_eq!((fit.against, fit.at, fit.points, fit.left_out), (Against::Qubits, 60, 5, 0));
    // log₂ of the exact ones falls by 0.95 a qubit between 2 and 6.
    let (low, high) = fit.exponential.interval;
    assert!(low < -0.95 && -0.95 < high && high - low < 0.4, "{fit:?}");
    assert_eq!(fit.is_exponential(), Some(true));
    // 1/(8n²)
    let study = GradientVariance::new(Ansatz::Product, Cost::Local).qubits([1, 2, 3, 4, 6, 8]);
    let found = study.samples(400).run().unwrap();
    let (low, high) = found.fits[0].power.interval;
    assert!(low < -2.0 && -2.0 < high && high - low < 0.4, "{found:?}");
    assert_eq!(found.fits[0].is_exponential(), Some(false));
    // Of two depths and two sizes there are four laws.
    let study = GradientVariance::new(Ansatz::RealAmplitudes, Cost::Local).qubits([2, 3]);
    let found = study.depths([1, 3]).samples(20).run().unwrap();
    let of = Vec::from_iter(found.fits.iter().map(|fit| (fit.against.name(), fit.at)));
    assert_eq!(of, [("qubits", 1), ("qubits", 3), ("depth", 2), ("depth", 3)]);
    assert!(found.fits.iter().all(|fit| fit.is_exponential().is_none()));
}

#[test]
fn the_bits_do_not_depend_on_threads_or_on_other_points() {
    let circuit = reuploading(2, 1).unwrap();
    let z = "Z0".parse().unwrap();
    let run = |threads| {
        on_threads(threads, || {
            let of = |ansatz| {
                GradientVariance::new(ansatz, Cost::Zz)
                    .qubits([2, 3])
                    .depths([4])
                    .samples(33)
                    .seed(9)
            };
            let noisy = of(Ansatz::Random).noise(Noise::Layers(0.02)).samples(5);
            (
                of(Ansatz::Random).run().unwrap(),
                of(Ansatz::HardwareEfficient).run().unwrap(),
                noisy.run().unwrap(),
                Expressibility::new().pairs(50).run_ansatz(Ansatz::Random, 3, 2).unwrap(),
                FourierSpectrum::new().samples(9).run(&circuit, "x", &z).unwrap(),
            )
        })
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(4));
    let alone = GradientVariance::new(Ansatz::Random, Cost::Zz).qubits([3]).depths([4]);
    assert_eq!(alone.samples(33).seed(9).run().unwrap().points[0], one.0.points[1]);
    let other = GradientVariance::new(Ansatz::Random, Cost::Zz).qubits([3]).depths([4]).samples(33);
    assert_ne!(other.seed(10).run().unwrap().points[0].variance, one.0.points[1].variance);
}

#[test]
fn layers_end_where_their_gates_do() {
    for (ansatz, n, depth) in sizes() {
        let circuit = |depth| {
            ansatz.circuit(n, depth, &mut Samples::new(3, 0, 0).stream(0)).unwrap().ops().len()
        };
        let ends = ansatz.layer_ends(n, depth, circuit(depth));
        assert_eq!(ends.len(), depth);
        for (layer, end) in ends.iter().enumerate() {
            assert_eq!(*end, circuit(layer + 1), "{ansatz} {n} {depth}");
        }
    }
}

#[test]
fn noise_shrinks_gradients_by_its_bound() {
    // One qubit that turns about one axis: each layer's noise shrinks the derivative by q.
    let study = |depth| {
        GradientVariance::new(Ansatz::BasicEntangler, Cost::Local)
            .qubits([1])
            .depths([depth])
            .samples(20)
    };
    let p = 0.06;
    for depth in [1, 3, 8] {
        let ideal = study(depth).run().unwrap().points.remove(0);
        let noise = Noise::Layers(p);
        let q = noise.bound_slope().unwrap().exp2();
        assert!(close(q, 0.92, 1e-12));
        let noisy = study(depth).noise(noise).run().unwrap().points.remove(0);
        let factor = q.powi(depth as i32);
        assert!(close(noisy.mean_absolute, factor * ideal.mean_absolute, 1e-9), "{noisy:?}");
        assert!(close(noisy.variance, factor * factor * ideal.variance, 1e-9));
        assert_eq!((noisy.two_design, noisy.closed_form), (None, None));
    }
    // A model without rules is no noise, and full depolarization leaves nothing.
    for ansatz in [Ansatz::Random, Ansatz::Layered, Ansatz::SimplifiedTwoDesign] {
        for cost in [Cost::Global, Cost::Zz] {
            let study = GradientVariance::new(ansatz, cost).qubits([3]).depths([2]).samples(4);
            let ideal = study.clone().run().unwrap().points.remove(0);
            let model = Noise::Model(NoiseModel::new());
            let same = study.clone().noise(model).run().unwrap().points.remove(0);
            assert!((same.variance - ideal.variance).abs() < 1e-13, "{ansatz}");
            let none = study.noise(Noise::Layers(0.75)).run().unwrap().points.remove(0);
            assert!(none.mean_absolute < 1e-15, "{none:?}");
        }
    }
}

#[test]
fn a_vanishing_variance_is_left_out_of_fits() {
    // ⟨Z₀⟩ after RX, with a derivative by the other qubit's weight.
    let cost = Cost::Observable("Z0".parse().unwrap());
    let study = GradientVariance::new(Ansatz::Product, cost).qubits([2, 3, 4]).parameter(1);
    let found = study.samples(10).run().unwrap();
    assert!(found.points.iter().all(|p| p.variance < 1e-30 && p.closed_form == Some(0.0)));
    assert!(found.fits.is_empty());
}

#[test]
fn cancelled_studies_keep_what_is_finished() {
    let watch = Watch::default();
    let study = GradientVariance::new(Ansatz::Random, Cost::Zz).qubits(2..=5).samples(10);
    let study = study.watch(&watch);
    assert_eq!(study.num_samples(), 40);
    let mut told = 0;
    let found = study.run_watched(|_| {
        told += 1;
        if told == 2 {
            watch.cancel();
        }
    });
    let found = found.unwrap();
    assert!(found.interrupted && found.points.len() == 2 && watch.rows() == 20);
    assert!(matches!(study.run(), Err(Error::Interrupted)));
    let cancelled = Expressibility::new().watch(&watch).run(&Circuit::new(1));
    assert!(matches!(cancelled, Err(Error::Interrupted)));
}

#[test]
fn what_cannot_be_studied_is_refused() {
    let study = || GradientVariance::new(Ansatz::HardwareEfficient, Cost::Zz);
    let says = |study: GradientVariance, part: &str| {
        let error = study.run().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    says(study().qubits([]), "numbers of qubits is 0");
    says(study().depths([]), "depths is 0");
    says(study().qubits([0]), "number of qubits is 0");
    says(study().qubits([2, 3, 2]), "twice");
    says(study().qubits([1]), "at least 2");
    says(study().depths([0]), "at least 1");
    says(study().samples(0), "number of samples is 0");
    says(study().samples(1), "number of samples is 1");
    says(study().parameter(1000), "numbered from 0");
    says(study().qubits([2, 200]), "qubits fit");
    says(study().qubits([50]), "qubits fit");
    says(study().depths([1 << 20]), "parameters");
    says(study().depths([usize::MAX]), "parameters");
    says(study().noise(Noise::Layers(1.5)), "from 0 to 1");
    says(study().noise(Noise::Layers(f64::NAN)), "from 0 to 1");
    says(study().qubits([11]).noise(Noise::Layers(0.1)), "at most 10");
    says(GradientVariance::new(Ansatz::Product, Cost::Zz).depths([2]), "one layer");
    says(GradientVariance::new(Ansatz::Layered, Cost::Global).qubits([1]), "qubits of an ansatz");
    for (text, part) in [("3", "constant"), ("0 Z0", "constant"), ("Z9", "at least 10")] {
        let cost = text.parse().unwrap();
        says(GradientVariance::new(Ansatz::HardwareEfficient, cost), part);
    }
    let error = "globle".parse::<Cost>().unwrap_err().to_string();
    assert!(error.contains("did you mean `global`"), "{error}");
    assert!("Z0 +".parse::<Cost>().is_err());

    let expressed = |found: crate::error::Result<Expressed>, part: &str| {
        let error = found.unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    let one = Circuit::new(1);
    expressed(Expressibility::new().pairs(0).run(&one), "pairs of states is 0");
    expressed(Expressibility::new().bins(0).run(&one), "bins of fidelities is 0");
    expressed(Expressibility::new().run(&Circuit::new(0)), "number of qubits is 0");
    expressed(Expressibility::new().run(&Circuit::new(60)), "qubits fit");
    let mut measured = Circuit::new(1);
    measured.reset(0);
    expressed(Expressibility::new().run(&measured), "a reset");
}

#[test]
fn idle_circuits_express_nothing() {
    // Sim et al., figure 1: all fidelities are 1; (N - 1) ln 75.
    for n in 1..=3 {
        let found = Expressibility::new().pairs(50).run(&Circuit::new(n)).unwrap();
        let exact = ((1 << n) - 1) as f64 * 75f64.ln();
        assert!(close(found.divergence, exact, 1e-12), "{found:?}");
        assert_eq!((found.bias, found.standard_error), (0.0, 0.0));
        assert!(found.entangling_capability < 1e-12);
        assert!((found.haar.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn one_qubit_circuits_are_as_expressive_as_sim_et_al_say() {
    // Circuit A: H and RZ; the fidelity is cos²(φ/2), φ uniform.
    let mut a = Circuit::new(1);
    let theta = a.param("theta");
    a.h(0).rz(theta, 0);
    let found = Expressibility::new().run(&a).unwrap();
    let part = |f: f64| 2.0 / PI * f.sqrt().asin();
    let law = Vec::from_iter((0..75).map(|k| part((k + 1) as f64 / 75.0) - part(k as f64 / 75.0)));
    let exact = haar_divergence(&law, 1);
    // numpy.diff(2/π arcsin √F) at the ends of the bins, NumPy 2.4.6.
    assert!((exact - 0.196_120_173_108_250_22).abs() < 1e-12, "{exact}");
    let off = found.divergence - found.bias - exact;
    assert!(off.abs() < 3.0 * found.standard_error, "{off} {found:?}");
    // Circuit B, H, RZ, RX: 20 histograms of 5,000 pairs by NumPy 2.4.6 have 0.0186 with a scatter of 0.0033.
    let mut b = a.clone();
    let phi = b.param("phi");
    b.rx(phi, 0);
    let found = Expressibility::new().run(&b).unwrap();
    assert!((found.divergence - 0.0186).abs() < 0.01, "{found:?}");
    let mut any = Circuit::new(1);
    let u = any.param_vector("u", 3);
    // Uniform on the sphere are cos β and two angles; enough layers come near.
    for _ in 0..3 {
        any.rz(u[0], 0).rx(u[1], 0).rz(u[2], 0);
    }
    let found = Expressibility::new().run(&any).unwrap();
    assert!(found.divergence < 0.05, "{found:?}");
    assert!((found.bias - 74.0 / 10_000.0).abs() < 1e-12);
}

#[test]
fn entangling_capability_is_that_of_known_laws() {
    // cos|00⟩ + sin|11⟩ at half the angle: Q = sin²θ.
    let mut c = Circuit::new(2);
    let theta = c.param("theta");
    c.ry(theta, 0).cx(0, 1);
    let found = Expressibility::new().pairs(1000).run(&c).unwrap();
    assert!((found.entangling_capability - 0.5).abs() < 3.0 * found.entangling_error);
    assert!(close(found.entangling_error, (0.125f64 / 2000.0).sqrt(), 0.05));
    // GHZ.
    let mut ghz = Circuit::new(3);
    ghz.h(0).cx(0, 1).cx(1, 2);
    let found = Expressibility::new().pairs(2).run(&ghz).unwrap();
    assert!((found.entangling_capability - 1.0).abs() < 1e-12);
    // W: each qubit has the purity 5/9, so that Q = 8/9 (Meyer and Wallach 2002).
    let w = crate::circuit::library::w(3);
    let found = Expressibility::new().pairs(2).run(&w).unwrap();
    assert!((found.entangling_capability - 8.0 / 9.0).abs() < 1e-12);
    // Deep circuits come near to random states: (N - 2)/(N + 1), and fidelities of theirs.
    let found = Expressibility::new().pairs(600).run_ansatz(Ansatz::Random, 3, 30).unwrap();
    let off = found.entangling_capability - 6.0 / 9.0;
    assert!(off.abs() < 3.0 * found.entangling_error, "{found:?}");
    assert!((found.divergence - found.bias).abs() < 0.05, "{found:?}");
}

#[test]
fn frequencies_are_sums_of_differences() {
    let of = |build: &dyn for<'c> Fn(&'c mut Circuit, crate::gate::Param) -> &'c mut Circuit| {
        let mut c = Circuit::new(2);
        let x = c.param("x");
        build(&mut c, x);
        Frequencies::of(&c, "x")
    };
    let of = |build: &dyn for<'c> Fn(&'c mut Circuit, crate::gate::Param) -> &'c mut Circuit| {
        let found = of(build).unwrap();
        (found.unit, found.multiples)
    };
    assert_eq!(of(&|c, _| c), (1.0, vec![0]));
    assert_eq!(of(&|c, x| c.rx(x, 0).rz(x, 1)), (1.0, vec![0, 1, 2]));
    assert_eq!(of(&|c, x| c.p(x, 0).rzz(x, 0, 1)), (1.0, vec![0, 1, 2]));
    assert_eq!(of(&|c, x| c.rx(0.3 * x, 0).ry(-0.9 * x, 0)).1, [0, 1, 2, 3, 4]);
    assert!(close(of(&|c, x| c.rx(0.3 * x, 0).ry(-0.9 * x, 0)).0, 0.3, 1e-12));
    assert_eq!(of(&|c, x| c.rx(x, 0).rx(5.0 * x, 1)), (1.0, vec![0, 1, 4, 5, 6]));
    assert_eq!(of(&|c, x| c.crx(x, 0, 1)), (0.5, vec![0, 1, 2]));
    assert_eq!(of(&|c, x| c.cp(x, 0, 1).gphase(3.0 * x)), (1.0, vec![0, 1]));

    let mut c = Circuit::new(1);
    let x = c.param("x");
    c.rx(x, 0).rx(2f64.sqrt() * x, 0);
    let error = Frequencies::of(&c, "x").unwrap_err().to_string();
    assert!(error.contains("degree of a Fourier series"), "{error}");
    let error = Frequencies::of(&c, "y").unwrap_err().to_string();
    assert!(error.contains("no parameter `y`"), "{error}");
    let mut c = Circuit::new(1);
    let x = c.param("x");
    c.rx(x, 0).rx(1e6 * x, 0);
    assert!(Frequencies::of(&c, "x").is_err());
}

#[test]
fn coefficients_are_those_of_closed_forms() {
    // cos²x = 1/2 + cos(2x)/2
    let mut c = Circuit::new(2);
    let x = c.param("x");
    c.rx(x, 0).rx(x, 1);
    let zz = "Z0 Z1".parse().unwrap();
    let found = fourier_coefficients(&c, "x", &zz, &[0.7]).unwrap();
    let expected = [0.5, 0.0, 0.25];
    assert!(found.iter().zip(expected).all(|(c, e)| (c - e).norm() < 1e-15), "{found:?}");
    // -sin x has c₁ = i/2.
    let y = "Y0".parse().unwrap();
    let found = fourier_coefficients(&c, "x", &y, &[0.0]).unwrap();
    assert!((found[1] - num_complex::Complex64::new(0.0, 0.5)).norm() < 1e-15);
    // A controlled rotation, its control in |+⟩: ⟨X⟩ of it is cos(x/2).
    let mut c = Circuit::new(2);
    let x = c.param("x");
    c.h(0).crx(x, 0, 1);
    let found = fourier_coefficients(&c, "x", &"X0".parse().unwrap(), &[0.0]).unwrap();
    let expected = [0.0, 0.5, 0.0];
    assert!(found.iter().zip(expected).all(|(c, e)| (c - e).norm() < 1e-15), "{found:?}");
}

#[test]
fn series_are_the_model_everywhere() {
    // A real function (c_{-k} = c_k*) without frequencies beyond the degree is its series at other places.
    for (n, layers) in [(1, 1), (1, 4), (2, 2), (3, 1)] {
        let model = reuploading(n, layers).unwrap();
        let z = "Z0 + 0.5 X0".parse().unwrap();
        let frequencies = Frequencies::of(&model, "x").unwrap();
        assert_eq!(frequencies.degree, n * layers);
        let place = model.inputs().position(|name| name == "x").unwrap();
        let mut rng = Samples::new(4, n, layers).stream(0);
        let mut params = uniform_weights(model.inputs().count(), &mut rng);
        let c = fourier_coefficients(&model, "x", &z, &params).unwrap();
        assert!(c[0].im.abs() < 1e-14);
        let simulator = crate::simulate::Simulator::new();
        for at in [0.1, 1.0, FRAC_PI_2, 5.0] {
            params[place] = at;
            let named = Vec::from_iter(model.params().iter().zip(params.iter().copied()));
            let bound = model.bind(&named).unwrap();
            let value = simulator.expectation(&bound, &z).unwrap().value;
            let series = |(k, c): (usize, &num_complex::Complex64)| {
                let twice = if k == 0 { 1.0 } else { 2.0 };
                twice * (c * num_complex::Complex64::cis(k as f64 * at)).re
            };
            let sum: f64 = c.iter().enumerate().map(series).sum();
            assert!((sum - value).abs() < 1e-12, "{n} {layers} {at}");
        }
    }
}

#[test]
fn spectra_over_weights_have_their_means() {
    // RX(w) RX(x): cos(x + w), so that |c₁| = 1/2 always.
    let mut c = Circuit::new(1);
    let (x, w) = (c.param("x"), c.param("w"));
    c.rx(x, 0).rx(w, 0);
    let found = FourierSpectrum::new().samples(10).run(&c, "x", &"Z0".parse().unwrap()).unwrap();
    assert!((found.harmonics[1].mean_magnitude - 0.5).abs() < 1e-14);
    assert!(found.harmonics[1].variance < 1e-28 && found.harmonics[0].mean_magnitude < 1e-14);
    // RX(x) RY(w): ⟨Z⟩ = cos w cos x, |cos w|/2 on average 1/π with the variance 1/8 - 1/π².
    let mut c = Circuit::new(1);
    let (x, w) = (c.param("x"), c.param("w"));
    c.rx(3.0 * x, 0).ry(w, 0);
    let found = FourierSpectrum::new().samples(4000).run(&c, "x", &"Z0".parse().unwrap()).unwrap();
    let harmonic = &found.harmonics[1];
    assert!((harmonic.frequency, harmonic.is_accessible) == (3.0, true));
    let variance = 0.125 - 1.0 / (PI * PI);
    let error = (variance / 4000.0).sqrt();
    assert!((harmonic.mean_magnitude - 1.0 / PI).abs() < 3.0 * error, "{harmonic:?}");
    assert!(close(harmonic.variance, variance, 0.05));
    // Frequencies that the encoding lacks are there and vanish.
    let mut c = Circuit::new(2);
    let x = c.param("x");
    c.rx(x, 0).rx(5.0 * x, 1);
    let found = FourierSpectrum::new().samples(2).run(&c, "x", &"Z0 Z1".parse().unwrap()).unwrap();
    for harmonic in &found.harmonics {
        assert_eq!(harmonic.is_accessible, [0, 1, 4, 5, 6].contains(&harmonic.multiple));
        let expected = if [4, 6].contains(&harmonic.multiple) { 0.25 } else { 0.0 };
        assert!((harmonic.mean_magnitude - expected).abs() < 1e-14, "{harmonic:?}");
    }
    let few = FourierSpectrum::new().samples(1).run(&c, "x", &"Z0".parse().unwrap());
    assert!(few.unwrap_err().to_string().contains("number of samples"));
}

#[test]
fn planned_circuits_are_as_unplanned_ones() {
    // From nine qubits on circuits that run once are planned.
    let n = 9;
    let mut worker = Worker::new(n).unwrap();
    let mut rng = Samples::new(6, n, 3).stream(0);
    let circuit = Ansatz::Random.circuit(n, 3, &mut rng).unwrap();
    let weights = uniform_weights(circuit.inputs().count(), &mut rng);
    let cost = Cost::Zz.prepare(n).unwrap();
    let planned = Prepared::cut(&circuit, n, Use::Once, &worker).unwrap();
    let found = planned.derivative(&cost, &weights, &mut worker).unwrap();
    let simulator = crate::simulate::Simulator::new();
    let at = |shift: f64| {
        let shifted = weights.iter().enumerate().map(|(k, w)| if k == n { w + shift } else { *w });
        let named = Vec::from_iter(circuit.params().iter().zip(shifted));
        let zz = "Z0 Z1".parse().unwrap();
        simulator.expectation(&circuit.bind(&named).unwrap(), &zz).unwrap().value
    };
    assert!((found - 0.5 * (at(FRAC_PI_2) - at(-FRAC_PI_2))).abs() < 1e-12);
    assert!(Circuits::of_ansatz(Ansatz::Random, (n, 3), Some(27), &worker).is_err());
}
