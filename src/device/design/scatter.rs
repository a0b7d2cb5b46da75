//! One chip as fabrication makes it.

use super::plan::{ChipPlan, Scatter};
use crate::chip::{FrequencyPlan, Rules, YieldCase, YieldStudy};
use crate::error::{Error, Result};

/// Frequencies and anharmonicities of the qubits in GHz: those of the design, or of the chip of a yield
/// study that the plan's scatter names.
pub(super) fn fabricated(
    plan: &ChipPlan,
    design: &FrequencyPlan,
    rules: &Rules,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let Some(Scatter { sigma_mhz, anharmonicity_sigma_mhz, seed, chip }) = plan.scatter else {
        return Ok((design.frequencies_ghz().to_vec(), design.anharmonicities_ghz().to_vec()));
    };
    let case = YieldCase::new(design.clone(), rules.clone(), sigma_mhz / 1e3)?
        .anharmonicity_spread(anharmonicity_sigma_mhz / 1e3)?;
    let (frequencies, anharmonicities) =
        YieldStudy::new().chips(chip.saturating_add(1)).seed(seed).chip(&case, chip)?;
    for (qubit, (&f, &a)) in frequencies.iter().zip(&anharmonicities).enumerate() {
        if !(f > 0.0 && a < 0.0 && -a < f) {
            return Err(Error::Invalid {
                what: format!("qubit {qubit} of the fabricated chip"),
                value: format!("{f} GHz with an anharmonicity of {a} GHz"),
                expected: "a transmon: less scatter, or another chip".into(),
            });
        }
    }
    Ok((frequencies, anharmonicities))
}
