//! The text that both read.

use ketlab::{Circuit, qasm};
use prism_q::circuit::openqasm;

/// A circuit as each of the two has read it from the same text.
pub struct Both {
    /// ketlab's.
    pub ketlab: Result<Circuit, String>,
    /// prism-q's.
    pub prism: Result<prism_q::Circuit, String>,
}

/// Writes a circuit and reads it twice: as OpenQASM 2 where its header has all gates, else as
/// OpenQASM 3, where a gate with many controls is one gate for both.
pub fn both(circuit: &Circuit) -> Result<Both, String> {
    let text = circuit.to_qasm2().map_err(|e| e.to_string())?;
    let text = match text.contains("\ngate ") {
        true => circuit.to_qasm3().map_err(|e| e.to_string())?,
        false => text,
    };
    Ok(parse(&text))
}

/// Reads a text twice.
pub fn parse(text: &str) -> Both {
    Both {
        ketlab: qasm::parse(text).map_err(|e| e.to_string()),
        prism: openqasm::parse(text).map_err(|e| e.to_string()),
    }
}

/// A circuit with parameters, as OpenQASM 3 with `input`s, as each has read it.
pub struct Parametric {
    /// ketlab's.
    pub ketlab: Circuit,
    /// prism-q's, and its parameters.
    pub prism: Result<(prism_q::Circuit, prism_q::Parameters), String>,
}

/// Writes a circuit with parameters and reads it twice. The parameters are in the same order.
pub fn parametric(circuit: &Circuit) -> Result<Parametric, String> {
    let text = circuit.to_qasm3().map_err(|e| e.to_string())?;
    Ok(Parametric {
        ketlab: qasm::parse(&text).map_err(|e| e.to_string())?,
        prism: openqasm::parse_parametric(&text).map_err(|e| e.to_string()),
    })
}

/// What was read, or why not.
pub fn read<T>(result: &Result<T, String>) -> Result<&T, String> {
    result.as_ref().map_err(|error| format!("not read: {error}"))
}
