//! Passes on two bits → one matrix, where that is less work.
//!
//! A block is a pass on two bits, what was done on each of them alone before, and all that follows
//! on them until another bit comes in. Nothing else touches the two bits meanwhile, so a block can
//! be done where its last pass is.

use super::cost::Costs;
use super::pass::Pass;
use super::values::Values;
use crate::engine::action::Kind;

/// From this many qubits on, multiplying out a block that depends on slots at every binding is
/// little beside what it saves.
const WORTH_BINDING: usize = 12;

/// Fuses where it pays.
pub(super) fn fuse(
    num_qubits: usize,
    passes: Vec<Pass>,
    costs: &Costs,
    values: &mut Values,
) -> Vec<Pass> {
    let mut blocks =
        Blocks { open: [None; 64], alone: [const { Vec::new() }; 64], all: Vec::new() };
    for (number, pass) in passes.iter().enumerate() {
        blocks.add(number, pass);
    }
    // The block that each pass is part of, and the blocks whose last pass it is.
    let mut part_of = vec![None; passes.len()];
    for block in &blocks.all {
        let cost = |&number: &usize| costs.in_registers(&passes[number]);
        let is_constant = |&number: &usize| passes[number].is_constant(values);
        if block.passes.iter().map(cost).sum::<f64>() > costs.block
            && (num_qubits >= WORTH_BINDING || block.passes.iter().all(is_constant))
        {
            block.passes.iter().for_each(|&number| part_of[number] = Some(block));
        }
    }
    if part_of.iter().all(Option::is_none) {
        return passes;
    }
    let mut fused = Vec::with_capacity(passes.len());
    for (number, pass) in passes.iter().enumerate() {
        match part_of[number] {
            None => fused.push(pass.clone()),
            Some(block) if block.passes.last() == Some(&number) => {
                let mut to = [0; 64];
                to[block.bits[1] as usize] = 1;
                let inside = block.passes.iter().map(|&k| passes[k].clone().moved(&to)).collect();
                fused.push(Pass::Block { bits: block.bits, at: values.block(inside) });
            }
            Some(_) => {}
        }
    }
    fused
}

struct Block {
    bits: [u32; 2],
    passes: Vec<usize>,
}

struct Blocks {
    /// The open block of each bit.
    open: [Option<usize>; 64],
    /// Passes on one bit that wait for a block.
    alone: [Vec<usize>; 64],
    all: Vec<Block>,
}

impl Blocks {
    fn add(&mut self, number: usize, pass: &Pass) {
        let support = pass.support();
        let first = support.trailing_zeros();
        let fits = match pass {
            Pass::Fixed(located) => !matches!(located.action.kind, Kind::Swap(..)),
            _ => true,
        };
        match support.count_ones() {
            0 => {}
            1 if fits => match self.open[first as usize] {
                Some(block) => self.all[block].passes.push(number),
                None => self.alone[first as usize].push(number),
            },
            2 if fits => {
                let bits = [first, 63 - support.leading_zeros()];
                let [a, b] = bits.map(|bit| bit as usize);
                if self.open[a].is_none() || self.open[a] != self.open[b] {
                    let mut passes = std::mem::take(&mut self.alone[a]);
                    passes.append(&mut self.alone[b]);
                    self.close(support);
                    self.open[a] = Some(self.all.len());
                    self.open[b] = self.open[a];
                    passes.sort_unstable();
                    self.all.push(Block { bits, passes });
                }
                let block = self.open[a].expect("was just opened");
                self.all[block].passes.push(number);
            }
            _ => self.close(support),
        }
    }

    /// Closes the blocks of some bits: what follows on either of their bits is no part of them.
    fn close(&mut self, bits: u64) {
        let mut left = bits;
        while left != 0 {
            let bit = left.trailing_zeros() as usize;
            left &= left - 1;
            if let Some(block) = self.open[bit] {
                self.all[block].bits.iter().for_each(|&b| self.open[b as usize] = None);
            } else {
                self.alone[bit].clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::action::ControlMask;
    use crate::engine::target::Target;
    use num_complex::Complex64;

    /// Five rotations with controlled X between them are more work than a matrix; two are less. A
    /// gate to a third bit ends a block, and so does one on a bit of it.
    #[test]
    fn fuses_long_runs_on_two_bits() {
        let mut values = Values::default();
        let costs = Costs::of(Target::best::<f64>());
        let mut turn = |bit| {
            let at = values.constants(&[Complex64::new(1.0, 0.3), Complex64::ONE]);
            Pass::Turn { bit, at, scale: at + 1 }
        };
        let flip = |control: u32, bit| {
            let mask = 1 << control;
            Pass::Flip { bit, controls: ControlMask { mask, value: mask } }
        };
        let mut long = Vec::new();
        for _ in 0..40 {
            long.extend([turn(4), turn(6), flip(4, 6)]);
        }
        let mut passes = long.clone();
        passes.extend([turn(7), flip(6, 7)]);
        let [before, after] = [passes.len(), 3];
        let fused = fuse(8, passes, &costs, &mut values);
        assert_eq!((before, fused.len()), (122, after));
        assert!(matches!(fused[0], Pass::Block { bits: [4, 6], .. }));
        let short = long[..3].to_vec();
        assert_eq!(fuse(8, short.clone(), &costs, &mut values), short);
    }
}
