//! The largest cut of a graph.

use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use crate::error::{Error, Result};
use crate::ising::{Graph, Qubo};
use crate::math::Bits;
use serde::{Deserialize, Serialize};

/// The vertices of a graph in two parts, so that the weight between them is as large as can be: bit
/// v is the part of vertex v.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaxCut {
    graph: Graph,
}

/// A cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The vertices of the part that vertex 0 is not in, growing. (Both parts swapped are the same
    /// cut.)
    pub part: Vec<usize>,
}

impl MaxCut {
    /// The largest cut of this graph.
    pub fn new(graph: Graph) -> Self {
        MaxCut { graph }
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    fn bits(&self, part: &[usize]) -> Bits {
        let mut bits = Bits::zeros(self.graph.num_vertices());
        part.iter().for_each(|&v| bits.set(v, true));
        bits
    }
}

impl Encode for MaxCut {
    type Solution = Cut;

    fn kind(&self) -> &'static str {
        "max-cut"
    }

    fn objective(&self) -> Objective {
        Objective { name: "cut", sense: Sense::Maximize }
    }

    fn num_variables(&self) -> usize {
        self.graph.num_vertices()
    }

    fn variable(&self, i: usize) -> String {
        format!("part of vertex {i}")
    }

    fn penalty_rule(&self) -> PenaltyRule {
        PenaltyRule::None { reason: "every choice of a part for each vertex is a cut".into() }
    }

    fn qubo(&self, _penalty: f64) -> Result<Qubo> {
        Ok(self.graph.max_cut_qubo())
    }

    fn decode(&self, bits: &Bits) -> Decoded<Cut> {
        let first = !bits.is_empty() && bits.bit(0);
        let part = (0..bits.len()).filter(|&v| bits.bit(v) != first).collect();
        Decoded::feasible(Cut { part }, self.graph.cut_value(bits))
    }

    fn assignment(&self, cut: &Cut) -> Result<Bits> {
        let n = self.graph.num_vertices();
        match cut.part.iter().find(|&&v| v >= n) {
            None => Ok(self.bits(&cut.part)),
            Some(v) => Err(Error::Invalid {
                what: "a vertex of a cut".into(),
                value: v.to_string(),
                expected: format!("there are {n} vertices, numbered from 0"),
            }),
        }
    }

    /// Each vertex in turn goes to the part that cuts more of its edges to those before it, which
    /// cuts at least half of the weight where no weight is negative (Sahni and Gonzalez, J. ACM 23,
    /// 555 (1976)).
    fn constructed(&self) -> Option<Cut> {
        let n = self.graph.num_vertices();
        let mut before = vec![Vec::new(); n];
        for &(u, v, w) in self.graph.edges() {
            before[v].push((u, w));
        }
        let mut side = vec![false; n];
        for v in 0..n {
            let to_the_first: f64 =
                before[v].iter().map(|&(u, w): &(usize, f64)| if side[u] { -w } else { w }).sum();
            side[v] = to_the_first > 0.0;
        }
        Some(Cut { part: (0..n).filter(|&v| side[v]).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::is_encoded_right;
    use super::*;
    use crate::ising::testing::any_graph;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_largest_cut(graph in any_graph(7)) {
            let cuts = (0..1u64 << 7).map(|x| graph.cut_value(&Bits::from_u64(x, 7)));
            let best = cuts.fold(f64::NEG_INFINITY, f64::max);
            is_encoded_right(&MaxCut::new(graph), Some(best));
        }
    }

    #[test]
    fn a_vertex_that_is_not_there_is_refused() {
        let problem = MaxCut::new(Graph::new(2, [(0, 1, 1.0)]));
        assert!(problem.assignment(&Cut { part: vec![2] }).unwrap_err().to_string().contains("2"));
        assert!(problem.assignment(&Cut { part: vec![1] }).is_ok());
    }
}
