//! Files of graphs and problems.
//!
//! | Format | Extensions | Numbered from | Of |
//! |---|---|---|---|
//! | Gset: `n m`, then m lines `u v w` or `u v` | `.gset`, `.rud`, `.mc` | 1 | graphs |
//! | edge list: lines `u v w` or `u v`, blanks or commas | `.edges`, `.edgelist`, `.el` | 0, or 1 if no edge has 0 | graphs |
//! | DIMACS: `p edge n m`, then lines `e u v` | `.col`, `.dimacs` | 1 | graphs |
//! | Matrix Market: `%%MatrixMarket matrix coordinate real symmetric` | `.mtx` | 1 | graphs |
//! | COO of dimod: lines `i j bias`, header `# vartype=SPIN` or `BINARY` | `.coo` | 0, or 1 if no line has 0 | Ising, QUBO |
//! | qbsolv: `p qubo 0 n diagonals elements` | `.qubo` | 0 | QUBO |
//! | bqp of the OR-Library (maximizes; see [`Qubo::from_bqp`]) | `.bqp` | 1 | QUBO |
//! | sums of I, Z and ZZ, as [`PauliText`](crate::pauli::PauliText) reads them | | 0 | Ising |
//! | JSON with `format` and `version` | `.json` | 0 | all three |
//!
//! A text that says its format (JSON, `%%MatrixMarket`, `p …`, a header with `vartype`, Pauli
//! letters) is read as that, whatever the file is called; then the extension decides. A file with
//! another extension, such as `.txt` or `.csv`, is a graph as [`Graph::parse`] reads it, or bqp where
//! a single number is on the first line.
//!
//! `#`, `%` and `//` begin comments, and so does the word `c` at the start of a line. Lines end with
//! a line feed, a carriage return, or both.
//!
//! What has two meanings is refused. A file that names one pair twice is refused with both lines,
//! since it does not say whether the numbers add up or replace each other. Numbers that no line uses
//! are refused unless the file says how many vertices or variables there are. Variables keep their
//! meaning: spins stay spins and bits stay bits.

mod bqp;
mod coo;
mod dimacs;
mod edge_list;
mod json;
mod matrix_market;
mod problem;
mod qbsolv;
mod scan;

pub use problem::Problem;

use super::{Graph, Ising, Qubo};
use crate::error::{Error, Result};
use problem::Kind;
use std::path::Path;

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

impl Graph {
    /// Reads a graph, as [`Problem::read`] does.
    ///
    /// # Errors
    /// If the file cannot be read, is larger than [`MAX_FILE_BYTES`], is not such a file, or holds
    /// a model that is no graph.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read(path.as_ref(), |text, extension| {
            match problem::parse(text, extension, Some(Kind::Graph))? {
                Problem::Graph(graph) => Ok(graph),
                other => Err(other.unexpected(Kind::Graph)),
            }
        })
    }

    /// Writes a graph: `.json`, a Gset file for `.gset`, an edge list for `.edges`, `.txt` or no
    /// extension.
    ///
    /// # Errors
    /// If the file cannot be written, or the extension is another.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| self.text(extension))
    }

    fn text(&self, extension: &str) -> Result<String> {
        match extension {
            "json" => Ok(self.to_json()),
            "gset" => Ok(self.to_gset()),
            "edges" | "edgelist" | "el" | "txt" | "" => Ok(self.to_edge_list()),
            _ => Err(unwritten(extension, ".json, .gset, .edges and .txt")),
        }
    }
}

impl Ising {
    /// Reads a model, as [`Problem::read`] does; a file that does not say what it is is COO.
    ///
    /// # Errors
    /// As [`Graph::read`]; a QUBO is not converted.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read(path.as_ref(), |text, extension| {
            match problem::parse(text, extension, Some(Kind::Ising))? {
                Problem::Ising(model) => Ok(model),
                other => Err(other.unexpected(Kind::Ising)),
            }
        })
    }

    /// Writes a model: `.json`, or COO for `.coo`, `.txt` or no extension.
    ///
    /// # Errors
    /// If the file cannot be written, or the extension is another.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| self.text(extension))
    }

    fn text(&self, extension: &str) -> Result<String> {
        match extension {
            "json" => Ok(self.to_json()),
            "coo" | "txt" | "" => Ok(self.to_coo()),
            _ => Err(unwritten(extension, ".json, .coo and .txt")),
        }
    }
}

impl Qubo {
    /// Reads a problem, as [`Problem::read`] does; a file that does not say what it is is COO, or
    /// bqp where a single number is on the first line, as in the OR-Library's `.txt` files. A bqp
    /// file has one problem here; see [`Qubo::from_bqp`] for more.
    ///
    /// # Errors
    /// As [`Graph::read`]; an Ising model is not converted.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read(path.as_ref(), |text, extension| {
            match problem::parse(text, extension, Some(Kind::Qubo))? {
                Problem::Qubo(qubo) => Ok(qubo),
                other => Err(other.unexpected(Kind::Qubo)),
            }
        })
    }

    /// Writes a problem: `.json`, `.qubo` (qbsolv), `.bqp`, or COO for `.coo`, `.txt` or no
    /// extension.
    ///
    /// # Errors
    /// If the file cannot be written, the extension is another, or the format (`.qubo`, `.bqp`)
    /// cannot hold an offset.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| self.text(extension))
    }

    fn text(&self, extension: &str) -> Result<String> {
        match extension {
            "json" => Ok(self.to_json()),
            "qubo" => self.to_qbsolv(),
            "bqp" => Qubo::to_bqp(std::slice::from_ref(self)),
            "coo" | "txt" | "" => Ok(self.to_coo()),
            _ => Err(unwritten(extension, ".json, .qubo, .bqp, .coo and .txt")),
        }
    }
}

fn unwritten(extension: &str, known: &str) -> Error {
    Error::Invalid {
        what: "the extension".into(),
        value: format!("`.{extension}`"),
        expected: format!("{known} can be written"),
    }
}

/// Problems that a format cannot carry: an offset.
fn without_offset(offset: f64, format: &str) -> Result<()> {
    if offset == 0.0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the offset".into(),
        value: offset.to_string(),
        expected: format!("{format} files have none; write COO or JSON"),
    })
}

fn read<T>(path: &Path, parse: impl FnOnce(&str, &str) -> Result<T>) -> Result<T> {
    let io = |message: String| Error::io(path, message);
    let size = std::fs::metadata(path).map_err(|error| Error::io(path, error))?.len();
    if size > MAX_FILE_BYTES {
        return Err(io(format!("the file has {size} bytes; at most {MAX_FILE_BYTES} are read")));
    }
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, error))?;
    if bytes.contains(&0) {
        return Err(io("this is not a text in UTF-8: it has bytes that are 0".into()));
    }
    // Comments may be Latin-1; what they are not part of does not read as a number.
    let text = String::from_utf8_lossy(&bytes);
    parse(&text, &extension(path)).map_err(|error| io(error.to_string()))
}

fn write(path: &Path, text: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let text = text(&extension(path)).map_err(|error| Error::io(path, error))?;
    std::fs::write(path, text).map_err(|error| Error::io(path, error))
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{every_graph, every_ising, every_qubo};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_extension_comes_back() {
        let folder = std::env::temp_dir().join(format!("ketlab-ising-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let graph = Graph::try_new(4, [(0, 1, 1.5), (1, 2, -2.0)]).unwrap();
        let ising = Ising::new(vec![0.5, 0.0, 0.0], [(0, 1, 0.1)], 3.0);
        let qubo = Qubo::new(vec![0.5, 0.0, 0.0], [(0, 1, 4.0)], 0.0);
        for extension in ["json", "gset", "txt"] {
            let path = folder.join("graph").with_extension(extension);
            graph.write(&path).unwrap();
            assert_eq!(Graph::read(&path).unwrap(), graph, "{extension}");
        }
        for extension in ["json", "coo"] {
            let path = folder.join("ising").with_extension(extension);
            ising.write(&path).unwrap();
            assert_eq!(Ising::read(&path).unwrap(), ising, "{extension}");
        }
        for extension in ["json", "coo", "qubo", "bqp"] {
            let path = folder.join("qubo").with_extension(extension);
            qubo.write(&path).unwrap();
            assert_eq!(Qubo::read(&path).unwrap(), qubo, "{extension}");
        }
        let library = folder.join("library.txt");
        std::fs::copy(folder.join("qubo.bqp"), &library).unwrap();
        assert_eq!(Qubo::read(&library).unwrap(), qubo);
        std::fs::write(&library, "2\n1 0\n1 0\n").unwrap();
        let says = Qubo::read(&library).unwrap_err().to_string();
        assert!(says.contains("number of problems is 2"), "{says}");
        let says = qubo.write(folder.join("qubo.lp")).unwrap_err().to_string();
        assert!(says.contains("the extension is `.lp`") && says.contains(".bqp"), "{says}");
        let latin1 = folder.join("latin1.edges");
        std::fs::write(&latin1, b"# K\xf6nigsberg\n0 1\n").unwrap();
        assert_eq!(Graph::read(&latin1).unwrap(), Graph::new(2, [(0, 1, 1.0)]));
        std::fs::write(&latin1, b"\xff\xfe0\x00 \x001\x00\n\x00").unwrap();
        assert!(Graph::read(&latin1).unwrap_err().to_string().contains("UTF-8"));
        let says = Graph::read(folder.join("none.txt")).unwrap_err().to_string();
        assert!(says.contains("none.txt"), "{says}");
        let huge = folder.join("huge.coo");
        std::fs::File::create(&huge).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        let says = Qubo::read(&huge).unwrap_err().to_string();
        assert!(says.contains("at most 268435456 are read"), "{says}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    proptest! {
        #[test]
        fn every_graph_that_is_written_is_read(graph in every_graph()) {
            for extension in ["json", "gset", "edges", "edgelist", "el", "txt", ""] {
                let text = graph.text(extension).unwrap();
                for want in [None, Some(Kind::Graph)] {
                    let read = problem::parse(&text, extension, want).unwrap();
                    prop_assert_eq!(read, Problem::Graph(graph.clone()), "{}", text);
                }
            }
            prop_assert_eq!(&Graph::from_gset(&graph.to_gset()).unwrap(), &graph);
            prop_assert_eq!(&Graph::parse(&graph.to_edge_list()).unwrap(), &graph);
            // Of Gset files one alone has two meanings.
            let one = graph.num_vertices() == 1;
            prop_assert_eq!(Graph::parse(&graph.to_gset()).ok(), (!one).then_some(graph));
        }

        #[test]
        fn every_model_that_is_written_is_read(model in every_ising()) {
            for extension in ["json", "coo", "txt", ""] {
                let text = model.text(extension).unwrap();
                for want in [None, Some(Kind::Ising)] {
                    let read = problem::parse(&text, extension, want).unwrap();
                    prop_assert_eq!(read, Problem::Ising(model.clone()), "{}", text);
                }
            }
        }

        #[test]
        fn every_qubo_that_is_written_is_read(qubo in every_qubo()) {
            for extension in ["json", "qubo", "bqp", "coo", "txt", ""] {
                let written = qubo.text(extension);
                let halves = qubo.quadratic().iter().all(|(_, _, b)| b / 2.0 * 2.0 == *b);
                let fits = qubo.offset() == 0.0 && (extension != "bqp" || halves);
                if ["qubo", "bqp"].contains(&extension) && !fits {
                    let says = written.unwrap_err().to_string();
                    prop_assert!(says.contains("write COO or JSON"), "{}", says);
                    continue;
                }
                let text = written.unwrap();
                for want in [None, Some(Kind::Qubo)] {
                    let read = problem::parse(&text, extension, want).unwrap();
                    prop_assert_eq!(read, Problem::Qubo(qubo.clone()), "{}", text);
                }
            }
        }

        #[test]
        fn no_text_panics(
            text in "([0-9a-dpeZ .,#=%:{}-]{0,8}[\r\n]){0,6}",
            extension in "(txt|gset|coo|qubo|bqp|mtx|col|json|csv)",
        ) {
            let _ = problem::parse(&text, &extension, None);
            let _ = problem::parse(&text, &extension, Some(Kind::Qubo));
        }
    }
}
