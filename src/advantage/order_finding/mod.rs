//! Order finding and factoring (Shor, SIAM Journal on Computing 26, 1484 (1997)) against classical
//! algorithms for the same numbers.
//!
//! | part | what it is |
//! |---|---|
//! | [`OrderLaw`] | the exact law of what is measured, for any order and up to 126 clock bits |
//! | [`convergents`], [`Rule`], [`read_order`] | from outcomes to the order, verified |
//! | [`factor`] | from orders to factors, with a circuit ([`ByCircuit`]) or the law ([`ByLaw`]) as quantum computer |
//! | [`Rival`] | trial division, Pollard's rho, baby steps and giant steps |
//! | [`Beauregard`] | gates on hardware, counted |
//! | [`OrderFinding`] | all of it as an experiment |
//!
//! Bases come from a seed, and no circuit is made for an order that is known: each round multiplies by
//! a power of a, whatever comes of it. Where a circuit would be too large, outcomes are drawn from the
//! law, for which the order is computed from the factors; that simulates a quantum computer and finds
//! nothing.

pub mod arithmetic;
mod continued_fraction;
mod crossover;
mod experiment;
mod factoring;
mod hardware;
mod law;
mod law_check;
mod post_processing;
mod problem;
pub mod rivals;
mod study;

pub use continued_fraction::convergents;
pub use crossover::Crossover;
pub use experiment::{Details, OrderFinding};
pub use factoring::{
    ByCircuit, ByLaw, Factoring, OrderFinder, Outcome, Row, factor, factors_from_order,
};
pub use hardware::Beauregard;
pub use law::{MOST_CLOCK_BITS, OrderLaw};
pub use law_check::LawCheck;
pub use post_processing::{MULTIPLES, Rule, Success, denominators, read_order, successes};
pub use problem::{BITS, check_number, semiprime};
pub use rivals::Rival;
pub use study::Study;
