//! What evaluators and gradients allocate. A test binary of its own: its allocator counts.

#![allow(unsafe_code)] // an allocator cannot be written without

use ketlab::engine::Target;
use ketlab::gradient::Objective;
use ketlab::simulate::{InitialState, Program};
use ketlab::{Circuit, Precision, Simulator, StateVector};
use num_complex::Complex64;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    /// Allocations of this thread.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are those that the system asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// Rotations with one parameter and with sums, controls, exchanged qubits, final measurements.
fn ansatz(num_qubits: usize) -> Circuit {
    let mut c = Circuit::with_clbits(num_qubits, num_qubits);
    let theta = c.param_vector("theta", num_qubits);
    for layer in 0..3 {
        for q in 0..num_qubits {
            c.ry(theta[q], q).rz(0.5 * theta[q] - theta[0] + 0.1, q);
        }
        for q in 0..num_qubits {
            c.cx(q, (q + 1) % num_qubits).cp(theta[q], q, (q + 1 + layer) % num_qubits);
        }
        c.swap(0, 1).x(0);
    }
    (0..num_qubits).for_each(|q| drop(c.try_measure(q, q)));
    c
}

#[test]
fn a_call_allocates_nothing() {
    for num_qubits in [4, 8, 12] {
        let program = Program::new(&ansatz(num_qubits)).unwrap();
        let params = vec![0.3; num_qubits];
        let initial = InitialState::Bits(format!("{:0num_qubits$b}", 5).parse().unwrap());
        for precision in [Precision::F64, Precision::F32] {
            let simulator = Simulator::new().precision(precision).initial_state(initial.clone());
            let mut evaluator = simulator.evaluator(&program, &[]).unwrap();
            let run = allocations(|| evaluator.expectations(&params, &mut []).unwrap());
            assert_eq!(run, 0, "{num_qubits} qubits, {precision:?}");

            let observable = "Z0 Z1 + 0.5 X0 + 2".parse().unwrap();
            let mut evaluator = simulator.evaluator(&program, &[observable]).unwrap();
            // The first reading makes the thread's memory for a tile.
            assert!(evaluator.expectation(&params).is_ok());
            let call = allocations(|| assert!(evaluator.expectation(&params).is_ok()));
            assert_eq!(call, 0, "{num_qubits} qubits, {precision:?}");
        }
    }
}

/// Everything on two qubits, and what is kept of larger gates.
fn mixture(num_qubits: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", num_qubits);
    let last = num_qubits - 1;
    for (q, &theta) in theta.iter().enumerate() {
        c.u(theta, 0.3, theta - 0.2, q).h(q);
    }
    for (a, &theta) in theta.iter().enumerate().take(last) {
        let b = a + 1;
        c.rxx(theta, a, b).ryy(0.4, a, b).crx(theta, b, a).iswap(a, b).ecr(b, a);
        c.cu(theta, 0.1, theta, 0.2, a, b).fsim(theta, 0.5, a, b).swap(a, last);
        if num_qubits > 2 {
            let other = (a + 2) % num_qubits;
            c.ccx(a, b, other).cswap(other, a, b).rccx(a, other, b);
        }
    }
    c.x(0).y(last);
    c
}

/// Diagonals that are merged to one multiplication, from few qubits on where registers are narrow.
fn diagonals(num_qubits: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", num_qubits);
    for _ in 0..3 {
        for a in 0..num_qubits {
            c.rx(theta[a], a);
            for b in 0..a {
                c.rzz(theta[b], a, b).cp(theta[a] + 0.2, b, a);
            }
        }
        for q in 0..num_qubits {
            c.t(q);
        }
    }
    c
}

/// After the first call, wherever the circuit starts.
#[test]
fn later_calls_allocate_nothing() {
    type Make = fn(usize) -> Circuit;
    let circuits: [(&str, Make); 3] =
        [("ansatz", ansatz), ("diagonals", diagonals), ("mixture", mixture)];
    for num_qubits in 4..=13 {
        let amplitude = Complex64::from(0.5f64.powf(num_qubits as f64 / 2.0));
        let uniform = StateVector::from_amplitudes(&vec![amplitude; 1 << num_qubits]).unwrap();
        for initial in [InitialState::Zero, uniform.into()] {
            for (name, make) in circuits {
                let program = Program::new(&make(num_qubits)).unwrap();
                let observable = "Z0 Z1 + 0.5 X0 + 0.25 Y0 Y1 + 2".parse().unwrap();
                let observables = [observable, "X1".parse().unwrap()];
                for precision in [Precision::F64, Precision::F32] {
                    let simulator =
                        Simulator::new().precision(precision).initial_state(initial.clone());
                    let mut evaluator = simulator.evaluator(&program, &observables).unwrap();
                    let (mut params, mut means) = (vec![0.3; num_qubits], [0.0; 2]);
                    evaluator.expectations(&params, &mut means).unwrap();
                    params.fill(-1.1);
                    let call = allocations(|| evaluator.expectations(&params, &mut means).unwrap());
                    assert_eq!(call, 0, "{name} of {num_qubits} qubits, {precision:?}");
                }
            }
        }
    }
}

#[test]
fn rebinding_allocates_nothing() {
    let program = Program::new(&ansatz(6)).unwrap();
    let mut bound = program.bind(&[0.0; 6]).unwrap();
    bound.coefficients(Target::best::<f64>()).unwrap();
    assert_eq!(allocations(|| bound.rebind(&[0.7; 6]).unwrap()), 0);
}

/// What derivatives are taken of, after the first call. Backwards, λ takes a list of terms.
#[test]
fn later_values_of_an_adjoint_allocate_nothing() {
    for num_qubits in [4, 8, 12] {
        let circuit = ansatz(num_qubits);
        let observables = ["Z0 Z1 + 0.5 X0 + 2".parse().unwrap(), "X1".parse().unwrap()];
        for precision in [Precision::F64, Precision::F32] {
            let simulator = Simulator::new().precision(precision);
            let mut adjoint = simulator.adjoint(&circuit, &observables).unwrap();
            let (mut params, mut values) = (vec![0.3; num_qubits], [0.0; 2]);
            adjoint.values(&params, &mut values).unwrap();
            params.fill(-1.1);
            let call = allocations(|| {
                adjoint.values(&params, &mut values).unwrap();
                adjoint.value(&params).unwrap();
            });
            assert_eq!(call, 0, "{num_qubits} qubits, {precision:?}");
        }
    }
}
