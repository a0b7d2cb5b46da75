//! What an experiment is, and how it is run.

use super::arena::{Arena, Budget};
use super::claim::Claim;
use super::report::{Manifest, Report};
use crate::error::Result;
use crate::math::{Checkpoint, Fingerprint, Watch};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An experiment: its value is all that decides what it comes to, but for seconds. Its JSON is the
/// manifest from which it runs again.
pub trait Experiment: Serialize + DeserializeOwned {
    /// The name, as the program has it.
    const NAME: &'static str;
    /// What there is to say beside claims and contenders.
    type Details: Serialize;

    /// Refuses settings that make no sense, before any work.
    ///
    /// # Errors
    /// What is wrong, with the limit and the next step.
    fn check(&self) -> Result<()>;

    /// What is claimed, from the settings alone.
    fn claims(&self) -> Vec<Claim>;

    /// Has all contenders play.
    ///
    /// # Errors
    /// Those of the contenders; what was finished before is in the checkpoint.
    fn play(&self, arena: &mut Arena) -> Result<Self::Details>;

    /// Where the evidence ends, in words: the largest sizes that were played, and what would be
    /// needed to go on.
    fn evidence_ends_at(&self, details: &Self::Details) -> String;
}

/// How an experiment is run: nothing here decides what it comes to, as long as it may end.
pub struct Run<'a> {
    budget: Budget,
    watch: Watch,
    checkpoint: Option<Checkpoint>,
    tell: Box<dyn FnMut(&str) + 'a>,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Run<'a> {
    /// Without an end, a checkpoint, or a word.
    pub fn new() -> Self {
        Run {
            budget: Budget::unlimited(),
            watch: Watch::default(),
            checkpoint: None,
            tell: Box::new(|_| {}),
        }
    }

    /// How long contenders may begin.
    pub fn budget(self, budget: Budget) -> Self {
        Run { budget, ..self }
    }

    /// Progress and cancellation.
    pub fn watch(self, watch: &Watch) -> Self {
        Run { watch: watch.clone(), ..self }
    }

    /// Keeps finished contenders in a file, and goes on from it if it is to be resumed.
    pub fn checkpoint(self, checkpoint: Checkpoint) -> Self {
        Run { checkpoint: Some(checkpoint), ..self }
    }

    /// Is told what begins.
    pub fn tell(self, tell: impl FnMut(&str) + 'a) -> Self {
        Run { tell: Box::new(tell), ..self }
    }

    /// Writes the claims down, has everybody play, and judges.
    ///
    /// # Errors
    /// What the experiment refuses; those of its contenders; of the checkpoint.
    pub fn run<E: Experiment>(mut self, experiment: &E) -> Result<Report<E::Details>> {
        experiment.check()?;
        let claims = experiment.claims();
        let manifest = Manifest::new(experiment, &claims)?;
        let fingerprint = Fingerprint::new()
            .with("experiment", E::NAME)
            .try_with("settings", experiment)?
            .with("claims", &claims);
        let kept = self
            .checkpoint
            .as_ref()
            .map(|file| file.open("ketlab.advantage", &fingerprint))
            .transpose()?;
        let mut arena = Arena::new(&self.watch, &mut self.tell, self.budget, kept);
        let details = experiment.play(&mut arena)?;
        let evidence_ends_at = experiment.evidence_ends_at(&details);
        let judged = claims.into_iter().map(|claim| claim.judge(&arena.contenders)).collect();
        Ok(Report {
            experiment: E::NAME,
            claims: judged,
            contenders: std::mem::take(&mut arena.contenders),
            evidence_ends_at,
            details,
            not_played: std::mem::take(&mut arena.not_played),
            interrupted: self.watch.is_cancelled(),
            manifest,
            resumed: arena.resumed,
            checkpoint_error: arena.into_error(),
        })
    }
}
