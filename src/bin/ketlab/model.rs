//! Graphs, Ising models and QUBO from files.

use anyhow::{Result, bail};
use clap::ValueEnum;
use ketlab::ising::{self, Graph, Ising, Qubo};
use std::path::Path;

/// What the help says of files.
pub const FILES: &str = "\
Files:
  .gset .rud .mc         graph: `n m`, then m lines `u v weight` or `u v`, from 1
  .edges .edgelist .el   graph: lines `u v weight` or `u v`, blanks or commas between
  .col .dimacs           graph: DIMACS, `p edge n m`, then lines `e u v`, from 1
  .mtx                   graph: %%MatrixMarket matrix coordinate real|integer|pattern symmetric
  .coo                   lines `i j coefficient`; `# vartype=BINARY` for bits, else spins
  .ising                 `n`, `n lines` or a name, then lines `i j J` and `i h` (or `i i h`)
  .qubo .bqp             QUBO of qbsolv, of the OR-Library
  .json                  ketlab.graph, .ising, .qubo, .encoded or .pauli_sum; bqpjson 1.0; a
                         BinaryQuadraticModel of dimod, written with use_bytes=False
  any (.txt, .csv, …)    graph, with the header `n m` or without, or a sum such as `Z0 Z1 + 0.5 Z0`
A text that says its format (JSON, %%MatrixMarket, `p …`, `# vartype=…`, `# first=…`, Pauli letters) \
is read as that, whatever its name. `#`, `%`, `//` and lines from `c` are comments. Edge lists and COO are \
numbered without gaps from 0, or from 1 where 0 is unused; `# num_vertices: N` (in COO `# \
num_variables=N`) says that there are N, from 0, and some may be unused. In .ising files \
`# first=0` or `# first=1` says where numbers begin, if neither spin 0 nor spin n does. What has two \
meanings is refused. Ids and labels that are no numbers from 0 are numbered in the order of the file. \
Cities (TSPLIB) are encoded first, by `ketlab encode tsp`. Bits are printed with the first vertex or variable at the right.";

/// What a file is taken for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Problem {
    /// The largest cut of a graph
    Maxcut,
    /// The lowest energy of spins
    Ising,
    /// The lowest energy of bits
    Qubo,
}

impl Problem {
    pub fn name(self) -> String {
        self.to_possible_value().expect("none is hidden").get_name().into()
    }
}

/// A model, and the graph whose cut it is.
pub struct Loaded {
    pub problem: Problem,
    pub model: Ising,
    pub graph: Option<Graph>,
}

impl Loaded {
    /// Σ|c| without the constant: no energy is farther than this from the middle of all.
    pub fn range(&self) -> f64 {
        let couplings: f64 = self.model.couplings().iter().map(|(_, _, w)| w.abs()).sum();
        couplings + self.model.fields().iter().map(|h| h.abs()).sum::<f64>()
    }
}

/// Reads a file as what it says itself, or as what it is said to be.
pub fn load(path: &Path, problem: Option<Problem>) -> Result<Loaded> {
    let loaded = match problem {
        None => ising::Problem::read(path),
        Some(Problem::Maxcut) => Graph::read(path).map(ising::Problem::Graph),
        Some(Problem::Ising) => Ising::read(path).map(ising::Problem::Ising),
        Some(Problem::Qubo) => Qubo::read(path).map(ising::Problem::Qubo),
    };
    let loaded = match (loaded, problem) {
        (Err(error), Some(problem)) => bail!(
            "{error}\n--problem {} says what the file is; without it the file does",
            problem.name()
        ),
        (loaded, _) => loaded?,
    };
    let loaded = match loaded {
        ising::Problem::Graph(graph) => {
            Loaded { problem: Problem::Maxcut, model: graph.max_cut(), graph: Some(graph) }
        }
        ising::Problem::Ising(model) => Loaded { problem: Problem::Ising, model, graph: None },
        ising::Problem::Qubo(qubo) => {
            Loaded { problem: Problem::Qubo, model: qubo.to_ising()?, graph: None }
        }
        other => bail!("{}: {other:?} has no energy of spins", path.display()),
    };
    let (what, is_constant) = match &loaded.graph {
        Some(graph) => ("weights", graph.edges().iter().all(|(_, _, w)| *w == 0.0)),
        None => ("couplings and fields", loaded.range() == 0.0),
    };
    if is_constant {
        crate::messages::note(format!("all {what} are 0, so that all bits are equally good"));
    }
    Ok(loaded)
}
