//! Statements of OpenQASM 3 that begin with a name or a modifier: gates, assignments,
//! expressions.

use super::expr::{Mode, Seed};
use super::{Halt, Parse, Parser};
use crate::math::closest;
use crate::qasm::ast::{
    Assignment, BinaryOp, Expr, Ident, Index, List, Modified, Modifier, Operand, StmtKind,
};
use crate::qasm::lexer::Token;

/// What a statement that cannot be read may have been meant to begin with.
const KEYWORDS: [&str; 49] = [
    "OPENQASM",
    "include",
    "qreg",
    "creg",
    "gate",
    "if",
    "else",
    "measure",
    "reset",
    "barrier",
    "bit",
    "int",
    "uint",
    "float",
    "angle",
    "bool",
    "complex",
    "duration",
    "stretch",
    "array",
    "qubit",
    "const",
    "input",
    "output",
    "let",
    "def",
    "extern",
    "cal",
    "defcal",
    "box",
    "delay",
    "nop",
    "for",
    "while",
    "switch",
    "case",
    "default",
    "break",
    "continue",
    "end",
    "return",
    "gphase",
    "inv",
    "pow",
    "ctrl",
    "negctrl",
    "pragma",
    "durationof",
    "in",
];

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// A gate, an assignment or an expression.
    pub(super) fn named(&mut self) -> Parse<StmtKind> {
        let name = self.ident("a statement")?;
        self.after_name(name).inspect_err(|_| self.suggest_keyword(name))
    }

    #[cold]
    fn suggest_keyword(&mut self, name: Ident) {
        let text = self.session.ast.names.name(name.name);
        let help = match text {
            "elif" | "elsif" | "elseif" => Some("write `else if`".to_owned()),
            // Almost every short name is near to a keyword.
            _ if text.len() < 3 => None,
            _ => closest(text, KEYWORDS.into_iter()).map(|word| format!("did you mean `{word}`?")),
        };
        if let Some(help) = help {
            self.session.faults.help_last(name.span, help);
        }
    }

    fn after_name(&mut self, name: Ident) -> Parse<StmtKind> {
        match self.token {
            Token::Name | Token::Physical => {
                let args = List::since(&self.session.ast.exprs, self.session.ast.exprs.len());
                self.gate_call(name, args)
            }
            Token::LParen => {
                let args = self.args()?;
                if matches!(self.token, Token::Name | Token::Physical) {
                    return self.gate_call(name, args);
                }
                self.after_call(name, args)
            }
            Token::LBracket => {
                let operand = self.indexed(name)?;
                match (self.token, operand.index) {
                    (Token::Assign | Token::CompoundAssign, _) => self.assignment(operand),
                    (Token::Name | Token::Physical, Index::One(duration)) => {
                        let duration = self.keep(duration);
                        let args =
                            List::since(&self.session.ast.exprs, self.session.ast.exprs.len());
                        self.timed_call(name, args, duration)
                    }
                    _ => self.expression_from(name.span.start, Seed::Operand(operand)),
                }
            }
            Token::Assign | Token::CompoundAssign => {
                let operand = self.indexed(name)?;
                self.assignment(operand)
            }
            Token::Semicolon | Token::End => {
                self.expression_from(name.span.start, Seed::Operand(self.whole(name)))
            }
            Token::At => {
                let text = self.session.ast.names.shown(name.name);
                let message = format!("`{text}` is not a modifier");
                self.error(name.span, message)
                    .help("the modifiers are `inv`, `pow(…)`, `ctrl` and `negctrl`");
                Err(Halt)
            }
            _ if self.begins_nothing() => Err(self.unexpected("a qubit or a register")),
            _ => self.expression_from(name.span.start, Seed::Operand(self.whole(name))),
        }
    }

    /// Whether neither an operand nor an operator can begin here.
    fn begins_nothing(&self) -> bool {
        !matches!(
            self.token,
            Token::Plus
                | Token::Minus
                | Token::Star
                | Token::Slash
                | Token::Caret
                | Token::EqualEqual
        ) && (self.token < Token::End
            || self.token.is_keyword()
            || matches!(self.token, Token::At | Token::Colon))
    }

    fn whole(&self, name: Ident) -> Operand {
        Operand { name, index: Index::None, end: name.span.end }
    }

    /// `(args)`
    #[inline]
    fn args(&mut self) -> Parse<List<Expr>> {
        self.advance();
        let args = self.expr_list(Token::RParen)?;
        self.expect(Token::RParen, "`)`")?;
        Ok(args)
    }

    #[inline]
    fn gate_call(&mut self, gate: Ident, args: List<Expr>) -> Parse<StmtKind> {
        let operands = self.operands_3("a qubit or a register")?;
        if self.at(Token::Assign) {
            // `integer x = 5;`
            let text = self.session.ast.names.name(gate.name).to_owned();
            return Err(self.not_a_type(gate.span, &text));
        }
        self.semicolon()?;
        Ok(StmtKind::Call { gate, args, operands })
    }

    fn timed_call(&mut self, gate: Ident, args: List<Expr>, duration: u32) -> Parse<StmtKind> {
        let operands = self.operands_3("a qubit or a register")?;
        self.semicolon()?;
        let modifiers = List::since(&self.session.ast.modifiers, self.session.ast.modifiers.len());
        let modified = Modified { modifiers, gate, args, duration: Some(duration), operands };
        Ok(self.keep_modified(modified))
    }

    fn keep_modified(&mut self, modified: Modified) -> StmtKind {
        let list = &mut self.session.ast.modified;
        list.push(modified);
        StmtKind::Modified(list.len() as u32 - 1)
    }

    /// Behind `name(args)` that no qubit follows at once: a subroutine, or a gate with a duration.
    fn after_call(&mut self, name: Ident, args: List<Expr>) -> Parse<StmtKind> {
        let first = name.span.start;
        if !self.at(Token::LBracket) {
            if matches!(self.token, Token::LBrace | Token::LParen) {
                return Err(self.unexpected("a qubit, a register or `;`"));
            }
            return self.expression_from(first, Seed::Call(name, args, None));
        }
        let (expr, single) = self.long_expr(first, Mode::Operand, Seed::Call(name, args, None))?;
        if single && matches!(self.token, Token::Name | Token::Physical) {
            let duration = self.keep(expr);
            return self.timed_call(name, args, duration);
        }
        if !single {
            return self.expression_from(first, Seed::Expr(expr));
        }
        self.expression_from(first, Seed::Call(name, args, Some(expr)))
    }

    /// `expr;`
    pub(super) fn expression_statement(&mut self) -> Parse<StmtKind> {
        let first = self.start;
        self.expression_from(first, Seed::None)
    }

    /// An expression that was begun, as a statement.
    pub(super) fn expression_from(&mut self, first: u32, seed: Seed) -> Parse<StmtKind> {
        let (expr, _) = self.long_expr(first, Mode::Plain, seed)?;
        if matches!(self.token, Token::Assign | Token::CompoundAssign) {
            let span = self.here();
            self.error(span, "this expression cannot be assigned to")
                .help("the left side is a variable, or bits or elements of one");
            return Err(Halt);
        }
        if self.at(Token::PlusPlus) {
            let span = self.here();
            self.error(span, "`++` joins registers, in a `let` only")
                .help("to count, write `i += 1`");
            return Err(Halt);
        }
        self.semicolon()?;
        Ok(StmtKind::Expr(self.keep(expr)))
    }

    /// Behind the target of an assignment.
    fn assignment(&mut self, target: Operand) -> Parse<StmtKind> {
        let word = self.token_text();
        let op = match word {
            "=" => None,
            "+=" => Some(BinaryOp::Add),
            "-=" => Some(BinaryOp::Sub),
            "*=" => Some(BinaryOp::Mul),
            "/=" => Some(BinaryOp::Div),
            "%=" => Some(BinaryOp::Rem),
            "**=" => Some(BinaryOp::Pow),
            "&=" => Some(BinaryOp::BitAnd),
            "|=" => Some(BinaryOp::BitOr),
            "^=" => Some(BinaryOp::BitXor),
            "<<=" => Some(BinaryOp::Shl),
            ">>=" => Some(BinaryOp::Shr),
            // The grammar has it and nothing says what it means.
            _ => return self.senseless_assignment(),
        };
        self.advance();
        if op.is_none() && self.at(Token::Measure) {
            self.advance();
            let from = self.operand_3("a qubit or a quantum register")?;
            self.measure_end()?;
            let operands = &mut self.session.ast.operands;
            let start = operands.len();
            operands.extend([from, target]);
            return Ok(StmtKind::Measure(List::since(operands, start)));
        }
        if self.at(Token::LBrace) && self.strict() {
            let span = self.here();
            self.strict_error(span, "values in braces initialise a variable");
        }
        let value = self.right_side()?;
        self.semicolon()?;
        let value = self.keep(value);
        let list = &mut self.session.ast.assignments;
        list.push(Assignment { target, op, value });
        Ok(StmtKind::Assign(list.len() as u32 - 1))
    }

    fn senseless_assignment(&mut self) -> Parse<StmtKind> {
        self.advance();
        self.right_side()?;
        self.semicolon()?;
        Ok(StmtKind::Unsupported("~="))
    }

    /// The value of an assignment or a declaration.
    pub(super) fn right_side(&mut self) -> Parse<Expr> {
        match self.token {
            Token::Measure => {
                let value = self.measured()?;
                if !self.at(Token::Semicolon) {
                    self.measure_end()?;
                }
                Ok(value)
            }
            Token::LBrace => Ok(self.long_expr(self.start, Mode::Initial, Seed::None)?.0),
            _ => self.expr(),
        }
    }

    /// What follows a measurement on a right side.
    fn measure_end(&mut self) -> Parse<()> {
        if self.at(Token::Arrow) {
            let span = self.here();
            self.error(span, "a measurement goes to one place")
                .help("write `c = measure q;` or `measure q -> c;`");
            return Err(Halt);
        }
        self.semicolon()
    }

    /// Gates with modifiers, and `gphase`.
    pub(super) fn modified(&mut self) -> Parse<StmtKind> {
        let mut modifiers = vec![];
        while matches!(self.token, Token::Modifier | Token::Pow) {
            let modifier = self.modifier()?;
            modifiers.push(modifier);
            if !self.eat(Token::At) {
                return Err(self.unexpected("`@`"));
            }
        }
        let phase = self.at(Token::Gphase);
        let gate = if phase { self.gphase() } else { self.ident("a gate or a modifier")? };
        let args = match self.token {
            Token::LParen => self.args()?,
            _ => List::since(&self.session.ast.exprs, self.session.ast.exprs.len()),
        };
        let duration = self.designator()?;
        let operands = self.operands_3("a qubit or a register")?;
        if operands.is_empty() && !phase {
            return Err(self.unexpected("a qubit or a register"));
        }
        self.semicolon()?;
        if modifiers.is_empty() && duration.is_none() {
            return Ok(StmtKind::Call { gate, args, operands });
        }
        let start = self.session.ast.modifiers.len();
        self.session.ast.modifiers.extend(modifiers);
        let modifiers = List::since(&self.session.ast.modifiers, start);
        Ok(self.keep_modified(Modified { modifiers, gate, args, duration, operands }))
    }

    fn gphase(&mut self) -> Ident {
        let name = self.session.ast.names.intern("gphase");
        let ident = Ident { name, span: self.here() };
        self.advance();
        ident
    }

    fn modifier(&mut self) -> Parse<Modifier> {
        let word = self.token_text().to_owned();
        self.advance();
        let mut value = None;
        if word != "inv" && self.eat(Token::LParen) {
            let expr = self.expr()?;
            self.expect(Token::RParen, "`)`")?;
            value = Some(self.keep(expr));
        }
        Ok(match (word.as_str(), value) {
            ("inv", _) => Modifier::Inv,
            ("ctrl", value) => Modifier::Ctrl(value),
            ("negctrl", value) => Modifier::NegCtrl(value),
            (_, Some(value)) => Modifier::Pow(value),
            (_, None) => return Err(self.unexpected("`(` and the power")),
        })
    }
}
