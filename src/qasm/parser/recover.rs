//! What is said about a token that does not fit, and where to go on after a fault.

use super::{Halt, Parse, Parser};
use crate::qasm::encoding::ODD;
use crate::qasm::lexer::{Token, clip};

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// Reports that the token under the cursor is not what is `wanted`.
    #[cold]
    pub(super) fn unexpected(&mut self, wanted: &str) -> Halt {
        let span = self.here();
        let text = self.token_text();
        let shown = clip(text, 40);
        match self.token {
            Token::BadNumber => {
                let (message, help) = bad_number(text, self.v3());
                self.error(span, format!("`{shown}` is not a number: {message}")).help(help);
            }
            Token::OpenStr => {
                self.error(span, "this string is not closed on its line").label("opened here");
            }
            Token::OpenComment => {
                let span = crate::qasm::ast::Span { end: span.start + 2, ..span };
                self.error(span, "this comment is not closed; expected `*/` before the end")
                    .label("opened here");
            }
            Token::Unknown if text.contains(ODD) && self.odd_byte() => {
                self.error(
                    span,
                    format!("a byte that is not UTF-8 stands here; expected {wanted}"),
                )
                .label("not a token")
                .help("save the file as UTF-8");
            }
            Token::Unknown => {
                let message = format!("`{shown}` is not part of the language; expected {wanted}");
                self.error(span, message).label("not a token");
            }
            token => {
                let found = token.describe(text);
                // Something missing is shown where it belongs, not at what came instead.
                let missing = wanted.starts_with('`') && !wanted.contains(" or ");
                let at = if missing || token == Token::End { self.gap() } else { span };
                self.error(at, format!("expected {wanted}, found {found}"))
                    .label(format!("expected {wanted}"));
            }
        }
        Halt
    }

    /// Whether some byte of this file is not UTF-8.
    fn odd_byte(&self) -> bool {
        self.session.sources.odd_byte(self.file).is_some()
    }

    /// Whether the token under the cursor is the first of its line.
    pub(super) fn on_new_line(&self) -> bool {
        let between = &self.text.as_bytes()[self.last_end as usize..self.start as usize];
        between.iter().any(|b| matches!(b, b'\n' | b'\r'))
    }

    /// Ends a statement. When only the `;` is missing and the next line goes on with a statement,
    /// nothing is skipped.
    #[inline]
    pub(super) fn semicolon(&mut self) -> Parse<()> {
        if self.eat(Token::Semicolon) {
            return Ok(());
        }
        let halt = self.unexpected("`;`");
        if self.token.begins_statement() && self.on_new_line() {
            return Ok(());
        }
        Err(halt)
    }

    /// After a fault: to behind the next `;` or `}`, or to a line that begins with a keyword.
    /// In a body the `}` is left to end it. At least one token is consumed unless one of these
    /// is under the cursor already.
    #[cold]
    pub(super) fn recover(&mut self, in_body: bool) {
        let mut braces = std::mem::take(&mut self.session.open_braces);
        loop {
            match self.token {
                Token::End => return,
                Token::Semicolon => return self.advance(),
                // Of a list in braces, not of a block.
                Token::LBrace if braces > 0 => self.skip_braces(),
                Token::RBrace if braces > 0 => {
                    braces -= 1;
                    self.advance();
                }
                Token::RBrace => {
                    if !in_body {
                        self.advance();
                    }
                    return;
                }
                Token::LBrace if !in_body || self.v3() => return self.skip_braces(),
                t if t.begins_statement() && t != Token::Name && self.on_new_line() => return,
                _ => self.advance(),
            }
        }
    }

    /// From an opening brace to behind the one that closes it.
    pub(super) fn skip_braces(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.token {
                Token::LBrace => depth += 1,
                Token::RBrace => depth -= 1,
                Token::End => return,
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }
}

/// What is wrong with a number and what would be right.
fn bad_number(text: &str, v3: bool) -> (&'static str, &'static str) {
    if text.ends_with(['e', 'E', '+', '-']) && !text.starts_with("0x") {
        return ("the exponent has no digits", "write e.g. `1.5e-3`");
    }
    if v3 && (text.contains("__") || text.ends_with('_')) {
        return ("an underscore stands between two digits", "write e.g. `1_000`");
    }
    match text.get(..2) {
        Some("0b" | "0B") if v3 => ("a digit is not 0 or 1", "write e.g. `0b0110`"),
        Some("0o") if v3 => ("a digit is not 0 to 7", "write e.g. `0o17`"),
        Some("0O") if v3 => ("the `o` of an octal integer is small", "write e.g. `0o17`"),
        Some("0x" | "0X") if v3 => ("a digit is not 0 to 9 or a to f", "write e.g. `0x1F`"),
        _ => ("a letter follows the number at once", "a name begins with a letter"),
    }
}
