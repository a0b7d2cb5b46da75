//! What a chip is designed of, as versioned JSON that a person writes.

use crate::chip::{Design, Environment, FrequencyPlan, Lattice, LatticeFile, Pattern, Rules};
use crate::error::{Error, Result, shown};
use serde::{Deserialize, Serialize};

const FORMAT: &str = "ketlab.chip_plan";
const VERSION: u32 = 1;

/// The plan of a chip: a lattice of transmons with exchange between coupled ones, a resonator at each.
/// [`ChipPlan::build`] makes its calibration.
///
/// ```json
/// {"format": "ketlab.chip_plan", "version": 1, "name": "twenty-seven",
///  "lattice": "falcon27",
///  "frequencies": {"center_ghz": 5.12, "spacing_mhz": 60},
///  "anharmonicity_mhz": -330,
///  "scatter": {"sigma_mhz": 14, "seed": 1, "chip": 0},
///  "rules": "hertzberg-2021",
///  "exchange_mhz": 2,
///  "gates": {"pulse_ns": 35, "drive_mhz": 30, "flank_ns": 15, "echo": true},
///  "readout": {"resonator_ghz": 7, "g_mhz": 70, "kappa_mhz": 1, "efficiency": 0.5},
///  "environment": {"temperature_mk": 15, "quality_factor": 3e6}}
/// ```
///
/// Everything but `format`, `version` and the lattice may be left out; the values above are then those
/// of [`Default`], without scatter. The lattice is a name ([`Lattice::named`]), or `couplings`, a list
/// of pairs of qubits; the frequencies are a pattern ([`Design::plan`]), or `frequencies_ghz`, one for
/// each qubit. With `scatter` the chip is one of those that fabrication makes of
/// the design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChipPlan {
    /// What the device is called.
    pub name: String,
    /// A lattice by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lattice: Option<String>,
    /// Or the coupled pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub couplings: Option<Vec<[usize; 2]>>,
    /// Frequencies by a pattern, where there are none of each qubit's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequencies: Option<PatternPlan>,
    /// Or the design frequency of each qubit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequencies_ghz: Option<Vec<f64>>,
    /// Of all qubits.
    pub anharmonicity_mhz: f64,
    /// What fabrication adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scatter: Option<Scatter>,
    /// What counts as a collision: [`Rules`] by name.
    pub rules: String,
    /// The exchange J of every coupled pair.
    pub exchange_mhz: f64,
    /// Pulses and gates.
    pub gates: GatePlan,
    /// Resonators and measurements.
    pub readout: ReadoutPlan,
    /// What qubits decay by.
    pub environment: EnvironmentPlan,
}

/// Frequencies by a pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PatternPlan {
    /// The name of the [`Pattern`].
    pub pattern: String,
    /// The middle of the frequencies.
    pub center_ghz: f64,
    /// From one frequency to the next.
    pub spacing_mhz: f64,
}

/// Normal deviations of one fabricated chip from its design: that chip of a yield study
/// ([`YieldStudy`](crate::chip::YieldStudy)).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scatter {
    /// Standard deviation of frequencies.
    pub sigma_mhz: f64,
    /// Standard deviation of anharmonicities.
    #[serde(default)]
    pub anharmonicity_sigma_mhz: f64,
    /// Seed of the study.
    #[serde(default)]
    pub seed: u64,
    /// Which of its chips.
    #[serde(default)]
    pub chip: u64,
}

/// Pulses and gates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatePlan {
    /// How long `sx` and `x` take.
    pub pulse_ns: f64,
    /// The drive of cross resonance, where no gate time is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drive_mhz: Option<f64>,
    /// Or how long the gate by cross resonance takes, with its flanks and echo, whatever drive that needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_resonance_ns: Option<f64>,
    /// How long the drive rises and falls.
    pub flank_ns: f64,
    /// Two halves of opposite sign and two pulses on the control, or one pulse.
    pub echo: bool,
}

/// Resonators and measurements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadoutPlan {
    /// Frequency of the resonators.
    pub resonator_ghz: f64,
    /// Coupling of qubit and resonator.
    pub g_mhz: f64,
    /// Linewidth of a resonator, κ over 2π.
    pub kappa_mhz: f64,
    /// Photons in the steady state; a fifth of the smaller critical number where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photons: Option<f64>,
    /// Efficiency of the detection.
    pub efficiency: f64,
    /// How long a measurement takes; as long as is best for each qubit where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_ns: Option<f64>,
    /// Whether a filter prevents the decay of qubits through their resonators.
    pub purcell_filter: bool,
}

/// What qubits decay by; see [`Environment`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentPlan {
    /// Temperature of qubits and resonators.
    pub temperature_mk: f64,
    /// Quality factor of the qubits' capacitances, at all frequencies.
    pub quality_factor: f64,
    /// Amplitude of 1/f charge noise, in Cooper pairs.
    pub charge_noise: f64,
    /// Amplitude of 1/f noise of the critical current, over that current.
    pub critical_current_noise: f64,
    /// Photons in the resonators when nothing is read; those of the temperature where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resonator_photons: Option<f64>,
}

impl Default for ChipPlan {
    fn default() -> Self {
        ChipPlan {
            name: "chip".into(),
            lattice: None,
            couplings: None,
            frequencies: None,
            frequencies_ghz: None,
            anharmonicity_mhz: -330.0,
            scatter: None,
            rules: "hertzberg-2021".into(),
            exchange_mhz: 2.0,
            gates: GatePlan::default(),
            readout: ReadoutPlan::default(),
            environment: EnvironmentPlan::default(),
        }
    }
}

impl Default for PatternPlan {
    fn default() -> Self {
        let design = Design::default();
        PatternPlan {
            pattern: Pattern::Auto.name().into(),
            center_ghz: design.center_ghz,
            spacing_mhz: 1e3 * design.spacing_ghz,
        }
    }
}

impl Default for GatePlan {
    fn default() -> Self {
        GatePlan {
            pulse_ns: 35.0,
            drive_mhz: None,
            cross_resonance_ns: None,
            flank_ns: 15.0,
            echo: true,
        }
    }
}

impl Default for ReadoutPlan {
    fn default() -> Self {
        ReadoutPlan {
            resonator_ghz: 7.0,
            g_mhz: 70.0,
            kappa_mhz: 1.0,
            photons: None,
            efficiency: 0.5,
            time_ns: None,
            purcell_filter: false,
        }
    }
}

impl Default for EnvironmentPlan {
    fn default() -> Self {
        let usual = Environment::default();
        EnvironmentPlan {
            temperature_mk: usual.temperature_mk,
            quality_factor: 3e6,
            charge_noise: usual.charge_noise,
            critical_current_noise: usual.critical_current_noise,
            resonator_photons: None,
        }
    }
}

/// The drive of cross resonance where neither drive nor time is given, in MHz.
pub(super) const DRIVE_MHZ: f64 = 30.0;

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    version: u32,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

fn invalid(what: &str, value: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: value.into(), expected: expected.into() }
}

impl ChipPlan {
    /// Reads a plan.
    ///
    /// # Errors
    /// If it is not JSON, has another format or version, or a key that does not belong there. Numbers
    /// are checked by [`build`](Self::build).
    pub fn from_json(text: &str) -> Result<Self> {
        let broken = |e: serde_json::Error| {
            invalid("the plan of a chip", "not readable", format!("it is JSON as documented: {e}"))
        };
        let document: Document = serde_json::from_str(text).map_err(broken)?;
        if document.format != FORMAT || document.version != VERSION {
            return Err(invalid(
                "the format of the plan of a chip",
                format!("{} version {}", document.format, document.version),
                format!("this ketlab reads {FORMAT} version {VERSION}"),
            ));
        }
        serde_json::from_value(document.rest.into()).map_err(broken)
    }

    /// The plan with the couplings and frequencies of a file of a lattice, as
    /// `ketlab chip yield --save-plan` writes them, and defaults besides.
    ///
    /// # Errors
    /// If its anharmonicities are not all the same.
    pub fn from_lattice(file: &LatticeFile) -> Result<Self> {
        let mut plan = ChipPlan { name: file.lattice.name().into(), ..ChipPlan::default() };
        plan.couplings = Some(file.lattice.couplings().iter().map(|&(a, b)| [a, b]).collect());
        plan.frequencies_ghz = file.frequencies_ghz.clone();
        if let Some([first, rest @ ..]) = file.anharmonicities_ghz.as_deref() {
            if let Some(other) = rest.iter().find(|&a| a != first) {
                return Err(invalid(
                    "the anharmonicities of a lattice for a plan",
                    format!("{first} and {other} GHz"),
                    "the qubits of a plan have one: write a `ketlab.chip_plan` with `anharmonicity_mhz`",
                ));
            }
            plan.anharmonicity_mhz = 1e3 * first;
        }
        Ok(plan)
    }

    /// The plan as JSON text, defaults written out; [`ChipPlan::from_json`] reads the same plan back.
    pub fn to_json(&self) -> String {
        let rest = match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(rest)) => rest,
            _ => unreachable!("a plan is an object"),
        };
        let document = Document { format: FORMAT.into(), version: VERSION, rest };
        let text = serde_json::to_string_pretty(&document);
        format!("{}\n", text.expect("numbers and names can be written"))
    }

    /// The qubits and which of them are coupled.
    ///
    /// # Errors
    /// If both or neither of the name and the couplings are given, or there is no such lattice.
    pub fn lattice(&self) -> Result<Lattice> {
        match (&self.lattice, &self.couplings) {
            (Some(name), None) => Lattice::named(name),
            (None, Some(pairs)) => {
                let pairs: Vec<_> = pairs.iter().map(|&[a, b]| (a, b)).collect();
                let largest = pairs.iter().map(|&(a, b)| a.max(b)).max();
                Lattice::new("own couplings", largest.map_or(1, |q| q.saturating_add(1)), &pairs)
            }
            (None, None) => Err(invalid(
                "the lattice of the plan of a chip",
                "missing",
                "give a `lattice` like \"falcon27\" or \"line5\", or `couplings` like [[0, 1], [1, 2]]",
            )),
            (Some(_), Some(_)) => Err(invalid(
                "the lattice of the plan of a chip",
                "given twice",
                "leave `lattice` or `couplings` out",
            )),
        }
    }

    /// The design frequencies.
    ///
    /// # Errors
    /// If both a pattern and frequencies are given, or they do not fit the lattice.
    pub fn frequency_plan(&self) -> Result<FrequencyPlan> {
        let lattice = self.lattice()?;
        let anharmonicity = self.anharmonicity_mhz / 1e3;
        match (&self.frequencies, &self.frequencies_ghz) {
            (Some(_), Some(_)) => Err(invalid(
                "the frequencies of the plan of a chip",
                "given twice",
                "leave `frequencies` or `frequencies_ghz` out",
            )),
            (_, Some(list)) => {
                FrequencyPlan::new(&lattice, list.clone(), vec![anharmonicity; list.len()])
            }
            (pattern, None) => {
                let pattern = pattern.clone().unwrap_or_default();
                let design = Design {
                    center_ghz: pattern.center_ghz,
                    spacing_ghz: pattern.spacing_mhz / 1e3,
                    anharmonicity_ghz: anharmonicity,
                };
                design.plan(&lattice, pattern.pattern.parse()?)
            }
        }
    }

    /// What counts as a collision.
    ///
    /// # Errors
    /// If there are no such rules.
    pub fn rules(&self) -> Result<Rules> {
        self.rules.parse()
    }

    /// Checks the numbers that no formula checks.
    pub(super) fn check(&self) -> Result<()> {
        let pulse = self.gates.pulse_ns;
        if !(pulse > 0.0 && pulse <= 1e6) {
            let expected = "it is above 0 and at most 1e6 ns";
            return Err(invalid(
                "the pulse of one-qubit gates",
                format!("{} ns", shown(pulse)),
                expected,
            ));
        }
        if let Some(drive) = self.gates.drive_mhz.filter(|drive| drive.is_nan() || *drive <= 0.0) {
            let expected = "it is above 0, or left out";
            return Err(invalid(
                "the drive of cross resonance",
                format!("{} MHz", shown(drive)),
                expected,
            ));
        }
        if self.gates.drive_mhz.is_some() && self.gates.cross_resonance_ns.is_some() {
            return Err(invalid(
                "the gate by cross resonance",
                "given by drive and time",
                "one follows from the other: leave `drive_mhz` or `cross_resonance_ns` out",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_read_back() {
        let text = r#"{"format": "ketlab.chip_plan", "version": 1, "lattice": "line3",
            "scatter": {"sigma_mhz": 14, "seed": 3}, "gates": {"cross_resonance_ns": 400}}"#;
        let plan = ChipPlan::from_json(text).unwrap();
        assert_eq!(plan.gates.cross_resonance_ns, Some(400.0));
        assert_eq!(plan.scatter.as_ref().unwrap().seed, 3);
        assert_eq!(plan.readout, ReadoutPlan::default());
        assert_eq!(ChipPlan::from_json(&plan.to_json()).unwrap(), plan);
        assert_eq!(plan.frequency_plan().unwrap().lattice().num_qubits(), 3);
    }

    #[test]
    fn what_does_not_belong_is_named() {
        let says = |rest: &str| {
            let text = format!(r#"{{"format": "ketlab.chip_plan", "version": 1{rest}}}"#);
            let built = ChipPlan::from_json(&text).and_then(|plan| {
                plan.check()?;
                plan.rules()?;
                plan.frequency_plan()
            });
            built.unwrap_err().to_string()
        };
        assert!(says("").contains("missing"));
        assert!(says(r#", "latice": "line3""#).contains("latice"));
        assert!(says(r#", "lattice": "line3", "couplings": [[0, 1]]"#).contains("twice"));
        assert!(says(r#", "couplings": [[0, 1], [2, 3]]"#).contains("not connected"));
        assert!(says(r#", "lattice": "line3", "frequencies_ghz": [5, 5.1]"#).contains("3 qubits"));
        assert!(says(r#", "lattice": "line3", "rules": "mine""#).contains("mine"));
        assert!(
            says(r#", "lattice": "line3", "frequencies": {"spacing_mhz": -1}"#).contains("spacing")
        );
        assert!(says(r#", "lattice": "line3", "gates": {"pulse_ns": 0}"#).contains("pulse"));
        assert!(says(r#", "lattice": "line3", "gates": {"drive_mhz": -1}"#).contains("-1 MHz"));
        let both = r#", "lattice": "line3", "gates": {"drive_mhz": 3, "cross_resonance_ns": 300}"#;
        assert!(says(both).contains("one follows from the other"));
        let other = ChipPlan { lattice: Some("line2".into()), ..ChipPlan::default() };
        let text = other.to_json().replace("\"version\": 1", "\"version\": 7");
        assert!(ChipPlan::from_json(&text).unwrap_err().to_string().contains("version 7"));
        assert!(ChipPlan::from_json("[").is_err());
    }
}
