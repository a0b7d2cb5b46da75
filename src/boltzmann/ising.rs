//! A machine as an Ising model in a transverse field, and back.

use super::machine::{BoltzmannMachine, Term, sum_of};
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::pauli::{Pauli, PauliString, PauliSum};

impl BoltzmannMachine {
    /// A machine of visible units with the Gibbs state of H = -Γ ΣX + E, E the energy of a model:
    /// b = -h, w = -J. The model's offset, which changes no state, is left out. Γ = 0 makes no term.
    ///
    /// # Errors
    /// If the model has no spins or more than 60, or Γ or β is not finite.
    pub fn from_ising(model: &Ising, gamma: f64, beta: f64) -> Result<Self> {
        let n = model.num_spins();
        let mut terms = Vec::new();
        let mut parameters = Vec::new();
        let mut push = |name: String, operator: PauliSum, parameter: f64| {
            terms.push(Term { name, operator });
            parameters.push(parameter);
        };
        if gamma != 0.0 {
            push("gamma".into(), sum_of(Pauli::X, 0..n), gamma);
        }
        for (i, h) in model.fields().iter().enumerate() {
            push(format!("b{i}"), sum_of(Pauli::Z, [i]), -h);
        }
        for &(i, j, coupling) in model.couplings() {
            let pair = PauliString::try_new([(i, Pauli::Z), (j, Pauli::Z)])?;
            push(format!("w{i}_{j}"), PauliSum::new([(pair, 1.0)]), -coupling);
        }
        let mut machine = Self::try_new(n, 0, terms)?.at_beta(beta)?;
        machine.set_parameters(&parameters)?;
        Ok(machine)
    }

    /// The machine's part that is diagonal as an Ising model, h = -b and J = -w, and the transverse
    /// field Γ of each unit.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for other strings than X, Z and ZZ.
    pub fn to_ising(&self) -> Result<(Ising, Vec<f64>)> {
        let n = self.num_units();
        let (mut fields, mut gammas, mut couplings) = (vec![0.0; n], vec![0.0; n], Vec::new());
        for (term, theta) in self.terms().iter().zip(self.parameters()) {
            for (string, factor) in term.operator.terms() {
                let value = theta * factor;
                let sites: Vec<_> = string.iter().collect();
                match sites[..] {
                    [(i, Pauli::X)] => gammas[i] += value,
                    [(i, Pauli::Z)] => fields[i] -= value,
                    [(i, Pauli::Z), (j, Pauli::Z)] => couplings.push((i, j, -value)),
                    _ => {
                        return Err(Error::Unsupported {
                            method: "an Ising model in a transverse field",
                            operation: format!("the term {string}"),
                            hint: "X, Z and ZZ can be annealed and sampled; others exactly".into(),
                        });
                    }
                }
            }
        }
        Ok((Ising::try_new(fields, couplings, 0.0)?, gammas))
    }
}

/// The model and the one Γ of all units, which annealers have; -Γ has the same diagonal as Γ.
pub(super) fn transverse_ising(machine: &BoltzmannMachine) -> Result<(Ising, f64)> {
    let (model, gammas) = machine.to_ising()?;
    let gamma = gammas[0].abs();
    if let Some((unit, other)) = gammas.iter().enumerate().find(|(_, g)| g.abs() != gamma) {
        return Err(Error::Unsupported {
            method: "sampling by annealers",
            operation: format!(
                "transverse fields that differ: {gamma} on unit 0, {} on unit {unit}",
                other.abs()
            ),
            hint:
                "give all units one field (an architecture with a shared one on both layers), or \
                   sample exactly"
                    .into(),
        });
    }
    Ok((model, gamma))
}
