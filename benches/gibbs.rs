//! Quantum Boltzmann machines of all couplings and one transverse field, on mixtures of eight Bernoulli
//! modes: a likelihood with its gradient, 100 iterations of L-BFGS and of Adam, moments of 12 units.
//!
//! `cargo bench --bench gibbs`; `--bench gibbs -- 8` has units up to 8 alone. Shortest of 3.

use ketlab::boltzmann::{Architecture, BoltzmannMachine, GibbsState, Loss, Training, data};
use ketlab::optimize::OptimizerKind;
use serde_json::json;
use std::time::Instant;

fn shortest<T>(work: impl Fn() -> T) -> (f64, T) {
    let time = || {
        let start = Instant::now();
        let answer = work();
        (start.elapsed().as_secs_f64(), answer)
    };
    let runs = (0..3).map(|_| time());
    runs.min_by(|a, b| a.0.total_cmp(&b.0)).expect("three runs")
}

/// Parameters of a size that trained machines have.
fn machine(units: usize, architecture: fn(usize, usize) -> Architecture) -> BoltzmannMachine {
    let mut machine = architecture(units, 0).machine().unwrap();
    let parameters: Vec<f64> =
        (0..machine.terms().len()).map(|a| 0.4 * (1.7 * a as f64 + 1.0).sin()).collect();
    machine.set_parameters(&parameters).unwrap();
    machine
}

fn mixture(bits: usize) -> ketlab::boltzmann::Distribution {
    let modes: Vec<u64> = (1..=8u64).map(|k| k.wrapping_mul(0x9e37_79b9) % (1 << bits)).collect();
    data::bernoulli_mixture(bits, &modes, 0.9).unwrap()
}

fn main() {
    let most = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(12usize);
    println!("{} threads", rayon::current_num_threads());
    println!("a likelihood with its gradient, all strings in the data");
    for units in [4, 6, 8, 10].into_iter().filter(|&n| n <= most) {
        let machine = machine(units, Architecture::quantum);
        let target = mixture(units).into();
        // The start's evaluation, and one of the line search.
        let training = Training::new(Loss::Likelihood).start(machine.parameters().to_vec());
        let training = training.max_iterations(1);
        let (time, trained) = shortest(|| training.run(&machine, &target).unwrap());
        let each = time / (trained.starts[0].evaluations as f64 + 0.4);
        println!("{units:>3} units: {:>9.3} ms", 1e3 * each);
    }
    if most >= 8 {
        let target = mixture(8).into();
        let shared = Architecture::quantum(8, 0).machine().unwrap();
        let training =
            Training::new(Loss::Likelihood).max_iterations(100).gradient_tolerance(0.0).seed(1);
        let (time, trained) = shortest(|| training.run(&shared, &target).unwrap());
        let evaluations = trained.starts[0].evaluations;
        println!(
            "8 units, 100 iterations of L-BFGS ({evaluations} evaluations): {time:.3} s, KL {:.7}",
            trained.kl
        );
        let own = Architecture::quantum(8, 0).with_own_fields().machine().unwrap();
        let adam = Training::new(Loss::Likelihood)
            .start(vec![0.05; own.terms().len()])
            .optimizer(OptimizerKind::Adam, json!({ "learning_rate": 0.05 }))
            .max_iterations(100);
        let (time, trained) = shortest(|| adam.run(&own, &target).unwrap());
        let kl = trained.history.last().and_then(|step| step.kl).unwrap_or(f64::NAN);
        println!("8 units, own fields, 100 iterations of Adam: {time:.3} s, KL {kl:.7}");
    }
    if most >= 12 {
        let machine = machine(12, Architecture::quantum);
        let (time, state) = shortest(|| GibbsState::of(&machine).unwrap());
        println!("12 units, all moments: {time:.3} s, ln Z {:.9}", state.log_partition_function());
    }
}
