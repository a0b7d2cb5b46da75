//! Values and derivatives by each method.

use super::{GradientKind, Question};
use anyhow::Result;
use ketlab::PauliSum;
use ketlab::gradient::{FiniteDifference, Gradient, Objective};
use ketlab::propagation::Account;
use ketlab::simulate::Program;

/// An observable's value and derivatives.
pub struct Derivatives {
    pub value: f64,
    /// By each parameter.
    pub gradient: Vec<f64>,
    /// What they are estimates of, where they are from shots.
    pub exact: Option<Exact>,
    /// What was carried and left out, by Pauli propagation.
    pub account: Option<Account>,
}

impl Derivatives {
    /// Those that are no estimates.
    fn exact(value: f64, gradient: Vec<f64>) -> Self {
        Derivatives { value, gradient, exact: None, account: None }
    }
}

/// Standard errors of estimates, and the truth beside them.
pub struct Exact {
    pub value_error: f64,
    pub gradient_errors: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

/// Of every observable, and what they cost.
pub struct Found {
    pub derivatives: Vec<Derivatives>,
    pub circuits: u64,
    pub shots: u64,
}

pub fn derivatives(question: &Question) -> Result<Found> {
    match (question.method, question.shots) {
        (_, Some((shots, seed))) => sampled(question, shots, seed),
        (GradientKind::Adjoint, None) => adjoint(question),
        (GradientKind::Shift, None) => one_by_one(question, |sum| {
            Ok(question.simulator.parameter_shift(&question.circuit, sum)?)
        }),
        (GradientKind::FiniteDifference, None) => {
            let program = Program::new(&question.circuit)?;
            one_by_one(question, |sum| {
                let sums = std::slice::from_ref(sum);
                Ok(FiniteDifference::new(question.simulator.evaluator(&program, sums)?))
            })
        }
        (GradientKind::Pauli, None) => propagated(question),
    }
}

/// All observables from one run forwards.
fn adjoint(question: &Question) -> Result<Found> {
    let sums: Vec<PauliSum> = question.observables.iter().map(|(_, sum)| sum.clone()).collect();
    let mut adjoint = question.simulator.adjoint(&question.circuit, &sums)?;
    let num_params = question.values.len();
    let mut values = vec![0.0; sums.len()];
    let mut jacobian = vec![0.0; sums.len() * num_params];
    adjoint.values_and_jacobian(&question.values, &mut values, &mut jacobian)?;
    let rows = values.iter().zip(jacobian.chunks_exact(num_params));
    let derivatives = rows.map(|(&value, row)| Derivatives::exact(value, row.to_vec())).collect();
    Ok(Found { derivatives, circuits: adjoint.cost().circuits, shots: 0 })
}

fn one_by_one<G: Gradient>(
    question: &Question,
    mut method: impl FnMut(&PauliSum) -> Result<G>,
) -> Result<Found> {
    let mut found = Found { derivatives: Vec::new(), circuits: 0, shots: 0 };
    for (_, sum) in &question.observables {
        let mut method = method(sum)?;
        let mut gradient = vec![0.0; question.values.len()];
        let value = method.value_and_gradient(&question.values, &mut gradient)?;
        found.circuits += method.cost().circuits;
        found.derivatives.push(Derivatives::exact(value, gradient));
    }
    Ok(found)
}

/// By Pauli propagation, with an account for each observable.
fn propagated(question: &Question) -> Result<Found> {
    let mut found = Found { derivatives: Vec::new(), circuits: 0, shots: 0 };
    for (_, sum) in &question.observables {
        let mut method = question.simulator.propagation_gradient(&question.circuit, sum)?;
        let mut gradient = vec![0.0; question.values.len()];
        let value = method.value_and_gradient(&question.values, &mut gradient)?;
        found.circuits += method.cost().circuits;
        let account = Some(*method.account());
        found.derivatives.push(Derivatives { account, ..Derivatives::exact(value, gradient) });
    }
    Ok(found)
}

fn sampled(question: &Question, shots: u64, seed: u64) -> Result<Found> {
    let exact = adjoint(question)?.derivatives;
    let mut found = Found { derivatives: Vec::new(), circuits: 0, shots: 0 };
    for (number, ((_, sum), exact)) in question.observables.iter().zip(exact).enumerate() {
        // Each observable has shots of its own.
        let seed = seed.wrapping_add((number as u64) << 32);
        let simulator = question.simulator.clone().seed(seed);
        let mut method = simulator.sampled_gradient(&question.circuit, sum, shots)?;
        let mut gradient = vec![0.0; question.values.len()];
        let value = method.value_and_gradient(&question.values, &mut gradient)?;
        found.circuits += method.cost().circuits;
        found.shots += method.cost().shots;
        let exact = Some(Exact {
            value_error: method.last_value().standard_error(),
            gradient_errors: method.standard_errors(),
            value: exact.value,
            gradient: exact.gradient,
        });
        found.derivatives.push(Derivatives { value, gradient, exact, account: None });
    }
    Ok(found)
}
