//! An OpenQASM 3 program with an input, run for several values: the phase of P(2π·phase) on |1⟩, read
//! bit by bit from one control qubit.

use ketlab::math::Bits;
use ketlab::qasm::{Options, parse_with};
use ketlab::{Error, Simulator};

const PROGRAM: &str = r#"
OPENQASM 3.0;
include "stdgates.inc";
input float phase;
const int n = 6;
qubit control;
qubit eigenstate;
output angle[n] estimate;

x eigenstate;
for int k in [n - 1:-1:0] {
  estimate >>= 1;
  reset control;
  h control;
  ctrl @ pow(2 ** k) @ p(tau * phase) control, eigenstate;
  p(-estimate) control;
  h control;
  estimate[n - 1] = measure control;
}
"#;

fn main() -> Result<(), Error> {
    println!("phase    most likely   with probability");
    for x in [0.25, 0.3125, 0.3, 1.0 / 3.0] {
        let inputs = [("phase".to_string(), x)].into();
        let imported = parse_with(PROGRAM, &Options { inputs, ..Options::default() })?;
        let outcomes = Simulator::new().outcome_probabilities(&imported.circuit)?;
        let best = outcomes.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there are outcomes");
        let (bits, p): &(Bits, f64) = best;
        let estimate = bits.value(0, 6) as f64 / 64.0;
        println!("{x:.4}     {estimate:.4}         {p:.4}");
        // The nearest of 64 values, with a probability of at least 4/π².
        assert!((estimate - x).abs() <= 0.5 / 64.0 + 1e-12 && *p > 0.405);
    }
    Ok(())
}
