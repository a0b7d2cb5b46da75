//! Random regular graphs.

use super::Graph;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams};
use rand::seq::SliceRandom;

/// Largest degree of [`Graph::random_regular`].
pub const MAX_RANDOM_DEGREE: usize = 6;

impl Graph {
    /// A random graph in which every vertex has `degree` neighbours, of edges with weight 1, sorted.
    ///
    /// The pairing model (Bollobás, European Journal of Combinatorics 1, 311 (1980)): each vertex has
    /// `degree` ends, all ends are paired at random, and a pairing with a loop or a double edge is
    /// drawn anew. So all labelled graphs are equally likely; about one in e^{(degree² - 1)/4}
    /// pairings is a graph (7 tries for degree 3), hence the limit of the degree. The same seed gives
    /// the same graph.
    ///
    /// ```
    /// use ketlab::ising::Graph;
    /// let graph = Graph::random_regular(20, 3, 7);
    /// assert_eq!((graph.edges().len(), graph.is_regular()), (30, Some(3)));
    /// ```
    ///
    /// # Panics
    /// See [`Graph::try_random_regular`].
    #[track_caller]
    pub fn random_regular(num_vertices: usize, degree: usize, seed: u64) -> Self {
        Self::try_random_regular(num_vertices, degree, seed).unwrap_or_else(|e| panic!("{e}"))
    }

    /// [`Graph::random_regular`] that returns the error.
    ///
    /// # Errors
    /// If no such graph exists (an odd number of ends; as many neighbours as vertices, but for no
    /// vertices), the degree exceeds [`MAX_RANDOM_DEGREE`], or there are more than
    /// [`MAX_VARIABLES`](super::MAX_VARIABLES) vertices.
    pub fn try_random_regular(num_vertices: usize, degree: usize, seed: u64) -> Result<Self> {
        let refused = |expected: String| {
            Err(Error::Invalid {
                what: "the degree of a graph".into(),
                value: degree.to_string(),
                expected,
            })
        };
        if degree > MAX_RANDOM_DEGREE {
            return refused(format!("it must be at most {MAX_RANDOM_DEGREE} for a random graph"));
        }
        if degree >= num_vertices.max(1) {
            return refused(format!("it must be less than the number of vertices, {num_vertices}"));
        }
        super::quadratic::check_size("the vertices", num_vertices)?;
        if !(num_vertices * degree).is_multiple_of(2) {
            return refused(format!("its product with the {num_vertices} vertices must be even"));
        }
        let mut rng = Streams::new(seed, Domain::Circuit).stream(0);
        let mut ends: Vec<usize> = (0..num_vertices * degree).map(|end| end / degree).collect();
        loop {
            ends.shuffle(&mut rng);
            let pairs = ends.chunks_exact(2).map(|e| (e[0].min(e[1]), e[0].max(e[1])));
            let mut edges: Vec<(usize, usize)> = pairs.collect();
            edges.sort_unstable();
            if edges.iter().all(|(a, b)| a != b) && edges.windows(2).all(|w| w[0] != w[1]) {
                return Graph::try_new(num_vertices, edges.into_iter().map(|(a, b)| (a, b, 1.0)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_regular_and_sorted() {
        for (vertices, degree) in
            [(0, 0), (5, 0), (4, 3), (6, 3), (20, 3), (9, 4), (200, 3), (7, 6)]
        {
            let graph = Graph::random_regular(vertices, degree, 11);
            assert_eq!(graph.degrees(), vec![degree; vertices]);
            assert!(graph.edges().windows(2).all(|w| w[0] < w[1]));
            assert!(graph.edges().iter().all(|e| e.2 == 1.0));
        }
        assert_ne!(Graph::random_regular(20, 3, 1), Graph::random_regular(20, 3, 2));
    }

    #[test]
    fn refuses_what_no_graph_is() {
        for (vertices, degree, why) in [
            (3, 3, "less than the number of vertices, 3"),
            (0, 1, "less than the number of vertices, 0"),
            (5, 3, "must be even"),
            (100, 7, "at most 6"),
        ] {
            let error = Graph::try_random_regular(vertices, degree, 1).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(Graph::try_random_regular(usize::MAX, 2, 1).is_err());
    }

    #[test]
    fn are_equally_likely() {
        // Six vertices: 10 labelled graphs are K33 and 60 are prisms (with two triangles).
        let samples = 7000;
        let mut prisms = 0;
        for seed in 0..samples {
            let graph = Graph::random_regular(6, 3, seed);
            let has = |a: usize, b: usize| graph.edges().contains(&(a.min(b), a.max(b), 1.0));
            let (a, b, _) = graph.edges()[0];
            prisms += usize::from((0..6).any(|x| x != a && x != b && has(a, x) && has(b, x)));
        }
        // Of a prism's nine edges three are in no triangle, so edges()[0] finds a share of them only;
        // by symmetry of the labels that share is 6/9.
        let (p, n) = (60.0 / 70.0 * 6.0 / 9.0, samples as f64);
        let sigma = (n * p * (1.0 - p)).sqrt();
        assert!((prisms as f64 - n * p).abs() < 4.0 * sigma, "{prisms}");
    }
}
