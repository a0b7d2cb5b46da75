//! What is odd in a calibration, as data.

use crate::error::shown;
use serde::Serialize;
use std::fmt;

/// Something in a calibration that a person should know of, and what is used instead.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What it is.
    pub what: FindingKind,
    /// Its qubits; none where it is of the whole device.
    pub qubits: Vec<usize>,
    /// The gate, by name, where it is of one; `measure` and `reset` among them.
    pub gate: Option<String>,
    /// The number that is meant, as the calibration calls it (`T1`, `gate_length`), where the kind of finding
    /// does not say it.
    pub parameter: Option<String>,
    /// What the calibration says, in the unit of [`Finding::unit`]; none where it says nothing.
    pub value: Option<f64>,
    /// What stands for it, in the same unit; none where nothing does.
    pub used: Option<f64>,
    /// The unit of both as the calibration writes it.
    #[serde(skip)]
    pub(super) said_unit: Option<String>,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FindingKind {
    /// T2 is more than 2 T1, which no qubit has: 2 T1 is used. In microseconds.
    #[serde(rename = "t2-above-twice-t1")]
    T2AboveTwiceT1,
    /// T1 is not said: populations do not decay. In microseconds.
    #[serde(rename = "missing-t1")]
    MissingT1,
    /// T2 is not said: 2 T1 is used, no dephasing but that of decay. In microseconds.
    #[serde(rename = "missing-t2")]
    MissingT2,
    /// How a qubit is misread is not said: it is not.
    MissingReadout,
    /// The error of a gate is not said: its noise is relaxation alone.
    MissingError,
    /// How long an operation takes is not said: no time, and no relaxation. In nanoseconds.
    MissingDuration,
    /// An error of 1, or more than any depolarizing channel has, means that a gate was not
    /// calibrated: its qubits are completely depolarized, which `used` says as an error.
    NotCalibrated,
    /// Relaxation while a gate lasts makes a larger error (`used`) than is reported (`value`): the
    /// model is worse than the report.
    RelaxationAboveError,
    /// Two qubits are coupled and have no gate.
    CouplingWithoutGates,
    /// Two qubits have a gate and are not said to be coupled.
    GateWithoutCoupling,
    /// A qubit is read wrongly more often than rightly: P(1|0) or P(0|1), the larger, is above ½.
    ReadoutAboveHalf,
    /// Something is said twice: the first counts.
    Duplicate,
    /// A gate that is not in the gate table is left out.
    UnknownGate,
    /// A gate on qubits that the device does not have is left out.
    UnknownQubit,
    /// A number that cannot be (negative, not finite, a probability above 1) is left out.
    ImpossibleValue,
    /// A value without unit, or with one that is not known: the format's usual unit is taken where
    /// none is said (the value is `used`), and the value left out where it is not known.
    Unit,
}

impl FindingKind {
    /// The unit of `value` and `used` where the finding has no other ([`Finding::unit`]); empty for
    /// probabilities and errors.
    pub fn unit(self) -> &'static str {
        match self {
            FindingKind::T2AboveTwiceT1 | FindingKind::MissingT1 | FindingKind::MissingT2 => "us",
            FindingKind::MissingDuration => "ns",
            _ => "",
        }
    }

    /// In words, as heading of a list.
    pub fn words(self) -> &'static str {
        match self {
            FindingKind::T2AboveTwiceT1 => "T2 is above 2 T1; 2 T1 is used",
            FindingKind::MissingT1 => "T1 is not said; populations do not decay",
            FindingKind::MissingT2 => "T2 is not said; 2 T1 is used",
            FindingKind::MissingReadout => "the readout error is not said; there is none",
            FindingKind::MissingError => "the error is not said; relaxation alone is used",
            FindingKind::MissingDuration => "the duration is not said; it takes no time",
            FindingKind::NotCalibrated => "not calibrated; its qubits are completely depolarized",
            FindingKind::RelaxationAboveError => "relaxation makes more than the reported error",
            FindingKind::CouplingWithoutGates => "coupled, and without a gate",
            FindingKind::GateWithoutCoupling => "a gate on qubits that are not said to be coupled",
            FindingKind::ReadoutAboveHalf => "read wrongly more often than rightly",
            FindingKind::Duplicate => "said twice; the first counts",
            FindingKind::UnknownGate => "no gate of the gate table; left out",
            FindingKind::UnknownQubit => "on a qubit that the device does not have; left out",
            FindingKind::ImpossibleValue => "a number that cannot be; left out",
            FindingKind::Unit => {
                "a unit is missing (the usual one is used) or not known (left out)"
            }
        }
    }
}

impl Finding {
    pub(super) fn new(what: FindingKind, qubits: &[usize], gate: Option<&str>) -> Self {
        Finding {
            what,
            qubits: qubits.to_vec(),
            gate: gate.map(Into::into),
            parameter: None,
            value: None,
            used: None,
            said_unit: None,
        }
    }

    pub(in crate::device) fn of_qubit(what: FindingKind, qubit: usize) -> Self {
        Finding::new(what, &[qubit], None)
    }

    pub(in crate::device) fn of_gate(what: FindingKind, gate: &str, qubits: &[usize]) -> Self {
        Finding::new(what, qubits, Some(gate))
    }

    pub(in crate::device) fn value(mut self, value: impl Into<Option<f64>>) -> Self {
        self.value = value.into();
        self
    }

    pub(in crate::device) fn used(mut self, used: impl Into<Option<f64>>) -> Self {
        self.used = used.into();
        self
    }

    pub(super) fn said_in(mut self, unit: &str) -> Self {
        self.said_unit = Some(unit.into());
        self
    }

    /// The unit of `value` and `used`: as the calibration writes it, or [`FindingKind::unit`].
    pub fn unit(&self) -> &str {
        self.said_unit.as_deref().unwrap_or(self.what.unit())
    }

    /// Where it is: `cx 0 1`, `qubit 3`, `T1 of qubit 3`.
    pub fn place(&self) -> String {
        let qubits: Vec<String> = self.qubits.iter().map(usize::to_string).collect();
        let place = match (&self.gate, qubits.len()) {
            (Some(gate), 0) => gate.clone(),
            (Some(gate), _) => format!("{gate} {}", qubits.join(" ")),
            (None, 0) => "the device".into(),
            (None, 1) => format!("qubit {}", qubits[0]),
            (None, _) => format!("qubits {}", qubits.join(" ")),
        };
        match &self.parameter {
            Some(parameter) => format!("{parameter} of {place}"),
            None => place,
        }
    }
}

/// `qubit 3: T2 is above 2 T1; 2 T1 is used: 250 us, 200 us used`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.what.words())?;
        let unit = self.unit();
        let space = if unit.is_empty() { "" } else { " " };
        match (self.value, self.used) {
            (Some(v), Some(u)) if v != u => {
                write!(f, ": {}{space}{unit}, {}{space}{unit} used", shown(v), shown(u))
            }
            (Some(v), _) => write!(f, ": {}{space}{unit}", shown(v)),
            (None, Some(u)) if u.is_finite() => write!(f, ": {}{space}{unit} used", shown(u)),
            _ => Ok(()),
        }
    }
}

/// A device that was read, and what is odd in it. What was mended while it was read is among the
/// findings, before those of the device as it is ([`Device::findings`](super::Device::findings)).
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceFile {
    /// The device: checked.
    pub device: super::Device,
    /// What a person should know.
    pub findings: Vec<Finding>,
}
