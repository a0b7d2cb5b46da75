//! Built-in laws by name.

use super::{Distribution, bars_and_stripes, bernoulli_mixture, cardinality, even_parity};
use crate::error::{Error, Result};
use crate::math::closest;
use std::str::FromStr;

/// The laws that [`from_name`] knows: name, form and an example.
pub const NAMES: [(&str, &str, &str); 4] = [
    ("bas", "bas:ROWSxCOLUMNS", "bas:2x2"),
    ("parity", "parity:BITS", "parity:4"),
    ("cardinality", "cardinality:BITS:ONES", "cardinality:4:2"),
    ("bernoulli", "bernoulli:BITS:MODES:P", "bernoulli:4:4,7,2,2:0.9"),
];

/// The law of a name: `bas:2x2` ([`bars_and_stripes`]), `parity:4` ([`even_parity`]),
/// `cardinality:4:2` ([`cardinality`]: 2 ones in 4 bits), `bernoulli:4:4,7,2,2:0.9`
/// ([`bernoulli_mixture`]: 4 bits, the modes as numbers, p). `None` where the text is no such name and
/// so can be a file: it has no colon, or what is before the first colon is not a word of two or more
/// letters (`C:\data.csv`, `./bas:2x2`).
///
/// # Errors
/// If the word before the colon is no law's name, what follows does not have the form of that law, a
/// name stands alone (`bas`), or as the law's own function.
pub fn from_name(text: &str) -> Result<Option<Distribution>> {
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    let Some((_, form, example)) = NAMES.into_iter().find(|known| known.0 == name) else {
        let is_word = name.len() > 1 && name.bytes().all(|c| c.is_ascii_alphabetic());
        return if is_word && text.contains(':') { Err(unknown(name)) } else { Ok(None) };
    };
    let parts = Parts { text, form, example };
    let fields: Vec<&str> = rest.split(':').collect();
    let law = match (name, &fields[..]) {
        ("bas", [size]) => {
            let (rows, columns) = size.split_once(['x', 'X', '×']).ok_or_else(|| parts.fault())?;
            bars_and_stripes(parts.number(rows)?, parts.number(columns)?)
        }
        ("parity", [bits]) => even_parity(parts.number(bits)?),
        ("cardinality", [bits, ones]) => cardinality(parts.number(bits)?, parts.number(ones)?),
        ("bernoulli", [bits, modes, p]) => {
            let modes =
                modes.split(',').map(|mode| parts.number(mode)).collect::<Result<Vec<_>>>()?;
            bernoulli_mixture(parts.number(bits)?, &modes, parts.number(p)?)
        }
        _ => Err(parts.fault()),
    };
    law.map(Some)
}

/// A name and the form that it should have.
struct Parts<'a> {
    text: &'a str,
    form: &'static str,
    example: &'static str,
}

impl Parts<'_> {
    fn number<T: FromStr>(&self, field: &str) -> Result<T> {
        field.trim().parse().map_err(|_| self.fault())
    }

    fn fault(&self) -> Error {
        Error::Invalid {
            what: "a built-in law".into(),
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
        "{near}the laws are {}; a file of such a name is written with its folder, ./{name}:…",
        forms.join(", ")
    );
    Error::UnknownName { kind: "built-in law", name: name.into(), hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_their_functions() {
        let law = |text: &str| from_name(text).unwrap().unwrap();
        assert_eq!(law("bas:2x3"), bars_and_stripes(2, 3).unwrap());
        assert_eq!(law("bas:2×3"), bars_and_stripes(2, 3).unwrap());
        assert_eq!(law("parity:4"), even_parity(4).unwrap());
        assert_eq!(law("cardinality:5:2"), cardinality(5, 2).unwrap());
        let mixture = bernoulli_mixture(4, &[4, 7, 2, 2], 0.9).unwrap();
        assert_eq!(law("bernoulli:4:4,7,2,2:0.9"), mixture);
        for (name, form, example) in NAMES {
            assert!(form.starts_with(name) && example.starts_with(name));
            assert!(from_name(example).unwrap().is_some(), "{example}");
        }
        for file in ["data.csv", "C:\\data.csv", "./bas:2x2", "a-b:3", "", ":", "x"] {
            assert_eq!(from_name(file), Ok(None), "{file}");
        }
    }

    #[test]
    fn refusals_list_the_names() {
        let says = |text: &str| from_name(text).unwrap_err().to_string();
        let text = says("bass:2x2");
        assert!(text.contains("there is no built-in law `bass`; did you mean `bas`?"), "{text}");
        for (_, form, _) in NAMES {
            assert!(text.contains(form), "{text}");
        }
        for wrong in ["bas", "bas:", "bas:2", "bas:2x", "bas:2x2:2", "bas:-1x2"] {
            let text = says(wrong);
            assert!(text.contains("bas:ROWSxCOLUMNS, such as bas:2x2"), "{text}");
        }
        for wrong in ["parity:four", "parity", "parity:4:1"] {
            assert!(says(wrong).contains("it is written parity:BITS"), "{wrong}");
        }
        assert!(says("cardinality:4").contains("cardinality:BITS:ONES, such as cardinality:4:2"));
        for wrong in
            ["bernoulli:4:4,,7:0.9", "bernoulli:4::0.9", "bernoulli:4:4", "bernoulli:4:4:x"]
        {
            assert!(says(wrong).contains("it is written bernoulli:BITS:MODES:P"), "{wrong}");
        }
        assert!(says("bernoulli:4:16:0.9").contains("a mode of 4 bits is below 16"));
        assert!(says("parity:99").contains("from 1 to 26"));
    }
}
