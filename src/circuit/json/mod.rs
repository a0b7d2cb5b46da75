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
//! `assign: clbits` with `value: e`. An expression e is `{"const": "5"}`, `{"bit": k}`,
//! `{"register": [start, length]}`, `{"not": e}`, `{"complement": [e, width]}` or
//! `{"binary": ["==", e, e]}`. Structures may nest some 30 deep, as far as JSON readers go.
//!
//! A parameter that is a function of earlier ones stands among the `params` and in `formulas`, by
//! name: `{"product": [angle, angle]}`, `quotient`, `power`, or `{"function": ["sin", angle]}`; a ketlab
//! that does not know them refuses the key.
//!
//! An angle is a number, or a map from parameter names to coefficients with the offset under the
//! empty name. A negative control k is written as the string `"!k"`.

mod document;
mod read;
mod write;

use super::Circuit;
use document::{Document, JsonRegister, NamedRegister};
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
        let document = Document {
            format: FORMAT.into(),
            version: VERSION,
            qubits: self.qubits.iter().map(|r| (r.name.clone(), r.size)).collect(),
            clbits: clbits.collect(),
            params: self.params.clone(),
            formulas: write::write_formulas(self),
            ops: self.ops.iter().map(|op| write::write_op(op, &self.params)).collect(),
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
