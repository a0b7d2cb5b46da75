//! A circuit under a noise model.

use super::coverage::Coverage;
use super::model::NoiseModel;
use super::pattern::{Operations, Place};
use super::rule::{Noise, Rule, When};
use crate::circuit::{ChannelOp, Circuit, Duration, If, Op, While};
use crate::device::gate_name::{GateName, is_virtual};
use crate::device::schedule::{Planner, Schedule, seconds};
use crate::device::target::{Places, Written, exchanges, moved};
use crate::error::{Error, Result};
use crate::gate::{Gate, GateOp, StdGate};
use crate::math;
use crate::noise::Channel;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A circuit with its noise.
#[derive(Debug, Clone, PartialEq)]
pub struct Noisy {
    /// The circuit with noise channels and readout errors.
    pub circuit: Circuit,
    /// What got noise and what did not.
    pub coverage: Coverage,
    /// The times, where the model schedules circuits; its circuit has no channels but those of
    /// crosstalk, and qubits do not wait in it after their final measurements.
    pub schedule: Option<Schedule>,
    /// Which of the device's qubits each qubit of the circuit begins on and ends on, where the model has
    /// a [`Target`](crate::device::Target).
    pub places: Option<[Vec<usize>; 2]>,
}

impl NoiseModel {
    /// The circuit with the channels of this model put in and its readout errors set. Channels that
    /// stand in the circuit already stay and get no noise of their own. A gate that is defined by others
    /// is written as these, each with its noise, unless a rule names it.
    ///
    /// A model with a [`Target`](crate::device::Target) writes the circuit in a device's gates first. Where
    /// qubits then begin on other places than they end on, swaps without noise at the very beginning stand
    /// for preparing each on its own: they do nothing to |0…0⟩, and every other initial state is the
    /// circuit's, too.
    /// A model with a [`Timing`](crate::device::Timing) then schedules it: its operations come in
    /// the order of time, with delays, which relaxation rules are for, and with phases of crosstalk. Final
    /// measurements come last, and their qubits do not wait after them.
    ///
    /// The time is linear in the rules and in the operations, each times the rules for its kind that are at
    /// its place or at no certain one.
    ///
    /// # Errors
    /// If a rule names a qubit that the circuit (or, where the model says how many, its device) does
    /// not have; if the circuit is on more qubits than the device; if it has a readout error of its own
    /// that differs from the model's; if a delay is in units whose length the model does not say; if
    /// there is no memory for the operations.
    pub fn apply(&self, circuit: &Circuit) -> Result<Noisy> {
        let num_qubits = circuit.num_qubits();
        let Some(target) = &self.target else {
            return self.apply_to(circuit, &(0..num_qubits).collect::<Vec<usize>>());
        };
        let Written { circuit: written, initial_places, final_places } =
            target.write(circuit, 0)?;
        // Noise is that of the device's qubits, and the numbers of qubits are the circuit's.
        let mut noisy = self.apply_to(&written, &final_places)?;
        let places = Places::of(&final_places);
        let to = |q: u32| places.qubit(q);
        if final_places.iter().enumerate().any(|(k, &place)| k != place) {
            noisy.circuit = noisy.circuit.with_ops(moved(noisy.circuit.ops(), &to));
            if let Some(schedule) = &mut noisy.schedule {
                schedule.circuit = schedule.circuit.with_ops(moved(schedule.circuit.ops(), &to));
                schedule.idle_ns = final_places.iter().map(|&q| schedule.idle_ns[q]).collect();
            }
        }
        // A qubit that begins where another one ends is prepared there.
        let begins: Vec<usize> =
            initial_places.iter().map(|&place| to(place as u32) as usize).collect();
        let exchanges = exchanges(&begins);
        if !exchanges.is_empty() {
            let swap = |(a, b)| Op::Gate(GateOp::std(StdGate::Swap, [], [a, b]));
            let mut ops: Vec<Op> = exchanges.into_iter().map(swap).collect();
            ops.extend(noisy.circuit.ops().iter().cloned());
            noisy.circuit = noisy.circuit.with_ops(ops);
        }
        noisy.places = Some([initial_places, final_places]);
        Ok(noisy)
    }

    /// The same of a circuit on the device's qubits; the circuit's qubit k that is read is `ends[k]` there.
    fn apply_to(&self, circuit: &Circuit, ends: &[usize]) -> Result<Noisy> {
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
            Some(device) => self.check_names(device, "the device of the model")?,
        }
        let custom_names = custom_names(&self.rules);
        let is_whole = |gate: &Gate| custom_names.contains(&*gate.name());
        let mut work = Work {
            model: self,
            is_whole: &is_whole,
            depth: 0,
            coverage: Coverage::default(),
            without: BTreeMap::new(),
            matched: vec![false; self.rules.len()],
            rules_of: HashMap::new(),
            rules_at: HashMap::new(),
            relaxations: HashMap::new(),
        };
        let schedule = match &self.timing {
            None => None,
            Some(timing) => {
                Some(Planner::new(circuit, timing, self.dt, &is_whole).for_noise().schedule()?)
            }
        };
        let ops = work.body(schedule.as_ref().map_or(circuit, |s| &s.circuit).ops())?;
        let mut noisy = circuit.with_ops(ops);
        let mut num_misread = 0;
        for qubit in 0..num_qubits {
            let (own, error) = (noisy.readout_error(qubit), self.readout_error(ends[qubit]));
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
        coverage.num_channels += schedule.as_ref().map_or(0, |s| s.num_phases);
        coverage.untimed = schedule.as_ref().map_or(vec![], |s| s.untimed.clone());
        let unmatched = matched.iter().enumerate().filter(|(_, m)| !**m);
        coverage.unmatched = unmatched.map(|(k, _)| k).collect();
        Ok(Noisy { circuit: noisy, coverage, schedule, places: None })
    }
}

/// Operations that the same rules are for, wherever they are.
#[derive(Clone, PartialEq, Eq, Hash)]
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

/// Operations of a kind, and the lists of qubits that count as one operation each.
type Site = (Kind, Vec<Vec<usize>>);

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
    /// Whether a rule names a block, which is then one operation.
    is_whole: &'a dyn Fn(&Gate) -> bool,
    /// How many definitions it is inside of.
    depth: usize,
    coverage: Coverage,
    /// Gates without noise, by name, number of qubits and whether they are virtual.
    without: BTreeMap<(String, usize, bool), usize>,
    /// Which rules matched something.
    matched: Vec<bool>,
    /// The rules for each kind that was met, and those of them that are for certain qubits: a device has
    /// a rule for each of its places, and a circuit is on few of them.
    rules_of: HashMap<Kind, Index>,
    rules_at: HashMap<Site, Arc<[usize]>>,
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
                    && !(self.is_whole)(&g.gate)
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
        let rules = self.rules_for(op, parts);
        let mut channels = self.channels(&rules, When::Before, parts, duration, out)?;
        push(out, op.clone())?;
        channels += self.channels(&rules, When::After, parts, duration, out)?;
        self.coverage.num_channels += channels;
        Ok(channels)
    }

    fn rules_for(&mut self, op: &Op, parts: &[Vec<usize>]) -> Arc<[usize]> {
        let Some(kind) = Kind::of(op) else { return Arc::new([]) };
        let key = (kind, parts.to_vec());
        if let Some(known) = self.rules_at.get(&key) {
            return known.clone();
        }
        let rules = &self.model.rules;
        let of_kind =
            self.rules_of.entry(key.0.clone()).or_insert_with(|| Index::new(rules, op)).near(parts);
        let is_at = |k: &usize| parts.iter().any(|on| !rules[*k].sites(on).is_empty());
        let found: Arc<[usize]> = of_kind.into_iter().filter(is_at).collect();
        self.rules_at.insert(key, found.clone());
        found
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

/// The rules for operations of a kind by their places.
#[derive(Default)]
struct Index {
    /// Of rules for whole lists of qubits.
    by_tuple: HashMap<Vec<usize>, Vec<usize>>,
    /// Of rules for single qubits, or for those among some.
    by_qubit: HashMap<usize, Vec<usize>>,
    /// Of rules that may be anywhere.
    anywhere: Vec<usize>,
}

impl Index {
    fn new(rules: &[Rule], op: &Op) -> Self {
        let mut index = Index::default();
        for (k, rule) in rules.iter().enumerate().filter(|(_, r)| r.pattern.is_for(op)) {
            match &rule.pattern.place {
                Place::Tuples(tuples) => tuples
                    .iter()
                    .for_each(|on| index.by_tuple.entry(on.clone()).or_default().push(k)),
                Place::Qubits(qubits) => {
                    qubits.iter().for_each(|&q| index.by_qubit.entry(q).or_default().push(k));
                }
                Place::Anywhere | Place::Except(_) => index.anywhere.push(k),
            }
        }
        index
    }

    /// The rules that may be for these places, in their order.
    fn near(&self, parts: &[Vec<usize>]) -> Vec<usize> {
        let mut found = self.anywhere.clone();
        for on in parts {
            found.extend(self.by_tuple.get(on).into_iter().flatten());
            found.extend(on.iter().filter_map(|q| self.by_qubit.get(q)).flatten());
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The names of gates of a circuit's own that rules name.
fn custom_names(rules: &[Rule]) -> HashSet<&str> {
    let names = rules.iter().filter_map(|rule| match rule.pattern.operations() {
        Operations::Gates(names) => Some(names),
        _ => None,
    });
    let custom = names.flatten().filter_map(|name| match name {
        GateName::Custom(name) => Some(&name[..]),
        _ => None,
    });
    custom.collect()
}

fn push(out: &mut Vec<Op>, op: Op) -> Result<()> {
    math::push(out, op, "the operations of a circuit with its noise", "make the circuit smaller")
}
