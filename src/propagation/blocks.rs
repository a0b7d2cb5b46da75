//! Terms of a sum, in blocks of limited size.

use super::packed::{Tag, Term};

/// Terms of a sum.
pub(super) type Blocks<const W: usize, T> = Vec<Vec<Term<W, T>>>;

/// Terms are in blocks of at most so many.
pub(super) const fn block_len<const W: usize, T>() -> usize {
    let len = (320 << 10) / size_of::<Term<W, T>>();
    if len > 1 << BLOCK_BITS { 1 << BLOCK_BITS } else { len }
}

/// Bits of a place in a block.
pub(super) const BLOCK_BITS: u32 = 13;

/// Moves terms into as few blocks as hold them, in order.
pub(super) fn pack_blocks<const W: usize, T: Tag>(blocks: &mut Blocks<W, T>) {
    let len = block_len::<W, T>();
    let total: usize = blocks.iter().map(Vec::len).sum();
    blocks.retain(|block| !block.is_empty());
    if blocks.len() <= 2 * total.div_ceil(len) {
        return;
    }
    let mut packed: Blocks<W, T> = Vec::with_capacity(total.div_ceil(len));
    for block in std::mem::take(blocks) {
        let mut rest = &block[..];
        while !rest.is_empty() {
            match packed.last_mut() {
                Some(last) if last.len() < len => {
                    let (now, later) = rest.split_at(rest.len().min(len - last.len()));
                    if last.capacity() < len {
                        last.reserve_exact(now.len());
                    }
                    last.extend_from_slice(now);
                    rest = later;
                }
                _ => packed.push(Vec::new()),
            }
        }
    }
    *blocks = packed;
}
