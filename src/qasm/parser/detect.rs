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
    loop {
        let (token, start, end) = lexer.next_token();
        let shown = &text[start as usize..end as usize];
        if lexer.block_comments && !(first && token == Token::OpenQasm) {
            return Version::V3;
        }
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

/// Whether a statement can begin with the token in OpenQASM 3 only.
fn only_3(token: Token) -> bool {
    token >= Token::Type && token.begins_statement()
}
