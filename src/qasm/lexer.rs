//! Text to tokens.
//!
//! A line ends at `\n`, at `\r\n` and at a lone `\r`, as the grammar of OpenQASM 3 says; what else
//! editors show as the end of a line (form feeds, U+2028, …) ends no comment. One lexer serves every version of the language. It decides nothing: a malformed number or an
//! open string is a token of its own, and the parser, which knows what it was reading, says what
//! is wrong. The automaton is that of OpenQASM 2; for OpenQASM 3 its tokens pass through
//! `version3`, so that neither version changes what the other one reads.

mod version3;

use super::Version;
use logos::Logos;

/// A token. Its text is the span in the source.
#[derive(Logos, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[logos(skip r"[ \t\r\n\x0C\u{FEFF}]+")]
#[logos(skip(r"//[^\r\n]*", allow_greedy = true))]
#[allow(missing_docs)] // each is named after its text
pub enum Token {
    #[token("OPENQASM")]
    OpenQasm,
    #[token("include")]
    Include,
    #[token("qreg")]
    Qreg,
    #[token("creg")]
    Creg,
    #[token("gate")]
    Gate,
    #[token("opaque")]
    Opaque,
    #[token("if")]
    If,
    #[token("measure")]
    Measure,
    #[token("reset")]
    Reset,
    #[token("barrier")]
    Barrier,
    #[token("pi")]
    Pi,
    #[token("sin")]
    #[token("cos")]
    #[token("tan")]
    #[token("exp")]
    #[token("ln")]
    #[token("sqrt")]
    Function,

    #[regex("[A-Za-z_][A-Za-z0-9_]*")]
    Name,
    #[regex("[0-9]+")]
    Int,
    #[regex(r"([0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")]
    #[regex(r"[0-9]+[eE][+-]?[0-9]+")]
    Float,
    /// A number that runs into a letter or whose exponent has no digits.
    #[regex(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[A-Za-z_][A-Za-z0-9_]*", priority = 1)]
    #[regex(r"([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]", priority = 1)]
    BadNumber,
    #[regex("\"[^\"\r\n]*\"")]
    Str,
    #[regex("'[^'\r\n]*'")]
    SingleQuoted,
    /// A string whose closing quote is missing from its line.
    #[regex("\"[^\"\r\n]*", priority = 1)]
    #[regex("'[^'\r\n]*", priority = 1)]
    OpenStr,

    #[token(";")]
    Semicolon,
    #[token(",")]
    Comma,
    #[token("(")]
    LParen,
    #[token(")")]
    RParen,
    #[token("[")]
    LBracket,
    #[token("]")]
    RBracket,
    #[token("{")]
    LBrace,
    #[token("}")]
    RBrace,
    #[token("->")]
    Arrow,
    #[token("==")]
    EqualEqual,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("^")]
    Caret,

    /// A character that begins no token.
    Unknown,
    /// The end of the file.
    End,

    // What follows occurs in OpenQASM 3 only. First the words that begin a statement, in the order
    // that `is_keyword` and `begins_statement` rely on.
    /// A scalar type, by its text.
    Type,
    Array,
    Qubit,
    Const,
    /// `input` or `output`.
    Io,
    Let,
    Def,
    Extern,
    Cal,
    Defcal,
    DefcalGrammar,
    Box,
    Delay,
    Nop,
    For,
    While,
    Switch,
    Break,
    Continue,
    EndWord,
    Return,
    Gphase,
    /// `inv`, `ctrl` or `negctrl`.
    Modifier,
    Pow,
    /// `pragma` or `#pragma` with the rest of its line.
    Pragma,
    /// The last that begins a statement.
    DurationOf,
    Else,
    Case,
    Default,
    In,
    /// `readonly` or `mutable`.
    Access,
    /// `im` without its number.
    Im,
    /// `true` or `false`. The last word.
    Bool,

    Tau,
    Euler,
    /// An integer with a base or underscores.
    OddInt,
    /// `2.5im`
    Imaginary,
    /// `100ns`
    Timing,
    /// `$0`
    Physical,
    /// `#dim`
    Dim,
    At,
    Colon,
    Assign,
    /// `+=` and the like, by its text.
    CompoundAssign,
    PlusPlus,
    StarStar,
    Percent,
    BangEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    LessLess,
    GreaterGreater,
    Ampersand,
    AmpersandAmpersand,
    Pipe,
    PipePipe,
    Tilde,
    Bang,
    /// A comment that is not closed.
    OpenComment,
}

impl Token {
    /// How a message names the token when its text does not.
    pub fn describe(self, text: &str) -> String {
        match self {
            Token::End => "the end of the file".into(),
            Token::OpenStr => "a string without its closing quote".into(),
            Token::Pragma => "a pragma".into(),
            _ => format!("`{}`", clip(text, 40)),
        }
    }

    /// Whether the token is a word that the language keeps for itself.
    pub fn is_keyword(self) -> bool {
        let number = self as u8;
        number < Token::Name as u8
            || (Token::Type as u8..=Token::Bool as u8).contains(&number) && self != Token::Pragma
    }

    /// Whether a statement of any kind can begin with the token.
    pub fn begins_statement(self) -> bool {
        let number = self as u8;
        number < Token::Pi as u8
            || self == Token::Name
            || (Token::Type as u8..=Token::DurationOf as u8).contains(&number)
    }
}

/// The first `max` characters of `text`, with `…` where something is cut and no control characters.
pub fn clip(text: &str, max: usize) -> String {
    let mut chars = text.chars();
    let mut out: String =
        chars.by_ref().take(max).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// The tokens of one text with one token of look-ahead.
pub struct Lexer<'a> {
    inner: logos::Lexer<'a, Token>,
    version: Version,
    /// Whether a comment of OpenQASM 3 was passed over.
    pub block_comments: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `text`.
    pub fn new(text: &'a str, version: Version) -> Self {
        Lexer { inner: Token::lexer(text), version, block_comments: false }
    }

    /// Goes on at a byte of the text.
    pub fn jump(&mut self, to: usize) {
        // The automaton itself keeps no state between tokens.
        self.inner = Token::lexer(self.inner.source());
        self.inner.bump(to);
    }

    /// The next token with its byte range. A run of unknown characters is one token.
    pub fn next_token(&mut self) -> (Token, u32, u32) {
        match self.version {
            Version::V2 => self.next_token_2(),
            Version::V3 => self.next_token_3(),
        }
    }

    /// The next token of OpenQASM 2.
    #[inline]
    pub(super) fn next_token_2(&mut self) -> (Token, u32, u32) {
        match self.inner.next() {
            Some(Ok(token)) => {
                let span = self.inner.span();
                (token, span.start as u32, span.end as u32)
            }
            Some(Err(())) => self.unknown(),
            None => {
                let end = self.inner.source().len() as u32;
                (Token::End, end, end)
            }
        }
    }

    #[cold]
    fn unknown(&mut self) -> (Token, u32, u32) {
        let span = self.inner.span();
        let (start, mut end) = (span.start, span.end);
        loop {
            let mut ahead = self.inner.clone();
            match ahead.next() {
                Some(Err(())) if ahead.span().start == end => {
                    end = ahead.span().end;
                    self.inner = ahead;
                }
                _ => return (Token::Unknown, start as u32, end as u32),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(Token, &str)> {
        tokens_of(text, Version::V2)
    }

    pub(super) fn tokens_of(text: &str, version: Version) -> Vec<(Token, &str)> {
        let mut lexer = Lexer::new(text, version);
        let mut out = vec![];
        loop {
            let (t, a, b) = lexer.next_token();
            if t == Token::End {
                return out;
            }
            out.push((t, &text[a as usize..b as usize]));
        }
    }

    #[test]
    fn numbers_good_and_bad() {
        use Token::*;
        let good = [("0", Int), ("00.25", Float), (".5", Float), ("1.", Float), ("25e-2", Float)];
        for (text, token) in good {
            assert_eq!(tokens(text), [(token, text)]);
        }
        for text in ["12.34e", "12.34e-", "2a", "0.2e1a", "1e", "3e+"] {
            assert_eq!(tokens(text), [(BadNumber, text)], "{text}");
        }
        assert_eq!(tokens("1e5-2"), [(Float, "1e5"), (Minus, "-"), (Int, "2")]);
    }

    #[test]
    fn names_keywords_strings_comments() {
        use Token::*;
        assert_eq!(
            tokens("qreg q // a comment\n gates if0 pi sinh sin \"a b\" 'c' \"open"),
            [
                (Qreg, "qreg"),
                (Name, "q"),
                (Name, "gates"),
                (Name, "if0"),
                (Pi, "pi"),
                (Name, "sinh"),
                (Function, "sin"),
                (Str, "\"a b\""),
                (SingleQuoted, "'c'"),
                (OpenStr, "\"open"),
            ]
        );
        assert_eq!(tokens("h ÿ§ ÿ;").len(), 4);
    }
}
