//! The lowest levels along an anneal, and the gap.

use super::brent;
use super::gap_log::{self, GapLog, or_infinite};
use super::ground_space::{GroundSpace, one_norm};
use super::hamiltonian::{Hamiltonian, Parity};
use super::lowest::Lowest;
use super::schedule::Schedule;
use super::units::Units;
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::math::check_memory;
use crate::math::{Checkpoint, Fingerprint, Kept, Watch};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// The most levels of a search.
const MOST_LEVELS: usize = 40;
/// How closely the place of the smallest gap is found.
const WIDTH: f64 = 1e-5;

/// Computes [`GapCurve`]s, without a matrix.
///
/// ```
/// use ketlab::annealing::{GapSearch, Schedule};
/// use ketlab::ising::Ising;
/// // One spin in a field: levels ± √((1 - s)² + s²).
/// let curve = GapSearch::new().points(11).run(&Ising::new(vec![1.0], [], 0.0), &Schedule::linear())?;
/// assert!((curve.minimum_gap - 2f64.sqrt()).abs() < 1e-9 && (curve.at - 0.5).abs() < 1e-3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GapSearch {
    points: usize,
    levels: usize,
    tolerance: f64,
    seed: u64,
    watch: Watch,
}

/// A level of H(s).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Without the model's offset, in the schedule's unit of energy.
    pub energy: f64,
    /// ‖Hψ - Eψ‖: an eigenvalue is no farther from the energy than this, and as a rule by about its
    /// square over the distance to the levels that were not computed.
    pub residual: f64,
    /// Of a model without fields, the eigenvalue of ΠX.
    pub parity: Option<Parity>,
}

/// The spectrum at one s.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GapPoint {
    /// From 0 to 1.
    pub s: f64,
    /// The lowest levels in ascending order, each as often as its multiplicity.
    pub levels: Vec<Level>,
    /// From the lowest level to the first that does not end in the ground space of the model: with a
    /// ground space of g states, to number g (from 0), counted in each parity by itself.
    #[serde(with = "or_infinite")]
    pub gap: f64,
    /// E₁ - E₀, which closes where the ground space is degenerate.
    #[serde(with = "or_infinite")]
    pub first_gap: f64,
    /// The gap as an anneal from |+…+⟩ meets it: in the sector of ΠX = +1, in which it stays where
    /// there are no fields; else the same as `gap`.
    #[serde(with = "or_infinite")]
    pub sector_gap: f64,
    /// max |⟨k|dH/ds|0⟩| / (E_k - E₀)² over the levels computed above the ground space, in 1/energy.
    #[serde(with = "or_infinite")]
    pub adiabaticity: f64,
    /// Whether all residuals are within the tolerance.
    pub converged: bool,
}

/// The lowest levels along an anneal.
#[derive(Debug, Clone, PartialEq)]
pub struct GapCurve {
    /// In ascending order of s, those of the refinement included.
    pub points: Vec<GapPoint>,
    /// The smallest [`gap`](GapPoint::gap) met.
    pub minimum_gap: f64,
    /// The s of the smallest gap, to 1e-5 where it lies between points; a dip that is narrower than
    /// the points are far apart can be missed.
    pub at: f64,
    /// How many configurations have the lowest energy of the model.
    pub degeneracy: usize,
    /// Whether the gap is to a level above the whole ground space. False where that has more states
    /// than levels are computed, or is all there is: then gaps are E₁ - E₀.
    pub above_ground_space: bool,
    /// The schedule's units.
    pub units: Units,
    /// |d(E₁ - E₀)/ds| far from the avoided crossing, from the curvature of the gap at its minimum;
    /// `None` where the smallest gap is at an end.
    pub slope: Option<f64>,
    /// Products of H with a vector.
    pub products: u64,
    /// Whether it was cancelled: the points are those that were finished, and the smallest gap is
    /// that of these.
    pub interrupted: bool,
}

impl Default for GapSearch {
    fn default() -> Self {
        let (points, levels, seed) = (51, 3, 0);
        GapSearch { points, levels, tolerance: 1e-8, seed, watch: Watch::default() }
    }
}

impl GapSearch {
    /// 51 points, at least three levels, residuals of 1e-8.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many s from 0 to 1, at least 3.
    pub fn points(mut self, points: usize) -> Self {
        self.points = points;
        self
    }

    /// At least this many levels, from 2 to 40; more are computed where the gap needs them.
    pub fn levels(mut self, levels: usize) -> Self {
        self.levels = levels;
        self
    }

    /// The largest residual, relative to the norm of H, from 1e-13 to 1e-2.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The seed of the vectors to begin with.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who may cancel it.
    pub fn watch(mut self, watch: &Watch) -> Self {
        self.watch = watch.clone();
        self
    }

    /// The curve of a model.
    ///
    /// # Errors
    /// If there is no spin, more than fit the memory, or a setting out of range; if H(s) vanishes;
    /// [`Error::Interrupted`] if no point was finished.
    pub fn run(&self, model: &Ising, schedule: &Schedule) -> Result<GapCurve> {
        self.run_watched(model, schedule, |_, _| {})
    }

    /// The same; `each` is told of each point and how many there are but for the refinement.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_watched(
        &self,
        model: &Ising,
        schedule: &Schedule,
        each: impl FnMut(&GapPoint, usize),
    ) -> Result<GapCurve> {
        Ok(self.walked(model, schedule, None, each)?.answer)
    }

    /// The same; finished points are kept in a file, and those that it has are not computed. The vectors
    /// of the search are not in it, so that the levels of a run that goes on agree with those of one
    /// without interruption to the tolerance, not to the bit.
    ///
    /// # Errors
    /// As [`run`](Self::run) and [`Checkpoint::open`].
    pub fn run_kept(
        &self,
        model: &Ising,
        schedule: &Schedule,
        checkpoint: &Checkpoint,
        each: impl FnMut(&GapPoint, usize),
    ) -> Result<Kept<GapCurve>> {
        self.walked(model, schedule, Some(checkpoint), each)
    }

    pub(super) fn belongs_to(&self, model: &Ising, schedule: &Schedule) -> Fingerprint {
        gap_log::fingerprint(model, schedule, self.seed)
            .with("number of points", &self.points)
            .with("number of levels", &self.levels)
            .with("tolerance", &self.tolerance)
    }

    fn walked(
        &self,
        model: &Ising,
        schedule: &Schedule,
        checkpoint: Option<&Checkpoint>,
        mut each: impl FnMut(&GapPoint, usize),
    ) -> Result<Kept<GapCurve>> {
        // The ends of a schedule can be had without a product, where nobody would look at the watch.
        self.watch.check()?;
        let mut scan = self.scan(model, schedule)?;
        let open = |file| GapLog::open(file, &self.belongs_to(model, schedule));
        let mut log = checkpoint.map(open).transpose()?;
        let mut points = Vec::with_capacity(self.points + 16);
        let mut point = |s: f64| scan.kept_point(s, log.as_mut());
        let searched = self.search(&mut point, &mut points, &mut each);
        let interrupted = match searched {
            Err(Error::Interrupted) if !points.is_empty() => true,
            searched => searched.map(|()| false)?,
        };
        points.sort_by(|a, b| a.s.total_cmp(&b.s));
        points.dedup_by_key(|point| point.s);
        let least = points.iter().min_by(|a, b| a.gap.total_cmp(&b.gap)).expect("points");
        let (at, minimum_gap) = (least.s, least.gap);
        let products = scan.products() + log.as_ref().map_or(0, |log| log.products);
        let curve = GapCurve {
            slope: slope(&points, at, minimum_gap),
            minimum_gap,
            at,
            degeneracy: scan.degeneracy,
            above_ground_space: scan.above,
            units: schedule.units(),
            products,
            points,
            interrupted,
        };
        let (resumed, added) = log.as_ref().map_or((0, 0), |log| (log.resumed, log.added));
        Ok(Kept { answer: curve, resumed, added, error: log.and_then(GapLog::into_error) })
    }

    /// The points in ascending order, then those of the refinement.
    fn search(
        &self,
        at: &mut impl FnMut(f64) -> Result<GapPoint>,
        points: &mut Vec<GapPoint>,
        each: &mut impl FnMut(&GapPoint, usize),
    ) -> Result<()> {
        for k in 0..self.points {
            let point = at(k as f64 / (self.points - 1) as f64)?;
            each(&point, self.points);
            points.push(point);
        }
        let lowest = (0..points.len()).min_by(|&i, &j| points[i].gap.total_cmp(&points[j].gap));
        let lowest = lowest.expect("there are points");
        let end = points.len() - 1;
        let bracket = (points[lowest.saturating_sub(1)].s, points[(lowest + 1).min(end)].s);
        let start = (points[lowest].s, points[lowest].gap);
        brent::minimum(bracket, start, WIDTH, 40, |s| {
            let point = at(s)?;
            each(&point, self.points);
            let gap = point.gap;
            points.push(point);
            Ok(gap)
        })?;
        Ok(())
    }

    fn scan<'a>(&'a self, model: &Ising, schedule: &'a Schedule) -> Result<Scan<'a>> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        let n = model.num_spins();
        if n == 0 {
            return invalid("the number of spins", "0".into(), "an anneal has at least one");
        }
        if self.points < 3 {
            let value = self.points.to_string();
            return invalid("the number of points of a gap curve", value, "it must be at least 3");
        }
        if !(2..=MOST_LEVELS).contains(&self.levels) {
            let value = self.levels.to_string();
            return invalid("the number of levels", value, "it must be from 2 to 40");
        }
        if !(1e-13..=1e-2).contains(&self.tolerance) {
            let value = self.tolerance.to_string();
            return invalid("the tolerance of a spectrum", value, "it must be from 1e-13 to 1e-2");
        }
        let norm = one_norm(model);
        if !norm.is_finite() {
            let what = "the sum of all |fields| and |couplings|".into();
            return Err(Error::NotFinite { what, value: norm });
        }
        let needed = |n: usize| {
            let dimension = u32::try_from(n).ok().and_then(|n| 1u128.checked_shl(n));
            let dimension = dimension.unwrap_or(u128::MAX);
            Lowest::memory(self.levels, dimension).saturating_add(dimension.saturating_mul(12))
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
        let wanted = if above { (below + 1).max(self.levels) } else { self.levels };
        let parities: &[Option<Parity>] =
            if symmetric { &[Some(Parity::Even), Some(Parity::Odd)] } else { &[None] };
        let dimension = energies.len() / parities.len();
        energies.truncate(dimension);
        // Levels without a field: the lowest energies.
        let mut classical = energies.clone();
        classical.sort_by(f64::total_cmp);
        classical.truncate(wanted);
        let sector = |(k, parity): (usize, &Option<Parity>)| {
            let search = Lowest::new(wanted, dimension, self.seed.wrapping_add(k as u64))?;
            Ok(Sector { parity: *parity, search })
        };
        let sectors = parities.iter().enumerate().map(sector).collect::<Result<_>>()?;
        Ok(Scan {
            settings: self,
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
}

struct Sector {
    parity: Option<Parity>,
    search: Lowest,
}

/// One model, at one s after another.
struct Scan<'a> {
    settings: &'a GapSearch,
    schedule: &'a Schedule,
    num_spins: usize,
    /// Of the configurations of a sector, without the offset.
    energies: Vec<f64>,
    classical: Vec<f64>,
    sectors: Vec<Sector>,
    wanted: usize,
    /// Levels of each sector that end in the ground space.
    below: usize,
    above: bool,
    degeneracy: usize,
}

impl Scan<'_> {
    /// The point at s: that of the file, or a new one, which the file gets.
    fn kept_point(&mut self, s: f64, log: Option<&mut GapLog<'_>>) -> Result<GapPoint> {
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
    fn products(&self) -> u64 {
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
            let found =
                search.search(&hamiltonian, self.settings.tolerance, &self.settings.watch)?;
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
        levels.truncate(self.wanted.max(self.settings.levels));
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

/// Near an avoided crossing gap² = Δ² + slope² (s - s*)².
fn slope(points: &[GapPoint], at: f64, gap: f64) -> Option<f64> {
    let near = |left: bool| {
        let sides = points.iter().filter(|p| if left { p.s < at } else { p.s > at });
        // Beyond the refinement's points, whose gaps differ from Δ by little more than rounding.
        let far = sides.filter(|p| (p.s - at).abs() > 100.0 * WIDTH);
        far.min_by(|p, q| (p.s - at).abs().total_cmp(&(q.s - at).abs()))
    };
    let square = |p: &GapPoint| (p.gap * p.gap - gap * gap) / (p.s - at).powi(2);
    let (left, right) = (near(true)?, near(false)?);
    let mean = 0.5 * (square(left) + square(right));
    (mean > 0.0).then(|| mean.sqrt())
}

impl GapCurve {
    /// An estimate of the success probability of an anneal of this time (in the schedule's unit) with s
    /// in proportion to the time, from the smallest gap alone: 1 - exp(-π Δ² / 2v), v the slope of the
    /// gap in time (Landau, Phys. Z. Sowjetunion 2, 46 (1932); Zener, Proc. R. Soc. A 137, 696 (1932)).
    /// It holds for one avoided crossing of two levels, passed from far on one side to far on the
    /// other. `None` where the smallest gap is at an end.
    pub fn landau_zener(&self, time: f64) -> Option<f64> {
        let rate = PI * self.units.radians() * self.minimum_gap.powi(2) / (2.0 * self.slope?);
        Some(-(-rate * time).exp_m1())
    }

    /// An estimate of the time (in the schedule's unit) that an anneal should be long against, s in
    /// proportion to the time: the largest |⟨k|dH/ds|0⟩| / (E_k - E₀)² on the curve (Messiah, Quantum
    /// Mechanics, XVII.13). No bound: those have further terms.
    pub fn adiabatic_time(&self) -> f64 {
        let largest = self.points.iter().map(|point| point.adiabaticity).fold(0.0, f64::max);
        largest / self.units.radians()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{dense, ferromagnet, numbers, reference, ring};
    use super::*;
    use crate::ising::Graph;
    use nalgebra::DMatrix;

    fn curve(model: &Ising, search: GapSearch) -> GapCurve {
        search.run(model, &Schedule::linear()).unwrap()
    }

    /// All levels of -(1 - s) ΣX + s E, from the matrix.
    fn levels(model: &Ising, s: f64) -> Vec<f64> {
        let n = model.num_spins();
        let energies = model.energies().unwrap();
        let entry = |i: usize, j: usize| match (i ^ j).count_ones() {
            0 => s * (energies[i] - model.offset()),
            1 => s - 1.0,
            _ => 0.0,
        };
        let matrix = DMatrix::from_fn(1 << n, 1 << n, entry);
        let mut levels = matrix.symmetric_eigenvalues().as_slice().to_vec();
        levels.sort_by(f64::total_cmp);
        levels
    }

    #[test]
    fn levels_are_those_of_the_matrix() {
        let h = vec![0.3, -0.8, 0.5, 0.2, -0.1, 0.7, 1.1];
        let field = Ising::new(h, dense(7).couplings().to_vec(), 1.5);
        // Symmetric models have levels of many copies; free spins in equal fields too.
        let models = [
            field,
            dense(7),
            ferromagnet(6, -0.4, 0.0),
            ferromagnet(6, -0.4, 0.1),
            Ising::new(vec![0.5; 6], [], 0.0),
            ring(7, 1.0),
            Ising::new(vec![0.0; 2], [(0, 1, 1.0)], 0.0),
        ];
        for (number, model) in models.iter().enumerate() {
            let found = curve(model, GapSearch::new().points(6).levels(5).tolerance(1e-9));
            for point in &found.points {
                assert!(point.converged, "model {number}, s = {}", point.s);
                let exact = levels(model, point.s);
                for (k, level) in point.levels.iter().enumerate() {
                    let off = (level.energy - exact[k]).abs();
                    assert!(off < 1e-9, "model {number}, s = {}, level {k}: {off:e}", point.s);
                }
                assert!((point.first_gap - (exact[1] - exact[0])).abs() < 1e-9);
                assert!(point.levels.len() >= 3.min(exact.len()), "{number} {}", point.s);
            }
        }
    }

    #[test]
    fn a_critical_chain_has_pfeutys_gap() {
        let chain = Ising::new(vec![0.0; 12], (1..12).map(|i| (i - 1, i, -1.0)), 0.0);
        let found = curve(&chain, GapSearch::new().points(5));
        let middle = &found.points.iter().find(|point| point.s == 0.5).unwrap();
        // H(1/2) is half of -ΣX - ΣZZ: E₀ = 1 - 1/sin(π/(2(2n + 1))) (Pfeuty, Ann. Phys. 57, 79 (1970)).
        let ground = 1.0 - 1.0 / (PI / 50.0).sin();
        assert!((2.0 * middle.levels[0].energy - ground).abs() < 1e-10);
        let gap = 4.0 * (PI / 50.0).sin();
        assert!((2.0 * middle.first_gap - gap).abs() < 1e-10, "{}", middle.first_gap);
        assert!((gap - 0.2511620781).abs() < 1e-3);
        assert_eq!((found.degeneracy, found.above_ground_space), (2, true));
        assert_eq!(middle.levels[0].parity, Some(Parity::Even));
        assert_eq!(middle.levels[1].parity, Some(Parity::Odd));
    }

    #[test]
    fn a_degenerate_end_has_a_gap_above_it() {
        let found = curve(&ring(6, -1.0), GapSearch::new().points(21));
        let end = found.points.last().unwrap();
        assert_eq!(found.degeneracy, 2);
        assert!(end.first_gap == 0.0 && end.gap == 4.0, "{end:?}");
        // A periodic chain of free fermions: even sector, ±k = π/n.
        assert!(found.minimum_gap > 0.1 && found.minimum_gap < 4.0);
        // A frustrated ring: 10 ground states, 5 in each sector.
        let frustrated = Graph::new(5, (0..5).map(|v| (v, (v + 1) % 5, 1.0))).max_cut();
        let found = curve(&frustrated, GapSearch::new().points(11));
        assert_eq!(found.degeneracy, 10);
        assert!(found.points.last().unwrap().gap > 1.0 && found.above_ground_space);
        // Nothing is above the ground space of no model.
        let nothing = curve(&Ising::new(vec![0.0; 3], [], 0.0), GapSearch::new().points(3));
        assert!(!nothing.above_ground_space && nothing.degeneracy == 8);
    }

    #[test]
    fn small_instances_of_the_reference() {
        let Some(data) = reference("anneal/schroedinger_small.json") else { return };
        for instance in numbers(&data, "instances") {
            let h = numbers(instance, "h").iter().map(|x| x.as_f64().unwrap()).collect();
            let pair = |e: &serde_json::Value| {
                let at = |k: usize| e[k].as_u64().unwrap() as usize;
                (at(0), at(1), e[2].as_f64().unwrap())
            };
            let model = Ising::new(h, numbers(instance, "J").iter().map(pair), 0.0);
            let found = curve(&model, GapSearch::new().points(101));
            let place = instance["s_at_min_gap"].as_f64().unwrap();
            let gap = instance["min_gap_on_grid_101"].as_f64().unwrap();
            let near = |p: &&GapPoint| (p.s - place).abs() < 1e-9;
            let point = found.points.iter().find(near).unwrap();
            assert!((point.gap - gap).abs() < 1e-8, "{} {gap}", point.gap);
            assert!(found.minimum_gap <= gap && found.minimum_gap > gap - 1e-3);
            assert!((found.at - place).abs() <= 0.01);
        }
    }

    /// One spin: E = ± √((1 - s)² + s²), an avoided crossing that Landau and Zener's formula fits.
    #[test]
    fn estimates_of_one_spin() {
        let found = curve(&Ising::new(vec![0.01], [], 0.0), GapSearch::new().points(201));
        // gap² = 4 (1 - s)² + 4e-4 s²: least at s = 1/(1 + 1e-4).
        let place = 1.0 / (1.0 + 1e-4);
        let gap2 = |s: f64| 4.0 * (1.0 - s).powi(2) + 4e-4 * s * s;
        assert!((found.minimum_gap - gap2(place).sqrt()).abs() < 1e-7);
        let spin = curve(&Ising::new(vec![1.0], [], 0.0), GapSearch::new().points(41));
        assert!((spin.slope.unwrap() - 8f64.sqrt()).abs() < 1e-3, "{:?}", spin.slope);
        let success = spin.landau_zener(3.0).unwrap();
        assert!((success - (1.0 - (-PI * 2.0 * 3.0 / (2.0 * 8f64.sqrt())).exp())).abs() < 1e-3);
        // |⟨1|dH/ds|0⟩| = 1/√(2) · 2 … at s = 1/2: dH/ds = X + Z, field along X + Z turned by 90°.
        let middle = spin.points.iter().find(|p| p.s == 0.5).unwrap();
        assert!((middle.adiabaticity - 2f64.sqrt() / 2.0).abs() < 1e-6, "{}", middle.adiabaticity);
        assert!((spin.adiabatic_time() - middle.adiabaticity).abs() < 1e-3);
    }

    #[test]
    fn the_same_bits_at_any_number_of_threads() {
        let model = dense(15);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| curve(&model, GapSearch::new().points(3).tolerance(1e-4)))
        };
        assert_eq!(run(1), run(3));
    }

    #[test]
    fn what_has_no_gap_is_refused() {
        let says = |search: GapSearch, model: &Ising| {
            search.run(model, &Schedule::linear()).unwrap_err().to_string()
        };
        let new = GapSearch::new;
        assert!(says(new(), &Ising::new(vec![], [], 0.0)).contains("the number of spins is 0"));
        assert!(says(new().points(2), &ring(3, 1.0)).contains("at least 3"));
        assert!(says(new().levels(1), &ring(3, 1.0)).contains("from 2 to 40"));
        assert!(says(new().tolerance(0.0), &ring(3, 1.0)).contains("tolerance"));
        let overflow = Ising::new(vec![1e308; 2], [(0, 1, 1e308)], 0.0);
        assert!(says(new(), &overflow).contains("couplings"));
        if crate::math::available_memory().is_some() {
            assert!(says(new(), &Ising::new(vec![0.0; 45], [], 0.0)).contains("spins fit"));
        }
        let watch = Watch::default();
        watch.cancel();
        let error = new().watch(&watch).run(&dense(8), &Schedule::linear()).unwrap_err();
        assert_eq!(error, Error::Interrupted);
    }
}
