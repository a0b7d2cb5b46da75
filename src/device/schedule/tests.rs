//! Times of circuits, and what happens while qubits wait.

use super::*;
use crate::circuit::{Circuit, Duration, Expr, Op, TimeUnit};
use crate::device::{Coupling, Device, DeviceNoise, GateCalibration, QubitCalibration};
use crate::pauli::PauliSum;
use crate::simulate::Simulator;
use proptest::prelude::*;

/// sx, x, h, y on each qubit 40 ns, cx on neighbours 300 ns, readout 1000 ns.
fn durations(n: usize) -> Durations {
    let mut durations = Durations::new();
    for q in 0..n {
        for gate in ["sx", "x", "h", "y"] {
            durations.set_gate(gate.parse().unwrap(), &[q], 40.0).unwrap();
        }
        if q > 0 {
            durations.set_gate("cx".parse().unwrap(), &[q - 1, q], 300.0).unwrap();
            durations.set_gate("cx".parse().unwrap(), &[q, q - 1], 300.0).unwrap();
        }
        durations.set_measure(q, 1000.0).unwrap();
        durations.set_reset(q, 500.0).unwrap();
    }
    durations
}

fn wait(c: &mut Circuit, q: u32, ns: f64) {
    let duration = Duration { value: ns, unit: TimeUnit::Ns };
    c.push(Op::Delay { qubits: [q].into_iter().collect(), duration });
}

/// Of each qubit, how long its operations take together, delays included.
fn totals(c: &Circuit, durations: &Durations) -> Vec<f64> {
    let mut sums = vec![0.0; c.num_qubits()];
    for op in c.ops() {
        let ns = match op {
            Op::Delay { duration, .. } => duration.value,
            op => durations.of(op).unwrap_or(0.0),
        };
        super::timed::qubits_of(op, c.num_qubits()).into_iter().for_each(|q| sums[q] += ns);
    }
    sums
}

#[test]
fn asap_and_alap_wait_behind_and_before() {
    let mut c = Circuit::new(3);
    c.h(0).cx(0, 1).x(2);
    let timing = durations(3);
    let schedule = |kind| Schedule::new(&c, &timing, kind, None).unwrap();
    let asap = schedule(ScheduleKind::Asap);
    assert_eq!((asap.makespan_ns, &asap.idle_ns[..]), (340.0, &[0.0, 40.0, 300.0][..]));
    let mut expected = Circuit::new(3);
    expected.h(0);
    wait(&mut expected, 1, 40.0);
    expected.x(2).cx(0, 1);
    wait(&mut expected, 2, 300.0);
    assert_eq!(asap.circuit, expected);
    let alap = schedule(ScheduleKind::Alap);
    assert_eq!((alap.makespan_ns, &alap.idle_ns[..]), (340.0, &[0.0, 40.0, 300.0][..]));
    let mut expected = Circuit::new(3);
    expected.h(0);
    wait(&mut expected, 1, 40.0);
    wait(&mut expected, 2, 300.0);
    expected.cx(0, 1).x(2);
    assert_eq!(alap.circuit, expected);
    assert_eq!(alap.to_string(), "alap, 340.0 ns, qubits idle 33.3 % of it");
}

#[test]
fn barriers_align_and_delays_count() {
    let mut c = Circuit::new(2);
    c.x(0);
    wait(&mut c, 0, 100.0);
    c.barrier_all().x(1);
    for kind in [ScheduleKind::Asap, ScheduleKind::Alap] {
        let schedule = Schedule::new(&c, &durations(2), kind, None).unwrap();
        assert_eq!(schedule.makespan_ns, 180.0);
        assert_eq!(schedule.idle_ns, [140.0, 140.0]);
        assert_eq!(totals(&schedule.circuit, &durations(2)), [180.0, 180.0]);
    }
    // In dt, whose length must be said.
    let mut c = Circuit::new(1);
    c.push(Op::Delay {
        qubits: [0].into_iter().collect(),
        duration: Duration { value: 90.0, unit: TimeUnit::Dt },
    });
    let schedule = |dt| Schedule::new(&c, &durations(1), ScheduleKind::Alap, dt);
    assert!((schedule(Some(2.0 / 9.0)).unwrap().makespan_ns - 20.0).abs() < 1e-12);
    assert!(schedule(None).unwrap_err().to_string().contains("dt"));
}

#[test]
fn what_has_no_duration_is_told() {
    let mut c = Circuit::new(3);
    c.h(0).cx(0, 2).cx(0, 2).rz(0.2, 1).swap(0, 1).gphase(0.3);
    let schedule = Schedule::new(&c, &durations(3), ScheduleKind::Alap, None).unwrap();
    let untimed = |name: &str, count| Untimed { name: name.into(), num_qubits: 2, count };
    assert_eq!(schedule.untimed, [untimed("cx", 2), untimed("swap", 1)]);
    assert_eq!(schedule.makespan_ns, 40.0);
    let mut timing = durations(1);
    for ns in [-1.0, f64::NAN, f64::INFINITY, 1e16] {
        let error = timing.set_measure(0, ns).unwrap_err().to_string();
        assert!(error.contains("from 0 to 1e15") || error.contains("1000000000000000"), "{error}");
    }
    assert!(timing.set_gate("cx".parse().unwrap(), &[0], 1.0).is_err());
}

#[test]
fn branches_and_loops_are_scheduled_by_themselves() {
    let mut c = Circuit::with_clbits(2, 1);
    c.x(0).measure(0, 0);
    c.if_else(Expr::bit(0), |b| b.x(1), |b| b.cx(0, 1));
    c.x(1).x(1);
    let schedule = Schedule::new(&c, &durations(2), ScheduleKind::Alap, None).unwrap();
    assert_eq!(schedule.makespan_ns, 1040.0 + 300.0 + 80.0);
    assert_eq!(schedule.idle_ns, [80.0, 1040.0]);
    let Some(Op::If(i)) = schedule.circuit.ops().iter().find(|op| matches!(op, Op::If(_))) else {
        panic!()
    };
    // The other qubit waits for the one in the branch.
    assert!(matches!(
        &i.then[..],
        [Op::Delay { .. }, Op::Gate(_)] | [Op::Gate(_), Op::Delay { .. }]
    ));
    assert_eq!(i.otherwise.len(), 1);
}

#[test]
fn classical_bits_order_operations() {
    let mut c = Circuit::with_clbits(2, 2);
    c.measure(0, 0).measure(1, 0).assign(1..2, Expr::bit(0));
    for kind in [ScheduleKind::Asap, ScheduleKind::Alap] {
        let schedule = Schedule::new(&c, &durations(2), kind, None).unwrap();
        assert_eq!(schedule.makespan_ns, 2000.0);
        let kinds: Vec<&Op> =
            schedule.circuit.ops().iter().filter(|op| !matches!(op, Op::Delay { .. })).collect();
        assert!(matches!(
            kinds[..],
            [Op::Measure { qubit: 0, .. }, Op::Measure { qubit: 1, .. }, Op::Assign(_)]
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn idle_times_add_up_to_the_makespan(
        steps in prop::collection::vec((0usize..6, 0usize..4, 0.1f64..500.0), 0..40)
    ) {
        let mut c = Circuit::with_clbits(4, 4);
        for (kind, q, ns) in steps {
            match kind {
                0 => { c.x(q); }
                1 if q > 0 => { c.cx(q - 1, q); }
                2 => { c.rz(0.3, q); }
                3 => wait(&mut c, q as u32, ns),
                4 => { c.barrier(&[q, (q + 1) % 4]); }
                _ => { c.measure(q, q); }
            }
        }
        let timing = durations(4);
        let mut makespans = Vec::new();
        for kind in [ScheduleKind::Asap, ScheduleKind::Alap] {
            let schedule = Schedule::new(&c, &timing, kind, None).unwrap();
            makespans.push(schedule.makespan_ns);
            for (total, q) in totals(&schedule.circuit, &timing).into_iter().zip(0..) {
                prop_assert!((total - schedule.makespan_ns).abs() < 1e-5, "{total}");
                let delays = schedule.circuit.ops().iter().filter_map(|op| match op {
                    Op::Delay { qubits, duration } if qubits[0] == q => Some(duration.value),
                    _ => None,
                });
                let delays: f64 = delays.sum();
                prop_assert!((delays - schedule.idle_ns[q as usize]).abs() < 1e-5);
            }
            // The same operations on each qubit in the same order.
            for q in 0..4u32 {
                let on = |c: &Circuit| -> Vec<Op> {
                    c.ops().iter().filter(|op| !matches!(op, Op::Delay { .. })
                        && super::timed::qubits_of(op, 4).contains(&(q as usize))).cloned().collect()
                };
                prop_assert_eq!(on(&c), on(&schedule.circuit));
            }
        }
        prop_assert!((makespans[0] - makespans[1]).abs() < 1e-6);
    }
}

/// Qubits in a row whose gates have no error and take no time, so that only waits count.
fn still(n: usize, t1_us: f64, t2_us: f64, zz_khz: Option<f64>) -> Device {
    let qubit = QubitCalibration {
        t1_us: Some(t1_us),
        t2_us: Some(t2_us),
        readout_duration_ns: Some(1000.0),
        ..Default::default()
    };
    let gate = |name: &str, qubits: Vec<usize>, ns: f64| GateCalibration {
        name: name.into(),
        qubits,
        error: None,
        duration_ns: Some(ns),
    };
    let ones = ["h", "x", "sx"].into_iter().flat_map(|g| (0..n).map(move |q| (g, q)));
    let mut gates: Vec<GateCalibration> = ones.map(|(g, q)| gate(g, vec![q], 0.0)).collect();
    gates.extend((1..n).map(|q| gate("cx", vec![q - 1, q], 0.0)));
    let couplings = (1..n).map(|q| Coupling { qubits: [q - 1, q], zz_khz });
    Device { qubits: vec![qubit; n], gates, couplings: couplings.collect(), ..Default::default() }
}

fn mean(device: &Device, c: &Circuit, observable: &str) -> f64 {
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    let sum: PauliSum = observable.parse().unwrap();
    Simulator::new().expectation(&model.apply(c).unwrap().circuit, &sum).unwrap().value
}

#[test]
fn ramsey_and_decay_have_their_times() {
    for (t1, t2, ns) in [(100.0, 80.0, 12_345.6), (50.0, 100.0, 70_000.0), (90.0, 20.0, 333.3)] {
        let device = still(1, t1, t2, None);
        let mut ramsey = Circuit::new(1);
        ramsey.h(0);
        wait(&mut ramsey, 0, ns);
        ramsey.h(0);
        let found = mean(&device, &ramsey, "Z0");
        assert!((found - (-ns / (1e3 * t2)).exp()).abs() < 1e-12, "{found}");
        let mut decay = Circuit::new(1);
        decay.x(0);
        wait(&mut decay, 0, ns);
        let found = (1.0 - mean(&device, &decay, "Z0")) / 2.0;
        assert!((found - (-ns / (1e3 * t1)).exp()).abs() < 1e-12, "{found}");
    }
    // An echo does not bring back what dephases for good.
    let device = still(1, f64::INFINITY, 40.0, None);
    let mut echo = Circuit::new(1);
    echo.h(0);
    wait(&mut echo, 0, 5_000.0);
    echo.x(0);
    wait(&mut echo, 0, 5_000.0);
    echo.h(0);
    assert!((mean(&device, &echo, "Z0") - (-10.0f64 / 40.0).exp()).abs() < 1e-12);
}

#[test]
fn qubits_wait_for_others_with_the_noise_of_waiting() {
    // Qubit 0 is in a superposition while qubit 1 is turned for 600 ns.
    let mut device = still(2, 100.0, 70.0, None);
    for gate in device.gates.iter_mut().filter(|g| g.name == "x" && g.qubits == [1]) {
        gate.duration_ns = Some(200.0);
    }
    let mut c = Circuit::new(2);
    c.h(0).barrier_all().x(1).x(1).x(1).barrier_all().h(0);
    assert!((mean(&device, &c, "Z0") - (-0.6f64 / 70.0).exp()).abs() < 1e-12);
    // Without a schedule nothing says that it waits.
    let parts = DeviceNoise { schedule: None, ..Default::default() };
    let noisy = device.noise_model(&parts).unwrap().apply(&c).unwrap();
    let z: PauliSum = "Z0".parse().unwrap();
    assert!((Simulator::new().expectation(&noisy.circuit, &z).unwrap().value - 1.0).abs() < 1e-12);
    assert!(noisy.schedule.is_none());
    // ALAP waits before the first gate, where it is in 0; ASAP behind it.
    let mut c = Circuit::new(2);
    c.h(0).x(1).x(1).x(1);
    let with = |schedule| {
        let parts = DeviceNoise { schedule: Some(schedule), ..Default::default() };
        let noisy = device.noise_model(&parts).unwrap().apply(&c).unwrap();
        let x: PauliSum = "X0".parse().unwrap();
        Simulator::new().expectation(&noisy.circuit, &x).unwrap().value
    };
    assert!((with(ScheduleKind::Alap) - 1.0).abs() < 1e-12);
    assert!((with(ScheduleKind::Asap) - (-0.6f64 / 70.0).exp()).abs() < 1e-12);
}

#[test]
fn neighbours_shift_the_phase_of_what_waits() {
    let inf = f64::INFINITY;
    let device = still(2, inf, inf, Some(80.0));
    let ns = 1_700.0;
    let phase = std::f64::consts::TAU * 80e3 * ns * 1e-9;
    let ramsey = |neighbour: bool, echo: bool| {
        let mut c = Circuit::new(2);
        if neighbour {
            c.x(1);
        }
        c.h(0).barrier_all();
        wait(&mut c, 0, ns / 2.0);
        c.barrier_all();
        if echo {
            c.x(0).barrier_all();
        }
        wait(&mut c, 0, ns / 2.0);
        c.barrier_all();
        c
    };
    // |1⟩ falls behind by ζ where the neighbour is in 1: ⟨X⟩ = cos φ, ⟨Y⟩ = -sin φ.
    let c = ramsey(true, false);
    assert!((mean(&device, &c, "X0") - phase.cos()).abs() < 1e-12);
    assert!((mean(&device, &c, "Y0") + phase.sin()).abs() < 1e-12);
    assert!((mean(&device, &ramsey(false, false), "X0") - 1.0).abs() < 1e-12);
    // An echo on one of them leaves a phase of the neighbour alone, which is in 1.
    assert!((mean(&device, &ramsey(true, true), "X0") - 1.0).abs() < 1e-12);
    // Without crosstalk there is none.
    let parts = DeviceNoise { crosstalk: false, ..Default::default() };
    let noisy = device.noise_model(&parts).unwrap().apply(&c).unwrap();
    let x: PauliSum = "X0".parse().unwrap();
    assert!((Simulator::new().expectation(&noisy.circuit, &x).unwrap().value - 1.0).abs() < 1e-12);
    assert_eq!(noisy.schedule.unwrap().num_phases, 0);
}

#[test]
fn the_time_in_gates_together_does_not_count() {
    // cx takes 300 ns on both; qubit 0 waits 500 ns more while qubit 1 is turned.
    let inf = f64::INFINITY;
    let mut device = still(2, inf, inf, Some(100.0));
    for gate in &mut device.gates {
        gate.duration_ns = Some(match (&gate.name[..], &gate.qubits[..]) {
            ("cx", _) => 300.0,
            ("x", [1]) => 500.0,
            _ => 0.0,
        });
    }
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    let mut c = Circuit::new(2);
    c.h(0).h(1).cx(0, 1).cx(0, 1).x(1);
    let noisy = model.apply(&c).unwrap();
    let schedule = noisy.schedule.unwrap();
    assert_eq!((schedule.makespan_ns, schedule.num_phases), (1100.0, 1));
    let turns = 100e3 * 500e-9;
    let Some(Op::Channel(last)) = noisy.circuit.ops().last() else { panic!() };
    let crate::noise::Form::MixedUnitary(unitaries) = last.channel.form() else { panic!() };
    let found = unitaries[0].1[(3, 3)];
    let expected = num_complex::Complex64::from_polar(1.0, -std::f64::consts::TAU * turns);
    assert!((found - expected).norm() < 1e-12, "{found} {expected}");
    // Both measured at once: no phase after, and measurements stay final.
    let mut c = Circuit::new(2);
    c.h(0).h(1).cx(0, 1).measure_all();
    let noisy = model.apply(&c).unwrap();
    assert_eq!(noisy.schedule.unwrap().num_phases, 0);
    let tail = &noisy.circuit.ops()[noisy.circuit.ops().len() - 2..];
    assert!(tail.iter().all(|op| matches!(op, Op::Measure { .. })));
}

#[test]
fn qubits_that_are_measured_for_good_wait_no_more() {
    // Qubit 0 is measured for good; a branch on another bit follows, in which nothing is of it.
    let device = still(3, 100.0, 70.0, Some(50.0));
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    let mut c = Circuit::with_clbits(3, 3);
    c.h(0).h(1).measure(0, 0).measure(2, 2);
    c.if_then(Expr::bit(2), |b| b.x(1));
    wait(&mut c, 1, 500.0);
    c.h(1).measure(1, 1).measure(2, 2);
    let noisy = model.apply(&c).unwrap();
    let ops = noisy.circuit.ops();
    let finals = noisy.circuit.final_measurements();
    let written: Vec<u32> = ops
        .iter()
        .zip(finals)
        .filter_map(|(op, last)| match op {
            Op::Measure { clbit, .. } if last => Some(*clbit),
            _ => None,
        })
        .collect();
    assert_eq!(written, [0, 1, 2]);
    assert!((noisy.schedule.unwrap().makespan_ns - 2_500.0).abs() < 1e-9);
}

#[test]
fn conditional_gates_wait_and_err_only_where_they_are_done() {
    let mut device = Device::named("invented5").unwrap();
    for qubit in &mut device.qubits {
        qubit.excited_population = None;
        qubit.readout = None;
    }
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    let mut never = Circuit::with_clbits(2, 1);
    never.if_then(Expr::bit(0), |b| b.x(0).cx(0, 1));
    let noisy = model.apply(&never).unwrap();
    assert!(noisy.circuit.ops().iter().all(|op| matches!(op, Op::If(_))));
    let z: PauliSum = "Z0 Z1".parse().unwrap();
    assert_eq!(Simulator::new().expectation(&noisy.circuit, &z).unwrap().value, 1.0);
    assert_eq!(noisy.coverage.num_noisy_gates, 2);
}

#[test]
fn waits_after_a_reading_do_not_change_it() {
    let (t1, ns) = (40.0, 100_000.0);
    let device = still(3, t1, 30.0, Some(60.0));
    let both = |c: &mut Circuit, qubits: &[u32]| {
        let duration = Duration { value: ns, unit: TimeUnit::Ns };
        c.push(Op::Delay { qubits: qubits.iter().copied().collect(), duration });
    };
    // The qubit alone, with others, in a branch, in a loop; qubit 2 waits on and decays.
    let mut circuits = Vec::new();
    for kind in 0..4 {
        let mut c = Circuit::with_clbits(3, 4);
        c.x(0).x(2).measure(0, 0).measure(1, 3);
        match kind {
            0 => wait(&mut c, 0, ns),
            1 => both(&mut c, &[0, 2]),
            2 => {
                c.if_else(
                    Expr::bit(3),
                    |b| b.x(1),
                    |b| {
                        both(b, &[0, 2]);
                        b
                    },
                );
            }
            _ => {
                c.while_loop(Expr::bit(3), |b| {
                    both(b, &[0, 2]);
                    b
                });
            }
        }
        c.measure(2, 2);
        circuits.push(c);
    }
    let p1 = |c: &Circuit, bit: usize| {
        let outcomes = Simulator::new().run(c, &crate::Request::new().outcomes()).unwrap().outcomes;
        let outcomes = outcomes.unwrap();
        outcomes.iter().filter(|(bits, _)| bits.bit(bit)).map(|(_, p)| p).sum::<f64>()
    };
    for schedule in [None, Some(ScheduleKind::Alap), Some(ScheduleKind::Asap)] {
        for transpile in [false, true] {
            let parts = DeviceNoise { schedule, transpile, ..Default::default() };
            let model = device.noise_model(&parts).unwrap();
            for (kind, c) in circuits.iter().enumerate() {
                let noisy = model.apply(c).unwrap();
                let what = format!("{schedule:?} {transpile} {kind}");
                // Before its reading qubit 0 waits for nobody.
                let first = p1(&noisy.circuit, 0);
                assert!((first - 1.0).abs() < 1e-12, "{what}: {first}");
                if matches!(kind, 1 | 2) && schedule.is_none() {
                    let other = p1(&noisy.circuit, 2);
                    assert!((other - (-ns / (1e3 * t1)).exp()).abs() < 1e-12, "{what}: {other}");
                }
            }
        }
    }
    // Where swaps move readings to the end, too.
    let mut c = Circuit::new(3);
    c.x(0).cx(0, 1).cx(1, 2).cx(0, 2).measure_all();
    both(&mut c, &[0, 1]);
    for schedule in [None, Some(ScheduleKind::Alap)] {
        let parts = DeviceNoise { schedule, transpile: true, ..Default::default() };
        let noisy = device.noise_model(&parts).unwrap().apply(&c).unwrap();
        assert!(noisy.coverage.num_gates > 4);
        for (bit, expected) in [(0, 1.0), (1, 1.0), (2, 0.0)] {
            let found = p1(&noisy.circuit, bit);
            assert!((found - expected).abs() < 1e-12, "{schedule:?} {bit}: {found}");
        }
    }
}

/// Everything in a circuit, bodies included.
fn all_ops<'c>(ops: &'c [Op], out: &mut Vec<&'c Op>) {
    for op in ops {
        out.push(op);
        op.bodies().into_iter().for_each(|body| all_ops(body, out));
    }
}

#[test]
fn branches_cost_nothing_where_nobody_waits() {
    let device = still(3, 50.0, 40.0, Some(70.0));
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    // Gates on one and two qubits that take no time, in many branches, one in the other.
    let mut c = Circuit::with_clbits(3, 1);
    for _ in 0..5 {
        c.if_else(
            Expr::bit(0),
            |b| b.x(0).rz(0.3, 1).if_then(Expr::bit(0), |b| b.cx(0, 1)),
            |b| b.h(2),
        );
    }
    let noisy = model.apply(&c).unwrap();
    let mut ops = Vec::new();
    all_ops(noisy.circuit.ops(), &mut ops);
    assert!(ops.iter().all(|op| matches!(op, Op::If(_) | Op::Gate(_))), "{ops:?}");
    // One that takes time makes the others wait, in its branch alone, and for more than nothing.
    let mut c = Circuit::with_clbits(3, 2);
    c.measure(0, 0);
    c.if_then(Expr::bit(0), |b| b.x(1)).if_then(Expr::bit(0), |b| b.measure(0, 1));
    c.h(2);
    let schedule = model.apply(&c).unwrap().schedule.unwrap();
    let mut ops = Vec::new();
    all_ops(schedule.circuit.ops(), &mut ops);
    let waits: Vec<f64> = ops
        .iter()
        .filter_map(|op| match op {
            Op::Delay { duration, .. } => Some(duration.value),
            _ => None,
        })
        .collect();
    assert_eq!(waits, [1000.0; 4]);
}
