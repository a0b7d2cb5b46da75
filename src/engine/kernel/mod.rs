//! The loops over amplitudes, on the bits of a buffer index (physical bits): they know neither
//! layouts nor gate names.
//!
//! Three thin layers, as in memchr: [`Vector`] is the few operations of a register, each algorithm
//! is written once over it, and `instantiate!` compiles it for every instruction set. The
//! instruction set is a value ([`Isa`]) found once at run time; `KETLAB_ISA` names the largest that
//! is used.
//!
//! The only unsafe code of the crate is in this folder, but for one call in `math/vectorized.rs`. Its
//! one contract, which the functions marked `unsafe` do not repeat: the CPU has the instruction set
//! of the `Vector` (an [`Isa`] that a state holds is one the CPU has), and every index stays below the
//! buffer's padded length, because all indices are made of masks that were checked to be below the
//! number of amplitudes.
#![allow(unsafe_code, unsafe_op_in_unsafe_fn)]

mod ahead;
mod angles;
mod apply;
mod block;
mod buffer;
mod butterfly;
#[cfg(test)]
mod definitions;
mod dense;
mod diagonal;
mod exchange;
mod flips;
mod gather;
mod heap;
mod isa;
mod layer;
mod limits;
mod matrix;
#[cfg(target_arch = "aarch64")]
mod neon;
mod octet;
#[cfg(target_arch = "x86_64")]
mod octet_x86;
mod pages;
mod pair;
mod parallel;
mod parts;
mod permutation;
mod phases;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
mod products;
mod program;
mod radix2;
mod radix4;
mod real;
mod reals;
mod registers;
mod scratch;
mod signs;
#[cfg(target_arch = "x86_64")]
mod sse2;
mod strings;
mod sums;
mod tile;
mod transform;
mod vector;
mod walk;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use crate::math::Isa;
pub(crate) use ahead::Ahead;
pub(crate) use angles::half_angles;
pub(crate) use apply::{add_diagonal, add_imaginary, add_real};
pub(crate) use block::block;
pub(crate) use buffer::Buffer;
pub(crate) use butterfly::{Butterfly, Stages};
pub(crate) use dense::dense;
pub(crate) use diagonal::{Diagonal, diagonal, table};
pub(crate) use exchange::{exchange_bits, exchange_tile_bits};
pub(crate) use flips::{Flips, flips};
pub(crate) use gather::{base, gather, gather_all};
pub use heap::share_heap;
pub(crate) use limits::{multiply_add, sweep};
pub(crate) use octet::parity_sign;
pub(crate) use pair::{Pair, pair};
pub(crate) use parallel::{collect_blocks, in_pool, is_large};
pub(crate) use parts::collect_parts;
pub(crate) use permutation::permutation;
pub(crate) use phases::{Phases, Tables, phases};
pub(crate) use program::{Held, Operation, RegisterProgram, Set};
pub use real::Real;
pub(crate) use reals::Reals;
pub(crate) use registers::registers;
pub(crate) use scratch::with_scratch;
pub(crate) use strings::{Family, add_strings};
pub(crate) use sums::{fold, inner_product, norm, norm_where, squares, weighted};
pub(crate) use tile::{Workspace, tiles};
pub(crate) use transform::transform;
pub use vector::Vector;
pub(crate) use walk::deposit;

use num_complex::{Complex, Complex64};

/// Rounds a coefficient to the precision of the state.
pub(crate) fn cast<T: Real>(z: Complex64) -> Complex<T> {
    Complex { re: T::from_f64(z.re), im: T::from_f64(z.im) }
}
