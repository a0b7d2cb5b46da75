//! Sets of gates that a circuit is to be written in.

use crate::error::{Error, Result};
use crate::gate::{Gate, GateOp, NamedGate, StdGate, controlled_name, lookup};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Bases by name, with their gates.
const NAMED: [(&str, &str); 7] = [
    ("u-cx", "u,cx"),
    ("ibm-cx", "rz,sx,x,cx"),
    ("ibm-cz", "rz,sx,x,cz"),
    ("ibm-ecr", "rz,sx,x,ecr"),
    ("rz-ry-cz", "rz,ry,cz"),
    ("ion-trap", "rx,ry,rz,rxx"),
    ("clifford-t", "h,s,sdg,t,tdg,x,z,cx"),
];

/// A set of gates: rows of the gate table, each under some number of positive controls. Global
/// phases are in every basis.
///
/// ```
/// use ketlab::StdGate;
/// use ketlab::rewrite::Basis;
/// let basis: Basis = "rz,sx,x,cz".parse()?;
/// assert_eq!(basis, Basis::named("ibm-cz")?);
/// assert!(basis.contains(StdGate::Z, 1) && !basis.contains(StdGate::Z, 0));
/// assert_eq!(basis.to_string(), "x,cz,sx,rz");
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis(BTreeSet<(StdGate, usize)>);

impl Basis {
    /// The basis of these rows, each with its number of positive controls.
    pub fn new(gates: impl IntoIterator<Item = (StdGate, usize)>) -> Self {
        Basis(gates.into_iter().collect())
    }

    /// The basis of the gates with these names, as OpenQASM has them (`cx` is X with a control).
    ///
    /// # Errors
    /// If a name is not known.
    pub fn of_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self> {
        let gate = |name: &str| {
            let NamedGate { gate, num_controls } =
                lookup(name).ok_or_else(|| Error::UnknownName {
                    kind: "gate",
                    name: name.into(),
                    hint: "a basis is a list of gates like `rz,sx,x,cx`, or one of `Basis::names`"
                        .into(),
                })?;
            Ok((gate, num_controls))
        };
        Ok(Basis(names.into_iter().map(gate).collect::<Result<_>>()?))
    }

    /// A well-known basis: one of [`names`](Self::names).
    ///
    /// | name | gates |
    /// |---|---|
    /// | `u-cx` | `u`, `cx` |
    /// | `ibm-cx` | `rz`, `sx`, `x`, `cx` |
    /// | `ibm-cz` | `rz`, `sx`, `x`, `cz` |
    /// | `ibm-ecr` | `rz`, `sx`, `x`, `ecr` |
    /// | `rz-ry-cz` | `rz`, `ry`, `cz` |
    /// | `ion-trap` | `rx`, `ry`, `rz`, `rxx` |
    /// | `clifford-t` | `h`, `s`, `sdg`, `t`, `tdg`, `x`, `z`, `cx`: angles are multiples of π/4 |
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn named(name: &str) -> Result<Self> {
        match NAMED.iter().find(|(known, _)| *known == name) {
            Some((_, gates)) => Self::of_names(gates.split(',')),
            None => {
                let known: Vec<&str> = Self::names().collect();
                Err(Error::unknown_name("basis", name, "the bases are", &known))
            }
        }
    }

    /// The names that [`named`](Self::named) takes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Whether a row under this many positive controls is one of the gates.
    pub fn contains(&self, gate: StdGate, num_controls: usize) -> bool {
        (gate, num_controls) == (StdGate::GlobalPhase, 0) || self.0.contains(&(gate, num_controls))
    }

    /// Whether the gate is one of the basis as it stands.
    pub fn contains_op(&self, op: &GateOp) -> bool {
        let Gate::Std(row, _) = op.gate else { return false };
        op.controls.iter().all(|c| c.positive) && self.contains(row, op.controls.len())
    }

    /// The rows with their numbers of controls, in the order of the table.
    pub fn gates(&self) -> impl Iterator<Item = (StdGate, usize)> {
        self.0.iter().copied()
    }
}

impl FromStr for Basis {
    type Err = Error;

    /// A well-known basis by its name, or a list of gates with commas between.
    fn from_str(text: &str) -> Result<Self> {
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        match names[..] {
            [name] if lookup(name).is_none() => Self::named(name),
            _ => Self::of_names(names),
        }
    }
}

impl fmt::Display for Basis {
    /// The names of the gates, with commas between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, (gate, num_controls)) in self.gates().enumerate() {
            f.write_str(if k == 0 { "" } else { "," })?;
            match controlled_name(gate, num_controls) {
                Some(name) => f.write_str(name)?,
                None => write!(f, "c({num_controls})-{}", gate.spec().name)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_have_names_and_lists() {
        for name in Basis::names() {
            let basis: Basis = name.parse().unwrap();
            assert_eq!(basis.to_string().parse::<Basis>().unwrap(), basis);
        }
        assert_eq!("h, cx".parse::<Basis>().unwrap().to_string(), "cx,h");
        let message = "ibm-cy".parse::<Basis>().unwrap_err().to_string();
        assert!(message.contains("ibm-cx") && message.contains("the bases are"), "{message}");
        let message = "h,cnott".parse::<Basis>().unwrap_err().to_string();
        assert!(message.contains("`cnott`"), "{message}");
    }
}
