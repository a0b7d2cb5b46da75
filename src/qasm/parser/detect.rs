//! Which version of the language a program is in.

use crate::qasm::Version;
use crate::qasm::lexer::{Lexer, Token};

/// The version that the first line states, or else what the first token that only one version has
/// tells; OpenQASM 2 if nothing tells.
pub(super) fn version(text: &str) -> Version {
    let mut lexer = Lexer::new(text, Version::V3);
    let mut before = Token::Semicolon;
    let mut parentheses = 0usize;
    let mut first = true;
    // How much of `if (name` was met: OpenQASM 2 goes on with `==` alone. And whether a
    // measurement has not had its arrow.
    let (mut condition, mut measures) = (0, false);
    loop {
        let (token, start, end) = lexer.next_token();
        let shown = &text[start as usize..end as usize];
        if lexer.block_comments && !(first && token == Token::OpenQasm) {
            return Version::V3;
        }
        if condition == 3 && matches!(token, Token::RParen | Token::LBracket) {
            return Version::V3;
        }
        condition = match (condition, token) {
            (_, Token::If) => 1,
            (1, Token::LParen) | (2, Token::Name) => condition + 1,
            _ => 0,
        };
        let measures_before = measures;
        measures = token == Token::Measure
            || measures && !matches!(token, Token::Arrow | Token::Semicolon | Token::End);
        match (before, token) {
            (Token::OpenQasm, _) => {
                return if shown.starts_with('3') { Version::V3 } else { Version::V2 };
            }
            (_, Token::OpenQasm) if first => {}
            (_, Token::End) | (_, Token::Opaque) => return Version::V2,
            (Token::Include, Token::Str | Token::SingleQuoted) => {
                match shown.trim_matches(['"', '\'']) {
                    "stdgates.inc" => return Version::V3,
                    "qelib1.inc" => return Version::V2,
                    _ => {}
                }
            }
            (_, Token::Semicolon) if measures_before => return Version::V3,
            // OpenQASM 2 has ASCII only; letters and what only OpenQASM 3 writes.
            (_, Token::Name | Token::Pi | Token::Tau | Token::Euler) if !shown.is_ascii() => {
                return Version::V3;
            }
            (_, token) if symbol_of_3(token) => return Version::V3,
            // A block that is no gate's; another branch.
            (Token::RParen, Token::LBrace) | (_, Token::Else) => return Version::V3,
            // Qiskit's `delay(100) q[0];` is OpenQASM 2.
            (Token::Delay, Token::LBracket) => return Version::V3,
            (Token::Semicolon | Token::LBrace | Token::RBrace, Token::Delay) => {}
            // A word of OpenQASM 3 that the program uses as a name.
            (Token::Gate | Token::Qreg | Token::Creg, token) if only_3(token) => {
                return Version::V2;
            }
            (Token::Semicolon | Token::LBrace | Token::RBrace, token) if only_3(token) => {
                return Version::V3;
            }
            (_, Token::Physical | Token::Pragma | Token::OpenComment) => return Version::V3,
            (Token::Semicolon | Token::LBrace | Token::RBrace, Token::At) => return Version::V3,
            (Token::Name | Token::RBracket, Token::Assign | Token::CompoundAssign)
                if parentheses == 0 =>
            {
                return Version::V3;
            }
            (_, Token::LParen) => parentheses += 1,
            (_, Token::RParen) => parentheses = parentheses.saturating_sub(1),
            (_, Token::Semicolon) => parentheses = 0,
            _ => {}
        }
        first = false;
        before = token;
    }
}

/// Whether the token is a number or an operator that OpenQASM 2 has nowhere.
fn symbol_of_3(token: Token) -> bool {
    use Token::*;
    matches!(
        token,
        OddInt
            | Imaginary
            | Timing
            | Dim
            | PlusPlus
            | StarStar
            | Percent
            | BangEqual
            | Less
            | LessEqual
            | Greater
            | GreaterEqual
            | LessLess
            | GreaterGreater
            | Ampersand
            | AmpersandAmpersand
            | Pipe
            | PipePipe
            | Tilde
            | Bang
    )
}

/// Whether a statement can begin with the token in OpenQASM 3 only.
fn only_3(token: Token) -> bool {
    token >= Token::Type && token.begins_statement()
}
