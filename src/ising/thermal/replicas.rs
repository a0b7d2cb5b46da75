//! Replicas of a model side by side, one a lane, that a Metropolis sweep updates together.

use super::beta::Betas;
use super::initial::Initial;
use crate::error::Result;
use crate::ising::compact::{self, Compact, Number};
use crate::math::{Bits, LaneRng, Streams, Vectorized, Watch};

/// Sweeps after which fields that are not exact are computed afresh.
const REFRESH: u64 = 32;

/// Configurations of L replicas with the fields that their spins feel.
pub(super) struct Replicas<'a, T, const L: usize> {
    model: &'a Compact<T>,
    pub spins: Vec<[T; L]>,
    local: Vec<[T; L]>,
    pub rng: LaneRng<L>,
    /// 0 for a lane that is used, and what no comparison lets pass for another.
    idle: [f32; L],
    /// Sweeps so far.
    sweeps: u64,
}

impl<'a, T: Number, const L: usize> Replicas<'a, T, L> {
    /// Random configurations, lane k from stream `first + k`; only the first `used` lanes move.
    pub fn random(model: &'a Compact<T>, streams: &Streams, first: u64, used: usize) -> Self {
        let mut rng = LaneRng::new(streams, first);
        let n = model.fields.len();
        let mut spins = vec![[T::ONE; L]; n];
        for spins in &mut spins {
            let bits = rng.draw();
            for k in 0..L {
                if bits[k] >> 31 == 1 {
                    spins[k] = -T::ONE;
                }
            }
        }
        let mut idle = [f32::NEG_INFINITY; L];
        idle[..used].fill(0.0);
        let local = vec![[T::ZERO; L]; n];
        let mut replicas = Replicas { model, spins, local, rng, idle, sweeps: 0 };
        replicas.refresh();
        replicas
    }

    /// Computes the fields from the spins.
    #[inline(always)]
    pub fn refresh(&mut self) {
        for i in 0..self.spins.len() {
            let mut sum = [self.model.fields[i]; L];
            for &(j, w) in self.model.neighbours(i) {
                let spins = &self.spins[j as usize];
                for k in 0..L {
                    sum[k] += w * spins[k];
                }
            }
            self.local[i] = sum;
        }
    }

    /// Looks at flips of the first `upto` spins of the model's order, each taken where βΔE, as
    /// [`Number::with_doubt`] has it, is at most an exponential random number. `before` sees what is to be flipped: spin, changes of the
    /// energy, and which lanes flip.
    #[inline(always)]
    pub fn sweep(
        &mut self,
        upto: usize,
        beta: [T; L],
        mut before: impl FnMut(&[[T; L]], [T; L], [bool; L]),
    ) {
        let doubt = compact::doubt::<T>(self.sweeps);
        self.sweeps += 1;
        for &i in &self.model.order[..upto] {
            let i = i as usize;
            let threshold = self.rng.exponential();
            let (spins, local) = (self.spins[i], self.local[i]);
            let two = T::ONE + T::ONE;
            let (mut change, mut delta) = ([T::ZERO; L], [T::ZERO; L]);
            let (mut taken, mut any) = ([false; L], 0u32);
            for k in 0..L {
                change[k] = -(two * spins[k]);
                delta[k] = change[k] * local[k];
                taken[k] =
                    (beta[k] * delta[k]).with_doubt(doubt) <= T::wide(threshold[k] + self.idle[k]);
                any |= u32::from(taken[k]);
                change[k] = if taken[k] { change[k] } else { T::ZERO };
            }
            if any == 0 {
                continue;
            }
            before(&self.spins, delta, taken);
            for k in 0..L {
                self.spins[i][k] += change[k];
            }
            for &(j, w) in self.model.neighbours(i) {
                let local = &mut self.local[j as usize];
                for k in 0..L {
                    local[k] += w * change[k];
                }
            }
        }
    }

    pub fn bits(&self, lane: usize) -> Bits {
        bits_of(&self.spins, lane)
    }

    /// The energy of a lane without the offset, in the model's unit, from its fields.
    pub fn energy(&self, lane: usize) -> f64
    where
        f64: From<T>,
    {
        let each = self.spins.iter().zip(&self.local).zip(&self.model.fields);
        // Every coupling is felt by both of its spins.
        each.map(|((s, f), &h)| 0.5 * f64::from(s[lane]) * f64::from(f[lane] + h)).sum()
    }

    /// Flips these spins of a lane.
    #[inline(always)]
    pub fn flip(&mut self, lane: usize, spins: &[u32]) {
        for &i in spins {
            let spin = self.spins[i as usize][lane];
            self.spins[i as usize][lane] = -spin;
            let change = -(spin + spin);
            for &(j, w) in self.model.neighbours(i as usize) {
                self.local[j as usize][lane] += w * change;
            }
        }
    }

    /// Sets the spins of a lane; [`Self::refresh`] makes the fields follow.
    pub fn set(&mut self, lane: usize, bits: &Bits) {
        for (i, spins) in self.spins.iter_mut().enumerate() {
            spins[lane] = if bits.bit(i) { -T::ONE } else { T::ONE };
        }
    }
}

pub(super) fn bits_of<T: Number, const L: usize>(spins: &[[T; L]], lane: usize) -> Bits {
    let mut bits = Bits::zeros(spins.len());
    for (i, spins) in spins.iter().enumerate() {
        bits.set(i, spins[lane] < T::ZERO);
    }
    bits
}

/// One group of reads: β of each sweep, and how many flips are looked at.
pub(super) struct Group<'a, T> {
    pub model: &'a Compact<T>,
    pub is_exact: bool,
    pub streams: &'a Streams,
    pub first: u64,
    pub used: usize,
    /// In units of 1/the model's unit.
    pub betas: Betas,
    pub flips: u64,
    pub initial: &'a Initial,
    pub watch: &'a Watch,
}

impl<'a, T: Number> Group<'a, T> {
    fn start<const L: usize>(&self) -> Replicas<'a, T, L> {
        let mut replicas =
            Replicas::<T, L>::random(self.model, self.streams, self.first, self.used);
        for lane in 0..self.used {
            if let Some(bits) = self.initial.of(self.first + lane as u64) {
                replicas.set(lane, bits);
            }
        }
        if self.initial.is_given() {
            replicas.refresh();
        }
        replicas
    }

    #[inline(always)]
    fn sweeps<const L: usize>(
        &self,
        replicas: &mut Replicas<'_, T, L>,
        mut before: impl FnMut(&[[T; L]], [T; L], [bool; L]),
    ) -> Result<()> {
        let n = replicas.spins.len() as u64;
        // Whoever looks at the watch less often than this is not missed.
        let step = (4096 / n.max(1)).max(1);
        for number in 0..self.betas.sweeps {
            if number % step == 0 {
                self.watch.check()?;
                let sweeps = step.min(self.betas.sweeps - number);
                self.watch.add_passes(sweeps * self.used as u64);
            }
            if !self.is_exact && number % REFRESH == REFRESH - 1 {
                replicas.refresh();
            }
            let upto = n.min(self.flips - number * n) as usize;
            let beta = self.betas.at(number);
            replicas.sweep(upto, [T::of(beta.min(1e30)); L], &mut before);
        }
        Ok(())
    }
}

/// Anneals a group and returns the configurations at the end.
pub(super) struct Last<'a, T, const L: usize>(pub Group<'a, T>);

impl<T: Number, const L: usize> Vectorized for Last<'_, T, L> {
    type Output = Result<Vec<Bits>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let group = &self.0;
        let mut replicas = group.start::<L>();
        group.sweeps(&mut replicas, |_, _, _| {})?;
        Ok((0..group.used).map(|lane| replicas.bits(lane)).collect())
    }
}

/// Anneals a group and returns the lowest configurations that were met.
pub(super) struct Best<'a, T, const L: usize>(pub Group<'a, T>);

impl<T: Number, const L: usize> Vectorized for Best<'_, T, L> {
    type Output = Result<Vec<Bits>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let group = &self.0;
        let mut replicas = group.start::<L>();
        // Relative to the start. A lane at its lowest is copied when it leaves it upwards.
        let (mut energy, mut lowest, mut is_lowest) = ([T::ZERO; L], [T::ZERO; L], [true; L]);
        let mut best: Vec<Bits> = (0..group.used).map(|lane| replicas.bits(lane)).collect();
        group.sweeps(&mut replicas, |spins, delta, taken| {
            for lane in 0..group.used {
                if !taken[lane] {
                    continue;
                }
                if delta[lane] > T::ZERO && is_lowest[lane] {
                    best[lane] = bits_of(spins, lane);
                    is_lowest[lane] = false;
                }
                energy[lane] += delta[lane];
                if energy[lane] < lowest[lane] {
                    lowest[lane] = energy[lane];
                    is_lowest[lane] = true;
                }
            }
        })?;
        for lane in 0..group.used {
            if is_lowest[lane] {
                best[lane] = replicas.bits(lane);
            }
        }
        Ok(best)
    }
}
