//! The noise model of a device.

use super::records::Device;
use crate::device::gate_name::GateName;
use crate::device::noise_model::{ActsOn, NoiseModel, Pattern, Rule};
use crate::device::schedule::{Durations, ScheduleKind, Timing, ZzCoupling};
use crate::device::target::is_symmetric;
use crate::error::Result;
use std::collections::HashSet;

/// Which of a device's noise a model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceNoise {
    /// How circuits are scheduled, so that qubits that wait relax; without, only the circuits' own
    /// delays are noisy.
    pub schedule: Option<ScheduleKind>,
    /// Phases of the static ZZ interaction of couplings while qubits idle; it needs a schedule.
    pub crosstalk: bool,
    /// Relaxation while a qubit is read out, before its result. Reported readout errors have it in
    /// them already, as the decay of 1 to 0 during the readout, so that this is not the default.
    pub readout_relaxation: bool,
    /// Circuits are written in the device's gates, on pairs of qubits that have them, before their noise.
    pub transpile: bool,
}

/// ALAP schedules with crosstalk; what happens during readout is in the readout error; circuits are taken
/// as they are.
impl Default for DeviceNoise {
    fn default() -> Self {
        DeviceNoise {
            schedule: Some(ScheduleKind::Alap),
            crosstalk: true,
            readout_relaxation: false,
            transpile: false,
        }
    }
}

impl Device {
    /// The noise model of the device. After each gate on its place a depolarizing error, then relaxation
    /// of its qubits for its duration ([`GateNoise`](super::GateNoise)); relaxation of each qubit while it
    /// idles and after a reset for its duration; readout errors. Diagonal gates on one qubit without
    /// duration and error (`rz`) have none. Gates that have no record get none, which
    /// [`Coverage`](crate::device::Coverage) tells.
    ///
    /// Gates that are the same whichever qubit comes first (`cz`, `swap`, `rzz`, …) have the noise of
    /// their record in both orders.
    ///
    /// ```
    /// use ketlab::Circuit;
    /// use ketlab::device::{Device, DeviceNoise};
    /// let device = Device::named("invented5")?;
    /// let model = device.noise_model(&DeviceNoise::default())?;
    /// let mut bell = Circuit::new(2);
    /// bell.rz(0.5, 0).sx(0).cx(0, 1).measure_all();
    /// let noisy = model.apply(&bell)?;
    /// assert_eq!(noisy.coverage.num_noisy_gates, 2);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the device is none ([`Device::check`]).
    pub fn noise_model(&self, parts: &DeviceNoise) -> Result<NoiseModel> {
        self.check()?;
        let mut model = NoiseModel::new();
        let records = self.records();
        for gate in &self.gates {
            let noise = self.gate_noise(gate)?;
            let name: GateName = gate.name.parse()?;
            for on in orders(&name, &gate.qubits, |on| records.contains(&(&gate.name[..], on))) {
                let pattern = || Pattern::named(name.clone()).on_tuples([on.clone()]);
                if let Some(channel) = &noise.depolarizing {
                    model.push(Rule::after(pattern(), channel.clone(), ActsOn::All)?);
                }
                for (k, q) in gate.qubits.iter().enumerate() {
                    if let Some(channel) = &noise.relaxation[k] {
                        let at = on.iter().position(|o| o == q).expect("the same qubits");
                        let at = if on.len() == 1 { ActsOn::Each } else { ActsOn::At(vec![at]) };
                        model.push(Rule::after(pattern(), channel.clone(), at)?);
                    }
                }
            }
        }
        for (q, qubit) in self.qubits.iter().enumerate() {
            if let Some(relaxation) = qubit.relaxation() {
                model.push(Rule::relaxation(Pattern::delay().on_qubits([q]), relaxation)?);
                let during = |ns: Option<f64>| match ns {
                    Some(ns) if ns > 0.0 => relaxation.channel(ns / 1e9).map(Some),
                    _ => Ok(None),
                };
                if let Some(channel) = during(qubit.reset_duration_ns)? {
                    let pattern = Pattern::reset().on_qubits([q]);
                    model.push(Rule::after(pattern, channel, ActsOn::Each)?);
                }
                if parts.readout_relaxation
                    && let Some(channel) = during(qubit.readout_duration_ns)?
                {
                    let pattern = Pattern::measure().on_qubits([q]);
                    model.push(Rule::before(pattern, channel, ActsOn::Each)?);
                }
            }
            if let Some(error) = qubit.readout {
                model.set_readout_error_of(q, error)?;
            }
        }
        model.set_num_qubits(self.num_qubits())?;
        if parts.transpile {
            model.set_target(self.target()?)?;
        }
        if let Some(dt) = self.dt_ns {
            model.set_dt(dt / 1e9)?;
        }
        if let Some(kind) = parts.schedule {
            let mut timing = Timing::new(kind, self.durations()?);
            if parts.crosstalk {
                let with_zz = self.couplings.iter().filter_map(|c| Some((c.qubits, c.zz_khz?)));
                for ([a, b], khz) in with_zz.filter(|c| c.1 != 0.0) {
                    timing.push_zz(ZzCoupling::new([a, b], khz)?)?;
                }
            }
            model.set_timing(timing);
        }
        Ok(model)
    }

    /// The names and places of the gates.
    fn records(&self) -> HashSet<(&str, &[usize])> {
        self.gates.iter().map(|g| (&g.name[..], &g.qubits[..])).collect()
    }

    /// How long the device's operations take. Diagonal gates on one qubit without a duration of their own
    /// take no time; what is not said is not known.
    ///
    /// # Errors
    /// If the device is none ([`Device::check`]).
    pub fn durations(&self) -> Result<Durations> {
        self.check()?;
        let mut durations = Durations::new();
        let records = self.records();
        for gate in &self.gates {
            let Some(ns) = gate.duration_ns else { continue };
            let name: GateName = gate.name.parse()?;
            for on in orders(&name, &gate.qubits, |on| records.contains(&(&gate.name[..], on))) {
                durations.set_gate(name.clone(), &on, ns)?;
            }
        }
        for (q, qubit) in self.qubits.iter().enumerate() {
            if let Some(ns) = qubit.readout_duration_ns {
                durations.set_measure(q, ns)?;
            }
            if let Some(ns) = qubit.reset_duration_ns {
                durations.set_reset(q, ns)?;
            }
        }
        Ok(durations)
    }
}

/// The order of a record, and the other one of a gate on two qubits that does not tell them apart,
/// unless there is a record of it.
fn orders(
    name: &GateName,
    qubits: &[usize],
    has_record: impl Fn(&[usize]) -> bool,
) -> Vec<Vec<usize>> {
    let mut orders = vec![qubits.to_vec()];
    if let &[a, b] = qubits
        && is_symmetric(name)
        && !has_record(&[b, a])
    {
        orders.push(vec![b, a]);
    }
    orders
}
