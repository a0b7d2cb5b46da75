//! Pauli noise on a tableau: a stabilizer state stays one.

use super::super::flow::{Flow, Site};
use super::super::representation::Sides;
use crate::clifford::{CliffordStep, Tableau};
use crate::error::{Error, Result};
use crate::noise::Operator;

/// Refuses channels whose operators are no Pauli strings.
pub(super) fn check(flow: &Flow) -> Result<()> {
    flow.channels.iter().try_for_each(|site| {
        if site.unraveling.is_pauli() {
            return site.check_few();
        }
        Err(Error::Unsupported {
            method: "the stabilizer method",
            operation: format!("the noise channel `{}`", site.op.channel),
            hint: "it takes Pauli channels: twirl it, or use another method".into(),
        })
    })
}

/// The probabilities of all strings.
pub(super) fn sides(site: &Site) -> Result<Sides> {
    Ok(site.unraveling.sides(|| unreachable!("no probability depends on the state"))?.into())
}

/// The state after one of the strings.
pub(super) fn take(tableau: &mut Tableau, site: &Site, side: u64) -> Result<()> {
    let Operator::Pauli { x, z } = site.unraveling.operator(side) else {
        unreachable!("they were checked")
    };
    for (k, &qubit) in site.op.qubits.iter().enumerate() {
        let step = match (x >> k & 1, z >> k & 1) {
            (0, 0) => continue,
            (1, 0) => CliffordStep::X(qubit),
            (1, 1) => CliffordStep::Y(qubit),
            (_, _) => CliffordStep::Z(qubit),
        };
        tableau.apply(&[step])?;
    }
    Ok(())
}
