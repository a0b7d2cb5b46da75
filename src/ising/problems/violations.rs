//! Broken constraints of one sample, as many as can be read.

use super::encode::{Decoded, Violation};

/// The most that are listed of one sample.
pub(super) const MOST_LISTED: usize = 1000;

/// Broken constraints, of which the first [`MOST_LISTED`] are listed and the others counted by kind:
/// bits that are all 1 can break as many as there are couplings.
#[derive(Default)]
pub(super) struct Violations {
    listed: Vec<Violation>,
    /// Kinds in the order of their first violation that is not listed, with how many there are.
    more: Vec<(&'static str, u64)>,
}

impl Violations {
    /// Adds one; `what` is asked for what is listed alone.
    pub fn push(&mut self, constraint: &'static str, what: impl FnOnce() -> String) {
        if self.listed.len() < MOST_LISTED {
            return self.listed.push(Violation::new(constraint, what()));
        }
        match self.more.iter_mut().find(|(kind, _)| *kind == constraint) {
            Some((_, count)) => *count += 1,
            None => self.more.push((constraint, 1)),
        }
    }

    /// What bits that break these stand for; `None` where there are none.
    pub fn decoded<S>(mut self) -> Option<Decoded<S>> {
        let more = self
            .more
            .into_iter()
            .map(|(kind, count)| Violation::new(kind, format!("and {count} more of `{kind}`")));
        self.listed.extend(more);
        (!self.listed.is_empty()).then(|| Decoded::infeasible(self.listed))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Encode, Encoded, TravellingSalesman};
    use super::*;
    use crate::ising::{Graph, SampleInfo, SampleSet};
    use crate::math::Bits;

    #[test]
    fn what_is_not_listed_is_counted_by_kind() {
        assert_eq!(Violations::default().decoded::<()>(), None);
        let mut all = Violations::default();
        for k in 0..MOST_LISTED {
            all.push("a", || format!("{k}"));
        }
        for kind in ["b", "a", "b"] {
            all.push(kind, || unreachable!("it is not listed"));
        }
        let listed = all.decoded::<()>().unwrap().violations;
        let last: Vec<&str> = listed[MOST_LISTED..].iter().map(|v| v.what.as_str()).collect();
        assert_eq!(last, ["and 2 more of `b`", "and 1 more of `a`"]);
        assert_eq!((listed[999].what.as_str(), listed[1000].constraint.as_str()), ("999", "b"));
    }

    /// A ring of 40 cities with all bits 1: each of the 39 cities and places, and of roads 2 · 37 to and
    /// from city 0 and 38 steps of 39 · 38 pairs less the 76 of the ring.
    #[test]
    fn all_ones_of_a_ring_are_a_short_list() {
        let ring = Graph::new(40, (0..40).map(|v| (v, (v + 1) % 40, 1.0)));
        let problem = TravellingSalesman::from_graph(&ring).unwrap();
        let n = problem.num_variables();
        let mut ones = Bits::zeros(n);
        (0..n).for_each(|i| ones.set(i, true));
        let listed = problem.decode(&ones).violations;
        assert_eq!(listed.len(), MOST_LISTED + 1);
        let roads = 2 * 37 + 38 * (39 * 38 - 76);
        let more = 2 * 39 + roads - MOST_LISTED;
        assert_eq!(listed[MOST_LISTED].what, format!("and {more} more of `edge_missing`"));
        let encoded = Encoded::new(problem, None).unwrap();
        let model = encoded.to_ising().unwrap();
        let samples = SampleSet::new(&model, [ones], SampleInfo::default()).unwrap();
        let counted = encoded.assess(&samples).unwrap().reads_by_violation;
        let kinds: Vec<&str> = counted.keys().map(String::as_str).collect();
        assert_eq!(kinds, ["city_once", "edge_missing", "place_once"]);
        assert!(counted.values().all(|&reads| reads == 1));
    }
}
