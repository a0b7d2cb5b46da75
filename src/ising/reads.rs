//! Reads of a sampler by their numbers: shared out to threads, and kept in a file as they finish.

use super::Ising;
use crate::error::{Error, Result};
use crate::math::{Bits, Checkpoint, Fingerprint, Keeper, Kept, Watch, for_each_in_order, threads};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::ops::Range;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const KIND: &str = "reads";
/// Finished reads wait no longer than this for their line, as far as others finish.
const PATIENCE: Duration = Duration::from_secs(1);
/// Reads have smaller numbers than this, so that the numbers of their streams are numbers, too.
const END: u64 = 1 << 56;

/// Which reads of a sampler: read k is the same wherever it is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reads {
    pub first: u64,
    pub count: u64,
}

impl Reads {
    /// Those from number 0 on.
    pub fn new(count: u64) -> Self {
        Reads { first: 0, count }
    }

    pub fn check(self) -> Result<()> {
        check_count("reads", self.count)?;
        if self.first.saturating_add(self.count) <= END {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of the last read".into(),
            value: (u128::from(self.first) + u128::from(self.count) - 1).to_string(),
            expected: "it must be below 2^56".into(),
        })
    }

    /// Adds the first number to what is said of samples, where it is not 0.
    pub fn tell(self, parameters: &mut Map<String, Value>) {
        if self.first > 0 {
            parameters.insert("first_read".into(), self.first.into());
        }
    }

    fn numbers(self) -> Range<u64> {
        self.first..self.first + self.count
    }
}

pub(crate) fn check_count(what: &str, count: u64) -> Result<()> {
    if count > 0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the number of {what}"),
        value: "0".into(),
        expected: "there must be at least one".into(),
    })
}

/// What the reads of a method on a model belong to, at first.
pub(crate) fn fingerprint(method: &str, model: &Ising, seed: u64) -> Fingerprint {
    Fingerprint::new().with("method", method).and(model_fingerprint(model)).with("seed", &seed)
}

/// What belongs to a model.
pub(crate) fn model_fingerprint(model: &Ising) -> Fingerprint {
    Fingerprint::new()
        .with("number of spins", &model.num_spins())
        .with("model", &(model.fields(), model.couplings(), model.offset()))
}

/// How reads are run together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Together {
    /// One at a time.
    One,
    /// In groups of 8, or of 16 where there are enough for all threads.
    Lanes,
    /// In groups of words of 64 reads, the first with a number that is a multiple of 64; up to eight words
    /// where there are enough for all threads. Of the words at the ends of what is missing there may be
    /// only a part.
    Words,
}

/// A file that keeps reads, what they belong to, and why one of the file cannot be this run's.
pub(crate) struct File<'a, R> {
    pub checkpoint: &'a Checkpoint,
    pub belongs_to: Fingerprint,
    pub fault: &'a dyn Fn(&R) -> Option<String>,
}

impl<'a, R> File<'a, R> {
    pub fn new(
        checkpoint: Option<&'a Checkpoint>,
        belongs_to: impl FnOnce() -> Result<Fingerprint>,
        fault: &'a dyn Fn(&R) -> Option<String>,
    ) -> Result<Option<Self>> {
        let file = |checkpoint| Ok(File { checkpoint, belongs_to: belongs_to()?, fault });
        checkpoint.map(file).transpose()
    }
}

/// Bytes that a read of so many spins takes more where it goes to a file or comes from one.
pub(crate) fn bytes_in_a_file(checkpoint: Option<&Checkpoint>, spins: u64) -> u128 {
    // Its text and three JSON values.
    if checkpoint.is_some() { u128::from(spins) + 160 } else { 0 }
}

/// Why this cannot be a configuration of so many spins.
pub(crate) fn length_fault(bits: &Bits, spins: u64) -> Option<String> {
    let found = bits.len() as u64;
    (found != spins).then(|| format!("has {found} spins where the model has {spins}"))
}

/// Reads that are finished, in order.
pub(crate) struct Finished<R> {
    pub reads: Vec<R>,
    pub resumed: u64,
    pub added: u64,
    /// Why the file has not all of them, if it has not.
    pub error: Option<String>,
}

impl<R> Finished<R> {
    pub fn len(&self) -> u64 {
        self.reads.len() as u64
    }

    /// With what the reads are made into.
    pub fn kept<T>(self, answer: impl FnOnce(Vec<R>) -> Result<T>) -> Result<Kept<T>> {
        let Finished { reads, resumed, added, error } = self;
        Ok(Kept { answer: answer(reads)?, resumed, added, error })
    }
}

/// Runs those of the reads that the file does not have. `run` gets the first read of a group, how many
/// there are, and the size of a full group, and returns what each comes to.
pub(crate) fn run<R: Send + Serialize + DeserializeOwned>(
    reads: Reads,
    together: Together,
    watch: &Watch,
    file: Option<File<'_, R>>,
    run: impl Fn(u64, usize, usize) -> Result<Vec<R>> + Sync,
) -> Result<Finished<R>> {
    let (log, found) = match file {
        Some(file) => {
            let (log, found) = open(&file, reads)?;
            (Some(log), found)
        }
        None => (None, Vec::new()),
    };
    let resumed = found.len() as u64;
    watch.add_rows(resumed);
    let missing = missing(reads, found.iter().map(|(number, _)| *number));
    let left: u64 = missing.iter().map(|range| range.end - range.start).sum();
    let (workers, lanes) = match together {
        Together::One => (threads() as u64, 1),
        Together::Lanes => {
            let workers = (threads() as u64).min(left.div_ceil(8)).max(1);
            (workers, if left > 8 * workers { 16 } else { 8 })
        }
        Together::Words => {
            let words = left.div_ceil(64).max(1);
            let workers = (threads() as u64).min(words);
            (workers, 64 << words.div_ceil(workers).min(8).ilog2())
        }
    };
    let unit = if together == Together::Words { 64 } else { 1 };
    let groups: Vec<Range<u64>> = missing
        .into_iter()
        .flat_map(|range| {
            let starts = (range.start / unit * unit..range.end).step_by(lanes);
            starts.map(move |start| start.max(range.start)..(start + lanes as u64).min(range.end))
        })
        .collect();
    let mut answers: Vec<Vec<R>> = Vec::new();
    answers.resize_with(groups.len(), Vec::new);
    let log = Mutex::new(log);
    let done = for_each_in_order(
        &mut vec![(); (workers as usize).min(groups.len()).max(1)],
        (groups.len(), groups.iter().zip(answers.iter_mut())),
        1,
        watch,
        |(), _, (group, answer)| {
            let used = group.end - group.start;
            *answer = run(group.start, used as usize, lanes)?;
            // One of them is counted as the item.
            watch.add_rows(used - 1);
            if let Some(log) = log.lock().expect("nobody panics with it").as_mut() {
                log.add(group.start, answer)?;
            }
            Ok(())
        },
    );
    let error = log.into_inner().expect("nobody panics with it").and_then(Lines::finish);
    match done.map_err(Error::from) {
        // What the file had is finished, too.
        Err(Error::Interrupted) if resumed > 0 => {}
        done => _ = done?,
    }
    let added = answers.iter().map(Vec::len).sum::<usize>() as u64;
    let new = groups.into_iter().zip(answers).flat_map(|(group, answer)| group.zip(answer));
    let mut all: Vec<(u64, R)> = found.into_iter().chain(new).collect();
    all.sort_by_key(|(number, _)| *number);
    let reads = all.into_iter().map(|(_, read)| read).collect();
    Ok(Finished { reads, resumed, added, error })
}

/// A line of the file: reads with their numbers.
#[derive(Serialize, Deserialize)]
struct Line<R> {
    reads: Vec<(u64, R)>,
}

/// Opens the file: where new reads are added, and those of this run that it has, in order. It may have
/// others of the same sampler.
fn open<R: DeserializeOwned>(file: &File<'_, R>, reads: Reads) -> Result<(Lines, Vec<(u64, R)>)> {
    let (keeper, lines) = file.checkpoint.open::<Line<R>>(KIND, &file.belongs_to)?;
    let mut found: Vec<(u64, R)> = lines.into_iter().flat_map(|line| line.reads).collect();
    found.sort_by_key(|(number, _)| *number);
    let damaged = |why: String| Err(file.checkpoint.damaged(&why));
    if let Some(pair) = found.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return damaged(format!("read {} is there twice", pair[0].0));
    }
    if let Some((number, why)) = found.iter().find_map(|(k, r)| Some((k, (file.fault)(r)?))) {
        return damaged(format!("read {number} {why}"));
    }
    found.retain(|(number, _)| reads.numbers().contains(number));
    let lines = Lines { keeper, waiting: Vec::new(), written: Instant::now() };
    Ok((lines, found))
}

/// The numbers that are not among these, which grow.
fn missing(reads: Reads, found: impl Iterator<Item = u64>) -> Vec<Range<u64>> {
    let Range { start: mut next, end } = reads.numbers();
    let mut missing = Vec::new();
    for number in found.chain([end]) {
        if next < number {
            missing.push(next..number);
        }
        next = number + 1;
    }
    missing
}

/// Collects finished reads to lines: a line is written to the disk, which takes longer than many a
/// read.
struct Lines {
    keeper: Keeper,
    waiting: Vec<(u64, Value)>,
    written: Instant,
}

impl Lines {
    fn add<R: Serialize>(&mut self, first: u64, reads: &[R]) -> Result<()> {
        for (number, read) in (first..).zip(reads) {
            let value = serde_json::to_value(read).map_err(|error| Error::Invalid {
                what: format!("read {number}"),
                value: "without JSON".into(),
                expected: error.to_string(),
            })?;
            self.waiting.push((number, value));
        }
        if self.written.elapsed() >= PATIENCE {
            self.write();
        }
        Ok(())
    }

    fn write(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let mut reads = std::mem::take(&mut self.waiting);
        // Threads finish in any order.
        reads.sort_by_key(|(number, _)| *number);
        self.keeper.add(&Line { reads });
        self.written = Instant::now();
    }

    /// Writes what waits, and says why the file has not all, if it has not.
    fn finish(mut self) -> Option<String> {
        self.write();
        self.keeper.into_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::on_threads;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("ketlab-reads-{}-{name}.jsonl", std::process::id()))
    }

    fn fault(read: &u64) -> Option<String> {
        (*read == 13).then(|| "is unlucky".into())
    }

    fn file(checkpoint: &Checkpoint) -> Option<File<'_, u64>> {
        let belongs_to = || Ok(Fingerprint::new().with("seed", &1));
        File::new(Some(checkpoint), belongs_to, &fault).unwrap()
    }

    /// The square of each number; cancels the watch at `end`.
    fn squares(
        reads: Reads,
        file: Option<File<'_, u64>>,
        together: Together,
        end: u64,
    ) -> Result<Finished<u64>> {
        let watch = Watch::default();
        run(reads, together, &watch, file, |first, used, lanes| {
            assert!(used <= lanes);
            if (first..first + used as u64).contains(&end) {
                watch.cancel();
                return Err(Error::Interrupted);
            }
            Ok((first..).take(used).map(|k| k * k).collect())
        })
    }

    #[test]
    fn an_interrupted_run_goes_on_with_what_is_missing() {
        let path = scratch("interrupted");
        let file_there = Checkpoint::new(&path).resume(true);
        let reads = Reads { first: 100, count: 200 };
        for together in [Together::One, Together::Lanes] {
            let mut resumed = 0;
            // Not even the first group, then some, then none, then the rest.
            for (round, end) in [100, 170, 170, u64::MAX].into_iter().enumerate() {
                let threads = 1 + round % 3;
                let done = on_threads(threads, || squares(reads, file(&file_there), together, end));
                if round == 0 {
                    assert_eq!(
                        done.err().map(|e| e.to_string()),
                        Some(Error::Interrupted.to_string())
                    );
                    continue;
                }
                let done = done.unwrap();
                assert!(done.error.is_none() && done.resumed >= resumed);
                assert_eq!(done.resumed + done.added, done.len());
                resumed = done.len();
                assert_eq!(resumed == 200, end == u64::MAX);
                if resumed == 200 {
                    assert!(done.reads.into_iter().eq((100..300).map(|k| k * k)));
                }
            }
            // Reads before and behind those that are there.
            let more = Reads { first: 90, count: 300 };
            let done = squares(more, file(&file_there), together, u64::MAX).unwrap();
            assert_eq!((done.resumed, done.added), (200, 100));
            assert!(done.reads.into_iter().eq((90..390).map(|k| k * k)));
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn words_begin_at_multiples_of_64() {
        let path = scratch("words");
        let file_there = Checkpoint::new(&path).resume(true);
        for (threads, reads) in [
            (1, Reads { first: 100, count: 30 }),
            (2, Reads { first: 90, count: 700 }),
            (3, Reads { first: 0, count: 2000 }),
        ] {
            let watch = Watch::default();
            let each = |first: u64, used: usize, lanes: usize| {
                let ends = [first, first + used as u64];
                assert!(lanes.is_multiple_of(64) && lanes <= 512);
                assert!(ends[1] <= first / 64 * 64 + lanes as u64);
                // Where it does not begin or end with a word, it does so with what is missing.
                let cuts = [0, 90, 100, 130, 790, 2000];
                assert!(ends.iter().all(|end| end % 64 == 0 || cuts.contains(end)), "{ends:?}");
                Ok((first..).take(used).map(|k| k * k).collect())
            };
            let done = on_threads(threads, || {
                run(reads, Together::Words, &watch, file(&file_there), each).unwrap()
            });
            assert_eq!(watch.rows(), reads.count);
            assert!(done.reads.into_iter().eq(reads.numbers().map(|k| k * k)));
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_is_wrong_in_a_file_is_named() {
        let path = scratch("wrong");
        let file_there = Checkpoint::new(&path).resume(true);
        let says = |line: Value| {
            let belongs_to = Fingerprint::new().with("seed", &1);
            let (mut keeper, _) = Checkpoint::new(&path).open::<Value>(KIND, &belongs_to).unwrap();
            keeper.add(&line);
            drop(keeper);
            let run = squares(Reads::new(4), file(&file_there), Together::One, u64::MAX);
            std::fs::remove_file(&path).unwrap();
            run.err().expect("it is refused").to_string()
        };
        let twice = says(serde_json::json!({"reads": [[2, 4], [2, 4]]}));
        assert!(twice.contains("damaged: read 2 is there twice"), "{twice}");
        let unlucky = says(serde_json::json!({"reads": [[2, 13]]}));
        assert!(unlucky.contains("damaged: read 2 is unlucky"), "{unlucky}");
        let other = says(serde_json::json!({"reads": [[2, null]]}));
        assert!(other.contains("the checkpoint is damaged"), "{other}");
    }

    #[test]
    fn numbers_have_an_end() {
        assert!(Reads { first: END - 1, count: 1 }.check().is_ok());
        let says = |first, count| Reads { first, count }.check().unwrap_err().to_string();
        assert!(says(END, 1).contains("below 2^56"));
        assert!(says(u64::MAX, u64::MAX).contains("the number of the last read"));
        assert!(says(0, 0).contains("there must be at least one"));
        let calls = AtomicU64::new(0);
        let one = run::<u64>(
            Reads { first: END - 1, count: 1 },
            Together::Lanes,
            &Watch::default(),
            None,
            |first, used, _| {
                calls.fetch_add(1, Ordering::Relaxed);
                Ok(vec![first; used])
            },
        );
        assert_eq!(one.unwrap().reads, [END - 1]);
        assert_eq!(calls.into_inner(), 1);
    }
}
