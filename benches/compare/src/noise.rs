//! Circuits with noise, in the same words for both.

use crate::measure::{Settings, guarded, in_turn, run};
use crate::report::{Agreement, TaskRow};
use crate::sampling::{Outcomes, ketlab_outcomes, prism_outcomes};
use crate::source::{Both, parse, read};
use crate::states;
use ketlab::noise::Channel;
use ketlab::simulate::Method;
use ketlab::{Circuit, Op, Simulator};
use prism_q::{BackendKind, GateFilter, NoiseBuilder, NoiseChannel, NoiseModel, simulate};
use std::sync::Arc;

/// Standard errors that the means of the two samples may be apart.
const SIGMAS: f64 = 5.0;

/// One row: a circuit, what happens behind its gates, and what is asked.
pub struct NoiseRow {
    task: &'static str,
    n: usize,
    text: &'static str,
    noise: Noise,
    ask: Ask,
}

/// What happens behind the gates.
#[derive(Clone, Copy)]
enum Noise {
    /// Depolarizing on each qubit of each gate, with that probability of X, Y or Z together.
    Depolarizing(f64),
    /// ρ → (1-λ)ρ + λ I/4 on the two qubits of each gate on two.
    Pairs(f64),
    /// Relaxation on each qubit of each gate, for as long as a gate on one or on two qubits takes.
    Relaxation {
        /// T1, in seconds.
        t1: f64,
        /// T2, in seconds.
        t2: f64,
        /// Seconds of a gate on one qubit, and of one on two.
        times: [f64; 2],
    },
}

/// What is asked.
#[derive(Clone, Copy)]
enum Ask {
    /// Counts of that many shots, by trajectories.
    Counts(u64),
    /// Probabilities of all basis states, by the density matrix.
    Probabilities,
}

const DEPOLARIZING: Noise = Noise::Depolarizing(1e-3);
/// T2 > T1: no mixture of resets and Z, as it would be for a smaller T2.
const RELAXATION: Noise = Noise::Relaxation { t1: 50e-6, t2: 70e-6, times: [35e-9, 300e-9] };
const RANDOM_10: &str = include_str!("../circuits/random_n10_d20.qasm");
const RANDOM_12: &str = include_str!("../circuits/random_n12_d20.qasm");
const RY_CX_14: &str = include_str!("../circuits/ry_cx_n14.qasm");

/// All rows.
pub const ROWS: [NoiseRow; 5] = [
    NoiseRow {
        task: "probabilities of a random circuit, depolarizing p = 0.001",
        n: 10,
        text: RANDOM_10,
        noise: DEPOLARIZING,
        ask: Ask::Probabilities,
    },
    NoiseRow {
        task: "1,000 shots of a random circuit, depolarizing p = 0.001",
        n: 12,
        text: RANDOM_12,
        noise: DEPOLARIZING,
        ask: Ask::Counts(1_000),
    },
    NoiseRow {
        task: "100,000 shots of a random circuit, depolarizing p = 0.001",
        n: 12,
        text: RANDOM_12,
        noise: DEPOLARIZING,
        ask: Ask::Counts(100_000),
    },
    NoiseRow {
        task: "1,000 shots of a random circuit, T1 50 µs, T2 70 µs",
        n: 12,
        text: RANDOM_12,
        noise: RELAXATION,
        ask: Ask::Counts(1_000),
    },
    NoiseRow {
        task: "10,000 shots of 420 RY and 390 CX, λ = 0.001 on pairs",
        n: 14,
        text: RY_CX_14,
        noise: Noise::Pairs(1e-3),
        ask: Ask::Counts(10_000),
    },
];

/// The rows on that many qubits.
pub fn rows(n: usize) -> impl Iterator<Item = &'static NoiseRow> {
    ROWS.iter().filter(move |row| row.n == n)
}

impl NoiseRow {
    /// Checks and times the row.
    pub fn compare(&self, settings: &Settings) -> TaskRow {
        let found = guarded(|| {
            let pure = parse(self.text);
            let Both { ketlab, prism } = match self.ask {
                Ask::Counts(_) => parse(&measured(self.text, self.n)),
                Ask::Probabilities => parse(self.text),
            };
            let ours = read(&ketlab).and_then(|circuit| self.noise.on_ketlab(circuit));
            let theirs = read(&prism).and_then(|circuit| self.noise.on_prism(circuit));
            same_number(&ours, &theirs)?;
            let (ours, theirs) = (ours.as_ref(), (read(&prism), theirs.as_ref()));
            let method = match self.ask {
                Ask::Counts(_) => Method::Trajectories,
                Ask::Probabilities => Method::DensityMatrix,
            };
            let simulator = Simulator::new().method(method).seed(1);
            match self.ask {
                Ask::Counts(shots) => {
                    let ours = || {
                        let counts = simulator.counts(ours.map_err(Clone::clone)?, shots);
                        counts.map_err(|e| e.to_string())
                    };
                    let theirs = || {
                        let (circuit, noise) = (theirs.0.clone()?, theirs.1.map_err(Clone::clone)?);
                        let run = simulate(circuit).backend(BackendKind::Statevector);
                        let counts = run.noise(noise).seed(1).sample_counts(shots as usize);
                        counts.map(|found| found.counts).map_err(|e| e.to_string())
                    };
                    let agreement = guarded(|| {
                        let state = states::prism(read(&pure.prism)?)?;
                        let p: Vec<f64> = state.iter().map(|z| z.norm_sqr()).collect();
                        let ours = ketlab_outcomes(&ours()?)?;
                        apart(&p, shots, &ours, &prism_outcomes(&theirs()?))
                    });
                    let [ketlab, prism] = in_turn([run(ours), run(theirs)], settings);
                    Ok((ketlab, prism, agreement))
                }
                Ask::Probabilities => {
                    let ours = || {
                        let found = simulator.probabilities(ours.map_err(Clone::clone)?);
                        found.map_err(|e| e.to_string())
                    };
                    let theirs =
                        || density_matrix(theirs.0.clone()?, theirs.1.map_err(Clone::clone)?);
                    let agreement = guarded(|| {
                        let d = largest_difference(&ours()?, &theirs()?)?;
                        Ok(Agreement::Difference(d))
                    });
                    let [ketlab, prism] = in_turn([run(ours), run(theirs)], settings);
                    Ok((ketlab, prism, agreement))
                }
            }
        });
        TaskRow::new(self.task, self.n, found)
    }
}

/// The text with measurements of all qubits behind it.
fn measured(text: &str, n: usize) -> String {
    format!("{text}creg c[{n}];\nmeasure q -> c;\n")
}

/// prism-q's probabilities by the density matrix.
fn density_matrix(circuit: &prism_q::Circuit, noise: &NoiseModel) -> Result<Vec<f64>, String> {
    let run = simulate(circuit).backend(BackendKind::DensityMatrix).noise(noise).seed(1);
    let found = run.run().map_err(|e| e.to_string())?.probabilities;
    Ok(found.ok_or("there are no probabilities")?.to_vec())
}

impl Noise {
    /// ketlab's circuit with the channels in it.
    fn on_ketlab(self, circuit: &Circuit) -> Result<Circuit, String> {
        let channel = |made: ketlab::Result<Channel>| made.map(Arc::new).map_err(|e| e.to_string());
        let [single, double, pair] = match self {
            Noise::Depolarizing(p) => {
                let each = channel(Channel::depolarizing(p, 1))?;
                [Some(each.clone()), Some(each), None]
            }
            Noise::Pairs(lambda) => {
                let pair = channel(Channel::depolarizing(lambda * 15.0 / 16.0, 2))?;
                [None, None, Some(pair)]
            }
            Noise::Relaxation { t1, t2, times } => {
                let [one, two] =
                    times.map(|t| channel(Channel::thermal_relaxation(t1, t2, t, 0.0)));
                [Some(one?), Some(two?), None]
            }
        };
        let mut noisy = Circuit::with_clbits(circuit.num_qubits(), circuit.num_clbits());
        for op in circuit.ops() {
            noisy.push(op.clone());
            let Op::Gate(gate) = op else { continue };
            let qubits: Vec<usize> = gate.qubits().map(|q| q as usize).collect();
            let each = if qubits.len() == 1 { &single } else { &double };
            for &q in qubits.iter().filter(|_| each.is_some()) {
                noisy.channel(each.clone().expect("checked"), [q]);
            }
            if let (Some(pair), 2) = (&pair, qubits.len()) {
                noisy.channel(pair.clone(), qubits);
            }
        }
        Ok(noisy)
    }

    /// prism-q's model of it for a circuit. Its depolarizing channels have the total probability of
    /// an error as their parameter.
    fn on_prism(self, circuit: &prism_q::Circuit) -> Result<NoiseModel, String> {
        let none = NoiseBuilder::new();
        let rules = match self {
            Noise::Depolarizing(p) => {
                none.after_gates(GateFilter::all(), NoiseChannel::Depolarizing { p })
            }
            Noise::Pairs(lambda) => {
                let channel = NoiseChannel::TwoQubitDepolarizing { p: lambda * 15.0 / 16.0 };
                none.after_gates_joint(GateFilter::all().arity(2), channel)
            }
            Noise::Relaxation { t1, t2, times } => {
                [1, 2].into_iter().zip(times).fold(none, |rules, (arity, gate_time)| {
                    let channel = NoiseChannel::ThermalRelaxation {
                        t1,
                        t2,
                        gate_time,
                        excited_population: 0.0,
                    };
                    rules.after_gates(GateFilter::all().arity(arity), channel)
                })
            }
        };
        rules.build(circuit).map_err(|e| e.to_string())
    }
}

/// Refuses two that have different numbers of channels: a gate of the one is several of the other.
fn same_number(
    ours: &Result<Circuit, String>,
    theirs: &Result<NoiseModel, String>,
) -> Result<(), String> {
    let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return Ok(()) };
    let ours = ours.ops().iter().filter(|op| matches!(op, Op::Channel(_))).count();
    let theirs: usize = theirs.after_gate.iter().map(Vec::len).sum();
    if ours == theirs { Ok(()) } else { Err(format!("{ours} and {theirs} channels")) }
}

/// The largest difference of a probability.
fn largest_difference(a: &[f64], b: &[f64]) -> Result<f64, String> {
    if a.len() != b.len() {
        return Err(format!("{} and {} probabilities", a.len(), b.len()));
    }
    // A difference that is no number stays one.
    let larger = |most: f64, d: f64| if d > most || d.is_nan() { d } else { most };
    Ok(a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, larger))
}

/// By how many standard errors the means of two samples are apart: that of the noiseless
/// probability of the outcome, which tells how many errors there are and how the bits are ordered,
/// and that of the parity. The one that is further apart.
fn apart(p: &[f64], shots: u64, ours: &Outcomes, theirs: &Outcomes) -> Result<Agreement, String> {
    if let Some(&(x, _)) = ours.iter().chain(theirs).find(|(x, _)| *x >= p.len()) {
        return Err(format!("there is no outcome {x}"));
    }
    let off = |f: &dyn Fn(usize) -> f64| -> Result<f64, String> {
        let (a, b) = (mean(ours, shots, f)?, mean(theirs, shots, f)?);
        let error = (a.1 + b.1).sqrt();
        Ok(if a.0 == b.0 { 0.0 } else { (a.0 - b.0) / error })
    };
    let likely = off(&|x| p[x])?;
    let parity = off(&|x| if x.count_ones() % 2 == 0 { 1.0 } else { -1.0 })?;
    let worse = if likely.abs() >= parity.abs() { likely } else { parity };
    Ok(Agreement::Apart(worse, SIGMAS))
}

/// The mean of f over a sample, and the square of its standard error.
fn mean(outcomes: &Outcomes, shots: u64, f: &dyn Fn(usize) -> f64) -> Result<(f64, f64), String> {
    let total: u64 = outcomes.iter().map(|(_, k)| k).sum();
    if total != shots {
        return Err(format!("{total} shots instead of {shots}"));
    }
    let moment = |power: i32| -> f64 {
        outcomes.iter().map(|&(x, k)| k as f64 * f(x).powi(power)).sum::<f64>() / shots as f64
    };
    let mean = moment(1);
    Ok((mean, (moment(2) - mean * mean).max(0.0) / shots as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\n\
                         u3(0.4,0.3,0.2) q[0];\ncx q[0],q[1];\nu3(1.1,0.2,0.7) q[2];\n\
                         cz q[1],q[2];\ncx q[2],q[0];\nu3(0.6,-0.4,1.2) q[1];\n";

    fn check(noise: Noise, ask: Ask) {
        let row = NoiseRow { task: "", n: 3, text: SMALL, noise, ask };
        let row = row.compare(&Settings { reps: 1, sample_seconds: 1e-6 });
        assert!(row.ketlab.is_ok() && row.prism.is_ok(), "{:?} {:?}", row.ketlab, row.prism);
        assert!(row.agreement.is_ok() && !row.is_wrong(), "{:?}", row.agreement);
    }

    #[test]
    fn noisy_circuits_agree() {
        let strong = Noise::Relaxation { t1: 50e-6, t2: 70e-6, times: [5e-6, 20e-6] };
        for noise in [Noise::Depolarizing(0.1), Noise::Pairs(0.3), strong] {
            check(noise, Ask::Probabilities);
            check(noise, Ask::Counts(20_000));
        }
    }

    #[test]
    fn samples_of_different_noise_are_apart() {
        let p = [0.9, 0.1, 0.0, 0.0];
        let Ok(Agreement::Apart(off, _)) = apart(&p, 100, &[(0, 90), (1, 10)], &[(0, 50), (1, 50)])
        else {
            panic!()
        };
        // (0.9 - 0.5) · 0.8 / 0.8 over √((0.09 + 0.25)/100)
        assert!((off.abs() - 0.4 / 0.0034f64.sqrt()).abs() < 1e-9, "{off}");
        assert!(apart(&p, 100, &[(0, 90)], &[(0, 100)]).is_err());
        assert!(apart(&p, 1, &[(4, 1)], &[(0, 1)]).is_err());
        let nothing = largest_difference(&[f64::NAN, 0.0], &[0.0, 0.0]).unwrap();
        assert!(nothing.is_nan());
    }
}
