//! The control flow of a circuit: stretches of gates between instructions that make a random choice,
//! read or write classical bits. It knows no method and no limit of size.

use crate::circuit::{Assign, ChannelOp, Circuit, Expr, Op};
use crate::error::{Error, Result};
use crate::gate::{GateOp, index};
use crate::math::{Bits, push};
use crate::noise::{ReadoutError, Unraveling};
use std::borrow::Cow;
use std::sync::Arc;

const WHAT: &str = "the list of the instructions of a circuit";
const HINT: &str = "simulate fewer operations at once";

/// How many channels before it a channel is compared with, to share what is computed of them.
const ALIKE: usize = 8;

/// One instruction; control structures are jumps, so that a branch is a program counter.
#[derive(Debug, Clone)]
pub(super) enum Instruction {
    /// Runs stretch number k.
    Run(usize),
    /// What comes up to `end` are gates and channels without control flow, span number k. A method
    /// that takes channels along with gates does all of it at once and goes on at `end`; others go
    /// on here, stretch by stretch and choice by choice.
    Span { number: usize, end: usize },
    /// Takes one side of a random choice.
    Choose(Choice),
    /// Goes on at `to` if the condition is 0.
    JumpUnless { condition: Expr, to: usize },
    /// Goes on at `to`; backwards at the end of a loop.
    Jump { to: usize },
    /// Writes classical bits.
    Assign(Assign),
}

/// What has several sides, of which one comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Measures a qubit into a classical bit: the side is the outcome.
    Measure { qubit: u32, clbit: u32 },
    /// Puts a qubit to |0⟩: the side is the outcome of the measurement that it takes.
    Reset(u32),
    /// Takes one of the operators of channel number k.
    Channel(u32),
}

impl Choice {
    /// How many sides it has at most.
    fn num_sides(self, flow: &Flow) -> f64 {
        match self {
            Choice::Measure { qubit, .. } => match flow.readout_errors.get(qubit as usize) {
                Some(error) if !error.is_none() => 4.0,
                _ => 2.0,
            },
            Choice::Reset(_) => 2.0,
            Choice::Channel(number) => flow.channels[number as usize]
                .unraveling
                .num_sides()
                .map_or(f64::INFINITY, |n| n as f64),
        }
    }
}

/// A channel at its place in a circuit.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub op: ChannelOp,
    /// Equal channels share theirs.
    pub unraveling: Arc<Unraveling>,
}

/// Sides of a channel that are listed at a choice.
const MAX_LISTED: u64 = 1 << 12;

impl Site {
    /// Refuses to list the sides of a channel that has many.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it has.
    pub fn check_few(&self) -> Result<()> {
        if self.unraveling.num_sides().is_some_and(|sides| sides <= MAX_LISTED) {
            return Ok(());
        }
        let channel = &self.op.channel;
        Err(Error::Unsupported {
            method: "a branch for each operator of a noise channel",
            operation: format!("`{channel}` on {} qubits", channel.num_qubits()),
            hint: "use the density matrix or trajectories".into(),
        })
    }
}

/// A run of gates and channels.
#[derive(Debug, Clone)]
pub(super) struct Span {
    /// In order.
    pub steps: Vec<Step>,
}

impl Span {
    /// The number of the channel at a step. Panics if it is none.
    pub fn channel(&self, step: usize) -> usize {
        match self.steps[step] {
            Step::Channel(number) => number,
            Step::Gates(_) => unreachable!("step {step} is no channel"),
        }
    }
}

/// One step of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Stretch number k.
    Gates(usize),
    /// Channel number k.
    Channel(usize),
}

/// Gates without a choice or a jump between them; barriers, delays and final measurements among
/// them are no gates.
#[derive(Debug, Clone)]
struct Stretch<'c>(Cow<'c, [Op]>);

/// The control flow of a circuit, which lends its gates.
#[derive(Debug, Clone)]
pub(super) struct Flow<'c> {
    pub num_qubits: usize,
    pub num_clbits: usize,
    pub code: Vec<Instruction>,
    stretches: Vec<Stretch<'c>>,
    /// All channels, in order.
    pub channels: Vec<Site>,
    /// Runs of gates and channels that have at least one channel.
    pub spans: Vec<Span>,
    /// How measurements misread each qubit; empty where they do not.
    pub readout_errors: Vec<ReadoutError>,
    /// Final measurements, set aside: qubit and bit of the outcome. Those into scratch bits are
    /// forgotten: nothing looks at them. A circuit whose outcomes show no classical bit has all its
    /// qubits measured.
    pub readout: Vec<(u32, u32)>,
    num_outcome_bits: usize,
    /// The classical bit of each bit of an outcome; `None` where outcomes are the classical bits.
    shown: Option<Vec<u32>>,
}

impl<'c> Flow<'c> {
    /// That of a circuit; time and memory are linear in its operations.
    ///
    /// # Errors
    /// If there is no memory for the instructions.
    pub fn new(circuit: &'c Circuit) -> Result<Self> {
        let is_final = circuit.final_measurements();
        let num_outcome_bits = circuit.num_outcome_bits();
        let shown: Option<Vec<u32>> = (num_outcome_bits < circuit.num_clbits())
            .then(|| circuit.outcome_bits().map(index).collect());
        let place = |clbit: u32| match &shown {
            None => Some(clbit),
            Some(shown) => shown.binary_search(&clbit).ok().map(index),
        };
        let mut flow = Flow {
            num_qubits: circuit.num_qubits(),
            num_clbits: circuit.num_clbits(),
            code: Vec::new(),
            stretches: Vec::new(),
            channels: Vec::new(),
            spans: Vec::new(),
            readout_errors: match circuit.readout_errors().len() {
                0 => Vec::new(),
                _ => (0..circuit.num_qubits()).map(|q| circuit.readout_error(q)).collect(),
            },
            readout: Vec::new(),
            num_outcome_bits,
            shown: None,
        };
        for (op, &last) in circuit.ops().iter().zip(&is_final) {
            if let (Op::Measure { qubit, clbit }, true) = (op, last) {
                flow.readout.extend(place(*clbit).map(|bit| (*qubit, bit)));
            }
        }
        flow.push_all(circuit.ops(), &is_final)?;
        flow.shown = shown;
        if num_outcome_bits == 0 {
            // Also where all classical bits are scratch: temporaries do not change what comes out.
            flow.num_outcome_bits = circuit.num_qubits();
            flow.readout = (0..circuit.num_qubits() as u32).map(|q| (q, q)).collect();
            flow.shown = Some(Vec::new());
        }
        Ok(flow)
    }

    /// Appends operations, of which the first ones have a flag that sets final measurements aside.
    fn push_all(&mut self, ops: &'c [Op], is_final: &[bool]) -> Result<()> {
        let mut from = 0;
        for (k, op) in ops.iter().enumerate() {
            match op {
                Op::Gate(_) | Op::Channel(_) | Op::Barrier(_) | Op::Delay { .. } => continue,
                Op::Measure { .. } if is_final.get(k) == Some(&true) => continue,
                _ => {}
            }
            self.push_span(&ops[from..k])?;
            from = k + 1;
            match op {
                Op::Measure { qubit, clbit } => {
                    self.emit(Instruction::Choose(Choice::Measure {
                        qubit: *qubit,
                        clbit: *clbit,
                    }))?;
                }
                Op::Reset(qubit) => drop(self.emit(Instruction::Choose(Choice::Reset(*qubit)))?),
                Op::Assign(assign) => drop(self.emit(Instruction::Assign((**assign).clone()))?),
                Op::If(i) => {
                    let skip = self.jump_unless(&i.condition)?;
                    self.push_all(&i.then, &[])?;
                    if i.otherwise.is_empty() {
                        self.land(skip);
                    } else {
                        let end = self.emit(Instruction::Jump { to: 0 })?;
                        self.land(skip);
                        self.push_all(&i.otherwise, &[])?;
                        self.land(end);
                    }
                }
                Op::While(w) => {
                    let start = self.code.len();
                    let exit = self.jump_unless(&w.condition)?;
                    self.push_all(&w.body, &[])?;
                    self.emit(Instruction::Jump { to: start })?;
                    self.land(exit);
                }
                Op::Gate(_) | Op::Channel(_) | Op::Barrier(_) | Op::Delay { .. } => {
                    unreachable!("they went on")
                }
            }
        }
        self.push_span(&ops[from..])
    }

    /// Appends gates and channels.
    fn push_span(&mut self, ops: &'c [Op]) -> Result<()> {
        if !ops.iter().any(|op| matches!(op, Op::Channel(_))) {
            return self.push_stretch(ops);
        }
        let number = self.spans.len();
        let place = self.emit(Instruction::Span { number, end: 0 })?;
        let mut from = 0;
        for (k, op) in ops.iter().enumerate() {
            if let Op::Channel(channel) = op {
                self.push_stretch(&ops[from..k])?;
                from = k + 1;
                self.emit(Instruction::Choose(Choice::Channel(index(self.channels.len()))))?;
                let site = self.site(channel);
                push(&mut self.channels, site, WHAT, HINT)?;
            }
        }
        self.push_stretch(&ops[from..])?;
        let steps = self.code[place + 1..]
            .iter()
            .map(|instruction| match instruction {
                Instruction::Run(k) => Step::Gates(*k),
                Instruction::Choose(Choice::Channel(k)) => Step::Channel(*k as usize),
                other => unreachable!("{other:?} is in no span"),
            })
            .collect();
        self.land(place);
        push(&mut self.spans, Span { steps }, WHAT, HINT)
    }

    /// A channel at its place; equal neighbours share their operators.
    fn site(&self, op: &ChannelOp) -> Site {
        let known = self.channels.iter().rev().take(ALIKE).find(|site| {
            Arc::ptr_eq(&site.op.channel, &op.channel) || site.op.channel == op.channel
        });
        let unraveling = match known {
            Some(site) => site.unraveling.clone(),
            None => Arc::new(Unraveling::new(&op.channel)),
        };
        Site { op: op.clone(), unraveling }
    }

    fn push_stretch(&mut self, ops: &'c [Op]) -> Result<()> {
        if ops.iter().any(|op| matches!(op, Op::Gate(_))) {
            self.emit(Instruction::Run(self.stretches.len()))?;
            push(&mut self.stretches, Stretch(Cow::Borrowed(ops)), WHAT, HINT)?;
        }
        Ok(())
    }

    /// Appends an instruction; returns its place.
    fn emit(&mut self, instruction: Instruction) -> Result<usize> {
        push(&mut self.code, instruction, WHAT, HINT)?;
        Ok(self.code.len() - 1)
    }

    fn jump_unless(&mut self, condition: &Expr) -> Result<usize> {
        self.emit(Instruction::JumpUnless { condition: condition.clone(), to: 0 })
    }

    /// Makes the jump at `place` go to what comes next.
    fn land(&mut self, place: usize) {
        let here = self.code.len();
        match &mut self.code[place] {
            Instruction::JumpUnless { to, .. }
            | Instruction::Jump { to }
            | Instruction::Span { end: to, .. } => *to = here,
            other => unreachable!("{other:?} is no jump"),
        }
    }

    /// The same with gates of its own.
    pub fn into_owned(self) -> Flow<'static> {
        let owned = |Stretch(ops): Stretch<'_>| {
            let gates = ops.iter().filter(|op| matches!(op, Op::Gate(_))).cloned();
            Stretch(Cow::Owned(gates.collect()))
        };
        Flow {
            num_qubits: self.num_qubits,
            num_clbits: self.num_clbits,
            code: self.code,
            stretches: self.stretches.into_iter().map(owned).collect(),
            channels: self.channels,
            spans: self.spans,
            readout_errors: self.readout_errors,
            readout: self.readout,
            num_outcome_bits: self.num_outcome_bits,
            shown: self.shown,
        }
    }

    /// The gates of each stretch.
    pub fn stretches(
        &self,
    ) -> impl ExactSizeIterator<Item = impl Iterator<Item = &GateOp> + Clone> {
        self.stretches.iter().map(|Stretch(ops)| {
            ops.iter().filter_map(|op| if let Op::Gate(gate) = op { Some(gate) } else { None })
        })
    }

    /// Number of bits of an outcome: the classical bits that are not scratch, or all qubits where
    /// there are none.
    pub fn num_outcome_bits(&self) -> usize {
        self.num_outcome_bits
    }

    /// What an outcome shows of the classical bits; the final measurements are still to be written.
    pub fn outcome<'b>(&self, clbits: &'b Bits) -> Cow<'b, Bits> {
        let Some(shown) = &self.shown else { return Cow::Borrowed(clbits) };
        let mut outcome = Bits::zeros(self.num_outcome_bits);
        for (k, &clbit) in shown.iter().enumerate() {
            outcome.set(k, clbits.bit(clbit as usize));
        }
        Cow::Owned(outcome)
    }

    /// The qubits that are read at the end, ascending, each once.
    pub fn read_qubits(&self) -> Vec<usize> {
        let mut qubits: Vec<usize> = self.readout.iter().map(|r| r.0 as usize).collect();
        qubits.sort_unstable();
        qubits.dedup();
        qubits
    }

    /// Whether the circuit is one unitary, with at most final measurements after it.
    pub fn is_static(&self) -> bool {
        self.code.iter().all(|i| matches!(i, Instruction::Run(_)))
    }

    /// Whether it is one unitary but for noise.
    pub fn is_one_span(&self) -> bool {
        matches!(self.code[..], [Instruction::Span { end, .. }, ..] if end == self.code.len())
    }

    /// Whether nothing random comes about before the end, for a method that takes channels and resets
    /// without a choice.
    pub fn is_deterministic(&self) -> bool {
        self.code.iter().all(|i| match i {
            Instruction::Run(_) | Instruction::Span { .. } => true,
            Instruction::Choose(choice) => !matches!(choice, Choice::Measure { .. }),
            _ => false,
        })
    }

    /// The most branches that random choices in the middle can make, as a power of two; `None` where
    /// a loop sets no bound.
    pub fn most_branches_log2(&self) -> Option<f64> {
        let mut log = 0.0;
        for (at, instruction) in self.code.iter().enumerate() {
            match instruction {
                Instruction::Choose(choice) => log += choice.num_sides(self).log2(),
                Instruction::Jump { to } if *to <= at => return None,
                _ => {}
            }
        }
        Some(log)
    }
}
