//! All that decides what a study of a kernel comes to, beside its data: the manifest.

use crate::device::NoiseModel;
use crate::error::{Error, Result, shown};
use crate::learning::classical::{C_GRID, LAMBDA_GRID};
use crate::learning::data::Scaling;
use crate::learning::kernel::Repair;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::f64::consts::FRAC_PI_2;
use std::fmt;
use std::str::FromStr;

/// What is compared of two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelKind {
    /// [`FidelityKernel`](crate::learning::kernel::FidelityKernel)
    Fidelity,
    /// [`ProjectedKernel`](crate::learning::kernel::ProjectedKernel)
    Projected,
}

/// What learns from kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learner {
    /// A support vector machine, of numbers with ε-insensitive loss.
    Svm,
    /// Kernel ridge regression, of classes with targets 1 and -1.
    Ridge,
}

/// What features are multiplied with, after they are scaled: the bandwidths of a quantum kernel that
/// are tried, as many as the classical kernels with a bandwidth have
/// ([`BANDWIDTHS`](crate::learning::classical::BANDWIDTHS)). A kernel of many qubits needs small ones
/// (Shaydulin and Wild, Physical Review A 106, 042407 (2022)). Of equal ones the first is taken.
pub const BANDWIDTH_FACTORS: [f64; 7] = [1.0, 0.7, 1.5, 0.5, 3.0, 0.25, 0.1];

/// A study of a quantum kernel: data are split and scaled, bandwidth and strength are chosen by folds
/// of the training rows, and the test rows judge; classical kernels, a linear model and the same map
/// without entanglement are tuned by the same folds, each with as many trials, and judged by the same
/// rows. The same settings, data and program give the same numbers, at any number of threads.
///
/// ```
/// use ketlab::learning::KernelStudy;
/// use ketlab::learning::data::{Scaling, built_in};
/// let data = built_in("ad-hoc:60:0.3", 1)?.expect("a name");
/// let mut study = KernelStudy::new("zz");
/// // Its features are angles of this map.
/// (study.scaling, study.seed) = (Some(Scaling::None), 1);
/// let report = study.run(&data, &ketlab::Simulator::new())?;
/// assert!(report.accuracy.unwrap() > 0.9);
/// assert!(report.geometric_difference.unwrap() > 3.0);
/// println!("{}", report.verdict.unwrap().text);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KernelStudy {
    /// The embedding by its name, as
    /// [`EmbeddingKind`](crate::circuit::library::EmbeddingKind) has them.
    pub map: String,
    /// What is compared of two states.
    pub kind: KernelKind,
    /// γ of a projected kernel; that which its training rows set unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gamma: Option<f64>,
    /// The range of features; the map's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// What scaled features are multiplied with: one is chosen. [`BANDWIDTH_FACTORS`] unless said; 1
    /// for maps of bits and of amplitudes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidths: Option<Vec<f64>>,
    /// The fraction of the rows that judge. With 0 all rows are learned from, and folds judge, each
    /// by everything tuned anew on the others.
    pub test: f64,
    /// The number of folds by which settings are chosen, of training rows; fewer where a class has
    /// fewer rows.
    pub folds: usize,
    /// What learns from kernels.
    pub learner: Learner,
    /// The strengths that are tried for every kernel, C or λ of the learner; the grid of all classical
    /// learners unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strengths: Option<Vec<f64>>,
    /// ε of support vector regression, in standard deviations of the training targets.
    pub epsilon: f64,
    /// Shots of each entry (of a projected kernel: of each of three circuits a row), if kernels are
    /// not exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shots: Option<u64>,
    /// What is done about negative eigenvalues.
    #[serde(default, serialize_with = "name_of_repair", deserialize_with = "repair_of_name")]
    pub repair: Repair,
    /// A noise model, as its JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Value>,
    /// λ of geometric differences and model complexities: absolute, of kernels of trace N.
    pub lambda: f64,
    /// Whether everything that the kernel is compared with is learned as well.
    pub rivals: bool,
    /// Whether labels are made for which the quantum kernel's advantage is as large as it can be.
    pub relabel: bool,
    /// The seed of everything that is random.
    pub seed: u64,
}

impl KernelStudy {
    /// The exact fidelity kernel of a map with a support vector machine; 30 % of the rows for the
    /// test, 5 folds; ε = 0.1 and λ = 10⁻³; with rivals; seed 0.
    pub fn new(map: impl Into<String>) -> Self {
        KernelStudy {
            map: map.into(),
            kind: KernelKind::Fidelity,
            gamma: None,
            scaling: None,
            bandwidths: None,
            test: 0.3,
            folds: 5,
            learner: Learner::Svm,
            strengths: None,
            epsilon: 0.1,
            shots: None,
            repair: Repair::None,
            noise: None,
            lambda: 1e-3,
            rivals: true,
            relabel: false,
            seed: 0,
        }
    }

    /// The range of features: what was asked for, or what suits the map. Angles cover half a circle;
    /// maps with products of features turn fast and have 0 to 1; bits and amplitudes stay as they are.
    pub fn feature_scaling(&self) -> Scaling {
        let of_map = match self.word() {
            "basis" | "amplitude" => Scaling::None,
            "zz" | "pauli" | "z" => Scaling::MinMax { low: 0.0, high: 1.0 },
            _ => Scaling::MinMax { low: -FRAC_PI_2, high: FRAC_PI_2 },
        };
        self.scaling.unwrap_or(of_map)
    }

    /// The bandwidths that are tried.
    pub fn factors(&self) -> Vec<f64> {
        match (&self.bandwidths, self.word()) {
            (Some(given), _) => given.clone(),
            (None, "basis" | "amplitude") => vec![1.0],
            (None, _) => BANDWIDTH_FACTORS.to_vec(),
        }
    }

    /// The strengths that are tried for every kernel.
    pub fn strengths(&self) -> Vec<f64> {
        match (&self.strengths, self.learner) {
            (Some(given), _) => given.clone(),
            (None, Learner::Svm) => C_GRID.to_vec(),
            (None, Learner::Ridge) => LAMBDA_GRID.to_vec(),
        }
    }

    /// The noise model.
    ///
    /// # Errors
    /// If the JSON is none.
    pub fn noise_model(&self) -> Result<Option<NoiseModel>> {
        self.noise.as_ref().map(|noise| NoiseModel::from_json(&noise.to_string())).transpose()
    }

    fn word(&self) -> &str {
        self.map.split(':').next().unwrap_or_default()
    }

    /// Refuses, before the work, what cannot be.
    pub(super) fn check(&self) -> Result<()> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        for (what, list) in [
            ("a bandwidth of a kernel", self.factors()),
            ("a strength of a learner", self.strengths()),
        ] {
            if list.is_empty() {
                return invalid(
                    &format!("the number of choices for {what}"),
                    "0".into(),
                    "at least 1",
                );
            }
            // Written so that NaN is refused.
            if let Some(&value) = list.iter().find(|x| !(**x > 0.0 && x.is_finite())) {
                return invalid(what, shown(value), "it must be positive and finite");
            }
        }
        if !(self.lambda >= 0.0 && self.lambda.is_finite()) {
            let expected = "it must be a number from 0 up; it is added to kernels of trace N";
            return invalid("λ", shown(self.lambda), expected);
        }
        if self.shots.is_some() && self.noise.is_some() {
            let expected =
                "a noisy kernel is exact, Tr ρσ of density matrices; leave out one of both";
            return invalid("the kernel", "from shots and under noise".into(), expected);
        }
        if self.noise.is_some() && self.kind == KernelKind::Projected {
            let expected = "noise is for fidelity kernels; leave out one of both";
            return invalid("the kernel", "projected and under noise".into(), expected);
        }
        if self.gamma.is_some() && self.kind == KernelKind::Fidelity {
            let expected = "only projected kernels have one";
            return invalid("γ of a fidelity kernel", shown(self.gamma.unwrap_or(0.0)), expected);
        }
        if self.relabel && self.test == 0.0 {
            let expected = "labels that are made are judged by a part of the rows; take some";
            return invalid("the test fraction with new labels", "0".into(), expected);
        }
        Ok(())
    }
}

fn name_of_repair<S: Serializer>(repair: &Repair, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_str(repair.name())
}

fn repair_of_name<'d, D: Deserializer<'d>>(from: D) -> std::result::Result<Repair, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

impl KernelKind {
    /// Every kind.
    pub const ALL: [KernelKind; 2] = [KernelKind::Fidelity, KernelKind::Projected];

    /// `fidelity` or `projected`.
    pub fn name(self) -> &'static str {
        match self {
            KernelKind::Fidelity => "fidelity",
            KernelKind::Projected => "projected",
        }
    }
}

impl Learner {
    /// Every learner.
    pub const ALL: [Learner; 2] = [Learner::Svm, Learner::Ridge];

    /// `svm` or `ridge`.
    pub fn name(self) -> &'static str {
        match self {
            Learner::Svm => "svm",
            Learner::Ridge => "ridge",
        }
    }
}

impl fmt::Display for KernelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Learner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KernelKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            Error::unknown_name("kind of kernel", name, "the kinds are", &names)
        })
    }
}

impl FromStr for Learner {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|learner| learner.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            Error::unknown_name("learner", name, "the learners are", &names)
        })
    }
}
