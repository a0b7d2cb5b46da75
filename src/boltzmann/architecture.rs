//! Which units are coupled, and which have a transverse field.

use super::machine::{BoltzmannMachine, Term, sum_of};
use crate::error::Result;
use crate::pauli::{Pauli, PauliString, PauliSum};

/// Which units a transverse field -Γ X is on, all with one Γ or each with its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransverseField {
    /// None: a classical machine.
    None,
    /// One Γ for all: `gamma`.
    Shared,
    /// Γ_i for each unit: `gamma0`, `gamma1`, …
    PerUnit,
}

/// The pattern of a machine H = -ΣΓX - ΣbZ - ΣwZZ: biases `b0`, … on all units, weights `w0_1`, … on
/// the couplings chosen, transverse fields.
///
/// ```
/// use ketlab::boltzmann::Architecture;
/// let machine = Architecture::restricted(3, 2).machine()?;
/// let names: Vec<_> = machine.names().collect();
/// let all = "gamma b0 b1 b2 b3 b4 w0_3 w0_4 w1_3 w1_4 w2_3 w2_4";
/// assert_eq!(names.join(" "), all);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Architecture {
    /// Visible units.
    pub num_visible: usize,
    /// Hidden units.
    pub num_hidden: usize,
    /// Couplings between visible units.
    pub visible_couplings: bool,
    /// Couplings between hidden units.
    pub hidden_couplings: bool,
    /// The transverse field of the visible units.
    pub visible_field: TransverseField,
    /// That of the hidden ones; if both are shared, they share one Γ.
    pub hidden_field: TransverseField,
}

impl Architecture {
    /// All units coupled with each other, one Γ: the quantum Boltzmann machine of Amin et al. (2018).
    pub fn quantum(num_visible: usize, num_hidden: usize) -> Self {
        Architecture {
            num_visible,
            num_hidden,
            visible_couplings: true,
            hidden_couplings: true,
            visible_field: TransverseField::Shared,
            hidden_field: TransverseField::Shared,
        }
    }

    /// No couplings within the hidden layer, whose units are diagonal; one Γ for the visible units.
    /// Given the visible units in the basis of Z, hidden ones are independent spins.
    pub fn semi_restricted(num_visible: usize, num_hidden: usize) -> Self {
        Architecture {
            hidden_couplings: false,
            hidden_field: TransverseField::None,
            ..Self::quantum(num_visible, num_hidden)
        }
    }

    /// Couplings between the layers only, one Γ for all units.
    pub fn restricted(num_visible: usize, num_hidden: usize) -> Self {
        let quantum = Self::quantum(num_visible, num_hidden);
        Architecture { visible_couplings: false, hidden_couplings: false, ..quantum }
    }

    /// The same pattern without transverse fields: the classical machine to compare with.
    pub fn classical(self) -> Self {
        let (visible_field, hidden_field) = (TransverseField::None, TransverseField::None);
        Architecture { visible_field, hidden_field, ..self }
    }

    /// The same with a field of its own for each unit that has one.
    pub fn with_own_fields(self) -> Self {
        let own = |field| match field {
            TransverseField::None => TransverseField::None,
            _ => TransverseField::PerUnit,
        };
        let (visible_field, hidden_field) = (own(self.visible_field), own(self.hidden_field));
        Architecture { visible_field, hidden_field, ..self }
    }

    /// The machine with all parameters 0 and β = 1.
    ///
    /// # Errors
    /// If there is no visible unit or more than 60 in all.
    pub fn machine(self) -> Result<BoltzmannMachine> {
        let (v, h) = (self.num_visible.min(64), self.num_hidden.min(64));
        let mut terms = Vec::new();
        let layers = [(self.visible_field, 0..v), (self.hidden_field, v..v + h)];
        let of_kind = |kind: TransverseField| layers.iter().filter(move |layer| layer.0 == kind);
        let shared: Vec<usize> =
            of_kind(TransverseField::Shared).flat_map(|layer| layer.1.clone()).collect();
        if !shared.is_empty() {
            terms.push(Term { name: "gamma".into(), operator: sum_of(Pauli::X, shared) });
        }
        for unit in of_kind(TransverseField::PerUnit).flat_map(|layer| layer.1.clone()) {
            terms.push(Term { name: format!("gamma{unit}"), operator: sum_of(Pauli::X, [unit]) });
        }
        for unit in 0..v + h {
            terms.push(Term { name: format!("b{unit}"), operator: sum_of(Pauli::Z, [unit]) });
        }
        for i in 0..v + h {
            for j in i + 1..v + h {
                let coupled = match (i < v, j < v) {
                    (true, true) => self.visible_couplings,
                    (true, false) => true,
                    _ => self.hidden_couplings,
                };
                if coupled {
                    let pair = PauliString::new([(i, Pauli::Z), (j, Pauli::Z)]);
                    let operator = PauliSum::new([(pair, 1.0)]);
                    terms.push(Term { name: format!("w{i}_{j}"), operator });
                }
            }
        }
        BoltzmannMachine::try_new(self.num_visible, self.num_hidden, terms)
    }
}
