//! ketlab beside prism-q, on the same circuits in one process; README.md says what is measured.

mod machine;
mod measure;
mod noise;
mod report;
mod sampling;
mod sections;
mod source;
mod states;
mod variational;

use clap::Parser;
use ketlab::circuit::library::Family;
use measure::Settings;
use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;

/// Two states, or two values, that differ by more than this are an error of one of the two.
pub const TOLERANCE: f64 = 1e-9;

/// Times ketlab and prism-q in turn on the same circuits, and checks that they agree.
#[derive(Parser)]
struct Args {
    /// What to run, by name: families of circuits (random, qft, …) and tasks (hea-energy,
    /// gradient, qaoa-cost, sampling, rows, noise); all of them unless said otherwise.
    #[arg(long, value_delimiter = ',', value_parser = work, value_name = "NAMES")]
    families: Vec<Work>,
    /// Numbers of qubits; each family and task has its own unless said otherwise, and leaves out
    /// those that it does not have.
    #[arg(long, value_delimiter = ',', value_name = "QUBITS")]
    sizes: Vec<usize>,
    /// Leaves larger circuits out.
    #[arg(long, default_value_t = 26, value_name = "QUBITS")]
    max_qubits: usize,
    /// Threads of both.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// Samples of each, in turn; runs of more than 5 s have 3 at most.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    reps: u16,
    /// A look: up to 16 qubits, short samples, and no file unless --output names one.
    #[arg(long)]
    quick: bool,
    /// The file of the results; RESULTS.md of this package unless said otherwise. `run` starts in
    /// the folder of this package.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A table's row, or several, but for its number of qubits.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Work {
    /// The state of a circuit of that family.
    State(Family),
    /// The energy of a re-bound ansatz.
    HeaEnergy,
    /// That energy and its derivatives by all parameters.
    Gradient,
    /// The expected cut of a QAOA circuit.
    QaoaCost,
    /// A million shots.
    Sampling,
    /// The energies of 1,000 rows of parameters in one call.
    Rows,
    /// Shots and probabilities of circuits with noise.
    Noise,
}

impl Work {
    fn all() -> impl Iterator<Item = Work> {
        let tasks = [
            Work::HeaEnergy,
            Work::Gradient,
            Work::QaoaCost,
            Work::Sampling,
            Work::Rows,
            Work::Noise,
        ];
        Family::ALL.into_iter().map(Work::State).chain(tasks)
    }

    fn name(self) -> &'static str {
        match self {
            Work::State(family) => family.name(),
            Work::HeaEnergy => "hea-energy",
            Work::Gradient => "gradient",
            Work::QaoaCost => "qaoa-cost",
            Work::Sampling => "sampling",
            Work::Rows => "rows",
            Work::Noise => "noise",
        }
    }

    fn sizes(self, quick: bool) -> &'static [usize] {
        match (self, quick) {
            (Work::State(_), false) => &[4, 8, 10, 12, 16, 20, 24, 26],
            (Work::State(_), true) => &[4, 8, 12, 16],
            (Work::HeaEnergy, _) => &[4, 8, 10, 12],
            (Work::Gradient, false) => &[4, 8, 10, 12, 16, 20],
            (Work::Gradient, true) => &[4, 8, 12, 16],
            (Work::Rows, _) | (Work::Noise, true) => &[10],
            (Work::Noise, false) => &[10, 12, 14],
            (Work::QaoaCost | Work::Sampling, false) => &[20],
            (Work::QaoaCost | Work::Sampling, true) => &[16],
        }
    }

    fn accepts(self, n: usize) -> bool {
        match self {
            Work::State(family) => family.accepts(n),
            Work::QaoaCost => Family::Qaoa.accepts(n),
            Work::Gradient | Work::Sampling => n >= 2,
            // Hundreds of calls, or a thousand rows, a sample.
            Work::HeaEnergy | Work::Rows => (2..=14).contains(&n),
            Work::Noise => noise::rows(n).next().is_some(),
        }
    }
}

fn work(name: &str) -> Result<Work, String> {
    Work::all().find(|work| work.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Work::all().map(Work::name).collect();
        format!("there are {}", names.join(", "))
    })
}

fn main() -> ExitCode {
    let args = Args::parse();
    let threads = usize::from(args.threads);
    // Both use rayon's global pool. prism-q would size it at its first call, and takes one that is
    // there.
    if let Err(error) = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global() {
        eprintln!("error: {threads} threads: {error}");
        return ExitCode::FAILURE;
    }
    let settings = Settings {
        reps: usize::from(args.reps),
        sample_seconds: if args.quick { 0.005 } else { 0.05 },
    };
    let max_qubits = if args.quick { args.max_qubits.min(16) } else { args.max_qubits };
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    let file = args.output.or_else(|| (!args.quick).then(default));
    let mut report = Report::new(file, machine::describe(threads));
    let works: Vec<Work> =
        if args.families.is_empty() { Work::all().collect() } else { args.families };
    for work in works {
        let sizes = match args.sizes.as_slice() {
            [] => work.sizes(args.quick),
            given => given,
        };
        for &n in sizes.iter().filter(|&&n| n <= max_qubits && work.accepts(n)) {
            measure::progress(&format!("{} on {n} qubits", work.name()));
            let written = match work {
                Work::State(family) => report.state(states::compare(family, n, &settings)),
                Work::HeaEnergy => report.task(variational::hea_energy(n, &settings)),
                Work::Gradient => report.task(variational::gradient(n, &settings)),
                Work::QaoaCost => report.task(variational::qaoa_cost(n, &settings)),
                Work::Sampling => report.task(sampling::compare(n, &settings)),
                Work::Rows => report.task(variational::rows(n, &settings)),
                Work::Noise => {
                    noise::rows(n).try_for_each(|row| report.task(row.compare(&settings)))
                }
            };
            if let Err(error) = written {
                eprintln!("error: the results cannot be written: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    match report.finish() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(wrong) => {
            eprintln!("error: {wrong} rows do not agree; see the column");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: the results cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}
