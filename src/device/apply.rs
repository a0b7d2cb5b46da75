//! A circuit under a noise model.

use super::coverage::Coverage;
use super::model::NoiseModel;
use super::pattern::{GateName, Operations, is_virtual};
use super::rule::{Noise, When};
use super::time::seconds;
use crate::circuit::{ChannelOp, Circuit, Duration, If, Op, While};
use crate::error::{Error, Result};
use crate::gate::{Gate, GateOp, StdGate};
use crate::math;
use crate::noise::Channel;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A circuit with its noise.
#[derive(Debug, Clone, PartialEq)]
pub struct Noisy {
    /// The circuit with noise channels and readout errors.
    pub circuit: Circuit,
    /// What got noise and what did not.
    pub coverage: Coverage,
}

impl NoiseModel {
    /// The circuit with the channels of this model put in and its readout errors set. Channels that
    /// stand in the circuit already stay and get no noise of their own. A gate that is defined by others
    /// is written as these, each with its noise, unless a rule names it.
    ///
    /// The time is linear in the operations, each times the rules for its kind.
    ///
    /// # Errors
    /// If a rule names a qubit that the circuit (or, where the model says how many, its device) does
    /// not have; if the circuit is on more qubits than the device; if it has a readout error of its own
    /// that differs from the model's; if a delay is in units whose length the model does not say; if
    /// there is no memory for the operations.
    pub fn apply(&self, circuit: &Circuit) -> Result<Noisy> {
        let num_qubits = circuit.num_qubits();
        match self.num_qubits {
            None => self.check_names(num_qubits, "the circuit")?,
            Some(device) if device < num_qubits => {
                return Err(Error::Invalid {
                    what: "the number of qubits of a circuit under a noise model".into(),
                    value: num_qubits.to_string(),
                    expected: format!("the model is of a device with {device}"),
                });
            }
            Some(_) => {}
        }
        let mut work = Work {
            model: self,
            depth: 0,
            coverage: Coverage::default(),
            without: BTreeMap::new(),
            matched: vec![false; self.rules.len()],
            rules_of: HashMap::new(),
            relaxations: HashMap::new(),
        };
        let ops = work.body(circuit.ops())?;
        let mut noisy = circuit.with_ops(ops);
        let mut num_misread = 0;
        for qubit in 0..num_qubits {
            let (own, error) = (noisy.readout_error(qubit), self.readout_error(qubit));
            if error.is_none() {
                continue;
            }
            if !own.is_none() && own != error {
                return Err(Error::Invalid {
                    what: format!("the readout error of qubit {qubit}"),
                    value: format!("{}, {} in the circuit", own.p1_given_0, own.p0_given_1),
                    expected: format!(
                        "the noise model has {}, {}: take the circuit `without_noise`, or leave it out \
                         of the model",
                        error.p1_given_0, error.p0_given_1
                    ),
                });
            }
            noisy.set_readout_error(qubit, error)?;
            num_misread += 1;
        }
        let Work { mut coverage, without, matched, .. } = work;
        coverage.set_without(without);
        coverage.num_misread_qubits = num_misread;
        let unmatched = matched.iter().enumerate().filter(|(_, m)| !**m);
        coverage.unmatched = unmatched.map(|(k, _)| k).collect();
        Ok(Noisy { circuit: noisy, coverage })
    }
}

/// Operations that the same rules are for, wherever they are.
#[derive(PartialEq, Eq, Hash)]
enum Kind {
    Row(StdGate, usize),
    PauliRotation { controlled: bool, is_virtual: bool },
    Custom { name: String, controlled: bool, is_virtual: bool },
    Delay,
    Reset,
    Measure,
}

impl Kind {
    /// `None` where no rule is for it.
    fn of(op: &Op) -> Option<Kind> {
        Some(match op {
            Op::Gate(g) => {
                let controlled = !g.controls.is_empty();
                match &g.gate {
                    Gate::Std(row, _) => Kind::Row(*row, g.controls.len()),
                    Gate::PauliRotation(..) => {
                        Kind::PauliRotation { controlled, is_virtual: is_virtual(g) }
                    }
                    own => Kind::Custom {
                        name: own.name().into_owned(),
                        controlled,
                        is_virtual: is_virtual(g),
                    },
                }
            }
            Op::Delay { .. } => Kind::Delay,
            Op::Reset(_) => Kind::Reset,
            Op::Measure { .. } => Kind::Measure,
            _ => return None,
        })
    }
}

/// Deepest nesting of definitions that is looked into.
const MAX_DEPTH: usize = 1_000;

fn too_deep() -> Error {
    Error::Invalid {
        what: "the nesting of gate definitions".into(),
        value: format!("deeper than {MAX_DEPTH}"),
        expected: "flatten them with `decompose`".into(),
    }
}

struct Work<'a> {
    model: &'a NoiseModel,
    /// How many definitions it is inside of.
    depth: usize,
    coverage: Coverage,
    /// Gates without noise, by name, number of qubits and whether they are virtual.
    without: BTreeMap<(String, usize, bool), usize>,
    /// Which rules matched something.
    matched: Vec<bool>,
    /// The rules for each kind that was met.
    rules_of: HashMap<Kind, Arc<[usize]>>,
    /// Channels of relaxation rules by rule and by the bits of the time.
    relaxations: HashMap<(usize, u64), Arc<Channel>>,
}

impl Work<'_> {
    fn body(&mut self, ops: &[Op]) -> Result<Vec<Op>> {
        let mut out = Vec::new();
        for op in ops {
            self.op(op, &mut out)?;
        }
        Ok(out)
    }

    fn op(&mut self, op: &Op, out: &mut Vec<Op>) -> Result<()> {
        match op {
            Op::If(i) => {
                let (then, otherwise) = (self.body(&i.then)?, self.body(&i.otherwise)?);
                let branch = If { condition: i.condition.clone(), then, otherwise };
                push(out, Op::If(Box::new(branch)))
            }
            Op::While(w) => {
                let body = self.body(&w.body)?;
                push(out, Op::While(Box::new(While { condition: w.condition.clone(), body })))
            }
            Op::Channel(_) | Op::Barrier(_) | Op::Assign(_) => push(out, op.clone()),
            Op::Gate(g) => {
                let on: Vec<usize> = g.qubits().map(|q| q as usize).collect();
                if on.is_empty() {
                    return push(out, op.clone());
                }
                if let (Gate::Block(_), Some(steps)) = (&g.gate, g.steps())
                    && !self.is_named(&g.gate)
                {
                    // A device does what the definition says, gate by gate.
                    if self.depth >= MAX_DEPTH {
                        return Err(too_deep());
                    }
                    self.depth += 1;
                    steps.into_iter().try_for_each(|step| self.op(&Op::Gate(step), out))?;
                    self.depth -= 1;
                    return Ok(());
                }
                let channels = self.around(op, &[on], None, out)?;
                self.coverage.num_gates += 1;
                match channels {
                    0 => self.count_without(g),
                    _ => self.coverage.num_noisy_gates += 1,
                }
                Ok(())
            }
            Op::Measure { qubit, .. } => {
                let qubit = *qubit as usize;
                let channels = self.around(op, &[vec![qubit]], None, out)?;
                let misread = !self.model.readout_error(qubit).is_none();
                self.coverage.num_measurements += 1;
                self.coverage.num_noisy_measurements += usize::from(misread || channels > 0);
                Ok(())
            }
            Op::Reset(qubit) => self.around(op, &[vec![*qubit as usize]], None, out).map(drop),
            Op::Delay { qubits, duration } => {
                let each: Vec<Vec<usize>> = qubits.iter().map(|&q| vec![q as usize]).collect();
                self.around(op, &each, Some(*duration), out).map(drop)
            }
        }
    }

    /// Whether a rule names a block, which is then one operation.
    fn is_named(&self, gate: &Gate) -> bool {
        let name = gate.name();
        self.model.rules.iter().any(|rule| match rule.pattern.operations() {
            Operations::Gates(names) => names
                .iter()
                .any(|known| matches!(known, GateName::Custom(custom) if *custom == *name)),
            _ => false,
        })
    }

    fn count_without(&mut self, g: &GateOp) {
        let key = (g.name().into_owned(), g.qubits().count(), is_virtual(g));
        *self.without.entry(key).or_default() += 1;
    }

    /// Writes an operation with its channels; `parts` are the lists of qubits that count as one
    /// operation each. The number of channels.
    fn around(
        &mut self,
        op: &Op,
        parts: &[Vec<usize>],
        duration: Option<Duration>,
        out: &mut Vec<Op>,
    ) -> Result<usize> {
        let rules = self.rules_for(op);
        let mut channels = self.channels(&rules, When::Before, parts, duration, out)?;
        push(out, op.clone())?;
        channels += self.channels(&rules, When::After, parts, duration, out)?;
        self.coverage.num_channels += channels;
        Ok(channels)
    }

    fn rules_for(&mut self, op: &Op) -> Arc<[usize]> {
        let Some(kind) = Kind::of(op) else { return Arc::new([]) };
        let rules = &self.model.rules;
        let found = self
            .rules_of
            .entry(kind)
            .or_insert_with(|| (0..rules.len()).filter(|&k| rules[k].pattern.is_for(op)).collect());
        found.clone()
    }

    fn channels(
        &mut self,
        rules: &[usize],
        when: When,
        parts: &[Vec<usize>],
        duration: Option<Duration>,
        out: &mut Vec<Op>,
    ) -> Result<usize> {
        let model = self.model;
        let mut count = 0;
        for &k in rules.iter().filter(|&&k| model.rules[k].when == when) {
            let sites: Vec<Vec<usize>> =
                parts.iter().flat_map(|on| model.rules[k].sites(on)).collect();
            if sites.is_empty() {
                continue;
            }
            self.matched[k] = true;
            let Some(channel) = self.channel(k, duration)? else { continue };
            for site in sites {
                let qubits = site.iter().map(|&q| q as u32).collect();
                push(out, Op::Channel(Box::new(ChannelOp { channel: channel.clone(), qubits })))?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// The channel of a rule, for a delay of that duration; none for no time at all.
    fn channel(&mut self, k: usize, duration: Option<Duration>) -> Result<Option<Arc<Channel>>> {
        match (&self.model.rules[k].noise, duration) {
            (Noise::Channel(channel), _) => Ok(Some(channel.clone())),
            (Noise::Relaxation(_), None) => unreachable!("such a rule is for delays only"),
            (Noise::Relaxation(relaxation), Some(duration)) => {
                let time = seconds(&duration, self.model.dt)?;
                if time == 0.0 {
                    return Ok(None);
                }
                let key = (k, time.to_bits());
                if let Some(known) = self.relaxations.get(&key) {
                    return Ok(Some(known.clone()));
                }
                let channel = Arc::new(relaxation.channel(time)?);
                self.relaxations.insert(key, channel.clone());
                Ok(Some(channel))
            }
        }
    }
}

fn push(out: &mut Vec<Op>, op: Op) -> Result<()> {
    math::push(out, op, "the operations of a circuit with its noise", "make the circuit smaller")
}
