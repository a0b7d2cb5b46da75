//! What `ketlab plan` says: one JSON document, or text for people.

use super::{Args, Measured};
use crate::table::aligned_table;
use crate::text::{percent, plural, quantity, time};
use ketlab::Circuit;
use ketlab::engine::{PassReport, StateLimits, bytes_needed};
use ketlab::error::bytes;
use ketlab::simulate::Plans;
use serde::{Serialize, Serializer};
use std::io::Write;

/// Rows of a long plan, unless all are asked for: the first and the last.
const FIRST: usize = 12;
const LAST: usize = 4;
/// Stretches, likewise.
const FIRST_STRETCHES: usize = 4;
const LAST_STRETCHES: usize = 1;
/// Parameters that are named.
const NAMED: usize = 4;

/// The document of `--json`.
#[derive(Serialize)]
pub struct Document {
    file: String,
    num_qubits: usize,
    num_gates: usize,
    precision: &'static str,
    threads: usize,
    instruction_set: String,
    state_bytes: u128,
    plan_hash: String,
    plan_seconds: f64,
    /// Values that parameters without one were measured with.
    #[serde(serialize_with = "map")]
    params: Vec<(String, f64)>,
    repetitions: usize,
    not_measured: Option<String>,
    interrupted: bool,
    limits: Option<Limits>,
    stretches: Vec<Stretch>,
    total: Figures,
}

fn map<S: Serializer>(pairs: &[(String, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// What bounds runs on this machine.
#[derive(Serialize)]
pub struct Limits {
    pub threads: usize,
    pub bytes_per_second: f64,
    pub flops_per_second: f64,
}

/// A plan.
#[derive(Serialize)]
pub struct Stretch {
    pub actions: usize,
    pub sweeps: Vec<Sweep>,
    #[serde(flatten)]
    pub figures: Figures,
}

/// One way through memory.
#[derive(Serialize)]
pub struct Sweep {
    /// Null for a single pass on the whole state.
    tile_bits: Option<Vec<u32>>,
    passes: Vec<Pass>,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Serialize)]
struct Pass {
    name: &'static str,
    operations: usize,
    flops_per_amplitude: f64,
}

/// What a sweep, a plan or a program costs.
#[derive(Serialize, Clone, Copy)]
pub struct Figures {
    flops: f64,
    bytes: f64,
    predicted_seconds: f64,
    measured_seconds: Option<f64>,
    limit_seconds: Option<f64>,
    share_of_limit: Option<f64>,
}

impl Figures {
    pub fn new(flops: f64, bytes: f64, predicted_seconds: f64) -> Self {
        let (measured_seconds, limit_seconds, share_of_limit) = (None, None, None);
        // The sum of no numbers is -0.
        let [flops, bytes, predicted_seconds] = [flops, bytes, predicted_seconds].map(|x| x + 0.0);
        Figures { flops, bytes, predicted_seconds, measured_seconds, limit_seconds, share_of_limit }
    }

    /// With a measured time.
    pub fn measured(self, seconds: Option<f64>, limits: Option<&StateLimits>) -> Self {
        let limit_seconds = limits.map(|limits| limits.seconds(self.bytes, self.flops));
        let share = |(limit, seconds): (f64, f64)| (seconds > 0.0).then(|| limit / seconds);
        Figures {
            measured_seconds: seconds.map(|s| s + 0.0),
            limit_seconds,
            share_of_limit: limit_seconds.zip(seconds).and_then(share),
            ..self
        }
    }

    /// What several cost together, as far as it adds up.
    fn sum<'f>(figures: impl Iterator<Item = &'f Figures> + Clone) -> Self {
        let sum = |of: fn(&Figures) -> f64| figures.clone().map(of).sum();
        Figures::new(sum(|f| f.flops), sum(|f| f.bytes), sum(|f| f.predicted_seconds))
    }

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![
            quantity(self.flops, "flop"),
            quantity(self.bytes, "B"),
            time(self.predicted_seconds),
        ];
        if let Some(seconds) = self.measured_seconds {
            cells.push(time(seconds));
            cells.push(self.share_of_limit.map_or("-".into(), percent));
        }
        cells
    }
}

impl Sweep {
    pub fn new(tile: Option<u64>, passes: Vec<PassReport>, figures: Figures) -> Self {
        let pass = |pass: PassReport| Pass {
            name: pass.name,
            operations: pass.operations,
            flops_per_amplitude: pass.flops_per_amplitude,
        };
        Sweep {
            tile_bits: tile.map(|bits| (0..64).filter(|b| bits >> b & 1 == 1).collect()),
            passes: passes.into_iter().map(pass).collect(),
            figures,
        }
    }

    fn what(&self, num_qubits: usize) -> String {
        let place = match &self.tile_bits {
            None => "whole state".into(),
            Some(bits) if bits.len() == num_qubits => "one tile".into(),
            Some(bits) => format!("tiles of {} bits {}", bits.len(), ranges(bits)),
        };
        format!("{place}: {}", summary(&self.passes))
    }
}

/// `0-7, 10, 12-14`.
fn ranges(bits: &[u32]) -> String {
    let runs = bits.chunk_by(|a, b| a + 1 == *b);
    let texts: Vec<String> = runs
        .map(|run| match run {
            [one] => one.to_string(),
            [first, .., last] => format!("{first}-{last}"),
            [] => String::new(),
        })
        .collect();
    texts.join(", ")
}

/// The passes by name, in order of first appearance.
fn summary<'p>(passes: impl IntoIterator<Item = &'p Pass>) -> String {
    let mut kinds: Vec<(&str, usize, usize)> = Vec::new();
    for pass in passes {
        match kinds.iter_mut().find(|kind| kind.0 == pass.name) {
            Some((_, number, operations)) => {
                *number += 1;
                *operations += pass.operations;
            }
            None => kinds.push((pass.name, 1, pass.operations)),
        }
    }
    let text = |&(name, number, operations): &(&str, usize, usize)| match (name, number) {
        ("registers", 1) => format!("1 register pass of {}", plural(operations, "operation")),
        ("registers", _) => format!("{number} register passes of {operations} operations"),
        ("diagonal", _) => {
            let diagonals = plural(number, "merged diagonal");
            format!("{diagonals} of {}", plural(operations, "factor"))
        }
        (name, 1) => name.into(),
        (name, _) => format!("{number} × {name}"),
    };
    let texts: Vec<String> = kinds.iter().map(text).collect();
    if texts.is_empty() { "nothing".into() } else { texts.join(", ") }
}

impl Document {
    pub(super) fn new(
        args: &Args,
        circuit: &Circuit,
        plans: &Plans,
        plan_seconds: f64,
        params: Vec<(String, f64)>,
        stretches: Vec<Stretch>,
        measured: Measured,
    ) -> Self {
        let n = circuit.num_qubits();
        let bytes_per_amplitude = match args.precision.name() {
            "f32" => 8,
            _ => 16,
        };
        let total = Figures::sum(stretches.iter().map(|s| &s.figures));
        Document {
            file: args.input.name().into(),
            num_qubits: n,
            num_gates: circuit.profile().num_gates,
            precision: args.precision.name(),
            threads: measured.threads,
            instruction_set: args.isa.get().to_string(),
            state_bytes: bytes_needed(n, bytes_per_amplitude),
            plan_hash: format!("{:016x}", plans.hash()),
            plan_seconds,
            params,
            repetitions: measured.runs.len(),
            limits: measured.limits(),
            total: total.measured(measured.seconds(), measured.limits.as_ref()),
            not_measured: measured.why_not,
            interrupted: measured.interrupted,
            stretches,
        }
    }

    pub fn threads(&self) -> usize {
        self.threads
    }

    pub fn print(&self, out: &mut impl Write, all: bool) -> std::io::Result<()> {
        self.print_heading(out)?;
        let count = self.stretches.len();
        if count == 0 {
            return Ok(());
        }
        let hidden = hidden(count, FIRST_STRETCHES, LAST_STRETCHES, all);
        for (k, stretch) in self.stretches.iter().enumerate() {
            if k == hidden.start && !hidden.is_empty() {
                let rest = &self.stretches[hidden.clone()];
                let actions = rest.iter().map(|s| s.actions).sum();
                let sweeps = rest.iter().map(|s| s.sweeps.len()).sum();
                writeln!(
                    out,
                    "\n… {}: {}; `--all` shows them",
                    plural(rest.len(), "more stretch"),
                    arrow(actions, sweeps)
                )?;
            }
            if !hidden.contains(&k) {
                let number =
                    if count > 1 { format!("stretch {} of {count}: ", k + 1) } else { "".into() };
                writeln!(out, "\n{number}{}", arrow(stretch.actions, stretch.sweeps.len()))?;
                self.print_sweeps(out, stretch, all)?;
            }
        }
        if count > 1 {
            writeln!(out, "\nall stretches, each once: {}", self.sentence())?;
        }
        Ok(())
    }

    fn print_heading(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(
            out,
            "{}: {}, {}, planned in {}",
            self.file,
            plural(self.num_qubits, "qubit"),
            plural(self.num_gates, "gate"),
            time(self.plan_seconds)
        )?;
        writeln!(
            out,
            "{} on {} with {}: the state takes {}",
            self.precision,
            plural(self.threads, "thread"),
            self.instruction_set,
            bytes(self.state_bytes)
        )?;
        if let Some(limits) = &self.limits {
            writeln!(
                out,
                "this machine's limits for it, with {}: {} read and written, {}",
                plural(limits.threads, "thread"),
                quantity(limits.bytes_per_second, "B/s"),
                quantity(limits.flops_per_second, "flop/s")
            )?;
        }
        match &self.not_measured {
            Some(why) => writeln!(out, "not measured: {why}")?,
            None => {
                let cut = if self.interrupted { " (interrupted)" } else { "" };
                let runs = plural(self.repetitions, "run");
                let median = if self.repetitions > 1 { "medians of " } else { "" };
                writeln!(out, "measured: {median}{runs}{cut}")?;
                if !self.params.is_empty() {
                    let named = self.params.iter().take(NAMED);
                    let mut list: Vec<String> = named.map(|(p, x)| format!("{p} = {x}")).collect();
                    if self.params.len() > NAMED {
                        list.push("…".into());
                    }
                    writeln!(out, "parameters without a value had these: {}", list.join(", "))?;
                }
            }
        }
        Ok(())
    }

    fn print_sweeps(
        &self,
        out: &mut impl Write,
        stretch: &Stretch,
        all: bool,
    ) -> std::io::Result<()> {
        let sweeps = &stretch.sweeps;
        if sweeps.is_empty() {
            return writeln!(out, "X and SWAP only change which qubit is where: nothing is moved");
        }
        let hidden = hidden(sweeps.len(), FIRST, LAST, all);
        let row = |number: String, figures: &Figures, what: String| {
            let mut row = vec![number];
            row.extend(figures.cells());
            row.push(what);
            row
        };
        let mut rows = Vec::new();
        for (k, sweep) in sweeps.iter().enumerate() {
            if k == hidden.start && !hidden.is_empty() {
                let rest = &sweeps[hidden.clone()];
                let mut figures = Figures::sum(rest.iter().map(|s| &s.figures));
                if let Some(limits) = &self.limits {
                    let seconds = rest.iter().map(|s| s.figures.measured_seconds).sum();
                    figures = figures.measured(seconds, Some(&limits.of_state()));
                }
                let what = format!(
                    "… {} sweeps: {}; `--all` shows them",
                    rest.len(),
                    summary(rest.iter().flat_map(|s| &s.passes))
                );
                rows.push(row(format!("{}-{}", hidden.start + 1, hidden.end), &figures, what));
            }
            if !hidden.contains(&k) {
                rows.push(row((k + 1).to_string(), &sweep.figures, sweep.what(self.num_qubits)));
            }
        }
        if sweeps.len() > 1 {
            rows.push(row("all".into(), &stretch.figures, String::new()));
        }
        let mut heading = vec!["sweep", "flop", "moved", "predicted"];
        if self.not_measured.is_none() {
            heading.extend(["measured", "of limit"]);
        }
        let right = heading.len();
        heading.push("what");
        writeln!(out, "{}", aligned_table(&heading, rows, 0..right))
    }

    /// The totals in words.
    fn sentence(&self) -> String {
        let total = &self.total;
        let mut text = format!(
            "{}, {} moved, {} predicted",
            quantity(total.flops, "flop"),
            quantity(total.bytes, "B"),
            time(total.predicted_seconds)
        );
        if let (Some(seconds), Some(share)) = (total.measured_seconds, total.share_of_limit) {
            text += &format!(", {} measured, {} of the limit", time(seconds), percent(share));
        }
        text
    }
}

impl Limits {
    fn of_state(&self) -> StateLimits {
        StateLimits {
            threads: self.threads,
            bytes_per_second: self.bytes_per_second,
            flops_per_second: self.flops_per_second,
        }
    }
}

fn arrow(actions: usize, sweeps: usize) -> String {
    format!("{} → {} over the state", plural(actions, "action"), plural(sweeps, "sweep"))
}

/// Which of `count` rows are left out: all between the first and the last, if this is worth it.
fn hidden(count: usize, first: usize, last: usize, all: bool) -> std::ops::Range<usize> {
    if all || count <= first + last + 1 { 0..0 } else { first..count - last }
}
