//! Transmons against reference data, and sweeps on threads.

use super::*;
use crate::math::on_threads;
use std::path::{Path, PathBuf};

/// As `tests/common` finds reference data.
fn reference(path: &str) -> Option<PathBuf> {
    let roots = [
        std::env::var_os("KETLAB_REFERENCE").map(PathBuf::from),
        Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference")),
    ];
    let found = roots.into_iter().flatten().map(|r| r.join(path)).find(|p| p.exists());
    if found.is_none() {
        let required = std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_some();
        assert!(!required, "no reference data `{path}`, and KETLAB_REQUIRE_REFERENCE is set");
        eprintln!("skipped: no reference data `{path}` (set KETLAB_REFERENCE)");
    }
    found
}

#[test]
fn levels_of_the_reference() {
    let Some(path) = reference("transmon/transmon_levels.json") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = data["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let number = |key: &str| row[key].as_f64().unwrap();
        let list = |key: &str| -> Vec<f64> {
            row[key].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
        };
        let transmon = Transmon::new(number("EJ"), number("EC")).unwrap();
        let transmon = transmon.with_offset_charge(number("ng")).unwrap();
        let levels = list("levels");
        for (found, expected) in transmon.energies_ghz(levels.len()).unwrap().iter().zip(&levels) {
            assert!((found - expected).abs() < 1e-8, "{found} {expected}");
        }
        assert!((transmon.frequency_ghz() - number("E01")).abs() < 1e-8);
        assert!((transmon.anharmonicity_ghz() - number("anharmonicity")).abs() < 1e-8);
        let formulas = TransmonFormulas::new(&transmon).unwrap();
        assert!((formulas.frequency_ghz() - number("E01_koch_asymptotic")).abs() < 1e-9);
        let exact = list("charge_dispersion_exact_m0_m1_m2");
        let koch = list("charge_dispersion_koch_m0_m1_m2");
        for (m, (exact, koch)) in exact.iter().zip(&koch).enumerate() {
            let found = transmon.charge_dispersion_ghz(m).unwrap();
            assert!((found - exact).abs() < 1e-11, "{m}: {found} {exact}");
            let found = formulas.charge_dispersion_ghz(m).unwrap();
            assert!((found / koch - 1.0).abs() < 1e-9, "{m}: {found} {koch}");
        }
        let oracle = |m| mathieu_energy_ghz(number("EJ"), number("EC"), number("ng"), m).unwrap();
        for (m, level) in levels.iter().enumerate() {
            assert!((oracle(m) - level).abs() < 1e-9, "{m}: {} {level}", oracle(m));
        }
    }
}

#[test]
fn sweeps_have_the_same_bits_on_any_number_of_threads() {
    let tunable = TunableTransmon::new(20.0, 0.3, 0.1).unwrap();
    let transmons: Vec<Transmon> = (0..1000)
        .map(|k| {
            let transmon = tunable.at_flux(f64::from(k) / 1000.0).unwrap();
            transmon.with_offset_charge(f64::from(k % 7) / 10.0).unwrap()
        })
        .collect();
    let alone = on_threads(1, || sweep_energies_ghz(&transmons, 5)).unwrap();
    for threads in [2, 3] {
        assert_eq!(on_threads(threads, || sweep_energies_ghz(&transmons, 5)).unwrap(), alone);
    }
    assert_eq!(alone[123], transmons[123].energies_ghz(5).unwrap());
    assert!(
        sweep_energies_ghz(&transmons, 0).unwrap_err().to_string().contains("number of levels")
    );
}
