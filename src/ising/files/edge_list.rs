//! Gset files and edge lists.

use super::scan::{Line, Pairs, ended, lines};
use crate::error::{Error, Result};
use crate::ising::Graph;
use std::fmt::Write;

/// Says how many vertices there are where the last ones have no edge.
const SIZE: &str = "num_vertices:";

impl Graph {
    /// Reads a Gset file or an edge list: a text is a Gset file if its first line is two integers
    /// `n m` and exactly m ≥ 1 lines of three fields follow. Anything else is an edge list, whose
    /// vertices count from **0**.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there.
    pub fn parse(text: &str) -> Result<Self> {
        let content: Vec<Line<'_>> = content(text).collect();
        let Some((first, rest)) = content.split_first() else { return Graph::from_edge_list(text) };
        let announced = match first.fields()[..] {
            [n, m] if n.parse::<usize>().is_ok() => m.parse::<usize>().ok(),
            _ => None,
        };
        let three = rest.iter().filter(|line| line.fields().len() == 3).count();
        match announced {
            Some(m) if m > 0 && m == rest.len() && m == three => Graph::from_gset(text),
            // All lines but the first have three fields: it can only be a header.
            Some(m) if three > 0 && three == rest.len() => Err(first.error(format!(
                "if this is the header of a Gset file, {m} edges are announced but {three} follow; \
                 an edge list has as many fields on every line"
            ))),
            _ => Graph::from_edge_list(text),
        }
    }

    /// Reads a Gset file (Helmberg and Rendl, SIAM J. Optim. 10, 673 (2000)): `n m`, then m lines
    /// `u v weight` with vertices from **1**.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there.
    pub fn from_gset(text: &str) -> Result<Self> {
        let mut content = content(text);
        let header = content.next().ok_or(ended("the graph", "expected the header `n m`"))?;
        let [n, m] = header.fields()[..] else {
            return Err(header.error("expected the header `n m`, vertices and edges"));
        };
        let n = header.count(n, "vertices")?;
        let m = header.count(m, "edges")?;
        super::super::quadratic::check_size("the vertices", n)?;
        let (mut edges, mut pairs) = (Vec::new(), Pairs::default());
        for line in content {
            if edges.len() == m {
                return Err(line.error(format!("expected the end after {m} edges")));
            }
            let [u, v, w] = line.fields()[..] else {
                return Err(line.error("expected `u v weight`"));
            };
            let (u, v) = (line.index(u, 1, Some(n))?, line.index(v, 1, Some(n))?);
            edges.push(edge(line, u, v, line.number(w)?, &mut pairs)?);
        }
        if edges.len() < m {
            let found = edges.len();
            return Err(ended("the graph", format!("expected {m} edges, but found {found}")));
        }
        Graph::try_new(n, edges)
    }

    /// Reads an edge list: lines `u v` (weight 1) or `u v weight`, of one kind, with vertices from
    /// **0**; what follows `#` or `%` is a comment. There are as many vertices as the largest
    /// index says, or as a comment `# num_vertices: n`.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there.
    pub fn from_edge_list(text: &str) -> Result<Self> {
        let (mut edges, mut pairs, mut kind) = (Vec::new(), Pairs::default(), None::<usize>);
        let mut n = announced(text)?;
        let given = n.is_some();
        for line in content(text) {
            let fields = line.fields();
            let (u, v, w) = match fields[..] {
                [u, v] => (u, v, 1.0),
                [u, v, w] => (u, v, line.number(w)?),
                _ => return Err(line.error("expected `u v` or `u v weight`")),
            };
            if *kind.get_or_insert(fields.len()) != fields.len() {
                return Err(line.error("expected as many fields as on the lines before"));
            }
            let count = n.filter(|_| given);
            let (u, v) = (line.index(u, 0, count)?, line.index(v, 0, count)?);
            n = n.max(Some(u.max(v) + 1));
            edges.push(edge(line, u, v, w, &mut pairs)?);
        }
        match n {
            Some(n) => Graph::try_new(n, edges),
            None => Err(ended("the graph", "it has no edges; expected lines `u v` or `u v w`")),
        }
    }

    /// The graph as a Gset file.
    pub fn to_gset(&self) -> String {
        let mut text = format!("{} {}\n", self.num_vertices(), self.edges().len());
        for (u, v, w) in self.edges() {
            let _ = writeln!(text, "{} {} {w}", u + 1, v + 1);
        }
        text
    }

    /// The graph as an edge list with weights.
    pub fn to_edge_list(&self) -> String {
        let mut text = format!("# {SIZE} {}\n", self.num_vertices());
        for (u, v, w) in self.edges() {
            let _ = writeln!(text, "{u} {v} {w}");
        }
        text
    }
}

fn edge(
    line: Line<'_>,
    u: usize,
    v: usize,
    w: f64,
    pairs: &mut Pairs,
) -> Result<(usize, usize, f64)> {
    if u == v {
        return Err(line.error("the edge joins a vertex to itself; its ends must be different"));
    }
    pairs.add(line, u, v)?;
    Ok((u, v, w))
}

/// The lines without their comments.
fn content(text: &str) -> impl Iterator<Item = Line<'_>> {
    lines(text)
        .map(|line| Line { text: line.text.split(['#', '%']).next().unwrap_or("").trim(), ..line })
        .filter(|line| !line.text.is_empty())
}

/// The number of vertices of a comment.
fn announced(text: &str) -> Result<Option<usize>, Error> {
    for line in lines(text) {
        let comment = line.text.strip_prefix('#').map(str::trim);
        if let Some(n) = comment.and_then(|c| c.strip_prefix(SIZE)) {
            return line.count(n.trim(), "vertices").map(Some);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_both_and_tells_them_apart() {
        let gset = Graph::parse("3 2\n1 2 1\n2 3 -4.5\n").unwrap();
        assert_eq!((gset.num_vertices(), gset.edges()), (3, &[(0, 1, 1.0), (1, 2, -4.5)][..]));
        let list = Graph::parse("# a path\n0 1\n\n% so on\n1 2 # last\n").unwrap();
        assert_eq!((list.num_vertices(), list.edges()), (3, &[(0, 1, 1.0), (1, 2, 1.0)][..]));
        let weighted = Graph::parse("0 1 2.5\r\n0 4 1e-1\r\n").unwrap();
        assert_eq!((weighted.num_vertices(), weighted.edges()[1]), (5, (0, 4, 0.1)));
        // Two fields on every line are edges, also where the second number fits as a count.
        assert_eq!(Graph::parse("5 1\n0 1\n").unwrap().edges().len(), 2);
        assert_eq!(Graph::parse("# num_vertices: 7\n").unwrap().num_vertices(), 7);
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("", "end", "no edges"),
            ("# nothing\n", "end", "no edges"),
            ("0 1\n2 2\n", "line 2", "itself"),
            ("0 1\n0 -1\n", "line 2", "from 0 to 1048575"),
            ("0 9999999\n", "line 1", "from 0 to 1048575"),
            ("0 99999999999999999999999\n", "line 1", "out of range"),
            ("0 1 NaN\n", "line 1", "not a finite number"),
            ("0 1 inf\n", "line 1", "not a finite number"),
            ("0 1 x\n", "line 1", "`x` is not a number"),
            ("0 1 1\n\n1 0 2\n", "line 3", "on line 1 already"),
            ("0 1 1\n1 2\n", "line 2", "as many fields"),
            ("0\n", "line 1", "expected `u v`"),
            ("3 2\n1 2 1\n", "line 1", "2 edges are announced but 1 follow"),
            ("3 2\n1 2 1\n1 3 1\n2 3 1\n", "line 1", "2 edges are announced but 3 follow"),
            ("3 1\n0 2 1\n", "line 2", "from 1 to 3"),
            ("3 1\n1 4 1\n", "line 2", "from 1 to 3"),
            ("9000000 1\n1 4 1\n", "9000000", "at most 1048576"),
            ("# num_vertices: 2\n0 2\n", "line 2", "from 0 to 1"),
            ("# num_vertices: many\n0 2\n", "line 1", "many"),
            ("# num_vertices: 4000000\n", "4000000", "at most 1048576"),
        ] {
            let error = Graph::parse(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
        let error = Graph::from_gset("3 3\n1 2 1\n").unwrap_err().to_string();
        assert!(error.contains("expected 3 edges, but found 1"), "{error}");
        assert!(Graph::from_gset("3 1\n1 2 1\n1 3 1\n").is_err());
    }

    proptest! {
        #[test]
        fn comes_back(weights in prop::collection::vec(-1e3..1e3f64, 1..20)) {
            let edges = weights.iter().enumerate().map(|(k, &w)| (k, k + 1, w));
            let graph = Graph::try_new(weights.len() + 3, edges).unwrap();
            prop_assert_eq!(&Graph::parse(&graph.to_gset()).unwrap(), &graph);
            prop_assert_eq!(&Graph::parse(&graph.to_edge_list()).unwrap(), &graph);
        }

        #[test]
        fn no_text_panics(text in "([0-9a .#%-]{0,8}\n){0,6}") {
            let _ = (Graph::parse(&text), Graph::from_gset(&text));
        }
    }
}
