//! Simulated annealing with a stated number of evaluations.

use super::Ising;
use super::local_search::{DOMAIN, check_budget};
use super::walk::{Found, Walk, bits_of};
use crate::error::{Error, Result};
use crate::math::Streams;
use rand::RngExt;

/// Simulated annealing (Kirkpatrick, Gelatt and Vecchi, Science 220, 671 (1983)): sweeps of
/// Metropolis flips at an inverse temperature β that rises geometrically, from several random
/// starts that share the budget.
///
/// One evaluation is one energy asked for: that of each start, and the difference of each flip
/// looked at. The budget is never exceeded, and what was spent is in [`Found`].
///
/// ```
/// use ketlab::ising::{Annealing, Ising};
/// let model = Ising::new(vec![0.0; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// let found = Annealing::new(20_000).restarts(4).seed(1).run(&model)?;
/// assert_eq!(found.energy, -19.0);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Annealing {
    evaluations: u64,
    restarts: u64,
    beta: Option<(f64, f64)>,
    seed: u64,
}

impl Annealing {
    /// At most this many evaluations, one start, seed 0, and a β from where the costliest flip is
    /// taken half of the time to where the cheapest coefficient is paid once in a hundred.
    pub fn new(evaluations: u64) -> Self {
        Annealing { evaluations, restarts: 1, beta: None, seed: 0 }
    }

    /// How many random starts share the budget, each with a whole schedule of its own.
    pub fn restarts(self, restarts: u64) -> Self {
        Annealing { restarts, ..self }
    }

    /// The first and the last β, in units of 1/energy.
    pub fn beta(self, first: f64, last: f64) -> Self {
        Annealing { beta: Some((first, last)), ..self }
    }

    /// Sets the seed. Start k draws from stream k.
    pub fn seed(self, seed: u64) -> Self {
        Annealing { seed, ..self }
    }

    /// Anneals.
    ///
    /// # Errors
    /// If the budget is 0, there are fewer evaluations than starts, or a β is not positive and
    /// finite.
    pub fn run(&self, model: &Ising) -> Result<Found> {
        check_budget(self.evaluations)?;
        if !(1..=self.evaluations).contains(&self.restarts) {
            return Err(Error::Invalid {
                what: "the number of starts".into(),
                value: self.restarts.to_string(),
                expected: format!("from 1 to the {} evaluations", self.evaluations),
            });
        }
        let beta = self.beta.unwrap_or_else(|| default_beta(model));
        for value in [beta.0, beta.1] {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::Invalid {
                    what: "an inverse temperature β".into(),
                    value: value.to_string(),
                    expected: "it must be positive and finite".into(),
                });
            }
        }
        let streams = Streams::new(self.seed, DOMAIN);
        let (mut lowest, mut best, mut evaluations) = (f64::INFINITY, Vec::new(), 0);
        for start in 0..self.restarts {
            // The first starts take what a division leaves.
            let extra = u64::from(start < self.evaluations % self.restarts);
            let budget = self.evaluations / self.restarts + extra;
            let mut rng = streams.stream(start);
            let mut walk = Walk::random(model, &mut rng);
            evaluations += 1;
            keep(&walk, &mut lowest, &mut best);
            if model.num_spins() > 0 {
                anneal(&mut walk, budget - 1, beta, &mut rng, |walk| {
                    keep(walk, &mut lowest, &mut best)
                });
                evaluations += budget - 1;
            }
        }
        let bits = bits_of(&best);
        Ok(Found { energy: model.energy(&bits), bits, evaluations, starts: self.restarts })
    }
}

/// Keeps the spins of the lowest energy, the first of equal ones.
fn keep(walk: &Walk<'_>, lowest: &mut f64, best: &mut Vec<f64>) {
    if walk.energy() < *lowest || best.is_empty() {
        *lowest = walk.energy();
        best.clear();
        best.extend_from_slice(walk.spins());
    }
}

/// Looks at `flips` flips, in sweeps over the spins in order.
fn anneal(
    walk: &mut Walk<'_>,
    flips: u64,
    (first, last): (f64, f64),
    rng: &mut impl rand::Rng,
    mut lower: impl FnMut(&Walk<'_>),
) {
    let n = walk.spins().len() as u64;
    let sweeps = flips.div_ceil(n);
    for sweep in 0..sweeps {
        let along = if sweeps > 1 { sweep as f64 / (sweeps - 1) as f64 } else { 1.0 };
        let beta = first * (last / first).powf(along);
        for i in 0..n.min(flips - sweep * n) as usize {
            let delta = walk.delta(i);
            // Metropolis et al., J. Chem. Phys. 21, 1087 (1953).
            if delta <= 0.0 || rng.random::<f64>() < (-beta * delta).exp() {
                walk.flip(i);
                if delta < 0.0 {
                    lower(walk);
                }
            }
        }
    }
}

/// The β range that D-Wave's `dwave-samplers` chooses: at first the costliest flip there can be is
/// taken with probability 1/2, at last the cheapest single coefficient with probability 1/100.
fn default_beta(model: &Ising) -> (f64, f64) {
    let total = |i: usize| {
        model.neighbours(i).iter().fold(model.fields()[i].abs(), |sum, (_, w)| sum + w.abs())
    };
    let largest = (0..model.num_spins()).map(total).fold(0.0, f64::max);
    let coefficients =
        model.fields().iter().copied().chain(model.couplings().iter().map(|&(_, _, w)| w));
    let smallest = coefficients.map(f64::abs).filter(|&w| w > 0.0).fold(f64::INFINITY, f64::min);
    if largest == 0.0 {
        return (1.0, 1.0); // every configuration has the same energy
    }
    // A tiny coefficient beside large ones must not make β overflow.
    let smallest = smallest.max(1e-9 * largest);
    (2f64.ln() / (2.0 * largest), 100f64.ln() / (2.0 * smallest))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{any_ising, reference, reference_json, spin_glass};
    use super::super::{Graph, Qubo};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_the_ground_state_of_small_models(model in any_ising(7), seed: u64) {
            let annealing = Annealing::new(8000).restarts(8).seed(seed);
            let found = annealing.run(&model).unwrap();
            prop_assert!((found.energy - model.ground_state().unwrap().energy).abs() < 1e-9);
            prop_assert_eq!(found.evaluations, 8000);
            prop_assert_eq!(&found, &annealing.run(&model).unwrap());
        }
    }

    #[test]
    fn keeps_the_budget() {
        let model = Ising::new(vec![1.0; 10], [], 0.0);
        for budget in [1, 2, 9, 10, 11, 37, 1000] {
            let found = Annealing::new(budget).restarts(budget.min(3)).run(&model).unwrap();
            assert_eq!(found.evaluations, budget);
            assert_eq!(found.energy, model.energy(&found.bits));
        }
        let empty = Annealing::new(5).run(&Ising::new(vec![], [], 2.0)).unwrap();
        assert_eq!((empty.energy, empty.evaluations), (2.0, 1));
        let flat = Annealing::new(5).run(&Ising::new(vec![0.0; 3], [], 2.0)).unwrap();
        assert_eq!(flat.energy, 2.0);
    }

    #[test]
    fn refuses_with_a_reason() {
        let model = Ising::new(vec![1.0; 2], [], 0.0);
        assert!(Annealing::new(0).run(&model).is_err());
        assert!(Annealing::new(5).restarts(0).run(&model).is_err());
        assert!(Annealing::new(5).restarts(6).run(&model).is_err());
        let says = Annealing::new(5).beta(0.0, 1.0).run(&model).unwrap_err().to_string();
        assert!(says.contains("β is 0"), "{says}");
        assert!(Annealing::new(5).beta(1.0, f64::NAN).run(&model).is_err());
    }

    /// Metropolis at one temperature visits two levels with Boltzmann's frequencies.
    #[test]
    fn accepts_with_the_boltzmann_factor() {
        let model = Ising::new(vec![0.5], [], 0.0);
        let mut rng = Streams::new(5, DOMAIN).stream(0);
        let mut walk = Walk::random(&model, &mut rng);
        let (mut down, steps) = (0u32, 200_000);
        for _ in 0..steps {
            anneal(&mut walk, 1, (1.0, 1.0), &mut rng, |_| {});
            down += u32::from(walk.spins()[0] < 0.0);
        }
        let expected = 1.0 / (1.0 + (-1f64).exp());
        // Six standard deviations of independent draws; these are anticorrelated.
        assert!((f64::from(down) / f64::from(steps) - expected).abs() < 6.0 * 0.45 / 447.0);
    }

    #[test]
    fn spin_glasses_of_the_reference() {
        let Some(data) = reference_json("spinglass/pmJ.json") else { return };
        let mut checked = 0;
        for instance in data["instances"].as_array().unwrap() {
            let Some(model) = spin_glass(instance) else { continue };
            if model.num_spins() > 64 {
                continue;
            }
            let expected = instance["ground_energy"].as_f64().unwrap();
            let found = Annealing::new(400_000).restarts(20).seed(1).run(&model).unwrap();
            assert!((found.energy - expected).abs() < 1e-9, "{}: {found:?}", instance["name"]);
            checked += 1;
        }
        assert!(checked > 0);
    }

    #[test]
    fn binary_quadratic_programs_of_the_reference() {
        let (Some(text), Some(best)) =
            (reference("qubo/bqp50.txt"), reference_json("qubo/bqp_best.json"))
        else {
            return;
        };
        let problems = Qubo::from_bqp(&text).unwrap();
        assert_eq!(problems.len(), 10);
        for (problem, entry) in problems.iter().zip(best["instances"].as_array().unwrap()) {
            let known = entry["best_known_max"].as_f64().unwrap();
            let model = problem.to_ising().unwrap();
            let found = Annealing::new(200_000).restarts(10).seed(1).run(&model).unwrap();
            assert_eq!(-problem.energy(&found.bits), known, "{}", entry["instance"]);
        }
    }

    #[test]
    fn max_cuts_of_the_reference() {
        let Some(best) = reference_json("maxcut/gset/best_known.json") else { return };
        // G48 is bipartite: its cut is exact. 98 % of it is what a short run should do.
        for (name, evaluations, share) in [("G11", 2_000_000, 0.98), ("G48", 3_000_000, 0.98)] {
            let Some(text) = reference(&format!("maxcut/gset/{name}")) else { return };
            let graph = Graph::parse(&text).unwrap();
            let mut entries = best["instances"].as_array().unwrap().iter();
            let entry = entries.find(|e| e["name"] == name).unwrap();
            assert_eq!(entry["n"].as_u64(), Some(graph.num_vertices() as u64));
            assert_eq!(entry["m"].as_u64(), Some(graph.edges().len() as u64));
            let found = Annealing::new(evaluations).seed(1).run(&graph.max_cut()).unwrap();
            let cut = graph.cut_value(&found.bits);
            let known = entry["best_known_cut"].as_f64().unwrap();
            assert!((share * known..=known).contains(&cut), "{name}: {cut} of {known}");
        }
    }
}
