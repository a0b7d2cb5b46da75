//! VQE and QAOA against exact energies and published numbers.

use ketlab::Simulator;
use ketlab::chemistry::{self, CHEMICAL_ACCURACY, Molecule, number_penalty, uccsd};
use ketlab::circuit::library::{self, Mixer, dicke};
use ketlab::ising::{Graph, Ising};
use ketlab::math::Bits;
use ketlab::optimize::{Objective, OptimizerKind, Stopping};
use ketlab::pauli::{Boundary, PauliSum, ising_chain, xxz_chain};
use ketlab::simulate::{Eigensolver, Sector};
use ketlab::variational::{Adapt, Angles, Qaoa, Subspace, Vqe, eigenstate_variance};
use num_complex::Complex64;
use serde_json::Value;

fn ground(molecule: &Molecule, ansatz: ketlab::Circuit) -> f64 {
    let mut vqe = Vqe::new(ansatz, molecule.hamiltonian()).unwrap();
    let start = vec![0.0; vqe.num_params()];
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    vqe.minimize(&*optimizer, &start, &mut Stopping::new()).unwrap().energy
}

#[test]
fn uccsd_is_exact_for_hydrogen_and_within_chemical_accuracy_beyond() {
    for name in Molecule::BUNDLED {
        let molecule = Molecule::bundled(name).unwrap();
        let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
        let tolerance = match *name {
            name if name.starts_with("h2_") => 1e-6,
            "h4_1.0" | "lih_1.6" | "lih_cas23_1.546" => CHEMICAL_ACCURACY,
            _ => continue,
        };
        let energy = ground(&molecule, uccsd(n, electrons));
        let error = energy - molecule.fci().unwrap();
        assert!((-1e-9..tolerance).contains(&error), "{name}: {error}");
    }
}

#[test]
fn adapt_needs_fewer_excitations_than_the_pool() {
    let lih = Molecule::bundled("lih_cas23_1.546").unwrap();
    let pool = chemistry::uccsd_excitations(6, 2).unwrap();
    let size = pool.len();
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    let grown =
        Adapt::new(pool).run(6, 2, lih.hamiltonian(), &*optimizer, |_| Stopping::new()).unwrap();
    assert!(grown.steps.len() < size);
    assert!(grown.steps.windows(2).all(|w| w[1].energy <= w[0].energy + 1e-10));
    let energy = grown.last.unwrap().energy;
    assert!((energy - lih.fci().unwrap()).abs() < 1e-6);
    assert!(grown.largest_derivative < 1e-4);
}

/// The spectrum of Z0 + 2 Z1 + X0 X1, level by level.
#[test]
fn deflation_finds_the_levels_in_order() {
    let h: PauliSum = "Z0 + 2 Z1 + X0 X1".parse().unwrap();
    // Blocks of even and odd parity: ±√(3² + 1) and ±√(1² + 1).
    let levels = [-10f64.sqrt(), -2f64.sqrt(), 2f64.sqrt(), 10f64.sqrt()];
    let ansatz = library::efficient_su2(2, 3, library::Entanglement::Linear);
    let mut vqe = Vqe::new(ansatz, &h).unwrap();
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    for (number, level) in levels.iter().enumerate() {
        let start: Vec<f64> =
            (0..vqe.num_params()).map(|k| (1.0 + k as f64 * (number + 1) as f64).sin()).collect();
        let found = vqe.minimize(&*optimizer, &start, &mut Stopping::new()).unwrap();
        assert!((found.energy - level).abs() < 1e-6, "level {number}: {}", found.energy);
        assert!(found.overlaps.iter().all(|o| *o < 1e-6));
        vqe.deflate(&found.params, 20.0).unwrap();
    }
}

/// HeH+ has a lower state with other electrons; a penalty keeps their number.
#[test]
fn a_penalty_keeps_the_number_of_electrons() {
    let molecule = Molecule::bundled("heh+_1.0").unwrap();
    let fci = molecule.fci().unwrap();
    let penalty = number_penalty(4, 2, 2.0).unwrap();
    let both = molecule.hamiltonian().clone().into_terms().into_iter().chain(penalty.into_terms());
    let lowest = |h: &PauliSum| {
        let ansatz = library::efficient_su2(4, 3, library::Entanglement::Full);
        let mut vqe = Vqe::new(ansatz, h).unwrap();
        let optimizer = OptimizerKind::Lbfgs.optimizer();
        let runs = (0..6).map(|seed| {
            let start: Vec<f64> =
                (0..vqe.num_params()).map(|k| (k as f64 + 17.0 * seed as f64).sin()).collect();
            vqe.minimize(&*optimizer, &start, &mut Stopping::new().max_iterations(300)).unwrap()
        });
        runs.min_by(|a, b| a.energy.total_cmp(&b.energy)).unwrap()
    };
    let free = lowest(molecule.hamiltonian());
    assert!(free.energy < fci - 0.1, "{}", free.energy);
    assert!((free.mean_ones - 2.0).abs() > 0.5);
    let kept = lowest(&PauliSum::new(both.collect::<Vec<_>>()));
    assert!((kept.energy - fci).abs() < CHEMICAL_ACCURACY, "{}", kept.energy);
    assert!((kept.mean_ones - 2.0).abs() < 1e-3);
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn json(path: &str) -> Option<Value> {
    let path = crate::common::reference(path)?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

#[test]
fn cubic_graphs_of_the_reference() {
    let Some(file) = json("qaoa/cubic_graphs.json") else { return };
    let mut checked = 0;
    for case in file["graphs"].as_array().unwrap() {
        let n = case["n"].as_u64().unwrap() as usize;
        if n > 14 {
            continue;
        }
        let edges = case["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (e[0].as_u64().unwrap() as usize, e[1].as_u64().unwrap() as usize, 1.0));
        let graph = Graph::try_new(n, edges.collect::<Vec<_>>()).unwrap();
        let mut qaoa = Qaoa::new(&graph.max_cut(), 1).unwrap();
        assert_eq!(-qaoa.range().0, case["max_cut"].as_f64().unwrap());
        // One layer, against the formula of Wang et al. 2018.
        let p1 = &case["p1_optimum"];
        let at = |v: &Value, key: &str| v[key].as_f64().unwrap();
        let angles = Angles { gammas: vec![at(p1, "gamma")], betas: vec![at(p1, "beta")] };
        let cut = -qaoa.expectation(&angles).unwrap();
        assert!((cut - at(p1, "expected_cut")).abs() < 1e-8, "{}: {cut}", case["name"]);
        // At its optimum the gradient is 0.
        let mut gradient = [1.0; 2];
        qaoa.energy().value_and_gradient(&angles.to_params(), &mut gradient).unwrap();
        assert!(gradient.iter().all(|g| g.abs() < 1e-5), "{gradient:?}");
        let probe = &case["probe"];
        let angles = Angles { gammas: numbers(&probe["gamma"]), betas: numbers(&probe["beta"]) };
        let mut deeper = Qaoa::new(&graph.max_cut(), angles.layers()).unwrap();
        let cut = -deeper.expectation(&angles).unwrap();
        assert!((cut - at(probe, "expected_cut")).abs() < 1e-8);
        for (p, want) in case["fixed_angles_expected_cut"].as_object().unwrap() {
            let angles = Angles::fixed_three_regular(p.parse().unwrap()).unwrap();
            let mut qaoa = Qaoa::new(&graph.max_cut(), angles.layers()).unwrap();
            let cut = -qaoa.expectation(&angles).unwrap();
            assert!((cut - want.as_f64().unwrap()).abs() < 1e-6, "{} p = {p}", case["name"]);
            checked += 1;
        }
    }
    assert!(checked > 0);
}

/// The shipped angles are those of the reference, and no graph of large girth falls below what they
/// promise: here the (3,6) cage, on which two layers see a tree.
#[test]
fn fixed_angles_keep_their_promise() {
    let heawood = (0..14).flat_map(|v| {
        let chord = (v % 2 == 0).then(|| (v, (v + 5) % 14, 1.0));
        std::iter::once((v, (v + 1) % 14, 1.0)).chain(chord)
    });
    let graph = Graph::try_new(14, heawood.collect::<Vec<_>>()).unwrap();
    assert_eq!(graph.is_regular(), Some(3));
    let ratio = |p: usize| {
        let mut qaoa = Qaoa::new(&graph.max_cut(), p).unwrap();
        -qaoa.expectation(&Angles::fixed_three_regular(p).unwrap()).unwrap() / 21.0
    };
    let Some(file) = json("qaoa/fixed_angles_regular.json") else { return };
    for row in file["rows"].as_array().unwrap().iter().filter(|row| row["d"] == 3) {
        let p = row["p"].as_u64().unwrap() as usize;
        let angles = Angles::fixed_three_regular(p).unwrap();
        assert_eq!(angles.gammas, numbers(&row["gamma"]));
        assert_eq!(angles.betas, numbers(&row["beta"]));
        let promised = row["ratio_tree_recomputed"].as_f64().unwrap();
        if p <= 2 {
            assert!((ratio(p) - promised).abs() < 1e-8, "{p}: {} {promised}", ratio(p));
        }
    }
}

#[test]
fn gradients_of_qaoa_are_those_of_differences() {
    let model = Ising::new(
        vec![0.3, -0.2, 0.0, 0.5],
        [(0, 1, 1.0), (1, 2, -0.7), (2, 3, 0.4), (0, 3, 0.9)],
        0.25,
    );
    let bits = Bits::from_u64(0b0110, 4);
    for mut qaoa in [
        Qaoa::new(&model, 3).unwrap(),
        Qaoa::with_mixer(&model, 3, &Mixer::xy_ring(dicke(4, 2))).unwrap(),
        Qaoa::warm_started(&model, 3, &bits, 0.2).unwrap(),
    ] {
        let at = [0.3, 0.7, -0.2, 0.5, 0.4, 0.1];
        let mut gradient = [0.0; 6];
        qaoa.energy().value_and_gradient(&at, &mut gradient).unwrap();
        for k in 0..6 {
            let mut value = |step: f64| {
                let mut x = at;
                x[k] += step;
                qaoa.energy().value(&x).unwrap()
            };
            let difference = (value(1e-5) - value(-1e-5)) / 2e-5;
            assert!((gradient[k] - difference).abs() < 1e-8, "{k}");
        }
    }
    // The XY mixer keeps two ones; a warm start with no layers' worth of angles is near its bits.
    let mut kept = Qaoa::with_mixer(&model, 3, &Mixer::xy_ring(dicke(4, 2))).unwrap();
    let angles = Angles::linear_ramp(3, 0.75).unwrap();
    for (index, p) in kept.probabilities(&angles).unwrap().iter().enumerate() {
        assert!(index.count_ones() == 2 || *p < 1e-24);
    }
    let mut warm = Qaoa::warm_started(&model, 1, &bits, 0.2).unwrap();
    let still = Angles { gammas: vec![0.0], betas: vec![0.4] };
    let p = warm.probabilities(&still).unwrap();
    assert!((p[0b0110] - 0.8f64.powi(4)).abs() < 1e-12);
}

/// Depth helps: rings of 2p + 2 vertices are cut exactly with p layers.
#[test]
fn interp_reaches_the_optimum_of_a_ring() {
    let ring =
        Graph::try_new(8, (0..8).map(|v| (v, (v + 1) % 8, 1.0)).collect::<Vec<_>>()).unwrap();
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    let mut qaoa = Qaoa::new(&ring.max_cut(), 1).unwrap();
    let mut start = Angles::linear_ramp(1, 0.75).unwrap();
    for p in 1..=4 {
        let found = qaoa.solve(&start, &*optimizer, &mut Stopping::new(), 64, 3).unwrap();
        let want = if p < 4 { (2 * p + 1) as f64 / (2 * p + 2) as f64 } else { 1.0 };
        let got = -found.expectation / 8.0;
        assert!((got - want).abs() < 1e-4, "p = {p}: {got} instead of {want}");
        assert!(found.classical.evaluations <= 64);
        start = found.angles.interpolated();
        qaoa = qaoa.deeper().unwrap();
    }
}

/// The last vertices have no edges, but they are bits of every solution.
#[test]
fn isolated_spins_are_part_of_solutions() {
    let graph = Graph::try_new(5, [(0, 1, 1.0), (1, 2, 1.0)]).unwrap();
    let mut qaoa = Qaoa::new(&graph.max_cut(), 1).unwrap();
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    let start = Angles::linear_ramp(1, 0.75).unwrap();
    let found = qaoa.solve(&start, &*optimizer, &mut Stopping::new(), 100, 1).unwrap();
    assert_eq!((found.best.bits.len(), found.best.energy), (5, -2.0));
    let sum: f64 = qaoa.probabilities(&found.angles).unwrap().iter().sum();
    assert!((sum - 1.0).abs() < 1e-12);
    // 8 of 32 configurations cut both edges; those that differ in isolated spins are alike.
    let best = &found.most_probable[0];
    assert!((found.ground_probability - 8.0 * best.probability).abs() < 1e-12);
    assert_eq!(qaoa.deeper().unwrap().circuit().num_qubits(), 5);
    assert!(Qaoa::with_mixer(&graph.max_cut(), 1, &Mixer::xy_ring(dicke(4, 2))).is_err());
}

#[test]
fn problems_without_coefficients_have_an_answer() {
    // E is the offset, whatever the bits and the angles.
    let model = Ising::new(vec![0.0; 3], [], 1.5);
    let start = Angles::linear_ramp(2, 0.75).unwrap();
    let warm = Qaoa::warm_started(&model, 2, &Bits::zeros(3), 0.25).unwrap();
    for mut qaoa in [Qaoa::new(&model, 2).unwrap(), warm] {
        let optimizer = OptimizerKind::Lbfgs.optimizer();
        let result = qaoa.solve(&start, &*optimizer, &mut Stopping::new(), 10, 1).unwrap();
        assert_eq!((result.ground_energy, result.best.energy), (1.5, 1.5));
        assert!((result.expectation - 1.5).abs() < 1e-12);
        assert!((result.ground_probability - 1.0).abs() < 1e-12);
        assert_eq!(result.approximation_ratio, 1.0);
    }
    assert!(Qaoa::new(&model, 0).err().unwrap().to_string().contains("layers"));
    let nothing = Qaoa::new(&Ising::new(vec![], [], 1.5), 1).err().unwrap().to_string();
    assert!(nothing.contains("nothing to optimize"), "{nothing}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let model = Ising::new(vec![0.0; 3], [(0, 1, 1.0)], 0.0);
    assert!(Qaoa::new(&model, 0).is_err());
    assert!(Angles::fixed_three_regular(6).is_err());
    assert!(Angles::linear_ramp(0, 0.75).is_err());
    assert!(Qaoa::warm_started(&model, 1, &Bits::zeros(3), 0.0).is_err());
    let mut qaoa = Qaoa::new(&model, 1).unwrap();
    assert!(qaoa.expectation(&Angles { gammas: vec![f64::NAN], betas: vec![0.0] }).is_err());
    assert!(qaoa.expectation(&Angles::linear_ramp(2, 0.75).unwrap()).is_err());
    let elsewhere: PauliSum = "Z1".parse().unwrap();
    assert!(Vqe::new(ketlab::Circuit::new(1), &elsewhere).is_err());
    assert!(number_penalty(4, 5, 1.0).is_err());
    assert!(number_penalty(4, 2, f64::NAN).is_err());
    let huge = Ising::new(vec![0.0; 60], [(0, 59, 1.0)], 0.0);
    assert!(Qaoa::new(&huge, 1).is_err());
}

/// A run of ten iterations and one that goes on from its checkpoint end where one run does.
#[test]
fn a_resumed_vqe_is_the_uninterrupted_one() {
    let h4 = Molecule::bundled("h4_1.0").unwrap();
    let file = std::env::temp_dir().join(format!("ketlab-vqe-{}.json", std::process::id()));
    let optimizer = OptimizerKind::Adam.optimizer();
    let mut vqe = Vqe::new(uccsd(8, 4), h4.hamiltonian()).unwrap();
    let start = vec![0.01; vqe.num_params()];
    let whole = vqe.minimize(&*optimizer, &start, &mut Stopping::new().max_iterations(12)).unwrap();
    let part = Stopping::new().checkpoint(&file, 5).fingerprint("h4");
    vqe.minimize(&*optimizer, &start, &mut part.max_iterations(7)).unwrap();
    let rest = || Stopping::new().checkpoint(&file, 5).resume(&file).max_iterations(12);
    let other = vqe.minimize(&*optimizer, &start, &mut rest().fingerprint("another circuit"));
    assert!(other.is_err());
    let resumed = vqe.minimize(&*optimizer, &start, &mut rest().fingerprint("h4")).unwrap();
    assert_eq!(resumed.params, whole.params);
    assert_eq!(resumed.energy.to_bits(), whole.energy.to_bits());
    std::fs::remove_file(file).unwrap();
}

fn reported(name: &str) -> Option<Molecule> {
    let path = crate::common::reference(&format!("reported/{name}"))?;
    Some(Molecule::from_json(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// One electron whose first level is the upper one: all derivatives vanish, one excitation lowers the
/// energy by 1.
#[test]
fn a_start_without_gradient_is_left() {
    let Some(levels) = reported("stationary_start.json") else { return };
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    let mut vqe = Vqe::new(uccsd(4, 1), levels.hamiltonian()).unwrap();
    let start = vec![0.0; vqe.num_params()];
    let found = vqe.minimize(&*optimizer, &start, &mut Stopping::new()).unwrap();
    assert!((found.energy + 0.5).abs() < 1e-9 && found.variance < 1e-12, "{}", found.energy);
    // ½ cos 2θ has the curvature -2.
    assert!((found.start.unwrap().curvature + 2.0).abs() < 1e-4);
    assert!(found.outcome.converged());
    let pool = chemistry::uccsd_excitations(4, 1).unwrap();
    let grown =
        Adapt::new(pool).run(4, 1, levels.hamiltonian(), &*optimizer, |_| Stopping::new()).unwrap();
    assert_eq!((grown.steps.len(), grown.steps[0].derivative), (1, 0.0));
    assert!((grown.steps[0].angle.abs() - std::f64::consts::FRAC_PI_2).abs() < 1e-9);
    let last = grown.last.unwrap();
    assert!((last.energy + 0.5).abs() < 1e-12 && last.outcome.converged());
    // A start that is a minimum is one.
    let at_minimum = vqe.minimize(&*optimizer, &found.params, &mut Stopping::new()).unwrap();
    assert!(at_minimum.outcome.converged() && (at_minimum.energy + 0.5).abs() < 1e-9);
}

#[test]
fn ansatze_of_one_state_give_its_energy() {
    let mut molecules = vec![
        // n, electrons, Hamiltonian, the energy of the only state.
        Molecule::new(
            "empty",
            4,
            0,
            "1.5 + Z0 + 0.25 Z3 + 0.5 X0 Z1 X2 + 0.5 Y0 Z1 Y2".parse().unwrap(),
        ),
        Molecule::new("one orbital", 2, 1, "-0.5 + Z0 - Z1".parse().unwrap()),
        Molecule::new("one spin orbital", 1, 1, "2 Z0".parse().unwrap()),
    ]
    .into_iter()
    .map(Result::unwrap)
    .zip([2.75, -2.5, -2.0])
    .collect::<Vec<_>>();
    molecules.extend(reported("full_shell.json").map(|molecule| (molecule, 0.0)));
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    for (molecule, energy) in molecules {
        let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
        let mut ansatze = vec![uccsd(n, electrons), chemistry::k_upccgsd(n, electrons, 1)];
        // One electron moves between spin orbitals where spin is not kept.
        if electrons == 0 || electrons == n {
            ansatze.push(chemistry::particle_conserving(n, electrons, 2));
        }
        for ansatz in ansatze {
            let mut vqe = Vqe::new(ansatz, molecule.hamiltonian()).unwrap();
            let start = vec![0.0; vqe.num_params()];
            let found = vqe.minimize(&*optimizer, &start, &mut Stopping::new()).unwrap();
            assert!((found.energy - energy).abs() < 1e-12, "{}", molecule.name());
            assert!(found.variance < 1e-20 && found.outcome.converged());
        }
        let pool = chemistry::uccsd_excitations(n, electrons).unwrap();
        let grown = Adapt::new(pool)
            .run(n, electrons, molecule.hamiltonian(), &*optimizer, |_| Stopping::new())
            .unwrap();
        assert!(grown.last.is_none() && grown.largest_decrease == Some(0.0));
    }
}

/// The lowest levels that PySCF and OpenFermion found in the sector with S_z = 0.
fn lowest_in_sector(file: &str) -> Option<Vec<f64>> {
    Some(numbers(&json(&format!("molecules/{file}.json"))?["lowest_in_sector"]))
}

#[test]
fn levels_are_those_of_the_sector() {
    for (name, file) in [
        ("h2_0.3", "H2_sto3g_0.3000"),
        ("h2_0.7414", "H2_sto3g_0.7414"),
        ("h2_2.5", "H2_sto3g_2.5000"),
        ("heh+_1.0", "HeH+_sto3g_1.000"),
        ("h3+_0.9", "H3+_sto3g_0.9"),
        ("lih_cas23_1.546", "LiH_sto3g_1.546_cas23"),
        ("h4_1.0", "H4chain_sto3g_1.0"),
        ("beh2_cas44_1.3264", "BeH2_sto3g_1.3264_cas44"),
    ] {
        let Some(expected) = lowest_in_sector(file) else { return };
        let molecule = Molecule::bundled(name).unwrap();
        let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
        let sector = Sector::particles_and_spin(n, electrons, 0).unwrap();
        let h = molecule.hamiltonian();
        let exact = Eigensolver::new(4).sector(sector.clone()).run(h, n).unwrap();
        assert!(exact.converged);
        for (ours, theirs) in exact.values.iter().zip(&expected) {
            assert!((ours - theirs).abs() < 1e-9, "{name}: {ours} {theirs}");
        }
        // The expansion of what UCCSD finds, which need not be exact itself.
        let mut vqe = Vqe::new(uccsd(n, electrons), h).unwrap();
        let start = vec![0.0; vqe.num_params()];
        let optimizer = OptimizerKind::Lbfgs.optimizer();
        let found = vqe.minimize(&*optimizer, &start, &mut Stopping::new()).unwrap();
        let mut span = Subspace::new(sector).unwrap();
        let pool = chemistry::generalized_excitations(n, true).unwrap();
        span.expand(&vqe.state(&found.params).unwrap(), &pool).unwrap();
        let levels = span.levels(h, 4).unwrap();
        assert_eq!(levels.len(), 4);
        for (level, theirs) in levels.iter().zip(&expected) {
            let off = level.energy - theirs;
            assert!(level.variance < 1e-8 && off.abs() < 1e-8, "{name}: {off} {}", level.variance);
        }
    }
}

/// UCCSD cannot reach the triplet of H₂: deflation finds the mean of triplet and singlet twice, which
/// are no eigenstates; the levels in the span of what it found are.
#[test]
fn deflation_with_ritz_finds_what_deflation_alone_misses() {
    let h2 = Molecule::bundled("h2_0.735").unwrap();
    let h = h2.hamiltonian();
    let mut vqe = Vqe::new(uccsd(4, 2), h).unwrap();
    let mut span = Subspace::new(Sector::particles_and_spin(4, 2, 0).unwrap()).unwrap();
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    for number in 0..4 {
        let start: Vec<f64> = (0..3).map(|k| 0.2 * (1.3 * (k + 3 * number) as f64).sin()).collect();
        let found = vqe.minimize(&*optimizer, &start, &mut Stopping::new()).unwrap();
        if number == 1 || number == 2 {
            assert!((found.energy + 0.3436843556).abs() < 1e-6, "{number}: {}", found.energy);
            assert!(
                (found.variance - 0.0327).abs() < 1e-4 && found.variance > eigenstate_variance(h)
            );
        } else {
            assert!(found.variance < 1e-10);
        }
        span.push(&vqe.state(&found.params).unwrap()).unwrap();
        vqe.deflate(&found.params, 4.0).unwrap();
    }
    assert!(span.is_complete());
    let levels = span.levels(h, 9).unwrap();
    let expected = [-1.1373060358, -0.5246155554, -0.1627531558, 0.4950577416];
    assert_eq!(levels.len(), expected.len());
    for (level, expected) in levels.iter().zip(expected) {
        assert!((level.energy - expected).abs() < 1e-9 && level.variance < 1e-16);
    }
}

/// The energy is ⟨H⟩, not what the penalty adds.
#[test]
fn penalties_are_not_in_energies() {
    let h2 = Molecule::bundled("h2_0.735").unwrap();
    let penalty = number_penalty(4, 2, 3.0).unwrap();
    let ansatz = library::real_amplitudes(4, 1, library::Entanglement::Linear);
    let minimized = h2.hamiltonian().clone() + penalty;
    let energy = Simulator::new().adjoint(&ansatz, &[minimized]).unwrap();
    let mut vqe = Vqe::with_gradient(energy, h2.hamiltonian());
    let start: Vec<f64> = (0..vqe.num_params()).map(|k| (k as f64).cos()).collect();
    let mut stopping = Stopping::new().max_iterations(2);
    let found = vqe.minimize(&*OptimizerKind::Adam.optimizer(), &start, &mut stopping).unwrap();
    let mut plain = Vqe::new(ansatz, h2.hamiltonian()).unwrap();
    assert!((found.energy - plain.value(&found.params).unwrap()).abs() < 1e-12);
    assert!(found.outcome.best_value > found.energy + 0.1);
}

/// Chains of transverse-field Ising and Heisenberg spins against free fermions and PySCF.
#[test]
fn chains_have_the_energies_of_the_reference() {
    if let Some(file) = json("tfim/chain_energies.json") {
        for row in file["rows"].as_array().unwrap() {
            let n = row["n"].as_u64().unwrap() as usize;
            if n > 12 {
                continue;
            }
            let at = |key: &str| row[key].as_f64();
            let boundary = match row["boundary"].as_str().unwrap() {
                "open" => Boundary::Open,
                _ => Boundary::Periodic,
            };
            let h = ising_chain(n, at("J").unwrap(), at("h").unwrap(), boundary).unwrap();
            let found = Eigensolver::new(2).run(&h, n).unwrap();
            assert!(found.converged && (found.values[0] - at("E0").unwrap()).abs() < 1e-9, "{row}");
            if let Some(gap) = at("gap") {
                assert!((found.values[1] - found.values[0] - gap).abs() < 1e-8, "{row}");
            }
        }
    }
    let Some(file) = json("molecules/heisenberg_chains.json") else { return };
    for row in file["rows"].as_array().unwrap() {
        let n = row["n"].as_u64().unwrap() as usize;
        let boundary = match row["boundary"].as_str().unwrap() {
            "open" => Boundary::Open,
            _ => Boundary::Periodic,
        };
        let h = xxz_chain(n, 1.0, 1.0, boundary).unwrap();
        let sector = Sector::particles(n, n / 2).unwrap();
        let found = Eigensolver::new(1).sector(sector).run(&h, n).unwrap();
        assert!((found.values[0] - row["ground_energy"].as_f64().unwrap()).abs() < 1e-9, "{row}");
    }
}

#[test]
fn qaoa_knows_the_energy_of_every_configuration() {
    let path = Graph::try_new(3, vec![(0, 1, 1.0), (1, 2, 1.0)]).unwrap();
    let qaoa = Qaoa::new(&path.max_cut(), 1).unwrap();
    // Minus the edges that are cut.
    assert_eq!(qaoa.energies(), [0.0, -1.0, -2.0, -1.0, -1.0, -2.0, -1.0, 0.0]);
}

#[test]
fn a_subspace_grows_by_what_is_new() {
    let basis_state = |index: usize| {
        let mut state = vec![Complex64::ZERO; 4];
        state[index] = Complex64::ONE;
        state
    };
    // One electron in two modes.
    let mut span = Subspace::new(Sector::particles(2, 1).unwrap()).unwrap();
    let dimensions = [1, 1, 2].map(|index| {
        span.push(&basis_state(index)).unwrap();
        span.dimension()
    });
    assert_eq!(dimensions, [1, 1, 2]);
    assert!(span.is_complete());
}
