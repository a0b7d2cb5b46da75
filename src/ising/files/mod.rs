//! Files of graphs and problems.
//!
//! | Format | Numbered from | Of |
//! |---|---|---|
//! | Gset: `n m`, then m lines `u v w` | 1 | graphs |
//! | edge list: lines `u v` or `u v w`, comments `#` and `%` | 0 | graphs |
//! | COO of dimod: lines `i j bias`, header `# vartype=SPIN` or `BINARY` | 0 | Ising, QUBO |
//! | qbsolv: `p qubo 0 n diagonals elements`, comments `c` | 0 | QUBO |
//! | bqp of the OR-Library (maximizes; see [`Qubo::from_bqp`]) | 1 | QUBO |
//! | JSON with `format` and `version` | 0 | all three |
//!
//! A file that names one pair twice is refused with both lines, since it does not say whether the
//! numbers add up or replace each other. Variables keep their meaning: spins stay spins and bits
//! stay bits.

mod bqp;
mod coo;
mod edge_list;
mod json;
mod qbsolv;
mod scan;

use super::{Graph, Ising, Qubo};
use crate::error::{Error, Result};
use std::path::Path;

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

impl Graph {
    /// Reads a graph: `.json`, or else what [`Graph::parse`] reads.
    ///
    /// # Errors
    /// If the file cannot be read, is larger than [`MAX_FILE_BYTES`], or is not such a file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read(path.as_ref(), |text, extension| match extension {
            "json" => Graph::from_json(text),
            _ => Graph::parse(text),
        })
    }

    /// Writes a graph: `.json`, a Gset file for `.gset`, or else an edge list.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| match extension {
            "json" => Ok(self.to_json()),
            "gset" => Ok(self.to_gset()),
            _ => Ok(self.to_edge_list()),
        })
    }
}

impl Ising {
    /// Reads a model: `.json`, or else COO.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read(path.as_ref(), |text, extension| match extension {
            "json" => Ising::from_json(text),
            _ => Ising::from_coo(text),
        })
    }

    /// Writes a model: `.json`, or else COO.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| match extension {
            "json" => Ok(self.to_json()),
            _ => Ok(self.to_coo()),
        })
    }
}

impl Qubo {
    /// Reads a problem: `.json`, `.qubo` (qbsolv), `.bqp` (OR-Library, with a single problem; see
    /// [`Qubo::from_bqp`] for more), or else COO, unless the first line is a single integer, as in
    /// the OR-Library's `.txt` files.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read(path.as_ref(), |text, extension| match extension {
            "json" => Qubo::from_json(text),
            "qubo" => Qubo::from_qbsolv(text),
            "bqp" => only(Qubo::from_bqp(text)?),
            _ if bqp::is_first_line(text) => only(Qubo::from_bqp(text)?),
            _ => Qubo::from_coo(text),
        })
    }

    /// Writes a problem by the extension, as [`Qubo::read`] reads it.
    ///
    /// # Errors
    /// If the file cannot be written, or an offset does not fit in the format (`.qubo`, `.bqp`).
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), |extension| match extension {
            "json" => Ok(self.to_json()),
            "qubo" => self.to_qbsolv(),
            "bqp" => Qubo::to_bqp(std::slice::from_ref(self)),
            _ => Ok(self.to_coo()),
        })
    }
}

fn only(mut problems: Vec<Qubo>) -> Result<Qubo> {
    match (problems.pop(), problems.len()) {
        (Some(problem), 0) => Ok(problem),
        (_, more) => Err(Error::Invalid {
            what: "the number of problems".into(),
            value: (more + 1).to_string(),
            expected: "one is expected here; `Qubo::from_bqp` reads them all".into(),
        }),
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
    let text = std::fs::read_to_string(path).map_err(|error| io(error.to_string()))?;
    parse(&text, &extension(path)).map_err(|error| io(error.to_string()))
}

fn write(path: &Path, text: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let text = text(&extension(path))?;
    std::fs::write(path, text).map_err(|error| Error::io(path, error))
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let says = Graph::read(folder.join("none.txt")).unwrap_err().to_string();
        assert!(says.contains("none.txt"), "{says}");
        let huge = folder.join("huge.coo");
        std::fs::File::create(&huge).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        let says = Qubo::read(&huge).unwrap_err().to_string();
        assert!(says.contains("at most 268435456 are read"), "{says}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
