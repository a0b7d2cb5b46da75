//! The settings of searches for eigenvalues.

use ketlab::pauli::{Boundary, PauliSum, xxz_chain};
use ketlab::simulate::{Eigensolver, Eigenstates};

const N: usize = 8;

fn chain() -> PauliSum {
    xxz_chain(N, 1.0, 0.7, Boundary::Open).unwrap()
}

fn found(solver: Eigensolver) -> Eigenstates {
    solver.run(&chain(), N).unwrap()
}

#[test]
fn a_loose_tolerance_takes_fewer_products() {
    let (tight, loose) = (found(Eigensolver::new(1)), found(Eigensolver::new(1).tolerance(1e-2)));
    assert!(tight.converged && loose.converged);
    assert!(loose.products < tight.products, "{} and {}", loose.products, tight.products);
    let norm: f64 = chain().terms().iter().map(|(_, c)| c.abs()).sum();
    assert!(loose.residuals[0] <= 1e-2 * norm);
    assert!((loose.values[0] - tight.values[0]).abs() <= loose.residuals[0] + 1e-9);
}

#[test]
fn a_search_ends_after_so_many_products() {
    let cut = found(Eigensolver::new(1).max_products(5));
    assert!(!cut.converged);
    // Beyond them, the residual of the level takes one.
    assert!((5..=6).contains(&cut.products), "{}", cut.products);
}

#[test]
fn a_small_basis_finds_the_same_levels() {
    let (large, small) = (found(Eigensolver::new(2)), found(Eigensolver::new(2).basis(6)));
    assert!(small.converged && small.products > large.products);
    for (a, b) in small.values.iter().zip(&large.values) {
        assert!((a - b).abs() < 1e-8, "{a} and {b}");
    }
}

#[test]
fn the_seed_decides_the_bits() {
    let of = |seed: u64| found(Eigensolver::new(1).seed(seed));
    assert_eq!(of(1), of(1));
    assert_ne!(of(1).state(0).unwrap(), of(2).state(0).unwrap());
    assert!((of(1).values[0] - of(2).values[0]).abs() < 1e-9);
}
