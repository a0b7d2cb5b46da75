//! Schedules as comma-separated values, as makers of annealers publish them.

use super::schedule::{Knot, Schedule};
use super::units::Units;
use crate::error::{Error, Result};
use std::path::Path as FilePath;

/// Schedules of devices have a few thousand lines.
const MAX_BYTES: u64 = 16 << 20;

impl Schedule {
    /// Reads lines `s, A, B` with energies in GHz; see [`from_csv_in`](Self::from_csv_in).
    ///
    /// # Errors
    /// As there.
    pub fn from_csv(text: &str) -> Result<Self> {
        Self::from_csv_in(text, Units::Gigahertz)
    }

    /// Reads lines `s, A, B` with energies in these units. A first line that is no numbers names the
    /// columns: `s`, `A…` and `B…` are found wherever they stand (`A(s) (GHz)`), others are left
    /// alone. `#` begins a comment.
    ///
    /// # Errors
    /// If a line has a column that is missing or no number, with the line's number; as
    /// [`try_new`](Self::try_new).
    pub fn from_csv_in(text: &str, units: Units) -> Result<Self> {
        let lines = text.lines().enumerate().map(|(k, line)| {
            let line = line.trim_start_matches('\u{feff}');
            (k + 1, line.split('#').next().unwrap_or_default().trim())
        });
        let mut columns = None;
        let mut knots = Vec::new();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let cells: Vec<&str> = line.split([',', ';', '\t']).map(str::trim).collect();
            let [s, a, b] = match columns {
                Some(columns) => columns,
                None => {
                    let named = cells.iter().all(|cell| cell.parse::<f64>().is_err());
                    columns = Some(if named { header(&cells, number)? } else { [0, 1, 2] });
                    if named {
                        continue;
                    }
                    [0, 1, 2]
                }
            };
            let value = |column: usize, name: &str| {
                let cell = cells.get(column).copied().unwrap_or_default();
                cell.parse::<f64>().map_err(|_| Error::Invalid {
                    what: format!("line {number} of the schedule: its {name}"),
                    value: format!("`{cell}`"),
                    expected: "a line has the numbers s, A, B".into(),
                })
            };
            knots.push(Knot { s: value(s, "s")?, a: value(a, "A")?, b: value(b, "B")? });
        }
        Schedule::try_new(knots, units)
    }

    /// Reads a file of lines `s, A, B` with energies in GHz.
    ///
    /// # Errors
    /// If it cannot be read, is larger than 16 MiB, or as [`from_csv_in`](Self::from_csv_in).
    pub fn read(path: impl AsRef<FilePath>) -> Result<Self> {
        let path = path.as_ref();
        let failed = |why: &dyn std::fmt::Display| Error::io(path, why);
        let size = std::fs::metadata(path).map_err(|error| failed(&error))?.len();
        if size > MAX_BYTES {
            return Err(failed(&format!(
                "it has {size} bytes; a schedule has at most {MAX_BYTES}"
            )));
        }
        let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
        Self::from_csv(&text).map_err(|error| failed(&error))
    }

    /// The text that [`from_csv_in`](Self::from_csv_in) reads, to the last bit; of functions, their
    /// values at s = 0, 0.001, … 1.
    pub fn to_csv(&self) -> String {
        let energy = self.units().energy();
        let mut text = format!("s,A ({energy}),B ({energy})\n");
        let mut line = |s: f64, a: f64, b: f64| text.push_str(&format!("{s},{a},{b}\n"));
        match self.curve() {
            None => self.knots().iter().for_each(|knot| line(knot.s, knot.a, knot.b)),
            Some(curve) => (0..=1000).map(|k| f64::from(k) / 1000.0).for_each(|s| {
                let (a, b) = curve.at(s);
                line(s, a, b);
            }),
        }
        text
    }
}

/// Where s, A and B stand: a column's name begins with the letter and goes on with no letter.
fn header(cells: &[&str], number: usize) -> Result<[usize; 3]> {
    let find = |letter: char| {
        let is = |cell: &&str| {
            let mut characters = cell.trim_matches('"').chars();
            characters.next().is_some_and(|c| c.eq_ignore_ascii_case(&letter))
                && characters.next().is_none_or(|c| !c.is_alphanumeric())
        };
        cells.iter().position(is).ok_or_else(|| Error::Invalid {
            what: format!("line {number} of the schedule: the names of its columns"),
            value: format!("`{}`", cells.join(",")),
            expected: format!("there must be one for {letter}, as in `s,A (GHz),B (GHz)`"),
        })
    };
    Ok([find('s')?, find('A')?, find('B')?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_devices_have() {
        let plain = Schedule::from_csv("0, 6, 0\n1, 0, 12\n").unwrap();
        assert_eq!((plain.units(), plain.at(0.5)), (Units::Gigahertz, (3.0, 6.0)));
        let named = "\u{feff}# a device\ns,C (normalized),A(s) (GHz),B(s) (GHz)\r\n0,0,6,0\r\n\r\n1,1,0,12\r\n";
        assert_eq!(Schedule::from_csv(named).unwrap(), plain);
        assert_eq!(Schedule::from_csv("B;s;A\n0;0;6\n12;1;0").unwrap(), plain);
    }

    #[test]
    fn faults_name_their_line() {
        let says = |text: &str| Schedule::from_csv(text).unwrap_err().to_string();
        assert!(says("").contains("at least two"));
        assert!(says("s,A,B\n0,6,0\n1,x,3\n").contains("line 3 of the schedule: its A is `x`"));
        assert!(says("0,6,0\n1,0\n").contains("line 2 of the schedule: its B is ``"));
        assert!(says("t,A,B\n0,6,0\n").contains("one for s"));
        assert!(says("0,6,0\n1,inf,3\n").contains("A(s = 1) is inf"));
        let missing = Schedule::read("no_such_schedule.csv").unwrap_err().to_string();
        assert!(missing.contains("no_such_schedule.csv"), "{missing}");
    }

    proptest! {
        #[test]
        fn text_keeps_every_bit(
            inner in prop::collection::vec((1e-6..0.999f64, 0.0..20.0f64, 0.0..20.0f64), 0..9),
        ) {
            let mut inner = inner;
            inner.sort_by(|x, y| x.0.total_cmp(&y.0));
            inner.dedup_by_key(|x| x.0);
            let ends = [(0.0, 7.5, 0.0), (1.0, 0.0, 1.0 / 3.0)];
            let all = [&ends[..1], &inner, &ends[1..]].concat();
            let knots = all.into_iter().map(|(s, a, b)| Knot { s, a, b });
            let schedule = Schedule::try_new(knots, Units::Gigahertz).unwrap();
            prop_assert_eq!(Schedule::from_csv(&schedule.to_csv()).unwrap(), schedule);
        }
    }
}
