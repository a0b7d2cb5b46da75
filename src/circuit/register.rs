//! Named registers over one range of indices.

use super::Indices;
use crate::error::{Error, Result};
use std::ops::Range;

/// A named run of qubits or classical bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Its name.
    pub name: String,
    /// Index of its first bit in the circuit.
    pub start: usize,
    /// Number of bits.
    pub size: usize,
    /// A temporary of the program: simulated like any other bit, not part of outcomes. Only
    /// classical registers are.
    pub scratch: bool,
}

impl Register {
    /// Indices in the circuit.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.size
    }
}

/// Registers in order of declaration; together they cover 0..`len` without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registers {
    list: Vec<Register>,
    len: usize,
}

impl Registers {
    /// Bits in all registers.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The registers.
    pub fn iter(&self) -> impl Iterator<Item = &Register> {
        self.list.iter()
    }

    /// The register of that name.
    pub fn find(&self, name: &str) -> Option<&Register> {
        self.list.iter().find(|r| r.name == name)
    }

    /// Register and index in it of a bit.
    pub fn locate(&self, index: usize) -> Option<(&Register, usize)> {
        let after = self.list.partition_point(|r| r.start <= index);
        let register = self.list[..after].iter().rev().find(|r| r.range().contains(&index))?;
        Some((register, index - register.start))
    }

    /// `q[3]`, or just `q` for a register of one bit.
    pub fn label(&self, index: usize) -> String {
        match self.locate(index) {
            Some((r, _)) if r.size == 1 => r.name.clone(),
            Some((r, k)) => format!("{}[{k}]", r.name),
            None => format!("?{index}"),
        }
    }

    pub(super) fn add(&mut self, name: &str, size: usize, limit: usize) -> Result<Indices> {
        if self.len.checked_add(size).is_none_or(|total| total > limit) {
            return Err(Error::Invalid {
                what: format!("the size of register `{name}`"),
                value: size.to_string(),
                expected: format!("a circuit has at most {limit} bits of this kind"),
            });
        }
        self.list.push(Register { name: name.into(), start: self.len, size, scratch: false });
        self.len += size;
        Ok(Indices::new(self.len - size..self.len))
    }

    /// Marks the `index`-th register as scratch, or no longer.
    pub(super) fn set_scratch(&mut self, index: usize, scratch: bool) {
        self.list[index].scratch = scratch;
    }
}
