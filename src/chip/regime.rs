//! The dispersive regime of a qubit at a resonator: where its formulas hold.

use super::range::refused;
use crate::error::Result;

/// Coupling over detuning beyond which the formulas are off by more than some per cent.
const DISPERSIVE: f64 = 0.1;

/// What to mind of a coupling g at a detuning Δ = f01 - f_r with the anharmonicity α: a sentence where
/// the larger of g/|Δ| and √2 g/|Δ+α|, the two transitions beside their couplings, is beyond 0.1.
///
/// # Errors
/// If one of the transitions is as near to the resonator as g, where they share their states.
pub(super) fn check_dispersive(
    g_mhz: f64,
    detuning_mhz: f64,
    anharmonicity_mhz: f64,
) -> Result<Option<String>> {
    let further = detuning_mhz + anharmonicity_mhz;
    for (what, detuning) in [
        ("the detuning of qubit and resonator", detuning_mhz),
        ("the detuning of the qubit's 1-2 and the resonator", further),
    ] {
        if detuning.abs() <= g_mhz.abs() {
            let expected = format!(
                "it must be beyond the coupling g, {g_mhz} MHz, or qubit and resonator share their states \
                 and none is dispersive"
            );
            return Err(refused(what, detuning, "MHz", expected));
        }
    }
    let ratio = (g_mhz / detuning_mhz).abs().max(2f64.sqrt() * (g_mhz / further).abs());
    Ok((ratio > DISPERSIVE).then(|| {
        format!(
            "coupling over detuning of qubit and resonator is {ratio:.3}, more than {DISPERSIVE}: formulas of \
             the dispersive regime (shifts, Purcell decay) are off by some per cent and more"
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_transition_beside_its_coupling_counts() {
        assert_eq!(check_dispersive(100.0, -2000.0, -300.0).unwrap(), None);
        assert_eq!(check_dispersive(-100.0, 1001.0, 1000.0).unwrap(), None);
        // √2·50/(800 - 300).
        let said = check_dispersive(50.0, 800.0, -300.0).unwrap().unwrap();
        assert!(said.contains("0.141"), "{said}");
        let said = check_dispersive(300.0, -2000.0, -300.0).unwrap().unwrap();
        assert!(said.contains("0.184"), "{said}");
    }

    #[test]
    fn transitions_on_the_resonator_are_refused() {
        for (detuning, part) in [(0.0, "qubit and resonator"), (-70.0, "0 MHz"), (300.0, "1-2")] {
            let error = check_dispersive(70.0, detuning, -300.0).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
