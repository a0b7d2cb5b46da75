//! How large the penalty of a tour must be.

use super::TravellingSalesman;
use crate::ising::problems::checks::above;
use crate::ising::problems::encode::PenaltyRule;

/// How much more than its bound the penalty is where nobody says otherwise: little, since annealing
/// finds the shortest tour less often the larger it is, and feasible ones at the bound already (all
/// of 100 reads of 1,000 sweeps on the first 7 and 8 cities of burma14 and gr17).
const MARGIN: f64 = 1.0 / 32.0;

impl TravellingSalesman {
    /// With lengths d less the shortest, so that d ≥ 0.
    ///
    /// All roads there: A > max (d(u, c) + d(c, v))/2 over cities c ≠ 0 between different u and v;
    /// Lucas, Front. Phys. 2, 5 (2014), section 7.2, takes A > max d. Proof: of a
    /// city at several places, or a place with several cities, switch off bits one by one. Each
    /// takes at least as much penalty off as it adds, and no length is added. Then every city is at
    /// one place or none, and every place has one city or none. Put a missing city c at an empty
    /// place: 2A is taken off, and there is one city u at most at the place before and one v at the
    /// place after, so that at most d(u, c) + d(c, v) < 2A is added. What is feasible at the end
    /// has a lower energy: a step that ends in a feasible configuration took 2A off.
    ///
    /// Roads missing: each use costs A. A configuration that breaks something costs A if it is a
    /// tour but for one missing road, having n - 1 roads of at least L together, and 2A at least
    /// otherwise. Both are above a shortest tour, whose length is U at most, if A > max(U - L,
    /// U/2). U is the least of the sums of the longest road out of each city, into each city, and a
    /// tour by the nearest neighbour; L the larger sum of the shortest roads out of, or into, all
    /// cities but the one where it is longest.
    pub(super) fn rule_of_penalty(&self) -> PenaltyRule {
        let n = self.num_cities;
        let (bound, reason) = match self.is_complete() {
            true => (
                self.bound_of_complete(),
                "a city that is left out saves the way into it and out of it and costs 2A, so A \
                 must be above half of the longest such way, lengths less the shortest of all \
                 (Lucas, Front. Phys. 2, 5 (2014), section 7.2, takes max d)",
            ),
            false => (
                self.bound_of_incomplete(),
                "a missing road costs A and may save the rest of a tour, so A must be above what \
                 the shortest tour can have beyond n - 1 roads at least, lengths less the \
                 shortest of all",
            ),
        };
        match n {
            0 | 1 => PenaltyRule::None { reason: "there is one tour alone".into() },
            _ => PenaltyRule::Above { bound, reason: reason.into(), default: above(bound, MARGIN) },
        }
    }

    /// How large the penalty must be where every road is there: half of the longest way into a city
    /// and out of it, to two others where there are two, in lengths less the shortest.
    fn bound_of_complete(&self) -> f64 {
        let (n, shortest) = (self.num_cities, self.shortest());
        let reduced =
            |u: usize, v: usize| self.length(u, v).map_or(0.0, |length| length - shortest);
        let others = |city: usize| (0..n).filter(move |&other| other != city);
        let longest = |city: usize| {
            // The best pair of different ends has one of the two longest ways in.
            let mut into: Vec<usize> = others(city).collect();
            into.sort_by(|&a, &b| reduced(b, city).total_cmp(&reduced(a, city)));
            let ways = into
                .into_iter()
                .take(2)
                .flat_map(|u| others(city).filter(move |&v| v != u || n == 2).map(move |v| (u, v)));
            ways.map(|(u, v)| reduced(u, city) + reduced(city, v)).fold(0.0, f64::max)
        };
        (1..n).map(longest).fold(0.0, f64::max) / 2.0
    }

    /// How large the penalty must be where roads are missing. U is no less than the length of the
    /// shortest tour, if there is one, and L no more than that of n - 1 roads of a tour, in lengths
    /// less the shortest: max(U - L, U/2).
    fn bound_of_incomplete(&self) -> f64 {
        let (n, shortest) = (self.num_cities, self.shortest());
        let tour = self.nearest_neighbours().and_then(|cities| self.tour_length(&cities));
        let mut most = tour.map_or(f64::INFINITY, |length| length - n as f64 * shortest);
        let mut least = 0.0f64;
        for out in [true, false] {
            let (mut longest, mut nearest) = (0.0, Vec::with_capacity(n));
            for city in 0..n {
                let roads = (0..n).filter_map(|other| match out {
                    true => self.length(city, other),
                    false => self.length(other, city),
                });
                let (mut low, mut high) = (f64::INFINITY, 0.0f64);
                for length in roads {
                    (low, high) = (low.min(length - shortest), high.max(length - shortest));
                }
                longest += high;
                nearest.push(if low.is_finite() { low } else { 0.0 });
            }
            most = most.min(longest);
            let largest = nearest.iter().copied().fold(0.0, f64::max);
            least = least.max(nearest.iter().sum::<f64>() - largest);
        }
        (most - least).max(most / 2.0)
    }
}
