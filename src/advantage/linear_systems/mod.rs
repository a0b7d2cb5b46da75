//! Linear systems: the algorithm of Harrow, Hassidim and Lloyd against classical solvers.
//!
//! HHL (arXiv:0811.3171) prepares a state whose amplitudes are the solution of A x = b. One cannot
//! read x off it, only a number such as x†Mx, and so all contenders are asked for that. The law of
//! its answer is exact in A's eigenbasis ([`HhlLaw`]), and so is what each imperfection adds
//! ([`Budget`]); full circuits ([`Hhl`](crate::circuit::library::Hhl)) say the same where they fit.
//! Rivals are LU, conjugate gradients and, for the classical algorithms that sample rows as quantum
//! ones do (dequantised ones), randomized Kaczmarz. What loading b and reading x cost is counted, and
//! computed is under which assumptions about them the verdict would be another ([`Scenario`]; Aaronson,
//! Nature Physics 11, 291 (2015)).

mod budget;
mod clock;
mod cost;
mod evolution;
mod experiment;
mod law;
mod question;
mod rivals;
mod scenario;
mod spectrum;
mod study;
mod system;

pub use budget::{Budget, BudgetItem};
pub use clock::clock_probability;
pub use cost::HhlCost;
pub use experiment::{LinearDetails, LinearSystems};
pub use law::HhlLaw;
pub use question::Question;
pub use rivals::{
    Accuracy, ConjugateGradients, Kaczmarz, Lu, Rival, Solution, conjugate_gradient_bound,
    kaczmarz_bound, rival_names,
};
pub use scenario::Scenario;
pub use spectrum::Spectrum;
pub use study::{CircuitRun, Study};
pub use system::{LinearSystem, MAX_ROWS, MatrixKind};
