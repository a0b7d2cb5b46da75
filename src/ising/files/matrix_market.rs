//! Matrix Market files of symmetric matrices.

use super::edge_list::edge;
use super::scan::{Pairs, content, ended};
use crate::error::{Error, Result};
use crate::ising::Graph;
use std::fmt::Write;

/// The start of every file.
pub(super) const BANNER: &str = "%%matrixmarket";

impl Graph {
    /// Reads the graph whose weights are a symmetric matrix in Matrix Market's coordinate format
    /// (Boisvert, Pozo and Remington, NISTIR 5935 (1996)): the banner `%%MatrixMarket matrix
    /// coordinate real symmetric` (or `integer`, or `pattern`: weights 1), `n n entries`, then that
    /// many lines `row column weight`, from **1**, of which each pair is given once. Zeros on the
    /// diagonal are left out; other zeros are edges of weight 0.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there. Other kinds of matrices, and
    /// numbers on the diagonal, are refused.
    pub fn from_matrix_market(text: &str) -> Result<Self> {
        let pattern = banner(text)?;
        let mut content = content(text);
        let header = content.next().ok_or(ended("the matrix", "expected `n n entries`"))?;
        let [rows, columns, entries] = header.fields()[..] else {
            return Err(header.error("expected `n n entries`"));
        };
        let (n, columns) = (header.count(rows, "rows")?, header.count(columns, "columns")?);
        let entries = header.count(entries, "entries")?;
        if n != columns {
            return Err(header.error("a graph has a square matrix"));
        }
        super::super::quadratic::check_size("the vertices", n)?;
        let (mut edges, mut pairs, mut found) = (Vec::new(), Pairs::default(), 0);
        for line in content {
            let (u, v, w) = match (line.fields()[..].as_ref(), pattern) {
                (&[u, v], true) => (u, v, 1.0),
                (&[u, v, w], false) => (u, v, line.number(w)?),
                (_, true) => return Err(line.error("expected `row column`")),
                (_, false) => return Err(line.error("expected `row column weight`")),
            };
            if found == entries {
                return Err(line.error(format!("expected the end after {entries} entries")));
            }
            found += 1;
            let (u, v) = (line.index(u, 1, Some(n))?, line.index(v, 1, Some(n))?);
            if u != v || w != 0.0 {
                edges.push(edge(line, u, v, w, &mut pairs)?);
            }
        }
        if found < entries {
            let expected = format!("expected {entries} entries, but found {found}");
            return Err(ended("the matrix", expected));
        }
        Graph::try_new(n, edges)
    }

    /// The graph as the lower triangle of its symmetric matrix, as [`Graph::from_matrix_market`]
    /// reads it; an edge of weight 0 is an entry.
    pub fn to_matrix_market(&self) -> String {
        let (n, m) = (self.num_vertices(), self.edges().len());
        let mut text = format!("%%MatrixMarket matrix coordinate real symmetric\n{n} {n} {m}\n");
        for (u, v, w) in self.edges() {
            let _ = writeln!(text, "{} {} {w}", v + 1, u + 1);
        }
        text
    }
}

/// Whether the matrix is a pattern.
fn banner(text: &str) -> Result<bool> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.split(['\n', '\r']).next().unwrap_or("");
    let words = line.to_lowercase();
    let field = match words.split_whitespace().collect::<Vec<_>>()[..] {
        [BANNER, "matrix", "coordinate", field, "symmetric"] => Some(field),
        _ => None,
    };
    let general = words.split_whitespace().nth(4) == Some("general");
    match field {
        Some("real" | "integer") => Ok(false),
        Some("pattern") => Ok(true),
        _ => Err(Error::Invalid {
            what: "the first line".into(),
            value: format!("`{}`", line.chars().take(80).collect::<String>()),
            expected: format!(
                "graphs are `%%MatrixMarket matrix coordinate`, then `real`, `integer` or `pattern`, \
                 then `symmetric`{}",
                match general {
                    true => ", with the entries of one triangle of the matrix alone",
                    false => "",
                }
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_triangle() {
        let text = "%%MatrixMarket matrix coordinate real symmetric\n% as scipy writes\n\
                    3 3 3\n2 1 0.5\n3 1 -2e0\n2 2 0\n";
        assert_eq!(
            Graph::from_matrix_market(text).unwrap(),
            Graph::new(3, [(0, 1, 0.5), (0, 2, -2.0)])
        );
        let text = "%%MatrixMarket Matrix Coordinate Pattern Symmetric\r\n2 2 1\r\n2 1\r\n";
        assert_eq!(Graph::from_matrix_market(text).unwrap(), Graph::new(2, [(0, 1, 1.0)]));
    }

    #[test]
    fn refuses_with_line_and_reason() {
        let real = "%%MatrixMarket matrix coordinate real symmetric\n";
        for (text, line, says) in [
            ("%%MatrixMarket matrix array real symmetric\n", "first line", "`real`, `integer`"),
            ("%%MatrixMarket matrix coordinate real general\n", "first line", "`symmetric`"),
            ("%%MatrixMarket matrix coordinate complex symmetric\n", "first line", "`pattern`"),
            (real, "end", "n n entries"),
            (&format!("{real}2 3 0\n"), "line 2", "square"),
            (&format!("{real}2 2 1\n2 1\n"), "line 3", "row column weight"),
            (&format!("{real}2 2 1\n1 1 3\n"), "line 3", "itself"),
            (&format!("{real}2 2 2\n1 2 3\n2 1 3\n"), "line 4", "on line 3 already"),
            (&format!("{real}2 2 2\n1 2 3\n"), "end", "expected 2 entries, but found 1"),
            (&format!("{real}3 3 1\n1 2 3\n1 3 3\n"), "line 4", "end after 1 entries"),
        ] {
            let error = Graph::from_matrix_market(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
    }
}
