//! The natural gradient takes the shape of the states into account, plain gradient descent does not:
//! the same start, the same step. Writes target/natural_gradient.svg and .png.

use ketlab::Simulator;
use ketlab::circuit::library::{Entanglement, real_amplitudes};
use ketlab::optimize::{GradientDescent, NaturalGradient, Optimizer, Stopping};
use ketlab::pauli::{Boundary, ising_chain};
use ketlab::report::{Axis, Chart, Series};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let n = 4;
    let ansatz = real_amplitudes(n, 3, Entanglement::Linear);
    let h = ising_chain(n, 1.0, 1.0, Boundary::Open)?;
    // The exact ground energy of the open critical chain: 1 - 1/sin(π/(4n + 2)).
    let exact = 1.0 - 1.0 / (std::f64::consts::PI / (4 * n + 2) as f64).sin();
    let start: Vec<f64> = (0..ansatz.params().len()).map(|k| (k as f64).sin()).collect();
    let rate = 0.05;
    let methods: [(&str, Box<dyn Optimizer>); 2] = [
        (
            "gradient descent",
            Box::new(GradientDescent { learning_rate: rate, ..Default::default() }),
        ),
        (
            "natural gradient",
            Box::new(NaturalGradient { learning_rate: rate, ..Default::default() }),
        ),
    ];
    let mut chart = Chart::new(
        "Natural gradient against gradient descent",
        Axis::new("iteration"),
        Axis::new("energy above the ground state").log(),
    )
    .caption("Ising chain of 4 qubits, RealAmplitudes with 3 repetitions, step 0.05");
    let mut errors = Vec::new();
    for (name, optimizer) in methods {
        let mut objective = Simulator::new().adjoint(&ansatz, std::slice::from_ref(&h))?;
        let mut stopping = Stopping::new().max_iterations(200);
        let outcome = optimizer.minimize(&mut objective, &start, &mut stopping)?;
        println!("{name}: {:+.2e} above the ground state, {}", outcome.value - exact, outcome.stop);
        errors.push(outcome.value - exact);
        let points = outcome.history.iter().map(|s| (s.iteration as f64, s.value - exact));
        chart = chart.series(Series::line(name, points.collect::<Vec<_>>()));
    }
    assert!(errors.iter().all(|e| *e > -1e-9), "nothing is below the ground state");
    assert!(errors[1] < 0.1 * errors[0], "the natural gradient is nearer");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target");
    std::fs::create_dir_all(folder)?;
    for extension in ["svg", "png"] {
        chart.save(format!("{folder}/natural_gradient.{extension}"))?;
    }
    Ok(())
}
