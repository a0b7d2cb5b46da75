//! Finished points of a gap curve in a file, a line each.

use super::schedule::Schedule;
use super::spectrum::GapPoint;
use crate::error::Result;
use crate::ising::{Ising, reads};
use crate::math::{Checkpoint, Fingerprint, Keeper};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

const KIND: &str = "gap curve";

/// What points belong to at first: the model, the schedule and the seed.
pub(super) fn fingerprint(model: &Ising, schedule: &Schedule, seed: u64) -> Fingerprint {
    reads::fingerprint("gaps along an anneal", model, seed).and(schedule.fingerprint())
}

/// A point and what it cost.
#[derive(Serialize, Deserialize)]
struct Line {
    point: GapPoint,
    products: u64,
}

/// The points that a file has, which a walk meets in the order of its lines, and where new ones go.
pub(super) struct GapLog<'a> {
    checkpoint: &'a Checkpoint,
    keeper: Keeper,
    found: VecDeque<Line>,
    /// Of the points that were taken from the file.
    pub products: u64,
    pub resumed: u64,
    pub added: u64,
}

impl<'a> GapLog<'a> {
    pub fn open(checkpoint: &'a Checkpoint, belongs_to: &Fingerprint) -> Result<Self> {
        let (keeper, found) = checkpoint.open(KIND, belongs_to)?;
        let found = VecDeque::from(found);
        Ok(GapLog { checkpoint, keeper, found, products: 0, resumed: 0, added: 0 })
    }

    /// The point at s, if the file has it.
    pub fn take(&mut self, s: f64) -> Result<Option<GapPoint>> {
        let Some(Line { point, products }) = self.found.pop_front() else { return Ok(None) };
        // The walk goes by the points that it has met, to the bit.
        if point.s != s || point.levels.is_empty() {
            let (number, found) = (self.resumed, point.s);
            let why = format!("point {number} is at s = {found}, and the walk comes to s = {s}");
            return Err(self.checkpoint.damaged(&why));
        }
        self.products += products;
        self.resumed += 1;
        Ok(Some(point))
    }

    pub fn add(&mut self, point: &GapPoint, products: u64) {
        self.keeper.add(&Line { point: point.clone(), products });
        self.added += 1;
    }

    /// Why the file has not all points, if it has not.
    pub fn into_error(self) -> Option<String> {
        self.keeper.into_error()
    }
}

/// A number that may be infinite, which is null in JSON.
pub(super) mod or_infinite {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        x.is_finite().then_some(*x).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{dense, ring};
    use super::super::{GapCurve, GapSearch};
    use super::*;
    use crate::math::{Kept, Watch};
    use std::path::PathBuf;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("ketlab-gap-{}-{name}.jsonl", std::process::id()))
    }

    #[test]
    fn a_cut_file_goes_on() {
        let path = scratch("cut");
        let field = Ising::new((0..6).map(|i| 0.1 * f64::from(i)).collect(), [(0, 1, 1.0)], 0.5);
        for model in [dense(6), field, ring(2, 1.0)] {
            let search = GapSearch::new().points(9).seed(3);
            let run = |file: &Checkpoint| -> Kept<GapCurve> {
                search.run_kept(&model, &Schedule::linear(), file, |_, _| {}).unwrap()
            };
            let plain = search.run(&model, &Schedule::linear()).unwrap();
            let whole = run(&Checkpoint::new(&path));
            assert_eq!(whole.answer, plain);
            assert_eq!((whole.resumed, whole.error), (0, None));
            let all = whole.added;
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            assert_eq!(lines.len() as u64, all + 1);
            let file = Checkpoint::new(&path).resume(true);
            // All of it is there, to the bit.
            let again = run(&file);
            assert_eq!((&again.answer, again.resumed, again.added), (&plain, all, 0));
            for end in [1, 5, 10, lines.len() - 1] {
                std::fs::write(&path, lines[..end].concat()).unwrap();
                let mut seen = 0;
                let each = |_: &GapPoint, _: usize| seen += 1;
                let kept = search.run_kept(&model, &Schedule::linear(), &file, each).unwrap();
                assert_eq!(kept.resumed, end as u64 - 1);
                assert_eq!(seen, kept.resumed + kept.added);
                let curve = kept.answer;
                // Vectors begin anew, so that levels agree to the tolerance.
                assert!((curve.minimum_gap - plain.minimum_gap).abs() < 1e-7);
                assert!((curve.at - plain.at).abs() < 1e-3);
                for (point, other) in curve.points.iter().zip(&plain.points).take(end - 1) {
                    assert!((point.s - other.s).abs() < 1e-3);
                    for (a, b) in point.levels.iter().zip(&other.levels) {
                        assert!((a.energy - b.energy).abs() < 1e-7 || point.s != other.s);
                    }
                }
                assert!(curve.points.iter().all(|point| point.converged));
            }
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_file_belongs_to_the_curve() {
        let path = scratch("belongs");
        let (model, schedule) = (dense(4), Schedule::linear());
        let search = GapSearch::new().points(5);
        search.run_kept(&model, &schedule, &Checkpoint::new(&path), |_, _| {}).unwrap();
        let file = Checkpoint::new(&path).resume(true);
        let says = |search: GapSearch, model: &Ising, schedule: &Schedule| {
            let refused = search.run_kept(model, schedule, &file, |_, _| {});
            refused.unwrap_err().to_string()
        };
        let csv = Schedule::from_csv("s,A,B\n0,6,0\n1,0,4\n").unwrap();
        for (message, part) in [
            (
                says(search.clone(), &dense(5), &schedule),
                "number of spins is `4`; this run has `5`",
            ),
            (says(search.clone(), &ring(4, 1.0), &schedule), "model is"),
            (says(search.clone(), &model, &csv), "units is `dimensionless`"),
            (says(search.clone().points(6), &model, &schedule), "number of points is `5`"),
            (says(search.clone().levels(4), &model, &schedule), "number of levels is `3`"),
            (says(search.clone().tolerance(1e-6), &model, &schedule), "tolerance is"),
            (says(search.clone().seed(1), &model, &schedule), "seed is `0`; this run has `1`"),
        ] {
            assert!(message.contains(&format!("the checkpoint's {part}")), "{message}");
        }
        // Another walk's points.
        std::fs::remove_file(&path).unwrap();
        let print = search.belongs_to(&model, &schedule);
        let (mut keeper, _) = Checkpoint::new(&path).open::<Line>(KIND, &print).unwrap();
        let point = search.run(&model, &schedule).unwrap().points.pop().unwrap();
        keeper.add(&Line { point, products: 0 });
        drop(keeper);
        let message = says(search.clone(), &model, &schedule);
        assert!(message.contains("point 0 is at s = 1, and the walk comes to s = 0"), "{message}");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn an_interrupted_walk_goes_on() {
        let path = scratch("interrupted");
        let model = dense(5);
        let file = Checkpoint::new(&path).resume(true);
        let watch = Watch::default();
        let search = GapSearch::new().points(9);
        let ends = |point: &GapPoint, _: usize| {
            if point.s > 0.3 {
                watch.cancel();
            }
        };
        let linear = Schedule::linear();
        let first = search.clone().watch(&watch).run_kept(&model, &linear, &file, ends).unwrap();
        assert!(first.answer.interrupted && first.added == 4);
        let rest = search.run_kept(&model, &linear, &file, |_, _| {}).unwrap();
        assert!(!rest.answer.interrupted && rest.resumed == 4);
        let plain = search.run(&model, &linear).unwrap();
        assert!((rest.answer.minimum_gap - plain.minimum_gap).abs() < 1e-7);
        std::fs::remove_file(&path).unwrap();
    }
}
