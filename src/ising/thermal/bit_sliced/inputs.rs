//! What is added up at each spin: bits of the state, at the digits that they weigh.

use super::integers::MOST;
use super::order::SLOTS;
use crate::ising::Ising;

/// Binary digits of a sum, the sign among them.
pub(super) const PLANES: usize = MOST.ilog2() as usize + 2;

/// A model in places. Place p has its spin's bit (1 for s = -1) at number p of the state and the
/// opposite at `half + p`; the last place is always 0.
pub(super) struct Places {
    pub spins: Vec<Option<u32>>,
    pub half: usize,
    /// Whether no sum of a spin's coefficients is odd.
    pub even: bool,
    /// The sum of the inputs of each place, by digit.
    sums: Vec<Sum>,
}

/// Numbers in the state whose bits are to be added up, by digit, and whether the spin's |J| and |h|
/// add up to an odd number T.
///
/// With m = 1 for a bond that is satisfied if s = +1, and C = Σ |w| m, a flip costs ±2 (2C - T) units
/// with the sign of s. What the inputs add up to, in two's complement, is X = C - (T + 1)/2 for an odd T
/// and X = C - T/2 - [s = -1] for an even one. Each digit is flipped where s = -1, which makes X to -X - 1.
/// Then the flip costs 2 (2X + 1) or 2 (2X).
#[derive(Clone, Default)]
struct Sum {
    digits: Vec<Vec<u32>>,
    is_odd: bool,
}

impl Places {
    pub fn new(model: &Ising, unit: f64, spins: Vec<Option<u32>>) -> Self {
        let half = spins.len() + 1;
        let mut place_of = vec![0; model.num_spins()];
        for (place, spin) in spins.iter().enumerate() {
            if let Some(spin) = spin {
                place_of[*spin as usize] = place;
            }
        }
        let sum_at = |(place, spin): (usize, &Option<u32>)| {
            let mut terms = Vec::new();
            if let Some(spin) = *spin {
                let spin = spin as usize;
                let neighbours = model.neighbours(spin).iter();
                terms.extend(neighbours.map(|&(j, w)| (place_of[j], (w / unit) as i32)));
                // A field is a coupling to a spin that stays.
                terms.push((half - 1, (model.fields()[spin] / unit) as i32));
            }
            Sum::new(place, &terms, half)
        };
        let sums: Vec<Sum> = spins.iter().enumerate().map(sum_at).collect();
        let even = spins.iter().zip(&sums).all(|(spin, sum)| spin.is_none() || !sum.is_odd);
        Places { spins, half, even, sums }
    }

    /// How many units two levels of the cost of a flip are apart.
    pub fn step(&self) -> f64 {
        if self.even { 4.0 } else { 2.0 }
    }

    pub fn len(&self) -> usize {
        self.spins.len()
    }
}

impl Sum {
    fn new(place: usize, terms: &[(usize, i32)], half: usize) -> Self {
        let total: i32 = terms.iter().map(|(_, w)| w.abs()).sum();
        let mut planes = 1;
        while 1 << (planes - 1) < total / 2 + 1 {
            planes += 1;
        }
        let mut digits = vec![Vec::new(); planes];
        for &(other, w) in terms {
            // Antiparallel spins satisfy J > 0; s = +1 against a field h > 0 does not satisfy.
            let number = if w > 0 { other } else { other + half };
            for (digit, inputs) in digits.iter_mut().enumerate() {
                if w.abs() >> digit & 1 == 1 {
                    inputs.push(number as u32);
                }
            }
        }
        let is_odd = total % 2 == 1;
        if !is_odd {
            digits[0].push((place + half) as u32);
        }
        // What is added where the bit is 1 is taken off here for both.
        let less = -((total + 1) / 2) - i32::from(!is_odd);
        let one = 2 * half - 1;
        for (digit, inputs) in digits.iter_mut().enumerate() {
            if less >> digit & 1 == 1 {
                inputs.push(one as u32);
            }
        }
        Sum { digits, is_odd }
    }
}

/// S places next to one another that are updated at once.
pub(super) struct Block<const S: usize> {
    pub place: usize,
    pub start: usize,
    pub planes: usize,
    pub counts: [u16; PLANES],
    /// All ones where the sum is of an odd number.
    pub odd: [u64; S],
    /// All ones where a flip can cost nothing: where there is a spin, and the sum is of an even number.
    pub even: [u64; S],
}

impl<const S: usize> Block<S> {
    /// Number of inputs.
    pub fn len(&self) -> usize {
        self.counts[..self.planes].iter().map(|&count| count as usize).sum()
    }
}

/// The places in blocks of S.
pub(super) struct Blocks<const S: usize> {
    pub blocks: Vec<Block<S>>,
    pub inputs: Vec<[u32; S]>,
    /// The most inputs of a block.
    pub most: usize,
}

impl<const S: usize> Blocks<S> {
    pub fn new(places: &Places) -> Self {
        const { assert!(SLOTS.is_multiple_of(S)) };
        let (zero, one) = (places.half - 1, 2 * places.half - 1);
        let (mut blocks, mut inputs, mut most) = (Vec::new(), Vec::new(), 0);
        for (number, sums) in places.sums.chunks_exact(S).enumerate() {
            let place = number * S;
            if places.spins[place..place + S].iter().all(Option::is_none) {
                continue;
            }
            let planes = sums.iter().map(|sum| sum.digits.len()).max().expect("S is not 0");
            let (start, mut counts) = (inputs.len(), [0; PLANES]);
            for (plane, count) in counts.iter_mut().enumerate().take(planes) {
                // Negative numbers have ones in front.
                let sign = [one as u32];
                let of = |sum: &Sum, k: usize| {
                    sum.digits.get(plane).map_or(&sign[..], |inputs| inputs).get(k).copied()
                };
                let before = inputs.len();
                let rows = (0..).map(|k| std::array::from_fn::<_, S, _>(|s| of(&sums[s], k)));
                let rows = rows.take_while(|row| row.iter().any(Option::is_some));
                inputs.extend(rows.map(|row| row.map(|input| input.unwrap_or(zero as u32))));
                *count = (inputs.len() - before) as u16;
            }
            most = most.max(inputs.len() - start);
            let odd = std::array::from_fn(|s| if sums[s].is_odd { !0 } else { 0 });
            let even = std::array::from_fn(|s| {
                let is_even = places.spins[place + s].is_some() && !sums[s].is_odd;
                if is_even { !0 } else { 0 }
            });
            blocks.push(Block { place, start, planes, counts, odd, even });
        }
        Blocks { blocks, inputs, most }
    }
}
