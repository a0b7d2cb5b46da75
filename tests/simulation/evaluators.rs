//! What evaluators and gradients say about themselves.

use ketlab::gradient::{FiniteDifference, Loss, Objective, ShiftRules};
use ketlab::simulate::{ExpectationFn, ExpectationSource, Program};
use ketlab::{Circuit, PauliSum, Simulator};

fn sum(text: &str) -> PauliSum {
    text.parse().unwrap()
}

/// RY(a) on one qubit and RY(b) on another.
fn two_rotations() -> Circuit {
    let mut circuit = Circuit::new(2);
    let (a, b) = (circuit.param("a"), circuit.param("b"));
    circuit.ry(a, 0).ry(b, 1);
    circuit
}

#[test]
fn evaluators_know_their_observables_and_shots() {
    let circuit = two_rotations();
    let observables = [sum("Z0"), sum("Z1"), sum("Z0 Z1")];
    let program = Program::new(&circuit).unwrap();
    let exact = Simulator::new().evaluator(&program, &observables).unwrap();
    assert_eq!(exact.num_observables(), 3);
    let mut sampled = Simulator::new().sampled_evaluator(&circuit, &observables[..1], 300).unwrap();
    assert_eq!(sampled.shots(), 300);
    assert_eq!(sampled.estimate(&[0.4, 0.0]).unwrap().shots, 300);
}

/// (cos(x + h) - cos(x - h))/2h = -sin x · sin h/h.
#[test]
fn a_finite_difference_takes_the_step_that_it_is_given() {
    let cosine = || ExpectationFn::new(1, |x: &[f64]| Ok(x[0].cos()));
    for h in [0.5, 1e-3] {
        let mut difference = FiniteDifference::new(cosine()).with_step(h).unwrap();
        let mut gradient = [0.0];
        difference.value_and_gradient(&[0.8], &mut gradient).unwrap();
        let want = -0.8f64.sin() * h.sin() / h;
        assert!((gradient[0] - want).abs() < 1e-12, "h = {h}: {}", gradient[0]);
    }
    assert!(FiniteDifference::new(cosine()).with_step(0.0).is_err());
}

#[test]
fn a_loss_keeps_the_means_of_its_last_call() {
    let observables = [sum("Z0"), sum("Z1")];
    let adjoint = Simulator::new().adjoint(&two_rotations(), &observables).unwrap();
    let mut product = Loss::new(adjoint, |means: &[f64], derivatives: &mut [f64]| {
        derivatives.copy_from_slice(&[means[1], means[0]]);
        means[0] * means[1]
    });
    assert_eq!(product.adjoint().num_observables(), 2);
    let mut gradient = [0.0; 2];
    let value = product.value_and_gradient(&[0.4, 1.1], &mut gradient).unwrap();
    let want = [0.4f64.cos(), 1.1f64.cos()];
    product.means().iter().zip(want).for_each(|(m, w)| assert!((m - w).abs() < 1e-14));
    assert!((value - want[0] * want[1]).abs() < 1e-14);
}

#[test]
fn a_sampled_gradient_counts_shots_and_bases() {
    let circuit = two_rotations();
    // Z0 and Z1 share a basis; X0 takes another.
    let gradient =
        Simulator::new().sampled_gradient(&circuit, &sum("Z0 + Z1 + 0.5 X0"), 400).unwrap();
    assert_eq!((gradient.shots(), gradient.num_groups()), (400, 2));
    // Two shifts for each of two angles.
    assert_eq!(gradient.num_circuits(), 4);
}

#[test]
fn a_gradient_of_estimates_has_the_rules_that_it_is_made_of() {
    let rules = ShiftRules::new(&two_rotations()).unwrap();
    let source = ExpectationFn::new(2, |angles: &[f64]| Ok(angles[0].cos() * angles[1].cos()));
    let mut shift = rules.with_source(source).unwrap();
    assert_eq!((shift.rules().num_angles(), shift.rules().num_circuits()), (2, 4));
    let mut gradient = [0.0; 2];
    shift.value_and_gradient(&[0.4, 1.1], &mut gradient).unwrap();
    assert!((gradient[0] + 0.4f64.sin() * 1.1f64.cos()).abs() < 1e-14);
}
