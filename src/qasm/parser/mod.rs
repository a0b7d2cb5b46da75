//! Tokens to syntax tree.
//!
//! A fault is reported where it is met; then the parser skips to the end of the statement and
//! goes on, so one run finds several. Nothing here recurses on the input except includes and
//! blocks, whose depths are limited.

mod calls3;
mod control3;
mod declare3;
mod detect;
mod expr;
mod group;
mod header;
mod leaf;
mod operand3;
mod operators;
mod recover;
mod stmt2;
mod stmt3;
mod types3;

use super::ast::{Ast, Expr, Ident, Span, Stmt};
use super::diagnostic::{Fault, Faults};
use super::lexer::{Lexer, Token};
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
    /// Blocks that are open.
    blocks: usize,
    /// Statements of the blocks that are open, outermost first; a block's move to the tree when it
    /// closes, so that each is a contiguous list.
    pending: Vec<Stmt>,
    /// Likewise the expressions of lists that are open.
    pending_exprs: Vec<Expr>,
    /// Lists in braces that a fault has left open.
    open_braces: usize,
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
            blocks: 0,
            pending: vec![],
            pending_exprs: vec![],
            open_braces: 0,
        }
    }

    /// Whether to give up.
    pub fn done(&self) -> bool {
        self.stop || self.faults.is_full()
    }

    /// Parses one file to its end.
    pub fn parse_file(&mut self, file: u32) {
        let text = self.sources.text(file);
        if self.open.is_empty() {
            self.version = self.options.version.unwrap_or_else(|| detect::version(&text));
        }
        self.open.push(file);
        match self.version {
            Version::V2 => self.parse_text::<false>(file, &text),
            Version::V3 => self.parse_text::<true>(file, &text),
        }
        self.open.pop();
    }

    /// Parses a text that is one expression of OpenQASM 3 and nothing else; `None` if it is not,
    /// which is reported.
    pub fn parse_expression(&mut self, file: u32) -> Option<Expr> {
        self.version = Version::V3;
        let text = self.sources.text(file);
        let mut parser = self.parser::<true>(file, &text);
        let expr = parser.expr().ok()?;
        if parser.token != Token::End {
            let _ = parser.unexpected("the end of the expression");
            return None;
        }
        Some(expr)
    }

    fn parse_text<const V3: bool>(&mut self, file: u32, text: &str) {
        self.parser::<V3>(file, text).program();
    }

    /// A parser with its cursor on the first token.
    fn parser<'p, 't, const V3: bool>(
        &'p mut self,
        file: u32,
        text: &'t str,
    ) -> Parser<'p, 'o, 't, V3> {
        let version = self.version;
        let mut parser = Parser::<V3> {
            session: self,
            text,
            file,
            lexer: Lexer::new(text, version),
            token: Token::End,
            start: 0,
            end: 0,
            last_end: 0,
        };
        parser.advance();
        parser
    }
}

/// A fault was reported; the statement cannot go on.
struct Halt;

type Parse<T> = Result<T, Halt>;

/// The parser of one file. The version is a constant, so that what one version needs costs the
/// other nothing.
struct Parser<'p, 'o, 't, const V3: bool> {
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

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    #[inline]
    fn advance(&mut self) {
        self.last_end = self.end;
        (self.token, self.start, self.end) =
            if V3 { self.lexer.next_token_3() } else { self.lexer.next_token_2() };
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

    /// Whether the program is in OpenQASM 3.
    #[inline]
    fn v3(&self) -> bool {
        V3
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
        if self.strict() && !lowercase && !self.v3() {
            self.strict_error(ident.span, "a name begins with a lowercase letter");
        }
        Ok(ident)
    }

    fn program(&mut self) {
        if self.at(Token::OpenQasm) {
            if self.version().is_err() {
                self.recover(false);
            }
        } else if self.strict() && self.file == 0 {
            let span = self.here();
            let version = if self.v3() { "3.0" } else { "2.0" };
            self.strict_error(span, &format!("a program begins with `OPENQASM {version};`"));
        }
        while !self.session.done() && !self.at(Token::End) {
            let before = (self.start, self.end);
            let result = if self.v3() { self.statement_3() } else { self.statement() };
            match result {
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
