//! A circuit's shots against the law.

use super::law::OrderLaw;
use crate::circuit::library::try_order_finding;
use crate::error::{Error, Result};
use crate::math::statistics::chi_squared_quantile;
use crate::simulate::Simulator;
use serde::{Deserialize, Serialize};

/// Shots that are expected in a bin at least.
const FEWEST: f64 = 5.0;
/// Clock bits up to which outcomes are listed.
pub(super) const LISTED_TO: u32 = 12;

/// How often the circuit measured what, and what the law says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LawCheck {
    /// The base.
    pub base: u64,
    /// Its order.
    pub order: u64,
    /// Shots of the circuit with one control qubit.
    pub shots: u64,
    /// Outcomes with how often each was measured, ascending; of at most 12 clock bits.
    pub outcomes: Vec<(u64, u64)>,
    /// Pearson's χ², neighbours together where few are expected.
    pub chi_squared: f64,
    /// The bins but one.
    pub degrees: u64,
    /// What it exceeds with a probability of 0.001 if the law is right.
    pub limit: f64,
    /// Whether it does not.
    pub agrees: bool,
}

impl LawCheck {
    /// Runs the circuit; a list of all outcomes has to fit.
    ///
    /// # Errors
    /// What the circuit or its simulation refuses; if it was cancelled.
    pub fn new(
        (base, modulus): (u64, u64),
        law: &OrderLaw,
        shots: u64,
        simulator: &Simulator,
    ) -> Result<Self> {
        let circuit = try_order_finding(base, modulus, law.clock_bits() as usize)?;
        let counts = simulator.counts(&circuit, shots)?;
        // A cancelled run keeps some: as if there were all, they would differ from any law.
        if counts.shots() < shots {
            return Err(Error::Interrupted);
        }
        let mut outcomes: Vec<(u64, u64)> =
            counts.iter().map(|(bits, count)| (bits.value(0, bits.len()) as u64, count)).collect();
        outcomes.sort_unstable();
        let (chi_squared, degrees) = Self::chi_squared(&outcomes, shots, law);
        let limit = chi_squared_quantile(degrees.max(1) as f64, 0.999);
        if law.clock_bits() > LISTED_TO {
            outcomes.clear();
        }
        Ok(LawCheck {
            base,
            order: law.order(),
            shots,
            outcomes,
            chi_squared,
            degrees,
            limit,
            agrees: chi_squared <= limit,
        })
    }

    fn chi_squared(outcomes: &[(u64, u64)], shots: u64, law: &OrderLaw) -> (f64, u64) {
        let mut bins: Vec<(f64, f64)> = Vec::new();
        let (mut expected, mut seen) = (0.0, 0.0);
        let mut counts = outcomes.iter().peekable();
        for y in 0..1u64 << law.clock_bits() {
            expected += shots as f64 * law.probability(y.into());
            if let Some((_, count)) = counts.next_if(|(outcome, _)| *outcome == y) {
                seen += *count as f64;
            }
            if expected >= FEWEST {
                bins.push((expected, seen));
                (expected, seen) = (0.0, 0.0);
            }
        }
        match bins.last_mut() {
            Some(last) => *last = (last.0 + expected, last.1 + seen),
            None => bins.push((expected, seen)),
        }
        let terms = bins.iter().map(|(expected, seen)| (seen - expected).powi(2) / expected);
        (terms.sum(), bins.len() as u64 - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::order_finding::arithmetic::order;
    use crate::circuit::library::phase_estimation_of_order;
    use crate::math::Watch;
    use crate::simulate::Method;

    #[test]
    fn both_circuits_have_the_law_for_small_numbers() {
        let simulator = Simulator::new().method(Method::StateVector);
        for (n, a, r, t) in [(15, 7, 4, 6), (21, 2, 6, 7), (33, 5, 10, 5), (35, 3, 12, 5)] {
            let law = OrderLaw::new(r, t).unwrap();
            let full = phase_estimation_of_order(a, n, t as usize);
            let one = try_order_finding(a, n, t as usize).unwrap();
            for circuit in [&full, &one] {
                let mut sum = 0.0;
                for (bits, p) in simulator.outcome_probabilities(circuit).unwrap() {
                    let q = law.probability(bits.value(0, t as usize));
                    assert!((p - q).abs() < 1e-10, "{a} mod {n}: {bits} {p} {q}");
                    sum += q;
                }
                assert!((sum - 1.0).abs() < 1e-10, "{a} mod {n}: {sum}");
            }
            let check = LawCheck::new((a, n), &law, 2000, &simulator.clone().seed(4)).unwrap();
            assert!(check.agrees, "{check:?}");
        }
    }

    /// Where tables are large and corrections run together; also with few threads and many.
    #[test]
    fn circuits_of_many_qubits_have_the_law() {
        let (n, a, t) = (61 * 67, 2, 5);
        let law = OrderLaw::new(order(a, n), t).unwrap();
        let circuit = try_order_finding(a, n, t as usize).unwrap();
        let outcomes = Simulator::new().outcome_probabilities(&circuit).unwrap();
        assert_eq!(outcomes.len(), 32);
        for (bits, p) in outcomes {
            let q = law.probability(bits.value(0, t as usize));
            assert!((p - q).abs() < 1e-12, "{bits} {p} {q}");
        }
        let counts = |threads| {
            Simulator::new().threads(threads).unwrap().seed(2).counts(&circuit, 20).unwrap()
        };
        assert_eq!(counts(1), counts(3));
    }

    #[test]
    fn a_cancelled_check_is_none() {
        let watch = Watch::default();
        let law = OrderLaw::new(6, 9).unwrap();
        let simulator = Simulator::new().with_watch(&watch);
        watch.cancel();
        let check = LawCheck::new((2, 21), &law, 1000, &simulator);
        assert_eq!(check, Err(Error::Interrupted));
    }

    #[test]
    fn a_wrong_order_is_noticed() {
        let law = OrderLaw::new(7, 7).unwrap();
        let check = LawCheck::new((2, 21), &law, 1000, &Simulator::new()).unwrap();
        assert!(!check.agrees, "{check:?}");
    }
}
