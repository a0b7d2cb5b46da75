//! The claims and who plays.

use super::budget::Budget;
use super::law::HhlLaw;
use super::question::Question;
use super::rivals::{ALL, Accuracy, Rival, rival_names};
use super::scenario::Scenario;
use super::spectrum::Spectrum;
use super::study::{Asked, Study, window_name};
use super::system::{LinearSystem, MAX_ROWS, MatrixKind, invalid};
use crate::advantage::{Arena, Bar, Better, Claim, Contender, Cost, Experiment, Kind, Score};
use crate::circuit::library::{ClockWindow, Evolution, Hhl, MAX_CLOCK_QUBITS, TrotterOrder};
use crate::error::{Error, Result, shown};
use crate::math::{Domain, Streams, Watch};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};
use std::time::Instant;

const HHL: &str = "HHL";
const OPERATIONS: &str = "operations";
const USES: &str = "products with A";

/// HHL against classical solvers on systems of more and more unknowns, all asked for x†Mx with the same
/// relative error.
///
/// ```
/// use ketlab::advantage::{Run, Verdict, linear_systems::LinearSystems};
/// let mut experiment = LinearSystems::default();
/// experiment.sizes = vec![4];
/// let report = Run::new().run(&experiment)?;
/// assert!(matches!(report.claims[0].verdict, Verdict::Refuted { at: 4, .. }));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearSystems {
    /// Numbers of unknowns.
    pub sizes: Vec<u64>,
    /// The matrix at each size.
    pub matrix: MatrixKind,
    /// b; without it, of normal random numbers.
    pub rhs: Option<Vec<f64>>,
    /// M.
    pub question: Question,
    /// The relative error of x†Mx that is asked for.
    pub error: f64,
    /// Clock qubits; without it as few as do, see [`Study`].
    pub clock: Option<usize>,
    /// The clock's window.
    pub window: ClockWindow,
    /// Half of the grid of eigenvalues; without it 1.1 times the largest magnitude.
    pub grid: Option<f64>,
    /// C; without it the smallest magnitude of an eigenvalue.
    pub constant: Option<f64>,
    /// The order of a product formula, 1 or 2, and its steps for each e^{iAt}; without it the evolution
    /// is exact.
    pub trotter: Option<(u8, usize)>,
    /// Runs of the circuit; without it as many as give a standard deviation of half the error.
    pub shots: Option<u64>,
    /// Who plays against it, by their names.
    pub rivals: Vec<String>,
    /// Circuits of up to so many qubits are simulated beside the law.
    pub circuit_qubits: usize,
    /// The seed of b, of shots and of Kaczmarz's rows.
    pub seed: u64,
}

impl Default for LinearSystems {
    /// Tridiagonal matrices of condition number 10 of 4 to 1,024 unknowns, ‖x‖² to 5 %.
    fn default() -> Self {
        LinearSystems {
            sizes: vec![4, 16, 64, 256, 1024],
            matrix: MatrixKind::Condition(10.0),
            rhs: None,
            question: Question::default(),
            error: 0.05,
            clock: None,
            window: ClockWindow::default(),
            grid: None,
            constant: None,
            trotter: None,
            shots: None,
            rivals: rival_names().into_iter().map(String::from).collect(),
            circuit_qubits: 14,
            seed: 0,
        }
    }
}

/// What there is beside claims and contenders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearDetails {
    /// HHL at each size.
    pub systems: Vec<Study>,
    /// Where its error comes from: at the smallest size with fewer and more clock qubits, too.
    pub budgets: Vec<Budget>,
    /// What it would cost under other assumptions, at the largest size; none for a matrix that is given,
    /// as it has one size.
    pub scenarios: Vec<Scenario>,
}

/// All of one size; of a checkpoint one piece.
#[derive(Serialize, Deserialize)]
struct Played {
    contenders: Vec<Contender>,
    study: Option<Study>,
    budgets: Vec<Budget>,
}

impl LinearSystems {
    /// The system of a size.
    ///
    /// # Errors
    /// If A or b is none, see [`LinearSystem`]; b has another length.
    pub fn system(&self, size: u64) -> Result<LinearSystem> {
        if !(1..=MAX_ROWS as u64).contains(&size) {
            let expected = format!("it must be from 1 to {MAX_ROWS}");
            return Err(invalid("the number of unknowns", size, expected));
        }
        if let MatrixKind::Rows(rows) = &self.matrix
            && rows.len() as u64 != size
        {
            let expected =
                format!("A has {} rows; a matrix that is given has one size", rows.len());
            return Err(invalid("the number of unknowns", size, expected));
        }
        let rhs = match &self.rhs {
            Some(rhs) if rhs.len() as u64 != size => {
                let expected = format!("there are {size} unknowns; give b for one size alone");
                return Err(invalid("the length of b", rhs.len(), expected));
            }
            Some(rhs) => rhs.clone(),
            None => {
                let mut rng = Streams::new(self.seed, Domain::LinearSystems).stream(size);
                (0..size).map(|_| StandardNormal.sample(&mut rng)).collect()
            }
        };
        LinearSystem::of(&self.matrix, rhs)
    }

    fn evolution(&self) -> Result<Evolution> {
        let order = match self.trotter {
            None => return Ok(Evolution::Exact),
            Some((1, _)) => TrotterOrder::First,
            Some((2, _)) => TrotterOrder::Second,
            Some((order, _)) => {
                return Err(invalid("the order of a product formula", order, "it must be 1 or 2"));
            }
        };
        Ok(Evolution::Trotter { order, steps: self.trotter.map_or(1, |(_, steps)| steps) })
    }

    fn players(&self) -> Result<Vec<&'static dyn Rival>> {
        let find = |name: &String| {
            ALL.into_iter()
                .find(|rival| rival.name() == name)
                .ok_or_else(|| Error::unknown_name("rival", name, "rivals", &rival_names()))
        };
        self.rivals.iter().map(find).collect()
    }

    fn asked(&self) -> Result<Asked> {
        Ok(Asked {
            question: self.question,
            error: self.error,
            clock: self.clock,
            window: self.window,
            grid: self.grid,
            constant: self.constant,
            evolution: self.evolution()?,
            circuit_qubits: self.circuit_qubits,
        })
    }

    fn run(&self, size: u64, watch: &Watch) -> Result<Played> {
        let system = self.system(size)?;
        let spectrum = system.spectrum()?;
        let (least, most) = spectrum.magnitudes();
        let accuracy = Accuracy { error: self.error, condition: most / least, least };
        let inverse: Vec<f64> = spectrum.eigenvalues.iter().map(|l| 1.0 / l).collect();
        let x: Vec<f64> = spectrum.combined(&inverse)[system.offset()..][..system.size()]
            .iter()
            .map(|x| x.re * system.rhs_norm())
            .collect();
        let exact = self.question.value(&x);
        let mut played = self.hhl(&system, &spectrum, watch)?;
        for rival in self.players()? {
            let (contenders, operations) = self.rival(rival, &system, &accuracy, exact, watch)?;
            played.contenders.extend(contenders);
            if let (Some(study), Some(operations)) = (&mut played.study, operations)
                && study.classical_operations.is_none_or(|fewest| operations < fewest)
            {
                study.best_rival = Some(rival.name().into());
                study.classical_operations = Some(operations);
            }
        }
        Ok(played)
    }

    /// HHL by its law, with its budget.
    fn hhl(&self, system: &LinearSystem, spectrum: &Spectrum, watch: &Watch) -> Result<Played> {
        let asked = self.asked()?;
        let size = system.size() as u64;
        let beyond = |limit: String| {
            [OPERATIONS, USES]
                .map(|quantity| Contender::beyond_reach(HHL, Kind::Quantum, size, quantity, &limit))
                .to_vec()
        };
        let Some(hhl) = Study::settings(&asked, system, spectrum, watch)? else {
            let limit = format!(
                "{MAX_CLOCK_QUBITS} clock qubits with the {} window leave more than half of the error",
                window_name(self.window)
            );
            return Ok(Played { contenders: beyond(limit), study: None, budgets: Vec::new() });
        };
        let shots = match self.shots {
            Some(shots) => shots,
            None => {
                let law = HhlLaw::of_spectrum(&hhl, system, spectrum, watch)?;
                let p = self.question.probability(&law, system);
                let unit =
                    (system.rhs_norm() / hhl.constant).powi(2) * self.question.scale(system.size());
                let exact =
                    Budget::of_spectrum(&hhl, system, spectrum, self.question, (1, 0), watch)?
                        .exact;
                // √(p(1-p)/S) of what is measured is ε/2 of the exact answer.
                let deviation = self.error / 2.0 * exact / unit;
                (p * (1.0 - p) / deviation.powi(2)).ceil().max(1.0) as u64
            }
        };
        let budget = |hhl: &Hhl| {
            let draw = (shots, self.seed);
            Budget::of_spectrum(hhl, system, spectrum, self.question, draw, watch)
        };
        let own = budget(&hhl)?;
        let study = Study::new(&asked, system, spectrum, &hhl, shots, (&own, watch))?;
        let mut budgets = Vec::new();
        let is_smallest = self.sizes.iter().min() == Some(&size);
        let clocks = match is_smallest {
            true => {
                let fewest = hhl.clock.saturating_sub(3).max(2).min(hhl.clock);
                fewest..=(hhl.clock + 1).min(MAX_CLOCK_QUBITS)
            }
            false => hhl.clock..=hhl.clock,
        };
        for clock in clocks {
            let hhl = Hhl { clock, ..hhl };
            let mut made = if clock == study.clock { own.clone() } else { budget(&hhl)? };
            let run = match clock == study.clock {
                true => study.circuit.clone(),
                false => asked.circuit(
                    system,
                    &hhl,
                    &HhlLaw::of_spectrum(&hhl, system, spectrum, watch)?,
                )?,
            };
            let unit =
                (system.rhs_norm() / hhl.constant).powi(2) * self.question.scale(system.size());
            made.circuit = run.map(|run| run.probability * unit / made.exact - 1.0);
            budgets.push(made);
        }
        let total = own.bias.hypot(own.shots_deviation);
        let contenders = if total > self.error {
            beyond(format!(
                "its error is {} ({} by {} clock qubits, {} by {shots} shots), more than {}",
                short(total),
                short(own.bias),
                hhl.clock,
                short(own.shots_deviation),
                self.error
            ))
        } else {
            let cost = Cost {
                samples: Some(shots),
                queries: whole(study.cost.uses),
                seconds: None,
                ..Cost::default()
            };
            let of = |quantity: &str, value: f64| -> Result<Contender> {
                Ok(Contender::new(HHL, Kind::Quantum, size, quantity, Score::exact(value)?, cost)
                    .assuming("qubits have no errors, and a gate costs as much as a multiplication")
                    .assuming("a use of e^{iAt} costs one step of a product formula, or what --trotter says")
                    .assuming(reads(system, &hhl))
                    .assuming("C and t are known, that is the smallest and the largest eigenvalue"))
            };
            vec![of(OPERATIONS, study.cost.operations)?, of(USES, study.cost.uses)?]
        };
        Ok(Played { contenders, study: Some(study), budgets })
    }

    /// A rival's contenders, and its operations if it got there.
    fn rival(
        &self,
        rival: &dyn Rival,
        system: &LinearSystem,
        accuracy: &Accuracy,
        exact: f64,
        watch: &Watch,
    ) -> Result<(Vec<Contender>, Option<u64>)> {
        let size = system.size() as u64;
        let beyond = |limit: String| {
            let of = |quantity| {
                Contender::beyond_reach(rival.name(), Kind::Classical, size, quantity, &limit)
            };
            ([OPERATIONS, USES].map(of).to_vec(), None)
        };
        let start = Instant::now();
        let solution = match rival.solve(system, accuracy, self.seed, watch) {
            Ok(solution) => solution,
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => return Ok(beyond(error.to_string())),
        };
        let cost = Cost {
            seconds: Some(start.elapsed().as_secs_f64()),
            threads: Some(1),
            queries: whole(solution.uses.ceil()),
            ..Cost::default()
        };
        let error = (self.question.value(&solution.x) / exact - 1.0).abs();
        if error.is_nan() || error > self.error {
            return Ok(beyond(format!("its error is {}, more than {}", short(error), self.error)));
        }
        let of = |quantity: &str, value: f64| -> Result<Contender> {
            let score = Score::exact(value)?;
            Ok(Contender::new(rival.name(), Kind::Classical, size, quantity, score, cost)
                .assuming(&solution.assumes))
        };
        let contenders =
            vec![of(OPERATIONS, solution.operations as f64)?, of(USES, solution.uses)?];
        Ok((contenders, Some(solution.operations)))
    }
}

/// A count as a whole number, if it is one of 64 bits.
fn whole(count: f64) -> Option<u64> {
    (count < u64::MAX as f64).then_some(count as u64)
}

/// What a use of e^{iAt} takes at least in reads of A's entries: of the order of d‖A‖_max t (Berry, Childs
/// and Kothari, arXiv:1501.01715), d being the most entries of a row.
fn reads(system: &LinearSystem, hhl: &Hhl) -> String {
    let entries = system.rows().iter().map(Vec::len).max().unwrap_or(0);
    let largest = system.rows().iter().flatten().fold(0.0f64, |most, (_, v)| most.max(v.abs()));
    format!(
        "e^{{iAt}} counts as one product with A; to simulate it takes of the order of d‖A‖_max t = {} \
         reads of entries or more, of up to {entries} in a row",
        shown((entries as f64 * largest * hhl.time).ceil())
    )
}

/// A share with two digits.
fn short(x: f64) -> String {
    crate::error::shown((x * 1e4).round() / 1e4)
}

impl Experiment for LinearSystems {
    const NAME: &'static str = "linear";
    type Details = LinearDetails;

    fn check(&self) -> Result<()> {
        if self.sizes.is_empty() {
            return Err(invalid("the numbers of unknowns", "none", "give at least one"));
        }
        if !(self.error > 0.0 && self.error < 1.0) {
            let expected = "it must be above 0 and below 1";
            return Err(invalid(
                "the relative error that is asked for",
                shown(self.error),
                expected,
            ));
        }
        if self.rivals.is_empty() {
            return Err(invalid(
                "the rivals",
                "none",
                "a claim is judged by its rivals; take some",
            ));
        }
        if self.shots == Some(0) {
            return Err(invalid("the number of shots", 0, "it must be at least 1"));
        }
        self.players()?;
        self.evolution()?;
        for &size in &self.sizes {
            let system = self.system(size)?;
            let spectrum = system.spectrum()?;
            let (least, most) = spectrum.magnitudes();
            let hhl = Hhl {
                evolution: self.evolution()?,
                ..Hhl::new(
                    self.clock.unwrap_or(2),
                    self.grid.unwrap_or(1.1 * most),
                    self.constant.unwrap_or(least),
                )
            };
            super::law::check(&hhl, &spectrum)?;
            if hhl.constant > most {
                let expected = format!(
                    "the largest eigenvalue is {}: all amplitudes would be clipped; take at most {}",
                    shown(most),
                    shown(least)
                );
                return Err(invalid("C of HHL", shown(hhl.constant), expected));
            }
        }
        Ok(())
    }

    fn claims(&self) -> Vec<Claim> {
        // It is said to win where there are many unknowns; smaller sizes show where it goes.
        let largest = self.sizes.iter().copied().max().unwrap_or(0);
        let claim = |statement: String, quantity: &str| Claim {
            statement,
            quantity: quantity.into(),
            better: Better::Lower,
            bar: Bar::Contender(HHL.into()),
            size: "unknowns".into(),
            sizes: vec![largest],
            rivals: self.rivals.clone(),
        };
        let answer = format!("{} of A x = b to {}", self.question, self.error);
        vec![
            claim(
                format!(
                    "At {largest} unknowns, the most that are played, HHL finds {answer} with fewer \
                     operations than classical solvers."
                ),
                OPERATIONS,
            ),
            claim(
                format!(
                    "At {largest} unknowns, the most that are played, HHL finds {answer} with fewer uses \
                     of e^{{iAt}} than classical solvers have products with A (a row is 1/N of one)."
                ),
                USES,
            ),
        ]
    }

    fn play(&self, arena: &mut Arena) -> Result<LinearDetails> {
        let mut details =
            LinearDetails { systems: Vec::new(), budgets: Vec::new(), scenarios: Vec::new() };
        for &size in &self.sizes {
            let played = arena.piece(&format!("{size} unknowns"), |watch| self.run(size, watch))?;
            if let Some(Played { contenders, study, budgets }) = played {
                contenders.into_iter().for_each(|contender| arena.enter(contender));
                details.systems.extend(study);
                details.budgets.extend(budgets);
            }
        }
        let largest = details.systems.iter().max_by_key(|study| study.size);
        if let Some(study) = largest.filter(|s| s.probability > 0.0)
            && let (Some(rival), Some(operations)) = (&study.best_rival, study.classical_operations)
            && !matches!(self.matrix, MatrixKind::Rows(_))
        {
            details.scenarios = Scenario::all(study, rival, operations as f64, self.error);
        }
        Ok(details)
    }

    fn evidence_ends_at(&self, details: &LinearDetails) -> String {
        let Some(study) = details.systems.iter().max_by_key(|study| study.size) else {
            return "no size: HHL has answered at none".into();
        };
        let circuit = details.systems.iter().filter(|study| study.circuit.is_some());
        let circuit = match circuit.map(|study| study.size).max() {
            Some(size) => format!("whole circuits to {size}"),
            None => "no whole circuit".into(),
        };
        format!(
            "{} unknowns and condition number {} by the exact law, {circuit}; operations are counted, \
             not timed, and what is beyond is extrapolated",
            study.size,
            short(study.condition)
        )
    }
}

#[cfg(test)]
mod tests;
