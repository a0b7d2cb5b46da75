//! Shots of a circuit with Pauli noise whose gates keep Pauli strings Pauli strings, Clifford gates
//! and rotations: errors are carried to the end ([`Frame`]), where they are signs of angles and a
//! string that flips bits of outcomes. Patterns with the same signs are shots of one state: of a
//! Clifford circuit, all patterns are.

use super::super::flow::{Flow, Step};
use super::super::misread::record;
use super::super::options::SMALL_BELOW;
use super::super::patterns::{EventLaw, Group};
use super::super::pauli_frame::{Frame, is_quarter_turn};
use super::super::tally::Tally;
use super::super::tree::most_drawn;
use super::channels;
use super::code::BoundCode;
use super::readout::tally_sampled;
use super::watched::run_watched;
use crate::engine::{Action, Coefficients, Kind, PauliMask, Plan, Real, Scalar, StateVector};
use crate::error::{Error, Result};
use crate::math::{Streams, Watch, for_each_in_order, threads};
use crate::noise::Draw;
use rand::seq::SliceRandom;
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// Angles that may have signs, so that there are at most 2^6 states. Where there are more, most
/// patterns have signs of their own, and are run one by one with beginnings that they share. The rule
/// looks at the circuit alone: one that looked at the patterns would favour some.
const MOST_SLOTS: usize = 6;
/// Shots whose patterns are drawn at once: a cancelled run keeps those before.
const AT_ONCE: u64 = 1 << 20;
/// Groups between one look at whether the run was cancelled and the next.
const GROUPS_A_CHECK: usize = 4096;

/// A span as one plan with a slot for each angle.
struct Framed {
    actions: Vec<Action>,
    /// The values of the slots where nothing happens.
    slots: Vec<f64>,
    /// For each step of the span how many actions are before it.
    places: Vec<usize>,
}

/// Shots with the same signs of angles.
type States = BTreeMap<SmallVec<[u32; 8]>, Vec<(u64, u64)>>;
/// Which slots have signs, and for each part of the shots the bits that it flips and their number.
type State = (SmallVec<[u32; 8]>, Vec<(u64, u64)>);

impl Framed {
    /// Of a program that is one span with Pauli channels alone, and gates that errors pass, of which few
    /// are no Clifford gates: at most `most_slots` angles.
    fn new(flow: &Flow, code: &BoundCode, most_slots: usize) -> Option<Self> {
        let pauli = flow.channels.iter().all(|site| site.unraveling.is_pauli());
        if !(flow.is_one_span() && pauli) {
            return None;
        }
        let span = &code.spans(flow)[0];
        let mut slots = Vec::new();
        let mut actions = span.actions().to_vec();
        for action in &mut actions {
            let angle = match &mut action.kind {
                Kind::Rotation(_, angle) if action.controls.mask == 0 => angle,
                Kind::Phase(angle) if action.controls.mask.count_ones() == 1 => angle,
                _ => continue,
            };
            let value = angle.value(&[]);
            if !is_quarter_turn(value) {
                *angle = Scalar::Slot(slots.len() as u32);
                slots.push(value);
            }
        }
        let passes = slots.len() <= most_slots && actions.iter().all(Frame::passes);
        passes.then(|| Framed { actions, slots, places: span.places().to_vec() })
    }

    /// What the shots of each group are, by states.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    fn states(&self, flow: &Flow, groups: &[Group], watch: &Watch) -> Result<States> {
        let mut states: States = BTreeMap::new();
        for (k, group) in groups.iter().enumerate() {
            if k % GROUPS_A_CHECK == 0 {
                watch.check()?;
            }
            let errors: SmallVec<[_; 4]> =
                group.events.iter().map(|event| self.error(flow, event.step, event.draw)).collect();
            let frame = Frame::new(&self.actions, &errors).expect("errors pass all actions");
            states.entry(frame.flips).or_default().push((frame.x, group.shots));
        }
        Ok(states)
    }

    fn error(&self, flow: &Flow, step: u32, draw: Draw) -> (usize, PauliMask) {
        let step = step as usize;
        let Step::Channel(number) = flow.spans[0].steps[step] else {
            unreachable!("events are at channels")
        };
        let Draw::Side(side) = draw else { unreachable!("Pauli channels take no look") };
        let mask = match channels::action(&flow.channels[number], side) {
            Some(Action { kind: Kind::Pauli(mask), .. }) => mask,
            _ => PauliMask::default(),
        };
        (self.places[step], mask)
    }

    /// Runs the states and draws their shots, each state's with a stream of its own.
    ///
    /// # Errors
    /// [`Error::Interrupted`]; if there is no memory.
    fn run<T: Real>(
        &self,
        flow: &Flow,
        states: &[State],
        (plan, start, workers): (&Plan, &StateVector<T>, &mut [Worker<T>]),
        streams: (Streams, u64),
        watch: &Watch,
    ) -> Result<Tally> {
        let mut tallies: Vec<Option<Tally>> = states.iter().map(|_| None).collect();
        let items = (states.len(), tallies.iter_mut());
        let work = |worker: &mut Worker<T>, number: usize, tally: &mut Option<Tally>| {
            let (flips, shots) = &states[number];
            let Worker { state, coefficients, slots } = worker;
            slots.copy_from_slice(&self.slots);
            flips.iter().for_each(|&slot| slots[slot as usize] = -slots[slot as usize]);
            plan.bind_into(slots, coefficients)?;
            state.copy_from(start);
            run_watched(watch, plan, coefficients, state)?;
            let (streams, first) = streams;
            *tally = Some(draw(flow, state, shots, streams, first + number as u64, watch)?);
            Ok(())
        };
        for_each_in_order(workers, items, 32, watch, work)?;
        let mut all = Tally::new(flow.num_outcome_bits());
        for tally in tallies {
            all.merge(tally.ok_or(Error::Interrupted)?)?;
        }
        Ok(all)
    }
}

/// A state of one thread.
struct Worker<T: Real> {
    state: StateVector<T>,
    coefficients: Coefficients,
    slots: Vec<f64>,
}

/// Draws shots of a state, of which each part has its outcomes flipped by a mask.
fn draw<T: Real>(
    flow: &Flow,
    state: &StateVector<T>,
    parts: &[(u64, u64)],
    streams: Streams,
    number: u64,
    watch: &Watch,
) -> Result<Tally> {
    let mut rng = streams.stream(number);
    let total = parts.iter().map(|part| part.1).sum();
    let sampled = state.sample_watched(total, &mut rng, &|| !watch.is_cancelled())?;
    let flipped = match parts {
        [(mask, _)] => sampled.into_iter().map(|(index, count)| (index ^ mask, count)).collect(),
        _ => {
            // Which shots are whose is chance.
            let mut outcomes: Vec<u64> = Vec::with_capacity(total as usize);
            for (index, count) in sampled {
                outcomes.extend(std::iter::repeat_n(index, count as usize));
            }
            outcomes.shuffle(&mut rng);
            let mut flipped = Vec::with_capacity(outcomes.len());
            let mut rest = &outcomes[..];
            for &(mask, shots) in parts {
                let (here, others) = rest.split_at(shots as usize);
                flipped.extend(here.iter().map(|index| index ^ mask));
                rest = others;
            }
            flipped.sort_unstable();
            flipped.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
        }
    };
    let written = flow.outcome(&crate::math::Bits::zeros(flow.num_clbits)).into_owned();
    let mut ideal = Tally::new(flow.num_outcome_bits());
    tally_sampled(flipped, state.num_qubits(), flow, &written, &mut ideal)?;
    watch.add_shots(total);
    record(ideal, flow, &mut rng, watch)
}

/// Draws what happens to shots, and counts their outcomes, with the number of states that were run; if
/// frames are worth it. When cancelled, the shots that are finished, perhaps none.
///
/// # Errors
/// If there is no memory.
pub(super) fn sample<T: Real>(
    flow: &Flow,
    code: &BoundCode,
    laws: &[EventLaw],
    start: &StateVector<T>,
    shots: u64,
    streams: Streams,
    watch: &Watch,
) -> Result<Option<(Tally, u64)>> {
    let Some(framed) = Framed::new(flow, code, MOST_SLOTS) else { return Ok(None) };
    let n = start.num_qubits();
    let plan = Plan::try_new(start.target(), n, &framed.actions)?;
    let coefficients = plan.bind(&framed.slots)?;
    let num_workers = if n < SMALL_BELOW { threads().min(1 << framed.slots.len()) } else { 1 };
    let worker = |_| {
        let (coefficients, slots) = (coefficients.clone(), framed.slots.clone());
        Ok(Worker { state: start.try_clone()?, coefficients, slots })
    };
    let mut workers: Vec<Worker<T>> = (0..num_workers).map(worker).collect::<Result<_>>()?;
    let at_once = AT_ONCE.min(most_drawn(laws));
    let (mut all, mut runs) = (Tally::new(flow.num_outcome_bits()), 0);
    let mut left = shots;
    for piece in 0u64.. {
        let here = left.min(at_once);
        // A piece has a stream for its patterns and one for each state.
        let first = piece << (MOST_SLOTS + 1);
        let finished = laws[0].draw(here, false, &mut streams.stream(first)).and_then(|groups| {
            let states: Vec<State> = framed.states(flow, &groups, watch)?.into_iter().collect();
            let run = framed.run(
                flow,
                &states,
                (&plan, start, &mut workers),
                (streams, first + 1),
                watch,
            );
            Ok((run?, states.len() as u64))
        });
        match finished {
            Err(Error::Interrupted) => break,
            finished => {
                let (tally, states) = finished?;
                all.merge(tally)?;
                runs = runs.max(states);
            }
        }
        left -= here;
        if left == 0 {
            break;
        }
    }
    Ok(Some((all, runs)))
}

#[cfg(test)]
mod tests {
    use super::super::super::executable::{Prepared, Source};
    use super::super::super::tree::laws;
    use super::*;
    use crate::circuit::Circuit;
    use crate::math::Domain;
    use crate::noise::Channel;

    /// Shot by shot: the state with signs and flipped bits has the probabilities of the state with the
    /// errors put in at their places.
    #[test]
    fn signs_of_angles_are_errors_in_their_places() {
        for n in [4, 12] {
            let mut c = Circuit::new(n);
            let pair = Channel::depolarizing(0.3, 2).unwrap();
            for layer in 0..3 {
                for q in 0..n {
                    let angle = 0.3 + (layer * n + q) as f64;
                    c.ry(angle, q).depolarizing(0.05, q).rz(2.0 * angle, q).h(q);
                    c.rx(std::f64::consts::FRAC_PI_2, q).phase_flip(0.1, q);
                }
                for q in 1..n {
                    c.cx(q - 1, q).channel(pair.clone(), [q, q - 1]).p(0.4 + q as f64, q);
                }
                c.swap(0, n - 1).rzz(0.7, 0, n - 1).cy(1, 0).s(2).sx(1).cz(0, 2);
            }
            let prepared = Prepared::new(Source::Circuit(&c)).unwrap();
            let (flow, code) = (prepared.flow(), prepared.state_vector().unwrap());
            let framed =
                Framed::new(flow, &code, usize::MAX).expect("its channels are Pauli channels");
            let watch = Watch::default();
            let mut rng = Streams::new(n as u64, Domain::Noise).stream(0);
            let groups = laws(flow)[0].draw(12, true, &mut rng).unwrap();
            for group in groups {
                let at = |event: &super::super::super::patterns::Event| match event.draw {
                    Draw::Side(side) => (event.step as usize, side),
                    Draw::Look => panic!("no channel looks"),
                };
                let mut inserted = StateVector::<f64>::zero(n).unwrap();
                let sides = group.events.iter().map(at).map(|(step, side)| {
                    let channel = flow.spans[0].channel(step);
                    (step, channels::action(&flow.channels[channel], side))
                });
                let sides: Vec<_> = sides.collect();
                let span = &code.spans(flow)[0];
                let len = flow.spans[0].steps.len();
                span.run(&mut inserted, 0..len, &sides, &watch).unwrap();

                let errors: Vec<_> =
                    group.events.iter().map(|e| framed.error(flow, e.step, e.draw)).collect();
                let frame = Frame::new(&framed.actions, &errors).expect("all gates pass errors");
                let mut slots = framed.slots.clone();
                frame.flips.iter().for_each(|&slot| slots[slot as usize] *= -1.0);
                let mut signs = StateVector::<f64>::zero(n).unwrap();
                framed.actions.iter().for_each(|action| signs.apply(action, &slots));
                for index in 0..1u64 << n {
                    let [a, b] = [inserted.probability(index), signs.probability(index ^ frame.x)];
                    assert!((a - b).abs() < 1e-12, "{n} qubits, {index}: {a} {b}");
                }
            }
        }
    }
}
