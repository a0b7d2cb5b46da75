//! Choices with more than two sides, by a method of the tests' own: the control flow knows no other
//! thing about methods than the trait.

use super::branches::for_each_branch;
use super::expectation::Expectation;
use super::flow::{Choice, Flow};
use super::initial::InitialState;
use super::machine::{Job, Machine};
use super::representation::{Account, Representation, Sides};
use super::request::Request;
use super::tally::Tally;
use super::tree::sample;
use crate::circuit::Circuit;
use crate::clifford::OutcomeSpace;
use crate::engine::{Isa, Precision};
use crate::error::Result;
use crate::math::statistics::chi_squared_quantile;
use crate::math::{Bits, Watch};
use crate::pauli::PauliSum;
use rand::Rng;
use smallvec::smallvec;

/// A die that is thrown by every measurement; it remembers its throws as the digits of a number.
#[derive(Debug, Clone)]
struct Die {
    sides: Sides,
    throws: u64,
}

impl Representation for Die {
    type Code = Sides;
    type Observable = ();

    const NAME: &str = "die";
    const PRECISION: Option<Precision> = None;
    const SPARSE: bool = true;
    const ROUNDING: f64 = 1e-24;

    fn is_small(_: usize) -> bool {
        true
    }

    fn seconds_a_pass(_: usize) -> f64 {
        0.0
    }

    fn seconds_a_choice(_: usize) -> f64 {
        0.0
    }

    fn check(_: &Flow, _: &Request) -> Result<()> {
        Ok(())
    }

    fn start(_: &Flow, _: &InitialState, _: Isa) -> Result<Self> {
        Ok(Die { sides: Sides::new(), throws: 1 })
    }

    fn try_clone(&self) -> Result<Self> {
        Ok(self.clone())
    }

    fn run(&mut self, code: &Sides, _: usize, _: &Watch) -> Result<u64> {
        self.sides = code.clone();
        Ok(1)
    }

    fn sides(&self, _: &Flow, _: Choice) -> Result<Sides> {
        Ok(self.sides.clone())
    }

    fn take_side(&mut self, _: &Flow, _: Choice, side: usize) -> Result<()> {
        self.throws = 10 * self.throws + side as u64;
        Ok(())
    }

    fn norm(&self) -> f64 {
        1.0
    }

    fn observable(_: &PauliSum, _: usize) -> Result<()> {
        Ok(())
    }

    fn shift(_: &()) -> f64 {
        0.0
    }

    fn expectation(&self, _: &()) -> Result<Expectation> {
        Ok(Expectation { value: 0.0, variance: 0.0 })
    }

    fn largest(&self, _: usize) -> Result<Vec<(u64, f64)>> {
        Ok(vec![])
    }

    fn add_probabilities(&self, _: f64, _: &mut Vec<f64>) -> Result<()> {
        Ok(())
    }

    fn for_each_outcome(
        &self,
        _: &[usize],
        _: &Watch,
        _: &mut dyn FnMut(&Bits, f64) -> Result<()>,
    ) -> Result<()> {
        Ok(())
    }

    fn outcome_space(&self, _: &Flow, _: &Bits, _: &Watch) -> Result<OutcomeSpace> {
        unreachable!("nobody asks")
    }

    fn read_out(
        &self,
        flow: &Flow,
        _: &Bits,
        shots: u64,
        _: &mut impl Rng,
        _: &Watch,
        tally: &mut Tally,
    ) -> Result<()> {
        tally.add(Bits::from_u64(self.throws, flow.num_outcome_bits()), shots)
    }

    fn account(_: &Sides, _: &Flow, _: Isa) -> Result<Account> {
        unreachable!("nobody asks")
    }
}

/// A circuit of a gate and throws.
fn throws(number: usize) -> Circuit {
    let mut c = Circuit::with_clbits(1, 20);
    c.h(0);
    for _ in 0..number {
        c.measure(0, 0).h(0);
    }
    c
}

/// Weights of all leaves, by their throws, and what was neglected.
fn leaves(sides: Sides, number: usize) -> (Vec<(u64, f64)>, f64) {
    let (circuit, watch) = (throws(number), Watch::default());
    let flow = Flow::new(&circuit).unwrap();
    let job = Job::<Die> { flow: &flow, code: &sides, watch: &watch, draws: false };
    let start = Machine::new(&flow, Die::start(&flow, &InitialState::Zero, Isa::best()).unwrap());
    let mut found = vec![];
    let walk = for_each_branch(start, job, 100, &mut |weight, machine| {
        found.push((machine.state.throws, weight));
        Ok(())
    });
    (found, walk.unwrap().neglected)
}

#[test]
fn every_side_is_a_branch_in_order() {
    let p = [0.5, 0.3, 0.2];
    let (found, neglected) = leaves(p.into_iter().collect(), 2);
    let expected: Vec<(u64, f64)> = (0..9)
        .map(|k| (100 + 10 * (k / 3) + k % 3, p[k as usize / 3] * p[k as usize % 3]))
        .collect();
    assert_eq!(
        found.iter().map(|f| f.0).collect::<Vec<_>>(),
        Vec::from_iter(expected.iter().map(|e| e.0))
    );
    assert!(found.iter().zip(&expected).all(|(f, e)| (f.1 - e.1).abs() < 1e-15), "{found:?}");
    assert_eq!(neglected, 0.0);
}

#[test]
fn sides_that_are_rounding_are_left_out_and_said() {
    // One certain side is no choice.
    let (found, neglected) = leaves(smallvec![1e-30, 1.0, 1e-29], 3);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, 1111);
    assert!((neglected - 3.3e-29).abs() < 1e-31, "{neglected}");
    // Of the others, the rest is the whole.
    let (found, neglected) = leaves(smallvec![0.25, 1e-26, 0.75], 1);
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [10, 12]);
    assert!((found[0].1 - 0.25).abs() < 1e-15 && (found[1].1 - 0.75).abs() < 1e-15);
    assert!((neglected - 1e-26).abs() < 1e-38, "{neglected}");
    // Rare, and no rounding: neglected by its weight alone.
    let (found, neglected) = leaves(smallvec![0.25, 1e-20, 0.75], 1);
    assert_eq!(found.len(), 2);
    assert!((neglected - 1e-20).abs() < 1e-30, "{neglected}");
}

#[test]
fn shots_are_a_draw_from_the_multinomial_law_of_the_sides() {
    let p = [0.45, 0.0, 0.3, 0.05, 0.2];
    let sides: Sides = p.into_iter().collect();
    let (circuit, watch) = (throws(2), Watch::default());
    let flow = Flow::new(&circuit).unwrap();
    let job = Job::<Die> { flow: &flow, code: &sides, watch: &watch, draws: false };
    let start = Machine::new(&flow, Die::start(&flow, &InitialState::Zero, Isa::best()).unwrap());
    let (mut sum, repeats, shots) = (0.0, 40, 5000);
    for seed in 0..repeats {
        let mut root = start.try_clone().unwrap();
        let counts = sample(&mut root, job, shots, seed).unwrap().counts;
        assert_eq!(counts.shots(), shots);
        for (bits, n) in counts.iter() {
            let throws = bits.value(0, 20) as usize;
            let law = p[throws / 10 % 10] * p[throws % 10];
            assert!(law > 0.0, "{throws}");
            let expected = law * shots as f64;
            sum += (n as f64 - expected).powi(2) / expected;
        }
    }
    // Four sides twice: 15 degrees of freedom a repeat.
    let freedom = 15.0 * repeats as f64;
    let limits = [1e-4, 1.0 - 1e-4].map(|q| chi_squared_quantile(freedom, q));
    assert!(limits[0] < sum && sum < limits[1], "{limits:?}: {sum}");
}
