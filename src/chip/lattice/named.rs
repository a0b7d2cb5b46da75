//! Lattices that have a name: lines, rings, grids, heavy hexagons, and those of IBM's processors.

use super::Lattice;
use super::graph::{MAX_QUBITS, invalid, size};
use crate::error::Result;

/// The couplings of IBM's Falcon processors with 27 qubits.
const FALCON: [(usize, usize); 28] = [
    (0, 1),
    (1, 2),
    (1, 4),
    (2, 3),
    (3, 5),
    (4, 7),
    (5, 8),
    (6, 7),
    (7, 10),
    (8, 9),
    (8, 11),
    (10, 12),
    (11, 14),
    (12, 13),
    (12, 15),
    (13, 14),
    (14, 16),
    (15, 18),
    (16, 19),
    (17, 18),
    (18, 21),
    (19, 20),
    (19, 22),
    (21, 23),
    (22, 25),
    (23, 24),
    (24, 25),
    (25, 26),
];

/// Where they are: column and row.
const FALCON_PLACES: [(u8, u8); 27] = [
    (0, 1),
    (1, 1),
    (1, 2),
    (1, 3),
    (2, 1),
    (2, 3),
    (3, 0),
    (3, 1),
    (3, 3),
    (3, 4),
    (4, 1),
    (4, 3),
    (5, 1),
    (5, 2),
    (5, 3),
    (6, 1),
    (6, 3),
    (7, 0),
    (7, 1),
    (7, 3),
    (7, 4),
    (8, 1),
    (8, 3),
    (9, 1),
    (9, 2),
    (9, 3),
    (10, 3),
];

impl Lattice {
    /// Qubits in a row.
    ///
    /// # Errors
    /// If there are none or more than 100,000.
    pub fn line(num_qubits: usize) -> Result<Self> {
        size("the number of qubits of a line", num_qubits, 1)?;
        let pairs: Vec<_> = (1..num_qubits).map(|k| (k - 1, k)).collect();
        let places = (0..num_qubits).map(|k| (k as f64, 0.0)).collect();
        Ok(Self::new(format!("line{num_qubits}"), num_qubits, &pairs)?.placed(places))
    }

    /// Qubits in a circle.
    ///
    /// # Errors
    /// If there are fewer than 3 or more than 100,000.
    pub fn ring(num_qubits: usize) -> Result<Self> {
        size("the number of qubits of a ring", num_qubits, 3)?;
        let pairs: Vec<_> = (0..num_qubits).map(|k| (k, (k + 1) % num_qubits)).collect();
        let turn = std::f64::consts::TAU / num_qubits as f64;
        // Neighbours are one apart.
        let radius = 0.5 / (turn / 2.0).sin();
        let place = |k: usize| {
            let (sin, cos) = (turn * k as f64).sin_cos();
            (radius * sin, -radius * cos)
        };
        let places = (0..num_qubits).map(place).collect();
        Ok(Self::new(format!("ring{num_qubits}"), num_qubits, &pairs)?.placed(places))
    }

    /// Qubits in rows and columns, qubit r·columns + c in row r and column c.
    ///
    /// # Errors
    /// If there are none or more than 100,000.
    pub fn grid(rows: usize, columns: usize) -> Result<Self> {
        let num_qubits = rows.saturating_mul(columns);
        size("the number of qubits of a grid", num_qubits, 1)?;
        let right = (0..num_qubits).filter(|q| (q + 1) % columns != 0).map(|q| (q, q + 1));
        let down = (0..num_qubits - columns).map(|q| (q, q + columns));
        let pairs: Vec<_> = right.chain(down).collect();
        let places = (0..num_qubits).map(|q| ((q % columns) as f64, (q / columns) as f64));
        let name = format!("grid{rows}x{columns}");
        Ok(Self::new(name, num_qubits, &pairs)?.placed(places.collect()))
    }

    /// The heavy hexagons of a code of odd distance d: (5d² - 2d - 1)/2 qubits, d² data qubits first,
    /// row by row, then the d(d-1) qubits between neighbours of a row, then the (d²-1)/2 between rows
    /// (Chamberland et al., PRX 10, 011022, 2020).
    ///
    /// # Errors
    /// If the distance is even, below 3, or the qubits are more than 100,000.
    pub fn heavy_hex(distance: usize) -> Result<Self> {
        if distance < 3 || distance.is_multiple_of(2) {
            let expected = "it is odd and at least 3";
            return Err(invalid(
                "the distance of a heavy-hex lattice",
                distance.to_string(),
                expected,
            ));
        }
        let d = distance.min(MAX_QUBITS);
        let num_qubits = size("the qubits of a heavy-hex lattice", (5 * d * d - 2 * d - 1) / 2, 1)?;
        let data = |row: usize, k: usize| row * d + k;
        let between = |row: usize, k: usize| d * d + row * (d - 1) + k;
        let mut pairs = vec![];
        let mut places: Vec<(f64, f64)> = vec![];
        places.extend((0..d * d).map(|q| (2.0 * (q % d) as f64, 2.0 * (q / d) as f64)));
        for row in 0..d {
            for k in 0..d - 1 {
                pairs.push((data(row, k), between(row, k)));
                pairs.push((between(row, k), data(row, k + 1)));
                places.push((2.0 * k as f64 + 1.0, 2.0 * row as f64));
            }
        }
        for row in 0..d - 1 {
            // Every second one of a row, and one at the edge, at alternating sides.
            let mut add = |upper: usize, lower: usize, column: f64| {
                pairs.push((upper, places.len()));
                pairs.push((places.len(), lower));
                places.push((column, 2.0 * row as f64 + 1.0));
            };
            for k in (row % 2..d - 1).step_by(2) {
                add(between(row, k), between(row + 1, k), 2.0 * k as f64 + 1.0);
            }
            let edge = if row % 2 == 0 { d - 1 } else { 0 };
            add(data(row, edge), data(row + 1, edge), 2.0 * edge as f64);
        }
        Ok(Self::new(format!("heavy-hex{d}"), num_qubits, &pairs)?.placed(places))
    }

    /// IBM's Falcon: 27 qubits, 28 couplings, numbered as theirs.
    pub fn falcon27() -> Self {
        let places = FALCON_PLACES.map(|(x, y)| (f64::from(x), f64::from(y))).to_vec();
        Self::new("falcon27", 27, &FALCON).expect("its couplings are connected").placed(places)
    }

    /// IBM's Eagle: 127 qubits in seven rows, 144 couplings, numbered as theirs.
    pub fn eagle127() -> Self {
        // First and last column of each row.
        let rows = [(0, 13), (0, 14), (0, 14), (0, 14), (0, 14), (0, 14), (1, 14)];
        let (mut pairs, mut places, mut starts) = (vec![], vec![], vec![]);
        for (row, &(first, last)) in rows.iter().enumerate() {
            let start: usize = places.len();
            starts.push((start, first));
            for column in first..=last {
                if column > first {
                    pairs.push((places.len() - 1, places.len()));
                }
                places.push((column as f64, 2.0 * row as f64));
            }
            if row + 1 < rows.len() {
                let columns = (2 * (row % 2)..15).step_by(4);
                places.extend(columns.map(|c| (c as f64, 2.0 * row as f64 + 1.0)));
            }
        }
        for (row, pair) in starts.windows(2).enumerate() {
            let [(upper, first), (lower, below)] = [pair[0], pair[1]];
            for (k, column) in (2 * (row % 2)..15).step_by(4).enumerate() {
                let middle = upper + (rows[row].1 - first + 1) + k;
                pairs.push((upper + column - first, middle));
                pairs.push((middle, lower + column - below));
            }
        }
        Self::new("eagle127", places.len(), &pairs)
            .expect("its couplings are connected")
            .placed(places)
    }

    /// A lattice by its name: `line5`, `ring6`, `grid3x4`, `heavy-hex5`, `falcon27`, `eagle127`.
    ///
    /// # Errors
    /// If there is no lattice of that name, or none of that size.
    pub fn named(name: &str) -> Result<Self> {
        let unknown = || {
            let expected = "the names are line5, ring6, grid3x4, heavy-hex5 (with any numbers), \
                            falcon27 and eagle127";
            invalid(
                "a lattice",
                format!("`{}`", name.chars().take(40).collect::<String>()),
                expected,
            )
        };
        let number = |text: &str| text.parse::<usize>().map_err(|_| unknown());
        match name {
            "falcon27" => Ok(Self::falcon27()),
            "eagle127" => Ok(Self::eagle127()),
            _ => {
                if let Some(n) = name.strip_prefix("line") {
                    Self::line(number(n)?)
                } else if let Some(n) = name.strip_prefix("ring") {
                    Self::ring(number(n)?)
                } else if let Some(d) = name.strip_prefix("heavy-hex") {
                    Self::heavy_hex(number(d)?)
                } else {
                    let sizes = name.strip_prefix("grid").and_then(|s| s.split_once('x'));
                    let (rows, columns) = sizes.ok_or_else(unknown)?;
                    Self::grid(number(rows)?, number(columns)?)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lattices_have_their_sizes() {
        let size = |lattice: &Lattice| (lattice.num_qubits(), lattice.couplings().len());
        assert_eq!(size(&Lattice::line(5).unwrap()), (5, 4));
        assert_eq!(size(&Lattice::line(1).unwrap()), (1, 0));
        assert_eq!(size(&Lattice::ring(6).unwrap()), (6, 6));
        assert_eq!(size(&Lattice::grid(3, 4).unwrap()), (12, 17));
        assert_eq!(size(&Lattice::falcon27()), (27, 28));
        assert_eq!(size(&Lattice::eagle127()), (127, 144));
        // Qubits of the heavy-hex code by Chamberland et al.: 2 couplings of each that is not data.
        for (d, qubits) in [(3, 19), (5, 57), (7, 115)] {
            let lattice = Lattice::heavy_hex(d).unwrap();
            assert_eq!(size(&lattice), (qubits, 2 * d * (d - 1) + (d * d - 1)));
        }
    }

    #[test]
    fn heavy_lattices_have_at_most_three_neighbours_and_an_edge_between_them() {
        let heavy = [Lattice::falcon27(), Lattice::eagle127(), Lattice::heavy_hex(7).unwrap()];
        for lattice in heavy {
            for q in 0..lattice.num_qubits() {
                let degree = lattice.neighbors(q).len();
                assert!((1..=3).contains(&degree), "{} {q}", lattice.name());
                let crowded = |&&other: &&usize| degree == 3 && lattice.neighbors(other).len() == 3;
                assert_eq!(lattice.neighbors(q).iter().filter(crowded).count(), 0);
            }
        }
    }

    #[test]
    fn coupled_qubits_are_neighbours_in_the_drawing() {
        for name in ["line4", "ring7", "grid4x3", "heavy-hex5", "falcon27", "eagle127"] {
            let lattice = Lattice::named(name).unwrap();
            assert_eq!(lattice.name(), name);
            let places = lattice.places();
            for &(a, b) in lattice.couplings() {
                let apart = (places[a].0 - places[b].0).hypot(places[a].1 - places[b].1);
                assert!((apart - 1.0).abs() < 1e-9, "{name} {a} {b} {apart}");
            }
        }
    }

    #[test]
    fn eagle_is_numbered_as_ibm_s() {
        let eagle = Lattice::eagle127();
        let some = [
            (0, 14),
            (14, 18),
            (12, 17),
            (17, 30),
            (20, 33),
            (33, 39),
            (36, 51),
            (96, 109),
            (109, 114),
        ];
        assert!(some.iter().all(|pair| eagle.couplings().contains(pair)));
        assert_eq!(eagle.neighbors(126), [112, 125]);
    }

    #[test]
    fn names_that_are_none_are_refused() {
        let says = |result: Result<Lattice>| result.unwrap_err().to_string();
        for name in [
            "line0",
            "ring2",
            "heavy-hex4",
            "heavy-hex1",
            "grid0x3",
            "grid3",
            "falcon28",
            "line",
            "line99999999",
            "heavy-hex999999999",
        ] {
            says(Lattice::named(name));
        }
        assert!(says(Lattice::named("hexagon")).contains("heavy-hex5"));
    }
}
