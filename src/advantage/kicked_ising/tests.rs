//! Against published values and Clifford points, where the reference data are.

use super::rival::{mean, propagate};
use super::score::truth;
use super::*;
use crate::advantage::{Run, Verdict};
use crate::math::Watch;
use crate::propagation::Truncation;
use std::f64::consts::FRAC_PI_2;
use std::path::PathBuf;

/// The folder of reference data, if it is there.
fn reference() -> Option<PathBuf> {
    let folder = PathBuf::from("../shared/reference/kicked_ising");
    if folder.exists() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(),
        "the reference data are missing"
    );
    eprintln!("skipped: there are no reference data");
    None
}

fn published() -> Option<Published> {
    Some(Published::read(&reference()?.join("published")).unwrap())
}

/// Pauli propagation minus the published value, at some angles of the table.
fn errors(
    observable: KickedObservable,
    angles: &[usize],
    truncation: &Truncation,
) -> Vec<(f64, f64)> {
    let Some(published) = published() else { return Vec::new() };
    let curve = published.curve(observable);
    let at = |&k: &usize| {
        let theta = KickedIsing::new().angles[k];
        let found = propagate(observable, theta, truncation, &Watch::default()).unwrap();
        (theta, found.value - truth(curve, theta).unwrap().0)
    };
    angles.iter().map(at).collect()
}

fn truncation(min_coefficient: f64, max_weight: Option<usize>) -> Truncation {
    Truncation { min_coefficient, max_weight, ..Truncation::none() }
}

#[test]
fn strings_of_weight_10_and_17_are_exact() {
    use KickedObservable::*;
    // Sixteenths of π/2, a least coefficient, and what is left of the error.
    for (observable, angles, delta, most) in [
        (Weight10, &[2, 4, 14, 15][..], 3e-5, 5e-4),
        (Weight10, &[7, 10, 12], 5e-4, 1e-2),
        (Weight17, &[2, 15], 3e-5, 5e-4),
        (Weight17, &[14], 5e-4, 1e-2),
        (Weight17Kicked, &[2, 15], 3e-5, 5e-4),
    ] {
        for (theta, error) in errors(observable, angles, &truncation(delta, None)) {
            assert!(error.abs() < most, "{observable} at {theta}: {error}");
        }
    }
}

#[test]
fn z62_after_9_steps_is_exact_to_5e_3_where_few_strings_do() {
    let observable = KickedObservable::Z62Steps9;
    for (theta, error) in errors(observable, &[1, 2, 3, 4, 11, 13, 15], &truncation(1e-4, Some(13)))
    {
        assert!(error.abs() < 5e-3, "{theta}: {error}");
    }
}

#[test]
fn z62_after_20_steps_is_where_tensor_networks_are_or_flagged() {
    let Some(published) = published() else { return };
    let observable = KickedObservable::Z62Steps20;
    let truncation = truncation(4e-5, Some(9));
    for k in [2, 4, 5, 6, 7, 10, 12] {
        let theta = KickedIsing::new().angles[k];
        let p = propagate(observable, theta, &truncation, &Watch::default()).unwrap();
        let (mix, open) = truth(published.curve(observable), theta).unwrap();
        let error = (p.value - mix).abs();
        assert!(error <= 0.036, "{theta}: {p:?}, {mix}");
        let is_flagged = p.spread > KickedIsing::new().tolerance;
        assert!(is_flagged || error <= p.spread + open, "{theta}: {p:?}, {mix}");
    }
}

#[test]
fn light_cones_agree_with_the_exact_table() {
    let Some(published) = published() else { return };
    let observable = KickedObservable::Magnetization;
    let theta = KickedIsing::new().angles[9];
    let (exact, _) = truth(published.curve(observable), theta).unwrap();
    let found = mean(KickedRival::LightCone, observable, theta, &Watch::default()).unwrap();
    assert!((found - exact).abs() < 1e-9, "{found} {exact}");
}

#[test]
fn clifford_points_are_exact_by_every_method_that_takes_them() {
    use KickedObservable::*;
    // As `clifford_points.json` has them, computed by Stim.
    for (observable, at_half_pi) in [
        (Magnetization, 0.0),
        (Weight10, 1.0),
        (Weight17, -1.0),
        (Weight17Kicked, -1.0),
        (Z62Steps9, 0.0),
        (Z62Steps20, 0.0),
    ] {
        let at_zero =
            f64::from(u8::from(matches!(observable, Magnetization | Z62Steps9 | Z62Steps20)));
        for (theta, expected) in [(0.0, at_zero), (FRAC_PI_2, at_half_pi)] {
            let watch = Watch::default();
            let tableau = mean(KickedRival::Stabilizer, observable, theta, &watch).unwrap();
            let coarse = truncation(0.1 / 127.0, None);
            let strings = propagate(observable, theta, &coarse, &watch).unwrap().value;
            assert!((tableau - expected).abs() < 1e-12, "{observable} {theta}: {tableau}");
            assert!((strings - expected).abs() < 1e-12, "{observable} {theta}: {strings}");
        }
    }
    let odd = mean(KickedRival::Stabilizer, Weight10, 0.3, &Watch::default());
    assert!(odd.unwrap_err().to_string().contains("rx"), "only Clifford gates");
}

#[test]
fn the_claim_is_refuted_where_published_values_are() {
    let Some(folder) = reference() else { return };
    let mut experiment = KickedIsing::new();
    experiment.observables = vec![KickedObservable::Weight10, KickedObservable::Z62Steps9];
    experiment.angles = [0, 2, 4, 12, 13, 14, 15].map(|k| experiment.angles[k]).into();
    experiment.min_coefficient = Some(1e-3);
    let without = Run::new().run(&experiment).unwrap();
    // Z62 after 9 steps was not measured, so nothing is claimed of it.
    assert_eq!(without.claims.len(), 1);
    assert!(matches!(without.claims[0].verdict, Verdict::Undecided { .. }), "{:?}", without.claims);
    let experiment = experiment.with_published(folder.join("published")).unwrap();
    let with = Run::new().run(&experiment).unwrap();
    let by = Verdict::Refuted { by: "pauli-propagation".into(), at: 5 };
    assert_eq!(with.claims[0].verdict, by);
    let names: Vec<&str> = with.contenders.iter().map(|c| c.name.as_str()).collect();
    for name in ["MPS (Kim et al.)", "isoTNS (Kim et al.)", "ibm_kyiv, 127 qubits", "light-cone"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    // The stabilizer has two angles, which decide nothing.
    let mut clifford = experiment.clone();
    (clifford.angles, clifford.rivals) = (vec![0.0], vec![KickedRival::Stabilizer]);
    let nothing = Run::new().run(&clifford).unwrap();
    assert!(
        !matches!(&nothing.claims[0].verdict, Verdict::Refuted { by, .. } if by == "stabilizer")
    );
    // Of the experiment: both extrapolations at θ = 1.5707.
    let last = with.details[0].measured.last().unwrap();
    let (linear, exponential) = (last.linear.unwrap().value, last.exponential.unwrap().value);
    assert!((linear - 0.76996).abs() < 1e-5 && (exponential - 0.94663).abs() < 1e-5);
}
