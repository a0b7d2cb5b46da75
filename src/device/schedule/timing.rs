//! What a noise model knows of time.

use super::durations::Durations;
use crate::error::{Error, Result, shown};
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

/// How circuits are scheduled, and what qubits that idle do to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    /// As soon or as late as possible.
    pub kind: ScheduleKind,
    /// How long operations take.
    pub durations: Durations,
    pub(super) zz: Vec<ZzCoupling>,
    /// Pairs that are among them.
    pairs: HashSet<[usize; 2]>,
}

/// As soon or as late as possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleKind {
    /// Each operation starts when its qubits are ready.
    Asap,
    /// Each operation starts as late as those after it allow: qubits wait before their first gates.
    Alap,
}

impl fmt::Display for ScheduleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScheduleKind::Asap => "asap",
            ScheduleKind::Alap => "alap",
        })
    }
}

impl FromStr for ScheduleKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "asap" => Ok(ScheduleKind::Asap),
            "alap" => Ok(ScheduleKind::Alap),
            _ => Err(Error::unknown_name("schedule", text, "there are", &["asap", "alap"])),
        }
    }
}

/// A static ZZ interaction of two qubits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZzCoupling {
    /// The smaller number first.
    pub qubits: [usize; 2],
    /// E11 - E10 - E01 + E00 over h.
    pub zz_khz: f64,
}

impl ZzCoupling {
    /// The interaction of two qubits, in either order.
    ///
    /// # Errors
    /// If they are the same or the number is not between -1e9 and 1e9.
    pub fn new([a, b]: [usize; 2], zz_khz: f64) -> Result<Self> {
        if a == b {
            return Err(Error::RepeatedQubit { qubit: a, operation: "ZZ interaction".into() });
        }
        check_zz([a, b], zz_khz)?;
        Ok(ZzCoupling { qubits: [a.min(b), a.max(b)], zz_khz })
    }
}

/// Largest interaction, a terahertz: more than any frequency of a qubit.
const MAX_ZZ_KHZ: f64 = 1e9;

/// Refuses an interaction whose phases are no numbers.
pub(in crate::device) fn check_zz([a, b]: [usize; 2], zz_khz: f64) -> Result<()> {
    if zz_khz.abs() <= MAX_ZZ_KHZ {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the ZZ interaction of qubits {a} and {b}"),
        value: format!("{} kHz", shown(zz_khz)),
        expected: format!("it is from -{0} to {0} kHz", shown(MAX_ZZ_KHZ)),
    })
}

impl Timing {
    /// Without interactions.
    pub fn new(kind: ScheduleKind, durations: Durations) -> Self {
        Timing { kind, durations, zz: Vec::new(), pairs: HashSet::new() }
    }

    /// Two qubits interact while one of them idles.
    ///
    /// # Errors
    /// If they do already: the phase would be twice what it is.
    pub fn push_zz(&mut self, coupling: ZzCoupling) -> Result<&mut Self> {
        let [a, b] = coupling.qubits;
        if !self.pairs.insert([a.min(b), a.max(b)]) {
            return Err(Error::Invalid {
                what: format!("the ZZ interaction of qubits {a} and {b}"),
                value: "said twice".into(),
                expected: "each pair has one, whichever qubit comes first".into(),
            });
        }
        self.zz.push(coupling);
        Ok(self)
    }

    /// The qubits that it says something of.
    pub(in crate::device) fn named_qubits(&self) -> impl Iterator<Item = usize> + '_ {
        self.durations.named_qubits().chain(self.zz.iter().flat_map(|c| c.qubits))
    }

    /// The interactions.
    pub fn zz(&self) -> &[ZzCoupling] {
        &self.zz
    }

    /// The same of the first qubits alone.
    pub(in crate::device) fn on_first(&self, num_qubits: usize) -> Self {
        let within = self.zz.iter().filter(|c| c.qubits.iter().all(|&q| q < num_qubits));
        let pairs = self.pairs.iter().filter(|pair| pair[1] < num_qubits);
        Timing {
            kind: self.kind,
            durations: self.durations.on_first(num_qubits),
            zz: within.copied().collect(),
            pairs: pairs.copied().collect(),
        }
    }
}
