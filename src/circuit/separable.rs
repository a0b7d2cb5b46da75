//! Circuits without entanglement.

use super::{Circuit, Op};
use crate::error::{Error, Result};

impl Circuit {
    /// This circuit without its first operations, parameters and all else as they are.
    pub(crate) fn without_first(&self, count: usize) -> Circuit {
        let mut rest = self.without_ops();
        rest.ops = self.ops().iter().skip(count).cloned().collect();
        rest
    }

    /// This circuit without its gates on several qubits, controls among them: of |0…0⟩ it makes a
    /// product state. The parameters stay, also those that nothing depends on any more.
    ///
    /// # Errors
    /// If something else than gates, barriers, delays and final measurements is in it.
    pub fn without_entanglement(&self) -> Result<Circuit> {
        let mut separable = self.without_ops();
        for (op, is_final) in self.ops().iter().zip(self.final_measurements()) {
            match op {
                Op::Gate(gate) if gate.qubits().count() > 1 => continue,
                Op::Gate(_) | Op::Barrier(_) | Op::Delay { .. } => {}
                Op::Measure { .. } if is_final => {}
                _ => {
                    return Err(Error::Unsupported {
                        method: "a circuit without entanglement",
                        operation: "what is no gate".into(),
                        hint: "take a circuit of gates and final measurements".into(),
                    });
                }
            }
            separable.ops.push(op.clone());
        }
        Ok(separable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_on_one_qubit_stay() {
        let mut c = Circuit::new(3);
        let t = c.param_vector("t", 2);
        c.ry(t[0], 0).cx(0, 1).rzz(t[1], 1, 2).h(2).measure_all();
        let separable = c.without_entanglement().unwrap();
        let mut expected = Circuit::new(3);
        let t = expected.param_vector("t", 2);
        expected.ry(t[0], 0).h(2).measure_all();
        assert_eq!(separable, expected);
        c.reset(0);
        assert!(c.without_entanglement().unwrap_err().to_string().contains("no gate"));
    }
}
