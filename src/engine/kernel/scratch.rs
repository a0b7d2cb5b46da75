//! Memory that a thread keeps for sums over tiles.

use std::cell::RefCell;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code)] [f64; 8]); // read as numbers

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Calls `work` with `len` numbers, aligned to a cache line, that hold anything. The thread keeps
/// the memory, at most what was asked for most; `work` must not ask for more of it.
pub(crate) fn with_scratch<R>(len: usize, work: impl FnOnce(&mut [f64]) -> R) -> R {
    LINES.with_borrow_mut(|lines| {
        if lines.len() * 8 < len {
            lines.resize(len.div_ceil(8), Line([0.0; 8]));
        }
        // SAFETY: a line is eight numbers without padding, and `lines` is borrowed alone.
        let all = unsafe {
            std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast::<f64>(), 8 * lines.len())
        };
        work(&mut all[..len])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_is_aligned() {
        for len in [0, 3, 64, 1000, 8] {
            with_scratch(len, |memory| {
                assert_eq!(memory.len(), len);
                assert_eq!(memory.as_ptr() as usize % 64, 0);
                memory.fill(1.0);
            });
        }
    }
}
