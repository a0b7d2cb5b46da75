//! The kernel as a whole: costs of flips, laws, and reads that are the same however they are run.

use super::counter::count;
use super::inputs::{Blocks, PLANES, Places};
use super::{BitSliced, order};
use crate::ising::testing::{
    chi_squared_of_boltzmann, pieces_are_the_whole, reference, reference_json,
    same_on_every_number_of_threads, spin_glasses,
};
use crate::ising::{Graph, Ising, SampleSet, SimulatedAnnealing};
use crate::math::statistics::chi_squared_quantile;
use crate::math::{Bits, Isa, on_threads};
use proptest::prelude::*;

fn integer_model(n: usize) -> impl Strategy<Value = Ising> {
    let pair = (0..n, 1..n, -5..=5).prop_map(move |(i, step, w)| (i, (i + step) % n, f64::from(w)));
    let fields = prop::collection::vec(-4..=4, n);
    (fields, prop::collection::vec(pair, 0..30), -3..3i32).prop_map(|(h, pairs, e)| {
        let unit = 3.0 * f64::from(e).exp2();
        let pairs = pairs.into_iter().map(|(i, j, w)| (i, j, w * unit));
        Ising::new(h.into_iter().map(|h| f64::from(h) * unit).collect(), pairs, 0.0)
    })
}

/// What a flip of each spin costs by the bits, in energy, in the configuration of each lane.
fn costs<const S: usize>(model: &Ising, states: &[Bits; 64]) -> Vec<[f64; 64]> {
    let unit = super::integers::unit(model).unwrap();
    let places = Places::new(model, unit, order::places(model));
    let mut spins = vec![0u64; 2 * places.half];
    for (place, spin) in places.spins.iter().enumerate() {
        for (lane, state) in states.iter().enumerate() {
            spins[place] |= u64::from(spin.is_some_and(|i| state.bit(i as usize))) << lane;
        }
    }
    for place in 0..places.half {
        spins[places.half + place] = !spins[place];
    }
    let blocks = Blocks::<S>::new(&places);
    let mut costs = vec![[f64::NAN; 64]; model.num_spins()];
    for block in &blocks.blocks {
        let mut planes = [[0; S]; PLANES];
        let get = |k: usize| blocks.inputs[block.start + k].map(|number| spins[number as usize]);
        let mut carries = vec![[0; S]; blocks.most / 2 + 1];
        count(get, &block.counts[..block.planes], &mut carries, &mut planes);
        for s in 0..S {
            let Some(spin) = places.spins[block.place + s] else { continue };
            for (lane, cost) in costs[spin as usize].iter_mut().enumerate() {
                let digit =
                    |plane: usize| ((planes[plane][s] ^ spins[block.place + s]) >> lane & 1) as i64;
                let sign = block.planes - 1;
                let sum: i64 =
                    (0..sign).map(|p| digit(p) << p).sum::<i64>() - (digit(sign) << sign);
                let odd = (block.odd[s] & 1) as i64;
                *cost = 2.0 * unit * (2 * sum + odd) as f64;
            }
        }
    }
    costs
}

proptest! {
    #[test]
    fn costs_of_flips_are_those_of_the_model(model in integer_model(9), seed: u64) {
        let states: [Bits; 64] = std::array::from_fn(|k| {
            Bits::from_u64(seed.wrapping_mul(2 * k as u64 + 1) >> 20 & 0x1ff, 9)
        });
        let (one, eight) = (costs::<1>(&model, &states), costs::<8>(&model, &states));
        prop_assert_eq!(&one, &eight);
        prop_assert_eq!(&one, &costs::<2>(&model, &states));
        for (i, costs) in one.iter().enumerate() {
            for (state, cost) in states.iter().zip(costs) {
                prop_assert_eq!(*cost, model.energy_delta(state, i));
            }
        }
    }
}

/// χ² of independent reads at a fixed β, with p > 1e-4: costs that are all even, all odd, and both,
/// with couplings and fields of several sizes.
#[test]
fn reads_at_a_fixed_temperature_have_the_boltzmann_law() {
    let pairs = || (0..10usize).flat_map(|j| (0..j).map(move |i| (i, j)));
    let sign = |i: usize, j: usize| if (i * i + 3 * j + i * j) % 5 < 2 { 1.0 } else { -1.0 };
    let weight = |i: usize, j: usize| sign(i, j) * ((i + 2 * j) % 3 + 1) as f64;
    let with = |fields: &[f64], w: &dyn Fn(usize, usize) -> f64, step: usize| {
        let mut all = fields.to_vec();
        all.resize(10, 0.0);
        let some = pairs().filter(|&(i, j)| (j - i) % step == 0 || j - i == 9);
        Ising::new(all, some.map(|(i, j)| (i, j, w(i, j))).collect::<Vec<_>>(), 0.0)
    };
    for (model, beta, even) in [
        (with(&[], &sign, 1), 0.35, false),
        (with(&[1.0; 10], &sign, 1), 0.35, true),
        (with(&[2.0, -1.0, 3.0, 0.0, 1.0], &weight, 2), 0.25, false),
    ] {
        assert_eq!(BitSliced::new(&model).unwrap().places.even, even);
        let annealing = SimulatedAnnealing::new().beta(beta, beta).seed(11).sweeps(30);
        let samples = annealing.reads(100_000).run(&model).unwrap();
        assert_eq!(samples.info.parameters["kernel"], "bit-sliced");
        let chi = chi_squared_of_boltzmann(&model, beta, &samples);
        assert!(chi.0 < chi_squared_quantile(chi.1, 1.0 - 1e-4), "{chi:?}");
    }
}

/// The variance of the rate of success over words is what it would be for as many independent reads: the
/// design effect is 1, within three standard errors of its estimate from 2048 words.
#[test]
fn replicas_of_a_word_are_independent() {
    let glasses = spin_glasses();
    let Some((_, (model, ground))) = glasses.iter().find(|(name, _)| name == "pmJ_open_L4_0")
    else {
        return;
    };
    let words = 2048;
    let annealing = SimulatedAnnealing::new().beta(0.1, 3.0).sweeps(30).seed(2);
    let samples = annealing.reads(64 * words).run(model).unwrap();
    let successes = |word: &[f64]| word.iter().filter(|&&e| e <= ground + 1e-9).count() as f64;
    let rates: Vec<f64> = samples.energies().chunks(64).map(|w| successes(w) / 64.0).collect();
    let n = words as f64;
    let p = rates.iter().sum::<f64>() / n;
    let variance = rates.iter().map(|rate| (rate - p).powi(2)).sum::<f64>() / (n - 1.0);
    let effect = variance / (p * (1.0 - p) / 64.0);
    assert!((0.2..0.995).contains(&p), "{p}");
    assert!((0.9..1.1).contains(&effect), "{effect}");
}

fn thirty() -> Ising {
    let pairs = (0..30usize).flat_map(|j| (0..j).map(move |i| (i, j)));
    let some = pairs.filter(|(i, j)| (i + 2 * j) % 3 == 0);
    let weight = |i: usize, j: usize| ((i * j + i + 3) % 7) as f64 - 3.0;
    let fields = (0..30).map(|i| f64::from(i % 4) - 1.0).collect();
    Ising::new(fields, some.map(|(i, j)| (i, j, weight(i, j))).collect::<Vec<_>>(), 0.0)
}

#[test]
fn a_read_is_the_same_in_any_company() {
    let model = thirty();
    let base = SimulatedAnnealing::new().sweeps(25).seed(3);
    let run = |first: u64, reads: u64, isa| {
        base.clone().first_read(first).reads(reads).isa(isa).run(&model).unwrap()
    };
    // Ten words: all widths of vectors, in words and in places.
    let all = run(0, 640, Isa::Portable);
    assert_eq!(all.info.parameters["kernel"], "bit-sliced");
    for &isa in Isa::available() {
        for (first, reads) in
            [(0, 640), (0, 512), (0, 256), (0, 130), (0, 65), (0, 1), (63, 2), (100, 300), (639, 1)]
        {
            for threads in [1, 2] {
                let some = on_threads(threads, || run(first, reads, isa));
                let same = all.iter().skip(first as usize).take(reads as usize);
                assert!(some.iter().eq(same), "{first} {reads} {isa} {threads}");
            }
        }
    }
    pieces_are_the_whole(|first, count| run(first, count, Isa::best()));
    same_on_every_number_of_threads(|| base.clone().reads(200).run(&model).unwrap());
}

#[test]
fn given_starts() {
    let model = thirty();
    let starts: Vec<Bits> =
        (0..3).map(|k| Bits::from_u64((0x1234_5678 * (k + 1)) >> 3, 30)).collect();
    let cold = |model: &Ising| {
        let annealing = SimulatedAnnealing::new().beta(1e9, 1e9).sweeps(1).reads(70);
        annealing.initial(starts.clone()).run(model).unwrap()
    };
    // At no temperature a sweep only goes down: deeper from each start.
    let samples = cold(&model);
    assert_eq!(samples.info.parameters["start"], "given");
    for (k, sample) in samples.iter().enumerate() {
        assert!(sample.energy < model.energy(&starts[k % 3]));
    }
    // What nothing can improve stays; lanes do the same.
    for unit in [1.0, std::f64::consts::PI] {
        let fields: Vec<f64> = (0..30).map(|i| if i % 3 == 0 { unit } else { -1.0 }).collect();
        let down = Bits::from_words(&[(0..30).step_by(3).map(|i| 1 << i).sum()], 30);
        let annealing = SimulatedAnnealing::new().beta(1e9, 1e9).sweeps(2).reads(70);
        let model = Ising::new(fields, [], 0.0);
        let samples = annealing.initial([down.clone()]).run(&model).unwrap();
        assert!(samples.iter().all(|sample| sample.bits == down));
    }
    let wrong = SimulatedAnnealing::new().initial([starts[0].clone(), Bits::zeros(29)]);
    let message = wrong.run(&model).unwrap_err().to_string();
    assert!(message.contains("initial configuration 1") && message.contains("29"), "{message}");
}

fn kernel(samples: &SampleSet) -> &str {
    samples.info.parameters["kernel"].as_str().unwrap()
}

#[test]
fn models_at_the_limits() {
    let run = |model: &Ising| SimulatedAnnealing::new().reads(70).sweeps(100).run(model).unwrap();
    let chain = |n: usize, w: f64| Ising::new(vec![0.0; n], (1..n).map(|i| (i - 1, i, w)), 0.0);
    for (model, expected, lowest) in [
        (chain(0, 1.0), "bit-sliced", 0.0),
        (Ising::new(vec![-2.0], [], 1.0), "bit-sliced", -1.0),
        (Ising::new(vec![0.0; 9], [], 1.0), "bit-sliced", 1.0),
        (Ising::new(vec![0.0; 9], [(2, 7, 1.0)], 0.0), "bit-sliced", -1.0),
        (chain(9, f64::from(1 << 30) * 1024.0), "bit-sliced", -8.0 * 2f64.powi(40)),
        (chain(9, 1e-300), "bit-sliced", -8e-300),
        (Ising::new(vec![0.1, 0.2, -0.3], [], 0.0), "lanes", -0.6),
        (Ising::new(vec![255.0, 1.0], [], 0.0), "bit-sliced", -256.0),
        (Ising::new(vec![256.0, 1.0], [], 0.0), "lanes", -257.0),
    ] {
        let samples = run(&model);
        assert_eq!(kernel(&samples), expected);
        let found = samples.lowest().unwrap().energy;
        assert!((found - lowest).abs() <= 1e-12 * lowest.abs(), "{found} {lowest}");
    }
    // Too small for any β that is a number: every flip is taken.
    let least = run(&chain(9, 5e-324));
    assert_eq!((kernel(&least), least.len()), ("bit-sliced", 70));
    // Of sampling where nothing is cold and where all is.
    let model = Ising::new(vec![1.0; 64], [], 0.0);
    let at = |beta: f64| {
        let annealing = SimulatedAnnealing::new().reads(640).sweeps(2).beta(beta, beta);
        annealing.run(&model).unwrap().energies().to_vec()
    };
    assert!(at(1e300).iter().all(|&e| e == -64.0));
    // Every flip is taken: what is left is the start.
    let mean = at(1e-300).iter().sum::<f64>() / 640.0;
    assert!(mean.abs() < 5.0 * (64.0f64 / 640.0).sqrt(), "{mean}");
}

#[test]
fn ground_states_of_the_reference() {
    let glasses = spin_glasses();
    for (name, (model, ground)) in &glasses {
        let annealing = SimulatedAnnealing::new().reads(256).sweeps(400).seed(1);
        let samples = annealing.run(model).unwrap();
        assert_eq!(kernel(&samples), "bit-sliced");
        assert_eq!(samples.lowest().unwrap().energy, *ground, "{name}");
    }
}

#[test]
fn cuts_of_the_reference() {
    let Some(best) = reference_json("maxcut/gset/best_known.json") else { return };
    let known = |name: &str| {
        let mut entries = best["instances"].as_array().unwrap().iter();
        entries.find(|e| e["name"] == name).unwrap()["best_known_cut"].as_f64().unwrap()
    };
    for (name, sweeps, least) in
        [("G1", 1000, known("G1")), ("G11", 1000, known("G11")), ("G14", 3000, 3060.0)]
    {
        let Some(text) = reference(&format!("maxcut/gset/{name}")) else { return };
        let graph = Graph::parse(&text).unwrap();
        let annealing = SimulatedAnnealing::new().reads(512).sweeps(sweeps).seed(1);
        let samples = annealing.run(&graph.max_cut()).unwrap();
        let cut = graph.cut_value(&samples.lowest().unwrap().bits);
        assert!((least..=known(name)).contains(&cut), "{name}: {cut}");
    }
}
