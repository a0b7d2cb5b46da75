//! The document of `ketlab device --json`.

use crate::device_options::{Loaded, What};
use crate::noise_options::Uncovered;
use anyhow::Result;
use ketlab::device::{Coverage, Finding, NoiseModel, Schedule, Untimed};
use serde::Serialize;
use serde_json::Value;

/// The document of `--json`.
#[derive(Serialize)]
pub struct Document {
    name: String,
    source: &'static str,
    invented: bool,
    num_qubits: Option<usize>,
    dt_ns: Option<f64>,
    qubits: Vec<Qubit>,
    gates: Vec<Gate>,
    couplings: Vec<Coupled>,
    findings: Vec<Found>,
    coverage: Option<Covered>,
    model: Option<Value>,
}

#[derive(Serialize)]
struct Qubit {
    qubit: usize,
    frequency_ghz: Option<f64>,
    anharmonicity_ghz: Option<f64>,
    t1_us: Option<f64>,
    t2_us: Option<f64>,
    excited_population: Option<f64>,
    p1_given_0: Option<f64>,
    p0_given_1: Option<f64>,
    readout_duration_ns: Option<f64>,
    reset_duration_ns: Option<f64>,
}

#[derive(Serialize)]
struct Gate {
    name: String,
    qubits: Vec<usize>,
    error: Option<f64>,
    duration_ns: Option<f64>,
    relaxation_error: f64,
    depolarizing_lambda: f64,
    model_error: f64,
}

#[derive(Serialize)]
struct Coupled {
    qubits: [usize; 2],
    zz_khz: Option<f64>,
}

#[derive(Serialize)]
struct Found {
    #[serde(flatten)]
    finding: Finding,
    unit: String,
    text: String,
}

/// What noise a circuit gets.
#[derive(Serialize)]
pub struct Covered {
    num_gates: usize,
    num_noisy_gates: usize,
    gates_without_noise: Vec<Uncovered>,
    num_measurements: usize,
    num_noisy_measurements: usize,
    num_misread_qubits: usize,
    num_channels: usize,
    schedule: Option<String>,
    makespan_ns: Option<f64>,
    idle_ns: Option<Vec<f64>>,
    untimed: Vec<Untimed>,
    #[serde(skip)]
    pub text: String,
}

impl Covered {
    pub fn new(mut coverage: Coverage, schedule: Option<Schedule>) -> Self {
        // Rules of places that the circuit is not on are no news.
        coverage.unmatched.clear();
        let mut text = coverage.to_string();
        if let Some(schedule) = &schedule {
            text = format!("{text}; {schedule}");
        }
        let without = coverage.without.into_iter().map(Uncovered::from);
        Covered {
            num_gates: coverage.num_gates,
            num_noisy_gates: coverage.num_noisy_gates,
            gates_without_noise: without.collect(),
            num_measurements: coverage.num_measurements,
            num_noisy_measurements: coverage.num_noisy_measurements,
            num_misread_qubits: coverage.num_misread_qubits,
            num_channels: coverage.num_channels,
            schedule: schedule.as_ref().map(|s| s.kind.to_string()),
            makespan_ns: schedule.as_ref().map(|s| s.makespan_ns),
            idle_ns: schedule.as_ref().map(|s| s.idle_ns.clone()),
            untimed: coverage.untimed,
            text,
        }
    }
}

pub fn document(loaded: Loaded, model: &NoiseModel, coverage: Option<Covered>) -> Result<Document> {
    let mut document = Document {
        name: loaded.name,
        source: loaded.source,
        invented: loaded.source == "bundled",
        num_qubits: model.num_qubits(),
        dt_ns: model.dt().map(|dt| dt * 1e9),
        qubits: vec![],
        gates: vec![],
        couplings: vec![],
        findings: vec![],
        coverage,
        model: None,
    };
    match loaded.what {
        What::Model(model) => document.model = serde_json::from_str(&model.to_json()?).ok(),
        What::Device { device, findings } => {
            document.num_qubits = Some(device.num_qubits());
            document.dt_ns = device.dt_ns;
            let qubit = |(q, c): (usize, &ketlab::device::QubitCalibration)| Qubit {
                qubit: q,
                frequency_ghz: c.frequency_ghz,
                anharmonicity_ghz: c.anharmonicity_ghz,
                t1_us: c.t1_us,
                t2_us: c.t2_us,
                excited_population: c.excited_population,
                p1_given_0: c.readout.map(|r| r.p1_given_0),
                p0_given_1: c.readout.map(|r| r.p0_given_1),
                readout_duration_ns: c.readout_duration_ns,
                reset_duration_ns: c.reset_duration_ns,
            };
            document.qubits = device.qubits.iter().enumerate().map(qubit).collect();
            for gate in &device.gates {
                let noise = device.gate_noise(gate)?;
                document.gates.push(Gate {
                    name: gate.name.clone(),
                    qubits: gate.qubits.clone(),
                    error: gate.error,
                    duration_ns: gate.duration_ns,
                    relaxation_error: noise.relaxation_error,
                    depolarizing_lambda: noise.lambda,
                    model_error: noise.error,
                });
            }
            let coupled =
                device.couplings.iter().map(|c| Coupled { qubits: c.qubits, zz_khz: c.zz_khz });
            document.couplings = coupled.collect();
            let found = findings.into_iter().map(|finding| Found {
                unit: finding.unit().into(),
                text: finding.to_string(),
                finding,
            });
            document.findings = found.collect();
        }
    }
    Ok(document)
}
