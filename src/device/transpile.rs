//! Parts of devices, and circuits for them.

use super::calibration::{Device, FindingKind};
use super::gate_name::GateName;
use super::growth::Growth;
use super::target::{Parts, Places, Target, makes_all_unitaries, moved};
use crate::circuit::Circuit;
use crate::error::{Error, Result};

/// A circuit for a device.
#[derive(Debug, Clone, PartialEq)]
pub struct Transpiled {
    /// The circuit, its qubits numbered by where they end: observables and measurements mean the same
    /// as before.
    pub circuit: Circuit,
    /// The qubits of the device that the circuit's are: where each of the original's ends.
    pub qubits: Vec<usize>,
    /// The qubit of the device that each of the original's begins on. Where it is not the same as in
    /// `qubits`, an initial state other than |0…0⟩ must be exchanged
    /// ([`initial_order`](Self::initial_order)).
    pub initial_qubits: Vec<usize>,
    /// The device of those qubits alone, numbered as the circuit's.
    pub device: Device,
}

impl Transpiled {
    /// Of each qubit of the original circuit the qubit of this one that it begins on: an initial state has
    /// its qubit k there. All that begins in |0⟩ is the same anywhere.
    pub fn initial_order(&self) -> Vec<usize> {
        let at = |qubit: &usize| self.qubits.iter().position(|q| q == qubit);
        self.initial_qubits.iter().map(|q| at(q).expect("the same qubits")).collect()
    }
}

impl Device {
    /// The device of some of its qubits, in the order of the list: with their gates and couplings.
    ///
    /// # Errors
    /// If the list is empty, or names a qubit that there is not or one twice.
    pub fn on_qubits(&self, qubits: &[usize]) -> Result<Device> {
        let n = self.num_qubits();
        let mut place = vec![None; n];
        if qubits.is_empty() {
            return Err(Error::Invalid {
                what: "the list of a device's qubits".into(),
                value: "empty".into(),
                expected: "name a qubit".into(),
            });
        }
        for (k, &qubit) in qubits.iter().enumerate() {
            let Some(at) = place.get_mut(qubit) else {
                return Err(Error::QubitOutOfRange { qubit, num_qubits: n });
            };
            if at.replace(k).is_some() {
                let operation = "list of a device's qubits".into();
                return Err(Error::RepeatedQubit { qubit, operation });
            }
        }
        let moved = |on: &[usize]| on.iter().map(|&q| place[q]).collect::<Option<Vec<usize>>>();
        let gates = self.gates.iter().filter_map(|gate| {
            let mut gate = gate.clone();
            gate.qubits = moved(&gate.qubits)?;
            Some(gate)
        });
        let couplings = self.couplings.iter().filter_map(|coupling| {
            let mut coupling = *coupling;
            let on = moved(&coupling.qubits)?;
            coupling.qubits = [on[0].min(on[1]), on[0].max(on[1])];
            Some(coupling)
        });
        Ok(Device {
            name: self.name.clone(),
            qubits: qubits.iter().map(|&q| self.qubits[q]).collect(),
            gates: gates.collect(),
            couplings: couplings.collect(),
            dt_ns: self.dt_ns,
        })
    }

    /// The gates of the device with their places, but for gates that were not calibrated
    /// ([`FindingKind::NotCalibrated`]): these are left out as long as pairs connect the same qubits
    /// without them, and a qubit's other gates make all unitaries.
    ///
    /// # Errors
    /// If the device is none ([`Device::check`]).
    pub fn target(&self) -> Result<Target> {
        self.check()?;
        let mut target = Target::new(self.num_qubits());
        let mut uncalibrated: Vec<(GateName, &[usize])> = Vec::new();
        for gate in &self.gates {
            let name: GateName = gate.name.parse()?;
            let finding = self.gate_noise(gate)?.finding;
            if finding.is_some_and(|f| f.what == FindingKind::NotCalibrated) {
                uncalibrated.push((name, &gate.qubits));
            } else {
                target.push(name, &gate.qubits)?;
            }
        }
        // Those that there is no way around.
        let needs: Vec<bool> = (0..self.num_qubits()).map(|q| !target.is_universal_on(q)).collect();
        let mut parts = Parts::of(self.num_qubits(), target.pairs());
        for (name, on) in uncalibrated {
            let is_kept = match *on {
                [q] => needs[q],
                [a, b] => makes_all_unitaries(&name) && parts.join(a, b),
                _ => false,
            };
            if is_kept {
                target.push(name, on)?;
            }
        }
        Ok(target)
    }

    /// Qubits for a circuit on so many: the first ones where pairs with gates connect them, else those that
    /// are connected and have the least error, gates on pairs and readout together. From each qubit a set
    /// grows by the neighbour that adds the least, so that the first of the list are connected, too,
    /// however many.
    ///
    /// # Errors
    /// If the device has no part of so many connected qubits.
    pub fn choose_qubits(&self, num_qubits: usize) -> Result<Vec<usize>> {
        let target = self.target()?;
        if num_qubits <= self.num_qubits() && target.on_first(num_qubits).is_connected() {
            return Ok((0..num_qubits).collect());
        }
        Growth::new(self, &target)?.best(num_qubits)
    }

    /// The circuit in gates that this device has, on some of its qubits ([`choose_qubits`](Self::choose_qubits)):
    /// swaps bring qubits together ([`route`](crate::rewrite::route), by `seed`), and gates on pairs turn to
    /// the direction that has a record ([`Target::write`]). Gates that already are those of the device at
    /// their places stay as they are. A circuit that has readout errors itself is refused where qubits must
    /// move.
    ///
    /// [`NoiseModel::set_target`](super::NoiseModel::set_target) does the same whenever the noise of the
    /// device is put into a circuit.
    ///
    /// ```
    /// use ketlab::Circuit;
    /// use ketlab::device::{Device, DeviceNoise};
    /// let device = Device::named("invented127")?;
    /// let mut ghz = Circuit::new(3);
    /// ghz.h(0).cx(0, 1).cx(0, 2).measure_all();
    /// let written = device.transpile(&ghz, 1)?;
    /// let model = written.device.noise_model(&DeviceNoise::default())?;
    /// let coverage = model.apply(&written.circuit)?.coverage;
    /// assert!(coverage.without.iter().all(|gate| gate.is_virtual));
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the circuit has more qubits than the device has connected ones, or its gates do not make every
    /// unitary.
    pub fn transpile(&self, circuit: &Circuit, seed: u64) -> Result<Transpiled> {
        let n = circuit.num_qubits();
        if n > self.num_qubits() {
            self.target()?.write(circuit, seed)?;
        }
        let chosen = self.choose_qubits(n)?;
        // A device has a qubit, also where a circuit has none.
        let part = self.on_qubits(if n == 0 { &[0] } else { &chosen[..] })?;
        let written = part.target()?.write(circuit, seed)?;
        let places = Places::of(&written.final_places);
        let ops = moved(written.circuit.ops(), &|q| places.qubit(q));
        let of = |places: &[usize]| places.iter().map(|&q| chosen[q]).collect::<Vec<_>>();
        let device = match n {
            0 => part,
            _ => part.on_qubits(&written.final_places)?,
        };
        Ok(Transpiled {
            circuit: circuit.with_ops(ops),
            qubits: of(&written.final_places),
            initial_qubits: of(&written.initial_places),
            device,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceNoise;
    use crate::simulate::Simulator;

    fn circuit() -> Circuit {
        let mut c = Circuit::new(4);
        c.h(0).cx(0, 1).cx(3, 0).rzz(0.3, 1, 3).ry(0.7, 2).ccx(0, 2, 3).t(1).swap(1, 2).cx(2, 1);
        c
    }

    #[test]
    fn circuits_keep_their_outcomes_and_get_noise_everywhere() {
        for name in ["invented5", "invented27", "invented127"] {
            let device = Device::named(name).unwrap();
            let written = device.transpile(&circuit(), 0).unwrap();
            let model = written.device.noise_model(&DeviceNoise::default()).unwrap();
            let coverage = model.apply(&written.circuit).unwrap().coverage;
            assert!(coverage.without.iter().all(|gate| gate.is_virtual), "{name}: {coverage}");
            assert!(coverage.num_noisy_gates > 20);
            let probabilities = |c: &Circuit| Simulator::new().probabilities(c).unwrap();
            let (before, after) = (probabilities(&circuit()), probabilities(&written.circuit));
            for (a, b) in before.iter().zip(&after) {
                assert!((a - b).abs() < 1e-12, "{name}");
            }
            // A model with the device's gates does the same, with the same numbers of qubits.
            let parts = DeviceNoise { transpile: true, ..Default::default() };
            let noisy = device.noise_model(&parts).unwrap().apply(&circuit()).unwrap();
            let expected = model.apply(&written.circuit).unwrap();
            let readout = |c: &Circuit| (0..4).map(|q| c.readout_error(q)).collect::<Vec<_>>();
            assert_eq!(readout(&noisy.circuit), readout(&expected.circuit));
            let with_noise = |c: &Circuit| Simulator::new().probabilities(c).unwrap();
            let (a, b) = (with_noise(&noisy.circuit), with_noise(&expected.circuit));
            assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-12), "{name}");
            assert_eq!(noisy.schedule.unwrap().makespan_ns, expected.schedule.unwrap().makespan_ns);
            // What is written stays.
            let again = written.device.transpile(&written.circuit, 0).unwrap();
            assert_eq!(again.circuit, written.circuit);
        }
    }

    #[test]
    fn a_device_of_some_qubits_has_their_numbers() {
        let device = Device::named("invented5").unwrap();
        let part = device.on_qubits(&[3, 2]).unwrap();
        assert_eq!(part.qubits, [device.qubits[3], device.qubits[2]]);
        let pair = |d: &Device, on: [usize; 2]| d.gate("cx", &on).unwrap().error;
        assert_eq!(pair(&part, [0, 1]), pair(&device, [3, 2]));
        assert_eq!(part.couplings[0].zz_khz, device.coupling(2, 3).unwrap().zz_khz);
        assert!(device.on_qubits(&[1, 1]).is_err());
        assert!(device.on_qubits(&[5]).is_err());
        assert!(device.on_qubits(&[]).is_err());
        let mut wide = Circuit::new(6);
        wide.h(0);
        assert!(device.transpile(&wide, 1).unwrap_err().to_string().contains("has 5"));
    }
}
