//! Fermion operators, Pauli sums with complex coefficients and molecular integrals, by hand.

use ketlab::chemistry::{FermionOperator, Ladder, MolecularIntegrals, Molecule};
use ketlab::pauli::{ComplexPauliSum, Phase};
use ketlab::{Circuit, Simulator};
use num_complex::Complex64;

#[test]
fn terms_stay_as_they_are_given() {
    assert!(FermionOperator::zero().is_empty());
    let hop = FermionOperator::create(2).product(&FermionOperator::annihilate(0));
    let sum = hop + FermionOperator::number(1) * 0.5;
    assert!(!sum.is_empty());
    let want = [
        (vec![Ladder::Create(2), Ladder::Annihilate(0)], Complex64::ONE),
        (vec![Ladder::Create(1), Ladder::Annihilate(1)], Complex64::new(0.5, 0.0)),
    ];
    assert_eq!(sum.terms(), want);
}

#[test]
fn transforms_have_the_norms_of_their_formulas() {
    // n₁ = (1 - Z₁)/2.
    let number = FermionOperator::number(1).jordan_wigner(3).unwrap();
    assert_eq!(number.num_qubits(), 2);
    assert!((number.one_norm() - 1.0).abs() < 1e-15);
    assert!((number.identity_coefficient() - 0.5).norm() < 1e-15);
    // a†₂ = Z₀ Z₁ (X₂ - iY₂)/2.
    let create = FermionOperator::create(2).jordan_wigner(3).unwrap();
    assert_eq!((create.num_qubits(), create.len()), (3, 2));
    assert!((create.one_norm() - 1.0).abs() < 1e-15);
    assert_eq!(create.identity_coefficient(), Complex64::ZERO);
    assert_eq!(ComplexPauliSum::new([]).num_qubits(), 0);
}

#[test]
fn the_square_of_i_is_minus_one() {
    assert_eq!(Phase::I * Phase::I, Phase::MINUS_ONE);
    assert_eq!(Phase::MINUS_ONE.to_complex(), Complex64::new(-1.0, 0.0));
    assert_eq!(Phase::MINUS_ONE.to_string(), "-1");
}

#[test]
fn the_vacuum_has_the_constant_for_its_energy() {
    let one_orbital = MolecularIntegrals::new(0.7, 1, vec![-1.25], vec![0.675]).unwrap();
    assert_eq!(one_orbital.constant(), 0.7);
    let h = one_orbital.hamiltonian().unwrap();
    let energy = |circuit: &Circuit| Simulator::new().expectation(circuit, &h).unwrap().value;
    assert!((energy(&Circuit::new(2)) - 0.7).abs() < 1e-14);
    // Two electrons in the orbital: 2h + (00|00) beside the constant.
    let mut full = Circuit::new(2);
    full.x(0).x(1);
    assert!((energy(&full) - (0.7 - 2.5 + 0.675)).abs() < 1e-14);
}

#[test]
fn the_first_spin_orbitals_are_filled() {
    let h2 = Molecule::bundled("h2_0.735").unwrap();
    assert_eq!(h2.hartree_fock_state(), [true, true, false, false]);
    let mut circuit = Circuit::new(4);
    for (qubit, _) in h2.hartree_fock_state().iter().enumerate().filter(|(_, one)| **one) {
        circuit.x(qubit);
    }
    let energy = Simulator::new().expectation(&circuit, h2.hamiltonian()).unwrap().value;
    assert!((energy - h2.hartree_fock_energy()).abs() < 1e-12);
}
