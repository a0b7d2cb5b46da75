//! Quantum kernels beside classical ones that are tuned as well: the ad hoc data of Havlíček et al.,
//! which the kernel of their feature map separates and an RBF kernel does not learn, and moons, which an
//! RBF kernel learns and the same quantum kernel does not, until its bandwidth is tuned, too. Writes
//! target/quantum_kernel.svg and .png.

use ketlab::Simulator;
use ketlab::learning::KernelStudy;
use ketlab::learning::data::{DataSet, Scaling, Targets, ad_hoc, moons};
use ketlab::learning::kernel_study::{Contestant, KernelReport};
use ketlab::report::{Axis, Chart, Figure, HeatMap};
use ndarray::Array2;

const SEED: u64 = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Features are angles; all kernels have the same folds and strengths.
    let mut study = KernelStudy::new("zz");
    (study.scaling, study.seed) = (Some(Scaling::None), SEED);
    study.strengths = Some(vec![1.0, 10.0, 1000.0]);
    study.bandwidths = Some(vec![1.0]);

    let made_for_it = told("ad hoc data", &study, &ad_hoc(100, 0.3, 2, SEED)?)?;
    let rbf = rival(&made_for_it, "rbf kernel");
    assert_eq!(made_for_it.accuracy, Some(1.0));
    assert!((0.3..0.75).contains(&rbf.score()), "{rbf:?}");
    let verdict = made_for_it.verdict.as_ref().expect("there are rivals");
    assert!(verdict.advantage.difference > 0.0 && verdict.advantage.is_significant);

    // Over the whole circle, as the ad hoc data are: it turns so fast that neighbours are not alike.
    study.scaling = Some("minmax:0:2pi".parse()?);
    let not_for_it = told("moons", &study, &moons(100, 0.15, SEED)?)?;
    let rbf = rival(&not_for_it, "rbf kernel");
    assert!(rbf.score() > 0.9, "{rbf:?}");
    assert_eq!(not_for_it.best_classical.as_deref(), Some("rbf kernel"));
    let verdict = not_for_it.verdict.as_ref().expect("there are rivals");
    assert!(verdict.advantage.difference < 0.0 && verdict.advantage.is_significant);
    // That labels exist which only the quantum kernel learns says nothing of these.
    assert!(not_for_it.geometric_difference > Some(2.0));

    // With as many bandwidths to choose from as the RBF kernel has it learns them, and is no better.
    study.bandwidths = None;
    let tuned = told("moons, bandwidth tuned", &study, &moons(100, 0.15, SEED)?)?;
    let verdict = tuned.verdict.as_ref().expect("there are rivals");
    assert!(tuned.accuracy > Some(0.85), "{:?}", tuned.accuracy);
    assert!(verdict.advantage.difference.abs() < 0.1, "{verdict:?}");

    let mut figure = Figure::new("Kernels of 70 training rows, sorted by class").columns(2);
    for (name, report) in [("ad hoc data", &made_for_it), ("moons", &not_for_it)] {
        let quantum = format!("{name}: ZZ map, accuracy {:.2}", report.quantum.score());
        figure = figure.panel(matrix(&quantum, &report.kernel, &report.train_targets));
        let best = report.best_classical.as_deref().expect("there are rivals");
        let title = format!("{name}: {best}, accuracy {:.2}", rival(report, best).score());
        let kernel = report.classical_kernel.as_ref().expect("there are rivals");
        figure = figure.panel(matrix(&title, kernel, &report.train_targets));
    }
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/quantum_kernel.{extension}"))?;
    }
    Ok(())
}

/// Runs a study and prints what all of its contestants are worth.
fn told(name: &str, study: &KernelStudy, data: &DataSet) -> ketlab::Result<KernelReport> {
    let report = study.run(data, &Simulator::new())?;
    println!(
        "{name}: {} rows learned from, {} judge",
        report.split.train.len(),
        report.split.test.len()
    );
    for contestant in std::iter::once(&report.quantum).chain(&report.rivals) {
        let g = contestant.geometric_difference;
        println!(
            "  {:<24} {:<46} train {:.2}, test {:.2}{}",
            contestant.name,
            contestant.setting,
            contestant.train.metrics.score(),
            contestant.score(),
            g.map_or_else(String::new, |g| format!(", geometric difference {g:.2}"))
        );
    }
    if let Some(verdict) = &report.verdict {
        println!("  {}", verdict.text);
    }
    Ok(report)
}

fn rival<'r>(report: &'r KernelReport, name: &str) -> &'r Contestant {
    report.rivals.iter().find(|rival| rival.name == name).expect("it is one of the rivals")
}

/// The kernel, rows sorted by class.
fn matrix(title: &str, kernel: &Array2<f64>, targets: &Targets) -> Chart {
    let Targets::Classes { labels, .. } = targets else { unreachable!("they are classes") };
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|&row| labels[row]);
    let values: Vec<Vec<f64>> =
        order.iter().map(|&i| order.iter().map(|&j| kernel[[i, j]]).collect()).collect();
    let ends = (0.5, order.len() as f64 - 0.5);
    let axis = || Axis::new("row").range(0.0, order.len() as f64);
    Chart::new(title, axis(), axis()).heat_map(HeatMap::new("kernel", ends, ends, values))
}
