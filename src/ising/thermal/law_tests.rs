//! The Boltzmann law on models where flips that cost nothing, always taken in a fixed order, would leave
//! configurations out.

use super::{ParallelTempering, SimulatedAnnealing};
use crate::ising::Ising;
use crate::ising::testing::chi_squared_of_boltzmann;

type Pairs = Vec<(usize, usize)>;

/// Rings, complete graphs, two parts that are coupled throughout, and a spin that is alone.
fn graphs() -> [(&'static str, usize, Pairs); 5] {
    let ring = |n: usize| (0..n).map(|i| (i, (i + 1) % n)).collect();
    let complete = (0..5).flat_map(|j| (0..j).map(move |i| (i, j))).collect();
    let parts = (0..3).flat_map(|i| (3..6).map(move |j| (i, j))).collect();
    [
        ("ring of 5", 5, ring(5)),
        ("ring of 8", 8, ring(8)),
        ("complete", 5, complete),
        ("two parts", 6, parts),
        ("one alone", 3, vec![(0, 1)]),
    ]
}

/// All couplings -1, or one of them hardly more, so that the model is not of whole numbers.
fn models() -> impl Iterator<Item = (String, Ising)> {
    graphs().into_iter().flat_map(|(name, n, pairs)| {
        [1.0, 1.000_000_001].map(|first| {
            let number = |k: usize| if k == 0 { -first } else { -1.0 };
            let couplings = pairs.iter().enumerate().map(|(k, &(i, j))| (i, j, number(k)));
            let model = Ising::new(vec![0.0; n], couplings.collect::<Vec<_>>(), 0.0);
            (format!("{name}, {first}"), model)
        })
    })
}

/// χ² less than its mean and six standard deviations.
fn has_the_law(name: &str, (chi, degrees): (f64, f64)) {
    assert!(chi < degrees + 6.0 * (2.0 * degrees).sqrt(), "{name}: χ² {chi} of {degrees}");
}

#[test]
fn annealing_reaches_all_configurations() {
    for (name, model) in models() {
        let annealing = SimulatedAnnealing::new().beta(0.4, 0.4).sweeps(60).reads(20_000).seed(3);
        let samples = annealing.run(&model).unwrap();
        has_the_law(&name, chi_squared_of_boltzmann(&model, 0.4, &samples));
    }
}

#[test]
fn so_does_tempering() {
    for (name, model) in models() {
        for clusters in [false, true] {
            let tempering = ParallelTempering::new().betas(vec![0.2, 0.3, 0.4]).sweeps(50);
            let tempering = tempering.clusters(clusters).read_coldest().reads(2000).seed(3);
            let samples = tempering.run(&model).unwrap();
            has_the_law(&name, chi_squared_of_boltzmann(&model, 0.4, &samples));
        }
    }
}

/// In the order of their numbers, a sweep would hardly move the walls of a long chain.
#[test]
fn long_chains_are_numbered_as_they_like() {
    let energy = |weak: f64| {
        let couplings = (0..199).map(|i| (i, i + 1, if i == 7 { -weak } else { -1.0 }));
        let model = Ising::new(vec![0.0; 200], couplings, 0.0);
        let annealing = SimulatedAnnealing::new().beta(0.5, 0.5).sweeps(200).reads(400).seed(3);
        annealing.run(&model).unwrap().mean_energy().unwrap()
    };
    // -(n - 1) tanh β, with a standard error of √(n - 1) / cosh β / √reads.
    let (exact, error) = (-199.0 * 0.5f64.tanh(), 199f64.sqrt() / 0.5f64.cosh() / 20.0);
    for weak in [1.0, 1.000_000_001] {
        assert!((energy(weak) - exact).abs() < 5.0 * error, "{weak}: {} {exact}", energy(weak));
    }
}
