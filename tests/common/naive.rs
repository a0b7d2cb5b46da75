//! A simulator by definition: one dense matrix-vector product a gate, from the gate's own matrix
//! and the meaning of targets and controls. It knows neither actions nor plans nor kernels.

use ketlab::circuit::{Circuit, Op};
use ketlab::gate::{Gate, GateOp};
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
