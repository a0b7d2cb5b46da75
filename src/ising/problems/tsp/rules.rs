//! Tours by simple rules.

use super::{Tour, TravellingSalesman};
use crate::math::Bits;

impl TravellingSalesman {
    /// From city 0 to the nearest city that is left, and so on; `None` where roads are missing on
    /// the way.
    pub(super) fn nearest_neighbours(&self) -> Option<Vec<usize>> {
        let n = self.num_cities;
        let mut cities: Vec<usize> = (0..n.min(1)).collect();
        let mut left: Vec<usize> = (1..n).collect();
        while !left.is_empty() {
            let here = *cities.last()?;
            let roads = left.iter().enumerate();
            let roads = roads.filter_map(|(k, &city)| Some((k, self.length(here, city)?)));
            let (k, _) = roads.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
            cities.push(left.remove(k));
        }
        self.tour_length(&cities).map(|_| cities)
    }

    /// Turns pieces of a tour around as long as that makes it shorter (2-opt: Croes, Oper. Res. 6,
    /// 791 (1958)). A piece is turned with the lengths of the other direction, and stays where that
    /// lacks a road. City 0 stays first.
    pub(super) fn with_pieces_turned(&self, mut cities: Vec<usize>) -> Vec<usize> {
        let n = cities.len();
        let road = |u: usize, v: usize| self.length(u, v).unwrap_or(f64::INFINITY);
        // What is less than this is rounding; each turn gains more, so that there is an end.
        let least_gain = 1e-9 * self.lengths.iter().flatten().fold(0.0, |a, b| b.abs().max(a));
        loop {
            // (gain, first, last) of the best turn.
            let mut best = (least_gain, 0, 0);
            for first in 1..n {
                let (mut along, mut back) = (0.0, 0.0);
                for last in first + 1..n {
                    along += road(cities[last - 1], cities[last]);
                    back += road(cities[last], cities[last - 1]);
                    let (before, after) = (cities[first - 1], cities[(last + 1) % n]);
                    let old = road(before, cities[first]) + along + road(cities[last], after);
                    let new = road(before, cities[last]) + back + road(cities[first], after);
                    if old - new > best.0 {
                        best = (old - new, first, last);
                    }
                }
            }
            if best.1 == 0 {
                return cities;
            }
            cities[best.1..=best.2].reverse();
        }
    }

    /// The cities in the order of their first places, the first of several at a place; those left
    /// are put in, in their order, where each adds least. `None` where the tour would need a road
    /// that is missing.
    pub(super) fn tour_of_the_rest(&self, bits: &Bits) -> Option<Tour> {
        let n = self.num_cities;
        let mut cities: Vec<usize> = (0..n.min(1)).collect();
        let mut left = vec![true; n];
        for place in 1..n {
            let here = (1..n).find(|&city| left[city] && bits.bit(self.bit(city, place)));
            if let Some(city) = here {
                left[city] = false;
                cities.push(city);
            }
        }
        // A missing road counts before any length.
        let way = |u: usize, v: usize| match self.length(u, v) {
            Some(length) => (0, length),
            None if u == v => (0, 0.0),
            None => (1, 0.0),
        };
        for city in (1..n).filter(|&city| left[city]) {
            let added = |k: usize| {
                let (u, v) = (cities[k], cities[(k + 1) % cities.len()]);
                let (into, out, old) = (way(u, city), way(city, v), way(u, v));
                (into.0 + out.0 - old.0, into.1 + out.1 - old.1)
            };
            let cheaper = |a: &(i32, f64), b: &(i32, f64)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
            let k = (0..cities.len()).min_by(|&a, &b| cheaper(&added(a), &added(b)))?;
            cities.insert(k + 1, city);
        }
        self.tour_length(&cities).map(|_| Tour { cities })
    }
}
