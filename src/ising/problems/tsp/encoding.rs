//! A tour as bits.

use super::{Tour, TravellingSalesman};
use crate::error::{Error, Result};
use crate::ising::Qubo;
use crate::ising::problems::checks::list;
use crate::ising::problems::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use crate::ising::problems::terms::Terms;
use crate::ising::problems::violations::Violations;
use crate::math::Bits;

impl Encode for TravellingSalesman {
    type Solution = Tour;

    fn kind(&self) -> &'static str {
        "tsp"
    }

    fn objective(&self) -> Objective {
        Objective { name: "length", sense: Sense::Minimize }
    }

    fn num_variables(&self) -> usize {
        self.num_cities.saturating_sub(1).pow(2)
    }

    fn variable(&self, i: usize) -> String {
        let m = self.num_cities - 1;
        format!("{} at place {}", self.city(i / m + 1), i % m + 1)
    }

    /// The rule and its proof are in `penalty.rs`.
    fn penalty_rule(&self) -> PenaltyRule {
        self.rule_of_penalty()
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let (n, shortest) = (self.num_cities, self.shortest());
        let m = n.saturating_sub(1);
        let mut terms = Terms::new(m * m, 2 * (m as u128).pow(3))?;
        terms.constant(n as f64 * shortest);
        for k in 1..n {
            terms.exactly_one((1..n).map(|place| self.bit(k, place)), penalty);
            terms.exactly_one((1..n).map(|city| self.bit(city, k)), penalty);
        }
        let cost = |u, v| self.length(u, v).map_or(penalty, |length| length - shortest);
        for city in 1..n {
            terms.linear(self.bit(city, 1), cost(0, city));
            terms.linear(self.bit(city, m), cost(city, 0));
            for next in (1..n).filter(|&next| next != city) {
                let cost = cost(city, next);
                for place in 1..m {
                    terms.pair(self.bit(city, place), self.bit(next, place + 1), cost);
                }
            }
        }
        terms.into_qubo()
    }

    fn decode(&self, bits: &Bits) -> Decoded<Tour> {
        let n = self.num_cities;
        let mut violations = Violations::default();
        let mut at = vec![Vec::new(); n];
        let mut places = vec![Vec::new(); n];
        for city in 1..n {
            for place in (1..n).filter(|&place| bits.bit(self.bit(city, place))) {
                at[place].push(city);
                places[city].push(place);
            }
        }
        for city in (1..n).filter(|&city| places[city].len() != 1) {
            violations.push("city_once", || match &places[city][..] {
                [] => format!("{} is at no place", self.city(city)),
                many => format!("{} is at {} places: {}", self.city(city), many.len(), list(many)),
            });
        }
        for place in (1..n).filter(|&place| at[place].len() != 1) {
            violations.push("place_once", || match &at[place][..] {
                [] => format!("place {place} has no city"),
                many => format!("place {place} has {} cities: {}", many.len(), list(many)),
            });
        }
        if let Some(start) = at.first_mut() {
            start.push(0);
        }
        for place in 0..n {
            let next = (place + 1) % n;
            for &u in &at[place] {
                for &v in at[next].iter().filter(|&&v| v != u && self.length(u, v).is_none()) {
                    violations.push("edge_missing", || {
                        let (from, to) = (self.city(u), self.city(v));
                        format!("there is no road from {from} at place {place} to {to}")
                    });
                }
            }
        }
        if let Some(infeasible) = violations.decoded() {
            return infeasible;
        }
        let cities: Vec<usize> = at.into_iter().flatten().collect();
        // All roads are there by now.
        let length = self.tour_length(&cities).unwrap_or(f64::NAN);
        Decoded::feasible(Tour { cities }, length)
    }

    fn assignment(&self, tour: &Tour) -> Result<Bits> {
        let n = self.num_cities;
        let refused = |value: String, expected: String| {
            Err(Error::Invalid { what: "a tour".into(), value, expected })
        };
        let cities = &tour.cities;
        let shown = || match cities.len() {
            0..=20 => format!("{cities:?}"),
            many => format!("a list of {many} cities"),
        };
        let mut seen = vec![false; n];
        let fits = cities.iter().all(|&city| city < n && !std::mem::replace(&mut seen[city], true));
        if cities.len() != n || !fits {
            return refused(shown(), format!("it must have each of the {n} cities once"));
        }
        if cities.first().is_some_and(|&city| city != 0) {
            return refused(shown(), "it must begin with city 0".into());
        }
        if self.tour_length(cities).is_none() {
            return refused(shown(), "one of its roads is missing".into());
        }
        let mut bits = Bits::zeros(self.num_variables());
        let later = cities.iter().enumerate().skip(1);
        later.for_each(|(place, &city)| bits.set(self.bit(city, place), true));
        Ok(bits)
    }

    /// The tour by the nearest neighbour from city 0, with pieces turned around as long as that
    /// makes it shorter; `None` where it gets stuck for want of a road.
    fn constructed(&self) -> Option<Tour> {
        let cities = self.nearest_neighbours()?;
        Some(Tour { cities: self.with_pieces_turned(cities) })
    }

    /// The cities in the order of their first places, the first of several at a place; those left
    /// are put in, in their order, where each adds least. `None` where the tour would need a road
    /// that is missing.
    fn repaired(&self, bits: &Bits) -> Option<Tour> {
        self.tour_of_the_rest(bits)
    }
}
