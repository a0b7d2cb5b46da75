//! Samples against exact laws, and temperatures.

use super::*;
use crate::annealing::Path;
use crate::ising::Ising;

fn glass(n: usize, seed: u64) -> Ising {
    let mut rng = Streams::new(seed, Domain::Boltzmann).stream(6);
    let fields = (0..n).map(|_| rng.random_range(-0.5..0.5)).collect::<Vec<f64>>();
    let pairs: Vec<_> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
    let couplings = pairs.into_iter().map(|(i, j)| (i, j, rng.random_range(-0.8..0.8)));
    Ising::try_new(fields, couplings.collect::<Vec<_>>(), 0.3).unwrap()
}

#[test]
fn a_machine_is_an_ising_model_with_the_signs_turned() {
    let model = glass(5, 1);
    let machine = BoltzmannMachine::from_ising(&model, 0.7, 1.3).unwrap();
    let (back, gammas) = machine.to_ising().unwrap();
    assert_eq!((back.fields(), back.couplings()), (model.fields(), model.couplings()));
    assert_eq!(gammas, [0.7; 5]);
    assert_eq!(machine.parameter("b2"), Some(-model.fields()[2]));
    let (i, j, coupling) = model.couplings()[3];
    assert_eq!(machine.parameter(&format!("w{i}_{j}")), Some(-coupling));
    // Populations of the classical machine are Boltzmann's weights of the model's energies.
    let classical = BoltzmannMachine::from_ising(&model, 0.0, 1.3).unwrap();
    let state = GibbsState::of(&classical).unwrap();
    let weight = |v: u64| (-1.3 * model.energy(&Bits::from_u64(v, 5))).exp();
    let z: f64 = (0..32).map(weight).sum();
    for (v, p) in state.probabilities().iter().enumerate() {
        assert!((p - weight(v as u64) / z).abs() < 1e-14);
    }
}

#[test]
fn samplers_have_the_exact_law() {
    let model = glass(4, 2);
    let quantum = BoltzmannMachine::from_ising(&model, 0.9, 1.2).unwrap();
    let classical = BoltzmannMachine::from_ising(&model, 0.0, 1.2).unwrap();
    let runs = [
        (&quantum, Sampler::Exact),
        (&quantum, Sampler::PathIntegral { sweeps: 40 }),
        (&classical, Sampler::Thermal { sweeps: 60 }),
    ];
    for (machine, sampler) in runs {
        let drawn = draw(machine, &sampler, 20_000, 3).unwrap();
        assert_eq!(drawn.samples.reads(), 20_000);
        let law = GibbsState::of(machine).unwrap();
        let square = |(v, p): (usize, &f64)| {
            let expected = 20_000.0 * p;
            let found = 20_000.0 * drawn.visible.probability(&Bits::from_u64(v as u64, 4));
            (found - expected).powi(2) / expected
        };
        let chi: f64 = law.probabilities().iter().enumerate().map(square).sum();
        // 15 degrees of freedom: beyond 45 once in 10,000.
        assert!(chi < 45.0, "{sampler}: {chi}");
        let (distance, noise) =
            (drawn.total_variation.unwrap(), drawn.total_variation_noise.unwrap());
        assert!(distance < 2.0 * noise && noise < 0.02, "{sampler}: {distance} {noise}");
    }
}

#[test]
fn temperatures_are_found_and_misfits_are_told() {
    let model = glass(6, 3);
    let classical = BoltzmannMachine::from_ising(&model, 0.0, 0.8).unwrap();
    let drawn = draw(&classical, &Sampler::Exact, 20_000, 1).unwrap();
    let fit = drawn.temperature.unwrap();
    assert!((fit.beta - 0.8).abs() < 4.0 * fit.standard_error, "{fit:?}");
    assert!(fit.standard_error < 0.03 && fit.misfit < 2.0 * fit.misfit_noise, "{fit:?}");
    // A strong transverse field at a low temperature: no classical law.
    let quantum = BoltzmannMachine::from_ising(&model, 1.5, 3.0).unwrap();
    let drawn = draw(&quantum, &Sampler::Exact, 20_000, 1).unwrap();
    let fit = drawn.temperature.unwrap();
    assert!(fit.beta < 2.0 && fit.misfit > 4.0 * fit.misfit_noise, "{fit:?}");
}

/// A quench from the middle of an anneal leaves a spread; a slow anneal the ground state.
#[test]
fn anneals_end_in_samples() {
    let model = glass(5, 4);
    let machine = BoltzmannMachine::from_ising(&model, 0.0, 1.0).unwrap();
    let of = |path: &str| {
        let path: Path = path.parse().unwrap();
        draw(&machine, &Sampler::Anneal { path }, 5000, 2).unwrap()
    };
    let quench = of("0:0, 10:0.5, 10.2:1");
    let fit = quench.temperature.unwrap();
    assert!(fit.beta > 0.0 && fit.beta.is_finite() && fit.misfit > 0.0);
    assert!(quench.total_variation.unwrap() > 0.0);
    let slow = of("0:0, 200:1");
    let lowest = (0..32).map(|v| model.energy(&Bits::from_u64(v, 5))).fold(f64::MAX, f64::min);
    let offset = model.offset();
    assert!(slow.samples.mean_energy().unwrap() - (lowest - offset) < 0.05);
}

/// Noise of 2,000 samples a gradient on the mixtures of Amin et al.
#[test]
fn sampled_training_comes_near_the_exact_one() {
    let data: Target = data::bernoulli_mixture(4, &[4, 7, 2, 2], 0.9).unwrap().into();
    let machine = Architecture::quantum(4, 0).machine().unwrap();
    let training = Training::new(Loss::Bound).fix("gamma", 2.0).seed(5);
    let exact = training.run(&machine, &data).unwrap();
    let samples = Samples { reads: 1000, sweeps: 12 };
    let sampled = training.max_iterations(200).sampled(samples).run(&machine, &data).unwrap();
    assert!(sampled.kl < exact.kl + 2e-3, "{} {}", sampled.kl, exact.kl);
    assert!((sampled.kl - exact.kl).abs() < 2e-3, "{} {}", sampled.kl, exact.kl);
}

#[test]
fn what_samplers_refuse() {
    let quantum = BoltzmannMachine::from_ising(&glass(3, 1), 0.5, 1.0).unwrap();
    let refused = |machine: &BoltzmannMachine, sampler: Sampler, reads: u64, says: &str| {
        let error = draw(machine, &sampler, reads, 0).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    };
    refused(&quantum, Sampler::Exact, 0, "at least 1");
    refused(&quantum, Sampler::Thermal { sweeps: 3 }, 5, "path-integral");
    let mut semi = Architecture::semi_restricted(2, 1).machine().unwrap();
    semi.set_parameters(&vec![0.5; semi.terms().len()]).unwrap();
    refused(&semi, Sampler::PathIntegral { sweeps: 3 }, 5, "differ");
    let text = "X0 X1";
    let term = Term { name: "xx".into(), operator: text.parse().unwrap() };
    let machine = BoltzmannMachine::try_new(2, 0, vec![term]).unwrap();
    refused(&machine, Sampler::PathIntegral { sweeps: 3 }, 5, "X0 X1");
}
