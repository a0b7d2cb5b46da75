//! What the tests of all encoders check, by looking at every configuration.

use super::{Encode, Encoded};
use crate::math::Bits;

/// The most bits that are enumerated.
pub(super) const MOST_BITS: usize = 20;

/// Asserts that the problem's encoding with its default penalty is right, given the best objective as
/// found by other means (`None`: nothing is feasible): the least energy is that objective's and is
/// reached by feasible configurations alone, whose best energies are their objectives; solutions come
/// back from their bits, and from JSON.
pub(super) fn is_encoded_right<P: Encode>(problem: &P, best: Option<f64>) {
    let encoded = Encoded::new(problem.clone(), None).unwrap();
    assert!(encoded.is_penalty_enough());
    let (n, sign) = (problem.num_variables(), problem.objective().sense.sign());
    assert!(n <= MOST_BITS, "{n} bits");
    let scale = 1.0 + best.map_or(0.0, f64::abs);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * scale;
    let (least_feasible, least_infeasible) = least_energies(&encoded);
    match best {
        None => assert_eq!(least_feasible, f64::INFINITY, "{problem:?}"),
        Some(best) => {
            assert!(close(least_feasible, sign * best), "{least_feasible} for {best}: {problem:?}");
            assert!(
                least_infeasible > least_feasible + 1e-9 * scale,
                "{least_infeasible} below {least_feasible}: {problem:?}"
            );
        }
    }
    for index in 0..1u64 << n {
        let bits = Bits::from_u64(index, n);
        let Some((solution, objective)) = problem.decode(&bits).solution else { continue };
        assert!(encoded.qubo().energy(&bits) >= sign * objective - 1e-9 * scale, "{problem:?}");
        let own = problem.assignment(&solution).unwrap();
        assert!(close(encoded.qubo().energy(&own), sign * objective), "{solution:?}: {problem:?}");
        let again = problem.decode(&own).solution.unwrap();
        assert!(again.0 == solution && close(again.1, objective), "{solution:?}: {problem:?}");
    }
    if let Some(solution) = problem.constructed() {
        let bits = problem.assignment(&solution).unwrap();
        let objective = problem.decode(&bits).solution.unwrap().1;
        assert!(best.is_some_and(|best| !problem.objective().sense.is_better(objective, best)));
    }
    let json = serde_json::to_string(problem).unwrap();
    assert_eq!(&serde_json::from_str::<P>(&json).unwrap(), problem);
}

/// The least energies of feasible and of infeasible configurations; infinite where there are none.
pub(super) fn least_energies<P: Encode>(encoded: &Encoded<P>) -> (f64, f64) {
    let n = encoded.problem().num_variables();
    let (mut feasible, mut infeasible) = (f64::INFINITY, f64::INFINITY);
    for index in 0..1u64 << n {
        let bits = Bits::from_u64(index, n);
        let energy = encoded.qubo().energy(&bits);
        let least = match encoded.problem().decode(&bits).is_feasible() {
            true => &mut feasible,
            false => &mut infeasible,
        };
        *least = least.min(energy);
    }
    (feasible, infeasible)
}
