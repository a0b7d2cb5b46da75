//! Statements of OpenQASM 2.

use super::{Halt, Parse, Parser};
use crate::math::closest;
use crate::qasm::ast::{Expr, ExprKind, GateDef, Ident, Index, List, Operand, Stmt, StmtKind};
use crate::qasm::lexer::Token;

/// What a statement that cannot be read as a gate may have been meant to begin with.
const KEYWORDS: [&str; 10] =
    ["OPENQASM", "include", "qreg", "creg", "gate", "opaque", "if", "measure", "reset", "barrier"];

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// One statement outside of any body; `None` where there is nothing to keep.
    pub(super) fn statement(&mut self) -> Parse<Option<StmtKind>> {
        match self.token {
            Token::Name => self.call().map(Some),
            Token::Measure => self.measure().map(Some),
            Token::Reset => self.reset().map(Some),
            Token::Barrier => self.barrier().map(Some),
            Token::If => self.conditional().map(Some),
            Token::Qreg | Token::Creg => self.register().map(Some),
            Token::Gate | Token::Opaque => self.definition().map(Some),
            Token::Include => self.include(),
            Token::Semicolon => {
                if self.strict() {
                    let span = self.here();
                    self.strict_error(span, "this statement is empty");
                }
                self.advance();
                Ok(None)
            }
            Token::OpenQasm => {
                let span = self.here();
                self.advance();
                self.error(span, "the version is stated once, before everything else");
                Err(Halt)
            }
            _ => Err(self.unexpected("a statement")),
        }
    }

    fn register(&mut self) -> Parse<StmtKind> {
        let quantum = self.at(Token::Qreg);
        self.advance();
        let name = self.new_name("the name of a register")?;
        let size = self.size().map_err(|_| self.broken(name))?;
        // Without its `;` the register is still known.
        let exprs = &mut self.session.ast.exprs;
        exprs.push(size);
        let size = Some(exprs.len() as u32 - 1);
        if self.semicolon().is_err() {
            self.recover(false);
        }
        Ok(if quantum { StmtKind::Qubits { name, size } } else { StmtKind::Bits { name, size } })
    }

    fn size(&mut self) -> Parse<Expr> {
        self.expect(Token::LBracket, "`[`")?;
        let size = self.integer("the size, an integer")?;
        self.expect(Token::RBracket, "`]`")?;
        Ok(size)
    }

    /// A literal integer.
    #[inline]
    pub(super) fn integer(&mut self, wanted: &str) -> Parse<Expr> {
        if !self.at(Token::Int) {
            return Err(self.unexpected(wanted));
        }
        let span = self.here();
        let leaf = self.int_leaf();
        self.advance();
        Ok(Expr { kind: ExprKind::Leaf(leaf), span })
    }

    /// `gate name(params) qubits { body }` or `opaque name(params) qubits;`
    fn definition(&mut self) -> Parse<StmtKind> {
        let opaque = self.at(Token::Opaque);
        self.advance();
        let name = self.new_name("the name of the gate")?;
        let (params, qubits) = match self.signature(opaque) {
            Ok(lists) => lists,
            Err(halt) => {
                self.broken(name);
                self.skip_body();
                return Err(halt);
            }
        };
        let body = if opaque {
            if self.semicolon().is_err() {
                self.recover(false);
            }
            None
        } else {
            if !self.eat(Token::LBrace) {
                let halt = self.unexpected("`{`");
                self.broken(name);
                self.skip_body();
                return Err(halt);
            }
            Some(self.body()?)
        };
        let gates = &mut self.session.ast.gates;
        gates.push(GateDef { name, params, qubits, body });
        Ok(StmtKind::Gate(gates.len() as u32 - 1))
    }

    /// After a broken head: if a body follows before the next `;`, to its last token.
    pub(super) fn skip_body(&mut self) {
        while !matches!(self.token, Token::LBrace | Token::Semicolon | Token::RBrace | Token::End) {
            if self.token.begins_statement() && self.token != Token::Name && self.on_new_line() {
                return;
            }
            self.advance();
        }
        if self.at(Token::LBrace) {
            while !matches!(self.token, Token::RBrace | Token::End) {
                self.advance();
            }
        }
    }

    pub(super) fn signature(&mut self, opaque: bool) -> Parse<(List<Ident>, List<Ident>)> {
        let start = self.session.ast.idents.len();
        if self.eat(Token::LParen) {
            self.new_names("a parameter", Token::RParen)?;
            self.expect(Token::RParen, if opaque { "`,` or `)`" } else { "`)`" })?;
        }
        let params = List::since(&self.session.ast.idents, start);
        let start = self.session.ast.idents.len();
        let first = self.here();
        self.new_names("a qubit", if opaque { Token::Semicolon } else { Token::LBrace })?;
        let qubits = List::since(&self.session.ast.idents, start);
        if qubits.is_empty() {
            self.error(first, "a gate acts on at least one qubit; expected the name of a qubit");
            return Err(Halt);
        }
        Ok((params, qubits))
    }

    /// `a, b, c`, possibly empty, up to `end`.
    pub(super) fn new_names(&mut self, wanted: &str, end: Token) -> Parse<()> {
        while !self.at(end) {
            let name = self.new_name(wanted)?;
            self.session.ast.idents.push(name);
            if !self.comma(end) {
                break;
            }
        }
        Ok(())
    }

    /// Whether a list goes on. A comma before the `end` is one too many for the specification.
    #[inline]
    pub(super) fn comma(&mut self, end: Token) -> bool {
        let span = self.here();
        let more = self.eat(Token::Comma);
        if more && self.token == end && self.strict() && !self.v3() {
            self.strict_error(span, "this comma has nothing behind it");
        }
        more
    }

    fn body(&mut self) -> Parse<List<Stmt>> {
        let start = self.session.ast.bodies.len();
        let open = self.gap();
        loop {
            let first = self.start;
            let stmt = match self.token {
                Token::RBrace => break self.advance(),
                Token::End => {
                    self.error(open, "this body is not closed; expected `}` before the end")
                        .label("opened before here");
                    return Err(Halt);
                }
                _ if self.session.done() => return Err(Halt),
                Token::Name => self.call(),
                Token::Barrier => self.barrier(),
                Token::Semicolon => {
                    if self.strict() {
                        let span = self.here();
                        self.strict_error(span, "this statement is empty");
                    }
                    self.advance();
                    continue;
                }
                // Most likely the `}` is missing.
                Token::Gate | Token::Opaque | Token::Qreg | Token::Creg | Token::Include => {
                    let (span, text) = (self.here(), self.token_text().to_owned());
                    self.error(
                        span,
                        format!("a gate body holds gates and barriers only, found `{text}`"),
                    )
                    .help("is a `}` missing before it?");
                    break;
                }
                token if token.is_keyword() => {
                    let (span, text) = (self.here(), self.token_text().to_owned());
                    self.error(
                        span,
                        format!("a gate body holds gates and barriers only, found `{text}`"),
                    );
                    Err(Halt)
                }
                _ => Err(self.unexpected("a gate or `}`")),
            };
            match stmt {
                Ok(kind) => {
                    let span = self.since(first);
                    self.session.ast.bodies.push(Stmt { kind, span });
                }
                Err(Halt) => {
                    let before = (self.start, self.end);
                    self.recover(true);
                    let stuck = (self.start, self.end) == before;
                    if stuck && !matches!(self.token, Token::End | Token::RBrace) {
                        // A keyword on a new line: the loop reports it or ends the body.
                        if self.token.is_keyword() && before.0 != first {
                            continue;
                        }
                        self.advance();
                    }
                }
            }
        }
        Ok(List::since(&self.session.ast.bodies, start))
    }

    /// `gate(args) operands;`
    pub(super) fn call(&mut self) -> Parse<StmtKind> {
        let gate = self.ident("a gate")?;
        self.call_of(gate).inspect_err(|_| {
            let name = self.session.ast.names.name(gate.name);
            if let Some(word) = closest(name, KEYWORDS.into_iter()) {
                self.session.faults.help_last(gate.span, format!("did you mean `{word}`?"));
            }
        })
    }

    fn call_of(&mut self, gate: Ident) -> Parse<StmtKind> {
        let start = self.session.ast.exprs.len();
        if self.eat(Token::LParen) {
            while !self.at(Token::RParen) {
                let arg = self.expr()?;
                self.session.ast.exprs.push(arg);
                if !self.comma(Token::RParen) {
                    break;
                }
            }
            self.expect(Token::RParen, "`)`")?;
        }
        let args = List::since(&self.session.ast.exprs, start);
        let operands = self.operands("a qubit or a register")?;
        if operands.is_empty() {
            return Err(self.unexpected("a qubit or a register"));
        }
        self.semicolon()?;
        Ok(StmtKind::Call { gate, args, operands })
    }

    /// Operands up to the `;`, possibly none.
    fn operands(&mut self, wanted: &str) -> Parse<List<Operand>> {
        let start = self.session.ast.operands.len();
        while !self.at(Token::Semicolon) {
            self.operand(wanted)?;
            if !self.comma(Token::Semicolon) {
                break;
            }
        }
        Ok(List::since(&self.session.ast.operands, start))
    }

    fn operand(&mut self, wanted: &str) -> Parse<()> {
        let name = self.ident(wanted)?;
        let mut index = Index::None;
        if self.eat(Token::LBracket) {
            index = Index::One(self.integer("an index, an integer")?);
            self.expect(Token::RBracket, "`]`")?;
        }
        let end = self.since(name.span.start).end;
        self.session.ast.operands.push(Operand { name, index, end });
        Ok(())
    }

    fn measure(&mut self) -> Parse<StmtKind> {
        self.advance();
        let start = self.session.ast.operands.len();
        self.operand("a qubit or a quantum register")?;
        self.expect(Token::Arrow, "`->`")?;
        self.operand("a bit or a classical register")?;
        self.semicolon()?;
        Ok(StmtKind::Measure(List::since(&self.session.ast.operands, start)))
    }

    fn reset(&mut self) -> Parse<StmtKind> {
        self.advance();
        let start = self.session.ast.operands.len();
        self.operand("a qubit or a quantum register")?;
        self.semicolon()?;
        Ok(StmtKind::Reset(List::since(&self.session.ast.operands, start)))
    }

    fn barrier(&mut self) -> Parse<StmtKind> {
        let word = self.here();
        self.advance();
        let operands = self.operands("`;`, a qubit or a register")?;
        if operands.is_empty() && self.strict() {
            self.strict_error(word, "a barrier names at least one qubit");
        }
        self.semicolon()?;
        Ok(StmtKind::Barrier(operands))
    }

    /// `if (register == value) operation`
    fn conditional(&mut self) -> Parse<StmtKind> {
        self.advance();
        self.expect(Token::LParen, "`(`")?;
        let register = self.ident("a classical register")?;
        self.expect(Token::EqualEqual, "`==`")?;
        let value = self.integer("an integer")?;
        self.expect(Token::RParen, "`)`")?;
        let first = self.start;
        let kind = match self.token {
            Token::Name => self.call()?,
            Token::Measure => self.measure()?,
            Token::Reset => self.reset()?,
            _ => return Err(self.unexpected("a gate, a measurement or a reset")),
        };
        let span = self.since(first);
        let ast = &mut self.session.ast;
        ast.exprs.push(value);
        ast.bodies.push(Stmt { kind, span });
        let body = List::since(&ast.bodies, ast.bodies.len() - 1);
        Ok(StmtKind::If { register, value: ast.exprs.len() as u32 - 1, body })
    }
}
