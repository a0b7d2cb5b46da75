//! Where new terms go.

use super::blocks::{Blocks, block_len};
use super::cut::keep_largest;
use super::dropped::{Dropped, Floor};
use super::memory::Budget;
use super::packed::{Mask, Tag, Term};
use super::tape::ShardTape;
use crate::error::{Error, Result};

/// New terms of one shard.
pub(super) struct Sink<'a, const W: usize, T> {
    pub blocks: Blocks<W, T>,
    /// Terms that came, kept or not.
    pub emitted: u32,
    pub dropped: Dropped,
    pub tape: ShardTape<W>,
    pub budget: &'a Budget,
    floor: Floor,
    /// Whether strings went because there were too many.
    pub is_cut: bool,
    /// Most terms at the end, and the protected ones.
    most: Option<usize>,
    protected: &'a [(Mask<W>, Mask<W>)],
}

impl<'a, const W: usize, T: Tag> Sink<'a, W, T> {
    pub fn new(
        floor: Floor,
        most: Option<usize>,
        protected: &'a [(Mask<W>, Mask<W>)],
        budget: &'a Budget,
    ) -> Self {
        Sink {
            blocks: Vec::new(),
            emitted: 0,
            dropped: Dropped::default(),
            tape: ShardTape::default(),
            budget,
            floor,
            is_cut: false,
            most,
            protected,
        }
    }

    /// How large a coefficient must be now.
    #[inline(always)]
    pub fn floor(&self) -> Floor {
        self.floor
    }

    /// Terms that it holds.
    pub fn len(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
    }

    /// One more term.
    #[inline(always)]
    pub fn push(&mut self, x: Mask<W>, z: Mask<W>, c: f64) -> Result<()> {
        let term = Term { x, z, c, tag: T::numbered(self.emitted) };
        if T::TRACKED && self.emitted == u32::MAX {
            return Err(too_many());
        }
        self.emitted = self.emitted.wrapping_add(1);
        match self.blocks.last_mut() {
            Some(block) if block.len() < block.capacity() => block.push(term),
            _ => self.push_to_new(term)?,
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn push_to_new(&mut self, term: Term<W, T>) -> Result<()> {
        // No more than the number of terms may be twice what is kept at the end.
        if let Some(most) = self.most
            && !self.blocks.is_empty()
            && self.len() >= 2 * most.max(block_len::<W, T>())
        {
            let least =
                keep_largest(&mut self.blocks, most, self.protected, self.floor, &mut self.dropped);
            self.floor = self.floor.raised(least);
            self.is_cut = true;
        }
        let len = block_len::<W, T>();
        self.budget.take((len * size_of::<Term<W, T>>()) as u64)?;
        let mut block = Vec::with_capacity(len);
        block.push(term);
        self.blocks.push(block);
        Ok(())
    }
}

#[cold]
pub(super) fn too_many() -> Error {
    Error::Invalid {
        what: "the number of strings that a gradient makes on its way".into(),
        value: "more than 4294967295".into(),
        expected: "give a larger least coefficient, or differentiate by shifts".into(),
    }
}
