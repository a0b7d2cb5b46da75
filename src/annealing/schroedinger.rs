//! Annealing by Schrödinger's equation.

use super::drive::{Segment, segments};
use super::evolution::{Evolution, Initial, Moment};
use super::ground_space::GroundSpace;
use super::path::Path;
use super::schedule::Schedule;
use super::splitting::Splitting;
use super::stages::{Stages, fastest_spin};
use crate::engine::{
    Action, Kind, PauliMask, PauliObservable, Scalar, StateVector, bytes_needed, max_qubits,
};
use crate::error::{Error, Result};
use crate::ising::{Ising, reads};
use crate::math::{Fingerprint, Watch, check_memory, list_of};
use num_complex::Complex64;
use std::f64::consts::FRAC_PI_2;

/// Solves i dψ/dt = H(t) ψ for the transverse-field Ising model, without a matrix: both parts of H
/// have exact flows, which a [`Splitting`] composes. The norm is kept, and no step is too large to be
/// stable.
///
/// The error is controlled for the whole anneal, not step by step: the anneal is run with a few steps,
/// then with more, and the number of steps that the tolerance needs follows from the distance of the
/// two final states and the order of the splitting. The last two runs make the estimate in the
/// [`Evolution`]; those before the last have at most half of its steps, and where the second run
/// tells enough, all of them together cost about a third more than the last alone. Memory is that of
/// two states and the list of energies.
///
/// ```
/// use ketlab::annealing::{Path, Schedule, SchroedingerAnnealing};
/// use ketlab::ising::Graph;
/// // A ring of five: its largest cuts have four edges, and there are ten of them.
/// let ring = Graph::try_new(5, (0..5).map(|v| (v, (v + 1) % 5, 1.0)))?;
/// let anneal = SchroedingerAnnealing::new().tolerance(1e-8);
/// let slow = anneal.run(&ring.max_cut(), &Schedule::linear(), &Path::forward(50.0)?)?;
/// assert_eq!((slow.ground_energy, slow.degeneracy), (-4.0, 10));
/// assert!(slow.success_probability > 0.99 && slow.error_estimate < 1e-8);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SchroedingerAnnealing {
    splitting: Splitting,
    tolerance: f64,
    steps: Option<usize>,
    max_steps: usize,
    initial: Initial,
    moments: usize,
    watch: Watch,
}

impl Default for SchroedingerAnnealing {
    fn default() -> Self {
        SchroedingerAnnealing {
            splitting: Splitting::default(),
            tolerance: 1e-6,
            steps: None,
            max_steps: 10_000_000,
            initial: Initial::Plus,
            moments: 0,
            watch: Watch::default(),
        }
    }
}

/// Phases that the first run's step collects, at the fastest spin: too large to be exact, small
/// enough for the next runs to learn from.
const FIRST_PHASE: f64 = 4.0;
/// Distances of final states from which on the order of a splitting shows.
const ASYMPTOTIC: f64 = 0.03;
/// The most by which the number of steps grows from a run to the next where the estimate is kept.
const MOST_GROWTH: usize = 4;

impl SchroedingerAnnealing {
    /// From |+…+⟩, with the splitting of order 4, to a tolerance of 1e-6.
    pub fn new() -> Self {
        Self::default()
    }

    /// How steps are made.
    pub fn splitting(mut self, splitting: Splitting) -> Self {
        self.splitting = splitting;
        self
    }

    /// The largest error of the final state, ‖Δψ‖₂ up to a global phase; from 1e-13 to 0.1. No
    /// probability is off by more, to first order. From 1e-9 down, order 6 is the faster one.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// About this many steps instead of a tolerance: each stretch between kinks of the schedule and
    /// moments of the record has an even number, at least 2. The estimate comes from a run with half
    /// of them.
    pub fn steps(mut self, steps: usize) -> Self {
        self.steps = Some(steps);
        self
    }

    /// The most steps of a run (10⁷ unless set); where more are needed there is an error, not a
    /// coarser answer.
    pub fn max_steps(mut self, steps: usize) -> Self {
        self.max_steps = steps;
        self
    }

    /// Where it begins.
    pub fn initial(mut self, initial: Initial) -> Self {
        self.initial = initial;
        self
    }

    /// Records this many moments at equal distances of time, both ends included (at least 2); none
    /// unless set. Steps end at each.
    pub fn moments(mut self, count: usize) -> Self {
        self.moments = count;
        self
    }

    /// Who may cancel it.
    pub fn watch(mut self, watch: &Watch) -> Self {
        self.watch = watch.clone();
        self
    }

    /// What its answers belong to, whatever the moments: the model, the schedule, the path, how it
    /// begins and how closely it is solved.
    pub fn fingerprint(&self, model: &Ising, schedule: &Schedule, path: &Path) -> Fingerprint {
        let initial = match &self.initial {
            Initial::Plus => "plus".to_string(),
            Initial::Classical(bits) => bits.to_string(),
        };
        // Nothing of it is drawn at random.
        reads::fingerprint("Schrödinger's equation", model, 0)
            .and(schedule.fingerprint())
            .with("path", path.points())
            .with("initial state", &initial)
            .with("splitting", &self.splitting)
            .with("tolerance", &self.tolerance)
            .with("number of steps", &self.steps)
    }

    /// Anneals a model.
    ///
    /// # Errors
    /// If there is no spin, more than fit the memory, or a wrong number of bits to begin with; if the
    /// tolerance, the numbers of steps or of moments are out of range, or more steps than allowed are
    /// needed; if the norm drifts by more than the tolerance and rounding explain; [`Error::Interrupted`].
    pub fn run(&self, model: &Ising, schedule: &Schedule, path: &Path) -> Result<Evolution> {
        self.check(model)?;
        let moments: Vec<f64> = match self.moments {
            0 => Vec::new(),
            count => {
                let part = |k: usize| path.time() * (k as f64 / (count - 1) as f64);
                (0..count).map(part).collect()
            }
        };
        let segments = segments(schedule, path, &moments);
        let fastest = fastest_spin(model)?;
        let phases: Vec<f64> = segments.iter().map(|piece| piece.phase(fastest)).collect();
        let all: f64 = phases.iter().sum();
        let first = match self.steps {
            Some(steps) => 0.5 * steps as f64,
            None => (all / FIRST_PHASE).max(1.0),
        };
        let limit = self.max_steps as f64;
        let too_many = |steps: f64| Error::Invalid {
            what: "the number of steps".into(),
            value: format!("{steps:.0}"),
            expected: format!(
                "at most {} are allowed; shorten the anneal, weaken the model, or ask for less \
                 precision",
                self.max_steps
            ),
        };
        let least = first + segments.len() as f64;
        if least.is_nan() || least > limit {
            return Err(too_many(least));
        }
        let share = |phase: f64| if all > 0.0 { phase / all } else { 0.0 };
        let counts = phases.iter().map(|&phase| ((first * share(phase)).ceil() as usize).max(1));
        let counts: Vec<usize> = counts.collect();
        let base: usize = counts.iter().sum();

        let ground = GroundSpace::new(model)?;
        let mut run = Run::new(self, model, schedule, path, &segments, &counts, &ground)?;
        let (mut factor, mut total) = (1, base);
        let mut coarse = run.start()?;
        run.propagate(factor, &mut coarse)?;
        let mut next = 2;
        loop {
            if (base as f64) * (next as f64) > limit {
                return Err(too_many(base as f64 * next as f64));
            }
            let mut fine = run.start()?;
            let norm_drift = run.propagate(next, &mut fine)?;
            total += base * next;
            let distance = distance(&mut coarse, &mut fine);
            let order = self.splitting.order() as i32;
            let ratio = (next as f64 / factor as f64).powi(order);
            let estimate = distance / (ratio - 1.0);
            // At the rounding of the amplitudes no step makes it smaller.
            let estimate = estimate.max(f64::EPSILON);
            let enough =
                self.steps.is_some() || distance <= ASYMPTOTIC && estimate <= self.tolerance;
            if enough {
                return run.evolution(fine, estimate, norm_drift, [base * next, total], self);
            }
            factor = next;
            coarse = fine;
            next = self.more_steps(factor, distance, estimate);
        }
    }

    /// By which factor of the first run the next one has more steps.
    fn more_steps(&self, factor: usize, distance: f64, estimate: f64) -> usize {
        if distance > ASYMPTOTIC {
            return 2 * factor;
        }
        let order = f64::from(self.splitting.order());
        let growth = (estimate / (0.7 * self.tolerance)).powf(1.0 / order);
        let most = MOST_GROWTH as f64;
        // The last run is at most four times the one before, else its estimate would be far from what
        // it is made of; two even strides come to less than a long and a short one.
        let growth = if growth <= most { growth } else { growth.sqrt().min(most) };
        ((factor as f64 * growth).ceil() as usize).max(factor + factor.div_ceil(4))
    }

    fn check(&self, model: &Ising) -> Result<()> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        let n = model.num_spins();
        if n == 0 {
            return invalid("the number of spins", "0".into(), "an anneal has at least one");
        }
        if let Initial::Classical(bits) = &self.initial {
            model.check_bits(bits)?;
        }
        if !(1e-13..=0.1).contains(&self.tolerance) {
            let value = self.tolerance.to_string();
            return invalid("the tolerance of an anneal", value, "it must be from 1e-13 to 0.1");
        }
        if self.steps == Some(0) {
            return invalid("the number of steps", "0".into(), "it must be at least 1");
        }
        if self.moments == 1 {
            return invalid("the number of moments", "1".into(), "both ends are two; 0 is none");
        }
        // Two states and the energies, before the first of them is taken.
        let needed = bytes_needed(n, 2 * 16 + 12);
        check_memory(format_args!("an anneal of {n} spins"), needed, |available| {
            let fits = max_qubits(available, 2 * 16 + 12);
            (Some(fits), format!("{fits} spins fit; anneal more of them by sampling"))
        })
    }
}

/// ‖a - e^{iφ} b‖₂ for the φ that makes it least.
pub(super) fn distance(a: &mut StateVector, b: &mut StateVector) -> f64 {
    let overlap = b.inner_product(a);
    let phase = if overlap.norm() > 0.0 { overlap / overlap.norm() } else { Complex64::ONE };
    let blocks = a.amplitudes().chunks(4096).zip(b.amplitudes().chunks(4096));
    let block = |(a, b): (&[Complex64], &[Complex64])| {
        a.iter().zip(b).map(|(a, b)| (a - phase * b).norm_sqr()).sum::<f64>()
    };
    blocks.map(block).sum::<f64>().sqrt()
}

/// One anneal, with any number of steps.
struct Run<'a> {
    model: &'a Ising,
    schedule: &'a Schedule,
    path: &'a Path,
    segments: &'a [Segment],
    /// Steps of each segment where the factor is 1.
    counts: &'a [usize],
    ground: &'a GroundSpace,
    nodes: Vec<(f64, f64)>,
    tolerance: f64,
    initial: &'a Initial,
    stages: Stages<'a>,
    transverse: PauliObservable,
    records: bool,
    moments: Vec<Moment>,
}

impl<'a> Run<'a> {
    fn new(
        settings: &'a SchroedingerAnnealing,
        model: &'a Ising,
        schedule: &'a Schedule,
        path: &'a Path,
        segments: &'a [Segment],
        counts: &'a [usize],
        ground: &'a GroundSpace,
    ) -> Result<Self> {
        let n = model.num_spins();
        let x: Vec<_> = (0..n).map(|q| (PauliMask { x: 1 << q, z: 0 }, 1.0)).collect();
        // The instruction set of new states.
        let state = StateVector::<f64>::zero(1)?;
        Ok(Run {
            model,
            schedule,
            path,
            segments,
            counts,
            ground,
            nodes: settings.splitting.nodes(),
            tolerance: settings.tolerance,
            initial: &settings.initial,
            stages: Stages::new(model, state.target(), &settings.watch)?,
            transverse: PauliObservable::new(n, &x)?,
            records: settings.moments > 0,
            moments: list_of("the moments of an anneal", settings.moments, "record fewer")?,
        })
    }

    fn start(&self) -> Result<StateVector> {
        match self.initial {
            Initial::Classical(bits) => StateVector::from_bits(bits),
            Initial::Plus => {
                let mut state = StateVector::zero(self.model.num_spins())?;
                for q in 0..self.model.num_spins() {
                    let y = PauliMask { x: 1 << q, z: 1 << q };
                    let turn = Kind::Rotation(y, Scalar::Const(FRAC_PI_2));
                    state.apply(&Action::new(turn), &[]);
                }
                Ok(state)
            }
        }
    }

    /// The whole anneal with `factor` times as many steps as the first run; |Σ|a|² - 1| before the
    /// state is normalized.
    fn propagate(&mut self, factor: usize, state: &mut StateVector) -> Result<f64> {
        self.moments.clear();
        if self.records {
            self.record(0.0, state);
        }
        // What is left of the X part of a step goes into the first of the next.
        let mut alpha = 0.0;
        for (piece, count) in self.segments.iter().zip(self.counts) {
            let steps = count * factor;
            let step = piece.duration / steps as f64;
            let mut from = 0.0;
            for k in 0..steps {
                for &(end, share) in &self.nodes {
                    let to = (k as f64 + end) * step;
                    alpha += piece.a_between(from, to);
                    self.stages.push(alpha, share * step * piece.b_at(to), state)?;
                    (alpha, from) = (0.0, to);
                }
            }
            alpha += piece.a_between(from, piece.duration);
            if piece.record {
                self.stages.finish(alpha, state)?;
                alpha = 0.0;
                self.record(piece.start + piece.duration, state);
            }
        }
        self.stages.finish(alpha, state)?;
        let norm = state.norm();
        let drift = (norm - 1.0).abs();
        let steps: usize = self.counts.iter().map(|count| count * factor).sum();
        let gates = steps * self.nodes.len() * self.stages.gates();
        let limit = self.tolerance.max(f64::EPSILON * gates as f64);
        if drift.is_nan() || drift > limit {
            return Err(Error::Invalid {
                what: "the drift of the norm".into(),
                value: format!("{drift:e}"),
                expected: format!("the tolerance, and what rounding explains, is {limit:e}"),
            });
        }
        state.scale(Complex64::from(1.0 / norm.sqrt()));
        Ok(drift)
    }

    fn record(&mut self, time: f64, state: &mut StateVector) {
        let time = time.min(self.path.time());
        let s = self.path.at(time);
        let (a, b) = self.schedule.at(s);
        let model_energy = self.ground.mean(state);
        let x = self.transverse.expectation(state);
        self.moments.push(Moment {
            time,
            s,
            energy: 0.5 * (b * (model_energy - self.model.offset()) - a * x),
            model_energy,
            transverse: x / self.model.num_spins() as f64,
            success_probability: self.ground.weight(state),
        });
    }

    fn evolution(
        self,
        mut state: StateVector,
        error_estimate: f64,
        norm_drift: f64,
        [steps, total_steps]: [usize; 2],
        settings: &SchroedingerAnnealing,
    ) -> Result<Evolution> {
        Ok(Evolution {
            success_probability: self.ground.weight(&state),
            mean_energy: self.ground.mean(&mut state),
            ground_energy: self.ground.lowest,
            degeneracy: self.ground.states.len(),
            error_estimate,
            norm_drift,
            steps,
            total_steps,
            splitting: settings.splitting,
            time: self.path.time(),
            units: self.schedule.units(),
            moments: self.moments,
            state,
        })
    }
}
