//! Simulation methods: short loops between the two waists.
//!
//! A *run* takes a circuit of n qubits from its initial state to its end: by a state vector 16·2^n
//! bytes, 8 in single precision, and the sweeps of its [plan](crate::engine); by a stabilizer tableau
//! n²/2 bytes and n/16 words of 64 bits a [step](crate::clifford). A random choice in the middle, a
//! measurement or a reset, doubles the *branches* of exact answers: 2^m for m of them, at most
//! [`DEFAULT_MAX_BRANCHES`] unless said otherwise, each a run from the choice on.
//!
//! | you want | call | it costs |
//! |---|---|---|
//! | counts of shots | [`Simulator::counts`] | one run, and a look-up a shot; with choices in the middle a run for each branch that is drawn, at most one a shot |
//! | several answers at once | [`Simulator::run`] of a [`Request`] | one run, or one a branch, for all that is exact; shots of circuits with choices as above |
//! | the state | [`Simulator::state`] | a run |
//! | the law of the classical bits | [`Simulator::outcome_probabilities`] | a run a branch; an entry an outcome |
//! | the law of all qubits | [`Simulator::probabilities`] | a run a branch; 8·2^n bytes |
//! | a mean and its variance | [`Simulator::expectation`] | a run a branch; for the variance of several strings a second state and 2^n multiplications a string |
//! | means at one row of parameters after the other | [`Simulator::evaluator`] | planning once, one state; a run a row, and few sweeps an observable |
//! | means, probabilities, states or counts at many rows | [`Simulator::batch`] | planning once; a run a row; below 14 qubits, or with a row a thread, a state a thread and the rows in parallel |
//! | means as hardware estimates them | [`Simulator::sampled_evaluator`] | planning once; a run, and for each group of strings that are measured together a copy of the state and its shots |
//! | means of a noisy circuit at one row after the other, exact or with their errors | [`Simulator::noisy_evaluator`] | a run of the density matrix, or the trajectories that it takes |
//! | counts of different circuits | [`Simulator::counts_batch`] | one call each, in parallel |
//! | a circuit that is run again and again | [`Program::new`] | linear in its operations; plans when they are first asked for |
//! | means of Clifford circuits beyond memory | [`Simulator::method`] with [`Method::Stabilizer`] | exact; some 20 ns a gate to read it |
//! | means and laws of noisy circuits without branches | [`Simulator::method`] with [`Method::DensityMatrix`] | 16·4^n bytes; twice the gates of a run on 2n qubits, a matrix on two bits for channels on a qubit |
//! | means of circuits of any width | [`Simulator::method`] with [`Method::PauliPropagation`], [`Simulator::truncation`] | a pass over its strings for each layer; some 40 bytes a string of 127 qubits |
//! | shots of noisy circuits, and means with standard errors | [`Simulator::method`] with [`Method::Trajectories`], [`Request::trajectories`], [`Request::standard_error`] | half a run on average for each different pattern of errors; a few states a thread |
//! | which method it will be, and why | [`Simulator::method_for`] | no run |
//! | the k lowest eigenvalues | [`Eigensolver`] | products of the Hamiltonian and a state, up to 100,000; 3k + 27 states, in a [`Sector`] of its dimension, and two whole ones |
//! | a whole matrix | [`Circuit::matrix`](crate::Circuit::matrix) | 2^n runs; 16·4^n bytes |
//!
//! Derivatives are in [`gradient`](crate::gradient). The same seed gives the same bits at any number
//! of threads.

mod accuracy;
mod averages;
mod batch;
mod branches;
mod choose;
mod counts;
mod data_rows;
mod dense_lists;
mod density_matrix;
mod eigenstates;
mod error_patterns;
mod estimate;
mod evaluator;
mod executable;
mod expectation;
mod expectation_source;
mod flow;
mod initial;
mod leaves;
mod machine;
mod measured;
mod method;
mod misread;
mod noisy_evaluator;
mod options;
mod outcomes;
mod patterns;
mod pauli_frame;
mod pauli_propagation;
mod program;
mod representation;
mod request;
mod rounds;
mod rows;
mod run;
mod sampled_evaluator;
mod sector;
mod select;
#[cfg(test)]
mod sides_tests;
mod simulator;
mod span_walk;
mod stabilizer;
mod state_vector;
mod tally;
mod terminal;
mod trajectories;
mod tree;
mod tree_walk;

pub use crate::engine::Precision;
pub use crate::math::{DEFAULT_MAX_LOOP_ROUNDS, Watch};
pub use accuracy::Accuracy;
pub use batch::{Batch, BatchResult};
pub use counts::{Counts, IntoIter, Iter};
pub use eigenstates::{Eigensolver, Eigenstates};
pub(crate) use error_patterns::{ErrorPattern, ErrorPatterns, as_read};
pub use estimate::Estimate;
pub use evaluator::Evaluator;
pub use executable::{Executable, Source};
pub use expectation::Expectation;
pub use expectation_source::{ExpectationFn, ExpectationSource};
pub use initial::InitialState;
pub(crate) use initial::Start;
pub use measured::MeasuredSum;
pub use method::Method;
pub use noisy_evaluator::NoisyEvaluator;
pub(crate) use options::{SMALL_BELOW, at_precision};
pub(crate) use pauli_frame::Frame;
pub use pauli_propagation::{PropagatedMean, Propagation, Trend, TrendPoint};
pub use program::{BoundProgram, Program};
pub use request::{AnyState, DEFAULT_TRAJECTORIES, Meta, Request, RunResult, Trajectories};
pub(crate) use rounds::{Drawn, Rounds};
pub use sampled_evaluator::SampledEvaluator;
pub use sector::Sector;
pub use simulator::{DEFAULT_MAX_BRANCHES, Simulator};
pub(crate) use state_vector::{Observable, Register, run_watched, with_register};
pub use state_vector::{Plans, StateView, Unitary, pauli_mask};
pub(crate) use trajectories::observable_norm;
