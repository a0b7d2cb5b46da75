//! What an OpenQASM 2 program means as a circuit.

use ketlab::circuit::{Circuit, Op};
use ketlab::gate::{Gate, StdGate};
use ketlab::math::Bits;
use ketlab::qasm::{Options, Qelib1, parse, parse_with};
use std::f64::consts::PI;
use std::sync::Arc;

fn circuit(text: &str) -> Circuit {
    parse(text).unwrap_or_else(|e| panic!("{e}"))
}

/// Row, angles, controls, targets of the gate at an index.
fn gate(circuit: &Circuit, index: usize) -> (StdGate, Vec<f64>, Vec<u32>, Vec<u32>) {
    let Op::Gate(op) = &circuit.ops()[index] else { panic!("{:?}", circuit.ops()[index]) };
    let Gate::Std(row, angles) = &op.gate else { panic!("{op:?}") };
    let angles = angles.iter().map(|a| a.fixed().unwrap()).collect();
    (*row, angles, op.controls.iter().map(|c| c.qubit).collect(), op.targets.to_vec())
}

#[test]
fn gates_are_rows_of_the_table() {
    let text = "include \"qelib1.inc\"; qreg q[5];
        U(1,2,3) q[0]; CX q[1], q[0]; u0(7) q[0]; cu3(1,2,3) q[0], q[1];
        c4x q[0], q[1], q[2], q[3], q[4]; cswap q[0], q[1], q[2]; cu(1,2,3,4) q[2], q[0];
        c3sqrtx q[0], q[1], q[2], q[3]; u2(0, pi) q[3]; rc3x q[0], q[1], q[2], q[3];";
    let c = circuit(text);
    assert_eq!(gate(&c, 0), (StdGate::U3, vec![1.0, 2.0, 3.0], vec![], vec![0]));
    assert_eq!(gate(&c, 1), (StdGate::X, vec![], vec![1], vec![0]));
    assert_eq!(gate(&c, 2), (StdGate::I, vec![], vec![], vec![0]));
    assert_eq!(gate(&c, 3), (StdGate::U, vec![1.0, 2.0, 3.0], vec![0], vec![1]));
    assert_eq!(gate(&c, 4), (StdGate::X, vec![], vec![0, 1, 2, 3], vec![4]));
    assert_eq!(gate(&c, 5), (StdGate::Swap, vec![], vec![0], vec![1, 2]));
    assert_eq!(gate(&c, 6), (StdGate::PhasedU, vec![1.0, 2.0, 3.0, 4.0], vec![2], vec![0]));
    assert_eq!(gate(&c, 7), (StdGate::SX, vec![], vec![0, 1, 2], vec![3]));
    assert_eq!(gate(&c, 8), (StdGate::U2, vec![0.0, PI], vec![], vec![3]));
    assert_eq!(gate(&c, 9), (StdGate::Rc3x, vec![], vec![], vec![0, 1, 2, 3]));
    // The original's cu3 is the controlled U3.
    let original = Options { qelib1: Qelib1::Original, ..Options::default() };
    let text = "include \"qelib1.inc\"; qreg q[2]; cu3(1,2,3) q[0], q[1];";
    let c = parse_with(text, &original).unwrap().circuit;
    assert_eq!(gate(&c, 0), (StdGate::U3, vec![1.0, 2.0, 3.0], vec![0], vec![1]));
}

#[test]
fn expressions() {
    let value = |text: &str| {
        let c = circuit(&format!("qreg q[1]; U({text},0,0) q[0];"));
        gate(&c, 0).1[0]
    };
    for (text, expected) in [
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("2^-1", 0.5),
        ("(-2)^2", 4.0),
        ("1-2-3", -4.0),
        ("8/4/2", 1.0),
        ("1/2", 0.5),
        ("-pi/2", -PI / 2.0),
        ("2*-3+1", -5.0),
        ("-(1+2)*3", -9.0),
        ("---1", -1.0),
        ("-2^-2*4", -1.0),
        ("--2^2", 4.0),
        ("sin(pi/2)+cos(0)*tan(0)", 1.0),
        ("ln(exp(2))", 2.0),
        ("sqrt(2)*sqrt(2)", 2.0),
        ("2*1.5e308*0.5", 1.5e308),
        ("1e200*1e200/1e300/1e100", 1.0),
        ("123456789012345678901234567890/1e29", 1.2345678901234567),
    ] {
        let got = value(text);
        assert!((got - expected).abs() <= 1e-14 * expected.abs().max(1e-9), "{text}: {got}");
    }
}

#[test]
fn definitions_are_shared_blocks() {
    let c = circuit(
        "include \"qelib1.inc\"; gate bell a, b { h a; cx a, b; }
         gate turn(t) a { rz(2*t) a; barrier a; rx(-t) a; }
         qreg q[3]; bell q[0], q[2]; bell q[2], q[1]; turn(0.5) q[0]; turn(1/2) q[1]; turn(1) q[2];",
    );
    let block = |i: usize| match &c.ops()[i] {
        Op::Gate(op) => match &op.gate {
            Gate::Block(b) => (b.clone(), op.targets.to_vec()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let (first, targets) = block(0);
    assert_eq!((first.name.as_str(), targets), ("bell", vec![0, 2]));
    assert_eq!(first.definition.as_ref().unwrap().len(), 2);
    assert!(Arc::ptr_eq(&first, &block(1).0));
    let (turn, _) = block(2);
    assert_eq!(turn.angles[0].fixed(), Some(0.5));
    assert_eq!(turn.definition.as_ref().unwrap()[0].gate.angles()[0].fixed(), Some(1.0));
    assert!(Arc::ptr_eq(&turn, &block(3).0));
    assert!(!Arc::ptr_eq(&turn, &block(4).0));
}

#[test]
fn a_definition_of_the_program_wins_over_the_header() {
    for text in [
        "include \"qelib1.inc\"; gate h a { x a; } qreg q[1]; h q[0];",
        "gate h a { U(pi,0,pi) a; } include \"qelib1.inc\"; qreg q[1]; h q[0];",
        // In its own body the name still means the header's gate.
        "include \"qelib1.inc\"; gate h a { h a; } qreg q[1]; h q[0];",
    ] {
        let c = circuit(text);
        let Op::Gate(op) = &c.ops()[0] else { panic!() };
        assert!(matches!(op.gate, Gate::Block(_)), "{text}");
        assert!(parse_with(text, &Options { strict: true, ..Options::default() }).is_err());
    }
    // A register may have the name of a gate of the header.
    let c = circuit("include \"qelib1.inc\"; qreg p[2]; qreg u[1]; h p; cx p[0], u[0];");
    assert_eq!((c.num_qubits(), c.ops().len()), (3, 3));
    // What was defined with the header's gate keeps it.
    let c =
        circuit("include \"qelib1.inc\"; gate g a { h a; } gate h a { x a; } qreg q[1]; g q[0];");
    let Op::Gate(op) = &c.ops()[0] else { panic!() };
    assert!(matches!(op.gate.steps().unwrap()[0].gate, Gate::Std(StdGate::H, _)));
}

#[test]
fn opaque_gates_are_blocks_without_a_definition() {
    let c = circuit("opaque magic(t) a, b; qreg q[2]; magic(0.25) q[0], q[1];");
    let Op::Gate(op) = &c.ops()[0] else { panic!() };
    let Gate::Block(b) = &op.gate else { panic!() };
    assert_eq!((b.name.as_str(), b.num_qubits, &b.definition), ("magic", 2, &None));
    assert_eq!(b.angles[0].fixed(), Some(0.25));
}

#[test]
fn conditions_compare_whole_registers_of_any_size() {
    let holds = |size: usize, value: &str, set: &[usize]| {
        let text =
            format!("qreg q[1]; creg before[3]; creg c[{size}]; if (c == {value}) U(0,0,0) q[0];");
        let c = circuit(&text);
        let Op::If(i) = &c.ops()[0] else { panic!() };
        let mut bits = Bits::zeros(c.num_clbits());
        for &k in set {
            bits.set(3 + k, true);
        }
        i.condition.eval(&bits).unwrap() != 0
    };
    assert!(holds(2, "2", &[1]) && !holds(2, "2", &[0]) && !holds(2, "6", &[1]));
    assert!(holds(0, "0", &[]) && !holds(0, "1", &[]));
    let two_99 = "633825300114114700748351602688";
    assert!(holds(100, two_99, &[99]) && !holds(100, two_99, &[98, 99]));
    assert!(!holds(99, two_99, &[]) && !holds(3, "99999999999999999999999999", &[0, 1, 2]));
    let two_200_plus_1 = "1606938044258990275541962092341162602522202993782792835301377";
    assert!(holds(300, two_200_plus_1, &[0, 200]));
    assert!(!holds(300, two_200_plus_1, &[200]) && !holds(300, two_200_plus_1, &[0, 200, 299]));
    // A whole register is one decision.
    let c = circuit("qreg q[3]; creg c[3]; if (c == 0) measure q -> c;");
    let Op::If(i) = &c.ops()[0] else { panic!() };
    assert_eq!((c.ops().len(), i.then.len()), (1, 3));
}

#[test]
fn registers_barriers_and_broadcasting() {
    let c = circuit(
        "include \"qelib1.inc\"; qreg a[2]; qreg b[2]; creg c[2]; barrier; barrier b, a[1], b[0];
         cx a, b; cx a[0], b; measure b -> c; reset a;",
    );
    assert_eq!(c.qubits().iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let barrier = |i: usize| match &c.ops()[i] {
        Op::Barrier(q) => q.to_vec(),
        other => panic!("{other:?}"),
    };
    assert_eq!((barrier(0), barrier(1)), (vec![0, 1, 2, 3], vec![1, 2, 3]));
    let pairs: Vec<_> = (2..6).map(|i| (gate(&c, i).2[0], gate(&c, i).3[0])).collect();
    assert_eq!(pairs, [(0, 2), (1, 3), (0, 2), (0, 3)]);
    assert_eq!(c.ops()[6], Op::Measure { qubit: 2, clbit: 0 });
    assert_eq!(c.ops()[9], Op::Reset(1));
}

#[test]
fn delays_as_qiskit_writes_them() {
    // qiskit.qasm2.dumps of a circuit with delay(100, 0) and a barrier around it.
    let text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nopaque delay(param0) q0;\nqreg q[2];\n\
        creg c[2];\nx q[0];\ndelay(100) q[0];\ndelay(1e-7) q;\nmeasure q -> c;\n";
    for text in [text.to_owned(), text.replace("opaque delay(param0) q0;\n", "")] {
        let read = parse_with(&text, &Options::default()).unwrap();
        assert!(read.warnings.rendered.contains("delay[100dt]"), "{}", read.warnings.rendered);
        let outcomes = ketlab::Simulator::new().outcome_probabilities(&read.circuit).unwrap();
        assert_eq!(outcomes.iter().map(|(b, _)| b.to_string()).collect::<Vec<_>>(), ["01"]);
        // Written and read again it is the same.
        let written = read.circuit.to_qasm2().unwrap();
        assert!(written.contains("delay(100.0) q[0];"), "{written}");
        assert_eq!(parse(&written).unwrap().ops(), read.circuit.ops());
        assert!(read.circuit.to_qasm3().unwrap().contains("delay[100"));
    }
    let inside = "include \"qelib1.inc\"; gate g a { delay(5) a; x a; } qreg q[1]; g q[0];";
    assert!(parse(inside).is_ok());
    let magic = "opaque magic(t) a; qreg q[1]; magic(1) q[0];";
    let read = parse_with(magic, &Options::default()).unwrap();
    let warning = &read.warnings.diagnostics[0];
    assert_eq!((warning.line, warning.column), (1, 31));
    assert!(warning.message.contains("`magic` is opaque"), "{}", warning.message);
}

#[test]
fn the_whole_expansion_is_counted() {
    let mut text = "gate g0 a { U(0,0,0) a; U(0,0,0) a; }\n".to_owned();
    (1..40).for_each(|k| text += &format!("gate g{k} a {{ g{} a; g{0} a; }}\n", k - 1));
    let message = |text: &str| parse(text).unwrap_err().to_string();
    let all = message(&format!("{text}qreg q[1]; g39 q[0];"));
    assert!(all.contains("expands to 1099511627776 gates, past the limit of 10000000"), "{all}");
    let parts = message(&format!("{text}qreg q[1]; {}", "g21 q[0]; ".repeat(3)));
    assert!(parts.contains("expands to at least 12582912 gates"), "{parts}");
}
