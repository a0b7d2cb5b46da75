//! Where the points of a gap curve lie: along the anneal, then where the gap is smallest.

use super::brent;
use super::gap_log::{self, GapLog};
use super::gap_scan::Scan;
use super::schedule::Schedule;
use super::spectrum::{GapCurve, GapPoint, WIDTH, slope};
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::math::{Checkpoint, Fingerprint, Kept, Watch};

/// The most levels of a search.
pub(super) const MOST_LEVELS: usize = 40;

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

    fn scan<'a>(&self, model: &Ising, schedule: &'a Schedule) -> Result<Scan<'a>> {
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
        Scan::new(model, schedule, self.levels, self.tolerance, self.seed, &self.watch)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::hamiltonian::Parity;
    use super::super::tests::{dense, ferromagnet, numbers, reference, ring};
    use super::*;
    use crate::ising::Graph;
    use nalgebra::DMatrix;
    use std::f64::consts::PI;

    pub fn curve(model: &Ising, search: GapSearch) -> GapCurve {
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
