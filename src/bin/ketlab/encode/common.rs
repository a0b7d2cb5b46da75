//! What all kinds share: the penalty, and where the encoded problem goes.

use crate::document::{self, Format, Json, Work};
use crate::messages;
use crate::options::finite_number;
use crate::output::{OutputFile, check_extension};
use crate::text::{Folded, apart, number, plural};
use anyhow::{Context, Result, bail};
use ketlab::ising::problems::{AnyProblem, Encode, Encoded, PenaltyRule};
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// What can be written of a QUBO alone.
const BARE: [&str; 2] = ["coo", "qubo"];

#[derive(clap::Args)]
#[group(skip)]
pub struct Common {
    /// Write to this file instead of standard output (`-`): the encoded problem as .json, or as .coo or
    /// .qubo its QUBO alone, which cannot be decoded; one that is there is replaced when the new one is
    /// complete
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// What a broken constraint costs [default: above the bound that is proven to be enough]
    #[arg(long, value_name = "A", value_parser = finite_number)]
    penalty: Option<f64>,
    #[command(flatten)]
    json: Json,
}

impl Common {
    /// Refuses, before any work, standard input, and a file that could not be written.
    pub fn check(&self, inputs: &[&Path]) -> Result<()> {
        if inputs.iter().any(|input| input.as_os_str() == "-") {
            bail!(
                "`-`: standard input is not read here; write the problem to a file and name that"
            );
        }
        let Some(path) = self.file() else { return Ok(()) };
        check_extension("--output", path, &["json", "coo", "qubo"], &[])?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            bail!("--output {}: there is no folder {}", path.display(), folder.display());
        }
        Ok(())
    }

    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }

    /// The encoded problem; what is wrong with the penalty alone is said with its flag.
    fn encoded(&self, problem: AnyProblem) -> Result<Encoded<AnyProblem>> {
        let Some(penalty) = self.penalty else { return Ok(Encoded::new(problem, None)?) };
        let encode = |penalty| {
            let encoded = Encoded::new(problem.clone(), penalty)?;
            // Sums of coefficients may overflow where they do not.
            encoded.dynamic_range().map(|_| encoded)
        };
        let encoded = encode(Some(penalty));
        if encoded.is_err() && encode(None).is_ok() {
            return encoded.with_context(|| format!("--penalty {}", number(penalty)));
        }
        Ok(encoded?)
    }

    /// Encodes and writes.
    pub fn finish(&self, problem: AnyProblem) -> Result<ExitCode> {
        let began = Instant::now();
        let encoded = self.encoded(problem)?;
        if !encoded.is_penalty_enough() {
            let bound = bound(&encoded.penalty_rule()).unwrap_or(0.0);
            let (penalty, bound) = apart(encoded.penalty().unwrap_or_default(), bound);
            messages::warning(format_args!(
                "the penalty {penalty} is not above the bound {bound}: what has the lowest energy may \
                 break a constraint"
            ));
        }
        if let Some(rounding) = encoded.harmful_rounding()? {
            messages::warning(format_args!(
                "energies are rounded by about {}, so that solutions that differ by less are not told \
                 apart; a smaller penalty or coarser units leave more digits",
                number(rounding)
            ));
        }
        if let Some(path) = self.file() {
            let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
            let text = match extension.as_deref() {
                Some("coo") => encoded.qubo().to_coo(),
                Some("qubo") => encoded.qubo().to_qbsolv(),
                _ => encoded.to_json()?,
            };
            let file = OutputFile::create("--output", path)?;
            file.write(|out| Ok(out.write_all(text.as_bytes())?))?;
        }
        let mut out = std::io::stdout().lock();
        if self.file().is_some() && !self.json.is_wanted() {
            let text = summary(&encoded, self.file(), self.penalty.is_some())?;
            Folded::new(&mut out).write_all(text.as_bytes())?;
        } else {
            encoded.check_written()?;
            let work = Work::on(1, began, None);
            document::write(&mut out, Format::Encoded, &encoded.body()?, &work)?;
            if !self.json.is_wanted() {
                messages::note(summary(&encoded, None, self.penalty.is_some())?.trim_end());
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn bound(rule: &PenaltyRule) -> Option<f64> {
    match rule {
        PenaltyRule::Above { bound, .. } => Some(*bound),
        _ => None,
    }
}

/// What is looked for.
fn wanted(problem: &AnyProblem) -> String {
    let objective = problem.objective();
    match objective.name {
        // Every solution has as many: none.
        "conflicts" => "a colouring without conflicts".into(),
        "unsatisfied_clauses" => "values that satisfy all clauses".into(),
        name => {
            let sense = if objective.sense.sign() > 0.0 { "smallest" } else { "largest" };
            format!("{sense} {}", name.replace('_', " "))
        }
    }
}

/// For people: how large it is, why the penalty is enough, what to do next.
fn summary(encoded: &Encoded<AnyProblem>, file: Option<&Path>, is_given: bool) -> Result<String> {
    let (problem, rule) = (encoded.problem(), encoded.penalty_rule());
    let kind = problem.kind();
    let mut text = String::new();
    let name = file.map(|path| format!("{}: ", path.display())).unwrap_or_default();
    writeln!(text, "{name}{kind} as a QUBO; wanted: {}", wanted(problem))?;
    let (n, pairs) = (problem.num_variables(), encoded.qubo().quadratic().len());
    writeln!(text, "size           {}, {}", plural(n, "bit"), plural(pairs, "coupling"))?;
    match encoded.penalty() {
        None => writeln!(text, "penalty        none: {}", rule.reason())?,
        Some(penalty) => {
            let given = if is_given { "" } else { ", the default" };
            let (penalty, than) = apart(penalty, bound(&rule).unwrap_or(0.0));
            let verdict = match encoded.is_penalty_enough() {
                true => format!("above the bound {than}"),
                false => format!("NOT above the bound {than}"),
            };
            writeln!(text, "penalty        {penalty}{given}; {verdict}: {}", rule.reason())?;
        }
    }
    let range = number(encoded.dynamic_range()?);
    writeln!(
        text,
        "dynamic range  {range} (largest over smallest coefficient of the Ising model)"
    )?;
    let extension = file.and_then(Path::extension).map(|e| e.to_string_lossy().to_lowercase());
    let is_bare = extension.is_some_and(|e| BARE.contains(&e.as_str()));
    let name = file.map_or("tour.json".into(), |path| path.display().to_string());
    match file {
        Some(_) if is_bare => {
            writeln!(text, "only the QUBO is written: `ketlab decode` needs the problem, a .json")?;
        }
        None => writeln!(
            text,
            "next: `-o {kind}.json` keeps it, for `ketlab anneal` and `ketlab decode`"
        )?,
        Some(_) => {
            let samples = "samples.json";
            writeln!(text, "next:")?;
            // Tours are far apart by single flips: a search that leaves valleys finds shorter ones.
            let method = if kind == "tsp" { "tabu" } else { "anneal" };
            writeln!(text, "  ketlab anneal {name} --method {method} --json > {samples}")?;
            writeln!(text, "  ketlab decode {name} {samples}")?;
        }
    }
    Ok(text)
}
