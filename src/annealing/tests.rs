//! Anneals against closed forms, other methods and reference data.

use super::*;
use crate::Simulator;
use crate::ising::Ising;
use crate::math::Bits;
use crate::math::Watch;
use crate::simulate::{AnyState, Request};
use crate::{Error, Result};
use serde_json::Value;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

pub(super) fn reference(path: &str) -> Option<Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    match std::fs::read_to_string(folder.join(path)) {
        Ok(text) => Some(serde_json::from_str(&text).expect("reference JSON")),
        Err(error) => {
            let required = std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_some();
            assert!(!required, "reference file {path}: {error}");
            eprintln!("skipped: reference file {path}: {error}");
            None
        }
    }
}

pub(super) fn numbers<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key}"))
}

pub(super) fn ring(n: usize, coupling: f64) -> Ising {
    Ising::new(vec![0.0; n], (0..n).map(|i| (i, (i + 1) % n, coupling)), 0.0)
}

/// All pairs coupled by ±1, after a rule without a pattern, and no fields.
pub(super) fn dense(n: usize) -> Ising {
    let sign = |i: usize, j: usize| if (i * i + 3 * i * j + 7 * j) % 5 < 2 { -1.0 } else { 1.0 };
    let pairs = (0..n).flat_map(|j| (0..j).map(move |i| (i, j)));
    Ising::new(vec![0.0; n], pairs.map(|(i, j)| (i, j, sign(i, j))), 0.0)
}

fn anneal(model: &Ising, time: f64, settings: &SchroedingerAnnealing) -> Result<Evolution> {
    settings.run(model, &Schedule::linear(), &Path::forward(time)?)
}

/// H = -cos(πs/2) X - sin(πs/2) Z.
fn rotating() -> (Ising, Schedule) {
    let strengths = |s: f64| (2.0 * (FRAC_PI_2 * s).cos().max(0.0), 2.0 * (FRAC_PI_2 * s).sin());
    let schedule = Schedule::from_functions(strengths, Units::Dimensionless).unwrap();
    (Ising::new(vec![-1.0], [], 0.0), schedule)
}

/// In the frame that turns with the field H is constant: P = 1 - γ²/(1 + γ²) sin²(T √(1 + γ²)), with
/// γ = π/(4T) (Rabi, Phys. Rev. 51, 652 (1937)).
fn rotating_field(time: f64) -> f64 {
    let gamma2 = (PI / (4.0 * time)).powi(2);
    1.0 - gamma2 / (1.0 + gamma2) * (time * (1.0 + gamma2).sqrt()).sin().powi(2)
}

#[test]
fn a_rotating_field_is_followed_by_every_splitting() {
    let table = [
        (0.5, 0.5420154901),
        (1.0, 0.6516417769),
        (2.0, 0.9062599005),
        (5.0, 0.9787346903),
        (10.0, 0.9980109462),
    ];
    let (model, schedule) = rotating();
    for splitting in Splitting::ALL {
        let settings = SchroedingerAnnealing::new().splitting(splitting).tolerance(5e-10);
        for (time, printed) in table {
            let exact = rotating_field(time);
            assert!((exact - printed).abs() < 1e-10);
            let path = Path::forward(time).unwrap();
            let found = settings.run(&model, &schedule, &path).unwrap();
            let off = (found.success_probability - exact).abs();
            assert!(off < 1e-9, "{splitting}, T = {time}: off by {off:e}");
            assert!(off <= 30.0 * found.error_estimate + 1e-13, "{off} {}", found.error_estimate);
        }
    }
}

/// The distance of final states from one of many steps, for growing numbers of steps.
fn errors(
    model: &Ising,
    schedule: &Schedule,
    path: &Path,
    splitting: Splitting,
    steps: &[usize],
) -> Vec<f64> {
    let run = |splitting, steps| {
        let settings = SchroedingerAnnealing::new().splitting(splitting).steps(steps);
        settings.run(model, schedule, path).unwrap()
    };
    let mut exact = run(Splitting::BlanesMoan6, 8 * steps[steps.len() - 1]);
    let error = |&steps: &usize| {
        let mut found = run(splitting, steps);
        assert!(found.steps >= steps && found.steps <= steps + 4);
        super::schroedinger::distance(&mut exact.state, &mut found.state)
    };
    steps.iter().map(error).collect()
}

#[test]
fn errors_fall_with_the_order() {
    let glass = Ising::new(vec![0.3, -0.7, 0.2, 0.5], dense(4).couplings().to_vec(), 0.0);
    let (spin, turning) = rotating();
    let cases = [
        (glass, Schedule::linear(), Path::forward(6.0).unwrap()),
        (spin, turning, "0:0, 3:0.75, 6:0.25".parse().unwrap()),
    ];
    for (model, schedule, path) in &cases {
        for (splitting, steps) in [
            (Splitting::Strang, [256, 512]),
            (Splitting::BlanesMoan4, [64, 128]),
            (Splitting::BlanesMoan6, [32, 64]),
        ] {
            let found = errors(model, schedule, path, splitting, &steps);
            let order = (found[0] / found[1]).log2();
            assert!(
                (order - f64::from(splitting.order())).abs() < 0.15,
                "{splitting}: {order}, {found:?}"
            );
        }
    }
}

#[test]
fn error_estimates_are_of_the_size_of_errors() {
    let model = Ising::new(vec![0.4, -0.3, 0.1, 0.9, -0.2], dense(5).couplings().to_vec(), 0.0);
    for time in [2.0, 17.0] {
        let best = SchroedingerAnnealing::new().splitting(Splitting::BlanesMoan6).tolerance(1e-11);
        let mut exact = anneal(&model, time, &best).unwrap();
        for splitting in Splitting::ALL {
            for tolerance in [1e-2, 1e-4, 1e-6, 1e-8] {
                let settings =
                    SchroedingerAnnealing::new().splitting(splitting).tolerance(tolerance);
                let mut found = anneal(&model, time, &settings).unwrap();
                let error = super::schroedinger::distance(&mut exact.state, &mut found.state);
                let ratio = found.error_estimate / error;
                assert!((0.3..=30.0).contains(&ratio), "{splitting} {tolerance:e}: {ratio}");
                assert!(found.error_estimate <= tolerance);
                assert!(found.norm_drift < 1e-12 + 1e-15 * found.steps as f64);
                let off = (found.success_probability - exact.success_probability).abs();
                assert!(off <= 4.0 * error, "{off} {error}");
            }
        }
    }
}

#[test]
fn small_instances_of_the_reference() {
    let Some(data) = reference("anneal/schroedinger_small.json") else { return };
    let mut checked = 0;
    for instance in numbers(&data, "instances") {
        let h = numbers(instance, "h").iter().map(|x| x.as_f64().unwrap()).collect();
        let pair = |e: &Value| {
            let at = |k: usize| e[k].as_u64().unwrap() as usize;
            (at(0), at(1), e[2].as_f64().unwrap())
        };
        let model = Ising::new(h, numbers(instance, "J").iter().map(pair), 0.0);
        for row in numbers(instance, "success") {
            let time = row["T"].as_f64().unwrap();
            let settings = SchroedingerAnnealing::new().tolerance(1e-8);
            let found = anneal(&model, time, &settings).unwrap();
            let want = |key: &str| row[key].as_f64().unwrap();
            assert!((found.success_probability - want("P_ground")).abs() < 1e-6);
            assert!((found.mean_energy - want("mean_energy")).abs() < 1e-5);
            let ground = instance["ground_energy"].as_f64().unwrap();
            assert!((found.ground_energy - ground).abs() < 1e-12);
            checked += 1;
        }
    }
    assert!(checked >= 12, "{checked}");
}

/// Kinks per bond of a periodic ferromagnet, by free fermions (Dziarmaga, Phys. Rev. Lett. 95,
/// 245701 (2005)): each pair of momenta ±k = π/n, 3π/n, … is a spin in the field
/// (4 b sin k, 4 (a - b cos k)) of H = -a ΣX - b ΣZZ, whose excitation makes two kinks.
fn kinks(n: usize, time: f64, steps: usize) -> f64 {
    let excited = |k: f64| {
        // i d/dt (u, v) = [[d, g], [g, -d]] (u, v), d = 2 (a - b cos k), g = 2 b sin k; at t = 0 the
        // ground state is (0, 1). Runge and Kutta's method of order 4.
        let slope = |t: f64, y: [f64; 4]| {
            let (a, b) = (1.0 - t / time, t / time);
            let (d, g) = (2.0 * (a - b * k.cos()), 2.0 * b * k.sin());
            let [ur, ui, vr, vi] = y;
            [d * ui + g * vi, -d * ur - g * vr, g * ui - d * vi, -g * ur + d * vr]
        };
        let add = |y: [f64; 4], h: f64, d: [f64; 4]| std::array::from_fn(|i| y[i] + h * d[i]);
        let h = time / steps as f64;
        let mut y = [0.0, 0.0, 1.0, 0.0];
        for step in 0..steps {
            let t = step as f64 * h;
            let k1 = slope(t, y);
            let k2 = slope(t + 0.5 * h, add(y, 0.5 * h, k1));
            let k3 = slope(t + 0.5 * h, add(y, 0.5 * h, k2));
            let k4 = slope(t + h, add(y, h, k3));
            y = std::array::from_fn(|i| {
                y[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
            });
        }
        // At the end d = -2 cos k, g = 2 sin k: the upper state is (sin k/2, cos k/2).
        let (s, c) = ((0.5 * k).sin(), (0.5 * k).cos());
        (s * y[0] + c * y[2]).powi(2) + (s * y[1] + c * y[3]).powi(2)
    };
    let modes = (0..n / 2).map(|j| excited((2 * j + 1) as f64 * PI / n as f64));
    2.0 * modes.sum::<f64>() / n as f64
}

#[test]
fn kinks_are_those_of_kibble_and_zurek() {
    if let Some(data) = reference("anneal/kibble_zurek.json") {
        for row in numbers(&data, "rows") {
            let (n, time) = (row["n"].as_u64().unwrap() as usize, row["T"].as_f64().unwrap());
            let density = kinks(n, time, 4000);
            assert!((density - row["kink_density"].as_f64().unwrap()).abs() < 1e-6, "{n} {time}");
        }
    }
    for (n, time, ground) in
        [(6, 1.0, Some(0.1070951404)), (8, 2.0, Some(0.1713499967)), (10, 4.0, None)]
    {
        let settings =
            SchroedingerAnnealing::new().tolerance(1e-9).splitting(Splitting::BlanesMoan6);
        let found = anneal(&ring(n, -1.0), time, &settings).unwrap();
        // E = -n + 2 kinks.
        let density = 0.5 * (1.0 + found.mean_energy / n as f64);
        let off = (density - kinks(n, time, 20_000)).abs();
        assert!(off < 1e-8, "n = {n}: {off:e}");
        if let Some(ground) = ground {
            assert!((found.success_probability - ground).abs() < 1e-8);
        }
        assert_eq!(found.degeneracy, 2);
    }
    let slope = (kinks(128, 32.0, 8000) / kinks(128, 4.0, 4000)).ln() / 8f64.ln();
    assert!((slope + 0.5).abs() < 0.05, "{slope}");
}

/// Spins without couplings are each on its own.
#[test]
fn free_spins_are_a_product() {
    let h: Vec<f64> = (0..11).map(|i| 0.2 + 0.15 * f64::from(i)).collect();
    let settings = SchroedingerAnnealing::new().tolerance(1e-10).splitting(Splitting::BlanesMoan6);
    let one = |h: &f64| {
        let alone = Ising::new(vec![*h], [], 0.0);
        anneal(&alone, 3.0, &settings).unwrap().success_probability
    };
    let product: f64 = h.iter().map(one).product();
    let together = anneal(&Ising::new(h.clone(), [], 0.0), 3.0, &settings).unwrap();
    assert!((together.success_probability - product).abs() < 1e-9);
}

/// A uniform ferromagnet stays in the n + 1 symmetric states: H = -a 2 Sx + b (-(J/2)(4 Sz² - n) + 2 h
/// Sz). By Runge and Kutta's method, which shares nothing with the splittings.
pub(super) fn dicke(n: usize, coupling: f64, field: f64, time: f64, steps: usize) -> f64 {
    use num_complex::Complex64;
    let size = n + 1;
    // State k has k spins down: ΣZ = n - 2k.
    let diagonal: Vec<f64> = (0..size)
        .map(|k| {
            let m = n as f64 - 2.0 * k as f64;
            coupling * 0.5 * (m * m - n as f64) + field * m
        })
        .collect();
    let hop = |k: usize| (((k + 1) * (n - k)) as f64).sqrt();
    let slope = |t: f64, psi: &[Complex64]| -> Vec<Complex64> {
        let (a, b) = (1.0 - t / time, t / time);
        (0..size)
            .map(|k| {
                let mut sum = psi[k] * (b * diagonal[k]);
                if k > 0 {
                    sum -= psi[k - 1] * (a * hop(k - 1));
                }
                if k < n {
                    sum -= psi[k + 1] * (a * hop(k));
                }
                Complex64::new(sum.im, -sum.re)
            })
            .collect()
    };
    let mut choose = 1.0;
    let mut psi: Vec<Complex64> = (0..size)
        .map(|k| {
            let amplitude = f64::sqrt(choose / 2f64.powi(n as i32));
            choose *= (n - k) as f64 / (k + 1) as f64;
            Complex64::from(amplitude)
        })
        .collect();
    let h = time / steps as f64;
    let add = |y: &[Complex64], c: f64, d: &[Complex64]| -> Vec<Complex64> {
        y.iter().zip(d).map(|(y, d)| y + d * c).collect()
    };
    for step in 0..steps {
        let t = step as f64 * h;
        let k1 = slope(t, &psi);
        let k2 = slope(t + 0.5 * h, &add(&psi, 0.5 * h, &k1));
        let k3 = slope(t + 0.5 * h, &add(&psi, 0.5 * h, &k2));
        let k4 = slope(t + h, &add(&psi, h, &k3));
        for k in 0..size {
            psi[k] += (k1[k] + k2[k] * 2.0 + k3[k] * 2.0 + k4[k]) * (h / 6.0);
        }
    }
    let lowest = diagonal.iter().copied().fold(f64::INFINITY, f64::min);
    let ground = psi.iter().zip(&diagonal).filter(|(_, e)| **e <= lowest + 1e-9);
    ground.map(|(a, _)| a.norm_sqr()).sum()
}

pub(super) fn ferromagnet(n: usize, coupling: f64, field: f64) -> Ising {
    let pairs = (0..n).flat_map(|j| (0..j).map(move |i| (i, j, coupling)));
    Ising::new(vec![field; n], pairs, 0.0)
}

#[test]
fn a_uniform_ferromagnet_is_a_large_spin() {
    let settings = SchroedingerAnnealing::new().tolerance(1e-10).splitting(Splitting::BlanesMoan6);
    for (n, coupling, field, time) in [(7, -0.3, 0.0, 2.0), (12, -0.1, 0.05, 3.0)] {
        let found = anneal(&ferromagnet(n, coupling, field), time, &settings).unwrap();
        let exact = dicke(n, coupling, field, time, 20_000);
        let off = (found.success_probability - exact).abs();
        assert!(off < 1e-9, "{off:e}");
        assert_eq!(found.degeneracy, if field == 0.0 { 2 } else { 1 });
    }
}

#[test]
fn twenty_spins_against_closed_forms() {
    let settings = SchroedingerAnnealing::new().tolerance(3e-10).splitting(Splitting::BlanesMoan6);
    let found = anneal(&ferromagnet(20, -0.1, 0.0), 1.0, &settings).unwrap();
    let off = (found.success_probability - dicke(20, -0.1, 0.0, 1.0, 40_000)).abs();
    eprintln!("ferromagnet: off by {off:e}, estimate {:e}", found.error_estimate);
    assert!(off < 1e-9 && found.norm_drift < 1e-12);
    let h: Vec<f64> = (0..20).map(|i| 0.2 + 0.1 * f64::from(i)).collect();
    let one = |h: &f64| {
        let alone = Ising::new(vec![*h], [], 0.0);
        anneal(&alone, 1.0, &settings).unwrap().success_probability
    };
    let product: f64 = h.iter().map(one).product();
    let found = anneal(&Ising::new(h.clone(), [], 0.0), 1.0, &settings).unwrap();
    let off = (found.success_probability - product).abs();
    eprintln!("free spins: off by {off:e}, estimate {:e}", found.error_estimate);
    assert!(off < 1e-9);
}

#[test]
fn gigahertz_and_radians_are_the_same_physics() {
    let knots = [(0.0, 1.1, 0.01), (0.3, 0.4, 0.3), (1.0, 0.0, 1.7)];
    let device =
        Schedule::try_new(knots.map(|(s, a, b)| Knot { s, a, b }), Units::Gigahertz).unwrap();
    let path: Path = "0:0, 1.5:0.4, 2:0.4, 3:1".parse().unwrap();
    let settings = SchroedingerAnnealing::new().tolerance(1e-6).moments(5);
    let run = |schedule: &Schedule| settings.run(&dense(4), schedule, &path).unwrap();
    let (ghz, plain) = (run(&device), run(&device.dimensionless()));
    assert!((ghz.success_probability - plain.success_probability).abs() < 1e-12);
    assert_eq!((ghz.units.energy(), plain.units), ("GHz", Units::Dimensionless));
    for (a, b) in ghz.moments.iter().zip(&plain.moments) {
        assert!((a.success_probability - b.success_probability).abs() < 1e-12);
        assert!((TAU * a.energy - b.energy).abs() < 1e-10);
    }
}

#[test]
fn moments_follow_the_anneal_and_do_not_change_it() {
    let model = Ising::new(vec![0.3, -0.2, 0.1, 0.6], dense(4).couplings().to_vec(), 2.5);
    let settings = SchroedingerAnnealing::new().tolerance(1e-9).splitting(Splitting::BlanesMoan6);
    let plain = anneal(&model, 4.0, &settings).unwrap();
    let recorded = anneal(&model, 4.0, &settings.clone().moments(9)).unwrap();
    assert_eq!((plain.moments.len(), recorded.moments.len()), (0, 9));
    assert!((plain.success_probability - recorded.success_probability).abs() < 1e-9);
    let (first, last) = (recorded.moments[0], recorded.moments[8]);
    // -ΣX in |++++⟩.
    assert!((first.energy + 4.0).abs() < 1e-12 && (first.transverse - 1.0).abs() < 1e-12);
    assert!((first.model_energy - 2.5).abs() < 1e-12);
    assert!((last.energy - (recorded.mean_energy - 2.5)).abs() < 1e-12);
    assert!((last.success_probability - recorded.success_probability).abs() < 1e-13);
    // A run as long as to the middle, along half of the path.
    let half = Path::try_new([(0.0, 0.0), (2.0, 0.5)]).unwrap();
    let half = settings.run(&model, &Schedule::linear(), &half).unwrap();
    assert!((half.success_probability - recorded.moments[4].success_probability).abs() < 1e-8);
}

#[test]
fn reverse_annealing_returns_where_it_came_from() {
    let model = Ising::new(vec![0.3, -0.2, 0.1, 0.6], dense(4).couplings().to_vec(), 0.0);
    let bits = Bits::from_u64(0b0110, 4);
    let settings = SchroedingerAnnealing::new().initial(Initial::Classical(bits.clone()));
    // A field that hardly is there, switched slowly.
    let path: Path = "0:1, 100:0.97, 200:1".parse().unwrap();
    let found = settings.run(&model, &Schedule::linear(), &path).unwrap();
    assert!(found.state.probability(0b0110) > 0.99);
    assert!((found.mean_energy - model.energy(&bits)).abs() < 0.05);
    // No field at all: phases alone.
    let rest: Path = "0:1, 5:1".parse().unwrap();
    let found = settings.run(&model, &Schedule::linear(), &rest).unwrap();
    assert!((found.state.probability(0b0110) - 1.0).abs() < 1e-13);
}

#[test]
fn the_circuit_is_the_evolution() {
    let model = Ising::new(vec![0.3, 0.0, 0.1, -0.6], dense(4).couplings().to_vec(), 0.0);
    let path: Path = "0:0, 2:0.5, 3:0.5, 4:1".parse().unwrap();
    for (initial, splitting) in [
        (Initial::Plus, Splitting::Strang),
        (Initial::Classical(Bits::from_u64(5, 4)), Splitting::BlanesMoan4),
    ] {
        let settings = SchroedingerAnnealing::new().splitting(splitting).initial(initial.clone());
        let mut found = settings.steps(16).run(&model, &Schedule::linear(), &path).unwrap();
        // Steps are shared out by phase there and by time here: as many in each stretch.
        let counts = found.steps;
        let circuit =
            trotter_circuit(&model, &Schedule::linear(), &path, splitting, 400, &initial).unwrap();
        let fine = Simulator::new().run(&circuit, &Request::new().state()).unwrap();
        let Some(AnyState::F64(mut state)) = fine.state else { panic!("a state") };
        let distance = super::schroedinger::distance(&mut found.state, &mut state);
        assert!(distance <= 2.0 * found.error_estimate, "{counts} {distance}");
    }
    // One stretch: the same steps, gate by gate.
    let path = Path::forward(2.0).unwrap();
    for splitting in Splitting::ALL {
        let settings = SchroedingerAnnealing::new().splitting(splitting).steps(6);
        let mut found = settings.run(&model, &Schedule::linear(), &path).unwrap();
        let circuit =
            trotter_circuit(&model, &Schedule::linear(), &path, splitting, 6, &Initial::Plus);
        let run = Simulator::new().run(&circuit.unwrap(), &Request::new().state()).unwrap();
        let Some(AnyState::F64(mut state)) = run.state else { panic!("a state") };
        assert!(super::schroedinger::distance(&mut found.state, &mut state) < 1e-12);
    }
}

#[test]
fn the_norm_is_kept_over_many_steps() {
    let settings = SchroedingerAnnealing::new().steps(10_000);
    let found = anneal(&dense(6), 40.0, &settings).unwrap();
    assert!(found.norm_drift < 1e-12 && found.steps == 10_000, "{:e}", found.norm_drift);
}

#[test]
fn what_cannot_be_annealed_is_refused() {
    let path = Path::forward(1.0).unwrap();
    let says = |settings: SchroedingerAnnealing, model: &Ising| {
        settings.run(model, &Schedule::linear(), &path).unwrap_err().to_string()
    };
    let new = SchroedingerAnnealing::new;
    assert!(says(new(), &Ising::new(vec![], [], 0.0)).contains("the number of spins is 0"));
    assert!(says(new().tolerance(0.0), &ring(3, 1.0)).contains("1e-13"));
    assert!(says(new().tolerance(f64::NAN), &ring(3, 1.0)).contains("1e-13"));
    assert!(says(new().steps(0), &ring(3, 1.0)).contains("number of steps is 0"));
    assert!(says(new().moments(1), &ring(3, 1.0)).contains("moments is 1"));
    let bits = Initial::Classical(Bits::zeros(2));
    assert!(says(new().initial(bits), &ring(3, 1.0)).contains("number of bits"));
    assert!(says(new().max_steps(10), &ring(3, 100.0)).contains("at most 10 are allowed"));
    let strong = Ising::new(vec![1e300, 0.0], [], 0.0);
    assert!(says(new(), &strong).contains("number of steps"));
    let overflow = Ising::new(vec![1e308; 2], [(0, 1, 1e308)], 0.0);
    assert!(says(new(), &overflow).contains("couplings"));
    if crate::math::available_memory().is_some() {
        let large = Ising::new(vec![0.0; 45], [], 0.0);
        let error = anneal(&large, 1.0, &new()).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }
    let watch = Watch::default();
    watch.cancel();
    let error = anneal(&ring(4, 1.0), 1.0, &new().watch(&watch)).unwrap_err();
    assert_eq!(error, Error::Interrupted);
}
