//! Export to OpenQASM: what is read back is the circuit that was written, up to a global phase,
//! and the bytes are stable. States come from the simulator by definition in `common/naive.rs`.

mod common;

use common::{naive, random_circuit};
use ketlab::circuit::Circuit;
use ketlab::math::matrix::distance_up_to_phase;
use ketlab::qasm::parse;
use proptest::prelude::*;

fn check_states(text: &str, circuit: &Circuit) {
    let back = parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let off = distance_up_to_phase(&naive::run(circuit), &naive::run(&back));
    assert!(off < 1e-11, "off by {off:e}\n{circuit:?}\n{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn qasm2_is_read_back_as_what_was_written(seed in 0u64..1 << 40, n in 0usize..6) {
        let c = random_circuit::gates(n, 4, seed);
        let text = c.to_qasm2().unwrap();
        prop_assert_eq!(&c.to_qasm2().unwrap(), &text);
        check_states(&text, &c);
        let again = parse(&text).unwrap().to_qasm2().unwrap();
        prop_assert_eq!(again, text);
    }
}
