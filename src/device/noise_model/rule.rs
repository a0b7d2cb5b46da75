//! One rule of a noise model.

use super::pattern::{Operations, Pattern, Place};
use crate::error::{Error, Result};
use crate::noise::Channel;
use std::sync::Arc;

/// What operations like this suffer.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub(super) pattern: Pattern,
    pub(super) when: When,
    pub(super) noise: Noise,
    pub(super) acts_on: ActsOn,
}

/// Before an operation or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before it, as relaxation is that happens while a qubit is read out.
    Before,
    /// After it.
    After,
}

/// Which of an operation's qubits a channel acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActsOn {
    /// A channel on one qubit acts on each by itself.
    Each,
    /// One channel acts on all of them, its qubit k on the operation's k-th, controls first.
    All,
    /// One channel acts on some of them, its qubit k on the operation's `positions[k]`-th.
    At(Vec<usize>),
}

/// What an operation suffers.
#[derive(Debug, Clone, PartialEq)]
pub enum Noise {
    /// The same channel each time.
    Channel(Arc<Channel>),
    /// Relaxation while a delay lasts.
    Relaxation(Relaxation),
}

/// Relaxation and dephasing of a qubit that idles; times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relaxation {
    /// Populations decay by e^{-t/T1}.
    pub t1: f64,
    /// Coherences decay by e^{-t/T2}; at most 2·T1.
    pub t2: f64,
    /// The population of |1⟩ in equilibrium.
    pub excited_population: f64,
}

impl Relaxation {
    /// At zero temperature.
    pub fn new(t1: f64, t2: f64) -> Self {
        Relaxation { t1, t2, excited_population: 0.0 }
    }

    /// The channel of so many seconds.
    ///
    /// # Errors
    /// If T1 or T2 is not positive, T2 is more than 2·T1, the population is no probability, or the
    /// time is negative.
    pub fn channel(&self, seconds: f64) -> Result<Channel> {
        Channel::thermal_relaxation(self.t1, self.t2, seconds, self.excited_population)
    }
}

impl Rule {
    /// A channel after each operation that matches.
    ///
    /// # Errors
    /// If the channel does not fit: [`ActsOn::Each`] takes channels on one qubit, [`ActsOn::All`] those
    /// on as many as all operations that match touch (which the pattern must say), [`ActsOn::At`] as
    /// many positions as the channel has qubits, all different. If the pattern contradicts itself.
    pub fn after(
        pattern: Pattern,
        channel: impl Into<Arc<Channel>>,
        acts_on: ActsOn,
    ) -> Result<Self> {
        Self::new(pattern, When::After, Noise::Channel(channel.into()), acts_on)
    }

    /// A channel before each operation that matches.
    ///
    /// # Errors
    /// As [`after`](Self::after).
    pub fn before(
        pattern: Pattern,
        channel: impl Into<Arc<Channel>>,
        acts_on: ActsOn,
    ) -> Result<Self> {
        Self::new(pattern, When::Before, Noise::Channel(channel.into()), acts_on)
    }

    /// Relaxation of the qubits of delays.
    ///
    /// # Errors
    /// If the pattern is not [`Pattern::delay`], or there is no such relaxation
    /// ([`Relaxation::channel`]).
    pub fn relaxation(pattern: Pattern, relaxation: Relaxation) -> Result<Self> {
        Self::new(pattern, When::After, Noise::Relaxation(relaxation), ActsOn::Each)
    }

    fn new(pattern: Pattern, when: When, noise: Noise, acts_on: ActsOn) -> Result<Self> {
        let rule = Rule { pattern, when, noise, acts_on };
        rule.check()?;
        Ok(rule)
    }

    /// What it is for.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Before or after the operation.
    pub fn when(&self) -> When {
        self.when
    }

    /// What the operation suffers.
    pub fn noise(&self) -> &Noise {
        &self.noise
    }

    /// On which of its qubits.
    pub fn acts_on(&self) -> &ActsOn {
        &self.acts_on
    }

    fn check(&self) -> Result<()> {
        let arity = self.pattern.arity()?;
        let channel = match &self.noise {
            Noise::Channel(channel) => channel,
            Noise::Relaxation(relaxation) => {
                if self.pattern.operations != Operations::Delay {
                    return Err(Error::Invalid {
                        what: "relaxation for as long as an operation lasts".into(),
                        value: "a rule for operations that say no time".into(),
                        expected:
                            "it is for `delay`; for others give the channel with its time, as in \
                                   `thermal(t1=100us, t2=80us, t=35ns)`"
                                .into(),
                    });
                }
                return relaxation.channel(0.0).map(drop);
            }
        };
        let misfit = |value: String, expected: &str| Error::Invalid {
            what: format!("the channel `{channel}` of a noise rule"),
            value,
            expected: expected.into(),
        };
        let size = channel.num_qubits();
        match &self.acts_on {
            ActsOn::Each if size != 1 => Err(misfit(
                format!("on {size} qubits"),
                "one that acts on each of an operation's qubits is on one qubit",
            )),
            ActsOn::Each => Ok(()),
            ActsOn::All => match arity {
                Some(arity) if arity == size => Ok(()),
                Some(arity) => Err(misfit(
                    format!("on {size} qubits, and what the rule matches touches {arity}"),
                    "one that acts on all of an operation's qubits is on as many",
                )),
                None => Err(misfit(
                    "for operations on any number of qubits".into(),
                    "say how many qubits the operations touch, or let a channel on one act on each",
                )),
            },
            ActsOn::At(positions) => {
                let is_new = |(k, p): (usize, &usize)| !positions[..k].contains(p);
                if positions.len() != size || !positions.iter().enumerate().all(is_new) {
                    return Err(misfit(
                        format!("on {size} qubits, at the positions {positions:?}"),
                        "it needs as many positions as it has qubits, all different",
                    ));
                }
                match arity {
                    Some(arity) if positions.iter().all(|&p| p < arity) => Ok(()),
                    Some(arity) => Err(misfit(
                        format!("at the positions {positions:?} of {arity}"),
                        "positions count an operation's qubits from 0, controls first",
                    )),
                    None => Err(misfit(
                        "at positions of operations on any number of qubits".into(),
                        "say how many qubits the operations touch",
                    )),
                }
            }
        }
    }

    /// The lists of qubits that it acts on, of an operation on `on` that its pattern is for; none where
    /// it does not match.
    pub(super) fn sites(&self, on: &[usize]) -> Vec<Vec<usize>> {
        if self.pattern.num_qubits.is_some_and(|n| n != on.len()) {
            return vec![];
        }
        let all_among = |qubits: &[usize]| on.iter().all(|q| qubits.contains(q));
        match (&self.acts_on, &self.pattern.place) {
            (_, Place::Tuples(tuples)) if !tuples.iter().any(|t| t == on) => vec![],
            (_, Place::Except(tuples)) if tuples.iter().any(|t| t == on) => vec![],
            (ActsOn::Each, Place::Qubits(qubits)) => {
                on.iter().filter(|q| qubits.contains(q)).map(|&q| vec![q]).collect()
            }
            (_, Place::Qubits(qubits)) if !all_among(qubits) => vec![],
            (ActsOn::Each, _) => on.iter().map(|&q| vec![q]).collect(),
            (ActsOn::All, _) => vec![on.to_vec()],
            (ActsOn::At(positions), _) => vec![positions.iter().map(|&p| on[p]).collect()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(k: usize) -> Channel {
        Channel::depolarizing(0.1, k).unwrap()
    }

    #[test]
    fn channels_that_do_not_fit_are_refused() {
        let cx = || Pattern::gates(["cx"]).unwrap();
        let refused = |pattern, k, acts_on| {
            Rule::after(pattern, channel(k), acts_on).unwrap_err().to_string()
        };
        let error = refused(cx(), 2, ActsOn::Each);
        assert!(
            error.contains("depolarizing(p=0.1, qubits=2)") && error.contains("on one qubit"),
            "{error}"
        );
        let error = refused(cx(), 3, ActsOn::All);
        assert!(error.contains("on 3 qubits, and what the rule matches touches 2"), "{error}");
        let error = refused(Pattern::all_gates(), 2, ActsOn::All);
        assert!(error.contains("say how many qubits"), "{error}");
        Rule::after(Pattern::all_gates().touching(2), channel(2), ActsOn::All).unwrap();
        let error = refused(cx(), 1, ActsOn::At(vec![2]));
        assert!(error.contains("[2] of 2"), "{error}");
        let error = refused(cx(), 2, ActsOn::At(vec![1, 1]));
        assert!(error.contains("all different"), "{error}");
        refused(cx(), 2, ActsOn::At(vec![1]));
        let relaxation = Relaxation::new(100e-6, 80e-6);
        let error = Rule::relaxation(cx(), relaxation).unwrap_err().to_string();
        assert!(error.contains("it is for `delay`"), "{error}");
    }

    #[test]
    fn sites_of_operations() {
        let rule =
            |pattern: Pattern, k, acts_on| Rule::after(pattern, channel(k), acts_on).unwrap();
        let gates = || Pattern::all_gates();
        let each = rule(gates().on_qubits([0, 2]), 1, ActsOn::Each);
        assert_eq!(each.sites(&[2, 1, 0]), [[2], [0]]);
        assert!(each.sites(&[1, 3]).is_empty());
        let all = rule(gates().touching(2).on_qubits([0, 2]), 2, ActsOn::All);
        assert_eq!(all.sites(&[2, 0]), [[2, 0]]);
        assert!(all.sites(&[2, 1]).is_empty() && all.sites(&[2]).is_empty());
        let ordered = rule(gates().on_tuples([[0, 1]]), 1, ActsOn::At(vec![1]));
        assert_eq!(ordered.sites(&[0, 1]), [[1]]);
        assert!(ordered.sites(&[1, 0]).is_empty());
    }
}
