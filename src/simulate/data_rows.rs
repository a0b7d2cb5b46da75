//! Rows of parameters from a data set and weights.

use super::program::Program;
use crate::error::{Error, Result};
use ndarray::{Array2, ArrayView2};

impl Program {
    /// Rows of parameters for a [`Batch`](super::Batch), rows × parameters: column k of `data` is
    /// the parameter `columns[k]`, and the other parameters have the values `weights` in every row,
    /// in their order.
    ///
    /// ```
    /// use ketlab::{Circuit, Simulator, simulate::Program};
    /// use ndarray::array;
    /// let mut c = Circuit::new(1);
    /// let (weight, x) = (c.param("weight"), c.param("x"));
    /// c.ry(x, 0).ry(weight, 0);
    /// let program = Program::new(&c)?;
    /// let rows = program.parameter_rows(&array![[0.1], [0.2]], &["x"], &[0.5])?;
    /// assert_eq!(rows, array![[0.5, 0.1], [0.5, 0.2]]);
    /// let z = Simulator::new().batch(&program).expectations(&rows, &["Z0".parse()?])?.values;
    /// assert!((z[[1, 0]] - 0.7f64.cos()).abs() < 1e-12);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is not one name per column, a name comes twice or the circuit does not have it, or
    /// there is not one weight for each other parameter.
    pub fn parameter_rows<'d, S: AsRef<str>>(
        &self,
        data: impl Into<ArrayView2<'d, f64>>,
        columns: &[S],
        weights: &[f64],
    ) -> Result<Array2<f64>> {
        let data = data.into();
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if columns.len() != data.ncols() {
            let expected = format!("the data have {} columns", data.ncols());
            return invalid("the number of column names", columns.len().to_string(), expected);
        }
        let params = self.params();
        let mut rows = Array2::zeros((data.nrows(), params.len()));
        let mut is_data = vec![false; params.len()];
        for (name, column) in columns.iter().zip(data.columns()) {
            let name = name.as_ref();
            let unknown = || Error::UnknownParameter { name: name.into(), known: params.to_vec() };
            let at = params.iter().position(|param| param == name).ok_or_else(unknown)?;
            if std::mem::replace(&mut is_data[at], true) {
                return invalid("a column name", format!("`{name}`"), "it comes twice".into());
            }
            rows.column_mut(at).assign(&column);
        }
        let others: Vec<usize> = (0..params.len()).filter(|&k| !is_data[k]).collect();
        if weights.len() != others.len() {
            let expected = format!("{} parameters are not among the data", others.len());
            return invalid("the number of weights", weights.len().to_string(), expected);
        }
        for (&at, &weight) in others.iter().zip(weights) {
            rows.column_mut(at).fill(weight);
        }
        Ok(rows)
    }
}
