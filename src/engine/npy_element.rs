//! Elements of NumPy's arrays: numbers of any kind, and texts.

use super::npy::number;

/// The most characters of a text in an array.
const MAX_CHARACTERS: usize = 1000;

/// How an element is written.
pub(crate) struct Element {
    /// `b`, `i`, `u`, `f`, or `U` for a text.
    kind: u8,
    /// In bytes.
    pub size: usize,
    big_endian: bool,
}

impl Element {
    /// That of NumPy's name; `None` if it is none of these.
    pub fn of(dtype: &str) -> Option<Self> {
        let (order, name) = (dtype.chars().next()?, dtype.get(1..)?);
        let big_endian = match order {
            '|' | '<' => false,
            '>' => true,
            '=' => cfg!(target_endian = "big"),
            _ => return None,
        };
        let kind = *name.as_bytes().first()?;
        let size = match name {
            "b1" => 1,
            "i1" | "u1" | "i2" | "u2" | "i4" | "u4" | "i8" | "u8" | "f4" | "f8" => {
                usize::from(name.as_bytes()[1] - b'0')
            }
            // Four bytes a character.
            _ if kind == b'U' => {
                let characters: usize = name.get(1..)?.parse().ok()?;
                (1..=MAX_CHARACTERS).contains(&characters).then_some(4 * characters)?
            }
            _ => return None,
        };
        Some(Element { kind, size, big_endian })
    }

    /// Whether it is a text, which has no value.
    pub fn is_text(&self) -> bool {
        self.kind == b'U'
    }

    /// As a number.
    pub fn value(&self, raw: &[u8]) -> f64 {
        if self.kind == b'f' {
            return number(raw, self.big_endian);
        }
        let word = word(raw, self.big_endian);
        let above = 64 - 8 * raw.len() as u32;
        match self.kind {
            b'i' => ((word << above) as i64 >> above) as f64,
            _ => word as f64,
        }
    }

    /// Characters up to the zeros that fill the field.
    pub fn text(&self, raw: &[u8]) -> Option<String> {
        let mut text = String::new();
        for code in raw.chunks_exact(4).map(|code| word(code, self.big_endian) as u32) {
            text.push(char::from_u32(code)?);
        }
        Some(text.trim_end_matches('\0').to_owned())
    }
}

fn word(raw: &[u8], big_endian: bool) -> u64 {
    let byte = |k: usize| raw[if big_endian { k } else { raw.len() - 1 - k }];
    (0..raw.len()).fold(0, |word, k| word << 8 | u64::from(byte(k)))
}

/// As NumPy writes a shape.
pub(crate) fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<_> = sizes.iter().map(usize::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    format!("({}{comma})", sizes.join(", "))
}
