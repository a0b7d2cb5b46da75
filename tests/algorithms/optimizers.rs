//! What optimizers say of themselves, against what they do.

use ketlab::Error;
use ketlab::optimize::{FnObjective, Objective, OptimizerKind, Stopping};

#[test]
fn a_method_refuses_an_objective_without_what_it_needs() {
    let refuses = |kind: OptimizerKind, objective: &mut dyn Objective| {
        let mut stopping = Stopping::new().max_iterations(2);
        match kind.optimizer().minimize(objective, &[0.3, 0.2], &mut stopping) {
            Ok(_) => false,
            Err(Error::Unsupported { .. }) => true,
            Err(error) => panic!("{}: {error}", kind.name()),
        }
    };
    let value = |x: &[f64]| 1.0 - (x[0].cos() + x[1].cos()) / 2.0;
    let with_gradient = |x: &[f64], gradient: &mut [f64]| {
        gradient.copy_from_slice(&[x[0].sin() / 2.0, x[1].sin() / 2.0]);
        value(x)
    };
    for kind in OptimizerKind::ALL {
        let bare = refuses(kind, &mut FnObjective::new(2, value));
        assert_eq!(bare, kind.needs_gradient(), "{}", kind.name());
        let without_metric =
            refuses(kind, &mut FnObjective::with_gradient(2, value, with_gradient));
        assert_eq!(without_metric, kind.needs_metric(), "{}", kind.name());
    }
}
