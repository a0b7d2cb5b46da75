//! The lines `KEY: value` of a TSPLIB file.

use super::super::scan::Line;
use super::distance::Metric;
use super::matrix::{LAYOUTS, Layout};
use crate::error::{Error, Result};
use crate::math::closest;

/// The most cities of a file: their distances are 128 MiB. (One tour takes a variable for each city
/// and place, so that a QUBO holds far fewer.)
pub const MAX_CITIES: usize = 4096;

/// Keys that no other format has, by which a file is known.
pub(super) const MARKS: [&str; 4] =
    ["DIMENSION", "EDGE_WEIGHT_TYPE", "NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION"];

const KEYS: [&str; 13] = [
    "NAME",
    "TYPE",
    "COMMENT",
    "DIMENSION",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "NODE_COORD_TYPE",
    "DISPLAY_DATA_TYPE",
    "NODE_COORD_SECTION",
    "DISPLAY_DATA_SECTION",
    "EDGE_WEIGHT_SECTION",
    "FIXED_EDGES_SECTION",
    "EOF",
];

/// What the lines say.
#[derive(Default)]
pub(super) struct Specification {
    pub name: Option<String>,
    pub comment: Vec<String>,
    pub dimension: Option<usize>,
    pub metric: Option<Metric>,
    pub layout: Option<Layout>,
    /// Whether the type is ATSP.
    pub asymmetric: bool,
    /// Keys that are there, with their lines.
    seen: Vec<(String, usize)>,
}

/// The key of a line: what is before the colon, or the first word.
pub(super) fn key_of(text: &str) -> &str {
    let key = text.split_once(':').map_or(text, |(key, _)| key).trim();
    key.split_whitespace().next().unwrap_or("")
}

/// A key that is not known, with the one that may be meant.
pub(super) fn unknown(line: Line<'_>, key: &str) -> Error {
    let upper = key.to_uppercase();
    let near = match KEYS.contains(&&upper[..]) {
        true => Some(upper),
        false => closest(&upper, KEYS.into_iter()),
    };
    line.error(match near {
        Some(near) => format!("there is no key `{}`; did you mean `{near}`?", shown(key)),
        None => format!("there is no key `{}`; expected {}", shown(key), KEYS.join(", ")),
    })
}

fn shown(key: &str) -> String {
    key.chars().take(40).collect()
}

impl Specification {
    /// A line `KEY: value`.
    pub fn add(&mut self, line: Line<'_>) -> Result<()> {
        let key = key_of(line.text);
        let Some(value) = line.text.split_once(':').map(|(_, value)| value.trim()) else {
            return Err(match KEYS.contains(&key) {
                true => line.error(format!("expected `{key}: value`")),
                false => unknown(line, key),
            });
        };
        if key != "COMMENT" {
            if let Some((_, first)) = self.seen.iter().find(|(seen, _)| seen == key) {
                return Err(line.error(format!("`{key}` is on line {first} already")));
            }
            if KEYS.contains(&key) {
                self.seen.push((key.into(), line.number));
            }
        }
        match key {
            "NAME" => self.name = Some(value.into()),
            "COMMENT" => self.comment.push(value.into()),
            "TYPE" => self.set_type(line, value)?,
            "DIMENSION" => self.set_dimension(line, value)?,
            "EDGE_WEIGHT_TYPE" => {
                let metric = Metric::ALL.into_iter().find(|metric| metric.name() == value);
                let all = Metric::ALL.map(Metric::name).join(", ");
                let expected = format!("of the types of distances {all} are read");
                self.metric = Some(metric.ok_or_else(|| line.error(expected))?);
                self.agree(line)?;
            }
            "EDGE_WEIGHT_FORMAT" if value == "FUNCTION" => {}
            "EDGE_WEIGHT_FORMAT" => {
                let layout = LAYOUTS.iter().find(|(name, _)| *name == value);
                let all = LAYOUTS.map(|(name, _)| name).join(", ");
                let expected = format!("of the formats of matrices {all} are read, or FUNCTION");
                self.layout = Some(layout.ok_or_else(|| line.error(expected))?.1);
                self.agree(line)?;
            }
            "NODE_COORD_TYPE" if !["TWOD_COORDS", "NO_COORDS"].contains(&value) => {
                return Err(line.error("TWOD_COORDS and NO_COORDS are read"));
            }
            "DISPLAY_DATA_TYPE"
                if !["COORD_DISPLAY", "TWOD_DISPLAY", "NO_DISPLAY"].contains(&value) =>
            {
                return Err(line.error("it is COORD_DISPLAY, TWOD_DISPLAY or NO_DISPLAY"));
            }
            "NODE_COORD_TYPE" | "DISPLAY_DATA_TYPE" => {}
            _ => return Err(unknown(line, key)),
        }
        Ok(())
    }

    /// The number of cities, which a section needs to be read.
    pub fn cities(&self, section: Line<'_>) -> Result<usize> {
        self.dimension.ok_or_else(|| section.error("expected `DIMENSION: n` above it"))
    }

    fn set_type(&mut self, line: Line<'_>, value: &str) -> Result<()> {
        // Some files have a name behind it, as `TSP (M.~Hofmeister)`.
        match value.split_whitespace().next() {
            Some("TSP") => {}
            Some("ATSP") => self.asymmetric = true,
            Some("TOUR") => {
                return Err(line.error("this is a tour; a file of cities is expected here"));
            }
            _ => return Err(line.error("of TSPLIB's types TSP and ATSP are read")),
        }
        self.agree(line)
    }

    fn set_dimension(&mut self, line: Line<'_>, value: &str) -> Result<()> {
        let n = line.count(value, "cities")?;
        if n < 2 {
            return Err(line.error("a tour needs at least 2 cities"));
        }
        if n > MAX_CITIES {
            return Err(
                line.error(format!("{n} cities are too many; at most {MAX_CITIES} are read"))
            );
        }
        self.dimension = Some(n);
        Ok(())
    }

    /// Whether distances that are not symmetric can be given in the way that the file says.
    fn agree(&self, line: Line<'_>) -> Result<()> {
        let other_metric = self.metric.is_some_and(|metric| metric != Metric::Explicit);
        let other_layout = self.layout.is_some_and(|layout| layout != Layout::Full);
        match self.asymmetric && (other_metric || other_layout) {
            false => Ok(()),
            true => Err(line.error("distances of an ATSP are EXPLICIT, as FULL_MATRIX")),
        }
    }
}
