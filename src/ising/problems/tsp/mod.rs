//! The shortest tour through cities.

mod encoding;
mod penalty;
mod rules;

use super::checks::digits;
use crate::error::{Error, Result};
use crate::ising::Graph;
use serde::{Deserialize, Serialize};

/// The most cities of a problem: their energy has about 2 (n - 1)³ products of two bits, which are
/// 2^25 of 257 cities.
pub const MAX_CITIES: usize = 257;

/// The shortest closed tour that visits every city once (the travelling salesman), after Lucas,
/// Front. Phys. 2, 5 (2014), section 7.
///
/// City 0 is at place 0 of every tour, which loses nothing: a tour may be begun anywhere. Bit (c -
/// 1)(n - 1) + (p - 1) says that city c is at place p, for c and p from 1 to n - 1, so that there
/// are (n - 1)² bits. Lengths may differ by direction, be negative, or be missing where there is no
/// road; the tour of two cities goes there and back.
///
/// The shortest of all lengths is taken off each in the QUBO and added n times to its offset, which
/// changes no tour's energy, makes all lengths ≥ 0 and allows a smaller penalty. The QUBO has about
/// 2 n³ products of bits, which limits it to [`MAX_CITIES`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct TravellingSalesman {
    num_cities: usize,
    /// Row by row; nothing on the diagonal.
    lengths: Vec<Option<f64>>,
    names: Option<Vec<String>>,
    coordinates: Option<Vec<(f64, f64)>>,
}

/// A problem of which nothing is known to be right.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    lengths: Vec<Vec<Option<f64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    coordinates: Option<Vec<(f64, f64)>>,
}

impl TryFrom<Parts> for TravellingSalesman {
    type Error = Error;

    fn try_from(Parts { lengths, names, coordinates }: Parts) -> Result<Self> {
        let n = lengths.len();
        check_cities(n)?;
        if let Some((city, row)) = lengths.iter().enumerate().find(|(_, row)| row.len() != n) {
            return Err(Error::Invalid {
                what: format!("the number of lengths from city {city}"),
                value: row.len().to_string(),
                expected: format!("there are {n} cities, so each has {n}"),
            });
        }
        let mut problem = TravellingSalesman::new(n, lengths.into_iter().flatten())?;
        if let Some(names) = names {
            problem = problem.with_names(names)?;
        }
        match coordinates {
            Some(coordinates) => problem.with_coordinates(coordinates),
            None => Ok(problem),
        }
    }
}

impl From<TravellingSalesman> for Parts {
    fn from(problem: TravellingSalesman) -> Self {
        let n = problem.num_cities;
        let row = |city: usize| problem.lengths[city * n..(city + 1) * n].to_vec();
        let lengths = (0..n).map(row).collect();
        Parts { lengths, names: problem.names, coordinates: problem.coordinates }
    }
}

/// A tour: from the last city back to the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tour {
    /// The cities in the order of the visits, each once; city 0 is the first.
    pub cities: Vec<usize>,
}

impl TravellingSalesman {
    /// The problem of `n` cities with these n² lengths, row by row: entry n·u + v is that from city
    /// u to city v, a number, or `None` where there is no road. What is on the diagonal does not
    /// matter.
    ///
    /// # Errors
    /// If there are not n² lengths, more than [`MAX_CITIES`] cities, or a length is not finite or
    /// so large that energies overflow.
    pub fn new(
        n: usize,
        lengths: impl IntoIterator<Item = impl Into<Option<f64>>>,
    ) -> Result<Self> {
        check_cities(n)?;
        // One more than there should be is enough to know that there are too many.
        let mut lengths: Vec<Option<f64>> =
            lengths.into_iter().take(n * n + 1).map(Into::into).collect();
        if lengths.len() != n * n {
            let more = if lengths.len() > n * n { " or more" } else { "" };
            return Err(Error::Invalid {
                what: "the number of lengths between cities".into(),
                value: format!("{}{more}", lengths.len()),
                expected: format!("{n} cities have {0}, {n} rows of {n}", n * n),
            });
        }
        (0..n).for_each(|city| lengths[city * n + city] = None);
        let mut longest = 0.0f64;
        for (k, length) in lengths.iter().enumerate() {
            let value = length.unwrap_or(0.0);
            if !value.is_finite() {
                let what = format!("the length from city {} to city {}", k / n, k % n);
                return Err(Error::NotFinite { what, value });
            }
            longest = longest.max(value.abs());
        }
        // A coefficient is at most a few penalties, and those at most n lengths, each less the
        // shortest.
        let most = longest * 64.0 * (n * n) as f64;
        match most.is_finite() {
            true => {
                Ok(TravellingSalesman { num_cities: n, lengths, names: None, coordinates: None })
            }
            false => Err(Error::Invalid {
                what: "the largest |length| between cities".into(),
                value: digits(longest),
                expected: "energies overflow; take a larger unit of length".into(),
            }),
        }
    }

    /// The tours along the edges of a graph, whose weights are their lengths in both directions.
    ///
    /// # Errors
    /// As [`TravellingSalesman::new`].
    pub fn from_graph(graph: &Graph) -> Result<Self> {
        let n = graph.num_vertices();
        check_cities(n)?;
        let mut lengths = vec![None; n * n];
        for &(u, v, weight) in graph.edges() {
            (lengths[u * n + v], lengths[v * n + u]) = (Some(weight), Some(weight));
        }
        Self::new(n, lengths)
    }

    /// With a name for each city, for texts and pictures.
    ///
    /// # Errors
    /// If there are not as many names as cities.
    pub fn with_names(self, names: Vec<String>) -> Result<Self> {
        self.check_count("the number of names of cities", names.len())?;
        Ok(TravellingSalesman { names: Some(names), ..self })
    }

    /// With the place (x, y) of each city, for pictures. Lengths do not follow from them.
    ///
    /// # Errors
    /// If there are not as many places as cities, or one is not finite.
    pub fn with_coordinates(self, coordinates: Vec<(f64, f64)>) -> Result<Self> {
        self.check_count("the number of places of cities", coordinates.len())?;
        for (city, &(x, y)) in coordinates.iter().enumerate() {
            if let Some(value) = [x, y].into_iter().find(|value| !value.is_finite()) {
                return Err(Error::NotFinite {
                    what: format!("a coordinate of city {city}"),
                    value,
                });
            }
        }
        Ok(TravellingSalesman { coordinates: Some(coordinates), ..self })
    }

    /// Number of cities.
    pub fn num_cities(&self) -> usize {
        self.num_cities
    }

    /// The length from city u to city v; `None` where there is no road, or u = v.
    ///
    /// # Panics
    /// If there is no such city.
    pub fn length(&self, u: usize, v: usize) -> Option<f64> {
        assert!(u.max(v) < self.num_cities, "there are {} cities", self.num_cities);
        self.lengths[u * self.num_cities + v]
    }

    /// The names, if there are any.
    pub fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// The places, if there are any.
    pub fn coordinates(&self) -> Option<&[(f64, f64)]> {
        self.coordinates.as_deref()
    }

    /// Whether there is a road between every two cities, in both directions.
    pub fn is_complete(&self) -> bool {
        let n = self.num_cities;
        self.lengths.iter().enumerate().all(|(k, length)| length.is_some() || k / n == k % n)
    }

    /// The length of the closed tour through these cities; `None` where a road is missing, or a
    /// city.
    pub fn tour_length(&self, cities: &[usize]) -> Option<f64> {
        if cities.len() < 2 {
            return cities.iter().all(|&city| city < self.num_cities).then_some(0.0);
        }
        let next = cities.iter().cycle().skip(1);
        let known = |city: usize| city < self.num_cities;
        cities
            .iter()
            .zip(next)
            .map(|(&u, &v)| if known(u) && known(v) { self.length(u, v) } else { None })
            .sum()
    }

    fn check_count(&self, what: &str, found: usize) -> Result<()> {
        if found == self.num_cities {
            return Ok(());
        }
        Err(Error::Invalid {
            what: what.into(),
            value: found.to_string(),
            expected: format!("there are {} cities", self.num_cities),
        })
    }

    /// What is said of a city: its number, and its name if it has one.
    fn city(&self, city: usize) -> String {
        match &self.names {
            Some(names) => format!("city {city} ({})", names[city]),
            None => format!("city {city}"),
        }
    }

    /// The bit of a city at a place, both from 1.
    fn bit(&self, city: usize, place: usize) -> usize {
        (city - 1) * (self.num_cities - 1) + (place - 1)
    }

    /// The shortest of all lengths; 0 without any.
    fn shortest(&self) -> f64 {
        let shortest = self.lengths.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        if shortest.is_finite() { shortest } else { 0.0 }
    }
}

fn check_cities(n: usize) -> Result<()> {
    if n <= MAX_CITIES {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of cities".into(),
        value: n.to_string(),
        expected: format!(
            "at most {MAX_CITIES} cities are encoded, as the energy has about 2 (n - 1)^3 products of \
             two bits; take some of the cities, or parts of the tour one by one"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_encoded_right, is_enough};
    use super::super::{Encode, Encoded, PenaltyRule};
    use super::*;
    use crate::ising::SimulatedAnnealing;
    use crate::ising::testing::{reference, reference_json};
    use crate::ising::{TabuSearch, Tsplib};
    use crate::math::Bits;
    use proptest::prelude::*;

    /// All tours from city 0, one after the other.
    fn tours(n: usize) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = vec![(0..n.min(1)).collect()];
        for _ in 1..n {
            let longer = all.iter().flat_map(|tour| {
                let left = (1..n).filter(|city| !tour.contains(city));
                left.map(|city| [&tour[..], &[city]].concat())
            });
            all = longer.collect();
        }
        all
    }

    fn shortest(problem: &TravellingSalesman) -> Option<f64> {
        let all = tours(problem.num_cities());
        let lengths = all.iter().filter_map(|tour| problem.tour_length(tour));
        lengths.min_by(f64::total_cmp)
    }

    fn bound(problem: &TravellingSalesman) -> f64 {
        match problem.penalty_rule() {
            PenaltyRule::Above { bound, .. } => bound,
            other => panic!("{other:?}"),
        }
    }

    /// Lengths of any sign, a part of them missing, by direction or not.
    fn any_problem(n: usize, missing: f64) -> impl Strategy<Value = TravellingSalesman> {
        let length = (prop::bool::weighted(missing), -3.0..10.0);
        let length = length.prop_map(|(missing, length)| (!missing).then_some(length));
        (prop::collection::vec(length, n * n), any::<bool>()).prop_map(
            move |(mut lengths, same)| {
                for k in (0..n * n).filter(|k| same && k % n < k / n) {
                    lengths[k] = lengths[k % n * n + k / n];
                }
                TravellingSalesman::new(n, lengths).unwrap()
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn four_cities_are_encoded_right(problem in any_problem(4, 0.0)) {
            prop_assert!(problem.is_complete());
            is_encoded_right(&problem, shortest(&problem));
        }

        #[test]
        fn missing_roads_are_never_taken(problem in any_problem(4, 0.25)) {
            is_encoded_right(&problem, shortest(&problem));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]

        #[test]
        fn five_cities_are_encoded_right(
            problem in any_problem(5, 0.0),
            holes in any_problem(5, 0.2),
        ) {
            is_encoded_right(&problem, shortest(&problem));
            is_encoded_right(&holes, shortest(&holes));
        }
    }

    proptest! {
        /// Of a tour by a simple rule no piece turned around makes a shorter one.
        #[test]
        fn no_piece_is_left_to_turn(problem in any_problem(7, 0.1)) {
            let Some(tour) = problem.constructed() else { return Ok(()) };
            prop_assert!(problem.assignment(&tour).is_ok());
            let cities = tour.cities;
            let length = problem.tour_length(&cities).unwrap();
            for first in 1..7 {
                for last in first + 1..7 {
                    let mut turned = cities.clone();
                    turned[first..=last].reverse();
                    let other = problem.tour_length(&turned).unwrap_or(f64::INFINITY);
                    prop_assert!(other > length - 1e-6, "{turned:?} is better than {cities:?}");
                }
            }
        }
    }

    /// The first cities of burma14 and gr17, whose shortest tours another program found by dynamic
    /// programming: energies of all configurations, and samples decoded.
    #[test]
    fn pieces_of_the_library_have_their_known_tours() {
        let Some(data) = reference_json("tsp/optima.json") else { return };
        let mut checked = 0;
        for instance in data["instances"].as_array().unwrap() {
            let Some(pieces) = instance["sub_instances"].as_array() else { continue };
            for piece in pieces {
                let n = piece["first_cities"].as_u64().unwrap() as usize;
                let rows: Vec<Vec<f64>> =
                    serde_json::from_value(piece["distances"].clone()).unwrap();
                let problem = TravellingSalesman::new(n, rows.concat()).unwrap();
                let known = piece["optimal_length"].as_f64().unwrap();
                assert_eq!(shortest(&problem), Some(known));
                if n <= 4 {
                    is_encoded_right(&problem, Some(known));
                }
                if n > 6 {
                    // A tour becomes another by four flips, of which the first cost much: of more
                    // cities few reads end in the shortest.
                    continue;
                }
                let encoded = Encoded::new(problem, None).unwrap();
                let annealing = SimulatedAnnealing::new().sweeps(2000).reads(50).seed(3);
                let samples = annealing.run(&encoded.to_ising().unwrap()).unwrap();
                let assessment = encoded.assess(&samples).unwrap();
                assert_eq!(assessment.best.unwrap().objective, known, "{n} cities");
                assert_eq!(
                    (assessment.violations_of_lowest, assessment.suspicions),
                    (vec![], vec![])
                );
                checked += 1;
            }
        }
        assert!(checked > 0);
    }

    #[test]
    fn few_cities_have_a_tour_and_no_bits() {
        for n in [0, 1] {
            let problem = TravellingSalesman::new(n, vec![0.0; n]).unwrap();
            assert_eq!(problem.num_variables(), 0);
            is_encoded_right(&problem, Some(0.0));
            assert_eq!(problem.constructed(), Some(Tour { cities: (0..n).collect() }));
        }
        let there_and_back = TravellingSalesman::new(2, [0.0, 3.0, 5.0, 0.0]).unwrap();
        is_encoded_right(&there_and_back, Some(8.0));
        let one_way = TravellingSalesman::new(2, [None, Some(3.0), None, None]).unwrap();
        is_encoded_right(&one_way, None);
        let three = TravellingSalesman::new(3, (0..9).map(f64::from)).unwrap();
        is_encoded_right(&three, Some((1.0f64 + 5.0 + 6.0).min(2.0 + 7.0 + 3.0)));
    }

    /// A city left out of three saves twice the longest road.
    #[test]
    fn half_of_the_bound_is_too_small() {
        let [near, far] = [5.0, 15.0];
        let graph = Graph::new(3, [(0, 1, near), (0, 2, far), (1, 2, far)]);
        let problem = TravellingSalesman::from_graph(&graph).unwrap();
        assert_eq!(bound(&problem), 10.0);
        assert!(is_enough(&problem, 10.001) && !is_enough(&problem, 9.999));
        assert!(!is_enough(&problem, 5.0));
    }

    /// 0 → 1 → 2 costs nothing but has no way back; the other tour takes three long roads.
    #[test]
    fn half_of_the_bound_with_a_missing_road_is_too_small() {
        let row = |lengths: [Option<f64>; 3]| lengths;
        let lengths = [
            row([None, Some(0.0), Some(4.0)]),
            row([Some(4.0), None, Some(0.0)]),
            row([None, Some(4.0), None]),
        ];
        let problem = TravellingSalesman::new(3, lengths.concat()).unwrap();
        assert_eq!((bound(&problem), shortest(&problem)), (12.0, Some(12.0)));
        assert!(is_enough(&problem, 12.001) && !is_enough(&problem, 11.999));
        assert!(!is_enough(&problem, 6.0));
    }

    #[test]
    fn what_is_broken_is_listed() {
        let square = Graph::new(4, (0..4).map(|v| (v, (v + 1) % 4, 1.0)));
        let problem = TravellingSalesman::from_graph(&square).unwrap();
        let names = ["A", "B", "C", "D"].map(String::from).to_vec();
        let problem = problem.with_names(names).unwrap();
        assert_eq!(problem.variable(5), "city 2 (C) at place 3");
        // City 2 first: neither the way there nor the way back of 3, 1 is there.
        let mut bits = Bits::zeros(9);
        for (city, place) in [(2, 1), (1, 2), (3, 3)] {
            bits.set(problem.bit(city, place), true);
        }
        let says = |bits: &Bits| {
            let all = problem.decode(bits).violations;
            all.iter().map(|v| format!("{}: {v}", v.constraint)).collect::<Vec<_>>()
        };
        assert_eq!(
            says(&bits),
            [
                "edge_missing: there is no road from city 0 (A) at place 0 to city 2 (C)",
                "edge_missing: there is no road from city 1 (B) at place 2 to city 3 (D)",
            ]
        );
        let repaired = problem.repaired(&Bits::zeros(9)).unwrap();
        assert_eq!(problem.tour_length(&repaired.cities), Some(4.0));
        bits.set(problem.bit(1, 2), false);
        bits.set(problem.bit(3, 1), true);
        assert_eq!(
            says(&bits),
            [
                "city_once: city 1 (B) is at no place",
                "city_once: city 3 (D) is at 2 places: 1, 3",
                "place_once: place 1 has 2 cities: 2, 3",
                "place_once: place 2 has no city",
                "edge_missing: there is no road from city 0 (A) at place 0 to city 2 (C)",
            ]
        );
    }

    #[test]
    fn bad_problems_are_refused() {
        let says = |n, lengths: &[f64]| {
            TravellingSalesman::new(n, lengths.iter().copied()).unwrap_err().to_string()
        };
        assert!(says(2, &[0.0; 3]).contains("2 cities have 4"));
        assert!(says(2, &[0.0; 9]).contains("5 or more"));
        assert!(says(2, &[0.0, f64::NAN, 1.0, 0.0]).contains("from city 0 to city 1 is NaN"));
        assert!(says(2, &[0.0, 1.0, f64::INFINITY, 0.0]).contains("from city 1 to city 0 is inf"));
        assert!(says(2, &[0.0, 1e308, 1e308, 0.0]).contains("unit of length"));
        assert!(says(usize::MAX, &[]).contains("at most 257"));
        // What is on the diagonal does not matter.
        let nothing = [f64::NAN, 1.0, 1.0, f64::INFINITY];
        assert_eq!(
            TravellingSalesman::new(2, nothing).unwrap(),
            TravellingSalesman::from_graph(&Graph::new(2, [(0, 1, 1.0)])).unwrap()
        );
        let large = TravellingSalesman::from_graph(&Graph::new(258, []));
        assert!(large.unwrap_err().to_string().contains("at most 257"));
        assert!(TravellingSalesman::from_graph(&Graph::new(257, [])).is_ok());
        let many = Graph::new(2000, []);
        assert!(TravellingSalesman::from_graph(&many).unwrap_err().to_string().contains("2000"));
        let two = || TravellingSalesman::new(2, [0.0; 4]).unwrap();
        assert!(two().with_names(vec![]).unwrap_err().to_string().contains("there are 2"));
        let says = two().with_coordinates(vec![(0.0, 0.0), (0.0, f64::NAN)]).unwrap_err();
        assert!(says.to_string().contains("coordinate of city 1 is NaN"), "{says}");
    }

    #[test]
    fn bad_documents_are_refused() {
        let says =
            |text: &str| serde_json::from_str::<TravellingSalesman>(text).unwrap_err().to_string();
        assert!(says(r#"{"lengths": [[0, 1], [1]]}"#).contains("from city 1 is 1"));
        assert!(says(r#"{"lengths": [[0, 1], [1, 0]], "names": ["A"]}"#).contains("names"));
        assert!(says(r#"{"lengths": [[0, 1e999], [1, 0]]}"#).contains("range"));
        assert!(says(r#"{"lengths": [], "n": 3}"#).contains("unknown field"));
        let lengths = r#"{"lengths":[[null,1.5],[0.1,null]]"#;
        let rest = r#""names":["A","B"],"coordinates":[[0.0,1.0],[2.5,0.0]]}"#;
        let whole = &format!("{lengths},{rest}");
        let problem: TravellingSalesman = serde_json::from_str(whole).unwrap();
        assert_eq!(serde_json::to_string(&problem).unwrap(), *whole);
    }

    #[test]
    fn bad_tours_are_refused() {
        let path = Graph::new(3, [(0, 1, 1.0), (1, 2, 1.0)]);
        let problem = TravellingSalesman::from_graph(&path).unwrap();
        let says = |cities: &[usize]| {
            problem.assignment(&Tour { cities: cities.to_vec() }).unwrap_err().to_string()
        };
        assert!(says(&[0, 1]).contains("3 cities once"));
        assert!(says(&[0, 1, 1]).contains("3 cities once"));
        assert!(says(&[0, 1, 9]).contains("3 cities once"));
        assert!(says(&[1, 0, 2]).contains("begin with city 0"));
        assert!(says(&[0, 1, 2]).contains("missing"));
        assert_eq!(problem.constructed(), None);
    }

    /// The shortest tour of burma14 by TSPLIB's list of optima, which annealing by single flips misses: a
    /// place of a city changes by four flips.
    #[test]
    fn tabu_search_finds_the_shortest_tour_of_burma14() {
        let Some(text) = reference("tsp/burma14.tsp") else { return };
        let cities = Tsplib::parse(&text).unwrap();
        let problem =
            TravellingSalesman::new(cities.num_cities(), cities.distances().iter().copied());
        let encoded = Encoded::new(problem.unwrap(), None).unwrap();
        let search = TabuSearch::new().reads(8).sweeps(10_000).seed(1).target_energy(3323.0);
        let samples = search.run(&encoded.to_ising().unwrap()).unwrap();
        let found = encoded.assess(&samples).unwrap();
        assert_eq!(found.best.map(|best| best.objective), Some(3323.0));
        assert_eq!(found.suspicions, []);
    }
}
