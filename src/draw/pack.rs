//! Which column an element goes to.

use super::layout::Element;
use std::ops::RangeInclusive;

/// Columns below this have no box.
const NARROW: usize = 3;
/// How much broader an element may make such a column.
const TOLERANCE: usize = 2;

/// The tracks of an element.
pub(super) struct Tracks {
    pub own: RangeInclusive<usize>,
    pub edges: [Option<usize>; 2],
}

/// Finds the column of each element.
pub(super) struct Packer {
    pub columns: Vec<Vec<Element>>,
    pub max_columns: usize,
    /// Whether an element had no place.
    pub full: bool,
    /// One a row: the first column right of everything that touches it.
    pub level: Vec<usize>,
    /// One a track: the first column right of everything in it.
    reach: Vec<usize>,
    /// How broad the columns are by now.
    breadths: Vec<usize>,
    words: usize,
    /// A bit a track, `words` words a column: what elements keep for themselves.
    taken: Vec<u64>,
    /// The same: where edges of boxes are, which may meet each other.
    edges: Vec<u64>,
}

impl Packer {
    pub fn new(rows: usize, max_columns: usize) -> Self {
        Packer {
            columns: Vec::new(),
            max_columns,
            full: false,
            level: vec![0; rows],
            reach: vec![0; 2 * rows + 1],
            breadths: Vec::new(),
            words: (2 * rows + 1).div_ceil(64),
            taken: Vec::new(),
            edges: Vec::new(),
        }
    }

    /// The first column right of everything in these tracks.
    pub fn end(&self, tracks: RangeInclusive<usize>) -> usize {
        self.reach[tracks].iter().copied().max().unwrap_or(0)
    }

    /// Keeps later elements out of these columns of these tracks.
    pub fn block(&mut self, columns: RangeInclusive<usize>, tracks: RangeInclusive<usize>) {
        for column in columns {
            set(&mut self.taken[column * self.words..][..self.words], tracks.clone());
        }
    }

    /// Puts an element in the first column, from `start` and the levels of the rows that it
    /// touches, where its tracks are free and it does not make a narrow column broad: so a layer
    /// of rotations after a chain of CX stays a layer. False if that is past the last column.
    pub fn place(
        &mut self,
        element: Element,
        touched: &[usize],
        tracks: &Tracks,
        start: usize,
    ) -> bool {
        let start = touched.iter().map(|&r| self.level[r]).fold(start, usize::max);
        let words = self.words;
        let breadth = element.breadth();
        let (mut column, mut narrow) = (start, None);
        while column < self.columns.len() {
            let range = column * words..(column + 1) * words;
            let (taken, edges) = (&self.taken[range.clone()], &self.edges[range]);
            let free = !any(taken, tracks.own.clone())
                && !any(edges, tracks.own.clone())
                && !tracks.edges.iter().flatten().any(|&e| any(taken, e..=e));
            let narrow_column = self.breadths[column] < NARROW;
            if free && !(narrow_column && breadth > self.breadths[column] + TOLERANCE) {
                break;
            }
            if free && narrow.is_none() {
                narrow = Some(column);
            }
            column += 1;
        }
        if column >= self.max_columns {
            column = narrow.unwrap_or(column);
        }
        if column >= self.max_columns {
            self.full = true;
            return false;
        }
        while self.columns.len() <= column {
            self.columns.push(Vec::new());
            self.breadths.push(0);
            self.taken.resize(self.columns.len() * words, 0);
            self.edges.resize(self.columns.len() * words, 0);
        }
        let range = column * words..(column + 1) * words;
        set(&mut self.taken[range.clone()], tracks.own.clone());
        for &edge in tracks.edges.iter().flatten() {
            set(&mut self.edges[range.clone()], edge..=edge);
            self.reach[edge] = self.reach[edge].max(column + 1);
        }
        for track in tracks.own.clone() {
            self.reach[track] = self.reach[track].max(column + 1);
        }
        touched.iter().for_each(|&r| self.level[r] = column + 1);
        self.breadths[column] = self.breadths[column].max(breadth);
        self.columns[column].push(element);
        true
    }
}

fn mask(word: usize, range: &RangeInclusive<usize>) -> u64 {
    let low = range.start().saturating_sub(64 * word);
    let high = (range.end() + 1).saturating_sub(64 * word).min(64);
    if low >= high {
        return 0;
    }
    (u64::MAX >> (64 - (high - low))) << low
}

fn any(bits: &[u64], range: RangeInclusive<usize>) -> bool {
    (range.start() / 64..=range.end() / 64).any(|w| bits[w] & mask(w, &range) != 0)
}

fn set(bits: &mut [u64], range: RangeInclusive<usize>) {
    (range.start() / 64..=range.end() / 64).for_each(|w| bits[w] |= mask(w, &range));
}
