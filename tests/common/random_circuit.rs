//! Random circuits of everything that a circuit can contain.

use ketlab::circuit::{Assign, BinaryOp, Circuit, Expr, If, Op};
use ketlab::gate::StdGate;
use ketlab::{Angle, Control, Gate, GateOp, Pauli, PauliString};
use nalgebra::DMatrix;
use num_complex::Complex64;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::PI;

pub fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// An angle: often a multiple of π, a small or large number, or anything.
pub fn angle(rng: &mut impl Rng) -> f64 {
    match rng.random_range(0..4) {
        0 => f64::from(rng.random_range(-8..9)) * PI / f64::from(1 << rng.random_range(0..5)),
        1 => *[0.0, -0.0, 1e-7, 123456.75, PI, -2.0, 1e-320].get(rng.random_range(0..7)).unwrap(),
        _ => rng.random_range(-7.0..7.0),
    }
}

/// A random unitary: what random numbers become by Gram-Schmidt; now and then a special one.
pub fn unitary(num_qubits: usize, rng: &mut impl Rng) -> DMatrix<Complex64> {
    let size = 1 << num_qubits;
    let sparse = rng.random_bool(0.3);
    loop {
        let m = DMatrix::from_fn(size, size, |_, _| {
            let z = Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0));
            if sparse && rng.random_bool(0.6) { Complex64::ZERO } else { z }
        });
        let qr = m.qr();
        let (q, r) = (qr.q(), qr.r());
        if (0..size).all(|k| r[(k, k)].norm() > 1e-3) {
            return q;
        }
    }
}

fn paulis(num_qubits: usize, rng: &mut impl Rng) -> PauliString {
    let letter = |rng: &mut dyn FnMut() -> usize| [Pauli::I, Pauli::X, Pauli::Y, Pauli::Z][rng()];
    PauliString::new((0..num_qubits).map(|k| (k, letter(&mut || rng.random_range(0..4)))))
}

/// A gate on up to `max` qubits; blocks inside blocks down to `depth`.
pub fn gate(max: usize, depth: usize, rng: &mut impl Rng) -> Gate {
    match rng.random_range(0..20) {
        0 => Gate::PauliRotation(paulis(rng.random_range(0..=max), rng).into(), angle(rng).into()),
        1 => {
            let n = rng.random_range(0..=max.min(3));
            let marked = rng.random_bool(0.3);
            let entry = |rng: &mut dyn FnMut() -> f64| Complex64::from_polar(1.0, rng());
            let mut entries: Vec<Complex64> =
                (0..1 << n).map(|_| entry(&mut || rng.random_range(-PI..PI))).collect();
            if marked {
                let at = rng.random_range(0..1 << n);
                for (k, e) in entries.iter_mut().enumerate() {
                    *e = if k == at { *e } else { Complex64::ONE };
                }
            }
            Gate::diagonal("phases", entries).unwrap()
        }
        2 => {
            let n = rng.random_range(0..=max.min(3));
            let mut table: Vec<u32> = (0..1 << n).collect();
            table.shuffle(rng);
            Gate::permutation("shuffle", table).unwrap()
        }
        3 => {
            let (inputs, outputs) = (rng.random_range(0..=max.min(2)), 1);
            let values: Vec<u32> = (0..4).map(|_| rng.random_range(0..2)).collect();
            match inputs + outputs <= max {
                true => Gate::oracle("f", inputs, outputs, |x| values[x as usize]).unwrap(),
                false => Gate::fixed(StdGate::GlobalPhase).with(rng),
            }
        }
        4 | 5 => {
            let n = rng.random_range(0..=max.min(3));
            Gate::unitary("matrix", unitary(n, rng)).unwrap()
        }
        6..=8 if depth > 0 => {
            let n = rng.random_range(0..=max);
            let steps = (0..rng.random_range(0..4)).map(|_| op(n, depth - 1, rng)).collect();
            let name = ["sub", "swap", "ryy", "Bell †", "q1", "c2_y", "theta"];
            let name = name[rng.random_range(0..name.len())];
            let shown: Vec<Angle> =
                (0..rng.random_range(0..2)).map(|_| angle(rng).into()).collect();
            Gate::block(name, n, shown, Some(steps)).unwrap()
        }
        _ => loop {
            let row = StdGate::ALL[rng.random_range(0..StdGate::ALL.len())];
            if row.spec().num_qubits <= max {
                return Gate::fixed(row).with(rng);
            }
        },
    }
}

trait With {
    fn with(self, rng: &mut impl Rng) -> Self;
}

impl With for Gate {
    /// With angles, for a row of the table.
    fn with(self, rng: &mut impl Rng) -> Gate {
        let Gate::Std(row, _) = self else { return self };
        Gate::Std(row, row.spec().angles.iter().map(|_| angle(rng).into()).collect())
    }
}

/// A gate with targets and up to three controls of both signs among `num_qubits` qubits.
pub fn op(num_qubits: usize, depth: usize, rng: &mut impl Rng) -> GateOp {
    let gate = gate(num_qubits, depth, rng);
    let mut qubits: Vec<usize> = (0..num_qubits).collect();
    qubits.shuffle(rng);
    let (targets, rest) = qubits.split_at(gate.num_qubits());
    let num_controls = rng.random_range(0..=rest.len().min(3));
    let controls = rest[..num_controls].iter().map(|&q| match rng.random_bool(0.7) {
        true => Control::on(q),
        false => Control::off(q),
    });
    let controls: Vec<Control> = controls.collect();
    GateOp::new(gate, targets.iter().copied()).controlled(controls)
}

/// A circuit of gates only.
pub fn gates(num_qubits: usize, len: usize, seed: u64) -> Circuit {
    let mut rng = generator(seed);
    let mut c = Circuit::new(num_qubits);
    // A state on which every gate acts.
    for q in 0..num_qubits {
        c.ry(rng.random_range(0.3..1.2), q).rz(rng.random_range(0.3..1.2), q);
    }
    for _ in 0..len {
        c.gate(op(num_qubits, 2, &mut rng));
    }
    c
}

/// A classical expression on `num_clbits` bits, without division.
pub fn expr(num_clbits: usize, depth: usize, rng: &mut impl Rng) -> Expr {
    let range = |rng: &mut dyn FnMut(usize) -> usize| {
        let (a, b) = (rng(num_clbits + 1), rng(num_clbits + 1));
        Expr::bits(a.min(b)..a.max(b))
    };
    match rng.random_range(0..if depth > 0 { 9 } else { 4 }) {
        0 | 1 => Expr::bit(rng.random_range(0..num_clbits)),
        2 => range(&mut |n| rng.random_range(0..n)),
        3 => match rng.random_range(0..5) {
            0 => Expr::Const(rng.random()),
            _ => Expr::from(rng.random_range(0..9u64)),
        },
        4 => expr(num_clbits, depth - 1, rng).not(),
        5 => {
            let value = Box::new(expr(num_clbits, depth - 1, rng));
            Expr::Complement { value, width: *[1, 3, 64, 128].get(rng.random_range(0..4)).unwrap() }
        }
        6 => range(&mut |n| rng.random_range(0..n)).equals(rng.random_range(0..4)),
        _ => {
            let op = loop {
                let op = BinaryOp::ALL[rng.random_range(0..BinaryOp::ALL.len())];
                if !matches!(op, BinaryOp::Div | BinaryOp::Rem) {
                    break op;
                }
            };
            let b = expr(num_clbits, depth - 1, rng);
            expr(num_clbits, depth - 1, rng).binary(op, b)
        }
    }
}

/// A circuit with measurements, resets, branches and assignments.
pub fn dynamic(seed: u64) -> Circuit {
    let mut rng = generator(seed);
    let mut c = Circuit::with_clbits(3, 2);
    c.add_clbits("d", 3);
    c.add_clbits("e", 1);
    c.h(0).ry(0.7, 1).cx(0, 1).h(2);
    for op in operations(6, 2, &mut rng) {
        c.push(op);
    }
    c
}

fn operations(len: usize, depth: usize, rng: &mut impl Rng) -> Vec<Op> {
    let one = |rng: &mut ChaCha8Rng| {
        let (qubit, clbit) = (rng.random_range(0..3), rng.random_range(0..6));
        match rng.random_range(0..if depth > 0 { 10 } else { 7 }) {
            0..=2 => Op::Measure { qubit, clbit },
            3 => Op::Reset(qubit),
            4 => Op::Gate(op(3, 1, rng)),
            5 => Op::Barrier([0, 1, 2].into_iter().filter(|_| rng.random_bool(0.6)).collect()),
            6 if rng.random_bool(0.4) => {
                let mut clbits: Vec<u32> = (0..6).collect();
                match rng.random_bool(0.3) {
                    true => clbits.shuffle(rng),
                    false => drop(clbits.drain(..rng.random_range(0..6))),
                }
                clbits.truncate(rng.random_range(0..=clbits.len()));
                Op::Assign(Box::new(Assign { clbits: clbits.into(), value: expr(6, 2, rng) }))
            }
            6 => Op::Gate(GateOp::std(StdGate::H, [], [qubit as usize])),
            _ => {
                let condition = match rng.random_bool(0.5) {
                    true => expr(6, 2, rng),
                    false => Expr::bits(2..5).equals(rng.random_range(0..8)),
                };
                let then = operations(rng.random_range(0..3), depth - 1, rng);
                let otherwise = operations(rng.random_range(0..2), depth - 1, rng);
                Op::If(Box::new(If { condition, then, otherwise }))
            }
        }
    };
    let mut own = generator(rng.random());
    (0..len).map(|_| one(&mut own)).collect()
}
