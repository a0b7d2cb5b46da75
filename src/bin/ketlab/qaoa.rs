//! `ketlab qaoa`: the best cut of a graph, or the lowest energy of an Ising model or QUBO.

use crate::document::{self, Format, Json, Work};
use crate::model::{self, FILES, Loaded, Problem};
use crate::noise_options::NoisyMeans;
use crate::options::{Seed, Threads, count};
use crate::start::{self, Restarts, StationaryStart, Tried};
use crate::text::{Folded, fixed, number_within};
use crate::train::{Measured, Shots, Train, check_plot, exit_code, summary, was_interrupted};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use clap::builder::{OsStringValueParser, TypedValueParser};
use ketlab::Simulator;
use ketlab::ising::SimulatedAnnealing;
use ketlab::report::{Axis, Chart, HeatMap, Series};
use ketlab::variational::{Angles, FIXED_ANGLES_MOST_LAYERS, Qaoa, QaoaResult, Solution};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// As many evaluations of the heuristic take minutes.
const MOST_SAMPLES: u64 = 1_000_000_000;

#[derive(clap::Args)]
#[command(after_help = format!("Examples:
  ketlab qaoa circuits/graphs/petersen.txt -p 4
  ketlab qaoa circuits/graphs/moebius_kantor.gset -p 6 --start interp --plot ratio.svg
  ketlab qaoa circuits/graphs/petersen.txt --shots 1000 --seed 7
  ketlab qaoa circuits/graphs/petersen.txt --noise depolarizing=0.001 --trajectories 200

{FILES}

The circuit is made from the problem; `ketlab vqe \"Z0 Z1 + …\" --ansatz FILE` varies a circuit of your \
own on a model that is written as a sum of Pauli strings."))]
pub struct Args {
    /// A graph whose largest cut is wanted, or an Ising model or QUBO whose lowest energy is wanted;
    /// formats are below
    file: PathBuf,
    /// Layers
    #[arg(short = 'p', long, default_value_t = 1, value_parser = count::<u16>(1..=50))]
    layers: u16,
    /// What the file is [default: what it says itself, then by its extension, else a graph]
    #[arg(long, value_enum)]
    problem: Option<Problem>,
    /// Angles to begin with: auto (fixed ones where there are some, else ramp), ramp (γ rises, β falls
    /// linearly), fixed (those of Wurtz and Lykov for 3-regular graphs), interp (from one layer up,
    /// interpolated, Zhou et al.), random (γ uniform in ±π, β in ±π/2, by --seed), or a file of
    /// numbers (γ, then β) or of an earlier --json
    #[arg(long, value_name = "NAME|FILE", default_value = "auto", value_parser = OsStringValueParser::new().try_map(start::parse::<Start>))]
    start: start::Start<Start>,
    #[command(flatten)]
    restarts: Restarts,
    /// Begin near what annealing finds, this far from certainty (0 to 0.5)
    #[arg(long, value_name = "EPSILON")]
    warm_start: Option<f64>,
    /// Samples from the final state, and evaluations of the classical heuristic beside it
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = count::<u64>(0..=MOST_SAMPLES))]
    samples: u64,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    threads: Threads,
    /// Refused, with the reason
    #[arg(long, value_name = "FILE", hide = true)]
    ansatz: Option<String>,
    #[command(flatten)]
    train: Train,
    /// Write a picture: of the ratio against p for `--start interp`, of the landscape for one layer,
    /// else of the energy against the iteration; .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Start {
    /// Fixed angles where there are some, else a linear ramp
    Auto,
    /// γ rises, β falls linearly
    Ramp,
    /// The angles for 3-regular graphs of Wurtz and Lykov
    Fixed,
    /// From one layer up, interpolated (Zhou et al.)
    Interp,
    /// Uniform, by the seed
    Random,
}

#[derive(Serialize)]
struct Document {
    file: String,
    problem: String,
    num_spins: usize,
    layers: usize,
    start: String,
    optimizer: String,
    #[serde(flatten)]
    noisy: Option<NoisyMeans>,
    gammas: Vec<f64>,
    betas: Vec<f64>,
    expectation: f64,
    estimate: Option<Measured>,
    approximation_ratio: f64,
    ground_energy: f64,
    ground_probability: f64,
    samples: u64,
    best_sample: Shown,
    most_probable: Vec<Shown>,
    classical: Classical,
    ratio_by_layers: Vec<f64>,
    starts: Vec<Tried>,
    stationary_start: Option<StationaryStart>,
    circuits: u64,
    shots: Option<Shots>,
    outcome: ketlab::optimize::Outcome,
}

#[derive(Serialize)]
struct Shown {
    bits: String,
    energy: f64,
    probability: f64,
}

#[derive(Serialize)]
struct Classical {
    method: &'static str,
    energy: f64,
    bits: String,
    evaluations: u64,
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| solve(&args))?
}

fn solve(args: &Args) -> Result<ExitCode> {
    let began = Instant::now();
    check_plot(args.plot.as_deref())?;
    if let Some(file) = &args.ansatz {
        bail!(
            "--ansatz {file}: QAOA's circuit is made from the problem, its parameters are γ and β; \
             to vary a circuit of your own, write the model as a sum of Pauli strings: `ketlab vqe \
             \"Z0 Z1 + …\" --ansatz {file}`"
        );
    }
    let loaded = model::load(&args.file, args.problem)?;
    let layers = usize::from(args.layers);
    let interp = matches!(args.start, start::Start::Named(Start::Interp));
    if interp && args.warm_start.is_some() {
        bail!("--start interp adds layers to the usual mixer; it has no warm start");
    }
    if interp && args.restarts.number() > 0 {
        bail!(
            "--restarts begins at random angles of all layers; --start interp grows layer by layer"
        );
    }
    if args.restarts.number() > 0 && args.train.has_checkpoint() {
        bail!("--checkpoint serves one minimization; --restarts has several");
    }
    if interp && args.train.has_checkpoint() {
        bail!("--checkpoint serves one minimization; --start interp has one for every layer");
    }
    let simulator = Simulator::new();
    let optimizer = args.train.optimizer(loaded.range(), args.seed.value())?;
    let noise = args.train.noisy.model(false, loaded.model.num_spins())?;
    let drawn = std::cell::RefCell::new(None);
    let solve = |qaoa: &mut Qaoa, start: &Angles| -> Result<QaoaResult> {
        let mut stopping = args.train.stopping(simulator.watch())?;
        let (samples, seed) = (args.samples, args.seed.value());
        if let Some((model, accuracy)) = &noise {
            let mut noisy = qaoa.with_noise(model, *accuracy, seed)?;
            let result = noisy.solve(start, &*optimizer, &mut stopping, samples, seed)?;
            *drawn.borrow_mut() = noisy.energy().trajectories().cloned();
            return Ok(result);
        }
        Ok(match args.train.shots() {
            None => qaoa.solve(start, &*optimizer, &mut stopping, samples, seed)?,
            Some(shots) => {
                let mut measured = qaoa.with_shots(shots, seed)?;
                measured.solve(start, &*optimizer, &mut stopping, samples, seed)?
            }
        })
    };
    let mut tried = Vec::new();
    let (qaoa, results) = if interp {
        let mut qaoa = Qaoa::new(&loaded.model, 1)?.with_simulator(&simulator)?;
        let mut results = vec![solve(&mut qaoa, &Angles::linear_ramp(1, 0.75)?)?];
        while results.len() < layers {
            let last = results.last().expect("there is the first");
            if was_interrupted(&last.outcome) {
                break;
            }
            qaoa = qaoa.deeper()?;
            results.push(solve(&mut qaoa, &last.angles.interpolated())?);
        }
        (qaoa, results)
    } else {
        let mut qaoa = match args.warm_start {
            None => Qaoa::new(&loaded.model, layers)?,
            Some(epsilon) => {
                let annealing = SimulatedAnnealing::new().reads(1).evaluations(args.samples);
                let samples = annealing.seed(args.seed.value()).run(&loaded.model)?;
                let start = samples.lowest().expect("there is one read").bits;
                Qaoa::warm_started(&loaded.model, layers, &start, epsilon)?
            }
        }
        .with_simulator(&simulator)?;
        let mut results = Vec::new();
        for number in 0..=args.restarts.number() {
            let seed = args.seed.value().wrapping_add(number);
            let is_random = matches!(args.start, start::Start::Named(Start::Random));
            let (name, seed, from) = match number {
                0 if !is_random => (args.start.name(), None, start(args, &loaded)?),
                _ => ("random".into(), Some(seed), random_angles(seed, layers)),
            };
            let result = solve(&mut qaoa, &from)?;
            let measured = result.estimate.as_ref().map(|estimate| estimate.value);
            let value = measured.unwrap_or(result.expectation);
            tried.push(Tried::new(name, seed, value, &result.outcome));
            let stop = was_interrupted(&result.outcome);
            results.push(result);
            if stop {
                break;
            }
        }
        let best = start::keep_lowest(&mut tried);
        if tried.len() < 2 {
            tried.clear();
        }
        // The account of circuits and shots is of all.
        let cost = results.last().expect("there is one").cost;
        let mut kept = results.swap_remove(best);
        kept.cost = cost;
        (qaoa, vec![kept])
    };
    // With --start interp there was a minimization for every number of layers.
    let shots_taken = results.iter().map(|r| r.cost.shots).sum();
    let ratios: Vec<f64> = results.iter().map(|r| r.approximation_ratio).collect();
    let result = results.into_iter().next_back().expect("there is one");
    let noisy = match &noise {
        None => None,
        Some((model, accuracy)) => {
            let (_, applied) = args.train.noisy.noise.apply_model(model, qaoa.circuit())?;
            applied.tell();
            Some(NoisyMeans::new(Some(applied), *accuracy, drawn.borrow().as_ref()))
        }
    };
    if let Some(path) = &args.plot {
        chart(args, &loaded, qaoa, &result, &ratios)?.save(path)?;
    }
    let interrupted = was_interrupted(&result.outcome);
    let document = Document::new(args, &loaded, result, ratios, tried, shots_taken, noisy);
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(began, Some(args.seed.value()));
        document::write(&mut out, Format::Qaoa, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out), args.train.method(), loaded.graph.is_some())?;
        writeln!(out, "seed {}", args.seed.value())?;
    }
    Ok(exit_code(interrupted, [&document.outcome.checkpoint_error]))
}

fn start(args: &Args, loaded: &Loaded) -> Result<Angles> {
    let layers = usize::from(args.layers);
    let cubic = loaded.graph.as_ref().is_some_and(|graph| {
        graph.is_regular() == Some(3) && graph.edges().iter().all(|(_, _, w)| *w == 1.0)
    });
    let named = match &args.start {
        start::Start::Named(named) => *named,
        start::Start::File(path) => {
            let numbers = start::from_file(path, &["gammas", "betas"], 2 * layers)?;
            return Ok(Angles::from_params(&numbers));
        }
    };
    Ok(match named {
        Start::Fixed if !cubic => bail!(
            "--start fixed is for MaxCut on 3-regular graphs without weights; `ramp` and `interp` \
             are for any"
        ),
        Start::Fixed => Angles::fixed_three_regular(layers).context("--start fixed")?,
        Start::Auto if cubic && layers <= FIXED_ANGLES_MOST_LAYERS && args.warm_start.is_none() => {
            Angles::fixed_three_regular(layers)?
        }
        _ => Angles::linear_ramp(layers, 0.75)?,
    })
}

fn random_angles(seed: u64, layers: usize) -> Angles {
    use std::f64::consts::{FRAC_PI_2, PI};
    Angles::from_params(&start::random(seed, [vec![PI; layers], vec![FRAC_PI_2; layers]].concat()))
}

fn chart(
    args: &Args,
    loaded: &Loaded,
    mut qaoa: Qaoa,
    result: &QaoaResult,
    ratios: &[f64],
) -> Result<Chart> {
    let name = args.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let what = format!(
        "{name}: {} spins, {} couplings; {}, {}",
        loaded.model.num_spins(),
        loaded.model.couplings().len(),
        args.train.method(),
        match args.train.shots() {
            None if args.train.noisy.noise.is_given() => "angles found under noise".into(),
            None => "exact gradients".into(),
            Some(shots) => format!("{shots} shots for each estimate"),
        }
    );
    let value = if loaded.graph.is_some() { "expected cut" } else { "mean energy" };
    let sign = if loaded.graph.is_some() { -1.0 } else { 1.0 };
    if ratios.len() > 1 {
        let points = ratios.iter().enumerate().map(|(k, r)| ((k + 1) as f64, *r));
        return Ok(Chart::new(
            "QAOA: ratio against layers",
            Axis::new("layers p"),
            Axis::new("approximation ratio"),
        )
        .series(Series::new("QAOA, INTERP", ketlab::report::Style::LinePoints, points))
        .horizontal("optimum", 1.0)
        .caption(what));
    }
    if args.layers == 1 && args.warm_start.is_none() {
        let grid = |k: usize, of: usize, most: f64| most * (k as f64 + 0.5) / of as f64;
        let (columns, rows) = (48, 32);
        let (most_gamma, most_beta) = (std::f64::consts::PI, std::f64::consts::FRAC_PI_2);
        let mut values = Vec::new();
        for row in 0..rows {
            let mut line = Vec::new();
            for column in 0..columns {
                let angles = Angles {
                    gammas: vec![grid(column, columns, most_gamma)],
                    betas: vec![grid(row, rows, most_beta)],
                };
                line.push(sign * qaoa.expectation(&angles)?);
            }
            values.push(line);
        }
        let ends = |of: usize, most: f64| (grid(0, of, most), grid(of - 1, of, most));
        let map = HeatMap::new(value, ends(columns, most_gamma), ends(rows, most_beta), values);
        let best = (result.angles.gammas[0], result.angles.betas[0]);
        return Ok(Chart::new(
            "QAOA landscape, one layer",
            Axis::new("γ").unit("rad"),
            Axis::new("β").unit("rad"),
        )
        .heat_map(map)
        .series(Series::points("optimized", [best]))
        .caption(what));
    }
    let points = result.outcome.history.iter().map(|s| (s.iteration as f64, sign * s.value));
    Ok(Chart::new(format!("QAOA, p = {}", args.layers), Axis::new("iteration"), Axis::new(value))
        .series(Series::line("QAOA", points))
        .horizontal("optimum", sign * result.ground_energy)
        .caption(what))
}

fn shown(solution: &Solution) -> Shown {
    Shown {
        bits: solution.bits.to_string(),
        energy: solution.energy,
        probability: solution.probability,
    }
}

impl Document {
    fn new(
        args: &Args,
        loaded: &Loaded,
        result: QaoaResult,
        ratios: Vec<f64>,
        starts: Vec<Tried>,
        shots_taken: u64,
        noisy: Option<NoisyMeans>,
    ) -> Self {
        Document {
            file: args.file.display().to_string(),
            problem: loaded.problem.name(),
            num_spins: loaded.model.num_spins(),
            layers: result.angles.layers(),
            start: args.start.name(),
            optimizer: args.train.method().to_string(),
            noisy,
            expectation: result.expectation,
            estimate: result.estimate.map(Measured::from),
            approximation_ratio: result.approximation_ratio,
            ground_energy: result.ground_energy,
            ground_probability: result.ground_probability,
            samples: result.samples,
            best_sample: shown(&result.best),
            most_probable: result.most_probable.iter().map(shown).collect(),
            classical: Classical {
                method: "simulated annealing",
                energy: result.classical.energy,
                bits: result.classical.bits.to_string(),
                evaluations: result.classical.evaluations,
            },
            ratio_by_layers: ratios,
            starts,
            stationary_start: result.start.map(StationaryStart::from),
            circuits: result.cost.circuits,
            shots: args
                .train
                .shots()
                .map(|per_estimate| Shots { per_estimate, total: shots_taken }),
            gammas: result.angles.gammas,
            betas: result.angles.betas,
            outcome: result.outcome,
        }
    }

    fn print(
        &self,
        out: &mut impl Write,
        method: ketlab::optimize::OptimizerKind,
        is_cut: bool,
    ) -> Result<()> {
        let (name, sign) = if is_cut { ("cut", -1.0) } else { ("energy", 1.0) };
        let value = |energy: f64| number_within(sign * energy + 0.0, 0.0);
        writeln!(
            out,
            "{}: {} of {} spins, p = {}",
            self.file, self.problem, self.num_spins, self.layers
        )?;
        if let (Some(noisy), Some(estimate)) = (&self.noisy, &self.estimate) {
            noisy.print(out)?;
            let error = match estimate.standard_error {
                0.0 => String::new(),
                size => format!(" ± {}", crate::text::error(size)),
            };
            writeln!(
                out,
                "noisy {name}      {}{error}; probabilities and samples are without noise",
                fixed(sign * estimate.value + 0.0, 6)
            )?;
        } else if let Some(Measured { value: estimate, standard_error, shots }) = &self.estimate {
            writeln!(
                out,
                "measured {name}   {} ± {} from {shots} fresh shots; exactly at these angles:",
                fixed(sign * estimate + 0.0, 6),
                crate::text::error(*standard_error)
            )?;
        }
        writeln!(
            out,
            "expected {name}   {}   approximation ratio {:.4}",
            fixed(sign * self.expectation + 0.0, 6),
            self.approximation_ratio
        )?;
        writeln!(
            out,
            "best {name}       {} by enumeration, probability {:.4}",
            value(self.ground_energy),
            self.ground_probability
        )?;
        writeln!(
            out,
            "best of {} samples  {}   {}",
            self.samples,
            value(self.best_sample.energy),
            self.best_sample.bits
        )?;
        writeln!(
            out,
            "{} with {} evaluations  {}   {}",
            self.classical.method,
            self.classical.evaluations,
            value(self.classical.energy),
            self.classical.bits
        )?;
        let angles = |a: &[f64]| a.iter().map(|x| format!("{x:.4}")).collect::<Vec<_>>().join(" ");
        writeln!(out, "γ  {}\nβ  {}", angles(&self.gammas), angles(&self.betas))?;
        if self.ratio_by_layers.len() > 1 {
            writeln!(out, "ratio for p = 1, 2, …  {}", angles(&self.ratio_by_layers))?;
        }
        writeln!(out, "most probable:")?;
        for s in &self.most_probable {
            writeln!(out, "  {}  {:.4}  {}", s.bits, s.probability, value(s.energy))?;
        }
        writeln!(out, "{}", summary(method, &self.outcome))?;
        if let Some(start) = &self.stationary_start {
            writeln!(out, "{}", start.line())?;
        }
        if !self.starts.is_empty() {
            writeln!(out, "{} starts:", self.starts.len())?;
        }
        for tried in &self.starts {
            writeln!(
                out,
                "{}",
                tried.line(&format!("{name} {}", fixed(sign * tried.value + 0.0, 6)))
            )?;
        }
        writeln!(out, "ran {} circuits", self.circuits)?;
        if let Some(Shots { per_estimate, total }) = &self.shots {
            writeln!(out, "took {total} shots in all, {per_estimate} for each estimate")?;
        }
        Ok(())
    }
}
