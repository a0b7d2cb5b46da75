//! Who scores 1 is the circuit? Samplers of random circuits by their linear cross entropy (XEB): a noisy
//! device, the circuit itself, and classical ones that do not sample from it, of which the best of four
//! uniform strings scores more than the circuit. And how the two patches of a circuit, simulated alone,
//! lose their score with depth. Writes target/spoofing_xeb.svg and .png.

use ketlab::advantage::random_circuits::{
    Estimate, Estimator, Problem, RandomCircuits, Rival, Sampler, Spread,
};
use ketlab::advantage::{Run, Verdict};
use ketlab::circuit::library::Sycamore;
use ketlab::math::Watch;
use ketlab::report::{Axis, Chart, Figure, Series, Style};

const SIZES: [u64; 4] = [8, 10, 12, 14];
/// No gate crosses the cut in the first two.
const DEPTHS: [usize; 6] = [3, 4, 5, 6, 8, 10];
const CIRCUITS: u64 = 24;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The claims are written down before anything runs.
    let experiment = RandomCircuits {
        sizes: SIZES.to_vec(),
        samples: 200_000,
        circuits: 16,
        ..RandomCircuits::new()
    };
    let report = Run::new().run(&experiment)?;
    for judged in &report.claims {
        println!("{}\n  {}", judged.claim.statement, judged.text);
    }
    let Verdict::Refuted { by, .. } = &report.claims[0].verdict else {
        panic!("{:?}", report.claims[0]);
    };
    assert_eq!(by, "best-of-4");

    println!(
        "\n{:>6}  {:<12}  {:>8}  {:>7}  {:>8}",
        "qubits", "sampler", "XEB", "± 95 %", "formula"
    );
    for at in &report.details {
        for Sampler { name, linear, expected, .. } in &at.samplers {
            let half = 0.5 * (linear.high - linear.low);
            let formula = expected.map_or("–".into(), |x| format!("{x:.4}"));
            println!(
                "{:>6}  {name:<12}  {:>8.4}  {half:>7.4}  {formula:>8}",
                at.qubits, linear.value
            );
        }
    }
    let last = report.details.last().expect("sizes were played");
    let of = |name: &str| {
        last.samplers.iter().find(|s| s.name == name).expect("it has played").linear.value
    };
    // 1 + 1/2 + 1/3 + 1/4 - 1 beside the circuit's own DΣp² - 1.
    assert!((of("best-of-4") - 13.0 / 12.0).abs() < 0.05);
    assert!(of("best-of-4") > of("exact"));
    assert!((of("noisy device") - 0.1).abs() < 0.02 && of("uniform").abs() < 0.02);

    // Patches of 10 qubits by depth.
    let mut patches = Vec::new();
    println!("\n{:>6}  {:>8}  {:>7}  patches of 10 qubits", "cycles", "XEB", "± 95 %");
    for depth in DEPTHS {
        let one = |index| -> ketlab::Result<Estimate> {
            let circuit = Sycamore::of_size(10, depth)?.seed(index);
            let problem = Problem::new(circuit, index, &Watch::default())?;
            let drawn = Rival::Patches.draw(&problem, 4000)?;
            let tally = problem.tally(&drawn.strings)?;
            Ok(tally.estimate(Estimator::Linear).expect("it has strings"))
        };
        let estimates: Vec<Estimate> = (0..CIRCUITS).map(one).collect::<Result<_, _>>()?;
        let spread = Spread::of(&estimates).expect("there are circuits");
        let half = 0.5 * (spread.high - spread.low);
        println!("{depth:>6}  {:>8.4}  {half:>7.4}", spread.value);
        patches.push((depth as f64, spread));
    }
    let (first, end) = (patches[1].1, patches[patches.len() - 1].1);
    assert!(first.low > 0.0 && end.value < 0.2 * first.value, "{patches:?}");

    let mut all = Chart::new("By size, 16 cycles", Axis::new("qubits"), Axis::new("linear XEB"))
        .horizontal("samples of a deep circuit", 1.0);
    for (slot, sampler) in last.samplers.iter().enumerate() {
        let found = report.details.iter().flat_map(|at| {
            let of = at.samplers.iter().filter(|s| s.name == sampler.name);
            of.map(|s| (at.qubits as f64, s.linear))
        });
        all = all.series(curve(&sampler.name, found).slot(slot));
    }
    let by_depth = Chart::new("Patches of 10 qubits", Axis::new("cycles"), Axis::new("linear XEB"))
        .series(curve("patches", patches).slot(3));
    let figure = Figure::new("Spoofing the cross entropy")
        .caption("95 % intervals over circuits; F of the noisy device is 0.1")
        .panel(all)
        .panel(by_depth)
        .columns(2);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/spoofing_xeb.{extension}"))?;
    }
    Ok(())
}

fn curve(name: &str, found: impl IntoIterator<Item = (f64, Spread)>) -> Series {
    let (points, ends): (Vec<_>, Vec<_>) =
        found.into_iter().map(|(x, spread)| ((x, spread.value), (spread.low, spread.high))).unzip();
    Series::new(name, Style::LinePoints, points).with_band(ends)
}
