use super::super::{HhlLaw, LinearSystem};
use super::*;
use crate::circuit::library::TrotterOrder;
use crate::simulate::Simulator;
use num_complex::Complex64;

fn toeplitz() -> LinearSystem {
    LinearSystem::toeplitz(1.5, 2.5, vec![1.0, -2.1, 3.2, -4.3]).unwrap()
}

fn hhl(clock: usize, window: ClockWindow, evolution: Evolution) -> Hhl {
    let (least, _) = toeplitz().spectrum().unwrap().magnitudes();
    Hhl { window, evolution, ..Hhl::new(clock, 6.0, least) }
}

/// The error of the whole circuit, by another way than the law: LU, and the state.
fn true_error(hhl: &Hhl, system: &LinearSystem, question: Question) -> f64 {
    let (matrix, rhs) = system.hermitian().unwrap();
    let rhs: Vec<Complex64> = rhs.iter().map(|v| Complex64::from(*v)).collect();
    let circuit = hhl.circuit(&matrix.map(Complex64::from), &rhs).unwrap();
    let mut state = Simulator::new().state::<f64>(&circuit).unwrap();
    let flagged = &state.amplitudes()[1 << (circuit.num_qubits() - 1)..];
    let b = nalgebra::DVector::from_row_slice(system.rhs());
    let x = system.dense().lu().solve(&b).unwrap();
    let unit = (b.norm() / hhl.constant).powi(2);
    let squares = |v: &[Complex64]| v.iter().map(|a| a.norm_sqr()).sum::<f64>();
    let (found, exact) = match question {
        Question::Norm => (squares(flagged), x.norm_squared()),
        Question::FirstHalf => (squares(&flagged[..2]), x[0] * x[0] + x[1] * x[1]),
        Question::Mean => {
            (flagged[..4].iter().sum::<Complex64>().norm_sqr() / 16.0, x.mean() * x.mean())
        }
    };
    found * unit / exact - 1.0
}

#[test]
fn the_sum_is_the_true_error() {
    let system = toeplitz();
    let trotter = Evolution::Trotter { order: TrotterOrder::Second, steps: 3 };
    for window in [ClockWindow::Sine, ClockWindow::Uniform] {
        for (clock, evolution) in [(6, Evolution::Exact), (9, Evolution::Exact), (4, trotter)] {
            let hhl = hhl(clock, window, evolution);
            for question in [Question::Norm, Question::FirstHalf, Question::Mean] {
                let budget = Budget::new(&hhl, &system, question, 10_000, 3).unwrap();
                let error = true_error(&hhl, &system, question);
                // 20 % are asked for; it is exact, as the items are differences of one ladder.
                assert!(
                    (budget.bias - error).abs() < 1e-8 * error.abs().max(1.0),
                    "{budget:?} {error}"
                );
                let shots = &budget.items[5];
                assert!(shots.change.abs() < 6.0 * budget.shots_deviation, "{budget:?}");
                assert!((budget.sum - (budget.answer / budget.exact - 1.0)).abs() < 1e-12);
                assert!(budget.sum_of_magnitudes >= budget.sum.abs());
            }
        }
    }
}

#[test]
fn items_are_zero_where_nothing_is_imperfect() {
    let system = LinearSystem::new(&[vec![1.0, -0.25], vec![-0.25, 1.0]], vec![1.0, 0.0]).unwrap();
    let mut hhl = Hhl::new(4, 2.0, 0.75);
    hhl.window = ClockWindow::Uniform;
    let budget = Budget::new(&hhl, &system, Question::Norm, 1 << 20, 0).unwrap();
    assert!(budget.items[..5].iter().all(|item| item.change.abs() < 1e-12), "{budget:?}");
    assert!((budget.success - budget.ideal_success).abs() < 1e-12);
    assert!((budget.ideal_success - 0.68).abs() < 1e-9);
    // C above the smallest eigenvalue: that alone is clipped, to 1 instead of 1/0.75.
    hhl.constant = 1.0;
    let clipped = Budget::new(&hhl, &system, Question::Norm, 1 << 20, 0).unwrap();
    let expected = (0.5 + 0.5 * 0.64) / (0.5 / 0.5625 + 0.5 * 0.64) - 1.0;
    assert!((clipped.items[0].change - expected).abs() < 1e-12, "{clipped:?}");
    assert!(clipped.items[1..5].iter().all(|item| item.change.abs() < 1e-12), "{clipped:?}");
}

#[test]
fn the_order_of_items_is_stated_and_the_grid_is_a_rounding() {
    let system = toeplitz();
    let hhl = hhl(8, ClockWindow::Sine, Evolution::Exact);
    let budget = Budget::new(&hhl, &system, Question::Norm, 1000, 0).unwrap();
    let names: Vec<&str> = budget.items.iter().map(|item| item.name.as_str()).collect();
    let all = ["rotation", "clock grid", "window", "evolution", "post-selection", "shots"];
    assert_eq!(names, all);
    // By hand: each λ to its multiple of 12/256.
    let spectrum = system.spectrum().unwrap();
    let rounded = |l: f64| (l * 256.0 / 12.0).round() * 12.0 / 256.0;
    let square = |f: &dyn Fn(f64) -> f64| -> f64 {
        let pairs = spectrum.eigenvalues.iter().zip(&spectrum.coefficients);
        pairs.map(|(l, c)| c.norm_sqr() * f(*l).powi(2)).sum()
    };
    let change = square(&|l| 1.0 / rounded(l)) / square(&|l| 1.0 / l) - 1.0;
    assert!((budget.items[1].change - change).abs() < 1e-12);
    assert_eq!(budget.items[3].change, 0.0);
    let law = HhlLaw::new(&hhl, &system).unwrap();
    let post = (law.success - law.returned) / budget.ideal_success;
    assert!((budget.items[4].change - post).abs() < 1e-12 && post > 0.0);
}

#[test]
fn what_has_no_relative_error_is_refused() {
    // The mean of x is 0: odd under reflection.
    let system = LinearSystem::toeplitz(2.0, -0.5, vec![1.0, 0.0, 0.0, -1.0]).unwrap();
    let hhl = Hhl::new(4, 4.0, 0.5);
    let refused = Budget::new(&hhl, &system, Question::Mean, 10, 0).unwrap_err().to_string();
    assert!(refused.contains("x†Mx"), "{refused}");
    assert!(Budget::new(&hhl, &system, Question::Norm, 0, 0).is_err());
}
