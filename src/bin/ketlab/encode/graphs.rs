//! Problems on graphs.

use super::common::Common;
use super::kind::Kind;
use crate::messages;
use crate::options::count;
use anyhow::{Result, anyhow};
use ketlab::ising::Graph;
use ketlab::ising::problems::{AnyProblem, GraphColouring, IndependentSet, MaxCut};
use std::path::{Path, PathBuf};

/// What the help says of files of graphs.
const GRAPHS: &str = "\
File: any graph that `ketlab anneal` reads, such as lines `u v` or `u v weight`, Gset or DIMACS; `ketlab \
anneal --help` names the formats.";

/// The graph of a file, and the number of its first vertex there, which is said where it is another than
/// here.
fn graph(path: &Path) -> Result<(Graph, usize)> {
    let (graph, first) = Graph::read_numbered(path)?;
    if first != 0 {
        messages::note(format_args!(
            "vertices are numbered from 0 here, from {first} in {}",
            path.display()
        ));
    }
    Ok((graph, first))
}

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  ketlab encode max-cut circuits/graphs/petersen.txt -o cut.json

{GRAPHS}"))]
pub struct MaxCutArgs {
    /// A graph; weights count where it has some
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl Kind for MaxCutArgs {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        vec![&self.file]
    }

    fn problem(&self) -> Result<AnyProblem> {
        Ok(MaxCut::new(graph(&self.file)?.0).into())
    }
}

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  ketlab encode colouring circuits/graphs/petersen.txt --colours 3 -o colours.json

n vertices in K colours are n K bits. {GRAPHS}"))]
pub struct ColouringArgs {
    /// A graph; weights do not count
    file: PathBuf,
    /// How many colours there are
    #[arg(long, value_name = "K", value_parser = count::<usize>(1..=1 << 20))]
    colours: usize,
    #[command(flatten)]
    common: Common,
}

impl Kind for ColouringArgs {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        vec![&self.file]
    }

    fn problem(&self) -> Result<AnyProblem> {
        Ok(GraphColouring::new(graph(&self.file)?.0, self.colours)?.into())
    }
}

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  ketlab encode independent-set circuits/graphs/petersen.txt -o set.json
  ketlab encode independent-set circuits/graphs/petersen.txt --weights weights.txt -o set.json

{GRAPHS} The file of --weights has lines `vertex weight`, with vertices numbered as in the graph's file; others weigh 1."))]
pub struct IndependentSetArgs {
    /// A graph; weights of its edges do not count
    file: PathBuf,
    /// Weights of the vertices, lines `vertex weight` [default: 1 each]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Kind for IndependentSetArgs {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        [&self.file].into_iter().chain(&self.weights).map(PathBuf::as_path).collect()
    }

    fn problem(&self) -> Result<AnyProblem> {
        let (graph, first) = graph(&self.file)?;
        let problem = IndependentSet::new(graph);
        Ok(match &self.weights {
            Some(path) => {
                let weighted = problem.with_weights_of_file(path, first);
                weighted.map_err(|error| anyhow!("--weights {error}"))?.into()
            }
            None => problem.into(),
        })
    }
}
