//! The parameter-shift rule on whatever gives means.

use super::rules::ShiftRules;
use crate::error::{Error, Result};
use crate::gradient::source_rows::{ROWS_AT_ONCE, mean, means};
use crate::gradient::{Cost, Gradient, Objective, check_len};
use crate::math::Fingerprint;
use crate::simulate::{Estimate, ExpectationSource};
use ndarray::Array2;
use serde_json::{Value, json};

/// The gradient by shifted circuits whose means a source gives: hardware, another program, an error
/// mitigation. [`ShiftRules::with_source`] makes it. For circuits that this crate simulates
/// [`Simulator::parameter_shift`](crate::Simulator::parameter_shift) is faster: it keeps the states
/// before shifted angles.
pub struct SourceShift<S> {
    rules: ShiftRules,
    source: S,
    slots: Vec<f64>,
    /// The values of all parameters, where some have formulas.
    row: Vec<f64>,
    variances: Vec<f64>,
    last_value: Estimate,
    cost: Cost,
}

impl<S: ExpectationSource> SourceShift<S> {
    pub(super) fn new(rules: ShiftRules, source: S) -> Result<Self> {
        let wanted = (rules.num_angles(), 1);
        let got = (source.num_params(), source.num_observables());
        if got != wanted {
            return Err(Error::Invalid {
                what: "the numbers of parameters and observables of the source".into(),
                value: format!("{} and {}", got.0, got.1),
                expected: format!("there are {} angles, and a gradient is that of one", wanted.0),
            });
        }
        let (slots, row) = (Vec::new(), Vec::new());
        let variances = vec![0.0; rules.unitary.params.len()];
        let (last_value, cost) = (Estimate::default(), Cost::default());
        Ok(SourceShift { rules, source, slots, row, variances, last_value, cost })
    }

    /// The shifted circuits.
    pub fn rules(&self) -> &ShiftRules {
        &self.rules
    }

    /// The last value, with its error.
    pub fn last_value(&self) -> Estimate {
        self.last_value
    }

    /// The standard error of each component of the last gradient.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.variances.iter().map(|variance| variance.sqrt()).collect()
    }

    fn shifted(&mut self) -> Result<Vec<[Estimate; 4]>> {
        let SourceShift { rules, source, slots, cost, .. } = self;
        let numbers = |slot: usize| 0..rules.rules()[slot].terms().len();
        let all: Vec<(usize, usize)> =
            (0..slots.len()).flat_map(|slot| numbers(slot).map(move |k| (slot, k))).collect();
        let mut shifted = vec![[Estimate::default(); 4]; slots.len()];
        for some in all.chunks(ROWS_AT_ONCE) {
            let mut rows = Array2::zeros((some.len(), slots.len()));
            for (mut row, &(slot, k)) in rows.rows_mut().into_iter().zip(some) {
                row.iter_mut().zip(slots.iter()).for_each(|(row, slot)| *row = *slot);
                row[slot] = slots[slot] + rules.rules()[slot].terms()[k].1;
            }
            for (&(slot, k), found) in some.iter().zip(means(source, &rows, cost)?) {
                shifted[slot][k] = found;
            }
        }
        Ok(shifted)
    }
}

impl<S: ExpectationSource> Objective for SourceShift<S> {
    fn num_params(&self) -> usize {
        self.rules.unitary.params.len()
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        self.rules.unitary.slots(params, &mut self.slots, &mut self.row)?;
        self.last_value = mean(&mut self.source, &self.slots, &mut self.cost)?;
        Ok(self.last_value.value)
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        let value = self.value(params)?;
        let shifted = self.shifted()?;
        self.rules.combine(&self.row, &shifted, gradient, &mut self.variances);
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new().with("circuit", self.rules.given()).and(self.source.fingerprint())
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost, "source": self.source.save() })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.source.restore(&state["source"])?;
        self.cost.restore(state)
    }
}

impl<S: ExpectationSource> Gradient for SourceShift<S> {
    fn method(&self) -> &'static str {
        "parameter-shift"
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}
