//! What is found for the flags.

use super::args::Args;
use super::scan::Curve;
use super::setup::Setup;
use super::values::{Against, Scan};
use crate::progress::Progress;
use anyhow::Result;
use ketlab::Error;
use ketlab::chip::{Collision, Yield, YieldCase, YieldStudy};
use ketlab::math::Watch;

/// Yields whose spread is told.
pub const WANTED: [f64; 3] = [0.9, 0.5, 0.1];

/// Couplings and triples of chips of which it takes too long.
const MOST_CHECKS: usize = 5_000;

/// All that was found.
pub struct Answer {
    pub setup: Setup,
    pub case: YieldCase,
    pub design_collisions: Vec<Collision>,
    pub found: Yield,
    pub product: Option<f64>,
    /// For each of [`WANTED`], in GHz; `None` of many qubits, or where the run was interrupted before.
    pub needed: Option<Vec<Option<f64>>>,
    pub curves: Vec<Curve>,
    pub interrupted: bool,
}

/// The curves that are asked for; a picture without a word has both, where there are both.
fn scans(args: &Args, setup: &Setup) -> Vec<Scan> {
    if !args.scan.is_empty() || args.plot.is_none() {
        return args.scan.clone();
    }
    let spacing = setup.spacing().map(|_| Scan::of(Against::Spacing));
    [Scan::of(Against::Sigma)].into_iter().chain(spacing).collect()
}

/// All of it; a cancelled run has what was finished.
pub fn answer(args: &Args, setup: Setup, study: &YieldStudy, watch: &Watch) -> Result<Answer> {
    let case = setup.case(setup.plan.clone())?;
    let design_collisions = setup.plan.collisions(case.rules())?;
    let scans = scans(args, &setup);
    if scans.iter().any(|scan| scan.against == Against::Spacing) {
        // Refused before the work.
        setup.plan_at(setup.spacing().unwrap_or(1.0))?;
    }
    let bar = Progress::rows(watch, study.blocks() * (1 + scans.len() as u64), "blocks of chips");
    let found = study.run(std::slice::from_ref(&case))?.remove(0);
    let mut curves = vec![];
    for scan in &scans {
        match Curve::of(&setup, scan, args.points, study) {
            Ok(curve) => curves.push(curve),
            Err(error) if is_interrupted(&error) => {}
            Err(error) => return Err(error),
        }
    }
    let checks = setup.plan.checks();
    let is_small = checks.pairs().len() + checks.triples().len() <= MOST_CHECKS;
    let needed = match is_small.then(|| study.spreads_for(&case, &WANTED)).transpose() {
        Ok(needed) => needed,
        Err(Error::Interrupted) => None,
        Err(error) => return Err(error.into()),
    };
    let interrupted = watch.is_cancelled();
    drop(bar);
    let product = case.product_of_marginals();
    Ok(Answer { setup, case, design_collisions, found, product, needed, curves, interrupted })
}

fn is_interrupted(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<Error>(), Some(Error::Interrupted))
}
