//! The points of a gap curve: one model's lowest levels at one s after another.

use super::gap_log::GapLog;
use super::gap_search::MOST_LEVELS;
use super::ground_space::{GroundSpace, one_norm};
use super::hamiltonian::{Hamiltonian, Parity};
use super::lowest::Lowest;
use super::schedule::Schedule;
use super::spectrum::{GapPoint, Level};
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::math::{Watch, check_memory};

struct Sector {
    parity: Option<Parity>,
    search: Lowest,
}

/// One model, at one s after another.
pub(super) struct Scan<'a> {
    schedule: &'a Schedule,
    /// Those asked for.
    levels: usize,
    tolerance: f64,
    watch: Watch,
    num_spins: usize,
    /// Of the configurations of a sector, without the offset.
    energies: Vec<f64>,
    classical: Vec<f64>,
    sectors: Vec<Sector>,
    wanted: usize,
    /// Levels of each sector that end in the ground space.
    below: usize,
    pub above: bool,
    pub degeneracy: usize,
}

impl<'a> Scan<'a> {
    /// For at least this many levels.
    pub fn new(
        model: &Ising,
        schedule: &'a Schedule,
        levels: usize,
        tolerance: f64,
        seed: u64,
        watch: &Watch,
    ) -> Result<Self> {
        let n = model.num_spins();
        let norm = one_norm(model);
        if !norm.is_finite() {
            let what = "the sum of all |fields| and |couplings|".into();
            return Err(Error::NotFinite { what, value: norm });
        }
        let needed = |n: usize| {
            let dimension = u32::try_from(n).ok().and_then(|n| 1u128.checked_shl(n));
            let dimension = dimension.unwrap_or(u128::MAX);
            Lowest::memory(levels, dimension).saturating_add(dimension.saturating_mul(12))
        };
        check_memory(format_args!("the spectrum of {n} spins"), needed(n), |available| {
            let fits = (1..=64).take_while(|&n| needed(n) <= available).last().unwrap_or(0);
            (Some(fits), format!("those of {fits} spins fit"))
        })?;
        let GroundSpace { mut energies, states, next, .. } = GroundSpace::new(model)?;
        energies.iter_mut().for_each(|energy| *energy -= model.offset());
        let degeneracy = states.len();
        let symmetric = model.fields().iter().all(|h| *h == 0.0);
        // Of the ground space, half is in each sector.
        let below = if symmetric { degeneracy / 2 } else { degeneracy };
        let above = next.is_some() && below < MOST_LEVELS;
        let wanted = if above { (below + 1).max(levels) } else { levels };
        let parities: &[Option<Parity>] =
            if symmetric { &[Some(Parity::Even), Some(Parity::Odd)] } else { &[None] };
        let dimension = energies.len() / parities.len();
        energies.truncate(dimension);
        // Levels without a field: the lowest energies.
        let mut classical = energies.clone();
        classical.sort_by(f64::total_cmp);
        classical.truncate(wanted);
        let sector = |(k, parity): (usize, &Option<Parity>)| {
            let search = Lowest::new(wanted, dimension, seed.wrapping_add(k as u64))?;
            Ok(Sector { parity: *parity, search })
        };
        let sectors = parities.iter().enumerate().map(sector).collect::<Result<_>>()?;
        Ok(Scan {
            levels,
            tolerance,
            watch: watch.clone(),
            schedule,
            num_spins: n,
            energies,
            classical,
            sectors,
            wanted,
            below,
            above,
            degeneracy,
        })
    }

    /// The point at s: that of the file, or a new one, which the file gets.
    pub fn kept_point(&mut self, s: f64, log: Option<&mut GapLog<'_>>) -> Result<GapPoint> {
        let Some(log) = log else { return self.point(s) };
        if let Some(point) = log.take(s)? {
            return Ok(point);
        }
        let before = self.products();
        let point = self.point(s)?;
        log.add(&point, self.products() - before);
        Ok(point)
    }

    /// Products of H with a vector so far.
    pub fn products(&self) -> u64 {
        self.sectors.iter().map(|sector| sector.search.products).sum()
    }

    fn point(&mut self, s: f64) -> Result<GapPoint> {
        let (a, b) = self.schedule.at(s);
        if a == 0.0 && b == 0.0 {
            return Err(Error::Invalid {
                what: format!("the Hamiltonian at s = {s}"),
                value: "0".into(),
                expected: "A(s) or B(s) must be positive for a gap".into(),
            });
        }
        let change = self.change(s);
        let mut converged = true;
        let mut adiabaticity = 0.0f64;
        let mut sectors: Vec<Vec<Level>> = Vec::new();
        for Sector { parity, search } in &mut self.sectors {
            let parity = *parity;
            let exact = |energy: f64| Level { energy, residual: 0.0, parity };
            if a == 0.0 {
                sectors.push(self.classical.iter().map(|e| exact(0.5 * b * e)).collect());
                continue;
            }
            if b == 0.0 {
                let levels = field_levels(self.num_spins, a, parity);
                sectors.push(levels.take(self.wanted).map(exact).collect());
                continue;
            }
            let hamiltonian = Hamiltonian { energies: &self.energies, a, b, parity };
            let found = search.search(&hamiltonian, s, self.tolerance, &self.watch)?;
            converged &= found.converged;
            if parity != Some(Parity::Odd) {
                let (a, b) = change;
                let elements = search.matrix_elements(&Hamiltonian { a, b, ..hamiltonian });
                let pairs = found.values.iter().zip(elements).skip(self.below.max(1));
                for (value, element) in pairs {
                    let ratio = element.abs() / (value - found.values[0]).powi(2);
                    adiabaticity = adiabaticity.max(ratio);
                }
            }
            let levels = found.values.iter().zip(&found.residuals);
            let level = |(energy, residual): (&f64, &f64)| Level {
                energy: *energy,
                residual: *residual,
                parity,
            };
            sectors.push(levels.map(level).collect());
        }
        let ground = sectors[0][0].energy;
        let in_sector = |levels: &Vec<Level>, number: usize| {
            levels.get(number).map_or(f64::INFINITY, |level| level.energy - ground)
        };
        // Beyond the last level of a sector there may be others of it.
        let complete = |levels: &Vec<Level>| {
            let all = levels.len() == self.energies.len();
            if all { f64::INFINITY } else { levels[levels.len() - 1].energy }
        };
        let top = sectors.iter().map(complete).fold(f64::INFINITY, f64::min);
        let mut levels: Vec<Level> = sectors.iter().flatten().copied().collect();
        levels.sort_by(|a, b| a.energy.total_cmp(&b.energy));
        levels.retain(|level| level.energy <= top);
        levels.truncate(self.wanted.max(self.levels));
        let first_gap = levels.get(1).map_or(0.0, |level| level.energy - ground);
        let (gap, sector_gap) = if self.above {
            let gaps = sectors.iter().map(|levels| in_sector(levels, self.below));
            (gaps.fold(f64::INFINITY, f64::min), in_sector(&sectors[0], self.below))
        } else {
            (first_gap, first_gap)
        };
        Ok(GapPoint { s, levels, gap, first_gap, sector_gap, adiabaticity, converged })
    }

    /// dA/ds and dB/ds.
    fn change(&self, s: f64) -> (f64, f64) {
        let (low, high) = ((s - 1e-6).max(0.0), (s + 1e-6).min(1.0));
        let ((a0, b0), (a1, b1)) = (self.schedule.at(low), self.schedule.at(high));
        ((a1 - a0) / (high - low), (b1 - b0) / (high - low))
    }
}

/// The levels of -a/2 ΣX in ascending order: with k spins against the field, -a (n/2 - k), as often as
/// n choose k.
fn field_levels(n: usize, a: f64, parity: Option<Parity>) -> impl Iterator<Item = f64> {
    let kept = move |k: &usize| match parity {
        None => true,
        Some(Parity::Even) => k.is_multiple_of(2),
        Some(Parity::Odd) => !k.is_multiple_of(2),
    };
    let copies = move |k: usize| {
        let choose = (0..k).fold(1u128, |c, i| c * (n - i) as u128 / (i + 1) as u128);
        std::iter::repeat_n(-a * (0.5 * n as f64 - k as f64), choose.min(64) as usize)
    };
    (0..=n).filter(kept).flat_map(copies)
}
