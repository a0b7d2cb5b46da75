//! Against sums over all joint states, and of trainings by exact likelihoods.

use super::*;
use crate::boltzmann::Distribution;
use crate::error::Error;
use crate::math::{Bits, Isa, Watch, on_threads};

/// Weights and biases that are all different.
pub(super) fn machine(nv: usize, nh: usize, scale: f64, seed: u64) -> Rbm {
    let count = nv + nh + nv * nh;
    let numbers = Rbm::random(1, count, scale, seed).unwrap();
    Rbm::from_parameters(nv, nh, numbers.weights()).unwrap()
}

/// E(v, h) written out.
fn energy(rbm: &Rbm, v: usize, h: usize) -> f64 {
    let (nv, nh) = (rbm.num_visible(), rbm.num_hidden());
    let mut e = 0.0;
    for i in 0..nv {
        e -= rbm.visible_bias()[i] * (v >> i & 1) as f64;
        for j in 0..nh {
            e -= rbm.weights()[i * nh + j] * (v >> i & 1) as f64 * (h >> j & 1) as f64;
        }
    }
    (0..nh).fold(e, |e, j| e - rbm.hidden_bias()[j] * (h >> j & 1) as f64)
}

/// P(v) and Z from all joint states.
pub(super) fn brute_force(rbm: &Rbm) -> (Vec<f64>, f64) {
    let sum = |v| (0..1 << rbm.num_hidden()).map(|h| (-energy(rbm, v, h)).exp()).sum::<f64>();
    let weights: Vec<f64> = (0..1 << rbm.num_visible()).map(sum).collect();
    let z: f64 = weights.iter().sum();
    (weights.iter().map(|w| w / z).collect(), z)
}

pub(super) fn bars_and_stripes() -> Distribution {
    Distribution::from_counts([0, 3, 5, 10, 12, 15].map(|x| (Bits::from_u64(x, 4), 1))).unwrap()
}

#[test]
fn exact_sums_are_those_over_joint_states() {
    for (nv, nh) in [(1, 1), (3, 5), (6, 4), (4, 4), (9, 2), (2, 11)] {
        let rbm = machine(nv, nh, 1.5, (nv * 100 + nh) as u64);
        let (law, z) = brute_force(&rbm);
        assert!((rbm.log_partition().unwrap() - z.ln()).abs() < 1e-12);
        let listed = rbm.visible_law().unwrap();
        for v in 0..1 << nv {
            assert!((listed[v] - law[v]).abs() < 1e-13);
            let bits = Bits::from_u64(v as u64, nv);
            let log = rbm.log_probability_unnormalised(&bits).unwrap() - z.ln();
            assert!((log - law[v].ln()).abs() < 1e-11);
            for h in 0..1 << nh {
                let e = rbm.energy(&bits, &Bits::from_u64(h as u64, nh)).unwrap();
                assert!((e - energy(&rbm, v, h)).abs() < 1e-12);
            }
        }
        let some = [(0, 0.25), ((1 << nv) - 1, 0.75)];
        let data =
            Distribution::from_probabilities(some.map(|(v, q)| (Bits::from_u64(v as u64, nv), q)))
                .unwrap();
        let nll: f64 = some.iter().map(|&(v, q)| -q * law[v].ln()).sum();
        let kl: f64 = some.iter().map(|&(v, q)| q * (q / law[v]).ln()).sum();
        assert!((rbm.negative_log_likelihood(&data).unwrap() - nll).abs() < 1e-11);
        assert!((rbm.kullback_leibler(&data).unwrap() - kl).abs() < 1e-11);
    }
}

#[test]
fn large_weights_overflow_nothing() {
    // Z = 4 + ... is dominated by e^800 of the state (1, 1).
    let rbm = Rbm::new(vec![0.0], vec![0.0], vec![800.0]).unwrap();
    assert!((rbm.log_partition().unwrap() - 800.0).abs() < 1e-9);
    let rbm = Rbm::new(vec![-700.0; 2], vec![-900.0; 3], vec![-2000.0; 6]).unwrap();
    assert!(rbm.log_partition().unwrap().abs() < 1e-12);
    assert!(rbm.model_moments().unwrap().iter().all(|m| m.abs() < 1e-200));
}

/// Enough states for all parts and for fields that are computed afresh: without weights between
/// layers Z is a product.
#[test]
fn the_partition_function_of_independent_units_is_a_product() {
    let (a, b) = (machine(1, 20, 1.0, 3), machine(1, 18, 1.0, 4));
    let rbm = Rbm::new(a.weights().to_vec(), b.weights().to_vec(), vec![0.0; 360]).unwrap();
    let product: f64 = a.weights().iter().chain(b.weights()).map(|x| x.exp().ln_1p()).sum();
    assert!((rbm.log_partition().unwrap() - product).abs() < 1e-10);
    let moments = rbm.model_moments().unwrap();
    for (moment, x) in moments.iter().zip(rbm.parameters()).take(38) {
        assert!((moment - 1.0 / (1.0 + (-x).exp())).abs() < 1e-11);
    }
    assert!((moments[38 + 5 * 18 + 7] - moments[5] * moments[20 + 7]).abs() < 1e-11);
}

#[test]
fn the_gradient_is_that_of_central_differences() {
    for (nv, nh) in [(4, 3), (4, 6)] {
        let rbm = machine(nv, nh, 0.8, 7);
        let data = bars_and_stripes();
        let gradient = rbm.log_likelihood_gradient(&data).unwrap();
        for k in 0..rbm.num_parameters() {
            let at = |step: f64| {
                let mut parameters = rbm.parameters();
                parameters[k] += step;
                let rbm = Rbm::from_parameters(nv, nh, &parameters).unwrap();
                -rbm.negative_log_likelihood(&data).unwrap()
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((gradient[k] - difference).abs() < 1e-9, "{k}: {} {difference}", gradient[k]);
        }
    }
}

#[test]
fn spins_have_the_same_energies() {
    let (nv, nh) = (3, 2);
    let rbm = machine(nv, nh, 2.0, 11);
    let spins = rbm.to_spins();
    let spin = |x: usize, i: usize| if x >> i & 1 == 1 { -1.0 } else { 1.0 };
    for (v, h) in (0..1 << nv).flat_map(|v| (0..1 << nh).map(move |h| (v, h))) {
        let mut e = spins.offset;
        for i in 0..nv {
            e -= spins.visible_fields[i] * spin(v, i);
            for j in 0..nh {
                e -= spins.couplings[i * nh + j] * spin(v, i) * spin(h, j);
            }
        }
        (0..nh).for_each(|j| e -= spins.hidden_fields[j] * spin(h, j));
        assert!((e - energy(&rbm, v, h)).abs() < 1e-12);
    }
    let back = Rbm::from_spins(&spins).unwrap();
    let pairs = back.parameters().into_iter().zip(rbm.parameters());
    pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-12));
    assert!(Rbm::from_spins(&SpinParameters { couplings: vec![1.0], ..spins }).is_err());
}

#[test]
fn machines_are_checked_and_kept() {
    let nan = f64::NAN;
    assert!(Rbm::new(vec![], vec![0.0], vec![]).is_err());
    assert!(Rbm::new(vec![0.0; 2], vec![0.0; 2], vec![0.0; 3]).is_err());
    assert!(Rbm::new(vec![nan], vec![0.0], vec![0.0]).is_err());
    assert!(Rbm::new(vec![1e308; 2], vec![0.0], vec![0.0; 2]).is_err());
    assert!(Rbm::random(2, 2, -1.0, 0).is_err());
    assert!(Rbm::from_parameters(2, 2, &[0.0; 7]).is_err());
    let rbm = machine(3, 2, 1.0, 1);
    assert!(rbm.free_energy(&Bits::zeros(2)).is_err());
    assert!(rbm.negative_log_likelihood(&bars_and_stripes()).is_err());
    let text = serde_json::to_string(&rbm).unwrap();
    assert_eq!(serde_json::from_str::<Rbm>(&text).unwrap(), rbm);
    let bad = r#"{"visible_bias":[0],"hidden_bias":[0],"weights":[0,1]}"#;
    assert!(
        serde_json::from_str::<Rbm>(bad).unwrap_err().to_string().contains("one weight a pair")
    );
    let large = Rbm::random(30, 25, 0.1, 1).unwrap();
    let error = large.log_partition().unwrap_err().to_string();
    assert!(error.contains("24") && error.contains("ImportanceSampling"), "{error}");
    assert!(large.visible_law().is_err());
}

/// The optimum is at infinite weights, so how far a training comes depends on its length. CD-1 stays
/// behind: it does not climb the likelihood. PCD-1 with this learning rate and these chains follows the
/// machine less well than ten steps or ladders do.
#[test]
fn every_method_learns_bars_and_stripes() {
    let data = bars_and_stripes();
    let start = Rbm::random(4, 6, 0.1, 1).unwrap();
    let before = start.kullback_leibler(&data).unwrap();
    let mut divergences = Vec::new();
    for (method, most) in [
        (RbmMethod::ContrastiveDivergence { steps: 1 }, 0.12),
        (RbmMethod::ContrastiveDivergence { steps: 10 }, 0.03),
        (RbmMethod::Persistent { steps: 1 }, 0.1),
        (RbmMethod::Persistent { steps: 10 }, 0.03),
        (RbmMethod::Tempered { steps: 1, temperatures: 5 }, 0.03),
    ] {
        let training = RbmTraining::new().method(method).chains(256).iterations(10_000);
        let training = training.learning_rate(0.3, 0.015).history(4000).seed(3);
        let trained = training.run(&start, &data).unwrap();
        let kl = trained.rbm.kullback_leibler(&data).unwrap();
        let nll = trained.rbm.negative_log_likelihood(&data).unwrap();
        println!("{method:?}: NLL {nll:.4}, KL {kl:.4} from {before:.4}");
        assert!(kl < most, "{method:?}: {kl}");
        let records: Vec<_> = trained.history.iter().map(|record| record.iteration).collect();
        assert_eq!(records, [0, 4000, 8000, 10_000]);
        assert_eq!(trained.history[3].negative_log_likelihood, Some(nll));
        let falls = |pair: &[RbmRecord]| {
            pair[1].negative_log_likelihood.unwrap() < pair[0].negative_log_likelihood.unwrap()
        };
        assert!(falls(&trained.history[..2]));
        assert_eq!(trained.exchange_rates.len(), 4 * usize::from(divergences.len() == 4));
        assert!(trained.exchange_rates.iter().all(|&rate| rate > 0.05 && rate <= 1.0));
        divergences.push(kl);
    }
    assert!(divergences[0] > 2.0 * divergences[1]);
}

/// Enough chains for several groups on several threads.
#[test]
fn a_training_is_the_same_on_every_number_of_threads() {
    let data: Vec<_> =
        (0..300).map(|k| (Bits::from_u64(k * 217 % 65_536, 16), 1 + k % 3)).collect();
    let data = Distribution::from_counts(data).unwrap();
    let start = Rbm::random(16, 7, 0.3, 5).unwrap();
    let base = RbmTraining::new().chains(2100).iterations(12).momentum(0.5).weight_decay(1e-3);
    for method in [
        RbmMethod::ContrastiveDivergence { steps: 2 },
        RbmMethod::Persistent { steps: 1 },
        RbmMethod::Tempered { steps: 1, temperatures: 3 },
    ] {
        for batch in [None, Some(50)] {
            let training = base.clone().method(method).batch(batch).history(5);
            let run = || training.run(&start, &data).unwrap();
            let one = on_threads(1, run);
            assert_eq!(one.history.len(), 4);
            assert!(one.rbm != start);
            for threads in [2, 3] {
                assert!(on_threads(threads, run) == one, "{method:?}");
            }
            for &isa in Isa::available() {
                let training = training.clone().isa(isa);
                assert!(training.run(&start, &data).unwrap() == one, "{method:?} {isa}");
            }
            assert!(training.clone().seed(1).run(&start, &data).unwrap() != one);
        }
    }
}

#[test]
fn trainings_are_checked_and_can_be_cancelled() {
    let (start, data) = (Rbm::random(4, 2, 0.1, 1).unwrap(), bars_and_stripes());
    let base = RbmTraining::new;
    let tempered = |temperatures| RbmMethod::Tempered { steps: 1, temperatures };
    for bad in [
        base().chains(0),
        base().chains(usize::MAX),
        base().method(RbmMethod::Persistent { steps: 0 }),
        base().method(tempered(1)),
        base().method(tempered(usize::MAX)),
        base().learning_rate(f64::NAN, 0.0),
        base().learning_rate(0.1, -1.0),
        base().weight_decay(f64::INFINITY),
        base().momentum(1.0),
        base().batch(0),
    ] {
        assert!(matches!(bad.run(&start, &data), Err(Error::Invalid { .. })), "{bad:?}");
    }
    assert!(base().run(&Rbm::random(5, 2, 0.1, 1).unwrap(), &data).is_err());
    let diverged = base().learning_rate(1e35, 1e35).run(&start, &data).unwrap_err();
    assert!(diverged.to_string().contains("learning rate"), "{diverged}");
    let nothing = base().iterations(0).run(&start, &data).unwrap();
    assert!(nothing.rbm == start && !nothing.interrupted);
    let watch = Watch::default();
    base().iterations(10).chains(32).watch(&watch).run(&start, &data).unwrap();
    assert_eq!(watch.passes(), 320);
    watch.cancel();
    let cancelled = base().watch(&watch).run(&start, &data);
    assert_eq!(cancelled.unwrap_err(), Error::Interrupted);
}
