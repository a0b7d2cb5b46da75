//! Splittings: how a step is made of rotations about X and phases of the problem.

use crate::error::{Error, Result};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// A symmetric composition X Z X … Z X of exact flows of the two parts of H.
///
/// Time is a coordinate of its own that the X part advances (Blanes, Casas and Murua, RACSAM 106, 49
/// (2012), on splittings of systems that depend on time): its flow is exp(i/2 ∫A dt ΣX), exact since
/// the field commutes with itself, and between two of them B stands still. So the orders are those
/// of the compositions for systems that do not depend on time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Splitting {
    /// Order 2, one stage: the midpoint rule for B. Strang, SIAM J. Numer. Anal. 5, 506 (1968).
    Strang,
    /// Order 4, six stages: S6 of Blanes and Moan, J. Comput. Appl. Math. 142, 313 (2002), table 2.
    #[default]
    BlanesMoan4,
    /// Order 6, ten stages: S10 of the same table.
    BlanesMoan6,
}

/// The X part before each Z, and each Z, as shares of the step; what is left of X ends the step.
/// The published numbers have 15 digits; those that are 1 minus the others make the sums exact.
struct Coefficients {
    /// Up to the middle of the composition, the middle one included where there is one.
    x: &'static [f64],
    z: &'static [f64],
}

const STRANG: Coefficients = Coefficients { x: &[0.5], z: &[1.0] };

const BLANES_MOAN_4: Coefficients = Coefficients {
    x: &[0.0792036964311957, 0.353172906049774, -0.0420650803577195],
    z: &[0.209515106613362, -0.143851773179818],
};

const BLANES_MOAN_6: Coefficients = Coefficients {
    x: &[
        0.0502627644003922,
        0.413514300428344,
        0.0450798897943977,
        -0.188054853819569,
        0.541960678450780,
    ],
    z: &[0.148816447901042, -0.132385865767784, 0.067307604692185, 0.432666402578175],
};

impl Splitting {
    /// All of them.
    pub const ALL: [Splitting; 3] =
        [Splitting::Strang, Splitting::BlanesMoan4, Splitting::BlanesMoan6];

    /// The error of an anneal falls with this power of the step.
    pub fn order(self) -> u32 {
        match self {
            Splitting::Strang => 2,
            Splitting::BlanesMoan4 => 4,
            Splitting::BlanesMoan6 => 6,
        }
    }

    /// Pairs of an X and a Z part in a step.
    pub fn stages(self) -> usize {
        match self {
            Splitting::Strang => 1,
            Splitting::BlanesMoan4 => 6,
            Splitting::BlanesMoan6 => 10,
        }
    }

    /// Its name in documents and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Splitting::Strang => "strang",
            Splitting::BlanesMoan4 => "blanes-moan4",
            Splitting::BlanesMoan6 => "blanes-moan6",
        }
    }

    /// For each stage, where in the step (0 to 1) its X part ends and its Z part stands, and what
    /// share of the step the Z part is.
    pub(super) fn nodes(self) -> Vec<(f64, f64)> {
        let (half_x, half_z) = match self {
            Splitting::Strang => (STRANG.x, STRANG.z),
            Splitting::BlanesMoan4 => (BLANES_MOAN_4.x, BLANES_MOAN_4.z),
            Splitting::BlanesMoan6 => (BLANES_MOAN_6.x, BLANES_MOAN_6.z),
        };
        if self == Splitting::Strang {
            return vec![(half_x[0], half_z[0])];
        }
        // x1 … xm, 1 - 2 Σx, xm … x1 and z1 … zm, ½ - Σz twice, zm … z1.
        let mut z = half_z.to_vec();
        z.push(0.5 - half_z.iter().sum::<f64>());
        z.extend(z.clone().iter().rev());
        let mut sum = 0.0;
        let ends: Vec<f64> = half_x.iter().map(|x| (sum += x, sum).1).collect();
        let ends = ends.iter().copied().chain(ends.iter().rev().map(|end| 1.0 - end));
        ends.zip(z).collect()
    }
}

impl fmt::Display for Splitting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Splitting {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let names = Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|splitting| splitting.name() == name)
            .ok_or_else(|| Error::unknown_name("splitting", name, "the splittings are", &names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_symmetric_and_complete() {
        for splitting in Splitting::ALL {
            let nodes = splitting.nodes();
            assert_eq!(nodes.len(), splitting.stages());
            assert!((nodes.iter().map(|node| node.1).sum::<f64>() - 1.0).abs() < 1e-15);
            for (node, mirror) in nodes.iter().zip(nodes.iter().rev()) {
                assert!((node.0 + mirror.0 - 1.0).abs() < 1e-15, "{splitting}");
                assert_eq!(node.1, mirror.1);
                // No stage leaves its step: schedules have kinks at the ends of steps.
                assert!((0.0..=1.0).contains(&node.0));
            }
            assert_eq!(splitting.name().parse::<Splitting>().unwrap(), splitting);
        }
        assert!("verlet".parse::<Splitting>().unwrap_err().to_string().contains("blanes-moan4"));
    }
}
