//! Does tunnelling help? Thermal, path-integral and Schrödinger annealing on a tall thin barrier, a broad
//! low one, weak and strong clusters, and a random glass, each with a tuned schedule and, for the two
//! that sample, the same number of spin updates. Writes target/tunnelling.svg and .png.

use ketlab::annealing::{Compared, Comparison, Contender, Instance, Units};
use ketlab::report::{Axis, Chart, Figure, Series, number};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let instances = Instance::all();
    let comparison = Comparison::new();
    let mut all = Vec::new();
    for instance in &instances {
        let found = comparison.run(&instance.model)?;
        print(instance, &found);
        all.push(found);
    }
    let names = instances.iter().enumerate().map(|(k, i)| format!("{} {}", k + 1, i.name));
    let time = Units::Dimensionless.time();
    let figure = Figure::new("Does tunnelling help?")
        .caption(names.collect::<Vec<_>>().join(", "))
        .panel(chart("Sampling", "spin updates", &all, 0..2))
        .panel(chart("Schrödinger's equation", time, &all, 2..3))
        .columns(2);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/tunnelling.{extension}"))?;
    }
    Ok(())
}

fn print(instance: &Instance, found: &Compared) {
    println!("{}, {} spins", instance.name, instance.model.num_spins());
    if let Some(barrier) = &found.barrier {
        println!("  barrier {:.3} high, {} flips wide", barrier.height, barrier.width);
    }
    for tuned in &found.contenders {
        let unit = match tuned.contender {
            Contender::Schroedinger => "units of time",
            _ => "spin updates",
        };
        let solution = &tuned.effort_to_solution;
        let end = |effort: Option<f64>| effort.map_or("∞".into(), number);
        let (p, low, high) = tuned.success;
        println!(
            "  {:13} success {p:.4} [{low:.4}, {high:.4}], to solution {} [{}, {}] {unit}",
            tuned.contender.name(),
            end(solution.value),
            number(solution.low),
            end(solution.high),
        );
        println!("                {:?}", tuned.candidate);
    }
    println!("  {}\n", found.verdict);
}

/// Effort to solution by instance, with intervals; one that has no upper end goes up to the top.
fn chart(title: &str, unit: &str, all: &[Compared], contenders: std::ops::Range<usize>) -> Chart {
    let x = Axis::new("instance").range(0.5, all.len() as f64 + 0.5);
    let mut chart = Chart::new(title, x, Axis::new("effort to solution at 0.99").unit(unit).log());
    let bounds = contenders.clone().flat_map(|c| {
        let solutions = all.iter().map(move |found| &found.contenders[c].effort_to_solution);
        solutions.map(|solution| solution.high.unwrap_or(2.0 * solution.low))
    });
    let top = bounds.fold(0.0, f64::max);
    for c in contenders {
        let name = Contender::ALL[c].name();
        for (k, found) in all.iter().enumerate() {
            let (x, solution) =
                (k as f64 + 1.0 + 0.1 * c as f64, &found.contenders[c].effort_to_solution);
            let ends = [(x, solution.low), (x, solution.high.unwrap_or(10.0 * top))];
            chart = chart.series(Series::line(name, ends).slot(2 * c));
            if let Some(value) = solution.value {
                chart = chart.series(Series::points(name, [(x, value)]).slot(2 * c));
            }
        }
    }
    chart
}
