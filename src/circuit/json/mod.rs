//! Circuits as versioned JSON.
//!
//! ```json
//! {"format": "ketlab.circuit", "version": 1,
//!  "qubits": [["q", 2]], "clbits": [["c", 1]], "params": ["theta"],
//!  "ops": [{"gate": "x", "on": [1], "controls": [0]},
//!          {"gate": "rx", "on": [1], "angles": [{"theta": 2.0, "": 0.5}]},
//!          {"measure": [0, 0]}]}
//! ```
//! A classical register whose bits are temporaries, not part of outcomes, is written
//! `{"name": "t", "size": 3, "scratch": true}`; a ketlab that does not know them refuses it.
//!
//! Beside `gate` stand `on` (targets), `angles`, `controls`, and for what is no row of the table
//! `data`: `{"pauli": "X0 Z1"}`, `{"matrix": rows of [re, im]}`, `{"diagonal": [[re, im], …]}`,
//! `{"permutation": […]}`, `{"block": [gates on 0…k-1]}`, `{"opaque": k}`. The other operations are
//! `measure: [qubit, clbit]`, `reset: qubit`, `barrier: qubits`,
//! `delay: qubits` with `duration` and `unit`, `if: e` with `then` and `else`, `while: e` with `do`,
//! `assign: clbits` with `value: e`. A noise channel is `{"channel": "depolarizing(p=0.01)", "on": [0]}`
//! by the text of [`Channel`](crate::noise::Channel), or `{"channel": "kraus", "on": [0], "data": {"kraus":
//! [matrices]}}`, each matrix as rows of [re, im]. An expression e is `{"const": "5"}`, `{"bit": k}`,
//! `{"register": [start, length]}`, `{"not": e}`, `{"complement": [e, width]}` or
//! `{"binary": ["==", e, e]}`. Structures may nest some 30 deep, as far as JSON readers go.
//!
//! A parameter that is a function of earlier ones stands among the `params` and in `formulas`, by
//! name: `{"product": [angle, angle]}`, `quotient`, `power`, or `{"function": ["sin", angle]}`; a ketlab
//! that does not know them refuses the key.
//!
//! How measurements misread qubits stands in `readout_errors`, a list of
//! `{"qubit": 0, "p1_given_0": 0.01, "p0_given_1": 0.02}`: the probabilities to read 1 where the qubit
//! is 0, and 0 where it is 1. A ketlab that knows no noise refuses both.
//!
//! An angle is a number, or a map from parameter names to coefficients with the offset under the
//! empty name. A negative control k is written as the string `"!k"`.

mod document;
mod read;
mod write;

use super::Circuit;
use crate::error::Result;
use document::{Document, JsonReadout, JsonRegister, NamedRegister};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const FORMAT: &str = "ketlab.circuit";
const VERSION: u32 = 1;

impl Serialize for Circuit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let clbits = self.clbits.iter().map(|r| match r.scratch {
            false => JsonRegister::Pair(r.name.clone(), r.size),
            true => JsonRegister::Named(NamedRegister {
                name: r.name.clone(),
                size: r.size,
                scratch: true,
            }),
        });
        let ops = self.ops.iter().map(|op| write::write_op(op, &self.params));
        let readout_errors = self.readout_errors().map(|(qubit, error)| JsonReadout {
            qubit,
            p1_given_0: error.p1_given_0,
            p0_given_1: error.p0_given_1,
        });
        let document = Document {
            format: FORMAT.into(),
            version: VERSION,
            qubits: self.qubits.iter().map(|r| (r.name.clone(), r.size)).collect(),
            clbits: clbits.collect(),
            params: self.params.clone(),
            formulas: write::write_formulas(self),
            readout_errors: readout_errors.collect(),
            ops: ops.collect::<Result<_>>().map_err(serde::ser::Error::custom)?,
        };
        document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Circuit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Document::deserialize(deserializer)?;
        read::read_document(document).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::circuit::{Circuit, Expr};
    use crate::noise::ReadoutError;

    fn noisy() -> Circuit {
        let mut c = Circuit::with_clbits(3, 1);
        c.h(0).depolarizing(0.1, [0, 2]).cx(0, 1).depolarizing2(0.02, 1, 0).measure(0, 0);
        c.if_then(Expr::bit(0), |b| b.x(1).depolarizing(1.0 / 3.0, 1));
        c.set_readout_error(1, ReadoutError { p1_given_0: 0.01, p0_given_1: 1.0 / 30.0 }).unwrap();
        c
    }

    #[test]
    fn noise_is_written_by_its_text_and_read_back() {
        let text = serde_json::to_string(&noisy()).unwrap();
        assert!(text.contains(r#"{"channel":"depolarizing(p=0.1)","on":[2]}"#), "{text}");
        let again: Circuit = serde_json::from_str(&text).unwrap();
        assert_eq!(again, noisy());
        // One channel is one in memory.
        let channels = again.ops().iter().filter_map(|op| match op {
            crate::Op::Channel(op) => Some(&op.channel),
            _ => None,
        });
        let channels: Vec<_> = channels.collect();
        assert!(std::sync::Arc::ptr_eq(channels[0], channels[1]));
    }

    #[test]
    fn channels_without_a_text_are_their_kraus_operators() {
        use crate::noise::Channel;
        use nalgebra::dmatrix;
        use num_complex::Complex64 as C;
        let (o, i) = (C::ZERO, C::I);
        let decay = [dmatrix![C::ONE, o; o, C::new(0.8, 0.0)], dmatrix![o, i * 0.6; o, o]];
        let swap = dmatrix![C::ONE, o, o, o; o, o, i, o; o, i, o, o; o, o, o, C::ONE];
        let mut c = Circuit::new(2);
        c.channel(Channel::kraus(decay.clone()).unwrap(), 1);
        c.channel(Channel::unitary(swap.clone()).unwrap(), [1, 0]);
        let text = serde_json::to_string(&c).unwrap();
        assert!(
            text.contains(r#""channel":"kraus","on":[1],"data":{"kraus":[[[[1.0,0.0]"#),
            "{text}"
        );
        let again: Circuit = serde_json::from_str(&text).unwrap();
        let operators = |k: usize| match &again.ops()[k] {
            crate::Op::Channel(op) => (op.channel.kraus_operators().unwrap(), op.qubits.to_vec()),
            other => panic!("{other:?}"),
        };
        assert_eq!(operators(0), (decay.to_vec(), vec![1]));
        assert_eq!(operators(1), (vec![swap], vec![1, 0]));
        // A matrix that is none, and one that is no channel.
        for (from, to) in [("[[1.0,0.0],[0.0,0.0]],", "[[1.0,0.0]],"), ("[0.8,0.0]", "[0.9,0.0]")] {
            assert!(text.contains(from), "{text}");
            serde_json::from_str::<Circuit>(&text.replacen(from, to, 1)).unwrap_err();
        }
    }

    #[test]
    fn faults_of_noise_are_named() {
        let refused = |from: &str, to: &str| {
            let text = serde_json::to_string(&noisy()).unwrap();
            assert!(text.contains(from), "{text}");
            let changed = text.replacen(from, to, 1);
            serde_json::from_str::<Circuit>(&changed).unwrap_err().to_string()
        };
        let error = refused(r#","on":[2]}"#, "}");
        assert!(error.contains("operation 2") && error.contains("`on` is missing"), "{error}");
        let error = refused(r#","on":[2]}"#, r#","on":[2],"angles":[1.0]}"#);
        assert!(error.contains("`angles` does not belong to `channel`"), "{error}");
        let error = refused("depolarizing(p=0.1)", "depolarizing(p=1.1)");
        assert!(error.contains("operation 1") && error.contains("1.1"), "{error}");
        let error = refused("depolarizing(p=0.1)", "depolarising(p=0.1)");
        assert!(error.contains("did you mean `depolarizing`"), "{error}");
        let error = refused(r#""depolarizing(p=0.02, qubits=2)""#, r#""depolarizing(p=0.02)""#);
        assert!(error.contains("acts on 1 qubits, but got 2"), "{error}");
        let error = refused(r#""on":[2]}"#, r#""on":[3]}"#);
        assert!(error.contains("qubit 3 is out of range"), "{error}");
        let error = refused(r#""on":[2]}"#, r#""on":[2],"data":{"pauli":"X"}}"#);
        assert!(error.contains("the data of the channel"), "{error}");
        let error = refused(r#""p1_given_0":0.01"#, r#""p1_given_0":1.01"#);
        assert!(error.contains("readout error 0") && error.contains("1.01"), "{error}");
        let error = refused(r#""qubit":1,"#, r#""qubit":7,"#);
        assert!(error.contains("qubit 7 is out of range"), "{error}");
        let error = refused(r#""qubit":1,"#, r#""qubit":1,"p01":0.0,"#);
        assert!(error.contains("p01"), "{error}");
    }
}
