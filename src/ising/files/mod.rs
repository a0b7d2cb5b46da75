//! Files of graphs and problems.
//!
//! | Format | Extensions | Numbered from | Of |
//! |---|---|---|---|
//! | Gset: `n m`, then m lines `u v w` or `u v` | `.gset`, `.rud`, `.mc` | 1 | graphs |
//! | edge list: lines `u v w` or `u v`, blanks or commas | `.edges`, `.edgelist`, `.el` | 0, or 1 if no edge has 0 | graphs |
//! | DIMACS: `p edge n m`, then lines `e u v` | `.col`, `.dimacs` | 1 | graphs |
//! | Matrix Market: `%%MatrixMarket matrix coordinate real symmetric` | `.mtx` | 1 | graphs |
//! | COO of dimod: lines `i j bias`, header `# vartype=SPIN` or `BINARY` | `.coo` | 0, or 1 if no line has 0 | Ising, QUBO |
//! | qbsolv: `p qubo 0 n diagonals elements`; an offset is our comment `c offset VALUE` | `.qubo` | 0 | QUBO |
//! | bqp of the OR-Library (maximizes; see [`Qubo::from_bqp`]) | `.bqp` | 1 | QUBO |
//! | Ising text: `n`, then lines `i j J` and `i h` (see [`Ising::from_text`]) | `.ising` | 0 or 1, as `# first=0` says | Ising |
//! | sums of I, Z and ZZ, as [`PauliText`](crate::pauli::PauliText) reads them | | 0 | Ising |
//! | JSON with `format` and `version` | `.json` | 0 | all three |
//! | bqpjson 1.0 of Los Alamos (see [`Ising::from_bqpjson`]) | `.json`, `.bqpjson` | ids | Ising, QUBO |
//! | dimod's JSON, schema 3.0, not packed (see [`Ising::from_dimod`]) | `.json`, `.dimod` | labels | Ising, QUBO |
//! | TSPLIB (see [`Tsplib`]), of which a QUBO is to be encoded | `.tsp`, `.atsp` | 1 | cities |
//!
//! A text that says its format (JSON, `%%MatrixMarket`, `p …`, a header with `vartype`, `# first=…`
//! above a single number, Pauli letters, TSPLIB's keys) is read as that, whatever the file is called;
//! then the extension decides. A file with another extension, such as `.txt` or `.csv`, is a graph as
//! [`Graph::parse`] reads it, or bqp where a single number is on the first line. A text that cannot
//! be read is refused with the line, what was expected there, and the format that it looks like.
//!
//! `#`, `%` and `//` begin comments, and so does the word `c` at the start of a line. Lines end with
//! a line feed, a carriage return, or both.
//!
//! What has two meanings is refused. A file that names one pair twice is refused with both lines,
//! since it does not say whether the numbers add up or replace each other. Numbers that no line uses
//! are refused unless the file says how many vertices or variables there are. Variables keep their
//! meaning: spins stay spins and bits stay bits.

mod bqp;
mod bqpjson;
mod coo;
mod dimacs;
mod dimod;
mod edge_list;
mod ising_text;
mod json;
mod labels;
mod looks;
mod matrix_market;
mod model;
mod problem;
mod qbsolv;
pub(in crate::ising) mod scan;
mod tsplib;

pub use problem::Problem;
pub(in crate::ising) use scan::{Line, content};
pub use tsplib::{MAX_CITIES, Tsplib};

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

    /// [`Graph::read`], and the number that vertex 0 has in the file: 1 in formats that count from
    /// there (Gset, DIMACS, Matrix Market) and in edge lists where no edge has vertex 0, else 0.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub fn read_numbered(path: impl AsRef<Path>) -> Result<(Self, usize)> {
        read(path.as_ref(), |text, extension| {
            match problem::numbered(text, extension, Some(Kind::Graph))? {
                (Problem::Graph(graph), first) => Ok((graph, first)),
                (other, _) => Err(other.unexpected(Kind::Graph)),
            }
        })
    }

    /// Writes a graph: `.json`, a Gset file for `.gset`, Matrix Market for `.mtx`, DIMACS for `.col`,
    /// an edge list for `.edges`, `.txt` or no extension. [`Graph::read`] reads it back to the bit.
    ///
    /// # Errors
    /// If the file cannot be written, the extension is another, or the format (`.col`) cannot hold
    /// the weights.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| self.text(extension))
    }

    fn text(&self, extension: &str) -> Result<String> {
        match extension {
            "json" => Ok(self.to_json()),
            "gset" => Ok(self.to_gset()),
            "mtx" => Ok(self.to_matrix_market()),
            "col" | "dimacs" => self.to_dimacs(),
            "edges" | "edgelist" | "el" | "txt" | "" => Ok(self.to_edge_list()),
            _ => Err(unwritten(extension, ".json, .gset, .mtx, .col, .edges and .txt")),
        }
    }
}

impl Ising {
    /// Reads a model, as [`Problem::read`] does; a file that does not say what it is is COO, or
    /// Ising text where a single number is on the first line.
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

    /// Writes a model: `.json`, `.bqpjson`, dimod's JSON for `.dimod`, Ising text for `.ising`, or
    /// COO for `.coo`, `.txt` or no extension. [`Ising::read`] reads it back to the bit.
    ///
    /// # Errors
    /// If the file cannot be written, or the extension is another.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| self.text(extension))
    }

    fn text(&self, extension: &str) -> Result<String> {
        match extension {
            "json" => Ok(self.to_json()),
            "bqpjson" => Ok(self.to_bqpjson()),
            "dimod" => Ok(self.to_dimod()),
            "ising" => Ok(self.to_text()),
            "coo" | "txt" | "" => Ok(self.to_coo()),
            _ => Err(unwritten(extension, ".json, .bqpjson, .dimod, .ising, .coo and .txt")),
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

    /// Writes a problem: `.json`, `.bqpjson`, dimod's JSON for `.dimod`, `.qubo` (qbsolv), `.bqp`,
    /// or COO for `.coo`, `.txt` or no extension. [`Qubo::read`] reads it back to the bit, but for an
    /// offset of -0.0, which `.bqp` has no place for and which comes back as 0.0.
    ///
    /// # Errors
    /// If the file cannot be written, the extension is another, or the format (`.bqp`) cannot hold
    /// an offset.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| self.text(extension))
    }

    fn text(&self, extension: &str) -> Result<String> {
        match extension {
            "json" => Ok(self.to_json()),
            "qubo" => Ok(self.to_qbsolv()),
            "bqp" => Qubo::to_bqp(std::slice::from_ref(self)),
            "bqpjson" => Ok(self.to_bqpjson()),
            "dimod" => Ok(self.to_dimod()),
            "coo" | "txt" | "" => Ok(self.to_coo()),
            _ => {
                let known = ".json, .bqpjson, .dimod, .qubo, .bqp, .coo and .txt";
                Err(unwritten(extension, known))
            }
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

/// Refuses an offset, which a format has no place for; one of -0.0 is none.
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

/// What `parse` makes of a file's text and its extension; errors name the file.
pub(super) fn read<T>(path: &Path, parse: impl FnOnce(&str, &str) -> Result<T>) -> Result<T> {
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
    use super::super::testing::{every_graph, every_ising, every_qubo, same_bits};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_extension_comes_back() {
        let folder = std::env::temp_dir().join(format!("ketlab-ising-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let graph = Graph::try_new(4, [(0, 1, 1.5), (1, 2, -2.0)]).unwrap();
        let ising = Ising::new(vec![0.5, 0.0, 0.0], [(0, 1, 0.1)], 3.0);
        let qubo = Qubo::new(vec![0.5, 0.0, 0.0], [(0, 1, 4.0)], 0.0);
        for extension in ["json", "gset", "mtx", "txt"] {
            let path = folder.join("graph").with_extension(extension);
            graph.write(&path).unwrap();
            assert_eq!(Graph::read(&path).unwrap(), graph, "{extension}");
        }
        for extension in ["json", "bqpjson", "dimod", "ising", "coo"] {
            let path = folder.join("ising").with_extension(extension);
            ising.write(&path).unwrap();
            assert_eq!(Ising::read(&path).unwrap(), ising, "{extension}");
        }
        for extension in ["json", "bqpjson", "dimod", "coo", "qubo", "bqp"] {
            let path = folder.join("qubo").with_extension(extension);
            qubo.write(&path).unwrap();
            assert_eq!(Qubo::read(&path).unwrap(), qubo, "{extension}");
        }
        for (name, text, first) in [
            ("a.gset", "2 1\n1 2 1\n", 1),
            ("a.txt", "2 1\n1 2 1\n", 1),
            ("a.col", "p edge 2 1\ne 1 2\n", 1),
            ("a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n2 1 1\n", 1),
            ("a.edges", "1 2\n", 1),
            ("a.edges", "0 1\n", 0),
            ("a.txt", "0 1 1\n", 0),
            ("a.txt", "# num_vertices: 2\n0 1\n", 0),
            ("a.json", &Graph::new(2, [(0, 1, 1.0)]).to_json(), 0),
        ] {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            let want = (Graph::new(2, [(0, 1, 1.0)]), first);
            assert_eq!(Graph::read_numbered(&path).unwrap(), want, "{name}: {text}");
        }
        assert!(Graph::read_numbered(folder.join("ising.json")).is_err());
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
            for extension in ["json", "gset", "mtx", "col", "edges", "edgelist", "el", "txt", ""] {
                if extension == "col" && graph.edges().iter().any(|edge| edge.2 != 1.0) {
                    let says = graph.text(extension).unwrap_err().to_string();
                    prop_assert!(says.contains("write Gset or Matrix"), "{}", says);
                    continue;
                }
                let text = graph.text(extension).unwrap();
                for want in [None, Some(Kind::Graph)] {
                    let read = problem::parse(&text, extension, want).unwrap();
                    prop_assert!(same_bits(&read, &Problem::Graph(graph.clone())), "{}", text);
                }
            }
            let unweighted = graph.edges().iter().map(|&(u, v, _)| (u, v, 1.0));
            let unweighted = Graph::new(graph.num_vertices(), unweighted);
            let read = problem::parse(&unweighted.text("col").unwrap(), "", None).unwrap();
            prop_assert_eq!(read, Problem::Graph(unweighted));
            prop_assert_eq!(&Graph::from_gset(&graph.to_gset()).unwrap(), &graph);
            prop_assert_eq!(&Graph::parse(&graph.to_edge_list()).unwrap(), &graph);
            // Of Gset files one alone has two meanings.
            let one = graph.num_vertices() == 1;
            prop_assert_eq!(Graph::parse(&graph.to_gset()).ok(), (!one).then_some(graph));
        }

        #[test]
        fn every_model_that_is_written_is_read(model in every_ising()) {
            for extension in ["json", "bqpjson", "dimod", "ising", "coo", "txt", ""] {
                let text = model.text(extension).unwrap();
                // What it is is in the text, except in its name alone.
                for name in [extension, "txt"] {
                    for want in [None, Some(Kind::Ising)] {
                        let read = problem::parse(&text, name, want).unwrap();
                        prop_assert!(same_bits(&read, &Problem::Ising(model.clone())), "{}", text);
                    }
                }
            }
        }

        #[test]
        fn every_qubo_that_is_written_is_read(qubo in every_qubo()) {
            for extension in ["json", "bqpjson", "dimod", "qubo", "bqp", "coo", "txt", ""] {
                let written = qubo.text(extension);
                let halves = qubo.quadratic().iter().all(|(_, _, b)| b / 2.0 * 2.0 == *b);
                if extension == "bqp" && !(qubo.offset() == 0.0 && halves) {
                    let says = written.unwrap_err().to_string();
                    prop_assert!(says.contains("write COO or JSON"), "{}", says);
                    continue;
                }
                let text = written.unwrap();
                for want in [None, Some(Kind::Qubo)] {
                    let read = problem::parse(&text, extension, want).unwrap();
                    // Where a format has no offset, that of a QUBO is +0.
                    let kept = match extension {
                        "bqp" => Qubo::new(qubo.linear().into(), qubo.quadratic().to_vec(), 0.0),
                        _ => qubo.clone(),
                    };
                    prop_assert!(same_bits(&read, &Problem::Qubo(kept)), "{}", text);
                }
            }
        }

        #[test]
        fn no_text_panics(
            text in "([0-9a-dpeZ .,#=%:{}-]{0,8}[\r\n]){0,6}",
            extension in "(txt|gset|coo|qubo|bqp|mtx|col|json|csv|ising|tsp)",
        ) {
            let _ = problem::parse(&text, &extension, None);
            let _ = problem::parse(&text, &extension, Some(Kind::Qubo));
            let _ = problem::parse(&text, &extension, Some(Kind::Ising));
            let _ = Tsplib::parse(&text);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = String::from_utf8_lossy(&bytes);
            for extension in EXTENSIONS {
                let _ = problem::parse(&text, extension, None);
            }
            let _ = Tsplib::parse(&text);
        }

        #[test]
        fn no_damaged_text_panics(
            model in every_ising(),
            graph in every_graph(),
            qubo in every_qubo(),
            cut in any::<prop::sample::Index>(),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        ) {
            let written = EXTENSIONS.iter().flat_map(|extension| {
                let texts = [graph.text(extension), model.text(extension), qubo.text(extension)];
                texts.into_iter().flatten().map(move |text| (*extension, text))
            });
            let cities = "NAME: a\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EXPLICIT\n\
                          EDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_WEIGHT_SECTION\n1 2\n3\nEOF\n";
            for (extension, text) in written.chain([("tsp", cities.into())]) {
                let mut bytes = text.into_bytes();
                bytes.truncate(cut.index(bytes.len() + 1));
                for (place, byte) in &damage {
                    if !bytes.is_empty() {
                        let place = place.index(bytes.len());
                        bytes[place] = *byte;
                    }
                }
                let text = String::from_utf8_lossy(&bytes);
                let _ = problem::parse(&text, extension, None);
                let _ = problem::parse(&text, "txt", Some(Kind::Ising));
                let _ = Tsplib::parse(&text);
            }
        }
    }

    const EXTENSIONS: [&str; 13] = [
        "json", "gset", "mtx", "col", "edges", "bqpjson", "dimod", "ising", "coo", "qubo", "bqp",
        "txt", "tsp",
    ];
}
