//! What `ketlab vqe` says: one JSON document, text for people, and a chart.

use super::Args;
use super::ansatz::Chosen;
use super::problem::Problem;
use crate::text::{error, plural};
use crate::train::{Measured, Shots, summary, was_interrupted};
use anyhow::Result;
use ketlab::optimize::Outcome;
use ketlab::pauli::{Molecule, PauliSum};
use ketlab::report::{Axis, Chart, Series};
use ketlab::variational::{CHEMICAL_ACCURACY, VqeResult};
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
pub struct Document {
    molecule: String,
    read_as: Option<&'static str>,
    num_terms: usize,
    num_qubits: usize,
    num_electrons: usize,
    ansatz: String,
    num_params: usize,
    optimizer: String,
    hartree_fock: f64,
    fci: Option<f64>,
    states: Vec<State>,
    circuits: u64,
    shots: Option<Shots>,
    hardware: Hardware,
    pub interrupted: bool,
}

#[derive(Serialize)]
struct State {
    energy: f64,
    estimate: Option<Measured>,
    error_to_fci: Option<f64>,
    within_chemical_accuracy: Option<bool>,
    mean_electrons: Option<f64>,
    overlaps: Vec<f64>,
    params: Vec<f64>,
    outcome: Outcome,
}

/// What one gradient would take on hardware.
#[derive(Serialize)]
struct Hardware {
    shifted_circuits_a_gradient: u64,
    measured_groups: usize,
}

impl Document {
    pub fn new(
        args: &Args,
        problem: &Problem,
        hamiltonian: &PauliSum,
        ansatz: &Chosen,
        found: Vec<VqeResult>,
    ) -> Result<Self> {
        let molecule = &problem.molecule;
        let shift = ketlab::gradient::ParameterShift::<f64>::new(&ansatz.circuit, hamiltonian)?;
        let fci = molecule.fci();
        let cost = found.last().map(|last| last.cost).unwrap_or_default();
        let account = |per_estimate| Shots { per_estimate, total: cost.shots };
        let interrupted = found.iter().any(|f| was_interrupted(&f.outcome));
        let state = |(number, result): (usize, VqeResult)| {
            let error = fci.filter(|_| number == 0).map(|fci| result.energy - fci);
            State {
                energy: result.energy,
                estimate: result.estimate.map(Measured::from),
                error_to_fci: error,
                within_chemical_accuracy: error.map(|e| e.abs() <= CHEMICAL_ACCURACY),
                mean_electrons: (molecule.num_electrons() > 0).then_some(result.mean_ones),
                overlaps: result.overlaps,
                params: result.params,
                outcome: result.outcome,
            }
        };
        Ok(Document {
            molecule: molecule.name().into(),
            read_as: problem.read_as,
            num_terms: molecule.hamiltonian().len(),
            num_qubits: molecule.num_qubits(),
            num_electrons: molecule.num_electrons(),
            ansatz: ansatz.name.clone(),
            num_params: ansatz.circuit.params().len(),
            optimizer: args.train.method().to_string(),
            hartree_fock: molecule.hartree_fock_energy(),
            fci,
            states: found.into_iter().enumerate().map(state).collect(),
            circuits: cost.circuits,
            shots: args.train.shots().map(account),
            hardware: Hardware {
                shifted_circuits_a_gradient: shift.num_circuits(),
                measured_groups: hamiltonian.qubit_wise_commuting_groups().len(),
            },
            interrupted,
        })
    }

    pub fn print(&self, out: &mut impl Write, method: ketlab::optimize::Method) -> Result<()> {
        let (size, start) = match self.num_electrons {
            0 => (plural(self.num_qubits, "qubit"), "|0…0⟩"),
            electrons => (
                format!("{electrons} electrons in {} spin orbitals (qubits)", self.num_qubits),
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
        if self.states.is_empty() {
            writeln!(out, "no excitation lowers the energy")?;
        }
        for (number, state) in self.states.iter().enumerate() {
            let name = if number == 0 { "VQE".into() } else { format!("state {number}") };
            if let Some(estimate) = &state.estimate {
                let Measured { value, standard_error, shots } = estimate;
                writeln!(
                    out,
                    "{name:<12}  {value:16.10}{unit} ± {} from {shots} fresh shots",
                    error(*standard_error)
                )?;
                write!(out, "  exactly at these parameters {:.10}{unit}", state.energy)?;
            } else {
                write!(out, "{name:<12}  {:16.10}{unit}", state.energy)?;
            }
            if let (Some(error), Some(within)) =
                (state.error_to_fci, state.within_chemical_accuracy)
            {
                let verdict = if within { "within" } else { "not within" };
                write!(out, "   FCI {error:+.3e}: {verdict} chemical accuracy")?;
            }
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
        if let Some(fci) = self.fci {
            writeln!(out, "FCI           {fci:16.10}{unit}")?;
        }
        for state in &self.states {
            writeln!(out, "{}", summary(method, &state.outcome))?;
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
        let Hardware { shifted_circuits_a_gradient, measured_groups } = self.hardware;
        writeln!(
            out,
            "ran {} circuits; on hardware one gradient is {shifted_circuits_a_gradient} shifted \
             circuits × {measured_groups} measured groups × shots",
            self.circuits
        )?;
        Ok(())
    }

    /// The unit of energies, where there is one.
    fn unit(&self) -> Option<&'static str> {
        (self.num_electrons > 0).then_some("hartree")
    }

    pub fn chart(&self, molecule: &Molecule) -> Chart {
        let title = format!("VQE of {}", self.molecule);
        let energy = Axis::new("energy");
        let energy = match self.unit() {
            Some(unit) => energy.unit(unit),
            None => energy,
        };
        let mut chart = Chart::new(title, Axis::new("iteration"), energy);
        for (number, state) in self.states.iter().enumerate() {
            let points = state.outcome.history.iter().map(|s| (s.iteration as f64, s.value));
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
