//! Unitary coupled cluster.

use super::excitations::Excitation;
use crate::circuit::Circuit;
use crate::circuit::library::{check_layers, check_num_qubits, num_parameters};
use crate::error::{Error, Result};

/// The Hartree-Fock state: X on the first `num_electrons` qubits, one per spin orbital; spin orbitals
/// are ordered by energy, spins interleaved (even qubits α, odd qubits β).
///
/// # Panics
/// See [`try_hartree_fock`].
#[track_caller]
pub fn hartree_fock(num_qubits: usize, num_electrons: usize) -> Circuit {
    try_hartree_fock(num_qubits, num_electrons).unwrap_or_else(|e| panic!("{e}"))
}

/// [`hartree_fock`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, or more electrons than qubits.
pub fn try_hartree_fock(num_qubits: usize, num_electrons: usize) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    if num_electrons > num_qubits {
        return Err(Error::Invalid {
            what: "the number of electrons".into(),
            value: num_electrons.to_string(),
            expected: format!("{num_qubits} spin orbitals take one electron each"),
        });
    }
    let mut c = Circuit::new(num_qubits);
    for q in 0..num_electrons {
        c.x(q);
    }
    Ok(c)
}

/// The excitations of [`uccsd`], in its order: from the Hartree-Fock state, all that keep S_z.
/// - singles a†ₐaᵢ for filled i and empty a of the same spin, ordered by (i, a);
/// - doubles a†ₐa†_b aⱼaᵢ for filled i < j and empty a < b of the same spins in total, ordered by
///   (i, j, a, b).
///
/// # Errors
/// If the number of qubits is odd, so that they are not pairs of α and β; if it is 0 or more than a
/// circuit can have; if there are more electrons than qubits; if there are more than 65,536
/// excitations.
pub fn uccsd_excitations(num_qubits: usize, num_electrons: usize) -> Result<Vec<Excitation>> {
    check_spin_orbitals(num_qubits)?;
    try_hartree_fock(num_qubits, num_electrons)?;
    num_parameters(1, num_excitations(num_qubits, num_electrons))?;
    let (filled, empty) = (0..num_electrons, num_electrons..num_qubits);
    let mut excitations = Vec::new();
    for i in filled.clone() {
        for a in empty.clone().filter(|a| a % 2 == i % 2) {
            excitations.push(Excitation::try_single(a, i)?);
        }
    }
    for (i, j) in pairs(filled) {
        for (a, b) in pairs(empty.clone()).filter(|(a, b)| a % 2 + b % 2 == i % 2 + j % 2) {
            excitations.push(Excitation::try_double([a, b], [j, i])?);
        }
    }
    Ok(excitations)
}

/// How many they are, by counting spins.
fn num_excitations(num_qubits: usize, num_electrons: usize) -> usize {
    let of_spin = |spin: usize| {
        let filled = (num_electrons + 1 - spin) / 2;
        (filled as u128, ((num_qubits + 1 - spin) / 2 - filled) as u128)
    };
    let two = |n: u128| n * n.saturating_sub(1) / 2;
    let ((o_up, v_up), (o_down, v_down)) = (of_spin(0), of_spin(1));
    let singles = o_up * v_up + o_down * v_down;
    let mixed = o_up * v_up * o_down * v_down;
    let same = two(o_up) * two(v_up) + two(o_down) * two(v_down);
    usize::try_from(singles + mixed + same).unwrap_or(usize::MAX)
}

/// Unitary coupled cluster with singles and doubles (Peruzzo et al., Nat. Commun. 5, 4213 (2014);
/// Romero et al., Quantum Sci. Technol. 4, 014008 (2019)) on the [`hartree_fock`] state: one
/// exp(θ(T - T†)) for each of [`uccsd_excitations`] in their order, so the first order of Trotter's
/// formula with one step. Particles and S_z are kept exactly. At θ = 0 it is the Hartree-Fock
/// state.
///
/// Parameters are `theta[0]`, …, one an excitation, in their order: singles first. They are 3 for
/// H₂ (4 qubits, 2 electrons; `theta[2]` is the double) and 92 for LiH (12 qubits, 4 electrons).
///
/// ```
/// use ketlab::chemistry::uccsd;
/// assert_eq!(uccsd(4, 2).params().len(), 3);
/// assert_eq!(uccsd(12, 4).params().len(), 92);
/// ```
///
/// # Panics
/// See [`try_uccsd`].
#[track_caller]
pub fn uccsd(num_qubits: usize, num_electrons: usize) -> Circuit {
    try_uccsd(num_qubits, num_electrons).unwrap_or_else(|e| panic!("{e}"))
}

/// [`uccsd`] that returns the error.
///
/// # Errors
/// As [`uccsd_excitations`].
pub fn try_uccsd(num_qubits: usize, num_electrons: usize) -> Result<Circuit> {
    let excitations = uccsd_excitations(num_qubits, num_electrons)?;
    apply(&excitations, 1, num_qubits, num_electrons)
}

/// The excitations of one layer of [`k_upccgsd`], in its order, over spatial orbitals p < q:
/// generalized singles a†_q aₚ, for spin α and then β, ordered by (p, q); then paired doubles
/// a†_qα a†_qβ aₚβ aₚα, ordered by (p, q).
///
/// # Errors
/// If the number of qubits is odd, 0, or more than a circuit can have; if there are more than
/// 65,536 excitations.
pub fn upccgsd_excitations(num_qubits: usize) -> Result<Vec<Excitation>> {
    check_spin_orbitals(num_qubits)?;
    let orbitals = num_qubits / 2;
    num_parameters(3, orbitals * orbitals.saturating_sub(1) / 2)?;
    let mut excitations = Vec::new();
    for spin in [0, 1] {
        for (p, q) in pairs(0..orbitals) {
            excitations.push(Excitation::try_single(2 * q + spin, 2 * p + spin)?);
        }
    }
    for (p, q) in pairs(0..orbitals) {
        excitations.push(Excitation::try_double([2 * q, 2 * q + 1], [2 * p + 1, 2 * p])?);
    }
    Ok(excitations)
}

/// Generalized singles and doubles, from every orbital to every other, filled or not (Nooijen, Phys.
/// Rev. Lett. 84, 2108 (2000)): a†ₚa_q for q < p and a†ₚa†_q aₛaᵣ for pairs (r, s) before (p, q)
/// without a mode in common. With `keep_spin` only those that keep S_z of interleaved spin orbitals.
/// The opposite directions are their adjoints.
///
/// Every state of two particles is one of them, or an adjoint, away from a basis state; this is what
/// a [subspace expansion](crate::variational::Subspace::expand) is made of.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, or more than 65,536 excitations.
pub fn generalized_excitations(num_qubits: usize, keep_spin: bool) -> Result<Vec<Excitation>> {
    check_num_qubits(num_qubits, 1)?;
    // At most as many doubles as pairs of pairs; about an eighth of n⁴.
    let of_pairs = num_qubits.saturating_mul(num_qubits.saturating_sub(1)) / 2;
    num_parameters(of_pairs, if keep_spin { of_pairs / 8 } else { of_pairs / 4 })?;
    let kept = |created: usize, annihilated: usize| !keep_spin || created == annihilated;
    let mut excitations = Vec::new();
    for (q, p) in pairs(0..num_qubits).filter(|(q, p)| kept(p % 2, q % 2)) {
        excitations.push(Excitation::try_single(p, q)?);
    }
    let all: Vec<(usize, usize)> = pairs(0..num_qubits).collect();
    for (k, &(p, q)) in all.iter().enumerate() {
        for &(r, s) in &all[..k] {
            let distinct = p != r && p != s && q != r && q != s;
            if distinct && kept(p % 2 + q % 2, r % 2 + s % 2) {
                excitations.push(Excitation::try_double([p, q], [s, r])?);
            }
        }
    }
    Ok(excitations)
}

/// k-UpCCGSD (Lee, Huggins, Head-Gordon and Whaley, J. Chem. Theory Comput. 15, 311 (2019)): `k`
/// layers of [`upccgsd_excitations`] on the [`hartree_fock`] state, each exp(θ(T - T†)) with a
/// parameter of its own. Particles and S_z are kept exactly.
///
/// Parameters are `theta[0]`, … in the order of the gates; there are 3·k·M(M - 1)/2 for M = n/2
/// spatial orbitals.
///
/// ```
/// use ketlab::chemistry::k_upccgsd;
/// assert_eq!(k_upccgsd(8, 4, 2).params().len(), 3 * 2 * 6);
/// ```
///
/// # Panics
/// See [`try_k_upccgsd`].
#[track_caller]
pub fn k_upccgsd(num_qubits: usize, num_electrons: usize, k: usize) -> Circuit {
    try_k_upccgsd(num_qubits, num_electrons, k).unwrap_or_else(|e| panic!("{e}"))
}

/// [`k_upccgsd`] that returns the error.
///
/// # Errors
/// As [`upccgsd_excitations`]; if there are more electrons than qubits, no layers, or more than 65,536
/// parameters.
pub fn try_k_upccgsd(num_qubits: usize, num_electrons: usize, k: usize) -> Result<Circuit> {
    check_layers(k)?;
    apply(&upccgsd_excitations(num_qubits)?, k, num_qubits, num_electrons)
}

/// The excitations `layers` times on the Hartree-Fock state, one parameter each.
fn apply(
    excitations: &[Excitation],
    layers: usize,
    num_qubits: usize,
    num_electrons: usize,
) -> Result<Circuit> {
    let mut c = try_hartree_fock(num_qubits, num_electrons)?;
    let theta = c.param_vector("theta", num_parameters(layers, excitations.len())?);
    for (excitation, theta) in excitations.iter().cycle().zip(theta) {
        excitation.append_to(&mut c, theta)?;
    }
    Ok(c)
}

fn check_spin_orbitals(num_qubits: usize) -> Result<()> {
    check_num_qubits(num_qubits, 1)?;
    // A single spin orbital has nobody to be excited to.
    if num_qubits.is_multiple_of(2) || num_qubits == 1 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of spin orbitals".into(),
        value: num_qubits.to_string(),
        expected: "it must be even: each orbital has one of spin up and one of spin down".into(),
    })
}

/// All (a, b) with a < b, in order.
fn pairs(range: std::ops::Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    let end = range.end;
    range.flat_map(move |a| (a + 1..end).map(move |b| (a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulator;
    use crate::chemistry::molecule::Molecule;
    use crate::simulate::{Evaluator, Program};

    #[test]
    fn order_and_number_of_excitations() {
        let shown = |n, electrons| {
            let excitations = uccsd_excitations(n, electrons).unwrap();
            excitations.iter().map(Excitation::to_string).collect::<Vec<_>>()
        };
        assert_eq!(shown(4, 2), ["a†2 a0", "a†3 a1", "a†2 a†3 a1 a0"]);
        assert_eq!(
            shown(6, 3),
            [
                "a†4 a0",
                "a†3 a1",
                "a†5 a1",
                "a†4 a2",
                "a†3 a†4 a1 a0",
                "a†4 a†5 a1 a0",
                "a†3 a†4 a2 a1",
                "a†4 a†5 a2 a1"
            ]
        );
        for (n, electrons) in [(2, 1), (4, 1), (6, 2), (8, 3), (8, 4), (10, 7), (12, 4)] {
            let listed = uccsd_excitations(n, electrons).unwrap().len();
            assert_eq!(num_excitations(n, electrons), listed, "{n} {electrons}");
        }
        assert_eq!(uccsd_excitations(12, 4).unwrap().len(), 92);
        let pool = upccgsd_excitations(4).unwrap();
        let pool: Vec<_> = pool.iter().map(Excitation::to_string).collect();
        assert_eq!(pool, ["a†2 a0", "a†3 a1", "a†2 a†3 a1 a0"]);
    }

    #[test]
    fn particles_and_spin_are_kept() {
        for (circuit, electrons) in
            [(uccsd(8, 4), 4), (uccsd(6, 3), 3), (k_upccgsd(6, 3, 2), 3), (k_upccgsd(8, 2, 1), 2)]
        {
            let angle = |k: usize| 0.3 + (k as f64 * 1.7).sin();
            let names = circuit.params().iter().enumerate();
            let named: Vec<_> = names.map(|(k, name)| (name, angle(k))).collect();
            let bound = circuit.bind(&named).unwrap();
            let p = Simulator::new().probabilities(&bound).unwrap();
            let start = (1usize << electrons) - 1;
            let up = |state: usize| (state & 0x5555_5555).count_ones();
            let down = |state: usize| (state & 0xaaaa_aaaa).count_ones();
            let elsewhere = (0..p.len()).filter(|&s| (up(s), down(s)) != (up(start), down(start)));
            let elsewhere: f64 = elsewhere.map(|state| p[state]).sum();
            assert!(elsewhere < 1e-24, "{elsewhere}");
            assert!(p[start] < 0.9, "the state moves");
        }
    }

    /// The lowest energy by golden-section searches along one parameter after another.
    fn minimum(circuit: &Circuit, molecule: &Molecule, rounds: usize) -> f64 {
        let program = Program::new(circuit).unwrap();
        let h = [molecule.hamiltonian().clone()];
        let mut energy = Simulator::new().evaluator(&program, &h).unwrap();
        let mut theta = vec![0.0; circuit.params().len()];
        for _ in 0..rounds {
            for k in 0..theta.len() {
                let mut at = |value: f64, energy: &mut Evaluator| {
                    theta[k] = value;
                    energy.expectation(&theta).unwrap()
                };
                let (mut low, mut high) = (-1.2, 1.2);
                let ratio = (5f64.sqrt() - 1.0) / 2.0;
                while high - low > 1e-7 {
                    let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
                    if at(a, &mut energy) < at(b, &mut energy) { high = b } else { low = a }
                }
                at((low + high) / 2.0, &mut energy);
            }
        }
        energy.expectation(&theta).unwrap()
    }

    #[test]
    fn two_electrons_in_two_orbitals_are_exact() {
        // UCCSD and 1-UpCCGSD have every excitation there is. Singles matter in HeH⁺.
        for name in ["h2_0.3", "h2_0.735", "h2_0.7414", "h2_2.5", "heh+_1.0", "heh+_1.5"] {
            let molecule = Molecule::bundled(name).unwrap();
            let fci = molecule.fci().unwrap();
            for circuit in [uccsd(4, 2), k_upccgsd(4, 2, 1)] {
                let error = minimum(&circuit, &molecule, 12) - fci;
                assert!((-1e-9..1e-6).contains(&error), "{name}: {error}");
            }
        }
    }

    #[test]
    fn starts_at_hartree_fock_and_goes_down() {
        let molecule = Molecule::bundled("h4_1.0").unwrap();
        let hf = molecule.hartree_fock_energy();
        let fci = molecule.fci().unwrap();
        let circuit = uccsd(8, 4);
        assert!((minimum(&circuit, &molecule, 0) - hf).abs() < 1e-10);
        let energy = minimum(&circuit, &molecule, 4);
        // What is left is the error of the ansatz itself, 0.08 millihartree.
        assert!(energy >= fci - 1e-9 && energy < fci + 1e-4, "{energy}, {fci}");
    }

    #[test]
    fn refuses_with_a_reason() {
        let error = try_uccsd(5, 2).unwrap_err().to_string();
        assert!(error.starts_with("the number of spin orbitals is 5; it must be even"), "{error}");
        assert!(try_uccsd(4, 5).is_err() && try_uccsd(0, 0).is_err());
        assert!(try_uccsd(1 << 20, 1 << 19).unwrap_err().to_string().contains("parameters"));
        assert!(try_uccsd(usize::MAX - 1, 2).is_err());
        assert!(try_k_upccgsd(4, 2, 0).is_err() && try_k_upccgsd(2, 3, 1).is_err());
        assert!(try_k_upccgsd(1 << 20, 1, 1).is_err() && try_k_upccgsd(4, 5, 1).is_err());
        assert!(try_hartree_fock(2, 3).is_err());
    }

    /// Full and empty shells, and single orbitals, are one state: an ansatz without parameters.
    #[test]
    fn nothing_to_excite_is_one_state() {
        for (n, electrons) in [(4, 4), (4, 0), (2, 2), (2, 1), (2, 0), (1, 1), (1, 0)] {
            let one_state = hartree_fock(n, electrons);
            assert_eq!(uccsd(n, electrons), one_state, "{electrons} in {n}");
            if n <= 2 {
                assert_eq!(k_upccgsd(n, electrons, 2), one_state, "{electrons} in {n}");
            }
        }
    }

    /// Counted by hand: of six modes three have each spin, so two pairs of one spin share a mode, and
    /// of the nine mixed pairs each has four others without a mode in common.
    #[test]
    fn generalized_excitations_are_all_pairs() {
        for (n, keep_spin, singles, doubles) in
            [(4, true, 2, 2), (4, false, 6, 3), (3, false, 3, 0), (6, true, 6, 18), (1, true, 0, 0)]
        {
            let all = generalized_excitations(n, keep_spin).unwrap();
            let is_single = |e: &&Excitation| e.to_string().split(' ').count() == 2;
            assert_eq!(all.iter().filter(is_single).count(), singles, "{n}");
            let distinct: std::collections::HashSet<_> = all.iter().collect();
            assert_eq!((all.len(), distinct.len()), (singles + doubles, singles + doubles), "{n}");
        }
        assert!(generalized_excitations(0, true).is_err());
        assert!(generalized_excitations(200, true).unwrap_err().to_string().contains("65536"));
    }
}
