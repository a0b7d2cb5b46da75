//! The document of `ketlab chip yield --json`.

use super::answer::{Answer, WANTED};
use super::args::Args;
use super::scan::{Curve, Point};
use crate::chip::collisions::CollisionShown;
use ketlab::chip::{CheckCount, TypeCount};
use serde::Serialize;

#[derive(Serialize)]
pub struct Document {
    lattice: String,
    num_qubits: usize,
    rules: RulesShown,
    plan: PlanShown,
    /// One for each qubit where they differ.
    sigma_mhz: Spread,
    alpha_sigma_mhz: f64,
    #[serde(rename = "yield")]
    value: f64,
    low: f64,
    high: f64,
    confidence: f64,
    chips: u64,
    good: u64,
    by_type: Vec<TypeShown>,
    product_of_marginals: Option<f64>,
    collisions_by_coupling: Vec<CheckShown>,
    collisions_by_triple: Vec<CheckShown>,
    collisions_by_qubit: Vec<f64>,
    needed_sigma: Vec<Needed>,
    curves: Vec<CurveShown>,
    interrupted: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Spread {
    All(f64),
    Each(Vec<f64>),
}

#[derive(Serialize)]
struct RulesShown {
    name: String,
    half_widths_mhz: [f64; 7],
}

#[derive(Serialize)]
struct PlanShown {
    name: String,
    spacing_mhz: Option<f64>,
    frequencies_ghz: Vec<f64>,
    anharmonicities_ghz: Vec<f64>,
    /// [control, target]
    couplings: Vec<[usize; 2]>,
    collisions: Vec<CollisionShown>,
}

#[derive(Serialize)]
struct TypeShown {
    #[serde(rename = "type")]
    of: usize,
    what: &'static str,
    chips: u64,
    alone: u64,
}

impl From<&TypeCount> for TypeShown {
    fn from(count: &TypeCount) -> Self {
        TypeShown {
            of: count.of.number(),
            what: count.of.description(),
            chips: count.chips,
            alone: count.alone,
        }
    }
}

#[derive(Serialize)]
struct CheckShown {
    qubits: Vec<usize>,
    chips: u64,
}

impl From<&CheckCount> for CheckShown {
    fn from(count: &CheckCount) -> Self {
        CheckShown { qubits: count.qubits.clone(), chips: count.chips }
    }
}

#[derive(Serialize)]
struct Needed {
    #[serde(rename = "yield")]
    value: f64,
    sigma_mhz: Option<f64>,
}

#[derive(Serialize)]
struct CurveShown {
    against: &'static str,
    best_mhz: Option<f64>,
    points: Vec<PointShown>,
}

#[derive(Serialize)]
struct PointShown {
    mhz: f64,
    #[serde(rename = "yield")]
    value: f64,
    low: f64,
    high: f64,
    product_of_marginals: Option<f64>,
    /// Chips with each type, type 1 first.
    by_type: Vec<u64>,
}

impl From<&Point> for PointShown {
    fn from(point: &Point) -> Self {
        let found = &point.found;
        PointShown {
            mhz: point.mhz,
            value: found.value,
            low: found.interval.0,
            high: found.interval.1,
            product_of_marginals: point.product,
            by_type: found.by_type.iter().map(|count| count.chips).collect(),
        }
    }
}

impl From<&Curve> for CurveShown {
    fn from(curve: &Curve) -> Self {
        CurveShown {
            against: curve.against.name(),
            best_mhz: curve.best().map(|point| point.mhz),
            points: curve.points.iter().map(PointShown::from).collect(),
        }
    }
}

impl Document {
    pub fn of(args: &Args, answer: &Answer) -> Self {
        let Answer { setup, case, found, .. } = answer;
        let plan = &setup.plan;
        let mhz = |ghz: &f64| 1e3 * ghz;
        let sigma_mhz = match args.sigma_r {
            Some(_) => Spread::Each(case.spreads_ghz().iter().map(mhz).collect()),
            None => Spread::All(1e3 * args.sigma()),
        };
        let needed = answer.needed.iter().flatten().zip(WANTED);
        Document {
            lattice: setup.lattice.name().into(),
            num_qubits: setup.lattice.num_qubits(),
            rules: RulesShown {
                name: case.rules().name.clone(),
                half_widths_mhz: case.rules().half_widths_mhz,
            },
            plan: PlanShown {
                name: plan.name().into(),
                spacing_mhz: setup.spacing().as_ref().map(mhz),
                frequencies_ghz: plan.frequencies_ghz().to_vec(),
                anharmonicities_ghz: plan.anharmonicities_ghz().to_vec(),
                couplings: plan.couplings().iter().map(|&(j, k)| [j, k]).collect(),
                collisions: answer.design_collisions.iter().map(CollisionShown::from).collect(),
            },
            sigma_mhz,
            alpha_sigma_mhz: 1e3 * case.anharmonicity_spread_ghz(),
            value: found.value,
            low: found.interval.0,
            high: found.interval.1,
            confidence: 0.95,
            chips: found.chips,
            good: found.good,
            by_type: found.by_type.iter().map(TypeShown::from).collect(),
            product_of_marginals: answer.product,
            collisions_by_coupling: found.couplings.iter().map(CheckShown::from).collect(),
            collisions_by_triple: found.triples.iter().map(CheckShown::from).collect(),
            collisions_by_qubit: found.collisions_by_qubit(),
            needed_sigma: needed
                .map(|(sigma, value)| Needed { value, sigma_mhz: sigma.as_ref().map(mhz) })
                .collect(),
            curves: answer.curves.iter().map(CurveShown::from).collect(),
            interrupted: answer.interrupted,
        }
    }
}
