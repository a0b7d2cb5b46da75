//! The times of operations.

use super::circuit_schedule::{Schedule, Untimed};
use super::crosstalk::Phases;
use super::durations::Durations;
use super::time::seconds;
use super::timed::{NOTHING_NS, Timed, push, qubits_of};
use super::timing::{ScheduleKind, Timing};
use crate::circuit::{Circuit, Duration, If, Op, TimeUnit, While};
use crate::device::target::waiting;
use crate::error::{Error, Result};
use crate::gate::{Gate, Qubits};
use smallvec::smallvec;
use std::collections::BTreeMap;

/// Deepest nesting of definitions that is looked into.
const MAX_DEPTH: usize = 1_000;

impl Schedule {
    /// The schedule of a circuit; `dt_ns` is how long a `dt` is, if its delays are in those.
    ///
    /// ```
    /// use ketlab::Circuit;
    /// use ketlab::device::{Durations, Schedule, ScheduleKind};
    /// let mut durations = Durations::new();
    /// for q in 0..2 {
    ///     durations.set_gate("h".parse()?, &[q], 35.0)?;
    /// }
    /// durations.set_gate("cx".parse()?, &[0, 1], 300.0)?;
    /// let mut bell = Circuit::new(2);
    /// bell.h(0).cx(0, 1);
    /// let schedule = Schedule::new(&bell, &durations, ScheduleKind::Alap, None)?;
    /// assert_eq!((schedule.makespan_ns, &schedule.idle_ns[..]), (335.0, &[0.0, 35.0][..]));
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a delay is in `dt` and their length is not said, definitions are nested deeper than 1,000, or
    /// there is no memory.
    pub fn new(
        circuit: &Circuit,
        durations: &Durations,
        kind: ScheduleKind,
        dt_ns: Option<f64>,
    ) -> Result<Self> {
        let timing = Timing::new(kind, durations.clone());
        let dt = dt_ns.map(|ns| ns / 1e9);
        Planner::new(circuit, &timing, dt, &|_| false).schedule()
    }
}

/// Lays out the operations of one circuit.
pub(in crate::device) struct Planner<'a> {
    circuit: &'a Circuit,
    timing: &'a Timing,
    dt: Option<f64>,
    /// Blocks that are one operation.
    is_whole: &'a dyn Fn(&Gate) -> bool,
    /// Whether it is for noise: see [`for_noise`](Self::for_noise).
    for_noise: bool,
    untimed: BTreeMap<(String, usize), usize>,
    num_phases: usize,
    /// Qubits that were measured for good.
    is_done: Vec<bool>,
    /// Their measurements.
    last: Vec<Op>,
}

impl<'a> Planner<'a> {
    pub fn new(
        circuit: &'a Circuit,
        timing: &'a Timing,
        dt: Option<f64>,
        is_whole: &'a dyn Fn(&Gate) -> bool,
    ) -> Self {
        Planner {
            circuit,
            timing,
            dt,
            is_whole,
            for_noise: false,
            untimed: BTreeMap::new(),
            num_phases: 0,
            is_done: vec![false; circuit.num_qubits()],
            last: Vec::new(),
        }
    }

    /// For noise: with phases of crosstalk. Final measurements come last, and the waits of their qubits
    /// after them are left out, those of the circuit too: no reading depends on them, and before the
    /// measurements they would change it. So the simulators still see that they are final.
    pub fn for_noise(mut self) -> Self {
        self.for_noise = true;
        self
    }

    pub fn schedule(mut self) -> Result<Schedule> {
        let is_final = self.circuit.final_measurements();
        let mut ops = Vec::new();
        for (op, &last) in self.circuit.ops().iter().zip(&is_final) {
            self.expand(op, last, 0, &mut ops)?;
        }
        let (mut ops, makespan_ns, idle_ns) = self.body(ops)?;
        std::mem::take(&mut self.last).into_iter().try_for_each(|op| push(&mut ops, op))?;
        let untimed = std::mem::take(&mut self.untimed).into_iter();
        let untimed =
            untimed.map(|((name, num_qubits), count)| Untimed { name, num_qubits, count });
        Ok(Schedule {
            kind: self.timing.kind,
            circuit: self.circuit.with_ops(ops),
            makespan_ns,
            idle_ns,
            untimed: untimed.collect(),
            num_phases: self.num_phases,
        })
    }

    /// Writes an operation, a block as the gates that define it, and whether it is final.
    fn expand(&self, op: &Op, last: bool, depth: usize, out: &mut Vec<(Op, bool)>) -> Result<()> {
        if let Op::Gate(g) = op
            && matches!(g.gate, Gate::Block(_))
            && !(self.is_whole)(&g.gate)
            && self.timing.durations.of(op).is_none()
            && let Some(steps) = g.steps()
        {
            if depth >= MAX_DEPTH {
                return Err(Error::Invalid {
                    what: "the nesting of gate definitions".into(),
                    value: format!("deeper than {MAX_DEPTH}"),
                    expected: "flatten them with `decompose`".into(),
                });
            }
            let mut steps = steps.into_iter();
            return steps.try_for_each(|step| self.expand(&Op::Gate(step), false, depth + 1, out));
        }
        push(out, (op.clone(), last))
    }

    /// The operations of a body in order, how long it takes, and how long each qubit waits.
    fn body(&mut self, ops: Vec<(Op, bool)>) -> Result<(Vec<Op>, f64, Vec<f64>)> {
        let (mut out, mut open) = (Vec::new(), Vec::new());
        let (mut time, mut idle) = (0.0, vec![0.0; self.circuit.num_qubits()]);
        let add = |idle: &mut [f64], more: &[f64]| {
            idle.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        };
        for (op, last) in ops {
            match op {
                Op::If(i) => {
                    time += self.stretch(std::mem::take(&mut open), &mut out, &mut idle)?;
                    let If { condition, then, otherwise } = *i;
                    let (then, then_ns, then_idle) = self.inner(&then)?;
                    let (otherwise, else_ns, else_idle) = self.inner(&otherwise)?;
                    time += then_ns.max(else_ns);
                    add(&mut idle, if then_ns >= else_ns { &then_idle } else { &else_idle });
                    push(&mut out, Op::If(Box::new(If { condition, then, otherwise })))?;
                }
                Op::While(w) => {
                    time += self.stretch(std::mem::take(&mut open), &mut out, &mut idle)?;
                    let (body, round_ns, round_idle) = self.inner(&w.body)?;
                    time += round_ns;
                    add(&mut idle, &round_idle);
                    push(&mut out, Op::While(Box::new(While { condition: w.condition, body })))?;
                }
                op => push(&mut open, (op, last))?,
            }
        }
        time += self.stretch(open, &mut out, &mut idle)?;
        Ok((out, time, idle))
    }

    /// The same inside of control structures.
    fn inner(&mut self, ops: &[Op]) -> Result<(Vec<Op>, f64, Vec<f64>)> {
        let mut expanded = Vec::new();
        ops.iter().try_for_each(|op| self.expand(op, false, 0, &mut expanded))?;
        self.body(expanded)
    }

    /// How long an operation takes.
    fn duration(&mut self, op: &Op) -> Result<f64> {
        if let Op::Delay { duration, .. } = op {
            let seconds = seconds(duration, self.dt)?;
            return Ok(if duration.unit == TimeUnit::Ns { duration.value } else { seconds * 1e9 });
        }
        if let Some(ns) = self.timing.durations.of(op) {
            return Ok(ns);
        }
        let (name, num_qubits) = match op {
            Op::Gate(g) => (g.name().into_owned(), g.qubits().count()),
            Op::Measure { .. } => ("measure".into(), 1),
            _ => ("reset".into(), 1),
        };
        *self.untimed.entry((name, num_qubits)).or_default() += 1;
        Ok(0.0)
    }

    /// Appends operations without branches and loops, and the waits of each qubit. How long it takes.
    fn stretch(
        &mut self,
        ops: Vec<(Op, bool)>,
        out: &mut Vec<Op>,
        idle: &mut [f64],
    ) -> Result<f64> {
        if ops.is_empty() {
            return Ok(0.0);
        }
        let n = self.circuit.num_qubits();
        let lengths = ops.iter().map(|(op, _)| self.duration(op)).collect::<Result<Vec<f64>>>()?;
        let (starts, makespan) = self.starts(&ops, &lengths);
        let mut timed: Vec<Timed> = Vec::with_capacity(ops.len());
        // Up to when each qubit's operations are written, and how long it was busy.
        let (mut reached, mut busy) = (vec![0.0; n], vec![0.0; n]);
        let wait = |q: usize, from: f64, to: f64, timed: &mut Vec<Timed>| {
            if to - from <= NOTHING_NS {
                return Ok(());
            }
            let duration = Duration { value: rounded(to - from), unit: TimeUnit::Ns };
            let op = Op::Delay { qubits: smallvec![q as u32] as Qubits, duration };
            push(timed, Timed { start: from, end: to, op, is_final: false })
        };
        for (k, (op, is_final)) in ops.into_iter().enumerate() {
            let (start, end) = (starts[k], starts[k] + lengths[k]);
            let is_idle = matches!(op, Op::Delay { .. });
            for q in qubits_of(&op, n) {
                if !(self.for_noise && self.is_done[q]) {
                    wait(q, reached[q], start, &mut timed)?;
                }
                reached[q] = end;
                self.is_done[q] |= is_final;
                busy[q] += if is_idle { 0.0 } else { lengths[k] };
            }
            // Waits of the circuit, also inside of branches, whose times count all the same.
            let op = if self.for_noise { waiting(&op, &self.is_done) } else { Some(op) };
            if let Some(op) = op {
                push(&mut timed, Timed { start, end, op, is_final })?;
            }
        }
        for q in (0..n).filter(|&q| !(self.for_noise && self.is_done[q])) {
            wait(q, reached[q], makespan, &mut timed)?;
        }
        // Waits stand behind the operations that they come after, so that a stable order is right.
        timed.sort_by(|a, b| a.start.total_cmp(&b.start));
        idle.iter_mut().zip(&busy).for_each(|(sum, busy)| *sum += makespan - busy);
        if !self.for_noise {
            return timed.into_iter().try_for_each(|t| push(out, t.op)).map(|()| makespan);
        }
        let mut phases = Phases::new(&self.timing.zz, n);
        for item in timed {
            phases.before(&item, out)?;
            push(if item.is_final { &mut self.last } else { &mut *out }, item.op)?;
        }
        phases.at_end(makespan, &self.is_done, out)?;
        self.num_phases += phases.count;
        Ok(makespan)
    }

    /// When operations start, and when the last one ends.
    fn starts(&self, ops: &[(Op, bool)], lengths: &[f64]) -> (Vec<f64>, f64) {
        let n = self.circuit.num_qubits();
        let mut ready = vec![0.0f64; n + self.circuit.num_clbits()];
        let mut place = |k: usize| {
            let mut start = 0.0f64;
            let op: &Op = &ops[k].0;
            op.for_each_wire(n, &mut |wire| start = start.max(ready[wire]));
            let end = start + lengths[k];
            op.for_each_wire(n, &mut |wire| ready[wire] = end);
            (start, end)
        };
        let mut starts = vec![0.0; ops.len()];
        let mut makespan = 0.0f64;
        match self.timing.kind {
            ScheduleKind::Asap => {
                for (k, at) in starts.iter_mut().enumerate() {
                    let (start, end) = place(k);
                    *at = start;
                    makespan = makespan.max(end);
                }
            }
            // Backwards from the end.
            ScheduleKind::Alap => {
                for (k, at) in starts.iter_mut().enumerate().rev() {
                    let (_, end) = place(k);
                    *at = end;
                    makespan = makespan.max(end);
                }
                starts.iter_mut().for_each(|at| *at = makespan - *at);
            }
        }
        (starts, makespan)
    }
}

/// Without the digits that subtracting times leaves.
fn rounded(ns: f64) -> f64 {
    if ns < 1e6 { (ns * 1e9).round() / 1e9 } else { ns }
}
