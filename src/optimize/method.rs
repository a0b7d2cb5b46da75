//! The methods by name.

use super::control::Control;
use super::objective::Objective;
use super::outcome::Outcome;
use super::{
    Adam, Bobyqa, Cobyla, GradientDescent, Lbfgs, NaturalGradient, NelderMead, Rotosolve, Spsa,
};
use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

/// A method of minimization with its settings.
pub trait Optimizer {
    /// Its name, as [`Method::from_name`] knows it.
    fn name(&self) -> &'static str;

    /// Minimizes `objective` from `start`.
    ///
    /// Errors are those of the objective and of input that makes no sense (a start of the wrong
    /// length or not finite, reversed bounds, bad settings, a checkpoint of something else, a
    /// gradient that the objective does not have). To stop without having converged is an
    /// [`Outcome`], and so is an objective that returns [`Error::Interrupted`] once the start is
    /// evaluated: what was found before is kept, and the run is
    /// [`Cancelled`](super::StopReason::Cancelled).
    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        control: &mut Control<'_>,
    ) -> Result<Outcome>;
}

impl Optimizer for Box<dyn Optimizer + '_> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        control: &mut Control<'_>,
    ) -> Result<Outcome> {
        (**self).minimize(objective, start, control)
    }
}

/// The methods that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// [`Lbfgs`].
    Lbfgs,
    /// [`Adam`].
    Adam,
    /// [`Adam::amsgrad`].
    Amsgrad,
    /// [`GradientDescent`].
    GradientDescent,
    /// [`GradientDescent::with_momentum`].
    Momentum,
    /// [`NaturalGradient`].
    NaturalGradient,
    /// [`Spsa`].
    Spsa,
    /// [`Rotosolve`].
    Rotosolve,
    /// [`NelderMead`].
    NelderMead,
    /// [`Bobyqa`].
    Bobyqa,
    /// [`Cobyla`].
    Cobyla,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 11] = [
        Method::Lbfgs,
        Method::Adam,
        Method::Amsgrad,
        Method::GradientDescent,
        Method::Momentum,
        Method::NaturalGradient,
        Method::Spsa,
        Method::Rotosolve,
        Method::NelderMead,
        Method::Bobyqa,
        Method::Cobyla,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Method::Lbfgs => "lbfgs",
            Method::Adam => "adam",
            Method::Amsgrad => "amsgrad",
            Method::GradientDescent => "gradient-descent",
            Method::Momentum => "momentum",
            Method::NaturalGradient => "natural-gradient",
            Method::Spsa => "spsa",
            Method::Rotosolve => "rotosolve",
            Method::NelderMead => "nelder-mead",
            Method::Bobyqa => "bobyqa",
            Method::Cobyla => "cobyla",
        }
    }

    /// The method of that name, or [`Error::UnknownName`] with the list.
    pub fn from_name(name: &str) -> Result<Method> {
        Method::ALL.into_iter().find(|method| method.name() == name).ok_or_else(|| {
            let names = Method::ALL.map(Method::name);
            Error::unknown_name("optimizer", name, "the optimizers are", &names)
        })
    }

    /// Whether it needs [`Objective::value_and_gradient`].
    pub fn needs_gradient(self) -> bool {
        matches!(
            self,
            Method::Lbfgs
                | Method::Adam
                | Method::Amsgrad
                | Method::GradientDescent
                | Method::Momentum
                | Method::NaturalGradient
        )
    }

    /// Whether it needs [`Objective::metric`].
    pub fn needs_metric(self) -> bool {
        self == Method::NaturalGradient
    }

    /// Whether it is made for values and gradients that are measured. The others compare nearby
    /// values or build models of them, and take noise for structure.
    pub fn bears_noise(self) -> bool {
        matches!(
            self,
            Method::Spsa
                | Method::Adam
                | Method::Amsgrad
                | Method::GradientDescent
                | Method::Momentum
                | Method::Rotosolve
        )
    }

    /// Ready to run, with its default settings.
    pub fn optimizer(self) -> Box<dyn Optimizer> {
        match self {
            Method::Lbfgs => Box::new(Lbfgs::default()),
            Method::Adam => Box::new(Adam::default()),
            Method::Amsgrad => Box::new(Adam::amsgrad()),
            Method::GradientDescent => Box::new(GradientDescent::default()),
            Method::Momentum => Box::new(GradientDescent::with_momentum()),
            Method::NaturalGradient => Box::new(NaturalGradient::default()),
            Method::Spsa => Box::new(Spsa::default()),
            Method::Rotosolve => Box::new(Rotosolve::default()),
            Method::NelderMead => Box::new(NelderMead::default()),
            Method::Bobyqa => Box::new(Bobyqa::default()),
            Method::Cobyla => Box::new(Cobyla::default()),
        }
    }

    /// Ready to run with `settings`, a JSON object whose keys are the fields of the method's
    /// struct; what it does not name keeps its default. An unknown key is an
    /// [`Error::Invalid`]; values are checked when the method runs.
    pub fn with_settings(self, settings: &Value) -> Result<Box<dyn Optimizer>> {
        // The two methods that are variants of another struct differ by one field.
        let mut settings = settings.clone();
        let variant = match self {
            Method::Amsgrad => Some(("amsgrad", Value::from(true))),
            Method::Momentum => Some(("momentum", Value::from(0.9))),
            _ => None,
        };
        if let (Some((key, value)), Some(object)) = (variant, settings.as_object_mut()) {
            object.entry(key).or_insert(value);
        }
        match self {
            Method::Lbfgs => self.parse::<Lbfgs>(settings),
            Method::Adam | Method::Amsgrad => self.parse::<Adam>(settings),
            Method::GradientDescent | Method::Momentum => self.parse::<GradientDescent>(settings),
            Method::NaturalGradient => self.parse::<NaturalGradient>(settings),
            Method::Spsa => self.parse::<Spsa>(settings),
            Method::Rotosolve => self.parse::<Rotosolve>(settings),
            Method::NelderMead => self.parse::<NelderMead>(settings),
            Method::Bobyqa => self.parse::<Bobyqa>(settings),
            Method::Cobyla => self.parse::<Cobyla>(settings),
        }
    }

    fn parse<T>(self, settings: Value) -> Result<Box<dyn Optimizer>>
    where
        T: Optimizer + DeserializeOwned + 'static,
    {
        let text = settings.to_string();
        match serde_json::from_value::<T>(settings) {
            Ok(optimizer) => Ok(Box::new(optimizer)),
            Err(error) => Err(Error::Invalid {
                what: format!("the settings of `{}`", self.name()),
                value: text,
                expected: error.to_string(),
            }),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_lead_to_methods_and_back() {
        for method in Method::ALL {
            assert_eq!(Method::from_name(method.name()).unwrap(), method);
            assert_eq!(method.optimizer().name(), method.name());
            assert_eq!(method.with_settings(&json!({})).unwrap().name(), method.name());
        }
        let error = Method::from_name("lbgfs").unwrap_err().to_string();
        assert!(error.contains("lbgfs") && error.contains("lbfgs, adam"), "{error}");
    }

    #[test]
    fn settings_are_fields_by_name() {
        let adam = Method::Adam.parse::<Adam>(json!({"learning_rate": 0.2}));
        assert_eq!(adam.unwrap().name(), "adam");
        let error = Method::Adam.with_settings(&json!({"learning_rat": 0.2})).err().unwrap();
        assert!(error.to_string().contains("learning_rat"), "{error}");
    }
}
