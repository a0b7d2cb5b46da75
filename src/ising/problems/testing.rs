//! What the tests of all encoders check, by looking at every configuration.

use super::{Encode, Encoded, PenaltyRule};
use crate::math::Bits;

/// The most bits that are enumerated.
pub(super) const MOST_BITS: usize = 20;

/// Asserts that the problem's encoding is right, given the best objective as found by other means
/// (`None`: nothing is feasible). With its default penalty the least energy is that objective's and
/// is reached by feasible configurations alone, whose best energies are their objectives, and it is
/// also with a penalty hardly above the bound; what is infeasible says what it breaks; solutions
/// come back from their bits, and from JSON.
#[track_caller]
pub(super) fn is_encoded_right<P: Encode>(problem: &P, best: Option<f64>) {
    let encoded = Encoded::new(problem.clone(), None).unwrap();
    assert!(encoded.is_penalty_enough());
    let n = problem.num_variables();
    let best = best.map(|objective| problem.energy_of(objective));
    assert_eq!(encoded.qubo().num_variables(), n);
    let scale = 1.0 + best.map_or(0.0, f64::abs);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * scale;
    let (mut least_feasible, mut least_infeasible) = (f64::INFINITY, f64::INFINITY);
    for_every_energy(&encoded, |bits, energy| {
        let decoded = problem.decode(bits);
        let Some((solution, objective)) = decoded.solution else {
            assert!(!decoded.violations.is_empty(), "{bits}: {problem:?}");
            least_infeasible = least_infeasible.min(energy);
            if let Some(solution) = problem.repaired(bits) {
                let bits = problem.assignment(&solution).unwrap();
                assert!(problem.decode(&bits).is_feasible(), "{solution:?}: {problem:?}");
            }
            return;
        };
        assert!(decoded.violations.is_empty(), "{bits}: {problem:?}");
        least_feasible = least_feasible.min(energy);
        let own_energy = problem.energy_of(objective);
        assert!(energy >= own_energy - 1e-9 * scale, "{problem:?}");
        let own = problem.assignment(&solution).unwrap();
        assert!(close(encoded.qubo().energy(&own), own_energy), "{solution:?}: {problem:?}");
        let again = problem.decode(&own).solution.unwrap();
        assert!(again.0 == solution && close(again.1, objective), "{solution:?}: {problem:?}");
        let json = serde_json::to_string(&solution).unwrap();
        assert_eq!(serde_json::from_str::<P::Solution>(&json).unwrap(), solution);
    });
    match best {
        None => assert_eq!(least_feasible, f64::INFINITY, "{problem:?}"),
        Some(best) => {
            assert!(close(least_feasible, best), "{least_feasible} for {best}: {problem:?}");
            assert!(
                least_infeasible > least_feasible + 1e-9 * scale,
                "{least_infeasible} below {least_feasible}: {problem:?}"
            );
            if let PenaltyRule::Above { bound, .. } = problem.penalty_rule() {
                let tight = bound * (1.0 + 1e-6) + 1e-7;
                assert!(is_enough(problem, tight), "the bound {bound} is too small: {problem:?}");
            }
        }
    }
    if let Some(solution) = problem.constructed() {
        let bits = problem.assignment(&solution).unwrap();
        let objective = problem.decode(&bits).solution.unwrap().1;
        let energy = problem.energy_of(objective);
        assert!(
            best.is_some_and(|best| energy >= best - 1e-9 * scale),
            "{objective} by a rule: {problem:?}"
        );
    }
    let json = serde_json::to_string(problem).unwrap();
    assert_eq!(&serde_json::from_str::<P>(&json).unwrap(), problem);
}

/// Whether the lowest energy with this penalty is that of feasible configurations alone.
pub(super) fn is_enough<P: Encode>(problem: &P, penalty: f64) -> bool {
    let encoded = Encoded::new(problem.clone(), Some(penalty)).unwrap();
    let (feasible, infeasible) = least_energies(&encoded);
    feasible < infeasible
}

/// The least energies of feasible and of infeasible configurations; infinite where there are none.
pub(super) fn least_energies<P: Encode>(encoded: &Encoded<P>) -> (f64, f64) {
    let (mut feasible, mut infeasible) = (f64::INFINITY, f64::INFINITY);
    for_every_energy(encoded, |bits, energy| {
        // What is not lower than the lowest so far need not be decoded.
        if energy < feasible.max(infeasible) {
            let least = match encoded.problem().decode(bits).is_feasible() {
                true => &mut feasible,
                false => &mut infeasible,
            };
            *least = least.min(energy);
        }
    });
    (feasible, infeasible)
}

/// Every configuration with its energy, in the order of a Gray code: a flip each.
fn for_every_energy<P: Encode>(encoded: &Encoded<P>, mut visit: impl FnMut(&Bits, f64)) {
    let (qubo, n) = (encoded.qubo(), encoded.problem().num_variables());
    assert!(n <= MOST_BITS, "{n} bits");
    let mut bits = Bits::zeros(n);
    let mut energy = qubo.energy(&bits);
    visit(&bits, energy);
    for step in 1..1u64 << n {
        let flip = step.trailing_zeros() as usize;
        energy += qubo.energy_delta(&bits, flip);
        bits.set(flip, !bits.bit(flip));
        if step % 256 == 0 {
            // Rounding must not add up.
            energy = qubo.energy(&bits);
        }
        visit(&bits, energy);
    }
}
