//! Blocks and control flow of OpenQASM 3.

use super::expr::{Mode, Seed};
use super::{Halt, Parse, Parser};
use crate::qasm::ast::{Branch, Case, Expr, ForLoop, List, Stmt, StmtKind, Switch};
use crate::qasm::lexer::{Token, clip};

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// Counts a block that begins at the cursor.
    pub(super) fn enter(&mut self) -> Parse<()> {
        let max = self.session.options.limits.block_depth;
        if self.session.blocks >= max {
            let span = self.here();
            self.error(span, format!("blocks are nested more than {max} deep"))
                .help("the limit is `Limits::block_depth`");
            // Every block around it would be a fault as well.
            self.session.stop = true;
            return Err(Halt);
        }
        self.session.blocks += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.session.blocks -= 1;
    }

    /// `{ … }`. What is wrong in it does not end it.
    pub(super) fn block(&mut self) -> Parse<List<Stmt>> {
        if !self.at(Token::LBrace) {
            return Err(self.unexpected("`{`"));
        }
        self.enter()?;
        let from = self.session.pending.len();
        let closed = self.statements();
        self.leave();
        let session = &mut *self.session;
        if closed.is_err() {
            session.pending.truncate(from);
        }
        let start = session.ast.bodies.len();
        session.ast.bodies.extend(session.pending.drain(from..));
        closed.map(|()| List::since(&session.ast.bodies, start))
    }

    fn statements(&mut self) -> Parse<()> {
        let open = self.here();
        self.advance();
        loop {
            let first = self.start;
            match self.token {
                Token::RBrace => {
                    self.advance();
                    return Ok(());
                }
                Token::End => {
                    self.error(open, "this block is not closed; expected `}` before the end")
                        .label("opened here");
                    return Err(Halt);
                }
                _ if self.session.done() => return Err(Halt),
                _ => {}
            }
            match self.statement_3() {
                Ok(Some(kind)) => {
                    let span = self.since(first);
                    self.session.pending.push(Stmt { kind, span });
                }
                Ok(None) => {}
                Err(Halt) => {
                    self.recover(true);
                    let stuck = self.start == first;
                    if stuck && !matches!(self.token, Token::End | Token::RBrace) {
                        self.advance();
                    }
                }
            }
        }
    }

    /// A block, or one statement without braces.
    fn body_3(&mut self) -> Parse<List<Stmt>> {
        match self.token {
            Token::LBrace => return self.block(),
            Token::Semicolon | Token::RBrace | Token::End | Token::Else => {
                return Err(self.unexpected("a statement or `{`"));
            }
            _ => {}
        }
        self.enter()?;
        let first = self.start;
        let stmt = self.statement_3();
        self.leave();
        let kind = stmt?;
        let span = self.since(first);
        let bodies = &mut self.session.ast.bodies;
        let start = bodies.len();
        bodies.extend(kind.map(|kind| Stmt { kind, span }));
        Ok(List::since(bodies, start))
    }

    /// `(condition)`
    fn condition(&mut self) -> Parse<u32> {
        self.expect(Token::LParen, "`(`")?;
        let condition = self.expr()?;
        if matches!(self.token, Token::Assign | Token::CompoundAssign) {
            let (span, text) = (self.here(), self.token_text().to_owned());
            let message = format!("`{text}` assigns, and a condition is an expression");
            let help = if text == "=" { "a comparison is written `==`" } else { "" };
            let fault = self.error(span, message);
            if !help.is_empty() {
                fault.help(help);
            }
            return Err(Halt);
        }
        self.expect(Token::RParen, "`)`")?;
        Ok(self.keep(condition))
    }

    /// `if (condition) body else body`
    pub(super) fn branch(&mut self) -> Parse<StmtKind> {
        self.advance();
        let condition = self.condition()?;
        let then = self.body_3()?;
        let mut otherwise = List::since(&self.session.ast.bodies, self.session.ast.bodies.len());
        if self.eat(Token::Else) {
            otherwise = self.body_3()?;
        }
        let list = &mut self.session.ast.branches;
        list.push(Branch { condition, then, otherwise });
        Ok(StmtKind::Branch(list.len() as u32 - 1))
    }

    pub(super) fn while_loop(&mut self) -> Parse<StmtKind> {
        self.advance();
        let condition = self.condition()?;
        let body = self.body_3()?;
        Ok(StmtKind::While { condition, body })
    }

    /// `for type name in values body`
    pub(super) fn for_loop(&mut self) -> Parse<StmtKind> {
        self.advance();
        if self.at(Token::Name) {
            let (span, text) = (self.here(), clip(self.token_text(), 40));
            self.error(span, format!("expected the type of the loop's variable, found `{text}`"))
                .help("write e.g. `for int i in [0:3] { … }`");
            return Err(Halt);
        }
        let ty = self.scalar_type()?;
        let ty = self.keep_type(ty);
        let variable = self.new_name("the name of a variable")?;
        self.expect(Token::In, "`in`")?;
        let first = self.start;
        let (values, _) = self.long_expr(first, Mode::Values, Seed::None)?;
        let values = self.keep(values);
        let body = self.body_3()?;
        let list = &mut self.session.ast.for_loops;
        list.push(ForLoop { ty, variable, values, body });
        Ok(StmtKind::For(list.len() as u32 - 1))
    }

    /// `box { … }` or `box[duration] { … }`
    pub(super) fn box_3(&mut self) -> Parse<StmtKind> {
        self.advance();
        let duration = self.designator()?;
        let body = self.block()?;
        Ok(StmtKind::Box { duration, body })
    }

    /// `switch (value) { case labels { … } default { … } }`
    pub(super) fn switch(&mut self) -> Parse<StmtKind> {
        self.advance();
        let value = self.condition()?;
        if !self.at(Token::LBrace) {
            return Err(self.unexpected("`{`"));
        }
        self.enter()?;
        let cases = self.cases();
        self.leave();
        let cases = cases?;
        let ast = &mut self.session.ast;
        let start = ast.cases.len();
        ast.cases.extend(cases);
        let cases = List::since(&ast.cases, start);
        ast.switches.push(Switch { value, cases });
        Ok(StmtKind::Switch(ast.switches.len() as u32 - 1))
    }

    fn cases(&mut self) -> Parse<Vec<Case>> {
        let open = self.here();
        self.advance();
        let mut cases: Vec<Case> = vec![];
        let mut default = false;
        loop {
            match self.token {
                Token::RBrace => {
                    self.advance();
                    return Ok(cases);
                }
                Token::Case | Token::Default if default => {
                    let span = self.here();
                    self.error(span, "`default` is the last case of a switch");
                    break self.leave_switch();
                }
                Token::Case => {
                    self.advance();
                    match self.case() {
                        Ok(case) => cases.push(case),
                        Err(Halt) => break self.leave_switch(),
                    }
                }
                Token::Default => {
                    default = true;
                    self.advance();
                    let labels = self.no_exprs();
                    match self.case_body() {
                        Ok(body) => cases.push(Case { labels, body }),
                        Err(Halt) => break self.leave_switch(),
                    }
                }
                Token::End => {
                    self.error(open, "this switch is not closed; expected `}` before the end")
                        .label("opened here");
                    return Err(Halt);
                }
                _ => {
                    self.unexpected("`case`, `default` or `}`");
                    break self.leave_switch();
                }
            }
        }
        Ok(cases)
    }

    fn no_exprs(&self) -> List<Expr> {
        List::since(&self.session.ast.exprs, self.session.ast.exprs.len())
    }

    /// Behind `case`.
    fn case(&mut self) -> Parse<Case> {
        if self.at(Token::LBrace) {
            return Err(self.unexpected("a value"));
        }
        let labels = self.expr_list(Token::LBrace)?;
        let body = self.case_body()?;
        Ok(Case { labels, body })
    }

    fn case_body(&mut self) -> Parse<List<Stmt>> {
        if self.at(Token::Colon) {
            let span = self.here();
            self.error(span, "expected `{`, found `:`")
                .help("the statements of a case are in braces: `case 1 { … }`");
            return Err(Halt);
        }
        self.block()
    }

    /// After a fault: to behind the brace that closes the switch.
    fn leave_switch(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.token {
                Token::End => return,
                Token::LBrace => depth += 1,
                Token::RBrace if depth == 0 => {
                    return self.advance();
                }
                Token::RBrace => depth -= 1,
                _ => {}
            }
            self.advance();
        }
    }
}
