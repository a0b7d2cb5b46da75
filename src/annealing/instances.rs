//! Small models that tell hopping over a barrier from tunnelling through it.

use crate::ising::Ising;
use crate::math::{Domain, Streams};
use rand::RngExt;

/// A model with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// A few words.
    pub name: String,
    /// The model.
    pub model: Ising,
}

impl Instance {
    /// A tall thin barrier, a broad one, weak and strong clusters, and a random glass, of which no
    /// connected part has more than twelve spins, so that Schrödinger's equation can be solved.
    pub fn all() -> [Instance; 4] {
        [Self::thin_barrier(), Self::broad_barrier(), Self::clusters(6), Self::glass(12, 1)]
    }

    /// Twenty pairs of spins with J = -4 within each, in fields of 0.25 that say where it should
    /// point. To turn a pair, two flips, its coupling has to be broken; where it is hot enough for that
    /// the field is hardly felt.
    pub fn thin_barrier() -> Instance {
        let fields = (0..40).map(|i| if i / 2 % 2 == 0 { -0.25 } else { 0.25 }).collect();
        let model = Ising::new(fields, (0..20).map(|k| (2 * k, 2 * k + 1, -4.0)), 0.0);
        Instance { name: "tall thin barriers".into(), model }
    }

    /// Twelve spins with J = -1/12 between all, in a field of 0.1: each is held weakly, and most of them
    /// have to turn before the energy is lower.
    pub fn broad_barrier() -> Instance {
        let pairs = (0..12).flat_map(|a| (a + 1..12).map(move |b| (a, b, -1.0 / 12.0)));
        let model = Ising::new(vec![-0.1; 12], pairs, 0.0);
        Instance { name: "broad low barrier".into(), model }
    }

    /// Two ferromagnetic clusters of so many spins each, J = -1 between all within and, in pairs, between
    /// half of the one and half of the other: a strong field of 1 turns one, and through it the other
    /// against a weak field of 0.44 (Denchev et al., Phys. Rev. X 6, 031015 (2016), with clusters of
    /// eight in another graph).
    pub fn clusters(size: usize) -> Instance {
        let fields = [vec![0.44; size], vec![-1.0; size]].concat();
        let within = (0..2).flat_map(|cluster| {
            let pairs = (0..size).flat_map(move |i| (i + 1..size).map(move |j| (i, j)));
            pairs.map(move |(i, j)| (cluster * size + i, cluster * size + j, -1.0))
        });
        let between = (0..size.div_ceil(2)).map(|i| (i, size + i, -1.0));
        let model = Ising::new(fields, within.chain(between), 0.0);
        Instance { name: "weak-strong clusters".into(), model }
    }

    /// Couplings of ±1 at random between all spins (Sherrington and Kirkpatrick, Phys. Rev. Lett. 35,
    /// 1792 (1975), without their 1/√n), no fields.
    pub fn glass(spins: usize, seed: u64) -> Instance {
        let mut rng = Streams::new(seed, Domain::Repeat).stream(0);
        let pairs = (0..spins).flat_map(|a| (a + 1..spins).map(move |b| (a, b)));
        let couplings: Vec<_> =
            pairs.map(|(a, b)| (a, b, if rng.random::<bool>() { 1.0 } else { -1.0 })).collect();
        let model = Ising::new(vec![0.0; spins], couplings, 0.0);
        Instance { name: format!("random ±J glass, seed {seed}"), model }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Barrier;
    use super::*;

    #[test]
    fn barriers_are_what_their_names_say() {
        let barrier = |instance: Instance| Barrier::of(&instance.model).unwrap().unwrap();
        let (thin, broad) = (barrier(Instance::thin_barrier()), barrier(Instance::broad_barrier()));
        // 2J - 2h, of two spins.
        assert_eq!((thin.height, thin.width), (7.5, 2));
        assert!(broad.height < thin.height && broad.width > 8, "{broad:?}");
        // k spins of the weak cluster have turned, first those that the strong one pulls at:
        // 2k(size - k) couplings and 2k of the fields are paid.
        let size = 6;
        let change =
            |k: usize| (2 * k * (size - k)) as f64 + 0.88 * k as f64 - 2.0 * k.min(3) as f64;
        let height = (0..=size).map(change).fold(0.0, f64::max);
        let clusters = barrier(Instance::clusters(size));
        assert!((clusters.height - height).abs() < 1e-9, "{clusters:?} {height}");
        assert_eq!(clusters.width, size);
    }
}
