//! From the plan of a chip to the calibration of a device.

use super::pair::PairDesign;
use super::plan::ChipPlan;
use super::qubit::QubitDesign;
use super::scatter::fabricated;
use crate::chip::{Collision, FrequencyPlan};
use crate::device::calibration::MAX_QUBITS;
use crate::device::{Coupling, Device, GateCalibration, QubitCalibration};
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::noise::ReadoutError;
use std::collections::HashMap;

/// Infidelity of a gate beyond which it is none: the pair is left without.
const NO_GATE: f64 = 0.5;

/// A chip as its plan makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltChip {
    /// Its calibration.
    pub device: Device,
    /// The design that its frequencies scatter around.
    pub design: FrequencyPlan,
    /// What collides on it.
    pub collisions: Vec<Collision>,
    /// Its qubits.
    pub qubits: Vec<QubitDesign>,
    /// Its coupled pairs, in the order of the lattice's couplings.
    pub pairs: Vec<PairDesign>,
    /// What to mind, as sentences that name qubits.
    pub warnings: Vec<String>,
}

impl ChipPlan {
    /// The chip and its calibration:
    ///
    /// - qubits: the transmon of each frequency and anharmonicity, T1 and T2 by its environment and its
    ///   resonator, the readout error and time of the measurement;
    /// - `sx` and `x` on each qubit, as long as a pulse, and `rz`, virtual; their error is relaxation,
    ///   since pulses can be shaped to leave little else;
    /// - `cx` from the control (the qubit with the higher design frequency) to the target: cross
    ///   resonance and a pulse on the target; the other way round two pulses more, one before and one
    ///   after, on both qubits at once. Errors: relaxation for the whole time, and the gate's own ZZ,
    ///   leakage and flips ([`ErrorBudget`](crate::chip::ErrorBudget));
    /// - couplings with their static ZZ.
    ///
    /// A pair that cannot have a gate, or one with an infidelity of more than ½, has none in the
    /// calibration, and a warning says why.
    ///
    /// # Errors
    /// If the plan contradicts itself or a number is out of its range; if the watch is cancelled.
    pub fn build(&self, watch: &Watch) -> Result<BuiltChip> {
        self.check()?;
        let design = self.frequency_plan()?;
        let num_qubits = design.lattice().num_qubits();
        if num_qubits > MAX_QUBITS {
            return Err(Error::Invalid {
                what: "the number of qubits of a device".into(),
                value: num_qubits.to_string(),
                expected: format!("it is at most {MAX_QUBITS}: take a smaller lattice"),
            });
        }
        let rules = self.rules()?;
        let (frequencies, anharmonicities) = fabricated(self, &design, &rules)?;
        let collisions = design.collisions_at(&frequencies, &anharmonicities, &rules)?;
        let mut warnings = vec![];
        let mut qubits = Vec::with_capacity(frequencies.len());
        // Without scatter many are alike.
        let mut known: HashMap<[u64; 2], usize> = HashMap::new();
        for (&frequency, &anharmonicity) in frequencies.iter().zip(&anharmonicities) {
            watch.check()?;
            let q = qubits.len();
            let twin = *known.entry([frequency, anharmonicity].map(f64::to_bits)).or_insert(q);
            qubits.push(match qubits.get(twin) {
                Some(same) => QubitDesign::clone(same),
                None => QubitDesign::new(self, frequency, anharmonicity)?,
            });
            watch.add_rows(1);
        }
        let mut pairs = Vec::with_capacity(design.couplings().len());
        let mut known: HashMap<[u64; 4], usize> = HashMap::new();
        for &(control, target) in design.couplings() {
            watch.check()?;
            let numbers = [control, target].map(|q| [frequencies[q], anharmonicities[q]]);
            let key = [numbers[0][0], numbers[0][1], numbers[1][0], numbers[1][1]];
            let k = pairs.len();
            let twin = *known.entry(key.map(f64::to_bits)).or_insert(k);
            pairs.push(match pairs.get(twin) {
                Some(same) => PairDesign { control, target, ..PairDesign::clone(same) },
                None => PairDesign::new(self, &qubits, (control, target))?,
            });
            watch.add_rows(1);
        }
        let device = self.calibration(&qubits, &pairs, &mut warnings)?;
        Ok(BuiltChip { device, design, collisions, qubits, pairs, warnings })
    }

    fn calibration(
        &self,
        qubits: &[QubitDesign],
        pairs: &[PairDesign],
        warnings: &mut Vec<String>,
    ) -> Result<Device> {
        let mut device = Device { name: self.name.clone(), ..Device::default() };
        for (q, qubit) in qubits.iter().enumerate() {
            device.qubits.push(record(qubit)?);
            let of_qubit = |warning: &String| format!("qubit {q}: {warning}");
            let of_readout = &qubit.readout.warnings;
            warnings.extend(of_readout.iter().map(of_qubit));
            // The regime is that of both.
            let more = qubit.coherence.warnings.iter().filter(|one| !of_readout.contains(one));
            warnings.extend(more.map(of_qubit));
        }
        let pulse = self.gates.pulse_ns;
        for q in 0..qubits.len() {
            for (name, duration, error) in
                [("rz", 0.0, Some(0.0)), ("sx", pulse, None), ("x", pulse, None)]
            {
                let gate = GateCalibration {
                    name: name.into(),
                    qubits: vec![q],
                    error,
                    duration_ns: Some(duration),
                };
                device.gates.push(with_relaxation(&device, gate, 0.0)?);
            }
        }
        for pair in pairs {
            let (control, target) = (pair.control, pair.target);
            let of_pair = |warning: &String| format!("qubits {control} and {target}: {warning}");
            let zz_khz = match &pair.static_zz {
                Ok(zz) => Some(zz.exact_khz),
                Err(why) => {
                    warnings.push(of_pair(why));
                    None
                }
            };
            let qubits = [control.min(target), control.max(target)];
            device.couplings.push(Coupling { qubits, zz_khz });
            let gate = match &pair.gate {
                Ok(gate) => gate,
                Err(why) => {
                    warnings.push(of_pair(&format!("no gate: {why}")));
                    continue;
                }
            };
            warnings.extend(gate.warnings.iter().map(of_pair));
            let own = gate.errors.total - gate.errors.relaxation;
            let mut made = vec![];
            for (on, pulses) in [([control, target], 1.0), ([target, control], 3.0)] {
                let record = GateCalibration {
                    name: "cx".into(),
                    qubits: on.to_vec(),
                    error: None,
                    duration_ns: Some(gate.gate_time_ns + pulses * pulse),
                };
                made.push(with_relaxation(&device, record, own)?);
            }
            let worst = made.iter().filter_map(|g| g.error).fold(0.0, f64::max);
            if worst > NO_GATE {
                let why = format!("no gate: its infidelity would be {worst:.2}");
                warnings.push(of_pair(&why));
            } else {
                device.gates.extend(made);
            }
        }
        device.check()?;
        Ok(device)
    }
}

fn record(qubit: &QubitDesign) -> Result<QubitCalibration> {
    let measurement = &qubit.measurement;
    let (t1, t2) = (qubit.coherence.t1_us, qubit.coherence.t2_us);
    Ok(QubitCalibration {
        frequency_ghz: Some(qubit.frequency_ghz),
        anharmonicity_ghz: Some(qubit.anharmonicity_ghz),
        t1_us: Some(t1),
        t2_us: Some(t2.min(2.0 * t1)),
        excited_population: Some(qubit.coherence.excited_population),
        readout: Some(ReadoutError::new(measurement.p1_given_0, measurement.p0_given_1)?),
        readout_duration_ns: Some(measurement.time_ns),
        reset_duration_ns: None,
    })
}

/// The gate with the error that relaxation makes for its duration and what it has besides.
fn with_relaxation(device: &Device, gate: GateCalibration, own: f64) -> Result<GateCalibration> {
    if gate.error.is_some() {
        return Ok(gate);
    }
    let relaxation = device.gate_noise(&gate)?.relaxation_error;
    Ok(GateCalibration { error: Some((relaxation + own).min(1.0)), ..gate })
}
