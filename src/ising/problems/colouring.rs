//! The vertices of a graph in a few colours, so that no edge has one colour.

use super::checks::list;
use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use super::terms::Terms;
use super::violations::Violations;
use crate::error::{Error, Result};
use crate::ising::{Graph, MAX_VARIABLES, Qubo};
use crate::math::Bits;
use serde::{Deserialize, Serialize};

/// The vertices of a graph in k colours, so that the ends of every edge differ, after Lucas, Front.
/// Phys. 2, 5 (2014), section 6.1: bit k v + c says that vertex v has colour c. Weights do not
/// matter.
///
/// A colouring either is one or is none: the objective is always 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct GraphColouring {
    graph: Graph,
    colours: usize,
}

/// A problem of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    graph: Graph,
    colours: usize,
}

impl TryFrom<Parts> for GraphColouring {
    type Error = Error;

    fn try_from(Parts { graph, colours }: Parts) -> Result<Self> {
        GraphColouring::new(graph, colours)
    }
}

/// A colouring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colouring {
    /// The colour of each vertex, from 0.
    pub colours: Vec<usize>,
}

impl GraphColouring {
    /// The colourings of a graph with this many colours.
    ///
    /// # Errors
    /// If there are more than [`MAX_VARIABLES`] bits, one for each vertex and colour.
    pub fn new(graph: Graph, colours: usize) -> Result<Self> {
        let n = graph.num_vertices();
        match n.checked_mul(colours) {
            Some(bits) if bits <= MAX_VARIABLES => Ok(GraphColouring { graph, colours }),
            _ => Err(Error::Invalid {
                what: "the number of colours".into(),
                value: colours.to_string(),
                expected: format!(
                    "each of {n} vertices needs a bit for each; at most {MAX_VARIABLES} bits are \
                     encoded"
                ),
            }),
        }
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// How many colours there are.
    pub fn colours(&self) -> usize {
        self.colours
    }

    fn colours_of(&self, bits: &Bits, v: usize) -> Vec<usize> {
        (0..self.colours).filter(|&c| bits.bit(v * self.colours + c)).collect()
    }
}

impl Encode for GraphColouring {
    type Solution = Colouring;

    fn kind(&self) -> &'static str {
        "colouring"
    }

    /// 0 for every colouring: edges of one colour are broken constraints, and never in a solution.
    fn objective(&self) -> Objective {
        Objective { name: "conflicts", sense: Sense::Minimize }
    }

    fn num_variables(&self) -> usize {
        self.graph.num_vertices() * self.colours
    }

    fn variable(&self, i: usize) -> String {
        format!("vertex {} in colour {}", i / self.colours, i % self.colours)
    }

    fn penalty_rule(&self) -> PenaltyRule {
        PenaltyRule::Positive {
            reason: "colourings have the energy 0, and all else A or more".into(),
            default: 1.0,
        }
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let (n, k, m) = (self.graph.num_vertices(), self.colours, self.graph.edges().len());
        let pairs = n as u128 * (k as u128).pow(2) / 2 + m as u128 * k as u128;
        let mut terms = Terms::new(n * k, pairs)?;
        for v in 0..n {
            terms.exactly_one(v * k..(v + 1) * k, penalty);
        }
        for &(u, v, _) in self.graph.edges() {
            (0..k).for_each(|c| terms.pair(u * k + c, v * k + c, penalty));
        }
        terms.into_qubo()
    }

    fn decode(&self, bits: &Bits) -> Decoded<Colouring> {
        let colours: Vec<Vec<usize>> =
            (0..self.graph.num_vertices()).map(|v| self.colours_of(bits, v)).collect();
        let mut violations = Violations::default();
        for (v, colours) in colours.iter().enumerate() {
            let what = match &colours[..] {
                [_] => continue,
                [] => format!("vertex {v} has no colour"),
                many => format!("vertex {v} has {} colours: {}", many.len(), list(many)),
            };
            violations.push("vertex_coloured_once", || what);
        }
        for &(u, v, _) in self.graph.edges() {
            for colour in colours[u].iter().filter(|colour| colours[v].contains(colour)) {
                violations.push("edge_two_colours", || {
                    format!("vertices {u} and {v} of an edge have colour {colour}")
                });
            }
        }
        let colouring = || Decoded::feasible(Colouring { colours: colours.concat() }, 0.0);
        violations.decoded().unwrap_or_else(colouring)
    }

    fn assignment(&self, solution: &Colouring) -> Result<Bits> {
        let (n, k, colours) = (self.graph.num_vertices(), self.colours, &solution.colours);
        let refused = |value: String, expected: String| {
            Err(Error::Invalid { what: "a colouring".into(), value, expected })
        };
        if colours.len() != n {
            return refused(format!("one of {} vertices", colours.len()), format!("there are {n}"));
        }
        if let Some(colour) = colours.iter().find(|&&colour| colour >= k) {
            let expected = format!("there are {k} colours, numbered from 0");
            return refused(format!("one with colour {colour}"), expected);
        }
        let edges = self.graph.edges();
        if let Some((u, v, _)) = edges.iter().find(|&&(u, v, _)| colours[u] == colours[v]) {
            let value = format!("one where vertices {u} and {v} have colour {}", colours[*u]);
            return refused(value, "an edge joins them, so they must differ".into());
        }
        let mut bits = Bits::zeros(self.num_variables());
        colours.iter().enumerate().for_each(|(v, &colour)| bits.set(v * k + colour, true));
        Ok(bits)
    }

    /// DSATUR (Brélaz, Commun. ACM 22, 251 (1979)): the vertex with most colours around it, of
    /// these one with most edges, takes the first colour that is free; `None` where none is.
    fn constructed(&self) -> Option<Colouring> {
        let n = self.graph.num_vertices();
        let mut neighbours = vec![Vec::new(); n];
        for &(u, v, _) in self.graph.edges() {
            neighbours[u].push(v);
            neighbours[v].push(u);
        }
        let mut colours = vec![None; n];
        let mut around = vec![std::collections::BTreeSet::new(); n];
        let mut queue: std::collections::BTreeSet<_> =
            (0..n).map(|v| (0, neighbours[v].len(), std::cmp::Reverse(v))).collect();
        while let Some((_, _, std::cmp::Reverse(v))) = queue.pop_last() {
            let colour = (0..self.colours).find(|colour| !around[v].contains(colour))?;
            colours[v] = Some(colour);
            for &u in neighbours[v].iter().filter(|&&u| colours[u].is_none()) {
                let key = |around: usize| (around, neighbours[u].len(), std::cmp::Reverse(u));
                queue.remove(&key(around[u].len()));
                around[u].insert(colour);
                queue.insert(key(around[u].len()));
            }
        }
        colours.into_iter().collect::<Option<Vec<usize>>>().map(|colours| Colouring { colours })
    }

    /// Each vertex in turn keeps its first colour that none before it has, or takes the first such
    /// colour; `None` where there is none.
    fn repaired(&self, bits: &Bits) -> Option<Colouring> {
        let n = self.graph.num_vertices();
        let mut before = vec![Vec::new(); n];
        for &(u, v, _) in self.graph.edges() {
            before[v].push(u);
        }
        let mut colours = Vec::with_capacity(n);
        for v in 0..n {
            let is_free = |colour: &usize| before[v].iter().all(|&u: &usize| colours[u] != *colour);
            let kept = self.colours_of(bits, v).into_iter().find(is_free);
            let colour = kept.or_else(|| (0..self.colours).find(is_free))?;
            colours.push(colour);
        }
        Some(Colouring { colours })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_encoded_right, is_enough};
    use super::*;
    use crate::ising::testing::any_graph;
    use proptest::prelude::*;

    /// Whether there is a colouring, by trying all kⁿ.
    fn has_colouring(graph: &Graph, k: usize) -> bool {
        let n = graph.num_vertices();
        (0..k.pow(n as u32)).any(|index| {
            let colour = |v: usize| index / k.pow(v as u32) % k;
            graph.edges().iter().all(|&(u, v, _)| colour(u) != colour(v))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn two_and_three_colours_are_encoded_right(graph in any_graph(5), small in any_graph(4)) {
            for (graph, k) in [(graph, 2), (small, 3)] {
                let best = has_colouring(&graph, k).then_some(0.0);
                is_encoded_right(&GraphColouring::new(graph, k).unwrap(), best);
            }
        }
    }

    #[test]
    fn any_penalty_is_enough() {
        let triangle = Graph::new(3, [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0)]);
        assert!(is_enough(&GraphColouring::new(triangle, 3).unwrap(), 1e-9));
    }

    #[test]
    fn what_is_broken_is_listed() {
        let path = Graph::new(3, [(0, 1, 1.0), (1, 2, 1.0)]);
        let problem = GraphColouring::new(path, 2).unwrap();
        assert_eq!(problem.variable(5), "vertex 2 in colour 1");
        let says = |bits: u64| {
            let all = problem.decode(&Bits::from_u64(bits, 6)).violations;
            all.iter().map(|v| format!("{}: {v}", v.constraint)).collect::<Vec<_>>()
        };
        assert_eq!(
            says(0b00_11_11),
            [
                "vertex_coloured_once: vertex 0 has 2 colours: 0, 1",
                "vertex_coloured_once: vertex 1 has 2 colours: 0, 1",
                "vertex_coloured_once: vertex 2 has no colour",
                "edge_two_colours: vertices 0 and 1 of an edge have colour 0",
                "edge_two_colours: vertices 0 and 1 of an edge have colour 1",
            ]
        );
        assert_eq!(says(0b01_10_01), [""; 0]);
        let repaired = problem.repaired(&Bits::from_u64(0b10, 6)).unwrap();
        assert_eq!(repaired.colours, [1, 0, 1]);
    }

    #[test]
    fn few_and_many() {
        let empty = Graph::new(0, []);
        is_encoded_right(&GraphColouring::new(empty, 0).unwrap(), Some(0.0));
        let one = GraphColouring::new(Graph::new(1, []), 0).unwrap();
        is_encoded_right(&one, None);
        assert!(!one.decode(&Bits::zeros(0)).is_feasible());
        for colours in [usize::MAX, MAX_VARIABLES] {
            let says = GraphColouring::new(Graph::new(2, []), colours).unwrap_err().to_string();
            assert!(says.contains("at most 1048576 bits"), "{says}");
        }
        let text = r#"{"graph":{"num_vertices":2,"edges":[]},"colours":18446744073709551615}"#;
        assert!(serde_json::from_str::<GraphColouring>(text).is_err());
        let wide = GraphColouring::new(Graph::new(1, []), MAX_VARIABLES).unwrap();
        assert!(wide.qubo(1.0).unwrap_err().to_string().contains("products"));
    }

    /// The Petersen graph needs three colours, the Grötzsch-like wheel of five spokes four.
    #[test]
    fn a_simple_rule_colours_known_graphs() {
        let outer = (0..5).map(|v| (v, (v + 1) % 5, 1.0));
        let inner = (0..5).map(|v| (5 + v, 5 + (v + 2) % 5, 1.0));
        let spokes = (0..5).map(|v| (v, v + 5, 1.0));
        let petersen = Graph::new(10, outer.chain(inner).chain(spokes));
        let coloured = |graph: &Graph, k| {
            let problem = GraphColouring::new(graph.clone(), k).unwrap();
            problem.constructed().map(|colouring| problem.assignment(&colouring).is_ok())
        };
        assert_eq!((coloured(&petersen, 2), coloured(&petersen, 3)), (None, Some(true)));
        let rim = (0..5).map(|v| (v, (v + 1) % 5, 1.0));
        let wheel = Graph::new(6, rim.chain((0..5).map(|v| (v, 5, 1.0))));
        assert_eq!((coloured(&wheel, 3), coloured(&wheel, 4)), (None, Some(true)));
    }

    #[test]
    fn bad_colourings_are_refused() {
        let problem = GraphColouring::new(Graph::new(2, [(0, 1, 1.0)]), 2).unwrap();
        let says = |colours: &[usize]| {
            problem.assignment(&Colouring { colours: colours.to_vec() }).unwrap_err().to_string()
        };
        assert!(says(&[0]).contains("there are 2"));
        assert!(says(&[0, 2]).contains("colour 2"));
        assert!(says(&[1, 1]).contains("must differ"));
    }
}
