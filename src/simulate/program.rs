//! A circuit compiled for execution: its unitary stretches between the instructions that touch
//! classical bits, and their plans. Structure over slots: binding parameters compiles nothing anew.
//!
//! A program that somebody holds is planned in full: it may run often. A circuit that is handed over
//! is compiled for one run, and a plan that one run cannot earn back is not made: planning takes
//! some time for each gate, whatever the number of qubits, and saves some for each amplitude. So
//! below [`PLANNED_FROM`] qubits a circuit without choices in the middle runs action by action. The
//! rule looks at the circuit alone, so that a hundredth call gives the bits of the first.

use super::angles::LinearAngles;
use super::lower::Lowered;
use super::plans::{PerTarget, Plans};
use super::watch::run_watched;
use crate::circuit::{Assign, Circuit, Expr, Op, ParameterMap};
use crate::engine::{
    Action, Coefficients, Real, StateVector, Target, bytes_needed, hash_of_actions, max_qubits,
};
use crate::error::{Error, Result};
use crate::gate::index;
use crate::math::{Bits, Watch, too_large};
use std::borrow::Cow;
use std::sync::Arc;

/// From this many qubits on a plan is worth its time for one run.
const PLANNED_FROM: usize = 12;

/// Without a plan, actions between one look at whether the run was cancelled and the next.
const ACTIONS_A_CHECK: usize = 64;

/// One instruction; control structures are jumps, so that a branch is a program counter.
#[derive(Debug)]
pub(super) enum Instruction {
    /// Runs the plan of stretch number k.
    Run(usize),
    /// Measures a qubit into a classical bit.
    Measure { qubit: u32, clbit: u32 },
    /// Puts a qubit to |0⟩.
    Reset(u32),
    /// Goes on at `to` if the condition is 0.
    JumpUnless { condition: Expr, to: usize },
    /// Goes on at `to`; backwards at the end of a loop.
    Jump { to: usize },
    /// Writes classical bits.
    Assign(Assign),
}

/// A compiled circuit.
#[derive(Debug)]
pub struct Program {
    pub(super) num_qubits: usize,
    pub(super) num_clbits: usize,
    pub(super) code: Vec<Instruction>,
    stretches: Vec<Stretch>,
    /// Whether stretches run action by action, without a plan.
    direct: bool,
    plans: PerTarget<Result<Plans>>,
    params: Vec<String>,
    /// Where parameters have formulas: from the values of `params` to those of all.
    map: Option<ParameterMap>,
    /// Final measurements, set aside: qubit and bit of the outcome. Those into scratch bits are
    /// forgotten: nothing looks at them. A circuit whose outcomes show no classical bit has all its
    /// qubits measured.
    pub(super) readout: Vec<(u32, u32)>,
    /// Bits of an outcome.
    num_outcome_bits: usize,
    /// The classical bit of each bit of an outcome; `None` where outcomes are the classical bits.
    shown: Option<Vec<u32>>,
}

/// Gates without anything between them.
#[derive(Debug)]
struct Stretch {
    actions: Vec<Action>,
    /// The angles of the actions' slots.
    angles: LinearAngles,
}

/// A [`Program`] with numbers for its parameters.
#[derive(Debug, Clone)]
pub struct BoundProgram {
    pub(super) program: Arc<Program>,
    /// The values of the slots of all stretches, one stretch after the other.
    slots: Vec<f64>,
    coefficients: PerTarget<Result<Vec<Coefficients>>>,
}

impl Program {
    /// Compiles a circuit; time and memory are linear in its operations.
    ///
    /// # Errors
    /// If there are more qubits than a state can have, or an opaque gate.
    pub fn new(circuit: &Circuit) -> Result<Arc<Program>> {
        Ok(Arc::new(Self::compiled(circuit)?))
    }

    /// As [`new`](Self::new), for a circuit that runs once.
    pub(super) fn for_one_run(circuit: &Circuit) -> Result<Arc<Program>> {
        let mut program = Self::compiled(circuit)?;
        program.direct = program.num_qubits < PLANNED_FROM && program.is_static();
        Ok(Arc::new(program))
    }

    fn compiled(circuit: &Circuit) -> Result<Program> {
        check_size(circuit.num_qubits())?;
        let is_final = circuit.final_measurements();
        let num_outcome_bits = circuit.num_outcome_bits();
        let shown: Option<Vec<u32>> = (num_outcome_bits < circuit.num_clbits())
            .then(|| circuit.outcome_bits().map(index).collect());
        let place = |clbit: u32| match &shown {
            None => Some(clbit),
            Some(shown) => shown.binary_search(&clbit).ok().map(index),
        };
        let mut compiler = Compiler {
            stretch: Lowered::default(),
            program: Program {
                num_qubits: circuit.num_qubits(),
                num_clbits: circuit.num_clbits(),
                code: Vec::new(),
                stretches: Vec::new(),
                direct: false,
                plans: PerTarget::new(),
                params: circuit.inputs().cloned().collect(),
                map: circuit.map_if_derived(),
                readout: Vec::new(),
                num_outcome_bits,
                shown: None,
            },
        };
        let gates = circuit.ops().iter().take_while(|op| matches!(op, Op::Gate(_)));
        compiler.stretch.expect(gates.count())?;
        for (op, &last) in circuit.ops().iter().zip(&is_final) {
            match op {
                Op::Measure { qubit, clbit } if last => {
                    compiler.program.readout.extend(place(*clbit).map(|bit| (*qubit, bit)));
                }
                other => compiler.op(other)?,
            }
        }
        compiler.flush()?;
        let mut program = compiler.program;
        program.shown = shown;
        if num_outcome_bits == 0 {
            // Also where all classical bits are scratch: temporaries do not change what comes out.
            program.num_outcome_bits = circuit.num_qubits();
            program.readout = (0..circuit.num_qubits() as u32).map(|q| (q, q)).collect();
            program.shown = Some(Vec::new());
        }
        Ok(program)
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// The names of the parameters that are given values, in the order of [`Circuit::inputs`].
    pub fn params(&self) -> &[String] {
        &self.params
    }

    /// Number of bits of an outcome: the classical bits that are not scratch, or all qubits where
    /// there are none.
    pub fn num_outcome_bits(&self) -> usize {
        self.num_outcome_bits
    }

    /// What an outcome shows of the classical bits; the final measurements are still to be written.
    pub(super) fn outcome<'b>(&self, clbits: &'b Bits) -> Cow<'b, Bits> {
        let Some(shown) = &self.shown else { return Cow::Borrowed(clbits) };
        let mut outcome = Bits::zeros(self.num_outcome_bits);
        for (k, &clbit) in shown.iter().enumerate() {
            outcome.set(k, clbits.bit(clbit as usize));
        }
        Cow::Owned(outcome)
    }

    /// Whether the circuit is one unitary, with at most final measurements after it.
    pub fn is_static(&self) -> bool {
        self.code.iter().all(|i| matches!(i, Instruction::Run(_)))
    }

    /// The most branches that measurements and resets in the middle can make, as a power of two;
    /// `None` where a loop sets no bound.
    pub(super) fn most_branches_log2(&self) -> Option<u32> {
        let mut choices = 0;
        for (at, instruction) in self.code.iter().enumerate() {
            match instruction {
                Instruction::Measure { .. } | Instruction::Reset(_) => choices += 1,
                Instruction::Jump { to } if *to <= at => return None,
                _ => {}
            }
        }
        Some(choices)
    }

    /// The plans of the unitary stretches for the states of a target, made when they are first asked
    /// for.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn plans(&self, target: Target) -> Result<&Plans> {
        let make = || {
            let stretches = self.stretches.iter().map(|stretch| &stretch.actions[..]);
            Plans::new(target, self.num_qubits, stretches)
        };
        self.plans.get_or_init(target, make).as_ref().map_err(Error::clone)
    }

    /// Passes over the state for a target; a loop's are counted once.
    pub(super) fn num_passes(&self, target: Target) -> Result<usize> {
        if self.direct {
            return Ok(self.stretches.iter().map(|stretch| stretch.actions.len()).sum());
        }
        Ok(self.plans(target)?.num_passes())
    }

    /// A hash of what is run for a target.
    pub(super) fn hash_of_run(&self, target: Target) -> Result<u64> {
        if self.direct {
            let actions = self.stretches.iter().flat_map(|stretch| &stretch.actions);
            return Ok(hash_of_actions(self.num_qubits, actions));
        }
        Ok(self.plans(target)?.hash())
    }

    /// Numbers for the [`params`](Self::params); those with a formula are computed.
    ///
    /// # Errors
    /// If the number of values is wrong, or one is NaN or infinite.
    pub fn bind(self: &Arc<Self>, values: &[f64]) -> Result<BoundProgram> {
        self.bind_row(&self.row(values)?)
    }

    /// A binding to start from, at zeros; not at what formulas make of zeros, which may be no numbers.
    pub(super) fn unbound(self: &Arc<Self>) -> Result<BoundProgram> {
        let len = self.map.as_ref().map_or(self.params.len(), ParameterMap::num_params);
        self.bind_row(&vec![0.0; len])
    }

    /// Numbers for all parameters of the circuit.
    fn bind_row(self: &Arc<Self>, values: &[f64]) -> Result<BoundProgram> {
        let len = self.stretches.iter().map(|stretch| stretch.angles.len()).sum();
        let mut slots = vec![0.0; len];
        self.fill_slots(values, &mut slots)?;
        Ok(BoundProgram { program: self.clone(), slots, coefficients: PerTarget::new() })
    }

    /// The values of all slots, from those of all parameters.
    fn fill_slots(&self, values: &[f64], mut slots: &mut [f64]) -> Result<()> {
        for stretch in &self.stretches {
            let (here, rest) = slots.split_at_mut(stretch.angles.len());
            stretch.angles.at(values, here);
            // Without an early exit the loop is vectorized.
            if !here.iter().fold(true, |all, angle| all & angle.is_finite()) {
                let value = here.iter().copied().find(|x| !x.is_finite()).expect("one is not");
                let what = "an angle of the circuit (its parameters are too large)".into();
                return Err(Error::NotFinite { what, value });
            }
            slots = rest;
        }
        Ok(())
    }

    /// The slots of each stretch.
    fn slots_of<'s>(&'s self, mut slots: &'s [f64]) -> impl Iterator<Item = &'s [f64]> {
        self.stretches.iter().map(move |stretch| {
            let (here, rest) = slots.split_at(stretch.angles.len());
            slots = rest;
            here
        })
    }

    /// The values of all parameters of the circuit.
    fn row<'v>(&self, values: &'v [f64]) -> Result<Cow<'v, [f64]>> {
        check_params(&self.params, values)?;
        match &self.map {
            None => Ok(Cow::Borrowed(values)),
            Some(map) => Ok(Cow::Owned(map.row(values)?)),
        }
    }
}

/// One finite value for each parameter.
pub(super) fn check_params(params: &[String], values: &[f64]) -> Result<()> {
    if values.len() < params.len() {
        return Err(Error::UnboundParameters { names: params[values.len()..].to_vec() });
    }
    if values.len() > params.len() {
        return Err(Error::Invalid {
            what: "the number of parameter values".into(),
            value: values.len().to_string(),
            expected: format!("the circuit has {} parameters", params.len()),
        });
    }
    // Without an early exit the loop is vectorized.
    if values.iter().fold(true, |all, value| all & value.is_finite()) {
        return Ok(());
    }
    let k = values.iter().position(|value| !value.is_finite()).expect("one is not");
    let what = format!("parameter `{}`", params[k]);
    Err(Error::NotFinite { what, value: values[k] })
}

impl BoundProgram {
    /// Runs a stretch on a state; the number of passes.
    pub(super) fn run<T: Real>(
        &self,
        stretch: usize,
        state: &mut StateVector<T>,
        watch: &Watch,
    ) -> Result<u64> {
        let program = &*self.program;
        if program.direct {
            let before = program.stretches[..stretch].iter().map(|s| s.angles.len()).sum();
            let actions = &program.stretches[stretch].actions;
            for some in actions.chunks(ACTIONS_A_CHECK) {
                watch.check()?;
                some.iter().for_each(|action| state.apply(action, &self.slots[before..]));
                watch.add_passes(some.len() as u64);
            }
            watch.check()?;
            return Ok(actions.len() as u64);
        }
        let target = state.target();
        let plan = &program.plans(target)?[stretch];
        run_watched(watch, plan, &self.coefficients(target)?[stretch], state)?;
        Ok(plan.len() as u64)
    }

    /// For each of the [`plans`](Program::plans) for the states of a target, its coefficients.
    ///
    /// # Errors
    /// As [`Program::plans`].
    pub fn coefficients(&self, target: Target) -> Result<&[Coefficients]> {
        let make = || {
            let plans = self.program.plans(target)?;
            let slots = self.program.slots_of(&self.slots);
            plans.iter().zip(slots).map(|(plan, slots)| plan.bind(slots)).collect()
        };
        match self.coefficients.get_or_init(target, make) {
            Ok(coefficients) => Ok(coefficients),
            Err(error) => Err(error.clone()),
        }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Other numbers for the parameters; allocates nothing.
    ///
    /// # Errors
    /// As [`Program::bind`].
    pub fn rebind(&mut self, values: &[f64]) -> Result<()> {
        let program = &*self.program;
        program.fill_slots(&program.row(values)?, &mut self.slots)?;
        for made in self.coefficients.made_with(&program.plans) {
            let (Ok(coefficients), Ok(plans)) = made else { continue };
            let slots = program.slots_of(&self.slots);
            for ((plan, coefficients), slots) in plans.iter().zip(coefficients).zip(slots) {
                plan.bind_into(slots, coefficients)?;
            }
        }
        Ok(())
    }
}

/// Actions address at most 64 qubits; far fewer fit in any memory.
pub(super) fn check_size(num_qubits: usize) -> Result<()> {
    if num_qubits <= 60 {
        return Ok(());
    }
    let what = format!("a state vector of {num_qubits} qubits");
    Err(too_large(&what, bytes_needed(num_qubits, 16), |available| {
        let fits = max_qubits(available, 16);
        (Some(fits), format!("{fits} qubits fit"))
    }))
}

struct Compiler {
    stretch: Lowered,
    program: Program,
}

impl Compiler {
    fn op(&mut self, op: &Op) -> Result<()> {
        match op {
            Op::Gate(gate) => self.stretch.push(gate)?,
            Op::Barrier(_) | Op::Delay { .. } => {}
            Op::Measure { qubit, clbit } => {
                self.emit(Instruction::Measure { qubit: *qubit, clbit: *clbit })?;
            }
            Op::Reset(qubit) => drop(self.emit(Instruction::Reset(*qubit))?),
            Op::Assign(assign) => drop(self.emit(Instruction::Assign((**assign).clone()))?),
            Op::If(i) => {
                let skip = self.jump_unless(&i.condition)?;
                i.then.iter().try_for_each(|op| self.op(op))?;
                if i.otherwise.is_empty() {
                    self.land(skip)?;
                } else {
                    let end = self.emit(Instruction::Jump { to: 0 })?;
                    self.land(skip)?;
                    i.otherwise.iter().try_for_each(|op| self.op(op))?;
                    self.land(end)?;
                }
            }
            Op::While(w) => {
                self.flush()?;
                let start = self.program.code.len();
                let exit = self.jump_unless(&w.condition)?;
                w.body.iter().try_for_each(|op| self.op(op))?;
                self.emit(Instruction::Jump { to: start })?;
                self.land(exit)?;
            }
        }
        Ok(())
    }

    /// Ends the unitary stretch and appends an instruction; returns its place.
    fn emit(&mut self, instruction: Instruction) -> Result<usize> {
        self.flush()?;
        self.program.code.push(instruction);
        Ok(self.program.code.len() - 1)
    }

    fn jump_unless(&mut self, condition: &Expr) -> Result<usize> {
        self.emit(Instruction::JumpUnless { condition: condition.clone(), to: 0 })
    }

    /// Makes the jump at `place` go to what comes next.
    fn land(&mut self, place: usize) -> Result<()> {
        self.flush()?;
        let here = self.program.code.len();
        match &mut self.program.code[place] {
            Instruction::JumpUnless { to, .. } | Instruction::Jump { to } => *to = here,
            other => unreachable!("{other:?} is no jump"),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if !self.stretch.actions.is_empty() {
            let stretch = std::mem::take(&mut self.stretch);
            self.program.code.push(Instruction::Run(self.program.stretches.len()));
            let Lowered { actions, slots } = stretch;
            self.program.stretches.push(Stretch { actions, angles: LinearAngles::new(&slots) });
        }
        Ok(())
    }
}
