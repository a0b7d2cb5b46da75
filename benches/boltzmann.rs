//! Restricted Boltzmann machines: unit updates a second of trainings, with all that an iteration takes
//! (statistics of data and chains, parameters), of samples and of annealed importance sampling; and what
//! contrastive divergence and persistent chains come to in exact negative log-likelihood.
//!
//! `cargo bench --bench boltzmann`. Shortest times of 5 runs.

use ketlab::boltzmann::Distribution;
use ketlab::boltzmann::classical::{
    BernoulliMixture, ImportanceSampling, Rbm, RbmMethod, RbmSampler, RbmTraining,
};
use ketlab::math::Bits;
use std::time::Instant;

const METHODS: [(&str, RbmMethod); 5] = [
    ("CD-1", RbmMethod::ContrastiveDivergence { steps: 1 }),
    ("CD-10", RbmMethod::ContrastiveDivergence { steps: 10 }),
    ("PCD-1", RbmMethod::Persistent { steps: 1 }),
    ("PCD-10", RbmMethod::Persistent { steps: 10 }),
    ("tempered, 8 rungs", RbmMethod::Tempered { steps: 1, temperatures: 8 }),
];

fn main() {
    println!("{} threads", rayon::current_num_threads());
    speed(16, 8);
    speed(64, 32);
    other(16, 8);
    likelihoods("bars and stripes 3 x 3", &bars_and_stripes(3), 8);
    likelihoods("8 modes of 10 bits", &modes(10), 8);
}

fn shortest(work: impl Fn()) -> f64 {
    let time = || {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..5).map(|_| time()).fold(f64::INFINITY, f64::min)
}

/// 64 outcomes of as many bits.
fn some_data(bits: usize) -> Distribution {
    let outcome = |k: u64| Bits::from_u64(k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3, bits);
    Distribution::from_counts((1..65).map(|k| (outcome(k), 1))).unwrap()
}

fn speed(nv: usize, nh: usize) {
    println!("\n{nv} visible x {nh} hidden units: unit updates a second in training");
    println!("{:<20}{:>8}{:>14}{:>16}", "method", "chains", "updates/s", "us/iteration");
    let (start, data) = (Rbm::random(nv, nh, 0.3, 1).unwrap(), some_data(nv));
    for (name, method) in METHODS {
        for chains in [128, 1024, 8192] {
            let iterations = (2_000_000 / (chains * nh)).max(10);
            let training = RbmTraining::new().method(method).chains(chains).iterations(iterations);
            let updates = training.run(&start, &data).unwrap().unit_updates as f64;
            let time = shortest(|| {
                training.run(&start, &data).unwrap();
            });
            let each = 1e6 * time / iterations as f64;
            println!("{name:<20}{chains:>8}{:>14.3e}{each:>16.2}", updates / time);
        }
    }
}

fn other(nv: usize, nh: usize) {
    let rbm = Rbm::random(nv, nh, 0.5, 1).unwrap();
    let sampler = RbmSampler::new().steps(1000);
    let time = shortest(|| {
        sampler.sample(&rbm, 4096).unwrap();
    });
    println!("\nsamples: {:.3e} updates/s", 4096.0 * 1000.0 * (nv + nh) as f64 / time);
    let sampling = ImportanceSampling::new().steps(1000).runs(1024);
    let time = shortest(|| {
        sampling.run(&rbm).unwrap();
    });
    let log_z = sampling.run(&rbm).unwrap();
    println!("importance sampling: {:.3e} updates/s", 1024.0 * 1000.0 * (nv + nh) as f64 / time);
    println!(
        "ln Z = {:.6} ± {:.6} ({:.0} of {} runs effective), exactly {:.6}",
        log_z.value,
        log_z.standard_error,
        log_z.effective_runs,
        log_z.runs,
        rbm.log_partition().unwrap()
    );
    let large = Rbm::random(24, 20, 0.3, 1).unwrap();
    let time = shortest(|| {
        large.log_partition().unwrap();
    });
    println!("exact ln Z of 24 x 20 units: {:.1} ms", 1e3 * time);
}

/// All pictures of n x n with whole rows, or whole columns.
fn bars_and_stripes(n: usize) -> Distribution {
    let picture = |lines: usize, along: bool| {
        let mut bits = Bits::zeros(n * n);
        for k in 0..n * n {
            bits.set(k, lines >> (if along { k / n } else { k % n }) & 1 == 1);
        }
        bits
    };
    let mut all: Vec<Bits> =
        (0..1 << n).flat_map(|lines| [picture(lines, true), picture(lines, false)]).collect();
    all.sort();
    all.dedup();
    Distribution::from_counts(all.into_iter().map(|bits| (bits, 1))).unwrap()
}

/// The data of Amin et al., Phys. Rev. X 8, 021050 (2018): 8 modes, bits flipped with probability 0.1.
fn modes(n: usize) -> Distribution {
    let row = |mode: u64| (0..n).map(|i| if mode >> i & 1 == 1 { 0.9 } else { 0.1 }).collect();
    let modes = [341u64, 682, 31, 992, 819, 204, 561, 462];
    let mixture = BernoulliMixture::new(vec![0.125; 8], modes.map(row).to_vec()).unwrap();
    let all = (0..1u64 << n).map(|x| Bits::from_u64(x, n));
    let law = all.map(|bits| (bits.clone(), mixture.log_probability(&bits).unwrap().exp()));
    Distribution::from_probabilities(law).unwrap()
}

fn likelihoods(name: &str, data: &Distribution, nh: usize) {
    let entropy = data.entropy();
    println!("\n{name}, {nh} hidden units, 20,000 iterations: entropy {entropy:.6}");
    println!("{:<20}{:>12}{:>12}{:>10}", "method", "exact NLL", "KL", "s");
    let start = Rbm::random(data.num_bits(), nh, 0.1, 1).unwrap();
    for (name, method) in METHODS {
        let training = RbmTraining::new().method(method).chains(512).iterations(20_000);
        let begun = Instant::now();
        let trained = training.learning_rate(0.2, 0.002).seed(1).run(&start, data).unwrap();
        let time = begun.elapsed().as_secs_f64();
        let nll = trained.rbm.negative_log_likelihood(data).unwrap();
        println!("{name:<20}{nll:>12.6}{:>12.6}{time:>10.2}", nll - entropy);
    }
}
