//! Tables as JSON. Numbers are checked where they are read, so that an error has its line.

use super::row::{Row, TableKind, finite};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The rows of a document, or what is wrong in which line.
pub fn rows(text: &str, kind: TableKind) -> Result<Vec<Row>, String> {
    let mut document = serde_json::Deserializer::from_str(text);
    let rows = Document(kind).deserialize(&mut document);
    let rows = rows.and_then(|rows| document.end().map(|()| rows));
    rows.map_err(|error| {
        let text = error.to_string();
        // serde_json puts the place at the end.
        match text.rsplit_once(" at line ") {
            Some((message, place)) if error.line() > 0 => {
                format!("line {}: {message}", place.replace(" column", ", column"))
            }
            _ => text,
        }
    })
}

/// One of the two numbers.
#[derive(Clone, Copy)]
enum Number {
    X,
    Y(TableKind),
}

impl Number {
    fn named(name: &str, kind: TableKind) -> Option<Self> {
        match name {
            "x" | "price" => Some(Number::X),
            name if kind.names().contains(&name) => Some(Number::Y(kind)),
            _ => None,
        }
    }

    fn check<E: Error>(self, x: f64) -> Result<f64, E> {
        let checked = match self {
            Number::X => finite("x", x),
            Number::Y(kind) => kind.check(x),
        };
        checked.map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Number {
    type Value = f64;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<f64, D::Error> {
        from.deserialize_f64(self)
    }
}

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, x: f64) -> Result<f64, E> {
        self.check(x)
    }

    fn visit_i64<E: Error>(self, x: i64) -> Result<f64, E> {
        self.check(x as f64)
    }

    fn visit_u64<E: Error>(self, x: u64) -> Result<f64, E> {
        self.check(x as f64)
    }
}

/// A pair of numbers, as a list or an object.
struct Pair(TableKind);

impl<'de> DeserializeSeed<'de> for Pair {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Row, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Pair {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "two numbers, [x, {}], or an object of them", self.0.names()[0])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Row, A::Error> {
        let x = list.next_element_seed(Number::X)?;
        let y = list.next_element_seed(Number::Y(self.0))?;
        match (x, y) {
            (Some(x), Some(y)) if list.next_element::<f64>()?.is_none() => {
                Ok(Row { line: None, x, y })
            }
            _ => Err(A::Error::custom("a point must be two numbers")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Row, A::Error> {
        let (mut x, mut y) = (None, None);
        while let Some(name) = object.next_key::<String>()? {
            match Number::named(&name, self.0) {
                Some(Number::X) => x = Some(object.next_value_seed(Number::X)?),
                Some(number) => y = Some(object.next_value_seed(number)?),
                None => return Err(unknown(&name, self.0)),
            }
        }
        match (x, y) {
            (Some(x), Some(y)) => Ok(Row { line: None, x, y }),
            _ => Err(A::Error::custom(format!("a point has `x` and `{}`", self.0.names()[0]))),
        }
    }
}

fn unknown<E: Error>(name: &str, kind: TableKind) -> E {
    E::custom(format!("`{name}` is not known; the names are `x` and `{}`", kind.names()[0]))
}

/// A list of numbers of one kind.
struct Column(Number);

impl<'de> DeserializeSeed<'de> for Column {
    type Value = Vec<f64>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<f64>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Column {
    type Value = Vec<f64>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<f64>, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element_seed(self.0)? {
            numbers.push(number);
        }
        Ok(numbers)
    }
}

/// A list of pairs, or an object of two lists.
struct Document(TableKind);

impl<'de> DeserializeSeed<'de> for Document {
    type Value = Vec<Row>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Row>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document {
    type Value = Vec<Row>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of pairs, or an object of two lists")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Row>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element_seed(Pair(self.0))? {
            rows.push(row);
        }
        Ok(rows)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Vec<Row>, A::Error> {
        let (mut xs, mut ys) = (None, None);
        while let Some(name) = object.next_key::<String>()? {
            match Number::named(&name, self.0) {
                Some(Number::X) => xs = Some(object.next_value_seed(Column(Number::X))?),
                Some(number) => ys = Some(object.next_value_seed(Column(number))?),
                None => return Err(unknown(&name, self.0)),
            }
        }
        let second = self.0.names()[0];
        let (Some(xs), Some(ys)) = (xs, ys) else {
            return Err(A::Error::custom(format!("a table has `x` and `{second}`")));
        };
        if xs.len() != ys.len() {
            return Err(A::Error::custom(format!(
                "there are {} values of x and {} of {second}; each x has one",
                xs.len(),
                ys.len()
            )));
        }
        Ok(xs.into_iter().zip(ys).map(|(x, y)| Row { line: None, x, y }).collect())
    }
}
