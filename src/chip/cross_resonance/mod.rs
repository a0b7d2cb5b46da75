//! Cross resonance: a drive on one qubit at the frequency of its neighbour makes ZX.
//!
//! The conventions are those of Magesan and Gambetta, PRA 101, 052308, 2020: two qubits, 1 the
//! control and 2 the target,
//!
//! H = Σ (f b†b + δ/2 b†b†bb) + J(b₁†b₂ + b₁b₂†) + Ω cos(2π f_d t)(b₁ + b₁†), all over h,
//!
//! with Δ = f₁ - f₂ and the drive at the dressed frequency of the target. Terms of an effective
//! Hamiltonian are coefficients of P/2: `zx_mhz` is ν of ν ZX/2, the control's letter first, with
//! Z|0⟩ = |0⟩. A quarter turn, ZX90, takes 1/(4|ν_ZX|) of rotation, and its pulses their flanks besides.
//!
//! What is left out: counter-rotating parts of exchange and drive, crosstalk of the drive to the
//! target, and the rise of the pulse in the terms (it is in the errors).

mod design;
mod driven;
mod effective;
mod error_budget;
mod flank;
mod gate;
mod lifetimes;
mod pair;
mod rotation;
mod schedule;
mod search;
mod series;

pub use design::{Aim, CrossResonanceDesign};
pub use effective::EffectiveHamiltonian;
pub use error_budget::ErrorBudget;
pub use flank::FlankLoss;
pub use gate::CrossResonanceGate;
pub use lifetimes::Lifetimes;
pub use pair::CrossResonance;
pub use schedule::Schedule;
pub use search::LargestZx;
pub use series::ZxIx;
