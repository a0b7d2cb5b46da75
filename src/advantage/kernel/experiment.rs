//! The claim and who plays.

use crate::advantage::{Arena, Bar, Better, Claim, Contender, Cost, Experiment, Kind, Score};
use crate::error::{Error, Result, shown};
use crate::learning::KernelStudy;
use crate::learning::data::{DataSet, Task, built_in};
use crate::learning::kernel_study::{Contestant, KernelReport};
use crate::math::Watch;
use crate::math::statistics::clopper_pearson;
use crate::simulate::Simulator;
use serde::{Deserialize, Serialize};
use std::time::Instant;

const QUANTITY: &str = "accuracy ahead of the quantum kernel";
const QUANTUM: &str = "quantum kernel";
/// A quantum kernel on data by name, with more and more rows.
///
/// ```
/// use ketlab::advantage::{Run, Verdict, kernel::KernelAdvantage};
/// let mut experiment = KernelAdvantage::new("moons", 0.2);
/// experiment.sizes = vec![30];
/// let report = Run::new().run(&experiment)?;
/// assert!(!matches!(report.claims[0].verdict, Verdict::Holds { .. }));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KernelAdvantage {
    /// The name of the data without their number of rows, as `ad-hoc` or `moons`.
    pub data: String,
    /// Their noise, or of `ad-hoc` the gap between the classes.
    pub spread: f64,
    /// Numbers of rows, each a data set of its own.
    pub sizes: Vec<u64>,
    /// How each is studied.
    pub study: KernelStudy,
    /// The seed of the data and of the study.
    pub seed: u64,
}

impl KernelAdvantage {
    /// The ZZ map on 160 and 320 rows; features of `ad-hoc` are angles as they are.
    pub fn new(data: impl Into<String>, spread: f64) -> Self {
        let data = data.into();
        let mut study = KernelStudy::new("zz");
        if data == "ad-hoc" {
            study.scaling = Some(crate::learning::data::Scaling::None);
        }
        KernelAdvantage { data, spread, sizes: vec![160, 320], study, seed: 0 }
    }

    fn rows(&self, size: u64) -> Result<DataSet> {
        let text = format!("{}:{size}:{}", self.data, self.spread);
        built_in(&text, self.seed)?.ok_or_else(|| Error::Invalid {
            what: "data by name".into(),
            value: self.data.clone(),
            expected: "a name such as ad-hoc, moons, circles, blobs or spirals".into(),
        })
    }

    fn study(&self) -> KernelStudy {
        KernelStudy { seed: self.seed, ..self.study.clone() }
    }

    fn run(&self, size: u64, watch: &Watch) -> Result<Played> {
        let data = self.rows(size)?;
        let simulator = Simulator::new().with_watch(watch);
        let start = Instant::now();
        let report = self.study().run_telling(&data, &simulator, &mut |_| {})?;
        if report.interrupted {
            return Err(Error::Interrupted);
        }
        Played::new(size, &report, start.elapsed().as_secs_f64())
    }
}

/// What a study says of its kernel's geometry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    /// Rows, of which a part was learned from.
    pub rows: u64,
    /// Rows that judged.
    pub test_rows: usize,
    /// Accuracy of the quantum kernel on them.
    pub accuracy: f64,
    /// The classical kernel that its tuning scores highest, and its accuracy.
    pub best_classical: Option<(String, f64)>,
    /// The geometric difference to the nearest classical kernel that can fit as much.
    pub geometric_difference: Option<f64>,
    /// The kernel that it is of.
    pub nearest: Option<String>,
    /// √N of the training rows: a difference of this order leaves room for an advantage.
    pub room: f64,
    /// λ of the difference.
    pub lambda: f64,
    /// The variance of the kernel's entries over that of random states: near 1, the kernel is
    /// concentrated, and shots cannot tell its entries apart.
    pub concentration: Option<f64>,
}

/// Everybody of one study; of a checkpoint one piece.
#[derive(Serialize, Deserialize)]
struct Played {
    contenders: Vec<Contender>,
    geometry: Geometry,
}

impl Played {
    fn new(size: u64, report: &KernelReport, seconds: f64) -> Result<Self> {
        let cost = Cost {
            seconds: Some(seconds),
            threads: Some(crate::math::threads()),
            ..Cost::default()
        };
        let test_rows = report.split.test.len();
        let mut contenders = vec![
            Contender::new(
                QUANTUM,
                Kind::Quantum,
                size,
                "accuracy",
                accuracy(report, &report.quantum)?,
                cost,
            )
            .assuming("the kernel is known exactly, without shots and noise"),
        ];
        for rival in &report.rivals {
            let Some(advantage) = rival.advantage else { continue };
            // Rows where the rival alone is right, and those where the quantum kernel alone is.
            let Some((behind, ahead)) = advantage.discordant else { continue };
            let score = Score::paired(ahead, behind, test_rows as u64)?;
            let rival = Contender::new(
                &rival.name,
                Kind::Classical,
                size,
                QUANTITY,
                score,
                Cost::default(),
            );
            contenders.push(rival);
        }
        let rows = report.split.train.len();
        let best = report.best_classical.as_ref().and_then(|name| {
            let contestant = report.rivals.iter().find(|rival| &rival.name == name)?;
            Some((name.clone(), contestant.score()))
        });
        let geometry = Geometry {
            rows: size,
            test_rows,
            accuracy: report.quantum.score(),
            best_classical: best,
            geometric_difference: report.geometric_difference,
            nearest: report.nearest.clone(),
            room: (rows as f64).sqrt(),
            lambda: report.lambda,
            concentration: report.concentration.map(|c| c.variance / c.haar_variance),
        };
        Ok(Played { contenders, geometry })
    }
}

/// An accuracy with the exact interval of its rows.
fn accuracy(report: &KernelReport, contestant: &Contestant) -> Result<Score> {
    let (accuracy, rows) = (contestant.score(), report.split.test.len() as u64);
    let right = (accuracy * rows as f64).round() as u64;
    let (low, high) = clopper_pearson(right, rows, 0.05);
    Score::between(accuracy, low.min(accuracy), high.max(accuracy))
}

impl Experiment for KernelAdvantage {
    const NAME: &'static str = "kernel";
    type Details = Vec<Geometry>;

    fn check(&self) -> Result<()> {
        if self.sizes.is_empty() {
            return Err(Error::Invalid {
                what: "the numbers of rows".into(),
                value: "none".into(),
                expected: "give at least one".into(),
            });
        }
        if self.study.test.is_nan() || self.study.test <= 0.0 {
            return Err(Error::Invalid {
                what: "the test fraction".into(),
                value: shown(self.study.test),
                expected: "rows that nobody learned from judge the claim; take some".into(),
            });
        }
        if !self.study.rivals {
            return Err(Error::Invalid {
                what: "the study".into(),
                value: "without rivals".into(),
                expected: "a claim is judged by its rivals; leave them in".into(),
            });
        }
        for (k, &size) in self.sizes.iter().enumerate() {
            if self.sizes[..k].contains(&size) {
                return Err(Error::Invalid {
                    what: "the numbers of rows".into(),
                    value: format!("{size} twice"),
                    expected: "give each once".into(),
                });
            }
            let data = self.rows(size)?;
            self.study.rival_names(data.num_features())?;
            if data.task() != Task::Classification {
                return Err(Error::Invalid {
                    what: "the data of the claim".into(),
                    value: format!("{}, whose targets are numbers", self.data),
                    expected: "accuracies are compared, so take data with classes".into(),
                });
            }
        }
        Ok(())
    }

    fn claims(&self) -> Vec<Claim> {
        // What is wrong with the settings, `check` has said.
        let of_first = self.sizes.first().and_then(|&size| self.rows(size).ok());
        let names = of_first.map(|data| self.study.rival_names(data.num_features()));
        let rivals = names.and_then(Result::ok).unwrap_or_default();
        vec![Claim {
            statement: format!(
                "The quantum kernel ({}) classifies {} better than every classical learner that is \
                 tuned as well.",
                self.study.map, self.data
            ),
            quantity: QUANTITY.into(),
            better: Better::Higher,
            bar: Bar::Value(0.0),
            size: "rows".into(),
            sizes: self.sizes.clone(),
            rivals,
        }]
    }

    fn play(&self, arena: &mut Arena) -> Result<Vec<Geometry>> {
        let mut found = Vec::new();
        for &size in &self.sizes {
            let played = arena.piece(&format!("{size} rows"), |watch| self.run(size, watch))?;
            if let Some(Played { contenders, geometry }) = played {
                contenders.into_iter().for_each(|contender| arena.enter(contender));
                found.push(geometry);
            }
        }
        Ok(found)
    }

    fn evidence_ends_at(&self, details: &Vec<Geometry>) -> String {
        match details.iter().map(|geometry| geometry.rows).max() {
            Some(rows) => format!(
                "{rows} rows of {} with {} features; other data are other claims",
                self.data,
                self.rows(rows).map_or(0, |data| data.num_features())
            ),
            None => "no study: none has ended".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::{Run, Verdict};
    use crate::math::Checkpoint;

    fn small() -> KernelAdvantage {
        let mut experiment = KernelAdvantage::new("ad-hoc", 0.3);
        experiment.sizes = vec![20, 30];
        experiment.study.bandwidths = Some(vec![1.0]);
        experiment
    }

    #[test]
    fn rivals_are_those_of_the_study_and_few_rows_prove_nothing() {
        let report = Run::new().run(&small()).unwrap();
        let names: Vec<_> =
            report.contenders.iter().filter(|c| c.size == 20).map(|c| c.name.clone()).collect();
        let claim = &report.claims[0].claim;
        assert_eq!(names[1..], claim.rivals);
        assert!(claim.rivals.contains(&"zz without entanglement".to_string()));
        assert!(matches!(report.claims[0].verdict, Verdict::Undecided { .. }));
        assert_eq!(report.details.len(), 2);
    }

    #[test]
    fn a_resumed_run_comes_to_the_same_bits() {
        let path = std::env::temp_dir().join(format!("ketlab-advantage-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let first = Run::new().checkpoint(Checkpoint::new(&path)).run(&small()).unwrap();
        let again =
            Run::new().checkpoint(Checkpoint::new(&path).resume(true)).run(&small()).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!((first.resumed, again.resumed), (0, 2));
        assert_eq!(first.contenders, again.contenders);
        assert_eq!(first.details, again.details);
        assert_eq!(first.claims, again.claims);
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let says = |change: fn(&mut KernelAdvantage), text: &str| {
            let mut experiment = small();
            change(&mut experiment);
            let error = Run::new().run(&experiment).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        };
        says(|e| e.sizes.clear(), "numbers of rows");
        says(|e| e.data = "sin".into(), "classes");
        says(|e| e.data = "moon".into(), "moons");
        says(|e| e.study.test = 0.0, "test fraction");
        says(|e| e.study.map = "zzz".into(), "zz");
        says(|e| e.study.rivals = false, "rivals");
        says(|e| e.spread = f64::NAN, "NaN");
    }
}
