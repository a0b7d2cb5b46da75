//! Isoenergetic cluster moves.

use super::replicas::Replicas;
use crate::ising::Ising;
use crate::ising::compact::{Compact, Number};
use rand::{Rng, RngExt};

/// The mean number of neighbours up to which clusters are worth their time: that of cubic lattices and of
/// D-Wave's Chimera graph.
const SPARSE: f64 = 6.0;

/// Whether a model is sparse enough for clusters that are smaller than all of it.
pub(super) fn is_sparse(model: &Ising) -> bool {
    let (couplings, spins) = (model.couplings().len() as f64, model.num_spins() as f64);
    couplings > 0.0 && 2.0 * couplings <= SPARSE * spins
}

/// Houdayer's cluster move (Eur. Phys. J. B 22, 479 (2001)) for two replicas a and b at the same β, as
/// Zhu, Ochoa and Katzgraber use it beside parallel tempering (Phys. Rev. Lett. 115, 077201 (2015)).
///
/// Of the overlaps qᵢ = sᵢᵃ sᵢᵇ, a site with q = -1 is drawn, and the connected sites with q = -1 around it,
/// the cluster, are flipped in both replicas. All neighbours of the cluster have q = +1, so that for
/// i in the cluster, j outside, the sums hᵢ (sᵢᵃ + sᵢᵇ) and Jᵢⱼ (sᵢᵃ sⱼᵃ + sᵢᵇ sⱼᵇ) = Jᵢⱼ sⱼᵃ (sᵢᵃ + sᵢᵇ) are 0, and
/// pairs within the cluster do not change: Eᵃ + Eᵇ stays, with fields, too. No overlap changes, so that
/// the way back is drawn with the same probability, and the move is always taken.
///
/// Without fields the same holds of the sites with q = +1, where it is Jᵢⱼ sᵢᵃ (sⱼᵃ + sⱼᵇ) that is 0: it is the
/// move after all spins of one replica were turned, which costs nothing. Then the sites with
/// the rarer q are taken. With fields a cluster may be most of the model.
pub(super) struct Clusters<'a, T> {
    model: &'a Compact<T>,
    has_fields: bool,
    /// The sites with the q that is taken, then the cluster.
    sites: Vec<u32>,
    cluster: Vec<u32>,
    /// Whether a site may still come to the cluster.
    may_come: Vec<bool>,
}

impl<'a, T: Number> Clusters<'a, T> {
    pub fn new(model: &'a Compact<T>) -> Self {
        let has_fields = model.fields.iter().any(|&h| h != T::ZERO);
        let (sites, cluster) = Default::default();
        let may_come = vec![false; model.fields.len()];
        Clusters { model, has_fields, sites, cluster, may_come }
    }

    /// Moves lane `lanes.0` of `a` and lane `lanes.1` of `b`; how many sites the cluster had, 0 if the
    /// replicas are equal (or, without fields, opposite).
    #[inline(always)]
    pub fn flip<const L: usize>(
        &mut self,
        a: &mut Replicas<'_, T, L>,
        b: &mut Replicas<'_, T, L>,
        lanes: (usize, usize),
        rng: &mut impl Rng,
    ) -> usize {
        let n = self.may_come.len();
        let mut differing = 0;
        for i in 0..n {
            let differs = a.spins[i][lanes.0] != b.spins[i][lanes.1];
            self.may_come[i] = differs;
            differing += usize::from(differs);
        }
        if !self.has_fields && 2 * differing > n {
            self.may_come.iter_mut().for_each(|may| *may = !*may);
        }
        self.sites.clear();
        self.sites.extend((0..n as u32).filter(|&i| self.may_come[i as usize]));
        if self.sites.is_empty() {
            return 0;
        }
        let start = self.sites[rng.random_range(0..self.sites.len())];
        self.cluster.clear();
        self.cluster.push(start);
        self.may_come[start as usize] = false;
        let mut next = 0;
        while next < self.cluster.len() {
            for &(j, _) in self.model.neighbours(self.cluster[next] as usize) {
                if std::mem::replace(&mut self.may_come[j as usize], false) {
                    self.cluster.push(j);
                }
            }
            next += 1;
        }
        a.flip(lanes.0, &self.cluster);
        b.flip(lanes.1, &self.cluster);
        self.cluster.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::compact::Scale;
    use crate::ising::testing::any_ising;
    use crate::math::{Domain, Streams};
    use proptest::prelude::*;

    fn without_fields(model: &Ising) -> Ising {
        Ising::new(vec![0.0; model.num_spins()], model.couplings().iter().copied(), 0.0)
    }

    proptest! {
        /// The sum of energies stays, overlaps stay, what is flipped is one connected set of one overlap,
        /// and fields are those of the spins.
        #[test]
        fn a_move_is_isoenergetic(model in any_ising(10), seed: u64, fields: bool) {
            let model = if fields { model } else { without_fields(&model) };
            let scale = Scale::of(&model).unwrap();
            let compact = Compact::<f64>::new(&model, &scale);
            let streams = Streams::new(seed, Domain::Tempering);
            let mut a = Replicas::<f64, 2>::random(&compact, &streams, 0, 2);
            let mut b = Replicas::<f64, 2>::random(&compact, &streams, 2, 2);
            let mut clusters = Clusters::new(&compact);
            let mut rng = streams.stream(9);
            for _ in 0..20 {
                let (before_a, before_b) = (a.bits(1), b.bits(0));
                let size = clusters.flip(&mut a, &mut b, (1, 0), &mut rng);
                let flipped = a.bits(1).xor(&before_a);
                prop_assert_eq!(&flipped, &b.bits(0).xor(&before_b));
                let sites: Vec<usize> = (0..10).filter(|&i| flipped.bit(i)).collect();
                prop_assert_eq!(sites.len(), size);
                let sum = model.energy(&before_a) + model.energy(&before_b);
                let now = model.energy(&a.bits(1)) + model.energy(&b.bits(0));
                prop_assert!((sum - now).abs() < 1e-9);
                let overlap = before_a.xor(&before_b);
                let differing = (0..10).filter(|&i| overlap.bit(i)).count();
                let taken = model.fields().iter().any(|&h| h != 0.0) || 2 * differing <= 10;
                prop_assert!(sites.iter().all(|&i| overlap.bit(i) == taken));
                prop_assert_eq!(size == 0, differing == 0 || (!taken && differing == 10));
                // Its neighbours of the same overlap are in it.
                for &i in &sites {
                    for &(j, _) in model.neighbours(i) {
                        prop_assert!(flipped.bit(j) || overlap.bit(j) != taken);
                    }
                }
                let energy = scale.unit * a.energy(1) + model.offset();
                prop_assert!((energy - model.energy(&a.bits(1))).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn sparse_is_up_to_six_neighbours() {
        let ring = |reach: usize| {
            let pairs = (0..20).flat_map(move |i| (1..=reach).map(move |k| (i, (i + k) % 20, 1.0)));
            is_sparse(&Ising::new(vec![0.0; 20], pairs, 0.0))
        };
        assert!(ring(1) && ring(3) && !ring(4));
        assert!(!is_sparse(&Ising::new(vec![1.0; 3], [], 0.0)));
        assert!(!is_sparse(&Ising::new(vec![], [], 0.0)));
    }
}
