//! `--method exact`: every configuration.

use super::document::Answer;
use super::drive::UnitsShown;
use super::flags::Account;
use super::run::Args;
use crate::model::Loaded;
use anyhow::Result;
use ketlab::ising::{SampleInfo, SampleSet};
use ketlab::math::Bits;

pub fn run(args: &Args, loaded: &Loaded) -> Result<Answer> {
    let model = &loaded.model;
    let n = model.num_spins();
    // Refuses what is too large.
    let ground = model.ground_state()?;
    let energies = model.energies()?;
    // As in the degeneracy.
    let highest = ground.energy + 1e-9 * loaded.range();
    let indexed = energies.iter().enumerate().filter(|(_, energy)| **energy <= highest);
    let most = usize::try_from(args.reads()).unwrap_or(usize::MAX);
    let lowest = indexed.take(most).map(|(index, _)| Bits::from_u64(index as u64, n));
    let info = SampleInfo {
        solver: "enumeration".into(),
        evaluations: Some(1 << n),
        ..SampleInfo::default()
    };
    let samples = SampleSet::new(model, lowest, info)?;
    let degeneracy = Some(ground.degeneracy);
    let (units, account) = (UnitsShown::timeless(), Account::default());
    Ok(Answer { samples, units, evolution: None, degeneracy, account })
}
