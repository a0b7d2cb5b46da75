//! Which spread a yield needs.

use super::case::YieldCase;
use super::study::YieldStudy;
use crate::error::Result;

/// Spreads that are tried first, a factor of √2 apart, from 0.5 MHz on.
const STEPS: i32 = 18;
const LEAST_MHZ: f64 = 0.5;
/// Parts of the step in which a yield is passed.
const PARTS: usize = 8;
/// Chips for each of them: more would not move the answer by what the interpolation does.
const MOST_CHIPS: u64 = 10_000;

impl YieldStudy {
    /// For each of these yields the largest standard deviation of frequencies in GHz, one for all qubits,
    /// up to which the design of a case has at least that yield, to a percent or two: by at most 10,000
    /// chips for each of 18 spreads from 0.5 to 181 MHz, then of 8 in the step in which the yield is
    /// passed, and linear between them. `None` where not even the smallest spread has it, or the largest
    /// still has.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn spreads_for(&self, case: &YieldCase, yields: &[f64]) -> Result<Vec<Option<f64>>> {
        let study = self.clone().chips(self.num_chips().min(MOST_CHIPS));
        let values = |spreads: &[f64]| -> Result<Vec<f64>> {
            let cases = spreads.iter().map(|&spread| case.with_spread(spread));
            let found = study.run(&cases.collect::<Result<Vec<_>>>()?)?;
            Ok(found.iter().map(|found| found.value).collect())
        };
        let coarse: Vec<f64> =
            (0..STEPS).map(|k| 1e-3 * LEAST_MHZ * 2f64.powf(0.5 * f64::from(k))).collect();
        // Beyond a spread that makes no transmons there is nothing to ask.
        let possible = coarse.iter().take_while(|&&spread| case.with_spread(spread).is_ok());
        let coarse: Vec<f64> = possible.copied().collect();
        let found = values(&coarse)?;
        // Designs that sit on a collision gain by scatter: the first fall counts.
        let fall = |found: &[f64], wanted: f64| {
            let first = found.iter().position(|&value| value >= wanted)?;
            Some(first + found[first..].iter().position(|&value| value < wanted)?)
        };
        let steps: Vec<Option<usize>> = yields.iter().map(|&wanted| fall(&found, wanted)).collect();
        let fine = |step: usize| -> Vec<f64> {
            let (low, high) = (coarse[step - 1], coarse[step]);
            let part = |k: usize| low + (high - low) * k as f64 / PARTS as f64;
            (0..=PARTS).map(part).collect()
        };
        let all: Vec<f64> = steps.iter().flatten().flat_map(|&step| fine(step)).collect();
        let all = all.iter().copied().zip(values(&all)?).collect::<Vec<_>>();
        let mut brackets = all.chunks(PARTS + 1);
        let needed = |(step, &wanted): (Option<usize>, &f64)| {
            step?;
            let bracket = brackets.next()?;
            let values: Vec<f64> = bracket.iter().map(|(_, value)| *value).collect();
            // The same chips as before, so that both ends are as they were.
            let below = fall(&values, wanted)?;
            let [(at, over), (next, under)] = [bracket[below - 1], bracket[below]];
            Some(at + (next - at) * (over - wanted) / (over - under))
        };
        Ok(steps.into_iter().zip(yields).map(needed).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{Design, FrequencyPlan, Lattice, Pattern, Rules};

    #[test]
    fn the_spread_for_a_yield_has_that_yield() {
        let plan = Design::default().plan(&Lattice::falcon27(), Pattern::Auto).unwrap();
        let case = |spread| YieldCase::new(plan.clone(), Rules::hertzberg_2021(), spread).unwrap();
        let study = YieldStudy::new().chips(10_000);
        let wanted = [0.9, 0.5, 0.1];
        let found = study.spreads_for(&case(0.1), &wanted).unwrap();
        for (spread, wanted) in found.iter().zip(wanted) {
            let value = study.run(&[case(spread.unwrap())]).unwrap()[0].value;
            assert!((value - wanted).abs() < 0.005, "{spread:?} {value} {wanted}");
        }
    }

    #[test]
    fn designs_that_collide_have_no_such_spread() {
        let pair = Lattice::line(2).unwrap();
        let plan = FrequencyPlan::new(&pair, vec![5.0, 5.001], vec![-0.33; 2]).unwrap();
        let case = YieldCase::new(plan, Rules::hertzberg_2021(), 0.01).unwrap();
        let found = YieldStudy::new().chips(2_000).spreads_for(&case, &[0.9]).unwrap();
        assert_eq!(found, [None]);
    }
}
