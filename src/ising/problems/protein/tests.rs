use super::super::Encoded;
use super::super::testing::{is_encoded_right, least_energies};
use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

type Place = (i32, i32);

/// All self-avoiding walks of n beads from the origin.
fn walks(n: usize) -> Vec<Vec<Place>> {
    let mut all = vec![vec![(0, 0)]];
    for _ in 1..n {
        let longer = all.iter().flat_map(|walk: &Vec<Place>| {
            let (x, y) = walk[walk.len() - 1];
            let steps = [(x + 1, y), (x, y + 1), (x - 1, y), (x, y - 1)].into_iter();
            steps.filter(|place| !walk.contains(place)).map(|place| {
                let mut walk = walk.clone();
                walk.push(place);
                walk
            })
        });
        all = longer.collect();
    }
    all
}

/// The pairs of beads that touch without being neighbours along the chain.
fn touching(walk: &[Place]) -> Vec<(usize, usize)> {
    let at: HashMap<Place, usize> = walk.iter().copied().zip(0..).collect();
    let mut all = Vec::new();
    for (f, &(x, y)) in walk.iter().enumerate() {
        for other in [(x + 1, y), (x, y + 1)] {
            match at.get(&other) {
                Some(&g) if f.abs_diff(g) > 1 => all.push((f.min(g), f.max(g))),
                _ => {}
            }
        }
    }
    all.sort_unstable();
    all
}

/// Where the walk is on the grid, its first bead on an even site: all places.
fn on_grid(walk: &[Place], (width, height): (usize, usize)) -> Vec<Vec<Site>> {
    let mut all = Vec::new();
    for shift in 0..width * height {
        let (dx, dy) = ((shift % width) as i32, (shift / width) as i32);
        let moved = walk.iter().map(|&(x, y)| {
            let (x, y) = (usize::try_from(x + dx).ok()?, usize::try_from(y + dy).ok()?);
            (x < width && y < height).then_some((x, y))
        });
        if (dx + dy) % 2 == 0
            && let Some(moved) = moved.collect()
        {
            all.push(moved);
        }
    }
    all
}

fn sequence(n: usize, index: usize) -> String {
    (0..n).map(|f| if index >> f & 1 == 1 { 'H' } else { 'P' }).collect()
}

fn count(sequence: &str, pairs: &[(usize, usize)]) -> usize {
    let is_h = |f: usize| sequence.as_bytes()[f] == b'H';
    pairs.iter().filter(|&&(f, g)| is_h(f) && is_h(g)).count()
}

/// Whether the walk has a place on the grid, its first bead on whatever site.
fn fits(walk: &[Place], (width, height): (usize, usize)) -> bool {
    let range = |of: fn(&Place) -> i32| {
        let (least, most) = (walk.iter().map(of).min(), walk.iter().map(of).max());
        (most.unwrap() - least.unwrap()) as usize
    };
    range(|place| place.0) < width && range(|place| place.1) < height
}

/// The most contacts of walks on the grid.
fn best_on(sequence: &str, grid: (usize, usize)) -> usize {
    let fitting = walks(sequence.len()).into_iter().filter(|walk| fits(walk, grid));
    fitting.map(|walk| count(sequence, &touching(&walk))).max().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn is_the_best_fold(
        (n, width, height) in prop_oneof![
            (1..=4usize, Just(2usize), Just(2usize)),
            (2..=5usize, Just(3), Just(2)),
            (2..=5usize, Just(2), Just(3)),
            (2..=3usize, Just(3), Just(3)),
        ],
        index in 0..32usize,
    ) {
        let sequence = sequence(n, index);
        let problem = ProteinFolding::try_new(&sequence).unwrap().with_grid(width, height).unwrap();
        is_encoded_right(&problem, Some(best_on(&sequence, (width, height)) as f64));
    }
}

/// Every walk on the default grid, of every sequence of up to 8 beads: its energy is minus its contacts, and
/// the best of all is that of all walks on the whole lattice.
#[test]
fn folds_are_those_of_the_enumerator_up_to_eight_beads() {
    for n in 1..=8 {
        let walks = walks(n);
        assert_eq!(walks.len(), [1, 4, 12, 36, 100, 284, 780, 2172][n - 1]);
        let mut sets: Vec<Vec<(usize, usize)>> = walks.iter().map(|walk| touching(walk)).collect();
        sets.sort_unstable();
        sets.dedup();
        let any = ProteinFolding::try_new(&sequence(n, 0)).unwrap();
        let middle = n / 2;
        // Those whose middle bead is where it may be; the others are their images.
        let placed: Vec<Vec<Site>> =
            walks.iter().flat_map(|walk| on_grid(walk, any.grid())).collect();
        let own: Vec<&Vec<Site>> =
            placed.iter().filter(|sites| any.beads[middle].bit(sites[middle]).is_some()).collect();
        for index in 0..1 << n {
            let sequence = sequence(n, index);
            let problem = ProteinFolding::try_new(&sequence).unwrap();
            let best = sets.iter().map(|pairs| count(&sequence, pairs)).max().unwrap();
            // Energies of a part of the sequences, the decoder for all of these.
            let hydrophobic = problem.hydrophobic();
            let contacts_of = |sites: &Vec<Site>| contacts(&hydrophobic, sites).len();
            let found = own.iter().map(|sites| contacts_of(sites)).max().unwrap();
            assert_eq!(found, best, "{sequence}");
            assert!(contacts(&hydrophobic, &problem.known).len() <= best);
            if n > 6 && index % 29 != 0 {
                continue;
            }
            let encoded = Encoded::new(problem, None).unwrap();
            for sites in &own {
                let mut bits = Bits::zeros(encoded.qubo().num_variables());
                for (bead, &site) in encoded.problem().beads.iter().zip(sites.iter()) {
                    bits.set(bead.bit(site).expect("a bit for every place of the chain"), true);
                }
                let walk: Vec<Place> = sites.iter().map(|&(x, y)| (x as i32, y as i32)).collect();
                let expected = count(&sequence, &touching(&walk)) as f64;
                assert_eq!(encoded.qubo().energy(&bits), -expected, "{sequence} {sites:?}");
                assert_eq!(encoded.decode(&bits).unwrap().solution.unwrap().1, expected);
            }
        }
    }
}

/// Every fold on the grid, wherever it begins, has bits or an image that has: the best fold of every sequence
/// of up to 8 beads by the enumerator, and its energy.
#[test]
fn no_fold_of_a_grid_is_lost() {
    for grid in [(3, 4), (4, 3), (4, 4)] {
        for n in 1..=8 {
            let mut folds: HashMap<Vec<(usize, usize)>, Vec<Site>> = HashMap::new();
            let walks: Vec<Vec<Place>> =
                walks(n).into_iter().filter(|walk| fits(walk, grid)).collect();
            for walk in &walks {
                if let Some(sites) = on_grid(walk, grid).into_iter().next() {
                    folds.insert(touching(walk), sites);
                }
            }
            for walk in &walks {
                let pairs = touching(walk);
                assert!(folds.contains_key(&pairs), "{pairs:?} on {grid:?}");
            }
            for index in 0..1 << n {
                let sequence = sequence(n, index);
                let best = folds.keys().map(|pairs| count(&sequence, pairs)).max().unwrap();
                let (_, sites) =
                    folds.iter().find(|(pairs, _)| count(&sequence, pairs) == best).unwrap();
                let problem = ProteinFolding::try_new(&sequence).unwrap();
                let encoded =
                    Encoded::new(problem.with_grid(grid.0, grid.1).unwrap(), None).unwrap();
                let fold = Fold { sites: sites.clone(), contacts: vec![], moves: String::new() };
                let bits = encoded.problem().assignment(&fold).unwrap();
                assert_eq!(encoded.qubo().energy(&bits), -(best as f64), "{sequence} {grid:?}");
            }
        }
    }
}

/// On 3 by 3 sites the three contacts of this chain need an odd site for its first bead.
#[test]
fn grids_that_lose_folds_are_refused() {
    let sequence = "HPHHHPHH";
    assert_eq!(best_on(sequence, (3, 3)), 3);
    let even = walks(8).into_iter().filter(|walk| !on_grid(walk, (3, 3)).is_empty());
    assert_eq!(even.map(|walk| count(sequence, &touching(&walk))).max(), Some(2));
    let problem = ProteinFolding::try_new(sequence).unwrap();
    let says = |w, h| problem.with_grid(w, h).unwrap_err().to_string();
    assert!(says(3, 3).contains("3x4 or 4x4"), "{}", says(3, 3));
    assert!(says(3, 5).contains("3x6 or 4x5"), "{}", says(3, 5));
    let json = r#"{"sequence":"HPPH","width":3,"height":3}"#;
    assert!(serde_json::from_str::<ProteinFolding>(json).is_err());
    for n in 1..200 {
        let Grid { width, height } = Grid::for_length(n);
        let (area, least) = (width * height, n + n.div_ceil(2));
        assert!(area % 2 == 0 && area >= least && width - height <= 1, "{n}: {width}x{height}");
        // The next smaller one is too small, or has two odd sides.
        let smaller = if width > height { height * height } else { height * (height - 1) };
        assert!(smaller < least || smaller % 2 == 1, "{n}: {width}x{height}");
    }
    assert_eq!(ProteinFolding::try_new(&"H".repeat(14)).unwrap().grid(), (6, 5));
}

/// The least energy of all ways to put each of the beads from f on on one site. `most` is how many contacts
/// there can be with one site each, so that a branch which is above the best by more is left.
fn least(
    qubo: &Qubo,
    problem: &ProteinFolding,
    f: usize,
    bits: &mut Bits,
    broken: f64,
    best: &mut f64,
) {
    let PenaltyRule::Above { default: penalty, .. } = problem.penalty_rule() else {
        unreachable!()
    };
    let h = problem.hydrophobic();
    let pairs = (0..h.len()).flat_map(|g| (0..g).map(move |f| (f, g)));
    let most = pairs.filter(|&(f, g)| h[f] && h[g] && (g - f) % 2 == 1 && g - f > 1).count();
    if penalty * broken - most as f64 > *best {
        return;
    }
    let Some(bead) = problem.beads.get(f) else {
        *best = best.min(qubo.energy(bits));
        return;
    };
    for (bit, site) in bead.bits() {
        let place = |g: usize| problem.beads[g].bits().find(|&(b, _)| bits.bit(b)).unwrap().1;
        let shared = (0..f).filter(|&g| place(g) == site).count();
        let apart = f > 0 && distance(place(f - 1), site) != 1;
        let added = shared as f64 + f64::from(u8::from(apart));
        bits.set(bit, true);
        least(qubo, problem, f + 1, bits, broken + added, best);
        bits.set(bit, false);
    }
}

#[test]
fn one_site_a_bead_is_never_better_than_a_fold() {
    for letters in ["HPPH", "HHHHH", "HPHPPH", "HHPPHH", "HPPHPPH", "HPPHPPHH"] {
        let problem = ProteinFolding::try_new(letters).unwrap();
        let encoded = Encoded::new(problem.clone(), None).unwrap();
        let mut bits = Bits::zeros(problem.num_variables());
        let mut energy = 0.0;
        least(encoded.qubo(), &problem, 0, &mut bits, 0.0, &mut energy);
        assert_eq!(energy, -(best_on(letters, problem.grid()) as f64), "{letters}");
    }
}

#[test]
fn a_penalty_that_is_too_small_breaks_the_chain() {
    // A second place of bead 3 is a second contact.
    let problem = ProteinFolding::try_new("HPPHH").unwrap().with_grid(3, 2).unwrap();
    assert!(Encoded::new(problem.clone(), None).unwrap().is_penalty_enough());
    let encoded = Encoded::new(problem, Some(0.25)).unwrap();
    assert!(!encoded.is_penalty_enough());
    let (feasible, infeasible) = least_energies(&encoded);
    assert!(infeasible < feasible, "{infeasible} {feasible}");
}

#[test]
fn violations_are_listed() {
    let problem = ProteinFolding::try_new("HHH").unwrap().with_grid(3, 3).unwrap();
    let says = |places: &[&str]| {
        let mut bits = Bits::zeros(problem.num_variables());
        for place in places {
            let bit = (0..bits.len()).find(|&i| problem.variable(i) == *place);
            bits.set(bit.unwrap_or_else(|| panic!("{place}")), true);
        }
        let violations = problem.decode(&bits).violations;
        violations.into_iter().map(|violation| violation.what).collect::<Vec<_>>()
    };
    assert_eq!(
        says(&["bead 1 at (0, 1)", "bead 0 at (1, 1)", "bead 2 at (1, 1)", "bead 2 at (0, 0)"]),
        ["bead 2 is on 2 sites: (0, 0), (1, 1)", "beads 0 and 2 are both at (1, 1)"]
    );
    assert_eq!(says(&["bead 1 at (0, 1)", "bead 0 at (1, 1)"]), ["bead 2 is on no site"]);
}

#[test]
fn folds_of_images_have_bits() {
    let problem = ProteinFolding::try_new("HPPH").unwrap().with_grid(3, 4).unwrap();
    for walk in walks(4) {
        for sites in on_grid(&walk, (3, 4)) {
            let fold = Fold { sites, contacts: vec![], moves: String::new() };
            let bits = problem.assignment(&fold).unwrap();
            let found = problem.decode(&bits).solution.unwrap().1;
            assert_eq!(found, touching(&walk).len() as f64);
        }
    }
    let refused = |sites: &[Site]| {
        let fold = Fold { sites: sites.to_vec(), contacts: vec![], moves: String::new() };
        problem.assignment(&fold).unwrap_err().to_string()
    };
    assert!(refused(&[(0, 0)]).contains("4 beads"));
    assert!(refused(&[(0, 1), (0, 0), (1, 0), (1, 1)]).contains("x + y is even"));
    assert!(refused(&[(0, 4), (0, 0), (1, 0), (1, 1)]).contains("3 by 4"));
    assert!(refused(&[(0, 0), (1, 0), (0, 0), (0, 1)]).contains("both at"));
    assert!(refused(&[(0, 0), (2, 1), (2, 2), (1, 2)]).contains("bead"));
}

#[test]
fn refuses_with_a_reason() {
    for (text, says) in [
        ("", "at its end"),
        (">name\n", "at its end"),
        ("HPX", "line 1"),
        (">a\nHP\n>b\nHP\n", "line 3"),
        ("H-P", "`-`"),
    ] {
        let error = ProteinFolding::parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{text:?}: {error}");
    }
    let parsed = ProteinFolding::parse("> a name\nhp PH\nhh # note\n").unwrap();
    assert_eq!((parsed.sequence(), parsed.grid()), ("HPPHHH", (4, 3)));
    assert!(ProteinFolding::try_new("").is_err());
    let long = "H".repeat(5000);
    assert!(ProteinFolding::try_new(&long).unwrap_err().to_string().contains("at most"));
    let says = |w, h| parsed.with_grid(w, h).unwrap_err().to_string();
    assert!(says(2, 2).contains("6 beads"));
    assert!(says(0, 9).contains("6 beads"));
    assert!(says(usize::MAX, usize::MAX).contains("at most"));
    let json = r#"{"sequence":"HPPH","width":1,"height":2}"#;
    assert!(serde_json::from_str::<ProteinFolding>(json).is_err());
    assert!(serde_json::from_str::<ProteinFolding>(r#"{"sequence":"HPPH","width":2}"#).is_err());
    assert!(serde_json::from_str::<ProteinFolding>(r#"{"sequence":"HPPH"}"#).is_ok());
}
