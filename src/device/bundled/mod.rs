//! Devices that come with ketlab. **They are invented**: their numbers are drawn by the rule below, and
//! no real machine is meant, measured or imitated; the names say so. The lattices alone are those of real
//! processors.
//!
//! | name | couplings | gates |
//! |---|---|---|
//! | `invented5` | a line of 5 | `cx` both ways |
//! | `invented27` | [`Lattice::falcon27`], 28 couplings | `cx` both ways |
//! | `invented127` | [`Lattice::eagle127`], 144 couplings | `ecr` one way, from the higher frequency |
//!
//! All have `id`, `sx`, `x` and the virtual `rz` on every qubit. Numbers are drawn from one stream of
//! random numbers per device (seed: its number of qubits), as logarithmic normal deviates about a median
//! with a spread in natural logarithms:
//!
//! | quantity | median | spread |
//! |---|---|---|
//! | T1 | 150 µs | 0.30 |
//! | T2 | 110 µs, at most 1.95 T1 | 0.40 |
//! | P(1\|0), P(0\|1) | 0.008, 0.016 | 0.45 |
//! | error of `sx`, `x`, `id` | relaxation in 36 ns and 1.2e-4 | 0.35 of the latter |
//! | error of `cx`, `ecr` | relaxation while it lasts and 4e-3 | 0.40 of the latter |
//! | duration of `cx`, `ecr` | 420 ns, in steps of 4 ns | 0.15 |
//! | static ZZ | 45 kHz | 0.30 |
//!
//! Frequencies are those of up to three groups (two on lines and on `invented27`) at 4.95, 5.02, 5.09 GHz by a colouring of the lattice, with
//! a scatter of 14 MHz; anharmonicities -0.33 GHz with 2 MHz; excited populations 0.008 ± 0.002. `sx`, `x`
//! and `id` take 36 ns, readout 860 ns, a reset 1200 ns, a `dt` is 2/9 ns. Numbers are rounded to
//! four digits, so that a file of the device is readable.

use super::calibration::{Coupling, Device, GateCalibration, QubitCalibration};
use crate::chip::Lattice;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams};
use crate::noise::ReadoutError;
use rand::{Rng, RngExt};

/// The names that [`Device::named`] takes.
pub const BUNDLED: &[&str] = &["invented5", "invented27", "invented127"];

const ONE_QUBIT_NS: f64 = 36.0;
const READOUT_NS: f64 = 860.0;
const RESET_NS: f64 = 1200.0;
const STEP_NS: f64 = 4.0;

impl Device {
    /// A device that comes with ketlab, invented by it: `invented5`, `invented27` or `invented127`. No
    /// real machine has these numbers.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn named(name: &str) -> Result<Device> {
        match name {
            "invented5" => invented(name, &Lattice::line(5)?, "cx", true),
            "invented27" => invented(name, &Lattice::falcon27(), "cx", true),
            "invented127" => invented(name, &Lattice::eagle127(), "ecr", false),
            _ => Err(Error::unknown_name("device", name, "there are", BUNDLED)),
        }
    }
}

/// Numbers about a median.
struct Draw<R>(R);

impl<R: Rng> Draw<R> {
    /// A standard normal deviate, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let (u, v): (f64, f64) = (self.0.random(), self.0.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    fn about(&mut self, median: f64, spread: f64) -> f64 {
        median * (spread * self.normal()).exp()
    }
}

/// To four digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.3e}").parse().expect("a number that was just written")
}

fn invented(name: &str, lattice: &Lattice, pair_gate: &str, both_ways: bool) -> Result<Device> {
    let n = lattice.num_qubits();
    let mut draw = Draw(Streams::new(n as u64, Domain::Devices).stream(0));
    let groups = colours(lattice);
    let mut qubits = Vec::with_capacity(n);
    for &group in &groups {
        let frequency = 4.95 + 0.07 * group as f64 + 0.014 * draw.normal();
        let anharmonicity = -0.33 + 0.002 * draw.normal();
        let t1 = rounded(draw.about(150.0, 0.30));
        let t2 = rounded(draw.about(110.0, 0.40).min(1.95 * t1));
        let population = (0.008 + 0.002 * draw.normal()).clamp(0.001, 0.02);
        let (p1_given_0, p0_given_1) = (draw.about(0.008, 0.45), draw.about(0.016, 0.45));
        qubits.push(QubitCalibration {
            frequency_ghz: Some(rounded(frequency)),
            anharmonicity_ghz: Some(rounded(anharmonicity)),
            t1_us: Some(t1),
            t2_us: Some(t2),
            excited_population: Some(rounded(population)),
            readout: Some(ReadoutError {
                p1_given_0: rounded(p1_given_0.min(0.2)),
                p0_given_1: rounded(p0_given_1.min(0.3)),
            }),
            readout_duration_ns: Some(READOUT_NS),
            reset_duration_ns: Some(RESET_NS),
        });
    }
    let (mut gates, mut couplings) = (Vec::new(), Vec::new());
    for q in 0..n {
        let relaxation = relaxation_error(&qubits, &[q], ONE_QUBIT_NS);
        let error = rounded(relaxation + draw.about(1.2e-4, 0.35));
        for gate in ["id", "rz", "sx", "x"] {
            let (error, ns) = if gate == "rz" { (0.0, 0.0) } else { (error, ONE_QUBIT_NS) };
            gates.push(record(gate, &[q], error, ns));
        }
    }
    for &(a, b) in lattice.couplings() {
        couplings.push(Coupling { qubits: [a, b], zz_khz: Some(rounded(draw.about(45.0, 0.3))) });
        let ns = (draw.about(420.0, 0.15) / STEP_NS).round() * STEP_NS;
        let error = rounded(relaxation_error(&qubits, &[a, b], ns) + draw.about(4e-3, 0.40));
        let forth = qubits[a].frequency_ghz >= qubits[b].frequency_ghz;
        let (control, target) = if forth { (a, b) } else { (b, a) };
        gates.push(record(pair_gate, &[control, target], error, ns));
        if both_ways {
            // The other direction takes a turn of each qubit more.
            let (error, ns) = (rounded(error + 2.5e-4), ns + ONE_QUBIT_NS);
            let relaxation = relaxation_error(&qubits, &[a, b], ns);
            gates.push(record(
                pair_gate,
                &[target, control],
                error.max(rounded(relaxation * 1.05)),
                ns,
            ));
        }
    }
    let device = Device { name: name.into(), qubits, gates, couplings, dt_ns: Some(2.0 / 9.0) };
    device.check()?;
    Ok(device)
}

fn record(name: &str, qubits: &[usize], error: f64, ns: f64) -> GateCalibration {
    let (error, duration_ns) = (Some(error), Some(ns));
    GateCalibration { name: name.into(), qubits: qubits.to_vec(), error, duration_ns }
}

/// The average gate infidelity of relaxation alone: F_pro of one qubit is
/// (1 + 2 e^{-t/T2} + e^{-t/T1})/4.
fn relaxation_error(qubits: &[QubitCalibration], on: &[usize], ns: f64) -> f64 {
    let process = |&q: &usize| {
        let decay = |us: Option<f64>| us.map_or(1.0, |us| (-ns / (1e3 * us)).exp());
        (1.0 + 2.0 * decay(qubits[q].t2_us) + decay(qubits[q].t1_us)) / 4.0
    };
    let d = (1u32 << on.len()) as f64;
    d * (1.0 - on.iter().map(process).product::<f64>()) / (d + 1.0)
}

/// Each qubit's group, the smallest that none of its neighbours before it has.
fn colours(lattice: &Lattice) -> Vec<usize> {
    let mut groups: Vec<usize> = Vec::with_capacity(lattice.num_qubits());
    for q in 0..lattice.num_qubits() {
        let taken =
            |group: usize| lattice.neighbors(q).iter().any(|&o| o < q && groups[o] == group);
        groups.push((0..3).find(|&group| !taken(group)).unwrap_or(2));
    }
    groups
}
