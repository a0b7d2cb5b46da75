//! Which method runs a noisy circuit: the one that is expected to take the least time, by costs that
//! are the same on every machine.

use super::flow::Flow;
use super::method::Method;
use super::patterns::EventLaw;
use super::request::Request;
use super::tree::laws;
use crate::engine::{Precision, check_density};
use crate::error::{Error, Result};
use std::fmt;

/// Seconds for a gate or channel and an entry of a density matrix.
const PER_ENTRY: f64 = 1e-10;
/// Seconds for a gate and an amplitude, in the plans of blocks.
const PER_AMPLITUDE: f64 = 2e-10;
/// Seconds for a gate, whatever the size of the state.
const PER_GATE: f64 = 3e-8;
/// Seconds for what a trajectory takes beside its gates.
const PER_TRAJECTORY: f64 = 2e-5;

/// Whether a density matrix in the precision of a run fits in memory.
///
/// # Errors
/// [`Error::TooLarge`] if it does not.
pub(super) fn density_room(precision: Precision, num_qubits: usize) -> Result<()> {
    match precision {
        Precision::F32 => check_density::<f32>("a density matrix", num_qubits),
        Precision::F64 => check_density::<f64>("a density matrix", num_qubits),
    }
}

/// What the methods are expected to take, in seconds; `None` where one cannot do it.
pub(super) struct Prices {
    density_matrix: Option<f64>,
    trajectories: Option<f64>,
    branches: Option<f64>,
    /// Why there is no density matrix.
    no_room: Option<Error>,
}

impl Prices {
    /// Of the answers to a request about a noisy circuit.
    pub fn new(flow: &Flow, request: &Request, precision: Precision, max_branches: usize) -> Self {
        let n = flow.num_qubits as i32;
        let gates: usize = flow.stretches().map(|gates| gates.count()).sum();
        let steps = (gates + flow.channels.len()) as f64;
        let no_room = density_room(precision, flow.num_qubits).err();
        let run = gates as f64 * (PER_GATE + PER_AMPLITUDE * 2f64.powi(n));
        let trajectory = |number: f64| run + number * (PER_TRAJECTORY + run / 2.0);
        let laws = laws(flow);
        let nothing = laws.iter().map(EventLaw::no_event).product::<f64>();
        let something = 1.0 - nothing;
        let events: f64 = laws.iter().map(EventLaw::mean).sum();
        let single_patterns: f64 = laws.iter().map(EventLaw::num_single_patterns).sum();
        // Different patterns among this many shots: those of one event repeat, those of more are
        // taken to be different.
        let patterns = |shots: f64| {
            let singles = shots * (nothing * events).min(something);
            let different = single_patterns * -(-singles / single_patterns.max(1.0)).exp_m1();
            different + (shots * something - singles)
        };
        let number_of_means = match (request.standard_error, request.trajectories) {
            _ if request.observables.is_empty() => Some(0.0),
            (Some(error), _) => {
                let asked = &request.observables[..request.observables.len() - request.auxiliary];
                let scale = asked.iter().map(|o| o.one_norm()).fold(0.0, f64::max);
                Some((something * scale / error).powi(2))
            }
            (None, number) => number.map(|number| number as f64),
        };
        let only_means_and_shots =
            !(request.state || request.outcomes || request.probabilities.is_some());
        let shots = request.shots.map_or(0.0, |shots| patterns(shots as f64));
        let branches = flow.most_branches_log2().map(f64::exp2);
        let branches = branches.filter(|branches| *branches <= max_branches as f64);
        let exact_by_branches = match request.is_exact() {
            true => branches.map(trajectory),
            false => Some(0.0),
        };
        Prices {
            density_matrix: no_room
                .is_none()
                .then(|| steps * PER_ENTRY * 4f64.powi(n) + PER_GATE * steps),
            trajectories: number_of_means
                .filter(|_| only_means_and_shots)
                .map(|means| trajectory(patterns(means / something.max(1e-300)) + shots)),
            // Shots alone are no question of branches.
            branches: exact_by_branches
                // Branches have states of their own, and no state together.
                .filter(|_| request.is_exact() && !request.state)
                .map(|exact| exact + trajectory(shots)),
            no_room,
        }
    }

    /// The cheapest method, and why.
    ///
    /// # Errors
    /// If none can do it.
    pub fn cheapest(self) -> Result<(Method, String)> {
        let all = [
            (Method::DensityMatrix, self.density_matrix),
            (Method::Trajectories, self.trajectories),
            (Method::StateVector, self.branches),
        ];
        let possible = all.iter().filter_map(|(method, price)| Some((*method, (*price)?)));
        match possible.min_by(|a, b| a.1.total_cmp(&b.1)) {
            Some((method, _)) => Ok((method, format!("the least of the estimates: {self}"))),
            None => Err(self.no_way()),
        }
    }

    /// The error where no method can do it.
    fn no_way(self) -> Error {
        let way = "give a number of trajectories or a standard error (`--trajectories N`, \
                   `--standard-error E`) for means, or ask for shots";
        match self.no_room {
            Some(Error::TooLarge { what, needed, available, max_qubits, .. }) => Error::TooLarge {
                what,
                needed,
                available,
                max_qubits,
                hint: format!("{way}; the channels have too many branches for a state vector"),
            },
            Some(other) => other,
            None => unreachable!("a density matrix answers all that it has room for"),
        }
    }
}

impl fmt::Display for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let price = |price: Option<f64>, without: &str| match price {
            Some(seconds) => format!("{seconds:.1e} s"),
            None => without.to_owned(),
        };
        let density = price(self.density_matrix, "no room");
        let trajectories = price(self.trajectories, "not for this answer");
        let branches = price(self.branches, "too many, or not needed");
        write!(f, "density matrix {density}, trajectories {trajectories}, branches {branches}")
    }
}
