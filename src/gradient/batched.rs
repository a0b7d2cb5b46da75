//! Adjoint gradients summed over rows of data that share their weights, several rows in one register.
//!
//! The rows are further qubits, the highest ones: |Ψ⟩ = Σ_r |r⟩ ψ_r. What depends on weights acts on
//! the lower qubits alone and is bound and run once for all rows; what depends on data runs row by
//! row on copies of their parts. With Λ = Σ_r |r⟩ λ_r, where λ_r is row r's observable times the
//! derivative of its loss, Im⟨Λ|P|Ψ⟩ is the sum of all rows' derivatives.

use super::batched_plan::{Depends, parts};
use super::inverse::inverse;
use super::stage::{Stage, stages};
use crate::circuit::Circuit;
use crate::engine::{
    Action, Coefficients, Kind, PauliMask, Plan, Precision, Scalar, StateVector, Target,
};
use crate::error::{Error, Result};
use crate::pauli::PauliSum;
use crate::simulate::{Observable, Simulator, Start, Unitary, run_watched};

/// Qubits of a register of rows: with the pair that runs backwards it stays in the second cache.
const REGISTER: usize = 12;
/// Rows of a register, at most and at least; else each row is on its own.
const ROW_BITS: std::ops::RangeInclusive<usize> = 2..=4;

/// The sum of the gradients of rows of data.
pub(crate) struct BatchedAdjoint {
    simulator: Simulator,
    unitary: Unitary,
    observables: Vec<Observable>,
    row_bits: usize,
    parts: Vec<Part>,
    start: Start<f64>,
    /// One row, and its pair.
    psi: StateVector<f64>,
    pair: StateVector<f64>,
    /// All rows, and their pairs.
    rows: StateVector<f64>,
    pairs: StateVector<f64>,
    slots: Vec<Vec<f64>>,
    by_slots: Vec<f64>,
    /// All parameters, where some have formulas.
    params: Vec<f64>,
}

enum Part {
    /// Row by row; back only where weights come before it.
    Data { forward: Box<Bound>, back: Option<Box<Bound>> },
    /// All rows at once.
    Weights { forward: Box<Bound>, stages: Vec<Stage> },
}

/// A plan with the slots that it takes, by their numbers in the whole circuit.
struct Bound {
    plan: Plan,
    slots: Vec<u32>,
    sign: f64,
    values: Vec<f64>,
    coefficients: Coefficients,
}

impl Bound {
    fn new(
        target: Target,
        num_qubits: usize,
        (actions, slots): (&[Action], Vec<u32>),
        sign: f64,
    ) -> Result<Box<Self>> {
        let plan = Plan::try_new(target, num_qubits, actions)?;
        let values = vec![0.0; slots.len()];
        let coefficients = plan.bind(&values)?;
        Ok(Box::new(Bound { plan, slots, sign, values, coefficients }))
    }

    fn run(
        &mut self,
        simulator: &Simulator,
        slots: &[f64],
        state: &mut StateVector<f64>,
    ) -> Result<()> {
        for (value, slot) in self.values.iter_mut().zip(&self.slots) {
            *value = self.sign * slots[*slot as usize];
        }
        self.plan.bind_into(&self.values, &mut self.coefficients)?;
        run_watched(simulator.watch(), &self.plan, &self.coefficients, state)
    }
}

impl Simulator {
    /// A [`BatchedAdjoint`] for derivatives by the inputs that are `weights`, given by their places;
    /// the others are data. Nothing where rows are better on their own: in single precision, for many
    /// qubits, or if an angle depends on data and weights at once.
    ///
    /// # Errors
    /// As [`adjoint`](Self::adjoint).
    pub(crate) fn batched_adjoint(
        &self,
        circuit: &Circuit,
        observables: &[PauliSum],
        weights: &[usize],
    ) -> Result<Option<BatchedAdjoint>> {
        let n = circuit.num_qubits();
        let row_bits = REGISTER.saturating_sub(n).min(*ROW_BITS.end());
        if self.run_precision() != Precision::F64 || !ROW_BITS.contains(&row_bits) {
            return Ok(None);
        }
        let unitary = Unitary::of_ideal(circuit, "the adjoint gradient")?;
        let Some(depends) = dependences(circuit, &unitary, weights) else { return Ok(None) };
        let observables =
            observables.iter().map(|sum| Observable::new(sum, n)).collect::<Result<_>>()?;
        let parts = self.parts(&unitary, &depends, row_bits)?;
        Ok(Some(BatchedAdjoint {
            simulator: self.clone(),
            observables,
            row_bits,
            parts,
            start: self.start(n)?,
            psi: self.zero_state(n)?,
            pair: self.zero_state(n + 1)?,
            rows: self.zero_state(n + row_bits)?,
            pairs: self.zero_state(n + row_bits + 1)?,
            slots: vec![Vec::new(); 1 << row_bits],
            by_slots: vec![0.0; unitary.angles.len()],
            params: Vec::new(),
            unitary,
        }))
    }

    fn parts(&self, unitary: &Unitary, depends: &[Depends], row_bits: usize) -> Result<Vec<Part>> {
        let (n, target) = (unitary.num_qubits, self.target());
        let wanted: Vec<bool> = depends.iter().map(|d| *d == Depends::Weights).collect();
        let mut made = Vec::new();
        let mut is_behind_weights = false;
        for part in parts(&unitary.actions, |slot| depends[slot as usize]) {
            let actions: Vec<Action> =
                part.actions.iter().map(|&k| unitary.actions[k].clone()).collect();
            let mut slots = Vec::new();
            let forward: Vec<Action> =
                actions.iter().map(|action| renumbered(action, &mut slots)).collect();
            if !part.is_data {
                let forward = Bound::new(target, n + row_bits, (&forward, slots), 1.0)?;
                let mut stages = stages(target, n + row_bits, &actions, &wanted)?;
                // What comes before the first place where derivatives are read is undone where
                // another part with weights comes before.
                if is_behind_weights {
                    stages.push(Stage::rest(target, n + row_bits, &actions, &wanted)?);
                }
                made.push(Part::Weights { forward, stages });
                is_behind_weights = true;
                continue;
            }
            let back = match is_behind_weights {
                false => None,
                true => {
                    let mut slots = Vec::new();
                    let undo: Vec<Action> =
                        actions.iter().rev().map(|action| inverse(action, &mut slots)).collect();
                    Some(Bound::new(target, n + 1, (&undo, slots), -1.0)?)
                }
            };
            made.push(Part::Data { forward: Bound::new(target, n, (&forward, slots), 1.0)?, back });
        }
        Ok(made)
    }
}

/// What each slot depends on; nothing if one depends on both.
fn dependences(circuit: &Circuit, unitary: &Unitary, weights: &[usize]) -> Option<Vec<Depends>> {
    let count = circuit.inputs().count();
    let data: Vec<usize> = (0..count).filter(|k| !weights.contains(k)).collect();
    let (by_weights, by_data) = (circuit.dependents(weights), circuit.dependents(&data));
    unitary
        .angles
        .iter()
        .map(|angle| {
            let any =
                |depends: &[bool]| angle.terms().iter().any(|(param, _)| depends[param.0 as usize]);
            match (any(&by_weights), any(&by_data)) {
                (true, true) => None,
                (true, false) => Some(Depends::Weights),
                (false, _) => Some(Depends::Data),
            }
        })
        .collect()
}

/// The action with its slot numbered by its place in `slots`, to which the slot is appended.
fn renumbered(action: &Action, slots: &mut Vec<u32>) -> Action {
    let mut place = |scalar: &Scalar| match scalar {
        Scalar::Const(x) => Scalar::Const(*x),
        Scalar::Slot(slot) => {
            slots.push(*slot);
            Scalar::Slot(slots.len() as u32 - 1)
        }
    };
    let kind = match &action.kind {
        Kind::Phase(angle) => Kind::Phase(place(angle)),
        Kind::Rotation(p, angle) => Kind::Rotation(*p, place(angle)),
        other => other.clone(),
    };
    Action { kind, controls: action.controls }
}

impl BatchedAdjoint {
    /// The most rows at once.
    pub fn capacity(&self) -> usize {
        1 << self.row_bits
    }

    /// Σ_r L_r over rows of inputs, whose weights are the same, with its gradient by all inputs, of
    /// which those by data are 0. `loss` gets the number of a row and its means, writes its
    /// derivatives by them, and returns L_r.
    ///
    /// # Errors
    /// As [`Objective::value_and_gradient`](super::Objective::value_and_gradient). Panics if there are
    /// no rows, or more than fit.
    pub fn value_and_gradient(
        &mut self,
        rows: &[Vec<f64>],
        mut loss: impl FnMut(usize, &[f64], &mut [f64]) -> f64,
        gradient: &mut [f64],
    ) -> Result<f64> {
        assert!((1..=self.capacity()).contains(&rows.len()), "rows of a register");
        for (row, slots) in rows.iter().zip(&mut self.slots) {
            self.unitary.slots(row, slots, &mut self.params)?;
        }
        self.forward(rows.len())?;
        let len = 1 << self.unitary.num_qubits;
        let mut means = vec![0.0; self.observables.len()];
        let mut by_means = vec![0.0; self.observables.len()];
        let mut total = 0.0;
        for row in 0..self.capacity() {
            let mut terms: Vec<(PauliMask, f64)> = Vec::new();
            self.psi.copy_amplitudes(0, &mut self.rows, row * len..(row + 1) * len);
            // Places without a row have a state, since a register is full, and no λ.
            if row < rows.len() {
                for (mean, observable) in means.iter_mut().zip(&self.observables) {
                    *mean = observable.value(&self.psi)?;
                }
                total += loss(row, &means, &mut by_means);
                if let Some(&value) = by_means.iter().find(|by| !by.is_finite()) {
                    return Err(Error::NotFinite { what: "a cotangent".into(), value });
                }
                for (by, observable) in by_means.iter().zip(&self.observables) {
                    terms.extend(observable.terms().iter().map(|(mask, c)| (*mask, by * c)));
                }
            }
            self.pair.set_pair(&mut self.psi, &terms)?;
            self.put_pair(row);
        }
        self.back(rows.len())?;
        gradient.fill(0.0);
        self.unitary.add_by_params(&self.params, &self.by_slots, gradient);
        Ok(total)
    }

    /// All rows to the end of the circuit.
    fn forward(&mut self, count: usize) -> Result<()> {
        let BatchedAdjoint { simulator, parts, psi, rows, slots, .. } = self;
        let len = 1 << psi.num_qubits();
        self.start.write_to(psi)?;
        // A part of data that comes first runs on the start; else every row begins with it.
        let begins_with_data = matches!(parts.first(), Some(Part::Data { .. }));
        if !begins_with_data {
            (0..1 << self.row_bits).for_each(|row| rows.copy_amplitudes(row * len, psi, 0..len));
        }
        for (number, part) in parts.iter_mut().enumerate() {
            match part {
                Part::Weights { forward, .. } => forward.run(simulator, &slots[0], rows)?,
                Part::Data { forward, .. } => {
                    for row in 0..1 << self.row_bits {
                        let place = row * len;
                        // Places without a row have the state of the first one.
                        let of = if row < count { row } else { 0 };
                        if number == 0 {
                            if row == of {
                                self.start.write_to(psi)?;
                            } else {
                                psi.copy_amplitudes(0, rows, 0..len);
                            }
                        } else {
                            psi.copy_amplitudes(0, rows, place..place + len);
                        }
                        if number > 0 || row == of {
                            forward.run(simulator, &slots[of], psi)?;
                        }
                        rows.copy_amplitudes(place, psi, 0..len);
                    }
                }
            }
        }
        rows.settle();
        Ok(())
    }

    /// All pairs back to the first place where derivatives are read.
    fn back(&mut self, count: usize) -> Result<()> {
        self.by_slots.fill(0.0);
        for number in (0..self.parts.len()).rev() {
            if let Part::Data { back: Some(_), .. } = &self.parts[number] {
                for row in 0..count {
                    self.take_pair(row);
                    let BatchedAdjoint { simulator, parts, pair, slots, .. } = self;
                    if let Part::Data { back: Some(back), .. } = &mut parts[number] {
                        back.run(simulator, &slots[row], pair)?;
                    }
                    self.put_pair(row);
                }
                continue;
            }
            let BatchedAdjoint { simulator, parts, pairs, slots, by_slots, .. } = self;
            if let Part::Weights { stages, .. } = &mut parts[number] {
                for stage in stages {
                    stage.run(simulator.watch(), &slots[0], pairs, by_slots)?;
                }
            }
        }
        Ok(())
    }

    /// The pair of a row, into its place.
    fn put_pair(&mut self, row: usize) {
        let (len, half) = (1 << self.psi.num_qubits(), 1 << self.rows.num_qubits());
        self.pairs.copy_amplitudes(row * len, &mut self.pair, 0..len);
        self.pairs.copy_amplitudes(half + row * len, &mut self.pair, len..2 * len);
    }

    fn take_pair(&mut self, row: usize) {
        let (len, half) = (1 << self.psi.num_qubits(), 1 << self.rows.num_qubits());
        self.pair.copy_amplitudes(0, &mut self.pairs, row * len..(row + 1) * len);
        let lambda = half + row * len..half + (row + 1) * len;
        self.pair.copy_amplitudes(len, &mut self.pairs, lambda);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Formula;
    use crate::engine::Precision;
    use crate::gradient::Objective;

    /// Data and weights by turns, qubits that trade places, controls, formulas of each kind.
    fn circuits() -> Vec<Circuit> {
        let new = || {
            let mut c = Circuit::new(3);
            let (x, w) = (c.param_vector("x", 2), c.param_vector("w", 5));
            (c, x, w)
        };
        let (mut embedded, x, w) = new();
        let product = embedded.derived(Formula::Product(x[0].into(), x[1].into()));
        embedded.h(0).h(1).rz(x[0], 0).rz(x[1], 1).rzz(2.0 * product, 0, 1).rx(x[0], 2);
        embedded.ry(w[0], 0).rx(w[1], 1).cx(0, 1).swap(1, 2).crz(w[2], 2, 0).rz(w[3], 1);
        embedded.ry(w[4], 2).cx(2, 0).x(1);
        let (mut again, x, w) = new();
        let square = again.derived(Formula::Product(w[4].into(), w[4].into()));
        again.ry(w[0], 0).cx(0, 1).ry(w[1], 2);
        for k in 0..2 {
            again.rx(x[0], 0).ry(x[1], 1).rz(0.5 * x[0], 2).cx(1, 2);
            again.rz(w[k], 0).ry(w[k + 1], 1).crx(w[k + 2], 0, 2).cx(0, 1).p(square, 2).x(0);
        }
        let (mut last, x, w) = new();
        last.ry(w[0], 0).ry(w[1], 1).cx(0, 1).rx(w[2] + 0.5 * w[3], 2).rz(w[4], 2).ry(x[0], 0);
        last.rz(x[1], 1).cx(0, 2);
        vec![embedded, again, last]
    }

    #[test]
    fn sums_of_rows_are_those_of_single_rows() {
        let observables: Vec<PauliSum> =
            ["Z0", "0.5 X1 Y2 + Z2", "Y0 X1"].map(|text| text.parse().unwrap()).to_vec();
        let start: crate::math::Bits = "101".parse().unwrap();
        for simulator in [Simulator::new(), Simulator::new().initial_state(start)] {
            for circuit in circuits() {
                let weights: Vec<usize> = (2..7).collect();
                let rows: Vec<Vec<f64>> = (0..11)
                    .map(|k| {
                        let data = [0.3 * k as f64 - 1.0, (k as f64).sin()];
                        data.into_iter().chain([0.4, -0.7, 1.1, 0.2, 0.9]).collect()
                    })
                    .collect();
                let by = |row: usize, j: usize| (row + 1) as f64 * 0.1 - 0.3 * j as f64;
                let mut adjoint = simulator.adjoint(&circuit, &observables).unwrap();
                let (mut expected, mut total) = (vec![0.0; 7], 0.0);
                for (k, row) in rows.iter().enumerate() {
                    let (mut means, mut jacobian) = (vec![0.0; 3], vec![0.0; 21]);
                    adjoint.values_and_jacobian(row, &mut means, &mut jacobian).unwrap();
                    for j in 0..3 {
                        total += by(k, j) * means[j];
                        for (p, sum) in expected.iter_mut().enumerate().skip(2) {
                            *sum += by(k, j) * jacobian[7 * j + p];
                        }
                    }
                }
                let batched = simulator.batched_adjoint(&circuit, &observables, &weights);
                let mut batched = batched.unwrap().unwrap();
                // Twice: nothing is left from call to call.
                for _ in 0..2 {
                    let mut gradient = vec![f64::NAN; 7];
                    let loss = |k: usize, means: &[f64], by_means: &mut [f64]| {
                        (0..3).for_each(|j| by_means[j] = by(k, j));
                        means.iter().zip(&*by_means).map(|(m, by)| m * by).sum()
                    };
                    let value = batched.value_and_gradient(&rows, loss, &mut gradient).unwrap();
                    assert!((value - total).abs() < 1e-12, "{value} {total}");
                    for (g, e) in gradient.iter().zip(&expected) {
                        assert!((g - e).abs() < 1e-12, "{gradient:?} {expected:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn rows_are_on_their_own_where_that_is_better() {
        let z = ["Z0".parse().unwrap()];
        let mut mixed = Circuit::new(2);
        let (x, w) = (mixed.param("x"), mixed.param("w"));
        mixed.ry(x + w, 0);
        let simulator = Simulator::new();
        assert!(simulator.batched_adjoint(&mixed, &z, &[1]).unwrap().is_none());
        let mut wide = Circuit::new(11);
        let (x, w) = (wide.param("x"), wide.param("w"));
        wide.ry(x, 0).ry(w, 0);
        assert!(simulator.batched_adjoint(&wide, &z, &[1]).unwrap().is_none());
        let mut small = Circuit::new(2);
        let (x, w) = (small.param("x"), small.param("w"));
        small.ry(x, 0).ry(w, 0);
        let capacity = |s: &Simulator| {
            s.batched_adjoint(&small, &z, &[1]).unwrap().map(|batched| batched.capacity())
        };
        assert_eq!(capacity(&simulator), Some(16));
        assert_eq!(capacity(&simulator.clone().precision(Precision::F32)), None);
        let mut adjoint = simulator.adjoint(&small, &z).unwrap();
        assert!(adjoint.value(&[f64::NAN, 0.0]).is_err());
        let mut batched = simulator.batched_adjoint(&small, &z, &[1]).unwrap().unwrap();
        let found =
            batched.value_and_gradient(&[vec![f64::NAN, 0.0]], |_, _, _| 0.0, &mut [0.0; 2]);
        assert!(found.is_err());
    }
}
