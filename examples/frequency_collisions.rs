//! Frequency collisions on heavy-hexagon chips: which types kill a chip of 27 qubits, which spacing of
//! its three frequencies is the best, and how much scatter chips of 27, 127 and 1081 qubits bear. Writes
//! target/frequency_collisions.svg and .png.

use ketlab::chip::{Design, Lattice, Pattern, Rules, Yield, YieldCase, YieldStudy};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

/// GHz.
const SPREAD: f64 = 0.014;

fn case(lattice: &Lattice, spacing_ghz: f64, spread_ghz: f64) -> ketlab::Result<YieldCase> {
    let plan = Design::default().spacing(spacing_ghz).plan(lattice, Pattern::Auto)?;
    YieldCase::new(plan, Rules::hertzberg_2021(), spread_ghz)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let falcon = Lattice::falcon27();
    let study = YieldStudy::new().chips(20_000);

    // What kills: at a spacing of 60 MHz the designs touch nothing, and scatter does the rest.
    let at_60 = case(&falcon, 0.060, SPREAD)?;
    assert!(at_60.plan().collisions(at_60.rules())?.is_empty());
    let found = &study.run(std::slice::from_ref(&at_60))?[0];
    let product = at_60.product_of_marginals().expect("one anharmonicity");
    let (low, high) = found.interval;
    println!("27 qubits, spacing 60 MHz, spread 14 MHz: yield {:.3}", found.value);
    println!("  [{low:.3}, {high:.3}] at 95 %; if collisions were independent {product:.3}");
    for count in found.by_type.iter().filter(|count| count.chips > 0) {
        let part = count.chips as f64 / found.chips as f64;
        println!(
            "  {}: {:>5.1} % of the chips, {}",
            count.of,
            100.0 * part,
            count.of.description()
        );
    }

    // The best spacing, all from the same chips: too small, and neighbours meet; too large, and targets
    // come to half of the controls' two-photon transition.
    let spacings: Vec<f64> = (40..=90).step_by(2).map(f64::from).collect();
    let curve = |rules: Rules| -> ketlab::Result<Vec<Yield>> {
        let one = |mhz: &f64| {
            let plan = Design::default().spacing(1e-3 * mhz).plan(&falcon, Pattern::Auto)?;
            YieldCase::new(plan, rules.clone(), SPREAD)
        };
        study.run(&spacings.iter().map(one).collect::<ketlab::Result<Vec<_>>>()?)
    };
    let mut spacing = Chart::new(
        "27 qubits, spread 14 MHz",
        Axis::new("spacing of frequencies").unit("MHz"),
        Axis::new("yield").range(0.0, 1.0),
    );
    for rules in [Rules::hertzberg_2021(), Rules::brink_2018()] {
        let name = rules.to_string();
        let found = curve(rules)?;
        let best = (0..found.len()).max_by_key(|&k| found[k].good).expect("some spacings");
        println!("{name}: best spacing {} MHz, yield {:.3}", spacings[best], found[best].value);
        assert!(name != "hertzberg-2021" || (58.0..=68.0).contains(&spacings[best]));
        spacing = spacing.series(points(&name, &spacings, &found));
    }

    // Larger chips have more that can collide.
    let spreads: Vec<f64> = (1..=24).map(f64::from).collect();
    let mut sizes = Chart::new(
        "spacing 60 MHz, rules hertzberg-2021",
        Axis::new("spread of frequencies").unit("MHz"),
        Axis::new("yield").range(0.0, 1.0),
    );
    let study = study.chips(4_000);
    let mut before = f64::INFINITY;
    for name in ["falcon27", "eagle127", "heavy-hex21"] {
        let lattice = Lattice::named(name)?;
        let one = |mhz: &f64| case(&lattice, 0.060, 1e-3 * mhz);
        let found = study.run(&spreads.iter().map(one).collect::<ketlab::Result<Vec<_>>>()?)?;
        let qubits = lattice.num_qubits();
        sizes = sizes.series(points(&format!("{qubits} qubits"), &spreads, &found));
        let needed = study.spreads_for(&case(&lattice, 0.060, SPREAD)?, &[0.1])?[0];
        let needed = 1e3 * needed.expect("a design without collisions");
        println!("{qubits} qubits: a yield of 10 % bears a spread of {needed:.1} MHz");
        assert!(needed < before);
        before = needed;
    }

    let figure = Figure::new("Chips without frequency collisions")
        .caption("heavy-hexagon pattern about 5.12 GHz, anharmonicity -330 MHz, 95 % intervals")
        .panel(spacing)
        .panel(sizes)
        .columns(2);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/frequency_collisions.{extension}"))?;
    }
    Ok(())
}

fn points(name: &str, mhz: &[f64], found: &[Yield]) -> Series {
    let all: Vec<_> = mhz.iter().copied().zip(found.iter().map(|found| found.value)).collect();
    let ends: Vec<_> = found.iter().map(|found| found.interval).collect();
    Series::new(name, Style::LinePoints, all).with_band(ends)
}
