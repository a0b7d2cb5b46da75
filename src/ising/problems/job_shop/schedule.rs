//! Schedules, and simple rules that make them.

use serde::{Deserialize, Serialize};

/// A part of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The machine that it needs, from 0.
    pub machine: usize,
    /// For how long.
    pub duration: usize,
}

/// When all operations start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Of each operation of each job.
    pub starts: Vec<Vec<usize>>,
    /// When the last operation ends.
    pub makespan: usize,
    /// What each machine does, in its order, without operations of no duration.
    pub machines: Vec<Vec<Turn>>,
}

/// An operation on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Its job.
    pub job: usize,
    /// Which operation of the job.
    pub operation: usize,
    /// When it starts.
    pub start: usize,
    /// When it ends.
    pub end: usize,
}

impl Schedule {
    pub(super) fn new(
        jobs: &[Vec<Operation>],
        num_machines: usize,
        starts: Vec<Vec<usize>>,
    ) -> Self {
        let (mut machines, mut makespan) = (vec![Vec::new(); num_machines], 0);
        for (job, operations) in jobs.iter().enumerate() {
            for (index, operation) in operations.iter().enumerate() {
                let start = starts[job][index];
                let end = start + operation.duration;
                makespan = makespan.max(end);
                if operation.duration > 0 {
                    machines[operation.machine].push(Turn { job, operation: index, start, end });
                }
            }
        }
        machines.iter_mut().for_each(|turns: &mut Vec<Turn>| turns.sort_by_key(|turn| turn.start));
        Schedule { starts, makespan, machines }
    }
}

/// The best of three rules: the most work that remains first, the shortest operation first, the longest
/// first.
pub(super) fn simple(jobs: &[Vec<Operation>], num_machines: usize) -> Schedule {
    let remaining: Vec<Vec<usize>> = jobs
        .iter()
        .map(|job| {
            let after = job.iter().rev().scan(0, |sum, operation| {
                *sum += operation.duration;
                Some(*sum)
            });
            let mut after: Vec<usize> = after.collect();
            after.reverse();
            after
        })
        .collect();
    let duration = |job: usize, index: usize| jobs[job][index].duration;
    let schedule = |starts| Schedule::new(jobs, num_machines, starts);
    let work = dispatched(jobs, num_machines, |job, index| usize::MAX - remaining[job][index]);
    let short = dispatched(jobs, num_machines, duration);
    let long = dispatched(jobs, num_machines, |job, index| usize::MAX - duration(job, index));
    let (short, long) = (schedule(short), schedule(long));
    let others = if long.makespan < short.makespan { long } else { short };
    let work = schedule(work);
    if others.makespan < work.makespan { others } else { work }
}

/// The starts of an active schedule, where the operation with the least `priority` goes first of those
/// that want a machine before the next one on it could end (Giffler and Thompson, Operations Research 8,
/// 487 (1960)).
pub(super) fn dispatched(
    jobs: &[Vec<Operation>],
    num_machines: usize,
    priority: impl Fn(usize, usize) -> usize,
) -> Vec<Vec<usize>> {
    let mut starts: Vec<Vec<usize>> = vec![Vec::new(); jobs.len()];
    let (mut ready, mut free) = (vec![0; jobs.len()], vec![0; num_machines]);
    loop {
        // (job, operation, start, end) of what comes next of each job.
        let open = |starts: &[Vec<usize>], ready: &[usize], free: &[usize]| {
            let next = jobs.iter().zip(starts).enumerate();
            next.filter_map(|(job, (operations, starts))| {
                let operation = operations.get(starts.len())?;
                let start = match operation.duration {
                    0 => ready[job],
                    _ => free[operation.machine].max(ready[job]),
                };
                Some((job, *operation, start, start + operation.duration))
            })
            .collect::<Vec<_>>()
        };
        let open = open(&starts, &ready, &free);
        let Some(&first) = open.iter().min_by_key(|&&(_, _, _, end)| end) else { return starts };
        let rivals = open.iter().filter(|&&(_, operation, start, _)| {
            operation.duration > 0 && operation.machine == first.1.machine && start < first.3
        });
        let rivals = rivals.min_by_key(|&&(job, _, _, _)| priority(job, starts[job].len()));
        let &(job, operation, start, end) = match first.1.duration {
            0 => &first,
            _ => rivals.unwrap_or(&first),
        };
        starts[job].push(start);
        ready[job] = end;
        if operation.duration > 0 {
            free[operation.machine] = end;
        }
    }
}
