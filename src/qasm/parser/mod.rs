//! Tokens to syntax tree.
//!
//! A fault is reported where it is met; then the parser skips to the end of the statement and
//! goes on, so one run finds several. Nothing here recurses on the input except includes, whose
//! depth is limited.

mod expr;
mod stmt;

use super::ast::{Ast, Ident, Span, Stmt};
use super::diagnostic::{Fault, Faults};
use super::lexer::{Lexer, Token, clip};
use super::source::Sources;
use super::{Options, Version};

/// What the parser of every file writes to.
pub struct Session<'o> {
    /// The texts.
    pub sources: Sources,
    /// The tree.
    pub ast: Ast,
    /// What is wrong.
    pub faults: Faults,
    /// What is allowed.
    pub options: &'o Options,
    /// The version of the program's language.
    pub version: Version,
    /// The largest number of a physical qubit that is named, e.g. 5 for `$5`.
    pub physical: Option<u32>,
    /// The files that are being read, outermost first.
    open: Vec<u32>,
    /// Set when going on would only produce consequences.
    stop: bool,
    expr: expr::Scratch,
}

impl<'o> Session<'o> {
    /// A session over the program in `sources`.
    pub fn new(sources: Sources, options: &'o Options) -> Self {
        Session {
            sources,
            ast: Ast::default(),
            faults: Faults::new(options.limits.errors),
            options,
            version: options.version.unwrap_or(Version::V2),
            physical: None,
            open: vec![],
            stop: false,
            expr: expr::Scratch::default(),
        }
    }

    /// Whether to give up.
    pub fn done(&self) -> bool {
        self.stop || self.faults.is_full()
    }

    /// Parses one file to its end.
    pub fn parse_file(&mut self, file: u32) {
        let text = self.sources.text(file);
        self.open.push(file);
        let mut parser = Parser {
            session: self,
            text: &text,
            file,
            lexer: Lexer::new(&text),
            token: Token::End,
            start: 0,
            end: 0,
            last_end: 0,
        };
        parser.advance();
        parser.program();
        self.open.pop();
    }
}

/// A fault was reported; the statement cannot go on.
struct Halt;

type Parse<T> = Result<T, Halt>;

/// The parser of one file.
struct Parser<'p, 'o, 't> {
    session: &'p mut Session<'o>,
    text: &'t str,
    file: u32,
    lexer: Lexer<'t>,
    /// The token under the cursor and its range.
    token: Token,
    start: u32,
    end: u32,
    /// Where the token before it ended.
    last_end: u32,
}

impl Parser<'_, '_, '_> {
    #[inline]
    fn advance(&mut self) {
        self.last_end = self.end;
        (self.token, self.start, self.end) = self.lexer.next_token();
    }

    #[inline]
    fn at(&self, token: Token) -> bool {
        self.token == token
    }

    #[inline]
    fn eat(&mut self, token: Token) -> bool {
        let found = self.token == token;
        if found {
            self.advance();
        }
        found
    }

    /// The text under the cursor.
    fn token_text(&self) -> &str {
        &self.text[self.start as usize..self.end as usize]
    }

    fn here(&self) -> Span {
        Span { file: self.file, start: self.start, end: self.end }
    }

    /// Everything from byte `start` to the end of the last token.
    fn since(&self, start: u32) -> Span {
        Span { file: self.file, start, end: self.last_end.max(start) }
    }

    /// Right behind the last token: where something is missing.
    fn gap(&self) -> Span {
        Span { file: self.file, start: self.last_end, end: self.last_end }
    }

    fn strict(&self) -> bool {
        self.session.options.strict
    }

    #[cold]
    fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Fault {
        self.session.faults.error(span, message)
    }

    /// A fault of the specification that relaxed mode lets pass.
    #[cold]
    fn strict_error(&mut self, span: Span, message: &str) {
        self.error(span, format!("{message} (strict mode)"))
            .help("without strict mode this is accepted");
    }

    /// Reports that the token under the cursor is not what is `wanted`.
    #[cold]
    fn unexpected(&mut self, wanted: &str) -> Halt {
        let span = self.here();
        let text = self.token_text();
        let shown = clip(text, 40);
        match self.token {
            Token::BadNumber => {
                let (message, help) = if text.ends_with(['e', 'E', '+', '-']) {
                    ("the exponent has no digits", "write e.g. `1.5e-3`")
                } else {
                    ("a letter follows the number at once", "a name begins with a letter")
                };
                self.error(span, format!("`{shown}` is not a number: {message}")).help(help);
            }
            Token::OpenStr => {
                self.error(span, "this string is not closed on its line").label("opened here");
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

    fn expect(&mut self, token: Token, wanted: &str) -> Parse<()> {
        if self.eat(token) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    fn ident(&mut self, wanted: &str) -> Parse<Ident> {
        if self.token != Token::Name {
            return Err(self.not_a_name(wanted));
        }
        let text = &self.text[self.start as usize..self.end as usize];
        let ident = Ident { name: self.session.ast.names.intern(text), span: self.here() };
        self.advance();
        Ok(ident)
    }

    #[cold]
    fn not_a_name(&mut self, wanted: &str) -> Halt {
        if self.token.is_keyword() {
            let (span, word) = (self.here(), self.token_text().to_owned());
            self.error(span, format!("expected {wanted}, found `{word}`"))
                .help(format!("`{word}` is a word of the language and cannot be a name"));
            return Halt;
        }
        self.unexpected(wanted)
    }

    /// A name that is being declared.
    fn new_name(&mut self, wanted: &str) -> Parse<Ident> {
        let lowercase = self.token_text().starts_with(|c: char| c.is_ascii_lowercase());
        let ident = self.ident(wanted)?;
        if self.strict() && !lowercase {
            self.strict_error(ident.span, "a name begins with a lowercase letter");
        }
        Ok(ident)
    }

    /// Whether the token under the cursor is the first of its line.
    fn on_new_line(&self) -> bool {
        self.text.as_bytes()[self.last_end as usize..self.start as usize].contains(&b'\n')
    }

    /// Ends a statement. When only the `;` is missing and the next line goes on with a statement,
    /// nothing is skipped.
    #[inline]
    fn semicolon(&mut self) -> Parse<()> {
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
    fn recover(&mut self, in_body: bool) {
        loop {
            match self.token {
                Token::End => return,
                Token::Semicolon => return self.advance(),
                Token::RBrace => {
                    if !in_body {
                        self.advance();
                    }
                    return;
                }
                Token::LBrace if !in_body => return self.skip_braces(),
                t if t.begins_statement() && t != Token::Name && self.on_new_line() => return,
                _ => self.advance(),
            }
        }
    }

    /// From an opening brace to behind the one that closes it.
    fn skip_braces(&mut self) {
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

    fn program(&mut self) {
        if self.at(Token::OpenQasm) {
            if self.version().is_err() {
                self.recover(false);
            }
        } else if self.strict() && self.file == 0 {
            let span = self.here();
            self.strict_error(span, "a program begins with `OPENQASM 2.0;`");
        }
        while !self.session.done() && !self.at(Token::End) {
            let before = (self.start, self.end);
            match self.statement() {
                Ok(Some(kind)) => {
                    let span = self.since(before.0);
                    self.session.ast.program.push(Stmt { kind, span });
                }
                Ok(None) => {}
                Err(Halt) => {
                    self.recover(false);
                    if (self.start, self.end) == before && !self.at(Token::End) {
                        self.advance();
                    }
                }
            }
        }
    }
}
