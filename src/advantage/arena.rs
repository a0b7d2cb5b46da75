//! Where contenders play.

use super::contender::Contender;
use crate::error::{Error, Result, shown};
use crate::math::{Keeper, Watch};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long an experiment may go on starting contenders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// None is without end.
    pub(super) time: Option<Duration>,
}

impl Budget {
    /// No end.
    pub fn unlimited() -> Self {
        Budget { time: None }
    }

    /// Contenders that would begin later than this are not played, and the report says so.
    ///
    /// # Errors
    /// If it is no positive number of seconds.
    pub fn seconds(seconds: f64) -> Result<Self> {
        match Duration::try_from_secs_f64(seconds) {
            Ok(time) if time > Duration::ZERO => Ok(Budget { time: Some(time) }),
            _ => Err(Error::Invalid {
                what: "the budget".into(),
                value: shown(seconds),
                expected: "it is a positive number of seconds".into(),
            }),
        }
    }
}

/// A finished piece of an experiment, as a checkpoint keeps it.
#[derive(Serialize, Deserialize)]
pub(super) struct Piece {
    key: String,
    value: Value,
}

/// Where contenders play one after another: it knows the clock and the budget, whether the run was
/// cancelled, and what an earlier run has finished.
pub struct Arena<'a> {
    watch: &'a Watch,
    tell: &'a mut dyn FnMut(&str),
    budget: Budget,
    start: Instant,
    keeper: Option<Keeper>,
    finished: HashMap<String, Value>,
    pub(super) contenders: Vec<Contender>,
    pub(super) not_played: Vec<String>,
    pub(super) resumed: u64,
    pub(super) added: u64,
}

impl<'a> Arena<'a> {
    pub(super) fn new(
        watch: &'a Watch,
        tell: &'a mut dyn FnMut(&str),
        budget: Budget,
        kept: Option<(Keeper, Vec<Piece>)>,
    ) -> Self {
        let (keeper, pieces) = match kept {
            Some((keeper, pieces)) => (Some(keeper), pieces),
            None => (None, Vec::new()),
        };
        Arena {
            watch,
            tell,
            budget,
            start: Instant::now(),
            keeper,
            finished: pieces.into_iter().map(|piece| (piece.key, piece.value)).collect(),
            contenders: Vec::new(),
            not_played: Vec::new(),
            resumed: 0,
            added: 0,
        }
    }

    /// Progress and cancellation, for what takes them.
    pub fn watch(&self) -> &'a Watch {
        self.watch
    }

    /// Does a piece of work, unless an earlier run has done it. `key` names it and is different for
    /// each; what comes out has to depend on the settings, the seed and the key alone (but for
    /// seconds). `None` if there is no time left to begin it, or the run was cancelled.
    ///
    /// # Errors
    /// Those of the work but cancellation.
    pub fn piece<T: Serialize + DeserializeOwned>(
        &mut self,
        key: &str,
        work: impl FnOnce(&Watch) -> Result<T>,
    ) -> Result<Option<T>> {
        if let Some(value) = self.finished.remove(key) {
            self.resumed += 1;
            let value = serde_json::from_value(value).map_err(|error| Error::Invalid {
                what: format!("the piece `{key}` of the checkpoint"),
                value: "of another shape".into(),
                expected: format!("as this version writes it ({error}); begin a new file"),
            })?;
            return Ok(Some(value));
        }
        let is_late = self.budget.time.is_some_and(|time| self.start.elapsed() >= time);
        if self.watch.is_cancelled() || is_late {
            self.not_played.push(key.into());
            return Ok(None);
        }
        (self.tell)(key);
        let value = match work(self.watch) {
            Ok(value) => value,
            Err(Error::Interrupted) => {
                self.not_played.push(key.into());
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        // A checkpoint may hold what JSON makes of it, so that is what both runs go on with.
        let json = serde_json::to_value(&value).map_err(|error| Error::Invalid {
            what: format!("the piece `{key}`"),
            value: "without JSON".into(),
            expected: error.to_string(),
        })?;
        self.added += 1;
        if let Some(keeper) = &mut self.keeper {
            keeper.add(&Piece { key: key.into(), value: json.clone() });
        }
        let value = serde_json::from_value(json).map_err(|error| Error::Invalid {
            what: format!("the piece `{key}`"),
            value: "that is not read back".into(),
            expected: error.to_string(),
        })?;
        Ok(Some(value))
    }

    /// Enters a contender.
    pub fn enter(&mut self, contender: Contender) {
        self.contenders.push(contender);
    }

    /// A piece of work that comes to a contender, which is entered, and its details, which are
    /// returned.
    ///
    /// # Errors
    /// As [`piece`](Self::piece).
    pub fn play<D: Serialize + DeserializeOwned>(
        &mut self,
        name: &str,
        size: u64,
        work: impl FnOnce(&Watch) -> Result<(Contender, D)>,
    ) -> Result<Option<D>> {
        let played = self.piece(&format!("{name} at {size}"), work)?;
        Ok(played.map(|(contender, details)| {
            self.enter(contender);
            details
        }))
    }

    pub(super) fn into_error(self) -> Option<String> {
        self.keeper.and_then(Keeper::into_error)
    }
}
