//! Statements: everything that a circuit does, in both versions.

use super::Exporter;
use super::dialect::Version;
use super::gates::Place;
use crate::circuit::{Duration, If, Op, TimeUnit};
use crate::error::{Error, Result};
use crate::gate::{Angle, Gate, GateOp};
use std::fmt::Write;

impl Exporter<'_> {
    /// Whether an operation is one statement by names of the language, which defines nothing and
    /// cannot fail.
    pub fn is_plain(&self, op: &Op) -> bool {
        match op {
            Op::Gate(g) => match &g.gate {
                Gate::Std(_, angles) => {
                    self.direct(g, false).is_some() && angles.iter().all(|a| a.fixed().is_some())
                }
                _ => false,
            },
            Op::Measure { .. } | Op::Reset(_) | Op::Barrier(_) => true,
            _ => false,
        }
    }

    /// A delay of OpenQASM 2, as Qiskit writes it: an opaque gate with the length in units of `dt`.
    fn opaque_delay(
        &mut self,
        qubits: &[u32],
        duration: &Duration,
        place: &mut Place,
        out: &mut String,
    ) -> Result<()> {
        if duration.unit != TimeUnit::Dt {
            return Err(self.unsupported("a delay in units of time"));
        }
        for &qubit in qubits {
            let gate = Gate::block("delay", 1, [Angle::Fixed(duration.value)], None)?;
            self.gate(&GateOp::new(gate, [qubit as usize]), place, out)?;
        }
        Ok(())
    }

    /// Writes an operation.
    pub fn operation(&mut self, op: &Op, place: &mut Place, out: &mut String) -> Result<()> {
        match op {
            Op::Gate(g) => {
                if self.version == Version::V2 && g.gate.is_parameterized() {
                    return Err(self.parameterized(&g.gate));
                }
                self.gate(g, place, out)
            }
            Op::Measure { qubit, clbit } => {
                let (mut from, mut to) = (String::new(), String::new());
                self.qubits.push_bit(*qubit as usize, &mut from);
                self.clbits.push_bit(*clbit as usize, &mut to);
                out.push_str(&place.lead);
                match self.version {
                    Version::V2 => drop(writeln!(out, "measure {from} -> {to};")),
                    Version::V3 => drop(writeln!(out, "{to} = measure {from};")),
                }
                Ok(())
            }
            Op::Channel(c) => Err(self.noise(
                format!("the noise channel `{}`", c.channel),
                "Circuit::without_channels()",
            )),
            Op::Reset(qubit) => {
                out.push_str(&place.lead);
                out.push_str("reset");
                self.operands([*qubit].into_iter(), place, out);
                out.push_str(";\n");
                Ok(())
            }
            Op::Barrier(qubits) => {
                // A barrier across nothing says nothing, and without operands it would be one
                // across everything.
                if !qubits.is_empty() {
                    out.push_str(&place.lead);
                    out.push_str("barrier");
                    self.runs(qubits, out);
                    out.push_str(";\n");
                }
                Ok(())
            }
            Op::Delay { qubits, duration } => {
                if self.version == Version::V2 {
                    return self.opaque_delay(qubits, duration, place, out);
                }
                if !qubits.is_empty() {
                    out.push_str(&place.lead);
                    let _ = write!(out, "delay[{}]", time(duration));
                    self.runs(qubits, out);
                    out.push_str(";\n");
                }
                Ok(())
            }
            Op::If(i) => match self.version {
                Version::V2 => self.branch(i, place, out),
                Version::V3 => self.if_statement(i, place, out),
            },
            Op::While(w) => {
                if self.version == Version::V2 {
                    return Err(self.unsupported("a loop"));
                }
                let condition = self.condition(&w.condition);
                let _ = writeln!(out, "{}while ({condition}) {{", place.lead);
                self.body(&w.body, place, out)?;
                let _ = writeln!(out, "{}}}", place.lead);
                Ok(())
            }
            Op::Assign(a) => match self.version {
                Version::V2 => Err(self.unsupported("an assignment")),
                Version::V3 => {
                    self.assignment(a, &place.lead, out);
                    Ok(())
                }
            },
        }
    }

    fn if_statement(&mut self, i: &If, place: &mut Place, out: &mut String) -> Result<()> {
        let condition = self.condition(&i.condition);
        let _ = writeln!(out, "{}if ({condition}) {{", place.lead);
        self.body(&i.then, place, out)?;
        if !i.otherwise.is_empty() {
            let _ = writeln!(out, "{}}} else {{", place.lead);
            self.body(&i.otherwise, place, out)?;
        }
        let _ = writeln!(out, "{}}}", place.lead);
        Ok(())
    }

    fn body(&mut self, ops: &[Op], place: &mut Place, out: &mut String) -> Result<()> {
        place.lead.push_str("  ");
        let result = ops.iter().try_for_each(|op| self.operation(op, place, out));
        place.lead.truncate(place.lead.len() - 2);
        result
    }

    /// Qubits, and registers by their names where all their qubits stand in order.
    fn runs(&self, qubits: &[u32], out: &mut String) {
        let mut k = 0;
        while k < qubits.len() {
            out.push_str(if k == 0 { " " } else { ", " });
            let (name, start, size) = self.qubits.of(qubits[k] as usize);
            let whole = size > 1
                && start == qubits[k] as usize
                && qubits.len() - k >= size
                && qubits[k..k + size].windows(2).all(|w| w[1] == w[0] + 1);
            if whole {
                out.push_str(name);
                k += size;
            } else {
                self.qubits.push_bit(qubits[k] as usize, out);
                k += 1;
            }
        }
    }

    /// What the language has no words for.
    /// The error of noise, which neither version says.
    pub fn noise(&self, operation: String, without: &str) -> Error {
        Error::Unsupported {
            method: self.version.method(),
            operation,
            hint: format!(
                "OpenQASM has no noise: take it away with `{without}`, or write ketlab's JSON \
                 (`ketlab convert --to json`), which keeps it"
            ),
        }
    }

    pub fn unsupported(&self, operation: &str) -> Error {
        Error::Unsupported {
            method: self.version.method(),
            operation: operation.into(),
            hint: "OpenQASM 3 says it: `to_qasm3`, or `ketlab convert --to qasm3`".into(),
        }
    }

    fn parameterized(&self, gate: &Gate) -> Error {
        let mut first = None;
        let _ = gate.try_for_each_angle(&mut |angle| {
            first = first.or(angle.terms().first().map(|t| t.0.0 as usize));
            Ok(())
        });
        let name = first.map_or("", |p| self.circuit.params()[p].as_str());
        Error::Unsupported {
            method: self.version.method(),
            operation: format!("the parameter `{name}`, which has no value"),
            hint: format!(
                "bind it first (`--param {name}=VALUE` on the command line), or write OpenQASM 3"
            ),
        }
    }
}

fn time(duration: &Duration) -> String {
    let mut text = format!("{:?}", duration.value);
    if let Some(integer) = text.strip_suffix(".0") {
        text.truncate(integer.len());
    }
    text + duration.unit.symbol()
}

#[cfg(test)]
mod tests {
    use crate::circuit::{Circuit, Expr};

    #[test]
    fn noise_is_refused_by_name_with_what_to_do() {
        let mut c = Circuit::with_clbits(1, 1);
        c.h(0).depolarizing(0.01, 0).measure(0, 0);
        let mut inside = Circuit::with_clbits(1, 1);
        inside.if_then(Expr::bit(0).equals(1), |b| b.depolarizing(0.01, 0));
        for error in [&c, &inside].map(|c| [c.to_qasm2(), c.to_qasm3()]).into_iter().flatten() {
            let error = error.unwrap_err().to_string();
            assert!(error.contains("the noise channel `depolarizing(p=0.01)`"), "{error}");
            assert!(error.contains("without_channels()") && error.contains("JSON"), "{error}");
            assert!(!error.contains("OpenQASM 3 says it"), "{error}");
        }
        let mut rest = c.without_channels();
        rest.to_qasm2().unwrap();
        let error = crate::noise::ReadoutError::new(0.1, 0.2).unwrap();
        rest.set_readout_error(0, error).unwrap();
        let error = rest.to_qasm3().unwrap_err().to_string();
        assert!(error.contains("the readout error of qubit 0"), "{error}");
        rest.without_noise().to_qasm3().unwrap();
    }
}
