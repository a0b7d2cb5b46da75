//! Shots of a block of outcomes, one at a time. A uniform number is looked up among the running sums
//! of the probabilities from where a guide table says (Chen and Asau, AIIE Transactions 6, 163
//! (1974); Devroye, Non-Uniform Random Variate Generation, 1986, III.2.4).

use super::index_map::BLOCK;
use rand::RngExt;

/// Parts of the guide table per outcome or shot: most numbers are found where it says, or one outcome
/// later.
const PARTS: usize = 4;
/// Entries of the table that are written at a time.
const RUN: usize = 8;
/// A number to whose last bits another is rounded when it is added: 1.5 · 2⁵².
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Adds to `counts` the outcomes of shots with these weights, at most [`BLOCK`], of which one at least
/// is positive. `sums` is memory for as many numbers.
pub(super) fn draw(
    shots: u64,
    weights: &[f64],
    sums: &mut [f64],
    rng: &mut impl rand::Rng,
    counts: &mut [u32],
) {
    running_sums(weights, sums);
    let total = sums[sums.len() - 1];
    let log = (PARTS as u64 * shots.min(BLOCK as u64)).next_power_of_two().ilog2();
    let mut table = [0; PARTS * BLOCK + RUN];
    fill(&mut table, 1 << log, sums);
    // A number that rounds up to the total is of the last outcome that can come.
    let last = sums.iter().position(|sum| *sum >= total).expect("the last sum is the total");
    sums[last..].fill(f64::INFINITY);
    for _ in 0..shots {
        let bits: u64 = rng.random();
        // The uniform number of 53 bits, and the part of [0, 1) that it is in.
        let at = (bits >> 11) as f64 / (1u64 << 53) as f64 * total;
        let mut k = usize::from(table[(bits >> (64 - log)) as usize]);
        // The first step is none that a processor has to guess.
        k += usize::from(sums[k] <= at);
        while sums[k] <= at {
            k += 1;
        }
        while k > 0 && sums[k - 1] > at {
            k -= 1;
        }
        counts[k] += 1;
    }
}

/// The outcomes of few shots, in the order of the shots: those that [`draw`] adds, without a table,
/// which would take longer than looking each number up.
pub(super) fn draw_few(
    shots: u64,
    weights: &[f64],
    sums: &mut [f64],
    rng: &mut impl rand::Rng,
) -> impl Iterator<Item = u32> {
    running_sums(weights, sums);
    let total = sums[sums.len() - 1];
    (0..shots).map(move |_| {
        let at = rng.random::<f64>() * total;
        let first = sums.partition_point(|sum| *sum <= at);
        let first =
            if first < sums.len() { first } else { sums.partition_point(|sum| *sum < total) };
        first as u32
    })
}

/// The first outcome whose sum ends in a part of [0, total) or later, for each of the parts; where a
/// sum ends at a border it may be the neighbour's.
fn fill(table: &mut [u16], parts: usize, sums: &[f64]) {
    let scale = parts as f64 / sums[sums.len() - 1];
    let mut from = 0;
    for (k, sum) in sums.iter().enumerate() {
        // Rounded down, since half is taken away before.
        let part = (sum * scale - 0.5 + ROUND).to_bits() as u32;
        let to = (part as usize).min(parts - 1) + 1;
        // More than it is written, and again by the next one: nearly always this is one run.
        loop {
            table[from..from + RUN].fill(k as u16);
            if from + RUN >= to {
                break;
            }
            from += RUN;
        }
        from = to;
    }
}

/// The sums of the first 1, 2, … weights. Eight parts side by side, since each addition waits for the
/// one before; a line of each in turn, since they lie where they would drive each other out of the
/// cache.
fn running_sums(weights: &[f64], sums: &mut [f64]) {
    let part = weights.len() / 8;
    let line = part.min(8);
    if line == 0 || !weights.len().is_multiple_of(8 * line) {
        let mut running = 0.0;
        for (weight, sum) in weights.iter().zip(sums) {
            running += weight;
            *sum = running;
        }
        return;
    }
    let mut running = [0.0; 8];
    for k in (0..part).step_by(line) {
        for (i, running) in running.iter_mut().enumerate() {
            let line = i * part + k..i * part + k + line;
            for (weight, sum) in weights[line.clone()].iter().zip(&mut sums[line]) {
                *running += weight;
                *sum = *running;
            }
        }
    }
    for i in 1..8 {
        let before = sums[i * part - 1];
        sums[i * part..(i + 1) * part].iter_mut().for_each(|sum| *sum += before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};

    /// The first outcome whose sum of weights exceeds each number.
    fn one_by_one(shots: u64, weights: &[f64], rng: &mut impl rand::Rng) -> Vec<u32> {
        let mut sums = vec![0.0; weights.len()];
        running_sums(weights, &mut sums);
        let total = sums[sums.len() - 1];
        let mut counts = vec![0; weights.len()];
        for _ in 0..shots {
            let at = rng.random::<f64>() * total;
            let first = sums.iter().position(|sum| *sum > at);
            counts[first.unwrap_or_else(|| sums.iter().position(|s| *s == total).unwrap())] += 1;
        }
        counts
    }

    #[test]
    fn each_shot_is_the_first_outcome_whose_sum_exceeds_its_number() {
        let mut rng = Streams::new(11, Domain::Sampling).stream(0);
        for log in 0..=12 {
            let len = 1 << log;
            let spread: Vec<f64> = (0..len).map(|_| rng.random::<f64>().powi(3)).collect();
            let mut rare = vec![0.0; len];
            (0..3).for_each(|_| rare[rng.random_range(0..len)] = rng.random());
            let tiny: Vec<f64> = spread.iter().map(|w| w * 1e-320).collect();
            let mut ends = vec![0.0; len];
            (ends[0], ends[len - 1]) = (0.5, 0.5);
            for weights in [spread, rare, tiny, ends] {
                if weights.iter().sum::<f64>() == 0.0 {
                    continue;
                }
                for shots in [1, 50, 5000] {
                    let mut counts = vec![0; len];
                    let (mut sums, mut same) = (vec![0.0; len], rng.clone());
                    let mut again = rng.clone();
                    let expected = one_by_one(shots, &weights, &mut rng);
                    draw(shots, &weights, &mut sums, &mut same, &mut counts);
                    assert_eq!(counts, expected, "{len} outcomes, {shots} shots");
                    let mut few = vec![0; len];
                    for k in draw_few(shots, &weights, &mut sums, &mut again) {
                        few[k as usize] += 1;
                    }
                    assert_eq!(few, expected, "{len} outcomes, {shots} shots one by one");
                }
            }
        }
    }

    #[test]
    fn running_sums_are_sums() {
        for len in [1, 2, 4, 8, 16, 24, 64, 100, 128, 4096] {
            let weights: Vec<f64> = (0..len).map(|k| (k * 7 % 11) as f64).collect();
            let mut sums = vec![0.0; len];
            running_sums(&weights, &mut sums);
            let expected = weights.iter().scan(0.0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            });
            assert!(sums.iter().copied().eq(expected));
        }
    }
}
