//! Which channels of a span do something to a shot: drawn before anything runs, so that equal shots
//! run once.
//!
//! A channel takes its default operator with at least the probability of its
//! [bound](crate::noise::Unraveling), whatever the state is. Places where it does not are *events*;
//! they are drawn by skips, so the time is that of the events and not of the channels.

use super::flow::{Span, Step};
use crate::error::Result;
use crate::math::{list_of, push, split};
use crate::noise::{Draw, Unraveling};
use rand::{Rng, RngExt};
use smallvec::SmallVec;
use std::sync::Arc;

const WHAT: &str = "the list of the error patterns of the shots";
const HINT: &str = "ask for fewer shots at once";

/// A channel whose bound is below e^-40 always does something: no skip is as long.
const MOST: f64 = 40.0;

/// What happens to a shot at one step of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub step: u32,
    pub draw: Draw,
}

/// Shots to which the same happens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    /// Ascending steps.
    pub events: SmallVec<[Event; 1]>,
    pub shots: u64,
}

/// The law of the events of a span.
#[derive(Debug)]
pub(super) struct EventLaw {
    /// -ln of the probability that nothing happens at the channels before number k.
    sums: Vec<f64>,
    /// The steps of the channels, and their operators.
    channels: Vec<(u32, Arc<Unraveling>)>,
    /// Whether a channel always does something.
    certain: bool,
    /// How many events a shot has on average.
    mean: f64,
}

impl EventLaw {
    /// That of a span, given the operators of all channels of the program.
    pub fn new(span: &Span, unraveling: impl Fn(usize) -> Arc<Unraveling>) -> Self {
        let (mut sums, mut channels) = (vec![0.0], Vec::new());
        let (mut certain, mut mean) = (false, 0.0);
        for (step, at) in span.steps.iter().enumerate() {
            let Step::Channel(number) = at else { continue };
            let unraveling = unraveling(*number);
            // A channel where nothing can happen has no part in it.
            if unraveling.bound() < 1.0 {
                let last = *sums.last().expect("it begins with 0");
                let skip = -unraveling.bound().ln();
                certain |= skip > MOST;
                mean += 1.0 - unraveling.bound();
                sums.push(last + skip.min(MOST));
                channels.push((step as u32, unraveling));
            }
        }
        EventLaw { sums, channels, certain, mean }
    }

    /// The probability that nothing happens.
    pub fn no_event(&self) -> f64 {
        if self.certain { 0.0 } else { (-self.total()).exp() }
    }

    /// The probability that something happens, which 1 - [`no_event`](Self::no_event) would round.
    pub fn some_event(&self) -> f64 {
        if self.certain { 1.0 } else { -(-self.total()).exp_m1() }
    }

    /// How many events a shot has on average.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// How many different patterns of one event there are.
    pub fn num_single_patterns(&self) -> f64 {
        let sides = |(_, unraveling): &(u32, Arc<Unraveling>)| {
            unraveling.num_sides().map_or(1e30, |sides| sides as f64 - 1.0).max(1.0)
        };
        self.channels.iter().map(sides).sum()
    }

    /// Bytes that the pattern of a shot takes on average, and a copy of it.
    pub fn bytes_a_shot(&self) -> f64 {
        2.0 * (size_of::<Group>() as f64 + 2.0 * self.mean * size_of::<Event>() as f64)
    }

    fn total(&self) -> f64 {
        *self.sums.last().expect("it begins with 0")
    }

    /// Draws what happens to shots, to each of them something if `conditional`: groups in ascending
    /// order of their events, each once.
    ///
    /// # Errors
    /// If there is no memory for the groups.
    pub fn draw(&self, shots: u64, conditional: bool, rng: &mut impl Rng) -> Result<Vec<Group>> {
        let [nothing, something] = [self.no_event(), self.some_event()];
        let with = match () {
            () if self.channels.is_empty() => 0,
            () if conditional => shots,
            () => split(shots, [nothing, something], rng),
        };
        let mut all = list_of(WHAT, with as usize, HINT)?;
        for _ in 0..with {
            // The exponential law, cut off where nothing would happen.
            let first = -(-rng.random::<f64>() * something).ln_1p();
            let mut events = SmallVec::new();
            let mut at = Some(self.channel_at(first).unwrap_or(self.channels.len() - 1));
            while let Some(k) = at {
                let (step, unraveling) = &self.channels[k];
                events.push(Event { step: *step, draw: unraveling.draw_tail(rng) });
                let skip = -(1.0 - rng.random::<f64>()).ln();
                at = self.channel_at(self.sums[k + 1] + skip);
            }
            all.push(events);
        }
        all.sort_unstable();
        let mut groups: Vec<Group> = Vec::new();
        if with < shots {
            groups.push(Group { events: SmallVec::new(), shots: shots - with });
        }
        for events in all {
            match groups.last_mut() {
                Some(last) if last.events == events => last.shots += 1,
                _ => push(&mut groups, Group { events, shots: 1 }, WHAT, HINT)?,
            }
        }
        Ok(groups)
    }

    /// The channel at which the sums pass a value.
    fn channel_at(&self, value: f64) -> Option<usize> {
        let passed = self.sums.partition_point(|sum| *sum <= value);
        (passed < self.sums.len()).then(|| passed - 1)
    }
}
