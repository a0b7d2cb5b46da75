//! The engine: actions → plan → kernels. Knows no circuit.
//!
//! A *sweep* reads the amplitudes once, and writes them if it changes them: it goes at the speed of
//! memory. With n qubits and 2^n amplitudes of 16 bytes, 8 in single precision:
//!
//! | you want | call | it costs |
//! |---|---|---|
//! | a state | [`StateVector::zero`], [`StateVector::basis`] | the amplitudes |
//! | to know what fits | [`bytes_needed`], [`max_qubits`] | nothing |
//! | actions ready to run | [`Plan::new`] | linear in their number; some 160 bytes an action |
//! | other angles for the same plan | [`Plan::bind_into`] | linear in slots and in what depends on them; nothing of size 2^n |
//! | to run it | [`Plan::run`] | the sweeps that it has, mostly many actions in one |
//! | to know that before | [`Plan::report`] | linear in the plan |
//! | one action at once | [`StateVector::apply`] | a sweep; nothing for X and SWAP without controls, which relabel qubits |
//! | amplitudes in order | [`StateVector::amplitudes`] | nothing, or up to three sweeps where qubits were relabelled |
//! | the mean of a sum of Pauli strings | [`PauliObservable::expectation`] | one sweep if all strings are diagonal, else few; in the cache a pass for each set of qubits with X or Y |
//! | the sum applied to a state | [`SumOperator::apply`] | a second state; 2^n multiplications a string, or some 12 additions and multiplications an amplitude for all strings with X or Y on the same qubits |
//! | the mean of costs of basis states | [`StateVector::expectation_of_diagonal`] | a sweep |
//! | all probabilities, or those of k qubits | [`StateVector::probabilities`], [`StateVector::marginal`] | a sweep; 8 bytes each, for k qubits up to 64 tables of 2^k |
//! | the k most probable basis states | [`StateVector::top`] | a sweep, with a heap of k in each of its parts |
//! | shots | [`StateVector::sample`] | a sweep, another over blocks that have shots, and a look-up a shot, at most 32 an outcome |
//! | to measure in the middle | [`StateVector::measure`], [`StateVector::collapse`] | up to two sweeps |
//! | the density matrix of k qubits | [`StateVector::reduced_density_matrix`] | 2^(n+k-1) multiplications, 4^k numbers |
//! | their entanglement with the others | [`StateVector::entropy`] | that for the smaller side, of k qubits, and some 8^k operations |
//! | ⟨ψ&#124;φ⟩ | [`StateVector::inner_product`] | a sweep over both |
//! | a mixed state of n qubits | [`DensityMatrix::from_state`] | 16·4^n bytes; what is done to it is done to a vector on 2n bits, twice |
//! | Tr(ρP) of Pauli strings | [`DensityMatrix::expectations`] | 2^n entries for each set of qubits with X or Y, and 2^n numbers a string, n times at most |
//! | all Im⟨λ&#124;P&#124;ψ⟩ of a layer of a circuit | [`CrossTerms::imaginary`] | as a mean, of n + 1 qubits |
//!
//! A state of less than 1 MiB (2^16 amplitudes in double precision) is worked on by the calling
//! thread, a larger one by the threads of `rayon`.
mod action;
mod apply_sum;
mod basis;
mod conjugate;
mod density_limits;
mod density_matrix;
mod execute;
mod expectation;
mod guide_table;
mod index_map;
mod initial;
mod kernel;
mod layout;
mod limits;
mod memory;
#[cfg(feature = "npy")]
pub(crate) mod npy;
#[cfg(feature = "npy")]
pub(crate) mod npy_element;
mod observable;
mod pairs;
mod parts;
mod plan;
mod read;
mod reduced_density;
mod reductions;
mod sample;
mod settle;
mod state_vector;
mod string_sweeps;
mod target;

pub use action::{Action, ControlMask, Kind, PauliMask, Scalar};
pub use apply_sum::SumOperator;
pub(crate) use density_limits::check_density;
pub use density_limits::density_bytes;
pub use density_matrix::DensityMatrix;
pub(crate) use kernel::transform as walsh_hadamard;
pub(crate) use kernel::{Flips, Reals, flips};
pub use kernel::{Isa, Real, share_heap};
pub use layout::{Layout, Located};
pub use limits::{ArithmeticLimit, MachineLimits, Place, StateLimits, SweepLimit};
pub(crate) use memory::check_room;
pub use memory::{bytes_needed, max_qubits};
pub use observable::PauliObservable;
pub use pairs::CrossTerms;
pub use plan::{Coefficients, PassReport, Plan, PlanReport, SweepReport, Tiling};
pub(crate) use plan::{Fnv, hash_of_actions};
pub use state_vector::StateVector;
pub use target::{Precision, Target};
