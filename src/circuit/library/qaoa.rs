//! MaxCut: random regular graphs, the cost, and the QAOA circuit.

use crate::circuit::Circuit;
use crate::math::{Domain, Streams};
use crate::pauli::{Pauli, PauliString, PauliSum};
use rand::seq::SliceRandom;

/// Largest degree of [`random_regular_graph`].
pub const MAX_DEGREE: usize = 6;

/// Edges (a, b) with a < b, sorted, of a random graph in which every node has `degree` neighbours.
///
/// The pairing model (Bollobás, European Journal of Combinatorics 1, 311 (1980)): each node has
/// `degree` ends, all ends are paired at random, and a pairing with a loop or a double edge is
/// drawn anew. So all labelled graphs are equally likely; about one in e^{(degree² - 1)/4} pairings
/// is a graph (7 tries for degree 3), hence the limit of the degree. The same seed gives the same
/// graph.
///
/// ```
/// use ketlab::circuit::library::random_regular_graph;
/// let edges = random_regular_graph(20, 3, 7);
/// assert_eq!(edges.len(), 30);
/// ```
///
/// # Panics
/// No such graph exists (an odd number of ends; `degree >= num_nodes`, but for no nodes), or the
/// degree exceeds [`MAX_DEGREE`].
#[track_caller]
pub fn random_regular_graph(num_nodes: usize, degree: usize, seed: u64) -> Vec<(usize, usize)> {
    assert!(
        degree <= MAX_DEGREE,
        "degree {degree} is too large for rejection: at most {MAX_DEGREE}"
    );
    assert!(
        degree < num_nodes.max(1) && (num_nodes * degree).is_multiple_of(2),
        "no graph on {num_nodes} nodes has degree {degree}: it must be less than the number of \
         nodes, and their product even"
    );
    let mut rng = Streams::new(seed, Domain::Circuit).stream(0);
    let mut ends: Vec<usize> = (0..num_nodes * degree).map(|end| end / degree).collect();
    loop {
        ends.shuffle(&mut rng);
        let pairs = ends.chunks_exact(2).map(|e| (e[0].min(e[1]), e[0].max(e[1])));
        let mut edges: Vec<(usize, usize)> = pairs.collect();
        edges.sort_unstable();
        if edges.iter().all(|(a, b)| a != b) && edges.windows(2).all(|w| w[0] != w[1]) {
            return edges;
        }
    }
}

/// The cost of MaxCut, Σ (1 - Z_a Z_b)/2 over the edges: its value in a basis state is the number
/// of edges between the nodes at 0 and those at 1.
///
/// # Panics
/// An edge from a node to itself; a node beyond [`MAX_QUBITS`](crate::pauli::MAX_QUBITS).
#[track_caller]
pub fn maxcut(edges: &[(usize, usize)]) -> PauliSum {
    let mut cost = PauliSum::zero();
    if !edges.is_empty() {
        cost.push(PauliString::identity(), 0.5 * edges.len() as f64);
    }
    for &(a, b) in edges {
        cost.push(PauliString::new([(a, Pauli::Z), (b, Pauli::Z)]), -0.5);
    }
    cost
}

/// The quantum approximate optimization algorithm for MaxCut (Farhi, Goldstone and Gutmann,
/// arXiv:1411.4028 (2014)): H on every qubit, then for each of the `layers` exp(-iγC) with the C of
/// [`maxcut`], up to a global phase, as `rzz(-γ)` on the edges in their order, and exp(-iβ Σ X) as
/// `rx(2β)` on every qubit.
///
/// Parameters are `gamma[0]`, …, `gamma[layers-1]`, `beta[0]`, ….
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::{maxcut, qaoa_maxcut};
/// // One edge is cut with certainty at γ = π/2, β = π/8.
/// let edges = [(0, 1)];
/// let angles = [("gamma[0]", std::f64::consts::FRAC_PI_2), ("beta[0]", std::f64::consts::FRAC_PI_8)];
/// let circuit = qaoa_maxcut(2, &edges, 1).bind(&angles)?;
/// let cut = Simulator::new().expectation(&circuit, &maxcut(&edges))?;
/// assert!((cut.value - 1.0).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// An edge that is not between two different qubits of the circuit.
#[track_caller]
pub fn qaoa_maxcut(num_qubits: usize, edges: &[(usize, usize)], layers: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    let gammas = c.param_vector("gamma", layers);
    let betas = c.param_vector("beta", layers);
    for q in 0..num_qubits {
        c.h(q);
    }
    for (&gamma, &beta) in gammas.iter().zip(&betas) {
        for &(a, b) in edges {
            c.rzz(-gamma, a, b);
        }
        for q in 0..num_qubits {
            c.rx(2.0 * beta, q);
        }
    }
    c
}
