//! The methods by name.

use super::optimizer::Optimizer;
use super::{
    Adam, Bobyqa, Cobyla, GradientDescent, Lbfgs, NaturalGradient, NelderMead, Rotosolve, Spsa,
};
use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

/// The methods that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OptimizerKind {
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

impl OptimizerKind {
    /// All of them.
    pub const ALL: [OptimizerKind; 11] = [
        OptimizerKind::Lbfgs,
        OptimizerKind::Adam,
        OptimizerKind::Amsgrad,
        OptimizerKind::GradientDescent,
        OptimizerKind::Momentum,
        OptimizerKind::NaturalGradient,
        OptimizerKind::Spsa,
        OptimizerKind::Rotosolve,
        OptimizerKind::NelderMead,
        OptimizerKind::Bobyqa,
        OptimizerKind::Cobyla,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            OptimizerKind::Lbfgs => "lbfgs",
            OptimizerKind::Adam => "adam",
            OptimizerKind::Amsgrad => "amsgrad",
            OptimizerKind::GradientDescent => "gradient-descent",
            OptimizerKind::Momentum => "momentum",
            OptimizerKind::NaturalGradient => "natural-gradient",
            OptimizerKind::Spsa => "spsa",
            OptimizerKind::Rotosolve => "rotosolve",
            OptimizerKind::NelderMead => "nelder-mead",
            OptimizerKind::Bobyqa => "bobyqa",
            OptimizerKind::Cobyla => "cobyla",
        }
    }

    /// The method of that name, or [`Error::UnknownName`] with the list.
    pub fn from_name(name: &str) -> Result<OptimizerKind> {
        OptimizerKind::ALL.into_iter().find(|method| method.name() == name).ok_or_else(|| {
            let names = OptimizerKind::ALL.map(OptimizerKind::name);
            Error::unknown_name("optimizer", name, "the optimizers are", &names)
        })
    }

    /// Whether it needs [`Objective::value_and_gradient`](super::Objective::value_and_gradient).
    pub fn needs_gradient(self) -> bool {
        matches!(
            self,
            OptimizerKind::Lbfgs
                | OptimizerKind::Adam
                | OptimizerKind::Amsgrad
                | OptimizerKind::GradientDescent
                | OptimizerKind::Momentum
                | OptimizerKind::NaturalGradient
        )
    }

    /// Whether it needs [`Objective::metric`](super::Objective::metric).
    pub fn needs_metric(self) -> bool {
        self == OptimizerKind::NaturalGradient
    }

    /// Whether it is made for values and gradients that are measured. The others compare nearby
    /// values or build models of them, and take noise for structure.
    pub fn bears_noise(self) -> bool {
        matches!(
            self,
            OptimizerKind::Spsa
                | OptimizerKind::Adam
                | OptimizerKind::Amsgrad
                | OptimizerKind::GradientDescent
                | OptimizerKind::Momentum
                | OptimizerKind::Rotosolve
        )
    }

    /// Ready to run, with its default settings.
    pub fn optimizer(self) -> Box<dyn Optimizer> {
        match self {
            OptimizerKind::Lbfgs => Box::new(Lbfgs::default()),
            OptimizerKind::Adam => Box::new(Adam::default()),
            OptimizerKind::Amsgrad => Box::new(Adam::amsgrad()),
            OptimizerKind::GradientDescent => Box::new(GradientDescent::default()),
            OptimizerKind::Momentum => Box::new(GradientDescent::with_momentum()),
            OptimizerKind::NaturalGradient => Box::new(NaturalGradient::default()),
            OptimizerKind::Spsa => Box::new(Spsa::default()),
            OptimizerKind::Rotosolve => Box::new(Rotosolve::default()),
            OptimizerKind::NelderMead => Box::new(NelderMead::default()),
            OptimizerKind::Bobyqa => Box::new(Bobyqa::default()),
            OptimizerKind::Cobyla => Box::new(Cobyla::default()),
        }
    }

    /// Ready to run with `settings`, a JSON object whose keys are the fields of the method's
    /// struct; what it does not name keeps its default. An unknown key is an
    /// [`Error::Invalid`]; values are checked when the method runs.
    pub fn with_settings(self, settings: &Value) -> Result<Box<dyn Optimizer>> {
        // The two methods that are variants of another struct differ by one field.
        let mut settings = settings.clone();
        let variant = match self {
            OptimizerKind::Amsgrad => Some(("amsgrad", Value::from(true))),
            OptimizerKind::Momentum => Some(("momentum", Value::from(0.9))),
            _ => None,
        };
        if let (Some((key, value)), Some(object)) = (variant, settings.as_object_mut()) {
            object.entry(key).or_insert(value);
        }
        match self {
            OptimizerKind::Lbfgs => self.parse::<Lbfgs>(settings),
            OptimizerKind::Adam | OptimizerKind::Amsgrad => self.parse::<Adam>(settings),
            OptimizerKind::GradientDescent | OptimizerKind::Momentum => {
                self.parse::<GradientDescent>(settings)
            }
            OptimizerKind::NaturalGradient => self.parse::<NaturalGradient>(settings),
            OptimizerKind::Spsa => self.parse::<Spsa>(settings),
            OptimizerKind::Rotosolve => self.parse::<Rotosolve>(settings),
            OptimizerKind::NelderMead => self.parse::<NelderMead>(settings),
            OptimizerKind::Bobyqa => self.parse::<Bobyqa>(settings),
            OptimizerKind::Cobyla => self.parse::<Cobyla>(settings),
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

impl fmt::Display for OptimizerKind {
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
        for method in OptimizerKind::ALL {
            assert_eq!(OptimizerKind::from_name(method.name()).unwrap(), method);
            assert_eq!(method.optimizer().name(), method.name());
            assert_eq!(method.with_settings(&json!({})).unwrap().name(), method.name());
        }
        let error = OptimizerKind::from_name("lbgfs").unwrap_err().to_string();
        assert!(error.contains("lbgfs") && error.contains("lbfgs, adam"), "{error}");
    }

    #[test]
    fn settings_are_fields_by_name() {
        let adam = OptimizerKind::Adam.parse::<Adam>(json!({"learning_rate": 0.2}));
        assert_eq!(adam.unwrap().name(), "adam");
        let error = OptimizerKind::Adam.with_settings(&json!({"learning_rat": 0.2})).err().unwrap();
        assert!(error.to_string().contains("learning_rat"), "{error}");
    }
}
