//! Energies of samples as bars, those of feasible ones apart.

use ketlab::report::{Axis, Chart, Series};

/// The most bars.
const BARS: f64 = 40.0;
/// With fewer places for bars there is room beside them: a bar alone is no wall.
const PLACES: usize = 7;

/// Energy, reads, and whether nothing is violated.
pub type Row = (f64, u64, bool);

/// Shares of the reads by energy; nothing without rows.
pub fn histogram(mut rows: Vec<Row>) -> Option<Chart> {
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (low, high) = (rows.first()?.0, rows.last()?.0);
    let range = high - low;
    let gaps = rows.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let least = gaps.filter(|gap| *gap > 1e-9 * range).fold(f64::INFINITY, f64::min);
    let width = if range > 0.0 { least.max(range / BARS) } else { (1e-2 * low.abs()).max(1.0) };
    let count = (range / width).round() as usize + 1;
    let reads: u64 = rows.iter().map(|row| row.1).sum();
    let mut shares = [vec![0.0; count], vec![0.0; count]];
    for (energy, occurrences, is_feasible) in rows {
        let bar = (((energy - low) / width).round() as usize).min(count - 1);
        shares[usize::from(!is_feasible)][bar] += occurrences as f64 / reads as f64;
    }
    let mut chart = Chart::new(
        "Energies of the samples",
        Axis::new("energy of the QUBO"),
        Axis::new("share of reads"),
    );
    // All places, so that bars are as wide as they stand apart.
    let beside = PLACES.saturating_sub(count).div_ceil(2);
    let bars = |shares: &[f64]| -> Vec<(f64, f64)> {
        let empty = || std::iter::repeat_n(0.0, beside);
        let all = empty().chain(shares.iter().copied()).chain(empty());
        let place = |k: usize| low + (k as f64 - beside as f64) * width;
        all.enumerate().map(|(k, share)| (place(k), share)).collect()
    };
    for (k, name) in ["feasible samples", "infeasible samples"].into_iter().enumerate() {
        if shares[k].iter().any(|share| *share > 0.0) {
            chart = chart.series(Series::bars(name, bars(&shares[k])).slot([6, 4][k]));
        }
    }
    Some(chart)
}
