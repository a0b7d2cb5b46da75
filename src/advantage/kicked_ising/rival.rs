//! The classical rivals.

use super::observable::KickedObservable;
use super::report::PropagatedValue;
use super::{light_cone, mean_field};
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::propagation::Truncation;
use crate::simulate::{Method, Request, Simulator};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A classical way to the means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KickedRival {
    /// The observable carried backward as a sum of Pauli strings.
    PauliPropagation,
    /// State vectors of light cones, exact.
    LightCone,
    /// A stabilizer tableau, exact, at multiples of π/2.
    Stabilizer,
    /// A product of one-qubit states.
    MeanField,
}

impl KickedRival {
    /// All of them.
    pub const ALL: [KickedRival; 4] = [
        KickedRival::PauliPropagation,
        KickedRival::LightCone,
        KickedRival::Stabilizer,
        KickedRival::MeanField,
    ];

    /// The same, those that take no time first.
    pub(super) const BY_COST: [KickedRival; 4] = [
        KickedRival::MeanField,
        KickedRival::Stabilizer,
        KickedRival::PauliPropagation,
        KickedRival::LightCone,
    ];

    /// `pauli-propagation`, `light-cone`, `stabilizer` or `mean-field`.
    pub fn name(self) -> &'static str {
        match self {
            KickedRival::PauliPropagation => "pauli-propagation",
            KickedRival::LightCone => "light-cone",
            KickedRival::Stabilizer => "stabilizer",
            KickedRival::MeanField => "mean-field",
        }
    }

    /// What has to be true for its values to be the circuit's.
    pub(super) fn assumption(self) -> Option<&'static str> {
        match self {
            KickedRival::PauliPropagation => Some(
                "strings that were left out do not add up: their bound is far larger than the error",
            ),
            KickedRival::MeanField => Some("qubits are never correlated"),
            KickedRival::LightCone | KickedRival::Stabilizer => None,
        }
    }
}

impl fmt::Display for KickedRival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KickedRival {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|rival| rival.name() == name).ok_or_else(|| {
            Error::unknown_name("rival", name, "the rivals are", &Self::ALL.map(Self::name))
        })
    }
}

/// Pauli propagation at one angle.
pub fn propagate(
    observable: KickedObservable,
    theta: f64,
    truncation: &Truncation,
    watch: &Watch,
) -> Result<PropagatedValue> {
    let simulator = Simulator::new()
        .method(Method::PauliPropagation)
        .truncation(truncation.clone())
        .with_watch(watch);
    let request = Request::new().observable(observable.sum());
    let circuit = observable.circuit(theta)?;
    let result = simulator.run(&circuit, &request)?;
    let value = result.expectations[0].value;
    let mean = result
        .propagation
        .and_then(|propagation| propagation.means.into_iter().next())
        .ok_or_else(|| Error::Unsupported {
            method: "Pauli propagation",
            operation: "a mean without its account".into(),
            hint: "report this as a fault".into(),
        })?;
    let [_, middle, coarse] = match &mean.trend {
        Some(trend) => trend.points.map(|point| point.value),
        None => [value; 3],
    };
    let mut all = vec![value, middle, coarse];
    let mut lighter = None;
    // A least coefficient alone says nothing of what the largest weight does.
    if let Some(weight) = truncation.max_weight.filter(|weight| *weight > 2) {
        let at = |less: usize| -> Result<f64> {
            let lighter = Truncation {
                min_coefficient: 4.0 * truncation.min_coefficient,
                max_weight: Some(weight - less),
                ..truncation.clone()
            };
            let result = simulator.clone().truncation(lighter).run(&circuit, &request)?;
            Ok(result.expectations[0].value)
        };
        let values = [at(1)?, at(2)?];
        all.extend(values);
        lighter = Some(values);
    }
    let (low, high) =
        all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
    Ok(PropagatedValue {
        value,
        coarser: [middle, coarse],
        lighter,
        spread: high - low,
        peak_terms: mean.account.peak_terms,
        dropped_sum: mean.account.dropped_sum,
        dropped_squares: mean.account.dropped_squares,
    })
}

/// A rival's mean at one angle, exact or without an error of its own.
pub fn mean(
    rival: KickedRival,
    observable: KickedObservable,
    theta: f64,
    watch: &Watch,
) -> Result<f64> {
    match rival {
        KickedRival::LightCone => light_cone::mean(observable, theta, watch),
        KickedRival::Stabilizer => {
            let simulator = Simulator::new().method(Method::Stabilizer).with_watch(watch);
            Ok(simulator.expectation(&observable.circuit(theta)?, &observable.sum())?.value)
        }
        KickedRival::MeanField => Ok(mean_field::mean(observable, theta)),
        KickedRival::PauliPropagation => {
            Ok(propagate(observable, theta, &observable.truncation(), watch)?.value)
        }
    }
}
