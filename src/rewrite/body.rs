//! Branches and loops, whose bodies are rewritten like circuits.

use crate::circuit::{If, Op, While};
use crate::error::Result;

/// The same operation, its bodies rewritten where it is a branch or a loop.
pub(super) fn with_bodies(
    op: &Op,
    rewrite: &mut dyn FnMut(&[Op]) -> Result<Vec<Op>>,
) -> Result<Op> {
    Ok(match op {
        Op::If(i) => Op::If(Box::new(If {
            condition: i.condition.clone(),
            then: rewrite(&i.then)?,
            otherwise: rewrite(&i.otherwise)?,
        })),
        Op::While(w) => {
            Op::While(Box::new(While { condition: w.condition.clone(), body: rewrite(&w.body)? }))
        }
        other => other.clone(),
    })
}
