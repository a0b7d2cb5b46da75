//! Single estimates: what `ketlab qae --once` prints.

use super::args::Args;
use crate::document::{self, Format, Work};
use crate::progress::Progress;
use crate::table::aligned_table;
use crate::text::{Folded, number, number_within};
use anyhow::{Context, Result, bail};
use ketlab::Simulator;
use ketlab::estimation::{
    AmplitudeEstimate, EstimationProblem, EstimatorKind, Experiment, Guarantee, PostProcessing,
    Setup, Target,
};
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

/// Estimates once by each method, at each target, and prints it.
pub fn run(
    args: &Args,
    problems: &[EstimationProblem],
    methods: &[EstimatorKind],
    simulator: &Simulator,
) -> Result<ExitCode> {
    let start = Instant::now();
    let noise = args.noise.model()?;
    let mut groups = Vec::new();
    let targets = args.targets();
    let all = (problems.len() * args.kappa.len() * targets.len() * methods.len()) as u64;
    let bar = Progress::bar(all, "estimates");
    let mut done = 0;
    for problem in problems {
        for &kappa in &args.kappa {
            let usual = Setup::default();
            let setup = Setup { alpha: args.alpha.unwrap_or(usual.alpha), kappa };
            let experiment = if let Some(model) = &noise {
                problem.full_circuits_with_noise(simulator.clone(), model).context("--noise")?
            } else if args.full_circuits {
                problem.full_circuits(simulator.clone())?
            } else {
                problem.exact_law()?.watched(simulator.watch().clone())
            };
            let experiment = experiment.depolarizing(kappa).context("--kappa")?;
            if let Some(coverage) = experiment.coverage() {
                args.noise.tell(noise.as_ref(), coverage);
            }
            for &target in &targets {
                let mut group = Group::new(problem, &experiment, target);
                for &method in methods {
                    bar.message(|| method.to_string());
                    let estimate = method
                        .estimator(target, &setup)
                        .and_then(|estimator| estimator.estimate(&experiment, args.seed.value()));
                    match estimate {
                        Err(error @ ketlab::Error::Interrupted) => return Err(error.into()),
                        Err(error) => group.skipped.push((method, error.to_string())),
                        Ok(estimate) => group.estimates.push((method, estimate)),
                    }
                    done += 1;
                    bar.done(done, all);
                }
                groups.push(group);
            }
        }
    }
    drop(bar);
    if groups.iter().all(|g| g.estimates.is_empty())
        && let Some((method, reason)) = groups.first().and_then(|g| g.skipped.first())
    {
        bail!("nothing that was asked for runs; {method}: {reason}");
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        json(&mut out, &groups, &Work::since(start, Some(args.seed.value())))?;
    } else {
        text(&mut Folded::new(&mut out), &groups)?;
        writeln!(out, "seed {}", args.seed.value())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The estimates of one problem at one target.
struct Group {
    problem: String,
    post: PostProcessing,
    amplitude: f64,
    truth: f64,
    kappa: f64,
    target: Target,
    estimates: Vec<(EstimatorKind, AmplitudeEstimate)>,
    /// Methods that do not fit, and why.
    skipped: Vec<(EstimatorKind, String)>,
}

impl Group {
    fn new(problem: &EstimationProblem, experiment: &Experiment, target: Target) -> Self {
        Group {
            problem: problem.name().into(),
            post: problem.post().clone(),
            amplitude: experiment.amplitude(),
            truth: experiment.truth(),
            kappa: experiment.kappa(),
            target,
            estimates: Vec::new(),
            skipped: Vec::new(),
        }
    }
}

impl Group {
    /// The truth, to more digits than the estimates have.
    fn exact(&self) -> String {
        let narrowest = |half_width: &dyn Fn(&AmplitudeEstimate) -> f64, most: f64| {
            let widths = self.estimates.iter().map(|e| 0.1 * half_width(&e.1));
            widths.filter(|&w| w > 0.0).fold(most, f64::min)
        };
        let within = narrowest(&|e| e.confidence_interval.half_width(), 1e-6);
        let amplitude = number_within(self.truth, within);
        if self.post.is_identity() {
            return amplitude;
        }
        let coarse = self.post.standard_error(self.truth, 1e-6);
        let within = narrowest(&|e| e.confidence_interval_processed.half_width(), coarse);
        format!("{amplitude}, in units {}", number_within(self.post.value(self.truth), within))
    }
}

fn text(out: &mut impl Write, groups: &[Group]) -> Result<()> {
    for group in groups {
        let noise = match group.kappa {
            1.0 => String::new(),
            kappa => format!(", fidelity {kappa} per Grover step"),
        };
        writeln!(out, "{}{noise}, {}; exact: {}", group.problem, group.target, group.exact())?;
        let off = group.amplitude - group.truth;
        if off.abs() > 1e-12 {
            writeln!(
                out,
                "  on the quantum methods' grid it is off by {}, which no interval of theirs knows of",
                number(off)
            )?;
        }
        let units = !group.post.is_identity();
        let mut heading = vec!["method", "estimate", "interval"];
        heading.extend(units.then_some("in units"));
        heading.extend(["promise", "uses of A", "depth", "shots", "2-qubit gates"]);
        let rows = group.estimates.iter().map(|(method, estimate)| row(*method, estimate, units));
        // Numbers to the right, the promise to the left.
        let numbers = if units { 1..4 } else { 1..3 };
        let behind = numbers.end + 1;
        let table = aligned_table(&heading, rows.collect(), numbers).right_from(behind);
        writeln!(out, "{table}")?;
        for (method, estimate) in group.estimates.iter().filter(|e| !e.1.details.is_empty()) {
            let details: Vec<String> = estimate
                .details
                .iter()
                .map(|(name, v)| format!("{} {}", name.replace('_', " "), number(*v)))
                .collect();
            writeln!(out, "{method}: {}", details.join(", "))?;
        }
        for (method, reason) in &group.skipped {
            writeln!(out, "left out {method}: {reason}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn row(method: EstimatorKind, estimate: &AmplitudeEstimate, units: bool) -> Vec<String> {
    let interval = &estimate.confidence_interval;
    let mut row = vec![
        method.to_string(),
        number_within(estimate.estimation, interval.half_width()),
        interval.to_string(),
    ];
    if units {
        let interval = &estimate.confidence_interval_processed;
        let value = number_within(estimate.estimation_processed, interval.half_width());
        row.push(format!("{value} {interval}"));
    }
    let promise = match estimate.confidence_interval.guarantee {
        Guarantee::FiniteSample => "finite sample",
        Guarantee::Asymptotic => "asymptotic",
        Guarantee::Bayesian => "posterior",
        Guarantee::NoiseNotModelled => "none: noise",
    };
    let cost = &estimate.cost;
    row.push(promise.into());
    row.extend([cost.uses, cost.depth, cost.shots].map(|n| n.to_string()));
    row.push(cost.two_qubit_gates.map_or("-".into(), |g| g.to_string()));
    row
}

/// One document.
fn json(out: &mut impl Write, groups: &[Group], work: &Work) -> Result<()> {
    let group = |g: &Group| {
        let estimates: Vec<_> = g
            .estimates
            .iter()
            .map(|(method, estimate)| json!({ "method": method.to_string(), "estimate": estimate }))
            .collect();
        let skipped: Vec<_> = g
            .skipped
            .iter()
            .map(|(method, reason)| json!({ "method": method.to_string(), "reason": reason }))
            .collect();
        json!({
            "problem": g.problem,
            "amplitude": g.amplitude,
            "truth": g.truth,
            "truth_processed": g.post.value(g.truth),
            "kappa": g.kappa,
            "target": g.target.to_string(),
            "estimates": estimates,
            "skipped": skipped,
        })
    };
    let body = json!({ "problems": groups.iter().map(group).collect::<Vec<_>>() });
    document::write(out, Format::AmplitudeEstimates, &body, work)
}
