//! Shots inside of a span of gates and channels, as a walk over its steps: shots to which different
//! things happen part, and those to which the same happens go on together.

use super::patterns::{Event, Group};
use smallvec::SmallVec;

/// Where shots are in a span, and what will happen to them.
#[derive(Debug, Clone)]
pub(super) struct SpanWalk {
    /// The span.
    pub number: usize,
    /// The state is that before this step …
    pub from: usize,
    /// … and these operators come about behind it: steps of channels and their sides, ascending. They
    /// wait until the block ends or the state is looked at, so that one plan has them all.
    pub waiting: SmallVec<[(usize, u64); 2]>,
    /// What else happens to the shots, in ascending order.
    pub groups: Vec<Group>,
}

/// Shots that go on together.
#[derive(Debug)]
pub(super) struct Part {
    /// What happens to them next, if it does in this block.
    pub event: Option<Event>,
    /// Groups without this event.
    pub groups: Vec<Group>,
    pub shots: u64,
}

impl SpanWalk {
    /// At the start of a span.
    pub fn new(number: usize, groups: Vec<Group>) -> Self {
        SpanWalk { number, from: 0, waiting: SmallVec::new(), groups }
    }

    /// The step of the first event of any shot.
    pub fn first_event(&self) -> Option<usize> {
        let first = |group: &Group| group.events.first().map(|event| event.step as usize);
        self.groups.iter().filter_map(first).min()
    }

    /// Takes all groups apart by their first events before step `end`.
    pub fn parts(&mut self, end: usize) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut others = Part { event: None, groups: Vec::new(), shots: 0 };
        for mut group in std::mem::take(&mut self.groups) {
            let here = group.events.first().copied().filter(|e| (e.step as usize) < end);
            let Some(event) = here else {
                others.shots += group.shots;
                others.groups.push(group);
                continue;
            };
            group.events.remove(0);
            match parts.last_mut() {
                // Groups are in ascending order, so equal events are neighbours.
                Some(last) if last.event == here => {
                    last.shots += group.shots;
                    last.groups.push(group);
                }
                _ => {
                    let shots = group.shots;
                    parts.push(Part { event: Some(event), groups: vec![group], shots });
                }
            }
        }
        if others.shots > 0 {
            parts.push(others);
        }
        parts
    }
}
