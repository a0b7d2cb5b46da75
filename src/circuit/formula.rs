//! Parameters that are functions of others: products of a program's inputs and the like.
//!
//! Angles are linear in a circuit's parameters. What is not linear, (π - x)·(π - y) of an embedding,
//! is a parameter of its own with a [`Formula`] of earlier ones; so the list of parameters is the
//! tape on which values and derivatives are computed. [`ParameterMap`] is the function from the
//! *inputs*, the parameters without a formula, to the row of all parameters.

use super::Circuit;
use crate::error::{Error, Result};
use crate::gate::{Angle, Param, push_angle};
use ndarray::{Array2, ArrayView2};

/// A function of parameters, of whose linear functions it is made.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// a·b
    Product(Angle, Angle),
    /// a/b
    Quotient(Angle, Angle),
    /// a to the power b
    Power(Angle, Angle),
    /// An elementary function of a.
    Function(Elementary, Angle),
}

/// A function of one real number, by its name in OpenQASM 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is named as the field names it
pub enum Elementary {
    Sin,
    Cos,
    Tan,
    Exp,
    Ln,
    Sqrt,
    Arcsin,
    Arccos,
    Arctan,
}

impl Elementary {
    /// Every function.
    pub const ALL: [Elementary; 9] = {
        use Elementary::*;
        [Sin, Cos, Tan, Exp, Ln, Sqrt, Arcsin, Arccos, Arctan]
    };

    /// As OpenQASM 3 writes it.
    pub fn name(self) -> &'static str {
        match self {
            Elementary::Sin => "sin",
            Elementary::Cos => "cos",
            Elementary::Tan => "tan",
            Elementary::Exp => "exp",
            Elementary::Ln => "log",
            Elementary::Sqrt => "sqrt",
            Elementary::Arcsin => "arcsin",
            Elementary::Arccos => "arccos",
            Elementary::Arctan => "arctan",
        }
    }

    /// f(x); NaN or an infinity where it is not defined.
    pub fn value(self, x: f64) -> f64 {
        match self {
            Elementary::Sin => x.sin(),
            Elementary::Cos => x.cos(),
            Elementary::Tan => x.tan(),
            Elementary::Exp => x.exp(),
            Elementary::Ln => x.ln(),
            Elementary::Sqrt => x.sqrt(),
            Elementary::Arcsin => x.asin(),
            Elementary::Arccos => x.acos(),
            Elementary::Arctan => x.atan(),
        }
    }

    /// f'(x)
    pub fn derivative(self, x: f64) -> f64 {
        match self {
            Elementary::Sin => x.cos(),
            Elementary::Cos => -x.sin(),
            Elementary::Tan => 1.0 / (x.cos() * x.cos()),
            Elementary::Exp => x.exp(),
            Elementary::Ln => 1.0 / x,
            Elementary::Sqrt => 0.5 / x.sqrt(),
            Elementary::Arcsin => 1.0 / (1.0 - x * x).sqrt(),
            Elementary::Arccos => -1.0 / (1.0 - x * x).sqrt(),
            Elementary::Arctan => 1.0 / (1.0 + x * x),
        }
    }
}

impl Formula {
    /// Its value where parameter k is `row[k]`; NaN or an infinity where it is not defined.
    pub fn value(&self, row: &[f64]) -> f64 {
        match self {
            Formula::Product(a, b) => a.at(row) * b.at(row),
            Formula::Quotient(a, b) => a.at(row) / b.at(row),
            Formula::Power(a, b) => a.at(row).powf(b.at(row)),
            Formula::Function(f, a) => f.value(a.at(row)),
        }
    }

    /// Adds `weight` times the derivative by each parameter to `into`, at the parameters `row`.
    fn add_derivatives(&self, row: &[f64], weight: f64, into: &mut [f64]) {
        let mut add = |angle: &Angle, by: f64| {
            for (p, c) in angle.terms() {
                into[p.0 as usize] += weight * by * c;
            }
        };
        match self {
            Formula::Product(a, b) => {
                add(a, b.at(row));
                add(b, a.at(row));
            }
            Formula::Quotient(a, b) => {
                let (x, y) = (a.at(row), b.at(row));
                add(a, 1.0 / y);
                add(b, -x / (y * y));
            }
            Formula::Power(a, b) => {
                let (x, y) = (a.at(row), b.at(row));
                // The power 0 is constant, also at 0.
                if y != 0.0 {
                    add(a, y * x.powf(y - 1.0));
                }
                if b.fixed().is_none() {
                    add(b, x.powf(y) * x.ln());
                }
            }
            Formula::Function(f, a) => add(a, f.derivative(a.at(row))),
        }
    }

    /// The linear functions in it.
    pub fn operands(&self) -> impl Iterator<Item = &Angle> {
        let (a, b) = match self {
            Formula::Product(a, b) | Formula::Quotient(a, b) | Formula::Power(a, b) => (a, Some(b)),
            Formula::Function(_, a) => (a, None),
        };
        std::iter::once(a).chain(b)
    }

    /// The same function of other angles.
    pub fn map_angles(&self, map: impl Fn(&Angle) -> Angle) -> Formula {
        match self {
            Formula::Product(a, b) => Formula::Product(map(a), map(b)),
            Formula::Quotient(a, b) => Formula::Quotient(map(a), map(b)),
            Formula::Power(a, b) => Formula::Power(map(a), map(b)),
            Formula::Function(f, a) => Formula::Function(*f, map(a)),
        }
    }

    /// As OpenQASM 3 writes it, in parentheses where something may stand beside it; `names[k]` is
    /// the text of parameter k. Reading it gives the same function, to the bit.
    pub fn text(&self, names: &[String]) -> String {
        let plain = |angle: &Angle| {
            let mut text = String::new();
            push_angle(angle, names, &mut text);
            text
        };
        let operand = |angle: &Angle| {
            let text = plain(angle);
            let simple = match angle {
                Angle::Fixed(v) => *v >= 0.0 && !text.contains(['*', '/']),
                Angle::Linear(l) => l.offset == 0.0 && matches!(&l.terms[..], [(_, 1.0)]),
            };
            if simple { text } else { format!("({text})") }
        };
        match self {
            Formula::Product(a, b) => format!("({}*{})", operand(a), operand(b)),
            Formula::Quotient(a, b) => format!("({}/{})", operand(a), operand(b)),
            Formula::Power(a, b) => format!("({}**{})", operand(a), operand(b)),
            Formula::Function(f, a) => format!("{}({})", f.name(), plain(a)),
        }
    }

    /// As an angle, where the operands leave nothing else than a linear function.
    fn linear(&self) -> Option<Angle> {
        match self {
            Formula::Product(a, b) => match (a.fixed(), b.fixed()) {
                (Some(x), _) => Some(b.clone() * x),
                (_, Some(y)) => Some(a.clone() * y),
                _ => None,
            },
            Formula::Quotient(a, b) => {
                let d = b.fixed()?;
                Some(Angle::linear(a.terms().iter().map(|&(p, c)| (p, c / d)), a.offset() / d))
            }
            other => match other.operands().all(|a| a.fixed().is_some()) {
                true => Some(Angle::Fixed(other.value(&[]))),
                false => None,
            },
        }
    }
}

/// The function from a circuit's inputs to its parameters, in their order: an input is itself, what
/// has a [`Formula`] is computed.
///
/// ```
/// use ketlab::circuit::{Circuit, Formula};
/// use std::f64::consts::PI;
/// let mut c = Circuit::new(2);
/// let (x, y) = (c.param("x"), c.param("y"));
/// let product = c.derived(Formula::Product(PI - x, PI - y));
/// c.h(0).h(1).cx(0, 1).p(2.0 * product, 1);
/// let map = c.parameter_map();
/// assert_eq!(map.inputs(), ["x", "y"]);
/// assert_eq!(map.row(&[PI - 2.0, PI - 3.0])?[2], 6.0);
/// assert_eq!(map.jacobian(&[PI - 2.0, PI - 3.0])?.row(2).to_vec(), [-3.0, -2.0]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterMap {
    names: Vec<String>,
    formulas: Vec<Option<Formula>>,
    inputs: Vec<String>,
}

impl ParameterMap {
    /// The names of the inputs: the columns of a data row.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// Number of parameters: the length of an angle row.
    pub fn num_params(&self) -> usize {
        self.names.len()
    }

    /// Whether every parameter is an input.
    pub fn is_identity(&self) -> bool {
        self.names.len() == self.inputs.len()
    }

    /// The parameters at these inputs.
    ///
    /// # Errors
    /// If there is not one value for each input, or a parameter is not finite there.
    pub fn row(&self, inputs: &[f64]) -> Result<Vec<f64>> {
        let mut row = Vec::new();
        self.row_into(inputs, &mut row)?;
        Ok(row)
    }

    /// [`row`](Self::row) into memory that is there.
    ///
    /// # Errors
    /// As [`row`](Self::row).
    pub fn row_into(&self, inputs: &[f64], row: &mut Vec<f64>) -> Result<()> {
        self.check(inputs.len(), self.inputs.len(), "inputs")?;
        row.clear();
        let mut given = inputs.iter();
        for (name, formula) in self.names.iter().zip(&self.formulas) {
            let value = match formula {
                None => given.next().copied().unwrap_or(f64::NAN),
                Some(formula) => formula.value(row),
            };
            if !value.is_finite() {
                return Err(Error::NotFinite { what: format!("parameter `{name}`"), value });
            }
            row.push(value);
        }
        Ok(())
    }

    /// The parameters of many data rows: rows × inputs gives rows × parameters.
    ///
    /// # Errors
    /// As [`row`](Self::row); of several rows with errors, the first.
    pub fn rows<'d>(&self, data: impl Into<ArrayView2<'d, f64>>) -> Result<Array2<f64>> {
        let data = data.into();
        let mut rows = Vec::with_capacity(data.nrows() * self.num_params());
        for inputs in data.rows() {
            rows.extend(self.row(&inputs.to_vec())?);
        }
        let shape = (data.nrows(), self.num_params());
        Ok(Array2::from_shape_vec(shape, rows).expect("one value for each parameter"))
    }

    /// The derivatives of the parameters by the inputs, exact: parameters × inputs.
    ///
    /// # Errors
    /// As [`row`](Self::row).
    pub fn jacobian(&self, inputs: &[f64]) -> Result<Array2<f64>> {
        let row = self.row(inputs)?;
        let mut jacobian = Array2::zeros((self.num_params(), self.inputs.len()));
        for (k, mut derivatives) in jacobian.rows_mut().into_iter().enumerate() {
            let mut by_params = vec![0.0; self.num_params()];
            by_params[k] = 1.0;
            let by_inputs = self.pulled_back(&row, by_params);
            derivatives.iter_mut().zip(by_inputs).for_each(|(d, v)| *d = v);
        }
        Ok(jacobian)
    }

    /// The derivatives by the inputs of a function whose derivatives by the parameters are given:
    /// the chain rule, in one pass from the last parameter to the first.
    ///
    /// # Errors
    /// As [`row`](Self::row); if there is not one derivative for each parameter.
    pub fn pull_back(&self, inputs: &[f64], by_params: &[f64]) -> Result<Vec<f64>> {
        self.check(by_params.len(), self.num_params(), "parameters")?;
        Ok(self.pulled_back(&self.row(inputs)?, by_params.to_vec()))
    }

    /// [`pull_back`](Self::pull_back) at a row of parameters.
    pub(crate) fn pulled_back(&self, row: &[f64], mut by_params: Vec<f64>) -> Vec<f64> {
        let mut by_inputs = Vec::with_capacity(self.inputs.len());
        for k in (0..self.formulas.len()).rev() {
            let derivative = by_params[k];
            match &self.formulas[k] {
                None => by_inputs.push(derivative),
                // Where it does not matter a derivative may be infinite: that of sqrt at 0.
                Some(_) if derivative == 0.0 => {}
                Some(formula) => formula.add_derivatives(row, derivative, &mut by_params[..k]),
            }
        }
        by_inputs.reverse();
        by_inputs
    }

    fn check(&self, got: usize, expected: usize, what: &str) -> Result<()> {
        if got == expected {
            return Ok(());
        }
        Err(Error::Invalid {
            what: format!("the number of values for {what}"),
            value: got.to_string(),
            expected: format!("the circuit has {expected} {what}"),
        })
    }
}

impl Circuit {
    /// The parameter with that formula, new or old. Its name is its text.
    ///
    /// # Errors
    /// If the formula is of a parameter that this circuit does not have, has no parameter at all, or
    /// an angle in it is not finite; if something else has its name.
    pub fn try_derived(&mut self, formula: Formula) -> Result<Param> {
        let name = formula.text(self.params());
        self.try_derived_as(&name, formula)
    }

    /// [`try_derived`](Self::try_derived) that panics on an error.
    #[track_caller]
    pub fn derived(&mut self, formula: Formula) -> Param {
        self.try_derived(formula).unwrap_or_else(|e| panic!("{e}"))
    }

    /// [`try_derived`](Self::try_derived) with a name.
    pub(super) fn try_derived_as(&mut self, name: &str, formula: Formula) -> Result<Param> {
        let invalid = |value: String, expected: &str| Error::Invalid {
            what: "the formula of a parameter".into(),
            value,
            expected: expected.into(),
        };
        for angle in formula.operands() {
            self.check_params(angle)?;
            let mut numbers = angle.terms().iter().map(|t| t.1).chain([angle.offset()]);
            if let Some(value) = numbers.find(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: "a number of a formula".into(), value });
            }
        }
        if formula.operands().all(|a| a.fixed().is_some()) {
            let text = formula.text(self.params());
            return Err(invalid(text, "it is a number: an angle can be that number"));
        }
        let found = self.params.iter().position(|p| p == name);
        match found {
            Some(k) if self.formulas.get(k) == Some(&Some(formula.clone())) => {
                return Ok(Param(k as u32));
            }
            Some(_) => {
                return Err(invalid(format!("`{name}`"), "another parameter has this name"));
            }
            None => {}
        }
        let param = self.param(name);
        self.formulas.resize(self.params.len(), None);
        self.formulas[param.0 as usize] = Some(formula);
        Ok(param)
    }

    /// The formula of a parameter that has one.
    pub fn formula(&self, param: Param) -> Option<&Formula> {
        self.formulas.get(param.0 as usize)?.as_ref()
    }

    /// The names of the inputs: the parameters without a formula, for which values are given.
    pub fn inputs(&self) -> impl Iterator<Item = &String> {
        let plain = |k: usize| self.formula(Param(k as u32)).is_none();
        self.params.iter().enumerate().filter(move |(k, _)| plain(*k)).map(|(_, name)| name)
    }

    /// Whether each parameter is one of these inputs, given by their places, or a function of one.
    pub(crate) fn dependents(&self, inputs: &[usize]) -> Vec<bool> {
        let mut depends: Vec<bool> = Vec::with_capacity(self.params.len());
        let mut input = 0;
        for k in 0..self.params.len() {
            depends.push(match self.formula(Param(k as u32)) {
                None => {
                    input += 1;
                    inputs.contains(&(input - 1))
                }
                Some(formula) => {
                    let terms = formula.operands().flat_map(|angle| angle.terms());
                    terms.into_iter().any(|(param, _)| depends[param.0 as usize])
                }
            });
        }
        depends
    }

    /// The function from the inputs to the parameters, with its derivatives.
    pub fn parameter_map(&self) -> ParameterMap {
        let formula = |k: usize| self.formula(Param(k as u32)).cloned();
        ParameterMap {
            names: self.params.clone(),
            formulas: (0..self.params.len()).map(formula).collect(),
            inputs: self.inputs().cloned().collect(),
        }
    }

    /// The [`parameter_map`](Self::parameter_map) where a parameter has a formula.
    pub(crate) fn map_if_derived(&self) -> Option<ParameterMap> {
        self.formulas.iter().any(Option::is_some).then(|| self.parameter_map())
    }

    /// Takes over parameter `number` of another circuit, whose earlier parameters are `params` here.
    pub(super) fn take_param(
        &mut self,
        other: &Circuit,
        number: usize,
        params: &[Param],
    ) -> Result<Param> {
        let name = &other.params[number];
        match other.formula(Param(number as u32)) {
            Some(formula) => {
                let moved = formula.map_angles(|a| a.map_params(|p| params[p.0 as usize]));
                self.try_derived_as(name, moved)
            }
            None => {
                let param = self.param(name);
                match self.formula(param) {
                    None => Ok(param),
                    Some(_) => Err(Error::Invalid {
                        what: "a parameter".into(),
                        value: format!("`{name}`"),
                        expected: "a parameter with a formula has this name".into(),
                    }),
                }
            }
        }
    }

    /// A parameter in a circuit where some have become `replaced`: a number, a linear function, or a
    /// parameter of that circuit.
    pub(super) fn bound_formula(
        &mut self,
        formula: &Formula,
        replace: impl Fn(&Angle) -> Angle,
    ) -> Result<Angle> {
        let formula = formula.map_angles(replace);
        match formula.linear() {
            Some(angle) => {
                let mut numbers = angle.terms().iter().map(|t| t.1).chain([angle.offset()]);
                match numbers.find(|v| !v.is_finite()) {
                    None => Ok(angle),
                    Some(value) => Err(Error::NotFinite {
                        what: format!("parameter `{}`", formula.text(self.params())),
                        value,
                    }),
                }
            }
            None => self.try_derived(formula).map(Angle::from),
        }
    }
}
