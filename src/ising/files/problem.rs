//! What a file is, by its content and its extension.

use super::{bqp, coo, edge_list, ising_text, json, looks, matrix_market, qbsolv, read, tsplib};
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
    /// header `# vartype=…`, Ising text with `# first=…`, sums of Pauli Z. JSON is ketlab's by its
    /// `format` (of a `ketlab.encoded` the model), bqpjson by its `variable_domain`, dimod's by its
    /// `type`. Else the extension decides: `.gset`, `.rud`, `.mc` (Gset), `.edges`, `.edgelist`,
    /// `.el` (edge list), `.col`, `.dimacs` (DIMACS), `.mtx` (Matrix Market), `.coo` (spins),
    /// `.ising` (Ising text), `.qubo` (qbsolv), `.bqp` (OR-Library). Any other file is a graph as
    /// [`Graph::parse`] reads it, or bqp where a single number is on the first line.
    ///
    /// # Errors
    /// If the file cannot be read, is larger than [`MAX_FILE_BYTES`](super::super::MAX_FILE_BYTES),
    /// cannot be understood (with the format that it looks like), or can be understood in two ways.
    /// Cities (TSPLIB) are no problem of spins or bits until they are encoded.
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
    IsingText,
    PauliSum,
    Json,
    /// Known, and refused: what it is and what to do.
    Cities,
    Sense,
}

impl Format {
    /// The extension of its own.
    fn extension(self) -> &'static str {
        match self {
            Format::Gset => "gset",
            Format::EdgeList => "edges",
            Format::Dimacs => "col",
            Format::MatrixMarket => "mtx",
            Format::Coo(_) => "coo",
            Format::Qbsolv | Format::Sense => "qubo",
            Format::Bqp => "bqp",
            Format::IsingText => "ising",
            Format::PauliSum => "",
            Format::Json => "json",
            Format::Cities => "tsp",
        }
    }
}

/// The problem of a text in a file with this extension. A text that does not say what it holds
/// holds what is wanted.
pub(super) fn parse(text: &str, extension: &str, wanted: Option<Kind>) -> Result<Problem> {
    numbered(text, extension, wanted).map(|(problem, _)| problem)
}

/// What [`parse`] reads and, of a graph, the number of its first vertex in the text.
pub(super) fn numbered(
    text: &str,
    extension: &str,
    wanted: Option<Kind>,
) -> Result<(Problem, usize)> {
    let graph = |graph: Result<Graph>, first| graph.map(|graph| (Problem::Graph(graph), first));
    let model = |problem: Result<Problem>| problem.map(|problem| (problem, 0));
    let known = by_content(text, extension).or(by_extension(extension, wanted));
    let problem = match known {
        Some(Format::Json) => model(json::problem(text)),
        Some(Format::Gset) => graph(Graph::from_gset(text), 1),
        Some(Format::EdgeList) => edge_list::edge_list(text).map(of_graph),
        Some(Format::Dimacs) => graph(Graph::from_dimacs(text), 1),
        Some(Format::MatrixMarket) => graph(Graph::from_matrix_market(text), 1),
        Some(Format::Coo(Kind::Qubo)) => model(Qubo::from_coo(text).map(Problem::Qubo)),
        Some(Format::Coo(_)) => model(Ising::from_coo(text).map(Problem::Ising)),
        Some(Format::Qbsolv) => model(Qubo::from_qbsolv(text).map(Problem::Qubo)),
        Some(Format::Bqp) => model(Qubo::from_bqp(text).and_then(only).map(Problem::Qubo)),
        Some(Format::IsingText) => model(spins(text)),
        Some(Format::PauliSum) => model(pauli_sum(text).map(Problem::Ising)),
        Some(Format::Cities) => return Err(cities()),
        Some(Format::Sense) => return Err(qbsolv::sense()),
        None => unmarked(text, wanted).map_err(|error| match extension {
            "" | "txt" | "dat" | "csv" | "tsv" if begins_with_number(text) => error,
            _ => unknown(extension, &error),
        }),
    };
    let problem = problem.map_err(|error| match known {
        Some(known) => hinted(error, text, known),
        None => error,
    })?;
    match wanted {
        Some(kind) if kind != problem.0.kind() => Err(problem.0.unexpected(kind)),
        _ => Ok(problem),
    }
}

fn of_graph((graph, first): (Graph, usize)) -> (Problem, usize) {
    (Problem::Graph(graph), first)
}

/// An error of a format, with the one that the text looks like.
fn hinted(error: Error, text: &str, known: Format) -> Error {
    // The banner says what it is.
    if known == Format::MatrixMarket && by_content(text, "") == Some(known) {
        return error;
    }
    let Error::Invalid { what, value, mut expected } = error else { return error };
    // Lines of these are those of an edge list too.
    let alike = |extension| {
        extension == known.extension()
            || extension == "edges" && matches!(known, Format::Gset | Format::Coo(_))
    };
    if let Some(look) = looks::like(text).filter(|look| !alike(look.extension)) {
        expected += &format!(
            ". The file looks like {}, which is read from files named `.{}`",
            look.format, look.extension
        );
    }
    Error::Invalid { what, value, expected }
}

fn cities() -> Error {
    Error::Invalid {
        what: "what the file holds".into(),
        value: "cities and their distances (TSPLIB)".into(),
        expected: "a tour is encoded first: `ketlab encode tsp FILE -o tour.json`".into(),
    }
}

/// The format that a text says it has.
fn by_content(text: &str, extension: &str) -> Option<Format> {
    let start = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    if start.starts_with('{') {
        return Some(Format::Json);
    }
    if tsplib::is_marked(text) {
        return Some(Format::Cities);
    }
    let banner = start.get(..matrix_market::BANNER.len());
    if banner.is_some_and(|banner| banner.eq_ignore_ascii_case(matrix_market::BANNER)) {
        return Some(Format::MatrixMarket);
    }
    if let Some(first) = super::scan::content(text).next() {
        match first.fields()[..] {
            ["p", "qubo", ..] => return Some(Format::Qbsolv),
            _ if qbsolv::is_capital(&first) => return Some(Format::Qbsolv),
            ["p", ..] => return Some(Format::Dimacs),
            [sense, ..] if qbsolv::is_sense(sense) => return Some(Format::Sense),
            _ => {}
        }
    }
    if let Some(kind) = coo::marked(text) {
        return Some(Format::Coo(kind));
    }
    if ising_text::is_marked(text) || extension == "ising" && ising_text::is_named(text) {
        return Some(Format::IsingText);
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
        "ising" => Some(Format::IsingText),
        "bqpjson" | "dimod" => Some(Format::Json),
        "tsp" | "atsp" => Some(Format::Cities),
        _ => None,
    }
}

fn unmarked(text: &str, wanted: Option<Kind>) -> Result<(Problem, usize)> {
    let bqp = || Qubo::from_bqp(text).and_then(only).map(Problem::Qubo);
    let model = match (wanted, bqp::is_first_line(text)) {
        (Some(Kind::Ising), true) => spins(text),
        (Some(Kind::Ising), false) => Ising::from_coo(text).map(Problem::Ising),
        (Some(Kind::Qubo), true) => bqp(),
        (Some(Kind::Qubo), false) => Qubo::from_coo(text).map(Problem::Qubo),
        (None, true) => bqp().map_err(|error| {
            let ising = match looks::like(text) {
                Some(look) if look.extension == "ising" => {
                    format!("; {} is in files named `.ising`", look.format)
                }
                _ => String::new(),
            };
            Error::Invalid {
                what: "the first line".into(),
                value: "a single number, as in a bqp file".into(),
                expected: format!(
                    "as such a file, {error}; a graph begins with `n m`, vertices and edges, or with \
                     an edge{ising}"
                ),
            }
        }),
        _ => {
            let ask = "name the file .gset for the first or .edges for the second";
            return edge_list::either(text, ask).map(of_graph);
        }
    };
    model.map(|problem| (problem, 0))
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
             (graphs), .coo, .ising, .qubo, .bqp (Ising, QUBO) and .json, and in files of other \
             names graphs and sums of Pauli Z"
        ),
    }
}

/// The model of Ising text.
fn spins(text: &str) -> Result<Problem> {
    let ask = "add the line `# first=0` or `# first=1` to the file";
    ising_text::read(text, None, ask).map(Problem::Ising)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_wins_over_the_name() {
        let ising = Ising::new(vec![0.5, 0.0], [(0, 1, -1.0)], 0.25);
        let qubo = Qubo::new(vec![0.5, 0.0], [(0, 1, -1.0)], 0.25);
        for extension in ["json", "txt", "gset", "qubo", "edges", ""] {
            for text in [ising.to_json(), ising.to_bqpjson(), ising.to_dimod(), ising.to_text()] {
                let read = parse(&text, extension, None).unwrap();
                assert_eq!(read, Problem::Ising(ising.clone()), "{extension}: {text}");
            }
            for text in [qubo.to_json(), qubo.to_bqpjson(), qubo.to_dimod()] {
                let read = parse(&text, extension, None).unwrap();
                assert_eq!(read, Problem::Qubo(qubo.clone()), "{extension}: {text}");
            }
        }
        assert!(parse(&qubo.to_dimod(), "json", Some(Kind::Ising)).is_err());
        assert!(parse("name Z\n0 1 1\n0 0 1\n", "ising", None).is_ok());
        assert!(parse("2\n0 1 1\n0 1\n", "txt", Some(Kind::Ising)).is_ok());
        assert!(parse("Z0 Z1\n", "ising", None).is_ok());
    }

    #[test]
    fn what_is_known_and_not_read_is_named() {
        let cities = "NAME: fritz\nTYPE: TSP\nDIMENSION: 3\n";
        for (text, extension, says) in [
            (cities, "tsp", "`ketlab encode tsp FILE"),
            (cities, "txt", "`ketlab encode tsp FILE"),
            ("0 1\n", "tsp", "`ketlab encode tsp FILE"),
            ("MINIMIZE\n3 2\n0 1 2\n", "qubo", "Quantagonia"),
            ("MAXIMIZE\n3 2\n", "txt", "Quantagonia"),
            ("{\"type\": \"SampleSet\"}", "json", "these are samples"),
            ("{\"type\": 3}", "json", "invalid type"),
            ("{\"a\": 3}", "json", "without a `format`"),
            ("{\"format\": 3}", "json", "of the format `3`"),
        ] {
            let error = parse(text, extension, None).unwrap_err().to_string();
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }

    #[test]
    fn an_error_says_what_the_text_looks_like() {
        let text = "4\n0 1 -1\n1 2 1\n0 0.5\n";
        for (text, extension, line, like) in [
            (text, "edges", "line 1", "read from files named `.ising`"),
            (text, "gset", "line 1", "read from files named `.ising`"),
            (text, "coo", "line 1", "read from files named `.ising`"),
            (text, "txt", "line 2", "in files named `.ising`"),
            ("3 2\n1 2 1\n2 3 1\n", "coo", "line 1", "`.gset`"),
            ("3 2\n1 2 1\n2 3 1\n", "edges", "line 2", "`.gset`"),
            ("3 2\n1 2 1\n2 3 1\n", "qubo", "line 1", "`.gset`"),
            ("0 0 1\n0 1 1\n", "edges", "line 1", "`.coo`"),
            ("0 0 1\n0 1 1\n", "ising", "line 1", "`.coo`"),
            ("0 1 1\n0 2 1\n", "ising", "line 1", "`.edges`"),
            ("1\n2 2\n1 1 5\n1 2 3\n", "qubo", "line 1", "`.bqp`"),
            ("e 1 2\ne 2 3\n", "edges", "line 1", "`.col`"),
            ("chain\n0 1 1\n1 2 1\n", "edges", "line 1", "`.ising`"),
        ] {
            let error = parse(text, extension, None).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(like), "{extension} {text:?}: {error}");
        }
        assert!(parse("1 1 1\n1 2 1\n", "mtx", None).unwrap_err().to_string().contains("`.coo`"));
        for (text, extension, says) in [
            ("p QUBO 0 1 1 0\n0 0 1\n", "qubo", "`p qubo` in small letters"),
            ("p QUBO 0 1 1 0\n0 0 1\n", "txt", "`p qubo` in small letters"),
            ("p cnf 2 1\n1 -2 0\n", "cnf", "`ketlab encode sat FILE -o formula.json`"),
            (
                "%%MatrixMarket matrix coordinate real general\n3 3 2\n1 1 1\n1 2 1\n",
                "mtx",
                "the entries of one triangle",
            ),
            ("%%MatrixMarket matrix coordinate real symmetric\n2 3 1\n1 1 1\n", "mtx", "square"),
        ] {
            let error = parse(text, extension, None).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains("looks like"), "{text:?}: {error}");
        }
        // Of its own format nothing is said.
        let error = parse("3 3\n1 2\n2 3\n", "gset", None).unwrap_err().to_string();
        assert!(!error.contains("looks like"), "{error}");
    }
}
