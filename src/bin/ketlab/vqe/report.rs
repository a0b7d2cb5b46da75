//! What `ketlab vqe` says: one JSON document, text for people, and a chart.

use super::Args;
use crate::train::{summary, was_interrupted};
use anyhow::Result;
use clap::ValueEnum;
use ketlab::Circuit;
use ketlab::optimize::Outcome;
use ketlab::pauli::{Molecule, PauliSum};
use ketlab::report::{Axis, Chart, Series};
use ketlab::variational::{CHEMICAL_ACCURACY, VqeResult};
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
pub struct Document {
    molecule: String,
    num_qubits: usize,
    num_electrons: usize,
    ansatz: String,
    num_params: usize,
    optimizer: String,
    hartree_fock: f64,
    fci: Option<f64>,
    states: Vec<State>,
    circuits: u64,
    hardware: Hardware,
    pub interrupted: bool,
}

#[derive(Serialize)]
struct State {
    energy: f64,
    error_to_fci: Option<f64>,
    within_chemical_accuracy: Option<bool>,
    mean_electrons: f64,
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
        molecule: &Molecule,
        hamiltonian: &PauliSum,
        ansatz: &Circuit,
        found: Vec<VqeResult>,
    ) -> Result<Self> {
        let shift = ketlab::gradient::ParameterShift::<f64>::new(ansatz, hamiltonian)?;
        let fci = molecule.fci();
        let circuits = found.last().map_or(0, |last| last.cost.circuits);
        let interrupted = found.iter().any(|f| was_interrupted(&f.outcome));
        let state = |(number, result): (usize, VqeResult)| {
            let error = fci.filter(|_| number == 0).map(|fci| result.energy - fci);
            State {
                energy: result.energy,
                error_to_fci: error,
                within_chemical_accuracy: error.map(|e| e.abs() <= CHEMICAL_ACCURACY),
                mean_electrons: result.mean_ones,
                overlaps: result.overlaps,
                params: result.params,
                outcome: result.outcome,
            }
        };
        Ok(Document {
            molecule: molecule.name().into(),
            num_qubits: molecule.num_qubits(),
            num_electrons: molecule.num_electrons(),
            ansatz: args.ansatz.to_possible_value().expect("none is hidden").get_name().into(),
            num_params: ansatz.params().len(),
            optimizer: args.train.method().to_string(),
            hartree_fock: molecule.hartree_fock_energy(),
            fci,
            states: found.into_iter().enumerate().map(state).collect(),
            circuits,
            hardware: Hardware {
                shifted_circuits_a_gradient: shift.num_circuits(),
                measured_groups: hamiltonian.qubit_wise_commuting_groups().len(),
            },
            interrupted,
        })
    }

    pub fn print(&self, out: &mut impl Write, method: ketlab::optimize::Method) -> Result<()> {
        let (size, start) = match self.num_electrons {
            0 => (format!("{} qubits", self.num_qubits), "|0…0⟩"),
            electrons => (
                format!("{electrons} electrons in {} spin orbitals (qubits)", self.num_qubits),
                "Hartree-Fock",
            ),
        };
        let Document { molecule, ansatz, num_params, hartree_fock, .. } = self;
        writeln!(out, "{molecule}: {size}; {ansatz} with {num_params} parameters")?;
        writeln!(out, "{start:<12}  {hartree_fock:16.10} hartree")?;
        if self.states.is_empty() {
            writeln!(out, "no excitation lowers the energy")?;
        }
        for (number, state) in self.states.iter().enumerate() {
            let name = if number == 0 { "VQE".into() } else { format!("state {number}") };
            write!(out, "{name:<12}  {:16.10} hartree", state.energy)?;
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
            // A spin model has none to keep.
            if self.num_electrons > 0
                && (state.mean_electrons - self.num_electrons as f64).abs() > 1e-6
            {
                writeln!(
                    out,
                    "              this state has {:.4} electrons: another ion may be lower than \
                     FCI; keep the number by `--penalty 1` or another --ansatz",
                    state.mean_electrons
                )?;
            }
        }
        if let Some(fci) = self.fci {
            writeln!(out, "FCI           {fci:16.10} hartree")?;
        }
        for state in &self.states {
            writeln!(out, "{}", summary(method, &state.outcome))?;
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

    pub fn chart(&self, molecule: &Molecule) -> Chart {
        let title = format!("VQE of {}", self.molecule);
        let mut chart =
            Chart::new(title, Axis::new("iteration"), Axis::new("energy").unit("hartree"));
        for (number, state) in self.states.iter().enumerate() {
            let points = state.outcome.history.iter().map(|s| (s.iteration as f64, s.value));
            let name = if number == 0 { "VQE".into() } else { format!("state {number}") };
            chart = chart.series(Series::line(name, points));
        }
        chart = chart.horizontal("Hartree-Fock", self.hartree_fock);
        if let Some(fci) = self.fci {
            chart = chart.horizontal("FCI", fci);
        }
        chart.caption(format!(
            "{} qubits, {} electrons, {} ({} parameters), {}, exact gradients{}",
            self.num_qubits,
            self.num_electrons,
            self.ansatz,
            self.num_params,
            self.optimizer,
            molecule.basis().map(|basis| format!("; basis {basis}")).unwrap_or_default()
        ))
    }
}
