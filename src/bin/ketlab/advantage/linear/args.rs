//! Flags, and what they come to.

use super::super::common::Common;
use crate::options::count;
use anyhow::{Context, Result, bail};
use ketlab::advantage::linear_systems::{LinearSystems, MatrixKind, Question};
use ketlab::circuit::library::ClockWindow;
use ketlab::learning::data::read_table;
use std::path::Path;

/// The most rows of a file: the report carries the matrix.
const MAX_FILE_ROWS: usize = 256;

#[derive(Clone, Copy, clap::ValueEnum)]
enum Asked {
    /// ‖x‖²
    Norm,
    /// The sum of squares of the first half of x
    Half,
    /// The squared mean of x
    Mean,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Window {
    /// All times alike: answers need not converge with more clock qubits
    Uniform,
    /// sin(π(τ + 1/2)/T)
    Sine,
}

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab advantage linear
  ketlab advantage linear --size 4,16 --matrix condition:50 --plot linear.svg
  ketlab advantage linear --size 4 --matrix toeplitz:1.5,2.5 --rhs=1,-2.1,3.2,-4.3 --grid 6 --clock 12
  ketlab advantage linear --matrix FILE.csv --rhs FILE.csv --question mean
  ketlab advantage linear --size 4 --clock 7 --trotter 2:4 --error 0.3

The matrix is tridiagonal, `condition:KAPPA` (positive, with this condition number) or
`toeplitz:DIAGONAL,BESIDE`, or a file of rows of numbers (.csv, .npy). One that is not symmetric is
doubled to [[0, A], [Aᵀ, 0]]; rows are filled up to a power of two.")]
pub struct Args {
    /// Numbers of unknowns; of a file the number of its rows [default: 4,16,64,256,1024]
    #[arg(
        long, value_name = "N,…", value_delimiter = ',', value_parser = count::<u64>(1..=2048)
    )]
    size: Vec<u64>,
    /// The matrix: condition:KAPPA, toeplitz:DIAGONAL,BESIDE or a file
    #[arg(long, value_name = "MATRIX", default_value = "condition:10")]
    matrix: String,
    /// b: numbers or a file of them, for one size; else normal random numbers
    #[arg(long, value_name = "NUMBERS|FILE", allow_hyphen_values = true)]
    rhs: Option<String>,
    /// The number that is asked for
    #[arg(long, value_enum, default_value = "norm")]
    question: Asked,
    /// Its relative error, the same for all
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, allow_negative_numbers = true)]
    error: f64,
    /// Clock qubits [default: the fewest whose errors come to half of what is asked for]
    #[arg(long, value_name = "QUBITS", value_parser = count::<u64>(1..=20))]
    clock: Option<u64>,
    /// The state that the clock starts in
    #[arg(long, value_enum, default_value = "sine")]
    window: Window,
    /// Half of the clock's grid: eigenvalues from -GRID to GRID [default: 1.1 times the largest]
    #[arg(long, value_name = "GRID", allow_negative_numbers = true)]
    grid: Option<f64>,
    /// C of the rotation by C/λ [default: the smallest |λ|]; above it amplitudes are clipped
    #[arg(long, value_name = "C", allow_negative_numbers = true)]
    constant: Option<f64>,
    /// e^{iAt} by a product formula of order 1 or 2 with so many steps, instead of exactly
    #[arg(long, value_name = "ORDER:STEPS")]
    trotter: Option<String>,
    /// Runs of the circuit [default: as many as give a deviation of half the error]
    #[arg(long, value_name = "SHOTS", value_parser = count::<u64>(1..=u64::MAX))]
    shots: Option<u64>,
    /// Who plays against it [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = ["cg", "lu", "kaczmarz"])]
    rivals: Vec<String>,
    /// Simulate whole circuits of up to so many qubits beside the law
    #[arg(long, value_name = "QUBITS", default_value = "14", value_parser = count::<u64>(0..=24))]
    circuit_qubits: u64,
    #[command(flatten)]
    pub common: Common,
}

impl Args {
    /// The settings.
    pub fn experiment(&self) -> Result<LinearSystems> {
        let mut experiment = LinearSystems { matrix: self.matrix()?, ..LinearSystems::default() };
        match (&experiment.matrix, &self.size[..]) {
            (MatrixKind::Rows(rows), []) => experiment.sizes = vec![rows.len() as u64],
            (_, []) => {}
            (_, sizes) => {
                experiment.sizes = sizes.to_vec();
                experiment.sizes.sort_unstable();
                experiment.sizes.dedup();
            }
        }
        experiment.rhs = self.rhs.as_deref().map(numbers).transpose()?;
        if let (Some(rhs), [], false) =
            (&experiment.rhs, &self.size[..], matches!(experiment.matrix, MatrixKind::Rows(_)))
        {
            experiment.sizes = vec![rhs.len() as u64];
        }
        experiment.question = match self.question {
            Asked::Norm => Question::Norm,
            Asked::Half => Question::FirstHalf,
            Asked::Mean => Question::Mean,
        };
        experiment.window = match self.window {
            Window::Uniform => ClockWindow::Uniform,
            Window::Sine => ClockWindow::Sine,
        };
        experiment.error = self.error;
        experiment.clock = self.clock.map(|clock| clock as usize);
        (experiment.grid, experiment.constant) = (self.grid, self.constant);
        experiment.trotter = self.trotter.as_deref().map(trotter).transpose()?;
        experiment.shots = self.shots;
        if !self.rivals.is_empty() {
            let name = |rival: &String| match rival.as_str() {
                "cg" => "conjugate gradients",
                "lu" => "LU",
                _ => "Kaczmarz",
            };
            experiment.rivals = self.rivals.iter().map(|rival| name(rival).into()).collect();
        }
        experiment.circuit_qubits = self.circuit_qubits as usize;
        experiment.seed = self.common.seed.value();
        Ok(experiment)
    }

    fn matrix(&self) -> Result<MatrixKind> {
        let text = self.matrix.as_str();
        if let Some(condition) = text.strip_prefix("condition:") {
            let condition = condition
                .parse()
                .ok()
                .with_context(|| format!("--matrix {text}: write a number, as condition:10"))?;
            return Ok(MatrixKind::Condition(condition));
        }
        if let Some(numbers) = text.strip_prefix("toeplitz:") {
            let pair = numbers.split_once(',').and_then(|(diagonal, beside)| {
                Some((diagonal.trim().parse().ok()?, beside.trim().parse().ok()?))
            });
            let (diagonal, beside) = pair.with_context(|| {
                format!("--matrix {text}: write two numbers, as toeplitz:1.5,2.5")
            })?;
            return Ok(MatrixKind::Toeplitz(diagonal, beside));
        }
        let rows = table(Path::new(text)).with_context(|| {
            format!("--matrix {text}: write condition:KAPPA, toeplitz:DIAGONAL,BESIDE or a file")
        })?;
        if rows.len() > MAX_FILE_ROWS {
            bail!(
                "--matrix {text}: it has {} rows; a file has at most {MAX_FILE_ROWS}, as the report \
                 carries them",
                rows.len()
            );
        }
        Ok(MatrixKind::Rows(rows))
    }
}

/// The rows of a file.
fn table(path: &Path) -> Result<Vec<Vec<f64>>> {
    let table = read_table(path)?;
    // Of numbers alone, a first row with some of them is a row with a mistake, and no header.
    let is_number = |name: &&String| name.trim().parse::<f64>().is_ok();
    if table.has_header() && table.column_names().iter().any(|name| is_number(&name)) {
        let other = table.column_names().iter().position(|name| !is_number(&name));
        let column = other.unwrap_or(0);
        bail!(
            "{}: row 1, column {} is `{}`; write a number, or a header with no number at all",
            path.display(),
            column + 1,
            table.column_names()[column]
        );
    }
    let rows = table.features(table.column_names())?;
    Ok(rows.rows().into_iter().map(|row| row.to_vec()).collect())
}

/// Numbers as they stand, or those of a file in one row or column.
fn numbers(text: &str) -> Result<Vec<f64>> {
    let given: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    if let Ok(numbers) = given {
        return Ok(numbers);
    }
    let rows = table(Path::new(text))
        .with_context(|| format!("--rhs {text}: write numbers, as 1,-2,0.5, or a file of them"))?;
    match &rows[..] {
        [row] => Ok(row.clone()),
        _ if rows.iter().all(|row| row.len() == 1) => Ok(rows.concat()),
        _ => bail!("--rhs {text}: it must be one row or one column of numbers"),
    }
}

/// The order and the steps.
fn trotter(text: &str) -> Result<(u8, usize)> {
    let pair = text
        .split_once(':')
        .and_then(|(order, steps)| Some((order.parse().ok()?, steps.parse().ok()?)));
    pair.with_context(|| format!("--trotter {text}: write order and steps, as 2:4"))
}
