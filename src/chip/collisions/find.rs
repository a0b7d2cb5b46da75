//! What collides on one chip.

use super::{Checks, CollisionType, Limits, Rules};
use crate::error::{Error, Result};

/// A collision on a chip.
#[derive(Debug, Clone, PartialEq)]
pub struct Collision {
    /// Which of the seven.
    pub of: CollisionType,
    /// Control and target; of types 5 to 7 also the other neighbour.
    pub qubits: Vec<usize>,
    /// How far the frequencies that meet are apart, in MHz, for type 2 as a detuning; for type 4 how
    /// far the target is outside of the allowed region.
    pub distance_mhz: f64,
    /// By how much the window is entered, in MHz: of types 1 to 3 and 5 to 7 how far the frequencies that
    /// meet would have to move apart to collide no more; of type 4 how far control and target would have
    /// to move together.
    pub excess_mhz: f64,
}

/// The collisions among these frequencies: those of pairs first, coupling by coupling, then those of
/// triples. `couplings` are (control, target): who is above in the design, whoever is on this chip.
/// Frequencies and anharmonicities in GHz, one a qubit, the latter negative.
///
/// ```
/// use ketlab::chip::{CollisionType, Rules, find_collisions};
/// let found = find_collisions(&[(0, 1)], &[5.00, 4.99], &[-0.33; 2], &Rules::hertzberg_2021())?;
/// assert_eq!((found.len(), found[0].of), (1, CollisionType::Resonant));
/// assert!((found[0].excess_mhz - 7.0).abs() < 1e-9);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If there are not as many anharmonicities as frequencies, one of them is not negative or a frequency
/// not positive, a coupling names a qubit that there is not or is given in both orders, or the rules have no
/// valid windows.
pub fn find_collisions(
    couplings: &[(usize, usize)],
    frequencies_ghz: &[f64],
    anharmonicities_ghz: &[f64],
    rules: &Rules,
) -> Result<Vec<Collision>> {
    rules.check()?;
    check_qubits(frequencies_ghz, anharmonicities_ghz)?;
    let checks = Checks::new(frequencies_ghz.len(), couplings)?;
    let limits = Limits::new(rules);
    let mhz = |ghz: &[f64]| -> Vec<f64> { ghz.iter().map(|f| 1e3 * f).collect() };
    Ok(among(&checks, &mhz(frequencies_ghz), &mhz(anharmonicities_ghz), &limits))
}

/// As many frequencies as anharmonicities, of transmons.
pub(in crate::chip) fn check_qubits(
    frequencies_ghz: &[f64],
    anharmonicities_ghz: &[f64],
) -> Result<()> {
    if frequencies_ghz.len() != anharmonicities_ghz.len() {
        return Err(Error::Invalid {
            what: "the anharmonicities of a chip".into(),
            value: format!("{} numbers", anharmonicities_ghz.len()),
            expected: format!("there is one for each of its {} frequencies", frequencies_ghz.len()),
        });
    }
    let all = frequencies_ghz.iter().zip(anharmonicities_ghz).enumerate();
    for (qubit, (&frequency, &anharmonicity)) in all {
        if !(frequency > 0.0 && frequency <= 1e3) {
            return Err(Error::Invalid {
                what: format!("the frequency of qubit {qubit}"),
                value: format!("{frequency} GHz"),
                expected: "it is above 0 and at most 1000 GHz".into(),
            });
        }
        if !(anharmonicity < 0.0 && anharmonicity > -frequency) {
            return Err(Error::Invalid {
                what: format!("the anharmonicity of qubit {qubit}"),
                value: format!("{anharmonicity} GHz"),
                expected: "that of a transmon is negative, and less than its frequency".into(),
            });
        }
    }
    Ok(())
}

/// The same with frequencies in MHz that are known to be valid.
fn among(checks: &Checks, f: &[f64], a: &[f64], limits: &Limits) -> Vec<Collision> {
    let mut found = vec![];
    let mut add = |of: CollisionType, qubits: &[usize], depth: f64| {
        if depth > 0.0 {
            found.push(Collision {
                of,
                qubits: qubits.to_vec(),
                distance_mhz: limits.distance(of, depth),
                excess_mhz: depth,
            });
        }
    };
    let (of_pair, of_triple) = CollisionType::ALL.split_at(super::DEPTHS_OF_PAIR);
    for &(j, k) in checks.pairs() {
        let depths = limits.pair([f[j], f[k]], [a[j], a[k]]);
        of_pair.iter().zip(depths).for_each(|(&of, depth)| add(of, &[j, k], depth));
    }
    for triple in checks.triples() {
        let (j, [k, i]) = (triple.control, triple.neighbors);
        let depths = limits.triple([f[j], f[k], f[i]], [a[j], a[k], a[i]]);
        of_triple.iter().zip(depths).for_each(|(&of, depth)| add(of, &[j, k, i], depth));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use CollisionType::*;

    /// Types that collide between a control this far above its target.
    fn of_pair(rules: &Rules, detuning_mhz: f64) -> Vec<CollisionType> {
        let f = [5.0, 5.0 - 1e-3 * detuning_mhz];
        let found = find_collisions(&[(0, 1)], &f, &[-0.33; 2], rules).unwrap();
        found.into_iter().map(|c| c.of).collect()
    }

    /// Types that collide between two targets of a control, which are this far below it.
    fn of_triple(
        rules: &Rules,
        below_mhz: [f64; 2],
        types: &[CollisionType],
    ) -> Vec<CollisionType> {
        let f = [5.0, 5.0 - 1e-3 * below_mhz[0], 5.0 - 1e-3 * below_mhz[1]];
        let found = find_collisions(&[(0, 1), (0, 2)], &f, &[-0.33; 3], rules).unwrap();
        found.into_iter().map(|c| c.of).filter(|of| types.contains(of)).collect()
    }

    /// Each boundary as published, from both of its sides.
    #[test]
    fn windows_of_hertzberg_2021_end_where_they_do() {
        let rules = Rules::hertzberg_2021();
        let none: [CollisionType; 0] = [];
        for (detuning, inside) in [
            // 1 and 4: below the target, and too near
            (-0.001, vec![Resonant, OutsideStraddling]),
            (0.001, vec![Resonant]),
            (16.999, vec![Resonant]),
            (-16.999, vec![Resonant, OutsideStraddling]),
            (-17.001, vec![OutsideStraddling]),
            // 2
            (163.001, vec![TwoPhoton]),
            (166.999, vec![TwoPhoton]),
            // only of the control
            (-165.0, vec![OutsideStraddling]),
            // 3 on both sides of |α|, 4 beyond
            (300.001, vec![Leakage]),
            (329.999, vec![Leakage]),
            (330.001, vec![Leakage, OutsideStraddling]),
            (359.999, vec![Leakage, OutsideStraddling]),
            (360.001, vec![OutsideStraddling]),
            (-300.001, vec![Leakage, OutsideStraddling]),
            (-299.999, vec![OutsideStraddling]),
            (-359.999, vec![Leakage, OutsideStraddling]),
            (-360.001, vec![OutsideStraddling]),
        ] {
            assert_eq!(of_pair(&rules, detuning), inside, "{detuning}");
        }
        for detuning in [17.001, 50.0, 162.999, 167.001, 299.999] {
            assert_eq!(of_pair(&rules, detuning), none, "{detuning}");
        }
    }

    #[test]
    fn windows_of_brink_2018_end_where_they_do() {
        let rules = Rules::brink_2018();
        for (detuning, inside) in [
            (0.001, vec![Resonant]),
            (16.999, vec![Resonant]),
            (17.001, vec![]),
            (160.999, vec![]),
            (161.001, vec![TwoPhoton]),
            (168.999, vec![TwoPhoton]),
            (169.001, vec![]),
            (304.999, vec![]),
            (305.001, vec![Leakage]),
            (329.999, vec![Leakage]),
            (330.001, vec![Leakage, OutsideStraddling]),
            (354.999, vec![Leakage, OutsideStraddling]),
            (355.001, vec![OutsideStraddling]),
        ] {
            // Whoever is above.
            for sign in [1.0, -1.0] {
                assert_eq!(of_pair(&rules, sign * detuning), inside, "{sign} {detuning}");
            }
        }
    }

    #[test]
    fn windows_of_neighbours_end_where_they_do() {
        for rules in [Rules::hertzberg_2021(), Rules::brink_2018()] {
            let near = [Spectator, SpectatorLeakage];
            let apart = |d: f64| of_triple(&rules, [20.0, 20.0 + d], &near);
            for sign in [1.0, -1.0] {
                assert_eq!(apart(sign * 16.999), [Spectator]);
                assert_eq!(apart(sign * 17.001), []);
                assert_eq!(apart(sign * 304.999), []);
                assert_eq!(apart(sign * 305.001), [SpectatorLeakage]);
                assert_eq!(apart(sign * 354.999), [SpectatorLeakage]);
                assert_eq!(apart(sign * 355.001), []);
            }
            // 2 f_j + α - f_k - f_i is the sum of both detunings less 330.
            let sum = |s: f64| of_triple(&rules, [100.0, s - 100.0], &[SpectatorTwoPhoton]);
            for (s, collides) in [
                (312.999, false),
                (313.001, true),
                (330.0, true),
                (346.999, true),
                (347.001, false),
            ] {
                assert_eq!(!sum(s).is_empty(), collides, "{s}");
            }
        }
    }

    /// Which qubit's anharmonicity counts where they differ.
    #[test]
    fn transitions_are_those_of_their_qubits() {
        let rules = Rules::hertzberg_2021();
        let types = |f: [f64; 2], a: [f64; 2]| -> Vec<CollisionType> {
            let found = find_collisions(&[(0, 1)], &f, &a, &rules).unwrap();
            found.into_iter().map(|c| c.of).collect()
        };
        // f02 of the control is 2·5 - 0.3, half of it 4.85.
        assert_eq!(types([5.0, 4.85], [-0.3, -0.2]), [TwoPhoton]);
        assert_eq!(types([5.0, 4.90], [-0.3, -0.2]), []);
        // f12 of the control is 4.7.
        assert_eq!(types([5.0, 4.695], [-0.3, -0.2]), [Leakage, OutsideStraddling]);
        // f12 of the target is 4.8 where it is above.
        assert_eq!(types([4.8, 5.0], [-0.3, -0.2]), [Leakage, OutsideStraddling]);
    }

    #[test]
    fn a_collision_says_how_near() {
        let rules = Rules::hertzberg_2021();
        let f = [5.0, 4.99, 4.992];
        let found = find_collisions(&[(0, 1), (0, 2)], &f, &[-0.33; 3], &rules).unwrap();
        let told: Vec<_> = found.iter().map(|c| (c.of, c.qubits.clone())).collect();
        let expected = [(Resonant, vec![0, 1]), (Resonant, vec![0, 2]), (Spectator, vec![0, 1, 2])];
        assert_eq!(told, expected);
        for (collision, distance) in found.iter().zip([10.0, 8.0, 2.0]) {
            assert!((collision.distance_mhz - distance).abs() < 1e-9, "{collision:?}");
            assert!((collision.excess_mhz - (17.0 - distance)).abs() < 1e-9, "{collision:?}");
        }
        let outside = find_collisions(&[(0, 1)], &[5.0, 5.04], &[-0.33; 2], &rules).unwrap();
        assert!(outside.len() == 1 && (outside[0].distance_mhz - 40.0).abs() < 1e-9);
    }

    #[test]
    fn numbers_that_cannot_be_are_errors() {
        let says = |f: &[f64], a: &[f64]| {
            let rules = Rules::brink_2018();
            find_collisions(&[(0, 1)], f, a, &rules).unwrap_err().to_string()
        };
        assert!(says(&[5.0, 5.1], &[-0.3]).contains("2 frequencies"));
        for bad in [0.0, -5.0, f64::NAN, f64::INFINITY, 1e4] {
            assert!(says(&[5.0, bad], &[-0.3; 2]).contains("frequency of qubit 1"), "{bad}");
        }
        for bad in [0.0, 0.3, f64::NAN, -6.0] {
            assert!(says(&[5.0, 5.1], &[bad, -0.3]).contains("anharmonicity of qubit 0"), "{bad}");
        }
        assert!(says(&[5.0], &[-0.3]).contains('1'));
        let mut rules = Rules::brink_2018();
        rules.half_widths_mhz[0] = -1.0;
        assert!(find_collisions(&[], &[5.0], &[-0.3], &rules).is_err());
    }
}
