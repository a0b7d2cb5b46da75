//! A machine of spins as a restricted one of bits, and back.

use super::architecture::Architecture;
use super::classical::{Rbm, SpinParameters};
use super::machine::BoltzmannMachine;
use crate::error::{Error, Result};

impl BoltzmannMachine {
    /// The restricted machine of bits with its law.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it has transverse fields, or couplings within a layer.
    pub fn to_rbm(&self) -> Result<Rbm> {
        let (model, gammas) = self.to_ising()?;
        let (nv, nh) = (self.num_visible(), self.num_hidden());
        let mut couplings = vec![0.0; nv * nh];
        let within = model.couplings().iter().find(|(i, j, _)| (*i < nv) == (*j < nv));
        if within.is_some() || gammas.iter().any(|gamma| *gamma != 0.0) {
            return Err(Error::Unsupported {
                method: "a restricted Boltzmann machine",
                operation: "a transverse field, or a coupling within a layer".into(),
                hint: "restricted machines couple visible with hidden units only".into(),
            });
        }
        for &(i, j, coupling) in model.couplings() {
            let (visible, hidden) = (i.min(j), i.max(j) - nv);
            couplings[visible * nh + hidden] = -self.beta() * coupling;
        }
        let fields: Vec<f64> = model.fields().iter().map(|h| -self.beta() * h).collect();
        Rbm::from_spins(&SpinParameters {
            visible_fields: fields[..nv].to_vec(),
            hidden_fields: fields[nv..].to_vec(),
            couplings,
            offset: 0.0,
        })
    }

    /// The machine of spins with the law of a restricted machine of bits, at β = 1.
    ///
    /// # Errors
    /// If there are more than 60 units.
    pub fn from_rbm(rbm: &Rbm) -> Result<BoltzmannMachine> {
        let restricted = Architecture::restricted(rbm.num_visible(), rbm.num_hidden());
        let mut machine = restricted.classical().machine()?;
        let SpinParameters { visible_fields, hidden_fields, couplings, .. } = rbm.to_spins();
        machine.set_parameters(&[visible_fields, hidden_fields, couplings].concat())?;
        Ok(machine)
    }
}
