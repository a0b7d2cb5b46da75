//! Noise models.

use super::rule::Rule;
use crate::error::{Error, Result};
use crate::noise::ReadoutError;
use std::collections::BTreeMap;

/// What the operations of circuits suffer: rules in order, and readout errors. See the
/// [room](super).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NoiseModel {
    pub(super) rules: Vec<Rule>,
    /// Of qubits that have no other.
    pub(super) readout: Option<ReadoutError>,
    pub(super) readout_of: BTreeMap<usize, ReadoutError>,
    pub(super) num_qubits: Option<usize>,
    pub(super) dt: Option<f64>,
}

impl NoiseModel {
    /// No noise.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a rule: where several match an operation, those before act first.
    pub fn push(&mut self, rule: Rule) -> &mut Self {
        self.rules.push(rule);
        self
    }

    /// The rules in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Every qubit is misread like this, but those with an error of their own.
    ///
    /// # Errors
    /// If a number is no probability.
    pub fn set_readout_error(&mut self, error: ReadoutError) -> Result<&mut Self> {
        self.readout = Some(ReadoutError::new(error.p1_given_0, error.p0_given_1)?);
        Ok(self)
    }

    /// A qubit is misread like this.
    ///
    /// # Errors
    /// If a number is no probability.
    pub fn set_readout_error_of(&mut self, qubit: usize, error: ReadoutError) -> Result<&mut Self> {
        let error = ReadoutError::new(error.p1_given_0, error.p0_given_1)?;
        self.readout_of.insert(qubit, error);
        Ok(self)
    }

    /// How a qubit is misread.
    pub fn readout_error(&self, qubit: usize) -> ReadoutError {
        self.readout_of.get(&qubit).copied().or(self.readout).unwrap_or_default()
    }

    /// The model is that of a device with so many qubits: it applies to circuits on no more, and rules
    /// may name any of its qubits. Without this a rule that names a qubit which a circuit does not
    /// have is an error, since it would be noise without effect.
    ///
    /// # Errors
    /// If a rule or a readout error names a qubit that the device does not have.
    pub fn set_num_qubits(&mut self, num_qubits: usize) -> Result<&mut Self> {
        self.check_names(num_qubits, "the device of the model")?;
        self.num_qubits = Some(num_qubits);
        Ok(self)
    }

    /// Number of qubits of the device, if it is known.
    pub fn num_qubits(&self) -> Option<usize> {
        self.num_qubits
    }

    /// How many seconds a `dt` is in which delays may be given.
    ///
    /// # Errors
    /// If it is not positive and finite.
    pub fn set_dt(&mut self, seconds: f64) -> Result<&mut Self> {
        if !(seconds > 0.0 && seconds.is_finite()) {
            return Err(Error::Invalid {
                what: "the length of a dt".into(),
                value: format!("{seconds} s"),
                expected: "it is positive and finite".into(),
            });
        }
        self.dt = Some(seconds);
        Ok(self)
    }

    /// Seconds of a `dt`, if known.
    pub fn dt(&self) -> Option<f64> {
        self.dt
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.readout.is_none() && self.readout_of.is_empty()
    }

    /// Appends the rules of another model and takes over what it says beside.
    ///
    /// # Errors
    /// If both say how a qubit, or all, are misread, how many qubits the device has or how long a dt
    /// is, and differ.
    pub fn extend(&mut self, other: NoiseModel) -> Result<&mut Self> {
        fn one<T: PartialEq + Copy>(
            mine: &mut Option<T>,
            theirs: Option<T>,
            what: &str,
        ) -> Result<()> {
            match (*mine, theirs) {
                (Some(a), Some(b)) if a != b => Err(Error::Invalid {
                    what: what.into(),
                    value: "said twice, differently".into(),
                    expected: "models that are joined say it once".into(),
                }),
                (None, Some(b)) => {
                    *mine = Some(b);
                    Ok(())
                }
                _ => Ok(()),
            }
        }
        let mut joined = self.clone();
        one(&mut joined.readout, other.readout, "the readout error of all qubits")?;
        for (qubit, error) in other.readout_of {
            let mut mine = joined.readout_of.get(&qubit).copied();
            one(&mut mine, Some(error), &format!("the readout error of qubit {qubit}"))?;
            joined.readout_of.insert(qubit, error);
        }
        one(&mut joined.num_qubits, other.num_qubits, "the number of qubits of the device")?;
        one(&mut joined.dt, other.dt, "the length of a dt")?;
        joined.rules.extend(other.rules);
        if let Some(n) = joined.num_qubits {
            joined.check_names(n, "the device of the model")?;
        }
        *self = joined;
        Ok(self)
    }

    /// Checks the qubits that are named.
    pub(super) fn check_names(&self, num_qubits: usize, whose: &str) -> Result<()> {
        let named = |what: String, qubit: usize| Error::Invalid {
            what,
            value: format!("for qubit {qubit}"),
            expected: format!(
                "{whose} has {num_qubits} qubits, numbered from 0; a model of a larger device says how \
                 many it has (`NoiseModel::set_num_qubits`, \"num_qubits\" in its file)"
            ),
        };
        for (k, rule) in self.rules.iter().enumerate() {
            if let Some(qubit) = rule.pattern.named_qubits().find(|&q| q >= num_qubits) {
                return Err(named(format!("rule {k} of the noise model"), qubit));
            }
        }
        match self.readout_of.keys().find(|&&q| q >= num_qubits) {
            Some(&qubit) => Err(named("a readout error of the noise model".into(), qubit)),
            None => Ok(()),
        }
    }
}
