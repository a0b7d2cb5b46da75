//! From a plan to a noisy circuit.

use super::*;
use crate::device::{Device, DeviceNoise};
use crate::math::Watch;
use crate::simulate::{Method, Simulator};
use crate::{Circuit, PauliSum};

fn plan(lattice: &str) -> ChipPlan {
    ChipPlan { lattice: Some(lattice.into()), ..ChipPlan::default() }
}

#[test]
fn a_chip_becomes_a_device() {
    let built = plan("line3").build(&Watch::default()).unwrap();
    let device = &built.device;
    assert_eq!((device.num_qubits(), built.pairs.len()), (3, 2));
    assert_eq!(Device::from_json(&device.to_json().unwrap()).unwrap().device, *device);
    assert!(Device::from_json(&device.to_json().unwrap()).unwrap().findings.is_empty());
    for (q, qubit) in built.qubits.iter().enumerate() {
        assert_eq!(device.qubits[q].frequency_ghz, Some(built.design.frequencies_ghz()[q]));
        assert!((qubit.transmon.frequency_ghz() - qubit.frequency_ghz).abs() < 1e-9);
        assert!(qubit.coherence.t1_us > 10.0, "{qubit:?}");
    }
    for pair in &built.pairs {
        let (c, t) = (pair.control, pair.target);
        let gate = pair.gate.as_ref().unwrap();
        let (cx, back) = (device.gate("cx", &[c, t]).unwrap(), device.gate("cx", &[t, c]).unwrap());
        assert!((cx.duration_ns.unwrap() - gate.gate_time_ns - 35.0).abs() < 1e-9);
        // A Hadamard is one pulse between turns about Z, on both qubits at once.
        assert!((back.duration_ns.unwrap() - cx.duration_ns.unwrap() - 70.0).abs() < 1e-9);
        for record in [cx, back] {
            // Relaxation of both, by the product of their process fidelities.
            let kept = |q: usize| {
                let (t, of) = (record.duration_ns.unwrap() / 1e3, &built.qubits[q].coherence);
                (1.0 + (-t / of.t1_us).exp() + 2.0 * (-t / of.t2_us).exp()) / 4.0
            };
            let relaxation = 0.8 * (1.0 - kept(c) * kept(t));
            let own = gate.errors.zz + gate.errors.leakage + gate.errors.flip;
            assert!((record.error.unwrap() - relaxation - own).abs() < 1e-12);
        }
        let zz = device.coupling(c, t).unwrap().zz_khz.unwrap();
        assert_eq!(zz, pair.static_zz.as_ref().unwrap().exact_khz);
    }
}

#[test]
fn better_materials_make_better_circuits() {
    let mut ghz = Circuit::new(3);
    ghz.h(0).cx(0, 1).cx(1, 2);
    // The projector on the state is the mean of its stabilizers.
    let projector: PauliSum =
        "0.125 + 0.125 Z0 Z1 + 0.125 Z1 Z2 + 0.125 Z0 Z2 + 0.125 X0 X1 X2 - 0.125 X0 Y1 Y2 \
         - 0.125 Y0 X1 Y2 - 0.125 Y0 Y1 X2"
            .parse()
            .unwrap();
    let fidelity = |quality_factor: f64| {
        let mut plan = plan("line3");
        plan.environment.quality_factor = quality_factor;
        let mut device = plan.build(&Watch::default()).unwrap().device;
        device.qubits.iter_mut().for_each(|qubit| qubit.readout = None);
        let written = device.transpile(&ghz, 1).unwrap();
        let model = written.device.noise_model(&DeviceNoise::default()).unwrap();
        let noisy = model.apply(&written.circuit).unwrap().circuit;
        let simulator = Simulator::new().method(Method::DensityMatrix);
        simulator.expectation(&noisy, &projector).unwrap().value
    };
    let (poor, good) = (fidelity(3e5), fidelity(3e6));
    assert!(poor < good && good < 1.0 && good > 0.8, "{poor} {good}");
}

#[test]
fn scatter_is_that_of_its_seed() {
    let scattered = |sigma_mhz, seed| {
        let scatter = Some(Scatter { sigma_mhz, anharmonicity_sigma_mhz: 0.0, seed, chip: 3 });
        ChipPlan { scatter, ..plan("line5") }.build(&Watch::default()).unwrap()
    };
    let (a, b, c) = (scattered(14.0, 1), scattered(28.0, 1), scattered(14.0, 2));
    assert_eq!(a, scattered(14.0, 1));
    for q in 0..5 {
        let off =
            |built: &BuiltChip| built.qubits[q].frequency_ghz - built.design.frequencies_ghz()[q];
        assert!((off(&b) - 2.0 * off(&a)).abs() < 1e-12);
        assert_ne!(off(&a), off(&c));
        assert!(off(&a).abs() < 0.014 * 5.0);
    }
}

#[test]
fn pairs_without_a_gate_are_named() {
    let plan = ChipPlan {
        frequencies_ghz: Some(vec![5.6, 5.0, 5.1]),
        gates: GatePlan { cross_resonance_ns: Some(280.0), ..GatePlan::default() },
        ..plan("line3")
    };
    let built = plan.build(&Watch::default()).unwrap();
    assert!(built.device.gate("cx", &[0, 1]).is_none());
    assert!(built.device.gate("cx", &[2, 1]).is_some());
    let about =
        |w: &&String| w.starts_with("qubits 0 and 1: no gate: ") && w.contains("no drive gives");
    assert_eq!(built.warnings.iter().filter(about).count(), 1, "{:?}", built.warnings);
    assert!(built.collisions.iter().any(|c| c.qubits == [0, 1]));
}

#[test]
fn a_cancelled_build_stops() {
    let watch = Watch::default();
    watch.cancel();
    assert!(plan("line3").build(&watch).is_err());
}
