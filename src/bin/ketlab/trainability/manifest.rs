//! All that decides the numbers of a study.

use super::args::Args;
use serde::Serialize;

/// Bins of fidelities.
pub const BINS: usize = 75;

/// The settings, defaults written out: the same ones give the same numbers.
#[derive(Serialize)]
pub struct Manifest {
    study: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ansatz: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<String>,
    qubits: Vec<usize>,
    depths: Vec<usize>,
    samples: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    bins: Option<usize>,
    /// Where it is not that of the middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer_noise: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    noise_model: Option<serde_json::Value>,
    seed: u64,
}

impl Manifest {
    pub fn of(args: &Args, noise_model: Option<serde_json::Value>) -> Self {
        let study = match (args.expressibility, args.spectrum) {
            (true, _) => "expressibility",
            (_, true) => "spectrum",
            _ => "gradient-variance",
        };
        Manifest {
            study,
            ansatz: (!args.spectrum).then(|| args.ansatz().name()),
            cost: (!args.expressibility).then(|| args.cost().to_string()),
            qubits: args.qubits(),
            depths: args.depths(),
            samples: args.samples(),
            bins: args.expressibility.then_some(BINS),
            parameter: args.parameter,
            layer_noise: args.layer_noise,
            noise_model,
            seed: args.seed.value(),
        }
    }

    pub fn study(&self) -> &'static str {
        self.study
    }
}
