//! Job-shop scheduling within a horizon.

mod schedule;
mod text;

pub use schedule::{Operation, Schedule, Turn};

use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use super::limits::{check_bits, check_couplings};
use super::violations::Violations;
use crate::error::{Error, Result};
use crate::ising::Qubo;
use crate::math::Bits;
use schedule::{dispatched, simple};
use serde::{Deserialize, Serialize};

/// The most operations of all jobs together.
const MAX_OPERATIONS: usize = 10_000;
/// The longest sum of all durations, and horizon.
const MAX_TIME: usize = 1 << 31;

/// Jobs whose operations follow each other, each on its machine, so that the last one ends as early as can
/// be, and not after the horizon T.
///
/// A bit says that an operation starts at a time (Venturelli, Marchand and Rojo, arXiv:1506.08479), for the
/// times that leave room for the operations of its job before and after it. No start, or two, overlapping
/// operations on a machine, and an operation before the end of its predecessor cost the penalty A. That
/// form decides whether there is a schedule; to find the shortest one, a bit for each time m after a bound L
/// that no schedule is below says that the last operation may end at m or later. That an operation ends at
/// m sets the bit of m, and that of m the one of m - 1, or A is to be paid; each costs 1. Their number,
/// with L, is the makespan.
///
/// An operation of no duration waits for its predecessor, and for no machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct JobShop {
    num_machines: usize,
    jobs: Vec<Vec<Operation>>,
    horizon: usize,
    #[serde(skip_serializing)]
    windows: Vec<Window>,
    #[serde(skip_serializing)]
    lower_bound: usize,
}

/// A shop of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    num_machines: usize,
    jobs: Vec<Vec<Operation>>,
    #[serde(default)]
    horizon: Option<usize>,
}

impl TryFrom<Parts> for JobShop {
    type Error = Error;

    fn try_from(Parts { num_machines, jobs, horizon }: Parts) -> Result<Self> {
        JobShop::try_new(num_machines, jobs, horizon)
    }
}

/// When an operation may start: at `earliest` and the `count - 1` times after it, by bits from `first` on.
#[derive(Debug, Clone, PartialEq)]
struct Window {
    job: usize,
    index: usize,
    operation: Operation,
    is_last: bool,
    first: usize,
    earliest: usize,
    count: usize,
}

impl Window {
    /// The starts and their bits.
    fn starts(&self) -> impl Iterator<Item = (usize, usize)> + Clone {
        (self.earliest..self.earliest + self.count).zip(self.first..)
    }

    /// The starts whose bits are set.
    fn chosen(&self, bits: &Bits) -> Vec<usize> {
        self.starts().filter(|&(_, bit)| bits.bit(bit)).map(|(t, _)| t).collect()
    }

    fn name(&self) -> String {
        format!("operation {} of job {}", self.index, self.job)
    }
}

impl JobShop {
    /// Jobs with these operations, in their order, on machines from 0, which end at the horizon or before.
    /// Without a horizon it is that of a schedule by a simple rule, so that there is one.
    ///
    /// # Errors
    /// If there are no jobs or one has no operations; if there is no such machine; if a horizon is below
    /// what a job or a machine needs; if there are more than 10,000 operations or
    /// [`MAX_VARIABLES`](crate::ising::MAX_VARIABLES) bits, or durations add up to more than 2³¹.
    pub fn try_new(
        num_machines: usize,
        jobs: Vec<Vec<Operation>>,
        horizon: Option<usize>,
    ) -> Result<Self> {
        check(num_machines, &jobs)?;
        let lower_bound = lower_bound(num_machines, &jobs);
        let horizon = match horizon {
            Some(horizon) => horizon,
            None => simple(&jobs, num_machines).makespan,
        };
        if !(lower_bound..=MAX_TIME).contains(&horizon) {
            return Err(Error::Invalid {
                what: "the horizon of a job shop".into(),
                value: horizon.to_string(),
                expected: format!(
                    "a job or a machine alone needs {lower_bound}, and at most {MAX_TIME} is supported"
                ),
            });
        }
        let (mut windows, mut first) = (Vec::new(), 0);
        for (job, operations) in jobs.iter().enumerate() {
            let slack =
                horizon - operations.iter().map(|operation| operation.duration).sum::<usize>();
            let mut earliest = 0;
            for (index, &operation) in operations.iter().enumerate() {
                let (count, is_last) = (slack + 1, index + 1 == operations.len());
                windows.push(Window { job, index, operation, is_last, first, earliest, count });
                earliest += operation.duration;
                first += count;
            }
        }
        let bits = first + horizon - lower_bound;
        check_bits("job shop", bits, "a shorter horizon needs fewer")?;
        Ok(JobShop { num_machines, jobs, horizon, windows, lower_bound })
    }

    /// The same jobs with another horizon.
    ///
    /// # Errors
    /// As [`JobShop::try_new`].
    pub fn with_horizon(self, horizon: usize) -> Result<Self> {
        JobShop::try_new(self.num_machines, self.jobs, Some(horizon))
    }

    /// The number of machines.
    pub fn num_machines(&self) -> usize {
        self.num_machines
    }

    /// The operations of each job, in their order.
    pub fn jobs(&self) -> &[Vec<Operation>] {
        &self.jobs
    }

    /// When all must be done.
    pub fn horizon(&self) -> usize {
        self.horizon
    }

    /// What no makespan is below: the longest job, and for each machine its work with the least time before
    /// and after it.
    pub fn lower_bound(&self) -> usize {
        self.lower_bound
    }

    /// The number of bits that say when operations start.
    fn num_starts(&self) -> usize {
        self.windows.last().map_or(0, |window| window.first + window.count)
    }

    /// The bit that says that the last operation may end at m > L or later.
    fn late(&self, m: usize) -> usize {
        self.num_starts() + m - self.lower_bound - 1
    }

    /// The operations that need each machine, by their windows.
    fn by_machine(&self) -> Vec<Vec<&Window>> {
        let mut all = vec![Vec::new(); self.num_machines];
        for window in self.windows.iter().filter(|window| window.operation.duration > 0) {
            all[window.operation.machine].push(window);
        }
        all
    }

    /// Pairs of windows of which not all pairs of starts are allowed.
    fn pairs(&self) -> impl Iterator<Item = (Conflict, &Window, &Window)> {
        let chain = self.windows.windows(2).filter(|pair| pair[0].job == pair[1].job);
        let chain = chain.map(|pair| (Conflict::Order, &pair[0], &pair[1]));
        let shared = self.by_machine().into_iter().flat_map(|on| {
            let pairs = (0..on.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
            // Those of one job are in order.
            let pairs = pairs.filter(|&(a, b)| on[a].job != on[b].job);
            pairs.map(|(a, b)| (Conflict::Machine, on[a], on[b])).collect::<Vec<_>>()
        });
        chain.chain(shared)
    }

    fn feasible(&self, schedule: Schedule) -> Option<Schedule> {
        (schedule.makespan <= self.horizon).then_some(schedule)
    }
}

/// Why two starts exclude each other.
#[derive(Clone, Copy)]
enum Conflict {
    Order,
    Machine,
}

impl Conflict {
    fn excludes(self, (a, t): (&Window, usize), (b, u): (&Window, usize)) -> bool {
        let a_ends_late = t + a.operation.duration > u;
        match self {
            Conflict::Order => a_ends_late,
            Conflict::Machine => a_ends_late && u + b.operation.duration > t,
        }
    }
}

fn check(num_machines: usize, jobs: &[Vec<Operation>]) -> Result<()> {
    let refused = |what: String, value: usize, expected: String| {
        Err(Error::Invalid { what, value: value.to_string(), expected })
    };
    if jobs.is_empty() {
        return refused("the number of jobs".into(), 0, "at least one is needed".into());
    }
    let count: usize = jobs.iter().map(Vec::len).sum();
    if count > MAX_OPERATIONS || num_machines > MAX_OPERATIONS {
        let expected = format!("at most {MAX_OPERATIONS} are supported");
        return refused(
            "the number of operations or machines".into(),
            count.max(num_machines),
            expected,
        );
    }
    let mut total = 0usize;
    for (job, operations) in jobs.iter().enumerate() {
        if operations.is_empty() {
            let what = format!("the number of operations of job {job}");
            return refused(what, 0, "at least one is needed".into());
        }
        for (index, operation) in operations.iter().enumerate() {
            if operation.machine >= num_machines {
                let what = format!("the machine of operation {index} of job {job}");
                let expected = format!("there are {num_machines}, numbered from 0");
                return refused(what, operation.machine, expected);
            }
            total = total.saturating_add(operation.duration);
        }
    }
    if total > MAX_TIME {
        let expected = format!("at most {MAX_TIME} is supported; choose a longer unit of time");
        return refused("the sum of all durations".into(), total, expected);
    }
    Ok(())
}

fn lower_bound(num_machines: usize, jobs: &[Vec<Operation>]) -> usize {
    // Work, least time before, least time after.
    let mut machines = vec![(0, usize::MAX, usize::MAX); num_machines];
    let mut longest = 0;
    for operations in jobs {
        let total: usize = operations.iter().map(|operation| operation.duration).sum();
        longest = longest.max(total);
        let mut before = 0;
        for operation in operations.iter().filter(|operation| operation.duration > 0) {
            let (work, head, tail) = &mut machines[operation.machine];
            *work += operation.duration;
            *head = (*head).min(before);
            before += operation.duration;
            *tail = (*tail).min(total - before);
        }
    }
    let busy = machines.into_iter().filter(|&(work, _, _)| work > 0);
    busy.map(|(work, head, tail)| work + head + tail).fold(longest, usize::max)
}

impl Encode for JobShop {
    type Solution = Schedule;

    fn kind(&self) -> &'static str {
        "job-shop"
    }

    fn objective(&self) -> Objective {
        Objective { name: "makespan", sense: Sense::Minimize }
    }

    fn num_variables(&self) -> usize {
        self.num_starts() + self.horizon - self.lower_bound
    }

    fn variable(&self, i: usize) -> String {
        if i >= self.num_starts() {
            return format!(
                "the last end may be at {}",
                self.lower_bound + 1 + i - self.num_starts()
            );
        }
        let window = &self.windows[self.windows.partition_point(|w| w.first + w.count <= i)];
        format!("{} starts at {}", window.name(), window.earliest + i - window.first)
    }

    /// With R = T - L, a schedule has at most the energy L + R. Whatever is broken costs A at least once
    /// above L, so A > R is enough. The bits of times are right, too: one that is not set though it should
    /// costs A, and saves at most R.
    fn penalty_rule(&self) -> PenaltyRule {
        let range = (self.horizon - self.lower_bound) as f64;
        PenaltyRule::Above {
            bound: range,
            reason: format!(
                "a schedule ends between {} and the horizon {}, so that breaking a constraint saves at \
                 most {range}",
                self.lower_bound, self.horizon
            ),
            default: range + 1.0,
        }
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let square = |count: usize| (count as u64).saturating_mul(count as u64);
        let one_each = self.windows.iter().map(|window| square(window.count) / 2);
        let couplings = self.pairs().map(|(conflict, a, b)| match conflict {
            Conflict::Order => square(a.count) / 2,
            Conflict::Machine => {
                let overlap = (a.operation.duration + b.operation.duration).min(b.count);
                a.count as u64 * overlap as u64
            }
        });
        let couplings = one_each.chain(couplings).fold(0, u64::saturating_add);
        check_couplings(
            "job shop",
            couplings,
            "a shorter horizon or a longer unit of time needs fewer",
        )?;
        let mut linear = vec![0.0; self.num_variables()];
        let mut quadratic = Vec::new();
        for window in &self.windows {
            for (t, bit) in window.starts() {
                linear[bit] -= penalty;
                quadratic.extend((window.first..bit).map(|other| (other, bit, 2.0 * penalty)));
                let end = t + window.operation.duration;
                if window.is_last && end > self.lower_bound {
                    linear[bit] += penalty;
                    quadratic.push((bit, self.late(end), -penalty));
                }
            }
        }
        for (conflict, a, b) in self.pairs() {
            for (t, bit) in a.starts() {
                let excluded = b.starts().filter(|&(u, _)| conflict.excludes((a, t), (b, u)));
                quadratic.extend(excluded.map(|(_, other)| (bit, other, penalty)));
            }
        }
        for m in self.lower_bound + 1..=self.horizon {
            linear[self.late(m)] += 1.0;
            if m > self.lower_bound + 1 {
                linear[self.late(m)] += penalty;
                quadratic.push((self.late(m - 1), self.late(m), -penalty));
            }
        }
        let offset = self.lower_bound as f64 + penalty * self.windows.len() as f64;
        Qubo::try_new(linear, quadratic, offset)
    }

    fn decode(&self, bits: &Bits) -> Decoded<Schedule> {
        let mut violations = Violations::default();
        let chosen: Vec<Vec<usize>> =
            self.windows.iter().map(|window| window.chosen(bits)).collect();
        for (window, starts) in self.windows.iter().zip(&chosen) {
            let what = match starts[..] {
                [_] => continue,
                [] => format!("{} does not start", window.name()),
                [a, b] => format!("{} starts twice, at {a} and {b}", window.name()),
                [a, .., b] => format!(
                    "{} starts {} times, first at {a} and last at {b}",
                    window.name(),
                    starts.len()
                ),
            };
            violations.push("operation_once", || what);
        }
        let place = |window: &Window| self.windows.partition_point(|w| w.first < window.first);
        for (conflict, a, b) in self.pairs() {
            let (first, second) = (&chosen[place(a)], &chosen[place(b)]);
            let pairs = first.iter().flat_map(|&t| second.iter().map(move |&u| (t, u)));
            let broken = pairs.into_iter().find(|&(t, u)| conflict.excludes((a, t), (b, u)));
            let Some((t, u)) = broken else { continue };
            let (a_ends, b_ends) = (t + a.operation.duration, u + b.operation.duration);
            match conflict {
                Conflict::Order => violations.push("job_order", || {
                    format!("{} starts at {u}, before {} ends at {a_ends}", b.name(), a.name())
                }),
                Conflict::Machine => violations.push("machine_once", || {
                    format!(
                        "machine {} has {} from {t} to {a_ends} and {} from {u} to {b_ends}",
                        a.operation.machine,
                        a.name(),
                        b.name(),
                    )
                }),
            }
        }
        if let Some(infeasible) = violations.decoded() {
            return infeasible;
        }
        let mut starts = chosen.into_iter().flatten();
        let starts =
            self.jobs.iter().map(|job| starts.by_ref().take(job.len()).collect()).collect();
        let schedule = Schedule::new(&self.jobs, self.num_machines, starts);
        let makespan = schedule.makespan as f64;
        Decoded::feasible(schedule, makespan)
    }

    fn assignment(&self, schedule: &Schedule) -> Result<Bits> {
        let refused = |value: String, expected: String| {
            Err(Error::Invalid { what: "the starts of a schedule".into(), value, expected })
        };
        let lengths = |all: &[Vec<usize>]| all.iter().map(Vec::len).collect::<Vec<_>>();
        let jobs: Vec<usize> = self.jobs.iter().map(Vec::len).collect();
        if lengths(&schedule.starts) != jobs {
            let value = format!("of {} jobs", schedule.starts.len());
            return refused(value, "one is needed for each operation of each job".into());
        }
        let mut bits = Bits::zeros(self.num_variables());
        for window in &self.windows {
            let start = schedule.starts[window.job][window.index];
            match start.checked_sub(window.earliest) {
                Some(at) if at < window.count => bits.set(window.first + at, true),
                _ => {
                    return refused(
                        format!("{start} for {}", window.name()),
                        format!("{} to {}", window.earliest, window.earliest + window.count - 1),
                    );
                }
            }
        }
        match (self.decode(&bits).violations.first(), self.decode(&bits).solution) {
            (None, Some((schedule, _))) => {
                let late = self.lower_bound + 1..=schedule.makespan;
                late.for_each(|m| bits.set(self.late(m), true));
                Ok(bits)
            }
            (broken, _) => {
                let value = broken.map(ToString::to_string).unwrap_or_default();
                refused(value, "no constraint may be broken".into())
            }
        }
    }

    /// The best of three rules of dispatching, if it ends by the horizon.
    fn constructed(&self) -> Option<Schedule> {
        self.feasible(simple(&self.jobs, self.num_machines))
    }

    /// All operations as early as can be; where several want a machine, in the order of their first bits
    /// that are set.
    fn repaired(&self, bits: &Bits) -> Option<Schedule> {
        let mut wanted = self.windows.iter().map(|window| {
            window.chosen(bits).first().copied().unwrap_or(window.earliest + window.count / 2)
        });
        let wanted: Vec<Vec<usize>> =
            self.jobs.iter().map(|job| wanted.by_ref().take(job.len()).collect()).collect();
        let starts = dispatched(&self.jobs, self.num_machines, |job, index| wanted[job][index]);
        self.feasible(Schedule::new(&self.jobs, self.num_machines, starts))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Encoded;
    use super::super::testing::{MOST_BITS, is_encoded_right, least_energies};
    use super::*;
    use proptest::prelude::*;

    fn operations(jobs: &[&[(usize, usize)]]) -> Vec<Vec<Operation>> {
        let operation = |&(machine, duration): &(usize, usize)| Operation { machine, duration };
        jobs.iter().map(|job| job.iter().map(operation).collect()).collect()
    }

    /// Two or three jobs on two machines, few enough bits to look at all.
    fn any_shop() -> impl Strategy<Value = JobShop> {
        let operation =
            (0..2usize, 0..=2usize).prop_map(|(machine, duration)| Operation { machine, duration });
        let jobs = prop::collection::vec(prop::collection::vec(operation, 1..=2), 1..=3);
        (jobs, 0..=2usize).prop_filter_map("few bits", |(jobs, slack)| {
            let horizon = lower_bound(2, &jobs) + slack;
            let shop = JobShop::try_new(2, jobs, Some(horizon)).unwrap();
            (shop.num_variables() <= 13).then_some(shop)
        })
    }

    /// The least makespan: the operations are put on their machines one by one, as early as can be, in
    /// every order of jobs.
    fn best(
        jobs: &[Vec<Operation>],
        next: &mut [usize],
        ready: &mut [usize],
        free: &mut [usize],
    ) -> usize {
        let mut least = usize::MAX;
        for job in 0..jobs.len() {
            let Some(operation) = jobs[job].get(next[job]) else { continue };
            let (was_ready, was_free) = (ready[job], free[operation.machine]);
            if operation.duration > 0 {
                ready[job] = was_ready.max(was_free) + operation.duration;
                free[operation.machine] = ready[job];
            }
            next[job] += 1;
            least = least.min(best(jobs, next, ready, free));
            next[job] -= 1;
            (ready[job], free[operation.machine]) = (was_ready, was_free);
        }
        match least {
            usize::MAX => ready.iter().copied().max().unwrap_or(0),
            least => least,
        }
    }

    fn least_makespan(shop: &JobShop) -> usize {
        let n = shop.jobs.len();
        best(&shop.jobs, &mut vec![0; n], &mut vec![0; n], &mut vec![0; shop.num_machines])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn is_the_shortest_schedule(shop in any_shop()) {
            let least = least_makespan(&shop);
            prop_assert!(least >= shop.lower_bound());
            is_encoded_right(&shop, (least <= shop.horizon()).then_some(least as f64));
        }

        #[test]
        fn what_is_repaired_is_a_schedule(shop in any_shop(), index: u64) {
            let n = shop.num_variables();
            let bits = Bits::from_u64(index & ((1 << n) - 1), n);
            if let Some(schedule) = shop.repaired(&bits) {
                let own = shop.assignment(&schedule).unwrap();
                prop_assert_eq!(shop.decode(&own).solution.unwrap().0, schedule);
            }
        }
    }

    /// Neither a job nor a machine alone needs 4, but together they do.
    fn tight() -> JobShop {
        let jobs = operations(&[&[(0, 2)], &[(1, 1), (0, 1), (1, 1)]]);
        JobShop::try_new(2, jobs, Some(4)).unwrap()
    }

    #[test]
    fn half_of_a_tight_penalty_is_not_enough() {
        let shop = tight();
        let least = least_makespan(&shop);
        assert_eq!((least, shop.horizon(), shop.lower_bound()), (4, 4, 3));
        assert!(shop.num_variables() <= MOST_BITS);
        is_encoded_right(&shop, Some(4.0));
        let PenaltyRule::Above { bound, .. } = shop.penalty_rule() else { unreachable!() };
        assert_eq!(bound, 1.0);
        let (feasible, infeasible) = least_energies(&Encoded::new(shop, Some(0.5)).unwrap());
        // The feasible one breaks a bit of a time.
        assert_eq!((feasible, infeasible), (3.5, 3.5));
    }

    #[test]
    fn violations_are_listed() {
        let shop =
            JobShop::try_new(1, operations(&[&[(0, 2), (0, 1)], &[(0, 1)]]), Some(5)).unwrap();
        assert_eq!(shop.variable(0), "operation 0 of job 0 starts at 0");
        assert_eq!(shop.variable(shop.num_variables() - 1), "the last end may be at 5");
        let mut bits = Bits::zeros(shop.num_variables());
        // Job 0: first at 1, second at 2; job 1 at 2 and at 4.
        for name in [
            "operation 0 of job 0 starts at 1",
            "operation 1 of job 0 starts at 2",
            "operation 0 of job 1 starts at 2",
            "operation 0 of job 1 starts at 4",
        ] {
            let bit = (0..shop.num_variables()).find(|&i| shop.variable(i) == name).unwrap();
            bits.set(bit, true);
        }
        let says: Vec<String> =
            shop.decode(&bits).violations.iter().map(|v| v.what.clone()).collect();
        assert_eq!(
            says,
            [
                "operation 0 of job 1 starts twice, at 2 and 4",
                "operation 1 of job 0 starts at 2, before operation 0 of job 0 ends at 3",
                "machine 0 has operation 0 of job 0 from 1 to 3 and operation 0 of job 1 from 2 to 3",
                "machine 0 has operation 1 of job 0 from 2 to 3 and operation 0 of job 1 from 2 to 3",
            ]
        );
        let none = shop.decode(&Bits::zeros(shop.num_variables()));
        assert_eq!(none.violations[0].what, "operation 0 of job 0 does not start");
        assert!(none.violations.iter().all(|violation| violation.constraint == "operation_once"));
    }

    #[test]
    fn refuses_what_is_no_shop_or_schedule() {
        let says = |machines, jobs: &[&[(usize, usize)]], horizon| {
            JobShop::try_new(machines, operations(jobs), horizon).unwrap_err().to_string()
        };
        assert!(says(1, &[], None).contains("number of jobs"));
        assert!(says(1, &[&[(0, 1)], &[]], None).contains("job 1"));
        assert!(says(1, &[&[(1, 1)]], None).contains("numbered from 0"));
        assert!(says(1, &[&[(0, 3)], &[(0, 2)]], Some(4)).contains("alone needs 5"));
        assert!(says(1, &[&[(0, usize::MAX), (0, 9)]], None).contains("sum of all durations"));
        assert!(says(1, &[&[(0, 1)]], Some(usize::MAX)).contains("at most"));
        assert!(says(1, &[&[(0, 1)]], Some(MAX_TIME)).contains("shorter horizon"));
        assert!(says(usize::MAX, &[&[(0, 1)]], None).contains("10000"));
        let large = JobShop::try_new(1, operations(&[&[(0, 1)]]), Some(100_000)).unwrap();
        assert!(large.qubo(1.0).unwrap_err().to_string().contains("couplings"));
        let refused = |starts: Vec<Vec<usize>>| {
            let schedule = Schedule { starts, makespan: 0, machines: vec![] };
            tight().assignment(&schedule).unwrap_err().to_string()
        };
        assert!(refused(vec![vec![0, 1]]).contains("each operation"));
        assert!(refused(vec![vec![9], vec![0, 1, 2]]).contains("0 to 2"));
        assert!(refused(vec![vec![1], vec![0, 1, 2]]).contains("machine 0 has"));
        let json = serde_json::to_string(&tight()).unwrap();
        assert!(serde_json::from_str::<JobShop>(&json.replace(":4}", ":1}")).is_err());
    }
}
