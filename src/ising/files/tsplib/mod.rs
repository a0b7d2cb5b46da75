//! Files of TSPLIB: cities, and the distances between them.

mod distance;
mod matrix;
mod specification;

use super::scan::{Line, ended, numbered};
use crate::error::{Error, Result};
use distance::Metric;
use specification::Specification;
use std::path::Path;

pub use specification::MAX_CITIES;

/// An instance of the travelling salesman problem from TSPLIB (Reinelt, ORSA J. Comput. 3, 376
/// (1991)): n cities and all distances, in the integers that the library's optimal tours are counted
/// in.
///
/// ```
/// use ketlab::ising::Tsplib;
/// let text = "NAME: square\nTYPE: TSP\nDIMENSION: 4\nEDGE_WEIGHT_TYPE: EUC_2D\n\
///             NODE_COORD_SECTION\n1 0 0\n2 0 10\n3 10 10\n4 10 0\nEOF\n";
/// let cities = Tsplib::parse(text)?;
/// assert_eq!(cities.distance(0, 1), 10.0);
/// // √200, rounded.
/// assert_eq!(cities.distance(0, 2), 14.0);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tsplib {
    name: String,
    comment: String,
    num_cities: usize,
    distances: Vec<f64>,
    coordinates: Option<Vec<(f64, f64)>>,
}

impl Tsplib {
    /// Reads the text of a file of the type TSP or ATSP. Its distances are given
    ///
    /// - by coordinates: EUC_2D, CEIL_2D, MAN_2D, MAX_2D, ATT, and GEO, where x is a latitude and y
    ///   a longitude in the form degrees.minutes;
    /// - or one by one (EXPLICIT): FULL_MATRIX, and UPPER_ROW, LOWER_ROW, UPPER_DIAG_ROW,
    ///   LOWER_DIAG_ROW and their transposes (…_COL). Their numbers may be on any lines. The
    ///   diagonal, if there is one, has no meaning and is read as 0.
    ///
    /// What follows EOF is not read.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there (unknown keys, numbers that are
    /// missing, too many, negative or not finite, cities that are there twice). If the matrix of a
    /// TSP is not symmetric: which pair; as TYPE: ATSP it is read. If there are fewer than 2 cities
    /// or more than [`MAX_CITIES`]. Other types of problems and of distances are refused by name.
    pub fn parse(text: &str) -> Result<Self> {
        Reader::default().read(text)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`Tsplib::parse`], and if the file cannot be read or is larger than
    /// [`MAX_FILE_BYTES`](super::MAX_FILE_BYTES).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        super::read(path.as_ref(), |text, _| Tsplib::parse(text))
    }

    /// The file's NAME; empty if it has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's COMMENT, its lines joined by line feeds.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Number of cities, n.
    pub fn num_cities(&self) -> usize {
        self.num_cities
    }

    /// The distance from city i to city j, counted from 0; 0 for i = j.
    ///
    /// # Panics
    /// If there is no such city.
    pub fn distance(&self, i: usize, j: usize) -> f64 {
        let n = self.num_cities;
        assert!(i < n && j < n, "there are {n} cities, numbered from 0, but not ({i}, {j})");
        self.distances[i * n + j]
    }

    /// All distances, row by row: n × n numbers, of which entry i n + j is from i to j.
    pub fn distances(&self) -> &[f64] {
        &self.distances
    }

    /// Whether all distances are the same both ways.
    pub fn is_symmetric(&self) -> bool {
        matrix::asymmetric(&self.distances, self.num_cities).is_none()
    }

    /// Where to draw the cities, (x, y): those of DISPLAY_DATA_SECTION, else those of
    /// NODE_COORD_SECTION. Of the type GEO they are (longitude, latitude) in degrees, east and north.
    /// `None` where the file has distances alone.
    pub fn coordinates(&self) -> Option<&[(f64, f64)]> {
        self.coordinates.as_deref()
    }
}

/// Whether a text is such a file: a line among the first has a key that no other format has.
pub(super) fn is_marked(text: &str) -> bool {
    let lines = numbered(text).map(|(_, line)| line).filter(|line| !line.is_empty()).take(50);
    lines.map(specification::key_of).any(|key| specification::MARKS.contains(&key))
}

/// What has been read of a file.
#[derive(Default)]
struct Reader {
    specification: Specification,
    nodes: Option<Vec<(f64, f64)>>,
    display: Option<Vec<(f64, f64)>>,
    distances: Option<Vec<f64>>,
}

impl Reader {
    fn read(mut self, text: &str) -> Result<Tsplib> {
        let mut lines = numbered(text)
            .map(|(number, text)| Line { number, text })
            .filter(|line| !line.text.is_empty())
            .peekable();
        while let Some(line) = lines.next() {
            let key = specification::key_of(line.text);
            if key == "EOF" {
                break;
            }
            if !key.ends_with("_SECTION") {
                self.specification.add(line)?;
                continue;
            }
            if line.text.len() > key.len() && line.text[key.len()..].trim() != ":" {
                return Err(line.error(format!("expected `{key}` alone on its line")));
            }
            // A line with a letter first is the next key, but for what some programs write where
            // a number is missing.
            let mut data = Vec::new();
            while let Some(line) = lines.next_if(|line| !is_key(line.text)) {
                data.push(line);
            }
            self.section(line, key, data)?;
        }
        self.finish()
    }

    fn section(&mut self, line: Line<'_>, key: &str, data: Vec<Line<'_>>) -> Result<()> {
        let again = || Err(line.error("this section is there already"));
        match key {
            "NODE_COORD_SECTION" => {
                let n = self.specification.cities(line)?;
                let points =
                    points(line, &data, n, self.specification.metric == Some(Metric::Geo))?;
                if self.nodes.replace(points).is_some() {
                    return again();
                }
            }
            "DISPLAY_DATA_SECTION" => {
                let n = self.specification.cities(line)?;
                if self.display.replace(points(line, &data, n, false)?).is_some() {
                    return again();
                }
            }
            "EDGE_WEIGHT_SECTION" => {
                let n = self.specification.cities(line)?;
                let layout = self.specification.layout.ok_or_else(|| {
                    line.error("expected EDGE_WEIGHT_FORMAT, such as FULL_MATRIX, above it")
                })?;
                let distances = layout.read(line, &data, n)?;
                if self.distances.replace(distances).is_some() {
                    return again();
                }
            }
            "TOUR_SECTION" => {
                return Err(line.error("this is a tour; a file of cities is expected here"));
            }
            "FIXED_EDGES_SECTION" => {
                return Err(line.error(
                    "edges that a tour must use are not supported; remove the section to let every \
                     tour be one",
                ));
            }
            _ => return Err(specification::unknown(line, key)),
        }
        Ok(())
    }

    fn finish(self) -> Result<Tsplib> {
        let Reader { specification, nodes, display, distances } = self;
        let needs = |what: &str| ended("the file", format!("it has no {what}"));
        let n = specification.dimension.ok_or_else(|| needs("DIMENSION: n"))?;
        let metric = specification
            .metric
            .ok_or_else(|| needs("EDGE_WEIGHT_TYPE, such as EUC_2D or EXPLICIT"))?;
        let one_of_two = |given: &str, key: &str| Error::Invalid {
            what: format!("the file's EDGE_WEIGHT_TYPE, {given},"),
            value: format!("not that of its {key}"),
            expected: "distances are either given or computed from coordinates".into(),
        };
        let (distances, places) = if metric == Metric::Explicit {
            // Coordinates beside explicit distances are to draw.
            let distances = distances.ok_or_else(|| needs("EDGE_WEIGHT_SECTION"))?;
            (distances, nodes)
        } else {
            if distances.is_some() {
                return Err(one_of_two(metric.name(), "EDGE_WEIGHT_SECTION"));
            }
            let nodes = nodes.ok_or_else(|| needs("NODE_COORD_SECTION"))?;
            let distances = metric.all(&nodes)?;
            let places = match metric {
                Metric::Geo => nodes.iter().map(|&place| distance::degrees(place)).collect(),
                _ => nodes,
            };
            (distances, Some(places))
        };
        if !specification.asymmetric
            && let Some((i, j)) = matrix::asymmetric(&distances, n)
        {
            let (there, back) = (distances[i * n + j], distances[j * n + i]);
            return Err(Error::Invalid {
                what: format!("the distance from city {} to city {}", i + 1, j + 1),
                value: there.to_string(),
                expected: format!(
                    "the way back is {back}, and TYPE: TSP says that they are the same; write \
                     TYPE: ATSP if they are meant"
                ),
            });
        }
        Ok(Tsplib {
            name: specification.name.unwrap_or_default(),
            comment: specification.comment.join("\n"),
            num_cities: n,
            distances,
            coordinates: display.or(places),
        })
    }
}

/// Whether a line within a section ends it.
fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic())
        && text.split_whitespace().next().is_some_and(|word| word.parse::<f64>().is_err())
}

/// Lines `city x y`, each city once, in any order.
fn points(
    section: Line<'_>,
    data: &[Line<'_>],
    n: usize,
    geographic: bool,
) -> Result<Vec<(f64, f64)>> {
    // No more than there are lines.
    if data.len() < n {
        return Err(
            section.error(format!("expected {n} lines `city x y`, but found {}", data.len()))
        );
    }
    let mut points = vec![None; n];
    for (k, line) in data.iter().enumerate() {
        if k == n {
            return Err(line.error(format!("expected the end after {n} cities")));
        }
        let [city, x, y] = line.text.split_whitespace().collect::<Vec<_>>()[..] else {
            return Err(line.error("expected `city x y`"));
        };
        let city = line.index(city, 1, Some(n))?;
        let point = (line.number(x)?, line.number(y)?);
        if geographic && !(point.0.abs() <= 90.0 && point.1.abs() <= 360.0) {
            return Err(line.error(
                "expected a latitude from -90 to 90 and a longitude from -360 to 360, in \
                 degrees.minutes",
            ));
        }
        if points[city].replace(point).is_some() {
            return Err(line.error(format!("city {} is there already", city + 1)));
        }
    }
    // As many lines as cities, and none twice.
    Ok(points.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests;
