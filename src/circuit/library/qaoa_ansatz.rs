//! The quantum alternating operator ansatz of any diagonal cost.

use super::sizes::{check_layers, check_num_qubits, num_parameters};
use super::{TrotterOrder, trotter_step};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::pauli::PauliSum;

/// What moves amplitude between basis states in [`qaoa_ansatz`], and the state to begin with.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Mixer {
    /// exp(-iβ Σ X) as `rx(2β)` on every qubit, from |+…+⟩: all basis states.
    X,
    /// exp(-iβ(XX + YY)/2) on each edge in order, from a given state. It keeps the number of ones,
    /// so that a start with k ones stays among those with k ones (Hadfield et al., Algorithms 12,
    /// 34 (2019); Wang et al., Phys. Rev. A 101, 012320 (2020)).
    Xy {
        /// The pairs of qubits. Their gates do not commute where they share a qubit.
        edges: Vec<(usize, usize)>,
        /// Prepares the state: [`w`](super::w), [`dicke`](super::dicke()), or X on some qubits.
        initial: Circuit,
    },
}

impl Mixer {
    /// [`Mixer::Xy`] on the ring of the qubits of `initial`: (0, 1), (2, 3), …, then (1, 2),
    /// (3, 4), …, and (n-1, 0) as the last one. Two qubits have one edge.
    pub fn xy_ring(initial: Circuit) -> Mixer {
        let n = initial.num_qubits();
        let (even, odd) = ((1..n).step_by(2), (2..n).step_by(2));
        let closing = (n > 2).then(|| (n - 1, 0));
        let edges = even.chain(odd).map(|b| (b - 1, b)).chain(closing).collect();
        Mixer::Xy { edges, initial }
    }

    /// [`Mixer::Xy`] on all pairs a < b of the qubits of `initial`, in the order of
    /// [`Entanglement::Full`](super::Entanglement::Full).
    pub fn xy_complete(initial: Circuit) -> Mixer {
        let edges = super::Entanglement::Full.pairs(initial.num_qubits());
        Mixer::Xy { edges, initial }
    }
}

/// The quantum approximate optimization algorithm (Farhi, Goldstone and Gutmann, arXiv:1411.4028
/// (2014)) for a diagonal cost C: the state Π exp(-iβₖB) exp(-iγₖC) |start⟩, k = 0 acting first. A
/// constant in C is a global phase, which is kept.
///
/// With [`Mixer::X`], B = Σ X and the number of qubits is that of the cost; with [`Mixer::Xy`] it
/// is that of its initial circuit. For the largest cut of a graph the cost is
/// [`Graph::max_cut`](crate::ising::Graph::max_cut), minus the cut, as a Pauli sum.
///
/// Parameters are those of the initial circuit, if it has any, then `gamma[0]`, …,
/// `gamma[layers-1]`, `beta[0]`, ….
///
/// ```
/// use ketlab::circuit::library::{Mixer, dicke, qaoa_ansatz};
/// let cost = "0.5 Z0 Z1 - Z2 + 0.25 Z1 Z3".parse()?;
/// assert_eq!(qaoa_ansatz(&cost, 2, &Mixer::X).count_ops()["rx"], 8);
/// // Choose two of four.
/// let c = qaoa_ansatz(&cost, 2, &Mixer::xy_ring(dicke(4, 2)));
/// assert_eq!(c.params(), ["gamma[0]", "gamma[1]", "beta[0]", "beta[1]"]);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_qaoa_ansatz`].
#[track_caller]
pub fn qaoa_ansatz(cost: &PauliSum, layers: usize, mixer: &Mixer) -> Circuit {
    try_qaoa_ansatz(cost, layers, mixer).unwrap_or_else(|e| panic!("{e}"))
}

/// [`qaoa_ansatz`] that returns the error.
///
/// # Errors
/// If the cost has no term but the identity, has a term with X or Y, or is on more qubits than the
/// initial circuit; if there are no layers; if there are no edges, or one is not between two
/// different qubits of the initial circuit; if there are more than 65,536 parameters, or the
/// initial circuit has parameters called `gamma[k]` or `beta[k]`.
pub fn try_qaoa_ansatz(cost: &PauliSum, layers: usize, mixer: &Mixer) -> Result<Circuit> {
    check_layers(layers)?;
    check_cost(cost)?;
    num_parameters(layers, 2)?;
    let mut c = match mixer {
        Mixer::X => {
            check_num_qubits(cost.num_qubits(), 1)?;
            let mut c = Circuit::new(cost.num_qubits());
            for q in 0..cost.num_qubits() {
                c.h(q);
            }
            c
        }
        Mixer::Xy { edges, initial } => {
            let num_qubits = initial.num_qubits();
            if cost.num_qubits() > num_qubits {
                return Err(Error::QubitOutOfRange { qubit: cost.num_qubits() - 1, num_qubits });
            }
            if edges.is_empty() {
                return Err(invalid("the number of edges of a mixer", "0", "at least 1"));
            }
            initial.clone()
        }
    };
    let before = c.params().len();
    let gammas = c.param_vector("gamma", layers);
    let betas = c.param_vector("beta", layers);
    if c.params().len() != before + 2 * layers {
        let value = c.params()[..before].join(", ");
        let expected = "other than `gamma[k]` and `beta[k]`";
        return Err(invalid("the parameters of an initial circuit", &value, expected));
    }
    for (gamma, beta) in gammas.into_iter().zip(betas) {
        trotter_step(&mut c, cost, gamma, TrotterOrder::First)?;
        match mixer {
            Mixer::X => {
                for q in 0..c.num_qubits() {
                    c.rx(2.0 * beta, q);
                }
            }
            // XX and YY commute.
            Mixer::Xy { edges, .. } => {
                for &(a, b) in edges {
                    c.try_rxx(beta, a, b)?.try_ryy(beta, a, b)?;
                }
            }
        }
    }
    Ok(c)
}

fn check_cost(cost: &PauliSum) -> Result<()> {
    if let Some((string, _)) = cost.terms().iter().find(|(string, _)| !string.is_diagonal()) {
        let value = format!("`{string}`");
        return Err(invalid("a term of a cost", &value, "a product of Z only"));
    }
    if cost.num_qubits() == 0 {
        return Err(invalid("a cost", &cost.to_string(), "a sum with a term on a qubit"));
    }
    Ok(())
}

fn invalid(what: &str, value: &str, expected: &str) -> Error {
    Error::Invalid {
        what: what.into(),
        value: value.into(),
        expected: format!("it must be {expected}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulator;
    use crate::circuit::library::dicke;
    use crate::ising::Graph;
    use num_complex::Complex64;

    const ANGLES: [f64; 4] = [0.4, -0.9, 0.7, 0.2];

    fn bound(c: &Circuit) -> Circuit {
        let named: Vec<_> = c.params().iter().zip(ANGLES).collect();
        c.bind(&named).unwrap()
    }

    fn exp(sum: &PauliSum, n: usize, angle: f64) -> nalgebra::DMatrix<Complex64> {
        (sum.to_dense(n).unwrap() * Complex64::new(0.0, -angle)).exp()
    }

    #[test]
    fn is_the_product_of_exponentials() {
        let cost: PauliSum = "0.5 + 0.5 Z0 Z1 - Z2 + 0.25 Z0 Z1 Z2".parse().unwrap();
        let x: PauliSum = "X0 + X1 + X2".parse().unwrap();
        let [g0, g1, b0, b1] = ANGLES;
        let plus = nalgebra::DVector::from_element(8, Complex64::from(8f64.sqrt().recip()));
        let expected = exp(&x, 3, b1) * exp(&cost, 3, g1) * exp(&x, 3, b0) * exp(&cost, 3, g0);
        let expected = expected * plus;
        let c = bound(&qaoa_ansatz(&cost, 2, &Mixer::X));
        let state = Simulator::new().state::<f64>(&c).unwrap().to_vec();
        assert!((nalgebra::DVector::from_vec(state) - expected).norm() < 1e-12);
    }

    #[test]
    fn a_cut_is_one_rotation_an_edge() {
        let graph = Graph::new(3, [(0, 1, 1.0), (1, 2, 2.0)]);
        let mut expected = Circuit::new(3);
        let gammas = expected.param_vector("gamma", 1);
        let betas = expected.param_vector("beta", 1);
        expected.h(0).h(1).h(2).gphase(1.5 * gammas[0]);
        expected.rzz(1.0 * gammas[0], 0, 1).rzz(2.0 * gammas[0], 1, 2);
        expected.rx(2.0 * betas[0], 0).rx(2.0 * betas[0], 1).rx(2.0 * betas[0], 2);
        let cost = graph.max_cut().to_pauli_sum();
        assert_eq!(qaoa_ansatz(&cost, 1, &Mixer::X), expected);
    }

    #[test]
    fn xy_mixers_keep_the_ones() {
        let cost: PauliSum = "0.5 Z0 Z1 - Z2 + 0.25 Z1 Z3".parse().unwrap();
        let mut start = Circuit::new(4);
        start.x(1);
        for (mixer, ones) in [
            (Mixer::xy_ring(dicke(4, 2)), 2),
            (Mixer::xy_complete(dicke(4, 3)), 3),
            (Mixer::xy_ring(start), 1),
        ] {
            let c = bound(&qaoa_ansatz(&cost, 2, &mixer));
            let p = Simulator::new().probabilities(&c).unwrap();
            for (state, p) in p.iter().enumerate() {
                assert_eq!(*p > 1e-9, state.count_ones() == ones, "{state:04b}: {p}");
            }
        }
        let edges = |mixer| match mixer {
            Mixer::Xy { edges, .. } => edges,
            Mixer::X => vec![],
        };
        assert_eq!(edges(Mixer::xy_ring(Circuit::new(2))), [(0, 1)]);
        let ring = edges(Mixer::xy_ring(Circuit::new(5)));
        assert_eq!(ring, [(0, 1), (2, 3), (1, 2), (3, 4), (4, 0)]);
        assert_eq!(edges(Mixer::xy_complete(Circuit::new(4))).len(), 6);
    }

    #[test]
    fn xy_gates_are_exponentials() {
        let cost: PauliSum = "Z0 Z1".parse().unwrap();
        let c = bound(&qaoa_ansatz(&cost, 1, &Mixer::xy_ring(Circuit::new(2))));
        let xy: PauliSum = "0.5 X0 X1 + 0.5 Y0 Y1".parse().unwrap();
        let expected = exp(&xy, 2, ANGLES[1]) * exp(&cost, 2, ANGLES[0]);
        assert!((c.matrix().unwrap() - expected).norm() < 1e-12);
    }

    #[test]
    fn refuses_with_a_reason() {
        let cost = |text: &str| text.parse::<PauliSum>().unwrap();
        let error = |text: &str| try_qaoa_ansatz(&cost(text), 1, &Mixer::X).unwrap_err();
        let says = "a term of a cost is `Z0 X1`; it must be a product of Z only";
        assert_eq!(error("Z0 + Z0 X1").to_string(), says);
        assert!(error("3").to_string().contains("a cost is 3"));
        assert!(try_qaoa_ansatz(&PauliSum::zero(), 1, &Mixer::X).is_err());
        assert!(try_qaoa_ansatz(&cost("Z0"), 0, &Mixer::X).is_err());
        assert!(try_qaoa_ansatz(&cost("Z0"), usize::MAX, &Mixer::X).is_err());
        let xy = |edges, initial| Mixer::Xy { edges, initial };
        let with = |text: &str, mixer: Mixer| try_qaoa_ansatz(&cost(text), 1, &mixer).is_err();
        assert!(with("Z2", xy(vec![(0, 1)], Circuit::new(2))));
        assert!(with("Z0", xy(vec![(0, 2)], Circuit::new(2))));
        assert!(with("Z0", xy(vec![(1, 1)], Circuit::new(2))));
        assert!(with("Z0", xy(vec![], Circuit::new(2))));
        let mut named = Circuit::new(2);
        let gamma = named.param("gamma[0]");
        named.ry(gamma, 0);
        assert!(with("Z0", xy(vec![(0, 1)], named)));
    }
}
