//! Statements of OpenQASM 3.

use super::{Halt, Parse, Parser};
use crate::qasm::ast::{List, Operand, StmtKind};
use crate::qasm::lexer::Token;

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// One statement; `None` where there is nothing to keep.
    pub(super) fn statement_3(&mut self) -> Parse<Option<StmtKind>> {
        Ok(Some(match self.token {
            Token::Name => self.named()?,
            Token::Measure => self.measure_3()?,
            Token::Reset => self.reset_3()?,
            Token::Barrier | Token::Nop => self.barrier_3()?,
            Token::Delay => self.delay()?,
            Token::Modifier | Token::Pow | Token::Gphase => self.modified()?,
            Token::Qubit | Token::Qreg | Token::Creg => self.register_3()?,
            Token::Type | Token::Array | Token::Const | Token::Io => self.declaration()?,
            Token::Let => self.alias()?,
            Token::Gate => self.gate_3()?,
            Token::Def => self.subroutine()?,
            Token::Extern => self.external()?,
            Token::LBrace => StmtKind::Scope(self.block()?),
            Token::Box => self.box_3()?,
            Token::If => self.branch()?,
            Token::For => self.for_loop()?,
            Token::While => self.while_loop()?,
            Token::Switch => self.switch()?,
            Token::Break => self.word(StmtKind::Break)?,
            Token::Continue => self.word(StmtKind::Continue)?,
            Token::EndWord => self.word(StmtKind::End)?,
            Token::Return => self.return_3()?,
            Token::Cal | Token::Defcal | Token::DefcalGrammar => self.calibration()?,
            Token::Include => return self.include(),
            Token::Pragma => {
                let span = self.here();
                self.session.faults.warning(span, "this pragma is ignored");
                self.advance();
                return Ok(None);
            }
            Token::At => return self.annotated(),
            Token::Semicolon => {
                if self.strict() {
                    let span = self.here();
                    self.strict_error(span, "this statement is empty");
                }
                self.advance();
                return Ok(None);
            }
            _ => return self.odd_statement().map(Some),
        }))
    }

    /// An expression, or what is no statement at all.
    fn odd_statement(&mut self) -> Parse<StmtKind> {
        let (span, text) = (self.here(), self.token_text());
        let (message, help) = match self.token {
            Token::OpenQasm => {
                ("the version is stated once, before everything else".to_owned(), "")
            }
            Token::Opaque => (
                "`opaque` is not part of OpenQASM 3".into(),
                "declare the gate with a body: `gate name(a) q { … }`",
            ),
            Token::Else => ("`else` without its `if`".into(), ""),
            Token::Case | Token::Default => (format!("`{text}` stands in a `switch` only"), ""),
            Token::Access => {
                (format!("`{text}` stands before an array in the parameters of a `def` only"), "")
            }
            token if token.is_keyword() && !self.begins_operand() => {
                (format!("a statement cannot begin with `{text}`"), "")
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                (format!("`{text}` closes nothing"), "")
            }
            _ if self.begins_operand() => return self.expression_statement(),
            _ => return Err(self.unexpected("a statement")),
        };
        let fault = self.error(span, message);
        if !help.is_empty() {
            fault.help(help);
        }
        self.advance();
        Err(Halt)
    }

    fn begins_operand(&self) -> bool {
        use Token::*;
        matches!(
            self.token,
            Int | Float
                | OddInt
                | Imaginary
                | Timing
                | Bool
                | Pi
                | Tau
                | Euler
                | Physical
                | Str
                | LParen
                | Minus
                | Plus
                | Tilde
                | Bang
                | DurationOf
        )
    }

    /// A statement of one word.
    fn word(&mut self, kind: StmtKind) -> Parse<StmtKind> {
        self.advance();
        self.semicolon()?;
        Ok(kind)
    }

    /// `measure operand;` or `measure operand -> operand;`
    fn measure_3(&mut self) -> Parse<StmtKind> {
        self.advance();
        let start = self.session.ast.operands.len();
        let from = self.operand_3("a qubit or a quantum register")?;
        self.session.ast.operands.push(from);
        if self.eat(Token::Arrow) {
            let name = self.ident("a bit or a classical register")?;
            let to = self.indexed(name)?;
            self.session.ast.operands.push(to);
        } else if !self.at(Token::Semicolon) {
            return Err(self.unexpected("`->` or `;`"));
        }
        self.semicolon()?;
        Ok(StmtKind::Measure(List::since(&self.session.ast.operands, start)))
    }

    fn reset_3(&mut self) -> Parse<StmtKind> {
        self.advance();
        let start = self.session.ast.operands.len();
        let operand = self.operand_3("a qubit or a quantum register")?;
        self.session.ast.operands.push(operand);
        self.semicolon()?;
        Ok(StmtKind::Reset(List::since(&self.session.ast.operands, start)))
    }

    fn barrier_3(&mut self) -> Parse<StmtKind> {
        let barrier = self.at(Token::Barrier);
        self.advance();
        let operands: List<Operand> = self.operands_3("`;`, a qubit or a register")?;
        self.semicolon()?;
        Ok(if barrier { StmtKind::Barrier(operands) } else { StmtKind::Nop(operands) })
    }

    fn delay(&mut self) -> Parse<StmtKind> {
        self.advance();
        let Some(duration) = self.designator()? else {
            return Err(self.unexpected("`[` and a duration"));
        };
        let operands = self.operands_3("`;`, a qubit or a register")?;
        self.semicolon()?;
        Ok(StmtKind::Delay { duration, operands })
    }

    fn return_3(&mut self) -> Parse<StmtKind> {
        self.advance();
        let value = match self.token {
            Token::Semicolon => None,
            Token::Measure => Some(self.measured()?),
            _ => Some(self.expr()?),
        };
        self.semicolon()?;
        Ok(StmtKind::Return(value.map(|v| self.keep(v))))
    }

    /// `cal { … }`, `defcal … { … }` and `defcalgrammar "…";`: read over.
    fn calibration(&mut self) -> Parse<StmtKind> {
        let (word, token) = (self.here(), self.token);
        self.advance();
        if token == Token::DefcalGrammar {
            if !matches!(self.token, Token::Str | Token::SingleQuoted) {
                return Err(self.unexpected("the name of a grammar in quotes"));
            }
            self.advance();
            self.semicolon()?;
            return Ok(StmtKind::Unsupported("defcalgrammar"));
        }
        if token == Token::Defcal {
            if self.at(Token::LBrace) {
                return Err(self.unexpected("what is calibrated"));
            }
            while !matches!(
                self.token,
                Token::LBrace | Token::RBrace | Token::Semicolon | Token::End
            ) {
                self.advance();
            }
        }
        if !self.at(Token::LBrace) {
            return Err(self.unexpected("`{`"));
        }
        if self.lexer.skip_foreign(self.end as usize).is_none() {
            self.error(word, "this block is not closed; expected `}` before the end");
            self.advance();
            return Err(Halt);
        }
        self.advance();
        self.expect(Token::RBrace, "`}`")?;
        Ok(StmtKind::Unsupported(if token == Token::Cal { "cal" } else { "defcal" }))
    }

    /// Annotations and the statement that they belong to.
    fn annotated(&mut self) -> Parse<Option<StmtKind>> {
        while self.at(Token::At) {
            let at = self.here();
            let rest = &self.text[self.end as usize..];
            if !rest.starts_with(|c: char| c == '_' || c.is_alphabetic()) {
                self.advance();
                return Err(self.unexpected("the name of an annotation"));
            }
            self.advance();
            let span = at.to(self.here());
            self.session.faults.warning(span, "this annotation is ignored");
            self.lexer.skip_line(at.end as usize);
            self.advance();
        }
        if matches!(self.token, Token::RBrace | Token::End | Token::LBrace | Token::Pragma) {
            return Err(self.unexpected("the statement that the annotation belongs to"));
        }
        self.statement_3()
    }
}
