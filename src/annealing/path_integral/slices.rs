//! Slices of imaginary time, replicas side by side in lanes.

use super::{PathIntegralAnnealing, ReadOut};
use crate::error::Result;
use crate::ising::{Compact, Number, Scale, compact};
use crate::math::{Bits, LaneRng, Streams, Vectorized};

/// Sweeps after which fields that are not exact are computed afresh.
const REFRESH: usize = 32;
/// A coupling along time that nothing breaks; an infinite one would make a NaN beside 0.
const RIGID: f64 = 1e6;

/// One group of reads.
pub(super) struct Group<'a, T> {
    pub model: &'a Compact<T>,
    pub scale: &'a Scale,
    pub streams: &'a Streams,
    pub first: u64,
    pub used: usize,
    pub annealing: &'a PathIntegralAnnealing,
    pub strengths: &'a [(f64, f64)],
    pub slices: usize,
}

/// Anneals a group and reads it out.
pub(super) struct Slices<'a, T, const L: usize>(pub Group<'a, T>);

impl<T: Number, const L: usize> Vectorized for Slices<'_, T, L>
where
    f64: From<T>,
{
    type Output = Result<Vec<Vec<Bits>>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let group = &self.0;
        let PathIntegralAnnealing { beta, watch, .. } = group.annealing;
        let strengths = group.strengths;
        let mut worldlines = Worldlines::<T, L>::random(group);
        let size = worldlines.spins.len();
        let step = (4096 / size.max(1)).max(1);
        for (number, &(a, b)) in strengths.iter().enumerate() {
            if number % step == 0 {
                watch.check()?;
                watch.add_passes((step.min(strengths.len() - number) * group.used) as u64);
            }
            if !group.scale.is_exact && number % REFRESH == REFRESH - 1 {
                worldlines.refresh();
            }
            let slices = group.slices as f64;
            // K = -½ ln tanh(βA/2P) and βB/2P.
            let along = -0.5 * (0.5 * beta * a / slices).tanh().ln();
            let across = 0.5 * beta * b / slices * group.scale.unit;
            let doubt = compact::doubt(number as u64);
            worldlines.sweep(T::of(along.clamp(0.0, RIGID)), T::of(across.min(1e30)), doubt);
        }
        Ok((0..group.used).map(|lane| worldlines.read(lane)).collect())
    }
}

/// Spin i in slice k has the place i P + k; `local` is the field of its slice that it feels.
struct Worldlines<'a, T, const L: usize> {
    group: &'a Group<'a, T>,
    spins: Vec<[T; L]>,
    local: Vec<[T; L]>,
    rng: LaneRng<L>,
    idle: [f32; L],
    /// For one spin: its slices before a move, and two numbers for each.
    old: Vec<[T; L]>,
    bonds: Vec<[f32; L]>,
    fresh: Vec<[f32; L]>,
}

impl<'a, T: Number, const L: usize> Worldlines<'a, T, L>
where
    f64: From<T>,
{
    #[inline(always)]
    fn random(group: &'a Group<'a, T>) -> Self {
        let mut rng = LaneRng::new(group.streams, group.first);
        let slices = group.slices;
        let mut spins = vec![[T::ONE; L]; group.model.fields.len() * slices];
        for spins in &mut spins {
            let bits = rng.draw();
            for k in 0..L {
                spins[k] = if bits[k] >> 31 == 1 { -T::ONE } else { T::ONE };
            }
        }
        let mut idle = [f32::NEG_INFINITY; L];
        idle[..group.used].fill(0.0);
        let mut worldlines = Worldlines {
            group,
            local: vec![[T::ZERO; L]; spins.len()],
            spins,
            rng,
            idle,
            old: vec![[T::ZERO; L]; slices],
            bonds: vec![[0.0; L]; slices],
            fresh: vec![[0.0; L]; slices],
        };
        worldlines.refresh();
        worldlines
    }

    /// Computes the fields from the spins.
    #[inline(always)]
    fn refresh(&mut self) {
        let Group { model, slices, .. } = *self.group;
        for i in 0..model.fields.len() {
            for k in 0..slices {
                let mut sum = [model.fields[i]; L];
                for &(j, w) in model.neighbours(i) {
                    let spins = &self.spins[j as usize * slices + k];
                    for lane in 0..L {
                        sum[lane] += w * spins[lane];
                    }
                }
                self.local[i * slices + k] = sum;
            }
        }
    }

    #[inline(always)]
    fn sweep(&mut self, along: T, across: T, doubt: T) {
        let Group { model, slices, annealing, .. } = *self.group;
        let moves = annealing.moves;
        for &i in &model.order {
            let i = i as usize;
            let line = i * slices..(i + 1) * slices;
            // No coupling joins a spin with itself: its fields stay while it moves.
            self.old.copy_from_slice(&self.spins[line.clone()]);
            if moves.local {
                self.local_moves(line.clone(), along, across, doubt);
            }
            if moves.clusters {
                self.clusters(line.clone(), along, across);
            }
            if moves.worldline {
                self.worldline(line.clone(), across, doubt);
            }
            for k in 0..slices {
                let (new, change) = (&self.spins[line.start + k], &mut self.old[k]);
                let mut any = 0u32;
                for lane in 0..L {
                    change[lane] = new[lane] + -change[lane];
                    any |= u32::from(change[lane] != T::ZERO);
                }
                if any == 0 {
                    continue;
                }
                let change = *change;
                for &(j, w) in model.neighbours(i) {
                    let local = &mut self.local[j as usize * slices + k];
                    for lane in 0..L {
                        local[lane] += w * change[lane];
                    }
                }
            }
        }
    }

    /// Taken where what it adds to the action, as [`Number::with_doubt`] has it, is at most an exponential
    /// number.
    #[inline(always)]
    fn local_moves(&mut self, line: std::ops::Range<usize>, along: T, across: T, doubt: T) {
        let slices = line.len();
        // One slice is its own neighbour, whose product does not change.
        let along = if slices == 1 { T::ZERO } else { along };
        let spins = &mut self.spins[line.clone()];
        let local = &self.local[line];
        let mut before = spins[slices - 1];
        for k in 0..slices {
            let threshold = self.rng.exponential();
            let after = spins[if k + 1 == slices { 0 } else { k + 1 }];
            let mut now = spins[k];
            for lane in 0..L {
                let s = now[lane] + now[lane];
                let field = along * (before[lane] + after[lane]) + -(across * local[k][lane]);
                let taken =
                    (s * field).with_doubt(doubt) <= T::wide(threshold[lane] + self.idle[lane]);
                now[lane] = if taken { -now[lane] } else { now[lane] };
            }
            spins[k] = now;
            before = now;
        }
    }

    #[inline(always)]
    fn worldline(&mut self, line: std::ops::Range<usize>, across: T, doubt: T) {
        let threshold = self.rng.exponential();
        let mut energy = [T::ZERO; L];
        for place in line.clone() {
            for lane in 0..L {
                energy[lane] += self.spins[place][lane] * self.local[place][lane];
            }
        }
        let mut sign = [T::ONE; L];
        for lane in 0..L {
            let added = -(across * (energy[lane] + energy[lane]));
            let taken = added.with_doubt(doubt) <= T::wide(threshold[lane] + self.idle[lane]);
            sign[lane] = if taken { -T::ONE } else { T::ONE };
        }
        for place in line {
            for lane in 0..L {
                self.spins[place][lane] = self.spins[place][lane] * sign[lane];
            }
        }
    }

    /// Swendsen and Wang, Phys. Rev. Lett. 58, 86 (1987), along time: equal neighbours are joined with
    /// probability 1 - e^-2K, and each segment gets a spin with the weight of its field.
    #[inline(always)]
    fn clusters(&mut self, line: std::ops::Range<usize>, along: T, across: T) {
        let slices = line.len();
        for k in 0..slices {
            self.bonds[k] = self.rng.exponential();
            self.fresh[k] = self.rng.exponential();
        }
        let (spins, local) = (&mut self.spins[line.clone()], &self.local[line]);
        for lane in 0..self.group.used {
            // Whether slice k is joined with the next.
            let joined = |spins: &[[T; L]], k: usize| {
                let next = spins[if k + 1 == slices { 0 } else { k + 1 }][lane];
                spins[k][lane] == next && T::wide(self.bonds[k][lane]) < along + along
            };
            let cut = (0..slices).find(|&k| !joined(spins, k));
            // Begin behind a cut, so that no segment goes over the end.
            let start = cut.map_or(0, |k| k + 1);
            let mut first = 0;
            while first < slices {
                let place = |k: usize| (start + k) % slices;
                let mut field = local[place(first)][lane];
                let mut end = first + 1;
                while end < slices && joined(spins, place(end - 1)) {
                    field += local[place(end)][lane];
                    end += 1;
                }
                // +1 with probability 1/(1 + e^2F): where -ln u exceeds ln(1 + e^2F).
                let x = 2.0 * f64::from(across * field);
                let softplus = x.max(0.0) + (-x.abs()).exp().ln_1p();
                let up = (self.fresh[first][lane] as f64) > softplus;
                let spin = if up { T::ONE } else { -T::ONE };
                (first..end).for_each(|k| spins[place(k)][lane] = spin);
                first = end;
            }
        }
    }

    fn slice(&self, lane: usize, slice: usize) -> Bits {
        let n = self.group.model.fields.len();
        let mut bits = Bits::zeros(n);
        for i in 0..n {
            bits.set(i, self.spins[i * self.group.slices + slice][lane] < T::ZERO);
        }
        bits
    }

    /// The energy of a slice in the model's unit, without offset.
    fn energy(&self, lane: usize, slice: usize) -> f64 {
        let Group { model, slices, .. } = *self.group;
        let place = |i: usize| i * slices + slice;
        let of = |i: usize| {
            let (s, f) = (self.spins[place(i)][lane], self.local[place(i)][lane]);
            0.5 * f64::from(s) * f64::from(f + model.fields[i])
        };
        (0..model.fields.len()).map(of).sum()
    }

    fn read(&mut self, lane: usize) -> Vec<Bits> {
        let slices = self.group.slices;
        match self.group.annealing.read_out {
            ReadOut::All => (0..slices).map(|slice| self.slice(lane, slice)).collect(),
            ReadOut::Random => {
                // A draw moves all lanes, and lane k is read after k others.
                let mut rng = self.rng.clone();
                let slice = (u64::from(rng.draw()[lane]) * slices as u64) >> 32;
                vec![self.slice(lane, slice as usize)]
            }
            ReadOut::Best => {
                let energies: Vec<f64> = (0..slices).map(|k| self.energy(lane, k)).collect();
                let best = (0..slices).min_by(|&a, &b| energies[a].total_cmp(&energies[b]));
                vec![self.slice(lane, best.expect("there is a slice"))]
            }
        }
    }
}
