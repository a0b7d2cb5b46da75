//! One circuit with many rows of parameters.

use super::counts::Counts;
use super::misread::observed;
use super::options::{SMALL_BELOW, at_precision};
use super::program::Program;
use super::rows::for_each_row;
use super::simulator::{Simulator, check_shots};
use super::state_vector::Observable;
use super::state_vector::Worker;
use crate::engine::{Real, Target, bytes_needed};
use crate::error::{Error, Result};
use crate::math::{Meter, available_memory, check_memory, list_of, too_large};
use crate::pauli::PauliSum;
use ndarray::{Array2, ArrayView2, Axis};
use num_complex::Complex;
use std::sync::Arc;

/// Rows that come to fewer amplitudes times passes than this are not worth waking threads.
const WORTH_THREADS: u128 = 1 << 15;

/// One circuit to be run with many rows of parameters: a landscape, a population, a data set.
/// [`Simulator::batch`] makes it.
///
/// Rows are a matrix of rows × parameters in radians, the columns in the order of
/// [`Program::params`]: an [`Array2`], a view of one, or nested arrays of numbers.
/// [`Program::parameter_rows`] makes it from a data set and weights. The circuit is planned once.
/// Where states are small, or there are at least as many rows as threads and memory for a state
/// each, rows run in parallel, every thread with one state and one set of coefficients for all of
/// its rows; else one after another, each on all threads.
///
/// A row's answer is to the bit the answer that [`Simulator`] or [`Evaluator`](super::Evaluator)
/// gives for it alone, at any number of threads. When the simulator's [`watch`](Simulator::watch)
/// is cancelled, the rows that are finished stay: see [`BatchResult`].
///
/// ```
/// use ketlab::{Circuit, Simulator, simulate::Program};
/// use ndarray::array;
/// let mut c = Circuit::new(2);
/// let theta = c.param_vector("theta", 2);
/// c.ry(theta[0], 0).ry(theta[1], 1).cx(0, 1);
/// let batch = Simulator::new().seed(7).batch(&Program::new(&c)?);
///
/// let rows = array![[0.0, 0.0], [0.3, 0.5], [0.6, 1.0f64]];
/// let observables = ["Z0".parse()?, "Z1".parse()?];
/// let means = batch.expectations(&rows, &observables)?.values;
/// for (row, mean) in rows.rows().into_iter().zip(means.rows()) {
///     assert!((mean[0] - row[0].cos()).abs() < 1e-12);
///     assert!((mean[1] - row[0].cos() * row[1].cos()).abs() < 1e-12);
/// }
/// assert_eq!(batch.counts(&rows, 100)?.values[0].get("00"), 100);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batch {
    simulator: Simulator,
    program: Arc<Program>,
}

/// What a batch answers.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchResult<A> {
    /// One row of values, or one value, for each row of parameters. Rows that are not finished
    /// are NaN, their counts empty.
    pub values: A,
    /// Which rows are finished: all, unless the run was cancelled.
    pub finished: Vec<bool>,
}

impl<A> BatchResult<A> {
    /// Whether the run was cancelled before all rows were finished.
    pub fn is_interrupted(&self) -> bool {
        self.finished.contains(&false)
    }

    /// The values of all rows.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if a row is not finished.
    pub fn complete(self) -> Result<A> {
        if self.is_interrupted() { Err(Error::Interrupted) } else { Ok(self.values) }
    }
}

impl Simulator {
    /// A [`Batch`] of this circuit, with this simulator's seed, precision, initial state, threads,
    /// limits and [`watch`](Self::watch).
    pub fn batch(&self, program: &Arc<Program>) -> Batch {
        Batch { simulator: self.clone(), program: program.clone() }
    }
}

impl Batch {
    /// Means of observables before the final measurements: rows × observables.
    ///
    /// # Errors
    /// If there is not one column per parameter; if a value is NaN or infinite (the error names the
    /// parameter and the row); if an observable is on a qubit that does not exist; if the initial
    /// state has another size; if there are more branches or rounds of loops than the simulator
    /// allows; if there is too little memory; [`Error::Interrupted`] if no row is finished.
    pub fn expectations<'r>(
        &self,
        rows: impl Into<ArrayView2<'r, f64>>,
        observables: &[PauliSum],
    ) -> Result<BatchResult<Array2<f64>>> {
        let num_qubits = self.program.num_qubits();
        let new = |sum| Observable::new(&*observed(&self.program.flow, sum)?, num_qubits);
        let observables: Vec<Observable> = observables.iter().map(new).collect::<Result<_>>()?;
        self.means(rows.into(), &observables)
    }

    /// The means of prepared observables.
    pub(super) fn means(
        &self,
        rows: ArrayView2<'_, f64>,
        observables: &[Observable],
    ) -> Result<BatchResult<Array2<f64>>> {
        let rows = self.checked(rows)?;
        at_precision!(self.simulator.precision, self.expectations_at(rows, observables))
    }

    fn expectations_at<T: Real>(
        &self,
        rows: ArrayView2<f64>,
        observables: &[Observable],
    ) -> Result<BatchResult<Array2<f64>>> {
        self.table::<T, f64>(
            "expectations",
            rows,
            observables.len(),
            f64::NAN,
            |worker, row, out| worker.expectations(row, observables, out),
        )
    }

    /// Probabilities of the 2^n basis states before the final measurements: rows × 2^n.
    ///
    /// # Errors
    /// As [`expectations`](Self::expectations).
    pub fn probabilities<'r>(
        &self,
        rows: impl Into<ArrayView2<'r, f64>>,
    ) -> Result<BatchResult<Array2<f64>>> {
        let rows = self.checked(rows.into())?;
        at_precision!(self.simulator.precision, self.probabilities_at(rows))
    }

    fn probabilities_at<T: Real>(&self, rows: ArrayView2<f64>) -> Result<BatchResult<Array2<f64>>> {
        let columns = 1 << self.program.num_qubits();
        self.table::<T, f64>("probabilities", rows, columns, f64::NAN, Worker::probabilities)
    }

    /// The states before the final measurements, in a precision of the caller's: rows × 2^n
    /// amplitudes.
    ///
    /// # Errors
    /// As [`expectations`](Self::expectations); if the state is random, because a measurement or
    /// reset in the middle has two possible outcomes.
    pub fn states<'r, T: Real>(
        &self,
        rows: impl Into<ArrayView2<'r, f64>>,
    ) -> Result<BatchResult<Array2<Complex<T>>>> {
        let rows = self.checked(rows.into())?;
        let nan = T::from_f64(f64::NAN);
        let columns = 1 << self.program.num_qubits();
        self.table("states", rows, columns, Complex::new(nan, nan), Worker::<T>::state)
    }

    /// Counts of the classical bits over `shots` runs of each row. Each row has a stream of its own:
    /// row k is [`Simulator::counts`] with the seed [`seed_of_row`](Self::seed_of_row)`(k)`, by
    /// [`Method::StateVector`](super::Method) where there is noise.
    ///
    /// # Errors
    /// As [`expectations`](Self::expectations), without branches; if there are no shots.
    pub fn counts<'r>(
        &self,
        rows: impl Into<ArrayView2<'r, f64>>,
        shots: u64,
    ) -> Result<BatchResult<Vec<Counts>>> {
        check_shots(shots)?;
        let rows = self.checked(rows.into())?;
        at_precision!(self.simulator.precision, self.counts_at(rows, shots))
    }

    fn counts_at<T: Real>(
        &self,
        rows: ArrayView2<f64>,
        shots: u64,
    ) -> Result<BatchResult<Vec<Counts>>> {
        let what = format!("the list of counts of {} rows", rows.nrows());
        const HINT: &str = "run the batch in parts, or ask for fewer shots";
        let mut values = list_of(&what, rows.nrows(), HINT)?;
        values.resize(rows.nrows(), Counts::default());
        let meter = Meter::new(what, HINT);
        let work = |worker: &mut Worker<T>, k: usize, row: &[f64], out: &mut Counts| {
            let counts = worker.counts(row, shots, self.seed_of_row(k))?;
            if counts.shots() < shots {
                return Err(Error::Interrupted);
            }
            // They are there already: what is asked for is room for the next ones.
            meter.take(counts.heap_bytes())?;
            *out = counts;
            Ok(())
        };
        let workers = self.num_workers::<T>(rows.nrows());
        let finished = self.run(workers, rows, values.iter_mut(), work)?;
        Ok(BatchResult { values, finished })
    }

    /// The seed of a row's shots, to repeat the row alone.
    pub fn seed_of_row(&self, row: usize) -> u64 {
        self.simulator.seed_of_part(row)
    }

    /// The rows, if the circuit takes them.
    fn checked<'r>(&self, rows: ArrayView2<'r, f64>) -> Result<ArrayView2<'r, f64>> {
        self.simulator.amplitudes("a batch of rows")?;
        self.program.state_vector()?;
        let params = self.program.params();
        if rows.ncols() != params.len() {
            return Err(Error::Invalid {
                what: "the number of columns of the parameter rows".into(),
                value: rows.ncols().to_string(),
                expected: format!("the circuit has {} parameters", params.len()),
            });
        }
        match rows.indexed_iter().find(|(_, value)| !value.is_finite()) {
            Some(((row, k), &value)) => Err(Error::NotFinite {
                what: format!("parameter `{}` in row {row}", params[k]),
                value,
            }),
            None => Ok(rows),
        }
    }

    /// Fills a table with one row for each row of parameters.
    fn table<T: Real, E: Copy + Send + Sync>(
        &self,
        what: &str,
        rows: ArrayView2<f64>,
        columns: usize,
        blank: E,
        fill: impl Fn(&mut Worker<T>, &[f64], &mut [E]) -> Result<()> + Sync,
    ) -> Result<BatchResult<Array2<E>>> {
        let workers = self.num_workers::<T>(rows.nrows());
        let mut values = self.blank_table::<T, E>(what, workers, rows.nrows(), columns, blank)?;
        let outputs = values
            .axis_iter_mut(Axis(0))
            .map(|row| row.into_slice().expect("the table's rows are contiguous"));
        let work = |worker: &mut Worker<T>, _, row: &[f64], out: &mut [E]| {
            // An interrupted row is blank again.
            fill(worker, row, out).inspect_err(|_| out.fill(blank))
        };
        let finished = self.run(workers, rows, outputs, work)?;
        Ok(BatchResult { values, finished })
    }

    /// Memory for results, unless there is too little for them and the states.
    fn blank_table<T: Real, E: Copy>(
        &self,
        what: &str,
        workers: usize,
        rows: usize,
        columns: usize,
        blank: E,
    ) -> Result<Array2<E>> {
        let what = format!("{rows} rows of {what}");
        let row = (columns as u128).saturating_mul(size_of::<E>() as u128);
        let states = self.state_bytes::<T>().saturating_mul(workers as u128);
        let needed = row.saturating_mul(rows as u128).saturating_add(states);
        let hint = |available: u128| {
            let fits = available.saturating_sub(states) / row.max(1);
            format!("{fits} rows fit: run the batch in parts")
        };
        check_memory(&what, needed, |available| (None, hint(available)))?;
        let mut table = Vec::new();
        let len = rows.checked_mul(columns);
        if len.is_none_or(|len| table.try_reserve_exact(len).is_err()) {
            return Err(too_large(&what, needed, |available| (None, hint(available))));
        }
        table.resize(rows * columns, blank);
        Ok(Array2::from_shape_vec((rows, columns), table).expect("the table has this size"))
    }

    fn state_bytes<T: Real>(&self) -> u128 {
        bytes_needed(self.program.num_qubits(), 2 * size_of::<T>())
    }

    /// How many rows are worked on at once; 0 where there are none.
    fn num_workers<T: Real>(&self, rows: usize) -> usize {
        let threads = self.simulator.num_threads();
        let num_qubits = self.program.num_qubits();
        let target = Target::of::<T>(self.simulator.isa);
        let passes =
            self.program.plans(target).map_or(1, |plans| plans.num_passes().max(1)) as u128;
        let work = bytes_needed(num_qubits, 1).saturating_mul(passes * rows as u128);
        if work < WORTH_THREADS {
            rows.min(1)
        } else if num_qubits < SMALL_BELOW {
            threads.min(rows)
        } else {
            let states = self.state_bytes::<T>().saturating_mul(threads as u128);
            let fits = available_memory().is_none_or(|available| states <= available);
            if rows >= threads && fits { threads } else { rows.min(1) }
        }
    }

    /// Works on the rows, with this many workers.
    fn run<T: Real, R: Send>(
        &self,
        workers: usize,
        rows: ArrayView2<f64>,
        outputs: impl Iterator<Item = R> + Send,
        work: impl Fn(&mut Worker<T>, usize, &[f64], R) -> Result<()> + Sync + Send,
    ) -> Result<Vec<bool>> {
        let Batch { simulator, program } = self;
        let run = || {
            let start =
                Arc::new(simulator.initial.start::<T>(program.num_qubits(), simulator.isa)?);
            let new = |_| simulator.worker(program, start.clone());
            let mut workers: Vec<Worker<T>> = (0..workers).map(new).collect::<Result<_>>()?;
            for_each_row(&mut workers, rows, outputs, &simulator.watch, work)
        };
        if workers > 1 || program.num_qubits() >= SMALL_BELOW {
            simulator.install(run)
        } else {
            run()
        }
    }
}
