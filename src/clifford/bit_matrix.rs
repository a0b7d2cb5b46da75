//! Matrices over GF(2), rows packed in words.

use super::row::isa;
use crate::error::Result;
use crate::math::{Vectorized, Watch, check_memory, transpose_bits, vectorized};

/// Bits, row by row, least significant bit first; bits past the last column are 0.
#[derive(Debug, Clone)]
pub(super) struct BitMatrix {
    num_columns: usize,
    /// Words of a row, at least 1.
    stride: usize,
    words: Vec<u64>,
}

impl BitMatrix {
    fn zeros(num_rows: usize, num_columns: usize) -> Result<Self> {
        let stride = num_columns.div_ceil(64).max(1);
        let bytes = 8 * stride as u128 * num_rows as u128;
        let advice = |_| (None, "measure fewer qubits".into());
        check_memory(format_args!("a matrix of {num_rows} × {num_columns} bits"), bytes, advice)?;
        Ok(BitMatrix { num_columns, stride, words: vec![0; stride * num_rows] })
    }

    /// From rows with at least so many bits.
    pub fn from_rows(rows: &[&[u64]], num_columns: usize) -> Result<Self> {
        let mut matrix = Self::zeros(rows.len(), num_columns)?;
        for (to, from) in matrix.words.chunks_exact_mut(matrix.stride).zip(rows) {
            to.iter_mut().zip(*from).for_each(|(to, from)| *to = *from);
        }
        Ok(matrix)
    }

    pub fn num_rows(&self) -> usize {
        self.words.len() / self.stride
    }

    pub fn row(&self, i: usize) -> &[u64] {
        &self.words[i * self.stride..(i + 1) * self.stride]
    }

    /// Rows and columns exchanged, 64 × 64 bits at a time.
    pub fn transposed(&self) -> Result<BitMatrix> {
        let num_rows = self.num_rows();
        let mut out = Self::zeros(self.num_columns, num_rows)?;
        for i in 0..num_rows.div_ceil(64) {
            for j in 0..self.num_columns.div_ceil(64) {
                let mut block = [0; 64];
                for (k, word) in block.iter_mut().enumerate().take(num_rows - 64 * i) {
                    *word = self.words[(64 * i + k) * self.stride + j];
                }
                transpose_bits(&mut block);
                for (k, &word) in block.iter().enumerate().take(self.num_columns - 64 * j) {
                    out.words[(64 * j + k) * out.stride + i] = word;
                }
            }
        }
        Ok(out)
    }

    /// Becomes its reduced echelon form: independent rows with the same span, each with a highest bit
    /// (its pivot) that no other row has, pivots ascending, which are returned.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) if the watch is cancelled; the rows are lost.
    pub fn reduce(&mut self, watch: &Watch) -> Result<Vec<u32>> {
        let pivots = vectorized(isa(), Reduce { matrix: self, watch });
        watch.check().map(|()| pivots)
    }
}

/// Gauss-Jordan elimination, eight columns at a time from the highest: the rows found there are
/// combined in a table of up to 256, and every other row takes one entry of it (the method of four
/// Russians; Albrecht, Bard and Hart, ACM Trans. Math. Softw. 37, 9 (2010)).
struct Reduce<'a> {
    matrix: &'a mut BitMatrix,
    watch: &'a Watch,
}

impl Vectorized for Reduce<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run(self) -> Vec<u32> {
        let stride = self.matrix.stride;
        let mut rows = std::mem::take(&mut self.matrix.words);
        // Zeros need no work.
        let mut kept = 0;
        for i in 0..rows.len() / stride {
            if rows[i * stride..(i + 1) * stride].iter().any(|&word| word != 0) {
                rows.copy_within(i * stride..(i + 1) * stride, kept * stride);
                kept += 1;
            }
        }
        rows.truncate(kept * stride);
        let mut pivots: Vec<u32> = vec![];
        let mut table = vec![];
        for column in (0..self.matrix.num_columns.div_ceil(8)).rev() {
            let first = pivots.len();
            if first == kept || self.watch.is_cancelled() {
                break;
            }
            find_pivots(&mut rows, stride, column, &mut pivots);
            if first < pivots.len() {
                eliminate(&mut rows, stride, column, &pivots[first..], first, &mut table);
            }
        }
        // Ascending.
        let mut order: Vec<usize> = (0..pivots.len()).collect();
        order.sort_unstable_by_key(|&k| pivots[k]);
        for &k in &order {
            self.matrix.words.extend_from_slice(&rows[k * stride..(k + 1) * stride]);
        }
        order.into_iter().map(|k| pivots[k]).collect()
    }
}

#[inline(always)]
fn byte(row: &[u64], column: usize) -> u8 {
    (row[column / 8] >> (8 * (column % 8))) as u8
}

/// Row a += row b.
#[inline(always)]
fn add(rows: &mut [u64], stride: usize, a: usize, b: usize) {
    let (low, high) = rows.split_at_mut(a.max(b) * stride);
    let (first, second) = (&mut low[a.min(b) * stride..][..stride], &mut high[..stride]);
    let (to, from) = if a < b { (first, second) } else { (second, first) };
    to.iter_mut().zip(from).for_each(|(to, from)| *to ^= *from);
}

/// Moves rows that are independent in these eight columns behind the pivots there are, reduced among
/// themselves.
#[inline(always)]
fn find_pivots(rows: &mut [u64], stride: usize, column: usize, pivots: &mut Vec<u32>) {
    let first = pivots.len();
    for i in first..rows.len() / stride {
        let mut value = byte(&rows[i * stride..], column);
        let mut used = 0u8;
        for k in first..pivots.len() {
            if value >> (pivots[k] % 8) & 1 == 1 {
                value ^= byte(&rows[k * stride..], column);
                used |= 1 << (k - first);
            }
        }
        if value == 0 {
            continue;
        }
        let (k, bit) = (pivots.len(), value.ilog2());
        if i != k {
            let (low, high) = rows.split_at_mut(i * stride);
            low[k * stride..(k + 1) * stride].swap_with_slice(&mut high[..stride]);
        }
        (first..k).filter(|j| used >> (j - first) & 1 == 1).for_each(|j| add(rows, stride, k, j));
        for j in first..k {
            if byte(&rows[j * stride..], column) >> bit & 1 == 1 {
                add(rows, stride, j, k);
            }
        }
        pivots.push(8 * column as u32 + bit);
        if pivots.len() - first == 8 {
            return;
        }
    }
}

/// Makes the new pivots' columns zero in all other rows. The new rows have no higher bits than these.
#[inline(always)]
fn eliminate(
    rows: &mut [u64],
    stride: usize,
    column: usize,
    found: &[u32],
    first: usize,
    table: &mut Vec<u64>,
) {
    let width = column / 8 + 1;
    table.clear();
    table.resize(width << found.len(), 0);
    for k in 0..found.len() {
        let row = &rows[(first + k) * stride..][..width];
        let (done, next) = table.split_at_mut(width << k);
        for (from, to) in done.chunks_exact(width).zip(next.chunks_exact_mut(width)) {
            for j in 0..width {
                to[j] = from[j] ^ row[j];
            }
        }
    }
    let mut index = [0u8; 256];
    for (value, index) in index.iter_mut().enumerate() {
        let bits = found.iter().enumerate();
        *index = bits.fold(0, |sum, (k, &pivot)| sum | ((value >> (pivot % 8)) as u8 & 1) << k);
    }
    for (i, row) in rows.chunks_exact_mut(stride).enumerate() {
        let entry = usize::from(index[usize::from(byte(row, column))]);
        if entry == 0 || (first..first + found.len()).contains(&i) {
            continue;
        }
        let entry = &table[entry * width..(entry + 1) * width];
        row[..width].iter_mut().zip(entry).for_each(|(to, from)| *to ^= *from);
    }
}
