//! ketlab: a quantum circuit laboratory.
//!
//! # A tour
//!
//! Write a [`Circuit`] with its fluent builder, or read one with [`qasm`]; run it with a
//! [`Simulator`]; ask for what you need in one [`Request`].
//!
//! ```
//! use ketlab::{Circuit, Request, Simulator, qasm};
//!
//! let mut ghz = Circuit::new(3);
//! ghz.h(0).cx(0, 1).cx(1, 2).measure_all();
//!
//! let same = qasm::parse(
//!     "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[3]; creg meas[3];
//!      h q[0]; cx q[0], q[1]; cx q[1], q[2]; measure q -> meas;",
//! )?;
//! assert_eq!(ghz, same);
//!
//! let request = Request::new().shots(1000).observable("Z0 Z2".parse()?);
//! let result = Simulator::new().seed(1).run(&ghz, &request)?;
//! assert_eq!(result.counts.unwrap().len(), 2);
//! assert!((result.expectations[0].value - 1.0).abs() < 1e-12);
//! # Ok::<(), ketlab::Error>(())
//! ```
//!
//! Circuits with parameters are compiled once and bound often: [`Program`]. An
//! [`Evaluator`] computes means for an optimizer, a [`Batch`] runs many rows of parameters. Gates are
//! rows of a table: [`StdGate`]. Observables are [`PauliSum`]s. Below all of it is the [`engine`],
//! which knows actions instead of gates and can be used alone. [`rewrite`] writes a circuit in other
//! gates, in fewer, or for the pairs of qubits that a machine has.
//!
//! Circuits may hold [`noise`] channels and readout errors, put in one by one, by a noise model or by
//! the calibration of a [`device`]; that of a device which is not built yet follows from the design of
//! its [`chip`].
//!
//! On circuits stand the experiments: [`gradient`]s and [`variational`] algorithms with the molecules of
//! [`chemistry`], [`learning`] from data with classical learners beside it, and amplitude
//! [`estimation`] against Monte Carlo. On Ising models stand [`annealing`] and [`boltzmann`] machines.
//! Observables of circuits that no state vector holds are carried backward by [`propagation`], and
//! claims of quantum [`advantage`] are put to the test against classical rivals.
//!
//! # Conventions
//!
//! - Qubit 0 is the least significant bit of a basis-state index; bit strings print `q(n-1)…q0`;
//!   classical registers likewise. [`Circuit::reverse_bits`] and
//!   [`PauliString::from_label_reversed`] convert from and to the opposite order.
//! - `targets[0]` is the least significant index of a gate's matrix. Angles are in radians.
//! - Depolarizing: `p` is the total probability of a Pauli error, λ = p·4^k/(4^k-1) that of
//!   ρ → (1-λ)ρ + λ I/d. Rows of a Pauli transfer matrix are outputs, strings in the order I, X, Y, Z
//!   with qubit 0 fastest. `p1_given_0` is the probability to read 1 where a qubit is 0.
//! - R_P(θ) = exp(-iθP/2), P(λ) = diag(1, e^{iλ}), U(θ, φ, λ) = P(φ)·RY(θ)·P(λ);
//!   OpenQASM 2's `U` and `u3` are RZ(φ)·RY(θ)·RZ(λ). A global phase matters once a gate is
//!   controlled, so each is fixed and tested.
//! - A spin is the eigenvalue of Z: bit 0 is +1, bit 1 is -1.
//! - The same seed gives the same bits at any thread count.
//! - States are f64 by default, f32 on request; norms, probabilities and expectations are summed in
//!   f64. Agreement with exact states is stated as ‖Δψ‖₂: 1e-12 in f64, 1e-5·max(1, gates/1000) in
//!   f32.
//! - Gates are not followed by a normalization, so Σ|a|² drifts from 1 by rounding: by at most 4ε
//!   per gate, 8.9e-16 in f64 (ε = 2^-52) and 4.8e-7 in f32 (ε = 2^-23), and typically by less than a
//!   tenth of that. The same gate again and again is rounded the same way each time, so its drift
//!   grows with the number of gates; that of different gates grows with its square root.
//!   Measurements in the middle normalize; [`StateVector::norm`] and [`StateVector::scale`] do so by
//!   hand.
//! - The engine uses the largest instruction set of the machine ([`engine::Isa`]); the environment
//!   variable `KETLAB_ISA` (`portable`, `avx2`, `avx512`) names a smaller one, for plans, states and
//!   readings alike. One that the machine lacks is an error.

pub mod advantage;
pub mod annealing;
pub mod boltzmann;
pub mod chemistry;
pub mod chip;
pub mod circuit;
pub mod clifford;
pub mod device;
pub mod draw;
pub mod engine;
pub mod error;
pub mod estimation;
pub mod gate;
pub mod gradient;
pub mod ising;
pub mod learning;
pub mod math;
pub mod noise;
pub mod optimize;
pub mod pauli;
pub mod propagation;
pub mod qasm;
pub mod report;
pub mod rewrite;
pub mod simulate;
pub mod variational;

pub use circuit::{Circuit, Expr, Op};
pub use engine::StateVector;
pub use error::{Error, Result};
pub use gate::{Angle, Control, Gate, GateOp, Param, StdGate};
pub use pauli::{Pauli, PauliString, PauliSum};
pub use simulate::{
    Batch, BatchResult, Counts, Evaluator, Expectation, Precision, Program, Request, Simulator,
};

/// The README's code runs as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// So does the tutorial's.
#[cfg(doctest)]
#[doc = include_str!("../docs/tutorial.md")]
struct Tutorial;
