//! What a device has, and whether its numbers make sense.

use super::records::{Coupling, Device, GateCalibration, QubitCalibration};
use crate::device::gate_name::GateName;
use crate::device::schedule::check_zz;
use crate::error::{Error, Result, shown};
use crate::gate::{StdGate, lookup};
use crate::noise::ReadoutError;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Most qubits of a device.
pub const MAX_QUBITS: usize = 10_000;

/// Most qubits of a gate with a record.
const MAX_GATE_QUBITS: usize = crate::noise::MAX_CHANNEL_QUBITS;

/// Most records of gates or couplings.
pub const MAX_RECORDS: usize = 1_000_000;

impl Device {
    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.qubits.len()
    }

    /// The record of a gate on certain qubits, controls first.
    pub fn gate(&self, name: &str, qubits: &[usize]) -> Option<&GateCalibration> {
        self.gates.iter().find(|g| g.name == name && g.qubits == qubits)
    }

    /// The coupling of two qubits, in either order.
    pub fn coupling(&self, a: usize, b: usize) -> Option<&Coupling> {
        let pair = [a.min(b), a.max(b)];
        self.couplings.iter().find(|c| c.qubits == pair)
    }

    /// The pairs of qubits on which there are gates, the smaller number first, ascending.
    pub fn pairs_with_gates(&self) -> BTreeSet<(usize, usize)> {
        let pair = |g: &GateCalibration| match g.qubits[..] {
            [a, b] => Some((a.min(b), a.max(b))),
            _ => None,
        };
        self.gates.iter().filter_map(pair).collect()
    }

    /// Checks everything that is said: sizes, qubits that there are, names of the gate table,
    /// numbers in their ranges, T2 ≤ 2 T1, nothing twice.
    ///
    /// # Errors
    /// The first that is wrong, with its place and value.
    pub fn check(&self) -> Result<()> {
        let n = self.num_qubits();
        if n == 0 || n > MAX_QUBITS {
            return Err(wrong(
                "the number of qubits of a device",
                n,
                format!("it is from 1 to {MAX_QUBITS}"),
            ));
        }
        for (what, count) in [("gates", self.gates.len()), ("couplings", self.couplings.len())] {
            if count > MAX_RECORDS {
                return Err(wrong(
                    format!("the number of {what} of a device"),
                    count,
                    format!("it is at most {MAX_RECORDS}"),
                ));
            }
        }
        positive("the dt of a device", self.dt_ns, "ns")?;
        if let Some(dt) = self.dt_ns
            && !(MIN_DT_NS..=MAX_DURATION_NS).contains(&dt)
        {
            let expected = format!("it is from {MIN_DT_NS:e} to {} ns", shown(MAX_DURATION_NS));
            return Err(wrong("the dt of a device", format!("{dt:e} ns"), expected));
        }
        for (q, qubit) in self.qubits.iter().enumerate() {
            qubit.check(q)?;
        }
        let mut seen = HashSet::new();
        for gate in &self.gates {
            gate.check(n)?;
            if !seen.insert((&gate.name, &gate.qubits)) {
                return Err(wrong(gate.place(), "there twice", "each gate has one record a place"));
            }
        }
        let mut seen = HashSet::new();
        for coupling in &self.couplings {
            coupling.check(n)?;
            if !seen.insert(coupling.qubits) {
                let [a, b] = coupling.qubits;
                let what = format!("the coupling of qubits {a} and {b}");
                return Err(wrong(what, "there twice", "each pair has one"));
            }
        }
        Ok(())
    }
}

impl QubitCalibration {
    /// Checks what is said of qubit `q`.
    ///
    /// # Errors
    /// A number that is out of its range; T2 > 2 T1.
    pub fn check(&self, q: usize) -> Result<()> {
        let of = |what: &str| format!("{what} of qubit {q}");
        positive(&of("the frequency"), self.frequency_ghz, "GHz")?;
        if let Some(alpha) = self.anharmonicity_ghz
            && !alpha.is_finite()
        {
            return Err(Error::NotFinite { what: of("the anharmonicity"), value: alpha });
        }
        positive_or_infinite(&of("T1"), self.t1_us)?;
        positive_or_infinite(&of("T2"), self.t2_us)?;
        if let (Some(t1), Some(t2)) = (self.t1_us, self.t2_us)
            && t2 > 2.0 * t1
        {
            let expected =
                format!("it is at most 2 T1 = {} us: 1/T2 = 1/(2 T1) + 1/Tφ", shown(2.0 * t1));
            return Err(wrong(of("T2"), format!("{} us", shown(t2)), expected));
        }
        probability(&of("the excited population"), self.excited_population)?;
        if let Some(ReadoutError { p1_given_0, p0_given_1 }) = self.readout {
            ReadoutError::new(p1_given_0, p0_given_1)?;
        }
        duration(&of("the duration of the readout"), self.readout_duration_ns)?;
        duration(&of("the duration of the reset"), self.reset_duration_ns)
    }
}

impl GateCalibration {
    /// `cx on qubits 0, 1`.
    pub fn place(&self) -> String {
        let qubits: Vec<String> = self.qubits.iter().map(usize::to_string).collect();
        let word = if qubits.len() == 1 { "qubit" } else { "qubits" };
        format!("{} on {word} {}", self.name, qubits.join(", "))
    }

    /// Checks the record, of a device with so many qubits.
    ///
    /// # Errors
    /// If its name is not in the gate table, its qubits do not fit, or a number is out of its range.
    pub fn check(&self, num_qubits: usize) -> Result<()> {
        let name: GateName = self.name.parse()?;
        if let Some(expected) = name.num_qubits()
            && expected != self.qubits.len()
        {
            let operation = self.name.clone();
            return Err(Error::WrongNumberOfQubits { operation, expected, got: self.qubits.len() });
        }
        if self.qubits.is_empty() {
            let what = format!("the qubits of a record of {}", self.name);
            return Err(wrong(what, "none", "a gate is on one at least"));
        }
        if self.qubits.len() > MAX_GATE_QUBITS {
            let what = format!("the number of qubits of a record of {}", self.name);
            let expected = format!("it is at most {MAX_GATE_QUBITS}");
            return Err(wrong(what, self.qubits.len(), expected));
        }
        distinct(&self.qubits, num_qubits, &self.name)?;
        probability(&format!("the error of {}", self.place()), self.error)?;
        duration(&format!("the duration of {}", self.place()), self.duration_ns)
    }
}

impl Coupling {
    fn check(&self, num_qubits: usize) -> Result<()> {
        distinct(&self.qubits, num_qubits, "coupling")?;
        let [a, b] = self.qubits;
        if a > b {
            let what = format!("the coupling of qubits {a} and {b}");
            return Err(wrong(what, "the larger first", "the smaller number comes first"));
        }
        self.zz_khz.map_or(Ok(()), |khz| check_zz([a, b], khz))
    }
}

fn wrong(what: impl Into<String>, value: impl ToString, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: value.to_string(), expected: expected.into() }
}

fn distinct(qubits: &[usize], num_qubits: usize, operation: &str) -> Result<()> {
    for (k, &qubit) in qubits.iter().enumerate() {
        if qubit >= num_qubits {
            return Err(Error::QubitOutOfRange { qubit, num_qubits });
        }
        if qubits[..k].contains(&qubit) {
            return Err(Error::RepeatedQubit { qubit, operation: operation.into() });
        }
    }
    Ok(())
}

fn positive(what: &str, value: Option<f64>, unit: &str) -> Result<()> {
    match value {
        Some(v) if !(v > 0.0 && v.is_finite()) => {
            Err(wrong(what, format!("{} {unit}", shown(v)), "it is positive and finite"))
        }
        _ => Ok(()),
    }
}

fn positive_or_infinite(what: &str, value: Option<f64>) -> Result<()> {
    match value {
        Some(v) if v.is_nan() || v <= 0.0 => {
            Err(wrong(what, format!("{} us", shown(v)), "it is a time, more than 0"))
        }
        Some(v) if v < MIN_DECAY_US => {
            let expected = format!("it is at least {MIN_DECAY_US:e} us");
            Err(wrong(what, format!("{v:e} us"), expected))
        }
        _ => Ok(()),
    }
}

fn probability(what: &str, value: Option<f64>) -> Result<()> {
    match value {
        Some(v) if !(0.0..=1.0).contains(&v) => Err(wrong(what, shown(v), "it is between 0 and 1")),
        _ => Ok(()),
    }
}

/// Shortest T1 and T2, a femtosecond: less than a period of any qubit.
pub(super) const MIN_DECAY_US: f64 = 1e-9;

/// Shortest sample of electronics.
const MIN_DT_NS: f64 = 1e-9;

/// Longest that an operation lasts: more than any experiment.
pub(in crate::device) const MAX_DURATION_NS: f64 = 1e15;

fn duration(what: &str, value: Option<f64>) -> Result<()> {
    match value {
        Some(v) if !(0.0..=MAX_DURATION_NS).contains(&v) => {
            let expected = format!("it is from 0 to {} ns", shown(MAX_DURATION_NS));
            Err(wrong(what, format!("{} ns", shown(v)), expected))
        }
        _ => Ok(()),
    }
}

/// The name of the gate table for a name of it or an alias, if it is one.
pub(super) fn table_name(name: &str) -> Option<String> {
    let found = lookup(name)?;
    if found.gate == StdGate::GlobalPhase {
        return None;
    }
    Some(GateName::Row { gate: found.gate, num_controls: found.num_controls }.to_string())
}

/// The middle of some numbers; none of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().filter(|v| !v.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[half]),
        _ => Some((sorted[half - 1] + sorted[half]) / 2.0),
    }
}

/// The records of each gate, by name.
pub(in crate::device) fn by_name(device: &Device) -> BTreeMap<&str, Vec<&GateCalibration>> {
    let mut found = BTreeMap::<&str, Vec<&GateCalibration>>::new();
    for gate in &device.gates {
        found.entry(&gate.name).or_default().push(gate);
    }
    found
}
