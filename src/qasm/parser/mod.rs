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
    /// Constants of OpenQASM 3 whose names the program declares anew: from there on they are names
    /// like others, which mean the constant where nothing covers it.
    covered: Vec<String>,
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
            covered: vec![],
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
        self.odd_byte(file);
        self.line_ends(file, &text);
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

    /// Warns of bytes that are not UTF-8, which are passed over in comments; elsewhere they are no
    /// token.
    fn odd_byte(&mut self, file: u32) {
        let Some((at, byte)) = self.sources.odd_byte(file) else { return };
        let span = Span { file, start: at, end: at + 1 };
        let message = format!("byte 0x{byte:02X} is not UTF-8");
        let help = "in comments such bytes are passed over; save the file as UTF-8";
        match self.options.strict {
            true => self.faults.error(span, message + " (strict mode)").help(help),
            false => self.faults.warning(span, message).help(help),
        };
    }

    /// Warns of what editors show as the end of a line and the language does not, where it stands
    /// in a comment with something behind it: that is part of the comment.
    fn line_ends(&mut self, file: u32, text: &str) {
        const OTHERS: [char; 5] = ['\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'];
        // None of them in almost every file: one search for bytes that are rare.
        if !text.bytes().any(|b| matches!(b, 0xB | 0xC | 0x85 | 0xA8 | 0xA9)) {
            return;
        }
        let mut start = 0;
        for line in text.split(['\n', '\r']) {
            if let Some(comment) = line.find("//")
                && let Some(end) = line[comment..].find(OTHERS)
                && line[comment + end..].contains(|c: char| !c.is_whitespace())
            {
                let at = (start + comment + end) as u32;
                let code = line[comment + end..].chars().next().map_or(0, u32::from);
                let message = format!("U+{code:04X} does not end a line; the comment goes on");
                let span = Span { file, start: at, end: at + 1 };
                self.faults
                    .warning(span, message)
                    .help("lines end at a line feed or a carriage return");
            }
            start += line.len() + 1;
        }
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
        if V3 && !self.session.covered.is_empty() && self.constant() && self.is_covered() {
            self.token = Token::Name;
        }
    }

    /// Whether the token under the cursor is the name of a constant that OpenQASM 3 predefines.
    fn constant(&self) -> bool {
        matches!(self.token, Token::Pi | Token::Tau | Token::Euler)
    }

    fn is_covered(&self) -> bool {
        self.session.covered.iter().any(|name| name == self.token_text())
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
        // The language only predefines its constants: a scope inside may use their names.
        if V3 && self.constant() {
            let name = self.token_text().to_owned();
            self.session.covered.push(name);
            self.token = Token::Name;
        }
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
        } else if self.strict() && self.file == 0 && !self.v3() {
            // The grammar of OpenQASM 3 does without.
            let span = self.here();
            self.strict_error(span, "a program begins with `OPENQASM 2.0;`");
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
