//! What a file is, by its content and its extension.

use super::{bqp, coo, edge_list, json, matrix_market, read};
use crate::error::{Error, Result};
use crate::ising::{Graph, Ising, Qubo};
use crate::pauli::PauliText;
use std::fmt;
use std::path::Path;

/// What a file of unknown content holds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// A graph, of which nothing is asked yet.
    Graph(Graph),
    /// A model of spins.
    Ising(Ising),
    /// A problem of bits.
    Qubo(Qubo),
}

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Graph,
    Ising,
    Qubo,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Graph => "a graph",
            Kind::Ising => "an Ising model (spins)",
            Kind::Qubo => "a QUBO (bits)",
        })
    }
}

impl Problem {
    /// Reads a file. A text that says its format is read as that, whatever the file is called:
    /// JSON by its `format`, `%%MatrixMarket`, DIMACS's `p edge`, qbsolv's `p qubo`, COO with a
    /// header `# vartype=…`, sums of Pauli Z. Else the extension decides: `.gset`, `.rud`, `.mc`
    /// (Gset), `.edges`, `.edgelist`, `.el` (edge list), `.col`, `.dimacs` (DIMACS), `.mtx`
    /// (Matrix Market), `.coo` (spins), `.qubo` (qbsolv), `.bqp` (OR-Library). Any other file is a
    /// graph as [`Graph::parse`] reads it, or bqp where a single number is on the first line.
    ///
    /// # Errors
    /// If the file cannot be read, is larger than [`MAX_FILE_BYTES`](super::super::MAX_FILE_BYTES),
    /// cannot be understood, or can be understood in two ways.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read(path.as_ref(), |text, extension| parse(text, extension, None))
    }

    fn kind(&self) -> Kind {
        match self {
            Problem::Graph(_) => Kind::Graph,
            Problem::Ising(_) => Kind::Ising,
            Problem::Qubo(_) => Kind::Qubo,
        }
    }

    pub(super) fn unexpected(&self, expected: Kind) -> Error {
        Error::Invalid {
            what: "what the file holds".into(),
            value: self.kind().to_string(),
            expected: format!("{expected} is expected here"),
        }
    }
}

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Gset,
    EdgeList,
    Dimacs,
    MatrixMarket,
    Coo(Kind),
    Qbsolv,
    Bqp,
    PauliSum,
    Json,
}

/// The problem of a text in a file with this extension. A text that does not say what it holds
/// holds what is wanted.
pub(super) fn parse(text: &str, extension: &str, wanted: Option<Kind>) -> Result<Problem> {
    let graph = |graph: Result<Graph>| graph.map(Problem::Graph);
    let known = by_content(text).or(by_extension(extension, wanted));
    let problem = match known {
        Some(Format::Json) => json::problem(text),
        Some(Format::Gset) => graph(Graph::from_gset(text)),
        Some(Format::EdgeList) => graph(Graph::from_edge_list(text)),
        Some(Format::Dimacs) => graph(Graph::from_dimacs(text)),
        Some(Format::MatrixMarket) => graph(Graph::from_matrix_market(text)),
        Some(Format::Coo(Kind::Qubo)) => Qubo::from_coo(text).map(Problem::Qubo),
        Some(Format::Coo(_)) => Ising::from_coo(text).map(Problem::Ising),
        Some(Format::Qbsolv) => Qubo::from_qbsolv(text).map(Problem::Qubo),
        Some(Format::Bqp) => Qubo::from_bqp(text).and_then(only).map(Problem::Qubo),
        Some(Format::PauliSum) => pauli_sum(text).map(Problem::Ising),
        None => unmarked(text, wanted).map_err(|error| match extension {
            "" | "txt" | "dat" | "csv" | "tsv" if begins_with_number(text) => error,
            _ => unknown(extension, &error),
        }),
    }?;
    match wanted {
        Some(kind) if kind != problem.kind() => Err(problem.unexpected(kind)),
        _ => Ok(problem),
    }
}

/// The format that a text says it has.
fn by_content(text: &str) -> Option<Format> {
    let start = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    if start.starts_with('{') {
        return Some(Format::Json);
    }
    let banner = start.get(..matrix_market::BANNER.len());
    if banner.is_some_and(|banner| banner.eq_ignore_ascii_case(matrix_market::BANNER)) {
        return Some(Format::MatrixMarket);
    }
    if let Some(first) = super::scan::content(text).next() {
        match first.fields()[..] {
            ["p", "qubo", ..] => return Some(Format::Qbsolv),
            ["p", ..] => return Some(Format::Dimacs),
            _ => {}
        }
    }
    if let Some(kind) = coo::marked(text) {
        return Some(Format::Coo(kind));
    }
    let is_pauli = super::scan::content(text).any(|line| line.text.contains('Z'));
    is_pauli.then_some(Format::PauliSum)
}

fn by_extension(extension: &str, wanted: Option<Kind>) -> Option<Format> {
    match extension {
        "json" => Some(Format::Json),
        "gset" | "rud" | "mc" => Some(Format::Gset),
        "edges" | "edgelist" | "el" => Some(Format::EdgeList),
        "col" | "dimacs" => Some(Format::Dimacs),
        "mtx" => Some(Format::MatrixMarket),
        // The three columns are those of an edge list too.
        "coo" => match wanted {
            Some(Kind::Graph) => None,
            _ => Some(Format::Coo(wanted.unwrap_or(Kind::Ising))),
        },
        "qubo" => Some(Format::Qbsolv),
        "bqp" => Some(Format::Bqp),
        _ => None,
    }
}

fn unmarked(text: &str, wanted: Option<Kind>) -> Result<Problem> {
    let bqp = || Qubo::from_bqp(text).and_then(only).map(Problem::Qubo);
    match (wanted, bqp::is_first_line(text)) {
        (Some(Kind::Ising), _) => Ising::from_coo(text).map(Problem::Ising),
        (Some(Kind::Qubo), true) => bqp(),
        (Some(Kind::Qubo), false) => Qubo::from_coo(text).map(Problem::Qubo),
        (None, true) => bqp().map_err(|error| Error::Invalid {
            what: "the first line".into(),
            value: "a single number, as in a bqp file".into(),
            expected: format!(
                "as such a file, {error}; a graph begins with `n m`, vertices and edges, or with \
                 an edge"
            ),
        }),
        _ => {
            let ask = "name the file .gset for the first or .edges for the second";
            edge_list::either(text, ask).map(Problem::Graph)
        }
    }
}

fn begins_with_number(text: &str) -> bool {
    let first = super::scan::content(text).next();
    first.is_none_or(|line| line.fields()[0].parse::<f64>().is_ok())
}

fn unknown(extension: &str, error: &Error) -> Error {
    Error::Invalid {
        what: "the extension".into(),
        value: format!("`.{extension}`, which does not say what this is"),
        expected: format!(
            "{error}. Known are .gset, .rud, .mc, .edges, .edgelist, .el, .col, .dimacs, .mtx \
             (graphs), .coo, .qubo, .bqp (Ising, QUBO) and .json, and in files of other names \
             graphs and sums of Pauli Z"
        ),
    }
}

/// The model of a sum of Pauli strings.
pub(super) fn pauli_sum(text: &str) -> Result<Ising> {
    let PauliText { sum, num_qubits, .. } = PauliText::parse(text)?;
    Ising::from_pauli_sum(&sum, num_qubits)
}

fn only(mut problems: Vec<Qubo>) -> Result<Qubo> {
    match (problems.pop(), problems.len()) {
        (Some(problem), 0) => Ok(problem),
        (last, before) => Err(Error::Invalid {
            what: "the number of problems".into(),
            value: (before + usize::from(last.is_some())).to_string(),
            expected: "a file with one is expected here".into(),
        }),
    }
}
