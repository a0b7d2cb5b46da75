//! A quantum Boltzmann machine learns the mixtures of Amin et al. (Phys. Rev. X 8, 021050 (2018)) by three
//! objectives, beside classical machines of the same effort. Writes target/quantum_boltzmann.svg and
//! .png.

use ketlab::boltzmann::{Architecture, Contestant, Loss, Target, Trained, Training, compare, data};
use ketlab::report::{Axis, Chart, Figure, Series};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = data::bernoulli_mixture(4, &[4, 7, 2, 2], 0.9)?;
    let target = Target::from(data.clone());
    let quantum = Architecture::quantum(4, 0);
    println!("four bits, entropy {:.6} nats", data.entropy());

    let mut trained = Vec::new();
    for loss in Loss::ALL {
        let training = Training::new(loss).restarts(2).seed(1);
        let found = training.run(&quantum.machine()?, &target)?;
        let gamma = found.machine.parameter("gamma").unwrap_or(0.0);
        println!("{loss:17} KL {:.7}, Γ {:.4}", found.kl, gamma.abs());
        for warning in &found.warnings {
            println!("  {warning}");
        }
        trained.push((loss.name().to_string(), found));
    }
    // With its field fixed, the bound is worth something.
    let fixed = Training::new(Loss::Bound).fix("gamma", 2.0).seed(1);
    let fixed = fixed.run(&quantum.machine()?, &target)?;
    println!("bound, Γ = 2      KL {:.7}", fixed.kl);
    trained.push(("bound, Γ = 2".into(), fixed));

    let training = Training::new(Loss::Likelihood).restarts(2).seed(1);
    let compared = compare(&training, quantum, &target, |_, _, _| {})?;
    let classical = compared.classical.ok_or("nobody cancels")?;
    let more_hidden = compared.more_hidden.ok_or("nobody cancels")?;
    let verdict = compared.verdict.ok_or("nobody cancels")?;
    for (contestant, found) in
        [(Contestant::SamePattern, &classical), (Contestant::MoreHidden, &more_hidden)]
    {
        let number = found.machine.parameters().len();
        println!("{}: KL {:.7} with {number} parameters", contestant.name(), found.kl);
    }
    println!("{verdict}");

    // The likelihood gains from the field; the bound and the relative entropy to the diagonal state
    // end at the classical machine.
    let kl = |k: usize| trained[k].1.kl;
    assert!((classical.kl - 0.0099113085).abs() < 1e-8);
    assert!(kl(0) < 0.00365188 && (kl(1) - kl(2)).abs() < 1e-5);
    assert!((kl(2) - classical.kl).abs() < 1e-5);
    assert!(verdict.gain_over_same_pattern > 0.006);

    trained.push(("classical".into(), classical));
    let figure = Figure::new("A mixture of Bernoulli modes").panel(curves(&trained));
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/quantum_boltzmann.{extension}"))?;
    }
    Ok(())
}

fn curves(trained: &[(String, Trained)]) -> Chart {
    let y = Axis::new("KL divergence").unit("nats").log();
    let mut chart = Chart::new("Learning curves", Axis::new("iteration"), y);
    for (slot, (name, found)) in trained.iter().enumerate() {
        let steps = found.history.iter();
        let points = steps.filter_map(|step| Some((step.iteration as f64, step.kl?)));
        chart = chart.series(Series::line(name, points).slot(slot));
    }
    chart
}
