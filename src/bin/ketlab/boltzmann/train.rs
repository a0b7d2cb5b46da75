//! `ketlab boltzmann train`.

use super::chains;
use super::document::{Document, HeldOut, Manifest, Mixture, Rivals};
use super::plots;
use super::saved::{Entry, finite};
use super::source::{self, STATES, STRINGS};
use crate::document::{self, Format, Json, Work};
use crate::messages;
use crate::options::{CHECKPOINTS, MANY, Seed, Threads, count};
use crate::output::OutputFile;
use crate::progress::{Progress, cancel_on_interrupt};
use crate::text::Folded;
use crate::train::{check_plot, exit_code};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::boltzmann::{
    Architecture, Contestant, Distribution, Loss, Samples, Target, Training, compare,
};
use ketlab::math::Watch;
use ketlab::optimize::Iterate;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Quantum: all units coupled, a transverse field on all
    Qbm,
    /// Quantum: no couplings among hidden units, which have no transverse field
    SemiRestricted,
    /// Quantum: couplings between visible and hidden units only, a transverse field on all
    RestrictedQbm,
    /// Classical: all units coupled
    Bm,
    /// Classical: couplings between visible and hidden units only
    Rbm,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Moments {
    /// Of the exact state
    Exact,
    /// From samples of path-integral Monte Carlo (for --objective bound, with fixed fields)
    PathIntegral,
}

#[derive(clap::Args)]
#[command(after_help = format!("Examples:
  ketlab boltzmann train bernoulli:4:4,7,2,2:0.9 --plot learning.svg -o machine.json
  ketlab boltzmann train parity:4 --hidden 2 --box 8 --max-iterations 200
  ketlab boltzmann train bas:2x2 --model rbm --hidden 4 --method persistent --max-iterations 3000
  ketlab boltzmann train thermal:1:\"-Z0 Z1 - X0 - X1\" --objective relative-entropy
  ketlab boltzmann train bernoulli:4:4,7,2,2:0.9 --objective bound --fix gamma=2 --moments path-integral

A machine is ρ = e^(-βH)/Z with H = -ΣΓX - ΣbZ - ΣwZZ; its parameters are called `gamma` (or `gamma0`, \
… with --fields own), `b0`, …, `w0_1`, …. Bit 0 is a spin +1. Quantum machines are exact up to 14 \
units, classical ones up to 26.

{STRINGS} {STATES}"))]
pub struct Args {
    /// Bit strings or a quantum state: a file, or a name such as bas:2x2
    data: String,
    /// DATA is a density matrix of the visible units, as .npy
    #[arg(long)]
    state: bool,
    /// Which machine
    #[arg(long, value_enum, default_value_t = Kind::Qbm)]
    model: Kind,
    /// Hidden units [default: 0, of restricted machines as many as visible ones]
    #[arg(long, value_name = "N", value_parser = count::<usize>(0..=100_000))]
    hidden: Option<usize>,
    /// One transverse field for all units, or each with its own
    #[arg(long, default_value = "shared", value_name = "shared|own", value_parser = ["shared", "own"])]
    fields: String,
    /// What is minimized: likelihood (of what is measured), bound (by the Golden-Thompson inequality),
    /// relative-entropy (to a quantum state)
    #[arg(long, default_value = "likelihood", value_name = "NAME", value_parser = loss)]
    objective: Loss,
    /// Keep a parameter, or all of a family, at a value: gamma=2, b0=0, w=0; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = fixed)]
    fix: Vec<(String, f64)>,
    /// Keep every parameter that is not fixed within plus and minus this
    #[arg(long = "box", value_name = "SIZE", allow_negative_numbers = true)]
    size: Option<f64>,
    /// Add LAMBDA/2 times the sum of squares of the parameters that are not fixed; for chains, of the
    /// weights
    #[arg(long, default_value_t = 0.0, value_name = "LAMBDA", allow_negative_numbers = true)]
    l2: f64,
    /// Train this many times more, from other random starts, and keep the best [default: 3]
    #[arg(long, value_name = "N", value_parser = count::<u64>(0..=1_000_000))]
    restarts: Option<u64>,
    /// Maximum number of iterations of a start
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = count::<usize>(1..=MANY))]
    max_iterations: usize,
    /// End a start where the norm of the gradient is at most this
    #[arg(long, default_value = "1e-8", value_name = "NORM")]
    gradient_tolerance: f64,
    /// Where the machine's moments come from
    #[arg(long, value_enum, default_value_t = Moments::Exact)]
    moments: Moments,
    /// Samples of a gradient, with --moments path-integral [default: 1000]
    #[arg(long, value_name = "N", value_parser = count::<u64>(1..=100_000_000))]
    reads: Option<u64>,
    /// Sweeps of each sample [default: 30]
    #[arg(long, value_name = "N", value_parser = count::<usize>(1..=100_000_000))]
    sweeps: Option<usize>,
    #[command(flatten)]
    chains: chains::Options,
    /// Keep this share of the observations apart, and judge on them
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    test_fraction: Option<f64>,
    /// Train the quantum machine alone
    #[arg(long)]
    no_classical: bool,
    /// Write the trained machine, as --json, to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    threads: Threads,
    /// Keep the optimizer's state in this file and others beside it, which must not exist yet
    #[arg(help_heading = CHECKPOINTS, long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint, as if there had been no interruption
    #[arg(help_heading = CHECKPOINTS, long, requires = "checkpoint")]
    resume: bool,
    /// Write learning curves, and the law of the machine against the data: .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

fn loss(name: &str) -> std::result::Result<Loss, String> {
    Loss::from_name(name).map_err(|error| error.to_string())
}

fn fixed(text: &str) -> std::result::Result<(String, f64), String> {
    let (name, value) =
        text.split_once('=').ok_or("it must be NAME=VALUE, as in gamma=2".to_string())?;
    let value = value.parse().map_err(|_| format!("`{value}` is no number"))?;
    Ok((name.into(), value))
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| train(&args))?
}

fn train(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    check_plot(args.plot.as_deref())?;
    let output = args.output.as_deref().map(|path| OutputFile::create("--output", path));
    let output = output.transpose()?;
    let by_chains = args.by_chains();
    args.refuse_what_does_not_go_together(by_chains)?;
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let whole = source::target(&args.data, args.state)?;
    let (target, test) = split(args, whole)?;
    let mut document = match by_chains {
        true => of_chains(args, &target, &watch)?,
        false => of_optimizer(args, &target, &watch)?,
    };
    if let Some(test) = &test {
        let likelihood = |entry: &Entry| -> Result<Option<f64>> {
            let judged = entry.machine.judge(test, args.seed.value())?;
            Ok(finite(judged.negative_log_likelihood))
        };
        document.held_out = Some(HeldOut {
            observations: test.num_observations().unwrap_or(0),
            negative_log_likelihood: likelihood(&document.entry)?,
            classical_negative_log_likelihood: match &document.rivals.classical {
                Some(classical) => likelihood(classical)?,
                None => None,
            },
        });
    }
    if let Some(path) = &args.plot {
        let figure = plots::training(&document, &target.measured()?, args.objective);
        figure.save(path).with_context(|| format!("--plot {}", path.display()))?;
    }
    let work = Work::since(start, Some(args.seed.value()));
    if let Some(output) = output {
        output.write(|out| document::write(out, Format::Boltzmann, &document, &work))?;
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        document::write(&mut out, Format::Boltzmann, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out))?;
    }
    if document.interrupted {
        messages::note("interrupted: this is the best so far");
    }
    let starts = [Some(&document.entry), document.rivals.classical.as_ref()];
    let errors = starts.into_iter().flatten().flat_map(|entry| &entry.starts);
    Ok(exit_code(document.interrupted, errors.map(|start| &start.checkpoint_error)))
}

/// What is trained on, and what is kept apart.
fn split(args: &Args, target: Target) -> Result<(Target, Option<Distribution>)> {
    match (args.test_fraction, target) {
        (Some(fraction), Target::Law(law)) => {
            let (train, test) = law.split(fraction, args.seed.value())?;
            Ok((train.into(), Some(test)))
        }
        (Some(_), Target::State(_)) => {
            bail!("--test-fraction divides observations, and DATA is a quantum state")
        }
        (None, target) => Ok((target, None)),
    }
}

impl Args {
    fn by_chains(&self) -> bool {
        self.chains.method != chains::NegativePhase::Exact
    }

    /// Flags that would be passed over.
    fn refuse_what_does_not_go_together(&self, by_chains: bool) -> Result<()> {
        if by_chains && self.model != Kind::Rbm {
            bail!("--method {}: chains train an rbm (`--model rbm`)", self.chains.name());
        }
        if let Some(flag) = self.chains.given().filter(|_| !by_chains) {
            bail!("{flag} is for chains (`--model rbm --method persistent`)");
        }
        let optimizer = [
            ("--fix", !self.fix.is_empty()),
            ("--box", self.size.is_some()),
            ("--restarts", self.restarts.is_some()),
            ("--objective", self.objective != Loss::Likelihood),
            ("--checkpoint", self.checkpoint.is_some()),
        ];
        if let Some((flag, _)) = optimizer.into_iter().find(|flag| by_chains && flag.1) {
            bail!("{flag} does not go with chains: they follow the likelihood from one start");
        }
        if self.fields == "own" && self.is_classical() {
            bail!("--fields own: a {} has no transverse fields", self.model_name());
        }
        let sampled = self.moments == Moments::PathIntegral;
        if !sampled && (self.reads.is_some() || self.sweeps.is_some()) {
            bail!("--reads and --sweeps are for --moments path-integral");
        }
        Ok(())
    }

    fn architecture(&self, visible: usize) -> Architecture {
        let restricted = matches!(self.model, Kind::Rbm | Kind::RestrictedQbm);
        let hidden = self.hidden.unwrap_or(if restricted { visible } else { 0 });
        let architecture = match self.model {
            Kind::Qbm => Architecture::quantum(visible, hidden),
            Kind::SemiRestricted => Architecture::semi_restricted(visible, hidden),
            Kind::RestrictedQbm => Architecture::restricted(visible, hidden),
            Kind::Bm => Architecture::quantum(visible, hidden).classical(),
            Kind::Rbm => Architecture::restricted(visible, hidden).classical(),
        };
        if self.fields == "own" { architecture.with_own_fields() } else { architecture }
    }

    fn is_classical(&self) -> bool {
        matches!(self.model, Kind::Bm | Kind::Rbm)
    }

    fn model_name(&self) -> String {
        let value = self.model.to_possible_value();
        value.map(|value| value.get_name().to_string()).unwrap_or_default()
    }

    fn training(&self, watch: &Watch) -> Training {
        let mut training = Training::new(self.objective)
            .restarts(self.restarts.unwrap_or(3))
            .seed(self.seed.value())
            .l2(self.l2)
            .max_iterations(self.max_iterations)
            .gradient_tolerance(self.gradient_tolerance)
            .watch(watch);
        if let Some(size) = self.size {
            training = training.within(size);
        }
        for (name, value) in &self.fix {
            training = training.fix(name, *value);
        }
        if self.moments == Moments::PathIntegral {
            let Samples { reads, sweeps } = Samples::default();
            let (reads, sweeps) = (self.reads.unwrap_or(reads), self.sweeps.unwrap_or(sweeps));
            training = training.sampled(Samples { reads, sweeps });
        }
        if let Some(path) = &self.checkpoint {
            if self.resume && !path.exists() {
                messages::note("there is no checkpoint yet: the training begins anew");
            }
            training = training.checkpoint(path, self.resume);
        }
        training
    }

    fn manifest(&self, target: &Target) -> Manifest {
        Manifest {
            arguments: std::env::args().skip(1).collect(),
            data: target.fingerprint(),
            seed: self.seed.value(),
        }
    }
}

fn of_optimizer(args: &Args, target: &Target, watch: &Watch) -> Result<Document> {
    let architecture = args.architecture(target.num_units());
    let training = args.training(watch);
    let line = Progress::line();
    let tell = |which: &str, start: u64, progress: &Iterate<'_>| {
        let state = || {
            let Iterate { iteration, best_value, .. } = progress;
            format!("{which}, start {start}: iteration {iteration}, value {best_value:.8}")
        };
        line.message(state);
        messages::detail(state);
    };
    let name = args.model_name();
    let alone = args.is_classical() || args.no_classical || args.moments == Moments::PathIntegral;
    let (trained, rivals) = if alone {
        let machine = architecture.machine()?;
        let trained = training.run_telling(&machine, target, |start, progress| {
            tell(&name, start, progress);
        })?;
        (trained, Rivals::default())
    } else {
        let compared = compare(&training, architecture, target, |which, start, progress| {
            let which = if which == Contestant::Quantum { &name } else { which.name() };
            tell(which, start, progress);
        })?;
        let mixture = &compared.mixture.mixture;
        let rivals = Rivals {
            classical: compared.classical.as_ref().map(|bm| Entry::of("bm", bm)),
            classical_hidden: compared
                .more_hidden
                .as_ref()
                .map(|bm| Entry::of("bm with more hidden units", bm)),
            mixture: Some(Mixture {
                components: mixture.num_components(),
                num_parameters: mixture.num_parameters(),
                kl: compared.mixture_kl,
            }),
            verdict: compared.verdict,
        };
        (compared.quantum, rivals)
    };
    Ok(Document {
        data: args.data.clone(),
        objective: args.objective.name(),
        value: finite(trained.value),
        entry: match args.model {
            Kind::Rbm => Entry::of(&name, &trained).in_bits()?,
            _ => Entry::of(&name, &trained),
        },
        rivals,
        held_out: None,
        warnings: trained.warnings,
        manifest: args.manifest(target),
        interrupted: watch.is_cancelled(),
        trained_by: args.objective.to_string(),
    })
}

fn of_chains(args: &Args, target: &Target, watch: &Watch) -> Result<Document> {
    let Target::Law(data) = target else {
        bail!("chains learn bit strings, and DATA is a quantum state");
    };
    let seed = args.seed.value();
    let hidden = args.hidden.unwrap_or(data.num_bits());
    let iterations = args.max_iterations;
    let trained = args.chains.train(data, hidden, iterations, (args.l2, seed), watch)?;
    let entry = chains::entry(&trained, data, seed)?;
    Ok(Document {
        data: args.data.clone(),
        objective: Loss::Likelihood.name(),
        value: entry.negative_log_likelihood,
        entry,
        rivals: Rivals::default(),
        held_out: None,
        warnings: Vec::new(),
        manifest: args.manifest(target),
        interrupted: trained.interrupted,
        trained_by: args.chains.name(),
    })
}
