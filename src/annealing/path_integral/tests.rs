//! Samples against exact values.

use super::super::units::Units;
use super::*;
use crate::ising::testing::{
    a_cut_file_goes_on, pieces_are_the_whole, same_on_every_number_of_threads,
};
use crate::math::statistics::chi_squared_quantile;

const CLUSTERS: Moves = Moves { local: false, worldline: false, clusters: true };
const READS: u64 = 30_000;

/// ⟨Z₀⟩, and ⟨Z₀Z₁⟩ where there are two spins.
fn moments(samples: &SampleSet) -> (f64, f64) {
    let last = samples.num_spins().min(2) - 1;
    let spin = |row, i| f64::from(samples.spin(row, i));
    let sums = (0..samples.len())
        .fold((0.0, 0.0), |(z, zz), row| (z + spin(row, 0), zz + spin(row, 0) * spin(row, last)));
    (sums.0 / samples.len() as f64, sums.1 / samples.len() as f64)
}

#[track_caller]
fn near(value: f64, expected: f64) {
    // Independent reads of ±1.
    let error = ((1.0 - expected * expected) / READS as f64).sqrt();
    assert!((value - expected).abs() < 4.0 * error, "{value} against {expected} ± {error}");
}

fn run(model: &Ising, beta: f64, time: Time, moves: Moves, sweeps: usize) -> SampleSet {
    // A/2 = B/2 = 1.
    let annealing = PathIntegralAnnealing::fixed((2.0, 2.0), sweeps, beta);
    annealing.time(time).moves(moves).reads(READS).seed(5).run(model).unwrap()
}

/// One spin in a field, H = 0.5 Z - X at β = 2: the symmetric Trotter product of P factors, and the
/// limit -tanh(β Ω) h/Ω with Ω² = h² + Γ².
#[test]
fn a_spin_in_a_field() {
    let model = Ising::new(vec![0.5], [], 0.0);
    let omega = 1.25f64.sqrt();
    let exact = -(2.0 * omega).tanh() * 0.5 / omega;
    assert!((exact + 0.437_112_040_2).abs() < 1e-9);
    let local = Moves { worldline: false, ..Moves::default() };
    for moves in [local, Moves::default(), CLUSTERS] {
        let values = [(2, -0.553_529_1), (4, -0.469_202_7), (8, -0.445_333_6)];
        for (slices, expected) in values {
            near(moments(&run(&model, 2.0, Time::Slices(slices), moves, 40)).0, expected);
        }
    }
    near(moments(&run(&model, 2.0, Time::Slices(1), CLUSTERS, 5)).0, -0.761_594_2);
    near(moments(&run(&model, 2.0, Time::Continuous, CLUSTERS, 20)).0, exact);
}

/// The ring -ΣZZ - ΣX of four spins at finite P: values by transfer matrices.
#[test]
fn a_ring_of_four() {
    let ring = Ising::new(vec![0.0; 4], (0..4).map(|i| (i, (i + 1) % 4, -1.0)), 0.0);
    for (slices, expected) in [(2, 0.762_503_1), (4, 0.699_368_7), (16, 0.675_663_4)] {
        for moves in [Moves::default(), CLUSTERS] {
            let samples = run(&ring, 1.0, Time::Slices(slices), moves, 100);
            near(moments(&samples).1, expected);
            near(moments(&samples).0, 0.0);
        }
    }
    near(moments(&run(&ring, 2.0, Time::Slices(4), Moves::default(), 100)).1, 0.797_023_2);
    // The limit of P from 16 and 32 slices by Richardson: errors fall by 4.
    let limit = (4.0 * 0.674_418_5 - 0.675_663_4) / 3.0;
    near(moments(&run(&ring, 1.0, Time::Continuous, CLUSTERS, 40)).1, limit);
}

/// Gibbs states with fields and couplings: the diagonal of e^-βH by dense diagonalization.
#[test]
fn gibbs_states_of_the_reference() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/reference/gibbs/gibbs_small.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(), "no reference data");
        eprintln!("skipped: reference file gibbs/gibbs_small.json");
        return;
    };
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for case in data["cases"].as_array().unwrap() {
        let numbers = |key: &str| -> Vec<f64> {
            case[key].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
        };
        let fields = numbers("x_coeff");
        let n = fields.len();
        // Where the transverse fields of the file differ from spin to spin, the model with one for all
        // is computed here.
        let couplings = case["zz_i_j_w"].as_array().unwrap().iter().map(|e| {
            let at = |k: usize| e[k].as_u64().unwrap() as usize;
            (at(0), at(1), e[2].as_f64().unwrap())
        });
        let model = Ising::new(numbers("z_coeff"), couplings.collect::<Vec<_>>(), 0.0);
        let beta = case["beta"].as_f64().unwrap();
        let uniform = fields.iter().all(|x| *x == fields[0]) && fields[0] < 0.0;
        let (gamma, law) = match uniform {
            true => (-fields[0], numbers("diagonal_probabilities")),
            false => (0.7, diagonal(&model, 0.7, beta)),
        };
        let (reads, expected) = (8000, |p: &f64| 8000.0 * p);
        // Two spins with J = -2.277 leave the wrong well once in some 12 sweeps. Half of the reads
        // begin there: after 40 sweeps 0.019 of all are still there too many, after 80 none that show.
        let annealing = PathIntegralAnnealing::fixed((2.0 * gamma, 2.0), 400, beta);
        let annealing = annealing.time(Time::Continuous).reads(reads).seed(3);
        let mut counts = vec![0.0; 1 << n];
        for sample in annealing.run(&model).unwrap().iter() {
            counts[sample.bits.value(0, n) as usize] += 1.0;
        }
        let chi: f64 =
            counts.iter().zip(&law).map(|(c, p)| (c - expected(p)).powi(2) / expected(p)).sum();
        let bound = chi_squared_quantile((counts.len() - 1) as f64, 1.0 - 1e-4);
        assert!(chi < bound, "{}: {chi} of {bound}: {counts:?} {law:?}", case["name"]);
        checked += 1;
    }
    assert!(checked > 0);
}

/// The diagonal of e^-βH/Z, H = E - Γ ΣX, by many squarings of a short Taylor series.
fn diagonal(model: &Ising, gamma: f64, beta: f64) -> Vec<f64> {
    let n = model.num_spins();
    let size = 1usize << n;
    let squarings = 20;
    let step = beta / f64::from(1 << squarings);
    let mut h = vec![vec![0.0; size]; size];
    for (x, row) in h.iter_mut().enumerate() {
        row[x] = model.energy(&Bits::from_u64(x as u64, n));
        (0..n).for_each(|i| row[x ^ 1 << i] = -gamma);
    }
    let product = |a: &[Vec<f64>], b: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let entry = |x: usize, y: usize| (0..size).map(|k| a[x][k] * b[k][y]).sum();
        (0..size).map(|x| (0..size).map(|y| entry(x, y)).collect()).collect()
    };
    let square = product(&h, &h);
    let first = |x: usize, y: usize| {
        f64::from(u8::from(x == y)) - step * h[x][y] + 0.5 * step * step * square[x][y]
    };
    let mut power: Vec<Vec<f64>> =
        (0..size).map(|x| (0..size).map(|y| first(x, y)).collect()).collect();
    for _ in 0..squarings {
        power = product(&power, &power);
        let trace: f64 = (0..size).map(|x| power[x][x]).sum();
        power.iter_mut().flatten().for_each(|v| *v /= trace);
    }
    (0..size).map(|x| power[x][x]).collect()
}

#[test]
fn slices_differ_and_the_read_out_is_what_it_says() {
    let model = Ising::new(vec![0.1; 12], (1..12).map(|i| (i - 1, i, 1.0)), 0.0);
    let base = PathIntegralAnnealing::fixed((2.0, 2.0), 20, 3.0).slices(8).reads(20).seed(2);
    let read = |read_out| base.clone().read_out(read_out).run(&model).unwrap();
    let (all, best, any) = (read(ReadOut::All), read(ReadOut::Best), read(ReadOut::Random));
    assert_eq!((all.len(), best.len(), any.len()), (160, 20, 20));
    let mut chosen = std::collections::HashSet::new();
    for read in 0..20 {
        let slices: Vec<_> = (8 * read..8 * read + 8).map(|row| all.sample(row)).collect();
        assert!(slices.iter().any(|s| s.bits != slices[0].bits), "read {read}");
        let lowest = slices.iter().map(|s| s.energy).fold(f64::INFINITY, f64::min);
        assert!((best.energy(read) - lowest).abs() < 1e-12);
        assert!(slices.contains(&best.sample(read)));
        chosen.insert(slices.iter().position(|s| *s == any.sample(read)).unwrap());
    }
    assert!(chosen.len() > 3);
    assert_eq!(best.info.parameters["read_out"], "best slice");
    assert!(all.info.warnings[0].contains("βA/P reaches 0.750"), "{:?}", all.info.warnings);
    assert!(base.clone().slices(12).run(&model).unwrap().info.warnings.is_empty());
}

#[test]
fn a_read_is_the_same_in_any_company() {
    for unit in [1.0, 0.1] {
        let pairs = (0..12).flat_map(|j| (0..j).map(move |i| (i, j)));
        let couplings = pairs.map(|(i, j)| (i, j, unit * ((3 * i + j) % 5) as f64 - 2.0 * unit));
        let model = Ising::new(vec![0.3; 12], couplings, 0.0);
        let every = Moves { clusters: true, ..Moves::default() };
        for time in [Time::Slices(5), Time::Continuous] {
            let run = |reads, isa| {
                let annealing = PathIntegralAnnealing::linear(40, 2.0).time(time).moves(every);
                annealing.reads(reads).seed(7).isa(isa).run(&model).unwrap()
            };
            let all = run(40, Isa::best());
            for reads in [1, 9, 17] {
                for &isa in Isa::available() {
                    let some = run(reads, isa);
                    assert!(some.iter().eq(all.iter().take(reads as usize)), "{reads} {isa}");
                }
            }
            // 20 reads in slices are groups of 16 on one thread and of 8 on three.
            same_on_every_number_of_threads(|| run(20, Isa::best()));
        }
    }
}

#[test]
fn reads_are_run_in_pieces_and_kept() {
    let pairs = (0..12).flat_map(|j| (0..j).map(move |i| (i, j, ((3 * i + j) % 5) as f64 - 2.0)));
    let model = Ising::new(vec![0.3; 12], pairs, 0.0);
    for (name, time, read_out) in [
        ("slices", Time::Slices(5), ReadOut::Random),
        ("rows", Time::Slices(5), ReadOut::All),
        ("continuous", Time::Continuous, ReadOut::Best),
    ] {
        let base = PathIntegralAnnealing::linear(20, 2.0).time(time).read_out(read_out).seed(7);
        pieces_are_the_whole(|first, count| {
            base.clone().first_read(first).reads(count).run(&model).unwrap()
        });
        a_cut_file_goes_on(name, |reads, file| {
            base.clone().reads(reads).run_kept(&model, file).unwrap()
        });
    }
}

#[test]
fn a_file_belongs_to_the_schedule_and_the_settings() {
    let path = std::env::temp_dir().join(format!("ketlab-pi-{}.jsonl", std::process::id()));
    let model = Ising::new(vec![0.3; 3], [(0, 1, 1.0)], 0.0);
    let base = PathIntegralAnnealing::linear(5, 2.0).reads(2);
    base.run_kept(&model, &Checkpoint::new(&path)).unwrap();
    let file = Checkpoint::new(&path).resume(true);
    let bent = Schedule::from_functions(|s| (2.0 - 2.0 * s, 2.0 * s * s), Units::Dimensionless);
    let pause: Path = "0:0, 1:0.5, 2:0.5, 3:1".parse().unwrap();
    for (other, part) in [
        (base.clone().slices(8), "number of slices is `32`; this run has `8`"),
        (base.clone().moves(CLUSTERS), "moves is"),
        (base.clone().read_out(ReadOut::Best), "read-out is `random slice`"),
        (base.clone().time(Time::Continuous), "imaginary time is `nothing`"),
        (PathIntegralAnnealing::linear(6, 2.0), "number of sweeps is `5`"),
        (PathIntegralAnnealing::linear(5, 3.0), "beta is `2.0`"),
        (PathIntegralAnnealing::fixed((1.0, 1.0), 5, 2.0), "strengths is `nothing`"),
        (PathIntegralAnnealing::new(&bent.unwrap(), 5, 2.0), "form of the schedule is"),
        (PathIntegralAnnealing::along(&Schedule::linear(), &pause, 5, 2.0), "path is"),
    ] {
        let message = other.run_kept(&model, &file).unwrap_err().to_string();
        assert!(message.contains(&format!("the checkpoint's {part}")), "{message}");
    }
    std::fs::remove_file(&path).unwrap();
}

/// The twin of a schedule in GHz has 2π the strengths and 1/2π the β: the same rows but for the
/// rounding, and those of the straight path.
#[test]
fn schedules_paths_and_units() {
    let pairs = (0..8).flat_map(|j| (0..j).map(move |i| (i, j, ((i + 2 * j) % 3) as f64 - 1.0)));
    let model = Ising::new(vec![0.5; 8], pairs, 0.0);
    let device = Schedule::from_csv("s,A,B\n0,6,0\n0.25,1,2\n1,0,4\n").unwrap();
    let annealing = PathIntegralAnnealing::new(&device, 41, 2.0).slices(16).seed(4);
    let samples = annealing.run(&model).unwrap();
    assert_eq!(annealing.strengths().unwrap()[10], (1.0, 2.0));
    assert_eq!(annealing.strengths().unwrap()[25], (0.5, 3.0));
    assert_eq!(samples.info.parameters["units"], "gigahertz");
    let beta = 2.0 / Units::Gigahertz.radians();
    let twin = PathIntegralAnnealing::new(&device.dimensionless(), 41, beta).slices(16).seed(4);
    assert!(twin.run(&model).unwrap().iter().eq(samples.iter()));
    let straight = Path::forward(7.0).unwrap();
    let again = PathIntegralAnnealing::along(&device, &straight, 41, 2.0);
    for (x, y) in again.strengths().unwrap().into_iter().zip(annealing.strengths().unwrap()) {
        assert!((x.0 - y.0).abs() < 1e-12 && (x.1 - y.1).abs() < 1e-12);
    }
    // Backwards to s = 1/2 and on: no field at both ends.
    let reverse = Path::try_new([(0.0, 1.0), (1.0, 0.5), (2.0, 1.0)]).unwrap();
    let strengths = PathIntegralAnnealing::along(&Schedule::linear(), &reverse, 5, 1.0).strengths();
    let expected = [(0.0, 2.0), (0.5, 1.5), (1.0, 1.0), (0.5, 1.5), (0.0, 2.0)];
    assert_eq!(strengths.unwrap(), expected);
    // What a function is between the points where a schedule looks at it.
    let spike = |s: f64| (if (0.001..0.009).contains(&s) { f64::NAN } else { 1.0 - s }, s);
    let spiked = Schedule::from_functions(spike, Units::Dimensionless).unwrap();
    let error = PathIntegralAnnealing::new(&spiked, 201, 1.0).run(&model).unwrap_err();
    assert!(error.to_string().contains("A in sweep 1 is NaN"), "{error}");
}

#[test]
fn refuses_with_a_reason() {
    let model = Ising::new(vec![1.0; 2], [(0, 1, 1.0)], 0.0);
    let base = || PathIntegralAnnealing::linear(10, 1.0);
    let none = Moves { local: false, worldline: true, clusters: false };
    for bad in [
        base().slices(0),
        base().slices(1 << 20),
        base().reads(0),
        base().reads(u64::MAX),
        base().first_read(u64::MAX),
        base().moves(none),
        base().time(Time::Continuous).read_out(ReadOut::All),
        PathIntegralAnnealing::linear(0, 1.0),
        PathIntegralAnnealing::linear(10, 0.0),
        PathIntegralAnnealing::linear(10, f64::NAN),
        PathIntegralAnnealing::linear(usize::MAX, 1.0),
        PathIntegralAnnealing::fixed((f64::NAN, 1.0), 1, 1.0),
        PathIntegralAnnealing::fixed((1.0, -1.0), 1, 1.0),
        PathIntegralAnnealing::fixed((1e300, 1.0), 1, 1.0).time(Time::Continuous),
    ] {
        assert!(bad.run(&model).is_err(), "{bad:?}");
    }
    let over = Ising::new(vec![0.0; 3], [(0, 1, 1e308), (1, 2, 1e308)], 0.0);
    assert!(base().run(&over).is_err());
    let empty = base().run(&Ising::new(vec![], [], 2.0)).unwrap();
    assert_eq!((empty.len(), empty.energy(0)), (10, 2.0));
    for huge in [1e300, 1e-300] {
        let pair = Ising::new(vec![0.0; 2], [(0, 1, huge)], 0.0);
        assert_eq!(base().run(&pair).unwrap().len(), 10);
    }
}

#[test]
fn spin_glasses_of_the_reference() {
    for (name, instance) in crate::ising::testing::spin_glasses() {
        let (model, ground) = instance;
        if model.num_spins() > 64 {
            continue;
        }
        for read_out in [ReadOut::Best, ReadOut::Random] {
            let annealing = PathIntegralAnnealing::linear(1000, 10.0).slices(16).reads(32).seed(1);
            let samples = annealing.read_out(read_out).run(&model).unwrap();
            assert_eq!(samples.lowest().unwrap().energy, ground, "{name}");
        }
    }
}
