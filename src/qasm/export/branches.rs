//! Branches in OpenQASM 2: lines of `if (register == value) operation;`.

use super::Exporter;
use super::gates::Place;
use crate::circuit::{BinaryOp, Expr, If, Op};
use crate::error::Result;
use crate::math::Bits;
use std::ops::Range;

/// Longest register of which all values are written.
const MAX_BITS: usize = 4;

/// A value of the register, and what is done where it has it.
type Case<'i> = (u128, &'i [Op]);

impl Exporter<'_> {
    /// Writes a branch; refuses what the language cannot say.
    pub fn branch(&mut self, i: &If, place: &mut Place, out: &mut String) -> Result<()> {
        let mut constant = true;
        i.condition.for_each_range(&mut |_, len| constant &= len == 0);
        if constant {
            let holds = i.condition.eval(&Bits::zeros(0))? != 0;
            let ops = if holds { &i.then } else { &i.otherwise };
            return ops.iter().try_for_each(|op| self.operation(op, place, out));
        }
        let (register, cases) = self.cases(i)?;
        let (name, ..) = self.clbits.of(register.start);
        let name = name.to_owned();
        let mut changed = false;
        for (value, ops) in cases {
            for op in ops {
                if let Op::If(_) = op {
                    return Err(self.unsupported("a branch inside of a branch"));
                }
                if changed {
                    return Err(self.unsupported(
                        "a branch that changes the register of its condition before its end",
                    ));
                }
                // A barrier separates, whether or not the branch is taken, and the language has
                // none under a condition.
                let condition = match op {
                    Op::Barrier(_) => String::new(),
                    _ => format!("if ({name} == {value}) "),
                };
                let before = std::mem::replace(&mut place.lead, condition);
                let result = self.operation(op, place, out);
                place.lead = before;
                result?;
                changed |= matches!(op, Op::Measure { clbit, .. } if register.contains(&(*clbit as usize)));
            }
        }
        Ok(())
    }

    /// The register that a condition depends on, and what is done at which of its values.
    fn cases<'i>(&self, i: &'i If) -> Result<(Range<usize>, Vec<Case<'i>>)> {
        if let Expr::Binary(BinaryOp::Eq, a, b) = &i.condition
            && let (Expr::Register { start, len }, Expr::Const(value)) = (&**a, &**b)
            && i.otherwise.is_empty()
            && *len > 0
        {
            let (_, first, size) = self.clbits.of(*start as usize);
            if (first, size) == (*start as usize, *len as usize) {
                let fits = *len >= 128 || *value >> len == 0;
                let cases = if fits { vec![(*value, i.then.as_slice())] } else { vec![] };
                return Ok((first..first + size, cases));
            }
        }
        let mut register: Option<Range<usize>> = None;
        let mut several = false;
        i.condition.for_each_range(&mut |start, len| {
            for bit in start..start + len {
                let (_, first, size) = self.clbits.of(bit as usize);
                let own = first..first + size;
                several |= register.as_ref().is_some_and(|r| *r != own);
                register = Some(own);
            }
        });
        let register = register.unwrap_or(0..0);
        if several || register.len() > MAX_BITS {
            return Err(self.unsupported(&format!(
                "a condition other than `register == value`, unless it is on one register of at \
                 most {MAX_BITS} bits,"
            )));
        }
        let mut cases = vec![];
        for value in 0..1u128 << register.len() {
            let mut bits = Bits::zeros(self.circuit.num_clbits());
            bits.set_value(register.start, register.len(), value);
            let ops = if i.condition.eval(&bits)? != 0 { &i.then } else { &i.otherwise };
            if !ops.is_empty() {
                cases.push((value, ops.as_slice()));
            }
        }
        Ok((register, cases))
    }
}
