//! A tour of four cities as a QUBO of nine bits: simulated annealing, path-integral annealing and QAOA on it,
//! their samples decoded as they are, beside all tours. Writes target/travelling_salesman.svg and .png.

use ketlab::annealing::PathIntegralAnnealing;
use ketlab::ising::problems::{Encode, Encoded, Tour, TravellingSalesman};
use ketlab::ising::{Ising, Sample, SampleInfo, SampleSet, SimulatedAnnealing};
use ketlab::math::Bits;
use ketlab::optimize::{OptimizerKind, Stopping};
use ketlab::report::{Axis, Chart, Figure, Series};
use ketlab::variational::{Angles, Qaoa};

const CITIES: [(f64, f64); 4] = [(1.0, 1.0), (8.5, 2.0), (9.5, 8.0), (3.0, 9.0)];
const READS: usize = 1000;
/// Of QAOA's optimizer: what it costs is bounded, however flat the landscape.
const MOST_ITERATIONS: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let length = |u: usize, v: usize| {
        let ((a, b), (c, d)) = (CITIES[u], CITIES[v]);
        f64::hypot(a - c, b - d)
    };
    let n = CITIES.len();
    let lengths = (0..n * n).map(|k| length(k / n, k % n));
    let problem = TravellingSalesman::new(n, lengths)?;
    let encoded = Encoded::new(problem, None)?;
    let model = encoded.to_ising()?;
    let optimum = shortest(encoded.problem(), &mut vec![0]);
    let penalty = encoded.penalty().ok_or("a tour has a penalty")?;
    println!(
        "{n} cities, {} bits, penalty {penalty:.3}, dynamic range {:.1}; shortest of all tours {optimum:.4}",
        model.num_spins(),
        encoded.dynamic_range()?
    );

    // Path integrals and QAOA's angles are for energies around 1.
    let scale = model.fields().iter().fold(1.0f64, |most, h| most.max(h.abs()));
    let annealing = SimulatedAnnealing::new().sweeps(200).reads(READS as u64).seed(1);
    let path_integral = PathIntegralAnnealing::linear(200, 10.0).reads(READS as u64).seed(1);
    let unit = scaled(&model, 1.0 / scale)?;
    let found = [
        ("simulated annealing, 200 sweeps", annealing.run(&model)?),
        ("path integral, 200 sweeps", path_integral.run(&unit)?),
        ("QAOA, 1 layer", qaoa(&unit, 1)?),
        ("QAOA, 4 layers", qaoa(&unit, 4)?),
    ];
    println!("method                           feasible   shortest   reads of it");
    let mut bars = Vec::new();
    let mut best: Option<(Tour, f64)> = None;
    for (k, (name, samples)) in found.iter().enumerate() {
        let assessment = encoded.assess(samples)?;
        let feasibility = assessment.feasibility().unwrap_or(0.0);
        let is_shortest = |bits: &Bits| {
            let decoded = encoded.problem().decode(bits).solution;
            decoded.is_some_and(|(_, length)| length < optimum + 1e-9)
        };
        let reached: u64 =
            samples.iter().filter(|s| is_shortest(&s.bits)).map(|s| s.occurrences).sum();
        let shortest = assessment.best.as_ref().map(|best| best.objective);
        let shown = shortest.map_or("none".into(), |length| format!("{length:.4}"));
        println!("{name:32} {:8.1} % {shown:>10} {reached:>12}", 100.0 * feasibility);
        bars.push((k as f64 + 1.0, feasibility, reached as f64 / samples.reads() as f64));
        if let Some(found) = assessment.best
            && best.as_ref().is_none_or(|best| found.objective < best.1)
        {
            best = Some((found.solution, found.objective));
        }
    }
    let (tour, length) = best.ok_or("no method found a tour")?;
    println!("tour {:?}, length {length:.4}", tour.cities);
    assert!((length - optimum).abs() < 1e-9, "the shortest tour is found");

    let place = |&city: &usize| CITIES[city];
    let closed = tour.cities.iter().chain(tour.cities.first()).map(place);
    let numbers = (0..n).map(|city| city.to_string());
    let cities = Series::points("cities", CITIES).slot(1).with_labels(numbers);
    // Outside of the tour.
    let cities = cities.labels_away_from([(5.5, 5.0); CITIES.len()]);
    let map = Chart::new("Shortest tour", Axis::new("x"), Axis::new("y").range(0.0, 10.5))
        .equal()
        .series(Series::line("tour", closed).slot(0))
        .series(cities);
    let methods: Vec<String> =
        found.iter().enumerate().map(|(k, (name, _))| format!("{} {name}", k + 1)).collect();
    let shares = Chart::new(
        "Reads, before any repair",
        Axis::new("method").range(0.4, found.len() as f64 + 0.6),
        Axis::new("share").range(0.0, 1.02),
    )
    .series(Series::bars("shortest tour", bars.iter().map(|b| (b.0, b.2))).slot(2))
    .series(Series::bars("longer tours", bars.iter().map(|b| (b.0, b.1 - b.2))).slot(5));
    let figure = Figure::new("A tour of four cities")
        .caption(format!("9 bits, {READS} reads each; {}", methods.join(", ")))
        .panel(map)
        .panel(shares);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target");
    std::fs::create_dir_all(folder)?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/travelling_salesman.{extension}"))?;
    }
    Ok(())
}

/// The length of the shortest tour that begins with these cities, by looking at all.
fn shortest(problem: &TravellingSalesman, begun: &mut Vec<usize>) -> f64 {
    if begun.len() == problem.num_cities() {
        return problem.tour_length(begun).unwrap_or(f64::INFINITY);
    }
    let mut least = f64::INFINITY;
    for city in 0..problem.num_cities() {
        if !begun.contains(&city) {
            begun.push(city);
            least = least.min(shortest(problem, begun));
            begun.pop();
        }
    }
    least
}

/// The model in another unit of energy.
fn scaled(model: &Ising, factor: f64) -> ketlab::Result<Ising> {
    let fields = model.fields().iter().map(|h| h * factor).collect();
    let couplings = model.couplings().iter().map(|&(i, j, w)| (i, j, w * factor));
    Ising::try_new(fields, couplings, model.offset() * factor)
}

/// Samples of the final state: at 1000 equally spaced places of the cumulative distribution, so that each
/// configuration occurs as often as is expected.
fn qaoa(model: &Ising, layers: usize) -> ketlab::Result<SampleSet> {
    let mut qaoa = Qaoa::new(model, layers)?;
    let start = Angles::linear_ramp(layers, 0.4)?;
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    let mut stopping = Stopping::new().max_iterations(MOST_ITERATIONS);
    let result = qaoa.solve(&start, &*optimizer, &mut stopping, 1, 1)?;
    let probabilities = qaoa.probabilities(&result.angles)?;
    let (mut rows, mut below, mut drawn) = (Vec::new(), 0.0, 0u64);
    for (index, probability) in probabilities.iter().enumerate() {
        below += probability;
        let so_far = ((below * READS as f64).round() as u64).min(READS as u64);
        if so_far > drawn {
            rows.push(Sample {
                bits: Bits::from_u64(index as u64, model.num_spins()),
                energy: qaoa.energies()[index],
                occurrences: so_far - drawn,
            });
            drawn = so_far;
        }
    }
    SampleSet::from_samples(model.num_spins(), rows, SampleInfo::default())
}
