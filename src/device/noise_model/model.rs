//! Noise models.

use super::pattern::Place;
use super::rule::{ActsOn, Rule};
use crate::device::schedule::Timing;
use crate::device::target::Target;
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
    pub(super) timing: Option<Box<Timing>>,
    pub(super) target: Option<Box<Target>>,
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

    /// Circuits are scheduled before the rules apply, so that there are delays where qubits wait, and
    /// phases between those that interact. See [`Schedule`](crate::device::Schedule).
    pub fn set_timing(&mut self, timing: Timing) -> &mut Self {
        self.timing = Some(Box::new(timing));
        self
    }

    /// Circuits are taken as they are: only their own delays are times.
    pub fn without_timing(&mut self) -> &mut Self {
        self.timing = None;
        self
    }

    /// How circuits are scheduled, if they are.
    pub fn timing(&self) -> Option<&Timing> {
        self.timing.as_deref()
    }

    /// Circuits are written in the gates of a device before anything else ([`Target::write`]). Their qubits
    /// keep their numbers: rules, readout errors and schedules are of the device's qubits, on which the
    /// circuit's may be exchanged, and what comes out is numbered as the circuit.
    ///
    /// # Errors
    /// If the model is of a device with another number of qubits.
    pub fn set_target(&mut self, target: Target) -> Result<&mut Self> {
        if let Some(n) = self.num_qubits
            && n != target.num_qubits()
        {
            return Err(Error::Invalid {
                what: "the device that circuits are written for".into(),
                value: format!("of {} qubits", target.num_qubits()),
                expected: format!("the noise model is of a device with {n}"),
            });
        }
        self.target = Some(Box::new(target));
        Ok(self)
    }

    /// What circuits are written in, if they are.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_deref()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
            && self.readout.is_none()
            && self.readout_of.is_empty()
            && self.timing.is_none()
            && self.target.is_none()
    }

    /// The model of the first qubits of its device, for circuits on those: without what is of others
    /// alone.
    pub fn on_first(&self, num_qubits: usize) -> NoiseModel {
        let within = |rule: &Rule| -> Option<Rule> {
            let mut rule = rule.clone();
            let is_each = rule.acts_on == ActsOn::Each;
            match &mut rule.pattern.place {
                Place::Anywhere => {}
                Place::Qubits(qubits) if is_each => {
                    qubits.retain(|&q| q < num_qubits);
                    if qubits.is_empty() {
                        return None;
                    }
                }
                Place::Qubits(qubits) => qubits.retain(|&q| q < num_qubits),
                Place::Except(tuples) => {
                    tuples.retain(|on| on.iter().all(|&q| q < num_qubits));
                }
                Place::Tuples(tuples) => {
                    tuples.retain(|on| on.iter().all(|&q| q < num_qubits));
                    if tuples.is_empty() {
                        return None;
                    }
                }
            }
            Some(rule)
        };
        NoiseModel {
            rules: self.rules.iter().filter_map(within).collect(),
            readout: self.readout,
            readout_of: self.readout_of.range(..num_qubits).map(|(&q, &e)| (q, e)).collect(),
            num_qubits: self.num_qubits.map(|n| n.min(num_qubits)),
            dt: self.dt,
            timing: self.timing.as_ref().map(|timing| Box::new(timing.on_first(num_qubits))),
            target: self.target.as_ref().map(|target| Box::new(target.on_first(num_qubits))),
        }
    }

    /// Appends the rules of another model and takes over what it says beside.
    ///
    /// # Errors
    /// If both say how a qubit is misread, be it as one of all, how many qubits the device has, how long a
    /// dt is or how circuits are scheduled, and differ; if one names qubits that the device of the other
    /// does not have.
    pub fn extend(&mut self, other: NoiseModel) -> Result<&mut Self> {
        let mut joined = self.clone();
        one_of(&mut joined.readout, other.readout, "the readout error of all qubits")?;
        for &qubit in joined.readout_of.keys().chain(other.readout_of.keys()) {
            check_same_readout(qubit, self, &other)?;
        }
        joined.readout_of.extend(other.readout_of);
        one_of(&mut joined.num_qubits, other.num_qubits, "the number of qubits of the device")?;
        one_of(&mut joined.dt, other.dt, "the length of a dt")?;
        one_of(&mut joined.timing, other.timing, "how circuits are scheduled")?;
        one_of(&mut joined.target, other.target, "which gates circuits are written in")?;
        joined.rules.extend(other.rules);
        if let Some(n) = joined.num_qubits {
            joined.check_names(n, "the device of the model")?;
        }
        if let Some(target) = joined.target.take() {
            joined.set_target(*target)?;
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
        if let Some(&qubit) = self.readout_of.keys().find(|&&q| q >= num_qubits) {
            return Err(named("a readout error of the noise model".into(), qubit));
        }
        match self.timing.as_ref().and_then(|t| t.named_qubits().find(|&q| q >= num_qubits)) {
            Some(qubit) => Err(named("the schedule of the noise model".into(), qubit)),
            None => Ok(()),
        }
    }
}

/// Refuses two models that say different readout errors of a qubit, by itself or as one of all.
fn check_same_readout(qubit: usize, mine: &NoiseModel, theirs: &NoiseModel) -> Result<()> {
    let said = |model: &NoiseModel| {
        let own = model.readout_of.get(&qubit).map(|&error| (error, "of this qubit"));
        own.or(model.readout.map(|error| (error, "of all qubits")))
    };
    let (Some((a, of_a)), Some((b, of_b))) = (said(mine), said(theirs)) else { return Ok(()) };
    if a == b {
        return Ok(());
    }
    let text = |e: ReadoutError| format!("P(1|0) = {}, P(0|1) = {}", e.p1_given_0, e.p0_given_1);
    Err(Error::Invalid {
        what: format!("the readout error of qubit {qubit}"),
        value: format!("{} {of_a} in one model, {} {of_b} in the other", text(a), text(b)),
        expected:
            "models that are joined do not differ: leave the readout error out of one of them"
                .into(),
    })
}

/// What one of two models says, if they do not differ.
fn one_of<T: PartialEq>(mine: &mut Option<T>, theirs: Option<T>, what: &str) -> Result<()> {
    match (&mine, theirs) {
        (Some(a), Some(b)) if *a != b => Err(Error::Invalid {
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
