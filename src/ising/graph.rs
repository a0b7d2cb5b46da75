//! Weighted graphs and the maximum cut.

use super::model::expect_length;
use super::quadratic::check_size;
use super::{Ising, Qubo};
use crate::error::{Error, Result};
use crate::math::Bits;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An undirected weighted graph without loops or parallel edges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Graph {
    num_vertices: usize,
    edges: Vec<(usize, usize, f64)>,
}

/// A graph of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    num_vertices: usize,
    edges: Vec<(usize, usize, f64)>,
}

impl TryFrom<Parts> for Graph {
    type Error = Error;

    fn try_from(Parts { num_vertices, edges }: Parts) -> Result<Self> {
        Graph::try_new(num_vertices, edges)
    }
}

impl Graph {
    /// The graph with these edges (u, v, weight), kept in their order with u < v.
    ///
    /// # Errors
    /// If there is no such vertex, an edge is from a vertex to itself or given twice (in either
    /// order), weights are not finite or their sum overflows, or there are more than
    /// [`MAX_VARIABLES`](super::MAX_VARIABLES) vertices.
    pub fn try_new(
        num_vertices: usize,
        edges: impl IntoIterator<Item = (usize, usize, f64)>,
    ) -> Result<Self> {
        check_size("the vertices", num_vertices)?;
        let mut seen = HashMap::new();
        let mut kept = Vec::new();
        for (k, (u, v, weight)) in edges.into_iter().enumerate() {
            let refused = |value: String, expected: String| {
                Err(Error::Invalid { what: format!("edge {k} of a graph"), value, expected })
            };
            if u.max(v) >= num_vertices {
                let expected = format!("there are {num_vertices} vertices, numbered from 0");
                return refused(format!("({u}, {v})"), expected);
            }
            if u == v {
                return refused(format!("({u}, {v})"), "its ends must be different".into());
            }
            if !weight.is_finite() {
                return Err(Error::NotFinite {
                    what: format!("the weight of edge ({u}, {v})"),
                    value: weight,
                });
            }
            let edge = (u.min(v), u.max(v));
            if let Some(first) = seen.insert(edge, k) {
                let expected = format!("edge {first} joins these vertices already");
                return refused(format!("({u}, {v})"), expected);
            }
            kept.push((edge.0, edge.1, weight));
        }
        let graph = Graph { num_vertices, edges: kept };
        // With room to spare, so that no energy made from the weights overflows.
        let total = 4.0 * graph.edges.iter().map(|(_, _, w)| w.abs()).sum::<f64>();
        if total.is_finite() {
            return Ok(graph);
        }
        Err(Error::NotFinite { what: "four times the sum of all |weights|".into(), value: total })
    }

    /// [`Graph::try_new`] for edges known to be good.
    ///
    /// # Panics
    /// Where `try_new` has an error.
    #[track_caller]
    pub fn new(num_vertices: usize, edges: impl IntoIterator<Item = (usize, usize, f64)>) -> Self {
        Self::try_new(num_vertices, edges).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Number of vertices.
    pub fn num_vertices(&self) -> usize {
        self.num_vertices
    }

    /// The edges (u, v, weight) with u < v, in the order given.
    pub fn edges(&self) -> &[(usize, usize, f64)] {
        &self.edges
    }

    /// How many edges each vertex has.
    pub fn degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.num_vertices];
        for &(u, v, _) in &self.edges {
            degrees[u] += 1;
            degrees[v] += 1;
        }
        degrees
    }

    /// How many edges vertex `v` has.
    pub fn degree(&self, v: usize) -> usize {
        self.edges.iter().filter(|&&(a, b, _)| a == v || b == v).count()
    }

    /// The degree of every vertex, if it is the same.
    pub fn is_regular(&self) -> Option<usize> {
        let degrees = self.degrees();
        let &first = degrees.first()?;
        degrees.iter().all(|&d| d == first).then_some(first)
    }

    /// Σ of all weights.
    pub fn total_weight(&self) -> f64 {
        self.edges.iter().map(|(_, _, w)| w).sum()
    }

    /// The weight of the edges whose ends have different bits.
    ///
    /// # Panics
    /// If there are not as many bits as vertices.
    pub fn cut_value(&self, bits: &Bits) -> f64 {
        expect_length(bits, self.num_vertices);
        self.edges.iter().filter(|&&(u, v, _)| bits.bit(u) != bits.bit(v)).map(|(_, _, w)| w).sum()
    }

    /// The model with E(s) = -cut(s) = Σ w (s s' - 1)/2: its **minimum** is the **maximum** cut,
    /// and minus its ground energy is that cut's weight.
    pub fn max_cut(&self) -> Ising {
        let couplings = self.edges.iter().map(|&(u, v, w)| (u, v, w / 2.0));
        Ising::new(vec![0.0; self.num_vertices], couplings, -self.total_weight() / 2.0)
    }

    /// [`Graph::max_cut`] in bits: E(x) = -Σ w (x + x' - 2 x x').
    pub fn max_cut_qubo(&self) -> Qubo {
        let mut linear = vec![0.0; self.num_vertices];
        for &(u, v, w) in &self.edges {
            linear[u] -= w;
            linear[v] -= w;
        }
        Qubo::new(linear, self.edges.iter().map(|&(u, v, w)| (u, v, 2.0 * w)), 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn petersen() -> Graph {
        let outer = (0..5).map(|v| (v, (v + 1) % 5, 1.0));
        let inner = (0..5).map(|v| (5 + v, 5 + (v + 2) % 5, 1.0));
        let spokes = (0..5).map(|v| (v, v + 5, 1.0));
        Graph::try_new(10, outer.chain(inner).chain(spokes)).unwrap()
    }

    #[test]
    fn the_petersen_graph_is_cubic_and_cuts_twelve() {
        let graph = petersen();
        assert_eq!((graph.is_regular(), graph.degree(7), graph.edges().len()), (Some(3), 3, 15));
        let ground = graph.max_cut().ground_state().unwrap();
        assert_eq!((ground.energy, graph.cut_value(&ground.bits)), (-12.0, 12.0));
    }

    #[test]
    fn energy_is_minus_the_cut_in_both_forms() {
        let graph = Graph::try_new(4, [(2, 0, 1.5), (1, 2, -0.5), (0, 3, 2.0)]).unwrap();
        assert_eq!(graph.is_regular(), None);
        assert_eq!(graph.edges()[0], (0, 2, 1.5));
        for index in 0..16 {
            let bits = Bits::from_u64(index, 4);
            assert_eq!(graph.max_cut().energy(&bits), -graph.cut_value(&bits));
            assert_eq!(graph.max_cut_qubo().energy(&bits), -graph.cut_value(&bits));
        }
        let only_the_first = Bits::from_u64(0b0001, 4);
        assert_eq!(graph.cut_value(&only_the_first), 3.5);
    }

    #[test]
    fn refuses_with_a_reason() {
        let says = |edges: &[(usize, usize, f64)]| {
            Graph::try_new(3, edges.iter().copied()).unwrap_err().to_string()
        };
        assert!(says(&[(0, 3, 1.0)]).contains("there are 3 vertices"));
        assert!(says(&[(1, 1, 1.0)]).contains("different"));
        assert!(says(&[(0, 1, f64::NAN)]).contains("weight of edge (0, 1) is NaN"));
        assert!(says(&[(0, 1, 1.0), (1, 0, 1.0)]).contains("edge 0 joins"));
        assert!(says(&[(0, 1, 1e308), (0, 2, 1e308)]).contains("sum of all"));
    }
}
