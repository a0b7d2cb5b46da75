//! Two published tables of frequency collisions, as data.

use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// One of the seven types of collisions between a control j, its target k, and another neighbour i of
/// the control; f01 is a qubit's frequency, α its anharmonicity, f12 = f01 + α, f02 = 2 f01 + α.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CollisionType {
    /// 1: f01 of j and k.
    Resonant,
    /// 2: the two-photon transition 0-2 of j by the drive at f01 of k.
    TwoPhoton,
    /// 3: f01 of one and f12 of the other.
    Leakage,
    /// 4: k is outside of the straddling region, where the gate is slow.
    OutsideStraddling,
    /// 5: f01 of i and k.
    Spectator,
    /// 6: f01 of one and f12 of the other, of i and k.
    SpectatorLeakage,
    /// 7: 0-2 of j by one photon at f01 of i and one at f01 of k.
    SpectatorTwoPhoton,
}

impl CollisionType {
    /// All, in the order of their numbers.
    pub const ALL: [CollisionType; 7] = [
        CollisionType::Resonant,
        CollisionType::TwoPhoton,
        CollisionType::Leakage,
        CollisionType::OutsideStraddling,
        CollisionType::Spectator,
        CollisionType::SpectatorLeakage,
        CollisionType::SpectatorTwoPhoton,
    ];

    /// The number that the papers give it, from 1 to 7.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// What meets, in the letters of the papers.
    pub fn description(self) -> &'static str {
        match self {
            CollisionType::Resonant => "control and target have the same frequency",
            CollisionType::TwoPhoton => "the target is at half of the control's 0-2 transition",
            CollisionType::Leakage => "one is at the other's 1-2 transition",
            CollisionType::OutsideStraddling => "the target is outside of the straddling region",
            CollisionType::Spectator => "the target and another neighbour have the same frequency",
            CollisionType::SpectatorLeakage => {
                "of target and another neighbour one is at the other's 1-2 transition"
            }
            CollisionType::SpectatorTwoPhoton => {
                "target and another neighbour add up to the control's 0-2 transition"
            }
        }
    }

    /// Whether it is one of a control and its target alone, and not of three qubits.
    pub fn is_of_pair(self) -> bool {
        self <= CollisionType::OutsideStraddling
    }
}

/// `type 3`.
impl fmt::Display for CollisionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type {}", self.number())
    }
}

/// The region of detunings f_j - f_k in which a gate by cross resonance is fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Straddling {
    /// From 0 to |α_j|: the target lies between f12 and f01 of the control.
    ControlAbove,
    /// From -|α_k| to |α_j|: either may be above.
    Either,
}

/// A table of collisions: half-widths of windows, and which detunings types 2 and 4 look at.
///
/// Frequencies collide where they are nearer to each other than the half-width, strictly: at the
/// boundary they do not.
///
/// ```
/// use ketlab::chip::Rules;
/// assert_eq!(Rules::hertzberg_2021().half_widths_mhz[2], 30.0);
/// assert_eq!("brink-2018".parse::<Rules>()?, Rules::brink_2018());
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What it is called.
    pub name: String,
    /// The half-width of each type's window in MHz, type 1 first: of the difference of the two
    /// frequencies that meet. Of type 2 that is the detuning f_j - f_k from |α_j|/2, so half of the
    /// difference of f02 and 2 f_k; of type 4 it is how far inside of the straddling region a target
    /// must be, 0 in both papers.
    pub half_widths_mhz: [f64; 7],
    /// Whether type 2 also looks at 0-2 of the target where that is above.
    pub two_photon_either: bool,
    /// The allowed region of type 4.
    pub straddling: Straddling,
}

/// Names of the tables.
const NAMES: [&str; 2] = ["brink-2018", "hertzberg-2021"];

impl Rules {
    /// Brink, Chow, Hertzberg, Magesan and Rosenblatt, "Device challenges for near term superconducting
    /// quantum processors: frequency collisions", IEDM 2018, 6.1, in the form in which Li, Ding and Xie
    /// (ASPLOS 2020, arXiv:1911.12879) state it: conditions on |f_j - f_k|, whoever is above. Where the
    /// anharmonicities differ, the one of the qubit above counts in types 2 and 4, and either in types
    /// 3 and 6.
    pub fn brink_2018() -> Self {
        Rules {
            name: NAMES[0].into(),
            half_widths_mhz: [17.0, 4.0, 25.0, 0.0, 17.0, 25.0, 17.0],
            two_photon_either: true,
            straddling: Straddling::Either,
        }
    }

    /// Hertzberg et al., "Laser-annealing Josephson junctions for yielding scaled-up superconducting
    /// quantum processors", npj Quantum Information 7, 129 (2021), table 1: the window of type 2 is
    /// |f02_j - 2 f_k| < 4 MHz, 2 MHz of the detuning, and type 4 allows strict straddling with the
    /// control above.
    pub fn hertzberg_2021() -> Self {
        Rules {
            name: NAMES[1].into(),
            half_widths_mhz: [17.0, 2.0, 30.0, 0.0, 17.0, 25.0, 17.0],
            two_photon_either: false,
            straddling: Straddling::ControlAbove,
        }
    }

    /// The names of the tables, as [`FromStr`] reads them.
    pub fn names() -> [&'static str; 2] {
        NAMES
    }

    /// The half-width of a type's window in MHz.
    pub fn half_width_mhz(&self, of: CollisionType) -> f64 {
        self.half_widths_mhz[of as usize]
    }

    /// Whether the windows are numbers that can be.
    ///
    /// # Errors
    /// If one is negative or not finite.
    pub fn check(&self) -> Result<()> {
        for (of, &half_width) in CollisionType::ALL.iter().zip(&self.half_widths_mhz) {
            if !(half_width >= 0.0 && half_width.is_finite()) {
                return Err(Error::Invalid {
                    what: format!("the window of {of} of the rules `{}`", self.name),
                    value: format!("{half_width} MHz"),
                    expected: "a half-width is finite and not negative".into(),
                });
            }
        }
        Ok(())
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl FromStr for Rules {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name.replace('_', "-").as_str() {
            "brink-2018" => Ok(Self::brink_2018()),
            "hertzberg-2021" => Ok(Self::hertzberg_2021()),
            _ => Err(Error::Invalid {
                what: "the name of collision rules".into(),
                value: format!("`{}`", name.chars().take(40).collect::<String>()),
                expected: NAMES.join(" or "),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_windows_checked() {
        for name in Rules::names() {
            let rules: Rules = name.parse().unwrap();
            assert_eq!((rules.to_string().as_str(), rules.check()), (name, Ok(())));
        }
        assert_eq!("hertzberg_2021".parse::<Rules>().unwrap(), Rules::hertzberg_2021());
        let error = "ibm".parse::<Rules>().unwrap_err().to_string();
        assert!(error.contains("brink-2018 or hertzberg-2021"), "{error}");
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            let mut rules = Rules::brink_2018();
            rules.half_widths_mhz[5] = bad;
            assert!(rules.check().unwrap_err().to_string().contains("type 6"));
        }
    }

    #[test]
    fn types_have_the_numbers_of_the_papers() {
        let numbers: Vec<usize> = CollisionType::ALL.map(CollisionType::number).to_vec();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
        let pairs = CollisionType::ALL.iter().filter(|of| of.is_of_pair()).count();
        assert_eq!((pairs, CollisionType::Spectator.is_of_pair()), (4, false));
        assert_eq!(CollisionType::OutsideStraddling.to_string(), "type 4");
    }
}
