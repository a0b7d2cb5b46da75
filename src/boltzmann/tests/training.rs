//! Training: the table of Amin's mixtures, closed forms, what is known of optima, checkpoints.

use super::*;
use crate::boltzmann::data::{self, even_parity};
use std::f64::consts::LN_2;

fn train(training: &Training, architecture: Architecture, data: &Distribution) -> Trained {
    training.run(&architecture.machine().unwrap(), &data.clone().into()).unwrap()
}

/// Optima computed with SciPy's L-BFGS on the exact likelihood.
#[test]
fn divergences_are_those_of_the_table() {
    let Some(document) = reference_json("gibbs/qbm_amin.json") else { return };
    for case in document["cases"].as_array().unwrap() {
        let number = |key: &str| case[key].as_f64().unwrap();
        let n = case["N"].as_u64().unwrap() as usize;
        let modes: Vec<u64> =
            case["modes"].as_array().unwrap().iter().map(|m| m.as_u64().unwrap()).collect();
        let data = data::bernoulli_mixture(n, &modes, number("p")).unwrap();
        let quantum = Architecture::quantum(n, 0);
        let likelihood = Training::new(Loss::Likelihood).restarts(2).seed(1);
        let classical = train(&likelihood, quantum.classical(), &data);
        assert!((classical.kl - number("KL_classical_BM_optimum")).abs() < 1e-8);
        let trained = train(&likelihood, quantum, &data);
        assert!(trained.kl <= number("KL_QBM_trained_gamma") + 1e-8, "{}", trained.kl);
        if (trained.kl - number("KL_QBM_trained_gamma")).abs() < 1e-7 {
            let gamma = trained.machine.parameter("gamma").unwrap();
            assert!((gamma.abs() - number("gamma_trained")).abs() < 1e-2, "{gamma}");
        }
        let fixed = train(&likelihood.clone().fix("gamma", 2.0), quantum, &data);
        assert!(fixed.kl <= number("KL_QBM_fixed_gamma_2") + 1e-8, "{}", fixed.kl);
        assert_eq!(fixed.machine.parameter("gamma"), Some(2.0));
        // The bound's best machine is the classical one, and training says so.
        let bound = train(&Training::new(Loss::Bound).seed(1), quantum, &data);
        assert!(bound.machine.parameter("gamma").unwrap().abs() < 1e-3);
        assert!((bound.kl - number("KL_classical_BM_optimum")).abs() < 1e-5);
        assert!(bound.warnings.iter().any(|w| w.contains("without a transverse field")));
        // So is that of the relative entropy to the diagonal state.
        let entropy = train(&Training::new(Loss::RelativeEntropy).seed(1), quantum, &data);
        assert!((entropy.value - number("KL_classical_BM_optimum")).abs() < 1e-8);
    }
}

/// Pairs know nothing of parity: the best visible machine is the uniform law, whose KL divergence is
/// ln 2.
#[test]
fn parity_needs_hidden_units() {
    let data = even_parity(4).unwrap();
    let training = Training::new(Loss::Likelihood).seed(3);
    let classical = Architecture::quantum(4, 0).classical();
    let visible = train(&training, classical, &data);
    assert!((visible.kl - LN_2).abs() < 1e-6, "{}", visible.kl);
    let hidden = Architecture { num_hidden: 2, ..classical };
    let training = training.restarts(4).within(8.0).max_iterations(300);
    let trained = train(&training, hidden, &data);
    assert!(trained.kl < 0.1, "{}", trained.kl);
}

/// The relative entropy is strictly convex in θ (Coopmans and Benedetti 2024): the machine that made a
/// state is found again.
#[test]
fn the_parameters_of_a_state_are_found_again() {
    let mut machine = Architecture::quantum(4, 0).with_own_fields().machine().unwrap();
    random_parameters(&mut machine, 5, 1.0);
    let dense = exponential(&matrix(&machine.hamiltonian(), 4), 1.0);
    let state = DensityMatrix::try_new(&dense / dense.trace()).unwrap();
    let trained =
        Training::new(Loss::RelativeEntropy).seed(2).run(&machine, &state.into()).unwrap();
    assert!(trained.value.abs() < 1e-10, "{}", trained.value);
    for (found, expected) in trained.machine.parameters().iter().zip(machine.parameters()) {
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }
}

#[test]
fn a_resumed_training_is_the_uninterrupted_one() {
    let folder = std::env::temp_dir().join(format!("ketlab-boltzmann-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let data = data::bernoulli_mixture(3, &[1, 6], 0.85).unwrap();
    let machine = Architecture::quantum(3, 1).machine().unwrap();
    let samples = Samples { reads: 40, sweeps: 3 };
    let trainings = [
        ("exact", Training::new(Loss::Likelihood).restarts(1).seed(4)),
        ("sampled", Training::new(Loss::Bound).fix("gamma", 0.7).sampled(samples).seed(4)),
    ];
    for (name, training) in trainings {
        let whole =
            training.clone().max_iterations(24).run(&machine, &data.clone().into()).unwrap();
        let file = folder.join(name);
        let watch = Watch::default();
        let part = training.clone().max_iterations(24).checkpoint(&file, false).watch(&watch);
        let cut = part.run_telling(&machine, &data.clone().into(), |_, progress| {
            if progress.iteration == 13 {
                watch.cancel();
            }
        });
        assert!(cut.unwrap().interrupted);
        let resumed = training.max_iterations(24).checkpoint(&file, true);
        let resumed = resumed.run(&machine, &data.clone().into()).unwrap();
        assert_eq!(resumed.machine, whole.machine, "{name}");
        assert_eq!(resumed.history, whole.history, "{name}");
        assert_eq!(resumed.starts[0].resumed_from, Some(13), "{name}");
        assert!(whole.history.iter().all(|step| step.kl.is_some()));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// States whose marginal comes near a pure one, where levels are next to nothing.
#[test]
fn relative_entropies_to_pure_states_have_gradients() {
    let sum: PauliSum = "-Z0 Z1 - X0 - X1 - 0.5 Z0".parse().unwrap();
    let state = data::ground_state(&sum, 2).unwrap();
    let machine = Architecture::quantum(2, 1).machine().unwrap();
    let training = Training::new(Loss::RelativeEntropy).within(30.0).max_iterations(200).seed(1);
    let trained = training.run(&machine, &state.into()).unwrap();
    let stop = trained.starts[0].stop.to_string();
    assert!(!stop.contains("not finite"), "{stop}");
    let entropy = trained.relative_entropy.unwrap();
    assert!(entropy < 0.01 && (entropy - trained.value).abs() < 1e-12, "{entropy}");
}

/// An interruption keeps the starts that were finished, and claims nothing.
#[test]
fn what_is_interrupted_is_kept() {
    let target: Target = data::bernoulli_mixture(3, &[1, 6], 0.9).unwrap().into();
    let training = Training::new(Loss::Likelihood).restarts(50).seed(1);
    let stop_at = |start: u64| {
        let watch = Watch::default();
        let training = training.clone().watch(&watch);
        let machine = Architecture::quantum(3, 0).machine().unwrap();
        training.run_telling(&machine, &target, |number, _| {
            if number == start {
                watch.cancel();
            }
        })
    };
    let trained = stop_at(2).unwrap();
    assert!(trained.interrupted && trained.starts.len() == 3 && trained.kl < 0.1);
    let watch = Watch::default();
    let compared = compare(
        &training.clone().restarts(1).watch(&watch),
        Architecture::quantum(3, 0),
        &target,
        |contestant, _, _| {
            if contestant == Contestant::SamePattern {
                watch.cancel();
            }
        },
    );
    let compared = compared.unwrap();
    assert!(compared.verdict.is_none() && compared.quantum.kl < 0.1);
}

/// A classical machine has the measured law of a thermal state, but not the state.
#[test]
fn states_are_compared_as_states() {
    let sum: PauliSum = "-Z0 Z1 - X0 - X1".parse().unwrap();
    let target: Target = data::thermal_state(&sum, 2, 1.0).unwrap().into();
    let training = Training::new(Loss::RelativeEntropy).seed(1);
    let found = compare(&training, Architecture::quantum(2, 0), &target, |_, _, _| {}).unwrap();
    assert!(found.quantum.relative_entropy.unwrap() < 1e-10);
    let classical = found.classical.unwrap();
    // S(η‖ρ) ≥ S(diag η) - S(η) for diagonal ρ.
    let least = target.measured().unwrap().entropy() - target.entropy();
    assert!((classical.relative_entropy.unwrap() - least).abs() < 1e-6 && least > 0.5);
    let verdict = found.verdict.unwrap();
    assert!(verdict.of_state && verdict.advantage);
}

#[test]
fn restricted_machines_are_the_same_in_spins_and_bits() {
    let mut machine = Architecture::restricted(3, 2).classical().machine().unwrap();
    random_parameters(&mut machine, 2, 1.0);
    let rbm = machine.clone().at_beta(1.3).unwrap().to_rbm().unwrap();
    let state = GibbsState::of(&machine.at_beta(1.3).unwrap()).unwrap();
    let law = rbm.visible_law().unwrap();
    for (v, p) in state.probabilities().iter().enumerate() {
        assert!((law[v] - p).abs() < 1e-13);
    }
    let model = Model::from(rbm);
    let again = GibbsState::of(&model.machine().unwrap()).unwrap();
    for (p, q) in again.probabilities().iter().zip(state.probabilities()) {
        assert!((p - q).abs() < 1e-13);
    }
    let quantum = Architecture::quantum(3, 0).machine().unwrap();
    assert!(quantum.to_rbm().is_err());
}

#[test]
fn trained_parameters_do_not_depend_on_threads() {
    let data = data::bars_and_stripes(2, 3).unwrap();
    let machine = Architecture::quantum(6, 0).machine().unwrap();
    let training = Training::new(Loss::Likelihood).l2(1e-3).max_iterations(6);
    let on =
        |threads| on_threads(threads, || training.run(&machine, &data.clone().into()).unwrap());
    let one = on(1);
    for threads in [2, 3] {
        let more = on(threads);
        assert_eq!(one.machine, more.machine);
        assert_eq!(one.kl, more.kl);
    }
}

#[test]
fn what_training_refuses() {
    let data: Target = data::even_parity(3).unwrap().into();
    let machine = Architecture::quantum(3, 0).machine().unwrap();
    let refused = |training: Training, machine: &BoltzmannMachine, says: &str| {
        let error = training.run(machine, &data).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    };
    let likelihood = || Training::new(Loss::Likelihood);
    let other = Architecture::quantum(4, 0).machine().unwrap();
    refused(likelihood(), &other, "the data have 3 bits");
    refused(likelihood().l2(f64::NAN), &machine, "L2 penalty");
    refused(likelihood().within(-1.0), &machine, "the size of the box");
    refused(likelihood().fix("delta", 1.0), &machine, "gamma");
    refused(likelihood().fix("gamma", f64::INFINITY), &machine, "gamma");
    refused(likelihood().sampled(Samples::default()), &machine, "bound");
    let bound = || Training::new(Loss::Bound).sampled(Samples::default());
    refused(bound(), &machine, "--fix gamma=2");
    let newton =
        bound().fix("gamma", 1.0).optimizer(crate::optimize::OptimizerKind::Lbfgs, Value::Null);
    refused(newton, &machine, "noisy");
    let large = Architecture::quantum(3, 20).machine().unwrap();
    refused(likelihood(), &large, "the limit is 14");
    let hidden = Architecture::quantum(3, 9).machine().unwrap();
    refused(Training::new(Loss::RelativeEntropy), &hidden, "at most 10");
    let classical = Architecture::quantum(3, 30).classical().machine().unwrap();
    refused(likelihood(), &classical, "the limit is 26");
}
