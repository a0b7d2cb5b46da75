//! From data to a report.

use super::contest::{Choice, Contender, Contest, Fitted};
use super::quantum::Sampled;
use super::report::{KernelReport, SampledReport};
use super::settings::{KernelKind, KernelStudy};
use super::verdict::Verdict;
use crate::circuit::library::Embedding;
use crate::error::{Error, Result};
use crate::learning::classical::{ClassicalKernel, CrossValidated, summary};
use crate::learning::data::{DataSet, Split, Targets, Task, folds};
use crate::learning::kernel::{Concentration, geometric_difference, model_complexity, with_trace};
use crate::learning::paired::Paired;
use crate::math::Fingerprint;
use crate::simulate::Simulator;
use nalgebra::DMatrix;
use ndarray::{Array2, ArrayView2};

/// The most of a training difference, in units of √N, of a classical kernel that can fit what the
/// quantum one can: its mean squared training error is at most 1 % of s_Q.
const FITS: f64 = 0.1;

/// Training rows up to which every setting of the classical kernels is compared.
const MOST_COMPARED: usize = 500;

/// The nearest classical kernel so far, with what it is ordered by.
type Nearest = ((f64, f64), ClassicalKernel);

impl KernelReport {
    /// Takes note of a classical kernel of these geometric and training differences, if it is nearer.
    fn note_nearest(
        &mut self,
        nearest: &mut Option<Nearest>,
        kernel: ClassicalKernel,
        g: f64,
        t: f64,
    ) {
        // Those that cannot fit come last, the one that fits best before them.
        let limit = FITS * (self.kernel.nrows() as f64).sqrt();
        let order = if t <= limit { (0.0, g) } else { (t, g) };
        if nearest.is_none_or(|(least, _)| order < least) {
            *nearest = Some((order, kernel));
            self.geometric_difference = Some(g);
            self.nearest = Some(kernel.to_string());
            self.nearest_fits = t <= limit;
        }
    }
}

/// Who is told what is begun next.
type Tell<'t> = &'t mut (dyn FnMut(&str) + Send);

/// A contender with what became of it.
struct Entrant {
    contender: Contender,
    fitted: Fitted,
    /// Of each row that judges.
    row_scores: Vec<f64>,
}

impl KernelStudy {
    /// Runs it, on the simulator's threads.
    ///
    /// # Errors
    /// If data and settings do not fit together: one class only, a class of too few rows, settings
    /// that exclude each other, features that the embedding does not take, what a simulation refuses;
    /// [`Error::Interrupted`] if the quantum kernel was not judged yet. Later, what is done is reported.
    pub fn run(&self, data: &DataSet, simulator: &Simulator) -> Result<KernelReport> {
        self.run_telling(data, simulator, &mut |_| {})
    }

    /// The same, telling what is begun next, such as `rbf kernel`.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_telling(
        &self,
        data: &DataSet,
        simulator: &Simulator,
        tell: Tell<'_>,
    ) -> Result<KernelReport> {
        self.check()?;
        let split = Split::new(data.targets(), 0.0, self.test, self.seed)?;
        self.run_split(data, &split, simulator, tell)
    }

    /// The same with training and test rows of one's own; validation rows are left out.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_split(
        &self,
        data: &DataSet,
        split: &Split,
        simulator: &Simulator,
        tell: Tell<'_>,
    ) -> Result<KernelReport> {
        self.check()?;
        check_classes(data.targets())?;
        simulator.install(|| self.report(data, split, simulator, tell))
    }

    fn report(
        &self,
        data: &DataSet,
        split: &Split,
        simulator: &Simulator,
        tell: Tell<'_>,
    ) -> Result<KernelReport> {
        let (train, _, test) = split.parts(data);
        let embedding = Embedding::new(self.map.parse()?, data.num_features())?;
        let contest = Contest::new(self, simulator, &train, test.as_ref(), 0)?;
        let judges = test.is_none().then_some((&train, simulator));
        let map = Contender::Map { embedding: embedding.clone().into(), name: self.map.clone() };
        let mut notes = Vec::new();
        if self.shots.is_some() && self.rivals {
            notes.push(
                "geometric differences are of the kernel from shots, whose noise no classical kernel \
                 has and which makes them larger"
                    .into(),
            );
        }
        let mut quantum = entrant(self, &contest, map, judges, tell)?;
        let Some(gram) = quantum.fitted.gram.take() else {
            unreachable!("a quantum kernel is learned from")
        };
        let kernel = gram.kernel;
        let complexity = |kernel: ArrayView2<f64>| complexity(kernel, &contest, self.lambda);
        note(&mut notes, &self.map, complexity(kernel.view()))
            .inspect(|s| quantum.fitted.contestant.model_complexity = Some(*s));
        let mut report = KernelReport {
            accuracy: (data.task() == Task::Classification)
                .then(|| quantum.fitted.contestant.score()),
            train: quantum.fitted.contestant.train.clone(),
            test: quantum.fitted.contestant.test.clone(),
            quantum: quantum.fitted.contestant.clone(),
            num_qubits: embedding.num_qubits(),
            geometric_difference: None,
            nearest: None,
            nearest_fits: false,
            lambda: self.lambda,
            rivals: Vec::new(),
            best_classical: None,
            verdict: None,
            concentration: self.concentration(kernel.view(), embedding.num_qubits()),
            sampled: gram.sampled.map(|sampled| self.sampled(sampled)),
            relabelled: None,
            notes,
            interrupted: false,
            kernel_fingerprint: fingerprint(&kernel),
            split: split.clone(),
            experiment: self.clone(),
            kernel,
            test_kernel: quantum.fitted.cross.take(),
            classical_kernel: None,
            train_targets: train.targets().clone(),
        };
        if let Some(sampled) = report.sampled.as_ref().filter(|s| s.change == 0.0)
            && sampled.lowest_eigenvalue < -1e-6
        {
            report.notes.push(format!(
                "the estimated kernel has the eigenvalue {:.3e}: a machine on it has no unique \
                 solution, and other programs may find another; a repair makes it one",
                sampled.lowest_eigenvalue
            ));
        }
        match self.beside(
            &contest,
            &quantum,
            &embedding,
            (data, judges),
            simulator,
            &mut report,
            tell,
        ) {
            Err(Error::Interrupted) => {
                report.interrupted = true;
                report.notes.push("interrupted: not everything beside the kernel is there".into());
            }
            done => done?,
        }
        Ok(report)
    }

    /// Everything beside the quantum kernel.
    #[expect(clippy::too_many_arguments, reason = "all of a study")]
    fn beside(
        &self,
        contest: &Contest<'_>,
        quantum: &Entrant,
        embedding: &Embedding,
        (data, judges): (&DataSet, Option<(&DataSet, &Simulator)>),
        simulator: &Simulator,
        report: &mut KernelReport,
        tell: Tell<'_>,
    ) -> Result<()> {
        if !self.rivals && !self.relabel {
            return Ok(());
        }
        let contenders = self.contenders(embedding, &mut report.notes);
        // By tuning, and by geometric difference.
        let (mut best, mut nearest) = (None::<(f64, usize)>, None::<Nearest>);
        for contender in contenders {
            let mut entrant = entrant(self, contest, contender, judges, tell)?;
            let name = entrant.contender.name();
            let advantage = Paired::of(
                &quantum.row_scores,
                &entrant.row_scores,
                data.task() == Task::Classification,
            );
            let gram = entrant.fitted.gram.take();
            let rival = &mut entrant.fitted.contestant;
            rival.advantage = advantage;
            if let Some(gram) = &gram {
                let kernel = gram.kernel.view();
                let found = training_difference(kernel, report.kernel.view(), self.lambda);
                let what = format!("training difference of the {name}");
                rival.training_difference = note(&mut report.notes, &what, found);
                let g = geometric_difference(kernel, report.kernel.view(), self.lambda);
                let what = format!("geometric difference of the {name}");
                rival.geometric_difference = note(&mut report.notes, &what, g);
                let s = complexity(kernel, contest, self.lambda);
                let what = format!("model complexity of the {name}");
                rival.model_complexity = note(&mut report.notes, &what, s);
            }
            if let (Choice::Classical(kernel), Some(gram)) = (entrant.fitted.choice, gram) {
                let mean = rival.tuning_score.mean;
                if best.is_none_or(|(best, _)| mean > best) {
                    best = Some((mean, report.rivals.len()));
                    report.best_classical = Some(name.clone());
                    report.classical_kernel = Some(gram.kernel);
                }
                if let (Some(g), Some(t)) = (rival.geometric_difference, rival.training_difference)
                {
                    report.note_nearest(&mut nearest, kernel, g, t);
                }
            }
            report.rivals.push(entrant.fitted.contestant);
            if let Some((_, place)) = best {
                report.verdict = self.verdict(&report.rivals[place], report, data, quantum);
            }
        }
        // Accuracy hardly depends on what decides how near a kernel is, so that all settings count.
        if report.kernel.nrows() <= MOST_COMPARED {
            tell("geometric differences");
            for (kernel, gram) in contest.classical_kernels()? {
                simulator.watch().check()?;
                let of = (gram.view(), report.kernel.view());
                let found = geometric_difference(of.0, of.1, self.lambda)
                    .and_then(|g| Ok((g, training_difference(of.0, of.1, self.lambda)?)));
                // What has none was noted above, if it was chosen.
                if let Ok((g, t)) = found {
                    report.note_nearest(&mut nearest, kernel, g, t);
                }
            }
            if let Some((_, place)) = best {
                report.verdict = self.verdict(&report.rivals[place], report, data, quantum);
            }
        } else {
            report.notes.push(format!(
                "the geometric difference is the smallest of the kernels as they were tuned, since \
                 there are more than {MOST_COMPARED} training rows"
            ));
        }
        if let (true, Choice::Factor(factor)) = (self.relabel, quantum.fitted.choice) {
            tell("new labels");
            let place = self.factors().iter().position(|f| *f == factor).unwrap_or(0);
            let map = (embedding, factor, place as u64);
            let split = report.split.clone();
            let Some((_, kernel)) = nearest else {
                report.notes.push("no new labels: there is no geometric difference".into());
                return Ok(());
            };
            match self.relabelled(contest, (data, &split), map, kernel, simulator) {
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => report.notes.push(format!("no new labels: {error}")),
                Ok(found) => report.relabelled = Some(found),
            }
        }
        Ok(())
    }

    fn verdict(
        &self,
        against: &super::report::Contestant,
        report: &KernelReport,
        data: &DataSet,
        quantum: &Entrant,
    ) -> Option<Verdict> {
        let is_classes = data.task() == Task::Classification;
        let near = report.nearest.as_deref().zip(report.geometric_difference);
        let near = near.filter(|_| report.nearest_fits);
        let near = near.map(|(name, g)| (name, g, report.kernel.nrows()));
        let rows = quantum.row_scores.len();
        let name = (&*against.name, &*against.setting);
        Some(Verdict::new(name, against.advantage?, is_classes, rows, near))
    }

    /// Who is compared with the quantum kernel, in this order.
    fn contenders(&self, embedding: &Embedding, notes: &mut Vec<String>) -> Vec<Contender> {
        let mut contenders: Vec<_> = ClassicalKernel::NAMES.map(Contender::Classical).into();
        if self.rivals {
            contenders.push(Contender::Linear);
            contenders.extend(self.separable(embedding, notes));
        }
        contenders
    }

    /// The names of all rivals that a report on so many features has.
    ///
    /// # Errors
    /// If the map's name is unknown, or it does not take so many features.
    pub fn rival_names(&self, num_features: usize) -> Result<Vec<String>> {
        let embedding = Embedding::new(self.map.parse()?, num_features)?;
        let contenders = self.contenders(&embedding, &mut Vec::new());
        Ok(contenders.iter().map(Contender::name).collect())
    }

    /// The map without entanglement, if it is another one.
    fn separable(&self, embedding: &Embedding, notes: &mut Vec<String>) -> Option<Contender> {
        let separable = match embedding.separable() {
            Ok(separable) => separable,
            Err(error) => {
                notes.push(format!("no map without entanglement: {error}"));
                return None;
            }
        };
        if separable.circuit().ops().len() == embedding.circuit().ops().len() {
            notes.push("the map has no gates on several qubits: it is its own rival".into());
            return None;
        }
        let name = format!("{} without entanglement", self.map);
        Some(Contender::Map { embedding: separable.into(), name })
    }

    fn concentration(
        &self,
        kernel: ArrayView2<f64>,
        num_qubits: usize,
    ) -> Option<super::report::Concentrated> {
        if self.kind == KernelKind::Projected {
            return None;
        }
        // Of a single row there is none.
        Concentration::of(kernel, num_qubits).ok().map(Into::into)
    }

    fn sampled(&self, sampled: Sampled) -> SampledReport {
        SampledReport {
            shots: sampled.shots,
            total_shots: u64::try_from(sampled.total_shots).unwrap_or(u64::MAX),
            mean_standard_error: sampled.mean_standard_error,
            mean_distance_bias: sampled.mean_distance_bias,
            lowest_eigenvalue: sampled.lowest_eigenvalue,
            num_negative: sampled.num_negative,
            repair: self.repair.name(),
            change: sampled.change,
        }
    }
}

/// Tunes, trains and judges; `judges` are all rows where folds of them judge.
fn entrant(
    study: &KernelStudy,
    contest: &Contest<'_>,
    contender: Contender,
    judges: Option<(&DataSet, &Simulator)>,
    tell: Tell<'_>,
) -> Result<Entrant> {
    tell(&contender.name());
    let mut fitted = contest.fit(&contender)?;
    let mut row_scores = std::mem::take(&mut fitted.row_scores);
    if let Some((data, simulator)) = judges {
        tell(&format!("folds of {}", contender.name()));
        let (scores, rows) = cross_validated(study, &contender, data, simulator)?;
        fitted.contestant.cross_validation = Some(scores);
        row_scores = rows;
    }
    Ok(Entrant { contender, fitted, row_scores })
}

/// The scores of folds, in each everything scaled and tuned anew by the other rows, and of their rows.
fn cross_validated(
    study: &KernelStudy,
    contender: &Contender,
    data: &DataSet,
    simulator: &Simulator,
) -> Result<(CrossValidated, Vec<f64>)> {
    let (mut scores, mut rows) = (Vec::new(), Vec::new());
    for (k, fold) in folds(data.targets(), study.folds, study.seed)?.into_iter().enumerate() {
        let (train, test) = (data.select(&fold.train), data.select(&fold.test));
        let contest = Contest::new(study, simulator, &train, Some(&test), k as u64 + 1)?;
        let fitted = contest.fit(contender)?;
        scores.extend(fitted.contestant.test.iter().map(|test| test.metrics.score()));
        rows.extend(fitted.row_scores);
    }
    Ok((summary(scores)?, rows))
}

/// The model complexity for the training targets.
fn complexity(kernel: ArrayView2<f64>, contest: &Contest<'_>, lambda: f64) -> Result<f64> {
    let one_against_rest = |labels: &[usize], class: usize| {
        let sign = |&label: &usize| if label == class { 1.0 } else { -1.0 };
        let signs: Vec<f64> = labels.iter().map(sign).collect();
        model_complexity(kernel, &signs, lambda)
    };
    match contest.targets() {
        Targets::Values(values) => model_complexity(kernel, values, lambda),
        Targets::Classes { labels, names } if names.len() == 2 => one_against_rest(labels, 1),
        Targets::Classes { labels, names } => {
            let all = (0..names.len()).map(|class| one_against_rest(labels, class));
            Ok(all.sum::<Result<f64>>()? / names.len() as f64)
        }
    }
}

/// g_tra = λ √‖√K_Q (K_C + λ)^-2 √K_Q‖ of kernels of trace N (Huang et al., Nature Communications 12,
/// 2631 (2021), supplement, with regularization): ridge regression on K_C with λ leaves residuals of
/// labels y with Σ r² = λ² yᵀ(K_C + λ)^-2 y ≤ g_tra² s_Q. It is small where K_C has full rank, and up to
/// √N where K_C cannot fit what K_Q can, in which case a small geometric difference says nothing.
pub(super) fn training_difference(
    classical: ArrayView2<f64>,
    quantum: ArrayView2<f64>,
    lambda: f64,
) -> Result<f64> {
    let (classical, quantum) = (with_trace(classical)?, with_trace(quantum)?);
    let size = classical.nrows();
    let mut shifted = DMatrix::from_fn(size, size, |i, j| classical[[i, j]]);
    (0..size).for_each(|k| shifted[(k, k)] += lambda);
    let Some(factor) = shifted.cholesky() else {
        return Err(Error::Invalid {
            what: "the classical kernel plus λ".into(),
            value: "not positive definite".into(),
            expected: "take a larger λ".into(),
        });
    };
    // (K_C + λ)^-1 K_Q (K_C + λ)^-1 has the same eigenvalues.
    let quantum = DMatrix::from_fn(size, size, |i, j| quantum[[i, j]]);
    let half = factor.solve(&quantum).transpose();
    let product = factor.solve(&half);
    let product = 0.5 * (&product + product.transpose());
    Ok(lambda * product.symmetric_eigenvalues().max().max(0.0).sqrt())
}

/// A number, or a note why there is none.
fn note(notes: &mut Vec<String>, what: &str, found: Result<f64>) -> Option<f64> {
    found.map_err(|error| notes.push(format!("{what}: {error}"))).ok()
}

fn fingerprint(kernel: &Array2<f64>) -> Fingerprint {
    let numbers: Vec<f64> = kernel.iter().copied().collect();
    Fingerprint::new().with("kernel", &numbers)
}

fn check_classes(targets: &Targets) -> Result<()> {
    let Targets::Classes { labels, names } = targets else { return Ok(()) };
    let occurs = |class: usize| labels.contains(&class);
    let found: Vec<&String> =
        names.iter().enumerate().filter(|c| occurs(c.0)).map(|c| c.1).collect();
    if let [only] = found[..] {
        return Err(Error::Invalid {
            what: "the classes of the data".into(),
            value: format!("`{only}` alone"),
            expected: "there must be at least two".into(),
        });
    }
    Ok(())
}
