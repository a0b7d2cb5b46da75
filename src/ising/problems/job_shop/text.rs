//! Job shops in the usual form.

use super::{JobShop, Operation};
use crate::error::Result;
use crate::ising::files;
use crate::ising::files::scan::{content, ended};
use std::path::Path;

impl JobShop {
    /// Reads a job shop, as in the OR-Library: `jobs machines`,
    /// then a line a job with a pair `machine duration` for each machine, machines from 0. The horizon is
    /// that of a schedule by a simple rule; see [`JobShop::with_horizon`].
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there; as [`JobShop::try_new`].
    pub fn parse(text: &str) -> Result<Self> {
        const FORM: &str = "expected `jobs machines`, the two numbers alone";
        let mut lines = content(text);
        let header = lines.next().ok_or(ended("the job shop", FORM))?;
        let [n, m] = header.fields()[..] else { return Err(header.error(FORM)) };
        let (n, m) = (header.count(n, "jobs")?, header.count(m, "machines")?);
        let mut jobs = Vec::new();
        for line in lines {
            let fields = line.fields();
            if jobs.len() == n {
                return Err(line.error(format!("expected the end after {}", count_of(n))));
            }
            if fields.len() != m.saturating_mul(2) {
                return Err(line.error(format!(
                    "expected a pair `machine duration` for each of the {m} machines, but found {} numbers",
                    fields.len()
                )));
            }
            let pairs = fields.chunks_exact(2).map(|pair| {
                let machine = line.index(pair[0], 0, Some(m))?;
                let duration = pair[1].parse::<usize>().map_err(|_| {
                    line.error(format!("the duration is `{}`; expected an integer from 0", pair[1]))
                })?;
                Ok(Operation { machine, duration })
            });
            jobs.push(pairs.collect::<Result<Vec<_>>>()?);
        }
        if jobs.len() < n {
            return Err(ended(
                "the job shop",
                format!("expected {}, but found {}", count_of(n), jobs.len()),
            ));
        }
        JobShop::try_new(m, jobs, None)
    }

    /// Reads a file as [`JobShop::parse`] does.
    ///
    /// # Errors
    /// As there, and if the file cannot be read or is larger than
    /// [`MAX_FILE_BYTES`](crate::ising::MAX_FILE_BYTES).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, _| Self::parse(text))
    }
}

fn count_of(jobs: usize) -> String {
    format!("{jobs} {}", if jobs == 1 { "job" } else { "jobs" })
}

#[cfg(test)]
mod tests {
    use super::super::super::Encode;
    use super::*;

    #[test]
    fn reads_pairs_of_machine_and_duration() {
        let shop = JobShop::parse("# two jobs\n2 2\n0 3 1 2\n 1 1  0 0\n").unwrap();
        assert_eq!((shop.num_machines(), shop.jobs().len()), (2, 2));
        assert_eq!(
            shop.jobs()[1],
            [Operation { machine: 1, duration: 1 }, Operation { machine: 0, duration: 0 }]
        );
        assert_eq!((shop.horizon(), shop.lower_bound()), (5, 5));
        assert_eq!(shop.constructed().unwrap().makespan, 5);
        let longer = shop.with_horizon(7).unwrap();
        assert_eq!((longer.horizon(), longer.jobs().len()), (7, 2));
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("", "end", "jobs machines"),
            ("2\n", "line 1", "jobs machines"),
            ("2 x\n", "line 1", "`x`"),
            ("0 1\n", "number of jobs", "at least one"),
            ("4000000000 4000000000\n0 1\n", "line 2", "found 2 numbers"),
            ("4000000000 1\n0 1\n", "end", "expected 4000000000 jobs, but found 1"),
            ("1 2\n0 1 1\n", "line 2", "found 3 numbers"),
            ("1 1\n1 1\n", "line 2", "out of range"),
            ("1 1\n0 -1\n", "line 2", "`-1`"),
            ("1 1\n0 1.5\n", "line 2", "`1.5`"),
            ("1 1\n0 99999999999999999999\n", "line 2", "integer from 0"),
            ("1 1\n0 9999999999999\n", "durations", "longer unit"),
            ("1 1\n0 1\n0 1\n", "line 3", "the end after 1 job"),
        ] {
            let error = JobShop::parse(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
    }
}
