//! Bars and stripes of 3 × 3 pixels: a restricted Boltzmann machine trained by contrastive divergence,
//! persistent and tempered chains and by its exact likelihood, and how far each came; then strings are
//! completed and strange ones found. Writes target/bars_and_stripes.svg and .png.

use ketlab::boltzmann::classical::{ImportanceSampling, Rbm, RbmMethod, RbmTraining};
use ketlab::boltzmann::{Architecture, Distribution, Loss, Model, Training, data};
use ketlab::math::Bits;
use ketlab::report::{Axis, Chart, Figure, Series};

const HIDDEN: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = data::bars_and_stripes(3, 3)?;
    let entropy = data.entropy();
    println!("{} patterns, entropy {entropy:.6} nats", data.outcomes().len());

    let methods = [
        ("CD-1", RbmMethod::ContrastiveDivergence { steps: 1 }),
        ("PCD-1", RbmMethod::Persistent { steps: 1 }),
        ("PCD-10", RbmMethod::Persistent { steps: 10 }),
        ("tempered", RbmMethod::Tempered { steps: 1, temperatures: 10 }),
    ];
    let start = Rbm::random(9, HIDDEN, 0.1, 1)?;
    let mut chart = Chart::new(
        "Exact KL divergence while chains train",
        Axis::new("iteration"),
        Axis::new("KL divergence").unit("nats").log(),
    );
    let mut best: Option<(Rbm, f64)> = None;
    for (slot, (name, method)) in methods.into_iter().enumerate() {
        let training = RbmTraining::new().method(method).iterations(4000).history(100).seed(1);
        let trained = training.learning_rate(0.2, 0.02).run(&start, &data)?;
        let kl = trained.rbm.kullback_leibler(&data)?;
        println!("{name:9} KL {kl:.4} (exact), {:.1e} unit updates", trained.unit_updates as f64);
        let points = trained.history.iter().filter_map(|record| {
            Some((record.iteration as f64, record.negative_log_likelihood? - entropy))
        });
        chart = chart.series(Series::line(name, points).slot(slot));
        if best.as_ref().is_none_or(|(_, lowest)| kl < *lowest) {
            best = Some((trained.rbm, kl));
        }
    }
    let (rbm, kl) = best.ok_or("there are methods")?;

    // ln Z by annealed importance sampling, against the exact one.
    let estimate = ImportanceSampling::new().base_from(&data).seed(1).run(&rbm)?;
    let exact = rbm.log_partition()?;
    println!(
        "ln Z {exact:.4}; by importance sampling {:.4} ± {:.4}",
        estimate.value, estimate.standard_error
    );
    assert!((estimate.value - exact).abs() < 4.0 * estimate.standard_error);

    // The same machine by its exact likelihood and L-BFGS.
    let machine = Architecture::restricted(9, HIDDEN).classical().machine()?;
    let training = Training::new(Loss::Likelihood).within(6.0).max_iterations(200).seed(2);
    let exact = training.run(&machine, &data.clone().into())?;
    println!("L-BFGS    KL {:.4} after {} iterations", exact.kl, exact.starts[0].iterations);
    assert!(kl < 0.7 && exact.kl < kl);

    // A pattern whose last column is missing: 1?? 1?? 1?? read from the top, so two stripes fit.
    let model = Model::from(exact.machine);
    let known: Vec<Option<bool>> = (0..9).map(|i| (i % 3 == 0).then_some(true)).collect();
    let completions = model.complete(&known, 1000, 1)?;
    let share: f64 = completions.outcomes().iter().map(|(v, f)| f * patterns(&data, v)).sum();
    println!("of completions of a left stripe {:.1} % are bars or stripes", 100.0 * share);
    assert!(share > 0.8);

    let strange = Bits::from_u64(0b000_101_010, 9);
    let list = Distribution::from_counts(
        data.outcomes().iter().map(|(v, _)| (v.clone(), 1)).chain([(strange.clone(), 1)]),
    )?;
    let scores = model.surprisal(&list, 1)?;
    let strangest = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
    println!("the strangest of {}: {}", scores.len(), list.outcomes()[strangest].0);
    assert_eq!(list.outcomes()[strangest].0, strange);

    let figure = Figure::new("Bars and stripes").panel(chart);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/bars_and_stripes.{extension}"))?;
    }
    Ok(())
}

/// 1 if the string is one of the data.
fn patterns(data: &Distribution, string: &Bits) -> f64 {
    if data.probability(string) > 0.0 { 1.0 } else { 0.0 }
}
