//! Evaluators and batches against single runs, to the bit, at several thread counts.

use ketlab::engine::Target;
use ketlab::pauli::{Boundary, ising_chain};
use ketlab::simulate::{InitialState, Program};
use ketlab::{Circuit, Counts, Error, Expr, PauliSum, Precision, Simulator};
use ndarray::{Array2, ArrayView1, array, s};
use num_complex::{Complex, Complex64};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// RY, RZ and a ring of CX, with sums of parameters, exchanged qubits and final measurements.
fn ansatz(num_qubits: usize, layers: usize) -> Circuit {
    let mut c = Circuit::with_clbits(num_qubits, num_qubits);
    let theta = c.param_vector("theta", 2 * layers * num_qubits);
    for layer in 0..layers {
        for q in 0..num_qubits {
            let k = 2 * (layer * num_qubits + q);
            c.ry(theta[k], q).rz(0.5 * theta[k + 1] - theta[k] + 0.1, q);
        }
        for q in 0..num_qubits {
            c.cx(q, (q + 1) % num_qubits);
        }
    }
    c.x(0).swap(0, num_qubits - 1);
    (0..num_qubits).for_each(|q| drop(c.try_measure(q, q)));
    c
}

/// A qubit is measured in the middle, and what follows depends on it.
fn dynamic() -> Circuit {
    let mut c = Circuit::with_clbits(3, 2);
    let (a, b) = (c.param("a"), c.param("b"));
    c.ry(a, 0).cx(0, 1).ry(b, 1).measure(1, 0);
    c.if_then(Expr::bit(0), |c| c.rx(a + b, 2));
    c.reset(1).ry(2.0 * b, 1).measure(0, 1);
    c
}

fn random_rows(rows: usize, params: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_fn((rows, params), |_| rng.random_range(-7.0..7.0))
}

fn observables(num_qubits: usize) -> Vec<PauliSum> {
    let ising = ising_chain(num_qubits, 1.0, 0.7, Boundary::Periodic).unwrap();
    vec![ising, "Z0".parse().unwrap(), "2.5 - X1 + 0.5 Y0 Z1".parse().unwrap()]
}

fn bits(values: impl IntoIterator<Item = f64>) -> Vec<u64> {
    values.into_iter().map(f64::to_bits).collect()
}

fn simulators() -> Vec<Simulator> {
    let mut all = Vec::new();
    for precision in [Precision::F64, Precision::F32] {
        for threads in [1, 2, 3] {
            let simulator = Simulator::new().seed(5).precision(precision);
            all.push(simulator.threads(threads).unwrap());
        }
    }
    all
}

fn row_of(row: ArrayView1<f64>) -> Vec<f64> {
    row.to_vec()
}

#[test]
fn rows_are_single_answers_to_the_bit() {
    // From 16 qubits on the kernels are parallel, too.
    let large = (ansatz(16, 1), 6);
    for (circuit, num_rows) in [(ansatz(4, 2), 50), (dynamic(), 40), large] {
        let program = Program::new(&circuit).unwrap();
        let rows = random_rows(num_rows, program.params().len(), 3);
        let observables = observables(circuit.num_qubits());
        for simulator in simulators() {
            let batch = simulator.batch(&program);
            let means = batch.expectations(&rows, &observables).unwrap().complete().unwrap();
            let probabilities = batch.probabilities(&rows).unwrap().complete().unwrap();
            let counts = batch.counts(&rows, 100).unwrap().complete().unwrap();
            let mut evaluator = simulator.evaluator(&program, &observables).unwrap();
            let mut evaluated = vec![0.0; observables.len()];
            for (k, row) in rows.rows().into_iter().enumerate() {
                let bound = program.bind(&row_of(row)).unwrap();
                let single = observables.iter().map(|h| simulator.expectation(&bound, h).unwrap());
                assert_eq!(bits(means.row(k).to_vec()), bits(single.map(|e| e.value)));
                evaluator.expectations(&row_of(row), &mut evaluated).unwrap();
                assert_eq!(bits(means.row(k).to_vec()), bits(evaluated.clone()));
                let single = simulator.probabilities(&bound).unwrap();
                assert_eq!(bits(probabilities.row(k).to_vec()), bits(single));
                let alone = simulator.clone().seed(batch.seed_of_row(k));
                assert_eq!(counts[k], alone.counts(&bound, 100).unwrap());
            }
        }
    }
}

#[test]
fn states_are_those_of_single_runs() {
    fn same<T: ketlab::engine::Real>(simulator: &Simulator) {
        let program = Program::new(&ansatz(5, 2)).unwrap();
        let rows = random_rows(20, 20, 9);
        let states: Array2<Complex<T>> =
            simulator.batch(&program).states(&rows).unwrap().complete().unwrap();
        assert_eq!(states.dim(), (20, 32));
        for (row, state) in rows.rows().into_iter().zip(states.rows()) {
            let bound = program.bind(&row_of(row)).unwrap();
            assert_eq!(state.to_vec(), simulator.state::<T>(&bound).unwrap().to_vec());
        }
    }
    for simulator in simulators() {
        same::<f64>(&simulator);
        same::<f32>(&simulator);
    }
    let program = Program::new(&dynamic()).unwrap();
    let error = Simulator::new().batch(&program).states::<f64>(&array![[0.0, 0.0], [1.0, 1.0]]);
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("in row 1"), "{error}");
}

#[test]
fn rows_of_shots_have_streams_of_their_own() {
    let mut coin = Circuit::new(6);
    (0..6).for_each(|q| drop(coin.try_h(q)));
    let program = Program::new(&coin).unwrap();
    let batch = Simulator::new().seed(2).batch(&program);
    let counts = batch.counts(&Array2::zeros((8, 0)), 1000).unwrap().values;
    for a in 0..8 {
        (0..a).for_each(|b| assert_ne!(counts[a], counts[b]));
    }
    // More rows change none, another seed changes all, and a batch of circuits has the same seeds.
    let more = batch.counts(&Array2::zeros((300, 0)), 1000).unwrap().values;
    assert_eq!(more[..8], counts);
    let other = Simulator::new().seed(3).batch(&program);
    assert_ne!(other.counts(&Array2::zeros((1, 0)), 1000).unwrap().values[0], counts[0]);
    let circuits = vec![program.bind(&[]).unwrap(); 8];
    let circuits = Simulator::new().seed(2).counts_batch(&circuits, 1000);
    assert_eq!(circuits.into_iter().map(Result::unwrap).collect::<Vec<_>>(), counts);
}

#[test]
fn initial_states_are_kept_from_row_to_row() {
    let program = Program::new(&ansatz(3, 1)).unwrap();
    let rows = random_rows(9, 6, 1);
    let h = observables(3);
    let amplitudes: Vec<Complex64> =
        (0..8).map(|k| Complex64::from_polar(0.125f64.sqrt(), f64::from(k))).collect();
    let initials =
        [InitialState::Bits("101".parse().unwrap()), InitialState::Amplitudes(amplitudes.into())];
    for initial in initials {
        let simulator = Simulator::new().initial_state(initial);
        let means = simulator.batch(&program).expectations(&rows, &h).unwrap().values;
        for (row, mean) in rows.rows().into_iter().zip(means.rows()) {
            let bound = program.bind(&row_of(row)).unwrap();
            let single = simulator.expectation(&bound, &h[0]).unwrap().value;
            assert_eq!(mean[0].to_bits(), single.to_bits());
        }
    }
    let short = Simulator::new().initial_state(InitialState::Bits("1".parse().unwrap()));
    assert!(matches!(short.batch(&program).probabilities(&rows), Err(Error::Invalid { .. })));
    assert!(matches!(short.evaluator(&program, &h), Err(Error::Invalid { .. })));
}

#[test]
fn nothing_is_a_batch_too() {
    let program = Program::new(&ansatz(3, 1)).unwrap();
    let batch = Simulator::new().threads(2).unwrap().batch(&program);
    let none = Array2::zeros((0, 6));
    let means = batch.expectations(&none, &observables(3)).unwrap();
    assert_eq!((means.values.dim(), means.finished.len()), ((0, 3), 0));
    assert!(!means.is_interrupted());
    assert_eq!(batch.probabilities(&none).unwrap().values.dim(), (0, 8));
    assert_eq!(batch.states::<f64>(&none).unwrap().values.dim(), (0, 8));
    assert!(batch.counts(&none, 10).unwrap().values.is_empty());
    // No observables: rows of nothing.
    let means = batch.expectations(&random_rows(5, 6, 1), &[]).unwrap();
    assert_eq!((means.values.dim(), means.finished), ((5, 0), vec![true; 5]));
    // No qubits, no parameters.
    let empty = Simulator::new().batch(&Program::new(&Circuit::new(0)).unwrap());
    assert_eq!(
        empty.probabilities(&Array2::zeros((3, 0))).unwrap().values,
        Array2::<f64>::ones((3, 1))
    );
    let two = empty.expectations(&Array2::zeros((2, 0)), &["2".parse().unwrap()]).unwrap().values;
    assert_eq!(two, array![[2.0], [2.0]]);
}

#[test]
fn rows_may_be_any_view() {
    let mut c = Circuit::new(1);
    let (a, b) = (c.param("a"), c.param("b"));
    c.ry(a, 0).ry(b, 0);
    let batch = Simulator::new().batch(&Program::new(&c).unwrap());
    let z = ["Z0".parse().unwrap()];
    let wanted = batch.expectations(&[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], &z).unwrap().values;
    let transposed = array![[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]];
    assert_eq!(batch.expectations(transposed.t(), &z).unwrap().values, wanted);
    let reversed = batch.expectations(transposed.slice(s![.., ..;-1]).t(), &z).unwrap().values;
    assert_eq!(reversed, wanted.slice(s![..;-1, ..]));
}

#[test]
fn errors_name_row_and_parameter() {
    let program = Program::new(&ansatz(3, 1)).unwrap();
    let z = ["Z0".parse().unwrap()];
    for simulator in simulators() {
        let batch = simulator.batch(&program);
        let mut rows = random_rows(20, 6, 1);
        rows[[17, 3]] = f64::NAN;
        rows[[18, 0]] = f64::INFINITY;
        let text = batch.expectations(&rows, &z).unwrap_err().to_string();
        let wanted = "parameter `theta[3]` in row 17 is NaN; it must be a finite number";
        assert_eq!(text, wanted);
        assert_eq!(batch.counts(&rows, 1).unwrap_err().to_string(), wanted);
        // Finite, but an angle is not; the first such row is named at any number of threads.
        let mut rows = random_rows(100, 6, 1);
        (60..100).for_each(|row| rows[[row, 0]] = f64::MAX);
        rows.column_mut(1).fill(-f64::MAX);
        let text = batch.probabilities(&rows).unwrap_err().to_string();
        assert!(text.contains("an angle") && text.contains("in row 60"), "{text}");
        let narrow = batch.probabilities(&random_rows(4, 5, 1)).unwrap_err().to_string();
        assert!(narrow.contains("is 5; the circuit has 6 parameters"), "{narrow}");
        assert!(batch.probabilities(&random_rows(4, 7, 1)).is_err());
        assert!(batch.counts(&random_rows(1, 6, 1), 0).is_err());
        let far = batch.expectations(&random_rows(1, 6, 1), &["Z7".parse().unwrap()]);
        assert_eq!(far, Err(Error::QubitOutOfRange { qubit: 7, num_qubits: 3 }));
        let huge = ["1e200 X0 + 1e308 + 1e308".parse().unwrap()];
        let text = batch.expectations(&random_rows(1, 6, 1), &huge).unwrap_err().to_string();
        assert!(text.contains("in row 0 is inf"), "{text}");

        let mut evaluator = simulator.evaluator(&program, &z).unwrap();
        assert!(matches!(evaluator.expectation(&[0.0; 5]), Err(Error::UnboundParameters { .. })));
        assert!(matches!(evaluator.expectation(&[0.0; 7]), Err(Error::Invalid { .. })));
        let mut row = [0.0; 6];
        row[3] = f64::NEG_INFINITY;
        let text = evaluator.expectation(&row).unwrap_err().to_string();
        assert!(text.starts_with("parameter `theta[3]` is -inf"), "{text}");
        assert!(matches!(evaluator.expectations(&[0.0; 6], &mut []), Err(Error::Invalid { .. })));
        assert!(evaluator.expectation(&[0.0; 6]).is_ok());
        assert!(simulator.evaluator(&program, &["Z3".parse().unwrap()]).is_err());
    }
    // A row whose loop does not end.
    let mut c = Circuit::with_clbits(1, 1);
    let theta = c.param("theta");
    c.while_loop(Expr::bit(0).equals(0), |c| c.reset(0).ry(theta, 0).measure(0, 0));
    let batch = Simulator::new().max_loop_rounds(500).batch(&Program::new(&c).unwrap());
    let pi = std::f64::consts::PI;
    let text = batch.counts(&[[pi], [pi], [0.0], [pi]], 10).unwrap_err().to_string();
    assert!(text.contains("in row 2 is more than 500"), "{text}");
}

#[test]
fn too_large_a_result_is_refused_before_it_is_made() {
    let program = Program::new(&Circuit::new(20)).unwrap();
    let batch = Simulator::new().batch(&program);
    let rows = Array2::zeros((1 << 20, 0));
    let Err(Error::TooLarge { what, needed, hint, .. }) = batch.states::<f64>(&rows) else {
        panic!("16 TiB fit?")
    };
    assert!(needed >= 16 << 40 && what == "1048576 rows of states", "{what}");
    assert!(hint.contains("rows fit"), "{hint}");
    assert!(matches!(batch.probabilities(&rows), Err(Error::TooLarge { .. })));
    let huge = Simulator::new().batch(&Program::new(&Circuit::new(60)).unwrap());
    let none = Array2::zeros((1 << 10, 0));
    assert!(matches!(huge.states::<f32>(&none), Err(Error::TooLarge { .. })));
    assert!(matches!(huge.counts(&none, 1), Err(Error::TooLarge { .. })));
}

#[test]
fn a_cancelled_batch_keeps_the_rows_that_are_finished() {
    let program = Program::new(&ansatz(8, 2)).unwrap();
    let rows = random_rows(200_000, 32, 4);
    let z = ["Z0".parse().unwrap()];
    for threads in [1, 2] {
        let simulator = Simulator::new().threads(threads).unwrap();
        let watch = simulator.watch().clone();
        let canceller = std::thread::spawn(move || {
            while watch.rows() == 0 {
                std::thread::yield_now();
            }
            watch.cancel();
        });
        let batch = simulator.batch(&program);
        let result = batch.expectations(&rows, &z).unwrap();
        canceller.join().unwrap();
        assert!(result.is_interrupted());
        let finished = result.finished.iter().filter(|f| **f).count();
        assert!(finished > 0 && finished as u64 == simulator.watch().rows());
        let mut evaluator = Simulator::new().evaluator(&program, &z).unwrap();
        let rows = rows.rows().into_iter().zip(&result.finished).zip(&result.values);
        for ((row, &finished), &value) in rows.take(1000) {
            match finished {
                true => assert_eq!(value, evaluator.expectation(&row_of(row)).unwrap()),
                false => assert!(value.is_nan()),
            }
        }
        assert_eq!(result.complete(), Err(Error::Interrupted));
        // Once cancelled, none of the simulator's runs finishes anything.
        assert_eq!(batch.expectations(&random_rows(3, 32, 4), &z), Err(Error::Interrupted));
        let none: Result<Vec<Counts>, Error> =
            batch.counts(&random_rows(3, 32, 4), 10).and_then(|result| result.complete());
        assert_eq!(none, Err(Error::Interrupted));
        let mut stopped = simulator.evaluator(&program, &z).unwrap();
        assert_eq!(stopped.expectation(&[0.0; 32]), Err(Error::Interrupted));
    }
}

#[test]
fn progress_is_counted() {
    let program = Program::new(&ansatz(4, 3)).unwrap();
    let simulator = Simulator::new();
    let rows = random_rows(130, 24, 2);
    simulator.batch(&program).counts(&rows, 10).unwrap();
    let watch = simulator.watch();
    assert_eq!((watch.rows(), watch.shots()), (130, 1300));
    assert_eq!(
        watch.passes(),
        130 * program.plans(Target::best::<f64>()).unwrap().num_passes() as u64
    );
}

#[test]
fn data_and_weights_make_rows() {
    let mut c = Circuit::new(2);
    let names = ["w[0]", "x[0]", "w[1]", "x[1]"];
    for name in names {
        c.param(name);
    }
    let program = Program::new(&c).unwrap();
    let data = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    let rows = program.parameter_rows(&data, &["x[1]", "x[0]"], &[0.1, 0.2]).unwrap();
    assert_eq!(rows, array![[0.1, 2.0, 0.2, 1.0], [0.1, 4.0, 0.2, 3.0], [0.1, 6.0, 0.2, 5.0]]);
    let refused = |columns: &[&str], weights: &[f64]| {
        program.parameter_rows(&data, columns, weights).unwrap_err().to_string()
    };
    assert!(refused(&["x[0]"], &[0.0; 3]).contains("the data have 2 columns"));
    assert!(refused(&["x[0]", "y"], &[0.0; 2]).contains("no parameter `y`"));
    assert!(refused(&["x[0]", "x[0]"], &[0.0; 3]).contains("twice"));
    assert!(refused(&["x[0]", "x[1]"], &[0.0; 3]).contains("2 parameters are not among the data"));
    let none = program.parameter_rows(&Array2::zeros((2, 0)), &[] as &[&str], &[1.0; 4]).unwrap();
    assert_eq!(none, Array2::<f64>::ones((2, 4)));
}
