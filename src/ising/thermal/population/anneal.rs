//! One population, from the hottest to the coldest β.

use super::families::{Families, parents};
use super::read::Read;
use crate::error::{Error, Result};
use crate::ising::compact::{Compact, Number, Scale};
use crate::ising::thermal::initial::Initial;
use crate::ising::thermal::replicas::Replicas;
use crate::math::{
    Domain, Isa, Streams, Vectorized, Watch, for_each_in_order, map_in_order, threads, vectorized,
};
use rand::{Rng, RngExt};
use std::f64::consts::LN_2;

/// Members in one block of lanes.
pub(super) const LANES: usize = 16;
/// Sweeps after which fields that are not exact are computed afresh.
const REFRESH: u64 = 32;

/// How a population is annealed.
pub(super) struct Run<'a, T> {
    pub model: &'a Compact<T>,
    pub scale: &'a Scale,
    /// Growing, in units of 1/energy.
    pub betas: &'a [f64],
    /// Of each member, in all, shared out evenly to the β.
    pub sweeps: u64,
    pub members: usize,
    pub initial: &'a Initial,
    pub streams: &'a Streams,
    pub watch: &'a Watch,
    pub isa: Isa,
}

/// The members in blocks, and of each its energy, in the model's unit, and its founder.
struct Population<'a, T> {
    blocks: Vec<Replicas<'a, T, LANES>>,
    energies: Vec<f64>,
    founders: Vec<u32>,
}

impl<T: Number> Run<'_, T>
where
    f64: From<T>,
{
    /// Anneals population `number`; ends at the β that is reached where the watch is cancelled.
    pub fn read(&self, number: u64) -> Result<Read> {
        self.watch.check()?;
        // A family of streams of its own: one a member, and the last for resampling.
        let seed = self.streams.stream(number).next_u64();
        let streams = Streams::new(seed, Domain::Population);
        let mut resampling = streams.stream(self.members as u64);
        let blocks = self.members.div_ceil(LANES);
        let blocks = map_in_order(blocks, |k| {
            let used = LANES.min(self.members - k * LANES);
            let first = (k * LANES) as u64;
            let mut block = Replicas::random(self.model, &streams, first, used);
            if self.initial.is_given() {
                for lane in 0..LANES {
                    // The populations of reads go on where the one before has ended.
                    let member = number.wrapping_mul(self.members as u64) + first + lane as u64;
                    self.initial.of(member).into_iter().for_each(|bits| block.set(lane, bits));
                }
                block.refresh();
            }
            Ok(block)
        })?;
        let energies = energies_of(&blocks, self.members);
        let founders = (0..self.members as u32).collect();
        let mut population = Population { blocks, energies, founders };
        let unit = self.scale.unit;
        let beta_of = |beta: f64| (beta * unit).min(1e30);
        let (mut means, mut log_partition) = (Vec::new(), Vec::new());
        // At β = 0 all configurations weigh the same.
        let mut log_z = LN_2 * self.model.fields.len() as f64;
        let mut before = if self.initial.is_given() { self.betas[0] } else { 0.0 };
        let mut is_complete = true;
        for (k, &beta) in self.betas.iter().enumerate() {
            let step = beta_of(beta) - beta_of(before);
            let (weights, log_mean) = weights(&population.energies, step);
            log_z += log_mean;
            let parents = parents(&weights, resampling.random());
            let of = |share: usize| {
                let share = share as u128 * u128::from(self.sweeps) / self.betas.len() as u128;
                share as u64
            };
            self.renew(&mut population, &parents, beta_of(beta), of(k + 1) - of(k))?;
            before = beta;
            log_partition.push(log_z);
            means.push(unit * population.energies.iter().sum::<f64>() / self.members as f64);
            if self.watch.is_cancelled() {
                is_complete = k + 1 == self.betas.len();
                break;
            }
        }
        let bits = |member: usize| population.blocks[member / LANES].bits(member % LANES);
        Ok(Read {
            population: (0..self.members).map(bits).collect(),
            log_partition,
            mean_energies: means,
            families: Families::of(&population.founders),
            is_complete,
        })
    }

    /// The children of these parents, after some sweeps at β.
    fn renew(
        &self,
        population: &mut Population<'_, T>,
        parents: &[u32],
        beta: f64,
        sweeps: u64,
    ) -> Result<()> {
        let n = self.model.fields.len();
        let old = &population.blocks;
        let children = map_in_order(old.len(), |block| {
            let parents = &parents[block * LANES..parents.len().min((block + 1) * LANES)];
            if parents.iter().zip(block * LANES..).all(|(&parent, k)| parent as usize == k) {
                return Ok(None);
            }
            let mut spins = vec![[T::ONE; LANES]; n];
            for (lane, &parent) in parents.iter().enumerate() {
                let (from, place) = (&old[parent as usize / LANES], parent as usize % LANES);
                for (spins, old) in spins.iter_mut().zip(&from.spins) {
                    spins[lane] = old[place];
                }
            }
            Ok(Some(spins))
        })?;
        population.founders =
            parents.iter().map(|&parent| population.founders[parent as usize]).collect();
        let blocks = &mut population.blocks;
        let count = blocks.len();
        let (is_exact, watch) = (self.scale.is_exact, self.watch);
        let work = blocks.iter_mut().zip(children);
        // Cancelled, each block ends with the sweep that it is at: all have their energies.
        for_each_in_order(
            &mut vec![(); threads().min(count).max(1)],
            (count, work),
            1,
            &Watch::default(),
            |(), number, (block, spins)| {
                let used = LANES.min(self.members - number * LANES);
                let settled = Settled { block, spins, beta, sweeps, used, is_exact, watch };
                vectorized(self.isa, settled);
                Ok(())
            },
        )
        .map_err(Error::from)?;
        population.energies = energies_of(blocks, self.members);
        Ok(())
    }
}

fn energies_of<T: Number>(blocks: &[Replicas<'_, T, LANES>], members: usize) -> Vec<f64>
where
    f64: From<T>,
{
    (0..members).map(|member| blocks[member / LANES].energy(member % LANES)).collect()
}

/// e^(-step E) of each, up to a factor, and the logarithm of their mean.
fn weights(energies: &[f64], step: f64) -> (Vec<f64>, f64) {
    let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = energies.iter().map(|e| (-step * (e - lowest)).exp()).collect();
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    (weights, mean.ln() - step * lowest)
}

/// Sweeps of one block.
struct Settled<'b, 'a, T> {
    block: &'b mut Replicas<'a, T, LANES>,
    /// New spins, where they are not the ones it has.
    spins: Option<Vec<[T; LANES]>>,
    beta: f64,
    sweeps: u64,
    used: usize,
    is_exact: bool,
    watch: &'b Watch,
}

impl<T: Number> Vectorized for Settled<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Settled { block, spins, beta, sweeps, used, is_exact, watch } = self;
        match spins {
            Some(spins) => {
                block.spins = spins;
                block.refresh();
            }
            None if !is_exact => block.refresh(),
            None => {}
        }
        let n = block.spins.len();
        for sweep in 1..=sweeps {
            if watch.is_cancelled() {
                return;
            }
            if !is_exact && sweep % REFRESH == 0 {
                block.refresh();
            }
            block.sweep(n, [T::of(beta); LANES], |_, _, _| {});
            watch.add_passes(used as u64);
        }
    }
}
