//! Boltzmann machines and mixtures against their definitions.

use ketlab::boltzmann::classical::{MixtureFit, Rbm};
use ketlab::boltzmann::{Architecture, GibbsState, data};
use ketlab::math::Bits;

fn bits(len: usize, value: u64) -> Bits {
    Bits::from_u64(value, len)
}

#[test]
fn visible_units_follow_the_law_of_the_energy() {
    let rbm = Rbm::random(3, 2, 1.0, 5).unwrap();
    for h in 0..4 {
        let hidden = bits(2, h);
        let weight = |v: u64| (-rbm.energy(&bits(3, v), &hidden).unwrap()).exp();
        let all: f64 = (0..8).map(weight).sum();
        let found = rbm.visible_probabilities(&hidden).unwrap();
        for (i, p) in found.iter().enumerate() {
            let ones: f64 = (0..8).filter(|v| v >> i & 1 == 1).map(weight).sum();
            assert!((p - ones / all).abs() < 1e-14, "h = {h}, unit {i}: {p}");
        }
    }
    assert!(rbm.visible_probabilities(&bits(3, 0)).is_err());
}

#[test]
fn a_fit_ends_after_so_many_iterations() {
    let law = data::bars_and_stripes(2, 2).unwrap();
    let fit = |iterations: usize| {
        MixtureFit::new(3).restarts(1).seed(2).iterations(iterations).run(&law).unwrap()
    };
    let (short, long) = (fit(2), fit(1000));
    // The start is the first entry.
    assert_eq!(short.history.len(), 3);
    assert!(!short.converged && long.converged);
    assert_eq!(short.history, long.history[..3]);
}

#[test]
fn a_machine_without_transverse_fields_is_diagonal() {
    let quantum = Architecture::quantum(2, 1);
    assert!(!quantum.machine().unwrap().is_diagonal());
    assert!(quantum.classical().machine().unwrap().is_diagonal());
}

/// H = -X - Z/2 has the levels ±√1.25.
#[test]
fn the_free_energy_of_a_qubit_is_that_of_its_levels() {
    for beta in [0.5, 1.0, 3.0] {
        let mut machine = Architecture::quantum(1, 0).machine().unwrap().at_beta(beta).unwrap();
        machine.set_parameters(&[1.0, 0.5]).unwrap();
        let state = GibbsState::of(&machine).unwrap();
        let want = -(2.0 * (beta * 1.25f64.sqrt()).cosh()).ln() / beta;
        assert!((state.free_energy() - want).abs() < 1e-12, "β = {beta}");
        let by_entropy = state.energy() - state.entropy() / beta;
        assert!((by_entropy - want).abs() < 1e-12, "β = {beta}");
    }
}
