//! A weak cluster beside a strong one: the spectrum along the anneal, the success probability against
//! the anneal time, and the line of Landau and Zener from the smallest gap alone. Writes
//! target/annealing_schedule.svg and .png.

use ketlab::annealing::{GapSearch, Path, Schedule, SchroedingerAnnealing};
use ketlab::ising::Ising;
use ketlab::report::{Axis, Chart, Figure, Series, Style, number};

/// Two ferromagnetic clusters of so many spins each, coupled in pairs: the strong field turns both,
/// against the weak one (after Denchev et al., Phys. Rev. X 6, 031015 (2016)).
fn clusters(size: usize, weak: f64) -> Ising {
    let fields = [vec![weak; size], vec![-1.0; size]].concat();
    let within = (0..2).flat_map(|cluster| {
        let pairs = (0..size).flat_map(move |i| (i + 1..size).map(move |j| (i, j)));
        pairs.map(move |(i, j)| (cluster * size + i, cluster * size + j, -1.0))
    });
    let between = (0..size).map(|i| (i, size + i, -1.0));
    Ising::new(fields, within.chain(between), 0.0)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = clusters(4, 0.44);
    let schedule = Schedule::linear();
    let curve = GapSearch::new().points(101).run(&model, &schedule)?;
    println!("smallest gap {:.6} at s = {:.4}", curve.minimum_gap, curve.at);

    println!("  time  failure   Landau-Zener");
    let (mut failures, mut line) = (Vec::new(), Vec::new());
    for k in 0..=12 {
        let time = (10f64.powf(f64::from(k) / 4.0) * 10.0).round() / 10.0;
        let anneal = SchroedingerAnnealing::new().tolerance(1e-7);
        let end = anneal.run(&model, &schedule, &Path::forward(time)?)?;
        let estimate = curve.landau_zener(time).ok_or("the smallest gap is at an end")?;
        println!("{time:6}  {:.6}  {:.6}", 1.0 - end.success_probability, 1.0 - estimate);
        failures.push((time, 1.0 - end.success_probability));
        line.push((time, 1.0 - estimate));
    }
    let smallest = format!("smallest gap {} at s = {:.3}", number(curve.minimum_gap), curve.at);
    let above = |level: usize| {
        let points = curve.points.iter();
        points.map(move |p| (p.s, p.levels[level].energy - p.levels[0].energy))
    };
    let unit = curve.units.energy();
    let spectrum =
        Chart::new("Spectrum", Axis::new("s"), Axis::new("above the ground level").unit(unit))
            .vertical(smallest, curve.at)
            .series(Series::line("second level", above(2)).slot(6))
            .series(Series::line("gap", above(1)).slot(3));
    let time = || Axis::new("anneal time").unit(curve.units.time());
    let success =
        |points: &[(f64, f64)]| points.iter().map(|p| (p.0, 1.0 - p.1)).collect::<Vec<_>>();
    let (solved, estimated) = ("Schrödinger's equation", "Landau-Zener, from the smallest gap");
    let rise =
        Chart::new("Success", time().log(), Axis::new("success probability").range(0.0, 1.0))
            .series(Series::new(solved, Style::LinePoints, success(&failures)).slot(0))
            .series(Series::reference(estimated, success(&line)));
    let visible = |points: Vec<(f64, f64)>| points.into_iter().filter(|p| p.1 > 1e-4);
    let fall = Chart::new("Failure", time(), Axis::new("failure probability").log())
        .series(Series::new(solved, Style::LinePoints, visible(failures)).slot(0))
        .series(Series::reference(estimated, visible(line)));
    let figure = Figure::new("A weak cluster beside a strong one")
        .caption("8 spins, 16 couplings, linear schedule, ħ = 1")
        .panel(spectrum)
        .panel(rise)
        .panel(fall);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/annealing_schedule.{extension}"))?;
    }
    Ok(())
}
