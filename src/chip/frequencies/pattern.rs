//! Frequencies by patterns that repeat over a lattice.

use super::FrequencyPlan;
use super::coloring::{distinct_neighbors, two_colors};
use crate::chip::Lattice;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// Which of a few frequencies each qubit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pattern {
    /// [`HeavyHex`](Pattern::HeavyHex) where the lattice has it, else
    /// [`Distinct`](Pattern::Distinct).
    #[default]
    Auto,
    /// Three frequencies: of the two classes of a bipartite lattice, one has at most two neighbours for
    /// each qubit and is at the highest frequency f3, so that it controls; the other, which on
    /// heavy-hexagon lattices holds the sites with three neighbours, alternates between f1 and f2. A
    /// control has one neighbour of each. Along lines and rings of 4m qubits it is f3 f1 f3 f2 … .
    /// At the edges of heavy-hexagon codes there are circles around which f1 and f2 cannot alternate;
    /// there one site between f2 and f1 is at f3 itself, and the two qubits beside it are at f1 and f2:
    /// … f2 f1 f3 f2 f1 … .
    HeavyHex,
    /// As few frequencies as are found such that a qubit, its neighbours and their neighbours all
    /// differ, which types 1 and 5 demand of any lattice: 3 along lines, 3 to 5 around rings, 5 on
    /// square grids.
    Distinct,
    /// Two frequencies, the fewest with which neighbours differ. A control with two neighbours then
    /// always has a collision of type 5: a pattern for pairs, and to compare with.
    Alternating,
}

impl Pattern {
    /// All, in the order of the documentation.
    pub const ALL: [Pattern; 4] =
        [Pattern::Auto, Pattern::HeavyHex, Pattern::Distinct, Pattern::Alternating];

    /// The name, as [`FromStr`] reads it.
    pub fn name(self) -> &'static str {
        match self {
            Pattern::Auto => "auto",
            Pattern::HeavyHex => "heavy-hex",
            Pattern::Distinct => "distinct",
            Pattern::Alternating => "alternating",
        }
    }

    /// Each qubit's frequency in half spacings above the centre, and the pattern that `Auto` comes
    /// to.
    pub(super) fn half_spacings(self, lattice: &Lattice) -> Result<(Pattern, Vec<i32>)> {
        let lacks = |why: &str| Error::Invalid {
            what: format!("the pattern {self}"),
            value: format!("for the lattice {}", lattice.name()),
            expected: format!("{why}; the pattern `distinct` fits any lattice"),
        };
        // Colour 0 is the lowest.
        let centered = |colors: Vec<usize>| -> Vec<i32> {
            let most = colors.iter().max().copied().unwrap_or(0) as i32;
            colors.into_iter().map(|color| 2 * color as i32 - most).collect()
        };
        match self {
            Pattern::Auto => Ok(match heavy_hex(lattice) {
                Some(half_spacings) => (Pattern::HeavyHex, half_spacings),
                None => (Pattern::Distinct, centered(distinct_neighbors(lattice))),
            }),
            Pattern::HeavyHex => match heavy_hex(lattice) {
                Some(half_spacings) => Ok((self, half_spacings)),
                None => Err(lacks(
                    "one class of its qubits must have at most two neighbours each, between which \
                     two frequencies can alternate",
                )),
            },
            Pattern::Distinct => Ok((self, centered(distinct_neighbors(lattice)))),
            Pattern::Alternating => match two_colors(&links(lattice)) {
                Some(colors) => Ok((self, centered(colors))),
                None => Err(lacks("it must have no circle of an odd number of qubits")),
            },
        }
    }
}

/// The pattern's name.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name).ok_or_else(|| Error::Invalid {
            what: "the name of a frequency pattern".into(),
            value: format!("`{}`", name.chars().take(40).collect::<String>()),
            expected: Self::ALL.map(Self::name).join(", "),
        })
    }
}

fn links(lattice: &Lattice) -> Vec<Vec<usize>> {
    (0..lattice.num_qubits()).map(|q| lattice.neighbors(q).to_vec()).collect()
}

/// f1, f2 and f3 in half spacings above f2.
const LOW: [i32; 2] = [-2, 0];
const F3: i32 = 2;

/// The pattern in half spacings, if the lattice has it: of two the one with fewer controls between two qubits.
fn heavy_hex(lattice: &Lattice) -> Option<Vec<i32>> {
    let classes = two_colors(&links(lattice))?;
    let with_controls = |class: usize| -> Option<(usize, Vec<i32>)> {
        let is_control = |q: usize| classes[q] == class;
        // Sites on the other side of each control.
        let mut across = vec![vec![]; lattice.num_qubits()];
        let mut between = 0;
        for q in (0..lattice.num_qubits()).filter(|&q| is_control(q)) {
            match *lattice.neighbors(q) {
                [a, b] => {
                    across[a].push(b);
                    across[b].push(a);
                    between += 1;
                }
                [_] | [] => {}
                _ => return None,
            }
        }
        let half_spacings = match two_colors(&across) {
            Some(colors) => {
                let half = |q: usize| if is_control(q) { F3 } else { LOW[colors[q]] };
                (0..colors.len()).map(half).collect()
            }
            None => alternating_with_swapped_sites(lattice, &across, is_control)?,
        };
        Some((between, half_spacings))
    };
    let found = [0, 1].into_iter().filter_map(with_controls);
    // Swaps of sites near to each other can undo what each of them mends.
    let found = found.filter(|(_, levels)| is_without_resonances(lattice, levels));
    found.min_by_key(|(between, _)| *between).map(|(_, half_spacings)| half_spacings)
}

/// Whether no coupled qubits are at the same level, and of a control no target and other neighbour: what
/// types 1 and 5 demand of a design.
fn is_without_resonances(lattice: &Lattice, levels: &[i32]) -> bool {
    (0..lattice.num_qubits()).all(|control| {
        let around = lattice.neighbors(control);
        let has_own = around.iter().any(|&q| levels[q] == levels[control]);
        let meets = |k: usize| {
            let target = levels[around[k]];
            target < levels[control] && around[..k].iter().any(|&q| levels[q] == target)
        };
        !has_own && !(0..around.len()).any(meets)
    })
}

/// The pattern where f1 and f2 alternate between sites with three neighbours, but not around all
/// circles: a site with two that lies between f1 and f2 changes places with the controls beside it.
fn alternating_with_swapped_sites(
    lattice: &Lattice,
    across: &[Vec<usize>],
    is_control: impl Fn(usize) -> bool,
) -> Option<Vec<i32>> {
    let is_crowded = |q: usize| lattice.neighbors(q).len() >= 3;
    // Without a crowded site it is no heavy lattice.
    (0..across.len()).find(|&q| is_crowded(q))?;
    let crowded = |q: usize| -> Vec<usize> {
        let others = across[q].iter().copied().filter(|&other| is_crowded(other));
        if is_crowded(q) { others.collect() } else { vec![] }
    };
    let colors = two_colors(&(0..across.len()).map(crowded).collect::<Vec<_>>())?;
    let half = |q: usize| match (is_control(q), is_crowded(q)) {
        (true, _) => Some(F3),
        (_, true) => Some(LOW[colors[q]]),
        _ => None,
    };
    let mut half_spacings: Vec<Option<i32>> = (0..across.len()).map(half).collect();
    for site in 0..across.len() {
        if half_spacings[site].is_some() {
            continue;
        }
        let is_taken = |low: i32| across[site].iter().any(|&q| half_spacings[q] == Some(low));
        if let Some(free) = LOW.into_iter().find(|&low| !is_taken(low)) {
            half_spacings[site] = Some(free);
            continue;
        }
        half_spacings[site] = Some(F3);
        for &control in lattice.neighbors(site) {
            let beyond = lattice.neighbors(control).iter().find(|&&q| q != site)?;
            half_spacings[control] =
                LOW.into_iter().find(|&low| half_spacings[*beyond] != Some(low));
        }
    }
    half_spacings.into_iter().collect()
}

/// The numbers of a pattern, in GHz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    /// The middle of the frequencies: f2 of three. 5.12.
    pub center_ghz: f64,
    /// From one frequency to the next: of three they are centre - spacing, centre, centre + spacing.
    /// 0.06, near where the yield of 27 qubits at a spread of 14 MHz is the highest.
    pub spacing_ghz: f64,
    /// Of all qubits. -0.33.
    pub anharmonicity_ghz: f64,
}

impl Default for Design {
    fn default() -> Self {
        Design { center_ghz: 5.12, spacing_ghz: 0.06, anharmonicity_ghz: -0.33 }
    }
}

impl Design {
    /// With another spacing.
    pub fn spacing(self, spacing_ghz: f64) -> Self {
        Design { spacing_ghz, ..self }
    }

    /// The frequencies of a lattice by a pattern.
    ///
    /// ```
    /// use ketlab::chip::{Design, Lattice, Pattern, Rules};
    /// let plan = Design::default().plan(&Lattice::falcon27(), Pattern::Auto)?;
    /// assert_eq!(plan.frequencies_ghz()[..3], [5.18, 5.06, 5.18]);
    /// assert_eq!(plan.couplings()[0], (0, 1));
    /// assert!(plan.collisions(&Rules::hertzberg_2021())?.is_empty());
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the lattice does not have the pattern; if the spacing is not positive, a frequency not
    /// positive, or the anharmonicity not negative.
    pub fn plan(&self, lattice: &Lattice, pattern: Pattern) -> Result<FrequencyPlan> {
        if !(self.spacing_ghz > 0.0 && self.spacing_ghz.is_finite()) {
            return Err(Error::Invalid {
                what: "the spacing of frequencies".into(),
                value: format!("{} GHz", self.spacing_ghz),
                expected: "it is finite and above 0, like 0.06".into(),
            });
        }
        let (pattern, half_spacings) = pattern.half_spacings(lattice)?;
        // In whole hertz, which are short in a file.
        let whole = |ghz: f64| (1e9 * ghz).round() / 1e9;
        let frequency =
            |&half: &i32| whole(self.center_ghz + 0.5 * f64::from(half) * self.spacing_ghz);
        let frequencies = half_spacings.iter().map(frequency).collect();
        let anharmonicities = vec![self.anharmonicity_ghz; half_spacings.len()];
        let plan = FrequencyPlan::new(lattice, frequencies, anharmonicities)?;
        Ok(plan.named(format!("pattern {pattern}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{CollisionType, Rules};
    use proptest::prelude::*;

    fn plan(lattice: &str, pattern: Pattern) -> FrequencyPlan {
        Design::default().plan(&Lattice::named(lattice).unwrap(), pattern).unwrap()
    }

    #[test]
    fn controls_of_heavy_lattices_are_between_two_frequencies() {
        for name in ["falcon27", "eagle127", "line6", "ring8", "heavy-hex3", "heavy-hex7"] {
            let lattice = Lattice::named(name).unwrap();
            let (pattern, half_spacings) = Pattern::Auto.half_spacings(&lattice).unwrap();
            assert_eq!(pattern, Pattern::HeavyHex, "{name}");
            let mut exchanged = 0;
            for q in 0..lattice.num_qubits() {
                let near: Vec<i32> =
                    lattice.neighbors(q).iter().map(|&a| half_spacings[a]).collect();
                if half_spacings[q] == F3 {
                    assert!(near.len() <= 2 && !near.contains(&F3), "{name} {q}");
                    assert!(near.len() < 2 || near[0] != near[1], "{name} {q}");
                } else {
                    // A target of all but perhaps one, whom it controls or who is as low.
                    let low = near.iter().filter(|&&half| half != F3).count();
                    assert!(low <= 1 && !near.contains(&half_spacings[q]), "{name} {q}");
                    exchanged += low;
                }
            }
            // Only codes have circles that need it: two couplings, of two qubits, each time.
            assert_eq!(exchanged > 0, name.starts_with("heavy-hex"), "{name}: {exchanged}");
            assert!(exchanged % 4 == 0);
        }
    }

    /// The default design of each lattice is free of collisions, by both tables.
    #[test]
    fn designs_do_not_collide() {
        for name in [
            "line1",
            "line2",
            "line7",
            "ring3",
            "ring4",
            "ring5",
            "ring6",
            "ring7",
            "ring9",
            "grid2x2",
            "grid2x5",
            "grid3x4",
            "grid7x7",
            "heavy-hex3",
            "heavy-hex5",
            "heavy-hex7",
            "falcon27",
            "eagle127",
        ] {
            for rules in [Rules::hertzberg_2021(), Rules::brink_2018()] {
                let found = plan(name, Pattern::Auto).collisions(&rules).unwrap();
                assert!(found.is_empty(), "{name} {rules}: {found:?}");
            }
        }
    }

    /// Swapped sites beside each other give a control two equal neighbours: such a lattice does not have
    /// the pattern.
    #[test]
    fn swaps_that_collide_are_no_pattern() {
        let couplings =
            [(0, 4), (4, 1), (1, 5), (5, 2), (0, 6), (6, 3), (0, 7), (7, 2), (1, 8), (8, 3)];
        let lattice = Lattice::new("two circles", 9, &couplings).unwrap();
        for rules in [Rules::hertzberg_2021(), Rules::brink_2018()] {
            let plan = Design::default().plan(&lattice, Pattern::Auto).unwrap();
            assert_eq!(plan.collisions(&rules).unwrap(), [], "{}", plan.name());
        }
        match Design::default().plan(&lattice, Pattern::HeavyHex) {
            Ok(plan) => {
                assert_eq!(plan.collisions(&Rules::hertzberg_2021()).unwrap(), []);
            }
            Err(error) => assert!(error.to_string().contains("distinct"), "{error}"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Sites that are connected by controls of two neighbours each, at random: `Auto` gives no
        /// design with two equal neighbours of a control, nor coupled qubits that are equal.
        #[test]
        fn designs_of_decorated_graphs_do_not_resonate(
            sites in 3..9usize,
            edges in proptest::collection::vec((0..9usize, 0..9usize), 2..14),
        ) {
            let tree = (1..sites).map(|k| (k / 2, k));
            let more = edges.into_iter().filter(|&(a, b)| a != b && a < sites && b < sites);
            let mut couplings = vec![];
            let mut count = sites;
            for (a, b) in tree.chain(more) {
                couplings.extend([(a, count), (count, b)]);
                count += 1;
            }
            let lattice = Lattice::new("decorated", count, &couplings)?;
            let plan = Design::default().plan(&lattice, Pattern::Auto)?;
            let found = plan.collisions(&Rules::hertzberg_2021())?;
            let resonant =
                |c: &crate::chip::Collision| matches!(c.of, CollisionType::Resonant | CollisionType::Spectator);
            prop_assert!(!found.iter().any(resonant), "{} {found:?}", plan.name());
        }
    }

    #[test]
    fn two_frequencies_collide_around_every_control_of_two() {
        let found = plan("line5", Pattern::Alternating).collisions(&Rules::hertzberg_2021());
        let found = found.unwrap();
        // Of line 0-1-2-3-4 the controls are 1 and 3.
        assert_eq!(found.iter().filter(|c| c.of == CollisionType::Spectator).count(), 2);
        assert!(
            plan("line2", Pattern::Alternating)
                .collisions(&Rules::hertzberg_2021())
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn frequencies_are_spaced_about_the_centre() {
        let plan = plan("grid5x5", Pattern::Distinct);
        let mut all = plan.frequencies_ghz().to_vec();
        all.sort_by(f64::total_cmp);
        all.dedup();
        for (found, expected) in all.iter().zip([5.0, 5.06, 5.12, 5.18, 5.24]) {
            assert!((found - expected).abs() < 1e-12);
        }
        assert_eq!((all.len(), plan.name()), (5, "pattern distinct"));
    }

    #[test]
    fn patterns_that_do_not_fit_say_which_does() {
        let says = |lattice: &str, pattern: Pattern| {
            let lattice = Lattice::named(lattice).unwrap();
            Design::default().plan(&lattice, pattern).unwrap_err().to_string()
        };
        assert!(says("grid3x3", Pattern::HeavyHex).contains("distinct"));
        assert!(says("ring6", Pattern::HeavyHex).contains("distinct"));
        assert!(says("ring5", Pattern::Alternating).contains("odd"));
        for pattern in Pattern::ALL {
            assert_eq!(pattern.name().parse::<Pattern>().unwrap(), pattern);
        }
        assert!("three".parse::<Pattern>().unwrap_err().to_string().contains("distinct"));
        for bad in [0.0, -0.1, f64::NAN, f64::INFINITY] {
            let design = Design::default().spacing(bad);
            let error = design.plan(&Lattice::falcon27(), Pattern::Auto).unwrap_err();
            assert!(error.to_string().contains("spacing"), "{error}");
        }
        let low = Design::default().spacing(6.0).plan(&Lattice::falcon27(), Pattern::Auto);
        assert!(low.unwrap_err().to_string().contains("frequency of qubit"));
    }
}
