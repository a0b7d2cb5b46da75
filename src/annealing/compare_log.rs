//! Finished candidates of comparisons in a file, a line each.

use super::candidates::Candidate;
use super::compare::{Compared, Comparison};
use crate::error::Result;
use crate::ising::{Ising, reads};
use crate::math::{Checkpoint, Fingerprint, Keeper, Kept};
use serde::{Deserialize, Serialize};

const KIND: &str = "comparison";

/// What a run of a candidate came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Measured {
    Sampled { successes: u64 },
    Computed { probability: f64, error: f64 },
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    model: Fingerprint,
    candidate: Candidate,
    /// The stream of its seed.
    stream: u64,
    measured: Measured,
}

/// The candidates that a file has, and where new ones go; nothing of both without a file.
#[derive(Debug, Default)]
pub(super) struct Log {
    keeper: Option<Keeper>,
    lines: Vec<Line>,
    resumed: u64,
    added: u64,
}

impl Log {
    fn open(checkpoint: &Checkpoint, belongs_to: &Fingerprint) -> Result<Self> {
        let (keeper, lines) = checkpoint.open(KIND, belongs_to)?;
        Ok(Log { keeper: Some(keeper), lines, resumed: 0, added: 0 })
    }

    /// What the file has of this, else what `run` comes to, which it gets if it is anything.
    pub fn of(
        &mut self,
        model: &Ising,
        candidate: &Candidate,
        stream: u64,
        run: impl FnOnce() -> Result<Option<Measured>>,
    ) -> Result<Option<Measured>> {
        let Some(keeper) = &mut self.keeper else { return run() };
        let model = reads::model_fingerprint(model);
        let is = |line: &&Line| {
            line.model == model && line.candidate == *candidate && line.stream == stream
        };
        if let Some(line) = self.lines.iter().find(is) {
            self.resumed += 1;
            return Ok(Some(line.measured));
        }
        let Some(measured) = run()? else { return Ok(None) };
        keeper.add(&Line { model, candidate: *candidate, stream, measured });
        self.added += 1;
        Ok(Some(measured))
    }
}

/// A [`Comparison`] that keeps finished candidates in a file, of one model after another:
/// [`Comparison::kept`].
#[derive(Debug)]
pub struct KeptComparison {
    comparison: Comparison,
    log: Log,
}

impl Comparison {
    /// This comparison with a file, of as many models as are compared one after another: finished
    /// candidates are kept in it, and those that it has are not run. Models and the target may be new.
    ///
    /// # Errors
    /// As [`Checkpoint::open`].
    pub fn kept(&self, checkpoint: &Checkpoint) -> Result<KeptComparison> {
        let log = Log::open(checkpoint, &self.fingerprint())?;
        Ok(KeptComparison { comparison: self.clone(), log })
    }
}

impl KeptComparison {
    /// Compares.
    ///
    /// # Errors
    /// As [`Comparison::run`].
    pub fn run(&mut self, model: &Ising) -> Result<Compared> {
        self.comparison.compared(model, &mut self.log)
    }

    /// What the file had and got: runs of candidates.
    pub fn finish(self) -> Kept<()> {
        let Log { keeper, resumed, added, .. } = self.log;
        Kept { answer: (), resumed, added, error: keeper.and_then(Keeper::into_error) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Instance;
    use super::*;

    #[test]
    fn a_cut_file_goes_on() {
        let path = std::env::temp_dir().join(format!("ketlab-cmp-{}.jsonl", std::process::id()));
        let pair = Ising::new(vec![-0.25; 2], [(0, 1, -4.0)], 0.0);
        let models = [pair, Instance::glass(4, 1).model];
        let comparison = Comparison::new().budgets(10_000, 20_000).seed(3);
        let run = |checkpoint: &Checkpoint, comparison: &Comparison| {
            let mut kept = comparison.kept(checkpoint).unwrap();
            let found: Vec<_> = models.iter().map(|model| kept.run(model).unwrap()).collect();
            kept.finish().map(|()| found)
        };
        let plain: Vec<_> = models.iter().map(|model| comparison.run(model).unwrap()).collect();
        let whole = run(&Checkpoint::new(&path), &comparison);
        assert_eq!((&whole.answer, whole.resumed, &whole.error), (&plain, 0, &None));
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        assert_eq!(lines.len() as u64, whole.added + 1);
        let file = Checkpoint::new(&path).resume(true);
        for end in [1, 2, 30, lines.len() / 2 + 5, lines.len()] {
            std::fs::write(&path, lines[..end].concat()).unwrap();
            let rest = run(&file, &comparison);
            assert_eq!((&rest.answer, rest.resumed), (&plain, end as u64 - 1));
            assert_eq!(rest.resumed + rest.added, whole.added);
        }
        // Another target may choose others, which are run.
        let other = comparison.clone().target(0.5);
        let kept = run(&file, &other);
        assert_eq!(kept.answer[0], other.run(&models[0]).unwrap());
        assert!(kept.resumed + 5 > whole.added && kept.added < 5);
        for (other, part) in [
            (comparison.clone().seed(4), "seed is `3`; this run has `4`"),
            (comparison.clone().budgets(10_000, 30_000), "spin updates of the report is `20000`"),
            (comparison.clone().budgets(9_000, 20_000), "spin updates of a candidate is `10000`"),
        ] {
            let message = other.kept(&file).unwrap_err().to_string();
            assert!(message.contains(&format!("the checkpoint's {part}")), "{message}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
