//! Expressions: operator precedence with an explicit stack, so depth costs memory, never the
//! call stack.

use super::{Halt, Parse, Parser};
use crate::qasm::ast::{BinaryOp, Expr, ExprKind, Function, Leaf, List, Node, PostfixOp, Span};
use crate::qasm::lexer::Token;

/// Something that waits for its right operand.
#[derive(Debug, Clone, Copy)]
enum Waiting {
    Neg,
    Binary(BinaryOp),
    Open,
    Call(Function),
}

/// Memory that expressions share.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Operators with the byte at which their subexpression starts.
    waiting: Vec<(Waiting, u32)>,
    /// Where the operands on the (future) stack start.
    starts: Vec<u32>,
}

/// How tightly an operator binds, and whether it groups from the right. A sign binds less than a
/// power (-2^2 = -4) and more than a product.
fn binding(op: BinaryOp) -> (u8, bool) {
    match op {
        BinaryOp::Add | BinaryOp::Sub => (1, false),
        BinaryOp::Mul | BinaryOp::Div => (2, false),
        BinaryOp::Pow => (4, true),
        other => unreachable!("{other:?} is no operator of OpenQASM 2"),
    }
}

const SIGN: u8 = 3;

fn binary(token: Token) -> Option<BinaryOp> {
    Some(match token {
        Token::Plus => BinaryOp::Add,
        Token::Minus => BinaryOp::Sub,
        Token::Star => BinaryOp::Mul,
        Token::Slash => BinaryOp::Div,
        Token::Caret => BinaryOp::Pow,
        _ => return None,
    })
}

impl Parser<'_, '_, '_> {
    /// An expression. The cursor ends on the first token that does not belong to it.
    pub(super) fn expr(&mut self) -> Parse<Expr> {
        let span = self.here();
        // One operand and nothing else is the common case and needs no nodes.
        if let Some(leaf) = self.leaf()? {
            self.advance();
            if binary(self.token).is_none() {
                return Ok(Expr { kind: ExprKind::Leaf(leaf), span });
            }
            return self.long_expr(span.start, Some((leaf, span)));
        }
        self.long_expr(span.start, None)
    }

    /// The operand under the cursor, if it is one.
    #[inline]
    fn leaf(&mut self) -> Parse<Option<Leaf>> {
        Ok(Some(match self.token {
            Token::Int => self.int_leaf(),
            Token::Float => {
                // Rust reads every form that the lexer lets through.
                let Ok(value) = self.token_text().parse() else {
                    return Err(self.unexpected("a number"));
                };
                if self.strict() && !self.token_text().contains('.') {
                    let span = self.here();
                    self.strict_error(span, "a real number has a decimal point");
                }
                Leaf::Float(value)
            }
            Token::Pi => Leaf::Pi,
            Token::Name => {
                let text = &self.text[self.start as usize..self.end as usize];
                Leaf::Name(self.session.ast.names.intern(text))
            }
            _ => return Ok(None),
        }))
    }

    fn long_expr(&mut self, first: u32, leaf: Option<(Leaf, Span)>) -> Parse<Expr> {
        let start = self.session.ast.nodes.len();
        self.session.expr.waiting.clear();
        self.session.expr.starts.clear();
        let mut complete = leaf.is_some();
        if let Some((leaf, span)) = leaf {
            self.push_leaf(leaf, span);
        }
        let mut depth = 0;
        loop {
            if !complete {
                complete = self.before_operand(&mut depth)?;
                continue;
            }
            if let Some(op) = binary(self.token) {
                let (level, right) = binding(op);
                self.reduce(|other| other > level || (other == level && !right));
                let begin = *self.session.expr.starts.last().expect("an operand");
                self.session.expr.waiting.push((Waiting::Binary(op), begin));
                self.advance();
                complete = false;
            } else if self.at(Token::RParen) && depth > 0 {
                depth -= 1;
                self.advance();
                self.reduce(|_| true);
                let (open, begin) = self.session.expr.waiting.pop().expect("an open parenthesis");
                *self.session.expr.starts.last_mut().expect("an operand") = begin;
                if let Waiting::Call(function) = open {
                    let span = self.since(begin);
                    self.session.ast.nodes.push(Node { op: PostfixOp::Call(function, 1), span });
                }
            } else {
                break;
            }
        }
        if depth > 0 {
            return Err(self.unexpected("an operator or `)`"));
        }
        self.reduce(|_| true);
        let kind = ExprKind::Postfix(List::since(&self.session.ast.nodes, start));
        Ok(Expr { kind, span: self.since(first) })
    }

    /// Reads one token where an operand is due; true when it was one.
    fn before_operand(&mut self, depth: &mut usize) -> Parse<bool> {
        let (span, token) = (self.here(), self.token);
        if let Some(leaf) = self.leaf()? {
            self.push_leaf(leaf, span);
            self.advance();
            return Ok(true);
        }
        let begin = self.start;
        let waiting = match token {
            // Two signs cancel, so a chain of them takes no memory.
            Token::Minus if matches!(self.session.expr.waiting.last(), Some((Waiting::Neg, _))) => {
                self.session.expr.waiting.pop();
                self.advance();
                return Ok(false);
            }
            Token::Minus => Waiting::Neg,
            Token::Plus => {
                if self.strict() {
                    self.strict_error(span, "there is no `+` sign");
                }
                self.advance();
                return Ok(false);
            }
            Token::LParen => Waiting::Open,
            Token::Function => {
                let function = match self.token_text() {
                    "sin" => Function::Sin,
                    "cos" => Function::Cos,
                    "tan" => Function::Tan,
                    "exp" => Function::Exp,
                    "ln" => Function::Ln,
                    _ => Function::Sqrt,
                };
                self.advance();
                if !self.at(Token::LParen) {
                    return Err(self.unexpected("`(`"));
                }
                Waiting::Call(function)
            }
            _ => return Err(self.unexpected("a number, a name or `(`")),
        };
        if matches!(waiting, Waiting::Open | Waiting::Call(_)) {
            *depth += 1;
            let max = self.session.options.limits.nesting;
            if *depth > max {
                self.error(span, format!("parentheses are nested more than {max} deep"))
                    .help("the limit is `Limits::nesting`");
                return Err(Halt);
            }
        }
        self.session.expr.waiting.push((waiting, begin));
        self.advance();
        Ok(false)
    }

    fn push_leaf(&mut self, leaf: Leaf, span: Span) {
        self.session.expr.starts.push(span.start);
        self.session.ast.nodes.push(Node { op: PostfixOp::Leaf(leaf), span });
    }

    /// Applies the waiting operators whose level is `tight` enough, back to the last parenthesis.
    fn reduce(&mut self, tight: impl Fn(u8) -> bool) {
        let end = self.last_end;
        let (file, session) = (self.file, &mut *self.session);
        while let Some(&(waiting, start)) = session.expr.waiting.last() {
            let (op, level) = match waiting {
                Waiting::Neg => (PostfixOp::Neg, SIGN),
                Waiting::Binary(op) => (PostfixOp::Binary(op), binding(op).0),
                Waiting::Open | Waiting::Call(_) => return,
            };
            if !tight(level) {
                return;
            }
            session.expr.waiting.pop();
            if let PostfixOp::Binary(_) = op {
                session.expr.starts.pop();
            }
            *session.expr.starts.last_mut().expect("an operand") = start;
            session.ast.nodes.push(Node { op, span: Span { file, start, end } });
        }
    }
}
