//! Bytes of a file to text: UTF-8, UTF-16 where a byte order mark says so, and UTF-8 with stray
//! bytes of an older encoding, which are refused only where they matter.

use std::borrow::Cow;

/// What stands for a byte that is not UTF-8: no token contains it.
pub const ODD: char = char::REPLACEMENT_CHARACTER;

/// A text, and where its bytes were not UTF-8.
#[derive(Debug, Default)]
pub struct Decoded {
    /// The text, with [`ODD`] for each byte that is not UTF-8.
    pub text: String,
    /// The place in `text` of the first such byte, and its value.
    pub odd: Option<(u32, u8)>,
}

impl From<&str> for Decoded {
    fn from(text: &str) -> Self {
        Decoded { text: text.to_owned(), odd: None }
    }
}

/// The text of a file.
///
/// # Errors
/// If the bytes are no text at all, or UTF-16 or UTF-32 that cannot be read; the message says where
/// and what to do.
pub fn decode(bytes: Vec<u8>) -> Result<Decoded, String> {
    match bytes.get(..4) {
        Some([0xFF, 0xFE, 0, 0] | [0, 0, 0xFE, 0xFF]) => return Err(save_as("UTF-32")),
        // ASCII in two bytes each.
        Some([0, b, 0, _] | [b, 0, _, 0]) if *b != 0 && !bytes.starts_with(&[0xFF, 0xFE]) => {
            return Err(save_as("UTF-16 without a byte order mark"));
        }
        _ => {}
    }
    match bytes.get(..2) {
        Some([0xFF, 0xFE]) => return utf16(&bytes[2..], u16::from_le_bytes),
        Some([0xFE, 0xFF]) => return utf16(&bytes[2..], u16::from_be_bytes),
        _ => {}
    }
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Decoded { text, odd: None }),
        Err(error) => error,
    };
    let at = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let byte = bytes[at];
    if bytes.contains(&0) {
        let line = lines(&bytes[..at]);
        return Err(format!("not a text: byte 0x{byte:02X} in line {line} is not UTF-8"));
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|_| text.push(ODD));
    }
    Ok(Decoded { text, odd: Some((u32::try_from(at).unwrap_or(u32::MAX), byte)) })
}

fn save_as(what: &str) -> String {
    format!("this is {what}; save it as UTF-8")
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Decoded, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Decoded { text, odd: None }),
        _ => {
            Err("its byte order mark says UTF-16, which it is not throughout; save it as UTF-8"
                .into())
        }
    }
}

/// The number of the line behind these bytes, from 1.
fn lines(before: &[u8]) -> usize {
    let text: Cow<str> = String::from_utf8_lossy(before);
    let ends = text.as_bytes().iter().enumerate().filter(|&(i, b)| match b {
        b'\n' => true,
        b'\r' => text.as_bytes().get(i + 1) != Some(&b'\n'),
        _ => false,
    });
    ends.count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_and_what_is_none() {
        let text = "// θ\nx q;";
        let read = |bytes: &[u8]| decode(bytes.to_vec());
        assert_eq!(read(text.as_bytes()).unwrap().text, text);
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
        assert_eq!(read(&[&[0xFF, 0xFE], &little[..]].concat()).unwrap().text, text);
        assert_eq!(read(&[&[0xFE, 0xFF], &big[..]].concat()).unwrap().text, text);
        for broken in [&[&[0xFF, 0xFE], &little[1..]].concat()[..], &little, &big] {
            assert!(read(broken).unwrap_err().contains("save it as UTF-8"), "{broken:?}");
        }
        let latin = read(b"// rotaci\xF3n\r\nx q; // \x80\xFF").unwrap();
        assert_eq!(latin.text, "// rotaci\u{FFFD}n\r\nx q; // \u{FFFD}\u{FFFD}");
        assert_eq!(latin.odd, Some((9, 0xF3)));
        let message = read(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR").unwrap_err();
        assert_eq!(message, "not a text: byte 0x89 in line 1 is not UTF-8");
        let message = read(b"a\rb\r\nc\n\xFF\0").unwrap_err();
        assert_eq!(message, "not a text: byte 0xFF in line 4 is not UTF-8");
    }
}
