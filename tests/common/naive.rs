//! A simulator by definition: one dense matrix-vector product a gate, from the gate's own matrix
//! and the meaning of targets and controls. It knows neither actions nor plans nor kernels.

use ketlab::circuit::{Circuit, Op};
use ketlab::gate::{Gate, GateOp};
use ketlab::math::Bits;
use num_complex::Complex64;

/// The state that a circuit of gates makes of |0…0⟩.
pub fn run(circuit: &Circuit) -> Vec<Complex64> {
    let mut state = vec![Complex64::ZERO; 1 << circuit.num_qubits()];
    state[0] = Complex64::ONE;
    for op in circuit.ops() {
        if let Op::Gate(gate) = op {
            state = apply(gate, &state);
        }
    }
    state
}

/// Where a gate takes a state.
pub fn apply(op: &GateOp, state: &[Complex64]) -> Vec<Complex64> {
    if let (None, Gate::Std(..) | Gate::Block(_)) = (op.gate.matrix(), &op.gate) {
        let steps = op.steps().expect("bound and not opaque");
        return steps.iter().fold(state.to_vec(), |s, step| apply(step, &s));
    }
    let mut image = vec![Complex64::ZERO; state.len()];
    for (index, &amplitude) in state.iter().enumerate() {
        let bit = |q: u32| index >> q & 1;
        if op.controls.iter().any(|c| (bit(c.qubit) == 1) != c.positive) {
            image[index] += amplitude;
            continue;
        }
        let from: usize = op.targets.iter().enumerate().map(|(k, &t)| bit(t) << k).sum();
        for (to, factor) in column(&op.gate, from) {
            let target = op
                .targets
                .iter()
                .enumerate()
                .fold(index, |i, (k, &t)| i & !(1 << t) | (to >> k & 1) << t);
            image[target] += factor * amplitude;
        }
    }
    image
}

/// Where a basis state of a gate's own qubits goes.
fn column(gate: &Gate, from: usize) -> Vec<(usize, Complex64)> {
    match gate {
        Gate::Diagonal(d) => vec![(from, d.entries[from])],
        Gate::Permutation(p) => vec![(p.table[from] as usize, Complex64::ONE)],
        Gate::PauliRotation(string, angle) => {
            let half = angle.fixed().expect("bound") / 2.0;
            let mut image = (from, Complex64::ONE);
            for (qubit, letter) in string.iter() {
                let one = from >> qubit & 1 == 1;
                let (flips, factor) = match letter.letter() {
                    'X' => (true, Complex64::ONE),
                    'Y' => (true, if one { -Complex64::I } else { Complex64::I }),
                    _ => (false, Complex64::from(if one { -1.0 } else { 1.0 })),
                };
                image = (image.0 ^ usize::from(flips) << qubit, image.1 * factor);
            }
            vec![(from, half.cos().into()), (image.0, -Complex64::I * half.sin() * image.1)]
        }
        other => {
            let m = other.matrix().expect("bound").to_dmatrix();
            (0..m.nrows()).map(|row| (row, m[(row, from)])).collect()
        }
    }
}

/// Every branch of a circuit with measurements, resets, `if` and assignments: weight, state,
/// classical bits.
pub fn branches(circuit: &Circuit) -> Vec<(f64, Vec<Complex64>, Bits)> {
    let mut state = vec![Complex64::ZERO; 1 << circuit.num_qubits()];
    state[0] = Complex64::ONE;
    follow(circuit.ops(), vec![(1.0, state, Bits::zeros(circuit.num_clbits()))])
}

type Branch = (f64, Vec<Complex64>, Bits);

fn follow(ops: &[Op], start: Vec<Branch>) -> Vec<Branch> {
    ops.iter().fold(start, |branches, op| {
        branches.into_iter().flat_map(|branch| one(op, branch)).collect()
    })
}

fn one(op: &Op, (weight, state, mut bits): Branch) -> Vec<Branch> {
    match op {
        Op::Gate(gate) => vec![(weight, apply(gate, &state), bits)],
        Op::Measure { qubit, .. } | Op::Reset(qubit) => {
            let sides = [0usize, 1].into_iter().filter_map(|outcome| {
                let kept = |index: usize| index >> qubit & 1 == outcome;
                let p: f64 =
                    (0..state.len()).filter(|&i| kept(i)).map(|i| state[i].norm_sqr()).sum();
                if p < 1e-14 {
                    return None;
                }
                let mut bits = bits.clone();
                let mut after = vec![Complex64::ZERO; state.len()];
                for index in (0..state.len()).filter(|&i| kept(i)) {
                    let to = if matches!(op, Op::Reset(_)) { index & !(1 << qubit) } else { index };
                    after[to] = state[index] / p.sqrt();
                }
                if let Op::Measure { clbit, .. } = op {
                    bits.set(*clbit as usize, outcome == 1);
                }
                Some((weight * p, after, bits))
            });
            sides.collect()
        }
        Op::If(i) => {
            let holds = i.condition.eval(&bits).unwrap() != 0;
            follow(if holds { &i.then } else { &i.otherwise }, vec![(weight, state, bits)])
        }
        Op::Assign(a) => {
            let value = a.value.eval(&bits).unwrap();
            for (k, &clbit) in a.clbits.iter().enumerate() {
                bits.set(clbit as usize, value >> k & 1 == 1);
            }
            vec![(weight, state, bits)]
        }
        Op::Barrier(_) | Op::Delay { .. } => vec![(weight, state, bits)],
        Op::Channel(_) => panic!("a state vector has no noise"),
        Op::While(_) => panic!("loops have infinitely many branches"),
    }
}
