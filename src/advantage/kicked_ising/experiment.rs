//! The claims, and who plays.

use super::light_cone::largest_cone;
use super::observable::KickedObservable;
use super::published::{Published, PublishedCurve};
use super::report::{Curve, Point, PropagatedValue};
use super::rival::{KickedRival, mean, propagate};
use super::score::{LEAST_ANGLES, between, error_of, error_of_experiment, truth};
use crate::advantage::{Arena, Bar, Better, Claim, Contender, Cost, Experiment, Kind, Score};
use crate::error::{Error, Result, shown};
use crate::math::Fingerprint;
use crate::propagation::Truncation;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::path::PathBuf;
use std::time::Instant;

/// The experiment as a contender.
const EXPERIMENT: &str = "ibm_kyiv, 127 qubits";

/// The kicked Ising model on 127 qubits, classically, beside published values.
///
/// ```
/// use ketlab::advantage::Run;
/// use ketlab::advantage::kicked_ising::{KickedIsing, KickedObservable};
/// let mut experiment = KickedIsing::new();
/// experiment.observables = vec![KickedObservable::Z62Steps9];
/// (experiment.angles, experiment.min_coefficient) = (vec![0.2, 1.4], Some(1e-3));
/// let report = Run::new().run(&experiment)?;
/// let value = report.details[0].points[0].propagation.unwrap();
/// assert!((value.value - 0.981).abs() < 0.01);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KickedIsing {
    /// What is measured.
    pub observables: Vec<KickedObservable>,
    /// Angles of the kicks, in radians.
    pub angles: Vec<f64>,
    /// The rivals.
    pub rivals: Vec<KickedRival>,
    /// The least coefficient of Pauli propagation; each observable's own unless said.
    pub min_coefficient: Option<f64>,
    /// Its largest weight; each observable's own unless said.
    pub max_weight: Option<usize>,
    /// Its largest number of strings.
    pub max_terms: Option<usize>,
    /// Light cones of more qubits than this are not simulated.
    pub max_cone: usize,
    /// Values whose trend spans more than this have not converged.
    pub tolerance: f64,
    /// The folder of published values ([`Published::read`]); without it there is nobody to compare
    /// with, and claims are undecided.
    pub published: Option<PathBuf>,
    /// What was in that folder.
    pub published_values: Option<Fingerprint>,
}

impl Default for KickedIsing {
    fn default() -> Self {
        Self::new()
    }
}

impl KickedIsing {
    /// All observables at the 17 angles kπ/32 by all rivals, light cones up to 20 qubits; a trend of
    /// 0.005 has converged.
    pub fn new() -> Self {
        KickedIsing {
            observables: KickedObservable::ALL.to_vec(),
            angles: (0..=16).map(|k| f64::from(k) * PI / 32.0).collect(),
            rivals: KickedRival::ALL.to_vec(),
            min_coefficient: None,
            max_weight: None,
            max_terms: None,
            max_cone: 20,
            tolerance: 5e-3,
            published: None,
            published_values: None,
        }
    }

    /// With the published values of a folder.
    ///
    /// # Errors
    /// As [`Published::read`].
    pub fn with_published(mut self, folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        self.published_values = Some(Published::read(&folder)?.fingerprint());
        self.published = Some(folder);
        Ok(self)
    }

    fn read(&self) -> Result<Option<Published>> {
        let Some(folder) = &self.published else { return Ok(None) };
        let published = Published::read(folder)?;
        let found = published.fingerprint();
        if self.published_values.as_ref().is_some_and(|known| *known != found) {
            return Err(Error::Invalid {
                what: "the folder of published values".into(),
                value: folder.display().to_string(),
                expected: "its files are others than those of the manifest".into(),
            });
        }
        Ok(Some(published))
    }

    fn truncation(&self, observable: KickedObservable) -> Truncation {
        let own = observable.truncation();
        Truncation {
            min_coefficient: self.min_coefficient.unwrap_or(own.min_coefficient),
            max_weight: self.max_weight.or(own.max_weight),
            max_terms: self.max_terms,
            ..own
        }
    }

    /// One observable, before anybody has played.
    fn curve(
        &self,
        observable: KickedObservable,
        published: Option<&PublishedCurve>,
        arena: &mut Arena,
    ) -> Result<Curve> {
        let truncation = self.truncation(observable);
        let cone_qubits = largest_cone(observable)?;
        let point = |&theta: &f64| {
            let known = published.and_then(|curve| truth(curve, theta));
            Point {
                theta,
                propagation: None,
                converged: None,
                light_cone: None,
                stabilizer: None,
                mean_field: None,
                truth: known.map(|(value, _)| value),
                truth_error: known.map(|(_, error)| error),
                error: None,
            }
        };
        let points = self.angles.iter().map(point).collect();
        if let Some(curve) = published {
            enter_published(observable, curve, &self.angles, arena)?;
        }
        Ok(Curve {
            observable,
            description: observable.description().into(),
            min_coefficient: truncation.min_coefficient,
            max_weight: truncation.max_weight,
            max_terms: truncation.max_terms,
            cone_qubits,
            points,
            measured: published.map(|curve| curve.measured.clone()).unwrap_or_default(),
        })
    }

    /// One rival at all angles.
    fn rival(
        &self,
        rival: KickedRival,
        curve: &mut Curve,
        published: Option<&PublishedCurve>,
        arena: &mut Arena,
    ) -> Result<()> {
        let Curve { observable, cone_qubits, .. } = *curve;
        let truncation = &self.truncation(observable);
        let beyond = |limit: String| {
            let (name, depth) = (rival.name(), observable.depth());
            Contender::beyond_reach(name, Kind::Classical, depth, quantity(observable), limit)
        };
        if rival == KickedRival::LightCone && cone_qubits > self.max_cone {
            arena.enter(beyond(format!(
                "a light cone of {cone_qubits} qubits, more than {}",
                self.max_cone
            )));
            return Ok(());
        }
        let (mut values, mut seconds, mut missing) = (Vec::new(), 0.0, None::<String>);
        for point in &mut curve.points {
            let theta = point.theta;
            let key = format!("{rival} of {observable} at {theta}");
            let played = arena.piece(&key, |watch| {
                let start = Instant::now();
                let value = match rival {
                    KickedRival::PauliPropagation => {
                        Played::Propagated(propagate(observable, theta, truncation, watch)?)
                    }
                    _ => match mean(rival, observable, theta, watch) {
                        Ok(value) => Played::Value(value),
                        Err(Error::Unsupported { operation, .. }) => Played::Refused(operation),
                        Err(other) => return Err(other),
                    },
                };
                Ok((value, start.elapsed().as_secs_f64()))
            })?;
            let Some((played, time)) = played else {
                missing.get_or_insert("it did not come to all angles".into());
                continue;
            };
            seconds += time;
            let value = match played {
                Played::Refused(operation) => {
                    missing.get_or_insert(format!("it does not take {operation}"));
                    continue;
                }
                Played::Propagated(propagated) => {
                    point.converged = Some(propagated.spread <= self.tolerance);
                    point.error = point.truth.map(|truth| propagated.value - truth);
                    point.propagation = Some(propagated);
                    propagated.value
                }
                Played::Value(value) => value,
            };
            match rival {
                KickedRival::PauliPropagation => {}
                KickedRival::LightCone => point.light_cone = Some(value),
                KickedRival::Stabilizer => point.stabilizer = Some(value),
                KickedRival::MeanField => point.mean_field = Some(value),
            }
            values.push((theta, value));
        }
        let score = published.map(|curve| error_of(&values, curve)).transpose()?.flatten();
        let contender = match (missing, score) {
            (Some(limit), _) => beyond(limit),
            (None, None) => beyond(format!(
                "fewer than {LEAST_ANGLES} of its angles have a published value and are no Clifford \
                 points"
            )),
            (None, Some(score)) => {
                let threads = Some(crate::math::threads());
                let cost = Cost { seconds: Some(seconds), threads, ..Cost::default() };
                let (name, depth) = (rival.name(), observable.depth());
                let quantity = quantity(observable);
                let contender = Contender::new(name, Kind::Classical, depth, quantity, score, cost);
                match rival.assumption() {
                    Some(assumption) => contender.assuming(assumption),
                    None => contender,
                }
            }
        };
        arena.enter(contender);
        Ok(())
    }
}

/// A name that a list has twice.
fn twice<'n>(list: &[&'n str]) -> Option<&'n str> {
    (0..list.len()).find_map(|k| list[..k].contains(&list[k]).then_some(list[k]))
}

/// What a rival came to at one angle.
#[derive(Serialize, Deserialize)]
enum Played {
    Value(f64),
    Propagated(PropagatedValue),
    /// What its method does not take.
    Refused(String),
}

fn quantity(observable: KickedObservable) -> String {
    format!("error of {observable}")
}

/// The classical methods that were published with the experiment, where they are.
fn published_rivals(curve: &PublishedCurve) -> impl Iterator<Item = (&'static str, &[(f64, f64)])> {
    [("MPS (Kim et al.)", &curve.mps[..]), ("isoTNS (Kim et al.)", &curve.isotns)]
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
}

/// The experiment and the classical methods that were published with it.
fn enter_published(
    observable: KickedObservable,
    curve: &PublishedCurve,
    angles: &[f64],
    arena: &mut Arena,
) -> Result<()> {
    let (depth, quantity) = (observable.depth(), quantity(observable));
    let enter = |name: &str, kind: Kind, score: Score, assumption: &str, arena: &mut Arena| {
        let contender = Contender::new(name, kind, depth, &quantity, score, Cost::default());
        arena.enter(contender.assuming(assumption));
    };
    if let Some(score) = error_of_experiment(&curve.measured, curve)? {
        let assumption = "errors are at its own angles, where true values are interpolated; the \
                          exponential fit counts, and where it failed the linear one";
        enter(EXPERIMENT, Kind::Experiment, score, assumption, arena);
    }
    for (name, list) in published_rivals(curve) {
        let at = |&theta: &f64| Some((theta, between(list, theta)?));
        let values: Vec<(f64, f64)> = angles.iter().filter_map(at).collect();
        if let Some(score) = error_of(&values, curve)? {
            let assumption = "published values, on lines between neighbouring angles";
            enter(name, Kind::Classical, score, assumption, arena);
        }
    }
    Ok(())
}

impl Experiment for KickedIsing {
    const NAME: &'static str = "kicked-ising";
    type Details = Vec<Curve>;

    fn check(&self) -> Result<()> {
        for (what, is_empty) in [
            ("observables", self.observables.is_empty()),
            ("angles", self.angles.is_empty()),
            ("rivals", self.rivals.is_empty()),
        ] {
            if is_empty {
                return Err(Error::Invalid {
                    what: format!("the number of {what}"),
                    value: "0".into(),
                    expected: "give at least one".into(),
                });
            }
        }
        let observables: Vec<&str> = self.observables.iter().map(|o| o.name()).collect();
        let rivals: Vec<&str> = self.rivals.iter().map(|rival| rival.name()).collect();
        if let Some(name) = twice(&observables).or_else(|| twice(&rivals)) {
            return Err(Error::Invalid {
                what: "the list of observables or rivals".into(),
                value: format!("{name} twice"),
                expected: "name each once".into(),
            });
        }
        if let Some(&value) = self.angles.iter().find(|angle| !angle.is_finite()) {
            return Err(Error::NotFinite { what: "an angle of the kicks".into(), value });
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return Err(Error::Invalid {
                what: "the tolerance of a trend".into(),
                value: shown(self.tolerance),
                expected: "it must be a positive number".into(),
            });
        }
        for &observable in &self.observables {
            self.truncation(observable).check()?;
        }
        self.read().map(drop)
    }

    fn claims(&self) -> Vec<Claim> {
        // What is wrong with the folder, `check` has said.
        let published = self.read().ok().flatten();
        let claim = |&observable: &KickedObservable| {
            let mut rivals: Vec<String> =
                self.rivals.iter().map(|rival| rival.name().to_string()).collect();
            let curve = published.as_ref().map(|published| published.curve(observable));
            rivals.extend(
                curve.into_iter().flat_map(published_rivals).map(|(name, _)| name.to_string()),
            );
            Some(Claim {
                statement: format!(
                    "No classical computer gets {} as accurately as the experiment on 127 qubits.",
                    observable.figure().map(|_| observable.description())?
                ),
                quantity: quantity(observable),
                better: Better::Lower,
                bar: Bar::Contender(EXPERIMENT.into()),
                size: "layers of kicks".into(),
                sizes: vec![observable.depth()],
                rivals,
            })
        };
        self.observables.iter().filter_map(claim).collect()
    }

    fn play(&self, arena: &mut Arena) -> Result<Vec<Curve>> {
        let published = self.read()?;
        let mut curves = Vec::new();
        let of = |observable| published.as_ref().map(|published| published.curve(observable));
        for &observable in &self.observables {
            curves.push(self.curve(observable, of(observable), arena)?);
        }
        // Those that take no time first, so that a budget is not spent before them.
        for rival in KickedRival::BY_COST.into_iter().filter(|rival| self.rivals.contains(rival)) {
            for curve in &mut curves {
                self.rival(rival, curve, of(curve.observable), arena)?;
            }
        }
        Ok(curves)
    }

    fn evidence_ends_at(&self, details: &Vec<Curve>) -> String {
        let steps = details.iter().map(|curve| curve.observable.steps()).max().unwrap_or(0);
        let open: Vec<String> = details
            .iter()
            .filter_map(|curve| {
                let open = curve.points.iter().filter(|point| point.converged == Some(false));
                let angles: Vec<f64> = open.map(|point| point.theta).collect();
                let (first, last) = (angles.first()?, angles.last()?);
                Some(format!("{} from θ = {first:.3} to {last:.3}", curve.observable))
            })
            .collect();
        let open = match open.is_empty() {
            true => String::new(),
            false => format!("; Pauli propagation has not converged for {}", open.join(", ")),
        };
        format!(
            "{steps} steps on 127 qubits{open}; more steps, and other angles of the couplings, are \
                 other claims"
        )
    }
}
