//! A stabilizer tableau under the control flow.

use super::super::expectation::Expectation;
use super::super::flow::{Choice, Flow};
use super::super::initial::{InitialState, check_qubits};
use super::super::outcomes;
use super::super::representation::{Account, Representation, Sides};
use super::super::request::Request;
use super::super::tally::Tally;
use super::channels;
use super::code::Code;
use super::observable::Observable;
use super::sample::sample;
use crate::clifford::{OutcomeSpace, Tableau, tableau_bytes};
use crate::engine::{Isa, Precision, bytes_needed, max_qubits};
use crate::error::{Error, Result};
use crate::math::{Bits, Watch, check_memory, list_of, too_large};
use crate::pauli::PauliSum;
use rand::Rng;
use smallvec::smallvec;
use std::collections::BTreeMap;

/// Indices of basis states have so many bits.
const MOST_LISTED: usize = 64;

/// For lists that have no room.
const HINT: &str = "ask for shots, for observables, or for the space of the outcomes, which `ketlab run` \
                    shows where nothing is asked for";

/// For refusals.
const METHOD: &str = "the stabilizer method";

impl Representation for Tableau {
    type Code = Code;
    type Observable = Observable;

    const NAME: &str = "stabilizer";
    const PRECISION: Option<Precision> = None;
    const SPARSE: bool = true;
    const ROUNDING: f64 = 0.0;

    // Of larger ones many would wait in memory.
    fn is_small(num_qubits: usize) -> bool {
        tableau_bytes(num_qubits) < 1 << 22
    }

    fn seconds_a_pass(num_qubits: usize) -> f64 {
        // A step looks at two rows of n/32 words.
        1e-8 + 1e-10 * num_qubits as f64
    }

    fn seconds_a_choice(num_qubits: usize) -> f64 {
        // A copy of n²/2 bytes, and as many that a collapse goes over.
        1e-6 + 3e-10 * (num_qubits as f64).powi(2)
    }

    fn check(flow: &Flow, request: &Request) -> Result<()> {
        if request.probabilities.is_some() && flow.num_qubits > MOST_LISTED {
            return Err(Error::Unsupported {
                method: METHOD,
                operation: format!(
                    "a list of the probabilities of basis states of {} qubits",
                    flow.num_qubits
                ),
                hint: format!(
                    "up to {MOST_LISTED} qubits have one; ask for shots, observables or the space \
                     of the outcomes"
                ),
            });
        }
        Ok(())
    }

    fn start(flow: &Flow, initial: &InitialState, _: Isa) -> Result<Self> {
        match initial {
            InitialState::Zero => Tableau::new(flow.num_qubits),
            InitialState::Bits(bits) => {
                check_qubits(bits.len(), flow.num_qubits)?;
                Tableau::basis(bits)
            }
            InitialState::Stabilizer(state) => {
                check_qubits(state.num_qubits(), flow.num_qubits)?;
                Tableau::try_clone(state)
            }
            InitialState::Amplitudes(_) | InitialState::Density(_) => Err(Error::Unsupported {
                method: METHOD,
                operation: match initial {
                    InitialState::Density(_) => "a density matrix as the initial state".into(),
                    _ => "amplitudes as the initial state".into(),
                },
                hint: "start from a basis state, or use the state vector".into(),
            }),
        }
    }

    fn try_clone(&self) -> Result<Self> {
        Tableau::try_clone(self)
    }

    fn run(&mut self, code: &Code, stretch: usize, watch: &Watch) -> Result<u64> {
        code.run(stretch, self, watch)
    }

    fn sides(&self, flow: &Flow, choice: Choice) -> Result<Sides> {
        let qubit = match choice {
            Choice::Measure { qubit, .. } | Choice::Reset(qubit) => qubit,
            Choice::Channel(number) => return channels::sides(&flow.channels[number as usize]),
        };
        Ok(match self.outcome(qubit as usize)? {
            None => smallvec![0.5, 0.5],
            Some(false) => smallvec![1.0, 0.0],
            Some(true) => smallvec![0.0, 1.0],
        })
    }

    fn take_side(&mut self, flow: &Flow, choice: Choice, side: usize) -> Result<()> {
        let qubit = match choice {
            Choice::Measure { qubit, .. } | Choice::Reset(qubit) => qubit,
            Choice::Channel(number) => {
                return channels::take(self, &flow.channels[number as usize], side as u64);
            }
        };
        self.collapse(qubit as usize, side == 1)?;
        match (choice, side) {
            (Choice::Reset(_), 1) => self.flip(qubit as usize),
            _ => Ok(()),
        }
    }

    fn norm(&self) -> f64 {
        1.0
    }

    fn observable(sum: &PauliSum, num_qubits: usize) -> Result<Observable> {
        Observable::new(sum, num_qubits)
    }

    fn shift(observable: &Observable) -> f64 {
        observable.shift
    }

    fn expectation(&self, observable: &Observable) -> Result<Expectation> {
        observable.mean_and_variance(self)
    }

    fn largest(&self, at_most: usize) -> Result<Vec<(u64, f64)>> {
        let space = all_qubits(self)?;
        let p = (-(space.dimension() as f64)).exp2();
        let all = 1usize.checked_shl(space.dimension() as u32).unwrap_or(usize::MAX);
        let mut list = list_of("the list of probabilities", at_most.min(all), HINT)?;
        list.extend(space.iter().take(at_most).map(|bits| (index(&bits), p)));
        Ok(list)
    }

    fn add_probabilities(&self, weight: f64, sum: &mut Vec<f64>) -> Result<()> {
        let n = self.num_qubits();
        if sum.is_empty() {
            let what = format!("the list of the probabilities of {n} qubits");
            let refused = || {
                too_large(&what, bytes_needed(n, 8), |available| {
                    (Some(max_qubits(available, 8)), HINT.into())
                })
            };
            let len = u32::try_from(n).ok().and_then(|n| 1usize.checked_shl(n));
            let len = len.filter(|len| *len <= isize::MAX as usize / 8).ok_or_else(refused)?;
            *sum = list_of(&what, len, HINT)?;
            sum.resize(len, 0.0);
        }
        let space = all_qubits(self)?;
        let p = weight * (-(space.dimension() as f64)).exp2();
        space.iter().for_each(|bits| sum[index(&bits) as usize] += p);
        Ok(())
    }

    fn for_each_outcome(
        &self,
        qubits: &[usize],
        watch: &Watch,
        visit: &mut dyn FnMut(&Bits, f64) -> Result<()>,
    ) -> Result<()> {
        let space = OutcomeSpace::new_watched(self, qubits, watch)?;
        let bytes = outcomes::BYTES_PER_OUTCOME + Bits::zeros(qubits.len()).heap_bytes() as usize;
        let what = format!("the distribution of 2^{} outcomes", space.dimension());
        check_memory(what, bytes_needed(space.dimension(), bytes), |_| (None, HINT.into()))?;
        let p = (-(space.dimension() as f64)).exp2();
        space.iter().try_for_each(|bits| visit(&bits, p))
    }

    fn outcome_space(&self, flow: &Flow, written: &Bits, watch: &Watch) -> Result<OutcomeSpace> {
        // Later measurements into the same bit win.
        let read: BTreeMap<usize, usize> =
            flow.readout.iter().map(|&(qubit, bit)| (bit as usize, qubit as usize)).collect();
        let qubits: Vec<usize> = read.values().copied().collect();
        let space = OutcomeSpace::new_watched(self, &qubits, watch)?;
        if qubits.len() == written.len() {
            return Ok(space);
        }
        let places: Vec<usize> = read.keys().copied().collect();
        space.among(written, &places)
    }

    fn read_out(
        &self,
        flow: &Flow,
        written: &Bits,
        shots: u64,
        rng: &mut impl Rng,
        watch: &Watch,
        tally: &mut Tally,
    ) -> Result<()> {
        sample(&self.outcome_space(flow, written, watch)?, shots, rng, watch, tally)
    }

    fn account(code: &Code, flow: &Flow, _: Isa) -> Result<Account> {
        Ok(Account {
            passes: code.num_steps(),
            hash: code.hash(flow.num_qubits),
            state_bytes: tableau_bytes(flow.num_qubits),
        })
    }
}

/// What measuring all qubits gives.
fn all_qubits(tableau: &Tableau) -> Result<OutcomeSpace> {
    let qubits: Vec<usize> = (0..tableau.num_qubits()).collect();
    OutcomeSpace::new(tableau, &qubits)
}

/// The index of a basis state of at most 64 qubits.
fn index(bits: &Bits) -> u64 {
    bits.value(0, bits.len()) as u64
}
