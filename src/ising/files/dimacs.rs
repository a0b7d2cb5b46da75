//! DIMACS graphs.

use super::edge_list::edge;
use super::scan::{Pairs, content, ended};
use crate::error::{Error, Result};
use crate::ising::Graph;
use std::fmt::Write;

impl Graph {
    /// Reads a graph in DIMACS's edge format (Johnson and Trick, DIMACS Series 26 (1996)):
    /// `p edge n m` or `p col n m`, then m lines `e u v` with vertices from **1**; weights are 1,
    /// unless every line has one, `e u v weight`. Lines from `c` are comments.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there. Weights of vertices and
    /// directed arcs are refused.
    pub fn from_dimacs(text: &str) -> Result<Self> {
        const FORM: &str = "expected the header `p edge n m`";
        let mut content = content(text);
        let header = content.next().ok_or(ended("the graph", FORM))?;
        let ["p", kind, n, m] = header.fields()[..] else { return Err(header.error(FORM)) };
        if !["edge", "edges", "col"].contains(&kind) {
            let cnf = match kind {
                "cnf" => " (a formula is encoded first: `ketlab encode sat FILE -o formula.json`)",
                _ => "",
            };
            return Err(header.error(format!(
                "DIMACS problems of the kind `{kind}` are not graphs for cuts{cnf}; {FORM}"
            )));
        }
        let (n, m) = (header.count(n, "vertices")?, header.count(m, "edges")?);
        super::super::quadratic::check_size("the vertices", n)?;
        let (mut edges, mut pairs, mut kind) = (Vec::new(), Pairs::default(), None::<usize>);
        for line in content {
            let fields = line.fields();
            let (u, v, w) = match fields[..] {
                ["e", u, v] => (u, v, 1.0),
                ["e", u, v, w] => (u, v, line.number(w)?),
                _ => return Err(line.error("expected `e u v` or `e u v weight`")),
            };
            if *kind.get_or_insert(fields.len()) != fields.len() {
                return Err(line.error("expected as many fields as on the lines before"));
            }
            if edges.len() == m {
                return Err(line.error(format!("expected the end after {m} edges")));
            }
            let (u, v) = (line.index(u, 1, Some(n))?, line.index(v, 1, Some(n))?);
            edges.push(edge(line, u, v, w, &mut pairs)?);
        }
        if edges.len() < m {
            let expected = format!("expected {m} edges, but found {}", edges.len());
            return Err(ended("the graph", expected));
        }
        Graph::try_new(n, edges)
    }

    /// The graph in DIMACS's edge format, as [`Graph::from_dimacs`] reads it.
    ///
    /// # Errors
    /// If an edge has another weight than 1, for which the format has no place.
    pub fn to_dimacs(&self) -> Result<String> {
        if let Some((u, v, w)) = self.edges().iter().find(|(_, _, w)| *w != 1.0) {
            return Err(Error::Invalid {
                what: format!("the weight of the edge ({u}, {v})"),
                value: w.to_string(),
                expected: "DIMACS files have none, so that it must be 1; write Gset or Matrix \
                           Market"
                    .into(),
            });
        }
        let mut text = format!("p edge {} {}\n", self.num_vertices(), self.edges().len());
        for (u, v, _) in self.edges() {
            let _ = writeln!(text, "e {} {}", u + 1, v + 1);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_edges_from_one() {
        let graph = Graph::from_dimacs("c a path\np edge 4 2\ne 1 2\nc and\ne 3 2\n").unwrap();
        assert_eq!(graph, Graph::new(4, [(0, 1, 1.0), (2, 1, 1.0)]));
        let weighted = Graph::from_dimacs("p col 2 1\ne 1 2 -0.5\n").unwrap();
        assert_eq!(weighted, Graph::new(2, [(0, 1, -0.5)]));
        assert_eq!(Graph::from_dimacs("p edge 3 0\n").unwrap(), Graph::new(3, []));
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("c nothing\n", "end", "p edge n m"),
            ("p sp 3 2\na 1 2 1\n", "line 1", "`sp` are not graphs"),
            ("p cnf 3 2\n1 -2 0\n", "line 1", "a formula is encoded first"),
            ("p edge 3\n", "line 1", "p edge n m"),
            ("p edge 3 2\ne 1 2\n", "end", "expected 2 edges, but found 1"),
            ("p edge 3 1\ne 1 2\ne 2 3\n", "line 3", "the end after 1 edges"),
            ("p edge 3 1\ne 0 2\n", "line 2", "from 1 to 3"),
            ("p edge 3 1\nn 1 5\n", "line 2", "`e u v`"),
            ("p edge 3 2\ne 1 2\ne 2 1\n", "line 3", "on line 2 already"),
            ("p edge 3 2\ne 1 2\ne 2 3 4\n", "line 3", "as many fields"),
            ("p edge 3 1\ne 2 2\n", "line 2", "itself"),
        ] {
            let error = Graph::from_dimacs(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
    }
}
