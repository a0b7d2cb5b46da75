//! Export to OpenQASM: what is read back is the circuit that was written, up to a global phase,
//! and the bytes are stable. States come from the simulator by definition in `common/naive.rs`.

use crate::common::{files_below, naive, random_circuit, reference};
use ketlab::circuit::{Assign, BinaryOp, Circuit, Duration, Expr, If, Op, TimeUnit};
use ketlab::gate::{Block, StdGate};
use ketlab::math::matrix::distance_up_to_phase;
use ketlab::qasm::{Options, Qelib1, parse, read_file};
use ketlab::{Angle, Control, Gate, GateOp, PauliString};
use num_complex::Complex64;
use proptest::prelude::*;
use std::sync::Arc;

fn check_states(text: &str, circuit: &Circuit) {
    let back = parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let off = distance_up_to_phase(&naive::run(circuit), &naive::run(&back));
    assert!(off < 1e-11, "off by {off:e}\n{circuit:?}\n{text}");
}

/// The same outcomes with the same states, each up to its own global phase.
fn check_branches(text: &str, circuit: &Circuit) {
    let back = parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let (wanted, got) = (naive::branches(circuit), naive::branches(&back));
    assert_eq!(wanted.len(), got.len(), "{text}");
    for ((p, state, bits), (q, other, others)) in wanted.iter().zip(&got) {
        // A variable of the text comes after the circuit's own bits.
        let own = |k| bits.bit(k) == others.bit(k);
        assert!((0..bits.len()).all(own), "{bits}, not {others}\n{text}");
        let off = distance_up_to_phase(state, other);
        assert!((p - q).abs() < 1e-11 && off < 1e-11, "off by {off:e}\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn qasm2_is_read_back_as_what_was_written(seed in 0u64..1 << 40, n in 0usize..6) {
        let c = random_circuit::gates(n, 5, seed);
        let text = c.to_qasm2().unwrap();
        prop_assert_eq!(&c.to_qasm2().unwrap(), &text);
        check_states(&text, &c);
        let again = parse(&text).unwrap().to_qasm2().unwrap();
        prop_assert_eq!(again, text);
    }

    #[test]
        fn qasm3_is_read_back_as_what_was_written(seed in 0u64..1 << 40, n in 0usize..6) {
        let c = random_circuit::gates(n, 5, seed);
        let text = c.to_qasm3().unwrap();
        prop_assert_eq!(&c.to_qasm3().unwrap(), &text);
        check_states(&text, &c);
        let again = parse(&text).unwrap().to_qasm3().unwrap();
        prop_assert_eq!(again, text);
    }

    #[test]
        fn dynamic_circuits_in_qasm3(seed in 0u64..1 << 40) {
        let c = random_circuit::dynamic(seed);
        let text = c.to_qasm3().unwrap();
        check_branches(&text, &c);
    }

    #[test]
    fn branches_in_qasm2(seed in 0u64..1 << 40) {
        // Where the language cannot say it, that is said; what is written is right.
        let c = random_circuit::dynamic(seed);
        if let Ok(text) = c.to_qasm2() {
            check_branches(&text, &c);
        }
    }
}

/// Blocks replaced by what is in them, to the ground; a controlled U as the row that `cu` is.
fn flat(circuit: &Circuit) -> Vec<Op> {
    let mut out = vec![];
    let mut open: Vec<Op> = circuit.ops().iter().rev().cloned().collect();
    while let Some(op) = open.pop() {
        match op {
            Op::Gate(g) => match &g.gate {
                Gate::Block(_) => open.extend(g.steps().unwrap().into_iter().rev().map(Op::Gate)),
                Gate::Std(StdGate::U, angles) if g.controls.len() == 1 => {
                    let angles = angles.iter().cloned().chain([Angle::Fixed(0.0)]).collect();
                    out.push(Op::Gate(GateOp { gate: Gate::Std(StdGate::PhasedU, angles), ..g }));
                }
                _ => out.push(Op::Gate(g)),
            },
            Op::If(i) => {
                let body = |ops: &[Op]| {
                    let mut inner = circuit.clone();
                    inner = inner.repeat(0);
                    ops.iter().for_each(|op| {
                        inner.push(op.clone());
                    });
                    flat(&inner)
                };
                let (then, otherwise) = (body(&i.then), body(&i.otherwise));
                // One line per operation.
                assert!(otherwise.is_empty());
                out.extend(then.into_iter().map(|op| {
                    let (condition, then) = (i.condition.clone(), vec![op]);
                    Op::If(Box::new(If { condition, then, otherwise: vec![] }))
                }));
            }
            other => out.push(other),
        }
    }
    out
}

#[test]
fn reference_files_survive() {
    let Some(folder) = reference("qasm2") else { return };
    let mut compared = 0;
    for path in files_below(&folder, "qasm") {
        let original = path.with_extension("json");
        let original = std::fs::read_to_string(original).unwrap_or_default();
        let qelib1 = match original.contains("\"original") {
            true => Qelib1::Original,
            false => Qelib1::Extended,
        };
        let Ok(imported) = read_file(&path, &Options { qelib1, ..Options::default() }) else {
            continue;
        };
        let c = imported.circuit;
        let name = path.display();
        let text = c.to_qasm2().unwrap_or_else(|e| panic!("{name}: {e}"));
        let back = parse(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(back.qubits(), c.qubits(), "{name}");
        assert_eq!(back.clbits(), c.clbits(), "{name}");
        assert!(flat(&back) == flat(&c), "{name}");
        assert!(back.to_qasm2().unwrap() == text, "{name}");
        let text = c.to_qasm3().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(text.starts_with("OPENQASM 3.0;"));
        compared += 1;
    }
    assert!(compared >= 70, "{compared}");
}

#[test]
fn any_number_of_controls_in_qasm2() {
    let angles = [0.3, -0.7, 1.1, 0.4].map(Angle::from);
    for num_controls in 0..8 {
        for &row in StdGate::ALL {
            let spec = row.spec();
            let n = num_controls + spec.num_qubits;
            if n > 9 || n == 0 {
                continue;
            }
            let op = GateOp::std(row, angles[..spec.angles.len()].to_vec(), num_controls..n);
            // All in superposition, so that every control pattern counts.
            let mut c = Circuit::new(n);
            for q in 0..n {
                c.ry(0.4 + 0.2 * q as f64, q).p(0.3 * q as f64, q);
            }
            let signs = |k| if k % 3 == 1 { Control::off(k) } else { Control::on(k) };
            c.gate(op.controlled((0..num_controls).map(signs)));
            let text = c.to_qasm2().unwrap();
            check_states(&text, &c);
            assert_eq!(parse(&text).unwrap().to_qasm2().unwrap(), text);
        }
    }
}

#[test]
fn many_controls_take_quadratically_many_gates() {
    let lowest = |k: usize| {
        let mut c = Circuit::new(k + 1);
        c.mcx(&(0..k).map(Control::on).collect::<Vec<_>>(), k);
        let mut flat = parse(&c.to_qasm2().unwrap()).unwrap();
        while flat.decompose().ops().len() > flat.ops().len() {
            flat = flat.decompose();
        }
        flat.ops().len()
    };
    let (a, b) = (lowest(20), lowest(40));
    assert!(b < 5 * a && b < 40 * 40 * 40, "{a} and {b}");
    // On basis states, where it is quick to follow.
    let mut c = Circuit::new(12);
    for q in 0..11 {
        c.x(q);
    }
    c.mcx(&(0..11).map(Control::on).collect::<Vec<_>>(), 11);
    check_states(&c.to_qasm2().unwrap(), &c);
}

#[test]
fn definitions_are_shared_and_named_apart() {
    let step = |q| GateOp::std(StdGate::T, [], [q]);
    let block = |name: &str, steps: Vec<GateOp>| Gate::block(name, 2, [], Some(steps)).unwrap();
    let mut c = Circuit::empty();
    c.add_qubits("sub", 2);
    c.add_qubits("gate", 1);
    c.gate(GateOp::new(block("sub", vec![step(0)]), [0, 1]));
    c.gate(GateOp::new(block("sub", vec![step(0)]), [1, 2]));
    c.gate(GateOp::new(block("sub", vec![step(1)]), [0, 1]));
    c.gate(GateOp::new(block("h", vec![step(1)]), [0, 1]));
    c.rzz(0.5, 0, 1).rzz(0.25, 0, 1);
    let body = "sub_1 sub[0], sub[1];\nsub_1 sub[1], gate_1[0];\nsub_2 sub[0], sub[1];\n\
                h_1 sub[0], sub[1];\nrzz(0.5) sub[0], sub[1];\nrzz(0.25) sub[0], sub[1];\n";
    for text in [c.to_qasm2().unwrap(), c.to_qasm3().unwrap()] {
        assert!(text.ends_with(body), "{text}");
        assert!(text.contains("// quantum register `gate` is written gate_1\n"), "{text}");
        assert_eq!(text.matches("gate sub_").count(), 2, "{text}");
    }
}

#[test]
fn parameters() {
    let mut c = Circuit::new(3);
    let [a, x, q0] = ["a", "x[1]", "q0"].map(|name| c.param(name));
    c.rx(2.0 * a + 0.5, 0).rzz(x / 2.0 - a, 0, 1);
    let op = GateOp::std(StdGate::RY, [q0 - x], [0]);
    let inner = Gate::block("inner", 1, [], Some(vec![op])).unwrap();
    c.gate(GateOp::new(inner, [1]).controlled([2]));
    let text = c.to_qasm3().unwrap();
    for line in [
        "// parameter `x[1]` is written x_1\n",
        "// parameter `q0` is written q0_1\n",
        "input float[64] x_1;\n",
        "gate inner(t0, t1) q0 {\n  ry(-t0 + t1) q0;\n}\n",
        "rx(2.0*a + 0.5) q[0];\nrzz(-a + x_1/2) q[0], q[1];\nctrl @ inner(x_1, q0_1) q[2], q[1];\n",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let error = c.to_qasm2().unwrap_err().to_string();
    assert!(error.contains("the parameter `a`") && error.contains("bind it first"), "{error}");
    let bound = c.bind(&[("a", 0.1), ("x[1]", 0.2), ("q0", 0.3)]).unwrap();
    check_states(&bound.to_qasm2().unwrap(), &bound);
}

#[test]
fn what_cannot_be_said_is_refused_by_name() {
    let refusal = |c: &Circuit| c.to_qasm2().unwrap_err().to_string();
    let fresh = || {
        let mut c = Circuit::with_clbits(2, 3);
        c.add_clbits("d", 5);
        c
    };
    let mut c = fresh();
    c.while_loop(Expr::bit(0), |c| c.h(0).measure(0, 0));
    assert!(refusal(&c).contains("does not support a loop") && refusal(&c).contains("--to qasm3"));
    let mut c = fresh();
    c.assign(0..1, 1);
    assert!(refusal(&c).contains("an assignment"));
    let mut c = fresh();
    c.delay(Duration { value: 2.5, unit: TimeUnit::Us }, &[0, 1]);
    assert!(refusal(&c).contains("a delay"));
    assert!(c.to_qasm3().unwrap().ends_with("delay[2.5us] q;\n"));
    let mut c = fresh();
    c.if_then(Expr::bits(3..8).binary(BinaryOp::Lt, 5), |c| c.x(0));
    assert!(refusal(&c).contains("a condition other than `register == value`"));
    let mut c = fresh();
    c.if_then(Expr::bits(2..4).equals(1), |c| c.x(0));
    assert!(refusal(&c).contains("a condition other than"));
    let mut c = fresh();
    c.if_then(Expr::bits(0..3).equals(1), |c| c.measure(0, 0).x(1));
    assert!(refusal(&c).contains("changes the register"));
    let mut c = fresh();
    c.if_then(Expr::bit(0), |c| c.if_then(Expr::bit(1), |c| c.x(0)));
    assert!(refusal(&c).contains("a branch inside of a branch"));

    let mut c = Circuit::new(3);
    c.gate(GateOp::new(Gate::block("magic", 2, [Angle::from(0.5)], None).unwrap(), [0, 2]));
    let text = c.to_qasm2().unwrap();
    assert!(
        text.contains("opaque magic(t0) q0, q1;\n") && text.ends_with("magic(0.5) q[0], q[2];\n")
    );
    assert_eq!(parse(&text).unwrap(), c);
    let error = c.to_qasm3().unwrap_err().to_string();
    assert!(error.contains("the opaque gate `magic`"), "{error}");

    let mut table: Vec<u32> = (0..1 << 13).collect();
    table.rotate_left(1);
    let mut c = Circuit::new(13);
    c.permutation(table, &(0..13).collect::<Vec<_>>());
    assert!(refusal(&c).contains("the permutation `perm` on 13 qubits: at most 12"));
    let mut c = Circuit::new(7);
    c.unitary(nalgebra::DMatrix::identity(128, 128), &[0, 1, 2, 3, 4, 5, 6]);
    assert!(refusal(&c).contains("the matrix `unitary` on 7 qubits: at most 6"));
    let mut c = Circuit::new(17);
    c.diagonal(vec![Complex64::ONE; 1 << 17], &(0..17).collect::<Vec<_>>());
    assert!(c.to_qasm3().unwrap_err().to_string().contains("at most 16"));
}

#[test]
fn branches_of_qasm2() {
    let mut c = Circuit::with_clbits(2, 2);
    c.h(0).measure(0, 1).if_else(Expr::bit(1), |c| c.x(1).barrier(&[0, 1]), |c| c.reset(1));
    c.if_then(Expr::bits(0..2).equals(2), |c| c.y(0).measure(0, 0));
    c.if_then(Expr::bits(1..1).not().not(), |c| c.y(0))
        .if_then(Expr::bits(0..2).equals(9), |c| c.z(0));
    let text = c.to_qasm2().unwrap();
    let expected = "measure q[0] -> c[1];\nif (c == 0) reset q[1];\nif (c == 1) reset q[1];\n\
                    if (c == 2) x q[1];\nbarrier q;\nif (c == 3) x q[1];\nbarrier q;\n\
                    if (c == 2) y q[0];\nif (c == 2) measure q[0] -> c[0];\n";
    assert!(text.ends_with(expected), "{text}");
    check_branches(&text, &c);
}

#[test]
fn classical_forms_of_qasm3() {
    let mut c = Circuit::with_clbits(1, 3);
    c.add_clbits("d", 2);
    let text = |build: &dyn Fn(&mut Circuit)| {
        let mut c = c.clone();
        build(&mut c);
        let text = c.to_qasm3().unwrap();
        text.split_once("bit[2] d;\n").unwrap().1.to_string()
    };
    let condition = |e: Expr| {
        let all = text(&|c| {
            c.if_then(e.clone(), |c| c.x(0));
        });
        let line = all.strip_prefix("if (").and_then(|t| t.strip_suffix(") {\n  x q[0];\n}\n"));
        line.unwrap_or_else(|| panic!("{all}")).to_string()
    };
    let (bit, register) = (Expr::bit(1), Expr::bits(3..5));
    let complement = Expr::Complement { value: Box::new(register.clone()), width: 2 };
    for (e, expected) in [
        (bit.clone(), "c[1]"),
        (bit.clone().not(), "!c[1]"),
        (bit.clone().equals(1), "c[1] == 1"),
        (register.clone().equals(3), "d == 3"),
        (register.clone().not(), "!(uint[128](d) != uint[128](0))"),
        (Expr::bits(0..2).binary(BinaryOp::Ge, 2), "uint[2](c[0:1]) >= 2"),
        (bit.clone().binary(BinaryOp::And, register.clone().equals(1)), "(c[1]) && (d == 1)"),
        (register.clone(), "uint[128](d) != uint[128](0)"),
        (
            Expr::bits(2..4).binary(BinaryOp::Add, 1).equals(2),
            "((uint[128](c[2]) | (uint[128](d[0]) << uint[128](1))) + uint[128](1)) == uint[128](2)",
        ),
        (
            complement.binary(BinaryOp::Lt, Expr::bits(1..3)),
            "(~(uint[128](d)) & uint[128](3)) < uint[128](uint[2](c[1:2]))",
        ),
    ] {
        assert_eq!(condition(e), expected);
    }
    let assign = |clbits: Vec<u32>, value: Expr| {
        text(&|c| {
            let assign = Assign { clbits: clbits.clone().into(), value: value.clone() };
            c.push(Op::Assign(Box::new(assign)));
        })
    };
    assert_eq!(assign(vec![0], 3.into()), "c[0] = 1;\n");
    assert_eq!(assign(vec![0], bit.clone().not()), "c[0] = !c[1];\n");
    assert_eq!(
        assign(vec![0], register.clone()),
        "c[0] = (uint[128](d) & uint[128](1)) != uint[128](0);\n"
    );
    assert_eq!(assign(vec![0, 1, 2], 6.into()), "c = \"110\";\n");
    assert_eq!(assign(vec![1, 2], register.clone()), "c[1:2] = d;\n");
    let sum = register.binary(BinaryOp::Add, 1);
    assert_eq!(
        assign(vec![3, 4], sum.clone()),
        "d = bit[2](uint[2]((uint[128](d) + uint[128](1))));\n"
    );
    assert_eq!(
        assign(vec![4, 2, 3], sum),
        "uint[128] value;\nvalue = (uint[128](d) + uint[128](1));\n\
         d[1] = (value & uint[128](1)) != uint[128](0);\n\
         c[2] = ((value >> uint[128](1)) & uint[128](1)) != uint[128](0);\n\
         d[0] = ((value >> uint[128](2)) & uint[128](1)) != uint[128](0);\n"
    );
}

#[test]
fn empty_things() {
    for c in [Circuit::empty(), Circuit::new(0), Circuit::with_clbits(0, 2)] {
        assert_eq!(parse(&c.to_qasm2().unwrap()).unwrap(), c);
    }
    let mut c = Circuit::new(1);
    c.add_clbits("none", 0);
    c.barrier(&[]).gphase(0.5).x(0);
    let text = c.to_qasm2().unwrap();
    assert!(
        text.contains("// register `none` is empty") && text.ends_with("qreg q[1];\nx q[0];\n")
    );
    assert!(c.to_qasm3().unwrap().ends_with("qubit[1] q;\ngphase(0.5);\nx q[0];\n"));
}

#[test]
fn outputs_are_declared_where_something_is_hidden() {
    let mut c = Circuit::with_clbits(1, 2);
    c.add_scratch("counter", 3);
    c.measure(0, 2);
    let text = c.to_qasm3().unwrap();
    assert!(text.contains("\noutput bit[2] c;\nbit[3] counter;\n"), "{text}");
    let text = c.to_qasm2().unwrap();
    assert!(text.contains("// register `counter` is a temporary"), "{text}");
}

#[test]
fn long_pauli_strings_and_deep_blocks() {
    let mut c = Circuit::new(70);
    let string = PauliString::new((0..70).map(|q| (q, ketlab::Pauli::X)));
    c.pauli_rotation(&string, 0.5).pauli_rotation(&string, 0.25);
    let text = c.to_qasm2().unwrap();
    assert_eq!(text.matches("gate rot(theta)").count(), 1);
    assert!(text.contains("rot(0.25) q[0], "));
    let nested = |depth: usize| {
        let start = Gate::fixed(StdGate::T);
        let block = (0..depth).fold(start, |inner, k| {
            Gate::block(format!("b{k}"), 1, [], Some(vec![GateOp::new(inner, [0])])).unwrap()
        });
        let mut c = Circuit::new(1);
        c.gate(GateOp::new(block, [0]));
        c
    };
    check_states(&nested(200).to_qasm2().unwrap(), &nested(200));
    assert!(nested(201).to_qasm3().unwrap_err().to_string().contains("decompose"));
}

#[test]
fn shared_blocks_are_looked_at_once() {
    // 2^40 gates if it were flattened.
    let first: Arc<Block>;
    let mut gate = Gate::block("b0", 1, [], Some(vec![GateOp::std(StdGate::T, [], [0])])).unwrap();
    let Gate::Block(block) = &gate else { panic!() };
    first = block.clone();
    for k in 1..41 {
        let twice = vec![GateOp::new(gate.clone(), [0]), GateOp::new(gate, [0])];
        gate = Gate::block(format!("b{k}"), 1, [], Some(twice)).unwrap();
    }
    let mut c = Circuit::new(2);
    c.gate(GateOp::new(gate.clone(), [0])).gate(GateOp::new(gate, [0]).controlled([1]));
    assert_eq!(c.to_qasm2().unwrap().matches("gate ").count(), 82);
    assert_eq!(c.to_qasm3().unwrap().matches("gate ").count(), 41);
    assert_eq!(first.name, "b0");
}
