//! Where the error of the algorithm of Harrow, Hassidim and Lloyd comes from: a Toeplitz system of
//! condition number 123, with both windows of the clock and 8 to 12 clock qubits, and what conjugate
//! gradients need for the same number. Writes target/hhl_budget.svg and .png.

use ketlab::Simulator;
use ketlab::advantage::linear_systems::{
    Budget, LinearSystem, LinearSystems, MatrixKind, Question,
};
use ketlab::advantage::{Run, Verdict};
use ketlab::circuit::library::{ClockWindow, Hhl};
use ketlab::report::{Axis, Chart, Figure, Series, Style};
use num_complex::Complex64;

const SEED: u64 = 7;
const SHOTS: u64 = 1_000_000;
const GRID: f64 = 6.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let system = LinearSystem::toeplitz(1.5, 2.5, vec![1.0, -2.1, 3.2, -4.3])?;
    let (least, most) = system.spectrum()?.magnitudes();
    println!("4 unknowns, condition number {:.2}", most / least);

    let mut figure = Figure::new("Error of ‖x‖² by HHL, condition number 123").columns(2);
    let mut errors = Vec::new();
    for window in [ClockWindow::Sine, ClockWindow::Uniform] {
        let mut budgets = Vec::new();
        for clock in 8..=12 {
            let hhl = Hhl { window, ..Hhl::new(clock, GRID, least) };
            let budget = Budget::new(&hhl, &system, Question::Norm, SHOTS, SEED)?;
            println!("{window:?}, {clock} clock qubits: error {:+.4}", budget.sum);
            for item in &budget.items {
                println!("    {:<15} {:+.4}", item.name, item.change);
            }
            // The items add up to what a whole circuit does, 12 to 15 qubits with clock and flag.
            if clock <= 10 {
                let circuit = whole_circuit(&hhl, &system, budget.exact)?;
                assert!((circuit - budget.bias).abs() < 1e-8, "{circuit} {}", budget.bias);
            }
            budgets.push(budget);
        }
        figure = figure.panel(chart(window, &budgets));
        errors.push(budgets.iter().map(|b| b.bias.abs()).collect::<Vec<f64>>());
    }
    // The sine window converges; the uniform one is better at first, and gets no better.
    assert!(errors[0].windows(2).all(|pair| pair[1] < pair[0]), "{errors:?}");
    assert!(errors[0][0] > errors[1][0] && errors[0][4] < errors[1][4], "{errors:?}");
    assert!(errors[1][3] > errors[1][0], "{errors:?}");

    // The same question to classical solvers.
    let experiment = LinearSystems {
        sizes: vec![4],
        matrix: MatrixKind::Toeplitz(1.5, 2.5),
        rhs: Some(system.rhs().to_vec()),
        circuit_qubits: 0,
        seed: SEED,
        ..LinearSystems::default()
    };
    let report = Run::new().run(&experiment)?;
    for judged in &report.claims {
        println!("{} {}", judged.claim.statement, judged.text);
        assert!(matches!(judged.verdict, Verdict::Refuted { .. }), "{}", judged.text);
    }
    for scenario in &report.details.scenarios {
        let when = match scenario.crossover {
            Some(unknowns) => format!("ahead of {} from {unknowns:.2e} unknowns", scenario.rival),
            None => format!("never ahead of {}", scenario.rival),
        };
        let (loading, evolution, reading) =
            (&scenario.loading, &scenario.evolution, &scenario.reading);
        println!("loading {loading}, a use {evolution}, {reading}: {when}");
    }

    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/hhl_budget.{extension}"))?;
    }
    Ok(())
}

/// The relative error of ‖x‖² of a simulated circuit.
fn whole_circuit(hhl: &Hhl, system: &LinearSystem, exact: f64) -> ketlab::Result<f64> {
    let (matrix, rhs) = system.hermitian()?;
    let rhs: Vec<Complex64> = rhs.iter().map(|b| Complex64::from(*b)).collect();
    let circuit = hhl.circuit(&matrix.map(Complex64::from), &rhs)?;
    let probabilities = Simulator::new().probabilities(&circuit)?;
    let flagged: f64 = probabilities[probabilities.len() / 2..].iter().sum();
    Ok(flagged * (system.rhs_norm() / hhl.constant).powi(2) / exact - 1.0)
}

fn chart(window: ClockWindow, budgets: &[Budget]) -> Chart {
    let y = Axis::new("change of the answer").unit("%").range(-40.0, 15.0);
    let mut chart = Chart::new(format!("{window:?} window"), Axis::new("clock qubits"), y)
        .horizontal("exact", 0.0);
    let points = |value: &dyn Fn(&Budget) -> f64| -> Vec<(f64, f64)> {
        budgets.iter().map(|b| (b.clock as f64, 100.0 * value(b))).collect()
    };
    for (k, item) in budgets[0].items.iter().enumerate() {
        // The rotation is not clipped here, and the evolution exact.
        if budgets.iter().any(|b| b.items[k].change.abs() > 1e-9) {
            chart = chart.series(Series::bars(&item.name, points(&|b| b.items[k].change)));
        }
    }
    chart.series(Series::new("sum without shots", Style::LinePoints, points(&|b| b.bias)))
}
