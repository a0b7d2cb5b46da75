//! The heaviest set of vertices without an edge between two of them.

use super::checks::{above, check_not_negative, check_total, chosen, list};
use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use super::terms::Terms;
use super::violations::Violations;
use crate::error::{Error, Result};
use crate::ising::files::{self, content};
use crate::ising::{Graph, Qubo};
use crate::math::Bits;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The vertices of a graph of which no two are joined, with the largest weight, after Lucas, Front.
/// Phys. 2, 5 (2014), section 4.2: bit v says that vertex v is chosen. Weights of edges do not
/// matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct IndependentSet {
    graph: Graph,
    weights: Vec<f64>,
}

/// A problem of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    graph: Graph,
    weights: Vec<f64>,
}

impl TryFrom<Parts> for IndependentSet {
    type Error = Error;

    fn try_from(Parts { graph, weights }: Parts) -> Result<Self> {
        IndependentSet::new(graph).with_weights(weights)
    }
}

/// An independent set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VertexSet {
    /// The chosen vertices, growing.
    pub vertices: Vec<usize>,
}

impl IndependentSet {
    /// The largest independent set of a graph: every vertex has weight 1.
    pub fn new(graph: Graph) -> Self {
        let weights = vec![1.0; graph.num_vertices()];
        IndependentSet { graph, weights }
    }

    /// With these weights of the vertices, which are ≥ 0.
    ///
    /// # Errors
    /// If there are not as many as vertices, or one is negative or not finite, or their sum
    /// overflows.
    pub fn with_weights(self, weights: Vec<f64>) -> Result<Self> {
        let n = self.graph.num_vertices();
        if weights.len() != n {
            return Err(Error::Invalid {
                what: "the number of weights of vertices".into(),
                value: weights.len().to_string(),
                expected: format!("there are {n} vertices"),
            });
        }
        for (v, &weight) in weights.iter().enumerate() {
            check_not_negative(&format!("the weight of vertex {v}"), weight)?;
        }
        check_total("the weights of the vertices", &weights)?;
        Ok(IndependentSet { weights, ..self })
    }

    /// [`with_weights`](Self::with_weights) from a text of lines `vertex weight`, in any order,
    /// with vertices from `first`, 0 or 1, as in the graph's own file (see
    /// [`Graph::read_numbered`]); others keep their weight. Commas may stand for blanks; `#`, `%` and
    /// `//` begin comments.
    ///
    /// # Errors
    /// As `with_weights`; if a line is another, or a vertex has two: with the number of the line; if
    /// `first` is neither 0 nor 1.
    pub fn with_weights_of_text(self, text: &str, first: usize) -> Result<Self> {
        if first > 1 {
            return Err(Error::Invalid {
                what: "the number of the first vertex".into(),
                value: first.to_string(),
                expected: "files of graphs number vertices from 0 or from 1".into(),
            });
        }
        let n = self.graph.num_vertices();
        let (mut weights, mut lines) = (self.weights.clone(), vec![None; n]);
        for line in content(text) {
            let [vertex, weight] = line.fields()[..] else {
                return Err(line.error("expected a vertex and its weight"));
            };
            let v = line.index(vertex, first, Some(n))?;
            if let Some(before) = lines[v].replace(line.number) {
                let vertex = v + first;
                return Err(line.error(format!("vertex {vertex} is on line {before} already")));
            }
            weights[v] = line.number(weight)?;
            if weights[v] < 0.0 {
                return Err(line.error("the weight must not be negative"));
            }
        }
        self.with_weights(weights)
    }

    /// Weights from a file, as [`with_weights_of_text`](Self::with_weights_of_text) reads them.
    ///
    /// # Errors
    /// If the file cannot be read, is too large, or is not such a text.
    pub fn with_weights_of_file(self, path: impl AsRef<Path>, first: usize) -> Result<Self> {
        files::read(path.as_ref(), |text, _| self.with_weights_of_text(text, first))
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The weights of the vertices.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn weight(&self, vertices: &[usize]) -> f64 {
        vertices.iter().map(|&v| self.weights[v]).sum()
    }

    /// The vertices, in this order, each if it is joined to none before it.
    fn taken(&self, order: impl IntoIterator<Item = usize>) -> VertexSet {
        let n = self.graph.num_vertices();
        let mut neighbours = vec![Vec::new(); n];
        for &(u, v, _) in self.graph.edges() {
            neighbours[u].push(v);
            neighbours[v].push(u);
        }
        let (mut taken, mut blocked) = (vec![false; n], vec![false; n]);
        for v in order {
            if !blocked[v] {
                taken[v] = true;
                neighbours[v].iter().for_each(|&u: &usize| blocked[u] = true);
            }
        }
        VertexSet { vertices: (0..n).filter(|&v| taken[v]).collect() }
    }

    /// Vertices by their weight over one more than their number of edges, the largest first.
    fn by_worth(&self, mut vertices: Vec<usize>) -> Vec<usize> {
        let degrees = self.graph.degrees();
        let worth = |v: usize| self.weights[v] / (degrees[v] + 1) as f64;
        vertices.sort_by(|&u, &v| worth(v).total_cmp(&worth(u)));
        vertices
    }
}

impl Encode for IndependentSet {
    type Solution = VertexSet;

    fn kind(&self) -> &'static str {
        "independent-set"
    }

    fn objective(&self) -> Objective {
        Objective { name: "weight", sense: Sense::Maximize }
    }

    fn num_variables(&self) -> usize {
        self.graph.num_vertices()
    }

    fn variable(&self, i: usize) -> String {
        format!("vertex {i}")
    }

    /// A > min(w(u), w(v)) for every edge (u, v): of a set with an edge inside, taking out the
    /// lighter end loses less than the penalties that it saves, at least A, and so on until no edge
    /// is left. It is the least: of one edge alone, both ends together are as good as the heavier
    /// one where A is the lighter weight.
    fn penalty_rule(&self) -> PenaltyRule {
        let lighter = |&(u, v, _): &(usize, usize, f64)| self.weights[u].min(self.weights[v]);
        let bound = self.graph.edges().iter().map(lighter).fold(0.0, f64::max);
        PenaltyRule::Above {
            bound,
            reason: "leaving out the lighter end of a chosen edge loses its weight and saves A or \
                     more, so A must be above the lighter weight of every edge"
                .into(),
            default: above(bound, 0.25),
        }
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let mut terms = Terms::new(self.num_variables(), self.graph.edges().len() as u128)?;
        self.weights.iter().enumerate().for_each(|(v, &weight)| terms.linear(v, -weight));
        self.graph.edges().iter().for_each(|&(u, v, _)| terms.pair(u, v, penalty));
        terms.into_qubo()
    }

    fn decode(&self, bits: &Bits) -> Decoded<VertexSet> {
        let edges = self.graph.edges().iter();
        let mut violations = Violations::default();
        for &(u, v, _) in edges.filter(|&&(u, v, _)| bits.bit(u) && bits.bit(v)) {
            violations.push("edge_inside", || {
                format!("vertices {u} and {v} are joined, and both chosen")
            });
        }
        if let Some(infeasible) = violations.decoded() {
            return infeasible;
        }
        let vertices: Vec<usize> = (0..bits.len()).filter(|&v| bits.bit(v)).collect();
        let weight = self.weight(&vertices);
        Decoded::feasible(VertexSet { vertices }, weight)
    }

    fn assignment(&self, solution: &VertexSet) -> Result<Bits> {
        let n = self.num_variables();
        let bits = chosen("a vertex of an independent set", &solution.vertices, n)?;
        match self.decode(&bits).violations.first() {
            None => Ok(bits),
            Some(violation) => Err(Error::Invalid {
                what: "an independent set".into(),
                value: list(&solution.vertices),
                expected: violation.to_string(),
            }),
        }
    }

    /// The vertex with the largest weight over one more than its number of edges, then the next
    /// that is not joined to it, and so on: at least Σ w/(degree + 1) (argued as by Sakai, Togasaki
    /// and Yamazaki, Discrete Appl. Math. 126, 313 (2003)).
    fn constructed(&self) -> Option<VertexSet> {
        Some(self.taken(self.by_worth((0..self.num_variables()).collect())))
    }

    /// The chosen vertices in the order of [`constructed`](Self::constructed), then the others.
    fn repaired(&self, bits: &Bits) -> Option<VertexSet> {
        let (inside, others) = (0..bits.len()).partition(|&v| bits.bit(v));
        Some(self.taken(self.by_worth(inside).into_iter().chain(self.by_worth(others))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_encoded_right, is_enough};
    use super::*;
    use crate::ising::testing::any_graph;
    use proptest::prelude::*;

    /// By taking a vertex or leaving it out, one after the other.
    fn best_weight(problem: &IndependentSet, chosen: &mut Vec<usize>, next: usize) -> f64 {
        let n = problem.graph().num_vertices();
        if next == n {
            return chosen.iter().map(|&v| problem.weights()[v]).sum();
        }
        let left_out = best_weight(problem, chosen, next + 1);
        let joined = |&(u, v, _): &(usize, usize, f64)| v == next && chosen.contains(&u);
        if problem.graph().edges().iter().any(joined) {
            return left_out;
        }
        chosen.push(next);
        let taken = best_weight(problem, chosen, next + 1);
        chosen.pop();
        taken.max(left_out)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn every_set_is_encoded_right(
            graph in any_graph(8),
            weights in prop::collection::vec(prop_oneof![4 => 0.0..5.0, 1 => Just(0.0)], 8),
        ) {
            for problem in [
                IndependentSet::new(graph.clone()),
                IndependentSet::new(graph.clone()).with_weights(weights).unwrap(),
            ] {
                is_encoded_right(&problem, Some(best_weight(&problem, &mut Vec::new(), 0)));
                // What the simple rule promises.
                let degrees = graph.degrees();
                let parts = problem.weights().iter().zip(degrees).map(|(w, d)| w / (d + 1) as f64);
                let found = problem.weight(&problem.constructed().unwrap().vertices);
                prop_assert!(found >= parts.sum::<f64>() - 1e-9);
            }
        }
    }

    #[test]
    fn half_of_the_bound_is_too_small() {
        let edge = Graph::new(2, [(0, 1, 9.0)]);
        let problem = IndependentSet::new(edge).with_weights(vec![2.0, 6.0]).unwrap();
        let PenaltyRule::Above { bound, .. } = problem.penalty_rule() else { panic!() };
        assert_eq!(bound, 2.0);
        assert!(is_enough(&problem, 2.001) && !is_enough(&problem, 1.999));
        assert!(!is_enough(&problem, 1.0));
    }

    #[test]
    fn what_is_broken_is_listed_and_repaired() {
        let path = Graph::new(4, [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)]);
        let problem = IndependentSet::new(path);
        let all = problem.decode(&Bits::from_u64(0b0111, 4)).violations;
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].what, "vertices 1 and 2 are joined, and both chosen");
        let repaired = problem.repaired(&Bits::from_u64(0b0111, 4)).unwrap();
        assert_eq!(repaired.vertices, [0, 2]);
        let says = |vertices: Vec<usize>| {
            problem.assignment(&VertexSet { vertices }).unwrap_err().to_string()
        };
        assert!(says(vec![0, 1]).contains("vertices 0 and 1 are joined"));
        assert!(says(vec![4]).contains("there are 4"));
        assert!(says(vec![0, 0]).contains("twice"));
    }

    #[test]
    fn weights_are_read_and_refused() {
        let three = || IndependentSet::new(Graph::new(3, [(0, 1, 1.0)]));
        let read = three().with_weights_of_text("# weights\n2 0.5\n0, 3\n", 0).unwrap();
        assert_eq!(read.weights(), [3.0, 1.0, 0.5]);
        let read = three().with_weights_of_text("1 5\n3 9\n", 1).unwrap();
        assert_eq!(read.weights(), [5.0, 1.0, 9.0]);
        let from_1 = |text: &str, first| three().with_weights_of_text(text, first).unwrap_err();
        assert!(from_1("0 5\n", 1).to_string().contains("from 1 to 3"));
        assert!(from_1("3 5\n3 6\n", 1).to_string().contains("vertex 3 is on line 1 already"));
        assert!(from_1("3 5\n", usize::MAX).to_string().contains("from 0 or from 1"));
        let says = |text: &str| three().with_weights_of_text(text, 0).unwrap_err().to_string();
        assert!(says("0 1\n3 1\n").contains("line 2"));
        assert!(says("0 1\n1 1\n0 2\n").contains("line 1 already"));
        assert!(says("0 -1\n").contains("negative"));
        assert!(says("0 nan\n").contains("finite"));
        let none = three().with_weights_of_file("no/such.weights", 0).unwrap_err().to_string();
        assert!(none.contains("no/such.weights"), "{none}");
        assert!(says("0\n").contains("its weight"));
        let says =
            |weights: &[f64]| three().with_weights(weights.to_vec()).unwrap_err().to_string();
        assert!(says(&[1.0]).contains("there are 3 vertices"));
        assert!(says(&[1.0, f64::INFINITY, 1.0]).contains("vertex 1 is inf"));
        assert!(says(&[1e308; 3]).contains("sum of the weights"));
        let text = r#"{"graph":{"num_vertices":2,"edges":[]},"weights":[1,-1]}"#;
        assert!(serde_json::from_str::<IndependentSet>(text).is_err());
        is_encoded_right(&IndependentSet::new(Graph::new(0, [])), Some(0.0));
    }
}
