//! Branches of a tree of shots inside of a span whose channels are drawn beforehand.

use super::leaves::Leaves;
use super::patterns::{Event, Group};
use super::representation::Representation;
use super::span_walk::{Part, SpanWalk};
use super::tree::{Branch, Grown, Tree, most, split_among};
use crate::error::Result;
use crate::noise::Draw;

impl<R: Representation, L: Leaves<R>> Tree<'_, R, L> {
    /// Takes a branch to the end of its span. Where different things happen to its shots they part:
    /// the largest part goes on in this branch, the others are branches of their own.
    pub(super) fn walk<'s>(
        &'s self,
        branch: &mut Branch<R>,
        scope: Option<&rayon::Scope<'s>>,
        grown: &mut Grown<L::Sum>,
    ) -> Result<()>
    where
        R: 's,
    {
        let job = self.growth.job;
        let mut walk = branch.walk.take().expect("it is in a span");
        let starts = R::block_starts(job.flow, job.code, walk.number);
        let len = job.flow.spans[walk.number].steps.len();
        while let Some(first) = walk.first_event() {
            self.check()?;
            let block = starts.partition_point(|start| *start <= first);
            let (start, end) = (starts[block - 1], starts.get(block).copied().unwrap_or(len));
            if start > walk.from {
                self.run_to(branch, &mut walk, start)?;
            }
            let mut parts = walk.parts(end);
            let most = most(&parts.iter().map(|part| part.shots).collect::<Vec<_>>());
            let largest = parts.swap_remove(most);
            for part in parts {
                let mut side = branch.fork(part.shots)?;
                let walk = SpanWalk { groups: Vec::new(), ..walk.clone() };
                self.enter(&mut side, walk, part, scope, grown)?;
                self.start(side, scope, grown)?;
            }
            branch.shots = largest.shots;
            self.enter(branch, walk, largest, scope, grown)?;
            walk = branch.walk.take().expect("it is in the span still");
        }
        self.run_to(branch, &mut walk, len)?;
        branch.machine.leave_span(job.flow);
        Ok(())
    }

    /// Makes a branch that of a part of its shots. What happens to them waits in its walk; where the
    /// state decides, they part once more.
    fn enter<'s>(
        &'s self,
        branch: &mut Branch<R>,
        mut walk: SpanWalk,
        part: Part,
        scope: Option<&rayon::Scope<'s>>,
        grown: &mut Grown<L::Sum>,
    ) -> Result<()>
    where
        R: 's,
    {
        walk.groups = part.groups;
        match part.event {
            None => {}
            Some(Event { step, draw: Draw::Side(side) }) => {
                walk.waiting.push((step as usize, side));
            }
            Some(Event { step, draw: Draw::Look }) => {
                self.run_to(branch, &mut walk, step as usize)?;
                self.look(branch, &mut walk, step as usize, scope, grown)?;
            }
        }
        branch.walk = Some(walk);
        Ok(())
    }

    /// The state decides which operator of a channel comes about.
    fn look<'s>(
        &'s self,
        branch: &mut Branch<R>,
        walk: &mut SpanWalk,
        step: usize,
        scope: Option<&rayon::Scope<'s>>,
        grown: &mut Grown<L::Sum>,
    ) -> Result<()>
    where
        R: 's,
    {
        let job = self.growth.job;
        let channel = job.flow.spans[walk.number].channel(step);
        let sides = branch.machine.state.look(job.flow, channel)?;
        let mut groups: Vec<Vec<Group>> = vec![Vec::new(); sides.len()];
        let mut shots = vec![0; sides.len()];
        for group in std::mem::take(&mut walk.groups) {
            let split = split_among(group.shots, &sides, &mut branch.rng);
            for (side, &number) in split.iter().enumerate().filter(|(_, shots)| **shots > 0) {
                groups[side].push(Group { shots: number, ..group.clone() });
                shots[side] += number;
            }
        }
        walk.from = step + 1;
        let most = most(&shots);
        for (side, groups) in groups.iter_mut().enumerate() {
            if side == most || shots[side] == 0 {
                continue;
            }
            let mut other = branch.fork(shots[side])?;
            other.machine.take_channel(job.flow, channel, side)?;
            other.walk = Some(SpanWalk { groups: std::mem::take(groups), ..walk.clone() });
            self.start(other, scope, grown)?;
        }
        branch.shots = shots[most];
        walk.groups = std::mem::take(&mut groups[most]);
        branch.machine.take_channel(job.flow, channel, most)
    }

    /// Runs a branch to a step of its span.
    fn run_to(&self, branch: &mut Branch<R>, walk: &mut SpanWalk, step: usize) -> Result<()> {
        let steps = walk.from..step;
        branch.machine.run_steps(self.growth.job, walk.number, steps, &walk.waiting)?;
        walk.from = step;
        walk.waiting.clear();
        Ok(())
    }
}
