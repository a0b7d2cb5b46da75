//! Pauli propagation of the kicked Ising experiment on 127 qubits (Kim et al., Nature 618, 500 (2023)).
//!
//! `cargo bench --bench propagation`; `--bench propagation -- z62 terms` runs these rows alone. The map
//! is read from the reference folder. Rows: ⟨Z62⟩ after 20 steps at 20 angles with coefficients from
//! 1e-4 and weights up to 8 (goal 6 s); the same at 17 angles with 1e5 terms and coefficients from 1e-5;
//! M_z after 5 steps with coefficients from 1e-6 (goal 1 s); 1e7 terms, with the bytes of each (goal
//! 120); the gradient by all angles as a multiple of the value (goal 2.5).

use ketlab::clifford::{CliffordStep, QuarterTurn};
use ketlab::math::Watch;
use ketlab::pauli::{Pauli, PauliString, PauliSum};
use ketlab::propagation::{Propagated, Propagator, Start, Step, Truncation};
use std::f64::consts::PI;
use std::time::Instant;

const MAP: &str = "../shared/reference/kicked_ising/heavy_hex_127_map.json";
const QUBITS: usize = 127;

fn edges() -> Option<Vec<(u32, u32)>> {
    let text = std::fs::read_to_string(MAP).ok()?;
    let map: serde_json::Value = serde_json::from_str(&text).ok()?;
    let end = |edge: &serde_json::Value, k: usize| edge[k].as_u64().map(|q| q as u32);
    map["edges"].as_array()?.iter().map(|edge| Some((end(edge, 0)?, end(edge, 1)?))).collect()
}

fn kicked_ising(edges: &[(u32, u32)], steps: usize, angle: f64) -> Vec<Step> {
    let mut all = Vec::new();
    for _ in 0..steps {
        let x = |q| Step::Rotation { string: PauliString::single(q, Pauli::X), angle };
        all.extend((0..QUBITS).map(x));
        all.extend(edges.iter().map(|&(a, b)| {
            let factors = [(a, Pauli::Z), (b, Pauli::Z)].into_iter().collect();
            let turn = QuarterTurn { factors, inverse: true };
            Step::Clifford(CliffordStep::Rotation(Box::new(turn)))
        }));
        all.push(Step::Layer);
    }
    all
}

fn timed<R>(work: impl FnOnce() -> R) -> (f64, R) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let Some(edges) = edges() else {
        println!("{MAP} is missing: nothing is measured");
        return;
    };
    let runs = |name: &str| asked.is_empty() || asked.iter().any(|a| a == name);
    let watch = Watch::default();
    let z62 = PauliSum::from(PauliString::single(62, Pauli::Z));
    let propagator = |steps: usize, angle: f64, truncation: &Truncation| {
        let steps = kicked_ising(&edges, steps, angle);
        let propagator = Propagator::new(QUBITS, steps).expect("they are steps of 127 qubits");
        propagator.truncation(truncation.clone()).expect("it makes sense")
    };
    let mean = |p: &Propagated| p.expectation(&Start::Zero).expect("it is a state");
    let told = |name: &str, seconds: f64, p: &Propagated| {
        let a = p.account();
        println!(
            "{name:<36} {seconds:>8.3} s  mean {:>9.6}  peak {:>9}  final {:>9}  dropped {:.3} \
             (small {:.3}, heavy {:.3}, number {:.3})",
            mean(p),
            a.peak_terms,
            a.final_terms,
            a.dropped_sum,
            a.dropped_by_coefficient,
            a.dropped_by_weight,
            a.dropped_by_number
        );
    };
    let z62_rules = Truncation { min_coefficient: 1e-4, max_weight: Some(8), ..Truncation::none() };
    if runs("z62") {
        let mut total = 0.0;
        for k in 0..20 {
            let angle = PI / 2.0 * f64::from(k) / 19.0;
            let p = propagator(20, angle, &z62_rules);
            let (seconds, found) = timed(|| p.propagate(&z62, &watch).expect("it fits"));
            total += seconds;
            told(&format!("Z62, 20 steps, angle {angle:.4}"), seconds, &found);
        }
        println!("Z62, 20 steps, 20 angles: {total:.3} s (goal 6, better 2)");
        for k in [4, 8, 11] {
            let p = propagator(20, f64::from(k) * PI / 32.0, &z62_rules);
            let (seconds, found) = timed(|| p.propagate(&z62, &watch).expect("it fits"));
            told(&format!("Z62, 20 steps, {k} pi/32"), seconds, &found);
        }
    }
    if runs("terms") {
        let rules =
            Truncation { min_coefficient: 1e-5, max_terms: Some(100_000), ..Truncation::none() };
        let mut total = 0.0;
        for k in 0..17 {
            let p = propagator(20, f64::from(k) * PI / 32.0, &rules);
            let (seconds, found) = timed(|| p.propagate(&z62, &watch).expect("it fits"));
            total += seconds;
            told(&format!("Z62, 20 steps, 1e5 terms, {k} pi/32"), seconds, &found);
        }
        println!("Z62, 20 steps, 1e5 terms, 17 angles: {total:.3} s");
    }
    if runs("mz") {
        let all = (0..QUBITS).map(|q| (PauliString::single(q, Pauli::Z), 1.0 / QUBITS as f64));
        let magnetization = PauliSum::new(all);
        let rules = Truncation { min_coefficient: 1e-6, ..Truncation::none() };
        for k in [4, 8, 12] {
            let p = propagator(5, f64::from(k) * PI / 32.0, &rules);
            let (seconds, found) = timed(|| p.propagate(&magnetization, &watch).expect("it fits"));
            told(&format!("M_z, 5 steps, {k} pi/32 (goal 1)"), seconds, &found);
        }
    }
    if runs("gradient") {
        for k in [4, 8] {
            let p = propagator(20, f64::from(k) * PI / 32.0, &z62_rules);
            let (value, _) = timed(|| p.propagate(&z62, &watch).expect("it fits"));
            let (seconds, gradient) =
                timed(|| p.gradient(&z62, &Start::Zero, &watch).expect("it fits"));
            println!(
                "gradient by {} angles, {k} pi/32: {seconds:.3} s, {:.2} x the value (goal 2.5)",
                gradient.derivatives.len(),
                seconds / value
            );
        }
    }
    if runs("memory") {
        let before = peak_kib();
        let rules =
            Truncation { min_coefficient: 3e-6, max_weight: Some(10), ..Truncation::none() };
        let p = propagator(9, 8.0 * PI / 32.0, &rules);
        let (seconds, found) = timed(|| p.propagate(&z62, &watch).expect("it fits"));
        told("Z62, 9 steps, for its memory", seconds, &found);
        let bytes = 1024.0 * peak_kib() as f64;
        println!(
            "{:.2} GB at the peak ({:.2} before), {:.0} bytes a term (goal 120)",
            bytes / 1e9,
            1024.0 * before as f64 / 1e9,
            bytes / found.account().peak_terms as f64
        );
    }
}
