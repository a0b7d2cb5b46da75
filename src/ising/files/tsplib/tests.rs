use super::*;
use crate::ising::testing::{reference, reference_json};
use proptest::prelude::*;

/// The text of a file by its keys and sections, with n cities.
fn file(n: usize, rest: &str) -> String {
    format!("NAME: test\nTYPE: TSP\nDIMENSION: {n}\n{rest}\nEOF\n")
}

fn explicit(n: usize, format: &str, numbers: &str) -> String {
    let keys = format!("EDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: {format}");
    file(n, &format!("{keys}\nEDGE_WEIGHT_SECTION\n{numbers}"))
}

/// The length of the shortest tour, by dynamic programming over the sets of cities that a way from
/// the last city has been to (Held and Karp, J. SIAM 10, 196 (1962)).
fn shortest(cities: &Tsplib, n: usize) -> f64 {
    let last = n - 1;
    let mut best = vec![f64::INFINITY; last << last];
    for j in 0..last {
        best[(1 << j) * last + j] = cities.distance(last, j);
    }
    for set in 1..1usize << last {
        for j in (0..last).filter(|j| set >> j & 1 == 1) {
            let here = best[set * last + j];
            for k in (0..last).filter(|k| set >> k & 1 == 0) {
                let there = &mut best[(set | 1 << k) * last + k];
                *there = there.min(here + cities.distance(j, k));
            }
        }
    }
    let all = (1 << last) - 1;
    (0..last).map(|j| best[all * last + j] + cities.distance(j, last)).fold(f64::INFINITY, f64::min)
}

#[test]
fn burma14_has_the_distances_of_another_reader() {
    let Some(text) = reference("tsp/burma14.tsp") else { return };
    let cities = Tsplib::parse(&text).unwrap();
    assert_eq!((cities.name(), cities.num_cities()), ("burma14", 14));
    assert_eq!(cities.comment(), "14-Staedte in Burma (Zaw Win)");
    // By the Python package tsplib95 0.7.1.
    let pairs = || (1..=14).flat_map(|i| (1..=14).map(move |j| (i, j)));
    let weighed =
        |(i, j): (usize, usize)| ((i * 31 + j * 17) % 101) as f64 * cities.distance(i - 1, j - 1);
    assert_eq!(cities.distances().iter().sum::<f64>(), 86738.0);
    assert_eq!(pairs().map(weighed).sum::<f64>(), 4276005.0);
    // 96°10' east, 16°47' north.
    let (longitude, latitude) = cities.coordinates().unwrap()[0];
    assert!((longitude - (96.0 + 10.0 / 60.0)).abs() < 1e-12);
    assert!((latitude - (16.0 + 47.0 / 60.0)).abs() < 1e-12);
}

#[test]
fn reference_instances_have_the_stored_distances_and_optima() {
    let Some(optima) = reference_json("tsp/optima.json") else { return };
    let mut compared = 0;
    for instance in optima["instances"].as_array().unwrap() {
        let name = instance["name"].as_str().unwrap();
        let Some(text) = reference(&format!("tsp/{name}.tsp")) else { return };
        let cities = Tsplib::parse(&text).unwrap();
        assert_eq!(cities.num_cities() as u64, instance["n"].as_u64().unwrap());
        assert!(cities.is_symmetric());
        if cities.num_cities() <= 17 {
            let optimum = instance["optimal_tour_length"].as_f64().unwrap();
            assert_eq!(shortest(&cities, cities.num_cities()), optimum, "{name}");
        }
        for part in instance["sub_instances"].as_array().into_iter().flatten() {
            let n = part["first_cities"].as_u64().unwrap() as usize;
            for i in 0..n {
                for j in 0..n {
                    let stored = part["distances"][i][j].as_f64().unwrap();
                    assert_eq!(cities.distance(i, j), stored, "{name} {i} {j}");
                }
            }
            assert_eq!(shortest(&cities, n), part["optimal_length"].as_f64().unwrap());
            compared += 1;
        }
    }
    // Five parts each of burma14 (3323) and gr17 (2085).
    assert_eq!(compared, 10);
}

#[test]
fn bays29_is_its_matrix_and_has_places_to_draw() {
    let Some(text) = reference("tsp/bays29.tsp") else { return };
    let cities = Tsplib::parse(&text).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let begin = words.iter().position(|word| *word == "EDGE_WEIGHT_SECTION").unwrap() + 1;
    let numbers = words[begin..].iter().map_while(|word| word.parse::<f64>().ok());
    assert!(numbers.eq(cities.distances().iter().copied()));
    assert_eq!(cities.coordinates().unwrap()[0], (1150.0, 1760.0));
    assert_eq!(cities.coordinates().unwrap()[28], (360.0, 1980.0));
    // Street distances are not those of the picture.
    assert_ne!(cities.distance(0, 1), 529.53_f64.round());
}

#[test]
fn distances_are_those_of_another_reader() {
    // By the Python package tsplib95 0.7.1: pairs (1, 2), (1, 3), …, (5, 6); cities 1 and 6 are one
    // place, which GEO puts at distance 1.
    let cities = "1 20.47 -47.56\n2 71.47 52.33\n3 -74.71 94.15\n4 24.57 -116.77\n5 -4.85 -40.94\n\
                  6 20.47 -47.56";
    for (metric, expected) in [
        ("EUC_2D", [112, 171, 69, 26, 0, 152, 175, 121, 112, 233, 152, 171, 81, 69, 26]),
        ("CEIL_2D", [113, 171, 70, 27, 0, 153, 176, 121, 113, 234, 153, 171, 82, 70, 27]),
        ("MAN_2D", [151, 237, 73, 32, 0, 188, 216, 170, 151, 310, 205, 237, 105, 73, 32]),
        ("MAX_2D", [100, 142, 69, 25, 0, 146, 169, 93, 100, 211, 135, 142, 76, 69, 25]),
        ("ATT", [36, 54, 22, 9, 0, 49, 56, 39, 36, 74, 49, 54, 26, 22, 9]),
        (
            "GEO",
            [
                8184, 13597, 7052, 2999, 1, 16606, 9241, 10736, 8184, 14168, 10603, 13597, 8847,
                7052, 2999,
            ],
        ),
    ] {
        let text = file(6, &format!("EDGE_WEIGHT_TYPE: {metric}\nNODE_COORD_SECTION\n{cities}"));
        let read = Tsplib::parse(&text).unwrap();
        let pairs = (0..6).flat_map(|i| (i + 1..6).map(move |j| (i, j)));
        let found: Vec<f64> = pairs.map(|(i, j)| read.distance(i, j)).collect();
        assert_eq!(found, expected.map(f64::from), "{metric}");
        assert!(read.is_symmetric() && (0..6).all(|i| read.distance(i, i) == 0.0));
    }
    // By hand: √(3² + 4²)/√10 = 1.58, and √(10² + 30²)/√10 = 10, which is an integer already.
    let att = "EDGE_WEIGHT_TYPE: ATT\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n3 10 30";
    let att = Tsplib::parse(&file(3, att)).unwrap();
    assert_eq!((att.distance(0, 1), att.distance(0, 2)), (2.0, 10.0));
    // A half is rounded up: √(1.5² + 2²) = 2.5.
    let half = "EDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 1.5 2";
    assert_eq!(Tsplib::parse(&file(2, half)).unwrap().distance(1, 0), 3.0);
}

#[test]
fn every_format_of_a_matrix_is_one_matrix() {
    let full = Tsplib::parse(&explicit(4, "FULL_MATRIX", "0 1 2 3\n1 0 4 5\n2 4 0 6\n3 5 6 0"));
    let full = full.unwrap();
    for (format, numbers) in [
        ("FULL_MATRIX", "9 1 2 3 1 9 4 5 2\n4 9 6 3 5 6 9"),
        ("UPPER_ROW", "1 2 3\n4 5\n6"),
        ("LOWER_COL", "1 2 3\n4 5\n6"),
        ("LOWER_ROW", "1\n2 4\n3 5 6"),
        ("UPPER_COL", "1\n2 4\n3 5 6"),
        ("UPPER_DIAG_ROW", "0 1 2 3\n0 4 5\n0 6\n0"),
        ("LOWER_DIAG_COL", "0 1 2 3\n0 4 5\n0 6\n0"),
        ("LOWER_DIAG_ROW", "0\n1 0\n2 4\n0 3 5\n6 0"),
        ("UPPER_DIAG_COL", "0\n1 0\n2 4 0\n3 5 6 0"),
    ] {
        assert_eq!(Tsplib::parse(&explicit(4, format, numbers)).unwrap(), full, "{format}");
    }
    assert_eq!(full.distance(2, 3), 6.0);
    assert_eq!(full.coordinates(), None);
    let one_way = explicit(3, "FULL_MATRIX", "0 1 2\n9 0 3\n4 5 0");
    let says = Tsplib::parse(&one_way).unwrap_err().to_string();
    assert!(says.contains("from city 1 to city 2 is 1; the way back is 9"), "{says}");
    let one_way = Tsplib::parse(&one_way.replace("TYPE: TSP", "TYPE : ATSP")).unwrap();
    assert!(!one_way.is_symmetric());
    assert_eq!((one_way.distance(0, 1), one_way.distance(1, 0)), (1.0, 9.0));
}

#[test]
fn spellings() {
    let text = "NAME:a\nTYPE :TSP (someone)\nCOMMENT : one: two\nCOMMENT: three # four\n\
                EDGE_WEIGHT_TYPE : EUC_2D\nDIMENSION\t:\t3\nNODE_COORD_TYPE: TWOD_COORDS\n\
                DISPLAY_DATA_TYPE: TWOD_DISPLAY\nNODE_COORD_SECTION :\n3 0 4e0\n1 0 0\n\n2 3 0\n\
                DISPLAY_DATA_SECTION\n1 1 1\n2 2 2\n3 3 3\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n"), format!("\u{feff}{text}EOF\n1 2 3")] {
        let cities = Tsplib::parse(&text).unwrap();
        assert_eq!((cities.name(), cities.comment()), ("a", "one: two\nthree # four"));
        assert_eq!((cities.distance(0, 2), cities.distance(1, 2)), (4.0, 5.0));
        assert_eq!(cities.coordinates().unwrap(), [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]);
        assert!(is_marked(&text));
    }
    assert!(!is_marked("NAME: x\n0 1\n") && !is_marked("3 2\n1 2\n1 3\n"));
}

#[test]
fn refuses_with_line_and_reason() {
    let plane =
        |cities: &str| file(3, &format!("EDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n{cities}"));
    let full = |numbers: &str| explicit(3, "FULL_MATRIX", numbers);
    let key = |line: &str| file(3, line);
    for (text, line, says) in [
        (String::new(), "end", "DIMENSION"),
        ("hello\n".into(), "line 1", "there is no key `hello`"),
        (key("DIMENSON: 3"), "line 4", "did you mean `DIMENSION`?"),
        (key("node_coord_section"), "line 4", "did you mean `NODE_COORD_SECTION`?"),
        (key("NODE_COORDS_SECTION"), "line 4", "did you mean `NODE_COORD_SECTION`?"),
        (key("CAPACITY: 3"), "line 4", "there is no key `CAPACITY`"),
        (key("DIMENSION: 4"), "line 4", "`DIMENSION` is on line 3 already"),
        (key("NAME"), "line 4", "expected `NAME: value`"),
        (key(""), "end", "EDGE_WEIGHT_TYPE"),
        (key("EDGE_WEIGHT_TYPE: EUC_2D"), "end", "NODE_COORD_SECTION"),
        (key("EDGE_WEIGHT_TYPE: EXPLICIT"), "end", "EDGE_WEIGHT_SECTION"),
        (key("EDGE_WEIGHT_TYPE: EUC_3D"), "line 4", "EXPLICIT, EUC_2D"),
        (key("EDGE_WEIGHT_TYPE: XRAY1"), "line 4", "EXPLICIT, EUC_2D"),
        (key("EDGE_WEIGHT_FORMAT: SQUARE"), "line 4", "FULL_MATRIX, UPPER_ROW"),
        (key("NODE_COORD_TYPE: THREED_COORDS"), "line 4", "TWOD_COORDS"),
        (key("DISPLAY_DATA_TYPE: PICTURE"), "line 4", "TWOD_DISPLAY"),
        (key("FIXED_EDGES_SECTION\n1 2\n-1"), "line 4", "must use are not supported"),
        (key("TOUR_SECTION\n1\n2\n3\n-1"), "line 4", "this is a tour"),
        (key("EDGE_WEIGHT_SECTION\n1 2 3"), "line 4", "EDGE_WEIGHT_FORMAT, such as"),
        ("TYPE: CVRP\n".into(), "line 1", "TSP and ATSP are read"),
        ("TYPE: TOUR\n".into(), "line 1", "this is a tour"),
        ("DIMENSION: 0\n".into(), "line 1", "at least 2 cities"),
        ("DIMENSION: 1\n".into(), "line 1", "at least 2 cities"),
        ("DIMENSION: -3\n".into(), "line 1", "the number of cities is `-3`"),
        ("DIMENSION: 85900\n".into(), "line 1", "at most 4096"),
        ("DIMENSION: 99999999999999999999\n".into(), "line 1", "number of cities"),
        ("NODE_COORD_SECTION\n1 2 3\n".into(), "line 1", "expected `DIMENSION: n` above"),
        ("NODE_COORD_SECTION here\n".into(), "line 1", "alone on its line"),
        (plane("1 0 0\n2 0 1"), "line 5", "expected 3 lines `city x y`, but found 2"),
        (plane("1 0 0\n2 0 1\n3 0 2\n4 0 3"), "line 9", "the end after 3 cities"),
        (plane("1 0 0\n2 0 1\n2 0 2"), "line 8", "city 2 is there already"),
        (plane("0 0 0\n1 0 1\n2 0 2"), "line 6", "from 1 to 3"),
        (plane("1 0 0\n2 0\n3 0 2"), "line 7", "expected `city x y`"),
        (plane("1 0 0\n2 0 NaN\n3 0 2"), "line 7", "not a finite number"),
        (plane("1 0 0\n2 x 1\n3 0 2"), "line 7", "`x` is not a number"),
        (plane("1 0 0\n2 0 1\n3 0 1e300"), "city 1 to city 3", "must be a finite number"),
        (
            plane(
                "1 0 0\n2 0 1\n3 0 2\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n\
                0 1 2 1 0 3 2 3 0",
            ),
            "EUC_2D",
            "either given or computed",
        ),
        (
            plane("1 0 0\n2 0 1\n3 0 2\nNODE_COORD_SECTION\n1 0 0\n2 0 1\n3 0 2"),
            "line 9",
            "already",
        ),
        (plane("1 91 0\n2 0 1\n3 0 2").replace("EUC_2D", "GEO"), "line 6", "latitude from -90"),
        (full("0 1 2\n1 0 3\n2 3"), "line 6", "9 numbers, but found 8; line 9 has 2 of a row of 3"),
        (full("0 1 2\n1 0 3 4\n2 3 0"), "line 9", "after 9 numbers; line 8 has 4 of a row of 3"),
        (full("0 1 2 1 0 3 2 3 0\n7"), "line 8", "the end after 9 numbers"),
        (full("0 -1 2\n-1 0 3\n2 3 0"), "line 7", "-1 is negative"),
        (full("0 nan 2\n1 0 3\n2 3 0"), "line 7", "not a finite number"),
        (full("0 1 2\n1 0 inf\n2 3 0"), "line 8", "not a finite number"),
        (full("0 1 2\n1 0 x\n2 3 0"), "line 8", "`x` is not a number"),
        (explicit(3, "UPPER_ROW", "1 2\n3 4"), "line 8", "3 numbers; line 8 has 2 of a row of 1"),
        (
            explicit(3, "UPPER_ROW", "1 2 3").replace("TYPE: TSP", "TYPE: ATSP"),
            "line 5",
            "FULL_MATRIX",
        ),
        (plane("1 0 0\n2 0 1\n3 0 2").replace("TYPE: TSP", "TYPE: ATSP"), "line 4", "FULL_MATRIX"),
    ] {
        let error = Tsplib::parse(&text).unwrap_err().to_string();
        assert!(error.contains(line) && error.contains(says), "{text}: {error}");
    }
}

#[test]
fn a_file_says_where_it_is() {
    let path = std::env::temp_dir().join(format!("ketlab-tsplib-{}.tsp", std::process::id()));
    std::fs::write(&path, explicit(3, "UPPER_ROW", "1 2 3")).unwrap();
    assert_eq!(Tsplib::read(&path).unwrap().distance(1, 2), 3.0);
    let says = crate::ising::Problem::read(&path).unwrap_err().to_string();
    assert!(
        says.contains("tsp") && says.contains("`ketlab encode tsp FILE -o tour.json`"),
        "{says}"
    );
    std::fs::write(&path, "DIMENSION: 0").unwrap();
    let says = Tsplib::read(&path).unwrap_err().to_string();
    assert!(says.contains("ketlab-tsplib-") && says.contains("line 1"), "{says}");
    std::fs::remove_file(&path).unwrap();
    assert!(Tsplib::read(&path).is_err());
}

proptest! {
    #[test]
    fn no_text_panics(
        keys in prop::sample::subsequence(vec![
            "TYPE: TSP", "TYPE: ATSP", "DIMENSION: 3", "DIMENSION: 2", "EDGE_WEIGHT_TYPE: EXPLICIT",
            "EDGE_WEIGHT_TYPE: GEO", "EDGE_WEIGHT_TYPE: ATT", "EDGE_WEIGHT_FORMAT: UPPER_ROW",
            "EDGE_WEIGHT_FORMAT: FULL_MATRIX", "NODE_COORD_SECTION", "1 0 0", "2 1e300 -4", "3 5 5",
            "EDGE_WEIGHT_SECTION", "1 2 3", "DISPLAY_DATA_SECTION", "1 1 1", "2 2 2", "3 3 3", "EOF",
        ], 0..20),
        noise in "([0-9a-z .:é-]{0,6}\n){0,3}",
        at in any::<prop::sample::Index>(),
    ) {
        let mut text: String = keys.iter().map(|line| format!("{line}\n")).collect();
        let _ = Tsplib::parse(&text);
        text.insert_str(at.index(text.len() + 1), &noise);
        let _ = Tsplib::parse(&text);
    }

    #[test]
    fn distances_come_back(n in 2usize..7, numbers in prop::collection::vec(0.0..1e4f64, 49)) {
        let rows = (0..n).map(|i| (0..n).map(|j| format!("{} ", numbers[i * n + j])).collect::<String>());
        let text = explicit(n, "FULL_MATRIX", &rows.collect::<Vec<_>>().join("\n"));
        let read = Tsplib::parse(&text.replace("TYPE: TSP", "TYPE: ATSP")).unwrap();
        for i in 0..n {
            for j in (0..n).filter(|&j| j != i) {
                prop_assert_eq!(read.distance(i, j).to_bits(), numbers[i * n + j].to_bits());
            }
        }
    }
}
