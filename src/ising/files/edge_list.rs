//! Gset files and edge lists.

use super::scan::{Line, Pairs, comments, content, ended, has_setting, numbering};
use crate::error::{Error, Result};
use crate::ising::Graph;
use std::fmt::Write;

/// Says how many vertices there are where some have no edge.
const SIZE: &str = "num_vertices";

impl Graph {
    /// Reads a Gset file or an edge list, whichever of the two the text can be. Only a first line
    /// of two integers can be either the header `n m` of a Gset file or an edge:
    ///
    /// - it is a header where [`Graph::from_gset`] reads the text and
    ///   [`Graph::from_edge_list`] does not, and an edge where it is the other way round; so a
    ///   comment `# num_vertices: n` makes it an edge;
    /// - where both read it, as `3 2`, `1 2`, `2 3`, it is refused, and so is a first line that is the
    ///   right header of the lines below it but for their numbers, which begin at 0 (`3 2`, `0 1`,
    ///   `1 2`).
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there. If the text has two meanings.
    pub fn parse(text: &str) -> Result<Self> {
        let ask = "`Graph::from_gset` reads the one, `Graph::from_edge_list` the other";
        either(text, ask).map(|(graph, _)| graph)
    }

    /// Reads a Gset file (Helmberg and Rendl, SIAM J. Optim. 10, 673 (2000)): `n m`, then m lines
    /// `u v weight` with vertices from **1**, or m lines `u v` whose weights are 1.
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
        let (mut edges, mut pairs, mut kind) = (Vec::new(), Pairs::default(), None);
        for line in content {
            if edges.len() == m {
                return Err(line.error(format!("expected the end after {m} edges")));
            }
            let (u, v, w) = fields(line, &mut kind)?;
            let (u, v) = (line.index(u, 1, Some(n))?, line.index(v, 1, Some(n))?);
            edges.push(edge(line, u, v, w, &mut pairs)?);
        }
        if edges.len() < m {
            let found = edges.len();
            return Err(ended("the graph", format!("expected {m} edges, but found {found}")));
        }
        Graph::try_new(n, edges)
    }

    /// Reads an edge list: lines `u v` (weight 1) or `u v weight`, of one kind, with blanks or
    /// commas between; `#`, `%` and `//` begin comments. A line of names above, as `source,target`,
    /// is skipped.
    ///
    /// Vertices are numbered without gaps, from **0**, or from **1** where no edge has vertex 0. A
    /// comment `# num_vertices: n` says that they are 0 to n - 1, of which some may have no edge.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there. If numbers are unused: which.
    pub fn from_edge_list(text: &str) -> Result<Self> {
        edge_list(text).map(|(graph, _)| graph)
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
        let mut text = format!("# {SIZE}: {}\n", self.num_vertices());
        for (u, v, w) in self.edges() {
            let _ = writeln!(text, "{u} {v} {w}");
        }
        text
    }
}

/// What [`Graph::from_edge_list`] reads, and the number of its first vertex in the text.
pub(super) fn edge_list(text: &str) -> Result<(Graph, usize)> {
    let (mut edges, mut pairs, mut kind) = (Vec::new(), Pairs::default(), None);
    let known = announced(text)?;
    for (k, line) in content(text).enumerate() {
        if k == 0 && names(line) {
            continue;
        }
        let (u, v, w) = fields(line, &mut kind)?;
        let (u, v) = (line.index(u, 0, known)?, line.index(v, 0, known)?);
        edges.push(edge(line, u, v, w, &mut pairs)?);
    }
    if let Some(n) = known {
        return Ok((Graph::try_new(n, edges)?, 0));
    }
    if edges.is_empty() {
        return Err(ended("the graph", "it has no edges; expected lines `u v` or `u v weight`"));
    }
    let numbers = edges.iter().flat_map(|&(u, v, _)| [u, v]);
    let (first, n) = numbering("vertices", SIZE, numbers)?;
    let graph = Graph::try_new(n, edges.into_iter().map(|(u, v, w)| (u - first, v - first, w)))?;
    Ok((graph, first))
}

/// What [`Graph::parse`] does, and the number of the first vertex in the text; `ask` says how to tell
/// the two apart.
pub(super) fn either(text: &str, ask: &str) -> Result<(Graph, usize)> {
    let first = content(text).next();
    let Some((line, n, m)) = first.and_then(|line| match line.fields()[..] {
        [n, m] if n.parse::<usize>().is_ok() && m.parse::<usize>().is_ok() => Some((line, n, m)),
        _ => None,
    }) else {
        return edge_list(text);
    };
    if has_setting(text, SIZE) {
        return edge_list(text);
    }
    match (Graph::from_gset(text), edge_list(text)) {
        (Err(_), Ok(_)) if is_header_from_0(&line, text) => Err(line.error(format!(
            "it can be a header ({n} vertices, {m} edges) of edges numbered from 0, which Gset \
             files number from 1, or an edge from {n} to {m}; write the comment \
             `# {SIZE}: {n}` instead of a header, or `# {SIZE}: N` above if it is an edge"
        ))),
        (Ok(graph), Err(_)) => Ok((graph, 1)),
        (Err(_), Ok(numbered)) => Ok(numbered),
        (Ok(_), Ok(_)) => Err(line.error(format!(
            "it can be the header of a Gset file ({n} vertices, {m} edges, numbered from 1) or an \
             edge from {n} to {m}; {ask}"
        ))),
        (Err(gset), Err(list)) => match rest_looks(&line, text) {
            Looks::Gset => Err(gset),
            Looks::EdgeList => Err(list),
            Looks::Either => Err(line.error(format!(
                "if it is the header of a Gset file, {gset}; if it is an edge, {list}"
            ))),
        },
    }
}

/// Whether two integers are the numbers of vertices and edges of the lines below, whose vertices
/// are numbered from 0.
fn is_header_from_0(first: &Line<'_>, text: &str) -> bool {
    let number = |field: &str| field.parse::<usize>().ok();
    let [Some(n), Some(m)] = first.fields().into_iter().map(number).collect::<Vec<_>>()[..] else {
        return false;
    };
    let rest: Vec<Vec<&str>> = content(text).skip(1).map(|line| line.fields()).collect();
    let ends = || rest.iter().flat_map(|fields| fields.iter().take(2)).map(|f| number(f));
    rest.len() == m
        && m > 0
        && ends().all(|v| v.is_some_and(|v| v < n))
        && ends().any(|v| v == Some(0))
}

enum Looks {
    Gset,
    EdgeList,
    Either,
}

/// What the lines below two integers look like, for messages.
fn rest_looks(first: &Line<'_>, text: &str) -> Looks {
    let number = |field: &str| field.parse::<usize>().unwrap_or(usize::MAX);
    let header: Vec<usize> = first.fields().into_iter().map(number).collect();
    let rest: Vec<Vec<&str>> = content(text).skip(1).map(|line| line.fields()).collect();
    let fits = |fields: &Vec<&str>| {
        fields.iter().take(2).all(|field| (1..=header[0]).contains(&number(field)))
    };
    if rest.first().is_some_and(|fields| fields.len() == 3) {
        Looks::Gset
    } else if header[0] == 0 || (rest.len() != header[1] && !rest.iter().all(fits)) {
        Looks::EdgeList
    } else {
        Looks::Either
    }
}

/// The fields of an edge: as many as those before had.
fn fields<'a>(line: Line<'a>, kind: &mut Option<usize>) -> Result<(&'a str, &'a str, f64)> {
    let fields = line.fields();
    let (u, v, w) = match fields[..] {
        [u, v] => (u, v, 1.0),
        [u, v, w] => (u, v, line.number(w)?),
        _ => {
            return Err(line.error("expected `u v` or `u v weight`, with blanks or commas between"));
        }
    };
    match *kind.get_or_insert(fields.len()) == fields.len() {
        true => Ok((u, v, w)),
        false => Err(line.error("expected as many fields as on the lines before")),
    }
}

/// Whether a line has the names of columns, and only of those that an edge has.
fn names(line: Line<'_>) -> bool {
    let words = line.text.to_lowercase();
    let mut columns =
        words.split([',', ' ', '\t']).map(|w| w.trim_matches('"')).filter(|w| !w.is_empty());
    let ends = (columns.next().unwrap_or(""), columns.next().unwrap_or(""));
    let known = [("source", "target"), ("from", "to"), ("src", "dst"), ("u", "v"), ("i", "j")];
    let weight = columns.next().is_none_or(|w| ["weight", "w", "value"].contains(&w));
    known.contains(&ends) && weight && columns.next().is_none()
}

pub(super) fn edge(
    line: Line<'_>,
    u: usize,
    v: usize,
    w: f64,
    pairs: &mut Pairs,
) -> Result<(usize, usize, f64)> {
    if u == v {
        return Err(line.error(
            "the edge joins a vertex to itself; its ends must be different (coefficients of an \
             Ising model or a QUBO are in a .coo file)",
        ));
    }
    pairs.add(line, u, v)?;
    Ok((u, v, w))
}

/// The number of vertices of a comment.
fn announced(text: &str) -> Result<Option<usize>, Error> {
    let mut n = None;
    for line in comments(text) {
        let Some((name, value)) = line.setting() else { continue };
        if name == SIZE {
            let count = line.count(value, "vertices")?;
            super::super::quadratic::check_size("the vertices", count)?;
            if n.is_some_and(|n| n != count) {
                return Err(line.error("a comment before says another number"));
            }
            n = Some(count);
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> (usize, Vec<(usize, usize, f64)>) {
        let graph = Graph::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        (graph.num_vertices(), graph.edges().to_vec())
    }

    #[test]
    fn reads_both_and_tells_them_apart() {
        assert_eq!(parsed("3 2\n1 2 1\n2 3 -4.5\n"), (3, vec![(0, 1, 1.0), (1, 2, -4.5)]));
        // Vertex 0 can only be in an edge list, a vertex without edges only in a Gset file.
        assert_eq!(parsed("2 1\n0 1\n0 2\n").0, 3);
        assert_eq!(parsed("5 2\n1 2\n2 3\n"), (5, vec![(0, 1, 1.0), (1, 2, 1.0)]));
        assert_eq!(parsed("3 0\n"), (3, vec![]));
        assert_eq!(parsed("0 0\n"), (0, vec![]));
        assert_eq!(parsed("0 1\n"), (2, vec![(0, 1, 1.0)]));
        // The count is another one: an edge.
        assert_eq!(parsed("3 1\n1 2\n2 3\n").0, 3);
        assert_eq!(parsed("# num_vertices: 7\n").0, 7);
        assert_eq!(parsed("# num_vertices: 4\n3 2\n1 2\n1 3\n").1.len(), 3);
    }

    #[test]
    fn texts_with_two_meanings_are_refused() {
        for text in ["6 4\n1 2\n2 3\n3 4\n4 5\n", "3 2\n1 2\n1 3\n", "1 0\n", "3,2\n1,2\n1,3\n"] {
            let says = Graph::parse(text).unwrap_err().to_string();
            assert!(says.contains("line 1") && says.contains("can be the header"), "{says}");
            assert!(says.contains("`Graph::from_gset`"), "{says}");
        }
        let path = Graph::from_gset("6 4\n1 2\n2 3\n3 4\n4 5\n").unwrap();
        assert_eq!((path.num_vertices(), path.edges().len()), (6, 4));
        assert_eq!(path.edges()[3], (3, 4, 1.0));
    }

    #[test]
    fn a_header_of_edges_numbered_from_0_is_no_edge() {
        for text in ["4 3\n0 1\n1 2\n2 3\n", "2 1\n0 1\n", "4,3\n0,1\n1,2\n2,3\n"] {
            let says = Graph::parse(text).unwrap_err().to_string();
            assert!(says.contains("line 1") && says.contains("numbered from 0"), "{says}");
        }
        // With its number of vertices said, the line is an edge.
        assert_eq!(parsed("# num_vertices: 5\n4 3\n0 1\n1 2\n2 3\n").1.len(), 4);
        assert_eq!(parsed("# num_vertices: 4\n0 1\n1 2\n2 3\n"), parsed("0 1\n1 2\n2 3\n"));
    }

    #[test]
    fn lines_come_in_many_spellings() {
        let expected = (3, vec![(0, 1, 2.5), (1, 2, -1.0)]);
        for text in [
            "0 1 2.5\n1 2 -1\n",
            "\u{feff}0 1 2.5\r\n1 2 -1\r\n",
            "0 1 2.5\r1 2 -1\r",
            "  0\t1\t2.5  \n\n\t1 2 -1e0",
            "0,1,2.5\n1, 2, -1\n",
            "source,target,weight\n0,1,2.5\n1,2,-1\n",
            "From To\tweight\n0 1 2.5\n1 2 -1\n",
            "# a\n% b\n// d\nc e\nc\n0 1 2.5 # f\n1 2 -1 // g\n",
            "# lost?\r0 1 2.5\n1 2 -1\n",
            "1 2 2.5\n2 3 -1\n",
            "# NUM_VERTICES = 3\n0 1 2.5\n1 2 -1\n",
        ] {
            assert_eq!(parsed(text), expected, "{text:?}");
        }
        assert_eq!(parsed("# num_vertices: 5\n0 1 2.5\r\n0 4 1e-1\r\n").0, 5);
        assert_eq!(parsed("0 1 0\n1 2 0\n"), (3, vec![(0, 1, 0.0), (1, 2, 0.0)]));
    }

    #[test]
    fn unused_numbers_are_named() {
        let says = Graph::parse("10 20\n20 30\n30 10\n30 7\n").unwrap_err().to_string();
        let gaps = "27 of the numbers from 0 to 30 are unused: 0 to 6, 8, 9, 11 to 19, 21 to 29;";
        assert!(says.contains(gaps) && says.contains("`# num_vertices = 31`"), "{says}");
        let says = Graph::parse("2 3\n3 4\n").unwrap_err().to_string();
        assert!(says.contains("unused: 0, 1;"), "{says}");
        let says = Graph::parse("0 1\n0 5\n").unwrap_err().to_string();
        assert!(says.contains("unused: 2 to 4;"), "{says}");
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
            ("0;1\n", "line 1", "blanks or commas"),
            ("0 1 {}\n", "line 1", "attributes in braces"),
            ("alice bob\n", "line 1", "`alice` is no number"),
            ("0,,1\n", "line 1", "`` is no number"),
            ("0 1,5\n", "line 1", "`0 1` is no number"),
            ("source,target,type\n0,1,2\n", "line 1", "`type` is not a number"),
            ("3 2\n1 2 1\n", "end", "expected 2 edges, but found 1"),
            ("3 2\n1 2 1\n1 3 1\n2 3 1\n", "line 4", "the end after 2 edges"),
            ("3 1\n0 2 1\n", "line 2", "from 1 to 3"),
            ("3 1\n1 4 1\n", "line 2", "from 1 to 3"),
            ("9000000 1\n1 4 1\n", "9000000", "at most 1048576"),
            ("# num_vertices: 2\n0 2\n", "line 2", "from 0 to 1"),
            ("# num_vertices: many\n0 2\n", "line 1", "many"),
            ("# num_vertices: 4000000\n", "4000000", "at most 1048576"),
            ("# num_vertices: 3\n# num_vertices: 4\n0 1\n", "line 2", "another number"),
        ] {
            let error = Graph::parse(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
        let error = Graph::from_gset("3 3\n1 2 1\n").unwrap_err().to_string();
        assert!(error.contains("expected 3 edges, but found 1"), "{error}");
        assert!(Graph::from_gset("3 1\n1 2 1\n1 3 1\n").is_err());
        assert!(Graph::from_gset("3 2\n1 2 1\n1 3\n").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([0-9a .#%-]{0,8}\n){0,6}") {
            let _ = (Graph::parse(&text), Graph::from_gset(&text));
        }
    }
}
