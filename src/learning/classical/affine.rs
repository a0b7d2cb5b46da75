//! Affine maps, of which the linear models and the network are made.

use super::check::{check_columns, check_finite};
use crate::error::{Error, Result};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// x → W x + b, row by row. In JSON `weights` (outputs × inputs) and `intercepts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Lists", into = "Lists")]
pub struct Affine {
    /// W: outputs × inputs.
    pub(super) weights: Array2<f64>,
    /// b: one for each output.
    pub(super) intercepts: Array1<f64>,
}

/// As it stands in JSON.
#[derive(Serialize, Deserialize)]
struct Lists {
    weights: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
}

impl From<Affine> for Lists {
    fn from(map: Affine) -> Self {
        let weights = map.weights.outer_iter().map(|row| row.to_vec()).collect();
        Lists { weights, intercepts: map.intercepts.to_vec() }
    }
}

impl TryFrom<Lists> for Affine {
    type Error = Error;

    fn try_from(lists: Lists) -> Result<Self> {
        let outputs = lists.weights.len();
        let inputs = lists.weights.first().map_or(0, Vec::len);
        let weights = Array2::from_shape_vec((outputs, inputs), lists.weights.concat());
        let weights = weights.ok().filter(|_| lists.weights.iter().all(|row| row.len() == inputs));
        match weights {
            Some(weights) if lists.intercepts.len() == outputs => {
                check_finite("weight", weights.view())?;
                let intercepts = Array1::from(lists.intercepts);
                check_finite("intercept", intercepts.view().insert_axis(Axis(0)))?;
                Ok(Affine { weights, intercepts })
            }
            _ => Err(Error::Invalid {
                what: "the shape of the weights".into(),
                value: format!("{outputs} rows, with {} intercepts", lists.intercepts.len()),
                expected: "there must be as many rows of one length as intercepts".into(),
            }),
        }
    }
}

impl Affine {
    /// From its parameters: the weights of the outputs one after another, then the intercepts.
    pub(super) fn from_parameters(inputs: usize, outputs: usize, parameters: &[f64]) -> Self {
        let (weights, intercepts) = parameters.split_at(inputs * outputs);
        let weights = ArrayView2::from_shape((outputs, inputs), weights);
        let weights = weights.expect("as many as there are").to_owned();
        Affine { weights, intercepts: Array1::from(intercepts.to_vec()) }
    }

    /// W: outputs × inputs.
    pub fn weights(&self) -> ArrayView2<'_, f64> {
        self.weights.view()
    }

    /// b: one for each output.
    pub fn intercepts(&self) -> &[f64] {
        self.intercepts.as_slice().expect("contiguous")
    }

    /// How many inputs it takes.
    pub fn num_inputs(&self) -> usize {
        self.weights.ncols()
    }

    /// How many outputs it has.
    pub fn num_outputs(&self) -> usize {
        self.weights.nrows()
    }

    /// The number of weights and intercepts.
    pub fn num_parameters(&self) -> usize {
        self.weights.len() + self.intercepts.len()
    }

    /// The outputs of rows (rows × inputs): rows × outputs.
    ///
    /// # Errors
    /// If the rows have another number of entries, or one is not finite.
    pub fn apply(&self, rows: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        check_columns("the number of features", rows, self.num_inputs())?;
        if rows.nrows() > 0 {
            check_finite("feature", rows)?;
        }
        Ok(self.outputs(rows))
    }

    /// The same of rows that were checked.
    pub(super) fn outputs(&self, rows: ArrayView2<'_, f64>) -> Array2<f64> {
        rows.dot(&self.weights.t()) + &self.intercepts
    }
}

/// Writes the gradient of a loss by weights and intercepts to `gradient`, as
/// [`Affine::from_parameters`] orders them, from its derivatives by the outputs (rows × outputs).
pub(super) fn affine_gradient(
    inputs: ArrayView2<'_, f64>,
    by_outputs: ArrayView2<'_, f64>,
    gradient: &mut [f64],
) {
    let weights = by_outputs.t().dot(&inputs);
    let (by_weights, by_intercepts) = gradient.split_at_mut(weights.len());
    by_weights.iter_mut().zip(&weights).for_each(|(to, from)| *to = *from);
    let sums = by_outputs.sum_axis(Axis(0));
    by_intercepts.iter_mut().zip(&sums).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn json_keeps_it_and_refuses_what_is_none() {
        let map = Affine::from_parameters(2, 1, &[0.1, -2.0, 0.5]);
        assert_eq!(map.apply(array![[10.0, 1.0]].view()).unwrap(), array![[-0.5]]);
        let text = serde_json::to_string(&map).unwrap();
        assert_eq!(text, r#"{"weights":[[0.1,-2.0]],"intercepts":[0.5]}"#);
        assert_eq!(serde_json::from_str::<Affine>(&text).unwrap(), map);
        for text in [
            r#"{"weights":[[0.1],[1.0,2.0]],"intercepts":[0.5,1.0]}"#,
            r#"{"weights":[[0.1],[1.0]],"intercepts":[0.5]}"#,
            r#"{"weights":[],"intercepts":[]}"#,
        ] {
            assert!(serde_json::from_str::<Affine>(text).is_err(), "{text}");
        }
        let error = map.apply(array![[1.0]].view()).unwrap_err();
        assert!(error.to_string().contains("it must be 2"), "{error}");
    }
}
