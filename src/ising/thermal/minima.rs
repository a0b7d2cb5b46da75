//! The smallest of many numbers of which a few change at a time.

/// Numbers that one block holds.
const BLOCK: usize = 64;

/// A tree of blocks: the numbers, the least of each block of them, the least of each block of those,
/// and so on. Blocks are looked at again only where something in them changed, and only when the least
/// is asked for: a change costs 64 comparisons a level, however many numbers there are, and a change of
/// all of them little more than one look at each.
#[derive(Debug, Clone)]
pub(super) struct Minima {
    /// The numbers first, then ever fewer.
    levels: Vec<Vec<f64>>,
    /// Of each level but the last, the blocks that changed, and whether a block is among them.
    changed: Vec<(Vec<usize>, Vec<bool>)>,
}

impl Minima {
    /// Of these numbers, of which none is NaN.
    pub fn new(numbers: Vec<f64>) -> Self {
        let mut levels = vec![numbers];
        let mut changed = Vec::new();
        while let Some(last) = levels.last().filter(|last| last.len() > 1) {
            let above: Vec<f64> = last.chunks(BLOCK).map(least).collect();
            changed.push((Vec::new(), vec![false; above.len()]));
            levels.push(above);
        }
        Minima { levels, changed }
    }

    /// Changes number `i`.
    pub fn set(&mut self, i: usize, number: f64) {
        self.levels[0][i] = number;
        self.mark(0, i / BLOCK);
    }

    fn mark(&mut self, level: usize, block: usize) {
        let Some((blocks, is_marked)) = self.changed.get_mut(level) else { return };
        if !is_marked[block] {
            is_marked[block] = true;
            blocks.push(block);
        }
    }

    /// The least number and the first place where it is; `None` where there are no numbers.
    pub fn first_least(&mut self) -> Option<(usize, f64)> {
        for level in 0..self.changed.len() {
            let (mut blocks, mut is_marked) = std::mem::take(&mut self.changed[level]);
            for block in blocks.drain(..) {
                is_marked[block] = false;
                let below = &self.levels[level];
                let of_block = block * BLOCK..((block + 1) * BLOCK).min(below.len());
                let now = least(&below[of_block]);
                if self.levels[level + 1][block] != now {
                    self.levels[level + 1][block] = now;
                    self.mark(level + 1, block / BLOCK);
                }
            }
            self.changed[level] = (blocks, is_marked);
        }
        let lowest = *self.levels.last()?.first()?;
        let mut at = 0;
        for level in self.levels.iter().rev().skip(1) {
            let block = &level[at * BLOCK..((at + 1) * BLOCK).min(level.len())];
            at = at * BLOCK + block.iter().position(|&x| x == lowest)?;
        }
        Some((at, lowest))
    }
}

fn least(numbers: &[f64]) -> f64 {
    // Several at a time: comparisons in a row wait for one another.
    let mut lanes = [f64::INFINITY; 8];
    let (eights, rest) = numbers.as_chunks::<8>();
    for eight in eights {
        for (lane, &x) in lanes.iter_mut().zip(eight) {
            *lane = if x < *lane { x } else { *lane };
        }
    }
    lanes.iter().chain(rest).copied().fold(f64::INFINITY, |a, b| if b < a { b } else { a })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn are_those_of_a_look_at_all(
            n in prop_oneof![1usize..70, 60usize..70, 4090usize..4200],
            changes in prop::collection::vec((any::<prop::sample::Index>(), -3i8..3), 1..60),
        ) {
            let mut numbers = vec![1.0; n];
            let mut minima = Minima::new(numbers.clone());
            for (k, (index, number)) in changes.iter().enumerate() {
                let at = index.index(n);
                numbers[at] = f64::from(*number);
                minima.set(at, numbers[at]);
                if k % 3 == 0 {
                    continue; // several changes before the next look
                }
                let lowest = numbers.iter().copied().fold(f64::INFINITY, f64::min);
                let first = numbers.iter().position(|&x| x == lowest).unwrap();
                prop_assert_eq!(minima.first_least(), Some((first, lowest)));
            }
        }
    }

    #[test]
    fn of_nothing_there_is_none() {
        assert_eq!(Minima::new(Vec::new()).first_least(), None);
    }
}
