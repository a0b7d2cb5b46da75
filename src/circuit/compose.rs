//! Circuits from circuits.

use super::build::not_controllable;
use super::op::OpMap;
use super::{Circuit, Op, Registers, distinct_clbits};
use crate::error::{Error, Result};
use crate::gate::{Angle, Gate, GateOp, Param, check_qubits, index};
use crate::noise::ReadoutError;
use std::collections::BTreeMap;

/// Moves operations to other qubits, classical bits and parameters.
struct Placement<'a> {
    qubits: &'a [usize],
    clbits: &'a [usize],
    params: &'a [Param],
}

impl OpMap for Placement<'_> {
    fn gate(&self, gate: &GateOp) -> Result<GateOp> {
        let mut moved = gate.map_qubits(|q| self.qubit(q));
        if moved.gate.is_parameterized() {
            moved.gate = moved.gate.map_angles(&|a| a.map_params(|p| self.params[p.0 as usize]));
        }
        Ok(moved)
    }
    fn qubit(&self, qubit: u32) -> u32 {
        self.qubits[qubit as usize] as u32
    }
    fn clbit(&self, clbit: u32) -> u32 {
        self.clbits[clbit as usize] as u32
    }
}

/// Changes the angles of gates.
struct Angles<F>(F);

impl<F: Fn(&Angle) -> Angle> OpMap for Angles<F> {
    fn gate(&self, gate: &GateOp) -> Result<GateOp> {
        Ok(GateOp { gate: gate.gate.map_angles(&self.0), ..gate.clone() })
    }
}

impl Circuit {
    /// Appends another circuit: its qubit k and classical bit k to this one's. Parameters of equal
    /// name are the same. Readout errors of this circuit stay, and the other's hold on qubits that
    /// have none.
    ///
    /// # Errors
    /// If the other circuit has more qubits or classical bits, or both have a readout error for a
    /// qubit and they differ.
    pub fn try_append(&mut self, other: &Circuit) -> Result<&mut Self> {
        let qubits: Vec<usize> = (0..other.num_qubits()).collect();
        let clbits: Vec<usize> = (0..other.num_clbits()).collect();
        self.try_append_on(other, &qubits, &clbits)
    }

    /// [`try_append`](Self::try_append) that panics on an error.
    #[track_caller]
    pub fn append(&mut self, other: &Circuit) -> &mut Self {
        self.try_append(other).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Appends another circuit, its qubit k to `qubits[k]`, its classical bit k to `clbits[k]`.
    ///
    /// # Errors
    /// If a list has the wrong length, an index that is out of range, or a repeat; if the readout
    /// errors of a qubit differ.
    pub fn try_append_on(
        &mut self,
        other: &Circuit,
        qubits: &[usize],
        clbits: &[usize],
    ) -> Result<&mut Self> {
        let wrong = |what: &str, got: usize, expected: usize| Error::Invalid {
            what: format!("the number of {what} of an appended circuit"),
            value: got.to_string(),
            expected: format!("the circuit has {expected}"),
        };
        if qubits.len() != other.num_qubits() {
            return Err(wrong("qubits", qubits.len(), other.num_qubits()));
        }
        if clbits.len() != other.num_clbits() {
            return Err(wrong("classical bits", clbits.len(), other.num_clbits()));
        }
        check_qubits(qubits.iter().map(|&q| index(q)), self.num_qubits(), || "append".into())?;
        if let Some(&clbit) = clbits.iter().find(|&&c| c >= self.num_clbits()) {
            return Err(Error::ClbitOutOfRange { clbit, num_clbits: self.num_clbits() });
        }
        distinct_clbits(clbits.iter().copied(), "append")?;
        let readout_errors = self.merged_readout(other, qubits)?;
        let mut params: Vec<Param> = Vec::with_capacity(other.params.len());
        for number in 0..other.params.len() {
            params.push(self.take_param(other, number, &params)?);
        }
        let placement = Placement { qubits, clbits, params: &params };
        let before = self.ops.len();
        let result = other.ops.iter().try_for_each(|op| {
            let moved = op.try_map(&placement)?;
            self.try_push(moved).map(drop)
        });
        self.all_or_nothing(before, result)?.readout_errors = readout_errors;
        Ok(self)
    }

    /// [`try_append_on`](Self::try_append_on) that panics on an error.
    #[track_caller]
    pub fn append_on(&mut self, other: &Circuit, qubits: &[usize], clbits: &[usize]) -> &mut Self {
        self.try_append_on(other, qubits, clbits).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The circuit that undoes this one: inverse gates in reverse order. Readout errors stay.
    ///
    /// # Errors
    /// If there is a measurement, a reset, a noise channel, classical control or an opaque gate.
    pub fn inverse(&self) -> Result<Circuit> {
        let mut inverse = self.without_ops();
        for op in self.ops.iter().rev() {
            inverse.ops.push(match op {
                Op::Gate(g) => Op::Gate(g.inverse()?),
                Op::Barrier(_) | Op::Delay { .. } => op.clone(),
                other => return Err(not_unitary("the inverse", other)),
            });
        }
        Ok(inverse)
    }

    /// This circuit `times` times; no times gives an empty circuit.
    pub fn repeat(&self, times: usize) -> Circuit {
        let mut repeated = self.without_ops();
        repeated.extend_checked(std::iter::repeat_n(&self.ops, times).flatten().cloned().collect());
        repeated
    }

    /// This circuit repeated, or its inverse for a negative exponent.
    ///
    /// # Errors
    /// For a negative exponent, as [`inverse`](Self::inverse).
    pub fn power(&self, exponent: i64) -> Result<Circuit> {
        let times = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
        if exponent < 0 { Ok(self.inverse()?.repeat(times)) } else { Ok(self.repeat(times)) }
    }

    /// This circuit under `num_controls` positive controls, in a new register `control` (`control1`, …
    /// where that is taken) before all others: qubit k of this circuit is qubit `num_controls + k` of the
    /// result, also for its readout error.
    ///
    /// # Errors
    /// If there is a measurement, a reset, a noise channel or classical control.
    pub fn control(&self, num_controls: usize) -> Result<Circuit> {
        let (params, formulas) = (self.params.clone(), self.formulas.clone());
        let mut controlled = Circuit { params, formulas, ..Circuit::empty() };
        controlled.try_add_qubits(&self.fresh_name("control"), num_controls)?;
        for r in self.qubits.iter() {
            controlled.try_add_qubits(&r.name, r.size)?;
        }
        controlled.clbits = self.clbits.clone();
        for op in &self.ops {
            controlled.ops.push(match op {
                Op::Gate(g) => {
                    let moved = g.map_qubits(|q| q + num_controls as u32);
                    Op::Gate(moved.controlled(0..num_controls))
                }
                Op::Barrier(q) => Op::Barrier(q.iter().map(|q| q + num_controls as u32).collect()),
                Op::Delay { qubits, duration } => Op::Delay {
                    qubits: qubits.iter().map(|q| q + num_controls as u32).collect(),
                    duration: *duration,
                },
                other => return Err(not_controllable(other)),
            });
        }
        let moved = |(&q, &e): (&u32, &ReadoutError)| (q + num_controls as u32, e);
        controlled.readout_errors = self.readout_errors.iter().map(moved).collect();
        Ok(controlled)
    }

    /// The same circuit with qubit k moved to `permutation[k]`, its readout error too; registers keep
    /// their names.
    ///
    /// # Errors
    /// If `permutation` is not a permutation of 0..`num_qubits`.
    pub fn remap(&self, permutation: &[usize]) -> Result<Circuit> {
        let mut moved = Circuit { readout_errors: BTreeMap::new(), ..self.without_ops() };
        let clbits: Vec<usize> = (0..self.num_clbits()).collect();
        moved.try_append_on(self, permutation, &clbits)?;
        Ok(moved)
    }

    /// Qubit k becomes qubit n-1-k, and the same for the classical bits that outcomes show: the
    /// converter to and from tools that print qubit 0 first. Scratch bits stay where they are.
    pub fn reverse_bits(&self) -> Circuit {
        let mut reversed = Circuit { readout_errors: BTreeMap::new(), ..self.without_ops() };
        let qubits: Vec<usize> = (0..self.num_qubits()).rev().collect();
        let mut clbits: Vec<usize> = (0..self.num_clbits()).collect();
        let shown: Vec<usize> = self.outcome_bits().collect();
        shown.iter().zip(shown.iter().rev()).for_each(|(&from, &to)| clbits[from] = to);
        reversed.append_on(self, &qubits, &clbits);
        reversed
    }

    /// This circuit as one gate on its qubits.
    ///
    /// # Errors
    /// If there is a measurement, a reset, a noise channel or classical control, or a parameter
    /// without a value: it would take the meaning of another circuit's parameter ([`append`](Self::append) merges
    /// parameters by name instead).
    pub fn to_gate(&self, name: &str) -> Result<Gate> {
        if !self.params.is_empty() {
            return Err(Error::UnboundParameters { names: self.inputs().cloned().collect() });
        }
        let mut definition = Vec::with_capacity(self.ops.len());
        for op in &self.ops {
            match op {
                Op::Gate(g) => definition.push(g.clone()),
                Op::Barrier(_) | Op::Delay { .. } => {}
                other => return Err(not_unitary("a gate", other)),
            }
        }
        Gate::block(name, self.num_qubits(), [], Some(definition))
    }

    /// Replaces each composite gate and block by its factors, one level deep.
    pub fn decompose(&self) -> Circuit {
        fn level(ops: &[Op]) -> Vec<Op> {
            let expand = |op: &Op| match op {
                Op::Gate(g) => match g.steps() {
                    Some(steps) => steps.into_iter().map(Op::Gate).collect(),
                    None => vec![op.clone()],
                },
                Op::If(i) => vec![Op::If(Box::new(super::If {
                    condition: i.condition.clone(),
                    then: level(&i.then),
                    otherwise: level(&i.otherwise),
                }))],
                Op::While(w) => vec![Op::While(Box::new(super::While {
                    condition: w.condition.clone(),
                    body: level(&w.body),
                }))],
                other => vec![other.clone()],
            };
            ops.iter().flat_map(expand).collect()
        }
        Circuit { ops: level(&self.ops), ..self.without_ops() }
    }

    /// The circuit with some [inputs](Self::inputs) replaced by numbers; the others stay. A parameter
    /// with a formula becomes a number, or linear in what stays, where its formula does.
    ///
    /// # Errors
    /// If the circuit does not have a name, or a value is NaN or infinite.
    pub fn bind<S: AsRef<str>>(&self, values: &[(S, f64)]) -> Result<Circuit> {
        let given = self.values_by_name(values)?;
        let (params, formulas) = (Vec::new(), Vec::new());
        let mut bound = Circuit { params, formulas, ..self.without_ops() };
        let mut replacement: Vec<Angle> = Vec::with_capacity(self.params.len());
        for (k, (value, name)) in given.iter().zip(&self.params).enumerate() {
            let angle = match (value, self.formula(Param(k as u32))) {
                (Some(value), _) => Angle::Fixed(*value),
                (None, None) => bound.param(name).into(),
                (None, Some(formula)) => {
                    bound.bound_formula(formula, |angle| replaced(angle, &replacement))?
                }
            };
            replacement.push(angle);
        }
        let replace = Angles(|angle: &Angle| replaced(angle, &replacement));
        for op in &self.ops {
            bound.try_push(op.try_map(&replace)?)?;
        }
        Ok(bound)
    }

    /// The same registers and parameters, no operations.
    pub(super) fn without_ops(&self) -> Circuit {
        Circuit {
            qubits: self.qubits.clone(),
            clbits: self.clbits.clone(),
            ops: Vec::new(),
            params: self.params.clone(),
            formulas: self.formulas.clone(),
            readout_errors: self.readout_errors.clone(),
        }
    }

    /// The same registers and parameters with other operations, which the caller has checked.
    pub(crate) fn with_ops(&self, ops: Vec<Op>) -> Circuit {
        let mut circuit = self.without_ops();
        circuit.extend_checked(ops);
        circuit
    }

    /// The same classical registers and parameters beside one register of qubits, no operations.
    pub(crate) fn on_qubits(&self, num_qubits: usize) -> Result<Circuit> {
        let mut circuit = Circuit { qubits: Registers::default(), ..self.without_ops() };
        circuit.try_add_qubits(&circuit.fresh_name("q"), num_qubits)?;
        Ok(circuit)
    }

    /// The circuit without its final measurements: those after which nothing uses the qubit or looks
    /// at the bit. Classical bits stay.
    ///
    /// ```
    /// use ketlab::Circuit;
    /// let mut c = Circuit::with_clbits(2, 2);
    /// c.h(0).measure(0, 0).cx(0, 1).measure(1, 1);
    /// assert_eq!(c.without_final_measurements().count_ops().get("measure"), Some(&1));
    /// ```
    pub fn without_final_measurements(&self) -> Circuit {
        let mut rest = self.without_ops();
        let kept = self.ops.iter().zip(self.final_measurements()).filter(|(_, is_final)| !is_final);
        rest.ops = kept.map(|(op, _)| op.clone()).collect();
        rest
    }

    /// For each operation, whether it is a final measurement: one after which nothing uses the
    /// qubit, and nothing looks at or writes the classical bit but other final measurements.
    pub(crate) fn final_measurements(&self) -> Vec<bool> {
        let mut is_final = vec![false; self.ops.len()];
        // What comes before the first measurement decides nothing.
        let is_measurement = |op: &Op| matches!(op, Op::Measure { .. });
        let Some(first) = self.ops.iter().position(is_measurement) else { return is_final };
        let mut qubit_used = vec![false; self.num_qubits()];
        let mut clbit_used = vec![false; self.num_clbits()];
        for (k, op) in self.ops.iter().enumerate().skip(first).rev() {
            match op {
                Op::Measure { qubit, clbit } => {
                    let (q, c) = (*qubit as usize, *clbit as usize);
                    is_final[k] = !qubit_used[q] && !clbit_used[c];
                    // A measurement that stays in the circuit keeps what comes before it there. One
                    // that is set aside only overwrites what earlier ones wrote, and they are read
                    // out in their order.
                    qubit_used[q] |= !is_final[k];
                    clbit_used[c] |= !is_final[k];
                }
                Op::Barrier(_) => {}
                other => mark_used(other, &mut qubit_used, &mut clbit_used),
            }
        }
        is_final
    }
}

/// An angle where parameter k has become `replacement[k]`.
fn replaced(angle: &Angle, replacement: &[Angle]) -> Angle {
    let start = Angle::Fixed(angle.offset());
    let terms = angle.terms().iter();
    terms.fold(start, |sum, (p, c)| sum + replacement[p.0 as usize].clone() * *c)
}

fn mark_used(op: &Op, qubits: &mut [bool], clbits: &mut [bool]) {
    let mut mark = |start: u32, len: u32| {
        clbits[start as usize..(start + len) as usize].fill(true);
    };
    match op {
        Op::Gate(g) => g.qubits().for_each(|q| qubits[q as usize] = true),
        Op::Channel(c) => c.qubits.iter().for_each(|&q| qubits[q as usize] = true),
        Op::Measure { qubit, clbit } => {
            qubits[*qubit as usize] = true;
            mark(*clbit, 1);
        }
        Op::Reset(q) => qubits[*q as usize] = true,
        Op::Barrier(_) | Op::Delay { .. } => {}
        Op::If(i) => i.condition.for_each_range(&mut mark),
        Op::While(w) => w.condition.for_each_range(&mut mark),
        Op::Assign(a) => {
            a.clbits.iter().for_each(|&c| mark(c, 1));
            a.value.for_each_range(&mut mark);
        }
    }
    op.bodies().into_iter().flatten().for_each(|inner| mark_used(inner, qubits, clbits));
}

fn not_unitary(method: &'static str, op: &Op) -> Error {
    let operation = match op {
        Op::Measure { .. } => "a measurement".into(),
        Op::Reset(_) => "a reset".into(),
        Op::Channel(c) => format!("the noise channel `{}`", c.channel),
        _ => "a classical control".into(),
    };
    let hint = match op {
        Op::Channel(_) => {
            "only a circuit of gates has one; `Circuit::without_channels` takes them away"
        }
        _ => "only a circuit of gates has one",
    };
    Error::Unsupported { method, operation, hint: hint.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Channel;

    fn readout(p: f64) -> ReadoutError {
        ReadoutError { p1_given_0: p, p0_given_1: 2.0 * p }
    }

    fn noisy() -> Circuit {
        let mut c = Circuit::with_clbits(3, 1);
        c.h(0).cx(0, 2).channel(Channel::depolarizing(0.1, 2).unwrap(), [2, 0]).measure(2, 0);
        c.set_readout_error(2, readout(0.01)).unwrap();
        c
    }

    #[test]
    fn channels_and_readout_errors_move_with_their_qubits() {
        let moved = noisy().remap(&[1, 2, 0]).unwrap();
        let mut expected = Circuit::with_clbits(3, 1);
        expected
            .h(1)
            .cx(1, 0)
            .channel(Channel::depolarizing(0.1, 2).unwrap(), [0, 1])
            .measure(0, 0);
        expected.set_readout_error(0, readout(0.01)).unwrap();
        assert_eq!(moved, expected);
        assert_eq!(moved.remap(&[2, 0, 1]).unwrap(), noisy());
        assert_eq!(noisy().reverse_bits().readout_error(0), readout(0.01));
        assert_eq!(noisy().reverse_bits().reverse_bits(), noisy());
        let decomposed = noisy().decompose();
        assert_eq!(decomposed.count_ops()["depolarizing"], 1);
        assert_eq!(decomposed.readout_error(2), readout(0.01));
        assert_eq!(noisy().bind::<&str>(&[]).unwrap(), noisy());
        assert_eq!(noisy().repeat(2).count_ops()["depolarizing"], 2);
        let mut gates = Circuit::new(2);
        gates.h(1).set_readout_error(1, readout(0.2)).unwrap();
        assert_eq!(
            gates.control(2).unwrap().readout_errors().collect::<Vec<_>>(),
            [(3, readout(0.2))]
        );
        assert_eq!(gates.inverse().unwrap(), gates);
    }

    #[test]
    fn appending_keeps_readout_errors_and_refuses_a_conflict() {
        let mut c = Circuit::with_clbits(4, 1);
        c.set_readout_error(3, readout(0.3)).unwrap();
        c.append_on(&noisy(), &[3, 0, 1], &[0]);
        let all: Vec<_> = c.readout_errors().collect();
        assert_eq!(all, [(1, readout(0.01)), (3, readout(0.3))]);
        // The same again is no conflict.
        c.append_on(&noisy(), &[3, 0, 1], &[0]);
        let before = c.clone();
        let error = c.try_append_on(&noisy(), &[0, 1, 3], &[0]).unwrap_err().to_string();
        assert!(error.contains("qubit 3") && error.contains("0.01, 0.02"), "{error}");
        assert!(error.contains("0.3, 0.6"), "{error}");
        assert_eq!(c, before);
    }

    #[test]
    fn what_channels_do_not_have_is_refused_by_name() {
        let mut c = Circuit::new(1);
        c.h(0).depolarizing(0.1, 0);
        for error in
            [c.inverse().unwrap_err(), c.power(-1).unwrap_err(), c.to_gate("g").unwrap_err()]
        {
            let error = error.to_string();
            assert!(error.contains("the noise channel `depolarizing(p=0.1)`"), "{error}");
            assert!(error.contains("without_channels"), "{error}");
        }
        let error = c.control(1).unwrap_err().to_string();
        assert!(error.contains("the noise channel `depolarizing(p=0.1)`"), "{error}");
        let mut outer = Circuit::new(2);
        let controls = [crate::Control::on(1)];
        let error = outer.try_with_controls(&controls, |c| c.depolarizing(0.1, 0)).unwrap_err();
        assert!(error.to_string().contains("the noise channel"), "{error}");
        assert_eq!(outer, Circuit::new(2));
        assert!(c.matrix().unwrap_err().to_string().contains("a noise channel"));
    }

    #[test]
    fn measurements_are_final_though_there_is_noise_before_them_and_elsewhere() {
        let mut c = Circuit::with_clbits(3, 3);
        c.h(0).depolarizing(0.1, 0).measure(0, 0); // final
        c.depolarizing(0.1, [1, 2]).measure(1, 1); // not: a channel on its qubit follows
        c.depolarizing2(0.1, 1, 2).measure(2, 2); // final
        let is_final = c.final_measurements();
        let measured =
            c.ops().iter().zip(&is_final).filter(|(op, _)| matches!(op, Op::Measure { .. }));
        assert_eq!(measured.map(|(_, f)| *f).collect::<Vec<_>>(), [true, false, true]);
    }
}
