//! What OpenQASM 3 reads differently: the tokens of the automaton are looked at once more.

use super::{Lexer, Token};
use logos::Logos;

/// What a name is made of behind its first character.
#[derive(Logos, Debug, PartialEq)]
enum Letters {
    #[regex(r"[A-Za-z0-9_\p{Lu}\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{Nl}]+")]
    Run,
}

/// Bytes of `rest` that go on with a name.
fn letters(rest: &str) -> usize {
    let mut lexer = Letters::lexer(rest);
    if lexer.next() == Some(Ok(Letters::Run)) { lexer.span().end } else { 0 }
}

impl Lexer<'_> {
    /// The next token of OpenQASM 3. Most come from the automaton as they are.
    #[inline]
    pub(in crate::qasm) fn next_token_3(&mut self) -> (Token, u32, u32) {
        let Some(raw) = self.inner.next() else {
            let end = self.inner.source().len() as u32;
            return (Token::End, end, end);
        };
        let span = self.inner.span();
        let next = self.inner.source().as_bytes().get(span.end).copied().unwrap_or(b'\n');
        let token = match raw {
            Ok(Token::Name) if next < 0x80 => word(&self.inner.source().as_bytes()[span.clone()]),
            Ok(Token::Int | Token::Float) if next < 0x80 && next != b' ' && next != b'\t' => {
                raw.unwrap_or(Token::Int)
            }
            Ok(
                token @ (Token::Semicolon
                | Token::Comma
                | Token::LParen
                | Token::RParen
                | Token::LBracket
                | Token::RBracket
                | Token::LBrace
                | Token::RBrace
                | Token::Arrow
                | Token::EqualEqual
                | Token::Str
                | Token::SingleQuoted
                | Token::OpenStr),
            ) => token,
            Ok(token) if token <= Token::Pi && next < 0x80 => token,
            Ok(
                token @ (Token::Plus | Token::Minus | Token::Star | Token::Slash | Token::Caret),
            ) if !matches!(next, b'=' | b'*' | b'+') => token,
            _ => return self.odd(raw, span.start, span.end),
        };
        if token == Token::Pragma {
            return self.odd(raw, span.start, span.end);
        }
        (token, span.start as u32, span.end as u32)
    }

    /// Tokens that take a closer look.
    fn odd(&mut self, raw: Result<Token, ()>, start: usize, end: usize) -> (Token, u32, u32) {
        let text = self.inner.source();
        let bytes = text.as_bytes();
        let (token, to) = match raw {
            Ok(Token::Int | Token::Float | Token::BadNumber) => number(text, start),
            Ok(token) if token <= Token::Name => {
                let to = end + letters(&text[end..]);
                let token = if to > end { Token::Name } else { word(&bytes[start..end]) };
                (token, to)
            }
            Ok(Token::Slash) if bytes.get(end) == Some(&b'*') => {
                self.block_comments = true;
                match text[end + 1..].find("*/") {
                    Some(length) => {
                        self.jump(end + 1 + length + 2);
                        return self.next_token_3();
                    }
                    None => (Token::OpenComment, text.len()),
                }
            }
            _ => symbol(text, start),
        };
        let to = if token == Token::Pragma {
            to + text[to..].find(['\n', '\r']).unwrap_or(text.len() - to)
        } else {
            to
        };
        if to != self.inner.span().end {
            self.jump(to);
        }
        (token, start as u32, to as u32)
    }

    /// From the byte `from` to the end of its line, which is passed over.
    pub fn skip_line(&mut self, from: usize) {
        let text = self.inner.source();
        self.jump(from + text[from..].find(['\n', '\r']).unwrap_or(text.len() - from));
    }

    /// From the byte `from`, which is behind an opening brace, to the byte of the one that closes
    /// it; what is between may be in another language. `None` if nothing closes it.
    pub fn skip_foreign(&mut self, from: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (i, byte) in self.inner.source().as_bytes()[from..].iter().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 0 => {
                    self.jump(from + i);
                    return Some(from + i);
                }
                b'}' => depth -= 1,
                _ => {}
            }
        }
        self.jump(self.inner.source().len());
        None
    }
}

/// The token of a word of ASCII letters.
#[inline]
fn word(word: &[u8]) -> Token {
    match word.len() {
        0 | 1 => Token::Name,
        2 => match word {
            b"in" => Token::In,
            b"im" => Token::Im,
            b"pi" => Token::Pi,
            b"if" => Token::If,
            _ => Token::Name,
        },
        3 => match word {
            b"bit" | b"int" => Token::Type,
            b"let" => Token::Let,
            b"def" => Token::Def,
            b"cal" => Token::Cal,
            b"box" => Token::Box,
            b"nop" => Token::Nop,
            b"for" => Token::For,
            b"end" => Token::EndWord,
            b"inv" => Token::Modifier,
            b"pow" => Token::Pow,
            b"tau" => Token::Tau,
            _ => Token::Name,
        },
        4 => match word {
            b"uint" | b"bool" => Token::Type,
            b"ctrl" => Token::Modifier,
            b"true" => Token::Bool,
            b"else" => Token::Else,
            b"case" => Token::Case,
            b"gate" => Token::Gate,
            b"qreg" => Token::Qreg,
            b"creg" => Token::Creg,
            _ => Token::Name,
        },
        5 => match word {
            b"float" | b"angle" => Token::Type,
            b"qubit" => Token::Qubit,
            b"array" => Token::Array,
            b"const" => Token::Const,
            b"input" => Token::Io,
            b"delay" => Token::Delay,
            b"while" => Token::While,
            b"break" => Token::Break,
            b"false" => Token::Bool,
            b"euler" => Token::Euler,
            b"reset" => Token::Reset,
            _ => Token::Name,
        },
        _ => long_word(word),
    }
}

fn long_word(word: &[u8]) -> Token {
    match word {
        b"complex" | b"duration" | b"stretch" => Token::Type,
        b"output" => Token::Io,
        b"extern" => Token::Extern,
        b"defcal" => Token::Defcal,
        b"defcalgrammar" => Token::DefcalGrammar,
        b"switch" => Token::Switch,
        b"continue" => Token::Continue,
        b"return" => Token::Return,
        b"gphase" => Token::Gphase,
        b"negctrl" => Token::Modifier,
        b"pragma" => Token::Pragma,
        b"durationof" => Token::DurationOf,
        b"default" => Token::Default,
        b"readonly" | b"mutable" => Token::Access,
        b"OPENQASM" => Token::OpenQasm,
        b"include" => Token::Include,
        b"opaque" => Token::Opaque,
        b"measure" => Token::Measure,
        b"barrier" => Token::Barrier,
        _ => Token::Name,
    }
}

/// The end of a run of `digits` with single underscores between them; `at` if there is none.
fn digits(bytes: &[u8], mut at: usize, digit: impl Fn(u8) -> bool) -> usize {
    while bytes.get(at).is_some_and(|&b| digit(b)) {
        at += 1;
        if bytes.get(at) == Some(&b'_') && bytes.get(at + 1).is_some_and(|&b| digit(b)) {
            at += 1;
        }
    }
    at
}

/// The number at `start` and where it ends, with its unit if there is one.
fn number(text: &str, start: usize) -> (Token, usize) {
    let bytes = text.as_bytes();
    let bad = |at: usize| {
        let mut end = at + letters(&text[at..]);
        // `1e+` is one thing that is wrong, not three.
        if matches!(bytes.get(end), Some(b'+' | b'-')) && matches!(bytes[end - 1], b'e' | b'E') {
            end += 1;
        }
        (Token::BadNumber, end)
    };
    if bytes[start] == b'0' {
        let end = match bytes.get(start + 1) {
            Some(b'b' | b'B') => Some(digits(bytes, start + 2, |b| matches!(b, b'0' | b'1'))),
            Some(b'o') => Some(digits(bytes, start + 2, |b| matches!(b, b'0'..=b'7'))),
            Some(b'x' | b'X') => Some(digits(bytes, start + 2, |b| b.is_ascii_hexdigit())),
            _ => None,
        };
        if let Some(end) = end {
            let whole = end > start + 2 && letters(&text[end..]) == 0;
            return if whole { (Token::OddInt, end) } else { bad(start) };
        }
    }
    let decimal = |b: u8| b.is_ascii_digit();
    let mut end = digits(bytes, start, decimal);
    let mut token = Token::Int;
    if bytes[start..end].contains(&b'_') {
        token = Token::OddInt;
    }
    if bytes.get(end) == Some(&b'.') {
        token = Token::Float;
        end = digits(bytes, end + 1, decimal);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let last = digits(bytes, end + 1 + sign, decimal);
        if last > end + 1 + sign {
            (token, end) = (Token::Float, last);
        }
    }
    let unit = end + bytes[end..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let length = letters(&text[unit..]);
    match &text[unit..unit + length] {
        "" => (token, end),
        "im" => (Token::Imaginary, unit + length),
        "dt" | "ns" | "us" | "ms" | "s" | "µs" | "μs" => (Token::Timing, unit + length),
        _ if unit == end => bad(end),
        _ => (token, end),
    }
}

/// What begins with a character that is no letter and no digit.
fn symbol(text: &str, start: usize) -> (Token, usize) {
    use Token::*;
    const SYMBOLS: [(&str, Token); 38] = [
        ("**=", CompoundAssign),
        ("<<=", CompoundAssign),
        (">>=", CompoundAssign),
        ("+=", CompoundAssign),
        ("-=", CompoundAssign),
        ("*=", CompoundAssign),
        ("/=", CompoundAssign),
        ("&=", CompoundAssign),
        ("|=", CompoundAssign),
        ("^=", CompoundAssign),
        ("~=", CompoundAssign),
        ("%=", CompoundAssign),
        ("==", EqualEqual),
        ("!=", BangEqual),
        ("<=", LessEqual),
        (">=", GreaterEqual),
        ("<<", LessLess),
        (">>", GreaterGreater),
        ("&&", AmpersandAmpersand),
        ("||", PipePipe),
        ("++", PlusPlus),
        ("**", StarStar),
        ("->", Arrow),
        ("=", Assign),
        ("<", Less),
        (">", Greater),
        ("&", Ampersand),
        ("|", Pipe),
        ("~", Tilde),
        ("!", Bang),
        ("%", Percent),
        ("+", Plus),
        ("-", Minus),
        ("*", Star),
        ("/", Slash),
        ("^", Caret),
        (":", Colon),
        ("@", At),
    ];
    let rest = &text[start..];
    if let Some(&(symbol, token)) = SYMBOLS.iter().find(|s| rest.starts_with(s.0)) {
        return (token, start + symbol.len());
    }
    if rest.starts_with("#pragma") {
        return (Pragma, start + 7);
    }
    if rest.starts_with("#dim") {
        return (Dim, start + 4);
    }
    if let Some(number) = rest.strip_prefix('$') {
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        return (if digits > 0 { Physical } else { Unknown }, start + 1 + digits);
    }
    let length = letters(rest);
    if length > 0 {
        let token = match &rest[..length] {
            "π" => Pi,
            "τ" => Tau,
            "ℇ" => Euler,
            _ => Name,
        };
        return (token, start + length);
    }
    let known = |c: char| {
        c.is_whitespace()
            || c.is_ascii_alphanumeric()
            || c == '\u{FEFF}'
            || (c.is_ascii_punctuation() && !matches!(c, '?' | '\\' | '`' | '.'))
    };
    let first = rest.chars().next().map_or(1, char::len_utf8);
    let more: usize = rest[first..]
        .char_indices()
        .find(|&(i, c)| known(c) || letters(&rest[first + i..]) > 0)
        .map_or(rest.len() - first, |(i, _)| i);
    (Unknown, start + first + more)
}

#[cfg(test)]
mod tests {
    use super::Token::{self, *};
    use crate::qasm::Version;
    use crate::qasm::lexer::tests::tokens_of;

    fn tokens(text: &str) -> Vec<(Token, &str)> {
        tokens_of(text, Version::V3)
    }

    #[test]
    fn numbers_units_and_what_runs_into_them() {
        for (text, token) in [
            ("1_000", OddInt),
            ("0x1_F", OddInt),
            ("0B01", OddInt),
            ("0o17", OddInt),
            ("1_0.5e-1_0", Float),
            ("1.", Float),
            ("3 \tim", Imaginary),
            (".5im", Imaginary),
            ("100ns", Timing),
            ("1e3 µs", Timing),
            ("2\tdt", Timing),
            ("3__4", BadNumber),
            ("1_", BadNumber),
            ("0b123", BadNumber),
            ("0O7", BadNumber),
            ("0x12g", BadNumber),
            ("12af", BadNumber),
            ("12é", BadNumber),
            ("1e+", BadNumber),
        ] {
            assert_eq!(tokens(text), [(token, text)]);
        }
        assert_eq!(tokens("1 nsx"), [(Int, "1"), (Name, "nsx")]);
        assert_eq!(
            tokens("0:2]s"),
            [(Int, "0"), (Colon, ":"), (Int, "2"), (RBracket, "]"), (Name, "s")]
        );
    }

    #[test]
    fn names_symbols_comments_and_lines() {
        assert_eq!(
            tokens("bits /* a\n* /**/int é$12 **=**/=//x\n#dim#pragma a\nπ πé $ ?\u{7}§é"),
            [
                (Name, "bits"),
                (Type, "int"),
                (Name, "é"),
                (Physical, "$12"),
                (CompoundAssign, "**="),
                (StarStar, "**"),
                (CompoundAssign, "/="),
                (Dim, "#dim"),
                (Pragma, "#pragma a"),
                (Pi, "π"),
                (Name, "πé"),
                (Unknown, "$"),
                (Unknown, "?\u{7}§"),
                (Name, "é"),
            ]
        );
        assert_eq!(tokens("x /* y").last(), Some(&(OpenComment, "/* y")));
        // Version 2 reads the same characters as before.
        assert_eq!(
            tokens_of("**=/*é", Version::V2),
            [(Star, "*"), (Star, "*"), (Unknown, "="), (Slash, "/"), (Star, "*"), (Unknown, "é")]
        );
    }
}
