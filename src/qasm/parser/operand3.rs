//! Operands of OpenQASM 3.

use super::expr::{Mode, Seed};
use super::{Parse, Parser};
use crate::qasm::ast::{Expr, ExprKind, Ident, Index, List, Operand};
use crate::qasm::lexer::Token;

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// A qubit, a register, or a part of one.
    #[inline]
    pub(super) fn operand_3(&mut self, wanted: &str) -> Parse<Operand> {
        let physical = self.at(Token::Physical);
        let name = self.qubit_name(wanted)?;
        if physical {
            return Ok(Operand { name, index: Index::None, end: name.span.end });
        }
        self.indexed(name)
    }

    /// The indices behind a name.
    #[inline]
    pub(super) fn indexed(&mut self, name: Ident) -> Parse<Operand> {
        if !self.eat(Token::LBracket) {
            return Ok(Operand { name, index: Index::None, end: name.span.end });
        }
        let span = self.here();
        let Some(leaf) = self.leaf()? else { return self.indexed_by(name, Seed::Open(name, None)) };
        self.advance();
        if !self.at(Token::RBracket) {
            return self.indexed_by(name, Seed::Open(name, Some((leaf, span))));
        }
        self.advance();
        let index = Index::One(Expr { kind: ExprKind::Leaf(leaf), span });
        let operand = Operand { name, index, end: self.last_end };
        if self.at(Token::LBracket) {
            return self.indexed_by(name, Seed::Operand(operand));
        }
        Ok(operand)
    }

    fn indexed_by(&mut self, name: Ident, seed: Seed) -> Parse<Operand> {
        let (expr, single) = self.long_expr(name.span.start, Mode::Operand, seed)?;
        let index = if single { Index::One(expr) } else { Index::Whole(expr) };
        Ok(Operand { name, index, end: self.last_end })
    }

    /// Operands up to the `;`, possibly none.
    #[inline]
    pub(super) fn operands_3(&mut self, wanted: &str) -> Parse<List<Operand>> {
        let start = self.session.ast.operands.len();
        while !self.at(Token::Semicolon) {
            let operand = self.operand_3(wanted)?;
            self.session.ast.operands.push(operand);
            if !self.comma(Token::Semicolon) {
                break;
            }
        }
        Ok(List::since(&self.session.ast.operands, start))
    }

    /// Keeps an expression that a statement points to.
    pub(super) fn keep(&mut self, expr: Expr) -> u32 {
        let exprs = &mut self.session.ast.exprs;
        exprs.push(expr);
        exprs.len() as u32 - 1
    }

    /// Expressions up to the `end`, which is left under the cursor.
    #[inline]
    pub(super) fn expr_list(&mut self, end: Token) -> Parse<List<Expr>> {
        let from = self.session.pending_exprs.len();
        while !self.at(end) {
            let expr = self.expr().inspect_err(|_| self.session.pending_exprs.truncate(from))?;
            self.session.pending_exprs.push(expr);
            if !self.comma(end) {
                break;
            }
        }
        let session = &mut *self.session;
        let start = session.ast.exprs.len();
        session.ast.exprs.extend(session.pending_exprs.drain(from..));
        Ok(List::since(&session.ast.exprs, start))
    }

    /// `[expr]`, if there is a bracket.
    pub(super) fn designator(&mut self) -> Parse<Option<u32>> {
        if !self.eat(Token::LBracket) {
            return Ok(None);
        }
        let expr = self.expr()?;
        self.expect(Token::RBracket, "`]`")?;
        Ok(Some(self.keep(expr)))
    }
}
