//! Variational algorithms under noise, against closed forms.

use super::{Angles, Qaoa, Vqe};
use crate::circuit::Circuit;
use crate::device::{ActsOn, NoiseModel, Pattern, Rule};
use crate::gradient::{Gradient, SimulatedGradient};
use crate::ising::Ising;
use crate::noise::Channel;
use crate::optimize::{Adam, Objective, OptimizerKind, Stopping};
use crate::pauli::PauliSum;
use crate::simulate::{Accuracy, Simulator};

const P: f64 = 0.03;

/// Any real state of two qubits, each of which is depolarized at the end.
fn ansatz() -> Circuit {
    let mut c = Circuit::new(2);
    let t = c.param_vector("t", 4);
    c.ry(t[0], 0).ry(t[1], 1).cx(0, 1).ry(t[2], 0).ry(t[3], 1);
    c.depolarizing(P, [0, 1]);
    c
}

fn hamiltonian() -> PauliSum {
    "Z0 Z1 + 0.5 X0 + 0.5 X1".parse().unwrap()
}

/// Every letter is f = 1 - 4p/3 of it, so the lowest mean is the lowest eigenvalue -√(a² + 4b²) of
/// a ZZ + b(X0 + X1) with a = f² and b = f/2.
fn lowest() -> f64 {
    let f: f64 = 1.0 - 4.0 * P / 3.0;
    -(f.powi(4) + f * f).sqrt()
}

#[test]
fn the_lowest_energy_under_noise_is_found() {
    let ideal = {
        let mut vqe = Vqe::new(ansatz().without_noise(), &hamiltonian()).unwrap();
        let lbfgs = OptimizerKind::Lbfgs.optimizer();
        vqe.minimize(&*lbfgs, &[0.3, 0.2, 0.4, 0.1], &mut Stopping::new()).unwrap().energy
    };
    assert!((ideal + 2f64.sqrt()).abs() < 1e-8, "{ideal}");
    let energy =
        Simulator::new().noisy_gradient(&ansatz(), &hamiltonian(), Accuracy::Exact).unwrap();
    let mut vqe = Vqe::with_gradient(energy, &hamiltonian());
    let lbfgs = OptimizerKind::Lbfgs.optimizer();
    let found = vqe.minimize(&*lbfgs, &[0.3, 0.2, 0.4, 0.1], &mut Stopping::new()).unwrap();
    let noisy = found.estimate.unwrap();
    assert!(noisy.is_exact() && (noisy.value - lowest()).abs() < 1e-8, "{noisy}");
    assert!(noisy.value > ideal + 0.05);
    // Without the noise the state at these parameters is a little above the lowest one.
    assert!(found.energy < noisy.value && found.energy > ideal - 1e-9, "{}", found.energy);
}

#[test]
fn trajectories_lead_to_the_same_place() {
    let simulator = Simulator::new().seed(3);
    let accuracy = Accuracy::StandardError(0.01);
    let energy = simulator.noisy_gradient(&ansatz(), &hamiltonian(), accuracy).unwrap();
    let mut vqe = Vqe::with_gradient(energy, &hamiltonian());
    let adam = Adam { learning_rate: 0.05, ..Adam::default() };
    let start = [0.3, 0.2, 0.4, 0.1];
    let mut stopping = Stopping::new().max_iterations(300);
    let found = vqe.minimize(&adam, &start, &mut stopping).unwrap();
    let estimate = found.estimate.unwrap();
    assert!(estimate.standard_error() > 0.0 && estimate.standard_error() <= 0.01);
    assert!((estimate.value - lowest()).abs() < 0.06, "{estimate}, {}", lowest());
    let mut exact =
        Simulator::new().noisy_gradient(&ansatz(), &hamiltonian(), Accuracy::Exact).unwrap();
    assert!(exact.value(&found.params).unwrap() < lowest() + 0.03);
    // A start without gradient is no matter for noisy values.
    assert!(found.start.is_none());
}

#[test]
fn qaoa_under_noise_is_between_the_ideal_one_and_chance() {
    let ring = (0..4).map(|v| (v, (v + 1) % 4, 1.0));
    let model: Ising = crate::ising::Graph::try_new(4, ring).unwrap().max_cut();
    let mut noise = NoiseModel::new();
    let channel = Channel::depolarizing(0.01, 1).unwrap();
    noise.push(Rule::after(Pattern::all_gates().and_virtual(), channel, ActsOn::Each).unwrap());
    let mut ideal = Qaoa::new(&model, 1).unwrap();
    let start = Angles::linear_ramp(1, 0.75).unwrap();
    let lbfgs = OptimizerKind::Lbfgs.optimizer();
    let best = ideal.solve(&start, &*lbfgs, &mut Stopping::new(), 100, 1).unwrap();
    let mut noisy = ideal.with_noise(&noise, Accuracy::Exact, 1).unwrap();
    let found = noisy.solve(&start, &*lbfgs, &mut Stopping::new(), 100, 1).unwrap();
    // A cut by chance has two of the four edges.
    assert!(found.expectation > best.expectation + 0.02 && found.expectation < -2.0);
    assert_eq!(found.estimate.unwrap().value, found.expectation);
    let at = found.angles.to_params();
    let mut drawn = ideal.with_noise(&noise, Accuracy::StandardError(0.01), 5).unwrap();
    let energy = drawn.energy();
    let mut gradient = [0.0; 2];
    let value = energy.value_and_gradient(&at, &mut gradient).unwrap();
    assert!((value - found.expectation).abs() < 5.0 * energy.last_value().standard_error());
    // The gradient vanishes at the minimum.
    let errors = energy.standard_errors();
    assert!(gradient.iter().zip(&errors).all(|(g, e)| g.abs() < 5.0 * e + 1e-4), "{gradient:?}");
    assert!((energy.exact_value(&at).unwrap() - found.expectation).abs() < 1e-12);
    assert!(energy.cost().circuits > 0 && !energy.is_exact());
}
