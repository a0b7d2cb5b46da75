//! One read of tabu search.

use crate::error::Result;
use crate::ising::compact::{Compact, Number};
use crate::ising::thermal::steepest_descent::random_bits;
use crate::math::{Bits, Vectorized, Watch};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Numbers that are looked at together.
const LANES: usize = 16;
/// The fewest spins that are turned together, where there are so many.
const LEAST_TURNED: usize = 5;
/// Steps after which differences that are not exact are computed afresh.
const REFRESH: u64 = 1 << 14;

/// How a read is run. Energies are without the offset, in the model's unit.
pub(super) struct Settings {
    pub tenure: usize,
    pub most_flips: u64,
    /// Steps in a row without anything lower after which the search begins anew.
    pub patience: u64,
    pub target: f64,
    /// Energies that differ by less are equal.
    pub rounding: f64,
}

/// What one read comes to.
#[derive(Serialize, Deserialize)]
pub(super) struct Read {
    pub bits: Bits,
    pub flips: u64,
    /// How often the search began.
    pub rounds: u64,
    pub at_target: bool,
}

/// A configuration, what each flip adds, and until when spins stay.
pub(super) struct Search<'a, T> {
    model: &'a Compact<T>,
    settings: &'a Settings,
    watch: &'a Watch,
    rng: ChaCha8Rng,
    spins: Vec<T>,
    deltas: Vec<T>,
    energy: f64,
    /// The first step at which a spin may be flipped again.
    free_from: Vec<u32>,
    now: u32,
    flips: u64,
}

/// A configuration that was met, and its energy.
struct Met<T> {
    energy: f64,
    spins: Vec<T>,
}

impl<T: Number> Met<T> {
    fn copy(&mut self, search: &Search<'_, T>) {
        self.energy = search.energy;
        self.spins.copy_from_slice(&search.spins);
    }
}

impl<'a, T: Number> Search<'a, T>
where
    f64: From<T>,
{
    pub fn new(
        model: &'a Compact<T>,
        settings: &'a Settings,
        mut rng: ChaCha8Rng,
        initial: Option<&Bits>,
        watch: &'a Watch,
    ) -> Self {
        let n = model.fields.len();
        let bits = initial.cloned().unwrap_or_else(|| random_bits(n, &mut rng));
        let spins = (0..n).map(|i| if bits.bit(i) { -T::ONE } else { T::ONE }).collect();
        let (deltas, free_from) = (vec![T::ZERO; n], vec![0; n]);
        let (energy, now, flips) = (0.0, 1, 0);
        let mut search =
            Search { model, settings, watch, rng, spins, deltas, energy, free_from, now, flips };
        search.refresh();
        search
    }

    /// Computes the energy and the differences from the spins.
    fn refresh(&mut self) {
        self.energy = 0.0;
        for i in 0..self.spins.len() {
            let field = self.model.fields[i];
            let mut local = field;
            for &(j, w) in self.model.neighbours(i) {
                local += w * self.spins[j as usize];
            }
            let spin = self.spins[i];
            self.deltas[i] = -((spin + spin) * local);
            // Every coupling is felt by both of its spins.
            self.energy += 0.5 * f64::from(spin) * (f64::from(local) + f64::from(field));
        }
    }

    #[inline(always)]
    fn flip(&mut self, i: usize) {
        self.flips += 1;
        self.energy += f64::from(self.deltas[i]);
        let spin = self.spins[i];
        self.spins[i] = -spin;
        self.deltas[i] = -self.deltas[i];
        let two = spin + spin;
        let four = two + two;
        for &(j, w) in self.model.neighbours(i) {
            let j = j as usize;
            self.deltas[j] += four * self.spins[j] * w;
        }
    }

    /// The least that a flip adds: of those that are free, and of all.
    #[inline(always)]
    fn least(&self) -> (T, T) {
        let never = T::of(f64::INFINITY);
        let less = |a: T, b: T| if a < b { a } else { b };
        let (mut free, mut all) = ([never; LANES], [never; LANES]);
        let (deltas, rest) = self.deltas.as_chunks::<LANES>();
        let (from, rest_from) = self.free_from.as_chunks::<LANES>();
        for (deltas, from) in deltas.iter().zip(from) {
            for k in 0..LANES {
                let if_free = if from[k] <= self.now { deltas[k] } else { never };
                free[k] = less(if_free, free[k]);
                all[k] = less(deltas[k], all[k]);
            }
        }
        for (&delta, &from) in rest.iter().zip(rest_from) {
            free[0] = less(if from <= self.now { delta } else { never }, free[0]);
            all[0] = less(delta, all[0]);
        }
        let fold = |lanes: [T; LANES]| lanes.into_iter().fold(never, less);
        (fold(free), fold(all))
    }

    /// Flips the next spin; `lowest` is the least energy since the search began.
    #[inline(always)]
    fn step(&mut self, lowest: f64) {
        let n = self.spins.len();
        let (free, all) = self.least();
        let aspires = all < free && self.energy + f64::from(all) < lowest - self.settings.rounding;
        let wanted = if aspires { all } else { free };
        let start = self.rng.random_range(0..n);
        let now = self.now;
        let fits = |i: &usize| self.deltas[*i] == wanted && (aspires || self.free_from[*i] <= now);
        // Where none is free, any.
        let i = (start..n).chain(0..start).find(fits).unwrap_or(start);
        self.flip(i);
        let tenure = self.settings.tenure;
        let stays = tenure + self.rng.random_range(0..=tenure / 2);
        self.now += 1;
        self.free_from[i] = self.now.saturating_add(u32::try_from(stays).unwrap_or(u32::MAX / 2));
        if self.now > u32::MAX / 2 {
            // Begins to count anew, as from 1.
            let passed = self.now - 1;
            self.free_from.iter_mut().for_each(|from| *from = from.saturating_sub(passed));
            self.now = 1;
        }
    }

    /// Turns a connected set of spins around a random one, of a random size.
    fn turn(&mut self) {
        let n = self.spins.len();
        let least = LEAST_TURNED.min(n);
        let size = self.rng.random_range(least..=(n / 4).max(least));
        let mut seen = vec![false; n];
        let mut set = vec![self.rng.random_range(0..n)];
        seen[set[0]] = true;
        let mut turned = 0;
        while turned < set.len() && turned < size {
            // One at random of those at the edge.
            let next = self.rng.random_range(turned..set.len());
            set.swap(turned, next);
            let i = set[turned];
            for &(j, _) in self.model.neighbours(i) {
                if !std::mem::replace(&mut seen[j as usize], true) {
                    set.push(j as usize);
                }
            }
            self.flip(i);
            turned += 1;
        }
    }
}

impl<T: Number> Vectorized for Search<'_, T>
where
    f64: From<T>,
{
    type Output = Result<Read>;

    #[inline(always)]
    fn run(mut self) -> Self::Output {
        let n = self.spins.len() as u64;
        let Settings { most_flips, patience, target, rounding, .. } = *self.settings;
        let met = |search: &Self| Met { energy: search.energy, spins: search.spins.clone() };
        // The lowest since the search last began, and the one that is kept.
        let (mut lowest, mut kept) = (met(&self), met(&self));
        let is_met = |energy: f64| energy <= target;
        let (mut rounds, mut unimproved, mut counted) = (1, 0, 0);
        while self.flips < most_flips && !is_met(lowest.energy) {
            let before = self.flips;
            self.step(lowest.energy);
            unimproved += 1;
            if self.energy < lowest.energy - rounding {
                lowest.copy(&self);
                unimproved = 0;
            }
            if unimproved >= patience {
                if lowest.energy <= kept.energy + rounding {
                    std::mem::swap(&mut lowest, &mut kept);
                }
                self.spins.copy_from_slice(&kept.spins);
                self.refresh();
                self.turn();
                lowest.copy(&self);
                self.free_from.fill(0);
                (rounds, unimproved) = (rounds + 1, 0);
            } else if rounding > 0.0 && self.flips.is_multiple_of(REFRESH) {
                self.refresh();
            }
            if self.flips / 64 != before / 64 {
                self.watch.check()?;
                let sweeps = self.flips / n;
                self.watch.add_passes(sweeps - counted);
                counted = sweeps;
            }
        }
        if lowest.energy <= kept.energy {
            kept = lowest;
        }
        let mut bits = Bits::zeros(kept.spins.len());
        kept.spins.iter().enumerate().for_each(|(i, &s)| bits.set(i, s < T::ZERO));
        Ok(Read { bits, flips: self.flips, rounds, at_target: is_met(kept.energy) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::Ising;
    use crate::ising::compact::Scale;
    use crate::ising::testing::any_ising;
    use crate::math::{Domain, Streams};
    use proptest::prelude::*;

    proptest! {
        /// Energies and differences are those of the model after any number of steps and turns, the spin
        /// that is flipped is one of the least, and one that was flipped stays for the tenure.
        #[test]
        fn steps_keep_the_rules(model in any_ising(12), seed: u64, tenure in 0usize..6) {
            let scale = Scale::of(&model).unwrap();
            let compact = Compact::<f64>::new(&model, &scale);
            let settings = Settings {
                tenure,
                most_flips: 0,
                patience: 0,
                target: 0.0,
                rounding: 1e-10,
            };
            let rng = Streams::new(seed, Domain::Tabu).stream(0);
            let watch = Watch::default();
            let mut search = Search::new(&compact, &settings, rng, None, &watch);
            let mut last_flipped = [None; 12];
            for step in 0..60usize {
                if step == 30 {
                    search.turn();
                }
                let before = search.spins.clone();
                let deltas = search.deltas.clone();
                // Nothing aspires to be lower than this.
                search.step(f64::NEG_INFINITY);
                let flipped: Vec<usize> =
                    (0..12).filter(|&i| search.spins[i] != before[i]).collect();
                prop_assert_eq!(flipped.len(), 1);
                let i = flipped[0];
                let stays = |i: usize| last_flipped[i].is_some_and(|at| step - at <= tenure);
                prop_assert!(!stays(i));
                for j in (0..12).filter(|&j| last_flipped[j].is_none_or(|at| step - at > tenure + tenure / 2)) {
                    prop_assert!(deltas[i] <= deltas[j]);
                }
                last_flipped[i] = Some(step);
                let mut bits = Bits::zeros(12);
                search.spins.iter().enumerate().for_each(|(i, &s)| bits.set(i, s < 0.0));
                let energy = model.offset() + scale.unit * search.energy;
                prop_assert!((energy - model.energy(&bits)).abs() < 1e-9);
                for i in 0..12 {
                    let delta = scale.unit * search.deltas[i];
                    prop_assert!((delta - model.energy_delta(&bits, i)).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn a_spin_that_stays_is_flipped_where_it_leads_lower() {
        // Up in its field, and down again at once: only aspiration allows that.
        let model = Ising::new(vec![-1.0, -0.1, -0.1], [], 0.0);
        let compact = Compact::<f64>::new(&model, &Scale::of(&model).unwrap());
        let settings =
            Settings { tenure: 2, most_flips: 0, patience: 0, target: 0.0, rounding: 0.0 };
        for (lowest, spin) in [(f64::INFINITY, 1.0), (f64::NEG_INFINITY, -1.0)] {
            let rng = Streams::new(1, Domain::Tabu).stream(0);
            let watch = Watch::default();
            let start = Bits::zeros(3);
            let mut search = Search::new(&compact, &settings, rng, Some(&start), &watch);
            search.flip(0);
            search.free_from[0] = search.now + 2;
            search.step(lowest);
            assert_eq!(search.spins[0], spin);
        }
    }

    #[test]
    fn steps_are_counted_anew_before_they_overflow() {
        let model = Ising::new(vec![0.5, 0.25, -0.5, 1.0, 2.0], [(0, 1, 1.0)], 0.0);
        let compact = Compact::<f32>::new(&model, &Scale::of(&model).unwrap());
        let settings =
            Settings { tenure: 3, most_flips: 0, patience: 0, target: 0.0, rounding: 0.0 };
        let watch = Watch::default();
        let flips = |now: u32| {
            let rng = Streams::new(1, Domain::Tabu).stream(0);
            let mut search = Search::new(&compact, &settings, rng, None, &watch);
            search.now = now;
            let mut flips = Vec::new();
            for _ in 0..40 {
                search.step(f64::NEG_INFINITY);
                flips.push(search.spins.clone());
            }
            assert!(search.now < u32::MAX / 2 + 40);
            flips
        };
        assert_eq!(flips(1), flips(u32::MAX / 2 - 20));
    }
}
