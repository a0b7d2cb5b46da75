//! Built-in data by name.

use super::{Curve, ad_hoc, bars_and_stripes, blobs, circles, curve, moons, parity, spirals};
use crate::error::{Error, Result};
use crate::learning::data::DataSet;
use crate::math::closest;
use std::str::FromStr;

/// The data that [`built_in`] knows: name, form (what is in brackets can be left out), an example, and
/// what they are.
pub const NAMES: [(&str, &str, &str, &str); 11] = [
    ("moons", "moons[:ROWS[:NOISE]]", "moons:200:0.1", "two interleaved half circles"),
    (
        "circles",
        "circles[:ROWS[:NOISE[:FACTOR]]]",
        "circles:200:0.1:0.5",
        "a circle around another, FACTOR the inner radius",
    ),
    (
        "blobs",
        "blobs[:ROWS[:SPREAD[:CLASSES[:FEATURES]]]]",
        "blobs:200:0.1:3:2",
        "normal clouds about random centres",
    ),
    ("spirals", "spirals[:ROWS[:NOISE[:TURNS]]]", "spirals:200:0.02:1", "two interleaved spirals"),
    (
        "ad-hoc",
        "ad-hoc[:ROWS[:GAP[:FEATURES]]]",
        "ad-hoc:200:0.3:2",
        "separable by the ZZ feature map (Havlíček et al. 2019)",
    ),
    (
        "bars-and-stripes",
        "bars-and-stripes:HEIGHTxWIDTH[:ROWS[:NOISE]]",
        "bars-and-stripes:3x3:200:0.1",
        "pictures of vertical or horizontal lines",
    ),
    (
        "parity",
        "parity:BITS[:ROWS[:NOISE]]",
        "parity:4",
        "bit strings, even or odd; all without ROWS",
    ),
    ("x^2", "x^2[:ROWS[:NOISE]]", "x^2:200:0.1", "x² on [-1, 1], a number to learn"),
    ("sin", "sin[:ROWS[:NOISE]]", "sin:200:0.1", "sin x on [-π, π], a number to learn"),
    ("abs", "abs[:ROWS[:NOISE]]", "abs:200:0.1", "|x| on [-1, 1], a number to learn"),
    ("exp", "exp[:ROWS[:NOISE]]", "exp:200:0.1", "e^x on [-1, 1], a number to learn"),
];

/// Other ways to write a name.
const ALIASES: [(&str, &str); 4] = [
    ("ad_hoc", "ad-hoc"),
    ("adhoc", "ad-hoc"),
    ("bars_and_stripes", "bars-and-stripes"),
    ("x2", "x^2"),
];

/// The data of a name: `moons`, `moons:200`, `moons:200:0.1`, and so on as in [`NAMES`]. What is left
/// out is as in the examples there: 200 rows and noise of 0.1, but 0.02 for spirals and none for
/// parity. `None` where the text is no such name and so can be a file: it has no colon, or what is
/// before the first colon has other characters than letters, digits, `-`, `_` and `^`, or only one
/// (`C:\data.csv`, `./moons:2`).
///
/// ```
/// use ketlab::learning::data::built_in;
/// let data = built_in("moons:50:0.1", 7)?.unwrap();
/// assert_eq!((data.num_rows(), data.num_features()), (50, 2));
/// assert!(built_in("moons.csv", 7)?.is_none());
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If the word before the colon is no data's name, what follows does not have the form of that name,
/// or as the data's own function.
pub fn built_in(text: &str, seed: u64) -> Result<Option<DataSet>> {
    let mut fields = text.split(':').map(str::trim);
    let written = fields.next().unwrap_or_default();
    let alias = ALIASES.into_iter().find(|alias| alias.0 == written);
    let name = alias.map_or(written, |alias| alias.1);
    let Some((_, form, example, _)) = NAMES.into_iter().find(|known| known.0 == name) else {
        let in_name = |c: char| c.is_ascii_alphanumeric() || "-_^".contains(c);
        let is_word = written.len() > 1 && written.chars().all(in_name);
        return if is_word && text.contains(':') { Err(unknown(written)) } else { Ok(None) };
    };
    let mut fields = Fields { fields: fields.collect(), next: 0, text, form, example };
    let data = match name {
        "moons" => {
            let (rows, noise) = (fields.or(200)?, fields.or(0.1)?);
            fields.end()?;
            moons(rows, noise, seed)
        }
        "circles" => {
            let (rows, noise, factor) = (fields.or(200)?, fields.or(0.1)?, fields.or(0.5)?);
            fields.end()?;
            circles(rows, noise, factor, seed)
        }
        "blobs" => {
            let (rows, spread) = (fields.or(200)?, fields.or(0.1)?);
            let (classes, features) = (fields.or(3)?, fields.or(2)?);
            fields.end()?;
            blobs(rows, spread, classes, features, seed)
        }
        "spirals" => {
            let (rows, noise, turns) = (fields.or(200)?, fields.or(0.02)?, fields.or(1.0)?);
            fields.end()?;
            spirals(rows, noise, turns, seed)
        }
        "ad-hoc" => {
            let (rows, gap, features) = (fields.or(200)?, fields.or(0.3)?, fields.or(2)?);
            fields.end()?;
            ad_hoc(rows, gap, features, seed)
        }
        "bars-and-stripes" => {
            let size: String = fields.or(String::new())?;
            let (height, width) = size.split_once(['x', 'X', '×']).ok_or_else(|| fields.fault())?;
            let (height, width) = (fields.number(height)?, fields.number(width)?);
            let (rows, noise) = (fields.or(200)?, fields.or(0.1)?);
            fields.end()?;
            bars_and_stripes(height, width, rows, noise, seed)
        }
        "parity" => {
            // Without bits, 0 is refused by form.
            let bits: usize = fields.or(0).and_then(|bits| match bits {
                0 => Err(fields.fault()),
                _ => Ok(bits),
            })?;
            let all = 1usize.checked_shl(bits as u32).unwrap_or(usize::MAX);
            let (rows, noise) = (fields.or(all)?, fields.or(0.0)?);
            fields.end()?;
            parity(bits, rows, noise, seed)
        }
        _ => {
            let kind = match name {
                "x^2" => Curve::Square,
                "sin" => Curve::Sin,
                "abs" => Curve::Abs,
                _ => Curve::Exp,
            };
            let (rows, noise) = (fields.or(200)?, fields.or(0.1)?);
            fields.end()?;
            curve(kind, rows, noise, seed)
        }
    };
    data.map(Some)
}

/// What follows a name, and the form that it should have.
struct Fields<'a> {
    fields: Vec<&'a str>,
    next: usize,
    text: &'a str,
    form: &'static str,
    example: &'static str,
}

impl Fields<'_> {
    /// The next field, or what it is where it is left out.
    fn or<T: FromStr>(&mut self, left_out: T) -> Result<T> {
        let Some(field) = self.fields.get(self.next) else { return Ok(left_out) };
        self.next += 1;
        self.number(field)
    }

    fn end(&self) -> Result<()> {
        if self.next < self.fields.len() { Err(self.fault()) } else { Ok(()) }
    }

    fn number<T: FromStr>(&self, field: &str) -> Result<T> {
        field.trim().parse().map_err(|_| self.fault())
    }

    fn fault(&self) -> Error {
        Error::Invalid {
            what: "a name of built-in data".into(),
            value: format!("`{}`", self.text.escape_debug()),
            expected: format!("it is written {}, such as {}", self.form, self.example),
        }
    }
}

fn unknown(name: &str) -> Error {
    let near = closest(name, NAMES.iter().map(|known| known.0));
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let forms: Vec<_> = NAMES.iter().map(|known| known.1).collect();
    let hint = format!(
        "{near}there are {}; a file of such a name is written with its folder, ./{name}:…",
        forms.join(", ")
    );
    Error::UnknownName { kind: "built-in data", name: name.into(), hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_their_functions() {
        let data = |text: &str| built_in(text, 5).unwrap().unwrap();
        assert_eq!(data("moons"), moons(200, 0.1, 5).unwrap());
        assert_eq!(data("moons:30"), moons(30, 0.1, 5).unwrap());
        assert_eq!(data("circles:30:0.2:0.7"), circles(30, 0.2, 0.7, 5).unwrap());
        assert_eq!(data("blobs:30:0.2:4:3"), blobs(30, 0.2, 4, 3, 5).unwrap());
        assert_eq!(data("spirals:30:0:2"), spirals(30, 0.0, 2.0, 5).unwrap());
        for text in ["ad-hoc:30:0.2:3", "ad_hoc:30:0.2:3", "adhoc: 30 :0.2:3"] {
            assert_eq!(data(text), ad_hoc(30, 0.2, 3, 5).unwrap());
        }
        let pictures = bars_and_stripes(2, 3, 200, 0.1, 5).unwrap();
        assert_eq!(data("bars-and-stripes:2x3"), pictures);
        assert_eq!(data("bars_and_stripes:2×3"), pictures);
        assert_eq!(data("parity:4"), parity(4, 16, 0.0, 5).unwrap());
        assert_eq!(data("parity:4:7:0.1"), parity(4, 7, 0.1, 5).unwrap());
        for (name, kind) in [
            ("x^2", Curve::Square),
            ("x2", Curve::Square),
            ("sin", Curve::Sin),
            ("abs", Curve::Abs),
            ("exp", Curve::Exp),
        ] {
            assert_eq!(data(name), curve(kind, 200, 0.1, 5).unwrap());
            assert_eq!(data(&format!("{name}:20:0")), curve(kind, 20, 0.0, 5).unwrap());
        }
        for (name, form, example, _) in NAMES {
            assert!(form.starts_with(name) && example.starts_with(name));
            assert!(built_in(example, 5).unwrap().is_some(), "{example}");
        }
        for file in ["data.csv", "C:\\data.csv", "./moons:2", "", ":", "x", "moons.npz", "a b:3"] {
            assert!(built_in(file, 0).unwrap().is_none(), "{file}");
        }
    }

    #[test]
    fn refusals_say_the_form() {
        let says = |text: &str| built_in(text, 0).unwrap_err().to_string();
        let text = says("mooons:20");
        assert!(
            text.contains("no built-in data `mooons`; did you mean `moons`? there are"),
            "{text}"
        );
        for (_, form, _, _) in NAMES {
            assert!(text.contains(form), "{text}");
        }
        for wrong in ["moons:", "moons:x", "moons:-3", "moons:20:0.1:3", "moons:2.5", "moons:1e3:"]
        {
            let text = says(wrong);
            assert!(text.contains("written moons[:ROWS[:NOISE]], such as moons:200:0.1"), "{text}");
        }
        for wrong in ["parity", "parity:", "parity:0", "parity:x"] {
            assert!(says(wrong).contains("written parity:BITS[:ROWS[:NOISE]]"), "{wrong}");
        }
        for wrong in ["bars-and-stripes", "bars-and-stripes:3", "bars-and-stripes:3x"] {
            assert!(says(wrong).contains("written bars-and-stripes:HEIGHTxWIDTH"), "{wrong}");
        }
        assert!(says("parity:99").contains("bits of parity is 99; it must be from 1 to 20"));
        assert!(says("moons:0").contains("rows of moons is 0;"));
        assert!(says("moons:20:nan").contains("noise of moons is NaN;"));
        assert!(says("sin:20:-1").contains("noise of sin is -1;"));
    }
}
