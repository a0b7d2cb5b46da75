//! Frequencies chosen qubit by qubit.

use super::coloring::breadth_first;
use super::{FrequencyPlan, Pattern};
use crate::chip::Lattice;
use crate::chip::collisions::{Rules, check_spread};
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, Watch};
use rand::seq::SliceRandom;

/// Most frequencies to choose from.
const MOST_FREQUENCIES: usize = 10_000;
/// What counts for a probability of 0, as a logarithm: there is no way back from -∞.
const IMPOSSIBLE: f64 = -1e4;
/// A gain of ln(yield) that is none.
const ROUNDING: f64 = 1e-9;

/// Frequencies out of a range, each qubit's the one with which the estimated yield is the highest.
///
/// As Li, Ding and Xie allocate frequencies (ASPLOS 2020, arXiv:1911.12879, section 4.3): qubit after
/// qubit, outwards from the middle of the chip, each frequency of the range is tried for one qubit and
/// the best kept, judged by what its surroundings then yield. Other than theirs the judgement draws no
/// random numbers: it is the product of the probabilities, in closed form, that each coupling and
/// each triple that the qubit is part of has no collision. Afterwards all qubits are gone through again
/// as long as any gains by another frequency. All of this is done for several starts, and the best plan is
/// kept: the lattice's [pattern](Pattern::Auto) at the spacing that is the best for it, then none, with
/// qubits in order from the middle, then none with random orders. Of equal frequencies the lower one is
/// taken.
#[derive(Debug, Clone, PartialEq)]
pub struct GreedyAllocation {
    /// The lowest frequency. 5.0.
    pub low_ghz: f64,
    /// The highest. 5.34.
    pub high_ghz: f64,
    /// From one to the next. 0.01.
    pub step_ghz: f64,
    /// The standard deviation of frequencies that the yield is estimated for. 0.014.
    pub spread_ghz: f64,
    /// Of all qubits. -0.33.
    pub anharmonicity_ghz: f64,
    /// What a collision is.
    pub rules: Rules,
    /// How many starts are tried. 4.
    pub tries: usize,
    /// Most rounds over all qubits of each. 20.
    pub rounds: usize,
    /// Of the random orders.
    pub seed: u64,
}

impl GreedyAllocation {
    /// With the numbers above, which are Li, Ding and Xie's range.
    pub fn new(rules: Rules) -> Self {
        GreedyAllocation {
            low_ghz: 5.0,
            high_ghz: 5.34,
            step_ghz: 0.01,
            spread_ghz: 0.014,
            anharmonicity_ghz: -0.33,
            rules,
            tries: 4,
            rounds: 20,
            seed: 0,
        }
    }

    /// The plan for a lattice. The same seed gives the same plan. Counts qubits as passes of the watch.
    ///
    /// # Errors
    /// If the range has fewer than two or more than 10,000 frequencies, a number is not finite, the
    /// spread is not positive, there are no tries, or neighbours cannot all differ; the error of
    /// [`Rules::check`]; [`Error::Interrupted`].
    pub fn plan(&self, lattice: &Lattice, watch: &Watch) -> Result<FrequencyPlan> {
        let frequencies = self.frequencies()?;
        let streams = Streams::new(self.seed, Domain::Fabrication);
        let mut best: Option<(f64, Vec<usize>)> = None;
        let from_middle = breadth_first(lattice, middle(lattice));
        for number in 0..self.tries {
            let mut search = Search {
                of: self,
                lattice,
                frequencies: &frequencies,
                chosen: vec![None; lattice.num_qubits()],
            };
            let order = match number {
                0 => {
                    search.take_pattern()?;
                    from_middle.clone()
                }
                1 => from_middle.clone(),
                _ => {
                    let mut order: Vec<usize> = (0..lattice.num_qubits()).collect();
                    // Streams of chips begin at 0.
                    order.shuffle(&mut streams.stream(u64::MAX - number as u64));
                    order
                }
            };
            let Some(chosen) = search.run(&order, watch)? else { continue };
            let value = search.value();
            if best.as_ref().is_none_or(|(found, _)| value > *found) {
                best = Some((value, chosen));
            }
        }
        let Some((_, chosen)) = best else {
            return Err(Error::Invalid {
                what: "the range of frequencies of a greedy allocation".into(),
                value: format!("{} frequencies", frequencies.len()),
                expected: format!(
                    "a qubit of {} found none that its neighbours do not have; widen the range",
                    lattice.name()
                ),
            });
        };
        // In whole hertz, which are short in a file.
        let ghz = chosen.iter().map(|&k| (1e6 * frequencies[k]).round() / 1e9).collect();
        let anharmonicities = vec![self.anharmonicity_ghz; lattice.num_qubits()];
        Ok(FrequencyPlan::new(lattice, ghz, anharmonicities)?.named("greedy allocation"))
    }

    /// In MHz.
    fn frequencies(&self) -> Result<Vec<f64>> {
        self.rules.check()?;
        check_spread("the spread of a greedy allocation", self.spread_ghz)?;
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        if self.spread_ghz == 0.0 {
            let expected = "it is above 0: without scatter all plans without collisions are equal";
            return invalid("the spread of a greedy allocation", "0".into(), expected);
        }
        if self.tries == 0 {
            return invalid("the tries of a greedy allocation", "0".into(), "at least 1");
        }
        let steps = (self.high_ghz - self.low_ghz) / self.step_ghz;
        let is_range = self.low_ghz > 0.0 && self.step_ghz > 0.0;
        if !(is_range && steps >= 1.0 - 1e-9 && steps < MOST_FREQUENCIES as f64) {
            let value = format!("{} to {} by {} GHz", self.low_ghz, self.high_ghz, self.step_ghz);
            let expected = "it has from 2 to 10,000 frequencies, all positive";
            return invalid("the range of frequencies", value, expected);
        }
        // Both ends, though they be rounded.
        let count = (steps + 1e-9).floor() as usize + 1;
        let step = |k: usize| 1e3 * self.low_ghz + 1e3 * self.step_ghz * k as f64;
        Ok((0..count).map(step).collect())
    }
}

/// A qubit whose farthest one is the nearest, found from the ends of a long path; of several one with the
/// most neighbours.
fn middle(lattice: &Lattice) -> usize {
    let farthest = |from: usize| breadth_first(lattice, from).last().copied().unwrap_or(from);
    let distances = |from: usize| {
        let mut distance = vec![0usize; lattice.num_qubits()];
        for q in breadth_first(lattice, from) {
            for &other in lattice.neighbors(q) {
                if other != from && distance[other] == 0 {
                    distance[other] = distance[q] + 1;
                }
            }
        }
        distance
    };
    let one = farthest(0);
    let other = farthest(one);
    let (a, b) = (distances(one), distances(other));
    let place = |&q: &usize| (a[q].max(b[q]), std::cmp::Reverse(lattice.neighbors(q).len()));
    (0..lattice.num_qubits()).min_by_key(place).unwrap_or(0)
}

struct Search<'a> {
    of: &'a GreedyAllocation,
    lattice: &'a Lattice,
    frequencies: &'a [f64],
    chosen: Vec<Option<usize>>,
}

impl Search<'_> {
    /// Begins with the pattern of the lattice, about the middle of the range, at the best spacing; with
    /// nothing if none fits into the range.
    fn take_pattern(&mut self) -> Result<()> {
        let (_, half_spacings) = Pattern::Auto.half_spacings(self.lattice)?;
        let ends = (half_spacings.iter().min().copied(), half_spacings.iter().max().copied());
        let (Some(lowest), Some(highest)) = ends else { return Ok(()) };
        let count = self.frequencies.len() as i32;
        let mut best: Option<(f64, Vec<Option<usize>>)> = None;
        // As many steps from one frequency to the next as the range has room for.
        for spacing in 1..count {
            let size = (highest - lowest) * spacing / 2;
            if size >= count {
                break;
            }
            let first = (count - 1 - size) / 2;
            let place = |half: &i32| Some((first + (half - lowest) * spacing / 2) as usize);
            self.chosen = half_spacings.iter().map(place).collect();
            let value = self.value();
            if best.as_ref().is_none_or(|(found, _)| value > *found) {
                best = Some((value, self.chosen.clone()));
            }
        }
        self.chosen = best.map_or_else(|| vec![None; half_spacings.len()], |(_, chosen)| chosen);
        Ok(())
    }

    /// The number of each qubit's frequency, unless some qubit has none to choose.
    fn run(&mut self, order: &[usize], watch: &Watch) -> Result<Option<Vec<usize>>> {
        for round in 0..=self.of.rounds {
            let mut changed = false;
            for &qubit in order {
                watch.check()?;
                let Some(best) = self.best(qubit) else { return Ok(None) };
                changed |= self.chosen[qubit].replace(best) != Some(best);
                watch.add_passes(1);
            }
            if round > 0 && !changed {
                break;
            }
        }
        Ok(self.chosen.iter().copied().collect())
    }

    /// The frequency of a qubit with which its surroundings yield most.
    fn best(&mut self, qubit: usize) -> Option<usize> {
        let before = self.chosen[qubit];
        let mut best = None;
        // What it has is kept unless another one gains.
        for candidate in before.into_iter().chain(0..self.frequencies.len()) {
            let taken = |&other: &usize| self.chosen[other] == Some(candidate);
            if self.lattice.neighbors(qubit).iter().any(taken) {
                continue;
            }
            self.chosen[qubit] = Some(candidate);
            let value = self.around(qubit);
            if best.is_none_or(|(found, _)| value > found + ROUNDING) {
                best = Some((value, candidate));
            }
        }
        self.chosen[qubit] = before;
        best.map(|(_, candidate)| candidate)
    }

    fn at(&self, qubit: usize) -> Option<f64> {
        self.chosen[qubit].map(|k| self.frequencies[k])
    }

    /// ln of the probability that no check with this qubit collides, as far as others have frequencies.
    fn around(&self, qubit: usize) -> f64 {
        let neighbors = self.lattice.neighbors(qubit);
        let mut sum = 0.0;
        for (k, &a) in neighbors.iter().enumerate() {
            sum += self.pair(qubit, a);
            sum += neighbors[k + 1..].iter().map(|&b| self.triple(qubit, a, b)).sum::<f64>();
            let others = self.lattice.neighbors(a).iter().filter(|&&b| b != qubit);
            sum += others.map(|&b| self.triple(a, qubit, b)).sum::<f64>();
        }
        sum
    }

    /// Of all checks.
    fn value(&self) -> f64 {
        let pairs = self.lattice.couplings().iter().map(|&(a, b)| self.pair(a, b)).sum::<f64>();
        let triples = (0..self.lattice.num_qubits()).map(|j| {
            let near = self.lattice.neighbors(j);
            let with = |(k, &a): (usize, &usize)| {
                near[k + 1..].iter().map(|&b| self.triple(j, a, b)).sum::<f64>()
            };
            near.iter().enumerate().map(with).sum::<f64>()
        });
        pairs + triples.sum::<f64>()
    }

    fn pair(&self, a: usize, b: usize) -> f64 {
        let (Some(f), Some(g)) = (self.at(a), self.at(b)) else { return 0.0 };
        let (spread, anharmonicity) = self.scatter();
        let deviation = std::f64::consts::SQRT_2 * spread;
        logarithm(self.of.rules.pair_free((f - g).abs(), deviation, anharmonicity))
    }

    /// Of a qubit and two of its neighbours: only where it controls one.
    fn triple(&self, j: usize, a: usize, b: usize) -> f64 {
        let (Some(f), Some(g), Some(h)) = (self.at(j), self.at(a), self.at(b)) else {
            return 0.0;
        };
        if f <= g && f <= h {
            return 0.0;
        }
        let (spread, anharmonicity) = self.scatter();
        let rules = &self.of.rules;
        let near = rules.neighbors_free(g - h, std::f64::consts::SQRT_2 * spread, anharmonicity);
        let deviation = 6f64.sqrt() * spread;
        let two_photon = rules.two_photon_free(f + f - g - h, deviation, anharmonicity);
        logarithm(near) + logarithm(two_photon)
    }

    /// Spread and anharmonicity in MHz.
    fn scatter(&self) -> (f64, f64) {
        (1e3 * self.of.spread_ghz, 1e3 * self.of.anharmonicity_ghz)
    }
}

fn logarithm(probability: f64) -> f64 {
    probability.ln().max(IMPOSSIBLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greedy() -> GreedyAllocation {
        GreedyAllocation::new(Rules::hertzberg_2021())
    }

    #[test]
    fn the_middle_is_in_the_middle() {
        assert_eq!(middle(&Lattice::line(7).unwrap()), 3);
        assert_eq!(middle(&Lattice::grid(3, 3).unwrap()), 4);
        assert_eq!(middle(&Lattice::line(1).unwrap()), 0);
    }

    /// Two qubits: the detuning of the highest closed-form yield, found by trying each.
    #[test]
    fn a_pair_gets_the_best_detuning() {
        let settings = greedy();
        let pair = Lattice::line(2).unwrap();
        let plan = settings.plan(&pair, &Watch::default()).unwrap();
        let found = plan.frequencies_ghz();
        let edge = |detuning: f64| settings.rules.edge_yield(detuning, 0.014, -0.33).unwrap();
        let best = (1..=34).map(|k| edge(0.01 * f64::from(k))).fold(0.0, f64::max);
        assert!((edge((found[0] - found[1]).abs()) - best).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn plans_have_no_collisions_and_repeat() {
        for name in ["falcon27", "grid3x3", "ring5"] {
            let lattice = Lattice::named(name).unwrap();
            let settings = GreedyAllocation { tries: 2, rounds: 5, ..greedy() };
            let plan = settings.plan(&lattice, &Watch::default()).unwrap();
            assert!(plan.collisions(&settings.rules).unwrap().is_empty(), "{name}");
            assert_eq!(plan, settings.plan(&lattice, &Watch::default()).unwrap());
            let inside = |f: &f64| (5.0 - 1e-9..=5.34 + 1e-9).contains(f);
            assert!(plan.frequencies_ghz().iter().all(inside));
        }
    }

    /// It never loses to the pattern that it begins with.
    #[test]
    fn plans_are_at_least_as_good_as_the_pattern() {
        let lattice = Lattice::heavy_hex(3).unwrap();
        let settings = GreedyAllocation { tries: 1, rounds: 4, ..greedy() };
        let plan = settings.plan(&lattice, &Watch::default()).unwrap();
        let frequencies = settings.frequencies().unwrap();
        let value = |plan: &FrequencyPlan| {
            let place = |f: &f64| frequencies.iter().position(|g| (1e3 * f - g).abs() < 1e-6);
            let chosen = plan.frequencies_ghz().iter().map(place).collect();
            let lattice = &lattice;
            Search { of: &settings, lattice, frequencies: &frequencies, chosen }.value()
        };
        let design = crate::chip::Design { center_ghz: 5.17, ..Default::default() };
        for spacing in [0.05, 0.06, 0.07] {
            let pattern = design.spacing(spacing).plan(&lattice, Pattern::Auto).unwrap();
            assert!(value(&plan) >= value(&pattern), "{spacing}");
        }
        assert!(value(&plan) < 0.0);
    }

    #[test]
    fn ranges_that_cannot_be_are_errors() {
        let lattice = Lattice::ring(3).unwrap();
        let says = |settings: GreedyAllocation| {
            settings.plan(&lattice, &Watch::default()).unwrap_err().to_string()
        };
        assert!(says(GreedyAllocation { step_ghz: 0.0, ..greedy() }).contains("range"));
        assert!(says(GreedyAllocation { high_ghz: f64::NAN, ..greedy() }).contains("range"));
        assert!(says(GreedyAllocation { step_ghz: 1e-9, ..greedy() }).contains("10,000"));
        assert!(says(GreedyAllocation { spread_ghz: 0.0, ..greedy() }).contains("above 0"));
        assert!(says(GreedyAllocation { tries: 0, ..greedy() }).contains("at least 1"));
        // Three qubits that all differ, and two frequencies.
        assert!(says(GreedyAllocation { high_ghz: 5.01, ..greedy() }).contains("widen"));
        let watch = Watch::default();
        watch.cancel();
        assert!(matches!(greedy().plan(&lattice, &watch), Err(Error::Interrupted)));
    }
}
