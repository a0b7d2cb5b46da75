//! Detunings at which a pair collides.

use ketlab::chip::{CrossResonance, Ladder, Rules, find_collisions};

/// Windows of detuning in MHz, control less target, within `range`, in which the pair collides by
/// itself, types 1 to 4, each end to within `step`.
pub fn colliding(
    pair: &CrossResonance,
    rules: &Rules,
    range: (f64, f64),
    step: f64,
) -> Vec<(f64, f64)> {
    let target = pair.target.frequency_ghz();
    let of = |qubit: &Ladder| qubit.anharmonicity_ghz();
    let Some(anharmonicities) = of(&pair.control).zip(of(&pair.target)).map(<[f64; 2]>::from)
    else {
        return Vec::new();
    };
    let collides = |detuning: f64| {
        let frequencies = [target + 1e-3 * detuning, target];
        let found = find_collisions(&[(0, 1)], &frequencies, &anharmonicities, rules);
        // No transmons, no rules.
        found.is_ok_and(|found| !found.is_empty())
    };
    let count = ((range.1 - range.0) / step).round().max(1.0) as usize;
    let edge = |k: usize| range.0 + (range.1 - range.0) * k as f64 / count as f64;
    let mut windows: Vec<(f64, f64)> = Vec::new();
    for k in (0..count).filter(|&k| collides(0.5 * (edge(k) + edge(k + 1)))) {
        match windows.last_mut() {
            Some(last) if last.1 == edge(k) => last.1 = edge(k + 1),
            _ => windows.push((edge(k), edge(k + 1))),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_is_between() {
        let pair = |anharmonicity| CrossResonance {
            control: Ladder::duffing(5.1, anharmonicity, 4).unwrap(),
            target: Ladder::duffing(5.0, anharmonicity, 4).unwrap(),
            j_mhz: 2.0,
            drive_mhz: 0.0,
        };
        let found = |low, high| colliding(&pair(-0.33), &Rules::hertzberg_2021(), (low, high), 0.5);
        // 17 to 163 and 167 to 300 MHz are allowed.
        assert_eq!(found(-500.0, 500.0), [(-500.0, 17.0), (163.0, 167.0), (300.0, 500.0)]);
        assert_eq!(found(20.0, 100.0), []);
        let positive = colliding(&pair(0.33), &Rules::hertzberg_2021(), (-10.0, 10.0), 1.0);
        assert_eq!(positive, []);
    }
}
