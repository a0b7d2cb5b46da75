//! What `ketlab vqe` says: one JSON document, text for people, and a chart.

use super::Args;
use super::ansatz::Chosen;
use super::problem::Problem;
use super::states::{Found, Reached};
use crate::noise_options::NoisyMeans;
use crate::start::{StationaryStart, Tried};
use crate::text::{error, plural};
use crate::train::{Measured, Shots, summary, was_interrupted};
use anyhow::Result;
use ketlab::chemistry::{CHEMICAL_ACCURACY, Molecule};
use ketlab::optimize::Outcome;
use ketlab::report::{Axis, Chart, Series};
use ketlab::variational::{Level, VqeResult, eigenstate_variance};
use num_complex::Complex64;
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
pub struct Document {
    molecule: String,
    read_as: Option<&'static str>,
    num_terms: usize,
    num_qubits: usize,
    num_electrons: usize,
    unit: Option<String>,
    ansatz: String,
    num_params: usize,
    optimizer: String,
    #[serde(flatten)]
    noisy: Option<NoisyMeans>,
    hartree_fock: f64,
    fci: Option<f64>,
    states: Vec<State>,
    /// Energies of those states that are eigenstates.
    spectrum: Vec<f64>,
    sector: SectorShown,
    /// How the states above the ground state were found.
    excited: Option<String>,
    /// Why there are fewer states than asked for.
    fewer: Option<String>,
    /// Where the states are levels in a subspace: the minimizations that it came from.
    minimizations: Vec<Minimization>,
    /// All starts, where there were several.
    starts: Vec<Tried>,
    circuits: u64,
    shots: Option<Shots>,
    hardware: Hardware,
    pub interrupted: bool,
}

#[derive(Serialize)]
struct State {
    energy: f64,
    variance: f64,
    is_eigenstate: bool,
    /// The level of this number.
    exact: Option<f64>,
    estimate: Option<Measured>,
    error_to_fci: Option<f64>,
    within_chemical_accuracy: Option<bool>,
    mean_electrons: Option<f64>,
    overlaps: Vec<f64>,
    /// `None` for a level in a subspace.
    params: Option<Vec<f64>>,
    outcome: Option<Outcome>,
    stationary_start: Option<StationaryStart>,
}

#[derive(Serialize)]
struct Minimization {
    energy: f64,
    variance: f64,
    overlaps: Vec<f64>,
    params: Vec<f64>,
    outcome: Outcome,
    stationary_start: Option<StationaryStart>,
}

/// What the ansatz can reach.
#[derive(Serialize)]
struct SectorShown {
    name: String,
    dimension: u64,
    exact: Option<Vec<f64>>,
}

/// What one gradient would take on hardware.
#[derive(Serialize)]
struct Hardware {
    shifted_circuits_per_gradient: u64,
    measured_groups: usize,
}

impl Document {
    pub fn new(
        args: &Args,
        problem: &Problem,
        ansatz: &Chosen,
        found: Found,
        reached: Reached,
        noisy: Option<NoisyMeans>,
    ) -> Result<Self> {
        let molecule = &problem.molecule;
        let hamiltonian = molecule.hamiltonian();
        let rules = ketlab::gradient::ShiftRules::new(&ansatz.circuit)?;
        let Found { minimizations, tried, levels, fewer, method } = found;
        let cost = minimizations.last().map(|last| last.cost).unwrap_or_default();
        let account = |per_estimate| Shots { per_estimate, total: cost.shots };
        let interrupted = minimizations.iter().any(|f| was_interrupted(&f.outcome));
        let facts = Facts::of(molecule, &reached);
        let (states, minimizations) = if levels.is_empty() {
            let states = minimizations.into_iter().enumerate();
            (states.map(|(k, result)| facts.minimized(k, result)).collect(), Vec::new())
        } else {
            let states = (0..levels.len()).map(|k| facts.level(k, &levels)).collect();
            (states, minimizations.into_iter().map(Minimization::from).collect())
        };
        let states: Vec<State> = states;
        let eigenstates = states.iter().filter(|state| state.is_eigenstate);
        let spectrum = eigenstates.map(|state| state.energy).collect();
        let Reached { sector, name, exact } = reached;
        let excited = method.map(|method| format!("{method:?}").to_lowercase());
        Ok(Document {
            molecule: molecule.name().into(),
            read_as: problem.read_as,
            num_terms: molecule.hamiltonian().len(),
            num_qubits: molecule.num_qubits(),
            num_electrons: molecule.num_electrons(),
            unit: facts.unit.clone(),
            ansatz: ansatz.name.clone(),
            num_params: ansatz.circuit.inputs().count(),
            optimizer: args.train.method().to_string(),
            noisy,
            hartree_fock: molecule.hartree_fock_energy(),
            fci: molecule.fci(),
            states,
            spectrum,
            sector: SectorShown { name, dimension: sector.dimension(), exact },
            excited,
            fewer,
            minimizations,
            starts: tried,
            circuits: cost.circuits,
            shots: args.train.shots().map(account),
            hardware: Hardware {
                shifted_circuits_per_gradient: rules.num_circuits(),
                measured_groups: hamiltonian.qubit_wise_commuting_groups().len(),
            },
            interrupted,
        })
    }

    /// Why checkpoints could not be written.
    pub fn checkpoint_errors(&self) -> impl Iterator<Item = &Option<String>> {
        self.states.iter().filter_map(|state| Some(&state.outcome.as_ref()?.checkpoint_error))
    }

    pub fn print(
        &self,
        out: &mut impl Write,
        method: ketlab::optimize::OptimizerKind,
    ) -> Result<()> {
        let (size, start) = match self.num_electrons {
            0 => (plural(self.num_qubits, "qubit"), "|0…0⟩"),
            electrons => (
                format!(
                    "{} in {} (qubits)",
                    plural(electrons, "electron"),
                    plural(self.num_qubits, "spin orbital")
                ),
                "Hartree-Fock",
            ),
        };
        let Document { molecule, ansatz, num_params, hartree_fock, .. } = self;
        let unit = self.unit().map(|unit| format!(" {unit}")).unwrap_or_default();
        let parameters = plural(*num_params, "parameter");
        writeln!(out, "{molecule}: {size}; {ansatz} with {parameters}")?;
        if let Some(form) = self.read_as {
            writeln!(out, "read as {form}, {}", plural(self.num_terms, "term"))?;
        }
        writeln!(out, "{start:<12}  {hartree_fock:16.10}{unit}")?;
        if self.ansatz == "adapt" && self.num_params == 0 {
            writeln!(out, "no excitation lowers the energy of the Hartree-Fock state")?;
        }
        for (number, state) in self.states.iter().enumerate() {
            let name = if number == 0 { "VQE".into() } else { format!("state {number}") };
            if let (Some(estimate), Some(_)) = (&state.estimate, &self.noisy) {
                let Measured { value, standard_error, .. } = estimate;
                let error = match *standard_error {
                    0.0 => String::new(),
                    size => format!(" ± {}", error(size)),
                };
                writeln!(out, "{name:<12}  {value:16.10}{unit}{error} under noise")?;
                write!(out, "  without noise at these parameters {:.10}{unit}", state.energy)?;
            } else if let Some(estimate) = &state.estimate {
                let Measured { value, standard_error, shots } = estimate;
                writeln!(
                    out,
                    "{name:<12}  {value:16.10}{unit} ± {} from {shots} fresh shots",
                    error(*standard_error)
                )?;
                write!(out, "  exactly at these parameters {:.10}{unit}", state.energy)?;
            } else {
                write!(out, "{name:<12}  {:>16}{unit}", decimals(state.energy))?;
            }
            if let (Some(error), Some(within)) =
                (state.error_to_fci, state.within_chemical_accuracy)
            {
                let verdict = if within { "within" } else { "not within" };
                write!(out, "   error to FCI {error:+.1e}: {verdict} chemical accuracy")?;
            }
            state.print_trust(out, self.states.len() > 1)?;
            if let Some(overlap) = state.overlaps.iter().copied().reduce(f64::max) {
                write!(out, "   overlap with lower states {overlap:.1e}")?;
            }
            writeln!(out)?;
            if let Some(mean) = state.mean_electrons
                && (mean - self.num_electrons as f64).abs() > 1e-6
            {
                writeln!(
                    out,
                    "              this state has {mean:.4} electrons: another ion may be lower than \
                     FCI; keep the number by `--penalty 1` or another --ansatz"
                )?;
            }
        }
        if let Some(noisy) = &self.noisy {
            noisy.print(out)?;
        }
        if let Some(fci) = self.fci {
            writeln!(out, "FCI           {fci:16.10}{unit}")?;
        }
        self.print_sector(out, &unit)?;
        for (outcome, start) in self.outcomes() {
            if let Some(start) = start {
                writeln!(out, "{}", start.line())?;
            }
            writeln!(out, "{}", summary(method, outcome))?;
        }
        if !self.starts.is_empty() {
            writeln!(out, "{} starts:", self.starts.len())?;
        }
        for tried in &self.starts {
            writeln!(out, "{}", tried.line(&format!("{:.10}{unit}", tried.value)))?;
        }
        if let Some(shots) = &self.shots {
            writeln!(
                out,
                "took {} shots in all, {} for each estimate in {}",
                shots.total,
                shots.per_estimate,
                plural(self.hardware.measured_groups, "measured group")
            )?;
        }
        let Hardware { shifted_circuits_per_gradient, measured_groups } = self.hardware;
        writeln!(
            out,
            "ran {} circuits; on hardware one gradient is {shifted_circuits_per_gradient} shifted \
             circuits × {measured_groups} measured groups × shots",
            self.circuits
        )?;
        Ok(())
    }

    /// The unit of energies, where there is one.
    fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// The minimizations, wherever they stand.
    fn outcomes(&self) -> impl Iterator<Item = (&Outcome, Option<&StationaryStart>)> {
        let states = self.states.iter();
        let of_states = states.filter_map(|s| {
            s.outcome.as_ref().map(|outcome| (outcome, s.stationary_start.as_ref()))
        });
        let others = self.minimizations.iter();
        of_states.chain(others.map(|m| (&m.outcome, m.stationary_start.as_ref())))
    }

    /// The exact levels, if an eigenstate is not the one of its number.
    fn missed_levels(&self) -> Option<&[f64]> {
        let exact = self.sector.exact.as_deref().filter(|_| self.states.len() > 1)?;
        let is_other = |state: &State| {
            let off = state.exact.map_or(0.0, |exact| (state.energy - exact).abs());
            state.is_eigenstate && off > state.variance.sqrt() + 1e-6 * state.energy.abs().max(1e-3)
        };
        self.states.iter().any(is_other).then_some(exact)
    }

    /// What there was to be found.
    fn print_sector(&self, out: &mut impl Write, unit: &str) -> Result<()> {
        if let (1, None, Some([lowest, ..])) =
            (self.states.len(), self.fci, self.sector.exact.as_deref())
        {
            writeln!(
                out,
                "exact         {:>16}{unit}   in {}",
                decimals(*lowest),
                self.sector.name
            )?;
        }
        if let ([state], Some([lowest, ..])) = (&self.states[..], self.sector.exact.as_deref()) {
            let above = state.energy - lowest;
            if state.is_eigenstate && above > 1e-6 * state.energy.abs().max(1e-3) {
                writeln!(
                    out,
                    "this is a level, but not the lowest of {}: --restarts N or another --start may \
                     reach that",
                    self.sector.name
                )?;
            }
        }
        if let Some(method) = &self.excited {
            let from = match method.as_str() {
                "expansion" => "in the span of the ground state and its excitations",
                _ => "in the span of the minimized states",
            };
            writeln!(out, "states are the levels {from}, in {}", self.sector.name)?;
        }
        if self.states.len() > 1 && self.spectrum.len() < self.states.len() {
            let energies: Vec<String> = self.spectrum.iter().map(|e| decimals(*e)).collect();
            let energies = if energies.is_empty() { "none".into() } else { energies.join(", ") };
            writeln!(out, "spectrum, eigenstates alone: {energies}")?;
        }
        if let Some(exact) = self.missed_levels() {
            let exact: Vec<String> = exact.iter().map(|e| decimals(*e)).collect();
            writeln!(out, "levels were missed; exact are {}", exact.join(", "))?;
        }
        if let Some(fewer) = &self.fewer {
            writeln!(out, "{fewer}")?;
        }
        Ok(())
    }

    pub fn chart(&self, molecule: &Molecule) -> Chart {
        let title = format!("VQE of {}", self.molecule);
        let energy = Axis::new("energy");
        let energy = match self.unit() {
            Some(unit) => energy.unit(unit),
            None => energy,
        };
        let mut chart = Chart::new(title, Axis::new("iteration"), energy);
        for (number, (outcome, _)) in self.outcomes().enumerate() {
            let points = outcome.history.iter().map(|s| (s.iteration as f64, s.value));
            let name = if number == 0 { "VQE".into() } else { format!("state {number}") };
            chart = chart.series(Series::line(name, points));
        }
        let start = if self.num_electrons > 0 { "Hartree-Fock" } else { "|0…0⟩" };
        chart = chart.horizontal(start, self.hartree_fock);
        if let Some(fci) = self.fci {
            chart = chart.horizontal("FCI", fci);
        }
        let electrons = match self.num_electrons {
            0 => String::new(),
            electrons => format!(" {},", plural(electrons, "electron")),
        };
        let gradients = match &self.shots {
            None if self.noisy.is_some() => "under noise".into(),
            None => "exact gradients".into(),
            Some(shots) => format!("{} shots for each estimate", shots.per_estimate),
        };
        chart.caption(format!(
            "{},{electrons} {} ({}), {}, {gradients}{}",
            plural(self.num_qubits, "qubit"),
            self.ansatz,
            plural(self.num_params, "parameter"),
            self.optimizer,
            molecule.basis().map(|basis| format!("; basis {basis}")).unwrap_or_default()
        ))
    }
}

/// An energy with ten decimals, without the sign of a zero.
fn decimals(energy: f64) -> String {
    let energy = if energy.abs() < 5e-11 { 0.0 } else { energy };
    format!("{energy:.10}")
}

/// What states are compared with.
struct Facts {
    unit: Option<String>,
    fci: Option<f64>,
    exact: Vec<f64>,
    largest_variance: f64,
    has_electrons: bool,
}

impl Facts {
    fn of(molecule: &Molecule, reached: &Reached) -> Self {
        Facts {
            unit: molecule.unit().map(str::to_string),
            fci: molecule.fci(),
            exact: reached.exact.clone().unwrap_or_default(),
            largest_variance: eigenstate_variance(molecule.hamiltonian()),
            has_electrons: molecule.num_electrons() > 0,
        }
    }

    /// State number `k`, without what only a minimization has.
    fn state(&self, k: usize, energy: f64, variance: f64, mean_ones: f64) -> State {
        let error = self.fci.filter(|_| k == 0).map(|fci| energy - fci);
        let is_in_hartree = self.unit.as_deref() == Some("hartree");
        State {
            energy,
            variance,
            is_eigenstate: variance <= self.largest_variance,
            exact: self.exact.get(k).copied(),
            estimate: None,
            error_to_fci: error,
            within_chemical_accuracy: error
                .filter(|_| is_in_hartree)
                .map(|e| e.abs() <= CHEMICAL_ACCURACY),
            mean_electrons: self.has_electrons.then_some(mean_ones),
            overlaps: Vec::new(),
            params: None,
            outcome: None,
            stationary_start: None,
        }
    }

    fn minimized(&self, k: usize, result: VqeResult) -> State {
        State {
            estimate: result.estimate.map(Measured::from),
            overlaps: result.overlaps,
            params: Some(result.params),
            outcome: Some(result.outcome),
            stationary_start: result.start.map(StationaryStart::from),
            ..self.state(k, result.energy, result.variance, result.mean_ones)
        }
    }

    fn level(&self, k: usize, levels: &[Level]) -> State {
        let Level { energy, variance, state } = &levels[k];
        let ones = |(i, a): (usize, &Complex64)| f64::from(i.count_ones()) * a.norm_sqr();
        let mean_ones = state.iter().enumerate().map(ones).sum();
        let overlap = |lower: &Level| {
            let pairs = lower.state.iter().zip(state);
            pairs.map(|(a, b)| a.conj() * b).sum::<Complex64>().norm_sqr()
        };
        State {
            overlaps: levels[..k].iter().map(overlap).collect(),
            ..self.state(k, *energy, *variance, mean_ones)
        }
    }
}

impl State {
    /// Whether it is a level, and which.
    fn print_trust(&self, out: &mut impl Write, is_one_of_several: bool) -> Result<()> {
        if let (Some(exact), None, true) = (self.exact, self.error_to_fci, is_one_of_several) {
            write!(out, "   exact {}", decimals(exact))?;
        }
        let variance = self.variance;
        if self.is_eigenstate {
            write!(out, "   variance {variance:.1e}")?;
        } else {
            // Weinstein's bound.
            let within = variance.sqrt();
            write!(
                out,
                "   no eigenstate: variance {variance:.1e}, a level is within {within:.1e}"
            )?;
        }
        Ok(())
    }
}

impl From<VqeResult> for Minimization {
    fn from(result: VqeResult) -> Self {
        Minimization {
            energy: result.energy,
            variance: result.variance,
            overlaps: result.overlaps,
            params: result.params,
            outcome: result.outcome,
            stationary_start: result.start.map(StationaryStart::from),
        }
    }
}
